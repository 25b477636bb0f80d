/* SPDX-License-Identifier: Apache-2.0 */
/* rig.h - the proxy in the hand of one thread: time stands still until it is told to go on, sockets
 * are real and on loopback, clients and upstreams are played by the test. */
#pragma once
#include "../test.h"
#include "base/buf.h"
#include "guard/proxy/proxy.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define RIG_UPSTREAMS 3

struct rig {
    struct proxy *proxy;
    struct address at;
    int up[RIG_UPSTREAMS]; /* listening */
    uint16_t port[RIG_UPSTREAMS];
    uint64_t now;
    struct net_host host;
    const struct exchange_table *table;
};

static inline uint64_t rig_now(void *ctx)
{
    return ((struct rig *)ctx)->now;
}

static inline ssize_t rig_sys_read(void *ctx, int fd, void *p, size_t n)
{
    (void)ctx;
    return recv(fd, p, n, 0);
}

static inline ssize_t rig_sys_write(void *ctx, int fd, const struct iovec *parts, int count)
{
    (void)ctx;
    struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)parts, .msg_iovlen = (size_t)count};
    return sendmsg(fd, &m, MSG_NOSIGNAL);
}

static inline int rig_sys_connect(void *ctx, int fd, const struct sockaddr *to, socklen_t n)
{
    (void)ctx;
    return connect(fd, to, n);
}

static inline int rig_listen(uint16_t *ret_port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    a.sin_port = htons(*ret_port);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    *ret_port = ntohs(a.sin_port);
    return fd;
}

/* %0, %1, %2 in the text are the ports of the upstreams. */
static inline struct plan *rig_plan(struct rig *r, const char *text, struct plan *before)
{
    struct buf full, why;
    struct arena arena;
    struct guard_config config;
    buf_init(&full, 1u << 16);
    buf_init(&why, 1u << 16);
    arena_init(&arena, 16u << 20, 1u << 14);
    for (; *text; text++) {
        if (*text == '%')
            buf_printf(&full, "%u", r->port[*++text - '0']);
        else
            buf_byte(&full, (uint8_t)*text);
    }
    if (!guard_config_read(buf_slice(&full), "rig.toml", &arena, &config, &why))
        print_error("%s", buf_text(&why));
    struct plan *p = why.n ? NULL : plan_new(&config, arena, before, 1, &why);
    if (!p) print_error("%s", buf_text(&why));
    assert_non_null(p);
    buf_done(&full);
    buf_done(&why);
    return p;
}

#define RIG_ONE                             \
    "[[listen]]\naddress = '127.0.0.1:0'\n" \
    "[[upstream]]\nname = 'one'\nurl = 'http://127.0.0.1:%0'\n"

static inline void rig_start(struct rig *r, const char *text, const struct exchange_table *table)
{
    struct buf why;
    buf_init(&why, 4096);
    size_t piece = r->host.piece;
    *r = (struct rig){.now = 1000000};
    r->host = (struct net_host){r, piece, rig_now, rig_sys_read, rig_sys_write, rig_sys_connect};
    for (int i = 0; i < RIG_UPSTREAMS; i++) r->up[i] = rig_listen(&r->port[i]);
    struct plan *plan = rig_plan(r, text, NULL);
    r->at = plan->listens[0].bound;
    r->proxy = proxy_new(plan, table, &r->host, &why);
    assert_non_null(r->proxy);
}

static inline void rig_stop(struct rig *r)
{
    proxy_free(r->proxy);
    for (int i = 0; i < RIG_UPSTREAMS; i++)
        if (r->up[i] >= 0) close(r->up[i]);
}

/* Until nothing moves any more: loopback needs no time. */
static inline void rig_run(struct rig *r)
{
    for (int i = 0; i < 12; i++) (void)proxy_round(r->proxy, 0);
}

static inline void rig_wait(struct rig *r, uint64_t ms)
{
    for (uint64_t end = r->now + ms; r->now < end;) {
        r->now += end - r->now > 500 ? 500 : end - r->now;
        (void)proxy_round(r->proxy, 0);
    }
    r->now += TIMER_TICK;
    rig_run(r);
}

static inline int rig_client(struct rig *r)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&r->at.at, r->at.n), 0);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    rig_run(r);
    return fd;
}

/* -1: nobody has connected. */
static inline int rig_accept(struct rig *r, int which)
{
    int on = 1, fd = accept4(r->up[which], NULL, NULL, SOCK_NONBLOCK);
    if (fd >= 0) (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static inline void rig_say(struct rig *r, int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    rig_run(r);
}

enum rig_end { RIG_OPEN, RIG_CLOSED, RIG_RESET };

/* What has come, as text behind what is in `out`. */
static inline enum rig_end rig_hear(struct rig *r, int fd, struct buf *out)
{
    char piece[65536];
    for (;;) {
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n == 0) return RIG_CLOSED;
        if (n < 0) return errno == EAGAIN ? RIG_OPEN : RIG_RESET;
        buf_add(out, slice_of(piece, (size_t)n));
        rig_run(r);
    }
}

/* Ids are as good as random: each becomes "ID". */
static inline void rig_blank_ids(struct buf *b)
{
    static const char name[] = "x-merlon-request-id: ";
    size_t at = 0, found;
    while ((found = slice_find(slice_sub(buf_slice(b), at, b->n), S("x-merlon-request-id: "))) !=
           SIZE_MAX) {
        at += found + sizeof name - 1;
        if (b->n < at + 24) return;
        memcpy(b->p + at, "ID", 2);
        memmove(b->p + at + 2, b->p + at + 24, b->n - at - 24);
        buf_trim(b, b->n - 22);
    }
}

#define rig_expect_end(r, fd, text, end)                                                       \
    do {                                                                                       \
        struct buf heard_;                                                                     \
        buf_init(&heard_, 16u << 20);                                                          \
        enum rig_end end_ = rig_hear(r, fd, &heard_);                                          \
        rig_blank_ids(&heard_);                                                                \
        if (strcmp(buf_text(&heard_), text) != 0)                                              \
            print_error("expected:\n%s\ngot:\n%s\n", (const char *)(text), buf_text(&heard_)); \
        assert_string_equal(buf_text(&heard_), text);                                          \
        assert_int_equal(end_, end);                                                           \
        buf_done(&heard_);                                                                     \
    } while (0)
#define rig_expect(r, fd, text) rig_expect_end(r, fd, text, RIG_OPEN)

/* The status, and a word that must stand in the answer. */
#define rig_expect_status(r, fd, status, word, end)                                           \
    do {                                                                                      \
        struct buf heard_;                                                                    \
        buf_init(&heard_, 16u << 20);                                                         \
        enum rig_end end_ = rig_hear(r, fd, &heard_);                                         \
        bool ok_ = slice_starts(buf_slice(&heard_), S("HTTP/1.1 " status " ")) &&             \
                   slice_has(buf_slice(&heard_), S(word)) &&                                  \
                   slice_has(buf_slice(&heard_), S("\r\nx-merlon-request-id: "));             \
        if (!ok_) print_error("expected %s %s, got:\n%s\n", status, word, buf_text(&heard_)); \
        if (end_ != (end)) print_error("end %d, got:\n%s\n", end_, buf_text(&heard_));        \
        assert_true(ok_);                                                                     \
        assert_int_equal(end_, end);                                                          \
        buf_done(&heard_);                                                                    \
    } while (0)

#define RIG_GET      "GET /x?y=1 HTTP/1.1\r\nHost: client.example\r\nAccept: */*\r\n\r\n"
#define RIG_HEAD_END "Via: 1.1 merlon\r\nx-merlon-request-id: ID\r\n"
