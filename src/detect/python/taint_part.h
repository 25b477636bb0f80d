/* SPDX-License-Identifier: Apache-2.0 */
/* taint_part.h - what the parts of taint_read() share; nobody else includes it.
 * taint.c walks statements, taint_def.c knows where parameters come from, taint_env.c keeps
 * variables and branches, taint_expr.c gives each node its taint, taint_call.c the calls,
 * taint_guard.c conditions, taint_rows.c asks the tables. Owns: nothing outside the module's arena.
 * Threads: one owner.   Fails: work->nomem. */
#pragma once
#include "detect/python/taint.h"

#define PASSES_MAX  4
#define PARAM_MAX   32
#define SHADOW_MAX  32
#define TAINT_OTHER TAINT_OTHER_KINDS /* all kinds that have a source */

struct slot {
    const struct taint *cur, *late;     /* late: what other scopes put there */
    const struct taint *joined;         /* while branches are joined */
    const struct taint *read_of, *read; /* the same with its own root */
    uint32_t stamp, times, scope;
};

struct change {
    uint32_t slot;
    const struct taint *taint;
};

struct changes {
    struct change *list;
    uint32_t count, room;
};

/* One open if, loop, try or match. Branches are walked one after the other from the same state. */
struct frame {
    uint32_t stmt;
    uint32_t log;       /* of the branch that is walked now */
    uint32_t ends;      /* of work->ends: states at the ends of finished branches */
    uint32_t breaks;    /* of work->breaks */
    uint32_t live_ends; /* how many branches came to their end */
    bool live;          /* the branch that is walked now goes on to its end */
    uint8_t phase;      /* of try: body, handlers, finally */
};

struct carry {
    struct carry *next;
    uint32_t slot;
    const struct taint *taint;
};

struct def_taint {    /* summary of a def */
    struct map slots; /* name to slot */
    const struct taint *returns;
    const struct taint **params; /* by number: what callers hand over; no params in them */
    const struct taint **given;  /* by number: sources of their own: routes, tools, names */
    struct slice *names;
    uint32_t count;
};

struct shade {
    struct slice name;
    const struct taint *taint;
};

struct taint_work {
    struct slot *slots; /* slots[0] is none */
    uint32_t slot_count, slot_room, stamp;
    struct changes log, ends, breaks;
    struct frame *frames;
    uint32_t frame_count, frame_room;
    struct def_taint *defs;          /* per scope */
    struct carry **carried;          /* per loop: what its body leaves for the next round */
    struct shade shades[SHADOW_MAX]; /* names of comprehensions and lambdas */
    unsigned shade_count;
    uint32_t scope, stmt;
    bool changed, nomem;
    bool files; /* literal paths are opened: see call_literal() */
};

/* ---- taint_env.c ---- */
const struct taint *taint_join(struct taint_flow *t, const struct taint *a, const struct taint *b);
struct taint *taint_copy(struct taint_flow *t, const struct taint *v);
const struct taint *taint_made_safe(struct taint_flow *t, const struct taint *v, uint16_t safe);
const struct taint *taint_source(struct taint_flow *t, uint16_t kinds, uint32_t node);
/* With parameters replaced by what callers hand over: for other scopes. */
const struct taint *taint_outside(struct taint_flow *t, uint32_t scope, const struct taint *v);
uint32_t env_slot(struct taint_flow *t, uint32_t scope, struct slice name, bool make);
void env_set(struct taint_flow *t, uint32_t slot, const struct taint *v);
void env_add(struct taint_flow *t, uint32_t slot, const struct taint *v); /* one of several */
/* The variable as the current scope sees it; 0: not bound in this module. */
uint32_t env_find(struct taint_flow *t, struct slice name, uint32_t *ret_scope);
const struct taint *env_read(struct taint_flow *t, uint32_t slot, uint32_t scope);
void env_open(struct taint_flow *t, uint32_t stmt);
void env_branch(struct taint_flow *t); /* the next branch of the innermost frame */
/* `soft`: that no branch came to its end says nothing about what follows. */
void env_close(struct taint_flow *t, bool soft);
void env_stop(struct taint_flow *t, bool breaks); /* the branch does not go on */

/* ---- taint_expr.c, taint_call.c, taint_guard.c ---- */
const struct taint *expr_taint(struct taint_flow *t, uint32_t node);
const struct taint *call_taint(struct taint_flow *t, uint32_t call);
/* The name at the root of a chain of attributes and items; 0: there is none. */
uint32_t expr_root(const struct module *m, uint32_t node);
/* The class whose member `self.x` is, or NO_SCOPE. */
uint32_t expr_class(const struct module *m, uint32_t object);
/* The variable, or member of a class, that an expression reaches into; 0: none that is known. */
uint32_t expr_slot(struct taint_flow *t, uint32_t node);
void expr_bind(struct taint_flow *t, uint32_t target, const struct taint *v, uint32_t value);
void expr_spill(struct taint_flow *t, uint32_t object, const struct taint *v);
/* Parameters that come from outside: of routes, tools, by their names. */
void def_sources(struct taint_flow *t, uint32_t scope);
/* Is this field of a class of the module a number, or one of a fixed list? */
bool def_plain_param(const struct module *m, uint32_t param);
bool def_plain_field(const struct module *m, uint32_t class, struct slice field);
/* What was written to the file of this literal name. */
const struct taint *call_literal(struct taint_flow *t, uint32_t node);
/* All defs of this scope's parameters come from there. */
void call_params(struct taint_flow *t, uint32_t scope, uint16_t kinds, uint32_t node);
/* A model chose which of the defs in a dict is called. */
void call_offered(struct taint_flow *t, uint32_t dict);
void guard_assume(struct taint_flow *t, uint32_t condition, bool truth);
/* Where it is kept that this very expression was checked; 0: it was not. */
uint32_t guard_slot(struct taint_flow *t, uint32_t node, bool make);
void guard_call(struct taint_flow *t, uint32_t node);
