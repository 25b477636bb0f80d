/* SPDX-License-Identifier: Apache-2.0 */
/* taint.h - which values of a module were chosen by somebody else: a model, a request, a network.
 * Why: eval(x) is one thing when x is fixed in the code and another when a language model wrote it.
 * The values are followed from rules/code-sources.tsv through assignments, containers, texts, defs
 * of the module and branches; rules/code-sanitizers.tsv says what makes them harmless again.
 *
 *    statements are walked in order, branches apart: at their end a value is as bad as in the worst
 *    of them, and a guard counts only where it must have been passed. Calls of the module's own
 * defs go through summaries; the walk is repeated until these do not change any more (PASSES_MAX).
 *
 * Owns: nothing outside the module's arena.   Threads: one owner.
 * Fails: ST_NOMEM; ST_LIMIT: what was found so far may be used. */
#pragma once
#include "detect/python/module.h"
#include "detect/python/taint_tables.h"

#define TAINT_WRITTEN 120

struct taint {
    uint16_t kinds;    /* enum taint_kind */
    uint16_t safe;     /* enum taint_safe: what it cannot harm any more */
    uint16_t file;     /* kinds of what was written to the file that this value names */
    uint32_t params;   /* parameters of the def around it, by their number */
    uint32_t root;     /* slot of the variable that it was taken from; 0: none */
    uint32_t line;     /* where it comes in */
    struct slice what; /* the source as written */
    bool guard;        /* no value: what is known of an expression, see taint_guard.c */
};

struct taint_flow {
    const struct module *m;
    const struct taint **of; /* per node, as it was when the node was reached; NULL: harmless */
    struct taint_work *work;
    bool sources; /* the module has any besides open values */
};

MUST_USE enum st taint_read(struct taint_flow *t, const struct module *m);

static inline const struct taint *taint_at(const struct taint_flow *t, uint32_t node)
{
    return t->of[node];
}
/* What a value is in the worst case: callers' arguments in the place of parameters. */
struct taint taint_worst(const struct taint_flow *t, uint32_t scope, const struct taint *v);

/* Does a decorator make this def answer requests? */
bool taint_is_route(const struct module *m, uint32_t scope);

/* Rows of a table that fit a name, one after the other; see taint_rows.c. */
struct taint_names { /* what an expression may be called */
    struct slice full[VALUES_MAX];
    unsigned count;
    uint8_t written[TAINT_WRITTEN];
};
/* The canonical names of an expression; of one that has none, how it is written: ?chain.invoke */
void taint_names(const struct taint_flow *t, uint32_t node, struct taint_names *ret);
const struct flow_row *taint_find(const struct taint_names *names, enum flow_how how);
/* The row of SOURCE_METHOD for a base class and a method. */
const struct flow_row *taint_method(const struct taint_names *base, struct slice method);
/* The next sink that they are; *at counts from 0. */
const struct sink_row *taint_sink(const struct taint_names *names, uint32_t *at);
