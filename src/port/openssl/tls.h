/* SPDX-License-Identifier: Apache-2.0 */
/* tls.h - TLS 1.2 and 1.3 (RFC 8446) through OpenSSL, over sockets that do not block.
 * Why: both sides of the gateway speak it, with certificates of their own and of those whom they
 * trust: nobody's but the named ones, and the system's only when that is asked for.
 * Owns: contexts and connections, until they are freed; not the descriptor.
 * Threads: a context may be shared once it is made; a connection has one owner.
 * Fails: NULL and a sentence; TLS_FAILED and tls_why(). */
#pragma once
#include "base/buf.h"
#include "base/st.h"

#define TLS_CERTIFICATES_MAX 16

struct tls_context;
struct tls;

struct tls_certificate { /* PEM files: the chain, the leaf first, and its key */
    const char *chain, *key;
};

struct tls_setup {
    bool server;
    /* of a server the first is shown to clients that name no host, or one that none is for */
    struct tls_certificate certificates[TLS_CERTIFICATES_MAX];
    size_t count;
    const char *ca;    /* PEM file: who signs the other end's certificates; NULL: see below */
    bool system_roots; /* a client's: those of the machine count, too */
    bool required;     /* a server's: clients must show a certificate; needs `ca` */
};

/* A server's that has a `ca`, and every client's, verifies the other end. */
struct tls_context *tls_context_new(const struct tls_setup *setup, struct buf *why);
void tls_context_free(struct tls_context *c);

enum tls_step { TLS_OK, TLS_WANT_READ, TLS_WANT_WRITE, TLS_CLOSED, TLS_FAILED };

/* `name`: of the server, for clients: it must be in the certificate (a name or an address). NULL
 * for servers. NULL: no memory. */
struct tls *tls_new(struct tls_context *c, int fd, const char *name);
/* `goodbye`: tell the other end that this is the whole (close_notify). */
void tls_free(struct tls *t, bool goodbye);
enum tls_step tls_handshake(struct tls *t);
enum tls_step tls_read(struct tls *t, void *p, size_t room, size_t *ret);
enum tls_step tls_write(struct tls *t, struct slice s, size_t *ret);
void tls_finish(struct tls *t); /* nothing more will be written */
/* Why it failed: a sentence that lives as long as t. */
const char *tls_why(const struct tls *t);
