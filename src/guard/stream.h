/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - a streamed answer: events in, events out, nothing that was found among them.
 *
 *     bytes ─ cut ─► event ─ surface_event ─► parts ─┬─ growing ─► hold, one per flow ─► safe,
 * matches │                             └─ whole ───► inspect, decide ▼ queue of events, in order:
 * the first leaves while all its pieces lie before their flows' safe bytes; byte for byte where
 * nothing of it is to be replaced
 *
 * A replacement stands in the first piece that its match touches; the match's bytes in later pieces
 * are taken out. A block ends the stream with the closing events of its protocol. Events without
 * text never wait longer than what stands before them.
 * Observe (scope->enforce false, or stream observe): everything leaves as it came, matches are
 * told. Owns: copies of what waits.   Threads: one owner. Fails: stream_new gives NULL without
 * memory; later STREAM_BLOCKED, and the record says why. */
#pragma once
#include "guard/record.h"
#include "guard/scope.h"
#include "guard/surface_write.h"

struct stream_setup {
    const struct surface *surface;
    enum surface_framing framing;    /* not FRAMING_WHOLE */
    const struct guard_scope *scope; /* lives as long as the stream, as all below */
    struct inspect *inspect;
    const struct leak_index *prompt; /* NULL: none */
    struct names *names;             /* NULL: nothing is restored or anonymised */
    const struct surface_doc *request;
    struct guard_record *record; /* its answer's side is filled in */
};

enum stream_step {
    STREAM_GO,
    STREAM_BLOCKED, /* `out` has the closing events; the rest of the answer is not wanted */
};

struct guard_stream;
struct guard_stream *stream_new(const struct stream_setup *setup);
/* `end`: the answer is over, and what waits is decided. */
enum stream_step stream_feed(struct guard_stream *s, struct slice in, bool end, struct buf *out);
void stream_free(struct guard_stream *s);
