/* SPDX-License-Identifier: Apache-2.0 */
/* absent.c - stands in for what is still to come, so that the judge can be built and tested: each
 * function goes away with the change that brings the real one. */
#include "detect/engine/detector.h"
#include "detect/engine/engine.h"
#include <stdlib.h>

bool detector_context(const struct detector *d, struct slice words)
{
    for (const char *const *w = d->context; w && *w; w++)
        if (slice_has_nocase(words, slice_str(*w))) return true;
    return false;
}

/* ---- until the engine is there: marks only, byte by byte ---- */

struct engine_stream {
    struct engine_sink sink;
    uint64_t at;
};

static bool is_base64(uint8_t c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '-' || c == '_';
}

static bool is_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool is_high(uint8_t c)
{
    return c >= 0x80;
}

static bool is_escape(uint8_t c)
{
    return c == '%' || c == '\\' || c == '&';
}

static uint64_t run(struct slice s, uint64_t at, bool (*is)(uint8_t))
{
    while (at < s.n && is(s.p[at])) at++;
    return at;
}

static void marks(struct slice s, uint64_t base, const struct engine_sink *sink)
{
    for (uint64_t at = 0, to; at < s.n; at = to) {
        struct mark m = {.from = base + at};
        uint64_t hex = run(s, at, is_hex), wide = run(s, at, is_base64), high = run(s, at, is_high);
        to = wide > at ? wide : at + 1;
        bool any = true;
        if (high > at) {
            m.kind = MARK_HIGH;
            to = high;
        } else if (hex - at >= 32 && hex == wide) {
            m.kind = MARK_HEX;
        } else if (wide - at >= 24) {
            m.kind = MARK_BASE64;
        } else if (is_escape(s.p[at])) {
            m.kind = MARK_ESCAPES;
        } else {
            any = false;
        }
        m.to = base + to;
        if (any) sink->on_mark(sink->ctx, &m);
    }
}

struct engine *engine_new(void)
{
    return NULL;
}

void engine_free(struct engine *e)
{
    (void)e;
}

void engine_scan(struct engine *e, struct slice text, const struct engine_sink *sink)
{
    (void)e;
    marks(text, 0, sink);
}

struct engine_stream *engine_stream_new(struct engine *e, const struct engine_sink *sink)
{
    struct engine_stream *s = calloc(1, sizeof *s);
    (void)e;
    if (s) s->sink = *sink;
    return s;
}

void engine_stream_free(struct engine_stream *s)
{
    free(s);
}

void engine_feed(struct engine_stream *s, struct slice piece)
{
    marks(piece, s->at, &s->sink);
    s->at += piece.n;
}

void engine_finish(struct engine_stream *s)
{
    s->at = 0;
}
