/* SPDX-License-Identifier: Apache-2.0 */
/* Baselines from both kinds of report, whole and damaged. */
#include "../test.h"
#include "finding/rules.h"
#include "policy/baseline.h"

#define P1 "00000000000000000000000000000001"
#define P2 "00000000000000000000000000000002"

static const char ours[] =
    "{\"schema\": \"merlon.result/1\", \"gate\": {\"reasons\": [\"x\"]}, \"subjects\": [{\"path\": "
    "\"a\", \"detail\": "
    "{\"fingerprint\": \"no\"}}], \"findings\": [{\"path\": \"a.pkl\", \"inner\": [\"x\"], "
    "\"fingerprint\": \"" P1 "\"}], \"suppressed\": [{\"path\": \"b.pkl\", \"fingerprint\": \"" P2
    "\"}]}";
static const char sarif[] =
    "{\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {\"rules\": [{\"id\": \"r\"}]}}, "
    "\"results\": ["
    "{\"ruleId\": \"r\", \"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": "
    "\"a.pkl\"}, "
    "\"region\": {\"startLine\": 1}}}], \"partialFingerprints\": {\"other\": \"x\", "
    "\"merlonFinding/v1\": \"" P1
    "\"}}, {\"locations\": [], \"partialFingerprints\": {\"merlonFinding/v1\": \"" P2
    "\"}, \"level\": \"error\"}]}]}";

static void both_kinds_are_read(void **state)
{
    (void)state;
    const char *const texts[] = {ours, sarif};
    for (size_t i = 0; i < 2; i++) {
        struct arena arena;
        struct baseline b;
        const char *why;
        arena_init(&arena, 1u << 20, 4096);
        assert_true(baseline_read(slice_str(texts[i]), &arena, &b, &why));
        assert_int_equal(b.count, 2);
        assert_slice(b.findings[0].fingerprint, P1);
        assert_slice(b.findings[0].path, "a.pkl");
        assert_slice(b.findings[1].fingerprint, P2);
        arena_done(&arena);
    }
}

static bool only_a(const void *ctx, struct slice path)
{
    (void)ctx;
    return slice_eq(path, S("a.pkl"));
}

static void add(struct result *r, const char *fingerprint, enum finding_state state)
{
    struct finding f = finding_of(rule_find(S("model.pickle-exec")));
    f.state = state;
    memcpy(f.fingerprint, fingerprint, 33);
    assert_non_null(result_add_finding(r, &f));
}

static void known_fixed_new(void **state)
{
    struct arena arena;
    struct baseline b;
    struct result r;
    const char *why;
    (void)state;
    arena_init(&arena, 1u << 20, 4096);
    result_init(&r, &arena);
    assert_true(baseline_read(slice_str(ours), &arena, &b, &why));
    add(&r, P1, FINDING_OPEN);
    add(&r, "0000000000000000000000000000000f", FINDING_OPEN);
    baseline_apply(&b, &r, NULL, NULL);
    assert_true(r.baseline);
    assert_int_equal(r.known, 1);
    assert_int_equal(r.fixed, 1);
    assert_int_equal(r.findings[0].state, FINDING_KNOWN);
    assert_int_equal(r.findings[1].state, FINDING_OPEN);
    baseline_apply(&b, &r, only_a, NULL); /* b.pkl was not looked at: not fixed */
    assert_int_equal(r.fixed, 0);
    arena_done(&arena);
}

static void suppressed_stays_suppressed(void **state)
{
    struct arena arena;
    struct baseline b;
    struct result r;
    const char *why;
    (void)state;
    arena_init(&arena, 1u << 20, 4096);
    result_init(&r, &arena);
    assert_true(baseline_read(slice_str(ours), &arena, &b, &why));
    add(&r, P2, FINDING_SUPPRESSED);
    baseline_apply(&b, &r, NULL, NULL);
    assert_int_equal(r.findings[0].state, FINDING_SUPPRESSED);
    assert_int_equal(r.known, 0);
    assert_int_equal(r.fixed, 1); /* P1; P2 is still there */
    arena_done(&arena);
}

/* A baseline that is cut must not pass for a short one: it would hide what it does not list. */
static void damaged_ones_are_refused(void **state)
{
    const char *const texts[] = {ours, sarif};
    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 0; n < strlen(texts[i]); n++) {
            struct arena arena;
            struct baseline b;
            const char *why = NULL;
            arena_init(&arena, 1u << 20, 4096);
            assert_false(baseline_read(slice_of(texts[i], n), &arena, &b, &why));
            assert_non_null(why);
            arena_done(&arena);
        }
}

static void memory_sweep(void **state)
{
    bool done = false;
    (void)state;
    for (size_t cap = 0; !done; cap += 256) {
        struct arena arena;
        struct baseline b;
        const char *why;
        arena_init(&arena, cap, 0);
        done = baseline_read(slice_str(sarif), &arena, &b, &why);
        assert_true(done || why);
        arena_done(&arena);
        assert_true(cap < 1u << 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_kinds_are_read),
        cmocka_unit_test(known_fixed_new),
        cmocka_unit_test(suppressed_stays_suppressed),
        cmocka_unit_test(damaged_ones_are_refused),
        cmocka_unit_test(memory_sweep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
