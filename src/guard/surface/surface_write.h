/* SPDX-License-Identifier: Apache-2.0 */
/* surface_write.h - what a proxy writes itself: bodies with replaced text, refusals, and the end of
 * a stream that must not go on. Each in the words of the protocol, so that clients end as they
 * would end by themselves: with an error of their kind, or with a reason to finish.
 *
 *     family      refusal                                closing events
 *     openai      403 {"error":{message,type,code}}      chunk, finish_reason content_filter,
 * [DONE] responses                                        response.incomplete, reason
 * content_filter anthropic   403 {"type":"error","error":{...}}     content_block_stop,
 * message_delta with stop_reason refusal, message_stop ollama      403 {"error":"..."} done: true,
 * done_reason content_filter oip, tfserving  403 {"error":"..."}                {"error":"..."}
 *     mlflow      403 {"error_code","message"}           as openai
 *     mcp         200 JSON-RPC error with the id         the same as an event
 *
 * Owns: nothing.   Threads: pure functions.   Fails: by the buffer's sticky flag. */
#pragma once
#include "base/buf.h"
#include "guard/surface/surface.h"

/* text[from, to) of a part becomes `with`. */
struct part_edit {
    const struct part *part;
    size_t from, to;
    struct slice with;
};

/* The body with its edits, sorted by place (of part, then in it) and apart from each other; every
 * other byte as it was. `with` is escaped as its place wants it. A part whose length is fixed keeps
 * it: `with` is cut, or filled with '*'. False, and nothing useful in out: the edits are not in
 * order. */
MUST_USE bool surface_rewrite(struct slice body, const struct part_edit *edits, size_t count,
                              struct buf *out);

/* What is said to the client. */
struct surface_verdict {
    struct slice rule; /* "pii.iban" */
    struct slice message;
};

/* The body of a refusal (application/json); returns its HTTP status. `s` is NULL where the surface
 * is unknown, `request` where it was not read. */
unsigned surface_block(const struct surface *s, const struct surface_doc *request,
                       const struct surface_verdict *verdict, struct buf *out);

/* What has gone to the client of a stream. Zeroed at first. */
struct surface_stream {
    char id[128], model[128], created[48];
    uint64_t sequence;       /* the highest */
    uint64_t outputs, ended; /* choices, a bit each: seen, finished */
    struct part_flow opened; /* a content block */
    bool begun, open;
};

/* This event was sent. */
void surface_stream_sent(struct surface_stream *st, const struct surface_doc *event);
/* The events that end the stream. */
void surface_close(const struct surface *s, const struct surface_stream *st,
                   enum surface_framing framing, const struct surface_doc *request,
                   const struct surface_verdict *verdict, struct buf *out);
