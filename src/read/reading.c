/* SPDX-License-Identifier: Apache-2.0 */
/* reading.c - the explicit stack that replaces recursion over nested containers.
 *
 *    push(member) ... push(member)          a reader leaves its members here
 *    loop: pop the newest
 *            "open"  -> unpack, sniff, run every reader that fits; what they push lies on top
 *            "close" -> every member of that layer is done: free its mapping and its memory
 *
 * A layer therefore lives exactly as long as something inside it may still be read. */
#include "read/reading.h"
#include "read/store/store.h"
#include "read/code/packages.h"
#include "read/promise.h"
#include "read/readers.h"
#include "read/unpack.h"

struct pending {
    struct pending *below;
    bool close;
    struct arena_mark mark; /* of a closer: what came later belongs to its layer */
    struct layer layer;     /* of a closer */
    struct member member;
    const struct layer *parent;
    struct unpacked unpacked;
};

static struct pending *push(struct reading *r)
{
    struct arena_mark mark = arena_mark(r->arena);
    struct pending *p = ARENA_NEW(r->arena, struct pending);
    if (!p) return NULL;
    p->mark = mark;
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

enum st reading_push_stray(struct reading *r, const char *name, struct slice bytes, uint64_t offset)
{
    struct member m = {
        .name = slice_str(name), .packed = bytes, .offset = offset, .unpacked = UINT64_MAX};
    return bytes.n ? reading_push(r, &m) : ST_OK;
}

static const char *spent(const struct reading *r)
{
    return r->budget->spent ? r->budget->spent : "this format";
}

/* Readers only: a bad input was told as events, so it does not end the subject. */
static enum st settle(struct reading *r, enum st st)
{
    uint64_t n = r->layer->bytes.n;
    switch (st) {
    case ST_TRUNCATED:
        tell_anomaly(r, ANOMALY_TRUNCATED, n, "ends after %llu bytes, before its structure does",
                     (unsigned long long)n);
        return ST_OK;
    case ST_MALFORMED:
        tell_anomaly(r, ANOMALY_MALFORMED, 0, "breaks the rules of its format");
        return ST_OK;
    case ST_UNSUPPORTED:
        tell_unread(r, UNREAD_UNSUPPORTED, 0, n, "a variant that no reader knows");
        return ST_OK;
    case ST_LIMIT:
        tell_unread(r, UNREAD_LIMIT, 0, n, "the budget of %s is used up", spent(r));
        return ST_OK;
    case ST_NOMEM: tell_unread(r, UNREAD_MEMORY, 0, n, "out of memory"); return ST_OK;
    default: return st;
    }
}

/* What nothing reads, of a kind that must not pass for clean. */
static bool unread_kind(enum format f)
{
    return f == FMT_RAR || f == FMT_CAB || f == FMT_AVRO || f == FMT_ORC;
}

static enum st read_as(struct reading *r, enum format f)
{
    r->format = f;
    reader_fn *read = reader_of(f);
    if (read) return settle(r, read(r));
    tell_format(r, f, NULL);
    if (format_family(f) == FAM_MODEL || unread_kind(f))
        tell_unread(r, UNREAD_UNSUPPORTED, 0, r->layer->bytes.n,
                    "%s is recognised, but this version cannot read it", format_name(f));
    return ST_OK;
}

/* Text and its finer sorts are no second reading of a binary format. */
static void tell_polyglot(const struct reading *r, const enum format as[SNIFF_MAX], size_t n)
{
    if (n > 1)
        tell_anomaly(r, ANOMALY_POLYGLOT, 0, "%s and %s", format_name(as[0]), format_name(as[1]));
}

/* Raw weights, padding, or something carried along: only worth a look where a model is. */
static enum st read_unknown(struct reading *r)
{
    const struct suffix_rule *rule = suffix_find(r->layer->name);
    bool data = rule && (rule->family == FAM_MODEL || rule->family == FAM_NONE);
    if (r->content && r->layer->bytes.n && (r->layer->depth || data))
        tell_blob(r, r->layer->bytes, 0);
    return read_as(r, FMT_UNKNOWN);
}

static enum st read_layer(struct reading *r, const struct layer *l)
{
    enum format as[SNIFF_MAX] = {l->hint};
    size_t n = l->hint ? 1 : sniff(l->bytes, l->name, as);
    enum st st = ST_OK;
    r->layer = l;
    if (pointer_read(r)) return ST_OK;
    if (n == 0) st = read_unknown(r);
    tell_polyglot(r, as, n);
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        st = read_as(r, as[i]);
        as[i] = r->format; /* a ZIP may have turned out to be a torch archive */
    }
    if (st == ST_OK) st = settle(r, manifest_read(r));
    if (st == ST_OK) st = settle(r, store_read(r));
    if (!l->hint) promise_check(r, as, n);
    return st;
}

/* Bytes behind a compressed stream: loaders ignore them, we do not. */
static enum st push_trailing(struct reading *r, const struct member *m, const struct unpacked *u)
{
    struct slice rest = slice_sub(m->packed, (size_t)u->consumed, m->packed.n);
    uint64_t at = m->offset + u->consumed;
    if (!rest.n) return ST_OK;
    tell_anomaly(r, ANOMALY_TRAILING, at, "%zu bytes behind the end of %.*s", rest.n,
                 SLICE_ARG(m->name));
    return reading_push_stray(r, "(trailing bytes)", rest, at);
}

/* In whose terms a decoder's trouble is told. */
static const enum format codec_formats[CODEC_UNKNOWN + 1] = {
    [CODEC_STORED] = FMT_ZIP,   [CODEC_DEFLATE] = FMT_ZIP,       [CODEC_GZIP] = FMT_GZIP,
    [CODEC_ZLIB] = FMT_ZLIB,    [CODEC_BZIP2] = FMT_BZIP2,       [CODEC_XZ] = FMT_XZ,
    [CODEC_LZMA] = FMT_LZMA,    [CODEC_ZSTD] = FMT_ZSTD,         [CODEC_LZ4] = FMT_LZ4,
    [CODEC_LZMA_RAW] = FMT_ZIP, [CODEC_LZMA_CHAIN] = FMT_SEVENZ, [CODEC_UNKNOWN] = FMT_ZIP,
    [CODEC_TEXT] = FMT_TEXT,
};

/* Told in the layer itself: what came out is not what was promised. */
static enum st tell_unpacked(struct reading *r, const struct member *m, const struct unpacked *u,
                             enum st st)
{
    r->format = codec_formats[m->codec];
    if (u->bomb)
        tell_anomaly(r, ANOMALY_ARCHIVE_BOMB, 0, "%zu bytes unpack to more than %zu", m->packed.n,
                     u->bytes.n);
    if (u->crc_bad) tell_anomaly(r, ANOMALY_ARCHIVE_CRC, 0, "the checksum is not %08x", m->crc);
    if (st == ST_OK && m->unpacked != UINT64_MAX && u->bytes.n != m->unpacked)
        tell_anomaly(r, ANOMALY_MALFORMED, 0, "%llu bytes were declared, %zu came out",
                     (unsigned long long)m->unpacked, u->bytes.n);
    return settle(r, st);
}

static bool inside(struct slice outer, struct slice part)
{
    uintptr_t from = (uintptr_t)outer.p, at = (uintptr_t)part.p;
    return part.p && at >= from && at - from <= outer.n && part.n <= outer.n - (at - from);
}

/* The layer of a member; what could not be unpacked was told. */
static enum st make_layer(struct reading *r, const struct member *m, const struct layer *parent,
                          struct layer *ret, struct unpacked *u)
{
    r->layer = parent;
    enum st st = unpack(r, m, u);
    enum st pushed = st == ST_OK ? push_trailing(r, m, u) : ST_OK;
    *ret = (struct layer){.parent = parent,
                          .name = m->name,
                          .bytes = u->bytes,
                          .offset = m->offset,
                          .depth = parent->depth + 1,
                          .hint = m->hint,
                          .mapped = u->mapped};
    if (m->codec == CODEC_STORED) ret->mapped = parent->mapped && inside(parent->bytes, m->packed);
    r->layer = ret;
    st = tell_unpacked(r, m, u, st);
    if (st == ST_OK) st = settle(r, pushed);
    r->layer = parent;
    return st;
}

static struct pending *push_closer(struct reading *r)
{
    struct pending *p = push(r);
    if (p) p->close = true;
    return p;
}

enum st reading_open(struct reading *r, const struct member *m, struct layer *ret)
{
    enum format reader = r->format;
    struct pending *p = push_closer(r);
    enum st st = p ? make_layer(r, m, r->layer, ret, &p->unpacked) : ST_NOMEM;
    r->format = reader;
    return st;
}

static enum st open_pending(struct reading *r, const struct pending *p)
{
    r->layer = p->parent;
    if (r->budget->spent) {
        r->unopened++;
        return ST_OK;
    }
    struct pending *closer = push_closer(r);
    if (!closer) return settle(r, ST_NOMEM);
    enum st st = make_layer(r, &p->member, p->parent, &closer->layer, &closer->unpacked);
    return st == ST_OK ? read_layer(r, &closer->layer) : st;
}

static void close_pending(struct reading *r, struct pending *p)
{
    struct arena_mark mark = p->mark;
    unpacked_done(r, &p->unpacked);
    arena_rewind(r->arena, mark);
}

enum st reading_run(struct reading *r, struct slice name, struct slice bytes, bool mapped)
{
    struct layer top = {
        .name = name, .bytes = bytes, .mapped = mapped, .file = r->file, .hint = r->hint};
    struct arena *callers = r->arena, own;
    arena_init(&own, callers->cap, callers->chunk);
    r->arena = &own;
    enum st st = read_layer(r, &top);
    while (r->stack) {
        struct pending *p = r->stack;
        r->stack = p->below;
        if (p->close)
            close_pending(r, p);
        else if (st == ST_OK)
            st = open_pending(r, p);
    }
    r->layer = &top;
    if (r->unopened)
        tell_unread(r, UNREAD_LIMIT, 0, 0,
                    "%llu members were not opened: the budget of %s is used up",
                    (unsigned long long)r->unopened, spent(r));
    r->arena = callers;
    arena_done(&own);
    return st;
}
