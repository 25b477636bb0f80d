/* SPDX-License-Identifier: Apache-2.0 */
/* events.h - events of the log in the formats that other tools read.
 * Why: one table of fields (log/event.h), one writer per format.
 * Owns: nothing.   Threads: pure.   Fails: the buffer's sticky flag. */
#pragma once
#include "base/buf.h"
#include "log/event.h"

struct event_source { /* where it stands */
    struct slice log; /* the log's name: its key's */
    uint64_t n;
    struct slice line;
};

typedef void event_fn(struct buf *out, const struct event *e, const struct event_source *s);

struct event_format {
    const char *name;
    void (*head)(struct buf *out); /* before the first one; NULL: nothing */
    event_fn *write;               /* one line */
};

const struct event_format *event_format_find(struct slice name); /* NULL: there is no such one */

event_fn events_jsonl, events_ocsf, events_csv, events_cef;

/* For people: "17  2026-11-30 12:00:00  scan    fail  models/  ..." */
void events_line(struct buf *out, const struct event *e, uint64_t n, bool colour);
/* "scan: fail, models/" */
void events_title(struct buf *out, const struct event *e);
/* 0 = nothing is known, 1 = informational ... 5 = critical, as OCSF counts. */
unsigned events_severity(const struct event *e);
