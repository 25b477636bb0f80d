/* SPDX-License-Identifier: Apache-2.0 */
/* hits.c - hits in order, the best of those that overlap.
 * A token can be a bearer token, a JSON web token and the value of a key called token at once; a
 * number can pass five check digits. Of overlapping hits the one with the best score is told; of
 * bare numbers all, because a column votes for one of them. */
#include "detect/engine/part.h"

static bool overlap(const struct hit *a, const struct hit *b)
{
    return a->from < b->to && b->from < a->to;
}

static bool is_bare(const struct waiting *w)
{
    return w->hit.sureness == HIT_BARE;
}

/* Does a (in the list) make b unnecessary? */
static bool beats(const struct waiting *a, const struct waiting *b)
{
    if (!overlap(&a->hit, &b->hit)) return false;
    if (is_bare(a) && is_bare(b)) return a->hit.detector == b->hit.detector;
    if (is_bare(a) != is_bare(b)) return is_bare(b);
    return a->score >= b->score;
}

static void remove_at(struct hits *h, size_t i)
{
    h->count--;
    memmove(&h->list[i], &h->list[i + 1], (h->count - i) * sizeof h->list[0]);
}

static void tell_first(struct hits *h)
{
    if (h->on_hit) h->on_hit(h->ctx, &h->list[0].hit);
    remove_at(h, 0);
}

void hits_add(struct hits *h, const struct waiting *w)
{
    for (size_t i = 0; i < h->count; i++)
        if (beats(&h->list[i], w)) return;
    for (size_t i = h->count; i-- > 0;)
        if (beats(w, &h->list[i])) remove_at(h, i);
    if (h->count == WAITING) tell_first(h);
    size_t at = h->count;
    while (at > 0 && h->list[at - 1].hit.from > w->hit.from) at--;
    memmove(&h->list[at + 1], &h->list[at], (h->count - at) * sizeof h->list[0]);
    h->list[at] = *w;
    h->count++;
}

void hits_flush(struct hits *h, uint64_t at)
{
    while (h->count && h->list[0].hit.from < at && h->list[0].hit.to < at) tell_first(h);
}
