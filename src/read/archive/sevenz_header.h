/* SPDX-License-Identifier: Apache-2.0 */
/* sevenz_header.h - the header database of a 7z archive, as plain arrays.
 * Owns: nothing; all lives in the arena.   Threads: one owner.
 * Fails: ST_TRUNCATED, ST_MALFORMED, ST_NOMEM. */
#pragma once
#include "base/cursor.h"
#include "read/reading.h"

enum sevenz_method {
    SEVENZ_CHAIN,   /* copy, LZMA, LZMA2 with filters, deflate, bzip2, zstd: can be unpacked */
    SEVENZ_SEALED,  /* encrypted */
    SEVENZ_UNKNOWN, /* well-formed, but with a coder that nothing here knows */
};

struct sevenz_folder {
    enum sevenz_method method;
    enum codec codec;
    uint8_t *chain; /* properties of unlzma_chain */
    size_t chain_n;
    uint64_t unknown_id; /* of the coder that stopped us */
    uint64_t unpacked;
    uint32_t crc;
    bool has_crc;
    size_t pack, packs;     /* first packed stream, and how many */
    size_t stream, streams; /* first file stream, and how many */
    size_t outs, main_out;  /* while parsing: coder outputs, and the one that is the result */
};

struct sevenz_stream { /* the bytes of one file */
    uint64_t size;
    uint32_t crc;
    bool has_crc;
};

struct sevenz_file {
    struct slice name; /* UTF-8 */
    bool has_stream;
    uint32_t attributes;
};

struct sevenz {
    uint64_t pack_pos; /* behind the signature header */
    uint64_t *packs;   /* sizes */
    size_t pack_count;
    struct sevenz_folder *folders;
    size_t folder_count;
    struct sevenz_stream *streams;
    size_t stream_count;
    struct sevenz_file *files;
    size_t file_count;
};

#define SEVENZ_SIGNATURE_SIZE 32u
#define SEVENZ_HEADER         0x01
#define SEVENZ_ENCODED        0x17

/* Behind the id SEVENZ_ENCODED: only the streams. */
MUST_USE enum st sevenz_streams(struct reading *r, struct cursor *c, struct sevenz *ret);
/* Behind the id SEVENZ_HEADER. */
MUST_USE enum st sevenz_header(struct reading *r, struct cursor *c, struct sevenz *ret);
