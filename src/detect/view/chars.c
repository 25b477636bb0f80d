/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/view/chars.h"

static bool in(uint32_t c, uint32_t from, uint32_t to)
{
    return c >= from && c <= to;
}

/* Between dashes, quotes and dots, which are everywhere. */
#define PUNCTUATION 0x2000u
static const uint8_t in_punctuation[0x70] = {
    [0x0b] = UNSEEN_SPACE,  [0x0c] = UNSEEN_JOINER, [0x0d] = UNSEEN_JOINER, [0x0e] = UNSEEN_MARK,
    [0x0f] = UNSEEN_MARK,   [0x2a] = UNSEEN_BIDI,   [0x2b] = UNSEEN_BIDI,   [0x2c] = UNSEEN_BIDI,
    [0x2d] = UNSEEN_BIDI,   [0x2e] = UNSEEN_BIDI,   [0x60] = UNSEEN_SPACE,  [0x61] = UNSEEN_SPACE,
    [0x62] = UNSEEN_SPACE,  [0x63] = UNSEEN_SPACE,  [0x64] = UNSEEN_SPACE,  [0x65] = UNSEEN_FILLER,
    [0x66] = UNSEEN_BIDI,   [0x67] = UNSEEN_BIDI,   [0x68] = UNSEEN_BIDI,   [0x69] = UNSEEN_BIDI,
    [0x6a] = UNSEEN_FILLER, [0x6b] = UNSEEN_FILLER, [0x6c] = UNSEEN_FILLER, [0x6d] = UNSEEN_FILLER,
    [0x6e] = UNSEEN_FILLER, [0x6f] = UNSEEN_FILLER,
};

static enum unseen unseen_general(uint32_t c)
{
    switch (c) {
    case 0xfeff:
    case 0x180e: return UNSEEN_SPACE;
    case 0x034f: /* combining grapheme joiner */ return UNSEEN_JOINER;
    case 0x061c: return UNSEEN_MARK;
    case 0x115f:
    case 0x1160:
    case 0x17b4:
    case 0x17b5:
    case 0x2800:
    case 0x3164:
    case 0xffa0: return UNSEEN_FILLER;
    default: return UNSEEN_NO;
    }
}

const uint8_t chars_unseen[256] = {
    [0x00] = 1, [0x03] = 1, [0x06] = 1, [0x11] = 1, [0x17] = 1, [0x18] = 1,
    [0x20] = 1, [0x28] = 1, [0x31] = 1, [0xfe] = 1, [0xff] = 1};

enum unseen unseen_rare(uint32_t c)
{
    if (c < 0xad) return UNSEEN_NO;
    if (c - PUNCTUATION < sizeof in_punctuation)
        return (enum unseen)in_punctuation[c - PUNCTUATION];
    if (c == 0xad) return UNSEEN_HYPHEN;
    if (in(c, 0x4e00, 0xfdff) || c < 0x034f) return UNSEEN_NO;
    if (in(c, 0xfe00, 0xfe0f) || in(c, 0x180b, 0x180d) || c == 0x180f || in(c, 0xe0100, 0xe01ef))
        return UNSEEN_SELECTOR;
    if (c == 0xe0001 || in(c, 0xe0020, 0xe007f)) return UNSEEN_TAG;
    if (in(c, 0x1d173, 0x1d17a) || in(c, 0xe0000, 0xe0fff) || in(c, 0xfff0, 0xfff8))
        return UNSEEN_FILLER;
    return unseen_general(c);
}

bool selector_byte(uint32_t c, uint8_t *ret_byte)
{
    if (in(c, 0xfe00, 0xfe0f))
        *ret_byte = (uint8_t)(c - 0xfe00);
    else if (in(c, 0xe0100, 0xe01ef))
        *ret_byte = (uint8_t)(c - 0xe0100 + 16);
    else
        return false;
    return true;
}

static bool is_ideograph(uint32_t c)
{
    return in(c, 0x3400, 0x9fff) || in(c, 0xf900, 0xfaff) || in(c, 0x20000, 0x323af) ||
           in(c, 0x3005, 0x3007);
}

bool char_pictograph(uint32_t c)
{
    return in(c, 0x1f000, 0x1fbff) || in(c, 0x2100, 0x2bff) || c == 0x203c || c == 0x2049 ||
           c == 0xa9 || c == 0xae || c == 0x3030 || c == 0x303d || c == 0x3297 || c == 0x3299 ||
           c == '#' || c == '*' || in(c, '0', '9');
}

bool selector_fits(uint32_t base, uint32_t selector)
{
    if (in(selector, 0x180b, 0x180f)) return in(base, 0x1800, 0x18af);
    if (selector >= 0xe0100) return is_ideograph(base);
    if (selector == 0xfe0e || selector == 0xfe0f) return char_pictograph(base);
    if (selector > 0xfe02) return in(base, 0xa840, 0xa87f);
    return is_ideograph(base) || in(base, 0x2190, 0x2bff) || in(base, 0x1000, 0x109f) ||
           in(base, 0xa9e0, 0xaa7f) || in(base, 0xa840, 0xa87f) || in(base, 0x10ac0, 0x10aff) ||
           in(base, 0x13000, 0x1345f) || in(base, 0xff01, 0xff1f) || in(base, 0x3001, 0x3002) ||
           base == '0' || in(base, 0x1f000, 0x1f0ff);
}

bool char_rtl(uint32_t c)
{
    return in(c, 0x05be, 0x08ff) || in(c, 0xfb1d, 0xfdff) || in(c, 0xfe70, 0xfefc) ||
           in(c, 0x10800, 0x10fff) || in(c, 0x1e800, 0x1efff);
}

bool char_alphabetic_rare(uint32_t c)
{
    if (in(c, 0x2d00, 0xa4cf)) return false; /* ideographs, kana */
    return in(c, 0x531, 0x588) || in(c, 0x13a0, 0x13ff) || in(c, 0x1e00, 0x1fff) ||
           in(c, 0x2c80, 0x2cff) || in(c, 0xa640, 0xa69f) || in(c, 0xab70, 0xabbf) ||
           in(c, 0xa4d0, 0xa4ff) || in(c, 0x1d00, 0x1dbf);
}

bool char_accent_rare(uint32_t c)
{
    return in(c, 0x1ab0, 0x1aff) || in(c, 0x1dc0, 0x1dff) || in(c, 0x20d0, 0x20ff) ||
           in(c, 0xfe20, 0xfe2f);
}
