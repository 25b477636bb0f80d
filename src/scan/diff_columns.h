/* SPDX-License-Identifier: Apache-2.0 */
/* diff_columns.h - tables whose columns differ: by which are their rows compared?
 * Why: with one column more every row differs, which says nothing. Rows are compared by the columns
 * that both tables have, of one name and one type.
 * Owns: nothing; the picks lie in the arena.   Threads: pure functions.   Fails: false: memory. */
#pragma once
#include "scan/facets.h"

struct diff_columns {
    bool same;                 /* all of them, in one order */
    const uint32_t *old, *new; /* places of those that both have, in the order of the old table */
    size_t count;
};

bool diff_columns(struct arena *a, const struct facets_list *old, const struct facets_list *new,
                  struct diff_columns *ret);
