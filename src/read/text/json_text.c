/* SPDX-License-Identifier: Apache-2.0 */
#include "read/text/json_text.h"
#include "base/ascii.h"
#include "read/text/json_scan.h"
#include <stdio.h>

/* ---- escapes ---- */

size_t json_escape(void *ctx, struct slice raw, size_t at, size_t *state)
{
    (void)ctx;
    (void)state;
    struct slice rest = slice_sub(raw, at, raw.n);
    size_t n = slice_find_byte(rest, '\\');
    return n == SIZE_MAX ? raw.n : at + n;
}

/* \uXXXX at s[at]; -1: there is none. */
static int32_t unit(struct slice s, size_t at)
{
    struct slice e = slice_sub(s, at, 6);
    if (e.n < 6 || e.p[0] != '\\' || e.p[1] != 'u') return -1;
    int32_t v = 0;
    for (size_t i = 2; i < 6; i++) {
        int d = ascii_hex(e.p[i]);
        if (d < 0) return -1;
        v = v << 4 | d;
    }
    return v;
}

static size_t put_utf8(uint8_t out[4], uint32_t code)
{
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i; i--, code >>= 6) out[i] = (uint8_t)(0x80 | (code & 0x3f));
    out[0] = (uint8_t)(lead[n] | code);
    return n;
}

static size_t resolve_unit(struct slice raw, size_t at, uint8_t out[4], size_t *ret_n)
{
    int32_t high = unit(raw, at), low = -1;
    if (high < 0) {
        out[0] = '\\';
        *ret_n = 1;
        return 1;
    }
    uint32_t code = (uint32_t)high;
    size_t taken = 6;
    if (high >= 0xd800 && high < 0xdc00) low = unit(raw, at + 6);
    if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
        taken = 12;
    } else if (code >= 0xd800 && code < 0xe000) {
        code = 0xfffd; /* half of a pair */
    }
    *ret_n = put_utf8(out, code);
    return taken;
}

size_t json_resolve(void *ctx, struct slice raw, size_t at, uint8_t out[4], size_t *ret_n)
{
    static const uint8_t plain[256] = {['n'] = '\n', ['t'] = '\t', ['r'] = '\r', ['b'] = '\b',
                                       ['f'] = '\f', ['"'] = '"',  ['/'] = '/',  ['\\'] = '\\'};
    (void)ctx;
    uint8_t c = at + 1 < raw.n ? raw.p[at + 1] : 0;
    if (c == 'u') return resolve_unit(raw, at, out, ret_n);
    *ret_n = 1;
    out[0] = plain[c] ? plain[c] : '\\';
    return plain[c] ? 2 : 1;
}

/* ---- places ---- */

#define RELEASE ((size_t)1 << 20)

enum st json_walk_init(struct json_walk *w, const struct source *source)
{
    *w = (struct json_walk){.source = source, .record = SIZE_MAX};
    w->objects = ARENA_ARRAY(source->r->arena, uint64_t, JSON_LEVELS / 64);
    return w->objects ? ST_OK : ST_NOMEM;
}

static struct json_level *level(struct json_walk *w)
{
    return w->depth && w->depth <= JSON_PATH_LEVELS ? &w->levels[w->depth - 1] : NULL;
}

static bool in_object(const struct json_walk *w)
{
    size_t i = w->depth - 1;
    return w->depth && w->depth <= JSON_LEVELS && (w->objects[i / 64] >> i % 64 & 1);
}

static void open_level(struct json_walk *w, bool object)
{
    size_t i = w->depth++;
    w->expects = object;
    if (i >= JSON_LEVELS) return;
    uint64_t bit = 1ull << i % 64;
    w->objects[i / 64] = object ? w->objects[i / 64] | bit : w->objects[i / 64] & ~bit;
    struct json_level *l = level(w);
    if (l) *l = (struct json_level){0};
}

static void next_item(struct json_walk *w)
{
    struct json_level *l = level(w);
    w->expects = in_object(w);
    if (l && !w->expects) l->index++;
}

/* The end of the string that w->at is inside of; false: not before the limit. */
static bool close_string(struct json_walk *w, size_t limit)
{
    struct slice text = w->source->text;
    size_t quote = 0; /* the next one: looked for once, however many escapes lie before it */
    while (w->at < limit) {
        if (quote <= w->at) {
            size_t n = slice_find_byte(slice_sub(text, w->at, limit - w->at), '"');
            quote = n == SIZE_MAX ? limit : w->at + n;
        }
        size_t slash = slice_find_byte(slice_sub(text, w->at, quote - w->at), '\\');
        if (slash != SIZE_MAX) {
            w->at += slash + 2;
            continue;
        }
        w->token_end = quote;
        w->open = quote == limit;
        w->at = quote + !w->open;
        return !w->open;
    }
    w->token_end = limit;
    return false;
}

static void string(struct json_walk *w, size_t limit)
{
    w->key = w->expects;
    w->valued = true;
    w->token = w->token_end = ++w->at;
    w->open = true;
    bool ended = close_string(w, limit);
    struct json_level *l = level(w);
    if (!w->key || !l) return;
    l->key = w->token;
    l->key_n = w->token_end - w->token;
    if (ended) w->expects = false;
}

static bool ends_scalar(uint8_t c)
{
    return c <= ' ' || c == ',' || c == ']' || c == '}' || c == ':' || c == '"' || c == '{' ||
           c == '[';
}

static void scalar(struct json_walk *w, size_t limit)
{
    struct slice text = w->source->text;
    w->token = w->at;
    w->valued = true;
    w->key = false;
    while (w->at < limit && !ends_scalar(text.p[w->at])) w->at++;
    w->token_end = w->at;
}

static void close_level(struct json_walk *w)
{
    if (w->depth) w->depth--;
    w->expects = false;
}

/* One token. */
static void step(struct json_walk *w, size_t limit)
{
    uint8_t c = w->source->text.p[w->at];
    w->valued = false;
    w->token = w->at;
    w->token_end = w->at + 1;
    switch (c) {
    case '{': open_level(w, true); break;
    case '[': open_level(w, false); break;
    case '}':
    case ']': close_level(w); break;
    case ',': next_item(w); break;
    case ':': w->expects = false; break;
    case '"': string(w, limit); return;
    default:
        if (c > ' ') {
            scalar(w, limit);
            return;
        }
    }
    w->at++;
}

void json_walk_to(struct json_walk *w, size_t record, size_t at, size_t limit)
{
    if (w->record != record || at < w->token) {
        w->record = w->at = w->released = record;
        w->depth = 0;
        w->token = w->token_end = record;
        w->open = w->key = w->expects = w->valued = false;
    }
    if (w->open) (void)close_string(w, limit);
    while (w->at <= at && w->at < limit) {
        step(w, limit);
        if (w->at - w->released < RELEASE) continue;
        source_release(w->source, w->released, w->at);
        w->released = w->at;
    }
}

static void add(struct json_walk *w, struct slice s)
{
    s = slice_sub(s, 0, sizeof w->path - w->path_n);
    if (s.n) memcpy(&w->path[w->path_n], s.p, s.n);
    w->path_n += s.n;
}

static bool is_name(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool letter = ascii_letter(c);
        if (!letter && c != '_' && c != '-' && c < 0x80 && (i == 0 || !ascii_digit(c)))
            return false;
    }
    return s.n > 0;
}

static void add_key(struct json_walk *w, const struct json_level *l)
{
    uint8_t text[96];
    size_t n = 0;
    struct slice raw = slice_sub(w->source->text, l->key, l->key_n);
    for (size_t at = 0; at < raw.n && n + 4 <= sizeof text;) {
        size_t made = 1;
        if (raw.p[at] == '\\') {
            at += json_resolve(NULL, raw, at, &text[n], &made);
        } else {
            text[n] = raw.p[at++];
        }
        n += made;
    }
    struct slice key = slice_of(text, n);
    bool name = is_name(key);
    add(w, name ? S(".") : S("[\""));
    add(w, key);
    if (!name) add(w, S("\"]"));
}

static void add_index(struct json_walk *w, uint64_t index)
{
    char text[24];
    int n = snprintf(text, sizeof text, "[%llu]", (unsigned long long)index);
    add(w, slice_of(text, n > 0 ? (size_t)n : 0));
}

struct slice json_walk_path(struct json_walk *w)
{
    size_t depth = w->depth < JSON_PATH_LEVELS ? w->depth : JSON_PATH_LEVELS;
    w->path_n = 0;
    add(w, S("$"));
    for (size_t i = 0; i < depth; i++) {
        bool object = w->objects[i / 64] >> i % 64 & 1;
        if (!object)
            add_index(w, w->levels[i].index);
        else if (w->levels[i].key_n)
            add_key(w, &w->levels[i]);
    }
    if (w->depth > depth) add(w, S("..."));
    return slice_of(w->path, w->path_n);
}
