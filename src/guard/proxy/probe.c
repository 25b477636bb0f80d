/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/proxy/probe.h"

struct probe {
    struct conn conn; /* first */
    struct timer timer;
    struct loop *loop;
    struct upstream *upstream;
    size_t head_max;
    bool asking;
    struct buf in;
    struct http1_scan scan;
    uint64_t good, bad; /* in a row */
};

struct probes {
    size_t count;
    struct probe of[];
};

static void verdict(struct probe *p, bool ok)
{
    const struct guard_upstream *c = p->upstream->config;
    p->good = ok ? p->good + 1 : 0;
    p->bad = ok ? 0 : p->bad + 1;
    if (p->good >= c->health_rise) p->upstream->state->down = false;
    if (p->bad >= c->health_fall) p->upstream->state->down = true;
    p->asking = false;
    conn_close(&p->conn, false);
    timer_set(&p->loop->wheel, &p->timer, p->loop->now + c->health_every);
}

/* Its body is of no interest: the connection ends with the head. */
static void read_head(struct probe *p, struct slice s)
{
    struct http1_head *h;
    struct http1_limits limits = {p->head_max, 0};
    buf_add(&p->in, s);
    enum http1_step step = http1_scan(&p->scan, buf_slice(&p->in), &limits);
    if (step == HTTP1_MORE && buf_ok(&p->in)) return;
    h = step == HTTP1_DONE ? malloc(sizeof *h) : NULL;
    bool good = h && !http1_answer(slice_sub(buf_slice(&p->in), 0, p->scan.size), false, h) &&
                h->status >= 200 && h->status < 400;
    free(h);
    verdict(p, good);
}

static void on_ready(struct conn *conn)
{
    struct probe *p = (struct probe *)conn; /* its first member */
    char piece[4096];
    size_t n;
    if (p->asking && conn_flush(conn) == CONN_LOST) verdict(p, false);
    while (p->asking) {
        enum conn_end end = conn_read(conn, piece, sizeof piece, &n);
        if (end == CONN_WAIT) return;
        if (end == CONN_OK)
            read_head(p, slice_of(piece, n));
        else
            verdict(p, false);
    }
}

static void ask(struct probe *p)
{
    const struct upstream *u = p->upstream;
    struct buf text;
    p->asking = true;
    memset(&p->scan, 0, sizeof p->scan);
    buf_reset(&p->in);
    struct address at;
    bool dialled =
        upstream_address(u, 0, &at) && conn_dial(&p->conn, p->loop, &at, u->tls, u->tls_name);
    p->conn.ready = on_ready;
    buf_init(&text, 8192);
    buf_printf(&text,
               "GET %.*s%.*s HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: merlon-guard\r\n"
               "Connection: close\r\n\r\n",
               SLICE_ARG(u->config->url.base), SLICE_ARG(u->config->health),
               SLICE_ARG(u->config->url.authority));
    if (dialled && conn_write(&p->conn, buf_slice(&text), S("")))
        timer_set(&p->loop->wheel, &p->timer, p->loop->now + u->config->health_timeout);
    else
        verdict(p, false);
    buf_done(&text);
}

static void on_timer(struct timer *t)
{
    struct probe *p = (struct probe *)((char *)t - offsetof(struct probe, timer));
    if (p->asking)
        verdict(p, false); /* too late */
    else
        ask(p);
}

struct probes *probes_start(struct plan *plan, struct loop *loop)
{
    size_t n = plan->config.upstream_count;
    struct probes *all = calloc(1, sizeof *all + n * sizeof all->of[0]);
    for (size_t i = 0; all && i < n; i++) {
        struct upstream *u = &plan->upstreams[i];
        struct probe *p = &all->of[all->count];
        if (!u->config->health.n) continue;
        all->count++;
        p->upstream = u;
        p->loop = loop;
        p->head_max = plan->config.limits.head;
        p->conn.watch.fd = -1;
        p->timer.fire = on_timer;
        buf_init(&p->in, p->head_max + 8192);
        timer_set(&loop->wheel, &p->timer, loop->now);
    }
    return all;
}

void probes_stop(struct probes *all)
{
    for (size_t i = 0; all && i < all->count; i++) {
        conn_close(&all->of[i].conn, false);
        timer_stop(&all->of[i].timer);
        buf_done(&all->of[i].in);
    }
    free(all);
}
