/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h - the seam between moving bytes and judging them.
 * Why: the proxy (flow.h) knows connections and framing and nothing of content; whoever inspects
 * sees the content of one request and one answer, in order and without framing, and says what goes
 * on instead. Neither includes the other: the proxy is given this table. NULL members, and no table
 * at all, mean: as it came.
 *
 *     begin ─► request()* ─► [upstream] ─► answer_head ─► answer()* ─► end
 *
 * Owns: the proxy allocates `size` bytes of state for each exchange, zeroed, and calls end() once.
 * Threads: one exchange is one thread's; `ctx` is shared by all.
 * Fails: EXCHANGE_REPLY before anything of an answer was sent; EXCHANGE_CUT at any time. */
#pragma once
#include "base/buf.h"
#include "codec/http1.h"

enum exchange_step {
    EXCHANGE_GO,
    EXCHANGE_REPLY, /* reply() says what the client gets; the upstream gets nothing (more) */
    EXCHANGE_CUT,   /* what was written to `out` is the end of the answer: a well-formed last chunk
                       follows, and the upstream's connection is closed */
};

struct exchange_reply {
    unsigned status;
    const char *type;  /* "application/json" */
    struct slice body; /* lives until end() */
};

struct exchange_table {
    void *ctx;
    size_t size;
    /* The upstream is asked when request() has seen the end; its output is the whole content then.
     * Else each piece is sent on as it comes, and must keep its length if it has a Content-Length.
     */
    bool whole_request;
    enum exchange_step (*begin)(void *state, void *ctx, const struct http1_head *request,
                                struct slice id);
    enum exchange_step (*request)(void *state, struct slice in, bool end, struct buf *out);
    /* May add whole field lines to `fields`. */
    enum exchange_step (*answer_head)(void *state, const struct http1_head *answer,
                                      struct buf *fields);
    enum exchange_step (*answer)(void *state, struct slice in, bool end, struct buf *out);
    void (*reply)(void *state, struct exchange_reply *ret);
    void (*end)(void *state);
};
