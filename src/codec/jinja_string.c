/* SPDX-License-Identifier: Apache-2.0 */
/* jinja_string.c - escapes of string literals, as Python's unicode-escape codec reads them.
 * An escape that spells a plain letter, digit or underscore has no honest use; the flag says that
 * one was there. */
#include "base/cursor.h"
#include "base/num.h"
#include "codec/escape.h"
#include "codec/jinja_part.h"

struct decoder {
    struct cursor c;
    uint8_t *out;
    size_t n;
    bool escaped;
};

static void put_byte(struct decoder *d, uint32_t b)
{
    d->out[d->n++] = (uint8_t)b;
}

static bool is_word(uint64_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code == '_' ||
           (code >= '0' && code <= '9');
}

static void put_escaped(struct decoder *d, uint64_t code)
{
    if (is_word(code)) d->escaped = true;
    /* an escape is never shorter than what it becomes, so `out` cannot overflow */
    d->n += escape_put(d->out + d->n, code > 0x10ffff ? 0xfffd : (uint32_t)code);
}

/* \xNN \uNNNN \UNNNNNNNN; digits that are missing leave the letter alone. */
static void hex_escape(struct decoder *d, uint8_t letter)
{
    unsigned digits = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
    uint64_t code;
    struct slice text = slice_sub(cur_rest(&d->c), 0, digits);
    if (text.n == digits && num_hex(text, &code)) {
        cur_skip(&d->c, digits);
        put_escaped(d, code);
    } else {
        put_byte(d, letter);
    }
}

static void octal_escape(struct decoder *d, uint8_t first)
{
    uint32_t code = first - '0';
    for (unsigned i = 0; i < 2; i++) {
        int next = cur_peek(&d->c, 0);
        if (next < '0' || next > '7') break;
        code = code * 8 + (uint32_t)(next - '0');
        cur_skip(&d->c, 1);
    }
    put_escaped(d, code);
}

static void name_escape(struct decoder *d)
{
    struct cursor c = d->c;
    if (cur_u8(&c) != '{') {
        put_byte(d, 'N');
        return;
    }
    struct slice name = cur_until(&c, '}', 100);
    if (!cur_ok(&c)) {
        put_byte(d, 'N');
        return;
    }
    d->c = c;
    put_escaped(d, escape_named(name));
}

static void escape(struct decoder *d)
{
    static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
    uint8_t c = cur_u8(&d->c);
    const char *simple = c ? strchr(from, c) : NULL;
    if (simple)
        put_byte(d, (uint8_t)to[simple - from]);
    else if (c == 'x' || c == 'u' || c == 'U')
        hex_escape(d, c);
    else if (c >= '0' && c <= '7')
        octal_escape(d, c);
    else if (c == 'N')
        name_escape(d);
    else if (c != '\n')
        put_byte(d, c); /* \\ \' \" and, unlike Python, unknown ones lose their backslash */
}

struct slice jinja_unescape(struct arena *a, struct slice raw, bool *ret_escaped)
{
    *ret_escaped = false;
    if (slice_find_byte(raw, '\\') == SIZE_MAX) return raw;
    struct decoder d = {.c = cur_of(raw), .out = arena_alloc(a, raw.n + 4, 1)};
    if (!d.out) return slice_of(NULL, 0);
    while (cur_left(&d.c)) {
        uint8_t c = cur_u8(&d.c);
        if (c == '\\' && cur_left(&d.c))
            escape(&d);
        else
            put_byte(&d, c);
    }
    *ret_escaped = d.escaped;
    return slice_of(d.out, d.n);
}
