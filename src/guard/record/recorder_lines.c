/* SPDX-License-Identifier: Apache-2.0 */
/* recorder_lines.c - a thread that writes what is in the ring, a line each. Whoever reads them may
 * stand still: pieces are no larger than a pipe takes whole when poll() says that it takes any, so
 * no write waits, and the ring goes on without us. */
#include "guard/record/record_event.h"
#include "guard/record/recorder_part.h"
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define LOOK_MS 50 /* how often the end is looked for while nobody reads */
#define LAST_MS 1000

struct patience {
    int left_ms; /* below 0: none is counted yet */
};

static bool is_closing(struct recorder *r)
{
    pthread_mutex_lock(&r->lock);
    bool yes = r->closing;
    pthread_mutex_unlock(&r->lock);
    return yes;
}

/* False: nobody takes it, or the end has come and the time is up. */
static bool may_write(struct recorder *r, struct patience *p)
{
    struct pollfd fd = {r->o.lines, POLLOUT, 0};
    for (;;) {
        int n = poll(&fd, 1, LOOK_MS);
        if (n > 0) return fd.revents & POLLOUT;
        if (n < 0 && errno != EINTR) return false;
        if (p->left_ms < 0 && is_closing(r)) p->left_ms = LAST_MS;
        if (p->left_ms >= 0 && (p->left_ms -= LOOK_MS) <= 0) return false;
    }
}

static bool put(struct recorder *r, struct slice s, struct patience *p)
{
    while (s.n) {
        if (!may_write(r, p)) return false;
        ssize_t n = write(r->o.lines, s.p, s.n < PIPE_BUF ? s.n : PIPE_BUF);
        if (n < 0 && errno != EINTR && errno != EAGAIN) return false;
        if (n > 0) s = slice_sub(s, (size_t)n, s.n);
    }
    return true;
}

/* The next record; *ret_missed: how many went by before it. False: the end. */
static bool next(struct recorder *r, struct guard_record *ret, uint64_t *ret_missed)
{
    pthread_mutex_lock(&r->lock);
    while (r->shown == r->told && !r->closing) {
        r->idle = true;
        pthread_cond_wait(&r->came, &r->lock);
        r->idle = false;
    }
    bool some = r->shown < r->told;
    uint64_t behind = r->told - r->shown;
    *ret_missed = behind > RECORDER_KEEPS ? behind - RECORDER_KEEPS : 0;
    r->shown += *ret_missed;
    r->missed += *ret_missed;
    if (some) record_copy(ret, &r->ring[r->shown++ % RECORDER_KEEPS]);
    pthread_mutex_unlock(&r->lock);
    return some;
}

static void *work(void *ctx)
{
    struct recorder *r = ctx;
    struct patience p = {-1};
    struct guard_record record;
    uint64_t missed;
    struct buf line;
    buf_init(&line, 4 * RECORD_EVENT_MOST);
    while (next(r, &record, &missed)) {
        buf_reset(&line);
        if (missed)
            buf_printf(&line, "{\"kind\":\"guard.missed\",\"records\":%llu}\n",
                       (unsigned long long)missed);
        record_json(&record, true, &line);
        buf_byte(&line, '\n');
        if (buf_ok(&line) && !put(r, buf_slice(&line), &p)) break;
    }
    buf_done(&line);
    return NULL;
}

/* Signals are the owner's. */
bool recorder_lines_start(struct recorder *r)
{
    sigset_t all, before;
    pthread_cond_init(&r->came, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r->running = pthread_create(&r->thread, NULL, work, r) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!r->running) pthread_cond_destroy(&r->came);
    return r->running;
}

void recorder_lines_stop(struct recorder *r)
{
    if (!r->running) return;
    pthread_mutex_lock(&r->lock);
    r->closing = true;
    pthread_cond_signal(&r->came);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    pthread_cond_destroy(&r->came);
    r->running = false;
}
