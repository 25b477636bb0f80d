/* SPDX-License-Identifier: Apache-2.0 */
/* surface_path.c - where a part stands, found again by its place in the body: after a match only,
 * so that nobody pays for paths who does not ask. */
#include "base/buf.h"
#include "codec/json.h"
#include "codec/sse.h"
#include "guard/surface/surface.h"
#include "guard/surface/surface_body.h"
#include "guard/surface/surface_walk.h"

#define PATH_MAX_BYTES 4096u

struct place { /* in an open bracket */
    struct slice key;
    size_t index;
    bool object;
};

struct places {
    struct place list[JSON_DEPTH_MAX + 1];
    size_t depth;
};

/* A value begins: its number in a list. */
static void count(struct places *p)
{
    if (p->depth && !p->list[p->depth - 1].object) p->list[p->depth - 1].index++;
}

/* Follows the tokens up to the one that writes the byte `at`. */
static bool find(struct slice json, size_t at, struct places *p)
{
    struct json j;
    json_init(&j, json);
    while (json_next(&j) != JSON_END && j.token != JSON_BAD) {
        switch (j.token) {
        case JSON_OBJECT:
        case JSON_ARRAY:
            count(p);
            p->list[p->depth++] =
                (struct place){.object = j.token == JSON_OBJECT, .index = SIZE_MAX};
            break;
        case JSON_OBJECT_END:
        case JSON_ARRAY_END: p->depth--; break;
        case JSON_KEY: p->list[p->depth - 1].key = j.raw; break;
        default: count(p);
        }
        if (at < j.at) return true;
    }
    return false;
}

/* A key that some row of the shapes names is the protocol's; any other may be anybody's text. */
static bool is_named(struct slice key)
{
    for (size_t i = 0; i < walk_edge_count; i++) {
        const struct walk_edge *e = &walk_edges[i];
        if (e->n == key.n && slice_eq_nocase(slice_of(walk_names + e->at, e->n), key)) return true;
    }
    return false;
}

static void write_path(const struct places *p, enum path_keys keys, struct buf *out)
{
    for (size_t i = 0; i < p->depth; i++) {
        const struct place *at = &p->list[i];
        if (!at->object) {
            buf_printf(out, "[%zu]", at->index);
        } else if (at->key.p) {
            if (out->n) buf_byte(out, '.');
            bool shown = keys == PATH_ALL || is_named(at->key);
            buf_add(out, shown ? slice_sub(at->key, 0, 256) : S("*"));
        }
    }
}

/* The place in the JSON; SIZE_MAX: beside it. */
static size_t json_place(const struct surface_doc *doc, size_t from, struct arena *arena)
{
    struct sse_event e;
    size_t shift;
    if (slice_inside(doc->body, doc->json, &shift))
        return from >= shift && from - shift < doc->json.n ? from - shift : SIZE_MAX;
    return sse_read(doc->body, arena, &e) ? sse_data_at(&e, from) : SIZE_MAX;
}

struct slice surface_path(const struct surface_doc *doc, const struct part *part,
                          enum path_keys keys, struct arena *arena)
{
    struct places places = {0};
    struct buf out;
    if (!doc->json.p && part->channel == PART_INPUT) return csv_path(doc->body, part->from, arena);
    size_t at = json_place(doc, part->from, arena);
    if (doc->tensors && part->from >= doc->tensors) return tensor_path(doc, part->from, arena);
    if (at == SIZE_MAX || !find(doc->json, at, &places)) return arena_copy(arena, S("event"));
    buf_init(&out, PATH_MAX_BYTES);
    write_path(&places, keys, &out);
    struct slice path = arena_copy(arena, buf_slice(&out));
    buf_done(&out);
    return path;
}
