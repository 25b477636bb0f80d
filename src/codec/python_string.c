/* SPDX-License-Identifier: Apache-2.0 */
/* python_string.c - the text of string literals (Language Reference 2.4.1). Escapes that Python
 * does not know keep their backslash. \r\n and \r in a literal are \n, as in any source text. */
#include "base/cursor.h"
#include "base/num.h"
#include "codec/escape.h"
#include "codec/python_part.h"

struct decoder {
    struct cursor c;
    uint8_t *out;
    size_t n;
    bool bytes;
};

static void put(struct decoder *d, uint8_t b)
{
    d->out[d->n++] = b;
}

/* An escape is never shorter than what it becomes, so `out` cannot overflow. */
static void put_code(struct decoder *d, uint64_t code)
{
    if (d->bytes)
        put(d, (uint8_t)code);
    else
        d->n += escape_put(d->out + d->n, code > 0x10ffff ? 0xfffd : (uint32_t)code);
}

static void unknown(struct decoder *d, uint8_t letter)
{
    put(d, '\\');
    put(d, letter);
}

/* \xNN \uNNNN \UNNNNNNNN */
static void hex_escape(struct decoder *d, uint8_t letter)
{
    unsigned digits = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
    uint64_t code;
    struct slice text = slice_sub(cur_rest(&d->c), 0, digits);
    if (text.n == digits && num_hex(text, &code)) {
        cur_skip(&d->c, digits);
        put_code(d, code);
    } else {
        unknown(d, letter);
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
    put_code(d, code);
}

static void name_escape(struct decoder *d)
{
    struct cursor c = d->c;
    bool open = cur_u8(&c) == '{';
    struct slice name = cur_until(&c, '}', 100);
    if (!open || !cur_ok(&c)) {
        unknown(d, 'N');
        return;
    }
    d->c = c;
    put_code(d, escape_named(name));
}

static void escape(struct decoder *d)
{
    static const char from[] = "abfnrtv\\'\"", to[] = "\a\b\f\n\r\t\v\\'\"";
    uint8_t c = cur_u8(&d->c);
    const char *simple = c ? strchr(from, c) : NULL;
    if (simple)
        put(d, (uint8_t)to[simple - from]);
    else if (c == 'x' || (!d->bytes && (c == 'u' || c == 'U')))
        hex_escape(d, c);
    else if (c >= '0' && c <= '7')
        octal_escape(d, c);
    else if (c == 'N' && !d->bytes)
        name_escape(d);
    else if (c == '\r' && cur_peek(&d->c, 0) == '\n')
        cur_skip(&d->c, 1);
    else if (c != '\n' && c != '\r')
        unknown(d, c);
}

static bool is_plain(struct slice raw, unsigned flags)
{
    if (!(flags & PY_RAW) && slice_find_byte(raw, '\\') != SIZE_MAX) return false;
    if ((flags & PY_FORMAT) &&
        (slice_find_byte(raw, '{') != SIZE_MAX || slice_find_byte(raw, '}') != SIZE_MAX))
        return false;
    return slice_find_byte(raw, '\r') == SIZE_MAX;
}

struct slice python_unescape(struct arena *a, struct slice raw, unsigned flags)
{
    if (is_plain(raw, flags)) return raw.p ? raw : S("");
    struct decoder d = {.c = cur_of(raw), .bytes = flags & PY_BYTES};
    d.out = arena_room(a, raw.n + 4, 1);
    if (!d.out) return slice_of(NULL, 0);
    while (cur_left(&d.c)) {
        uint8_t c = cur_u8(&d.c);
        int next = cur_peek(&d.c, 0);
        if (c == '\\' && !(flags & PY_RAW) && next >= 0) {
            escape(&d);
        } else if (c == '\r') {
            put(&d, '\n');
            if (next == '\n') cur_skip(&d.c, 1);
        } else {
            put(&d, c);
            if ((flags & PY_FORMAT) && (c == '{' || c == '}') && next == c) cur_skip(&d.c, 1);
        }
    }
    return slice_of(d.out, d.n);
}
