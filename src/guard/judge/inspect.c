/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.c - part by part, check by check. */
#include "guard/judge/inspect.h"
#include "base/host.h"
#include "base/st.h"
#include "detect/data/look.h"
#include "detect/engine/detector.h"
#include "guard/judge/inspect_part.h"
#include "guard/judge/joined.h"
#include "guard/judge/schema.h"
#include <stdlib.h>

#define ALLOWED_MOST 64u
#define ARENA_MOST   (64u << 20)
#define ARENA_CHUNK  (128u << 10)
#define PARTS_MOST   UINT16_MAX
#define PART_JOINED  UINT16_MAX /* the number of no part: a match in several */

struct inspect {
    struct engine *engine;
    struct look *look;
    struct arena arena;
    /* of the part in hand */
    const struct guard_checks *checks;
    const struct inspect_in *in;
    struct inspect_out *out;
    const struct part *part;
    uint16_t which;               /* its number, or PART_JOINED */
    const struct joined *joined;  /* PART_JOINED: the text in hand */
    const struct look_view *view; /* NULL: the text itself */
    bool only_decoded, instructions;
    struct literals_scan literals;
    struct leak_scan leak;
    struct {
        size_t from, to;
    } allowed[ALLOWED_MOST];
    size_t allowed_count;
};

struct inspect *inspect_new(void)
{
    struct inspect *i = calloc(1, sizeof *i);
    if (!i) return NULL;
    arena_init(&i->arena, ARENA_MOST, ARENA_CHUNK);
    i->engine = engine_new();
    i->look = look_new(i->engine);
    if (i->engine && i->look) return i;
    inspect_free(i);
    return NULL;
}

void inspect_free(struct inspect *i)
{
    if (!i) return;
    look_free(i->look);
    engine_free(i->engine);
    arena_done(&i->arena);
    free(i);
}

struct arena *inspect_arena(struct inspect *i)
{
    arena_reset(&i->arena);
    return &i->arena;
}

struct engine *inspect_engine(struct inspect *i)
{
    return i->engine;
}

static struct guard_match match_at(const struct inspect *i, size_t from, size_t to)
{
    return (struct guard_match){.part = i->which, .from = from, .to = to};
}

/* Bytes of the text that bytes [from, to) of the view in hand came from. */
static void back_to_text(const struct inspect *i, struct guard_match *m)
{
    if (!i->view) return;
    match_seen_in(m, i->view->via);
    m->from = look_view_place(i->view, m->from);
    m->to = look_view_place(i->view, m->to);
}

/* Of several parts read as one: what lies in one of them was seen there. */
static void add(struct inspect *i, enum guard_check check, const struct guard_match *m)
{
    if (i->joined && joined_in_one(i->joined, m->from, m->to)) return;
    match_add(i->out, check, m);
}

/* ---- what the engine says ---- */

static void on_hit(void *ctx, const struct look_hit *h)
{
    struct inspect *i = ctx;
    if (h->hit->sureness == HIT_BARE || (i->only_decoded && !h->via)) return;
    struct guard_match m = match_at(i, (size_t)h->hit->from, (size_t)h->hit->to);
    m.rule = rule_find(slice_str(h->hit->detector->id));
    m.severity = h->hit->severity;
    m.weak = h->hit->sureness == HIT_WEAK;
    match_seen_in(&m, h->via);
    if (m.rule) add(i, CHECK_TEXT, &m);
}

static void on_note(void *ctx, const struct look_note *n)
{
    struct inspect *i = ctx;
    struct slice id = slice_str(n->rule);
    bool hidden = slice_starts(id, S("data.hidden"));
    if (!hidden && !(i->instructions && slice_starts(id, S("inject.")))) return;
    if (n->unless_format && look_is_format(i->part->text)) return;
    struct guard_match m = match_at(i, (size_t)n->from, (size_t)n->to);
    m.rule = rule_find(id);
    m.severity = n->severity;
    m.message = n->message;
    match_seen_in(&m, n->via);
    if (m.rule) add(i, CHECK_TEXT, &m);
}

static bool no_evidence(void *ctx, const char *rule, enum severity s)
{
    (void)ctx;
    (void)rule;
    (void)s;
    return false;
}

/* ---- literals, the prompt: of the text and of its views ---- */

static void on_literal(void *ctx, const struct literal_found *f)
{
    struct inspect *i = ctx;
    struct guard_match m = match_at(i, (size_t)f->from, (size_t)f->to);
    if (match_of_literal(f, &m)) {
        if (f->kind == LITERAL_CANARY && i->part->role == PART_SYSTEM) return;
        back_to_text(i, &m);
        add(i, CHECK_LITERALS, &m);
    } else if (!i->view && i->allowed_count < ALLOWED_MOST) {
        i->allowed[i->allowed_count].from = m.from;
        i->allowed[i->allowed_count++].to = m.to;
    }
}

static void on_leak(void *ctx, const struct leak_found *f)
{
    struct inspect *i = ctx;
    struct guard_match m = match_at(i, (size_t)f->from, (size_t)f->to);
    m.rule = match_rule("leak.system-prompt");
    m.severity = m.rule->severity;
    match_seen_in(&m, f->rotated ? "rot13" : NULL);
    back_to_text(i, &m);
    add(i, CHECK_LEAK, &m);
}

static void own_words(struct inspect *i, struct slice text)
{
    if (!i->checks->off[CHECK_LITERALS]) {
        literals_begin(&i->literals, i->checks->literals);
        literals_feed(&i->literals, text, 0, on_literal, i);
        literals_end(&i->literals, on_literal, i);
    }
    if (i->in->answer && i->in->prompt && !i->checks->off[CHECK_LEAK]) {
        leak_begin(&i->leak, i->in->prompt);
        leak_feed(&i->leak, text, 0, on_leak, i);
        leak_end(&i->leak, on_leak, i);
    }
}

static void on_view(void *ctx, const struct look_view *v)
{
    struct inspect *i = ctx;
    i->view = v;
    own_words(i, v->text);
    i->view = NULL;
}

static void on_link(void *ctx, const struct link_found *f)
{
    struct inspect *i = ctx;
    struct guard_match m = match_at(i, f->from, f->to);
    m.rule = match_rule(link_rule(f->fault));
    m.severity = m.rule->severity;
    add(i, CHECK_LINKS, &m);
}

/* ---- one part ---- */

static bool is_data(const struct part *p)
{
    return p->role == PART_TOOL || p->channel == PART_TOOL_RESULT || p->channel == PART_DOCUMENT ||
           p->channel == PART_DATA_URI;
}

/* The deadline is over, or there is no room for what else there is. */
static bool enough(void *ctx)
{
    struct inspect *i = ctx;
    if (i->out->unscanned[CHECK_TEXT] & UNSCANNED_MATCHES) return true;
    if (!i->in->deadline || host_now_ns() < i->in->deadline) return false;
    i->out->unscanned[CHECK_TEXT] |= UNSCANNED_DEADLINE;
    return true;
}

static void look_at(struct inspect *i)
{
    const struct part *p = i->part;
    struct look_sink sink = {.on_hit = on_hit,
                             .on_note = on_note,
                             .ctx = i,
                             .wanted = no_evidence,
                             .on_view = on_view,
                             .enough = enough};
    i->instructions = p->role == PART_USER || is_data(p);
    enum st st = look_text(i->look, p->text, is_data(p) ? LOOK_VALUE : LOOK_PROSE, &sink);
    unsigned late = i->out->unscanned[CHECK_TEXT] & (UNSCANNED_DEADLINE | UNSCANNED_MATCHES);
    if (st == ST_LIMIT && !late) i->out->unscanned[CHECK_TEXT] |= UNSCANNED_NESTED;
    if (st != ST_OK && st != ST_LIMIT) i->out->unscanned[CHECK_TEXT] |= UNSCANNED_MEMORY;
}

static bool is_late(struct inspect *i, enum guard_check check)
{
    if (i->checks->off[check]) return true;
    if (!i->in->deadline || host_now_ns() < i->in->deadline) return false;
    i->out->unscanned[check] |= UNSCANNED_DEADLINE;
    return true;
}

static void one_part(struct inspect *i)
{
    const struct part *p = i->part;
    if (p->flags & PART_OPAQUE) i->out->unscanned[CHECK_TEXT] |= UNSCANNED_OPAQUE;
    if (!p->text.n) return;
    i->allowed_count = 0;
    if (!is_late(i, CHECK_LITERALS)) own_words(i, p->text);
    if (i->in->answer && !is_late(i, CHECK_LINKS))
        (void)links_scan(&i->checks->links, p->text, 0, true, on_link, i);
    if (i->in->answer && i->checks->schema && p->channel == PART_TEXT &&
        !is_late(i, CHECK_SCHEMA) && !schema_fits(i->checks->schema, p->text)) {
        struct guard_match m = match_at(i, 0, p->text.n);
        m.rule = match_rule("answer.schema");
        m.severity = m.rule->severity;
        add(i, CHECK_SCHEMA, &m);
    }
    if (!is_late(i, CHECK_TEXT)) look_at(i);
    for (size_t k = 0; k < i->allowed_count; k++)
        matches_allow(i->out, i->which, i->allowed[k].from, i->allowed[k].to);
}

/* ---- several parts ---- */

/* A match in a joined text is one in each part that it touches. */
static void share(struct inspect *i, const struct joined *j, const struct guard_match *m)
{
    struct guard_match piece = *m;
    for (size_t k = 0; k < j->count; k++) {
        const struct seam *s = &j->seams[k];
        if (m->to <= s->at || m->from >= s->at + s->n) continue;
        size_t from = m->from > s->at ? m->from - s->at : 0;
        size_t to = m->to < s->at + s->n ? m->to - s->at : s->n;
        piece.part = s->part;
        piece.from = s->from + from;
        piece.to = s->from + to;
        match_seen_in(&piece, "joined parts");
        match_add(i->out, CHECK_TEXT, &piece);
    }
}

static void one_joined(struct inspect *i, const struct joined *j)
{
    struct inspect_out *out = i->out;
    i->part = &j->part;
    i->joined = j;
    i->which = PART_JOINED;
    i->allowed_count = 0;
    if (!is_late(i, CHECK_LITERALS)) own_words(i, j->part.text);
    if (!is_late(i, CHECK_TEXT)) look_at(i);
    for (size_t k = 0; k < i->allowed_count; k++)
        matches_allow(out, PART_JOINED, i->allowed[k].from, i->allowed[k].to);
    i->joined = NULL;
    size_t kept = 0, found = out->count;
    for (size_t k = 0; k < found; k++)
        if (out->list[k].part == PART_JOINED) share(i, j, &out->list[k]);
    for (size_t k = 0; k < out->count; k++)
        if (out->list[k].part != PART_JOINED) out->list[kept++] = out->list[k];
    out->count = kept;
}

static void joined_parts(struct inspect *i, struct joined_walk w)
{
    struct joined j;
    struct arena_mark mark = arena_mark(&i->arena);
    enum joined_step step;
    w.parts = i->in->parts;
    w.count = i->in->count;
    while ((step = joined_next(&w, &i->arena, &j)) == JOINED_TEXT) {
        one_joined(i, &j);
        arena_rewind(&i->arena, mark);
    }
    if (step == JOINED_NOMEM) i->out->unscanned[CHECK_TEXT] |= UNSCANNED_MEMORY;
}

static void begin(struct inspect *i, const struct guard_checks *checks, const struct inspect_in *in,
                  struct inspect_out *out)
{
    i->checks = checks;
    i->in = in;
    i->out = out;
    i->view = NULL;
    i->only_decoded = false;
    out->count = 0;
    memset(out->unscanned, 0, sizeof out->unscanned);
}

void inspect_parts(struct inspect *i, const struct guard_checks *checks,
                   const struct inspect_in *in, struct inspect_out *out)
{
    begin(i, checks, in, out);
    if (in->count > PARTS_MOST)
        for (size_t c = 0; c < CHECKS; c++) out->unscanned[c] |= UNSCANNED_MATCHES;
    for (size_t k = 0; k < in->count && k < PARTS_MOST; k++) {
        i->part = &in->parts[k];
        i->which = (uint16_t)k;
        one_part(i);
    }
    joined_parts(i, (struct joined_walk){.between = S("")});
    joined_parts(i, (struct joined_walk){.between = S("\n")});
    joined_parts(i, (struct joined_walk){.grows = true});
    matches_sort(out);
}

void inspect_decoded(struct inspect *i, const struct guard_checks *checks,
                     const struct inspect_in *in, const struct part *part, struct inspect_out *out)
{
    begin(i, checks, in, out);
    i->part = part;
    i->which = 0;
    i->only_decoded = true;
    i->allowed_count = 0;
    if (!checks->off[CHECK_TEXT]) look_at(i);
    matches_sort(out);
}

struct leak_index *inspect_prompt(struct arena *a, const struct part *parts, size_t count)
{
    size_t bytes = 0;
    for (size_t k = 0; k < count; k++)
        if (parts[k].role == PART_SYSTEM) bytes += parts[k].text.n;
    struct leak_index *x = bytes ? leak_index_new(a, bytes) : NULL;
    for (size_t k = 0; x && k < count; k++)
        if (parts[k].role == PART_SYSTEM) leak_index_add(x, parts[k].text);
    return x;
}
