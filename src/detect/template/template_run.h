/* SPDX-License-Identifier: Apache-2.0 */
/* template_run.h - following a template without rendering it; private to detect/template/.
 *
 *   template.c         from an event to findings
 *   template_run.c     statements: variables, loops, blocks, macros
 *   template_eval.c    expressions: one value per node
 *   template_access.c  which attributes, names and calls leave the template's world
 *   template_words.c   what a text asks of a model
 *   template_fold.c, template_filter.c, template_value.c   constants
 *
 * Variables are joined over all branches; loops over constants are run, others once with an unknown
 * item; everything is run twice, so that macros know what they are called with.
 * Owns: nothing outside its arena.   Threads: one owner.
 * Fails: `st` is sticky: ST_NOMEM, or ST_LIMIT when the template is too much to follow. */
#pragma once
#include "base/map.h"
#include "base/st.h"
#include "detect/template/template_value.h"
#include "detect/template/template_fold.h"
#include "finding/severity.h"

struct issue {
    const char *rule;
    enum severity severity;
    const char *message;
    uint32_t offset, line, column;
};

struct macro {
    struct macro *older;
    struct slice name;
    uint32_t stmt, index;
    const struct value *result;          /* what it prints, as far as known; NULL before its end */
    const struct value *given[FOLD_MAX]; /* arguments of the calls so far */
    uint64_t cost;                       /* texts that one call prints, at least */
    uint64_t calls;                      /* bit per macro that it calls whatever happens */
};

/* State of an open block; the array is indexed by depth. */
struct template_block {
    bool trigger;             /* what is inside depends on certain words, people or days */
    bool captures;            /* what is inside becomes a value */
    const struct value *list; /* constant items of a loop that is run */
    uint32_t at;              /* the current one */
    const struct value
        *outer[4];         /* what the loop's variables were before it, and are again after */
    uint64_t factor, cost; /* of the outside, to go back to */
    struct macro *macro;
    uint8_t *text; /* captured so far */
    size_t n, room;
    unsigned tags;
    bool unknown;
};

struct tmpl {
    struct arena *a;
    const struct jinja *j;
    void (*report)(void *ctx, const struct issue *issue);
    void *report_ctx;
    struct map vars;          /* name, or name.attribute of a namespace, to value */
    const struct value **val; /* per node */
    const struct value *hole; /* what JN_NONE stands for in a filter block */
    struct macro *macros;
    uint32_t macro_count;
    struct template_block *blocks;
    uint32_t stmt; /* the current one */
    unsigned triggers;
    uint64_t factor, cost;
    uint64_t steps; /* node evaluations that are left */
    bool chat;      /* it looks like a chat template, not like a page */
    enum st st;
};

/* run */
void tmpl_run(struct tmpl *t);
void tmpl_report(struct tmpl *t, uint32_t node, const char *rule, enum severity s,
                 const char *message);
const struct value *tmpl_get(const struct tmpl *t, struct slice name);
void tmpl_set(struct tmpl *t, struct slice name, const struct value *v);
struct macro *tmpl_macro(const struct tmpl *t, struct slice name);
/* Value or NULL becomes value; memory trouble is noted. */
const struct value *tmpl_keep(struct tmpl *t, const struct value *v);

/* eval: the values of all nodes of the current statement */
void tmpl_eval(struct tmpl *t, uint32_t from, uint32_t to);

/* access: each reports what is wrong, and gives the result's tags */
unsigned access_attribute(struct tmpl *t, uint32_t node, const struct value *object,
                          struct slice name);
unsigned access_key(struct tmpl *t, uint32_t node, const struct value *object,
                    const struct value *key, bool by_attr_filter);
void access_path(struct tmpl *t, uint32_t node, const struct value *path);
void access_call(struct tmpl *t, uint32_t node, uint32_t callee);
/* A name that the template does not define: its tags. */
unsigned access_name(struct tmpl *t, uint32_t node, struct slice name);

/* words */
unsigned words_count(struct slice s);  /* of a natural language */
unsigned words_score(struct slice s);  /* 10 and more: works against the user */
bool words_natural(struct slice s);    /* an ordinary word, not a marker of the format */
bool words_text_field(struct slice s); /* message keys that hold what somebody wrote */
bool words_who_field(struct slice s);  /* ... that say who or when */
/* Report a text that is there only under a condition, or that works against the user. */
void words_conditional(struct tmpl *t, uint32_t node, struct slice text);
void words_instruct(struct tmpl *t, uint32_t node, struct slice text);
