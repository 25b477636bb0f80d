/* SPDX-License-Identifier: Apache-2.0 */
/* ed25519.h - Ed25519 signatures (RFC 8032, pure) through libsodium, which also refuses second
 * spellings of a signature and weak keys.
 * Owns: nothing.   Threads: pure.   Fails: false, whatever is wrong. */
#pragma once
#include "base/slice.h"

#define ED25519_BYTES      64
#define ED25519_KEY_BYTES  32
#define ED25519_SEED_BYTES 32

bool ed25519_valid(struct slice message, const uint8_t signature[ED25519_BYTES],
                   const uint8_t key[ED25519_KEY_BYTES]);
/* The public key of a private one (its seed, as RFC 8032 calls it the private key). */
void ed25519_public(const uint8_t seed[ED25519_SEED_BYTES], uint8_t ret_key[ED25519_KEY_BYTES]);
void ed25519_sign(struct slice message, const uint8_t seed[ED25519_SEED_BYTES],
                  uint8_t ret[ED25519_BYTES]);
