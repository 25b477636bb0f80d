/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "detect/weights_scan.h"
#include "detect/judge.h"
#include "finding/rules.h"
#include <math.h>

static struct weights_scan scan(enum dtype dtype, const void *p, size_t n)
{
    struct weights_scan s;
    assert_true(weights_scan_init(&s, dtype));
    weights_scan_add(&s, slice_of(p, n));
    return s;
}

/* An odd value is found wherever it stands, in whole blocks and in the tail. */
static void odd_values_are_found_everywhere(void **state)
{
    (void)state;
    float v[2500];
    for (size_t at = 0; at < 2500; at += 83) {
        for (size_t i = 0; i < 2500; i++) v[i] = (float)i * 0.001f - 1.0f;
        assert_false(scan(DT_F32, v, sizeof v).odd);
        v[at] = at % 2 ? NAN : -INFINITY;
        struct weights_scan s = scan(DT_F32, v, sizeof v);
        assert_true(s.odd);
        assert_int_equal(s.odd_nan, at % 2);
        assert_int_equal(s.odd_at, at);
        assert_int_equal(s.elements, 2500);
    }
}

static void every_width_is_understood(void **state)
{
    (void)state;
    double d[3] = {1.5, -4.0, 2.0};
    uint16_t h[3] = {0x3c00, 0xc400, 0}, b[3] = {0x3f80, 0xc080, 0};
    assert_true(weights_scan_top(&(struct weights_scan){.dtype = DT_F32}) == 0);
    struct weights_scan s = scan(DT_F64, d, sizeof d);
    assert_true(weights_scan_top(&s) == 4.0 && !s.odd && s.differs);
    s = scan(DT_F16, h, sizeof h);
    assert_true(weights_scan_top(&s) == 4.0 && !s.odd && s.differs);
    s = scan(DT_BF16, b, sizeof b);
    assert_true(weights_scan_top(&s) == 4.0 && !s.odd && s.differs);
    d[2] = INFINITY;
    h[1] = 0xfe00;
    b[0] = 0x7f80;
    assert_false(scan(DT_F64, d, sizeof d).odd_nan);
    assert_int_equal(scan(DT_F64, d, sizeof d).odd_at, 2);
    assert_true(scan(DT_F16, h, sizeof h).odd_nan);
    assert_int_equal(scan(DT_F16, h, sizeof h).odd_at, 1);
    assert_true(scan(DT_BF16, b, sizeof b).odd);
    struct weights_scan none;
    assert_false(weights_scan_init(&none, DT_I8));
}

static void constants_are_seen(void **state)
{
    (void)state;
    static float v[5001];
    for (size_t i = 0; i < 5001; i++) v[i] = 0.25f;
    assert_true(scan(DT_F32, v, sizeof v).differs == 0);
    assert_true(scan(DT_F32, v, 4).differs == 0);
    v[5000] = 0.5f;
    assert_true(scan(DT_F32, v, sizeof v).differs != 0);
}

static void keep(void *ctx, const struct finding *f)
{
    const char **last = ctx;
    *last = f->rule->id;
}

/* The rule that a tensor of 64 x 100 floats gives, or NULL. */
static const char *rule_for(const char *name, const float *v, size_t rank, bool content)
{
    struct arena a;
    struct judge j;
    const char *last = NULL;
    uint64_t shape[2] = {64, 100};
    arena_init(&a, 1u << 20, 4096);
    judge_init(&j, &a, keep, &last);
    struct layer top = {.bytes = slice_of(v, 25600)};
    struct tensor t = {
        .name = slice_str(name), .dtype = DT_F32, .shape = shape, .rank = rank, .bytes = top.bytes};
    struct reading r = {.arena = &a, .layer = &top, .content = content};
    judge_event(&j, &r, &(struct event){.kind = EV_TENSOR, .tensor = &t});
    arena_done(&a);
    return last;
}

static void only_trained_matrices_are_judged(void **state)
{
    (void)state;
    static float v[6400];
    assert_string_equal(rule_for("fc.weight", v, 2, true), "model.weights-constant");
    assert_null(rule_for("fc.weight", v, 2, false));
    assert_null(rule_for("fc.bias", v, 1, true));
    assert_null(rule_for("fc.lora_B.weight", v, 2, true));
    assert_null(rule_for("attention_mask", v, 2, true));
    v[17] = -INFINITY;
    assert_null(rule_for("attention_mask", v, 2, true));
    assert_string_equal(rule_for("fc.weight", v, 2, true), "model.weights-nan");
    v[17] = 3e30f;
    assert_string_equal(rule_for("fc.weight", v, 2, true), "model.weights-norm");
    v[17] = 3.0f;
    assert_null(rule_for("fc.weight", v, 2, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_values_are_found_everywhere),
        cmocka_unit_test(every_width_is_understood),
        cmocka_unit_test(constants_are_seen),
        cmocka_unit_test(only_trained_matrices_are_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
