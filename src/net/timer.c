/* SPDX-License-Identifier: Apache-2.0 */
#include "net/timer.h"
#include <string.h>

void wheel_init(struct wheel *w, uint64_t now)
{
    memset(w, 0, sizeof *w);
    w->tick = now / TIMER_TICK;
}

static uint64_t tick_of(uint64_t due)
{
    return due / TIMER_TICK + (due % TIMER_TICK != 0);
}

static void put(struct wheel *w, struct timer *t)
{
    uint64_t tick = tick_of(t->due);
    if (tick < w->tick) tick = w->tick;
    unsigned slot = (unsigned)(tick % TIMER_SLOTS);
    t->next = w->slots[slot];
    t->link = &w->slots[slot];
    if (t->next) t->next->link = &t->next;
    w->slots[slot] = t;
    w->filled[slot / 64] |= UINT64_C(1) << slot % 64;
}

void timer_stop(struct timer *t)
{
    if (!t->link) return;
    *t->link = t->next;
    if (t->next) t->next->link = t->link;
    t->link = NULL;
    t->next = NULL;
}

/* A timer that is set already stays where it is when that place is met before the new time. */
void timer_set(struct wheel *w, struct timer *t, uint64_t due)
{
    bool later = t->link && due >= t->due;
    t->due = due;
    if (later) return;
    timer_stop(t);
    put(w, t);
}

/* The list is taken off first: what fires may set and stop any timer, also those that wait in it.
 */
static void fire_slot(struct wheel *w, unsigned slot, uint64_t now)
{
    struct timer *list = w->slots[slot];
    w->slots[slot] = NULL;
    w->filled[slot / 64] &= ~(UINT64_C(1) << slot % 64);
    if (list) list->link = &list;
    while (list) {
        struct timer *t = list;
        timer_stop(t);
        if (t->due > now)
            put(w, t);
        else
            t->fire(t);
    }
}

void wheel_advance(struct wheel *w, uint64_t now)
{
    uint64_t end = now / TIMER_TICK + 1, steps = end > w->tick ? end - w->tick : 0;
    if (steps > TIMER_SLOTS) w->tick = end - TIMER_SLOTS;
    while (w->tick < end) {
        unsigned slot = (unsigned)(w->tick++ % TIMER_SLOTS);
        if (w->filled[slot / 64] >> slot % 64 & 1) fire_slot(w, slot, now);
    }
}

uint64_t wheel_wait(const struct wheel *w, uint64_t now, uint64_t most)
{
    for (uint64_t i = 0; i < TIMER_SLOTS; i++) {
        unsigned slot = (unsigned)((w->tick + i) % TIMER_SLOTS);
        if (!w->filled[slot / 64]) {
            i += 63 - slot % 64;
            continue;
        }
        if (!(w->filled[slot / 64] >> slot % 64 & 1)) continue;
        uint64_t at = (w->tick + i) * TIMER_TICK, wait = at > now ? at - now : 0;
        return wait < most ? wait : most;
    }
    return most;
}
