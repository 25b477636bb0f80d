/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "base/st.h"
#include <wchar.h>

size_t utf8_next(struct slice s, size_t at, uint32_t *ret_code)
{
    struct slice rest = slice_sub(s, at, 4);
    if (rest.n == 0) return 0;
    uint8_t first = rest.p[0];
    if (first < 0x80) {
        *ret_code = first;
        return 1;
    }
    size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || rest.n < n) return 0;
    uint32_t code = first & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((rest.p[i] & 0xc0) != 0x80) return 0;
        code = code << 6 | (rest.p[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return 0;
    *ret_code = code;
    return n;
}

bool utf8_valid(struct slice s)
{
    uint32_t code;
    for (size_t at = 0; at < s.n;) {
        size_t n = utf8_next(s, at, &code);
        if (!n) return false;
        at += n;
    }
    return true;
}

void utf8_put(struct buf *b, uint32_t code)
{
    if (code < 0x80) {
        buf_byte(b, (uint8_t)code);
    } else if (code < 0x800) {
        buf_byte(b, (uint8_t)(0xc0 | code >> 6));
        buf_byte(b, (uint8_t)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        buf_byte(b, (uint8_t)(0xe0 | code >> 12));
        buf_byte(b, (uint8_t)(0x80 | (code >> 6 & 0x3f)));
        buf_byte(b, (uint8_t)(0x80 | (code & 0x3f)));
    } else {
        buf_byte(b, (uint8_t)(0xf0 | (code >> 18 & 7)));
        buf_byte(b, (uint8_t)(0x80 | (code >> 12 & 0x3f)));
        buf_byte(b, (uint8_t)(0x80 | (code >> 6 & 0x3f)));
        buf_byte(b, (uint8_t)(0x80 | (code & 0x3f)));
    }
}

struct range {
    uint32_t from, to;
};

static bool in_ranges(const struct range *r, size_t n, uint32_t code)
{
    for (size_t i = 0; i < n; i++)
        if (code >= r[i].from && code <= r[i].to) return true;
    return false;
}

/* Unicode 15: East Asian Wide and Fullwidth, by block. */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};
static const struct range zero[] = {
    {0x300, 0x36f}, {0x483, 0x489}, {0x591, 0x5bd}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f}};

/* Characters that hide or reorder text: controls, soft hyphen, zero width, bidi, tags, selectors.
 */
static const struct range unsafe_for_people[] = {
    {0, 0x1f},        {0x7f, 0x9f},     {0xad, 0xad},       {0x61c, 0x61c},
    {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x200b, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0xe0fff}, {0xd800, 0xf8ff},
};

static size_t width_of(uint32_t code)
{
    if (in_ranges(zero, COUNT_OF(zero), code)) return 0;
    return in_ranges(wide, COUNT_OF(wide), code) ? 2 : 1;
}

size_t utf8_fit(struct slice s, size_t columns)
{
    size_t at = 0, used = 0;
    while (at < s.n) {
        uint32_t code;
        size_t n = utf8_next(s, at, &code);
        size_t w = n ? width_of(code) : 1;
        if (used + w > columns) break;
        used += w;
        at += n ? n : 1;
    }
    return at;
}

size_t utf8_width(struct slice s)
{
    size_t used = 0;
    for (size_t at = 0; at < s.n;) {
        uint32_t code;
        size_t n = utf8_next(s, at, &code);
        used += n ? width_of(code) : 1;
        at += n ? n : 1;
    }
    return used;
}

/* Bytes from `at` on that are printable ASCII and not special: most text, copied in one piece. */
static size_t plain_run(struct slice s, size_t at, const char *special)
{
    uint64_t ends[2] = {0xffffffffu, 1ull << 63}; /* bit c of 128: what ends the run */
    size_t n = 0;
    for (; *special; special++) ends[*special / 64] |= 1ull << *special % 64;
    while (at + n < s.n) {
        uint8_t c = s.p[at + n];
        if (c >= 0x80 || ends[c / 64] >> c % 64 & 1) break;
        n++;
    }
    return n;
}

void esc_tty(struct buf *out, struct slice s)
{
    for (size_t at = 0; at < s.n;) {
        size_t plain = plain_run(s, at, "");
        buf_add(out, slice_sub(s, at, plain));
        at += plain;
        if (at == s.n) break;
        uint32_t code;
        size_t n = utf8_next(s, at, &code);
        if (!n) {
            buf_printf(out, "\\x%02x", s.p[at]);
        } else if (in_ranges(unsafe_for_people, COUNT_OF(unsafe_for_people), code)) {
            if (code == '\n')
                buf_str(out, "\\n");
            else if (code == '\t')
                buf_str(out, "\\t");
            else
                buf_printf(out, code < 0x80 ? "\\x%02x" : "\\u{%x}", code);
        } else {
            buf_add(out, slice_sub(s, at, n));
        }
        at += n ? n : 1;
    }
}

void esc_json(struct buf *out, struct slice s)
{
    for (size_t at = 0; at < s.n;) {
        size_t plain = plain_run(s, at, "\"\\");
        buf_add(out, slice_sub(s, at, plain));
        at += plain;
        if (at == s.n) break;
        uint32_t code;
        size_t n = utf8_next(s, at, &code);
        if (!n)
            buf_str(out, "\\ufffd");
        else if (code == '"')
            buf_str(out, "\\\"");
        else if (code == '\\')
            buf_str(out, "\\\\");
        else if (code == '\n')
            buf_str(out, "\\n");
        else if (code == '\t')
            buf_str(out, "\\t");
        else if (code == '\r')
            buf_str(out, "\\r");
        else if (code < 0x20 || code == 0x7f || code == 0x2028 || code == 0x2029)
            buf_printf(out, "\\u%04x", code);
        else
            buf_add(out, slice_sub(s, at, n));
        at += n ? n : 1;
    }
}

static bool xml_forbids(uint32_t code)
{
    return (code < 0x20 && code != '\n' && code != '\t' && code != '\r') || code == 0xfffe ||
           code == 0xffff;
}

void esc_xml(struct buf *out, struct slice s)
{
    for (size_t at = 0; at < s.n;) {
        size_t plain = plain_run(s, at, "<>&\"'");
        buf_add(out, slice_sub(s, at, plain));
        at += plain;
        if (at == s.n) break;
        uint32_t code;
        size_t n = utf8_next(s, at, &code);
        if (!n || xml_forbids(code))
            buf_str(out, "\xef\xbf\xbd");
        else if (code == '<')
            buf_str(out, "&lt;");
        else if (code == '>')
            buf_str(out, "&gt;");
        else if (code == '&')
            buf_str(out, "&amp;");
        else if (code == '"')
            buf_str(out, "&quot;");
        else if (code == '\'')
            buf_str(out, "&#39;");
        else
            buf_add(out, slice_sub(s, at, n));
        at += n ? n : 1;
    }
}
