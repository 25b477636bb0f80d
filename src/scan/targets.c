/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/targets.h"
#include "base/fd.h"
#include "base/map.h"
#include "scan/walk.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

struct targets {
    const struct scan_options *options;
    struct queue *queue;
    struct collector *collector;
    struct slice prefix; /* put before relative paths when there are several targets */
    bool foreign;        /* this target lies outside the invoker's project */
    bool named;          /* this target is a file: it is looked at, whatever it is */
    struct map only;
    struct arena only_arena;
    struct arena
        scratch; /* this thread's own: the result's arena belongs to whoever holds its lock */
};

static struct slice full_path(struct targets *t, struct slice path)
{
    struct arena *a = &t->scratch;
    if (!t->prefix.n) return path;
    arena_reset(a);
    const char *slash = slice_ends(t->prefix, S("/")) ? "" : "/";
    return arena_printf(a, "%.*s%s%.*s", SLICE_ARG(t->prefix), slash, SLICE_ARG(path));
}

static struct slice base_of(struct slice path)
{
    size_t slash = slice_rfind_byte(path, '/');
    return slash == SIZE_MAX ? path : slice_sub(path, slash + 1, path.n);
}

/* ---- what must not configure us ---- */

static bool has_merlon_table(int fd)
{
    uint8_t head[65536];
    ssize_t n = pread(fd, head, sizeof head, 0);
    return n > 0 && slice_has(slice_of(head, (size_t)n), S("[tool.merlon"));
}

static void report_foreign(struct targets *t, struct slice path, int fd)
{
    static const char *const names[] = {"merlon.toml", ".merlonignore.toml", ".merlon"};
    struct slice base = base_of(path);
    bool hit = slice_eq(base, S("pyproject.toml")) && fd >= 0 && has_merlon_table(fd);
    for (size_t i = 0; i < COUNT_OF(names); i++) hit |= slice_eq(base, slice_str(names[i]));
    if (hit)
        collect_own(t->collector, "meta.foreign-config", path,
                    "What is scanned tries to configure the scanner; this file had no effect",
                    base);
}

/* ---- visitor ---- */

/* The evidence in an earlier report would be found once more, as something new. A file of several
 * names stays a subject: only this name of it is replaced. */
static bool is_own(const struct targets *t, const struct stat *file)
{
    struct stat sb;
    for (size_t i = 0; i < t->options->own_count && !t->named && file->st_nlink == 1; i++)
        if (lstat(t->options->own[i], &sb) == 0 && sb.st_dev == file->st_dev &&
            sb.st_ino == file->st_ino)
            return true;
    return false;
}

static bool on_file(void *ctx, const struct walk_file *f)
{
    struct targets *t = ctx;
    union map_value unused;
    struct slice path = full_path(t, f->path);
    struct item it = {.fd = f->fd, .stat = f->stat};
    if (t->options->only_set && !map_get(&t->only, f->path, &unused)) {
        close(f->fd);
        return true;
    }
    if (is_own(t, &f->stat)) {
        t->collector->result->own_files++;
        close(f->fd);
        return true;
    }
    if (t->foreign) report_foreign(t, path, f->fd);
    it.path = strndup((const char *)path.p, path.n);
    collect_known(t->collector, (uint64_t)f->stat.st_size);
    if (it.path && queue_put(t->queue, &it)) return true;
    free(it.path);
    close(f->fd);
    return false;
}

static bool on_context(void *ctx, const struct walk_file *f)
{
    struct targets *t = ctx;
    struct item it = {.fd = f->fd, .stat = f->stat, .context = true};
    if (!collect_wants(t->collector, f->path)) {
        close(f->fd);
        return true;
    }
    it.path = strndup((const char *)f->path.p, f->path.n);
    if (it.path && queue_put(t->queue, &it)) return true;
    free(it.path);
    close(f->fd);
    return false;
}

static void on_oddity(void *ctx, enum walk_oddity what, struct slice path, struct slice detail)
{
    static const struct {
        const char *rule, *message;
    } rows[] = {
        [WALK_LINK_ESCAPES] = {"file.symlink-escape",
                               "A symbolic link leads out of the scanned folder or to nowhere; its "
                               "end was not inspected"},
        [WALK_SPECIAL] = {"file.special", "Not a regular file: it was not opened"},
        [WALK_UNREADABLE] = {"file.unreadable",
                             "The file or folder could not be read, so it was not inspected"},
        [WALK_TOO_DEEP] = {"file.not-inspected", "The folder lies too deep and was not inspected"},
    };
    struct targets *t = ctx;
    if (t->options->only_set) return;
    collect_own(t->collector, rows[what].rule, full_path(t, path), rows[what].message, detail);
}

/* A pattern without a slash is meant for names at any depth. */
static bool matches(struct slice pattern, struct slice path, bool is_dir)
{
    if (slice_ends(pattern, S("/"))) {
        if (!is_dir) return false;
        pattern.n--;
    }
    bool anywhere = slice_find_byte(pattern, '/') == SIZE_MAX;
    return slice_glob(pattern, anywhere ? base_of(path) : path);
}

bool target_excluded(const struct scan_options *o, struct slice path, bool is_dir)
{
    for (size_t i = 0; i < o->exclude_count; i++)
        if (matches(o->excludes[i], path, is_dir)) return true;
    return false;
}

static bool on_exclude(void *ctx, struct slice path, bool is_dir)
{
    const struct targets *t = ctx;
    return target_excluded(t->options, path, is_dir);
}

static void on_skipped_dir(void *ctx, struct slice path)
{
    struct targets *t = ctx;
    t->collector->result->skipped_dirs++;
    if (t->foreign) report_foreign(t, full_path(t, path), -1);
}

/* ---- standard input ---- */

static enum st take_stdin(struct targets *t)
{
    const char *dir = t->options->cache_dir;
    int fd = dir ? open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
    if (fd < 0) fd = memfd_create("merlon-stdin", MFD_CLOEXEC);
    struct walk_file f = {.path = S("stdin"), .fd = fd};
    if (fd < 0 || !fd_copy(STDIN_FILENO, fd) || fstat(fd, &f.stat)) {
        if (fd >= 0) close(fd);
        return ST_IO;
    }
    (void)on_file(t, &f);
    return ST_OK;
}

/* ---- all targets ---- */

static bool is_foreign(const struct scan_options *o, const char *target)
{
    char *root = realpath(target, NULL);
    struct slice r = slice_str(root ? root : target), p = o->project;
    bool inside =
        p.n && slice_starts(r, p) && (r.n == p.n || p.p[p.n - 1] == '/' || r.p[p.n] == '/');
    free(root);
    return !inside;
}

/* The folder that the paths of a single target start from; "" when it is the current one or lies
 * outside of it, where no code host would find the files anyway. */
static struct slice base_folder(const struct targets *t, struct slice target, bool is_dir)
{
    while (slice_starts(target, S("./"))) target = slice_sub(target, 2, target.n);
    if (!is_dir) {
        size_t slash = slice_rfind_byte(target, '/');
        target = slash == SIZE_MAX ? S("") : slice_sub(target, 0, slash);
    }
    while (slice_ends(target, S("/"))) target.n--;
    if (slice_eq(target, S(".")) || slice_starts(target, S("/")) || slice_has(target, S("..")))
        return S("");
    return arena_copy(t->collector->result->arena, target);
}

/* What paths below one of several targets begin with: the folder, or that of the file. */
static struct slice prefix_of(const struct targets *t, struct slice target, bool is_dir)
{
    if (t->options->path_count == 1) return S("");
    if (is_dir) return target;
    size_t slash = slice_rfind_byte(target, '/');
    return slash == SIZE_MAX ? S("") : slice_sub(target, 0, slash + 1);
}

static enum st walk_one(struct targets *t, struct slice target)
{
    const struct walk_visitor v = {.ctx = t,
                                   .file = on_file,
                                   .oddity = on_oddity,
                                   .exclude = on_exclude,
                                   .skipped_dir = on_skipped_dir};
    struct stat sb;
    t->prefix = S("");
    if (slice_eq(target, S("-"))) return take_stdin(t);
    char *path = strndup((const char *)target.p, target.n);
    if (!path) return ST_NOMEM;
    bool is_dir = stat(path, &sb) == 0 && S_ISDIR(sb.st_mode);
    t->prefix = prefix_of(t, target, is_dir);
    t->named = !is_dir;
    t->foreign = is_foreign(t->options, path);
    if (t->options->path_count == 1) t->collector->result->base = base_folder(t, target, is_dir);
    enum st st = walk(path, &v);
    free(path);
    return st;
}

static bool fill_only(struct targets *t)
{
    map_init(&t->only, &t->only_arena, 0);
    for (size_t i = 0; i < t->options->only_count; i++)
        if (!map_put(&t->only, t->options->only[i], (union map_value){.num = 1}, NULL))
            return false;
    return true;
}

enum st targets_walk(const struct scan_options *o, struct queue *q, struct collector *c,
                     struct slice *ret_error)
{
    struct targets t = {.options = o, .queue = q, .collector = c};
    arena_init(&t.scratch, 1u << 20, 8192);
    arena_init(&t.only_arena, 1u << 30, 8192);
    enum st st = fill_only(&t) ? ST_OK : ST_NOMEM;
    for (size_t i = 0; i < o->path_count && st == ST_OK; i++) {
        st = walk_one(&t, o->paths[i]);
        if (st == ST_IO)
            *ret_error =
                arena_printf(c->result->arena, "%.*s: %s", SLICE_ARG(o->paths[i]), strerror(errno));
    }
    arena_done(&t.scratch);
    arena_done(&t.only_arena);
    return st;
}

static void pass_over(void *ctx, enum walk_oddity what, struct slice path, struct slice detail)
{
    (void)ctx;
    (void)what;
    (void)path;
    (void)detail;
}

static void pass_over_dir(void *ctx, struct slice path)
{
    (void)ctx;
    (void)path;
}

enum st targets_context(const struct scan_options *o, struct queue *q, struct collector *c)
{
    struct targets t = {.options = o, .queue = q, .collector = c};
    const struct walk_visitor v = {.ctx = &t,
                                   .file = on_context,
                                   .oddity = pass_over,
                                   .exclude = on_exclude,
                                   .skipped_dir = pass_over_dir};
    enum st st = walk(o->context, &v);
    return st == ST_IO ? ST_OK : st; /* what cannot be read is not known */
}

bool targets_are_one_file(const struct scan_options *o)
{
    struct stat sb;
    if (o->path_count != 1) return false;
    if (slice_eq(o->paths[0], S("-"))) return true;
    char *path = strndup((const char *)o->paths[0].p, o->paths[0].n);
    bool one = path && stat(path, &sb) == 0 && S_ISREG(sb.st_mode);
    free(path);
    return one;
}
