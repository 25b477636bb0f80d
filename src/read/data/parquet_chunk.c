/* SPDX-License-Identifier: Apache-2.0 */
/* parquet_chunk.c - one column of one row group: where it lies, what its pages are. */
#include "port/deflate/crc.h"
#include "read/data/parquet_part.h"

struct meta {
    int64_t type, codec, values, unpacked, packed, data_at, dictionary_at;
    bool present, encrypted, elsewhere, path_ok;
};

/* The path must be the leaf's, or the columns of the row group are in another order. */
static bool path_fits(struct thrift *t, const struct thrift_field *f, struct slice path)
{
    uint8_t type;
    bool same = true;
    uint64_t n = thrift_list(t, f, &type);
    for (uint64_t i = 0; i < n && cur_ok(&t->c); i++) {
        struct thrift_field part = {.type = type};
        struct slice name = slice_sub(thrift_binary(t, &part), 0, 1024);
        same = same && slice_starts(path, name);
        path = slice_sub(path, name.n, path.n);
        if (i + 1 == n) continue;
        same = same && slice_starts(path, S("."));
        path = slice_sub(path, 1, path.n);
    }
    return same && !path.n;
}

static void encodings(struct parquet *p, struct thrift *t, const struct thrift_field *f)
{
    static const char *const names[] = {"plain",
                                        NULL,
                                        "dictionary",
                                        "rle",
                                        NULL,
                                        "delta_binary_packed",
                                        "delta_length_byte_array",
                                        "delta_byte_array",
                                        "dictionary",
                                        "byte_stream_split"};
    uint8_t type;
    uint64_t n = thrift_list(t, f, &type);
    for (uint64_t i = 0; i < n && cur_ok(&t->c); i++) {
        struct thrift_field one = {.type = type};
        int64_t e = thrift_int(t, &one);
        bool known = e >= 0 && (uint64_t)e < sizeof names / sizeof *names && names[e];
        if (known && p->chunks <= p->leaf_count) tell_card(p->r, CARD_CODECS, slice_str(names[e]));
    }
}

static void column_meta(struct parquet *p, struct thrift *t, struct meta *m, struct slice path)
{
    struct thrift_field f = {0};
    m->present = true;
    while (thrift_next(t, &f)) {
        switch (f.id) {
        case 1: m->type = thrift_int(t, &f); break;
        case 2: encodings(p, t, &f); break;
        case 3: m->path_ok = path_fits(t, &f, path); break;
        case 4: m->codec = thrift_int(t, &f); break;
        case 5: m->values = thrift_int(t, &f); break;
        case 6: m->unpacked = thrift_int(t, &f); break;
        case 7: m->packed = thrift_int(t, &f); break;
        case 9: m->data_at = thrift_int(t, &f); break;
        case 11: m->dictionary_at = thrift_int(t, &f); break;
        default: thrift_skip(t, f.type);
        }
    }
}

static struct meta meta_of(struct parquet *p, struct thrift *t, struct slice path)
{
    struct meta m = {.type = -1, .codec = -1};
    struct thrift_field f = {0};
    while (thrift_next(t, &f)) {
        switch (f.id) {
        case 1: m.elsewhere = thrift_binary(t, &f).n > 0; break;
        case 3:
            if (thrift_struct(t, &f)) column_meta(p, t, &m, path);
            break;
        case 8:
        case 9:
            m.encrypted = true;
            thrift_skip(t, f.type);
            break;
        default: thrift_skip(t, f.type);
        }
    }
    return m;
}

/* ---- page headers ---- */

/* The header of the page's own kind: field i goes to row i. */
static void inner_header(struct thrift *t, struct page_header *h)
{
    int64_t *const to[4][7] = {
        [0] = {NULL, &h->values, &h->encoding, &h->def_encoding, &h->rep_encoding},
        [2] = {NULL, &h->values, &h->encoding},
        [3] = {NULL, &h->values, &h->nulls, &h->rows, &h->encoding, &h->def_bytes, &h->rep_bytes},
    };
    struct thrift_field f = {0};
    h->has_header = true;
    while (thrift_next(t, &f)) {
        if (f.id > 0 && f.id < 7 && to[h->kind][f.id])
            *to[h->kind][f.id] = thrift_int(t, &f);
        else if (f.id == 7 && h->kind == 3)
            h->v2_packed = thrift_bool(t, &f);
        else
            thrift_skip(t, f.type);
    }
}

/* Only that one counts; index pages (kind 1) have nothing in theirs. */
static bool is_own(const struct thrift_field *f, const struct page_header *h)
{
    static const int32_t ids[] = {[0] = 5, [1] = 0, [2] = 7, [3] = 8};
    return h->kind >= 0 && h->kind <= 3 && ids[h->kind] == f->id && f->type == THRIFT_STRUCT;
}

static struct page_header page_header(struct thrift *t)
{
    struct page_header h = {.kind = -1, .unpacked = -1, .packed = -1, .v2_packed = true};
    struct thrift_field f = {0};
    while (thrift_next(t, &f)) {
        switch (f.id) {
        case 1: h.kind = thrift_int(t, &f); break;
        case 2: h.unpacked = thrift_int(t, &f); break;
        case 3: h.packed = thrift_int(t, &f); break;
        case 4:
            h.crc = (uint32_t)thrift_int(t, &f);
            h.has_crc = true;
            break;
        default:
            if (is_own(&f, &h))
                inner_header(t, &h);
            else
                thrift_skip(t, f.type);
        }
    }
    h.has_header = h.has_header || h.kind == 1;
    if (h.unpacked < 0 || h.packed < 0 || !h.has_header) t->c.bad = true;
    return h;
}

/* ---- the pages of a chunk ---- */

/* ST_LIMIT and ST_NOMEM are told here when only this page is too much. */
static enum st page_trouble(struct chunk *k, enum st st, uint64_t at, uint64_t bytes)
{
    struct parquet *p = k->p;
    struct reading *r = p->r;
    if (st != ST_OK) k->rows_known = false;
    if (st == ST_LIMIT && !r->budget->spent) {
        tell_unread(r, UNREAD_LIMIT, at, bytes, "column %.*s: a page of more than %llu bytes",
                    SLICE_ARG(k->leaf->path), (unsigned long long)PAGE_MOST);
        return ST_OK;
    }
    if (st == ST_UNSUPPORTED) {
        tell_unread(r, UNREAD_UNSUPPORTED, at, bytes,
                    "column %.*s: an encoding or codec that no reader knows",
                    SLICE_ARG(k->leaf->path));
        return ST_OK;
    }
    if (st != ST_MALFORMED && st != ST_TRUNCATED) return st;
    p->malformed++;
    parquet_complain(p, at, "column %.*s: the values of a page break the rules of its encoding",
                     SLICE_ARG(k->leaf->path));
    return ST_OK;
}

static enum st one_page(struct chunk *k, struct thrift *t)
{
    struct parquet *p = k->p;
    uint64_t at = cur_pos(&t->c);
    struct page_header h = page_header(t);
    uint64_t body_at = cur_pos(&t->c);
    struct slice body = cur_bytes(&t->c, (uint64_t)h.packed);
    if (!cur_ok(&t->c) || body_at + body.n > k->to) return ST_MALFORMED;
    if (!budget_work(p->r->budget, 1 + (body_at - at))) return ST_LIMIT;
    bool data = h.kind == 0 || h.kind == 3;
    if (data && !k->seen && at != k->data_at && k->data_at != k->from)
        parquet_complain(p, at, "column %.*s: its first data page is not where it was said to be",
                         SLICE_ARG(k->leaf->path));
    if (h.has_crc && crc32_add(0, body) != h.crc)
        parquet_complain(p, at, "column %.*s: a page does not have its checksum",
                         SLICE_ARG(k->leaf->path));
    enum st st = page_trouble(k, page_read(k, &h, body, body_at), at, body.n);
    layer_release(p->r->layer, at, body_at + body.n - at);
    return st;
}

/* The rows behind this batch are another batch's. The last one goes on to the end. A row with lists
 * is whole when the next begins. */
static bool batch_is_whole(const struct chunk *k)
{
    const struct rows *w = &k->p->out;
    if (!k->p->by_row) return false;
    uint64_t end = w->first + w->count - k->g->first_row;
    uint64_t begun = (uint64_t)(k->row + 1);
    return end < k->g->rows && (k->leaf->max_rep ? begun > end : begun >= end);
}

static enum st pages(struct chunk *k)
{
    struct parquet *p = k->p;
    struct thrift t = {cur_of(slice_sub(p->r->layer->bytes, 0, (size_t)k->to))};
    cur_seek(&t.c, k->from);
    while (cur_pos(&t.c) < k->to && !batch_is_whole(k)) {
        uint64_t at = cur_pos(&t.c);
        enum st st = one_page(k, &t);
        if (st == ST_MALFORMED) {
            p->malformed++;
            tell_unread(p->r, UNREAD_MALFORMED, at, k->to - at,
                        "column %.*s: no page begins where one has to", SLICE_ARG(k->leaf->path));
            return ST_OK;
        }
        if (st != ST_OK) return st;
    }
    return ST_OK;
}

/* ---- what the chunk says against what is there ---- */

static enum page_codec codec_of(int64_t n)
{
    static const enum page_codec codecs[] = {PAGE_PLAIN,   PAGE_SNAPPY,   PAGE_GZIP,
                                             PAGE_UNKNOWN, PAGE_BROTLI,   PAGE_LZ4_HADOOP,
                                             PAGE_ZSTD,    PAGE_LZ4_BLOCK};
    return n >= 0 && (uint64_t)n < sizeof codecs / sizeof *codecs ? codecs[n] : PAGE_UNKNOWN;
}

/* Where it lies in this file; false: outside. */
static bool range_of(const struct parquet *p, const struct meta *m, struct parquet_range *ret)
{
    bool dictionary = m->dictionary_at > 0 && m->dictionary_at < m->data_at;
    int64_t from = dictionary ? m->dictionary_at : m->data_at;
    if (from < 4 || m->packed < 0 || (uint64_t)from > p->data_end ||
        (uint64_t)m->packed > p->data_end - (uint64_t)from || m->data_at - from > m->packed)
        return false;
    *ret = (struct parquet_range){(uint64_t)from, (uint64_t)from + (uint64_t)m->packed};
    return true;
}

/* A column that is said to lie in another file is a summary's, and there is nothing of it here. But
 * some readers do not care for the name, and take what lies at that place in this file. */
static bool only_named_here(const struct parquet *p, const struct meta *m)
{
    struct parquet_range range;
    return m->elsewhere && (!range_of(p, m, &range) || range.from == range.to);
}

/* Chunks mostly follow each other: one range for all of a run. */
static void note_range(struct parquet *p, struct parquet_range range)
{
    struct parquet_range *last =
        p->ranges && p->range_count ? &p->ranges[p->range_count - 1] : NULL;
    if (last && last->to == range.from)
        last->to = range.to;
    else if (p->ranges && p->range_count < p->range_room)
        p->ranges[p->range_count++] = range;
    else
        p->ranges_lost = true;
}

static bool place_chunk(struct chunk *k, const struct meta *m)
{
    struct parquet_range range;
    if (!range_of(k->p, m, &range)) return false;
    k->from = range.from;
    k->to = range.to;
    k->data_at = (uint64_t)m->data_at;
    if (!k->p->again) note_range(k->p, range);
    return true;
}

static void check_counts(const struct chunk *k)
{
    struct parquet *p = k->p;
    if (k->values < 0 || k->seen != (uint64_t)k->values)
        parquet_complain(p, k->from, "column %.*s: %lld values were declared, %llu are there",
                         SLICE_ARG(k->leaf->path), (long long)k->values,
                         (unsigned long long)k->seen);
    else if (k->rows_known && k->row + 1 != (int64_t)k->g->rows)
        parquet_complain(p, k->from, "column %.*s: %llu rows were declared, %lld are there",
                         SLICE_ARG(k->leaf->path), (unsigned long long)k->g->rows,
                         (long long)k->row + 1);
}

static enum st read_chunk(struct chunk *k, const struct meta *m)
{
    struct parquet *p = k->p;
    if (!m->path_ok || m->type != (int64_t)k->leaf->type || !place_chunk(k, m)) {
        p->malformed++;
        tell_unread(p->r, UNREAD_MALFORMED, (uint64_t)m->data_at & INT64_MAX,
                    (uint64_t)m->packed & INT64_MAX,
                    "column %.*s of row group %llu: not what the schema says, or out of the file",
                    SLICE_ARG(k->leaf->path), (unsigned long long)k->g->number);
        return ST_OK;
    }
    enum st st = cells_column(&p->cells, k->leaf->path, (int32_t)k->index);
    if (st == ST_OK) st = pages(k);
    if (st == ST_OK) st = page_trouble(k, page_tell_dictionary(k), k->from, k->dictionary.n);
    if (st == ST_OK && !p->malformed && !batch_is_whole(k)) check_counts(k);
    return st;
}

static enum st not_here(struct parquet *p, const struct meta *m, const struct parquet_leaf *leaf)
{
    if (p->by_row)
        tell_unread(p->r, UNREAD_UNSUPPORTED, 0, (uint64_t)m->packed & INT64_MAX,
                    "column %.*s lies in another file", SLICE_ARG(leaf->path));
    return ST_OK;
}

enum st parquet_chunk(struct parquet *p, struct thrift *t, const struct parquet_group *g,
                      struct parquet_leaf *leaf, size_t index)
{
    p->chunks++;
    struct meta m = meta_of(p, t, leaf->path);
    struct chunk k = {.p = p,
                      .g = g,
                      .leaf = leaf,
                      .index = index,
                      .codec = codec_of(m.codec),
                      .values = m.values,
                      .row = -1,
                      .rows_known = true};
    if (!cur_ok(&t->c)) return ST_MALFORMED;
    if (only_named_here(p, &m)) return not_here(p, &m, leaf);
    if (m.encrypted) {
        p->encrypted = true;
        tell_unread(p->r, UNREAD_ENCRYPTED, 0, (uint64_t)m.packed & INT64_MAX,
                    "column %.*s is encrypted", SLICE_ARG(leaf->path));
        return ST_OK;
    }
    if (p->chunks <= p->leaf_count)
        tell_card(p->r, CARD_CODECS, slice_str(page_codec_name(k.codec)));
    return read_chunk(&k, &m);
}
