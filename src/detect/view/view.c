/* SPDX-License-Identifier: Apache-2.0 */
/* view.c - cuts what a mark covers into parts and lets the makers decode them. */
#include "detect/view/chars.h"
#include "detect/view/view_part.h"

#define STEP_MIN 16u /* a part that is given up is tried again so much later at least */

typedef size_t part_fn(struct view_out *o, struct slice source, size_t from, size_t to);

struct maker {
    struct arena *arena;
    struct slice source;
    enum view_kind kind;
    part_fn *part;
    size_t growth; /* output bytes per source byte, at most */
    bool differs;  /* only what is not the same as its source */
    view_fn *emit;
    void *ctx;
};

static bool same(const struct maker *m, const struct view_out *o, size_t from, size_t to)
{
    return o->n == to - from && !memcmp(o->p, slice_sub(m->source, from, o->n).p, o->n);
}

static void send(const struct maker *m, struct view_out *o, size_t from, size_t end)
{
    bool unseen = m->kind == VIEW_TAGS || m->kind == VIEW_SELECTORS;
    struct view v = {m->kind, slice_of(o->p, o->n), o->map};
    o->map[o->n] = (uint32_t)end;
    if (!o->n || (m->differs && same(m, o, from, end))) return;
    if (!unseen || view_is_text(v.text)) m->emit(m->ctx, &v);
}

static enum st make(const struct maker *m, size_t from, size_t to)
{
    struct arena_mark mark = arena_mark(m->arena);
    size_t most = to - from > VIEW_CHUNK ? VIEW_CHUNK : to - from;
    struct view_out o = {.room = most * m->growth + 128};
    o.p = ARENA_ROOM(m->arena, uint8_t, o.room);
    o.map = ARENA_ROOM(m->arena, uint32_t, o.room + 1);
    bool ok = o.p && o.map;
    while (ok && from < to) {
        size_t part_to = to - from > VIEW_CHUNK ? from + VIEW_CHUNK : to;
        o.n = 0;
        size_t end = m->part(&o, m->source, from, part_to);
        send(m, &o, from, end);
        if (end >= to) break;
        bool whole = end == part_to && end - from > VIEW_OVERLAP;
        if (end < from + STEP_MIN) end = from + STEP_MIN;
        from = whole ? end - VIEW_OVERLAP : end;
    }
    arena_rewind(m->arena, mark);
    return ok ? ST_OK : ST_NOMEM;
}

/* Which of the invisible alphabets occur? */
static void find_unseen(struct slice s, size_t from, size_t to, bool *ret_tags, bool *ret_bytes)
{
    struct slice part = slice_sub(s, from, to - from);
    size_t first = slice_find_byte(part, 0xf3); /* all of them begin with it */
    part = slice_sub(part, first, part.n);
    *ret_tags = slice_has(part, S("\xf3\xa0\x81")) || slice_has(part, S("\xf3\xa0\x80"));
    *ret_bytes = slice_has(part, S("\xf3\xa0\x84")) || slice_has(part, S("\xf3\xa0\x85"));
}

static enum st make_folded(struct maker *m, size_t from, size_t to)
{
    bool tags, bytes;
    find_unseen(m->source, from, to, &tags, &bytes);
    m->kind = VIEW_FOLDED;
    m->part = fold_part;
    m->growth = 4;
    m->differs = true;
    enum st st = make(m, from, to);
    if (st == ST_OK && tags) {
        m->kind = VIEW_TAGS;
        m->part = tags_part;
        st = make(m, from, to);
    }
    if (st == ST_OK && bytes) {
        m->kind = VIEW_SELECTORS;
        m->part = selectors_part;
        st = make(m, from, to);
    }
    return st;
}

static enum st make_decoded(struct maker *m, enum view_kind kind, part_fn *part, size_t from,
                            size_t to)
{
    m->kind = kind;
    m->part = part;
    m->growth = 2;
    return make(m, from, to);
}

enum st views_of(struct arena *a, struct slice source, const struct mark *mark, view_fn *emit,
                 void *ctx)
{
    struct maker m = {.arena = a, .source = source, .emit = emit, .ctx = ctx};
    size_t from = (size_t)mark->from, to = mark->to < source.n ? (size_t)mark->to : source.n;
    if (from >= to || source.n > UINT32_MAX) return ST_OK;
    enum view_kind kind;
    switch (mark->kind) {
    case MARK_HIGH: return make_folded(&m, from, to);
    case MARK_HEX: return make_decoded(&m, VIEW_HEX, hex_part, from, to);
    case MARK_BASE64: return make_decoded(&m, VIEW_BASE64, base64_part, from, to);
    case MARK_ESCAPES:
        if (!escapes_kind(source, from, to, &kind)) return ST_OK;
        return make_decoded(&m, kind, escapes_part, from, to);
    default: return ST_OK;
    }
}

enum st view_rot13(struct arena *a, struct slice source, size_t from, size_t to, view_fn *emit,
                   void *ctx)
{
    struct maker m = {.arena = a, .source = source, .emit = emit, .ctx = ctx};
    return make_decoded(&m, VIEW_ROT13, rot13_part, from, to < source.n ? to : source.n);
}

const char *view_name(enum view_kind kind)
{
    static const char *const names[] = {
        "folded letters", "tag characters", "variation selectors",
        "base64",         "hexadecimal",    "percent escapes",
        "escapes",        "entities",       "rot13",
    };
    return names[kind];
}
