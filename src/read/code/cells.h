/* SPDX-License-Identifier: Apache-2.0 */
/* cells.h - the code of a notebook as one module.
 * Why: a name bound in one cell is used in another; only joined can they be followed. The strings
 * of the cells are put one after the other, with a NUL byte behind each cell, and every line knows
 * the physical line of the file that it comes from.
 * Owns: nothing that the reading does not give back.   Threads: one owner.
 * Fails: ST_NOMEM; what is too long is told as not looked at. */
#pragma once
#include "codec/json.h"
#include "read/code/code.h"
#include "read/reading.h"

/* `text`: the notebook's JSON. Tells EV_OUTPUT, EV_NOTEBOOK, EV_MODULE and EV_COMMAND. */
MUST_USE enum st code_cells_read(struct reading *r, struct slice text);

/* ---- between cells.c and cells_text.c ---- */

#define CELLS_TEXT ((size_t)32 << 20)

struct cells_text { /* lines that are being joined */
    struct arena *arena;
    uint8_t *text;
    uint32_t *lines, *cells;
    size_t n, room, line_count, line_room;
    bool open; /* the last line has no end yet */
    bool nomem, cut;
};

/* The strings of the value at `value`, a string or a list of them; true: there was text. */
void code_cells_add(struct cells_text *t, struct json *value, uint32_t cell);
/* The cell's text began at `from`: take its indentation away, and end it. */
void code_cells_end(struct cells_text *t, size_t from, uint32_t cell);
