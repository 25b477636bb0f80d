/* SPDX-License-Identifier: Apache-2.0 */
/* arrow_part.h - what the files of the Arrow reader share.
 *
 *    arrow.c         frame: messages in order, footer, dictionaries, who calls whom
 *    arrow_schema.c  the schema's tree -> nodes in preorder, one tree per dictionary
 *    arrow_batch.c   one record batch: its buffers, node by node -> cells
 *    arrow_type.c    types of columns, for rows (read/data/rows.h)
 *    arrow_rows.c    one record batch: its rows, column by column
 *    arrow_leaf.c    the values of one leaf, and the row that each belongs to
 *
 * Owns: struct arrow lives on the reader's stack, its arrays in the reading's arena. */
#pragma once
#include "base/cursor.h"
#include "codec/flatbuf.h"
#include "read/data/arrow_type.h"
#include "read/data/cells.h"
#include "read/data/room.h"
#include "read/data/rows.h"

/* Which buffers a node has. */
enum arrow_layout {
    ARROW_NULL,
    ARROW_FIXED,      /* validity, values of `width` bits */
    ARROW_BYTES,      /* validity, offsets of `width` bytes, data */
    ARROW_VIEWS,      /* validity, views, and as many data buffers as the batch says */
    ARROW_LIST,       /* validity, offsets of `width` bytes */
    ARROW_LIST_VIEW,  /* validity, offsets, sizes */
    ARROW_FIXED_LIST, /* validity; `width` elements each */
    ARROW_STRUCT,     /* validity */
    ARROW_UNION,      /* types; the children are as long as it is */
    ARROW_DENSE,      /* types, offsets */
    ARROW_RUNS,       /* none; two children: where runs end, their values */
};

struct arrow_node {
    struct slice path; /* dotted */
    int32_t parent;    /* in the same tree; -1: none */
    uint32_t children;
    enum arrow_layout layout;
    enum cell_kind kind;
    uint32_t width;
    int32_t dictionary; /* index; its values are the indexes; -1: none */
    int32_t column;     /* of the table; -1: no leaf */
    bool is_unsigned;
    /* for rows: */
    enum row_form form;
    uint8_t depth;
    bool hidden; /* the entries of a map: no node of its own */
};

struct arrow_tree {
    uint32_t first, count; /* of the nodes */
};

/* A buffer of the batch at work, unpacked. */
struct arrow_bytes {
    struct slice s;
    uint64_t offset; /* in the layer, of the buffer */
    bool exact;      /* not packed: byte i lies at offset + i */
    struct room *room;
};

/* What a nested node's children need to know their rows. */
struct arrow_level {
    struct room room;
    struct slice offsets;
    uint64_t length;
    uint64_t at; /* the element that the last row was asked for */
    bool lost;   /* rows below it cannot be told */
};

#define ARROW_BATCHES 64 /* of one dictionary */

struct arrow_dictionary {
    int64_t id;
    struct arrow_tree tree;
    struct flat_table field; /* to be parsed */
    struct slice path;
    int32_t column;
    uint64_t count, room;
    int64_t *first_rows;
    uint64_t *times;
    struct slice *values;            /* for rows: all of them; p == NULL: null */
    uint64_t batches[ARROW_BATCHES]; /* where its messages begin */
    size_t batch_count;
};

struct arrow {
    struct reading *r;
    struct cells cells;
    struct arrow_node *nodes;
    uint32_t node_count, node_room;
    struct arrow_tree tree;
    struct arrow_level *levels; /* as many as the biggest tree has nodes */
    struct arrow_dictionary *dictionaries;
    size_t dictionary_count, dictionary_room;
    struct slice *names; /* of the columns */
    uint64_t *filled;
    int32_t column_count;
    uint64_t rows, malformed, complaints;
    uint64_t *seen; /* where record batches were found, ascending */
    size_t seen_count, seen_room;
    struct room validity, first, second;
    struct slice footer; /* of a file; with where it lies */
    uint64_t footer_at;
    bool by_row; /* rows are told, with the next */
    struct arrow_rows *table;
    bool have_schema, old_unions; /* before V5 unions had a validity buffer */
};

/* Said at most a few times per file. */
#define arrow_complain(x, at, ...)                                                              \
    do {                                                                                        \
        if ((x)->complaints++ < 16) tell_anomaly((x)->r, ANOMALY_MALFORMED, (at), __VA_ARGS__); \
    } while (0)

/* schema.c */
MUST_USE enum st arrow_schema(struct arrow *a, struct flat *f, struct flat_table schema,
                              uint64_t at);
void arrow_metadata(struct arrow *a, struct flat *f, struct flat_table owner, unsigned id,
                    uint64_t at);
struct arrow_dictionary *arrow_dictionary(struct arrow *a, int64_t id);

/* One message: its flatbuffer and its body. */
struct arrow_message {
    uint64_t at; /* in the layer */
    struct flat flat;
    struct flat_table header;
    int64_t type; /* 1 schema, 2 dictionary, 3 record batch */
    uint64_t body_at;
    struct slice body;
    uint64_t end;
};

struct arrow_batch;

/* batch.c: all columns of a RecordBatch. `d`: the batch is of this dictionary's values, and their
 * rows are its first rows from `base` on; NULL: rows from `base` on. */
MUST_USE enum st arrow_batch(struct arrow *a, struct arrow_message *m, struct flat_table batch,
                             const struct arrow_tree *tree, struct arrow_dictionary *d,
                             uint64_t base);

/* type.c: EV_COLUMNS, and what rows need to know of the nodes. by_row is false afterwards when they
 * cannot be told, which was said. */
MUST_USE enum st arrow_columns(struct arrow *a, struct flat *f, struct flat_table schema);

/* rows.c */
MUST_USE enum st arrow_rows_init(struct arrow *a, const struct rows_writer *w);
void arrow_rows_done(struct arrow *a);
MUST_USE enum st arrow_rows(struct arrow_batch *b);
/* The batch is of the dictionary's values; n of them. */
MUST_USE enum st arrow_rows_dictionary(struct arrow_batch *b, struct arrow_dictionary *d);

struct arrow_batch {
    struct arrow *a;
    struct arrow_message *m;
    struct flat_vector nodes, buffers, variadic;
    const struct arrow_tree *tree;
    struct arrow_dictionary *dictionary;
    uint64_t base;
    enum page_codec codec; /* PAGE_PLAIN: not packed */
    uint32_t next_node, next_buffer, next_variadic;
};
/* How many buffers a node has, but for the variadic ones of views. */
unsigned arrow_buffers(const struct arrow *a, const struct arrow_node *n);
/* Buffer i, unpacked into `room`. ST_MALFORMED was told. */
MUST_USE enum st arrow_buffer(struct arrow_batch *b, uint32_t i, struct room *room,
                              struct arrow_bytes *ret);

/* leaf.c: the values of a leaf, whose buffers begin at number `buffer`. */
MUST_USE enum st arrow_leaf(struct arrow_batch *b, const struct arrow_node *n, uint64_t length,
                            uint64_t nulls, uint32_t buffer, uint64_t variadic);
