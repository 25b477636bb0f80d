/* SPDX-License-Identifier: Apache-2.0 */
/* decode.c - bytes written with other characters: base64 (both alphabets, without padding, with
 * line breaks), hexadecimal, rot13. A run that is not text inside is left alone after its first
 * bytes. */
#include "base/ascii.h"
#include "base/utf8.h"
#include "codec/base64.h"
#include "detect/view/view_part.h"

#define PROBE  32u /* characters that are looked at to see whether it is text */
#define STEP   16u
#define BLOCK  192u /* decoded bytes that are checked together */
#define RESYNC 64u  /* where it is not, it is tried again so many characters later */

/* Invalid UTF-8 or a control character; what is cut at the end does not count. */
static bool is_binary(struct slice s)
{
    for (size_t at = 0, n; at < s.n; at += n) {
        uint32_t c = s.p[at];
        n = 1;
        if (c >= 0x80 && !(n = utf8_next(s, at, &c))) return s.n - at >= 4;
        if (c < 0x20 && c != '\n' && c != '\t' && c != '\r') return true;
        if (c == 0x7f || (c >= 0x80 && c < 0xa0)) return true;
    }
    return false;
}

bool view_is_text(struct slice s)
{
    size_t odd = 0, high = 0, count = 0;
    for (size_t at = 0, n; at < s.n; at += n, count++) {
        uint32_t c = s.p[at];
        n = 1;
        if (c < 0x20)
            odd += c != '\n' && c != '\t' && c != '\r';
        else if (c >= 0x80) {
            n = utf8_next(s, at, &c);
            if (!n && s.n - at < 4) break;
            if (!n) return false;
            high++;
        }
        odd += c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0xfffd;
    }
    return count >= 8 && !(odd * 32 > count) && (high < 4 || high * 8 < count * 7 || count > 16);
}

static bool is_break(struct slice s, size_t at, size_t *ret_n)
{
    uint8_t c = s.p[at];
    *ret_n = 1;
    if (c == '\n' || c == '\r' || c == ' ' || c == '\t') return true;
    if (c != '\\' || at + 1 >= s.n) return false;
    *ret_n = 2;
    return s.p[at + 1] == 'n' || s.p[at + 1] == 'r';
}

/* How far it is text, in small steps. */
static size_t text_end(struct slice s, size_t at)
{
    while (at < s.n) {
        size_t end = at + STEP < s.n ? at + STEP : s.n;
        while (end < s.n && (s.p[end] & 0xc0) == 0x80) end++;
        if (is_binary(slice_sub(s, at, end - at))) break;
        at = end;
    }
    return at;
}

/* Block after block: what stops being text is cut off, and the rest is tried anew from there. */
static bool check_text(struct view_out *o, size_t *checked)
{
    size_t end = text_end(slice_of(o->p, o->n), *checked);
    bool good = end == o->n || o->n - end < 4; /* a character that is not whole yet */
    *checked = end;
    if (!good) o->n = end;
    return good;
}

static inline bool still_text(struct view_out *o, size_t *checked, size_t block)
{
    return o->n - *checked < block || check_text(o, checked);
}

/* Decodes what it can; zeros are left out when `wide` (UTF-16). */
static size_t decode64(struct view_out *o, struct slice s, size_t from, size_t to, bool wide)
{
    size_t checked = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    size_t at = from, start = from;
    for (size_t n; at < to; at += n) {
        int v = base64_digit(s.p[at]);
        n = 1;
        if (v < 0 && is_break(s, at, &n)) continue;
        if (v < 0) break;
        if (have < 2) start = at;
        bits = bits << 6 | (uint32_t)v;
        have += 6;
        if (have < 8) continue;
        have -= 8;
        uint8_t byte = (uint8_t)(bits >> have);
        if (byte || !wide) view_put(o, byte, start);
        start = at;
        if (!still_text(o, &checked, BLOCK)) return o->map[o->n];
    }
    return still_text(o, &checked, 1) ? at : o->map[o->n];
}

/* Most runs are no text, and their first bytes already tell so: a control character,
 * or the second byte of a character without its first. Zeros may belong to UTF-16. */
static bool begins_binary(struct slice s, size_t at)
{
    uint32_t bits = 0;
    bool high = false; /* within a character of several bytes, or behind one */
    for (size_t i = 0; i < 11; i++) {
        int v = base64_digit(s.p[at + i]);
        if (v < 0) return false;
        bits = bits << 6 | (uint32_t)v;
        if (i % 4 == 0) continue;
        uint8_t byte = (uint8_t)(bits >> (6 - i % 4 * 2));
        if (byte && byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r') return true;
        if (byte == 0x7f || byte >= 0xf8 || (!high && byte >= 0x80 && byte < 0xc0)) return true;
        if (byte) high = byte >= 0x80;
    }
    return false;
}

/* The start from which the run is text; SIZE_MAX: it is not. */
static size_t start64(struct slice s, size_t from, size_t to, bool *ret_wide)
{
    uint8_t bytes[PROBE];
    uint32_t map[PROBE];
    for (size_t shift = 0; shift < 4 && from + shift < to; shift++) {
        struct view_out o = {bytes, map, 0, PROBE};
        size_t start = from + shift, end = to - start > PROBE ? start + PROBE : to;
        if (to - start >= PROBE && begins_binary(s, start)) continue;
        decode64(&o, s, start, end, true);
        bool text = view_is_text(slice_of(bytes, o.n));
        *ret_wide = text && end - start > o.n + o.n / 2 + 8;
        if (text) return start;
    }
    return SIZE_MAX;
}

typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* Are all 16 bytes digits of the base, 16 or 64? */
static inline bool all_digits(const uint8_t *p, unsigned base)
{
    bytes16 v, small;
    uint64_t half[2];
    memcpy(&v, p, sizeof v);
    small = (v | 0x20) - 'a';
    bytes16 good =
        (bytes16)((bytes16)(v - '0') < 10) | (bytes16)(small < (uint8_t)(base == 16 ? 6 : 26));
    if (base == 64) good |= (bytes16)((v == '+') | (v == '/') | (v == '-') | (v == '_'));
    memcpy(half, &good, sizeof half);
    return (half[0] & half[1]) == UINT64_MAX;
}

/* Where to try again: behind the next character of another alphabet, or a little later. */
static inline size_t retry(struct slice s, size_t at, size_t to, unsigned base)
{
    size_t end = to - at > RESYNC ? at + RESYNC : to;
    while (end - at >= sizeof(bytes16) && all_digits(s.p + at, base)) at += sizeof(bytes16);
    while (at < end && (base == 16 ? ascii_hex(s.p[at]) : base64_digit(s.p[at])) >= 0) at++;
    return at < end ? at + 1 : at;
}

size_t base64_part(struct view_out *o, struct slice source, size_t from, size_t to)
{
    bool wide;
    for (size_t at = from; at < to; at = retry(source, at, to, 64)) {
        size_t start = start64(source, at, to, &wide);
        if (start != SIZE_MAX) return decode64(o, source, start, to, wide);
    }
    return to;
}

static size_t decode16(struct view_out *o, struct slice s, size_t from, size_t to)
{
    size_t at = from, checked = 0;
    for (size_t n = 2; at + 1 < to; at += n, n = 2) {
        if (!still_text(o, &checked, BLOCK)) return o->map[o->n];
        int high = ascii_hex(s.p[at]), low = ascii_hex(s.p[at + 1]);
        if (high >= 0 && low >= 0)
            view_put(o, (uint8_t)(high << 4 | low), at);
        else if (!is_break(s, at, &n))
            break;
    }
    if (!still_text(o, &checked, 1)) return o->map[o->n];
    return at + 1 < to ? at : to;
}

/* As begins_binary(): a control character, or the second byte of a character without its first. */
static bool begins_binary16(struct slice s, size_t at)
{
    bool high = false;
    for (size_t i = 0; i < 12; i++, at += 2) {
        int first = ascii_hex(s.p[at]), second = ascii_hex(s.p[at + 1]);
        if (first < 0 || second < 0) return false;
        uint8_t byte = (uint8_t)(first << 4 | second);
        if (byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r') return true;
        if (byte == 0x7f || byte >= 0xf8 || (!high && byte >= 0x80 && byte < 0xc0)) return true;
        high = byte >= 0x80;
    }
    return false;
}

static size_t start16(struct slice s, size_t from, size_t to)
{
    uint8_t bytes[PROBE];
    uint32_t map[PROBE];
    for (size_t shift = 0; shift < 2; shift++) {
        struct view_out probe = {bytes, map, 0, PROBE};
        if (to - from > PROBE && begins_binary16(s, from + shift)) continue;
        decode16(&probe, s, from + shift, to - from > PROBE ? from + PROBE : to);
        if (view_is_text(slice_of(bytes, probe.n))) return from + shift;
    }
    return SIZE_MAX;
}

size_t hex_part(struct view_out *o, struct slice source, size_t from, size_t to)
{
    for (size_t at = from; at < to; at = retry(source, at, to, 16)) {
        size_t start = start16(source, at, to);
        if (start != SIZE_MAX) return decode16(o, source, start, to);
    }
    return to;
}

size_t rot13_part(struct view_out *o, struct slice source, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++) {
        uint8_t c = source.p[at], lower = c | 0x20;
        if (ascii_lower(lower)) c = (uint8_t)(c + (lower < 'n' ? 13 : -13));
        view_put(o, c, at);
    }
    return to;
}
