/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - which kind of picture, and what all kinds share. */
#include "read/data/image.h"
#include "base/buf.h"
#include "base/utf8.h"
#include <stdio.h>

#define PIXELS_MAX  178956970u /* twice what Pillow warns about: it refuses more */
#define PIXELS_BYTE 256u       /* pixels per byte of the file that honest pictures stay below */
#define RUBBISH_MAX 32u        /* bytes behind the end that careless programs leave */
#define TEXT_MAX    ((size_t)1 << 20)
#define TEXTS_MAX   ((size_t)16 << 20)

/* ---- texts ---- */

static struct slice without_nuls(struct slice s)
{
    while (s.n && s.p[s.n - 1] == 0) s.n--;
    return slice_trim(s);
}

static struct slice latin1(struct picture *p, struct slice s)
{
    struct buf b;
    buf_init(&b, 2 * TEXT_MAX + 16);
    for (size_t i = 0; i < s.n; i++) utf8_put(&b, s.p[i]);
    struct slice ret = arena_copy(p->r->arena, buf_slice(&b));
    if (!buf_ok(&b)) ret = (struct slice){0};
    buf_done(&b);
    return ret;
}

struct slice picture_cut(struct picture *p, struct slice s, size_t most, const char *what)
{
    if (s.n > most) p->too_much = what;
    return slice_sub(s, 0, most);
}

void picture_text(struct picture *p, const char *field, struct slice name, struct slice text,
                  uint64_t offset)
{
    text = picture_cut(p, without_nuls(text), TEXT_MAX, "a text of more than a megabyte");
    if (p->texts > TEXTS_MAX) p->too_much = "texts of more than 16 megabytes";
    if (!text.n || p->texts > TEXTS_MAX || !budget_work(p->r->budget, 1 + text.n / 16)) return;
    p->texts += text.n;
    struct slice full = arena_printf(p->r->arena, name.n ? "%s %.*s" : "%s%.*s", field,
                                     SLICE_ARG(slice_sub(name, 0, 80)));
    if (!utf8_valid(text)) text = latin1(p, text);
    if (!full.p || !text.p) {
        p->nomem = true;
        return;
    }
    struct block_table table = {.name = S("picture")};
    if (!p->table) tell(p->r, &(struct event){.kind = EV_TABLE, .table = &table});
    p->table = true;
    struct block_value v = {.place = {.offset = offset,
                                      .row = -1,
                                      .line = -1,
                                      .column = -1,
                                      .column_index = -1,
                                      .field = full,
                                      .value = text},
                            .text = text};
    tell(p->r, &(struct event){.kind = EV_VALUE, .offset = offset, .value = &v});
}

void picture_place(struct picture *p, double lat, double lon, uint64_t offset)
{
    char text[64];
    if (!(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) || (lat == 0 && lon == 0)) return;
    int n = snprintf(text, sizeof text, "GPS location: %.6f, %.6f", lat, lon);
    if (n > 0) picture_text(p, "EXIF GPS", S(""), slice_of(text, (size_t)n), offset);
}

/* ---- sizes ---- */

void picture_size(struct picture *p, uint64_t width, uint64_t height, uint64_t offset)
{
    uint64_t pixels, before = p->pixels;
    if (__builtin_mul_overflow(width, height, &pixels)) pixels = UINT64_MAX / 2;
    if (__builtin_add_overflow(p->pixels, pixels, &p->pixels)) p->pixels = UINT64_MAX / 2;
    if (!width || !height)
        tell_anomaly(p->r, ANOMALY_MALFORMED, offset, "a picture of %llu x %llu pixels",
                     (unsigned long long)width, (unsigned long long)height);
    uint64_t most = (uint64_t)p->bytes.n * PIXELS_BYTE;
    if (most < PIXELS_MAX) most = PIXELS_MAX;
    if (p->pixels > most && before <= most)
        tell_anomaly(p->r, ANOMALY_IMAGE_BOMB, offset,
                     "%llu x %llu, %llu pixels in all from %zu bytes", (unsigned long long)width,
                     (unsigned long long)height, (unsigned long long)p->pixels, p->bytes.n);
}

/* ---- the end ---- */

/* Padding that cameras and editors leave: one byte over and over, or blanks. */
static bool padding(struct slice s)
{
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] != s.p[0]) return !slice_trim(s).n;
    return true;
}

static enum st push_rest(struct picture *p, struct slice rest)
{
    if (p->r->content) tell_blob(p->r, rest, p->end);
    return reading_push_stray(p->r, "(trailing bytes)", rest, p->end);
}

enum st picture_tail(struct picture *p)
{
    if (p->end >= p->bytes.n) return ST_OK;
    struct slice rest = slice_sub(p->bytes, (size_t)p->end, SIZE_MAX);
    if (padding(rest)) return ST_OK;
    if (rest.n < RUBBISH_MAX) return push_rest(p, rest);
    tell_anomaly(p->r, ANOMALY_TRAILING, p->end, "%zu bytes behind the end of the picture", rest.n);
    return push_rest(p, rest);
}

enum st picture_lost(struct picture *p, const char *what)
{
    struct slice rest = slice_sub(p->bytes, (size_t)p->end, SIZE_MAX);
    tell_anomaly(p->r, rest.n ? ANOMALY_MALFORMED : ANOMALY_TRUNCATED, p->end, "%s at %llu", what,
                 (unsigned long long)p->end);
    return rest.n ? push_rest(p, rest) : ST_OK;
}

/* ---- the kinds ---- */

typedef enum st walk_fn(struct picture *p);

static const struct {
    size_t at;
    const char *magic;
    size_t n;
    const char *variant;
    walk_fn *walk;
} kinds[] = {
    {0, "\x89PNG\r\n\x1a\n", 8, "png", png_walk},
    {0, "\xff\xd8\xff", 3, "jpeg", jpeg_walk},
    {0, "GIF8", 4, "gif", gif_walk},
    {0, "II*\0", 4, "tiff", tiff_walk},
    {0, "MM\0*", 4, "tiff", tiff_walk},
    {0, "II+\0", 4, "bigtiff", tiff_walk},
    {0, "MM\0+", 4, "bigtiff", tiff_walk},
    {8, "WEBPVP8", 7, "webp", webp_walk},
    {4, "ftypavif", 8, "avif", heif_walk},
    {4, "ftyp", 4, "heif", heif_walk},
    {0, "BM", 2, "bmp", bmp_walk},
};

enum st image_read(struct reading *r)
{
    struct picture p = {.r = r, .bytes = r->layer->bytes};
    enum st st = ST_UNSUPPORTED;
    size_t i = 0;
    while (i < COUNT_OF(kinds) && !slice_eq(slice_sub(p.bytes, kinds[i].at, kinds[i].n),
                                            slice_of(kinds[i].magic, kinds[i].n)))
        i++;
    tell_format(r, FMT_IMAGE, i < COUNT_OF(kinds) ? kinds[i].variant : NULL);
    if (i < COUNT_OF(kinds)) st = kinds[i].walk(&p);
    struct block_table_end end = {0};
    if (p.table) tell(r, &(struct event){.kind = EV_TABLE_END, .table_end = &end});
    if (p.too_much) tell_unread(r, UNREAD_LIMIT, 0, 0, "%s", p.too_much);
    if (st == ST_OK && r->budget->spent) st = ST_LIMIT; /* also in walks that return nothing */
    return st == ST_OK && p.nomem ? ST_NOMEM : st;
}
