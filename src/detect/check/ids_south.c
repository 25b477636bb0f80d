/* SPDX-License-Identifier: Apache-2.0 */
/* ids_south.c - numbers of people in Oceania and Africa, and machine-readable passports. */
#include "base/ascii.h"
#include "detect/check/digits.h"
#include "detect/check/table.h"

enum check_result check_au_tfn(struct slice value)
{
    static const uint8_t weights[9] = {1, 4, 3, 7, 5, 8, 6, 9, 10};
    struct digits x;
    if (!digits_exactly(value, " -", 9, &x)) return CHECK_BAD;
    return digits_fits(&x, digits_sum(x.d, weights, 9) % 11 == 0);
}

/* Eight digits, check, issue number, perhaps the person's place on the card. */
enum check_result check_au_medicare(struct slice value)
{
    static const uint8_t weights[8] = {1, 3, 7, 9, 1, 3, 7, 9};
    struct digits x;
    if (!digits_of(value, " -/", &x) || x.n < 10 || x.n > 11) return CHECK_BAD;
    bool right =
        x.d[0] >= 2 && x.d[0] <= 6 && x.d[9] > 0 && digits_sum(x.d, weights, 8) % 10 == x.d[8];
    return digits_fits(&x, right);
}

enum check_result check_au_abn(struct slice value)
{
    static const uint8_t weights[11] = {10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19};
    struct digits x;
    if (!digits_exactly(value, " -", 11, &x) || x.d[0] == 0) return CHECK_BAD;
    x.d[0]--;
    bool right = digits_sum(x.d, weights, 11) % 89 == 0;
    return digits_good(&x, right);
}

enum check_result check_nz_ird(struct slice value)
{
    static const uint8_t first[8] = {3, 2, 7, 6, 5, 4, 3, 2};
    static const uint8_t second[8] = {7, 4, 3, 2, 5, 2, 7, 6};
    struct digits x;
    if (!digits_of(value, " -", &x) || x.n < 8 || x.n > 9) return CHECK_BAD;
    uint8_t d[9] = {0};
    memcpy(d + 9 - x.n, x.d, x.n);
    uint64_t n = digits_number(d, 9);
    if (n < 10000000 || n > 150000000) return CHECK_BAD;
    unsigned r = (11 - digits_sum(d, first, 8) % 11) % 11;
    if (r == 10) r = (11 - digits_sum(d, second, 8) % 11) % 11;
    return digits_fits(&x, r < 10 && r == d[8]);
}

/* yymmdd, sex, citizenship 0..2, race once (8 or 9 today), Luhn. */
enum check_result check_za_id(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " ", 13, &x) || x.d[10] > 2) return CHECK_BAD;
    bool date = calendar_short(digits_two(&x, 0), digits_two(&x, 2), digits_two(&x, 4));
    return digits_good(&x, date && digits_luhn(x.d, 13));
}

enum check_result check_ng_nin(struct slice value)
{
    struct digits x;
    return digits_exactly(value, " -", 11, &x) ? digits_fits(&x, true) : CHECK_BAD;
}

/* Century, yymmdd, governorate, serial, a check digit by a method that is not published. */
enum check_result check_eg_nid(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, NULL, 14, &x) || x.d[0] < 2 || x.d[0] > 3) return CHECK_BAD;
    unsigned place = digits_two(&x, 7);
    bool known = (place >= 1 && place <= 4) || (place >= 11 && place <= 35) || place == 88;
    bool date = calendar_day(x.d[0] * 100u + 1700 + digits_two(&x, 1), digits_two(&x, 3),
                             digits_two(&x, 5));
    return digits_fits(&x, known && date);
}

/* ICAO 9303: digits, A = 10 .., < = 0, weights 7 3 1. */
static bool mrz_field(const uint8_t *p, size_t n, uint8_t check)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned v = 0; /* < */
        if (p[i] >= 'A')
            v = p[i] - 'A' + 10u;
        else if (p[i] != '<')
            v = p[i] - (unsigned)'0';
        sum += v * (i % 3 == 0 ? 7u : i % 3 == 1 ? 3u : 1u);
    }
    return check == '<' ? sum == 0 : sum % 10 == (unsigned)(check - '0');
}

/* TD3: two lines of 44; the second has five check digits, the last one over the others. */
enum check_result check_mrz(struct slice value)
{
    uint8_t line[88], all[39];
    size_t n = 0;
    for (size_t i = 0; i < value.n; i++) {
        uint8_t c = value.p[i];
        if (c == '\r' || c == '\n') continue;
        if (c == '\\' && i + 1 < value.n && value.p[i + 1] == 'n') { /* as JSON writes it */
            i++;
            continue;
        }
        bool known = c == '<' || ascii_digit(c) || ascii_upper(c);
        if (!known || n == 88) return CHECK_BAD;
        line[n++] = c;
    }
    const uint8_t *b = line + 44;
    if (n != 88 || line[0] != 'P') return CHECK_BAD;
    memcpy(all, b, 10);
    memcpy(all + 10, b + 13, 7);
    memcpy(all + 17, b + 21, 22);
    bool right = mrz_field(b, 9, b[9]) && mrz_field(b + 13, 6, b[19]) &&
                 mrz_field(b + 21, 6, b[27]) && mrz_field(b + 28, 14, b[42]) &&
                 mrz_field(all, 39, b[43]);
    bool specimen = right && !memcmp(b + 10, "UTO", 3); /* Utopia, the handbook's country */
    return !right ? CHECK_BAD : specimen ? CHECK_TEST : CHECK_GOOD;
}
