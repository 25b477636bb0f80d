/* SPDX-License-Identifier: Apache-2.0 */
/* sse.h - server-sent events, and JSON lines, out of a stream that comes in pieces.
 * Why: a proxy must judge an event and then send on exactly the bytes that it came as. So a stream
 * is cut first, and read afterwards: every byte lies in exactly one event, also comments, blank
 * lines and a byte order mark.
 *
 *     data: {"a":1}\n\n : ping\n\n data: x\r\n data: y\r\n\r\n data: half
 *     [    event     ] [ event ] [         event            ] [event, not complete: stream ended]
 *
 * Format: WHATWG HTML, "Server-sent events" (9.2.5, 9.2.6): lines end in LF, CR or CRLF, a blank
 * line ends an event. Where an event is cut depends on the bytes alone, not on the pieces: only a
 * CR that could still become CRLF waits for the byte behind it. Owns: nothing; the caller keeps the
 * bytes of the event that is not complete. Threads: one owner.   Fails: CUT_LIMIT, for ever, when
 * an event is longer than the limit. */
#pragma once
#include "base/arena.h"
#include "base/st.h"

enum cut {
    CUT_MORE, /* no complete event yet: come again with more behind the same bytes */
    CUT_DONE, /* the first *ret_n bytes are one event: come again without them */
    CUT_LIMIT,
};

struct cutter {
    size_t max;     /* bytes of one event */
    size_t at;      /* bytes of the window that were looked at */
    size_t line;    /* where the current line begins */
    bool begun;     /* a line of the stream has ended */
    bool fields;    /* this event has a line that is no comment */
    bool after_cr;  /* the line ended in a CR: an LF now belongs to it */
    bool bare_cr;   /* CR alone ends lines in this stream */
    bool overgrown; /* CUT_LIMIT was given */
};

void cutter_init(struct cutter *c, size_t max);
/* `window` begins behind the last event that was cut and has grown at its end. `ended`: nothing
 * will follow; what is left is an event then. An empty window that ended is CUT_MORE. */
MUST_USE enum cut sse_cut(struct cutter *c, struct slice window, bool ended, size_t *ret_n);
/* The same for newline-delimited JSON: an event is a line with its LF. */
MUST_USE enum cut lines_cut(struct cutter *c, struct slice window, bool ended, size_t *ret_n);

/* A line of an event; of a comment, the name is empty. */
struct sse_line {
    struct slice name, value;
};

/* The next line at *at that is not blank; false when there is none. Begin with *at = 0. */
bool sse_next_line(struct slice event, size_t *at, struct sse_line *ret);

struct sse_event {
    struct slice raw;
    struct slice data; /* lines joined by LF: a piece of raw when there is one, else in the arena */
    struct slice name; /* "" is "message" */
    struct slice id;
    size_t data_lines, lines; /* lines: of any kind, but for blank ones */
    bool complete;            /* ends in a blank line, or has nothing that could need one */
};

/* False when memory is out. */
MUST_USE bool sse_read(struct slice event, struct arena *arena, struct sse_event *ret);
/* Where in raw the byte data.p[at] stands (at <= data.n). */
size_t sse_raw_at(const struct sse_event *e, size_t at);
/* Where in data the byte raw.p[at] stands; SIZE_MAX: not in data. */
size_t sse_data_at(const struct sse_event *e, size_t at);
