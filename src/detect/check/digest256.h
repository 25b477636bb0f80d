/* SPDX-License-Identifier: Apache-2.0 */
/* digest256.h - the two digests that wallets check themselves with.
 * Why: Keccak-256 as it was before it became SHA-3 (other padding) is in no library that we use;
 * SHA-256 comes through port/openssl. Both see public input only.
 * Owns: nothing.   Threads: pure.   Fails: never. */
#pragma once
#include "base/slice.h"

void keccak256(struct slice s, uint8_t ret[32]);
void sha256_of(struct slice s, uint8_t ret[32]);
