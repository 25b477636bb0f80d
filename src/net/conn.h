/* SPDX-License-Identifier: Apache-2.0 */
/* conn.h - a connection: plain or TLS, never blocking, with bytes that wait to be sent.
 * Why: whoever speaks a protocol over it wants to read what is there, write what it has and be told
 * when more is possible; handshakes, short writes and EAGAIN end here.
 * Owns: its descriptor, its TLS state, what waits to be sent.   Threads: its loop's.
 * Fails: CONN_LOST; `lost` says why. Waiting bytes are bounded by their writers: they write only
 * while conn_waiting() is small. */
#pragma once
#include "base/buf.h"
#include "net/address.h"
#include "net/loop.h"

struct tls;
struct tls_context;

enum conn_end {
    CONN_OK,
    CONN_WAIT,   /* nothing now; ready() will be called */
    CONN_CLOSED, /* the other end has said all that it will */
    CONN_LOST,
};

struct conn {
    struct watch watch;
    struct loop *loop;
    struct tls *tls; /* NULL: plain */
    bool connecting, handshaking;
    bool can_read, can_write, hup, gone;
    bool dead;      /* lost */
    char lost[200]; /* "connection reset" */
    struct buf out; /* from `sent` on it waits */
    size_t sent;
    uint64_t written;              /* bytes that went out */
    uint64_t moved;                /* ms: when they did last */
    void (*ready)(struct conn *c); /* it may go on; also when it is lost */
};

/* Takes the descriptor, also when it fails. `context`: NULL for plain; `name`: the server's, for
 * clients, NULL for servers. */
bool conn_open(struct conn *c, struct loop *l, int fd, struct tls_context *context,
               const char *name);
/* A new connection to there; `connecting` until it stands. */
bool conn_dial(struct conn *c, struct loop *l, const struct address *to,
               struct tls_context *context, const char *name);
/* Closes; `reset`: the other end is to see that it was cut. Buffers are freed. */
void conn_close(struct conn *c, bool reset);
bool conn_is_open(const struct conn *c);
/* Connected, and its handshake done. */
static inline bool conn_stands(const struct conn *c)
{
    return !c->connecting && !c->handshaking && !c->dead;
}

/* CONN_OK: *ret bytes were read. */
enum conn_end conn_read(struct conn *c, void *p, size_t room, size_t *ret);
/* Sends, or keeps for later, the parts in order. False: lost. */
bool conn_write(struct conn *c, struct slice first, struct slice second);
/* Keeps them for the next conn_flush(): several small pieces leave in one call then. */
bool conn_queue(struct conn *c, struct slice s);
/* What waits. CONN_OK: nothing does any more. */
enum conn_end conn_flush(struct conn *c);
static inline size_t conn_waiting(const struct conn *c)
{
    return c->out.n - c->sent;
}
/* Nothing more will be sent; what the other end sends can still be read. */
void conn_finish(struct conn *c);
