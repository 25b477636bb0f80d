/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/slice.h"

static void globs(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool match;
    } rows[] = {
        {"*.pt", "a.pt", true},
        {"*.pt", "x/a.pt", false},
        {"**/*.pt", "x/y/a.pt", true},
        {"**/*.pt", "a.pt", true},
        {"train/legacy/**", "train/legacy/a/b", true},
        {"train/legacy/**", "train/legacyx", false},
        {"a?c", "abc", true},
        {"a?c", "a/c", false},
        {"**", "x/y", true},
        {"*a*b", "xaxxb", true},
        {"*a*b", "xaxxc", false},
        {"", "", true},
        {"", "a", false},
        {"**/x/**/y", "a/x/b/c/y", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(slice_glob(slice_str(rows[i].pattern), slice_str(rows[i].text)),
                         rows[i].match);
}

static void splits(void **state)
{
    (void)state;
    struct slice rest = S("a,,b"), part;
    assert_true(slice_split(&rest, ',', &part));
    assert_slice(part, "a");
    assert_true(slice_split(&rest, ',', &part));
    assert_slice(part, "");
    assert_true(slice_split(&rest, ',', &part));
    assert_slice(part, "b");
    assert_false(slice_split(&rest, ',', &part));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(globs), cmocka_unit_test(splits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
