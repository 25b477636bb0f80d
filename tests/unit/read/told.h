/* SPDX-License-Identifier: Apache-2.0 */
/* told.h - what a reading told, as lines of text that a test can look for:
 *     outer!inner FORMAT zip variant | ANOMALY 7 detail | UNREAD 1 detail | BLOB 12 | TENSOR w
 * Why: the readers' tests and their sweeps look at the same words.
 * Owns: the text, until told_done(). */
#pragma once
#include "../test.h"
#include "base/buf.h"
#include "finding/claim.h"
#include "read/reading.h"
#include "read/unpack.h"

struct told {
    struct buf text;
    size_t anomalies, unread;
    uint64_t ns;
};

static inline void told_name(struct buf *b, const struct layer *l)
{
    const struct layer *chain[32];
    size_t n = 0;
    for (; l->parent && n < 32; l = l->parent) chain[n++] = l;
    while (n) {
        buf_byte(b, '!');
        buf_add(b, chain[--n]->name);
    }
}

/* A line for the block, and one for every value that its places name:
 *     CELL row column line:column offset field=value
 * Prose that is not the bytes themselves: SHOWN line offset field=text, for each of its lines. */
static inline void told_shown(struct buf *b, const struct block *k)
{
    struct slice rest = k->text, line;
    while (slice_split(&rest, '\n', &line)) {
        struct block_place at = {0};
        if (!line.n) continue;
        k->locate(k->ctx, (size_t)(line.p - k->text.p), &at);
        buf_printf(b, " SHOWN %lld %llu %.*s=%.*s\n", (long long)at.line,
                   (unsigned long long)at.offset, SLICE_ARG(at.field), SLICE_ARG(line));
    }
}

static inline void told_block(struct buf *b, const struct block *k)
{
    struct block_place at = {0}, last = {0};
    buf_printf(b, " BLOCK %d %zu rows from %llu%s\n", (int)k->kind, k->records,
               (unsigned long long)k->first_row, k->part ? ", part" : "");
    if (k->rendered && k->kind == BLOCK_TEXT) {
        told_shown(b, k);
        return;
    }
    for (size_t i = 0; i < k->text.n; i++) {
        k->locate(k->ctx, i, &at);
        if (!at.value.n || (at.value.p == last.value.p && at.value.n == last.value.n)) continue;
        buf_printf(b, " CELL %lld %d %lld:%lld %llu %.*s=%.*s\n", (long long)at.row,
                   (int)at.column_index, (long long)at.line, (long long)at.column,
                   (unsigned long long)at.offset, SLICE_ARG(at.field), SLICE_ARG(at.value));
        last = at;
    }
}

static inline void told_event(void *ctx, const struct reading *r, const struct event *ev)
{
    struct told *t = ctx;
    struct buf *b = &t->text;
    told_name(b, r->layer);
    switch (ev->kind) {
    case EV_FORMAT:
        buf_printf(b, " FORMAT %s %s\n", format_name(ev->format.format),
                   ev->format.variant ? ev->format.variant : "");
        break;
    case EV_ANOMALY:
        t->anomalies++;
        buf_printf(b, " ANOMALY %d %.*s\n", (int)ev->anomaly.what, SLICE_ARG(ev->anomaly.detail));
        break;
    case EV_UNREAD:
        t->unread++;
        buf_printf(b, " UNREAD %d %.*s\n", (int)ev->unread.why, SLICE_ARG(ev->unread.detail));
        break;
    case EV_BLOB: buf_printf(b, " BLOB %zu\n", ev->blob.n); break;
    case EV_TENSOR: buf_printf(b, " TENSOR %.*s\n", SLICE_ARG(ev->tensor->name)); break;
    case EV_TEXT:
        buf_printf(b, " TEXT %d %.*s=%.*s\n", (int)ev->text.role, SLICE_ARG(ev->text.name),
                   SLICE_ARG(ev->text.text));
        break;
    case EV_CARD:
        buf_printf(b, " CARD %d %.*s %llu\n", (int)ev->card.key, SLICE_ARG(ev->card.text),
                   (unsigned long long)ev->card.number);
        break;
    case EV_REF:
        buf_printf(b, " REF %.*s=%.*s%s\n", SLICE_ARG(ev->ref.key), SLICE_ARG(ev->ref.target),
                   ev->ref.remote ? " remote" : "");
        break;
    case EV_TABLE:
        buf_printf(b, " TABLE %.*s %zu\n", SLICE_ARG(ev->table->name), ev->table->column_count);
        break;
    case EV_VALUE:
        buf_printf(b, " VALUE %lld %.*s=%.*s\n", (long long)ev->value->place.row,
                   SLICE_ARG(ev->value->place.field), SLICE_ARG(ev->value->text));
        break;
    case EV_BLOCK: told_block(b, ev->block); break;
    case EV_TABLE_END:
        buf_printf(b, " TABLE_END %llu %llu\n", (unsigned long long)ev->table_end->records,
                   (unsigned long long)ev->table_end->malformed);
        break;
    case EV_CLAIM:
        buf_printf(b, " CLAIM %d %d %d %lld %llu%s %.*s (%.*s) ", (int)ev->claim->store,
                   (int)ev->claim->about, (int)ev->claim->kind,
                   ev->claim->sized ? (long long)ev->claim->size : -1ll,
                   (unsigned long long)ev->claim->count, ev->claim->optional ? " optional" : "",
                   SLICE_ARG(ev->claim->path), SLICE_ARG(ev->claim->note));
        buf_hex(b, slice_of(ev->claim->digest, claim_digest_size(ev->claim->kind)));
        buf_byte(b, '\n');
        break;
    default: buf_printf(b, " EVENT %d\n", (int)ev->kind); break;
    }
}

/* Reads bytes as the file `name`. cap and chunk are the arena's; `file` is NULL or holds the same
 * bytes. */
static inline enum st told_run_from(struct told *t, const char *name, struct slice bytes,
                                    const int *file, struct budget *budget, struct spool *spool,
                                    size_t cap, size_t chunk)
{
    struct arena arena;
    *t = (struct told){0};
    buf_init(&t->text, 4u << 20);
    arena_init(&arena, cap, chunk);
    struct reading r = {.arena = &arena,
                        .budget = budget,
                        .spool = spool,
                        .emit = told_event,
                        .emit_ctx = t,
                        .content = true,
                        .file = file};
    enum st st = reading_run(&r, slice_str(name), bytes, false);
    arena_done(&arena);
    return st;
}

static inline enum st told_run_in(struct told *t, const char *name, struct slice bytes,
                                  struct budget *budget, struct spool *spool, size_t cap,
                                  size_t chunk)
{
    return told_run_from(t, name, bytes, NULL, budget, spool, cap, chunk);
}

static inline enum st told_run(struct told *t, const char *name, struct slice bytes)
{
    struct budget budget;
    budget_defaults(&budget);
    return told_run_in(t, name, bytes, &budget, NULL, 256u << 20, 64u << 10);
}

static inline void told_done(struct told *t)
{
    buf_done(&t->text);
}

static inline bool told_has(const struct told *t, const char *line)
{
    return slice_has(buf_slice(&t->text), slice_str(line));
}

static inline bool told_anomaly(const struct told *t, enum anomaly what)
{
    char line[32];
    snprintf(line, sizeof line, " ANOMALY %d ", (int)what);
    return told_has(t, line);
}

#define assert_told(t, line)                                               \
    do {                                                                   \
        if (!told_has(t, line)) print_error("%s\n", buf_text(&(t)->text)); \
        assert_true(told_has(t, line));                                    \
    } while (0)

#define assert_anomaly(t, what)                                                \
    do {                                                                       \
        if (!told_anomaly(t, what)) print_error("%s\n", buf_text(&(t)->text)); \
        assert_true(told_anomaly(t, what));                                    \
    } while (0)

#define assert_quiet(t)                                                               \
    do {                                                                              \
        if ((t)->anomalies || (t)->unread) print_error("%s\n", buf_text(&(t)->text)); \
        assert_int_equal((t)->anomalies + (t)->unread, 0);                            \
    } while (0)

/* A copy that ends where the bytes end, so that a sanitizer sees a read behind them. */
static inline uint8_t *told_exact(struct slice s)
{
    uint8_t *p = malloc(s.n + !s.n);
    assert_non_null(p);
    if (s.n) memcpy(p, s.p, s.n);
    return p;
}

/* Every truncation ends well and is told about. `whole` may be any prefix that is complete. */
static inline void sweep_truncation(const char *name, struct slice bytes)
{
    for (size_t n = 0; n < bytes.n; n++) {
        struct told t;
        uint8_t *p = told_exact(slice_sub(bytes, 0, n));
        assert_int_equal(told_run(&t, name, slice_of(p, n)), ST_OK);
        if (!t.anomalies && !t.unread) print_error("silent at %zu of %zu\n", n, bytes.n);
        assert_true(t.anomalies + t.unread > 0);
        told_done(&t);
        free(p);
    }
}

/* Every single flipped bit ends well. */
static inline void sweep_flips(const char *name, struct slice bytes)
{
    uint8_t *p = told_exact(bytes);
    for (size_t bit = 0; bit < bytes.n * 8; bit++) {
        struct told t;
        p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(told_run(&t, name, slice_of(p, bytes.n)), ST_OK);
        told_done(&t);
        p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(p);
}

/* Memory runs out after ever more bytes: told, and never taken for clean. */
static inline void sweep_memory(const char *name, struct slice bytes)
{
    bool enough = false;
    for (size_t cap = 0; cap < (1u << 20) && !enough; cap += 48 + cap / 16) {
        struct told t;
        struct budget budget;
        budget_defaults(&budget);
        enum st st = told_run_in(&t, name, bytes, &budget, NULL, cap, 0);
        assert_true(st == ST_OK || st == ST_NOMEM);
        bool out = told_has(&t, " UNREAD 4 ");
        enough = st == ST_OK && !out;
        told_done(&t);
    }
    assert_true(enough);
}
