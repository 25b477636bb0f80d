/* SPDX-License-Identifier: Apache-2.0 */
/* keccak.c - Keccak[c=512] with the padding 0x01 of the contest's submission (version 3), as
 * Ethereum and Monero use it. A sponge: the state of 25 words is stirred after every 136 bytes. */
#include "detect/check/digest256.h"
#include "port/openssl/digest.h"

#define RATE 136u

static uint64_t turn(uint64_t v, unsigned by)
{
    return by ? v << by | v >> (64 - by) : v;
}

static void stir(uint64_t a[25])
{
    static const uint64_t constants[24] = {
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
        0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
    static const uint8_t turns[25] = {0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                      25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};
    for (unsigned round = 0; round < 24; round++) {
        uint64_t c[5], b[25];
        for (unsigned x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (unsigned i = 0; i < 25; i++) a[i] ^= c[(i + 4) % 5] ^ turn(c[(i + 1) % 5], 1);
        for (unsigned x = 0; x < 5; x++)
            for (unsigned y = 0; y < 5; y++)
                b[y + 5 * ((2 * x + 3 * y) % 5)] = turn(a[x + 5 * y], turns[x + 5 * y]);
        for (unsigned y = 0; y < 25; y += 5)
            for (unsigned x = 0; x < 5; x++)
                a[x + y] = b[x + y] ^ (~b[(x + 1) % 5 + y] & b[(x + 2) % 5 + y]);
        a[0] ^= constants[round];
    }
}

static void absorb(uint64_t state[25], const uint8_t block[RATE])
{
    for (unsigned i = 0; i < RATE; i++) state[i / 8] ^= (uint64_t)block[i] << i % 8 * 8;
    stir(state);
}

void keccak256(struct slice s, uint8_t ret[32])
{
    uint64_t state[25] = {0};
    size_t at = 0;
    for (; s.n - at >= RATE; at += RATE) absorb(state, s.p + at);
    uint8_t last[RATE] = {0};
    if (s.n > at) memcpy(last, s.p + at, s.n - at);
    last[s.n - at] ^= 0x01;
    last[RATE - 1] ^= 0x80;
    absorb(state, last);
    for (unsigned i = 0; i < 32; i++) ret[i] = (uint8_t)(state[i / 8] >> i % 8 * 8);
}

void sha256_of(struct slice s, uint8_t ret[32])
{
    struct digest d;
    digest_start(&d);
    digest_add(&d, s);
    digest_finish(&d, ret);
}
