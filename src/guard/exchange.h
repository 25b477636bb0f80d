/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h - the seam between moving bytes and judging them.
 * Why: the proxy (flow.h) knows connections and framing and nothing of content; whoever inspects
 * sees the content of one request and one answer, in order and without framing, and says what goes
 * on instead. Neither includes the other: the proxy is given this table. NULL members, and no table
 * at all, mean: as it came.
 *
 *     begin ─► request()* ─► [upstream] ─► answer_head ─► answer()* ─► trailer ─► end
 *
 * Owns: the proxy allocates `size` bytes of state for each exchange, zeroed, and calls end() once.
 * Threads: one exchange is one thread's, and that thread's thread_new() is given to begin().
 * Fails: EXCHANGE_REPLY before anything of an answer was sent; EXCHANGE_CUT at any time. */
#pragma once
#include "base/buf.h"
#include "codec/http1.h"

enum exchange_step {
    EXCHANGE_GO,
    EXCHANGE_HOLD,  /* of begin: the upstream is asked when request() has seen the end. Of
                       answer_head: the client hears nothing before answer() has written something or
                       seen the end. What was written by the end is the whole content then */
    EXCHANGE_PASS,  /* of answer_head: the answer goes on as it came; answer() is not asked */
    EXCHANGE_REPLY, /* reply() says what the client gets; the upstream gets nothing (more) */
    EXCHANGE_CUT,   /* what was written to `out` is the end of the answer: a well-formed last chunk
                       follows, and the upstream's connection is closed */
};

/* A request, as the proxy knows it. Valid during begin(), but for `rules` and `route`: those live
 * until end(). */
struct exchange_about {
    const struct http1_head *head;
    struct slice id, route;
    struct slice address; /* of the client, without its port */
    const void *rules;    /* the plan's */
};

/* What became of it. */
struct exchange_end {
    unsigned status;       /* that the client got; 0: none */
    struct slice upstream; /* "": nobody was asked */
    bool cut;              /* the client got a piece of the answer */
};

struct exchange_reply {
    unsigned status;
    const char *type;  /* "application/json" */
    struct slice body; /* lives until end() */
};

struct exchange_table {
    void *ctx;
    size_t size;
    void *(*thread_new)(void *ctx); /* NULL: no memory */
    void (*thread_free)(void *thread);
    /* True: a request below /merlon/ that the table answers itself, from begin() or request(): no
     * upstream is asked. */
    bool (*answers)(const struct http1_head *request);
    /* Without EXCHANGE_HOLD each piece is sent on as it comes, and must keep its length if the
     * request has a Content-Length. */
    enum exchange_step (*begin)(void *state, void *thread, const struct exchange_about *about);
    enum exchange_step (*request)(void *state, struct slice in, bool end, struct buf *out);
    /* Field lines for the upstream; with EXCHANGE_HOLD asked when request() has seen the end. */
    void (*request_fields)(void *state, struct buf *fields);
    enum exchange_step (*answer_head)(void *state, const struct http1_head *answer);
    enum exchange_step (*answer)(void *state, struct slice in, bool end, struct buf *out);
    /* Field lines for the client: asked when a head is written, for EXCHANGE_HOLD after its
     * content; also for what the gateway itself answers. */
    void (*answer_fields)(void *state, struct buf *fields);
    /* Field lines behind a chunked answer, for a client that takes them (TE: trailers). */
    void (*trailer)(void *state, struct buf *fields);
    /* True: this field does not go on. */
    bool (*drops)(const void *state, bool answer, const struct http1_field *f);
    void (*reply)(void *state, struct exchange_reply *ret);
    void (*end)(void *state, const struct exchange_end *how);
};
