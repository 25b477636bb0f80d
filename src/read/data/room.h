/* SPDX-License-Identifier: Apache-2.0 */
/* room.h - where one page or buffer of a columnar file is unpacked to.
 * Why: usual pages have a megabyte, but some writers make one of a hundred. Small ones are made in
 * memory that is used again for the next; big ones in the spool, mapped, with the pages behind the
 * work given back, so that the process stays small whatever a page measures.
 * Owns: its mapping, until room_done(); the spool is its user's to rewind.
 * Threads: one owner.
 * Fails: ST_MALFORMED, ST_TRUNCATED (what came out before is given), ST_LIMIT, ST_NOMEM,
 * ST_UNSUPPORTED. */
#pragma once
#include "base/st.h"
#include "read/reading.h"

enum page_codec {
    PAGE_PLAIN,
    PAGE_SNAPPY,
    PAGE_GZIP,
    PAGE_BROTLI,
    PAGE_ZSTD,
    PAGE_LZ4_HADOOP, /* lengths before blocks; some writers meant blocks or frames by it */
    PAGE_LZ4_BLOCK,
    PAGE_LZ4_FRAME,
    PAGE_UNKNOWN,
};
const char *page_codec_name(enum page_codec c);

#define PAGE_MOST ((uint64_t)256 << 20)

struct room {
    struct reading *r;
    uint8_t *p; /* in the arena */
    size_t size;
    uint8_t *map; /* in the spool */
    size_t map_size, released;
    bool mapped; /* the last page is in the map */
};

void room_init(struct room *m, struct reading *r);
/* Unpack to exactly `unpacked` bytes; *ret lives until the next call. PAGE_PLAIN copies nothing. */
MUST_USE enum st room_unpack(struct room *m, enum page_codec codec, struct slice packed,
                             uint64_t unpacked, struct slice *ret);
/* How much a stream unpacks to, for writers that do not say so. */
MUST_USE enum st room_measure(struct room *m, enum page_codec codec, struct slice packed,
                              uint64_t *ret);
/* The first n bytes of the last page will not be looked at again soon. */
void room_release(struct room *m, size_t n);
void room_done(struct room *m);

/* Made out of the file by other means than unpacking, in bytes or values: all that it makes is
 * measured against what it holds. */
MUST_USE enum st room_pay(struct reading *r, uint64_t made);

/* Where the spool ends, and back to there when all rooms are done. */
uint64_t room_mark(const struct reading *r);
void room_rewind(struct reading *r, uint64_t mark);
