/* SPDX-License-Identifier: Apache-2.0 */
/* arrow_leaf.c - the values of one leaf of a batch.
 *
 * The row of a value is found by climbing: element i of a list's child belongs to the list whose
 * offsets embrace i. Values come in order, so each list on the way remembers where it was. Text
 * under a null is told as well: readers do not show it, but it is in the file. */
#include "read/data/arrow_part.h"

#define RELEASE ((size_t)4 << 20)

static uint64_t number_at(struct slice s, uint64_t i, uint32_t width)
{
    struct cursor c = cur_of(s);
    cur_seek(&c, i * width);
    return cur_uint_le(&c, width);
}

/* ---- rows ---- */

static uint64_t list_of(struct arrow_level *l, uint32_t width, uint64_t i)
{
    if (l->at >= l->length || number_at(l->offsets, l->at, width) > i) l->at = 0;
    while (l->at + 1 < l->length && number_at(l->offsets, l->at + 1, width) <= i) l->at++;
    return l->at;
}

static int64_t row_of(struct arrow_batch *b, const struct arrow_node *n, uint64_t i)
{
    struct arrow *a = b->a;
    for (int32_t up = n->parent; up >= 0;) {
        const struct arrow_node *p = &a->nodes[b->tree->first + (uint32_t)up];
        struct arrow_level *l = &a->levels[up];
        if (l->lost || !l->length) return -1;
        if (p->layout == ARROW_LIST) i = list_of(l, p->width, i);
        if (p->layout == ARROW_FIXED_LIST) i = p->width ? i / p->width : 0;
        up = p->parent;
    }
    if (!b->dictionary) return (int64_t)(b->base + i);
    i += b->base;
    return i < b->dictionary->room ? b->dictionary->first_rows[i] : -1;
}

static uint64_t times_of(const struct arrow_batch *b, const struct arrow_node *n, uint64_t i)
{
    const struct arrow_dictionary *d = b->dictionary;
    return d && n->parent < 0 && b->base + i < d->room ? d->times[b->base + i] : 0;
}

static struct cell_place place(struct arrow_batch *b, const struct arrow_node *n, uint64_t i,
                               const struct arrow_bytes *from, uint64_t at)
{
    return (struct cell_place){row_of(b, n, i), from->offset + (from->exact ? at : 0),
                               times_of(b, n, i)};
}

/* ---- memory ---- */

struct behind {
    size_t released;
};

static void release(struct arrow_batch *b, const struct arrow_bytes *bytes, struct behind *h,
                    uint64_t at)
{
    if (at < h->released + RELEASE || at > bytes->s.n) return;
    if (bytes->exact)
        layer_release(b->a->r->layer, bytes->offset + h->released, at - h->released);
    else
        room_release(bytes->room, (size_t)at);
    h->released = (size_t)at;
}

static enum st complain(struct arrow_batch *b, const struct arrow_node *n, const char *what)
{
    b->a->malformed++;
    arrow_complain(b->a, b->m->at, "column %.*s: %s", SLICE_ARG(n->path), what);
    return ST_MALFORMED;
}

/* ---- kinds of leaves ---- */

static enum st byte_values(struct arrow_batch *b, const struct arrow_node *n, uint64_t length,
                           uint32_t buffer)
{
    struct arrow_bytes offsets, data;
    struct behind h = {0};
    enum st st = arrow_buffer(b, buffer + 1, &b->a->first, &offsets);
    if (st == ST_OK) st = arrow_buffer(b, buffer + 2, &b->a->second, &data);
    if (st != ST_OK) return st;
    if (offsets.s.n / n->width <= length) return complain(b, n, "fewer offsets than values");
    uint64_t from = number_at(offsets.s, 0, n->width);
    for (uint64_t i = 0; i < length && st == ST_OK; i++) {
        uint64_t to = number_at(offsets.s, i + 1, n->width);
        if (to < from || to > data.s.n)
            return complain(b, n, "offsets that fall or leave the data");
        struct slice s = slice_sub(data.s, (size_t)from, (size_t)(to - from));
        if (s.n) st = cells_put_bytes(&b->a->cells, n->kind, s, place(b, n, i, &data, from));
        release(b, &data, &h, to);
        from = to;
    }
    return st;
}

static bool valid(struct slice validity, uint64_t i)
{
    return i / 8 >= validity.n || validity.p[i / 8] >> i % 8 & 1;
}

static enum st put_fixed(struct arrow_batch *b, const struct arrow_node *n, struct slice s,
                         struct cell_place at)
{
    if (n->kind == CELL_BYTES || n->kind == CELL_LITTLE)
        return cells_put_bytes(&b->a->cells, n->kind, s, at);
    struct cursor c = cur_of(s);
    uint64_t v = cur_uint_le(&c, (unsigned)s.n);
    if (n->kind == CELL_SIGNED && s.n == 4) v = (uint64_t)(int64_t)(int32_t)(uint32_t)v;
    return cells_put_number(&b->a->cells, n->kind, v, at);
}

/* A value of the dictionary is used in this row. */
static enum st note_index(struct arrow_batch *b, const struct arrow_node *n, struct slice s,
                          struct cell_place at)
{
    struct arrow_dictionary *d = &b->a->dictionaries[n->dictionary];
    struct cursor c = cur_of(s);
    uint64_t i = cur_uint_le(&c, (unsigned)s.n);
    if (i >= d->count || i >= d->room)
        return complain(b, n, "an index that its dictionary does not have");
    if (d->first_rows[i] < 0) d->first_rows[i] = at.row;
    d->times[i] += at.times ? at.times : 1;
    return ST_OK;
}

static enum st fixed_values(struct arrow_batch *b, const struct arrow_node *n, uint64_t length,
                            uint64_t nulls, uint32_t buffer)
{
    struct arrow_bytes validity = {0}, data;
    struct behind h = {0};
    uint32_t size = n->width / 8;
    bool skip = n->kind == CELL_SKIP && n->dictionary < 0;
    if (skip || n->width % 8 || !size) return ST_OK;
    enum st st = arrow_buffer(b, buffer + 1, &b->a->first, &data);
    if (st == ST_OK && nulls) st = arrow_buffer(b, buffer, &b->a->validity, &validity);
    if (st != ST_OK) return st;
    if (data.s.n / size < length) return complain(b, n, "fewer bytes than its values take");
    for (uint64_t i = 0; i < length && st == ST_OK; i++) {
        if (nulls && !valid(validity.s, i)) continue;
        struct slice s = slice_sub(data.s, (size_t)(i * size), size);
        struct cell_place at = place(b, n, i, &data, i * size);
        st = n->dictionary < 0 ? put_fixed(b, n, s, at) : note_index(b, n, s, at);
        release(b, &data, &h, i * size);
    }
    return st;
}

/* Views: i32 length, then the bytes (up to 12), or 4 of them, i32 buffer, i32 offset. */
static enum st view_values(struct arrow_batch *b, const struct arrow_node *n, uint64_t length,
                           uint32_t buffer, uint64_t variadic)
{
    struct arrow_bytes views, data = {0};
    uint32_t current = UINT32_MAX;
    enum st st = arrow_buffer(b, buffer + 1, &b->a->first, &views);
    if (st == ST_OK && views.s.n / 16 < length) return complain(b, n, "fewer views than values");
    for (uint64_t i = 0; i < length && st == ST_OK; i++) {
        struct cursor c = cur_of(slice_sub(views.s, (size_t)i * 16, 16));
        uint32_t size = cur_u32le(&c);
        struct slice s = slice_sub(cur_rest(&c), 0, size);
        uint64_t from = i * 16 + 4;
        const struct arrow_bytes *in = &views;
        if (size > 12) {
            cur_skip(&c, 4);
            uint32_t which = cur_u32le(&c);
            from = cur_u32le(&c);
            if (which >= variadic) return complain(b, n, "a view into a buffer that is not there");
            if (which != current) st = arrow_buffer(b, buffer + 2 + which, &b->a->second, &data);
            if (st != ST_OK) return st;
            current = which;
            if (from > data.s.n || size > data.s.n - from)
                return complain(b, n, "a view that leaves its buffer");
            s = slice_sub(data.s, (size_t)from, size);
            in = &data;
        }
        if (!budget_work(b->a->r->budget, 1 + s.n / 256)) return ST_LIMIT;
        if (s.n) st = cells_put_bytes(&b->a->cells, n->kind, s, place(b, n, i, in, from));
    }
    return st;
}

enum st arrow_leaf(struct arrow_batch *b, const struct arrow_node *n, uint64_t length,
                   uint64_t nulls, uint32_t buffer, uint64_t variadic)
{
    struct arrow *a = b->a;
    enum st st = cells_column(&a->cells, n->path, n->column);
    if (st != ST_OK) return st;
    if (n->column >= 0 && !b->dictionary && n->layout != ARROW_NULL)
        a->filled[n->column] += length - nulls;
    if (!length || n->layout == ARROW_NULL) return ST_OK;
    if (!budget_work(a->r->budget, 1 + (length < UINT32_MAX ? length / 16 : length)))
        return ST_LIMIT;
    switch (n->layout) {
    case ARROW_BYTES: return byte_values(b, n, length, buffer);
    case ARROW_VIEWS: return view_values(b, n, length, buffer, variadic);
    default: return fixed_values(b, n, length, nulls, buffer);
    }
}
