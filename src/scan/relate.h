/* SPDX-License-Identifier: Apache-2.0 */
/* relate.h - what can only be said when all files are known.
 * Why: a worker sees one file. That an index names a missing part is known here.
 * Owns: what lies in the result's arena.   Threads: the collector's lock guards it.
 * Fails: true from relate_hold() and false from relate_settle() when memory is out. */
#pragma once
#include "finding/result.h"

struct relate_held;

struct relate {
    struct relate_held *held; /* findings that wait for the last file */
};

/* Takes over a finding that must wait; false: add it now. */
bool relate_hold(struct relate *rel, struct arena *a, const struct finding *f);
/* After the last file: add those that turned out to be true. `whole` is false when only single
 * files were looked at: then nothing can be missing. */
bool relate_settle(struct relate *rel, struct result *r, bool whole,
                   void (*add)(void *ctx, struct finding *f), void *ctx);
