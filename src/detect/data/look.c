/* SPDX-License-Identifier: Apache-2.0 */
/* look.c - one text: the engine's pass, then what its marks ask for.
 *
 * Views of views are not followed by calls within calls: a view that has marks itself is copied and
 * waits in a list, at most DEPTH deep. Decoding shrinks (base64 by a quarter, hexadecimal by half,
 * escapes by more), so the work stays in proportion to the text; LIST_MAX bounds what may wait. */
#include "detect/data/gibberish.h"
#include "detect/data/look_part.h"
#include <stdio.h>
#include <stdlib.h>

#define DEPTH      4u
#define LIST_MAX   (8u << 20) /* bytes of views that may wait */
#define MARKS_MAX  (1u << 18)
#define NESTED_MAX 4096u
#define PIECE      (1u << 20)
#define STEP       (1u << 16) /* where somebody may have enough */
#define WHOLE_MAX  (4u << 20) /* longer texts are streamed, so that their marks fit */
#define BRIDGE     64u        /* marks that are closer than this are one */
#define AROUND     512u       /* text around an odd place that belongs to its sentence */

struct look *look_new(struct engine *e)
{
    struct look *l = e ? calloc(1, sizeof *l) : NULL;
    if (!l) return NULL;
    l->engine = e;
    l->inject = inject_new();
    l->marks = malloc(MARKS_MAX * sizeof *l->marks);
    l->nested = malloc(NESTED_MAX * sizeof *l->nested);
    arena_init(&l->views, 32u << 20, 256u << 10);
    arena_init(&l->waiting, LIST_MAX * 6, 64u << 10);
    arena_init(&l->names, 1u << 20, 4096);
    if (!l->inject || !l->marks || !l->nested) {
        look_free(l);
        return NULL;
    }
    return l;
}

void look_set_aside(struct look *l, struct aside *aside)
{
    l->aside = aside;
}

struct aside *look_aside(const struct look *l)
{
    return l->aside;
}

void look_free(struct look *l)
{
    if (!l) return;
    inject_free(l->inject);
    free(l->marks);
    free(l->nested);
    arena_done(&l->views);
    arena_done(&l->waiting);
    arena_done(&l->names);
    free(l);
}

/* Adds a mark; near ones of the same kind are one when what lies between does not matter. */
static bool keep(struct mark *marks, size_t *count, size_t max, const struct mark *m)
{
    if (m->kind == MARK_CONTROL) return true;
    if (*count) {
        struct mark *last = &marks[*count - 1];
        uint64_t bridge = m->kind == MARK_BASE64 || m->kind == MARK_HEX ? 4 : BRIDGE;
        if (last->kind == m->kind && m->from <= last->to + bridge) {
            if (m->to > last->to) last->to = m->to;
            return true;
        }
    }
    if (*count == max) return false;
    marks[(*count)++] = *m;
    return true;
}

static void on_mark(void *ctx, const struct mark *m)
{
    struct look *l = ctx;
    if (!keep(l->marks, &l->mark_count, MARKS_MAX, m)) l->skipped = true;
}

static void on_nested(void *ctx, const struct mark *m)
{
    struct look *l = ctx;
    if (!keep(l->nested, &l->nested_count, NESTED_MAX, m)) l->skipped = true;
}

static void on_hit(void *ctx, const struct hit *h)
{
    struct look *l = ctx;
    struct look_hit out = {h, slice_sub(l->text, (size_t)h->from, (size_t)(h->to - h->from)), NULL};
    if (l->sink->on_hit) l->sink->on_hit(l->sink->ctx, &out);
}

/* The byte of the whole text that byte i of the present view came from. */
static size_t place(const struct look *l, size_t i)
{
    size_t at = l->view->map[i];
    return l->source->map ? l->source->map[at] : at;
}

static bool reads_the_same(const struct look *l, struct slice seen, size_t from, size_t to)
{
    return slice_eq(seen, slice_sub(l->text, from, to - from));
}

static const char *via_of(struct look *l)
{
    if (!l->named)
        l->named = (const char *)arena_copy(&l->names, slice_of(l->via, sizeof l->via)).p;
    return l->named ? l->named : "a decoded form";
}

static void on_view_hit(void *ctx, const struct hit *h)
{
    struct look *l = ctx;
    struct hit moved = *h;
    moved.from = place(l, (size_t)h->from);
    moved.to = place(l, (size_t)h->to);
    struct slice value = slice_sub(l->view->text, (size_t)h->from, (size_t)(h->to - h->from));
    if (moved.to <= moved.from || reads_the_same(l, value, (size_t)moved.from, (size_t)moved.to))
        return;
    struct look_hit out = {&moved, value, via_of(l)};
    if (l->sink->on_hit) l->sink->on_hit(l->sink->ctx, &out);
}

static void on_view_injection(void *ctx, const struct injection *f)
{
    struct look *l = ctx;
    if (f->rotated || f->to <= f->from) return;
    struct slice seen = slice_sub(l->view->text, f->from, f->to - f->from);
    size_t from = place(l, f->from), to = place(l, f->to);
    if (!reads_the_same(l, seen, from, to)) look_injection(l, f, seen, from, to, l->via);
}

/* Where it may be odd inside: it waits for its turn. */
static void wait_for_turn(struct look *l)
{
    const struct view *v = l->view;
    if (!l->nested_count) return;
    if (l->source->depth + 1 >= DEPTH || l->waiting.used > LIST_MAX * 5) {
        l->skipped = true;
        return;
    }
    struct look_source *s = ARENA_NEW(&l->waiting, struct look_source);
    uint32_t *map = ARENA_ROOM(&l->waiting, uint32_t, v->text.n + 1);
    struct mark *marks = ARENA_ROOM(&l->waiting, struct mark, l->nested_count);
    struct slice text = arena_copy(&l->waiting, v->text);
    if (!s || !map || !marks || !text.p) {
        l->nomem = true;
        return;
    }
    for (size_t i = 0; i <= v->text.n; i++) map[i] = (uint32_t)place(l, i);
    memcpy(marks, l->nested, l->nested_count * sizeof *marks);
    *s = (struct look_source){.text = text,
                              .map = map,
                              .marks = marks,
                              .mark_count = l->nested_count,
                              .depth = l->source->depth + 1};
    memcpy(s->via, l->via, sizeof s->via);
    *l->last = s;
    l->last = &s->next;
}

static void name_view(struct look *l, enum view_kind kind)
{
    const char *outer = l->source->via;
    snprintf(l->via, sizeof l->via, "%s%s%.36s", view_name(kind), *outer ? " in " : "", outer);
}

static void on_view(void *ctx, const struct view *v)
{
    struct look *l = ctx;
    struct engine_sink sink = {on_view_hit, on_nested, l};
    bool unseen = v->kind == VIEW_TAGS || v->kind == VIEW_SELECTORS || v->kind == VIEW_ROT13;
    l->view = v;
    l->nested_count = 0;
    l->named = NULL;
    name_view(l, v->kind);
    engine_scan(l->engine, v->text, &sink);
    if (l->sink->on_view) {
        struct look_view told = {v->text, via_of(l), v->map, l->source->map};
        l->sink->on_view(l->sink->ctx, &told);
    }
    if (v->kind == VIEW_FOLDED) l->nested_count = 0;
    enum inject_kind kind = unseen                                              ? INJECT_HIDDEN
                            : v->kind == VIEW_FOLDED || v->kind >= VIEW_PERCENT ? l->inject_kind
                                                                                : INJECT_VALUE;
    inject_scan(l->inject, v->text, kind, NULL, on_view_injection, l);
    wait_for_turn(l);
    l->view = NULL;
}

static void widen(struct slice text, struct mark *m, size_t around)
{
    size_t from = m->from > around ? (size_t)m->from - around : 0;
    size_t to = text.n - m->to > around ? (size_t)m->to + around : text.n;
    size_t nl = slice_rfind_byte(slice_sub(text, from, (size_t)m->from - from), '\n');
    if (nl != SIZE_MAX) from += nl + 1;
    nl = slice_find_byte(slice_sub(text, (size_t)m->to, to - (size_t)m->to), '\n');
    if (nl != SIZE_MAX) to = (size_t)m->to + nl;
    while (from < m->from && (text.p[from] & 0xc0) == 0x80) from++;
    m->from = from;
    m->to = to;
}

static void views(struct look *l, struct mark m)
{
    if (m.kind == MARK_ESCAPES) widen(l->source->text, &m, AROUND);
    if (views_of(&l->views, l->source->text, &m, on_view, l) != ST_OK) l->nomem = true;
}

/* Folded views of neighbouring odd places are one. */
static void fold_later(struct look *l, const struct mark *m)
{
    struct mark wide = *m;
    widen(l->source->text, &wide, AROUND);
    if (l->fold.to && wide.from <= l->fold.to) {
        l->fold.to = wide.to;
        return;
    }
    if (l->fold.to) views(l, l->fold);
    l->fold = wide;
}

static void high(struct look *l, const struct mark *m)
{
    l->hidden.odd = false;
    hidden_range(&l->hidden, (size_t)m->from, (size_t)m->to);
    if (l->hidden.odd) fold_later(l, m);
}

static void on_hidden(void *ctx, const struct hidden *h)
{
    look_hidden(ctx, h);
}

static void source_marks(struct look *l, struct look_source *s)
{
    l->source = s;
    for (size_t i = 0; i < s->mark_count; i++) {
        if (s->marks[i].kind == MARK_HIGH && !s->map)
            high(l, &s->marks[i]);
        else if (s->marks[i].kind != MARK_HIGH)
            views(l, s->marks[i]);
        else
            fold_later(l, &s->marks[i]);
    }
    if (l->fold.to) views(l, l->fold);
    l->fold = (struct mark){0};
}

static void root_marks(struct look *l)
{
    struct look_source root = {.text = l->text, .marks = l->marks, .mark_count = l->mark_count};
    source_marks(l, &root);
    for (struct look_source *s = l->first; s; s = s->next) source_marks(l, s);
    l->first = NULL;
    l->last = &l->first;
    l->mark_count = 0;
    l->source = NULL;
    arena_reset(&l->waiting);
}

static void on_injection(void *ctx, const struct injection *f)
{
    struct look *l = ctx;
    struct look_source root = {.text = l->text};
    if (!f->rotated) {
        look_injection(l, f, slice_sub(l->text, f->from, f->to - f->from), f->from, f->to, NULL);
        return;
    }
    l->source = &root;
    if (view_rot13(&l->views, l->text, f->from, f->to, on_view, l) != ST_OK) l->nomem = true;
    l->source = NULL;
}

static bool enough(struct look *l)
{
    if (!l->stopped && l->sink->enough) l->stopped = l->sink->enough(l->sink->ctx);
    return l->stopped;
}

static void stream(struct look *l, const struct engine_sink *sink)
{
    struct engine_stream *s = engine_stream_new(l->engine, sink);
    if (!s) {
        l->nomem = true;
        return;
    }
    size_t step = l->sink->enough ? STEP : PIECE;
    for (size_t at = 0; at < l->text.n && !enough(l); at += step) {
        engine_feed(s, slice_sub(l->text, at, step));
        root_marks(l);
    }
    engine_finish(s);
    root_marks(l);
    engine_stream_free(s);
}

static void formula(struct look *l)
{
    struct look_note note;
    if (formula_cell(l->text, &note)) look_note(l, &note, NULL);
}

static void on_gibberish(void *ctx, size_t from, size_t to, unsigned tokens)
{
    struct look *l = ctx;
    size_t before = from > 24 ? from - 24 : 0;
    struct look_note note = {
        .rule = "data.gibberish",
        .severity = SEV_MEDIUM,
        .from = from,
        .to = to,
        .message = "Random characters between spaces: rows like this teach a model to break down "
                   "at a trigger word",
        .evidence = slice_sub(l->text, before, from - before + 72)};
    (void)tokens;
    look_note(l, &note, NULL);
}

bool look_is_format(struct slice value)
{
    return inject_is_format(value);
}

static void keep_gibberish(void *ctx, size_t from, size_t to, unsigned tokens)
{
    struct look *l = ctx;
    (void)tokens;
    if (l->gibberish_count < GIBBERISH_MAX)
        l->gibberish[l->gibberish_count] = (struct look_gibberish){from, to};
    l->gibberish_count++;
}

/* What depends on the text alone; in the other thread, if there is one. */
static void look_aside_at(void *ctx)
{
    struct look *l = ctx;
    inject_find(l->inject, l->text, &l->anchors);
    l->gibberish_count = 0;
    gibberish_scan(l->text, keep_gibberish, l);
}

/* Known: it was looked for aside. */
static void gibberish(struct look *l, bool known)
{
    if (!known || l->gibberish_count > GIBBERISH_MAX) {
        gibberish_scan(l->text, on_gibberish, l);
        return;
    }
    for (size_t i = 0; i < l->gibberish_count; i++)
        on_gibberish(l, l->gibberish[i].from, l->gibberish[i].to, 0);
}

enum st look_text(struct look *l, struct slice text, enum look_kind kind,
                  const struct look_sink *sink)
{
    struct engine_sink to_engine = {on_hit, on_mark, l, sink->armed};
    l->text = text;
    l->sink = sink;
    l->nomem = l->skipped = l->stopped = false;
    arena_reset(&l->names);
    l->last = &l->first;
    l->inject_kind = kind == LOOK_RECORDS                      ? INJECT_RECORDS
                     : kind == LOOK_PROSE || kind == LOOK_CODE ? INJECT_PROSE
                                                               : INJECT_VALUE;
    hidden_begin(&l->hidden, text, kind == LOOK_CODE, on_hidden, l);
    struct aside_job job = {.run = look_aside_at, .ctx = l};
    bool put = l->aside && sink->on_note && text.n >= ASIDE_LEAST;
    if (put) aside_do(l->aside, &job);
    if (text.n > WHOLE_MAX || (sink->enough && text.n > STEP)) {
        stream(l, &to_engine);
    } else {
        engine_scan(l->engine, text, &to_engine);
        root_marks(l);
    }
    hidden_end(&l->hidden);
    if (put) aside_wait(l->aside, &job);
    if (sink->on_note && !enough(l))
        inject_scan(l->inject, text, l->inject_kind, put ? &l->anchors : NULL, on_injection, l);
    root_marks(l);
    bool data = kind == LOOK_RECORDS || kind == LOOK_VALUE || kind == LOOK_CELL;
    if (sink->on_note && data && !enough(l)) gibberish(l, put);
    if (sink->on_note && kind == LOOK_CELL) formula(l);
    l->sink = NULL;
    return l->nomem ? ST_NOMEM : l->skipped || l->stopped ? ST_LIMIT : ST_OK;
}
