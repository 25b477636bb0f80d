/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_screen.c - a whole exchange as the proxy plays it. The first byte chooses the surface, the
 * second what the heads say, the third how bodies are cut; two bytes are the request's length, the
 * rest is the answer. However bodies are cut, the same happens; what is only observed goes on as it
 * came; what was refused has an answer; what was not read does not pass where the policy is closed.
 */
#include "fuzz.h"
#include "guard/screen/screen.h"
#include "guard/surface/surface_walk.h"
#include <stdlib.h>

enum how {
    HOW_ENFORCE = 1,
    HOW_PASSES = 2,
    HOW_TYPE = 12, /* of the answer: JSON, events, lines, text */
    HOW_PACKED = 16,
    HOW_ANSWER_PACKED = 32,
    HOW_ERROR = 64,
    HOW_UNKNOWN = 128,
};

struct outcome {
    enum exchange_step begun, asked, headed, answered;
    struct buf request, answer, fields, reply;
    unsigned status;
    bool own, known; /* answered by the table itself; of a path that a surface is for */
};

static struct exchange_table table;
static struct guard_scope scope;
static void *thread;

static void add_field(struct http1_head *h, const char *name, const char *value)
{
    h->fields[h->field_count++] = (struct http1_field){.name = slice_str(name),
                                                       .value = slice_str(value),
                                                       .known = http1_name_of(slice_str(name))};
}

static struct http1_head request_head(const struct surface *s, unsigned how, struct slice body,
                                      char path[64])
{
    struct http1_head h = {.method = slice_str(s->method), .minor = 1, .keep_alive = true};
    size_t n = 0;
    for (const char *p = s->path; *p && n < 60; p++)
        if (*p != '*')
            path[n++] = *p;
        else if (p[1] != '*')
            path[n++] = p == s->path || p[-1] == '*' ? 'x' : 'm';
    if (how & HOW_UNKNOWN) path[n++] = 'x';
    h.path = h.target = slice_of(path, n);
    h.body = body.n ? HTTP1_LENGTH : HTTP1_NO_BODY;
    h.length = body.n;
    add_field(&h, "Content-Type", "application/json");
    add_field(&h, "Authorization", "Bearer x");
    if (how & HOW_PACKED) add_field(&h, "Content-Encoding", "gzip");
    return h;
}

static struct http1_head answer_head(unsigned how, struct slice body)
{
    static const char *const types[] = {"application/json", "text/event-stream",
                                        "application/x-ndjson", "text/plain"};
    struct http1_head h = {.status = how & HOW_ERROR ? 500 : 200, .minor = 1};
    h.body = body.n ? HTTP1_CHUNKED : HTTP1_NO_BODY;
    add_field(&h, "Content-Type", types[(how & HOW_TYPE) >> 2]);
    if (how & HOW_ANSWER_PACKED) add_field(&h, "Content-Encoding", "gzip");
    return h;
}

/* The pieces of a body; what the last call said. */
static enum exchange_step feed(void *state, struct slice in, unsigned most, struct buf *out,
                               enum exchange_step (*take)(void *, struct slice, bool, struct buf *))
{
    enum exchange_step step = EXCHANGE_GO;
    for (size_t at = 0; at < in.n && step == EXCHANGE_GO; at += most)
        step = take(state, slice_sub(in, at, most), false, out);
    return step == EXCHANGE_GO ? take(state, S(""), true, out) : step;
}

static void answer_of(void *state, struct outcome *o, unsigned how, struct slice in, unsigned most)
{
    struct http1_head h = answer_head(how, in);
    o->headed = table.answer_head(state, &h);
    for (size_t i = 0; i < h.field_count; i++) (void)table.drops(state, true, &h.fields[i]);
    if (o->headed == EXCHANGE_PASS) buf_add(&o->answer, in);
    if ((o->headed == EXCHANGE_GO || o->headed == EXCHANGE_HOLD) && in.n)
        o->answered = feed(state, in, most, &o->answer, table.answer);
    table.answer_fields(state, &o->fields);
    table.trailer(state, &o->fields);
}

static void replied(void *state, struct outcome *o)
{
    struct exchange_reply r = {0};
    table.reply(state, &r);
    if (r.status < 200 || r.status > 599 || !r.body.n) abort();
    o->status = r.status;
    buf_add(&o->reply, r.body);
}

static void play(struct outcome *o, const struct surface *s, unsigned how, struct slice in,
                 struct slice answer, unsigned most)
{
    char path[64];
    void *state = calloc(1, table.size);
    struct http1_head h = request_head(s, how, in, path);
    struct guard_policy policy = {.scopes = &scope, .count = 1};
    struct exchange_about about = {.head = &h, .id = S("id"), .route = S("/"), .rules = &policy};
    *o = (struct outcome){0};
    buf_init(&o->request, 64u << 20);
    buf_init(&o->answer, 64u << 20);
    buf_init(&o->fields, 1u << 16);
    buf_init(&o->reply, 1u << 20);
    o->own = table.answers(&h);
    o->known = surface_find(h.method, h.path);
    if (!state) return;
    o->begun = table.begin(state, thread, &about);
    for (size_t i = 0; i < h.field_count; i++) (void)table.drops(state, false, &h.fields[i]);
    if (o->begun != EXCHANGE_REPLY && in.n)
        o->asked = feed(state, in, most, &o->request, table.request);
    if (o->begun != EXCHANGE_REPLY && o->asked == EXCHANGE_GO) {
        table.request_fields(state, &o->fields);
        answer_of(state, o, how, answer, most);
    }
    if (o->begun == EXCHANGE_REPLY || o->asked == EXCHANGE_REPLY || o->headed == EXCHANGE_REPLY ||
        o->answered == EXCHANGE_REPLY)
        replied(state, o);
    table.end(state, &(struct exchange_end){.status = 200});
    free(state);
}

static void outcome_done(struct outcome *o)
{
    buf_done(&o->request);
    buf_done(&o->answer);
    buf_done(&o->fields);
    buf_done(&o->reply);
}

static void same(const struct outcome *a, const struct outcome *b)
{
    if (a->begun != b->begun || a->asked != b->asked || a->headed != b->headed ||
        a->answered != b->answered || a->status != b->status)
        abort();
    if (!slice_eq(buf_slice(&a->reply), buf_slice(&b->reply))) abort();
    if (a->status) return; /* what was refused: when depends on the pieces */
    if (!slice_eq(buf_slice(&a->request), buf_slice(&b->request))) abort();
    if (!slice_eq(buf_slice(&a->answer), buf_slice(&b->answer))) abort();
    if (!slice_eq(buf_slice(&a->fields), buf_slice(&b->fields))) abort();
}

static void promises(const struct outcome *o, unsigned how, struct slice in, struct slice answer)
{
    bool closed = scope.enforce && !scope.unknown_passes;
    struct slice fields = buf_slice(&o->fields);
    if (o->own) return;
    if (!scope.enforce) {
        if (o->status || o->answered == EXCHANGE_CUT) abort();
        if (!slice_eq(buf_slice(&o->request), in) || !slice_eq(buf_slice(&o->answer), answer))
            abort();
    }
    if (closed && !o->known && o->begun != EXCHANGE_REPLY) abort();
    if (closed && o->headed != EXCHANGE_GO && !o->status && !(how & HOW_ERROR) &&
        slice_has(fields, S("x-merlon-unscanned")))
        abort();
}

static bool begin(void)
{
    static struct screen screen;
    if (thread) return true;
    screen.policy = guard_policy_usual(true);
    table = screen_table(&screen);
    thread = table.thread_new(table.ctx);
    return thread;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct outcome a, b;
    if (size < 6 || !begin()) return 0;
    const struct surface *s = &surface_rows[data[0] % surface_row_count];
    unsigned how = data[1];
    struct slice rest = slice_of(data + 5, size - 5);
    struct slice in = slice_sub(rest, 0, (size_t)data[3] << 8 | data[4]);
    struct slice answer = slice_sub(rest, in.n, rest.n);
    scope = *guard_policy_usual(how & HOW_ENFORCE)->scopes;
    scope.unknown_passes = how & HOW_PASSES || !(how & HOW_ENFORCE);
    play(&a, s, how, in, answer, 1u << 20);
    play(&b, s, how, in, answer, data[2] + 1u);
    same(&a, &b);
    promises(&a, how, in, answer);
    outcome_done(&a);
    outcome_done(&b);
    return 0;
}
