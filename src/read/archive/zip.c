/* SPDX-License-Identifier: Apache-2.0 */
/* zip.c - from the index to the members: layouts first, then everything that they leave. */
#include "read/archive/zip.h"
#include "port/deflate/crc.h"
#include "read/archive/names.h"
#include "read/archive/zip_header.h"
#include "read/archive/zip_layout.h"
#include "read/unpack.h"

#define METHOD_AES 99u
#define PIECE      ((size_t)1 << 20)

/* Encryption is a flag, and some loaders never look at it: when the bytes unpack to their checksum,
 * they are plain. */
static bool plain_despite_flag(struct reading *r, const struct zip_entry *e)
{
    struct arena_mark mark = arena_mark(r->arena);
    struct member m = zip_member(e);
    struct unpacked u;
    if (e->method == METHOD_AES) return false;
    bool content = r->content;
    r->content = true; /* so that stored bytes are summed, whatever their size */
    bool plain = unpack(r, &m, &u) == ST_OK && !u.crc_bad;
    r->content = content;
    unpacked_done(r, &u);
    arena_rewind(r->arena, mark);
    return plain;
}

static void check_sealed(struct reading *r, struct zip_entry *e)
{
    bool aes = e->method == METHOD_AES;
    if (!(e->flags & ZIP_FLAG_SEALED) && !aes) return;
    if (plain_despite_flag(r, e)) {
        tell_anomaly(r, ANOMALY_ARCHIVE_HEADERS_DIFFER, e->header,
                     "%.*s is marked as encrypted, but is not", SLICE_ARG(e->name));
        return;
    }
    e->sealed = true;
    tell_unread(r, UNREAD_ENCRYPTED, e->offset, e->packed.n, "%.*s is encrypted",
                SLICE_ARG(e->name));
}

static void check_link(struct reading *r, const struct zip_entry *e)
{
    struct member m = zip_member(e);
    struct unpacked u;
    if (e->unpacked > 4096 || unpack(r, &m, &u) != ST_OK) return;
    names_link(r, e->name, u.bytes, e->header);
    unpacked_done(r, &u);
}

/* A layout has read these in place: only their checksum is left to look at. */
static void check_taken(const struct reading *r, const struct zip_entry *e)
{
    uint32_t crc = 0;
    if (e->codec != CODEC_STORED || e->sealed) return;
    for (size_t at = 0; at < e->packed.n; at += PIECE) {
        if (!budget_work(r->budget, 1 + PIECE / 4096)) return;
        crc = crc32_add(crc, slice_sub(e->packed, at, PIECE));
        layer_release(r->layer, e->offset + at, PIECE);
    }
    if (crc != e->crc)
        tell_anomaly(r, ANOMALY_ARCHIVE_CRC, e->offset, "%.*s: the checksum is %08x, not %08x",
                     SLICE_ARG(e->name), crc, e->crc);
}

static enum st push_rest(struct reading *r, const struct zip_index *ix)
{
    enum st st = ST_OK;
    for (size_t i = ix->count; i-- > 0 && st == ST_OK;) { /* the last pushed is read first */
        const struct zip_entry *e = &ix->entries[i];
        struct member m = zip_member(e);
        if (e->taken && r->content) check_taken(r, e);
        if (!e->taken && !e->sealed && !e->directory && !e->link) st = reading_push(r, &m);
    }
    return st;
}

static enum st read_layout(struct reading *r, struct zip_index *ix, const char *variant)
{
    zip_layout_fn *read = zip_layout_of(ix->layout);
    r->format = ix->layout;
    if (read) return read(r, ix);
    tell_format(r, ix->layout, variant);
    if (ix->layout == FMT_KERAS)
        tell_unread(r, UNREAD_UNSUPPORTED, 0, r->layer->bytes.n,
                    "keras is recognised, but this version cannot read it");
    return ST_OK;
}

/* Keras asks for its suffix, not for its members. */
static void apply_suffix(const struct reading *r, struct zip_index *ix)
{
    if (ix->layout == FMT_ZIP && slice_ends_nocase(r->layer->name, S(".keras")))
        ix->layout = FMT_KERAS;
}

enum st zip_read(struct reading *r)
{
    const char *variant = NULL;
    struct zip_index *ix = ARENA_NEW(r->arena, struct zip_index);
    if (!ix) return ST_NOMEM;
    enum st st = zip_index(r, ix);
    zip_layout_decide(ix, &variant);
    apply_suffix(r, ix);
    for (size_t i = 0; i < ix->count; i++) {
        check_sealed(r, &ix->entries[i]);
        if (ix->entries[i].link) check_link(r, &ix->entries[i]);
    }
    enum st read = read_layout(r, ix, variant);
    enum st pushed = push_rest(r, ix);
    if (st == ST_OK) st = read;
    return st == ST_OK ? pushed : st;
}
