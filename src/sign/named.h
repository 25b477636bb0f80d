/* SPDX-License-Identifier: Apache-2.0 */
/* named.h - stores that name a file by the digest of its content.
 * Why: such a file says itself whether it is what was fetched; nobody needs to be asked. Download
 * tools compare once, when they write, and trust the name for ever after.
 *
 *     Hugging Face   models--ORG--NAME/blobs/HEX     SHA-256 of large files, git's SHA-1 of small
 *     OCI, ModelPack blobs/sha256/HEX                image layout 1.1; also sha512
 *     Ollama         blobs/sha256-HEX
 *     git-lfs        lfs/objects/ab/cd/HEX           spec v1
 *     DVC            files/md5/ab/REST, cache/ab/REST   3.x and before; REST may end in .dir
 *
 * Owns: nothing.   Threads: pure functions.   Fails: never. */
#pragma once
#include "port/openssl/digest.h"

struct named {
    const char *store; /* "the Hugging Face cache": for people */
    enum digest_kind kind;
    bool git_blob;       /* the digest is over "blob SIZE\0" and the content */
    struct slice hex[2]; /* the digest's digits, as the path holds them */
};

/* Is the last part of the path like such a name at all? Cheap. */
bool named_may_be(struct slice path);
/* Does the path lie in such a store? It may be relative; what stands above is not known then. */
bool named_by_digest(struct slice path, struct named *ret);
/* Begin a digest of the named kind over a content of `size` bytes. */
void named_start(const struct named *n, uint64_t size, struct digest *d);
bool named_holds(const struct named *n, const uint8_t *digest);
