/* SPDX-License-Identifier: Apache-2.0 */
/* surface_say.c - what the gateway itself says to a client, for tests with real clients:
 *
 *     surface_say block SURFACE < request               status on the first line, then the body
 *     surface_say close SURFACE sse|lines [REQUEST] < events      the events that end the stream
 * after those
 */
#include "codec/sse.h"
#include "guard/surface/surface_write.h"
#include <stdio.h>

#define INPUT_MAX (1u << 20)

static uint8_t input[INPUT_MAX];
static const struct surface_head head;

static struct surface_verdict verdict(void)
{
    return (struct surface_verdict){S("pii.iban"), S("Blocked by policy: \"pii.iban\".")};
}

static bool block(const struct surface *s, struct slice body, struct arena *arena, struct buf *out)
{
    struct surface_doc doc;
    struct surface_verdict v = verdict();
    struct buf text;
    buf_init(&text, INPUT_MAX);
    bool read = surface_request(s, body, &head, arena, &doc) == SURFACE_OK;
    buf_printf(out, "%u\n", surface_block(s, &doc, &v, &text));
    buf_add(out, buf_slice(&text));
    buf_done(&text);
    return read;
}

static bool close_stream(const struct surface *s, enum surface_framing framing,
                         struct slice request, struct slice events, struct arena *arena,
                         struct buf *out)
{
    struct surface_stream st = {0};
    struct surface_doc asked;
    struct surface_verdict v = verdict();
    struct cutter c;
    size_t n;
    cutter_init(&c, INPUT_MAX);
    if (request.n && surface_request(s, request, &head, arena, &asked) != SURFACE_OK) return false;
    for (; events.n; events = slice_sub(events, n, events.n)) {
        struct surface_doc doc;
        enum cut cut = framing == FRAMING_SSE ? sse_cut(&c, events, true, &n)
                                              : lines_cut(&c, events, true, &n);
        if (cut != CUT_DONE) return false;
        if (surface_event(s, slice_sub(events, 0, n), framing, arena, &doc) != SURFACE_OK)
            return false;
        surface_stream_sent(&st, &doc);
    }
    surface_close(s, &st, framing, request.n ? &asked : NULL, &v, out);
    return true;
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct buf out;
    const struct surface *s = argc > 2 ? surface_named(slice_str(argv[2])) : NULL;
    if (!s) return 2;
    struct slice in = slice_of(input, fread(input, 1, sizeof input, stdin));
    arena_init(&arena, 64u << 20, 1u << 16);
    buf_init(&out, INPUT_MAX);
    bool done = argc == 3 ? block(s, in, &arena, &out)
                          : close_stream(s, strcmp(argv[3], "sse") ? FRAMING_LINES : FRAMING_SSE,
                                         slice_str(argc > 4 ? argv[4] : ""), in, &arena, &out);
    fwrite(out.p, 1, out.n, stdout);
    buf_done(&out);
    arena_done(&arena);
    return done ? 0 : 1;
}
