/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "codec/shape.h"

struct point {
    struct shape_seen seen;
    uint64_t x;
    struct slice name;
};
static const struct shape_field point_fields[] = {
    SHAPE_FIELD(struct point, x, "x", SHAPE_U64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct point, name, "name", SHAPE_TEXT, 0)};
static const struct shape point = {point_fields, 2, sizeof(struct point), SHAPE_OPEN};

struct all {
    struct shape_seen seen;
    struct slice text, raw, hex, any;
    bool yes;
    struct point at;
    struct shape_list points, texts, numbers;
};
static const struct shape_field all_fields[] = {
    SHAPE_FIELD(struct all, text, "text", SHAPE_TEXT, 0),
    SHAPE_FIELD(struct all, raw, "raw", SHAPE_BASE64, 0),
    SHAPE_FIELD(struct all, hex, "hex", SHAPE_HEX, 0),
    SHAPE_FIELD(struct all, any, "any", SHAPE_ANY, 0),
    SHAPE_FIELD(struct all, yes, "yes", SHAPE_BOOL, 0),
    SHAPE_INNER(struct all, at, "at", SHAPE_OBJECT, 0, &point),
    SHAPE_INNER(struct all, points, "points", SHAPE_LIST, 0, &point),
    SHAPE_ITEMS(struct all, texts, "texts", SHAPE_TEXT, 0),
    SHAPE_ITEMS(struct all, numbers, "numbers", SHAPE_U64, 0)};
static const struct shape all = {all_fields, 9, sizeof(struct all), SHAPE_CLOSED};

static struct arena arena;

static struct all good(const char *json)
{
    struct all a;
    struct slice why;
    if (shape_read(&all, slice_str(json), &arena, &a, &why) != ST_OK)
        fail_msg("%s: %.*s", json, SLICE_ARG(why));
    return a;
}

static void bad(const char *json, const char *expect)
{
    struct all a;
    struct slice why = S("");
    assert_int_equal(shape_read(&all, slice_str(json), &arena, &a, &why), ST_MALFORMED);
    if (slice_find(why, slice_str(expect)) == SIZE_MAX)
        fail_msg("%s: %.*s, not %s", json, SLICE_ARG(why), expect);
}

static void plain_values(void **state)
{
    (void)state;
    struct all a = good("{\"text\":\"a\\u0062\",\"raw\":\"-_8=\",\"hex\":\"00ff\",\"yes\":true,"
                        "\"any\":{\"b\":[1]}}");
    assert_true(slice_eq(a.text, S("ab")));
    assert_memory_equal(a.raw.p, "\xfb\xff", 2);
    assert_memory_equal(a.hex.p, "\x00\xff", 2);
    assert_true(slice_eq(a.any, S("{\"b\":[1]}")));
    assert_true(a.yes && shape_has(&a.seen, 4) && !shape_has(&a.seen, 5));
}

static void objects_and_lists(void **state)
{
    (void)state;
    struct all a =
        good("{\"at\":{\"x\":\"18446744073709551615\",\"more\":[{}]},"
             "\"points\":[{\"x\":1},{\"x\":2.0},{\"x\":3},{\"x\":4},{\"x\":5,\"name\":\"n\"}],"
             "\"texts\":[\"\",\"b\"],\"numbers\":[7,\"8\"]}");
    assert_true(a.at.x == UINT64_MAX && a.at.seen.others);
    assert_int_equal(a.points.count, 5);
    assert_int_equal(((struct point *)a.points.items)[1].x, 2);
    assert_true(slice_eq(((struct point *)a.points.items)[4].name, S("n")));
    assert_true(slice_eq(((struct slice *)a.texts.items)[1], S("b")));
    assert_int_equal(((uint64_t *)a.numbers.items)[1], 8);
    a = good("{\"at\":null,\"texts\":null}");
    assert_true(!shape_has(&a.seen, 5) && !a.texts.count);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    bad("", "the document is not JSON");
    bad("[]", "the document is not an object");
    bad("{\"text\":1}", "text is not a text");
    bad("{\"raw\":\"*\"}", "raw is not Base64");
    bad("{\"hex\":\"0F\"}", "hex is not in lower-case");
    bad("{\"hex\":\"0\"}", "hex is not in lower-case");
    bad("{\"yes\":1}", "yes is neither");
    bad("{\"at\":[]}", "at is not an object");
    bad("{\"at\":{}}", "at.x is missing");
    bad("{\"at\":{\"x\":null}}", "at.x is missing");
    bad("{\"at\":{\"x\":-1}}", "at.x is not a whole number");
    bad("{\"at\":{\"x\":1.5}}", "at.x is not a whole number");
    bad("{\"at\":{\"x\":1,\"x\":1}}", "at.x is there twice");
    bad("{\"at\":{\"x\":null,\"x\":1}}", "at.x is there twice");
    bad("{\"points\":[{\"x\":1},{}]}", "points[1].x is missing");
    bad("{\"points\":[1]}", "points[0] is not an object");
    bad("{\"points\":{}}", "points is not a list");
    bad("{\"other\":1}", "the document has a key that does not belong there");
    bad("{} {}", "the document goes on");
    bad("{\"text\":\"a\"", "");
    bad("{\"points\":[{\"x\":1}", "");
}

/* No cut of a good document is good. */
static void every_cut_is_refused(void **state)
{
    (void)state;
    static const char whole[] = "{\"at\":{\"x\":1},\"points\":[{\"x\":2}],\"any\":{\"b\":[1]}}";
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        struct all a;
        struct slice why;
        struct slice cut = slice_of((const uint8_t *)whole, n);
        assert_int_equal(shape_read(&all, cut, &arena, &a, &why), ST_MALFORMED);
    }
}

static void memory_may_run_out(void **state)
{
    (void)state;
    static const char json[] = "{\"text\":\"\\u0061\",\"points\":[{\"x\":1}],\"raw\":\"YQ==\"}";
    size_t cap = 1;
    enum st st;
    do {
        struct arena small;
        struct all a;
        struct slice why;
        arena_init(&small, cap++, 0);
        st = shape_read(&all, slice_str(json), &small, &a, &why);
        assert_true(st == ST_OK || st == ST_NOMEM);
        arena_done(&small);
    } while (st != ST_OK);
    assert_true(cap > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_values),          cmocka_unit_test(objects_and_lists),
        cmocka_unit_test(what_is_wrong_is_said), cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(memory_may_run_out),
    };
    arena_init(&arena, 1u << 20, 4096);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
