/* SPDX-License-Identifier: Apache-2.0 */
/* facets.h - a worker's facets of one file, as the parent has them.
 * Owns: the list's descriptor and map, until facets_done().   Threads: one owner of the box.
 * Fails: false: the worker could not be asked, died or answered nonsense. */
#pragma once
#include "base/st.h"
#include "box/box.h"
#include "read/format.h"
#include "scan/facet.h"
#include "sign/records.h"

struct facets_list {
    struct slice bytes; /* see facet_next() */
    int fd;
    enum format format;
    unsigned flags; /* FACETS_* of facets_job.h */
    uint64_t records;
    char why[256]; /* of FACETS_PARTLY; in a worker's words: escape it */
};

/* One worker that answers facets_read(). spool_dir NULL: what it unpacks and writes is memory. */
MUST_USE enum st facets_start(const char *spool_dir, struct box **ret);
#define FACETS_PICK_MAX 14000u
struct facets_options {
    uint64_t timeout_ns;   /* 0: the default, longer for larger files */
    const char *spool_dir; /* NULL: memory */
    const uint32_t *pick;  /* of a table's columns only these, counted from 0; NULL: all */
    size_t pick_count;     /* <= FACETS_PICK_MAX */
};
bool facets_read(struct box *box, int fd, struct slice name, const struct facets_options *o,
                 struct facets_list *ret);
/* Those of a table, in its order: FACET_COLUMN stands before the records. NULL: memory is out. */
struct records_column *facets_columns(const struct facets_list *l, struct arena *a,
                                      size_t *ret_count);
void facets_done(struct facets_list *l);
