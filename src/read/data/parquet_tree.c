/* SPDX-License-Identifier: Apache-2.0 */
/* parquet_tree.c - the schema as a tree of lists, maps, structs and leaves, for rows.
 *
 * The same list of strings is written in several ways: `tags (LIST) { repeated list { optional
 * element } }` with any names inside, the two levels of older writers, or a bare repeated field.
 * All become list<string>, by the rules of LogicalTypes.md (Lists: backward-compatibility), and a
 * definition level becomes what it means: this node is null, or that list has no elements. Whether
 * a field may be null does not count, only whether it is. */
#include "read/data/parquet_part.h"

#define DEPTH_MAX 48u

enum {
    AS_STRUCT,
    AS_LIST,
    AS_ITEMS, /* the repeated group of a list: no node of its own */
    AS_MAP,
    AS_ENTRIES, /* the same of a map */
};

struct node { /* whose children come */
    int64_t left;
    size_t element, children; /* children: so far */
    unsigned kind, depth, gaps, closers;
};

struct tree {
    struct parquet *p;
    struct rows_writer *w;
    struct parquet_element *elements;
    size_t count, leaf;
    struct node stack[DEPTH_MAX + 1];
    unsigned depth;
    struct row_gap gaps[2 * DEPTH_MAX];
};

static const struct parquet_element *child(const struct tree *t, size_t of)
{
    return of + 1 < t->count ? &t->elements[of + 1] : NULL;
}

static unsigned kind_of(const struct tree *t, size_t i)
{
    const struct parquet_element *e = &t->elements[i], *c = child(t, i);
    bool list = e->logical ? e->logical == PARQUET_NEW_LIST : e->converted == PARQUET_OLD_LIST;
    bool map = e->logical
                   ? e->logical == PARQUET_NEW_MAP
                   : e->converted == PARQUET_OLD_MAP || e->converted == PARQUET_OLD_MAP_KEY_VALUE;
    if (e->children != 1 || !c || c->repetition != 2) return AS_STRUCT;
    if (map && c->type < 0 && c->children == 2) return AS_MAP;
    return list ? AS_LIST : AS_STRUCT;
}

/* Is the repeated child only a level, or is it the element itself? */
static bool is_level(const struct tree *t, size_t list, size_t i)
{
    const struct parquet_element *e = &t->elements[i], *c = child(t, i);
    struct slice up = t->elements[list].name, name = e->name;
    if (e->type >= 0 || e->children != 1 || !c || c->repetition == 2) return false;
    bool tuple = slice_starts(name, up) && slice_eq(slice_sub(name, up.n, name.n), S("_tuple"));
    return !slice_eq(name, S("array")) && !tuple;
}

static void close_node(struct tree *t, unsigned closers)
{
    for (unsigned i = 0; i < closers; i++) rows_type(t->w, ">");
}

static enum st add_leaf(struct tree *t, const struct parquet_element *e, unsigned gaps)
{
    struct parquet_leaf *leaf = &t->p->leaves[t->leaf++];
    struct row_gap *own = ARENA_ARRAY(t->p->r->arena, struct row_gap, gaps + 1u);
    if (!own) return ST_NOMEM;
    if (gaps != leaf->max_def) return ST_MALFORMED;
    memcpy(own, t->gaps, gaps * sizeof *own);
    leaf->gaps = own;
    leaf->form = parquet_type(e, t->w);
    leaf->column = t->w->count;
    return ST_OK;
}

/* What stands before the type: the column's name, a field's, a comma. */
static void begin(struct tree *t, const struct node *up, const struct parquet_element *e)
{
    if (!up->depth) {
        rows_column(t->w, e->name);
        return;
    }
    if (up->children && up->kind != AS_LIST) rows_type(t->w, ", ");
    if (up->kind == AS_STRUCT) rows_field(t->w, e->name);
}

static enum st open_group(struct tree *t, struct node n)
{
    static const char *const names[] = {
        [AS_STRUCT] = "struct<", [AS_LIST] = "list<", [AS_MAP] = "map<"};
    bool level = n.kind == AS_ITEMS || n.kind == AS_ENTRIES;
    n.left = t->elements[n.element].children;
    if (!level) rows_type(t->w, "%s", names[n.kind]);
    if (!level) n.closers++;
    if (t->depth > DEPTH_MAX) return ST_UNSUPPORTED;
    t->stack[t->depth++] = n;
    return ST_OK;
}

/* Depths count from 1 here, so that 0 can be the root's. */
static enum st visit(struct tree *t, size_t i)
{
    struct node *up = &t->stack[t->depth - 1];
    const struct parquet_element *e = &t->elements[i];
    struct node n = {.element = i, .depth = up->depth + 1, .gaps = up->gaps};
    bool in_list = up->kind == AS_LIST, in_map = up->kind == AS_MAP;
    begin(t, up, e);
    up->left--;
    up->children++;
    if (in_list || in_map) {
        t->gaps[n.gaps++] = (struct row_gap){ROW_EMPTY, (uint8_t)(up->depth - 1)};
        n.kind = in_map ? AS_ENTRIES : AS_ITEMS;
        n.depth = up->depth;
        if (in_map || is_level(t, up->element, i)) return open_group(t, n);
        n.depth++;
    } else if (e->repetition == 2) {
        rows_type(t->w, "list<");
        t->gaps[n.gaps++] = (struct row_gap){ROW_EMPTY, (uint8_t)(n.depth - 1)};
        n.depth++;
        n.closers++;
    } else if (e->repetition) {
        t->gaps[n.gaps++] = (struct row_gap){ROW_NULL, (uint8_t)(n.depth - 1)};
    }
    n.kind = kind_of(t, i);
    if (e->type < 0) return open_group(t, n);
    enum st st = add_leaf(t, e, n.gaps);
    close_node(t, n.closers);
    return st;
}

/* Nodes whose children are all there end, and with them maybe a column. */
static enum st close_full(struct tree *t)
{
    while (t->depth > 1 && !t->stack[t->depth - 1].left)
        close_node(t, t->stack[--t->depth].closers);
    return t->depth == 1 ? rows_column_end(t->w) : ST_OK;
}

static enum st read_elements(struct tree *t)
{
    struct parquet *p = t->p;
    struct thrift h = {cur_of(p->footer)};
    struct thrift_field list = {.type = THRIFT_LIST};
    uint8_t type;
    cur_seek(&h.c, p->schema_at);
    t->count = (size_t)thrift_list(&h, &list, &type);
    t->elements = ARENA_ARRAY(p->r->arena, struct parquet_element, t->count);
    if (!t->elements) return ST_NOMEM;
    for (size_t i = 0; i < t->count; i++) t->elements[i] = parquet_element(&h);
    return cur_ok(&h.c) ? ST_OK : ST_MALFORMED;
}

/* The leaves of the columns that were picked, column by column. */
static enum st put_in_order(struct parquet *p, const struct rows_writer *w)
{
    size_t *first = ARENA_ARRAY(p->r->arena, size_t, w->count + 1);
    p->order = ARENA_ARRAY(p->r->arena, size_t, p->leaf_count + 1);
    p->chunk_at = ARENA_ARRAY(p->r->arena, size_t, p->leaf_count + 1);
    if (!first || !p->order || !p->chunk_at) return ST_NOMEM;
    for (size_t i = p->leaf_count; i-- > 0;) first[p->leaves[i].column] = i;
    for (size_t k = 0; k < w->picked; k++)
        for (size_t i = first[w->order[k]]; i < p->leaf_count && p->leaves[i].column == w->order[k];
             i++)
            p->order[p->order_count++] = i;
    return ST_OK;
}

static enum st too_many(struct parquet *p)
{
    p->by_row = false;
    tell_unread(p->r, UNREAD_LIMIT, p->data_end, 0, "%zu columns; rows of at most %u are read",
                p->leaf_count, ROWS_COLUMNS_MAX);
    return ST_OK;
}

enum st parquet_tree(struct parquet *p)
{
    struct tree *t = ARENA_NEW(p->r->arena, struct tree);
    if (p->leaf_count > ROWS_COLUMNS_MAX) return too_many(p);
    if (!t) return ST_NOMEM;
    t->p = p;
    enum st st = read_elements(t);
    if (st != ST_OK) return st;
    t->w = rows_writer(p->r, t->count);
    if (!t->w) return ST_NOMEM;
    if (!budget_work(p->r->budget, 1 + t->count)) return ST_LIMIT;
    t->stack[0] = (struct node){.left = t->count > 1 ? t->elements[0].children : 0};
    t->depth = 1;
    for (size_t i = 1; i < t->count && st == ST_OK; i++) {
        st = visit(t, i);
        if (st == ST_OK) st = close_full(t);
    }
    if (st == ST_OK) st = rows_columns(t->w);
    if (st == ST_OK && t->w->lost) p->by_row = false;
    return st == ST_OK && p->by_row ? put_in_order(p, t->w) : st;
}
