/* SPDX-License-Identifier: Apache-2.0 */
/* aside.h - a second thread that does what can be done meanwhile.
 * Why: one large file is read by one worker, and most machines have another core. Only what depends
 * on nothing but its own input is put aside (a search for places, a table of hashes), so what is
 * found does not depend on who did it, nor on whether there is such a thread.
 *
 *    aside_do(a, &job)      ... other work ...      aside_wait(a, &job)
 *
 * A job that nobody has begun when it is waited for is done by who waits: a busy machine loses
 * nothing. Jobs must not allocate from an arena of others, call sinks, or do more of the system's
 * calls than a worker may.
 * Owns: a thread with a small stack, until the process ends; a job is its caller's and stays where
 * it is until it was waited for.   Threads: one owner gives jobs and waits.
 * Fails: aside_new gives NULL; then aside_do does the job at once. */
#pragma once
#include <stdbool.h>

struct aside;

#define ASIDE_LEAST (64u << 10) /* shorter texts are not worth a word to another thread */

struct aside_job {
    void (*run)(void *ctx);
    void *ctx;
    struct aside_job *next; /* this and `done` are aside.c's */
    bool done;
};

/* NULL: this process may use one processor only, or there is no thread to be had. */
struct aside *aside_new(void);
void aside_do(struct aside *a, struct aside_job *job);
void aside_wait(struct aside *a, struct aside_job *job);
