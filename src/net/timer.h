/* SPDX-License-Identifier: Apache-2.0 */
/* timer.h - a hashed wheel of deadlines (Varghese and Lauck, 1987, scheme 6).
 * Why: a proxy moves a deadline with every read and lets hardly any pass. Setting one here is O(1)
 * without memory; moving one to a later time is one store, and it is sorted in when its old place
 * comes by.
 *
 *     slot = due / 32 ms mod 1024: what lies more than 32 s ahead is met early and put back
 *
 * Owns: nothing; timers belong to whoever sets them, who stops them before they go.
 * Threads: one owner.   Fails: never. Time is a parameter. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define TIMER_SLOTS 1024
#define TIMER_TICK  32 /* ms */
#define TIMER_NEVER UINT64_MAX

struct timer {
    struct timer *next, **link; /* link: what points here; NULL: not set */
    uint64_t due;               /* ms */
    void (*fire)(struct timer *t);
};

struct wheel {
    struct timer *slots[TIMER_SLOTS];
    uint64_t filled[TIMER_SLOTS / 64]; /* which slots may hold something */
    uint64_t tick;                     /* all before it has fired */
};

void wheel_init(struct wheel *w, uint64_t now);
/* `due` may lie in the past: it fires at the next tick. */
void timer_set(struct wheel *w, struct timer *t, uint64_t due);
void timer_stop(struct timer *t);
/* Fires what is due; a timer is not set any more when it fires. */
void wheel_advance(struct wheel *w, uint64_t now);
/* Milliseconds until something may be due; at most `most`. */
uint64_t wheel_wait(const struct wheel *w, uint64_t now, uint64_t most);
