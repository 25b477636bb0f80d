/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHUNK 65536

static ssize_t next(int fd, uint8_t room[CHUNK])
{
    ssize_t n;
    do n = read(fd, room, CHUNK);
    while (n < 0 && errno == EINTR);
    return n;
}

static bool fail(int why)
{
    errno = why;
    return false;
}

bool fd_read(int fd, size_t most, struct buf *out)
{
    uint8_t room[CHUNK];
    ssize_t n;
    while ((n = next(fd, room)) > 0) {
        if (out->n + (size_t)n > most) return fail(EFBIG);
        buf_add(out, slice_of(room, (size_t)n));
        if (!buf_ok(out)) return fail(ENOMEM);
    }
    return n == 0;
}

bool fd_write(int fd, struct slice bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = slice_sub(bytes, (size_t)n, bytes.n);
    }
    return true;
}

bool fd_copy(int from, int to)
{
    uint8_t room[CHUNK];
    ssize_t n;
    while ((n = next(from, room)) > 0)
        if (!fd_write(to, slice_of(room, (size_t)n))) return false;
    return n == 0;
}

/* Part by part, where the kernel has no openat2() (before 5.6) or a container forbids it. */
static int open_stepwise(int folder, const char *path, int flags)
{
    struct slice rest = slice_str(path), part;
    int at = fcntl(folder, F_DUPFD_CLOEXEC, 3);
    while (at >= 0 && slice_split(&rest, '/', &part)) {
        char name[256];
        int how = rest.n ? O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC : flags;
        int why = part.n >= sizeof name ? ENAMETOOLONG : slice_eq(part, S("..")) ? EXDEV : 0;
        if (!why) {
            memcpy(name, part.p, part.n);
            name[part.n] = 0;
        }
        int next = why ? -1 : openat(at, name, how);
        if (!why) why = errno;
        close(at);
        at = next;
        errno = why;
    }
    return at;
}

int fd_open_below(int folder, const char *path, bool link)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (link ? 0 : O_NOFOLLOW);
    struct open_how how = {.flags = (unsigned)flags,
                           .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH};
    if (link) return open_stepwise(folder, path, flags);
    int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    return fd >= 0 || (errno != ENOSYS && errno != EPERM) ? fd : open_stepwise(folder, path, flags);
}
