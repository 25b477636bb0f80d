/* SPDX-License-Identifier: Apache-2.0 */
/* parquet_schema.c - the schema is a tree in preorder: each element says how many children follow.
 * Only leaves have columns. Each repeated or optional element on the way to a leaf adds a level. */
#include "read/data/parquet_part.h"

#define DEPTH_MAX 48

struct element {
    int64_t type, length, repetition, children, converted, scale;
    int32_t logical; /* field of the union LogicalType; 0: none */
    bool is_signed;
    struct slice name;
};

/* LogicalType: only which one it is, and the sign of an INTEGER, the scale of a DECIMAL. */
static void logical(struct thrift *t, struct element *e)
{
    struct thrift_field f = {0};
    while (thrift_next(t, &f)) {
        e->logical = f.id;
        struct thrift_field in = {0};
        if ((f.id != 5 && f.id != 10) || f.type != THRIFT_STRUCT) {
            thrift_skip(t, f.type);
            continue;
        }
        while (thrift_next(t, &in)) {
            if (f.id == 5 && in.id == 1)
                e->scale = thrift_int(t, &in);
            else if (f.id == 10 && in.id == 2)
                e->is_signed = thrift_bool(t, &in);
            else
                thrift_skip(t, in.type);
        }
    }
}

static struct element element(struct thrift *t)
{
    struct element e = {.type = -1, .converted = -1, .is_signed = true};
    struct thrift_field f = {0};
    while (thrift_next(t, &f)) {
        switch (f.id) {
        case 1: e.type = thrift_int(t, &f); break;
        case 2: e.length = thrift_int(t, &f); break;
        case 3: e.repetition = thrift_int(t, &f); break;
        case 4: e.name = thrift_binary(t, &f); break;
        case 5: e.children = thrift_int(t, &f); break;
        case 6: e.converted = thrift_int(t, &f); break;
        case 7: e.scale = thrift_int(t, &f); break;
        case 10:
            if (thrift_struct(t, &f)) logical(t, &e);
            break;
        default: thrift_skip(t, f.type);
        }
    }
    return e;
}

enum { OLD_UTF8 = 0, OLD_ENUM = 4, OLD_DECIMAL = 5, OLD_TIMES = 6, OLD_TIMES_END = 10 };
enum { OLD_UINT = 11, OLD_UINT_END = 14, OLD_JSON = 19, OLD_BSON = 20, OLD_INTERVAL = 21 };
enum { NEW_STRING = 1, NEW_ENUM = 4, NEW_DECIMAL = 5, NEW_TIMES = 6, NEW_TIMES_END = 8 };
enum { NEW_JSON = 12, NEW_BSON = 13, NEW_UUID = 14, NEW_FLOAT16 = 15 };

static enum cell_kind number_kind(const struct element *e)
{
    bool times = (e->converted >= OLD_TIMES && e->converted <= OLD_TIMES_END) ||
                 (e->logical >= NEW_TIMES && e->logical <= NEW_TIMES_END);
    bool decimal = e->converted == OLD_DECIMAL || e->logical == NEW_DECIMAL;
    if (times || (decimal && e->scale)) return CELL_SKIP;
    bool no_sign = (e->converted >= OLD_UINT && e->converted <= OLD_UINT_END) || !e->is_signed;
    return no_sign ? CELL_UNSIGNED : CELL_SIGNED;
}

static enum cell_kind bytes_kind(const struct element *e)
{
    if (e->converted == OLD_DECIMAL || e->logical == NEW_DECIMAL)
        return e->scale ? CELL_SKIP : CELL_BIG;
    if (e->converted == OLD_INTERVAL || e->logical == NEW_FLOAT16) return CELL_SKIP;
    if (e->logical == NEW_UUID) return CELL_UUID;
    bool text = e->converted == OLD_UTF8 || e->converted == OLD_ENUM || e->converted == OLD_JSON ||
                e->converted == OLD_BSON || e->logical == NEW_STRING || e->logical == NEW_ENUM ||
                e->logical == NEW_JSON || e->logical == NEW_BSON;
    return text ? CELL_TEXT : CELL_BYTES;
}

static enum cell_kind kind_of(const struct element *e)
{
    switch (e->type) {
    case PARQUET_INT32:
    case PARQUET_INT64: return number_kind(e);
    case PARQUET_DOUBLE: return CELL_DOUBLE;
    case PARQUET_BYTE_ARRAY:
    case PARQUET_FIXED: return bytes_kind(e);
    default: return CELL_SKIP;
    }
}

/* A group that is open while its children come. */
struct group {
    int64_t left;
    struct slice path;
    uint16_t def, rep;
};

static struct slice join(struct parquet *p, struct slice path, struct slice name)
{
    name = slice_sub(name, 0, 1024);
    if (!path.n) return arena_copy(p->r->arena, name);
    return arena_printf(p->r->arena, "%.*s.%.*s", SLICE_ARG(path), SLICE_ARG(name));
}

static enum st add_leaf(struct parquet *p, const struct element *e, const struct group *g)
{
    bool fixed = e->type == PARQUET_FIXED;
    if (e->type < 0 || e->type >= PARQUET_TYPES) return ST_MALFORMED;
    if (fixed && (e->length <= 0 || e->length > INT32_MAX)) return ST_MALFORMED;
    p->leaves[p->leaf_count++] = (struct parquet_leaf){.path = g->path,
                                                       .type = (enum parquet_type)e->type,
                                                       .kind = kind_of(e),
                                                       .width = fixed ? (uint32_t)e->length : 0,
                                                       .max_def = g->def,
                                                       .max_rep = g->rep};
    return ST_OK;
}

static enum st add(struct parquet *p, const struct element *e, struct group stack[DEPTH_MAX],
                   size_t *depth)
{
    struct group *up = &stack[*depth - 1], g = {.def = up->def, .rep = up->rep};
    g.path = join(p, up->path, e->name);
    if (!g.path.p) return ST_NOMEM;
    if (g.path.n > 4000) return ST_LIMIT;
    if (e->repetition) g.def++;
    if (e->repetition == 2) g.rep++;
    up->left--;
    if (e->type >= 0) return e->children > 0 ? ST_MALFORMED : add_leaf(p, e, &g);
    if (e->children < 0) return ST_MALFORMED;
    if (*depth == DEPTH_MAX) return ST_UNSUPPORTED;
    g.left = e->children;
    stack[(*depth)++] = g;
    return ST_OK;
}

enum st parquet_schema(struct parquet *p, struct thrift *t, const struct thrift_field *f)
{
    struct group stack[DEPTH_MAX];
    uint8_t type;
    uint64_t count = thrift_list(t, f, &type);
    if (type != THRIFT_STRUCT || !count || p->leaves) return ST_MALFORMED;
    if (!budget_work(p->r->budget, count)) return ST_LIMIT;
    p->leaves = ARENA_ARRAY(p->r->arena, struct parquet_leaf, (size_t)count);
    p->filled = ARENA_ARRAY(p->r->arena, uint64_t, (size_t)count);
    if (!p->leaves || !p->filled) return ST_NOMEM;
    struct element root = element(t);
    if (root.children < 0) return ST_MALFORMED;
    stack[0] = (struct group){.left = root.children};
    size_t depth = 1;
    enum st st = ST_OK;
    for (uint64_t i = 1; i < count && st == ST_OK; i++) {
        while (depth && !stack[depth - 1].left) depth--;
        struct element e = element(t);
        if (!cur_ok(&t->c) || !depth) return ST_MALFORMED;
        st = add(p, &e, stack, &depth);
    }
    while (st == ST_OK && depth && !stack[depth - 1].left) depth--;
    return st == ST_OK && depth ? ST_MALFORMED : st;
}
