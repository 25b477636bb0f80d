/* SPDX-License-Identifier: Apache-2.0 */
/* base64.h - bytes written as text (RFC 4648), in both alphabets.
 * Owns: nothing; results lie in the arena or the caller's buffer.   Threads: pure functions.
 * Fails: where the text is not Base64 as a whole. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

extern const uint8_t base64_values[256]; /* and 1; 0: no character of either alphabet */

/* The value of a character, or -1. */
static inline int base64_digit(uint8_t c)
{
    return base64_values[c] - 1;
}

/* With or without padding; white space is skipped. False also without memory: ret->p is
 * NULL then, and only then. */
bool base64_decode(struct slice text, struct arena *arena, struct slice *ret);
/* The same into a buffer of the caller: how many bytes there are, or SIZE_MAX. A full buffer ends
 * it; what lies behind is not looked at. */
size_t base64_into(struct slice text, uint8_t *ret, size_t max);
/* Standard alphabet, with padding. */
void base64_write(struct slice bytes, struct buf *out);
