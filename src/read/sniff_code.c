/* SPDX-License-Identifier: Apache-2.0 */
/* sniff_code.c - scripts and configuration: by name, and by content where names do not say it. */
#include "base/ascii.h"
#include "base/st.h"
#include "read/sniff_shapes.h"

static struct slice base_of(struct slice name)
{
    size_t slash = slice_rfind_byte(name, '/');
    return slash == SIZE_MAX ? name : slice_sub(name, slash + 1, name.n);
}

static bool ends_with_one(struct slice name, const char *const *suffixes)
{
    for (; *suffixes; suffixes++)
        if (slice_ends_nocase(name, slice_str(*suffixes))) return true;
    return false;
}

static bool is_one(struct slice name, const char *const *names)
{
    for (; *names; names++)
        if (slice_eq_nocase(name, slice_str(*names))) return true;
    return false;
}

/* #!/bin/sh, #!/usr/bin/env -S bash -e */
static bool shell_line(struct slice s)
{
    static const char *const shells[] = {"sh", "bash", "dash", "zsh", "ksh", "ash", NULL};
    struct slice line = slice_sub(s, 0, slice_find_byte(s, '\n')), word;
    if (!slice_starts(line, S("#!"))) return false;
    line = slice_trim(slice_sub(line, 2, 200));
    for (unsigned i = 0; i < 4 && slice_split(&line, ' ', &word); i++)
        if (is_one(slice_trim(base_of(word)), shells)) return true;
    return false;
}

bool shape_shell(const struct shape_input *in)
{
    static const char *const suffixes[] = {".sh", ".bash", ".zsh", ".ksh", ".mk", ".envrc", NULL};
    static const char *const names[] = {"makefile", "gnumakefile", ".bashrc", ".bash_profile",
                                        ".profile", ".zshrc",      ".envrc",  NULL};
    struct slice base = base_of(in->name);
    return shell_line(in->head) || ends_with_one(base, suffixes) || is_one(base, names) ||
           slice_starts(base, S("Makefile."));
}

/* ---- Dockerfile ---- */

static bool keyword(struct slice line, const char *word)
{
    size_t n = strlen(word);
    return line.n > n + 1 && slice_eq_nocase(slice_sub(line, 0, n), slice_str(word)) &&
           ascii_space(line.p[n]);
}

/* "FROM image", "FROM --platform=x image AS stage"; and no sentence. */
static bool from_image(struct slice line)
{
    struct slice word;
    size_t words = 0;
    bool as = false;
    while (slice_split(&line, ' ', &word)) {
        word = slice_trim(word);
        if (!word.n || slice_starts(word, S("--"))) continue;
        if (slice_starts(word, S("#")) && words > 1) break;
        words++;
        as = as || (words == 3 && slice_eq_nocase(word, S("as")));
    }
    return words == 2 || (words == 4 && as);
}

/* The first instruction is FROM or ARG; `sure`: and another one follows at a margin. */
static bool docker_text(struct slice s, bool sure)
{
    static const char *const others[] = {"RUN",        "COPY",    "ADD", "CMD",
                                         "ENTRYPOINT", "WORKDIR", NULL};
    struct slice line;
    bool first = true;
    while (slice_split(&s, '\n', &line)) {
        struct slice body = slice_trim(line);
        if (!body.n || body.p[0] == '#') continue;
        if (first && !keyword(body, "FROM") && !keyword(body, "ARG")) return false;
        if (first && (!sure && body.n)) return true;
        if (first && keyword(body, "FROM") && !from_image(body)) return false;
        for (const char *const *o = others; !first && *o; o++)
            if (keyword(line, *o) && ascii_upper(line.p[0])) return true;
        first = false;
    }
    return false;
}

bool shape_dockerfile(const struct shape_input *in)
{
    static const char *const not_it[] = {
        ".md",  ".py", ".json", ".yml", ".yaml", ".txt", ".toml", ".dockerignore", ".sh", ".html",
        ".rst", ".js", ".ts",   ".go",  ".sql",  ".csv", NULL};
    struct slice base = base_of(in->name);
    if (ends_with_one(base, not_it)) return false;
    bool named =
        slice_has_nocase(base, S("dockerfile")) || slice_has_nocase(base, S("containerfile"));
    if (named) return docker_text(in->head, false);
    bool plain = slice_find_byte(base, '.') == SIZE_MAX || slice_has_nocase(base, S("docker"));
    return plain && docker_text(in->head, true);
}

/* ---- settings ---- */

bool shape_yaml(const struct shape_input *in)
{
    static const char *const suffixes[] = {".yaml", ".yml", NULL};
    static const char *const names[] = {".condarc", ".clang-format", NULL};
    struct slice base = base_of(in->name);
    return ends_with_one(base, suffixes) || is_one(base, names);
}

bool shape_toml(const struct shape_input *in)
{
    return slice_ends_nocase(in->name, S(".toml")) || slice_eq(base_of(in->name), S("Pipfile"));
}

bool shape_ini(const struct shape_input *in)
{
    static const char *const suffixes[] = {".ini",        ".cfg",   ".conf",      ".env",
                                           ".properties", ".pbtxt", ".textproto", ".tf",
                                           ".tfvars",     NULL};
    static const char *const names[] = {"pip.conf", ".npmrc", ".pypirc", ".flaskenv", NULL};
    struct slice base = base_of(in->name);
    return ends_with_one(base, suffixes) || is_one(base, names) || slice_starts(base, S(".env."));
}

/* ---- Python ---- */

static size_t dotted_end(struct slice s)
{
    size_t i = 0;
    while (i < s.n && (ascii_alnum(s.p[i]) || s.p[i] == '_' || s.p[i] == '.')) i++;
    return i;
}

/* "import a.b", "import a as b, c", "from a import b": and nothing that prose would add. */
static bool is_import(struct slice line)
{
    line = slice_trim(line);
    bool from = slice_starts(line, S("from "));
    if (!from && !slice_starts(line, S("import "))) return false;
    struct slice rest = slice_trim(slice_sub(line, from ? 5 : 7, line.n));
    size_t n = dotted_end(rest);
    rest = slice_trim(slice_sub(rest, n, rest.n));
    if (!n) return false;
    return from ? slice_starts(rest, S("import "))
                : !rest.n || rest.p[0] == ',' || rest.p[0] == ';' || rest.p[0] == '#' ||
                      slice_starts(rest, S("as "));
}

/* A file without suffix whose first lines of code are imports. */
static bool imports_first(struct slice head)
{
    struct slice line;
    while (slice_split(&head, '\n', &line)) {
        struct slice s = slice_trim(line);
        if (s.n && s.p[0] != '#') return is_import(line);
    }
    return false;
}

bool shape_python(const struct shape_input *in)
{
    static const char *const suffixes[] = {".py", ".pyi", ".pyw", NULL};
    struct slice base = base_of(in->name);
    struct slice first = slice_sub(in->head, 0, slice_find_byte(in->head, '\n'));
    if (ends_with_one(base, suffixes)) return true;
    if (slice_starts(first, S("#!"))) return slice_has(first, S("python"));
    return slice_find_byte(base, '.') == SIZE_MAX && imports_first(in->head);
}
