/* SPDX-License-Identifier: Apache-2.0 */
#include "log/writer.h"
#include "base/cursor.h"
#include "base/host.h"
#include "log/writer_part.h"
#include <errno.h>
#include <unistd.h>

#define MS          1000000ull
#define SEGMENT     ((uint64_t)64 << 20)
#define QUEUE       ((uint64_t)4 << 20)
#define CHECKPOINT  5000u
#define PATIENCE    3000u
#define PAUSE_FIRST (20 * MS)
#define PAUSE_MAX   (1000 * MS)

static struct timespec in_ns(uint64_t ns)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    uint64_t sum = (uint64_t)t.tv_nsec + ns;
    t.tv_sec += (time_t)(sum / (1000 * MS));
    t.tv_nsec = (long)(sum % (1000 * MS));
    return t;
}

/* The lock is held. False: the time is up. */
static bool wait_for(struct writer *w, pthread_cond_t *what, uint64_t ns)
{
    struct timespec until = in_ns(ns);
    return pthread_cond_timedwait(what, &w->lock, &until) != ETIMEDOUT;
}

/* ---- trouble ---- */

static void tell(const struct writer *w, const char *what, int why, const char *then)
{
    char text[256];
    (void)snprintf(text, sizeof text, "%s: %s; %s", what, strerror(why), then);
    if (w->o.trouble) w->o.trouble(w->o.ctx, text);
}

bool writer_retry(struct writer *w, const char *what)
{
    int why = errno;
    if (!w->running) return false;
    pthread_mutex_lock(&w->lock);
    bool first = !w->troubled;
    w->troubled = true;
    w->pause_ns = first ? PAUSE_FIRST : w->pause_ns * 2 > PAUSE_MAX ? PAUSE_MAX : w->pause_ns * 2;
    if (w->closing && !w->give_up_ns) w->give_up_ns = host_now_ns() + w->o.patience_ms * MS;
    w->dead = w->give_up_ns && host_now_ns() >= w->give_up_ns;
    if (!w->dead) (void)wait_for(w, &w->wake, w->closing ? PAUSE_FIRST : w->pause_ns);
    pthread_mutex_unlock(&w->lock);
    if (first || w->dead) tell(w, what, why, w->dead ? "given up" : "trying again");
    return !w->dead;
}

void writer_recovered(struct writer *w)
{
    if (!w->running) return;
    pthread_mutex_lock(&w->lock);
    bool was = w->troubled;
    w->troubled = false;
    pthread_mutex_unlock(&w->lock);
    if (was && w->o.trouble) w->o.trouble(w->o.ctx, "the log can be written again");
}

/* ---- the thread ---- */

static uint64_t until_due(const struct writer *w)
{
    uint64_t now = host_now_ns();
    return w->due_ns > now ? w->due_ns - now : 0;
}

/* Something to write, a checkpoint that is due, or the end. */
static void wait_for_work(struct writer *w)
{
    while (!w->front.n && !w->untold && !w->closing) {
        bool unsigned_yet = w->tree.size > w->signed_size;
        if (unsigned_yet && !until_due(w)) return;
        w->idle = true;
        if (unsigned_yet)
            (void)wait_for(w, &w->work, until_due(w));
        else
            pthread_cond_wait(&w->work, &w->lock);
        w->idle = false;
    }
    if (w->o.gather_ms && !w->closing) (void)wait_for(w, &w->wake, w->o.gather_ms * MS);
}

struct group {
    uint64_t ticket; /* the last one that is in it */
    uint64_t lost;   /* to be told behind it */
    bool last;       /* nothing will come any more */
};

static struct group take(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    wait_for_work(w);
    struct buf full = w->front;
    w->front = w->back;
    w->back = full;
    struct group g = {w->added, w->untold, w->closing};
    w->untold = 0;
    pthread_mutex_unlock(&w->lock);
    return g;
}

static bool write_group(struct writer *w, const struct group *g)
{
    struct cursor c = cur_of(buf_slice(&w->back));
    while (cur_left(&c)) {
        uint32_t n = cur_u32le(&c);
        if (!store_body(w, cur_bytes(&c, n))) return false;
    }
    if (g->lost) {
        struct event e;
        event_start(&e, EVENT_LOG_LOST, writer_now(w));
        event_number(&e, EVENT_RECORDS, g->lost);
        if (!store_event(w, &e)) return false;
    }
    return store_flush(w);
}

static void settle(struct writer *w, const struct group *g)
{
    pthread_mutex_lock(&w->lock);
    w->settled = g->ticket;
    w->records = w->tree.size;
    pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->lock);
}

static void sign_when_due(struct writer *w, bool now)
{
    if (w->tree.size == w->signed_size || (!now && until_due(w))) return;
    (void)store_sign(w, false);
    w->due_ns = host_now_ns() + w->o.checkpoint_ms * MS;
}

static void *work(void *ctx)
{
    struct writer *w = ctx;
    bool alive = true, last = false;
    while (alive && !last) {
        struct group g = take(w);
        alive = write_group(w, &g);
        if (!alive) break;
        buf_reset(&w->back);
        settle(w, &g);
        sign_when_due(w, g.last);
        alive = !w->dead;
        last = g.last;
    }
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    w->dead = !alive;
    pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* ---- for everybody ---- */

/* False: no room. */
static bool enqueue(struct writer *w, const struct event *e)
{
    size_t from = w->front.n;
    buf_u32le(&w->front, 0);
    event_write(e, &w->front);
    size_t n = w->front.n - from - 4;
    if (!buf_ok(&w->front) || n + 64 > LINE_MAX) {
        buf_trim(&w->front, from);
        w->front.bad = false;
        return false;
    }
    for (size_t i = 0; i < 4; i++) w->front.p[from + i] = (uint8_t)(n >> (8 * i));
    return true;
}

enum writer_end writer_add(struct writer *w, const struct event *e, uint64_t *ret_ticket)
{
    enum writer_end end = WRITER_TAKEN;
    pthread_mutex_lock(&w->lock);
    if (!w->closing && enqueue(w, e)) {
        w->added++;
        if (ret_ticket) *ret_ticket = w->added;
    } else if (w->o.full == WRITER_CONTINUE) {
        w->lost++;
        w->untold++;
        end = WRITER_LOST;
    } else {
        end = WRITER_REFUSED;
    }
    if (w->idle) pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    return end;
}

bool writer_wait(struct writer *w, uint64_t ticket, uint64_t ms)
{
    bool in_time = true;
    uint64_t end = host_now_ns() + ms * MS;
    pthread_mutex_lock(&w->lock);
    while (w->settled < ticket && !w->dead && in_time) {
        uint64_t now = host_now_ns();
        in_time = now < end && (wait_for(w, &w->done, end - now) || w->settled >= ticket);
    }
    bool ok = w->settled >= ticket;
    pthread_mutex_unlock(&w->lock);
    return ok;
}

struct writer_state writer_state(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    struct writer_state s = {w->records, w->front.n, w->lost, w->troubled};
    pthread_mutex_unlock(&w->lock);
    return s;
}

/* ---- beginning and end ---- */

static void defaults(struct writer_options *o)
{
    if (!o->io) o->io = &log_io_system;
    if (!o->segment_bytes) o->segment_bytes = SEGMENT;
    if (!o->queue_bytes) o->queue_bytes = QUEUE;
    if (!o->checkpoint_ms) o->checkpoint_ms = CHECKPOINT;
    if (!o->patience_ms) o->patience_ms = PATIENCE;
}

static void release(struct writer *w)
{
    store_shut(w);
    folder_done(&w->folder);
    if (w->lock_fd >= 0) close(w->lock_fd);
    buf_done(&w->front);
    buf_done(&w->back);
    buf_done(&w->out);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->work);
    pthread_cond_destroy(&w->done);
    pthread_cond_destroy(&w->wake);
    notekey_forget(&w->key);
    free(w);
}

static struct writer *make(const struct writer_options *o)
{
    pthread_condattr_t attr;
    struct writer *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->o = *o;
    w->key = *o->key;
    w->o.key = NULL;
    defaults(&w->o);
    w->lock_fd = w->log_fd = w->sig_fd = w->folder.fd = -1;
    buf_init(&w->front, (size_t)w->o.queue_bytes);
    buf_init(&w->back, (size_t)w->o.queue_bytes);
    buf_init(&w->out, SIZE_MAX >> 1);
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->work, &attr);
    pthread_cond_init(&w->done, &attr);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);
    return w;
}

/* The first record of all, or one that says how the log was found. */
static bool say_beginning(struct writer *w, uint64_t cut)
{
    struct event e;
    uint64_t unsigned_yet = w->tree.size - w->signed_size;
    if (w->tree.size && !cut && !unsigned_yet) return true;
    event_start(&e, w->tree.size ? EVENT_LOG_RECOVERED : EVENT_LOG_CREATED, writer_now(w));
    if (w->tree.size) {
        event_number(&e, EVENT_RECORDS, unsigned_yet);
        event_number(&e, EVENT_BYTES, cut);
    } else {
        event_text(&e, EVENT_KEY, slice_str(w->key.public.name));
        event_text(&e, EVENT_VERSION, S(MERLON_VERSION));
    }
    return store_event(w, &e) && store_flush(w) && store_sign(w, false);
}

static enum st trouble(struct writer *w, const char *what, struct buf *ret_why)
{
    buf_printf(ret_why, "%s: %s: %s", w->o.path, what, strerror(errno));
    return ST_IO;
}

/* Signals are the owner's. */
static bool start_thread(struct writer *w)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    w->running = true;
    w->running = pthread_create(&w->thread, NULL, work, w) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return w->running;
}

static enum st begin(struct writer *w, struct buf *ret_note, struct buf *ret_why)
{
    uint64_t cut = 0;
    if (!folder_open(&w->folder, w->o.path, w->o.io))
        return trouble(w, "the log's folder cannot be read", ret_why);
    enum st st = writer_take_lock(w, ret_why);
    if (st == ST_OK && !folder_list(&w->folder))
        return trouble(w, "the log's folder cannot be read", ret_why);
    if (st == ST_OK) st = writer_find_end(w, &cut, ret_note, ret_why);
    if (st != ST_OK) return st;
    if (!store_open(w, false) || !say_beginning(w, cut))
        return trouble(w, "the log cannot be written", ret_why);
    w->records = w->tree.size;
    return start_thread(w) ? ST_OK : trouble(w, "no thread", ret_why);
}

enum st writer_open(const struct writer_options *o, struct writer **ret, struct buf *ret_note,
                    struct buf *ret_why)
{
    struct writer *w = make(o);
    if (!w) return ST_NOMEM;
    enum st st = begin(w, ret_note, ret_why);
    if (st == ST_OK)
        *ret = w;
    else
        release(w);
    return st;
}

enum st writer_close(struct writer *w, uint64_t *ret_lost)
{
    if (!w) return ST_OK;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_broadcast(&w->work);
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    uint64_t lost = w->lost + (w->added - w->settled);
    enum st st = lost || w->dead ? ST_IO : ST_OK;
    if (ret_lost) *ret_lost = lost;
    release(w);
    return st;
}
