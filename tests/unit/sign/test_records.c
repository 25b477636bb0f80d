/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "sign/records.h"

#define MOST 17u

static struct arena arena;
static struct merkle_hash leaves[MOST], sorted[MOST];

static void make(uint64_t size, struct records_tree *t)
{
    records_make(leaves, sorted, size, t);
    t->name = S("train.jsonl");
    memset(t->file.bytes, 7, sizeof t->file.bytes);
}

static void leaf(uint64_t i, struct merkle_hash *ret)
{
    char text[32];
    int n = snprintf(text, sizeof text, "record %llu", (unsigned long long)i);
    merkle_leaf(slice_of((const uint8_t *)text, (size_t)n), ret);
}

static struct records_proof again(const struct records_proof *p)
{
    struct records_proof q;
    struct slice why;
    struct buf b;
    buf_init(&b, 1u << 16);
    records_proof_write(p, &b);
    if (records_proof_read(buf_slice(&b), &arena, &q, &why) != ST_OK)
        fail_msg("%.*s in %s", SLICE_ARG(why), buf_text(&b));
    buf_done(&b);
    return q;
}

static void every_record_is_in(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= MOST; size++) {
        struct records_tree t;
        make(size, &t);
        for (uint64_t i = 0; i < size; i++) {
            struct records_proof p;
            records_prove(leaves, size, i, &p);
            p = again(&p);
            assert_true(records_proof_holds(&p, &t));
            p.record.bytes[0] ^= 1; /* another record */
            assert_false(records_proof_holds(&p, &t));
            p.record.bytes[0] ^= 1;
            p.in.index ^= 1; /* another place */
            assert_false(records_proof_holds(&p, &t));
            assert_false(records_prove_absent(sorted, size, &leaves[i], &p));
        }
    }
}

static void others_are_not(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= MOST; size++) {
        struct records_tree t;
        make(size, &t);
        for (uint64_t i = 100; i < 140; i++) {
            struct merkle_hash other;
            struct records_proof p;
            leaf(i, &other);
            assert_true(records_prove_absent(sorted, size, &other, &p));
            p = again(&p);
            assert_true(records_proof_holds(&p, &t));
            p.record = leaves[0]; /* one that is there */
            assert_false(records_proof_holds(&p, &t));
        }
    }
}

/* Neighbours that are none would hide what stands between them. */
static void gaps_do_not_hold(void **state)
{
    (void)state;
    struct records_tree t;
    struct records_proof low, high, p;
    make(MOST, &t);
    for (uint64_t i = 1; i + 1 < MOST; i++) {
        struct merkle_hash between = sorted[i];
        p = (struct records_proof){.absent = true, .size = MOST, .record = between};
        records_prove(sorted, MOST, i - 1, &low);
        records_prove(sorted, MOST, i + 1, &high);
        p.has_below = p.has_above = true;
        p.below = low.in;
        p.above = high.in;
        assert_false(records_proof_holds(&p, &t));
        p.has_above = false;
        assert_false(records_proof_holds(&p, &t));
        p.has_above = true, p.has_below = false;
        assert_false(records_proof_holds(&p, &t));
        p.has_above = false;
        assert_false(records_proof_holds(&p, &t));
    }
}

static struct records_tree through_statement(const struct records_tree *t)
{
    struct records_tree u;
    struct slice why;
    struct buf b;
    buf_init(&b, 1u << 16);
    records_statement(t, &b);
    if (records_read(buf_slice(&b), &arena, &u, &why) != ST_OK)
        fail_msg("%.*s in %s", SLICE_ARG(why), buf_text(&b));
    for (size_t n = 0; n < b.n; n++)
        assert_int_equal(records_read(slice_sub(buf_slice(&b), 0, n), &arena, &u, &why),
                         ST_MALFORMED);
    assert_int_equal(records_read(buf_slice(&b), &arena, &u, &why), ST_OK);
    buf_done(&b);
    return u;
}

/* ---- tables ---- */

static const struct records_column old_columns[] = {
    {{(const uint8_t *)"id", 2}, {(const uint8_t *)"int64", 5}},
    {{(const uint8_t *)"a \"b\"", 5}, {(const uint8_t *)"list<string>", 12}},
    {{(const uint8_t *)"", 0}, {(const uint8_t *)"bool", 4}}};
static const struct records_column new_columns[] = {
    {{(const uint8_t *)"", 0}, {(const uint8_t *)"bool", 4}},
    {{(const uint8_t *)"id", 2}, {(const uint8_t *)"int32", 5}},
    {{(const uint8_t *)"more", 4}, {(const uint8_t *)"int32", 5}}};

static struct records_tree table(const struct records_column *columns, size_t n)
{
    struct records_tree t;
    make(3, &t);
    t.columns = columns;
    t.column_count = n;
    return t;
}

static void columns_are_signed(void **state)
{
    (void)state;
    struct records_tree t = table(old_columns, 3), u = through_statement(&t);
    assert_int_equal(u.column_count, 3);
    assert_true(records_same_columns(&t, &u));
    for (size_t n = 0; n < 3; n++) {
        struct records_tree fewer = table(old_columns, n);
        assert_false(records_same_columns(&t, &fewer));
    }
    struct records_tree other = table(new_columns, 3);
    assert_false(records_same_columns(&t, &other));
}

static void columns_are_compared_by_name(void **state)
{
    (void)state;
    struct records_tree a = table(old_columns, 3), b = table(new_columns, 3), none = table(NULL, 0);
    struct columns_change c;
    size_t at = 0;
    assert_true(columns_change(&a, &b, &at, &c)); /* id: another type */
    assert_true(c.old == &old_columns[0] && c.new == &new_columns[1]);
    assert_true(columns_change(&a, &b, &at, &c)); /* gone */
    assert_true(c.old == &old_columns[1] && !c.new);
    assert_true(columns_change(&a, &b, &at, &c)); /* new */
    assert_true(!c.old && c.new == &new_columns[2]);
    assert_false(columns_change(&a, &b, &at, &c));
    at = 0;
    assert_false(columns_change(&a, &a, &at, &c));
    for (at = 0; at < 3;) assert_true(columns_change(&none, &b, &at, &c) && !c.old);
    assert_false(columns_change(&none, &b, &at, &c));
}

#define HASH "\"7777777777777777777777777777777777777777777777777777777777777777\""

static void bad_columns_are_refused(void **state)
{
    (void)state;
    static const char *const columns[] = {"[]",
                                          "[{\"name\":\"id\"}]",
                                          "[{\"type\":\"int64\"}]",
                                          "[{\"name\":1,\"type\":\"int64\"}]",
                                          "[{\"name\":\"id\",\"type\":\"int64\",\"more\":1}]",
                                          "{}",
                                          "[\"id\"]"};
    for (size_t i = 0; i < COUNT_OF(columns) + 1; i++) {
        struct records_tree t;
        struct slice why, text;
        const char *list =
            i < COUNT_OF(columns) ? columns[i] : "[{\"name\":\"id\",\"type\":\"int64\"}]";
        text = arena_printf(
            &arena,
            "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"t\","
            "\"digest\":{\"sha256\":" HASH "}}],\"predicateType\":"
            "\"urn:merlon:records:v1\",\"predicate\":{\"tree\":\"rfc6962-sha256\","
            "\"records\":1,\"root\":" HASH ",\"sortedRoot\":" HASH ",\"columns\":%s}}",
            list);
        enum st st = records_read(text, &arena, &t, &why);
        assert_int_equal(st, i < COUNT_OF(columns) ? ST_MALFORMED : ST_OK); /* the last is good */
    }
}

static void datasets_grow(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= MOST; size++)
        for (uint64_t old = 1; old <= size; old++) {
            struct records_tree a, b;
            make(old, &a);
            make(size, &b);
            assert_true(records_grow(leaves, &a, &b));
            struct records_tree c = through_statement(&b);
            assert_int_equal(c.old_size, old);
            assert_true(merkle_equal(&c.old_root, &a.root) && merkle_equal(&c.root, &b.root));
            assert_true(slice_eq(c.name, b.name) && merkle_equal(&c.file, &b.file));
            assert_true(merkle_equal(&c.sorted_root, &b.sorted_root));
        }
}

static void other_pasts_are_refused(void **state)
{
    (void)state;
    struct records_tree a, b;
    struct slice why;
    struct buf out;
    make(5, &a);
    make(9, &b);
    a.root.bytes[3] ^= 1;
    assert_false(records_grow(leaves, &a, &b));
    make(5, &a);
    assert_true(records_grow(leaves, &a, &b));
    b.growth.hashes[0].bytes[0] ^= 1;
    buf_init(&out, 1u << 16);
    records_statement(&b, &out);
    assert_int_equal(records_read(buf_slice(&out), &arena, &a, &why), ST_MALFORMED);
    assert_true(slice_find(why, S("does not show")) != SIZE_MAX);
    buf_done(&out);
}

static void bad_documents_say_why(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{}", "predicateType is missing"},
        {"{\"predicateType\":\"y\"}", "the predicate is 'y'"},
        {"{\"predicateType\":\"urn:merlon:records:v1\"}", "_type is missing"},
        {"{\"_type\":\"x\",\"subject\":[],\"predicateType\":\"urn:merlon:records:v1\","
         "\"predicate\":{\"tree\":\"\","
         "\"records\":1,\"root\":\"\",\"sortedRoot\":\"\"}}",
         "_type is not"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct records_tree t;
        struct slice why;
        assert_int_equal(records_read(slice_str(cases[i][0]), &arena, &t, &why), ST_MALFORMED);
        assert_true(slice_find(why, slice_str(cases[i][1])) != SIZE_MAX);
    }
    struct records_proof p;
    struct slice why;
    assert_int_equal(records_proof_read(S("{\"schema\":\"merlon.proof/1\",\"absent\":false,"
                                          "\"records\":1,\"record\":\"\"}"),
                                        &arena, &p, &why),
                     ST_MALFORMED);
    assert_true(slice_find(why, S("a proof holds")) != SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_is_in),      cmocka_unit_test(others_are_not),
        cmocka_unit_test(gaps_do_not_hold),        cmocka_unit_test(datasets_grow),
        cmocka_unit_test(other_pasts_are_refused), cmocka_unit_test(bad_documents_say_why),
        cmocka_unit_test(columns_are_signed),      cmocka_unit_test(columns_are_compared_by_name),
        cmocka_unit_test(bad_columns_are_refused),
    };
    arena_init(&arena, 256u << 20, 4096);
    for (uint64_t i = 0; i < MOST; i++) leaf(i, &leaves[i]);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
