/* SPDX-License-Identifier: Apache-2.0 */
#include "log/io.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define CHUNK ((size_t)64 << 10)

static int do_open(void *ctx, int folder, const char *name, int flags, unsigned mode)
{
    (void)ctx;
    return openat(folder, name, flags, mode);
}

static ssize_t do_read(void *ctx, int fd, void *to, size_t n, uint64_t at)
{
    (void)ctx;
    return pread(fd, to, n, (off_t)at);
}

static ssize_t do_write(void *ctx, int fd, const void *from, size_t n, uint64_t at)
{
    (void)ctx;
    return pwrite(fd, from, n, (off_t)at);
}

static int do_sync(void *ctx, int fd)
{
    (void)ctx;
    return fdatasync(fd);
}

static int do_cut(void *ctx, int fd, uint64_t size)
{
    (void)ctx;
    return ftruncate(fd, (off_t)size);
}

static int do_rename(void *ctx, int folder, const char *from, const char *to)
{
    (void)ctx;
    return renameat(folder, from, folder, to);
}

static int do_remove(void *ctx, int folder, const char *name)
{
    (void)ctx;
    return unlinkat(folder, name, 0);
}

const struct log_io log_io_system = {NULL,    do_open, do_read,   do_write,
                                     do_sync, do_cut,  do_rename, do_remove};

static int end(int fd, int why)
{
    if (fd >= 0) close(fd);
    errno = why;
    return -1;
}

int log_folder_open(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int log_file_open(const struct log_io *io, int folder, const char *name, int flags)
{
    struct stat sb;
    int fd = io->open(io->ctx, folder, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0) return -1;
    if (fstat(fd, &sb)) return end(fd, errno);
    return S_ISREG(sb.st_mode) ? fd : end(fd, EINVAL);
}

bool log_write_all(const struct log_io *io, int fd, struct slice bytes, uint64_t at)
{
    while (bytes.n) {
        ssize_t n = io->write(io->ctx, fd, bytes.p, bytes.n, at);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = ENOSPC;
        if (n <= 0) return false;
        bytes = slice_sub(bytes, (size_t)n, bytes.n);
        at += (uint64_t)n;
    }
    return true;
}

bool log_read_all(const struct log_io *io, int fd, uint64_t at, size_t most, struct buf *out)
{
    uint8_t room[CHUNK];
    for (;;) {
        ssize_t n = io->read(io->ctx, fd, room, sizeof room, at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n == 0;
        if (out->n + (size_t)n > most) return end(-1, EFBIG), false;
        buf_add(out, slice_of(room, (size_t)n));
        if (!buf_ok(out)) return end(-1, ENOMEM), false;
        at += (uint64_t)n;
    }
}

bool log_size(int fd, uint64_t *ret)
{
    struct stat sb;
    if (fstat(fd, &sb)) return false;
    *ret = (uint64_t)sb.st_size;
    return true;
}

bool log_load(const struct log_io *io, int folder, const char *name, size_t most, struct buf *out)
{
    int fd = log_file_open(io, folder, name, O_RDONLY);
    if (fd < 0) return false;
    bool ok = log_read_all(io, fd, 0, most, out);
    (void)end(fd, errno);
    return ok;
}

bool log_store(const struct log_io *io, int folder, const char *name, struct slice bytes,
               unsigned mode)
{
    char temp[64];
    int n = snprintf(temp, sizeof temp, "%s.new", name);
    if (n < 0 || (size_t)n >= sizeof temp) return end(-1, ENAMETOOLONG), false;
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    int fd = io->open(io->ctx, folder, temp, flags, mode);
    if (fd < 0) return false;
    bool ok = log_write_all(io, fd, bytes, 0) && io->sync(io->ctx, fd) == 0;
    (void)end(fd, errno);
    ok = ok && io->rename(io->ctx, folder, temp, name) == 0 && io->sync(io->ctx, folder) == 0;
    if (!ok) {
        int why = errno;
        (void)io->remove(io->ctx, folder, temp);
        errno = why;
    }
    return ok;
}
