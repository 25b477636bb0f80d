/* SPDX-License-Identifier: Apache-2.0 */
/* sarif.h - the rules of a SARIF run: those that the findings name, with their help.
 * Owns: nothing outside the arena.   Threads: one owner.   Fails: false when memory is out. */
#pragma once
#include "base/map.h"
#include "finding/result.h"
#include "report/jot.h"

struct sarif_rules {
    const struct rule **list; /* in order of first use */
    size_t count;
    struct map index; /* id -> place in the list */
};

bool sarif_rules_gather(struct sarif_rules *s, struct arena *a, const struct result *r);
size_t sarif_rule_index(const struct sarif_rules *s, const struct rule *rule);
void sarif_rules_write(const struct sarif_rules *s, struct jot *j);

const char *sarif_level(enum severity s); /* error, warning, note */
const char *sarif_score(enum severity s); /* "9.5": what code hosts sort by */
