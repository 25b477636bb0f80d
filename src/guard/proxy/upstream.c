/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/proxy/upstream.h"
#include <stdlib.h>

#define TRIPS_MAX 5 /* break_for is doubled so often */

/* ---- where it is ---- */

struct upstream_state *upstream_state_new(void)
{
    struct upstream_state *s = calloc(1, sizeof *s);
    if (s) pthread_mutex_init(&s->lock, NULL);
    return s;
}

void upstream_state_free(struct upstream_state *s)
{
    if (s) pthread_mutex_destroy(&s->lock);
    free(s);
}

bool upstream_address(const struct upstream *u, size_t i, struct address *ret)
{
    struct upstream_state *s = u->state;
    pthread_mutex_lock(&s->lock);
    bool has = i < s->at.count;
    if (has) *ret = s->at.of[i];
    pthread_mutex_unlock(&s->lock);
    return has;
}

static bool holds(const struct addresses *all, const struct address *a)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->of[i].n == a->n && memcmp(&all->of[i].at, &a->at, a->n) == 0) return true;
    return false;
}

bool upstream_is_at(const struct upstream *u, const struct address *a)
{
    pthread_mutex_lock(&u->state->lock);
    bool is = holds(&u->state->at, a);
    pthread_mutex_unlock(&u->state->lock);
    return is;
}

void upstream_moved(struct upstream *u, const struct addresses *now)
{
    struct upstream_state *s = u->state;
    pthread_mutex_lock(&s->lock);
    bool same = s->at.count == now->count;
    for (size_t i = 0; i < now->count; i++) same = same && holds(&s->at, &now->of[i]);
    if (!same) s->moves++;
    if (!same) s->at = *now;
    pthread_mutex_unlock(&s->lock);
}

/* ---- whether it is worth asking ---- */

enum upstream_word upstream_word(const struct upstream *u, uint64_t now)
{
    if (u->state->down) return UPSTREAM_DOWN;
    uint64_t until = u->state->open_until;
    if (!until) return UPSTREAM_UP;
    return now < until ? UPSTREAM_OPEN : UPSTREAM_TRYING;
}

const char *upstream_word_text(enum upstream_word w)
{
    static const char *const words[] = {"up", "is being tried", "circuit open",
                                        "health check failed"};
    return words[w];
}

bool upstream_take(struct upstream *u, uint64_t now, bool *ret_try)
{
    bool nobody = false;
    enum upstream_word w = upstream_word(u, now);
    *ret_try = w == UPSTREAM_TRYING;
    if (w == UPSTREAM_UP) return true;
    return w == UPSTREAM_TRYING && atomic_compare_exchange_strong(&u->state->trying, &nobody, true);
}

void upstream_worked(struct upstream *u, bool tried)
{
    struct upstream_state *s = u->state;
    if (atomic_load_explicit(&s->failures, memory_order_relaxed)) s->failures = 0;
    if (atomic_load_explicit(&s->open_until, memory_order_relaxed)) s->open_until = 0;
    if (atomic_load_explicit(&s->trips, memory_order_relaxed)) s->trips = 0;
    if (tried) s->trying = false;
}

void upstream_failed(struct upstream *u, bool tried, uint64_t now)
{
    struct upstream_state *s = u->state;
    atomic_fetch_add_explicit(&s->failed, 1, memory_order_relaxed);
    uint64_t failures = atomic_fetch_add(&s->failures, 1) + 1;
    bool opens = tried || (failures >= u->config->break_after && !s->open_until);
    if (opens) {
        unsigned trips = s->trips;
        s->open_until = now + (u->config->break_for << (trips < TRIPS_MAX ? trips : TRIPS_MAX));
        s->trips = trips + 1;
    }
    if (tried) s->trying = false;
}

void upstream_unknown(struct upstream *u, bool tried)
{
    if (tried) u->state->trying = false;
}

static bool may_ask(const struct upstream *u, uint64_t now)
{
    enum upstream_word w = upstream_word(u, now);
    return w == UPSTREAM_UP || (w == UPSTREAM_TRYING && !u->state->trying);
}

/* Each turn every member earns its weight; the richest is asked and pays all weights. */
static size_t richest(struct upstream *all, const struct guard_route *r, int *turns, unsigned out,
                      uint64_t now)
{
    size_t best = SIZE_MAX;
    int total = 0;
    for (size_t i = 0; i < r->member_count; i++) {
        int weight = (int)r->members[i].weight;
        if (out >> i & 1 || !weight || !may_ask(&all[r->members[i].upstream], now)) continue;
        total += weight;
        turns[i] += weight;
        if (best == SIZE_MAX || turns[i] > turns[best]) best = i;
    }
    if (best != SIZE_MAX) turns[best] -= total;
    return best;
}

static size_t reserve(struct upstream *all, const struct guard_route *r, unsigned out, uint64_t now)
{
    for (size_t i = 0; i < r->member_count; i++)
        if (!(out >> i & 1) && !r->members[i].weight && may_ask(&all[r->members[i].upstream], now))
            return i;
    return SIZE_MAX;
}

size_t upstream_pick(struct upstream *all, const struct guard_route *r, int *turns, unsigned tried,
                     uint64_t now, bool *ret_try)
{
    unsigned out = tried;
    for (size_t tries = 0; tries <= r->member_count; tries++) {
        size_t i = richest(all, r, turns, out, now);
        if (i == SIZE_MAX) i = reserve(all, r, out, now);
        if (i == SIZE_MAX) break;
        if (upstream_take(&all[r->members[i].upstream], now, ret_try)) return i;
        out |= 1u << i; /* another loop was faster to try it */
    }
    return SIZE_MAX;
}
