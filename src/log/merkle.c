/* SPDX-License-Identifier: Apache-2.0 */
#include "log/merkle.h"
#include "port/openssl/digest.h"
#include <assert.h>

void merkle_leaf(struct slice bytes, struct merkle_hash *ret)
{
    struct digest d;
    digest_start(&d);
    digest_add(&d, S("\x00"));
    digest_add(&d, bytes);
    digest_finish(&d, ret->bytes);
}

void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right,
                 struct merkle_hash *ret)
{
    struct digest d;
    digest_start(&d);
    digest_add(&d, S("\x01"));
    digest_add(&d, slice_of(left->bytes, MERKLE_BYTES));
    digest_add(&d, slice_of(right->bytes, MERKLE_BYTES));
    digest_finish(&d, ret->bytes);
}

bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return digest_equal(a->bytes, b->bytes);
}

/* As a binary counter: a set bit of size is a complete subtree of that height. */
void merkle_add(struct merkle *m, const struct merkle_hash *leaf)
{
    struct merkle_hash hash = *leaf;
    unsigned height = 0;
    for (; m->size >> height & 1; height++) merkle_node(&m->peaks[height], &hash, &hash);
    m->peaks[height] = hash;
    m->size++;
}

void merkle_root(const struct merkle *m, struct merkle_hash *ret)
{
    struct digest d;
    bool any = false;
    for (unsigned height = 0; height < MERKLE_PROOF_MAX; height++) {
        if (!(m->size >> height & 1)) continue;
        if (any)
            merkle_node(&m->peaks[height], ret, ret);
        else
            *ret = m->peaks[height];
        any = true;
    }
    if (any) return;
    digest_start(&d);
    digest_finish(&d, ret->bytes);
}

/* RFC 9162, 2.1.3.2: `at` and `last` are the places of the node and of the last node on each level;
 * a node without a right neighbour moves up as it is. */
bool merkle_included(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
                     const struct merkle_proof *proof, const struct merkle_hash *root)
{
    struct merkle_hash hash = *leaf;
    if (index >= size || proof->count > MERKLE_PROOF_MAX) return false;
    uint64_t at = index, last = size - 1;
    for (size_t i = 0; i < proof->count; i++) {
        if (!last) return false;
        if ((at & 1) || at == last) {
            merkle_node(&proof->hashes[i], &hash, &hash);
            for (; !(at & 1) && at; at >>= 1) last >>= 1;
        } else {
            merkle_node(&hash, &proof->hashes[i], &hash);
        }
        at >>= 1;
        last >>= 1;
    }
    return !last && merkle_equal(&hash, root);
}

/* RFC 9162, 2.1.4.2, for sizes that are not powers of two: the first hash of `proof` is the largest
 * complete subtree at the old tree's right edge; from there both roots are rebuilt. */
static bool rebuild_both(uint64_t at, uint64_t last, const struct merkle_hash *first,
                         const struct merkle_hash *rest, size_t count,
                         const struct merkle_hash *old_root, const struct merkle_hash *root)
{
    struct merkle_hash old_hash = *first, hash = *first;
    for (; at & 1; at >>= 1) last >>= 1;
    for (size_t i = 0; i < count; i++) {
        if (!last) return false;
        if ((at & 1) || at == last) {
            merkle_node(&rest[i], &old_hash, &old_hash);
            merkle_node(&rest[i], &hash, &hash);
            for (; !(at & 1) && at; at >>= 1) last >>= 1;
        } else {
            merkle_node(&hash, &rest[i], &hash);
        }
        at >>= 1;
        last >>= 1;
    }
    return !last && merkle_equal(&old_hash, old_root) && merkle_equal(&hash, root);
}

bool merkle_consistent(uint64_t old_size, const struct merkle_hash *old_root, uint64_t size,
                       const struct merkle_hash *root, const struct merkle_proof *proof)
{
    if (!old_size || old_size > size || proof->count > MERKLE_PROOF_MAX) return false;
    if (old_size == size) return !proof->count && merkle_equal(old_root, root);
    if (!proof->count) return false;
    bool whole = !(old_size & (old_size - 1)); /* the old root is a node of the new tree */
    return rebuild_both(old_size - 1, size - 1, whole ? old_root : proof->hashes,
                        proof->hashes + !whole, proof->count - !whole, old_root, root);
}

static uint64_t half(uint64_t size)
{
    uint64_t k = 1;
    while (k < size - k) k <<= 1;
    return k;
}

static void put(struct merkle_proof *p, const struct merkle_hash *leaves, uint64_t from,
                uint64_t to)
{
    struct merkle m = {0};
    assert(p->count < MERKLE_PROOF_MAX);
    for (uint64_t i = from; i < to; i++) merkle_add(&m, &leaves[i]);
    merkle_root(&m, &p->hashes[p->count++]);
}

static void reverse(struct merkle_proof *p)
{
    for (size_t i = 0; i < p->count / 2; i++) {
        struct merkle_hash hash = p->hashes[i];
        p->hashes[i] = p->hashes[p->count - 1 - i];
        p->hashes[p->count - 1 - i] = hash;
    }
}

/* PATH(m, D[n]) of RFC 6962, 2.1.1, from the root down. */
void merkle_prove(const struct merkle_hash *leaves, uint64_t size, uint64_t index,
                  struct merkle_proof *ret)
{
    uint64_t from = 0, to = size;
    assert(index < size);
    ret->count = 0;
    while (to - from > 1) {
        uint64_t middle = from + half(to - from);
        bool left = index < middle;
        put(ret, leaves, left ? middle : from, left ? to : middle);
        if (left)
            to = middle;
        else
            from = middle;
    }
    reverse(ret);
}

/* SUBPROOF(m, D[n], b) of RFC 6962, 2.1.2, from the root down; b is whether [from, to) still ends
 * where the old tree does as a whole. */
void merkle_prove_growth(const struct merkle_hash *leaves, uint64_t old_size, uint64_t size,
                         struct merkle_proof *ret)
{
    uint64_t from = 0, to = size;
    assert(old_size && old_size <= size);
    ret->count = 0;
    while (to != old_size) {
        uint64_t middle = from + half(to - from);
        bool left = old_size <= middle;
        put(ret, leaves, left ? middle : from, left ? to : middle);
        if (left)
            to = middle;
        else
            from = middle;
    }
    if (from) put(ret, leaves, from, to);
    reverse(ret);
}
