/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - a configuration made ready: addresses known, certificates read, sockets bound.
 * Why: a reload makes a new plan beside the old one, and only when all of it stands do the loops
 * turn to it; exchanges that began under the old one end under it.
 * Owns: its arena, TLS contexts and the listening sockets that no loop has taken.
 * Threads: constant once made; references are counted atomically.   Fails: NULL and sentences. */
#pragma once
#include "guard/config/config.h"
#include "guard/proxy/upstream.h"
#include "net/listener.h"

struct plan_listen {
    struct tls_context *tls; /* NULL: plain */
    struct address bound;
    size_t same_as;             /* index in the plan before that has these sockets; SIZE_MAX */
    int fds[GUARD_THREADS_MAX]; /* one per loop; -1: taken */
};

struct plan {
    struct arena arena;
    struct guard_config config;
    const struct guard_policy *policy; /* by config.routes[i].name and the tenant: scope.h */
    struct plan_listen *listens;
    struct upstream *upstreams;
    unsigned threads;
    _Atomic unsigned refs;
};

/* `before`: the plan in use, NULL at the start. Its listeners of the same address are taken over,
 * and what is known of upstreams of the same name and URL is kept. */
struct plan *plan_new(const struct guard_config *config, struct arena arena, struct plan *before,
                      unsigned threads, struct buf *why);
/* The same without sockets: would it start? */
bool plan_check(const struct guard_config *config, struct arena *arena, struct buf *why);
struct plan *plan_ref(struct plan *p);
void plan_unref(struct plan *p);
/* The route of a request; SIZE_MAX: none. */
size_t plan_route(const struct plan *p, struct slice host, struct slice path);
