/* SPDX-License-Identifier: Apache-2.0 */
/* http1.h - HTTP/1.1 messages (RFC 9110, RFC 9112), without I/O and without copies.
 * Why: whoever stands between two HTTP programs must understand a message exactly as both do, or
 * somebody smuggles a second one through the difference. So nothing is repaired: whatever can be
 * read in two ways is refused, with a fault that has a name, a sentence and a status.
 *
 *     bytes ─http1_scan─► a whole head ─http1_request/http1_answer─► spans, framing ─► body:
 *                                                    none | length | http1_chunks | until the end
 *
 * Owns: nothing; spans borrow the bytes of the head.   Threads: one owner.
 * Fails: a fault; results do not depend on where the bytes were cut. */
#pragma once
#include "base/slice.h"
#include "base/st.h"

#define HTTP1_FIELDS_MAX  100
#define HTTP1_TRAILER_MAX 4096 /* bytes */

enum http1_fault {
    HTTP1_FINE,
    /* lines */
    HTTP1_HEAD_TOO_LARGE,
    HTTP1_TOO_MANY_FIELDS,
    HTTP1_BARE_LF,
    HTTP1_CONTROL,
    HTTP1_EMPTY_LINE,
    HTTP1_FOLDED,
    HTTP1_NO_COLON,
    HTTP1_FIELD_NAME,
    HTTP1_LOOKALIKE,
    HTTP1_REPEATED,
    /* request line */
    HTTP1_REQUEST_LINE,
    HTTP1_METHOD,
    HTTP1_METHOD_REFUSED,
    HTTP1_TARGET,
    HTTP1_TARGET_DOTS,
    HTTP1_TARGET_TOO_LONG,
    HTTP1_VERSION,
    /* framing and routing */
    HTTP1_HOST_MISSING,
    HTTP1_HOST_REPEATED,
    HTTP1_HOST_BAD,
    HTTP1_LENGTH_REPEATED,
    HTTP1_LENGTH_BAD,
    HTTP1_LENGTH_AND_CODING,
    HTTP1_CODING_REPEATED,
    HTTP1_CODING_BAD,
    HTTP1_CODING_OLD,
    HTTP1_CONNECTION_BAD,
    HTTP1_EXPECT_BAD,
    HTTP1_BODY_FORBIDDEN,
    /* chunks */
    HTTP1_CHUNK_SIZE,
    HTTP1_CHUNK_EXTENSION,
    HTTP1_CHUNK_END,
    HTTP1_TRAILER_BAD,
    HTTP1_TRAILER_TOO_LARGE,
    /* answers */
    HTTP1_STATUS_LINE,
    HTTP1_FAULTS,
};

/* What a request with this fault is answered. */
unsigned http1_fault_status(enum http1_fault fault);
const char *http1_fault_id(enum http1_fault fault);   /* "bare-lf" */
const char *http1_fault_text(enum http1_fault fault); /* a sentence */

enum http1_step { HTTP1_MORE, HTTP1_DONE, HTTP1_BAD, HTTP1_DATA };

/* ---- heads ---- */

struct http1_limits {
    size_t head;   /* bytes of a head, its last line included */
    size_t target; /* bytes */
};

struct http1_scan { /* of one head; zeroed before it */
    size_t seen;    /* bytes that need not be looked at again */
    size_t line;    /* where the line that is not complete yet begins */
    size_t size;    /* DONE: bytes of the head, its empty line included */
    enum http1_fault fault;
};

/* Looks for the end of a head in all bytes that have come of it so far. */
enum http1_step http1_scan(struct http1_scan *s, struct slice in,
                           const struct http1_limits *limits);

enum http1_name { /* fields that mean something to an intermediary; in the order of their length */
                  HTTP1_OTHER,
                  HTTP1_TE,
                  HTTP1_DATE,
                  HTTP1_HOST,
                  HTTP1_COOKIE,
                  HTTP1_EXPECT,
                  HTTP1_TRAILER,
                  HTTP1_UPGRADE,
                  HTTP1_CONNECTION,
                  HTTP1_KEEP_ALIVE,
                  HTTP1_SET_COOKIE,
                  HTTP1_CONTENT_TYPE,
                  HTTP1_AUTHORIZATION,
                  HTTP1_CONTENT_LENGTH,
                  HTTP1_HTTP2_SETTINGS,
                  HTTP1_ACCEPT_ENCODING,
                  HTTP1_CONTENT_ENCODING,
                  HTTP1_PROXY_CONNECTION,
                  HTTP1_TRANSFER_ENCODING,
                  HTTP1_PROXY_AUTHORIZATION,
                  HTTP1_NAMES,
};

struct http1_field {
    struct slice name, value; /* the value without blanks around it */
    enum http1_name known;
    bool hop; /* for the next program only: not to be forwarded */
};

enum http1_body {
    HTTP1_NO_BODY,
    HTTP1_LENGTH,
    HTTP1_CHUNKED,
    HTTP1_UNTIL_CLOSE, /* answers only */
};

struct http1_head {
    struct slice method, target;    /* of a request; the target in origin form or "*" */
    struct slice path, query, host; /* the path as it came; the query without its ?; host[:port] */
    unsigned status;                /* of an answer */
    struct slice reason;            /* of an answer */
    unsigned minor;                 /* HTTP/1.minor: 0 or 1 */
    enum http1_body body;
    uint64_t length;      /* HTTP1_LENGTH */
    bool keep_alive;      /* the connection may carry another message */
    bool expects;         /* Expect: 100-continue */
    bool takes_trailers;  /* TE: trailers */
    struct slice upgrade; /* what is asked for; empty: nothing */
    size_t field_count;
    struct http1_field fields[HTTP1_FIELDS_MAX];
};

/* `head` is what http1_scan() called DONE. */
enum http1_fault http1_request(struct slice head, const struct http1_limits *limits,
                               struct http1_head *ret);
/* `to_head`: it answers a HEAD request, so it has no body whatever its fields say. */
enum http1_fault http1_answer(struct slice head, bool to_head, struct http1_head *ret);
/* The first field of this name; NULL: none. */
const struct http1_field *http1_field(const struct http1_head *h, enum http1_name known);
const struct http1_field *http1_field_named(const struct http1_head *h, struct slice name);
enum http1_name http1_name_of(struct slice name);
/* x-merlon-...: said by us, and by nobody else. */
bool http1_is_own(struct slice name);

/* ---- chunked bodies ---- */

struct http1_chunks { /* zeroed before a body */
    uint64_t left;    /* content of the current chunk that has not come yet */
    uint8_t state;    /* see http1_chunk.c */
    uint8_t digits;
    uint16_t extension; /* bytes of extensions so far */
    bool extensions;    /* set by the caller: extensions are skipped; else they are refused */
    uint16_t trailer_size;
    enum http1_fault fault;
    uint8_t trailer[HTTP1_TRAILER_MAX];
};

void http1_chunks_init(struct http1_chunks *c, bool extensions);
/* Takes bytes from the front of *in. DATA: *ret is a piece of content. DONE: what is left in *in
 * belongs to the next message. MORE: all was taken. */
enum http1_step http1_chunks_next(struct http1_chunks *c, struct slice *in, struct slice *ret);
/* The trailer fields of a body that is DONE, as lines; empty when there were none. */
struct slice http1_trailer(const struct http1_chunks *c);
