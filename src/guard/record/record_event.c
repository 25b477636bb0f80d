/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/record/record_event.h"
#include "codec/jot.h"

#define ROOM_FOR_ONE 1280u /* bytes that one match takes at most, escapes and all */

static const char *const side_names[RECORD_SIDES] = {"request", "answer"};

/* ---- verdicts ---- */

static unsigned rank(const char *verdict)
{
    static const char *const order[] = {"allow", "flag", "redact", "block"};
    unsigned i = 0;
    while (i + 1 < COUNT_OF(order) && strcmp(order[i], verdict) != 0) i++;
    return i;
}

const char *record_verdict_whole(const struct guard_record *r)
{
    const char *request = record_side_verdict(r, RECORD_REQUEST);
    const char *answer = record_side_verdict(r, RECORD_ANSWER);
    return rank(answer) > rank(request) ? answer : request;
}

static enum record_side stricter(const struct guard_record *r)
{
    return r->side[RECORD_ANSWER].action > r->side[RECORD_REQUEST].action ? RECORD_ANSWER
                                                                          : RECORD_REQUEST;
}

/* ---- one side ---- */

static void say_check(struct jot *j, enum guard_check check, unsigned bits)
{
    if (!bits) return;
    jot_key_open(j, guard_check_name(check), '[');
    for (unsigned bit = 1; unscanned_name(bit); bit <<= 1)
        if (bits & bit) jot_text(j, slice_str(unscanned_name(bit)));
    jot_close(j, ']');
}

static void say_unscanned(struct jot *j, const struct record_side_of *s)
{
    unsigned any = 0;
    for (unsigned c = 0; c < CHECKS; c++) any |= s->unscanned[c];
    if (any) jot_key_open(j, "unscanned", '{');
    for (unsigned c = 0; c < CHECKS; c++) say_check(j, c, s->unscanned[c]);
    if (any) jot_close(j, '}');
}

static void say_unread(struct jot *j, unsigned bits)
{
    if (!bits) return;
    jot_key_open(j, "unread", '[');
    for (unsigned bit = 1; record_unread_name(bit); bit <<= 1)
        if (bits & bit) jot_text(j, slice_str(record_unread_name(bit)));
    jot_close(j, ']');
}

static void say_side(const struct guard_record *r, enum record_side side, struct buf *out)
{
    const struct record_side_of *s = &r->side[side];
    struct jot j;
    jot_init(&j, out, 0);
    jot_open(&j, '{');
    jot_pair_str(&j, "verdict", record_side_verdict(r, side));
    jot_pair_str(&j, "action", guard_action_name(s->action));
    if (s->because) jot_pair_str(&j, "because", s->because->id);
    jot_pair_num(&j, "bytes", s->bytes);
    jot_pair_num(&j, "parts", s->parts);
    say_unscanned(&j, s);
    say_unread(&j, s->unread);
    jot_pair_num(&j, "read_us", s->read_ns / 1000);
    jot_pair_num(&j, "inspect_us", s->inspect_ns / 1000);
    jot_pair_num(&j, "decide_us", s->decide_ns / 1000);
    jot_close(&j, '}');
}

static void say_request(const struct guard_record *r, bool shown, struct buf *out)
{
    (void)shown;
    say_side(r, RECORD_REQUEST, out);
}

static void say_answer(const struct guard_record *r, bool shown, struct buf *out)
{
    (void)shown;
    if (record_was_seen(r, RECORD_ANSWER)) say_side(r, RECORD_ANSWER, out);
}

/* ---- matches ---- */

static size_t kept(const struct guard_record *r)
{
    return r->match_count < RECORD_MATCHES ? r->match_count : RECORD_MATCHES;
}

static void say_match(struct jot *j, const struct record_match *m, bool shown)
{
    jot_open(j, '{');
    jot_pair_str(j, "rule", m->rule->id);
    jot_pair_str(j, "severity", severity_name(m->severity));
    jot_pair_str(j, "action", guard_action_name(m->action));
    jot_pair_str(j, "side", side_names[m->side]);
    jot_pair_str(j, "role", part_role_name(m->role));
    jot_pair_str(j, "channel", part_channel_name(m->channel));
    jot_pair_str(j, "path", m->path);
    if (m->via[0]) jot_pair_str(j, "via", m->via);
    if (m->weak) jot_pair_bool(j, "weak", true);
    if (shown && m->shown[0]) jot_pair_str(j, "shown", m->shown);
    jot_close(j, '}');
}

/* As many as there is room for; all are counted elsewhere. */
static void say_matches(const struct guard_record *r, bool shown, struct buf *out)
{
    size_t from = out->n;
    struct jot j;
    if (!r->match_count) return;
    jot_init(&j, out, 0);
    jot_open(&j, '[');
    for (size_t i = 0; i < kept(r) && out->n - from + ROOM_FOR_ONE < EVENT_JSON_MAX; i++)
        say_match(&j, &r->matches[i], shown);
    jot_close(&j, ']');
}

static bool came_before(const struct guard_record *r, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (r->matches[k].rule == r->matches[i].rule) return true;
    return false;
}

/* Each once, whole names only. */
static void say_rules(const struct guard_record *r, bool shown, struct buf *out)
{
    size_t from = out->n;
    (void)shown;
    for (size_t i = 0; i < kept(r); i++) {
        struct slice id = slice_str(r->matches[i].rule->id);
        if (came_before(r, i) || out->n - from + id.n + 1 > EVENT_TEXT_MAX) continue;
        if (out->n > from) buf_byte(out, ' ');
        buf_add(out, id);
    }
}

static struct slice worst(const struct guard_record *r)
{
    enum severity most = SEV_INFO;
    for (size_t i = 0; i < kept(r); i++)
        if (r->matches[i].severity > most) most = r->matches[i].severity;
    return r->match_count ? slice_str(severity_name(most)) : S("");
}

/* "block by inject.override, in the request" */
static void say_result(const struct guard_record *r, bool shown, struct buf *out)
{
    enum record_side side = stricter(r);
    const struct record_side_of *s = &r->side[side];
    (void)shown;
    if (s->action == ACT_ALLOW) return;
    buf_str(out, guard_action_name(s->action));
    buf_str(out, s->because ? " by " : ": a check was skipped");
    if (s->because) buf_str(out, s->because->id);
    buf_str(out, side == RECORD_ANSWER ? ", in the answer" : ", in the request");
}

/* ---- all of it ---- */

static void who(const struct guard_record *r, struct event *e)
{
    const struct {
        enum event_field field;
        const char *text;
    } rows[] = {{EVENT_ID, r->id},
                {EVENT_ROUTE, r->route},
                {EVENT_CALLER, r->caller},
                {EVENT_MODEL, r->model},
                {EVENT_SURFACE, r->surface},
                {EVENT_POLICY, r->policy},
                {EVENT_TENANT, r->tenant},
                {EVENT_ADDRESS, r->address},
                {EVENT_UPSTREAM, r->upstream},
                {EVENT_MODE, r->enforced ? "enforce" : "observe"},
                {EVENT_VERDICT, record_verdict_whole(r)},
                {EVENT_ACTION, guard_action_name(r->side[stricter(r)].action)},
                {EVENT_FLAGS, r->streamed ? r->cut ? "streamed cut" : "streamed"
                              : r->cut    ? "cut"
                                          : ""}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        event_text(e, rows[i].field, slice_str(rows[i].text));
}

static void numbers(const struct guard_record *r, struct event *e)
{
    event_number(e, EVENT_BYTES_IN, r->side[RECORD_REQUEST].bytes);
    event_number(e, EVENT_BYTES_OUT, r->side[RECORD_ANSWER].bytes);
    event_number(e, EVENT_FINDINGS, r->match_count);
    if (r->status) event_number(e, EVENT_STATUS, r->status);
    if (r->took_us) event_number(e, EVENT_MICROS, r->took_us);
}

/* Written one behind the other first: the buffer moves while it grows. */
static void made(const struct guard_record *r, bool shown, struct buf *b, struct event *e)
{
    static const struct {
        enum event_field field;
        void (*say)(const struct guard_record *r, bool shown, struct buf *out);
    } rows[] = {{EVENT_RULES, say_rules},
                {EVENT_RESULT, say_result},
                {EVENT_REQUEST, say_request},
                {EVENT_ANSWER, say_answer},
                {EVENT_MATCHES, say_matches}};
    size_t ends[COUNT_OF(rows)], from = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        rows[i].say(r, shown, b);
        ends[i] = b->n;
    }
    for (size_t i = 0; i < COUNT_OF(rows) && buf_ok(b); i++) {
        event_text(e, rows[i].field, slice_sub(buf_slice(b), from, ends[i] - from));
        from = ends[i];
    }
}

void record_event_make(const struct guard_record *r, bool shown, struct record_event *ret)
{
    struct event *e = &ret->event;
    buf_init(&ret->json, RECORD_EVENT_MOST);
    event_start(e, EVENT_GUARD, (int64_t)r->started_ms);
    who(r, e);
    numbers(r, e);
    event_text(e, EVENT_SEVERITY, worst(r));
    made(r, shown, &ret->json, e);
}

void record_event_done(struct record_event *e)
{
    buf_done(&e->json);
}

void record_json(const struct guard_record *r, bool shown, struct buf *out)
{
    struct record_event e;
    record_event_make(r, shown, &e);
    buf_byte(out, '{');
    event_write(&e.event, out);
    buf_byte(out, '}');
    record_event_done(&e);
}
