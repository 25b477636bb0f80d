/* SPDX-License-Identifier: Apache-2.0 */
/* gguf_tensors.c - the list of tensors, and whether their data tile the rest of the file. */
#include "base/num.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "read/model/gguf_part.h"
#include "read/model/stray.h"

#define NAME_MAX_BYTES 159u /* the longest that any ggml program is built for */

static enum st lost(struct gguf *g, uint64_t at, const char *text)
{
    gguf_complain(g, ANOMALY_TRUNCATED, at, text);
    return ST_TRUNCATED;
}

static enum st check_name(struct gguf *g, const struct gguf_tensor *t, uint64_t at)
{
    bool existed = false;
    if (!t->name.n || t->name.n > NAME_MAX_BYTES || !utf8_valid(t->name))
        gguf_complain(g, ANOMALY_MALFORMED, at, "a tensor's name is empty, too long or no text");
    if (!map_put(&g->names, t->name, (union map_value){.num = 1}, &existed)) return ST_NOMEM;
    if (existed) gguf_complain(g, ANOMALY_GGUF_DUPLICATE, at, "a tensor that came before");
    return ST_OK;
}

/* Dimensions are u64, of which version 1 writes 32 bits. */
static enum st dims(struct gguf *g, struct gguf_tensor *t)
{
    uint64_t at = cur_pos(&g->c), rank = gguf_u32(g);
    if (rank > GGUF_DIMS_MAX) {
        gguf_complain(g, ANOMALY_GGUF_LAYOUT, at, "a tensor of more than 4 dimensions");
        return ST_MALFORMED;
    }
    t->rank = rank;
    bool empty = false;
    for (size_t i = 0; i < rank; i++) {
        t->dims[i] = gguf_size(g);
        empty |= t->dims[i] == 0;
    }
    if (empty && cur_ok(&g->c))
        gguf_complain(g, ANOMALY_MALFORMED, at, "a tensor with a dimension of 0");
    return ST_OK;
}

static void check_size(struct gguf *g, struct gguf_tensor *t, uint64_t type, uint64_t at)
{
    t->type = ggml_type_of(type);
    if (!t->type)
        gguf_complain(g, ANOMALY_GGUF_LAYOUT, at, "a tensor of an unknown type");
    else if (!ggml_type_size(t->type, t->dims, t->rank, &t->elements, &t->bytes))
        gguf_complain(g, ANOMALY_GGUF_LAYOUT, at,
                      "dimensions that overflow, or rows that are not whole blocks");
    else if (t->offset & (g->alignment - 1))
        gguf_complain(g, ANOMALY_GGUF_LAYOUT, at, "data that are not aligned");
    else if (!num_add(g->parameters, t->elements, &g->parameters))
        g->parameters = UINT64_MAX;
}

static enum st info(struct gguf *g, struct gguf_tensor *t)
{
    uint64_t at = cur_pos(&g->c);
    if (!budget_work(g->r->budget, 4)) return ST_LIMIT;
    t->name = gguf_string(g);
    if (!cur_ok(&g->c)) return lost(g, at, "the file ends in its list of tensors");
    enum st st = check_name(g, t, at);
    if (st == ST_OK) st = dims(g, t);
    if (st != ST_OK) return st;
    uint64_t type = gguf_u32(g);
    t->offset = gguf_u64(g);
    if (!cur_ok(&g->c)) return lost(g, at, "the file ends in its list of tensors");
    check_size(g, t, type, at);
    return ST_OK;
}

enum st gguf_tensors(struct gguf *g, uint64_t count)
{
    enum st st = ST_OK;
    g->tensors = ARENA_ARRAY(g->r->arena, struct gguf_tensor, count);
    if (!g->tensors) return ST_NOMEM;
    while (st == ST_OK && g->tensor_count < count) {
        st = info(g, &g->tensors[g->tensor_count]);
        g->tensor_count += st == ST_OK;
    }
    return st;
}

static int by_offset(const void *a, const void *b)
{
    const struct gguf_tensor *x = a, *y = b;
    if (x->offset != y->offset) return x->offset < y->offset ? -1 : 1;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

static bool in_order(const struct gguf *g)
{
    for (size_t i = 1; i < g->tensor_count; i++)
        if (by_offset(&g->tensors[i - 1], &g->tensors[i]) > 0) return false;
    return true;
}

static enum st show(struct gguf *g, const struct gguf_tensor *t, uint64_t base, bool inside)
{
    struct tensor told = {
        .name = t->name, .dtype = t->type->dtype, .shape = t->dims, .rank = t->rank};
    uint64_t at = base + t->offset;
    if (inside) told.bytes = slice_sub(g->r->layer->bytes, (size_t)at, (size_t)t->bytes);
    if (g->big && t->type->dtype != DT_I8) told.dtype = DT_UNKNOWN;
    tell_tensor(g->r, &told, at);
    tell_card(g->r, CARD_DTYPES, slice_str(t->type->name));
    if (inside && t->type->dtype == DT_I8 && stray_looks_foreign(told.bytes))
        return stray_push(g->r, t->name, at, t->bytes);
    return ST_OK;
}

/* Bytes between tensors, beyond the padding of the one before. */
static enum st gap(struct gguf *g, uint64_t base, uint64_t from, uint64_t to)
{
    if (to - from < g->alignment) return ST_OK;
    gguf_complain(g, ANOMALY_GGUF_LAYOUT, base + from, "bytes that belong to no tensor");
    return stray_push(g->r, S("bytes between tensors"), base + from, to - from);
}

struct place {
    uint64_t base, size; /* of the data in the layer */
    uint64_t end;        /* of the tensors so far, from base */
    uint64_t missing;    /* bytes behind the end of the file */
};

static enum st lay(struct gguf *g, const struct gguf_tensor *t, struct place *p)
{
    uint64_t to;
    enum st st = ST_OK;
    if (!t->type) return ST_OK; /* its size is not known; told */
    if (!num_add(t->offset, t->bytes, &to)) {
        gguf_complain(g, ANOMALY_GGUF_LAYOUT, p->base, "an offset that overflows");
        return ST_OK;
    }
    bool overlaps = t->bytes && t->offset < p->end, inside = to <= p->size;
    if (overlaps) gguf_complain(g, ANOMALY_GGUF_LAYOUT, p->base + t->offset, "data of two tensors");
    if (t->offset > p->end && inside) st = gap(g, p->base, p->end, t->offset);
    if (!inside && to - p->size > p->missing) p->missing = to - p->size;
    if (to > p->end && inside) p->end = to;
    return st == ST_OK ? show(g, t, p->base, inside && !overlaps) : st;
}

static enum st trailing(struct gguf *g, const struct place *p)
{
    uint64_t padded = (p->end + g->alignment - 1) & ~(g->alignment - 1);
    if (p->missing || padded >= p->size) return ST_OK;
    tell_anomaly(g->r, ANOMALY_TRAILING, p->base + padded, "%llu bytes after the last tensor",
                 (unsigned long long)(p->size - padded));
    return stray_push(g->r, S("bytes after the last tensor"), p->base + padded, p->size - padded);
}

/* The sizes of tensors of unknown type are unknown, too: then nothing can be said about the rest.
 */
static bool all_known(const struct gguf *g)
{
    for (size_t i = 0; i < g->tensor_count; i++)
        if (!g->tensors[i].type) return false;
    return true;
}

enum st gguf_data(struct gguf *g)
{
    uint64_t head = cur_pos(&g->c), file = g->r->layer->bytes.n;
    uint64_t base = (head + g->alignment - 1) & ~(g->alignment - 1);
    struct place p = {.base = base, .size = base < file ? file - base : 0};
    enum st st = ST_OK;
    if (!in_order(g)) sort_items(g->tensors, g->tensor_count, sizeof *g->tensors, by_offset);
    for (size_t i = 0; i < g->tensor_count && st == ST_OK; i++) st = lay(g, &g->tensors[i], &p);
    if (p.missing)
        tell_anomaly(g->r, ANOMALY_TRUNCATED, file,
                     "tensors reach %llu bytes beyond the file's end",
                     (unsigned long long)p.missing);
    return st == ST_OK && all_known(g) ? trailing(g, &p) : st;
}
