/* SPDX-License-Identifier: Apache-2.0 */
/* image_exif.c - TIFF 6.0, BigTIFF and EXIF 2.32: directories of tags.
 *
 *    "II" or "MM" | 42 | first directory ->  count | count * (tag, type, count, value or place) |
 * next
 *
 * EXIF inside other pictures is the same thing with little in it. Maker's notes and places that
 * editors broke are everyday there, so only TIFF files are told off for what points outside. */
#include "base/buf.h"
#include "base/cursor.h"
#include "base/utf8.h"
#include "read/data/image.h"

#define DIRECTORIES_MAX 256u
#define STRIPS_MAX      (1u << 20)
#define UTF16_MAX       ((size_t)1 << 20)

enum tag_text { TEXT_ASCII, TEXT_UTF16, TEXT_COMMENT, TEXT_XMP, TEXT_IPTC };

static const struct {
    uint16_t tag;
    const char *field;
    enum tag_text how;
    bool owner;
} texts[] = {
    {0x010d, "EXIF DocumentName", TEXT_ASCII, false},
    {0x010e, "EXIF ImageDescription", TEXT_ASCII, false},
    {0x011d, "EXIF PageName", TEXT_ASCII, false},
    {0x0131, "EXIF Software", TEXT_ASCII, false},
    {0x013b, "EXIF Artist", TEXT_ASCII, false},
    {0x013c, "EXIF HostComputer", TEXT_ASCII, false},
    {0x02bc, "XMP", TEXT_XMP, false},
    {0x8298, "EXIF Copyright", TEXT_ASCII, false},
    {0x83bb, "IPTC", TEXT_IPTC, false},
    {0x9286, "EXIF UserComment", TEXT_COMMENT, false},
    {0x9c9b, "EXIF XPTitle", TEXT_UTF16, false},
    {0x9c9c, "EXIF XPComment", TEXT_UTF16, false},
    {0x9c9d, "EXIF XPAuthor", TEXT_UTF16, false},
    {0x9c9e, "EXIF XPKeywords", TEXT_UTF16, false},
    {0x9c9f, "EXIF XPSubject", TEXT_UTF16, false},
    {0xa430, "EXIF CameraOwnerName", TEXT_ASCII, true},
    {0xa431, "EXIF BodySerialNumber", TEXT_ASCII, true},
    {0xa435, "EXIF LensSerialNumber", TEXT_ASCII, true},
    {0xa480, "GDAL metadata", TEXT_ASCII, false},
};

struct entry {
    uint16_t tag, type;
    uint64_t count;
    struct slice data;
    uint64_t at; /* of data in `tiff` */
};

struct tiff {
    struct picture *p;
    struct slice bytes;
    uint64_t offset; /* of bytes in the layer */
    bool big, wide, file;
    uint64_t todo[DIRECTORIES_MAX]; /* directories, told ones first */
    bool gps[DIRECTORIES_MAX];
    unsigned count;
    uint64_t width, height;
    double place[2];
    bool has[2], negative[2];
    struct entry offsets, counts; /* of strips or tiles */
    bool outside;
};

static uint64_t number(const struct tiff *t, struct cursor *k, unsigned n)
{
    if (!t->big) return cur_uint_le(k, n);
    if (n == 2) return cur_u16be(k);
    if (n == 4) return cur_u32be(k);
    return n == 8 ? cur_u64be(k) : cur_u8(k);
}

static unsigned type_size(uint16_t type)
{
    static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
    return type < sizeof sizes ? sizes[type] : 0;
}

/* The i-th number of an entry; 0 when it is no number. */
static uint64_t value(const struct tiff *t, const struct entry *e, uint64_t i)
{
    unsigned n = type_size(e->type);
    if (!n || e->type == 5 || e->type == 10 || i >= e->count) return 0;
    struct cursor k = cur_of(e->data);
    cur_skip(&k, i * n);
    uint64_t v = number(t, &k, n);
    return cur_ok(&k) ? v : 0;
}

static void outside(struct tiff *t, uint64_t at, const char *what)
{
    if (t->file && !t->outside)
        tell_anomaly(t->p->r, ANOMALY_TRUNCATED, at, "%s lies behind the end of the file", what);
    t->outside = true;
}

static void reach(struct tiff *t, uint64_t end)
{
    if (t->file && end > t->p->end && end <= t->bytes.n) t->p->end = end;
}

/* ---- what entries say ---- */

static struct slice from_utf16(struct tiff *t, struct slice s, bool big)
{
    struct buf b;
    struct cursor k = cur_of(picture_cut(t->p, s, UTF16_MAX, "a text of more than a megabyte"));
    buf_init(&b, 2 * UTF16_MAX);
    while (cur_left(&k) >= 2) {
        uint32_t c = big ? cur_u16be(&k) : cur_u16le(&k);
        if (c >= 0xd800 && c < 0xdc00 && cur_left(&k) >= 2) {
            uint32_t low = big ? cur_u16be(&k) : cur_u16le(&k);
            c = 0x10000 + ((c - 0xd800) << 10) + (low & 0x3ff);
        }
        if (!c) break;
        utf8_put(&b, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
    }
    struct slice ret = arena_copy(t->p->r->arena, buf_slice(&b));
    if (!ret.p || !buf_ok(&b)) t->p->nomem = true;
    buf_done(&b);
    return ret;
}

static void text(struct tiff *t, const struct entry *e, size_t row)
{
    struct slice s = e->data;
    uint64_t at = t->offset + e->at;
    switch (texts[row].how) {
    case TEXT_XMP: xmp_texts(t->p, e->data, at); return;
    case TEXT_IPTC: iptc_texts(t->p, e->data, at); return;
    case TEXT_UTF16: s = from_utf16(t, s, false); break;
    case TEXT_COMMENT:
        if (slice_starts(s, S("UNICODE\0")))
            s = from_utf16(t, slice_sub(s, 8, SIZE_MAX), t->big);
        else
            s = slice_sub(s, 8, SIZE_MAX);
        break;
    case TEXT_ASCII: break;
    }
    picture_text(t->p, texts[row].field, S(""), s, at);
    if (!texts[row].owner || !slice_trim(s).n || s.p[0] == 0 || t->p->owner) return;
    t->p->owner = true;
    tell_anomaly(t->p->r, ANOMALY_IMAGE_OWNER, at, "%s", texts[row].field);
}

/* Degrees, minutes, seconds as three fractions. */
static bool degrees(const struct tiff *t, const struct entry *e, double *ret)
{
    struct cursor k = cur_of(e->data);
    static const double parts[] = {1, 60, 3600};
    double sum = 0;
    if (e->type != 5 || e->count < 1 || e->count > 3) return false;
    for (unsigned i = 0; i < e->count; i++) {
        double over = (double)number(t, &k, 4), under = (double)number(t, &k, 4);
        if (under > 0) sum += over / under / parts[i];
    }
    *ret = sum;
    return cur_ok(&k);
}

static void place(struct tiff *t, const struct entry *e)
{
    uint8_t letter = e->data.n ? e->data.p[0] : 0;
    switch (e->tag) {
    case 1: t->negative[0] = letter == 'S'; break;
    case 2: t->has[0] = degrees(t, e, &t->place[0]); break;
    case 3: t->negative[1] = letter == 'W'; break;
    case 4: t->has[1] = degrees(t, e, &t->place[1]); break;
    case 0x1c:
        picture_text(t->p, "EXIF GPSAreaInformation", S(""), slice_sub(e->data, 8, SIZE_MAX),
                     t->offset + e->at);
        break;
    default: break;
    }
}

static void add_directory(struct tiff *t, uint64_t at, bool gps)
{
    if (!at) return;
    for (unsigned i = 0; i < t->count; i++)
        if (t->todo[i] == at) return;
    if (t->count == DIRECTORIES_MAX) {
        t->p->too_much = "directories behind the 256th";
        return;
    }
    t->gps[t->count] = gps;
    t->todo[t->count++] = at;
}

static void entry(struct tiff *t, const struct entry *e, bool gps)
{
    if (gps) {
        place(t, e);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (texts[i].tag == e->tag) text(t, e, i);
    switch (e->tag) {
    case 0x100: t->width = value(t, e, 0); break;
    case 0x101: t->height = value(t, e, 0); break;
    case 0x111:
    case 0x144: t->offsets = *e; break;
    case 0x117:
    case 0x145: t->counts = *e; break;
    case 0x8769:
    case 0xa005: add_directory(t, value(t, e, 0), false); break;
    case 0x8825: add_directory(t, value(t, e, 0), true); break;
    case 0x14a:
        for (uint64_t i = 0; i < e->count && i <= DIRECTORIES_MAX; i++)
            add_directory(t, value(t, e, i), false);
        break;
    default: break;
    }
}

/* ---- directories ---- */

static void strips(struct tiff *t)
{
    uint64_t n = t->offsets.count < t->counts.count ? t->offsets.count : t->counts.count;
    if (n > STRIPS_MAX) t->p->too_much = "strips behind the 2^20th";
    for (uint64_t i = 0; i < n && i < STRIPS_MAX; i++) {
        uint64_t from = value(t, &t->offsets, i), size = value(t, &t->counts, i);
        if (!budget_work(t->p->r->budget, 1)) return;
        if (from > t->bytes.n || size > t->bytes.n - from) {
            outside(t, from, "a strip of pixels");
            return;
        }
        reach(t, from + size);
    }
}

static bool read_entry(struct tiff *t, struct cursor *k, struct entry *e)
{
    unsigned room = t->wide ? 8 : 4;
    uint64_t size;
    e->tag = (uint16_t)number(t, k, 2);
    e->type = (uint16_t)number(t, k, 2);
    e->count = number(t, k, room);
    struct cursor inner = *k;
    e->at = cur_pos(k);
    cur_skip(k, room);
    if (__builtin_mul_overflow(e->count, (uint64_t)type_size(e->type), &size)) return false;
    if (size > room) {
        e->at = number(t, &inner, room);
        cur_seek(&inner, e->at);
    }
    e->data = cur_bytes(&inner, size);
    if (cur_ok(&inner)) reach(t, e->at + size);
    return cur_ok(&inner) && size;
}

static enum st directory(struct tiff *t, uint64_t at, bool gps)
{
    struct cursor k = cur_of(t->bytes);
    cur_seek(&k, at);
    uint64_t n = number(t, &k, t->wide ? 8 : 2);
    if (!cur_ok(&k) || n > cur_left(&k) / (t->wide ? 20 : 12)) {
        outside(t, at, "a directory");
        return ST_OK;
    }
    t->width = t->height = 0;
    t->offsets = t->counts = (struct entry){0};
    for (uint64_t i = 0; i < n; i++) {
        struct entry e;
        if (!budget_work(t->p->r->budget, 2)) return ST_LIMIT;
        if (read_entry(t, &k, &e))
            entry(t, &e, gps);
        else if (type_size(e.type) && e.count)
            outside(t, e.at, "a value");
    }
    if (t->file && t->width) picture_size(t->p, t->width, t->height, at);
    strips(t);
    add_directory(t, number(t, &k, t->wide ? 8 : 4), false);
    reach(t, cur_pos(&k));
    return ST_OK;
}

static enum st walk(struct tiff *t)
{
    struct cursor k = cur_of(t->bytes);
    enum st st = ST_OK;
    t->big = cur_u8(&k) == 'M';
    cur_skip(&k, 1);
    t->wide = number(t, &k, 2) == 43;
    if (t->wide) cur_skip(&k, 4);
    add_directory(t, number(t, &k, t->wide ? 8 : 4), false);
    if (!t->count) outside(t, 0, "the first directory");
    for (unsigned i = 0; i < t->count && st == ST_OK; i++) st = directory(t, t->todo[i], t->gps[i]);
    if (t->has[0] && t->has[1])
        picture_place(t->p, t->negative[0] ? -t->place[0] : t->place[0],
                      t->negative[1] ? -t->place[1] : t->place[1], t->offset);
    return st;
}

static enum st run(struct picture *p, struct slice bytes, uint64_t offset, bool file)
{
    struct tiff *t = ARENA_NEW(p->r->arena, struct tiff);
    if (!t) return ST_NOMEM;
    t->p = p;
    t->bytes = bytes;
    t->offset = offset;
    t->file = file;
    return walk(t);
}

enum st exif_walk(struct picture *p, struct slice tiff, uint64_t offset)
{
    if (!slice_starts(tiff, S("II*\0")) && !slice_starts(tiff, S("MM\0*"))) return ST_OK;
    return run(p, tiff, offset, false);
}

/* What no directory points to may be an editor's rubbish: it is read, and nothing is said. */
enum st tiff_walk(struct picture *p)
{
    enum st st = run(p, p->bytes, 0, true);
    if (st != ST_OK || !p->end || p->end >= p->bytes.n) return st;
    return reading_push_stray(p->r, "(behind the pixels)",
                              slice_sub(p->bytes, (size_t)p->end, SIZE_MAX), p->end);
}
