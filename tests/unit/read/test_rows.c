/* SPDX-License-Identifier: Apache-2.0 */
#include "golden_file.h"
#include "make_parquet.h"
#include "told_rows.h"

enum { REQUIRED = 0, OPTIONAL = 1 };

static void assert_has(const struct told_rows *t, const char *text)
{
    bool has = slice_has(buf_slice(&t->text), slice_str(text));
    if (!has) print_error("no %s in\n%s\n", text, buf_text(&t->text));
    assert_true(has);
}

static void run(struct told_rows *t, struct pq *q)
{
    struct slice s = pq_finish(q);
    assert_int_equal(told_rows_run(t, "x.parquet", s), ST_OK);
    pq_done(q);
}

/* ---- golden files: one table by several writers; the roots were computed by rows.mjs ---- */

static void one_table_has_one_root(void **state)
{
    (void)state;
    struct buf list = golden_file("rows", "roots.txt");
    struct slice rest = buf_slice(&list), line, name;
    unsigned n = 0;
    while (slice_split(&rest, '\n', &line)) {
        char path[80];
        struct told_rows t;
        if (!slice_split(&line, ' ', &name) || !name.n) continue;
        snprintf(path, sizeof path, "%.*s", SLICE_ARG(name));
        struct buf b = golden_file("rows", path);
        assert_int_equal(told_rows_run(&t, path, buf_slice(&b)), ST_OK);
        if (t.trouble || !slice_eq(slice_str(t.root), line))
            fail_msg("%s has root %s\n%s", path, t.root, buf_text(&t.text));
        told_rows_done(&t);
        buf_done(&b);
        n++;
    }
    assert_true(n >= 19);
    buf_done(&list);
}

/* doc/format-records.md shows these bytes. */
static void the_documented_bytes(void **state)
{
    (void)state;
    struct told_rows t;
    struct buf b = golden_file("rows", "honest-vector-duckdb.parquet");
    assert_int_equal(told_rows_run(&t, "x.parquet", buf_slice(&b)), ST_OK);
    assert_has(&t, "COLUMN id int64\nCOLUMN note string\nCOLUMN tags list<string>\n");
    assert_has(&t, "ROW 0 020800000007000000000000000202000000616202010000007803010001"
                   "03010200000000\n");
    assert_has(&t, "ROW 1 0208000000ffffffffffffffff00000100\n");
    assert_has(&t, "ROW 2 0208000000000000000000000002000000000000\n");
    told_rows_done(&t);
    buf_done(&b);
}

static void picked(const char *name, const uint32_t *pick, size_t n, struct told_rows *t)
{
    struct buf b = golden_file("rows", name);
    *t = (struct told_rows){.pick = pick, .pick_count = n};
    assert_int_equal(told_rows_in(t, name, buf_slice(&b), 256u << 20, 64u << 10), ST_OK);
    assert_int_equal(t->trouble, 0);
    buf_done(&b);
}

/* The columns that are named, in the order in which they are named, whatever the file. */
static void columns_are_picked(void **state)
{
    (void)state;
    static const uint32_t two[] = {12, 4}, again[] = {12, 4, 12, 99}, turned[] = {4, 12};
    static const char *const files[] = {"honest-twin-duckdb.parquet", "honest-twin-js.arrows"};
    struct told_rows a, b;
    picked(files[0], two, 2, &a);
    for (unsigned i = 0; i < 2; i++) {
        picked(files[i], i ? again : two, i ? 4 : 2, &b);
        assert_string_equal(a.root, b.root);
        told_rows_done(&b);
        picked(files[i], turned, 2, &b);
        assert_string_not_equal(a.root, b.root);
        told_rows_done(&b);
    }
    assert_has(&a, "COLUMN id int64\n"); /* all are named */
    told_rows_done(&a);
}

/* ---- physical types ---- */

static void one_value(struct told_rows *t, int type, int converted, int length, struct slice value)
{
    struct pq q;
    pq_init(&q);
    q.type = type;
    q.converted = converted;
    q.length = length;
    q.repetition = REQUIRED;
    pq_add(&q, (struct pq_page){.values = 1, .unpacked = -1, .levels = RLE}, value);
    run(t, &q);
    assert_int_equal(t->trouble, 0);
}

static void decimals_are_numbers(void **state)
{
    (void)state;
    static const struct {
        int type, length;
        struct slice value;
    } ways[] = {{1, 0, {(const uint8_t *)"\x7f\xff\xff\xff", 4}},
                {2, 0, {(const uint8_t *)"\x7f\xff\xff\xff\xff\xff\xff\xff", 8}},
                {6, 0, {(const uint8_t *)"\x03\0\0\0\xff\xff\x7f", 7}},
                {7, 5, {(const uint8_t *)"\xff\xff\xff\xff\x7f", 5}}};
    struct told_rows first, t;
    one_value(&first, ways[0].type, 5, 0, ways[0].value);
    assert_has(&first, "COLUMN note decimal(0,0)\nROW 0 0202000000ff7f\n");
    for (unsigned i = 1; i < 4; i++) {
        one_value(&t, ways[i].type, 5, ways[i].length, ways[i].value);
        assert_string_equal(t.root, first.root);
        told_rows_done(&t);
    }
    told_rows_done(&first);
}

static void old_and_odd_types(void **state)
{
    (void)state;
    static const struct {
        int type, converted, length;
        struct slice value;
        const char *column, *cell;
    } cases[] = {
        {0, -1, 0, {(const uint8_t *)"\x01", 1}, "bool", "020100000001"},
        {1, -1, 0, {(const uint8_t *)"\xfe\xff\xff\xff", 4}, "int32", "0208000000feffffffffffffff"},
        {1,
         13,
         0,
         {(const uint8_t *)"\xfe\xff\xff\xff", 4},
         "uint32",
         "0208000000feffffff00000000"},
        {1, 11, 0, {(const uint8_t *)"\x05\0\0\0", 4}, "uint8", "02080000000500000000000000"},
        {1, 15, 0, {(const uint8_t *)"\x05\0\0\0", 4}, "int8", "02080000000500000000000000"},
        {1, 0, 0, {(const uint8_t *)"\x05\0\0\0", 4}, "int32", "02080000000500000000000000"},
        {2, 9, 0, {(const uint8_t *)"\x05\0\0\0\0\0\0", 8}, "timestamp[ms, utc]", "0208"},
        {2, 8, 0, {(const uint8_t *)"\x05\0\0\0\0\0\0", 8}, "time[us]", "0208"},
        {3, -1, 0, {(const uint8_t *)"abcdefghijkl", 12}, "int96", "020c0000006162"},
        {4, -1, 0, {(const uint8_t *)"\0\0\x80\x3f", 4}, "float32", "02040000000000803f"},
        {7, 21, 12, {(const uint8_t *)"abcdefghijkl", 12}, "interval", "020c0000006162"},
        {7, 21, 3, {(const uint8_t *)"abc", 3}, "bytes[3]", "0203000000616263"},
    };
    for (unsigned i = 0; i < COUNT_OF(cases); i++) {
        struct told_rows t;
        char text[100];
        one_value(&t, cases[i].type, cases[i].converted, cases[i].length, cases[i].value);
        snprintf(text, sizeof text, "COLUMN note %s\nROW 0 %s", cases[i].column, cases[i].cell);
        assert_has(&t, text);
        told_rows_done(&t);
    }
}

/* ---- batches ---- */

static void leaf_of(const char *text, uint8_t *prefix, struct merkle_hash *ret)
{
    struct digest d;
    uint8_t head[5] = {2, (uint8_t)strlen(text)};
    digest_start(&d);
    digest_add(&d, slice_of(prefix, 33));
    digest_add(&d, slice_of(head, 5));
    digest_add(&d, slice_str(text));
    digest_finish(&d, ret->bytes);
}

/* A row group of more rows than are kept at once, in pages that end elsewhere. */
static void big_groups_come_in_batches(void **state)
{
    (void)state;
    const uint64_t first = ROWS_BATCH - 7, second = ROWS_BATCH + 100, third = 50;
    struct pq q;
    struct buf b;
    struct told_rows t = {.brief = true};
    struct merkle tree = {0};
    struct merkle_hash leaf[3], root;
    char hex[65];
    pq_init(&q);
    q.repetition = REQUIRED;
    buf_init(&b, 100);
    pq_text(&b, "alpha"), pq_text(&b, "beta"), pq_text(&b, "gamma");
    pq_add(&q, (struct pq_page){.kind = 2, .values = 3, .unpacked = -1}, buf_slice(&b));
    buf_done(&b);
    pq_index_run(&q, first, 0), pq_index_run(&q, second, 1), pq_index_run(&q, third, 2);
    struct slice s = pq_finish(&q);
    assert_int_equal(told_rows_in(&t, "x.parquet", s, 256u << 20, 64u << 10), ST_OK);
    assert_int_equal(t.trouble, 0);
    assert_int_equal(t.rows, first + second + third);
    leaf_of("alpha", t.prefix, &leaf[0]), leaf_of("beta", t.prefix, &leaf[1]);
    leaf_of("gamma", t.prefix, &leaf[2]);
    for (uint64_t i = 0; i < t.rows; i++)
        merkle_add(&tree, &leaf[i < first ? 0 : i < first + second ? 1 : 2]);
    merkle_root(&tree, &root);
    digest_hex(root.bytes, hex);
    assert_string_equal(t.root, hex);
    told_rows_done(&t);
    pq_done(&q);
}

/* ---- lies ---- */

static void three_rows(struct pq *q)
{
    struct buf b;
    pq_init(q);
    buf_init(&b, 1000);
    q->repetition = REQUIRED;
    pq_text(&b, "alpha"), pq_text(&b, ""), pq_text(&b, "beta");
    pq_add(q, (struct pq_page){.values = 3, .unpacked = -1, .levels = RLE}, buf_slice(&b));
    buf_done(&b);
}

static void what_would_make_a_wrong_root_is_told(void **state)
{
    (void)state;
    struct pq q;
    struct told_rows t;
    three_rows(&q), q.rows = 4; /* rows that no column has */
    run(&t, &q);
    assert_has(&t, "ANOMALY column note: 4 rows were declared, 3 are there");
    told_rows_done(&t);
    three_rows(&q), q.group_rows = 2, q.rows = 2; /* values that no row has */
    run(&t, &q);
    assert_has(&t, "ANOMALY column note: 2 rows were declared, 3 are there");
    told_rows_done(&t);
    three_rows(&q), q.elsewhere = "other.parquet", q.data_at = 0;
    run(&t, &q);
    assert_has(&t, "UNREAD column note lies in another file");
    told_rows_done(&t);
    three_rows(&q), q.encrypted_column = true;
    run(&t, &q);
    assert_has(&t, "UNREAD column note is encrypted");
    told_rows_done(&t);
    three_rows(&q), q.no_columns = true;
    run(&t, &q);
    assert_true(t.trouble > 0);
    told_rows_done(&t);
}

static void null_rows(struct told_rows *t, uint64_t n)
{
    struct pq q;
    struct buf b;
    pq_init(&q);
    buf_init(&b, 100);
    pq_run(&b, n, 0, true);
    pq_add(&q, (struct pq_page){.values = (int64_t)n, .unpacked = -1, .levels = RLE},
           buf_slice(&b));
    *t = (struct told_rows){.brief = true};
    assert_int_equal(told_rows_in(t, "x.parquet", pq_finish(&q), 256u << 20, 64u << 10), ST_OK);
    buf_done(&b);
    pq_done(&q);
}

static void too_many_rows_are_refused(void **state)
{
    (void)state;
    struct told_rows t;
    null_rows(&t, INT32_MAX);
    assert_has(&t, "UNREAD more than 67108864 rows");
    assert_int_equal(t.rows, 0);
    told_rows_done(&t);
    null_rows(&t, ROWS_FREE + 1);
    assert_has(&t, "UNREAD 4194305 rows in ");
    assert_int_equal(t.rows, 0);
    told_rows_done(&t);
}

/* A schema of n columns and nothing else. */
static void too_many_columns_are_refused(void **state)
{
    (void)state;
    struct buf b;
    struct told_rows t;
    uint32_t n = ROWS_COLUMNS_MAX + 1;
    buf_init(&b, 4u << 20);
    buf_str(&b, "PAR1");
    size_t from = b.n;
    pq_int(&b, 1, 1);
    buf_byte(&b, 1 << 4 | 9), buf_byte(&b, 0xfc), pq_varint(&b, n + 1);
    pq_bytes(&b, 4, S("schema")), pq_int(&b, 1, n), pq_stop(&b);
    for (uint32_t i = 0; i < n; i++) pq_int(&b, 1, 6), pq_bytes(&b, 3, S("c")), pq_stop(&b);
    pq_int(&b, 1, 0), pq_list(&b, 1, 12, 0), pq_stop(&b);
    buf_u32le(&b, (uint32_t)(b.n - from));
    buf_str(&b, "PAR1");
    assert_int_equal(told_rows_run(&t, "x.parquet", buf_slice(&b)), ST_OK);
    assert_has(&t, "UNREAD 16385 columns; rows of at most 16384 are read");
    assert_false(slice_has(buf_slice(&t.text), S("COLUMN")));
    told_rows_done(&t);
    buf_done(&b);
}

static void names_that_cannot_be_signed_are_refused(void **state)
{
    (void)state;
    struct pq q;
    struct told_rows t;
    three_rows(&q);
    struct slice s = pq_finish(&q);
    uint8_t *p = (uint8_t *)(uintptr_t)s.p;
    for (size_t i = 0; i + 4 < s.n; i++) /* in schema and path */
        if (memcmp(&p[i], "note", 4) == 0) memcpy(&p[i], "no\xc3\x28", 4);
    assert_int_equal(told_rows_run(&t, "x.parquet", s), ST_OK);
    assert_has(&t, "UNREAD a column whose name or type is too long or no UTF-8");
    assert_false(slice_has(buf_slice(&t.text), S("COLUMN")));
    told_rows_done(&t);
    pq_done(&q);
}

/* ---- sweeps ---- */

static const char *const swept[] = {"honest-vector-duckdb.parquet", "honest-vector-names.parquet",
                                    "honest-lists-bare.parquet", "honest-kinds-js.arrows"};

static void every_cut_is_told(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(swept); i++) {
        struct buf b = golden_file("rows", swept[i]);
        for (size_t n = 0; n < b.n; n++) {
            struct told_rows t;
            uint8_t *exact = malloc(n + 1);
            assert_non_null(exact);
            if (n) memcpy(exact, b.p, n);
            assert_int_equal(told_rows_run(&t, swept[i], slice_of(exact, n)), ST_OK);
            if (!t.trouble) fail_msg("%s is silent when cut at %zu", swept[i], n);
            told_rows_done(&t);
            free(exact);
        }
        buf_done(&b);
    }
}

/* Each bit turned: it ends well, and no batch is left open without a word. */
static void every_flip_ends_well(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(swept); i++) {
        struct buf b = golden_file("rows", swept[i]);
        for (size_t bit = 0; bit<b.n * 8; bit += b.n> 2000 ? 5 : 1) {
            struct told_rows t;
            b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(told_rows_run(&t, swept[i], buf_slice(&b)), ST_OK);
            assert_true(t.trouble < 1000);
            told_rows_done(&t);
            b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        buf_done(&b);
    }
}

/* Memory that runs out is told, or the root is right. */
static void memory_runs_out(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(swept); i++) {
        struct buf b = golden_file("rows", swept[i]);
        struct told_rows whole;
        bool enough = false;
        assert_int_equal(told_rows_run(&whole, swept[i], buf_slice(&b)), ST_OK);
        for (size_t cap = 0; cap < (4u << 20) && !enough; cap += 64 + cap / 32) {
            struct told_rows t = {0};
            enum st st = told_rows_in(&t, swept[i], buf_slice(&b), cap, 0);
            assert_true(st == ST_OK || st == ST_NOMEM);
            enough = st == ST_OK && !t.trouble;
            if (enough) assert_string_equal(t.root, whole.root);
            told_rows_done(&t);
        }
        assert_true(enough);
        told_rows_done(&whole);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_table_has_one_root),
        cmocka_unit_test(the_documented_bytes),
        cmocka_unit_test(columns_are_picked),
        cmocka_unit_test(decimals_are_numbers),
        cmocka_unit_test(old_and_odd_types),
        cmocka_unit_test(big_groups_come_in_batches),
        cmocka_unit_test(what_would_make_a_wrong_root_is_told),
        cmocka_unit_test(too_many_rows_are_refused),
        cmocka_unit_test(too_many_columns_are_refused),
        cmocka_unit_test(names_that_cannot_be_signed_are_refused),
        cmocka_unit_test(every_cut_is_told),
        cmocka_unit_test(every_flip_ends_well),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
