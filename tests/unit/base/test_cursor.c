/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/cursor.h"

static void reads_in_order(void **state)
{
    (void)state;
    struct cursor c = cur_of(S("\x01\x02\x00\x03\x00\x00\x00\xff"));
    assert_int_equal(cur_u8(&c), 1);
    assert_int_equal(cur_u16le(&c), 2);
    assert_int_equal(cur_u32le(&c), 3);
    assert_int_equal(cur_left(&c), 1);
    assert_true(cur_ok(&c));
}

static void failure_is_sticky(void **state)
{
    (void)state;
    struct cursor c = cur_of(S("\x01\x02"));
    assert_int_equal(cur_u32le(&c), 0);
    assert_false(cur_ok(&c));
    assert_int_equal(cur_u8(&c), 0);
    assert_int_equal(cur_left(&c), 0);
    assert_int_equal(cur_bytes(&c, 0).n, 0);
}

static void huge_lengths_are_refused(void **state)
{
    (void)state;
    struct cursor c = cur_of(S("abc"));
    cur_u8(&c);
    assert_null(cur_bytes(&c, UINT64_MAX).p);
    assert_false(cur_ok(&c));
    c = cur_of(S("abc"));
    assert_false(cur_ok(&(struct cursor){.bad = cur_sub(&c, 2, UINT64_MAX).bad}));
    assert_true(cur_ok(&c));
}

static void varints_end(void **state)
{
    (void)state;
    struct cursor c = cur_of(S("\xac\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
    assert_int_equal(cur_varint(&c), 300);
    assert_true(cur_varint(&c) == UINT64_MAX);
    assert_true(cur_ok(&c));
    c = cur_of(S("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
    cur_varint(&c);
    assert_false(cur_ok(&c));
}

static void until_needs_its_delimiter(void **state)
{
    (void)state;
    struct cursor c = cur_of(S("one\ntwo"));
    assert_slice(cur_until(&c, '\n', 100), "one");
    cur_until(&c, '\n', 100);
    assert_false(cur_ok(&c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_in_order),
        cmocka_unit_test(failure_is_sticky),
        cmocka_unit_test(huge_lengths_are_refused),
        cmocka_unit_test(varints_end),
        cmocka_unit_test(until_needs_its_delimiter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
