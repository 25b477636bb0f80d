/* SPDX-License-Identifier: Apache-2.0 */
/* ids_asia.c - numbers of people in Asia. */
#include "detect/check/digits.h"
#include "detect/check/table.h"

enum check_result check_tr_tckn(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " ", 11, &x) || x.d[0] == 0) return CHECK_BAD;
    unsigned odd = 0, even = 0;
    for (size_t i = 0; i < 9; i++) *(i % 2 ? &even : &odd) += x.d[i];
    bool right = (odd * 7 + 90 - even) % 10 == x.d[9] && (odd + even + x.d[9]) % 10 == x.d[10];
    return digits_good(&x, right);
}

enum check_result check_il_id(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -", 9, &x)) return CHECK_BAD;
    return digits_fits(&x, digits_luhn(x.d, 9) && digits_number(x.d, 9) > 1000);
}

enum check_result check_in_aadhaar(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -", 12, &x) || x.d[0] < 2) return CHECK_BAD;
    bool mirror = true;
    for (size_t i = 0; i < 6; i++) mirror = mirror && x.d[i] == x.d[11 - i];
    return digits_fits(&x, !mirror && digits_verhoeff(x.d, 12));
}

/* AAAAA9999A; the fourth letter is the holder's kind, P for people. */
enum check_result check_in_pan(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, NULL, &x) || x.n != 10) return CHECK_BAD;
    for (size_t i = 0; i < 10; i++)
        if ((x.d[i] > 9) != (i < 5 || i == 9)) return CHECK_BAD;
    if (!strchr("ABCFGHJLPTKE", 'A' + x.d[3] - 10)) return CHECK_BAD;
    if (digits_number(x.d + 5, 4) == 0) return CHECK_BAD;
    return 'A' + x.d[3] - 10 == 'P' ? CHECK_GOOD : CHECK_FITS;
}

/* State, PAN, entity, Z, check: Luhn in base 36. */
enum check_result check_in_gstin(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, NULL, &x) || x.n != 15 || x.d[0] > 9 || x.d[1] > 9) return CHECK_BAD;
    unsigned state = digits_two(&x, 0), sum = 0;
    for (size_t i = 0; i < 14; i++) {
        unsigned v = x.d[i] * (i % 2 ? 2u : 1u);
        sum += v / 36 + v % 36;
    }
    bool right = state >= 1 && (state <= 38 || state == 97) && (36 - sum % 36) % 36 == x.d[14];
    return right ? CHECK_GOOD : CHECK_BAD;
}

enum check_result check_in_voter(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, NULL, &x) || x.n != 10) return CHECK_BAD;
    for (size_t i = 0; i < 10; i++)
        if ((x.d[i] > 9) != (i < 3)) return CHECK_BAD;
    if (digits_number(x.d + 3, 7) == 0) return CHECK_BAD;
    return digits_luhn(x.d + 3, 7) ? CHECK_GOOD : CHECK_FITS; /* old cards carry no check */
}

/* GB 11643: region, date, sequence, mod 11-2. */
enum check_result check_cn_ric(struct slice value)
{
    static const uint8_t provinces[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                        35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                        53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91};
    struct digits x;
    if (!digits_alnum(value, NULL, &x) || x.n != 18) return CHECK_BAD;
    for (size_t i = 0; i < 17; i++)
        if (x.d[i] > 9) return CHECK_BAD;
    if (x.d[17] > 9 && x.d[17] != 33) return CHECK_BAD;
    if (x.d[17] == 33) x.d[17] = 10;
    unsigned year = (unsigned)digits_number(x.d + 6, 4);
    bool right = memchr(provinces, (int)digits_two(&x, 0), sizeof provinces) && year >= 1850 &&
                 year < 2050 && calendar_day(year, digits_two(&x, 10), digits_two(&x, 12)) &&
                 digits_mod11_2(x.d, 18);
    return right ? CHECK_GOOD : CHECK_BAD;
}

/* One or two letters, six digits, check digit (A = 10), often in brackets. */
enum check_result check_hk_hkid(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, "() ", &x) || x.n < 8 || x.n > 9) return CHECK_BAD;
    size_t letters = x.n - 7;
    if (x.d[0] < 10 || x.d[letters - 1] < 10 || x.d[x.n - 1] > 10) return CHECK_BAD;
    unsigned sum = letters == 2 ? x.d[0] * 9u + x.d[1] * 8u : 36 * 9 + x.d[0] * 8u;
    for (size_t i = 0; i < 6; i++) {
        if (x.d[letters + i] > 9) return CHECK_BAD;
        sum += x.d[letters + i] * (unsigned)(7 - i);
    }
    bool right = (sum + x.d[x.n - 1]) % 11 == 0;
    if (right && digits_number(x.d + letters, 6) == 123456) return CHECK_TEST;
    return !right ? CHECK_BAD : x.separators ? CHECK_GOOD : CHECK_FITS;
}

/* The first letter stands for a county and two digits. */
enum check_result check_tw_id(struct slice value)
{
    static const uint8_t counties[26] = {10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21,
                                         22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33};
    struct digits x;
    if (!digits_alnum(value, NULL, &x) || x.n != 10 || x.d[0] < 10) return CHECK_BAD;
    unsigned c = counties[x.d[0] - 10], sum = c / 10 + c % 10 * 9 + x.d[9];
    for (size_t i = 1; i < 10; i++)
        if (x.d[i] > 9) return CHECK_BAD;
    for (size_t i = 1; i < 9; i++) sum += x.d[i] * (unsigned)(9 - i);
    if (x.d[1] != 1 && x.d[1] != 2 && x.d[1] != 8 && x.d[1] != 9) return CHECK_BAD;
    if (digits_number(x.d + 1, 9) == 123456789) return CHECK_TEST;
    return sum % 10 == 0 ? CHECK_FITS : CHECK_BAD;
}

enum check_result check_jp_mynumber(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -", 12, &x)) return CHECK_BAD;
    unsigned sum = 0;
    for (unsigned n = 1; n <= 11; n++) sum += x.d[11 - n] * (n <= 6 ? n + 1 : n - 5);
    unsigned r = sum % 11;
    return digits_fits(&x, x.d[11] == (r <= 1 ? 0 : 11 - r));
}

/* The seventh digit is sex and century; since October 2020 the rest is random. */
enum check_result check_kr_rrn(struct slice value)
{
    static const uint8_t weights[12] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
    struct digits x;
    if (!digits_exactly(value, " -", 13, &x) || x.d[6] < 1 || x.d[6] > 8) return CHECK_BAD;
    unsigned century = (x.d[6] - 1u) % 4 < 2 ? 1900 : 2000;
    if (!calendar_day(century + digits_two(&x, 0), digits_two(&x, 2), digits_two(&x, 4)))
        return CHECK_BAD;
    if ((11 - digits_sum(x.d, weights, 12) % 11) % 10 == x.d[12]) return CHECK_GOOD;
    bool recent =
        century == 2000 && digits_two(&x, 0) >= 20; /* born when the rest was random already */
    return recent ? CHECK_FITS : CHECK_BAD;
}

enum check_result check_sg_nric(struct slice value)
{
    static const uint8_t weights[7] = {2, 7, 6, 5, 4, 3, 2};
    struct digits x;
    if (!digits_alnum(value, NULL, &x) || x.n != 9 || x.d[0] < 10 || x.d[8] < 10) return CHECK_BAD;
    for (size_t i = 1; i < 8; i++)
        if (x.d[i] > 9) return CHECK_BAD;
    char kind = (char)('A' + x.d[0] - 10), check = (char)('A' + x.d[8] - 10);
    unsigned sum = digits_sum(x.d + 1, weights, 7);
    sum += kind == 'T' || kind == 'G' ? 4 : kind == 'M' ? 3 : 0;
    const char *letters = kind == 'S' || kind == 'T'   ? "JZIHGFEDCBA"
                          : kind == 'F' || kind == 'G' ? "XWUTRQPNMLK"
                          : kind == 'M'                ? "XWUTRQPNJLK"
                                                       : NULL;
    if (!letters || letters[sum % 11] != check) return CHECK_BAD;
    return digits_number(x.d + 1, 7) == 1234567 ? CHECK_TEST : CHECK_GOOD;
}

enum check_result check_th_id(struct slice value)
{
    static const uint8_t weights[12] = {13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
    struct digits x;
    if (!digits_exactly(value, " -", 13, &x) || x.d[0] == 0 || x.d[0] == 9) return CHECK_BAD;
    bool right = (11 - digits_sum(x.d, weights, 12) % 11) % 10 == x.d[12];
    return x.separators ? digits_good(&x, right) : digits_fits(&x, right);
}

/* yymmdd, place of birth, serial: no check digit. */
enum check_result check_my_nric(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -", 12, &x)) return CHECK_BAD;
    if (x.separators == 1)
        return CHECK_BAD; /* 020630-080945: a place in the sky, a date and time */
    unsigned place = digits_two(&x, 6);
    bool known = (place >= 1 && place <= 16) || (place >= 21 && place <= 68) ||
                 (place >= 71 && place <= 72) || place == 74 || place == 75 || place == 76 ||
                 place == 77 || place == 78 || place == 79 || (place >= 82 && place <= 93) ||
                 place == 98 || place == 99;
    bool right = known && calendar_short(digits_two(&x, 0), digits_two(&x, 2), digits_two(&x, 4));
    return x.separators == 2 && right ? CHECK_GOOD : digits_fits(&x, right);
}

/* Region, ddmmyy (day + 40 for women), serial: no check digit. */
enum check_result check_id_nik(struct slice value)
{
    static const uint8_t provinces[] = {11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 31, 32, 33,
                                        34, 35, 36, 51, 52, 53, 61, 62, 63, 64, 65, 71, 72,
                                        73, 74, 75, 76, 81, 82, 91, 92, 93, 94, 95, 96, 97};
    struct digits x;
    if (!digits_exactly(value, " .", 16, &x)) return CHECK_BAD;
    unsigned day = digits_two(&x, 6);
    if (day > 40) day -= 40;
    bool right = memchr(provinces, (int)digits_two(&x, 0), sizeof provinces) &&
                 calendar_short(digits_two(&x, 10), digits_two(&x, 8), day) &&
                 digits_number(x.d + 12, 4) > 0;
    return digits_fits(&x, right);
}
