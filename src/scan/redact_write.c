/* SPDX-License-Identifier: Apache-2.0 */
/* redact_write.c - the copy: bytes between spans as they lie, replacements in their place.
 *
 *    unit      one, two or four bytes: UTF-16 and UTF-32 stay what they are
 *    JSON      a value inside a string is replaced inside its quotes; a bare number becomes a
 * string (or null); keys stay CSV       replacements hold no delimiter, quote or line end, so cells
 * and rows stay
 */
#include "base/num.h"
#include "base/utf8.h"
#include "scan/redact_part.h"
#include <unistd.h>

#define CHUNK       (1u << 20)
#define VALUE_MAX   65536u
#define BETWEEN_MAX 64u

struct copying {
    struct redact_copy *copy;
    struct slice in;
    struct buf out; /* not yet in the file */
    size_t unit;
    bool big_endian, json, csv, markup, bad;
    size_t at; /* everything before was copied */
    /* JSON: what stands at `looked` */
    size_t looked, string_from, string_to;
    bool in_string, is_key;
};

/* ---- units ---- */

static uint32_t unit_at(const struct copying *c, size_t i)
{
    uint32_t v = 0;
    for (size_t k = 0; k < c->unit && i + k < c->in.n; k++) {
        size_t shift = c->big_endian ? c->unit - 1 - k : k;
        v |= (uint32_t)c->in.p[i + k] << (8 * shift);
    }
    return v;
}

static void put_unit(struct copying *c, uint32_t v)
{
    for (size_t k = 0; k < c->unit; k++) {
        size_t shift = c->big_endian ? c->unit - 1 - k : k;
        buf_byte(&c->out, (uint8_t)(v >> (8 * shift)));
    }
}

static void put_text(struct copying *c, struct slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t ch = text.p[i];
        if (c->markup) ch = ch == '<' ? '[' : ch == '>' ? ']' : ch; /* a token is no element */
        put_unit(c, ch);
    }
}

static void flush(struct copying *c)
{
    struct redact_copy *to = c->copy;
    struct slice rest = buf_slice(&c->out);
    if (to->fd < 0) { /* only counted */
        to->written += rest.n;
        rest.n = 0;
    }
    while (rest.n && !c->bad) {
        ssize_t n = pwrite(to->fd, rest.p, rest.n, (off_t)(to->fd_at + to->written));
        if (n <= 0) c->bad = true;
        if (n <= 0) break;
        to->written += (uint64_t)n;
        rest = slice_sub(rest, (size_t)n, rest.n);
    }
    buf_reset(&c->out);
}

static void copy_to(struct copying *c, size_t to)
{
    while (c->at < to) {
        size_t n = to - c->at < CHUNK ? to - c->at : CHUNK;
        buf_add(&c->out, slice_sub(c->in, c->at, n));
        c->at += n;
        if (c->out.n >= CHUNK) flush(c);
    }
}

/* ---- JSON ---- */

/* The closing quote of the string that begins behind `i`; the end of the line if it has none. */
static size_t end_of_string(const struct copying *c, size_t i)
{
    for (; i < c->in.n; i += c->unit) {
        uint32_t v = unit_at(c, i);
        if (v == '"' || v == '\n') break;
        if (v == '\\') i += c->unit;
    }
    return i < c->in.n ? i : c->in.n;
}

static bool colon_follows(const struct copying *c, size_t i)
{
    for (i += c->unit; i < c->in.n; i += c->unit) {
        uint32_t v = unit_at(c, i);
        if (v == ':') return true;
        if (v != ' ' && v != '\t' && v != '\n' && v != '\r') return false;
    }
    return false;
}

/* Move on to `to`, string by string: is it inside one? */
static void look_to(struct copying *c, size_t to)
{
    if (c->in_string && to < c->string_to) return;
    if (c->in_string) c->looked = c->string_to + c->unit;
    c->in_string = false;
    while (c->looked < to && !c->in_string) {
        if (unit_at(c, c->looked) != '"') {
            c->looked += c->unit;
            continue;
        }
        c->string_from = c->looked + c->unit;
        c->string_to = end_of_string(c, c->string_from);
        c->in_string = to >= c->string_from && to < c->string_to;
        if (c->in_string) c->is_key = colon_follows(c, c->string_to);
        if (!c->in_string) c->looked = c->string_to + c->unit;
    }
}

static bool in_number(uint32_t v)
{
    return (v >= '0' && v <= '9') || v == '-' || v == '+' || v == '.' || v == 'e' || v == 'E';
}

/* A bare token gets its whole extent. */
static void widen(const struct copying *c, size_t *from, size_t *to)
{
    while (*from >= c->at + c->unit && in_number(unit_at(c, *from - c->unit))) *from -= c->unit;
    while (*to < c->in.n && in_number(unit_at(c, *to))) *to += c->unit;
}

/* ---- values ---- */

/* Four hex digits at i, or a value beyond 16 bits. */
static uint32_t hex4(const struct copying *c, size_t i)
{
    uint8_t digits[4];
    uint64_t v;
    for (size_t k = 0; k < 4; k++) {
        uint32_t u = unit_at(c, i + k * c->unit);
        digits[k] = u < 128 ? (uint8_t)u : 0;
    }
    return num_hex(slice_of(digits, 4), &v) ? (uint32_t)v : 0x110000;
}

/* The unit at *i, its escape resolved; *i moves on. */
static uint32_t next_char(const struct copying *c, size_t *i, size_t to)
{
    static const char from[] = "bfnrt", into[] = "\b\f\n\r\t";
    uint32_t v = unit_at(c, *i);
    *i += c->unit;
    if (c->csv && v == '"' && *i < to && unit_at(c, *i) == '"') *i += c->unit;
    if (!c->json || !c->in_string || v != '\\' || *i >= to) return v;
    v = unit_at(c, *i);
    *i += c->unit;
    if (v == 'u') {
        v = hex4(c, *i);
        *i += 4 * c->unit;
        return v;
    }
    const char *p = v && v < 128 ? strchr(from, (int)v) : NULL;
    return p ? (uint32_t)into[p - from] : v;
}

/* The value as people write it, in UTF-8 where the source's characters are known. */
static void decode(const struct copying *c, size_t from, size_t to, struct buf *out)
{
    uint32_t high = 0;
    for (size_t i = from; i < to && out->n < VALUE_MAX;) {
        bool plain = c->unit == 1 && !(c->json && c->in_string && c->in.p[i] == '\\');
        uint32_t v = next_char(c, &i, to);
        if (plain) {
            buf_byte(out, (uint8_t)v);
        } else if (v >= 0xd800 && v < 0xdc00) {
            high = v;
        } else {
            if (v >= 0xdc00 && v < 0xe000 && high)
                v = 0x10000 + ((high & 0x3ff) << 10 | (v & 0x3ff));
            high = 0;
            utf8_put(out, v <= 0x10ffff ? v : 0xfffd);
        }
    }
}

/* ---- one span ---- */

static void replace(struct copying *c, const struct redact_span *s, size_t from, size_t to)
{
    const struct redact_request *q = c->copy->request;
    struct buf value, text;
    bool bare = c->json && !c->in_string;
    bool whole = c->json && c->in_string && from == c->string_from && to == c->string_to;
    bool null = q->mode == REDACT_DROP && !c->copy->blank && (bare || whole);
    buf_init(&value, VALUE_MAX + 16);
    buf_init(&text, VALUE_MAX);
    decode(c, from, to, &value);
    if (null && whole) from -= c->unit, to += c->unit;
    copy_to(c, from);
    if (null)
        buf_str(&text, "null");
    else
        redact_replacement(q, c->copy->blank, c->copy->spans->rules[s->rule], buf_slice(&value),
                           &text);
    if (bare && !null) put_unit(c, '"');
    put_text(c, buf_slice(&text));
    if (bare && !null) put_unit(c, '"');
    c->at = to;
    c->copy->spans->values[s->rule]++;
    buf_done(&value);
    buf_done(&text);
}

/* Text between marks, where only a value's begin is known. */
static void widen_text(const struct copying *c, size_t *to)
{
    for (; *to < c->in.n; *to += c->unit) {
        uint32_t v = unit_at(c, *to);
        if (v == '<' || v == '>' || v == '"' || v == '\n') break;
    }
}

static void do_span(struct copying *c, const struct redact_span *s)
{
    size_t from = s->from < c->in.n ? (size_t)s->from : c->in.n;
    size_t to = s->to < c->in.n ? (size_t)s->to : c->in.n;
    if (from < c->at) from = c->at;
    if (c->json) look_to(c, from);
    if (c->json && c->in_string && c->is_key) {
        c->copy->keys_left++;
        return;
    }
    bool whole = s->where != SPAN_BYTES;
    if (whole && c->json && c->in_string) from = c->string_from, to = c->string_to;
    if (whole && !c->json) widen_text(c, &to);
    if (c->json && c->in_string && to > c->string_to) to = c->string_to;
    if (c->json && !c->in_string) widen(c, &from, &to);
    if (from < to) replace(c, s, from, to);
}

static void know_units(struct copying *c)
{
    struct slice e = slice_str(c->copy->found->encoding);
    c->unit = slice_starts(e, S("utf-16")) ? 2 : slice_starts(e, S("utf-32")) ? 4 : 1;
    c->big_endian = slice_ends(e, S("be"));
}

bool redact_copy_run(struct redact_copy *copy)
{
    enum format f = copy->found->format;
    struct copying c = {.copy = copy,
                        .in = copy->in,
                        .json = f == FMT_JSON || f == FMT_JSONL || f == FMT_NOTEBOOK,
                        .csv = f == FMT_CSV,
                        .markup = f == FMT_HTML || f == FMT_XML || f == FMT_SVG};
    buf_init(&c.out, 8u << 20);
    know_units(&c);
    copy->written = copy->keys_left = 0;
    for (size_t i = 0; i < copy->spans->count && !c.bad; i++) do_span(&c, &copy->spans->list[i]);
    copy_to(&c, copy->in.n);
    flush(&c);
    bool ok = buf_ok(&c.out) && !c.bad;
    buf_done(&c.out);
    return ok;
}
