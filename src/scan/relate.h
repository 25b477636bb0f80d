/* SPDX-License-Identifier: Apache-2.0 */
/* relate.h - what can only be said when all files are known: the joined verdict.
 * Why: a worker sees one file. That an index names a missing part, that a load call loads the very
 * file in which something was found, and that the library that loads it is too old, is known here.
 * Findings that carry a condition (finding/condition.h) wait until the last file was read.
 *
 *    which requirement counts   of all files that name the package those that lie nearest: with the
 *                               longest folder in common; a lock's exact version before a range
 *    which file is loaded       the literal path, seen from the code's folder and from each folder
 *                               above it, up to the target
 *
 * Owns: what lies in the result's arena.   Threads: the collector's lock guards it.
 * Fails: `nomem`. */
#pragma once
#include "finding/result.h"

struct relate_held;
struct relate_requirement;

struct relate {
    struct arena *arena;
    struct relate_held *held, **last; /* findings that wait for the last file, in order */
    struct relate_requirement *requirements;
    bool nomem;
};

void relate_init(struct relate *rel, struct arena *a);
/* Takes over a finding that must wait; false: add it now. */
bool relate_hold(struct relate *rel, const struct finding *f);
/* The file `path` asks for a package. */
void relate_require(struct relate *rel, struct slice path, const struct requirement *q);
/* After the last file: add those that turned out to be true. `whole` is false when only single
 * files were looked at: then nothing can be missing. */
void relate_settle(struct relate *rel, const struct result *r, bool whole,
                   void (*add)(void *ctx, struct finding *f), void *ctx);
