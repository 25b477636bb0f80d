/* SPDX-License-Identifier: Apache-2.0 */
/* blocks.h - findings that say the same thing, gathered.
 * Why: forty files with one flaw are one thing to understand and forty places to visit; ten
 * thousand addresses in a column are one place.
 * Owns: nothing outside the arena.   Threads: one owner.   Fails: false when memory is out. */
#pragma once
#include "base/arena.h"
#include "finding/result.h"

struct place {     /* one finding, or the rows of one column of one file */
    size_t member; /* index of the first into r->findings */
    size_t rows;   /* how many */
};

struct block { /* same severity, rule and sentence */
    const struct finding *first;
    struct place *places; /* in report order */
    size_t place_count;
    size_t count, files; /* findings, and the files that they are in */
    bool same_evidence;  /* all members show the same */
};

struct blocks {
    struct block *items; /* worst first; what was not inspected last in its severity */
    size_t count;
};

typedef bool block_filter(const struct finding *f, const void *ctx);

/* The findings that pass the filter, as blocks. */
bool blocks_make(struct arena *a, const struct result *r, block_filter *filter, const void *ctx,
                 struct blocks *ret);
