/* SPDX-License-Identifier: Apache-2.0 */
/* content.c - one decoder behind the other, as codings were laid over each other:
 *
 *     in ─► layer 0 (the coding named last) ─► 16 KiB ─► layer 1 ─► 16 KiB ─► out
 *
 * A layer that made something hands it down, one that has nothing more to do asks the one before:
 * nothing waits between two calls, and a bomb is found after the piece that makes it one. */
#include "guard/screen/content.h"
#include "base/ascii.h"
#include "port/brotli/unbrotli.h"
#include "port/zlib/inflate.h"
#include "port/zstd/unzstd.h"
#include <stdlib.h>

#define PIECE      16384u
#define RATIO_FREE 65536u /* what small bodies may become, whatever their ratio */

struct coding {
    const char *name;
    const struct decoder *decoder;
    const struct decoder *bare; /* deflate: without a wrapper; see decoder_of() */
    bool (*again)(void *state); /* another member may follow; NULL: none may */
    struct slice props;
};

static const struct coding codings[] = {
    {"gzip", &inflate_gzip, NULL, inflate_again, {NULL, 0}},
    {"x-gzip", &inflate_gzip, NULL, inflate_again, {NULL, 0}},
    {"deflate", &inflate_zlib, &inflate_raw, NULL, {NULL, 0}},
    {"br", &unbrotli, NULL, NULL, {NULL, 0}},
    {"zstd", &unzstd, NULL, unzstd_again, {(const uint8_t *)"\x17", 1}}, /* 8 MiB: RFC 9659 */
};

struct layer {
    const struct coding *coding;
    const struct decoder *decoder; /* NULL: nothing has come */
    void *state;
    uint8_t *room; /* PIECE bytes */
    uint64_t made;
    bool ended; /* between members, or behind the last */
    bool dry;   /* it can do nothing before more comes */
    enum st failed;
};

struct content {
    struct layer layers[CONTENT_LAYERS];
    size_t count;
    uint64_t most, in, out; /* `in`: bytes that the first layer has used */
    enum st failed;
};

/* ---- the field ---- */

static const struct coding *coding_of(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(codings); i++)
        if (slice_eq_nocase(name, slice_str(codings[i].name))) return &codings[i];
    return NULL;
}

/* The last that was laid over is the first to be taken off. */
static bool put_first(struct content *c, struct slice name)
{
    const struct coding *coding = coding_of(name);
    if (!name.n || slice_eq_nocase(name, S("identity"))) return true;
    if (!coding || c->count == CONTENT_LAYERS) return false;
    for (size_t i = c->count++; i; i--) c->layers[i] = c->layers[i - 1];
    c->layers[0] = (struct layer){.coding = coding, .dry = true};
    return true;
}

struct content *content_new(struct slice coding, uint64_t most, enum st *ret_why)
{
    struct content *c = calloc(1, sizeof *c);
    struct slice rest = coding, name;
    *ret_why = c ? ST_OK : ST_NOMEM;
    if (!c) return NULL;
    c->most = most;
    while (slice_split(&rest, ',', &name)) {
        if (put_first(c, slice_trim(name))) continue;
        *ret_why = ST_UNSUPPORTED;
        free(c);
        return NULL;
    }
    return c;
}

void content_free(struct content *c)
{
    for (size_t i = 0; c && i < c->count; i++) {
        if (c->layers[i].state) c->layers[i].decoder->close(c->layers[i].state);
        free(c->layers[i].room);
    }
    free(c);
}

/* ---- one layer ---- */

/* "deflate" is zlib's format (RFC 9110, 8.4.1.2), but some send it bare. The first byte of zlib's
 * names method 8; a bare stream would have to begin with a stored block and bits that are not zero
 * in its padding, which no compressor writes. */
static const struct decoder *decoder_of(const struct coding *c, uint8_t first)
{
    bool wrapped = (first & 15) == 8 && first >> 4 <= 7;
    return c->bare && !wrapped ? c->bare : c->decoder;
}

/* Ready for the next byte. */
static enum st prepare(struct layer *l, struct slice in)
{
    if (l->ended && (!l->coding->again || !l->coding->again(l->state))) return ST_MALFORMED;
    l->ended = false;
    if (l->state) return ST_OK;
    l->decoder = decoder_of(l->coding, in.p[0]);
    l->room = malloc(PIECE);
    l->state = l->decoder->open(l->coding->props);
    return l->state && l->room ? ST_OK : ST_NOMEM;
}

/* How many of the `made` bytes may go on. */
static size_t within_ratio(const struct content *c, struct layer *l, size_t made)
{
    uint64_t in = c->in < UINT64_MAX / RATIO_MOST / 2 ? c->in * RATIO_MOST : UINT64_MAX / 2;
    uint64_t left = RATIO_FREE + in - l->made;
    size_t good = left < made ? (size_t)left : made;
    if (good < made) l->failed = ST_LIMIT;
    l->made += good;
    return good;
}

/* How many bytes it made; l->failed: they are the last. */
static size_t step(struct content *c, struct layer *l, struct slice *in)
{
    if (in->n && (l->ended || !l->state)) l->failed = prepare(l, *in);
    if (l->failed != ST_OK) return 0;
    struct decoder_step s = {.in = *in, .out = l->room, .room = PIECE};
    enum st st = l->decoder->step(l->state, &s);
    l->ended = s.end;
    l->dry = s.end || st == ST_TRUNCATED;
    if (st != ST_TRUNCATED) l->failed = st;
    if (st == ST_TRUNCATED && s.in.n) l->failed = ST_BUG; /* or this would never end */
    if (l == c->layers) c->in += in->n - s.in.n;
    *in = s.in;
    return within_ratio(c, l, s.made);
}

/* ---- all of them ---- */

static enum st emit(struct content *c, struct slice s, struct buf *out)
{
    uint64_t most = c->most - c->out;
    struct slice good = slice_sub(s, 0, most < s.n ? (size_t)most : s.n);
    c->out += good.n;
    buf_add(out, good);
    if (!buf_ok(out)) return ST_NOMEM;
    return good.n < s.n ? ST_LIMIT : ST_OK;
}

static enum st unpack(struct content *c, struct slice in, struct buf *out)
{
    struct slice given[CONTENT_LAYERS + 1] = {in};
    for (size_t i = 0;;) {
        if (i == c->count) {
            enum st st = emit(c, given[i--], out);
            if (st != ST_OK) return st;
        }
        struct layer *l = &c->layers[i];
        bool done = l->dry && !given[i].n;
        if (l->failed != ST_OK || (done && !i)) return l->failed;
        if (done)
            i--;
        else {
            size_t made = step(c, l, &given[i]);
            given[++i] = slice_of(l->room, made);
        }
    }
}

static enum st at_end(const struct content *c)
{
    if (!c->in) return ST_OK;
    for (size_t i = 0; i < c->count; i++)
        if (!c->layers[i].ended) return ST_TRUNCATED;
    return ST_OK;
}

enum st content_feed(struct content *c, struct slice in, bool end, struct buf *out)
{
    if (c->failed == ST_OK) c->failed = c->count ? unpack(c, in, out) : emit(c, in, out);
    if (c->failed == ST_OK && end) c->failed = at_end(c);
    return c->failed;
}
