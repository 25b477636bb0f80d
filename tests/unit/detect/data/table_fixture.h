/* SPDX-License-Identifier: Apache-2.0 */
/* table_fixture.h - a judge that is told tables by hand, and an engine made of three patterns:
 *     K-xxxxxxxx   a key, sure          X-xxxxxxxx   an example of one, weak
 *     9 digits, the last of them the sum of the others modulo 10: an id, bare
 * so that the tests of the judge do not depend on what real detectors find. */
#pragma once
#include "../../test.h"
#include "base/buf.h"
#include "detect/data/data_part.h"
#include "finding/rules.h"
#include <stdio.h>

static const char *const id_words[] = {"bsn", NULL};
static const char *const no_words[] = {NULL};
static const struct detector id_detector = {"pii.nl.bsn", DETECTOR_PII, SEV_HIGH, "Test id",
                                            "NL",         id_words,     10};
static const struct detector weak_id_detector = {
    "pii.us.passport", DETECTOR_PII, SEV_MEDIUM, "Other id", "US", no_words, 0};
static const struct detector key_detector = {
    "secret.huggingface", DETECTOR_SECRET, SEV_CRITICAL, "a test key", "global", no_words, 0};
static const struct detector mail_detector = {
    "pii.email", DETECTOR_PII, SEV_MEDIUM, "an e-mail address", "global", no_words, 0};

struct hit_row {
    char rule[40], field[64], evidence[200], inner[40];
    enum severity severity;
    int64_t row, line, column, offset;
};

struct tables {
    struct arena arena;
    struct judge judge;
    struct layer layer;
    struct budget budget;
    struct reading r;
    struct hit_row *rows;
    size_t count, room, columns;
    size_t spans[3];
    enum look_kind kind; /* of the last text */
};

static inline bool is_id(struct slice s, size_t i)
{
    unsigned sum = 0;
    if (i + 9 > s.n || (i && s.p[i - 1] >= '0' && s.p[i - 1] <= '9')) return false;
    for (size_t k = 0; k < 9; k++) {
        if (s.p[i + k] < '0' || s.p[i + k] > '9') return false;
        if (k < 8) sum += (unsigned)(s.p[i + k] - '0');
    }
    bool ends = i + 9 == s.n || s.p[i + 9] < '0' || s.p[i + 9] > '9';
    return ends && sum % 10 == (unsigned)(s.p[i + 8] - '0');
}

static inline void give(const struct look_sink *sink, const struct detector *d, size_t from,
                        size_t n, enum sureness sure)
{
    struct hit hit = {d, from, from + n, sure, d->severity};
    struct look_hit h = {.hit = &hit};
    sink->on_hit(sink->ctx, &h);
}

static inline enum st fake_look(void *ctx, struct slice s, enum look_kind kind,
                                const struct look_sink *sink)
{
    struct tables *t = ctx;
    t->kind = kind;
    for (size_t i = 0; i < s.n; i++) {
        struct slice rest = slice_sub(s, i, s.n);
        if (slice_starts(rest, S("K-"))) give(sink, &key_detector, i, 10, HIT_SURE);
        if (slice_starts(rest, S("X-"))) give(sink, &key_detector, i, 10, HIT_WEAK);
        if (slice_starts(rest, S("jo@"))) give(sink, &mail_detector, i, 10, HIT_SURE);
        if (!is_id(s, i)) continue;
        give(sink, &id_detector, i, 9, HIT_BARE);
        give(sink, &weak_id_detector, i, 9, HIT_BARE);
    }
    struct look_note note = {"data.malformed", SEV_HIGH, 0, 4, "A note", S("seen")};
    struct look_note weak = note;
    weak.from = slice_find(s, S("WEAK"));
    weak.to = weak.from + 4;
    weak.severity = SEV_LOW;
    note.from = slice_find(s, S("NOTE"));
    note.to = note.from + 4;
    if (note.from != SIZE_MAX) sink->on_note(sink->ctx, &note);
    if (weak.from != SIZE_MAX) sink->on_note(sink->ctx, &weak);
    return slice_has(s, S("DEEP")) ? ST_LIMIT : slice_has(s, S("BIG")) ? ST_NOMEM : ST_OK;
}

static inline void tables_found(void *ctx, const struct finding *f)
{
    struct tables *t = ctx;
    assert_true(f->message.n > 0);
    if (t->count == t->room) {
        t->room = t->room ? 2 * t->room : 64;
        t->rows = realloc(t->rows, t->room * sizeof *t->rows);
        assert_non_null(t->rows);
    }
    struct hit_row *h = &t->rows[t->count++];
    memset(h, 0, sizeof *h);
    snprintf(h->rule, sizeof h->rule, "%s", f->rule->id);
    snprintf(h->field, sizeof h->field, "%.*s", SLICE_ARG(f->field));
    snprintf(h->evidence, sizeof h->evidence, "%.*s", SLICE_ARG(f->evidence));
    if (f->inner_count) snprintf(h->inner, sizeof h->inner, "%.*s", SLICE_ARG(f->inner[0]));
    h->severity = f->severity;
    h->row = f->row;
    h->line = f->line;
    h->column = f->column;
    h->offset = f->offset;
}

static inline void tables_span(void *ctx, const struct reading *r, const struct span *s)
{
    struct tables *t = ctx;
    (void)r;
    t->spans[s->kind]++;
}

static inline void tables_open_in(struct tables *t, const char *name, enum format f, size_t cap,
                                  size_t chunk)
{
    *t = (struct tables){.layer = {.name = slice_str(name)}};
    budget_defaults(&t->budget);
    arena_init(&t->arena, cap, chunk);
    judge_init(&t->judge, &t->arena, tables_found, t);
    t->judge.on_span = tables_span;
    t->judge.span_ctx = t;
    t->r = (struct reading){.arena = &t->arena,
                            .budget = &t->budget,
                            .emit = judge_event,
                            .emit_ctx = &t->judge,
                            .layer = &t->layer,
                            .format = f};
    struct judge_data *d = t->judge.nomem ? NULL : data_of(&t->judge);
    if (!d) return;
    d->look = fake_look;
    d->look_ctx = t;
}

static inline void tables_open(struct tables *t, const char *name, enum format f)
{
    tables_open_in(t, name, f, 256u << 20, 64u << 10);
}

static inline void tables_close(struct tables *t)
{
    free(t->rows);
    arena_done(&t->arena);
}

/* A block of lines with cells between commas. */
struct csv_block {
    struct block b;
    const struct slice *columns;
    size_t column_count;
    size_t at, line, cell; /* what was located; must not fall */
    struct block_place place;
};

static inline void csv_locate(void *ctx, size_t at, struct block_place *ret)
{
    struct csv_block *c = ctx;
    struct slice s = c->b.text;
    assert_true(at >= c->at);
    for (; c->at < at; c->at++) {
        if (s.p[c->at] == ',') c->cell = c->at + 1, c->place.column_index++;
        if (s.p[c->at] != '\n') continue;
        c->line = c->cell = c->at + 1;
        c->place.column_index = 0;
        if (c->place.row >= 0) c->place.row++;
        c->place.line++;
    }
    size_t end = c->cell;
    while (end < s.n && s.p[end] != ',' && s.p[end] != '\n') end++;
    *ret = c->place;
    ret->offset = at;
    ret->column = (int64_t)(at - c->line) + 1;
    ret->value = slice_sub(s, c->cell, end - c->cell);
    if ((size_t)ret->column_index < c->column_count) ret->field = c->columns[ret->column_index];
}

static inline void tables_block(struct tables *t, enum block_kind kind, const char *text,
                                uint64_t first_row, const struct slice *columns, size_t n)
{
    struct csv_block c = {.columns = columns, .column_count = n};
    struct slice s = slice_str(text);
    uint32_t *ends = calloc(s.n + 1, sizeof *ends);
    assert_non_null(ends);
    c.b = (struct block){.kind = kind, .text = s, .first_row = first_row, .ends = ends};
    c.place = (struct block_place){.row = kind == BLOCK_TEXT ? -1 : (int64_t)first_row, .line = 1};
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\n' || i + 1 == s.n) ends[c.b.records++] = (uint32_t)i + 1;
    c.b.locate = csv_locate;
    c.b.ctx = &c;
    tell(&t->r, &(struct event){.kind = EV_BLOCK, .block = &c.b});
    free(ends);
}

static inline void tables_begin(struct tables *t, const struct slice *columns, size_t n)
{
    struct block_table table = {.columns = columns, .column_count = n};
    t->columns = n;
    tell(&t->r, &(struct event){.kind = EV_TABLE, .table = &table});
}

static inline void tables_end(struct tables *t, uint64_t records, const uint64_t *filled)
{
    struct block_table_end end = {.records = records, .filled = filled, .columns = t->columns};
    tell(&t->r, &(struct event){.kind = EV_TABLE_END, .table_end = &end});
}

static inline size_t tables_count(const struct tables *t, const char *rule)
{
    size_t n = 0;
    for (size_t i = 0; i < t->count; i++) n += strcmp(t->rows[i].rule, rule) == 0;
    return n;
}

/* The i-th id that checks. */
static inline void make_id(char out[10], unsigned i)
{
    unsigned sum = 0;
    snprintf(out, 10, "%08u", 10000000 + i * 37199 % 89999999);
    for (unsigned k = 0; k < 8; k++) sum += (unsigned)(out[k] - '0');
    out[8] = (char)('0' + sum % 10);
    out[9] = 0;
}
