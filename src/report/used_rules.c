/* SPDX-License-Identifier: Apache-2.0 */
#include "report/used_rules.h"
#include "finding/rules.h"

bool used_rules_gather(struct used_rules *s, struct arena *a, const struct result *r)
{
    *s = (struct used_rules){0};
    map_init(&s->index, a, 0);
    s->list = ARENA_ARRAY(a, const struct rule *, r->finding_count ? r->finding_count : 1);
    if (!s->list) return false;
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct rule *rule = r->findings[i].rule;
        union map_value at = {.num = s->count};
        if (map_get(&s->index, slice_str(rule->id), &at)) continue;
        if (!map_put(&s->index, slice_str(rule->id), at, NULL)) return false;
        s->list[s->count++] = rule;
    }
    return true;
}

size_t used_rules_index(const struct used_rules *s, const struct rule *rule)
{
    union map_value at = {.num = 0};
    (void)map_get(&s->index, slice_str(rule->id), &at);
    return (size_t)at.num;
}
