/* SPDX-License-Identifier: Apache-2.0 */
/* audit.h - is the log as it was written? If not, where?
 *
 *     records ─ checksum, number ─► leaves ─► tree ──┐ equal at each checkpoint?
 *     checkpoints ─ signature ─► root, peaks ────────┘
 *
 * A damage is named by segment and record: at once where a checksum or a number is wrong, else by
 * the two checkpoints that it lies between. After it the tree goes on from the next checkpoint's
 * peaks, so that one damage does not hide another.
 * May run while the log is written.
 * Owns: nothing.   Threads: one owner.
 * Fails: what is wrong with the log is told; ST_IO (with a sentence), ST_NOMEM. */
#pragma once
#include "log/head.h"

enum audit_fault {
    AUDIT_CHANGED,    /* records are not what was written */
    AUDIT_MISSING,    /* records or segments are not there */
    AUDIT_ORDER,      /* a record stands where it does not belong */
    AUDIT_ADDED,      /* bytes that are no record, or too much */
    AUDIT_CHECKPOINT, /* a checkpoint does not count */
    AUDIT_CUT_BACK,   /* somebody holds a checkpoint that this log does not grow from */
};

struct audit_problem {
    enum audit_fault fault;
    uint64_t segment;     /* 0: none in particular */
    uint64_t first, last; /* records; first > last: none in particular */
    uint64_t at;          /* byte of the segment's file where that is seen */
    struct slice text;    /* a sentence without its full stop; lives during the call */
};
typedef void audit_fn(void *ctx, const struct audit_problem *p);

struct audit_options {
    const struct log_io *io; /* NULL: the system's */
    const struct note_public *key;
    struct slice held; /* a checkpoint of this log that was kept elsewhere; empty: none */
    audit_fn *tell;
    void *ctx;
};

struct audit_result {
    uint64_t first, records; /* the first one that is there; their number including dropped ones */
    uint64_t segments, dropped; /* with records; without them, as retention says */
    uint64_t bytes;             /* of records that were read */
    uint64_t checkpoints;       /* that hold */
    uint64_t unsigned_yet;      /* records behind the last of them */
    uint64_t unproven;          /* records that share a checkpoint with damaged ones */
    uint64_t torn;              /* bytes of a record that was being written */
    uint64_t problems;
    struct head head; /* the last checkpoint that holds */
    bool has_head;
};

const char *audit_fault_name(enum audit_fault f); /* "changed" */
MUST_USE enum st audit_run(const char *path, const struct audit_options *o,
                           struct audit_result *ret, struct buf *ret_why);
