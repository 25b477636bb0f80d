/* SPDX-License-Identifier: Apache-2.0 */
/* cursor.c - the only file that computes addresses inside input. */
#include "base/cursor.h"

struct cursor cur_of(struct slice s)
{
    return (struct cursor){.base = s.p, .len = s.n};
}

/* The address of the next n bytes, or NULL with `bad` set. */
static const uint8_t *take(struct cursor *c, uint64_t n)
{
    if (c->bad || n > c->len - c->pos) {
        c->bad = true;
        return NULL;
    }
    const uint8_t *p = c->base ? c->base + c->pos : (const uint8_t *)"";
    c->pos += (size_t)n;
    return p;
}

uint64_t cur_uint_le(struct cursor *c, unsigned n)
{
    const uint8_t *p = n <= 8 ? take(c, n) : NULL;
    uint64_t v = 0;
    for (unsigned i = 0; p && i < n; i++) v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static uint64_t uint_be(struct cursor *c, unsigned n)
{
    const uint8_t *p = take(c, n);
    uint64_t v = 0;
    for (unsigned i = 0; p && i < n; i++) v = v << 8 | p[i];
    return v;
}

uint16_t cur_u16le(struct cursor *c)
{
    return (uint16_t)cur_uint_le(c, 2);
}

uint32_t cur_u32le(struct cursor *c)
{
    return (uint32_t)cur_uint_le(c, 4);
}

uint64_t cur_u64le(struct cursor *c)
{
    return cur_uint_le(c, 8);
}

uint16_t cur_u16be(struct cursor *c)
{
    return (uint16_t)uint_be(c, 2);
}

uint32_t cur_u32be(struct cursor *c)
{
    return (uint32_t)uint_be(c, 4);
}

uint64_t cur_u64be(struct cursor *c)
{
    return uint_be(c, 8);
}

double cur_f64be(struct cursor *c)
{
    uint64_t bits = uint_be(c, 8);
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

uint64_t cur_varint(struct cursor *c)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint8_t b = cur_u8(c);
        if (c->bad) return 0;
        if (shift == 63 && b > 1) break;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80) return v;
    }
    c->bad = true;
    return 0;
}

struct slice cur_bytes(struct cursor *c, uint64_t n)
{
    const uint8_t *p = take(c, n);
    return p ? slice_of(p, (size_t)n) : slice_of(NULL, 0);
}

struct slice cur_until(struct cursor *c, uint8_t delimiter, size_t max)
{
    struct slice rest = cur_rest(c);
    size_t at = slice_find_byte(slice_sub(rest, 0, max), delimiter);
    if (at == SIZE_MAX) {
        c->bad = true;
        return slice_of(NULL, 0);
    }
    struct slice line = cur_bytes(c, at);
    cur_skip(c, 1);
    return line;
}

void cur_skip(struct cursor *c, uint64_t n)
{
    (void)take(c, n);
}

void cur_seek(struct cursor *c, uint64_t pos)
{
    if (pos > c->len)
        c->bad = true;
    else if (!c->bad)
        c->pos = (size_t)pos;
}

int cur_peek(const struct cursor *c, size_t ahead)
{
    return ahead < cur_left(c) ? c->base[c->pos + ahead] : -1;
}

struct cursor cur_sub(const struct cursor *c, uint64_t off, uint64_t n)
{
    bool inside = !c->bad && off <= c->len && n <= c->len - off;
    struct cursor sub = {.bad = !inside};
    if (inside) {
        sub.base = c->base ? c->base + off : NULL;
        sub.len = (size_t)n;
    }
    return sub;
}

struct slice cur_rest(const struct cursor *c)
{
    return c->bad ? slice_of(NULL, 0) : slice_sub(slice_of(c->base, c->len), c->pos, c->len);
}
