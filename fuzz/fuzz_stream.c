/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_stream.c - a streamed answer. The first byte chooses the surface, the second framing, mode
 * and where the bytes come from, the third how they are cut into feeds:
 *
 *     raw     the rest is the stream. However it is cut, the same comes out; what nothing is done
 *             about comes out byte for byte, and so does everything that is only looked at
 *     text    the rest is a text with a key in it, sent in pieces as a chat, or as arguments of a
 *             tool with escapes: where the whole text has it redacted, no piece of the stream shows
 *             it, and arguments are JSON as before */
#include "fuzz.h"
#include "base/utf8.h"
#include "codec/json.h"
#include "codec/sse.h"
#include "guard/screen/stream.h"
#include "guard/surface/surface_walk.h"
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

static uint32_t dice(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

static void put_text(struct slice text, bool call, size_t most, struct buf *out)
{
    uint32_t seed = (uint32_t)most;
    for (size_t at = 0; at < text.n;) {
        size_t to = at + 1 + text.n / 48 + dice(&seed, (uint32_t)most + 1);
        while (to < text.n && (text.p[to] & 0xc0) == 0x80) to++;
        buf_str(out, "data: {\"choices\":[{\"index\":0,\"delta\":{");
        buf_str(out, call ? "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\""
                          : "\"content\":\"");
        esc_json(out, slice_sub(text, at, to - at));
        buf_str(out, call ? "\"}}]}}]}\n\n" : "\"}}]}\n\n");
        at = to;
    }
}

/* Arguments of a tool with the text in them, some of it as escapes that nobody needs. */
static void put_arguments(struct slice text, size_t most, struct buf *out)
{
    uint32_t seed = (uint32_t)most + 1;
    buf_str(out, "{\"k\":\"");
    for (size_t at = 0, n = 1; at < text.n; at += n) {
        uint32_t code = 0;
        n = utf8_next(text, at, &code);
        if (code < 0x10000 && !dice(&seed, 8))
            buf_printf(out, "\\u%04x", code);
        else
            esc_json(out, slice_sub(text, at, n));
    }
    buf_str(out, "\",\"n\":[1,true]}");
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

/* Still JSON, and no string of it has the key. */
static void check_arguments(struct slice json)
{
    struct json j;
    struct arena arena;
    arena_init(&arena, 16u << 20, 4096);
    json_init(&j, json);
    while (json_next(&j) != JSON_END) {
        if (j.token == JSON_BAD) abort();
        if (j.token != JSON_STRING && j.token != JSON_KEY) continue;
        if (slice_has(json_text(&j, &arena), S("QFODESARIWX"))) abort();
    }
    arena_done(&arena);
}

static void key_passes(struct slice text, bool call, unsigned how, size_t most)
{
    static struct run r;
    struct buf stream, said;
    buf_init(&stream, 64u << 20);
    buf_init(&said, 64u << 20);
    put_text(text, call, most, &stream);
    play(&r, surface_named(S("chat")), how & HOW_PASSES, buf_slice(&stream), most);
    hear(buf_slice(&r.out), &said);
    if (slice_has(buf_slice(&said), S("QFODESARIWX"))) abort();
    if (call && r.step == STREAM_GO) check_arguments(buf_slice(&said));
    buf_done(&r.out);
    buf_done(&stream);
    buf_done(&said);
}

static void key_in_text(struct slice noise, unsigned how, size_t most)
{
    struct buf text, json, plain;
    bool call = how & HOW_CALL;
    size_t at = noise.n / 2;
    if (slice_has(noise, S("QFODESARIWX")) || !utf8_valid(noise)) return; /* once is enough */
    while (at < noise.n && (noise.p[at] & 0xc0) == 0x80) at++;
    buf_init(&text, 1u << 20);
    buf_init(&json, 1u << 20);
    buf_init(&plain, 1u << 20);
    buf_add(&text, slice_sub(noise, 0, at));
    buf_str(&text, " " AWS " ");
    buf_add(&text, slice_sub(noise, at, noise.n));
    put_arguments(buf_slice(&text), most, &json);
    buf_str(&plain, "{\"k\":\"");
    buf_add(&plain, buf_slice(&text));
    buf_str(&plain, "\",\"n\":[1,true]}");
    struct buf *seen = call ? &plain : &text;
    if (is_hidden(buf_slice(seen), call ? PART_TOOL_CALL : PART_TEXT))
        key_passes(buf_slice(call ? &json : &text), call, how, most);
    buf_done(&text);
    buf_done(&json);
    buf_done(&plain);
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
