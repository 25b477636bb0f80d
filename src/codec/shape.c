/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/shape.h"
#include "base/num.h"
#include "codec/base64.h"
#include "codec/json.h"
#include <stdio.h>
#include <string.h>

#define WHERE_MAX 200u
#define STEPS_MAX 32u /* deeper than any table is */

struct step {
    const char *key; /* NULL: an item of a list */
    size_t index;
};

struct reader {
    struct json json;
    struct arena *arena;
    struct step steps[STEPS_MAX]; /* the way to the present value, put into words when it is bad */
    size_t depth;
    struct slice why;
    enum st st;
};

/* "a.list[3].b" */
static void describe(const struct reader *r, char ret[WHERE_MAX])
{
    size_t n = 0;
    snprintf(ret, WHERE_MAX, "%s", r->depth ? "" : "the document");
    for (size_t i = 0; i < r->depth && i < STEPS_MAX && n < WHERE_MAX; i++) {
        const struct step *s = &r->steps[i];
        int more = s->key ? snprintf(ret + n, WHERE_MAX - n, "%s%s", n ? "." : "", s->key)
                          : snprintf(ret + n, WHERE_MAX - n, "[%zu]", s->index);
        n += more > 0 ? (size_t)more : 0;
    }
}

static enum st fail(struct reader *r, const char *what)
{
    char where[WHERE_MAX];
    if (r->st != ST_OK) return r->st;
    describe(r, where);
    r->why = arena_printf(r->arena, "%s %s", where, what);
    return r->st = r->why.p ? ST_MALFORMED : ST_NOMEM;
}

static enum st out_of_memory(struct reader *r)
{
    return r->st = ST_NOMEM;
}

static enum st bad_json(struct reader *r)
{
    return fail(r, r->json.error ? r->json.error : "is cut off");
}

/* ---- where we are ---- */

static void enter(struct reader *r, const char *key, size_t index)
{
    if (r->depth < STEPS_MAX) r->steps[r->depth] = (struct step){key, index};
    r->depth++;
}

/* ---- plain values; the current token is theirs ---- */

static enum st read_hex(struct reader *r, struct slice text, struct slice *ret)
{
    uint8_t *out = ARENA_ARRAY(r->arena, uint8_t, text.n / 2 + 1);
    if (!out) return out_of_memory(r);
    if (!num_bytes(text, out)) return fail(r, "is not in lower-case hexadecimal digits");
    *ret = slice_of(out, text.n / 2);
    return ST_OK;
}

static enum st read_string(struct reader *r, enum shape_kind kind, struct slice *ret)
{
    if (r->json.token != JSON_STRING) return fail(r, "is not a text");
    struct slice text = json_text(&r->json, r->arena);
    if (!text.p) return out_of_memory(r);
    if (kind == SHAPE_HEX) return read_hex(r, text, ret);
    if (kind == SHAPE_TEXT) {
        *ret = text;
        return ST_OK;
    }
    if (base64_decode(text, r->arena, ret)) return ST_OK;
    return ret->p ? fail(r, "is not Base64") : out_of_memory(r);
}

/* protobuf writes 64-bit numbers as texts, and its Struct has only doubles: 1000.0. */
static enum st read_u64(struct reader *r, uint64_t *ret)
{
    struct slice s = r->json.raw;
    if (r->json.token != JSON_NUMBER && r->json.token != JSON_STRING)
        return fail(r, "is no number");
    if (r->json.token == JSON_NUMBER && s.n > 2 && slice_ends(s, S(".0"))) s.n -= 2;
    return num_u64(s, ret) ? ST_OK : fail(r, "is not a whole number from 0 to 2^64-1");
}

static enum st read_bool(struct reader *r, bool *ret)
{
    if (r->json.token != JSON_TRUE && r->json.token != JSON_FALSE)
        return fail(r, "is neither true nor false");
    *ret = r->json.token == JSON_TRUE;
    return ST_OK;
}

static enum st read_any(struct reader *r, struct slice *ret)
{
    size_t from = r->json.start;
    bool open = r->json.token == JSON_OBJECT || r->json.token == JSON_ARRAY;
    if (open && !json_skip(&r->json)) return bad_json(r);
    *ret = slice_sub(r->json.in, from, r->json.at - from);
    return ST_OK;
}

static enum st read_plain(struct reader *r, enum shape_kind kind, void *at)
{
    switch (kind) {
    case SHAPE_TEXT:
    case SHAPE_BASE64:
    case SHAPE_HEX: return read_string(r, kind, at);
    case SHAPE_U64: return read_u64(r, at);
    case SHAPE_BOOL: return read_bool(r, at);
    default: return read_any(r, at);
    }
}

/* ---- lists and objects ---- */

static enum st read_object(struct reader *r, const struct shape *shape, uint8_t *at);

static size_t item_size(const struct shape_field *f)
{
    if (f->inner) return f->inner->size;
    return f->item == SHAPE_U64    ? sizeof(uint64_t)
           : f->item == SHAPE_BOOL ? sizeof(bool)
                                   : sizeof(struct slice);
}

static bool grow(struct reader *r, struct shape_list *list, size_t size)
{
    bool full = !(list->count & (list->count - 1)) && (list->count >= 4 || !list->count);
    if (!full) return true;
    uint8_t *bigger = arena_alloc(r->arena, list->count ? list->count * 2 : 4, size);
    if (!bigger) return false;
    if (list->count) memcpy(bigger, list->items, list->count * size);
    list->items = bigger;
    return true;
}

static enum st read_item(struct reader *r, const struct shape_field *f, uint8_t *at)
{
    if (!f->inner) return read_plain(r, f->item, at);
    if (r->json.token != JSON_OBJECT) return fail(r, "is not an object");
    return read_object(r, f->inner, at);
}

static enum st read_list(struct reader *r, const struct shape_field *f, struct shape_list *list)
{
    size_t size = item_size(f);
    if (r->json.token != JSON_ARRAY) return fail(r, "is not a list");
    while (json_next(&r->json) != JSON_ARRAY_END) {
        enter(r, NULL, list->count);
        if (r->json.token == JSON_BAD || r->json.token == JSON_END) return bad_json(r);
        if (list->count == SHAPE_ITEMS_MAX) return fail(r, "is one item too many");
        if (!grow(r, list, size)) return out_of_memory(r);
        uint8_t *items = list->items;
        if (read_item(r, f, &items[list->count * size]) != ST_OK) return r->st;
        list->count++;
        r->depth--;
    }
    return ST_OK;
}

static enum st read_field(struct reader *r, const struct shape_field *f, uint8_t *at)
{
    if (f->kind == SHAPE_LIST) return read_list(r, f, (void *)at);
    if (f->kind != SHAPE_OBJECT) return read_plain(r, f->kind, at);
    if (r->json.token != JSON_OBJECT) return fail(r, "is not an object");
    return read_object(r, f->inner, at);
}

static size_t field_of(const struct shape *shape, const struct json *key)
{
    size_t i = 0;
    while (i < shape->count && !json_is(key, slice_str(shape->fields[i].key))) i++;
    return i;
}

static enum st read_unknown(struct reader *r, const struct shape *shape, struct shape_seen *seen)
{
    struct slice ignored;
    if (shape->rest == SHAPE_CLOSED) return fail(r, "has a key that does not belong there");
    seen->others = true;
    json_next(&r->json);
    return r->json.token == JSON_BAD ? bad_json(r) : read_any(r, &ignored);
}

static enum st read_key(struct reader *r, const struct shape *shape, uint8_t *at, uint32_t *keys)
{
    struct shape_seen *seen = (void *)at;
    size_t i = field_of(shape, &r->json);
    if (i == shape->count) return read_unknown(r, shape, seen);
    const struct shape_field *f = &shape->fields[i];
    enter(r, f->key, 0);
    if (*keys >> i & 1) return fail(r, "is there twice");
    *keys |= 1u << i;
    json_next(&r->json);
    if (r->json.token == JSON_BAD || r->json.token == JSON_END) return bad_json(r);
    if (r->json.token != JSON_NULL) {
        seen->fields |= 1u << i;
        if (read_field(r, f, &at[f->offset]) != ST_OK) return r->st;
    }
    r->depth--;
    return ST_OK;
}

static enum st is_complete(struct reader *r, const struct shape *shape, uint32_t seen)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (!(shape->fields[i].flags & SHAPE_REQUIRED) || seen >> i & 1) continue;
        enter(r, shape->fields[i].key, 0);
        return fail(r, "is missing");
    }
    return ST_OK;
}

/* The current token is the opening bracket. */
static enum st read_object(struct reader *r, const struct shape *shape, uint8_t *at)
{
    uint32_t keys = 0;
    while (json_next(&r->json) == JSON_KEY)
        if (read_key(r, shape, at, &keys) != ST_OK) return r->st;
    if (r->json.token != JSON_OBJECT_END) return bad_json(r);
    return is_complete(r, shape, ((struct shape_seen *)(void *)at)->fields);
}

enum st shape_read(const struct shape *shape, struct slice json, struct arena *arena, void *ret,
                   struct slice *ret_why)
{
    struct reader r = {.arena = arena};
    memset(ret, 0, shape->size);
    json_init(&r.json, json);
    if (json_next(&r.json) != JSON_OBJECT)
        fail(&r, r.json.token == JSON_BAD ? "is not JSON" : "is not an object");
    else if (read_object(&r, shape, ret) == ST_OK && json_next(&r.json) != JSON_END)
        fail(&r, "goes on behind its end");
    *ret_why = r.why;
    return r.st;
}
