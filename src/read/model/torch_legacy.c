/* SPDX-License-Identifier: Apache-2.0 */
/* torch_legacy.c - the forms before the ZIP archive: pickles and raw numbers in one run of bytes.
 */
#include "base/num.h"
#include "read/model/stray.h"
#include "read/model/torch.h"
#include "read/model/torch_part.h"

#define PROTOCOL  1001
#define ITEMS_MAX 100000

/* The pickles in front: magic, protocol, system. False: told, nothing more can be read. */
static enum st preamble(struct reading *r, struct cursor *c, bool *ret_big)
{
    struct pickle_options plain = {0};
    struct pickle_summary sum;
    struct pickle_value little;
    int64_t n;
    enum st st = pickle_run(r, c, &plain, &sum); /* the magic number was seen */
    if (st == ST_OK) st = pickle_run(r, c, &plain, &sum);
    if (st == ST_OK && (!pickle_int(sum.result, &n) || n != PROTOCOL))
        tell_anomaly(r, ANOMALY_MALFORMED, sum.start, "the protocol is not 1001");
    if (st == ST_OK) st = pickle_run(r, c, &plain, &sum);
    if (st != ST_OK) return st;
    bool known = pickle_dict_get(sum.result, "little_endian", &little);
    if (!known || pickle_kind(little) != PV_BOOL)
        tell_anomaly(r, ANOMALY_MALFORMED, sum.start, "the system record is not one");
    struct buf text;
    buf_init(&text, 16);
    if (known) pickle_print(&text, little, 8);
    *ret_big = slice_eq(buf_slice(&text), S("False"));
    buf_done(&text);
    return ST_OK;
}

/* i64 count, then the numbers. ST_MALFORMED: told, the place is lost. */
static enum st storage(struct torch *t, struct cursor *c, struct slice key, bool big)
{
    struct reading *r = t->r;
    uint64_t at = cur_pos(c), bytes;
    const struct torch_storage *s = torch_find(t, key);
    uint64_t n = big ? cur_u64be(c) : cur_u64le(c);
    if (!s) {
        tell_anomaly(r, ANOMALY_MALFORMED, at, "storage %.*s was not asked for", SLICE_ARG(key));
        return ST_MALFORMED;
    }
    if (cur_ok(c) && n != s->elements)
        tell_anomaly(r, ANOMALY_MALFORMED, at, "storage %.*s has %llu elements, not %llu",
                     SLICE_ARG(key), (unsigned long long)n, (unsigned long long)s->elements);
    if (!cur_ok(c) || !num_mul(n, s->size, &bytes) || bytes > cur_left(c)) {
        tell_anomaly(r, ANOMALY_TRUNCATED, at, "storage %.*s is longer than the file",
                     SLICE_ARG(key));
        return ST_TRUNCATED;
    }
    at = cur_pos(c);
    return torch_show(t, s, cur_bytes(c, bytes), at, big);
}

static enum st storages(struct torch *t, struct cursor *c, struct pickle_value keys, bool big,
                        uint64_t at)
{
    enum st st = ST_OK;
    if (pickle_kind(keys) != PV_LIST) {
        tell_anomaly(t->r, ANOMALY_MALFORMED, at, "the keys of the storages are not a list");
        return ST_MALFORMED;
    }
    for (uint64_t i = 0; i < pickle_count(keys) && st == ST_OK; i++) {
        struct slice key;
        if (!budget_work(t->r->budget, 4)) return ST_LIMIT;
        if (!pickle_text(pickle_item(keys, i), &key)) {
            bool kept = i < pickle_kept(keys);
            if (kept) tell_anomaly(t->r, ANOMALY_MALFORMED, at, "a storage's key is not a text");
            return kept ? ST_MALFORMED : ST_LIMIT;
        }
        st = storage(t, c, key, big);
    }
    return st;
}

static enum st body(struct torch *t, struct cursor *c, bool *ret_whole)
{
    struct pickle_summary sum = {0};
    struct pickle_options plain = {0};
    bool big = false;
    enum st st = preamble(t->r, c, &big);
    if (st == ST_OK) st = torch_pickle(t, c, &sum);
    if (st != ST_OK) return st;
    torch_card(t);
    if (!cur_left(c)) {
        tell_anomaly(t->r, ANOMALY_TRUNCATED, cur_pos(c), "the keys of the storages are missing");
        return ST_TRUNCATED;
    }
    st = pickle_run(t->r, c, &plain, &sum);
    if (st == ST_OK) st = storages(t, c, sum.result, big, sum.start);
    *ret_whole = st == ST_OK;
    return st;
}

enum st torch_legacy_read(struct reading *r)
{
    struct cursor c = cur_of(r->layer->bytes);
    struct torch t;
    bool whole = false;
    tell_format(r, FMT_TORCH_LEGACY, NULL);
    torch_init(&t, r);
    enum st st = body(&t, &c, &whole);
    if (st == ST_NOMEM || st == ST_IO || st == ST_BUG || st == ST_LIMIT) return st;
    uint64_t at = cur_pos(&c), left = cur_left(&c);
    if (!whole || !left) return ST_OK;
    tell_anomaly(r, ANOMALY_TRAILING, at, "%llu bytes behind the last storage",
                 (unsigned long long)left);
    return stray_push(r, S("bytes behind the last storage"), at, left);
}

/* ---- tar ---- */

/* What follows an item's pickle in the member "storages": its numbers; in "tensors": dimensions. */
static enum st tar_numbers(struct reading *r, struct cursor *c, struct pickle_value item,
                           bool tensors)
{
    uint64_t at = cur_pos(c);
    if (tensors) {
        uint32_t rank = cur_u32le(c);
        cur_skip(c, 4);
        cur_skip(c, (uint64_t)rank * 16 + 8);
    } else {
        const struct pickle_global *g = pickle_global(pickle_item(item, 2));
        uint64_t n = cur_u64le(c), bytes;
        bool wide = g && (slice_starts(g->name, S("Double")) || slice_starts(g->name, S("Long")));
        bool two = g && (slice_starts(g->name, S("Half")) || slice_starts(g->name, S("Short")));
        bool one = g && (slice_starts(g->name, S("Byte")) || slice_starts(g->name, S("Char")));
        if (!num_mul(n, wide ? 8 : two ? 2 : one ? 1 : 4, &bytes)) bytes = UINT64_MAX;
        struct slice numbers = cur_bytes(c, bytes);
        if (r->content && numbers.n) tell_blob(r, numbers, cur_pos(c) - numbers.n);
    }
    if (cur_ok(c)) return ST_OK;
    tell_anomaly(r, ANOMALY_TRUNCATED, at, "the numbers are longer than the member");
    return ST_TRUNCATED;
}

static enum st tar_items(struct torch *t, struct cursor *c, int64_t count, bool tensors)
{
    enum st st = ST_OK;
    for (int64_t i = 0; i < count && i < ITEMS_MAX && st == ST_OK; i++) {
        struct pickle_summary sum = {0};
        st = torch_pickle(t, c, &sum);
        if (st == ST_OK) st = tar_numbers(t->r, c, sum.result, tensors);
    }
    return st;
}

enum st torch_tar_read(struct reading *r)
{
    struct cursor c = cur_of(r->layer->bytes);
    struct pickle_summary sum = {0};
    struct torch t;
    int64_t count = 0;
    bool tensors = slice_ends(r->layer->name, S("tensors"));
    bool items = tensors || slice_ends(r->layer->name, S("storages"));
    tell_format(r, FMT_TORCH_TAR, NULL);
    torch_init(&t, r);
    enum st st = torch_pickle(&t, &c, &sum);
    if (st == ST_OK && items && pickle_int(sum.result, &count))
        st = tar_items(&t, &c, count, tensors);
    if (!items) torch_card(&t);
    if (st == ST_NOMEM || st == ST_IO || st == ST_BUG || st == ST_LIMIT) return st;
    if (st != ST_OK || !cur_left(&c)) return ST_OK;
    return stray_push(r, S("bytes behind the last item"), cur_pos(&c), cur_left(&c));
}
