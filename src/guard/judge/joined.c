/* SPDX-License-Identifier: Apache-2.0 */
/* joined.c - runs of parts; a long one ends its run with its beginning, and begins the next with
 * its end. */
#include "guard/judge/joined.h"

static bool is_said(enum part_channel c)
{
    return c == PART_TEXT || c == PART_TOOL_RESULT || c == PART_DOCUMENT || c == PART_THINKING;
}

static bool is_taken(const struct joined_walk *w, const struct part *p)
{
    bool grows = p->flags & PART_GROWS;
    if (p->flags & (PART_KEY | PART_OPAQUE) || !p->text.n || grows != w->grows) return false;
    return grows ? p->channel == PART_OTHER : is_said(p->channel) && p->coding == PART_ESCAPED;
}

static bool is_same(const struct joined_walk *w, const struct part *a, const struct part *b)
{
    return a->role == b->role && a->channel == b->channel &&
           (!w->grows || memcmp(&a->flow, &b->flow, sizeof a->flow) == 0);
}

/* What stands between two parts of a run: names of types, ids; of those that grow, anything. */
static bool may_stand_between(const struct joined_walk *w, const struct part *p)
{
    return w->grows || p->channel == PART_OTHER || !p->text.n;
}

struct run {
    size_t from, to; /* those that are taken of these parts */
    size_t count, bytes;
};

/* The next run; bytes: at most. */
static struct run collect(struct joined_walk *w)
{
    struct run r = {.from = w->next};
    const struct part *first = NULL;
    for (; w->next < w->count && w->next < UINT16_MAX; w->next++) {
        const struct part *p = &w->parts[w->next];
        if (!is_taken(w, p)) {
            if (first && !may_stand_between(w, p)) return r;
            continue;
        }
        if (first && !is_same(w, first, p)) return r;
        bool is_long = p->text.n > 2 * (size_t)JOINED_NEAR;
        r.to = w->next + 1;
        r.bytes += is_long ? JOINED_NEAR : p->text.n;
        r.count++;
        if (is_long && first) return r; /* it begins the next run, too */
        if (!first) first = p;
    }
    return r;
}

static void put(struct joined *j, uint8_t *text, const struct joined_walk *w, size_t part)
{
    struct slice all = w->parts[part].text;
    size_t from = 0, n = all.n;
    if (all.n > 2 * (size_t)JOINED_NEAR) {
        n = JOINED_NEAR;
        if (!j->count) from = all.n - JOINED_NEAR;
    }
    if (j->count && w->between.n) {
        memcpy(text + j->part.text.n, w->between.p, w->between.n);
        j->part.text.n += w->between.n;
    }
    memcpy(text + j->part.text.n, all.p + from, n);
    j->seams[j->count++] = (struct seam){(uint16_t)part, from, n, j->part.text.n};
    j->part.text.n += n;
}

static enum joined_step join(const struct joined_walk *w, const struct run *r, struct arena *arena,
                             struct joined *ret)
{
    uint8_t *text = arena_room(arena, r->bytes + r->count * w->between.n, 1);
    struct seam *seams = ARENA_ROOM(arena, struct seam, r->count);
    if (!text || !seams) return JOINED_NOMEM;
    *ret = (struct joined){.part = w->parts[r->to - 1], .seams = seams};
    ret->part.text = slice_of(text, 0);
    for (size_t i = r->from; i < r->to; i++)
        if (is_taken(w, &w->parts[i])) put(ret, text, w, i);
    return JOINED_TEXT;
}

bool joined_in_one(const struct joined *j, size_t from, size_t to)
{
    size_t low = 0, high = j->count; /* the first seam that ends behind `from` */
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (j->seams[mid].at + j->seams[mid].n <= from)
            low = mid + 1;
        else
            high = mid;
    }
    const struct seam *s = &j->seams[low];
    return low < j->count && from >= s->at && to <= s->at + s->n;
}

enum joined_step joined_next(struct joined_walk *w, struct arena *arena, struct joined *ret)
{
    while (w->next < w->count && w->next < UINT16_MAX) {
        struct run r = collect(w);
        if (r.count > 1) return join(w, &r, arena, ret);
    }
    return JOINED_END;
}
