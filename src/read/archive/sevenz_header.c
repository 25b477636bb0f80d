/* SPDX-License-Identifier: Apache-2.0 */
/* sevenz_header.c - numbers of 1 to 9 bytes, ids that open a block, an id 0 that closes it.
 *
 *    header  = archive properties? | streams | files
 *    streams = packed streams | folders (chains of coders) | streams within folders
 *    files   = count | property: id, size, data ... | 0
 *
 * Every count is held against the bytes that are left before anything is allocated.
 * Specification: 7zFormat.txt of the LZMA SDK 22.01. */
#include "read/archive/sevenz_header.h"
#include "base/utf8.h"
#include "port/lzma/unlzma.h"

enum id {
    ID_END,
    ID_ARCHIVE_PROPERTIES = 2,
    ID_ADDITIONAL_STREAMS,
    ID_MAIN_STREAMS,
    ID_FILES,
    ID_PACK,
    ID_UNPACK,
    ID_SUBSTREAMS,
    ID_SIZE,
    ID_CRC,
    ID_FOLDER,
    ID_UNPACK_SIZES,
    ID_STREAM_COUNTS,
    ID_EMPTY_STREAM,
    ID_NAMES = 17,
    ID_ATTRIBUTES = 21,
};

#define CODERS_MOST             8u
#define STREAMS_PER_FOLDER_MOST 1000000u

struct parse {
    struct reading *r;
    struct cursor *c;
    struct sevenz *z;
    enum st st;
};

/* The first byte's leading ones say how many bytes follow; its other bits are the highest ones. */
static uint64_t number(struct cursor *c)
{
    uint8_t first = cur_u8(c);
    unsigned more = 0;
    while (more < 8 && first & 0x80u >> more) more++;
    uint64_t low = cur_uint_le(c, more);
    uint64_t high = more < 7 ? first & ((0x80u >> more) - 1) : 0;
    return more < 8 ? high << (8 * more) | low : low;
}

static bool fail(struct parse *p, enum st st)
{
    if (p->st == ST_OK) p->st = st;
    return false;
}

static bool good(struct parse *p)
{
    if (p->st == ST_OK && !cur_ok(p->c)) p->st = ST_TRUNCATED;
    return p->st == ST_OK;
}

/* A count of things that take at least one bit each of what is left. */
static size_t count(struct parse *p)
{
    uint64_t n = number(p->c);
    if (!good(p)) return 0;
    if (n / 8 > cur_left(p->c) || !budget_work(p->r->budget, n)) {
        fail(p, ST_MALFORMED);
        return 0;
    }
    return (size_t)n;
}

static void *array(struct parse *p, size_t n, size_t size)
{
    void *a = arena_alloc(p->r->arena, n, size);
    if (!a) fail(p, ST_NOMEM);
    return a;
}

/* A bit per item, the highest first; with `all_marker`, a byte before says that all are set. */
static bool *bits(struct parse *p, size_t n, bool all_marker)
{
    bool *set = array(p, n, sizeof *set);
    if (!set) return NULL;
    bool all = all_marker && cur_u8(p->c) != 0;
    uint8_t byte = 0;
    for (size_t i = 0; i < n; i++) {
        if (!all && i % 8 == 0) byte = cur_u8(p->c);
        set[i] = all || byte & 0x80u >> i % 8;
    }
    return good(p) ? set : NULL;
}

/* ---- packed streams ---- */

static void skip_digests(struct parse *p, size_t n)
{
    const bool *set = bits(p, n, true);
    for (size_t i = 0; set && i < n; i++)
        if (set[i]) cur_skip(p->c, 4);
}

static bool read_pack(struct parse *p)
{
    struct sevenz *z = p->z;
    z->pack_pos = number(p->c);
    z->pack_count = count(p);
    if (!good(p) || !(z->packs = array(p, z->pack_count, sizeof *z->packs))) return false;
    for (uint8_t id; (id = cur_u8(p->c)) != ID_END && good(p);) {
        if (id == ID_SIZE)
            for (size_t i = 0; i < z->pack_count; i++) z->packs[i] = number(p->c);
        else if (id == ID_CRC)
            skip_digests(p, z->pack_count);
        else
            return fail(p, ST_MALFORMED);
    }
    return good(p);
}

/* ---- folders ---- */

struct coder {
    uint64_t id;
    struct slice props;
    size_t ins, outs;
};

struct folder_shape {
    struct coder coders[CODERS_MOST];
    size_t n, ins, outs, binds;
    uint64_t bind_in[CODERS_MOST * 4], bind_out[CODERS_MOST * 4];
};

static bool read_coder(struct parse *p, struct folder_shape *f)
{
    struct coder *k = &f->coders[f->n++];
    uint8_t flags = cur_u8(p->c);
    struct slice id = cur_bytes(p->c, flags & 15);
    for (size_t i = 0; i < id.n && i < 8; i++) k->id = k->id << 8 | id.p[i];
    uint64_t ins = flags & 0x10 ? number(p->c) : 1, outs = flags & 0x10 ? number(p->c) : 1;
    if (flags & 0x20) k->props = cur_bytes(p->c, number(p->c));
    if (flags & 0x80 || ins > 4 || outs > 4) return fail(p, ST_MALFORMED);
    k->ins = (size_t)ins;
    k->outs = (size_t)outs;
    f->ins += k->ins;
    f->outs += k->outs;
    return good(p);
}

static bool read_shape(struct parse *p, struct folder_shape *f, size_t *ret_packs)
{
    uint64_t n = number(p->c);
    if (!n || n > CODERS_MOST) return fail(p, ST_MALFORMED);
    while (f->n < n)
        if (!read_coder(p, f)) return false;
    if (!f->outs || f->ins < f->outs - 1) return fail(p, ST_MALFORMED);
    f->binds = f->outs - 1;
    for (size_t i = 0; i < f->binds; i++) {
        f->bind_in[i] = number(p->c);
        f->bind_out[i] = number(p->c);
    }
    *ret_packs = f->ins - f->binds;
    for (size_t i = 0; *ret_packs > 1 && i < *ret_packs; i++) (void)number(p->c);
    return good(p);
}

struct coder_row {
    uint64_t id;
    int part; /* enum lzma_part, or -1 */
    enum codec codec;
};

static const struct coder_row coder_rows[] = {
    {0x030101, LZMA_PART_1, CODEC_LZMA_CHAIN},
    {0x21, LZMA_PART_2, CODEC_LZMA_CHAIN},
    {0x03, LZMA_PART_DELTA, CODEC_LZMA_CHAIN},
    {0x04, LZMA_PART_X86, CODEC_LZMA_CHAIN},
    {0x03030103, LZMA_PART_X86, CODEC_LZMA_CHAIN},
    {0x05, LZMA_PART_POWERPC, CODEC_LZMA_CHAIN},
    {0x03030205, LZMA_PART_POWERPC, CODEC_LZMA_CHAIN},
    {0x06, LZMA_PART_IA64, CODEC_LZMA_CHAIN},
    {0x03030401, LZMA_PART_IA64, CODEC_LZMA_CHAIN},
    {0x07, LZMA_PART_ARM, CODEC_LZMA_CHAIN},
    {0x03030501, LZMA_PART_ARM, CODEC_LZMA_CHAIN},
    {0x08, LZMA_PART_ARMTHUMB, CODEC_LZMA_CHAIN},
    {0x03030701, LZMA_PART_ARMTHUMB, CODEC_LZMA_CHAIN},
    {0x09, LZMA_PART_SPARC, CODEC_LZMA_CHAIN},
    {0x03030805, LZMA_PART_SPARC, CODEC_LZMA_CHAIN},
    {0x00, -1, CODEC_STORED},
    {0x040108, -1, CODEC_DEFLATE},
    {0x040202, -1, CODEC_BZIP2},
    {0x04f71101, -1, CODEC_ZSTD},
};

#define CODER_AES 0x06f10701u

static const struct coder_row *coder_row(uint64_t id)
{
    for (size_t i = 0; i < COUNT_OF(coder_rows); i++)
        if (coder_rows[i].id == id) return &coder_rows[i];
    return NULL;
}

/* The coder whose output feeds coder i, or SIZE_MAX when that reads packed bytes. */
static size_t feeder(const struct folder_shape *f, size_t i)
{
    for (size_t b = 0; b < f->binds; b++)
        if (f->bind_in[b] == i && f->bind_out[b] < f->n) return (size_t)f->bind_out[b];
    return SIZE_MAX;
}

static size_t last_coder(const struct folder_shape *f)
{
    for (size_t i = 0; i < f->n; i++) {
        bool bound = false;
        for (size_t b = 0; b < f->binds; b++) bound = bound || f->bind_out[b] == i;
        if (!bound) return i;
    }
    return 0;
}

static bool any_sealed(const struct folder_shape *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->coders[i].id == CODER_AES) return true;
    return false;
}

/* From the result back to the packed bytes: the order in which liblzma wants its filters. */
static void plan_folder(struct parse *p, const struct folder_shape *f, struct sevenz_folder *ret)
{
    struct buf chain;
    size_t at = last_coder(f), steps = 0;
    ret->method = any_sealed(f) ? SEVENZ_SEALED : SEVENZ_UNKNOWN;
    ret->main_out = at;
    ret->outs = f->outs;
    if (ret->method == SEVENZ_SEALED) return;
    buf_init(&chain, 4096);
    buf_u64le(&chain, 0); /* the size: it comes later */
    for (; at < f->n && steps < f->n; at = feeder(f, at), steps++) {
        const struct coder *k = &f->coders[at];
        const struct coder_row *row = coder_row(k->id);
        ret->unknown_id = k->id;
        if (!row || k->ins != 1 || k->outs != 1 || k->props.n > 255) goto out;
        ret->codec = row->codec;
        if (row->part < 0) continue;
        buf_byte(&chain, (uint8_t)row->part);
        buf_byte(&chain, (uint8_t)k->props.n);
        buf_add(&chain, k->props);
    }
    /* a library coder stands alone; filters stand before LZMA */
    if (steps == f->n && buf_ok(&chain) && (ret->codec == CODEC_LZMA_CHAIN || steps == 1)) {
        ret->method = SEVENZ_CHAIN;
        ret->chain = array(p, chain.n, 1);
        ret->chain_n = ret->chain ? chain.n : 0;
        if (ret->chain) memcpy(ret->chain, chain.p, chain.n);
    }
out:
    buf_done(&chain);
}

static void read_folder_sizes(struct parse *p)
{
    for (size_t i = 0; i < p->z->folder_count; i++) {
        struct sevenz_folder *f = &p->z->folders[i];
        for (size_t out = 0; out < f->outs; out++) {
            uint64_t size = number(p->c);
            if (out == f->main_out) f->unpacked = size;
        }
        for (size_t k = 0; f->chain && k < 8; k++) f->chain[k] = (uint8_t)(f->unpacked >> (8 * k));
    }
}

static void read_folder_digests(struct parse *p)
{
    const bool *set = bits(p, p->z->folder_count, true);
    for (size_t i = 0; set && i < p->z->folder_count; i++) {
        if (!set[i]) continue;
        p->z->folders[i].has_crc = true;
        p->z->folders[i].crc = cur_u32le(p->c);
    }
}

static bool read_folders(struct parse *p)
{
    struct sevenz *z = p->z;
    size_t pack = 0;
    z->streams = NULL; /* a second block makes the first one's places wrong */
    if (cur_u8(p->c) != ID_FOLDER) return fail(p, ST_MALFORMED);
    z->folder_count = count(p);
    if (cur_u8(p->c) != 0) return fail(p, ST_UNSUPPORTED); /* folders in another stream */
    if (!good(p) || z->folder_count > cur_left(p->c)) return fail(p, ST_MALFORMED);
    if (!(z->folders = array(p, z->folder_count, sizeof *z->folders))) return false;
    for (size_t i = 0; i < z->folder_count; i++) {
        struct folder_shape shape = {0};
        if (!read_shape(p, &shape, &z->folders[i].packs)) return false;
        plan_folder(p, &shape, &z->folders[i]);
        z->folders[i].pack = pack;
        z->folders[i].streams = 1;
        pack += z->folders[i].packs;
    }
    for (uint8_t id; (id = cur_u8(p->c)) != ID_END && good(p);) {
        if (id == ID_UNPACK_SIZES)
            read_folder_sizes(p);
        else if (id == ID_CRC)
            read_folder_digests(p);
        else
            return fail(p, ST_MALFORMED);
    }
    return good(p);
}

/* ---- streams within folders ---- */

static bool place_streams(struct parse *p)
{
    struct sevenz *z = p->z;
    uint64_t total = 0;
    for (size_t i = 0; i < z->folder_count; i++) {
        z->folders[i].stream = (size_t)total;
        total += z->folders[i].streams;
    }
    /* each has a name, which is still to come */
    if (total > cur_left(p->c) + z->folder_count) return fail(p, ST_MALFORMED);
    z->stream_count = (size_t)total;
    z->streams = array(p, z->stream_count, sizeof *z->streams);
    return z->streams != NULL;
}

/* The last stream of a folder takes what the others leave. */
static void read_stream_sizes(struct parse *p, bool stored)
{
    for (size_t i = 0; i < p->z->folder_count && good(p); i++) {
        const struct sevenz_folder *f = &p->z->folders[i];
        uint64_t left = f->unpacked;
        for (size_t k = 0; k < f->streams; k++) {
            uint64_t size = k + 1 < f->streams && stored ? number(p->c) : left;
            if (size > left) size = left;
            p->z->streams[f->stream + k].size = size;
            left -= size;
        }
    }
}

static bool covered(const struct sevenz_folder *f)
{
    return f->streams == 1 && f->has_crc;
}

static void copy_digests(struct parse *p)
{
    for (size_t i = 0; i < p->z->folder_count; i++) {
        const struct sevenz_folder *f = &p->z->folders[i];
        if (!covered(f)) continue;
        p->z->streams[f->stream].has_crc = true;
        p->z->streams[f->stream].crc = f->crc;
    }
}

/* Only of streams whose folder's own checksum does not do. */
static void read_stream_digests(struct parse *p)
{
    size_t wanted = 0, at = 0;
    for (size_t i = 0; i < p->z->folder_count; i++)
        wanted += covered(&p->z->folders[i]) ? 0 : p->z->folders[i].streams;
    const bool *set = bits(p, wanted, true);
    for (size_t i = 0; set && i < p->z->folder_count; i++) {
        const struct sevenz_folder *f = &p->z->folders[i];
        for (size_t k = 0; !covered(f) && k < f->streams; k++, at++) {
            struct sevenz_stream *s = &p->z->streams[f->stream + k];
            s->has_crc = set[at];
            if (set[at]) s->crc = cur_u32le(p->c);
        }
    }
}

static bool read_stream_counts(struct parse *p)
{
    for (size_t i = 0; i < p->z->folder_count && good(p); i++) {
        uint64_t n = number(p->c);
        if (n > STREAMS_PER_FOLDER_MOST) return fail(p, ST_LIMIT);
        p->z->folders[i].streams = (size_t)n;
    }
    return good(p);
}

static bool read_substreams(struct parse *p)
{
    p->z->streams = NULL;
    uint8_t id = cur_u8(p->c);
    if (id == ID_STREAM_COUNTS) {
        if (!read_stream_counts(p)) return false;
        id = cur_u8(p->c);
    }
    if (!place_streams(p)) return false;
    read_stream_sizes(p, id == ID_SIZE);
    if (id == ID_SIZE) id = cur_u8(p->c);
    copy_digests(p);
    if (id == ID_CRC) {
        read_stream_digests(p);
        id = cur_u8(p->c);
    }
    return id == ID_END ? good(p) : fail(p, ST_MALFORMED);
}

static bool read_streams(struct parse *p)
{
    bool placed = false;
    for (uint8_t id; (id = cur_u8(p->c)) != ID_END && good(p);) {
        bool ok = id == ID_PACK         ? read_pack(p)
                  : id == ID_UNPACK     ? read_folders(p)
                  : id == ID_SUBSTREAMS ? (placed = true, read_substreams(p))
                                        : fail(p, ST_MALFORMED);
        if (!ok) return false;
    }
    if (!placed && good(p) && place_streams(p)) {
        read_stream_sizes(p, false);
        copy_digests(p);
    }
    return good(p);
}

/* ---- files ---- */

/* One name: UTF-16, closed by a zero; unpaired surrogates become U+FFFD. */
static bool read_name(struct parse *p, struct cursor *c, struct slice *ret)
{
    struct buf name;
    buf_init(&name, 64u << 10);
    for (uint16_t unit; (unit = cur_u16le(c)) != 0 && cur_ok(c);) {
        uint32_t code = unit;
        if (unit >= 0xd800 && unit < 0xdc00) {
            uint16_t low = cur_u16le(c);
            bool pair = low >= 0xdc00 && low < 0xe000;
            code = pair ? 0x10000u + ((unit & 0x3ffu) << 10 | (low & 0x3ffu)) : 0xfffd;
        } else if (unit >= 0xdc00 && unit < 0xe000) {
            code = 0xfffd;
        }
        utf8_put(&name, code);
    }
    *ret = arena_copy(p->r->arena, buf_slice(&name));
    buf_done(&name);
    return ret->p ? cur_ok(c) : fail(p, ST_NOMEM);
}

static void read_names(struct parse *p, struct cursor c)
{
    if (cur_u8(&c) != 0) fail(p, ST_UNSUPPORTED);
    for (size_t i = 0; i < p->z->file_count && p->st == ST_OK; i++)
        if (!read_name(p, &c, &p->z->files[i].name)) fail(p, ST_TRUNCATED);
}

static void read_attributes(struct parse *p, struct cursor c)
{
    struct parse sub = *p;
    sub.c = &c;
    const bool *set = bits(&sub, p->z->file_count, true);
    if (cur_u8(&c) != 0) return; /* in another stream: nothing that we need */
    for (size_t i = 0; set && i < p->z->file_count; i++)
        if (set[i]) p->z->files[i].attributes = cur_u32le(&c);
}

static void read_empty(struct parse *p, struct cursor c)
{
    struct parse sub = *p;
    sub.c = &c;
    const bool *set = bits(&sub, p->z->file_count, false);
    if (!set) fail(p, sub.st);
    for (size_t i = 0; set && i < p->z->file_count; i++) p->z->files[i].has_stream = !set[i];
}

static bool read_files(struct parse *p)
{
    struct sevenz *z = p->z;
    size_t n = count(p);
    if (!good(p) || !(z->files = array(p, n, sizeof *z->files))) return false;
    z->file_count = n;
    for (size_t i = 0; i < n; i++) z->files[i].has_stream = true;
    for (uint64_t id; (id = number(p->c)) != ID_END && good(p);) {
        struct slice data = cur_bytes(p->c, number(p->c));
        if (!good(p)) return false;
        if (id == ID_NAMES) read_names(p, cur_of(data));
        if (id == ID_EMPTY_STREAM) read_empty(p, cur_of(data));
        if (id == ID_ATTRIBUTES) read_attributes(p, cur_of(data));
    }
    return good(p);
}

static bool skip_properties(struct parse *p)
{
    while (number(p->c) != ID_END && good(p)) cur_skip(p->c, number(p->c));
    return good(p);
}

enum st sevenz_streams(struct reading *r, struct cursor *c, struct sevenz *ret)
{
    struct parse p = {r, c, ret, ST_OK};
    *ret = (struct sevenz){0};
    (void)read_streams(&p);
    return p.st;
}

enum st sevenz_header(struct reading *r, struct cursor *c, struct sevenz *ret)
{
    struct parse p = {r, c, ret, ST_OK};
    struct sevenz additional;
    *ret = (struct sevenz){0};
    for (uint8_t id; (id = cur_u8(c)) != ID_END && good(&p);) {
        bool ok;
        p.z = id == ID_ADDITIONAL_STREAMS ? &additional : ret;
        if (p.z == &additional) additional = (struct sevenz){0};
        ok = id == ID_ARCHIVE_PROPERTIES                            ? skip_properties(&p)
             : id == ID_ADDITIONAL_STREAMS || id == ID_MAIN_STREAMS ? read_streams(&p)
             : id == ID_FILES                                       ? read_files(&p)
                                                                    : fail(&p, ST_MALFORMED);
        if (!ok) break;
    }
    (void)good(&p);
    return p.st;
}
