/* SPDX-License-Identifier: Apache-2.0 */
/* hits.c - hits in order, the best of those that overlap.
 * A token can be a bearer token, a JSON web token and the value of a key called token at once; a
 * number can pass five check digits. Of overlapping hits the one with the best score is told; of
 * bare numbers all, because a column votes for one of them. */
#include "base/st.h"
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

static void tell_first(struct hits *h)
{
    if (h->on_hit) h->on_hit(h->ctx, &h->list[h->first].hit);
    h->first++;
    h->count--;
}

/* Those that overlap the new one and are worse go. False: one of them is better. */
static bool make_way(struct hits *h, const struct waiting *w)
{
    struct waiting *list = h->list + h->first;
    size_t kept = 0;
    for (size_t i = 0; i < h->count; i++)
        if (beats(&list[i], w)) return false;
    for (size_t i = 0; i < h->count; i++) {
        if (beats(w, &list[i])) continue;
        if (kept < i) list[kept] = list[i];
        kept++;
    }
    h->count = kept;
    return true;
}

/* Behind the last one there is room. */
static void make_room(struct hits *h)
{
    if (h->count == WAITING) tell_first(h);
    if (!h->count) h->first = 0;
    if (h->first + h->count < COUNT_OF(h->list)) return;
    memmove(h->list, h->list + h->first, h->count * sizeof h->list[0]);
    h->first = 0;
}

void hits_reset(struct hits *h)
{
    h->first = h->count = 0;
    h->reach = 0;
}

void hits_add(struct hits *h, const struct waiting *w)
{
    /* most begin behind all that wait */
    if (h->count && w->hit.from < h->reach && !make_way(h, w)) return;
    make_room(h);
    struct waiting *list = h->list + h->first;
    size_t at = h->count++;
    for (; at > 0 && list[at - 1].hit.from > w->hit.from; at--) list[at] = list[at - 1];
    list[at] = *w;
    if (w->hit.to > h->reach) h->reach = w->hit.to;
}

void hits_tell(struct hits *h, uint64_t at)
{
    const struct hit *first = &h->list[h->first].hit;
    for (; h->count && first->from < at && first->to < at; first = &h->list[h->first].hit)
        tell_first(h);
}
