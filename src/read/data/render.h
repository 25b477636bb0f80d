/* SPDX-License-Identifier: Apache-2.0 */
/* render.h - rows whose values do not lie as text in the file: databases, protobuf records.
 * Why: values are written one behind the other into blocks of whole rows, each followed by a line
 * end, so that one pass of the engine sees thousands of them and every hit knows its row, column
 * and place in the file.
 * Owns: its buffers, in the reading's arena (taken once).   Threads: one owner.
 * Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/data/binary.h"

struct render_cell;

/* Where in the layer a value lies: asked only for values in which something was found. */
typedef uint64_t render_offset_fn(void *ctx, uint64_t near, struct slice value);

struct render {
    struct reading *r;
    const struct slice *fields; /* "table.column", one per column; live as long as the table */
    struct slice plain;         /* the name of all of them, where fields is NULL */
    render_offset_fn *offset;   /* NULL: `near` is the place */
    void *ctx;
    uint8_t *text;
    struct render_cell *cells;
    uint32_t *ends;
    size_t fill, cell_count, rows, row_from; /* of the block in hand */
    uint64_t row;                            /* of the table */
    struct binaries binaries;                /* of all tables */
    size_t columns;                          /* that were told */
    bool partly; /* something of the block's rows is not in its text: they cannot be compared */
    size_t seen; /* locate()'s memory */
};

MUST_USE enum st render_init(struct render *n, struct reading *r);
/* fields[i] is the full name of columns[i]. */
void render_table(struct render *n, struct slice name, const struct slice *columns,
                  const struct slice *fields, size_t count);
MUST_USE enum st render_value(struct render *n, size_t column, struct slice text, uint64_t near);
/* Bytes of no stated kind: told as text when they are, else opened when they have a format. */
MUST_USE enum st render_bytes(struct render *n, size_t column, struct slice bytes, uint64_t near);
MUST_USE enum st render_row(struct render *n);
void render_end(struct render *n, uint64_t malformed);
