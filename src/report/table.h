/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - what the files of the terminal report share.
 * Owns: the arena and the page, while report_table() runs.   Threads: one owner. */
#pragma once
#include "report/blocks.h"
#include "report/page.h"
#include "report/words.h"

#define TABLE_INDENT 10 /* "CRITICAL" and two spaces: everything else stands below the text */

struct table {
    struct page page;
    const struct result *r;
    const struct report_style *style;
    struct arena *arena;
    enum severity least;       /* the mildest severity that is shown one by one */
    size_t unshown[SEV_COUNT]; /* findings left out, for the "+ 3 medium" line */
};

void table_findings(struct table *t); /* table_findings.c */
void table_unshown(struct table *t);  /* the "+ 3 medium, 9 low" line */
void table_cards(struct table *t);    /* table_card.c: only when few models were scanned */
void table_statistics(struct table *t);
void table_coverage(struct table *t); /* table_coverage.c: what was not looked at, and why */
/* The target as an argument for a shell. */
void table_say_target(struct buf *b, const struct result *r);
