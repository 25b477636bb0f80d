/* SPDX-License-Identifier: Apache-2.0 */
/* page.h - text on a terminal: columns, wrapping at words, colour.
 * Why: hostile names must neither drive the terminal nor break the layout, so everything passes
 * through here: it is escaped, measured in columns, and wrapped.
 * Owns: its scratch buffer, until page_done().   Threads: one owner.   Fails: the buffer's flag. */
#pragma once
#include "report/report.h"

enum ink {
    INK_INFO, /* the severities come first, in their own order */
    INK_LOW,
    INK_MEDIUM,
    INK_HIGH,
    INK_CRITICAL,
    INK_PLAIN,
    INK_DIM,
    INK_BOLD,
    INK_GOOD,
    INK_BAD,
    INK_COUNT,
};

struct page {
    struct buf *out;
    unsigned width, column;
    bool colour;
    struct buf raw;        /* for callers who compose a piece */
    struct buf safe, text; /* the piece, escaped in two steps */
};

void page_init(struct page *p, struct buf *out, const struct report_style *style);
void page_done(struct page *p);

void page_line(struct page *p);                /* end this line */
void page_blank(struct page *p);               /* and leave one empty */
void page_to(struct page *p, unsigned column); /* spaces up to the column */
/* Words, wrapped; later lines start at `indent`. */
void page_flow(struct page *p, unsigned indent, enum ink ink, struct slice text);
/* A piece that belongs together: after `gap` columns, or on a new line when it would not fit. */
void page_item(struct page *p, unsigned indent, unsigned gap, enum ink ink, struct slice text);
/* The same, with what was composed in p->raw; empties it. */
void page_flow_raw(struct page *p, unsigned indent, enum ink ink);
void page_item_raw(struct page *p, unsigned indent, unsigned gap, enum ink ink);
/* Columns that the text will take once it is escaped. */
unsigned page_measure(struct page *p, struct slice text);
