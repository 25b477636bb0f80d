/* SPDX-License-Identifier: Apache-2.0 */
/* test_judge.c - what every finding goes through on its way out. */
#include "../test.h"
#include "detect/data/look.h"
#include "detect/judge.h"
#include "finding/rules.h"

#define COMMAND "curl -u admin:Sup3rS3cretPw99 http://h/"

struct fixture {
    struct arena arena;
    struct judge judge;
    struct engine *engine;
    struct slice shown;
    size_t count;
};

static void note(void *ctx, const struct finding *f)
{
    struct fixture *x = ctx;
    x->shown = f->evidence;
    x->count++;
}

static void open_judge(struct fixture *x, bool looks)
{
    *x = (struct fixture){.engine = engine_new()};
    assert_non_null(x->engine);
    arena_init(&x->arena, 1u << 20, 4096);
    judge_init(&x->judge, &x->arena, note, x);
    if (looks) x->judge.look = look_new(x->engine);
}

static void close_judge(struct fixture *x)
{
    look_free(x->judge.look);
    engine_free(x->engine);
    arena_done(&x->arena);
}

static void emit(struct fixture *x, const char *rule, const char *evidence)
{
    struct finding f = finding_of(rule_find(slice_str(rule)));
    f.evidence = slice_str(evidence);
    judge_emit(&x->judge, &f);
}

static void check(struct fixture *x, const char *rule, const char *evidence, const char *shown)
{
    size_t before = x->count;
    emit(x, rule, evidence);
    assert_int_equal(x->count, before + 1);
    if (!slice_eq(x->shown, slice_str(shown))) fail_msg("%s: %.*s", rule, SLICE_ARG(x->shown));
}

/* The line that a rule shows may hold what another rule is about. */
static void secrets_in_evidence_are_masked(void **state)
{
    struct fixture x;
    (void)state;
    open_judge(&x, true);
    check(&x, "code.shell-dynamic", COMMAND, "curl -u admin:Su***********99 http://h/");
    check(&x, "notebook.hidden-run", "%run https://user:Sup3rS3cretPw99@h.example/x.py",
          "%run http*://****:***************@*.*****le/x.py");
    check(&x, "code.eval-dynamic", "key = 'AKIAQ7ZP3LMNB5RTUV2K'", "key = 'AKIA**************2K'");
    check(&x, "code.shell-dynamic", "nothing in it", "nothing in it");
    assert_false(x.judge.nomem);
    close_judge(&x);
}

/* A judge that looks for secrets says how much of one is shown. */
static void what_is_masked_stays(void **state)
{
    struct fixture x;
    (void)state;
    open_judge(&x, true);
    struct finding f = finding_of(rule_find(S("secret.htmlcred.curl")));
    f.evidence = S(COMMAND);
    f.masked = true;
    judge_emit(&x.judge, &f);
    assert_true(slice_eq(x.shown, S(COMMAND)));
    close_judge(&x);
}

static void unless_they_are_asked_for(void **state)
{
    struct fixture x;
    (void)state;
    open_judge(&x, true);
    x.judge.reveal = true;
    check(&x, "code.shell-dynamic", COMMAND, COMMAND);
    close_judge(&x);
    open_judge(&x, false);
    check(&x, "code.shell-dynamic", COMMAND, COMMAND);
    close_judge(&x);
}

static void repeats_are_dropped(void **state)
{
    struct fixture x;
    (void)state;
    open_judge(&x, true);
    for (unsigned i = 0; i < 3; i++) emit(&x, "code.shell-dynamic", COMMAND);
    emit(&x, "code.shell-dynamic", "other");
    assert_int_equal(x.count, 2);
    close_judge(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_in_evidence_are_masked),
        cmocka_unit_test(what_is_masked_stays),
        cmocka_unit_test(unless_they_are_asked_for),
        cmocka_unit_test(repeats_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
