/* SPDX-License-Identifier: Apache-2.0 */
#include "port/sqlite/tables.h"
#include "port/sqlite/vfs.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define HEAP_MAX   (96 << 20)
#define TICK_STEPS 2000
#define CELL_MAX   (32 << 20)

struct sqlite_file {
    struct bytes_vfs *vfs;
    sqlite3 *db;
    sqlite3_stmt *stmt;
    sqlite_tick_fn *tick;
    void *tick_ctx;
    bool stopped;
    char why[200];
    char number[40];
};

static int on_tick(void *ctx)
{
    struct sqlite_file *f = ctx;
    if (f->tick && !f->tick(f->tick_ctx)) f->stopped = true;
    return f->stopped;
}

/* Reading columns, and nothing else that a statement could do. */
static int authorise(void *ctx, int action, const char *a, const char *b, const char *c,
                     const char *d)
{
    (void)ctx, (void)a, (void)b, (void)c, (void)d;
    return action == SQLITE_SELECT || action == SQLITE_READ ? SQLITE_OK : SQLITE_DENY;
}

static enum st say(struct sqlite_file *f, int rc)
{
    if (rc == SQLITE_OK) return ST_OK;
    (void)snprintf(f->why, sizeof f->why, "%s", f->db ? sqlite3_errmsg(f->db) : sqlite3_errstr(rc));
    if (f->stopped) return ST_LIMIT;
    switch (rc & 0xff) {
    case SQLITE_NOMEM: return ST_NOMEM;
    case SQLITE_INTERRUPT:
    case SQLITE_TOOBIG: return ST_LIMIT;
    case SQLITE_AUTH: return ST_UNSUPPORTED;
    default: return ST_MALFORMED;
    }
}

static void limit(sqlite3 *db)
{
    static const int limits[][2] = {
        {SQLITE_LIMIT_LENGTH, CELL_MAX}, {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
        {SQLITE_LIMIT_EXPR_DEPTH, 200},  {SQLITE_LIMIT_COMPOUND_SELECT, 200}, /* of views */
        {SQLITE_LIMIT_ATTACHED, 0},      {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1}, {SQLITE_LIMIT_WORKER_THREADS, 0},
        {SQLITE_LIMIT_FUNCTION_ARG, 16},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        (void)sqlite3_limit(db, limits[i][0], limits[i][1]);
}

static int harden(struct sqlite_file *f)
{
    static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_TRIGGER,
                              SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
                              SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER};
    int rc = sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    for (size_t i = 0; i < sizeof off / sizeof *off && rc == SQLITE_OK; i++)
        rc = sqlite3_db_config(f->db, off[i], 0, NULL);
    limit(f->db);
    /* our own words, before the authoriser comes */
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(f->db,
                          "PRAGMA cell_size_check=1; PRAGMA mmap_size=0; PRAGMA temp_store=2;"
                          "PRAGMA cache_size=-512; PRAGMA query_only=1",
                          NULL, NULL, NULL);
    sqlite3_progress_handler(f->db, TICK_STEPS, on_tick, f);
    (void)sqlite3_set_authorizer(f->db, authorise, NULL);
    return rc;
}

enum st sqlite_open(struct slice bytes, sqlite_tick_fn *tick, void *ctx, struct sqlite_file **ret)
{
    struct sqlite_file *f = calloc(1, sizeof *f);
    *ret = f;
    if (!f) return ST_NOMEM;
    f->tick = tick;
    f->tick_ctx = ctx;
    (void)sqlite3_hard_heap_limit64(HEAP_MAX);
    f->vfs = bytes_vfs_new(bytes);
    if (!f->vfs) return ST_NOMEM;
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    int rc = sqlite3_open_v2("file", &f->db, flags, bytes_vfs_name(f->vfs));
    if (rc == SQLITE_OK) rc = harden(f);
    return say(f, rc);
}

void sqlite_close(struct sqlite_file *f)
{
    if (!f) return;
    (void)sqlite3_finalize(f->stmt);
    (void)sqlite3_close(f->db);
    bytes_vfs_free(f->vfs);
    free(f);
}

const char *sqlite_why(const struct sqlite_file *f)
{
    return f->why;
}

static enum st prepare(struct sqlite_file *f, const char *sql)
{
    (void)sqlite3_finalize(f->stmt);
    f->stmt = NULL;
    if (!sql) return ST_NOMEM;
    return say(f, sqlite3_prepare_v2(f->db, sql, -1, &f->stmt, NULL));
}

enum st sqlite_select_schema(struct sqlite_file *f)
{
    return prepare(f, "SELECT type, name, sql FROM sqlite_schema");
}

enum st sqlite_select(struct sqlite_file *f, struct slice table)
{
    char *sql = sqlite3_mprintf("SELECT * FROM main.\"%.*w\"",
                                (int)(table.n > 65536 ? 65536 : table.n), (const char *)table.p);
    enum st st = prepare(f, sql);
    sqlite3_free(sql);
    return st;
}

enum st sqlite_step(struct sqlite_file *f, bool *ret_row)
{
    int rc = sqlite3_step(f->stmt);
    *ret_row = rc == SQLITE_ROW;
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? ST_OK : say(f, rc);
}

size_t sqlite_columns(const struct sqlite_file *f)
{
    return (size_t)sqlite3_column_count(f->stmt);
}

struct slice sqlite_column(const struct sqlite_file *f, size_t i)
{
    return slice_str(sqlite3_column_name(f->stmt, (int)i));
}

struct sqlite_cell sqlite_value(struct sqlite_file *f, size_t i)
{
    int at = (int)i, type = sqlite3_column_type(f->stmt, at), n = 0;
    struct sqlite_cell cell = {SQLITE_IS_NULL, {NULL, 0}};
    switch (type) {
    case SQLITE_INTEGER:
        n = snprintf(f->number, sizeof f->number, "%lld", sqlite3_column_int64(f->stmt, at));
        break;
    case SQLITE_FLOAT:
        n = snprintf(f->number, sizeof f->number, "%.15g", sqlite3_column_double(f->stmt, at));
        break;
    case SQLITE_TEXT: {
        const void *text = sqlite3_column_text(f->stmt, at);
        cell.type = SQLITE_IS_TEXT;
        cell.bytes = slice_of(text, text ? (size_t)sqlite3_column_bytes(f->stmt, at) : 0);
        return cell;
    }
    case SQLITE_BLOB: {
        const void *blob = sqlite3_column_blob(f->stmt, at);
        cell.type = SQLITE_IS_BLOB;
        cell.bytes = slice_of(blob, blob ? (size_t)sqlite3_column_bytes(f->stmt, at) : 0);
        return cell;
    }
    default: return cell;
    }
    cell.type = SQLITE_IS_NUMBER;
    cell.bytes = slice_of(f->number, n > 0 ? (size_t)n : 0);
    return cell;
}

uint64_t sqlite_page(const struct sqlite_file *f)
{
    return bytes_vfs_last(f->vfs);
}
