/* SPDX-License-Identifier: Apache-2.0 */
#include "box/channel.h"
#include "base/st.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

bool channel_pair(int ret[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret) == 0;
}

static void attach_fds(struct msghdr *h, const struct message *m)
{
    int fds[CHANNEL_FDS];
    size_t n = 0;
    for (size_t i = 0; i < CHANNEL_FDS; i++)
        if (m->fds[i] >= 0) fds[n++] = m->fds[i];
    if (n == 0) {
        h->msg_control = NULL;
        h->msg_controllen = 0;
        return;
    }
    h->msg_controllen = CMSG_SPACE(n * sizeof(int));
    struct cmsghdr *c = CMSG_FIRSTHDR(h);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(n * sizeof(int));
    memcpy(CMSG_DATA(c), fds, n * sizeof(int));
}

bool channel_send(int sock, const struct message *m)
{
    uint8_t kind = m->kind;
    struct iovec iov[2] = {{&kind, 1}, {(void *)(uintptr_t)m->body.p, m->body.n}};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(CHANNEL_FDS * sizeof(int))] = {0};
    struct msghdr h = {
        .msg_iov = iov, .msg_iovlen = 2, .msg_control = control, .msg_controllen = sizeof control};
    attach_fds(&h, m);
    ssize_t n;
    do n = sendmsg(sock, &h, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)(m->body.n + 1);
}

static void take_fds(struct msghdr *h, struct message *ret)
{
    struct cmsghdr *c = CMSG_FIRSTHDR(h);
    if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) return;
    size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(ret->fds, CMSG_DATA(c), (n < CHANNEL_FDS ? n : CHANNEL_FDS) * sizeof(int));
}

int channel_receive(int sock, struct slice room, struct message *ret)
{
    *ret = (struct message){.fds = {-1, -1, -1}};
    struct iovec iov[2] = {{&ret->kind, 1}, {(void *)(uintptr_t)room.p, room.n}};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(CHANNEL_FDS * sizeof(int))];
    struct msghdr h = {
        .msg_iov = iov, .msg_iovlen = 2, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t n;
    do n = recvmsg(sock, &h, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n == 0 || (n < 0 && errno == ECONNRESET)) return 0;
    if (n < 0) return -1;
    take_fds(&h, ret);
    if (h.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) return -1;
    ret->body = slice_of(room.p, (size_t)n - 1);
    return 1;
}

bool channel_wait(int sock, uint64_t wait_ns)
{
    struct pollfd p = {.fd = sock, .events = POLLIN};
    struct timespec t = {.tv_sec = (time_t)(wait_ns / 1000000000u),
                         .tv_nsec = (long)(wait_ns % 1000000000u)};
    return ppoll(&p, 1, &t, NULL) > 0;
}
