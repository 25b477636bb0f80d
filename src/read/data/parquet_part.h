/* SPDX-License-Identifier: Apache-2.0 */
/* parquet_part.h - what the files of the Parquet reader share.
 *
 *    parquet.c         frame, footer, row groups: who calls whom
 *    parquet_schema.c  the schema's tree -> leaves with their paths and levels
 *    parquet_tree.c    the same tree -> columns with types, for rows (read/data/rows.h)
 *    parquet_type.c    the type of a leaf
 *    parquet_chunk.c   one column of one row group: its metadata, its pages in order
 *    parquet_page.c    one page: levels, rows, then values
 *    parquet_values.c  values of each encoding -> cells
 *    parquet_runs.c    runs of levels and indexes; deltas: the two integer codes
 *
 * Owns: struct parquet lives on the reader's stack, its arrays in the reading's arena. */
#pragma once
#include "base/cursor.h"
#include "codec/thrift.h"
#include "read/data/cells.h"
#include "read/data/parquet_schema.h"
#include "read/data/room.h"
#include "read/data/rows.h"

struct parquet_leaf {
    struct slice path; /* dotted */
    enum parquet_type type;
    enum cell_kind kind;
    uint32_t width; /* bytes of a value that is kept as bytes of fixed length; 0: it is not */
    uint16_t max_def, max_rep;
    enum row_form form;         /* for rows, with the next two */
    const struct row_gap *gaps; /* what is missing at each definition level below max_def */
    size_t column;
};

struct parquet_range {
    uint64_t from, to;
};

struct parquet {
    struct reading *r;
    struct slice footer;
    uint64_t data_end; /* of the layer: where the footer begins */
    struct parquet_leaf *leaves;
    uint64_t *filled;
    size_t leaf_count;
    size_t schema_at; /* the list of its elements, in the footer */
    size_t groups_at; /* where the list of row groups stands in the footer; 0: there is none */
    int64_t rows;     /* as the footer says */
    uint64_t group_rows;
    uint64_t chunks, malformed, complaints;
    struct parquet_range *ranges; /* of the chunks, for those that overlap */
    size_t range_count, range_room;
    bool ranges_lost; /* there were more than that */
    bool encrypted;   /* some columns are */
    struct cells cells;
    struct room page, dictionary;
    int64_t *first_rows; /* of the dictionary's values; with times */
    uint64_t *times;
    uint32_t *starts; /* for rows: where its values begin; of BYTE_ARRAY */
    size_t dictionary_room;
    bool by_row; /* rows are told, with these: */
    struct rows out;
    size_t *order; /* leaves, as their cells follow in a row */
    size_t order_count;
    size_t *chunk_at; /* in the footer, of each leaf of the row group */
    bool again;       /* it was gone through before: for another batch of its rows */
};

/* Said at most a few times per file. */
#define parquet_complain(x, at, ...)                                                            \
    do {                                                                                        \
        if ((x)->complaints++ < 16) tell_anomaly((x)->r, ANOMALY_MALFORMED, (at), __VA_ARGS__); \
    } while (0)

/* schema.c: the list of SchemaElements at the cursor -> leaves. */
MUST_USE enum st parquet_schema(struct parquet *p, struct thrift *t, const struct thrift_field *f);

/* tree.c: the same, for rows: EV_COLUMNS and what leaves need. False in by_row: they cannot be
 * told, which was said. */
MUST_USE enum st parquet_tree(struct parquet *p);
/* type.c: how values of a leaf are written, and the name of its type. */
enum row_form parquet_type(const struct parquet_element *e, struct rows_writer *w);

/* chunk.c: the ColumnChunk at the cursor. The cursor is left behind it. */
struct parquet_group {
    uint64_t number, first_row, rows;
};
MUST_USE enum st parquet_chunk(struct parquet *p, struct thrift *t, const struct parquet_group *g,
                               struct parquet_leaf *leaf, size_t index);

/* ---- runs.c ---- */

/* RLE and bit packing mixed (Encodings.md): runs of one number, so that two thousand million nulls
 * cost one step. */
struct runs {
    struct cursor c;
    unsigned width;
    uint64_t left; /* of the current run */
    bool packed;
    bool high_first; /* the old BIT_PACKED */
    uint32_t value;
    struct slice bits;
    uint64_t bit;
};
void runs_init(struct runs *s, struct slice bytes, unsigned width);
void runs_init_packed(struct runs *s, struct slice bytes, unsigned width, uint64_t count);
void runs_init_bits(struct runs *s, struct slice bytes); /* bits, lowest first */
/* The number that comes next and how often at once, up to `most`; false when there is none. */
bool runs_peek(struct runs *s, uint64_t most, uint32_t *ret, uint64_t *ret_count);
void runs_pass(struct runs *s, uint64_t count);

/* DELTA_BINARY_PACKED. */
struct deltas {
    struct cursor c;
    uint64_t count, left;
    uint64_t value, least;
    uint64_t per_mini, minis, mini, in_mini;
    struct slice widths, bits;
    unsigned width;
    uint64_t bit;
};
MUST_USE bool deltas_init(struct deltas *d, struct slice bytes);
bool deltas_next(struct deltas *d, int64_t *ret);
/* Pass all that is left; what lies behind them. */
struct slice deltas_end(struct deltas d);

/* ---- values.c ---- */

struct values {
    struct parquet *p;
    const struct parquet_leaf *leaf;
    enum parquet_encoding encoding;
    struct slice bytes;
    struct cursor c; /* PLAIN, and the bytes behind deltas */
    struct deltas deltas, suffixes;
    struct buf_view {
        uint8_t *p;
        size_t n, room;
    } last;         /* DELTA_BYTE_ARRAY: the value before */
    uint64_t split; /* BYTE_STREAM_SPLIT: values in all, and the next */
    uint64_t next;
    struct runs runs; /* indexes into the dictionary; truth values */
    struct slice dictionary;
    uint64_t dictionary_count;
    unsigned level;  /* repetition: of the values that are taken now */
    bool told;       /* dictionary: told with first_rows */
    uint64_t offset; /* of the page in the layer, or of `bytes` when `exact` */
    bool exact;
    size_t released;
    struct room *room;
};
/* `count` values at most. ST_UNSUPPORTED: no such encoding for this type. */
MUST_USE enum st values_init(struct values *v, uint64_t count);
/* The next n values, of rows row, row + step, ... ST_MALFORMED: the values end or lie. */
MUST_USE enum st values_take(struct values *v, uint64_t n, int64_t row, int64_t step);

/* ---- page.c ---- */

struct page_header {
    int64_t kind, unpacked, packed; /* kind: 0 data, 1 index, 2 dictionary, 3 data v2 */
    int64_t values, nulls, rows, encoding, def_encoding, rep_encoding, def_bytes, rep_bytes;
    bool v2_packed, has_crc, has_header;
    uint32_t crc;
};

struct chunk {
    struct parquet *p;
    const struct parquet_group *g;
    struct parquet_leaf *leaf;
    size_t index;
    enum page_codec codec;
    int64_t values; /* as its metadata says */
    uint64_t from, to, data_at;
    uint64_t seen; /* values, in all pages */
    int64_t row;   /* of the group, the one that values belong to; -1: before the first */
    bool rows_known;
    struct slice dictionary;
    uint64_t dictionary_count, dictionary_at;
    bool has_dictionary, dictionary_lost;
};
MUST_USE enum st page_read(struct chunk *k, const struct page_header *h, struct slice body,
                           uint64_t at);
/* After the last page: the dictionary's values, each with the first row that uses it. */
MUST_USE enum st page_tell_dictionary(struct chunk *k);
