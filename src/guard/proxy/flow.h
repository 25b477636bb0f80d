/* SPDX-License-Identifier: Apache-2.0 */
/* flow.h - one loop of the proxy, from the inside: what the files around it share.
 *
 *     client ──request.c──► exchange ──backend.c──► upstream
 *     client ◄──answer.c─── exchange ◄───────────── backend
 *
 * A client connection carries one exchange at a time; a backend is a connection to an upstream and
 * belongs to one exchange or waits in its pool. Whatever happens to either of the two,
 * client_pump() moves what can be moved until nothing moves: reading stops while the other side has
 * bytes waiting, which is all there is to back pressure. What is closed is freed after the round.
 * Threads: everything here is one loop's. */
#pragma once
#include "guard/exchange.h"
#include "guard/proxy/metrics.h"
#include "guard/proxy/plan.h"
#include "guard/record/recorder.h"
#include "net/conn.h"

#define FLOW_PIECE  65536 /* the most that is read at once */
#define FLOW_ID     24    /* letters of a request's id */
#define FLOW_WINDOW 5000  /* ms over which the rate of a request's body is measured */

struct crowd;
struct crowd_place;
struct worker;
struct client;

enum turned { /* why a connection is not served: its first request is told so */
              TURNED_NOT,
              TURNED_FULL,   /* limits.connections */
              TURNED_CLIENT, /* limits.per_client */
              TURNED_MEMORY,
};

struct pool { /* of one upstream, in one loop */
    struct backend *first;
    size_t count;
};

struct plan_use { /* a plan as one loop uses it */
    struct plan *plan;
    struct worker *worker;
    size_t refs; /* exchanges, and one while it is the current plan */
    struct pool *pools;
    int (*turns)[GUARD_MEMBERS_MAX]; /* per route: see upstream_pick() */
};

struct backend {
    struct conn conn; /* first: events find the backend through it */
    struct later later;
    struct timer timer;
    struct plan_use *use;
    struct upstream *upstream;
    struct client *client;        /* whose exchange it serves; NULL: it waits in the pool */
    struct backend *next, **link; /* in the pool */
    struct address to;
    unsigned moves; /* of its upstream, when it was last known to be there */
    size_t address; /* which of the upstream's is being tried */
    bool reused, stood;
    uint64_t since;       /* ms: dialled, stood, or heard of last */
    uint64_t sent_before; /* conn.written when this exchange began */
    struct buf in;        /* of a head that is not complete */
    struct http1_scan scan;
    /* the answer */
    bool headed, keep;
    enum http1_body body;
    uint64_t left;
    struct http1_chunks *chunks;
};

struct exchange {
    struct plan_use *use;
    const struct guard_route *route;
    void *state; /* the table's */
    struct backend *backend;
    size_t member;
    unsigned tried;
    bool active, trying; /* trying: see upstream_take() */
    bool counted;        /* among the requests of its client */
    uint64_t started;
    char id[FLOW_ID + 1];
    /* the request */
    bool to_head, old, keep, trailers, idempotent, expects, own_host;
    enum http1_body body; /* as the client frames it */
    uint64_t left, taken;
    struct http1_chunks *chunks;
    bool request_end, held; /* held: the upstream is not asked before the end (EXCHANGE_HOLD) */
    struct buf request; /* all that an upstream is told, but for its base path and Host: head and,
                           while `replay` holds, content; `held`: the head alone */
    size_t at_base, at_host; /* where those two go */
    struct buf content;      /* held */
    bool replay;
    /* the answer */
    bool answered, answer_end, chunked, until_close;
    bool judged, waits; /* the table is asked for its content; EXCHANGE_HOLD: nothing was sent */
    struct buf head;    /* `waits`: without the table's fields and framing */
    unsigned status;
};

struct client {
    struct conn conn; /* first */
    struct later later;
    struct timer timer;
    struct worker *worker;
    struct client *next, **link;
    enum turned turned;
    struct crowd_place *place; /* TURNED_NOT: among those of its address */
    struct address from;
    bool closed;                   /* is freed after this round */
    bool closing;                  /* what waits is the last that it gets */
    bool lingering;                /* all was sent: what still comes is thrown away */
    bool moved;                    /* this round of client_pump() did something */
    bool slow_ok;                  /* in this window we made the client wait ourselves */
    uint64_t since;                /* ms: when the head's first byte, or its idleness, began */
    uint64_t window, window_taken; /* of the body's rate */
    struct buf in;
    struct http1_scan scan;
    struct exchange x;
};

struct worker {
    struct loop loop;
    const struct exchange_table *table;
    void *judge; /* the table's, of this thread */
    struct plan_use *use;
    struct listener_of_client *listeners;
    size_t listener_count;
    struct client *clients;
    size_t client_count, client_max;
    size_t turned_count; /* of them, turned away */
    struct crowd *crowd; /* of all loops */
    bool draining;
    uint64_t id_seed, id_next;
    struct metrics metrics;
    struct metrics *const *all_metrics; /* of all loops, for /merlon/metrics */
    size_t all_count;
    struct recorder *recorder; /* NULL: none */
    struct http1_head head;    /* of the message at hand */
    struct buf out, content;
    uint8_t in[FLOW_PIECE], back[FLOW_PIECE];
};

/* ---- client.c ---- */
void client_accept(struct worker *w, int fd, struct tls_context *tls, const struct address *from);
void client_pump(struct client *c);
void client_close(struct client *c, bool reset);
/* The exchange is over: the next one, or the end. */
void client_next(struct client *c);
/* Its request is one too many, and it was told so. */
bool client_turned_away(struct client *c);
/* Nothing may be taken from the client any more; what waits is sent, then it is closed. */
void client_last(struct client *c);

/* ---- request.c ---- */
/* Bytes of the client that begin with a request's head. How many were used; 0: more are needed. */
size_t request_head(struct client *c, struct slice s);
/* Bytes of its body. */
size_t request_body(struct client *c, struct slice s);
bool request_may_go_on(const struct client *c);
/* Everything so far, for the upstream that was just chosen. */
void request_tell(struct client *c);
void request_id(struct worker *w, char id[FLOW_ID + 1]);

/* ---- backend.c ---- */
/* A connection for the client's exchange, from the pool or new. False: it was answered. */
bool backend_start(struct client *c);
/* Bytes for the upstream; answer_pump() sends them, and sees when it is lost. */
void backend_write(struct client *c, struct slice s);
/* No answer came: somebody else is asked where that is safe, or the client is told. */
void backend_lost(struct client *c, unsigned status, const char *code, const char *why);
/* An answer has begun with this status: is somebody else asked instead? (route.retry_on) */
bool backend_again(struct client *c, unsigned status);
/* The exchange needs it no longer. `reusable`: it goes to its pool. */
void backend_end(struct client *c, bool reusable);
void backend_close(struct backend *b);
void pool_empty(struct pool *p);
void plan_use_unref(struct plan_use *u);

/* ---- answer.c ---- */
/* What the upstream has sent. */
void answer_pump(struct client *c);

struct reply { /* ---- reply.c ---- */
    unsigned status;
    const char *type;
    struct slice body;
    bool last; /* the connection is closed behind it */
};
void reply_send(struct client *c, const struct reply *r);
/* {"error": {"message", "type", "code", ...}} */
void reply_error(struct client *c, unsigned status, const char *code, bool last, const char *fmt,
                 ...) PRINTF_LIKE(5, 6);
/* The answer is cut: nobody may take it for whole. */
void reply_cut(struct client *c);
const char *status_text(unsigned status);

/* ---- own.c ---- */
bool own_is_open(struct client *c); /* false: not for this client, and it was told so */
/* Answers requests below /merlon/. False: it is not one. */
bool own_answer(struct client *c, const struct http1_head *h);
