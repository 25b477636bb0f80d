/* SPDX-License-Identifier: Apache-2.0 */
/* cursor.h - bounded reading of hostile bytes.
 * Why: one place where lengths are checked, so that no reader does pointer arithmetic.
 * Owns: nothing; a cursor borrows its slice.   Threads: one owner.
 * Fails: sticky. A read past the end sets `bad` and gives 0 or the empty slice, and so does every
 * read after it: test cur_ok() once per structure. Lengths that come from the input stay uint64_t;
 * the cursor compares them with what is left before anything is touched. */
#pragma once
#include "base/slice.h"

struct cursor {
    const uint8_t *base;
    size_t len, pos;
    bool bad;
};

struct cursor cur_of(struct slice s);

static inline bool cur_ok(const struct cursor *c)
{
    return !c->bad;
}

static inline size_t cur_left(const struct cursor *c)
{
    return c->bad ? 0 : c->len - c->pos;
}

static inline size_t cur_pos(const struct cursor *c)
{
    return c->pos;
}

static inline uint8_t cur_u8(struct cursor *c)
{
    if (c->bad || c->pos >= c->len) {
        c->bad = true;
        return 0;
    }
    return c->base[c->pos++];
}

uint16_t cur_u16le(struct cursor *c);
uint32_t cur_u32le(struct cursor *c);
uint64_t cur_u64le(struct cursor *c);
uint16_t cur_u16be(struct cursor *c);
uint32_t cur_u32be(struct cursor *c);
uint64_t cur_u64be(struct cursor *c);
double cur_f64be(struct cursor *c);
/* LEB128 as in protobuf: at most 10 bytes. */
uint64_t cur_varint(struct cursor *c);
/* n little-endian bytes (n <= 8). */
uint64_t cur_uint_le(struct cursor *c, unsigned n);

/* The next n bytes. */
struct slice cur_bytes(struct cursor *c, uint64_t n);
/* Up to and without the delimiter, which is consumed; bad when it does not come within max bytes.
 */
struct slice cur_until(struct cursor *c, uint8_t delimiter, size_t max);
void cur_skip(struct cursor *c, uint64_t n);
void cur_seek(struct cursor *c, uint64_t pos);
/* Byte at pos + ahead without moving; -1 when there is none. */
int cur_peek(const struct cursor *c, size_t ahead);
/* A cursor over [off, off + n) of the same bytes; bad when that range does not lie inside. */
struct cursor cur_sub(const struct cursor *c, uint64_t off, uint64_t n);
/* What is left, without moving. */
struct slice cur_rest(const struct cursor *c);
