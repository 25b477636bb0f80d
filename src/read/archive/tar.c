/* SPDX-License-Identifier: Apache-2.0 */
/* tar.c - 512-byte blocks: a header, then the data of the member, then the next header.
 *
 *    name 100 | mode 8 | uid 8 | gid 8 | size 12 | mtime 12 | checksum 8 | type 1 | link 100
 *    magic 6 | version 2 | user 32 | group 32 | major 8 | minor 8 | prefix 155
 *
 * Numbers are octal text, or base 256 when the first bit is set. Types L and K carry a long name
 * for the next header, x and g pax records ("27 path=...\n"). Two blocks of zeros end the archive;
 * what lies behind them is another archive to `cat` and to some loaders, and is read as well. */
#include "read/archive/tar.h"
#include "base/cursor.h"
#include "base/num.h"
#include "read/archive/names.h"
#include "read/data/webdataset.h"

struct header {
    struct slice name, link;
    uint64_t size;
    uint8_t type;
};

struct walk {
    struct reading *r;
    struct cursor c;
    struct names names;
    struct webdataset samples;
    struct slice long_name, long_link; /* for the next header only */
    uint64_t pax_size;                 /* UINT64_MAX: none */
    bool sparse;
    unsigned zeros; /* blocks of zeros just passed */
    bool ended;     /* an end was passed */
    bool torch;     /* an old torch checkpoint */
};

#define SPARSE_TYPE 'S'

static struct slice text_field(struct cursor *c, size_t n)
{
    struct slice s = cur_bytes(c, n);
    size_t nul = slice_find_byte(s, 0);
    return slice_sub(s, 0, nul);
}

/* Octal with blanks around it, or big-endian binary when the first bit is set. */
static bool number_field(struct cursor *c, size_t n, uint64_t *ret)
{
    struct slice s = cur_bytes(c, n);
    uint64_t v = 0;
    if (!s.n) return false;
    if (s.p[0] & 0x80) {
        v = s.p[0] & 0x3f;
        for (size_t i = 1; i < s.n; i++) {
            if (v >> 56) return false;
            v = v << 8 | s.p[i];
        }
        *ret = v;
        return s.p[0] != 0xff;
    }
    size_t nul = slice_find_byte(s, 0);
    s = slice_trim(slice_sub(s, 0, nul));
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '7' || v >> 60) return false;
        v = v << 3 | (uint64_t)(s.p[i] - '0');
    }
    *ret = v;
    return true;
}

bool tar_header_valid(struct slice block)
{
    struct cursor c = cur_of(block);
    uint64_t sum = 0, want = 0;
    int64_t with_signs = 0;
    if (block.n < TAR_BLOCK || block.p[0] == 0) return false;
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        uint8_t b = i >= 148 && i < 156 ? ' ' : block.p[i];
        sum += b;
        with_signs += (int8_t)b;
    }
    cur_skip(&c, 148);
    struct cursor probe = c;
    if (!slice_trim(text_field(&probe, 8)).n || !number_field(&c, 8, &want)) return false;
    return want == sum || (int64_t)want == with_signs;
}

static bool all_zero(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i]) return false;
    return true;
}

static bool parse(const struct walk *w, struct slice block, struct header *h)
{
    struct cursor c = cur_of(block);
    h->name = text_field(&c, 100);
    cur_skip(&c, 24);
    bool ok = number_field(&c, 12, &h->size);
    cur_skip(&c, 20);
    h->type = cur_u8(&c);
    h->link = text_field(&c, 100);
    bool ustar = slice_starts(cur_bytes(&c, 8), S("ustar\0"));
    cur_skip(&c, 80);
    struct slice prefix = text_field(&c, 155);
    if (ustar && prefix.n)
        h->name = arena_printf(w->r->arena, "%.*s/%.*s", SLICE_ARG(prefix), SLICE_ARG(h->name));
    if (w->long_name.p) h->name = w->long_name;
    if (w->long_link.p) h->link = w->long_link;
    if (w->pax_size != UINT64_MAX) h->size = w->pax_size;
    return ok;
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts all of it. */
static void read_pax(struct walk *w, struct slice s)
{
    while (s.n && budget_work(w->r->budget, 4)) {
        size_t blank = slice_find_byte(slice_sub(s, 0, 24), ' ');
        uint64_t n = 0;
        if (blank == SIZE_MAX || !num_u64(slice_sub(s, 0, blank), &n) || n > s.n || n < blank + 3) {
            tell_anomaly(w->r, ANOMALY_MALFORMED, cur_pos(&w->c), "a broken pax record");
            return;
        }
        struct slice record = slice_sub(s, blank + 1, (size_t)n - blank - 2);
        size_t equals = slice_find_byte(record, '=');
        struct slice key = slice_sub(record, 0, equals);
        struct slice value =
            slice_sub(record, equals == SIZE_MAX ? record.n : equals + 1, SIZE_MAX);
        if (slice_eq(key, S("path"))) w->long_name = value;
        if (slice_eq(key, S("linkpath"))) w->long_link = value;
        if (slice_eq(key, S("size"))) (void)num_u64(value, &w->pax_size);
        if (slice_starts(key, S("GNU.sparse."))) w->sparse = true;
        s = slice_sub(s, (size_t)n, s.n);
    }
}

static struct slice until_nul(struct slice s)
{
    return slice_sub(s, 0, slice_find_byte(s, 0));
}

/* Headers that only say something about the next one. */
static bool extension(struct walk *w, const struct header *h, struct slice data)
{
    switch (h->type) {
    case 'L': w->long_name = until_nul(data); return true;
    case 'K': w->long_link = until_nul(data); return true;
    case 'x':
    case 'X':
    case 'g': read_pax(w, data); return true;
    default: return false;
    }
}

static void forget_extensions(struct walk *w)
{
    w->long_name = w->long_link = (struct slice){0};
    w->pax_size = UINT64_MAX;
    w->sparse = false;
}

/* Of an old torch checkpoint: pickles with ids of their own, and raw bytes between them. */
static bool torch_raw(struct slice name)
{
    if (slice_starts(name, S("./"))) name = slice_sub(name, 2, name.n);
    return slice_eq(name, S("tensors")) || slice_eq(name, S("storages")) ||
           slice_eq(name, S("pickle"));
}

static enum st push_file(struct walk *w, const struct header *h, uint64_t at, struct slice data)
{
    struct member m = {
        .name = h->name, .packed = data, .offset = cur_pos(&w->c), .unpacked = UINT64_MAX};
    if (w->sparse || h->type == SPARSE_TYPE)
        tell_anomaly(w->r, ANOMALY_ARCHIVE_SPECIAL, at, "%.*s is stored with holes",
                     SLICE_ARG(h->name));
    if (w->torch && torch_raw(h->name)) m.hint = FMT_TORCH_TAR;
    if (!w->torch && !webdataset_file(&w->samples, h->name, at)) return ST_NOMEM;
    return reading_push(w->r, &m);
}

static enum st member(struct walk *w, const struct header *h, uint64_t at, struct slice data)
{
    bool duplicate;
    if (!names_add(w->r, &w->names, h->name, at, h->type != '5', &duplicate)) return ST_NOMEM;
    switch (h->type) {
    case '1':
        if (h->link.n) names_link(w->r, S(""), h->link, at);
        return data.n ? push_file(w, h, at, data) : ST_OK;
    case '2': names_link(w->r, h->name, h->link, at); return ST_OK;
    case '3':
    case '4':
    case '6':
        tell_anomaly(w->r, ANOMALY_ARCHIVE_SPECIAL, at, "%.*s is a %s", SLICE_ARG(h->name),
                     h->type == '6' ? "pipe" : "device");
        return ST_OK;
    case '5': return ST_OK;
    default: return push_file(w, h, at, data);
    }
}

/* The cursor stands behind the header. */
static enum st entry(struct walk *w, struct slice block, uint64_t at)
{
    struct header h;
    if (!parse(w, block, &h)) {
        tell_anomaly(w->r, ANOMALY_MALFORMED, at, "the header at %llu has no size",
                     (unsigned long long)at);
        h.size = 0;
    }
    bool has_data = !(h.type >= '2' && h.type <= '6');
    uint64_t left = cur_left(&w->c), size = has_data ? h.size : 0;
    uint64_t n = size < left ? size : left;
    if (n < size)
        tell_anomaly(w->r, ANOMALY_TRUNCATED, at, "%.*s: %llu bytes declared, %llu left",
                     SLICE_ARG(h.name), (unsigned long long)size, (unsigned long long)left);
    struct cursor here = w->c;
    struct slice data = cur_bytes(&here, n);
    enum st st = ST_OK;
    if (!extension(w, &h, data)) {
        st = member(w, &h, at, data);
        forget_extensions(w);
    }
    uint64_t padded = n + (TAR_BLOCK - n % TAR_BLOCK) % TAR_BLOCK;
    cur_skip(&w->c, padded < left ? padded : left);
    return st;
}

/* Goes on at the next header, or at the end with what lies there. */
static enum st lost(struct walk *w, uint64_t at)
{
    if (w->ended)
        tell_anomaly(w->r, ANOMALY_TRAILING, at, "bytes behind the end of the archive");
    else
        tell_anomaly(w->r, ANOMALY_MALFORMED, at, "no header at %llu", (unsigned long long)at);
    /* archives may have been put behind one another with other bytes between */
    while (cur_left(&w->c) >= TAR_BLOCK && budget_work(w->r->budget, 1)) {
        struct cursor probe = w->c;
        struct slice block = cur_bytes(&probe, TAR_BLOCK);
        if (tar_header_valid(block)) return ST_OK;
        w->c = probe;
    }
    struct slice rest = slice_sub(w->r->layer->bytes, (size_t)at, SIZE_MAX);
    cur_seek(&w->c, w->c.len);
    return reading_push_stray(w->r, "(trailing bytes)", rest, at);
}

static enum st step(struct walk *w)
{
    uint64_t at = cur_pos(&w->c);
    struct cursor before = w->c;
    struct slice block = cur_bytes(&w->c, TAR_BLOCK);
    if (!budget_work(w->r->budget, TAR_BLOCK / 64)) return ST_LIMIT;
    if (all_zero(block)) {
        w->ended = ++w->zeros >= 2 || w->ended;
        return ST_OK;
    }
    if (!tar_header_valid(block)) {
        w->c = before;
        w->zeros = 0;
        return lost(w, at);
    }
    if (w->ended)
        tell_anomaly(w->r, ANOMALY_ARCHIVE_CONCATENATED, at, "another archive begins at %llu",
                     (unsigned long long)at);
    w->ended = false;
    w->zeros = 0;
    return entry(w, block, at);
}

static bool looks_torch(struct slice bytes)
{
    return slice_starts(bytes, S("pickle\0")) || slice_starts(bytes, S("./pickle\0")) ||
           slice_has(slice_sub(bytes, 0, 64u << 10), S("storages\0"));
}

enum st tar_read(struct reading *r)
{
    struct walk w = {.r = r, .c = cur_of(r->layer->bytes), .pax_size = UINT64_MAX};
    enum st st = ST_OK;
    names_init(&w.names, r->arena);
    webdataset_init(&w.samples, r->arena);
    w.torch = looks_torch(r->layer->bytes);
    tell_format(r, w.torch ? FMT_TORCH_TAR : FMT_TAR, NULL);
    while (st == ST_OK && cur_left(&w.c) >= TAR_BLOCK) st = step(&w);
    if (st != ST_OK) return st;
    if (!webdataset_end(&w.samples, r)) return ST_NOMEM;
    if (!w.ended)
        tell_anomaly(r, ANOMALY_TRUNCATED, r->layer->bytes.n, "the archive has no end mark");
    return ST_OK;
}
