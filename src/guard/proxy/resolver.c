/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/proxy/resolver.h"
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct resolver {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool over;
    _Atomic unsigned refs; /* the caller, the thread */
    struct plan *plan;
    resolve_fn *resolve;
};

static bool has_names(const struct plan *p)
{
    for (size_t i = 0; i < p->config.upstream_count; i++)
        if (p->upstreams[i].named) return true;
    return false;
}

static void unref(struct resolver *r)
{
    if (atomic_fetch_sub(&r->refs, 1) != 1) return;
    plan_unref(r->plan);
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* True: it is time to ask. The clock is the one that does not jump. */
static bool wait_for_turn(struct resolver *r)
{
    struct timespec until;
    uint64_t ms = r->plan->config.timeouts.resolve;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    uint64_t ns = (uint64_t)until.tv_nsec + ms % 1000 * 1000000;
    until.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_mutex_lock(&r->lock);
    int code = 0;
    while (!r->over && code == 0) code = pthread_cond_timedwait(&r->wake, &r->lock, &until);
    bool over = r->over;
    pthread_mutex_unlock(&r->lock);
    return !over;
}

static void ask(const struct resolver *r, struct upstream *u)
{
    struct addresses at;
    struct buf why;
    buf_init(&why, 1024);
    if (r->resolve(u->config->url.host, u->config->url.port, &at, &why)) upstream_moved(u, &at);
    buf_done(&why);
}

static void *run(void *arg)
{
    struct resolver *r = arg;
    while (wait_for_turn(r))
        for (size_t i = 0; i < r->plan->config.upstream_count; i++)
            if (r->plan->upstreams[i].named) ask(r, &r->plan->upstreams[i]);
    unref(r);
    return NULL;
}

static bool start_thread(struct resolver *r)
{
    pthread_t thread;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&r->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&r->lock, NULL);
    if (pthread_create(&thread, NULL, run, r)) return false;
    pthread_detach(thread);
    return true;
}

struct resolver *resolver_start(struct plan *plan, resolve_fn *resolve)
{
    struct resolver *r = has_names(plan) ? calloc(1, sizeof *r) : NULL;
    if (!r) return NULL;
    r->plan = plan_ref(plan);
    r->resolve = resolve;
    r->refs = 2;
    if (start_thread(r)) return r;
    r->refs = 1;
    unref(r);
    return NULL;
}

void resolver_stop(struct resolver *r)
{
    if (!r) return;
    pthread_mutex_lock(&r->lock);
    r->over = true;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
    unref(r);
}
