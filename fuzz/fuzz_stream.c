/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_stream.c - a streamed answer. The first byte chooses the surface, the second framing, mode
 * and where the bytes come from, the third how they are cut into feeds:
 *
 *     raw     the rest is the stream. However it is cut, the same comes out; what nothing is done
 *             about comes out byte for byte, and so does everything that is only looked at
 *     text    the rest is a text with a key in it, sent in pieces as a chat: where the whole text
 *             has it redacted, no piece of the stream shows it */
#include "fuzz.h"
#include "base/utf8.h"
#include "codec/sse.h"
#include "guard/stream.h"
#include "guard/surface_walk.h"
#include <stdlib.h>

#define AWS "AKIAYQFODESARIWXLIXQ"

enum how {
    HOW_LINES = 1,
    HOW_PASSES = 2,
    HOW_OBSERVE = 4,
    HOW_MODE = 24,
    HOW_TEXT = 32,
    HOW_CALL = 64
};

struct run {
    struct guard_record record;
    struct buf out;
    enum stream_step step;
};

static struct inspect *inspect;
static struct names *names;
static struct guard_scope scope;

static void play(struct run *r, const struct surface *s, unsigned how, struct slice in, size_t most)
{
    struct stream_setup setup = {.surface = s,
                                 .framing = how & HOW_LINES ? FRAMING_LINES : FRAMING_SSE,
                                 .scope = &scope,
                                 .inspect = inspect,
                                 .names = how & HOW_PASSES ? names : NULL,
                                 .record = &r->record};
    uint32_t seed = (uint32_t)most;
    memset(&r->record, 0, sizeof r->record);
    buf_init(&r->out, 64u << 20);
    struct guard_stream *stream = stream_new(&setup);
    r->step = STREAM_GO;
    for (size_t at = 0; stream && r->step == STREAM_GO;) {
        seed = seed * 1664525u + 1013904223u;
        size_t n = most ? 1 + (seed >> 8) % most : in.n;
        struct slice piece = slice_sub(in, at, n);
        at += piece.n;
        r->step = stream_feed(stream, piece, at == in.n, &r->out);
        if (at == in.n) break;
    }
    stream_free(stream);
    if (!buf_ok(&r->out)) abort();
}

static void both(const struct surface *s, unsigned how, struct slice in, size_t most)
{
    static struct run a, b;
    play(&a, s, how, in, 0);
    play(&b, s, how, in, most);
    const struct record_side_of *x = &a.record.side[RECORD_ANSWER];
    const struct record_side_of *y = &b.record.side[RECORD_ANSWER];
    if (a.step != b.step || x->action != y->action || x->because != y->because) abort();
    if (a.record.match_count != b.record.match_count) abort();
    if (!slice_eq(buf_slice(&a.out), buf_slice(&b.out))) abort();
    bool changed = x->action >= ACT_ANONYMISE || how & HOW_PASSES;
    if ((how & HOW_OBSERVE || !changed) && !slice_eq(buf_slice(&a.out), in)) abort();
    if (how & HOW_OBSERVE && a.step != STREAM_GO) abort();
    buf_done(&a.out);
    buf_done(&b.out);
}

/* Is the key redacted, or worse, where the whole text is looked at? */
static bool is_hidden(struct slice text, enum part_channel channel)
{
    static struct inspect_out found;
    static struct decision d;
    struct part part = {.role = PART_ASSISTANT, .channel = channel, .text = text};
    struct inspect_in in = {.parts = &part, .count = 1, .answer = true};
    size_t key = slice_find(text, S(AWS));
    inspect_parts(inspect, &scope.checks, &in, &found);
    struct decision_in deciding = {.policy = &scope.policy,
                                   .parts = &part,
                                   .matches = found.list,
                                   .count = found.count,
                                   .answer = true};
    decide(&deciding, &d);
    for (size_t i = 0; i < found.count; i++)
        if (!found.list[i].via[0] && d.actions[i] >= ACT_REDACT && found.list[i].from <= key &&
            found.list[i].to >= key + 20)
            return true;
    return false;
}

static void put_event(struct slice text, bool call, struct buf *out)
{
    buf_str(out, "data: {\"choices\":[{\"index\":0,\"delta\":{");
    buf_str(out, call ? "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\""
                      : "\"content\":\"");
    esc_json(out, text);
    buf_str(out, call ? "\"}}]}}]}\n\n" : "\"}}]}\n\n");
}

static void put_text(struct slice text, bool call, size_t most, struct buf *out)
{
    uint32_t seed = (uint32_t)most;
    for (size_t at = 0; at < text.n;) {
        seed = seed * 1664525u + 1013904223u;
        size_t to = at + 1 + (seed >> 8) % (most + 1);
        while (to < text.n && (text.p[to] & 0xc0) == 0x80) to++;
        put_event(slice_sub(text, at, to - at), call, out);
        at = to;
    }
}

/* What a client puts together. */
static void hear(struct slice in, struct buf *out)
{
    struct arena arena;
    struct cutter c;
    size_t n;
    arena_init(&arena, 64u << 20, 1u << 16);
    cutter_init(&c, 1u << 20);
    while (in.n && sse_cut(&c, in, true, &n) == CUT_DONE) {
        struct surface_doc doc;
        if (surface_event(surface_named(S("chat")), slice_sub(in, 0, n), FRAMING_SSE, &arena,
                          &doc) != SURFACE_OK)
            abort();
        for (size_t i = 0; i < doc.part_count; i++)
            if (doc.parts[i].flags & PART_GROWS) buf_add(out, doc.parts[i].text);
        in = slice_sub(in, n, in.n);
    }
    arena_done(&arena);
}

static void key_in_text(struct slice noise, unsigned how, size_t most)
{
    static struct run r;
    struct buf text, stream, said;
    bool call = how & HOW_CALL;
    size_t at = noise.n / 2;
    if (slice_has(noise, S("QFODESARIWX"))) return; /* once is enough */
    while (at < noise.n && (noise.p[at] & 0xc0) == 0x80) at++;
    buf_init(&text, 1u << 20);
    buf_init(&stream, 64u << 20);
    buf_init(&said, 64u << 20);
    buf_add(&text, slice_sub(noise, 0, at));
    buf_str(&text, " " AWS " ");
    buf_add(&text, slice_sub(noise, at, noise.n));
    struct slice whole = buf_slice(&text);
    if (utf8_valid(whole) && is_hidden(whole, call ? PART_TOOL_CALL : PART_TEXT)) {
        put_text(whole, call, most, &stream);
        play(&r, surface_named(S("chat")), 0, buf_slice(&stream), most);
        hear(buf_slice(&r.out), &said);
        if (slice_has(buf_slice(&said), S("QFODESARIWX"))) abort();
        buf_done(&r.out);
    }
    buf_done(&text);
    buf_done(&stream);
    buf_done(&said);
}

static bool begin(void)
{
    if (!inspect) inspect = inspect_new();
    if (!names) names = names_new(1);
    if (names) (void)names_of(names, S("pii.email"), S("j\"\\@corp.net"));
    return inspect && names;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4 || !begin()) return 0;
    const struct surface *s = &surface_rows[data[0] % surface_row_count];
    unsigned how = data[1];
    struct slice rest = slice_of(data + 3, size - 3);
    scope = *guard_policy_usual(true)->scopes;
    scope.enforce = !(how & HOW_OBSERVE);
    scope.unknown_passes = how & HOW_PASSES;
    scope.stream = (enum hold_mode)((how & HOW_MODE) >> 3);
    scope.policy = policy_usual;
    if (scope.stream == HOLD_OBSERVE) how |= HOW_OBSERVE;
    if (how & HOW_TEXT && scope.enforce && !(how & HOW_OBSERVE))
        key_in_text(rest, how, data[2]);
    else
        both(s, how, rest, data[2] + 1u);
    return 0;
}
