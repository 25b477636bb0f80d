/* SPDX-License-Identifier: Apache-2.0 */
/* told_rows.h - what a reading told about the rows of a table: columns, cells and the root of their
 * tree, made here for themselves and not by the code that signs.
 * Owns: the text and the leaves, until told_rows_done(). */
#pragma once
#include "../test.h"
#include "base/buf.h"
#include "log/merkle.h"
#include "port/openssl/digest.h"
#include "read/data/rows.h"

struct told_rows {
    struct buf
        text; /* "COLUMN name type", "ROW number hexadecimal", "ANOMALY what", "UNREAD why" */
    size_t trouble;
    uint64_t rows;
    char root[65];
    struct buf *batch; /* cells of the rows at work */
    uint64_t first, count;
    uint8_t prefix[33];
    struct merkle tree;
    const uint32_t *pick;
    size_t pick_count;
    bool brief; /* rows only make the root */
};

static inline void told_rows_drop(struct told_rows *t)
{
    for (uint64_t i = 0; t->batch && i < t->count; i++) buf_done(&t->batch[i]);
    free(t->batch);
    t->batch = NULL;
}

static inline void told_rows_begin(struct told_rows *t, uint64_t first, uint64_t count)
{
    assert_true(count <= ROWS_BATCH && (t->trouble || (!t->batch && first == t->rows)));
    told_rows_drop(t);
    t->batch = calloc(count + 1, sizeof *t->batch);
    assert_non_null(t->batch);
    t->first = first;
    t->count = count;
    for (uint64_t i = 0; i < count; i++) buf_init(&t->batch[i], 1u << 24);
}

static inline void told_rows_end(struct told_rows *t)
{
    assert_non_null(t->batch);
    for (uint64_t i = 0; i < t->count; i++) {
        struct merkle_hash leaf;
        struct digest d;
        struct slice cells = buf_slice(&t->batch[i]);
        digest_start(&d);
        digest_add(&d, slice_of(t->prefix, sizeof t->prefix));
        digest_add(&d, cells);
        digest_finish(&d, leaf.bytes);
        merkle_add(&t->tree, &leaf);
        if (!t->brief) buf_printf(&t->text, "ROW %llu ", (unsigned long long)t->rows);
        if (!t->brief) buf_hex(&t->text, cells);
        if (!t->brief) buf_byte(&t->text, '\n');
        t->rows++;
    }
    told_rows_drop(t);
}

static inline void told_rows_columns(struct told_rows *t, const struct row_columns *c)
{
    memcpy(&t->prefix[1], c->digest, 32);
    for (size_t i = 0; i < c->count; i++)
        buf_printf(&t->text, "COLUMN %.*s %.*s\n", SLICE_ARG(c->list[i].name),
                   SLICE_ARG(c->list[i].type));
}

static inline void told_rows_event(void *ctx, const struct reading *r, const struct event *ev)
{
    struct told_rows *t = ctx;
    (void)r;
    switch (ev->kind) {
    case EV_COLUMNS: told_rows_columns(t, ev->columns); break;
    case EV_ROWS: told_rows_begin(t, ev->rows.first, ev->rows.count); break;
    case EV_ROWS_END: told_rows_end(t); break;
    case EV_CELL:
        assert_true(t->batch && ev->cell.row < t->count);
        buf_add(&t->batch[ev->cell.row], ev->cell.bytes);
        break;
    case EV_ANOMALY:
        t->trouble++;
        buf_printf(&t->text, "ANOMALY %.*s\n", SLICE_ARG(ev->anomaly.detail));
        break;
    case EV_UNREAD:
        t->trouble++;
        buf_printf(&t->text, "UNREAD %.*s\n", SLICE_ARG(ev->unread.detail));
        break;
    default: break;
    }
}

static inline enum st told_rows_in(struct told_rows *t, const char *name, struct slice bytes,
                                   size_t cap, size_t chunk)
{
    struct arena arena;
    struct budget budget;
    struct merkle_hash root;
    t->trouble = 0;
    t->rows = 0;
    t->tree = (struct merkle){0};
    buf_init(&t->text, 16u << 20);
    budget_defaults(&budget);
    arena_init(&arena, cap, chunk);
    struct reading r = {.arena = &arena,
                        .budget = &budget,
                        .emit = told_rows_event,
                        .emit_ctx = t,
                        .content = true,
                        .rows = true,
                        .pick = t->pick,
                        .pick_count = t->pick_count};
    enum st st = reading_run(&r, slice_str(name), bytes, false);
    arena_done(&arena);
    if (t->batch)
        t->trouble += t->trouble == 0 ? 1000 : 0; /* a batch without an end must be told */
    told_rows_drop(t);
    merkle_root(&t->tree, &root);
    digest_hex(root.bytes, t->root);
    return st;
}

static inline enum st told_rows_run(struct told_rows *t, const char *name, struct slice bytes)
{
    *t = (struct told_rows){0};
    return told_rows_in(t, name, bytes, 256u << 20, 64u << 10);
}

static inline void told_rows_done(struct told_rows *t)
{
    buf_done(&t->text);
}
