/* SPDX-License-Identifier: Apache-2.0 */
/* letters.h - a text as letters that can be compared, character by character.
 * Why: "Project Falcon", "PROJECT  FALCON", "Рroject Fаlcon" with Cyrillic letters and the same
 * with zero-width characters inside are one name to whoever reads it. A character becomes its
 * compatibility form (NFKD) in lower case, without accents; invisible ones become nothing; letters
 * that are drawn like ASCII become ASCII; white space becomes one blank. What comes out does not
 * depend on where the pieces of a stream end.
 * Owns: nothing.   Threads: one owner.   Fails: never; bytes that are not UTF-8 stay themselves. */
#pragma once
#include "base/ascii.h"
#include "base/slice.h"

#define LETTERS_MOST 76u /* bytes of one character, at most */

struct letters {
    uint8_t cut[4]; /* a character whose rest has not come */
    uint8_t cut_n;
    bool blank; /* the last one was */
};

struct letter {
    uint8_t text[LETTERS_MOST];
    uint8_t n;         /* 0: it is nothing */
    uint64_t from, to; /* bytes of the stream */
};

void letters_wide(struct letters *l, struct slice piece, uint64_t base, size_t *at,
                  struct letter *ret);

/* The character at piece.p[*at], which is byte base + *at of the stream; moves *at on. */
static inline void letters_next(struct letters *l, struct slice piece, uint64_t base, size_t *at,
                                struct letter *ret)
{
    uint8_t c = piece.p[*at];
    if (c >= 0x80 || l->cut_n) {
        letters_wide(l, piece, base, at, ret);
        return;
    }
    bool blank = c <= ' ';
    ret->from = base + (*at)++;
    ret->to = ret->from + 1;
    ret->n = !(blank && l->blank);
    ret->text[0] = blank ? ' ' : ascii_to_lower(c);
    l->blank = blank;
}
