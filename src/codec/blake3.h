/* SPDX-License-Identifier: Apache-2.0 */
/* blake3.h - BLAKE3, 32 bytes, of public input.
 * Why by hand: model signatures may use it and no library of Debian 12 has it. It is only ever used
 * on files that are public, so nothing here needs to hide its timing.
 *
 *     input -> chunks of 1024 bytes -> a binary tree; the left side of a node is the largest
 *              power of two of chunks that leaves something for the right one
 *
 * Chunks of one power of two are hashed side by side, one per lane of a vector register.
 * Source: "BLAKE3: one function, fast everywhere" (2020), sections 2.1 - 2.6, 5.1.2.
 * Owns: nothing.   Threads: one owner each.   Fails: never. */
#pragma once
#include "base/slice.h"

#define BLAKE3_BYTES 32
#define BLAKE3_DEPTH 54 /* 2^64 bytes */

struct blake3 {
    uint32_t cv[8]; /* of the chunk that is being filled */
    uint8_t block[64];
    uint32_t block_n;                /* bytes in it */
    uint32_t blocks;                 /* of this chunk that are done */
    uint64_t chunks;                 /* that are done */
    uint32_t stack[BLAKE3_DEPTH][8]; /* roots of whole subtrees, larger ones first */
    unsigned depth;
};

void blake3_start(struct blake3 *b);
void blake3_add(struct blake3 *b, struct slice bytes);
void blake3_finish(const struct blake3 *b, uint8_t ret[BLAKE3_BYTES]);
