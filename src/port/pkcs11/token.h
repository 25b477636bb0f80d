/* SPDX-License-Identifier: Apache-2.0 */
/* token.h - a private key that stays in its token: Cryptoki (PKCS #11 2.40) called directly.
 * Why: release keys live in HSMs, smart cards and TPMs; only a hash goes in, only a signature comes
 * out. The token's own library is loaded into this process, as the user named it.
 * Owns: library, session and login, until token_close().   Threads: one owner.
 * Fails: ST_MALFORMED (the URI), ST_UNSUPPORTED, ST_IO; the sentence lies in the struct. */
#pragma once
#include "base/slice.h"
#include "base/st.h"
#include "port/pkcs11/uri.h"

#define TOKEN_WHY_MAX 256
#define TOKEN_RAW_MAX 132 /* r and s of P-521 */

struct token {
    void *library, *functions;
    unsigned long slot, session, key;
    bool ready, open;
    bool wants_pin;                 /* token_login() must be called first */
    uint8_t params[64], point[160]; /* DER as the token has them: OID, OCTET STRING */
    size_t params_n, point_n;
    char why[TOKEN_WHY_MAX]; /* after a failure */
};

/* Finds the token; does not log in. */
MUST_USE enum st token_open(struct token *t, const struct pkcs11_uri *uri);
/* Once: tokens lock themselves after a few wrong PINs. */
MUST_USE enum st token_login(struct token *t, struct slice pin);
/* Finds the key, and its public half: params and point (point_n == 0: the token has none). */
MUST_USE enum st token_find(struct token *t, const struct pkcs11_uri *uri);
/* r and s side by side. */
MUST_USE enum st token_sign(struct token *t, struct slice hash, uint8_t ret[TOKEN_RAW_MAX],
                            size_t *ret_n);
void token_close(struct token *t); /* also after a failure */
