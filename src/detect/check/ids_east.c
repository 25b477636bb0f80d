/* SPDX-License-Identifier: Apache-2.0 */
/* ids_east.c - numbers of people and firms in eastern Europe and Kazakhstan. */
#include "detect/check/digits.h"
#include "detect/check/table.h"

/* PESEL: the month tells the century: +80 1800s, +0 1900s, +20 2000s, ... */
enum check_result check_pl_pesel(struct slice value)
{
    static const uint8_t weights[11] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
    static const uint16_t centuries[5] = {1900, 2000, 2100, 2200, 1800};
    struct digits x;
    if (!digits_exactly(value, " -", 11, &x)) return CHECK_BAD;
    unsigned year = centuries[digits_two(&x, 2) / 20] + digits_two(&x, 0);
    bool date = calendar_day(year, digits_two(&x, 2) % 20, digits_two(&x, 4));
    return digits_good(&x, date && digits_sum(x.d, weights, 11) % 10 == 0);
}

enum check_result check_pl_nip(struct slice value)
{
    static const uint8_t weights[9] = {6, 5, 7, 2, 3, 4, 5, 6, 7};
    struct slice s = slice_starts(value, S("PL")) ? slice_sub(value, 2, value.n) : value;
    struct digits x;
    if (!digits_exactly(s, " -", 10, &x) || x.d[0] == 0) return CHECK_BAD;
    return digits_fits(&x, digits_sum(x.d, weights, 9) % 11 == x.d[9]);
}

/* Rodné číslo: yymmdd/nnn(n), month +50 for women, +20 when a day ran out of numbers. Nine digits
 * until 1953, without a check. */
enum check_result check_cz_rc(struct slice value)
{
    struct digits x;
    if (!digits_of(value, "/ ", &x) || x.n < 9 || x.n > 10) return CHECK_BAD;
    unsigned month = digits_two(&x, 2);
    if (month > 70)
        month -= 70;
    else if (month > 50)
        month -= 50;
    else if (month > 20)
        month -= 20;
    if (!calendar_short(digits_two(&x, 0), month, digits_two(&x, 4))) return CHECK_BAD;
    if (x.n == 9) return digits_fits(&x, digits_two(&x, 0) < 54 && digits_two(&x, 2) < 63);
    unsigned r = digits_mod(x.d, 9, 11);
    return digits_good(&x, r % 10 == x.d[9] || digits_mod(x.d, 10, 11) == 0);
}

/* CNP: sex and century, yymmdd, county, serial, check. */
enum check_result check_ro_cnp(struct slice value)
{
    static const uint8_t weights[12] = {2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9};
    static const uint16_t centuries[10] = {0, 1900, 1900, 1800, 1800, 2000, 2000, 1900, 1900, 1900};
    struct digits x;
    if (!digits_exactly(value, " -", 13, &x) || x.d[0] == 0) return CHECK_BAD;
    unsigned county = digits_two(&x, 7);
    bool date =
        calendar_day(centuries[x.d[0]] + digits_two(&x, 1), digits_two(&x, 3), digits_two(&x, 5));
    bool place = (county >= 1 && county <= 48) || county == 51 || county == 52 || county == 70 ||
                 (county >= 80 && county <= 83);
    unsigned r = digits_sum(x.d, weights, 12) % 11;
    return digits_good(&x, date && place && x.d[12] == (r == 10 ? 1 : r));
}

enum check_result check_bg_egn(struct slice value)
{
    static const uint8_t weights[9] = {2, 4, 8, 5, 10, 9, 7, 3, 6};
    struct digits x;
    if (!digits_exactly(value, " ", 10, &x)) return CHECK_BAD;
    unsigned month = digits_two(&x, 2), century = month > 40 ? 2000 : month > 20 ? 1800 : 1900;
    bool date =
        month < 60 && calendar_day(century + digits_two(&x, 0), month % 20, digits_two(&x, 4));
    return digits_good(&x, date && digits_sum(x.d, weights, 9) % 11 % 10 == x.d[9]);
}

enum check_result check_ru_snils(struct slice value)
{
    static const uint8_t weights[9] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    struct digits x;
    if (!digits_exactly(value, " -", 11, &x) || digits_number(x.d, 9) <= 1001998) return CHECK_BAD;
    unsigned r = digits_sum(x.d, weights, 9) % 101 % 100;
    return digits_good(&x, r == digits_two(&x, 9));
}

/* Tax number of a person. The first two digits are the region. */
enum check_result check_ru_inn12(struct slice value)
{
    static const uint8_t first[10] = {7, 2, 4, 10, 3, 5, 9, 4, 6, 8};
    static const uint8_t second[11] = {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8};
    struct digits x;
    if (!digits_exactly(value, NULL, 12, &x) || digits_two(&x, 0) == 0) return CHECK_BAD;
    return digits_good(&x, digits_sum(x.d, first, 10) % 11 % 10 == x.d[10] &&
                               digits_sum(x.d, second, 11) % 11 % 10 == x.d[11]);
}

enum check_result check_ru_inn10(struct slice value)
{
    static const uint8_t weights[9] = {2, 4, 10, 3, 5, 9, 4, 6, 8};
    struct digits x;
    if (!digits_exactly(value, NULL, 10, &x) || digits_two(&x, 0) == 0) return CHECK_BAD;
    return digits_fits(&x, digits_sum(x.d, weights, 9) % 11 % 10 == x.d[9]);
}

/* Series (region, year of the form) and number: no check digit. */
enum check_result check_ru_passport(struct slice value)
{
    struct digits x;
    if (!digits_of(value, " -\xe2\x84\x96", &x) || x.n != 10) return CHECK_BAD;
    return digits_fits(&x, digits_two(&x, 0) > 0 && digits_number(x.d + 4, 6) > 0);
}

enum check_result check_ru_ogrn(struct slice value)
{
    struct digits x;
    if (!digits_of(value, NULL, &x)) return CHECK_BAD;
    if (x.n == 13)
        return digits_fits(&x,
                           (x.d[0] == 1 || x.d[0] == 5) && digits_mod(x.d, 12, 11) % 10 == x.d[12]);
    return digits_fits(&x, x.n == 15 && x.d[0] == 3 && digits_mod(x.d, 14, 13) % 10 == x.d[14]);
}

/* The first five digits count the days since 31 December 1899. */
enum check_result check_ua_rnokpp(struct slice value)
{
    static const uint8_t weights[9] = {10, 5, 7, 9, 4, 6, 10, 5, 7}; /* -1 is 10, mod 11 */
    struct digits x;
    if (!digits_exactly(value, NULL, 10, &x)) return CHECK_BAD;
    uint64_t days = digits_number(x.d, 5);
    return digits_fits(&x,
                       days > 0 && days < 51000 && digits_sum(x.d, weights, 9) % 11 % 10 == x.d[9]);
}

enum check_result check_kz_iin(struct slice value)
{
    static const uint8_t first[11] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    static const uint8_t second[11] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2};
    struct digits x;
    if (!digits_exactly(value, " ", 12, &x) || x.d[6] > 6) return CHECK_BAD;
    if (!calendar_short(digits_two(&x, 0), digits_two(&x, 2), digits_two(&x, 4))) return CHECK_BAD;
    unsigned r = digits_sum(x.d, first, 11) % 11;
    if (r == 10) r = digits_sum(x.d, second, 11) % 11;
    return digits_good(&x, r < 10 && r == x.d[11]);
}
