/* SPDX-License-Identifier: Apache-2.0 */
#include "read/data/cells.h"
#include <stdio.h>

#define TEXT_ROOM    ((size_t)256 << 10)
#define CELL_ROOM    ((size_t)8 << 10)
#define PIECE        ((size_t)1 << 20) /* of a long value */
#define OVERLAP      ((size_t)4 << 10)
#define LEAST        1000000u /* seven digits */
#define DOUBLE_EXACT 9007199254740992.0

struct cell {
    int64_t row;
    uint64_t offset;
    uint32_t end; /* in text, without the line end */
    uint32_t times;
};

void cells_init(struct cells *c, struct reading *r)
{
    *c = (struct cells){.r = r, .column = -1, .binaries = {.r = r}};
}

struct lookup {
    const struct cells *c;
    const struct cell *list;
    size_t count;
    struct slice text;
};

/* The first cell that ends at or behind `at`. */
static size_t cell_at(const struct lookup *l, size_t at)
{
    size_t low = 0, high = l->count - 1;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (l->list[mid].end < at)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void locate(void *ctx, size_t at, struct block_place *ret)
{
    const struct lookup *l = ctx;
    size_t i = cell_at(l, at);
    const struct cell *cell = &l->list[i];
    size_t from = i ? l->list[i - 1].end + 1 : 0;
    *ret = (struct block_place){.offset = cell->offset,
                                .row = cell->row,
                                .line = -1,
                                .column = -1,
                                .column_index = l->c->column,
                                .field = l->c->field,
                                .value = slice_sub(l->text, from, cell->end - from),
                                .times = cell->times};
}

static struct block block_of(struct slice text, struct lookup *l)
{
    int64_t row = l->list->row;
    return (struct block){.kind = BLOCK_RECORDS,
                          .text = text,
                          .first_row = row < 0 ? 0 : (uint64_t)row,
                          .rendered = true,
                          .locate = locate,
                          .ctx = l};
}

static enum st tell_block(struct cells *c, const struct block *b)
{
    const struct lookup *l = b->ctx;
    tell(c->r, &(struct event){.kind = EV_BLOCK, .offset = l->list->offset, .block = b});
    return budget_work(c->r->budget, 1 + l->count + b->text.n / 256) ? ST_OK : ST_LIMIT;
}

enum st cells_flush(struct cells *c)
{
    if (!c->count) return ST_OK;
    struct slice text = slice_of(c->text, c->fill);
    struct lookup l = {c, c->list, c->count, text};
    struct block b = block_of(text, &l);
    enum st st = tell_block(c, &b);
    c->count = c->fill = 0;
    return st;
}

enum st cells_end(struct cells *c)
{
    enum st st = cells_flush(c);
    binary_end(&c->binaries);
    return st;
}

enum st cells_column(struct cells *c, struct slice field, int32_t column)
{
    enum st st = cells_flush(c);
    c->field = field;
    c->column = column;
    return st;
}

static enum st make_room(struct cells *c, size_t n)
{
    if (!c->list) c->list = ARENA_ROOM(c->r->arena, struct cell, CELL_ROOM);
    if (!c->text) c->text = ARENA_ROOM(c->r->arena, uint8_t, TEXT_ROOM);
    if (!c->list || !c->text) return ST_NOMEM;
    return c->count == CELL_ROOM || n + 1 > TEXT_ROOM - c->fill ? cells_flush(c) : ST_OK;
}

/* A long value is told in pieces, each beginning a little before the last one ended. */
static enum st tell_long(struct cells *c, struct slice value, struct cell_place at)
{
    enum st st = cells_flush(c);
    size_t seen = 0;
    for (size_t from = 0; st == ST_OK; from += PIECE - OVERLAP) {
        struct slice piece = slice_sub(value, from, PIECE);
        struct cell one = {at.row, at.offset, (uint32_t)piece.n, (uint32_t)at.times};
        struct lookup l = {c, &one, 1, piece};
        struct block b = block_of(piece, &l);
        b.seen = seen;
        b.part = piece.n < value.n;
        st = tell_block(c, &b);
        seen = OVERLAP;
        if (from + piece.n == value.n) break;
    }
    return st;
}

static enum st put_text(struct cells *c, struct slice value, struct cell_place at)
{
    if (!value.n) return ST_OK;
    if (value.n >= TEXT_ROOM / 4) return tell_long(c, value, at);
    if (c->count == CELL_ROOM || !c->text || value.n + 1 > TEXT_ROOM - c->fill) {
        enum st st = make_room(c, value.n);
        if (st != ST_OK) return st;
    }
    memcpy(&c->text[c->fill], value.p, value.n);
    c->fill += value.n;
    uint32_t times = at.times > UINT32_MAX ? UINT32_MAX : (uint32_t)at.times;
    c->list[c->count++] = (struct cell){at.row, at.offset, (uint32_t)c->fill, times};
    c->text[c->fill++] = '\n';
    return ST_OK;
}

static enum st digits(struct cells *c, uint64_t v, bool minus, struct cell_place at)
{
    uint8_t text[24];
    size_t i = sizeof text;
    if (v < LEAST) return ST_OK;
    for (; v; v /= 10) text[--i] = (uint8_t)('0' + v % 10);
    if (minus) text[--i] = '-';
    return put_text(c, slice_of(&text[i], sizeof text - i), at);
}

static enum st whole_double(struct cells *c, uint64_t bits, struct cell_place at)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    if (!(v >= LEAST && v <= DOUBLE_EXACT)) return ST_OK;
    uint64_t whole = (uint64_t)v;
    return (double)whole == v ? digits(c, whole, false, at) : ST_OK;
}

enum st cells_put_number(struct cells *c, enum cell_kind kind, uint64_t value, struct cell_place at)
{
    bool minus = kind == CELL_SIGNED && (int64_t)value < 0;
    if (kind == CELL_DOUBLE) return whole_double(c, value, at);
    if (kind != CELL_SIGNED && kind != CELL_UNSIGNED) return ST_OK;
    return digits(c, minus ? 0 - value : value, minus, at);
}

/* A decimal in two's complement, when it fits 64 bits. */
static enum st decimal(struct cells *c, struct slice s, bool little, struct cell_place at)
{
    if (!s.n) return ST_OK;
    uint8_t top = s.p[little ? s.n - 1 : 0];
    uint64_t n = top & 0x80 ? UINT64_MAX : 0;
    uint8_t fill = (uint8_t)n;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t byte = s.p[little ? s.n - 1 - i : i];
        if (s.n - i > 8 && byte != fill) return ST_OK;
        n = n << 8 | byte;
    }
    return cells_put_number(c, CELL_SIGNED, n, at);
}

static enum st uuid(struct cells *c, struct slice s, struct cell_place at)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t text[36];
    size_t n = 0;
    for (size_t i = 0; i < s.n && i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text[n++] = '-';
        text[n++] = (uint8_t)hex[s.p[i] >> 4];
        text[n++] = (uint8_t)hex[s.p[i] & 15];
    }
    return put_text(c, slice_of(text, n), at);
}

static enum st bytes(struct cells *c, struct slice value, struct cell_place at)
{
    if (!budget_work(c->r->budget, 1 + value.n / 1024)) return ST_LIMIT;
    if (binary_is_text(value)) return put_text(c, value, at);
    return binary_put(&c->binaries, value, (struct binary_place){c->field, at.row, at.offset});
}

enum st cells_put_bytes(struct cells *c, enum cell_kind kind, struct slice value,
                        struct cell_place at)
{
    switch (kind) {
    case CELL_TEXT: return put_text(c, value, at);
    case CELL_BYTES: return bytes(c, value, at);
    case CELL_BIG: return decimal(c, value, false, at);
    case CELL_LITTLE: return decimal(c, value, true, at);
    case CELL_UUID: return uuid(c, value, at);
    default: return ST_OK;
    }
}
