/* SPDX-License-Identifier: Apache-2.0 */
/* proxy.c - threads and their loops.
 * A loop takes its orders between two rounds: a new plan (swapped as one pointer) or the wish to
 * drain. Listening sockets of an address that stays are handed from plan to plan, so that nobody
 * who is waiting in one is turned away. */
#include "guard/proxy/proxy.h"
#include "base/host.h"
#include "guard/proxy/crowd.h"
#include "guard/proxy/flow.h"
#include "guard/proxy/probe.h"
#include "guard/proxy/resolver.h"
#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct listener_of_client {
    struct listener listener; /* first */
    struct worker *worker;
    struct tls_context *tls;
};

struct runner { /* a thread */
    struct worker worker;
    struct watch wake;
    struct proxy *proxy;
    unsigned index;
    struct probes *probes; /* the first loop's */
    pthread_t thread;
    bool started;
    _Atomic(struct plan *) next;
    _Atomic unsigned adopted;     /* plans so far */
    _Atomic uint64_t drain_until; /* ms; 0: not asked to */
    bool unclean;
};

struct proxy {
    struct runner *runners[GUARD_THREADS_MAX];
    struct metrics *metrics[GUARD_THREADS_MAX];
    unsigned count;
    struct plan *plan;
    struct crowd *crowd;
    struct resolver *resolver;
    const struct net_host *host;
};

/* ---- listeners ---- */

static void accepted(struct listener *l, int fd, const struct address *from)
{
    struct listener_of_client *of = (struct listener_of_client *)l;
    client_accept(of->worker, fd, of->tls, from);
}

/* The socket of listener i: new, or that of the plan before. */
static int take_socket(struct runner *r, struct plan_listen *l, struct listener_of_client *old)
{
    int fd = l->fds[r->index];
    l->fds[r->index] = -1;
    if (fd >= 0 || l->same_as == SIZE_MAX || !old) return fd;
    struct watch *w = &old[l->same_as].listener.watch;
    loop_unwatch(&r->worker.loop, w);
    fd = w->fd;
    w->fd = -1;
    return fd;
}

static void close_listeners(struct worker *w)
{
    for (size_t i = 0; i < w->listener_count; i++) listener_close(&w->listeners[i].listener);
    free(w->listeners);
    w->listeners = NULL;
    w->listener_count = 0;
}

/* Events of this round may still name a listener of before: its memory stays until the round ends,
 * because orders are taken between rounds. */
static bool open_listeners(struct runner *r, struct plan *p)
{
    struct worker *w = &r->worker;
    size_t n = p->config.listen_count;
    struct listener_of_client *now = calloc(n ? n : 1, sizeof *now);
    if (!now) return false;
    for (size_t i = 0; i < n; i++) {
        int fd = take_socket(r, &p->listens[i], w->listeners);
        now[i].worker = w;
        now[i].tls = p->listens[i].tls;
        now[i].listener.accepted = accepted;
        now[i].listener.watch.fd = -1;
        if (fd >= 0) (void)listener_start(&now[i].listener, &w->loop, fd);
    }
    close_listeners(w);
    w->listeners = now;
    w->listener_count = n;
    return true;
}

/* ---- plans ---- */

static struct plan_use *use_new(struct worker *w, struct plan *p)
{
    struct plan_use *u = calloc(1, sizeof *u);
    if (!u) return NULL;
    *u = (struct plan_use){p, w, 1, calloc(p->config.upstream_count + 1, sizeof *u->pools),
                           calloc(p->config.route_count + 1, sizeof *u->turns)};
    if (u->pools && u->turns) return u;
    free(u->pools);
    free(u->turns);
    free(u);
    return NULL;
}

/* Idle connections of the plan before are of no use to anybody. */
static bool adopt(struct runner *r, struct plan *p)
{
    struct worker *w = &r->worker;
    struct plan_use *before = w->use, *u = use_new(w, p);
    if (!u || !open_listeners(r, p)) {
        free(u);
        plan_unref(p);
        return false;
    }
    w->use = u;
    probes_stop(r->probes);
    r->probes = r->index ? NULL : probes_start(p, &w->loop);
    w->client_max = (size_t)(p->config.limits.connections / p->threads) + 1;
    for (size_t i = 0; before && i < before->plan->config.upstream_count; i++)
        pool_empty(&before->pools[i]);
    plan_use_unref(before);
    return true;
}

/* ---- a thread ---- */

static void on_wake(struct watch *w, unsigned events)
{
    uint64_t n;
    (void)events;
    if (read(w->fd, &n, sizeof n) < 0) return; /* orders are looked at after the round */
}

static void wake(struct runner *r)
{
    uint64_t one = 1;
    if (write(r->wake.fd, &one, sizeof one) < 0) return; /* it has been woken often enough */
}

static void start_draining(struct worker *w)
{
    w->draining = true;
    close_listeners(w);
    for (size_t i = 0; i < w->use->plan->config.upstream_count; i++) pool_empty(&w->use->pools[i]);
    for (struct client *c = w->clients, *next; c; c = next) {
        next = c->next;
        if (!c->x.active && !c->closing && !c->in.n) client_close(c, false);
    }
}

static void close_clients(struct worker *w)
{
    while (w->clients) client_close(w->clients, true);
}

/* One round and the orders after it; false: it was the last. */
static bool round_of(struct runner *r, uint64_t most_ms)
{
    struct worker *w = &r->worker;
    if (!loop_round(&w->loop, r->drain_until && most_ms > 50 ? 50 : most_ms)) return false;
    struct plan *next = atomic_exchange(&r->next, NULL);
    if (next) (void)adopt(r, next);
    if (next) r->adopted++;
    if (r->drain_until && !w->draining) start_draining(w);
    if (!w->draining) return true;
    if (w->clients && w->loop.now >= r->drain_until) {
        r->unclean = true;
        close_clients(w);
    }
    return w->clients;
}

static void *run(void *arg)
{
    struct runner *r = arg;
    while (round_of(r, 1000)) continue;
    close_clients(&r->worker);
    (void)loop_round(&r->worker.loop, 0); /* frees what was closed */
    return NULL;
}

static void runner_free(struct runner *r)
{
    if (!r) return;
    struct worker *w = &r->worker;
    close_listeners(w);
    close_clients(w);
    probes_stop(r->probes);
    plan_use_unref(w->use);
    w->use = NULL;
    if (w->loop.epoll > 0) (void)loop_round(&w->loop, 0);
    plan_unref(atomic_exchange(&r->next, NULL));
    if (r->wake.fd >= 0) close(r->wake.fd);
    if (w->loop.epoll > 0) loop_done(&w->loop);
    buf_done(&w->out);
    buf_done(&w->content);
    if (w->judge && w->table->thread_free) w->table->thread_free(w->judge);
    free(r);
}

static struct runner *runner_new(struct proxy *p, unsigned index,
                                 const struct exchange_table *table)
{
    struct runner *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    struct worker *w = &r->worker;
    r->proxy = p;
    r->index = index;
    r->wake = (struct watch){eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), on_wake};
    buf_init(&w->out, 64u << 20);
    buf_init(&w->content, 64u << 20);
    w->table = table;
    w->crowd = p->crowd;
    w->all_metrics = p->metrics;
    w->all_count = p->count;
    bool ok = host_random(&w->id_seed, sizeof w->id_seed) && r->wake.fd >= 0 &&
              loop_init(&w->loop, p->host) && loop_watch_level(&w->loop, &r->wake);
    if (ok && table && table->thread_new) {
        w->judge = table->thread_new(table->ctx);
        ok = w->judge;
    }
    if (ok && adopt(r, plan_ref(p->plan))) return r;
    runner_free(r);
    return NULL;
}

/* ---- all of them ---- */

bool proxy_start(struct proxy *p)
{
    for (unsigned i = 0; i < p->count; i++) {
        struct runner *r = p->runners[i];
        errno = pthread_create(&r->thread, NULL, run, r);
        if (errno) return false;
        r->started = true;
    }
    p->resolver = resolver_start(p->plan, address_resolve);
    return true;
}

bool proxy_round(struct proxy *p, uint64_t most_ms)
{
    bool any = false;
    for (unsigned i = 0; i < p->count; i++) any = round_of(p->runners[i], most_ms) || any;
    return any;
}

struct proxy *proxy_new(struct plan *plan, const struct exchange_table *table,
                        const struct net_host *host, struct buf *why)
{
    struct proxy *p = calloc(1, sizeof *p);
    if (!p) {
        plan_unref(plan);
        buf_str(why, "out of memory\n");
        return NULL;
    }
    p->plan = plan;
    p->host = host;
    p->count = plan->threads;
    p->crowd = crowd_new();
    for (unsigned i = 0; p->crowd && i < p->count; i++) {
        p->runners[i] = runner_new(p, i, table);
        if (!p->runners[i]) break;
        p->metrics[i] = &p->runners[i]->worker.metrics;
    }
    if (p->runners[p->count - 1]) return p;
    buf_printf(why, "the loops could not be made: %s\n", strerror(errno));
    proxy_free(p);
    return NULL;
}

void proxy_record(struct proxy *p, struct recorder *r)
{
    for (unsigned i = 0; i < p->count; i++) p->runners[i]->worker.recorder = r;
}

struct plan *proxy_plan(const struct proxy *p)
{
    return p->plan;
}

/* Waits until each loop has it: sockets are handed from the plan before to this one, so none may be
 * skipped. */
void proxy_reload(struct proxy *p, struct plan *plan)
{
    const struct timespec moment = {0, 1000000};
    unsigned before[GUARD_THREADS_MAX];
    for (unsigned i = 0; i < p->count; i++) {
        before[i] = p->runners[i]->adopted;
        p->runners[i]->next = plan_ref(plan);
        wake(p->runners[i]);
    }
    for (unsigned i = 0; i < p->count; i++)
        while (p->runners[i]->adopted == before[i])
            if (p->runners[i]->started)
                (void)nanosleep(&moment, NULL);
            else
                (void)round_of(p->runners[i], 0);
    bool threads = p->runners[0]->started;
    resolver_stop(p->resolver);
    p->resolver = threads ? resolver_start(plan, address_resolve) : NULL;
    plan_unref(p->plan);
    p->plan = plan;
}

void proxy_ask_to_drain(struct proxy *p)
{
    uint64_t until = p->host->now_ms(p->host->ctx) + p->plan->config.timeouts.drain;
    for (unsigned i = 0; i < p->count; i++) {
        p->runners[i]->drain_until = until;
        wake(p->runners[i]);
    }
}

bool proxy_drain(struct proxy *p)
{
    bool clean = true;
    proxy_ask_to_drain(p);
    for (unsigned i = 0; i < p->count; i++) {
        if (p->runners[i]->started) pthread_join(p->runners[i]->thread, NULL);
        p->runners[i]->started = false;
        clean = clean && !p->runners[i]->unclean;
    }
    return clean;
}

void proxy_free(struct proxy *p)
{
    if (!p) return;
    for (unsigned i = 0; i < p->count && p->runners[i]; i++)
        if (p->runners[i]->started) p->runners[i]->drain_until = 1;
    for (unsigned i = 0; i < p->count && p->runners[i]; i++) {
        if (p->runners[i]->started) {
            wake(p->runners[i]);
            pthread_join(p->runners[i]->thread, NULL);
        }
        runner_free(p->runners[i]);
    }
    resolver_stop(p->resolver);
    plan_unref(p->plan);
    crowd_free(p->crowd);
    free(p);
}
