/* SPDX-License-Identifier: Apache-2.0 */
/* test_lines.c - prose, notebooks and text of other character sets. */
#include "told_blocks.h"
#include "read/readers.h"

static void lines_have_places(void **state)
{
    (void)state;
    static const char *const names[] = {"a.txt", "a.py", "a.md", "run", "a.yaml", ".env", "a.log"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct told_blocks t = {0};
        read_blocks(&t, names[i], S("one\ntwo\r\nthree\rfour: 4\n"));
        assert_int_equal(t.blocks, 1);
        assert_slice(buf_slice(&t.text), "one\ntwo\r\nthree\rfour: 4\n");
        assert_int_equal(t.told.anomalies, 0);
        blocks_done_with(&t);
    }
}

static void long_texts_share_their_borders(void **state)
{
    (void)state;
    struct buf b;
    struct told_blocks t = {0};
    buf_init(&b, 16u << 20);
    for (size_t i = 0; i < 200000; i++) buf_printf(&b, "line %zu of many\n", i);
    read_blocks(&t, "a.txt", buf_slice(&b));
    assert_true(t.blocks > 2);
    assert_int_equal(t.text.n, b.n); /* see_block leaves out what was seen before */
    assert_memory_equal(t.text.p, b.p, b.n);
    blocks_done_with(&t);
    buf_reset(&b);
    buf_fill(&b, 'x', 5u << 20); /* one line */
    read_blocks(&t, "a.txt", buf_slice(&b));
    assert_int_equal(t.text.n, b.n);
    blocks_done_with(&t);
    buf_done(&b);
}

#define NOTEBOOK                                                                             \
    "{\n \"cells\": [\n  {\"cell_type\": \"markdown\", \"source\": [\n    \"# Title\\n\",\n" \
    "    \"say \\\"hi\\\"\"]},\n"                                                            \
    "  {\"cell_type\": \"code\", \"outputs\": [{\"data\": {\n"                               \
    "    \"image/png\": \"iVBORw0KGgo/AAAA+==\\n\",\n    \"image/svg+xml\": \"<svg/>\",\n"   \
    "    \"text/plain\": [\"result\"]}}],\n   \"source\": \"x = 1\"}\n ],\n"                 \
    " \"nbformat\": 4}\n"

static void notebooks_name_their_cells(void **state)
{
    (void)state;
    struct told_blocks t = {0};
    read_blocks(&t, "a.ipynb", S(NOTEBOOK));
    assert_line(&t, "-1|5|cell 1|say \"hi\"");
    assert_line(&t, "-1|9|cell 2, output|result");
    assert_line(&t, "-1|10|cell 2|x = 1");
    assert_false(slice_has(buf_slice(&t.text), S("iVBOR")));
    assert_true(slice_has(buf_slice(&t.text), S("<svg/>")));
    assert_int_equal(t.told.anomalies, 0);
    blocks_done_with(&t);
}

static void big_pictures_are_left_out(void **state)
{
    (void)state;
    struct buf b;
    struct told_blocks t = {0};
    buf_init(&b, 64u << 20);
    buf_str(&b, "{\"cells\": [{\"outputs\": [{\"data\": {\"image/jpeg\": \"");
    buf_fill(&b, 'A', 9u << 20);
    buf_str(&b, "\", \"text/plain\": \"behind it\"}}]}]}");
    read_blocks(&t, "a.ipynb", buf_slice(&b));
    assert_true(t.text.n < 4096);
    assert_true(slice_has(buf_slice(&t.fields), S("cell 1, output|behind it\n")));
    blocks_done_with(&t);
    buf_done(&b);
}

struct encoded {
    struct slice bytes;
    const char *encoding, *line;
};

#define SL(x)                               \
    {                                       \
        (const uint8_t *)(x), sizeof(x) - 1 \
    }
static const struct encoded encodings[] = {
    {SL("\xff\xfei\0d\0,\0n\0\n\0\x31\0,\0\x18\x04\n\0"), "utf-16le", "0|2|n|\xd0\x98"},
    {SL("\xfe\xff\0i\0d\0,\0n\0\n\0\x31\0,\x04\x18\0\n"), "utf-16be", "0|2|n|\xd0\x98"},
    {SL("i\0d\0,\0n\0\n\0\x31\0,\0\x18\x04\n\0"), "utf-16le", "0|2|n|\xd0\x98"},
    {SL("\xff\xfe\0\0i\0\0\0,\0\0\0n\0\0\0\n\0\0\0\x31\0\0\0,\0\0\0\x18\x04\0\0"), "utf-32le",
     "0|2|n|\xd0\x98"},
    {SL("id,name\n1,\xc8\xe2\xe0\xed\n2,\xcc\xe0\xf0\xe8\xff\n"), "windows-1251",
     "0|2|name|\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd"},
    {SL("id,name\n1,Zo\xeb\n2,Fran\xe7ois\n"), "windows-1252", "0|2|name|Zo\xc3\xab"},
    {SL("id,name\n1,\x93\x8c\x8b\x9e\n2,\x91\xe5\x8d\xe3\n"), "shift_jis",
     "0|2|name|\xe6\x9d\xb1\xe4\xba\xac"},
    {SL("id,name\n1,\xce\xf7\xd0\xa1\xc3\xf7\n2,\xb1\xb1\xbe\xa9\xca\xd0\n"), "gb18030",
     "1|3|name|\xe5\x8c\x97\xe4\xba\xac\xe5\xb8\x82"},
    {SL("id,name\n1,\xb1\xe8\xc3\xb6\xbc\xf6\n2,\xbc\xad\xbf\xef\xc6\xaf\xba\xb0\xbd\xc3\n"),
     "euc-kr", "1|3|name|\xec\x84\x9c\xec\x9a\xb8\xed\x8a\xb9\xeb\xb3\x84\xec\x8b\x9c"},
    {SL("id,name\n1,Zo\xc3\xab\n2,Fran\xc3\xa7ois\n"), "utf-8", "0|2|name|Zo\xc3\xab"},
};

static void encodings_are_recoded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(encodings); i++) {
        struct told_blocks t = {.recoded = strcmp(encodings[i].encoding, "utf-8") != 0};
        read_blocks(&t, "a.csv", encodings[i].bytes);
        if (strcmp(t.encoding, encodings[i].encoding))
            print_error("row %zu: %s, not %s\n", i, t.encoding, encodings[i].encoding);
        assert_string_equal(t.encoding, encodings[i].encoding);
        assert_line(&t, encodings[i].line);
        assert_int_equal(t.told.anomalies, 0);
        blocks_done_with(&t);
    }
}

/* Longer than any buffer on the way, with characters on their borders. */
static void long_texts_are_recoded_whole(void **state)
{
    (void)state;
    static const struct encoded rows[] = {
        {SL("1,\xc8\xe2\xe0\xed \xcf\xe5\xf2\xf0\xee\xe2\n"), "windows-1251", NULL},
        {SL("1,\x93\x8c\x8b\x9e\x93s\n"), "shift_jis", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b;
        struct told_blocks t = {.recoded = true};
        buf_init(&b, 16u << 20);
        buf_str(&b, "id,name\n");
        for (size_t n = 0; n < 300000; n++) buf_add(&b, rows[i].bytes);
        read_blocks(&t, "a.csv", buf_slice(&b));
        assert_string_equal(t.encoding, rows[i].encoding);
        assert_int_equal(t.records, 300000);
        assert_int_equal(t.told.anomalies + t.told.unread, 0);
        blocks_done_with(&t);
        buf_done(&b);
    }
}

/* Offsets are those of the file, not of the text that was made of it. */
static void offsets_are_mapped_back(void **state)
{
    (void)state;
    struct told t;
    assert_int_equal(told_run(&t, "a.csv", S("\xff\xfei\0,\0n\0\n\0\x31\0,\0\x18\x04x\0\n\0")),
                     ST_OK);
    assert_told(&t, " CELL 0 1 2:3 14 n=\xd0\x98x");
    told_done(&t);
}

static void binaries_stay_binaries(void **state)
{
    (void)state;
    static const struct encoded rows[] = {
        {SL("\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\x08\0"), "x.bin", NULL},
        {SL("\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40"), "x.bin", NULL},
        {SL("\x41\xf3\x9c\x12\x88\xe1\x03\xff\x10\xab\x90\xcd\x77\x01\xfe\xdc"), "x", NULL},
        {SL("i\0d\0,\0n\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0"), "x", NULL},
        {SL("Zo\xeb Fran\xe7ois Lef\xe8vre"), "model.pt", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum format as[SNIFF_MAX];
        size_t n = sniff(rows[i].bytes, slice_str(rows[i].encoding), as);
        for (size_t k = 0; k < n; k++) {
            if (as[k] == FMT_TEXT) print_error("row %zu is text\n", i);
            assert_int_not_equal(as[k], FMT_TEXT);
        }
    }
}

static void sweeps(void **state)
{
    (void)state;
    sweep_flips("a.ipynb", S(NOTEBOOK));
    sweep_memory("a.ipynb", S(NOTEBOOK));
    sweep_memory("a.txt", S("one\ntwo\n"));
    for (size_t i = 0; i < COUNT_OF(encodings); i++) {
        sweep_flips("a.csv", encodings[i].bytes);
        sweep_memory("a.csv", encodings[i].bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_have_places),
        cmocka_unit_test(long_texts_share_their_borders),
        cmocka_unit_test(notebooks_name_their_cells),
        cmocka_unit_test(big_pictures_are_left_out),
        cmocka_unit_test(encodings_are_recoded),
        cmocka_unit_test(long_texts_are_recoded_whole),
        cmocka_unit_test(offsets_are_mapped_back),
        cmocka_unit_test(binaries_stay_binaries),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
