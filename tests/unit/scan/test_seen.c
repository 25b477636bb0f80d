/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/host.h"
#include "scan/seen.h"

static struct identity file(uint64_t inode, int64_t age)
{
    uint64_t then = (uint64_t)(host_wall_s() - age);
    return (struct identity){.inode = inode, .size = 7, .mtime = then, .ctime = then};
}

static void what_was_seen_is_known(void **state)
{
    (void)state;
    struct seen *s = seen_new();
    const struct hash_memory *m = seen_memory(s);
    uint8_t raw[HASH_MAX] = {1, 2, 3}, got[HASH_MAX] = {0};
    struct identity a = file(1, 100), b = file(2, 100);
    assert_false(m->get(m->ctx, &a, HASH_SHA256, got));
    m->put(m->ctx, &a, HASH_SHA256, raw);
    assert_true(m->get(m->ctx, &a, HASH_SHA256, got));
    assert_memory_equal(got, raw, 32);
    assert_false(m->get(m->ctx, &b, HASH_SHA256, got));
    assert_false(m->get(m->ctx, &a, HASH_BLAKE3, got));
    struct identity changed[4] = {a, a, a, a};
    changed[0].size++, changed[1].mtime_ns++, changed[2].ctime_ns++, changed[3].device++;
    for (size_t i = 0; i < 4; i++) assert_false(m->get(m->ctx, &changed[i], HASH_SHA256, got));
    seen_free(s);
}

/* Written to in the same tick of the clock, it would look the same. */
static void fresh_files_are_hashed_again(void **state)
{
    (void)state;
    struct seen *s = seen_new();
    const struct hash_memory *m = seen_memory(s);
    uint8_t raw[HASH_MAX] = {1}, got[HASH_MAX];
    struct identity a = file(1, 0), b = file(2, 100);
    b.ctime = (uint64_t)host_wall_s();
    m->put(m->ctx, &a, HASH_SHA256, raw);
    m->put(m->ctx, &b, HASH_SHA256, raw);
    assert_false(m->get(m->ctx, &a, HASH_SHA256, got));
    assert_false(m->get(m->ctx, &b, HASH_SHA256, got));
    seen_free(s);
    seen_free(NULL);
    assert_null(seen_memory(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_seen_is_known),
        cmocka_unit_test(fresh_files_are_hashed_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
