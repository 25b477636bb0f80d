/* SPDX-License-Identifier: Apache-2.0 */
/* ahead.c - a second engine begins in the middle of a large text.
 *
 *    first    |--------------- whole steps --------------->|
 *    second                                  |-- warms up -->|------------------------------->|
 *                                                          border
 *
 * What the search knows at a place comes from the text shortly before it: runs that are open, hits
 * that wait, what was tried already, how much may still be tried in this stretch. So the second one
 * begins a step before the border, and what it finds there is forgotten. When the first comes to
 * the border and both know the same, all that the second finds behind it is what the first would
 * find, and is told for it. If they do not, or if nobody had begun, the first goes on. So what is
 * told depends on the text alone. */
#include "base/aside.h"
#include "detect/engine/part.h"

#define RECORDS     (64u << 10) /* hits, and marks, of a second half; with more the first goes on */
#define OLD         1024u       /* so far before the border nothing is looked at any more */
#define WARM        BLOCK
#define PARTS       32u
#define SHARE_LEAST 12u
#define STRETCH     4096u /* see BARE_BYTES of numbers.c */
_Static_assert(BACK + WORD_BACK < OLD && BLOCK % STRETCH == 0,
               "what is old, and where stretches end");

struct engine_ahead {
    struct engine *engine; /* the second */
    struct search *first, *second, *guess;
    struct hit *hits;
    struct mark *marks;
    size_t hit_count, mark_count;
    bool told, full; /* told: behind the border */
    bool agreed;     /* both knew the same, in the last text */
    struct slice text;
    size_t border;
    size_t share; /* of the first, in parts of PARTS: so that neither waits long for the other */
    struct engine_sink record;
    struct aside_job job;
};

static void keep_hit(void *ctx, const struct hit *hit)
{
    struct engine_ahead *h = ctx;
    if (!h->told) return;
    if (h->hit_count < RECORDS)
        h->hits[h->hit_count++] = *hit;
    else
        h->full = true;
}

static void keep_mark(void *ctx, const struct mark *mark)
{
    struct engine_ahead *h = ctx;
    if (!h->told) return;
    if (h->mark_count < RECORDS)
        h->marks[h->mark_count++] = *mark;
    else
        h->full = true;
}

struct engine_ahead *engine_ahead_new(void)
{
    struct engine_ahead *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    h->share = PARTS / 2;
    h->engine = engine_new();
    if (h->engine) {
        engine_prepare(h->engine);
        h->first = engine_search_new(h->engine);
        h->second = engine_search_new(h->engine);
        h->guess = engine_search_new(h->engine);
        h->hits = malloc(RECORDS * sizeof *h->hits);
        h->marks = malloc(RECORDS * sizeof *h->marks);
    }
    if (h->first && h->second && h->guess && h->hits && h->marks) return h;
    engine_ahead_free(h);
    return NULL;
}

void engine_ahead_free(struct engine_ahead *h)
{
    if (!h) return;
    engine_free(h->engine);
    free(h->first);
    free(h->second);
    free(h->guess);
    free(h->hits);
    free(h->marks);
    free(h);
}

static void steps(struct engine *e, struct search *s, struct slice text, size_t from, size_t to)
{
    for (size_t at = from; at < to; at += BLOCK)
        engine_look_at(e, s, text, 0, at, to - at > BLOCK ? at + BLOCK : to);
}

static void second_half(void *ctx)
{
    struct engine_ahead *h = ctx;
    h->hit_count = h->mark_count = 0;
    h->told = h->full = false;
    engine_begin(h->engine, h->second, &h->record);
    steps(h->engine, h->second, h->text, h->border - WARM, h->border);
    *h->guess = *h->second;
    h->told = true;
    steps(h->engine, h->second, h->text, h->border, h->text.n);
    engine_end(h->second, h->text, 0);
}

/* ---- do both know the same? ---- */

static bool same_run(const struct run *a, const struct run *b)
{
    if (a->length != b->length) return false;
    return !a->length || (a->from == b->from && a->last == b->last);
}

static bool same_marks(const struct class_state *a, const struct class_state *b)
{
    if (a->held_count != b->held_count) return false;
    for (size_t i = 0; i < a->held_count; i++)
        if (a->held[i].kind != b->held[i].kind || a->held[i].from != b->held[i].from ||
            a->held[i].to != b->held[i].to)
            return false;
    return true;
}

static bool same_classes(const struct class_state *a, const struct class_state *b)
{
    return same_run(&a->token, &b->token) && same_run(&a->hex, &b->hex) &&
           same_run(&a->shape, &b->shape) && same_run(&a->high, &b->high) &&
           same_run(&a->control, &b->control) && same_run(&a->escapes, &b->escapes) &&
           a->upper1 == b->upper1 && a->upper2 == b->upper2 && a->colons == b->colons &&
           a->tokens == b->tokens && a->digits == b->digits && same_marks(a, b);
}

static bool same_waiting(const struct waiting *a, const struct waiting *b)
{
    return a->hit.detector == b->hit.detector && a->hit.from == b->hit.from &&
           a->hit.to == b->hit.to && a->hit.sureness == b->hit.sureness &&
           a->hit.severity == b->hit.severity && a->score == b->score;
}

static bool same_hits(const struct hits *a, const struct hits *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_waiting(&a->list[a->first + i], &b->list[b->first + i])) return false;
    return true;
}

/* Up to where something was done: of what is old it does not matter how old. */
static bool same_done(uint64_t a, uint64_t b, uint64_t border)
{
    return a == b || (a + OLD <= border && b + OLD <= border);
}

static bool same_words(const struct search *a, const struct search *b, uint64_t border)
{
    for (size_t i = 0; i < DETECTORS_MAX; i++)
        if (!same_done(a->word_done[i], b->word_done[i], border)) return false;
    return same_done(a->colon_done, b->colon_done, border) &&
           same_done(a->assign_done, b->assign_done, border) &&
           same_done(a->phrase_done, b->phrase_done, border) &&
           same_done(a->pem_done, b->pem_done, border);
}

/* What is left to try in the stretch before the border; all others are filled when they are asked.
 */
static bool same_tries(const struct search *a, const struct search *b, uint64_t border)
{
    uint64_t last = border / STRETCH - 1;
    if (a->bare_window != last && b->bare_window != last) return true;
    return a->bare_window == b->bare_window && a->bare_left == b->bare_left &&
           a->other_left == b->other_left && a->bare_tries == b->bare_tries &&
           a->other_tries == b->other_tries;
}

static bool same_line(const struct search *a, const struct search *b, uint64_t border)
{
    if (a->line_to + OLD <= border && b->line_to + OLD <= border) return true;
    return a->line_from == b->line_from && a->line_to == b->line_to &&
           memcmp(&a->line, &b->line, sizeof a->line) == 0;
}

/* What else a search holds (stretches without words, runs, expected shapes) it would find again. */
static bool same(const struct search *a, const struct search *b, uint64_t border)
{
    return same_classes(&a->classes, &b->classes) && same_hits(&a->hits, &b->hits) &&
           same_words(a, b, border) && same_tries(a, b, border) && same_line(a, b, border);
}

static void tell_second(const struct engine_ahead *h, const struct engine_sink *sink)
{
    for (size_t i = 0; i < h->hit_count && sink->on_hit; i++) sink->on_hit(sink->ctx, &h->hits[i]);
    for (size_t i = 0; i < h->mark_count && sink->on_mark; i++)
        sink->on_mark(sink->ctx, &h->marks[i]);
}

/* The first is at the border: is the other through already? */
static void balance(struct engine_ahead *h, struct aside *a)
{
    bool done = aside_is_done(a, &h->job);
    if (done && h->share > SHARE_LEAST) h->share--;
    if (!done && h->share < PARTS - SHARE_LEAST) h->share++;
}

bool engine_ahead_agreed(const struct engine_ahead *h)
{
    return h->agreed;
}

uint64_t engine_scan_ahead(struct engine *e, struct engine_ahead *h, struct aside *a,
                           struct slice text, const struct engine_sink *sink)
{
    h->text = text;
    h->agreed = false;
    h->border = text.n / PARTS * h->share / BLOCK * BLOCK;
    h->record = (struct engine_sink){keep_hit, sink->on_mark ? keep_mark : NULL, h, sink->armed};
    h->job = (struct aside_job){.run = second_half, .ctx = h};
    bool halves = a && h->border > WARM;
    if (halves) aside_do(a, &h->job);
    engine_begin(e, h->first, sink);
    steps(e, h->first, text, 0, h->border);
    if (halves) balance(h, a);
    if (halves && !aside_take_back(a, &h->job)) {
        aside_wait(a, &h->job);
        h->agreed = !h->full && same(h->first, h->guess, h->border);
        if (h->agreed) {
            tell_second(h, sink);
            return h->first->weighed + h->second->weighed;
        }
    }
    steps(e, h->first, text, h->border, text.n);
    engine_end(h->first, text, 0);
    return h->first->weighed;
}
