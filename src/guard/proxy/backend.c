/* SPDX-License-Identifier: Apache-2.0 */
/* backend.c - connections to upstreams: made, kept, given up; and who is asked next when one fails.
 *
 * A request is told again only when that cannot do anything twice: its method says so (RFC 9110,
 * 9.2.2), or not a byte of it was given to the kernel. And only while all of it is still here. */
#include "guard/proxy/flow.h"

static const struct guard_timeouts *timeouts(const struct backend *b)
{
    return &b->use->plan->config.timeouts;
}

/* ---- the end ---- */

static void free_backend(struct later *l)
{
    struct backend *b = (struct backend *)((char *)l - offsetof(struct backend, later));
    buf_done(&b->in);
    free(b->chunks);
    free(b);
}

static void leave_pool(struct backend *b)
{
    if (!b->link) return;
    *b->link = b->next;
    if (b->next) b->next->link = b->link;
    b->link = NULL;
    b->use->pools[b->upstream - b->use->plan->upstreams].count--;
}

void backend_close(struct backend *b)
{
    leave_pool(b);
    conn_close(&b->conn, false);
    timer_stop(&b->timer);
    b->client = NULL;
    b->later.run = free_backend;
    loop_later(b->conn.loop, &b->later);
}

void pool_empty(struct pool *p)
{
    while (p->first) backend_close(p->first);
}

void plan_use_unref(struct plan_use *u)
{
    if (!u || --u->refs) return;
    for (size_t i = 0; i < u->plan->config.upstream_count; i++) pool_empty(&u->pools[i]);
    plan_unref(u->plan);
    free(u->pools);
    free(u->turns);
    free(u);
}

/* Its name has moved on: who is busy all the time would never follow. */
static bool still_there(struct backend *b)
{
    unsigned moves = b->upstream->state->moves;
    if (b->moves == moves) return true;
    b->moves = moves;
    return upstream_is_at(b->upstream, &b->to);
}

/* An old plan's pools serve nobody any more. */
static bool may_wait(struct backend *b)
{
    const struct pool *p = &b->use->pools[b->upstream - b->use->plan->upstreams];
    return b->use == b->use->worker->use && !b->use->worker->draining &&
           p->count < b->upstream->config->idle_connections && conn_stands(&b->conn) &&
           !conn_waiting(&b->conn) && !b->conn.hup && !b->in.n && still_there(b);
}

static void join_pool(struct backend *b)
{
    struct pool *p = &b->use->pools[b->upstream - b->use->plan->upstreams];
    b->next = p->first;
    b->link = &p->first;
    if (b->next) b->next->link = &b->next;
    p->first = b;
    p->count++;
    timer_set(&b->conn.loop->wheel, &b->timer, b->conn.loop->now + timeouts(b)->idle);
}

void backend_end(struct client *c, bool reusable)
{
    struct backend *b = c->x.backend;
    if (!b) return;
    if (c->x.trying) upstream_unknown(b->upstream, true);
    c->x.trying = false;
    c->x.backend = NULL;
    b->client = NULL;
    if (reusable && may_wait(b))
        join_pool(b);
    else
        backend_close(b);
}

/* ---- events ---- */

/* In the pool every event is the end: nothing was asked. */
static void on_ready(struct conn *conn)
{
    struct backend *b = (struct backend *)conn; /* its first member */
    if (b->client)
        client_pump(b->client);
    else if (conn_is_open(conn) && (conn->hup || conn->dead || conn->can_read))
        backend_close(b);
}

/* While a client brings its request slowly, or takes its answer slowly, the upstream is not late.
 */
static uint64_t due(const struct backend *b)
{
    const struct guard_timeouts *t = timeouts(b);
    const struct client *c = b->client;
    uint64_t now = b->conn.loop->now, since = b->since;
    if (!b->stood) return since + t->connect;
    if (b->conn.moved > since) since = b->conn.moved;
    if (!b->headed) return (c->x.request_end ? since : now) + t->answer;
    return (conn_waiting(&c->conn) ? now : since) + t->stall;
}

static void late(struct backend *b, struct client *c)
{
    metric_add(&c->worker->metrics, METRIC_TIMEOUTS, 1);
    if (c->x.answered)
        reply_cut(c);
    else if (b->stood)
        backend_lost(c, 504, "upstream-timeout", "no answer in time");
    else
        backend_lost(c, 504, "upstream-connect-timeout", "no connection in time");
    if (!c->closed) client_pump(c);
}

static void on_timer(struct timer *t)
{
    struct backend *b = (struct backend *)((char *)t - offsetof(struct backend, timer));
    uint64_t at = b->client ? due(b) : 0;
    if (!b->client)
        backend_close(b); /* long enough in the pool */
    else if (at > b->conn.loop->now)
        timer_set(&b->conn.loop->wheel, t, at);
    else
        late(b, b->client);
}

/* ---- beginning ---- */

static bool dial(struct backend *b)
{
    const struct upstream *u = b->upstream;
    b->moves = u->state->moves;
    while (upstream_address(u, b->address, &b->to)) {
        if (conn_dial(&b->conn, &b->client->worker->loop, &b->to, u->tls, u->tls_name)) return true;
        b->address++;
    }
    return false;
}

static struct backend *new_backend(struct client *c, struct upstream *u)
{
    struct backend *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    b->use = c->x.use;
    b->upstream = u;
    b->client = c;
    b->timer.fire = on_timer;
    b->conn.watch.fd = -1;
    b->conn.loop = &c->worker->loop;
    b->conn.ready = on_ready;
    buf_init(&b->in, 4 * FLOW_PIECE);
    metric_add(&c->worker->metrics, METRIC_UPSTREAM_NEW, 1);
    b->since = c->worker->loop.now;
    (void)dial(b); /* what failed at once is seen by answer_pump(), like what fails later */
    b->conn.ready = on_ready;
    timer_set(&c->worker->loop.wheel, &b->timer, c->worker->loop.now + timeouts(b)->connect);
    return b;
}

static struct backend *from_pool(struct client *c, struct upstream *u)
{
    struct pool *p = &c->x.use->pools[u - c->x.use->plan->upstreams];
    while (p->first && !still_there(p->first)) backend_close(p->first);
    struct backend *b = p->first;
    if (!b) return NULL;
    leave_pool(b);
    b->client = c;
    b->reused = true;
    b->headed = b->keep = false;
    memset(&b->scan, 0, sizeof b->scan);
    b->sent_before = b->conn.written;
    b->since = c->worker->loop.now;
    timer_set(&c->worker->loop.wheel, &b->timer, c->worker->loop.now + timeouts(b)->answer);
    metric_add(&c->worker->metrics, METRIC_UPSTREAM_REUSED, 1);
    return b;
}

static void nobody(struct client *c)
{
    struct exchange *x = &c->x;
    struct buf who;
    uint64_t now = c->worker->loop.now;
    buf_init(&who, 512);
    for (size_t i = 0; i < x->route->member_count; i++) {
        const struct upstream *u = &x->use->plan->upstreams[x->route->members[i].upstream];
        buf_printf(&who, "%s%.*s: %s", i ? ", " : "", SLICE_ARG(u->config->name),
                   upstream_word_text(upstream_word(u, now)));
    }
    reply_error(c, 503, "no-upstream", false, "no upstream can be asked (%s)", buf_text(&who));
    buf_done(&who);
}

bool backend_start(struct client *c)
{
    struct exchange *x = &c->x;
    struct plan *p = x->use->plan;
    int *turns = x->use->turns[x->route - p->config.routes];
    x->member =
        upstream_pick(p->upstreams, x->route, turns, x->tried, c->worker->loop.now, &x->trying);
    if (x->member == SIZE_MAX) return nobody(c), false;
    struct upstream *u = &p->upstreams[x->route->members[x->member].upstream];
    x->tried |= 1u << x->member;
    atomic_fetch_add_explicit(&u->state->asked, 1, memory_order_relaxed);
    x->backend = from_pool(c, u);
    if (!x->backend) x->backend = new_backend(c, u);
    if (x->backend) return true;
    upstream_unknown(u, x->trying);
    x->trying = false;
    reply_error(c, 503, "out-of-memory", true, "the gateway has no memory left");
    return false;
}

void backend_write(struct client *c, struct slice s)
{
    struct backend *b = c->x.backend;
    if (s.n && b) (void)conn_queue(&b->conn, s);
}

/* ---- failing ---- */

/* The next address of the same upstream: nothing was sent yet. */
static bool next_address(struct client *c)
{
    struct backend *b = c->x.backend;
    if (b->reused || conn_stands(&b->conn) || b->conn.written || !c->x.replay) return false;
    conn_close(&b->conn, false);
    b->address++;
    if (!dial(b)) return false;
    b->conn.ready = on_ready;
    request_tell(c);
    return true;
}

static bool may_repeat(const struct client *c)
{
    const struct exchange *x = &c->x;
    const struct backend *b = x->backend;
    bool untouched = b->conn.written == b->sent_before;
    if (x->answered || !x->replay) return false;
    return untouched || x->idempotent;
}

static bool another(const struct client *c)
{
    const struct exchange *x = &c->x;
    const struct upstream *all = x->use->plan->upstreams;
    for (size_t i = 0; i < x->route->member_count; i++) {
        const struct upstream *u = &all[x->route->members[i].upstream];
        enum upstream_word w = upstream_word(u, c->worker->loop.now);
        if (!(x->tried >> i & 1) && (w == UPSTREAM_UP || w == UPSTREAM_TRYING)) return true;
    }
    return false;
}

/* A kept connection that the upstream closed while we wrote says nothing about the upstream: the
 * same one is asked once more, over a new connection. */
static void forgive(struct client *c)
{
    struct exchange *x = &c->x;
    struct pool *p = &x->use->pools[x->backend->upstream - x->use->plan->upstreams];
    pool_empty(p);
    x->tried &= ~(1u << x->member);
}

static const char *hint(const struct client *c)
{
    const struct exchange *x = &c->x;
    const struct backend *b = x->backend;
    if (b->conn.written == b->sent_before) return "";
    if (!x->idempotent) return "; it may have been processed, so it was not sent again";
    return x->replay ? "" : "; it was too large to be sent again";
}

void backend_lost(struct client *c, unsigned status, const char *code, const char *why)
{
    struct exchange *x = &c->x;
    struct backend *b = x->backend;
    struct worker *w = c->worker;
    if (!x->answered && next_address(c)) return;
    bool stale = b->reused && !b->headed && status == 502;
    metric_add(&w->metrics, METRIC_UPSTREAM_FAILED, 1);
    if (!stale) upstream_failed(b->upstream, x->trying, w->loop.now);
    if (!stale) x->trying = false;
    if (x->answered) {
        reply_cut(c);
        return;
    }
    if (stale && may_repeat(c)) forgive(c);
    if (may_repeat(c) && another(c)) {
        metric_add(&w->metrics, METRIC_RETRIES, 1);
        backend_end(c, false);
        c->moved = true;
        if (backend_start(c)) request_tell(c);
        return;
    }
    reply_error(c, status, code, false, "upstream %.*s (%.*s): %s%s",
                SLICE_ARG(b->upstream->config->name), SLICE_ARG(b->upstream->config->url_text), why,
                hint(c));
}

bool backend_again(struct client *c, unsigned status)
{
    struct exchange *x = &c->x;
    struct worker *w = c->worker;
    bool any = x->route->retry_on & GUARD_RETRY_ANY;
    bool safe = !x->answered && x->replay && (x->idempotent || any);
    if (!guard_retries(x->route, status) || !safe || !another(c)) return false;
    upstream_failed(x->backend->upstream, x->trying, w->loop.now);
    x->trying = false;
    metric_add(&w->metrics, METRIC_UPSTREAM_FAILED, 1);
    metric_add(&w->metrics, METRIC_RETRIES, 1);
    backend_end(c, false);
    c->moved = true;
    if (backend_start(c)) request_tell(c);
    return true;
}
