/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of tests/golden/oms, and some that OpenSSL's own tool wrote. */
#include "../test.h"
#include "base/fd.h"
#include "base/st.h"
#include "port/openssl/ec.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static struct buf text;

static struct slice file(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/oms/%s", getenv("GOLDEN"), name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    buf_reset(&text);
    assert_true(fd >= 0);
    assert_true(fd_read(fd, 1 << 20, &text));
    close(fd);
    return buf_slice(&text);
}

static struct ec_key *private_key(const char *name, const char *password)
{
    const char *why = "";
    struct ec_key *k = NULL;
    enum st st = ec_private(file(name), slice_str(password), &k, &why);
    if (st != ST_OK) fail_msg("%s %s", name, why);
    return k;
}

static struct ec_key *public_key(const char *name)
{
    const char *why = "";
    struct ec_key *k = NULL;
    enum st st = ec_public(file(name), &k, &why);
    if (st != ST_OK) fail_msg("%s %s", name, why);
    return k;
}

static void signs_and_verifies(const char *private, const char *public, const char *password)
{
    struct ec_key *a = private_key(private, password), *b = public_key(public);
    uint8_t hash[EC_HASH_MAX], sig[EC_SIGNATURE_MAX];
    size_t n = ec_hash(ec_curve(a), S("message"), hash), sig_n = 0;
    assert_true(ec_same(a, b));
    assert_int_equal(ec_sign(a, slice_of(hash, n), sig, &sig_n), ST_OK);
    assert_true(ec_verify(b, slice_of(hash, n), slice_of(sig, sig_n)));
    for (size_t i = 0; i < sig_n; i++) {
        sig[i] ^= 1;
        assert_false(ec_verify(b, slice_of(hash, n), slice_of(sig, sig_n)));
        sig[i] ^= 1;
        assert_false(ec_verify(b, slice_of(hash, n), slice_of(sig, i)));
    }
    hash[0] ^= 1;
    assert_false(ec_verify(b, slice_of(hash, n), slice_of(sig, sig_n)));
    ec_free(a);
    ec_free(b);
}

static void three_curves(void **state)
{
    (void)state;
    signs_and_verifies("generated/keys/p256.key", "generated/keys/p256.pub", "");
    signs_and_verifies("generated/keys/p384.key", "generated/keys/p384.pub", "");
    signs_and_verifies("generated/keys/p521.key", "generated/keys/p521.pub", "");
}

static void other_forms_of_a_key(void **state)
{
    (void)state;
    signs_and_verifies("keys/sec1.key", "generated/keys/p256.pub", "");
    signs_and_verifies("keys/encrypted.key", "generated/keys/p256.pub", "open sesame");
    signs_and_verifies("keys/encrypted-sec1.key", "generated/keys/p256.pub", "open sesame");
    assert_true(ec_is_encrypted(file("keys/encrypted.key")));
    assert_true(ec_is_encrypted(file("keys/encrypted-sec1.key")));
    assert_false(ec_is_encrypted(file("keys/sec1.key")));
}

static void hint_is_of_the_text(void **state)
{
    char hint[65];
    struct ec_key *k = private_key("generated/keys/p256.key", "");
    (void)state;
    assert_true(ec_hint(k, hint));
    assert_string_equal(hint, "f76d6e6c167ccc67dfc608d98c474eff8a905499561330f3ed02806d665336a2");
    ec_free(k);
    k = public_key("keys/compressed.pub"); /* the same point with one coordinate */
    assert_true(ec_hint(k, hint));
    assert_string_equal(hint, "f76d6e6c167ccc67dfc608d98c474eff8a905499561330f3ed02806d665336a2");
    ec_free(k);
}

static void refuses(bool private, const char *name, const char *password, const char *words)
{
    const char *why = "";
    struct ec_key *k = NULL;
    struct slice pem = file(name);
    enum st st =
        private ? ec_private(pem, slice_str(password), &k, &why) : ec_public(pem, &k, &why);
    assert_int_not_equal(st, ST_OK);
    assert_null(k);
    if (!strstr(why, words)) fail_msg("%s: '%s' does not say '%s'", name, why, words);
}

static void refuses_other_keys(void **state)
{
    (void)state;
    refuses(true, "generated/keys/unsupported-rsa.key", "", "RSA");
    refuses(false, "generated/keys/unsupported-rsa.pub", "", "RSA");
    refuses(true, "generated/keys/unsupported-secp256k1.key", "", "NIST");
    refuses(false, "generated/keys/unsupported-secp256k1.pub", "", "NIST");
    refuses(true, "keys/ed25519.key", "", "Ed25519");
    refuses(true, "keys/written-out.key", "", "spells its curve out");
    refuses(true, "keys/encrypted.key", "", "needs a password");
    refuses(true, "keys/encrypted.key", "wrong", "this password");
    refuses(true, "generated/keys/p256.pub", "", "public key");
    refuses(false, "generated/keys/p256.key", "", "private key");
    refuses(false, "generated/keys/ca.crt", "", "certificate");
    refuses(true, "generated/cases.json", "", "no private key");
    refuses(false, "generated/cases.json", "", "no public key");
}

static void damaged_keys_are_refused(void **state)
{
    uint8_t copy[2048];
    const char *why;
    (void)state;
    struct slice pem = file("generated/keys/p256.pub");
    for (size_t n = 0; n + 30 < pem.n; n++) {
        struct ec_key *k = NULL;
        assert_int_not_equal(ec_public(slice_sub(pem, 0, n), &k, &why), ST_OK);
    }
    for (size_t i = 0; i < pem.n * 8; i++) { /* no crash; another key at most */
        struct ec_key *k = NULL;
        memcpy(copy, pem.p, pem.n);
        copy[i / 8] ^= (uint8_t)(1u << i % 8);
        if (ec_public(slice_of(copy, pem.n), &k, &why) == ST_OK) ec_free(k);
    }
}

static void raw_signatures_of_tokens(void **state)
{
    uint8_t raw[64] = {0}, der[EC_SIGNATURE_MAX];
    size_t n = 0;
    (void)state;
    raw[31] = 0x80;
    raw[63] = 1;
    assert_int_equal(ec_der_of_raw(slice_of(raw, 64), der, &n), ST_OK);
    assert_slice(slice_of(der, n), "\x30\x07\x02\x02\x00\x80\x02\x01\x01");
    assert_int_equal(ec_der_of_raw(slice_of(raw, 63), der, &n), ST_MALFORMED);
    assert_int_equal(ec_der_of_raw(S(""), der, &n), ST_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_curves),
        cmocka_unit_test(other_forms_of_a_key),
        cmocka_unit_test(hint_is_of_the_text),
        cmocka_unit_test(refuses_other_keys),
        cmocka_unit_test(damaged_keys_are_refused),
        cmocka_unit_test(raw_signatures_of_tokens),
    };
    buf_init(&text, 1 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_done(&text);
    return failed;
}
