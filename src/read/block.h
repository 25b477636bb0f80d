/* SPDX-License-Identifier: Apache-2.0 */
/* block.h - text with places: how rows, cells, lines and documents reach the judges.
 * Why: one engine pass over a megabyte costs far less than one call per value. A reader therefore
 * hands over long runs of bytes as they lie, and is asked for the place of a byte only where
 * something was found there. Where escapes of JSON or doubled quotes of CSV stand in a run, the
 * text of the block is made with them resolved (`rendered`) and locate maps back, so that such
 * values need no telling of their own. A value whose text is elsewhere not what its bytes say
 * (entities, compressed columns) is told in addition as EV_VALUE, decoded.
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
 * Blocks are at most a few megabytes. A longer record or line comes in several blocks (`part`), and
 * each block of prose begins a little before the last one ended (`seen`), so that a key on a border
 * is whole in one of them. Blank, broken and comment lines of a dataset stand in its blocks too, in
 * front of the next record's bytes: locate gives them no row.
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

/* The place of text.p[at]. `at` never decreases within one block; text.n is the end. */
typedef void block_locate_fn(void *ctx, size_t at, struct block_place *ret);

struct block {
    enum block_kind kind;
    struct slice text;
    uint64_t first_row;     /* of the first record in it */
    const uint32_t *ends;   /* record i ends before text.p[ends[i]], its line end included; NULL: a
                               column, see above, or lines */
    const uint32_t *starts; /* record i begins at text.p[starts[i]]; NULL: rendered, or a column */
    size_t begins;          /* part without an end: where in text its record begins; 0: before */
    size_t records;
    size_t seen;   /* the first bytes stood at the end of the last block: what ends within them was
                      told there */
    bool part;     /* the last record goes on in the next block, or the first began in the last */
    bool rendered; /* text is not the layer's bytes: the bytes of text[a, b) lie from locate(a) to
                      locate(b) */
    block_locate_fn *locate;
    block_locate_fn *locate_value; /* the same but for line and column: cheaper; NULL: there is
                                      none */
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
    uint64_t columns;            /* of them; a record may have more cells than these */
};

/* A record's own bytes, out of a piece between two `ends`: without the end of its line and, in a
 * JSON list, without the comma behind it. */
struct slice block_record(struct slice piece);
