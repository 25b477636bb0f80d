/* SPDX-License-Identifier: Apache-2.0 */
/* recorder_part.h - what recorder.c and recorder_lines.c share. Nobody else includes this.
 * The lines follow the ring: a reader that falls behind by more than the ring has missed some. */
#pragma once
#include "guard/record/recorder.h"
#include "guard/record/tally.h"
#include "port/sodium/hmac.h"
#include <pthread.h>
#include <stdatomic.h>

#define RECORDER_ID sizeof(((struct guard_record *)0)->id)

struct recorder {
    struct recorder_options o;
    uint8_t secret[HMAC_BYTES];
    _Atomic bool full; /* more waits than may: asked again by recorder_ready() */
    _Atomic uint64_t lost;

    pthread_mutex_t lock;
    struct guard_record ring[RECORDER_KEEPS];
    char ids[RECORDER_KEEPS][RECORDER_ID]; /* beside each other: quickly looked through */
    uint64_t told;                         /* in all; the next place is told % RECORDER_KEEPS */
    struct tally tally;

    /* lines */
    pthread_cond_t came;
    bool closing, idle, running;
    uint64_t shown, missed; /* records written, and left out */
    pthread_t thread;
};

/* The part of a record that is in use; `to` keeps the rest. */
void record_copy(struct guard_record *to, const struct guard_record *from);

bool recorder_lines_start(struct recorder *r);
void recorder_lines_stop(struct recorder *r);
