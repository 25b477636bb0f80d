/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - inspect everything below some paths.
 * Flow: walk -> one thread per worker: open, send to its box worker, hash meanwhile, collect ->
 * relate -> policy -> result. Nothing here judges: detect does, inside the worker.
 * Owns: nothing after it returns; the result lives in the caller's arena. */
#pragma once
#include "base/st.h"
#include "finding/result.h"

struct hash_memory; /* sign/hash.h */
#include "update/rulebook.h"

struct scan_progress { /* a snapshot, for a terminal */
    uint64_t files_done, files_known, bytes_done, bytes_known;
    bool walking; /* more files may still come */
};
typedef void scan_progress_fn(void *ctx, const struct scan_progress *p);
/* Called as soon as a finding is known (any thread, serialised): jsonl and the terminal. */
typedef void scan_finding_fn(void *ctx, const struct finding *f);

struct scan_options {
    const struct slice *paths;
    size_t path_count;    /* "-" is standard input */
    struct slice project; /* root of the invoker's project */
    const struct slice *excludes;
    size_t exclude_count; /* globs over relative paths */
    const char *const
        *own; /* what the run itself reads or will replace: its baseline, its reports */
    size_t own_count;
    const struct slice *only; /* when only_set: these relative paths (from --since, --staged) */
    size_t only_count;
    bool only_set;
    const char *context; /* of some files only: the folder that their paths start from, in which
                            others may be read to judge these; NULL: none */
    /* also what this git repository remembers: see port/git/history.h; NULL: no history */
    const char *history_root, *history_below;
    const struct rulebook *rules; /* NULL: those that are compiled in */
    unsigned jobs;                /* 0: one per processor */
    bool hash;                    /* digests and content; false = --no-hash */
    bool records_only;            /* look at weights no closer: only what stores recorded matters */
    bool cache;
    bool reveal;              /* secrets and personal values in full */
    uint64_t file_timeout_ns; /* per subject */
    uint64_t max_unpacked;    /* bytes per subject; 0 = default */
    const char *cache_dir;    /* NULL: none */
    /* who wants the digests of all files, see scan/seen.h; NULL: nobody, and those of files that
       are no subjects are not made */
    const struct hash_memory *digests;
    scan_progress_fn *on_progress;
    scan_finding_fn *on_finding;
    void *ctx;
};

/* ST_IO with a text in ret_error when a path that was asked for cannot be read. */
MUST_USE enum st scan_run(const struct scan_options *o, struct result *result,
                          struct slice *ret_error);
