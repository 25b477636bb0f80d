/* SPDX-License-Identifier: Apache-2.0 */
/* block.h - text with places: how rows, cells, lines and documents reach the judges.
 * Why: one engine pass over a megabyte costs far less than one call per value. A reader therefore
 * hands over long runs of bytes as they lie, and is asked for the place of a byte only where
 * something was found there. A value whose text is not what its bytes say (escapes, doubled quotes,
 * entities, compressed columns) is told in addition as EV_VALUE, decoded.
 *
 *    EV_TABLE      a table begins: its name and columns
 *    EV_BLOCK      a run of whole records (or of lines, for prose and code)
 *    EV_VALUE      one decoded value with its place
 *    EV_TABLE_END  how many records there were
 *
 * Columnar files (Parquet, Arrow) tell their blocks column by column: such a block has no records
 * (ends == NULL), each of its values is one of locate's `value`s and is followed by a line end, and
 * a hit that does not lie within one value is none.
 *
 * Owns: nothing; everything lives until the sink returns.   Threads: one owner. */
#pragma once
#include "base/slice.h"

enum block_kind {
    BLOCK_TEXT,    /* prose, code, configuration, markup: lines */
    BLOCK_RECORDS, /* rows of a dataset */
};

/* Where something is. */
struct block_place {
    uint64_t offset;      /* in the layer, bytes */
    int64_t row;          /* data record from 0; -1: no rows here */
    int64_t line, column; /* physical, from 1, column in bytes; -1: the layer is not text */
    int32_t column_index; /* of the table's columns; -1: none */
    struct slice field;   /* column name or JSON path ($.a[3].b); lives until the next locate */
    struct slice value;   /* the part of the block that is this value; empty between values */
    uint64_t times;       /* rows that share the value (dictionaries); 0 counts as 1 */
};

/* The place of text.p[at]. `at` never decreases within one block. */
typedef void block_locate_fn(void *ctx, size_t at, struct block_place *ret);

struct block {
    enum block_kind kind;
    struct slice text;
    uint64_t first_row;   /* of the first record in it */
    const uint32_t *ends; /* record i ends before text.p[ends[i]], its line end included; NULL: see
                             above */
    size_t records;
    block_locate_fn *locate;
    void *ctx;
};

struct block_value {
    struct block_place place;
    struct slice text; /* decoded, UTF-8 where the source says what it is */
    uint64_t times;    /* rows that share it (dictionary pages); 0 counts as 1 */
};

struct block_table {
    struct slice name;
    const struct slice *columns; /* names; NULL: the records have none, or each its own (JSON) */
    size_t column_count;
};

struct block_table_end {
    uint64_t records, malformed; /* malformed ones are not counted among the records */
    const uint64_t *filled;      /* per column, values that are not empty; NULL: not counted */
};
