/* SPDX-License-Identifier: Apache-2.0 */
/* escapes.c - characters written as %41, \x41, \101, A, \u{41}, &#65;, &#x41; or &amp;. */
#include "base/ascii.h"
#include "base/utf8.h"
#include "detect/view/view_part.h"

struct escape {
    size_t n; /* bytes of source; 0: none here */
    uint32_t code;
    bool byte; /* a byte of UTF-8, not a code point */
    enum view_kind kind;
};

static int digit(uint8_t c, unsigned base)
{
    int v = ascii_hex(c);
    return v < (int)base ? v : -1;
}

/* Up to `most` digits at `at`; gives how many there are. */
static size_t digits(struct slice s, size_t at, unsigned base, size_t most, uint32_t *ret)
{
    size_t n = 0;
    *ret = 0;
    for (; n < most && at + n < s.n; n++) {
        int v = digit(s.p[at + n], base);
        if (v < 0) break;
        *ret = *ret * base + (uint32_t)v;
    }
    return n;
}

static struct escape percent(struct slice s, size_t at)
{
    struct escape e = {.byte = true, .kind = VIEW_PERCENT};
    if (digits(s, at + 1, 16, 2, &e.code) == 2) e.n = 3;
    return e;
}

/* \uD83D\uDE00 */
static void surrogates(struct slice s, size_t at, struct escape *e)
{
    uint32_t low;
    if (e->code < 0xd800 || e->code > 0xdbff || e->n != 6 || at + 12 > s.n) return;
    if (s.p[at + 6] != '\\' || s.p[at + 7] != 'u' || digits(s, at + 8, 16, 4, &low) != 4) return;
    if (low < 0xdc00 || low > 0xdfff) return;
    e->code = 0x10000 + ((e->code - 0xd800) << 10) + (low - 0xdc00);
    e->n = 12;
}

static struct escape backslash(struct slice s, size_t at)
{
    struct escape e = {.kind = VIEW_ESCAPES};
    if (at + 3 >= s.n) return e;
    uint8_t c = s.p[at + 1];
    if (c == 'x' && digits(s, at + 2, 16, 2, &e.code) == 2) {
        e.n = 4;
        e.byte = true;
    } else if (c == 'u' && s.p[at + 2] == '{') {
        size_t n = digits(s, at + 3, 16, 6, &e.code);
        if (n && at + 3 + n < s.n && s.p[at + 3 + n] == '}') e.n = n + 4;
    } else if (c == 'u' && digits(s, at + 2, 16, 4, &e.code) == 4) {
        e.n = 6;
        surrogates(s, at, &e);
    } else if (c == 'U' && digits(s, at + 2, 16, 8, &e.code) == 8) {
        e.n = 10;
    } else if (digits(s, at + 1, 8, 3, &e.code) == 3 && e.code < 256) {
        e.n = 4;
        e.byte = true;
    }
    return e;
}

static struct escape named(struct slice s, size_t at)
{
    static const struct {
        const char *name;
        uint32_t code;
    } names[] = {{"&amp;", '&'},
                 {"&lt;", '<'},
                 {"&gt;", '>'},
                 {"&quot;", '"'},
                 {"&apos;", '\''},
                 {"&nbsp;", ' '},
                 {"&shy;", 0xad},
                 {"&sol;", '/'},
                 {"&lowbar;", '_'},
                 {"&colon;", ':'},
                 {"&period;", '.'},
                 {"&num;", '#'},
                 {"&ZeroWidthSpace;", 0x200b}};
    struct slice rest = slice_sub(s, at, 20);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_starts(rest, slice_str(names[i].name)))
            return (struct escape){strlen(names[i].name), names[i].code, false, VIEW_ENTITIES};
    return (struct escape){0};
}

static struct escape entity(struct slice s, size_t at)
{
    struct escape e = {.kind = VIEW_ENTITIES};
    if (at + 3 >= s.n || s.p[at + 1] != '#') return named(s, at);
    bool hex = (s.p[at + 2] | 0x20) == 'x';
    size_t first = at + (hex ? 3 : 2);
    size_t n = digits(s, first, hex ? 16 : 10, 7, &e.code);
    if (!n) return e;
    e.n = first + n - at;
    if (first + n < s.n && s.p[first + n] == ';') e.n++;
    return e;
}

static struct escape escape_at(struct slice s, size_t at)
{
    switch (s.p[at]) {
    case '%': return percent(s, at);
    case '\\': return backslash(s, at);
    case '&': return entity(s, at);
    default: return (struct escape){0};
    }
}

void view_put_code(struct view_out *o, uint32_t c, size_t from)
{
    if (c < 0x80) {
        view_put(o, (uint8_t)c, from);
    } else if (c < 0x800) {
        view_put(o, (uint8_t)(0xc0 | c >> 6), from);
        view_put(o, (uint8_t)(0x80 | (c & 0x3f)), from);
    } else if (c < 0x10000) {
        view_put(o, (uint8_t)(0xe0 | c >> 12), from);
        view_put(o, (uint8_t)(0x80 | (c >> 6 & 0x3f)), from);
        view_put(o, (uint8_t)(0x80 | (c & 0x3f)), from);
    } else if (c < 0x110000) {
        view_put(o, (uint8_t)(0xf0 | c >> 18), from);
        view_put(o, (uint8_t)(0x80 | (c >> 12 & 0x3f)), from);
        view_put(o, (uint8_t)(0x80 | (c >> 6 & 0x3f)), from);
        view_put(o, (uint8_t)(0x80 | (c & 0x3f)), from);
    }
}

bool escapes_kind(struct slice source, size_t from, size_t to, enum view_kind *ret_kind)
{
    for (size_t at = from; at < to; at++) {
        struct escape e = escape_at(source, at);
        if (!e.n) continue;
        *ret_kind = e.kind;
        return true;
    }
    return false;
}

size_t escapes_part(struct view_out *o, struct slice source, size_t from, size_t to)
{
    size_t at = from;
    for (size_t n; at < to; at += n) {
        struct escape e = escape_at(source, at);
        n = e.n ? e.n : 1;
        if (!e.n)
            view_put(o, source.p[at] == '+' && at > from ? '+' : source.p[at], at);
        else if (e.byte)
            view_put(o, (uint8_t)e.code, at);
        else
            view_put_code(o, e.code, at);
    }
    return at;
}
