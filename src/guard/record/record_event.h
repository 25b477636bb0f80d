/* SPDX-License-Identifier: Apache-2.0 */
/* record_event.h - one exchange as an event of the log, which is also what /merlon/requests/ID and
 * the lines on stderr say: one form everywhere.
 *
 *     {"time", "kind": "guard", "id", "route", "caller", "verdict", "rules": [], ...
 *      "request": {"verdict", "action", "because", "bytes", "unscanned", "read_us", ...},
 *      "answer": as request,
 *      "matches": [{"rule", "severity", "action", "side", "role", "path", "via", ...}]}
 *
 * Owns: nothing; the event borrows record and buffer.   Threads: pure.
 * Fails: the buffer's sticky flag; the event is whole but for what stands there. */
#pragma once
#include "guard/record/record.h"
#include "log/event.h"

#define RECORD_EVENT_MOST ((size_t)16 << 10) /* bytes of one as a line */

struct record_event {
    struct buf json; /* what the event's texts point to */
    struct event event;
};

/* `shown`: masked pieces are told, too. They do not belong into a log that cannot forget. */
void record_event_make(const struct guard_record *r, bool shown, struct record_event *ret);
void record_event_done(struct record_event *e);
/* The same as one JSON object, without a line break. */
void record_json(const struct guard_record *r, bool shown, struct buf *out);
/* The verdict of both sides together: the stricter one. */
const char *record_verdict_whole(const struct guard_record *r);
