/* SPDX-License-Identifier: Apache-2.0 */
/* writer_store.c - groups of lines, segments and checkpoints reach the disk.
 * Every write goes to a known place, so that one that failed or fell short is simply done again:
 * what it may have left there is overwritten with the same bytes. That is also what a failed
 * fdatasync asks for: the kernel may have forgotten pages that it could not write. */
#include "base/host.h"
#include "log/writer_part.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define GROUP_MAX ((size_t)1 << 20)

int64_t writer_now(const struct writer *w)
{
    return w->o.now_ms ? w->o.now_ms(w->o.ctx) : host_wall_ms();
}

static bool sync_fd(const struct writer *w, int fd)
{
    return w->o.no_sync || w->o.io->sync(w->o.io->ctx, fd) == 0;
}

/* Until it is done, or it is time to give up. */
static bool put(struct writer *w, int fd, struct slice bytes, uint64_t at, const char *what)
{
    while (!log_write_all(w->o.io, fd, bytes, at) || !sync_fd(w, fd))
        if (!writer_retry(w, what)) return false;
    writer_recovered(w);
    return true;
}

/* ---- records ---- */

bool store_flush(struct writer *w)
{
    if (w->dead) return false;
    if (!w->out.n) return true;
    if (!put(w, w->log_fd, buf_slice(&w->out), w->log_at, "the log cannot be written"))
        return false;
    w->log_at += w->out.n;
    buf_reset(&w->out);
    return true;
}

static bool is_full(const struct writer *w, size_t more)
{
    uint64_t used = w->log_at + w->out.n;
    return used && used + more > w->o.segment_bytes;
}

/* Memory is a disk that may be full: what is there already is written first. */
static bool put_line(struct writer *w, struct slice body, struct slice *ret)
{
    for (;;) {
        size_t from = w->out.n;
        line_write(w->tree.size, body, &w->out);
        *ret = slice_sub(buf_slice(&w->out), from, w->out.n - from - 1);
        if (buf_ok(&w->out)) return true;
        buf_trim(&w->out, from);
        w->out.bad = false;
        errno = ENOMEM;
        if (from ? !store_flush(w) : !writer_retry(w, "a record")) return false;
    }
}

bool store_body(struct writer *w, struct slice body)
{
    struct merkle_hash leaf;
    struct slice line;
    size_t most = body.n + 64;
    if (w->dead) return false;
    if ((w->sealed || is_full(w, most)) && (!store_flush(w) || !store_roll(w))) return false;
    if (w->out.n + most > GROUP_MAX && !store_flush(w)) return false;
    if (!put_line(w, body, &line)) return false;
    merkle_leaf(line, &leaf);
    merkle_add(&w->tree, &leaf);
    return true;
}

bool store_event(struct writer *w, const struct event *e)
{
    struct buf b;
    bool ok = true;
    buf_init(&b, LINE_MAX);
    while (event_write(e, &b), ok && !buf_ok(&b)) {
        buf_reset(&b);
        errno = ENOMEM;
        ok = writer_retry(w, "a record");
    }
    ok = ok && store_body(w, buf_slice(&b));
    buf_done(&b);
    return ok;
}

/* ---- checkpoints ---- */

/* Only what is on the disk is signed. */
bool store_sign(struct writer *w, bool seal)
{
    struct buf b;
    struct head h = {.tree = w->tree,
                     .segment = w->segment,
                     .bytes = w->log_at,
                     .sealed = seal,
                     .time_ms = writer_now(w)};
    if (w->dead || w->out.n || (w->sealed && !seal)) return !w->dead;
    bool ok = true;
    buf_init(&b, HEAD_MAX);
    while (head_write(&h, &w->key, &b), buf_byte(&b, '\n'), ok && !buf_ok(&b)) {
        buf_reset(&b);
        errno = ENOMEM;
        ok = writer_retry(w, "a checkpoint");
    }
    ok = ok && put(w, w->sig_fd, buf_slice(&b), w->sig_at, "a checkpoint cannot be written");
    if (ok) {
        w->sig_at += b.n;
        w->signed_size = w->tree.size;
        w->sealed = seal;
    }
    buf_done(&b);
    return ok;
}

/* ---- segments ---- */

/* What is behind `size` was never acknowledged; in a fresh file there may be nothing at all. */
static int open_end(const struct writer *w, const char *suffix, uint64_t size, bool fresh)
{
    uint64_t there = 0;
    char name[SEGMENT_NAME];
    const struct log_io *io = w->o.io;
    folder_name(w->segment, suffix, name);
    int fd = log_file_open(io, w->folder.fd, name, O_RDWR | O_CREAT);
    bool ok = fd >= 0 && log_size(fd, &there);
    if (ok && fresh && there) ok = (errno = EEXIST, false);
    if (ok && (there == size || io->cut(io->ctx, fd, size) == 0)) return fd;
    int why = errno;
    if (fd >= 0) close(fd);
    errno = why;
    return -1;
}

void store_shut(struct writer *w)
{
    if (w->log_fd >= 0) close(w->log_fd);
    if (w->sig_fd >= 0) close(w->sig_fd);
    w->log_fd = w->sig_fd = -1;
}

bool store_open(struct writer *w, bool fresh)
{
    store_shut(w);
    w->log_fd = open_end(w, "log", w->log_at, fresh);
    w->sig_fd = w->log_fd >= 0 ? open_end(w, "sig", w->sig_at, fresh) : -1;
    if (w->sig_fd >= 0 && sync_fd(w, w->folder.fd)) return true;
    int why = errno;
    store_shut(w);
    errno = why;
    return false;
}

/* ---- retention ---- */

/* Bytes and last change of a segment's records. */
static bool weigh(const struct writer *w, uint64_t number, uint64_t *ret_bytes, int64_t *ret_ms)
{
    char name[SEGMENT_NAME];
    struct stat sb;
    folder_name(number, "log", name);
    if (fstatat(w->folder.fd, name, &sb, AT_SYMLINK_NOFOLLOW)) return false;
    *ret_bytes = (uint64_t)sb.st_size;
    *ret_ms = (int64_t)sb.st_mtim.tv_sec * 1000;
    return true;
}

/* The last segment that is too old or too much; 0: none. */
static uint64_t last_to_drop(const struct writer *w)
{
    uint64_t sum = 0, bytes, last = 0;
    int64_t ms;
    for (size_t i = w->folder.count; i-- > 0;) {
        const struct segment *s = &w->folder.segments[i];
        if (s->number >= w->segment || !s->log || !weigh(w, s->number, &bytes, &ms)) continue;
        sum += bytes;
        bool old = w->o.keep_ms && writer_now(w) - ms > (int64_t)w->o.keep_ms;
        bool much = w->o.keep_bytes && sum > w->o.keep_bytes;
        if (!last && (old || much)) last = s->number;
    }
    return last;
}

/* The .sig shrinks to its sealed checkpoint first: from then on the records may go. */
static bool drop(struct writer *w, uint64_t number)
{
    char log[SEGMENT_NAME], sig[SEGMENT_NAME];
    struct buf b;
    struct slice last;
    uint64_t from;
    folder_name(number, "log", log);
    folder_name(number, "sig", sig);
    buf_init(&b, HEAD_TAIL_MAX);
    bool ok = head_last(&w->folder, number, &b, &from, &last) && last.n;
    if (ok) ok = log_store(w->o.io, w->folder.fd, sig, last, 0600);
    if (ok) ok = w->o.io->remove(w->o.io->ctx, w->folder.fd, log) == 0;
    buf_done(&b);
    return ok;
}

/* Said first, done then: what is missing without a word is damage. */
static bool retain(struct writer *w)
{
    struct event e;
    if (!w->o.keep_bytes && !w->o.keep_ms) return true;
    if (!folder_list(&w->folder)) return true; /* next time */
    uint64_t last = last_to_drop(w);
    if (!last) return true;
    event_start(&e, EVENT_LOG_DROPPED, writer_now(w));
    event_number(&e, EVENT_SEGMENT, last);
    if (!store_event(w, &e) || !store_flush(w) || !store_sign(w, false)) return false;
    for (size_t i = 0; i < w->folder.count; i++) {
        const struct segment *s = &w->folder.segments[i];
        if (s->number <= last && s->log && !drop(w, s->number) && !writer_retry(w, "retention"))
            return false;
    }
    return true;
}

bool store_roll(struct writer *w)
{
    if (!w->sealed && !store_sign(w, true)) return false;
    w->segment++;
    w->log_at = w->sig_at = 0;
    w->sealed = false;
    while (!store_open(w, true))
        if (!writer_retry(w, "no new segment can be made")) return false;
    writer_recovered(w);
    return retain(w);
}
