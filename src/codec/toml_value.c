/* SPDX-License-Identifier: Apache-2.0 */
/* toml_value.c - the four kinds of strings, numbers, booleans, dates. */
#include "base/buf.h"
#include "base/num.h"
#include "base/utf8.h"
#include "codec/toml_part.h"

#define TEXT_MAX (1u << 20)

/* ---- strings ---- */

static bool unicode(struct toml *t, unsigned digits, struct buf *out)
{
    uint64_t code;
    if (!num_hex(slice_sub(t->in, t->at, digits), &code) || t->at + digits > t->in.n ||
        code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return toml_fail(t, "not a Unicode character", "write \\uXXXX or \\UXXXXXXXX in hex");
    t->at += digits;
    utf8_put(out, (uint32_t)code);
    return true;
}

/* A backslash at the end of a line: skip to the next word. */
static bool joined_line(struct toml *t)
{
    size_t at = t->at;
    while (at < t->in.n && (t->in.p[at] == ' ' || t->in.p[at] == '\t' || t->in.p[at] == '\r')) at++;
    if (at >= t->in.n || t->in.p[at] != '\n') return false;
    for (int c; (c = toml_peek(t, 0)) == ' ' || c == '\t' || c == '\r' || c == '\n';) toml_step(t);
    return true;
}

static bool escape(struct toml *t, bool multi, struct buf *out)
{
    static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
    int c = toml_peek(t, 0);
    const char *p = c > 0 ? strchr(from, c) : NULL;
    if (p) {
        t->at++;
        buf_byte(out, (uint8_t)to[p - from]);
        return true;
    }
    if (c == 'u' || c == 'U') {
        t->at++;
        return unicode(t, c == 'u' ? 4 : 8, out);
    }
    if (multi && joined_line(t)) return true;
    return toml_fail(t, "an unknown escape in a string",
                     "write \\\\ for a backslash, or use 'single quotes'");
}

/* One byte or escape of a string's inside; *ret_end when the closing quotes were taken. */
static bool string_step(struct toml *t, int quote, bool multi, struct buf *out, bool *ret_end)
{
    int c = toml_peek(t, 0);
    if (c == quote && (!multi || (toml_peek(t, 1) == quote && toml_peek(t, 2) == quote))) {
        /* up to two quotes may stand right before the three that close */
        for (unsigned i = 0; multi && i < 2 && toml_peek(t, 3) == quote; i++, t->at++)
            buf_byte(out, (uint8_t)quote);
        t->at += multi ? 3 : 1;
        return *ret_end = true;
    }
    if (c < 0 || (!multi && c == '\n'))
        return toml_fail(t, "a string without its end", "close the quotes");
    if (c == '\\' && quote == '"') return t->at++, escape(t, multi, out);
    if (c == '\r' && multi && toml_peek(t, 1) == '\n') return t->at++, true;
    if ((c < 0x20 && c != '\t' && !(multi && c == '\n')) || c == 0x7f)
        return toml_fail(t, "a control character in a string", "write it as \\uXXXX");
    buf_byte(out, (uint8_t)c);
    toml_step(t);
    return true;
}

bool toml_string(struct toml *t, bool multi, struct slice *ret)
{
    int quote = toml_peek(t, 0);
    struct buf b;
    bool end = false, ok = true;
    multi = multi && toml_peek(t, 1) == quote && toml_peek(t, 2) == quote;
    t->at += multi ? 3 : 1;
    if (multi && toml_peek(t, 0) == '\r' && toml_peek(t, 1) == '\n') t->at++;
    if (multi && toml_peek(t, 0) == '\n') toml_step(t);
    buf_init(&b, TEXT_MAX);
    while (ok && !end) ok = string_step(t, quote, multi, &b, &end);
    if (ok) *ret = arena_copy(t->arena, buf_slice(&b));
    if (ok && (!ret->p || !buf_ok(&b)))
        ok = toml_stop(t, ret->p ? ST_LIMIT : ST_NOMEM, "too long for memory");
    buf_done(&b);
    return ok;
}

/* ---- numbers ---- */

static bool is_digit(int c, unsigned base)
{
    if (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return true;
    return c >= '0' && c < '0' + (int)(base < 10 ? base : 10);
}

/* Copy digits without their underscores, which must stand between digits. */
static bool plain_digits(struct slice s, unsigned base, const char *also, struct buf *out)
{
    for (size_t i = 0; i < s.n; i++) {
        int c = s.p[i];
        bool between = i && i + 1 < s.n && is_digit(s.p[i - 1], base) && is_digit(s.p[i + 1], base);
        if (c == '_' && between) continue;
        if (!is_digit(c, base) && !strchr(also, c)) return false;
        buf_byte(out, (uint8_t)c);
    }
    return out->n > 0;
}

static bool read_based(struct slice s, unsigned base, struct buf *b, int64_t *ret)
{
    uint64_t n = 0;
    if (!plain_digits(s, base, "", b)) return false;
    for (size_t i = 0; i < b->n; i++) {
        unsigned c = b->p[i], digit = c <= '9' ? c - '0' : (c | 32u) - 'a' + 10;
        if (!num_mul(n, base, &n) || !num_add(n, digit, &n) || n > INT64_MAX) return false;
    }
    *ret = (int64_t)n;
    return true;
}

static struct slice unsigned_part(struct slice s)
{
    return s.n && (s.p[0] == '+' || s.p[0] == '-') ? slice_sub(s, 1, s.n) : s;
}

static bool leading_zero(struct slice s)
{
    s = unsigned_part(s);
    return s.n > 1 && s.p[0] == '0' && is_digit(s.p[1], 10);
}

static bool read_integer(struct slice s, struct toml_node *n, struct buf *b)
{
    static const struct {
        uint8_t letter;
        unsigned base;
    } bases[] = {{'x', 16}, {'o', 8}, {'b', 2}};
    for (size_t i = 0; i < 3; i++)
        if (s.n > 2 && s.p[0] == '0' && s.p[1] == bases[i].letter)
            return read_based(slice_sub(s, 2, s.n), bases[i].base, b, &n->number);
    struct slice digits = unsigned_part(s);
    if (leading_zero(s) || !digits.n || !plain_digits(digits, 10, "", b)) return false;
    struct slice plain = buf_slice(b);
    char text[32];
    int length = snprintf(text, sizeof text, "%s%.*s", s.p[0] == '-' ? "-" : "", SLICE_ARG(plain));
    return length > 0 && (size_t)length < sizeof text &&
           num_i64(slice_of(text, (size_t)length), &n->number);
}

/* A dot and an exponent need digits on both sides. */
static bool float_shape(struct slice s)
{
    s = unsigned_part(s);
    bool digit = false, dot = false, exponent = false;
    for (size_t i = 0; i < s.n; i++) {
        int c = s.p[i];
        if (is_digit(c, 10)) {
            digit = true;
        } else if (c == '.') {
            if (dot || exponent || !digit) return false;
            dot = true;
            digit = false;
        } else if (c == 'e' || c == 'E') {
            if (exponent || !digit) return false;
            exponent = true;
            digit = false;
            if (i + 1 < s.n && (s.p[i + 1] == '+' || s.p[i + 1] == '-')) i++;
        } else {
            return false;
        }
    }
    return digit && (dot || exponent);
}

static bool read_float(struct slice s, struct toml_node *n, struct buf *b)
{
    struct slice word = unsigned_part(s);
    bool special = slice_eq(word, S("inf")) || slice_eq(word, S("nan"));
    n->kind = TOML_FLOAT;
    if (special) {
        double sign = s.p[0] == '-' ? -1.0 : 1.0;
        n->real = sign * (word.p[0] == 'i' ? __builtin_inf() : __builtin_nan(""));
        return true;
    }
    buf_reset(b);
    if (leading_zero(s) || !plain_digits(s, 10, ".eE+-", b) || !float_shape(buf_slice(b)))
        return false;
    struct slice plain = buf_slice(b);
    if (plain.n && plain.p[0] == '+') plain = slice_sub(plain, 1, plain.n);
    return num_f64(plain, &n->real);
}

/* ---- dates ---- */

static bool two(struct slice s, size_t at, unsigned low, unsigned high)
{
    uint64_t n;
    return num_u64(slice_sub(s, at, 2), &n) && at + 2 <= s.n && n >= low && n <= high;
}

static bool is_date(struct slice s)
{
    uint64_t year, month = 0, day = 0;
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !num_u64(slice_sub(s, 0, 4), &year) ||
        !two(s, 5, 1, 12) || !two(s, 8, 1, 31))
        return false;
    (void)num_u64(slice_sub(s, 5, 2), &month);
    (void)num_u64(slice_sub(s, 8, 2), &day);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] && (month != 2 || day < 29 || leap);
}

/* hh:mm:ss[.f...][Z or +hh:mm] */
static bool is_time(struct slice s, bool zone)
{
    if (s.n < 8 || s.p[2] != ':' || s.p[5] != ':' || !two(s, 0, 0, 23) || !two(s, 3, 0, 59) ||
        !two(s, 6, 0, 60))
        return false;
    size_t at = 8;
    if (at < s.n && s.p[at] == '.') {
        at++;
        size_t from = at;
        while (at < s.n && is_digit(s.p[at], 10)) at++;
        if (at == from) return false;
    }
    if (at == s.n) return true;
    if (!zone) return false;
    if (s.p[at] == 'Z' || s.p[at] == 'z') return at + 1 == s.n;
    return (s.p[at] == '+' || s.p[at] == '-') && s.n == at + 6 && two(s, at + 1, 0, 23) &&
           s.p[at + 3] == ':' && two(s, at + 4, 0, 59);
}

static bool is_moment(struct slice s)
{
    if (is_date(s) || is_time(s, false)) return true;
    return s.n > 11 && (s.p[10] == 'T' || s.p[10] == 't' || s.p[10] == ' ') &&
           is_date(slice_sub(s, 0, 10)) && is_time(slice_sub(s, 11, s.n), true);
}

/* ---- all ---- */

static bool is_word(int c)
{
    return is_digit(c, 16) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '+' || c == '-' || c == '.' || c == ':';
}

static struct slice word(struct toml *t)
{
    size_t from = t->at;
    while (is_word(toml_peek(t, 0))) t->at++;
    struct slice w = slice_sub(t->in, from, t->at - from);
    /* a date and a time may stand apart by one space */
    if (is_date(w) && toml_peek(t, 0) == ' ' && is_digit(toml_peek(t, 1), 10)) {
        t->at++;
        while (is_word(toml_peek(t, 0))) t->at++;
        w = slice_sub(t->in, from, t->at - from);
    }
    return w;
}

static bool read_number(struct slice s, struct toml_node *n)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    n->kind = TOML_INTEGER;
    bool ok = read_integer(s, n, &b) || read_float(s, n, &b);
    buf_done(&b);
    return ok;
}

bool toml_scalar(struct toml *t, struct toml_node *n)
{
    size_t from = t->at;
    n->text = word(t);
    if (slice_eq(n->text, S("true")) || slice_eq(n->text, S("false"))) {
        n->kind = TOML_BOOL;
        n->on = n->text.p[0] == 't';
        return true;
    }
    if (n->text.n && is_moment(n->text)) {
        n->kind = TOML_DATE;
        return true;
    }
    if (n->text.n && read_number(n->text, n)) return true;
    t->at = from;
    return toml_fail(t, "not a value", "text needs quotes: key = \"text\"");
}
