/* SPDX-License-Identifier: Apache-2.0 */
/* stream_send.c - events that wait, and leave. What is not changed is not read again. */
#include "guard/screen/stream_part.h"
#include <stdlib.h>

#define FIFO_FIRST 16u
#define ROOM_KEPT  (64u << 10)

void *fifo_at(const struct fifo *f, size_t i)
{
    return f->list + (f->first + i) * f->size;
}

void *fifo_push(struct fifo *f)
{
    if (f->first + f->count == f->room && f->first > f->room / 2) {
        memmove(f->list, fifo_at(f, 0), f->count * f->size);
        f->first = 0;
    }
    if (f->first + f->count == f->room) {
        size_t room = f->room ? 2 * f->room : FIFO_FIRST;
        uint8_t *more = realloc(f->list, room * f->size);
        if (!more) return NULL;
        f->list = more;
        f->room = room;
    }
    return fifo_at(f, f->count++);
}

void fifo_pop(struct fifo *f, size_t count)
{
    f->first += count;
    f->count -= count;
    if (!f->count) f->first = 0;
}

/* ---- may it leave? ---- */

static bool is_free(const struct guard_stream *s, size_t first, size_t pieces, bool *ret_edits)
{
    for (size_t i = first; i < first + pieces; i++) {
        const struct piece *p = fifo_at(&s->pieces, i);
        const struct flow *f = s->flows[p->flow];
        if (p->from + p->n > f->safe) return false;
        *ret_edits |= f->edits.count > 0;
    }
    return true;
}

static struct sent sent_so_far(const struct surface_stream *st)
{
    return (struct sent){st->sequence, st->outputs, st->ended, st->opened, st->begun, st->open};
}

/* ---- changed ---- */

/* What touches this piece. */
static void cover_piece(struct edits *edits, const struct part *part, const struct piece *p,
                        struct flow *f)
{
    uint64_t end = p->from + p->n;
    for (size_t i = flow_edit_behind(f, p->from); i < f->edits.count; i++) {
        struct flow_edit *e = fifo_at(&f->edits, i);
        if (e->from >= end) break;
        struct edit_cover c = {
            .with = e->with, .written = e->written, .taken = e->taken, .at = p->inner};
        c.goes_on = e->to > end;
        c.from = e->from > p->from ? (size_t)(e->from - p->from) : 0;
        c.to = e->to < end ? (size_t)(e->to - p->from) : p->n;
        edits_cover(edits, part, &c);
        e->written = c.written;
        e->taken = c.taken;
    }
}

/* The event is read again: its pieces are the growing parts in order. */
static bool cover_event(struct guard_stream *s, struct slice raw, size_t pieces,
                        struct edits *edits)
{
    struct surface_doc doc;
    uint32_t which = 0;
    size_t k = 0;
    if (surface_event(s->setup.surface, raw, s->setup.framing, edits->arena, &doc) == SURFACE_NOMEM)
        return false;
    for (size_t i = 0; i < doc.part_count && k < pieces; i++) {
        if (!(doc.parts[i].flags & PART_GROWS)) continue;
        const struct piece *p = fifo_at(&s->pieces, k);
        if (p->which != which++) continue;
        if (doc.parts[i].text.n != p->n) return false;
        cover_piece(edits, &doc.parts[i], p, s->flows[p->flow]);
        k++;
    }
    return k == pieces && !edits->bad;
}

static bool put_changed(struct guard_stream *s, struct slice raw, size_t pieces, struct buf *out)
{
    struct edits edits = {.arena = inspect_arena(s->setup.inspect)};
    size_t before = out->n;
    if (cover_event(s, raw, pieces, &edits) && surface_rewrite(raw, edits.list, edits.count, out))
        return true;
    buf_trim(out, before);
    stream_unread(s, UNREAD_MEMORY);
    return false;
}

/* ---- leaving ---- */

/* Of the first pieces; edits that nobody will ask for go, too. */
static void pieces_left(struct guard_stream *s, size_t pieces)
{
    for (size_t i = 0; i < pieces; i++) {
        const struct piece *p = fifo_at(&s->pieces, i);
        struct flow *f = s->flows[p->flow];
        f->left = p->from + p->n;
        fifo_pop(&f->edits, flow_edit_behind(f, f->left));
    }
    fifo_pop(&s->pieces, pieces);
}

/* The first of the queue. */
static bool leave(struct guard_stream *s, const struct waiting *w, bool edits, struct buf *out)
{
    struct slice raw = slice_sub(buf_slice(&s->bytes), s->at, w->n);
    if (edits && !put_changed(s, raw, w->pieces, out)) return false;
    if (!edits) buf_add(out, raw);
    buf_add(out, slice_sub(buf_slice(&s->bytes), s->at + w->n, w->behind));
    s->sent = w->sent;
    s->at += w->n + w->behind;
    pieces_left(s, w->pieces);
    fifo_pop(&s->events, 1);
    return true;
}

/* Bytes that have left make room. */
static void slide(struct guard_stream *s)
{
    if (!s->events.count) {
        buf_reset(&s->bytes);
        if (s->bytes.room > ROOM_KEPT) buf_done(&s->bytes);
        s->at = 0;
    } else if (s->at > s->bytes.n / 2) {
        memmove(s->bytes.p, s->bytes.p + s->at, s->bytes.n - s->at);
        buf_trim(&s->bytes, s->bytes.n - s->at);
        s->at = 0;
    }
}

void send_free(struct guard_stream *s, struct buf *out)
{
    bool edits = false;
    while (s->events.count) {
        const struct waiting *w = fifo_at(&s->events, 0);
        edits = false;
        if (!is_free(s, 0, w->pieces, &edits)) break;
        if (!leave(s, w, edits, out)) break;
    }
    if (s->at) slide(s);
}

static void keep(struct guard_stream *s, struct slice raw, size_t pieces)
{
    bool joins = !pieces && s->events.count;
    struct waiting *w = joins ? fifo_at(&s->events, s->events.count - 1) : fifo_push(&s->events);
    buf_add(&s->bytes, raw);
    if (!w || !buf_ok(&s->bytes)) {
        stream_unread(s, w && s->bytes.n + raw.n > s->bytes.max ? UNREAD_SIZE : UNREAD_MEMORY);
        return;
    }
    if (!joins) *w = (struct waiting){.n = raw.n, .pieces = pieces};
    if (joins) w->behind += raw.n;
    w->sent = sent_so_far(&s->seen);
}

void send_event(struct guard_stream *s, struct slice raw, size_t pieces, struct buf *out)
{
    bool edits = false, first = !s->events.count;
    if (first && is_free(s, 0, pieces, &edits) && !edits) {
        buf_add(out, raw);
        s->sent = sent_so_far(&s->seen);
        pieces_left(s, pieces);
        return;
    }
    keep(s, raw, pieces);
    if (!s->stopped) send_free(s, out);
}
