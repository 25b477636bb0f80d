/* SPDX-License-Identifier: Apache-2.0 */
/* tally.h - what was decided, counted, as Prometheus text. Series are bounded by tables: verdicts,
 * rules, reasons; never by what clients say.
 * Owns: its counters.   Threads: the owner's lock.   Fails: tally_init: memory. */
#pragma once
#include "guard/record/record.h"

#define TALLY_VERDICTS 4u  /* allow, flag, redact, block */
#define TALLY_REASONS  12u /* of enum unscanned and of enum record_unread, each */
#define TALLY_BUCKETS  16u /* 16 us, 32 us ... 0.5 s, more */

struct tally_side {
    uint64_t verdicts[TALLY_VERDICTS];
    uint64_t unscanned[TALLY_REASONS], unread[TALLY_REASONS];
    uint64_t times[TALLY_BUCKETS], time_sum_us;
};

struct tally {
    struct tally_side side[RECORD_SIDES];
    uint64_t *rules; /* by place in the table of rules; the last one: of matches without a place in
                        their record */
};

bool tally_init(struct tally *t);
void tally_done(struct tally *t);
void tally_add(struct tally *t, const struct guard_record *r);
void tally_say(const struct tally *t, struct buf *out);
