/* SPDX-License-Identifier: Apache-2.0 */
/* Trusted roots: Sigstore's own, times, and files that are wrong. */
#include "../read/golden_file.h"
#include "../test.h"
#include "sign/trust.h"
#include <stdio.h>

static void production(void **state)
{
    struct arena arena;
    struct trust t;
    struct slice why = {0};
    (void)state;
    arena_init(&arena, 4u << 20, 4096);
    struct buf file = golden_file("oms", "trusted_root.json");
    assert_int_equal(trust_read(buf_slice(&file), &arena, &t, &why), ST_OK);
    assert_int_equal(t.log_count, 2);
    assert_int_equal(t.ct_log_count, 2);
    assert_int_equal(t.authority_count, 2);
    assert_int_equal(t.timestamp_count, 1);
    assert_int_equal(t.left_out, 0);
    assert_slice(t.logs[0].url, "https://rekor.sigstore.dev");
    assert_int_equal(t.logs[0].kind, SIGNATURE_ECDSA_SHA256);
    assert_int_equal(t.logs[1].kind, SIGNATURE_ED25519);
    assert_int_equal(t.logs[0].span.start, 1610452407);
    assert_int_equal(t.logs[0].span.end, INT64_MAX);
    assert_int_equal(t.ct_logs[0].span.end, 1667260799);
    assert_int_equal(t.authorities[1].chain.count, 2);
    assert_slice(t.authorities[1].subject, "CN=sigstore-intermediate,O=sigstore.dev");
    assert_false(trust_covers(&t.ct_logs[0].span, 1667260800));
    assert_true(trust_covers(&t.ct_logs[0].span, 1667260799));
    arena_done(&arena);
    buf_done(&file);
}

static void times(void **state)
{
    static const struct {
        const char *text;
        int64_t at; /* -1: no time */
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2022-12-31T23:59:59.999Z", 1672531199},
        {"2025-06-01T12:00:00+02:00", 1748772000},
        {"2025-06-01T12:00:00.5-00:30", 1748781000},
        {"2025-06-01t12:00:00z", 1748779200},
        {"2025-06-01T12:00:00", -1},
        {"2025-06-01 12:00:00Z", -1},
        {"2025-06-01T12:00Z", -1},
        {"2025-13-01T12:00:00Z", -1},
        {"2025-00-01T12:00:00Z", -1},
        {"2025-06-32T12:00:00Z", -1},
        {"2025-06-01T24:00:00Z", -1},
        {"2025-06-01T12:60:00Z", -1},
        {"2025-06-01T12:00:61Z", -1},
        {"2025-06-01T12:00:00+0200", -1},
        {"2025-06-01T12:00:00Zx", -1},
        {"2025-6-01T12:00:00Z", -1},
        {"+025-06-01T12:00:00Z", -1},
        {"", -1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t at = -1;
        bool ok = trust_time(slice_str(rows[i].text), &at);
        if (ok != (rows[i].at >= 0) || at != rows[i].at)
            fail_msg("%s: %lld", rows[i].text, (long long)at);
    }
}

#define TYPE "\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\""
#define KEY                                                                          \
    "\"rawBytes\":\"MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=\"," \
    "\"keyDetails\":"                                                                \
    "\"PKIX_ED25519\""

static void forms(void **state)
{
    static const struct {
        const char *text, *why; /* NULL: it can be read */
    } rows[] = {
        {"{" TYPE "}", NULL},
        {"{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot.v0.2+json\"}", NULL},
        {"{\"mediaType\":\"application/json\"}", "mediaType is not that of"},
        {"{}", "mediaType is missing"},
        {"[]", ""},
        {"{" TYPE ",\"tlogs\":[{\"publicKey\":{" KEY "},\"logId\":{\"keyId\":\"AAECAw==\"}}]}",
         NULL},
        {"{" TYPE ",\"tlogs\":[{\"publicKey\":{" KEY "},\"logId\":{\"keyId\":\"AAEC\"}}]}",
         "too short"},
        {"{" TYPE ",\"tlogs\":[{\"publicKey\":{" KEY "}}]}", "logId"},
        {"{" TYPE ",\"tlogs\":[{\"publicKey\":{" KEY
         ",\"validFor\":{\"end\":\"soon\"}},\"logId\":{\"keyId\":\"AAECAw==\"}}]}",
         "not a time"},
        {"{" TYPE ",\"certificateAuthorities\":[{\"certChain\":{\"certificates\":[]}}]}",
         "an authority has no certificate"},
        {"{" TYPE ",\"certificateAuthorities\":[{\"certChain\":{\"certificates\":[{\"rawBytes\":"
         "\"AAEC\"}]}}]}",
         "not an X.509 certificate"},
        {"{" TYPE ",\"tlogs\":[],\"tlogs\":[]}", "twice"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct trust t;
        struct slice why = {0};
        arena_init(&arena, 1u << 20, 4096);
        enum st st = trust_read(slice_str(rows[i].text), &arena, &t, &why);
        if ((st == ST_OK) != !rows[i].why ||
            (rows[i].why && !slice_has(why, slice_str(rows[i].why))))
            fail_msg("row %zu: %.*s", i, SLICE_ARG(why));
        arena_done(&arena);
    }
}

static void unknown_keys_are_left_out(void **state)
{
    static const char *const keys[] = {
        "\"rawBytes\":\"AAEC\",\"keyDetails\":\"PKCS1_RSA_PKCS1V5\"",
        "\"rawBytes\":\"AAEC\",\"keyDetails\":\"ML_DSA_65\"",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct arena arena;
        struct trust t;
        struct slice why = {0};
        arena_init(&arena, 1u << 20, 4096);
        struct slice text = arena_printf(
            &arena, "{%s,\"tlogs\":[{\"publicKey\":{%s},\"logId\":{\"keyId\":\"AAECAw==\"}}]}",
            TYPE, keys[i]);
        assert_int_equal(trust_read(text, &arena, &t, &why), ST_OK);
        assert_int_equal(t.log_count, 0);
        assert_int_equal(t.left_out, 1);
        arena_done(&arena);
    }
}

/* Cut anywhere, and out of memory anywhere: a sentence or ST_NOMEM. */
static void cut_and_poor(void **state)
{
    struct buf file = golden_file("oms", "trusted_root.json");
    (void)state;
    for (size_t n = 0; n < file.n - 1; n += 37) {
        struct arena arena;
        struct trust t;
        struct slice why = {0};
        arena_init(&arena, 4u << 20, 4096);
        assert_int_equal(trust_read(slice_sub(buf_slice(&file), 0, n), &arena, &t, &why),
                         ST_MALFORMED);
        assert_true(why.n);
        arena_done(&arena);
    }
    for (size_t cap = 0; cap < (64u << 10); cap += 512) {
        struct arena arena;
        struct trust t;
        struct slice why = {0};
        arena_init(&arena, cap, 0);
        enum st st = trust_read(buf_slice(&file), &arena, &t, &why);
        assert_true(st == ST_NOMEM || st == ST_OK);
        arena_done(&arena);
    }
    buf_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(production), cmocka_unit_test(times), cmocka_unit_test(forms),
        cmocka_unit_test(unknown_keys_are_left_out), cmocka_unit_test(cut_and_poor)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
