/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "detect/judge.h"
#include "finding/rules.h"

struct seen {
    size_t count;
    const struct rule *rule;
    enum severity severity;
    struct slice message;
};

static void on_finding(void *ctx, const struct finding *f)
{
    struct seen *s = ctx;
    s->count++;
    s->rule = f->rule;
    s->severity = f->severity;
    s->message = f->message;
}

static struct seen judge_one(const char *name, enum format format, enum anomaly what,
                             const char *detail)
{
    struct seen seen = {0};
    struct arena arena;
    struct judge j;
    struct layer layer = {.name = slice_str(name)};
    struct reading r = {.layer = &layer, .format = format};
    arena_init(&arena, 1u << 20, 4096);
    judge_init(&j, &arena, on_finding, &seen);
    judge_event(&j, &r, &(struct event){.kind = EV_ANOMALY, .anomaly = {what, slice_str(detail)}});
    arena_done(&arena);
    return seen;
}

static void every_anomaly_has_a_rule(void **state)
{
    (void)state;
    for (int a = ANOMALY_NONE + 1; a < ANOMALY_COUNT; a++) {
        struct seen s = judge_one("x", FMT_ZIP, (enum anomaly)a, "detail");
        if (s.count != 1) print_error("anomaly %d has no row\n", a);
        assert_int_equal(s.count, 1);
        assert_non_null(s.rule);
        assert_true(s.message.n > 20);
    }
}

static void the_rule_follows_the_format(void **state)
{
    (void)state;
    struct seen s = judge_one("x.gguf", FMT_GGUF, ANOMALY_TRUNCATED, "");
    assert_string_equal(s.rule->id, "model.malformed");
    s = judge_one("x.zip", FMT_ZIP, ANOMALY_TRUNCATED, "");
    assert_string_equal(s.rule->id, "archive.malformed");
}

static void a_name_weighs(void **state)
{
    (void)state;
    assert_int_equal(judge_one("m.pt", FMT_PICKLE, ANOMALY_SUFFIX, "").severity, SEV_LOW);
    assert_int_equal(judge_one("m.safetensors", FMT_PICKLE, ANOMALY_SUFFIX, "").severity, SEV_HIGH);
    assert_int_equal(judge_one("m.jpg", FMT_PICKLE, ANOMALY_SUFFIX, "").severity, SEV_HIGH);
    assert_int_equal(judge_one("m.h5", FMT_PICKLE, ANOMALY_SUFFIX, "").severity, SEV_MEDIUM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_anomaly_has_a_rule),
        cmocka_unit_test(the_rule_follows_the_format),
        cmocka_unit_test(a_name_weighs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
