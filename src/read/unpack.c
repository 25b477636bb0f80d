/* SPDX-License-Identifier: Apache-2.0 */
/* unpack.c - runs a decoder into memory, and into the spool once it grows.
 *
 *    packed --> decoder --> staging (arena) --full--> spool file --end--> mapped read-only
 *                              |
 *                              +-- up to SMALL bytes: the layer itself
 *
 * Every step pays for what it made: bytes, and the ratio of all output to all input. The ratio is
 * what stops a few kilobytes from becoming terabytes of zeros; archives of many such members are
 * stopped by a floor that sinks with each bomb, until the subject is given up. */
#include "read/unpack.h"
#include "port/bzip2/bunzip.h"
#include "port/deflate/crc.h"
#include "port/lz4/unlz4.h"
#include "port/lzma/unlzma.h"
#include "port/zlib/inflate.h"
#include "port/zstd/unzstd.h"
#include "read/text/recode.h"
#include <sys/mman.h>

#define SMALL       ((size_t)1 << 20) /* stays in the arena */
#define FIRST       ((size_t)16 << 10)
#define PAGE        4096u
#define RELEASE     ((uint64_t)8 << 20) /* packed pages are given back in steps of this */
#define TOGETHER    2                   /* all members together may cost this many floors */
#define FLOOR_LEAST ((uint64_t)1 << 20)

static const struct decoder *const decoders[CODEC_UNKNOWN + 1] = {
    [CODEC_DEFLATE] = &inflate_raw, [CODEC_GZIP] = &inflate_gzip,
    [CODEC_ZLIB] = &inflate_zlib,   [CODEC_BZIP2] = &bunzip,
    [CODEC_XZ] = &unlzma_xz,        [CODEC_LZMA] = &unlzma_alone,
    [CODEC_ZSTD] = &unzstd,         [CODEC_LZ4] = &unlz4,
    [CODEC_LZMA_RAW] = &unlzma_raw, [CODEC_LZMA_CHAIN] = &unlzma_chain,
    [CODEC_TEXT] = &recode,
};

/* After a stream: does another one follow, which the usual tools unpack as well? */
struct magic {
    enum codec codec;
    size_t at;
    struct slice bytes;
};

#define MAGIC(codec, at, lit)                       \
    {                                               \
        codec, at,                                  \
        {                                           \
            (const uint8_t *)(lit), sizeof(lit) - 1 \
        }                                           \
    }

static const struct magic again[] = {
    MAGIC(CODEC_GZIP, 0, "\x1f\x8b"),
    MAGIC(CODEC_BZIP2, 0, "BZh"),
    MAGIC(CODEC_XZ, 0,
          "\xfd"
          "7zXZ"),
    MAGIC(CODEC_ZSTD, 0, "\x28\xb5\x2f\xfd"),
    MAGIC(CODEC_ZSTD, 1, "\x2a\x4d\x18"), /* a skippable frame */
    MAGIC(CODEC_LZ4, 0, "\x04\x22\x4d\x18"),
    MAGIC(CODEC_LZ4, 0, "\x02\x21\x4c\x18"),
    MAGIC(CODEC_LZ4, 1, "\x2a\x4d\x18"),
};

struct sink {
    struct reading *r;
    struct unpacked *u;
    uint8_t *stage;
    size_t room, fill; /* of the staging area */
    uint64_t made;     /* by all streams so far */
    bool spooled;
    uint32_t crc;
    bool check_crc;
};

void spool_init(struct spool *s, int fd)
{
    *s = (struct spool){.fd = fd};
}

static bool have_spool(const struct sink *k)
{
    return k->r->spool && k->r->spool->fd >= 0;
}

static enum st flush(struct sink *k)
{
    struct spool *s = k->r->spool;
    k->spooled = true;
    for (size_t done = 0; done < k->fill;) {
        ssize_t n = pwrite(s->fd, &k->stage[done], k->fill - done, (off_t)s->end);
        if (n <= 0) {
            k->r->budget->spent = "temporary space";
            return ST_LIMIT;
        }
        done += (size_t)n;
        s->end += (uint64_t)n;
    }
    k->fill = 0;
    return ST_OK;
}

static enum st grow(struct sink *k)
{
    uint8_t *bigger = ARENA_ROOM(k->r->arena, uint8_t, k->room * 2);
    if (!bigger) return ST_NOMEM;
    memcpy(bigger, k->stage, k->fill);
    k->stage = bigger;
    k->room *= 2;
    return ST_OK;
}

static enum st make_room(struct sink *k)
{
    if (k->fill < k->room) return ST_OK;
    return k->room >= SMALL && have_spool(k) ? flush(k) : grow(k);
}

/* The file itself is what all its layers together are measured by. */
static uint64_t file_size(const struct layer *l)
{
    while (l->parent) l = l->parent;
    return l->bytes.n;
}

/* Each bomb lowers what the next one may cost. */
static enum st bomb(struct sink *k)
{
    struct budget *b = k->r->budget;
    k->u->bomb = true;
    if (b->ratio_floor <= FLOOR_LEAST) b->spent = "ratio";
    b->ratio_floor /= 4;
    return ST_LIMIT;
}

static enum st account(struct sink *k, const struct member *m, size_t made)
{
    struct budget *b = k->r->budget;
    if (k->check_crc) k->crc = crc32_add(k->crc, slice_of(&k->stage[k->fill], made));
    k->fill += made;
    k->made += made;
    if (!budget_work(b, 1 + made / 256) || !budget_bytes(b, made)) return ST_LIMIT;
    k->r->unpacked += made;
    if (!budget_ratio(b, m->packed.n, k->made)) return bomb(k);
    if (k->r->unpacked / TOGETHER <= b->ratio_floor ||
        budget_ratio(b, file_size(k->r->layer), k->r->unpacked))
        return ST_OK;
    b->spent = "ratio"; /* many small bombs */
    k->u->bomb = true;
    return ST_LIMIT;
}

static void release_packed(const struct sink *k, const struct member *m, uint64_t *from,
                           uint64_t to)
{
    if (to - *from < RELEASE) return;
    layer_release(k->r->layer, m->offset + *from, to - *from);
    *from = to;
}

/* Raw LZMA ends where the container says it does; the others know their end. */
static bool sized(const struct member *m)
{
    bool raw = m->codec == CODEC_LZMA_CHAIN || m->codec == CODEC_LZMA_RAW;
    return raw && m->unpacked != UINT64_MAX;
}

static size_t room_left(const struct sink *k, const struct member *m)
{
    size_t room = k->room - k->fill;
    uint64_t want = sized(m) ? m->unpacked - k->made : room;
    return want < room ? (size_t)want : room;
}

/* One stream; *in moves behind it. */
static enum st run(struct sink *k, const struct member *m, const struct decoder *d,
                   struct slice *in)
{
    void *state = d->open(m->codec_props);
    if (!state) return m->codec_props.n ? ST_UNSUPPORTED : ST_NOMEM;
    struct decoder_step s = {.in = *in};
    uint64_t released = m->packed.n - in->n;
    enum st st = ST_OK;
    while (st == ST_OK && !s.end && !(sized(m) && k->made >= m->unpacked)) {
        st = make_room(k);
        if (st != ST_OK) break;
        s.out = &k->stage[k->fill];
        s.room = room_left(k, m);
        s.made = 0;
        st = d->step(state, &s);
        enum st paid = account(k, m, s.made);
        if (st == ST_OK) st = paid;
        release_packed(k, m, &released, m->packed.n - s.in.n);
    }
    d->close(state);
    *in = s.in;
    return st;
}

static struct slice without_padding(struct slice s)
{
    size_t i = 0;
    while (i < s.n && s.p[i] == 0) i++;
    return slice_sub(s, i, s.n);
}

static bool another(enum codec codec, struct slice in)
{
    for (size_t i = 0; i < COUNT_OF(again); i++)
        if (again[i].codec == codec &&
            slice_starts(slice_sub(in, again[i].at, in.n), again[i].bytes))
            return true;
    return false;
}

static const struct decoder *decoder_for(enum codec codec, struct slice in)
{
    if (codec == CODEC_LZ4 && slice_starts(in, S("\x02\x21\x4c\x18"))) return &unlz4_legacy;
    return codec <= CODEC_UNKNOWN ? decoders[codec] : NULL;
}

static enum st run_all(struct sink *k, const struct member *m)
{
    struct slice in = m->packed;
    enum st st = ST_OK;
    do {
        const struct decoder *d = decoder_for(m->codec, in);
        if (!d) return ST_UNSUPPORTED;
        st = run(k, m, d, &in);
        /* gzip, xz: zeros fill up a tape block */
        if (m->codec == CODEC_GZIP || m->codec == CODEC_XZ) in = without_padding(in);
    } while (st == ST_OK && another(m->codec, in));
    k->u->consumed = sized(m) ? m->packed.n : m->packed.n - in.n;
    return st;
}

static enum st map_spool(struct sink *k)
{
    struct spool *s = k->r->spool;
    struct unpacked *u = k->u;
    enum st st = flush(k);
    size_t n = (size_t)(s->end - u->spool_mark);
    void *p = n ? mmap(NULL, n, PROT_READ, MAP_SHARED, s->fd, (off_t)u->spool_mark) : NULL;
    s->end = (s->end + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    if (p == MAP_FAILED) return ST_NOMEM;
    u->map = p;
    u->map_len = n;
    u->mapped = n > 0;
    u->bytes = slice_of(p, n);
    return st;
}

static enum st decode(struct reading *r, const struct member *m, struct unpacked *ret)
{
    struct sink k = {.r = r, .u = ret, .check_crc = m->check_crc, .room = FIRST};
    if (m->unpacked < SMALL) k.room = (size_t)m->unpacked + 16;
    k.stage = ARENA_ROOM(r->arena, uint8_t, k.room);
    if (!k.stage) return ST_NOMEM;
    enum st st = run_all(&k, m);
    /* memory gave out first: the ratio alone says what it is */
    if (st == ST_NOMEM && k.made > SMALL && k.made / r->budget->ratio > m->packed.n) st = bomb(&k);
    ret->bytes = slice_of(k.stage, k.fill);
    if (k.spooled) {
        enum st mapped = map_spool(&k);
        if (st == ST_OK) st = mapped;
    }
    ret->crc_bad = st == ST_OK && m->check_crc && k.crc != m->crc;
    return st;
}

/* Reads every byte: only for small members, or when the content is looked at anyway. */
static bool stored_crc_bad(const struct reading *r, const struct member *m)
{
    if (!m->check_crc || (!r->content && m->packed.n > SMALL)) return false;
    uint32_t crc = 0;
    for (size_t at = 0; at < m->packed.n; at += SMALL) {
        if (!budget_work(r->budget, 1 + SMALL / 4096)) return false;
        crc = crc32_add(crc, slice_sub(m->packed, at, SMALL));
    }
    return crc != m->crc;
}

enum st unpack(struct reading *r, const struct member *m, struct unpacked *ret)
{
    *ret = (struct unpacked){.spool_mark = r->spool ? r->spool->end : 0};
    if (m->codec == CODEC_UNKNOWN) return ST_UNSUPPORTED;
    if (m->codec != CODEC_STORED) return decode(r, m, ret);
    ret->bytes = m->packed;
    ret->consumed = m->packed.n;
    ret->crc_bad = stored_crc_bad(r, m);
    return ST_OK;
}

void unpacked_done(struct reading *r, struct unpacked *u)
{
    if (u->map) munmap(u->map, u->map_len);
    u->map = NULL;
    if (!r->spool || r->spool->end <= u->spool_mark) return;
    r->spool->end = u->spool_mark;
    (void)!ftruncate(r->spool->fd, (off_t)u->spool_mark);
}
