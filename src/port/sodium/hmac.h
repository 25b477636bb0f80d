/* SPDX-License-Identifier: Apache-2.0 */
/* hmac.h - HMAC-SHA-256 (RFC 2104, FIPS 198-1) through libsodium.
 * Why: OpenSSL gives it only through EVP, which brings the whole library into a program that wants
 * to start in a millisecond; see port/openssl/digest.c.
 * Owns: nothing.   Threads: pure.   Fails: never. */
#pragma once
#include "base/slice.h"

#define HMAC_BYTES 32

void hmac_sha256(struct slice key, struct slice message, uint8_t ret[HMAC_BYTES]);
