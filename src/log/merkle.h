/* SPDX-License-Identifier: Apache-2.0 */
/* merkle.h - Merkle trees as transparency logs have them (RFC 6962, 2.1; RFC 9162, 2.1).
 *
 *     root of 7 leaves            leaf: SHA-256(0x00 | bytes)    node: SHA-256(0x01 | left | right)
 *        ├── 0-3                  The left half is the largest power of two that is smaller than
 *        │    ├── 0-1             the whole; of no leaves the root is SHA-256 of nothing.
 *        │    └── 2-3
 *        └── 4-6
 *             ├── 4-5
 *             └── 6
 * A proof is a list of at most 64 hashes, from the leaves up.
 * Owns: nothing.   Threads: one owner.   Fails: never; a proof holds or not. */
#pragma once
#include "base/slice.h"

#define MERKLE_BYTES     32
#define MERKLE_PROOF_MAX 64

struct merkle_hash {
    uint8_t bytes[MERKLE_BYTES];
};

struct merkle_proof {
    size_t count;
    struct merkle_hash hashes[MERKLE_PROOF_MAX];
};

void merkle_leaf(struct slice bytes, struct merkle_hash *ret);
void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right,
                 struct merkle_hash *ret);
bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b);

/* A tree that only grows; it keeps one hash per bit of its size. Zeroed = empty. */
struct merkle {
    uint64_t size;
    struct merkle_hash peaks[MERKLE_PROOF_MAX]; /* of the complete subtrees, by height */
};
void merkle_add(struct merkle *m, const struct merkle_hash *leaf);
void merkle_root(const struct merkle *m, struct merkle_hash *ret);

/* Leaf `index` of `size` leaves is in the tree of this root. */
bool merkle_included(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
                     const struct merkle_proof *proof, const struct merkle_hash *root);
/* The tree of `size` leaves begins with that of `old_size` leaves (0 < old_size <= size). */
bool merkle_consistent(uint64_t old_size, const struct merkle_hash *old_root, uint64_t size,
                       const struct merkle_hash *root, const struct merkle_proof *proof);

/* The proofs for leaf hashes that lie in memory (or in a map of a file); time grows with size.
 * index < size; 0 < old_size <= size. */
void merkle_prove(const struct merkle_hash *leaves, uint64_t size, uint64_t index,
                  struct merkle_proof *ret);
void merkle_prove_growth(const struct merkle_hash *leaves, uint64_t old_size, uint64_t size,
                         struct merkle_proof *ret);
