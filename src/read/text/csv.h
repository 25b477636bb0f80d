/* SPDX-License-Identifier: Apache-2.0 */
/* csv.h - what the parts of the reader of delimited tables share.
 * Why: RFC 4180 is one dialect of many. The dialect is guessed from the first records; the scan and
 * the places then follow the lenient rules of the usual loaders (Python's csv, pandas): a quote
 * opens a cell only at its begin, a CR, an LF or both end a record, blank lines are no records.
 * Owns: nothing.   Threads: one owner.   Fails: see each. */
#pragma once
#include "read/text/blocks.h"

struct csv_dialect {
    uint8_t separator, quote;
    bool backslash; /* escapes quotes */
    bool header;
    bool comments;     /* lines that begin with # are none of the table */
    size_t begin;      /* where the table begins: behind comments or "sep=;" */
    size_t fields;     /* of most records */
    const char *label; /* "comma", ... */
};

/* csv_dialect.c: from the first bytes. */
void csv_guess(struct slice text, struct slice name, struct csv_dialect *ret);

/* One cell. */
struct csv_cell {
    size_t from, to;   /* the text of it, without quotes */
    size_t end;        /* of its bytes: a separator, a line end or the limit stands there */
    bool quoted, open; /* open: the closing quote is not before the limit */
};
/* csv_cell.c: the next quote, or backslash in dialects that have it. Both are looked for in small
 * steps: with many of the one and none of the other, a search for each would see all of it often.
 */
size_t csv_quote_or_escape(const struct csv_dialect *d, struct slice s);
/* csv_cell.c: the cell that begins at `at`. */
struct csv_cell csv_cell_at(const struct csv_dialect *d, struct slice text, size_t at,
                            size_t limit);
/* The same cell, looked at up to another limit. */
void csv_cell_more(const struct csv_dialect *d, struct slice text, size_t limit,
                   struct csv_cell *cell);
/* The text of a cell with its quotes resolved. p == NULL: memory is out. */
struct slice csv_cell_text(const struct csv_dialect *d, struct slice text,
                           const struct csv_cell *cell, struct arena *arena);
bool csv_is_number(struct slice cell);
static inline bool csv_ends_cell(const struct csv_dialect *d, uint8_t c)
{
    return c == d->separator || c == '\n' || c == '\r';
}

/* csv_scan.c */
struct csv_record {
    size_t from, to; /* line end included */
    uint64_t fields;
    bool last_empty; /* the last field is empty */
    size_t nul;      /* where a NUL stands in it; SIZE_MAX: nowhere */
    size_t not_utf8; /* the same for bytes that are not UTF-8 */
    bool open_quote; /* ended by the end of the text */
};

struct csv_sink {
    bool (*on_record)(void *ctx, const struct csv_record *record);
    /* A cell of the record that is not complete yet is empty. */
    void (*on_empty)(void *ctx, uint64_t column);
    bool (*on_passed)(void *ctx, size_t upto, size_t record, size_t escaped, bool quoted);
    void *ctx;
};
MUST_USE enum st csv_scan(struct source *s, const struct csv_dialect *d,
                          const struct csv_sink *sink);
