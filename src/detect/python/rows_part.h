/* SPDX-License-Identifier: Apache-2.0 */
/* rows_part.h - what rows.c, tests.c and facts.c share; nobody else includes it.
 * Owns: nothing.   Threads: one owner.   Fails: never but rows.c. */
#pragma once
#include "detect/python/rows.h"
#include "detect/python/tables.h"

#define RULES_PER_SITE 16

#define WRITERS_MAX 64

struct writer { /* a call that writes, see fact_writes() */
    uint32_t stmt, call;
};

struct rows {
    struct judge *judge;
    const struct reading *reading;
    struct module *m;
    struct map roots;    /* what the module imports: first steps of names */
    struct map keywords; /* that are given somewhere */
    struct map env;      /* names of the environment that are set: the node of the value */
    struct writer writers[WRITERS_MAX];
    size_t writer_count;
    int8_t *checks;       /* per statement: does it check a digest? 0: not looked yet */
    const uint8_t *told;  /* per node a bit: see rows_judge() */
    int8_t auth, service; /* -1: not looked yet */
};

/* One place that a row may be about. */
struct site {
    struct rows *rows;
    const struct code_row *row; /* that is tried */
    enum code_on on;
    uint32_t stmt, node; /* node: the call, the target, the class */
    unsigned skip;       /* map(f, x): arguments begin behind f */
    bool partial;        /* functools.partial(f, ...): what is missing may come later */
    const struct dotted *name;
    struct argument value;              /* of an assignment, of a key */
    struct slice rules[RULES_PER_SITE]; /* told already: the first row of a rule wins */
    size_t rule_count;
};

struct argument site_argument(const struct site *s, int position, struct slice keyword);
bool test_holds(struct site *s, const struct code_test *t); /* tests.c */
/* The command that a call starts, if any; launch.c */
void launch_judge(struct rows *r, uint32_t call);
void shapes_judge(struct rows *r, uint32_t stmt);           /* shapes.c */
bool fact_holds(struct site *s, const struct code_test *t); /* facts.c */

void mend(const struct site *s, struct finding *f); /* mend.c */

bool fact_writes(struct slice name); /* pickle.dump and the like */
/* tests.c: of one value, not of what else it may be */
bool text_begins(const struct value *v, const char *prefix);
/* Is one of the parts of a comma-separated list of patterns a name of it? */
bool named_any(const struct module *m, const struct value *v, struct slice patterns);
