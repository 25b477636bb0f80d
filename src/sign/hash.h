/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - files, or shards of files, to digests: each byte is read once, several at a time.
 * Why: signing and verifying cost what reading and hashing cost; everything else is nothing.
 * Safe: every path is opened below the model's folder; a link in the middle of it is never
 * followed, one at its end only where the caller says so.
 * Owns: nothing; threads end before the call does.   Threads: one owner.
 * Fails: per job, in `error`. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "sign/identity.h"
#include <stddef.h>

#define HASH_MAX     64 /* bytes of a digest */
#define HASH_WHOLE   UINT64_MAX
#define HASH_CHANGED (-1) /* for `error`: it was written to while it was read */
#define HASH_NO_FILE (-2) /* a folder, a device, a pipe */
#define HASH_TOO_FEW (-3) /* it ends before the shard does */

#define HASH_KINDS 3u
enum hash_kind { HASH_SHA256, HASH_BLAKE2B, HASH_BLAKE3 };

size_t hash_size(enum hash_kind k);
const char *hash_name(enum hash_kind k); /* as OMS spells it */
bool hash_of_name(struct slice name, enum hash_kind *ret);

struct hash_job {
    const char *path;          /* from the folder */
    bool link;                 /* it is a link that may be followed */
    const struct identity *id; /* of the file as it lies there; NULL: not known */
    uint64_t from, to;         /* bytes; to == HASH_WHOLE: to its end */
    int error;                 /* 0, an errno, or one of the above */
    uint64_t bytes;            /* that the digest is of */
    bool remembered;           /* it was not read: the memory knew it */
    uint8_t digest[HASH_MAX];
};

/* What is known of unchanged files: scan/digests.h, scan/seen.h. A file whose job has its identity
 * is not even opened. */
struct hash_memory {
    void *ctx;
    /* Is it worth asking for that much? NULL: always. False: neither get nor put is called. */
    bool (*worth)(void *ctx, uint64_t files, uint64_t bytes);
    bool (*get)(void *ctx, const struct identity *id, enum hash_kind k, uint8_t ret[HASH_MAX]);
    void (*put)(void *ctx, const struct identity *id, enum hash_kind k,
                const uint8_t raw[HASH_MAX]);
};

struct hash_options {
    int folder; /* its descriptor */
    enum hash_kind kind;
    unsigned threads;                 /* 0: one per processor */
    const struct hash_memory *memory; /* NULL: none. Whole files only */
};

/* ST_NOMEM when not even one thread's buffer could be had. */
MUST_USE enum st hash_files(const struct hash_options *o, struct hash_job *jobs, size_t count);
/* "it was written to while it was read" */
const char *hash_error_text(int error);
