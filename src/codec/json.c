/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - the pull reader. What may come next is one state; the brackets are a bit stack.
 *
 *   VALUE   a value                          (top, after a colon, after a comma in an array)
 *   FIRST_VALUE  a value or ]                FIRST_KEY  a key or }
 *   KEY     a key (after a comma)            AFTER      , or the closing bracket
 *   DONE    only white space
 *
 * Strings are most of the bytes: plain ASCII is passed eight bytes at a time. */
#include "codec/json.h"
#include "base/ascii.h"
#include "base/num.h"
#include "base/utf8.h"

enum expect {
    EXPECT_VALUE,
    EXPECT_FIRST_VALUE,
    EXPECT_FIRST_KEY,
    EXPECT_KEY,
    EXPECT_AFTER,
    EXPECT_DONE
};

#define ONES  0x0101010101010101ull
#define HIGHS 0x8080808080808080ull

void json_init(struct json *j, struct slice in)
{
    *j = (struct json){.in = in, .line = 1};
}

static enum json_token bad(struct json *j, size_t where, const char *why)
{
    j->start = where;
    j->error = why;
    return j->token = JSON_BAD;
}

static int peek(const struct json *j)
{
    return j->at < j->in.n ? j->in.p[j->at] : -1;
}

static void skip_space(struct json *j)
{
    for (; j->at < j->in.n; j->at++) {
        uint8_t c = j->in.p[j->at];
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return;
    }
}

/* Has this word a byte that ends plain text: below 0x20, a quote, a backslash, above 0x7f? */
static bool has_special(uint64_t w)
{
    uint64_t quote = w ^ (ONES * '"'), slash = w ^ (ONES * '\\');
    uint64_t hit = (w - ONES * 0x20) | ((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) | w;
    return (hit & HIGHS) != 0;
}

static void skip_plain(struct json *j)
{
    for (; j->in.n - j->at >= 8; j->at += 8) {
        uint64_t w;
        memcpy(&w, j->in.p + j->at, sizeof w);
        if (has_special(w)) break;
    }
    for (; j->at < j->in.n; j->at++) {
        uint8_t c = j->in.p[j->at];
        if (c < 0x20 || c == '"' || c == '\\' || c > 0x7f) return;
    }
}

/* The four hexadecimal digits at s[at]; false when they are not there. */
static bool hex4(struct slice s, size_t at, uint32_t *ret)
{
    struct slice digits = slice_sub(s, at, 4);
    uint32_t v = 0;
    if (digits.n < 4) return false;
    for (size_t i = 0; i < 4; i++) {
        int d = ascii_hex(digits.p[i]);
        if (d < 0) return false;
        v = v << 4 | (uint32_t)d;
    }
    *ret = v;
    return true;
}

/* At a backslash. */
static bool skip_escape(struct json *j)
{
    uint32_t code;
    uint8_t c = j->at + 1 < j->in.n ? j->in.p[j->at + 1] : 0;
    if (c == 'u') {
        if (!hex4(j->in, j->at + 2, &code)) return false;
        j->at += 6;
        return true;
    }
    if (!c || !strchr("\"\\/bfnrt", c)) return false;
    j->at += 2;
    return true;
}

/* At the opening quote; behind the closing one afterwards. */
static bool string(struct json *j)
{
    size_t from = ++j->at;
    j->escaped = false;
    for (;;) {
        skip_plain(j);
        int c = peek(j);
        uint32_t code;
        if (c == '"') break;
        if (c < 0) return bad(j, j->start, "a string without its closing quote"), false;
        if (c == '\\') {
            j->escaped = true;
            if (!skip_escape(j)) return bad(j, j->at, "an escape that JSON does not have"), false;
        } else if (c < 0x20) {
            return bad(j, j->at, "a control character in a string"), false;
        } else {
            size_t n = utf8_next(j->in, j->at, &code);
            if (!n) return bad(j, j->at, "text that is not UTF-8"), false;
            j->at += n;
        }
    }
    j->raw = slice_sub(j->in, from, j->at - from);
    j->at++;
    return true;
}

static bool digits(struct json *j)
{
    size_t from = j->at;
    while (j->at < j->in.n && j->in.p[j->at] >= '0' && j->in.p[j->at] <= '9') j->at++;
    return j->at > from;
}

static bool number_text(struct json *j)
{
    if (peek(j) == '-') j->at++;
    if (peek(j) == '0')
        j->at++;
    else if (!digits(j))
        return false;
    if (peek(j) == '.') {
        j->at++;
        if (!digits(j)) return false;
    }
    if (peek(j) == 'e' || peek(j) == 'E') {
        j->at++;
        if (peek(j) == '+' || peek(j) == '-') j->at++;
        if (!digits(j)) return false;
    }
    return true;
}

static bool word(struct json *j, struct slice text)
{
    if (!slice_eq(slice_sub(j->in, j->at, text.n), text)) return false;
    j->raw = slice_sub(j->in, j->at, text.n);
    j->at += text.n;
    return true;
}

static enum json_token open_bracket(struct json *j, bool object)
{
    if (j->depth == JSON_DEPTH_MAX) return bad(j, j->at, "nested too deep");
    j->in_object[j->depth++] = object;
    j->at++;
    j->expect = object ? EXPECT_FIRST_KEY : EXPECT_FIRST_VALUE;
    return j->token = object ? JSON_OBJECT : JSON_ARRAY;
}

static enum json_token close_bracket(struct json *j)
{
    bool object = j->in_object[--j->depth];
    j->at++;
    j->expect = j->depth ? EXPECT_AFTER : EXPECT_DONE;
    return j->token = object ? JSON_OBJECT_END : JSON_ARRAY_END;
}

static enum json_token scalar(struct json *j, enum json_token token)
{
    j->expect = j->depth ? EXPECT_AFTER : EXPECT_DONE;
    return j->token = token;
}

static enum json_token number(struct json *j)
{
    size_t from = j->at;
    if (j->python && (word(j, S("NaN")) || word(j, S("Infinity")) || word(j, S("-Infinity"))))
        return scalar(j, JSON_NUMBER);
    if (!number_text(j)) return bad(j, from, "not a value");
    j->raw = slice_sub(j->in, from, j->at - from);
    return scalar(j, JSON_NUMBER);
}

static enum json_token value(struct json *j, int c)
{
    switch (c) {
    case '{': return open_bracket(j, true);
    case '[': return open_bracket(j, false);
    case '"': return string(j) ? scalar(j, JSON_STRING) : JSON_BAD;
    case 't': return word(j, S("true")) ? scalar(j, JSON_TRUE) : bad(j, j->at, "not a value");
    case 'f': return word(j, S("false")) ? scalar(j, JSON_FALSE) : bad(j, j->at, "not a value");
    case 'n': return word(j, S("null")) ? scalar(j, JSON_NULL) : bad(j, j->at, "not a value");
    case -1: return bad(j, j->at, "ends too early");
    default: return number(j);
    }
}

static enum json_token key(struct json *j, int c)
{
    if (c != '"') return bad(j, j->at, c < 0 ? "ends too early" : "a key was expected");
    if (!string(j)) return JSON_BAD;
    skip_space(j);
    if (peek(j) != ':') return bad(j, j->at, "a colon was expected");
    j->at++;
    j->expect = EXPECT_VALUE;
    return j->token = JSON_KEY;
}

static bool closes(const struct json *j, int c)
{
    return j->depth && c == (j->in_object[j->depth - 1] ? '}' : ']');
}

/* After a value inside brackets: a comma leads to the next key or value. */
static enum json_token after(struct json *j, int c)
{
    if (closes(j, c)) return close_bracket(j);
    if (c != ',') return bad(j, j->at, c < 0 ? "ends too early" : "a comma was expected");
    j->at++;
    skip_space(j);
    j->start = j->at;
    return j->in_object[j->depth - 1] ? key(j, peek(j)) : value(j, peek(j));
}

enum json_token json_next(struct json *j)
{
    if (j->token == JSON_BAD) return JSON_BAD;
    skip_space(j);
    j->start = j->at;
    int c = peek(j);
    switch ((enum expect)j->expect) {
    case EXPECT_FIRST_VALUE:
        if (c == ']') return close_bracket(j);
        return value(j, c);
    case EXPECT_VALUE: return value(j, c);
    case EXPECT_FIRST_KEY:
        if (c == '}') return close_bracket(j);
        return key(j, c);
    case EXPECT_KEY: return key(j, c);
    case EXPECT_AFTER: return after(j, c);
    case EXPECT_DONE: break;
    }
    if (c >= 0) return bad(j, j->at, "bytes after the value");
    return j->token = JSON_END;
}

bool json_skip(struct json *j)
{
    if (j->token != JSON_OBJECT && j->token != JSON_ARRAY) return j->token != JSON_BAD;
    unsigned outside = j->depth - 1;
    while (j->depth > outside)
        if (json_next(j) == JSON_BAD) return false;
    return true;
}

/* The character at s[*at], escapes resolved; *at is moved behind it. s was checked before. */
static uint32_t take_char(struct slice s, size_t *at)
{
    static const char names[] = "bfnrt", codes[] = "\b\f\n\r\t";
    uint32_t code = 0, low = 0;
    if (s.p[*at] != '\\') {
        *at += utf8_next(s, *at, &code);
        return code;
    }
    uint8_t c = s.p[*at + 1];
    if (c != 'u') {
        const char *found = strchr(names, c);
        *at += 2;
        return found ? (uint8_t)codes[found - names] : c;
    }
    (void)hex4(s, *at + 2, &code);
    *at += 6;
    if (code < 0xd800 || code > 0xdfff) return code;
    bool pair = code < 0xdc00 && slice_eq(slice_sub(s, *at, 2), S("\\u")) &&
                hex4(s, *at + 2, &low) && low >= 0xdc00 && low <= 0xdfff;
    if (!pair) return 0xfffd;
    *at += 6;
    return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

static size_t put_char(uint8_t *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i; i--, code >>= 6) out[i] = (uint8_t)(0x80 | (code & 0x3f));
    out[0] = (uint8_t)(lead[n] | code);
    return n;
}

size_t json_char(struct slice raw, size_t *at, uint8_t ret[4])
{
    return put_char(ret, take_char(raw, at));
}

/* Between escapes there are long runs that are copied as they are. */
struct slice json_text(const struct json *j, struct arena *arena)
{
    struct slice raw = j->raw;
    if (!j->escaped) return raw;
    uint8_t *out = arena_room(arena, raw.n, 1); /* no escape is shorter than its character */
    if (!out) return (struct slice){0};
    size_t n = 0;
    for (size_t at = 0; at < raw.n;) {
        size_t run = slice_find_byte(slice_sub(raw, at, raw.n), '\\');
        if (run == SIZE_MAX) run = raw.n - at;
        memcpy(out + n, raw.p + at, run);
        n += run;
        at += run;
        if (at < raw.n) n += put_char(out + n, take_char(raw, &at));
    }
    return slice_of(out, n);
}

bool json_is(const struct json *j, struct slice text)
{
    if (!j->escaped) return slice_eq(j->raw, text);
    size_t done = 0;
    for (size_t at = 0; at < j->raw.n;) {
        uint8_t bytes[4];
        size_t n = put_char(bytes, take_char(j->raw, &at));
        if (!slice_eq(slice_sub(text, done, n), slice_of(bytes, n))) return false;
        done += n;
    }
    return done == text.n;
}

bool json_u64(const struct json *j, uint64_t *ret)
{
    return j->token == JSON_NUMBER && num_u64(j->raw, ret);
}

uint64_t json_line(struct json *j)
{
    if (j->start < j->line_at) {
        j->line_at = 0;
        j->line = 1;
    }
    while (j->line_at < j->start) {
        size_t n = slice_find_byte(slice_sub(j->in, j->line_at, j->start - j->line_at), '\n');
        if (n == SIZE_MAX) {
            j->line_at = j->start;
            break;
        }
        j->line++;
        j->line_at += n + 1;
    }
    return j->line;
}
