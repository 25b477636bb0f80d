/* SPDX-License-Identifier: Apache-2.0 */
/* box.h - hostile bytes are parsed in another process.
 * Why: a parser bug must not become the scanner's bug. Workers are forked at program start, while
 * the parent is small, and then lock themselves in: no_new_privs, landlock without any path, a
 * seccomp allow-list, rlimits. A job is a descriptor plus a request; answers are records, which the
 * parent reads with the cursor like any hostile input.
 *
 *    parent thread i <--- SOCK_SEQPACKET ---> worker i      one job at a time
 *       box_call(fd, request)  ->  box_fn(fd, request) -> box_reply(record) ... -> done
 *
 * Owns: the processes and sockets.   Threads: one thread per worker index; box_call on different
 * workers may run at the same time.   Fails: a dead or late worker is replaced; box_call says so.
 */
#pragma once
#include "base/slice.h"
#include "base/st.h"

struct box;
struct box_job; /* inside a worker */

/* Runs in the worker. `fd` is read-only; `spool_fd` is an unlinked file that is empty at each job
 * (-1: none). */
typedef void box_fn(struct box_job *job, int fd, int spool_fd, struct slice request);
/* In the worker: send one record (at most 60 KiB; larger ones are split by the caller). */
bool box_reply(struct box_job *job, struct slice record);

/* In the parent: one record of the worker's answer. */
typedef void box_record_fn(void *ctx, struct slice record);

enum box_end {
    BOX_DONE,
    BOX_DIED, /* killed by the sandbox, a signal or a limit */
    BOX_TIMEOUT,
    BOX_BROKEN, /* its answer broke the protocol: replaced */
};

struct box_options {
    unsigned workers;
    size_t memory;         /* RLIMIT_DATA per worker, bytes */
    bool sandbox;          /* false in sanitizer builds */
    const char *spool_dir; /* where unpacked bytes may lie (unlinked files); NULL: memory files */
};

struct box_state { /* what the sandbox really is, for people */
    bool seccomp, landlock;
    int landlock_abi;
};

MUST_USE enum st box_start(const struct box_options *o, box_fn *fn, struct box **ret);
void box_stop(struct box *b);
struct box_state box_state(const struct box *b);

/* Run one job on worker `i`; on_record is called for each record as it comes. `ret_how` gets a
 * short text for people when the end is not BOX_DONE ("killed by signal 31", "no answer in 60 s").
 */
enum box_end box_call(struct box *b, unsigned i, int fd, struct slice request, uint64_t timeout_ns,
                      box_record_fn *on_record, void *ctx, char ret_how[64]);
