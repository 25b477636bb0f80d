/* SPDX-License-Identifier: Apache-2.0 */
/* requirements.c - pip's requirements format (pip documentation, "Requirements File Format"; PEP
 * 508), and what conda list --export and pip freeze write.
 *
 *    torch[opt]>=2.0,<3 ; python_version >= "3.9" \     continued
 *        --hash=sha256:...
 *    -r other.txt   -c limits.txt   -e git+https://...@REV#egg=name   --extra-index-url URL  # why
 */
#include "base/ascii.h"
#include "base/buf.h"
#include "read/code/packages.h"

static bool name_byte(uint8_t c)
{
    return ascii_alnum(c) || c == '-' || c == '_' || c == '.' || c >= 0x80;
}

static size_t name_length(struct slice s)
{
    size_t n = 0;
    while (n < s.n && name_byte(s.p[n])) n++;
    while (n && (s.p[n - 1] == '.' || s.p[n - 1] == '-')) n--;
    return n;
}

static bool has_scheme(struct slice s)
{
    size_t at = slice_find(slice_sub(s, 0, 24), S("://"));
    if (at == SIZE_MAX || !at) return slice_starts(s, S("file:"));
    for (size_t i = 0; i < at; i++)
        if (!ascii_alnum(s.p[i]) && s.p[i] != '+') return false;
    return true;
}

static bool is_path(struct slice s)
{
    static const char *const endings[] = {".whl", ".tar.gz", ".zip", ".tar.bz2"};
    if (slice_eq(s, S(".")) || slice_starts(s, S("./")) || slice_starts(s, S("../")) ||
        slice_starts(s, S("/")) || slice_starts(s, S(".[")))
        return true;
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (slice_ends(s, slice_str(endings[i]))) return true;
    return false;
}

/* Up to the next blank. */
static struct slice word(struct slice s)
{
    size_t n = 0;
    while (n < s.n && !ascii_space(s.p[n])) n++;
    return slice_sub(s, 0, n);
}

/* "...#egg=name&subdirectory=x" */
static struct slice egg(struct slice url)
{
    size_t at = slice_find(url, S("#egg="));
    if (at == SIZE_MAX) at = slice_find(url, S("&egg="));
    if (at == SIZE_MAX) return (struct slice){NULL, 0};
    struct slice name = slice_sub(url, at + 5, url.n);
    return slice_sub(name, 0, name_length(name));
}

/* Where the marker begins: a ; that stands free, or any one when there is no URL. */
static struct slice cut_marker(struct slice *s, bool url)
{
    size_t at = url ? slice_find(*s, S(" ;")) : slice_find_byte(*s, ';');
    if (at == SIZE_MAX) return (struct slice){NULL, 0};
    struct slice marker = slice_sub(*s, at + 1 + url, s->n);
    *s = slice_trim(slice_sub(*s, 0, at));
    return slice_trim(marker);
}

static bool specifier_begins(struct slice s)
{
    uint8_t c = s.n ? s.p[0] : 0;
    return c == '=' || c == '<' || c == '>' || c == '!' || c == '~' || c == '(' || c == '^';
}

bool packages_pep508(struct slice text, struct package *ret)
{
    text = slice_trim(text);
    if (has_scheme(text) || is_path(word(text))) {
        ret->marker = cut_marker(&text, true);
        ret->url = word(text);
        ret->name = egg(ret->url);
        return true;
    }
    size_t n = name_length(text);
    if (!n || !(ascii_alnum(text.p[0]) || text.p[0] >= 0x80)) return false;
    ret->name = slice_sub(text, 0, n);
    text = slice_trim(slice_sub(text, n, text.n));
    if (slice_starts(text, S("["))) {
        size_t end = slice_find_byte(text, ']');
        if (end == SIZE_MAX) return false;
        text = slice_trim(slice_sub(text, end + 1, text.n));
    }
    if (slice_starts(text, S("@"))) {
        text = slice_trim(slice_sub(text, 1, text.n));
        ret->marker = cut_marker(&text, true);
        ret->url = word(text);
        return ret->url.n > 0;
    }
    ret->marker = cut_marker(&text, false);
    if (text.n && !specifier_begins(text)) return false;
    ret->versions = text;
    /* name=1.2=build of conda */
    if (slice_starts(text, S("=")) && !slice_starts(text, S("=="))) {
        size_t build = slice_find_byte(slice_sub(text, 1, text.n), '=');
        if (build != SIZE_MAX) ret->versions = slice_sub(text, 0, build + 1);
        ret->system = SYSTEM_CONDA;
    }
    return true;
}

/* ---- lines of a file ---- */

/* Without a comment: # at the begin or behind a blank. */
static struct slice uncomment(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '#' && (!i || ascii_space(s.p[i - 1]))) return slice_trim(slice_sub(s, 0, i));
    return slice_trim(s);
}

static bool continues(struct slice line)
{
    return line.n && line.p[line.n - 1] == '\\';
}

/* The lines that a backslash joins, as one text. */
static struct slice joined(struct packages *p, struct packages_lines *l)
{
    struct buf b;
    struct slice first = l->line, text = uncomment(first);
    if (!continues(first) || (slice_trim(first).n && slice_trim(first).p[0] == '#')) return text;
    buf_init(&b, (size_t)1 << 20);
    do {
        if (slice_trim(l->line).n && slice_trim(l->line).p[0] == '#') continue;
        bool more = continues(l->line);
        buf_add(&b, slice_sub(l->line, 0, l->line.n - more));
        buf_byte(&b, ' ');
        if (!more) break;
    } while (packages_line(p, l));
    text = arena_copy(p->r->arena, uncomment(buf_slice(&b)));
    if (!buf_ok(&b) || !text.p) p->st = buf_ok(&b) ? ST_NOMEM : ST_LIMIT;
    buf_done(&b);
    return text;
}

static const struct option {
    const char *name;
    const char *as;
    bool package;
} options[] = {
    {"--extra-index-url", "extra-index-url", false},
    {"--index-url", "index-url", false},
    {"--pypi-url", "index-url", false},
    {"-i", "index-url", false},
    {"--find-links", "find-links", false},
    {"-f", "find-links", false},
    {"--trusted-host", "trusted-host", false},
    {"--requirement", "requirement", false},
    {"-r", "requirement", false},
    {"--editable", NULL, true},
    {"-e", NULL, true},
};

/* The value of an option, which stands behind a blank or =; of a short one also right behind it. */
static bool option_value(struct slice text, const struct option *o, struct slice *ret)
{
    size_t n = strlen(o->name);
    if (!slice_starts(text, slice_str(o->name))) return false;
    struct slice rest = slice_sub(text, n, text.n);
    bool is_long = o->name[1] == '-';
    if (rest.n && rest.p[0] != '=' && !ascii_space(rest.p[0]) && is_long) return false;
    rest = slice_trim(rest);
    if (slice_starts(rest, S("="))) rest = slice_trim(slice_sub(rest, 1, rest.n));
    *ret = rest;
    return rest.n > 0;
}

static void read_option(struct packages *p, struct slice text, struct package like)
{
    struct slice value;
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        if (!option_value(text, &options[i], &value)) continue;
        if (options[i].package) {
            packages_add_text(p, packages_unquote(value), like);
            return;
        }
        like.source = PACKAGE_INDEX;
        like.name = slice_str(options[i].as);
        like.url = packages_unquote(value);
        packages_add(p, &like);
        return;
    }
}

/* Options of one requirement: --hash=..., --config-settings. */
static struct slice cut_options(struct slice text, bool *ret_hashed)
{
    size_t at = slice_find(text, S(" --"));
    if (at == SIZE_MAX) return text;
    *ret_hashed = slice_has(slice_sub(text, at, text.n), S("--hash"));
    return slice_trim(slice_sub(text, 0, at));
}

static void read_requirement(struct packages *p, struct slice text, struct package like)
{
    text = cut_options(text, &like.hashed);
    if (text.n > 1 && (text.p[0] == '"' || text.p[0] == '\'')) text = packages_unquote(text);
    like.hashed |= slice_has(text, S("#sha256="));
    packages_add_text(p, text, like);
}

void packages_requirements(struct packages *p)
{
    struct packages_lines l = {.rest = p->source.text};
    struct slice base = packages_base(p->r->layer->name);
    bool dev = slice_has_nocase(base, S("dev")) || slice_has_nocase(base, S("test")) ||
               slice_has_nocase(base, S("doc")) || slice_has_nocase(base, S("lint"));
    while (!p->more && packages_line(p, &l)) { /* no others would be kept */
        size_t blank = 0;
        while (blank < l.line.n && ascii_space(l.line.p[blank])) blank++;
        struct package like = {.line = l.number, .column = (uint32_t)blank + 1, .dev = dev};
        struct slice text = joined(p, &l);
        if (!text.n) continue;
        if (text.p[0] == '-')
            read_option(p, text, like);
        else
            read_requirement(p, text, like);
    }
}

/* ---- sniffing ---- */

bool packages_named_requirements(struct slice base)
{
    bool text = slice_ends_nocase(base, S(".txt")) || slice_ends_nocase(base, S(".in")) ||
                slice_ends_nocase(base, S(".pip"));
    if (slice_eq(base, S("requirements.lock")) || slice_eq(base, S("requirements-dev.lock")))
        return true;
    return text && (slice_has_nocase(base, S("requirement")) ||
                    slice_starts(base, S("constraints")) || slice_ends(base, S("constraints.txt")));
}

/* Every line that is no comment is a requirement or an option, and most have a version. */
bool packages_look_like_requirements(struct slice head, bool cut)
{
    struct slice line;
    size_t packages = 0, versions = 0;
    while (slice_split(&head, '\n', &line)) {
        if (cut && !head.p) break; /* the last line of the head */
        struct package one = {0};
        bool hashed = false;
        struct slice text = uncomment(line);
        if (!text.n || slice_starts(text, S("--"))) continue;
        text = cut_options(text, &hashed);
        if (continues(text)) text = slice_trim(slice_sub(text, 0, text.n - 1));
        if (!packages_pep508(text, &one) || one.url.n) return false;
        packages++;
        versions += one.versions.n > 0 && slice_has(one.versions, S("="));
    }
    return packages >= 2 && versions * 2 > packages;
}
