/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h - a table's rows in one form, whoever wrote the file (doc/format-records.md).
 * Why: a signature over rows must hold when a table is packed with another codec, cut into other
 * pages, or written by another program. What is told here depends on names, types and values only.
 *
 *    EV_COLUMNS   once: names and types
 *    EV_ROWS      a batch of rows begins
 *    EV_CELL      more of one row; all of a column, then all of the next
 *    EV_ROWS_END  they are whole; without it they are not, which was told, and count for nothing
 *
 *    row    SHA-256 of the columns, then its cells in the order of the columns' leaves
 *    cell   entry, and for each further element of a list: 0x03 level entry
 *    entry  0x00 depth              null                     depth: of the node that is missing,
 *           0x01 depth              an empty list or map     the column being 0
 *           0x02 length:u32le ...   a value
 *
 * Owns: nothing.   Threads: one owner.   Fails: ST_LIMIT; what cannot be told is EV_UNREAD. */
#pragma once
#include "base/st.h"
#include "read/reading.h"

#define ROWS_BATCH       (1u << 18) /* at most so many at once: a sink keeps a state for each */
#define ROWS_MAX         (1u << 26) /* in one file */
#define ROWS_FREE        (1u << 22) /* in a file of any size; above, one byte of it has to */
#define ROWS_PER_BYTE    64u        /* stand for not more than so many */
#define ROWS_COLUMNS_MAX 16384u     /* leaves */
#define ROWS_NAME_MAX    1024u      /* bytes of a column's name */
#define ROWS_TYPE_MAX    8192u      /* bytes of its type */

enum { ROW_NULL = 0, ROW_EMPTY = 1, ROW_VALUE = 2, ROW_MORE = 3 };

struct row_gap { /* why there is no value */
    uint8_t tag, depth;
};

enum row_form {
    ROW_RAW,      /* bytes as they are; of a number its bits, lowest first */
    ROW_SIGNED,   /* 8 bytes in two's complement, lowest first, whatever the width */
    ROW_UNSIGNED, /* the same without a sign */
    ROW_DECIMAL,  /* as few bytes as two's complement takes, highest first */
};

struct rows {
    struct reading *r;
    uint64_t first, count; /* of the batch; rows outside of it are passed over */
};

/* A reader tells rows instead of blocks: it was asked to, and this is the file itself. */
bool rows_wanted(const struct reading *r);
/* Are so many rows too many? Then it is told, and the answer is ST_LIMIT. */
MUST_USE enum st rows_fit(const struct reading *r, uint64_t first, uint64_t more);
MUST_USE enum st rows_begin(struct rows *w, uint64_t first, uint64_t count);
void rows_end(struct rows *w);

/* `level` 0: the first entry of the row's cell; else the list, from 1, that goes on. */
MUST_USE enum st rows_bytes(struct rows *w, uint64_t row, unsigned level, enum row_form form,
                            struct slice value);
/* `value` is sign extended if it has a sign; of ROW_RAW all 64 bits. */
MUST_USE enum st rows_number(struct rows *w, uint64_t row, unsigned level, enum row_form form,
                             uint64_t value);
/* The same gap in n rows from `row` on; with a level n times in one row. */
MUST_USE enum st rows_gap(struct rows *w, uint64_t row, uint64_t n, unsigned level,
                          struct row_gap gap);

/* ---- columns ---- */

struct row_column {
    struct slice name, type; /* type: "int64", "list<struct<\"role\": string>>", ... */
    bool picked;             /* its cells are part of the rows */
};

struct row_columns {
    const struct row_column *list;
    size_t count;
    uint8_t digest[32]; /* of those that were picked; begins each row */
};

void rows_digest(const struct row_column *list, size_t count, uint8_t ret[32]);

/* What types are written with. Bad names and types that are too long are told at the column's
 * end; after that `lost` is set. */
struct rows_writer {
    struct reading *r;
    struct row_column *list;
    size_t count, room;
    size_t *order; /* of the columns that were picked */
    size_t picked;
    struct slice name; /* of the column at work */
    uint8_t text[ROWS_TYPE_MAX];
    size_t n;
    bool lost;
};
/* In the arena; room for `most` columns. NULL: memory is out. */
struct rows_writer *rows_writer(struct reading *r, size_t most);
void rows_column(struct rows_writer *w, struct slice name);
void rows_type(struct rows_writer *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void rows_field(struct rows_writer *w, struct slice name); /* of a struct: "name": */
MUST_USE enum st rows_column_end(struct rows_writer *w);
/* EV_COLUMNS, unless some were lost; sets which are picked. */
MUST_USE enum st rows_columns(struct rows_writer *w);
