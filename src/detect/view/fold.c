/* SPDX-License-Identifier: Apache-2.0 */
/* fold.c - the form in which words are compared, and the texts that hide between characters.
 *
 * A character becomes its compatibility form without accents (NFKD, marks of the Latin, Greek and
 * Cyrillic scripts out), an invisible one becomes nothing, a look-alike becomes ASCII when its word
 * has Latin letters: "pаssword" is folded, the Russian word beside it is not. Kana, Hangul and
 * ideographs stay as they are. */
#include "detect/view/chars.h"
#include "detect/view/bulk.h"
#include "detect/view/view_part.h"
#include "port/utf8proc/unfold.h"

#define WORD_MAX 64u

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

struct word { /* what is known of it so far */
    unsigned letters;
    bool latin, alike;
};

static unsigned bits_in(uint32_t m)
{
    m -= m >> 1 & 0x55555555u;
    m = (m & 0x33333333u) + (m >> 2 & 0x33333333u);
    return ((m + (m >> 4)) & 0x0f0f0f0fu) * 0x01010101u >> 24;
}

/* Letters of the bulk, up to another one or until there are WORD_MAX. */
static size_t mix_easy(struct word *w, struct slice s, size_t at, size_t to)
{
    for (struct bulk b = {.n = BULK_BYTES}; b.n + 1 >= BULK_BYTES; at += b.n) {
        b = bulk_at(s, at, to);
        uint32_t starts = bulk_starts(&b), cyrillic = b.cyrillic;
        unsigned count = bits_in(starts), left = WORD_MAX - w->letters;
        if (count > left) { /* up to the first that is too many */
            while (left--) starts &= starts - 1;
            b.n = (unsigned)__builtin_ctz(starts);
            b.latin &= (1u << b.n) - 1;
            cyrillic &= (1u << b.n) - 1;
            count = WORD_MAX - w->letters;
        }
        w->letters += count;
        w->latin |= b.latin != 0;
        for (; cyrillic && !w->alike; cyrillic &= cyrillic - 1)
            w->alike = bulk_char(&b, s, at, (unsigned)__builtin_ctz(cyrillic)).like;
    }
    return at;
}

/* Does the word at `at` mix Latin letters with others that look like them? *ret_end: behind it. */
static bool is_mixed(struct slice s, size_t at, size_t to, size_t *ret_end)
{
    struct word w = {0};
    bool exact;
    for (size_t n; at < to && w.letters < WORD_MAX; at += n, w.letters++) {
        uint32_t c = char_next(s, at, &n);
        if (n < 3 && bulk_begins(s, at)) {
            at = mix_easy(&w, s, at, to);
            if (at >= to || w.letters == WORD_MAX) break;
            c = char_next(s, at, &n);
        }
        if (c >= 0x200b && c <= 0x200f) /* of zero width: nothing else, and all of some texts */
            continue;
        if (char_latin(c))
            w.latin = true;
        else if (c >= 0x80 && lookalike(c, &exact))
            w.alike = true;
        else if (!char_alphabetic(c) && !char_accent(c) && !unseen_kind(c) && !is_digit(c))
            break;
    }
    *ret_end = at;
    return w.latin && w.alike;
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

static uint32_t code_of(const struct bulk_char *c)
{
    return (c->first & 1u) << 6 | 0x400u | (c->second & 0x3fu);
}

/* Letters of the bulk, up to another one. Cyrillic ones of a mixed word become ASCII where they
 * look like it; plain ones stay. */
static size_t fold_easy(struct view_out *o, struct slice s, size_t at, size_t to, bool mixed)
{
    uint8_t *out = o->p;
    uint32_t *map = o->map;
    size_t made = o->n, room = o->room - 4 * UNFOLD_MAX;
    for (struct bulk b = {.n = BULK_BYTES}; b.n + 1 >= BULK_BYTES; at += b.n) {
        b = bulk_at(s, at, to);
        for (uint32_t m = bulk_starts(&b); m; m &= m - 1) {
            unsigned i = (unsigned)__builtin_ctz(m);
            struct bulk_char c = bulk_char(&b, s, at, i);
            unsigned ascii = mixed & (c.like != 0), keeps = c.two & ~ascii;
            if (made >= room || (keeps && !is_plain_cyrillic(code_of(&c)))) {
                b.n = i;
                break;
            }
            out[made] = (uint8_t)((c.like & 0x7f & (0u - ascii)) | (c.first & (ascii - 1)));
            out[made + 1] = c.second;
            map[made] = map[made + 1] = (uint32_t)(at + i);
            made += 1 + keeps;
        }
    }
    o->n = made;
    return at;
}

size_t fold_part(struct view_out *o, struct slice source, size_t from, size_t to)
{
    size_t word_end = from;
    bool mixed = false;
    size_t at = from;
    for (size_t n; at < to && o->n + 4 * UNFOLD_MAX < o->room; at += n) {
        uint32_t c = char_next(source, at, &n);
        if (at >= word_end && char_alphabetic(c)) mixed = is_mixed(source, at, to, &word_end);
        bool bulk = n < 3 && at < word_end && bulk_begins(source, at);
        size_t easy = bulk ? fold_easy(o, source, at, word_end, mixed) : at;
        if (easy > at) {
            n = easy - at;
            continue;
        }
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
