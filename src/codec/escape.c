/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/escape.h"

size_t escape_put(uint8_t *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, code >>= 6) out[i] = (uint8_t)(0x80 | (code & 0x3f));
    out[0] = (uint8_t)(leads[n] | code);
    return n;
}

uint32_t escape_named(struct slice name)
{
    static const char *const digits[] = {"ZERO", "ONE", "TWO",   "THREE", "FOUR",
                                         "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"};
    struct slice small = S("LATIN SMALL LETTER "), capital = S("LATIN CAPITAL LETTER ");
    if (slice_eq_nocase(name, S("LOW LINE"))) return '_';
    if (slice_eq_nocase(name, S("FULL STOP"))) return '.';
    bool lower = slice_eq_nocase(slice_sub(name, 0, small.n), small);
    bool upper = slice_eq_nocase(slice_sub(name, 0, capital.n), capital);
    uint8_t last = name.n ? name.p[name.n - 1] : 0;
    if (lower && name.n == small.n + 1) return last | 0x20u;
    if (upper && name.n == capital.n + 1) return last & 0xdfu;
    for (uint32_t i = 0; i < sizeof digits / sizeof *digits; i++) {
        struct slice word = slice_str(digits[i]);
        if (name.n == 6 + word.n && slice_ends_nocase(name, word)) return '0' + i;
    }
    return 0xfffd;
}
