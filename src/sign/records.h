/* SPDX-License-Identifier: Apache-2.0 */
/* records.h - a dataset as a Merkle tree over its records, and what can be proved with its root.
 * Why: a signature over the file says only "these bytes". With a tree over the records one signed
 * hash answers for each of them: this record is in what was signed, that one is not, and version 2
 * is version 1 with records added behind it. Byte by byte: doc/format-records.md.
 *
 *     records ── leaf hashes ─┬─ in their order ──> root         in, and grown from
 *                             └─ sorted ──────────> sorted root  not in: between two neighbours
 *
 * Trees are those of RFC 6962 (log/merkle.h).
 * Owns: nothing; what is read lies in the arena.   Threads: pure functions.
 * Fails: ST_MALFORMED with a sentence; ST_NOMEM. */
#pragma once
#include "base/buf.h"
#include "codec/shape.h"
#include "log/merkle.h"

#define RECORDS_PREDICATE "urn:merlon:records:v1"
#define RECORDS_PROOF     "merlon.proof/1"

struct records_column { /* of a table: what its rows consist of, read/data/rows.h */
    struct slice name, type;
};

struct records_tree {
    struct slice name;       /* of the file */
    struct merkle_hash file; /* its SHA-256 */
    uint64_t size;           /* records */
    struct merkle_hash root, sorted_root;
    const struct records_column *columns; /* of a table, else none */
    size_t column_count;
    uint64_t old_size; /* 0: it does not say what it grew from */
    struct merkle_hash old_root;
    struct merkle_proof growth;
};

/* Leaf hashes in the order of the records; `sorted` has room for as many. size > 0. */
void records_make(const struct merkle_hash *leaves, struct merkle_hash *sorted, uint64_t size,
                  struct records_tree *ret);
/* Is `old` the beginning of what these leaves are? Then `tree` says so and proves it. */
bool records_grow(const struct merkle_hash *leaves, const struct records_tree *old,
                  struct records_tree *tree);

/* ---- columns ---- */

bool records_same_columns(const struct records_tree *a, const struct records_tree *b);

struct columns_change { /* old NULL: added; new NULL: removed; both: another type */
    const struct records_column *old, *new;
};
/* The next difference by name; *at begins with 0. False: there are no more. */
bool columns_change(const struct records_tree *old, const struct records_tree *new, size_t *at,
                    struct columns_change *ret);

/* The in-toto statement. */
void records_statement(const struct records_tree *t, struct buf *out);
/* Also checks that the growth holds. */
MUST_USE enum st records_read(struct slice statement, struct arena *arena, struct records_tree *ret,
                              struct slice *ret_why);

struct records_leaf { /* one leaf and its way to a root */
    uint64_t index;
    struct merkle_hash leaf;
    struct merkle_proof proof;
};

struct records_proof {
    bool absent;
    uint64_t size;             /* of the tree */
    struct merkle_hash record; /* leaf hash of what is proved */
    struct records_leaf in;    /* unless absent */
    struct records_leaf below,
        above; /* absent: its neighbours in the sorted tree, where they are */
    bool has_below, has_above;
};

void records_prove(const struct merkle_hash *leaves, uint64_t size, uint64_t index,
                   struct records_proof *ret);
/* False: it is there. `sorted` as records_make() left it. */
bool records_prove_absent(const struct merkle_hash *sorted, uint64_t size,
                          const struct merkle_hash *record, struct records_proof *ret);
bool records_proof_holds(const struct records_proof *p, const struct records_tree *t);

void records_proof_write(const struct records_proof *p, struct buf *out);
MUST_USE enum st records_proof_read(struct slice json, struct arena *arena,
                                    struct records_proof *ret, struct slice *ret_why);
