/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c - what package managers wrote: uv.lock, poetry.lock, pdm.lock and pylock.toml (tables
 * [[package]], line by line, because they grow to megabytes), conda-lock.yml, conda's explicit
 * lists. */
#include "base/ascii.h"
#include "read/code/packages.h"

/* ---- [[package]] ---- */

static void finish(struct packages *p, struct package *one)
{
    if (one->name.n) packages_add(p, one);
    *one = (struct package){0};
}

/* "registry = "..." }" of an inline table: the text of one key. */
static struct slice inline_text(struct slice table, const char *key)
{
    size_t at = slice_find(table, slice_str(key));
    if (at == SIZE_MAX) return (struct slice){NULL, 0};
    struct slice rest = slice_sub(table, at + strlen(key), table.n);
    size_t quote = slice_find_byte(rest, '"');
    if (quote == SIZE_MAX || quote > 4) return (struct slice){NULL, 0};
    return packages_unquote(slice_sub(rest, quote, rest.n));
}

/* source = { git = "https://...?rev=main#40 digits" } of uv */
static void uv_place(struct slice value, struct package *one)
{
    static const char *const keys[] = {
        "git = ", "url = ", "editable = ", "virtual = ", "directory = ", "path = "};
    for (size_t i = 0; i < COUNT_OF(keys) && !one->url.n; i++)
        one->url = inline_text(value, keys[i]);
    if (slice_has(value, S("git = "))) one->exact = false;
}

static void package_pair(struct packages *p, struct packages_lines *l, struct package *one,
                         bool source)
{
    struct slice key, value;
    (void)p;
    if (!packages_pair(l->line, &key, &value)) return;
    if (source) { /* [package.source] of poetry */
        if (slice_eq(key, S("url"))) one->url = packages_unquote(value);
        return;
    }
    if (slice_eq(key, S("name"))) {
        one->name = packages_unquote(value);
        one->line = l->number;
        one->column = 1;
    }
    if (slice_eq(key, S("version"))) {
        one->versions = packages_unquote(value);
        one->exact = true;
    }
    if (slice_eq(key, S("source")) && slice_starts(value, S("{"))) uv_place(value, one);
    if (slice_eq(key, S("git"))) one->url = packages_unquote(value);
    if (slice_has(value, S("hash"))) one->hashed = true;
}

void packages_toml_lock(struct packages *p)
{
    struct packages_lines l = {.rest = p->source.text};
    struct package one = {0};
    bool inside = false, source = false;
    while (packages_line(p, &l)) {
        if (slice_starts(l.line, S("["))) {
            bool begins =
                slice_starts(l.line, S("[[package]]")) || slice_starts(l.line, S("[[packages]]"));
            source = slice_starts(l.line, S("[package.source]"));
            bool below =
                slice_starts(l.line, S("[package.")) || slice_starts(l.line, S("[[package.")) ||
                slice_starts(l.line, S("[packages.")) || slice_starts(l.line, S("[[packages."));
            if (begins || !below) finish(p, &one);
            inside = begins;
            continue;
        }
        if (inside || source) package_pair(p, &l, &one, source);
        if (slice_has(l.line, S("hash = \"sha256:")) || slice_has(l.line, S("hashes = {")))
            one.hashed = true;
    }
    finish(p, &one);
}

/* ---- conda ---- */

static struct slice yaml_value(struct slice line, const char *key)
{
    struct slice text = slice_trim(line);
    if (slice_starts(text, S("- "))) text = slice_trim(slice_sub(text, 2, text.n));
    if (!slice_starts(text, slice_str(key))) return (struct slice){NULL, 0};
    return packages_unquote(slice_sub(text, strlen(key), text.n));
}

/* https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.4-py311h64a7726_0.conda#... */
static void explicit_line(struct packages *p, struct packages_lines *l)
{
    struct slice file = packages_base(slice_sub(l->line, 0, slice_find_byte(l->line, '#')));
    size_t build = slice_rfind_byte(file, '-');
    if (build == SIZE_MAX || !slice_starts(l->line, S("http"))) return;
    struct slice rest = slice_sub(file, 0, build);
    size_t version = slice_rfind_byte(rest, '-');
    if (version == SIZE_MAX) return;
    packages_add(p, &(struct package){.system = SYSTEM_CONDA,
                                      .name = slice_sub(rest, 0, version),
                                      .versions = slice_sub(rest, version + 1, rest.n),
                                      .exact = true,
                                      .hashed = slice_find_byte(l->line, '#') != SIZE_MAX,
                                      .line = l->number,
                                      .column = 1});
}

void packages_conda_lock(struct packages *p)
{
    struct packages_lines l = {.rest = p->source.text};
    struct package one = {0};
    while (packages_line(p, &l)) {
        struct slice text = slice_trim(l.line), value;
        if (slice_starts(l.line, S("http"))) {
            explicit_line(p, &l);
            continue;
        }
        if (slice_starts(l.line, S("- "))) {
            finish(p, &one);
            one = (struct package){.system = SYSTEM_CONDA, .line = l.number, .column = 3};
        }
        value = yaml_value(text, "name: ");
        if (value.n && !one.name.n) {
            one.name = value;
            one.line = l.number;
        }
        value = yaml_value(text, "version: ");
        if (value.n && one.name.n) {
            one.versions = value;
            one.exact = true;
        }
        if (slice_eq(yaml_value(text, "manager: "), S("pip"))) one.system = SYSTEM_PYPI;
        one.hashed |= yaml_value(text, "sha256: ").n > 0;
    }
    if (one.exact) finish(p, &one);
}
