/* SPDX-License-Identifier: Apache-2.0 */
/* arrow_rows.c - the rows of one record batch, column by column.
 *
 * The way from a column to one of its leaves is a list of steps: lists lead from one index to a
 * range of them, structs to the same. Each row goes down that way, and where it ends (nothing, an
 * empty list, a value) an entry of its cell is told. */
#include "read/data/arrow_part.h"

#define STEPS_MAX 50u

struct step {
    const struct arrow_node *node;
    uint32_t at; /* of the node, in its tree */
    uint64_t length;
    unsigned level; /* lists from the column to here, this one included */
    bool has_nulls;
    struct slice validity, offsets, sizes;
    struct room rooms[3];
};

struct frame { /* a list whose elements are told */
    unsigned step;
    uint64_t next, end;
};

struct node_at { /* in the batch */
    uint64_t length, nulls, variadic;
    uint32_t buffer;
};

struct arrow_rows {
    struct rows out;
    const size_t *order; /* of the columns */
    size_t picked;
    uint32_t *first; /* node of each column, and one more */
    struct node_at *nodes;
    struct step steps[STEPS_MAX];
    unsigned step_count;
    struct frame stack[STEPS_MAX];
    struct arrow_bytes data; /* of the leaf: offsets or values */
    struct arrow_bytes more; /* what offsets and views lead to */
    uint32_t current;        /* which of the buffers of views */
};

static uint64_t number_at(struct slice s, uint64_t i, uint32_t width)
{
    struct cursor c = cur_of(s);
    cur_seek(&c, i * width);
    return cur_uint_le(&c, width);
}

static bool bit_at(struct slice s, uint64_t i)
{
    return i / 8 < s.n && s.p[i / 8] >> i % 8 & 1;
}

/* ---- setting up ---- */

enum st arrow_rows_init(struct arrow *a, const struct rows_writer *w)
{
    struct arrow_rows *r = ARENA_NEW(a->r->arena, struct arrow_rows);
    uint32_t most = a->tree.count ? a->tree.count : 1, column = 0;
    if (!r) return ST_NOMEM;
    r->first = ARENA_ARRAY(a->r->arena, uint32_t, w->count + 1);
    r->nodes = ARENA_ARRAY(a->r->arena, struct node_at, most);
    if (!r->first || !r->nodes) return ST_NOMEM;
    for (uint32_t i = 0; i < a->tree.count; i++)
        if (a->nodes[a->tree.first + i].parent < 0 && column < w->count) r->first[column++] = i;
    r->first[w->count] = a->tree.count;
    r->out.r = a->r;
    r->order = w->order;
    r->picked = w->picked;
    for (unsigned i = 0; i < STEPS_MAX; i++)
        for (unsigned k = 0; k < 3; k++) room_init(&r->steps[i].rooms[k], a->r);
    a->table = r;
    return ST_OK;
}

void arrow_rows_done(struct arrow *a)
{
    for (unsigned i = 0; a->table && i < STEPS_MAX; i++)
        for (unsigned k = 0; k < 3; k++) room_done(&a->table->steps[i].rooms[k]);
}

/* What the batch says of each node. */
static enum st find_nodes(struct arrow_batch *b)
{
    struct arrow *a = b->a;
    struct flat *f = &b->m->flat;
    for (uint32_t i = 0; i < b->tree->count; i++) {
        const struct arrow_node *n = &a->nodes[b->tree->first + i];
        int64_t length = flat_long_at(f, b->nodes, 16, i, 0);
        int64_t nulls = flat_long_at(f, b->nodes, 16, i, 8), variadic = 0;
        if (n->layout == ARROW_VIEWS)
            variadic = flat_long_at(f, b->variadic, 8, b->next_variadic++, 0);
        if (f->bad || length < 0 || nulls < 0 || nulls > length || variadic < 0 ||
            variadic > b->buffers.count)
            return ST_MALFORMED;
        a->table->nodes[i] =
            (struct node_at){(uint64_t)length, (uint64_t)nulls, (uint64_t)variadic, b->next_buffer};
        b->next_buffer += arrow_buffers(a, n) + (uint32_t)variadic;
    }
    return ST_OK;
}

/* Some readers go by the count of nulls, others by the bits: they have to agree. */
static enum st open_validity(struct arrow_batch *b, struct step *s)
{
    const struct node_at *n = &b->a->table->nodes[s->at];
    struct arrow_bytes bits;
    uint64_t zeros = 0;
    s->has_nulls = n->nulls > 0;
    s->validity = (struct slice){0};
    if (s->node->layout == ARROW_NULL) return ST_OK;
    enum st st = arrow_buffer(b, n->buffer, &s->rooms[0], &bits);
    if (st != ST_OK) return st;
    s->validity = bits.s;
    uint64_t known = bits.s.n * 8 < n->length ? bits.s.n * 8 : n->length;
    if (s->has_nulls && known < n->length) return ST_MALFORMED;
    if (!budget_work(b->a->r->budget, 1 + known / 8)) return ST_LIMIT;
    for (uint64_t i = 0; i < known; i++) zeros += !bit_at(bits.s, i);
    return zeros == n->nulls ? ST_OK : ST_MALFORMED;
}

static enum st open_lists(struct arrow_batch *b, struct step *s)
{
    const struct node_at *n = &b->a->table->nodes[s->at];
    bool view = s->node->layout == ARROW_LIST_VIEW;
    struct arrow_bytes bytes = {0}, sizes = {0};
    if ((s->node->layout != ARROW_LIST && !view) || !n->length) return ST_OK;
    enum st st = arrow_buffer(b, n->buffer + 1, &s->rooms[1], &bytes);
    if (st == ST_OK && view) st = arrow_buffer(b, n->buffer + 2, &s->rooms[2], &sizes);
    s->offsets = bytes.s;
    s->sizes = sizes.s;
    if (st == ST_OK && bytes.s.n / s->node->width < n->length + !view) st = ST_MALFORMED;
    if (st == ST_OK && view && sizes.s.n / s->node->width < n->length) st = ST_MALFORMED;
    return st;
}

static enum st open_leaf(struct arrow_batch *b, const struct step *s)
{
    struct arrow *a = b->a;
    struct arrow_rows *r = a->table;
    const struct node_at *n = &r->nodes[s->at];
    uint32_t width = s->node->width;
    r->current = UINT32_MAX;
    r->data = r->more = (struct arrow_bytes){0};
    if (s->node->layout == ARROW_NULL || !n->length) return ST_OK;
    enum st st = arrow_buffer(b, n->buffer + 1, &a->first, &r->data);
    if (st == ST_OK && s->node->layout == ARROW_BYTES)
        st = arrow_buffer(b, n->buffer + 2, &a->second, &r->more);
    if (st != ST_OK) return st;
    uint64_t bytes = r->data.s.n;
    bool fits = s->node->layout == ARROW_BYTES   ? bytes / width > n->length
                : s->node->layout == ARROW_VIEWS ? bytes / 16 >= n->length
                : !width                         ? true
                                                 : bytes * 8 / width >= n->length;
    return fits ? ST_OK : ST_MALFORMED;
}

/* The way to the node at `leaf`. */
static enum st open_way(struct arrow_batch *b, uint32_t leaf)
{
    struct arrow *a = b->a;
    struct arrow_rows *r = a->table;
    uint32_t way[STEPS_MAX];
    unsigned n = 0, level = 0;
    for (int32_t at = (int32_t)leaf; at >= 0; at = a->nodes[b->tree->first + (uint32_t)at].parent) {
        if (n == STEPS_MAX) return ST_LIMIT;
        way[n++] = (uint32_t)at;
    }
    enum st st = ST_OK;
    r->step_count = n;
    for (unsigned i = 0; i < n && st == ST_OK; i++) {
        struct step *s = &r->steps[i];
        s->at = way[n - 1 - i];
        s->node = &a->nodes[b->tree->first + s->at];
        s->length = r->nodes[s->at].length;
        level += s->node->layout >= ARROW_LIST && s->node->layout != ARROW_STRUCT;
        s->level = level;
        st = open_validity(b, s);
        if (st == ST_OK) st = open_lists(b, s);
    }
    return st == ST_OK ? open_leaf(b, &r->steps[n - 1]) : st;
}

/* ---- values ---- */

/* A view: i32 length, then the bytes (up to 12), or 4 of them, i32 buffer, i32 offset. */
static enum st view_at(struct arrow_batch *b, const struct step *s, uint64_t i, struct slice *ret)
{
    struct arrow_rows *r = b->a->table;
    const struct node_at *n = &r->nodes[s->at];
    struct cursor c = cur_of(slice_sub(r->data.s, (size_t)i * 16, 16));
    uint32_t size = cur_u32le(&c);
    *ret = slice_sub(cur_rest(&c), 0, size);
    if (size <= 12) return ST_OK;
    cur_skip(&c, 4);
    uint32_t which = cur_u32le(&c), from = cur_u32le(&c);
    if (which >= n->variadic) return ST_MALFORMED;
    enum st st = ST_OK;
    if (which != r->current) st = arrow_buffer(b, n->buffer + 2 + which, &b->a->second, &r->more);
    r->current = which;
    if (st != ST_OK) return st;
    if (from > r->more.s.n || size > r->more.s.n - from) return ST_MALFORMED;
    *ret = slice_sub(r->more.s, from, size);
    return ST_OK;
}

static enum st bytes_at(const struct arrow_rows *r, const struct step *s, uint64_t i,
                        struct slice *ret)
{
    uint64_t from = number_at(r->data.s, i, s->node->width);
    uint64_t to = number_at(r->data.s, i + 1, s->node->width);
    if (to < from || to > r->more.s.n) return ST_MALFORMED;
    *ret = slice_sub(r->more.s, (size_t)from, (size_t)(to - from));
    return ST_OK;
}

static enum st fixed_at(struct arrow_batch *b, const struct step *s, uint64_t i, struct slice *ret)
{
    static const uint8_t truth[2] = {0, 1};
    const struct arrow_rows *r = b->a->table;
    uint32_t size = s->node->width / 8;
    if (s->node->width == 1) {
        *ret = slice_of(&truth[bit_at(r->data.s, i)], 1);
        return ST_OK;
    }
    *ret = slice_sub(r->data.s, (size_t)(i * size), size);
    if (s->node->dictionary < 0) return ST_OK;
    const struct arrow_dictionary *d = &b->a->dictionaries[s->node->dictionary];
    uint64_t index = number_at(*ret, 0, size);
    if (index >= d->count) return ST_MALFORMED;
    *ret = d->values[index];
    return ST_OK;
}

/* ret->p == NULL: the dictionary says that it is null. */
static enum st value_at(struct arrow_batch *b, const struct step *s, uint64_t i, struct slice *ret)
{
    enum st st = s->node->layout == ARROW_BYTES   ? bytes_at(b->a->table, s, i, ret)
                 : s->node->layout == ARROW_VIEWS ? view_at(b, s, i, ret)
                                                  : fixed_at(b, s, i, ret);
    if (!ret->n && !ret->p && s->node->dictionary < 0) *ret = S(""); /* of an empty buffer */
    return st;
}

static enum st tell_number(struct rows *out, uint64_t row, unsigned level, enum row_form form,
                           struct slice s)
{
    if (!s.n || s.n > 8) return ST_MALFORMED;
    uint64_t v = number_at(s, 0, (uint32_t)s.n);
    bool minus = form == ROW_SIGNED && s.p[s.n - 1] & 0x80;
    if (minus && s.n < 8) v |= UINT64_MAX << 8 * s.n;
    return rows_number(out, row, level, form, v);
}

static enum st tell_decimal(struct rows *out, uint64_t row, unsigned level, struct slice s)
{
    uint8_t high_first[32];
    if (!s.n || s.n > sizeof high_first) return ST_MALFORMED;
    for (size_t i = 0; i < s.n; i++) high_first[i] = s.p[s.n - 1 - i];
    return rows_bytes(out, row, level, ROW_DECIMAL, slice_of(high_first, s.n));
}

static enum st gap(struct rows *out, uint64_t row, unsigned level, const struct step *s,
                   uint8_t tag)
{
    if (s->node->hidden) return ST_MALFORMED; /* entries of a map are never null */
    return rows_gap(out, row, 1, level, (struct row_gap){tag, s->node->depth});
}

static enum st tell_value(struct arrow_batch *b, const struct step *s, uint64_t i, uint64_t row,
                          unsigned level)
{
    struct rows *out = &b->a->table->out;
    struct slice v = {0};
    enum st st = s->node->layout == ARROW_NULL ? ST_OK : value_at(b, s, i, &v);
    if (st != ST_OK) return st;
    if (!v.p) return gap(out, row, level, s, ROW_NULL);
    switch (s->node->form) {
    case ROW_RAW: return rows_bytes(out, row, level, ROW_RAW, v);
    case ROW_DECIMAL: return tell_decimal(out, row, level, v);
    default: return tell_number(out, row, level, s->node->form, v);
    }
}

/* ---- one cell ---- */

static bool range_of(const struct step *s, uint64_t i, struct frame *ret)
{
    uint32_t width = s->node->width;
    switch (s->node->layout) {
    case ARROW_FIXED_LIST:
        ret->next = i * width;
        ret->end = ret->next + width;
        return true;
    case ARROW_LIST_VIEW:
        ret->next = number_at(s->offsets, i, width);
        ret->end = number_at(s->sizes, i, width);
        return !__builtin_add_overflow(ret->next, ret->end, &ret->end);
    default:
        ret->next = number_at(s->offsets, i, width);
        ret->end = number_at(s->offsets, i + 1, width);
        return ret->next <= ret->end;
    }
}

/* Down from step `from`, index i: to an entry, which is told; lists on the way are put on the
 * stack. */
static enum st descend(struct arrow_batch *b, unsigned from, uint64_t i, uint64_t row,
                       unsigned level, unsigned *depth)
{
    struct arrow_rows *r = b->a->table;
    for (unsigned at = from;; at++) {
        const struct step *s = &r->steps[at];
        if (i >= s->length) return ST_MALFORMED;
        if (s->has_nulls && s->node->layout != ARROW_NULL && !bit_at(s->validity, i))
            return gap(&r->out, row, level, s, ROW_NULL);
        if (at + 1 == r->step_count) return tell_value(b, s, i, row, level);
        if (s->node->layout == ARROW_STRUCT) continue;
        struct frame f = {.step = at};
        if (!range_of(s, i, &f)) return ST_MALFORMED;
        if (f.next == f.end) return gap(&r->out, row, level, s, ROW_EMPTY);
        if (!budget_work(b->a->r->budget, f.end - f.next)) return ST_LIMIT;
        i = f.next++;
        r->stack[(*depth)++] = f;
    }
}

static enum st cell(struct arrow_batch *b, uint64_t i, uint64_t row)
{
    struct arrow_rows *r = b->a->table;
    unsigned depth = 0;
    enum st st = descend(b, 0, i, row, 0, &depth);
    while (st == ST_OK && depth) {
        struct frame *f = &r->stack[depth - 1];
        if (f->next == f->end) {
            depth--;
            continue;
        }
        st = descend(b, f->step + 1, f->next++, row, r->steps[f->step].level, &depth);
    }
    return st;
}

/* ---- batches ---- */

static enum st column(struct arrow_batch *b, size_t c, uint64_t from, uint64_t count)
{
    struct arrow *a = b->a;
    struct arrow_rows *r = a->table;
    enum st st = ST_OK;
    for (uint32_t i = r->first[c]; i < r->first[c + 1] && st == ST_OK; i++) {
        if (a->nodes[b->tree->first + i].layout >= ARROW_LIST) continue;
        if (!budget_work(a->r->budget, 8 + count)) return ST_LIMIT;
        st = open_way(b, i);
        for (uint64_t k = 0; k < count && st == ST_OK; k++)
            st = cell(b, from + k, b->base + from + k);
    }
    return st;
}

static enum st check_lengths(struct arrow_batch *b, uint64_t n)
{
    struct arrow *a = b->a;
    for (uint32_t i = 0; i < b->tree->count; i++)
        if (a->nodes[b->tree->first + i].parent < 0 && a->table->nodes[i].length != n)
            return ST_MALFORMED;
    return rows_fit(a->r, b->base, n);
}

enum st arrow_rows(struct arrow_batch *b)
{
    struct arrow_rows *r = b->a->table;
    uint64_t n = (uint64_t)flat_int(&b->m->flat, b->m->header, 0, 8, 0), done = 0;
    enum st st = find_nodes(b);
    if (st == ST_OK) st = check_lengths(b, n);
    for (; st == ST_OK && done < n; done += r->out.count) {
        st = rows_begin(&r->out, b->base + done, n - done < ROWS_BATCH ? n - done : ROWS_BATCH);
        for (size_t i = 0; i < r->picked && st == ST_OK; i++)
            st = column(b, r->order[i], done, r->out.count);
        if (st == ST_OK) rows_end(&r->out);
    }
    return st;
}

/* ---- dictionaries ---- */

static enum st more_values(struct arrow *a, struct arrow_dictionary *d, uint64_t n)
{
    uint64_t need = d->count + n;
    if (need <= d->room && d->values) return ST_OK;
    size_t room = (size_t)(need + need / 2 + 1);
    struct slice *p = ARENA_ARRAY(a->r->arena, struct slice, room);
    if (!p) return ST_NOMEM;
    if (d->values && d->count) memcpy(p, d->values, (size_t)d->count * sizeof *p);
    d->values = p;
    d->room = room;
    return ST_OK;
}

static enum st take_value(struct arrow_batch *b, struct arrow_dictionary *d, const struct step *s,
                          uint64_t i)
{
    struct slice v = {0};
    if (!s->has_nulls || bit_at(s->validity, i)) {
        enum st st = value_at(b, s, i, &v);
        if (st != ST_OK) return st;
        if (!slice_inside(b->a->r->layer->bytes, v, NULL)) v = arena_copy(b->a->r->arena, v);
        if (!v.p) return ST_NOMEM;
    }
    d->values[d->count++] = v;
    return ST_OK;
}

enum st arrow_rows_dictionary(struct arrow_batch *b, struct arrow_dictionary *d)
{
    struct arrow *a = b->a;
    const struct arrow_node *node = &a->nodes[b->tree->first];
    if (b->tree->count != 1 || node->layout >= ARROW_LIST || node->layout == ARROW_NULL ||
        node->dictionary >= 0) {
        tell_unread(a->r, UNREAD_UNSUPPORTED, b->m->at, 0,
                    "a dictionary of other than plain values");
        return ST_OK;
    }
    enum st st = find_nodes(b);
    uint64_t n = st == ST_OK ? a->table->nodes[0].length : 0;
    if (st == ST_OK && n > a->r->layer->bytes.n * 8) st = ST_MALFORMED;
    if (st == ST_OK && !budget_work(a->r->budget, 1 + n)) st = ST_LIMIT;
    if (st == ST_OK) st = open_way(b, 0);
    if (st == ST_OK) st = more_values(a, d, n);
    for (uint64_t i = 0; i < n && st == ST_OK; i++) st = take_value(b, d, &a->table->steps[0], i);
    return st;
}
