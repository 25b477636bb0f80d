/* SPDX-License-Identifier: Apache-2.0 */
/* blake3.c - the tree; the compression function is written once for any number of lanes
 * (blake3_many.h). With one lane a vector is a number. */
#include "codec/blake3.h"
#include "base/cpu.h"

#define CHUNK 1024u
#define BATCH 64u /* chunks hashed together at most: a power of two */

enum { CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8 };

static const uint32_t start_values[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* Which word of the block a round uses where: the permutation of section 2.2, r times. */
static const uint8_t order[7][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8},
    {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1},
    {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},
    {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4},
    {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7},
    {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13},
};

/* ---- one block ---- */

static uint32_t rotate(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static void mix(uint32_t s[16], unsigned a, unsigned b, unsigned c, unsigned d, uint32_t x,
                uint32_t y)
{
    s[a] += s[b] + x;
    s[d] = rotate(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 12);
    s[a] += s[b] + y;
    s[d] = rotate(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 7);
}

static void load_words(const uint8_t block[64], uint32_t m[16])
{
    for (unsigned i = 0; i < 16; i++)
        m[i] = (uint32_t)block[4 * i] | (uint32_t)block[4 * i + 1] << 8 |
               (uint32_t)block[4 * i + 2] << 16 | (uint32_t)block[4 * i + 3] << 24;
}

static void compress(uint32_t h[8], const uint32_t m[16], uint64_t counter, uint32_t length,
                     uint32_t flags)
{
    uint32_t s[16] = {h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]};
    for (unsigned i = 0; i < 4; i++) s[8 + i] = start_values[i];
    s[12] = (uint32_t)counter;
    s[13] = (uint32_t)(counter >> 32);
    s[14] = length;
    s[15] = flags;
    for (unsigned r = 0; r < 7; r++) {
        const uint8_t *o = order[r];
        for (unsigned i = 0; i < 4; i++)
            mix(s, i, 4 + i, 8 + i, 12 + i, m[o[2 * i]], m[o[2 * i + 1]]);
        for (unsigned i = 0; i < 4; i++)
            mix(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[o[8 + 2 * i]],
                m[o[9 + 2 * i]]);
    }
    for (unsigned i = 0; i < 8; i++) h[i] = s[i] ^ s[i + 8];
}

/* ---- many inputs of equal length ---- */

struct many {
    size_t blocks; /* of each input */
    bool numbered; /* chunks are, parents are not */
};

static inline uint32_t flags_of(const struct many *job, size_t block)
{
    if (!job->numbered) return PARENT;
    return (block == 0 ? CHUNK_START : 0u) | (block + 1 == job->blocks ? CHUNK_END : 0u);
}

static void one(const struct many *job, const uint8_t *in, uint64_t counter, uint32_t h[8])
{
    uint32_t m[16];
    memcpy(h, start_values, sizeof start_values);
    for (size_t block = 0; block < job->blocks; block++) {
        load_words(in + 64 * block, m);
        compress(h, m, job->numbered ? counter : 0, 64, flags_of(job, block));
    }
}

#ifdef __x86_64__
#define LANES   8
#define TARGET  __attribute__((target("avx2")))
#define NAME(x) x##_8
#include "blake3_many.h"
#define LANES   16
#define TARGET  __attribute__((target("avx512f,avx512bw")))
#define NAME(x) x##_16
#include "blake3_many.h"

/* How many of the inputs the vectors took. */
static size_t wide(const struct many *job, const uint8_t *in, size_t count, uint64_t counter,
                   uint32_t out[][8])
{
    const uint8_t *at[16];
    size_t lanes = cpu_avx512() && count >= 16 ? 16 : cpu_avx2() && count >= 8 ? 8 : 0;
    size_t done = 0;
    for (; lanes && done + lanes <= count; done += lanes) {
        for (size_t i = 0; i < lanes; i++) at[i] = in + (done + i) * 64 * job->blocks;
        if (lanes == 16)
            many_16(job, at, counter + done, out + done);
        else
            many_8(job, at, counter + done, out + done);
    }
    return done;
}
#else
static size_t wide(const struct many *job, const uint8_t *in, size_t count, uint64_t counter,
                   uint32_t out[][8])
{
    return (void)job, (void)in, (void)count, (void)counter, (void)out, 0;
}
#endif

/* Inputs lie one behind the other. */
static void hash_many(const struct many *job, const uint8_t *in, size_t count, uint64_t counter,
                      uint32_t out[][8])
{
    size_t done = wide(job, in, count, counter, out);
    for (; done < count; done++) one(job, in + done * 64 * job->blocks, counter + done, out[done]);
}

static void store_words(uint8_t *out, const uint32_t *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (unsigned k = 0; k < 4; k++) out[4 * i + k] = (uint8_t)(words[i] >> 8 * k);
}

/* The root of `count` whole chunks, a power of two up to BATCH. */
static void subtree(const uint8_t *in, size_t count, uint64_t counter, uint32_t ret[8])
{
    static const struct many chunk = {CHUNK / 64, true}, parent = {1, false};
    uint32_t cv[BATCH][8];
    uint8_t text[BATCH * 32];
    hash_many(&chunk, in, count, counter, cv);
    for (; count > 1; count /= 2) {
        store_words(text, cv[0], 8 * count);
        hash_many(&parent, text, count / 2, 0, cv);
    }
    memcpy(ret, cv[0], 32);
}

/* ---- the tree ---- */

static void start_chunk(struct blake3 *b)
{
    memcpy(b->cv, start_values, sizeof b->cv);
    b->block_n = b->blocks = 0;
}

void blake3_start(struct blake3 *b)
{
    b->chunks = 0;
    b->depth = 0;
    start_chunk(b);
}

static void join(const uint32_t left[8], uint32_t right[8], uint32_t flags)
{
    uint32_t m[16];
    memcpy(m, left, 32);
    memcpy(m + 8, right, 32);
    memcpy(right, start_values, 32);
    compress(right, m, 0, 64, PARENT | flags);
}

/* Something is still to come, so no node made here is the root. */
static void push(struct blake3 *b, uint32_t cv[8], uint64_t count)
{
    b->chunks += count;
    for (uint64_t n = b->chunks / count; !(n & 1); n >>= 1) join(b->stack[--b->depth], cv, 0);
    memcpy(b->stack[b->depth++], cv, 32);
}

static uint32_t first_flag(const struct blake3 *b)
{
    return b->blocks == 0 ? CHUNK_START : 0;
}

static void end_block(struct blake3 *b)
{
    uint32_t m[16];
    load_words(b->block, m);
    if (b->blocks == CHUNK / 64 - 1) {
        compress(b->cv, m, b->chunks, 64, CHUNK_END);
        push(b, b->cv, 1);
        start_chunk(b);
        return;
    }
    compress(b->cv, m, b->chunks, 64, first_flag(b));
    b->blocks++;
    b->block_n = 0;
}

/* The largest batch that starts here and leaves at least one byte. */
static size_t batch_of(const struct blake3 *b, size_t left)
{
    size_t count = BATCH;
    if (b->blocks || b->block_n) return 0;
    while (count && (count * CHUNK >= left || b->chunks % count)) count /= 2;
    return count;
}

void blake3_add(struct blake3 *b, struct slice bytes)
{
    for (size_t at = 0; at < bytes.n;) {
        if (b->block_n == 64) end_block(b);
        size_t count = batch_of(b, bytes.n - at);
        if (count) {
            uint32_t cv[8];
            subtree(bytes.p + at, count, b->chunks, cv);
            push(b, cv, count);
            at += count * CHUNK;
            continue;
        }
        size_t n = bytes.n - at < 64 - b->block_n ? bytes.n - at : 64 - b->block_n;
        memcpy(b->block + b->block_n, bytes.p + at, n);
        b->block_n += (uint32_t)n;
        at += n;
    }
}

void blake3_finish(const struct blake3 *b, uint8_t ret[BLAKE3_BYTES])
{
    uint8_t block[64] = {0};
    uint32_t m[16], cv[8];
    memcpy(block, b->block, b->block_n);
    memcpy(cv, b->cv, 32);
    load_words(block, m);
    compress(cv, m, b->chunks, b->block_n, first_flag(b) | CHUNK_END | (b->depth == 0 ? ROOT : 0u));
    for (unsigned i = b->depth; i-- > 0;) join(b->stack[i], cv, i == 0 ? ROOT : 0);
    store_words(ret, cv, 8);
}
