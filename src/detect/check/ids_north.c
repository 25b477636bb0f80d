/* SPDX-License-Identifier: Apache-2.0 */
/* ids_north.c - numbers of people around the Baltic Sea and the North Atlantic. */
#include "detect/check/digits.h"
#include "detect/check/table.h"

/* Personnummer: yymmdd-nnnn or with the century before; the day is raised by 60 for people who do
 * not live there (samordningsnummer). */
enum check_result check_se_pnr(struct slice value)
{
    struct digits x;
    if (!digits_of(value, "-+ ", &x) || (x.n != 10 && x.n != 12)) return CHECK_BAD;
    size_t at = x.n - 10;
    unsigned day = digits_two(&x, at + 4);
    if (day > 60) day -= 60;
    bool date = at ? calendar_day((unsigned)digits_number(x.d, 4), digits_two(&x, at + 2), day)
                   : calendar_short(digits_two(&x, at), digits_two(&x, at + 2), day);
    if (at && digits_two(&x, 0) != 19 && digits_two(&x, 0) != 20) return CHECK_BAD;
    return digits_good(&x, date && digits_luhn(x.d + at, 10));
}

/* Fødselsnummer; D numbers raise the day by 40, H and synthetic numbers the month. */
enum check_result check_no_fnr(struct slice value)
{
    static const uint8_t first[9] = {3, 7, 6, 1, 8, 9, 4, 5, 2};
    static const uint8_t second[10] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    struct digits x;
    if (!digits_exactly(value, " -", 11, &x)) return CHECK_BAD;
    unsigned day = digits_two(&x, 0), month = digits_two(&x, 2);
    day = day > 40 ? day - 40 : day;
    month = month > 80 ? month - 80 : month > 40 ? month - 40 : month;
    if (!calendar_short(digits_two(&x, 4), month, day)) return CHECK_BAD;
    unsigned k1 = (11 - digits_sum(x.d, first, 9) % 11) % 11;
    unsigned k2 = (11 - digits_sum(x.d, second, 10) % 11) % 11;
    return digits_good(&x, k1 == x.d[9] && k2 == x.d[10]);
}

/* The seventh digit of a CPR number and the year tell the century. */
static unsigned cpr_year(unsigned year, unsigned seventh)
{
    if (seventh < 4) return 1900 + year;
    if (seventh == 4 || seventh == 9) return (year < 37 ? 2000 : 1900) + year;
    return (year < 58 ? 2000 : 1800) + year;
}

/* CPR: since 2007 numbers without a right check digit are given out too, to the newly born and for
 * birthdays whose numbers are used up: mostly the 1st of January, where immigrants are put. */
enum check_result check_dk_cpr(struct slice value)
{
    static const uint8_t weights[10] = {4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
    struct digits x;
    if (!digits_exactly(value, " -", 10, &x)) return CHECK_BAD;
    unsigned year = cpr_year(digits_two(&x, 4), x.d[6]);
    if (!calendar_day(year, digits_two(&x, 2), digits_two(&x, 0)) || digits_number(x.d + 6, 4) == 0)
        return CHECK_BAD;
    if (digits_sum(x.d, weights, 10) % 11 == 0) return digits_good(&x, true);
    bool without = year >= 2007 || (digits_two(&x, 0) == 1 && digits_two(&x, 2) == 1);
    return digits_fits(&x, without);
}

/* ddmmyy, a sign for the century, nnn, and the number mod 31 as a letter or digit. */
enum check_result check_fi_hetu(struct slice value)
{
    static const char letters[] = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    if (value.n != 11) return CHECK_BAD;
    struct digits x;
    uint8_t flat[9];
    for (size_t i = 0, to = 0; i < 10; i++)
        if (i != 6) flat[to++] = value.p[i];
    if (!digits_exactly(slice_of(flat, 9), NULL, 9, &x)) return CHECK_BAD;
    char sign = (char)value.p[6], check = (char)value.p[10];
    if (!sign || !strchr("-+ABCDEFYXWVU", sign)) return CHECK_BAD;
    if (!calendar_short(digits_two(&x, 4), digits_two(&x, 2), digits_two(&x, 0))) return CHECK_BAD;
    uint64_t serial = digits_number(x.d + 6, 3);
    bool right = serial >= 2 && letters[digits_number(x.d, 9) % 31] == check;
    return right ? CHECK_GOOD : CHECK_BAD;
}

/* Kennitala: the ninth digit checks, the tenth is the century. Companies raise the day by 40. */
enum check_result check_is_kt(struct slice value)
{
    static const uint8_t weights[8] = {3, 2, 7, 6, 5, 4, 3, 2};
    struct digits x;
    if (!digits_exactly(value, " -", 10, &x)) return CHECK_BAD;
    unsigned century = x.d[9] == 9 ? 1900 : x.d[9] == 0 ? 2000 : x.d[9] == 8 ? 1800 : 0;
    bool date =
        century && calendar_day(century + digits_two(&x, 4), digits_two(&x, 2), digits_two(&x, 0));
    return digits_good(&x, date && (11 - digits_sum(x.d, weights, 8) % 11) % 11 == x.d[8]);
}

/* Estonia and Lithuania: sex and century, yymmdd, serial, check. */
static bool isikukood(const struct digits *x)
{
    static const uint8_t first[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1};
    static const uint8_t second[10] = {3, 4, 5, 6, 7, 8, 9, 1, 2, 3};
    if (x->d[0] < 1 || x->d[0] > 8) return false;
    unsigned century = 1800 + (x->d[0] - 1u) / 2 * 100;
    if (!calendar_day(century + digits_two(x, 1), digits_two(x, 3), digits_two(x, 5))) return false;
    unsigned r = digits_sum(x->d, first, 10) % 11;
    if (r == 10) r = digits_sum(x->d, second, 10) % 11 % 10;
    return r == x->d[10];
}

/* Latvia until 2017: ddmmyy, century, serial, check; since then 32 and ten digits of no meaning. */
static bool personas_kods(const struct digits *x)
{
    static const uint8_t weights[10] = {10, 5, 8, 4, 2, 1, 6, 3, 7, 9};
    if (x->d[6] > 2) return false;
    if (!calendar_day(1800 + x->d[6] * 100u + digits_two(x, 4), digits_two(x, 2), digits_two(x, 0)))
        return false;
    return (1 + digits_sum(x->d, weights, 10)) % 11 % 10 == x->d[10];
}

enum check_result check_baltic_id(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, "-", 11, &x)) return CHECK_BAD;
    if (isikukood(&x) && x.separators == 0) return digits_good(&x, true);
    bool dash = x.separators == 1 && value.n == 12 && value.p[6] == '-';
    if (x.separators && !dash) return CHECK_BAD;
    if (dash && x.d[0] == 3 && x.d[1] >= 2) return digits_fits(&x, true);
    return digits_good(&x, personas_kods(&x));
}
