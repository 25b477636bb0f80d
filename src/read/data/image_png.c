/* SPDX-License-Identifier: Apache-2.0 */
/* image_png.c - PNG (ISO/IEC 15948): signature, then chunks to IEND.
 *
 *    length u32 | type 4 | data | CRC-32 of type and data
 *
 * Numbers are big-endian. Texts: tEXt (Latin-1), zTXt (deflated), iTXt (UTF-8, perhaps deflated);
 * eXIf holds EXIF. A chunk of no known type is read as a member: programs keep things there. */
#include "base/ascii.h"
#include "base/cursor.h"
#include "port/deflate/crc.h"
#include "read/data/image.h"

struct chunk {
    struct slice type, data;
    uint64_t at, data_at;
};

struct png {
    struct picture *p;
    unsigned chunks;
    bool header, pixels, end, told_crc;
};

static bool known(struct slice type)
{
    static const char names[] = "IHDR PLTE IDAT IEND cHRM gAMA iCCP sBIT sRGB bKGD hIST tRNS pHYs "
                                "sPLT tIME iTXt tEXt zTXt eXIf acTL fcTL fdAT CgBI oFFs pCAL sCAL "
                                "gIFg gIFx sTER cICP mDCv cLLi iDOT vpAg orNT";
    return type.n == 4 && slice_has(slice_str(names), type);
}

static bool letters(struct slice type)
{
    for (size_t i = 0; i < type.n; i++)
        if (!ascii_letter(type.p[i])) return false;
    return type.n == 4;
}

static void header(struct png *g, const struct chunk *c)
{
    struct cursor k = cur_of(c->data);
    uint32_t w = cur_u32be(&k), h = cur_u32be(&k);
    uint8_t depth = cur_u8(&k), colour = cur_u8(&k), method = cur_u8(&k), filter = cur_u8(&k);
    uint8_t lace = cur_u8(&k);
    static const uint32_t depths[7] = {0x10116, 0, 0x10100, 0x116, 0x10100, 0, 0x10100};
    bool fits = colour < 7 && depth <= 16 && depths[colour] >> depth & 1;
    if (!cur_ok(&k) || cur_left(&k) || !fits || method || filter || lace > 1)
        tell_anomaly(g->p->r, ANOMALY_MALFORMED, c->data_at, "IHDR makes no sense");
    if (g->header) tell_anomaly(g->p->r, ANOMALY_MALFORMED, c->at, "a second IHDR");
    g->header = true;
    picture_size(g->p, w, h, c->data_at);
}

static enum st packed(struct png *g, const struct chunk *c, struct slice name, struct slice data,
                      uint64_t at)
{
    struct member m = {.name = arena_printf(g->p->r->arena, "%.*s %.*s", SLICE_ARG(c->type),
                                            SLICE_ARG(slice_sub(name, 0, 80))),
                       .packed = data,
                       .offset = at,
                       .codec = CODEC_ZLIB,
                       .unpacked = UINT64_MAX};
    if (!m.name.p) return ST_NOMEM;
    return data.n ? reading_push(g->p->r, &m) : ST_OK;
}

/* keyword, NUL, and for iTXt: packed?, method, language, NUL, translated keyword, NUL */
static enum st text(struct png *g, const struct chunk *c)
{
    struct cursor k = cur_of(c->data);
    bool international = c->type.p[0] == 'i' && c->type.p[1] == 'T';
    bool deflated = c->type.p[0] == 'z' || c->type.p[1] == 'C';
    struct slice name = cur_until(&k, 0, 80);
    if (international) deflated = cur_u8(&k) == 1;
    if (international || deflated) cur_skip(&k, 1);
    if (international) {
        struct slice language = cur_until(&k, 0, 1000), title = cur_until(&k, 0, 4000);
        (void)language;
        picture_text(g->p, "iTXt title", S(""), title, c->data_at);
    }
    if (!cur_ok(&k)) {
        tell_anomaly(g->p->r, ANOMALY_MALFORMED, c->at, "a text chunk without keyword");
        return ST_OK;
    }
    struct slice rest = cur_rest(&k);
    uint64_t at = c->data_at + cur_pos(&k);
    if (deflated) return packed(g, c, name, rest, at);
    if (slice_eq(name, S("XML:com.adobe.xmp")))
        xmp_texts(g->p, rest, at);
    else
        picture_text(g->p, "PNG", name, rest, at);
    return ST_OK;
}

static bool is(const struct chunk *c, const char *type)
{
    return slice_eq(c->type, slice_of(type, 4));
}

static enum st chunk(struct png *g, const struct chunk *c)
{
    if (!g->header && !is(c, "IHDR") && !is(c, "CgBI"))
        tell_anomaly(g->p->r, ANOMALY_MALFORMED, c->at, "%.*s stands before IHDR",
                     SLICE_ARG(c->type));
    if (is(c, "IHDR")) header(g, c);
    if (is(c, "IDAT")) g->pixels = true;
    if (is(c, "IEND")) g->end = true;
    if (is(c, "fcTL") && c->data.n >= 12) {
        struct cursor k = cur_of(c->data);
        cur_skip(&k, 4);
        uint32_t w = cur_u32be(&k), h = cur_u32be(&k);
        picture_size(g->p, w, h, c->data_at);
    }
    if (is(c, "tEXt") || is(c, "zTXt") || is(c, "iTXt") || is(c, "iCCP")) return text(g, c);
    if (is(c, "eXIf")) return exif_walk(g->p, c->data, c->data_at);
    if (known(c->type) || c->data.n < 16) return ST_OK;
    struct slice name = arena_printf(g->p->r->arena, "chunk %.*s", SLICE_ARG(c->type));
    if (!name.p) return ST_NOMEM;
    struct member m = {
        .name = name, .packed = c->data, .offset = c->data_at, .unpacked = UINT64_MAX};
    return reading_push(g->p->r, &m);
}

static void check_crc(struct png *g, const struct chunk *c, uint32_t want)
{
    uint32_t crc = crc32_add(crc32_add(0, c->type), c->data);
    if (crc == want || g->told_crc) return;
    g->told_crc = true;
    tell_anomaly(g->p->r, ANOMALY_MALFORMED, c->at, "%.*s: the checksum is %08x, %08x was written",
                 SLICE_ARG(c->type), crc, want);
}

/* False at a chunk that cannot be one. */
static bool next(struct png *g, struct cursor *k, struct chunk *c, uint32_t *ret_crc)
{
    c->at = cur_pos(k);
    uint32_t n = cur_u32be(k);
    c->type = cur_bytes(k, 4);
    c->data_at = cur_pos(k);
    c->data = cur_bytes(k, n);
    *ret_crc = cur_u32be(k);
    g->chunks++;
    return cur_ok(k) && letters(c->type) && n < 1u << 31;
}

enum st png_walk(struct picture *p)
{
    struct png g = {.p = p};
    struct cursor k = cur_of(p->bytes);
    enum st st = ST_OK;
    cur_skip(&k, 8);
    while (!g.end && st == ST_OK) {
        struct chunk c;
        uint32_t crc;
        p->end = cur_pos(&k);
        if (!next(&g, &k, &c, &crc)) {
            if (c.data_at + 4 >= p->bytes.n || !letters(c.type) || c.data.n == 0) {
                tell_anomaly(p->r, ANOMALY_TRUNCATED, p->end, "no whole chunk at %llu",
                             (unsigned long long)p->end);
                struct slice rest = slice_sub(p->bytes, (size_t)p->end, SIZE_MAX);
                return reading_push_stray(p->r, "(broken chunk)", rest, p->end);
            }
            return picture_lost(p, "no chunk");
        }
        if (!budget_work(p->r->budget, 4 + c.data.n / 256)) return ST_LIMIT;
        check_crc(&g, &c, crc);
        st = chunk(&g, &c);
    }
    p->end = cur_pos(&k);
    if (!g.pixels) tell_anomaly(p->r, ANOMALY_MALFORMED, p->end, "no pixels (IDAT)");
    return st == ST_OK ? picture_tail(p) : st;
}
