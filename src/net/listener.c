/* SPDX-License-Identifier: Apache-2.0 */
#include "net/listener.h"
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#define BACKLOG  1024
#define AT_ONCE  64 /* connections in a row, so that others get their turn */
#define PAUSE_MS 100

int listener_open(const struct address *at, struct address *bound)
{
    int on = 1, fd = socket(at->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
        bind(fd, (const struct sockaddr *)&at->at, at->n) == 0 && listen(fd, BACKLOG) == 0) {
        if (!bound) return fd;
        bound->n = sizeof bound->at;
        if (getsockname(fd, (struct sockaddr *)&bound->at, &bound->n) == 0) return fd;
    }
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static void go_on(struct timer *t)
{
    struct listener *l = (struct listener *)((char *)t - offsetof(struct listener, pause));
    (void)loop_watch_level(l->loop, &l->watch);
}

/* Out of descriptors or memory: asking again at once would only burn the processor. */
static void rest(struct listener *l)
{
    loop_unwatch(l->loop, &l->watch);
    timer_set(&l->loop->wheel, &l->pause, l->loop->now + PAUSE_MS);
}

static void on_ready(struct watch *w, unsigned events)
{
    struct listener *l = (struct listener *)w; /* its first member */
    (void)events;
    for (int i = 0; i < AT_ONCE && l->watch.fd >= 0; i++) {
        struct address from = {.n = sizeof from.at};
        int fd = accept4(l->watch.fd, (struct sockaddr *)&from.at, &from.n,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == ECONNABORTED || errno == EINTR)) continue;
        if (fd < 0 && errno != EAGAIN) rest(l);
        if (fd < 0) return;
        l->accepted(l, fd, &from);
    }
}

bool listener_start(struct listener *l, struct loop *loop, int fd)
{
    l->watch = (struct watch){fd, on_ready};
    l->loop = loop;
    l->pause.fire = go_on;
    return loop_watch_level(loop, &l->watch);
}

void listener_close(struct listener *l)
{
    timer_stop(&l->pause);
    if (l->watch.fd >= 0) close(l->watch.fd);
    l->watch.fd = -1;
}
