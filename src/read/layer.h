/* SPDX-License-Identifier: Apache-2.0 */
/* layer.h - one run of bytes that is read as one thing: the file, a member, an unpacked stream.
 * Why: readers see nothing but a slice, however deep it lay in containers. Big layers are mapped
 * read-only, so a slice of 20 GB costs no memory until it is touched; layer_release() gives back
 * what was touched and is not needed any more.
 * Owns: a layer made by unpacking owns its mapping (the reading frees it). Threads: one owner. */
#pragma once
#include "base/slice.h"
#include "read/format.h"

enum codec {
    CODEC_STORED,
    CODEC_DEFLATE,
    CODEC_GZIP,
    CODEC_ZLIB,
    CODEC_BZIP2,
    CODEC_XZ,
    CODEC_LZMA,
    CODEC_ZSTD,
    CODEC_LZ4,
    CODEC_LZMA_RAW,   /* codec_props: the 5 bytes of LZMA */
    CODEC_LZMA_CHAIN, /* 7z: the filters are in codec_props, see port/lzma/unlzma.h */
    CODEC_TEXT,       /* another character set, named in codec_props, to UTF-8 */
    CODEC_UNKNOWN,
};

struct layer {
    const struct layer *parent; /* NULL for the file itself */
    struct slice name;          /* as the container spells it; the file's own name at the top */
    struct slice bytes;
    uint64_t offset; /* of the packed bytes in the parent */
    unsigned depth;
    enum format hint; /* FMT_UNKNOWN: sniff; else the container says what it is */
    bool mapped;      /* pages come from a file: layer_release() has an effect */
    const int *file;  /* the descriptor of that file when the layer is all of it; else NULL */
};

/* Tell the system that [off, off + n) of the layer will not be touched soon (page granular). */
void layer_release(const struct layer *l, uint64_t off, uint64_t n);
/* The bytes [off, off + n), or as many as there are, for a short look in the middle of a big file:
 * read into room[n], because to touch a page of a mapping costs as much as ten such reads. */
struct slice layer_peek(const struct layer *l, uint64_t off, void *room, size_t n);
