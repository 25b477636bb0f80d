/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors.c - the frame, the header's top level and its metadata.
 *
 * The header is read twice: first to count its keys, so that the two arrays have their size, then
 * for good. Pages that were read are given back, so that a header of 100 MB stays flat. */
#include "read/model/safetensors.h"
#include "base/cursor.h"
#include "base/map.h"
#include "read/model/safetensors_part.h"
#include "read/model/stray.h"

#define HEADER_MAX     100000000u
#define COMPLAINTS_MAX 16u
#define RELEASE_STEP   ((uint64_t)4 << 20)
#define SCRATCH_MAX    ((size_t)32 << 20)

void safetensors_complain(struct safetensors *s, enum anomaly what, uint64_t at, const char *text)
{
    if (s->complaints++ < COMPLAINTS_MAX) tell_anomaly(s->r, what, at, "%s", text);
}

static void release(struct safetensors *s)
{
    if (s->json.at - s->released < RELEASE_STEP) return;
    layer_release(s->r->layer, 8 + s->released, s->json.at - s->released);
    s->released = s->json.at;
}

/* Size the arrays: top-level keys, and those inside __metadata__. */
static enum st count(struct safetensors *s, struct slice header)
{
    struct json *j = &s->json;
    uint64_t tensors = 0, others = 0;
    bool metadata = false;
    json_init(j, header);
    do {
        json_next(j);
        release(s);
        if (j->token != JSON_KEY) continue;
        if (j->depth == 1) metadata = json_is(j, S("__metadata__"));
        tensors += j->depth == 1;
        others += j->depth == 2 && metadata;
    } while (j->token != JSON_BAD && j->token != JSON_END);
    s->released = 0;
    if (!budget_work(s->r->budget, j->at / 4 + 1)) return ST_LIMIT;
    s->range_room = tensors;
    s->key_room = tensors + others;
    s->ranges = ARENA_ARRAY(s->r->arena, struct safetensors_range, s->range_room);
    s->keys = ARENA_ARRAY(s->r->arena, struct safetensors_key, s->key_room);
    return s->ranges && s->keys ? ST_OK : ST_NOMEM;
}

static void note_key(struct safetensors *s, struct slice name, uint64_t at, uint64_t level)
{
    if (s->key_count < s->key_room)
        s->keys[s->key_count++] = (struct safetensors_key){hash_bytes(name, level), at};
}

/* The current key or string; lives until the next call. */
static bool text(struct safetensors *s, struct slice *ret)
{
    arena_reset(&s->scratch);
    *ret = json_text(&s->json, &s->scratch);
    return ret->p != NULL;
}

static void card(const struct safetensors *s, struct slice key, struct slice value)
{
    static const struct {
        const char *key;
        enum card card;
    } rows[] = {
        {"format", CARD_FRAMEWORK},
        {"license", CARD_LICENCE},
        {"licence", CARD_LICENCE},
        {"modelspec.license", CARD_LICENCE},
        {"modelspec.architecture", CARD_ARCHITECTURE},
        {"modelspec.title", CARD_NAME},
        {"ss_base_model_version", CARD_BASE_MODEL},
        {"base_model", CARD_BASE_MODEL},
    };
    if (slice_eq(key, S("format")) && slice_eq(value, S("pt"))) value = S("PyTorch");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (slice_eq(key, slice_str(rows[i].key))) tell_card(s->r, rows[i].card, value);
}

static enum st metadata_pair(struct safetensors *s)
{
    struct json *j = &s->json;
    struct slice name, value;
    uint64_t at = 8 + j->start;
    if (!text(s, &name)) return ST_NOMEM;
    note_key(s, name, at, 1);
    char short_name[128];
    size_t n = name.n < sizeof short_name ? name.n : sizeof short_name;
    if (n) memcpy(short_name, name.p, n);
    name = slice_of(short_name, n); /* the scratch is needed for the value */
    if (json_next(j) != JSON_STRING) {
        if (j->token != JSON_BAD)
            safetensors_complain(s, ANOMALY_MALFORMED, 8 + j->start,
                                 "a metadata value that is not a text");
        return json_skip(j) ? ST_OK : ST_MALFORMED;
    }
    if (!text(s, &value)) return ST_NOMEM;
    card(s, name, value);
    bool template = slice_has(name, S("chat_template"));
    tell_text(s->r, template ? TEXT_TEMPLATE : TEXT_METADATA, name, value, 8 + j->start, 0);
    return stray_text(s->r, name, value, 8 + j->start);
}

static enum st metadata(struct safetensors *s)
{
    struct json *j = &s->json;
    enum st st = ST_OK;
    if (j->token != JSON_OBJECT) {
        safetensors_complain(s, ANOMALY_MALFORMED, 8 + j->start, "__metadata__ is not an object");
        return json_skip(j) ? ST_OK : ST_MALFORMED;
    }
    while (st == ST_OK && json_next(j) == JSON_KEY) {
        st = metadata_pair(s);
        release(s);
    }
    return st == ST_OK && j->token != JSON_OBJECT_END ? ST_MALFORMED : st;
}

/* One key of the header and its value. ST_MALFORMED: the JSON is bad from here on. */
static enum st pair(struct safetensors *s)
{
    struct json *j = &s->json;
    enum st st = ST_OK;
    struct slice name;
    uint64_t at = 8 + j->start;
    if (!budget_work(s->r->budget, 1)) return ST_LIMIT;
    bool is_metadata = json_is(j, S("__metadata__"));
    if (!text(s, &name)) return ST_NOMEM;
    note_key(s, name, at, 0);
    if (json_next(j) == JSON_BAD) return ST_MALFORMED;
    release(s);
    if (is_metadata) return metadata(s);
    return safetensors_entry(s, name, at, &st) ? st : ST_MALFORMED;
}

static enum st header(struct safetensors *s, struct slice bytes)
{
    struct json *j = &s->json;
    enum st st = count(s, bytes);
    json_init(j, bytes);
    if (st == ST_OK && json_next(j) != JSON_OBJECT) st = ST_MALFORMED;
    while (st == ST_OK && json_next(j) == JSON_KEY) st = pair(s);
    if (st == ST_OK && (j->token != JSON_OBJECT_END || json_next(j) != JSON_END)) st = ST_MALFORMED;
    if (st != ST_MALFORMED) return st;
    tell_anomaly(s->r, ANOMALY_MALFORMED, 8 + j->start, "the header is not JSON: %s",
                 j->error ? j->error : "not an object");
    if (j->depth) return ST_MALFORMED;
    st = stray_push(s->r, S("bytes after the header"), 8 + j->start, bytes.n - j->start);
    return st == ST_OK ? ST_MALFORMED : st;
}

/* A header that ends with anything but '}' and spaces has padding of another kind. */
static void check_padding(const struct safetensors *s, struct slice bytes)
{
    size_t end = bytes.n;
    while (end && bytes.p[end - 1] == ' ') end--;
    if (s->json.token == JSON_END && end && bytes.p[end - 1] != '}')
        tell_anomaly(s->r, ANOMALY_MALFORMED, 8 + end - 1,
                     "the header is padded with something else than spaces");
}

static enum st read_file(struct safetensors *s, struct slice bytes)
{
    enum st st = header(s, bytes);
    if (st == ST_NOMEM || st == ST_LIMIT) return st;
    check_padding(s, bytes);
    safetensors_check_keys(s);
    tell_card_number(s->r, CARD_TENSORS, s->range_count);
    tell_card_number(s->r, CARD_PARAMETERS, s->parameters);
    /* a broken header says nothing about the layout; it was told */
    if (st == ST_MALFORMED) return ST_OK;
    return safetensors_check_layout(s);
}

/* The header's bytes; false when the frame is broken, which was told. */
static bool frame(const struct reading *r, struct slice *ret)
{
    struct cursor c = cur_of(r->layer->bytes);
    uint64_t n = cur_u64le(&c);
    int first = cur_peek(&c, 0);
    struct slice rest = cur_rest(&c);
    if (!cur_ok(&c) || n > rest.n) {
        tell_anomaly(r, n > HEADER_MAX ? ANOMALY_MALFORMED : ANOMALY_TRUNCATED, 0,
                     "a header of %llu bytes in a file of %zu", (unsigned long long)n,
                     r->layer->bytes.n);
        return false;
    }
    if (n > HEADER_MAX) {
        tell_anomaly(r, ANOMALY_MALFORMED, 0, "a header of %llu bytes; at most 100 MB are allowed",
                     (unsigned long long)n);
        return false;
    }
    if (first != '{' || n == 0) {
        tell_anomaly(r, ANOMALY_MALFORMED, 8, "the header does not begin with {");
        if (n == 0) return false;
    }
    *ret = cur_bytes(&c, n);
    return true;
}

enum st safetensors_read(struct reading *r)
{
    struct slice bytes;
    tell_format(r, FMT_SAFETENSORS, NULL);
    if (!frame(r, &bytes)) return ST_OK;
    struct safetensors s = {.r = r, .data = 8 + bytes.n, .size = r->layer->bytes.n - 8 - bytes.n};
    arena_init(&s.scratch, SCRATCH_MAX, (size_t)16 << 10);
    enum st st = read_file(&s, bytes);
    arena_done(&s.scratch);
    return st;
}
