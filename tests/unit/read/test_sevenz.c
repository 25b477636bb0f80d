/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"
#include "sevenz_bytes.h"

#define BYTES(a) slice_of(a, sizeof(a))

static void honest_is_quiet(void **state)
{
    (void)state;
    const struct slice all[] = {BYTES(sevenz_solid), BYTES(sevenz_copy), BYTES(sevenz_bcj)};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        struct told t;
        assert_int_equal(told_run(&t, "a.7z", all[i]), ST_OK);
        assert_told(&t, " FORMAT 7z");
        assert_told(&t, "!a.txt FORMAT text");
        assert_told(&t, "!d/b.json FORMAT json");
        assert_quiet(&t);
        told_done(&t);
    }
}

static void encrypted_is_told(void **state)
{
    (void)state;
    struct told t;
    assert_int_equal(told_run(&t, "a.7z", BYTES(sevenz_sealed)), ST_OK);
    assert_told(&t, " UNREAD 0 a.txt is encrypted");
    told_done(&t);
}

static void bytes_behind_are_told(void **state)
{
    (void)state;
    struct told t;
    struct buf b;
    buf_init(&b, 4096);
    buf_add(&b, BYTES(sevenz_solid));
    buf_str(&b, "tail");
    assert_int_equal(told_run(&t, "a.7z", buf_slice(&b)), ST_OK);
    assert_anomaly(&t, ANOMALY_TRAILING);
    assert_told(&t, "!a.txt FORMAT text");
    told_done(&t);
    buf_done(&b);
}

/* The packed bytes of a stored archive are damaged: told, and read all the same. */
static void damage_is_told(void **state)
{
    (void)state;
    uint8_t bytes[sizeof sevenz_copy];
    struct told t;
    memcpy(bytes, sevenz_copy, sizeof bytes);
    bytes[32] ^= 1;
    assert_int_equal(told_run(&t, "a.7z", BYTES(bytes)), ST_OK);
    assert_anomaly(&t, ANOMALY_ARCHIVE_CRC);
    assert_told(&t, " FORMAT text");
    told_done(&t);
}

static void sweeps(void **state)
{
    (void)state;
    const struct slice all[] = {BYTES(sevenz_solid), BYTES(sevenz_copy), BYTES(sevenz_bcj),
                                BYTES(sevenz_sealed)};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        sweep_truncation("a.pt", all[i]);
        sweep_flips("a.pt", all[i]);
        sweep_memory("a.pt", all[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_is_quiet),
        cmocka_unit_test(encrypted_is_told),
        cmocka_unit_test(bytes_behind_are_told),
        cmocka_unit_test(damage_is_told),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
