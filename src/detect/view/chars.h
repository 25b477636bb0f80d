/* SPDX-License-Identifier: Apache-2.0 */
/* chars.h - characters that are not seen, by what they can be used for.
 * Threads: pure functions.   Facts: Unicode 15.0, StandardizedVariants.txt,
 * emoji-variation-sequences.txt.
 */
#pragma once
#include "base/utf8.h"

enum unseen {
    UNSEEN_NO,
    UNSEEN_TAG,      /* E0001, E0020..E007F */
    UNSEEN_SELECTOR, /* variation selectors, also Mongolian ones */
    UNSEEN_SPACE,    /* zero width: space, word joiner, byte order mark, invisible operators */
    UNSEEN_JOINER,   /* ZWNJ, ZWJ: spelling in Persian and Indic, glue of emoji */
    UNSEEN_HYPHEN,   /* soft hyphen */
    UNSEEN_FILLER,   /* takes room or none, shows nothing: Hangul fillers, blank Braille, ... */
    UNSEEN_MARK,     /* LRM, RLM, ALM: ordinary in right-to-left text */
    UNSEEN_BIDI,     /* embeddings, overrides, isolates and their ends */
};
enum unseen unseen_rare(uint32_t c);
extern const uint8_t chars_unseen[256]; /* pages of 256 characters that have such ones */
static inline enum unseen unseen_kind(uint32_t c)
{
    bool full_width = c > 0xff00 && c < 0xffa0;
    return c < 0x10000 && (!chars_unseen[c >> 8] || full_width) ? UNSEEN_NO : unseen_rare(c);
}

/* The byte that a selector stands for in the usual scheme (VS1..VS256 are 0..255). */
bool selector_byte(uint32_t c, uint8_t *ret_byte);
/* Is this selector ordinary behind this character? */
bool selector_fits(uint32_t base, uint32_t selector);

bool char_rtl(uint32_t c); /* a letter of a script written from right to left */
/* ASCII letters and those with accents. */
static inline bool char_latin(uint32_t c)
{
    if (c < 0x80) return (c | 0x20) - 'a' < 26;
    return c >= 0xc0 && c <= 0x24f && c != 0xd7 && c != 0xf7;
}
bool char_alphabetic_rare(uint32_t c);
/* Latin, Greek, Cyrillic, Armenian, Cherokee: look-alikes. */
static inline bool char_alphabetic(uint32_t c)
{
    if (c < 0x250) return char_latin(c);
    if (c < 0x530) return c >= 0x370 || c <= 0x2af;
    return c <= 0xabbf && char_alphabetic_rare(c);
}
bool char_accent_rare(uint32_t c);
/* Combining marks that stack on those. */
static inline bool char_accent(uint32_t c)
{
    if (c < 0x490) return c >= 0x300 && (c <= 0x36f || (c >= 0x483 && c <= 0x489));
    return c >= 0x1ab0 && c < 0xfe30 && char_accent_rare(c);
}
bool char_pictograph(uint32_t c); /* emoji and symbols that take VS15 and VS16 */

/* The character at s[at] and its length; bytes that are not UTF-8 are U+FFFD, one by one. */
static inline uint32_t char_next(struct slice s, size_t at, size_t *ret_n)
{
    uint32_t c = s.p[at];
    *ret_n = 1;
    if (c < 0x80) return c;
    if (c >= 0xc2 && c < 0xe0 && at + 1 < s.n && (s.p[at + 1] & 0xc0) == 0x80) {
        *ret_n = 2;
        return (c & 0x1f) << 6 | (s.p[at + 1] & 0x3fu);
    }
    bool three = (c >= 0xe1 && c < 0xed) || c == 0xee || c == 0xef;
    if (three && s.n - at > 2 && (s.p[at + 1] & 0xc0) == 0x80 && (s.p[at + 2] & 0xc0) == 0x80) {
        *ret_n = 3;
        return (c & 0xf) << 12 | (s.p[at + 1] & 0x3fu) << 6 | (s.p[at + 2] & 0x3fu);
    }
    size_t n = utf8_next(s, at, &c);
    if (!n) return 0xfffd;
    *ret_n = n;
    return c;
}
