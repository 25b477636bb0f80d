/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/config.h"
#include "base/utf8.h"
#include "cli/files.h"
#include "base/near.h"
#include "cli/project.h"
#include "codec/toml.h"
#include <errno.h>

#define FILE_MAX (1u << 20)

extern char **environ;

struct source {
    struct cli *cli;
    enum origin origin;
    struct slice name; /* as people name the file */
};

/* ---- what is wrong ---- */

static void trouble(struct source *s, size_t line, size_t column, const char *what, const char *fix)
{
    struct buf *b = &s->cli->trouble;
    s->cli->trouble_count++;
    esc_tty(b, s->name);
    if (line) buf_printf(b, ":%zu:%zu", line, column);
    buf_str(b, ": ");
    buf_str(b, what);
    buf_printf(b, "\n  fix: %s\n", fix);
}

/* ---- one table of settings ---- */

static void put(struct source *s, enum opt o, const struct toml_node *n, struct slice text)
{
    struct cli *c = s->cli;
    struct buf why, what, fix;
    buf_init(&why, 4096);
    buf_init(&what, 4096);
    buf_init(&fix, 4096);
    struct slice where = arena_printf(&c->arena, "%.*s:%zu", SLICE_ARG(s->name), n->line);
    if (!settings_put(&c->settings, o, text, s->origin, where, &why)) {
        buf_printf(&what, "%s %s", option_at(o)->key, buf_text(&why));
        if (option_is_key_only(o))
            buf_printf(&fix, "%s: %s", option_at(o)->key, option_at(o)->help);
        else
            buf_printf(&fix, "see merlon help scan, --%s", option_at(o)->name);
        trouble(s, n->line, n->column, buf_text(&what), buf_text(&fix));
    }
    buf_done(&why);
    buf_done(&what);
    buf_done(&fix);
}

static void wrong_kind(struct source *s, const struct toml_node *n, enum opt o)
{
    struct slice what =
        arena_printf(&s->cli->arena, "%s cannot be %s", option_at(o)->key, toml_kind_name(n->kind));
    bool list = option_at(o)->kind == OPT_KIND_LIST;
    trouble(s, n->line, n->column, (const char *)what.p,
            list ? "write a list of texts: [\"a\", \"b\"]" : "write one value");
}

static void set(struct source *s, enum opt o, const struct toml_node *n)
{
    bool list = option_at(o)->kind == OPT_KIND_LIST;
    if (n->kind == TOML_ARRAY && list) {
        for (const struct toml_node *e = n->first; e; e = e->next) {
            if (e->kind == TOML_STRING)
                put(s, o, e, e->text);
            else
                wrong_kind(s, e, o);
        }
    } else if (n->kind == TOML_STRING || n->kind == TOML_INTEGER || n->kind == TOML_BOOL) {
        put(s, o, n, n->text);
    } else {
        wrong_kind(s, n, o);
    }
}

static void unknown_key(struct source *s, const struct toml_node *n, struct slice key)
{
    struct buf what, fix;
    const char *near = key_nearest(key);
    buf_init(&what, 4096);
    buf_init(&fix, 4096);
    buf_str(&what, "unknown key '");
    esc_tty(&what, slice_sub(key, 0, 80));
    buf_byte(&what, '\'');
    if (near)
        buf_printf(&fix, "did you mean %s?", near);
    else
        buf_str(&fix, "remove it; merlon config show lists the keys");
    trouble(s, n->line, n->column, buf_text(&what), buf_text(&fix));
    buf_done(&what);
    buf_done(&fix);
}

/* [audit] is the table of keys that begin with "audit." */
static bool is_table(struct slice name)
{
    for (enum opt o = 0; o < OPT_COUNT; o++) {
        struct slice key = slice_str(option_at(o)->key);
        if (key.n > name.n && key.p[name.n] == '.' && slice_starts(key, name)) return true;
    }
    return false;
}

static void set_one(struct source *s, const struct toml_node *n, struct slice key)
{
    enum opt o = option_of_key(key);
    if (o < OPT_COUNT)
        set(s, o, n);
    else
        unknown_key(s, n, key);
}

static void set_all(struct source *s, const struct toml_node *table)
{
    for (const struct toml_node *n = table ? table->first : NULL; n; n = n->next) {
        if (n->kind != TOML_TABLE || !is_table(n->key)) {
            set_one(s, n, n->key);
            continue;
        }
        for (const struct toml_node *m = n->first; m; m = m->next)
            set_one(
                s, m,
                arena_printf(&s->cli->arena, "%.*s.%.*s", SLICE_ARG(n->key), SLICE_ARG(m->key)));
    }
}

/* ---- files ---- */

/* The settings of a file; NULL when it is not there, or has none, or is broken (told). */
static const struct toml_node *read_settings(struct source *s, const char *path, bool required)
{
    struct cli *c = s->cli;
    struct buf b;
    struct toml_error error;
    struct toml_node *root = NULL;
    buf_init(&b, FILE_MAX + 1);
    if (!file_read(path, FILE_MAX, &b)) {
        bool absent = errno == ENOENT || errno == ENOTDIR;
        if (required || !absent)
            trouble(
                s, 0, 0, strerror(errno),
                s->origin == ORIGIN_USER
                    ? "let the user that runs merlon read it, or set HOME or XDG_CONFIG_HOME to "
                      "that user's own folder"
                    : "check the path and who may read it");
        buf_done(&b);
        return NULL;
    }
    struct slice text = arena_copy(&c->arena, buf_slice(&b));
    buf_done(&b);
    root = toml_parse(text, &c->arena, &error);
    if (!root) trouble(s, error.line, error.column, error.what, error.fix);
    if (!root || !slice_ends(slice_str(path), S("pyproject.toml"))) return root;
    return toml_get(toml_get(root, S("tool")), S("merlon"));
}

static bool use_file(struct cli *c, enum origin origin, const char *path, struct slice name,
                     bool required)
{
    struct source s = {.cli = c, .origin = origin, .name = name};
    size_t before = c->trouble_count;
    const struct toml_node *table = read_settings(&s, path, required);
    set_all(&s, table);
    return table || c->trouble_count > before;
}

/* A path below the project as it looks from the current folder. */
static struct slice seen_from_here(struct cli *c, const char *name)
{
    struct buf b;
    buf_init(&b, 8192);
    struct slice rest = c->project.here, part;
    while (rest.n && slice_split(&rest, '/', &part)) buf_str(&b, "../");
    buf_str(&b, name);
    struct slice s = arena_copy(&c->arena, buf_slice(&b));
    buf_done(&b);
    return s.p ? s : slice_str(name);
}

static void project_files(struct cli *c)
{
    static const char *const names[] = {"merlon.toml", "pyproject.toml"};
    struct slice given = setting_text(&c->settings, OPT_CONFIG);
    if (given.n) {
        (void)use_file(c, ORIGIN_PROJECT, cli_cstr(c, given), given, true);
        c->config = cli_cstr(c, given);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct slice path = cli_join(c, c->project.root, slice_str(names[i]));
        struct slice name = seen_from_here(c, names[i]);
        if (!use_file(c, ORIGIN_PROJECT, cli_cstr(c, path), name, false)) continue;
        c->config = cli_cstr(c, name);
        return;
    }
}

static void user_file(struct cli *c)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    struct slice path;
    if (xdg && *xdg == '/')
        path = cli_join(c, slice_str(xdg), S("merlon/merlon.toml"));
    else if (home && *home == '/')
        path = cli_join(c, slice_str(home), S(".config/merlon/merlon.toml"));
    else
        return;
    (void)use_file(c, ORIGIN_USER, cli_cstr(c, path), path, false);
}

/* ---- environment ---- */

static enum opt option_of_env(struct slice name)
{
    for (enum opt o = 0; o < OPT_COUNT; o++) {
        struct buf b;
        buf_init(&b, 256);
        option_env(o, &b);
        bool hit = b.n && slice_eq(buf_slice(&b), name);
        buf_done(&b);
        if (hit) return o;
    }
    return OPT_COUNT;
}

static void env_one(struct source *s, enum opt o, struct slice value)
{
    struct cli *c = s->cli;
    struct buf why;
    struct slice rest = value, one;
    bool list = option_at(o)->kind == OPT_KIND_LIST;
    buf_init(&why, 4096);
    while (list ? rest.n && slice_split(&rest, ',', &one) : (one = rest, rest.p != NULL)) {
        if (!settings_put(&c->settings, o, slice_trim(one), ORIGIN_ENVIRONMENT, s->name, &why)) {
            trouble(s, 0, 0, buf_text(&why), "correct or unset the variable");
            break;
        }
        if (!list) break;
    }
    buf_done(&why);
}

static void environment(struct cli *c)
{
    for (char **e = environ; e && *e; e++) {
        struct slice value = slice_str(*e), name;
        if (!slice_starts(value, S("MERLON_")) || !slice_split(&value, '=', &name)) continue;
        struct source s = {.cli = c, .origin = ORIGIN_ENVIRONMENT, .name = name};
        enum opt o = option_of_env(name);
        if (o < OPT_COUNT && value.n) env_one(&s, o, value);
    }
}

void config_load(struct cli *c)
{
    project_find(c);
    environment(c);
    project_files(c);
    user_file(c);
    (void)use_file(c, ORIGIN_SYSTEM, "/etc/merlon/merlon.toml", S("/etc/merlon/merlon.toml"),
                   false);
}

int config_verdict(struct cli *c)
{
    if (!c->trouble_count) return 0;
    fputs(buf_text(&c->trouble), stderr);
    return EXIT_CANNOT;
}
