/* SPDX-License-Identifier: Apache-2.0 */
/* own.c - the paths below /merlon/: the gateway's own, never sent on.
 * Health says that the process answers; ready, that a request would find an upstream and could be
 * recorded. Both tell strangers one word. Metrics and records are for loopback unless guard.toml
 * says own = "any". */
#include "codec/jot.h"
#include "guard/proxy/flow.h"
#include "guard/record/record_event.h"

#define REQUESTS S("/merlon/requests/")

static void text(struct client *c, unsigned status, const char *type, struct slice body)
{
    reply_send(c, &(struct reply){status, type, body, false});
}

static void status(struct client *c, unsigned number, const char *word)
{
    char body[64];
    (void)snprintf(body, sizeof body, "{\"status\":\"%s\"}\n", word);
    text(c, number, "application/json", slice_str(body));
}

static void health(struct client *c)
{
    status(c, 200, "ok");
}

bool own_is_open(struct client *c)
{
    if (address_is_loopback(&c->from) || slice_eq(c->x.use->plan->config.own, S("any")))
        return true;
    reply_error(c, 403, "own-loopback", false, "this is for loopback; own = \"any\" opens it");
    return false;
}

static bool route_ready(const struct plan *p, const struct guard_route *r, uint64_t now)
{
    for (size_t i = 0; i < r->member_count; i++) {
        enum upstream_word w = upstream_word(&p->upstreams[r->members[i].upstream], now);
        if (w == UPSTREAM_UP || w == UPSTREAM_TRYING) return true;
    }
    return false;
}

static void ready(struct client *c)
{
    const struct plan *p = c->x.use->plan;
    bool all = true;
    for (size_t i = 0; i < p->config.route_count; i++)
        all = all && route_ready(p, &p->config.routes[i], c->worker->loop.now);
    struct recorder *r = c->worker->recorder;
    enum recorder_health log = r ? recorder_health(r) : RECORDER_WELL;
    if (c->worker->draining)
        status(c, 503, "draining");
    else if (!all)
        status(c, 503, "no-upstream");
    else if (log == RECORDER_FULL)
        status(c, 503, recorder_health_name(log));
    else /* it serves, but somebody should look */
        status(c, 200, log == RECORDER_WELL ? "ready" : recorder_health_name(log));
}

static void say_upstreams(const struct client *c, struct buf *out)
{
    const struct plan *p = c->x.use->plan;
    static const struct {
        const char *name, *type, *help;
    } rows[] = {{"upstream_up", "gauge", "1: may be asked."},
                {"upstream_asked_total", "counter", "Requests sent there."},
                {"upstream_failed_total", "counter", "Of these, without an answer."}};
    for (size_t row = 0; row < COUNT_OF(rows); row++) {
        buf_printf(out, "# HELP merlon_guard_%s %s\n# TYPE merlon_guard_%s %s\n", rows[row].name,
                   rows[row].help, rows[row].name, rows[row].type);
        for (size_t i = 0; i < p->config.upstream_count; i++) {
            const struct upstream *u = &p->upstreams[i];
            uint64_t value[] = {upstream_word(u, c->worker->loop.now) == UPSTREAM_UP,
                                u->state->asked, u->state->failed};
            buf_printf(out, "merlon_guard_%s{upstream=\"%.*s\"} %llu\n", rows[row].name,
                       SLICE_ARG(u->config->name), (unsigned long long)value[row]);
        }
    }
}

static void metrics(struct client *c)
{
    struct worker *w = c->worker;
    struct buf out;
    if (!own_is_open(c)) return;
    buf_init(&out, 1u << 20);
    metrics_say(w->all_metrics, w->all_count, &out);
    say_upstreams(c, &out);
    if (w->recorder) recorder_say(w->recorder, &out);
    text(c, 200, "text/plain; version=0.0.4", buf_slice(&out));
    buf_done(&out);
}

/* One of the newest, in the words of the log. */
static void request(struct client *c, struct slice id)
{
    struct recorder *r = c->worker->recorder;
    struct guard_record record;
    struct buf out;
    if (!own_is_open(c)) return;
    if (!r || !recorder_find(r, id, &record)) {
        reply_error(c, 404, "request-unknown", false,
                    "it is none of the newest %u requests; merlon explain --request looks into the "
                    "log",
                    RECORDER_KEEPS);
        return;
    }
    buf_init(&out, 1u << 20);
    record_json(&record, true, &out);
    buf_byte(&out, '\n');
    text(c, 200, "application/json", buf_slice(&out));
    buf_done(&out);
}

bool own_answer(struct client *c, const struct http1_head *h)
{
    static const struct {
        const char *path;
        void (*answer)(struct client *c);
    } rows[] = {{"/merlon/health", health}, {"/merlon/ready", ready}, {"/merlon/metrics", metrics}};
    if (!slice_starts(h->path, S("/merlon/")) && !slice_eq(h->path, S("/merlon"))) return false;
    if (!slice_eq(h->method, S("GET")) && !slice_eq(h->method, S("HEAD"))) {
        reply_error(c, 405, "method", false, "only GET and HEAD");
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!slice_eq(h->path, slice_str(rows[i].path))) continue;
        rows[i].answer(c);
        return true;
    }
    if (slice_starts(h->path, REQUESTS)) {
        request(c, slice_sub(h->path, REQUESTS.n, h->path.n));
        return true;
    }
    reply_error(c, 404, "own-unknown", false, "there is nothing below /merlon/ of that name");
    return true;
}
