/* SPDX-License-Identifier: Apache-2.0 */
#include "port/sodium/blake2b.h"
#include <sodium.h>

static crypto_generichash_blake2b_state *state_of(struct blake2b *b)
{
    _Static_assert(sizeof(crypto_generichash_blake2b_state) <= sizeof b->state, "room");
    return (crypto_generichash_blake2b_state *)(void *)b->state;
}

/* sodium_init() chooses the code for this processor; without it the portable one is used. */
void blake2b_start(struct blake2b *b)
{
    (void)!sodium_init();
    crypto_generichash_blake2b_init(state_of(b), NULL, 0, BLAKE2B_BYTES);
}

void blake2b_add(struct blake2b *b, struct slice bytes)
{
    crypto_generichash_blake2b_update(state_of(b), bytes.p, bytes.n);
}

void blake2b_finish(struct blake2b *b, uint8_t ret[BLAKE2B_BYTES])
{
    crypto_generichash_blake2b_final(state_of(b), ret, BLAKE2B_BYTES);
}
