/* SPDX-License-Identifier: Apache-2.0 */
/* markup.h - pages and drawings: the text that a reader sees, and what acts or hides in them.
 * Why: "sk-<b>abc</b>" and "&#115;k-abc" are the same key to a browser. Runs of text that are not
 * what their bytes say are told as values, decoded; the bytes themselves are told as lines.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/readers.h"

reader_fn html_read; /* FMT_HTML */
reader_fn xml_read;  /* FMT_XML, FMT_SVG */

#define MARKUP_RUN ((size_t)64 << 10)

struct markup_piece;

/* Runs of text being collected into one block; those that are as they lie are left out again. */
struct markup_run {
    struct reading *r;
    uint8_t *text;               /* MARKUP_RUN bytes: told runs, then the one in hand */
    struct markup_piece *pieces; /* where the parts of text lie in the layer */
    size_t n, count;
    size_t begin, begin_piece; /* of the run in hand */
    size_t seen;               /* locate()'s memory */
    uint64_t hidden;           /* runs told as values */
    bool differs;              /* from its bytes */
    bool open;
    struct slice field; /* why nobody sees it, or the element that it is in; empty: none */
    bool unseen;        /* field is a reason */
};

MUST_USE enum st markup_run_init(struct markup_run *run, struct reading *r);
/* Raw bytes of text; entities in it are decoded when wanted. */
void markup_add(struct markup_run *run, struct slice raw, uint64_t at, uint64_t line,
                bool entities);
void markup_end(struct markup_run *run);
void markup_flush(struct markup_run *run); /* after the last run */

/* What acts, counted and told once. */
struct markup_active {
    uint64_t scripts, handlers, frames;
    uint64_t at, line; /* the first of them */
};
void markup_note(struct markup_active *a, uint64_t *which, uint64_t at, uint64_t line);
void markup_tell_active(const struct reading *r, const struct markup_active *a);
bool markup_is_handler(struct slice name);      /* onload, onclick, ... */
bool markup_is_script_link(struct slice value); /* javascript:, data:text/html */
