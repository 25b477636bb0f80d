/* SPDX-License-Identifier: Apache-2.0 */
#include "box/nursery.h"
#include "box/channel.h"
#include "box/worker.h"
#include "base/cursor.h"
#include <sys/prctl.h>
#include <sys/wait.h>

struct word {
    uint8_t raw[4];
};

static struct word word_of(uint32_t v)
{
    return (struct word){{(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)}};
}

/* `control` is the nursery's own, which a worker must not have; -1: there is none. */
static pid_t fork_worker(const struct box_options *o, box_fn *fn, int control, int *ret_sock)
{
    int pair[2];
    if (!channel_pair(pair)) return -1;
    pid_t child = fork();
    if (child == 0) {
        if (control >= 0) close(control);
        close(pair[0]);
        worker_main(o, fn, pair[1]);
    }
    close(pair[1]);
    if (child < 0) close(pair[0]);
    *ret_sock = child < 0 ? -1 : pair[0];
    return child;
}

enum st nursery_child(const struct box_options *o, box_fn *fn, pid_t *ret_pid, int *ret_sock)
{
    *ret_pid = fork_worker(o, fn, -1, ret_sock);
    return *ret_pid > 0 ? ST_OK : ST_IO;
}

int nursery_end_child(pid_t pid)
{
    int status = 0;
    kill(pid, SIGKILL); /* without effect on one that is dead already */
    return waitpid(pid, &status, 0) == pid ? status : 0;
}

static void give_worker(const struct box_options *o, box_fn *fn, int control)
{
    struct message answer = {.kind = 'w', .fds = {-1, -1, -1}};
    pid_t pid = fork_worker(o, fn, control, &answer.fds[0]);
    struct word w = word_of(pid > 0 ? (uint32_t)pid : 0);
    answer.body = slice_of(w.raw, sizeof w.raw);
    (void)channel_send(control, &answer);
    if (answer.fds[0] >= 0) close(answer.fds[0]);
}

static void reap_worker(pid_t pid, int control)
{
    struct word w = word_of((uint32_t)nursery_end_child(pid));
    struct message answer = {
        .kind = 's', .body = slice_of(w.raw, sizeof w.raw), .fds = {-1, -1, -1}};
    (void)channel_send(control, &answer);
}

/* Idle workers end by themselves when the parent closes their sockets; their times then count as
 * the parent's. One that does not end dies with the nursery. */
static void await_workers(const sigset_t *child)
{
    const struct timespec patience = {.tv_nsec = 200000000};
    for (;;) {
        pid_t ended = waitpid(-1, NULL, WNOHANG);
        if (ended < 0) return;
        if (ended == 0 && sigtimedwait(child, NULL, &patience) < 0) return;
    }
}

static _Noreturn void nursery_main(const struct box_options *o, box_fn *fn, int control)
{
    uint8_t room[16];
    struct message m;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (channel_receive(control, slice_of(room, sizeof room), &m) == 1) {
        struct cursor c = cur_of(m.body);
        if (m.kind == 'f')
            give_worker(o, fn, control);
        else if (m.kind == 'k')
            reap_worker((pid_t)cur_u32le(&c), control);
    }
    await_workers(&child);
    _exit(0);
}

enum st nursery_start(const struct box_options *o, box_fn *fn, struct nursery *ret)
{
    int pair[2];
    if (!channel_pair(pair)) return ST_IO;
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        nursery_main(o, fn, pair[1]);
    }
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return ST_IO;
    }
    *ret = (struct nursery){pair[0], pid};
    return ST_OK;
}

void nursery_stop(struct nursery *n)
{
    if (n->sock >= 0) close(n->sock);
    if (n->pid > 0) (void)waitpid(n->pid, NULL, 0);
    *n = (struct nursery){-1, 0};
}

/* Send a request and wait for its answer of the expected kind. */
static enum st ask(struct nursery *n, char kind, uint32_t v, char want, struct message *ret,
                   uint8_t room[16])
{
    struct word w = word_of(v);
    struct message q = {
        .kind = (uint8_t)kind, .body = slice_of(w.raw, sizeof w.raw), .fds = {-1, -1, -1}};
    if (!channel_send(n->sock, &q)) return ST_IO;
    if (channel_receive(n->sock, slice_of(room, 16), ret) != 1) return ST_IO;
    return ret->kind == (uint8_t)want && ret->body.n == 4 ? ST_OK : ST_BUG;
}

enum st nursery_fork(struct nursery *n, pid_t *ret_pid, int *ret_sock)
{
    uint8_t room[16];
    struct message m;
    enum st st = ask(n, 'f', 0, 'w', &m, room);
    if (st != ST_OK) return st;
    struct cursor c = cur_of(m.body);
    pid_t pid = (pid_t)cur_u32le(&c);
    if (pid <= 0 || m.fds[0] < 0) return ST_IO;
    *ret_pid = pid;
    *ret_sock = m.fds[0];
    return ST_OK;
}

enum st nursery_reap(struct nursery *n, pid_t pid, int *ret_status)
{
    uint8_t room[16];
    struct message m;
    enum st st = ask(n, 'k', (uint32_t)pid, 's', &m, room);
    if (st != ST_OK) return st;
    struct cursor c = cur_of(m.body);
    *ret_status = (int)cur_u32le(&c);
    return ST_OK;
}
