/* SPDX-License-Identifier: Apache-2.0 */
/* elsewhere.c - packages in commands and imports.
 *
 *    python3 -m pip install -U "torch==2.5.1" --extra-index-url https://...      each as if it
 * stood uv pip install, uv add, poetry add, pdm add, pipenv install, conda install  in a list */
#include "detect/package/names.h"
#include "detect/package/package.h"
#include "detect/package/package_part.h"
#include "codec/shell.h"
#include "read/code/commands.h"
#include "read/code/packages.h"

/* ---- commands ---- */

struct install { /* a way to say it: program and first words */
    const char *program, *words[2];
    enum package_system system;
};

static const struct install installs[] = {
    {"pip", {"install", NULL}, SYSTEM_PYPI},     {"pip", {"download", NULL}, SYSTEM_PYPI},
    {"pip", {"wheel", NULL}, SYSTEM_PYPI},       {"pip3", {"install", NULL}, SYSTEM_PYPI},
    {"pipx", {"install", NULL}, SYSTEM_PYPI},    {"uv", {"pip", "install"}, SYSTEM_PYPI},
    {"uv", {"add", NULL}, SYSTEM_PYPI},          {"uv", {"tool", "install"}, SYSTEM_PYPI},
    {"poetry", {"add", NULL}, SYSTEM_PYPI},      {"pdm", {"add", NULL}, SYSTEM_PYPI},
    {"pipenv", {"install", NULL}, SYSTEM_PYPI},  {"conda", {"install", NULL}, SYSTEM_CONDA},
    {"mamba", {"install", NULL}, SYSTEM_CONDA},  {"micromamba", {"install", NULL}, SYSTEM_CONDA},
    {"conda", {"create", NULL}, SYSTEM_CONDA},   {"mamba", {"create", NULL}, SYSTEM_CONDA},
    {"easy_install", {NULL, NULL}, SYSTEM_PYPI},
};

static struct slice word_at(const struct command *c, size_t i)
{
    return i < c->count ? c->words[i] : (struct slice){NULL, 0};
}

/* "pip3.11" is pip. */
static bool is_program(struct slice word, const char *program)
{
    struct slice base = shell_base(word), name = slice_str(program);
    if (slice_eq(base, name)) return true;
    return slice_eq(name, S("pip")) && slice_starts(base, S("pip3."));
}

/* Where its arguments begin; 0: it does not install. */
static size_t arguments(const struct command *c, enum package_system *ret)
{
    size_t at = 0;
    bool python = slice_starts(shell_base(word_at(c, 0)), S("python"));
    if (python) {
        while (at < c->count && !slice_eq(word_at(c, at), S("-m"))) at++;
        at++;
    }
    if (slice_eq(word_at(c, at), S("%pip")) || slice_eq(word_at(c, at), S("!pip"))) {
        *ret = SYSTEM_PYPI;
        return slice_eq(word_at(c, at + 1), S("install")) ? at + 2 : 0;
    }
    for (size_t i = 0; i < COUNT_OF(installs); i++) {
        const struct install *in = &installs[i];
        size_t n = 0;
        if (!is_program(word_at(c, at), in->program)) continue;
        while (n < 2 && in->words[n] && slice_eq(word_at(c, at + 1 + n), slice_str(in->words[n])))
            n++;
        if (n < 2 && in->words[n]) continue;
        *ret = in->system;
        return at + 1 + n;
    }
    return 0;
}

/* Options whose value is the next word; those that say where packages come from, with their name.
 */
static const struct {
    const char *name, *as;
} options[] = {
    {"--extra-index-url", "extra-index-url"},
    {"--index-url", "index-url"},
    {"--default-index", "index-url"},
    {"--index", "index"},
    {"-i", "index-url"},
    {"--find-links", "find-links"},
    {"-f", "find-links"},
    {"--trusted-host", "trusted-host"},
    {"-r", NULL},
    {"--requirement", NULL},
    {"-c", NULL},
    {"--constraint", NULL},
    {"--channel", NULL},
    {"-t", NULL},
    {"--target", NULL},
    {"--prefix", NULL},
    {"-p", NULL},
    {"--python", NULL},
    {"--root", NULL},
    {"-n", NULL},
    {"--name", NULL},
    {"--platform", NULL},
    {"--python-version", NULL},
    {"--implementation", NULL},
    {"--abi", NULL},
    {"--only-binary", NULL},
    {"--no-binary", NULL},
    {"--group", NULL},
    {"-G", NULL},
    {"--extra", NULL},
    {"-E", NULL},
    {"--source", NULL},
    {"--cache-dir", NULL},
    {"--progress-bar", NULL},
    {"--timeout", NULL},
    {"--retries", NULL},
    {"--upgrade-strategy", NULL},
    {"--proxy", NULL},
    {"--cert", NULL},
    {"--log", NULL},
    {"-d", NULL},
    {"--dest", NULL},
    {"-w", NULL},
    {"--wheel-dir", NULL},
    {"--global-option", NULL},
    {"--config-settings", NULL},
    {"--index-strategy", NULL},
    {"--torch-backend", NULL},
};

struct walk {
    struct judge *j;
    const struct reading *r;
    const struct event *ev;
    const struct command *c;
    struct package like;
};

static void judge_as(struct walk *w, const struct package *one, size_t word)
{
    const struct script *s = w->c->script;
    struct package p = *one;
    struct event ev = {.kind = EV_PACKAGE, .offset = w->ev->offset, .package = &p};
    p.line = w->c->line;
    p.column = w->c->column;
    if (s && s->shell && w->c->index < s->shell->count) {
        const struct shell_command *sc = &s->shell->commands[w->c->index];
        if (sc->program + word < sc->count)
            p.line = script_line(s, sc->words[sc->program + word].line);
        if (p.line != w->c->line) p.column = 0;
    }
    ev.line = p.line;
    judge_package(w->j, w->r, &ev);
}

/* True: the word is an option; *ret_skip: the words that it takes. */
static bool option(struct walk *w, size_t at, size_t *ret_skip)
{
    struct slice word = word_at(w->c, at), value;
    *ret_skip = 1;
    if (!slice_starts(word, S("-"))) return false;
    size_t eq = slice_find_byte(word, '=');
    struct slice name = slice_sub(word, 0, eq);
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        if (!slice_eq(name, slice_str(options[i].name))) continue;
        if (eq == SIZE_MAX) *ret_skip = 2;
        value = eq == SIZE_MAX ? word_at(w->c, at + 1) : slice_sub(word, eq + 1, word.n);
        struct package one = w->like;
        one.source = PACKAGE_INDEX;
        one.name = slice_str(options[i].as);
        one.url = value;
        bool live = slice_starts(value, S("$"));
        if (options[i].as && value.n && !live) judge_as(w, &one, at);
        break;
    }
    return true;
}

/* The facts of the whole command that a file would have. */
static void look_around(struct walk *w, size_t from, struct package_file *file)
{
    for (size_t i = from; i < w->c->count; i++) {
        struct slice word = word_at(w->c, i);
        size_t eq = slice_find(word, S("=="));
        if (eq == SIZE_MAX || slice_starts(word, S("-"))) continue;
        bool label = slice_find_byte(slice_sub(word, eq, word.n), '+') != SIZE_MAX;
        file->labelled += label;
    }
    w->like.file = file;
}

void package_command(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct walk w = {.j = j, .r = r, .ev = ev, .c = ev->command};
    struct package_file file = {0};
    size_t at = arguments(w.c, &w.like.system), skip;
    if (!at) return;
    w.like.source = PACKAGE_COMMAND;
    look_around(&w, at, &file);
    while (at < w.c->count) {
        struct package one = w.like;
        struct slice word = word_at(w.c, at);
        if (!option(&w, at, &skip) && !slice_starts(word, S("$")) && packages_pep508(word, &one)) {
            if (w.like.system == SYSTEM_CONDA) one.system = SYSTEM_CONDA;
            judge_as(&w, &one, at);
        }
        at += skip;
    }
}

/* ---- imports ---- */

/* Modules that everybody imports: only their misprints are looked for in code, because projects
 * name their own modules as they like. */
static const char *const modules[] = {
    "numpy",      "pandas",      "torch",      "tensorflow",  "transformers", "requests",
    "sklearn",    "matplotlib",  "scipy",      "langchain",   "openai",       "anthropic",
    "fastapi",    "pydantic",    "sqlalchemy", "datasets",    "torchvision",  "huggingface_hub",
    "litellm",    "ultralytics", "diffusers",  "safetensors", "xgboost",      "lightgbm",
    "accelerate", "cryptography"};

static bool is_misprint(struct slice name, struct slice *ret)
{
    size_t best = COUNT_OF(modules);
    for (size_t i = 0; i < COUNT_OF(modules); i++) {
        struct slice m = slice_str(modules[i]);
        if (slice_eq(name, m)) return false;
        bool number = name.n && name.p[name.n - 1] >= '0' && name.p[name.n - 1] <= '9';
        /* a plural is somebody's own module */
        bool plural = (name.n + 1 == m.n && slice_starts(m, name)) ||
                      (m.n + 1 == name.n && slice_starts(name, m));
        if (number || plural || name.n < 5) continue;
        if (names_slip(name, m)) best = i;
    }
    if (best < COUNT_OF(modules)) *ret = slice_str(modules[best]);
    return best < COUNT_OF(modules);
}

/* Harmful in every version, or made to be taken for another. */
static bool is_harmful(struct advisories *known, struct slice name, struct slice *ret_id)
{
    struct slice all;
    struct advisory a;
    if (!advisories_find_harmful(known, name, &all) || !advisory_next(&all, &a) || !a.malicious)
        return false;
    *ret_id = a.ids;
    return slice_eq(a.ranges, S("*")) || slice_has(a.summary, S("look-alike"));
}

static void judge_import(struct asked *q)
{
    struct slice like, text, id = S("");
    q->name = names_normal(q->j->arena, q->p->name);
    if (!q->name.p) {
        q->j->nomem = true;
        return;
    }
    if (is_harmful(q->known, q->name, &id)) {
        asked_say(q, "dep.malicious", SEV_CRITICAL,
                  S("A package of this name was made to harm: importing it runs its author's code"),
                  S(""));
        return;
    }
    bool real = names_find(q->names, NAME_NEIGHBOUR, q->name, &text) ||
                names_find(q->names, NAME_POPULAR, q->name, &text);
    if (!real && is_misprint(q->p->name, &like)) asked_say_import(q, like);
}

void package_imports(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct py_module *m = ev->module->tree;
    struct slice last = {NULL, 0};
    for (size_t i = 0; i < m->stmt_count && !j->nomem; i++) {
        const struct py_stmt *s = &m->stmts[i];
        if (s->kind != PS_IMPORT && s->kind != PS_FROM) continue;
        struct slice root = slice_sub(s->text, 0, slice_find_byte(s->text, '.'));
        if (!root.n || slice_eq(root, last)) continue;
        last = root;
        const uint32_t *lines = ev->module->lines;
        struct package p = {.source = PACKAGE_IMPORT, .name = root, .line = s->line};
        if (lines) p.line = lines[s->line - 1];
        struct event at = {.kind = EV_PACKAGE, .offset = s->offset, .line = p.line, .package = &p};
        struct asked q = {.j = j, .r = r, .ev = &at, .p = &p, .known = packages_known(j)};
        q.shown = arena_printf(j->arena, "import %.*s", SLICE_ARG(root));
        if (!q.known) return;
        q.names = advisories_names(q.known);
        judge_import(&q);
        if (q.known->nomem) j->nomem = true;
    }
}
