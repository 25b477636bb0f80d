/* SPDX-License-Identifier: Apache-2.0 */
#include "told_blocks.h"

struct table {
    const char *name, *text;
    uint64_t rows, columns;
    const char *line; /* one value or anomaly that must be told */
    const char *dialect;
};

static const struct table tables[] = {
    {"a.csv", "id,name\n1,Ann\n2,Bob\n", 2, 2, "1|3|name|Bob", "comma, LF"},
    {"a.csv", "id,name\r\n1,Ann\r\n2,Bob\r\n", 2, 2, "1|3|name|Bob", "comma, CR LF"},
    {"a.csv", "id,name\r1,Ann\r2,Bob\r", 2, 2, "1|3|name|Bob", "comma, CR"},
    {"a.csv", "id,name\r\n1,Ann\n2,Bob\r3,Eve", 3, 2, "2|4|name|Eve", "comma, mixed line ends"},
    {"a.csv", "\xef\xbb\xbfid;name\n1;Ann\n2;Bob\n", 2, 2, "0|2|id|1", "semicolon, LF"},
    {"a.csv", "p;q\n1,5;2,5\n3,5;4,5\n", 2, 2, "1|3|q|4,5", "semicolon, LF"},
    {"a.tsv", "id\tname\n1\tAnn\n", 1, 2, "0|2|name|Ann", "tab, LF"},
    {"a.csv", "id|name\n1|Ann\n2|Bob\n", 2, 2, "1|3|name|Bob", "vertical bar, LF"},
    {"a.csv", "user:uid:home\nann:1:/a\nbob:2:/b\n", 2, 3, "1|3|home|/b", "colon, LF"},
    {"a.csv", "sep=;\nid;a,b\n1;2,3\n", 1, 2, "0|3|a,b|2,3", "semicolon, LF"},
    {"a.csv", "# made by hand\n# twice\nid,name\n1,Ann\n#2,Bob\n", 2, 2, "0|4|name|Ann",
     "comma, LF"},
    {"a.csv", "id,name\n1,\"a, b\"\n2,\"c\nd\"\n3,e\n", 3, 2, "2|5|name|e", "comma, LF"},
    {"a.csv", "id,name\n1,\"say \"\"hi\"\", ok\"\n", 1, 2, "0|2|name|say \"hi\", ok", "comma, LF"},
    {"a.csv", "id,name\n1,\"say \\\"hi\\\"\"\n2,b\n", 2, 2, "0|2|name|say \"hi\"",
     "comma, LF, backslash escapes"},
    {"a.csv", "id,size\n1,5\" pipe\n2,6\" pipe, \"\n", 2, 2,
     "! row 2 line 3: 3 fields where 2 were expected", "comma, LF"},
    {"a.csv", "a,b\n1,x\"y\"z\n2,\"\"\"\"\n", 2, 2, "1|3|b|\"", "comma, LF"},
    {"a.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n\n10,11,12\n", 4, 3,
     "! row 2 line 3: 2 fields where 3 were expected", "comma, LF"},
    {"a.csv", "a,b\n1,x\n\n\n2,y\n", 2, 2, "1|5|b|y", "comma, LF"},
    {"a.csv", "a,b\n1,\"open\n2,3\n", 1, 2,
     "! row 1 line 2: a quote that is never closed: all that follows is one cell", "comma, LF"},
    {"a.csv", "a,b\n1,x\0y\n2,z\n", 2, 2, "! row 1 line 2: a NUL byte", "comma, LF"},
    {"a.csv", "a,b,c\n", 0, 3, NULL, "comma, LF"},
    {"a.csv", "\xef\xbb\xbf", 0, 0, NULL, "comma, LF, no header"},
    {"a.csv", "1.5,2,3\n1,2,3\n", 2, 3, "0|1|column 1|1.5", "comma, LF, no header"},
    {"a.csv", "ann@example.com,5\nbob@example.com,6\n", 2, 2, "1|2|column 1|bob@example.com",
     "comma, LF, no header"},
    {"a.csv", "city,2019,2020\nBonn,1,2\n", 1, 3, "0|2|2019|1", "comma, LF"},
    {"a.csv", "v\n1\n2\n", 2, 1, "1|3|v|2", "comma, LF"},
    {"a.csv", "a,a,b\n1,2,3\n", 1, 3, "0|2|b|3", "comma, LF"},
    {"a.csv", "a,b,\n1,2,\n", 1, 3, "0|2|b|2", "comma, LF"},
    {"a.csv", "a,b\n1,2,\n3,4,\n", 2, 2, "1|3|b|4", "comma, LF"},
    /* a first line that counts: one thing to say, not one for each record */
    {"a.csv", "4,2,malign,benign\n1,2,3,4,0\n5,6,7,8,1\n9,1,2,3,0\n4,5,6,7,1\n", 4, 4,
     "! row 0 line 1: 4 fields in the first line, 5 in the records behind it", "comma, LF"},
    {"a.csv", "a,b,c\n1,2\n4,5\n", 2, 3, "! row 1 line 2: 2 fields where 3 were expected",
     "comma, LF"},
    {"a.csv", "a,b,c\n1,2\n4,5\n6,7,8\n", 3, 3, "! row 2 line 3: 2 fields where 3 were expected",
     "comma, LF"},
};

static struct slice text_of(const struct table *t)
{
    /* the one with a NUL */
    if (t->line && strstr(t->line, "NUL")) return S("a,b\n1,x\0y\n2,z\n");
    return slice_str(t->text);
}

static void dialects(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        struct told_blocks t = {0};
        const struct table *row = &tables[i];
        read_blocks(&t, row->name, text_of(row));
        bool said = !row->line || slice_has(buf_slice(&t.fields), slice_str(row->line));
        bool fits = t.records == row->rows && t.columns == row->columns && said &&
                    !strcmp(t.dialect, row->dialect);
        if (!fits)
            print_error("table %zu: %llu rows, %zu columns, %s\n%s\n", i,
                        (unsigned long long)t.records, t.columns, t.dialect, buf_text(&t.fields));
        assert_true(fits);
        blocks_done_with(&t);
    }
}

static void honest_tables_are_quiet(void **state)
{
    (void)state;
    static const size_t quiet[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 15, 17, 20, 28};
    for (size_t i = 0; i < COUNT_OF(quiet); i++) {
        struct told t;
        assert_int_equal(told_run(&t, tables[quiet[i]].name, text_of(&tables[quiet[i]])), ST_OK);
        assert_quiet(&t);
        told_done(&t);
    }
}

/* "id,text" and three rows, in code page 500 */
static void ebcdic_is_not_read(void **state)
{
    (void)state;
    static const char text[] =
        "\x89\x84\x6b\xa3\x85\xa7\xa3\x25\xf1\x6b\x96\x95\x85\x40\x86\x96\xa7\x40\x99\xa4\x95\xa2"
        "\x40\x88\x96\x94\x85\x25\xf2\x6b\xa3\xa6\x96\x40\x84\x96\x87\xa2\x40\xa6\x81\x93\x92\x40"
        "\x96\xa4\xa3\x25\xf3\x6b\xa3\x88\x99\x85\x85\x40\x83\x81\xa3\xa2\x40\xa2\x93\x85\x85\x97"
        "\x40\xa3\x96\x84\x81\xa8\x25";
    struct told t;
    assert_int_equal(told_run(&t, "a.csv", slice_of(text, sizeof text - 1)), ST_OK);
    assert_told(&t, "text in EBCDIC");
    told_done(&t);
}

static void empty_cells_are_not_filled(void **state)
{
    (void)state;
    struct told_blocks t = {0};
    read_blocks(&t, "a.csv", S("a,b,c\n1,,\"\"\n,2,3\r\n4,5\n\n6,7,\r\n,,\n8,9,10"));
    assert_int_equal(t.records, 6);
    assert_int_equal(t.filled[0], 4);
    assert_int_equal(t.filled[1], 4);
    assert_int_equal(t.filled[2], 2);
    blocks_done_with(&t);
}

/* Several within one word of the scan: each is told with its own row. */
static void bytes_that_are_not_utf8_have_their_rows(void **state)
{
    (void)state;
    struct told_blocks t = {0};
    read_blocks(&t, "a.csv",
                S("a,b\n1,\xc3\xa9\xc3\xa9\xc3\xa9\xff\n2,\xfe\n3,x\n4,\xc3\xa9\xfe\n"));
    assert_int_equal(t.told.anomalies, 3);
    assert_line(&t, "! row 1 line 2: text that is not UTF-8");
    assert_line(&t, "! row 2 line 3: text that is not UTF-8");
    assert_line(&t, "! row 4 line 5: text that is not UTF-8");
    blocks_done_with(&t);
}

/* Separators at the ends of all lines, and the last line has no end: no row is ragged, and its last
 * cell is empty like those of the others. */
static void the_last_line_may_lack_its_end(void **state)
{
    (void)state;
    struct told_blocks t = {0};
    read_blocks(&t, "a.csv", S("a,b\n1,2,\n3,4,"));
    assert_int_equal(t.records, 2);
    assert_int_equal(t.told.anomalies, 0);
    blocks_done_with(&t);
    read_blocks(&t, "a.csv", S("a,b,c\n1,2,3\n4,5,"));
    assert_int_equal(t.records, 2);
    assert_int_equal(t.filled[2], 1);
    blocks_done_with(&t);
    read_blocks(&t, "a.csv", S("a,b\n1,\"x,"));
    assert_line(&t, "! row 1 line 2: a quote that is never closed");
    blocks_done_with(&t);
}

/* The same table, whatever stands before it: all positions within a word of 64 bytes. */
static void every_alignment(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 140; shift++) {
        struct buf b;
        struct told_blocks t = {0};
        buf_init(&b, 4096);
        buf_str(&b, "id,");
        buf_fill(&b, 'x', shift);
        buf_str(&b, "\r\n1,\"a \"\"quoted\"\" b\"\r\n,\"\"\r\n2,5\" pipe\r\n\r\n3,\"x,\ny\"\r\n");
        read_blocks(&t, "a.csv", buf_slice(&b));
        assert_int_equal(t.records, 4);
        assert_int_equal(t.filled[0], 3);
        assert_int_equal(t.filled[1], 3);
        assert_int_equal(t.told.anomalies, 0);
        assert_true(slice_has(buf_slice(&t.fields), S("|a \"quoted\" b\n")));
        assert_true(slice_has(buf_slice(&t.fields), S("|5\" pipe\n")));
        assert_true(slice_has(buf_slice(&t.fields), S("3|6|")));
        blocks_done_with(&t);
        buf_done(&b);
    }
}

static void long_cells_come_in_parts(void **state)
{
    (void)state;
    struct buf b;
    struct told_blocks t = {0};
    buf_init(&b, 64u << 20);
    buf_str(&b, "id,text,after\n1,\"");
    for (size_t i = 0; i < 500000; i++) buf_str(&b, "words \"\"and\"\" more, ");
    buf_str(&b, "\",last\n2,short,end\n");
    read_blocks(&t, "a.csv", buf_slice(&b));
    assert_int_equal(t.records, 2);
    assert_true(t.part && t.rendered);
    assert_int_equal(t.told.anomalies, 0);
    assert_true(slice_has(buf_slice(&t.text), S("words \"and\" more, \",last\n2,short,end\n")));
    blocks_done_with(&t);
    buf_done(&b);
}

static void many_columns(void **state)
{
    (void)state;
    struct buf b;
    struct told_blocks t = {0};
    buf_init(&b, 64u << 20);
    for (unsigned row = 0; row < 2; row++)
        for (size_t i = 0; i < 1000000; i++)
            buf_printf(&b, row ? "%zu%c" : "c%zu%c", i % 10, i == 999999 ? '\n' : ',');
    read_blocks(&t, "a.csv", buf_slice(&b));
    assert_int_equal(t.records, 1);
    assert_true(told_has(&t.told, "CARD 16  1000000") || told_has(&t.told, " 1000000\n"));
    assert_int_equal(t.told.anomalies, 0);
    blocks_done_with(&t);
    buf_done(&b);
}

static void sweeps(void **state)
{
    (void)state;
    struct slice s = S("id;\"na\"\"me\"\n1;\"x\"\"y\"\n2;5\" p\n;\"\"\n3;\"a;\nb\"\n");
    sweep_flips("a.csv", s);
    sweep_memory("a.csv", s);
    for (size_t n = 0; n < s.n; n++) {
        struct told_blocks t = {0};
        read_blocks(&t, "a.csv", slice_sub(s, 0, n));
        blocks_done_with(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dialects),
        cmocka_unit_test(honest_tables_are_quiet),
        cmocka_unit_test(ebcdic_is_not_read),
        cmocka_unit_test(empty_cells_are_not_filled),
        cmocka_unit_test(bytes_that_are_not_utf8_have_their_rows),
        cmocka_unit_test(the_last_line_may_lack_its_end),
        cmocka_unit_test(every_alignment),
        cmocka_unit_test(long_cells_come_in_parts),
        cmocka_unit_test(many_columns),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
