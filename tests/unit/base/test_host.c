/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/host.h"

static void times_as_text(void **state)
{
    static const struct {
        int64_t at;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},
        {951782399, "2000-02-28T23:59:59Z"},
        {951782400, "2000-02-29T00:00:00Z"},
        {951868800, "2000-03-01T00:00:00Z"},
        {1735689599, "2024-12-31T23:59:59Z"},
        {1740787200, "2025-03-01T00:00:00Z"},
        {4107542400, "2100-03-01T00:00:00Z"},
        {-62167219200, "0000-01-01T00:00:00Z"},
        {253402300799, "9999-12-31T23:59:59Z"},
        {253402300800, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[21];
        host_rfc3339(rows[i].at, text);
        assert_string_equal(text, rows[i].text);
    }
}

/* A day at a time through 400 years, against the C library. */
static void every_day(void **state)
{
    (void)state;
    for (int64_t day = -160000; day < 160000; day++) {
        char text[21], expected[21];
        time_t at = (time_t)(day * 86400 + 1);
        struct tm tm;
        host_rfc3339((int64_t)at, text);
        assert_non_null(gmtime_r(&at, &tm));
        assert_int_equal(strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &tm), 20);
        assert_string_equal(text, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_as_text),
        cmocka_unit_test(every_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
