/* SPDX-License-Identifier: Apache-2.0 */
/* config_json.c - one pass over a JSON file of a repository.
 *
 * Every open key is known by a small number, so that a text can be judged by where it stands:
 * below "auto_map" it names code, below "chat_template" it is a program, and so on. */
#include "base/map.h"
#include "codec/json.h"
#include "read/code/json_settings.h"
#include "read/config/config.h"
#include "read/config/config_part.h"
#include "read/data/card.h"
#include "read/text/text.h"

#define SCRATCH_MAX  ((size_t)32 << 20)
#define KEY_SHOWN    64u
#define METADATA_MIN 16u /* shorter texts cannot hold code or a secret */

enum role {
    ROLE_NONE,
    ROLE_CONFIG,
    ROLE_INDEX,   /* which tensor is in which file */
    ROLE_MODULES, /* sentence-transformers */
};

enum key {
    KEY_OTHER,
    KEY_AUTO_MAP,
    KEY_PIPELINES,
    KEY_IMPL,
    KEY_TEMPLATE,
    KEY_NAME,
    KEY_TARGET,
    KEY_TRUST,
    KEY_TYPE,
    KEY_PATH,
    KEY_CLASS_NAME,
    KEY_ARCHITECTURES,
    KEY_MODEL_TYPE,
    KEY_LICENCE,
    KEY_BASE_MODEL,
    KEY_CONTEXT,
    KEY_WEIGHT_MAP,
    KEY_TOKENS,
};

static const struct {
    const char *name;
    enum key key;
} keys[] = {
    {"auto_map", KEY_AUTO_MAP},
    {"custom_pipelines", KEY_PIPELINES},
    {"impl", KEY_IMPL},
    {"chat_template", KEY_TEMPLATE},
    {"chat_templates", KEY_TEMPLATE},
    {"name", KEY_NAME},
    {"_target_", KEY_TARGET},
    {"trust_remote_code", KEY_TRUST},
    {"type", KEY_TYPE},
    {"path", KEY_PATH},
    {"_class_name", KEY_CLASS_NAME},
    {"architectures", KEY_ARCHITECTURES},
    {"model_type", KEY_MODEL_TYPE},
    {"license", KEY_LICENCE},
    {"base_model_name_or_path", KEY_BASE_MODEL},
    {"max_position_embeddings", KEY_CONTEXT},
    {"weight_map", KEY_WEIGHT_MAP},
    {"added_tokens_decoder", KEY_TOKENS},
    {"added_tokens", KEY_TOKENS},
};

struct config {
    struct reading *r;
    struct json json;
    enum role role;
    struct arena scratch;             /* one text with escapes at a time */
    uint8_t open[JSON_DEPTH_MAX + 1]; /* the key that leads to each depth */
    char shown[KEY_SHOWN];            /* the current key */
    size_t shown_n;
    struct map top;    /* keys of the object itself, and of weight_map */
    struct map shards; /* files that were told */
};

static enum role role_of(struct slice name)
{
    static const char *const exact[] = {"config.json", "chat_template.json", "model_index.json"};
    struct slice base = config_base(name);
    if (slice_ends(base, S(".index.json"))) return ROLE_INDEX;
    if (slice_eq(base, S("modules.json"))) return ROLE_MODULES;
    for (size_t i = 0; i < COUNT_OF(exact); i++)
        if (slice_eq(base, slice_str(exact[i]))) return ROLE_CONFIG;
    return slice_ends(base, S("_config.json")) ? ROLE_CONFIG : ROLE_NONE;
}

/* Words and pieces of words: whatever looks like a value in them is none. */
static bool is_vocabulary(struct slice name)
{
    static const char *const names[] = {"tokenizer.json", "vocab.json", "added_tokens.json",
                                        "special_tokens_map.json"};
    struct slice base = config_base(name);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_eq(base, slice_str(names[i]))) return true;
    return slice_ends(base, S(".index.json"));
}

static bool text(struct config *c, struct slice *ret)
{
    arena_reset(&c->scratch);
    *ret = json_text(&c->json, &c->scratch);
    return ret->p != NULL;
}

static struct slice shown(const struct config *c)
{
    return slice_of(c->shown, c->shown_n);
}

static bool inside(const struct config *c, enum key key)
{
    for (unsigned d = 0; d <= c->json.depth; d++)
        if (c->open[d] == key) return true;
    return false;
}

/* A key that came before makes readers disagree; only where it matters. */
static enum st note_key(struct config *c, struct slice name)
{
    bool existed = false;
    bool matters = c->json.depth == 1 || (c->json.depth == 2 && c->open[1] == KEY_WEIGHT_MAP);
    if (!matters) return ST_OK;
    struct slice kept = c->json.escaped ? arena_copy(c->r->arena, name) : name;
    struct map *m = c->json.depth == 1 ? &c->top : &c->shards;
    if (!kept.p || !map_put(m, kept, (union map_value){.num = 1}, &existed)) return ST_NOMEM;
    if (existed)
        tell_anomaly(c->r, ANOMALY_SAFETENSORS_DUPLICATE, c->json.start, "%.*s", SLICE_ARG(name));
    return ST_OK;
}

static enum st on_key(struct config *c)
{
    struct slice name;
    enum key key = KEY_OTHER;
    for (size_t i = 0; i < COUNT_OF(keys) && !key; i++)
        if (json_is(&c->json, slice_str(keys[i].name))) key = keys[i].key;
    c->open[c->json.depth] = (uint8_t)key;
    if (!text(c, &name)) return ST_NOMEM;
    c->shown_n = name.n < KEY_SHOWN ? name.n : KEY_SHOWN;
    if (c->shown_n) memcpy(c->shown, name.p, c->shown_n);
    return note_key(c, name);
}

/* ---- texts ---- */

/* Told once per file, whichever tensors are in it. */
static enum st shard(struct config *c, struct slice value, uint64_t line)
{
    bool existed = false;
    struct slice name = arena_printf(c->r->arena, "shard %.*s", SLICE_ARG(value));
    if (!name.p || !map_put(&c->shards, name, (union map_value){.num = 1}, &existed))
        return ST_NOMEM;
    if (!existed && config_path(c->r, S("weight_map"), value, c->json.start))
        tell_ref(c->r, S("weight_map"), value, false, line);
    return ST_OK;
}

static void module(struct config *c, struct slice value, enum key key)
{
    if (key == KEY_PATH && value.n) (void)config_path(c->r, S("path"), value, c->json.start);
    if (key == KEY_TYPE && !slice_starts(value, S("sentence_transformers.")))
        config_code(c->r, S("type"), value, c->json.start);
}

static void card(struct config *c, struct slice value, enum key key)
{
    static const struct {
        enum key key;
        enum card card;
    } rows[] = {
        {KEY_ARCHITECTURES, CARD_ARCHITECTURE},
        {KEY_MODEL_TYPE, CARD_ARCHITECTURE},
        {KEY_BASE_MODEL, CARD_BASE_MODEL},
        {KEY_CONTEXT, CARD_CONTEXT},
    };
    if (key == KEY_LICENCE && c->json.depth <= 2)
        tell_licence(c->r, value, c->json.start, json_line(&c->json));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].key == key && c->json.depth <= 2) tell_card(c->r, rows[i].card, value);
}

static void template(struct config *c, struct slice value)
{
    tell_card(c->r, CARD_TEMPLATE, S("yes"));
    tell_text(c->r, TEXT_TEMPLATE, shown(c), value, c->json.start, json_line(&c->json));
}

static enum st on_text(struct config *c)
{
    struct slice value;
    enum key key = c->open[c->json.depth];
    if (!text(c, &value)) return ST_NOMEM;
    if (c->role == ROLE_INDEX)
        return inside(c, KEY_WEIGHT_MAP) ? shard(c, value, json_line(&c->json)) : ST_OK;
    if (c->role == ROLE_MODULES) {
        module(c, value, key);
    } else if (inside(c, KEY_TEMPLATE)) {
        if (key != KEY_NAME) template(c, value);
    } else if (inside(c, KEY_AUTO_MAP) || (inside(c, KEY_PIPELINES) && inside(c, KEY_IMPL))) {
        config_code(c->r, shown(c), value, c->json.start);
    } else if (key == KEY_CLASS_NAME && c->json.in_object[c->json.depth - 1] == false) {
        config_code(c->r, S("_class_name"), value, c->json.start);
    } else if (key == KEY_TARGET) {
        config_target(c->r, S("_target_"), value, c->json.start);
    } else {
        card(c, value, key);
        if (value.n >= METADATA_MIN)
            tell_text(c->r, TEXT_METADATA, shown(c), value, c->json.start, json_line(&c->json));
    }
    return ST_OK;
}

static enum st on_token(struct config *c)
{
    enum key key = c->open[c->json.depth];
    switch (c->json.token) {
    case JSON_KEY: return on_key(c);
    case JSON_STRING: return on_text(c);
    case JSON_ARRAY:
    case JSON_OBJECT: /* items of a list stand below the list's own key */
        c->open[c->json.depth] =
            c->json.token == JSON_ARRAY && c->json.depth ? c->open[c->json.depth - 1] : KEY_OTHER;
        return ST_OK;
    case JSON_TRUE:
        if (key == KEY_TRUST)
            tell_anomaly(c->r, ANOMALY_LOCAL_CODE, c->json.start, "trust_remote_code: true");
        return ST_OK;
    case JSON_NUMBER:
        if (key == KEY_CONTEXT) card(c, c->json.raw, key);
        return ST_OK;
    default: return ST_OK;
    }
}

static enum st walk(struct config *c)
{
    enum st st = ST_OK;
    struct json *j = &c->json;
    while (st == ST_OK && json_next(j) != JSON_END && j->token != JSON_BAD) {
        if (!budget_work(c->r->budget, 1 + j->raw.n / 64)) return ST_LIMIT;
        st = on_token(c);
    }
    if (j->token == JSON_BAD)
        tell_anomaly(c->r, ANOMALY_MALFORMED, j->start, "this is not JSON: %s", j->error);
    return st;
}

enum st config_json_read(struct reading *r)
{
    struct config c = {.r = r, .role = role_of(r->layer->name)};
    tell_format(r, FMT_JSON, NULL);
    enum st st = dataset_manifest(r);
    if (st != ST_OK) return st;
    if (is_vocabulary(r->layer->name) && c.role == ROLE_NONE) return ST_OK;
    bool comments = false;
    if (!is_vocabulary(r->layer->name)) st = json_settings(r, &comments);
    if (st != ST_OK) return st;
    if (comments) return lines_read(r);
    if (c.role == ROLE_NONE) return json_read(r);
    json_init(&c.json, r->layer->bytes);
    c.json.python = true;
    arena_init(&c.scratch, SCRATCH_MAX, (size_t)16 << 10);
    map_init(&c.top, r->arena, 0);
    map_init(&c.shards, r->arena, 1);
    st = walk(&c);
    arena_done(&c.scratch);
    return st == ST_OK && !is_vocabulary(r->layer->name) ? json_read(r) : st;
}
