/* SPDX-License-Identifier: Apache-2.0 */
#include "make_zip.h"
#include "told.h"
#include "base/st.h"

static void put(struct buf *b, unsigned version, const char *literal, size_t data)
{
    size_t n = strlen(literal) + 1;
    buf_str(b, "\x93NUMPY");
    buf_byte(b, (uint8_t)version);
    buf_byte(b, 0);
    if (version == 1)
        buf_u16le(b, (uint16_t)n);
    else
        buf_u32le(b, (uint32_t)n);
    buf_str(b, literal);
    buf_byte(b, '\n');
    buf_fill(b, 1, data);
}

static void read_one(struct told *t, unsigned version, const char *literal, size_t data)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    put(&b, version, literal, data);
    assert_int_equal(told_run(t, "a.npy", buf_slice(&b)), ST_OK);
    buf_done(&b);
}

#define D(descr, shape) "{'descr': " descr ", 'fortran_order': False, 'shape': " shape ", }"

static void honest_is_quiet(void **state)
{
    (void)state;
    static const struct {
        unsigned version;
        const char *literal;
        size_t data;
    } cases[] = {
        {1, D("'<f8'", "(2, 3)"), 48},
        {2, D("'|b1'", "()"), 1},
        {3, D("'<U3'", "(2,)"), 24},
        {1, D("'<i4'", "(2L, 3L)"), 24},
        {1, D("'<M8[ns]'", "(1,)"), 8},
        {1, D("'|S5'", "(0,)"), 0},
        {1, D("'|V2'", "(3,)"), 6},
        {1, D("[('a', '<i4'), ('b', '<f8', (2, 2)), ('c', '|u1', 3)]", "(2,)"), 78},
        {1, D("[('a', [('x', '<f4'), ('y', '<f4')]), (('title', 'z'), '<i2')]", "(3,)"), 30},
        {1, "{\"shape\": (1,), \"fortran_order\": True, \"descr\": \">c16\"}", 16},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t;
        read_one(&t, cases[i].version, cases[i].literal, cases[i].data);
        if (t.anomalies) print_error("case %zu\n", i);
        assert_quiet(&t);
        assert_told(&t, " FORMAT npy");
        assert_told(&t, " TENSOR a.npy");
        told_done(&t);
    }
}

static void broken_headers_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *literal;
        enum anomaly what;
    } cases[] = {
        {D("'<f8'", "(10,)"), ANOMALY_TRUNCATED},
        {D("'<f8'", "(4611686018427387904, 4)"), ANOMALY_MALFORMED},
        {D("'<f8'", "(4294967296, 4294967296)"), ANOMALY_MALFORMED},
        {D("'<f8'", "(999999999999999999999999,)"), ANOMALY_MALFORMED},
        {D("'<f8'", "(-1,)"), ANOMALY_MALFORMED},
        {D("'<f8'", "'1'"), ANOMALY_MALFORMED},
        {D("'<f8'", "(1 1)"), ANOMALY_MALFORMED},
        {D("'zz'", "(1,)"), ANOMALY_MALFORMED},
        {D("'<f7'", "(1,)"), ANOMALY_MALFORMED},
        {D("'|V99999999999999'", "(1,)"), ANOMALY_MALFORMED},
        {D("[]", "(1,)"), ANOMALY_MALFORMED},
        {D("[('a', [])]", "(1,)"), ANOMALY_MALFORMED},
        {D("[[[[[[[[[[[[[[[[[[[[", "(1,)"), ANOMALY_MALFORMED},
        {D("__import__('os')", "(1,)"), ANOMALY_MALFORMED},
        {"[1, 2]", ANOMALY_MALFORMED},
        {"{'descr': '<f8', 'shape': (1,)}", ANOMALY_MALFORMED},
        {"{'descr': '<f8', 'fortran_order': 5, 'shape': (1,)}", ANOMALY_MALFORMED},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", ANOMALY_MALFORMED},
        {"{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
         ANOMALY_MALFORMED},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,", ANOMALY_MALFORMED},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x", ANOMALY_MALFORMED},
        {D("'|u1'", "(7,)"), ANOMALY_TRAILING},
        {D("'|O'", "(1,)"), ANOMALY_NUMPY_OBJECT_ARRAY},
        {D("[('a', '<f4'), ('b', '|O')]", "(1,)"), ANOMALY_NUMPY_OBJECT_ARRAY},
        {"{'descr': '|O', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
         ANOMALY_NUMPY_OBJECT_ARRAY},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t;
        read_one(&t, 1, cases[i].literal, 8);
        if (!told_anomaly(&t, cases[i].what)) print_error("case %zu: %s\n", i, cases[i].literal);
        assert_anomaly(&t, cases[i].what);
        told_done(&t);
    }
}

static void object_arrays_are_read_as_pickles(void **state)
{
    (void)state;
    struct told t;
    struct buf b;
    buf_init(&b, 4096);
    put(&b, 1, D("'|O'", "(1,)"), 0);
    buf_add(&b, S("\x80\2]q\0K\1a."));
    assert_int_equal(told_run(&t, "a.npy", buf_slice(&b)), ST_OK);
    assert_anomaly(&t, ANOMALY_NUMPY_OBJECT_ARRAY);
    assert_told(&t, "!objects FORMAT pickle");
    told_done(&t);
    buf_done(&b);
}

static void arrays_may_follow_each_other(void **state)
{
    (void)state;
    struct told t;
    struct buf b;
    buf_init(&b, 4096);
    put(&b, 1, D("'<f8'", "(1,)"), 8);
    put(&b, 1, D("'|O'", "(1,)"), 0);
    assert_int_equal(told_run(&t, "a.npy", buf_slice(&b)), ST_OK);
    assert_anomaly(&t, ANOMALY_NUMPY_OBJECT_ARRAY);
    told_done(&t);
    buf_done(&b);
}

static void npz_holds_arrays(void **state)
{
    (void)state;
    struct told t;
    struct buf b, array;
    buf_init(&b, 4096);
    buf_init(&array, 4096);
    put(&array, 1, D("'<f8'", "(1,)"), 8);
    struct zip_part p[1] = {zip_stored("x.npy", buf_slice(&array))};
    zip_put(&b, p, 1, 0);
    assert_int_equal(told_run(&t, "a.npz", buf_slice(&b)), ST_OK);
    assert_quiet(&t);
    assert_told(&t, " FORMAT npz");
    assert_told(&t, "!x.npy TENSOR x.npy");
    told_done(&t);
    buf_done(&b);
    buf_done(&array);
}

static void sweeps(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    put(&b, 1, D("[('a', '<i4'), ('b', [('x', '<f8', (2,))])]", "(2,)"), 40);
    sweep_truncation("a.npy", buf_slice(&b));
    sweep_flips("a.npy", buf_slice(&b));
    sweep_memory("a.npy", buf_slice(&b));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_is_quiet),
        cmocka_unit_test(broken_headers_are_told),
        cmocka_unit_test(object_arrays_are_read_as_pickles),
        cmocka_unit_test(arrays_may_follow_each_other),
        cmocka_unit_test(npz_holds_arrays),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
