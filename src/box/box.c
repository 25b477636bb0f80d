/* SPDX-License-Identifier: Apache-2.0 */
/* box.c - the parent's side: one slot per worker. */
#include "box/box.h"
#include "box/channel.h"
#include "box/nursery.h"
#include "box/worker.h"
#include "base/cursor.h"
#include "base/host.h"
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct slot {
    pid_t pid;
    int sock, spool;
    bool has_spool; /* the worker got it with its first job */
    bool greeted;   /* the worker has said what its sandbox is */
    struct box_state state;
    uint8_t room[BOX_MESSAGE_MAX]; /* last: it is not cleared */
};

struct box {
    struct box_options options;
    struct nursery nursery;
    pthread_mutex_t asking; /* one conversation with the nursery at a time */
    struct slot *slots;
};

static int make_spool(const char *dir)
{
    int fd = dir ? open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
    return fd >= 0 ? fd : memfd_create("merlon-spool", MFD_CLOEXEC);
}

static enum st hire(struct box *b, struct slot *s)
{
    if (b->options.single) return ST_IO;
    pthread_mutex_lock(&b->asking);
    enum st st = nursery_fork(&b->nursery, &s->pid, &s->sock);
    pthread_mutex_unlock(&b->asking);
    if (st == ST_OK) return ST_OK;
    s->pid = 0;
    s->sock = -1;
    return st;
}

/* A worker's first message comes while the parent does something useful. */
static bool greet(struct slot *s, const struct message *m)
{
    if (s->greeted || m->kind != 's' || m->body.n != 3) return false;
    s->state = (struct box_state){m->body.p[0] == 1, m->body.p[1] == 1, m->body.p[2]};
    return s->greeted = true;
}

/* Kill and forget; its wait status, 0 when unknown. */
static int dismiss(struct box *b, struct slot *s)
{
    int status = 0;
    if (s->sock >= 0) close(s->sock);
    if (s->pid > 0 && b->options.single) {
        status = nursery_end_child(s->pid);
    } else if (s->pid > 0) {
        pthread_mutex_lock(&b->asking);
        if (nursery_reap(&b->nursery, s->pid, &status) != ST_OK) status = 0;
        pthread_mutex_unlock(&b->asking);
    }
    s->sock = -1;
    s->pid = 0;
    s->greeted = s->has_spool = false;
    return status;
}

/* Forks come first: a worker inherits nothing that it is not handed. */
static enum st start_workers(struct box *b, box_fn *fn)
{
    const struct box_options *o = &b->options;
    enum st st = o->single ? nursery_child(o, fn, &b->slots[0].pid, &b->slots[0].sock)
                           : nursery_start(o, fn, &b->nursery);
    for (unsigned i = 0; st == ST_OK && i < o->workers; i++) {
        if (!o->single) st = hire(b, &b->slots[i]);
        b->slots[i].spool = make_spool(o->spool_dir);
    }
    return st;
}

enum st box_start(const struct box_options *o, box_fn *fn, struct box **ret)
{
    struct box *b = calloc(1, sizeof *b);
    if (!b) return ST_NOMEM;
    b->options = *o;
    if (o->single) b->options.workers = 1;
    b->nursery = (struct nursery){-1, 0};
    pthread_mutex_init(&b->asking, NULL);
    b->slots = malloc(b->options.workers * sizeof *b->slots);
    if (!b->slots) {
        box_stop(b);
        return ST_NOMEM;
    }
    for (unsigned i = 0; i < b->options.workers; i++) {
        memset(&b->slots[i], 0, offsetof(struct slot, room));
        b->slots[i].sock = b->slots[i].spool = -1;
    }
    enum st st = start_workers(b, fn);
    if (st == ST_OK)
        *ret = b;
    else
        box_stop(b);
    return st;
}

/* Workers end when their socket closes, and at the latest with the nursery; a single one at once.
 */
void box_stop(struct box *b)
{
    if (!b) return;
    for (unsigned i = 0; b->slots && i < b->options.workers; i++) {
        struct slot *s = &b->slots[i];
        if (b->options.single)
            (void)dismiss(b, s);
        else if (s->sock >= 0)
            close(s->sock);
        if (s->spool >= 0) close(s->spool);
    }
    nursery_stop(&b->nursery);
    pthread_mutex_destroy(&b->asking);
    free(b->slots);
    free(b);
}

struct box_state box_state(struct box *b)
{
    struct slot *s = &b->slots[0];
    struct message m;
    if (!s->greeted && s->sock >= 0 &&
        channel_receive(s->sock, slice_of(s->room, sizeof s->room), &m) == 1)
        (void)greet(s, &m);
    return s->state;
}

enum st box_begin(struct box *b, unsigned i, int fd, struct slice request)
{
    return box_begin_out(b, i, fd, -1, request);
}

enum st box_begin_out(struct box *b, unsigned i, int fd, int out, struct slice request)
{
    struct slot *s = &b->slots[i];
    if (request.n > BOX_RECORD_MAX) return ST_LIMIT;
    if (s->sock < 0) {
        enum st st = hire(b, s);
        if (st != ST_OK) return st;
    }
    struct message m = {
        .kind = 'j', .body = request, .fds = {fd, s->has_spool && out < 0 ? -1 : s->spool, out}};
    s->has_spool = true;
    return channel_send(s->sock, &m) ? ST_OK : ST_IO;
}

static void say_how(int status, char how[64])
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        snprintf(how, 64, "stopped by the sandbox: a forbidden system call");
    else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS)
        snprintf(how, 64, "the file changed or became unreadable meanwhile");
    else if (WIFSIGNALED(status))
        snprintf(how, 64, "killed by signal %d", WTERMSIG(status));
    else
        snprintf(how, 64, "ended with status %d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

/* False: that is no list of records. Those before the place where it breaks were passed on. */
static bool pass_on(struct slice list, box_record_fn *on_record, void *ctx)
{
    struct cursor c = cur_of(list);
    while (cur_left(&c)) {
        struct slice record = cur_bytes(&c, cur_u32le(&c));
        if (!cur_ok(&c) || !record.n) return false;
        on_record(ctx, record);
    }
    return true;
}

enum box_end box_take(struct box *b, unsigned i, uint64_t wait_ns, box_record_fn *on_record,
                      void *ctx, char ret_how[64])
{
    struct slot *s = &b->slots[i];
    uint64_t until = host_now_ns() + wait_ns;
    struct message m;
    for (;;) {
        uint64_t now = host_now_ns();
        if (!channel_wait(s->sock, now < until ? until - now : 0)) return BOX_PENDING;
        int got = channel_receive(s->sock, slice_of(s->room, sizeof s->room), &m);
        for (size_t k = 0; k < CHANNEL_FDS; k++)
            if (m.fds[k] >= 0) close(m.fds[k]);
        if (got == 0) {
            say_how(dismiss(b, s), ret_how);
            return BOX_DIED;
        }
        if (got == 1 && greet(s, &m)) continue;
        if (got != 1 || (m.kind != 'r' && m.kind != 'd')) break;
        if (!pass_on(m.body, on_record, ctx)) break;
        if (m.kind == 'd') return BOX_DONE;
    }
    dismiss(b, s);
    snprintf(ret_how, 64, "its answer was not understood");
    return BOX_BROKEN;
}

void box_abandon(struct box *b, unsigned i)
{
    dismiss(b, &b->slots[i]);
}
