/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors_entry.c - one tensor of the header: {"dtype": .., "shape": [..], "data_offsets":
 * [..]} */
#include "base/num.h"
#include "read/model/safetensors_part.h"
#include "read/model/stray.h"

enum field { FIELD_DTYPE = 1, FIELD_SHAPE = 2, FIELD_OFFSETS = 4, FIELDS_ALL = 7 };

struct entry {
    struct slice name;
    uint64_t at; /* of its key, in the layer */
    unsigned seen;
    const struct dtype_row *dtype;
    uint64_t shape[SAFETENSORS_RANK_MAX];
    size_t rank;
    uint64_t elements;
    bool huge; /* the product of the dimensions does not fit 64 bits */
    uint64_t offsets[2];
    bool sound; /* every field has its type */
};

struct dtype_row {
    struct slice name;
    enum dtype dtype;
    unsigned bits;
};

#define ROW(text, dtype, bits)                                   \
    {                                                            \
        {(const uint8_t *)(text), sizeof(text) - 1}, dtype, bits \
    }

static const struct dtype_row dtypes[] = {
    ROW("F32", DT_F32, 32),
    ROW("F16", DT_F16, 16),
    ROW("BF16", DT_BF16, 16),
    ROW("F64", DT_F64, 64),
    ROW("BOOL", DT_BOOL, 8),
    ROW("U8", DT_U8, 8),
    ROW("I8", DT_I8, 8),
    ROW("U16", DT_U16, 16),
    ROW("I16", DT_I16, 16),
    ROW("U32", DT_U32, 32),
    ROW("I32", DT_I32, 32),
    ROW("U64", DT_U64, 64),
    ROW("I64", DT_I64, 64),
    ROW("F8_E4M3", DT_F8, 8),
    ROW("F8_E5M2", DT_F8, 8),
    ROW("F8_E8M0", DT_F8, 8),
    ROW("F8_E4M3FNUZ", DT_F8, 8),
    ROW("F8_E5M2FNUZ", DT_F8, 8),
    ROW("F6_E2M3", DT_QUANTISED, 6),
    ROW("F6_E3M2", DT_QUANTISED, 6),
    ROW("F4", DT_QUANTISED, 4),
    ROW("C64", DT_C64, 64),
    ROW("C128", DT_C128, 128),
};

static void dtype(struct safetensors *s, struct entry *e)
{
    struct json *j = &s->json;
    for (size_t i = 0; i < COUNT_OF(dtypes) && j->token == JSON_STRING; i++)
        if (json_is(j, dtypes[i].name)) e->dtype = &dtypes[i];
    if (e->dtype) return;
    e->sound = false;
    safetensors_complain(s, ANOMALY_MALFORMED, 8 + j->start,
                         j->token == JSON_STRING ? "a dtype that the format does not have"
                                                 : "a dtype that is not a text");
}

/* Up to `room` numbers of an array go to ret; all are counted. False when the JSON is bad. */
static bool numbers(struct safetensors *s, struct entry *e, uint64_t *ret, size_t room,
                    size_t *ret_count)
{
    struct json *j = &s->json;
    size_t n = 0;
    bool whole = j->token == JSON_ARRAY;
    while (whole && json_next(j) != JSON_ARRAY_END) {
        uint64_t v;
        if (j->token == JSON_BAD) return false;
        if (!json_u64(j, &v)) {
            safetensors_complain(s, ANOMALY_MALFORMED, 8 + j->start,
                                 "not a whole number of at most 64 bits");
            e->sound = false;
            if (!json_skip(j)) return false;
            continue;
        }
        if (n < room) ret[n] = v;
        n++;
        if (ret == e->shape && !num_mul(e->elements, v, &e->elements)) e->huge = true;
    }
    if (!whole) {
        safetensors_complain(s, ANOMALY_MALFORMED, 8 + j->start, "not a list of numbers");
        e->sound = false;
    }
    *ret_count = n;
    return json_skip(j);
}

static bool offsets(struct safetensors *s, struct entry *e)
{
    size_t n = 0;
    uint64_t at = 8 + s->json.start;
    if (!numbers(s, e, e->offsets, 2, &n)) return false;
    if (n == 2 && e->offsets[0] <= e->offsets[1]) return true;
    if (e->sound)
        safetensors_complain(s, ANOMALY_MALFORMED, at, "data_offsets is not [begin, end]");
    e->sound = false;
    return true;
}

static bool shape(struct safetensors *s, struct entry *e)
{
    e->elements = 1;
    e->huge = false;
    if (!numbers(s, e, e->shape, SAFETENSORS_RANK_MAX, &e->rank)) return false;
    if (e->rank > SAFETENSORS_RANK_MAX) e->rank = SAFETENSORS_RANK_MAX;
    return true;
}

/* The value of one field; its key is the current token. */
static bool field(struct safetensors *s, struct entry *e)
{
    struct json *j = &s->json;
    uint64_t at = 8 + j->start;
    unsigned which = json_is(j, S("dtype"))          ? FIELD_DTYPE
                     : json_is(j, S("shape"))        ? FIELD_SHAPE
                     : json_is(j, S("data_offsets")) ? FIELD_OFFSETS
                                                     : 0;
    if (json_next(j) == JSON_BAD) return false;
    if (!which) safetensors_complain(s, ANOMALY_MALFORMED, at, "a key that tensors do not have");
    if (e->seen & which)
        safetensors_complain(s, ANOMALY_SAFETENSORS_DUPLICATE, at, "a key that came before");
    e->seen |= which;
    if (which == FIELD_SHAPE) return shape(s, e);
    if (which == FIELD_OFFSETS) return offsets(s, e);
    if (which == FIELD_DTYPE) dtype(s, e);
    return json_skip(j);
}

/* The range that shape and dtype ask for. */
static bool range_fits(const struct entry *e)
{
    uint64_t bits;
    if (e->huge || !num_mul(e->elements, e->dtype->bits, &bits)) return false;
    return bits % 8 == 0 && bits / 8 == e->offsets[1] - e->offsets[0];
}

static enum st show(struct safetensors *s, const struct entry *e)
{
    struct tensor t = {
        .name = e->name, .dtype = e->dtype->dtype, .shape = e->shape, .rank = e->rank};
    uint64_t n = e->offsets[1] - e->offsets[0], off = s->data + e->offsets[0];
    bool inside = e->offsets[1] <= s->size && n <= s->size - s->shown;
    if (inside) {
        t.bytes = slice_sub(s->r->layer->bytes, (size_t)off, (size_t)n);
        s->shown += n;
    }
    tell_tensor(s->r, &t, off);
    size_t row = (size_t)(e->dtype - dtypes);
    if (!(s->dtypes_told >> row & 1)) tell_card(s->r, CARD_DTYPES, e->dtype->name);
    s->dtypes_told |= 1u << row;
    if (!num_add(s->parameters, e->elements, &s->parameters)) s->parameters = UINT64_MAX;
    bool plain = e->dtype->bits == 8 && e->dtype->dtype != DT_F8;
    if (inside && plain && stray_looks_foreign(t.bytes)) return stray_push(s->r, e->name, off, n);
    return ST_OK;
}

static enum st conclude(struct safetensors *s, const struct entry *e)
{
    if (e->seen != FIELDS_ALL)
        safetensors_complain(s, ANOMALY_MALFORMED, e->at,
                             "a tensor without dtype, shape or data_offsets");
    if (e->seen != FIELDS_ALL || !e->sound) return ST_OK;
    if (s->range_count < s->range_room)
        s->ranges[s->range_count++] = (struct safetensors_range){e->offsets[0], e->offsets[1]};
    if (!range_fits(e)) {
        safetensors_complain(s, ANOMALY_SAFETENSORS_LAYOUT, e->at,
                             "a range that is not shape x dtype");
        return ST_OK;
    }
    return show(s, e);
}

bool safetensors_entry(struct safetensors *s, struct slice name, uint64_t at, enum st *ret)
{
    struct json *j = &s->json;
    struct entry e = {.name = name, .at = at, .sound = true};
    if (j->token != JSON_OBJECT) {
        safetensors_complain(s, ANOMALY_MALFORMED, at, "a tensor that is not an object");
        return json_skip(j);
    }
    while (json_next(j) == JSON_KEY)
        if (!field(s, &e)) return false;
    if (j->token != JSON_OBJECT_END) return false;
    *ret = conclude(s, &e);
    return true;
}
