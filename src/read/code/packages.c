/* SPDX-License-Identifier: Apache-2.0 */
/* packages.c - which file is which, and the list that all of them fill. */
#include "read/code/packages.h"
#include "base/ascii.h"
#include "read/text/text.h"

/* ---- the list ---- */

enum st packages_open(struct packages *p, struct reading *r, enum package_source as)
{
    *p = (struct packages){.r = r, .as = as, .file.lock = as == PACKAGE_LOCK};
    return source_open(&p->source, r, SOURCE_TEXT);
}

static bool grow(struct packages *p)
{
    size_t room = p->room ? p->room * 2 : 32;
    struct package *list = ARENA_ARRAY(p->r->arena, struct package, room);
    if (!list) {
        p->st = ST_NOMEM;
        return false;
    }
    if (p->count) memcpy(list, p->list, p->count * sizeof *list);
    p->list = list;
    p->room = room;
    return true;
}

void packages_add(struct packages *p, const struct package *one)
{
    if (p->st != ST_OK) return;
    if (p->count == PACKAGES_MAX) {
        p->more = true;
        return;
    }
    if (p->count == p->room && !grow(p)) return;
    struct package *at = &p->list[p->count++];
    *at = *one;
    if (at->source != PACKAGE_INDEX && at->source != PACKAGE_INSTALLED) at->source = p->as;
}

void packages_add_text(struct packages *p, struct slice text, struct package like)
{
    struct package one = like;
    if (packages_pep508(text, &one)) packages_add(p, &one);
}

static bool is_exact(struct slice versions)
{
    return versions.n > 2 && slice_starts(versions, S("==")) &&
           slice_find_byte(versions, '*') == SIZE_MAX;
}

static void count(struct packages *p)
{
    struct package_file *f = &p->file;
    for (size_t i = 0; i < p->count; i++) {
        const struct package *one = &p->list[i];
        if (one->source == PACKAGE_INDEX || one->url.n) continue;
        bool exact = one->exact || is_exact(one->versions);
        f->count++;
        if (exact && !f->exact) f->first_exact = one->line;
        f->exact += exact;
        f->hashed += one->hashed;
        f->licensed += one->licence.n > 0;
        f->labelled += exact && slice_find_byte(one->versions, '+') != SIZE_MAX;
    }
}

enum st packages_done(struct packages *p)
{
    count(p);
    for (size_t i = 0; i < p->count; i++) {
        struct package *one = &p->list[i];
        one->file = &p->file;
        size_t at = 0;
        (void)slice_inside(p->source.text, one->name.n ? one->name : one->url, &at);
        tell(p->r, &(struct event){.kind = EV_PACKAGE,
                                   .offset = source_offset(&p->source, at),
                                   .line = one->line,
                                   .package = one});
    }
    if (p->more)
        tell_unread(p->r, UNREAD_LIMIT, 0, p->source.text.n, "more than %u packages", PACKAGES_MAX);
    return p->st;
}

/* ---- lines ---- */

bool packages_line(struct packages *p, struct packages_lines *l)
{
    if (p->st != ST_OK || !slice_split(&l->rest, '\n', &l->line)) return false;
    l->number++;
    if (l->line.n && l->line.p[l->line.n - 1] == '\r')
        l->line = slice_sub(l->line, 0, l->line.n - 1);
    if (budget_work(p->r->budget, 1 + l->line.n / 16)) return true;
    p->st = ST_LIMIT;
    return false;
}

struct slice packages_unquote(struct slice s)
{
    s = slice_trim(s);
    if (s.n && (s.p[0] == '"' || s.p[0] == '\'')) {
        size_t end = slice_find_byte(slice_sub(s, 1, s.n), s.p[0]);
        return slice_sub(s, 1, end == SIZE_MAX ? s.n : end);
    }
    size_t n = 0;
    while (n < s.n && !ascii_space(s.p[n]) && (n || s.p[n] != '#')) n++;
    return slice_sub(s, 0, n);
}

bool packages_pair(struct slice line, struct slice *ret_key, struct slice *ret_value)
{
    size_t eq = slice_find_byte(line, '=');
    if (eq == SIZE_MAX || !line.n || line.p[0] == '#') return false;
    *ret_key = packages_unquote(slice_sub(line, 0, eq));
    *ret_value = slice_trim(slice_sub(line, eq + 1, line.n));
    return ret_key->n > 0;
}

struct slice packages_base(struct slice name)
{
    size_t slash = slice_rfind_byte(name, '/');
    return slash == SIZE_MAX ? name : slice_sub(name, slash + 1, name.n);
}

/* ---- which file is which ---- */

bool packages_named_lock(struct slice base)
{
    static const char *const names[] = {"uv.lock",           "poetry.lock",    "pdm.lock",
                                        "pylock.toml",       "Pipfile.lock",   "conda-lock.yml",
                                        "package-lock.json", "conda-lock.yaml"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_eq(base, slice_str(names[i]))) return true;
    return slice_starts(base, S("conda-")) && slice_ends(base, S(".lock"));
}

enum st requirements_read(struct reading *r)
{
    struct packages p;
    struct slice base = packages_base(r->layer->name);
    tell_format(r, FMT_REQUIREMENTS, NULL);
    enum st st = lines_read(r);
    if (st != ST_OK) return st;
    bool source = slice_ends_nocase(base, S(".in"));
    st = packages_open(&p, r, source ? PACKAGE_MANIFEST : PACKAGE_PINS);
    if (st != ST_OK) return st;
    p.file.options = true;
    packages_requirements(&p);
    return packages_done(&p);
}

enum st lock_read(struct reading *r)
{
    struct packages p;
    struct slice base = packages_base(r->layer->name);
    tell_format(r, FMT_LOCK, NULL);
    enum st st = lines_read(r);
    if (st == ST_OK) st = packages_open(&p, r, PACKAGE_LOCK);
    if (st != ST_OK) return st;
    if (slice_ends(base, S(".json")) || slice_starts(base, S("Pipfile")))
        packages_json(&p, base);
    else if (slice_starts(base, S("conda-")))
        packages_conda_lock(&p);
    else
        packages_toml_lock(&p);
    return packages_done(&p);
}

static void package_json(struct packages *p)
{
    packages_json(p, S("package.json"));
    if (slice_has(p->r->layer->name, S("node_modules/"))) packages_installed_json(p);
}

static const struct {
    const char *name;
    void (*read)(struct packages *p);
} manifests[] = {
    {"pyproject.toml", packages_pyproject},  {"Pipfile", packages_pipfile},
    {"setup.cfg", packages_setup_cfg},       {"setup.py", packages_setup_py},
    {"environment.yml", packages_conda_env}, {"environment.yaml", packages_conda_env},
    {"conda.yaml", packages_conda_env},      {"conda.yml", packages_conda_env},
    {"package.json", package_json},          {"pip.conf", packages_pip_conf},
    {"pip.ini", packages_pip_conf},
};

/* environment-dev.yml, env.gpu.yaml and the like: by name, and by what they hold. */
static bool other_conda_env(struct slice base, struct slice text)
{
    if (!slice_ends(base, S(".yml")) && !slice_ends(base, S(".yaml"))) return false;
    text = slice_sub(text, 0, (size_t)16 << 10);
    bool depends = slice_starts(text, S("dependencies:")) || slice_has(text, S("\ndependencies:"));
    return depends && (slice_has(text, S("channels:")) || slice_has(text, S("- pip:")));
}

/* What an installed package says of itself: METADATA in *.dist-info, files in conda-meta, known by
 * what they hold, as of a file only its own name is known. */
static void (*installed(struct slice base, struct slice text))(struct packages *)
{
    text = slice_sub(text, 0, (size_t)64 << 10);
    bool python = slice_eq(base, S("PKG-INFO")) || slice_eq(base, S("METADATA"));
    if (python && slice_starts(text, S("Metadata-Version:"))) return packages_metadata;
    bool conda = slice_glob(S("*-*-*.json"), base) || slice_eq(base, S("index.json"));
    conda = conda && slice_has(text, S("\"build_number\"")) && slice_has(text, S("\"depends\""));
    return conda ? packages_installed_json : NULL;
}

enum st manifest_read(struct reading *r)
{
    struct packages p;
    struct slice base = packages_base(r->layer->name);
    void (*read)(struct packages *) = NULL;
    for (size_t i = 0; i < COUNT_OF(manifests); i++)
        if (slice_eq(base, slice_str(manifests[i].name))) read = manifests[i].read;
    if (!read) read = installed(base, r->layer->bytes);
    if (!read && other_conda_env(base, r->layer->bytes)) read = packages_conda_env;
    if (!read) return ST_OK;
    enum st st = packages_open(&p, r, PACKAGE_MANIFEST);
    if (st != ST_OK) return st;
    read(&p);
    return packages_done(&p);
}
