/* SPDX-License-Identifier: Apache-2.0 */
/* recorder.h - what became of exchanges: told once each by the loops, asked for by everybody else.
 *
 *     recorder_tell ─┬─ the newest RECORDER_KEEPS, in memory ─┬─► /merlon/requests/ID
 *                    ├─ counters ─► /merlon/metrics           └─► a thread: lines of JSON
 *                    └─ writer_add ─► the log (log/writer.h)
 *
 * Telling copies, counts and queues: microseconds, and never a wait for a disk or a terminal. Lines
 * that come faster than somebody reads them are left out, and a line says how many.
 *
 * A full log. Without a policy to go on, what is not recorded must not happen: recorder_ready()
 * says no while more than `waiting_most` bytes wait, and the writer's queue (recorder_queue()) has
 * room beyond that for every exchange that can be under way then, so none of those is lost. Owns:
 * its memory and thread; not the writer, which outlives it. Threads: all calls from any; new and
 * free by one, before and after the loops. Fails: recorder_new gives NULL when memory is out. */
#pragma once
#include "guard/record/record.h"
#include "log/writer.h"

#define RECORDER_KEEPS  512u
#define RECORDER_CALLER 40u /* bytes of a caller's name */

struct recorder_options {
    struct writer *writer; /* NULL: no log is kept */
    enum writer_full full;
    const struct note_key *key; /* of that log: callers keep their names as long as it; NULL: they
                                   are named anew by each process */
    uint64_t waiting_most;      /* bytes; 0: 4 MiB */
    int lines;                  /* a descriptor for a line of JSON each; below 0: none */
};

struct recorder;
struct recorder *recorder_new(const struct recorder_options *o);
/* Lines that wait are written, for as long as somebody takes them within a second. NULL is fine. */
void recorder_free(struct recorder *r);
/* writer_options.queue_bytes for a gateway of so many connections. */
uint64_t recorder_queue(enum writer_full full, uint64_t connections);

void recorder_tell(struct recorder *r, const struct guard_record *record);
/* May a new exchange begin? */
bool recorder_ready(struct recorder *r);

enum recorder_health {
    RECORDER_WELL,
    RECORDER_TROUBLED, /* the disk refuses; nothing is lost so far */
    RECORDER_FULL,     /* no exchange may begin */
    RECORDER_LOSING,   /* exchanges go on and are not recorded */
};
enum recorder_health recorder_health(struct recorder *r);
const char *recorder_health_name(enum recorder_health h); /* "ok", "log-troubled", ... */

/* False: it is none of the newest. */
bool recorder_find(struct recorder *r, struct slice id, struct guard_record *ret);
/* Lines for /merlon/metrics. */
void recorder_say(struct recorder *r, struct buf *out);
/* Who asks, without what proves it: "key:" and twelve letters of a keyed hash. `credential` is the
 * value of Authorization, x-api-key or api-key; the same key has the same name in each. Empty: "".
 */
void recorder_caller(const struct recorder *r, struct slice credential, char out[RECORDER_CALLER]);
