/* SPDX-License-Identifier: Apache-2.0 */
/* image.h - pictures: walked chunk by chunk, never decoded.
 * Why: a training set of pictures carries more than pixels: places and names in EXIF, prompts and
 * comments in text chunks, archives behind the end mark, headers that promise 10^10 pixels.
 * Texts go out as values whose field says where they stood ("EXIF Artist"); bytes that no viewer
 * looks at are pushed as members.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/readers.h"

reader_fn image_read; /* FMT_IMAGE */

struct picture {
    struct reading *r;
    struct slice bytes;
    uint64_t pixels; /* of all pages and frames so far */
    uint64_t end;    /* behind the last byte that the format accounts for */
    size_t texts;    /* bytes of text told */
    bool table, owner, nomem;
    const char *too_much; /* what went over a limit and was not looked at; NULL: nothing */
};

/* A text of the picture: NULs and blanks around it are cut, Latin-1 becomes UTF-8. */
void picture_text(struct picture *p, const char *field, struct slice name, struct slice text,
                  uint64_t offset);
/* The first `most` bytes of s; that there are more of them is told as `what` in the end. */
struct slice picture_cut(struct picture *p, struct slice s, size_t most, const char *what);
/* A canvas or page that a decoder would make room for. */
void picture_size(struct picture *p, uint64_t width, uint64_t height, uint64_t offset);
/* What lies behind p->end. */
MUST_USE enum st picture_tail(struct picture *p);
/* Something is broken at p->end: tell, and read the rest as a member. */
MUST_USE enum st picture_lost(struct picture *p, const char *what);

/* image_png.c, image_jpeg.c, image_more.c */
MUST_USE enum st png_walk(struct picture *p);
MUST_USE enum st jpeg_walk(struct picture *p);
MUST_USE enum st gif_walk(struct picture *p);
MUST_USE enum st webp_walk(struct picture *p);
MUST_USE enum st bmp_walk(struct picture *p);
MUST_USE enum st heif_walk(struct picture *p);

/* image_exif.c: `tiff` begins with II or MM and lies at `offset` of the layer. */
MUST_USE enum st exif_walk(struct picture *p, struct slice tiff, uint64_t offset);
MUST_USE enum st tiff_walk(struct picture *p);
/* image_meta.c */
void xmp_texts(struct picture *p, struct slice xml, uint64_t offset);
void iptc_texts(struct picture *p, struct slice records, uint64_t offset);
/* Degrees as six decimals and with the words around them by which the detector of places knows
 * them. */
void picture_place(struct picture *p, double lat, double lon, uint64_t offset);
