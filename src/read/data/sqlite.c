/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite.c - an SQLite file, through the library where it can (port/sqlite), by its pages where
 * only bytes are left.
 *
 *    header 100 bytes | page 1 (schema) | pages: trees of tables and indexes, overflow, free list
 *
 * The library walks the trees and decodes rows; nothing of the file's own SQL is run. Rows that
 * were deleted stay in the pages of the free list until these are used again: they are taken from
 * there (sqlite_page.c), and so are rows in logs, and all rows when the schema is broken. */
#include "read/data/sqlite.h"
#include "base/cursor.h"
#include "port/sqlite/tables.h"
#include "read/data/sqlite_page.h"

#define TABLES_MAX  4096u
#define COLUMNS_MAX 2000u

struct object {
    struct object *next;
    struct slice name;
};

struct base {
    struct reading *r;
    struct sqlite_file *file;
    struct render render;
    struct object *tables, **last;
    size_t count;
    uint64_t page; /* size */
    uint64_t end;  /* of the pages, as the header has it; 0: it does not say */
};

static bool tick(void *ctx)
{
    struct base *b = ctx;
    return budget_work(b->r->budget, 2000);
}

/* Where the value lies in its page, or the page itself when it is packed apart. */
static uint64_t find_value(void *ctx, uint64_t near, struct slice value)
{
    struct base *b = ctx;
    struct slice page = slice_sub(b->r->layer->bytes, (size_t)near, (size_t)b->page);
    size_t at = slice_find(page, slice_sub(value, 0, (size_t)b->page / 8));
    return at == SIZE_MAX ? near : near + at;
}

/* ---- the schema ---- */

static const char *const acts[] = {"load_extension", "fts3_tokenizer", "readfile(", "writefile(",
                                   "edit(",          "shell(",         "system("};

/* Views, triggers and virtual tables are texts here; some say that they were made to act. */
static void schema_text(struct base *b, struct slice type, struct slice name, struct slice sql)
{
    struct block_value v = {.place = {.row = -1, .line = -1, .column = -1, .column_index = -1},
                            .text = sql};
    size_t at = slice_find(slice_sub(b->r->layer->bytes, 0, (size_t)b->page), sql);
    if (!sql.n) return;
    v.place.offset = at == SIZE_MAX ? 0 : at;
    v.place.field = arena_printf(b->r->arena, "%.*s %.*s", SLICE_ARG(type), SLICE_ARG(name));
    tell(b->r, &(struct event){.kind = EV_VALUE, .offset = v.place.offset, .value = &v});
    bool runs = slice_eq(type, S("view")) || slice_eq(type, S("trigger"));
    for (size_t i = 0; runs && i < COUNT_OF(acts); i++)
        if (slice_has_nocase(sql, slice_str(acts[i])))
            tell_anomaly(b->r, ANOMALY_ACTIVE_CONTENT, v.place.offset, "%.*s %.*s calls %s",
                         SLICE_ARG(type), SLICE_ARG(name), acts[i]);
}

static bool is_virtual(struct slice sql)
{
    return slice_has_nocase(slice_sub(slice_trim(sql), 0, 40), S("create virtual"));
}

static enum st note_table(struct base *b, struct slice name)
{
    if (b->count++ >= TABLES_MAX) return ST_OK;
    struct object *o = ARENA_NEW(b->r->arena, struct object);
    if (!o) return ST_NOMEM;
    o->name = arena_copy(b->r->arena, name);
    *b->last = o;
    b->last = &o->next;
    return o->name.p ? ST_OK : ST_NOMEM;
}

static enum st read_schema(struct base *b)
{
    bool row = true;
    enum st st = sqlite_select_schema(b->file);
    while (st == ST_OK && (st = sqlite_step(b->file, &row)) == ST_OK && row) {
        struct slice type = sqlite_value(b->file, 0).bytes, name = sqlite_value(b->file, 1).bytes;
        struct slice sql = sqlite_value(b->file, 2).bytes;
        if (!budget_work(b->r->budget, 16)) return ST_LIMIT;
        schema_text(b, type, name, sql);
        if (slice_eq(type, S("table")) && !is_virtual(sql)) st = note_table(b, name);
    }
    return st;
}

/* ---- rows ---- */

static enum st read_row(struct base *b, size_t columns, uint64_t page)
{
    enum st st = ST_OK;
    for (size_t i = 0; i < columns && st == ST_OK; i++) {
        struct sqlite_cell c = sqlite_value(b->file, i);
        if (c.type == SQLITE_IS_BLOB)
            st = render_bytes(&b->render, i, c.bytes, page);
        else if (c.type != SQLITE_IS_NULL)
            st = render_value(&b->render, i, c.bytes, page);
    }
    return st == ST_OK ? render_row(&b->render) : st;
}

static enum st open_table(struct base *b, struct slice name, size_t *ret_columns)
{
    size_t n = sqlite_columns(b->file);
    *ret_columns = n = n < COLUMNS_MAX ? n : COLUMNS_MAX;
    struct slice *columns = ARENA_ARRAY(b->r->arena, struct slice, n + 1);
    struct slice *fields = ARENA_ARRAY(b->r->arena, struct slice, n + 1);
    if (!columns || !fields) return ST_NOMEM;
    for (size_t i = 0; i < n; i++) {
        columns[i] = arena_copy(b->r->arena, slice_sub(sqlite_column(b->file, i), 0, 256));
        fields[i] = arena_printf(b->r->arena, "%.*s.%.*s", SLICE_ARG(slice_sub(name, 0, 256)),
                                 SLICE_ARG(columns[i]));
        if (!columns[i].p || !fields[i].p) return ST_NOMEM;
    }
    render_table(&b->render, name, columns, fields, n);
    return ST_OK;
}

/* Our own trouble ends the subject; the library's about one table is told, and the next is read. */
static enum st trouble(struct base *b, struct slice name, enum st st)
{
    if (st == ST_OK || st == ST_NOMEM) return st;
    if (st == ST_LIMIT && b->r->budget->spent) return st;
    if (st == ST_MALFORMED)
        tell_anomaly(b->r, ANOMALY_MALFORMED, sqlite_page(b->file), "table %.*s: %s",
                     SLICE_ARG(name), sqlite_why(b->file));
    else
        tell_unread(b->r, st == ST_LIMIT ? UNREAD_LIMIT : UNREAD_UNSUPPORTED, 0, 0,
                    "table %.*s: %s", SLICE_ARG(name), sqlite_why(b->file));
    return ST_OK;
}

static enum st read_table(struct base *b, struct slice name)
{
    size_t columns = 0;
    bool row = true;
    enum st st = sqlite_select(b->file, name);
    if (st != ST_OK) return trouble(b, name, st);
    st = open_table(b, name, &columns);
    if (st != ST_OK) return st;
    while ((st = sqlite_step(b->file, &row)) == ST_OK && row) {
        st = read_row(b, columns, sqlite_page(b->file));
        if (st != ST_OK) break;
    }
    enum st told = trouble(b, name, st);
    if (told == ST_NOMEM) return told;
    render_end(&b->render, 0);
    return told;
}

static enum st read_tables(struct base *b)
{
    enum st st = ST_OK;
    b->render.offset = find_value;
    b->render.ctx = b;
    for (const struct object *o = b->tables; o && st == ST_OK; o = o->next)
        st = read_table(b, o->name);
    if (b->count > TABLES_MAX)
        tell_unread(b->r, UNREAD_LIMIT, 0, 0, "%zu tables, %u were read", b->count, TABLES_MAX);
    return st;
}

/* ---- pages that no tree of a table leads to ---- */

/* trunk page: next trunk u32 | count u32 | page numbers u32 ...
 * No more pages than the file has, so that a circle ends. */
static enum st free_pages(struct base *b, uint32_t trunk)
{
    uint64_t left = b->r->layer->bytes.n / b->page;
    enum st st = ST_OK;
    for (; trunk && left && st == ST_OK; left--) {
        struct cursor k = cur_of(b->r->layer->bytes);
        if (!budget_work(b->r->budget, 16)) return ST_LIMIT;
        cur_seek(&k, (uint64_t)(trunk - 1) * b->page);
        trunk = cur_u32be(&k);
        uint32_t n = cur_u32be(&k);
        for (uint32_t i = 0; i < n && i < b->page / 4 && left && st == ST_OK; i++, left--) {
            uint32_t leaf = cur_u32be(&k);
            if (!cur_ok(&k)) return ST_OK;
            if (!budget_work(b->r->budget, 16)) return ST_LIMIT;
            if (leaf) st = sqlite_page_rows(&b->render, (uint64_t)(leaf - 1) * b->page, b->page);
        }
    }
    return st;
}

static enum st deleted(struct base *b, uint32_t trunk)
{
    if (!trunk) return ST_OK;
    sqlite_pages_begin(&b->render, S("deleted rows"));
    enum st st = free_pages(b, trunk);
    sqlite_pages_end(&b->render);
    return st;
}

static enum st all_pages(struct base *b, struct slice name, uint64_t from, uint64_t step)
{
    uint64_t end = b->r->layer->bytes.n;
    enum st st = ST_OK;
    sqlite_pages_begin(&b->render, name);
    for (uint64_t at = from; at < end && st == ST_OK; at += step) {
        st = budget_work(b->r->budget, 16) ? ST_OK : ST_LIMIT;
        if (st == ST_OK) st = sqlite_page_rows(&b->render, at, b->page);
    }
    sqlite_pages_end(&b->render);
    return st;
}

/* ---- the file ---- */

/* Page size, and whether the file is as long as its header says; false when this is no database. */
static bool header(struct base *b, uint32_t *ret_trunk)
{
    struct cursor k = cur_of(b->r->layer->bytes);
    cur_skip(&k, 16);
    uint32_t page = cur_u16be(&k);
    uint8_t write = cur_u8(&k), read = cur_u8(&k);
    cur_skip(&k, 4);
    uint32_t changes = cur_u32be(&k), pages = cur_u32be(&k);
    *ret_trunk = cur_u32be(&k);
    cur_seek(&k, 92);
    uint32_t valid = cur_u32be(&k);
    b->page = page == 1 ? 65536 : page;
    if (b->page < 512 || b->page & (b->page - 1)) return false;
    b->end = changes == valid ? (uint64_t)pages * b->page : 0;
    if (b->end > b->r->layer->bytes.n)
        tell_anomaly(b->r, ANOMALY_TRUNCATED, b->r->layer->bytes.n,
                     "%u pages of %llu bytes declared, %zu bytes are there", pages,
                     (unsigned long long)b->page, b->r->layer->bytes.n);
    if (write == 2 || read == 2) tell_card(b->r, CARD_DIALECT, S("write-ahead log"));
    return cur_ok(&k);
}

static enum st read_file(struct base *b)
{
    enum st st = sqlite_open(b->r->layer->bytes, tick, b, &b->file);
    if (st == ST_OK) st = read_schema(b);
    if (st == ST_OK) return read_tables(b);
    if (st == ST_NOMEM || (st == ST_LIMIT && b->r->budget->spent)) return st;
    tell_anomaly(b->r, ANOMALY_MALFORMED, 0, "the schema cannot be read: %s", sqlite_why(b->file));
    return all_pages(b, S("pages"), 0, b->page);
}

static enum st behind(const struct base *b)
{
    struct slice rest = slice_sub(b->r->layer->bytes, (size_t)b->end, SIZE_MAX);
    if (!b->end || !rest.n) return ST_OK;
    tell_anomaly(b->r, ANOMALY_TRAILING, b->end, "bytes behind the last of %llu pages",
                 (unsigned long long)(b->end / b->page));
    return reading_push_stray(b->r, "(trailing bytes)", rest, b->end);
}

/* Rows on their way into a database: 32 bytes, then pages with 24 bytes before each. */
static enum st read_log(struct base *b)
{
    struct cursor k = cur_of(b->r->layer->bytes);
    tell_format(b->r, FMT_SQLITE, "write-ahead log");
    cur_skip(&k, 8);
    b->page = cur_u32be(&k);
    if (b->page == 1) b->page = 65536;
    if (b->page < 512 || b->page > 65536 || b->page & (b->page - 1)) return ST_MALFORMED;
    return all_pages(b, S("log"), 56, b->page + 24);
}

/* Rows as they were before: a sector, then pages with 4 bytes before and behind each. */
static enum st read_journal(struct base *b)
{
    struct cursor k = cur_of(b->r->layer->bytes);
    tell_format(b->r, FMT_SQLITE, "journal");
    cur_skip(&k, 20);
    uint32_t sector = cur_u32be(&k);
    b->page = cur_u32be(&k);
    if (b->page < 512 || b->page > 65536 || b->page & (b->page - 1)) return ST_MALFORMED;
    return all_pages(b, S("journal"), (uint64_t)sector + 4, b->page + 8);
}

enum st sqlite_read(struct reading *r)
{
    struct base b = {.r = r, .last = &b.tables};
    uint32_t trunk;
    enum st st = render_init(&b.render, r);
    if (st != ST_OK) return st;
    if (slice_starts(r->layer->bytes, S("\x37\x7f\x06"))) return read_log(&b);
    if (slice_starts(r->layer->bytes, S("\xd9\xd5\x05\xf9"))) return read_journal(&b);
    tell_format(r, FMT_SQLITE, NULL);
    if (!header(&b, &trunk)) return r->layer->bytes.n < 100 ? ST_TRUNCATED : ST_MALFORMED;
    st = read_file(&b);
    sqlite_close(b.file);
    if (st == ST_OK) st = deleted(&b, trunk);
    return st == ST_OK ? behind(&b) : st;
}
