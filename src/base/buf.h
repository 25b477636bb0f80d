/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h - a growing run of bytes with a hard maximum.
 * Invariants: n <= max; p[n] is always 0 once anything was added, so buf_text() is a C string.
 * Owns: its bytes, until buf_done().   Threads: one owner.
 * Fails: sticky. After a failed append `bad` stays set, later appends do nothing: test once. */
#pragma once
#include "base/slice.h"

struct buf {
    uint8_t *p;
    size_t n, room, max;
    bool bad;
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);
void buf_reset(struct buf *b);          /* empty again, memory kept, `bad` cleared */
void buf_trim(struct buf *b, size_t n); /* to its first n bytes */
void buf_add(struct buf *b, struct slice s);
void buf_byte(struct buf *b, uint8_t byte);
void buf_str(struct buf *b, const char *s);
void buf_fill(struct buf *b, uint8_t byte, size_t count);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_u64(struct buf *b, uint64_t n);         /* decimal; many times faster than buf_printf() */
void buf_hex(struct buf *b, struct slice bytes); /* lower case */
/* Little-endian integers, for records. */
void buf_u16le(struct buf *b, uint16_t v);
void buf_u32le(struct buf *b, uint32_t v);
void buf_u64le(struct buf *b, uint64_t v);

static inline bool buf_ok(const struct buf *b)
{
    return !b->bad;
}

static inline struct slice buf_slice(const struct buf *b)
{
    return (struct slice){b->p, b->n};
}

/* The bytes as a C string ("" when empty). */
const char *buf_text(const struct buf *b);
