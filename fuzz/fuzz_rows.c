/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_rows.c - rows of Parquet and Arrow files. Unless something odd was told, every row has one
 * cell for each leaf, each in the form of read/data/rows.h: what is signed must be all of it. */
#include "fuzz.h"
#include "base/cursor.h"
#include "read/data/rows.h"
#include <stdlib.h>
#include <string.h>

struct state { /* of a row */
    uint32_t cells, left;
};

struct table {
    struct state rows[ROWS_BATCH];
    uint64_t count, next;
    bool open, columns, trouble, wrong;
};

static void cell(struct table *t, uint64_t row, struct slice s)
{
    if (!t->open || row >= t->count) abort();
    struct state *r = &t->rows[row];
    struct cursor c = cur_of(s);
    if (r->left) { /* a value that is long comes behind its head */
        if (s.n != r->left) abort();
        r->left = 0;
        return;
    }
    unsigned tag = cur_u8(&c);
    if (tag == ROW_MORE && (!r->cells || !cur_u8(&c))) abort();
    if (tag == ROW_MORE)
        tag = cur_u8(&c);
    else
        r->cells++;
    if (tag > ROW_VALUE) abort();
    uint64_t n = tag == ROW_VALUE ? cur_u32le(&c) : 1;
    if (tag == ROW_VALUE && !cur_left(&c) && n)
        r->left = (uint32_t)n;
    else
        cur_skip(&c, n);
    if (!cur_ok(&c) || cur_left(&c)) abort();
}

static void begin(struct table *t, uint64_t first, uint64_t count)
{
    if (!t->columns || count > ROWS_BATCH) abort();
    if (!t->trouble && (t->open || first != t->next)) abort();
    memset(t->rows, 0, (size_t)count * sizeof *t->rows);
    t->open = true;
    t->count = count;
    t->next += count;
}

static void end(struct table *t)
{
    if (!t->open) abort();
    for (uint64_t i = 0; i < t->count; i++)
        if (t->rows[i].left || t->rows[i].cells != t->rows[0].cells) t->wrong = true;
    t->open = false;
}

static void on_event(void *ctx, const struct reading *r, const struct event *ev)
{
    struct table *t = ctx;
    (void)r;
    switch (ev->kind) {
    case EV_COLUMNS:
        if (t->columns) abort();
        t->columns = true;
        break;
    case EV_ROWS: begin(t, ev->rows.first, ev->rows.count); break;
    case EV_CELL: cell(t, ev->cell.row, ev->cell.bytes); break;
    case EV_ROWS_END: end(t); break;
    case EV_ANOMALY:
    case EV_UNREAD: t->trouble = true; break;
    default: break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena = {.cap = 96u << 20, .chunk = 16u << 10};
    static struct table t;
    struct budget budget;
    bool parquet = size && data[0] == 'P';
    t.next = t.count = 0;
    t.open = t.columns = t.trouble = t.wrong = false;
    budget_defaults(&budget);
    budget.bytes = 8u << 20;
    budget.work = 1u << 22;
    struct reading r = {.arena = &arena,
                        .budget = &budget,
                        .emit = on_event,
                        .emit_ctx = &t,
                        .hint = parquet ? FMT_PARQUET : FMT_ARROW,
                        .content = true,
                        .rows = true};
    enum st st = reading_run(&r, S("table"), slice_of(data, size), false);
    if (st != ST_OK && st != ST_NOMEM) abort();
    if (st == ST_OK && !t.trouble && (t.open || t.wrong)) abort();
    arena_reset(&arena);
    return 0;
}
