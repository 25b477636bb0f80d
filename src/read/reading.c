/* SPDX-License-Identifier: Apache-2.0 */
/* reading.c - the explicit stack that replaces recursion over nested containers.
 *
 *    push(member) ... push(member)          a reader leaves its members here
 *    loop: pop the newest
 *            "open"  -> unpack, sniff, run every reader that fits; what they push lies on top
 *            "close" -> every member of that layer is done: free its mapping
 *
 * A layer therefore lives exactly as long as something inside it may still be read. */
#include "read/reading.h"
#include "read/readers.h"
#include "read/unpack.h"

struct pending {
    struct pending *below;
    bool close;
    struct layer layer; /* of the parent when opening, of the layer itself when closing */
    struct member member;
    const struct layer *parent;
    struct unpacked unpacked;
};

static struct pending *push(struct reading *r)
{
    struct pending *p = ARENA_NEW(r->arena, struct pending);
    if (!p) return NULL;
    p->below = r->stack;
    r->stack = p;
    return p;
}

enum st reading_push(struct reading *r, const struct member *m)
{
    if (r->layer->depth + 1 > r->budget->depth) {
        tell_unread(r, UNREAD_LIMIT, m->offset, m->packed.n, "%.*s: more than %u containers deep",
                    SLICE_ARG(m->name), r->budget->depth);
        return ST_OK;
    }
    if (!budget_member(r->budget)) return ST_LIMIT;
    struct pending *p = push(r);
    if (!p) return ST_NOMEM;
    p->member = *m;
    p->parent = r->layer;
    return ST_OK;
}

/* Readers only: a bad input was told as events, so it does not end the subject. */
static enum st settle(struct reading *r, enum st st)
{
    switch (st) {
    case ST_TRUNCATED:
        tell_anomaly(r, ANOMALY_TRUNCATED, 0, "ends before its structure does");
        return ST_OK;
    case ST_MALFORMED:
        tell_anomaly(r, ANOMALY_MALFORMED, 0, "breaks the rules of its format");
        return ST_OK;
    case ST_UNSUPPORTED:
        tell_unread(r, UNREAD_UNSUPPORTED, 0, r->layer->bytes.n, "a variant that no reader knows");
        return ST_OK;
    case ST_LIMIT:
        tell_unread(r, UNREAD_LIMIT, 0, r->layer->bytes.n, "the budget of %s is used up",
                    r->budget->spent ? r->budget->spent : "this format");
        return ST_OK;
    case ST_NOMEM:
        tell_unread(r, UNREAD_MEMORY, 0, r->layer->bytes.n, "out of memory");
        return ST_OK;
    default: return st;
    }
}

static enum st read_as(struct reading *r, enum format f)
{
    r->format = f;
    reader_fn *read = reader_of(f);
    if (read) return settle(r, read(r));
    tell_format(r, f, NULL);
    return ST_OK;
}

static enum st read_layer(struct reading *r, const struct layer *l)
{
    enum format as[SNIFF_MAX] = {l->hint};
    size_t n = l->hint ? 1 : sniff(l->bytes, l->name, as);
    enum st st = ST_OK;
    r->layer = l;
    if (n == 0) st = read_as(r, FMT_UNKNOWN);
    if (n > 1)
        tell_anomaly(r, ANOMALY_POLYGLOT, 0, "%s and %s", format_name(as[0]), format_name(as[1]));
    for (size_t i = 0; i < n && st == ST_OK; i++) st = read_as(r, as[i]);
    return st;
}

/* The layer of a member; what could not be unpacked was told. */
static enum st make_layer(struct reading *r, const struct member *m, const struct layer *parent,
                          struct layer *ret, struct unpacked *u)
{
    enum st st = unpack(r, m, u);
    *ret = (struct layer){.parent = parent,
                          .name = m->name,
                          .bytes = u->bytes,
                          .offset = m->offset,
                          .depth = parent->depth + 1,
                          .hint = m->hint,
                          .mapped = u->mapped};
    if (m->codec == CODEC_STORED) ret->mapped = parent->mapped;
    const struct layer *here = r->layer;
    r->layer = ret;
    st = settle(r, st);
    r->layer = here;
    return st;
}

enum st reading_open(struct reading *r, const struct member *m, struct layer *ret)
{
    struct pending *p = push(r); /* closes the layer once its parent's members are done */
    if (!p) return ST_NOMEM;
    p->close = true;
    return make_layer(r, m, r->layer, ret, &p->unpacked);
}

static enum st open_pending(struct reading *r, struct pending *p)
{
    struct pending *closer = push(r);
    if (!closer) return settle(r, ST_NOMEM);
    closer->close = true;
    r->layer = p->parent;
    enum st st = make_layer(r, &p->member, p->parent, &closer->layer, &closer->unpacked);
    return st == ST_OK ? read_layer(r, &closer->layer) : st;
}

enum st reading_run(struct reading *r, struct slice name, struct slice bytes, bool mapped)
{
    struct layer top = {.name = name, .bytes = bytes, .mapped = mapped, .hint = r->hint};
    enum st st = read_layer(r, &top);
    while (r->stack) {
        struct pending *p = r->stack;
        r->stack = p->below;
        if (p->close)
            unpacked_done(r, &p->unpacked);
        else if (st == ST_OK)
            st = open_pending(r, p);
    }
    return st;
}
