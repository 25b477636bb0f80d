/* SPDX-License-Identifier: Apache-2.0 */
/* stream_beside.c - strings of which no row says that they grow, said a piece in each event: names
 * of tools, what a server calls its own. Nothing waits for them, so what they say together is seen
 * when its last piece comes: the stream ends there. */
#include "base/map.h"
#include "guard/screen/stream_part.h"

/* What may go on: not ids, times and padding, which a row names. */
static bool may_go_on(const struct part *p)
{
    if (p->flags & (PART_KEY | PART_OPAQUE) || !p->text.n) return false;
    return p->flags & PART_UNNAMED || p->channel != PART_OTHER;
}

static struct beside *beside_of(struct guard_stream *s, const struct surface_doc *doc,
                                const struct part *p)
{
    uint64_t key =
        hash_bytes(slice_of(&p->flow, sizeof p->flow), stream_key(doc->body, p) + p->channel);
    for (size_t i = 0; i < STREAM_BESIDE; i++)
        if (s->beside[i].n && s->beside[i].key == key) return &s->beside[i];
    struct beside *b = &s->beside[s->beside_next++ % STREAM_BESIDE];
    b->key = key;
    b->n = 0;
    return b;
}

/* The end of both. */
static void keep(struct beside *b, struct slice text)
{
    size_t fresh = text.n < BESIDE_TAIL ? text.n : BESIDE_TAIL;
    size_t old = b->n + fresh > BESIDE_TAIL ? BESIDE_TAIL - fresh : b->n;
    memmove(b->tail, b->tail + b->n - old, old);
    memcpy(b->tail + old, text.p + text.n - fresh, fresh);
    b->n = old + fresh;
}

static void found(struct guard_stream *s, const struct surface_doc *doc, const struct part *p,
                  const struct guard_match *m)
{
    struct decision_in in = stream_deciding(s);
    in.parts = p;
    enum guard_action a = decide_match(&in, m);
    if (a >= ACT_ANONYMISE) a = ACT_BLOCK;
    record_found(s->setup.record, RECORD_ANSWER, doc, p, m, a, false, s->arena);
    stream_acted(s, a, m->rule, m->severity);
    if (a == ACT_BLOCK) stream_block(s, m->rule, "in pieces");
}

static void one(struct guard_stream *s, const struct surface_doc *doc, const struct part *p,
                struct beside *b, struct inspect_out *out)
{
    uint8_t bytes[2 * BESIDE_TAIL];
    size_t n = p->text.n < BESIDE_TAIL ? p->text.n : BESIDE_TAIL;
    struct part joined = *p;
    memcpy(bytes, b->tail, b->n);
    memcpy(bytes + b->n, p->text.p, n);
    joined.text = slice_of(bytes, b->n + n);
    struct inspect_in in = {
        .parts = &joined, .count = 1, .answer = true, .prompt = s->setup.prompt};
    inspect_parts(s->setup.inspect, &s->setup.scope->checks, &in, out);
    for (size_t i = 0; i < out->count && !s->stopped; i++) {
        const struct guard_match *m = &out->list[i];
        if (m->from < b->n && m->to > b->n) found(s, doc, p, m);
    }
}

void beside_judge(struct guard_stream *s, const struct surface_doc *doc, const struct part *parts,
                  size_t count, struct inspect_out *scratch)
{
    for (size_t i = 0; i < count && !s->stopped; i++) {
        if (!may_go_on(&parts[i])) continue;
        struct beside *b = beside_of(s, doc, &parts[i]);
        if (b->n) one(s, doc, &parts[i], b, scratch);
        keep(b, parts[i].text);
    }
}
