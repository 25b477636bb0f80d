/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/beneath.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool beneath_open(struct beneath *b, const char *folder)
{
    b->real = realpath(folder, NULL);
    b->folder = b->real ? open(b->real, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (b->folder >= 0) return true;
    free(b->real);
    b->real = NULL;
    return false;
}

void beneath_close(struct beneath *b)
{
    if (b->folder >= 0) close(b->folder);
    free(b->real);
}

bool beneath_name(const struct beneath *b, struct slice path, struct slice *ret)
{
    struct slice real = slice_str(b->real);
    bool root = slice_eq(real, S("/"));
    if (!slice_starts(path, real)) return false;
    struct slice rest = slice_sub(path, real.n, path.n);
    if (!root && rest.n && rest.p[0] != '/') return false;
    *ret = slice_sub(rest, !root && rest.n, rest.n);
    return true;
}

/* Where an opened file really is. */
static bool lies_below(const struct beneath *b, int fd)
{
    char link[40], at[PATH_MAX];
    struct slice unused;
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, at, sizeof at);
    return n > 0 && (size_t)n < sizeof at && beneath_name(b, slice_of(at, (size_t)n), &unused);
}

static int reopen(int fd)
{
    char link[40];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return open(link, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

static enum beneath_end kind_of(const struct beneath *b, int fd, struct stat *ret)
{
    if (!lies_below(b, fd)) return BENEATH_OUTSIDE;
    if (fstat(fd, ret)) return BENEATH_OTHER;
    if (S_ISDIR(ret->st_mode)) return BENEATH_FOLDER;
    return S_ISREG(ret->st_mode) ? BENEATH_FILE : BENEATH_OTHER;
}

enum beneath_end beneath_find(const struct beneath *b, struct slice path, struct stat *ret_stat,
                              int *ret_fd)
{
    char name[PATH_MAX];
    if (ret_fd) *ret_fd = -1;
    if (!path.n || path.n >= sizeof name || slice_find_byte(path, 0) != SIZE_MAX)
        return BENEATH_MISSING;
    memcpy(name, path.p, path.n);
    name[path.n] = 0;
    int fd = openat(b->folder, name, O_PATH | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? BENEATH_MISSING : BENEATH_OTHER;
    enum beneath_end end = kind_of(b, fd, ret_stat);
    if (end == BENEATH_FILE && ret_fd) {
        *ret_fd = reopen(fd);
        if (*ret_fd < 0) end = BENEATH_OTHER;
    }
    close(fd);
    return end;
}
