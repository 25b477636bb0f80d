/* SPDX-License-Identifier: Apache-2.0 */
/* image_jpeg.c - JPEG (ITU-T T.81): markers with lengths, scans between them, EOI.
 *
 *    FF D8 | FF Ex len EXIF, XMP, IPTC ... | FF Cx len frame | FF DA len scan, entropy bytes | FF
 * D9
 *
 * Cameras put honest things behind EOI: more pictures (MPF), a short film (motion photo), Samsung's
 * trailer. Those are read as members without a word; anything else is told. */
#include "base/cursor.h"
#include "read/data/image.h"

struct jpeg {
    struct picture *p;
    struct cursor k;
    bool frame, scan, more; /* SOF and SOS seen; announces pictures behind the end */
};

enum {
    M_SOI = 0xd8,
    M_EOI = 0xd9,
    M_SOS = 0xda,
    M_TEM = 0x01,
    M_APP0 = 0xe0,
    M_COM = 0xfe,
};

static bool bare(uint8_t marker)
{
    return (marker >= 0xd0 && marker <= M_SOI) || marker == M_TEM;
}

static bool is_frame(uint8_t m)
{
    return m >= 0xc0 && m <= 0xcf && m != 0xc4 && m != 0xc8 && m != 0xcc;
}

static void frame(struct jpeg *j, struct slice data, uint64_t at)
{
    struct cursor k = cur_of(data);
    cur_skip(&k, 1);
    uint16_t h = cur_u16be(&k), w = cur_u16be(&k);
    j->frame = true;
    /* a height of 0 comes later, in DNL */
    if (cur_ok(&k)) picture_size(j->p, w, h ? h : 1, at);
}

/* Photoshop's resources: "8BIM", id, name, length, data; 0x0404 holds IPTC. */
static void photoshop(struct jpeg *j, struct slice data, uint64_t at)
{
    struct cursor k = cur_of(data);
    while (cur_left(&k) >= 12 && budget_work(j->p->r->budget, 4)) {
        if (!slice_eq(cur_bytes(&k, 4), S("8BIM"))) return;
        uint16_t id = cur_u16be(&k);
        uint8_t name = cur_u8(&k);
        cur_skip(&k, name | 1u);
        uint32_t n = cur_u32be(&k);
        uint64_t here = at + cur_pos(&k);
        struct slice part = cur_bytes(&k, n);
        if (n & 1 && cur_left(&k)) cur_skip(&k, 1);
        if (id == 0x0404) iptc_texts(j->p, part, here);
    }
}

static bool cut(struct slice *data, uint64_t *at, struct slice prefix)
{
    if (!slice_starts(*data, prefix)) return false;
    *at += prefix.n;
    *data = slice_sub(*data, prefix.n, SIZE_MAX);
    return true;
}

/* What is in none of the known ways is looked through for programs. */
static enum st app(struct jpeg *j, uint8_t marker, struct slice data, uint64_t at)
{
    struct slice all = data;
    uint64_t all_at = at;
    unsigned app = marker - M_APP0;
    if (app == 1 && cut(&data, &at, S("Exif\0\0"))) return exif_walk(j->p, data, at);
    if (app == 2 && slice_starts(data, S("MPF\0"))) j->more = true;
    if (app == 1 && cut(&data, &at, S("http://ns.adobe.com/xap/1.0/\0")))
        xmp_texts(j->p, data, at);
    else if (app == 1 && cut(&data, &at, S("http://ns.adobe.com/xmp/extension/\0")))
        xmp_texts(j->p, slice_sub(data, 40, SIZE_MAX), at + 40);
    else if (app == 13 && cut(&data, &at, S("Photoshop 3.0\0")))
        photoshop(j, data, at);
    else if (j->p->r->content && all.n > 64)
        tell_blob(j->p->r, all, all_at);
    return ST_OK;
}

static enum st segment(struct jpeg *j, uint8_t marker)
{
    uint16_t n = cur_u16be(&j->k);
    uint64_t at = cur_pos(&j->k);
    struct slice data = cur_bytes(&j->k, n >= 2 ? n - 2u : 0);
    if (!cur_ok(&j->k) || n < 2) return ST_TRUNCATED;
    if (is_frame(marker)) frame(j, data, at);
    if (marker == M_COM) picture_text(j->p, "JPEG comment", S(""), data, at);
    if (marker == M_SOS) j->scan = true;
    return marker >= M_APP0 && marker <= 0xef ? app(j, marker, data, at) : ST_OK;
}

/* Over entropy-coded bytes, to the next marker that is none of theirs. */
static void over_scan(struct jpeg *j)
{
    while (cur_left(&j->k) >= 2) {
        struct slice rest = cur_rest(&j->k);
        size_t ff = slice_find_byte(rest, 0xff);
        cur_skip(&j->k, ff == SIZE_MAX ? rest.n : ff);
        int next = cur_peek(&j->k, 1);
        if (next > 0 && next != 0xff && !(next >= 0xd0 && next <= 0xd7)) return;
        if (cur_left(&j->k)) cur_skip(&j->k, next == 0xff ? 1 : cur_left(&j->k) > 1 ? 2 : 1);
    }
    cur_skip(&j->k, cur_left(&j->k));
}

/* To the marker behind any fill bytes; 0 when there is none. */
static uint8_t next_marker(struct jpeg *j)
{
    uint8_t m;
    if (cur_u8(&j->k) != 0xff) return 0;
    do m = cur_u8(&j->k);
    while (m == 0xff && cur_ok(&j->k));
    return m;
}

static bool honest_tail(const struct jpeg *j, struct slice rest)
{
    struct slice back = slice_trim(rest);
    if (j->more && slice_has(slice_sub(rest, 0, 65536), S("\xff\xd8\xff"))) return true;
    if (slice_starts(slice_sub(rest, 4, 8), S("ftyp"))) return true;
    return slice_ends(back, S("SEFT")) && slice_has(rest, S("SEFH"));
}

static enum st tail(struct jpeg *j)
{
    struct slice rest = slice_sub(j->p->bytes, (size_t)j->p->end, SIZE_MAX);
    if (honest_tail(j, rest)) return reading_push_stray(j->p->r, "(behind EOI)", rest, j->p->end);
    return picture_tail(j->p);
}

enum st jpeg_walk(struct picture *p)
{
    struct jpeg j = {.p = p, .k = cur_of(p->bytes)};
    enum st st = ST_OK;
    cur_skip(&j.k, 2);
    for (;;) {
        p->end = cur_pos(&j.k);
        if (!budget_work(p->r->budget, 8)) return ST_LIMIT;
        uint8_t m = next_marker(&j);
        if (m == M_EOI) break;
        if (!m || !cur_ok(&j.k)) return picture_lost(p, "no marker and no end mark");
        if (bare(m)) continue;
        st = segment(&j, m);
        if (st == ST_TRUNCATED) return picture_lost(p, "a marker without its data");
        if (st != ST_OK) return st;
        if (m == M_SOS) over_scan(&j);
    }
    p->end = cur_pos(&j.k);
    if (!j.frame || !j.scan)
        tell_anomaly(p->r, ANOMALY_MALFORMED, p->end, "an end mark, but no picture before it");
    return tail(&j);
}
