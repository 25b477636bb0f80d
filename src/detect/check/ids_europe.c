/* SPDX-License-Identifier: Apache-2.0 */
/* ids_europe.c - numbers of people in western and southern Europe. */
#include "detect/check/digits.h"
#include "detect/check/table.h"

/* § 139b AO: mod 11,10, and among the first ten digits exactly one occurs twice or three times. */
enum check_result check_de_steuerid(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -/.", 11, &x) || x.d[0] == 0) return CHECK_BAD;
    uint8_t seen[10] = {0};
    unsigned repeated = 0;
    for (size_t i = 0; i < 10; i++) seen[x.d[i]]++;
    for (size_t i = 0; i < 10; i++) {
        if (seen[i] > 3) return CHECK_BAD;
        repeated += seen[i] > 1;
    }
    return digits_good(&x, repeated == 1 && digits_mod11_10(x.d, 11));
}

/* Pension insurance number: area, ddmmyy, letter of the birth name, serial, check digit; the letter
 * counts as two digits, products count as the sum of their digits. */
enum check_result check_de_rvnr(struct slice value)
{
    static const uint8_t weights[12] = {2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1};
    struct digits x;
    if (!digits_alnum(value, " -", &x) || x.n != 12 || x.d[8] < 10) return CHECK_BAD;
    uint8_t flat[13];
    for (size_t i = 0, to = 0; i < 12; i++) {
        if (i != 8 && x.d[i] > 9) return CHECK_BAD;
        unsigned v = i == 8 ? x.d[i] - 9u : x.d[i];
        if (i == 8) flat[to++] = (uint8_t)(v / 10);
        flat[to++] = (uint8_t)(v % 10);
    }
    unsigned sum = 0;
    for (size_t i = 0; i < 12; i++) {
        unsigned v = (unsigned)flat[i] * weights[i];
        sum += v / 10 + v % 10;
    }
    unsigned day = flat[2] * 10u + flat[3], month = flat[4] * 10u + flat[5];
    if (day > 50) day -= 50;
    bool right = calendar_short(flat[6] * 10u + flat[7], month, day);
    return right && sum % 10 == flat[12] ? CHECK_GOOD : CHECK_BAD;
}

/* Identity card and passport: nine characters without vowels, then perhaps the check digit. */
enum check_result check_de_perso(struct slice value)
{
    struct digits x;
    unsigned letters = 0, sum = 0;
    if (!digits_alnum(value, " ", &x) || x.n < 9 || x.n > 10) return CHECK_BAD;
    for (size_t i = 0; i < 9; i++) {
        letters += x.d[i] > 9;
        sum += x.d[i] * (i % 3 == 0 ? 7u : i % 3 == 1 ? 3u : 1u);
    }
    if (x.d[0] < 10) return CHECK_BAD;
    if (x.n == 9) return letters > 1 ? CHECK_FITS : CHECK_BAD;
    return sum % 10 == x.d[9] ? CHECK_GOOD : CHECK_BAD;
}

enum check_result check_at_svnr(struct slice value)
{
    static const uint8_t weights[10] = {3, 7, 9, 0, 5, 8, 4, 2, 1, 6};
    struct digits x;
    if (!digits_exactly(value, " -./", 10, &x) || x.d[0] == 0) return CHECK_BAD;
    unsigned day = digits_two(&x, 4), month = digits_two(&x, 6);
    bool date = month > 12 ? month < 16 && day >= 1 && day < 32
                           : calendar_short(digits_two(&x, 8), month, day);
    return digits_good(&x, date && digits_sum(x.d, weights, 10) % 11 == x.d[3]);
}

enum check_result check_ch_ahv(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -.", 13, &x) || digits_number(x.d, 3) != 756) return CHECK_BAD;
    unsigned sum = 0;
    for (size_t i = 0; i < 13; i++) sum += x.d[i] * (i % 2 ? 3u : 1u);
    return sum % 10 == 0 ? CHECK_GOOD : CHECK_BAD;
}

/* NIR: sex, yymm, department (2A and 2B count as 19 and 18), commune, serial, key of 97. */
enum check_result check_fr_nir(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, " .-", &x) || x.n != 15) return CHECK_BAD;
    if (x.d[5] == 2 && (x.d[6] == 10 || x.d[6] == 11)) {
        x.d[5] = 1;
        x.d[6] = x.d[6] == 10 ? 9 : 8;
    }
    for (size_t i = 0; i < 15; i++)
        if (x.d[i] > 9) return CHECK_BAD;
    unsigned month = digits_two(&x, 3);
    bool dated = (month >= 1 && month <= 12) || (month >= 20 && month != 43 && month <= 99);
    bool right = x.d[0] >= 1 && x.d[0] != 9 && dated && digits_number(x.d + 10, 3) > 0 &&
                 97 - digits_number(x.d, 13) % 97 == digits_number(x.d + 13, 2);
    if (!right) return CHECK_BAD;
    /* provisional numbers and unknown months are rare; cards with this key are not */
    return x.d[0] <= 2 && month <= 12 ? CHECK_GOOD : CHECK_FITS;
}

/* SIRET: Luhn; the post office's shops are numbered otherwise: their digit sum is a multiple of 5.
 */
enum check_result check_fr_siret(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " .", 14, &x)) return CHECK_BAD;
    if (digits_number(x.d, 9) == 356000000) {
        unsigned sum = 0;
        for (size_t i = 0; i < 14; i++) sum += x.d[i];
        if (sum % 5 == 0) return CHECK_GOOD;
    }
    return digits_fits(&x, digits_luhn(x.d, 14) && digits_luhn(x.d, 9));
}

static const char nif_letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";

static enum check_result nif(uint64_t number, uint8_t letter)
{
    if (letter < 10 || number == 0) return CHECK_BAD;
    return nif_letters[number % 23] == 'A' + letter - 10 ? CHECK_GOOD : CHECK_BAD;
}

enum check_result check_es_nif(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, " -.", &x) || x.n != 9) return CHECK_BAD;
    for (size_t i = 0; i < 8; i++)
        if (x.d[i] > 9) return CHECK_BAD;
    uint64_t number = digits_number(x.d, 8);
    enum check_result result = nif(number, x.d[8]);
    return result == CHECK_GOOD && (number == 12345678 || number == 99999999) ? CHECK_TEST : result;
}

enum check_result check_es_nie(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, " -.", &x) || x.n != 9 || x.d[0] < 33) return CHECK_BAD;
    for (size_t i = 1; i < 8; i++)
        if (x.d[i] > 9) return CHECK_BAD;
    return nif(digits_number(x.d + 1, 7) + (x.d[0] - 33u) * 10000000u, x.d[8]);
}

/* Codice fiscale. Odd places count by a table; letters may stand for digits (omocodia). */
static int cf_digit(uint8_t v)
{
    static const char letters[] = "LMNPQRSTUV";
    if (v < 10) return v;
    const char *at = strchr(letters, 'A' + v - 10);
    return at ? (int)(at - letters) : -1;
}

static bool cf_date(const struct digits *x)
{
    static const char months[] = "ABCDEHLMPRST";
    int y1 = cf_digit(x->d[6]), y2 = cf_digit(x->d[7]), d1 = cf_digit(x->d[9]),
        d2 = cf_digit(x->d[10]);
    const char *month = x->d[8] > 9 ? strchr(months, 'A' + x->d[8] - 10) : NULL;
    if (y1 < 0 || y2 < 0 || d1 < 0 || d2 < 0 || !month) return false;
    unsigned day = (unsigned)(d1 * 10 + d2);
    return calendar_short((unsigned)(y1 * 10 + y2), (unsigned)(month - months) + 1,
                          day > 40 ? day - 40 : day);
}

enum check_result check_it_cf(struct slice value)
{
    static const uint8_t odd[26] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                    20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    struct digits x;
    if (!digits_alnum(value, " ", &x) || x.n != 16 || !cf_date(&x)) return CHECK_BAD;
    unsigned sum = 0;
    for (size_t i = 0; i < 15; i++) {
        unsigned v = x.d[i] > 9 ? x.d[i] - 10u : x.d[i];
        sum += i % 2 ? v : odd[v];
    }
    return x.d[15] == sum % 26 + 10 ? CHECK_GOOD : CHECK_BAD;
}

enum check_result check_it_piva(struct slice value)
{
    struct slice s = value.n > 2 && value.p[0] == 'I' ? slice_sub(value, 2, value.n) : value;
    struct digits x;
    if (!digits_exactly(s, " ", 11, &x)) return CHECK_BAD;
    unsigned office = (unsigned)digits_number(x.d + 7, 3); /* the office's province */
    bool place = (office >= 1 && office <= 100) || office == 120 || office == 121 ||
                 office == 888 || office == 999;
    enum check_result result = digits_fits(&x, digits_luhn(x.d, 11));
    return result == CHECK_FITS && place ? CHECK_GOOD : result;
}

enum check_result check_pt_nif(struct slice value)
{
    static const uint8_t weights[8] = {9, 8, 7, 6, 5, 4, 3, 2};
    struct digits x;
    if (!digits_exactly(value, " .-", 9, &x) || x.d[0] == 0 || x.d[0] == 4) return CHECK_BAD;
    unsigned r = 11 - digits_sum(x.d, weights, 8) % 11;
    return digits_fits(&x, x.d[8] == (r > 9 ? 0 : r));
}

enum check_result check_nl_bsn(struct slice value)
{
    static const uint8_t weights[8] = {9, 8, 7, 6, 5, 4, 3, 2};
    struct digits x;
    if (!digits_exactly(value, " .-", 9, &x)) return CHECK_BAD;
    bool right = digits_sum(x.d, weights, 8) % 11 == x.d[8] && (x.d[0] || x.d[1]);
    enum check_result result = digits_fits(&x, right);
    return result == CHECK_FITS && digits_number(x.d, 9) == 111222333 ? CHECK_TEST : result;
}

/* Belgium: yymmdd, a counter (odd for men), 97 - number mod 97; births from 2000 with a 2 before.
 * The month is raised by 20 or 40 in numbers of people who are not in the register. */
enum check_result check_be_nn(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " .-", 11, &x)) return CHECK_BAD;
    uint64_t n = digits_number(x.d, 9);
    unsigned key = (unsigned)digits_number(x.d + 9, 2), month = (digits_two(&x, 2)) % 20;
    bool old = 97 - n % 97 == key, young = 97 - (n + 2000000000u) % 97 == key;
    unsigned year = digits_two(&x, 0), day = digits_two(&x, 4);
    bool date = month == 0 || day == 0 || calendar_short(year, month, day);
    return digits_good(&x, date && x.d[2] < 6 && (old || (young && year < 40)));
}

enum check_result check_gr_amka(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -", 11, &x)) return CHECK_BAD;
    bool date = calendar_short(digits_two(&x, 4), digits_two(&x, 2), digits_two(&x, 0));
    return digits_good(&x, date && digits_luhn(x.d, 11));
}

enum check_result check_hr_oib(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -", 11, &x)) return CHECK_BAD;
    return digits_fits(&x, digits_mod11_10(x.d, 11));
}
