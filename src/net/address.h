/* SPDX-License-Identifier: Apache-2.0 */
/* address.h - "127.0.0.1:8443", "[::]:80" and URLs, as people write them, and as sockets want them.
 * Owns: nothing; URL parts borrow the text.   Threads: any.   Fails: false and a sentence. */
#pragma once
#include "base/buf.h"
#include <sys/socket.h>

#define ADDRESSES_MAX 8

struct address {
    struct sockaddr_storage at;
    socklen_t n;
};

struct addresses {
    struct address of[ADDRESSES_MAX];
    size_t count;
};

struct url {
    bool tls;          /* https */
    struct slice host; /* without brackets */
    uint16_t port;
    struct slice authority; /* as written: host[:port] */
    struct slice base;      /* "" or "/prefix" without a slash at its end */
};

/* To listen at: a number or "localhost", and a port; 0 lets the kernel choose. */
bool address_parse(struct slice text, struct address *ret, struct buf *why);
/* http:// or https://, no user, no query. */
bool url_parse(struct slice text, struct url *ret, struct buf *why);
/* "127.0.0.1", "::1", "localhost": nobody is asked where that is. */
bool address_is_number(struct slice host);
/* Asks the system's resolver: this may take seconds. */
bool address_resolve(struct slice host, uint16_t port, struct addresses *ret, struct buf *why);
#define ADDRESS_TEXT 46u
/* "127.0.0.1" */
void address_host(const struct address *a, char ret[ADDRESS_TEXT]);
/* "127.0.0.1:8443" */
void address_say(const struct address *a, struct buf *out);
bool address_is_loopback(const struct address *a);
