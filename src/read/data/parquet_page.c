/* SPDX-License-Identifier: Apache-2.0 */
/* parquet_page.c - one page: [repetition levels][definition levels][values].
 *
 * A repetition level of 0 begins a row; a definition level below the most there can be is a null or
 * an empty list somewhere on the way. Both come in runs, and so a run of rows at a time is handed
 * to the values. Version 1 packs all three together and puts a length before each of the levels;
 * version 2 leaves the levels unpacked, and says their lengths in the header. */
#include "read/data/parquet_part.h"

struct page {
    struct chunk *k;
    struct runs rep, def;
    struct slice bytes; /* what is left of the unpacked page */
    struct values values;
    uint64_t count; /* values and nulls */
    bool values_ready;
    int64_t rows_before;
};

static unsigned bits_of(uint32_t most)
{
    return most ? 32u - (unsigned)__builtin_clz(most) : 0;
}

static struct slice cut(struct slice *s, uint64_t n, bool *ok)
{
    if (n > s->n) *ok = false;
    struct slice ret = slice_sub(*s, 0, (size_t)n);
    *s = slice_sub(*s, ret.n, s->n);
    return ret;
}

static bool levels_v1(struct page *g, struct runs *runs, uint32_t most, int64_t encoding)
{
    bool ok = true;
    unsigned width = bits_of(most);
    if (!width) return true;
    if (encoding == PARQUET_BIT_PACKED) {
        runs_init_packed(runs, cut(&g->bytes, (g->count * width + 7) / 8, &ok), width, g->count);
        return ok;
    }
    struct cursor c = cur_of(g->bytes);
    uint32_t n = cur_u32le(&c);
    g->bytes = cur_rest(&c);
    runs_init(runs, cut(&g->bytes, n, &ok), width);
    return ok && cur_ok(&c) && encoding == PARQUET_RLE;
}

/* ---- rows ---- */

static enum st begin_values(struct page *g)
{
    struct values *v = &g->values;
    g->values_ready = true;
    v->bytes = g->bytes;
    bool indexes = v->encoding == PARQUET_RLE_DICTIONARY || v->encoding == PARQUET_PLAIN_DICTIONARY;
    if (indexes && !g->k->has_dictionary) return ST_MALFORMED;
    v->dictionary = g->k->dictionary;
    v->dictionary_count = g->k->dictionary_count;
    return values_init(v, g->count);
}

static enum st take_run(struct page *g, uint32_t rep, uint32_t def, uint64_t n)
{
    struct chunk *k = g->k;
    struct parquet *p = k->p;
    int64_t row = k->row, step = rep == 0;
    if (step) k->row += (int64_t)n;
    if (k->row < 0) return ST_MALFORMED; /* goes on with a row that never began */
    if (step && row == INT64_MAX - (int64_t)n) return ST_MALFORMED;
    row = (int64_t)k->g->first_row + (step ? row + 1 : row);
    if (def < k->leaf->max_def)
        return p->by_row ? rows_gap(&p->out, (uint64_t)row, n, rep, k->leaf->gaps[def]) : ST_OK;
    p->filled[k->index] += n;
    g->values.level = rep;
    enum st st = g->values_ready ? ST_OK : begin_values(g);
    return st == ST_OK ? values_take(&g->values, n, row, step) : st;
}

static enum st walk(struct page *g)
{
    struct chunk *k = g->k;
    const struct parquet_leaf *leaf = k->leaf;
    for (uint64_t left = g->count; left;) {
        uint32_t rep = 0, def = leaf->max_def;
        uint64_t n = left;
        if (leaf->max_rep && !runs_peek(&g->rep, n, &rep, &n)) return ST_MALFORMED;
        if (leaf->max_def && !runs_peek(&g->def, n, &def, &n)) return ST_MALFORMED;
        if (rep > leaf->max_rep || def > leaf->max_def) return ST_MALFORMED;
        if (!budget_work(k->p->r->budget, 1)) return ST_LIMIT;
        enum st st = take_run(g, rep, def, n);
        if (st != ST_OK) return st;
        if (leaf->max_rep) runs_pass(&g->rep, n);
        if (leaf->max_def) runs_pass(&g->def, n);
        left -= n;
    }
    return ST_OK;
}

/* ---- data pages ---- */

static enum st unpack_v1(struct page *g, const struct page_header *h, struct slice body)
{
    enum st st = room_unpack(&g->k->p->page, g->k->codec, body, (uint64_t)h->unpacked, &g->bytes);
    if (st != ST_OK) return st;
    bool ok = levels_v1(g, &g->rep, g->k->leaf->max_rep, h->rep_encoding) &&
              levels_v1(g, &g->def, g->k->leaf->max_def, h->def_encoding);
    return ok ? ST_OK : ST_MALFORMED;
}

static enum st unpack_v2(struct page *g, const struct page_header *h, struct slice body)
{
    bool ok = h->rep_bytes >= 0 && h->def_bytes >= 0 && h->unpacked - h->rep_bytes >= h->def_bytes;
    if (!ok) return ST_MALFORMED;
    uint64_t levels = (uint64_t)h->rep_bytes + (uint64_t)h->def_bytes;
    const struct parquet_leaf *leaf = g->k->leaf;
    runs_init(&g->rep, cut(&body, (uint64_t)h->rep_bytes, &ok), bits_of(leaf->max_rep));
    runs_init(&g->def, cut(&body, (uint64_t)h->def_bytes, &ok), bits_of(leaf->max_def));
    if (!ok) return ST_MALFORMED;
    uint64_t unpacked = (uint64_t)h->unpacked - levels;
    bool plain = !h->v2_packed || (!body.n && !unpacked);
    return room_unpack(&g->k->p->page, plain ? PAGE_PLAIN : g->k->codec, body, unpacked, &g->bytes);
}

/* Where the values lie in the layer, if they are there unpacked. */
static bool lies_in_layer(const struct reading *r, struct slice s, uint64_t *ret)
{
    size_t at;
    if (!s.n || !slice_inside(r->layer->bytes, s, &at)) return false;
    *ret = at;
    return true;
}

/* A column that is not looked at: its rows are counted where that needs no unpacking. */
static enum st skip_page(struct chunk *k, const struct page_header *h)
{
    bool flat = k->leaf->max_rep == 0;
    if (h->kind == 3)
        k->row += h->rows;
    else if (flat)
        k->row += h->values;
    else
        k->rows_known = false;
    k->p->filled[k->index] += (uint64_t)(h->values - (h->kind == 3 ? h->nulls : 0));
    return ST_OK;
}

/* For rows: all of it stands before this batch, and was looked at with another. */
static bool is_passed_over(const struct chunk *k, const struct page_header *h)
{
    const struct rows *w = &k->p->out;
    if (!k->p->by_row) return k->leaf->kind == CELL_SKIP;
    uint64_t begun = (uint64_t)(k->row + 1), before = w->first - k->g->first_row;
    bool known = h->kind == 3 || !k->leaf->max_rep;
    uint64_t rows = (uint64_t)(h->kind == 3 ? h->rows : h->values);
    return known && begun <= before && rows <= before - begun;
}

static enum st data_page(struct chunk *k, const struct page_header *h, struct slice body,
                         uint64_t at)
{
    if (h->values < 0 || h->rows < 0 || h->nulls < 0 || h->nulls > h->values) return ST_MALFORMED;
    k->seen += (uint64_t)h->values;
    if (is_passed_over(k, h)) return skip_page(k, h);
    struct page g = {.k = k, .count = (uint64_t)h->values, .rows_before = k->row};
    enum st st = h->kind == 3 ? unpack_v2(&g, h, body) : unpack_v1(&g, h, body);
    if (st != ST_OK) return st;
    g.values = (struct values){.p = k->p,
                               .leaf = k->leaf,
                               .encoding = (enum parquet_encoding)h->encoding,
                               .offset = at,
                               .room = &k->p->page};
    g.values.exact = lies_in_layer(k->p->r, g.bytes, &g.values.offset);
    st = walk(&g);
    if (st == ST_OK && h->kind == 3 && k->row - g.rows_before != h->rows) return ST_MALFORMED;
    enum st flushed = cells_flush(&k->p->cells);
    return st == ST_OK ? flushed : st;
}

/* ---- dictionaries ---- */

static enum st make_notes(struct parquet *p, uint64_t count)
{
    if (count > p->dictionary_room) {
        size_t room = (size_t)count + (size_t)count / 2;
        if (p->by_row) {
            p->starts = ARENA_ARRAY(p->r->arena, uint32_t, room);
        } else {
            p->first_rows = ARENA_ARRAY(p->r->arena, int64_t, room);
            p->times = ARENA_ARRAY(p->r->arena, uint64_t, room);
        }
        p->dictionary_room = p->starts || (p->first_rows && p->times) ? room : 0;
        if (!p->dictionary_room) return ST_NOMEM;
    }
    if (p->by_row) return ST_OK;
    for (uint64_t i = 0; i < count; i++) p->first_rows[i] = -1;
    for (uint64_t i = 0; i < count; i++) p->times[i] = 0;
    return ST_OK;
}

static uint64_t least_size(const struct parquet_leaf *leaf)
{
    switch (leaf->type) {
    case PARQUET_INT64:
    case PARQUET_DOUBLE: return 8;
    case PARQUET_FIXED:
    case PARQUET_INT96: return leaf->width;
    default: return 4;
    }
}

/* Values of rows are looked up as their indexes come. */
static enum st find_starts(struct chunk *k)
{
    struct parquet *p = k->p;
    struct cursor c = cur_of(k->dictionary);
    if (!p->by_row || k->leaf->type != PARQUET_BYTE_ARRAY) return ST_OK;
    for (uint64_t i = 0; i < k->dictionary_count; i++) {
        p->starts[i] = (uint32_t)cur_pos(&c);
        cur_skip(&c, cur_u32le(&c));
    }
    return cur_ok(&c) ? ST_OK : ST_MALFORMED;
}

static enum st dictionary_page(struct chunk *k, const struct page_header *h, struct slice body,
                               uint64_t at)
{
    bool plain = h->encoding == PARQUET_PLAIN || h->encoding == PARQUET_PLAIN_DICTIONARY;
    if (k->leaf->kind == CELL_SKIP && !k->p->by_row) return ST_OK;
    if (k->leaf->type == PARQUET_BOOLEAN) return ST_UNSUPPORTED;
    if (k->has_dictionary || h->values < 0) return ST_MALFORMED;
    if (!plain) return ST_UNSUPPORTED;
    struct parquet *p = k->p;
    enum st st = room_unpack(&p->dictionary, k->codec, body, (uint64_t)h->unpacked, &k->dictionary);
    if (st != ST_OK) return st;
    if ((uint64_t)h->values > k->dictionary.n / least_size(k->leaf)) return ST_MALFORMED;
    st = make_notes(p, (uint64_t)h->values);
    if (st != ST_OK) return st;
    k->has_dictionary = true;
    k->dictionary_count = (uint64_t)h->values;
    k->dictionary_at = at;
    if (!budget_work(p->r->budget, 1 + k->dictionary_count)) return ST_LIMIT;
    return find_starts(k);
}

enum st page_tell_dictionary(struct chunk *k)
{
    if (!k->has_dictionary || k->p->by_row) return ST_OK;
    struct values v = {.p = k->p,
                       .leaf = k->leaf,
                       .encoding = PARQUET_PLAIN,
                       .bytes = k->dictionary,
                       .told = true,
                       .offset = k->dictionary_at,
                       .room = &k->p->dictionary};
    v.exact = lies_in_layer(k->p->r, v.bytes, &v.offset);
    enum st st = values_init(&v, k->dictionary_count);
    if (st == ST_OK) st = values_take(&v, k->dictionary_count, 0, 1);
    if (st == ST_OK && cur_left(&v.c)) st = ST_MALFORMED;
    enum st flushed = cells_flush(&k->p->cells);
    return st == ST_OK ? flushed : st;
}

enum st page_read(struct chunk *k, const struct page_header *h, struct slice body, uint64_t at)
{
    switch (h->kind) {
    case 0:
    case 3: return data_page(k, h, body, at);
    case 2: return dictionary_page(k, h, body, at);
    default: return ST_UNSUPPORTED; /* among them index pages, which nobody ever wrote */
    }
}
