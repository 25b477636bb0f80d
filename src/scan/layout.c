/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/layout_part.h"
#include "base/sort.h"
#include "finding/rules.h"
#include "sign/named.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- collecting ---- */

void layout_init(struct layout *l, struct arena *a)
{
    *l = (struct layout){.arena = a};
    map_init(&l->records, a, 0);
    map_init(&l->files, a, 0);
    l->last_record = &l->first_record;
    l->last_file = &l->first_file;
}

static struct layout_record *record_of(struct layout *l, struct slice path)
{
    union map_value v;
    if (map_get(&l->records, path, &v)) return (struct layout_record *)v.ptr;
    struct layout_record *r = ARENA_NEW(l->arena, struct layout_record);
    if (!r || !map_put(&l->records, path, (union map_value){.ptr = r}, NULL)) return NULL;
    r->path = path;
    r->last = &r->claims;
    *l->last_record = r;
    l->last_record = &r->next;
    return r;
}

void layout_claim(struct layout *l, struct slice path, const struct file_claim *claim)
{
    struct layout_record *r = record_of(l, path);
    if (r && claim->about == CLAIM_MORE) {
        r->more = claim->count;
        return;
    }
    struct layout_claim *c = r ? ARENA_NEW(l->arena, struct layout_claim) : NULL;
    if (!c) {
        l->nomem = true;
        return;
    }
    c->claim = *claim;
    *r->last = c;
    r->last = &c->next;
}

void layout_file(struct layout *l, struct slice path, uint64_t bytes, const char *sha256,
                 bool misnamed)
{
    struct layout_file *f = ARENA_NEW(l->arena, struct layout_file);
    if (!f || !map_put(&l->files, path, (union map_value){.ptr = f}, NULL)) {
        l->nomem = true;
        return;
    }
    *f = (struct layout_file){.path = path, .bytes = bytes, .misnamed = misnamed};
    f->hashed = digest_of_hex(slice_str(sha256), f->sha256);
    *l->last_file = f;
    l->last_file = &f->next;
}

struct layout_file *layout_file_at(const struct layout *l, struct slice path)
{
    union map_value v;
    return map_get(&l->files, path, &v) ? (struct layout_file *)v.ptr : NULL;
}

/* ---- in order ---- */

#define ENTRIES_MAX 4000000u

static int by_path(const void *a, const void *b)
{
    return slice_cmp((*(const struct layout_file *const *)a)->path,
                     (*(const struct layout_file *const *)b)->path);
}

static bool sort_files(struct settling *s)
{
    size_t n = 0;
    for (const struct layout_file *f = s->l->first_file; f; f = f->next) n++;
    s->sorted = malloc((n + !n) * sizeof *s->sorted);
    if (!s->sorted) return false;
    for (struct layout_file *f = s->l->first_file; f; f = f->next) {
        s->dvcignore |= slice_eq(path_name(f->path), S(".dvcignore"));
        s->sorted[s->sorted_count++] = f;
    }
    sort_items(s->sorted, n, sizeof *s->sorted, by_path);
    return true;
}

/* The first file that is not before the prefix, or not among those that begin with it. */
static size_t edge(const struct settling *s, struct slice prefix, bool behind)
{
    size_t low = 0, high = s->sorted_count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        struct slice path = s->sorted[mid]->path;
        bool before = behind && slice_starts(path, prefix) ? true : slice_cmp(path, prefix) < 0;
        if (before)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

struct layout_file *const *layout_below(const struct settling *s, struct slice prefix, size_t *ret)
{
    size_t from = edge(s, prefix, false);
    *ret = edge(s, prefix, true) - from;
    return &s->sorted[from];
}

/* DVC's cache names a folder's list by its MD5: .../ab/REST.dir. */
static bool sort_lists(struct settling *s)
{
    for (const struct layout_record *r = s->l->first_record; r; r = r->next) {
        struct slice path = r->path;
        if (path.n < 37 || !slice_ends(path, S(".dir")) || r->more) continue;
        const struct layout_file *f = layout_file_at(s->l, path);
        if (!f || f->misnamed) continue;
        struct slice hex = layout_text(s, "%.*s%.*s", SLICE_ARG(slice_sub(path, path.n - 37, 2)),
                                       SLICE_ARG(slice_sub(path, path.n - 34, 30)));
        if (!map_put(&s->lists, hex, (union map_value){.ptr = r}, NULL)) return false;
    }
    return true;
}

/* ---- telling ---- */

static const struct {
    const char *rule;
    int severity; /* -1: the rule's own */
    const char *message;
} says[] = {
    [SAY_CHANGED] = {"file.record-mismatch", -1,
                     "The content is not what was recorded when the file was fetched or added: it "
                     "was changed or exchanged since"},
    [SAY_OBJECT_CHANGED] = {"file.record-mismatch", -1,
                            "The object that git-lfs keeps for this pointer is not what the "
                            "pointer says"},
    [SAY_FOLDER_CHANGED] = {"file.record-mismatch", -1,
                            "The files of the folder are together not what was recorded; the list "
                            "that could name the changed ones is not here"},
    [SAY_MISSING] = {"file.record-missing", -1, "The record names a file that is not there"},
    [SAY_BLOB_MISSING] = {"file.record-missing", SEV_MEDIUM,
                          "The manifest names a blob that is not in the store: this part was not "
                          "inspected"},
    [SAY_COMMIT_MISSING] = {"file.record-missing", -1,
                            "The ref names a snapshot that is not in the cache"},
    [SAY_UNLISTED] = {"file.record-unlisted", -1,
                      "The file lies in a folder whose files were recorded, and is none of them"},
    [SAY_UNLISTED_MAYBE] = {"file.record-unlisted", SEV_LOW,
                            "The file lies in a folder whose files were recorded, and is none of "
                            "them; a .dvcignore may leave it out"},
    [SAY_NO_LINK] = {"file.record-unlisted", -1,
                     "A snapshot of the cache holds links to blobs that are named by their digest; "
                     "this file is none, and no blob has its content: the download tool did not "
                     "put it here"},
    [SAY_LEFT_OVER] = {"file.unreferenced-blob", -1,
                       "No index or manifest of the store names these blobs"},
};

void layout_say(struct settling *s, enum layout_say what, struct slice path, uint64_t line,
                struct slice field, struct slice evidence)
{
    struct finding f = finding_of(rule_find(slice_str(says[what].rule)));
    if (says[what].severity >= 0) f.severity = (enum severity)says[what].severity;
    f.path = path;
    f.line = line ? (int64_t)line : -1;
    f.field = field;
    f.message = slice_str(says[what].message);
    f.evidence = evidence;
    s->add(s->ctx, &f);
}

struct slice layout_text(struct settling *s, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t size = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    struct slice copy = arena_copy(s->l->arena, slice_of((const uint8_t *)text, size));
    if (copy.p) return copy;
    s->l->nomem = true;
    return S("");
}

struct store_count *layout_count(struct settling *s, enum claim_store store)
{
    return &s->result->stores[store];
}

void layout_tally(struct settling *s, const struct file_claim *c, enum layout_outcome outcome,
                  struct slice path, struct slice why)
{
    struct store_count *n = layout_count(s, c->store);
    n->recorded++;
    n->held += outcome == LAYOUT_HELD;
    n->changed += outcome == LAYOUT_CHANGED;
    n->missing += outcome == LAYOUT_MISSING;
    n->unchecked += outcome == LAYOUT_UNCHECKED;
    n->weak |= outcome == LAYOUT_HELD && c->kind && c->kind <= CLAIM_GIT_BLOB;
    struct store_gap gap = {path, why};
    if (outcome == LAYOUT_UNCHECKED && !result_add_gap(s->result, &gap)) s->l->nomem = true;
}

/* ---- claims about one file ---- */

static void on_path(struct settling *s, const struct layout_record *r, const struct file_claim *c,
                    struct slice path)
{
    struct slice evidence = S("");
    enum layout_outcome outcome = layout_check(s, path, c, &evidence);
    if (outcome == LAYOUT_CHANGED)
        layout_say(s, SAY_CHANGED, path, 0, S(""),
                   layout_text(s, "%.*s in %.*s", SLICE_ARG(evidence), SLICE_ARG(r->path)));
    if (outcome == LAYOUT_MISSING && !c->optional)
        layout_say(s, SAY_MISSING, r->path, c->line, path, c->note.n ? c->note : c->path);
}

static void on_file(struct settling *s, const struct layout_record *r, const struct file_claim *c)
{
    struct slice path = layout_path(s, path_folder(r->path), c->path);
    if (path.n)
        on_path(s, r, c, path);
    else
        layout_tally(s, c, LAYOUT_UNCHECKED, c->path, S("it lies outside of the folder"));
}

/* "DIR/.cache/huggingface/download/P.metadata" speaks of "DIR/P"; the first version that wrote
 * such records (0.23) had ".huggingface/download/". */
static void on_self(struct settling *s, const struct layout_record *r, const struct file_claim *c)
{
    static const char *const marks[] = {".cache/huggingface/download/", ".huggingface/download/"};
    struct slice end = S(".metadata"), path = r->path;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct slice mark = slice_str(marks[i]);
        size_t at = slice_find(path, mark), from = at + mark.n;
        if (at == SIZE_MAX || (at && path.p[at - 1] != '/') || path.n <= from + end.n) continue;
        struct slice name = slice_sub(path, from, path.n - from - end.n);
        struct slice named = layout_path(s, slice_sub(path, 0, at), name);
        if (named.n) on_path(s, r, c, named);
        return;
    }
}

/* The nearest .git/lfs/objects/ab/cd/OID above the pointer. */
static struct slice object_of(struct settling *s, struct slice pointer, const struct file_claim *c)
{
    char hex[65];
    struct stat sb;
    digest_hex(c->digest, hex);
    for (struct slice folder = path_folder(pointer);; folder = path_folder(folder)) {
        struct slice path = arena_printf(s->l->arena, "%.*s.git/lfs/objects/%.2s/%.2s/%s",
                                         SLICE_ARG(folder), hex, hex + 2, hex);
        if (!path.p) s->l->nomem = true;
        if (layout_find(s, path, &sb, NULL) == BENEATH_FILE) return path;
        if (!folder.n) return S("");
        folder.n--;
    }
}

static void on_object(struct settling *s, const struct layout_record *r, const struct file_claim *c)
{
    struct slice evidence = S("a pointer; its object is not in the local store");
    struct slice path = object_of(s, r->path, c);
    enum layout_outcome outcome = LAYOUT_UNCHECKED;
    if (path.n) outcome = layout_compare(s, path, c, &evidence);
    layout_tally(s, c, outcome, r->path, evidence);
    if (outcome == LAYOUT_CHANGED) layout_say(s, SAY_OBJECT_CHANGED, r->path, 2, path, evidence);
}

static void settle_claim(struct settling *s, const struct layout_record *r,
                         const struct file_claim *c)
{
    switch (c->about) {
    case CLAIM_FILE: on_file(s, r, c); break;
    case CLAIM_FOLDER: layout_dvc_folder(s, r, c); break;
    case CLAIM_SELF: on_self(s, r, c); break;
    case CLAIM_OBJECT: on_object(s, r, c); break;
    case CLAIM_COMMIT: layout_hub_commit(s, r, c); break;
    case CLAIM_ENTRY: /* with their folder */
    case CLAIM_BLOB:  /* layout_blobs() */
    default: break;
    }
}

/* What a record could not say because it had so much to say. A list of a folder's files that is cut
 * is not used at all. */
static void count_more(struct settling *s, const struct layout_record *r)
{
    const struct layout_claim *first = r->claims;
    if (!r->more || !first || first->claim.about == CLAIM_ENTRY) return;
    layout_count(s, first->claim.store)->recorded += r->more;
    layout_count(s, first->claim.store)->unchecked += r->more;
}

/* ---- what it came to, for people ---- */

static void note(struct settling *s, enum claim_store store)
{
    static const struct {
        const char *name, *rest; /* why some could not be compared */
    } rows[CLAIM_STORES] = {
        [CLAIM_LFS] = {"git-lfs", "are pointers whose object is not here"},
        [CLAIM_DVC] = {"DVC", "could not be compared"},
        [CLAIM_HUB] = {"Hugging Face", "have no digest to compare with"},
        [CLAIM_OCI] = {"OCI and Ollama", "could not be compared"},
        [CLAIM_MLFLOW] = {"MLflow", "are there, but it records no digest of them"},
    };
    const struct store_count *n = layout_count(s, store);
    char rest[120] = "";
    if (!n->recorded) return;
    if (n->unchecked)
        (void)snprintf(rest, sizeof rest, ", %llu %s", (unsigned long long)n->unchecked,
                       rows[store].rest);
    result_note(s->result, layout_text(s,
                                       "%s: %llu of %llu recorded files are verified against "
                                       "what their own store says%s%s; who wrote the store is "
                                       "not proved",
                                       rows[store].name, (unsigned long long)n->held,
                                       (unsigned long long)n->recorded, rest,
                                       n->weak ? " (MD5 or SHA-1: no protection against "
                                                 "deliberate exchange)"
                                               : ""));
}

/* ---- the folders that were asked for ---- */

static void add_root(struct settling *s, struct slice target)
{
    struct layout_root *root = &s->roots[s->root_count];
    struct stat sb;
    char *path = strndup((const char *)target.p, target.n);
    bool one = s->options->path_count == 1;
    if (path && stat(path, &sb) == 0 && S_ISDIR(sb.st_mode) && beneath_open(&root->folder, path)) {
        const char *slash = one || slice_ends(target, S("/")) ? "" : "/";
        root->prefix = one ? S("") : layout_text(s, "%.*s%s", SLICE_ARG(target), slash);
        s->root_count++;
    }
    free(path);
}

static void close_roots(struct settling *s)
{
    for (size_t i = 0; i < s->root_count; i++) beneath_close(&s->roots[i].folder);
    free(s->roots);
    free(s->chunk);
    free(s->sorted);
}

static bool open_roots(struct settling *s)
{
    s->roots = calloc(s->options->path_count + 1, sizeof *s->roots);
    s->chunk = malloc(LAYOUT_CHUNK);
    if (!s->roots || !s->chunk) return false;
    for (size_t i = 0; i < s->options->path_count; i++) add_root(s, s->options->paths[i]);
    return sort_files(s) && sort_lists(s);
}

void layout_settle(struct layout *l, const struct scan_options *o, struct result *result,
                   bool whole, layout_add_fn *add, void *ctx)
{
    struct settling s = {
        .l = l, .options = o, .result = result, .whole = whole, .add = add, .ctx = ctx};
    if (!l->first_record && !l->first_file) return;
    map_init(&s.made, l->arena, 0);
    map_init(&s.lists, l->arena, 0);
    map_init(&s.folders, l->arena, 0);
    s.entries = ENTRIES_MAX;
    if (open_roots(&s)) {
        for (const struct layout_record *r = l->first_record; r; r = r->next)
            for (const struct layout_claim *c = r->claims; c; c = c->next)
                settle_claim(&s, r, &c->claim);
        for (const struct layout_record *r = l->first_record; r; r = r->next) count_more(&s, r);
        layout_blobs(&s);
        layout_hub_blobs(&s);
        layout_hub_snapshots(&s);
        for (unsigned i = 0; i < CLAIM_STORES; i++) note(&s, (enum claim_store)i);
    } else {
        l->nomem = true;
    }
    close_roots(&s);
}
