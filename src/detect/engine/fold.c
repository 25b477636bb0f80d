/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine/fold.h"
#include "base/ascii.h"
#include "base/utf8.h"
#include "detect/engine/phrases.h"

enum kind { SEPARATOR, LETTER, DIGIT, WIDE, MARK };
enum joint { GLUED, BLANK, BRACE }; /* as many blanks */

static enum kind kind_beyond(uint32_t c)
{
    if ((c >= 0x300 && c < 0x370) || (c >= 0x200b && c <= 0x200f)) return MARK;
    if ((c >= 0x590 && c < 0x700) || (c >= 0xe00 && c < 0xe80) || (c >= 0x3040 && c < 0x3100) ||
        (c >= 0x3400 && c < 0xa000) || (c >= 0xac00 && c < 0xd7b0))
        return WIDE;
    if (c >= 0xc0 && c < 0x460) return fold_letters[c - 0xc0] ? LETTER : SEPARATOR;
    if (c >= 0x1e00 && c < 0x1f00) return LETTER;
    return (c >= 0x460 && c < 0x2000) ? LETTER : SEPARATOR;
}

static enum kind kind_of(uint32_t c)
{
    if (c >= 0x80) return kind_beyond(c);
    if (ascii_digit((uint8_t)c)) return DIGIT;
    return ascii_letter((uint8_t)c) ? LETTER : SEPARATOR;
}

static uint32_t letter_of(uint32_t c)
{
    if (c < 0x80) return ascii_to_lower((uint8_t)c);
    if (c >= 0xc0 && c < 0x460) return fold_letters[c - 0xc0];
    if (c >= 0x1e00 && c < 0x1f00) {
        uint32_t l = fold_letters[0x460 - 0xc0 + c - 0x1e00];
        return l ? l : c;
    }
    return c;
}

static bool capital(uint32_t c)
{
    if (c < 0x80) return ascii_upper((uint8_t)c);
    if (c >= 0x100 && c < 0x180)
        return fold_letters[c - 0xc0] && !(c & 1) == !(c > 0x138 && c < 0x149);
    return (c >= 0xc0 && c < 0xdf) || (c >= 0x386 && c < 0x3ac) || (c >= 0x400 && c < 0x430);
}

static bool put(struct folded *f, uint32_t c)
{
    if (f->n + 4 > FOLD_TEXT) return false;
    uint8_t *p = f->text + f->n;
    if (c < 0x80) {
        p[0] = (uint8_t)c;
        f->n += 1;
    } else if (c < 0x800) {
        p[0] = (uint8_t)(0xc0 | c >> 6);
        p[1] = (uint8_t)(0x80 | (c & 63));
        f->n += 2;
    } else {
        p[0] = (uint8_t)(0xe0 | c >> 12);
        p[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        p[2] = (uint8_t)(0x80 | (c & 63));
        f->n += 3;
    }
    return true;
}

/* A word begins at source byte `at`; with a blank before, unless wide characters touch, and with
 * two behind a brace. */
static bool begin(struct folded *f, enum kind kind, size_t at, enum joint joint)
{
    if (f->count == FOLD_WORDS || f->n + 8 > FOLD_TEXT) return false;
    for (unsigned i = 0; f->count && i < (unsigned)joint; i++) f->text[f->n++] = ' ';
    struct word *w = &f->words[f->count++];
    *w = (struct word){.at = (uint16_t)f->n,
                       .from_source = (uint16_t)at,
                       .kind = (uint8_t)(kind == DIGIT  ? WORD_DIGITS
                                         : kind == WIDE ? WORD_WIDE
                                                        : WORD_LETTERS)};
    return true;
}

/* In camelCase a capital behind a small letter begins a word, and so does the last of several
 * capitals before a small one ("SSNNumber"). */
static bool hump(uint32_t before, uint32_t c, struct slice behind)
{
    if (!capital(c)) return false;
    if (!capital(before)) return true;
    if (behind.n < 2) return false; /* "SSNs" is one word */
    return ascii_lower(behind.p[0]) && ascii_lower(behind.p[1]);
}

void fold_text(struct slice s, struct folded *ret)
{
    enum kind before = SEPARATOR;
    enum joint joint = BLANK;
    uint32_t last = 0;
    ret->n = ret->count = 0;
    for (size_t at = 0; at < s.n && at < 0xffff;) {
        uint32_t c;
        size_t size = 1;
        if (s.p[at] < 0x80)
            c = s.p[at];
        else if (!(size = utf8_next(s, at, &c)) || c >= 0x10000) {
            size = size ? size : 1;
            c = 0;
        }
        enum kind kind = kind_of(c);
        if (kind == MARK) {
            at += size;
            continue;
        }
        bool word = kind != SEPARATOR && (kind != before || kind == WIDE);
        if (kind == LETTER && !word) word = hump(last, c, slice_sub(s, at + size, 2));
        if (kind == WIDE && before == WIDE) joint = GLUED;
        if (word && !begin(ret, kind, at, joint)) return;
        if (c == '{' || c == '}')
            joint = BRACE;
        else if (word)
            joint = BLANK;
        if (kind != SEPARATOR) {
            if (!put(ret, kind == LETTER ? letter_of(c) : c)) return;
            ret->words[ret->count - 1].to = (uint16_t)ret->n;
            ret->words[ret->count - 1].to_source = (uint16_t)(at + size);
        }
        before = kind;
        last = c;
        at += size;
    }
}
