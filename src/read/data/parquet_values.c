/* SPDX-License-Identifier: Apache-2.0 */
/* parquet_values.c - the values of one page, whatever their encoding, become cells.
 *
 * Dictionary pages are kept back: the indexes of the data pages only note the first row of each
 * value and how many use it; the values are told at the end of the chunk, once each. */
#include "read/data/parquet_part.h"

#define PART      ((uint64_t)1 << 20)
#define LAST_MOST ((size_t)16 << 20) /* a value that later ones share a prefix with */

/* ---- one value ---- */

static struct cell_place place(const struct values *v, size_t at, int64_t row, uint64_t i)
{
    struct cell_place ret = {row, v->offset + (v->exact ? at : 0), 0};
    if (!v->told) return ret;
    ret.row = v->p->first_rows[i];
    ret.times = v->p->times[i];
    return ret;
}

static enum st tell_bytes(const struct values *v, struct slice s, struct cell_place at)
{
    struct parquet *p = v->p;
    if (p->by_row && v->leaf->width && s.n != v->leaf->width) return ST_MALFORMED;
    if (p->by_row) return rows_bytes(&p->out, (uint64_t)at.row, v->level, v->leaf->form, s);
    return cells_put_bytes(&p->cells, v->leaf->kind, s, at);
}

static enum st tell_number(const struct values *v, uint64_t n, struct cell_place at)
{
    struct parquet *p = v->p;
    enum row_form form = v->leaf->form;
    bool no_sign = p->by_row ? form == ROW_UNSIGNED : v->leaf->kind == CELL_UNSIGNED;
    if (no_sign && v->leaf->type == PARQUET_INT32) n = (uint32_t)n;
    if (p->by_row) return rows_number(&p->out, (uint64_t)at.row, v->level, form, n);
    return cells_put_number(&p->cells, v->leaf->kind, n, at);
}

/* ---- PLAIN ---- */

static void release(struct values *v)
{
    size_t at = cur_pos(&v->c);
    if (at - v->released < ((size_t)4 << 20)) return;
    if (v->room) room_release(v->room, at);
    if (v->exact) layer_release(v->p->r->layer, v->offset + v->released, at - v->released);
    v->released = at;
}

static enum st plain_bytes(struct values *v, uint64_t n, int64_t row, int64_t step)
{
    uint32_t width = v->leaf->width;
    enum st st = ST_OK;
    for (uint64_t i = 0; i < n && st == ST_OK; i++, row += step) {
        uint64_t length = width ? width : cur_u32le(&v->c);
        size_t at = cur_pos(&v->c);
        struct slice s = cur_bytes(&v->c, length);
        if (!cur_ok(&v->c)) return ST_MALFORMED;
        st = tell_bytes(v, s, place(v, at, row, v->next++));
        release(v);
    }
    return st;
}

static uint64_t number(struct cursor *c, bool wide)
{
    return wide ? cur_u64le(c) : (uint64_t)(int64_t)(int32_t)cur_u32le(c);
}

static enum st plain_numbers(struct values *v, uint64_t n, int64_t row, int64_t step)
{
    bool wide = v->leaf->type != PARQUET_INT32;
    enum st st = ST_OK;
    for (uint64_t i = 0; i < n && st == ST_OK; i++, row += step) {
        size_t at = cur_pos(&v->c);
        uint64_t x = number(&v->c, wide);
        if (!cur_ok(&v->c)) return ST_MALFORMED;
        st = tell_number(v, x, place(v, at, row, v->next++));
    }
    release(v);
    return st;
}

static bool is_number(const struct parquet_leaf *leaf)
{
    return leaf->type == PARQUET_INT32 || leaf->type == PARQUET_INT64 ||
           leaf->type == PARQUET_DOUBLE;
}

/* ---- BYTE_STREAM_SPLIT: all first bytes, then all second bytes, ... ---- */

static uint32_t width_of(const struct parquet_leaf *leaf)
{
    if (leaf->width) return leaf->width;
    return leaf->type == PARQUET_INT32 ? 4 : 8;
}

static enum st split(struct values *v, uint64_t n, int64_t row, int64_t step)
{
    uint32_t width = width_of(v->leaf);
    uint8_t one[256];
    enum st st = ST_OK;
    if (n > v->split - v->next) return ST_MALFORMED;
    for (uint64_t i = 0; i < n && st == ST_OK; i++, row += step, v->next++) {
        for (uint32_t k = 0; k < width; k++) one[k] = v->bytes.p[k * v->split + v->next];
        struct slice s = slice_of(one, width);
        struct cursor c = cur_of(s);
        struct cell_place at = place(v, 0, row, 0);
        st = is_number(v->leaf) ? tell_number(v, number(&c, width == 8), at) : tell_bytes(v, s, at);
    }
    return st;
}

/* ---- deltas ---- */

static enum st delta_numbers(struct values *v, uint64_t n, int64_t row, int64_t step)
{
    enum st st = ST_OK;
    for (uint64_t i = 0; i < n && st == ST_OK; i++, row += step) {
        int64_t x;
        if (!deltas_next(&v->deltas, &x)) return ST_MALFORMED;
        if (v->leaf->type == PARQUET_INT32) x = (int32_t)(uint32_t)(uint64_t)x;
        st = tell_number(v, (uint64_t)x, place(v, 0, row, 0));
    }
    return st;
}

static enum st delta_lengths(struct values *v, uint64_t n, int64_t row, int64_t step)
{
    enum st st = ST_OK;
    for (uint64_t i = 0; i < n && st == ST_OK; i++, row += step) {
        int64_t length;
        if (!deltas_next(&v->deltas, &length) || length < 0) return ST_MALFORMED;
        struct slice s = cur_bytes(&v->c, (uint64_t)length);
        if (!cur_ok(&v->c)) return ST_MALFORMED;
        st = tell_bytes(v, s, place(v, 0, row, 0));
    }
    return st;
}

/* The value before keeps its first `prefix` bytes and gets a new end. */
static enum st join(struct values *v, uint64_t prefix, struct slice suffix)
{
    if (prefix > v->last.n) return ST_MALFORMED;
    size_t n = (size_t)prefix + suffix.n;
    if (n > LAST_MOST) return ST_LIMIT;
    if (n > v->last.room) {
        size_t room = n * 2;
        uint8_t *p = ARENA_ARRAY(v->p->r->arena, uint8_t, room);
        if (!p) return ST_NOMEM;
        if (prefix) memcpy(p, v->last.p, (size_t)prefix);
        v->last.p = p;
        v->last.room = room;
    }
    if (suffix.n) memcpy(&v->last.p[prefix], suffix.p, suffix.n);
    v->last.n = n;
    return budget_work(v->p->r->budget, 1 + n / 256) ? ST_OK : ST_LIMIT;
}

static enum st delta_bytes(struct values *v, uint64_t n, int64_t row, int64_t step)
{
    enum st st = ST_OK;
    for (uint64_t i = 0; i < n && st == ST_OK; i++, row += step) {
        int64_t prefix, length;
        if (!deltas_next(&v->deltas, &prefix) || !deltas_next(&v->suffixes, &length) ||
            prefix < 0 || length < 0)
            return ST_MALFORMED;
        struct slice s = cur_bytes(&v->c, (uint64_t)length);
        if (!cur_ok(&v->c)) return ST_MALFORMED;
        st = join(v, (uint64_t)prefix, s);
        if (st == ST_OK) st = tell_bytes(v, slice_of(v->last.p, v->last.n), place(v, 0, row, 0));
    }
    return st;
}

/* ---- truth values ---- */

static enum st truth(struct values *v, uint64_t n, int64_t row, int64_t step)
{
    enum st st = ST_OK;
    for (uint64_t i = 0; i < n && st == ST_OK; i++, row += step) {
        uint32_t bit;
        uint64_t count;
        if (!runs_peek(&v->runs, 1, &bit, &count) || bit > 1) return ST_MALFORMED;
        runs_pass(&v->runs, 1);
        st = tell_bytes(v, slice_of((const uint8_t[]){(uint8_t)bit}, 1), place(v, 0, row, 0));
    }
    return st;
}

/* ---- indexes ---- */

/* Value i of the dictionary; i is one of its indexes. */
static enum st look_up(struct values *v, uint32_t i, struct cell_place at)
{
    const struct parquet_leaf *leaf = v->leaf;
    struct cursor c = cur_of(v->dictionary);
    bool text = leaf->type == PARQUET_BYTE_ARRAY;
    cur_seek(&c, text ? v->p->starts[i] : (uint64_t)i * width_of(leaf));
    if (is_number(leaf)) return tell_number(v, number(&c, leaf->type != PARQUET_INT32), at);
    return tell_bytes(v, cur_bytes(&c, text ? cur_u32le(&c) : leaf->width), at);
}

static enum st looked_up(struct values *v, uint64_t n, int64_t row, int64_t step)
{
    enum st st = ST_OK;
    while (n && st == ST_OK) {
        uint32_t i;
        uint64_t count;
        if (!runs_peek(&v->runs, n, &i, &count) || i >= v->dictionary_count) return ST_MALFORMED;
        if (!step) st = room_pay(v->p->r, count); /* all of them in one row */
        for (uint64_t k = 0; k < count && st == ST_OK; k++, row += step)
            st = look_up(v, i, place(v, 0, row, 0));
        runs_pass(&v->runs, count);
        n -= count;
    }
    return st;
}

static enum st indexes(struct values *v, uint64_t n, int64_t row, int64_t step)
{
    struct parquet *p = v->p;
    if (p->by_row) return looked_up(v, n, row, step);
    while (n) {
        uint32_t i;
        uint64_t count;
        if (!runs_peek(&v->runs, n, &i, &count)) return ST_MALFORMED;
        if (i >= v->dictionary_count) return ST_MALFORMED;
        if (p->first_rows[i] < 0) p->first_rows[i] = row;
        p->times[i] += step ? count : p->times[i] == 0;
        runs_pass(&v->runs, count);
        row += step * (int64_t)count;
        n -= count;
    }
    return ST_OK;
}

static enum st take(struct values *v, uint64_t n, int64_t row, int64_t step)
{
    if (v->leaf->type == PARQUET_BOOLEAN) return truth(v, n, row, step);
    switch (v->encoding) {
    case PARQUET_PLAIN:
        return is_number(v->leaf) ? plain_numbers(v, n, row, step) : plain_bytes(v, n, row, step);
    case PARQUET_PLAIN_DICTIONARY:
    case PARQUET_RLE_DICTIONARY: return indexes(v, n, row, step);
    case PARQUET_DELTA_BINARY_PACKED: return delta_numbers(v, n, row, step);
    case PARQUET_DELTA_LENGTH_BYTE_ARRAY: return delta_lengths(v, n, row, step);
    case PARQUET_DELTA_BYTE_ARRAY: return delta_bytes(v, n, row, step);
    case PARQUET_BYTE_STREAM_SPLIT: return split(v, n, row, step);
    default: return ST_UNSUPPORTED;
    }
}

/* ---- public ---- */

static enum st init_deltas(struct values *v, uint64_t count)
{
    if (!deltas_init(&v->deltas, v->bytes) || v->deltas.count > count) return ST_MALFORMED;
    enum st st = room_pay(v->p->r, v->deltas.count); /* equal differences take no bits at all */
    if (st != ST_OK || v->encoding == PARQUET_DELTA_BINARY_PACKED) return st;
    /* the lengths are read twice: first only to find where they end */
    if (!budget_work(v->p->r->budget, 1 + v->deltas.count)) return ST_LIMIT;
    struct slice rest = deltas_end(v->deltas);
    if (v->encoding == PARQUET_DELTA_BYTE_ARRAY) {
        if (!deltas_init(&v->suffixes, rest) || v->suffixes.count != v->deltas.count)
            return ST_MALFORMED;
        rest = deltas_end(v->suffixes);
    }
    v->c = cur_of(rest);
    return rest.p || !v->deltas.count ? ST_OK : ST_MALFORMED;
}

static enum st init_indexes(struct values *v)
{
    struct cursor c = cur_of(v->bytes);
    unsigned width = cur_left(&c) ? cur_u8(&c) : 0;
    runs_init(&v->runs, cur_rest(&c), width);
    return width > 32 ? ST_MALFORMED : ST_OK;
}

static enum st init_split(struct values *v)
{
    uint32_t width = width_of(v->leaf);
    if (v->leaf->type == PARQUET_BYTE_ARRAY || !width || width > 256) return ST_UNSUPPORTED;
    v->split = v->bytes.n / width;
    return v->bytes.n % width ? ST_MALFORMED : ST_OK;
}

/* Bits, or runs with a length before them. */
static enum st init_truth(struct values *v)
{
    struct cursor c = cur_of(v->bytes);
    if (v->encoding == PARQUET_PLAIN) {
        runs_init_bits(&v->runs, v->bytes);
        return ST_OK;
    }
    if (v->encoding != PARQUET_RLE) return ST_UNSUPPORTED;
    runs_init(&v->runs, cur_bytes(&c, cur_u32le(&c)), 1);
    return cur_ok(&c) ? ST_OK : ST_MALFORMED;
}

enum st values_init(struct values *v, uint64_t count)
{
    bool number = is_number(v->leaf) && v->leaf->type != PARQUET_DOUBLE;
    v->c = cur_of(v->bytes);
    if (v->leaf->type == PARQUET_BOOLEAN) return init_truth(v);
    switch (v->encoding) {
    case PARQUET_PLAIN: return ST_OK;
    case PARQUET_PLAIN_DICTIONARY:
    case PARQUET_RLE_DICTIONARY: return init_indexes(v);
    case PARQUET_DELTA_BINARY_PACKED: return number ? init_deltas(v, count) : ST_UNSUPPORTED;
    case PARQUET_DELTA_LENGTH_BYTE_ARRAY:
    case PARQUET_DELTA_BYTE_ARRAY: return number ? ST_UNSUPPORTED : init_deltas(v, count);
    case PARQUET_BYTE_STREAM_SPLIT: return init_split(v);
    default: return ST_UNSUPPORTED;
    }
}

enum st values_take(struct values *v, uint64_t n, int64_t row, int64_t step)
{
    enum st st = ST_OK;
    while (n && st == ST_OK) { /* in parts, so that the purse and the clock are looked at */
        uint64_t part = n < PART ? n : PART;
        if (!budget_work(v->p->r->budget, 1 + part / 4)) return ST_LIMIT;
        st = take(v, part, row, step);
        row += step * (int64_t)part;
        n -= part;
    }
    return st;
}
