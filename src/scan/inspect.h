/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.h - one subject inside the worker: map, read, judge, answer.
 * Why: the only place where reading and judging meet; everything hostile happens below it.
 * Threads: one per process.   Fails: never to the parent; trouble becomes a finding. */
#pragma once
#include "base/buf.h"
#include "box/box.h"
#include "finding/finding.h"
#include "scan/record.h"

struct inspect_request {
    struct slice name;     /* the file's own name, without folders */
    bool content;          /* weights too */
    bool reveal;           /* values in full */
    uint64_t max_unpacked; /* 0 = default */
    uint64_t timeout_ns;   /* 0 = none */
};

void inspect_encode(struct buf *out, const struct inspect_request *q);
/* A box_fn. */
void inspect_job(struct box_job *job, int fd, int spool_fd, struct slice request);

typedef void inspect_record_fn(void *ctx, struct slice record);
/* The same without a process: bytes in memory (tests, fuzzing). */
void inspect_bytes(const struct inspect_request *q, struct slice bytes,
                   inspect_record_fn *on_record, void *ctx);
