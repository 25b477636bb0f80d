/* SPDX-License-Identifier: Apache-2.0 */
/* metrics.h - what a loop counts, and all loops together as Prometheus text.
 * Owns: nothing.   Threads: each loop writes its own; any thread reads (relaxed: a sum may be some
 * requests old).   Fails: never. */
#pragma once
#include "base/buf.h"
#include <stdatomic.h>

enum metric {
    METRIC_CONNECTIONS, /* accepted */
    METRIC_TURNED,      /* of these, not served: too many */
    METRIC_CLIENTS,     /* open now */
    METRIC_REQUESTS,    /* heads understood */
    METRIC_ACTIVE,      /* exchanges now */
    METRIC_REFUSED,     /* requests that could not be understood in one way only */
    METRIC_ANSWERS_2XX, /* also 1xx */
    METRIC_ANSWERS_3XX,
    METRIC_ANSWERS_4XX,
    METRIC_ANSWERS_5XX,
    METRIC_CUT,          /* answers that ended early */
    METRIC_BYTES_IN,     /* content of requests */
    METRIC_BYTES_OUT,    /* content of answers */
    METRIC_UPSTREAM_NEW, /* connections made */
    METRIC_UPSTREAM_REUSED,
    METRIC_UPSTREAM_FAILED, /* tries that brought no answer */
    METRIC_RETRIES,
    METRIC_TIMEOUTS,
    METRIC_COUNT,
};

#define METRIC_BUCKETS 18 /* 1 ms, 2 ms, 4 ms ... 65 s, more */

struct metrics {
    _Atomic uint64_t of[METRIC_COUNT];
    _Atomic uint64_t times[METRIC_BUCKETS]; /* exchanges, by their whole time */
    _Atomic uint64_t time_sum;              /* ms */
};

/* By the loop that owns them, as all that counts. */
static inline void metric_add(struct metrics *m, enum metric which, uint64_t n)
{
    uint64_t old = atomic_load_explicit(&m->of[which], memory_order_relaxed);
    atomic_store_explicit(&m->of[which], old + n, memory_order_relaxed);
}
/* An answer of this status. */
void metric_answer(struct metrics *m, unsigned status);

void metric_time(struct metrics *m, uint64_t ms);
/* The sum of all, as text. */
void metrics_say(struct metrics *const *all, size_t count, struct buf *out);
