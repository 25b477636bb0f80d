/* SPDX-License-Identifier: Apache-2.0 */
/* Suppressions: what counts, what has lapsed, what is not valid, and how the file is changed. */
#include "../test.h"
#include "finding/rules.h"
#include "policy/allow.h"
#include "policy/ignore.h"
#include "policy/policy.h"

#define TODAY 20500 /* 2026-02-16 */

struct fixture {
    struct arena arena;
    struct ignore_list list;
    struct result result;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    arena_init(&f->arena, 16u << 20, 4096);
    result_init(&f->result, &f->arena);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_done(&f->arena);
    free(f);
    return 0;
}

static void load(struct fixture *f, const char *text)
{
    assert_true(ignore_parse(slice_str(text), S("file"), TODAY, &f->arena, &f->list));
}

static struct finding exec_at(const char *path)
{
    struct finding f = finding_of(rule_find(S("model.pickle-exec")));
    f.path = slice_str(path);
    f.message = S("m");
    finding_fingerprint(&f, 0);
    return f;
}

static void days(void **state)
{
    int64_t day;
    (void)state;
    assert_true(day_parse(S("1970-01-01"), &day) && day == 0);
    assert_true(day_parse(S("2026-02-16"), &day) && day == TODAY);
    assert_true(day_parse(S("2000-02-29"), &day) && day == 11016);
    assert_false(day_parse(S("2026-02-29"), &day) || day_parse(S("2026-2-01"), &day) ||
                 day_parse(S("2026-13-01"), &day) || day_parse(S("soon"), &day));
}

static void entries_cover(void **state)
{
    struct fixture *f = *state;
    struct finding old = exec_at("old/a.pkl"), other = exec_at("new/a.pkl");
    load(f, "[[ignore]]\nrule = \"model.pickle-*\"\npath = \"old/**\"\nreason = \"r\"\n");
    assert_int_equal(f->list.count, 1);
    assert_non_null(ignore_match(&f->list, &old, old.path));
    assert_null(ignore_match(&f->list, &other, other.path));
    /* the place counts, not the path of the report */
    assert_non_null(ignore_match(&f->list, &other, S("old/deep/a.pkl")));
}

static void fingerprints_cover(void **state)
{
    struct fixture *f = *state;
    struct finding one = exec_at("a.pkl"), renamed = exec_at("b.pkl"), changed = exec_at("a.pkl");
    char text[200];
    changed.message = S("another payload");
    finding_fingerprint(&changed, 0);
    (void)snprintf(
        text, sizeof text,
        "[[ignore]]\nrule = \"model.pickle-exec\"\nfingerprint = \"%s\"\nreason = \"r\"\n",
        one.fingerprint);
    load(f, text);
    assert_non_null(ignore_match(&f->list, &one, one.path));
    assert_non_null(ignore_match(&f->list, &renamed, renamed.path));
    assert_null(ignore_match(&f->list, &changed, changed.path));
}

static void dates_end(void **state)
{
    struct fixture *f = *state;
    struct finding one = exec_at("a.pkl");
    load(f, "[[ignore]]\nrule = \"model.pickle-exec\"\nreason = \"r\"\nuntil = 2026-02-16\n");
    assert_int_equal(f->list.entries[0].state, IGNORE_ACTIVE); /* its last day */
    load(f, "[[ignore]]\nrule = \"model.pickle-exec\"\nreason = \"r\"\nuntil = 2026-02-15\n");
    assert_int_equal(f->list.entries[0].state, IGNORE_LAPSED);
    assert_null(ignore_match(&f->list, &one, one.path));
    assert_true(ignore_report(&f->list, &f->result));
    assert_int_equal(f->result.finding_count, 1);
    assert_string_equal(f->result.findings[0].rule->id, "meta.suppression-lapsed");
    assert_int_equal(f->result.findings[0].line, 1);
}

static void invalid_entries_are_told(void **state)
{
    static const char *const all[] = {
        "[[ignore]]\nrule = \"model.pickle-exec\"\n",
        "[[ignore]]\nrule = \"model.pickle-exec\"\nreason = \"  \"\n",
        "[[ignore]]\nreason = \"r\"\n",
        "[[ignore]]\nrule = \"no.such-rule\"\nreason = \"r\"\n",
        "[[ignore]]\nrule = \"meta.suppression-lapsed\"\nreason = \"r\"\n",
        "[[ignore]]\nrule = \"model.pickle-exec\"\nreason = \"r\"\nuntil = \"soon\"\n",
        "[[ignore]]\nrule = \"model.pickle-exec\"\nreason = \"r\"\nuntill = 2030-01-01\n",
        "[[ignore]]\nrule = \"model.pickle-exec\"\nreason = 5\n",
        "[[ignore]]\nrule = \"model.pickle-exec\n",
        "rule = \"model.pickle-exec\"\nreason = \"r\"\n",
    };
    struct fixture *f = *state;
    struct finding one = exec_at("a.pkl");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        load(f, all[i]);
        assert_null(ignore_match(&f->list, &one, one.path));
        assert_true(ignore_report(&f->list, &f->result));
        assert_int_equal(f->result.finding_count, i + 1);
        assert_string_equal(f->result.findings[i].rule->id, "meta.suppression-invalid");
    }
}

static bool is_b(const void *ctx, const struct ignore_entry *e)
{
    (void)ctx;
    return slice_eq(e->path, S("b"));
}

static void removal_keeps_the_rest(void **state)
{
    static const char text[] =
        "# head\n[[ignore]]\nrule = \"model.pickle-exec\" # mine\npath = \"a\"\nreason = \"r\"\n\n"
        "[[ignore]]\nrule = \"model.pickle-exec\"\npath = \"b\"\nreason = \"r\"\n\n"
        "[[ignore]]\nrule = \"model.pickle-exec\"\npath = \"c\"\nreason = \"r\"\n";
    struct fixture *f = *state;
    struct buf b;
    load(f, text);
    buf_init(&b, 4096);
    assert_true(ignore_without(slice_str(text), &f->list, is_b, NULL, &b));
    assert_true(slice_has(buf_slice(&b), S("# head\n")) && slice_has(buf_slice(&b), S("# mine\n")));
    load(f, buf_text(&b));
    assert_int_equal(f->list.count, 2);
    assert_slice(f->list.entries[1].path, "c");
    buf_done(&b);
}

static void writing_reads_back(void **state)
{
    struct fixture *f = *state;
    struct ignore_entry e = {.rule = S("model.pickle-exec"),
                             .path = S("a \"b\"\\c\n"),
                             .reason = S("it's \"fine\""),
                             .until = S("2030-01-31"),
                             .by = S("me")};
    struct buf b;
    buf_init(&b, 4096);
    ignore_write(&b, &e);
    load(f, buf_text(&b));
    assert_int_equal(f->list.entries[0].state, IGNORE_ACTIVE);
    assert_slice(f->list.entries[0].path, "a \"b\"\\c");
    assert_slice(f->list.entries[0].reason, "it's \"fine\"");
    assert_slice(f->list.entries[0].until, "2030-01-31");
    buf_done(&b);
}

static void inline_allows(void **state)
{
    struct allow a;
    (void)state;
    assert_true(allow_parse(S("x = 1  # merlon: allow code.x because it is a test"), &a));
    assert_slice(a.rule, "code.x");
    assert_slice(a.reason, "it is a test");
    assert_true(allow_parse(S("{# merlon: allow model.template-* because reviewed #}"), &a));
    assert_slice(a.rule, "model.template-*");
    assert_slice(a.reason, "reviewed");
    assert_true(allow_parse(S("\"_\": \"merlon: allow a.b because c\","), &a));
    assert_slice(a.reason, "c");
    assert_true(allow_parse(S("// merlon: allow a.b"), &a));
    assert_int_equal(a.reason.n, 0);
    assert_false(allow_parse(S("merlon: deny a.b because c"), &a));
    assert_false(allow_parse(S("merlon: allow"), &a));
    assert_false(allow_parse(S("merlon allow a.b because c"), &a));
    assert_false(allow_parse(S("# merlon: allow a.b becauseof c"), &a));
    assert_true(allow_covers(S("a.*"), S("a.b")) && allow_covers(S("a.b"), S("a.b")));
    assert_false(allow_covers(S("a.b"), S("a.bc")) || allow_covers(S("b.*"), S("a.b")));
}

static void the_gate(void **state)
{
    struct fixture *f = *state;
    struct finding one = exec_at("a.pkl");
    struct finding *kept = result_add_finding(&f->result, &one);
    policy_gate(&f->result);
    assert_false(f->result.gate.passed);
    assert_int_equal(f->result.gate.reason_count, 1);
    assert_slice(f->result.gate.reasons[0], "1 critical finding");
    kept->state = FINDING_KNOWN;
    policy_gate(&f->result);
    assert_true(f->result.gate.passed && f->result.gate.reason_count == 0);
    kept->state = FINDING_OPEN;
    kept->severity = SEV_MEDIUM;
    policy_gate(&f->result);
    assert_true(f->result.gate.passed);
    f->result.gate.fail_on = SEV_MEDIUM;
    policy_gate(&f->result);
    assert_false(f->result.gate.passed);
    f->result.gate.enabled = false;
    policy_gate(&f->result);
    assert_true(f->result.gate.passed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days),
        cmocka_unit_test_setup_teardown(entries_cover, setup, teardown),
        cmocka_unit_test_setup_teardown(fingerprints_cover, setup, teardown),
        cmocka_unit_test_setup_teardown(dates_end, setup, teardown),
        cmocka_unit_test_setup_teardown(invalid_entries_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(removal_keeps_the_rest, setup, teardown),
        cmocka_unit_test_setup_teardown(writing_reads_back, setup, teardown),
        cmocka_unit_test(inline_allows),
        cmocka_unit_test_setup_teardown(the_gate, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
