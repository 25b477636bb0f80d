/* SPDX-License-Identifier: Apache-2.0 */
/* cells.h - the values of one column, gathered into blocks for the engine.
 * Why: columnar files hold values apart from their rows, with lengths between them. Here they are
 * put one behind the other, each followed by a line end, with their rows beside them, so that one
 * pass of the engine sees thousands of values and none of it runs from one value into the next.
 * Owns: its buffers, in the reading's arena (taken with the first value, kept for all columns).
 * Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/data/binary.h"

struct cell;

struct cells {
    struct reading *r;
    struct slice field; /* of the current column; lives as long as it is current */
    int32_t column;
    struct cell *list;
    uint8_t *text;
    size_t count, fill;
    struct binaries binaries; /* of all columns */
};

struct cell_place {
    int64_t row;     /* -1: no row uses it */
    uint64_t offset; /* in the layer: of the value, or of the page that it was packed in */
    uint64_t times;  /* rows that share it; 0 counts as 1 */
};

void cells_init(struct cells *c, struct reading *r);
/* Tells what was gathered, then goes on with another column. */
MUST_USE enum st cells_column(struct cells *c, struct slice field, int32_t column);
MUST_USE enum st cells_flush(struct cells *c);
MUST_USE enum st cells_end(struct cells *c); /* after the last value */

/* What the values of a column are to us. */
enum cell_kind {
    CELL_SKIP,     /* floats of 32 bits, times, truth values: they name nobody */
    CELL_TEXT,     /* strings, enums, JSON */
    CELL_BYTES,    /* no kind stated: text when they look like it, else a picture or a program */
    CELL_SIGNED,   /* integers, and decimals without a fraction */
    CELL_UNSIGNED, /* the same without a sign */
    CELL_DOUBLE,   /* whole numbers that a column with gaps was made floating point for */
    CELL_BIG,      /* decimals in big-endian bytes */
    CELL_LITTLE,   /* decimals in little-endian bytes */
    CELL_UUID,
};
MUST_USE enum st cells_put_bytes(struct cells *c, enum cell_kind kind, struct slice value,
                                 struct cell_place at);
/* As decimal digits. Numbers of fewer than seven digits identify nobody and are left out.
 * `value` is sign extended, or the bits of a double. */
MUST_USE enum st cells_put_number(struct cells *c, enum cell_kind kind, uint64_t value,
                                  struct cell_place at);
