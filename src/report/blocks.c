/* SPDX-License-Identifier: Apache-2.0 */
/* blocks.c - two passes: give every finding its block and count, then hand out the member lists
 * from one array. Linear in the findings. */
#include "report/blocks.h"
#include "base/map.h"
#include "report/words.h"
#include <stdlib.h>

struct gathering {
    struct arena *arena;
    const struct result *r;
    struct map seen;  /* key of a block -> its index */
    size_t *block_of; /* per finding; SIZE_MAX = filtered out */
    struct blocks *to;
};

static struct slice block_key(struct arena *a, const struct finding *f)
{
    uint64_t key[2] = {hash_bytes(slice_str(f->rule->id), (uint64_t)f->severity),
                       hash_bytes(finding_message(f), (uint64_t)f->state)};
    return arena_copy(a, slice_of(key, sizeof key));
}

static bool gather(struct gathering *g, size_t i)
{
    const struct finding *f = &g->r->findings[i];
    struct slice key = block_key(g->arena, f);
    union map_value at = {.num = g->to->count};
    if (!key.p) return false;
    if (!map_get(&g->seen, key, &at)) {
        if (!map_put(&g->seen, key, at, NULL)) return false;
        g->to->items[g->to->count++] = (struct block){.first = f, .same_evidence = true};
    }
    struct block *b = &g->to->items[at.num];
    b->count++;
    b->same_evidence &= slice_eq(b->first->evidence, f->evidence);
    g->block_of[i] = (size_t)at.num;
    return true;
}

static void deal(struct gathering *g, size_t *members)
{
    const struct finding *all = g->r->findings;
    for (size_t b = 0; b < g->to->count; b++) {
        g->to->items[b].members = members;
        members += g->to->items[b].count;
        g->to->items[b].count = 0;
    }
    for (size_t i = 0; i < g->r->finding_count; i++) {
        if (g->block_of[i] == SIZE_MAX) continue;
        struct block *b = &g->to->items[g->block_of[i]];
        if (!b->count || !slice_eq(all[b->members[b->count - 1]].path, all[i].path)) b->files++;
        b->members[b->count++] = i;
    }
}

/* Within a severity, what was found stands before what could not be looked at. */
static int block_cmp(const void *a, const void *b)
{
    const struct block *x = a, *y = b;
    if (x->first->severity != y->first->severity)
        return x->first->severity < y->first->severity ? 1 : -1;
    bool x_unread = rule_is(x->first->rule, ".not-inspected");
    bool y_unread = rule_is(y->first->rule, ".not-inspected");
    if (x_unread != y_unread) return x_unread ? 1 : -1;
    return x->members[0] < y->members[0] ? -1 : 1;
}

bool blocks_make(struct arena *a, const struct result *r, block_filter *filter, const void *ctx,
                 struct blocks *ret)
{
    size_t n = r->finding_count ? r->finding_count : 1;
    struct gathering g = {.arena = a, .r = r, .to = ret};
    *ret = (struct blocks){.items = ARENA_ARRAY(a, struct block, n)};
    g.block_of = ARENA_ARRAY(a, size_t, n);
    size_t *members = ARENA_ARRAY(a, size_t, n);
    map_init(&g.seen, a, 0);
    if (!ret->items || !g.block_of || !members) return false;
    for (size_t i = 0; i < r->finding_count; i++) {
        g.block_of[i] = SIZE_MAX;
        if (filter(&r->findings[i], ctx) && !gather(&g, i)) return false;
    }
    deal(&g, members);
    qsort(ret->items, ret->count, sizeof *ret->items, block_cmp);
    return true;
}
