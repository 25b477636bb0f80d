/* SPDX-License-Identifier: Apache-2.0 */
/* layout.h - records of stores held against the files that they name.
 * Why: download tools and version control write down what they fetched, and look no more. A worker
 * reads such a record and tells its claims (finding/claim.h); what the files really are is known
 * here, where each was hashed. What was not hashed, or not with the record's kind of digest, is
 * read once more in the end; names that lead out of the scanned folder are not followed.
 *
 *     records: path -> claims  ┐                     ┌ held, changed, missing, unlisted, unchecked
 *     files:   path -> SHA-256 ┴─ layout_settle() ──►┤ findings (rules/store.toml)
 *
 *     layout.c        collects, and settles what is about one file
 *     layout_check.c  one file: is it what was recorded?
 *     layout_dvc.c    folders that DVC tracks
 *     layout_blobs.c  OCI layouts and Ollama: what is reachable, missing, left over
 *     layout_hub.c    Hugging Face's cache: refs and snapshots
 *
 * "Held" means: it is what its own store says. Who wrote the store is not proved by that.
 * Owns: what lies in the result's arena.   Threads: the collector's lock guards it.
 * Fails: `nomem`. */
#pragma once
#include "base/map.h"
#include "finding/result.h"
#include "scan/scan.h"

struct layout_record;
struct layout_file;

struct layout {
    struct arena *arena;
    struct map records, files; /* path -> the struct */
    struct layout_record *first_record, **last_record;
    struct layout_file *first_file, **last_file;
    bool nomem;
};

void layout_init(struct layout *l, struct arena *a);
/* The record at `path` claims this; both are kept (in the arena). */
void layout_claim(struct layout *l, struct slice path, const struct file_claim *claim);
/* A scanned file. `sha256`: 64 digits, or "" when it was not made. `misnamed`: its name is a digest
 * and not its content's. */
void layout_file(struct layout *l, struct slice path, uint64_t bytes, const char *sha256,
                 bool misnamed);

typedef void layout_add_fn(void *ctx, struct finding *f);
/* After the last file: count in `result`, and add what is to be told. `whole` is false when only
 * single files were looked at: then nothing is unlisted or left over. */
void layout_settle(struct layout *l, const struct scan_options *o, struct result *result,
                   bool whole, layout_add_fn *add, void *ctx);
