/* SPDX-License-Identifier: Apache-2.0 */
/* redact_part.h - what the worker's halves share: redact_find.c finds spans, redact_write.c copies.
 * Owns: see each.   Threads: one (a worker).   Fails: false. */
#pragma once
#include "base/buf.h"
#include "box/box.h"
#include "detect/judge.h"
#include "scan/redact.h"

struct redact_request {
    enum redact_mode mode;
    bool write;
    uint64_t timeout_ns;
    struct slice name, key, only, except;
};

void redact_encode(struct buf *out, const struct redact_request *q);
bool redact_decode(struct slice raw, struct redact_request *ret);

/* ---- spans, in the spool file ---- */

#define REDACT_RULES_MAX 1024u

struct redact_span { /* 40 bytes, as it lies in the file */
    uint64_t from, to, column, value;
    uint16_t rule; /* index into rules */
    uint8_t kind, where;
    uint32_t unused;
};

struct redact_spans {
    int fd;
    struct redact_span *list; /* mapped, after redact_spans_settle() */
    size_t count, mapped, file_at;
    struct redact_span waiting[512];
    size_t waiting_n;
    const char *rules[REDACT_RULES_MAX];
    uint64_t values[REDACT_RULES_MAX]; /* replaced, by rule */
    size_t rule_count;
    bool bad;
};

/* The file is written anew from its start. */
void redact_spans_start(struct redact_spans *s, int fd);
void redact_spans_add(struct redact_spans *s, const struct span *span);
/* Sorted, without those whose column was not voted for, overlapping ones joined. */
bool redact_spans_settle(struct redact_spans *s);
void redact_spans_done(struct redact_spans *s);

/* ---- reading ---- */

struct redact_found {
    enum redact_end end;
    const char *why;
    enum format format;
    char encoding[32];
    uint64_t records;
};
typedef void redact_record_fn(void *ctx, struct slice record);

/* Read and judge; findings that concern the copy are passed on as records when on_record is set. */
void redact_find(const struct redact_request *q, struct slice bytes, struct redact_spans *spans,
                 redact_record_fn *on_record, void *ctx, struct redact_found *ret);

/* ---- writing ---- */

struct redact_copy {
    const struct redact_request *request;
    const struct redact_found *found;
    struct redact_spans *spans;
    struct slice in;
    int fd;
    uint64_t fd_at; /* where in fd the copy begins */
    bool blank;     /* second round: nothing of the value stays */
    /* results */
    uint64_t written, keys_left;
};

bool redact_copy_run(struct redact_copy *c);

/* The replacement of a value: ASCII, nothing that a format would take for its own. */
void redact_replacement(const struct redact_request *q, bool blank, const char *rule,
                        struct slice value, struct buf *out);
