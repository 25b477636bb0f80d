/* SPDX-License-Identifier: Apache-2.0 */
/* letters.c - characters beyond ASCII, and those that a piece of a stream cuts. */
#include "guard/judge/letters.h"
#include "base/utf8.h"
#include "detect/view/chars.h"
#include "detect/view/lookalike.h"
#include "port/utf8proc/unfold.h"

static void put(struct letter *l, uint32_t c)
{
    uint8_t *p = l->text + l->n;
    if (c < 0x80) {
        *p = (uint8_t)c;
        l->n += 1;
    } else if (c < 0x800) {
        p[0] = (uint8_t)(0xc0 | c >> 6);
        p[1] = (uint8_t)(0x80 | (c & 63));
        l->n += 2;
    } else if (c < 0x10000) {
        p[0] = (uint8_t)(0xe0 | c >> 12);
        p[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        p[2] = (uint8_t)(0x80 | (c & 63));
        l->n += 3;
    } else {
        p[0] = (uint8_t)(0xf0 | c >> 18);
        p[1] = (uint8_t)(0x80 | (c >> 12 & 63));
        p[2] = (uint8_t)(0x80 | (c >> 6 & 63));
        p[3] = (uint8_t)(0x80 | (c & 63));
        l->n += 4;
    }
}

static bool is_blank(uint32_t c)
{
    return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

static void fold(struct letters *l, uint32_t c, struct letter *ret)
{
    uint32_t forms[UNFOLD_MAX];
    bool exact;
    if (unseen_kind(c) != UNSEEN_NO || char_accent(c)) return;
    if (is_blank(c)) {
        if (!l->blank) put(ret, ' ');
        l->blank = true;
        return;
    }
    l->blank = false;
    unsigned char ascii = lookalike(c, &exact);
    if (ascii) {
        put(ret, ascii_to_lower(ascii));
        return;
    }
    size_t n = unfold(c, forms);
    for (size_t i = 0; i < n && ret->n + 4u <= LETTERS_MOST; i++)
        if (!char_accent(forms[i])) put(ret, lower_case(forms[i]));
}

/* How many bytes the character has that begins with c. */
static size_t size_of(uint8_t c)
{
    return c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1;
}

void letters_wide(struct letters *l, struct slice piece, uint64_t base, size_t *at,
                  struct letter *ret)
{
    ret->from = base + *at - l->cut_n;
    ret->n = 0;
    size_t want = size_of(l->cut_n ? l->cut[0] : piece.p[*at]);
    while (l->cut_n < want && *at < piece.n) {
        bool tail = (piece.p[*at] & 0xc0) == 0x80;
        if (l->cut_n && !tail) break;
        l->cut[l->cut_n++] = piece.p[(*at)++];
    }
    ret->to = base + *at;
    if (l->cut_n < want && *at == piece.n) return; /* goes on in the next piece */
    uint32_t code;
    struct slice whole = slice_of(l->cut, l->cut_n);
    if (utf8_next(whole, 0, &code) == whole.n)
        fold(l, code, ret);
    else
        for (size_t i = 0; i < whole.n; i++) ret->text[ret->n++] = whole.p[i];
    l->cut_n = 0;
}
