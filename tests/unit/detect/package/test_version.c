/* SPDX-License-Identifier: Apache-2.0 */
/* Versions and specifiers against python3-packaging's own answers (tests/golden/versions, made by
 * tests/makers/make_versions.py), and against what is not PEP 440: dirty bounds, poetry, npm,
 * conda, advisories. */
#include "../../read/golden_file.h"
#include "base/num.h"
#include "detect/package/version.h"

static struct version V(const char *text) {
    struct version v = {.parts = 0};
    assert_true(version_parse_loose(slice_str(text), &v));
    return v;
}

static bool
has(const char *set, enum version_dialect how, const char *version)
{
    struct version v = V(version);
    return version_matches(slice_str(set), how, &v, true);
}

static void check_line(struct slice line, size_t counts[3])
{
    struct slice kind, a, b, c;
    struct version x, y;
    assert_true(slice_split(&line, '\t', &kind) && slice_split(&line, '\t', &a) &&
                slice_split(&line, '\t', &b));
    if (kind.p[0] == 'v') {
        if (version_parse(a, &x) != (b.p[0] == '1')) print_error("%.*s\n", SLICE_ARG(a));
        assert_int_equal(version_parse(a, &x), b.p[0] == '1');
        counts[0]++;
        return;
    }
    assert_true(slice_split(&line, '\t', &c));
    assert_true(version_parse(b, &y));
    if (kind.p[0] == 'c') {
        int want = c.p[0] == '-' ? -1 : c.p[0] - '0';
        assert_true(version_parse(a, &x));
        int got = version_cmp(&x, &y);
        got = (got > 0) - (got < 0);
        if (got != want) print_error("%.*s ? %.*s: %d\n", SLICE_ARG(a), SLICE_ARG(b), got);
        assert_int_equal(got, want);
        counts[1]++;
        return;
    }
    for (int pre = 0; pre < 2; pre++) {
        bool got = version_matches(a, VERSIONS_PYPI, &y, pre);
        if (got != (c.p[pre] == '1'))
            print_error("%.*s in %.*s, pre %d: %d\n", SLICE_ARG(b), SLICE_ARG(a), pre, got);
        assert_int_equal(got, c.p[pre] == '1');
    }
    counts[2]++;
}

static void packaging_agrees(void **state)
{
    (void)state;
    struct buf b = golden_file("versions", "packaging.tsv");
    struct slice rest = buf_slice(&b), line;
    size_t counts[3] = {0};
    while (slice_split(&rest, '\n', &line))
        if (line.n) check_line(line, counts);
    assert_true(counts[0] > 100 && counts[1] > 2000 && counts[2] > 5000);
    buf_done(&b);
}

/* The edges must not say less than the specification: what matches lies between them. */
static void edges_hold_what_matches(void **state)
{
    (void)state;
    struct buf b = golden_file("versions", "packaging.tsv");
    struct slice rest = buf_slice(&b), line, kind, spec, text;
    size_t seen = 0;
    while (slice_split(&rest, '\n', &line)) {
        struct version v;
        struct version_span span;
        if (!slice_split(&line, '\t', &kind) || !slice_eq(kind, S("s"))) continue;
        (void)slice_split(&line, '\t', &spec);
        (void)slice_split(&line, '\t', &text);
        if (slice_starts(spec, S("===")) || line.p[1] != '1') continue;
        assert_true(version_parse(text, &v) && version_span(spec, VERSIONS_PYPI, &span));
        if (!version_in_span(&v, &span))
            print_error("%.*s %.*s\n", SLICE_ARG(spec), SLICE_ARG(text));
        assert_true(version_in_span(&v, &span));
        seen++;
    }
    assert_true(seen > 1000);
    buf_done(&b);
}

static void dirty_bounds_count_as_far_as_they_go(void **state)
{
    (void)state;
    struct version v;
    assert_false(version_parse(S("2.6.0-NA"), &v));
    v = V("2.6.0-NA");
    assert_slice(v.text, "2.6.0");
    assert_false(has("<2.6.0-NA", VERSIONS_OSV, "2.6.0"));
    assert_true(has("<2.6.0+cu124", VERSIONS_OSV, "2.5.1+cu121"));
    assert_false(version_parse_loose(S("latest"), &v));
    assert_false(version_parse_loose(S(""), &v));
}

static void advisories_use_the_plain_order(void **state)
{
    (void)state;
    assert_true(has("<2.6.0", VERSIONS_OSV, "2.6.0rc1"));
    assert_false(has("<2.6.0", VERSIONS_PYPI, "2.6.0rc1"));
    assert_true(has("<=2.5.1", VERSIONS_OSV, "2.5.1+cu124"));
    assert_false(has("<=2.5.1", VERSIONS_OSV, "2.5.1.post1"));
    assert_true(has(">=1.0,<1.5 || >=2.0,<2.3", VERSIONS_OSV, "2.2"));
    assert_false(has(">=1.0,<1.5 || >=2.0,<2.3", VERSIONS_OSV, "1.7"));
}

static void other_dialects(void **state)
{
    (void)state;
    assert_true(has("^1.2.3", VERSIONS_PYPI, "1.9"));
    assert_false(has("^1.2.3", VERSIONS_PYPI, "2.0"));
    assert_true(has("^0.2.3", VERSIONS_NPM, "0.2.9"));
    assert_false(has("^0.2.3", VERSIONS_NPM, "0.3.0"));
    assert_false(has("^0.0.3", VERSIONS_NPM, "0.0.4"));
    assert_true(has("~1.2", VERSIONS_PYPI, "1.2.9"));
    assert_false(has("~1.2.3", VERSIONS_PYPI, "1.3"));
    assert_true(has("1.2 - 2.3", VERSIONS_NPM, "2.0.0"));
    assert_false(has("1.2 - 2.3", VERSIONS_NPM, "2.4.0"));
    assert_true(has("1.x", VERSIONS_NPM, "1.7.0"));
    assert_false(has("1.x", VERSIONS_NPM, "2.0.0"));
    assert_true(has("=1.5", VERSIONS_CONDA, "1.5.3"));
    assert_true(has("1.5.*|1.7.*", VERSIONS_CONDA, "1.7.1"));
}

static void what_is_one_version(void **state)
{
    (void)state;
    struct version v;
    static const char *const exact[] = {"==1.0", "===1.0", "== 2.6.0+cu124", "1.0", "==1.0,>=0.9"};
    static const char *const open[] = {"",      "*",    ">=1.0",      "==1.*",
                                       "~=1.0", "^1.0", "1.0 || 2.0", "!=1.0"};
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++)
        assert_true(version_exact(slice_str(exact[i]), VERSIONS_PYPI, &v));
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        assert_false(version_exact(slice_str(open[i]), VERSIONS_PYPI, &v));
    assert_true(version_exact(S("=1.26.4"), VERSIONS_CONDA, &v));
    assert_false(version_exact(S("=1.26"), VERSIONS_CONDA, &v));
    assert_false(version_exact(S("1.2"), VERSIONS_NPM, &v));
    assert_false(version_bounded(S("*"), VERSIONS_PYPI) || version_bounded(S(""), VERSIONS_PYPI));
    assert_false(version_bounded(S("!=1.3"), VERSIONS_PYPI));
    assert_true(version_bounded(S("<4"), VERSIONS_PYPI));
}

static void what_a_project_admits(void **state)
{
    (void)state;
    assert_true(version_admits(S(">=2.0"), S("<2.6.0")));
    assert_false(version_admits(S(">=2.6"), S("<2.6.0")));
    assert_false(version_admits(S(">2.5,>=2.6.0"), S("<2.6.0")));
    assert_true(version_admits(S("==2.5.1+cu121"), S("<2.6.0")));
    assert_false(version_admits(S("==2.6.0+cu124"), S("<2.6.0")));
    assert_true(version_admits((struct slice){NULL, 0}, S("<2.6.0")));
    assert_true(version_admits(S("~=2.5"), S("<2.6.0")));
    assert_false(version_admits(S("~=2.6.1"), S("<2.6.0")));
    assert_true(version_admits(S("<3 || ==5.0"), S("==5.0")));
    assert_true(version_admits(S("2.5.1"), S("<2.6.0"))); /* of a lock */
}

static void hostile_texts(void **state)
{
    (void)state;
    char big[9000];
    struct version v;
    struct version_span span;
    memset(big, '1', sizeof big - 1);
    big[sizeof big - 1] = 0;
    assert_true(version_parse(slice_str(big), &v));
    assert_int_equal(v.release[0], UINT64_MAX);
    for (size_t i = 1; i < sizeof big - 1; i += 2) big[i] = '.';
    assert_true(version_parse(slice_of(big, sizeof big - 3), &v));
    assert_int_equal(v.parts, VERSION_PARTS);
    for (size_t i = 0; i + 1 < sizeof big - 1; i += 2) memcpy(&big[i], ">,", 2);
    assert_false(version_span(slice_str(big), VERSIONS_PYPI, &span));
    assert_false(version_matches(S("==$VERSION"), VERSIONS_PYPI, &v, true));
    assert_false(version_span(S("| | ||,,"), VERSIONS_NPM, &span));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packaging_agrees),
        cmocka_unit_test(edges_hold_what_matches),
        cmocka_unit_test(dirty_bounds_count_as_far_as_they_go),
        cmocka_unit_test(advisories_use_the_plain_order),
        cmocka_unit_test(other_dialects),
        cmocka_unit_test(what_is_one_version),
        cmocka_unit_test(what_a_project_admits),
        cmocka_unit_test(hostile_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
