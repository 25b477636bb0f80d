/* SPDX-License-Identifier: Apache-2.0 */
/* Parquet: files by hand, with every number that can lie, and the makers' goldens. */
#include "golden_file.h"
#include "make_parquet.h"
#include "told.h"
#include <stdio.h>

enum { REQUIRED, OPTIONAL, REPEATED };

static void run(struct told *t, struct pq *q)
{
    assert_int_equal(told_run(t, "x.parquet", pq_finish(q)), ST_OK);
    pq_done(q);
}

/* "one", "two", null in one page of version 1. */
static void three_rows(struct pq *q, struct pq_page page)
{
    struct buf b;
    pq_init(q);
    buf_init(&b, 1000);
    buf_u32le(&b, 2);
    buf_byte(&b, 1 << 1 | 1); /* a group of eight bits */
    buf_byte(&b, 0x03);
    pq_text(&b, "one");
    pq_text(&b, "two");
    page.values = 3;
    page.unpacked = -1;
    page.levels = RLE;
    pq_add(q, page, buf_slice(&b));
    buf_done(&b);
}

static void a_small_file_is_read(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    char line[64];
    three_rows(&q, (struct pq_page){.crc = PQ_CRC});
    size_t at = slice_find(buf_slice(&q.file), S("one"));
    run(&t, &q);
    assert_quiet(&t);
    assert_told(&t, " TABLE x.parquet 1\n");
    (void)snprintf(line, sizeof line, " CELL 0 0 -1:-1 %zu note=one\n", at);
    assert_told(&t, line);
    (void)snprintf(line, sizeof line, " CELL 1 0 -1:-1 %zu note=two\n", at + 7);
    assert_told(&t, line);
    assert_told(&t, " CARD 1 a test 0\n");
    assert_told(&t, " TABLE_END 3 0\n");
    told_done(&t);
}

static void a_wrong_checksum_is_told(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    three_rows(&q, (struct pq_page){.crc = PQ_BAD_CRC});
    run(&t, &q);
    assert_told(&t, "checksum");
    assert_told(&t, "note=one");
    told_done(&t);
}

/* Levels of the old kind: no length, highest bit first. */
static void old_levels(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    struct buf b;
    pq_init(&q);
    buf_init(&b, 100);
    buf_byte(&b, 0xa0); /* 1 0 1 */
    pq_text(&b, "first");
    pq_text(&b, "third");
    pq_add(&q, (struct pq_page){.values = 3, .unpacked = -1, .levels = BIT_PACKED}, buf_slice(&b));
    run(&t, &q);
    assert_quiet(&t);
    assert_told(&t, " CELL 0 0 -1:-1 ");
    assert_told(&t, "note=first\n");
    assert_told(&t, " CELL 2 0 -1:-1 ");
    buf_done(&b);
    told_done(&t);
}

static void a_null_page_of_two_thousand_million_rows_costs_nothing(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    struct buf b;
    pq_init(&q);
    buf_init(&b, 100);
    pq_run(&b, INT32_MAX, 0, true);
    pq_add(&q, (struct pq_page){.values = INT32_MAX, .unpacked = -1, .levels = RLE}, buf_slice(&b));
    run(&t, &q);
    assert_quiet(&t);
    assert_told(&t, " TABLE_END 2147483647 0\n");
    buf_done(&b);
    told_done(&t);
}

static void dictionary_of(struct pq *q, const char *const texts[], int64_t n)
{
    struct buf b;
    buf_init(&b, 1000);
    for (int64_t i = 0; i < n; i++) pq_text(&b, texts[i]);
    pq_add(q, (struct pq_page){.kind = 2, .values = n, .unpacked = -1}, buf_slice(&b));
    buf_done(&b);
}

static const char *const abc[] = {"alpha", "beta", "never used"};

static void a_dictionary_is_told_once(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    pq_init(&q);
    q.repetition = REQUIRED;
    dictionary_of(&q, abc, 3);
    pq_index_run(&q, 5, 1);
    pq_index_run(&q, INT32_MAX, 0);
    run(&t, &q);
    assert_quiet(&t);
    assert_told(&t, " CELL 5 0 -1:-1 ");
    assert_told(&t, "note=alpha\n");
    assert_told(&t, " CELL 0 0 -1:-1 ");
    assert_told(&t, "note=beta\n");
    assert_told(&t, " CELL -1 0 -1:-1 ");
    assert_told(&t, "note=never used\n");
    assert_told(&t, " TABLE_END 2147483652 0\n");
    told_done(&t);
}

static void an_index_that_is_not_there_is_told(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    pq_init(&q);
    q.repetition = REQUIRED;
    dictionary_of(&q, abc, 2);
    pq_index_run(&q, 5, 2);
    run(&t, &q);
    assert_anomaly(&t, ANOMALY_MALFORMED);
    told_done(&t);
    pq_init(&q); /* and no dictionary at all */
    q.repetition = REQUIRED;
    pq_index_run(&q, 5, 0);
    run(&t, &q);
    assert_anomaly(&t, ANOMALY_MALFORMED);
    told_done(&t);
}

static void delta_header(struct buf *b, uint64_t block, uint64_t minis, uint64_t count,
                         int64_t first)
{
    pq_varint(b, block);
    pq_varint(b, minis);
    pq_varint(b, count);
    pq_zigzag(b, first);
}

/* n times the same number: blocks whose differences take no bits. */
static void delta_constant(struct buf *b, uint64_t n, int64_t value)
{
    delta_header(b, 128, 4, n, value);
    for (uint64_t i = 1; i < n; i += 128) {
        pq_zigzag(b, 0);
        for (int k = 0; k < 4; k++) buf_byte(b, 0);
    }
}

static void deltas_are_read(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    struct buf b;
    pq_init(&q);
    q.repetition = REQUIRED;
    buf_init(&b, 4000);
    delta_constant(&b, 200, 3);
    for (int i = 0; i < 200; i++) buf_printf(&b, "%03d", i);
    pq_add(&q,
           (struct pq_page){.values = 200, .encoding = DELTA_LENGTH, .unpacked = -1, .levels = RLE},
           buf_slice(&b));
    run(&t, &q);
    assert_quiet(&t);
    assert_told(&t, "note=000\n");
    assert_told(&t, " CELL 199 0 -1:-1 ");
    assert_told(&t, "note=199\n");
    buf_done(&b);
    told_done(&t);
}

/* Each value is the one before and a byte: what a few kilobytes grow to is bounded. */
static void growing_prefixes_end(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    struct buf b;
    struct budget budget;
    enum { N = 60000 };
    pq_init(&q);
    q.repetition = REQUIRED;
    buf_init(&b, 1u << 20);
    delta_header(&b, 128, 4, N, 0);
    for (uint64_t i = 1; i < N; i += 128) {
        pq_zigzag(&b, 1);
        for (int k = 0; k < 4; k++) buf_byte(&b, 0);
    }
    delta_constant(&b, N, 1);
    buf_fill(&b, 'x', N);
    pq_add(&q,
           (struct pq_page){.values = N, .encoding = DELTA_BYTES, .unpacked = -1, .levels = RLE},
           buf_slice(&b));
    budget_defaults(&budget);
    budget.work = 1u << 20;
    assert_int_equal(told_run_in(&t, "x.parquet", pq_finish(&q), &budget, NULL, 64u << 20, 65536),
                     ST_OK);
    assert_int_equal(t.unread, 1);
    buf_done(&b);
    pq_done(&q);
    told_done(&t);
}

static void counts_that_lie_are_told(void **state)
{
    (void)state;
    struct lie {
        int64_t rows, group_rows, declared, packed, data_at;
    } lies[] = {{4, -1, -1, -1, -1},         {-1, 9, -1, -1, -1},  {-1, -1, 2, -1, -1},
                {-1, -1, INT64_MAX, -1, -1}, {-1, -1, -1, 5, -1},  {-1, -1, -1, INT64_MAX, -1},
                {-1, -1, -1, -1, 1 << 30},   {-1, -1, -1, -1, 0},  {INT64_MAX, -1, -1, -1, -1},
                {-1, -1, -1, -1, 20},        {-1, -1, -1, 500, -1}};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct pq q;
        struct told t;
        three_rows(&q, (struct pq_page){0});
        q.rows = lies[i].rows;
        q.group_rows = lies[i].group_rows;
        q.declared = lies[i].declared;
        q.packed = lies[i].packed;
        q.data_at = lies[i].data_at;
        run(&t, &q);
        if (!t.anomalies && !t.unread) print_error("lie %zu was believed\n", i);
        assert_true(t.anomalies + t.unread > 0);
        told_done(&t);
    }
}

static void what_cannot_be_read_is_said_to_be_so(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    three_rows(&q, (struct pq_page){0});
    q.encrypted_column = true;
    run(&t, &q);
    assert_told(&t, " UNREAD 0 column note is encrypted");
    told_done(&t);
    three_rows(&q, (struct pq_page){0});
    q.codec = 3; /* LZO */
    run(&t, &q);
    assert_told(&t, " UNREAD 1 ");
    told_done(&t);
    three_rows(&q, (struct pq_page){.encoding = 77});
    run(&t, &q);
    assert_told(&t, " UNREAD 1 ");
    told_done(&t);
    assert_int_equal(told_run(&t, "x.parquet", S("PARE............PARE")), ST_OK);
    assert_told(&t, " UNREAD 0 ");
    told_done(&t);
}

/* Some readers believe the name of another file, others look here all the same. */
static void a_column_said_to_be_elsewhere_is_read(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    three_rows(&q, (struct pq_page){0});
    q.elsewhere = "other.parquet";
    run(&t, &q);
    assert_quiet(&t);
    assert_told(&t, "note=one\n");
    told_done(&t);
    pq_init(&q); /* a summary: it names pages and has none */
    q.elsewhere = "part-0.parquet";
    q.first_page = 4;
    q.values = 3;
    q.packed = 100;
    run(&t, &q);
    assert_quiet(&t);
    told_done(&t);
}

static void pages_that_nothing_names_are_told(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    three_rows(&q, (struct pq_page){0});
    q.no_columns = true;
    run(&t, &q);
    assert_told(&t, " UNREAD 3 ");
    told_done(&t);
    three_rows(&q, (struct pq_page){0});
    pq_add(&q, (struct pq_page){.kind = 1, .unpacked = -1}, S("what is an index page?"));
    run(&t, &q);
    assert_told(&t, " UNREAD 1 ");
    told_done(&t);
}

/* Hadoop's frame around LZ4, big-endian lengths; and the same page as a bare block. */
static void old_lz4_pages(void **state)
{
    (void)state;
    static const char packed[] = "\0\0\0\x07\0\0\0\x08\x70\x03\0\0\0cat";
    for (size_t skip = 0; skip <= 8; skip += 8) {
        struct pq q;
        struct told t;
        pq_init(&q);
        q.repetition = REQUIRED;
        q.codec = 5;
        pq_add(&q, (struct pq_page){.values = 1, .unpacked = 7, .levels = RLE},
               slice_of(&packed[skip], sizeof packed - 1 - skip));
        run(&t, &q);
        assert_quiet(&t);
        assert_told(&t, "note=cat\n");
        told_done(&t);
    }
}

static void unpacked_lengths_that_lie_are_told(void **state)
{
    (void)state;
    static const int64_t lengths[] = {0, 6, 8, 1 << 20, INT32_MAX, INT64_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct pq q;
        struct told t;
        pq_init(&q);
        q.repetition = REQUIRED;
        q.codec = 1;
        pq_add(&q, (struct pq_page){.values = 1, .unpacked = lengths[i], .levels = RLE},
               S("\x07\x18\x03\0\0\0cat"));
        run(&t, &q);
        assert_true(t.anomalies + t.unread > 0);
        told_done(&t);
    }
}

/* Bytes of no stated kind: text is text, a program or a picture is a file of its own. */
static void binary_values(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    struct buf b;
    pq_init(&q);
    q.repetition = REQUIRED;
    q.converted = -1;
    buf_init(&b, 1000);
    pq_text(&b, "plain words");
    buf_u32le(&b, 100);
    buf_str(&b, "\x89PNG\r\n\x1a\n");
    buf_fill(&b, 0, 92);
    pq_add(&q, (struct pq_page){.values = 2, .unpacked = -1, .levels = RLE}, buf_slice(&b));
    run(&t, &q);
    assert_told(&t, "note=plain words\n");
    assert_told(&t, "!note row 1 FORMAT image");
    buf_done(&b);
    told_done(&t);
}

/* However many they are: what cannot be opened any more is said to be so. */
static void many_binary_values(void **state)
{
    (void)state;
    for (int packed = 0; packed < 2; packed++) {
        struct pq q;
        struct told t;
        struct buf b;
        pq_init(&q);
        q.repetition = REQUIRED;
        q.converted = -1;
        q.codec = packed;
        buf_init(&b, 1u << 20);
        if (packed) pq_varint(&b, 2000 * 24);
        for (int i = 0; i < 2000; i++) {
            if (packed) buf_byte(&b, 23 << 2); /* a snappy literal of 24 bytes */
            buf_u32le(&b, 20);
            buf_add(&b, S("\x80\x02"
                          "cposix\nsystem\n)\x85R."));
        }
        pq_add(&q, (struct pq_page){.values = 2000, .unpacked = 2000 * 24, .levels = RLE},
               buf_slice(&b));
        run(&t, &q);
        assert_told(&t, "!note row 1000 FORMAT pickle");
        assert_int_equal(told_has(&t, "!note row 1999 FORMAT pickle"), !packed);
        assert_int_equal(told_has(&t, " UNREAD 2 976 binary values were not opened"), packed);
        buf_done(&b);
        told_done(&t);
    }
}

/* Bytes that belong to no column are looked at as well. */
static void what_lies_between_is_looked_at(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    three_rows(&q, (struct pq_page){0});
    buf_fill(&q.file, 'z', 100);
    q.packed = (int64_t)q.file.n - 100 - q.first_page;
    run(&t, &q);
    assert_quiet(&t);
    assert_told(&t, " BLOB 100\n");
    told_done(&t);
}

/* A value of a megabyte and more comes in pieces that overlap. */
static void long_values(void **state)
{
    (void)state;
    struct pq q;
    struct told t;
    struct buf b;
    pq_init(&q);
    buf_done(&q.file);
    buf_init(&q.file, 8u << 20);
    buf_str(&q.file, "PAR1");
    q.repetition = REQUIRED;
    buf_init(&b, 4u << 20);
    buf_u32le(&b, 3u << 20);
    buf_fill(&b, 'w', 3u << 20);
    pq_add(&q, (struct pq_page){.values = 1, .unpacked = -1, .levels = RLE}, buf_slice(&b));
    run(&t, &q);
    assert_quiet(&t);
    assert_told(&t, ", part\n");
    assert_told(&t, " TABLE_END 1 0\n");
    buf_done(&b);
    told_done(&t);
}

static void sweeps(void **state)
{
    (void)state;
    struct pq q;
    three_rows(&q, (struct pq_page){.crc = PQ_CRC});
    struct slice s = pq_finish(&q);
    sweep_truncation("x.parquet", s);
    sweep_flips("x.parquet", s);
    sweep_memory("x.parquet", s);
    pq_done(&q);
    pq_init(&q);
    q.repetition = REQUIRED;
    dictionary_of(&q, abc, 3);
    pq_index_run(&q, 5, 1);
    s = pq_finish(&q);
    sweep_truncation("x.parquet", s);
    sweep_flips("x.parquet", s);
    sweep_memory("x.parquet", s);
    pq_done(&q);
}

static void goldens(void **state)
{
    (void)state;
    static const struct {
        const char *name, *line;
    } cases[] = {
        {"honest-arrow-rs-brotli.parquet", "tags.list.item=tag 12.0\n"},
        {"honest-arrow-rs-lz4.parquet", "turns.list.item.content=turn 4.0\n"},
        {"honest-duckdb-v2.parquet", "extra.key_value.value=v59\n"},
        {"honest-hyparquet-byte-stream-split.parquet", "short=4000059\n"},
        {"honest-hyparquet-delta-byte-array.parquet", "kind=fern\n"},
        {"honest-hyparquet-whole-doubles.parquet", "card=70000008\n"},
        {"malformed-rows.parquet", " ANOMALY 2 61 rows"},
        {"malformed-shared-bytes.parquet", "share their bytes"},
        {"malformed-path.parquet", " UNREAD 3 "},
        {"malformed-second-offset.parquet", "first data page"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told t;
        struct buf b = golden_file("parquet", cases[i].name);
        assert_int_equal(told_run(&t, cases[i].name, buf_slice(&b)), ST_OK);
        assert_told(&t, cases[i].line);
        if (slice_starts(slice_str(cases[i].name), S("honest"))) assert_quiet(&t);
        told_done(&t);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_file_is_read),
        cmocka_unit_test(a_wrong_checksum_is_told),
        cmocka_unit_test(old_levels),
        cmocka_unit_test(a_null_page_of_two_thousand_million_rows_costs_nothing),
        cmocka_unit_test(a_dictionary_is_told_once),
        cmocka_unit_test(an_index_that_is_not_there_is_told),
        cmocka_unit_test(deltas_are_read),
        cmocka_unit_test(growing_prefixes_end),
        cmocka_unit_test(counts_that_lie_are_told),
        cmocka_unit_test(what_cannot_be_read_is_said_to_be_so),
        cmocka_unit_test(a_column_said_to_be_elsewhere_is_read),
        cmocka_unit_test(pages_that_nothing_names_are_told),
        cmocka_unit_test(old_lz4_pages),
        cmocka_unit_test(unpacked_lengths_that_lie_are_told),
        cmocka_unit_test(binary_values),
        cmocka_unit_test(many_binary_values),
        cmocka_unit_test(what_lies_between_is_looked_at),
        cmocka_unit_test(long_values),
        cmocka_unit_test(sweeps),
        cmocka_unit_test(goldens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
