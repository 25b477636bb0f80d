/* SPDX-License-Identifier: Apache-2.0 */
/* writer_open.c - one writer at a time, and where the one before it stopped.
 *
 *     last checkpoint ──┬── whole records that nobody signed yet ──┬── a torn one
 *      trusted, after   │ taken over, if each is the next and      │ cut: it was never
 *      its signature    │ its checksum holds                       │ acknowledged
 *
 * What is not of that shape is damage: a writer that signed on top of it would hide it, so it
 * refuses, and `merlon audit verify` names what is wrong. */
#include "base/host.h"
#include "base/num.h"
#include "log/writer_part.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#define MS 1000000ull

/* ---- the lock ---- */

static void say_owner(const struct writer *w, struct buf *ret_why)
{
    struct buf b;
    uint64_t pid;
    buf_init(&b, 64);
    bool known = log_read_all(&log_io_system, w->lock_fd, 0, 63, &b) &&
                 num_u64(slice_trim(buf_slice(&b)), &pid);
    if (known)
        buf_printf(ret_why, "%s: process %llu writes this log", w->o.path, (unsigned long long)pid);
    else
        buf_printf(ret_why, "%s: another process writes this log", w->o.path);
    buf_done(&b);
}

static void leave_name(const struct writer *w)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(w->lock_fd, 0) == 0)
        (void)log_write_all(&log_io_system, w->lock_fd, slice_of(text, (size_t)n), 0);
}

enum st writer_take_lock(struct writer *w, struct buf *ret_why)
{
    uint64_t end = host_now_ns() + w->o.lock_ms * MS;
    w->lock_fd = log_file_open(w->o.io, w->folder.fd, "lock", O_RDWR | O_CREAT);
    if (w->lock_fd < 0) {
        buf_printf(ret_why, "%s/lock: %s", w->o.path, strerror(errno));
        return ST_IO;
    }
    while (flock(w->lock_fd, LOCK_EX | LOCK_NB)) {
        bool busy = errno == EWOULDBLOCK || errno == EINTR;
        if (!busy || host_now_ns() >= end) return say_owner(w, ret_why), ST_UNSUPPORTED;
        (void)usleep(5000);
    }
    leave_name(w);
    return ST_OK;
}

/* ---- the last checkpoint ---- */

static enum st damaged(const struct writer *w, uint64_t segment, const char *what,
                       struct buf *ret_why)
{
    buf_printf(ret_why,
               "%s: the log is damaged, segment %llu: %s\n  merlon audit verify names all that is "
               "wrong; move the folder away to begin a new log",
               w->o.path, (unsigned long long)segment, what);
    return ST_MALFORMED;
}

static enum st check_head(const struct writer *w, uint64_t segment, struct slice text,
                          struct head *ret, struct buf *ret_why)
{
    struct arena arena;
    struct slice why = S("");
    char what[160];
    arena_init(&arena, 1u << 20, 1u << 14);
    enum st st = head_read(text, &w->key.public, &arena, ret, &why);
    if (st == ST_OK && ret->segment != segment) {
        why = S("it speaks of another segment");
        st = ST_MALFORMED;
    }
    (void)snprintf(what, sizeof what, "its last checkpoint: %.*s", SLICE_ARG(why));
    if (st == ST_MALFORMED) st = damaged(w, segment, what, ret_why);
    arena_done(&arena);
    return st;
}

/* ST_OK with ret_end 0: this segment has none. ret_size: of the file. */
static enum st last_head(const struct writer *w, uint64_t segment, struct head *ret,
                         uint64_t *ret_end, uint64_t *ret_size, struct buf *ret_why)
{
    struct buf b;
    struct slice text;
    uint64_t from = 0;
    enum st st = ST_OK;
    buf_init(&b, HEAD_TAIL_MAX);
    *ret_end = *ret_size = 0;
    if (!head_last(&w->folder, segment, &b, &from, &text)) {
        buf_printf(ret_why, "%s: checkpoints: %s", w->o.path, strerror(errno));
        st = ST_IO;
    } else {
        size_t at = 0;
        *ret_size = from + b.n;
        if (text.n && slice_inside(buf_slice(&b), text, &at)) *ret_end = from + at + text.n;
        if (text.n) st = check_head(w, segment, text, ret, ret_why);
    }
    buf_done(&b);
    return st;
}

/* ---- the records behind it ---- */

static enum st take_over(struct writer *w, int fd, uint64_t *ret_cut, struct buf *ret_why)
{
    struct lines l = {0};
    struct slice text = S("");
    struct line line;
    struct merkle_hash leaf;
    enum lines_end end;
    lines_start(&l, w->o.io, fd, w->log_at);
    while ((end = lines_next(&l, &text)) == LINES_OK) {
        if (line_read(text, &line) != LINE_OK || line.n != w->tree.size) break;
        merkle_leaf(text, &leaf);
        merkle_add(&w->tree, &leaf);
        w->log_at = l.at;
    }
    int why = errno;
    uint64_t size = l.at + text.n;
    if (end == LINES_TORN) *ret_cut = size - w->log_at;
    lines_done(&l);
    if (end == LINES_END || (end == LINES_TORN && text.n)) return ST_OK;
    if (end == LINES_NOMEM) return ST_NOMEM;
    if (end == LINES_IO) {
        buf_printf(ret_why, "%s: records: %s", w->o.path, strerror(why));
        return ST_IO;
    }
    char what[96];
    (void)snprintf(what, sizeof what, "record %llu (byte %llu) is not what was written",
                   (unsigned long long)w->tree.size, (unsigned long long)w->log_at);
    return damaged(w, w->segment, what, ret_why);
}

static enum st read_records(struct writer *w, uint64_t *ret_cut, struct buf *ret_why)
{
    char name[SEGMENT_NAME];
    uint64_t size = 0;
    folder_name(w->segment, "log", name);
    int fd = log_file_open(w->o.io, w->folder.fd, name, O_RDONLY);
    if (fd < 0 || !log_size(fd, &size)) {
        buf_printf(ret_why, "%s/%s: %s", w->o.path, name, strerror(errno));
        if (fd >= 0) close(fd);
        return ST_IO;
    }
    enum st st = ST_OK;
    if (size < w->log_at)
        st = damaged(w, w->segment, "it ends before what its last checkpoint signs", ret_why);
    else if (w->sealed && size > w->log_at)
        st = damaged(w, w->segment, "there are bytes behind its sealed end", ret_why);
    else
        st = take_over(w, fd, ret_cut, ret_why);
    close(fd);
    return st;
}

/* From the checkpoint before: of this segment, or the sealed one of the segment before. */
static enum st find_head(struct writer *w, uint64_t *ret_sig_cut, struct buf *ret_why)
{
    struct head h = {0};
    uint64_t end, size, end_before, size_before;
    enum st st = last_head(w, w->segment, &h, &end, &size, ret_why);
    if (st != ST_OK) return st;
    w->sig_at = end;
    *ret_sig_cut = size - end;
    if (end) {
        w->log_at = h.bytes;
        w->sealed = h.sealed;
    } else if (w->segment > 1) {
        st = last_head(w, w->segment - 1, &h, &end_before, &size_before, ret_why);
        if (st == ST_OK && (!end_before || !h.sealed))
            st = damaged(w, w->segment - 1, "it has no sealed checkpoint", ret_why);
    }
    w->tree = h.tree;
    w->signed_size = h.tree.size;
    return st;
}

enum st writer_find_end(struct writer *w, uint64_t *ret_cut, struct buf *ret_note,
                        struct buf *ret_why)
{
    uint64_t sig_cut = 0;
    const struct folder *f = &w->folder;
    w->segment = 1;
    if (!f->count) return ST_OK;
    const struct segment *last = &f->segments[f->count - 1];
    w->segment = last->number;
    if (!last->log) return damaged(w, last->number, "its records are missing", ret_why);
    enum st st = find_head(w, &sig_cut, ret_why);
    if (st == ST_OK) st = read_records(w, ret_cut, ret_why);
    if (st == ST_OK && *ret_cut)
        buf_printf(ret_note, "%llu bytes of a record that was never acknowledged were cut off; ",
                   (unsigned long long)*ret_cut);
    if (st == ST_OK && w->tree.size > w->signed_size)
        buf_printf(ret_note, "%llu records that nobody had signed were taken over; ",
                   (unsigned long long)(w->tree.size - w->signed_size));
    *ret_cut += st == ST_OK ? sig_cut : 0;
    return st;
}
