/* SPDX-License-Identifier: Apache-2.0 */
/* hold.c - see the header.
 *
 *     ... left .. | kept for context .. | waits .................... |
 *                 base                   safe                         end
 *
 * Every source of matches gives the first byte that it has not decided; the least of them is how
 * far the text may leave. Matches wait in a list until nothing of them can change: an allowed
 * literal that is still open may yet take them out. */
#include "guard/judge/hold.h"
#include "base/st.h"
#include "detect/engine/detector.h"
#include "detect/engine/hold.h"
#include "guard/judge/hold_odd.h"
#include "guard/judge/inspect_part.h"
#include <stdlib.h>

#define CONTEXT     704u  /* bytes before what waits that its sources look at */
#define ODD_MOST    8192u /* bytes of one stretch of encoded text that wait together */
#define ODD_OVERLAP 2048u
#define ALLOWED     8u

struct guard_hold {
    struct hold_setup setup;
    struct hold_sink sink;
    struct engine_hold *engine;
    struct literals_scan literals;
    struct leak_scan leak;
    struct hold_odd odd;
    uint64_t base, end, safe;
    uint64_t links_at, names_at, decoded; /* looked at so far */
    unsigned unscanned;
    struct {
        uint64_t from, to;
    } allowed[ALLOWED];
    size_t allowed_next;
    struct guard_match *waiting; /* those of `found` */
    struct inspect_out found, views;
    uint8_t text[HOLD_ROOM];
};

static struct slice all(const struct guard_hold *h)
{
    return slice_of(h->text, (size_t)(h->end - h->base));
}

/* ---- sources ---- */

static void add(struct guard_hold *h, enum guard_check check, struct guard_match m)
{
    match_add(&h->found, check, &m);
}

static void on_hit(void *ctx, const struct hit *hit)
{
    struct guard_hold *h = ctx;
    struct guard_match m = {.rule = rule_find(slice_str(hit->detector->id)),
                            .severity = hit->severity,
                            .weak = hit->sureness == HIT_WEAK,
                            .from = (size_t)hit->from,
                            .to = (size_t)hit->to};
    if (m.rule) add(h, CHECK_TEXT, m);
}

static void on_literal(void *ctx, const struct literal_found *f)
{
    struct guard_hold *h = ctx;
    struct guard_match m = {.from = (size_t)f->from, .to = (size_t)f->to};
    if (match_of_literal(f, &m)) {
        add(h, CHECK_LITERALS, m);
        return;
    }
    h->allowed[h->allowed_next % ALLOWED].from = f->from;
    h->allowed[h->allowed_next++ % ALLOWED].to = f->to;
}

static void on_leak(void *ctx, const struct leak_found *f)
{
    struct guard_hold *h = ctx;
    struct guard_match m = {
        .rule = match_rule("leak.system-prompt"), .from = (size_t)f->from, .to = (size_t)f->to};
    m.severity = m.rule->severity;
    match_seen_in(&m, f->rotated ? "rot13" : NULL);
    add(h, CHECK_LEAK, m);
}

static void on_link(void *ctx, const struct link_found *f)
{
    struct guard_hold *h = ctx;
    struct guard_match m = {.rule = match_rule(link_rule(f->fault)),
                            .from = (size_t)h->base + f->from,
                            .to = (size_t)h->base + f->to};
    m.severity = m.rule->severity;
    add(h, CHECK_LINKS, m);
}

static void on_name(void *ctx, const struct name_found *f)
{
    struct guard_hold *h = ctx;
    if (h->sink.on_name) h->sink.on_name(h->sink.ctx, h->base + f->from, h->base + f->to, f->value);
}

/* ---- a new flow ---- */

void hold_reset(struct guard_hold *h, const struct hold_setup *setup, const struct hold_sink *sink)
{
    struct engine_hold *engine = h->engine;
    memset(h, 0, offsetof(struct guard_hold, found)); /* the text is filled before it is read */
    h->found.count = h->views.count = 0;
    memset(h->found.unscanned, 0, sizeof h->found.unscanned);
    memset(h->views.unscanned, 0, sizeof h->views.unscanned);
    h->setup = *setup;
    h->sink = *sink;
    h->engine = engine;
    engine_hold_reset(engine);
    literals_begin(&h->literals, setup->checks->literals);
    leak_begin(&h->leak, setup->prompt);
    odd_begin(&h->odd);
}

struct guard_hold *hold_new(const struct hold_setup *setup, const struct hold_sink *sink)
{
    struct guard_hold *h = malloc(sizeof *h);
    if (!h) return NULL;
    struct engine_sink hits = {.on_hit = on_hit, .ctx = h};
    h->engine = engine_hold_new(inspect_engine(setup->inspect), &hits);
    if (!h->engine) {
        free(h);
        return NULL;
    }
    hold_reset(h, setup, sink);
    return h;
}

void hold_free(struct guard_hold *h)
{
    if (!h) return;
    engine_hold_free(h->engine);
    free(h);
}

void hold_skipped(const struct guard_hold *h, unsigned unscanned[CHECKS])
{
    if (engine_hold_forced(h->engine)) unscanned[CHECK_TEXT] |= UNSCANNED_HELD;
    unscanned[CHECK_TEXT] |= h->unscanned;
    for (size_t c = 0; c < CHECKS; c++)
        unscanned[c] |= h->found.unscanned[c] | h->views.unscanned[c];
}

unsigned hold_unscanned(const struct guard_hold *h)
{
    unsigned bits = 0, unscanned[CHECKS] = {0};
    hold_skipped(h, unscanned);
    for (size_t c = 0; c < CHECKS; c++) bits |= unscanned[c];
    return bits;
}

struct slice hold_text(const struct guard_hold *h, uint64_t from, uint64_t to)
{
    if (from < h->base || to > h->end) return (struct slice){0};
    return slice_sub(all(h), (size_t)(from - h->base), (size_t)(to - from));
}

struct slice hold_kept(const struct guard_hold *h)
{
    return all(h);
}

/* ---- encoded and disguised text ---- */

/* What its decoded forms show; the whole line before it is looked at with it, as it would be. */
static void decode(struct guard_hold *h)
{
    struct part part = h->setup.part;
    struct inspect_in in = {.parts = &part, .count = 1, .answer = true, .prompt = h->setup.prompt};
    part.text = all(h);
    inspect_decoded(h->setup.inspect, h->setup.checks, &in, &part, &h->views);
    for (size_t i = 0; i < h->views.count; i++) {
        struct guard_match m = h->views.list[i];
        m.from += (size_t)h->base;
        m.to += (size_t)h->base;
        m.part = 0;
        if (m.via[0]) match_seen_in(&m, "a decoded form");
        if (m.from >= h->odd.pin || m.from >= h->safe) add(h, CHECK_TEXT, m);
    }
}

static void look_at_odd(struct guard_hold *h, bool whole)
{
    struct hold_odd *o = &h->odd;
    struct slice text = all(h);
    odd_feed(o, text, h->base, h->safe);
    if (o->pin == ODD_NONE) return;
    if (whole || odd_is_over(o, text, h->base)) {
        decode(h);
        o->pin = ODD_NONE;
        o->letters = false;
        o->escapes = 0;
    } else if (h->end - o->pin > ODD_MOST) {
        decode(h);
        o->pin = h->end - ODD_OVERLAP;
    }
}

/* ---- what may leave ---- */

static void least(uint64_t *at, uint64_t other)
{
    if (other < *at) *at = other;
}

/* Not between the bytes of a character. */
static uint64_t whole_characters(const struct guard_hold *h, uint64_t at)
{
    for (unsigned n = 0; n < 3 && at > h->safe && at < h->end; n++, at--)
        if ((h->text[at - h->base] & 0xc0) != 0x80) break;
    return at;
}

static uint64_t open_at(struct guard_hold *h, bool whole)
{
    const struct guard_checks *c = h->setup.checks;
    struct slice text = all(h);
    uint64_t open = h->end;
    if (!c->off[CHECK_TEXT]) least(&open, engine_hold_look(h->engine, text, h->base, whole));
    if (!c->off[CHECK_TEXT]) look_at_odd(h, whole);
    if (!c->off[CHECK_LINKS]) {
        size_t at = links_scan(&c->links, text, (size_t)(h->links_at - h->base), whole, on_link, h);
        h->links_at = h->base + at;
        least(&open, h->links_at);
    }
    size_t at =
        names_scan(h->setup.names, text, (size_t)(h->names_at - h->base), whole, on_name, h);
    h->names_at = h->base + at;
    least(&open, h->names_at);
    if (whole) return h->end;
    if (!c->off[CHECK_TEXT]) least(&open, odd_open(&h->odd, text, h->base, h->safe));
    least(&open, literals_open(&h->literals, h->end));
    least(&open, leak_open(&h->leak, h->end));
    return open;
}

static bool is_allowed(const struct guard_hold *h, const struct guard_match *m)
{
    for (size_t i = 0; i < ALLOWED && i < h->allowed_next; i++)
        if (m->from >= h->allowed[i].from && m->to <= h->allowed[i].to)
            return strcmp(m->rule->id, "guard.canary") != 0;
    return false;
}

/* Tells the matches that end before `open`; gives the first byte of those that do not. */
static uint64_t tell(struct guard_hold *h, uint64_t open)
{
    size_t kept = 0;
    uint64_t safe = open;
    matches_sort(&h->found);
    for (size_t i = 0; i < h->found.count; i++) /* one that stays holds those that it touches */
        if (h->found.list[i].to > safe && h->found.list[i].from < safe)
            safe = h->found.list[i].from;
    for (size_t i = 0; i < h->found.count; i++) {
        struct guard_match m = h->found.list[i];
        if (m.to > open) {
            h->found.list[kept++] = m;
            continue;
        }
        if (!is_allowed(h, &m) && h->sink.on_match) h->sink.on_match(h->sink.ctx, &m);
    }
    h->found.count = kept;
    return safe;
}

/* Forgets what nobody asks for any more. */
static void slide(struct guard_hold *h)
{
    uint64_t keep = engine_hold_keep(h->engine);
    least(&keep, h->safe > CONTEXT ? h->safe - CONTEXT : 0);
    if (h->setup.checks->off[CHECK_TEXT]) keep = h->safe > CONTEXT ? h->safe - CONTEXT : 0;
    keep = keep / 64 * 64;
    if (keep <= h->base || h->end - h->base < HOLD_ROOM / 4) return;
    memmove(h->text, h->text + (keep - h->base), (size_t)(h->end - keep));
    h->base = keep;
    if (h->links_at < keep) h->links_at = keep;
    if (h->names_at < keep) h->names_at = keep;
}

static void take(struct guard_hold *h, struct slice piece)
{
    const struct guard_checks *c = h->setup.checks;
    slide(h);
    if (piece.n > HOLD_ROOM - (size_t)(h->end - h->base)) { /* what waits has to be decided */
        h->unscanned |= UNSCANNED_HELD;
        uint64_t keep = (h->end - HOLD_MOST / 2) / 64 * 64;
        if (!c->off[CHECK_TEXT]) least(&keep, engine_hold_keep(h->engine));
        memmove(h->text, h->text + (keep - h->base), (size_t)(h->end - keep));
        h->base = keep;
        h->safe = h->safe > keep ? h->safe : keep;
        least(&h->links_at, h->end);
        if (h->links_at < keep) h->links_at = keep;
        if (h->names_at < keep) h->names_at = keep;
        if (h->odd.pin < keep) h->odd.pin = keep;
    }
    memcpy(h->text + (h->end - h->base), piece.p, piece.n);
    if (!c->off[CHECK_LITERALS]) literals_feed(&h->literals, piece, h->end, on_literal, h);
    if (!c->off[CHECK_LEAK]) leak_feed(&h->leak, piece, h->end, on_leak, h);
    h->end += piece.n;
    uint64_t open = open_at(h, false);
    uint64_t safe = whole_characters(h, tell(h, open));
    if (safe > h->safe) h->safe = safe;
}

static uint64_t may_leave(const struct guard_hold *h)
{
    switch (h->setup.mode) {
    case HOLD_OBSERVE: return h->end;
    case HOLD_BUFFER: return 0;
    case HOLD_BY_WINDOW: {
        uint64_t late = h->end > HOLD_WINDOW ? h->end - HOLD_WINDOW : 0;
        return h->safe < late ? h->safe : late;
    }
    case HOLD_TIGHT: break;
    }
    return h->safe;
}

uint64_t hold_feed(struct guard_hold *h, struct slice piece)
{
    for (size_t at = 0; at < piece.n; at += HOLD_PIECE) take(h, slice_sub(piece, at, HOLD_PIECE));
    return may_leave(h);
}

uint64_t hold_finish(struct guard_hold *h)
{
    const struct guard_checks *c = h->setup.checks;
    if (!c->off[CHECK_LITERALS]) literals_end(&h->literals, on_literal, h);
    if (!c->off[CHECK_LEAK]) leak_end(&h->leak, on_leak, h);
    (void)tell(h, open_at(h, true));
    return h->safe = h->end;
}
