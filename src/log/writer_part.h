/* SPDX-License-Identifier: Apache-2.0 */
/* writer_part.h - what the files of the writer share. Nobody else includes this.
 *
 *     writer.c        the queue, the thread
 *     writer_store.c  lines, groups, segments, checkpoints, retention
 *     writer_open.c   the lock, and where the log was left */
#pragma once
#include "log/head.h"
#include "log/lines.h"
#include "log/writer.h"
#include <pthread.h>

struct writer {
    struct writer_options o;
    struct note_key key;
    struct folder folder;
    int lock_fd;

    /* the queue: [u32 length][body] ... */
    pthread_mutex_t lock;
    pthread_cond_t work, done, wake; /* for the thread; who waits; a thread that pauses */
    struct buf front;
    uint64_t added, settled; /* tickets: given out; acknowledged or lost */
    uint64_t lost, untold;   /* in all; not yet told in the log */
    uint64_t records;        /* acknowledged */
    bool closing, idle, troubled;
    uint64_t pause_ns, give_up_ns; /* between tries; when closing, the end of them */
    bool running, dead;            /* there is a thread; it gave up */
    pthread_t thread;

    /* the thread's own */
    struct buf back;
    struct merkle tree; /* with what is in `out` */
    uint64_t segment;
    int log_fd, sig_fd;
    uint64_t log_at, sig_at; /* where the next bytes go */
    struct buf out;          /* lines that are not written yet */
    uint64_t signed_size;    /* of the last checkpoint */
    bool sealed;             /* nothing more comes into this segment */
    uint64_t due_ns;         /* the next checkpoint, when there is anything to sign */
};

/* ---- writer_store.c: by the thread, or before there is one ---- */

int64_t writer_now(const struct writer *w);
/* Opens the files of w->segment at their ends as known (log_at, sig_at). */
bool store_open(struct writer *w, bool fresh); /* fresh: they must be new or empty */
void store_shut(struct writer *w);
/* Into `out`, or through it to the disk. False: given up. */
bool store_body(struct writer *w, struct slice body);
bool store_event(struct writer *w, const struct event *e);
bool store_flush(struct writer *w);
bool store_sign(struct writer *w, bool seal);
/* A new segment, and what retention says about old ones. */
bool store_roll(struct writer *w);

/* ---- writer.c ---- */

/* Says what the disk did, waits a little; false: it is time to give up. */
bool writer_retry(struct writer *w, const char *what);
void writer_recovered(struct writer *w); /* the disk works again */

/* ---- writer_open.c ---- */

/* Sets tree, segment, log_at, sig_at, signed_size. `ret_cut`: bytes of a torn write that were taken
 * away. */
MUST_USE enum st writer_find_end(struct writer *w, uint64_t *ret_cut, struct buf *ret_note,
                                 struct buf *ret_why);
MUST_USE enum st writer_take_lock(struct writer *w, struct buf *ret_why);
