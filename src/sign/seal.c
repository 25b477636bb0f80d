/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/seal.h"
#include "base/buf.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fsverity.h>
#include <limits.h>
#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEPTH_MAX 200u

static bool fail(struct arena *a, struct slice *ret_why, const char *what, const char *path)
{
    *ret_why = arena_printf(a, "%s%s%s: %s", what, *path ? " " : "", path, strerror(errno));
    return false;
}

/* ---- a namespace ---- */

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t n = strlen(text);
    bool ok = fd >= 0 && write(fd, text, n) == (ssize_t)n;
    if (fd >= 0) close(fd);
    return ok;
}

static long unshare_raw(unsigned long flags)
{
    return syscall(SYS_unshare, flags);
}

/* We stay who we are: user and group are mapped to themselves. */
static bool enter_user_namespace(void)
{
    char uid[64], gid[64];
    (void)snprintf(uid, sizeof uid, "%u %u 1\n", (unsigned)geteuid(), (unsigned)geteuid());
    (void)snprintf(gid, sizeof gid, "%u %u 1\n", (unsigned)getegid(), (unsigned)getegid());
    return unshare_raw(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
           write_file("/proc/self/setgroups", "deny") && write_file("/proc/self/uid_map", uid) &&
           write_file("/proc/self/gid_map", gid);
}

bool seal_enter(struct arena *a, struct slice *ret_why)
{
    if (unshare_raw(CLONE_NEWNS) != 0 && !enter_user_namespace())
        return fail(a, ret_why,
                    "this system gives no namespace for mounts (root, or user namespaces, "
                    "are needed)",
                    "");
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return fail(a, ret_why, "mounts could not be made private", "");
    return true;
}

/* ---- a copy ---- */

struct copying {
    bool links;
    struct arena *arena;
    struct seal_copied *done;
    struct slice *why;
    struct buf path; /* of what is being copied, for people */
};

static bool copy_fails(struct copying *c, const char *what)
{
    return fail(c->arena, c->why, what, buf_text(&c->path));
}

static bool copy_bytes(int from, int to, uint64_t *bytes)
{
    ssize_t n;
    while ((n = sendfile(to, from, NULL, 1u << 30)) > 0) *bytes += (uint64_t)n;
    return n == 0;
}

static bool copy_file(struct copying *c, int from, int to_dir, const char *name)
{
    struct stat sb;
    if (fstat(from, &sb) || !S_ISREG(sb.st_mode)) {
        errno = EINVAL;
        return copy_fails(c, "not a regular file:");
    }
    int to =
        openat(to_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400 | (sb.st_mode & 0555));
    bool ok = to >= 0 && copy_bytes(from, to, &c->done->bytes);
    if (!ok) copy_fails(c, "cannot copy");
    if (to >= 0) close(to);
    c->done->files++;
    return ok;
}

/* A link: the file that it ends at, or the link as it is. */
static bool copy_link(struct copying *c, int from_dir, int to_dir, const char *name)
{
    char target[4096];
    struct stat sb;
    if (c->links && fstatat(from_dir, name, &sb, 0) == 0 && S_ISREG(sb.st_mode)) {
        int from = openat(from_dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        bool ok = from >= 0 ? copy_file(c, from, to_dir, name) : copy_fails(c, "cannot open");
        if (from >= 0) close(from);
        return ok;
    }
    ssize_t n = readlinkat(from_dir, name, target, sizeof target - 1);
    if (n < 0) return copy_fails(c, "cannot read the link");
    target[n] = 0;
    return symlinkat(target, to_dir, name) == 0 || copy_fails(c, "cannot make the link");
}

struct level {
    DIR *from;
    int to;
    size_t path; /* bytes of the path up to here */
};

static bool enter(struct copying *c, struct level *l, int from, int to, size_t path)
{
    *l = (struct level){from >= 0 ? fdopendir(from) : NULL, to, path};
    if (l->from && to >= 0) return true;
    copy_fails(c, "cannot copy the folder");
    if (!l->from && from >= 0) close(from);
    if (l->from) closedir(l->from);
    if (to >= 0) close(to);
    return false;
}

static bool enter_folder(struct copying *c, struct level *at, struct level *below, const char *name)
{
    int from = openat(dirfd(at->from), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (mkdirat(at->to, name, 0755) != 0) {
        if (from >= 0) close(from);
        return copy_fails(c, "cannot make the folder");
    }
    int to = openat(at->to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return enter(c, below, from, to, c->path.n);
}

static bool copy_other(struct copying *c, struct level *at, const char *name, mode_t mode)
{
    if (S_ISLNK(mode)) return copy_link(c, dirfd(at->from), at->to, name);
    int from = openat(dirfd(at->from), name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (from < 0) return copy_fails(c, "cannot open");
    bool ok = copy_file(c, from, at->to, name);
    close(from);
    return ok;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* One entry; *depth grows when it is a folder. */
static bool copy_entry(struct copying *c, struct level *levels, size_t *depth, const char *name)
{
    struct level *at = &levels[*depth];
    struct stat sb;
    c->path.n = at->path;
    if (c->path.n) buf_byte(&c->path, '/');
    buf_str(&c->path, name);
    if (fstatat(dirfd(at->from), name, &sb, AT_SYMLINK_NOFOLLOW))
        return copy_fails(c, "cannot see");
    if (!S_ISDIR(sb.st_mode)) return copy_other(c, at, name, sb.st_mode);
    if (*depth + 1 == DEPTH_MAX) {
        errno = ELOOP;
        return copy_fails(c, "lies too deep:");
    }
    if (!enter_folder(c, at, &levels[*depth + 1], name)) return false;
    ++*depth;
    return true;
}

static bool copy_tree(struct copying *c, int from, int to)
{
    struct level levels[DEPTH_MAX];
    size_t depth = 0;
    bool ok = enter(c, &levels[0], from, to, 0), open = ok;
    while (open) {
        struct level *at = &levels[depth];
        struct dirent *e = ok ? readdir(at->from) : NULL;
        if (e && !is_dots(e->d_name)) {
            ok = copy_entry(c, levels, &depth, e->d_name);
        } else if (!e) {
            closedir(at->from);
            close(at->to);
            open = depth > 0;
            if (depth) depth--;
        }
    }
    return ok;
}

/* What was opened by its path before still is the folder below the new mount. */
static void enter_current_folder(void)
{
    char here[4096];
    if (getcwd(here, sizeof here) && chdir(here)) return;
}

static bool is_same(int a, int b)
{
    struct stat x, y;
    return fstat(a, &x) || fstat(b, &y) || (x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

static bool cover_folder(struct copying *c, const char *folder)
{
    int from = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (from < 0) return fail(c->arena, c->why, "cannot open", folder);
    if (mount("merlon-seal", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=100%")) {
        close(from);
        return fail(c->arena, c->why, "cannot cover", folder);
    }
    int to = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (is_same(from, to)) { /* never write into the original */
        close(to);
        close(from);
        errno = EBUSY;
        return fail(c->arena, c->why, "cannot cover", folder);
    }
    bool ok = copy_tree(c, from, to);
    enter_current_folder();
    return ok;
}

/* The copy is bound over the file; the folder that it was made in is let go. */
static bool cover_file(struct copying *c, const char *file)
{
    char room[] = "/tmp/merlon-seal-XXXXXX", copy[sizeof room + 8];
    int from = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (from < 0) return fail(c->arena, c->why, "cannot open", file);
    bool made = mkdtemp(room) != NULL;
    bool ok = made && mount("merlon-seal", room, "tmpfs", MS_NOSUID | MS_NODEV, "size=100%") == 0;
    bool mounted = ok;
    if (!ok) fail(c->arena, c->why, "no room for the copy in /tmp, of", file);
    (void)snprintf(copy, sizeof copy, "%s/copy", room);
    if (ok) {
        int to = open(room, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        buf_str(&c->path, file);
        ok = copy_file(c, from, to, "copy");
        if (to >= 0) close(to);
        if (ok && mount(copy, file, NULL, MS_BIND, NULL))
            ok = fail(c->arena, c->why, "cannot cover", file);
    }
    if (mounted) (void)umount2(room, MNT_DETACH);
    if (made) (void)rmdir(room);
    close(from);
    return ok;
}

bool seal_copy(const char *path, bool links, struct arena *a, struct seal_copied *ret,
               struct slice *ret_why)
{
    struct copying c = {.links = links, .arena = a, .done = ret, .why = ret_why};
    struct stat sb;
    char whole[PATH_MAX]; /* "." would go on to mean what lies below the cover */
    *ret = (struct seal_copied){0};
    if (!realpath(path, whole) || stat(whole, &sb)) return fail(a, ret_why, "cannot open", path);
    buf_init(&c.path, 1u << 16);
    bool ok = S_ISDIR(sb.st_mode) ? cover_folder(&c, whole) : cover_file(&c, whole);
    buf_done(&c.path);
    return ok;
}

bool seal_lock(const char *path, struct arena *a, struct slice *ret_why)
{
    unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV;
    char whole[PATH_MAX];
    if (realpath(path, whole) && mount(NULL, whole, NULL, flags, NULL) == 0) return true;
    return fail(a, ret_why, "cannot make the copy read-only:", path);
}

/* ---- fs-verity ---- */

enum seal_verity seal_file(int fd)
{
    struct fsverity_enable_arg arg = {
        .version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256, .block_size = 4096};
    if (ioctl(fd, FS_IOC_ENABLE_VERITY, &arg) == 0) return SEAL_DONE;
    switch (errno) {
    case EEXIST: return SEAL_ALREADY;
    case ENOTTY:
    case EOPNOTSUPP:
    case EINVAL: return SEAL_IMPOSSIBLE;
    default: return SEAL_REFUSED;
    }
}

bool seal_digest(int fd, uint8_t ret_sha256[32])
{
    union {
        struct fsverity_digest digest;
        uint8_t room[sizeof(struct fsverity_digest) + 64];
    } d = {.digest = {.digest_size = 64}};
    if (ioctl(fd, FS_IOC_MEASURE_VERITY, &d.digest)) return false;
    if (d.digest.digest_algorithm != FS_VERITY_HASH_ALG_SHA256 || d.digest.digest_size != 32)
        return false;
    memcpy(ret_sha256, d.room + sizeof(struct fsverity_digest), 32);
    return true;
}
