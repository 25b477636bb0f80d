/* SPDX-License-Identifier: Apache-2.0 */
/* image_meta.c - XMP (an XML packet) and IPTC records inside pictures.
 * XMP is not parsed as XML here: its texts lie between tags or in attributes, and both are told
 * with the name that stands before them. */
#include "base/cursor.h"
#include "base/num.h"
#include "read/data/image.h"

#define XMP_MAX ((size_t)4 << 20)

/* ---- XMP ---- */

/* "52,31.2N" or "52,31,12N" in degrees. */
static bool xmp_degrees(struct slice s, double *ret)
{
    double sum = 0, part = 1, v;
    struct slice piece;
    s = slice_trim(s);
    if (!s.n) return false;
    uint8_t side = s.p[s.n - 1];
    struct slice rest = slice_sub(s, 0, s.n - 1);
    while (slice_split(&rest, ',', &piece) && part <= 3600) {
        if (!num_f64(piece, &v)) return false;
        sum += v / part;
        part *= 60;
    }
    if (side != 'N' && side != 'S' && side != 'E' && side != 'W') return false;
    *ret = side == 'S' || side == 'W' ? -sum : sum;
    return true;
}

/* exif:GPSLatitude="..." or <exif:GPSLatitude>...</ */
static bool xmp_field(struct slice xml, struct slice name, struct slice *ret)
{
    size_t at = slice_find(xml, name);
    if (at == SIZE_MAX) return false;
    struct slice rest = slice_sub(xml, at + name.n, 200);
    if (slice_starts(rest, S("=\"")) || slice_starts(rest, S("='"))) {
        uint8_t quote = rest.p[1];
        rest = slice_sub(rest, 2, SIZE_MAX);
        *ret = slice_sub(rest, 0, slice_find_byte(rest, quote));
        return true;
    }
    if (!slice_starts(rest, S(">"))) return false;
    rest = slice_sub(rest, 1, SIZE_MAX);
    *ret = slice_sub(rest, 0, slice_find_byte(rest, '<'));
    return true;
}

static void xmp_place(struct picture *p, struct slice xml, uint64_t offset)
{
    struct slice lat, lon;
    double a, b;
    if (xmp_field(xml, S("exif:GPSLatitude"), &lat) &&
        xmp_field(xml, S("exif:GPSLongitude"), &lon) && xmp_degrees(lat, &a) &&
        xmp_degrees(lon, &b))
        picture_place(p, a, b, offset);
}

static struct slice tag_name(struct slice tag)
{
    size_t n = 0;
    while (n < tag.n && !strchr(" \t\r\n/>", tag.p[n])) n++;
    return slice_sub(tag, 0, n);
}

/* The attributes of one tag that hold words, not numbers or identifiers. */
static void xmp_attributes(struct picture *p, struct slice tag, uint64_t offset)
{
    size_t at = 0;
    while (at < tag.n && budget_work(p->r->budget, 1)) {
        size_t equals = slice_find(slice_sub(tag, at, SIZE_MAX), S("=\""));
        if (equals == SIZE_MAX) return;
        struct slice before = slice_trim(slice_sub(tag, at, equals));
        size_t blank = before.n;
        while (blank && !strchr(" \t\r\n", before.p[blank - 1])) blank--;
        struct slice name = slice_sub(before, blank, SIZE_MAX);
        at += equals + 2;
        size_t end = slice_find_byte(slice_sub(tag, at, SIZE_MAX), '"');
        struct slice text = slice_sub(tag, at, end);
        bool label = slice_starts(name, S("xmlns")) || slice_starts(name, S("rdf:")) ||
                     slice_has(name, S("ID")) || slice_starts(name, S("xmpMM:"));
        if (!label) picture_text(p, "XMP", name, text, offset + at);
        at += text.n + 1;
    }
}

void xmp_texts(struct picture *p, struct slice xml, uint64_t offset)
{
    struct slice name = {0};
    size_t at = 0;
    xml = picture_cut(p, xml, XMP_MAX, "XMP of more than 4 megabytes");
    xmp_place(p, xml, offset);
    while (at < xml.n && budget_work(p->r->budget, 2)) {
        size_t open = slice_find_byte(slice_sub(xml, at, SIZE_MAX), '<');
        struct slice text = slice_sub(xml, at, open);
        struct slice trimmed = slice_trim(text);
        bool packet = slice_starts(name, S("?xpacket")) || slice_starts(name, S("/x:xmpmeta"));
        if (trimmed.n && name.n && name.p[0] != '/' && !packet && !slice_has(name, S("ID")) &&
            !slice_starts(name, S("xmpMM:")))
            picture_text(p, "XMP", name, text, offset + at);
        if (open == SIZE_MAX) return;
        at += open + 1;
        size_t close = slice_find_byte(slice_sub(xml, at, SIZE_MAX), '>');
        struct slice tag = slice_sub(xml, at, close);
        struct slice now = tag_name(tag);
        /* texts of lists are named after the property, not after rdf:li */
        if (!slice_starts(now, S("rdf:")) && !slice_starts(now, S("/rdf:"))) name = now;
        if (now.n && now.p[0] != '/' && now.p[0] != '?') xmp_attributes(p, tag, offset + at);
        at += tag.n + 1;
    }
}

/* ---- IPTC: 1C record dataset length data ---- */

static const struct {
    uint8_t dataset;
    const char *field;
} iptc[] = {
    {5, "IPTC title"},         {25, "IPTC keyword"},      {55, "IPTC date"},
    {80, "IPTC byline"},       {85, "IPTC byline title"}, {90, "IPTC city"},
    {92, "IPTC sublocation"},  {101, "IPTC country"},     {105, "IPTC headline"},
    {110, "IPTC credit"},      {115, "IPTC source"},      {116, "IPTC copyright"},
    {118, "IPTC contact"},     {120, "IPTC caption"},     {122, "IPTC caption writer"},
    {40, "IPTC instructions"},
};

void iptc_texts(struct picture *p, struct slice records, uint64_t offset)
{
    struct cursor k = cur_of(records);
    while (cur_left(&k) >= 5 && budget_work(p->r->budget, 2)) {
        if (cur_u8(&k) != 0x1c) return;
        uint8_t record = cur_u8(&k), dataset = cur_u8(&k);
        uint16_t n = cur_u16be(&k);
        uint64_t at = offset + cur_pos(&k);
        struct slice data = cur_bytes(&k, n & 0x8000 ? 0 : n);
        if (record != 2) continue;
        for (size_t i = 0; i < COUNT_OF(iptc); i++)
            if (iptc[i].dataset == dataset) picture_text(p, iptc[i].field, S(""), data, at);
    }
}
