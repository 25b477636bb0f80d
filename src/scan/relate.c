/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/relate.h"
#include "detect/package/version.h"
#include "finding/rules.h"
#include "scan/paths.h"

struct relate_held {
    struct relate_held *next;
    struct finding finding;
};

struct relate_requirement {
    struct relate_requirement *next;
    struct slice path;
    struct requirement asked;
};

struct relate_file { /* what was found about one file */
    bool read, not_inspected;
    enum severity severity;
    struct slice path, title; /* of the worst finding that hurts who loads it; "": none */
};

void relate_init(struct relate *rel, struct arena *a)
{
    *rel = (struct relate){.arena = a};
    rel->last = &rel->held;
    map_init(&rel->files, a, 0);
    map_init(&rel->wanted, a, 0);
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

/* How many folders two files have in common, seen from the target. */
static size_t shared_folders(struct slice a, struct slice b)
{
    size_t n = 0;
    for (size_t i = 0; i < a.n && i < b.n && a.p[i] == b.p[i]; i++) n += a.p[i] == '/';
    return n;
}

/* ---- what is known of files ---- */

static struct relate_file *file_at(const struct relate *rel, struct slice path)
{
    union map_value v;
    return map_get(&rel->files, path, &v) ? (struct relate_file *)v.ptr : NULL;
}

static struct relate_file *file_of(struct relate *rel, struct slice path)
{
    struct relate_file *f = file_at(rel, path);
    if (f) return f;
    f = ARENA_NEW(rel->arena, struct relate_file);
    if (f) *f = (struct relate_file){.path = path};
    if (!f || !map_put(&rel->files, path, (union map_value){.ptr = f}, NULL)) rel->nomem = true;
    return f;
}

static bool hurts_who_loads(const struct finding *f)
{
    return f->severity >= SEV_HIGH && slice_starts(slice_str(f->rule->class_id), S("model."));
}

void relate_found(struct relate *rel, struct slice path, const struct finding *f)
{
    struct relate_file *file = hurts_who_loads(f) ? file_of(rel, path) : NULL;
    if (!file || (file->title.n && f->severity <= file->severity)) return;
    file->severity = f->severity;
    file->title = slice_str(f->rule->title);
}

void relate_read(struct relate *rel, struct slice path, bool not_inspected)
{
    struct relate_file *file = file_of(rel, path);
    if (!file) return;
    file->read = true;
    file->not_inspected = not_inspected;
}

typedef bool candidate_fn(void *ctx, struct slice path);

/* The paths that `name` may mean in the code at `path`, the nearest first, until one is taken. */
static void each_candidate(struct arena *a, struct slice path, struct slice name,
                           candidate_fn *take, void *ctx)
{
    struct slice folder = path_folder(path);
    if (slice_starts(name, S("/"))) return;
    for (;;) {
        struct slice at = path_join(a, folder, name);
        if ((at.n && take(ctx, at)) || !folder.n) return;
        folder = path_folder(slice_sub(folder, 0, folder.n - 1));
    }
}

struct lookup {
    const struct relate *rel;
    const struct relate_file *found;
};

static bool take_known(void *ctx, struct slice path)
{
    struct lookup *l = ctx;
    const struct relate_file *f = file_at(l->rel, path);
    if (f && f->read) l->found = f;
    return l->found;
}

/* The scanned file that a finding's code loads, or NULL. */
static const struct relate_file *loaded_file(const struct relate *rel, const struct finding *f)
{
    struct lookup l = {.rel = rel};
    each_candidate(rel->arena, f->path, f->when.loads, take_known, &l);
    return l.found;
}

/* ---- context ---- */

/* Files that say which packages a project asks for. */
static const char *const manifests[] = {
    "pyproject.toml", "setup.cfg",         "setup.py",     "Pipfile",        "Pipfile.lock",
    "poetry.lock",    "uv.lock",           "pdm.lock",     "environment.y*", "conda-lock.y*",
    "requirements*",  "*requirements.txt", "constraints*",
};

static bool want(void *ctx, struct slice path)
{
    struct relate *rel = ctx;
    if (!map_put(&rel->wanted, path, (union map_value){.num = 1}, NULL)) rel->nomem = true;
    return false;
}

bool relate_needs_context(struct relate *rel)
{
    bool needs = false;
    for (const struct relate_held *h = rel->held; h; h = h->next) {
        needs |= h->finding.when.kind >= WHEN_ADMITS || h->finding.when.loads.n;
        if (h->finding.when.loads.n)
            each_candidate(rel->arena, h->finding.path, h->finding.when.loads, want, rel);
    }
    return needs;
}

bool relate_wants(const struct relate *rel, struct slice path)
{
    union map_value unused;
    struct slice name = path_name(path);
    if (file_at(rel, path)) return false; /* it was scanned itself */
    for (size_t i = 0; i < sizeof manifests / sizeof *manifests; i++)
        if (slice_glob(slice_str(manifests[i]), name)) return true;
    return map_get(&rel->wanted, path, &unused);
}

/* ---- conditions ---- */

/* How near a requirement is to the finding; 0: it is of another package. */
static size_t nearness(const struct relate_requirement *x, const struct finding *f)
{
    if (!slice_eq(x->asked.name, f->when.name)) return 0;
    return 2 * shared_folders(x->path, f->path) + 1 + x->asked.exact;
}

/* Does a manifest speak of the file? It lies in one of the folders above, or in one that by its
 * name holds what belongs to the project around it. */
static bool speaks_of(struct slice manifest, const struct finding *f)
{
    static const char *const parts[] = {"requirements/", "requirement/", "docker/",  "deploy/",
                                        "deployment/",   "build/",       "config/",  "conf/",
                                        "envs/",         "environment/", ".binder/", "binder/"};
    struct slice folder = path_folder(manifest);
    if (slice_starts(f->path, folder)) return true;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (slice_ends(folder, slice_str(parts[i]))) return true;
    return false;
}

enum share { SHARE_NONE, SHARE_SOME, SHARE_NEWEST }; /* of the versions that are asked for */

static enum share covered(const struct relate_requirement *x, const struct finding *f)
{
    if (!version_admits(x->asked.versions, f->when.versions)) return SHARE_NONE;
    return version_forces(x->asked.versions, f->when.versions) ? SHARE_NEWEST : SHARE_SOME;
}

static enum share admitted(const struct relate *rel, const struct finding *f)
{
    size_t nearest = 0;
    enum share admits = f->when.kind == WHEN_UNKNOWN_TOO ? SHARE_NEWEST : SHARE_NONE;
    for (const struct relate_requirement *x = rel->requirements; x; x = x->next) {
        size_t near = nearness(x, f);
        if (!near || near < nearest) continue;
        /* what another project beside this one asks for is no reason to say something */
        if (f->when.kind != WHEN_UNKNOWN_TOO && !speaks_of(x->path, f)) continue;
        enum share one = covered(x, f);
        admits = near == nearest && admits > one ? admits : one;
        nearest = near;
    }
    return admits;
}

static bool lies_beside(const struct relate *rel, const struct finding *f, struct slice name)
{
    struct slice at = path_join(rel->arena, path_folder(f->path), name);
    return at.n && file_at(rel, at);
}

static bool none_lies_beside(const struct relate *rel, const struct finding *f)
{
    struct slice rest = f->when.name, name;
    while (slice_split(&rest, '\n', &name))
        if (lies_beside(rel, f, name)) return false;
    return true;
}

/* An installation takes the newest version that fits; what it could take besides weighs little. */
static bool is_admitted(const struct relate *rel, struct finding *f)
{
    enum share share = admitted(rel, f);
    if (f->when.kind == WHEN_FORCES) return share == SHARE_NEWEST;
    bool low = f->when.kind == WHEN_ADMITS && share == SHARE_SOME && f->severity > SEV_LOW;
    if (low) f->severity = SEV_LOW;
    return share != SHARE_NONE;
}

static bool is_true(const struct relate *rel, struct finding *f, bool whole)
{
    switch (f->when.kind) {
    case WHEN_MISSING: return whole && !lies_beside(rel, f, f->when.name);
    case WHEN_NONE_OF: return none_lies_beside(rel, f);
    case WHEN_ADMITS:
    case WHEN_FORCES:
    case WHEN_UNKNOWN_TOO: return is_admitted(rel, f);
    default: return true;
    }
}

/* ---- the joined verdict ---- */

static void say(struct relate *rel, struct finding *f, const struct relate_file *file,
                const char *what, struct slice more)
{
    f->message = arena_printf(rel->arena, "%.*s. The file that it loads, %.*s, %s%.*s",
                              SLICE_ARG(f->message), SLICE_ARG(file->path), what, SLICE_ARG(more));
    if (!f->message.p) rel->nomem = true;
}

static void join_loaded(struct relate *rel, struct finding *f)
{
    const struct relate_file *file = f->when.loads.n ? loaded_file(rel, f) : NULL;
    if (!file) return;
    if (file->title.n) {
        f->severity = file->severity > f->severity ? file->severity : f->severity;
        say(rel, f, file, "is dangerous: ", file->title);
    } else if (!file->not_inspected) {
        f->severity = f->severity > SEV_LOW ? SEV_LOW : f->severity;
        say(rel, f, file, "was inspected, and nothing dangerous is in it", S(""));
    }
}

void relate_settle(struct relate *rel, bool whole, void (*add)(void *ctx, struct finding *f),
                   void *ctx)
{
    for (struct relate_held *h = rel->held; h; h = h->next) {
        if (!is_true(rel, &h->finding, whole)) continue;
        join_loaded(rel, &h->finding);
        add(ctx, &h->finding);
    }
}
