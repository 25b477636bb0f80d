/* SPDX-License-Identifier: Apache-2.0 */
#include "port/sodium/ed25519.h"
#include <sodium.h>

bool ed25519_valid(struct slice message, const uint8_t signature[ED25519_BYTES],
                   const uint8_t key[ED25519_KEY_BYTES])
{
    return crypto_sign_ed25519_verify_detached(signature, message.p, message.n, key) == 0;
}
