/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "finding/rules.h"
#include "scan/record.h"

static struct finding sample(void)
{
    struct finding f = finding_of(rule_find(S("model.malformed")));
    f.severity = SEV_CRITICAL;
    f.inner[0] = S("a.zip");
    f.inner[1] = S("data.pkl");
    f.inner_count = 2;
    f.offset = 47;
    f.anchor = 99;
    f.message = S("said");
    f.evidence = S("seen");
    f.when = (struct condition){WHEN_ADMITS, S("torch"), S("<2.6"), S("models/net.pt")};
    f.edit = (struct finding_edit){7, 9, S("True")};
    return f;
}

static void a_finding_survives(void **state)
{
    (void)state;
    struct arena a;
    struct buf b;
    struct finding f = sample(), g;
    arena_init(&a, 1u << 16, 4096);
    buf_init(&b, 1u << 16);
    record_finding(&b, &f);
    assert_int_equal(record_kind(buf_slice(&b)), 'F');
    assert_true(record_read_finding(buf_slice(&b), &a, &g));
    assert_ptr_equal(g.rule, f.rule);
    assert_int_equal(g.severity, SEV_CRITICAL);
    assert_int_equal(g.inner_count, 2);
    assert_slice(g.inner[1], "data.pkl");
    assert_int_equal(g.offset, 47);
    assert_int_equal(g.line, -1);
    assert_slice(g.evidence, "seen");
    assert_int_equal(g.when.kind, WHEN_ADMITS);
    assert_slice(g.when.versions, "<2.6");
    assert_slice(g.when.loads, "models/net.pt");
    assert_int_equal(g.edit.to, 9);
    assert_slice(g.edit.text, "True");
    buf_done(&b);
    arena_done(&a);
}

/* A worker that was taken over may send anything. */
static void no_mutation_is_misread(void **state)
{
    (void)state;
    struct arena a;
    struct buf b;
    struct finding f = sample(), g;
    arena_init(&a, 1u << 20, 4096);
    buf_init(&b, 1u << 16);
    record_finding(&b, &f);
    for (size_t cut = 0; cut < b.n; cut++)
        assert_false(record_read_finding(slice_of(b.p, cut), &a, &g));
    for (size_t i = 0; i < b.n; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            b.p[i] ^= (uint8_t)(1u << bit);
            if (record_read_finding(buf_slice(&b), &a, &g)) {
                assert_non_null(g.rule);
                assert_true(g.severity < SEV_COUNT);
                assert_true(g.inner_count <= FINDING_INNER_MAX);
                assert_true(g.when.kind < CONDITION_KINDS && g.edit.from <= g.edit.to);
                assert_true(g.offset >= -1 && g.line >= -1);
            }
            b.p[i] ^= (uint8_t)(1u << bit);
        }
        arena_reset(&a);
    }
    buf_done(&b);
    arena_done(&a);
}

static void a_requirement_survives(void **state)
{
    (void)state;
    struct arena a;
    struct buf b;
    struct requirement q = {S("torch"), S("2.5.1"), true}, g;
    arena_init(&a, 1u << 16, 4096);
    buf_init(&b, 1u << 16);
    record_requirement(&b, &q);
    assert_int_equal(record_kind(buf_slice(&b)), 'R');
    assert_true(record_read_requirement(buf_slice(&b), &a, &g));
    assert_slice(g.name, "torch");
    assert_slice(g.versions, "2.5.1");
    assert_true(g.exact);
    for (size_t cut = 0; cut < b.n; cut++)
        assert_false(record_read_requirement(slice_of(b.p, cut), &a, &g));
    buf_done(&b);
    arena_done(&a);
}

static void a_claim_survives(void **state)
{
    (void)state;
    struct arena a;
    struct buf b;
    struct file_claim c = {.store = CLAIM_OCI,
                           .about = CLAIM_BLOB,
                           .kind = CLAIM_GIT_BLOB,
                           .optional = true,
                           .path = S("a/b"),
                           .digest = {1, 2, 3},
                           .sized = true,
                           .size = 7,
                           .count = 8,
                           .note = S("for"),
                           .line = 9},
                      g;
    arena_init(&a, 1u << 20, 4096);
    buf_init(&b, 1u << 16);
    record_claim(&b, &c);
    assert_int_equal(record_kind(buf_slice(&b)), 'C');
    assert_true(record_read_claim(buf_slice(&b), &a, &g));
    assert_int_equal(g.store, CLAIM_OCI);
    assert_int_equal(g.about, CLAIM_BLOB);
    assert_int_equal(g.kind, CLAIM_GIT_BLOB);
    assert_true(g.optional && g.sized && g.size == 7 && g.count == 8 && g.line == 9);
    assert_slice(g.path, "a/b");
    assert_slice(g.note, "for");
    assert_memory_equal(g.digest, c.digest, sizeof g.digest);
    for (size_t cut = 0; cut < b.n; cut++)
        assert_false(record_read_claim(slice_of(b.p, cut), &a, &g));
    for (size_t i = 0; i < b.n * 8; i++) {
        b.p[i / 8] ^= (uint8_t)(1u << i % 8);
        if (record_read_claim(buf_slice(&b), &a, &g))
            assert_true(g.store < CLAIM_STORES && g.about < CLAIM_ABOUTS &&
                        g.kind < CLAIM_DIGESTS && g.line <= INT64_MAX);
        b.p[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    buf_done(&b);
    arena_done(&a);
}

static void a_subject_survives(void **state)
{
    (void)state;
    struct arena a;
    struct buf b;
    struct subject_record s = {.format = FMT_GGUF,
                               .kind = SUBJECT_MODEL,
                               .flags = 1,
                               .unread = 7,
                               .detail = S("{}")},
                          t;
    arena_init(&a, 1u << 16, 4096);
    buf_init(&b, 1u << 16);
    record_subject(&b, &s);
    assert_true(record_read_subject(buf_slice(&b), &a, &t));
    assert_int_equal(t.format, FMT_GGUF);
    assert_int_equal(t.unread, 7);
    assert_slice(t.detail, "{}");
    b.p[1] = 0xff;
    assert_false(record_read_subject(buf_slice(&b), &a, &t));
    buf_done(&b);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_survives),     cmocka_unit_test(no_mutation_is_misread),
        cmocka_unit_test(a_requirement_survives), cmocka_unit_test(a_claim_survives),
        cmocka_unit_test(a_subject_survives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
