/* SPDX-License-Identifier: Apache-2.0 */
/* bank.c - accounts, banks and securities. */
#include "base/ascii.h"
#include "detect/check/digits.h"
#include "detect/check/table.h"

/* ISO 13616 registry: country, whole length, the form of what follows the check digits as
 * counts of n (digits), a (capitals), c (both). Countries whose banks write letters into digit
 * places do not exist: the form drops most of what passes mod 97 by chance. */
struct iban_form {
    char country[3];
    uint8_t length;
    const char *form;
};
static const struct iban_form iban_forms[] = {
    {"AD", 24, "8n12c"},    {"AE", 23, "19n"},      {"AL", 28, "8n16c"},    {"AT", 20, "16n"},
    {"AZ", 28, "4a20c"},    {"BA", 20, "16n"},      {"BE", 16, "12n"},      {"BG", 22, "4a6n8c"},
    {"BH", 22, "4a14c"},    {"BI", 27, "23n"},      {"BR", 29, "23n1a1c"},  {"BY", 28, "4c4n16c"},
    {"CH", 21, "5n12c"},    {"CR", 22, "18n"},      {"CY", 28, "8n16c"},    {"CZ", 24, "20n"},
    {"DE", 22, "18n"},      {"DJ", 27, "23n"},      {"DK", 18, "14n"},      {"DO", 28, "4c20n"},
    {"EE", 20, "16n"},      {"EG", 29, "25n"},      {"ES", 24, "20n"},      {"FI", 18, "14n"},
    {"FK", 18, "2a12n"},    {"FO", 18, "14n"},      {"FR", 27, "10n11c2n"}, {"GB", 22, "4a14n"},
    {"GE", 22, "2a16n"},    {"GI", 23, "4a15c"},    {"GL", 18, "14n"},      {"GR", 27, "7n16c"},
    {"GT", 28, "20c4c"},    {"HN", 28, "4a20n"},    {"HR", 21, "17n"},      {"HU", 28, "24n"},
    {"IE", 22, "4a14n"},    {"IL", 23, "19n"},      {"IQ", 23, "4a15n"},    {"IS", 26, "22n"},
    {"IT", 27, "1a10n12c"}, {"JO", 30, "4a4n18c"},  {"KW", 30, "4a22c"},    {"KZ", 20, "3n13c"},
    {"LB", 28, "4n20c"},    {"LC", 32, "4a24c"},    {"LI", 21, "5n12c"},    {"LT", 20, "16n"},
    {"LU", 20, "3n13c"},    {"LV", 21, "4a13c"},    {"LY", 25, "21n"},      {"MC", 27, "10n11c2n"},
    {"MD", 24, "20c"},      {"ME", 22, "18n"},      {"MK", 19, "3n10c2n"},  {"MN", 20, "16n"},
    {"MR", 27, "23n"},      {"MT", 31, "4a5n18c"},  {"MU", 30, "4a19n3a"},  {"NI", 28, "4a20n"},
    {"NL", 18, "4a10n"},    {"NO", 15, "11n"},      {"OM", 23, "3n16c"},    {"PK", 24, "4a16c"},
    {"PL", 28, "24n"},      {"PS", 29, "4a21c"},    {"PT", 25, "21n"},      {"QA", 29, "4a21c"},
    {"RO", 24, "4a16c"},    {"RS", 22, "18n"},      {"RU", 33, "14n15c"},   {"SA", 24, "2n18c"},
    {"SC", 31, "4a20n3a"},  {"SD", 18, "14n"},      {"SE", 24, "20n"},      {"SI", 19, "15n"},
    {"SK", 24, "20n"},      {"SM", 27, "1a10n12c"}, {"SO", 23, "19n"},      {"ST", 25, "21n"},
    {"SV", 28, "4a20n"},    {"TL", 23, "19n"},      {"TN", 24, "20n"},      {"TR", 26, "5n1n16c"},
    {"UA", 29, "6n19c"},    {"VA", 22, "18n"},      {"VG", 24, "4a16n"},    {"XK", 20, "16n"},
    {"YE", 30, "4a4n18c"},
};

static bool iban_body(const char *form, const uint8_t *d, size_t n)
{
    size_t at = 0;
    while (*form) {
        unsigned count = 0;
        while (*form >= '0' && *form <= '9') count = count * 10 + (unsigned)(*form++ - '0');
        char kind = *form++;
        for (; count; count--, at++) {
            if (at == n) return false;
            if (kind == 'n' && d[at] > 9) return false;
            if (kind == 'a' && d[at] < 10) return false;
        }
    }
    return at == n;
}

static const struct iban_form *iban_form(const struct digits *x)
{
    for (size_t i = 0; i < sizeof iban_forms / sizeof iban_forms[0]; i++) {
        const struct iban_form *f = &iban_forms[i];
        if (x->d[0] == f->country[0] - 'A' + 10 && x->d[1] == f->country[1] - 'A' + 10) return f;
    }
    return NULL;
}

enum check_result check_iban(struct slice value)
{
    struct digits x, turned;
    if (!digits_alnum(value, " -", &x) || x.n < 15 || x.n > 34) return CHECK_BAD;
    const struct iban_form *f = iban_form(&x);
    if (!f || f->length != x.n || x.d[2] > 9 || x.d[3] > 9) return CHECK_BAD;
    if (!iban_body(f->form, x.d + 4, x.n - 4)) return CHECK_BAD;
    turned = x;
    memcpy(turned.d, x.d + 4, x.n - 4);
    memcpy(turned.d + x.n - 4, x.d, 4);
    bool zero = true; /* an account of zeros only passes with a few check digits; nobody has it */
    for (size_t i = 4; i < x.n; i++) zero = zero && x.d[i] == 0;
    if (zero || !digits_mod97(&turned)) return CHECK_BAD;
    struct slice known = S("GB82WEST12345698765432"); /* the registry's and Wikipedia's example */
    struct digits k;
    bool example = digits_alnum(known, NULL, &k) && k.n == x.n && !memcmp(k.d, x.d, k.n);
    return example ? CHECK_TEST : CHECK_GOOD;
}

/* ISO 3166-1 alpha-2 with XK. */
static const char countries[] =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCM"
    "CNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGY"
    "HKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMF"
    "MGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARE"
    "RORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZ"
    "VAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

static bool country(const uint8_t *letters)
{
    for (size_t i = 0; i + 1 < sizeof countries; i += 2)
        if (!memcmp(countries + i, letters, 2)) return true;
    return false;
}

enum check_result check_bic(struct slice value)
{
    if (value.n != 8 && value.n != 11) return CHECK_BAD;
    for (size_t i = 0; i < 6; i++)
        if (!ascii_upper(value.p[i])) return CHECK_BAD;
    if (!country(value.p + 4)) return CHECK_BAD;
    if (value.p[7] == '0' || value.p[6] == '0') return CHECK_BAD; /* 0 there: a test code */
    if (value.n == 8) return CHECK_FITS;
    return value.p[8] == 'X' && memcmp(value.p + 9, "XX", 2) != 0 ? CHECK_BAD : CHECK_GOOD;
}

enum check_result check_aba(struct slice value)
{
    static const uint8_t weights[9] = {3, 7, 1, 3, 7, 1, 3, 7, 1};
    struct digits x;
    if (!digits_exactly(value, " -", 9, &x)) return CHECK_BAD;
    unsigned bank = digits_two(&x, 0);
    bool known =
        bank <= 12 || (bank >= 21 && bank <= 32) || (bank >= 61 && bank <= 72) || bank == 80;
    return digits_fits(&x, known && digits_sum(x.d, weights, 9) % 10 == 0);
}

/* Luhn over the digits that letters stand for. */
enum check_result check_isin(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, NULL, &x) || x.n != 12 || x.d[11] > 9) return CHECK_BAD;
    if (!country(value.p) && memcmp(value.p, "XS", 2) != 0 && memcmp(value.p, "EU", 2) != 0)
        return CHECK_BAD;
    uint8_t flat[24];
    size_t n = 0;
    for (size_t i = 0; i < 12; i++) {
        if (x.d[i] > 9) flat[n++] = x.d[i] / 10;
        flat[n++] = x.d[i] % 10;
    }
    return digits_luhn(flat, n) ? CHECK_FITS : CHECK_BAD;
}

enum check_result check_lei(struct slice value)
{
    struct digits x;
    if (!digits_alnum(value, NULL, &x) || x.n != 20 || x.d[18] > 9 || x.d[19] > 9) return CHECK_BAD;
    unsigned letters = 0;
    for (size_t i = 0; i < 18; i++) letters += x.d[i] > 9;
    return letters && digits_mod97(&x) ? CHECK_GOOD : CHECK_BAD;
}

enum check_result check_sortcode(struct slice value)
{
    struct digits x;
    return digits_exactly(value, "- ", 6, &x) ? digits_fits(&x, true) : CHECK_BAD;
}

/* EU VAT numbers, national parts. */
static bool vat_at(const struct digits *x) /* U and eight */
{
    unsigned sum = 0;
    for (size_t i = 1; i < 8; i++) {
        unsigned v = x->d[i] * (i % 2 ? 1u : 2u);
        sum += v / 10 + v % 10;
    }
    return x->n == 9 && x->d[0] == 30 && (10 - (sum + 4) % 10) % 10 == x->d[8];
}

static bool vat_nl(const struct digits *x, struct slice value)
{
    static const uint8_t weights[8] = {9, 8, 7, 6, 5, 4, 3, 2};
    struct digits all;
    if (x->n != 12 || x->d[9] != 11) return false;
    if (digits_sum(x->d, weights, 8) % 11 == x->d[8])
        return true; /* before 2020: a firm's number */
    return digits_alnum(value, " ", &all) && digits_mod97(&all);
}

static bool vat_weighted(const struct digits *x, const uint8_t *weights, size_t n, unsigned m)
{
    return x->n == n && digits_sum(x->d, weights, n) % m == 0;
}

static bool vat_national(const uint8_t *at, const struct digits *x, struct slice value)
{
    static const uint8_t dk[8] = {2, 7, 6, 5, 4, 3, 2, 1}, fi[8] = {7, 9, 10, 5, 8, 4, 2, 1};
    struct slice body = slice_sub(value, 2, value.n);
    switch (at[0] << 8 | at[1]) {
    case 'A' << 8 | 'T': return vat_at(x);
    case 'B' << 8 | 'E':
        return x->n == 10 && 97 - digits_number(x->d, 8) % 97 == digits_number(x->d + 8, 2);
    case 'D' << 8 | 'E': return x->n == 9 && digits_mod11_10(x->d, 9);
    case 'D' << 8 | 'K': return vat_weighted(x, dk, 8, 11);
    case 'F' << 8 | 'I': return vat_weighted(x, fi, 8, 11);
    case 'I' << 8 | 'T': return check_it_piva(body) != CHECK_BAD;
    case 'P' << 8 | 'L': return check_pl_nip(body) != CHECK_BAD;
    case 'S' << 8 | 'E': return x->n == 12 && digits_luhn(x->d, 10) && digits_number(x->d + 10, 2);
    case 'N' << 8 | 'L': return vat_nl(x, value);
    case 'F' << 8 | 'R':
        if (x->n != 11 || !digits_luhn(x->d + 2, 9)) return false;
        return x->d[0] > 9 || x->d[1] > 9 ||
               (digits_number(x->d + 2, 9) * 100 + 12) % 97 == digits_number(x->d, 2);
    case 'E' << 8 | 'S': return x->n == 9;
    default: return false;
    }
}

enum check_result check_vat(struct slice value)
{
    struct digits x;
    if (value.n < 10 || !digits_alnum(slice_sub(value, 2, value.n), " .-", &x)) return CHECK_BAD;
    for (size_t i = 2; i < x.n; i++) {
        bool end = i + 1 == x.n && value.p[0] == 'E';
        bool nl = value.p[0] == 'N';
        if (x.d[i] > 9 && !end && !nl) return CHECK_BAD;
    }
    if (!vat_national(value.p, &x, value)) return CHECK_BAD;
    return value.p[0] == 'E' ? CHECK_FITS : CHECK_GOOD;
}
