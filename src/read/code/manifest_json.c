/* SPDX-License-Identifier: Apache-2.0 */
/* manifest_json.c - package.json, package-lock.json and Pipfile.lock: one pass of the pull reader;
 * what is kept is the path of keys that leads to where it stands.
 *
 *    package.json       dependencies / name : "^1.2"
 *    package-lock.json  packages / "node_modules/name" / version, resolved, integrity
 *                       dependencies / name / version ...                        (version 1)
 *    Pipfile.lock       default / name / version, hashes; _meta / sources
 *    node_modules/X/package.json, conda-meta/X.json     what an installed package says of itself:
 *                       name, version, license */
#include "codec/json.h"
#include "read/code/packages.h"

#define NEAR 256
#define DEEP 6 /* keys of a path that are kept */

struct tree {
    struct packages *p;
    struct json json;
    struct slice path[DEEP];
    uint32_t lines[DEEP], columns[DEEP];
    struct package one; /* of a lock: being collected at depth one_at */
    unsigned one_at;
    enum kind { KIND_NPM, KIND_NPM_LOCK, KIND_PIPFILE, KIND_INSTALLED } kind;
};

static struct slice text(struct tree *t)
{
    struct slice s = json_text(&t->json, t->p->r->arena);
    if (!s.p) t->p->st = ST_NOMEM;
    return s;
}

static uint32_t column_of(const struct json *j)
{
    size_t from = j->start < NEAR ? 0 : j->start - NEAR; /* a lock may be one endless line */
    size_t nl = slice_rfind_byte(slice_sub(j->in, from, j->start - from), '\n');
    return nl == SIZE_MAX ? 1 : (uint32_t)(j->start - from - nl);
}

static void on_key(struct tree *t)
{
    unsigned d = t->json.depth;
    if (d < 1 || d > DEEP) return;
    t->path[d - 1] = text(t);
    t->lines[d - 1] = (uint32_t)json_line(&t->json);
    t->columns[d - 1] = column_of(&t->json);
}

static bool is_group(struct slice key, bool *ret_dev)
{
    *ret_dev = slice_eq(key, S("devDependencies")) || slice_eq(key, S("develop"));
    return *ret_dev || slice_eq(key, S("dependencies")) || slice_eq(key, S("default")) ||
           slice_eq(key, S("optionalDependencies")) || slice_eq(key, S("peerDependencies"));
}

static bool is_place(struct slice v)
{
    static const char *const begins[] = {"git", "http", "file:", "link:", "workspace:", "npm:"};
    for (size_t i = 0; i < COUNT_OF(begins); i++)
        if (slice_starts(v, slice_str(begins[i]))) return true;
    return slice_find_byte(v, '/') != SIZE_MAX; /* owner/repository */
}

/* package.json: name : range */
static void on_npm(struct tree *t, struct slice value)
{
    bool dev = false;
    if (t->json.depth != 2 || !is_group(t->path[0], &dev)) return;
    struct package one = {.system = SYSTEM_NPM,
                          .name = t->path[1],
                          .dev = dev,
                          .line = t->lines[1],
                          .column = t->columns[1]};
    *(is_place(value) ? &one.url : &one.versions) = value;
    packages_add(t->p, &one);
}

/* A key of the object that is one locked package. */
static void on_locked(struct tree *t, struct slice value)
{
    if (!t->one_at || t->json.depth != t->one_at) return;
    struct slice key = t->path[t->one_at - 1];
    if (slice_eq(key, S("version"))) {
        bool eq = slice_starts(value, S("=="));
        t->one.versions = eq ? slice_sub(value, 2, value.n) : value;
        t->one.exact = true;
    }
    if (slice_eq(key, S("license"))) {
        t->one.licence = value;
        t->one.licence_line = t->lines[t->one_at - 1];
    }
    if (slice_eq(key, S("integrity"))) t->one.hashed = true;
    if (slice_eq(key, S("resolved")) && slice_starts(value, S("git"))) t->one.url = value;
    if (slice_eq(key, S("git"))) t->one.url = value;
    if (slice_eq(key, S("index"))) t->one.own_index = true;
}

static void on_installed(struct tree *t, struct slice value)
{
    struct slice key = t->path[0];
    if (t->json.depth != 1) return;
    if (slice_eq(key, S("name"))) {
        t->one.name = value;
        t->one.line = t->lines[0];
        t->one.column = t->columns[0];
    }
    if (slice_eq(key, S("version"))) t->one.versions = value;
    if (!slice_eq(key, S("license"))) return;
    t->one.licence = value;
    t->one.licence_line = t->lines[0];
}

static struct slice module_name(struct slice key)
{
    size_t at = SIZE_MAX, next = 0;
    while ((next = slice_find(slice_sub(key, next, key.n), S("node_modules/"))) != SIZE_MAX) {
        at = (at == SIZE_MAX ? 0 : at) + next + 13;
        next = at;
    }
    return at == SIZE_MAX ? slice_sub(key, 0, 0) : slice_sub(key, at, key.n);
}

static void on_object(struct tree *t)
{
    bool dev = false, npm = t->kind == KIND_NPM_LOCK;
    if (t->json.depth != 3) return; /* inside of it already */
    bool packages = npm && slice_eq(t->path[0], S("packages"));
    if (!packages && !is_group(t->path[0], &dev)) return;
    t->one = (struct package){.system = npm ? SYSTEM_NPM : SYSTEM_PYPI,
                              .name = packages ? module_name(t->path[1]) : t->path[1],
                              .dev = dev,
                              .line = t->lines[1],
                              .column = t->columns[1]};
    t->one_at = 3;
}

/* "dev": true of npm */
static void on_true(struct tree *t)
{
    bool here = t->one_at && t->json.depth == t->one_at;
    t->one.dev |= here && slice_eq(t->path[t->one_at - 1], S("dev"));
}

static void on_end(struct tree *t)
{
    if (!t->one_at || t->json.depth + 1 != t->one_at) return;
    if (t->one.name.n) packages_add(t->p, &t->one);
    t->one_at = 0;
}

static void on_string(struct tree *t)
{
    unsigned d = t->json.depth;
    if (d < 1 || d > DEEP) return;
    bool list = !t->json.in_object[d - 1];
    if (list) {
        t->one.hashed |= t->one_at && d == t->one_at + 1 && slice_eq(t->path[2], S("hashes"));
        return;
    }
    if (d > 3) return;
    struct slice value = text(t);
    if (t->kind == KIND_NPM)
        on_npm(t, value);
    else if (t->kind == KIND_INSTALLED)
        on_installed(t, value);
    else
        on_locked(t, value);
}

static void walk(struct tree *t)
{
    struct packages *p = t->p;
    bool lock = t->kind == KIND_NPM_LOCK || t->kind == KIND_PIPFILE;
    json_init(&t->json, p->source.text);
    while (p->st == ST_OK && json_next(&t->json) != JSON_END && t->json.token != JSON_BAD) {
        if (!budget_work(p->r->budget, 1 + t->json.raw.n / 64)) p->st = ST_LIMIT;
        switch (t->json.token) {
        case JSON_KEY: on_key(t); break;
        case JSON_STRING: on_string(t); break;
        case JSON_OBJECT:
            if (lock) on_object(t);
            break;
        case JSON_OBJECT_END: on_end(t); break;
        case JSON_TRUE: on_true(t); break;
        default: break;
        }
    }
}

void packages_json(struct packages *p, struct slice base)
{
    struct tree t = {.p = p, .kind = KIND_NPM};
    if (slice_starts(base, S("Pipfile"))) t.kind = KIND_PIPFILE;
    if (slice_ends(base, S("lock.json"))) t.kind = KIND_NPM_LOCK;
    walk(&t);
}

void packages_installed_json(struct packages *p)
{
    struct tree t = {.p = p, .kind = KIND_INSTALLED};
    bool npm = slice_ends(p->r->layer->name, S("package.json"));
    t.one.system = npm ? SYSTEM_NPM : SYSTEM_CONDA;
    t.one.source = PACKAGE_INSTALLED;
    walk(&t);
    if (t.one.name.n && t.one.versions.n) packages_add(p, &t.one);
}
