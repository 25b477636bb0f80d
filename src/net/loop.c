/* SPDX-License-Identifier: Apache-2.0 */
#include "net/loop.h"
#include "base/host.h"
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS 256

/* ---- the machine ---- */

static uint64_t machine_now(void *ctx)
{
    (void)ctx;
    return host_now_ns() / 1000000;
}

static ssize_t machine_read(void *ctx, int fd, void *p, size_t n)
{
    (void)ctx;
    return recv(fd, p, n, 0);
}

static ssize_t machine_write(void *ctx, int fd, const struct iovec *parts, int count)
{
    (void)ctx;
    if (count == 1) return send(fd, parts->iov_base, parts->iov_len, MSG_NOSIGNAL);
    struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)parts, .msg_iovlen = (size_t)count};
    return sendmsg(fd, &m, MSG_NOSIGNAL);
}

static int machine_connect(void *ctx, int fd, const struct sockaddr *to, socklen_t n)
{
    (void)ctx;
    return connect(fd, to, n);
}

const struct net_host net_machine = {NULL,           0, machine_now, machine_read, machine_write,
                                     machine_connect};

/* ---- the loop ---- */

bool loop_init(struct loop *l, const struct net_host *host)
{
    *l = (struct loop){.host = host, .now = host->now_ms(host->ctx)};
    l->last = &l->first;
    wheel_init(&l->wheel, l->now);
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    return l->epoll >= 0;
}

void loop_done(struct loop *l)
{
    if (l->epoll >= 0) close(l->epoll);
    l->epoll = -1;
}

static bool add(struct loop *l, struct watch *w, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = w};
    return epoll_ctl(l->epoll, EPOLL_CTL_ADD, w->fd, &e) == 0;
}

bool loop_watch(struct loop *l, struct watch *w)
{
    return add(l, w, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

bool loop_watch_level(struct loop *l, struct watch *w)
{
    return add(l, w, EPOLLIN);
}

void loop_unwatch(struct loop *l, const struct watch *w)
{
    (void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, w->fd, NULL);
}

void loop_later(struct loop *l, struct later *job)
{
    if (job->queued) return;
    job->queued = true;
    job->next = NULL;
    *l->last = job;
    l->last = &job->next;
}

/* A job may queue others: they run in the same round. */
static void run_jobs(struct loop *l)
{
    while (l->first) {
        struct later *job = l->first;
        l->first = job->next;
        if (!l->first) l->last = &l->first;
        job->queued = false;
        job->run(job);
    }
}

static unsigned events_of(uint32_t e)
{
    unsigned all = 0;
    if (e & EPOLLIN) all |= NET_READ;
    if (e & EPOLLOUT) all |= NET_WRITE;
    if (e & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) all |= NET_READ | NET_WRITE | NET_HUP;
    if (e & (EPOLLHUP | EPOLLERR)) all |= NET_GONE;
    return all;
}

bool loop_round(struct loop *l, uint64_t most_ms)
{
    struct epoll_event events[EVENTS];
    int wait = (int)wheel_wait(&l->wheel, l->now, most_ms > 3600000 ? 3600000 : most_ms);
    int n = epoll_wait(l->epoll, events, EVENTS, l->first ? 0 : wait);
    if (n < 0 && errno != EINTR) return false;
    l->now = l->host->now_ms(l->host->ctx);
    for (int i = 0; i < n; i++) {
        struct watch *w = events[i].data.ptr;
        if (w->fd >= 0) w->ready(w, events_of(events[i].events));
    }
    wheel_advance(&l->wheel, l->now);
    run_jobs(l);
    return true;
}
