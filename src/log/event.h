/* SPDX-License-Identifier: Apache-2.0 */
/* event.h - what can happen, and what is told about it: one table for the writer, for exports and
 * for doc/format-log.md.
 * Why: a field that is spelt once cannot be spelt in two ways. Texts of prompts, answers and data
 * are no fields: an event says what was decided, by which rules, about which digest.
 * Adding a field? One row in event.c, its id here, its line in doc/format-log.md.
 * Owns: nothing; texts are borrowed.   Threads: a value.
 * Fails: event_read gives ST_MALFORMED with a sentence, or ST_NOMEM. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/st.h"

enum event_kind {
    EVENT_LOG_CREATED,
    EVENT_LOG_RECOVERED, /* what a writer found that was not stopped properly */
    EVENT_LOG_LOST,      /* events that came while the log was full */
    EVENT_LOG_DROPPED,   /* retention takes segments away */
    EVENT_SCAN,
    EVENT_SIGN,
    EVENT_VERIFY,
    EVENT_GUARD, /* a request or its answer was judged */
    EVENT_KINDS,
};

enum event_field {
    EVENT_ID,
    EVENT_ROUTE,
    EVENT_CALLER,
    EVENT_MODEL,
    EVENT_SURFACE,
    EVENT_VERDICT,
    EVENT_ACTION,
    EVENT_SEVERITY,
    EVENT_RULES,
    EVENT_POLICY,
    EVENT_SUBJECT,
    EVENT_SHA256,
    EVENT_KEY,
    EVENT_RESULT,
    EVENT_FILES,
    EVENT_FINDINGS,
    EVENT_BYTES_IN,
    EVENT_BYTES_OUT,
    EVENT_MICROS,
    EVENT_SEGMENT,
    EVENT_RECORDS,
    EVENT_BYTES,
    EVENT_VERSION,
    EVENT_TENANT, /* new ones come last: exports have a column each */
    EVENT_ADDRESS,
    EVENT_UPSTREAM,
    EVENT_MODE,
    EVENT_STATUS,
    EVENT_FLAGS,
    EVENT_REQUEST,
    EVENT_ANSWER,
    EVENT_MATCHES,
    EVENT_FIELDS,
};

enum event_type {
    EVENT_TEXT,
    EVENT_NAME,  /* a short text */
    EVENT_WORDS, /* a list: in struct event, words with spaces between them */
    EVENT_NUMBER,
    EVENT_JSON, /* an object or a list of them, sound JSON already */
};

struct event_field_row {
    const char *key;
    enum event_type type;
    const char *says;
};

struct event_kind_row {
    const char *name;
    const char *says;
    bool finding;    /* a detection, for those who count detections */
    uint64_t fields; /* which it may have, by bit */
};

#define EVENT_TEXT_MAX 768 /* longer ones are cut: a whole event then fits into LINE_MAX */
#define EVENT_NAME_MAX 128
#define EVENT_JSON_MAX 8192 /* whoever makes it keeps to that */

struct event {
    enum event_kind kind; /* EVENT_KINDS: one that this version does not know */
    struct slice name;    /* of the kind */
    int64_t time_ms;      /* since 1970 */
    uint64_t has;
    struct slice text[EVENT_FIELDS];
    uint64_t number[EVENT_FIELDS];
};

const struct event_field_row *event_field(enum event_field f);
const struct event_kind_row *event_kind(enum event_kind k);

void event_start(struct event *e, enum event_kind kind, int64_t time_ms);
void event_text(struct event *e, enum event_field f, struct slice text); /* empty: not told */
void event_number(struct event *e, enum event_field f, uint64_t n);
static inline bool event_has(const struct event *e, enum event_field f)
{
    return e->has >> f & 1;
}

/* The members of a line's body (log/line.h). */
void event_write(const struct event *e, struct buf *out);
/* Of a whole line. Keys that this version does not know are left out. */
MUST_USE enum st event_read(struct slice line, struct arena *arena, struct event *ret,
                            struct slice *ret_why);
