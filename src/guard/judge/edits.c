/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/judge/edits.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "codec/json.h"
#include "guard/surface/surface_walk.h"

void edits_add(struct edits *e, const struct part *part, size_t from, size_t to, struct slice with)
{
    void *list = e->list;
    struct part_edit *place = walk_more(e->arena, &list, e->count, &e->room, sizeof *place);
    e->list = list;
    e->bad |= !place || !with.p;
    if (e->bad) return;
    *place = (struct part_edit){part, from, to, with};
    e->count++;
}

struct naming {
    struct edits *edits;
    const struct part *part;
};

static void on_name(void *ctx, const struct name_found *f)
{
    struct naming *n = ctx;
    edits_add(n->edits, n->part, f->from, f->to, f->value);
}

void edits_names(struct edits *e, const struct names *names, const struct part *parts, size_t count)
{
    for (size_t i = 0; names && i < count; i++) {
        struct naming n = {e, &parts[i]};
        (void)names_scan(names, parts[i].text, 0, true, on_name, &n);
    }
}

/* ---- strings inside JSON are places in it ---- */

static const struct part *outer_of(const struct part *inner, const struct part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct part *p = &parts[i];
        if (p->flags & PART_JSON && p->coding == PART_ESCAPED && p->from <= inner->from &&
            p->to >= inner->to)
            return p;
    }
    return NULL;
}

/* From places in strings to places in the JSON around them; in order, so that nothing is walked
 * twice. */
struct moving {
    const struct part *inner, *outer;
    struct part_place in, out;
};

/* Bytes of the outer text that are written before `raw_at`. */
static size_t outer_place(struct moving *m, struct slice body, size_t raw_at)
{
    struct slice raw = slice_sub(body, m->outer->from, m->outer->to - m->outer->from);
    uint8_t bytes[4];
    raw_at -= m->outer->from;
    if (raw_at < m->out.raw) m->out = (struct part_place){0};
    while (m->out.raw < raw_at && m->out.raw < raw.n)
        m->out.text += json_char(raw, &m->out.raw, bytes);
    return m->out.text;
}

static void to_outer(struct moving *m, struct part_edit *edit, struct slice body,
                     const struct part *parts, size_t count)
{
    size_t from, to;
    if (edit->part->coding != PART_TWICE) return;
    if (m->inner != edit->part) {
        const struct part *outer = outer_of(edit->part, parts, count);
        if (outer != m->outer) m->out = (struct part_place){0};
        m->inner = edit->part;
        m->outer = outer;
        m->in = (struct part_place){0};
    }
    if (!m->outer) return;
    part_raw_next(body, edit->part, &m->in, edit->from, edit->to, &from, &to);
    edit->from = outer_place(m, body, from);
    edit->to = outer_place(m, body, to);
    edit->part = m->outer;
}

/* ---- in order, and apart from each other ---- */

static int by_place(const void *a, const void *b)
{
    const struct part_edit *x = a, *y = b;
    size_t first = x->part == y->part ? x->from : x->part->from;
    size_t second = x->part == y->part ? y->from : y->part->from;
    return (first > second) - (first < second);
}

static bool joins(struct part_edit *last, const struct part_edit *next)
{
    if (last->part != next->part || last->to <= next->from) return false;
    bool same =
        last->from == next->from && last->to == next->to && slice_eq(last->with, next->with);
    if (!same) last->with = S(REDACTED);
    if (last->to < next->to) last->to = next->to;
    return true;
}

static void join(struct edits *e)
{
    size_t kept = 0;
    for (size_t i = 0; i < e->count; i++)
        if (!kept || !joins(&e->list[kept - 1], &e->list[i])) e->list[kept++] = e->list[i];
    e->count = kept;
}

/* ---- JSON that stays JSON ---- */

/* "text" with its quotes, as a value. */
static struct slice quoted(struct arena *a, struct slice text)
{
    struct buf b;
    buf_init(&b, SIZE_MAX / 2);
    buf_byte(&b, '"');
    esc_json(&b, text);
    buf_byte(&b, '"');
    struct slice s = buf_ok(&b) ? arena_copy(a, buf_slice(&b)) : (struct slice){0};
    buf_done(&b);
    return s;
}

/* A word without quotes. What is put in has quotes of its own, so it is escaped once only. */
static void cover_bare(struct edits *e, const struct part *part, const struct inner_run *r,
                       struct edit_cover *c)
{
    struct part *once = ARENA_NEW(e->arena, struct part);
    if (!once) {
        e->bad = true;
        return;
    }
    *once = *part;
    once->flags &= ~(unsigned)PART_JSON;
    struct slice with = !r->begins ? S("") : c->written ? S("null") : quoted(e->arena, c->with);
    edits_add(e, once, r->from, r->to, with);
    c->written |= r->begins;
}

void edits_cover(struct edits *e, const struct part *part, struct edit_cover *c)
{
    struct inner_run r;
    if (!(part->flags & PART_JSON)) {
        edits_add(e, part, c->from, c->to, c->written ? S("") : c->with);
        c->written = true;
        return;
    }
    if (e->walked != part || e->walked_to > c->to) {
        e->walked = part;
        e->walked_to = 0;
        e->walked_state = c->at;
    }
    struct inner_scan s = {.text = part->text, .at = e->walked_to, .to = c->to};
    s.state = e->walked_state;
    if (s.at < c->from) {
        s.state = inner_walk(s.state, slice_sub(part->text, s.at, c->from - s.at));
        s.at = c->from;
    }
    s.goes_on = c->goes_on;
    s.taken = c->taken;
    while (!e->bad && inner_next_run(&s, &r)) {
        if (r.bare) {
            cover_bare(e, part, &r, c);
        } else {
            edits_add(e, part, r.from, r.to, c->written ? S("") : c->with);
            c->written = true;
        }
    }
    c->taken = s.taken;
    e->walked_to = s.at;
    e->walked_state = s.state;
}

void edits_settle(struct edits *e, struct slice body, const struct part *parts, size_t count)
{
    struct moving moving = {0};
    for (size_t i = 0; i < e->count; i++) to_outer(&moving, &e->list[i], body, parts, count);
    sort_items(e->list, e->count, sizeof *e->list, by_place);
    join(e);
    struct edits settled = {.arena = e->arena, .bad = e->bad};
    for (size_t i = 0; i < e->count; i++) {
        const struct part_edit *p = &e->list[i];
        struct edit_cover c = {.from = p->from, .to = p->to, .with = p->with};
        edits_cover(&settled, p->part, &c);
    }
    *e = settled;
}
