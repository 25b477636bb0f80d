/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - a streamed answer: events in, events out, nothing that was found among them.
 *
 *     bytes ─ cut ─► event ─ surface_event ─► parts ─┬─ growing ─► a hold for each flow ─► safe
 *                      │                             └─ whole ───► inspect, decide
 *                      ▼
 *                    queue: the first leaves when all its pieces lie before their flows' safe byte
 *
 * Byte for byte where nothing is to be replaced. A replacement stands in the first piece that its
 * match touches; the match's bytes in later pieces are taken out; what the policy would anonymise
 * is redacted, as in answers that are whole. A block ends the stream with the closing events of its
 * protocol. Events without text never wait longer than what stands before them.
 *
 * Observe (scope->enforce false, or stream observe): everything leaves as it came, matches are
 * told.
 *
 * Owns: copies of what waits.   Threads: one owner.
 * Fails: stream_new gives NULL without memory; later STREAM_BLOCKED, and the record says why. */
#pragma once
#include "guard/record/record.h"
#include "guard/judge/scope.h"
#include "guard/surface/surface_write.h"

struct stream_setup {
    const struct surface *surface;
    enum surface_framing framing;    /* not FRAMING_WHOLE */
    const struct guard_scope *scope; /* lives as long as the stream, as all below */
    struct inspect *inspect;
    const struct leak_index *prompt; /* NULL: none */
    const struct names *names;       /* NULL: nothing is restored */
    const struct surface_doc *request;
    struct guard_record *record; /* its answer's side is filled in, but for bytes */
};

enum stream_step {
    STREAM_GO,
    STREAM_BLOCKED, /* `out` has the closing events; the rest of the answer is not wanted */
};

struct guard_stream;
struct guard_stream *stream_new(const struct stream_setup *setup);
/* `end`: the answer is over, and what waits is decided. */
enum stream_step stream_feed(struct guard_stream *s, struct slice in, bool end, struct buf *out);
/* What follows cannot be read: the stream ends with what the next stream_feed() gives. */
void stream_unread(struct guard_stream *s, enum record_unread why);
void stream_free(struct guard_stream *s);
