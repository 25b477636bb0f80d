/* SPDX-License-Identifier: Apache-2.0 */
/* The wheel against the obvious: a list that is searched each time. */
#include "../test.h"
#include "net/timer.h"

#define TIMERS 200

struct one {
    struct timer timer;
    uint64_t due; /* TIMER_NEVER: not set */
    unsigned fired;
    uint64_t fired_at;
};

static struct one all[TIMERS];
static uint64_t now, seed = 88172645463325252u;

static uint64_t pick(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static void fire(struct timer *t)
{
    struct one *o = (struct one *)t;
    o->fired++;
    o->fired_at = now;
    o->due = TIMER_NEVER;
}

static void set(struct wheel *w, struct one *o)
{
    static const uint64_t spans[] = {1, 40, 1000, 40000, 400000};
    o->due = now + pick(spans[pick(5)]);
    timer_set(w, &o->timer, o->due);
}

/* Never early, and at most a tick late, whatever was set, moved and stopped before. */
static void against_a_list(void **state)
{
    (void)state;
    static struct wheel w;
    now = 5000;
    wheel_init(&w, now);
    for (size_t i = 0; i < TIMERS; i++) all[i] = (struct one){{.fire = fire}, TIMER_NEVER, 0, 0};
    for (unsigned round = 0; round < 200000; round++) {
        struct one *o = &all[pick(TIMERS)];
        uint64_t what = pick(10);
        if (what < 6) set(&w, o);
        if (what == 6) {
            timer_stop(&o->timer);
            o->due = TIMER_NEVER;
        }
        if (what < 7) continue;
        uint64_t wait = wheel_wait(&w, now, 1000000);
        now += pick(3) ? wait : pick(100000);
        uint64_t before[TIMERS];
        for (size_t i = 0; i < TIMERS; i++) before[i] = all[i].due;
        wheel_advance(&w, now);
        for (size_t i = 0; i < TIMERS; i++) {
            bool fired = before[i] != TIMER_NEVER && all[i].due == TIMER_NEVER;
            if (fired) assert_true(before[i] <= now);
            if (!fired && before[i] != TIMER_NEVER) assert_true(before[i] + TIMER_TICK > now);
        }
    }
}

static struct wheel shared;
static void fire_and_set(struct timer *t)
{
    all[0].fired++;
    timer_stop(&all[1].timer);  /* one that waits in the same slot */
    timer_set(&shared, t, now); /* and itself, for at once */
}

static void firing_may_set_and_stop(void **state)
{
    (void)state;
    now = 0;
    wheel_init(&shared, now);
    all[0] = (struct one){{.fire = fire_and_set}, 0, 0, 0};
    all[1] = (struct one){{.fire = fire}, 0, 0, 0};
    timer_set(&shared, &all[1].timer, 10);
    timer_set(&shared, &all[0].timer, 10); /* newest first */
    wheel_advance(&shared, now = 64);
    assert_int_equal(all[1].fired, 0);
    unsigned fired = all[0].fired;
    assert_true(fired >= 1 && fired <= 3); /* not for ever in one round */
    wheel_advance(&shared, now = 128);
    assert_true(all[0].fired > fired);
}

static void a_clock_that_jumps(void **state)
{
    (void)state;
    static struct wheel w;
    now = 1000;
    wheel_init(&w, now);
    all[0] = (struct one){{.fire = fire}, 0, 0, 0};
    timer_set(&w, &all[0].timer, 2000);
    wheel_advance(&w, now = UINT64_C(1) << 50);
    assert_int_equal(all[0].fired, 1);
    timer_set(&w, &all[0].timer, now + 100);
    wheel_advance(&w, 500); /* back: nothing happens */
    assert_int_equal(all[0].fired, 1);
    wheel_advance(&w, now += 200);
    assert_int_equal(all[0].fired, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_a_list),
        cmocka_unit_test(firing_may_set_and_stop),
        cmocka_unit_test(a_clock_that_jumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
