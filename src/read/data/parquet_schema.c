/* SPDX-License-Identifier: Apache-2.0 */
/* parquet_schema.c - the schema is a tree in preorder: each element says how many children follow.
 * Only leaves have columns. Each repeated or optional element on the way to a leaf adds a level. */
#include "read/data/parquet_part.h"

#define DEPTH_MAX 48

/* TimeUnit, a union of empty structs: 1 milliseconds, 2 microseconds, 3 nanoseconds. */
static int64_t unit(struct thrift *t, const struct thrift_field *f)
{
    struct thrift_field in = {0};
    int64_t ret = 0;
    if (!thrift_struct(t, f)) return 0;
    while (thrift_next(t, &in)) {
        ret = in.id;
        thrift_skip(t, in.type);
    }
    return ret;
}

/* What a LogicalType holds. */
static void logical_field(struct thrift *t, struct parquet_element *e, const struct thrift_field *f)
{
    switch (e->logical * 8 + f->id) {
    case PARQUET_NEW_DECIMAL * 8 + 1: e->scale = thrift_int(t, f); return;
    case PARQUET_NEW_DECIMAL * 8 + 2: e->precision = thrift_int(t, f); return;
    case PARQUET_NEW_TIMESTAMP * 8 + 1: e->utc = thrift_bool(t, f); return;
    case PARQUET_NEW_TIME * 8 + 2:
    case PARQUET_NEW_TIMESTAMP * 8 + 2: e->unit = unit(t, f); return;
    case PARQUET_NEW_INTEGER * 8 + 1: e->bits = thrift_int(t, f); return;
    case PARQUET_NEW_INTEGER * 8 + 2: e->is_signed = thrift_bool(t, f); return;
    default: thrift_skip(t, f->type);
    }
}

static void logical(struct thrift *t, struct parquet_element *e)
{
    struct thrift_field f = {0};
    while (thrift_next(t, &f)) {
        struct thrift_field in = {0};
        e->logical = f.id > 0 && f.id < 64 ? f.id : 63;
        if (f.type != THRIFT_STRUCT) {
            thrift_skip(t, f.type);
            continue;
        }
        while (thrift_next(t, &in)) logical_field(t, e, &in);
    }
}

struct parquet_element parquet_element(struct thrift *t)
{
    struct parquet_element e = {.type = -1, .converted = -1, .is_signed = true};
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
        case 8: e.precision = thrift_int(t, &f); break;
        case 10:
            if (thrift_struct(t, &f)) logical(t, &e);
            break;
        default: thrift_skip(t, f.type);
        }
    }
    return e;
}

static enum cell_kind number_kind(const struct parquet_element *e)
{
    bool times = (e->converted >= PARQUET_OLD_DATE && e->converted <= PARQUET_OLD_TIMES_END) ||
                 (e->logical >= PARQUET_NEW_DATE && e->logical <= PARQUET_NEW_TIMESTAMP);
    bool decimal = e->converted == PARQUET_OLD_DECIMAL || e->logical == PARQUET_NEW_DECIMAL;
    if (times || (decimal && e->scale)) return CELL_SKIP;
    bool no_sign =
        (e->converted >= PARQUET_OLD_UINT && e->converted <= PARQUET_OLD_UINT_END) || !e->is_signed;
    return no_sign ? CELL_UNSIGNED : CELL_SIGNED;
}

static enum cell_kind bytes_kind(const struct parquet_element *e)
{
    if (e->converted == PARQUET_OLD_DECIMAL || e->logical == PARQUET_NEW_DECIMAL)
        return e->scale ? CELL_SKIP : CELL_BIG;
    if (e->converted == PARQUET_OLD_INTERVAL || e->logical == PARQUET_NEW_FLOAT16) return CELL_SKIP;
    if (e->logical == PARQUET_NEW_UUID) return CELL_UUID;
    bool text = e->converted == PARQUET_OLD_UTF8 || e->converted == PARQUET_OLD_ENUM ||
                e->converted == PARQUET_OLD_JSON || e->converted == PARQUET_OLD_BSON ||
                e->logical == PARQUET_NEW_STRING || e->logical == PARQUET_NEW_ENUM ||
                e->logical == PARQUET_NEW_JSON || e->logical == PARQUET_NEW_BSON;
    return text ? CELL_TEXT : CELL_BYTES;
}

static enum cell_kind kind_of(const struct parquet_element *e)
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

static enum st add_leaf(struct parquet *p, const struct parquet_element *e, const struct group *g)
{
    static const uint32_t widths[PARQUET_TYPES] = {[PARQUET_INT96] = 12, [PARQUET_FLOAT] = 4};
    bool fixed = e->type == PARQUET_FIXED;
    if (e->type < 0 || e->type >= PARQUET_TYPES) return ST_MALFORMED;
    if (fixed && (e->length <= 0 || e->length > INT32_MAX)) return ST_MALFORMED;
    p->leaves[p->leaf_count++] =
        (struct parquet_leaf){.path = g->path,
                              .type = (enum parquet_type)e->type,
                              .kind = kind_of(e),
                              .width = fixed ? (uint32_t)e->length : widths[e->type],
                              .max_def = g->def,
                              .max_rep = g->rep};
    return ST_OK;
}

static enum st add(struct parquet *p, const struct parquet_element *e,
                   struct group stack[DEPTH_MAX], size_t *depth)
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
    p->schema_at = cur_pos(&t->c);
    uint64_t count = thrift_list(t, f, &type);
    if (type != THRIFT_STRUCT || !count || p->leaves) return ST_MALFORMED;
    if (!budget_work(p->r->budget, count)) return ST_LIMIT;
    p->leaves = ARENA_ARRAY(p->r->arena, struct parquet_leaf, (size_t)count);
    p->filled = ARENA_ARRAY(p->r->arena, uint64_t, (size_t)count);
    if (!p->leaves || !p->filled) return ST_NOMEM;
    struct parquet_element root = parquet_element(t);
    if (root.children < 0) return ST_MALFORMED;
    stack[0] = (struct group){.left = root.children};
    size_t depth = 1;
    enum st st = ST_OK;
    for (uint64_t i = 1; i < count && st == ST_OK; i++) {
        while (depth && !stack[depth - 1].left) depth--;
        struct parquet_element e = parquet_element(t);
        if (!cur_ok(&t->c) || !depth) return ST_MALFORMED;
        st = add(p, &e, stack, &depth);
    }
    while (st == ST_OK && depth && !stack[depth - 1].left) depth--;
    return st == ST_OK && depth ? ST_MALFORMED : st;
}
