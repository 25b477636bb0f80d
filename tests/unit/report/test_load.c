/* SPDX-License-Identifier: Apache-2.0 */
/* A result that was written as JSON and read back gives the same JSON again; broken ones are
 * refused, whatever is broken. */
#include "../../tools/sample.h"
#include "../test.h"
#include "base/st.h"
#include "report/load.h"
#include "report/report.h"

static void write_json(struct buf *out, const struct result *r)
{
    const struct report_format *f = report_find(S("json"));
    assert_non_null(f);
    f->write(out, r, &(struct report_style){0});
    assert_true(buf_ok(out));
}

static void reload(struct arena *a, struct slice text, struct buf *again)
{
    struct result loaded;
    struct slice error = S("");
    if (report_load(a, text, &loaded, &error) != ST_OK) fail_msg("%.*s", SLICE_ARG(error));
    write_json(again, &loaded);
}

/* Bytes that are not UTF-8 become U+FFFD on the first way; after that nothing changes. */
static void there_and_back(void **state)
{
    (void)state;
    for (unsigned s = 0; s < SAMPLE_COUNT; s++) {
        struct arena a;
        struct result made;
        struct buf first, second, third;
        arena_init(&a, 256u << 20, 1u << 16);
        buf_init(&first, 64u << 20);
        buf_init(&second, 64u << 20);
        buf_init(&third, 64u << 20);
        sample_make((enum sample)s, &a, &made);
        made.base = S("sub/folder");
        made.rules = S("2098.1.1"); /* those of the scan, not of this program */
        made.statistics = S("{\"mode\":\"mask\",\"by_rule\":{\"pii.iban\":40}}");
        write_json(&first, &made);
        reload(&a, buf_slice(&first), &second);
        reload(&a, buf_slice(&second), &third);
        if (s != SAMPLE_HOSTILE) assert_true(slice_eq(buf_slice(&first), buf_slice(&second)));
        assert_true(slice_eq(buf_slice(&second), buf_slice(&third)));
        buf_done(&first);
        buf_done(&second);
        buf_done(&third);
        arena_done(&a);
    }
}

/* The version of the rules goes into pages and tables as it is. */
static void rules_are_a_version_or_unknown(void **state)
{
    static const char *const texts[][2] = {
        {"\"2098.1.1\"", "2098.1.1"},
        {"\"<b>1</b>\"", "unknown"},
        {"\"20980000.11111111.1\"", "unknown"},
        {"\"\"", "unknown"},
        {"7", "unknown"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct arena a;
        struct result r;
        struct slice error = S("");
        arena_init(&a, 1u << 20, 4096);
        struct slice text = arena_printf(&a,
                                         "{\"schema\":\"merlon.result/1\","
                                         "\"tool\":{\"name\":\"merlon\",\"rules\":%s}}",
                                         texts[i][0]);
        assert_int_equal(report_load(&a, text, &r, &error), ST_OK);
        assert_true(slice_eq(r.rules, slice_str(texts[i][1])));
        arena_done(&a);
    }
}

static enum st load(const char *text, size_t n)
{
    struct arena a;
    struct result r;
    struct slice error = S("");
    arena_init(&a, 16u << 20, 1u << 16);
    enum st st = report_load(&a, slice_of(text, n), &r, &error);
    if (st == ST_MALFORMED) assert_true(error.n > 0);
    arena_done(&a);
    return st;
}

#define HEAD "{\"schema\":\"merlon.result/1\""

static void others_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"schema\":\"merlon.verify/1\"}",
        "{\"findings\":[]}",
        HEAD "} x",
        HEAD ",\"findings\":{}}",
        HEAD ",\"findings\":[1]}",
        HEAD ",\"findings\":[{\"severity\":\"high\"}]}",
        HEAD ",\"findings\":[{\"rule\":\"a.b\",\"severity\":\"worst\"}]}",
        HEAD ",\"findings\":[{\"rule\":\"a\\\"><script>\",\"severity\":\"high\"}]}",
        HEAD ",\"subjects\":[[]]}",
        HEAD ",\"gate\":1}",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (load(bad[i], strlen(bad[i])) != ST_MALFORMED) fail_msg("was taken: %s", bad[i]);
    static const char *const good[] = {
        HEAD "}",
        HEAD ",\"later\":{\"a\":[1,2,{\"b\":null}]},\"findings\":[{\"rule\":\"later.rule\","
             "\"severity\":\"low\",\"new\":[[]],\"line\":1e9,\"offset\":-5}]}",
    };
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_int_equal(load(good[i], strlen(good[i])), ST_OK);
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    struct arena a;
    struct result made;
    struct buf text;
    arena_init(&a, 16u << 20, 1u << 16);
    buf_init(&text, 1u << 20);
    sample_make(SAMPLE_RICH, &a, &made);
    write_json(&text, &made);
    size_t end = slice_rfind_byte(buf_slice(&text), '}');
    for (size_t n = 0; n <= end; n++) assert_int_equal(load((const char *)text.p, n), ST_MALFORMED);
    buf_done(&text);
    arena_done(&a);
}

/* Flipped bits give another result or a refusal, and reports of what is left can be written. */
static void flips_do_no_harm(void **state)
{
    (void)state;
    struct arena a;
    struct result made;
    struct buf text, out;
    arena_init(&a, 16u << 20, 1u << 16);
    buf_init(&text, 1u << 20);
    buf_init(&out, 16u << 20);
    sample_make(SAMPLE_RICH, &a, &made);
    write_json(&text, &made);
    for (size_t i = 0; i < text.n; i += 3) {
        struct arena own;
        struct result r;
        struct slice error = S("");
        arena_init(&own, 16u << 20, 1u << 16);
        text.p[i] ^= (uint8_t)(1u << (i % 7));
        if (report_load(&own, buf_slice(&text), &r, &error) == ST_OK) {
            buf_reset(&out);
            report_at(i % report_count())->write(&out, &r, &(struct report_style){.width = 80});
            assert_true(buf_ok(&out));
        }
        text.p[i] ^= (uint8_t)(1u << (i % 7));
        arena_done(&own);
    }
    buf_done(&out);
    buf_done(&text);
    arena_done(&a);
}

static void little_memory_is_noticed(void **state)
{
    (void)state;
    struct arena a;
    struct result made;
    struct buf text;
    arena_init(&a, 16u << 20, 1u << 16);
    buf_init(&text, 1u << 20);
    sample_make(SAMPLE_RICH, &a, &made);
    write_json(&text, &made);
    for (size_t cap = 0; cap < 60000; cap += 500) {
        struct arena small;
        struct result r;
        struct slice error = S("");
        arena_init(&small, cap, 0);
        enum st st = report_load(&small, buf_slice(&text), &r, &error);
        assert_true(st == ST_NOMEM || st == ST_OK);
        arena_done(&small);
    }
    buf_done(&text);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_a_version_or_unknown),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(flips_do_no_harm),
        cmocka_unit_test(little_memory_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
