/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - depth first over an explicit stack of open folders. Names come as the folder has them:
 * who needs an order sorts the manifest. */
#include "sign/tree.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "sign/manifest.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct level {
    DIR *dir;
    size_t path_n; /* of the path that leads here, with its slash */
    bool filled;
};

struct walk {
    const struct tree_options *options;
    struct arena *arena;
    struct tree *tree;
    char *root;        /* its real path */
    struct slice *own; /* the same from the root; empty when not below it */
    size_t file_room, note_room;
    struct level level[TREE_DEPTH_MAX];
    size_t depth;
    struct buf path;
    bool nomem;
};

const char *tree_why_text(enum tree_why why)
{
    switch (why) {
    case TREE_IGNORED: return "ignored";
    case TREE_EMPTY: return "an empty folder";
    case TREE_EMPTY_FILE: return "empty: signatures over shards do not cover empty files";
    case TREE_FOLDER_LINK: return "a link to a folder: nothing behind it is covered";
    case TREE_LINK: return "a link; links are followed only with --allow-symlinks";
    case TREE_DANGLING: return "a link to nowhere";
    case TREE_SPECIAL: return "a device, a socket or a pipe";
    case TREE_NAME: return "its name is not in UTF-8";
    case TREE_DEEP: return "more than 200 folders deep";
    case TREE_UNREADABLE: break;
    }
    return "cannot be read";
}

/* ---- lists that grow ---- */

static bool more(struct arena *a, void *items, size_t count, size_t *room, size_t size)
{
    void **list = items;
    if (count < *room) return true;
    size_t bigger = *room ? *room * 2 : 64;
    void *p = arena_room(a, bigger, size);
    if (!p) return false;
    if (count) memcpy(p, *list, count * size);
    *list = p;
    *room = bigger;
    return true;
}

static void note(struct walk *w, enum tree_why why)
{
    struct tree *t = w->tree;
    struct slice path = arena_copy(w->arena, buf_slice(&w->path));
    w->nomem |=
        !path.p || !more(w->arena, &t->notes, t->note_count, &w->note_room, sizeof *t->notes);
    if (!w->nomem) t->notes[t->note_count++] = (struct tree_note){path, why};
}

static void add_file(struct walk *w, struct tree_file f)
{
    struct tree *t = w->tree;
    f.path = arena_cstr(w->arena, buf_slice(&w->path));
    w->nomem |= !f.path || !more(w->arena, &t->files, t->count, &w->file_room, sizeof *t->files);
    if (!w->nomem) t->files[t->count++] = f;
}

/* ---- one name ---- */

static bool is_below(const char *root, const char *path)
{
    size_t n = strlen(root);
    if (n == 1) return true; /* "/" */
    return strncmp(root, path, n) == 0 && (path[n] == '/' || !path[n]);
}

/* Only said, to people: where it really ends is decided when it is opened. */
static bool ends_outside(struct walk *w)
{
    char *full = NULL, *end = NULL;
    if (asprintf(&full, "%s/%s", w->root, buf_text(&w->path)) >= 0) end = realpath(full, NULL);
    bool outside = !end || !is_below(w->root, end);
    free(full);
    free(end);
    return outside;
}

static void enter(struct walk *w, int fd)
{
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir || w->depth == TREE_DEPTH_MAX) {
        note(w, dir ? TREE_DEEP : TREE_UNREADABLE);
        if (dir)
            closedir(dir);
        else if (fd >= 0)
            close(fd);
        return;
    }
    if (w->path.n) buf_byte(&w->path, '/');
    w->level[w->depth++] = (struct level){.dir = dir, .path_n = w->path.n};
}

static void visit_link(struct walk *w, int at, const char *name)
{
    struct stat sb;
    if (!w->options->links)
        note(w, TREE_LINK);
    else if (fstatat(at, name, &sb, 0))
        note(w, TREE_DANGLING);
    else if (S_ISDIR(sb.st_mode))
        note(w, TREE_FOLDER_LINK);
    else if (S_ISREG(sb.st_mode))
        add_file(w, (struct tree_file){
                        .size = (uint64_t)sb.st_size, .link = true, .outside = ends_outside(w)});
    else
        note(w, TREE_SPECIAL);
}

static void visit_kind(struct walk *w, int at, const char *name, unsigned kind,
                       const struct stat *sb)
{
    if (kind == DT_DIR)
        enter(w, openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    else if (kind == DT_LNK)
        visit_link(w, at, name);
    else if (kind == DT_REG)
        add_file(w, (struct tree_file){.size = (uint64_t)sb->st_size, .id = identity_of(sb)});
    else
        note(w, TREE_SPECIAL);
}

static bool is_own(const struct walk *w, struct slice path)
{
    for (size_t i = 0; i < w->options->own_count; i++)
        if (path.n && slice_eq(path, w->own[i])) return true;
    return false;
}

static void visit(struct walk *w, int at, const char *name, unsigned kind)
{
    struct slice path = buf_slice(&w->path);
    struct stat sb = {0};
    if (is_own(w, path)) return;
    if (manifest_ignores(w->options->ignored, w->options->ignored_count, path)) {
        note(w, TREE_IGNORED);
        return;
    }
    if (!utf8_valid(slice_str(name))) note(w, TREE_NAME);
    if (kind == DT_UNKNOWN || (kind == DT_REG && w->options->details)) {
        if (fstatat(at, name, &sb, AT_SYMLINK_NOFOLLOW)) {
            note(w, TREE_UNREADABLE);
            return;
        }
        kind = IFTODT(sb.st_mode);
    }
    visit_kind(w, at, name, kind, &sb);
}

/* ---- all of them ---- */

static void leave(struct walk *w)
{
    struct level *l = &w->level[--w->depth];
    buf_trim(&w->path, l->path_n ? l->path_n - 1 : 0);
    if (!l->filled && w->depth) note(w, TREE_EMPTY);
    closedir(l->dir);
}

static void step(struct walk *w)
{
    struct level *l = &w->level[w->depth - 1];
    errno = 0;
    const struct dirent *e = readdir(l->dir);
    buf_trim(&w->path, l->path_n);
    if (!e) {
        if (errno) note(w, TREE_UNREADABLE);
        leave(w);
        return;
    }
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) return;
    l->filled = true;
    buf_str(&w->path, e->d_name);
    visit(w, dirfd(l->dir), e->d_name, e->d_type);
}

struct slice tree_place(const char *folder, const char *file, struct arena *arena)
{
    char *root = realpath(folder, NULL), *copy = strdup(file);
    char *slash = copy ? strrchr(copy, '/') : NULL;
    if (slash) *slash = 0;
    char *dir = !copy ? NULL : realpath(!slash ? "." : *copy ? copy : "/", NULL);
    struct slice ret = S("");
    if (root && dir && is_below(root, dir)) {
        size_t n = strlen(root);
        const char *below = n == 1 ? dir + 1 : dir[n] ? dir + n + 1 : dir + n;
        ret = arena_printf(arena, "%s%s%s", below, *below ? "/" : "", slash ? slash + 1 : file);
    }
    free(root);
    free(dir);
    free(copy);
    return ret;
}

static enum st places_of_own(struct walk *w)
{
    const struct tree_options *o = w->options;
    w->own = ARENA_ARRAY(w->arena, struct slice, o->own_count + 1);
    for (size_t i = 0; w->own && i < o->own_count; i++) {
        const char *file = arena_cstr(w->arena, o->own[i]);
        if (file) w->own[i] = tree_place(w->root, file, w->arena);
    }
    return w->own ? ST_OK : ST_NOMEM;
}

static enum st walk_folder(struct walk *w, int fd)
{
    enum st st = places_of_own(w);
    int top = st == ST_OK ? openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (st == ST_OK) enter(w, top);
    while (w->depth && !w->nomem) step(w);
    while (w->depth) leave(w);
    if (st == ST_OK && (w->nomem || !buf_ok(&w->path))) st = ST_NOMEM;
    return st;
}

/* A link that the user named has been resolved by realpath(): it is what was asked for. */
static enum st one_file(struct walk *w, const struct stat *sb)
{
    char *slash = strrchr(w->root, '/');
    buf_str(&w->path, slash + 1);
    add_file(w, (struct tree_file){.size = (uint64_t)sb->st_size, .id = identity_of(sb)});
    slash[slash == w->root] = 0;
    w->tree->folder = open(w->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    w->tree->single = true;
    if (w->nomem) return ST_NOMEM;
    return w->tree->folder >= 0 ? ST_OK : ST_IO;
}

static enum st open_root(struct walk *w, struct slice *ret_why)
{
    struct stat sb;
    struct tree *t = w->tree;
    const char *slash = strrchr(w->root, '/');
    t->name = arena_copy(w->arena, slice_str(slash[1] ? slash + 1 : slash));
    if (!t->name.p) return ST_NOMEM;
    if (stat(w->root, &sb)) return ST_IO;
    if (S_ISREG(sb.st_mode)) return one_file(w, &sb);
    if (!S_ISDIR(sb.st_mode)) {
        *ret_why = S("it is neither a file nor a folder");
        return ST_UNSUPPORTED;
    }
    t->folder = open(w->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return t->folder >= 0 ? walk_folder(w, t->folder) : ST_IO;
}

enum st tree_read(const char *path, const struct tree_options *o, struct arena *arena,
                  struct tree *ret, struct slice *ret_why)
{
    struct walk *w = calloc(1, sizeof *w);
    char *root = realpath(path, NULL);
    *ret = (struct tree){.folder = -1};
    if (!w) return free(root), ST_NOMEM;
    w->options = o;
    w->arena = arena;
    w->tree = ret;
    w->root = root;
    buf_init(&w->path, 1u << 20);
    enum st st = root ? open_root(w, ret_why) : ST_IO;
    if (st == ST_IO) *ret_why = arena_copy(arena, slice_str(strerror(errno)));
    buf_done(&w->path);
    free(root);
    free(w);
    if (st != ST_OK) tree_done(ret);
    return st;
}

void tree_done(struct tree *t)
{
    if (t->folder >= 0) close(t->folder);
    t->folder = -1;
}
