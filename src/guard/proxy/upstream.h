/* SPDX-License-Identifier: Apache-2.0 */
/* upstream.h - a server behind the gateway: where it is, and whether it is worth asking.
 * Three things speak about that: probes (health in guard.toml), failures of real requests (the
 * circuit breaker), and who is asked next (weights).
 *
 *     closed ─break_after failures in a row─► open ─break_for, doubled each time─► half open:
 *        ▲                                                            one request tries │
 *        └───────────────────────────── it succeeds ───────────────────────────────────┘
 *
 * Owns: nothing.   Threads: state is shared by all loops and atomic; a loop's picks are its own.
 * Fails: never. Time is a parameter. */
#pragma once
#include "guard/config/config.h"
#include <pthread.h>
#include <stdatomic.h>

struct tls_context;

struct upstream_state {
    _Atomic uint64_t failures;   /* in a row */
    _Atomic uint64_t open_until; /* ms; 0: closed */
    _Atomic unsigned trips;      /* times that it opened in a row */
    _Atomic bool trying;         /* half open: somebody is */
    _Atomic bool down;           /* probes say so */
    _Atomic uint64_t asked, failed;
    _Atomic unsigned plans; /* that use it */
    pthread_mutex_t lock;   /* of `at` */
    struct addresses at;
    _Atomic unsigned moves; /* how often `at` has changed */
};

struct upstream {
    const struct guard_upstream *config;
    bool named;              /* its host is a name, so its addresses may change */
    struct tls_context *tls; /* NULL: plain */
    const char *tls_name;
    struct upstream_state *state; /* outlives reloads: see plan.h */
};

enum upstream_word { UPSTREAM_UP, UPSTREAM_TRYING, UPSTREAM_OPEN, UPSTREAM_DOWN };

struct upstream_state *upstream_state_new(void); /* NULL: no memory */
void upstream_state_free(struct upstream_state *s);
/* Its i-th address; false: it has no more. */
bool upstream_address(const struct upstream *u, size_t i, struct address *ret);
bool upstream_is_at(const struct upstream *u, const struct address *a);
/* It is there now. In another order they are the same. */
void upstream_moved(struct upstream *u, const struct addresses *now);
/* Without taking anything. */
enum upstream_word upstream_word(const struct upstream *u, uint64_t now);
const char *upstream_word_text(enum upstream_word w);
/* May a request go there? *ret_try: it is the one that tries a half-open upstream. */
bool upstream_take(struct upstream *u, uint64_t now, bool *ret_try);
/* What came of it; `tried`: as upstream_take() said. */
void upstream_worked(struct upstream *u, bool tried);
void upstream_failed(struct upstream *u, bool tried, uint64_t now);
void upstream_unknown(struct upstream *u, bool tried); /* the client went away before */

/* Smooth weighted round robin (as nginx does it) over the members that are not in `tried`, one bit
 * each. `turns` is the loop's own memory, an int per member. SIZE_MAX: nobody can be asked. */
size_t upstream_pick(struct upstream *all, const struct guard_route *r, int *turns, unsigned tried,
                     uint64_t now, bool *ret_try);
