/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/fix_part.h"
#include "base/fd.h"
#include "base/map.h"
#include "base/sort.h"
#include "codec/python.h"
#include "finding/rules.h"
#include "port/openssl/digest.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define EDITS_MAX 100000u

struct job { /* one file */
    struct fix *fix;
    const struct subject *subject;
    int folder, fd; /* -1: not open */
    const char *name;
    struct buf old;
    struct finding_edit *list;
    size_t count;
    struct stat stat;
};

/* ---- what to change ---- */

static int by_place(const void *a, const void *b)
{
    const struct finding_edit *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from ? 1 : x->to < y->to ? -1 : x->to > y->to;
}

static bool is_of(const struct finding *f, const struct subject *s)
{
    return f->edit.text.p && f->state == FINDING_OPEN && !f->inner_count &&
           slice_eq(f->path, s->path);
}

/* Was something found in the outputs of a cell? Its field is "cell 3, output". */
static bool in_outputs(const struct finding *f)
{
    return slice_ends(f->field, S(", output"));
}

/* A repository without a commit; not where the worker offers another edit. */
static bool wants_commit(const struct finding *f)
{
    return !f->edit.text.p && f->line > 0 &&
           slice_eq(slice_str(f->rule->id), S("code.hub-unpinned"));
}

struct wish { /* what the findings of one file ask for */
    size_t edits, pins;
    bool strip;
};

/* Paths of files with a wish, with a struct wish each. */
static bool collect_wishes(const struct fix *f, struct map *wishes)
{
    union map_value v;
    map_init(wishes, f->arena, 0);
    for (size_t i = 0; i < f->result->finding_count; i++) {
        const struct finding *x = &f->result->findings[i];
        if (x->state != FINDING_OPEN || x->inner_count ||
            !(x->edit.text.p || in_outputs(x) || wants_commit(x)))
            continue;
        if (!map_get(wishes, x->path, &v)) {
            v.ptr = ARENA_NEW(f->arena, struct wish);
            if (!v.ptr) return false;
            *(struct wish *)v.ptr = (struct wish){0};
            if (!map_put(wishes, x->path, v, NULL)) return false;
        }
        ((struct wish *)v.ptr)->edits += x->edit.text.p != NULL;
        ((struct wish *)v.ptr)->pins += wants_commit(x);
        ((struct wish *)v.ptr)->strip |= in_outputs(x);
    }
    return true;
}

/* Those that lie apart from the one before. */
static size_t apart(struct finding_edit *list, size_t n, size_t bytes)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool clear = !kept || list[i].from >= list[kept - 1].to;
        bool same = kept && by_place(&list[i], &list[kept - 1]) == 0;
        if (clear && !same && list[i].to <= bytes) list[kept++] = list[i];
    }
    return kept;
}

/* Calls that get a commit, from list[n] on; returns how many edits there are then. */
static size_t collect_pins(struct job *j, size_t wanted, size_t n, size_t room)
{
    const struct result *r = j->fix->result;
    struct pins pins = {
        .fix = j->fix, .file = buf_slice(&j->old), .list = j->list + n, .most = room - n};
    pins.told = ARENA_ROOM(j->fix->arena, int64_t, wanted);
    for (size_t i = 0; pins.told && i < r->finding_count && pins.told_count < wanted; i++) {
        const struct finding *x = &r->findings[i];
        if (x->state == FINDING_OPEN && !x->inner_count && wants_commit(x) &&
            slice_eq(x->path, j->subject->path))
            pins.told[pins.told_count++] = x->line;
    }
    if (pins.told_count) fix_pins(&pins, j->subject->kind == SUBJECT_NOTEBOOK);
    return n + pins.count;
}

static bool collect(struct job *j, struct wish w)
{
    const struct result *r = j->fix->result;
    size_t room = w.edits + 4 * w.pins + (w.strip ? EDITS_MAX : 0), n = 0;
    j->list = ARENA_ROOM(j->fix->arena, struct finding_edit, room);
    if (!j->list) return false;
    for (size_t i = 0; i < r->finding_count && n < w.edits; i++)
        if (is_of(&r->findings[i], j->subject)) j->list[n++] = r->findings[i].edit;
    if (w.pins) n = collect_pins(j, w.pins, n, w.edits + 4 * w.pins);
    if (w.strip) n += fix_notebook(buf_slice(&j->old), j->list + n, EDITS_MAX);
    sort_items(j->list, n, sizeof *j->list, by_place);
    j->count = apart(j->list, n, j->old.n);
    return true;
}

/* ---- files ---- */

/* The folder of `path` below the folder, step by step: no link is followed below it. One of several
 * targets may be absolute. */
int fix_folder(const struct fix *f, struct slice path, const char **ret_name)
{
    struct slice part = path, rest = path;
    const char *from = slice_starts(path, S("/")) ? "/" : f->folder;
    int fd = from ? open(from, O_DIRECTORY | O_PATH | O_CLOEXEC) : -1;
    while (fd >= 0 && slice_split(&rest, '/', &part) && rest.p) {
        if (!part.n) continue;
        char *name = arena_cstr(f->arena, part);
        int next = name ? openat(fd, name, O_DIRECTORY | O_PATH | O_NOFOLLOW | O_CLOEXEC) : -1;
        close(fd);
        fd = next;
    }
    *ret_name = arena_cstr(f->arena, part);
    return fd;
}

static bool is_unchanged(const struct job *j)
{
    struct digest d;
    uint8_t raw[SHA256_BYTES];
    char hex[65];
    digest_start(&d);
    digest_add(&d, buf_slice(&j->old));
    digest_finish(&d, raw);
    digest_hex(raw, hex);
    return strcmp(hex, j->subject->sha256) == 0;
}

/* NULL, or why not. */
static const char *load(struct job *j)
{
    struct stat *sb = &j->stat;
    if (!j->subject->sha256[0]) return "it was scanned without a digest";
    j->folder = fix_folder(j->fix, j->subject->path, &j->name);
    if (j->folder >= 0 && j->name)
        j->fd = openat(j->folder, j->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (j->fd < 0 || fstat(j->fd, sb) || !S_ISREG(sb->st_mode)) return "it cannot be opened";
    if (!(sb->st_mode & 0222)) return "it is write-protected"; /* a rename would not care */
    if ((uint64_t)sb->st_size > FIX_FILE_MAX) return "it is too big to be changed by a program";
    if (!fd_read(j->fd, FIX_FILE_MAX, &j->old)) return "it cannot be read";
    if (!is_unchanged(j)) return "it was changed since it was scanned";
    return NULL;
}

/* The new file is its owner's, too, as root may have run us. */
static bool dress(const struct job *j, int fd)
{
    struct stat now;
    if (fstat(fd, &now)) return false;
    bool same = now.st_uid == j->stat.st_uid && now.st_gid == j->stat.st_gid;
    return (same || fchown(fd, j->stat.st_uid, j->stat.st_gid) == 0) &&
           fchmod(fd, j->stat.st_mode & 07777) == 0;
}

static const char *save(struct job *j)
{
    struct buf now;
    char temp[64];
    bool fits = snprintf(temp, sizeof temp, ".merlon-fix-%ld", (long)getpid()) > 0;
    int fd =
        fits ? openat(j->folder, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)
             : -1;
    if (fd < 0) return "its folder cannot be written to";
    buf_init(&now, 2 * FIX_FILE_MAX);
    fix_render(buf_slice(&j->old), (struct fix_edits){j->list, j->count}, 0, j->old.n, &now);
    bool ok = buf_ok(&now) && fd_write(fd, buf_slice(&now)) && dress(j, fd) && fsync(fd) == 0;
    buf_done(&now);
    ok = close(fd) == 0 && ok && renameat(j->folder, temp, j->folder, j->name) == 0;
    if (!ok) (void)unlinkat(j->folder, temp, 0);
    return ok ? NULL : "it cannot be written";
}

static const char *show(struct job *j)
{
    struct buf out;
    buf_init(&out, 8 * FIX_FILE_MAX);
    bool ok = fix_diff(j->subject->path, buf_slice(&j->old), (struct fix_edits){j->list, j->count},
                       j->fix->arena, &out);
    if (ok) j->fix->on_diff(j->fix->ctx, buf_slice(&out));
    buf_done(&out);
    return ok ? NULL : "memory is out";
}

static void refuse(struct fix *f, struct slice path, const char *why)
{
    size_t room = sizeof f->refused / sizeof *f->refused;
    struct slice text = arena_printf(f->arena, "%.*s: %s", SLICE_ARG(path), why);
    if (f->refused_count < room && text.p)
        f->refused[f->refused_count++] = text;
    else
        f->refused_more++;
}

/* A program must be one afterwards: as many statements as before, and no error more. */
static bool is_program_still(struct job *j)
{
    struct arena a;
    struct py_module was, is;
    struct buf now;
    arena_init(&a, 512u << 20, 1u << 20);
    buf_init(&now, 2 * FIX_FILE_MAX);
    fix_render(buf_slice(&j->old), (struct fix_edits){j->list, j->count}, 0, j->old.n, &now);
    bool ok = buf_ok(&now) && python_parse(buf_slice(&j->old), false, &a, &was) == ST_OK &&
              python_parse(buf_slice(&now), false, &a, &is) == ST_OK &&
              was.stmt_count == is.stmt_count && is.error_count <= was.error_count;
    buf_done(&now);
    arena_done(&a);
    return ok;
}

static const char *do_file(struct job *j, struct wish w)
{
    const char *trouble = load(j);
    if (trouble) return trouble;
    if (!collect(j, w)) return "memory is out";
    if (!j->count) return NULL;
    if (slice_eq(j->subject->format, S("python")) && !is_program_still(j))
        return "it would not be the same program afterwards";
    trouble = j->fix->diff ? show(j) : save(j);
    if (trouble) return trouble;
    j->fix->files++;
    j->fix->places += j->count;
    return NULL;
}

enum st fix_run(struct fix *f)
{
    struct map wishes;
    union map_value v;
    if (!collect_wishes(f, &wishes)) return ST_NOMEM;
    for (size_t i = 0; i < f->result->subject_count; i++) {
        const struct subject *s = &f->result->subjects[i];
        if (!map_get(&wishes, s->path, &v)) continue;
        struct wish w = *(const struct wish *)v.ptr;
        w.strip &= s->kind == SUBJECT_NOTEBOOK;
        struct job j = {.fix = f, .subject = s, .folder = -1, .fd = -1};
        buf_init(&j.old, FIX_FILE_MAX);
        const char *trouble = do_file(&j, w);
        if (trouble) refuse(f, s->path, trouble);
        if (j.fd >= 0) close(j.fd);
        if (j.folder >= 0) close(j.folder);
        buf_done(&j.old);
    }
    return ST_OK;
}
