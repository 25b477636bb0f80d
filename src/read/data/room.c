/* SPDX-License-Identifier: Apache-2.0 */
#include "read/data/room.h"
#include "base/cursor.h"
#include "codec/lz4block.h"
#include "codec/snappy.h"
#include "port/brotli/unbrotli.h"
#include "port/lz4/unlz4.h"
#include "port/zlib/inflate.h"
#include "port/zstd/unzstd.h"
#include "read/unpack.h"
#include <sys/mman.h>
#include <unistd.h>

#define IN_ARENA ((size_t)8 << 20)
#define STEP     ((size_t)4 << 20)
#define BEHIND   ((size_t)1 << 20) /* of what was made stays for copies; the rest can come back */
#define SYSTEM   ((size_t)4096)

const char *page_codec_name(enum page_codec c)
{
    static const char *const names[] = {
        [PAGE_PLAIN] = "uncompressed", [PAGE_SNAPPY] = "snappy",      [PAGE_GZIP] = "gzip",
        [PAGE_BROTLI] = "brotli",      [PAGE_ZSTD] = "zstd",          [PAGE_LZ4_HADOOP] = "lz4",
        [PAGE_LZ4_BLOCK] = "lz4_raw",  [PAGE_LZ4_FRAME] = "lz4_frame"};
    return c < PAGE_UNKNOWN ? names[c] : "unknown";
}

void room_init(struct room *m, struct reading *r)
{
    *m = (struct room){.r = r};
}

void room_done(struct room *m)
{
    if (m->map) munmap(m->map, m->map_size);
    m->map = NULL;
}

uint64_t room_mark(const struct reading *r)
{
    return r->spool ? r->spool->end : 0;
}

void room_rewind(struct reading *r, uint64_t mark)
{
    if (!r->spool || r->spool->end <= mark) return;
    r->spool->end = mark;
    (void)!ftruncate(r->spool->fd, (off_t)mark);
}

/* ---- memory ---- */

static size_t rounded(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

static enum st take_arena(struct room *m, size_t n)
{
    size_t want = m->size * 2 < IN_ARENA ? m->size * 2 : IN_ARENA;
    m->mapped = false;
    if (m->p && n <= m->size) return ST_OK;
    if (want < n) want = n;
    m->p = ARENA_ARRAY(m->r->arena, uint8_t, want);
    m->size = m->p ? want : 0;
    return m->p ? ST_OK : ST_NOMEM;
}

static enum st take_spool(struct room *m, size_t n)
{
    struct spool *s = m->r->spool;
    m->mapped = true;
    m->released = 0;
    if (m->map && n <= m->map_size) return ST_OK;
    room_done(m);
    size_t size = rounded(n, STEP);
    off_t at = (off_t)rounded((size_t)s->end, SYSTEM);
    if (ftruncate(s->fd, at + (off_t)size)) {
        m->r->budget->spent = "temporary space";
        return ST_LIMIT;
    }
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, at);
    if (p == MAP_FAILED) return ST_NOMEM;
    m->map = p;
    m->map_size = size;
    s->end = (uint64_t)at + size;
    return ST_OK;
}

static enum st take(struct room *m, size_t n, uint8_t **ret)
{
    bool spool = n > IN_ARENA && m->r->spool && m->r->spool->fd >= 0;
    enum st st = spool ? take_spool(m, n) : take_arena(m, n);
    *ret = m->mapped ? m->map : m->p;
    return st;
}

void room_release(struct room *m, size_t n)
{
    n &= ~(SYSTEM - 1);
    if (!m->mapped || n < m->released + STEP || n > m->map_size) return;
    /* shared pages of a file: what was written to them stays in it */
    (void)madvise(&m->map[m->released], n - m->released, MADV_DONTNEED);
    m->released = n;
}

/* ---- decoders ---- */

struct making {
    struct room *m;
    uint8_t *out;
    size_t made, want;
};

/* All at once in memory, in steps in the spool. */
static size_t next_stop(const struct making *k)
{
    size_t left = k->want - k->made;
    return k->m->mapped && left > STEP ? k->made + STEP : k->want;
}

static void release_behind(const struct making *k)
{
    if (k->made > BEHIND) room_release(k->m, k->made - BEHIND);
}

static enum st step(struct making *k, const struct decoder *d, void *state, struct decoder_step *s)
{
    uint8_t beyond[16]; /* where the end has to show itself when all room is used */
    bool full = k->made == k->want;
    s->out = full ? beyond : &k->out[k->made];
    s->room = full ? sizeof beyond : next_stop(k) - k->made;
    s->made = 0;
    enum st st = d->step(state, s);
    if (full) return s->made && st == ST_OK ? ST_MALFORMED : st;
    k->made += s->made;
    release_behind(k);
    return st;
}

static enum st run_stream(struct making *k, const struct decoder *d, struct slice in)
{
    struct decoder_step s = {.in = in};
    enum st st = ST_OK;
    do { /* several gzip members or zstd frames may make one page */
        void *state = d->open((struct slice){0});
        if (!state) return ST_NOMEM;
        s.end = false;
        while (st == ST_OK && !s.end) st = step(k, d, state, &s);
        d->close(state);
    } while (st == ST_OK && s.in.n && k->made < k->want);
    return st == ST_OK && s.in.n ? ST_MALFORMED : st;
}

static enum st run_snappy(struct making *k, struct slice in)
{
    struct snappy s;
    enum st st = snappy_begin(&s, in, k->out, k->want);
    while (st == ST_OK && s.pos < in.n) {
        st = snappy_run(&s, s.pos < in.n && s.w.at == k->want ? SIZE_MAX : next_stop(k));
        k->made = s.w.at;
        release_behind(k);
    }
    return st;
}

static enum st run_lz4(struct making *k, struct slice in)
{
    struct lz4block b = lz4block_of(in, &k->out[k->made], k->want - k->made);
    size_t before = k->made;
    enum st st = ST_OK;
    while (st == ST_OK && b.pos < in.n) {
        size_t stop = k->made == k->want ? SIZE_MAX : next_stop(k) - before;
        st = lz4block_run(&b, stop);
        k->made = before + b.w.at;
        release_behind(k);
    }
    return st;
}

/* u32be unpacked length, then blocks, each behind its u32be length, until so much was made. */
static enum st run_hadoop(struct making *k, struct slice in)
{
    struct cursor c = cur_of(in);
    enum st st = ST_OK;
    while (st == ST_OK && cur_left(&c)) {
        uint64_t end = k->made + (uint64_t)cur_u32be(&c);
        do {
            struct slice block = cur_bytes(&c, cur_u32be(&c));
            if (!cur_ok(&c) || !block.n || end > k->want) return ST_MALFORMED;
            st = run_lz4(k, block);
        } while (st == ST_OK && k->made < end);
        if (k->made != end) st = ST_MALFORMED;
    }
    return st;
}

/* What writers called LZ4 before the name was settled. */
static enum st run_some_lz4(struct making *k, struct slice in)
{
    enum st st = run_hadoop(k, in);
    if (st == ST_OK && k->made == k->want) return st;
    k->made = 0;
    if (slice_starts(in, S("\x04\x22\x4d\x18"))) return run_stream(k, &unlz4, in);
    return run_lz4(k, in);
}

static enum st run(struct making *k, enum page_codec codec, struct slice in)
{
    switch (codec) {
    case PAGE_SNAPPY: return run_snappy(k, in);
    case PAGE_GZIP: return run_stream(k, &inflate_gzip, in);
    case PAGE_BROTLI: return run_stream(k, &unbrotli, in);
    case PAGE_ZSTD: return run_stream(k, &unzstd, in);
    case PAGE_LZ4_HADOOP: return run_some_lz4(k, in);
    case PAGE_LZ4_BLOCK: return run_lz4(k, in);
    case PAGE_LZ4_FRAME: return run_stream(k, &unlz4, in);
    default: return ST_UNSUPPORTED;
    }
}

/* ---- the purse ---- */

static uint64_t file_size(const struct layer *l)
{
    while (l->parent) l = l->parent;
    return l->bytes.n;
}

/* All that the file makes is measured against the file. */
enum st room_pay(struct reading *r, uint64_t made)
{
    struct budget *b = r->budget;
    if (!budget_work(b, 1 + made / 1024) || !budget_bytes(b, made)) return ST_LIMIT;
    r->unpacked += made;
    if (r->unpacked / 2 <= b->ratio_floor || budget_ratio(b, file_size(r->layer), r->unpacked))
        return ST_OK;
    b->spent = "ratio";
    tell_anomaly(r, ANOMALY_ARCHIVE_BOMB, 0, "%llu bytes unpack to more than %llu",
                 (unsigned long long)file_size(r->layer), (unsigned long long)r->unpacked);
    return ST_LIMIT;
}

/* The most that one packed byte can make, so that a length that lies costs no memory. */
static bool possible(enum page_codec codec, uint64_t packed, uint64_t unpacked)
{
    static const uint64_t most[PAGE_UNKNOWN] = {
        [PAGE_SNAPPY] = 64,          [PAGE_GZIP] = 1100,     [PAGE_BROTLI] = 1u << 24,
        [PAGE_ZSTD] = 1u << 16,      [PAGE_LZ4_BLOCK] = 256, [PAGE_LZ4_HADOOP] = 256,
        [PAGE_LZ4_FRAME] = 1u << 10,
    };
    return unpacked / most[codec] <= packed + 1;
}

enum st room_unpack(struct room *m, enum page_codec codec, struct slice packed, uint64_t unpacked,
                    struct slice *ret)
{
    *ret = packed;
    if (codec == PAGE_PLAIN) m->mapped = false;
    if (codec == PAGE_PLAIN) return packed.n == unpacked ? ST_OK : ST_MALFORMED;
    *ret = (struct slice){0};
    if (codec >= PAGE_UNKNOWN) return ST_UNSUPPORTED;
    if (!possible(codec, packed.n, unpacked)) return ST_MALFORMED;
    if (unpacked > PAGE_MOST) return ST_LIMIT;
    struct making k = {.m = m, .want = (size_t)unpacked};
    enum st st = take(m, k.want + 1, &k.out);
    if (st != ST_OK) return st;
    st = run(&k, codec, packed);
    *ret = slice_of(k.out, k.made);
    m->released = 0;
    enum st paid = room_pay(m->r, k.made);
    if (st == ST_OK && k.made != k.want) st = ST_MALFORMED;
    return paid == ST_OK ? st : paid;
}

#define SCRATCH ((size_t)128 << 10)

enum st room_measure(struct room *m, enum page_codec codec, struct slice packed, uint64_t *ret)
{
    const struct decoder *d = codec == PAGE_ZSTD ? &unzstd : &unlz4;
    struct decoder_step s = {.in = packed, .room = SCRATCH};
    uint64_t n = 0;
    enum st st = take_arena(m, SCRATCH);
    if (st != ST_OK) return st;
    void *state = d->open((struct slice){0});
    if (!state) return ST_NOMEM;
    while (st == ST_OK && !s.end && n <= PAGE_MOST) {
        s.out = m->p;
        s.made = 0;
        st = d->step(state, &s);
        n += s.made;
        if (!budget_work(m->r->budget, 1 + s.made / 1024)) st = ST_LIMIT;
    }
    d->close(state);
    *ret = n;
    return st;
}
