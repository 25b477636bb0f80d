/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_script.c - which values of a YAML file a shell gets, and as what.
 *
 *    run: |                a script                          GitHub, SkyPilot
 *    script: [a, b]        lines of one script               GitLab, Azure
 *    command: [a, b]       words of one command              compose, Kubernetes, Argo
 *    args: [c]             more words of it */
#include "read/code/scripts.h"
#include "read/code/yaml.h"

static const struct script_key {
    const char *key;
    enum command_where where;
} script_keys[] = {
    {"run", WHERE_CI},
    {"script", WHERE_CI},
    {"before_script", WHERE_CI},
    {"after_script", WHERE_CI},
    {"commands", WHERE_CI},
    {"bash", WHERE_CI},
    {"shell", WHERE_CI},
    {"cmd", WHERE_CI},
    {"cmds", WHERE_CI},
    {"setup", WHERE_CI},
    {"source", WHERE_CI},
    {"postStart", WHERE_COMPOSE},
    {"initscript", WHERE_COMPOSE},
};

struct scripts {
    struct reading *r;
    const struct settings_maker *m;
    struct script_maker out;
};

static const struct code_setting *at(const struct scripts *s, uint32_t i)
{
    return &s->m->list[i];
}

static bool is_text(const struct code_setting *x)
{
    return x->kind == SET_STRING || x->kind == SET_PLAIN;
}

/* Lines of a plain or quoted text that goes on: a line end is a blank. */
static void flowing(struct script_maker *out, struct slice raw, uint32_t line)
{
    while (raw.n) {
        size_t nl = slice_find_byte(raw, '\n');
        struct slice text = slice_trim(slice_sub(raw, 0, nl));
        raw = nl == SIZE_MAX ? S("") : slice_sub(raw, nl + 1, raw.n);
        script_text(out, text, line++);
        if (raw.n) script_text(out, S(" \\"), line);
        script_end_line(out);
    }
}

/* The text of one value, with the lines that it stands on. */
static void add_text(struct scripts *s, const struct code_setting *x)
{
    struct slice raw = slice_sub(s->m->text, x->offset, x->length);
    uint8_t c = raw.n ? raw.p[0] : 0;
    size_t nl = slice_find_byte(raw, '\n');
    if (x->kind == SET_STRING && (c == '|' || c == '>') && nl != SIZE_MAX)
        script_block(&s->out, slice_sub(raw, nl + 1, raw.n), x->line + 1, c == '>');
    else if (nl != SIZE_MAX && x->kind == SET_PLAIN)
        flowing(&s->out, raw, x->line);
    else
        script_text(&s->out, x->value, x->line);
    script_end_line(&s->out);
}

static enum st tell_script(struct scripts *s, uint32_t i, enum command_where where)
{
    const struct code_setting *x = at(s, i);
    script_begin(&s->out, s->r->arena);
    if (is_text(x)) add_text(s, x);
    for (uint32_t k = i + 1; x->kind == SET_LIST && k < x->end; k++)
        if (is_text(at(s, k)) && !at(s, k)->key.n) add_text(s, at(s, k));
    return script_tell(&s->out, s->r, where, x->offset);
}

/* A script for another interpreter, or none at all: with.script of github-script is JavaScript. */
static bool is_shell_text(const struct scripts *s, uint32_t i)
{
    static const char *const others[] = {"python", "pwsh", "powershell", "cmd", "node", "perl"};
    uint32_t map = at(s, i)->parent;
    if (map == SETTING_NONE) return true;
    if (slice_eq(at(s, map)->key, S("with"))) return false;
    bool source = slice_eq(at(s, i)->key, S("source"));
    uint32_t shell = settings_child(s->m->list, map, source ? S("command") : S("shell"));
    if (shell == SETTING_NONE || shell == i) return !source;
    const struct code_setting *x = at(s, shell);
    struct slice name =
        x->kind == SET_LIST && x->end > shell + 1 ? at(s, shell + 1)->value : x->value;
    for (size_t k = 0; k < COUNT_OF(others); k++)
        if (slice_has(name, slice_str(others[k]))) return false;
    return true;
}

/* ---- command: and args: ---- */

/* "nvcr.io/nvidia/tritonserver:24.01-py3" starts "tritonserver". */
static struct slice image_word(const struct scripts *s, uint32_t map)
{
    uint32_t i = settings_child(s->m->list, map, S("image"));
    if (i == SETTING_NONE || !is_text(at(s, i))) return S("");
    struct slice name = shell_base(at(s, i)->value);
    size_t end = slice_find_byte(name, ':');
    size_t digest = slice_find_byte(name, '@');
    return slice_sub(name, 0, end < digest ? end : digest);
}

static void add_words(struct scripts *s, uint32_t i, struct slice image)
{
    const struct code_setting *x = at(s, i);
    bool list = x->kind == SET_LIST;
    for (uint32_t k = list ? i + 1 : i; k < x->end; k++) {
        const struct code_setting *w = at(s, k);
        if (!is_text(w)) continue;
        if (!s->out.n && slice_starts(w->value, S("-"))) {
            /* whatever it is that starts: options that mean the same everywhere are known */
            script_word(&s->out, image.n ? image : S("server"), w->line);
        }
        if (list) {
            script_word(&s->out, w->value, w->line);
            continue;
        }
        script_join(&s->out);
        add_text(s, w);
        return;
    }
}

static enum st tell_command(struct scripts *s, uint32_t map)
{
    static const char *const keys[] = {"entrypoint", "command", "args"};
    struct slice image = image_word(s, map);
    uint32_t offset = at(s, map)->offset;
    bool any = false;
    script_begin(&s->out, s->r->arena);
    for (size_t k = 0; k < COUNT_OF(keys); k++) {
        uint32_t i = settings_child(s->m->list, map, slice_str(keys[k]));
        if (i == SETTING_NONE || at(s, i)->kind == SET_MAP) continue;
        any = true;
        add_words(s, i, image);
    }
    return any ? script_tell(&s->out, s->r, WHERE_COMPOSE, offset) : ST_OK;
}

static enum st tell_setting(struct scripts *s, uint32_t i)
{
    const struct code_setting *x = at(s, i);
    if (x->kind == SET_MAP) return slice_eq(x->key, S("with")) ? ST_OK : tell_command(s, i);
    if (!x->key.n) return ST_OK;
    for (size_t k = 0; k < COUNT_OF(script_keys); k++)
        if (slice_eq(x->key, slice_str(script_keys[k].key)))
            return is_shell_text(s, i) ? tell_script(s, i, script_keys[k].where) : ST_OK;
    return ST_OK;
}

enum st yaml_scripts(struct reading *r, const struct settings_maker *m)
{
    struct scripts s = {.r = r, .m = m};
    enum st st = ST_OK;
    for (uint32_t i = 0; i < m->count && st == ST_OK; i++) {
        if (!budget_work(r->budget, 1)) return ST_LIMIT;
        struct arena_mark mark = arena_mark(r->arena);
        st = tell_setting(&s, i);
        arena_rewind(r->arena, mark);
    }
    return st;
}
