/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of the class pass for one processor or another tell the same: their static functions
 * are compared by including the files. */
#include "../../test.h"
#include "detect/engine/classes.c"
#include "detect/engine/long_run.c"

static uint32_t seed = 7;

static uint32_t next_random(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

/* Mostly bytes that are in some class, in runs; now and then any byte. */
static void fill(uint8_t *p, size_t n)
{
    static const char usual[] = "azAZ09fF+-/_ ().,:@%\\&\n\t\r\"GgPp";
    for (size_t i = 0; i < n;) {
        uint8_t c = next_random() % 4 ? (uint8_t)usual[next_random() % (sizeof usual - 1)]
                                      : (uint8_t)next_random();
        for (size_t run = next_random() % 20 + 1; run && i < n; run--) p[i++] = c;
    }
}

static bool is_same(const struct masks *a, const struct masks *b)
{
    return a->digit == b->digit && a->upper == b->upper && a->token == b->token &&
           a->hex == b->hex && a->separator == b->separator && a->high == b->high &&
           a->control == b->control && a->at == b->at && a->colon == b->colon &&
           a->escape == b->escape;
}

#if HAVE_AVX2
AVX2 static void by_avx2(const uint8_t *p, struct masks *m)
{
    masks_avx2(p, m);
}

AVX512 static void by_avx512(const uint8_t *p, struct masks *m)
{
    masks_avx512(p, m);
}
#endif

static void test_masks(void **state)
{
    uint8_t text[256];
    struct masks plain, wide;
    (void)state;
    for (unsigned i = 0; i < sizeof text; i++) text[i] = (uint8_t)i;
    for (unsigned round = 0; round < 4000; round++) {
        const uint8_t *p = text + round % 4 * 64;
        masks_plain(p, &plain);
#if HAVE_AVX2
        by_avx2(p, &wide);
        assert_true(is_same(&plain, &wide));
        if (cpu_avx512()) by_avx512(p, &wide);
        assert_true(is_same(&plain, &wide));
#endif
        if (round >= 4) fill(text, sizeof text);
    }
}

static void test_long_runs(void **state)
{
    uint8_t bytes[200];
    (void)state;
    for (unsigned round = 0; round < 4000; round++) {
        fill(bytes, sizeof bytes);
        size_t from = next_random() % 100, to = from + next_random() % 100;
        struct slice t = slice_of(bytes, sizeof bytes);
        bool plain = find_run_plain(t, from, to) != SIZE_MAX;
#if HAVE_AVX2
        assert_true(plain == (find_run_avx2(t, from, to) != SIZE_MAX));
        if (cpu_avx512()) assert_true(plain == (find_run_avx512(t, from, to) != SIZE_MAX));
#endif
        assert_true(plain == (classes_find_run(t, from, to) != SIZE_MAX));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_masks),
                                       cmocka_unit_test(test_long_runs)};
#if HAVE_AVX2
    if (!cpu_avx2()) return 77;
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
