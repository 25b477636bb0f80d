/* SPDX-License-Identifier: Apache-2.0 */
/* manifest_toml.c - pyproject.toml (PEP 621, PEP 735, build-system, poetry, pdm, hatch, uv) and
 * Pipfile. */
#include "codec/toml.h"
#include "read/code/packages.h"

struct manifest {
    struct packages *p;
    const struct toml_node *uv_sources;
    size_t lines; /* before what was parsed */
};

static void place(const struct manifest *m, const struct toml_node *n, struct package *one)
{
    one->line = (uint32_t)(m->lines + n->line);
    one->column = (uint32_t)n->column;
}

static struct package at_node(const struct manifest *m, const struct toml_node *n)
{
    struct package one = {.line = 0};
    place(m, n, &one);
    return one;
}

static const struct toml_node *walk(const struct toml_node *n, const char *const *keys)
{
    for (; n && *keys; keys++) n = n->kind == TOML_TABLE ? toml_get(n, slice_str(*keys)) : NULL;
    return n;
}
#define PATH(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct slice text_of(const struct toml_node *table, const char *key)
{
    const struct toml_node *n = toml_get(table, slice_str(key));
    return n && n->kind == TOML_STRING ? n->text : (struct slice){NULL, 0};
}

static bool is_on(const struct toml_node *table, const char *key)
{
    const struct toml_node *n = toml_get(table, slice_str(key));
    return n && n->kind == TOML_BOOL && n->on;
}

/* ---- one package, said by a table ---- */

/* git and rev as one URL, as pip would write it; without a revision there is no @. */
static struct slice git_url(struct manifest *m, struct slice url, struct slice rev)
{
    struct slice git = slice_starts(url, S("git+")) ? S("") : S("git+");
    struct slice s = arena_printf(m->p->r->arena, "%.*s%.*s%s%.*s", SLICE_ARG(git), SLICE_ARG(url),
                                  rev.n ? "@" : "", SLICE_ARG(rev));
    if (!s.p) m->p->st = ST_NOMEM;
    return s;
}

static void read_place(struct manifest *m, const struct toml_node *t, struct package *one)
{
    static const char *const revisions[] = {"rev", "ref", "tag", "branch"};
    static const char *const urls[] = {"url", "file", "path"};
    struct slice git = text_of(t, "git"), rev = {NULL, 0};
    for (size_t i = 0; i < COUNT_OF(revisions) && !rev.n; i++) rev = text_of(t, revisions[i]);
    if (git.n) one->url = git_url(m, git, rev);
    for (size_t i = 0; i < COUNT_OF(urls) && !one->url.n; i++) one->url = text_of(t, urls[i]);
    if (is_on(t, "workspace")) one->url = S(".");
    one->own_index = text_of(t, "source").n || text_of(t, "index").n;
    if (text_of(t, "version").n) one->versions = text_of(t, "version");
}

static void uv_source(struct manifest *m, struct package *one)
{
    const struct toml_node *n = m->uv_sources;
    for (const struct toml_node *c = n && n->kind == TOML_TABLE ? n->first : NULL; c; c = c->next) {
        if (!slice_eq_nocase(c->key, one->name)) continue;
        const struct toml_node *t = c->kind == TOML_ARRAY ? c->first : c;
        if (t && t->kind == TOML_TABLE) read_place(m, t, one);
    }
}

/* An array of PEP 508 texts. */
static void read_list(struct manifest *m, const struct toml_node *list, struct package flags)
{
    for (const struct toml_node *n = list && list->kind == TOML_ARRAY ? list->first : NULL; n;
         n = n->next) {
        struct package one = flags;
        if (n->kind != TOML_STRING || !packages_pep508(n->text, &one)) continue;
        place(m, n, &one);
        uv_source(m, &one);
        packages_add(m->p, &one);
    }
}

/* Groups: a table of such arrays. */
static void read_groups(struct manifest *m, const struct toml_node *groups, struct package flags)
{
    for (const struct toml_node *n = groups && groups->kind == TOML_TABLE ? groups->first : NULL; n;
         n = n->next)
        read_list(m, n, flags);
}

/* name = "^1.2" or name = { version = ..., git = ... }, or an array of these. */
static void read_table(struct manifest *m, const struct toml_node *table, struct package flags)
{
    for (const struct toml_node *n = table && table->kind == TOML_TABLE ? table->first : NULL; n;
         n = n->next) {
        if (slice_eq(n->key, S("python"))) continue;
        struct package one = at_node(m, n);
        const struct toml_node *value = n->kind == TOML_ARRAY ? n->first : n;
        one.name = n->key;
        one.dev = flags.dev;
        if (value && value->kind == TOML_STRING) one.versions = value->text;
        if (value && value->kind == TOML_TABLE) read_place(m, value, &one);
        packages_add(m->p, &one);
    }
}

/* ---- indexes ---- */

static void read_index(struct manifest *m, const struct toml_node *n, const char *option)
{
    struct package one = at_node(m, n);
    const struct toml_node *url = toml_get(n, S("url"));
    if (!url || url->kind != TOML_STRING) return;
    one.source = PACKAGE_INDEX;
    one.name = slice_str(option);
    one.url = url->text;
    place(m, url, &one);
    one.own_index = is_on(n, "explicit") || slice_eq(text_of(n, "priority"), S("explicit"));
    packages_add(m->p, &one);
}

static void read_indexes(struct manifest *m, const struct toml_node *list, const char *option)
{
    for (const struct toml_node *n = list && list->kind == TOML_ARRAY ? list->first : NULL; n;
         n = n->next)
        if (n->kind == TOML_TABLE) read_index(m, n, option);
}

/* A text or an array of texts below [tool.uv]. */
static void read_urls(struct manifest *m, const struct toml_node *n, const char *option)
{
    if (n && n->kind == TOML_ARRAY) n = n->first;
    for (; n && n->kind == TOML_STRING; n = n->next) {
        struct package one = at_node(m, n);
        one.source = PACKAGE_INDEX;
        one.name = slice_str(option);
        one.url = n->text;
        packages_add(m->p, &one);
        if (n->key.n) return;
    }
}

/* ---- the two files ---- */

static void read_poetry(struct manifest *m, const struct toml_node *poetry)
{
    struct package none = {0}, dev = {.dev = true};
    if (!poetry || poetry->kind != TOML_TABLE) return;
    read_table(m, toml_get(poetry, S("dependencies")), none);
    read_table(m, toml_get(poetry, S("dev-dependencies")), dev);
    const struct toml_node *groups = toml_get(poetry, S("group"));
    for (const struct toml_node *n = groups && groups->kind == TOML_TABLE ? groups->first : NULL; n;
         n = n->next)
        if (n->kind == TOML_TABLE) read_table(m, toml_get(n, S("dependencies")), dev);
    read_indexes(m, toml_get(poetry, S("source")), "source");
}

static void read_hatch(struct manifest *m, const struct toml_node *envs)
{
    struct package dev = {.dev = true};
    for (const struct toml_node *n = envs && envs->kind == TOML_TABLE ? envs->first : NULL; n;
         n = n->next) {
        if (n->kind != TOML_TABLE) continue;
        read_list(m, toml_get(n, S("dependencies")), dev);
        read_list(m, toml_get(n, S("extra-dependencies")), dev);
    }
}

static void read_uv(struct manifest *m, const struct toml_node *uv)
{
    struct package dev = {.dev = true}, none = {0};
    if (!uv || uv->kind != TOML_TABLE) return;
    read_list(m, toml_get(uv, S("dev-dependencies")), dev);
    read_list(m, toml_get(uv, S("constraint-dependencies")), none);
    read_list(m, toml_get(uv, S("override-dependencies")), none);
    read_indexes(m, toml_get(uv, S("index")), "index");
    const struct toml_node *pip = toml_get(uv, S("pip"));
    read_urls(m, toml_get(uv, S("extra-index-url")), "extra-index-url");
    if (pip && pip->kind == TOML_TABLE)
        read_urls(m, toml_get(pip, S("extra-index-url")), "extra-index-url");
}

static void read_pyproject(struct manifest *m, const struct toml_node *root)
{
    struct package none = {0}, dev = {.dev = true}, build = {.build = true};
    m->uv_sources = walk(root, PATH("tool", "uv", "sources"));
    m->p->file.library |= toml_get(root, S("build-system")) != NULL;
    read_list(m, walk(root, PATH("project", "dependencies")), none);
    read_groups(m, walk(root, PATH("project", "optional-dependencies")), none);
    read_groups(m, walk(root, PATH("dependency-groups")), dev);
    read_list(m, walk(root, PATH("build-system", "requires")), build);
    read_poetry(m, walk(root, PATH("tool", "poetry")));
    read_groups(m, walk(root, PATH("tool", "pdm", "dev-dependencies")), dev);
    read_indexes(m, walk(root, PATH("tool", "pdm", "source")), "source");
    read_hatch(m, walk(root, PATH("tool", "hatch", "envs")));
    read_uv(m, walk(root, PATH("tool", "uv")));
}

static void read_pipfile(struct manifest *m, const struct toml_node *root)
{
    struct package none = {0}, dev = {.dev = true};
    read_table(m, toml_get(root, S("packages")), none);
    read_table(m, toml_get(root, S("dev-packages")), dev);
    read_indexes(m, toml_get(root, S("source")), "source");
}

/* ---- files that are broken ---- */

#define FAULTS_MAX 64 /* whoever looks at each byte once for each fault looks too often */

/* Behind a fault: from the next line on that begins a table. False: there is none. */
static bool next_table(struct slice *rest, size_t line, size_t *lines)
{
    struct slice text = *rest, one;
    for (size_t i = 1; text.p; i++) {
        *rest = text;
        if (i > line && slice_starts(text, S("["))) return true;
        if (!slice_split(&text, '\n', &one)) return false;
        ++*lines;
    }
    return false;
}

/* An unfinished merge, or a placeholder of a template, ends one table and not the file. */
static void read_toml(struct packages *p, void (*read)(struct manifest *, const struct toml_node *))
{
    struct manifest m = {.p = p};
    struct slice rest = p->source.text;
    struct toml_error error;
    for (unsigned faults = 0; p->st == ST_OK; faults++) {
        if (!budget_work(p->r->budget, 1 + rest.n / 16)) p->st = ST_LIMIT;
        const struct toml_node *root = toml_parse(rest, p->r->arena, &error);
        if (!root && error.st == ST_NOMEM) p->st = ST_NOMEM;
        if (!root) root = error.before;
        if (root) read(&m, root);
        if (!error.what || p->st != ST_OK) return;
        bool stop = error.st == ST_LIMIT || faults == FAULTS_MAX;
        if (stop) tell_unread(p->r, UNREAD_LIMIT, 0, p->source.text.n, "%s", error.what);
        if (stop || !next_table(&rest, error.line, &m.lines)) return;
    }
}

void packages_pyproject(struct packages *p)
{
    read_toml(p, read_pyproject);
}

void packages_pipfile(struct packages *p)
{
    read_toml(p, read_pipfile);
}
