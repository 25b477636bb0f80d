/* SPDX-License-Identifier: Apache-2.0 */
/* diff_facets.c - two lists of facets become one list of differences.
 *
 * Both are sorted by who a facet is: kind and name, and for those without a name what it holds. One
 * walk over both then meets equal ones side by side; a record that is there three times and was
 * there twice was added once. */
#include "base/sort.h"
#include "port/openssl/digest.h"
#include "scan/diff.h"
#include <stdlib.h>

#define FACETS_MAX (1u << 25)
#define SHORT      16u /* bytes of a digest that tell facets apart */

struct index { /* one facet */
    uint8_t who[SHORT], what[SHORT];
    uint64_t at; /* in its list */
    uint64_t order;
};

struct list {
    struct slice bytes;
    struct index *items;
    size_t count;
};

struct both { /* where a record stands in each, by its place in the lists */
    uint64_t old, new;
};

static void identify(const struct facet *f, struct index *ret)
{
    uint8_t raw[SHA256_BYTES], kind = (uint8_t)f->kind;
    struct digest d;
    digest_start(&d);
    digest_add(&d, slice_of(&kind, 1));
    digest_add(&d, f->name);
    if (!facet_has_name(f->kind)) digest_add(&d, slice_of(f->digest, FACET_DIGEST));
    digest_finish(&d, raw);
    memcpy(ret->who, raw, SHORT);
    memcpy(ret->what, f->digest, SHORT);
}

static int by_who(const void *a, const void *b)
{
    const struct index *x = a, *y = b;
    int c = memcmp(x->who, y->who, SHORT);
    return c ? c : x->order < y->order ? -1 : x->order > y->order;
}

static bool list_make(struct slice bytes, struct list *l)
{
    struct cursor c = cur_of(bytes);
    struct facet f;
    size_t n = 0;
    *l = (struct list){.bytes = bytes};
    while (facet_next(&c, &f)) n++;
    if (!cur_ok(&c) || n > FACETS_MAX) return false;
    l->items = malloc((n + 1) * sizeof *l->items);
    if (!l->items) return false;
    c = cur_of(bytes);
    for (l->count = 0; l->count < n; l->count++) {
        struct index *i = &l->items[l->count];
        i->at = cur_pos(&c);
        i->order = l->count;
        if (!facet_next(&c, &f)) return false;
        identify(&f, i);
    }
    sort_items(l->items, n, sizeof *l->items, by_who);
    return true;
}

static struct facet facet_at(const struct list *l, const struct index *i)
{
    struct cursor c = cur_of(slice_sub(l->bytes, (size_t)i->at, l->bytes.n));
    struct facet f;
    if (!facet_next(&c, &f)) f = (struct facet){.kind = FACET_KEY};
    return f;
}

/* ---- differences ---- */

struct comparison {
    struct arena *arena;
    struct diff_file *file;
    struct list old, new;
    struct both *both; /* records that both have */
    size_t both_count;
    bool nomem;
};

static void keep(struct comparison *k, const struct diff_facet *f)
{
    struct diff_file *file = k->file;
    if (file->facet_count == DIFF_FACETS_KEPT) return;
    if (!file->facets) file->facets = ARENA_ARRAY(k->arena, struct diff_facet, DIFF_FACETS_KEPT);
    if (!file->facets) {
        k->nomem = true;
        return;
    }
    struct diff_facet *to = &file->facets[file->facet_count++];
    *to = *f;
    to->name = arena_copy(k->arena, f->name);
    to->old = arena_copy(k->arena, f->old);
    to->new = arena_copy(k->arena, f->new);
    if (!to->name.p || !to->old.p || !to->new.p) k->nomem = true;
}

static void one_side(struct comparison *k, const struct list *l, const struct index *i)
{
    struct facet f = facet_at(l, i);
    bool added = l == &k->new;
    struct diff_count *n = &k->file->of[f.kind];
    *(added ? &n->added : &n->removed) += 1;
    keep(k, &(struct diff_facet){.kind = f.kind,
                                 .change = added ? DIFF_ADDED : DIFF_REMOVED,
                                 .name = f.name,
                                 .old = added ? S("") : f.shown,
                                 .new = added ? f.shown : S(""),
                                 .row = f.row,
                                 .line = f.line});
}

static void both_sides(struct comparison *k, const struct index *o, const struct index *n)
{
    struct facet was = facet_at(&k->old, o), is = facet_at(&k->new, n);
    struct diff_count *count = &k->file->of[is.kind];
    if (is.kind == FACET_RECORD) k->both[k->both_count++] = (struct both){o->order, n->order};
    if (memcmp(o->what, n->what, SHORT) == 0) {
        count->same++;
        return;
    }
    count->changed++;
    keep(k, &(struct diff_facet){.kind = is.kind,
                                 .change = DIFF_CHANGED,
                                 .name = is.name,
                                 .old = was.shown,
                                 .new = is.shown,
                                 .line = is.line});
}

static void merge(struct comparison *k)
{
    size_t o = 0, n = 0;
    while (o < k->old.count || n < k->new.count) {
        const struct index *x = o < k->old.count ? &k->old.items[o] : NULL;
        const struct index *y = n < k->new.count ? &k->new.items[n] : NULL;
        int c = !x ? 1 : !y ? -1 : memcmp(x->who, y->who, SHORT);
        if (x && y && c == 0)
            both_sides(k, x, y);
        else if (x && c < 0)
            one_side(k, &k->old, x);
        else if (y)
            one_side(k, &k->new, y);
        o += c <= 0;
        n += c >= 0;
    }
}

static int by_old(const void *a, const void *b)
{
    const struct both *x = a, *y = b;
    return x->old < y->old ? -1 : x->old > y->old;
}

/* The records that stay are a longest run that rises on both sides (patience sorting: ends[n] is
 * the lowest end of a rising run of n + 1); the others moved. */
static void find_order(struct comparison *k)
{
    uint64_t *ends = malloc((k->both_count + 1) * sizeof *ends);
    size_t longest = 0;
    if (!ends) k->nomem = true;
    sort_items(k->both, k->both_count, sizeof *k->both, by_old);
    for (size_t i = 0; ends && i < k->both_count; i++) {
        size_t low = 0, high = longest;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (ends[middle] < k->both[i].new)
                low = middle + 1;
            else
                high = middle;
        }
        ends[low] = k->both[i].new;
        if (low == longest) longest++;
    }
    free(ends);
    k->file->moved = k->both_count - longest;
    k->file->reordered = k->file->moved > 0;
}

/* As a reader of the file meets them. */
static int by_place(const void *a, const void *b)
{
    const struct diff_facet *x = a, *y = b;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    int c = slice_cmp(x->name, y->name);
    if (c) return c;
    if (x->change != y->change) return x->change == DIFF_REMOVED ? -1 : 1;
    c = slice_cmp(x->old, y->old);
    return c ? c : slice_cmp(x->new, y->new);
}

bool diff_facets(struct arena *a, struct slice old, struct slice new, struct diff_file *f)
{
    struct comparison k = {.arena = a, .file = f};
    bool ok = list_make(old, &k.old) && list_make(new, &k.new);
    size_t most = k.old.count < k.new.count ? k.old.count : k.new.count;
    if (ok) k.both = malloc((most + 1) * sizeof *k.both);
    ok = ok && k.both;
    if (ok) {
        merge(&k);
        find_order(&k);
        sort_items(f->facets, f->facet_count, sizeof *f->facets, by_place);
    }
    free(k.both);
    free(k.old.items);
    free(k.new.items);
    return ok && !k.nomem;
}
