/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_surface_event.c - a stream of events and its end. The first byte chooses the surface, the
 * second the framing and after which event the stream is closed.
 * What is written as the end is events that the surface itself understands. */
#include "fuzz.h"
#include "base/arena.h"
#include "codec/sse.h"
#include "guard/surface/surface_walk.h"
#include "guard/surface/surface_write.h"
#include <stdlib.h>

static enum cut cut_one(struct cutter *c, enum surface_framing framing, struct slice s, size_t *n)
{
    return framing == FRAMING_SSE ? sse_cut(c, s, true, n) : lines_cut(c, s, true, n);
}

static void check_parts(const struct surface_doc *doc)
{
    for (size_t i = 0; i < doc->part_count; i++) {
        const struct part *p = &doc->parts[i];
        size_t from, to;
        if (p->role >= PART_ROLES || p->channel >= PART_CHANNELS || p->flags & ~31u) abort();
        if (p->from > p->to || p->to > doc->body.n || !p->text.p) abort();
        part_raw_range(doc->body, p, 0, p->text.n, &from, &to);
        if (p->from > from || from > to || to > p->to) abort();
    }
}

/* Our own events: all of them are read, and the last one ends everything or is an error. */
static void check_end(const struct surface *s, enum surface_framing framing, struct slice events,
                      struct arena *arena)
{
    struct cutter c;
    size_t n;
    cutter_init(&c, 1u << 20);
    while (events.n && cut_one(&c, framing, events, &n) == CUT_DONE) {
        struct surface_doc doc;
        if (surface_event(s, slice_sub(events, 0, n), framing, arena, &doc) != SURFACE_OK) abort();
        check_parts(&doc);
        events = slice_sub(events, n, events.n);
    }
}

static void close_it(const struct surface *s, const struct surface_stream *st,
                     enum surface_framing framing, struct arena *arena)
{
    struct surface_verdict v = {S("pii.iban"), S("Blocked \"here\".")};
    struct buf out;
    buf_init(&out, 1u << 16);
    surface_close(s, st, framing, NULL, &v, &out);
    if (!buf_ok(&out)) abort();
    if (s->event != WALK_NO_SHAPE) check_end(s, framing, buf_slice(&out), arena);
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct cutter c;
    struct surface_stream st = {0};
    size_t n, count = 0;
    if (size < 2) return 0;
    const struct surface *s = &surface_rows[data[0] % surface_row_count];
    enum surface_framing framing = data[1] & 1 ? FRAMING_LINES : FRAMING_SSE;
    struct slice rest = slice_of(data + 2, size - 2);
    arena_init(&arena, 16u << 20, 4096);
    cutter_init(&c, 1u << 20);
    while (count++ < data[1] / 2u && rest.n && cut_one(&c, framing, rest, &n) == CUT_DONE) {
        struct surface_doc doc;
        enum surface_result r = surface_event(s, slice_sub(rest, 0, n), framing, &arena, &doc);
        if (r == SURFACE_NOMEM || (r != SURFACE_OK && !doc.why)) abort();
        check_parts(&doc);
        surface_stream_sent(&st, &doc);
        rest = slice_sub(rest, n, rest.n);
    }
    close_it(s, &st, framing, &arena);
    arena_done(&arena);
    return 0;
}
