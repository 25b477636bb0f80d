/* SPDX-License-Identifier: Apache-2.0 */
/* writer.h - appending to the log: many threads put events in, one thread writes.
 *
 *     writer_add ─► queue in memory ─► thread: lines, leaves ─► write ─► fdatasync ─► acknowledged
 *                   (bounded)           a group at a time                  │
 *                                                     every second, at a segment's end, at the end:
 *                                                     a signed checkpoint
 *
 * writer_add() takes a lock for as long as it takes to copy an event; it never waits for the disk.
 * When the disk is full or broken, the thread tries again for as long as it takes, says so, and the
 * queue fills. What happens to an event that finds no room is the owner's policy:
 *   WRITER_BLOCK     it is refused: what it speaks of must not happen (or must wait)
 *   WRITER_CONTINUE  it is lost, and a record says how many were
 * Owns: the folder's lock, its descriptors, a thread.   Threads: writer_add, writer_wait and
 * writer_state from any; open and close by one.
 * Fails: ST_IO, ST_MALFORMED (what is there is damaged), ST_UNSUPPORTED (somebody else writes),
 * ST_NOMEM, each with a sentence. */
#pragma once
#include "log/event.h"
#include "log/folder.h"
#include "log/notekey.h"

enum writer_full { WRITER_BLOCK, WRITER_CONTINUE };

struct writer_options {
    const char *path;           /* of the folder; it is there, see place.h */
    const struct log_io *io;    /* NULL: the system's */
    const struct note_key *key; /* copied */
    enum writer_full full;
    uint64_t segment_bytes;       /* 0: 64 MiB */
    uint64_t queue_bytes;         /* 0: 4 MiB */
    uint64_t checkpoint_ms;       /* 0: 1000 */
    uint64_t gather_ms;           /* how long a group may wait for more, 0: not at all */
    uint64_t patience_ms;         /* how long writer_close() tries on a bad disk, 0: 3000 */
    uint64_t lock_ms;             /* how long to wait for another writer */
    uint64_t keep_bytes, keep_ms; /* retention; 0: everything is kept */
    bool no_sync;                 /* acknowledged = given to the system, not to the disk */
    int64_t (*now_ms)(void *ctx); /* NULL: the system's clock */
    void (*trouble)(void *ctx, const char *text); /* called by the writer's thread; NULL: nobody */
    void *ctx;
};

enum writer_end {
    WRITER_TAKEN,
    WRITER_REFUSED, /* full, and the policy is to block */
    WRITER_LOST,    /* full, and the policy is to go on */
};

struct writer_state {
    uint64_t records; /* acknowledged, in the log as a whole */
    uint64_t waiting; /* bytes in the queue */
    uint64_t lost;    /* events, since it was opened */
    bool troubled;    /* the disk refuses */
};

struct writer;

/* *ret_note: what was found and repaired; empty: nothing. */
MUST_USE enum st writer_open(const struct writer_options *o, struct writer **ret,
                             struct buf *ret_note, struct buf *ret_why);
/* ret_ticket (may be NULL) is for writer_wait(). */
enum writer_end writer_add(struct writer *w, const struct event *e, uint64_t *ret_ticket);
/* Until that event is acknowledged; false: not within so many milliseconds. */
bool writer_wait(struct writer *w, uint64_t ticket, uint64_t ms);
struct writer_state writer_state(struct writer *w);
/* Writes what is left and signs it. ST_IO: events were lost, as many as *ret_lost (may be NULL)
 * says. NULL is fine. */
enum st writer_close(struct writer *w, uint64_t *ret_lost);
