/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/diff_columns.h"
#include "scan/facets_job.h"

struct side {
    const struct records_column *list;
    size_t count;
};

/* The place of such a column that was not taken yet, or the count. */
static size_t find(const struct side *s, const bool *taken, const struct records_column *c)
{
    for (size_t i = 0; i < s->count; i++)
        if (!taken[i] && slice_eq(s->list[i].name, c->name) && slice_eq(s->list[i].type, c->type))
            return i;
    return s->count;
}

static bool match(struct arena *a, const struct side *old, const struct side *new,
                  struct diff_columns *ret)
{
    uint32_t *from = ARENA_ARRAY(a, uint32_t, old->count + 1);
    uint32_t *to = ARENA_ARRAY(a, uint32_t, old->count + 1);
    bool *taken = ARENA_ARRAY(a, bool, new->count + 1);
    if (!from || !to || !taken) return false;
    ret->same = old->count == new->count;
    for (size_t i = 0; i < old->count && ret->count < FACETS_PICK_MAX; i++) {
        size_t k = find(new, taken, &old->list[i]);
        if (k != i) ret->same = false;
        if (k == new->count) continue;
        taken[k] = true;
        from[ret->count] = (uint32_t)i;
        to[ret->count++] = (uint32_t)k;
    }
    ret->old = from;
    ret->new = to;
    return true;
}

bool diff_columns(struct arena *a, const struct facets_list *old, const struct facets_list *new,
                  struct diff_columns *ret)
{
    struct side o, n;
    *ret = (struct diff_columns){.same = true};
    if (!(old->flags & new->flags &FACETS_TABLE)) return true;
    o.list = facets_columns(old, a, &o.count);
    n.list = facets_columns(new, a, &n.count);
    return o.list && n.list && match(a, &o, &n, ret);
}
