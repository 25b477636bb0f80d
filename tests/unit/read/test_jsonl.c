/* SPDX-License-Identifier: Apache-2.0 */
#include "told_blocks.h"

struct doc {
    const char *name, *text;
    uint64_t rows, malformed;
    const char *line; /* one value or anomaly that must be told */
};

static const struct doc docs[] = {
    {"a.jsonl", "{\"a\":1}\n{\"a\":2}\n", 2, 0, "1|2|$.a|2"},
    {"a.jsonl", "{\"a\":1}\r\n{\"a\":2}\r\n", 2, 0, "1|2|$.a|2"},
    {"a.jsonl", "{\"a\":1}\r{\"a\":2}\r", 2, 0, "1|2|$.a|2"},
    {"a.jsonl", "\xef\xbb\xbf{\"a\":1}\n{\"a\":2}", 2, 0, "0|1|$.a|1"},
    {"a.jsonl", "\n{\"a\":1}\n\n\n{\"a\":2}\n", 2, 0, "1|5|$.a|2"},
    {"a.jsonl", "{\"a\":{\"b\":[1,{\"c d\":\"x\"}]}}\n", 1, 0, "0|1|$.a.b[1][\"c d\"]|x"},
    {"a.jsonl", "{\"\\u0061b\":\"h\\u0069\\n\\ud83d\\ude00\"}\n", 1, 0,
     "0|1|$.ab|hi\n\xf0\x9f\x98\x80"},
    {"a.jsonl", "{\"a\":\"\\ud800\"}\n", 1, 0, "0|1|$.a|\xef\xbf\xbd"},
    {"a.jsonl", "{\"key\":{\"\":\"x\"}}\n", 1, 0, "0|1|$.key|x"},
    {"a.jsonl", "{\"a\":1}\n{\"a\":2,}\n{\"a\":3}\n", 2, 1,
     "! row 0 line 2: a bracket that closes nothing"},
    {"a.jsonl", "{\"a\":1}\n{\"a\":", 1, 1, "! row 0 line 2: the line ends before its value does"},
    {"a.jsonl", "{\"a\":NaN}\n{\"a\":Infinity}\n", 0, 2,
     "! row 0 line 2: neither number, true, false nor null"},
    {"a.jsonl", "{\"a\":\"\xff\xfe\"}\n{\"a\":\"ok\"}\n", 1, 1,
     "! row 0 line 1: text that is not UTF-8"},
    {"a.jsonl", "{\"a\":\"\xff\"}\n{\"a\":\"\xfe\"}\n{\"a\":1}\n", 1, 2, "0|3|$.a|1"},
    {"a.jsonl", "{\"a\":\"x\ty\"}\n{\"a\":1}\n", 1, 1,
     "! row 0 line 1: a control character in a string"},
    {"a.jsonl", "{\"a\":\"\\x\"}\n{\"a\":1}\n", 1, 1,
     "! row 0 line 1: an escape that JSON does not have"},
    {"a.jsonl", "{\"a\":\"x\n{\"a\":1}\n", 1, 1,
     "! row 0 line 1: a string without its closing quote"},
    {"a.jsonl", "{\"a\":01}\n{\"a\":1.}\n{\"a\":-}\n{\"a\":1e}\n{\"a\":1}\n{\"a\":-0.5E+7}\n", 2, 4,
     "1|6|$.a|-0.5E+7"},
    {"a.jsonl", "{\"a\":1}{\"a\":2}\n{\"a\":3}\n", 1, 1, "! row 0 line 1: bytes after the value"},
    {"a.jsonl", "{\"a\" 1}\n{\"a\":1}\n", 1, 1, "! row 0 line 1: a value out of place"},
    {"a.jsonl", "[\n  {\"a\": 1},\n  {\"a\": 2},\n  {\"a\": 3}\n]\n", 3, 0, "2|4|$.a|3"},
    {"a.jsonl", "1\n\"two\"\nnull\n", 3, 0, "1|2|$|two"},
    {"a.json", "[{\"a\":1},{\"a\":2}]", 2, 0, "1|1|$.a|2"},
    {"a.json", "[\n1,\n[2]\n,{}]", 3, 0, "1|3|$[0]|2"},
    {"a.json", "{\"a\":1}{\"a\":2}", 2, 0, "1|1|$.a|2"},
    {"a.json", "{\"a\":1}\n{\"a\":2}\n", 2, 0, "1|2|$.a|2"},
    {"a.json", "{\n \"db\": {\n  \"password\": \"x\\/y\"\n }\n}", 1, 0, "0|3|$.db.password|x/y"},
    {"a.json", "[{\"a\":1},{\"a\":2]", 1, 1, "! row 0 line 1: a bracket that closes nothing"},
    {"a.json", "[{\"a\":1},{\"a\":2}", 1, 1, NULL},
    {"a.json", "[]", 0, 0, NULL},
    {"a.json", "{\"data\":[{\"a\":1},{\"b", 0, 1, "! row 0 line 1: a string without its closing"},
    {"a.json", "{\"data\":[{\"a\":1},", 0, 1, "! row 0 line 1: ends before its value does"},
};

static void records_and_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(docs); i++) {
        struct told_blocks t = {0};
        read_blocks(&t, docs[i].name, slice_str(docs[i].text));
        bool said = !docs[i].line || slice_has(buf_slice(&t.fields), slice_str(docs[i].line));
        bool fits = t.records == docs[i].rows && t.malformed == docs[i].malformed && said;
        if (!fits)
            print_error("doc %zu: %llu rows, %llu malformed\n%s\n", i,
                        (unsigned long long)t.records, (unsigned long long)t.malformed,
                        buf_text(&t.fields));
        assert_true(fits);
        blocks_done_with(&t);
    }
}

/* A configuration of some program is not a broken dataset. */
static void other_json_is_quiet(void **state)
{
    (void)state;
    static const char *const texts[] = {"{ // a comment\n \"a\": 1 }", "{\"a\":1,}", "{'a':1}",
                                        "[2024-01-01 12:00] a log"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct told t;
        assert_int_equal(told_run(&t, "tsconfig.json", slice_str(texts[i])), ST_OK);
        assert_quiet(&t);
        told_done(&t);
    }
}

/* The first hundred one by one, the others as a number. */
static void many_faults_are_counted(void **state)
{
    (void)state;
    struct buf b;
    struct told_blocks t = {0};
    buf_init(&b, 1u << 20);
    for (size_t i = 0; i < 2500; i++) buf_str(&b, "{\"a\":}\n");
    read_blocks(&t, "a.jsonl", buf_slice(&b));
    assert_int_equal(t.malformed, 2500);
    assert_int_equal(t.told.anomalies, 101);
    assert_line(&t, "! row 0 line 100: ");
    assert_line(&t, ": 2400 more faults of records\n");
    blocks_done_with(&t);
    buf_done(&b);
}

/* Tokens at every position within a word of 64 bytes, and across its border. */
static void every_alignment(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 140; shift++) {
        struct buf b;
        struct told_blocks t = {0};
        buf_init(&b, 4096);
        buf_str(&b, "{\"k\":\"");
        buf_fill(&b, 'x', shift);
        buf_str(&b,
                "\"}\n{\"a\":\"\\\\\\\"\\u0041\xc3\xa9\",\"b\":[-1.5e3,true,[]]}\n{\"a\":\"\\\"\n"
                "{\"a\":\"\xc3\"}\n{\"c\":{},\"d\":12345678}\r\n");
        read_blocks(&t, "a.jsonl", buf_slice(&b));
        assert_int_equal(t.records, 3);
        assert_int_equal(t.malformed, 2);
        assert_line(&t, "1|2|$.a|\\\"A\xc3\xa9");
        assert_line(&t, "2|5|$.d|12345678");
        assert_line(&t, "! row 0 line 3: a string without its closing quote");
        assert_line(&t, "! row 0 line 4: text that is not UTF-8");
        blocks_done_with(&t);
        buf_done(&b);
    }
}

static void nesting_has_no_recursion(void **state)
{
    (void)state;
    static const size_t depths[] = {5000, 65536, 70000};
    for (size_t i = 0; i < COUNT_OF(depths); i++) {
        struct buf b;
        struct told_blocks t = {0};
        buf_init(&b, 1u << 20);
        buf_fill(&b, '[', depths[i]);
        buf_fill(&b, ']', depths[i]);
        buf_str(&b, "\n{\"a\":1}\n");
        read_blocks(&t, "a.jsonl", buf_slice(&b));
        assert_int_equal(t.records, depths[i] > 65536 ? 1 : 2);
        blocks_done_with(&t);
        buf_done(&b);
    }
}

static void long_lines_come_in_parts(void **state)
{
    (void)state;
    struct buf b;
    struct told_blocks t = {0};
    buf_init(&b, 64u << 20);
    buf_str(&b, "{\"first\":1}\n{\"text\":\"");
    for (size_t i = 0; i < 400000; i++) buf_str(&b, "words and\\nmore \\u00e9, ");
    buf_str(&b, "\",\"last\":\"end\"}\n{\"after\":2}\n");
    read_blocks(&t, "a.jsonl", buf_slice(&b));
    assert_int_equal(t.records, 3);
    assert_true(t.part && t.rendered && t.blocks > 3);
    assert_true(
        slice_has(buf_slice(&t.text), S("words and\nmore \xc3\xa9, \",\"last\":\"end\"}\n")));
    assert_true(slice_has(buf_slice(&t.text), S("{\"after\":2}\n")));
    assert_int_equal(t.told.anomalies, 0);
    /* the parts without what they share are the whole, escapes aside */
    assert_true(t.text.n > 400000 * strlen("words and\nmore \xc3\xa9, "));
    blocks_done_with(&t);
    buf_done(&b);
}

/* A hit in every value of one long record: each byte of it is parsed once. */
static void places_are_linear(void **state)
{
    (void)state;
    struct buf b;
    struct told_blocks t = {0};
    buf_init(&b, 64u << 20);
    buf_str(&b, "{\"list\":[");
    for (size_t i = 0; i < 300000; i++) buf_printf(&b, "%s\"v%zu\"", i ? "," : "", i);
    buf_str(&b, "]}\n");
    read_blocks(&t, "a.jsonl", buf_slice(&b));
    assert_int_equal(t.records, 1);
    assert_true(slice_has(buf_slice(&t.fields), S("0|1|$.list[2")));
    blocks_done_with(&t);
    buf_done(&b);
}

static void sweeps(void **state)
{
    (void)state;
    struct slice s = S("{\"a\":\"x\\n\\u00e9\xc3\xa9\",\"b\":[1.5,null,{}]}\n\n{\"c\":true}\r\n");
    sweep_flips("a.jsonl", s);
    sweep_flips("a.json", s);
    sweep_memory("a.jsonl", s);
    for (size_t n = 0; n < s.n; n++) {
        struct told_blocks t = {0};
        read_blocks(&t, n & 1 ? "a.json" : "a.jsonl", slice_sub(s, 0, n));
        blocks_done_with(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_and_places),       cmocka_unit_test(other_json_is_quiet),
        cmocka_unit_test(many_faults_are_counted),  cmocka_unit_test(every_alignment),
        cmocka_unit_test(nesting_has_no_recursion), cmocka_unit_test(long_lines_come_in_parts),
        cmocka_unit_test(places_are_linear),        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
