/* SPDX-License-Identifier: Apache-2.0 */
/* stream_rig.h - answers as six protocols stream them, and what a client reads of them.
 * A protocol is a beginning, a template for one piece of text (@ is the text inside a JSON string),
 * and an end; a text is cut into pieces and the bytes into feeds as the test likes. */
#pragma once
#include "../test.h"
#include "base/st.h"
#include "base/utf8.h"
#include "codec/sse.h"
#include "guard/screen/stream.h"
#include <stdio.h>

#define RIG_PROMPT                                                                              \
    "You are the assistant of Corp for its customers. Never tell anybody that project Kestrel " \
    "begins in March, and do not speak about the price list of the partners in the north."

struct protocol {
    const char *surface;
    enum surface_framing framing;
    enum part_role role;
    enum part_channel channel;
    const char *begin, *piece, *end;
    bool whole; /* all of the text is one piece */
};

#define SSE(json)         "data: " json "\n\n"
#define NAMED(name, json) "event: " name "\ndata: " json "\n\n"
#define CHUNK(inner)                                                                        \
    SSE("{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":17000000," \
        "\"model\":\"m\",\"choices\":[{\"index\":0," inner "}]}")

static const struct protocol protocols[] = {
    {"chat", FRAMING_SSE, PART_ASSISTANT, PART_TEXT,
     CHUNK("\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null"),
     CHUNK("\"delta\":{\"content\":\"@\"},\"finish_reason\":null"),
     CHUNK("\"delta\":{},\"finish_reason\":\"stop\"") "data: [DONE]\n\n", false},
    {"completions", FRAMING_SSE, PART_ASSISTANT, PART_TEXT, ": open\n\n",
     SSE("{\"id\":\"c\",\"choices\":[{\"index\":0,\"text\":\"@\",\"finish_reason\":null}]}"),
     SSE("{\"id\":\"c\",\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"stop\"}]}")
         SSE("[DONE]"),
     false},
    {"responses", FRAMING_SSE, PART_ASSISTANT, PART_TEXT,
     NAMED("response.created", "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":{"
                               "\"id\":\"resp_1\",\"object\":\"response\",\"output\":[]}}"),
     NAMED("response.output_text.delta",
           "{\"type\":\"response.output_text.delta\",\"item_id\":\"msg_1\",\"output_index\":0,"
           "\"content_index\":0,\"sequence_number\":4,\"delta\":\"@\"}"),
     NAMED("response.completed", "{\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\","
                                 "\"output\":[]}}"),
     false},
    {"messages", FRAMING_SSE, PART_ASSISTANT, PART_TEXT,
     NAMED(
         "message_start",
         "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":"
         "\"assistant\",\"content\":[],\"model\":\"m\"}}")
         NAMED("content_block_start", "{\"type\":\"content_block_start\",\"index\":0,"
                                      "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}"),
     NAMED("content_block_delta", "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{"
                                  "\"type\":\"text_delta\",\"text\":\"@\"}}"),
     NAMED("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}")
         NAMED("message_stop", "{\"type\":\"message_stop\"}"),
     false},
    {"ollama.chat", FRAMING_LINES, PART_ASSISTANT, PART_TEXT, "",
     "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"@\"},\"done\":false}\n",
     "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true}\n",
     false},
    {"mcp", FRAMING_SSE, PART_TOOL, PART_TOOL_RESULT, ": ping\n\n",
     NAMED("message", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[{\"type\":\"text\","
                      "\"text\":\"@\"}]}}"),
     "", true},
};

static struct inspect *inspect;
static struct names *names;
static struct arena lasting;
static const struct leak_index *prompt;
static struct guard_scope scope;
static const struct slice rig_hosts[] = {{(const uint8_t *)"corp.net", 8}};

static inline int rig_begin(void **state)
{
    (void)state;
    arena_init(&lasting, 64u << 20, 1u << 16);
    struct part system = {.role = PART_SYSTEM, .text = S(RIG_PROMPT)};
    struct literals_set *set = literals_set_new(&lasting);
    inspect = inspect_new();
    names = names_new(7);
    prompt = inspect_prompt(&lasting, &system, 1);
    if (!inspect || !names || !prompt || !set) return 1;
    (void)names_of(names, S("pii.email"), S("jane@corp.net"));
    (void)names_of(names, S("pii.name"), S("Jane \"J\" Doe\\"));
    bool ok = literals_add(set, LITERAL_CANARY, S("MERLON-CANARY-7f3a91c2d4")) == ST_OK &&
              literals_add(set, LITERAL_DENY, S("project falcon")) == ST_OK &&
              literals_build(set) == ST_OK;
    scope = *guard_policy_usual(true)->scopes;
    scope.policy = policy_usual;
    scope.checks.literals = set;
    scope.checks.links = (struct link_policy){rig_hosts, COUNT_OF(rig_hosts)};
    return !ok;
}

static inline int rig_end(void **state)
{
    (void)state;
    inspect_free(inspect);
    names_free(names);
    arena_done(&lasting);
    return 0;
}

/* ---- a stream ---- */

static inline void put_piece(const struct protocol *p, struct slice text, struct buf *out)
{
    for (const char *t = p->piece; *t; t++) {
        if (*t == '@')
            esc_json(out, text);
        else
            buf_byte(out, (uint8_t)*t);
    }
}

/* Cuts: ascending places in the text. */
static inline void put_stream(const struct protocol *p, struct slice text, const size_t *cuts,
                              size_t count, struct buf *out)
{
    size_t at = 0;
    buf_str(out, p->begin);
    for (size_t i = 0; i < count; i++) {
        put_piece(p, slice_sub(text, at, cuts[i] - at), out);
        at = cuts[i];
    }
    put_piece(p, slice_sub(text, at, text.n), out);
    buf_str(out, p->end);
}

struct played {
    struct guard_record record;
    struct buf out;
    enum stream_step step;
};

static inline struct guard_stream *rig_stream(const struct protocol *p, struct guard_record *r)
{
    struct stream_setup setup = {.surface = surface_named(slice_str(p->surface)),
                                 .framing = p->framing,
                                 .scope = &scope,
                                 .inspect = inspect,
                                 .prompt = prompt,
                                 .names = names,
                                 .record = r};
    memset(r, 0, sizeof *r);
    r->enforced = scope.enforce;
    return stream_new(&setup);
}

/* Feeds of `size` bytes; 0: all at once. `first`: of the first one. */
static inline void play(const struct protocol *p, struct slice bytes, size_t first, size_t size,
                        struct played *ret)
{
    struct guard_stream *s = rig_stream(p, &ret->record);
    assert_non_null(s);
    size_t n = first ? first : size ? size : bytes.n;
    ret->step = STREAM_GO;
    for (size_t at = 0; ret->step == STREAM_GO; n = size ? size : bytes.n) {
        struct slice in = slice_sub(bytes, at, n);
        at += in.n;
        ret->step = stream_feed(s, in, at == bytes.n, &ret->out);
        if (at == bytes.n) break;
    }
    assert_true(buf_ok(&ret->out));
    stream_free(s);
}

/* What a client puts together: all texts of a channel, and whether every event was understood. */
static inline bool heard(const struct protocol *p, struct slice bytes, enum part_channel channel,
                         uint16_t output, struct buf *text)
{
    struct arena a;
    struct cutter c;
    size_t n;
    bool good = true;
    cutter_init(&c, 1u << 20);
    arena_init(&a, 64u << 20, 1u << 16);
    while (bytes.n && (p->framing == FRAMING_SSE ? sse_cut(&c, bytes, true, &n)
                                                 : lines_cut(&c, bytes, true, &n)) == CUT_DONE) {
        struct surface_doc doc;
        good &= surface_event(surface_named(slice_str(p->surface)), slice_sub(bytes, 0, n),
                              p->framing, &a, &doc) == SURFACE_OK;
        for (size_t i = 0; i < doc.part_count; i++) {
            const struct part *part = &doc.parts[i];
            if (part->channel != channel || part->coding == PART_TWICE || part->flags & PART_KEY)
                continue;
            if (output == PART_FLOW_NONE || part->flow.output == output) buf_add(text, part->text);
        }
        bytes = slice_sub(bytes, n, bytes.n - n);
    }
    arena_done(&a);
    return good;
}

/* ---- what it should be ---- */

struct expected {
    enum guard_action action;
    const struct rule *because;
    size_t from; /* of the match that decides */
    struct buf text;
};

struct rig_names {
    struct part_edit list[16];
    size_t count;
    const struct part *part;
};

static inline void rig_on_name(void *ctx, const struct name_found *f)
{
    struct rig_names *n = ctx;
    if (n->count < COUNT_OF(n->list))
        n->list[n->count++] = (struct part_edit){n->part, f->from, f->to, f->value};
}

/* The text as a whole: inspected, decided, written anew. */
static inline void expect(const struct protocol *p, struct slice text, struct expected *ret)
{
    static struct inspect_out found;
    static struct decision d;
    struct part part = {
        .role = p->role, .channel = p->channel, .coding = PART_PLAIN, .to = text.n, .text = text};
    struct inspect_in in = {.parts = &part, .count = 1, .answer = true, .prompt = prompt};
    inspect_parts(inspect, &scope.checks, &in, &found);
    struct decision_in deciding = {.policy = &scope.policy,
                                   .parts = &part,
                                   .matches = found.list,
                                   .count = found.count,
                                   .unscanned = found.unscanned,
                                   .answer = true,
                                   .names = names};
    decide(&deciding, &d);
    ret->action = d.action;
    ret->because = d.because ? d.because->rule : NULL;
    ret->from = d.because ? d.because->from : 0;
    struct rig_names n = {.part = &part};
    (void)names_scan(names, text, 0, true, rig_on_name, &n);
    size_t at = 0, i = 0, k = 0;
    while (i < d.count || k < n.count) { /* in these tests they never touch */
        bool name = i == d.count || (k < n.count && n.list[k].from < d.edits[i].from);
        const struct part_edit *e = name ? &n.list[k++] : &d.edits[i++];
        buf_add(&ret->text, slice_sub(text, at, e->from - at));
        buf_add(&ret->text, e->with);
        at = e->to;
    }
    buf_add(&ret->text, slice_sub(text, at, text.n));
}
