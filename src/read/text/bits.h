/* SPDX-License-Identifier: Apache-2.0 */
/* bits.h - where the few bytes stand that structure text: 64 bytes become one word per sort of
 * byte. Why: the readers of CSV and JSON must keep pace with the search itself. Which bytes are
 * quotes, commas or line ends is found out for 64 of them at a time (AVX2 where the machine has it,
 * SSE2 otherwise); what they mean is decided on the words. Owns: nothing.   Threads: pure
 * functions.   Fails: never. */
#pragma once
#include "base/slice.h"

/* For loops over words: inlined into a form for machines with these instructions and one without.
 */
#define BITS_INLINE static inline __attribute__((always_inline))
#define BITS_FAST   __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
bool bits_fast(void);

struct json_bits {
    uint64_t quote, slash;
    uint64_t op;     /* one of { } [ ] : , */
    uint64_t space;  /* JSON's white space, line ends included */
    uint64_t lf, cr; /* line ends */
    uint64_t low;    /* below 0x20 */
    uint64_t digit;
    uint64_t high; /* not 0: a byte from 0x80 */
};

struct csv_bits {
    uint64_t quote, separator, lf, cr, slash;
    uint64_t nul;
    uint64_t high; /* not 0: a byte from 0x80 */
};

/* Blocks of 64 bytes: `blocks` of them from text[at], which must lie inside. */
void bits_json(struct slice text, size_t at, size_t blocks, struct json_bits *ret);
void bits_csv(struct slice text, size_t at, size_t blocks, uint8_t quote, uint8_t separator,
              struct csv_bits *ret);

/* The bytes from `at` on, fewer than 64, filled up with blanks in `room`. */
struct slice bits_tail(struct slice text, size_t at, uint8_t room[64]);

/* Copies text[from, to) with the escapes of JSON strings resolved into out, which has room for
 * to - from + 32 bytes; gives the length. */
size_t bits_unescape(struct slice text, size_t from, size_t to, uint8_t *out);

/* Bit i is set when an odd number of bits 0..i is. */
BITS_INLINE uint64_t bits_prefix_xor(uint64_t x)
{
    x ^= x << 1;
    x ^= x << 2;
    x ^= x << 4;
    x ^= x << 8;
    x ^= x << 16;
    x ^= x << 32;
    return x;
}

/* The bytes that a backslash stands before, itself not escaped. *carry: the first byte is one. */
BITS_INLINE uint64_t bits_escaped(uint64_t slash, uint64_t *carry)
{
    const uint64_t even = 0x5555555555555555ull;
    if (!slash) {
        uint64_t first = *carry;
        *carry = 0;
        return first;
    }
    slash &= ~*carry;
    uint64_t follows = slash << 1 | *carry, sequences;
    *carry = __builtin_add_overflow(slash & ~even & ~follows, slash, &sequences);
    return (even ^ (sequences << 1)) & follows;
}

/* The bits from the n-th on. */
BITS_INLINE uint64_t bits_from(unsigned n)
{
    return n < 64 ? ~0ull << n : 0;
}

/* The index behind the longest run of valid UTF-8 from `at`; a sequence cut at the end is not part
 * of it. */
size_t utf8_run(struct slice text, size_t at);

/* UTF-8 checked as a scan goes on; the scan says when it is done with a byte that is not. */
struct utf8_watch {
    size_t valid; /* all up to here is */
    size_t fault; /* the first byte that is not; SIZE_MAX: none so far */
};
/* text[from, to) was loaded; ascii: no byte of it is from 0x80. */
void utf8_watch(struct utf8_watch *w, struct slice text, size_t from, size_t to, bool ascii);
/* The fault was told; look on behind it. */
void utf8_watch_on(struct utf8_watch *w, struct slice text, size_t from, size_t to);

/* Line ends (LF, CR LF, CR alone) in text[from, to). *last becomes the index behind the last one,
 * if there is any. A CR at to - 1 counts unless text[to] is an LF. */
uint64_t count_lines(struct slice text, size_t from, size_t to, size_t *last);
