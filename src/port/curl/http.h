/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - HTTP requests, several at a time, on one thread.
 * Why: libcurl knows HTTP and TLS; what is asked for, where it may go and what becomes of the bytes
 * is decided by the caller. Redirects are not followed but told, so that each hop is a request with
 * its own permission. http and https only; certificates are verified; nothing of the user's
 * (.netrc, cookies) is sent. Proxies of the environment are used. Owns: the connections; a transfer
 * ends with on_end or with http_free.   Threads: one owner. Fails: http_new gives NULL when libcurl
 * is not installed; the rest is told by on_end. */
#pragma once
#include "base/slice.h"

struct http;

#define HTTP_NO_LENGTH UINT64_MAX

struct http_head { /* of an answer; slices live until on_head returns */
    unsigned status;
    uint64_t length;               /* of the body, HTTP_NO_LENGTH when not said */
    uint64_t range_from, range_of; /* of Content-Range; HTTP_NO_LENGTH when absent or "*" */
    struct slice etag, modified;
    uint64_t retry_after; /* seconds; 0 = not said */
};

enum http_failure {
    HTTP_FINE,    /* the answer came whole, whatever its status */
    HTTP_NETWORK, /* worth another try: connection, name, cut off, silent */
    HTTP_PRIVATE, /* it would have gone to an address of a private network */
    HTTP_TLS,     /* the certificate or the handshake is wrong */
    HTTP_BAD_URL, /* no http(s) URL */
    HTTP_STOPPED, /* a callback said so */
};

struct http_end {
    enum http_failure failure;
    unsigned status;
    const char *location; /* where a redirect leads, absolute; NULL: nowhere */
    const char *why;      /* for people */
};

struct http_sink {
    bool (*on_head)(void *ctx, const struct http_head *h); /* false stops the transfer */
    bool (*on_body)(void *ctx, struct slice bytes);
    void (*on_end)(void *ctx, const struct http_end *e); /* may start another one */
    void *ctx;
};

struct http_request {
    const char *url;
    uint64_t from;        /* > 0: ask for the bytes from here on */
    const char *if_range; /* validator for that, or NULL */
    bool allow_private;   /* may it connect to private, loopback and link-local addresses? */
    unsigned silence_s;   /* give up when nothing comes for so long */
};

bool http_available(void);
struct http *http_new(void);
void http_free(struct http *c); /* NULL is fine; running transfers end without on_end */
/* False when memory is out. */
bool http_start(struct http *c, const struct http_request *q, const struct http_sink *sink);
/* Let things happen, for at most wait_ms; callbacks are called from here. */
void http_run(struct http *c, unsigned wait_ms);
unsigned http_running(const struct http *c);
/* Is it an address that the public internet does not route? (RFC 6890 and its IPv6 kin) */
struct sockaddr;
bool http_is_private(const struct sockaddr *a);
