/* SPDX-License-Identifier: Apache-2.0 */
#include "read/text/blocks.h"
#include "base/ascii.h"
#include "read/text/bits.h"

#define RECORDS_FIRST ((size_t)256)
#define RECORDS_MOST  ((size_t)128 << 10)
#define SPARE         ((size_t)64)  /* room behind rendered text */
#define BORDER        ((size_t)256) /* a part begins at a border of words, if one is so near */

void blocks_init(struct blocks *b, struct source *source, const struct blocks_shape *shape,
                 void *ctx)
{
    *b = (struct blocks){.source = source, .shape = shape, .ctx = ctx};
    b->line.number = 1;
}

/* ---- lines ---- */

static void line_to(const struct source *s, struct blocks_line *line, size_t at)
{
    if (at <= line->at) return;
    line->number += count_lines(s->text, line->at, at, &line->begin);
    line->at = at;
}

uint64_t blocks_line_of(const struct source *s, struct blocks_line *line, size_t at)
{
    line_to(s, line, at);
    return line->number;
}

/* ---- raw and text ---- */

static void copy(uint8_t *out, struct slice s)
{
    if (s.n) memcpy(out, s.p, s.n);
}

/* On to the first byte of which either index has reached its goal. */
static void walk_on(const struct blocks *b, struct blocks_walk *w, size_t raw_goal,
                    size_t text_goal)
{
    struct slice raw = b->raw;
    while (w->raw < raw_goal && w->text < text_goal) {
        size_t odd = b->shape->escape(b->ctx, raw, w->raw, &w->state);
        size_t plain = odd - w->raw;
        if (plain > raw_goal - w->raw) plain = raw_goal - w->raw;
        if (plain > text_goal - w->text) plain = text_goal - w->text;
        w->raw += plain;
        w->text += plain;
        if (w->raw != odd || w->raw >= raw_goal || w->text >= text_goal) return;
        uint8_t bytes[4];
        size_t n = 0, taken = b->shape->resolve(b->ctx, raw, odd, bytes, &n);
        if (taken > raw_goal - odd || n > text_goal - w->text) return; /* inside the escape */
        w->raw += taken;
        w->text += n;
    }
}

/* Past escapes that say nothing. */
static void walk_past_nothing(const struct blocks *b, struct blocks_walk *w)
{
    while (w->raw < b->raw.n) {
        uint8_t bytes[4];
        size_t n = 0;
        if (b->shape->escape(b->ctx, b->raw, w->raw, &w->state) != w->raw) return;
        size_t taken = b->shape->resolve(b->ctx, b->raw, w->raw, bytes, &n);
        if (n) return;
        w->raw += taken;
    }
}

static size_t raw_at(struct blocks *b, size_t at)
{
    if (!b->rendered) return at;
    if (at < b->walk.text) b->walk = b->walk_before;
    if (at < b->walk.text) b->walk = (struct blocks_walk){0};
    b->walk_before = b->walk;
    walk_on(b, &b->walk, b->raw.n, at);
    walk_past_nothing(b, &b->walk);
    return b->walk.raw;
}

static size_t text_at(struct blocks *b, size_t raw)
{
    if (!b->rendered) return raw;
    if (raw < b->value_walk.raw) b->value_walk = (struct blocks_walk){0};
    walk_on(b, &b->value_walk, raw, SIZE_MAX);
    return b->value_walk.text;
}

static bool make_buffer(struct blocks *b, size_t n)
{
    if (b->buffer_n >= n) return true;
    size_t room = b->source->text.n < BLOCK_LONG ? b->source->text.n : BLOCK_LONG;
    room += SPARE;
    if (room < n) room = n;
    b->buffer = ARENA_ARRAY(b->source->r->arena, uint8_t, room);
    b->buffer_n = b->buffer ? room : 0;
    if (!b->buffer) b->st = ST_NOMEM;
    return b->buffer != NULL;
}

/* A record ends between escapes, so that each can be resolved for itself. */
static struct slice render_fast(struct blocks *b)
{
    size_t from = 0, made = 0;
    for (size_t i = 0; i <= b->records; i++) {
        size_t to = i < b->records ? b->ends[i] : b->raw.n;
        made += b->shape->render(b->raw, from, to, &b->buffer[made]);
        if (i < b->records) b->text_ends[i] = (uint32_t)made;
        from = to;
    }
    return slice_of(b->buffer, made);
}

/* Up to raw[to): as it lies; the records that end there are placed. */
static size_t render_plain(struct blocks *b, struct blocks_walk *w, size_t to, size_t record)
{
    for (; record < b->records && b->ends[record] <= to; record++) {
        size_t behind = b->ends[record] > w->raw ? b->ends[record] - w->raw : 0;
        b->text_ends[record] = (uint32_t)(w->text + behind);
    }
    copy(&b->buffer[w->text], slice_sub(b->raw, w->raw, to - w->raw));
    w->text += to - w->raw;
    w->raw = to;
    return record;
}

/* From escape to escape: most records have none. */
static struct slice render_slow(struct blocks *b)
{
    struct blocks_walk w = {0};
    size_t record = 0;
    while (w.raw < b->raw.n) {
        uint8_t bytes[4];
        size_t n = 0, odd = b->shape->escape(b->ctx, b->raw, w.raw, &w.state);
        record = render_plain(b, &w, odd, record);
        if (odd == b->raw.n) break;
        w.raw += b->shape->resolve(b->ctx, b->raw, odd, bytes, &n);
        copy(&b->buffer[w.text], slice_of(bytes, n));
        w.text += n;
    }
    for (; record < b->records; record++) b->text_ends[record] = (uint32_t)w.text;
    return slice_of(b->buffer, w.text);
}

/* The text with its escapes resolved, and where the records end in it. */
static struct slice render(struct blocks *b)
{
    if (!make_buffer(b, b->raw.n + SPARE)) return (struct slice){0};
    return b->shape->render ? render_fast(b) : render_slow(b);
}

/* ---- places ---- */

/* The record that holds raw[at] of the block, or the next one. */
static void find_record(struct blocks *b, size_t at)
{
    if (b->index && b->index <= b->records && at < b->ends[b->index - 1]) b->index = 0;
    while (b->index < b->records && b->ends[b->index] <= at) {
        size_t step = 1, low = b->index;
        while (low + step < b->records && b->ends[low + step] <= at) step *= 2;
        b->index = low + step / 2 + 1;
        if (step == 1) b->index = low + 1;
    }
}

static struct blocks_at where_is(struct blocks *b, size_t at)
{
    struct blocks_at w = {.at = b->from + at, .limit = b->from + b->raw.n, .row = -1};
    find_record(b, at);
    bool in_part = b->index >= b->records && b->part && b->from + at >= b->part_from;
    bool in_record = b->index < b->records && at >= b->starts[b->index];
    w.part = b->part && b->index == 0;
    w.record = in_record ? b->from + b->starts[b->index] : b->where.begin;
    if (w.part) w.record = b->part_from;
    if (in_record || in_part) w.row = (int64_t)(b->rows + b->index);
    return w;
}

static void locate_value(struct blocks *b, size_t from, size_t to, struct slice text,
                         struct block_place *ret)
{
    ret->value = slice_sub(text, 0, 0);
    if (from < b->from) from = b->from;
    if (to > b->from + b->raw.n) to = b->from + b->raw.n;
    if (from >= to) return;
    if (b->value_from != from || b->value_to != to) {
        size_t begin = text_at(b, from - b->from), end = text_at(b, to - b->from);
        b->value = slice_sub(text, begin, end - begin);
        b->value_from = from;
        b->value_to = to;
    }
    ret->value = b->value;
}

/* Lines are counted only when somebody asks. */
static void lines_to_block(struct blocks *b)
{
    while (b->line.at < b->from) {
        size_t at = b->line.at, to = b->from - at > BLOCK_WANTED ? at + BLOCK_WANTED : b->from;
        line_to(b->source, &b->line, to);
        source_release(b->source, at, to);
    }
}

static void locate(void *ctx, size_t at, struct block_place *ret)
{
    struct blocks *b = ctx;
    size_t raw = raw_at(b, at), from = 0, to = 0;
    struct slice text = b->rendered ? slice_of(b->buffer, b->buffer_n) : b->raw;
    *ret = (struct block_place){.row = -1, .column_index = -1};
    if (b->line.at < b->from) lines_to_block(b);
    if (b->where.number == 0 || b->from + raw < b->where.begin) b->where = b->line;
    line_to(b->source, &b->where, b->from + raw);
    struct blocks_at where = where_is(b, raw);
    ret->offset = source_offset(b->source, b->from + raw);
    ret->line = (int64_t)b->where.number;
    ret->column = (int64_t)(b->from + raw - b->where.begin + 1);
    ret->row = where.row;
    if (b->shape->place) b->shape->place(b->ctx, &where, ret, &from, &to);
    locate_value(b, from, to, text, ret);
}

/* Within a record no line has to be known. */
static void locate_in_record(void *ctx, size_t at, struct block_place *ret)
{
    struct blocks *b = ctx;
    size_t raw = raw_at(b, at), from = 0, to = 0;
    find_record(b, raw);
    if (b->index >= b->records || raw < b->starts[b->index]) {
        locate(ctx, at, ret);
        return;
    }
    struct slice text = b->rendered ? slice_of(b->buffer, b->buffer_n) : b->raw;
    struct blocks_at where = where_is(b, raw);
    *ret = (struct block_place){.offset = source_offset(b->source, b->from + raw),
                                .row = where.row,
                                .line = -1,
                                .column = -1,
                                .column_index = -1};
    if (b->shape->place) b->shape->place(b->ctx, &where, ret, &from, &to);
    locate_value(b, from, to, text, ret);
}

/* ---- telling ---- */

static void tell_block(struct blocks *b, size_t to)
{
    static const uint32_t none[1]; /* only columns and prose have no `ends` at all */
    b->raw = slice_sub(b->source->text, b->from, to - b->from);
    bool verbatim = b->source->r->rows; /* whoever signs or compares records wants their bytes */
    b->rendered = b->shape->escape && b->escaped > b->from && !verbatim;
    struct block block = {.kind = b->shape->kind,
                          .text = b->rendered ? render(b) : b->raw,
                          .first_row = b->rows,
                          .ends = b->rendered ? b->text_ends : b->ends,
                          .starts = b->rendered ? NULL : b->starts,
                          .begins = b->part && b->part_from > b->from ? b->part_from - b->from : 0,
                          .records = b->records,
                          .part = b->part,
                          .rendered = b->rendered,
                          .locate = locate,
                          .locate_value = locate_in_record,
                          .ctx = b};
    if (b->st != ST_OK) return;
    if (block.kind == BLOCK_RECORDS && !b->records) block.ends = block.starts = none;
    b->walk = b->walk_before = b->value_walk = (struct blocks_walk){0};
    if (b->rendered) walk_on(b, &b->walk, b->seen, SIZE_MAX);
    block.seen = b->rendered ? b->walk.text : b->seen;
    b->walk = (struct blocks_walk){0};
    b->where = (struct blocks_line){0};
    b->index = 0;
    b->value_from = b->value_to = 0;
    tell(b->source->r, &(struct event){.kind = EV_BLOCK,
                                       .offset = source_offset(b->source, b->from),
                                       .block = &block});
}

/* Begin a block at `next`; the pages before are not needed any more. */
static void begin(struct blocks *b, size_t next, size_t to)
{
    source_release(b->source, b->from, next);
    b->rows += b->records;
    b->records = 0;
    b->from = next;
    b->seen = to - next;
    b->part = false;
}

static bool word_byte(uint8_t c)
{
    return c >= 0x80 || ascii_alnum(c);
}

/* Where a block may begin that shares the bytes before `to` with the last one. */
static size_t shared(const struct blocks *b, size_t to)
{
    if (to - b->from <= 2 * BLOCK_SEEN) return to;
    size_t first = to - BLOCK_SEEN;
    for (size_t at = first; at < first + BORDER; at++)
        if (!word_byte(b->source->text.p[at - 1])) return at;
    return first;
}

static bool flush(struct blocks *b, size_t to, size_t next)
{
    if (to > b->from + b->seen || b->records) {
        if (!budget_work(b->source->r->budget, 1 + (to - b->from) / 256)) b->st = ST_LIMIT;
        if (b->st == ST_OK) tell_block(b, to);
    }
    begin(b, next, to);
    return b->st == ST_OK;
}

static uint32_t *grown(struct blocks *b, const uint32_t *old, size_t room)
{
    uint32_t *p = ARENA_ARRAY(b->source->r->arena, uint32_t, room);
    if (!p)
        b->st = ST_NOMEM;
    else if (b->records)
        memcpy(p, old, b->records * sizeof *p);
    return p;
}

static bool make_room(struct blocks *b)
{
    if (b->records < b->room) return true;
    size_t room = b->room ? b->room * 2 : RECORDS_FIRST;
    uint32_t *starts = grown(b, b->starts, room), *ends = grown(b, b->ends, room),
             *text_ends = grown(b, b->text_ends, room);
    if (!starts || !ends || !text_ends) return false;
    b->starts = starts;
    b->ends = ends;
    b->text_ends = text_ends;
    b->room = room;
    return true;
}

bool blocks_record(struct blocks *b, size_t from, size_t to)
{
    if (!make_room(b)) return false;
    b->starts[b->records] = from > b->from ? (uint32_t)(from - b->from) : 0;
    b->ends[b->records++] = (uint32_t)(to - b->from);
    if (to - b->from < BLOCK_WANTED && b->records < RECORDS_MOST) return true;
    return flush(b, to, to);
}

bool blocks_passed(struct blocks *b, size_t upto, size_t record)
{
    if (b->st != ST_OK) return false;
    if (upto - b->from < BLOCK_LONG) return true;
    if (b->records) {
        size_t to = b->from + b->ends[b->records - 1];
        return flush(b, to, to);
    }
    bool ok;
    if (!b->part) b->part_from = record;
    b->part = record != SIZE_MAX;
    ok = flush(b, upto, shared(b, upto));
    b->part = record != SIZE_MAX;
    return ok;
}

bool blocks_cut(struct blocks *b, size_t upto)
{
    return upto <= b->from || flush(b, upto, shared(b, upto));
}

enum st blocks_done(struct blocks *b)
{
    if (b->st == ST_OK) (void)flush(b, b->source->text.n, b->source->text.n);
    return b->st;
}
