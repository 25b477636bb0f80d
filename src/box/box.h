/* SPDX-License-Identifier: Apache-2.0 */
/* box.h - hostile bytes are parsed in another process.
 * Why: a parser bug must not become the scanner's bug. Workers are forked at program start, while
 * the parent is small, and then lock themselves in: no_new_privs, landlock without any path, a
 * seccomp allow-list, rlimits. A job is a descriptor plus a request; answers are records, which the
 * parent reads with the cursor like any hostile input.
 *
 *    parent -- control --> nursery (forks workers, reports how they ended)
 *    parent thread i <--- SOCK_SEQPACKET ---> worker i      one job at a time
 *       box_begin(fd, request)  ->  box_fn(fd, request) -> box_reply(record) ... -> done
 *       box_take() ... box_take()                          until it is not BOX_PENDING
 *
 * Owns: the processes and sockets.   Threads: one thread per worker index; calls on different
 * workers may run at the same time.   Fails: a dead or late worker is replaced; box_take says so.
 * A single one is not: box_begin fails from then on. */
#pragma once
#include "base/slice.h"
#include "base/st.h"

struct aside;
struct box;
struct box_job; /* inside a worker */

#define BOX_RECORD_MAX 61440 /* bytes of one request or record */

/* Runs in the worker. `fd` is read-only; `spool_fd` is an unlinked file that is empty at each job
 * (-1: none). The box closes both. */
typedef void box_fn(struct box_job *job, int fd, int spool_fd, struct slice request);
/* In the worker: send one record. False when it is too long or nobody listens. The first 64 of a
 * job leave when the next one comes, later ones in batches: a thousand wakings of the parent cost
 * more than what they bring. A worker that is killed takes an unsent batch with it. */
bool box_reply(struct box_job *job, struct slice record);

/* In the worker: a place for what lives as long as the worker does; NULL before the first job. */
void **box_slot(struct box_job *job);
/* In the worker: what the options call `shared`. */
const void *box_shared(const struct box_job *job);
/* In the worker: its second thread; NULL: there is none. */
struct aside *box_aside(const struct box_job *job);
/* In the worker: the descriptor that the job's result may be written to; -1: none. */
int box_out(const struct box_job *job);

/* In the parent: one record of the worker's answer. */
typedef void box_record_fn(void *ctx, struct slice record);

enum box_end {
    BOX_DONE,
    BOX_PENDING, /* the wait is over, the job is not */
    BOX_DIED,    /* killed by the sandbox, a signal or a limit; the next job gets another */
    BOX_BROKEN,  /* its answer broke the protocol; the next job gets another worker */
};

struct box_options {
    unsigned workers;
    bool single;        /* the one worker is forked at once, without a nursery, and not replaced */
    size_t memory;      /* most private memory per worker, bytes */
    uint64_t spool;     /* most bytes in a spool file */
    bool sandbox;       /* false in sanitizer builds: their runtime needs its own system calls */
    const void *shared; /* memory that workers see as it was when the box was started; or NULL */
    const char *spool_dir; /* where the unlinked files are made; NULL: memory files */
};

struct box_state { /* what the sandbox really is, for people */
    bool seccomp, landlock;
    int landlock_abi;
};

MUST_USE enum st box_start(const struct box_options *o, box_fn *fn, struct box **ret);
void box_stop(struct box *b);
/* Of the first worker, between jobs; waits until that worker is ready. */
struct box_state box_state(struct box *b);

/* Hand a job to worker i, which must be idle. */
MUST_USE enum st box_begin(struct box *b, unsigned i, int fd, struct slice request);
/* The same with a second descriptor, which the worker may write to. */
MUST_USE enum st box_begin_out(struct box *b, unsigned i, int fd, int out, struct slice request);
/* Pass on the records that have come, waiting at most wait_ns for the end. `ret_how` gets a short
 * text for people when the end is BOX_DIED or BOX_BROKEN ("killed by signal 31"). */
enum box_end box_take(struct box *b, unsigned i, uint64_t wait_ns, box_record_fn *on_record,
                      void *ctx, char ret_how[64]);
/* Give up on worker i's job: kill and replace it. */
void box_abandon(struct box *b, unsigned i);
