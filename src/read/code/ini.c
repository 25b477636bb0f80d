/* SPDX-License-Identifier: Apache-2.0 */
/* ini.c - lines of key and value.
 *
 *    [section]                 a map at the root; without one, keys are at the root
 *    key = value  ; key: value
 *        more                  the same key once more: pip and configparser join them
 *    export KEY="value"        .env
 *    key = a \                 .properties go on behind a backslash */
#include "read/code/ini.h"
#include "base/ascii.h"
#include "codec/toml.h"
#include "read/text/source.h"
#include "read/text/text.h"

struct ini {
    struct settings_maker *m;
    uint32_t section;
    struct setting_key key; /* of the last line */
};

static bool is_key_byte(uint8_t c)
{
    return ascii_alnum(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == '"' ||
           c == '\'' || c == ' ' || c >= 0x80;
}

/* Where the value begins, or SIZE_MAX: the first = or : behind a plausible key. */
static size_t separator(struct slice line)
{
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '=' || line.p[i] == ':') return i ? i : SIZE_MAX;
        if (!is_key_byte(line.p[i])) return SIZE_MAX;
    }
    return SIZE_MAX;
}

/* Without quotes around it, or without a comment behind it. */
static struct slice plain(struct slice s)
{
    s = slice_trim(s);
    if (s.n > 1 && (s.p[0] == '"' || s.p[0] == '\'')) {
        size_t end = slice_find_byte(slice_sub(s, 1, s.n), s.p[0]);
        return end == SIZE_MAX ? s : slice_sub(s, 1, end);
    }
    size_t comment = slice_find(s, S(" #")), other = slice_find(s, S(" ;"));
    return slice_trim(slice_sub(s, 0, comment < other ? comment : other));
}

static void add(struct ini *x, struct slice value, size_t at)
{
    struct slice text = plain(value);
    bool quoted = value.n && (value.p[0] == '"' || value.p[0] == '\'');
    size_t inside = 0;
    (void)slice_inside(value, text, &inside);
    (void)settings_add(x->m, x->section, quoted ? SET_STRING : SET_PLAIN, x->key, text, at + inside,
                       text.n);
}

static void section(struct ini *x, struct slice line, size_t at)
{
    size_t end = slice_find_byte(line, ']');
    struct setting_key key = {slice_trim(slice_sub(line, 1, end == SIZE_MAX ? line.n : end - 1)),
                              at};
    if (x->section != SETTING_NONE) settings_close(x->m, x->section);
    x->section = settings_add(x->m, SETTING_NONE, SET_MAP, key, S(""), at, 0);
    x->key.text = S("");
}

static void line_of(struct ini *x, struct slice line, size_t at)
{
    size_t indent = 0;
    while (indent < line.n && (line.p[indent] == ' ' || line.p[indent] == '\t')) indent++;
    struct slice body = slice_trim(line);
    at += indent;
    if (!body.n || body.p[0] == '#' || body.p[0] == ';' || body.p[0] == '!') return;
    if (body.p[0] == '[' && !indent) {
        section(x, body, at);
        return;
    }
    if (slice_starts(body, S("export "))) {
        at += 7;
        body = slice_sub(body, 7, body.n);
    }
    size_t cut = separator(body);
    if (indent && x->key.text.n &&
        (cut == SIZE_MAX || slice_has(slice_sub(body, 0, cut + 3), S("://")))) {
        add(x, body, at);
        return;
    }
    if (cut == SIZE_MAX) return;
    size_t from = cut + 1;
    while (from < body.n && (body.p[from] == ' ' || body.p[from] == '=')) from++;
    x->key = (struct setting_key){plain(slice_sub(body, 0, cut)), at};
    add(x, slice_sub(body, from, body.n), at + from);
}

void ini_settings(struct settings_maker *m, struct slice text)
{
    struct ini x = {.m = m, .section = SETTING_NONE};
    for (size_t at = 0; at < text.n && m->st == ST_OK;) {
        struct slice line = slice_sub(text, at, text.n);
        line = slice_sub(line, 0, slice_find_byte(line, '\n'));
        line_of(&x, line, at);
        at += line.n + 1;
    }
    if (x.section != SETTING_NONE) settings_close(m, x.section);
}

/* ---- TOML ---- */

static enum setting_kind kind_of(const struct toml_node *n)
{
    if (n->kind == TOML_TABLE) return SET_MAP;
    if (n->kind == TOML_ARRAY) return SET_LIST;
    return n->kind == TOML_STRING ? SET_STRING : SET_PLAIN;
}

/* The byte of a line and column, which counts characters. */
struct toml_places {
    struct slice text;
    size_t at, line;
};

static size_t place(struct toml_places *p, const struct toml_node *n)
{
    if (n->line < p->line) p->at = 0, p->line = 1;
    while (p->line < n->line) {
        size_t nl = slice_find_byte(slice_sub(p->text, p->at, p->text.n), '\n');
        if (nl == SIZE_MAX) break;
        p->at += nl + 1;
        p->line++;
    }
    size_t at = p->at + (n->column ? n->column - 1 : 0);
    return at < p->text.n ? at : p->text.n;
}

#define TOML_DEPTH 64

/* In order, with a stack of what is open. */
static void toml_settings(struct settings_maker *m, const struct toml_node *root)
{
    const struct toml_node *next[TOML_DEPTH];
    uint32_t open[TOML_DEPTH];
    struct toml_places places = {m->text, 0, 1};
    size_t depth = 1;
    next[0] = root->first;
    open[0] = SETTING_NONE;
    while (depth && m->st == ST_OK) {
        const struct toml_node *n = next[depth - 1];
        if (!n) {
            if (open[--depth] != SETTING_NONE) settings_close(m, open[depth]);
            continue;
        }
        next[depth - 1] = n->next;
        enum setting_kind kind = kind_of(n);
        size_t at = place(&places, n), from = 0;
        struct setting_key key = {n->key, at};
        if (slice_inside(m->text, n->text, &from) && n->text.n) at = from;
        uint32_t self = settings_add(m, open[depth - 1], kind, key, n->text, at, n->text.n);
        if ((kind == SET_MAP || kind == SET_LIST) && depth < TOML_DEPTH && self != SETTING_NONE) {
            next[depth] = n->first;
            open[depth++] = self;
        }
    }
}

enum st toml_read(struct reading *r)
{
    struct source s;
    struct settings_maker m;
    struct toml_error error = {0};
    tell_format(r, FMT_TOML, NULL);
    enum st st = source_open(&s, r, SOURCE_TEXT);
    if (st != ST_OK) return st;
    if (!budget_work(r->budget, 1 + s.text.n / 8)) return ST_LIMIT;
    settings_begin(&m, r->arena, slice_sub(s.text, 0, SETTING_TEXT));
    const struct toml_node *root = toml_parse(s.text, r->arena, &error);
    if (!root && error.st == ST_NOMEM) return ST_NOMEM;
    if (root)
        toml_settings(&m, root);
    else
        ini_settings(&m, m.text); /* broken: what can be read line by line */
    if (m.st == ST_NOMEM) return m.st;
    settings_tell(&m, r, DIALECT_TOML);
    return lines_read(r);
}

enum st ini_read(struct reading *r)
{
    struct source s;
    struct settings_maker m;
    bool pbtxt = slice_ends_nocase(r->layer->name, S(".pbtxt")) ||
                 slice_ends_nocase(r->layer->name, S(".textproto"));
    tell_format(r, FMT_INI, NULL);
    enum st st = source_open(&s, r, SOURCE_TEXT);
    if (st != ST_OK) return st;
    if (!budget_work(r->budget, 1 + s.text.n / 16)) return ST_LIMIT;
    settings_begin(&m, r->arena, slice_sub(s.text, 0, SETTING_TEXT));
    if (pbtxt)
        pbtxt_settings(&m, m.text);
    else
        ini_settings(&m, m.text);
    if (m.st == ST_NOMEM) return m.st;
    settings_tell(&m, r, pbtxt ? DIALECT_PBTXT : DIALECT_INI);
    return lines_read(r);
}
