/* SPDX-License-Identifier: Apache-2.0 */
/* verify_model.c - the files that are there against the manifest that was signed.
 *
 * Each resource looks for its file, and files add up which of their bytes resources speak for. So
 * the work is bounded by what is there and what is listed, whatever the size of a shard is said to
 * be; and a file of which only a part is listed is found out. */
#include "base/map.h"
#include "base/sort.h"
#include "sign/verify.h"
#include <stdio.h>

struct standing {        /* of one file */
    uint64_t spoken_for; /* bytes; of a whole file one more, so that empty ones count */
    bool bad;
};

struct planned {
    const struct resource *resource;
    size_t file;
};

struct check {
    const struct manifest *m;
    const struct verify_options *o;
    struct arena *arena;
    struct tree tree;
    struct map by_path;        /* -> index of a file */
    struct standing *standing; /* per file */
    struct hash_job *jobs;
    struct planned *planned; /* per job */
    size_t job_count;
    struct verify_model *out;
    size_t problem_room, gap_room;
    bool nomem;
};

/* ---- telling ---- */

static bool more(struct arena *a, void *items, size_t count, size_t *room, size_t size)
{
    void **list = items;
    if (count < *room) return true;
    size_t bigger = *room ? *room * 2 : 16;
    void *p = arena_room(a, bigger, size);
    if (!p) return false;
    if (count) memcpy(p, *list, count * size);
    *list = p;
    *room = bigger;
    return true;
}

static void problem(struct check *c, enum verify_fault fault, struct slice path, const char *text)
{
    struct verify_model *v = c->out;
    struct slice copy = arena_copy(c->arena, slice_str(text));
    c->nomem |= !copy.p || !more(c->arena, &v->problems, v->problem_count, &c->problem_room,
                                 sizeof *v->problems);
    if (!c->nomem) v->problems[v->problem_count++] = (struct verify_problem){fault, path, copy};
}

static void gap(struct check *c, struct slice path, const char *text)
{
    struct verify_model *v = c->out;
    c->nomem |= !more(c->arena, &v->gaps, v->gap_count, &c->gap_room, sizeof *v->gaps);
    if (!c->nomem) v->gaps[v->gap_count++] = (struct verify_gap){path, slice_str(text)};
}

static void tell_note(struct check *c, const struct tree_note *n)
{
    bool own = manifest_ignores(c->o->ignored, c->o->ignored_count, n->path);
    switch (n->why) {
    case TREE_IGNORED:
        gap(c, n->path, own ? "ignored, as you asked" : "ignored, as the signer said");
        return;
    case TREE_EMPTY:
    case TREE_EMPTY_FILE:
    case TREE_FOLDER_LINK: gap(c, n->path, tree_why_text(n->why)); return;
    case TREE_NAME: return; /* its files are told as unsigned */
    case TREE_UNREADABLE:
    case TREE_DEEP: problem(c, VERIFY_UNREADABLE, n->path, tree_why_text(n->why)); return;
    case TREE_LINK:
    case TREE_DANGLING:
    case TREE_SPECIAL: problem(c, VERIFY_REFUSED, n->path, tree_why_text(n->why)); return;
    }
}

/* ---- which file a resource means ---- */

static bool index_files(struct check *c)
{
    map_init(&c->by_path, c->arena, 0x7173);
    c->standing = ARENA_ARRAY(c->arena, struct standing, c->tree.count + 1);
    if (!c->standing || !map_reserve(&c->by_path, c->tree.count)) return false;
    for (size_t i = 0; i < c->tree.count; i++)
        if (!map_put(&c->by_path, slice_str(c->tree.files[i].path), (union map_value){.num = i},
                     NULL))
            return false;
    return true;
}

static bool find_file(const struct check *c, struct slice path, size_t *ret)
{
    union map_value v = {.num = 0};
    bool single = c->tree.single && slice_eq(path, S("."));
    if (!single && !map_get(&c->by_path, path, &v)) return false;
    *ret = (size_t)v.num;
    return true;
}

/* Is this shard one that the file would be cut into? */
static bool is_cut_so(const struct check *c, const struct resource *r, uint64_t size)
{
    uint64_t step = c->m->shard_size;
    if (r->to == HASH_WHOLE) return true;
    return r->from % step == 0 && r->to <= size &&
           (r->to - r->from == step || (r->to == size && r->to - r->from < step));
}

static void add_job(struct check *c, const struct resource *r)
{
    size_t i;
    if (manifest_ignores(c->o->ignored, c->o->ignored_count, r->path)) return;
    if (!find_file(c, r->path, &i)) {
        problem(c, VERIFY_MISSING, r->name, "it was signed and is not there");
        return;
    }
    const struct tree_file *f = &c->tree.files[i];
    struct standing *s = &c->standing[i];
    if (!is_cut_so(c, r, f->size)) {
        problem(c, VERIFY_CHANGED, r->name, "the file has another length than what was signed");
        *s = (struct standing){.spoken_for = f->size + 1, .bad = true};
        return;
    }
    s->spoken_for += r->to == HASH_WHOLE ? f->size + 1 : r->to - r->from;
    c->jobs[c->job_count] = (struct hash_job){.path = f->path,
                                              .link = f->link,
                                              .id = f->link ? NULL : &f->id,
                                              .from = r->from,
                                              .to = r->to};
    c->planned[c->job_count++] = (struct planned){r, i};
}

static bool plan(struct check *c)
{
    c->jobs = ARENA_ARRAY(c->arena, struct hash_job, c->m->count);
    c->planned = ARENA_ARRAY(c->arena, struct planned, c->m->count);
    if (!c->jobs || !c->planned) return false;
    for (size_t i = 0; i < c->m->count; i++) add_job(c, &c->m->resources[i]);
    return true;
}

/* ---- what came out ---- */

static void judge_job(struct check *c, const struct hash_job *j, const struct planned *p)
{
    const struct resource *r = p->resource;
    bool same = slice_eq(r->digest, slice_of(j->digest, hash_size(c->m->hash)));
    if (j->error)
        problem(c, j->error == HASH_TOO_FEW ? VERIFY_CHANGED : VERIFY_UNREADABLE, r->name,
                hash_error_text(j->error));
    else if (!same)
        problem(c, VERIFY_CHANGED, r->name, "its content is not what was signed");
    else
        c->out->bytes += j->bytes, c->out->remembered += j->remembered;
    c->standing[p->file].bad |= j->error || !same;
}

static void judge_file(struct check *c, const struct tree_file *f, const struct standing *s)
{
    struct slice path = slice_str(f->path);
    bool shards = c->m->method == MANIFEST_SHARDS;
    if (f->outside && s->spoken_for)
        gap(c, path, "a link: the file itself lies outside of the model");
    if (shards && !f->size)
        gap(c, path, tree_why_text(TREE_EMPTY_FILE));
    else if (!s->spoken_for && c->o->unsigned_ok)
        gap(c, path, "unsigned, and allowed to be");
    else if (!s->spoken_for)
        problem(c, VERIFY_UNSIGNED, path, "it is there and was not signed");
    else if (shards && s->spoken_for < f->size)
        problem(c, VERIFY_CHANGED, path, "only a part of it was signed");
    else
        c->out->files += !s->bad;
}

static int problem_cmp(const void *a, const void *b)
{
    const struct verify_problem *x = a, *y = b;
    int c = slice_cmp(x->path, y->path);
    return c ? c : (int)x->fault - (int)y->fault;
}

static int gap_cmp(const void *a, const void *b)
{
    return slice_cmp(((const struct verify_gap *)a)->path, ((const struct verify_gap *)b)->path);
}

static void judge(struct check *c)
{
    struct verify_model *v = c->out;
    for (size_t i = 0; i < c->tree.note_count; i++) tell_note(c, &c->tree.notes[i]);
    for (size_t i = 0; i < c->job_count; i++) judge_job(c, &c->jobs[i], &c->planned[i]);
    for (size_t i = 0; i < c->tree.count; i++) judge_file(c, &c->tree.files[i], &c->standing[i]);
    sort_items(v->problems, v->problem_count, sizeof *v->problems, problem_cmp);
    sort_items(v->gaps, v->gap_count, sizeof *v->gaps, gap_cmp);
}

static enum st hash(struct check *c)
{
    const struct hash_options h = {.folder = c->tree.folder,
                                   .kind = c->m->hash,
                                   .threads = c->o->threads,
                                   .memory = c->o->memory};
    if (!index_files(c) || !plan(c)) return ST_NOMEM;
    return hash_files(&h, c->jobs, c->job_count);
}

static enum st read_tree(struct check *c, struct slice *ret_why)
{
    const struct manifest *m = c->m;
    size_t n = m->ignored_count + c->o->ignored_count;
    struct slice *ignored = ARENA_ARRAY(c->arena, struct slice, n + 1);
    if (!ignored) return ST_NOMEM;
    for (size_t i = 0; i < m->ignored_count; i++) ignored[i] = m->ignored[i];
    for (size_t i = m->ignored_count; i < n; i++) ignored[i] = c->o->ignored[i - m->ignored_count];
    const struct tree_options t = {.ignored = ignored,
                                   .ignored_count = n,
                                   .own = c->o->own,
                                   .own_count = c->o->own_count,
                                   .links = c->o->links || m->allow_links,
                                   .details = m->method == MANIFEST_SHARDS || c->o->memory};
    return tree_read(c->o->path, &t, c->arena, &c->tree, ret_why);
}

enum st verify_model(const struct manifest *m, const struct verify_options *o, struct arena *arena,
                     struct verify_model *ret, struct slice *ret_why)
{
    struct verify_model v = {.files = 0};
    struct check c = {.m = m, .o = o, .arena = arena, .out = &v};
    enum st st = read_tree(&c, ret_why);
    if (st != ST_OK) return st;
    st = hash(&c);
    if (st == ST_OK) judge(&c);
    tree_done(&c.tree);
    if (st == ST_OK && c.nomem) st = ST_NOMEM;
    if (st == ST_OK) *ret = v;
    return st;
}
