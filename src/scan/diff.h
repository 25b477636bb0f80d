/* SPDX-License-Identifier: Apache-2.0 */
/* diff.h - what changed between two versions of a model, a dataset or a folder of them.
 *
 *    walk both -> digests -> pairs by path, renames by digest
 *    each changed pair -> worker, twice -> facets (facet.h) -> compared by name or by content
 *
 * Owns: nothing after it returns; the result lies in the caller's arena.   Threads: one.
 * Fails: ST_IO with a text when a side cannot be read at all. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "scan/facet.h"

struct diff_options {
    const char *old, *new; /* files or folders */
    const struct slice *excludes;
    size_t exclude_count;
    uint64_t timeout_ns;   /* per file; 0 = default */
    const char *spool_dir; /* NULL: memory */
    struct arena *arena;
};

enum diff_change { DIFF_ADDED, DIFF_REMOVED, DIFF_RENAMED, DIFF_CHANGED, DIFF_CHANGES };

struct diff_facet {
    enum facet_kind kind;
    enum diff_change change;
    struct slice name, old, new; /* old, new: as they are to be shown */
    uint64_t row, line;          /* of a record: in the side that has it */
};

struct diff_count { /* of one kind of facet */
    uint64_t added, removed, changed, same;
};

#define DIFF_FACETS_KEPT 2000u /* per file; all are counted */

struct diff_file {
    enum diff_change change;
    struct slice path, old_path; /* old_path: of a renamed one */
    uint64_t old_bytes, new_bytes;
    char old_sha256[65], new_sha256[65];
    struct slice format; /* empty: unknown to Merlon */
    bool partly;         /* of a changed one: not all of it could be read; more may differ */
    bool by_column;      /* its records were compared column by column */
    bool table;          /* its records are rows of columns, on both sides */
    bool reordered;      /* records that both have stand in another order */
    uint64_t moved;      /* the fewest of them that make up for it */
    size_t common;       /* tables with other columns: rows are compared by so many that both have;
                            0: by all */
    struct diff_count of[FACET_KINDS];
    struct diff_facet *facets;
    size_t facet_count;
};

struct diff_result {
    struct diff_file *files; /* that differ, by path */
    size_t count;
    uint64_t same, changes[DIFF_CHANGES];
    struct slice *unread; /* "path: reason": links, devices, what could not be opened */
    size_t unread_count;
};

MUST_USE enum st diff_run(const struct diff_options *o, struct diff_result *ret,
                          struct slice *ret_error);

/* Two lists of facets, compared; fills in f->of, facets, reordered, moved. False: memory is out, or
 * a list was none. */
bool diff_facets(struct arena *a, struct slice old, struct slice new, struct diff_file *f);
