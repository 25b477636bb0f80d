/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ascii.h"
#include "read/text/csv.h"

#define NEAR 256u

size_t csv_quote_or_escape(const struct csv_dialect *d, struct slice s)
{
    if (!d->backslash) return slice_find_byte(s, d->quote);
    for (size_t at = 0; at < s.n; at += NEAR) {
        struct slice part = slice_sub(s, at, NEAR);
        size_t quote = slice_find_byte(part, d->quote);
        size_t slash = slice_find_byte(slice_sub(part, 0, quote), '\\');
        size_t first = slash < quote ? slash : quote;
        if (first != SIZE_MAX) return at + first;
    }
    return SIZE_MAX;
}

/* Moves c->end on to the closing quote; open when it is not before the limit. */
static void find_closing(const struct csv_dialect *d, struct slice text, size_t limit,
                         struct csv_cell *c)
{
    size_t at = c->end;
    c->open = true;
    while (at < limit) {
        struct slice rest = slice_sub(text, at, limit - at);
        size_t first = csv_quote_or_escape(d, rest);
        at = first == SIZE_MAX ? limit : at + first;
        if (at < limit && text.p[at] != d->quote) {
            at += 2;
            continue;
        }
        if (at >= limit || (at + 1 == limit && limit < text.n)) break; /* half of two? */
        c->open = at + 1 < limit && text.p[at + 1] == d->quote;
        if (!c->open) break;
        at += 2;
    }
    c->to = c->end = at < limit ? at : limit;
}

/* Has one of the eight bytes this value? */
static bool has_byte(uint64_t eight, uint8_t byte)
{
    uint64_t x = eight ^ byte * 0x0101010101010101u;
    return (x - 0x0101010101010101u) & ~x & 0x8080808080808080u;
}

/* Where an unquoted cell ends. */
static size_t plain_end(const struct csv_dialect *d, struct slice text, size_t at, size_t limit)
{
    for (; at + 8 <= limit; at += 8) {
        uint64_t eight;
        memcpy(&eight, &text.p[at], sizeof eight);
        if (has_byte(eight, d->separator) || has_byte(eight, '\n') || has_byte(eight, '\r')) break;
    }
    while (at < limit && !csv_ends_cell(d, text.p[at])) at++;
    return at;
}

void csv_cell_more(const struct csv_dialect *d, struct slice text, size_t limit, struct csv_cell *c)
{
    if (c->open) {
        find_closing(d, text, limit, c);
        if (c->open) return;
        c->end++;
    }
    c->end = plain_end(d, text, c->end, limit);
    if (!c->quoted) c->to = c->end;
}

struct csv_cell csv_cell_at(const struct csv_dialect *d, struct slice text, size_t at, size_t limit)
{
    struct csv_cell c = {.from = at, .to = at, .end = at};
    if (at < limit && text.p[at] == d->quote) {
        c.quoted = c.open = true;
        c.from = c.to = c.end = at + 1;
    }
    csv_cell_more(d, text, limit, &c);
    return c;
}

struct slice csv_cell_text(const struct csv_dialect *d, struct slice text,
                           const struct csv_cell *cell, struct arena *arena)
{
    struct slice raw = slice_sub(text, cell->from, cell->to - cell->from);
    if (!cell->quoted || slice_find_byte(raw, d->backslash ? '\\' : d->quote) == SIZE_MAX)
        return raw;
    uint8_t *out = arena_alloc(arena, raw.n, 1);
    size_t n = 0;
    if (!out) return (struct slice){0};
    for (size_t i = 0; i < raw.n; i++) {
        bool first = raw.p[i] == d->quote || (d->backslash && raw.p[i] == '\\');
        if (first && i + 1 < raw.n && (raw.p[i + 1] == d->quote || raw.p[i + 1] == '\\')) i++;
        out[n++] = raw.p[i];
    }
    return slice_of(out, n);
}

/* Digits with one dot or comma, a sign, an exponent; nothing else. */
bool csv_is_number(struct slice cell)
{
    struct slice s = slice_trim(cell);
    bool digit = false;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (ascii_digit(c))
            digit = true;
        else if (c != '.' && c != ',' && c != '-' && c != '+' && !(digit && (c | 0x20) == 'e'))
            return false;
    }
    return digit;
}
