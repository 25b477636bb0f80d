/* SPDX-License-Identifier: Apache-2.0 */
#include "net/conn.h"
#include "port/openssl/tls.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <unistd.h>

static enum conn_end lose(struct conn *c, const char *why)
{
    if (!c->dead) (void)snprintf(c->lost, sizeof c->lost, "%s", why);
    c->dead = true;
    return CONN_LOST;
}

static const char *why_lost(int error)
{
    switch (error) {
    case ECONNREFUSED: return "connection refused";
    case ECONNRESET:
    case EPIPE: return "connection reset";
    case ETIMEDOUT: return "connection timed out";
    case EHOSTUNREACH:
    case ENETUNREACH: return "no route to host";
    case EMFILE:
    case ENFILE: return "too many open files";
    case EADDRNOTAVAIL: return "no local port is left";
    default: return "connection failed";
    }
}

/* ---- becoming ready ---- */

static void connected(struct conn *c)
{
    int error = 0;
    socklen_t n = sizeof error;
    c->connecting = false;
    if (getsockopt(c->watch.fd, SOL_SOCKET, SO_ERROR, &error, &n) || error)
        (void)lose(c, why_lost(error ? error : errno));
}

static void handshake(struct conn *c)
{
    enum tls_step step = tls_handshake(c->tls);
    if (step == TLS_FAILED) (void)lose(c, tls_why(c->tls));
    if (step == TLS_WANT_READ) c->can_read = false;
    if (step == TLS_WANT_WRITE) c->can_write = false;
    if (step == TLS_OK) c->handshaking = false;
}

static void on_ready(struct watch *w, unsigned events)
{
    struct conn *c = (struct conn *)w; /* its first member */
    if (events & NET_READ) c->can_read = true;
    if (events & NET_WRITE) c->can_write = true;
    if (events & NET_HUP) c->hup = true;
    if (events & NET_GONE) c->gone = true;
    if (c->connecting && c->can_write) connected(c);
    if (c->handshaking && !c->connecting && !c->dead) handshake(c);
    c->ready(c);
}

/* ---- opening and closing ---- */

static bool open_socket(struct conn *c, struct loop *l, int fd, struct tls_context *context,
                        const char *name)
{
    int on = 1;
    c->watch = (struct watch){fd, on_ready};
    c->loop = l;
    c->tls = NULL;
    c->handshaking = context;
    c->can_read = c->can_write = c->hup = c->gone = c->dead = false;
    c->lost[0] = 0;
    c->sent = 0;
    c->written = 0;
    c->moved = l->now;
    buf_init(&c->out, SIZE_MAX / 2); /* its writers set the limits */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (context && !(c->tls = tls_new(context, fd, name))) errno = ENOMEM;
    if ((!context || c->tls) && loop_watch(l, &c->watch)) return true;
    int error = errno;
    conn_close(c, false);
    (void)lose(c, why_lost(error));
    return false;
}

bool conn_open(struct conn *c, struct loop *l, int fd, struct tls_context *context,
               const char *name)
{
    c->connecting = false;
    return open_socket(c, l, fd, context, name);
}

bool conn_dial(struct conn *c, struct loop *l, const struct address *to,
               struct tls_context *context, const char *name)
{
    int fd = socket(to->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    c->watch.fd = -1;
    c->dead = false;
    c->connecting = true;
    if (fd < 0) return lose(c, why_lost(errno)), false;
    if (l->host->connect(l->host->ctx, fd, (const struct sockaddr *)&to->at, to->n) &&
        errno != EINPROGRESS) {
        (void)lose(c, why_lost(errno));
        close(fd);
        return false;
    }
    return open_socket(c, l, fd, context, name);
}

void conn_close(struct conn *c, bool reset)
{
    struct linger now = {1, 0};
    if (c->watch.fd < 0) return;
    if (c->tls) tls_free(c->tls, !reset && !c->dead && !c->handshaking);
    c->tls = NULL;
    if (reset) (void)setsockopt(c->watch.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(c->watch.fd);
    c->watch.fd = -1;
    buf_done(&c->out);
    c->sent = 0;
}

bool conn_is_open(const struct conn *c)
{
    return c->watch.fd >= 0;
}

void conn_finish(struct conn *c)
{
    if (c->tls) tls_finish(c->tls);
    (void)shutdown(c->watch.fd, SHUT_WR);
}

/* ---- reading ---- */

static enum conn_end read_tls(struct conn *c, void *p, size_t room, size_t *ret)
{
    switch (tls_read(c->tls, p, room, ret)) {
    case TLS_OK: return CONN_OK;
    case TLS_WANT_READ: c->can_read = false; return CONN_WAIT;
    case TLS_WANT_WRITE: c->can_write = false; return CONN_WAIT;
    case TLS_CLOSED: return CONN_CLOSED;
    default: return lose(c, tls_why(c->tls));
    }
}

/* A short read has emptied the socket, unless its end waits behind: no second call to hear EAGAIN.
 */
static enum conn_end read_plain(struct conn *c, void *p, size_t room, size_t *ret)
{
    const struct net_host *h = c->loop->host;
    ssize_t n;
    do n = h->read(h->ctx, c->watch.fd, p, room);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno != EAGAIN) return lose(c, why_lost(errno));
    if (n == 0) return CONN_CLOSED;
    if (n < 0 || ((size_t)n < room && !c->hup)) c->can_read = false;
    if (n < 0) return CONN_WAIT;
    *ret = (size_t)n;
    return CONN_OK;
}

enum conn_end conn_read(struct conn *c, void *p, size_t room, size_t *ret)
{
    size_t piece = c->loop->host->piece;
    *ret = 0;
    if (piece && room > piece) room = piece;
    if (c->dead) return CONN_LOST;
    if (!conn_stands(c) || !c->can_read) return CONN_WAIT;
    return c->tls ? read_tls(c, p, room, ret) : read_plain(c, p, room, ret);
}

/* ---- writing ---- */

static enum conn_end write_tls(struct conn *c, struct slice s, size_t *ret)
{
    switch (tls_write(c->tls, s, ret)) {
    case TLS_OK: return CONN_OK;
    case TLS_WANT_READ: c->can_read = false; return CONN_WAIT;
    case TLS_WANT_WRITE: c->can_write = false; return CONN_WAIT;
    default: return lose(c, tls_why(c->tls));
    }
}

static enum conn_end write_plain(struct conn *c, const struct iovec *parts, int count, size_t *ret)
{
    const struct net_host *h = c->loop->host;
    ssize_t n;
    do n = h->write(h->ctx, c->watch.fd, parts, count);
    while (n < 0 && errno == EINTR);
    *ret = n > 0 ? (size_t)n : 0;
    if (n >= 0) return CONN_OK;
    if (errno != EAGAIN) return lose(c, why_lost(errno));
    c->can_write = false;
    return CONN_WAIT;
}

static enum conn_end write_some(struct conn *c, struct slice s, size_t *ret)
{
    struct iovec part = {(void *)(uintptr_t)s.p, s.n};
    return c->tls ? write_tls(c, s, ret) : write_plain(c, &part, 1, ret);
}

enum conn_end conn_flush(struct conn *c)
{
    if (c->dead) return CONN_LOST;
    while (conn_waiting(c)) {
        size_t n = 0;
        if (!conn_stands(c) || !c->can_write) return CONN_WAIT;
        enum conn_end end = write_some(c, slice_sub(buf_slice(&c->out), c->sent, c->out.n), &n);
        if (end != CONN_OK) return end;
        c->sent += n;
        c->written += n;
        c->moved = c->loop->now;
    }
    buf_reset(&c->out);
    c->sent = 0;
    return CONN_OK;
}

/* The front is given back when most of the buffer lies behind it. */
bool conn_queue(struct conn *c, struct slice s)
{
    if (c->dead) return false;
    if (c->sent > c->out.n / 2) {
        memmove(c->out.p, c->out.p + c->sent, c->out.n - c->sent);
        buf_trim(&c->out, c->out.n - c->sent);
        c->sent = 0;
    }
    if (!conn_waiting(c)) c->moved = c->loop->now;
    buf_add(&c->out, s);
    if (buf_ok(&c->out)) return true;
    return lose(c, "out of memory"), false;
}

bool conn_write(struct conn *c, struct slice first, struct slice second)
{
    size_t n = 0;
    if (c->dead) return false;
    if (!c->tls && conn_stands(c) && c->can_write && !conn_waiting(c)) {
        struct iovec parts[2] = {{(void *)(uintptr_t)first.p, first.n},
                                 {(void *)(uintptr_t)second.p, second.n}};
        int from = first.n ? 0 : 1, count = (first.n != 0) + (second.n != 0);
        if (count && write_plain(c, parts + from, count, &n) == CONN_LOST) return false;
        if (n) c->moved = c->loop->now;
        c->written += n;
    }
    size_t of_first = n < first.n ? n : first.n;
    first = slice_sub(first, of_first, first.n);
    second = slice_sub(second, n - of_first, second.n);
    if (!first.n && !second.n) return true;
    return conn_queue(c, first) && conn_queue(c, second) && conn_flush(c) != CONN_LOST;
}
