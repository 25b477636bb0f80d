/* SPDX-License-Identifier: Apache-2.0 */
/* charset.c - bytes of a character set to code points and UTF-8. */
#include "codec/charset_part.h"

static const struct charset unicode[] = {
    {.name = "utf-8", .kind = CHARSET_UTF_8},       {.name = "utf-16le", .kind = CHARSET_UTF_16LE},
    {.name = "utf-16be", .kind = CHARSET_UTF_16BE}, {.name = "utf-32le", .kind = CHARSET_UTF_32LE},
    {.name = "utf-32be", .kind = CHARSET_UTF_32BE},
};

#define UNICODE_COUNT (sizeof unicode / sizeof *unicode)
#define HIGHS         0x8080808080808080ull

const char *charset_name(const struct charset *c)
{
    return c->name;
}

bool charset_is_utf8(const struct charset *c)
{
    return c->kind == CHARSET_UTF_8;
}

const struct charset *charset_find(struct slice name)
{
    for (size_t i = 0; i < UNICODE_COUNT; i++)
        if (slice_eq(name, slice_str(unicode[i].name))) return &unicode[i];
    for (size_t i = 0; i < charset_legacy_count; i++)
        if (slice_eq(name, slice_str(charset_legacy[i].name))) return &charset_legacy[i];
    return NULL;
}

/* UTF-32 first: its mark begins with that of UTF-16. */
static const struct {
    uint8_t mark[4];
    uint8_t n;
    enum charset_kind kind;
} marks[] = {{{0xff, 0xfe, 0, 0}, 4, CHARSET_UTF_32LE},
             {{0, 0, 0xfe, 0xff}, 4, CHARSET_UTF_32BE},
             {{0xff, 0xfe}, 2, CHARSET_UTF_16LE},
             {{0xfe, 0xff}, 2, CHARSET_UTF_16BE},
             {{0xef, 0xbb, 0xbf}, 3, CHARSET_UTF_8}};

const struct charset *charset_by_mark(struct slice head, size_t *ret_mark)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (!slice_starts(head, slice_of(marks[i].mark, marks[i].n))) continue;
        *ret_mark = marks[i].n;
        return &unicode[marks[i].kind];
    }
    *ret_mark = 0;
    return NULL;
}

/* ---- one character ---- */

static uint32_t unit16(struct slice in, size_t at, bool little)
{
    uint32_t first = in.p[at], second = in.p[at + 1];
    return little ? first | second << 8 : first << 8 | second;
}

static size_t next_utf16(struct slice in, size_t at, bool little, uint32_t *ret)
{
    *ret = CHARSET_BAD;
    if (in.n - at < 2) return in.n - at;
    uint32_t high = unit16(in, at, little);
    if (high < 0xd800 || high > 0xdfff) {
        *ret = high;
        return 2;
    }
    if (high > 0xdbff || in.n - at < 4) return 2;
    uint32_t low = unit16(in, at + 2, little);
    if (low < 0xdc00 || low > 0xdfff) return 2;
    *ret = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    return 4;
}

static size_t next_utf32(struct slice in, size_t at, bool little, uint32_t *ret)
{
    *ret = CHARSET_BAD;
    if (in.n - at < 4) return in.n - at;
    uint32_t a = unit16(in, at, little), b = unit16(in, at + 2, little);
    uint32_t code = little ? a | b << 16 : a << 16 | b;
    if (code < 0xd800 || (code > 0xdfff && code < 0x110000)) *ret = code;
    return 4;
}

static uint32_t pair(const struct charset *c, uint8_t lead, uint8_t trail)
{
    if (lead < c->lead || lead > c->lead_to || trail < c->trail || trail > c->trail_to) return 0;
    size_t width = (size_t)c->trail_to - c->trail + 1;
    return c->table[(size_t)(lead - c->lead) * width + (trail - c->trail)];
}

static uint32_t gb18030_four(uint32_t linear)
{
    if (linear >= 189000) return linear - 189000 < 0x100000 ? 0x10000 + linear - 189000 : 0;
    size_t low = 0, high = charset_gb18030_count;
    if (linear >= 39420) return 0;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (charset_gb18030[middle].linear <= linear)
            low = middle;
        else
            high = middle;
    }
    return charset_gb18030[low].code + (linear - charset_gb18030[low].linear);
}

static bool within(uint8_t c, uint8_t from, uint8_t to)
{
    return c >= from && c <= to;
}

/* The sets' own longer and shorter forms; 0: none of them. */
static size_t next_special(const struct charset *c, struct slice in, size_t at, uint32_t *ret)
{
    uint8_t a = in.p[at], b = at + 1 < in.n ? in.p[at + 1] : 0,
            d = at + 2 < in.n ? in.p[at + 2] : 0, e = at + 3 < in.n ? in.p[at + 3] : 0;
    if (c->kind == CHARSET_SHIFT_JIS && within(a, 0xa1, 0xdf)) {
        *ret = 0xff61u + a - 0xa1;
        return 1;
    }
    if (c->kind == CHARSET_EUC_JP && a == 0x8e && within(b, 0xa1, 0xdf)) {
        *ret = 0xff61u + b - 0xa1;
        return 2;
    }
    if (c->kind == CHARSET_EUC_JP && a == 0x8f && within(b, 0xa1, 0xfe) && within(d, 0xa1, 0xfe)) {
        uint32_t code = charset_jisx0212[(size_t)(b - 0xa1) * 94 + (d - 0xa1)];
        *ret = code ? code : CHARSET_BAD;
        return 3;
    }
    if (c->kind == CHARSET_GB18030 && within(a, 0x81, 0xfe) && within(b, '0', '9') &&
        within(d, 0x81, 0xfe) && within(e, '0', '9')) {
        uint32_t code = gb18030_four((a - 0x81u) * 12600u + (b - 0x30u) * 1260u +
                                     (d - 0x81u) * 10u + (e - 0x30u));
        *ret = code ? code : CHARSET_BAD;
        return 4;
    }
    if (c->kind == CHARSET_GB18030 && a == 0x80) {
        *ret = 0x20ac;
        return 1;
    }
    return 0;
}

static size_t next_double(const struct charset *c, struct slice in, size_t at, uint32_t *ret)
{
    size_t n = next_special(c, in, at, ret);
    if (n) return n;
    *ret = CHARSET_BAD;
    if (in.n - at < 2) return 1;
    uint32_t code = pair(c, in.p[at], in.p[at + 1]);
    if (!code) return 1; /* an ASCII byte behind a bad lead is itself */
    *ret = code;
    return 2;
}

size_t charset_next(const struct charset *c, struct slice in, size_t at, uint32_t *ret)
{
    if (at >= in.n) return 0;
    switch (c->kind) {
    case CHARSET_UTF_16LE: return next_utf16(in, at, true, ret);
    case CHARSET_UTF_16BE: return next_utf16(in, at, false, ret);
    case CHARSET_UTF_32LE: return next_utf32(in, at, true, ret);
    case CHARSET_UTF_32BE: return next_utf32(in, at, false, ret);
    default: break;
    }
    uint8_t byte = in.p[at];
    if (byte < 0x80) {
        *ret = byte;
        return 1;
    }
    if (c->kind == CHARSET_SINGLE) {
        uint16_t code = c->table[byte - 0x80];
        *ret = code ? code : CHARSET_BAD;
        return 1;
    }
    if (c->kind != CHARSET_UTF_8) return next_double(c, in, at, ret);
    *ret = CHARSET_BAD;
    return 1;
}

/* ---- runs ---- */

static size_t utf8_length(uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

static size_t put(uint8_t *out, uint32_t code)
{
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t n = utf8_length(code);
    if (n == 1) {
        out[0] = (uint8_t)code;
        return 1;
    }
    for (size_t i = n - 1; i; i--, code >>= 6) out[i] = (uint8_t)(0x80 | (code & 0x3f));
    out[0] = (uint8_t)(lead[n] | code);
    return n;
}

/* Eight bytes of ASCII at once in sets that have it as it is; four characters of UTF-16. */
static size_t plain_run(const struct charset *c, struct slice in, size_t *at, uint8_t *out,
                        size_t room)
{
    uint64_t w;
    size_t made = 0;
    bool little = c->kind == CHARSET_UTF_16LE, wide = little || c->kind == CHARSET_UTF_16BE;
    if (!wide && c->kind < CHARSET_SINGLE) return 0;
    for (; in.n - *at >= 8 && room - made >= 8; *at += 8) {
        memcpy(&w, &in.p[*at], 8);
        if (!wide) {
            if (w & HIGHS) break;
            if (out) memcpy(&out[made], &w, 8);
            made += 8;
            continue;
        }
        if (w & (little ? 0xff80ff80ff80ff80ull : 0x80ff80ff80ff80ffull)) break;
        if (!little) w >>= 8;
        w = (w | w >> 8) & 0x0000ffff0000ffffull;
        uint32_t four = (uint32_t)(w | w >> 16);
        if (out) memcpy(&out[made], &four, 4);
        made += 4;
    }
    return made;
}

/* A byte is a character: no need to ask what kind of set it is. */
static size_t single_run(const struct charset *c, struct slice in, size_t *at, uint8_t *out,
                         size_t room)
{
    size_t made = 0;
    for (unsigned i = 0; i < 64 && *at < in.n && room - made >= 4; i++, ++*at) {
        uint8_t byte = in.p[*at];
        uint32_t code = byte < 0x80 ? byte : c->table[byte - 0x80];
        made += put(&out[made], code || byte < 0x80 ? code : CHARSET_BAD);
    }
    return made;
}

size_t charset_utf8(const struct charset *c, struct slice in, size_t *at, uint8_t *out, size_t room)
{
    size_t made = 0;
    while (*at < in.n && room - made >= 16) {
        size_t run = plain_run(c, in, at, &out[made], room - made);
        made += run;
        if (c->kind == CHARSET_SINGLE) made += single_run(c, in, at, &out[made], room - made);
        for (unsigned i = 0; i < 16 && *at < in.n && room - made >= 4; i++) {
            uint32_t code = 0;
            *at += charset_next(c, in, *at, &code);
            made += put(&out[made], code);
        }
    }
    return made;
}

size_t charset_skip(const struct charset *c, struct slice in, size_t *at, size_t text)
{
    size_t made = 0;
    while (*at < in.n && made < text) {
        made += plain_run(c, in, at, NULL, text - made);
        for (unsigned i = 0; i < 16 && *at < in.n && made < text; i++) {
            uint32_t code = 0;
            size_t n = charset_next(c, in, *at, &code), more = utf8_length(code);
            if (made + more > text) return made;
            *at += n;
            made += more;
        }
    }
    return made;
}
