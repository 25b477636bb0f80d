/* SPDX-License-Identifier: Apache-2.0 */
/* phones.c - telephone numbers: ITU-T E.164 country codes, the North American plan. */
#include "detect/check/digits.h"
#include "detect/check/table.h"

/* How many digits the country code has that x begins with; 0: no such country. */
static size_t country_code(const uint8_t *d, size_t n)
{
    static const uint8_t two[] = {20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46,
                                  47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63,
                                  64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98};
    static const uint16_t three[] = {
        211, 212, 213, 216, 218, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231,
        232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248,
        249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 260, 261, 262, 263, 264, 265, 266,
        267, 268, 269, 290, 291, 297, 298, 299, 350, 351, 352, 353, 354, 355, 356, 357, 358,
        359, 370, 371, 372, 373, 374, 375, 376, 377, 378, 379, 380, 381, 382, 383, 385, 386,
        387, 389, 420, 421, 423, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 590, 591,
        592, 593, 594, 595, 596, 597, 598, 599, 670, 672, 673, 674, 675, 676, 677, 678, 679,
        680, 681, 682, 683, 685, 686, 687, 688, 689, 690, 691, 692, 800, 808, 850, 852, 853,
        855, 856, 870, 878, 880, 881, 882, 883, 886, 888, 960, 961, 962, 963, 964, 965, 966,
        967, 968, 970, 971, 972, 973, 974, 975, 976, 977, 979, 992, 993, 994, 995, 996, 998};
    if (n < 4 || d[0] == 0) return 0;
    if (d[0] == 1 || d[0] == 7) return 1;
    if (memchr(two, d[0] * 10 + d[1], sizeof two)) return 2;
    unsigned code = (unsigned)digits_number(d, 3);
    for (size_t i = 0; i < sizeof three / sizeof three[0]; i++)
        if (three[i] == code) return 3;
    return 0;
}

/* Area and exchange [2-9]xx, not N11; 555-01xx stands in films. */
static enum check_result nanp(const uint8_t *d)
{
    if (d[0] < 2 || d[1] == 9 || d[3] < 2) return CHECK_BAD;
    if ((d[1] == 1 && d[2] == 1) || (d[4] == 1 && d[5] == 1)) return CHECK_BAD;
    bool film = digits_number(d + 3, 3) == 555 && digits_number(d + 6, 2) == 1;
    bool made_up = digits_number(d + 3, 7) == 4567890 || digits_number(d, 3) == 555;
    return film || made_up ? CHECK_TEST : CHECK_GOOD;
}

static enum check_result international(const struct digits *x)
{
    size_t code = country_code(x->d, x->n);
    if (!code || x->n < 8 || x->n > 15 || x->n - code < 5) return CHECK_BAD;
    struct digits rest = {.n = x->n - code};
    memcpy(rest.d, x->d + code, rest.n);
    if (digits_equal(&rest) || digits_counting(&rest)) return CHECK_TEST;
    if (code == 1 && x->d[0] == 1) return x->n == 11 ? nanp(x->d + 1) : CHECK_BAD;
    if (x->d[0] == 7 && x->n < 11) return CHECK_BAD;
    return CHECK_GOOD;
}

/* The digits; an extension (x123, ext. 123) is no part of the number. */
static bool plain(struct slice value, struct digits *ret)
{
    size_t end = 0;
    while (end < value.n && value.p[end] != 'x' && value.p[end] != 'e') end++;
    return digits_of(slice_sub(value, 0, end), "+ .-()/\t", ret);
}

/* 2024-01-15, 15.01.2024: groups that are a date. */
static bool dated(struct slice value)
{
    return value.n >= 8 && value.n <= 10 && check_dob(value) != CHECK_BAD;
}

enum check_result check_phone_e164(struct slice value)
{
    struct digits x;
    return value.n && value.p[0] == '+' && plain(value, &x) ? international(&x) : CHECK_BAD;
}

enum check_result check_phone_nanp(struct slice value)
{
    struct digits x;
    if (!plain(value, &x)) return CHECK_BAD;
    size_t at = x.n == 11 && x.d[0] == 1 ? 1 : 0;
    if (x.n - at != 10) return CHECK_BAD;
    enum check_result result = nanp(x.d + at);
    if (result != CHECK_GOOD) return result;
    /* with brackets, hyphens or points nobody writes much else; ten bare digits are any number, and
     * in groups by blanks they are an NHS number too */
    bool form = x.separators >= 2 && value.n - at >= 12 && slice_find_byte(value, ' ') == SIZE_MAX;
    form = form || slice_find_byte(value, '(') != SIZE_MAX || value.p[0] == '+';
    return form ? CHECK_GOOD : CHECK_FITS;
}

/* +4230-00131, +513030-0000731: a place as in tz and ISO 6709, degrees and minutes (and seconds).
 */
static bool is_place(struct slice value, const struct digits *x)
{
    size_t lat = x->n == 9 ? 4 : 6;
    if (x->separators > 2 || (x->n != 9 && x->n != 13) || value.p[lat + 1] != '-') return false;
    const uint8_t *lon = x->d + lat;
    return digits_number(x->d, 2) <= 90 && x->d[2] < 6 && digits_number(lon, 3) <= 180 &&
           lon[3] < 6 && (lat == 4 || (x->d[4] < 6 && lon[5] < 6));
}

enum check_result check_phone_grouped(struct slice value)
{
    struct digits x;
    if (!plain(value, &x) || (value.p[0] == '+' && is_place(value, &x))) return CHECK_BAD;
    if (value.p[0] == '+') {
        /* +44 (0)20 ...: the trunk prefix is not dialled */
        size_t zero = slice_find(value, S("(0)"));
        if (zero != SIZE_MAX) {
            struct digits head;
            if (!plain(slice_sub(value, 0, zero), &head) || head.n >= x.n) return CHECK_BAD;
            memmove(x.d + head.n, x.d + head.n + 1, x.n - head.n - 1);
            x.n--;
        }
        return international(&x);
    }
    if (x.n > 3 && x.d[0] == 0 && x.d[1] == 0) {
        struct digits rest = {.n = x.n - 2};
        memcpy(rest.d, x.d + 2, rest.n);
        enum check_result result = international(&rest);
        return result == CHECK_GOOD ? CHECK_FITS : result;
    }
    /* a national number: only a label can tell */
    bool written = x.separators || x.d[0] == 0 || (x.d[0] == 8 && x.n == 11);
    return written && x.n >= 7 && x.n <= 12 && !dated(value) ? CHECK_FITS : CHECK_BAD;
}
