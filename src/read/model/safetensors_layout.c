/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors_layout.c - do the names differ, and do the ranges tile the data exactly? */
#include "base/sort.h"
#include "read/model/safetensors_part.h"
#include "read/model/stray.h"

static int by_place(const void *a, const void *b)
{
    const struct safetensors_range *x = a, *y = b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static int by_hash(const void *a, const void *b)
{
    const struct safetensors_key *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

void safetensors_check_keys(struct safetensors *s)
{
    sort_items(s->keys, s->key_count, sizeof *s->keys, by_hash);
    for (size_t i = 1; i < s->key_count; i++)
        if (s->keys[i].hash == s->keys[i - 1].hash)
            safetensors_complain(s, ANOMALY_SAFETENSORS_DUPLICATE, s->keys[i].at,
                                 "a key that came before");
}

static bool in_order(const struct safetensors *s)
{
    for (size_t i = 1; i < s->range_count; i++)
        if (by_place(&s->ranges[i - 1], &s->ranges[i]) > 0) return false;
    return true;
}

/* Bytes behind the last tensor, or all of the data of a file without tensors. */
static enum st trailing(struct safetensors *s, uint64_t from)
{
    if (from >= s->size) return ST_OK;
    tell_anomaly(s->r, ANOMALY_TRAILING, s->data + from, "%llu bytes after the last tensor",
                 (unsigned long long)(s->size - from));
    return stray_push(s->r, S("bytes after the last tensor"), s->data + from, s->size - from);
}

enum st safetensors_check_layout(struct safetensors *s)
{
    uint64_t at = 0;
    enum st st = ST_OK;
    if (!in_order(s)) sort_items(s->ranges, s->range_count, sizeof *s->ranges, by_place);
    for (size_t i = 0; i < s->range_count && st == ST_OK; i++) {
        const struct safetensors_range *t = &s->ranges[i];
        if (t->from > at && at < s->size) {
            uint64_t to = t->from < s->size ? t->from : s->size;
            safetensors_complain(s, ANOMALY_SAFETENSORS_LAYOUT, s->data + at,
                                 "bytes that belong to no tensor");
            if (s->complaints < 32)
                st = stray_push(s->r, S("bytes between tensors"), s->data + at, to - at);
        } else if (t->from < at && t->to > t->from) {
            safetensors_complain(s, ANOMALY_SAFETENSORS_LAYOUT, s->data + t->from,
                                 "bytes that belong to two tensors");
        }
        if (t->to > at) at = t->to;
    }
    if (at > s->size)
        tell_anomaly(s->r, ANOMALY_TRUNCATED, s->data + s->size,
                     "tensors reach %llu bytes beyond the end of the file",
                     (unsigned long long)(at - s->size));
    return st == ST_OK ? trailing(s, at) : st;
}
