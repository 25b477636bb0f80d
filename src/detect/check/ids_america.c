/* SPDX-License-Identifier: Apache-2.0 */
/* ids_america.c - numbers of people and firms in the Americas. */
#include "base/ascii.h"
#include "detect/check/digits.h"
#include "detect/check/table.h"

/* No check digit: what was never given out, and what stands in advertisements and handbooks. */
enum check_result check_us_ssn(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -", 9, &x) || x.separators == 1) return CHECK_BAD;
    uint64_t area = digits_number(x.d, 3), group = digits_number(x.d + 3, 2),
             serial = digits_number(x.d + 5, 4), all = digits_number(x.d, 9);
    if (area == 0 || area == 666 || area >= 900 || group == 0 || serial == 0) return CHECK_BAD;
    if (all == 78051120 || all == 219099999 || all == 123456789 || all == 457555462)
        return CHECK_BAD;
    /* written with hyphens nothing else looks like it; with blanks many things do */
    return slice_find_byte(value, '-') == SIZE_MAX ? digits_fits(&x, true) : digits_good(&x, true);
}

enum check_result check_us_itin(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -", 9, &x) || x.d[0] != 9) return CHECK_BAD;
    if (x.separators == 1) return CHECK_BAD; /* 94538-6349: a ZIP code with four more digits */
    uint64_t group = digits_number(x.d + 3, 2), all = digits_number(x.d, 9);
    bool given = (group >= 50 && group <= 65) || (group >= 70 && group <= 88) ||
                 (group >= 90 && group <= 92) || group >= 94;
    if (all >= 987654320 && all <= 987654329) return CHECK_BAD; /* advertisements */
    return digits_fits(&x, given);
}

/* The first two digits are the office that gave the number out. */
enum check_result check_us_ein(struct slice value)
{
    static const uint8_t never[] = {0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97};
    struct digits x;
    if (!digits_exactly(value, " -", 9, &x)) return CHECK_BAD;
    return digits_fits(&x, !memchr(never, x.d[0] * 10 + x.d[1], sizeof never));
}

enum check_result check_us_npi(struct slice value)
{
    static const uint8_t prefix[5] = {8, 0, 8, 4, 0};
    struct digits x;
    if (!digits_exactly(value, NULL, 10, &x) || x.d[0] < 1 || x.d[0] > 2) return CHECK_BAD;
    uint8_t all[15];
    memcpy(all, prefix, 5);
    memcpy(all + 5, x.d, 10);
    return digits_fits(&x, digits_luhn(all, 15));
}

/* C A AN N A AN N A A N N; letters without S L O I B Z. */
enum check_result check_us_mbi(struct slice value)
{
    static const char form[] = "CAXNAXNAANN";
    struct digits x;
    if (!digits_alnum(value, " -", &x) || x.n != 11) return CHECK_BAD;
    for (size_t i = 0; i < 11; i++) {
        bool letter = x.d[i] > 9;
        if (letter && strchr("SLOIBZ", 'A' + x.d[i] - 10)) return CHECK_BAD;
        if (form[i] == 'C' && (letter || x.d[i] == 0)) return CHECK_BAD;
        if (form[i] == 'A' && !letter) return CHECK_BAD;
        if (form[i] == 'N' && letter) return CHECK_BAD;
    }
    struct slice example = S("1EG4TE5MK7"); /* the card that the office shows */
    struct digits e;
    bool known = digits_alnum(example, NULL, &e) && !memcmp(e.d, x.d, e.n);
    return known ? CHECK_TEST : CHECK_GOOD;
}

enum check_result check_us_passport(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, NULL, &x) || x.n < 8 || x.n > 9) return CHECK_BAD;
    for (size_t i = 1; i < x.n; i++)
        if (x.d[i] > 9) return CHECK_BAD;
    return digits_fits(&x, x.n == 9);
}

enum check_result check_us_dea(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, NULL, &x) || x.n != 9 || x.d[0] < 10) return CHECK_BAD;
    for (size_t i = 2; i < 9; i++)
        if (x.d[i] > 9) return CHECK_BAD;
    const uint8_t *d = x.d + 2;
    unsigned sum = d[0] + 0u + d[2] + d[4] + 2u * (0u + d[1] + d[3] + d[5]);
    uint64_t number = digits_number(d, 7);
    if (number == 1234563) return CHECK_TEST;
    return number && sum % 10 == d[6] ? CHECK_FITS : CHECK_BAD;
}

enum check_result check_ca_sin(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -", 9, &x) || x.d[0] == 0 || x.d[0] == 8) return CHECK_BAD;
    if (digits_number(x.d, 9) == 46454286) return CHECK_TEST;
    return digits_fits(&x, digits_luhn(x.d, 9));
}

/* Values of the alphabet of CURP and RFC: 0-9 A-N Ñ O-Z; RFC has & before Ñ and a blank at the end.
 */
static int mexican(const uint8_t **at, const uint8_t *end, bool rfc)
{
    if (*at == end) return -1;
    uint8_t c = *(*at)++;
    if (ascii_digit(c)) return c - '0';
    if (ascii_lower(c)) c = (uint8_t)(c - 32);
    if (c >= 'A' && c <= 'N') return c - 'A' + 10;
    if (c >= 'O' && c <= 'Z') return c - 'O' + 25;
    if (rfc && c == '&') return 24;
    if (c == 0xc3 && *at < end && (**at == 0x91 || **at == 0xb1)) {
        (*at)++;
        return rfc ? 38 : 24;
    }
    return -1;
}

static size_t mexican_all(struct slice s, bool rfc, int values[20])
{
    const uint8_t *at = s.p, *end = s.p + s.n;
    size_t n = 0;
    while (at < end) {
        if (n == 20) return 0;
        int v = mexican(&at, end, rfc);
        if (v < 0) return 0;
        values[n++] = v;
    }
    return n;
}

enum check_result check_mx_curp(struct slice value)
{
    int v[20];
    if (mexican_all(value, false, v) != 18) return CHECK_BAD;
    for (size_t i = 4; i < 10; i++)
        if (v[i] > 9) return CHECK_BAD;
    unsigned sum = 0;
    for (unsigned i = 0; i < 17; i++) sum += (18 - i) * (unsigned)v[i];
    bool date = calendar_short((unsigned)(v[4] * 10 + v[5]), (unsigned)(v[6] * 10 + v[7]),
                               (unsigned)(v[8] * 10 + v[9]));
    return date && (int)((10 - sum % 10) % 10) == v[17] ? CHECK_GOOD : CHECK_BAD;
}

enum check_result check_mx_rfc(struct slice value)
{
    int v[20];
    size_t n = mexican_all(value, true, v);
    if (n != 12 && n != 13) return CHECK_BAD;
    size_t at = n - 9; /* of the date */
    for (size_t i = at; i < at + 6; i++)
        if (v[i] > 9) return CHECK_BAD;
    if (!calendar_short((unsigned)(v[at] * 10 + v[at + 1]), (unsigned)(v[at + 2] * 10 + v[at + 3]),
                        (unsigned)(v[at + 4] * 10 + v[at + 5])))
        return CHECK_BAD;
    unsigned sum = n == 12 ? 13 * 37 : 0; /* firms: a blank before */
    for (size_t i = 0; i + 1 < n; i++) sum += (unsigned)(n - i) * (unsigned)v[i];
    unsigned r = (11 - sum % 11) % 11;
    return (unsigned)v[n - 1] == r ? CHECK_GOOD : CHECK_BAD;
}

enum check_result check_br_cpf(struct slice value)
{
    static const uint8_t weights[10] = {11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
    struct digits x;
    if (!digits_exactly(value, ".-/ ", 11, &x)) return CHECK_BAD;
    unsigned a = digits_sum(x.d, weights + 1, 9) % 11, b = digits_sum(x.d, weights, 10) % 11;
    bool right = x.d[9] == (a < 2 ? 0 : 11 - a) && x.d[10] == (b < 2 ? 0 : 11 - b);
    if (right && digits_number(x.d, 11) == 12345678909) return CHECK_TEST;
    return digits_good(&x, right);
}

/* Since July 2026 also with letters, which count as their ASCII code less 48. */
enum check_result check_br_cnpj(struct slice value)
{
    static const uint8_t weights[13] = {6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2};
    struct digits x;
    if (!digits_alnum(value, ".-/ ", &x) || x.n != 14) return CHECK_BAD;
    if (x.d[12] > 9 || x.d[13] > 9) return CHECK_BAD;
    bool letters = false;
    for (size_t i = 0; i < 12; i++)
        if (x.d[i] > 9) {
            x.d[i] = (uint8_t)(x.d[i] + 7);
            letters = true;
        }
    unsigned a = digits_sum(x.d, weights + 1, 12) % 11, b = digits_sum(x.d, weights, 13) % 11;
    bool right = x.d[12] == (a < 2 ? 0 : 11 - a) && x.d[13] == (b < 2 ? 0 : 11 - b);
    if (letters) return right && x.separators ? CHECK_GOOD : right ? CHECK_FITS : CHECK_BAD;
    return digits_good(&x, right);
}

enum check_result check_ar_cuit(struct slice value)
{
    static const uint8_t weights[10] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    struct digits x;
    if (!digits_exactly(value, " -.", 11, &x)) return CHECK_BAD;
    unsigned kind = digits_two(&x, 0);
    bool known = kind == 20 || (kind >= 23 && kind <= 27) || kind == 30 || kind == 33 || kind == 34;
    unsigned r = 11 - digits_sum(x.d, weights, 10) % 11;
    return digits_good(&x, known && r != 10 && x.d[10] == r % 11);
}

enum check_result check_cl_rut(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, ".-", &x) || x.n < 8 || x.n > 9) return CHECK_BAD;
    unsigned sum = 0;
    for (size_t i = 0; i + 1 < x.n; i++) {
        if (x.d[i] > 9) return CHECK_BAD;
        sum += x.d[i] * (unsigned)((x.n - 2 - i) % 6 + 2);
    }
    unsigned r = 11 - sum % 11, last = x.d[x.n - 1] == 20 ? 10 : x.d[x.n - 1];
    if (last > 10 || (x.d[x.n - 1] > 9 && last != 10)) return CHECK_BAD;
    return digits_fits(&x, r % 11 == last);
}

enum check_result check_co_nit(struct slice value)
{
    static const uint8_t primes[15] = {3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71};
    struct digits x;
    if (!digits_of(value, "-. ", &x) || x.n < 9 || x.n > 11) return CHECK_BAD;
    unsigned sum = 0;
    for (size_t i = 0; i + 1 < x.n; i++) sum += (unsigned)x.d[x.n - 2 - i] * primes[i];
    unsigned r = sum % 11;
    return digits_fits(&x, x.d[x.n - 1] == (r < 2 ? r : 11 - r));
}
