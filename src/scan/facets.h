/* SPDX-License-Identifier: Apache-2.0 */
/* facets.h - a worker's facets of one file, as the parent has them.
 * Owns: the list's descriptor and map, until facets_done().   Threads: one owner of the box.
 * Fails: false: the worker could not be asked, died or answered nonsense. */
#pragma once
#include "base/st.h"
#include "box/box.h"
#include "read/format.h"
#include "scan/facet.h"

struct facets_list {
    struct slice bytes; /* see facet_next() */
    int fd;
    enum format format;
    unsigned flags; /* FACETS_* of facets_job.h */
    uint64_t records;
};

/* One worker that answers facets_read(). spool_dir NULL: what it unpacks and writes is memory. */
MUST_USE enum st facets_start(const char *spool_dir, struct box **ret);
/* timeout_ns 0: the default, longer for larger files. */
bool facets_read(struct box *box, int fd, struct slice name, uint64_t timeout_ns,
                 const char *spool_dir, struct facets_list *ret);
void facets_done(struct facets_list *l);
