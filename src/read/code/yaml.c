/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.c - events of YAML become a flat list of settings.
 *
 * Templates (Helm, Jinja) are no YAML before they are filled in: lines that are nothing but an
 * action are blanked in a copy, actions within a line become plain letters there, byte for byte, so
 * that places and texts are those of the file. Aliases are copies of what their anchor marked, as
 * long as there is room: documents that double themselves end at SETTING_MAX. */
#include "read/code/yaml.h"
#include "base/map.h"
#include "port/yaml/yml.h"
#include "read/config/config.h"
#include "read/text/source.h"
#include "read/text/text.h"

#define RESTARTS   32u
#define COPIED_MAX 50000u /* settings that aliases may add */

struct frame {
    uint32_t setting;
    bool map, has_key, merge;
    struct setting_key key;
};

struct walk {
    struct reading *r;
    struct settings_maker *m;
    struct slice text; /* of the file */
    size_t base;       /* where the parsed part begins in it */
    struct yml *yml;
    struct yml_event ev;
    struct frame open[YML_DEPTH_MAX + 2];
    size_t depth;
    struct map anchors;
    size_t copied;
};

/* ---- templates ---- */

static bool starts_block(struct slice line)
{
    size_t n = line.n;
    while (n && (line.p[n - 1] == '-' || line.p[n - 1] == '+' ||
                 (line.p[n - 1] >= '0' && line.p[n - 1] <= '9')))
        n--;
    return n > 1 && (line.p[n - 1] == '|' || line.p[n - 1] == '>') && line.p[n - 2] == ' ';
}

static size_t indent_of(struct slice line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] == ' ') n++;
    return n;
}

static bool is_action(struct slice s)
{
    return (slice_starts(s, S("{{")) && slice_ends(s, S("}}"))) ||
           (slice_starts(s, S("{%")) && slice_ends(s, S("%}"))) || slice_starts(s, S("{#"));
}

/* The end of an action that begins at i, or 0. */
static size_t action_end(struct slice line, size_t i)
{
    struct slice rest = slice_sub(line, i, line.n);
    bool block = slice_starts(rest, S("{%"));
    if (!block && !slice_starts(rest, S("{{"))) return 0;
    if (i && line.p[i - 1] == '$') return 0; /* GitHub's, which YAML takes as it is */
    size_t end = slice_find(rest, block ? S("%}") : S("}}"));
    return end == SIZE_MAX ? 0 : i + end + 2;
}

static void mask_line(struct slice line, uint8_t *out)
{
    if (is_action(slice_trim(line))) {
        memset(out, ' ', line.n);
        return;
    }
    for (size_t i = 0; i < line.n;) {
        size_t end = action_end(line, i);
        if (!end) {
            i++;
            continue;
        }
        for (; i < end; i++)
            if (strchr("{}[]\"'#:,&*%\\|>", line.p[i])) out[i] = '_';
    }
}

/* `text` without what is only there for a template engine, or as it is. */
static struct slice without_templates(struct reading *r, struct slice text)
{
    if (!slice_has(text, S("{{")) && !slice_has(text, S("{%"))) return text;
    uint8_t *out = ARENA_ROOM(r->arena, uint8_t, text.n);
    size_t block = SIZE_MAX; /* a block scalar goes on while lines are indented more than that */
    if (!out) return text;
    memcpy(out, text.p, text.n);
    for (size_t at = 0; at < text.n;) {
        struct slice line = slice_sub(text, at, text.n);
        line = slice_sub(line, 0, slice_find_byte(line, '\n'));
        bool blank = !slice_trim(line).n;
        if (!blank && block != SIZE_MAX && indent_of(line) <= block) block = SIZE_MAX;
        if (block == SIZE_MAX) {
            mask_line(line, out + at);
            if (starts_block(slice_trim(line))) block = indent_of(line);
        }
        at += line.n + 1;
    }
    return slice_of(out, text.n);
}

/* ---- values ---- */

/* The text of a scalar as a piece of the file where its bytes say it, else a copy. */
static struct slice value_of(struct walk *w, bool masked)
{
    const struct yml_event *ev = &w->ev;
    struct slice raw = slice_sub(w->text, w->base + ev->from, ev->to - ev->from);
    if (ev->style == '"' || ev->style == '\'') raw = slice_sub(raw, 1, raw.n < 2 ? 0 : raw.n - 2);
    bool one_line =
        slice_find_byte(raw, '\n') == SIZE_MAX && slice_find_byte(raw, '\\') == SIZE_MAX;
    if (raw.n == ev->text.n && (masked ? one_line : slice_eq(raw, ev->text))) return raw;
    struct slice copy = arena_copy(w->r->arena, ev->text);
    if (!copy.p) w->m->st = ST_NOMEM;
    return copy;
}

static enum setting_kind kind_of(const struct yml_event *ev)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    if (ev->style != 'p') return SET_STRING;
    for (size_t i = 0; i < COUNT_OF(nulls); i++)
        if (slice_eq(ev->text, slice_str(nulls[i]))) return SET_NULL;
    return SET_PLAIN;
}

/* ---- structure ---- */

/* The key or list place that the next value belongs to. */
static struct setting_key take_key(struct walk *w)
{
    struct setting_key key = {S(""), w->base + w->ev.from};
    struct frame *f = w->depth ? &w->open[w->depth - 1] : NULL;
    if (f && f->map) key = f->key;
    if (f) f->has_key = false;
    return key;
}

static uint32_t parent_of(const struct walk *w)
{
    return w->depth ? w->open[w->depth - 1].setting : SETTING_NONE;
}

static void note_anchor(struct walk *w, uint32_t setting)
{
    if (!w->ev.anchor.n) return;
    struct slice name = arena_copy(w->r->arena, w->ev.anchor);
    if (!name.p || !map_put(&w->anchors, name, (union map_value){.num = setting}, NULL))
        w->m->st = ST_NOMEM;
}

/* Is the event a key of the innermost map? Then it is kept. */
static bool is_key(struct walk *w, bool masked)
{
    struct frame *f = w->depth ? &w->open[w->depth - 1] : NULL;
    if (!f || !f->map || f->has_key) return false;
    f->has_key = true;
    f->merge = false;
    f->key = (struct setting_key){S(""), w->base + w->ev.from};
    if (w->ev.kind != YML_SCALAR) return w->ev.kind == YML_ALIAS;
    f->key.text = value_of(w, masked);
    f->merge = slice_eq(f->key.text, S("<<")) && w->ev.style == 'p';
    return true;
}

static void open_collection(struct walk *w)
{
    bool map = w->ev.kind == YML_MAP;
    struct setting_key key = take_key(w);
    uint32_t self = settings_add(w->m, parent_of(w), map ? SET_MAP : SET_LIST, key, S(""),
                                 w->base + w->ev.from, 0);
    if (self == SETTING_NONE) return;
    note_anchor(w, self);
    w->open[w->depth++] = (struct frame){.setting = self, .map = map};
}

static void close_collection(struct walk *w)
{
    if (!w->depth) return;
    settings_close(w->m, w->open[--w->depth].setting);
    if (w->depth) w->open[w->depth - 1].has_key = false;
}

static void on_scalar(struct walk *w, bool masked)
{
    struct slice value = value_of(w, masked);
    struct setting_key key = take_key(w);
    uint32_t self = settings_add(w->m, parent_of(w), kind_of(&w->ev), key, value,
                                 w->base + w->ev.from, w->ev.to - w->ev.from);
    if (self != SETTING_NONE) note_anchor(w, self);
}

/* What the anchor's map holds and this map does not say itself. */
static void merge(struct walk *w, uint32_t from)
{
    const struct code_setting *list = w->m->list;
    uint32_t into = parent_of(w);
    if (list[from].kind == SET_LIST) return;
    for (uint32_t i = from + 1, end = list[from].end; i < end; i = w->m->list[i].end) {
        struct setting_key key = {w->m->list[i].key, w->m->list[i].offset};
        settings_close(w->m, into);
        if (settings_child(w->m->list, into, key.text) != SETTING_NONE) continue;
        key.text = slice_sub(key.text, 0, key.text.n);
        settings_copy(w->m, into, key, i);
        if (w->m->st != ST_OK) return;
    }
}

static void on_alias(struct walk *w)
{
    union map_value at;
    struct frame *f = w->depth ? &w->open[w->depth - 1] : NULL;
    bool merges = f && f->map && f->merge;
    struct setting_key key = take_key(w);
    if (!map_get(&w->anchors, w->ev.anchor, &at)) return;
    uint32_t of = (uint32_t)at.num;
    const struct code_setting *s = &w->m->list[of];
    for (size_t d = 0; d < w->depth; d++)
        if (w->open[d].setting == of) return; /* within itself */
    w->copied += s->end - of;
    if (w->copied > COPIED_MAX) {
        w->m->st = ST_LIMIT;
        return;
    }
    if (merges)
        merge(w, of);
    else
        settings_copy(w->m, parent_of(w), key, of);
}

static void on_event(struct walk *w, bool masked)
{
    switch (w->ev.kind) {
    case YML_DOCUMENT: w->depth = 0; break;
    case YML_MAP_END:
    case YML_LIST_END: close_collection(w); break;
    default:
        if (is_key(w, masked)) break;
        if (w->ev.kind == YML_SCALAR)
            on_scalar(w, masked);
        else if (w->ev.kind == YML_ALIAS)
            on_alias(w);
        else
            open_collection(w);
    }
}

static bool is_margin(struct slice text, size_t at)
{
    uint8_t c = at < text.n ? text.p[at] : ' ';
    return c > ' ' && c != '#' && c != '}' && c != ']' && c != '%';
}

/* Where reading may go on after a fault: at the faulty line or behind it, where a line begins with
 * a key or a document. */
static size_t next_margin(struct slice text, size_t from, size_t at)
{
    size_t before = slice_rfind_byte(slice_sub(text, 0, at), '\n');
    if (before != SIZE_MAX && before >= from && is_margin(text, before + 1)) return before + 1;
    for (;;) {
        size_t nl = slice_find_byte(slice_sub(text, at, text.n), '\n');
        if (nl == SIZE_MAX) return text.n;
        at += nl + 1;
        if (is_margin(text, at)) return at;
    }
}

/* From base to `to`, or up to the first fault; *ret is where that is. */
static enum st read_range(struct walk *w, struct slice text, size_t to, bool masked, size_t *ret)
{
    w->yml = yml_new(slice_sub(text, w->base, to - w->base));
    if (!w->yml) return ST_NOMEM;
    w->depth = 0;
    map_init(&w->anchors, w->r->arena, 0);
    enum st st = ST_OK;
    enum yml_kind kind;
    while (st == ST_OK && (kind = yml_next(w->yml, &w->ev)) >= YML_DOCUMENT) {
        if (!budget_work(w->r->budget, 1 + w->ev.text.n / 64)) st = ST_LIMIT;
        on_event(w, masked);
        if (st == ST_OK) st = w->m->st;
    }
    if (st == ST_OK && kind == YML_NOMEM) st = ST_NOMEM;
    *ret = st == ST_OK && kind == YML_BAD ? w->base + yml_error_at(w->yml) : to;
    while (w->depth) close_collection(w);
    yml_free(w->yml);
    return st;
}

/* One part, up to the end or a fault. The library looks ahead, so that a fault takes what stands in
 * front of it along: the part is read once more up to the faulty line. */
static enum st read_part(struct walk *w, struct slice text, bool masked, size_t *ret)
{
    size_t count = w->m->count, copied = w->copied, again;
    enum st st = read_range(w, text, text.n, masked, ret);
    if (st != ST_OK || *ret >= text.n) return st;
    size_t nl = slice_rfind_byte(slice_sub(text, 0, *ret), '\n');
    size_t to = nl == SIZE_MAX || nl < w->base ? w->base : nl + 1;
    w->m->count = count;
    w->copied = copied;
    return read_range(w, text, to, masked, &again);
}

enum st yaml_settings(struct reading *r, struct slice text, struct settings_maker *m)
{
    struct walk *w = ARENA_NEW(r->arena, struct walk);
    settings_begin(m, r->arena, text);
    if (!w) return ST_NOMEM;
    struct slice plain = without_templates(r, text);
    w->r = r;
    w->m = m;
    w->text = text;
    for (unsigned i = 0; i < RESTARTS && w->base < text.n; i++) {
        size_t to;
        enum st st = read_part(w, plain, plain.p != text.p, &to);
        if (st != ST_OK) return st == ST_LIMIT && m->st == ST_LIMIT ? ST_OK : st;
        if (to >= text.n) break;
        w->base = next_margin(plain, w->base, to);
    }
    return ST_OK;
}

enum st yaml_read(struct reading *r)
{
    struct source s;
    struct settings_maker m;
    tell_format(r, FMT_YAML, NULL);
    enum st st = source_open(&s, r, SOURCE_TEXT);
    if (st != ST_OK) return st;
    st = config_yaml_lines(r);
    if (st == ST_OK && s.text.n <= SETTING_TEXT) {
        st = yaml_settings(r, s.text, &m);
        if (st == ST_OK) settings_tell(&m, r, DIALECT_YAML);
        if (st == ST_OK) st = yaml_scripts(r, &m);
    } else if (st == ST_OK) {
        tell_unread(r, UNREAD_LIMIT, 0, s.text.n,
                    "YAML of more than 8 MiB: only its text was read");
    }
    return st == ST_OK ? lines_read(r) : st;
}
