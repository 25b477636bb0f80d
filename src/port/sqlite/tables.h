/* SPDX-License-Identifier: Apache-2.0 */
/* tables.h - the rows of an SQLite file that lies in memory.
 * Why: the library knows every corner of its format; here it may read pages and nothing else. It
 * sees the file through a VFS that knows one read-only file (vfs.c), runs no SQL but SELECT * over
 * tables, and its authoriser refuses everything else: views and triggers are text, functions with
 * side effects, ATTACH, extensions and pragmas of the file do not exist.
 * Owns: a file owns its connection, until sqlite_close(). Slices live until the next step.
 * Threads: one owner each.
 * Fails: ST_MALFORMED (sqlite_why() has the library's words), ST_LIMIT when `tick` said no,
 * ST_UNSUPPORTED for what was refused, ST_NOMEM. */
#pragma once
#include "base/slice.h"
#include "base/st.h"

struct sqlite_file;

enum sqlite_type { SQLITE_IS_NULL, SQLITE_IS_NUMBER, SQLITE_IS_TEXT, SQLITE_IS_BLOB };

struct sqlite_cell {
    enum sqlite_type type;
    struct slice bytes; /* numbers as decimal text */
};

/* Called every few thousand steps of the library; false ends the work. */
typedef bool sqlite_tick_fn(void *ctx);

MUST_USE enum st sqlite_open(struct slice bytes, sqlite_tick_fn *tick, void *ctx,
                             struct sqlite_file **ret);
void sqlite_close(struct sqlite_file *f);
const char *sqlite_why(const struct sqlite_file *f);

/* What the schema holds: type (table, index, view, trigger), name, SQL. Rows like any other. */
MUST_USE enum st sqlite_select_schema(struct sqlite_file *f);
/* All rows of a table in the order of its tree. */
MUST_USE enum st sqlite_select(struct sqlite_file *f, struct slice table);
/* *ret_row: false at the end. */
MUST_USE enum st sqlite_step(struct sqlite_file *f, bool *ret_row);
size_t sqlite_columns(const struct sqlite_file *f);
struct slice sqlite_column(const struct sqlite_file *f, size_t i); /* its name */
struct sqlite_cell sqlite_value(struct sqlite_file *f, size_t i);
/* Where in the file the page lies that was read last: the row's own, right after sqlite_step(). */
uint64_t sqlite_page(const struct sqlite_file *f);
