/* SPDX-License-Identifier: Apache-2.0 */
/* fold.c - the form in which words are compared, and the texts that hide between characters.
 *
 * A character becomes its compatibility form without accents (NFKD, marks of the Latin, Greek and
 * Cyrillic scripts out), an invisible one becomes nothing, a look-alike becomes ASCII when its word
 * has Latin letters: "pаssword" is folded, the Russian word beside it is not. Kana, Hangul and
 * ideographs stay as they are. */
#include "detect/view/chars.h"
#include "detect/view/lookalike.h"
#include "detect/view/view_part.h"
#include "port/utf8proc/unfold.h"

#define WORD_MAX 64u

/* Does the word at `at` mix Latin letters with others that look like them? *ret_end: behind it. */
static bool is_mixed(struct slice s, size_t at, size_t to, size_t *ret_end)
{
    unsigned latin = 0, alike = 0, letters = 0;
    bool exact;
    for (size_t n; at < to && letters < WORD_MAX; at += n) {
        uint32_t c = char_next(s, at, &n);
        if (c >= 0x200b && c <= 0x200f) { /* of zero width: nothing else, and all of some texts */
            letters++;
            continue;
        }
        if (char_latin(c))
            latin++;
        else if (lookalike(c, &exact))
            alike++;
        else if (!char_alphabetic(c) && !char_accent(c) && !unseen_kind(c) &&
                 !(c >= '0' && c <= '9'))
            break;
        letters++;
    }
    *ret_end = at;
    return latin && alike;
}

static bool keeps_form(uint32_t c)
{
    if (c == 0xfdfa || c == 0xfdfb) return true; /* whole sentences: they would fill any window */
    return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) ||
           (c >= 0xac00 && c <= 0xd7a3) || (c >= 0x900 && c <= 0x109f) || c == 0xfffd;
}

/* Cyrillic letters that no other one is a part of: most of a Russian text. */
static bool is_plain_cyrillic(uint32_t c)
{
    return c >= 0x410 && c <= 0x44f && c != 0x419 && c != 0x439;
}

static void put_folded(struct view_out *o, uint32_t c, size_t at, bool mixed)
{
    bool exact;
    __attribute__((uninitialized)) uint32_t forms[UNFOLD_MAX]; /* not zeros for each character */
    unsigned char ascii = 0;
    if (c >= 0x1f000 || mixed || (c >= 0x250 && c < 0x370) || (c >= 0x1d00 && c < 0x1dc0))
        ascii = lookalike(c, &exact);
    if (ascii) {
        view_put(o, ascii, at);
        return;
    }
    if (keeps_form(c) || is_plain_cyrillic(c)) {
        view_put_code(o, c, at);
        return;
    }
    if (c >= 0xff01 && c <= 0xff5e) { /* full width */
        view_put(o, (uint8_t)(c - 0xfee0), at);
        return;
    }
    size_t n = unfold(c, forms);
    for (size_t i = 0; i < n; i++)
        if (!char_accent(forms[i])) view_put_code(o, forms[i], at);
}

size_t fold_part(struct view_out *o, struct slice source, size_t from, size_t to)
{
    size_t word_end = from;
    bool mixed = false;
    size_t at = from;
    for (size_t n; at < to && o->n + 4 * UNFOLD_MAX < o->room; at += n) {
        uint32_t c = char_next(source, at, &n);
        if (at >= word_end && char_alphabetic(c)) mixed = is_mixed(source, at, to, &word_end);
        if (c < 0x80)
            view_put(o, (uint8_t)c, at);
        else if (unseen_kind(c) == UNSEEN_NO && !char_accent(c))
            put_folded(o, c, at, mixed && at < word_end);
        else if (c == 0x2800 || c == 0x3164)
            view_put(o, ' ', at);
    }
    return at;
}

size_t tags_part(struct view_out *o, struct slice source, size_t from, size_t to)
{
    size_t at = from;
    for (size_t n; at < to; at += n) {
        uint32_t c = char_next(source, at, &n);
        if (c >= 0xe0020 && c < 0xe007f) view_put(o, (uint8_t)(c & 0x7f), at);
    }
    return at;
}

size_t selectors_part(struct view_out *o, struct slice source, size_t from, size_t to)
{
    size_t at = from;
    uint8_t byte;
    for (size_t n; at < to; at += n) {
        uint32_t c = char_next(source, at, &n);
        if (selector_byte(c, &byte)) view_put(o, byte, at);
    }
    return at;
}
