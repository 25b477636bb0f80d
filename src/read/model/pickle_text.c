/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_text.c - numbers and escapes of protocol 0, as CPython reads them.
 * Trap: INT goes through strtol with base 0 and then int(text, 0), LONG through int(text, 0): hex,
 * octal, binary and underscores are fine there, while usual listings read base 10 and stop. */
#include "base/ascii.h"
#include "base/num.h"
#include "base/utf8.h"
#include "read/model/pickle_machine.h"

static bool is_space(uint8_t b)
{
    return b == ' ' || (b >= '\t' && b <= '\r');
}

static struct slice trim(struct slice s)
{
    while (s.n && is_space(s.p[0])) s = slice_sub(s, 1, s.n);
    while (s.n && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

static unsigned digit(uint8_t b)
{
    if (ascii_digit(b)) return b - '0';
    b |= 0x20;
    return ascii_lower(b) ? b - 'a' + 10u : 99;
}

/* Digits with single underscores between them. False: not a number. Saturates at 2^63. */
static bool magnitude(struct slice s, unsigned base, uint64_t *ret, bool *ret_big)
{
    uint64_t value = 0;
    bool was_digit = false;
    *ret_big = false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '_') {
            if (!was_digit) return false;
            was_digit = false;
            continue;
        }
        unsigned d = digit(s.p[i]);
        if (d >= base) return false;
        was_digit = true;
        if (value > ((uint64_t)INT64_MAX - d) / base) *ret_big = true;
        value = *ret_big ? INT64_MAX : value * base + d;
    }
    *ret = value;
    return was_digit;
}

static unsigned prefix_base(struct slice s)
{
    if (s.n < 2 || s.p[0] != '0') return 10;
    switch (s.p[1] | 0x20) {
    case 'x': return 16;
    case 'o': return 8;
    case 'b': return 2;
    default: return 10;
    }
}

static bool only_zeros(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '0' && s.p[i] != '_') return false;
    return true;
}

static struct pickle_value number(struct machine *m, uint64_t magnitude_, bool negative, bool big,
                                  size_t digits)
{
    int64_t n = negative ? -(int64_t)magnitude_ : (int64_t)magnitude_;
    if (!big) return pv_int(&m->heap, n);
    struct pickle_value v = pv_new(&m->heap, TAG_BIG_INT);
    struct pickle_node *node = pv_node(v);
    if (node) {
        node->number = n;
        node->count = digits;
    }
    return v;
}

bool vm_parse_int(struct machine *m, struct slice text, bool c_octal, struct pickle_value *ret,
                  bool *ret_odd)
{
    size_t nul = slice_find_byte(text, 0);
    struct slice s = trim(slice_sub(text, 0, nul));
    bool negative = s.n && s.p[0] == '-', big;
    uint64_t value;
    *ret_odd = s.n != text.n || slice_find_byte(s, '_') != SIZE_MAX;
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) s = slice_sub(s, 1, s.n);
    unsigned base = prefix_base(s);
    if (base != 10) {
        s = slice_sub(s, 2, s.n);
        if (s.n && s.p[0] == '_') s = slice_sub(s, 1, s.n); /* 0x_1f */
        *ret_odd = true;
    } else if (s.n > 1 && s.p[0] == '0' && !only_zeros(s)) {
        /* "017" is octal for strtol and an error for int() */
        bool flag = s.n == 2 && s.p[1] == '1';
        if (!c_octal) return false;
        base = 8;
        *ret_odd |= !flag;
    }
    if (!magnitude(s, base, &value, &big)) return false;
    *ret = number(m, value, negative, big, s.n);
    return true;
}

/* float() of Python also takes blanks around the number. */
bool vm_parse_float(struct slice text, double *ret)
{
    struct slice s = trim(text);
    bool negative = s.n && s.p[0] == '-';
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) s = slice_sub(s, 1, s.n);
    if (slice_eq_nocase(s, S("nan"))) {
        *ret = 0;
        return true;
    }
    if (slice_eq_nocase(s, S("inf")) || slice_eq_nocase(s, S("infinity"))) {
        *ret = negative ? -1e308 : 1e308;
        return true;
    }
    char copy[400];
    if (!s.n || s.n >= sizeof copy || !(digit(s.p[0]) < 10 || s.p[0] == '.')) return false;
    if (s.n > 1 && (s.p[1] | 0x20) == 'x') return false;
    memcpy(copy, s.p, s.n);
    copy[s.n] = 0;
    char *end;
    *ret = strtod(copy, &end) * (negative ? -1 : 1);
    return end == copy + s.n;
}

/* n hex digits at s[at]; false when they are not there. */
static bool hex(struct slice s, size_t at, size_t n, uint32_t *ret)
{
    uint64_t value;
    if (at + n > s.n || !num_hex(slice_sub(s, at, n), &value)) return false;
    *ret = (uint32_t)value;
    return true;
}

static size_t put_utf8(uint8_t *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
    out[0] = (uint8_t)(lead[more] | c >> 6 * more);
    for (unsigned i = 1; i <= more; i++) out[i] = (uint8_t)(0x80 | (c >> 6 * (more - i) & 0x3f));
    return more + 1;
}

static bool all_ascii(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 0x80) return false;
    return true;
}

/* One escape behind the backslash at s[at - 1]; 0: it is an error. */
static size_t escape(struct slice s, size_t at, uint8_t *out, size_t *n)
{
    static const char from[] = "\\'\"bftnrva", to[] = "\\'\"\b\f\t\n\r\v\a";
    if (at >= s.n) return 0;
    uint8_t c = s.p[at];
    const char *simple = c ? memchr(from, c, sizeof from - 1) : NULL;
    if (simple) {
        out[(*n)++] = (uint8_t)to[simple - from];
        return 1;
    }
    if (c == 'x') {
        uint32_t value;
        if (!hex(s, at + 1, 2, &value)) return 0;
        out[(*n)++] = (uint8_t)value;
        return 3;
    }
    if (c == '\n') return 1; /* a line that goes on */
    size_t used = 0;
    unsigned value = 0;
    while (used < 3 && at + used < s.n && s.p[at + used] >= '0' && s.p[at + used] <= '7')
        value = value * 8 + (s.p[at + used++] - '0');
    if (!used) {
        out[(*n)++] = '\\'; /* unknown escapes stay as they are */
        out[(*n)++] = c;
        return 1;
    }
    out[(*n)++] = (uint8_t)value;
    return used;
}

struct slice vm_unescape_string(struct machine *m, struct slice s, bool *ret_ok)
{
    *ret_ok = true;
    if (slice_find_byte(s, '\\') == SIZE_MAX) return s.p ? s : S("");
    uint8_t *out = arena_alloc(m->heap.arena, s.n, 1);
    size_t n = 0;
    for (size_t at = 0; out && at < s.n;) {
        if (s.p[at] != '\\') {
            out[n++] = s.p[at++];
            continue;
        }
        size_t used = escape(s, at + 1, out, &n);
        if (!used) {
            *ret_ok = false;
            break;
        }
        at += 1 + used;
    }
    return slice_of(out, n);
}

struct slice vm_unescape_unicode(struct machine *m, struct slice s, bool *ret_ok)
{
    *ret_ok = true;
    if (slice_find_byte(s, '\\') == SIZE_MAX && all_ascii(s)) return s.p ? s : S("");
    uint8_t *out = arena_alloc(m->heap.arena, s.n, 2);
    size_t n = 0;
    for (size_t at = 0; out && at < s.n;) {
        uint8_t kind = s.p[at] == '\\' && at + 1 < s.n ? s.p[at + 1] : 0;
        if (kind != 'u' && kind != 'U') {
            n += put_utf8(&out[n], s.p[at++]);
            if (kind) n += put_utf8(&out[n], s.p[at++]);
            continue;
        }
        size_t digits = kind == 'u' ? 4 : 8;
        uint32_t code;
        if (!hex(s, at + 2, digits, &code) || code > 0x10ffff) {
            *ret_ok = false;
            break;
        }
        n += put_utf8(&out[n], code);
        at += 2 + digits;
    }
    return slice_of(out, n);
}
