/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_done(struct buf *b)
{
    free(b->p);
    *b = (struct buf){.max = b->max};
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->bad = false;
    if (b->p) b->p[0] = 0;
}

void buf_trim(struct buf *b, size_t n)
{
    if (n >= b->n) return;
    b->n = n;
    b->p[n] = 0;
}

/* Room for `more` bytes and the terminator. */
static bool grow(struct buf *b, size_t more)
{
    if (b->bad) return false;
    if (more > b->max - b->n) return !(b->bad = true);
    size_t need = b->n + more + 1;
    if (need <= b->room) return true;
    size_t room = b->room * 2 > need ? b->room * 2 : need;
    if (room < 64) room = 64;
    uint8_t *p = realloc(b->p, room);
    if (!p) return !(b->bad = true);
    b->p = p;
    b->room = room;
    return true;
}

void buf_add(struct buf *b, struct slice s)
{
    if (!grow(b, s.n)) return;
    if (s.n) memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
    b->p[b->n] = 0;
}

void buf_byte(struct buf *b, uint8_t byte)
{
    buf_add(b, slice_of(&byte, 1));
}

void buf_str(struct buf *b, const char *s)
{
    buf_add(b, slice_str(s));
}

void buf_u64(struct buf *b, uint64_t n)
{
    char text[20];
    size_t i = sizeof text;
    do text[--i] = (char)('0' + n % 10);
    while (n /= 10);
    buf_add(b, slice_of(&text[i], sizeof text - i));
}

void buf_hex(struct buf *b, struct slice bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.n; i++) {
        buf_byte(b, (uint8_t)digits[bytes.p[i] >> 4]);
        buf_byte(b, (uint8_t)digits[bytes.p[i] & 15]);
    }
}

void buf_fill(struct buf *b, uint8_t byte, size_t count)
{
    if (!grow(b, count)) return;
    memset(b->p + b->n, byte, count);
    b->n += count;
    b->p[b->n] = 0;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        b->bad = true;
    else if (grow(b, (size_t)n)) {
        vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

static void add_le(struct buf *b, uint64_t v, size_t bytes)
{
    uint8_t raw[8];
    for (size_t i = 0; i < bytes; i++) raw[i] = (uint8_t)(v >> (8 * i));
    buf_add(b, slice_of(raw, bytes));
}

void buf_u16le(struct buf *b, uint16_t v)
{
    add_le(b, v, 2);
}

void buf_u32le(struct buf *b, uint32_t v)
{
    add_le(b, v, 4);
}

void buf_u64le(struct buf *b, uint64_t v)
{
    add_le(b, v, 8);
}

const char *buf_text(const struct buf *b)
{
    return b->p && b->n ? (const char *)b->p : "";
}
