/* SPDX-License-Identifier: Apache-2.0 */
/* claim.h - what one file says about the content of another.
 * Why: download tools and version control write down what they fetched (a pointer, a lock, an
 * index). A worker that reads such a record sees one file; that the other one is what the record
 * says is settled by scan/layout, which knows them all. A claim is the record's own: it proves
 * nothing about who wrote the record.
 *
 *    CLAIM_FILE    `path`, from the record's folder
 *    CLAIM_FOLDER  the files below `path` together: MD5 over DVC's list of them
 *    CLAIM_ENTRY   `path`, from the folder for which this list of files was made (DVC's .dir)
 *    CLAIM_MORE    `count` more of what went before were not told: there were too many
 *    CLAIM_SELF    the file that the place of the record means (Hugging Face: X for X.metadata)
 *    CLAIM_OBJECT  the content in whose place the record lies (git-lfs)
 *    CLAIM_BLOB    a blob of the store that the record belongs to, by its digest (OCI, Ollama)
 *    CLAIM_COMMIT  a snapshot of the cache that the record belongs to; `path` is its commit
 *
 * Owns: nothing; slices live with the record.   Threads: a value. */
#pragma once
#include "base/slice.h"

enum claim_store { CLAIM_LFS, CLAIM_DVC, CLAIM_HUB, CLAIM_OCI, CLAIM_MLFLOW, CLAIM_STORES };

enum claim_about {
    CLAIM_FILE,
    CLAIM_FOLDER,
    CLAIM_ENTRY,
    CLAIM_MORE,
    CLAIM_SELF,
    CLAIM_OBJECT,
    CLAIM_BLOB,
    CLAIM_COMMIT,
    CLAIM_ABOUTS
};

enum claim_digest {
    CLAIM_NO_DIGEST, /* only that the file is there */
    CLAIM_MD5,
    CLAIM_MD5_LINES, /* as DVC 2 made it: of text with CR LF, or of what it is with LF */
    CLAIM_GIT_BLOB,  /* SHA-1 over "blob SIZE\0" and the content */
    CLAIM_SHA256,
    CLAIM_SHA512,
    CLAIM_DIGESTS
};

#define CLAIM_DIGEST_MAX 64u

struct file_claim {
    enum claim_store store;
    enum claim_about about;
    enum claim_digest kind;
    bool optional;                    /* the record says itself that it may be elsewhere */
    struct slice path;                /* as the record has it */
    uint8_t digest[CLAIM_DIGEST_MAX]; /* claim_digest_size(kind) bytes of it */
    bool sized;
    uint64_t size;     /* bytes, if sized */
    uint64_t count;    /* files of a folder (0: not said); of CLAIM_MORE */
    struct slice note; /* what it is for, in the record's words: a media type, a key */
    uint64_t line;     /* of the record, from 1; 0: it has none */
};

static inline size_t claim_digest_size(enum claim_digest kind)
{
    static const size_t sizes[CLAIM_DIGESTS] = {0, 16, 16, 20, 32, 64};
    return sizes[kind];
}
