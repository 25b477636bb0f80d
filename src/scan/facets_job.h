/* SPDX-License-Identifier: Apache-2.0 */
/* facets_job.h - the worker's side of diff.h: reads a file and writes its facets.
 * Answer: one record, format:u16 flags:u8 records:u64 why; the facets lie in box_out().
 * Owns: nothing.   Threads: one per process.   Fails: FACETS_PARTLY. */
#pragma once
#include "box/box.h"
#include "scan/facet.h"

enum {
    FACETS_PARTLY = 1,  /* something could not be read, or there was no room: more may differ */
    FACETS_COLUMNS = 2, /* records are compared column by column */
    FACETS_SHOWN = 8,   /* records are compared by what is shown of them, not by their bytes */
    FACETS_TABLE = 4,   /* records are rows of columns: FACET_COLUMN, shown: the type */
};
#define FACETS_WHY_MAX 200u /* what of FACETS_PARTLY came first; bytes */

/* A box_fn. The request is the file's name, and maybe a NUL and the columns that rows are made of,
 * u32 each; without: all. */
void facets_job(struct box_job *job, int fd, int spool_fd, struct slice request);
