/* SPDX-License-Identifier: Apache-2.0 */
/* hold.c - looks at the end of a stream again and again, until it is settled.
 *
 *     ... settled ............|.. done .. looked at in a copy of the state ..| end
 *                                    ^ open: a value that is not decided
 *
 * The state of the search is kept as it was at `done`. Each call copies it and goes on to the end
 * of the text; then `done` moves up to the first candidate that has to be looked at again. What
 * the passes do not see yet, because its own literal has not come, is held by its letters
 * (hold_tail.c). */
#include "detect/engine/hold.h"
#include "base/st.h"
#include "detect/engine/hold_part.h"
#include <stdlib.h>

#define PATIENT 1024u /* bytes that wait, from which on not every piece is looked at */

struct engine_hold {
    struct engine *engine;
    struct engine_sink sink, inner;
    struct search *settled, *trial;
    const struct hold_words *words;
    struct hit found[WAITING + 32];
    size_t count, kept; /* kept: of them, from what is settled */
    uint64_t done, told, seen, safe;
    bool forced;
};

static void collect(void *ctx, const struct hit *hit)
{
    struct engine_hold *h = ctx;
    if (hit->sureness == HIT_BARE || hit->from < h->told) return;
    if (h->count < COUNT_OF(h->found)) h->found[h->count++] = *hit;
}

struct engine_hold *engine_hold_new(struct engine *e, const struct engine_sink *sink)
{
    struct engine_hold *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    h->engine = e;
    h->sink = *sink;
    h->inner = (struct engine_sink){.on_hit = collect, .ctx = h};
    h->settled = engine_search_new(e);
    h->trial = engine_search_new(e);
    h->words = engine_hold_words(e);
    if (!h->settled || !h->trial || !h->words) {
        engine_hold_free(h);
        return NULL;
    }
    engine_hold_reset(h);
    return h;
}

void engine_hold_free(struct engine_hold *h)
{
    if (!h) return;
    free(h->settled);
    free(h->trial);
    free(h);
}

void engine_hold_reset(struct engine_hold *h)
{
    engine_begin(h->engine, h->settled, &h->inner);
    h->count = h->kept = 0;
    h->done = h->told = h->seen = h->safe = 0;
    h->forced = false;
}

uint64_t engine_hold_keep(const struct engine_hold *h)
{
    uint64_t keep = h->done < h->safe ? h->done : h->safe;
    return keep > BACK + 64 ? (keep - BACK - 64) / 64 * 64 : 0;
}

bool engine_hold_forced(const struct engine_hold *h)
{
    return h->forced;
}

static void go(struct engine_hold *h, struct search *s, struct slice text, uint64_t base,
               uint64_t to)
{
    for (uint64_t at = h->done; at < to; at += BLOCK) {
        uint64_t end = to - at < BLOCK ? to : at + BLOCK;
        engine_look_at(h->engine, s, text, base, (size_t)(at - base), (size_t)(end - base));
    }
}

/* Nothing before `to` will be looked at again. */
static void settle(struct engine_hold *h, struct slice text, uint64_t base, uint64_t to)
{
    to = to / 64 * 64;
    if (to <= h->done) return;
    h->count = h->kept;
    go(h, h->settled, text, base, to);
    h->kept = h->count;
    h->done = to;
}

/* The hits of the copy, behind those that have left the settled state. */
static void try_rest(struct engine_hold *h, struct slice text, uint64_t base, struct pending *p)
{
    memcpy(h->trial, h->settled, sizeof *h->trial);
    h->trial->pending = p;
    h->count = h->kept;
    go(h, h->trial, text, base, base + text.n);
    if (!p) engine_end(h->trial, text, base);
    hits_flush(&h->trial->hits, UINT64_MAX);
}

/* Tells what lies before `open`; gives the beginning of the first that does not, or `open`. */
static uint64_t tell(struct engine_hold *h, uint64_t open)
{
    uint64_t safe = open;
    size_t kept = 0;
    for (size_t i = 0; i < h->count; i++) {
        const struct hit *hit = &h->found[i];
        if (hit->from < h->told) continue;
        if (hit->to <= open) {
            h->told = hit->from + 1;
            if (h->sink.on_hit) h->sink.on_hit(h->sink.ctx, hit);
            continue;
        }
        if (hit->from < safe) safe = hit->from;
        if (i < h->kept) h->found[kept++] = *hit;
    }
    h->count = h->kept = kept;
    return safe;
}

static bool is_too_early(const struct engine_hold *h, uint64_t end)
{
    uint64_t held = h->seen - h->safe;
    return held > PATIENT && end - h->seen < held / 16;
}

uint64_t engine_hold_look(struct engine_hold *h, struct slice text, uint64_t base, bool whole)
{
    uint64_t end = base + text.n;
    if (whole) {
        try_rest(h, text, base, NULL);
        (void)tell(h, UINT64_MAX);
        return h->safe = end;
    }
    if (is_too_early(h, end)) return h->safe;
    struct pending p = {.end = end, .open = end, .redo = end, .trigger = end};
    try_rest(h, text, base, &p);
    hold_tail(h->words, text, base, &p);
    if (end - p.open > ENGINE_HOLD_MAX) {
        h->forced = true;
        p.open = p.redo = end - AHEAD;
    }
    uint64_t safe = tell(h, p.open);
    if (safe > h->safe) h->safe = safe;
    h->seen = end;
    settle(h, text, base, p.redo);
    return h->safe;
}
