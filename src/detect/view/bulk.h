/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.h - the bulk of words that mix scripts, 32 bytes at a time.
 * Why: letters and digits of ASCII and the characters U+0400 to U+047F (letters, none of them
 * Latin, unseen or an accent) follow each other without a rule in such words, so that who takes one
 * after the other waits for each of them. Owns: nothing.   Threads: pure.   Fails: never. */
#pragma once
#include "base/ascii.h"
#include "detect/view/lookalike.h"

struct bulk { /* bit i: a character that begins at s.p[at + i] */
    uint32_t latin, digits, cyrillic;
    unsigned n; /* bytes of such characters from s.p[at] on, whole ones; at most BULK_BYTES */
};
#define BULK_BYTES 32u

/* Nothing that ends behind s.p[to] counts; at <= to <= s.n. */
struct bulk bulk_at(struct slice s, size_t at, size_t to);

/* Do two such characters begin here, by their first bytes? For one alone it is not worth it. */
static inline bool bulk_begins(struct slice s, size_t at)
{
    uint8_t c = s.p[at];
    size_t next = at + 1 + ((c & 0xfe) == 0xd0);
    if (!(ascii_alnum(c) || next == at + 2) || next >= s.n) return false;
    return ascii_alnum(s.p[next]) || (s.p[next] & 0xfe) == 0xd0;
}

static inline uint32_t bulk_starts(const struct bulk *b)
{
    return b->latin | b->digits | b->cyrillic;
}

/* A character of the bulk at s.p[at]. No branch depends on which of the two kinds it is: such texts
 * would make the processor take the wrong one half of the time. */
struct bulk_char {
    unsigned two; /* 1: it is Cyrillic, of two bytes */
    uint8_t first, second;
    uint8_t like; /* Cyrillic: its row of lookalike_near[]; else 0 */
};
static inline struct bulk_char bulk_char(const struct bulk *b, struct slice s, size_t at,
                                         unsigned i)
{
    struct bulk_char c = {.two = b->cyrillic >> i & 1, .first = s.p[at + i]};
    c.second = at + i + 1 < s.n ? s.p[at + i + 1] : 0;
    unsigned row = (c.first & 1u) << 6 | (c.second & 0x3fu);
    c.like = (uint8_t)(lookalike_near[0x400 - LOOKALIKE_NEAR + row] & (0u - c.two));
    return c;
}
