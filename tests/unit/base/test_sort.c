/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/sort.h"

struct item {
    uint64_t key;
    uint32_t was;
};

static int by_key(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

/* Every count up to 300, with repeats; nothing is lost. */
static void sorts_every_count(void **state)
{
    (void)state;
    struct item items[300];
    uint64_t random = 88172645463325252ull;
    for (size_t n = 0; n <= 300; n++) {
        uint64_t sum = 0, after = 0;
        for (size_t i = 0; i < n; i++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            items[i] = (struct item){random % (n + 1), (uint32_t)i};
            sum += items[i].key * 31 + items[i].was;
        }
        sort_items(items, n, sizeof *items, by_key);
        for (size_t i = 0; i < n; i++) {
            after += items[i].key * 31 + items[i].was;
            if (i) assert_true(items[i - 1].key <= items[i].key);
        }
        assert_true(sum == after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sorts_every_count)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
