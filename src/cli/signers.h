/* SPDX-License-Identifier: Apache-2.0 */
/* signers.h - who signs: a private key in a file, or one in a token (--key pkcs11:...).
 * Owns: key and token, until signer_done().   Threads: one owner.
 * Fails: says it on stderr and returns false. */
#pragma once
#include "cli/cli.h"
#include "port/openssl/ec.h"
#include "port/pkcs11/token.h"

struct key_signer {
    struct cli *cli;
    struct ec_key *key; /* private; of a token the public half */
    struct token *token;
    char hint[65];
};

bool signer_open(struct key_signer *s, struct cli *c, struct slice key);
/* As sign/sign.h wants it. */
enum st signer_sign(void *ctx, struct slice hash, uint8_t ret[EC_SIGNATURE_MAX], size_t *ret_n,
                    struct slice *ret_why);
void signer_done(struct key_signer *s);
