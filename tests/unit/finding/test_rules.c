/* SPDX-License-Identifier: Apache-2.0 */
/* Rules are complete, sorted and found; classes are known; wrong ids get a good guess. */
#include "finding/rules.h"
#include "../test.h"

static void filled(const char *id, const char *what, const char *text)
{
    if (!text || !*text) fail_msg("%s has no %s", id, what);
}

static void every_rule_is_complete(void **state)
{
    (void)state;
    assert_true(rule_count() >= 60);
    for (size_t i = 0; i < rule_count(); i++) {
        const struct rule *r = rule_at(i);
        filled(r->id, "title", r->title);
        filled(r->id, "what", r->what);
        filled(r->id, "why", r->why);
        filled(r->id, "fix", r->fix);
        filled(r->id, "bad", r->bad);
        filled(r->id, "good", r->good);
        assert_non_null(r->refs);
        assert_true(r->severity < SEV_COUNT);
        if (!class_find(slice_str(r->class_id))) fail_msg("%s: class %s", r->id, r->class_id);
    }
    assert_null(rule_at(rule_count()));
}

static void attacks_have_three_numbered_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < rule_count(); i++) {
        struct slice rest = slice_str(rule_at(i)->attack), line;
        for (uint8_t step = '1'; step <= '3'; step++) {
            assert_true(slice_split(&rest, '\n', &line));
            assert_true(line.n > 4 && line.p[0] == step && line.p[1] == ' ');
        }
        assert_false(slice_split(&rest, '\n', &line));
    }
}

static void rules_are_sorted_and_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < rule_count(); i++) {
        const struct rule *r = rule_at(i);
        assert_ptr_equal(rule_find(slice_str(r->id)), r);
        if (i) assert_true(slice_cmp(slice_str(rule_at(i - 1)->id), slice_str(r->id)) < 0);
    }
    assert_null(rule_find(S("")));
    assert_null(rule_find(S("model.pickle-exe")));
    assert_null(rule_find(S("model.pickle-exec ")));
    assert_null(rule_find(S("zzz")));
}

static void severities_are_what_the_gate_counts_on(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        enum severity severity;
    } want[] = {
        {"model.pickle-exec", SEV_CRITICAL},
        {"model.template-injection", SEV_CRITICAL},
        {"model.malformed", SEV_HIGH},
        {"model.not-inspected", SEV_HIGH},
        {"model.pickle-unknown-global", SEV_HIGH},
        {"model.pickle-unknown-import", SEV_MEDIUM},
        {"archive.malformed", SEV_HIGH},
        {"archive.encrypted", SEV_HIGH},
        {"model.unsafe-format", SEV_INFO},
        {"model.weights-nan", SEV_LOW},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        const struct rule *r = rule_find(slice_str(want[i].id));
        assert_non_null(r);
        assert_int_equal(r->severity, want[i].severity);
    }
}

static void classes_map_to_the_taxonomies(void **state)
{
    (void)state;
    const struct control_class *c = class_find(S("model.code_exec_on_load"));
    assert_non_null(c);
    assert_string_equal(c->cwe, "CWE-502");
    assert_string_equal(c->owasp_llm, "LLM03");
    assert_string_equal(c->station, "model");
    assert_non_null(strstr(c->atlas, "AML.T0011"));
    assert_string_equal(class_find(S("meta.suppression"))->stage, "management");
    assert_null(class_find(S("model.code_exec_on_loa")));
    assert_null(class_find(S("")));
}

static void assert_near(const char *typed, const char *id)
{
    const struct rule *r = rule_nearest(slice_str(typed));
    if (!r) fail_msg("nothing near to %s", typed);
    assert_string_equal(r->id, id);
}

static void misspelt_ids_get_the_right_guess(void **state)
{
    (void)state;
    assert_near("model.pickle-exce", "model.pickle-exec");
    assert_near("model.pickel-exec", "model.pickle-exec");
    assert_near("pickle-exec", "model.pickle-exec");
    assert_near("model.template-inject", "model.template-injection");
    assert_near("model.malformd", "model.malformed");
    assert_near("archive.bombs", "archive.bomb");
    assert_near("meta.supression-lapsed", "meta.suppression-lapsed");
    assert_near("bomb", "archive.bomb");
}

static void far_or_absurd_ids_get_no_guess(void **state)
{
    (void)state;
    char giant[5000];
    memset(giant, 'm', sizeof giant);
    assert_null(rule_nearest(S("")));
    assert_null(rule_nearest(S("xyzzy")));
    assert_null(rule_nearest(slice_of(giant, sizeof giant)));
    assert_null(rule_nearest(S("malformed"))); /* model. or archive.: no guess */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_is_complete),
        cmocka_unit_test(attacks_have_three_numbered_steps),
        cmocka_unit_test(rules_are_sorted_and_found),
        cmocka_unit_test(severities_are_what_the_gate_counts_on),
        cmocka_unit_test(classes_map_to_the_taxonomies),
        cmocka_unit_test(misspelt_ids_get_the_right_guess),
        cmocka_unit_test(far_or_absurd_ids_get_no_guess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
