/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/st.h"
#include "finding/rules.h"
#include "scan/relate.h"

struct run {
    struct arena arena;
    struct relate relate;
    struct finding told[8];
    size_t count;
};

static void begin(struct run *r)
{
    *r = (struct run){0};
    arena_init(&r->arena, 1u << 20, 4096);
    relate_init(&r->relate, &r->arena);
}

static void again(struct run *r)
{
    arena_done(&r->arena);
    begin(r);
}

static int run_new(void **state)
{
    static struct run run;
    begin(&run);
    *state = &run;
    return 0;
}

static int run_done(void **state)
{
    struct run *r = *state;
    arena_done(&r->arena);
    return 0;
}

static void add(void *ctx, struct finding *f)
{
    struct run *r = ctx;
    assert_true(r->count < sizeof r->told / sizeof *r->told);
    r->told[r->count++] = *f;
}

static void file_is(struct run *r, const char *path, const char *rule)
{
    if (rule) {
        struct finding f = finding_of(rule_find(slice_str(rule)));
        relate_found(&r->relate, slice_str(path), &f);
    }
    relate_read(&r->relate, slice_str(path), false);
}

static bool hold(struct run *r, const char *path, struct condition when)
{
    struct finding f = finding_of(rule_find(S("model.malformed")));
    f.path = slice_str(path);
    f.severity = SEV_HIGH;
    f.message = S("Said");
    f.when = when;
    return relate_hold(&r->relate, &f);
}

static void settle(struct run *r, bool whole)
{
    relate_settle(&r->relate, whole, add, r);
    assert_false(r->relate.nomem);
}

static void what_depends_on_nothing_is_not_held(void **state)
{
    assert_false(hold(*state, "a.py", (struct condition){0}));
}

static void a_part_beside_its_index_is_not_missing(void **state)
{
    struct run *r = *state;
    file_is(r, "model/a.bin", NULL);
    assert_true(
        hold(r, "model/index.json", (struct condition){WHEN_MISSING, .name = S("./a.bin")}));
    assert_true(hold(r, "model/index.json", (struct condition){WHEN_MISSING, .name = S("b.bin")}));
    settle(r, true);
    assert_int_equal(r->count, 1);
    assert_slice(r->told[0].when.name, "b.bin");
}

static void nothing_is_missing_when_single_files_were_read(void **state)
{
    struct run *r = *state;
    assert_true(hold(r, "index.json", (struct condition){WHEN_MISSING, .name = S("b.bin")}));
    settle(r, false);
    assert_int_equal(r->count, 0);
}

static void loads(struct run *r, const char *code, const char *name)
{
    assert_true(hold(r, code, (struct condition){.loads = slice_str(name)}));
}

static void a_dangerous_file_makes_its_loader_dangerous(void **state)
{
    struct run *r = *state;
    file_is(r, "models/net.pt", "model.pickle-exec");
    loads(r, "src/app/serve.py", "models/net.pt");       /* seen from the target */
    loads(r, "src/app/serve.py", "../../models/net.pt"); /* seen from the code */
    settle(r, true);
    assert_int_equal(r->count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(r->told[i].severity, SEV_CRITICAL);
        assert_true(slice_has(r->told[i].message, S("models/net.pt, is dangerous")));
    }
}

static void a_clean_file_takes_the_weight_off(void **state)
{
    struct run *r = *state;
    file_is(r, "net.pt", "data.duplicates"); /* nothing that hurts who loads it */
    loads(r, "serve.py", "net.pt");
    settle(r, true);
    assert_int_equal(r->count, 1);
    assert_int_equal(r->told[0].severity, SEV_LOW);
}

static void a_file_that_was_not_looked_at_changes_nothing(void **state)
{
    struct run *r = *state;
    file_is(r, "net.pt", NULL);
    relate_read(&r->relate, S("net.pt"), true);
    loads(r, "serve.py", "net.pt");
    loads(r, "serve.py", "elsewhere.pt");
    loads(r, "serve.py", "/net.pt");
    loads(r, "serve.py", "../net.pt"); /* outside of the target */
    settle(r, true);
    assert_int_equal(r->count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(r->told[i].severity, SEV_HIGH);
        assert_slice(r->told[i].message, "Said");
    }
}

static void requires(struct run *r, const char *path, const char *versions, bool exact)
{
    struct requirement q = {S("torch"), slice_str(versions), exact};
    relate_require(&r->relate, slice_str(path), &q);
}

static size_t told_of(struct run *r, enum condition_kind kind)
{
    r->count = 0;
    assert_true(hold(r, "a/src/x.py", (struct condition){kind, S("torch"), S("<2.6.0")}));
    settle(r, true);
    return r->count;
}

static void a_version_that_nobody_asks_for(void **state)
{
    assert_int_equal(told_of(*state, WHEN_ADMITS), 0);
    again(*state);
    assert_int_equal(told_of(*state, WHEN_UNKNOWN_TOO), 1);
}

static void the_nearest_requirement_counts(void **state)
{
    struct run *r = *state;
    requires(r, "requirements.txt", ">=2.0", false);
    assert_int_equal(told_of(r, WHEN_ADMITS), 1);
    again(r);
    requires(r, "requirements.txt", ">=2.0", false);
    requires(r, "a/requirements.txt", ">=2.6", false);
    assert_int_equal(told_of(r, WHEN_ADMITS) + told_of(r, WHEN_UNKNOWN_TOO), 0);
}

static void a_lock_says_more_than_a_range(void **state)
{
    struct run *r = *state;
    requires(r, "pyproject.toml", ">=2.0", false);
    requires(r, "uv.lock", "2.7.1", true);
    assert_int_equal(told_of(r, WHEN_ADMITS), 0);
    again(r);
    requires(r, "uv.lock", "2.5.1", true);
    requires(r, "pyproject.toml", ">=2.6", false);
    assert_int_equal(told_of(r, WHEN_ADMITS), 1);
}

/* An installation takes the newest that fits: what it could take besides is low, or nothing. */
static void the_newest_that_fits_weighs(void **state)
{
    static const struct {
        const char *versions;
        bool exact, forced, admitted;
    } rows[] = {
        {">=2.0", false, false, true},     {"", false, false, true},
        {">=2.0,<2.6", false, true, true}, {"<2.6.1", false, false, true},
        {"==2.5.1", false, true, true},    {"2.5.1", true, true, true},
        {"~=2.5.0", false, true, true},    {"==2.5.*", false, true, true},
        {">=2.6", false, false, false},    {"^1.2 || ^2.1", false, false, true},
        {"<1 || <2.4", false, true, true},
    };
    struct run *r = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        again(r);
        requires(r, "requirements.txt", rows[i].versions, rows[i].exact);
        bool forced = told_of(r, WHEN_FORCES) > 0;
        again(r);
        requires(r, "requirements.txt", rows[i].versions, rows[i].exact);
        bool admitted = told_of(r, WHEN_ADMITS) > 0;
        if (forced != rows[i].forced || admitted != rows[i].admitted)
            fail_msg("%s: forced %d, admitted %d", rows[i].versions, forced, admitted);
        if (admitted) assert_int_equal(r->told[0].severity, forced ? SEV_HIGH : SEV_LOW);
    }
    again(r);
    assert_int_equal(told_of(r, WHEN_FORCES), 0); /* nobody asks for it */
}

static void context_is_what_findings_depend_on(void **state)
{
    struct run *r = *state;
    file_is(r, "b/requirements.txt", NULL);
    assert_false(relate_needs_context(&r->relate));
    loads(r, "src/serve.py", "models/net.pt");
    assert_true(relate_needs_context(&r->relate));
    assert_true(relate_wants(&r->relate, S("src/models/net.pt")));
    assert_true(relate_wants(&r->relate, S("models/net.pt")));
    assert_true(relate_wants(&r->relate, S("a/requirements-dev.txt")));
    assert_true(relate_wants(&r->relate, S("uv.lock")));
    assert_false(relate_wants(&r->relate, S("b/requirements.txt"))); /* scanned */
    assert_false(relate_wants(&r->relate, S("other/net.pt")));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, run_new, run_done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_depends_on_nothing_is_not_held),
        TEST(a_part_beside_its_index_is_not_missing),
        TEST(nothing_is_missing_when_single_files_were_read),
        TEST(a_dangerous_file_makes_its_loader_dangerous),
        TEST(a_clean_file_takes_the_weight_off),
        TEST(a_file_that_was_not_looked_at_changes_nothing),
        TEST(a_version_that_nobody_asks_for),
        TEST(the_nearest_requirement_counts),
        TEST(a_lock_says_more_than_a_range),
        TEST(the_newest_that_fits_weighs),
        TEST(context_is_what_findings_depend_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
