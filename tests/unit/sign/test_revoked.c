/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "sign/revoked.h"

#define A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct arena arena;

static enum st parse(const char *json, struct revoked *r, struct slice *why)
{
    *why = S("");
    return revoked_read(slice_str(json), &arena, r, why);
}

static void bad(const char *json, const char *expect)
{
    struct revoked r;
    struct slice why;
    assert_int_equal(parse(json, &r, &why), ST_MALFORMED);
    if (slice_find(why, slice_str(expect)) == SIZE_MAX)
        fail_msg("%s: %.*s, not %s", json, SLICE_ARG(why), expect);
}

static void keys_and_models(void **state)
{
    (void)state;
    struct revoked r;
    struct slice why;
    struct bundle b = {.certificate_count = 0};
    uint8_t root[32];
    assert_int_equal(parse("{\"schema\":\"merlon.revoked/1\",\"keys\":[{\"sha256\":\"" A
                           "\",\"reason\":\"lost\"}],\"models\":[{\"sha256\":\"" B "\"}]}",
                           &r, &why),
                     ST_OK);
    const struct revoked_item *it = revoked_signer(&r, &b, S(A));
    assert_non_null(it);
    assert_true(slice_eq(it->reason, S("lost")));
    assert_null(revoked_signer(&r, &b, S(B)));
    assert_null(revoked_signer(&r, &b, S("someone@example.com"))); /* keyless: no key to name */
    memcpy(root, r.models[0].sha256.p, 32);
    assert_non_null(revoked_model(&r, root));
    root[31] ^= 1;
    assert_null(revoked_model(&r, root));
}

static void lists_that_are_none(void **state)
{
    (void)state;
    bad("", "not JSON");
    bad("{}", "schema is missing");
    bad("{\"schema\":\"merlon.revoked/2\"}", "schema is not");
    bad("{\"schema\":\"merlon.revoked/1\",\"key\":[]}", "does not belong");
    bad("{\"schema\":\"merlon.revoked/1\",\"keys\":[{\"sha256\":\"00\"}]}", "64 digits");
    bad("{\"schema\":\"merlon.revoked/1\",\"models\":[{\"sha256\":\"" A "00\"}]}", "64 digits");
    bad("{\"schema\":\"merlon.revoked/1\",\"certificates\":[{\"reason\":\"x\"}]}", "is missing");
    bad("{\"schema\":\"merlon.revoked/1\",\"keys\":[{\"sha256\":\"" A, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_and_models),
        cmocka_unit_test(lists_that_are_none),
    };
    arena_init(&arena, 1u << 20, 4096);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
