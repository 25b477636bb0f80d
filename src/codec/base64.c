/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/base64.h"

const uint8_t base64_values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
    ['-'] = 63, ['_'] = 64};

bool base64_decode(struct slice text, struct arena *arena, struct slice *ret)
{
    *ret = (struct slice){0};
    size_t room = text.n / 4 * 3 + 3;
    uint8_t *out = arena_room(arena, room, 1);
    if (!out) return false;
    size_t n = base64_into(text, out, room);
    *ret = slice_of(out, n != SIZE_MAX ? n : 0);
    return n != SIZE_MAX;
}

/* Four digits in a row are three bytes; the rest, and what is not so plain, goes one by one. */
static size_t plain_fours(struct slice text, uint8_t *ret, size_t max)
{
    size_t fours = text.n / 4 < max / 3 ? text.n / 4 : max / 3, i = 0;
    for (; i < fours; i++) {
        uint32_t a = base64_values[text.p[4 * i]], b = base64_values[text.p[4 * i + 1]],
                 c = base64_values[text.p[4 * i + 2]], d = base64_values[text.p[4 * i + 3]];
        if (!a || !b || !c || !d) break;
        uint32_t bits = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
        ret[3 * i] = (uint8_t)(bits >> 16);
        ret[3 * i + 1] = (uint8_t)(bits >> 8);
        ret[3 * i + 2] = (uint8_t)bits;
    }
    return i;
}

size_t base64_into(struct slice text, uint8_t *ret, size_t max)
{
    uint32_t bits = 0;
    size_t fours = plain_fours(text, ret, max), count = 0, n = 3 * fours, padding = 0;
    for (size_t i = 4 * fours; i < text.n; i++) {
        uint8_t c = text.p[i];
        if (c == '\n' || c == '\r' || c == ' ' || c == '\t') continue;
        if (c == '=') {
            if (++padding > 2) return SIZE_MAX;
            continue;
        }
        int v = base64_digit(c);
        if (v < 0 || padding) return SIZE_MAX;
        bits = bits << 6 | (uint32_t)v;
        if (++count % 4 == 1) continue;
        if (n == max) return n;
        ret[n++] = (uint8_t)(bits >> (count % 4 == 2 ? 4 : count % 4 == 3 ? 2 : 0));
    }
    return count % 4 == 1 ? SIZE_MAX : n;
}

void base64_write(struct slice bytes, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t left = bytes.n - i;
        uint32_t v = (uint32_t)bytes.p[i] << 16;
        if (left > 1) v |= (uint32_t)bytes.p[i + 1] << 8;
        if (left > 2) v |= bytes.p[i + 2];
        uint8_t four[4] = {(uint8_t)digits[v >> 18], (uint8_t)digits[v >> 12 & 63],
                           left > 1 ? (uint8_t)digits[v >> 6 & 63] : (uint8_t)'=',
                           left > 2 ? (uint8_t)digits[v & 63] : (uint8_t)'='};
        buf_add(out, slice_of(four, 4));
    }
}
