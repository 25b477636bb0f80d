/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/edits.h"
#include "base/utf8.h"
#include "codec/json.h"
#include "guard/surface_walk.h"

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

/* Bytes of the text that the first `n` bytes of the raw string write. */
static size_t decoded(struct slice raw, size_t n)
{
    uint8_t bytes[4];
    size_t at = 0, text = 0;
    while (at < n && at < raw.n) text += json_char(raw, &at, bytes);
    return text;
}

static void to_outer(struct part_edit *edit, struct slice body, const struct part *parts,
                     size_t count)
{
    size_t from, to;
    const struct part *outer =
        edit->part->coding == PART_TWICE ? outer_of(edit->part, parts, count) : NULL;
    if (!outer) return;
    part_raw_range(body, edit->part, edit->from, edit->to, &from, &to);
    struct slice raw = slice_sub(body, outer->from, outer->to - outer->from);
    edit->from = decoded(raw, from - outer->from);
    edit->to = decoded(raw, to - outer->from);
    edit->part = outer;
}

/* ---- in order, and apart from each other ---- */

static bool before(const struct part_edit *a, const struct part_edit *b)
{
    if (a->part != b->part) return a->part->from < b->part->from;
    return a->from < b->from;
}

static void sort(struct edits *e)
{
    for (size_t i = 1; i < e->count; i++) {
        struct part_edit edit = e->list[i];
        size_t at = i;
        for (; at > 0 && before(&edit, &e->list[at - 1]); at--) e->list[at] = e->list[at - 1];
        e->list[at] = edit;
    }
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
    struct inner_scan s = {.text = part->text, .at = c->from, .to = c->to};
    s.state = inner_walk(c->at, slice_sub(part->text, 0, c->from));
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
}

void edits_settle(struct edits *e, struct slice body, const struct part *parts, size_t count)
{
    for (size_t i = 0; i < e->count; i++) to_outer(&e->list[i], body, parts, count);
    sort(e);
    join(e);
    struct edits settled = {.arena = e->arena, .bad = e->bad};
    for (size_t i = 0; i < e->count; i++) {
        const struct part_edit *p = &e->list[i];
        struct edit_cover c = {.from = p->from, .to = p->to, .with = p->with};
        edits_cover(&settled, p->part, &c);
    }
    *e = settled;
}
