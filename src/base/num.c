/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "base/ascii.h"
#include "base/st.h"
#include <stdlib.h>

bool num_mul(uint64_t a, uint64_t b, uint64_t *ret)
{
    uint64_t v;
    if (__builtin_mul_overflow(a, b, &v)) return false;
    *ret = v;
    return true;
}

bool num_add(uint64_t a, uint64_t b, uint64_t *ret)
{
    uint64_t v;
    if (__builtin_add_overflow(a, b, &v)) return false;
    *ret = v;
    return true;
}

static bool parse(struct slice s, unsigned base, uint64_t *ret)
{
    uint64_t v = 0;
    if (s.n == 0) return false;
    for (size_t i = 0; i < s.n; i++) {
        int d = ascii_hex(s.p[i]);
        if (d < 0 || d >= (int)base || !num_mul(v, base, &v) || !num_add(v, (uint64_t)d, &v))
            return false;
    }
    *ret = v;
    return true;
}

bool num_u64(struct slice s, uint64_t *ret)
{
    return parse(s, 10, ret);
}

bool num_hex(struct slice s, uint64_t *ret)
{
    return parse(s, 16, ret);
}

bool num_i64(struct slice s, int64_t *ret)
{
    bool negative = s.n && s.p[0] == '-';
    uint64_t v;
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) s = slice_sub(s, 1, s.n);
    if (!parse(s, 10, &v)) return false;
    if (v > (uint64_t)INT64_MAX + negative) return false;
    *ret = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

bool num_f64(struct slice s, double *ret)
{
    char text[64];
    if (s.n == 0 || s.n >= sizeof text || s.p[0] == ' ') return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == 'x' || s.p[i] == 'X' || s.p[i] <= ' ') return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    char *end;
    double v = strtod(text, &end);
    if (*end) return false;
    *ret = v;
    return true;
}

bool num_size(struct slice s, uint64_t *ret_bytes)
{
    static const struct {
        const char *unit;
        uint64_t bytes;
    } units[] = {
        {"", 1},
        {"b", 1},
        {"k", 1u << 10},
        {"m", 1u << 20},
        {"g", 1u << 30},
        {"t", 1ull << 40},
        {"kib", 1u << 10},
        {"mib", 1u << 20},
        {"gib", 1u << 30},
        {"tib", 1ull << 40},
        {"kb", 1000},
        {"mb", 1000000},
        {"gb", 1000000000},
        {"tb", 1000000000000},
    };
    size_t n = 0;
    while (n < s.n && (ascii_digit(s.p[n]) || s.p[n] == '.')) n++;
    double v;
    if (!num_f64(slice_sub(s, 0, n), &v)) return false;
    struct slice unit = slice_trim(slice_sub(s, n, s.n));
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (!slice_eq_nocase(unit, slice_str(units[i].unit))) continue;
        double bytes = v * (double)units[i].bytes;
        if (bytes >= 9e18) return false;
        *ret_bytes = (uint64_t)bytes;
        return true;
    }
    return false;
}

/* Their value and one; a table, because nobody can guess whether the next is a letter. */
static const uint8_t digits[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16};

bool num_bytes(struct slice s, uint8_t *ret)
{
    for (size_t i = 0; i + 1 < s.n; i += 2) {
        uint8_t high = digits[s.p[i]], low = digits[s.p[i + 1]];
        if (!high || !low) return false;
        ret[i / 2] = (uint8_t)((high - 1) << 4 | (low - 1));
    }
    return s.n % 2 == 0;
}
