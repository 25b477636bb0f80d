/* SPDX-License-Identifier: Apache-2.0 */
/* gguf_meta.c - the keys: what they tell about the model, and the texts for the judges. */
#include "base/utf8.h"
#include "read/model/gguf_part.h"
#include "read/model/stray.h"

#define KEY_MAX       65535u
#define ALIGNMENT_MAX (1u << 20) /* 32 in practice; the padding must stay padding */
#define LISTS_MAX     4u         /* lists within lists */
#define TAGS_MAX      256u       /* texts of one list that are handed to the judges */

struct value {
    uint64_t at; /* of its first byte */
    uint32_t type;
    uint64_t number;
    struct slice text;
};

static unsigned width(uint32_t type)
{
    static const uint8_t widths[GGUF_TYPES] = {
        [GGUF_U8] = 1,  [GGUF_I8] = 1,  [GGUF_U16] = 2, [GGUF_I16] = 2,
        [GGUF_U32] = 4, [GGUF_I32] = 4, [GGUF_F32] = 4, [GGUF_BOOL] = 1,
        [GGUF_U64] = 8, [GGUF_I64] = 8, [GGUF_F64] = 8,
    };
    return type < GGUF_TYPES ? widths[type] : 0;
}

static uint64_t number(struct gguf *g, unsigned bytes)
{
    switch (bytes) {
    case 1: return cur_u8(&g->c);
    case 2: return g->big ? cur_u16be(&g->c) : cur_u16le(&g->c);
    case 4: return gguf_u32(g);
    default: return gguf_u64(g);
    }
}

static enum st lost(struct gguf *g, uint64_t at, const char *text)
{
    gguf_complain(g, ANOMALY_MALFORMED, at, text);
    return ST_MALFORMED;
}

/* Tokens and merges are data of the tokenizer; other lists of texts are metadata. */
static bool is_vocabulary(struct slice key)
{
    return slice_starts(key, S("tokenizer.ggml."));
}

static enum st strings(struct gguf *g, struct slice key, uint64_t count)
{
    bool show = !is_vocabulary(key);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t at = cur_pos(&g->c);
        if (!budget_work(g->r->budget, 1)) return ST_LIMIT;
        struct slice text = gguf_string(g);
        if (!cur_ok(&g->c)) return lost(g, at, "a text in a list is longer than the file");
        if (show && i < TAGS_MAX) tell_text(g->r, TEXT_METADATA, key, text, at, 0);
    }
    return ST_OK;
}

struct list {
    uint32_t type;
    uint64_t left; /* items that are still to come */
};

/* The type and count of a list, held against the bytes left. */
static enum st list_head(struct gguf *g, struct list *ret)
{
    uint64_t at = cur_pos(&g->c), bytes;
    ret->type = gguf_u32(g);
    ret->left = gguf_size(g);
    unsigned word = g->narrow ? 4 : 8;
    unsigned item = ret->type == GGUF_STRING  ? word
                    : ret->type == GGUF_ARRAY ? 4 + word
                                              : width(ret->type);
    if (!cur_ok(&g->c)) return lost(g, at, "the file ends in a list");
    if (!item) return lost(g, at, "a list of a type that GGUF does not have");
    if (__builtin_mul_overflow(ret->left, (uint64_t)item, &bytes) || bytes > cur_left(&g->c))
        return lost(g, at, "a list is longer than the file");
    return ST_OK;
}

static enum st list_items(struct gguf *g, struct slice key, const struct list *l)
{
    if (l->type == GGUF_STRING) return strings(g, key, l->left);
    cur_skip(&g->c, l->left * width(l->type));
    return ST_OK;
}

/* Lists may hold lists; loaders differ in how deep they follow, so a few levels have to do. */
static enum st array(struct gguf *g, struct slice key)
{
    struct list open[LISTS_MAX];
    size_t depth = 1;
    enum st st = list_head(g, &open[0]);
    while (st == ST_OK && depth) {
        struct list *l = &open[depth - 1];
        if (!budget_work(g->r->budget, 1)) return ST_LIMIT;
        if (l->type != GGUF_ARRAY) {
            st = list_items(g, key, l);
            depth--;
        } else if (!l->left) {
            depth--;
        } else if (depth == LISTS_MAX) {
            return lost(g, cur_pos(&g->c), "lists within lists within lists");
        } else {
            l->left--;
            st = list_head(g, &open[depth++]);
        }
    }
    return st;
}

static enum st value(struct gguf *g, struct slice key, struct value *v)
{
    v->at = cur_pos(&g->c);
    v->type = gguf_u32(g);
    if (!cur_ok(&g->c)) return lost(g, v->at, "the file ends in its keys");
    if (v->type >= GGUF_TYPES) return lost(g, v->at, "a value of a type that GGUF does not have");
    v->at = cur_pos(&g->c);
    if (v->type == GGUF_ARRAY) return array(g, key);
    if (v->type == GGUF_STRING)
        v->text = gguf_string(g);
    else
        v->number = number(g, width(v->type));
    if (!cur_ok(&g->c)) return lost(g, v->at, "a value is longer than the file");
    if (v->type == GGUF_BOOL && v->number > 1)
        gguf_complain(g, ANOMALY_MALFORMED, v->at, "a truth value that is neither 0 nor 1");
    return ST_OK;
}

static void alignment(struct gguf *g, const struct value *v)
{
    if (v->type != GGUF_U32) {
        gguf_complain(g, ANOMALY_MALFORMED, v->at, "general.alignment is not a 32-bit number");
    } else if (!v->number || v->number & (v->number - 1) || v->number > ALIGNMENT_MAX) {
        gguf_complain(g, ANOMALY_GGUF_LAYOUT, v->at,
                      "general.alignment is not a power of two of a sensible size");
    } else {
        g->alignment = v->number;
    }
}

static bool is_template(struct slice key)
{
    return slice_eq(key, S("tokenizer.chat_template")) ||
           slice_starts(key, S("tokenizer.chat_template."));
}

static void card_text(struct gguf *g, struct slice key, struct slice text)
{
    static const struct {
        const char *key;
        enum card card;
    } rows[] = {
        {"general.architecture", CARD_ARCHITECTURE},
        {"general.name", CARD_NAME},
        {"general.license", CARD_LICENCE},
        {"general.quantized_by", CARD_PRODUCER},
        {"general.base_model.0.name", CARD_BASE_MODEL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (slice_eq(key, slice_str(rows[i].key))) tell_card(g->r, rows[i].card, text);
    if (slice_eq(key, S("general.architecture"))) g->architecture = text;
}

static void card_number(struct gguf *g, struct slice key, uint64_t n)
{
    char text[24];
    const char *name = ggml_file_type(n);
    bool own = g->architecture.n && slice_starts(key, g->architecture);
    if (slice_eq(key, S("general.file_type")) && name)
        tell_card(g->r, CARD_QUANTISATION, slice_str(name));
    if (!own || !slice_eq(slice_sub(key, g->architecture.n, key.n), S(".context_length"))) return;
    int digits = snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    tell_card(g->r, CARD_CONTEXT, slice_of(text, (size_t)digits));
}

static void text(struct gguf *g, struct slice key, const struct value *v)
{
    uint64_t at = v->at + (g->narrow ? 4 : 8);
    card_text(g, key, v->text);
    if (is_template(key)) tell_card(g->r, CARD_TEMPLATE, S("yes"));
    tell_text(g->r, is_template(key) ? TEXT_TEMPLATE : TEXT_METADATA, key, v->text, at, 0);
}

/* Keys whose value loaders take as a text without asking. */
static bool must_be_text(struct slice key)
{
    return is_template(key) || slice_eq(key, S("general.architecture")) ||
           slice_eq(key, S("general.name")) || slice_eq(key, S("tokenizer.ggml.model"));
}

static enum st check_key(struct gguf *g, struct slice key, uint64_t at)
{
    bool existed = false;
    if (!key.n || key.n > KEY_MAX || !utf8_valid(key))
        gguf_complain(g, ANOMALY_MALFORMED, at, "a key that is empty, too long or no text");
    if (!map_put(&g->keys, key, (union map_value){.num = 1}, &existed)) return ST_NOMEM;
    if (existed) gguf_complain(g, ANOMALY_GGUF_DUPLICATE, at, "a key that came before");
    return ST_OK;
}

enum st gguf_meta(struct gguf *g)
{
    uint64_t at = cur_pos(&g->c);
    struct value v = {0};
    if (!budget_work(g->r->budget, 4)) return ST_LIMIT;
    struct slice key = gguf_string(g);
    if (!cur_ok(&g->c)) return lost(g, at, "a key is longer than the file");
    enum st st = check_key(g, key, at);
    if (st == ST_OK) st = value(g, key, &v);
    if (st != ST_OK) return st;
    if (v.type != GGUF_STRING && must_be_text(key))
        gguf_complain(g, ANOMALY_MALFORMED, v.at, "a number or list where a text belongs");
    if (slice_eq(key, S("general.alignment"))) alignment(g, &v);
    if (v.type == GGUF_STRING) {
        text(g, key, &v);
        return stray_text(g->r, key, v.text, v.at);
    }
    if (v.type != GGUF_ARRAY) card_number(g, key, v.number);
    return ST_OK;
}
