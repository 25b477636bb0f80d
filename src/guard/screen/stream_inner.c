/* SPDX-License-Identifier: Apache-2.0 */
/* stream_inner.c - arguments of tools with the escapes of their strings resolved, as the tool will
 * read them: "\u0041KIA" must not be a way to write a key that nobody sees. From the first escape
 * on a second hold looks at that text; what it finds is told where it was written.
 *
 *     came      {"key":"\u0041KIA...       places of a match: those of the bytes that write it
 *     resolved  {"key":"AKIA...            the first byte that waits: the lesser of both holds */
#include "codec/json.h"
#include "guard/screen/stream_part.h"
#include <stdlib.h>

/* ---- places ---- */

static const struct escape *escape_before(const struct resolved *r, uint64_t at)
{
    for (size_t i = r->escapes.count; i-- > 0;) {
        const struct escape *e = fifo_at(&r->escapes, i);
        if (e->at <= at) return e;
    }
    return NULL;
}

/* Where the byte at `at` was written. */
static uint64_t place_of(const struct resolved *r, uint64_t at)
{
    const struct escape *e = escape_before(r, at);
    if (!e) return at + r->shift;
    return at < e->at + e->n ? e->written : e->written + e->size + (at - e->at - e->n);
}

/* Where what the byte before `at` is written by ends. */
static uint64_t end_of(const struct resolved *r, uint64_t at)
{
    const struct escape *e = escape_before(r, at - 1);
    if (e && at <= e->at + e->n) return e->written + e->size;
    return place_of(r, at - 1) + 1;
}

uint64_t resolved_place(const struct resolved *r, uint64_t safe)
{
    return safe < r->end ? place_of(r, safe) : r->written;
}

bool resolved_match(const struct resolved *r, struct guard_match *m)
{
    if (m->to <= r->first) return false; /* the other hold has seen it as a whole */
    uint64_t to = end_of(r, m->to);
    m->from = (size_t)place_of(r, m->from);
    m->to = (size_t)to;
    return true;
}

/* ---- bytes ---- */

struct feeding {
    struct resolved *r;
    uint8_t bytes[512];
    size_t n;
    uint64_t safe;
};

static void flush(struct feeding *f)
{
    if (f->n) f->safe = hold_feed(f->r->hold, slice_of(f->bytes, f->n));
    f->n = 0;
}

static void put(struct feeding *f, uint8_t byte)
{
    if (f->n == sizeof f->bytes) flush(f);
    f->bytes[f->n++] = byte;
    f->r->end++;
}

/* The escapes that are open, as characters. */
static bool put_escapes(struct feeding *f)
{
    struct resolved *r = f->r;
    struct slice open = slice_of(r->open, r->open_n);
    for (size_t at = 0; at < open.n;) {
        uint8_t bytes[4];
        size_t from = at, n = json_char(open, &at, bytes);
        struct escape *e = fifo_push(&r->escapes);
        if (!e) return false;
        *e = (struct escape){r->end, r->written, (uint8_t)n, (uint8_t)(at - from)};
        if (r->first == UINT64_MAX) r->first = r->end;
        r->written += at - from;
        for (size_t i = 0; i < n; i++) put(f, bytes[i]);
    }
    r->open_n = 0;
    return true;
}

/* Half of a pair of surrogates: the other half comes, or not. */
static bool is_half(const struct resolved *r)
{
    uint8_t c = r->open[2] | 0x20, d = r->open[3] | 0x20;
    return r->open_n == 6 && r->open[1] == 'u' && c == 'd' &&
           (d == '8' || d == '9' || d == 'a' || d == 'b');
}

static bool resolve(struct feeding *f, enum inner *at, uint8_t byte)
{
    struct resolved *r = f->r;
    enum inner then = inner_walk(*at, slice_of(&byte, 1));
    bool inside = then >= INNER_ESCAPE || *at >= INNER_ESCAPE;
    *at = then;
    if (r->open_n && !inside && !put_escapes(f)) return false;
    if (!inside) {
        put(f, byte);
        r->written++;
        return true;
    }
    r->open[r->open_n++] = byte;
    if (then == INNER_STRING && !is_half(r)) return put_escapes(f);
    return r->open_n < sizeof r->open || put_escapes(f);
}

/* Escapes that no place is asked for again. */
static void forget(struct resolved *r, uint64_t safe)
{
    while (r->escapes.count > 1) {
        const struct escape *e = fifo_at(&r->escapes, 0), *next = fifo_at(&r->escapes, 1);
        if (next->at > safe) return;
        r->shift = e->written + e->size - e->at - e->n;
        fifo_pop(&r->escapes, 1);
    }
}

/* What is still here of the text before the first escape. */
static bool begin(struct flow *f, const struct hold_sink *sink)
{
    struct resolved *r = &f->resolved;
    struct slice kept = hold_kept(f->hold);
    r->hold = stream_hold(f, sink);
    if (!r->hold) return false;
    r->escapes.size = sizeof(struct escape);
    r->written = f->end - f->base;
    r->shift = r->written - kept.n;
    r->end = kept.n;
    r->first = UINT64_MAX;
    (void)hold_feed(r->hold, kept);
    return true;
}

bool resolved_feed(struct flow *f, struct slice text, const struct hold_sink *sink)
{
    struct resolved *r = &f->resolved;
    if (!r->hold && slice_find_byte(text, '\\') == SIZE_MAX) return true;
    if (!r->hold && !begin(f, sink)) return false;
    struct feeding feeding = {.r = r, .safe = r->safe};
    enum inner at = f->inner;
    for (size_t i = 0; i < text.n; i++)
        if (!resolve(&feeding, &at, text.p[i])) return false;
    flush(&feeding);
    r->safe = feeding.safe;
    uint64_t asked = r->safe; /* where all leaves at once, matches are still told behind that */
    if (f->stream->observe) asked = r->end > HOLD_ROOM ? r->end - HOLD_ROOM : 0;
    forget(r, asked);
    return true;
}

void resolved_finish(struct flow *f)
{
    struct resolved *r = &f->resolved;
    struct feeding feeding = {.r = r};
    if (!r->hold) return;
    if (!put_escapes(&feeding)) stream_unread(f->stream, UNREAD_MEMORY);
    flush(&feeding);
    (void)hold_finish(r->hold);
}

void resolved_done(struct flow *f)
{
    stream_hold_done(f->stream, f->resolved.hold);
    free(f->resolved.escapes.list);
    f->resolved = (struct resolved){0};
}
