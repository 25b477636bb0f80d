/* SPDX-License-Identifier: Apache-2.0 */
/* stream_whole.c - parts that one event has all of. Most of them are the same in every event: ids,
 * names of models. What nothing was found in is not looked at twice. */
#include "base/host.h"
#include "guard/screen/stream_part.h"

static bool is_known(const struct guard_stream *s, const struct part *p)
{
    for (size_t i = 0; i < STREAM_KNOWN; i++) {
        const struct known *k = &s->known[i];
        if (k->n == p->text.n && k->text[0] == p->text.p[0] && k->role == p->role &&
            k->channel == p->channel && memcmp(k->text, p->text.p, k->n) == 0)
            return true;
    }
    return false;
}

static void know(struct guard_stream *s, const struct part *p)
{
    struct known *k = &s->known[s->known_next];
    if (p->text.n > sizeof k->text) return;
    s->known_next = (s->known_next + 1) % STREAM_KNOWN;
    k->role = p->role;
    k->channel = p->channel;
    k->n = p->text.n;
    memcpy(k->text, p->text.p, k->n);
}

/* Those that have to be looked at; NULL without memory. */
static struct part *new_parts(struct guard_stream *s, const struct surface_doc *doc, size_t *count)
{
    struct part *list = ARENA_ROOM(s->arena, struct part, doc->part_count + 1);
    for (size_t i = 0; list && i < doc->part_count; i++) {
        const struct part *p = &doc->parts[i];
        if (p->flags & PART_GROWS) continue;
        if (!(p->flags & PART_OPAQUE) && (!p->text.n || is_known(s, p))) continue;
        list[(*count)++] = *p;
    }
    return list;
}

static void tell(struct guard_stream *s, const struct surface_doc *doc, const struct part *parts,
                 const struct inspect_out *found, const struct decision *d)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct guard_match *m = &found->list[i];
        record_found(s->setup.record, RECORD_ANSWER, doc, &parts[m->part], m, d->actions[i],
                     s->setup.scope->capture, s->arena);
        stream_acted(s, d->actions[i], m->rule, m->severity);
    }
    if (d->action == ACT_BLOCK && d->because) stream_block(s, d->because->rule, NULL);
    stream_skipped(s, found->unscanned);
}

static void know_clean(struct guard_stream *s, const struct part *parts, size_t count,
                       const struct inspect_out *found, const struct edits *edits)
{
    for (size_t c = 0; c < CHECKS; c++)
        if (found->unscanned[c]) return;
    if (found->count || edits->count) return;
    for (size_t i = 0; i < count; i++) know(s, &parts[i]);
}

void whole_judge(struct guard_stream *s, const struct surface_doc *doc, struct edits *edits)
{
    size_t count = 0;
    const struct guard_scope *scope = s->setup.scope;
    struct part *parts = new_parts(s, doc, &count);
    if (parts && !count) return;
    flow_look(s); /* what came before it is decided before it */
    if (s->stopped) return;
    struct inspect_out *found = ARENA_ROOM(s->arena, struct inspect_out, 1);
    struct inspect_out *other = ARENA_ROOM(s->arena, struct inspect_out, 1);
    struct decision *d = ARENA_ROOM(s->arena, struct decision, 1);
    if (!parts || !found || !other || !d) {
        stream_unread(s, UNREAD_MEMORY);
        return;
    }
    struct inspect_in in = {.parts = parts, .count = count, .answer = true};
    in.prompt = s->setup.prompt;
    if (scope->deadline_us) in.deadline = host_now_ns() + scope->deadline_us * 1000;
    inspect_parts(s->setup.inspect, &scope->checks, &in, found);
    struct decision_in deciding = stream_deciding(s);
    deciding.parts = parts;
    deciding.matches = found->list;
    deciding.count = found->count;
    decide(&deciding, d);
    tell(s, doc, parts, found, d);
    beside_judge(s, doc, parts, count, other);
    if (s->observe) know_clean(s, parts, count, found, edits);
    if (s->stopped || s->observe) return;
    for (size_t i = 0; i < d->count; i++)
        edits_add(edits, d->edits[i].part, d->edits[i].from, d->edits[i].to, d->edits[i].with);
    edits_names(edits, s->setup.names, parts, count);
    know_clean(s, parts, count, found, edits);
    if (edits->count) edits_settle(edits, doc->body, parts, count);
}
