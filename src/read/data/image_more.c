/* SPDX-License-Identifier: Apache-2.0 */
/* image_more.c - GIF, WebP, BMP, and the boxes of HEIF and AVIF. */
#include "base/cursor.h"
#include "base/num.h"
#include "read/data/image.h"

#define BLOB_LEAST 64u

/* ---- GIF: blocks of at most 255 bytes, each run of them ended by an empty one ---- */

struct gif {
    struct picture *p;
    struct cursor k;
};

/* The sub-blocks from here, with their length bytes. */
static struct slice sub_blocks(struct gif *g, uint64_t *at)
{
    struct cursor from = g->k;
    *at = cur_pos(&g->k);
    uint8_t n;
    while (cur_ok(&g->k) && (n = cur_u8(&g->k)) > 0) {
        if (!budget_work(g->p->r->budget, 1)) break;
        cur_skip(&g->k, n);
    }
    return cur_bytes(&from, cur_pos(&g->k) - *at);
}

/* The text in sub-blocks, without their lengths. */
static void block_text(struct gif *g, const char *field, struct slice raw, uint64_t at)
{
    struct cursor k = cur_of(raw);
    uint8_t *out = ARENA_ARRAY(g->p->r->arena, uint8_t, raw.n + 1);
    size_t n = 0;
    if (!out) {
        g->p->nomem = true;
        return;
    }
    while (cur_left(&k)) {
        struct slice part = cur_bytes(&k, cur_u8(&k));
        for (size_t i = 0; i < part.n; i++) out[n++] = part.p[i];
    }
    picture_text(g->p, field, S(""), slice_of(out, n), at + 1);
}

static void gif_extension(struct gif *g)
{
    uint8_t label = cur_u8(&g->k);
    uint64_t at;
    struct slice name = {0};
    if (label == 0xff || label == 0x01) name = cur_bytes(&g->k, cur_u8(&g->k));
    struct slice raw = sub_blocks(g, &at);
    if (label == 0xff && slice_starts(name, S("XMP DataXMP")))
        xmp_texts(g->p, raw, at);
    else if (label == 0xfe)
        block_text(g, "GIF comment", raw, at);
    else if (label == 0x01)
        block_text(g, "GIF text", raw, at);
    else if (g->p->r->content && raw.n >= BLOB_LEAST)
        tell_blob(g->p->r, raw, at);
}

static void gif_colours(struct gif *g, uint8_t flags)
{
    if (flags & 0x80) cur_skip(&g->k, 3u << ((flags & 7) + 1));
}

static void gif_frame(struct gif *g)
{
    uint64_t at = cur_pos(&g->k), data;
    cur_skip(&g->k, 4);
    uint16_t w = cur_u16le(&g->k), h = cur_u16le(&g->k);
    gif_colours(g, cur_u8(&g->k));
    cur_skip(&g->k, 1);
    (void)sub_blocks(g, &data);
    if (cur_ok(&g->k)) picture_size(g->p, w, h, at);
}

enum st gif_walk(struct picture *p)
{
    struct gif g = {p, cur_of(p->bytes)};
    cur_skip(&g.k, 6);
    uint16_t w = cur_u16le(&g.k), h = cur_u16le(&g.k);
    uint8_t flags = cur_u8(&g.k);
    cur_skip(&g.k, 2);
    gif_colours(&g, flags);
    if (cur_ok(&g.k)) picture_size(p, w, h, 6);
    for (;;) {
        p->end = cur_pos(&g.k);
        if (!budget_work(p->r->budget, 2)) return ST_LIMIT;
        uint8_t kind = cur_u8(&g.k);
        if (kind == 0x3b) break;
        if (kind == 0 && cur_ok(&g.k)) continue; /* one terminator too many: viewers go on */
        if (kind == 0x21)
            gif_extension(&g);
        else if (kind == 0x2c)
            gif_frame(&g);
        else
            return picture_lost(p, "no block");
        if (!cur_ok(&g.k)) {
            tell_anomaly(p->r, ANOMALY_TRUNCATED, p->end, "a block that goes on behind the end");
            return ST_OK;
        }
    }
    p->end = cur_pos(&g.k);
    return picture_tail(p);
}

/* ---- WebP: RIFF chunks, little-endian, padded to even lengths ---- */

static void webp_size(struct picture *p, struct slice type, struct slice data, uint64_t at)
{
    struct cursor k = cur_of(data);
    if (slice_eq(type, S("VP8X"))) {
        cur_skip(&k, 4);
        uint64_t w = cur_uint_le(&k, 3) + 1, h = cur_uint_le(&k, 3) + 1;
        if (cur_ok(&k)) picture_size(p, w, h, at);
    } else if (slice_eq(type, S("VP8L"))) {
        bool signature = cur_u8(&k) == 0x2f;
        uint32_t bits = cur_u32le(&k);
        if (!cur_ok(&k) || !signature)
            tell_anomaly(p->r, ANOMALY_MALFORMED, at, "a VP8L chunk without its signature");
        else
            picture_size(p, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, at);
    } else if (slice_eq(type, S("VP8 "))) {
        cur_skip(&k, 3);
        bool start = slice_eq(cur_bytes(&k, 3), S("\x9d\x01\x2a"));
        uint16_t w = cur_u16le(&k), h = cur_u16le(&k);
        if (!cur_ok(&k) || !start)
            tell_anomaly(p->r, ANOMALY_MALFORMED, at, "a VP8 chunk without its start code");
        else
            picture_size(p, w & 0x3fff, h & 0x3fff, at);
    } else if (slice_eq(type, S("ANMF"))) {
        cur_skip(&k, 6);
        uint64_t w = cur_uint_le(&k, 3) + 1, h = cur_uint_le(&k, 3) + 1;
        if (cur_ok(&k)) picture_size(p, w, h, at);
    }
}

static enum st webp_chunk(struct picture *p, struct slice type, struct slice data, uint64_t at)
{
    static const char usual[] = "VP8 VP8L VP8X ANIM ANMF ALPH ICCP ";
    webp_size(p, type, data, at);
    if (slice_eq(type, S("XMP "))) xmp_texts(p, data, at);
    if (slice_eq(type, S("EXIF"))) {
        size_t skip = slice_starts(data, S("Exif\0\0")) ? 6 : 0;
        return exif_walk(p, slice_sub(data, skip, SIZE_MAX), at + skip);
    }
    if (slice_eq(type, S("XMP ")) || slice_has(slice_str(usual), type) || data.n < 16) return ST_OK;
    return reading_push_stray(p->r, "(unknown chunk)", data, at);
}

enum st webp_walk(struct picture *p)
{
    struct cursor k = cur_of(p->bytes);
    cur_skip(&k, 4);
    uint64_t size = (uint64_t)cur_u32le(&k) + 8;
    uint64_t most = size < p->bytes.n ? size : p->bytes.n;
    enum st st = ST_OK;
    cur_skip(&k, 4);
    if (size > p->bytes.n)
        tell_anomaly(p->r, ANOMALY_TRUNCATED, p->bytes.n, "%llu bytes declared, %zu are there",
                     (unsigned long long)size, p->bytes.n);
    while (st == ST_OK && cur_pos(&k) + 8 <= most) {
        if (!budget_work(p->r->budget, 4)) return ST_LIMIT;
        p->end = cur_pos(&k);
        struct slice type = cur_bytes(&k, 4);
        uint32_t n = cur_u32le(&k);
        uint64_t at = cur_pos(&k);
        struct slice data = cur_bytes(&k, n);
        if (!cur_ok(&k)) {
            tell_anomaly(p->r, ANOMALY_TRUNCATED, p->end, "a chunk that goes on behind the end");
            return ST_OK;
        }
        if (n & 1 && cur_left(&k)) cur_skip(&k, 1);
        st = webp_chunk(p, type, data, at);
    }
    if (!p->pixels) tell_anomaly(p->r, ANOMALY_MALFORMED, 12, "no picture in it");
    p->end = most;
    return st == ST_OK ? picture_tail(p) : st;
}

/* ---- BMP: one header, then rows ---- */

enum st bmp_walk(struct picture *p)
{
    struct cursor k = cur_of(p->bytes);
    cur_skip(&k, 2);
    uint64_t size = cur_u32le(&k);
    cur_skip(&k, 4);
    uint32_t pixels = cur_u32le(&k), header = cur_u32le(&k);
    int64_t w = header == 12 ? cur_u16le(&k) : (int32_t)cur_u32le(&k);
    int64_t h = header == 12 ? cur_u16le(&k) : (int32_t)cur_u32le(&k);
    cur_skip(&k, 2);
    uint64_t depth = cur_u16le(&k);
    uint32_t packing = header == 12 ? 0 : cur_u32le(&k);
    if (h < 0) h = -h;
    if (!cur_ok(&k) || w < 0) return picture_lost(p, "a header that makes no sense");
    picture_size(p, (uint64_t)w, (uint64_t)h, 18);
    uint64_t row = ((uint64_t)w * depth + 31) / 32 * 4, need = 0;
    bool plain = packing == 0 || packing == 3;
    if (plain && (!num_mul(row, (uint64_t)h, &need) || need + pixels > p->bytes.n))
        tell_anomaly(p->r, ANOMALY_TRUNCATED, p->bytes.n,
                     "%lld x %lld pixels of %llu bits need %llu bytes", (long long)w, (long long)h,
                     (unsigned long long)depth, (unsigned long long)need);
    p->end = plain && need + pixels > size ? need + pixels : size;
    return p->end ? picture_tail(p) : ST_OK;
}

/* ---- HEIF and AVIF: boxes, big-endian ---- */

#define EXIFS_MAX 16u

/* EXIF lies in the data box at a place that only the item tables know: it is looked for. */
static enum st heif_exif(struct picture *p)
{
    struct slice s = p->bytes;
    uint64_t at = 0;
    for (unsigned found = 0; found < EXIFS_MAX; found++) {
        size_t hit = slice_find(slice_sub(s, (size_t)at, SIZE_MAX), S("Exif\0\0"));
        if (hit == SIZE_MAX) return ST_OK;
        at += hit + 6;
        struct slice tiff = slice_sub(s, (size_t)at, (size_t)1 << 20);
        if (!slice_starts(tiff, S("II*\0")) && !slice_starts(tiff, S("MM\0*"))) continue;
        enum st st = exif_walk(p, tiff, at);
        if (st != ST_OK) return st;
    }
    p->too_much = "EXIF behind the 16th place that looks like it";
    return ST_OK;
}

enum st heif_walk(struct picture *p)
{
    struct cursor k = cur_of(p->bytes);
    bool last = false;
    while (cur_left(&k) >= 8 && !last) {
        if (!budget_work(p->r->budget, 4)) return ST_LIMIT;
        p->end = cur_pos(&k);
        uint64_t n = cur_u32be(&k), head = 8;
        struct slice type = cur_bytes(&k, 4);
        if (n == 1) {
            n = cur_u64be(&k);
            head = 16;
        }
        last = n == 0; /* to the end of the file */
        if (last) n = p->bytes.n - p->end;
        if (n < head) return picture_lost(p, "no box");
        if (n > p->bytes.n - p->end) {
            tell_anomaly(p->r, ANOMALY_TRUNCATED, p->end, "box %.*s goes on behind the end",
                         SLICE_ARG(type));
            return heif_exif(p);
        }
        cur_seek(&k, p->end + n);
    }
    p->end = cur_pos(&k);
    enum st st = heif_exif(p);
    return st == ST_OK ? picture_tail(p) : st;
}
