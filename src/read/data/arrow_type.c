/* SPDX-License-Identifier: Apache-2.0 */
/* arrow_type.c - names and types of the columns, for rows.
 *
 * Types that Parquet has as well get the names that parquet_type.c gives them, so that a table is
 * the same in both. A dictionary is a way of packing: its column has the type of its values, and a
 * list of fixed size is a list. */
#include "read/data/arrow_part.h"

#define DEPTH_MAX 48u

static const char *unit(int64_t u)
{
    static const char *const names[] = {"s", "ms", "us", "ns"};
    return u >= 0 && u <= 3 ? names[u] : "?";
}

static enum row_form number(struct rows_writer *w, struct flat *f, struct flat_table t)
{
    bool is_signed = flat_int(f, t, 1, 1, 0) != 0;
    rows_type(w, "%sint%lld", is_signed ? "" : "u", (long long)flat_int(f, t, 0, 4, 0));
    return is_signed ? ROW_SIGNED : ROW_UNSIGNED;
}

static enum row_form time_type(struct rows_writer *w, struct flat *f, struct flat_table t,
                               int64_t type)
{
    static const char *const names[TYPES] = {
        [TYPE_TIME] = "time", [TYPE_TIMESTAMP] = "timestamp", [TYPE_DURATION] = "duration"};
    bool utc = type == TYPE_TIMESTAMP && flat_string(f, t, 1).n;
    int64_t u = flat_int(f, t, 0, 2, type == TYPE_TIMESTAMP ? 0 : 1);
    rows_type(w, "%s[%s%s]", names[type], unit(u), utc ? ", utc" : "");
    return ROW_SIGNED;
}

static enum row_form leaf_type(struct rows_writer *w, struct flat *f, struct flat_table t,
                               int64_t type)
{
    static const char *const names[TYPES] = {
        [TYPE_NULL] = "null",         [TYPE_BINARY] = "bytes",       [TYPE_UTF8] = "string",
        [TYPE_BOOL] = "bool",         [TYPE_LARGE_BINARY] = "bytes", [TYPE_LARGE_UTF8] = "string",
        [TYPE_BINARY_VIEW] = "bytes", [TYPE_UTF8_VIEW] = "string"};
    static const char *const floats[] = {"float16", "float32", "float64"};
    static const char *const intervals[] = {"months", "days, ms", "months, days, ns"};
    int64_t unit_of = flat_int(f, t, 0, 2, 0);
    size_t of_three = unit_of >= 0 && unit_of <= 2 ? (size_t)unit_of : 0;
    switch (type) {
    case TYPE_INT: return number(w, f, t);
    case TYPE_FLOAT: rows_type(w, "%s", floats[of_three]); return ROW_RAW;
    case TYPE_DECIMAL:
        rows_type(w, "decimal(%lld,%lld)", (long long)flat_int(f, t, 0, 4, 0),
                  (long long)flat_int(f, t, 1, 4, 0));
        return ROW_DECIMAL;
    case TYPE_DATE: rows_type(w, flat_int(f, t, 0, 2, 1) ? "date[ms]" : "date"); return ROW_SIGNED;
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
    case TYPE_DURATION: return time_type(w, f, t, type);
    case TYPE_INTERVAL: rows_type(w, "interval[%s]", intervals[of_three]); return ROW_RAW;
    case TYPE_FIXED_BINARY:
        rows_type(w, "bytes[%lld]", (long long)flat_int(f, t, 0, 4, 0));
        return ROW_RAW;
    default: rows_type(w, "%s", names[type] ? names[type] : "?"); return ROW_RAW;
    }
}

/* ---- the tree ---- */

struct open { /* whose children come */
    struct flat_vector fields;
    uint32_t next;
    int64_t type; /* 0: the schema */
    uint8_t depth;
    bool hidden;
};

struct walk {
    struct arrow *a;
    struct flat *f;
    struct rows_writer *w;
    struct open stack[DEPTH_MAX + 1];
    unsigned depth;
    uint32_t node; /* the next */
};

static const char *group_name(int64_t type)
{
    static const char *const names[TYPES] = {
        [TYPE_STRUCT] = "struct<",       [TYPE_MAP] = "map<",         [TYPE_LIST] = "list<",
        [TYPE_FIXED_LIST] = "list<",     [TYPE_LARGE_LIST] = "list<", [TYPE_LIST_VIEW] = "list<",
        [TYPE_LARGE_LIST_VIEW] = "list<"};
    return names[type];
}

/* The first child of a map is the struct of its keys and values, which is no node of its own. */
static void begin(struct walk *k, const struct open *up, struct slice name)
{
    if (!up->type) {
        rows_column(k->w, name);
        return;
    }
    if (up->next > 1) rows_type(k->w, ", ");
    if (up->type == TYPE_STRUCT && !up->hidden) rows_field(k->w, name);
}

static enum st unsupported(struct walk *k, struct slice name)
{
    k->a->by_row = false;
    tell_unread(k->a->r, UNREAD_UNSUPPORTED, 0, 0, "column %.*s: rows with such a type",
                SLICE_ARG(name));
    return ST_OK;
}

static enum st visit(struct walk *k)
{
    struct arrow *a = k->a;
    struct open *up = &k->stack[k->depth - 1];
    struct flat_table field = flat_table_at(k->f, up->fields, up->next++);
    struct slice name = flat_string(k->f, field, 0);
    int64_t type = flat_int(k->f, field, 2, 1, 0);
    if (k->node >= a->tree.count || type < TYPE_NULL || type >= TYPES) return ST_MALFORMED;
    struct arrow_node *n = &a->nodes[a->tree.first + k->node++];
    begin(k, up, name);
    n->hidden = up->type == TYPE_MAP;
    n->depth = (uint8_t)(up->depth + (up->type && !n->hidden));
    bool group = group_name(type) || type == TYPE_UNION || type == TYPE_RUNS;
    if (n->layout < ARROW_LIST) { /* also a dictionary, whose values may be anything */
        if (group) return unsupported(k, name);
        n->form = leaf_type(k->w, k->f, flat_table(k->f, field, 3), type);
        return ST_OK;
    }
    bool map = type != TYPE_MAP || n->children == 1;
    bool entries = !n->hidden || (type == TYPE_STRUCT && n->children == 2);
    if (!group_name(type) || !map || !entries) return unsupported(k, name);
    if (!n->hidden) rows_type(k->w, "%s", group_name(type));
    if (k->depth > DEPTH_MAX) return ST_UNSUPPORTED;
    k->stack[k->depth++] =
        (struct open){flat_vector(k->f, field, 5, 4), 0, type, n->depth, n->hidden};
    return ST_OK;
}

static enum st close_full(struct walk *k)
{
    while (k->depth > 1 && k->stack[k->depth - 1].next == k->stack[k->depth - 1].fields.count) {
        bool hidden = k->stack[--k->depth].hidden;
        if (!hidden) rows_type(k->w, ">");
    }
    return k->depth == 1 ? rows_column_end(k->w) : ST_OK;
}

static enum st too_many(struct arrow *a)
{
    a->by_row = false;
    tell_unread(a->r, UNREAD_LIMIT, 0, 0, "%u columns; rows of at most %u are read", a->tree.count,
                ROWS_COLUMNS_MAX);
    return ST_OK;
}

enum st arrow_columns(struct arrow *a, struct flat *f, struct flat_table schema)
{
    struct walk *k = ARENA_NEW(a->r->arena, struct walk);
    if (a->tree.count > ROWS_COLUMNS_MAX) return too_many(a);
    if (!k) return ST_NOMEM;
    *k = (struct walk){.a = a, .f = f, .w = rows_writer(a->r, a->tree.count)};
    if (!k->w) return ST_NOMEM;
    k->stack[k->depth++].fields = flat_vector(f, schema, 1, 4);
    enum st st = ST_OK;
    while (st == ST_OK && a->by_row && k->stack[0].next < k->stack[0].fields.count) {
        st = visit(k);
        if (st == ST_OK) st = close_full(k);
        while (st == ST_OK && k->depth > 1 && a->by_row) {
            st = visit(k);
            if (st == ST_OK) st = close_full(k);
        }
    }
    if (st == ST_OK && f->bad) st = ST_MALFORMED;
    if (st == ST_OK && a->by_row) st = rows_columns(k->w);
    if (k->w->lost) a->by_row = false;
    return st == ST_OK && a->by_row ? arrow_rows_init(a, k->w) : st;
}
