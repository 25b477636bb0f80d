/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - the key that signs and its certificates, as --key, --password-file and
 * --certificate-chain name them.
 * Owns: the key, until keys_done(); that of a zeroed struct may be called, too.
 * Threads: one owner.   Fails: says it on stderr and returns false. */
#pragma once
#include "cli/signers.h"
#include "sign/sign.h"

#define KEYS_CHAIN_MAX 16u

struct keys {
    struct cli *cli;
    struct key_signer signer;
    struct slice chain[KEYS_CHAIN_MAX];
    size_t chain_count;
};

bool keys_read(struct keys *k, struct cli *c, enum opt key); /* key: the option that names it */
void keys_done(struct keys *k);
/* Lives as long as the keys do. */
struct sign_signer keys_signer(const struct keys *k);
/* Nothing is there, or an earlier signature, or --force was given. */
bool keys_may_replace(struct cli *c, struct slice file);
