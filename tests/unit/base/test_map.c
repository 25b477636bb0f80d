/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/map.h"
#include <stdio.h>

static void fill(struct map *m, char (*keys)[8], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "k%zu", i);
        assert_true(map_put(m, slice_str(keys[i]), (union map_value){.num = i}, NULL));
    }
}

static void what_was_put_is_found(void **state)
{
    (void)state;
    static char keys[1000][8];
    for (size_t reserved = 0; reserved < 3; reserved++) {
        struct arena a;
        struct map m;
        union map_value v;
        bool there = false;
        arena_init(&a, 1u << 20, 4096);
        map_init(&m, &a, 5);
        assert_false(map_get(&m, S("k1"), &v));
        if (reserved) assert_true(map_reserve(&m, reserved == 1 ? 1000 : 3));
        size_t room = m.room;
        fill(&m, keys, 1000);
        if (reserved == 1) assert_int_equal(m.room, room); /* nothing grew */
        for (size_t i = 0; i < 1000; i++)
            assert_true(map_get(&m, slice_str(keys[i]), &v) && v.num == i);
        assert_false(map_get(&m, S("k1000"), &v));
        assert_true(map_reserve(&m, 5)); /* it has more */
        assert_true(map_put(&m, S("k7"), (union map_value){.num = 70}, &there) && there);
        assert_true(map_get(&m, S("k7"), &v) && v.num == 70);
        arena_done(&a);
    }
}

static void no_memory(void **state)
{
    (void)state;
    struct arena a;
    struct map m;
    union map_value v;
    arena_init(&a, 4096, 0);
    map_init(&m, &a, 0);
    assert_true(map_put(&m, S("a"), (union map_value){.num = 1}, NULL));
    assert_false(map_reserve(&m, 1000) || map_reserve(&m, SIZE_MAX) ||
                 map_reserve(&m, SIZE_MAX / 5));
    assert_true(map_get(&m, S("a"), &v) && v.num == 1);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_put_is_found),
                                       cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
