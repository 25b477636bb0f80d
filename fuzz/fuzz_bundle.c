/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_bundle.c - signatures and the statements in them: what is decoded must survive the way out
 * of the sandbox unchanged, and a refusal must have a reason. */
#include "fuzz.h"
#include "sign/bundle_record.h"
#include "sign/statement.h"
#include <stdlib.h>

static void same(struct slice a, struct slice b)
{
    if (!slice_eq(a, b)) abort();
}

static void same_list(const struct slice *a, size_t n, const struct slice *b, size_t m)
{
    if (n != m) abort();
    for (size_t i = 0; i < n; i++) same(a[i], b[i]);
}

static void same_entry(const struct bundle_entry *a, const struct bundle_entry *b)
{
    same(a->log_id, b->log_id);
    same(a->body, b->body);
    same(a->promise, b->promise);
    same(a->proof.root, b->proof.root);
    same(a->proof.checkpoint, b->proof.checkpoint);
    same_list(a->proof.hashes.items, a->proof.hashes.count, b->proof.hashes.items,
              b->proof.hashes.count);
    if (a->index != b->index || a->integrated_time != b->integrated_time ||
        a->has_proof != b->has_proof || a->proof.index != b->proof.index ||
        a->proof.tree_size != b->proof.tree_size)
        abort();
}

static void same_bundle(const struct bundle *a, const struct bundle *b)
{
    if (a->material != b->material || a->entry_count != b->entry_count) abort();
    same(a->media_type, b->media_type);
    same(a->key_hint, b->key_hint);
    same(a->key_raw, b->key_raw);
    same(a->payload_type, b->payload_type);
    same(a->payload, b->payload);
    same_list(a->certificates, a->certificate_count, b->certificates, b->certificate_count);
    same_list(a->timestamps, a->timestamp_count, b->timestamps, b->timestamp_count);
    same_list(a->signatures, a->signature_count, b->signatures, b->signature_count);
    for (size_t i = 0; i < a->entry_count; i++) same_entry(&a->entries[i], &b->entries[i]);
}

static void through_the_wall(struct slice json, const struct bundle *b, struct arena *arena)
{
    struct buf answer;
    struct bundle again;
    struct slice why;
    buf_init(&answer, 64u << 20);
    bundle_record_answer(json, arena, &answer);
    if (buf_ok(&answer)) {
        if (bundle_record_read(buf_slice(&answer), arena, &again, &why) != ST_OK) abort();
        same_bundle(b, &again);
    }
    buf_done(&answer);
}

static void read_statement(struct slice json, struct arena *arena)
{
    struct statement s;
    struct slice why = S("");
    enum st st = statement_read(json, arena, &s, &why);
    if (st == ST_OK && (!s.manifest.count || s.manifest.count > SHAPE_ITEMS_MAX)) abort();
    if (st != ST_OK && st != ST_NOMEM && !why.n) abort();
    for (size_t i = 0; st == ST_OK && i < s.manifest.count; i++)
        if (slice_has(s.manifest.resources[i].path, S("../"))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = slice_of(data, size), why = S("");
    struct bundle b;
    struct arena arena;
    arena_init(&arena, 64u << 20, 4096);
    enum st st = bundle_read(in, &arena, &b, &why);
    if (st == ST_OK) {
        through_the_wall(in, &b, &arena);
        read_statement(b.payload, &arena);
    } else {
        if (st != ST_NOMEM && !why.n) abort();
        read_statement(in, &arena);
    }
    arena_done(&arena);
    return 0;
}
