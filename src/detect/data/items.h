/* SPDX-License-Identifier: Apache-2.0 */
/* items.h - what was seen in a text, until all of it was seen; private to detect/data.
 * Why: views and notes come behind the plain hits, but places are asked for in rising order.
 * Owns: the lists lie in the judge's arena and are used again.   Threads: one owner.
 * Fails: d->overflow counts what there was no room for. */
#pragma once
#include "detect/data/data_part.h"

enum item_kind { ITEM_HIT, ITEM_NOTE, ITEM_CELL /* may be active content of a spreadsheet */ };

struct item {
    uint32_t from, to;
    union {
        const struct detector *detector;
        const char *rule;
    };
    const char *via;       /* of a hit; a note's message */
    uint32_t text, text_n; /* in `decoded`: what a view shows, a note's evidence */
    uint8_t kind, sureness, severity;
    bool unless_format; /* see look.h */
};

struct plain { /* the same of a hit in the text as it lies: a block of numbers has many */
    uint32_t from;
    uint16_t n, detector;
    uint8_t sureness, severity;
};

void items_hit(void *ctx, const struct look_hit *h);   /* a look_hit_fn; ctx: struct judge_data */
void items_note(void *ctx, const struct look_note *n); /* a look_note_fn */
/* Cells of a block of CSV that begin like formulas. */
void items_cells(struct judge_data *d, struct slice s, size_t from, size_t to);
