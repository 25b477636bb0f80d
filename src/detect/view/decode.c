/* SPDX-License-Identifier: Apache-2.0 */
/* decode.c - bytes written with other characters: base64 (both alphabets, without padding, with
 * line breaks), hexadecimal, rot13. A run that is not text inside is left alone after its first
 * bytes. */
#include "base/utf8.h"
#include "detect/view/view_part.h"

#define PROBE 64u /* characters that are looked at to see whether it is text */

static int value64(uint8_t c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return -1;
}

static int value16(uint8_t c)
{
    if (c >= '0' && c <= '9') return c - '0';
    uint8_t lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
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

/* Decodes what it can; zeros are left out when `wide` (UTF-16). */
static size_t decode64(struct view_out *o, struct slice s, size_t from, size_t to, bool wide)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t at = from, start = from;
    for (size_t n; at < to; at += n) {
        int v = value64(s.p[at]);
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
    }
    return at;
}

static size_t zeros(const struct view_out *o)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++) n += !o->p[i];
    return n;
}

/* The start from which the run is text; SIZE_MAX: it is not. */
static size_t start64(struct slice s, size_t from, size_t to, bool *ret_wide)
{
    uint8_t bytes[PROBE];
    uint32_t map[PROBE];
    for (size_t shift = 0; shift < 4 && from + shift < to; shift++) {
        struct view_out o = {bytes, map, 0, PROBE};
        size_t end = from + shift + PROBE < to ? from + shift + PROBE : to;
        decode64(&o, s, from + shift, end, false);
        *ret_wide = zeros(&o) * 3 > o.n;
        if (*ret_wide) {
            o.n = 0;
            decode64(&o, s, from + shift, end, true);
        }
        if (view_is_text(slice_of(bytes, o.n))) return from + shift;
    }
    return SIZE_MAX;
}

size_t base64_part(struct view_out *o, struct slice source, size_t from, size_t to)
{
    bool wide;
    size_t start = start64(source, from, to, &wide);
    if (start == SIZE_MAX) return to;
    return decode64(o, source, start, to, wide);
}

static size_t decode16(struct view_out *o, struct slice s, size_t from, size_t to)
{
    size_t at = from;
    for (size_t n = 2; at + 1 < to; at += n, n = 2) {
        int high = value16(s.p[at]), low = value16(s.p[at + 1]);
        if (high >= 0 && low >= 0)
            view_put(o, (uint8_t)(high << 4 | low), at);
        else if (!is_break(s, at, &n))
            break;
    }
    return at + 1 < to ? at : to;
}

size_t hex_part(struct view_out *o, struct slice source, size_t from, size_t to)
{
    uint8_t bytes[PROBE];
    uint32_t map[PROBE];
    for (size_t shift = 0; shift < 2; shift++) {
        struct view_out probe = {bytes, map, 0, PROBE};
        decode16(&probe, source, from + shift, to - from > PROBE ? from + PROBE : to);
        if (view_is_text(slice_of(bytes, probe.n))) return decode16(o, source, from + shift, to);
    }
    return to;
}

size_t rot13_part(struct view_out *o, struct slice source, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++) {
        uint8_t c = source.p[at], lower = c | 0x20;
        if (lower >= 'a' && lower <= 'z') c = (uint8_t)(c + (lower < 'n' ? 13 : -13));
        view_put(o, c, at);
    }
    return to;
}
