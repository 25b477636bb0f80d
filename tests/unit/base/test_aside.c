/* SPDX-License-Identifier: Apache-2.0 */
/* test_aside.c - every job is done once, before aside_wait returns, by whomever. */
#include "../test.h"
#include "base/aside.h"

struct sum {
    uint64_t upto, result;
    unsigned runs;
};

static void add_up(void *ctx)
{
    struct sum *s = ctx;
    for (uint64_t i = 0; i <= s->upto; i++) s->result += i;
    s->runs++;
}

static void without_a_thread(void **state)
{
    (void)state;
    struct sum s = {.upto = 10};
    struct aside_job job = {.run = add_up, .ctx = &s};
    aside_do(NULL, &job);
    assert_int_equal(s.result, 55); /* at once */
    aside_wait(NULL, &job);
    assert_int_equal(s.runs, 1);
}

/* Waited for at once (mostly taken back), later, and in another order than given. */
static void with_a_thread(void **state)
{
    (void)state;
    struct aside *a = aside_new();
    for (unsigned round = 0; round < 2000; round++) {
        struct sum s[3] = {{.upto = round}, {.upto = 7 * round % 1000}, {.upto = 3}};
        struct aside_job jobs[3];
        for (size_t i = 0; i < 3; i++) {
            jobs[i] = (struct aside_job){.run = add_up, .ctx = &s[i]};
            aside_do(a, &jobs[i]);
        }
        for (size_t i = 3; i-- > 0;) {
            size_t k = round % 2 ? i : 2 - i;
            aside_wait(a, &jobs[k]);
            assert_int_equal(s[k].result, s[k].upto * (s[k].upto + 1) / 2);
            assert_int_equal(s[k].runs, 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_a_thread),
                                       cmocka_unit_test(with_a_thread)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
