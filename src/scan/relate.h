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
 * A scan of some files only (--since, --staged) asks relate_wants() which others it needs to know
 * for that; they are read as context and have no findings of their own.
 *
 * Owns: what lies in the result's arena.   Threads: the collector's lock guards it.
 * Fails: `nomem`. */
#pragma once
#include "base/map.h"
#include "finding/result.h"

struct relate_held;
struct relate_requirement;
struct relate_file;

struct relate {
    struct arena *arena;
    struct relate_held *held, **last; /* findings that wait for the last file, in order */
    struct relate_requirement *requirements;
    struct map files; /* path -> struct relate_file: what is known about those that may be loaded */
    struct map wanted; /* paths that a held finding may mean */
    bool nomem;
};

void relate_init(struct relate *rel, struct arena *a);
/* Takes over a finding that must wait; false: add it now. */
bool relate_hold(struct relate *rel, const struct finding *f);
/* The file `path` asks for a package. */
void relate_require(struct relate *rel, struct slice path, const struct requirement *q);
/* What was found in a file: of a scanned one each finding, and its end. */
void relate_found(struct relate *rel, struct slice path, const struct finding *f);
void relate_read(struct relate *rel, struct slice path, bool not_inspected);
/* Does a finding that waits need to know of other files? Called once, before relate_wants(). */
bool relate_needs_context(struct relate *rel);
bool relate_wants(const struct relate *rel, struct slice path);
/* After the last file: add those that turned out to be true. `whole` is false when only single
 * files were looked at: then nothing can be missing. */
void relate_settle(struct relate *rel, bool whole, void (*add)(void *ctx, struct finding *f),
                   void *ctx);
