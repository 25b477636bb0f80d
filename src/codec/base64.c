/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/base64.h"
#include "base/ascii.h"

static int sextet(uint8_t c)
{
    if (ascii_upper(c)) return c - 'A';
    if (ascii_lower(c)) return c - 'a' + 26;
    if (ascii_digit(c)) return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* Without spaces around and up to two signs of padding at the end. */
static struct slice body(struct slice text)
{
    text = slice_trim(text);
    for (int i = 0; i < 2 && text.n && text.p[text.n - 1] == '='; i++) text.n--;
    return text;
}

bool base64_decode(struct slice text, struct arena *arena, struct slice *ret)
{
    text = body(text);
    *ret = (struct slice){0};
    for (size_t i = 0; i < text.n; i++)
        if (sextet(text.p[i]) < 0 && text.p[i] != '\n' && text.p[i] != '\r') return false;
    uint8_t *out = arena_alloc(arena, text.n, 1);
    if (!out) return false;
    uint32_t bits = 0;
    unsigned have = 0;
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        int v = sextet(text.p[i]);
        if (v < 0) continue;
        bits = bits << 6 | (uint32_t)v;
        have += 6;
        if (have >= 8) out[n++] = (uint8_t)(bits >> (have -= 8));
    }
    *ret = slice_of(out, n);
    return have < 6; /* a lone last character carries nothing */
}
