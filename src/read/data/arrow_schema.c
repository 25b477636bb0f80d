/* SPDX-License-Identifier: Apache-2.0 */
/* arrow_schema.c - fields become nodes in preorder, without recursion.
 *
 * A field with a dictionary holds only indexes in record batches. The type that it names is the
 * dictionary's, and becomes a tree of its own. Tables of a flatbuffer may be shared, so that a few
 * hundred bytes can describe 2^48 fields: the number of nodes is bounded by the bytes. */
#include "read/data/arrow_part.h"

#define DEPTH_MAX        48
#define FIELD_LEAST      12u /* bytes: no field takes less */
#define DICTIONARIES_MAX 4096u

/* Whatever follows from the number of the type alone. */
static const struct arrow_node types[TYPES] = {
    [TYPE_NULL] = {.layout = ARROW_NULL},
    [TYPE_INT] = {.layout = ARROW_FIXED, .kind = CELL_SIGNED},
    [TYPE_FLOAT] = {.layout = ARROW_FIXED},
    [TYPE_BINARY] = {.layout = ARROW_BYTES, .kind = CELL_BYTES, .width = 4},
    [TYPE_UTF8] = {.layout = ARROW_BYTES, .kind = CELL_TEXT, .width = 4},
    [TYPE_BOOL] = {.layout = ARROW_FIXED, .width = 1},
    [TYPE_DECIMAL] = {.layout = ARROW_FIXED, .width = 128},
    [TYPE_DATE] = {.layout = ARROW_FIXED, .width = 64},
    [TYPE_TIME] = {.layout = ARROW_FIXED, .width = 64},
    [TYPE_TIMESTAMP] = {.layout = ARROW_FIXED, .width = 64},
    [TYPE_INTERVAL] = {.layout = ARROW_FIXED, .width = 64},
    [TYPE_LIST] = {.layout = ARROW_LIST, .width = 4},
    [TYPE_STRUCT] = {.layout = ARROW_STRUCT},
    [TYPE_UNION] = {.layout = ARROW_UNION},
    [TYPE_FIXED_BINARY] = {.layout = ARROW_FIXED, .kind = CELL_BYTES},
    [TYPE_FIXED_LIST] = {.layout = ARROW_FIXED_LIST},
    [TYPE_MAP] = {.layout = ARROW_LIST, .width = 4},
    [TYPE_DURATION] = {.layout = ARROW_FIXED, .width = 64},
    [TYPE_LARGE_BINARY] = {.layout = ARROW_BYTES, .kind = CELL_BYTES, .width = 8},
    [TYPE_LARGE_UTF8] = {.layout = ARROW_BYTES, .kind = CELL_TEXT, .width = 8},
    [TYPE_LARGE_LIST] = {.layout = ARROW_LIST, .width = 8},
    [TYPE_RUNS] = {.layout = ARROW_RUNS},
    [TYPE_BINARY_VIEW] = {.layout = ARROW_VIEWS, .kind = CELL_BYTES},
    [TYPE_UTF8_VIEW] = {.layout = ARROW_VIEWS, .kind = CELL_TEXT},
    [TYPE_LIST_VIEW] = {.layout = ARROW_LIST_VIEW, .width = 4},
    [TYPE_LARGE_LIST_VIEW] = {.layout = ARROW_LIST_VIEW, .width = 8},
};

static void int_type(struct arrow_node *n, struct flat *f, struct flat_table t)
{
    int64_t bits = flat_int(f, t, 0, 4, 0);
    bool valid = bits == 8 || bits == 16 || bits == 32 || bits == 64;
    if (!valid) f->bad = true;
    n->width = valid ? (uint32_t)bits : 8;
    n->is_unsigned = !flat_int(f, t, 1, 1, 0);
    n->kind = bits < 32 ? CELL_SKIP : n->is_unsigned ? CELL_UNSIGNED : CELL_SIGNED;
}

static void decimal_type(struct arrow_node *n, struct flat *f, struct flat_table t)
{
    int64_t bits = flat_int(f, t, 2, 4, 128);
    bool valid = bits == 32 || bits == 64 || bits == 128 || bits == 256;
    if (!valid) f->bad = true;
    n->width = valid ? (uint32_t)bits : 128;
    n->kind = flat_int(f, t, 1, 4, 0) ? CELL_SKIP : CELL_LITTLE;
}

static void positive(struct arrow_node *n, struct flat *f, int64_t size, uint32_t unit)
{
    if (size < 0 || size > (INT32_MAX / 8)) f->bad = true;
    n->width = f->bad ? unit : (uint32_t)size * unit;
}

static struct arrow_node type_of(struct flat *f, struct flat_table field)
{
    static const uint32_t floats[] = {16, 32, 64};
    int64_t type = flat_int(f, field, 2, 1, 0);
    if (type < TYPE_NULL || type >= TYPES) return (struct arrow_node){.layout = ARROW_NULL};
    struct arrow_node n = types[type];
    struct flat_table t = flat_table(f, field, 3);
    int64_t unit = flat_int(f, t, 0, 2, 0);
    switch (type) {
    case TYPE_INT: int_type(&n, f, t); break;
    case TYPE_FLOAT:
        n.width = floats[unit >= 0 && unit <= 2 ? unit : 0];
        n.kind = unit == 2 ? CELL_DOUBLE : CELL_SKIP;
        break;
    case TYPE_DECIMAL: decimal_type(&n, f, t); break;
    case TYPE_DATE: n.width = flat_int(f, t, 0, 2, 1) ? 64 : 32; break;
    case TYPE_TIME: n.width = (uint32_t)flat_int(f, t, 1, 4, 32) & 0x60; break;
    case TYPE_INTERVAL: n.width = unit == 0 ? 32 : unit == 1 ? 64 : 128; break;
    case TYPE_UNION: n.layout = unit == 1 ? ARROW_DENSE : ARROW_UNION; break;
    case TYPE_FIXED_BINARY: positive(&n, f, flat_int(f, t, 0, 4, 0), 8); break;
    case TYPE_FIXED_LIST: positive(&n, f, flat_int(f, t, 0, 4, 0), 1); break;
    default: break;
    }
    return n;
}

/* ---- dictionaries ---- */

struct arrow_dictionary *arrow_dictionary(struct arrow *a, int64_t id)
{
    for (size_t i = 0; i < a->dictionary_count; i++)
        if (a->dictionaries[i].id == id) return &a->dictionaries[i];
    return NULL;
}

static enum st more_dictionaries(struct arrow *a)
{
    if (a->dictionary_count < a->dictionary_room) return ST_OK;
    if (a->dictionary_count == DICTIONARIES_MAX) return ST_LIMIT;
    size_t room = a->dictionary_room ? a->dictionary_room * 2 : 4;
    struct arrow_dictionary *more = ARENA_ARRAY(a->r->arena, struct arrow_dictionary, room);
    if (!more) return ST_NOMEM;
    if (a->dictionary_count) memcpy(more, a->dictionaries, a->dictionary_count * sizeof *more);
    a->dictionaries = more;
    a->dictionary_room = room;
    return ST_OK;
}

/* The node holds indexes; the field's own type waits for its turn. */
static enum st indexes(struct arrow *a, struct flat *f, struct flat_table field, struct slice path,
                       struct arrow_node *n)
{
    struct flat_table encoding = flat_table(f, field, 4), type = flat_table(f, encoding, 1);
    int64_t id = flat_int(f, encoding, 0, 8, 0);
    *n = types[TYPE_INT];
    n->width = 32;
    if (type.at) int_type(n, f, type);
    n->kind = CELL_SKIP;
    const struct arrow_dictionary *known = arrow_dictionary(a, id);
    n->dictionary = (int32_t)(known ? known - a->dictionaries : (int64_t)a->dictionary_count);
    if (known) return ST_OK;
    enum st st = more_dictionaries(a);
    if (st == ST_OK)
        a->dictionaries[a->dictionary_count++] = (struct arrow_dictionary){
            .id = id, .field = field, .path = path, .column = a->column_count};
    return st;
}

/* ---- the tree ---- */

struct open {
    struct flat_vector fields;
    uint32_t next;
    int32_t parent; /* node, counted from the tree's first */
    struct slice path;
};

static enum st path_of(struct arrow *a, struct slice up, struct slice name, struct slice *ret)
{
    name = slice_sub(name, 0, 1024);
    *ret = up.n ? arena_printf(a->r->arena, "%.*s.%.*s", SLICE_ARG(up), SLICE_ARG(name))
                : arena_copy(a->r->arena, name);
    return !ret->p ? ST_NOMEM : ret->n > 4000 ? ST_LIMIT : ST_OK;
}

/* One node; its children are the caller's to add. `whole`: as the values of a dictionary. */
static enum st add(struct arrow *a, struct flat *f, struct flat_table field, struct slice path,
                   int32_t parent, bool whole, struct flat_vector *ret_children)
{
    enum st st = ST_OK;
    bool encoded = !whole && flat_table(f, field, 4).at;
    struct arrow_node n = type_of(f, field);
    *ret_children = (struct flat_vector){0};
    if (a->node_count == a->node_room) return ST_MALFORMED;
    if (!budget_work(a->r->budget, 4)) return ST_LIMIT;
    n.dictionary = -1;
    if (encoded)
        st = indexes(a, f, field, path, &n);
    else
        *ret_children = flat_vector(f, field, 5, 4);
    bool leaf = n.layout < ARROW_LIST;
    if (n.layout == ARROW_NULL && flat_int(f, field, 2, 1, 0) != TYPE_NULL) return ST_UNSUPPORTED;
    if (leaf && ret_children->count) return ST_MALFORMED;
    n.path = path;
    n.parent = parent;
    n.children = ret_children->count;
    n.column = leaf && !whole ? a->column_count++ : -1;
    a->nodes[a->node_count++] = n;
    return st == ST_OK && f->bad ? ST_MALFORMED : st;
}

/* The children of what is open on the stack, until nothing is. */
static enum st descend(struct arrow *a, struct flat *f, struct open stack[DEPTH_MAX], size_t depth,
                       uint32_t first, uint64_t at)
{
    while (depth) {
        struct open *o = &stack[depth - 1];
        if (o->next == o->fields.count) {
            depth--;
            continue;
        }
        struct flat_table field = flat_table_at(f, o->fields, o->next++);
        struct slice path;
        struct flat_vector children;
        enum st st = path_of(a, o->path, flat_string(f, field, 0), &path);
        int32_t self = (int32_t)(a->node_count - first);
        if (st == ST_OK) st = add(a, f, field, path, o->parent, false, &children);
        if (st != ST_OK) return st;
        arrow_metadata(a, f, field, 6, at);
        if (!children.count) continue;
        if (depth == DEPTH_MAX) return ST_UNSUPPORTED;
        stack[depth++] = (struct open){children, 0, self, path};
    }
    return ST_OK;
}

static enum st dictionary_tree(struct arrow *a, struct flat *f, size_t i, uint64_t at)
{
    struct open stack[DEPTH_MAX];
    struct flat_vector children;
    uint32_t first = a->node_count;
    struct arrow_dictionary d = a->dictionaries[i];
    enum st st = add(a, f, d.field, d.path, -1, true, &children);
    if (st != ST_OK) return st;
    if (a->nodes[first].layout < ARROW_LIST) a->nodes[first].column = d.column;
    stack[0] = (struct open){children, 0, 0, d.path};
    st = descend(a, f, stack, children.count ? 1 : 0, first, at);
    a->dictionaries[i].tree = (struct arrow_tree){first, a->node_count - first};
    return st;
}

void arrow_metadata(struct arrow *a, struct flat *f, struct flat_table owner, unsigned id,
                    uint64_t at)
{
    struct flat_vector v = flat_vector(f, owner, id, 4);
    for (uint32_t i = 0; i < v.count && !f->bad; i++) {
        struct flat_table pair = flat_table_at(f, v, i);
        struct slice key = flat_string(f, pair, 0), value = flat_string(f, pair, 1);
        if (f->bad || !budget_work(a->r->budget, 1 + value.n / 16)) return;
        tell_text(a->r, TEXT_METADATA, key, value, at, 0);
    }
}

/* Columns, and what the trees need while batches are read. */
static enum st make_room(struct arrow *a)
{
    uint32_t most = a->tree.count;
    for (size_t i = 0; i < a->dictionary_count; i++)
        if (a->dictionaries[i].tree.count > most) most = a->dictionaries[i].tree.count;
    a->levels = ARENA_ARRAY(a->r->arena, struct arrow_level, most);
    a->names = ARENA_ARRAY(a->r->arena, struct slice, (size_t)a->column_count);
    a->filled = ARENA_ARRAY(a->r->arena, uint64_t, (size_t)a->column_count);
    if (!a->levels || !a->names || !a->filled) return ST_NOMEM;
    for (uint32_t i = 0; i < most; i++) room_init(&a->levels[i].room, a->r);
    for (uint32_t i = 0; i < a->node_count; i++)
        if (a->nodes[i].column >= 0) a->names[a->nodes[i].column] = a->nodes[i].path;
    return ST_OK;
}

enum st arrow_schema(struct arrow *a, struct flat *f, struct flat_table schema, uint64_t at)
{
    struct open stack[DEPTH_MAX] = {{flat_vector(f, schema, 1, 4), 0, -1, {NULL, 0}}};
    if (f->bad) return ST_MALFORMED;
    if (flat_int(f, schema, 0, 2, 0)) return ST_UNSUPPORTED; /* big-endian */
    a->node_room = (uint32_t)(f->bytes.n / FIELD_LEAST);
    a->nodes = ARENA_ARRAY(a->r->arena, struct arrow_node, a->node_room);
    if (!a->nodes) return ST_NOMEM;
    enum st st = descend(a, f, stack, 1, 0, at);
    a->tree.count = a->node_count;
    for (size_t i = 0; i < a->dictionary_count && st == ST_OK; i++)
        st = dictionary_tree(a, f, i, at);
    arrow_metadata(a, f, schema, 2, at);
    if (st == ST_OK) st = make_room(a);
    a->have_schema = st == ST_OK;
    return st == ST_OK && f->bad ? ST_MALFORMED : st;
}
