/* SPDX-License-Identifier: Apache-2.0 */
/* arrow_batch.c - a record batch lists, for all nodes in preorder, their lengths, and then all
 * their buffers as (offset, length) in the body. A packed buffer begins with its unpacked length,
 * i64, or -1 when packing did not pay. */
#include "read/data/arrow_part.h"

static enum st bad_buffer(struct arrow_batch *b, uint32_t i, const char *why)
{
    b->a->malformed++;
    arrow_complain(b->a, b->m->at, "buffer %u %s", i, why);
    return ST_MALFORMED;
}

enum st arrow_buffer(struct arrow_batch *b, uint32_t i, struct room *room, struct arrow_bytes *ret)
{
    struct flat *f = &b->m->flat;
    int64_t from = flat_long_at(f, b->buffers, 16, i, 0);
    int64_t n = flat_long_at(f, b->buffers, 16, i, 8);
    uint64_t body = b->m->body.n;
    *ret = (struct arrow_bytes){.offset = b->m->body_at, .room = room};
    if (i >= b->buffers.count) return bad_buffer(b, i, "is missing");
    if (from < 0 || n < 0 || (uint64_t)from > body || (uint64_t)n > body - (uint64_t)from)
        return bad_buffer(b, i, "lies outside the body");
    ret->s = slice_sub(b->m->body, (size_t)from, (size_t)n);
    ret->offset += (uint64_t)from;
    ret->exact = true;
    if (b->codec == PAGE_PLAIN || !n) return ST_OK;
    struct cursor c = cur_of(ret->s);
    int64_t unpacked = (int64_t)cur_u64le(&c);
    if (!cur_ok(&c) || unpacked < -1) return bad_buffer(b, i, "has no length");
    ret->s = cur_rest(&c);
    ret->offset += 8;
    if (unpacked == -1) return ST_OK;
    ret->exact = false;
    uint64_t size = (uint64_t)unpacked;
    /* apache-arrow for JavaScript writes the packed length here, and reads it without */
    enum st st = size == ret->s.n ? room_measure(room, b->codec, ret->s, &size) : ST_OK;
    if (st == ST_OK) st = room_unpack(room, b->codec, ret->s, size, &ret->s);
    if (st == ST_MALFORMED || st == ST_TRUNCATED) return bad_buffer(b, i, "does not unpack");
    return st;
}

unsigned arrow_buffers(const struct arrow *a, const struct arrow_node *n)
{
    switch (n->layout) {
    case ARROW_NULL:
    case ARROW_RUNS: return 0;
    case ARROW_FIXED_LIST:
    case ARROW_STRUCT: return 1;
    case ARROW_BYTES:
    case ARROW_LIST_VIEW: return 3;
    case ARROW_UNION: return a->old_unions ? 2 : 1;
    case ARROW_DENSE: return a->old_unions ? 3 : 2;
    case ARROW_FIXED:
    case ARROW_VIEWS:
    case ARROW_LIST: break;
    }
    return 2;
}

/* Offsets of a list must fit its length; those of the others do not tell rows. */
static enum st nest(struct arrow_batch *b, const struct arrow_node *n, uint64_t length,
                    uint32_t buffer, struct arrow_level *l)
{
    struct arrow_bytes bytes = {0};
    l->length = length;
    l->at = 0;
    l->lost = n->layout == ARROW_LIST_VIEW || n->layout == ARROW_DENSE || n->layout == ARROW_RUNS;
    l->offsets = (struct slice){0};
    if (n->layout != ARROW_LIST || !length) return ST_OK;
    enum st st = arrow_buffer(b, buffer + 1, &l->room, &bytes);
    if (st == ST_OK && bytes.s.n / n->width <= length)
        st = bad_buffer(b, buffer + 1, "has fewer offsets than there are lists");
    if (st == ST_OK) l->offsets = bytes.s;
    return st;
}

static enum st one_node(struct arrow_batch *b, uint32_t i)
{
    struct arrow *a = b->a;
    const struct arrow_node *n = &a->nodes[b->tree->first + i];
    struct flat *f = &b->m->flat;
    int64_t length = flat_long_at(f, b->nodes, 16, b->next_node, 0);
    int64_t nulls = flat_long_at(f, b->nodes, 16, b->next_node, 8);
    uint32_t buffer = b->next_buffer;
    int64_t variadic = 0;
    if (n->layout == ARROW_VIEWS) variadic = flat_long_at(f, b->variadic, 8, b->next_variadic++, 0);
    if (f->bad || length < 0 || nulls < 0 || nulls > length || variadic < 0 ||
        variadic > b->buffers.count)
        return bad_buffer(b, buffer, "belongs to a column whose length makes no sense");
    b->next_node++;
    b->next_buffer += arrow_buffers(a, n) + (uint32_t)variadic;
    if (n->layout >= ARROW_LIST) return nest(b, n, (uint64_t)length, buffer, &a->levels[i]);
    return arrow_leaf(b, n, (uint64_t)length, (uint64_t)nulls, buffer, (uint64_t)variadic);
}

static enum st set_codec(struct arrow_batch *b, struct flat_table batch)
{
    struct flat *f = &b->m->flat;
    struct flat_table c = flat_table(f, batch, 3);
    if (!c.at) return ST_OK;
    int64_t codec = flat_int(f, c, 0, 1, 0), method = flat_int(f, c, 1, 1, 0);
    if (codec < 0 || codec > 1 || method) return ST_UNSUPPORTED;
    b->codec = codec ? PAGE_ZSTD : PAGE_LZ4_FRAME;
    tell_card(b->a->r, CARD_CODECS, slice_str(page_codec_name(b->codec)));
    return ST_OK;
}

/* A buffer that lies is one column's loss; the next may be good. */
static enum st tolerate(struct arrow_batch *b, uint32_t i, enum st st)
{
    struct arrow *a = b->a;
    if (st == ST_MALFORMED) {
        a->levels[i].length = 0;
        return ST_OK;
    }
    if (st != ST_LIMIT || a->r->budget->spent) return st;
    tell_unread(a->r, UNREAD_LIMIT, b->m->body_at, b->m->body.n,
                "column %.*s: a buffer of more than %llu bytes",
                SLICE_ARG(a->nodes[b->tree->first + i].path), (unsigned long long)PAGE_MOST);
    return ST_OK;
}

static enum st by_row(struct arrow_batch *b)
{
    struct arrow *a = b->a;
    enum st st = b->dictionary ? arrow_rows_dictionary(b, b->dictionary) : arrow_rows(b);
    layer_release(a->r->layer, b->m->at, b->m->end - b->m->at);
    if (st != ST_MALFORMED) return st;
    a->malformed++;
    arrow_complain(a, b->m->at, "a batch breaks the rules of its columns");
    return ST_OK;
}

enum st arrow_batch(struct arrow *a, struct arrow_message *m, struct flat_table batch,
                    const struct arrow_tree *tree, struct arrow_dictionary *d, uint64_t base)
{
    struct flat *f = &m->flat;
    struct arrow_batch b = {.a = a,
                            .m = m,
                            .nodes = flat_vector(f, batch, 1, 16),
                            .buffers = flat_vector(f, batch, 2, 16),
                            .variadic = flat_vector(f, batch, 4, 8),
                            .tree = tree,
                            .dictionary = d,
                            .base = base,
                            .codec = PAGE_PLAIN};
    enum st st = set_codec(&b, batch);
    if (st != ST_OK) return st;
    if (f->bad || b.nodes.count != tree->count) {
        a->malformed++;
        arrow_complain(a, m->at, "a batch has %u columns, the schema has %u", b.nodes.count,
                       tree->count);
        return ST_OK;
    }
    if (a->by_row) return by_row(&b);
    for (uint32_t i = 0; i < tree->count && st == ST_OK; i++) {
        if (!budget_work(a->r->budget, 8)) return ST_LIMIT;
        st = tolerate(&b, i, one_node(&b, i));
    }
    enum st flushed = cells_flush(&a->cells);
    layer_release(a->r->layer, m->at, m->end - m->at);
    return st == ST_OK ? flushed : st;
}
