/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/relate.h"
#include "base/buf.h"
#include "base/map.h"
#include "detect/package/version.h"
#include "finding/rules.h"

struct relate_held {
    struct relate_held *next;
    struct finding finding;
    bool holds; /* its condition is true */
};

struct relate_requirement {
    struct relate_requirement *next;
    struct slice path;
    struct requirement asked;
};

struct file { /* what was found about one file */
    const struct subject *subject;
    const struct finding *worst; /* what makes it dangerous to load; NULL: nothing */
};

struct settling {
    struct relate *rel;
    const struct result *result;
    struct map files; /* path -> struct file */
    bool whole;
};

void relate_init(struct relate *rel, struct arena *a)
{
    *rel = (struct relate){.arena = a};
    rel->last = &rel->held;
}

bool relate_hold(struct relate *rel, const struct finding *f)
{
    if (f->when.kind == WHEN_ALWAYS && !f->when.loads.n) return false;
    struct relate_held *h = ARENA_NEW(rel->arena, struct relate_held);
    if (!h) {
        rel->nomem = true;
        return false;
    }
    *h = (struct relate_held){.finding = *f};
    *rel->last = h;
    rel->last = &h->next;
    return true;
}

void relate_require(struct relate *rel, struct slice path, const struct requirement *q)
{
    struct relate_requirement *x = ARENA_NEW(rel->arena, struct relate_requirement);
    if (!x) {
        rel->nomem = true;
        return;
    }
    *x = (struct relate_requirement){rel->requirements, path, *q};
    rel->requirements = x;
}

/* ---- paths ---- */

/* "a/b/c.py" gives "a/b/", "c.py" gives "". */
static struct slice folder_of(struct slice path)
{
    size_t slash = slice_rfind_byte(path, '/');
    return slash == SIZE_MAX ? slice_sub(path, 0, 0) : slice_sub(path, 0, slash + 1);
}

/* How many folders two files have in common, seen from the target. */
static size_t shared_folders(struct slice a, struct slice b)
{
    size_t n = 0;
    for (size_t i = 0; i < a.n && i < b.n && a.p[i] == b.p[i]; i++) n += a.p[i] == '/';
    return n;
}

/* The folder and the name as one path, with "./" and "x/../" resolved; empty: it leads out. */
static struct slice join(struct arena *a, struct slice folder, struct slice name)
{
    struct slice part;
    struct buf b;
    buf_init(&b, 1u << 16);
    buf_add(&b, folder);
    while (slice_split(&name, '/', &part)) {
        if (!part.n || slice_eq(part, S("."))) continue;
        if (!slice_eq(part, S(".."))) {
            if (b.n && b.p[b.n - 1] != '/') buf_byte(&b, '/');
            buf_add(&b, part);
            continue;
        }
        if (!b.n) break;
        while (b.n && b.p[b.n - 1] == '/') b.n--;
        while (b.n && b.p[b.n - 1] != '/') b.n--;
    }
    struct slice joined = name.n ? (struct slice){0} : arena_copy(a, buf_slice(&b));
    buf_done(&b);
    return joined;
}

/* ---- what is known of files ---- */

static bool hurts_who_loads(const struct finding *f)
{
    return f->severity >= SEV_HIGH && slice_starts(slice_str(f->rule->class_id), S("model."));
}

static bool index_subjects(struct settling *s)
{
    const struct result *r = s->result;
    map_init(&s->files, s->rel->arena, 0);
    for (size_t i = 0; i < r->subject_count; i++) {
        struct file *f = ARENA_NEW(s->rel->arena, struct file);
        if (!f) return false;
        *f = (struct file){.subject = &r->subjects[i]};
        if (!map_put(&s->files, r->subjects[i].path, (union map_value){.ptr = f}, NULL))
            return false;
    }
    return true;
}

static struct file *file_at(const struct settling *s, struct slice path)
{
    union map_value v;
    return map_get(&s->files, path, &v) ? (struct file *)v.ptr : NULL;
}

static bool index_files(struct settling *s)
{
    if (!index_subjects(s)) return false;
    for (size_t i = 0; i < s->result->finding_count; i++) {
        const struct finding *f = &s->result->findings[i];
        struct file *file = hurts_who_loads(f) ? file_at(s, f->path) : NULL;
        if (file && (!file->worst || f->severity > file->worst->severity)) file->worst = f;
    }
    return true;
}

/* The scanned file that `name` means in the code at `path`, or NULL. */
static const struct file *loaded_file(struct settling *s, struct slice path, struct slice name)
{
    struct slice folder = folder_of(path);
    if (slice_starts(name, S("/"))) return NULL;
    for (;;) {
        struct slice at = join(s->rel->arena, folder, name);
        const struct file *f = at.n ? file_at(s, at) : NULL;
        if (f || !folder.n) return f;
        folder = folder_of(slice_sub(folder, 0, folder.n - 1));
    }
}

/* ---- conditions ---- */

/* How near a requirement is to the finding; 0: it is of another package. */
static size_t nearness(const struct relate_requirement *x, const struct finding *f)
{
    if (!slice_eq(x->asked.name, f->when.name)) return 0;
    return 2 * shared_folders(x->path, f->path) + 1 + x->asked.exact;
}

static bool admitted(const struct relate *rel, const struct finding *f)
{
    size_t nearest = 0;
    bool admits = f->when.kind == WHEN_UNKNOWN_TOO;
    for (const struct relate_requirement *x = rel->requirements; x; x = x->next) {
        size_t near = nearness(x, f);
        if (!near || near < nearest) continue;
        bool this_one = version_admits(x->asked.versions, f->when.versions);
        admits = near == nearest ? admits || this_one : this_one;
        nearest = near;
    }
    return admits;
}

static bool is_true(struct settling *s, const struct finding *f)
{
    switch (f->when.kind) {
    case WHEN_MISSING: {
        struct slice at = join(s->rel->arena, folder_of(f->path), f->when.name);
        return s->whole && !(at.n && file_at(s, at));
    }
    case WHEN_ADMITS:
    case WHEN_UNKNOWN_TOO: return admitted(s->rel, f);
    default: return true;
    }
}

/* ---- the joined verdict ---- */

static void say(struct settling *s, struct finding *f, const char *what, const struct file *file,
                struct slice more)
{
    f->message =
        arena_printf(s->rel->arena, "%.*s. The file that it loads, %.*s, %s%.*s",
                     SLICE_ARG(f->message), SLICE_ARG(file->subject->path), what, SLICE_ARG(more));
    if (!f->message.p) s->rel->nomem = true;
}

static void join_loaded(struct settling *s, struct finding *f)
{
    const struct file *file = loaded_file(s, f->path, f->when.loads);
    if (!file) return;
    if (file->worst) {
        f->severity = file->worst->severity > f->severity ? file->worst->severity : f->severity;
        say(s, f, "is dangerous: ", file, slice_str(file->worst->rule->title));
    } else if (!file->subject->not_inspected) {
        f->severity = f->severity > SEV_LOW ? SEV_LOW : f->severity;
        say(s, f, "was inspected, and nothing dangerous is in it", file, S(""));
    }
}

void relate_settle(struct relate *rel, const struct result *r, bool whole,
                   void (*add)(void *ctx, struct finding *f), void *ctx)
{
    struct settling s = {.rel = rel, .result = r, .whole = whole};
    if (!rel->held) return;
    if (!index_files(&s)) {
        rel->nomem = true;
        return;
    }
    for (struct relate_held *h = rel->held; h; h = h->next) {
        h->holds = is_true(&s, &h->finding);
        if (h->finding.when.loads.n) join_loaded(&s, &h->finding);
    }
    /* adding moves the result's findings, which join_loaded() looks at */
    for (struct relate_held *h = rel->held; h; h = h->next)
        if (h->holds) add(ctx, &h->finding);
}
