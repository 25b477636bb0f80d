/* SPDX-License-Identifier: Apache-2.0 */
/* walk.c - depth first over an explicit stack of open folders; names are sorted, so that two runs
 * see the same order. */
#include "scan/walk.h"
#include "base/buf.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define DEPTH_MAX 200 /* open folders at once */

struct level {
    int fd;
    struct arena names;
    struct slice *name;
    size_t count, next;
};

struct walker {
    const struct walk_visitor *visitor;
    const char *target;
    struct level level[DEPTH_MAX];
    size_t depth;
    struct buf path;
    bool stop;
};

/* Folders that hold no work of the project's own. An environment is one only with its marker, so
 * that a folder cannot hide by its name alone. */
static const struct {
    const char *name, *marker;
} skipped[] = {
    {".git", "HEAD"},        {".hg", "store"},       {".svn", "wc.db"},
    {".merlon", NULL},       {"__pycache__", NULL},  {".mypy_cache", NULL},
    {".pytest_cache", NULL}, {".ruff_cache", NULL},  {".ipynb_checkpoints", NULL},
    {".tox", NULL},          {".nox", NULL},         {"node_modules", NULL},
    {".venv", "pyvenv.cfg"}, {"venv", "pyvenv.cfg"}, {"env", "pyvenv.cfg"},
    {".env", "pyvenv.cfg"},
};

static bool is_skipped(int dir, struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(skipped); i++) {
        if (!slice_eq(name, slice_str(skipped[i].name))) continue;
        if (!skipped[i].marker) return true;
        int fd = openat(dir, skipped[i].name, O_DIRECTORY | O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0) return false;
        bool marked = faccessat(fd, skipped[i].marker, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
        close(fd);
        return marked;
    }
    return false;
}

static int name_cmp(const void *a, const void *b)
{
    return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static bool keep_name(struct level *l, size_t *room, const char *name)
{
    if (l->count == *room) {
        size_t bigger = *room ? *room * 2 : 32;
        struct slice *p = ARENA_ARRAY(&l->names, struct slice, bigger);
        if (!p) return false;
        if (l->count) memcpy(p, l->name, l->count * sizeof *p);
        l->name = p;
        *room = bigger;
    }
    /* with its terminator, for openat() */
    struct slice copy = arena_copy(&l->names, slice_of(name, strlen(name) + 1));
    if (!copy.p) return false;
    l->name[l->count++] = slice_sub(copy, 0, copy.n - 1);
    return true;
}

static bool list(struct level *l)
{
    int fd = openat(l->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (!d) {
        if (fd >= 0) close(fd);
        return false;
    }
    size_t room = 0;
    bool ok = true;
    for (const struct dirent *e; ok && (e = readdir(d));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        ok = keep_name(l, &room, e->d_name);
    }
    closedir(d);
    if (l->count) qsort(l->name, l->count, sizeof *l->name, name_cmp);
    return ok;
}

static void odd(struct walker *w, enum walk_oddity what, const char *detail)
{
    w->visitor->oddity(w->visitor->ctx, what, buf_slice(&w->path), slice_str(detail));
}

static void enter(struct walker *w, int fd)
{
    if (w->depth == DEPTH_MAX) {
        close(fd);
        odd(w, WALK_TOO_DEEP, "more than 200 folders deep");
        return;
    }
    struct level *l = &w->level[w->depth++];
    *l = (struct level){.fd = fd};
    arena_init(&l->names, 1u << 30, 8192);
    if (!list(l)) odd(w, WALK_UNREADABLE, strerror(errno));
}

static void leave(struct walker *w)
{
    struct level *l = &w->level[--w->depth];
    close(l->fd);
    arena_done(&l->names);
}

/* Does the link end inside the target? Only said, never followed: its end is visited by itself. */
static bool link_stays(struct walker *w, const struct level *l, const char *name)
{
    char here[64], *root = realpath(w->target, NULL), *end = NULL;
    char *full = NULL;
    (void)snprintf(here, sizeof here, "/proc/self/fd/%d", l->fd);
    char *folder = realpath(here, NULL);
    if (folder && asprintf(&full, "%s/%s", folder, name) >= 0) end = realpath(full, NULL);
    bool inside = false;
    if (root && end) {
        struct slice r = slice_str(root), e = slice_str(end);
        inside = slice_starts(e, r) && (e.n == r.n || r.p[r.n - 1] == '/' || e.p[r.n] == '/');
    }
    free(root);
    free(end);
    free(full);
    free(folder);
    return inside;
}

static void visit_link(struct walker *w, const struct level *l, const char *name)
{
    char to[512];
    ssize_t n = readlinkat(l->fd, name, to, sizeof to - 1);
    to[n > 0 ? n : 0] = 0;
    if (!link_stays(w, l, name)) odd(w, WALK_LINK_ESCAPES, to);
}

static void visit_file(struct walker *w, const struct level *l, const char *name)
{
    int fd = openat(l->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct walk_file f = {.path = buf_slice(&w->path), .fd = fd};
    if (fd < 0 || fstat(fd, &f.stat)) {
        odd(w, WALK_UNREADABLE, strerror(errno));
        if (fd >= 0) close(fd);
    } else if (!S_ISREG(f.stat.st_mode)) {
        close(fd);
        odd(w, WALK_SPECIAL, "not a regular file");
    } else {
        w->stop = !w->visitor->file(w->visitor->ctx, &f);
    }
}

static void visit_dir(struct walker *w, const struct level *l, struct slice name)
{
    const struct walk_visitor *v = w->visitor;
    if (is_skipped(l->fd, name)) {
        v->skipped_dir(v->ctx, buf_slice(&w->path));
        return;
    }
    int fd = openat(l->fd, (const char *)name.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        odd(w, WALK_UNREADABLE, strerror(errno));
    else
        enter(w, fd);
}

static void visit(struct walker *w, const struct level *l, struct slice name)
{
    struct stat sb;
    const char *cname = (const char *)name.p;
    buf_reset(&w->path);
    for (size_t i = 0; i + 1 < w->depth; i++) { /* the names on the way are those last taken */
        const struct level *up = &w->level[i];
        buf_add(&w->path, up->name[up->next - 1]);
        buf_byte(&w->path, '/');
    }
    buf_add(&w->path, name);
    if (fstatat(l->fd, cname, &sb, AT_SYMLINK_NOFOLLOW)) {
        odd(w, WALK_UNREADABLE, strerror(errno));
        return;
    }
    if (w->visitor->exclude(w->visitor->ctx, buf_slice(&w->path), S_ISDIR(sb.st_mode))) return;
    if (S_ISDIR(sb.st_mode))
        visit_dir(w, l, name);
    else if (S_ISLNK(sb.st_mode))
        visit_link(w, l, cname);
    else if (S_ISREG(sb.st_mode))
        visit_file(w, l, cname);
    else
        odd(w, WALK_SPECIAL, "a device, socket or pipe");
}

static struct slice base_name(struct slice path)
{
    while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
    size_t slash = slice_rfind_byte(path, '/');
    return slash == SIZE_MAX ? path : slice_sub(path, slash + 1, path.n);
}

static enum st start(struct walker *w)
{
    struct stat sb;
    /* what the user names may be a link: following it is what was asked for */
    int fd = open(w->target, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &sb)) return ST_IO;
    if (S_ISDIR(sb.st_mode)) {
        enter(w, fd);
        return ST_OK;
    }
    struct walk_file f = {.path = base_name(slice_str(w->target)), .fd = fd, .stat = sb};
    if (S_ISREG(sb.st_mode)) {
        (void)w->visitor->file(w->visitor->ctx, &f);
        return ST_OK;
    }
    buf_add(&w->path, f.path);
    odd(w, WALK_SPECIAL, "a device, socket or pipe");
    close(fd);
    return ST_OK;
}

enum st walk(const char *target, const struct walk_visitor *v)
{
    struct walker *w = calloc(1, sizeof *w);
    if (!w) return ST_NOMEM;
    w->visitor = v;
    w->target = target;
    buf_init(&w->path, 1u << 20);
    enum st st = start(w);
    while (w->depth) {
        struct level *l = &w->level[w->depth - 1];
        if (w->stop || l->next == l->count)
            leave(w);
        else
            visit(w, l, l->name[l->next++]);
    }
    buf_done(&w->path);
    free(w);
    return st;
}
