/* SPDX-License-Identifier: Apache-2.0 */
/* ids_islands.c - numbers of people in the United Kingdom and Ireland. */
#include "base/ascii.h"
#include "detect/check/digits.h"
#include "detect/check/table.h"

/* No check digit, but many prefixes are never given out. */
enum check_result check_uk_nino(struct slice value)
{
    static const char *const never[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
    struct digits x;
    if (!digits_alnum(value, " -", &x) || x.n < 8 || x.n > 9 || x.d[0] < 10 || x.d[1] < 10)
        return CHECK_BAD;
    char prefix[3] = {(char)('A' + x.d[0] - 10), (char)('A' + x.d[1] - 10), 0};
    if (strchr("DFIQUV", prefix[0]) || strchr("DFIQUVO", prefix[1])) return CHECK_BAD;
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (!strcmp(prefix, never[i])) return CHECK_BAD;
    for (size_t i = 2; i < 8; i++)
        if (x.d[i] > 9) return CHECK_BAD;
    if (x.n == 9 && (x.d[8] < 10 || x.d[8] > 13)) return CHECK_BAD;
    uint64_t number = digits_number(x.d + 2, 6);
    return number == 0 ? CHECK_BAD : number == 123456 && prefix[0] == 'Q' ? CHECK_TEST : CHECK_FITS;
}

enum check_result check_uk_nhs(struct slice value)
{
    static const uint8_t weights[9] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
    struct digits x;
    if (!digits_exactly(value, " -", 10, &x)) return CHECK_BAD;
    unsigned r = 11 - digits_sum(x.d, weights, 9) % 11;
    return digits_fits(&x, r != 10 && x.d[9] == r % 11);
}

/* Outward code, then digit and two letters. Areas are checked by their first letters only. */
enum check_result check_uk_postcode(struct slice value)
{
    uint8_t flat[8];
    size_t n = 0;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == ' ') continue;
        if (n == 7) return CHECK_BAD;
        flat[n++] = ascii_to_upper(value.p[i]);
    }
    if (n < 5 || !ascii_digit(flat[n - 3])) return CHECK_BAD;
    static const char never[] = "CIKMOV";
    if (strchr(never, flat[n - 1]) || strchr(never, flat[n - 2])) return CHECK_BAD;
    return strchr("QVX", flat[0]) ? CHECK_BAD : CHECK_FITS;
}

enum check_result check_uk_utr(struct slice value)
{
    static const uint8_t weights[9] = {6, 7, 8, 9, 10, 5, 4, 3, 2};
    static const char checks[] = "21987654321";
    struct digits x;
    if (!digits_exactly(value, " ", 10, &x)) return CHECK_BAD;
    return digits_fits(&x, checks[digits_sum(x.d + 1, weights, 9) % 11] == '0' + x.d[0]);
}

/* Five of the surname, y mm dd y (month + 50 for women), initials, a digit, two letters. */
enum check_result check_uk_driving(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, " ", &x) || (x.n != 16 && x.n != 18)) return CHECK_BAD;
    for (size_t i = 5; i < 11; i++)
        if (x.d[i] > 9) return CHECK_BAD;
    if (x.d[0] < 10) return CHECK_BAD;
    unsigned month = digits_two(&x, 6), day = digits_two(&x, 8);
    if (month > 50) month -= 50;
    return calendar_short(x.d[5] * 10u + x.d[10], month, day) ? CHECK_GOOD : CHECK_BAD;
}

/* PPS: mod 23 to a letter (0 = W); a second letter counts nine times. */
enum check_result check_ie_pps(struct slice value)
{
    static const uint8_t weights[7] = {8, 7, 6, 5, 4, 3, 2};
    struct digits x;
    if (!digits_alnum(value, " ", &x) || x.n < 8 || x.n > 9) return CHECK_BAD;
    for (size_t i = 0; i < 7; i++)
        if (x.d[i] > 9) return CHECK_BAD;
    if (x.d[7] < 10 || (x.n == 9 && x.d[8] < 10)) return CHECK_BAD;
    unsigned second = x.n == 9 && x.d[8] != 32 ? x.d[8] - 9u : 0; /* W = 0 */
    unsigned r = (digits_sum(x.d, weights, 7) + 9 * second) % 23;
    bool right = x.d[7] == (r ? r + 9 : 32) && digits_number(x.d, 7) > 0;
    if (right && digits_number(x.d, 7) == 1234567) return CHECK_TEST;
    return right ? CHECK_GOOD : CHECK_BAD;
}
