/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/bundle_record.h"
#include "base/cursor.h"

/* ---- writing ---- */

static void put(struct buf *out, struct slice s)
{
    buf_u32le(out, (uint32_t)s.n);
    buf_add(out, s);
}

static void put_list(struct buf *out, const struct slice *s, size_t n)
{
    buf_u32le(out, (uint32_t)n);
    for (size_t i = 0; i < n; i++) put(out, s[i]);
}

static void put_entry(struct buf *out, const struct bundle_entry *e)
{
    buf_u64le(out, e->index);
    put(out, e->log_id);
    put(out, e->kind);
    put(out, e->version);
    buf_u64le(out, (uint64_t)e->integrated_time);
    put(out, e->promise);
    buf_byte(out, e->has_proof);
    buf_u64le(out, e->proof.index);
    buf_u64le(out, e->proof.tree_size);
    put(out, e->proof.root);
    put_list(out, e->proof.hashes.items, e->proof.hashes.count);
    put(out, e->proof.checkpoint);
    put(out, e->body);
}

static void put_bundle(struct buf *out, const struct bundle *b)
{
    buf_byte(out, 'b');
    put(out, b->media_type);
    buf_byte(out, (uint8_t)b->material);
    put(out, b->key_hint);
    put(out, b->key_raw);
    put_list(out, b->certificates, b->certificate_count);
    buf_u32le(out, (uint32_t)b->entry_count);
    for (size_t i = 0; i < b->entry_count; i++) put_entry(out, &b->entries[i]);
    put_list(out, b->timestamps, b->timestamp_count);
    put(out, b->payload_type);
    put(out, b->payload);
    put_list(out, b->signatures, b->signature_count);
}

void bundle_record_answer(struct slice json, struct arena *arena, struct buf *out)
{
    struct bundle b;
    struct slice why = S("");
    enum st st = bundle_read(json, arena, &b, &why);
    if (st == ST_OK) {
        put_bundle(out, &b);
        return;
    }
    buf_byte(out, 'w');
    put(out, st == ST_NOMEM ? S("the bundle needs more memory than there is") : why);
}

/* ---- reading ---- */

struct reader {
    struct cursor c;
    struct arena *arena;
    bool nomem;
};

static struct slice get(struct reader *r)
{
    return cur_bytes(&r->c, cur_u32le(&r->c));
}

/* Each item takes at least `least` bytes: a count that cannot be true reserves nothing. */
static void *get_room(struct reader *r, size_t least, size_t size, size_t *ret_count)
{
    uint32_t n = cur_u32le(&r->c);
    if (n > cur_left(&r->c) / least) r->c.bad = true;
    *ret_count = cur_ok(&r->c) ? n : 0;
    void *p = arena_alloc(r->arena, *ret_count + 1, size);
    if (p) return p;
    *ret_count = 0;
    r->nomem = true;
    return NULL;
}

static struct slice *get_list(struct reader *r, size_t *ret_count)
{
    struct slice *s = get_room(r, 4, sizeof *s, ret_count);
    for (size_t i = 0; i < *ret_count; i++) s[i] = get(r);
    return s;
}

static void get_entry(struct reader *r, struct bundle_entry *e)
{
    e->index = cur_u64le(&r->c);
    e->log_id = get(r);
    e->kind = get(r);
    e->version = get(r);
    e->integrated_time = (int64_t)cur_u64le(&r->c);
    e->promise = get(r);
    e->has_proof = cur_u8(&r->c) != 0;
    e->proof.index = cur_u64le(&r->c);
    e->proof.tree_size = cur_u64le(&r->c);
    e->proof.root = get(r);
    e->proof.hashes.items = get_list(r, &e->proof.hashes.count);
    e->proof.checkpoint = get(r);
    e->body = get(r);
}

static void get_material(struct reader *r, struct bundle *b)
{
    uint8_t material = cur_u8(&r->c);
    if (material > MATERIAL_CERTIFICATE) r->c.bad = true;
    b->material = (enum material)material;
    b->key_hint = get(r);
    b->key_raw = get(r);
    b->certificates = get_list(r, &b->certificate_count);
    if ((b->material == MATERIAL_KEY) != (b->certificate_count == 0)) r->c.bad = true;
}

static enum st get_bundle(struct reader *r, struct bundle *ret)
{
    struct bundle b = {.media_type = get(r)};
    get_material(r, &b);
    b.entries = get_room(r, 61, sizeof *b.entries, &b.entry_count);
    for (size_t i = 0; i < b.entry_count; i++) get_entry(r, &b.entries[i]);
    b.timestamps = get_list(r, &b.timestamp_count);
    b.payload_type = get(r);
    b.payload = get(r);
    b.signatures = get_list(r, &b.signature_count);
    if (r->nomem) return ST_NOMEM;
    if (!cur_ok(&r->c) || cur_left(&r->c) || !b.signature_count) return ST_MALFORMED;
    *ret = b;
    return ST_OK;
}

enum st bundle_record_read(struct slice answer, struct arena *arena, struct bundle *ret,
                           struct slice *ret_why)
{
    struct reader r = {.c = cur_of(answer), .arena = arena};
    uint8_t kind = cur_u8(&r.c);
    *ret_why = S("the sandboxed reader gave no answer that makes sense");
    if (kind == 'b') return get_bundle(&r, ret);
    struct slice why = get(&r);
    if (kind == 'w' && cur_ok(&r.c) && !cur_left(&r.c) && why.n) *ret_why = why;
    return ST_MALFORMED;
}
