/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/judge/hold_odd.h"
#include "base/ascii.h"
#include "base/utf8.h"
#include "detect/view/chars.h"
#include "detect/view/lookalike.h"
#include "port/utf8proc/unfold.h"

#define RUN_LEAST  24u  /* as marks of base64 begin */
#define RUN_BEHIND 32u  /* a next line of it would be as long by then */
#define ESCAPE_GAP 16u  /* between escapes that belong together */
#define ESCAPES    3u   /* that make a mark */
#define LINE_MOST  256u /* behind a disguised letter */

void odd_begin(struct hold_odd *o)
{
    *o = (struct hold_odd){.pin = ODD_NONE};
}

static bool is_run(uint8_t c)
{
    return ascii_alnum(c) || c == '+' || c == '/' || c == '-' || c == '_' || c == '=';
}

/* An escape that ends at t.p[at] (its last byte that makes it one). */
static bool ends_escape(struct slice t, size_t at)
{
    uint8_t c = t.p[at];
    if (at >= 1 && t.p[at - 1] == '&') return c == '#';
    if (at >= 1 && t.p[at - 1] == '\\') return c == 'x' || c == 'u' || c == 'U';
    if (at < 2) return false;
    if (t.p[at - 2] == '%') return ascii_is_hex(c) && ascii_is_hex(t.p[at - 1]);
    return t.p[at - 2] == '\\' && c >= '0' && c <= '7' && t.p[at - 1] >= '0' && t.p[at - 1] <= '7';
}

static bool is_alike(uint32_t c)
{
    bool exact;
    if (c < 0x250 || (c >= 0x300 && c < 0x370)) return false;
    return lookalike(c, &exact) != 0;
}

/* A letter that is drawn or meant as an ASCII one though its script has nothing to do with it: full
 * width, mathematical, in circles. */
static bool is_styled(uint32_t c)
{
    uint32_t forms[UNFOLD_MAX];
    if (c < 0x2000 || (c >= 0x3040 && c < 0xfb00)) return false;
    if (c == 0x2026 || c == 0x2122 || c == 0x2120) return false; /* dots, TM: everyday signs */
    size_t n = unfold(c, forms);
    for (size_t i = 0; i < n; i++)
        if (forms[i] < 0x80 && forms[i] != c && ascii_alnum((uint8_t)forms[i])) return true;
    return false;
}

static bool is_unseen(uint32_t c)
{
    enum unseen u = unseen_kind(c);
    return u != UNSEEN_NO && u != UNSEEN_MARK && c != 0xfe0f && c != 0x200d;
}

/* The character that ends at t.p[at], and whether the one before it is of the other alphabet. */
static bool is_odd_letter(struct slice t, size_t at)
{
    uint8_t c = t.p[at];
    size_t from = at;
    while (from && at - from < 3 && (t.p[from] & 0xc0) == 0x80) from--;
    uint32_t code = c, before = ' ';
    if (c >= 0x80 && utf8_next(slice_sub(t, from, at + 1 - from), 0, &code) != at + 1 - from)
        return false;
    if (from) {
        size_t low = from - 1;
        while (low && from - low < 4 && (t.p[low] & 0xc0) == 0x80) low--;
        before = t.p[low];
        if (before >= 0x80 && !utf8_next(slice_sub(t, low, from - low), 0, &before)) before = ' ';
    }
    if (is_unseen(code) || is_styled(code)) return true;
    return (is_alike(code) && char_latin(before)) || (char_latin(code) && is_alike(before)) ||
           (ascii_digit(c) && is_alike(before)) ||
           (is_alike(code) && before < 0x80 && ascii_digit((uint8_t)before));
}

/* Signs in full width are everyday ones in Chinese: they go on with letters and begin nothing. */
static bool is_wide_sign(struct slice t, size_t at)
{
    uint32_t code;
    if (at < 2 || t.p[at - 2] != 0xef) return false;
    return utf8_next(slice_sub(t, at - 2, 3), 0, &code) == 3 && code > 0xff00 && code < 0xff5f;
}

static void pin(struct hold_odd *o, uint64_t safe, uint64_t to)
{
    if (o->pin == ODD_NONE) o->pin = safe;
    o->last = to;
}

void odd_feed(struct hold_odd *o, struct slice t, uint64_t base, uint64_t safe)
{
    for (; o->at < base + t.n; o->at++) {
        size_t at = (size_t)(o->at - base);
        uint8_t c = t.p[at];
        o->run = is_run(c) ? o->run + 1 : 0;
        if (o->run >= RUN_LEAST) pin(o, safe, o->at + 1);
        if (c < 0x80 && c >= '!' && ends_escape(t, at)) {
            o->escapes = o->at - o->escape > ESCAPE_GAP + 8 ? 1 : o->escapes + 1;
            o->escape = o->at + 1;
            pin(o, safe, o->at + 1);
        }
        if ((c >= 0x80 || (at && t.p[at - 1] >= 0x80)) && is_odd_letter(t, at)) {
            pin(o, safe, o->at + 1);
            o->letters = true;
        }
        if (o->letters && is_wide_sign(t, at)) pin(o, safe, o->at + 1);
    }
}

bool odd_is_over(const struct hold_odd *o, struct slice t, uint64_t base)
{
    uint64_t behind = base + t.n - o->last;
    if (o->pin == ODD_NONE || o->run >= RUN_LEAST) return false;
    if (!o->letters && o->escapes < ESCAPES) return behind >= RUN_BEHIND;
    if (behind >= LINE_MOST) return true;
    struct slice rest = slice_sub(t, (size_t)(o->last - base), t.n);
    return slice_find_byte(rest, '\n') != SIZE_MAX && behind >= RUN_BEHIND;
}

static bool is_solid(uint8_t c)
{
    return c > ' ' && c < 0x7f;
}

/* The letters at the end that a Latin one behind them would make odd. */
static size_t alike_tail(struct slice t)
{
    size_t at = t.n;
    while (at && t.n - at < 64) {
        size_t low = at - 1;
        uint32_t code = t.p[low];
        while (low && at - low < 4 && (t.p[low] & 0xc0) == 0x80) low--;
        if (t.p[low] < 0x80) break;
        size_t n = utf8_next(slice_sub(t, low, at - low), 0, &code);
        if (n && (n != at - low || !is_alike(code))) break;
        at = low; /* of what is cut nothing is known */
    }
    size_t high = at;
    while (high < t.n && at && high - at < 64 && is_solid(t.p[at - 1])) at--;
    return at;
}

uint64_t odd_open(const struct hold_odd *o, struct slice t, uint64_t base, uint64_t safe)
{
    uint64_t open = base + alike_tail(t);
    for (size_t n = 1; n <= 3 && n <= t.n; n++) {
        uint8_t c = t.p[t.n - n];
        if ((c == '&' && n == 1) || (c == '\\' && n < 3) || (c == '%' && n < 3)) open = safe;
    }
    return o->pin < open ? o->pin : open;
}
