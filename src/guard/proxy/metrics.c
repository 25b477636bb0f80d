/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/proxy/metrics.h"

static const struct {
    const char *name, *labels, *type, *help;
} rows[METRIC_COUNT] = {
    [METRIC_CONNECTIONS] = {"connections_total", "", "counter", "Connections accepted."},
    [METRIC_TURNED] = {"connections_turned_away_total", "", "counter",
                       "Connections above a limit: told so, or closed."},
    [METRIC_CLIENTS] = {"clients", "", "gauge", "Client connections open now."},
    [METRIC_REQUESTS] = {"requests_total", "", "counter", "Requests understood."},
    [METRIC_ACTIVE] = {"exchanges", "", "gauge", "Requests that are not answered yet."},
    [METRIC_REFUSED] = {"refused_total", "", "counter", "Requests refused by the HTTP codec."},
    [METRIC_ANSWERS_2XX] = {"answers_total", "{class=\"2xx\"}", "counter", "Answers by class."},
    [METRIC_ANSWERS_3XX] = {"answers_total", "{class=\"3xx\"}", NULL, NULL},
    [METRIC_ANSWERS_4XX] = {"answers_total", "{class=\"4xx\"}", NULL, NULL},
    [METRIC_ANSWERS_5XX] = {"answers_total", "{class=\"5xx\"}", NULL, NULL},
    [METRIC_CUT] = {"answers_cut_total", "", "counter", "Answers that ended early."},
    [METRIC_BYTES_IN] = {"request_bytes_total", "", "counter", "Content of requests."},
    [METRIC_BYTES_OUT] = {"answer_bytes_total", "", "counter", "Content of answers."},
    [METRIC_UPSTREAM_NEW] = {"upstream_connections_total", "{kind=\"new\"}", "counter",
                             "Connections to upstreams that requests went over."},
    [METRIC_UPSTREAM_REUSED] = {"upstream_connections_total", "{kind=\"reused\"}", NULL, NULL},
    [METRIC_UPSTREAM_FAILED] = {"upstream_failures_total", "", "counter",
                                "Tries that brought no answer."},
    [METRIC_RETRIES] = {"retries_total", "", "counter", "Requests asked again elsewhere."},
    [METRIC_TIMEOUTS] = {"timeouts_total", "", "counter", "Deadlines that passed."},
};

void metric_answer(struct metrics *m, unsigned status)
{
    metric_add(m,
               status < 300   ? METRIC_ANSWERS_2XX
               : status < 400 ? METRIC_ANSWERS_3XX
               : status < 500 ? METRIC_ANSWERS_4XX
                              : METRIC_ANSWERS_5XX,
               1);
}

void metric_time(struct metrics *m, uint64_t ms)
{
    unsigned bucket = 0;
    while (bucket + 1 < METRIC_BUCKETS && ms > UINT64_C(1) << bucket) bucket++;
    uint64_t n = atomic_load_explicit(&m->times[bucket], memory_order_relaxed);
    uint64_t sum = atomic_load_explicit(&m->time_sum, memory_order_relaxed);
    atomic_store_explicit(&m->times[bucket], n + 1, memory_order_relaxed);
    atomic_store_explicit(&m->time_sum, sum + ms, memory_order_relaxed);
}

static uint64_t sum(struct metrics *const *all, size_t count, enum metric which)
{
    uint64_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += atomic_load_explicit(&all[i]->of[which], memory_order_relaxed);
    return n;
}

static void say_times(struct metrics *const *all, size_t count, struct buf *out)
{
    uint64_t n = 0, ms = 0;
    buf_str(out,
            "# HELP merlon_guard_exchange_seconds From the request's head to the answer's end.\n"
            "# TYPE merlon_guard_exchange_seconds histogram\n");
    for (unsigned b = 0; b < METRIC_BUCKETS; b++) {
        for (size_t i = 0; i < count; i++)
            n += atomic_load_explicit(&all[i]->times[b], memory_order_relaxed);
        if (b + 1 < METRIC_BUCKETS)
            buf_printf(out, "merlon_guard_exchange_seconds_bucket{le=\"%.3f\"} %llu\n",
                       (double)(1u << b) / 1000, (unsigned long long)n);
    }
    for (size_t i = 0; i < count; i++)
        ms += atomic_load_explicit(&all[i]->time_sum, memory_order_relaxed);
    buf_printf(out,
               "merlon_guard_exchange_seconds_bucket{le=\"+Inf\"} %llu\n"
               "merlon_guard_exchange_seconds_sum %.3f\nmerlon_guard_exchange_seconds_count %llu\n",
               (unsigned long long)n, (double)ms / 1000, (unsigned long long)n);
}

void metrics_say(struct metrics *const *all, size_t count, struct buf *out)
{
    for (enum metric i = 0; i < METRIC_COUNT; i++) {
        if (rows[i].help)
            buf_printf(out, "# HELP merlon_guard_%s %s\n# TYPE merlon_guard_%s %s\n", rows[i].name,
                       rows[i].help, rows[i].name, rows[i].type);
        buf_printf(out, "merlon_guard_%s%s %llu\n", rows[i].name, rows[i].labels,
                   (unsigned long long)sum(all, count, i));
    }
    say_times(all, count, out);
}
