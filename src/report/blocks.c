/* SPDX-License-Identifier: Apache-2.0 */
/* blocks.c - two passes: give every finding its block and count, then hand out the member lists
 * from one array. Linear in the findings. */
#include "report/blocks.h"
#include "base/ascii.h"
#include "base/map.h"
#include "report/words.h"
#include <stdlib.h>

struct gathering {
    struct arena *arena;
    const struct result *r;
    struct map seen;   /* key of a block -> its index */
    struct map folded; /* key of a column -> the finding that stands for it */
    size_t *block_of;  /* per finding; SIZE_MAX = filtered out */
    size_t *place_of;  /* per finding: the one that stands for it */
    size_t *index;     /* per finding that stands for some: its place in the block */
    struct blocks *to;
};

static struct slice block_key(struct arena *a, const struct finding *f)
{
    uint64_t key[2] = {hash_bytes(slice_str(f->rule->id), (uint64_t)f->severity),
                       hash_bytes(finding_message(f), (uint64_t)f->state)};
    return arena_copy(a, slice_of(key, sizeof key));
}

/* A column's name; of a path in JSON without the numbers in it. */
static uint64_t column_hash(struct slice field)
{
    uint64_t h = 11;
    struct slice rest = field, part;
    while (slice_split(&rest, '[', &part)) {
        size_t digits = 0;
        while (digits < part.n && ascii_digit(part.p[digits])) digits++;
        h = hash_bytes(slice_sub(part, digits, part.n), h);
    }
    return h;
}

/* Rows of one column of one file share a place. */
static bool fold(struct gathering *g, size_t i, size_t block)
{
    const struct finding *f = &g->r->findings[i];
    g->place_of[i] = i;
    if (f->row < 0) return true;
    uint64_t key[2] = {hash_bytes(f->path, block), column_hash(f->field)};
    for (size_t k = 0; k < f->inner_count; k++) key[0] = hash_bytes(f->inner[k], key[0]);
    struct slice stable = arena_copy(g->arena, slice_of(key, sizeof key));
    union map_value first = {.num = i};
    if (!stable.p) return false;
    if (!map_get(&g->folded, stable, &first)) return map_put(&g->folded, stable, first, NULL);
    g->place_of[i] = (size_t)first.num;
    return true;
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
    if (!fold(g, i, (size_t)at.num)) return false;
    b->place_count += g->place_of[i] == i;
    return true;
}

static void deal(struct gathering *g, struct place *places)
{
    const struct finding *all = g->r->findings;
    for (size_t b = 0; b < g->to->count; b++) {
        g->to->items[b].places = places;
        places += g->to->items[b].place_count;
        g->to->items[b].place_count = 0;
    }
    for (size_t i = 0; i < g->r->finding_count; i++) {
        if (g->block_of[i] == SIZE_MAX) continue;
        struct block *b = &g->to->items[g->block_of[i]];
        if (g->place_of[i] != i) { /* its first came before and has its place's number */
            b->places[g->index[g->place_of[i]]].rows++;
            continue;
        }
        g->index[i] = b->place_count;
        size_t last = b->place_count;
        if (!last || !slice_eq(all[b->places[last - 1].member].path, all[i].path)) b->files++;
        b->places[b->place_count++] = (struct place){i, 1};
    }
}

/* The judge's last word on a rule: how many more there are (detect/judge.c). */
static bool sums_up(const struct finding *f)
{
    return f->row < 0 && slice_starts(finding_message(f), S("More of these are in the file"));
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
    if (sums_up(x->first) != sums_up(y->first)) return sums_up(x->first) ? 1 : -1;
    return x->places[0].member < y->places[0].member ? -1 : 1;
}

bool blocks_make(struct arena *a, const struct result *r, block_filter *filter, const void *ctx,
                 struct blocks *ret)
{
    size_t n = r->finding_count ? r->finding_count : 1;
    struct gathering g = {.arena = a, .r = r, .to = ret};
    *ret = (struct blocks){.items = ARENA_ARRAY(a, struct block, n)};
    g.block_of = ARENA_ARRAY(a, size_t, n);
    g.place_of = ARENA_ARRAY(a, size_t, n);
    g.index = ARENA_ARRAY(a, size_t, n);
    struct place *places = ARENA_ARRAY(a, struct place, n);
    map_init(&g.seen, a, 0);
    map_init(&g.folded, a, 1);
    if (!ret->items || !g.block_of || !g.place_of || !g.index || !places) return false;
    for (size_t i = 0; i < r->finding_count; i++) {
        g.block_of[i] = SIZE_MAX;
        if (filter(&r->findings[i], ctx) && !gather(&g, i)) return false;
    }
    deal(&g, places);
    qsort(ret->items, ret->count, sizeof *ret->items, block_cmp);
    return true;
}
