/* SPDX-License-Identifier: Apache-2.0 */
/* FIPS 180-4 examples, RFC 1321, RFC 4231. */
#include "../test.h"
#include "port/openssl/digest.h"
#include "port/sodium/blake2b.h"
#include "port/sodium/hmac.h"

static void assert_hex(const uint8_t *raw, size_t n, const char *hex)
{
    char text[2 * DIGEST_MAX + 1] = "";
    for (size_t i = 0; i < n; i++) snprintf(text + 2 * i, 3, "%02x", raw[i]);
    assert_string_equal(text, hex);
}

static void known_answers(void **state)
{
    static const struct {
        enum digest_kind kind;
        const char *of_abc;
    } rows[] = {
        {DIGEST_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {DIGEST_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
        {DIGEST_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                        "8086072ba1e7cc2358baeca134c825a7"},
        {DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct digest d;
        uint8_t raw[DIGEST_MAX];
        digest_start_as(&d, rows[i].kind);
        digest_add(&d, S("a"));
        digest_add(&d, S(""));
        digest_add(&d, S("bc"));
        digest_finish(&d, raw);
        assert_hex(raw, digest_size(rows[i].kind), rows[i].of_abc);
    }
}

/* RFC 7693, appendix A */
static void blake2b(void **state)
{
    struct blake2b b;
    uint8_t raw[BLAKE2B_BYTES];
    (void)state;
    blake2b_start(&b);
    blake2b_add(&b, S("ab"));
    blake2b_add(&b, S("c"));
    blake2b_finish(&b, raw);
    assert_hex(raw, sizeof raw,
               "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
               "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

static void hmac(void **state)
{
    uint8_t raw[SHA256_BYTES], key[131];
    (void)state;
    hmac_sha256(S("Jefe"), S("what do ya want for nothing?"), raw);
    assert_hex(raw, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key); /* longer than a block */
    hmac_sha256(slice_of(key, 131), S("Test Using Larger Than Block-Size Key - Hash Key First"),
                raw);
    assert_hex(raw, 32, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void equal(void **state)
{
    uint8_t a[SHA256_BYTES] = {1}, b[SHA256_BYTES] = {1};
    (void)state;
    assert_true(digest_equal(a, b));
    b[31] = 1;
    assert_false(digest_equal(a, b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(hmac),
        cmocka_unit_test(blake2b),
        cmocka_unit_test(equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
