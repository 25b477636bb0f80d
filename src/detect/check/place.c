/* SPDX-License-Identifier: Apache-2.0 */
/* place.c - where and when: positions, dates of birth, diagnosis codes. */
#include "base/ascii.h"
#include "base/num.h"
#include "detect/check/digits.h"
#include "detect/check/table.h"

enum check_result check_geo(struct slice value)
{
    size_t comma = slice_find_byte(value, ',');
    double lat, lon;
    if (comma == SIZE_MAX) return CHECK_BAD;
    if (!num_f64(slice_trim(slice_sub(value, 0, comma)), &lat)) return CHECK_BAD;
    if (!num_f64(slice_trim(slice_sub(value, comma + 1, value.n)), &lon)) return CHECK_BAD;
    if (lat < -90 || lat > 90 || lon < -180 || lon > 180) return CHECK_BAD;
    if (lat > -1 && lat < 1 && lon > -1 && lon < 1) return CHECK_BAD; /* the sea off Guinea */
    return CHECK_FITS;
}

/* The next number, and the byte behind it. */
static unsigned number(struct slice s, size_t *at, uint8_t *ret_stop)
{
    unsigned v = 0;
    for (; *at < s.n && ascii_digit(s.p[*at]) && v < 10000; (*at)++)
        v = v * 10 + (unsigned)(s.p[*at] - '0');
    *ret_stop = *at < s.n ? s.p[*at] : 0;
    if (*at < s.n) (*at)++;
    return v;
}

/* Three numbers with the same sign between them; an age of 0 to 120 (until 2030). */
enum check_result check_dob(struct slice value)
{
    size_t at = 0;
    uint8_t stop[3];
    unsigned a = number(value, &at, &stop[0]), b = number(value, &at, &stop[1]),
             c = number(value, &at, &stop[2]);
    if (stop[0] != stop[1] || stop[2] || at != value.n) return CHECK_BAD;
    bool iso = a > 31;
    unsigned year = iso ? a : c;
    if (year < 1906 || year > 2030) return CHECK_BAD;
    bool day = iso ? calendar_day(a, b, c) : calendar_day(c, b, a) || calendar_day(c, a, b);
    return day ? CHECK_FITS : CHECK_BAD;
}

/* A letter, two characters, perhaps a point and up to four more. */
enum check_result check_icd10(struct slice value)
{
    if (value.n < 3 || !ascii_upper(value.p[0]) || value.p[0] == 'U') return CHECK_BAD;
    if (value.n > 3 && (value.p[3] != '.' || value.n < 5 || value.n > 8)) return CHECK_BAD;
    return CHECK_FITS;
}
