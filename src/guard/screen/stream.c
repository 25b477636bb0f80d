/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c - events out of bytes, one after the other. */
#include "guard/screen/stream.h"
#include "base/host.h"
#include "guard/judge/inspect_part.h"
#include "guard/screen/stream_part.h"
#include <stdio.h>
#include <stdlib.h>

#define HALF_KEPT (64u << 10)

struct guard_stream *stream_new(const struct stream_setup *setup)
{
    const struct guard_scope *scope = setup->scope;
    struct guard_stream *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->setup = *setup;
    s->side = &setup->record->side[RECORD_ANSWER];
    setup->record->streamed = true;
    s->route = slice_str(setup->record->route);
    s->tenant = slice_str(setup->record->tenant);
    s->observe = !scope->enforce || scope->stream == HOLD_OBSERVE;
    cutter_init(&s->cutter, STREAM_EVENT);
    bool all = scope->stream == HOLD_BUFFER || scope->checks.schema;
    size_t most =
        all && scope->answer_most > STREAM_WAITS ? (size_t)scope->answer_most : STREAM_WAITS;
    buf_init(&s->bytes, most);
    buf_init(&s->half, SIZE_MAX / 2);
    buf_init(&s->fresh, SIZE_MAX / 2);
    s->events.size = sizeof(struct waiting);
    s->pieces.size = sizeof(struct piece);
    return s;
}

void stream_free(struct guard_stream *s)
{
    if (!s) return;
    flows_free(s);
    buf_done(&s->bytes);
    buf_done(&s->half);
    buf_done(&s->fresh);
    free(s->events.list);
    free(s->pieces.list);
    free(s);
}

/* ---- what is decided ---- */

struct decision_in stream_deciding(const struct guard_stream *s)
{
    return (struct decision_in){
        .policy = &s->setup.scope->policy, .route = s->route, .tenant = s->tenant, .answer = true};
}

void stream_acted(struct guard_stream *s, enum guard_action a, const struct rule *rule,
                  enum severity severity)
{
    /* What was only looked at has passed. */
    if (s->setup.scope->enforce && s->observe && a > ACT_FLAG) a = ACT_FLAG;
    bool stronger = a > s->side->action;
    if (a == s->side->action && s->side->because) stronger = severity > s->severity;
    if (!stronger) return;
    s->side->action = a;
    s->side->because = rule;
    s->severity = severity;
}

void stream_block(struct guard_stream *s, const struct rule *rule, const char *why)
{
    if (s->observe || s->stopped) return;
    s->stopped = true;
    s->rule = rule;
    s->why = why;
}

/* Nobody has looked. */
static void blind(struct guard_stream *s, const char *id, const char *why)
{
    const struct rule *rule = match_rule(id);
    stream_acted(s, ACT_BLOCK, rule, rule->severity);
    stream_block(s, rule, why);
}

void stream_unread(struct guard_stream *s, enum record_unread why)
{
    s->side->unread |= (unsigned)why;
    blind(s, "guard.unread", record_unread_name(why));
}

void stream_skipped(struct guard_stream *s, const unsigned unscanned[CHECKS])
{
    for (unsigned c = 0; c < CHECKS; c++) {
        s->side->unscanned[c] |= unscanned[c];
        if (!policy_may_skip(&s->setup.scope->policy, (enum guard_check)c, unscanned[c]))
            blind(s, "guard.not-scanned", guard_check_name((enum guard_check)c));
    }
}

/* ---- one event ---- */

/* What nobody could read, as the text that it is. */
static void read_as_text(struct guard_stream *s, struct slice raw, struct surface_doc *doc)
{
    struct part *p = ARENA_NEW(s->arena, struct part);
    struct part_flow none = {PART_FLOW_NONE, PART_FLOW_NONE, PART_FLOW_NONE};
    *doc = (struct surface_doc){.body = raw, .parts = p, .part_count = p != NULL};
    if (!p) {
        stream_unread(s, UNREAD_MEMORY);
        return;
    }
    *p = (struct part){PART_ASSISTANT, PART_OTHER, PART_PLAIN, 0, none, 0, raw.n, raw};
}

static void read_event(struct guard_stream *s, struct slice raw, struct surface_doc *doc)
{
    enum surface_result r = surface_event(s->setup.surface, raw, s->setup.framing, s->arena, doc);
    if (r == SURFACE_OK) return;
    flow_look(s); /* what came before it is decided before it */
    if (s->stopped) return;
    if (r == SURFACE_NOMEM) {
        stream_unread(s, UNREAD_MEMORY);
    } else if (s->setup.scope->unknown_passes || s->observe) {
        s->side->unread |= UNREAD_SHAPE;
    } else {
        stream_unread(s, UNREAD_SHAPE);
    }
    if (r != SURFACE_UNKNOWN && !s->stopped) read_as_text(s, raw, doc);
}

/* The event with what is replaced in its whole parts, and what is known of it then. */
static struct slice rewritten(struct guard_stream *s, struct slice raw, const struct edits *edits,
                              struct surface_doc *doc)
{
    struct buf fresh;
    struct slice ret = {0};
    buf_init(&fresh, 2 * (size_t)STREAM_WAITS);
    if (!edits->bad && surface_rewrite(raw, edits->list, edits->count, &fresh) && buf_ok(&fresh))
        ret = arena_copy(s->arena, buf_slice(&fresh));
    buf_done(&fresh);
    if (!ret.p ||
        surface_event(s->setup.surface, ret, s->setup.framing, s->arena, doc) == SURFACE_NOMEM)
        stream_unread(s, UNREAD_MEMORY);
    return ret;
}

/* Like the one before, but for a word. */
static void like_event(struct guard_stream *s, struct slice raw, const struct part *part,
                       struct buf *out)
{
    size_t before = s->pieces.count;
    s->alike.doc = (struct surface_doc){.body = raw};
    s->doc = &s->alike.doc;
    s->side->parts += s->alike.parts;
    bool go = flow_take(s, part, 0);
    s->doc = NULL;
    if (go && !s->observe) send_event(s, raw, s->pieces.count - before, out);
}

static void judge(struct guard_stream *s, const struct surface_doc *doc, struct edits *edits)
{
    uint32_t which = 0;
    s->doc = doc;
    s->side->parts += doc->part_count;
    whole_judge(s, doc, edits);
    for (size_t i = 0; i < doc->part_count && !s->stopped; i++)
        if (doc->parts[i].flags & PART_GROWS && !flow_take(s, &doc->parts[i], which++)) break;
    for (size_t i = 0; i < doc->end_count && !s->stopped; i++) flow_ends(s, &doc->ends[i]);
    s->doc = NULL;
}

static void read_one(struct guard_stream *s, struct slice raw, struct buf *out)
{
    struct surface_doc doc;
    size_t before = s->pieces.count;
    s->arena = inspect_arena(s->setup.inspect);
    read_event(s, raw, &doc);
    if (s->stopped) return;
    size_t matches = s->setup.record->match_count;
    struct edits edits = {.arena = s->arena};
    judge(s, &doc, &edits);
    if (s->stopped) return;
    if (!edits.count && matches == s->setup.record->match_count && !s->side->unread)
        alike_keep(&s->alike, raw, &doc);
    if (s->observe) return;
    if (edits.count || edits.bad) raw = rewritten(s, raw, &edits, &doc);
    surface_stream_sent(&s->seen, &doc);
    if (!s->stopped) send_event(s, raw, s->pieces.count - before, out);
}

static void one_event(struct guard_stream *s, struct slice raw, struct buf *out)
{
    struct part part;
    if (alike_read(&s->alike, raw, &part)) {
        like_event(s, raw, &part, out);
    } else {
        alike_forget(&s->alike);
        read_one(s, raw, out);
    }
}

/* ---- bytes ---- */

static enum cut cut(struct guard_stream *s, struct slice window, bool end, size_t *n)
{
    return s->setup.framing == FRAMING_SSE ? sse_cut(&s->cutter, window, end, n)
                                           : lines_cut(&s->cutter, window, end, n);
}

/* From here on nothing can be told apart any more. */
static void lose(struct guard_stream *s, enum record_unread why)
{
    flow_look(s);
    stream_unread(s, why);
    s->blind = true;
}

/* Events of the window; how many bytes were used. */
static size_t events_of(struct guard_stream *s, struct slice window, bool end, struct buf *out)
{
    size_t at = 0, n = 0;
    while (!s->stopped) {
        struct slice rest = slice_sub(window, at, window.n - at);
        enum cut c = cut(s, rest, end, &n);
        if (c == CUT_LIMIT) lose(s, UNREAD_SIZE);
        if (c != CUT_DONE) break;
        one_event(s, slice_sub(rest, 0, n), out);
        at += n;
    }
    return at;
}

/* The beginning of an event that is not complete is kept. */
static void take_bytes(struct guard_stream *s, struct slice in, bool end, struct buf *out)
{
    bool joined = s->half.n > 0;
    if (joined) buf_add(&s->half, in);
    struct slice window = joined ? buf_slice(&s->half) : in;
    if (!buf_ok(&s->half)) lose(s, UNREAD_MEMORY);
    size_t used = s->blind ? 0 : events_of(s, window, end, out);
    if (s->stopped || s->blind) return;
    struct slice rest = slice_sub(window, used, window.n - used);
    if (joined && rest.n) {
        memmove(s->half.p, rest.p, rest.n);
        buf_trim(&s->half, rest.n);
    } else if (joined) {
        buf_reset(&s->half);
        if (s->half.room > HALF_KEPT) buf_done(&s->half);
    } else {
        buf_add(&s->half, rest);
    }
    if (!buf_ok(&s->half)) lose(s, UNREAD_MEMORY);
}

/* ---- the end that we make ---- */

static void close_stream(struct guard_stream *s, struct buf *out)
{
    char why[200];
    (void)snprintf(why, sizeof why, "the answer was stopped by policy: %s%s%s", s->rule->title,
                   s->why ? ": " : "", s->why ? s->why : "");
    struct surface_verdict v = {slice_str(s->rule->id), slice_str(why)};
    struct surface_stream st = s->seen;
    st.sequence = s->sent.sequence;
    st.outputs = s->sent.outputs;
    st.ended = s->sent.ended;
    st.opened = s->sent.opened;
    st.begun = s->sent.begun;
    st.open = s->sent.open;
    s->setup.record->cut = true;
    surface_close(s->setup.surface, &st, s->setup.framing, s->setup.request, &v, out);
}

enum stream_step stream_feed(struct guard_stream *s, struct slice in, bool end, struct buf *out)
{
    uint64_t since = host_now_ns();
    if (s->stopped) return STREAM_BLOCKED;
    if (s->observe) buf_add(out, in);
    if (!s->blind) take_bytes(s, in, end, out);
    flow_look(s);
    if (end && !s->stopped) flow_end_all(s);
    if (!s->observe) send_free(s, out);
    s->side->inspect_ns += host_now_ns() - since;
    if (!s->stopped && !buf_ok(out)) stream_unread(s, UNREAD_MEMORY);
    if (!s->stopped) return STREAM_GO;
    close_stream(s, out);
    return STREAM_BLOCKED;
}
