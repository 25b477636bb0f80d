/* SPDX-License-Identifier: Apache-2.0 */
/* surface_tensor.c - the binary extension of the Open Inference Protocol (Triton, "Binary Tensor
 * Data Extension"): behind the JSON stand the tensors whose description has
 * parameters.binary_data_size, in the order of their descriptions.
 *
 *     {"inputs":[{"name":"a","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":13}}]}
 *     05 00 00 00 h e l l o  00 00 00 00            each element: length, little endian, and bytes
 *
 * BYTES are text, or else opaque; bytes that are numbers (UINT8, INT8) are text where they read so.
 */
#include "guard/surface/surface_body.h"
#include "base/cursor.h"
#include "codec/json.h"
#include "guard/surface/surface_data.h"
#include "guard/surface/surface_walk.h"

struct tensor {
    struct slice datatype;
    uint64_t size;
    bool binary;
};

/* Goes through the descriptions: one at a time. */
struct tensors {
    struct json j;
    struct slice list;
    bool inside;
};

/* The next token at this depth or deeper below the list; false behind its end. */
static bool enter(struct tensors *t)
{
    while (!t->inside) {
        enum json_token token = json_next(&t->j);
        if (token == JSON_END || token == JSON_BAD) return false;
        if (token != JSON_KEY || t->j.depth != 1 || !json_is(&t->j, t->list)) continue;
        t->inside = json_next(&t->j) == JSON_ARRAY;
    }
    return true;
}

static bool next_tensor(struct tensors *t, struct tensor *ret)
{
    *ret = (struct tensor){0};
    if (!enter(t) || json_next(&t->j) != JSON_OBJECT) return false;
    while (json_next(&t->j) != JSON_OBJECT_END || t->j.depth > 2) {
        if (t->j.token == JSON_BAD || t->j.token == JSON_END) return false;
        if (t->j.token != JSON_KEY) continue;
        bool type = t->j.depth == 3 && json_is(&t->j, S("datatype"));
        bool size = t->j.depth == 4 && json_is(&t->j, S("binary_data_size"));
        if (!type && !size) continue;
        (void)json_next(&t->j);
        if (type) ret->datatype = t->j.raw;
        if (size) ret->binary = json_u64(&t->j, &ret->size);
        (void)json_skip(&t->j);
    }
    return true;
}

struct tell_at {
    struct surface_doc *doc;
    struct arena *arena;
    struct slice body;
    enum part_role role;
    size_t room;
};

static bool tell(struct tell_at *t, size_t from, size_t n)
{
    struct slice text = slice_sub(t->body, from, n);
    bool reads = data_is_text(text);
    void *list = t->doc->parts;
    struct part *p = walk_more(t->arena, &list, t->doc->part_count, &t->room, sizeof *p);
    t->doc->parts = list;
    if (!p) return false;
    *p = (struct part){.role = t->role,
                       .channel = t->role == PART_USER ? PART_INPUT : PART_TEXT,
                       .coding = PART_FIXED,
                       .flags = reads ? 0 : PART_OPAQUE,
                       .flow = {PART_FLOW_NONE, PART_FLOW_NONE, PART_FLOW_NONE},
                       .from = from,
                       .to = from + n,
                       .text = reads ? text : S("")};
    t->doc->part_count++;
    return true;
}

static enum surface_result elements(struct tell_at *t, size_t at, size_t size)
{
    struct cursor c = cur_of(slice_sub(t->body, at, size));
    while (cur_left(&c)) {
        uint32_t n = cur_u32le(&c);
        size_t from = at + cur_pos(&c);
        cur_skip(&c, n);
        if (!cur_ok(&c)) return SURFACE_REFUSED;
        if (n && !tell(t, from, n)) return SURFACE_NOMEM;
    }
    return SURFACE_OK;
}

static enum surface_result one(struct tell_at *t, const struct tensor *tensor, size_t at)
{
    size_t size = (size_t)tensor->size;
    if (slice_eq(tensor->datatype, S("BYTES"))) return elements(t, at, size);
    bool bytes = slice_eq(tensor->datatype, S("UINT8")) || slice_eq(tensor->datatype, S("INT8"));
    if (!bytes || !size || !data_is_text(slice_sub(t->body, at, size))) return SURFACE_OK;
    return tell(t, at, size) ? SURFACE_OK : SURFACE_NOMEM;
}

enum surface_result tensor_parts(struct slice body, struct slice list, enum part_role role,
                                 struct arena *arena, struct surface_doc *doc)
{
    struct tensors all = {.list = list};
    struct tensor tensor;
    /* the walker's list has no room that we know of: the first part moves it */
    struct tell_at t = {doc, arena, body, role, doc->part_count};
    enum surface_result result = SURFACE_OK;
    size_t at = doc->tensors;
    json_init(&all.j, slice_sub(body, 0, doc->tensors));
    while (result == SURFACE_OK && next_tensor(&all, &tensor)) {
        if (!tensor.binary) continue;
        if (tensor.size > body.n - at)
            result = SURFACE_REFUSED;
        else
            result = one(&t, &tensor, at);
        at += (size_t)tensor.size;
    }
    if (result == SURFACE_OK && at != body.n) result = SURFACE_REFUSED;
    if (result == SURFACE_REFUSED) {
        doc->why = "binary tensors of another size than their descriptions say";
        doc->where = doc->tensors;
    }
    return result;
}

struct slice tensor_path(const struct surface_doc *doc, size_t from, struct arena *arena)
{
    static const char *const lists[] = {"inputs", "outputs"};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        struct tensors all = {.list = slice_str(lists[i])};
        struct tensor tensor;
        size_t at = doc->tensors, number = 0;
        json_init(&all.j, slice_sub(doc->body, 0, doc->tensors));
        for (; next_tensor(&all, &tensor); number++) {
            if (!tensor.binary) continue;
            if (from - at < tensor.size)
                return arena_printf(arena, "%s[%zu], byte %zu", lists[i], number, from - at);
            at += (size_t)tensor.size;
        }
    }
    return arena_copy(arena, S("binary"));
}
