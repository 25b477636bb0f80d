/* SPDX-License-Identifier: Apache-2.0 */
/* schema.c - nodes and values wait in lists instead of calls within calls: a node knows the piece
 * of text that declares it, a value the piece that writes it. */
#include "guard/judge/schema.h"
#include "base/num.h"
#include "codec/json.h"

#define NODES_MOST    1024u
#define VALUES_MOST   512u
#define DEPTH_MOST    32u
#define REQUIRED_MOST 64u /* a bit each */

enum type {
    T_OBJECT = 1,
    T_ARRAY = 2,
    T_STRING = 4,
    T_NUMBER = 8,
    T_INTEGER = 16,
    T_BOOL = 32,
    T_NULL = 64
};

struct name {
    struct slice text;
    uint32_t node; /* of a property */
    struct name *next;
};

struct node {
    struct slice source;
    unsigned types; /* 0: any */
    unsigned depth;
    struct name *properties, *required, *choices; /* choices: raw numbers and decoded strings */
    uint64_t max_length, max_items;
    int64_t least, most;
    uint32_t items; /* 0: any */
    bool closed;
};

struct schema {
    struct node *nodes;
    size_t count;
};

/* ---- reading ---- */

struct reader {
    struct arena *arena;
    struct schema *schema;
    struct json json;
    struct node *node;
    struct slice what;
};

static struct slice value_of(struct json *j)
{
    size_t from = j->start;
    if (!json_skip(j)) return (struct slice){0};
    return slice_sub(j->in, from, j->at - from);
}

static enum st add_node(struct reader *r, struct slice source, uint32_t *ret)
{
    struct schema *s = r->schema;
    if (s->count == NODES_MOST || r->node->depth + 1 > DEPTH_MOST) return ST_LIMIT;
    s->nodes[s->count] = (struct node){.source = source,
                                       .depth = r->node->depth + 1,
                                       .max_length = UINT64_MAX,
                                       .max_items = UINT64_MAX,
                                       .least = INT64_MIN,
                                       .most = INT64_MAX};
    *ret = (uint32_t)s->count++;
    return ST_OK;
}

static enum st add_name(struct reader *r, struct name **list, struct slice text, uint32_t node)
{
    struct name *n = ARENA_NEW(r->arena, struct name);
    if (!n || !text.p) return ST_NOMEM;
    *n = (struct name){text, node, *list};
    *list = n;
    return ST_OK;
}

static unsigned type_of(struct slice name)
{
    static const struct {
        const char *name;
        unsigned bit;
    } types[] = {{"object", T_OBJECT}, {"array", T_ARRAY},     {"string", T_STRING},
                 {"number", T_NUMBER}, {"integer", T_INTEGER}, {"boolean", T_BOOL},
                 {"null", T_NULL}};
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (slice_eq(name, slice_str(types[i].name))) return types[i].bit;
    return 0;
}

static enum st read_type(struct reader *r)
{
    struct json *j = &r->json;
    bool list = j->token == JSON_ARRAY;
    if (list) (void)json_next(j);
    for (; j->token == JSON_STRING; (void)json_next(j)) {
        unsigned bit = type_of(j->raw);
        if (!bit) return ST_UNSUPPORTED;
        r->node->types |= bit;
        if (!list) return ST_OK;
    }
    return list && j->token == JSON_ARRAY_END ? ST_OK : ST_MALFORMED;
}

/* "required" (strings) and "enum" (strings and numbers). */
static enum st read_list(struct reader *r, struct name **list, bool numbers)
{
    struct json *j = &r->json;
    size_t count = 0;
    if (j->token != JSON_ARRAY) return ST_MALFORMED;
    while (json_next(j) == JSON_STRING || (numbers && j->token == JSON_NUMBER)) {
        struct slice text = j->token == JSON_NUMBER ? j->raw : json_text(j, r->arena);
        enum st st = add_name(r, list, text, j->token == JSON_NUMBER);
        if (st != ST_OK) return st;
        if (++count > REQUIRED_MOST && !numbers) return ST_LIMIT;
    }
    return j->token == JSON_ARRAY_END ? ST_OK : ST_UNSUPPORTED;
}

static enum st read_properties(struct reader *r)
{
    struct json *j = &r->json;
    if (j->token != JSON_OBJECT) return ST_MALFORMED;
    while (json_next(j) == JSON_KEY) {
        struct slice key = json_text(j, r->arena);
        uint32_t node;
        if (json_next(j) != JSON_OBJECT) return ST_UNSUPPORTED;
        enum st st = add_node(r, value_of(j), &node);
        if (st == ST_OK) st = add_name(r, &r->node->properties, key, node);
        if (st != ST_OK) return st;
    }
    return j->token == JSON_OBJECT_END ? ST_OK : ST_MALFORMED;
}

static enum st read_bound(struct reader *r, int64_t *ret)
{
    uint64_t v;
    struct slice raw = r->json.raw;
    bool minus = slice_starts(raw, S("-"));
    if (r->json.token != JSON_NUMBER || !num_u64(slice_sub(raw, minus, raw.n), &v) || v > INT64_MAX)
        return ST_UNSUPPORTED;
    *ret = minus ? -(int64_t)v : (int64_t)v;
    return ST_OK;
}

static bool is_silent(struct slice key)
{
    static const char *const words[] = {"description", "title",    "$schema", "$id", "default",
                                        "examples",    "$comment", "strict",  "name"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (slice_eq(key, slice_str(words[i]))) return true;
    return false;
}

static enum st read_word(struct reader *r, struct slice key)
{
    struct json *j = &r->json;
    struct node *n = r->node;
    if (slice_eq(key, S("type"))) return read_type(r);
    if (slice_eq(key, S("required"))) return read_list(r, &n->required, false);
    if (slice_eq(key, S("enum"))) return read_list(r, &n->choices, true);
    if (slice_eq(key, S("properties"))) return read_properties(r);
    if (slice_eq(key, S("minimum"))) return read_bound(r, &n->least);
    if (slice_eq(key, S("maximum"))) return read_bound(r, &n->most);
    if (slice_eq(key, S("maxLength"))) return json_u64(j, &n->max_length) ? ST_OK : ST_MALFORMED;
    if (slice_eq(key, S("maxItems"))) return json_u64(j, &n->max_items) ? ST_OK : ST_MALFORMED;
    if (slice_eq(key, S("items")))
        return j->token == JSON_OBJECT ? add_node(r, value_of(j), &n->items) : ST_UNSUPPORTED;
    if (slice_eq(key, S("additionalProperties"))) {
        n->closed = j->token == JSON_FALSE;
        return j->token == JSON_FALSE || j->token == JSON_TRUE ? ST_OK : ST_UNSUPPORTED;
    }
    return is_silent(key) && json_skip(j) ? ST_OK : ST_UNSUPPORTED;
}

static enum st read_node(struct reader *r)
{
    json_init(&r->json, r->node->source);
    if (json_next(&r->json) != JSON_OBJECT) return ST_MALFORMED;
    while (json_next(&r->json) == JSON_KEY) {
        r->what = r->json.raw;
        struct slice key = r->json.raw;
        (void)json_next(&r->json);
        enum st st = read_word(r, key);
        if (st != ST_OK) return st;
    }
    return r->json.token == JSON_OBJECT_END ? ST_OK : ST_MALFORMED;
}

enum st schema_read(struct arena *a, struct slice text, const struct schema **ret,
                    struct slice *ret_what)
{
    struct reader r = {.arena = a, .schema = ARENA_NEW(a, struct schema)};
    struct node root = {0};
    uint32_t first;
    *ret_what = (struct slice){0};
    if (!r.schema) return ST_NOMEM;
    r.schema->nodes = ARENA_ARRAY(a, struct node, NODES_MOST);
    if (!r.schema->nodes) return ST_NOMEM;
    r.node = &root;
    enum st st = add_node(&r, text, &first); /* node 0: `items` of 0 is none */
    for (size_t i = 0; st == ST_OK && i < r.schema->count; i++) {
        r.node = &r.schema->nodes[i];
        st = read_node(&r);
    }
    if (st == ST_OK)
        *ret = r.schema;
    else
        *ret_what = r.what;
    return st;
}

/* ---- judging ---- */

struct values {
    struct {
        uint32_t node;
        struct slice text;
    } list[VALUES_MOST];
    size_t count;
};

static bool wait_for(struct values *w, uint32_t node, struct slice text)
{
    if (w->count == VALUES_MOST) return false;
    w->list[w->count].node = node;
    w->list[w->count++].text = text;
    return true;
}

static size_t characters(struct slice raw)
{
    uint8_t c[4];
    size_t n = 0;
    for (size_t at = 0; at < raw.n; n++) (void)json_char(raw, &at, c);
    return n;
}

static bool is_integer(struct slice raw)
{
    return slice_find_byte(raw, '.') == SIZE_MAX && slice_find_byte(raw, 'e') == SIZE_MAX &&
           slice_find_byte(raw, 'E') == SIZE_MAX;
}

static unsigned types_of(const struct json *j)
{
    switch (j->token) {
    case JSON_OBJECT: return T_OBJECT;
    case JSON_ARRAY: return T_ARRAY;
    case JSON_STRING: return T_STRING;
    case JSON_NUMBER: return is_integer(j->raw) ? T_NUMBER | T_INTEGER : T_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE: return T_BOOL;
    case JSON_NULL: return T_NULL;
    default: return 0;
    }
}

static bool is_chosen(const struct node *n, const struct json *j)
{
    if (!n->choices) return true;
    for (const struct name *c = n->choices; c; c = c->next) {
        if (c->node ? j->token == JSON_NUMBER && slice_eq(j->raw, c->text)
                    : j->token == JSON_STRING && json_is(j, c->text))
            return true;
    }
    return false;
}

static bool in_bounds(const struct node *n, const struct json *j)
{
    if (j->token == JSON_STRING)
        return n->max_length == UINT64_MAX || characters(j->raw) <= n->max_length;
    if (j->token != JSON_NUMBER || (n->least == INT64_MIN && n->most == INT64_MAX)) return true;
    uint64_t v;
    bool minus = slice_starts(j->raw, S("-"));
    size_t point = 0;
    while (point < j->raw.n && j->raw.p[point] != '.') point++;
    if (!num_u64(slice_sub(j->raw, minus, point - minus), &v) || v > INT64_MAX) return false;
    int64_t whole = minus ? -(int64_t)v : (int64_t)v;
    return whole >= n->least && whole <= n->most;
}

static bool object_fits(const struct node *n, struct json *j, struct values *w)
{
    uint64_t needed = 0, seen = 0, bit = 1;
    for (const struct name *q = n->required; q; q = q->next, bit <<= 1) needed |= bit;
    while (json_next(j) == JSON_KEY) {
        const struct name *p = n->properties;
        while (p && !json_is(j, p->text)) p = p->next;
        bit = 1;
        for (const struct name *q = n->required; q; q = q->next, bit <<= 1)
            if (json_is(j, q->text)) seen |= bit;
        if (!p && n->closed) return false;
        (void)json_next(j);
        struct slice value = value_of(j);
        if (!value.p || (p && !wait_for(w, p->node, value))) return false;
    }
    return j->token == JSON_OBJECT_END && seen == needed;
}

static bool array_fits(const struct node *n, struct json *j, struct values *w)
{
    uint64_t items = 0;
    while (json_next(j) != JSON_ARRAY_END) {
        struct slice value = value_of(j);
        if (!value.p || ++items > n->max_items) return false;
        if (n->items && !wait_for(w, n->items, value)) return false;
    }
    return true;
}

static bool value_fits(const struct node *n, struct slice text, struct values *w)
{
    struct json j;
    json_init(&j, text);
    (void)json_next(&j);
    unsigned types = types_of(&j);
    if (!types || (n->types && !(n->types & types)) || !is_chosen(n, &j) || !in_bounds(n, &j))
        return false;
    if (j.token == JSON_OBJECT && !object_fits(n, &j, w)) return false;
    if (j.token == JSON_ARRAY && !array_fits(n, &j, w)) return false;
    return json_next(&j) == JSON_END;
}

static struct slice without_fence(struct slice t)
{
    t = slice_trim(t);
    if (!slice_starts(t, S("```")) || !slice_ends(t, S("```")) || t.n < 7) return t;
    size_t line = slice_find_byte(t, '\n');
    return line == SIZE_MAX || line + 4 > t.n ? t : slice_sub(t, line + 1, t.n - line - 4);
}

bool schema_fits(const struct schema *s, struct slice answer)
{
    struct values w;
    w.count = 0;
    if (!wait_for(&w, 0, without_fence(answer))) return false;
    while (w.count) {
        w.count--;
        if (!value_fits(&s->nodes[w.list[w.count].node], w.list[w.count].text, &w)) return false;
    }
    return true;
}
