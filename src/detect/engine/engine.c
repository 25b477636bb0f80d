/* SPDX-License-Identifier: Apache-2.0 */
/* engine.c - steps through a text or a stream; the rest is in find.c, literals.c, classes.c. */
#include "detect/engine/engine.h"
#include "base/ascii.h"
#include "detect/engine/hold_part.h"

#define CHECKS_MAX 256

struct engine {
    struct literals *literals;
    struct class_event *events;
    struct literal_hit *hits;
    check_fn *checks[CHECKS_MAX];
    struct hold_words *words; /* NULL: nobody has asked */
    struct search search;     /* of engine_scan */
};

struct engine_stream {
    struct engine *engine;
    struct engine_sink sink;
    struct search search;
    uint64_t base;     /* of buffer[0] */
    size_t have, done; /* bytes in the buffer; those whose candidates were looked at */
    uint8_t buffer[2 * BLOCK + BACK + AHEAD_PEM];
};

struct engine *engine_new(void)
{
    struct engine *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    e->literals = literals_new();
    e->events = malloc(CLASS_EVENTS(BLOCK) * sizeof *e->events);
    e->hits = malloc(LITERAL_HITS(BLOCK) * sizeof *e->hits);
    if (!e->literals || !e->events || !e->hits || check_names_count > CHECKS_MAX) {
        engine_free(e);
        return NULL;
    }
    gate_init(&e->search.gate);
    for (size_t i = 0; i < check_names_count; i++) e->checks[i] = check_find(check_names[i]);
    return e;
}

void engine_free(struct engine *e)
{
    if (!e) return;
    literals_free(e->literals);
    free(e->events);
    free(e->hits);
    free(e->words);
    free(e);
}

const struct hold_words *engine_hold_words(struct engine *e)
{
    if (e->words) return e->words;
    e->words = malloc(sizeof *e->words);
    if (e->words) hold_words_init(e->words);
    return e->words;
}

struct search *engine_search_new(struct engine *e)
{
    struct search *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    gate_init(&s->gate);
    s->checks = e->checks;
    return s;
}

void engine_begin(struct engine *e, struct search *s, const struct engine_sink *sink)
{
    s->sink = sink;
    s->checks = e->checks;
    s->classes.events = e->events;
    find_reset(s);
    s->hits.on_hit = sink->on_hit;
    s->hits.ctx = sink->ctx;
}

/* What lies around `at`, which is a place in the text that begins at `base`. */
static struct view view_of(struct slice text, uint64_t base, uint64_t at, size_t ahead)
{
    size_t local = (size_t)(at - base);
    size_t from = local > BACK ? local - BACK : 0;
    size_t to = text.n - local > ahead ? local + ahead : text.n;
    return (struct view){slice_sub(text, from, to - from), base + from};
}

/* An @ that no host can follow: most of a hostile text of them. */
static bool is_idle(const struct class_event *ev, struct slice text, uint64_t base)
{
    size_t at = (size_t)(ev->from - base);
    if (ev->kind != CLASS_AT) return false;
    return at + 2 >= text.n || !ascii_alnum(text.p[at + 1]) || text.p[at + 2] == '@';
}

void engine_look_at(struct engine *e, struct search *s, struct slice text, uint64_t base,
                    size_t from, size_t to)
{
    struct class_state *c = &s->classes;
    c->count = 0;
    classes_scan(c, text, base, from, to);
    size_t hits = literals_scan(e->literals, &s->gate, text, base, from, to, e->hits, s->pending);
    size_t i = 0, k = 0;
    while (i < c->count || k < hits) {
        if (k == hits || (i < c->count && c->events[i].at < e->hits[k].end)) {
            const struct class_event *ev = &c->events[i++];
            if (s->pending) s->pending->trigger = ev->at;
            if (is_idle(ev, text, base)) continue;
            struct view v = view_of(text, base, ev->from, AHEAD);
            find_class(s, &v, ev);
        } else {
            bool pem = find_is_pem(&e->hits[k]);
            if (s->pending) s->pending->trigger = e->hits[k].end - 1;
            struct view v = view_of(text, base, e->hits[k].end, pem ? AHEAD_PEM : AHEAD);
            find_literal(s, &v, &e->hits[k++]);
        }
    }
}

void engine_end(struct search *s, struct slice text, uint64_t base)
{
    struct class_state *c = &s->classes;
    c->count = 0;
    classes_finish(c, base + text.n);
    for (size_t i = 0; i < c->count; i++) {
        struct view v = view_of(text, base, c->events[i].from, AHEAD);
        find_class(s, &v, &c->events[i]);
    }
    hits_flush(&s->hits, UINT64_MAX);
}

void engine_scan(struct engine *e, struct slice text, const struct engine_sink *sink)
{
    struct search *s = &e->search;
    engine_begin(e, s, sink);
    for (size_t at = 0; at < text.n; at += BLOCK)
        engine_look_at(e, s, text, 0, at, text.n - at > BLOCK ? at + BLOCK : text.n);
    engine_end(s, text, 0);
}

/* ---- streams ---- */

struct engine_stream *engine_stream_new(struct engine *e, const struct engine_sink *sink)
{
    struct engine_stream *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->engine = e;
    s->sink = *sink;
    gate_init(&s->search.gate);
    engine_begin(e, &s->search, &s->sink);
    return s;
}

void engine_stream_free(struct engine_stream *s)
{
    free(s);
}

/* Look at whole steps that have behind them what a view may hold. */
static void advance(struct engine_stream *s)
{
    struct slice text = slice_of(s->buffer, s->have);
    while (s->have - s->done >= STEP + AHEAD_PEM) {
        engine_look_at(s->engine, &s->search, text, s->base, s->done, s->done + STEP);
        s->done += STEP;
        uint64_t at = s->base + s->done;
        hits_flush(&s->search.hits, at > BACK ? at - BACK : 0);
    }
    if (s->done < BLOCK + BACK + 64) return;
    size_t drop = (s->done - BACK - 64) / 64 * 64;
    memmove(s->buffer, s->buffer + drop, s->have - drop);
    s->base += drop;
    s->have -= drop;
    s->done -= drop;
}

void engine_feed(struct engine_stream *s, struct slice piece)
{
    while (piece.n) {
        size_t room = sizeof s->buffer - s->have, n = piece.n < room ? piece.n : room;
        memcpy(s->buffer + s->have, piece.p, n);
        s->have += n;
        piece = slice_sub(piece, n, piece.n);
        advance(s);
    }
}

void engine_finish(struct engine_stream *s)
{
    struct slice text = slice_of(s->buffer, s->have);
    while (s->done < s->have) {
        size_t to = s->have - s->done > STEP ? s->done + STEP : s->have;
        engine_look_at(s->engine, &s->search, text, s->base, s->done, to);
        s->done = to;
    }
    engine_end(&s->search, text, s->base);
    s->base = s->have = s->done = 0;
    engine_begin(s->engine, &s->search, &s->sink);
}
