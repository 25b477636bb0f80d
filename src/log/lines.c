/* SPDX-License-Identifier: Apache-2.0 */
#include "log/lines.h"
#include <errno.h>

#define ROOM ((size_t)256 << 10)

void lines_start(struct lines *l, const struct log_io *io, int fd, uint64_t at)
{
    uint8_t *room = l->room; /* of the file before */
    *l = (struct lines){.io = io, .fd = fd, .at = at, .room = room};
}

void lines_done(struct lines *l)
{
    free(l->room);
    *l = (struct lines){.fd = -1};
}

static struct slice held(const struct lines *l)
{
    return slice_sub(slice_of(l->room, l->end), l->begin, SIZE_MAX);
}

/* False: nothing came; errno is 0 at the end of the file. */
static bool fill(struct lines *l)
{
    struct slice rest = held(l);
    memmove(l->room, rest.p, rest.n);
    l->begin = 0;
    l->end = rest.n;
    for (;;) {
        ssize_t n = l->io->read(l->io->ctx, l->fd, &l->room[l->end], ROOM - l->end, l->at + l->end);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = 0;
        if (n > 0) l->end += (size_t)n;
        return n > 0;
    }
}

static void pass(struct lines *l, size_t n)
{
    l->begin += n;
    l->at += n;
}

/* Drops what is held of a line that is too long; true: its end was found. */
static bool skip(struct lines *l)
{
    struct slice rest = held(l);
    size_t at = slice_find_byte(rest, '\n');
    l->skipping = at == SIZE_MAX;
    pass(l, l->skipping ? rest.n : at + 1);
    return !l->skipping;
}

enum lines_end lines_next(struct lines *l, struct slice *ret)
{
    if (!l->room && !(l->room = malloc(ROOM))) return LINES_NOMEM;
    for (;;) {
        struct slice rest = held(l);
        size_t at = slice_find_byte(rest, '\n');
        if (l->skipping && skip(l)) return LINES_LONG;
        if (!l->skipping && at != SIZE_MAX && at < LINE_MAX) {
            *ret = slice_sub(rest, 0, at);
            pass(l, at + 1);
            return LINES_OK;
        }
        l->skipping = l->skipping || rest.n >= LINE_MAX;
        if (l->skipping && held(l).n) continue;
        if (fill(l)) continue;
        if (errno) return LINES_IO;
        *ret = held(l);
        return ret->n || l->skipping ? LINES_TORN : LINES_END;
    }
}
