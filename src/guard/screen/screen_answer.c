/* SPDX-License-Identifier: Apache-2.0 */
/* screen_answer.c - the way of an answer: whole and held, or an event at a time. */
#include "base/host.h"
#include "base/utf8.h"
#include "guard/judge/inspect_part.h"
#include "guard/screen/screen_part.h"
#include "guard/surface/surface_walk.h"

/* Another upstream may answer what one began to. */
static void begin_again(struct screen_state *s)
{
    stream_free(s->stream);
    s->stream = NULL;
    body_done(&s->answer);
    s->answer_passes = s->record.streamed = false;
    memset(&s->record.side[RECORD_ANSWER], 0, sizeof s->record.side[RECORD_ANSWER]);
}

static enum exchange_step begin_stream(struct screen_state *s, enum surface_framing framing)
{
    struct stream_setup setup = {.surface = s->surface,
                                 .framing = framing,
                                 .scope = s->scope,
                                 .inspect = s->thread->inspect,
                                 .prompt = s->prompt,
                                 .names = s->names,
                                 .request = &s->request.doc,
                                 .record = &s->record};
    s->record.streamed = true;
    s->answer.as_it_came = !s->scope->enforce;
    s->stream = stream_new(&setup);
    if (s->stream) return EXCHANGE_GO;
    s->answer_passes = true;
    if (!screen_unread(s, RECORD_ANSWER, UNREAD_MEMORY)) return EXCHANGE_PASS;
    return screen_refuse(s, RECORD_ANSWER, match_rule("guard.not-scanned"), "memory is out");
}

/* A packed stream is read while it comes; where that cannot be, nobody sees it. */
static enum exchange_step no_reader(struct screen_state *s)
{
    s->answer_passes = true;
    if (!screen_unread(s, RECORD_ANSWER, UNREAD_CODING)) return EXCHANGE_PASS;
    return screen_refuse(s, RECORD_ANSWER, match_rule("guard.unread"),
                         "its Content-Encoding or charset is not known");
}

enum exchange_step screen_answer_head(void *state, const struct http1_head *h)
{
    struct screen_state *s = state;
    if (!s->surface) return EXCHANGE_PASS;
    begin_again(s);
    s->status = h->status;
    body_init(s, &s->answer, h, s->scope->answer_most, RECORD_ANSWER);
    if (h->body == HTTP1_NO_BODY) return EXCHANGE_GO;
    if (s->record.side[RECORD_ANSWER].unread) return no_reader(s);
    enum surface_framing framing = surface_framing(s->surface, s->answer.type);
    return framing == FRAMING_WHOLE ? EXCHANGE_HOLD : begin_stream(s, framing);
}

/* ---- streams ---- */

/* A packed stream goes on unpacked where it may have to be changed; else as it came. */
static enum exchange_step feed_packed(struct screen_state *s, struct slice in, bool end,
                                      struct buf *out)
{
    struct screen_body *b = &s->answer;
    struct buf *to = s->scope->enforce ? out : &s->thread->scratch;
    buf_reset(&b->text);
    buf_reset(&s->thread->scratch);
    if (!s->scope->enforce) buf_add(out, in);
    bool bad = content_feed(b->unpack, in, end, &b->text) != ST_OK;
    enum stream_step step = stream_feed(s->stream, buf_slice(&b->text), end && !bad, to);
    if (bad && step == STREAM_GO) {
        stream_unread(s->stream, UNREAD_CODING);
        (void)stream_feed(s->stream, S(""), true, to);
        s->answer_passes = !s->scope->enforce;
    }
    return step == STREAM_BLOCKED || (bad && s->scope->enforce) ? EXCHANGE_CUT : EXCHANGE_GO;
}

static enum exchange_step feed_stream(struct screen_state *s, struct slice in, bool end,
                                      struct buf *out)
{
    s->record.side[RECORD_ANSWER].bytes += in.n;
    if (s->answer.unpack) return feed_packed(s, in, end, out);
    return stream_feed(s->stream, in, end, out) == STREAM_BLOCKED ? EXCHANGE_CUT : EXCHANGE_GO;
}

/* ---- whole ones ---- */

/* Pages of errors, and what servers say of themselves ("OK"), may be no JSON. */
static bool may_be_text(const struct screen_state *s)
{
    const struct surface *about = s->surface;
    return s->status >= 400 || (about->request == WALK_NO_SHAPE && !about->answer);
}

/* One text, if it is text. */
static enum surface_result as_text(struct screen_state *s, struct screen_body *b)
{
    struct slice body = b->doc.body;
    if (!utf8_valid(body) || slice_find_byte(body, 0) != SIZE_MAX) return SURFACE_REFUSED;
    struct part *p = ARENA_NEW(&s->arena, struct part);
    if (!p) return SURFACE_NOMEM;
    *p = (struct part){.role = PART_ASSISTANT,
                       .coding = PART_PLAIN,
                       .flow = {PART_FLOW_NONE, PART_FLOW_NONE, PART_FLOW_NONE},
                       .to = body.n,
                       .text = body};
    b->doc = (struct surface_doc){.body = body, .parts = p, .part_count = 1};
    return SURFACE_OK;
}

static enum exchange_step judge_answer(struct screen_state *s, struct buf *out)
{
    struct screen_body *b = &s->answer;
    struct surface_head head = {b->type, b->json_length};
    uint64_t begun = host_now_ns();
    enum surface_result read =
        surface_answer(s->surface, buf_slice(&b->text), &head, &s->arena, &b->doc);
    if (read == SURFACE_REFUSED && may_be_text(s)) read = as_text(s, b);
    s->record.side[RECORD_ANSWER].read_ns = host_now_ns() - begun;
    return body_judge(s, b, RECORD_ANSWER, read, out) ? EXCHANGE_GO : EXCHANGE_REPLY;
}

static enum exchange_step pass_answer(struct screen_state *s, struct slice in, struct buf *out)
{
    s->record.side[RECORD_ANSWER].bytes += in.n;
    buf_add(out, in);
    return EXCHANGE_GO;
}

static enum exchange_step unread_answer(struct screen_state *s, struct slice in, struct buf *out)
{
    if (screen_unread(s, RECORD_ANSWER, 0))
        return screen_refuse(s, RECORD_ANSWER, match_rule("guard.unread"),
                             "it cannot be unpacked, or it is too large");
    s->answer.as_it_came = s->answer_passes = true;
    buf_add(out, body_raw(&s->answer));
    return pass_answer(s, in, out);
}

enum exchange_step screen_answer(void *state, struct slice in, bool end, struct buf *out)
{
    struct screen_state *s = state;
    if (s->answer_passes) return pass_answer(s, in, out);
    if (s->stream) return feed_stream(s, in, end, out);
    if (!body_take(s, &s->answer, RECORD_ANSWER, in, end)) return unread_answer(s, in, out);
    return end ? judge_answer(s, out) : EXCHANGE_GO;
}
