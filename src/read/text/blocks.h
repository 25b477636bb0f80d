/* SPDX-License-Identifier: Apache-2.0 */
/* blocks.h - from records to blocks of about a megabyte, with places on demand.
 * Why: what all readers of text share. A reader says where its records are; this cuts them into
 * EV_BLOCK events, resolves escapes where there are any, counts lines, and asks the reader's
 * `place` only for bytes in which something was found.
 *
 *    raw   the source's text       {"a":"x\ny"}\n{"a"...     indices into source.text
 *    text  what the block holds    {"a":"x<LF>y"}\n{"a"...   the same bytes where nothing is
 * escaped
 *
 * Owns: buffers in the reading's arena, taken once.   Threads: one owner.
 * Fails: sticky, `st`; blocks_done() gives it. */
#pragma once
#include "read/text/source.h"

#define BLOCK_WANTED ((size_t)1 << 20) /* a block ends with the record that passes this */
#define BLOCK_LONG   ((size_t)2 << 20) /* a longer record comes in parts */
#define BLOCK_SEEN   ((size_t)4 << 10) /* what parts and blocks of prose have in common */

/* Where a byte of raw text is, in the reader's terms. */
struct blocks_at {
    size_t record; /* where its record begins, or its line when it is in none */
    int64_t row;   /* -1: in none */
    size_t at;     /* the byte */
    size_t limit;  /* nothing behind it may be looked at */
    bool part;     /* the record began in an earlier block */
};

struct blocks_shape {
    enum block_kind kind;
    /* Fills field and column_index; *from and *to bound the value in raw text (equal: none). */
    void (*place)(void *ctx, const struct blocks_at *where, struct block_place *ret, size_t *from,
                  size_t *to);
    /* Where the next escape at or behind `at` is (raw.n: nowhere). NULL: there are none. *state is
     * 0 at the begin of the block and belongs to these two functions. */
    size_t (*escape)(void *ctx, struct slice raw, size_t at, size_t *state);
    /* What the escape at `at` says: the length of it, and up to 4 bytes. */
    size_t (*resolve)(void *ctx, struct slice raw, size_t at, uint8_t out[4], size_t *ret_n);
    /* The same for raw[from, to) at once, with 32 bytes of room to spare. NULL: step by step. */
    size_t (*render)(struct slice raw, size_t from, size_t to, uint8_t *out);
};

struct blocks_walk { /* two places that are the same byte */
    size_t raw, text, state;
};

struct blocks_line { /* a place and its line */
    size_t at, begin;
    uint64_t number;
};

struct blocks {
    struct source *source;
    const struct blocks_shape *shape;
    void *ctx;
    enum st st;
    uint64_t rows; /* told so far */
    /* the block that is being collected */
    size_t from;
    size_t seen;
    bool part;
    size_t part_from; /* where the record begins of which this block has a part */
    size_t escaped;   /* the last escape is before this */
    uint32_t *starts, *ends, *text_ends;
    size_t records, room;
    uint8_t *buffer;
    size_t buffer_n;
    struct blocks_line line; /* at or before `from` */
    /* locate()'s memory */
    struct slice raw;
    bool rendered;
    struct blocks_walk walk, walk_before, value_walk;
    struct blocks_line where;
    size_t index;
    size_t value_from, value_to;
    struct slice value;
};

void blocks_init(struct blocks *b, struct source *source, const struct blocks_shape *shape,
                 void *ctx);
/* A record is text[from, to), its line end included; in order. False: stop. */
bool blocks_record(struct blocks *b, size_t from, size_t to);
/* Everything before `upto` was looked at; the record that is open began at `record` (SIZE_MAX: none
 * is). False: stop. */
bool blocks_passed(struct blocks *b, size_t upto, size_t record);
/* End the block at a line end of prose. */
bool blocks_cut(struct blocks *b, size_t upto);
/* The rest, up to the end of the text. */
enum st blocks_done(struct blocks *b);
/* The line (from 1) of raw text[at]; at never decreases. */
uint64_t blocks_line_of(const struct source *s, struct blocks_line *line, size_t at);
