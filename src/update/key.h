/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - who may sign rules: Ed25519 public keys.
 * Why: one key is compiled in (rules/release-key.pem); users may trust another one.
 * Owns: nothing; a key is a value.   Threads: pure.   Fails: false when a text holds no such key.
 */
#pragma once
#include "base/slice.h"

#define KEY_BYTES    32
#define KEY_ID_BYTES 8

struct rules_key {
    uint8_t raw[KEY_BYTES];
    uint8_t id[KEY_ID_BYTES]; /* what a bundle names it by: the beginning of its SHA-256 */
};

/* The key of releases, as it is compiled in. False: this build has none. */
bool key_release(struct rules_key *ret);
/* PEM as `openssl pkey -pubout` writes it, or 64 hex digits. */
bool key_read(struct slice text, struct rules_key *ret);
bool key_same(const struct rules_key *a, const struct rules_key *b);
/* 64 hex digits into text[65]. */
void key_hex(const struct rules_key *k, char text[65]);
