/* SPDX-License-Identifier: Apache-2.0 */
/* The option table keeps its promises, and settings keep their order. */
#include "../test.h"
#include "cli/help.h"
#include "base/near.h"
#include "cli/options.h"
#include "cli/settings.h"

static void no_command_takes_a_name_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *c = command_at(i);
        for (const enum opt *a = c->options; *a != OPT_COUNT; a++)
            for (const enum opt *b = a + 1; *b != OPT_COUNT; b++) {
                assert_string_not_equal(option_at(*a)->name, option_at(*b)->name);
                bool same = option_at(*a)->letter && option_at(*a)->letter == option_at(*b)->letter;
                assert_false(same);
            }
    }
}

static void every_option_is_used_and_told(void **state)
{
    (void)state;
    for (enum opt o = 0; o < OPT_COUNT; o++) {
        bool used = false;
        for (size_t i = 0; i < command_count(); i++) used |= command_takes(command_at(i), o);
        assert_true((used || option_is_key_only(o)) && option_at(o)->help);
        assert_true((option_at(o)->kind == OPT_KIND_FLAG) == (option_at(o)->value == NULL));
    }
}

static void help_fits_a_screen(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count(); i++) {
        struct buf b;
        size_t lines = 0, column = 0;
        buf_init(&b, 1u << 16);
        help_command(&b, command_at(i), false);
        for (size_t k = 0; k < b.n; k++) {
            column = b.p[k] == '\n' ? 0 : column + 1;
            lines += b.p[k] == '\n';
            assert_true(column <= 100);
        }
        assert_true(lines <= 40);
        assert_non_null(command_at(i)->examples[0].line);
        buf_done(&b);
    }
}

static void names_are_found_and_guessed(void **state)
{
    size_t used = 0;
    (void)state;
    const struct command *scan = command_find(S("scan"), S(""), &used);
    assert_non_null(scan);
    assert_int_equal(used, 1);
    assert_non_null(command_find(S("config"), S("show"), &used));
    assert_int_equal(used, 2);
    assert_null(command_find(S("config"), S("shwo"), &used));
    assert_string_equal(command_nearest(S("config"), S("shwo")), "show");
    assert_string_equal(command_nearest(S(""), S("explian")), "explain");
    assert_null(command_nearest(S(""), S("zzzzzz")));
    assert_int_equal(option_find(scan, S("jobs")), OPT_JOBS);
    assert_int_equal(option_find(scan, S("reason")), OPT_COUNT);
    assert_int_equal(option_nearest(scan, S("job")), OPT_JOBS);
    assert_int_equal(option_letter(scan, 'o'), OPT_OUTPUT);
    assert_string_equal(key_nearest(S("fial_on")), "fail_on");
}

static bool put(struct settings *s, enum opt o, const char *text, enum origin origin)
{
    struct buf why;
    buf_init(&why, 4096);
    bool ok = settings_put(s, o, slice_str(text), origin, S("here"), &why);
    assert_true(ok == (why.n == 0));
    buf_done(&why);
    return ok;
}

static void stronger_sources_win(void **state)
{
    struct arena arena;
    struct settings s;
    (void)state;
    arena_init(&arena, 1u << 20, 4096);
    settings_init(&s, &arena);
    assert_true(put(&s, OPT_TIMEOUT, "5m", ORIGIN_OPTION));
    assert_true(put(&s, OPT_TIMEOUT, "7", ORIGIN_PROJECT));
    assert_int_equal(s.of[OPT_TIMEOUT].number, 300);
    assert_true(put(&s, OPT_EXCLUDE, "a", ORIGIN_ENVIRONMENT) &&
                put(&s, OPT_EXCLUDE, "b", ORIGIN_ENVIRONMENT));
    assert_true(put(&s, OPT_EXCLUDE, "c", ORIGIN_USER));
    assert_int_equal(s.of[OPT_EXCLUDE].count, 2);
    assert_true(put(&s, OPT_NO_HASH, "false", ORIGIN_PROJECT)); /* hash = false */
    assert_true(setting_on(&s, OPT_NO_HASH));
    assert_true(put(&s, OPT_NO_CACHE, "true", ORIGIN_PROJECT)); /* cache = true */
    assert_false(setting_on(&s, OPT_NO_CACHE));
    arena_done(&arena);
}

static void bad_values_are_refused(void **state)
{
    static const struct {
        enum opt o;
        const char *text;
    } rows[] = {{OPT_JOBS, "0"},         {OPT_JOBS, "-1"},        {OPT_JOBS, "99999"},
                {OPT_TIMEOUT, "5 days"}, {OPT_TIMEOUT, ""},       {OPT_FAIL_ON, "bad"},
                {OPT_MAX_UNPACKED, "x"}, {OPT_MAX_UNPACKED, "0"}, {OPT_NO_HASH, "maybe"},
                {OPT_COLOR, "auto|"},    {OPT_BASELINE, ""}};
    struct arena arena;
    struct settings s;
    (void)state;
    arena_init(&arena, 1u << 20, 4096);
    settings_init(&s, &arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (put(&s, rows[i].o, rows[i].text, ORIGIN_OPTION)) fail_msg("taken: %s", rows[i].text);
        assert_int_equal(s.of[rows[i].o].origin, ORIGIN_NONE);
    }
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_command_takes_a_name_twice),
        cmocka_unit_test(every_option_is_used_and_told),
        cmocka_unit_test(help_fits_a_screen),
        cmocka_unit_test(names_are_found_and_guessed),
        cmocka_unit_test(stronger_sources_win),
        cmocka_unit_test(bad_values_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
