/* SPDX-License-Identifier: Apache-2.0 */
#include "read/data/render.h"

#define TEXT_ROOM  ((size_t)256 << 10)
#define CELL_ROOM  8192u
#define ROW_ROOM   4096u
#define LONG_VALUE ((size_t)64 << 10) /* told by itself, without a copy */

struct render_cell {
    uint32_t from, to;
    int32_t column;
    uint64_t near;
    int64_t row;
};

enum st render_init(struct render *n, struct reading *r)
{
    *n = (struct render){.r = r, .binaries = {.r = r}};
    n->text = ARENA_ROOM(r->arena, uint8_t, TEXT_ROOM);
    n->cells = ARENA_ROOM(r->arena, struct render_cell, CELL_ROOM);
    n->ends = ARENA_ROOM(r->arena, uint32_t, ROW_ROOM);
    return n->text && n->cells && n->ends ? ST_OK : ST_NOMEM;
}

void render_table(struct render *n, struct slice name, const struct slice *columns,
                  const struct slice *fields, size_t count)
{
    struct block_table table = {.name = name, .columns = columns, .column_count = count};
    n->fields = fields;
    n->columns = count;
    n->row = 0;
    n->fill = n->cell_count = n->rows = n->row_from = 0;
    tell(n->r, &(struct event){.kind = EV_TABLE, .table = &table});
}

static struct slice field_of(const struct render *n, size_t column)
{
    return n->fields ? n->fields[column] : n->plain;
}

/* Columns that came up after the table was told have a name only. */
static int32_t column_index(const struct render *n, size_t column)
{
    return column < n->columns ? (int32_t)column : -1;
}

static uint64_t place_of(const struct render *n, uint64_t near, struct slice value)
{
    return n->offset ? n->offset(n->ctx, near, value) : near;
}

static void locate(void *ctx, size_t at, struct block_place *ret)
{
    struct render *n = ctx;
    while (n->seen + 1 < n->cell_count && n->cells[n->seen].to < at) n->seen++;
    const struct render_cell *c = &n->cells[n->seen];
    bool inside = n->cell_count && at >= c->from && at <= c->to;
    *ret = (struct block_place){.row = -1, .line = -1, .column = -1, .column_index = -1};
    if (!inside) return;
    struct slice value = slice_sub(slice_of(n->text, n->fill), c->from, c->to - c->from);
    ret->offset = place_of(n, c->near, value) + (at - c->from);
    ret->row = c->row;
    ret->column_index = column_index(n, (size_t)c->column);
    ret->field = field_of(n, (size_t)c->column);
    ret->value = value;
}

static void flush(struct render *n)
{
    struct block b = {.kind = BLOCK_RECORDS,
                      .text = slice_of(n->text, n->fill),
                      .first_row = n->row - n->rows,
                      .ends = n->partly ? NULL : n->ends,
                      .records = n->partly ? 0 : n->rows,
                      .rendered = true,
                      .locate = locate,
                      .ctx = n};
    n->seen = 0;
    if (n->fill) tell(n->r, &(struct event){.kind = EV_BLOCK, .block = &b});
    n->fill = n->cell_count = n->rows = n->row_from = 0;
    n->partly = false;
}

/* One row that fills it all: the block ends within it. */
static void cut_row(struct render *n)
{
    n->ends[n->rows++] = (uint32_t)n->fill;
    n->row++;
    flush(n);
    n->row--;
}

/* The rows that are complete are told; the one in hand begins the next block. */
static void cut_rows(struct render *n)
{
    size_t cut = n->ends[n->rows - 1], first = 0;
    while (first < n->cell_count && n->cells[first].from < cut) first++;
    size_t open = n->fill - cut, cells = n->cell_count - first;
    n->fill = cut;
    n->cell_count = first;
    flush(n);
    memmove(n->text, &n->text[cut], open);
    for (size_t i = 0; i < cells; i++) {
        n->cells[i] = n->cells[first + i];
        n->cells[i].from -= (uint32_t)cut;
        n->cells[i].to -= (uint32_t)cut;
    }
    n->fill = open;
    n->cell_count = cells;
}

static bool has_room(const struct render *n, size_t need)
{
    return n->fill + need <= TEXT_ROOM && n->cell_count < CELL_ROOM && n->rows < ROW_ROOM;
}

static void make_room(struct render *n, size_t need)
{
    if (!has_room(n, need) && n->rows) cut_rows(n);
    if (!has_room(n, need)) cut_row(n);
}

static void tell_long(struct render *n, size_t column, struct slice text, uint64_t near)
{
    n->partly = true;
    struct block_value v = {.place = {.offset = place_of(n, near, text),
                                      .row = (int64_t)n->row,
                                      .line = -1,
                                      .column = -1,
                                      .column_index = column_index(n, column),
                                      .field = field_of(n, column),
                                      .value = text},
                            .text = text};
    tell(n->r, &(struct event){.kind = EV_VALUE, .offset = v.place.offset, .value = &v});
}

enum st render_value(struct render *n, size_t column, struct slice text, uint64_t near)
{
    if (!text.n) return ST_OK;
    if (!budget_work(n->r->budget, 1 + text.n / 64)) return ST_LIMIT;
    if (text.n > LONG_VALUE) {
        tell_long(n, column, text, near);
        return ST_OK;
    }
    make_room(n, text.n + 2);
    struct render_cell *c = &n->cells[n->cell_count++];
    *c = (struct render_cell){
        .from = (uint32_t)n->fill, .column = (int32_t)column, .near = near, .row = (int64_t)n->row};
    memcpy(&n->text[n->fill], text.p, text.n);
    n->fill += text.n;
    c->to = (uint32_t)n->fill;
    n->text[n->fill++] = '\n';
    return ST_OK;
}

enum st render_bytes(struct render *n, size_t column, struct slice bytes, uint64_t near)
{
    if (!bytes.n) return ST_OK;
    if (!budget_work(n->r->budget, 1 + bytes.n / 64)) return ST_LIMIT;
    if (binary_is_text(bytes)) return render_value(n, column, bytes, near);
    n->partly = true;
    return binary_put(&n->binaries, bytes,
                      (struct binary_place){field_of(n, column), (int64_t)n->row, near});
}

enum st render_row(struct render *n)
{
    make_room(n, 1);
    n->text[n->fill++] = '\n';
    n->ends[n->rows++] = (uint32_t)n->fill;
    n->row++;
    return budget_work(n->r->budget, 1) ? ST_OK : ST_LIMIT;
}

void render_end(struct render *n, uint64_t malformed)
{
    struct block_table_end end = {.records = n->row, .malformed = malformed};
    if (n->rows) flush(n);
    binary_end(&n->binaries);
    tell(n->r, &(struct event){.kind = EV_TABLE_END, .table_end = &end});
    if (n->fields) tell_card_number(n->r, CARD_ROWS, n->row);
}
