/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.c - the manifests that are read line by line: setup.cfg, conda's environment files,
 * pip.conf. Hand-written files break their own syntax more often than lines break.
 *
 *    [options]                     channels: [conda-forge]        [global]
 *    install_requires =            dependencies:                  extra-index-url =
 *        torch>=2.0                  - numpy=1.26                     https://a.example/simple
 *        numpy                       - pip:
 *                                      - torch==2.6.0 */
#include "base/ascii.h"
#include "read/code/packages.h"

static size_t indent_of(struct slice line)
{
    size_t n = 0;
    while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t')) n++;
    return n;
}

static struct slice no_comment(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '#' && (!i || ascii_space(s.p[i - 1]))) return slice_trim(slice_sub(s, 0, i));
    return slice_trim(s);
}

static struct package at_line(const struct packages_lines *l)
{
    return (struct package){.line = l->number, .column = (uint32_t)indent_of(l->line) + 1};
}

/* ---- INI: one value over several lines ---- */

typedef void ini_fn(struct packages *p, struct slice section, struct slice key, struct slice value,
                    struct package like);

static void read_ini(struct packages *p, ini_fn *on_value)
{
    struct packages_lines l = {.rest = p->source.text};
    struct slice section = S(""), key = S("");
    while (packages_line(p, &l)) {
        struct slice text = no_comment(l.line);
        if (!text.n || text.p[0] == ';') continue;
        struct package like = at_line(&l);
        if (like.column > 1 && key.n) {
            on_value(p, section, key, text, like);
            continue;
        }
        if (text.p[0] == '[') {
            section = slice_trim(slice_sub(text, 1, slice_find_byte(text, ']') - 1));
            key = S("");
            continue;
        }
        size_t eq = 0;
        while (eq < text.n && text.p[eq] != '=' && text.p[eq] != ':') eq++;
        key = slice_trim(slice_sub(text, 0, eq));
        struct slice value = slice_trim(slice_sub(text, eq + 1, text.n));
        if (value.n) on_value(p, section, key, value, like);
    }
}

static void setup_value(struct packages *p, struct slice section, struct slice key,
                        struct slice value, struct package like)
{
    bool extras = slice_eq(section, S("options.extras_require"));
    bool options = slice_eq(section, S("options"));
    like.build = options && slice_eq(key, S("setup_requires"));
    like.dev = options && slice_eq(key, S("tests_require"));
    if (!extras && !like.build && !like.dev && !(options && slice_eq(key, S("install_requires"))))
        return;
    packages_add_text(p, value, like);
}

void packages_setup_cfg(struct packages *p)
{
    p->file.library = true;
    read_ini(p, setup_value);
}

static void pip_value(struct packages *p, struct slice section, struct slice key,
                      struct slice value, struct package like)
{
    /* trusted-host is a setting, and judged as one */
    static const char *const known[] = {"extra-index-url", "index-url", "find-links"};
    (void)section;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        struct slice name = slice_str(known[i]);
        if (key.n != name.n) continue;
        bool same = true; /* _ for -, too */
        for (size_t k = 0; k < name.n; k++)
            same &= key.p[k] == name.p[k] || (key.p[k] == '_' && name.p[k] == '-');
        if (!same) continue;
        like.source = PACKAGE_INDEX;
        like.name = name;
        like.url = packages_unquote(value);
        packages_add(p, &like);
    }
}

/* ---- METADATA, PKG-INFO (Core metadata specifications) ---- */

static bool header(struct slice line, const char *name, struct slice *ret)
{
    struct slice prefix = slice_str(name);
    if (line.n <= prefix.n || !slice_starts(line, prefix) || line.p[prefix.n] != ':') return false;
    *ret = slice_trim(slice_sub(line, prefix.n + 1, line.n));
    return ret->n > 0;
}

/* One more name for the licence. "License :: OSI Approved :: MIT License" ends with it. */
static void add_licence(struct packages *p, struct package *one, struct slice name, uint32_t line)
{
    size_t colon = slice_rfind_byte(name, ':');
    if (slice_starts(name, S("License ::"))) name = slice_sub(name, colon + 1, name.n);
    name = slice_trim(name);
    if (slice_eq(name, S("OSI Approved"))) return; /* says nothing of which */
    if (!one->licence_line) one->licence_line = line;
    one->licence = arena_printf(p->r->arena, "%.*s%s%.*s", SLICE_ARG(one->licence),
                                one->licence.n ? "\n" : "", SLICE_ARG(slice_sub(name, 0, 200)));
    if (!one->licence.p) p->st = ST_NOMEM;
}

void packages_metadata(struct packages *p)
{
    struct packages_lines l = {.rest = p->source.text};
    struct package one = {.source = PACKAGE_INSTALLED, .exact = true};
    struct slice value;
    bool expression = false;
    while (one.licence.n < 2000 && packages_line(p, &l) && l.line.n) {
        if (header(l.line, "Name", &value)) {
            one.name = value;
            one.line = l.number;
            one.column = 1;
        }
        if (header(l.line, "Version", &value)) one.versions = value;
        bool said = header(l.line, "License-Expression", &value); /* what the others mean */
        bool named = !said && !expression &&
                     (header(l.line, "License", &value) || (header(l.line, "Classifier", &value) &&
                                                            slice_starts(value, S("License ::"))));
        if (said) one.licence.n = one.licence_line = 0;
        if (said || named) add_licence(p, &one, value, l.number);
        expression |= said;
    }
    if (one.name.n && one.versions.n) packages_add(p, &one);
}

void packages_pip_conf(struct packages *p)
{
    read_ini(p, pip_value);
}

/* ---- conda ---- */

/* "conda-forge::numpy=1.26.4=py311_0", "numpy >=1.2,<2", "pytorch" */
static void conda_spec(struct packages *p, struct slice text, struct package like)
{
    size_t channel = slice_find(text, S("::"));
    size_t n = 0;
    if (channel != SIZE_MAX) text = slice_sub(text, channel + 2, text.n);
    while (n < text.n &&
           (ascii_alnum(text.p[n]) || text.p[n] == '-' || text.p[n] == '_' || text.p[n] == '.'))
        n++;
    like.name = slice_sub(text, 0, n);
    like.system = SYSTEM_CONDA;
    text = slice_trim(slice_sub(text, n, text.n));
    if (text.n && text.p[0] == '[') text = slice_sub(text, 0, 0);
    /* name=version=build, name version build */
    size_t build = slice_find_byte(slice_sub(text, 1, text.n), '=');
    if (build != SIZE_MAX && build > 0 && ascii_alnum(text.p[build]))
        text = slice_sub(text, 0, build + 1);
    size_t blank = slice_find_byte(text, ' ');
    if (blank != SIZE_MAX && text.n && ascii_digit(text.p[0])) text = slice_sub(text, 0, blank);
    like.versions = text;
    if (!like.name.n || slice_eq(like.name, S("python")) || slice_eq(like.name, S("pip"))) return;
    packages_add(p, &like);
}

static struct slice unquoted(struct slice s)
{
    return s.n > 1 && (s.p[0] == '"' || s.p[0] == '\'') ? packages_unquote(s) : s;
}

static void pip_item(struct packages *p, struct slice text, struct package like)
{
    static const char *const known[] = {"--extra-index-url", "--index-url", "--find-links",
                                        "--trusted-host"};
    if (!slice_starts(text, S("-"))) {
        packages_add_text(p, text, like);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (!slice_starts(text, slice_str(known[i]))) continue;
        struct slice value = slice_sub(text, strlen(known[i]), text.n);
        if (slice_starts(value, S("="))) value = slice_sub(value, 1, value.n);
        like.source = PACKAGE_INDEX;
        like.name = slice_str(&known[i][2]);
        like.url = packages_unquote(value);
        packages_add(p, &like);
        return;
    }
}

void packages_conda_env(struct packages *p)
{
    struct packages_lines l = {.rest = p->source.text};
    bool inside = false;
    size_t pip = SIZE_MAX; /* indent of "- pip:" */
    while (packages_line(p, &l)) {
        struct slice text = no_comment(l.line);
        size_t indent = indent_of(l.line);
        if (!text.n) continue;
        if (!slice_starts(text, S("-"))) {
            if (!indent) inside = slice_starts(text, S("dependencies:"));
            if (inside && indent && slice_eq(text, S("pip:"))) pip = indent;
            continue;
        }
        struct slice item = unquoted(slice_trim(slice_sub(text, 1, text.n)));
        if (!inside) continue;
        if (pip != SIZE_MAX && indent <= pip) pip = SIZE_MAX;
        if (slice_eq(item, S("pip:"))) {
            pip = indent;
            continue;
        }
        if (pip != SIZE_MAX)
            pip_item(p, item, at_line(&l));
        else
            conda_spec(p, item, at_line(&l));
    }
}
