/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/files.h"
#include "base/fd.h"
#include "cli/signals.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static bool close_ok(int fd, bool ok)
{
    int saved = errno;
    if (close(fd) && ok) return false;
    errno = saved;
    return ok;
}

bool file_read(const char *path, size_t most, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    return fd >= 0 && close_ok(fd, fd_read(fd, most, out));
}

static bool write_direct(const char *path, struct slice bytes)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return fd >= 0 && close_ok(fd, fd_write(fd, bytes));
}

/* Taking the place of a file by rename() makes ext4 write the new one to the disk at once, which
 * takes longer than a scan of a small file. What can be made anew changes places with the old one,
 * which then goes. */
static bool swap_in(const char *temp, const char *path)
{
    if (renameat2(AT_FDCWD, temp, AT_FDCWD, path, RENAME_EXCHANGE)) return rename(temp, path) == 0;
    (void)unlink(temp);
    return true;
}

static bool take_place(const char *temp, const char *path)
{
    return rename(temp, path) == 0;
}

static bool replace(const char *path, struct slice bytes, unsigned mode,
                    bool (*put)(const char *temp, const char *path))
{
    char temp[4200];
    int n = snprintf(temp, sizeof temp, "%s.%ld.tmp", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof temp) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0) return false;
    bool ok = close_ok(fd, fd_write(fd, bytes)) && put(temp, path);
    if (ok) return true;
    int saved = errno;
    (void)unlink(temp);
    errno = saved;
    return false;
}

bool file_write(const char *path, struct slice bytes)
{
    struct stat sb;
    bool there = stat(path, &sb) == 0;
    if (there && !S_ISREG(sb.st_mode)) return write_direct(path, bytes);
    signals_hold(true);
    char *end = there ? realpath(path, NULL) : NULL; /* a link keeps being one */
    bool ok = replace(end ? end : path, bytes, there ? sb.st_mode & 0777 : 0666, take_place);
    free(end);
    signals_hold(false);
    return ok;
}

bool file_replace(const char *path, struct slice bytes)
{
    signals_hold(true);
    bool ok = replace(path, bytes, 0666, take_place);
    signals_hold(false);
    return ok;
}

bool file_swap(const char *path, struct slice bytes)
{
    signals_hold(true);
    bool ok = replace(path, bytes, 0666, swap_in);
    signals_hold(false);
    return ok;
}

bool file_create(const char *path, struct slice bytes, unsigned mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    return fd >= 0 && close_ok(fd, fd_write(fd, bytes));
}

bool folder_make(const char *path)
{
    char *copy = strdup(path);
    bool ok = copy != NULL;
    for (char *p = copy ? copy + 1 : NULL; ok && p; p = p ? p + 1 : NULL) {
        p = strchr(p, '/');
        if (p) *p = 0;
        ok = mkdir(copy, 0700) == 0 || errno == EEXIST;
        if (p) *p = '/';
        if (!p) break;
    }
    free(copy);
    return ok;
}
