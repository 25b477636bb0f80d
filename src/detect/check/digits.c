/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/check/digits.h"
#include "base/ascii.h"

static uint64_t word(const uint8_t *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* Eight digits at p: their values, in the order of the bytes. */
static bool eight_digits(const uint8_t *p, uint8_t *ret)
{
    uint64_t w = word(p) ^ 0x3030303030303030u;
    if ((w | (w + 0x7676767676767676u)) & 0x8080808080808080u) return false;
    memcpy(ret, &w, sizeof w);
    return true;
}

static bool collect(struct slice s, const char *between, bool letters, struct digits *ret)
{
    ret->n = ret->separators = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (i + 8 <= s.n && ret->n + 8 <= DIGITS_MAX && eight_digits(s.p + i, ret->d + ret->n)) {
            ret->n += 8;
            i += 7;
            continue;
        }
        uint8_t c = s.p[i], v;
        if (ascii_digit(c))
            v = (uint8_t)(c - '0');
        else if (letters && ascii_letter(c))
            v = (uint8_t)((c | 32) - 'a' + 10);
        else if (c && between && strchr(between, c)) {
            ret->separators++;
            continue;
        } else
            return false;
        if (ret->n == DIGITS_MAX) return false;
        ret->d[ret->n++] = v;
    }
    return ret->n > 0;
}

bool digits_of(struct slice s, const char *between, struct digits *ret)
{
    return collect(s, between, false, ret);
}

bool digits_alnum(struct slice s, const char *between, struct digits *ret)
{
    return collect(s, between, true, ret);
}

bool digits_exactly(struct slice s, const char *between, size_t n, struct digits *ret)
{
    return collect(s, between, false, ret) && ret->n == n;
}

unsigned digits_sum(const uint8_t *d, const uint8_t *weights, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) sum += (unsigned)d[i] * weights[i];
    return sum;
}

uint64_t digits_number(const uint8_t *d, size_t n)
{
    uint64_t v = 0;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) { /* pairs, fours, eight */
        uint64_t w = word(d + i);
        if ((w + 0x7676767676767676u) & 0x8080808080808080u) break; /* letters' values */
        w = (w * 10 + (w >> 8)) & 0x00ff00ff00ff00ffu;
        w = (w * 100 + (w >> 16)) & 0x0000ffff0000ffffu;
        v = v * 100000000 + ((w * 10000 + (w >> 32)) & 0xffffffffu);
    }
    for (; i < n; i++) v = v * 10 + d[i];
    return v;
}

unsigned digits_mod(const uint8_t *d, size_t n, unsigned m)
{
    unsigned v = 0;
    for (size_t i = 0; i < n; i++) v = (v * 10 + d[i]) % m;
    return v;
}

bool digits_equal(const struct digits *x)
{
    for (size_t i = 1; i < x->n; i++)
        if (x->d[i] != x->d[0]) return false;
    return true;
}

bool digits_counting(const struct digits *x)
{
    if (x->n < 6) return false;
    bool up = true, down = true;
    for (size_t i = 1; i < x->n; i++) {
        if (x->d[i] != (x->d[i - 1] + 1) % 10) up = false;
        if (x->d[i] != (x->d[i - 1] + 9) % 10) down = false;
    }
    return up || down;
}

/* The first n < 8 digits as the last bytes of a word, zeros before them. */
static uint64_t few_digits(const uint8_t *d, size_t n)
{
    uint64_t w = 0;
    for (size_t i = 0; i < n; i++) w = w >> 8 | (uint64_t)d[i] << 56;
    return w;
}

/* Eight digits at once, without a branch: of digits nothing is known. In each word from the end
 * the second, fourth, ... digit from its end is doubled, and 9 taken from what is more than 9 then.
 */
bool digits_luhn(const uint8_t *d, size_t n)
{
    const uint64_t lanes = 0x00ff00ff00ff00ffu, ones = 0x0001000100010001u;
    uint64_t sums = 0; /* four of 16 bits */
    size_t left = n;
    do {
        size_t here = left < 8 ? left : 8;
        left -= here;
        uint64_t w = here == 8 ? word(d + left) : few_digits(d, here), twice = w & lanes;
        sums += (w >> 8 & lanes) + 2 * twice - 9 * ((twice + 0x7bu * ones) >> 7 & ones);
    } while (left);
    return (sums * ones >> 48) % 10 == 0;
}

/* Multiplication in the dihedral group of order 10; the permutation is applied once per place. */
bool digits_verhoeff(const uint8_t *d, size_t n)
{
    static const uint8_t mul[10][10] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
        {2, 3, 4, 0, 1, 7, 8, 9, 5, 6}, {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
        {4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
        {6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
        {8, 7, 6, 5, 9, 3, 2, 1, 0, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}};
    static const uint8_t turn[8][10] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
        {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
        {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
        {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
    unsigned c = 0;
    for (size_t i = 0; i < n; i++) c = mul[c][turn[i % 8][d[n - 1 - i]]];
    return c == 0;
}

bool digits_mod11_10(const uint8_t *d, size_t n)
{
    unsigned p = 10;
    for (size_t i = 0; i + 1 < n; i++) {
        p = (p + d[i]) % 10;
        if (!p) p = 10;
        p = p * 2 % 11;
    }
    return n && (p + d[n - 1]) % 10 == 1;
}

bool digits_mod11_2(const uint8_t *d, size_t n)
{
    unsigned p = 0;
    for (size_t i = 0; i + 1 < n; i++) p = (p + d[i]) * 2 % 11;
    return n && (p + d[n - 1]) % 11 == 1;
}

bool digits_mod97(const struct digits *alnum)
{
    unsigned v = 0;
    for (size_t i = 0; i < alnum->n; i++) {
        unsigned x = alnum->d[i];
        v = (x > 9 ? v * 100 + x : v * 10 + x) % 97;
    }
    return v == 1;
}

bool calendar_day(unsigned year, unsigned month, unsigned day)
{
    static const uint8_t days[12] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1 || day > days[month - 1]) return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month != 2 || day < 29 || leap;
}

bool calendar_short(unsigned year, unsigned month, unsigned day)
{
    return calendar_day(1900 + year, month, day) || calendar_day(2000 + year, month, day);
}

enum check_result digits_fits(const struct digits *x, bool right)
{
    return !right || digits_equal(x) || digits_counting(x) ? CHECK_BAD : CHECK_FITS;
}

enum check_result digits_good(const struct digits *x, bool right)
{
    return !right || digits_equal(x) || digits_counting(x) ? CHECK_BAD : CHECK_GOOD;
}
