/* SPDX-License-Identifier: Apache-2.0 */
/* Every case of tests/golden/oms/keyless-v1.1.0 (from the OMS project) and tests/golden/sigstore
 * (made by tests/makers/make_sigstore.py): what is expected, and for the second why. */
#include "../../tools/keyless_cases.h"
#include "../test.h"
#include "sign/keyless.h"

static const char *golden(const char *folder)
{
    static char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", getenv("GOLDEN"), folder);
    return path;
}

static enum st run(const char *folder, const struct keyless_case *t, struct arena *arena,
                   struct keyless_signer *ret, struct slice *ret_why)
{
    struct bundle bundle;
    struct keyless_want want = {t->identity, t->issuer};
    struct trust trust = keyless_trust(golden(folder), t, arena);
    enum st st =
        bundle_read(keyless_file(golden(folder), t->bundle, arena), arena, &bundle, ret_why);
    return st == ST_OK ? keyless_verify(&bundle, &trust, &want, arena, ret, ret_why) : st;
}

static size_t run_all(const char *folder)
{
    size_t wrong = 0, refused = 0;
    struct arena kept, arena;
    arena_init(&kept, 16u << 20, 4096);
    arena_init(&arena, 16u << 20, 4096);
    struct keyless_cases cases = keyless_load(golden(folder), &kept);
    const struct keyless_case *t = cases.list.items;
    for (size_t i = 0; i < cases.list.count; i++) {
        struct keyless_signer signer;
        struct slice why = {0};
        enum st st = run(folder, &t[i], &arena, &signer, &why);
        bool as_expected = slice_eq(t[i].expect, st == ST_OK ? S("ok") : S("fail")) ||
                           slice_eq(t[i].expect, S("ok-or-fail"));
        if (!as_expected || (st != ST_OK && !slice_has(why, t[i].why))) {
            print_error("%s/%.*s: expected %.*s, got %s: %.*s\n", folder, SLICE_ARG(t[i].name),
                        SLICE_ARG(t[i].expect), st_text(st), SLICE_ARG(why));
            wrong++;
        }
        refused += st != ST_OK;
        arena_reset(&arena);
    }
    assert_int_equal(wrong, 0);
    assert_true(refused < cases.list.count);
    size_t count = cases.list.count;
    arena_done(&arena);
    arena_done(&kept);
    return count;
}

static void of_the_oms_project(void **state)
{
    (void)state;
    assert_int_equal(run_all("oms/keyless-v1.1.0"), 20);
}

static void of_our_own(void **state)
{
    (void)state;
    assert_true(run_all("sigstore") > 145);
}

static void facts(void **state)
{
    struct arena arena;
    struct keyless_signer s;
    struct slice why = {0};
    struct keyless_case t = {.bundle = S("genuine.sig"),
                             .identity = S("stefanb@us.ibm.com"),
                             .issuer = S("https://sigstore.verify.ibm.com/oauth2")};
    (void)state;
    arena_init(&arena, 16u << 20, 4096);
    assert_int_equal(run("oms/keyless-v1.1.0", &t, &arena, &s, &why), ST_OK);
    assert_slice(s.log_url, "https://rekor.sigstore.dev");
    assert_int_equal(s.log_index, 598151086);
    assert_int_equal(s.time_count, 2);
    assert_int_equal(s.times[0].clock, KEYLESS_BY_LOG);
    assert_int_equal(s.times[0].at, 1760062340);
    assert_int_equal(s.times[1].clock, KEYLESS_BY_TIMESTAMP);
    assert_slice(s.times[1].url, "https://timestamp.sigstore.dev/api/v1/timestamp");
    assert_slice(s.claims.issuer, "https://sigstore.verify.ibm.com/oauth2");
    assert_int_equal(s.claims.name_count, 1);
    assert_slice(s.claims.names[0].text, "stefanb@us.ibm.com");
    t.identity = S("");
    assert_int_equal(run("oms/keyless-v1.1.0", &t, &arena, &s, &why), ST_MALFORMED);
    assert_slice(why, "identity and issuer of the signer must be named");
    arena_done(&arena);
}

static void many_timestamps(void **state)
{
    struct arena arena;
    struct trust trust;
    struct bundle b;
    struct keyless_signer s;
    struct slice why = {0}, tokens[KEYLESS_TIMES_MAX + 1];
    const struct keyless_want want = {S("stefanb@us.ibm.com"),
                                      S("https://sigstore.verify.ibm.com/oauth2")};
    (void)state;
    arena_init(&arena, 16u << 20, 4096);
    trust = keyless_trust(golden("oms/keyless-v1.1.0"), &(struct keyless_case){0}, &arena);
    assert_int_equal(
        bundle_read(keyless_file(golden("oms/keyless-v1.1.0"), S("genuine.sig"), &arena), &arena,
                    &b, &why),
        ST_OK);
    for (size_t i = 0; i < COUNT_OF(tokens); i++) tokens[i] = b.timestamps[0];
    b.timestamps = tokens;
    b.timestamp_count = COUNT_OF(tokens);
    assert_int_equal(keyless_verify(&b, &trust, &want, &arena, &s, &why), ST_MALFORMED);
    assert_slice(why, "the bundle holds more than 32 time stamps");
    arena_done(&arena);
}

/* Each allocation of the arena fails once: never a yes without all of it, never a crash. */
static void memory(void **state)
{
    struct arena kept;
    struct bundle b;
    struct slice why = {0};
    const struct keyless_want want = {S("signer@example.com"), S("https://issuer.test")};
    const struct keyless_case none = {.trust = S("trust.json")};
    size_t refused = 0, held = 0;
    (void)state;
    arena_init(&kept, 16u << 20, 4096);
    struct trust trust = keyless_trust(golden("sigstore"), &none, &kept);
    struct slice file = keyless_file(golden("sigstore"), S("v1-two-tsas.sig"), &kept);
    assert_int_equal(bundle_read(file, &kept, &b, &why), ST_OK);
    for (size_t cap = 0; cap < (80u << 10); cap += 1024) {
        struct arena arena;
        struct keyless_signer s;
        arena_init(&arena, cap, 0);
        enum st st = keyless_verify(&b, &trust, &want, &arena, &s, &why);
        assert_true(st == ST_NOMEM || st == ST_OK);
        refused += st == ST_NOMEM;
        held += st == ST_OK;
        arena_done(&arena);
    }
    assert_true(refused > 10 && held > 0);
    arena_done(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_the_oms_project),
                                       cmocka_unit_test(of_our_own), cmocka_unit_test(facts),
                                       cmocka_unit_test(many_timestamps), cmocka_unit_test(memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
