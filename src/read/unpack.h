/* SPDX-License-Identifier: Apache-2.0 */
/* unpack.h - a packed slice becomes a layer's bytes, within the budget.
 * Small results stay in the arena; bigger ones go to the spool, an unlinked file, and are mapped.
 * Owns: the spool's file offset; a spooled slice stays valid until spool_rewind below it.
 * Threads: one owner.   Fails: ST_LIMIT (bomb or budget), ST_MALFORMED, ST_TRUNCATED,
 * ST_UNSUPPORTED; what came out before the error is still given, so that it can be read. */
#pragma once
#include "base/st.h"
#include "read/reading.h"

struct spool {
    int fd;       /* read-write, unlinked; -1: no spool, arena only */
    uint64_t end; /* bytes in use */
};

void spool_init(struct spool *s, int fd);

struct unpacked {
    struct slice bytes;
    bool mapped; /* munmap(map, map_len) when done */
    void *map;
    size_t map_len;
    uint64_t spool_mark; /* where the spool ended before */
    uint64_t consumed;   /* packed bytes used */
    bool bomb;           /* stopped because of the ratio */
    bool crc_bad;        /* complete, but not what the container's checksum says */
};

/* `m->packed` lies in r->layer, or in bytes that were unpacked before. */
MUST_USE enum st unpack(struct reading *r, const struct member *m, struct unpacked *ret);
void unpacked_done(struct reading *r, struct unpacked *u);
