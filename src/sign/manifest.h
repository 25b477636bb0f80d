/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.h - which files make a model, and their digests.
 * Why: it is what a signature is about; statements (sign/statement.h) are only its spelling.
 *
 *     resource = path [from:to] digest          root = SHA-256(digest digest ...), as listed
 *
 * Source: OMS 1.0, sections 4 and 5.
 * Owns: nothing; everything lies in the arena.   Threads: one owner.   Fails: see each. */
#pragma once
#include "sign/hash.h"

enum manifest_method { MANIFEST_FILES, MANIFEST_SHARDS };

struct resource {
    struct slice name; /* as it is signed: of a shard "path:from:to", else the path */
    struct slice path; /* from the model's root; "." or the base name when it is one file */
    uint64_t from, to; /* of a shard; to == HASH_WHOLE: all of it */
    struct slice digest;
};

struct manifest {
    struct slice model; /* the last part of its path: for people only */
    enum manifest_method method;
    enum hash_kind hash;
    bool allow_links;
    uint64_t shard_size;
    struct slice *ignored; /* paths that were left out, each with what is below it */
    size_t ignored_count;
    struct resource *resources;
    size_t count;
    uint8_t root[32];
};

/* May a manifest name it? Relative, without empty, "." and ".." parts. */
bool manifest_path_ok(struct slice path);
/* Is the path one of these, or below one? */
bool manifest_ignores(const struct slice *ignored, size_t count, struct slice path);
/* What git keeps at the root is no part of a model: .git, .gitattributes, .github, .gitignore.
 * Makes room for `more` paths behind them; false: no memory. */
MUST_USE bool manifest_ignore_usual(struct manifest *m, size_t more, struct arena *arena);
void manifest_root(const struct manifest *m, uint8_t ret[32]);

enum manifest_order {
    MANIFEST_BY_NAME, /* as the specification wants it: code points of the whole name */
    MANIFEST_BY_PART, /* as the reference writes it: part by part */
};
void manifest_sort(struct manifest *m, enum manifest_order order);
/* Makes the resource's name from the rest of it; false: no memory. */
MUST_USE bool manifest_name(struct resource *r, struct arena *arena);
