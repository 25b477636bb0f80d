/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/check/base64_into.h"
#include "base/ascii.h"

static int value_of(uint8_t c)
{
    if (ascii_upper(c)) return c - 'A';
    if (ascii_lower(c)) return c - 'a' + 26;
    if (ascii_digit(c)) return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

size_t base64_into(struct slice text, uint8_t *ret, size_t max)
{
    uint32_t bits = 0;
    size_t count = 0, n = 0, padding = 0;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        if (c == '\n' || c == '\r' || c == ' ' || c == '\t') continue;
        if (c == '=') {
            if (++padding > 2) return SIZE_MAX;
            continue;
        }
        int v = value_of(c);
        if (v < 0 || padding) return SIZE_MAX;
        bits = bits << 6 | (uint32_t)v;
        if (++count % 4 == 1) continue;
        if (n == max) return n;
        ret[n++] = (uint8_t)(bits >> (count % 4 == 2 ? 4 : count % 4 == 3 ? 2 : 0));
    }
    return count % 4 == 1 ? SIZE_MAX : n;
}
