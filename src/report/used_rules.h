/* SPDX-License-Identifier: Apache-2.0 */
/* used_rules.h - the rules that the findings of a result name, each once.
 * Owns: nothing outside the arena.   Threads: one owner.   Fails: false when memory is out. */
#pragma once
#include "base/map.h"
#include "finding/result.h"

struct used_rules {
    const struct rule **list; /* in order of first use: worst first */
    size_t count;
    struct map index; /* id -> place in the list */
};

bool used_rules_gather(struct used_rules *s, struct arena *a, const struct result *r);
size_t used_rules_index(const struct used_rules *s, const struct rule *rule);
