/* SPDX-License-Identifier: Apache-2.0 */
/* stream_flow.c - texts that grow: which one a piece belongs to, and what is found in it. */
#include "base/map.h"
#include "base/ascii.h"
#include "guard/judge/inspect_part.h"
#include "guard/judge/schema.h"
#include "guard/screen/stream_part.h"
#include <stdlib.h>

#define KEY_MOST 64u

/* ---- what is to be replaced ---- */

static struct flow_edit *edit_at(const struct flow *f, size_t i)
{
    return fifo_at(&f->edits, i);
}

/* Room for one more before the i-th. */
static bool insert(struct flow *f, size_t i)
{
    size_t behind = f->edits.count - i;
    if (!fifo_push(&f->edits)) return false;
    if (behind) memmove(edit_at(f, i + 1), edit_at(f, i), behind * f->edits.size);
    return true;
}

static void take_out(struct flow *f, size_t i, size_t count)
{
    size_t behind = f->edits.count - i - count;
    if (count && behind) memmove(edit_at(f, i), edit_at(f, i + count), behind * f->edits.size);
    f->edits.count -= count;
}

size_t flow_edit_behind(const struct flow *f, uint64_t at)
{
    size_t low = 0, high = f->edits.count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (edit_at(f, mid)->to <= at)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Edits that touch become one. */
static void add_edit(struct flow *f, struct flow_edit e)
{
    size_t at = flow_edit_behind(f, e.from), end;
    if (e.to <= f->left) return;
    for (end = at; end < f->edits.count && edit_at(f, end)->from < e.to; end++) {
        const struct flow_edit *o = edit_at(f, end);
        bool same = o->from == e.from && o->to == e.to && slice_eq(o->with, e.with);
        if (o->from < e.from) e.from = o->from;
        if (o->to > e.to) e.to = o->to;
        e.written |= o->written;
        e.taken |= o->taken;
        if (!same) e.with = S(REDACTED);
    }
    if (end > at) {
        take_out(f, at + 1, end - at - 1);
    } else if (!insert(f, at)) {
        stream_unread(f->stream, UNREAD_MEMORY);
        return;
    }
    *edit_at(f, at) = e;
}

/* ---- what is found ---- */

static bool is_told(struct flow *f, const struct guard_match *m)
{
    for (size_t i = 0; i < FLOW_TOLD; i++)
        if (f->told[i].rule == m->rule && f->told[i].from == m->from && f->told[i].to == m->to)
            return true;
    f->told[f->told_next++ % FLOW_TOLD] = (struct told){m->rule, m->from, m->to};
    return false;
}

static void found(struct flow *f, const struct guard_match *m, struct slice value)
{
    struct guard_stream *s = f->stream;
    struct decision_in in = stream_deciding(s);
    if (f->resolved.hold && is_told(f, m)) return;
    in.parts = &f->part;
    enum guard_action a = decide_match(&in, m);
    struct slice shown = s->setup.scope->capture ? value : (struct slice){0};
    record_match(s->setup.record, RECORD_ANSWER, &f->part, m, a, slice_str(f->path), shown);
    stream_acted(s, a, m->rule, m->severity);
    if (a == ACT_BLOCK && f->base + m->from < f->blocked) f->blocked = f->base + m->from;
    if (a == ACT_BLOCK) stream_block(s, m->rule, NULL);
    if (s->observe || s->stopped || (a != ACT_REDACT && a != ACT_ANONYMISE)) return;
    add_edit(f, (struct flow_edit){
                    .from = f->base + m->from, .to = f->base + m->to, .with = S(REDACTED)});
}

static void on_match(void *ctx, const struct guard_match *m)
{
    struct flow *f = ctx;
    if (m->to > f->again) found(f, m, hold_text(f->hold, m->from, m->to));
}

static void on_name(void *ctx, uint64_t from, uint64_t to, struct slice value)
{
    struct flow *f = ctx;
    if (f->stream->observe) return;
    add_edit(f, (struct flow_edit){.from = f->base + from, .to = f->base + to, .with = value});
}

/* The same of what escapes write. */
static void on_resolved_match(void *ctx, const struct guard_match *match)
{
    struct flow *f = ctx;
    struct guard_match m = *match;
    if (resolved_match(&f->resolved, &m))
        found(f, &m, hold_text(f->resolved.hold, match->from, match->to));
}

static void on_resolved_name(void *ctx, uint64_t from, uint64_t to, struct slice value)
{
    struct flow *f = ctx;
    struct guard_match m = {.from = (size_t)from, .to = (size_t)to};
    if (resolved_match(&f->resolved, &m)) on_name(f, m.from, m.to, value);
}

/* Checks that were skipped: what is new. */
static void look_for_skipped(struct flow *f)
{
    unsigned now[CHECKS] = {0};
    hold_skipped(f->hold, now);
    if (f->resolved.hold) hold_skipped(f->resolved.hold, now);
    if (memcmp(now, f->skipped, sizeof now) == 0) return;
    memcpy(f->skipped, now, sizeof now);
    stream_skipped(f->stream, now);
}

/* ---- a declared form ---- */

static bool has_form(const struct guard_stream *s, const struct part *p)
{
    const struct guard_checks *c = &s->setup.scope->checks;
    return c->schema && !c->off[CHECK_SCHEMA] && p->channel == PART_TEXT;
}

static void collect(struct flow *f, struct slice text)
{
    unsigned skipped[CHECKS] = {[CHECK_SCHEMA] = UNSCANNED_MEMORY};
    if (f->text.bad) return;
    buf_add(&f->text, text);
    if (f->text.bad) stream_skipped(f->stream, skipped);
}

static void look_at_form(struct flow *f)
{
    const struct schema *schema = f->stream->setup.scope->checks.schema;
    struct guard_match m = {.rule = match_rule("answer.schema"), .to = f->text.n};
    if (f->text.bad || !f->text.n || schema_fits(schema, buf_slice(&f->text))) return;
    m.severity = m.rule->severity;
    found(f, &m, (struct slice){0});
}

/* ---- flows ---- */

static size_t back_blanks(struct slice s, size_t at)
{
    while (at && s.p[at - 1] <= ' ') at--;
    return at;
}

uint64_t stream_key(struct slice event, const struct part *p)
{
    size_t at = back_blanks(event, p->from ? p->from - 1 : 0);
    if (!at || event.p[at - 1] != ':') return 0;
    size_t to = back_blanks(event, at - 1);
    if (!to || event.p[to - 1] != '"') return 0;
    size_t from = --to;
    uint8_t name[KEY_MOST];
    while (from && to - from < KEY_MOST && event.p[from - 1] != '"') from--;
    for (size_t i = 0; i < to - from; i++) name[i] = ascii_to_lower(event.p[from + i]);
    return hash_bytes(slice_of(name, to - from), 0);
}

/* Who leaves an index out means the first. */
static bool same_index(uint16_t a, uint16_t b)
{
    return a == b || (a % PART_FLOW_NONE == 0 && b % PART_FLOW_NONE == 0);
}

/* What tools say is another channel because of who speaks. */
static enum part_channel channel_of(const struct part *p)
{
    return p->channel == PART_TOOL_RESULT ? PART_TEXT : p->channel;
}

/* Whoever is said to speak: the texts of one place are read on end. */
static bool is_of(const struct flow *f, const struct part *p, uint64_t key)
{
    const struct part_flow *a = &f->part.flow, *b = &p->flow;
    return f->key == key && same_index(a->output, b->output) &&
           same_index(a->content, b->content) && same_index(a->call, b->call) &&
           channel_of(&f->part) == channel_of(p);
}

static bool is_on(const struct flow *f, const struct part *p, uint64_t key)
{
    return f->live && is_of(f, p, key);
}

/* The flow of a text that is over; of this very text, if there is one. */
static struct flow *flow_over(struct guard_stream *s, const struct part *p, uint64_t key)
{
    struct flow *any = NULL;
    for (size_t i = 0; i < s->flow_count; i++) {
        struct flow *f = s->flows[i];
        if (f->live) continue;
        if (any && !is_of(f, p, key)) continue;
        any = f;
        s->last_flow = i;
        if (is_of(f, p, key)) return f;
    }
    if (any) any->tail_n = 0;
    return any;
}

static struct flow *flow_new(struct guard_stream *s, const struct part *p, uint64_t key)
{
    struct flow *over = flow_over(s, p, key);
    if (over) return over;
    if (s->flow_count == STREAM_FLOWS) {
        stream_unread(s, UNREAD_SIZE);
        return NULL;
    }
    struct flow *f = calloc(1, sizeof *f);
    if (!f) {
        stream_unread(s, UNREAD_MEMORY);
        return NULL;
    }
    f->stream = s;
    f->edits.size = sizeof(struct flow_edit);
    f->blocked = UINT64_MAX;
    s->last_flow = s->flow_count;
    s->flows[s->flow_count++] = f;
    return f;
}

struct guard_hold *stream_hold(struct flow *f, const struct hold_sink *sink)
{
    struct guard_stream *s = f->stream;
    const struct guard_scope *scope = s->setup.scope;
    struct guard_hold *h = s->spare;
    struct hold_setup setup = {.inspect = s->setup.inspect,
                               .checks = &scope->checks,
                               .prompt = s->setup.prompt,
                               .names = s->setup.names,
                               .part = f->part,
                               .mode = scope->stream};
    if (has_form(s, &f->part)) setup.mode = HOLD_BUFFER;
    if (s->observe) setup.mode = HOLD_OBSERVE;
    s->spare = NULL;
    if (h)
        hold_reset(h, &setup, sink);
    else
        h = hold_new(&setup, sink);
    if (!h) stream_unread(s, UNREAD_MEMORY);
    return h;
}

void stream_hold_done(struct guard_stream *s, struct guard_hold *h)
{
    if (s->spare)
        hold_free(h);
    else
        s->spare = h;
}

static struct flow *begin(struct guard_stream *s, const struct part *part, uint64_t key)
{
    struct flow *f = flow_new(s, part, key);
    if (!f) return NULL;
    f->part = *part;
    f->part.text = (struct slice){0};
    f->key = key;
    f->again = f->tail_n;
    f->base = f->end - f->again;
    f->inner = INNER_OUT;
    memset(f->skipped, 0, sizeof f->skipped);
    memset(f->told, 0, sizeof f->told);
    buf_init(&f->text, s->bytes.max);
    record_text(f->path, sizeof f->path, surface_path(s->doc, part, PATH_NAMED, s->arena));
    f->hold = stream_hold(f, &(struct hold_sink){on_match, on_name, f});
    f->live = f->hold != NULL;
    if (f->live && f->again) (void)hold_feed(f->hold, slice_of(f->tail, f->again));
    return f->live ? f : NULL;
}

static struct flow *flow_of(struct guard_stream *s, const struct part *part)
{
    uint64_t key = stream_key(s->doc->body, part);
    if (s->late && (part->flags & PART_JSON || !is_on(s->late, part, key))) flow_look(s);
    if (s->stopped) return NULL;
    if (s->last_flow < s->flow_count && is_on(s->flows[s->last_flow], part, key))
        return s->flows[s->last_flow];
    for (size_t i = 0; i < s->flow_count; i++)
        if (is_on(s->flows[i], part, key)) {
            s->last_flow = i;
            return s->flows[i];
        }
    return begin(s, part, key);
}

static bool note_piece(struct guard_stream *s, const struct flow *f, const struct part *part,
                       uint32_t which)
{
    struct piece *p = s->pieces.count < STREAM_PIECES ? fifo_push(&s->pieces) : NULL;
    if (p) {
        *p = (struct piece){f->end, (uint32_t)part->text.n, which, (uint16_t)s->last_flow,
                            (uint8_t)f->inner};
        return true;
    }
    stream_unread(s, s->pieces.count < STREAM_PIECES ? UNREAD_MEMORY : UNREAD_SIZE);
    return false;
}

/* A block ends what may leave before its match; what is skipped leaves nothing new. */
static void may_leave(struct flow *f, uint64_t safe)
{
    if (f->stream->stopped && f->blocked == UINT64_MAX) return;
    if (f->base + safe > f->blocked) safe = f->blocked > f->base ? f->blocked - f->base : 0;
    if (f->base + safe > f->safe) f->safe = f->base + safe;
}

static void look(struct flow *f, struct slice text)
{
    uint64_t safe = hold_feed(f->hold, text);
    if (f->resolved.hold) {
        uint64_t other = resolved_place(&f->resolved, f->resolved.safe);
        if (other < safe) safe = other;
    }
    look_for_skipped(f);
    may_leave(f, safe);
}

void flow_look(struct guard_stream *s)
{
    struct flow *f = s->late;
    s->late = NULL;
    if (!f) return;
    if (!buf_ok(&s->fresh))
        stream_unread(s, UNREAD_MEMORY);
    else
        look(f, buf_slice(&s->fresh));
    buf_reset(&s->fresh);
}

/* Escapes in JSON are resolved first. */
static bool take_json(struct flow *f, struct slice text)
{
    struct hold_sink sink = {on_resolved_match, on_resolved_name, f};
    if (!resolved_feed(f, text, &sink)) {
        stream_unread(f->stream, UNREAD_MEMORY);
        return false;
    }
    f->inner = inner_walk(f->inner, text);
    f->end += text.n;
    look(f, text);
    return true;
}

static void take(struct guard_stream *s, struct flow *f, struct slice text)
{
    s->late = f;
    f->end += text.n;
    buf_add(&s->fresh, text);
    if (s->fresh.n >= HOLD_PIECE) flow_look(s);
}

bool flow_take(struct guard_stream *s, const struct part *part, uint32_t which)
{
    if (!part->text.n) return true;
    struct flow *f = flow_of(s, part);
    if (!f || (!s->observe && !note_piece(s, f, part, which))) return false;
    if (has_form(s, part)) collect(f, part->text);
    if (!(part->flags & PART_JSON))
        take(s, f, part->text);
    else if (!take_json(f, part->text))
        return false;
    return !s->stopped;
}

/* Somebody may go on behind an end. JSON begins anew. */
static void keep_tail(struct flow *f)
{
    struct slice kept = hold_kept(f->hold);
    f->tail_n = f->part.flags & PART_JSON ? 0 : kept.n < FLOW_TAIL ? kept.n : FLOW_TAIL;
    if (f->tail_n) memcpy(f->tail, kept.p + kept.n - f->tail_n, f->tail_n);
}

static void finish(struct guard_stream *s, struct flow *f)
{
    keep_tail(f);
    resolved_finish(f);
    (void)hold_finish(f->hold);
    look_for_skipped(f);
    if (has_form(s, &f->part)) look_at_form(f);
    buf_done(&f->text);
    resolved_done(f);
    stream_hold_done(s, f->hold);
    may_leave(f, f->end - f->base);
    f->live = false;
    f->hold = NULL;
}

static bool ends(const struct flow_end *e, const struct part_flow *f)
{
    switch (e->level) {
    case FLOW_GOES_ON: return false;
    case FLOW_FLOW:
        return same_index(f->output, e->flow.output) && same_index(f->content, e->flow.content) &&
               same_index(f->call, e->flow.call);
    case FLOW_OUTPUT: return same_index(f->output, e->flow.output);
    case FLOW_ALL: break;
    }
    return true;
}

void flow_ends(struct guard_stream *s, const struct flow_end *e)
{
    if (e->level != FLOW_GOES_ON) flow_look(s);
    for (size_t i = 0; i < s->flow_count && !s->stopped; i++)
        if (s->flows[i]->live && ends(e, &s->flows[i]->part.flow)) finish(s, s->flows[i]);
}

void flow_end_all(struct guard_stream *s)
{
    flow_ends(s, &(struct flow_end){.level = FLOW_ALL});
}

void flows_free(struct guard_stream *s)
{
    for (size_t i = 0; i < s->flow_count; i++) {
        hold_free(s->flows[i]->hold);
        resolved_done(s->flows[i]);
        buf_done(&s->flows[i]->text);
        free(s->flows[i]->edits.list);
        free(s->flows[i]);
    }
    hold_free(s->spare);
}
