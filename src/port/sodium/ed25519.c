/* SPDX-License-Identifier: Apache-2.0 */
#include "port/sodium/ed25519.h"
#include <sodium.h>

bool ed25519_valid(struct slice message, const uint8_t signature[ED25519_BYTES],
                   const uint8_t key[ED25519_KEY_BYTES])
{
    return crypto_sign_ed25519_verify_detached(signature, message.p, message.n, key) == 0;
}

void ed25519_public(const uint8_t seed[ED25519_SEED_BYTES], uint8_t ret_key[ED25519_KEY_BYTES])
{
    uint8_t secret[crypto_sign_ed25519_SECRETKEYBYTES];
    (void)crypto_sign_ed25519_seed_keypair(ret_key, secret, seed);
    sodium_memzero(secret, sizeof secret);
}

void ed25519_sign(struct slice message, const uint8_t seed[ED25519_SEED_BYTES],
                  uint8_t ret[ED25519_BYTES])
{
    uint8_t secret[crypto_sign_ed25519_SECRETKEYBYTES], key[ED25519_KEY_BYTES];
    (void)crypto_sign_ed25519_seed_keypair(key, secret, seed);
    (void)crypto_sign_ed25519_detached(ret, NULL, message.p, message.n, secret);
    sodium_memzero(secret, sizeof secret);
}
