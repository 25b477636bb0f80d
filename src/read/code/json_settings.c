/* SPDX-License-Identifier: Apache-2.0 */
#include "read/code/json_settings.h"
#include "codec/json.h"
#include "read/code/settings_make.h"

#define TEXT_MAX ((size_t)2 << 20)

/* ---- comments ---- */

static size_t skip_string(struct slice s, size_t i)
{
    for (i++; i < s.n && s.p[i] != '"' && s.p[i] != '\n'; i++) i += s.p[i] == '\\';
    return i < s.n ? i + 1 : s.n;
}

static size_t comment_end(struct slice s, size_t i)
{
    if (i + 1 >= s.n || s.p[i] != '/') return i;
    struct slice rest = slice_sub(s, i + 2, s.n);
    if (s.p[i + 1] == '/') {
        size_t nl = slice_find_byte(rest, '\n');
        return nl == SIZE_MAX ? s.n : i + 2 + nl;
    }
    if (s.p[i + 1] != '*') return i;
    size_t end = slice_find(rest, S("*/"));
    return end == SIZE_MAX ? s.n : i + 2 + end + 2;
}

/* A copy, byte for byte, with blanks where comments and commas before brackets were. */
static struct slice without_comments(struct arena *a, struct slice s)
{
    uint8_t *out = ARENA_ROOM(a, uint8_t, s.n);
    size_t comma = SIZE_MAX;
    if (!out) return (struct slice){0};
    memcpy(out, s.p, s.n);
    for (size_t i = 0; i < s.n;) {
        size_t end = comment_end(s, i);
        for (size_t k = i; k < end; k++)
            if (out[k] != '\n') out[k] = ' ';
        if (end > i) {
            i = end;
            continue;
        }
        uint8_t c = s.p[i];
        if ((c == '}' || c == ']') && comma != SIZE_MAX) out[comma] = ' ';
        if (c == ',')
            comma = i;
        else if (c > ' ')
            comma = SIZE_MAX;
        i = c == '"' ? skip_string(s, i) : i + 1;
    }
    return slice_of(out, s.n);
}

static bool allows_comments(struct slice name)
{
    static const char *const names[] = {"settings.json",
                                        "settings.local.json",
                                        "mcp.json",
                                        ".mcp.json",
                                        "devcontainer.json",
                                        ".devcontainer.json",
                                        "launch.json",
                                        "tasks.json",
                                        "extensions.json",
                                        "keybindings.json",
                                        "jsconfig.json",
                                        "mcp_config.json",
                                        "claude_desktop_config.json"};
    if (slice_ends(name, S(".jsonc")) || slice_ends(name, S(".code-workspace"))) return true;
    if (slice_starts(name, S("tsconfig"))) return true;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_eq(name, slice_str(names[i]))) return true;
    return false;
}

/* ---- settings ---- */

struct walk {
    struct settings_maker *m;
    struct json json;
    uint32_t open[JSON_DEPTH_MAX + 1];
    struct setting_key key;
    unsigned depth;
};

static void add(struct walk *w, enum setting_kind kind, struct slice value, size_t at,
                size_t length)
{
    uint32_t parent = w->depth ? w->open[w->depth - 1] : SETTING_NONE;
    bool list = parent != SETTING_NONE && w->m->list[parent].kind == SET_LIST;
    struct setting_key key = list ? (struct setting_key){S(""), at} : w->key;
    uint32_t self = settings_add(w->m, parent, kind, key, value, at, length);
    if (kind != SET_MAP && kind != SET_LIST) return;
    w->open[w->depth++] = self;
    w->key = (struct setting_key){S(""), at};
}

static void close_one(struct walk *w)
{
    if (!w->depth) return;
    settings_close(w->m, w->open[--w->depth]);
}

static void on_token(struct walk *w)
{
    struct json *j = &w->json;
    struct slice text = S("");
    if (j->token == JSON_KEY || j->token == JSON_STRING) {
        text = json_text(j, w->m->arena);
        if (!text.p) w->m->st = ST_NOMEM;
    }
    switch (j->token) {
    case JSON_KEY: w->key = (struct setting_key){text, j->start}; break;
    case JSON_STRING: add(w, SET_STRING, text, j->start + 1, j->raw.n); break;
    case JSON_OBJECT: add(w, SET_MAP, S(""), j->start, 0); break;
    case JSON_ARRAY: add(w, SET_LIST, S(""), j->start, 0); break;
    case JSON_OBJECT_END:
    case JSON_ARRAY_END: close_one(w); break;
    case JSON_NUMBER: add(w, SET_PLAIN, j->raw, j->start, j->raw.n); break;
    case JSON_TRUE: add(w, SET_PLAIN, S("true"), j->start, 4); break;
    case JSON_FALSE: add(w, SET_PLAIN, S("false"), j->start, 5); break;
    case JSON_NULL: add(w, SET_NULL, S("null"), j->start, 4); break;
    default: break;
    }
}

/* False: it is no JSON; what came before the fault is in the list. */
static bool walk(struct settings_maker *m, struct slice text)
{
    struct walk w = {.m = m};
    json_init(&w.json, text);
    w.json.python = true;
    while (m->st == ST_OK && json_next(&w.json) != JSON_END && w.json.token != JSON_BAD)
        on_token(&w);
    while (w.depth) close_one(&w);
    return w.json.token != JSON_BAD;
}

enum st json_settings(struct reading *r, bool *ret_comments)
{
    struct settings_maker m;
    struct slice text = r->layer->bytes;
    bool plain = true;
    *ret_comments = false;
    if (slice_starts(text, S("\xef\xbb\xbf"))) text = slice_sub(text, 3, text.n);
    struct slice begin = slice_trim(slice_sub(text, 0, 4096));
    if (text.n > TEXT_MAX || !(slice_starts(begin, S("{")) || slice_starts(begin, S("/"))))
        return ST_OK;
    if (!budget_work(r->budget, 1 + text.n / 16)) return ST_LIMIT;
    settings_begin(&m, r->arena, text);
    plain = walk(&m, text);
    if (!plain && m.st == ST_OK) {
        struct slice clean = without_comments(r->arena, text);
        if (!clean.p) return ST_NOMEM;
        settings_begin(&m, r->arena, text);
        *ret_comments = walk(&m, clean) && allows_comments(settings_name(r));
    }
    if (m.st == ST_NOMEM) return m.st;
    if (m.st == ST_OK) settings_tell(&m, r, DIALECT_JSON);
    return ST_OK;
}
