/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"
#include "base/st.h"

/* Length, header, data. */
static void put(struct buf *b, const char *header, struct slice data)
{
    buf_u64le(b, strlen(header));
    buf_str(b, header);
    buf_add(b, data);
}

static void read_header(struct told *t, const char *header, size_t data)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    put(&b, header, (struct slice){0});
    buf_fill(&b, 0, data);
    assert_int_equal(told_run(t, "m.safetensors", buf_slice(&b)), ST_OK);
    buf_done(&b);
}

#define W(name, from, to) \
    "\"" name "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[" from "," to "]}"
#define HONEST                                                                                   \
    "{\"__metadata__\":{\"format\":\"pt\",\"license\":\"mit\"},"                                 \
    "\"b\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[4,16]}," W(                     \
        "a", "0", "4") ","                                                                       \
                       "\"empty\":{\"dtype\":\"I64\",\"shape\":[0,5],\"data_offsets\":[16,16]}," \
                       "\"one\":{\"dtype\":\"BOOL\",\"shape\":[],\"data_offsets\":[16,17]}}   "

static void honest_is_quiet(void **state)
{
    (void)state;
    struct told t;
    read_header(&t, HONEST, 17);
    assert_quiet(&t);
    assert_told(&t, " FORMAT safetensors");
    assert_told(&t, " TENSOR empty");
    assert_told(&t, " TEXT 1 license=mit");
    assert_told(&t, " CARD 0 PyTorch");
    assert_told(&t, " CARD 4 mit");
    assert_told(&t, " CARD 6  4");
    assert_told(&t, " CARD 7  8");
    told_done(&t);
    read_header(&t, "{}", 0);
    assert_quiet(&t);
    told_done(&t);
}

static void each_broken_rule_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t data;
        enum anomaly what;
    } cases[] = {
        {"{\"a\":", 0, ANOMALY_MALFORMED},
        {"{}x", 0, ANOMALY_MALFORMED},
        {"{}\t", 0, ANOMALY_MALFORMED},
        {"{\"a\":5}", 0, ANOMALY_MALFORMED},
        {"{\"__metadata__\":[\"a\"]}", 0, ANOMALY_MALFORMED},
        {"{\"__metadata__\":{\"a\":1}}", 0, ANOMALY_MALFORMED},
        {"{\"__metadata__\":{\"a\":\"1\",\"\\u0061\":\"2\"}}", 0, ANOMALY_SAFETENSORS_DUPLICATE},
        {"{" W("a", "0", "4") "," W("a", "4", "8") "}", 8, ANOMALY_SAFETENSORS_DUPLICATE},
        {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
         ANOMALY_SAFETENSORS_DUPLICATE},
        {"{\"a\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, ANOMALY_MALFORMED},
        {"{\"a\":{\"dtype\":5,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, ANOMALY_MALFORMED},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, ANOMALY_MALFORMED},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", 4, ANOMALY_MALFORMED},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, ANOMALY_MALFORMED},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}", 4,
         ANOMALY_MALFORMED},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4.0]}}", 4,
         ANOMALY_MALFORMED},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0, ANOMALY_MALFORMED},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4,
         ANOMALY_MALFORMED},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4],\"data_offsets\":[0,0]}}",
         0, ANOMALY_SAFETENSORS_LAYOUT},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4,
         ANOMALY_SAFETENSORS_LAYOUT},
        {"{\"a\":{\"dtype\":\"F4\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1,
         ANOMALY_SAFETENSORS_LAYOUT},
        {"{" W("a", "0", "4") "," W("b", "8", "12") "}", 12, ANOMALY_SAFETENSORS_LAYOUT},
        {"{" W("a", "4", "8") "}", 8, ANOMALY_SAFETENSORS_LAYOUT},
        {"{" W("a", "0", "4") "," W("b", "2", "6") "}", 6, ANOMALY_SAFETENSORS_LAYOUT},
        {"{" W("a", "0", "4") "," W("b", "0", "4") "}", 4, ANOMALY_SAFETENSORS_LAYOUT},
        {"{" W("a", "0", "4") "}", 3, ANOMALY_TRUNCATED},
        {"{" W("a", "0", "4") "}", 5, ANOMALY_TRAILING},
        {"{}", 1, ANOMALY_TRAILING},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t;
        read_header(&t, cases[i].header, cases[i].data);
        if (!told_anomaly(&t, cases[i].what)) print_error("case %zu: %s\n", i, cases[i].header);
        assert_anomaly(&t, cases[i].what);
        told_done(&t);
    }
}

static void the_frame_is_checked(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {3, 1000, 101000000, UINT64_MAX, 1ull << 63};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct told t;
        struct buf b;
        buf_init(&b, 64);
        buf_u64le(&b, lengths[i]);
        buf_str(&b, "{}");
        assert_int_equal(told_run(&t, "m.safetensors", buf_slice(&b)), ST_OK);
        assert_true(t.anomalies > 0);
        told_done(&t);
        buf_done(&b);
    }
}

static void another_beginning_is_not_taken_for_a_model(void **state)
{
    (void)state;
    static const char *const headers[] = {"[]", " {}", "\xef\xbb\xbf{}", ""};
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        struct told t;
        read_header(&t, headers[i], 0);
        assert_true(t.anomalies + t.unread > 0);
        told_done(&t);
    }
}

/* Bytes that no tensor needs are read as files of their own. */
static void hidden_bytes_are_opened(void **state)
{
    (void)state;
    static const char gz[] = "\x1f\x8b\x08\0\0\0\0\0\0\3\x4b\x04\0\x43\xbe\xb7\xe8\1\0\0\0";
    struct slice tail = slice_of(gz, sizeof gz - 1);
    struct told t;
    struct buf b;
    buf_init(&b, 4096);
    put(&b, "{" W("a", "0", "4") "}", S("\0\0\0\0"));
    buf_add(&b, tail);
    assert_int_equal(told_run(&t, "m.safetensors", buf_slice(&b)), ST_OK);
    assert_told(&t, "!bytes after the last tensor FORMAT gzip");
    told_done(&t);
    buf_reset(&b);
    put(&b, "{\"t\":{\"dtype\":\"U8\",\"shape\":[21],\"data_offsets\":[0,21]}}", tail);
    assert_int_equal(told_run(&t, "m.safetensors", buf_slice(&b)), ST_OK);
    assert_told(&t, "!t FORMAT gzip");
    told_done(&t);
    buf_done(&b);
}

static void hidden_texts_are_opened(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "{\"__metadata__\":{\"x\":\"gAJjb3MKc3lzdGVtClgBAAAAeIVSLg==\"}}",
        "{\"__metadata__\":{\"x\":\"cos\\nsystem\\n(S'id'\\ntR.\"}}",
    };
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        struct told t;
        read_header(&t, headers[i], 0);
        assert_told(&t, "!x FORMAT pickle");
        told_done(&t);
    }
}

/* Ranges that overlap a thousandfold are not handed on a thousand times. */
static void overlaps_cost_nothing(void **state)
{
    (void)state;
    struct told t;
    struct buf header, b;
    buf_init(&header, 1u << 20);
    buf_init(&b, 2u << 20);
    buf_str(&header, "{");
    for (int i = 0; i < 1000; i++)
        buf_printf(&header, "%s\"%d\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,9]}",
                   i ? "," : "", i);
    buf_str(&header, "}");
    put(&b, buf_text(&header), S("123456789"));
    assert_int_equal(told_run(&t, "m.safetensors", buf_slice(&b)), ST_OK);
    assert_true(t.anomalies >= 16 && t.anomalies < 40);
    told_done(&t);
    buf_done(&b);
    buf_done(&header);
}

static void sweeps(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    put(&b, HONEST, S("01234567890123456"));
    sweep_truncation("m.safetensors", buf_slice(&b));
    sweep_flips("m.safetensors", buf_slice(&b));
    sweep_memory("m.safetensors", buf_slice(&b));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_is_quiet),
        cmocka_unit_test(each_broken_rule_is_told),
        cmocka_unit_test(the_frame_is_checked),
        cmocka_unit_test(another_beginning_is_not_taken_for_a_model),
        cmocka_unit_test(hidden_bytes_are_opened),
        cmocka_unit_test(hidden_texts_are_opened),
        cmocka_unit_test(overlaps_cost_nothing),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
