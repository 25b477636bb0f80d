/* SPDX-License-Identifier: Apache-2.0 */
/* client.c - connections of clients: reading, deadlines, and when they end. */
#include "guard/proxy/crowd.h"
#include "guard/proxy/flow.h"
#include <unistd.h>

#define SLACK_MAX  (2 * FLOW_PIECE)
#define TURNED_MAX 64 /* of each loop, at a time */

/* ---- the end ---- */

static void free_client(struct later *l)
{
    struct client *c = (struct client *)((char *)l - offsetof(struct client, later));
    buf_done(&c->in);
    buf_done(&c->x.request);
    buf_done(&c->x.content);
    buf_done(&c->x.head);
    free(c);
}

static void end_table(struct client *c)
{
    const struct exchange *x = &c->x;
    const struct upstream *all = x->use->plan->upstreams;
    struct exchange_end how = {.status = x->status, .cut = x->answered && !x->answer_end};
    if (x->tried) how.upstream = all[x->route->members[x->member].upstream].config->name;
    if (c->worker->table->end) c->worker->table->end(x->state, &how);
}

/* What an exchange holds, given back; the state is the table's to end. */
static void exchange_end(struct client *c)
{
    struct exchange *x = &c->x;
    struct worker *w = c->worker;
    if (!x->active) return;
    backend_end(c, false);
    metric_add(&w->metrics, METRIC_ACTIVE, (uint64_t)-1);
    metric_time(&w->metrics, w->loop.now - x->started);
    if (x->counted) crowd_answered(c->place);
    if (x->state) end_table(c);
    free(x->state);
    free(x->chunks);
    plan_use_unref(x->use);
    struct buf request = x->request, content = x->content;
    buf_reset(&request);
    buf_reset(&content);
    buf_done(&x->head);
    *x = (struct exchange){.request = request, .content = content};
}

void client_close(struct client *c, bool reset)
{
    struct worker *w = c->worker;
    if (c->closed) return;
    c->closed = true;
    exchange_end(c);
    conn_close(&c->conn, reset);
    timer_stop(&c->timer);
    *c->link = c->next;
    if (c->next) c->next->link = c->link;
    crowd_leave(w->crowd, c->place);
    w->client_count--;
    w->turned_count -= c->turned != TURNED_NOT;
    metric_add(&w->metrics, METRIC_CLIENTS, (uint64_t)-1);
    c->later.run = free_client;
    loop_later(&w->loop, &c->later);
}

void client_last(struct client *c)
{
    exchange_end(c);
    c->closing = true;
    c->moved = true;
}

void client_next(struct client *c)
{
    exchange_end(c);
    c->since = c->worker->loop.now;
    memset(&c->scan, 0, sizeof c->scan);
    c->moved = true;
}

/* A close right behind an answer, with bytes of the client unread, would be a reset, and the answer
 * might never arrive (RFC 9112, 9.6): so say "no more", and read on for a moment. */
static void linger(struct client *c)
{
    if (conn_flush(&c->conn) != CONN_OK || c->lingering) return;
    c->lingering = true;
    c->since = c->worker->loop.now;
    conn_finish(&c->conn);
}

/* ---- reading ---- */

static bool wants_input(const struct client *c)
{
    if (c->closing) return false;
    if (!c->x.active) return conn_waiting(&c->conn) < FLOW_PIECE; /* it takes its answers first */
    return !c->x.request_end && request_may_go_on(c);
}

static size_t consume(struct client *c, struct slice s)
{
    size_t used = 0;
    while (used < s.n && !c->closed && wants_input(c)) {
        struct slice rest = slice_sub(s, used, s.n);
        size_t n = c->x.active ? request_body(c, rest) : request_head(c, rest);
        if (!n) break;
        used += n;
        c->moved = true;
    }
    return c->closing ? s.n : used;
}

static void consume_kept(struct client *c)
{
    size_t used = consume(c, buf_slice(&c->in));
    if (c->closed || !used) return;
    memmove(c->in.p, c->in.p + used, c->in.n - used);
    buf_trim(&c->in, c->in.n - used);
    if (!c->in.n) buf_done(&c->in); /* most never need it again */
}

static void take(struct client *c, struct slice s)
{
    size_t used = 0;
    if (!c->in.n && !c->x.active) c->since = c->worker->loop.now;
    if (!c->in.n) used = consume(c, s);
    if (c->closed) return;
    if (used < s.n) buf_add(&c->in, slice_sub(s, used, s.n));
    if (!buf_ok(&c->in)) client_close(c, true);
    if (!c->closed && c->in.n && !used) consume_kept(c);
}

static void on_end(struct client *c, enum conn_end end)
{
    bool whole = end == CONN_CLOSED && c->x.active && c->x.request_end;
    if (whole) return; /* half closed: it still wants its answer */
    client_close(c, false);
}

static void read_client(struct client *c)
{
    struct worker *w = c->worker;
    while (!c->closed && (c->lingering || wants_input(c)) && c->in.n < SLACK_MAX) {
        size_t n;
        enum conn_end end = conn_read(&c->conn, w->in, sizeof w->in, &n);
        if (end == CONN_WAIT) return;
        c->moved = true;
        if (end != CONN_OK) {
            on_end(c, end);
            return;
        }
        if (!c->lingering) take(c, slice_of(w->in, n));
    }
}

/* ---- deadlines ---- */

static const struct guard_timeouts *timeouts(const struct client *c)
{
    return &(c->x.active ? c->x.use : c->worker->use)->plan->config.timeouts;
}

static bool waits_for_body(const struct client *c)
{
    return c->x.active && !c->x.request_end && request_may_go_on(c);
}

static uint64_t due(const struct client *c)
{
    const struct guard_timeouts *t = timeouts(c);
    if (c->lingering) return c->since + t->linger;
    if (conn_waiting(&c->conn)) return c->conn.moved + t->stall;
    if (waits_for_body(c)) return c->window + FLOW_WINDOW;
    if (c->x.active) return TIMER_NEVER;
    bool begun = c->in.n || !conn_stands(&c->conn) || c->turned != TURNED_NOT;
    return c->since + (begun ? t->head : t->idle);
}

static void settle(struct client *c)
{
    uint64_t at = due(c);
    if (at == TIMER_NEVER)
        timer_stop(&c->timer);
    else
        timer_set(&c->worker->loop.wheel, &c->timer, at);
}

static void body_window(struct client *c)
{
    uint64_t taken = c->x.taken - c->window_taken;
    bool enough = taken >= timeouts(c)->body_rate * FLOW_WINDOW / 1000;
    c->window = c->worker->loop.now;
    c->window_taken = c->x.taken;
    if (enough || c->slow_ok) {
        c->slow_ok = false;
        settle(c);
        return;
    }
    metric_add(&c->worker->metrics, METRIC_TIMEOUTS, 1);
    if (c->x.answered)
        reply_cut(c);
    else
        reply_error(c, 408, "body-too-slow", true, "the request's body comes too slowly");
}

static void late(struct client *c)
{
    metric_add(&c->worker->metrics, METRIC_TIMEOUTS, 1);
    if (c->lingering || conn_waiting(&c->conn))
        client_close(c, !c->lingering);
    else if (c->in.n)
        reply_error(c, 408, "head-too-slow", true, "the request's head did not come in time");
    else
        client_close(c, false); /* idle, or never said a word */
}

static void on_timer(struct timer *t)
{
    struct client *c = (struct client *)((char *)t - offsetof(struct client, timer));
    uint64_t at = due(c);
    if (at > c->worker->loop.now)
        settle(c);
    else if (!c->lingering && !conn_waiting(&c->conn) && waits_for_body(c))
        body_window(c);
    else
        late(c);
    if (!c->closed && c->closing) client_pump(c);
}

/* ---- the pump ---- */

static void step(struct client *c)
{
    bool left = c->conn.gone && c->x.active; /* nobody waits for the answer any more */
    if (left || c->conn.dead || conn_flush(&c->conn) == CONN_LOST) {
        on_end(c, CONN_LOST);
        return;
    }
    if (c->in.n && wants_input(c)) consume_kept(c);
    if (!c->closed) read_client(c);
    if (!c->closed && c->x.active && c->x.backend) answer_pump(c);
    if (!c->closed && c->closing) linger(c);
}

void client_pump(struct client *c)
{
    do {
        c->moved = false;
        step(c);
    } while (c->moved && !c->closed);
    if (c->closed) return;
    if (c->worker->draining && !c->x.active && !c->closing && !c->in.n)
        client_close(c, false);
    else
        settle(c);
}

static void on_ready(struct conn *conn)
{
    struct client *c = (struct client *)conn; /* its first member */
    if (!c->closed) client_pump(c);
}

/* ---- too many ---- */

/* Whoever is turned away may speak: only behind a request an answer is sure to be read, and health
 * is told to all. But only some at a time; the others are closed. */
static enum turned admit(struct worker *w, struct client *c)
{
    enum st why;
    if (w->client_count - w->turned_count >= w->client_max) return TURNED_FULL;
    c->place =
        crowd_enter(w->crowd, &c->from, w->use->plan->config.limits.client_connections, &why);
    if (c->place) return TURNED_NOT;
    return why == ST_LIMIT ? TURNED_CLIENT : TURNED_MEMORY;
}

bool client_turned_away(struct client *c)
{
    static const struct {
        unsigned status;
        const char *code, *why;
    } rows[] = {
        [TURNED_FULL] = {503, "too-many-connections",
                         "the gateway has as many connections as limits.connections allows"},
        [TURNED_CLIENT] = {429, "client-connections",
                           "your address has as many connections as limits.per_client "
                           "allows"},
        [TURNED_MEMORY] = {503, "out-of-memory", "the gateway has no memory left"}};
    uint64_t most = c->x.use->plan->config.limits.client_requests;
    if (c->turned != TURNED_NOT)
        reply_error(c, rows[c->turned].status, rows[c->turned].code, true, "%s",
                    rows[c->turned].why);
    else if (!crowd_ask(c->place, most))
        reply_error(c, 429, "client-requests", false,
                    "your address waits for as many answers as limits.requests_per_client allows");
    else
        c->x.counted = true;
    return !c->x.counted;
}

static struct client *new_client(struct worker *w, const struct address *from)
{
    struct client *c = calloc(1, sizeof *c);
    metric_add(&w->metrics, METRIC_CONNECTIONS, 1);
    if (!c) return NULL;
    c->from = *from;
    c->turned = admit(w, c);
    if (c->turned == TURNED_NOT) return c;
    metric_add(&w->metrics, METRIC_TURNED, 1);
    if (w->turned_count < TURNED_MAX) return c;
    free(c);
    return NULL;
}

void client_accept(struct worker *w, int fd, struct tls_context *tls, const struct address *from)
{
    struct client *c = new_client(w, from);
    if (!c || !conn_open(&c->conn, &w->loop, fd, tls, NULL)) {
        if (c) crowd_leave(w->crowd, c->place);
        if (!c) close(fd);
        free(c);
        return;
    }
    c->conn.ready = on_ready;
    c->worker = w;
    c->since = w->loop.now;
    c->timer.fire = on_timer;
    buf_init(&c->in, 4 * SLACK_MAX);
    c->next = w->clients;
    c->link = &w->clients;
    if (c->next) c->next->link = &c->next;
    w->clients = c;
    w->client_count++;
    w->turned_count += c->turned != TURNED_NOT;
    metric_add(&w->metrics, METRIC_CLIENTS, 1);
    settle(c);
}
