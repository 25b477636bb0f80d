/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/fetch_file.h"
#include "base/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define INFO_MAX 16384

static int enter(int from, const char *name)
{
    if (mkdirat(from, name, 0777) && errno != EEXIST) return -1;
    return openat(from, name, O_DIRECTORY | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}

bool fetch_file_open(struct fetch_file *f, int dir, struct slice name, struct arena *a)
{
    struct slice rest = name, part = {0};
    *f = (struct fetch_file){.folder = dup(dir), .fd = -1};
    (void)fcntl(f->folder, F_SETFD, FD_CLOEXEC);
    while (f->folder >= 0 && slice_split(&rest, '/', &part) && rest.p) {
        const char *step = arena_cstr(a, part);
        int next = step ? enter(f->folder, step) : -1;
        int saved = errno;
        close(f->folder);
        errno = saved;
        f->folder = next;
    }
    struct slice p = arena_printf(a, "%.*s.part", SLICE_ARG(part));
    struct slice i = arena_printf(a, "%.*s.part.info", SLICE_ARG(part));
    f->name = arena_cstr(a, part);
    f->part = p.p ? arena_cstr(a, p) : NULL;
    f->info = i.p ? arena_cstr(a, i) : NULL;
    return f->folder >= 0 && f->name && f->part && f->info;
}

void fetch_file_close(struct fetch_file *f)
{
    if (f->fd >= 0) close(f->fd);
    if (f->folder >= 0) close(f->folder);
    f->fd = f->folder = -1;
}

enum fetch_there fetch_file_there(const struct fetch_file *f, int *ret_fd)
{
    struct stat sb;
    if (fstatat(f->folder, f->name, &sb, AT_SYMLINK_NOFOLLOW))
        return errno == ENOENT ? THERE_NOTHING : THERE_OTHER;
    if (!S_ISREG(sb.st_mode)) return THERE_OTHER;
    *ret_fd = openat(f->folder, f->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return *ret_fd >= 0 ? THERE_FILE : THERE_OTHER;
}

/* ---- the part ---- */

/* "URL\nHASH\nVALIDATOR\n" of an earlier try, when URL and hash are still the same. */
static bool read_info(struct fetch_file *f, struct slice url, struct slice hash)
{
    char text[INFO_MAX];
    int fd = openat(f->folder, f->info, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;
    if (fd >= 0) close(fd);
    if (n < 0) return false;
    struct slice rest = slice_of(text, (size_t)n), a, b, v;
    if (!slice_split(&rest, '\n', &a) || !slice_split(&rest, '\n', &b) ||
        !slice_split(&rest, '\n', &v) || !slice_eq(a, url) || !slice_eq(b, hash) ||
        v.n >= sizeof f->validator)
        return false;
    memcpy(f->validator, v.p, v.n);
    f->validator[v.n] = 0;
    return true;
}

bool fetch_part_note(const struct fetch_file *f, struct slice url, struct slice hash)
{
    struct buf b;
    buf_init(&b, INFO_MAX);
    buf_add(&b, url);
    buf_byte(&b, '\n');
    buf_add(&b, hash);
    buf_printf(&b, "\n%s\n", f->validator);
    (void)unlinkat(f->folder, f->info, 0);
    int fd = openat(f->folder, f->info, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    bool ok = fd >= 0 && buf_ok(&b) && fd_write(fd, buf_slice(&b));
    if (fd >= 0 && close(fd)) ok = false;
    buf_done(&b);
    return ok;
}

bool fetch_part_empty(struct fetch_file *f)
{
    f->validator[0] = 0;
    return ftruncate(f->fd, 0) == 0 && lseek(f->fd, 0, SEEK_SET) == 0;
}

bool fetch_part_open(struct fetch_file *f, struct slice url, struct slice hash)
{
    struct stat sb;
    f->fd =
        openat(f->folder, f->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (f->fd < 0 || fstat(f->fd, &sb)) return false;
    if (!S_ISREG(sb.st_mode) || sb.st_nlink > 1) {
        errno = EEXIST;
        return false;
    }
    if (flock(f->fd, LOCK_EX | LOCK_NB)) return false;
    return read_info(f, url, hash) || fetch_part_empty(f);
}

void fetch_part_remove(struct fetch_file *f)
{
    (void)unlinkat(f->folder, f->part, 0);
    (void)unlinkat(f->folder, f->info, 0);
}

bool fetch_part_publish(struct fetch_file *f, bool replace)
{
    unsigned flags = replace ? 0 : RENAME_NOREPLACE;
    if (fdatasync(f->fd)) return false;
    int bad = renameat2(f->folder, f->part, f->folder, f->name, flags);
    if (bad && errno == EINVAL) { /* a file system that cannot do it at once */
        bad = linkat(f->folder, f->part, f->folder, f->name, 0);
        if (!bad) (void)unlinkat(f->folder, f->part, 0);
    }
    if (!bad) (void)unlinkat(f->folder, f->info, 0);
    return !bad;
}

bool fetch_hash_fd(int fd, struct digest *a, struct digest *b, uint64_t *ret_bytes)
{
    static uint8_t chunk[256u << 10]; /* one run at a time */
    uint64_t at = 0;
    ssize_t n;
    while ((n = pread(fd, chunk, sizeof chunk, (off_t)at)) > 0) {
        struct slice s = slice_of(chunk, (size_t)n);
        if (a) digest_add(a, s);
        if (b) digest_add(b, s);
        at += (uint64_t)n;
    }
    *ret_bytes = at;
    return n == 0;
}
