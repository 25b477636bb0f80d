/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/buf.h"
#include "base/st.h"
#include "codec/json.h"

static const char *const names[] = {
    [JSON_END] = ".",    [JSON_BAD] = "!",       [JSON_OBJECT] = "{", [JSON_OBJECT_END] = "}",
    [JSON_ARRAY] = "[",  [JSON_ARRAY_END] = "]", [JSON_KEY] = "k",    [JSON_STRING] = "s",
    [JSON_NUMBER] = "0", [JSON_TRUE] = "t",      [JSON_FALSE] = "f",  [JSON_NULL] = "n",
};

/* The tokens of a text, one letter each, up to the end or the error. */
static void tokens(struct slice in, char *ret, size_t room)
{
    struct json j;
    size_t n = 0;
    json_init(&j, in);
    for (enum json_token t = JSON_OBJECT; t != JSON_END && t != JSON_BAD && n + 1 < room;) {
        t = json_next(&j);
        ret[n++] = names[t][0];
    }
    ret[n] = 0;
}

static void reads_what_the_standard_allows(void **state)
{
    (void)state;
    static const struct {
        const char *in, *tokens;
    } cases[] = {
        {"{}", "{}."},
        {" [ ] ", "[]."},
        {"{\"a\":[1,true,{\"b\":null}],\"c\":\"x\"}", "{k[0t{kn}]ks}."},
        {"-0.5e+10", "0."},
        {"\"\\u00e9\\n\\ud83d\\ude00 \xc3\xa9 plain text of some length\"", "s."},
        {"[0, 10, 1E5, 1.25]", "[0000]."},
        {"\xef\xbb\xbf{}", "!"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char got[64];
        tokens(slice_str(cases[i].in), got, sizeof got);
        assert_string_equal(got, cases[i].tokens);
    }
}

static void refuses_what_it_forbids(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "[01]",
        "[1.]",
        "[.5]",
        "[+1]",
        "[1e]",
        "\"a",
        "\"\\x41\"",
        "\"\\u12\"",
        "tru",
        "nul",
        "{} {}",
        "[1 2]",
        "{\"a\" 1}",
        "[}",
        "{]",
        "]",
        "{\"a\"}",
        "NaN",
        "[Infinity]",
        "'a'",
        "\"a\tb\"",
        "\"\xff\"",
        "\"\xc0\x80\"",
        "\"\xed\xa0\x80\"",
        "[1]x",
        "// c\n1",
        "\"\\",
        "-",
        ",",
        "[,1]",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char got[64];
        tokens(slice_str(cases[i]), got, sizeof got);
        if (got[strlen(got) - 1] != '!') fail_msg("accepted: %s -> %s", cases[i], got);
    }
}

static void gives_text_without_escapes(void **state)
{
    (void)state;
    struct arena a;
    struct json j;
    arena_init(&a, 1 << 20, 4096);
    json_init(&j, S("\"a\\u00e9\\t\\/\\ud83d\\ude00\\ud800x\\\\\""));
    assert_int_equal(json_next(&j), JSON_STRING);
    assert_slice(json_text(&j, &a), "a\xc3\xa9\t/\xf0\x9f\x98\x80\xef\xbf\xbdx\\");
    json_init(&j, S("{\"auto_\\u006dap\": 1}"));
    json_next(&j);
    assert_int_equal(json_next(&j), JSON_KEY);
    assert_true(json_is(&j, S("auto_map")));
    assert_false(json_is(&j, S("auto_ma")));
    assert_false(json_is(&j, S("auto_map2")));
    arena_done(&a);
    arena_init(&a, 0, 0);
    assert_null(json_text(&j, &a).p);
    arena_done(&a);
}

static void skips_whole_values(void **state)
{
    (void)state;
    struct json j;
    json_init(&j, S("[{\"a\":[1,[2]]},7]"));
    json_next(&j);
    assert_int_equal(json_next(&j), JSON_OBJECT);
    assert_true(json_skip(&j));
    assert_int_equal(json_next(&j), JSON_NUMBER);
    uint64_t v = 0;
    assert_true(json_u64(&j, &v));
    assert_int_equal(v, 7);
    json_init(&j, S("[[1,"));
    json_next(&j);
    assert_false(json_skip(&j));
}

static void tells_places(void **state)
{
    (void)state;
    struct json j;
    json_init(&j, S("{\n\"a\":\n\n12,\n\"b\": @}"));
    json_next(&j);
    json_next(&j);
    assert_int_equal(json_line(&j), 2);
    json_next(&j);
    assert_int_equal(json_line(&j), 4);
    assert_int_equal(j.start, 8);
    json_next(&j);
    assert_int_equal(json_line(&j), 5);
    assert_int_equal(json_next(&j), JSON_BAD);
    assert_string_equal(j.error, "not a value");
    assert_int_equal(j.start, 17);
}

static void depth_has_an_end(void **state)
{
    (void)state;
    struct buf b;
    struct json j;
    buf_init(&b, 4096);
    buf_fill(&b, '[', JSON_DEPTH_MAX);
    buf_fill(&b, ']', JSON_DEPTH_MAX);
    json_init(&j, buf_slice(&b));
    assert_int_equal(json_next(&j), JSON_ARRAY);
    assert_true(json_skip(&j));
    assert_int_equal(json_next(&j), JSON_END);
    buf_reset(&b);
    buf_fill(&b, '[', JSON_DEPTH_MAX + 1);
    json_init(&j, buf_slice(&b));
    json_next(&j);
    assert_false(json_skip(&j));
    assert_string_equal(j.error, "nested too deep");
    buf_done(&b);
}

/* Every special byte is seen at every place of the eight-byte steps. */
static void special_bytes_are_seen_everywhere(void **state)
{
    (void)state;
    for (size_t at = 0; at < 24; at++) {
        uint8_t text[26];
        char got[8];
        memset(text, 'x', sizeof text);
        text[0] = text[25] = '"';
        text[1 + at] = 0x1f;
        tokens(slice_of(text, sizeof text), got, sizeof got);
        assert_string_equal(got, "!");
        text[1 + at] = 0x7f;
        tokens(slice_of(text, sizeof text), got, sizeof got);
        assert_string_equal(got, "s.");
        text[1 + at] = 0x80;
        tokens(slice_of(text, sizeof text), got, sizeof got);
        assert_string_equal(got, "!");
    }
}

static void every_cut_is_bad(void **state)
{
    (void)state;
    struct slice whole = S("{\"a\\u00e9\":[1.5e3,true,false,null,{\"b\":\"\xc3\xa9\"}]}");
    for (size_t n = 0; n < whole.n; n++) {
        char got[64];
        tokens(slice_sub(whole, 0, n), got, sizeof got);
        assert_int_equal(got[strlen(got) - 1], '!');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_standard_allows),
        cmocka_unit_test(refuses_what_it_forbids),
        cmocka_unit_test(gives_text_without_escapes),
        cmocka_unit_test(skips_whole_values),
        cmocka_unit_test(tells_places),
        cmocka_unit_test(depth_has_an_end),
        cmocka_unit_test(special_bytes_are_seen_everywhere),
        cmocka_unit_test(every_cut_is_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
