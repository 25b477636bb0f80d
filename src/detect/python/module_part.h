/* SPDX-License-Identifier: Apache-2.0 */
/* module_part.h - what the parts of module_read() share; nobody else includes it.
 * Why: names.c walks and binds, constants.c and calls.c give each expression its value, values.c
 * makes values.
 * Owns: nothing outside the module's arena.   Threads: one owner.   Fails: m->nomem. */
#pragma once
#include "detect/python/module.h"

#define SHADOWS_MAX 32 /* names that a comprehension or lambda binds within one statement */
#define STARS_MAX   4  /* from x import * */
#define TEXT_MAX    1024u
#define TEXTS_MAX   (4u << 20) /* bytes of all texts that are put together */
#define ENTRIES_MAX 128

struct binding {
    const struct binding *prev;
    const struct value *value;
    uint32_t stmt, branch;
};

struct shadow {
    struct slice name;
    const struct value *value;
};

struct module_walk {
    uint32_t stmt, scope; /* where the walk is */
    uint32_t *scope_at;   /* per def and class statement: its scope, NO_SCOPE: not made yet */
    uint32_t *queue;      /* scopes of defs whose bodies are still to be walked */
    uint32_t queue_count;
    struct map *former; /* per scope: what the first pass bound; NULL while it runs */
    struct shadow shadows[SHADOWS_MAX];
    size_t shadow_count;
    const struct dotted *stars[STARS_MAX];
    size_t star_count;
    struct map options; /* of argparse: name to value */
    size_t texts;       /* bytes put together so far */
    bool second;        /* the second pass */
};

extern const struct value val_unknown, val_none, val_true, val_false;

/* ---- values.c ---- */
struct value *val_new(struct module *m, enum value_kind kind);
const struct value *val_of_name(struct module *m, const struct dotted *name);
const struct value *val_text(struct module *m, enum value_kind kind, struct slice text);
const struct value *val_number(struct module *m, double number);
/* Either of two; at most VALUES_MAX. */
const struct value *val_either(struct module *m, const struct value *a, const struct value *b);
/* a + joint + b as texts */
const struct value *val_concat(struct module *m, const struct value *a, struct slice joint,
                               const struct value *b);
/* The same value with another name; a copy. */
const struct value *val_named_as(struct module *m, const struct value *v,
                                 const struct dotted *name);
/* The same, but a caller may change it. */
const struct value *val_fallback(struct module *m, const struct value *v,
                                 const struct dotted *name);
/* The same, made from __file__. */
const struct value *val_own(struct module *m, const struct value *v);
const struct value *val_with(struct module *m, const struct value *dict, struct slice key,
                             const struct value *v, uint32_t node);
/* All of `more` on top of `dict`. */
const struct value *val_merge(struct module *m, const struct value *dict, const struct value *more);

/* ---- names.c ---- */
const struct value *names_read(struct module *m, struct slice name);
/* In the scope that `global` and `nonlocal` say, else in the current one. */
void names_bind(struct module *m, struct slice name, const struct value *v);
/* An attribute of a class or of its instances: both are looked up in one place. */
void names_bind_member(struct module *m, uint32_t class, struct slice name, const struct value *v);
/* What `v.name` is. */
const struct value *names_attr(struct module *m, const struct value *v, struct slice name);

/* ---- walk.c ---- */
MUST_USE enum st walk_module(struct module *m);

/* ---- constants.c, calls.c ---- */
const struct value *constants_eval(struct module *m, uint32_t node);
const struct value *calls_eval(struct module *m, uint32_t node);
