/* SPDX-License-Identifier: Apache-2.0 */
/* http1_read.h - a connection as the codec sees it, fed in pieces; and the question whether the
 * model (http1_model.h) sees the same. For the unit tests and the fuzz target. */
#pragma once
#include "codec/http1.h"
#include "http1_model.h"

static const struct http1_limits read_limits = {MODEL_HEAD, MODEL_TARGET};

struct read_one { /* one message of a connection */
    enum http1_step end;
    enum http1_fault fault;
    size_t size; /* DONE */
    struct http1_head head;
    unsigned char body[1 << 14];
    size_t body_size;
    struct http1_scan scan;
    struct http1_chunks chunks;
    bool in_body;
};

static inline void read_body(struct read_one *r, const unsigned char *p, size_t n)
{
    struct slice in = slice_of(p + r->size, n - r->size), piece;
    if (r->head.body == HTTP1_CHUNKED) {
        while ((r->end = http1_chunks_next(&r->chunks, &in, &piece)) == HTTP1_DATA) {
            memcpy(r->body + r->body_size, piece.p, piece.n);
            r->body_size += piece.n;
        }
        r->fault = r->chunks.fault;
    } else {
        size_t left = (size_t)(r->head.length - r->body_size);
        if (r->head.length - r->body_size > in.n) left = in.n;
        memcpy(r->body + r->body_size, in.p, left);
        r->body_size += left;
        in = slice_sub(in, left, in.n);
        r->end = r->body_size == r->head.length ? HTTP1_DONE : HTTP1_MORE;
    }
    r->size = n - in.n;
}

/* n bytes have come; p stays the same and n only grows from call to call. */
static inline void read_feed(struct read_one *r, const unsigned char *p, size_t n)
{
    if (!r->in_body) {
        r->end = http1_scan(&r->scan, slice_of(p, n), &read_limits);
        r->fault = r->scan.fault;
        if (r->end != HTTP1_DONE) return;
        r->fault = http1_request(slice_of(p, r->scan.size), &read_limits, &r->head);
        if (r->fault) r->end = HTTP1_BAD;
        if (r->fault) return;
        r->in_body = true;
        r->size = r->scan.size;
        http1_chunks_init(&r->chunks, false);
    }
    read_body(r, p, n);
}

static inline void read_init(struct read_one *r)
{
    memset(&r->scan, 0, sizeof r->scan);
    r->end = HTTP1_MORE;
    r->fault = HTTP1_FINE;
    r->size = r->body_size = 0;
    r->in_body = false;
}

/* NULL, or in what the two differ. */
static inline const char *read_differs(const struct read_one *r, const struct model *m,
                                       enum model_end end)
{
    if ((end == MODEL_REFUSED) != (r->end == HTTP1_BAD)) return "one refuses";
    if ((end == MODEL_MESSAGE) != (r->end == HTTP1_DONE)) return "one sees the end";
    if (end != MODEL_MESSAGE) return NULL;
    if (m->size != r->size) return "the sizes differ";
    if (m->body_size != r->body_size || memcmp(m->body, r->body, r->body_size)) return "bodies";
    if (strlen(m->target) != r->head.target.n ||
        memcmp(m->target, r->head.target.p, r->head.target.n))
        return "targets";
    return NULL;
}
