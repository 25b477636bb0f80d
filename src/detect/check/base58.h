/* SPDX-License-Identifier: Apache-2.0 */
/* base58.h - Base58 and bech32, the alphabets of wallets.
 * Owns: nothing.   Threads: pure.   Fails: false on foreign characters or lengths. */
#pragma once
#include "base/slice.h"

#define BASE58_MAX 80u

/* As one big number; leading ones are leading zero bytes. *ret_n bytes, at most BASE58_MAX. */
bool base58_decode(struct slice s, uint8_t ret[BASE58_MAX], size_t *ret_n);
/* Base58Check: the last four bytes are the beginning of SHA-256 of SHA-256. *ret_n without them. */
bool base58_check(struct slice s, uint8_t ret[BASE58_MAX], size_t *ret_n);
/* Monero's form: blocks of 11 characters are 8 bytes each. */
bool base58_blocks(struct slice s, uint8_t ret[BASE58_MAX], size_t *ret_n);

/* BIP-173, BIP-350: the constant that the checksum leaves (1: bech32, 0x2bc830a3: bech32m), or 0.
 * *ret_first is the first value behind the separator (the witness version). */
uint32_t bech32_residue(struct slice s, unsigned *ret_first);
