/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "scan/fix.h"

static char *diff_of(const char *old, const struct finding_edit *list, size_t n)
{
    static char text[4096];
    struct arena a;
    struct buf b;
    arena_init(&a, 1u << 20, 4096);
    buf_init(&b, sizeof text - 1);
    assert_true(fix_diff(S("x.py"), slice_str(old), (struct fix_edits){list, n}, &a, &b));
    memcpy(text, b.p, b.n);
    text[b.n] = 0;
    buf_done(&b);
    arena_done(&a);
    return text;
}

#define HEAD "--- a/x.py\n+++ b/x.py\n"

static void one_word(void **state)
{
    (void)state;
    struct finding_edit e = {4, 5, S("X")};
    assert_string_equal(diff_of("a\nb\nc\nd\n", &e, 1),
                        HEAD "@@ -1,4 +1,4 @@\n a\n b\n-c\n+X\n d\n");
}

static void two_edits_of_a_line_are_one_change(void **state)
{
    (void)state;
    struct finding_edit e[] = {{0, 1, S("X")}, {2, 2, S("YZ")}};
    assert_string_equal(diff_of("abc\n", e, 2), HEAD "@@ -1,1 +1,1 @@\n-abc\n+XbYZc\n");
}

static void changes_far_apart_are_hunks_of_their_own(void **state)
{
    (void)state;
    struct finding_edit e[] = {{0, 1, S("")}, {20, 21, S("K\nk")}};
    assert_string_equal(diff_of("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n", e, 2),
                        HEAD "@@ -1,4 +1,4 @@\n-a\n+\n b\n c\n d\n"
                             "@@ -8,4 +8,5 @@\n h\n i\n j\n-k\n+K\n+k\n");
}

static void a_last_line_without_its_end(void **state)
{
    (void)state;
    struct finding_edit e = {2, 3, S("B")};
    assert_string_equal(diff_of("a\nb", &e, 1),
                        HEAD "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
                             "+B\n\\ No newline at end of file\n");
}

static void lines_that_go_away(void **state)
{
    (void)state;
    struct finding_edit e = {1, 5, S("")};
    assert_string_equal(diff_of("a\nb\nc\nd\n", &e, 1),
                        HEAD "@@ -1,4 +1,2 @@\n-a\n-b\n-c\n+a\n d\n");
}

static const char notebook[] = "{\"cells\":[{\"outputs\":[{\"a\":[1]}],\"source\":[\"outputs\"],"
                               "\"execution_count\": 7},{\"outputs\":[]}],\"nbformat\":4}";

static void outputs_are_taken_out(void **state)
{
    (void)state;
    struct finding_edit e[4];
    struct buf b;
    buf_init(&b, 4096);
    size_t n = fix_notebook(slice_str(notebook), e, 4);
    assert_int_equal(n, 2);
    fix_render(slice_str(notebook), (struct fix_edits){e, n}, 0, strlen(notebook), &b);
    assert_slice(buf_slice(&b), "{\"cells\":[{\"outputs\":[],\"source\":[\"outputs\"],"
                                "\"execution_count\": null},{\"outputs\":[]}],\"nbformat\":4}");
    buf_done(&b);
}

static void what_is_no_notebook_stays(void **state)
{
    (void)state;
    struct finding_edit e[4];
    for (size_t n = 0; n < strlen(notebook); n++)
        assert_int_equal(fix_notebook(slice_of(notebook, n), e, 4), 0);
    assert_int_equal(fix_notebook(S("[1]"), e, 4), 0);
    assert_int_equal(fix_notebook(slice_str(notebook), e, 1), 0); /* no half of it */
}

static void only_known_edits_pass(void **state)
{
    (void)state;
    assert_true(finding_edit_known(&(struct finding_edit){5, 10, S("True")}));
    assert_false(finding_edit_known(&(struct finding_edit){5, 10, S("os.system('x')")}));
    assert_false(finding_edit_known(&(struct finding_edit){10, 5, S("True")}));
    assert_false(finding_edit_known(&(struct finding_edit){0, 5000, S("True")}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_word),
        cmocka_unit_test(two_edits_of_a_line_are_one_change),
        cmocka_unit_test(changes_far_apart_are_hunks_of_their_own),
        cmocka_unit_test(a_last_line_without_its_end),
        cmocka_unit_test(lines_that_go_away),
        cmocka_unit_test(outputs_are_taken_out),
        cmocka_unit_test(what_is_no_notebook_stays),
        cmocka_unit_test(only_known_edits_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
