/* SPDX-License-Identifier: Apache-2.0 */
#include "log/place.h"
#include "log/io.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

static enum st fail(enum st st, const char *folder, const char *name, const char *what,
                    struct buf *ret_why)
{
    buf_printf(ret_why, "%s/%s: %s", folder, name, what);
    return st;
}

/* A key that others can read is not the log's any more. */
static bool is_private(int fd)
{
    struct stat sb;
    return fstat(fd, &sb) == 0 && !(sb.st_mode & 077) && sb.st_uid == geteuid();
}

static enum st load(int fd, const char *folder, const char *name, struct note_key *ret,
                    struct buf *ret_why)
{
    struct buf b;
    if (!is_private(fd))
        return fail(ST_UNSUPPORTED, folder, name,
                    "the log's key must be yours, and readable by nobody else (mode 0600)",
                    ret_why);
    buf_init(&b, 4096);
    bool ok = log_read_all(&log_io_system, fd, 0, 4096, &b);
    const char *why = ok ? "this is no key of a log" : strerror(errno);
    enum st st = ok && notekey_read(buf_slice(&b), ret) ? ST_OK : ST_MALFORMED;
    if (b.p) explicit_bzero(b.p, b.n);
    buf_done(&b);
    return st == ST_OK ? st : fail(st, folder, name, why, ret_why);
}

static bool store(int folder, const char *name, bool is_public, const struct note_key *k)
{
    struct buf b;
    buf_init(&b, 4096);
    if (is_public)
        notekey_write_public(&k->public, &b);
    else
        notekey_write(k, &b);
    bool ok = buf_ok(&b) &&
              log_store(&log_io_system, folder, name, buf_slice(&b), is_public ? 0644 : 0600);
    if (b.p) explicit_bzero(b.p, b.n);
    buf_done(&b);
    return ok;
}

/* Two that begin at once must not make two keys. */
static enum st make_key(int dir, const char *folder, struct note_key *ret, bool *ret_made,
                        struct buf *ret_why)
{
    struct stat sb;
    enum st st = ST_OK;
    int lock = log_file_open(&log_io_system, dir, "lock", O_RDWR | O_CREAT);
    if (lock < 0 || flock(lock, LOCK_EX))
        st = fail(ST_IO, folder, "lock", strerror(errno), ret_why);
    *ret_made = st == ST_OK && fstatat(dir, "key", &sb, AT_SYMLINK_NOFOLLOW) != 0;
    if (*ret_made && (!notekey_make(ret) || !store(dir, "key", false, ret)))
        st = fail(ST_IO, folder, "key", strerror(errno), ret_why);
    if (lock >= 0) close(lock);
    return st;
}

static enum st key_in(int dir, const char *folder, struct note_key *ret, bool *ret_made,
                      struct buf *ret_why)
{
    int fd = log_file_open(&log_io_system, dir, "key", O_RDONLY);
    if (fd < 0 && errno == ENOENT) {
        enum st st = make_key(dir, folder, ret, ret_made, ret_why);
        if (st != ST_OK || *ret_made) return st;
        fd = log_file_open(&log_io_system, dir, "key", O_RDONLY);
    }
    if (fd < 0) return fail(ST_IO, folder, "key", strerror(errno), ret_why);
    enum st st = load(fd, folder, "key", ret, ret_why);
    close(fd);
    return st;
}

static enum st key_at(const char *path, struct note_key *ret, struct buf *ret_why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return fail(ST_IO, ".", path, strerror(errno), ret_why);
    enum st st = load(fd, ".", path, ret, ret_why);
    close(fd);
    return st;
}

enum st place_key(const char *folder, const char *given, struct note_key *ret, bool *ret_made,
                  struct buf *ret_why)
{
    struct stat sb;
    int dir = log_folder_open(folder);
    *ret_made = false;
    if (dir < 0) return fail(ST_IO, folder, "", strerror(errno), ret_why);
    enum st st = given ? key_at(given, ret, ret_why) : key_in(dir, folder, ret, ret_made, ret_why);
    bool known = fstatat(dir, "key.pub", &sb, AT_SYMLINK_NOFOLLOW) == 0;
    if (st == ST_OK && !known && !store(dir, "key.pub", true, ret))
        st = fail(ST_IO, folder, "key.pub", strerror(errno), ret_why);
    close(dir);
    return st;
}

enum st place_public(const char *folder, struct note_public *ret, struct buf *ret_why)
{
    struct buf b;
    int dir = log_folder_open(folder);
    buf_init(&b, 4096);
    bool ok = dir >= 0 && log_load(&log_io_system, dir, "key.pub", 4096, &b);
    const char *why = ok ? "this is no public key of a log" : strerror(errno);
    enum st st = !ok ? ST_IO : notekey_read_public(buf_slice(&b), ret) ? ST_OK : ST_MALFORMED;
    if (dir >= 0) close(dir);
    buf_done(&b);
    return st == ST_OK ? st : fail(st, folder, "key.pub", why, ret_why);
}
