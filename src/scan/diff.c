/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/diff.h"
#include "base/fd.h"
#include "base/map.h"
#include "base/sort.h"
#include "port/openssl/digest.h"
#include "scan/diff_columns.h"
#include "scan/facets.h"
#include "scan/facets_job.h"
#include "scan/targets.h"
#include "scan/walk.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK (512u << 10)

struct tree_file {
    struct slice path;
    uint64_t bytes;
    uint8_t sha256[SHA256_BYTES];
    bool paired;
};

struct tree {
    const char *root;
    int fd; /* of the root; a file, when the side is one */
    bool is_file;
    struct tree_file *files;
    size_t count, room;
    struct map by_path;
};

struct diff {
    const struct diff_options *options;
    struct diff_result *ret;
    struct tree old, new;
    struct tree *walking;
    struct box *box;
    uint8_t *chunk;
    size_t files_room, unread_room;
    bool nomem;
};

/* Arrays in the arena that double. */
static void *grow(struct diff *d, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room) return items;
    size_t bigger = *room ? *room * 2 : 64;
    void *p = arena_alloc(d->options->arena, bigger, size);
    if (!p) {
        d->nomem = true;
        return NULL;
    }
    if (count) memcpy(p, items, count * size);
    *room = bigger;
    return p;
}

static void unread(struct diff *d, struct slice path, const char *why)
{
    struct diff_result *r = d->ret;
    struct slice *p = grow(d, r->unread, r->unread_count, &d->unread_room, sizeof *p);
    if (!p) return;
    r->unread = p;
    p[r->unread_count] =
        arena_printf(d->options->arena, "%s/%.*s: %s", d->walking->root, SLICE_ARG(path), why);
    if (p[r->unread_count].p)
        r->unread_count++;
    else
        d->nomem = true;
}

/* ---- two trees ---- */

static bool hash_fd(struct diff *d, int fd, uint8_t raw[SHA256_BYTES])
{
    struct digest sha;
    ssize_t n;
    off_t at = 0;
    digest_start(&sha);
    while ((n = pread(fd, d->chunk, CHUNK, at)) > 0) {
        digest_add(&sha, slice_of(d->chunk, (size_t)n));
        at += n;
    }
    digest_finish(&sha, raw);
    return n == 0;
}

static bool on_file(void *ctx, const struct walk_file *f)
{
    struct diff *d = ctx;
    struct tree *t = d->walking;
    struct tree_file *p = grow(d, t->files, t->count, &t->room, sizeof *p);
    if (p) {
        t->files = p;
        p[t->count] = (struct tree_file){.path = arena_copy(d->options->arena, f->path),
                                         .bytes = (uint64_t)f->stat.st_size};
        if (!p[t->count].path.p)
            d->nomem = true;
        else if (hash_fd(d, f->fd, p[t->count].sha256))
            t->count++;
        else
            unread(d, f->path, "could not be read");
    }
    close(f->fd);
    return !d->nomem;
}

static void on_oddity(void *ctx, enum walk_oddity what, struct slice path, struct slice detail)
{
    static const char *const why[] = {
        [WALK_LINK_ESCAPES] = "a link that leads out of the folder",
        [WALK_SPECIAL] = "not a regular file",
        [WALK_UNREADABLE] = "could not be read",
        [WALK_TOO_DEEP] = "lies too deep",
    };
    (void)detail;
    unread(ctx, path, why[what]);
}

static bool on_exclude(void *ctx, struct slice path, bool is_dir)
{
    const struct diff *d = ctx;
    struct scan_options o = {.excludes = d->options->excludes,
                             .exclude_count = d->options->exclude_count};
    return target_excluded(&o, path, is_dir);
}

static void on_skipped(void *ctx, struct slice path)
{
    (void)ctx;
    (void)path;
}

static enum st read_tree(struct diff *d, struct tree *t, const char *root, struct slice *ret_error)
{
    struct walk_visitor v = {d, on_file, on_oddity, on_exclude, on_skipped};
    struct stat sb;
    t->root = root;
    t->fd = open(root, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    d->walking = t;
    enum st st = t->fd < 0 || fstat(t->fd, &sb) ? ST_IO : walk(root, &v);
    if (st == ST_IO) *ret_error = arena_printf(d->options->arena, "%s: %s", root, strerror(errno));
    if (st != ST_OK) return st;
    t->is_file = S_ISREG(sb.st_mode);
    map_init(&t->by_path, d->options->arena, 0);
    for (size_t i = 0; i < t->count && !d->nomem; i++)
        if (!map_put(&t->by_path, t->files[i].path, (union map_value){.num = i}, NULL))
            d->nomem = true;
    return d->nomem ? ST_NOMEM : ST_OK;
}

/* The same file again: a folder on the way may have become a link. */
static int open_again(const struct diff *d, const struct tree *t, struct slice path)
{
    const char *name = arena_cstr(d->options->arena, path);
    if (t->is_file) return fcntl(t->fd, F_DUPFD_CLOEXEC, 3);
    return name ? fd_open_below(t->fd, name, false) : -1;
}

/* ---- what a changed file consists of ---- */

struct pair {
    const struct tree_file *old, *new;
    struct facets_list a, b; /* of the old and of the new */
};

static bool facets_of(struct diff *d, const struct tree *t, const struct tree_file *f,
                      const struct facets_options *how, struct facets_list *ret)
{
    size_t slash = slice_rfind_byte(f->path, '/');
    struct slice name = slash == SIZE_MAX ? f->path : slice_sub(f->path, slash + 1, SIZE_MAX);
    int fd = open_again(d, t, f->path);
    facets_done(ret);
    bool ok = fd >= 0 && facets_read(d->box, fd, name, how, ret);
    if (fd >= 0) close(fd);
    return ok;
}

/* c: only these columns of two tables; NULL: all. */
static bool read_pair(struct diff *d, struct pair *p, const struct diff_columns *c)
{
    const struct diff_options *o = d->options;
    struct facets_options how = {.timeout_ns = o->timeout_ns, .spool_dir = o->spool_dir};
    how.pick_count = c ? c->count : 0;
    how.pick = c ? c->old : NULL;
    if (!facets_of(d, &d->old, p->old, &how, &p->a)) return false;
    how.pick = c ? c->new : NULL;
    return facets_of(d, &d->new, p->new, &how, &p->b);
}

static bool compare_pair(struct diff *d, struct pair *p, struct diff_file *f)
{
    struct arena *a = d->options->arena;
    struct diff_columns c;
    if (!read_pair(d, p, NULL) || !diff_columns(a, &p->a, &p->b, &c)) return false;
    if (!c.same && c.count) {
        f->common = c.count;
        if (!read_pair(d, p, &c)) return false;
    }
    return diff_facets(a, p->a.bytes, p->b.bytes, f);
}

static void look_inside(struct diff *d, const struct tree_file *o, const struct tree_file *n,
                        struct diff_file *f)
{
    struct pair p = {.old = o, .new = n, .a = {.fd = -1}, .b = {.fd = -1}};
    bool ok = compare_pair(d, &p, f);
    unsigned flags = p.a.flags | p.b.flags;
    enum format old = p.a.format, new = p.b.format;
    f->partly = !ok || (flags & FACETS_PARTLY);
    f->by_column = flags & FACETS_COLUMNS;
    f->table = p.a.flags & p.b.flags & FACETS_TABLE;
    f->format = slice_str(ok && new ? format_name(new) : "");
    if (ok && old && new &&old != new)
        f->format =
            arena_printf(d->options->arena, "%s, was %s", format_name(new), format_name(old));
    facets_done(&p.a);
    facets_done(&p.b);
}

/* ---- pairs ---- */

static struct diff_file *add(struct diff *d, enum diff_change change, const struct tree_file *o,
                             const struct tree_file *n)
{
    struct diff_result *r = d->ret;
    struct diff_file *p = grow(d, r->files, r->count, &d->files_room, sizeof *p);
    if (!p) return NULL;
    r->files = p;
    p += r->count++;
    *p = (struct diff_file){.change = change,
                            .path = n   ? n->path
                                    : o ? o->path
                                        : S(""),
                            .old_path = o && change == DIFF_RENAMED ? o->path : S(""),
                            .old_bytes = o ? o->bytes : 0,
                            .new_bytes = n ? n->bytes : 0,
                            .format = S("")};
    if (o) digest_hex(o->sha256, p->old_sha256);
    if (n) digest_hex(n->sha256, p->new_sha256);
    r->changes[change]++;
    return p;
}

static void pair(struct diff *d, struct tree_file *o, struct tree_file *n)
{
    o->paired = n->paired = true;
    if (memcmp(o->sha256, n->sha256, SHA256_BYTES) == 0) {
        d->ret->same++;
        return;
    }
    struct diff_file *f = add(d, DIFF_CHANGED, o, n);
    if (f) look_inside(d, o, n, f);
}

/* Empty files are all alike: none of them is another's new name. */
static void find_renamed(struct diff *d)
{
    struct map gone;
    union map_value v;
    map_init(&gone, d->options->arena, 0);
    for (size_t i = 0; i < d->old.count; i++) {
        struct tree_file *o = &d->old.files[i];
        if (o->paired || !o->bytes) continue;
        if (!map_put(&gone, slice_of(o->sha256, SHA256_BYTES), (union map_value){.num = i}, NULL))
            d->nomem = true;
    }
    for (size_t i = 0; i < d->new.count; i++) {
        struct tree_file *n = &d->new.files[i];
        if (n->paired || !map_get(&gone, slice_of(n->sha256, SHA256_BYTES), &v)) continue;
        struct tree_file *o = &d->old.files[v.num];
        if (o->paired) continue;
        o->paired = n->paired = true;
        add(d, DIFF_RENAMED, o, n);
    }
}

static void compare(struct diff *d)
{
    union map_value v;
    if (d->old.is_file && d->new.is_file && d->old.count && d->new.count)
        pair(d, &d->old.files[0], &d->new.files[0]);
    for (size_t i = 0; i < d->new.count && !d->nomem; i++) {
        struct tree_file *n = &d->new.files[i];
        if (!n->paired && map_get(&d->old.by_path, n->path, &v)) pair(d, &d->old.files[v.num], n);
    }
    find_renamed(d);
    for (size_t i = 0; i < d->old.count; i++)
        if (!d->old.files[i].paired) add(d, DIFF_REMOVED, &d->old.files[i], NULL);
    for (size_t i = 0; i < d->new.count; i++)
        if (!d->new.files[i].paired) add(d, DIFF_ADDED, NULL, &d->new.files[i]);
}

/* Files are larger than what sort_items() moves at once: their order is made with pointers. */
static int by_path(const void *a, const void *b)
{
    const struct diff_file *x = *(const struct diff_file *const *)a;
    const struct diff_file *y = *(const struct diff_file *const *)b;
    int c = slice_cmp(x->path, y->path);
    return c ? c : (int)x->change - (int)y->change;
}

static void put_in_order(struct diff *d)
{
    struct diff_result *r = d->ret;
    struct diff_file **at = ARENA_ARRAY(d->options->arena, struct diff_file *, r->count + 1);
    struct diff_file *sorted = ARENA_ARRAY(d->options->arena, struct diff_file, r->count + 1);
    if (!at || !sorted) {
        d->nomem = true;
        return;
    }
    for (size_t i = 0; i < r->count; i++) at[i] = &r->files[i];
    sort_items(at, r->count, sizeof *at, by_path);
    for (size_t i = 0; i < r->count; i++) sorted[i] = *at[i];
    r->files = sorted;
}

static enum st run(struct diff *d, struct slice *ret_error)
{
    const struct diff_options *o = d->options;
    enum st st = facets_start(o->spool_dir, &d->box);
    if (st == ST_OK) st = read_tree(d, &d->old, o->old, ret_error);
    if (st == ST_OK) st = read_tree(d, &d->new, o->new, ret_error);
    if (st != ST_OK) return st;
    compare(d);
    put_in_order(d);
    return d->nomem ? ST_NOMEM : ST_OK;
}

enum st diff_run(const struct diff_options *o, struct diff_result *ret, struct slice *ret_error)
{
    struct diff d = {.options = o, .ret = ret, .old = {.fd = -1}, .new = {.fd = -1}};
    *ret = (struct diff_result){0};
    d.chunk = malloc(CHUNK);
    enum st st = d.chunk ? run(&d, ret_error) : ST_NOMEM;
    if (d.box) box_stop(d.box);
    if (d.old.fd >= 0) close(d.old.fd);
    if (d.new.fd >= 0) close(d.new.fd);
    free(d.chunk);
    return st;
}
