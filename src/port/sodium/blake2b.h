/* SPDX-License-Identifier: Apache-2.0 */
/* blake2b.h - BLAKE2b with 64 bytes (RFC 7693) through libsodium.
 * Why: OpenSSL gives it only through EVP; see port/openssl/digest.c.
 * Owns: nothing; a state may be left at any time.   Threads: one owner each.   Fails: never. */
#pragma once
#include "base/slice.h"

#define BLAKE2B_BYTES 64

struct blake2b {
    _Alignas(64) uint8_t state[384]; /* the library's */
};

void blake2b_start(struct blake2b *b);
void blake2b_add(struct blake2b *b, struct slice bytes);
void blake2b_finish(struct blake2b *b, uint8_t ret[BLAKE2B_BYTES]);
