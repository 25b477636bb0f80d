/* SPDX-License-Identifier: Apache-2.0 */
/* told_blocks.h - what a reader of text told, checked byte by byte.
 * Why: every byte of every block must have a place that is true: the offset holds that byte (or the
 * escape that means it), lines and columns are those of an editor, rows never go back.
 * Owns: the texts, until blocks_done_with(). */
#pragma once
#include "told.h"

struct row_text {
    char field[96], value[96];
    int64_t row, line, column;
};

struct told_blocks {
    struct slice raw; /* the layer */
    size_t mark;
    bool recoded; /* offsets are those of another encoding */
    struct buf text;
    struct buf fields; /* "row|line|field|value\n" for each change of value */
    uint64_t records, malformed, blocks, anomalies;
    uint64_t filled[8];
    size_t columns;
    bool table, rendered, part;
    char encoding[32], dialect[64];
    struct told told;
};

static inline int64_t line_at(struct slice raw, size_t at, int64_t *column)
{
    int64_t line = 1;
    size_t begin = 0;
    for (size_t i = 0; i < at; i++) {
        bool cr = raw.p[i] == '\r' && (i + 1 >= raw.n || raw.p[i + 1] != '\n');
        if (raw.p[i] != '\n' && !cr) continue;
        line++;
        begin = i + 1;
    }
    *column = (int64_t)(at - begin + 1);
    return line;
}

static inline void note_value(struct told_blocks *t, const struct block_place *p)
{
    buf_printf(&t->fields, "%lld|%lld|%.*s|%.*s\n", (long long)p->row, (long long)p->line,
               SLICE_ARG(p->field), SLICE_ARG(p->value));
}

static inline void check_place(const struct told_blocks *t, const struct block *b, size_t at,
                               const struct block_place *p)
{
    if (t->recoded) return;
    assert_true(p->offset < t->raw.n);
    uint8_t byte = t->raw.p[p->offset], text = b->text.p[at];
    assert_true(byte == text || (b->rendered && (byte == '\\' || byte == '"')));
    if (t->raw.n > 4096) return;
    int64_t column,
        line = line_at(slice_sub(t->raw, t->mark, t->raw.n), p->offset - t->mark, &column);
    assert_int_equal(p->line, line);
    assert_int_equal(p->column, column);
}

static inline void see_block(struct told_blocks *t, const struct block *b)
{
    struct block_place p;
    struct slice last = {0};
    int64_t row = -1;
    t->blocks++;
    t->rendered |= b->rendered;
    t->part |= b->part;
    assert_true(b->seen <= b->text.n);
    assert_true(b->ends || b->kind == BLOCK_TEXT); /* no column */
    buf_add(&t->text, slice_sub(b->text, b->seen, b->text.n));
    for (size_t i = 0; i < b->records; i++)
        assert_true(b->ends[i] <= b->text.n && (!i || b->ends[i] > b->ends[i - 1]));
    size_t step = b->text.n > (64u << 10) ? 4099 : 1;
    for (size_t at = 0; at < b->text.n; at += step) {
        b->locate(b->ctx, at, &p);
        check_place(t, b, at, &p);
        if (p.row >= 0) {
            assert_true(p.row >= row);
            row = p.row;
        }
        if (!p.value.n || p.value.p == last.p) continue;
        assert_true(p.value.p >= b->text.p && p.value.p + p.value.n <= b->text.p + b->text.n);
        last = p.value;
        note_value(t, &p);
    }
}

static inline void see_event(void *ctx, const struct reading *r, const struct event *ev)
{
    struct told_blocks *t = ctx;
    if (ev->kind == EV_BLOCK) see_block(t, ev->block);
    if (ev->kind == EV_TABLE) {
        t->table = true;
        t->columns = ev->table->column_count;
    }
    if (ev->kind == EV_TABLE_END) {
        t->records = ev->table_end->records;
        t->malformed = ev->table_end->malformed;
        for (size_t i = 0; ev->table_end->filled && i < t->columns && i < 8; i++)
            t->filled[i] = ev->table_end->filled[i];
    }
    if (ev->kind == EV_CARD && ev->card.key == CARD_ENCODING)
        snprintf(t->encoding, sizeof t->encoding, "%.*s", SLICE_ARG(ev->card.text));
    if (ev->kind == EV_CARD && ev->card.key == CARD_DIALECT)
        snprintf(t->dialect, sizeof t->dialect, "%.*s", SLICE_ARG(ev->card.text));
    if (ev->kind == EV_ANOMALY)
        buf_printf(&t->fields, "! row %llu line %llu: %.*s\n", (unsigned long long)ev->row,
                   (unsigned long long)ev->line, SLICE_ARG(ev->anomaly.detail));
    if (ev->kind != EV_BLOCK) told_event(&t->told, r, ev);
}

static inline void read_blocks(struct told_blocks *t, const char *name, struct slice bytes)
{
    struct arena arena;
    struct budget budget;
    bool recoded = t->recoded;
    *t = (struct told_blocks){.raw = bytes, .recoded = recoded};
    if (slice_starts(bytes, S("\xef\xbb\xbf"))) t->mark = 3;
    buf_init(&t->text, 64u << 20);
    buf_init(&t->fields, 64u << 20);
    buf_init(&t->told.text, 4u << 20);
    budget_defaults(&budget);
    arena_init(&arena, 256u << 20, 64u << 10);
    struct reading r = {.arena = &arena, .budget = &budget, .emit = see_event, .emit_ctx = t};
    uint8_t *exact = told_exact(bytes);
    t->raw.p = exact;
    assert_int_equal(reading_run(&r, slice_str(name), slice_of(exact, bytes.n), false), ST_OK);
    free(exact);
    arena_done(&arena);
}

static inline void blocks_done_with(struct told_blocks *t)
{
    buf_done(&t->text);
    buf_done(&t->fields);
    told_done(&t->told);
}

static inline void check_line(const struct told_blocks *t, const char *line)
{
    bool said = slice_has(buf_slice(&t->fields), slice_str(line));
    if (!said) print_error("no %s in\n%s\n", line, buf_text(&t->fields));
    assert_true(said);
}
#define assert_line(t, line) check_line(t, line)
