/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "codec/base64.h"

static void decodes_the_vectors_of_the_standard(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {{"", ""},
                 {"Zg==", "f"},
                 {"Zm8=", "fo"},
                 {"Zm9v", "foo"},
                 {"Zm9vYg", "foob"},
                 {"Zm9vYmE=", "fooba"},
                 {"Zm9v\nYmFy\n", "foobar"},
                 {"-_-_", "\xfb\xff\xbf"},
                 {"+/+/", "\xfb\xff\xbf"}};
    struct arena a;
    arena_init(&a, 1 << 16, 1024);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice got;
        assert_true(base64_decode(slice_str(cases[i].in), &a, &got));
        assert_true(slice_eq(got, slice_str(cases[i].out)));
    }
    arena_done(&a);
}

static void writes_the_vectors_of_the_standard(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xfb\xff\xbf", "+/+/"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        buf_init(&out, 100);
        base64_write(slice_str(cases[i][0]), &out);
        assert_string_equal(buf_text(&out), cases[i][1]);
        buf_done(&out);
    }
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {"Zg===", "Z", "Zm9v!", "not base64", "Zm=9v"};
    struct arena a;
    struct slice got;
    arena_init(&a, 1 << 16, 1024);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_false(base64_decode(slice_str(cases[i]), &a, &got));
    arena_done(&a);
    arena_init(&a, 0, 0);
    assert_false(base64_decode(S("Zm9v"), &a, &got));
    assert_null(got.p);
    arena_done(&a);
}

/* Four digits at a time or one by one: a line break, an end or a wrong byte at any place. */
static void whatever_stands_where(void **state)
{
    (void)state;
    uint8_t bytes[60], raw[60];
    struct buf text;
    buf_init(&text, 200);
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 37 + 11);
    base64_write(slice_of(bytes, sizeof bytes), &text);
    assert_int_equal(text.n, 80);
    for (size_t i = 0; i < text.n; i++) {
        uint8_t other[81], digit = text.p[i];
        memcpy(other, text.p, i);
        other[i] = '\n';
        memcpy(other + i + 1, text.p + i, text.n - i);
        assert_int_equal(base64_into(slice_of(other, 81), raw, sizeof raw), sizeof raw);
        assert_memory_equal(raw, bytes, sizeof raw);
        size_t n = base64_into(slice_of(text.p, i), raw, sizeof raw);
        assert_true(i % 4 == 1 ? n == SIZE_MAX : n == i * 3 / 4 && !memcmp(raw, bytes, n));
        assert_int_equal(base64_into(buf_slice(&text), raw, i * 3 / 4), i * 3 / 4);
        text.p[i] = 0xc3;
        assert_int_equal(base64_into(buf_slice(&text), raw, sizeof raw), SIZE_MAX);
        text.p[i] = digit;
    }
    buf_done(&text);
}

static void into_a_buffer(void **state)
{
    uint8_t raw[8];
    (void)state;
    assert_int_equal(base64_into(S("aGVsbG8="), raw, 8), 5);
    assert_memory_equal(raw, "hello", 5);
    assert_int_equal(base64_into(S("aGVsbG8"), raw, 8), 5);
    assert_int_equal(base64_into(S("aGVsb"), raw, 8), SIZE_MAX);
    assert_int_equal(base64_into(S("a*Vs"), raw, 8), SIZE_MAX);
    assert_int_equal(base64_into(S("aGVsbG8gd29ybGQgYW5kIG1vcmU="), raw, 8), 8); /* full */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_the_vectors_of_the_standard),
        cmocka_unit_test(writes_the_vectors_of_the_standard),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(into_a_buffer),
        cmocka_unit_test(whatever_stands_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
