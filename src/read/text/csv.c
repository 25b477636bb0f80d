/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c - delimited tables: header, rows, and which of them have another number of fields. */
#include "read/text/csv.h"
#include "read/text/faults.h"
#include "read/text/text.h"
#include <stdio.h>

#define NAMED_MAX ((size_t)128 << 10) /* columns with a name and a count */
/* Rows that tell how many fields to expect when the header is of another number. */
#define FIRST_ROWS 3u

struct place_walk {
    size_t record, at; /* the record, and where the current cell begins */
    struct csv_cell cell;
    uint64_t column;
    size_t limit; /* up to which `cell` was looked at */
    size_t released;
};

struct csv_reader {
    struct source source;
    struct blocks blocks;
    struct csv_dialect dialect;
    struct faults faults;
    struct place_walk walk;
    struct slice *columns;
    size_t named;       /* of them */
    uint64_t columns_n; /* all */
    uint64_t expected;  /* fields of a row: of the header, unless the first rows agree otherwise */
    /* where rows begin that are told of when it is known what to expect */
    size_t first[FIRST_ROWS], first_n;
    uint64_t first_fields;
    size_t head;       /* where the header begins */
    bool begun;        /* EV_TABLE was told */
    size_t data;       /* where the first row begins */
    bool part_quoted;  /* the part of a record that comes next begins inside quotes */
    uint64_t *empty;   /* per column: empty cells */
    uint64_t *missing; /* rows that end before this column */
    uint64_t *pending; /* columns of empty cells in the record that is being read */
    size_t pending_n;
    uint64_t rows;
    size_t crs, crlfs, lfs;
    char field[32];    /* the name of a column without one: */
    uint64_t field_of; /* column + 1 */
    size_t field_n;
    enum st st;
};

/* ---- places ---- */

static void next_cell(struct csv_reader *c, size_t limit)
{
    struct place_walk *w = &c->walk;
    w->at = w->cell.end + 1;
    w->column++;
    w->cell = csv_cell_at(&c->dialect, c->source.text, w->at, limit);
    if (w->at - w->released < BLOCK_WANTED) return;
    source_release(&c->source, w->released, w->at);
    w->released = w->at;
}

/* To the cell that holds where->at, or that it ends. No byte of a record is looked at twice. */
static void walk_to(struct csv_reader *c, const struct blocks_at *where)
{
    struct place_walk *w = &c->walk;
    struct slice text = c->source.text;
    if (w->record != where->record || where->at < w->at) {
        *w = (struct place_walk){.record = where->record, .at = where->record};
        w->released = w->at;
        w->limit = where->limit;
        w->cell = csv_cell_at(&c->dialect, text, w->at, where->limit);
    }
    if (w->limit < where->limit && (w->cell.open || w->cell.end >= w->limit))
        csv_cell_more(&c->dialect, text, where->limit, &w->cell);
    w->limit = where->limit;
    while (where->at > w->cell.end && w->cell.end < where->limit &&
           text.p[w->cell.end] == c->dialect.separator && !w->cell.open)
        next_cell(c, where->limit);
}

/* "column 3" */
static struct slice number_of(struct csv_reader *c, uint64_t column)
{
    if (c->field_of != column + 1) {
        int n = snprintf(c->field, sizeof c->field, "column %llu", (unsigned long long)column + 1);
        c->field_n = n > 0 ? (size_t)n : 0;
        c->field_of = column + 1;
    }
    return slice_of(c->field, c->field_n);
}

static void place(void *ctx, const struct blocks_at *where, struct block_place *ret, size_t *from,
                  size_t *to)
{
    struct csv_reader *c = ctx;
    walk_to(c, where);
    ret->column_index = c->walk.column < INT32_MAX ? (int32_t)c->walk.column : -1;
    bool named = c->walk.column < c->named && c->dialect.header;
    ret->field = named ? c->columns[c->walk.column] : number_of(c, c->walk.column);
    if (where->row < 0) ret->field = (struct slice){0};
    *from = c->walk.cell.from;
    *to = c->walk.cell.to;
}

/* ---- doubled quotes ---- */

/* *state: where the last one was found, and 1. */
static size_t escape(void *ctx, struct slice raw, size_t at, size_t *state)
{
    struct csv_reader *c = ctx;
    const struct csv_dialect *d = &c->dialect;
    bool inside = *state ? true : c->blocks.part && c->part_quoted;
    if (*state && *state - 1 >= at) return *state - 1;
    while (at < raw.n) {
        if (!inside) {
            size_t quote = slice_find_byte(slice_sub(raw, at, raw.n), d->quote);
            if (quote == SIZE_MAX) break;
            at += quote;
            bool opens = at == 0 || csv_ends_cell(d, raw.p[at - 1]);
            if (!opens) { /* an ordinary character, as are all others of its cell */
                while (at < raw.n && !csv_ends_cell(d, raw.p[at])) at++;
                continue;
            }
            at++;
        }
        inside = false;
        struct slice rest = slice_sub(raw, at, raw.n);
        size_t first = csv_quote_or_escape(d, rest);
        if (first == SIZE_MAX) break;
        at += first;
        if (raw.p[at] != d->quote || (at + 1 < raw.n && raw.p[at + 1] == d->quote)) {
            *state = at + 1;
            return at;
        }
        while (at < raw.n && !csv_ends_cell(d, raw.p[at])) at++;
    }
    *state = raw.n + 1;
    return raw.n;
}

static size_t resolve(void *ctx, struct slice raw, size_t at, uint8_t out[4], size_t *ret_n)
{
    const struct csv_reader *c = ctx;
    bool two = at + 1 < raw.n && (raw.p[at + 1] == c->dialect.quote || raw.p[at + 1] == '\\');
    *ret_n = 1;
    out[0] = raw.p[two ? at + 1 : at];
    return two ? 2 : 1;
}

static const struct blocks_shape shape = {
    .kind = BLOCK_RECORDS, .place = place, .escape = escape, .resolve = resolve};

/* ---- faults ---- */

static void fault_fields(struct csv_reader *c, size_t at, uint64_t row, uint64_t fields)
{
    faults_tell(&c->faults, at, row, "%llu fields where %llu were expected",
                (unsigned long long)fields, (unsigned long long)c->expected);
}

/* The first rows had all of them as many fields as the last of them, and the header had not: either
 * it is no header or something stands beside it ("569,30,malignant,benign", row names of R). One
 * thing to say, and not one for each row. */
static void expect_as_rows(struct csv_reader *c, uint64_t fields)
{
    faults_tell(&c->faults, c->head, 0,
                "%llu fields in the first line, %llu in the records behind it",
                (unsigned long long)c->expected, (unsigned long long)fields);
    c->expected = fields;
    c->first_n = 0;
}

/* What was held back is told: there is no other number that the first rows agree on. */
static void tell_first(struct csv_reader *c)
{
    for (size_t i = 0; i < c->first_n; i++) fault_fields(c, c->first[i], i + 1, c->first_fields);
    c->first_n = 0;
}

static void check_fields(struct csv_reader *c, const struct csv_record *r)
{
    bool trailing = r->fields == c->expected + 1 && r->last_empty;
    bool odd = r->fields != c->expected && !trailing;
    if (!odd && !c->first_n) return;
    bool waits = c->rows == c->first_n && c->rows < FIRST_ROWS; /* all rows so far were odd */
    if (odd && waits && (c->rows == 0 || r->fields == c->first_fields)) {
        c->first_fields = r->fields;
        c->first[c->first_n++] = r->from;
        if (c->first_n == FIRST_ROWS) expect_as_rows(c, r->fields);
        return;
    }
    tell_first(c);
    if (odd) fault_fields(c, r->from, c->rows + 1, r->fields);
}

static void check_record(struct csv_reader *c, const struct csv_record *r)
{
    uint64_t row = c->rows + 1;
    if (r->nul != SIZE_MAX) faults_tell(&c->faults, r->nul, row, "a NUL byte");
    if (r->not_utf8 != SIZE_MAX)
        faults_tell(&c->faults, r->not_utf8, row, "text that is not UTF-8");
    if (r->open_quote)
        faults_tell(&c->faults, r->from, row,
                    "a quote that is never closed: all that follows is one cell");
    else
        check_fields(c, r);
}

/* ---- header and rows ---- */

static bool name_columns(struct csv_reader *c, const struct csv_record *r)
{
    struct arena *arena = c->source.r->arena;
    c->columns_n = c->expected = r->fields;
    c->head = r->from;
    c->named = r->fields < NAMED_MAX ? (size_t)r->fields : NAMED_MAX;
    c->columns = ARENA_ARRAY(arena, struct slice, c->named);
    c->empty = ARENA_ARRAY(arena, uint64_t, c->named + 1);
    c->missing = ARENA_ARRAY(arena, uint64_t, c->named + 1);
    c->pending = ARENA_ARRAY(arena, uint64_t, c->named + 1);
    if (!c->columns || !c->empty || !c->missing || !c->pending) {
        c->named = 0;
        return false;
    }
    size_t at = r->from;
    for (size_t i = 0; i < c->named && c->dialect.header; i++) {
        struct csv_cell cell = csv_cell_at(&c->dialect, c->source.text, at, r->to);
        struct slice text = csv_cell_text(&c->dialect, c->source.text, &cell, arena);
        if (!text.p && cell.to > cell.from) return false;
        c->columns[i] = arena_copy(arena, slice_trim(text));
        if (!c->columns[i].p) return false;
        at = cell.end + 1;
    }
    return true;
}

static bool begin_table(struct csv_reader *c, const struct csv_record *r)
{
    struct block_table table = {.name = c->source.r->layer->name};
    c->begun = true;
    if (r && !name_columns(c, r)) {
        c->st = ST_NOMEM;
        return false;
    }
    if (c->dialect.header) table.columns = c->columns;
    table.column_count = c->named;
    tell(c->source.r, &(struct event){.kind = EV_TABLE, .table = &table});
    return true;
}

static void count_empty(struct csv_reader *c, const struct csv_record *r)
{
    for (size_t i = 0; i < c->pending_n; i++) c->empty[c->pending[i]]++;
    if (r->fields < c->named) c->missing[r->fields]++;
}

static void note_line_end(struct csv_reader *c, const struct csv_record *r)
{
    const uint8_t *text = c->source.text.p;
    uint8_t last = r->to > r->from ? text[r->to - 1] : 0;
    bool pair = last == '\n' && r->to - r->from > 1 && text[r->to - 2] == '\r';
    c->crlfs += pair;
    c->lfs += last == '\n' && !pair;
    c->crs += last == '\r';
}

static bool is_comment(const struct csv_reader *c, const struct csv_record *r)
{
    return c->dialect.comments && r->fields == 1 && c->source.text.p[r->from] == '#';
}

static bool on_record(void *ctx, const struct csv_record *r)
{
    struct csv_reader *c = ctx;
    if (is_comment(c, r)) {
        c->pending_n = 0;
        return true;
    }
    note_line_end(c, r);
    if (!c->begun) {
        if (!begin_table(c, r)) return false;
        c->data = c->dialect.header ? r->to : r->from;
        if (c->dialect.header) {
            c->pending_n = 0;
            return true;
        }
    }
    check_record(c, r);
    count_empty(c, r);
    c->pending_n = 0;
    c->rows++;
    return blocks_record(&c->blocks, r->from, r->to);
}

static void on_empty(void *ctx, uint64_t column)
{
    struct csv_reader *c = ctx;
    if (c->begun && column < c->named && c->pending_n < c->named)
        c->pending[c->pending_n++] = column;
}

static bool on_passed(void *ctx, size_t upto, size_t record, size_t escaped, bool quoted)
{
    struct csv_reader *c = ctx;
    c->blocks.escaped = escaped;
    bool go_on = blocks_passed(&c->blocks, upto, record);
    c->part_quoted = quoted;
    return go_on;
}

/* ---- the card ---- */

static const char *line_ends(const struct csv_reader *c)
{
    int kinds = (c->crs > 0) + (c->crlfs > 0) + (c->lfs > 0);
    if (kinds > 1) return "mixed line ends";
    return c->crs ? "CR" : c->crlfs ? "CR LF" : "LF";
}

static void tell_cards(struct csv_reader *c)
{
    struct reading *r = c->source.r;
    char text[96];
    int n = snprintf(text, sizeof text, "%s, %s%s%s", c->dialect.label ? c->dialect.label : "other",
                     line_ends(c), c->dialect.header ? "" : ", no header",
                     c->dialect.backslash ? ", backslash escapes" : "");
    source_tell(&c->source);
    tell_card_number(r, CARD_ROWS, c->rows);
    tell_card_number(r, CARD_COLUMNS, c->columns_n);
    tell_card(r, CARD_DIALECT, slice_of(text, n > 0 ? (size_t)n : 0));
}

static void tell_end(struct csv_reader *c)
{
    uint64_t missing = 0;
    for (size_t i = 0; i < c->named; i++) {
        missing += c->missing[i];
        c->empty[i] = c->rows - c->empty[i] - missing;
    }
    struct block_table_end end = {c->rows, 0, c->empty, c->named};
    tell(c->source.r, &(struct event){.kind = EV_TABLE_END, .table_end = &end});
    tell_cards(c);
}

static enum st read_table(struct csv_reader *c)
{
    struct csv_sink sink = {on_record, on_empty, on_passed, c};
    csv_guess(c->source.text, c->source.r->layer->name, &c->dialect);
    blocks_init(&c->blocks, &c->source, &shape, c);
    faults_init(&c->faults, &c->source);
    c->walk.record = SIZE_MAX;
    enum st st = csv_scan(&c->source, &c->dialect, &sink);
    if (st == ST_OK) st = c->st;
    if (st == ST_OK && !c->begun && !begin_table(c, NULL)) st = ST_NOMEM;
    enum st done = st == ST_OK ? blocks_done(&c->blocks) : c->blocks.st;
    if (st == ST_OK) st = done;
    if (c->begun) {
        tell_first(c);
        faults_done(&c->faults);
        tell_end(c);
    }
    return st;
}

enum st csv_read(struct reading *r)
{
    struct csv_reader *c = ARENA_NEW(r->arena, struct csv_reader);
    tell_format(r, FMT_CSV, NULL);
    if (!c) return ST_NOMEM;
    enum st st = source_open(&c->source, r, SOURCE_TEXT);
    return st == ST_OK ? read_table(c) : st;
}
