/* SPDX-License-Identifier: Apache-2.0 */
/* Keccak-256 vectors of the contest's submission, Base58 of the draft RFC, entropy. */
#include "../../test.h"
#include "detect/check/base58.h"
#include "detect/check/digest256.h"
#include "detect/check/entropy.h"

static void assert_keccak(struct slice s, const char *hex)
{
    uint8_t raw[32];
    char text[65];
    keccak256(s, raw);
    for (size_t i = 0; i < 32; i++) {
        text[i * 2] = "0123456789abcdef"[raw[i] >> 4];
        text[i * 2 + 1] = "0123456789abcdef"[raw[i] & 15];
    }
    text[64] = 0;
    assert_string_equal(text, hex);
}

static void keccak(void **state)
{
    uint8_t block[200];
    (void)state;
    assert_keccak(S(""), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    assert_keccak(S("abc"), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    assert_keccak(S("testing"), "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02");
    memset(block, 0xa3, sizeof block); /* longer than one block */
    assert_keccak(slice_of(block, 200),
                  "3a57666b048777f2c953dc4456f45a2588e1cb6f2da760122d530ac2ce607d4a");
}

static void base58(void **state)
{
    uint8_t raw[BASE58_MAX];
    size_t n;
    (void)state;
    assert_true(base58_decode(S("2NEpo7TZRRrLZSi2U"), raw, &n));
    assert_int_equal(n, 12);
    assert_memory_equal(raw, "Hello World!", 12);
    assert_true(base58_decode(S("11233QC4"), raw, &n));
    assert_int_equal(n, 6);
    assert_memory_equal(raw, "\0\0\x28\x7f\xb4\xcd", 6);
    assert_false(base58_decode(S("0OIl"), raw, &n));
    assert_false(base58_blocks(S("11111111111111111111111111"), raw, &n)); /* no such last block */
}

static void entropy(void **state)
{
    (void)state;
    assert_true(entropy_bits(S("")) < 0.001);
    assert_true(entropy_bits(S("aaaaaaaa")) < 0.001);
    assert_true(entropy_bits(S("abcdefgh")) > 2.99 && entropy_bits(S("abcdefgh")) < 3.01);
    assert_true(entropy_bits(S("aabb")) > 0.99 && entropy_bits(S("aabb")) < 1.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keccak),
        cmocka_unit_test(base58),
        cmocka_unit_test(entropy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
