/* SPDX-License-Identifier: Apache-2.0 */
/* stream_part.h - a streamed answer from the inside: what the files around it share.
 *
 *     stream.c ── one event ──► stream_whole.c   parts that are whole
 *        │                 ├──► stream_beside.c  what such parts say together
 *        │                 └──► stream_flow.c    pieces of texts that grow
 *        └── queue ◄─────────── stream_send.c    what may leave
 *
 * A flow is a place for one text after the other. Its bytes are counted over all of them, so that a
 * piece that waits keeps its place when the text that it was of is over.
 * Threads: everything here is one stream's. */
#pragma once
#include "codec/sse.h"
#include "guard/judge/edits.h"
#include "guard/screen/stream.h"
#include "guard/screen/stream_beside.h"

#define STREAM_FLOWS  64u        /* texts that grow side by side */
#define STREAM_EVENT  (1u << 20) /* bytes of one event */
#define STREAM_WAITS  (2u << 20) /* bytes that wait; where all is to wait, scope->answer_most */
#define STREAM_PIECES (1u << 18) /* that wait */
#define STREAM_KNOWN  16u

struct flow_edit { /* [from, to) of a flow becomes `with` */
    uint64_t from, to;
    struct slice with;
    bool written, taken; /* edit_cover's, of the pieces that have left */
};

struct fifo {
    uint8_t *list;
    size_t size; /* of one */
    size_t first, count, room;
};
void *fifo_push(struct fifo *f); /* NULL: no memory */
void fifo_pop(struct fifo *f, size_t count);
void *fifo_at(const struct fifo *f, size_t i);

struct escape { /* bytes [at, at + n) of the resolved text are written at [written, + size) */
    uint64_t at, written;
    uint8_t n, size;
};

struct resolved {            /* a text that is JSON, with the escapes in its strings resolved */
    struct guard_hold *hold; /* NULL: it has none yet */
    uint64_t end, written;   /* of the resolved text; of the bytes that write it */
    uint64_t shift;          /* between them, before the first of `escapes` */
    uint64_t first, safe;    /* escape; byte that waits */
    struct fifo escapes;
    uint8_t open[12]; /* an escape that is not whole, or half a pair of surrogates */
    size_t open_n;
};

struct told { /* by one of two holds; the other may tell it again */
    const struct rule *rule;
    size_t from, to;
};

#define FLOW_TOLD 32u
#define FLOW_TAIL 256u

struct flow {
    struct guard_stream *stream;
    struct part part; /* flow, role, channel: whose text it is */
    uint64_t key;     /* of the object that the text is in: some send one text under two */
    bool live;
    struct guard_hold *hold;
    uint64_t base;            /* where the text in hand begins */
    uint8_t tail[FLOW_TAIL];  /* of the text before it, whose end was no end */
    size_t tail_n, again;     /* of it, the text in hand began with so many bytes */
    uint64_t end, safe, left; /* has come, may leave, has left */
    uint64_t blocked;         /* where the match begins that stopped the stream; UINT64_MAX */
    struct fifo edits;        /* flow_edit: by place, apart from each other */
    struct buf text;          /* where a form is declared, else empty */
    enum inner inner;
    struct resolved resolved;
    struct told told[FLOW_TOLD];
    size_t told_next;
    unsigned skipped[CHECKS]; /* told already */
    char path[64];
};

struct piece { /* of a flow, in an event */
    uint64_t from;
    uint32_t n;
    uint32_t which; /* of the growing parts of its event */
    uint16_t flow;
    uint8_t inner; /* enum inner, where it begins */
};

struct sent { /* what surface_close() has to know of an event */
    uint64_t sequence, outputs, ended;
    struct part_flow opened;
    bool begun, open;
};

struct waiting {   /* an event */
    size_t n;      /* bytes of it */
    size_t behind; /* of events behind it that have no pieces */
    size_t pieces;
    struct sent sent;
};

struct known { /* a text that nothing was found in; most come in every event */
    enum part_role role;
    enum part_channel channel;
    size_t n; /* 0: none */
    uint8_t text[64];
};

struct alike { /* an event that the next may be like */
    bool known;
    size_t n, parts;
    struct part part;       /* the one that grows */
    struct surface_doc doc; /* of the one that is like it */
    uint8_t event[2048];
};

struct guard_stream {
    struct stream_setup setup;
    struct record_side_of *side;
    struct slice route, tenant;
    bool observe; /* all leaves as it comes */
    bool blind;   /* observe: no event is read any more */
    bool stopped;
    const struct rule *rule; /* of the block */
    const char *why;
    enum severity severity; /* of what the record's answer is decided by */
    struct cutter cutter;
    struct buf half;  /* the beginning of an event that is not complete */
    struct buf bytes; /* of events that wait */
    size_t at;        /* where the first of them begins */
    struct fifo events, pieces;
    struct surface_stream seen; /* as if all had been sent */
    struct sent sent;
    struct flow *flows[STREAM_FLOWS];
    size_t flow_count, last_flow;
    struct flow
        *late; /* whose last pieces are in `fresh`, and not in its hold yet; NULL: nobody's */
    struct buf fresh;
    struct guard_hold *spare;
    struct alike alike;
    struct known known[STREAM_KNOWN];
    size_t known_next;
    struct beside beside[STREAM_BESIDE];
    size_t beside_next;
    const struct surface_doc *doc; /* the event in hand; NULL: none */
    struct arena *arena;           /* of the event in hand */
};

/* ---- stream.c ---- */
/* Nothing of what waits leaves any more. In observe it is told, and all goes on. */
void stream_block(struct guard_stream *s, const struct rule *rule, const char *why);
void stream_acted(struct guard_stream *s, enum guard_action a, const struct rule *rule,
                  enum severity severity);
void stream_skipped(struct guard_stream *s, const unsigned unscanned[CHECKS]);
struct decision_in stream_deciding(const struct guard_stream *s);

/* ---- stream_flow.c ---- */
/* A piece of a text that grows. False: the stream has stopped. */
bool flow_take(struct guard_stream *s, const struct part *part, uint32_t which);
/* What came of texts that grow is looked at, all of it at once: once a feed, not once an event. */
void flow_look(struct guard_stream *s);
void flow_ends(struct guard_stream *s, const struct flow_end *e);
void flow_end_all(struct guard_stream *s);
/* The first edit that ends behind this byte. */
size_t flow_edit_behind(const struct flow *f, uint64_t at);
void flows_free(struct guard_stream *s);
/* The key before a string, in any case, as a number: "reasoning" and "reasoning_content" are two
 * texts, though they may say the same. 0: there is none. */
uint64_t stream_key(struct slice event, const struct part *p);
/* A hold for this flow, used before or new; NULL without memory, which is told. */
struct guard_hold *stream_hold(struct flow *f, const struct hold_sink *sink);
void stream_hold_done(struct guard_stream *s, struct guard_hold *h);

/* ---- stream_inner.c ---- */
/* Before the flow's own hold gets the text and f->inner moves. False: no memory. */
bool resolved_feed(struct flow *f, struct slice text, const struct hold_sink *sink);
void resolved_finish(struct flow *f);
void resolved_done(struct flow *f);
/* The byte that writes the first one that waits. */
uint64_t resolved_place(const struct resolved *r, uint64_t safe);
/* Where a match is written; false: it is not of interest. */
bool resolved_match(const struct resolved *r, struct guard_match *m);

/* ---- stream_alike.c ---- */
void alike_forget(struct alike *a);
/* An event in which nothing but its growing part is of interest. */
void alike_keep(struct alike *a, struct slice raw, const struct surface_doc *doc);
/* Is this one like it? Then *ret is its growing part. */
bool alike_read(const struct alike *a, struct slice raw, struct part *ret);

/* ---- stream_whole.c ---- */
/* Judges the parts that are whole; edits to the event, if any. */
void whole_judge(struct guard_stream *s, const struct surface_doc *doc, struct edits *edits);

/* ---- stream_send.c ---- */
/* The event in hand, read as `doc`, with its last `pieces` of the queue. */
void send_event(struct guard_stream *s, struct slice raw, size_t pieces, struct buf *out);
void send_free(struct guard_stream *s, struct buf *out); /* everything that may leave */
