/* SPDX-License-Identifier: Apache-2.0 */
/* surface_close.c - the end of a stream that must not go on. Clients keep books: a content block
 * that began must stop, a choice has a reason to finish, numbers go on. So what was sent is
 * remembered, in fixed room. */
#include "codec/jot.h"
#include "guard/surface/surface_verdict.h"
#include "base/num.h"

#define OUTPUTS_MAX 64u

static void keep(char *to, size_t room, struct slice text)
{
    if (!text.p || text.n >= room || to[0]) return;
    memcpy(to, text.p, text.n);
    to[text.n] = 0;
}

static uint64_t bit(uint16_t output)
{
    return output < OUTPUTS_MAX ? (uint64_t)1 << output : 0;
}

static void sent_end(struct surface_stream *st, const struct flow_end *e)
{
    if (e->level == FLOW_OUTPUT) st->ended |= bit(e->flow.output);
    if (e->level == FLOW_ALL || (e->level == FLOW_FLOW && e->flow.content == st->opened.content))
        st->open = false;
}

void surface_stream_sent(struct surface_stream *st, const struct surface_doc *event)
{
    uint64_t n;
    keep(st->id, sizeof st->id, event->id);
    keep(st->model, sizeof st->model, event->model);
    keep(st->created, sizeof st->created, event->created);
    st->begun |= event->id.p || event->model.p;
    if (num_u64(event->sequence, &n) && n > st->sequence) st->sequence = n;
    if (event->opens) {
        st->open = true;
        st->opened = event->opened;
    }
    for (size_t i = 0; i < event->part_count; i++) st->outputs |= bit(event->parts[i].flow.output);
    for (size_t i = 0; i < event->end_count; i++) sent_end(st, &event->ends[i]);
}

/* --- writing --- */

struct closing {
    const struct surface_stream *st;
    const struct surface_verdict *verdict;
    struct buf *out;
    enum surface_framing framing;
    uint64_t sequence;
};

static void begin_event(const struct closing *c, struct jot *j, const char *name)
{
    if (c->framing == FRAMING_SSE) {
        if (name) buf_printf(c->out, "event: %s\n", name);
        buf_str(c->out, "data: ");
    }
    jot_init(j, c->out, 0);
}

static void end_event(const struct closing *c)
{
    buf_str(c->out, c->framing == FRAMING_SSE ? "\n\n" : "\n");
}

static void put_created(const struct closing *c, struct jot *j, const char *key, const char *none)
{
    jot_key(j, key);
    jot_raw(j, slice_str(c->st->created[0] ? c->st->created : none));
}

static void put_verdict(const struct closing *c, struct jot *j)
{
    jot_key_open(j, "merlon", '{');
    jot_pair(j, "blocked", c->verdict->rule);
    jot_pair(j, "message", c->verdict->message);
    jot_close(j, '}');
}

static void choice(struct jot *j, unsigned index, bool chat)
{
    jot_open(j, '{');
    jot_pair_num(j, "index", index);
    if (chat)
        jot_key_open(j, "delta", '{'), jot_close(j, '}');
    else
        jot_pair_str(j, "text", "");
    jot_key(j, "logprobs");
    jot_raw(j, S("null"));
    jot_pair_str(j, "finish_reason", "content_filter");
    jot_close(j, '}');
}

static void close_chat(const struct closing *c, bool chat)
{
    struct jot j;
    uint64_t open = c->st->outputs & ~c->st->ended;
    if (!open) open = 1;
    begin_event(c, &j, NULL);
    jot_open(&j, '{');
    jot_pair_str(&j, "id", c->st->id[0] ? c->st->id : "merlon");
    jot_pair_str(&j, "object", chat ? "chat.completion.chunk" : "text_completion");
    put_created(c, &j, "created", "0");
    jot_pair_str(&j, "model", c->st->model);
    jot_key_open(&j, "choices", '[');
    for (unsigned i = 0; i < OUTPUTS_MAX; i++)
        if (open >> i & 1) choice(&j, i, chat);
    jot_close(&j, ']');
    put_verdict(c, &j);
    jot_close(&j, '}');
    end_event(c);
    if (c->framing == FRAMING_SSE) buf_str(c->out, "data: [DONE]\n\n");
}

/* The whole response, as every event of its life carries it. */
static void response(const struct closing *c, struct jot *j, const char *status, bool over)
{
    jot_key_open(j, "response", '{');
    jot_pair_str(j, "id", c->st->id[0] ? c->st->id : "merlon");
    jot_pair_str(j, "object", "response");
    put_created(c, j, "created_at", "0");
    jot_pair_str(j, "status", status);
    jot_pair_str(j, "model", c->st->model);
    jot_key(j, "error");
    jot_raw(j, S("null"));
    jot_key(j, "incomplete_details");
    jot_raw(j, over ? S("{\"reason\":\"content_filter\"}") : S("null"));
    jot_key(j, "output");
    jot_raw(j, S("[],\"instructions\":null,\"metadata\":{},\"parallel_tool_calls\":true,"
                 "\"temperature\":null,\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":null,"
                 "\"usage\":null"));
    if (over) put_verdict(c, j);
    jot_close(j, '}');
}

static void response_event(struct closing *c, const char *type, const char *status, bool over)
{
    struct jot j;
    begin_event(c, &j, type);
    jot_open(&j, '{');
    jot_pair_str(&j, "type", type);
    jot_pair_num(&j, "sequence_number", c->sequence++);
    response(c, &j, status, over);
    jot_close(&j, '}');
    end_event(c);
}

static void close_response(struct closing *c)
{
    c->sequence = c->st->begun ? c->st->sequence + 1 : 0;
    if (!c->st->begun) response_event(c, "response.created", "in_progress", false);
    response_event(c, "response.incomplete", "incomplete", true);
}

static void put_event(const struct closing *c, const char *name, const char *json)
{
    struct jot j;
    begin_event(c, &j, name);
    jot_raw(&j, slice_str(json));
    end_event(c);
}

static void message_start(const struct closing *c)
{
    put_event(c, "message_start",
              "{\"type\":\"message_start\",\"message\":{\"id\":\"merlon\",\"type\":\"message\","
              "\"role\":\"assistant\",\"model\":\"\",\"content\":[],\"stop_reason\":null,"
              "\"stop_sequence\":null,\"usage\":{\"input_tokens\":0,\"output_tokens\":0}}}");
}

static void close_message(const struct closing *c)
{
    struct jot j;
    if (!c->st->begun) message_start(c);
    if (c->st->open) {
        uint16_t block = c->st->opened.content; /* some leave the index of the first one out */
        begin_event(c, &j, "content_block_stop");
        jot_open(&j, '{');
        jot_pair_str(&j, "type", "content_block_stop");
        jot_pair_num(&j, "index", block == PART_FLOW_NONE ? 0 : block);
        jot_close(&j, '}');
        end_event(c);
    }
    begin_event(c, &j, "message_delta");
    jot_open(&j, '{');
    jot_pair_str(&j, "type", "message_delta");
    jot_key_open(&j, "delta", '{');
    jot_pair_str(&j, "stop_reason", "refusal");
    jot_key(&j, "stop_sequence");
    jot_raw(&j, S("null"));
    jot_close(&j, '}');
    jot_key(&j, "usage");
    jot_raw(&j, S("{\"output_tokens\":0}"));
    put_verdict(c, &j);
    jot_close(&j, '}');
    end_event(c);
    put_event(c, "message_stop", "{\"type\":\"message_stop\"}");
}

static void close_ollama(const struct closing *c, bool chat)
{
    struct jot j;
    begin_event(c, &j, NULL);
    jot_open(&j, '{');
    jot_pair_str(&j, "model", c->st->model);
    put_created(c, &j, "created_at", "\"1970-01-01T00:00:00Z\"");
    if (chat) {
        jot_key_open(&j, "message", '{');
        jot_pair_str(&j, "role", "assistant");
        jot_pair_str(&j, "content", "");
        jot_close(&j, '}');
    } else {
        jot_pair_str(&j, "response", "");
    }
    jot_pair_bool(&j, "done", true);
    jot_pair_str(&j, "done_reason", "content_filter");
    put_verdict(c, &j);
    jot_close(&j, '}');
    end_event(c);
}

static void close_error(const struct closing *c, const struct surface_doc *request, bool rpc)
{
    struct jot j;
    begin_event(c, &j, rpc ? "message" : NULL);
    if (rpc)
        verdict_rpc(&j, request, c->verdict);
    else
        verdict_error(&j, c->verdict);
    end_event(c);
}

static void close_openai(struct closing *c, const struct surface *s)
{
    if (slice_starts(slice_str(s->name), S("responses")))
        close_response(c);
    else
        close_chat(c, !slice_eq(slice_str(s->name), S("completions")));
}

void surface_close(const struct surface *s, const struct surface_stream *st,
                   enum surface_framing framing, const struct surface_doc *request,
                   const struct surface_verdict *verdict, struct buf *out)
{
    struct closing c = {st, verdict, out, framing, 0};
    switch (s->family) {
    case FAMILY_ANTHROPIC: close_message(&c); break;
    case FAMILY_OLLAMA: close_ollama(&c, slice_eq(slice_str(s->name), S("ollama.chat"))); break;
    case FAMILY_OIP:
    case FAMILY_TFSERVING: close_error(&c, request, false); break;
    case FAMILY_MCP: close_error(&c, request, true); break;
    default: close_openai(&c, s); break;
    }
}
