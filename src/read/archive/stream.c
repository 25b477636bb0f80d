/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c - hands the whole layer to the decoder. joblib's first versions put the letters ZF and a
 * length in hexadecimal digits before a zlib stream. */
#include "read/archive/stream.h"

struct stream_row {
    enum format format;
    enum codec codec;
    const char *suffixes[3]; /* taken off the name for the member within */
};

static const struct stream_row rows[] = {
    {FMT_GZIP, CODEC_GZIP, {".gz", ".gzip"}},
    {FMT_BZIP2, CODEC_BZIP2, {".bz2"}},
    {FMT_XZ, CODEC_XZ, {".xz"}},
    {FMT_LZMA, CODEC_LZMA, {".lzma"}},
    {FMT_ZLIB, CODEC_ZLIB, {".z", ".zlib"}},
    {FMT_ZSTD, CODEC_ZSTD, {".zst", ".zstd"}},
    {FMT_LZ4, CODEC_LZ4, {".lz4"}},
};

#define ZF_PREFIX 21 /* "ZF" and 19 digits with blanks */

static const struct stream_row *row_of(enum format f)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].format == f) return &rows[i];
    return NULL;
}

/* "a/model.pkl.gz" holds "model.pkl"; "model.tgz" holds "model.tar". */
static struct slice inner_name(struct arena *a, struct slice name, const struct stream_row *row)
{
    size_t slash = slice_rfind_byte(name, '/');
    if (slash != SIZE_MAX) name = slice_sub(name, slash + 1, name.n);
    if (slice_ends_nocase(name, S(".tgz")) && name.n > 4)
        return arena_printf(a, "%.*s.tar", SLICE_ARG(slice_sub(name, 0, name.n - 4)));
    for (size_t i = 0; i < COUNT_OF(row->suffixes) && row->suffixes[i]; i++) {
        struct slice suffix = slice_str(row->suffixes[i]);
        if (slice_ends_nocase(name, suffix) && name.n > suffix.n)
            return slice_sub(name, 0, name.n - suffix.n);
    }
    return name;
}

enum st stream_read(struct reading *r)
{
    const struct stream_row *row = row_of(r->format);
    if (!row) return ST_BUG;
    struct slice bytes = r->layer->bytes;
    size_t skip = row->codec == CODEC_ZLIB && slice_starts(bytes, S("ZF")) ? ZF_PREFIX : 0;
    if (skip && skip < bytes.n && bytes.p[skip] == ' ') skip++; /* Python 2 wrote one more */
    tell_format(r, row->format, skip ? "joblib 0.x" : NULL);
    struct member m = {.name = inner_name(r->arena, r->layer->name, row),
                       .packed = slice_sub(bytes, skip, bytes.n),
                       .offset = skip,
                       .codec = row->codec,
                       .unpacked = UINT64_MAX};
    return reading_push(r, &m);
}
