/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_engine.c - the first byte says how the rest is cut into pieces: what a stream tells must be
 * what the whole text tells. */
#include "detect/engine/engine.h"
#include "fuzz.h"
#include <stdlib.h>

struct told {
    uint64_t sum, count, last;
    size_t n;
};

static void on_hit(void *ctx, const struct hit *h)
{
    struct told *t = ctx;
    if (h->from >= h->to || h->from < t->last || !h->detector) abort();
    t->last = h->from;
    t->count++;
    t->sum = t->sum * 31 + h->from * 7 + h->to + (uint64_t)h->sureness +
             (uint64_t)(uintptr_t)h->detector;
}

static void on_mark(void *ctx, const struct mark *m)
{
    struct told *t = ctx;
    if (m->from >= m->to) abort();
    t->sum += m->from * 13 + m->to + (uint64_t)m->kind;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct engine *engine; /* one per process, as in a worker */
    if (!engine) engine = engine_new();
    if (!size || !engine) return 0;
    struct slice text = slice_of(data + 1, size - 1);
    struct told whole = {0}, pieces = {0};
    struct engine_sink sink = {.on_hit = on_hit, .on_mark = on_mark, .ctx = &whole};
    engine_scan(engine, text, &sink);
    sink.ctx = &pieces;
    struct engine_stream *s = engine_stream_new(engine, &sink);
    if (!s) return 0;
    size_t step = (size_t)data[0] + 1;
    for (size_t at = 0; at < text.n; at += step) engine_feed(s, slice_sub(text, at, step));
    engine_finish(s);
    engine_stream_free(s);
    if (whole.sum != pieces.sum || whole.count != pieces.count) abort();
    return 0;
}
