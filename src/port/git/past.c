/* SPDX-License-Identifier: Apache-2.0 */
/* past.c - what a repository remembers although its files do not show it any more.
 *
 *    references -> commits (each once) -> oldest first -> their trees (each once) -> blobs (each
 * once)
 *
 * A tree that was walked for an older commit holds nothing new, so the work grows with the number
 * of distinct trees, and a tree that names itself a billion times by nesting is walked once. The
 * walk has its own stack; commits that are not there (a shallow or partial clone) are told, not
 * fatal. */
#include "base/buf.h"
#include "base/host.h"
#include "base/sort.h"
#include "port/git/ask_part.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DEPTH_MAX   256
#define PATH_MAX_   4096
#define COMMITS_MAX (8u << 20)
#define TOTAL_MAX   (256ull << 30)

struct ids { /* a set of object ids; the ids are hashes already */
    struct git_oid *slots;
    uint8_t *used;
    size_t count, room;
};

struct tip { /* a commit, or a tagged tree or blob */
    struct git_oid id, tree;
    int64_t time;
    size_t order; /* as found: parents come behind their children */
};

struct frame {
    void *tree;
    size_t next, path_n;
};

struct past {
    struct ask_job *job;
    void *odb;
    struct ids commits, trees, blobs, changed;
    struct tip *tips;
    size_t tip_count, tip_room;
    const struct tip *tip; /* whose tree is being walked */
    struct frame stack[DEPTH_MAX];
    size_t depth;
    char path[PATH_MAX_];
    size_t path_n;
    uint64_t total;
    bool marking; /* the files of the work tree are being marked as known */
};

/* ---- sets ---- */

static size_t slot_of(const struct ids *s, const struct git_oid *id, bool *ret_there)
{
    uint64_t h;
    memcpy(&h, id->id, sizeof h);
    size_t i = (size_t)(h * 0x9e3779b97f4a7c15u) & (s->room - 1);
    while (s->used[i] && memcmp(&s->slots[i], id, sizeof *id) != 0) i = (i + 1) & (s->room - 1);
    *ret_there = s->used[i] != 0;
    return i;
}

static void grow(struct past *p, struct ids *s)
{
    struct ids old = *s;
    bool there;
    s->room = old.room ? old.room * 2 : 1024;
    s->slots = calloc(s->room, sizeof *s->slots);
    s->used = calloc(s->room, 1);
    if (!s->slots || !s->used) ask_give_up(p->job, "the history is too large for this program");
    for (size_t i = 0; i < old.room; i++) {
        if (!old.used[i]) continue;
        size_t at = slot_of(s, &old.slots[i], &there);
        s->slots[at] = old.slots[i];
        s->used[at] = 1;
    }
    free(old.slots);
    free(old.used);
}

static bool has(const struct ids *s, const struct git_oid *id)
{
    bool there = false;
    if (s->room) (void)slot_of(s, id, &there);
    return there;
}

/* True when it is new. */
static bool add(struct past *p, struct ids *s, const struct git_oid *id)
{
    bool there;
    if (s->count * 4 >= s->room * 3) grow(p, s);
    size_t at = slot_of(s, id, &there);
    if (there) return false;
    s->slots[at] = *id;
    s->used[at] = 1;
    s->count++;
    return true;
}

/* ---- blobs ---- */

static void say_blob(const struct past *p, char kind, uint64_t size)
{
    char day[21];
    struct buf b;
    int64_t t = p->tip->time;
    host_rfc3339(t < 0 || t > 253402300799 ? 0 : t, day);
    buf_init(&b, PATH_MAX_ + 256);
    for (size_t i = 0; i < 4; i++) buf_printf(&b, "%02x", p->tip->id.id[i]);
    b.n--; /* seven digits, as git shows them */
    buf_byte(&b, 0);
    buf_add(&b, slice_of(day, 10));
    buf_byte(&b, 0);
    buf_add(&b, slice_of(p->path, p->path_n));
    buf_byte(&b, 0);
    buf_printf(&b, "%llu", (unsigned long long)size);
    struct buf head;
    buf_init(&head, 16);
    buf_byte(&head, (uint8_t)kind);
    buf_u32le(&head, (uint32_t)b.n);
    ask_write(p->job, buf_slice(&head));
    ask_write(p->job, buf_slice(&b));
    buf_done(&head);
    buf_done(&b);
}

static void give_blob(struct past *p, const struct git_oid *id)
{
    const struct git_api *g = &p->job->git;
    size_t size = 0;
    int type = 0;
    void *blob = NULL;
    struct buf b;
    if (g->odb_read_header(&size, &type, p->odb, id) || type != GIT_OBJECT_BLOB_) {
        ask_say(p->job, 'M', "");
        return;
    }
    if (size == 0) return;
    if (size > p->job->ask->blob_max || p->total + size > TOTAL_MAX) {
        say_blob(p, 'X', size);
        return;
    }
    if (g->object_lookup(&blob, p->job->repo, id, GIT_OBJECT_BLOB_)) {
        ask_say(p->job, 'M', "");
        return;
    }
    size = g->blob_rawsize(blob);
    say_blob(p, 'B', size);
    buf_init(&b, 16);
    buf_u64le(&b, size);
    ask_write(p->job, buf_slice(&b));
    buf_done(&b);
    ask_write(p->job, slice_of(g->blob_rawcontent(blob), size));
    p->total += size;
    g->object_free(blob);
}

/* While marking: what the work tree holds unchanged is known. Later: what is not known is new. */
static void meet_blob(struct past *p, const struct git_oid *id)
{
    if (p->marking && has(&p->changed, id)) return;
    if (add(p, &p->blobs, id) && !p->marking) give_blob(p, id);
}

/* ---- trees ---- */

static void *open_tree(const struct past *p, const struct git_oid *id)
{
    void *tree = NULL;
    if (p->job->git.object_lookup(&tree, p->job->repo, id, GIT_OBJECT_TREE_) == 0) return tree;
    ask_say(p->job, 'M', "");
    return NULL;
}

static void push(struct past *p, const struct git_oid *id)
{
    if (p->depth == DEPTH_MAX) {
        say_blob(p, 'X', 0);
        return;
    }
    void *tree = open_tree(p, id);
    if (tree) p->stack[p->depth++] = (struct frame){tree, 0, p->path_n};
}

static void append(struct past *p, const char *name)
{
    size_t n = strlen(name), room = sizeof p->path - p->path_n - 1;
    if (p->path_n && room) p->path[p->path_n++] = '/', room--;
    if (n > room) n = room;
    memcpy(p->path + p->path_n, name, n);
    p->path_n += n;
}

static void meet_entry(struct past *p, const void *entry)
{
    const struct git_api *g = &p->job->git;
    const struct git_oid *id = g->tree_entry_id(entry);
    int mode = g->tree_entry_filemode(entry) & 0170000;
    append(p, g->tree_entry_name(entry));
    if (mode == 0040000) {
        if (add(p, &p->trees, id)) push(p, id);
    } else if (mode != 0160000) { /* a submodule's commit lies elsewhere */
        meet_blob(p, id);
    }
}

static void walk(struct past *p)
{
    const struct git_api *g = &p->job->git;
    while (p->depth) {
        struct frame *f = &p->stack[p->depth - 1];
        p->path_n = f->path_n;
        if (f->next < g->tree_entrycount(f->tree)) {
            meet_entry(p, g->tree_entry_byindex(f->tree, f->next++));
        } else {
            g->object_free(f->tree);
            p->depth--;
        }
    }
}

static const void *entry_named(const struct past *p, const void *tree, struct slice name)
{
    const struct git_api *g = &p->job->git;
    for (size_t i = 0; i < g->tree_entrycount(tree); i++) {
        const void *e = g->tree_entry_byindex(tree, i);
        if (slice_eq(slice_str(g->tree_entry_name(e)), name)) return e;
    }
    return NULL;
}

/* Start at the folder or file that is asked for; the paths told begin below it. */
static void walk_from(struct past *p, const struct git_oid *root)
{
    struct slice rest = slice_str(p->job->ask->below), part;
    struct git_oid id = *root;
    p->path_n = 0;
    while (rest.n && slice_split(&rest, '/', &part)) {
        void *tree = open_tree(p, &id);
        const void *e = tree ? entry_named(p, tree, part) : NULL;
        if (!e) return;
        int mode = p->job->git.tree_entry_filemode(e) & 0170000;
        id = *p->job->git.tree_entry_id(e);
        if (mode == 0100000 && !rest.n) {
            append(p, p->job->git.tree_entry_name(e));
            meet_blob(p, &id);
        }
        p->job->git.object_free(tree);
        if (mode != 0040000) return;
    }
    if (!add(p, &p->trees, &id)) return;
    push(p, &id);
    walk(p);
}

/* ---- commits ---- */

static void keep_tip(struct past *p, const struct tip *t)
{
    if (p->tip_count >= COMMITS_MAX) ask_give_up(p->job, "more commits than can be looked at");
    if (p->tip_count == p->tip_room) {
        p->tip_room = p->tip_room ? p->tip_room * 2 : 1024;
        struct tip *bigger = realloc(p->tips, p->tip_room * sizeof *bigger);
        if (!bigger) ask_give_up(p->job, "the history is too large for this program");
        p->tips = bigger;
    }
    p->tips[p->tip_count] = *t;
    p->tips[p->tip_count].order = p->tip_count;
    p->tip_count++;
}

static void meet_commit(struct past *p, const struct git_oid *id)
{
    if (add(p, &p->commits, id)) keep_tip(p, &(struct tip){.id = *id});
}

/* A tag may name a tree or a blob without any commit. */
static void meet_other(struct past *p, const void *ref)
{
    const struct git_api *g = &p->job->git;
    void *object = NULL;
    struct tip t = {.time = -1};
    p->tip = &t;
    p->path_n = 0;
    if (g->reference_peel(&object, ref, GIT_OBJECT_TREE_) == 0) {
        t.id = *g->object_id(object);
        walk_from(p, &t.id);
    } else if (g->reference_peel(&object, ref, GIT_OBJECT_BLOB_) == 0) {
        t.id = *g->object_id(object);
        append(p, "(tagged)");
        meet_blob(p, &t.id);
    } else {
        ask_say(p->job, 'M', "");
    }
}

static void meet_reference(struct past *p, const void *ref)
{
    const struct git_api *g = &p->job->git;
    void *commit = NULL;
    if (g->reference_peel(&commit, ref, GIT_OBJECT_COMMIT_) == 0) {
        meet_commit(p, g->object_id(commit));
        g->object_free(commit);
    } else {
        meet_other(p, ref);
    }
}

static void find_commits(struct past *p)
{
    const struct git_api *g = &p->job->git;
    void *it = NULL, *ref = NULL;
    if (g->repository_head(&ref, p->job->repo) == 0) meet_reference(p, ref);
    if (g->reference_iterator_new(&it, p->job->repo))
        ask_give_up(p->job, "the references cannot be read");
    while (g->reference_next(&ref, it) == 0) {
        meet_reference(p, ref);
        g->reference_free(ref);
    }
    for (size_t i = 0; i < p->tip_count; i++) {
        void *commit = NULL;
        if (g->object_lookup(&commit, p->job->repo, &p->tips[i].id, GIT_OBJECT_COMMIT_)) {
            ask_say(p->job, 'M', "");
            p->tips[i].time = INT64_MIN;
            continue;
        }
        p->tips[i].time = g->commit_time(commit);
        p->tips[i].tree = *g->commit_tree_id(commit);
        for (unsigned k = 0; k < g->commit_parentcount(commit); k++)
            meet_commit(p, g->commit_parent_id(commit, k));
        g->object_free(commit);
    }
}

static int older_first(const void *a, const void *b)
{
    const struct tip *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return x->order > y->order ? -1 : x->order < y->order;
}

/* ---- the work tree ---- */

/* Blobs of HEAD whose files were changed or removed since: their old text is only in the past. */
static void find_changed(struct past *p, void *head_tree)
{
    const struct git_api *g = &p->job->git;
    struct git_diff_options o;
    void *diff = NULL;
    memset(&o, 0, sizeof o);
    if (g->diff_options_init(&o, 1)) ask_give_up(p->job, "libgit2 is of an unknown version");
    o.flags |= GIT_DIFF_NO_SUBMODULES | GIT_DIFF_TYPECHANGE;
    if (g->diff_tree_to_workdir_with_index(&diff, p->job->repo, head_tree, &o))
        ask_give_up(p->job, "the files could not be compared");
    for (size_t i = 0; i < g->diff_num_deltas(diff); i++) {
        const struct git_diff_delta *d = g->diff_get_delta(diff, i);
        if (d) (void)add(p, &p->changed, &d->old_file.id);
    }
}

static void mark_known(struct past *p)
{
    const struct git_api *g = &p->job->git;
    struct tip none = {0};
    void *ref = NULL, *tree = NULL;
    if (p->job->bare || g->repository_head(&ref, p->job->repo) ||
        g->reference_peel(&tree, ref, GIT_OBJECT_TREE_))
        return;
    find_changed(p, tree);
    p->tip = &none;
    p->marking = true;
    walk_from(p, g->object_id(tree));
    p->marking = false;
    free(p->trees.slots);
    free(p->trees.used);
    p->trees = (struct ids){0};
}

void ask_past(struct ask_job *j)
{
    struct past *p = calloc(1, sizeof *p);
    if (!p) ask_give_up(j, "out of memory");
    p->job = j;
    if (j->git.repository_odb(&p->odb, j->repo)) ask_give_up(j, "the objects cannot be read");
    mark_known(p);
    find_commits(p);
    sort_items(p->tips, p->tip_count, sizeof *p->tips, older_first);
    for (size_t i = 0; i < p->tip_count; i++) {
        p->tip = &p->tips[i];
        if (p->tip->time != INT64_MIN) walk_from(p, &p->tip->tree);
    }
}
