/* SPDX-License-Identifier: Apache-2.0 */
#include "port/git/history.h"
#include "base/cursor.h"
#include "base/fd.h"
#include "base/num.h"
#include "port/git/ask.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT_MAX 8192u

struct git_history {
    pid_t child;
    int pipe;
    struct git_history_end end;
    uint64_t blob_max;
    uint8_t text[TEXT_MAX]; /* of the current record */
    char error[1024];
};

struct git_history *git_history_open(const char *root, const char *below, uint64_t blob_max)
{
    struct git_history *h = calloc(1, sizeof *h);
    int pipes[2];
    if (!h || pipe2(pipes, O_CLOEXEC)) {
        free(h);
        return NULL;
    }
    (void)fcntl(pipes[0], F_SETPIPE_SZ, 1 << 20);
    h->child = fork();
    if (h->child == 0) {
        struct ask q = {
            .root = root, .past = true, .below = below, .blob_max = blob_max, .fd = pipes[1]};
        close(pipes[0]);
        ask_run(&q);
    }
    close(pipes[1]);
    h->pipe = pipes[0];
    h->blob_max = blob_max;
    h->end.error = "";
    return h;
}

static bool take(struct git_history *h, void *to, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = read(h->pipe, (uint8_t *)to + at, n - at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += (size_t)got;
    }
    return true;
}

static bool take_number(struct git_history *h, unsigned bytes, uint64_t *ret)
{
    uint8_t raw[8];
    if (!take(h, raw, bytes)) return false;
    struct cursor c = cur_of(slice_of(raw, bytes));
    *ret = cur_uint_le(&c, bytes);
    return true;
}

static bool copy_text(struct slice from, char *to, size_t room)
{
    if (from.n + 1 > room) return false;
    memcpy(to, from.p, from.n);
    to[from.n] = 0;
    return true;
}

static bool read_place(struct slice text, struct git_blob *ret)
{
    struct slice commit, day, size;
    *ret = (struct git_blob){.fd = -1};
    return slice_split(&text, 0, &commit) && slice_split(&text, 0, &day) &&
           slice_split(&text, 0, &ret->path) && slice_split(&text, 0, &size) &&
           copy_text(commit, ret->commit, sizeof ret->commit) &&
           copy_text(day, ret->day, sizeof ret->day) && num_u64(size, &ret->size);
}

/* The bytes of a blob into a memory file that nobody can change any more. */
static bool take_bytes(struct git_history *h, struct git_blob *b)
{
    uint8_t chunk[65536];
    uint64_t left;
    if (!take_number(h, 8, &left) || left > h->blob_max) return false;
    b->size = left;
    b->fd = memfd_create("merlon-history", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    while (b->fd >= 0 && left) {
        size_t n = left < sizeof chunk ? (size_t)left : sizeof chunk;
        if (!take(h, chunk, n) || !fd_write(b->fd, slice_of(chunk, n))) break;
        left -= n;
    }
    if (b->fd >= 0 && !left)
        return fcntl(b->fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0;
    if (b->fd >= 0) close(b->fd);
    return false;
}

static bool stop(struct git_history *h, const char *why)
{
    (void)snprintf(h->error, sizeof h->error, "%s", why);
    h->end.error = h->error;
    return false;
}

bool git_history_next(struct git_history *h, struct git_blob *ret)
{
    uint8_t kind;
    uint64_t n;
    for (;;) {
        if (!take(h, &kind, 1) || !take_number(h, 4, &n) || n > TEXT_MAX || !take(h, h->text, n))
            return stop(h, "the history could not be read to its end");
        struct slice text = slice_of(h->text, (size_t)n);
        if (kind == 'M') h->end.missing++;
        if (kind == 'M') continue;
        if (kind == 'D') h->end.whole = true;
        if (kind == 'D') return false;
        if (kind == 'E')
            return snprintf(h->error, sizeof h->error, "%.*s", SLICE_ARG(text)),
                   h->end.error = h->error, false;
        bool ok = (kind == 'B' || kind == 'X') && read_place(text, ret);
        if (ok && kind == 'X') return true;
        return (ok && take_bytes(h, ret)) || stop(h, "the answer about a blob was not understood");
    }
}

struct git_history_end git_history_ended(const struct git_history *h)
{
    return h->end;
}

void git_history_close(struct git_history *h)
{
    int status;
    if (!h) return;
    close(h->pipe);
    if (h->child > 0) (void)kill(h->child, SIGKILL);
    while (h->child > 0 && waitpid(h->child, &status, 0) < 0 && errno == EINTR) continue;
    free(h);
}
