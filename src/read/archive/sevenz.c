/* SPDX-License-Identifier: Apache-2.0 */
/* sevenz.c - from the signature to the files.
 *
 *    "7z" magic | version | crc | offset, size, crc of the header | packed streams ... | header
 *
 * The header is usually packed itself. Files of one folder are one packed stream behind another
 * ("solid"): such a folder is unpacked at once and its files are pushed as parts of it; a folder
 * with one file is pushed as it is, so that only one of many is unpacked at a time. */
#include "read/archive/sevenz.h"
#include "port/deflate/crc.h"
#include "read/archive/names.h"
#include "read/archive/sevenz_header.h"

#define ENCODED_MOST  4u /* headers in headers */
#define UNIX_PRESENT  0x8000u
#define UNIX_TYPE(a)  ((a) >> 16 & 0170000u)
#define UNIX_LINK     0120000u
#define DOS_DIRECTORY 0x10u

struct walk {
    struct reading *r;
    struct sevenz z;
    struct names names;
    size_t file; /* the next file that has a stream */
};

static struct slice packed_of(const struct walk *w, const struct sevenz_folder *f, uint64_t *ret_at)
{
    uint64_t at = SEVENZ_SIGNATURE_SIZE, n = 0, all = w->r->layer->bytes.n;
    bool ok = __builtin_add_overflow(at, w->z.pack_pos, &at) == 0;
    for (size_t i = 0; ok && i < w->z.pack_count && i < f->pack; i++)
        ok = __builtin_add_overflow(at, w->z.packs[i], &at) == 0;
    if (f->pack < w->z.pack_count) n = w->z.packs[f->pack];
    *ret_at = at;
    if (!ok || at > all) return slice_of(NULL, 0);
    if (n > all - at)
        tell_anomaly(w->r, ANOMALY_TRUNCATED, at, "%llu packed bytes declared, %llu left",
                     (unsigned long long)n, (unsigned long long)(all - at));
    return slice_sub(w->r->layer->bytes, (size_t)at, n > all - at ? (size_t)(all - at) : (size_t)n);
}

static struct member folder_member(const struct walk *w, const struct sevenz_folder *f,
                                   struct slice name)
{
    struct member m = {.name = name,
                       .codec = f->codec,
                       .codec_props = slice_of(f->chain, f->chain_n),
                       .unpacked = f->unpacked,
                       .crc = f->crc,
                       .check_crc = f->has_crc};
    m.packed = packed_of(w, f, &m.offset);
    return m;
}

/* ---- the header ---- */

/* A packed header becomes the plain one; the layer lives as long as the archive. */
static enum st unpack_header(struct walk *w, struct cursor *c)
{
    enum st st = sevenz_streams(w->r, c, &w->z);
    if (st != ST_OK) return st;
    if (!w->z.folder_count) return ST_MALFORMED;
    const struct sevenz_folder *f = &w->z.folders[0];
    if (f->method == SEVENZ_SEALED) {
        tell_unread(w->r, UNREAD_ENCRYPTED, 0, w->r->layer->bytes.n,
                    "the list of files is encrypted");
        return ST_OK;
    }
    if (f->method != SEVENZ_CHAIN) return ST_UNSUPPORTED;
    struct layer *plain = ARENA_NEW(w->r->arena, struct layer);
    struct member m = folder_member(w, f, S("(header)"));
    if (!plain) return ST_NOMEM;
    st = reading_open(w->r, &m, plain);
    *c = cur_of(plain->bytes);
    return st;
}

static enum st find_header(struct walk *w, struct cursor *ret)
{
    struct reading *r = w->r;
    struct cursor c = cur_of(r->layer->bytes);
    cur_skip(&c, 8);
    uint32_t start_crc = cur_u32le(&c);
    struct cursor start = cur_sub(&c, 12, 20);
    uint64_t offset = cur_u64le(&c), size = cur_u64le(&c);
    uint32_t crc = cur_u32le(&c);
    if (!cur_ok(&c)) return ST_TRUNCATED;
    if (crc32_add(0, cur_rest(&start)) != start_crc)
        tell_anomaly(r, ANOMALY_ARCHIVE_CRC, 8, "the checksum of the first 32 bytes is wrong");
    uint64_t left = cur_left(&c);
    if (offset > left || size > left - offset) return ST_TRUNCATED;
    cur_skip(&c, offset);
    struct slice header = cur_bytes(&c, size);
    if (crc32_add(0, header) != crc)
        tell_anomaly(r, ANOMALY_ARCHIVE_CRC, 32 + offset, "the checksum of the header is wrong");
    struct slice tail = cur_rest(&c);
    if (tail.n)
        tell_anomaly(r, ANOMALY_TRAILING, cur_pos(&c), "%zu bytes behind the archive", tail.n);
    *ret = cur_of(header);
    return reading_push_stray(r, "(trailing bytes)", tail, cur_pos(&c));
}

/* ---- files ---- */

static struct sevenz_file *next_file(struct walk *w)
{
    while (w->file < w->z.file_count) {
        struct sevenz_file *f = &w->z.files[w->file++];
        if (f->has_stream) return f;
    }
    return NULL;
}

static bool is_link(const struct sevenz_file *f)
{
    return f && f->attributes & UNIX_PRESENT && UNIX_TYPE(f->attributes) == UNIX_LINK;
}

static void tell_unreadable(const struct walk *w, const struct sevenz_folder *f, struct slice name)
{
    uint64_t at;
    struct slice packed = packed_of(w, f, &at);
    bool sealed = f->method == SEVENZ_SEALED;
    if (sealed)
        tell_unread(w->r, UNREAD_ENCRYPTED, at, packed.n, "%.*s is encrypted (%zu files)",
                    SLICE_ARG(name), f->streams);
    else
        tell_unread(w->r, UNREAD_UNSUPPORTED, at, packed.n, "%.*s: unknown method %llx (%zu files)",
                    SLICE_ARG(name), (unsigned long long)f->unknown_id, f->streams);
}

/* Part of a solid folder that lies unpacked in `from`. */
static enum st push_part(struct walk *w, const struct sevenz_file *file, struct slice from,
                         uint64_t at, const struct sevenz_stream *s)
{
    struct member m = {.name = file ? file->name : S("(unnamed)"),
                       .packed = slice_sub(from, (size_t)at, (size_t)s->size),
                       .offset = at,
                       .unpacked = s->size,
                       .crc = s->crc,
                       .check_crc = s->has_crc};
    if (!is_link(file)) return reading_push(w->r, &m);
    names_link(w->r, file->name, m.packed, 0);
    return ST_OK;
}

static enum st read_solid(struct walk *w, const struct sevenz_folder *f)
{
    struct layer *whole = ARENA_NEW(w->r->arena, struct layer);
    struct member m = folder_member(w, f, S("(solid block)"));
    if (!whole) return ST_NOMEM;
    enum st st = reading_open(w->r, &m, whole);
    uint64_t at = 0;
    size_t lost = 0;
    for (size_t i = 0; i < f->streams && st == ST_OK; i++) {
        const struct sevenz_stream *s = &w->z.streams[f->stream + i];
        const struct sevenz_file *file = next_file(w);
        if (at < whole->bytes.n || !s->size)
            st = push_part(w, file, whole->bytes, at, s);
        else
            lost++;
        at += s->size;
    }
    if (lost)
        tell_unread(w->r, UNREAD_MALFORMED, m.offset, m.packed.n,
                    "%zu files lie behind the place where unpacking failed", lost);
    return st;
}

static enum st read_folder(struct walk *w, const struct sevenz_folder *f)
{
    if (!f->streams) return ST_OK;
    if (f->method != SEVENZ_CHAIN) {
        const struct sevenz_file *first = next_file(w);
        tell_unreadable(w, f, first ? first->name : S("(unnamed)"));
        for (size_t i = 1; i < f->streams; i++) (void)next_file(w);
        return ST_OK;
    }
    size_t before = w->file;
    const struct sevenz_file *file = next_file(w);
    if (f->streams > 1 || is_link(file)) {
        w->file = before;
        return read_solid(w, f);
    }
    struct member m = folder_member(w, f, file ? file->name : S("(unnamed)"));
    m.check_crc = w->z.streams[f->stream].has_crc;
    m.crc = w->z.streams[f->stream].crc;
    return reading_push(w->r, &m);
}

static bool check_names(struct walk *w)
{
    for (size_t i = 0; i < w->z.file_count; i++) {
        const struct sevenz_file *f = &w->z.files[i];
        bool duplicate, folder = !f->has_stream && f->attributes & DOS_DIRECTORY;
        if (!names_add(w->r, &w->names, f->name, 0, !folder, &duplicate)) return false;
    }
    return true;
}

enum st sevenz_read(struct reading *r)
{
    struct walk w = {.r = r};
    struct cursor c;
    tell_format(r, FMT_SEVENZ, NULL);
    names_init(&w.names, r->arena);
    enum st st = find_header(&w, &c);
    for (unsigned i = 0; st == ST_OK && cur_peek(&c, 0) == SEVENZ_ENCODED; i++) {
        cur_skip(&c, 1);
        st = i < ENCODED_MOST ? unpack_header(&w, &c) : ST_LIMIT;
        if (cur_left(&c) == 0) return st;
    }
    if (st != ST_OK || !cur_left(&c)) return st;
    if (cur_u8(&c) != SEVENZ_HEADER) return ST_MALFORMED;
    st = sevenz_header(r, &c, &w.z);
    if (st == ST_NOMEM || (!w.z.folder_count && st != ST_OK)) return st;
    /* what was understood before an error is read all the same */
    enum st checked = check_names(&w) ? ST_OK : ST_NOMEM;
    for (size_t i = 0; i < w.z.folder_count && checked == ST_OK && w.z.streams; i++)
        checked = read_folder(&w, &w.z.folders[i]);
    return st == ST_OK ? checked : st;
}
