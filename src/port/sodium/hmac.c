/* SPDX-License-Identifier: Apache-2.0 */
#include "port/sodium/hmac.h"
#include <sodium.h>

void hmac_sha256(struct slice key, struct slice message, uint8_t ret[HMAC_BYTES])
{
    crypto_auth_hmacsha256_state s;
    crypto_auth_hmacsha256_init(&s, key.p, key.n);
    crypto_auth_hmacsha256_update(&s, message.p, message.n);
    crypto_auth_hmacsha256_final(&s, ret);
    sodium_memzero(&s, sizeof s);
}
