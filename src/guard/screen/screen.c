/* SPDX-License-Identifier: Apache-2.0 */
/* screen.c - the table, and the way of a request through it. */
#include "guard/screen/screen.h"
#include "base/ascii.h"
#include "base/host.h"
#include "base/num.h"
#include "guard/judge/inspect_part.h"
#include "guard/screen/litellm.h"
#include "guard/record/record_event.h"
#include "guard/screen/screen_part.h"
#include <stdlib.h>

#define ARENA_MOST  (256u << 20)
#define ARENA_CHUNK 16384u
#define BODY_MOST   (64u << 20)
#define REPLY_MOST  65536u
#define PATH_MOST   512u

/* ---- a thread ---- */

static void thread_free(void *thread)
{
    struct screen_thread *t = thread;
    inspect_free(t->inspect);
    buf_done(&t->scratch);
    free(t);
}

static void *thread_new(void *ctx)
{
    struct screen_thread *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->screen = ctx;
    t->inspect = inspect_new();
    buf_init(&t->scratch, BODY_MOST);
    if (t->inspect) return t;
    thread_free(t);
    return NULL;
}

/* ---- refusing ---- */

enum exchange_step screen_refuse(struct screen_state *s, enum record_side side,
                                 const struct rule *rule, const char *why)
{
    char text[400];
    const struct surface_doc *doc = s->request.text.n ? &s->request.doc : NULL;
    (void)snprintf(text, sizeof text, "%s was refused by policy: %s%s%s",
                   side == RECORD_REQUEST ? "the request" : "the answer", rule->title,
                   why ? ": " : "", why ? why : "");
    struct surface_verdict v = {slice_str(rule->id), slice_str(text)};
    s->record.side[side].action = ACT_BLOCK;
    if (!s->record.side[side].because) s->record.side[side].because = rule;
    buf_init(&s->reply, REPLY_MOST);
    s->reply_status = surface_block(s->surface, doc, &v, &s->reply);
    return EXCHANGE_REPLY;
}

bool screen_unread(struct screen_state *s, enum record_side side, enum record_unread why)
{
    s->record.side[side].unread |= why;
    return s->scope->enforce && !s->scope->unknown_passes;
}

static void reply(void *state, struct exchange_reply *ret)
{
    struct screen_state *s = state;
    *ret = (struct exchange_reply){s->reply_status, "application/json", buf_slice(&s->reply)};
}

/* ---- which surface ---- */

/* The path as the server behind may understand it: %41 is A, "//" is "/", no slash at the end.
 * Longer ones than PATH_MOST are nobody's: their end says what they are. */
static struct slice plain_path(struct slice path, char text[PATH_MOST])
{
    size_t n = 0;
    if (path.n > PATH_MOST) return S("");
    for (size_t i = 0; i < path.n; i++) {
        int byte = path.p[i];
        if (byte == '%' && i + 2 < path.n && ascii_hex(path.p[i + 1]) >= 0 &&
            ascii_hex(path.p[i + 2]) >= 0) {
            byte = ascii_hex(path.p[i + 1]) << 4 | ascii_hex(path.p[i + 2]);
            i += 2;
        }
        if (byte == '/' && n && text[n - 1] == '/') continue;
        text[n++] = (char)byte;
    }
    while (n > 1 && text[n - 1] == '/') n--;
    return slice_of(text, n);
}

static const struct surface *find_surface(const struct http1_head *h)
{
    char text[PATH_MOST];
    return surface_find(h->method, plain_path(h->path, text));
}

/* ---- beginning ---- */

static struct slice credential_of(const struct http1_head *h)
{
    static const char *const names[] = {"authorization", "x-api-key", "api-key"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct http1_field *f = http1_field_named(h, slice_str(names[i]));
        if (f && f->value.n) return f->value;
    }
    return S("");
}

static void fill_record(struct screen_state *s, const struct guard_policy *p,
                        const struct exchange_about *about, struct slice route, struct slice tenant)
{
    struct guard_record *r = &s->record;
    const struct screen *screen = s->thread->screen;
    struct slice credential = credential_of(about->head);
    record_text(r->id, sizeof r->id, about->id);
    record_text(r->route, sizeof r->route, route);
    record_text(r->tenant, sizeof r->tenant, tenant);
    record_text(r->address, sizeof r->address, about->address);
    record_text(r->policy, sizeof r->policy, slice_str(p->digest));
    if (s->surface) record_text(r->surface, sizeof r->surface, slice_str(s->surface->name));
    r->started_ms = (uint64_t)host_wall_ms();
    s->begun_ns = host_now_ns();
    r->enforced = s->scope->enforce;
    if (screen->recorder) recorder_caller(screen->recorder, credential, r->caller);
}

/* A path that no row is for. What has no body says nothing; OPTIONS asks what may be asked. */
static enum exchange_step unknown_path(struct screen_state *s, const struct http1_head *h)
{
    s->passes = true;
    if (slice_eq(h->method, S("OPTIONS")) && h->body == HTTP1_NO_BODY) return EXCHANGE_GO;
    s->record.side[RECORD_ANSWER].unread |= UNREAD_SURFACE;
    if (!screen_unread(s, RECORD_REQUEST, UNREAD_SURFACE)) return EXCHANGE_GO;
    return screen_refuse(s, RECORD_REQUEST, match_rule("guard.unread"),
                         "the gateway knows no API of this path");
}

static bool answers(const struct http1_head *h)
{
    return slice_eq(h->method, S("POST")) && litellm_path(h->path);
}

/* Somebody else's gateway asks, and does what we say. */
static enum exchange_step judge_asked(struct screen_state *s)
{
    struct litellm_in in = {.scope = s->scope,
                            .inspect = s->thread->inspect,
                            .body = buf_slice(&s->request.text),
                            .route = slice_str(s->record.route),
                            .tenant = slice_str(s->record.tenant)};
    buf_init(&s->reply, BODY_MOST);
    s->reply_status = litellm_answer(&in, &s->arena, &s->record, &s->reply);
    return EXCHANGE_REPLY;
}

/* What cannot be recorded must not happen. */
static enum exchange_step log_is_full(struct screen_state *s)
{
    buf_init(&s->reply, REPLY_MOST);
    buf_str(&s->reply, "{\"error\":{\"message\":\"the gateway's log is full or cannot be written\","
                       "\"type\":\"merlon_refused\",\"code\":\"log-full\"}}\n");
    s->reply_status = 503;
    s->unrecorded = true;
    return EXCHANGE_REPLY;
}

static enum exchange_step begin(void *state, void *thread, const struct exchange_about *about)
{
    struct screen_state *s = state;
    const struct http1_head *h = about->head;
    s->thread = thread;
    arena_init(&s->arena, ARENA_MOST, ARENA_CHUNK);
    const struct guard_policy *p = about->rules ? about->rules : s->thread->screen->policy;
    struct slice tenant = guard_policy_tenant(p, h);
    s->asked = litellm_path(h->path);
    struct slice route = s->asked ? S("/merlon/guard") : about->route;
    s->scope = guard_policy_scope(p, route, tenant);
    s->surface = find_surface(h);
    fill_record(s, p, about, route, tenant);
    struct recorder *recorder = s->thread->screen->recorder;
    if (recorder && !recorder_ready(recorder)) return log_is_full(s);
    if (!s->surface && !s->asked) return unknown_path(s, h);
    body_init(s, &s->request, h, BODY_MOST, RECORD_REQUEST);
    if (s->asked && h->body == HTTP1_NO_BODY) return judge_asked(s);
    return h->body == HTTP1_NO_BODY ? EXCHANGE_GO : EXCHANGE_HOLD;
}

/* ---- the request ---- */

static enum exchange_step pass_request(struct screen_state *s, struct slice in, struct buf *out)
{
    s->record.side[RECORD_REQUEST].bytes += in.n;
    buf_add(out, in);
    return EXCHANGE_GO;
}

static enum exchange_step unread_request(struct screen_state *s, struct slice in, struct buf *out)
{
    struct screen_body *b = &s->request;
    if (screen_unread(s, RECORD_REQUEST, 0) || s->asked)
        return screen_refuse(
            s, RECORD_REQUEST, match_rule("guard.unread"),
            "its Content-Encoding or charset cannot be undone, or it is too large");
    s->passes = true; /* what is left of it, too */
    b->as_it_came = true;
    buf_add(out, body_raw(b));
    return pass_request(s, in, out);
}

static enum exchange_step judge_request(struct screen_state *s, struct buf *out)
{
    struct screen_body *b = &s->request;
    struct surface_head head = {b->type, b->json_length};
    uint64_t begun = host_now_ns();
    enum surface_result read =
        surface_request(s->surface, buf_slice(&b->text), &head, &s->arena, &b->doc);
    if (!s->scope->checks.off[CHECK_LEAK])
        s->prompt = inspect_prompt(&s->arena, b->doc.parts, b->doc.part_count);
    s->record.side[RECORD_REQUEST].read_ns = host_now_ns() - begun;
    return body_judge(s, b, RECORD_REQUEST, read, out) ? EXCHANGE_GO : EXCHANGE_REPLY;
}

static enum exchange_step request(void *state, struct slice in, bool end, struct buf *out)
{
    struct screen_state *s = state;
    if (s->passes) return pass_request(s, in, out);
    if (!body_take(s, &s->request, RECORD_REQUEST, in, end)) return unread_request(s, in, out);
    if (!end) return EXCHANGE_GO;
    return s->asked ? judge_asked(s) : judge_request(s, out);
}

static void add_coding(const struct screen_body *b, struct buf *fields)
{
    if (!b->as_it_came || !b->coding.n) return;
    buf_str(fields, "Content-Encoding: ");
    buf_add(fields, b->coding);
    buf_str(fields, "\r\n");
}

static void request_fields(void *state, struct buf *fields)
{
    struct screen_state *s = state;
    if (!s->surface) return;
    if (s->scope->enforce) buf_str(fields, "Accept-Encoding: identity\r\n");
    add_coding(&s->request, fields);
}

/* ---- fields ---- */

static void say_verdict(const struct screen_state *s, bool both, struct buf *fields)
{
    const struct guard_record *r = &s->record;
    struct buf unread;
    buf_str(fields, "x-merlon-verdict: ");
    buf_str(fields, both ? record_verdict_whole(r) : record_side_verdict(r, RECORD_REQUEST));
    buf_str(fields, "\r\n");
    buf_init(&unread, 512);
    record_unscanned_say(r, 1u << RECORD_REQUEST | (unsigned)both << RECORD_ANSWER, &unread);
    if (unread.n) {
        buf_str(fields, "x-merlon-unscanned: ");
        buf_add(fields, buf_slice(&unread));
        buf_str(fields, "\r\n");
    }
    buf_done(&unread);
}

static void answer_fields(void *state, struct buf *fields)
{
    const struct screen_state *s = state;
    say_verdict(s, !s->record.streamed, fields);
    add_coding(&s->answer, fields);
}

static void trailer(void *state, struct buf *fields)
{
    const struct screen_state *s = state;
    if (s->record.streamed) say_verdict(s, true, fields);
}

/* Fields that would not be true any more, or ask for what cannot be judged. Content-Encoding is
 * said again where it still holds. */
static bool drops(const void *state, bool answer, const struct http1_field *f)
{
    static const char *const of_request[] = {"accept-encoding", "range",  "if-range",
                                             "content-md5",     "digest", "content-digest",
                                             "repr-digest"};
    static const char *const of_answer[] = {"content-md5", "digest", "content-digest",
                                            "repr-digest", "etag",   "accept-ranges"};
    const struct screen_state *s = state;
    const char *const *names = answer ? of_answer : of_request;
    size_t count = answer ? COUNT_OF(of_answer) : COUNT_OF(of_request);
    if (!s->surface || (answer && s->answer_passes)) return false;
    if (f->known == HTTP1_CONTENT_ENCODING) return true;
    for (size_t i = 0; i < count && s->scope->enforce; i++)
        if (slice_eq_nocase(f->name, slice_str(names[i]))) return true;
    return false;
}

/* ---- the end ---- */

static void end(void *state, const struct exchange_end *how)
{
    struct screen_state *s = state;
    if (!s->thread) return; /* it had not begun */
    const struct screen *screen = s->thread->screen;
    s->record.status = how->status;
    s->record.cut = how->cut;
    record_text(s->record.upstream, sizeof s->record.upstream, how->upstream);
    stream_free(s->stream);
    s->stream = NULL;
    s->record.took_us = (host_now_ns() - s->begun_ns) / 1000;
    if (screen->recorder && !s->unrecorded) recorder_tell(screen->recorder, &s->record);
    body_done(&s->request);
    body_done(&s->answer);
    names_free(s->names);
    buf_done(&s->reply);
    arena_done(&s->arena);
}

struct exchange_table screen_table(const struct screen *screen)
{
    return (struct exchange_table){.ctx = (void *)(uintptr_t)screen,
                                   .size = sizeof(struct screen_state),
                                   .thread_new = thread_new,
                                   .thread_free = thread_free,
                                   .answers = answers,
                                   .begin = begin,
                                   .request = request,
                                   .request_fields = request_fields,
                                   .answer_head = screen_answer_head,
                                   .answer = screen_answer,
                                   .answer_fields = answer_fields,
                                   .trailer = trailer,
                                   .drops = drops,
                                   .reply = reply,
                                   .end = end};
}
