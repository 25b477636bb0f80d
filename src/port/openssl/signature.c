/* SPDX-License-Identifier: Apache-2.0 */
/* signature.c - ECDSA is ec.c's; RSA and Ed25519 go through EVP. */
#include "port/openssl/signature.h"
#include "port/openssl/digest.h"
#include "port/openssl/ec.h"
#include "x509_part.h"
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

/* ---- ECDSA ---- */

static bool holds_ec(const struct ec_key *k, enum signature_kind kind, struct slice signature,
                     struct slice message)
{
    static const enum digest_kind hashes[] = {[SIGNATURE_ECDSA_SHA256] = DIGEST_SHA256,
                                              [SIGNATURE_ECDSA_SHA384] = DIGEST_SHA384,
                                              [SIGNATURE_ECDSA_SHA512] = DIGEST_SHA512};
    uint8_t hash[EC_HASH_MAX];
    struct digest d;
    if (kind == SIGNATURE_BY_KEY)
        return ec_verify(k, slice_of(hash, ec_hash(ec_curve(k), message, hash)), signature);
    if (kind < SIGNATURE_ECDSA_SHA256 || kind > SIGNATURE_ECDSA_SHA512) return false;
    digest_start_as(&d, hashes[kind]);
    digest_add(&d, message);
    digest_finish(&d, hash);
    return ec_verify(k, slice_of(hash, digest_size(hashes[kind])), signature);
}

/* ---- the others ---- */

static EVP_PKEY *parse_key(struct slice spki)
{
    const unsigned char *p = spki.p;
    openssl_begin();
    if (!spki.n || spki.n > (1u << 16)) return NULL;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)spki.n);
    if (key && p != spki.p + spki.n) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

static bool is_rsa(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= 2048 &&
           EVP_PKEY_get_bits(key) <= 16384;
}

/* The hash of this kind of signature with this key; false when they do not fit. *ret_hash is NULL
 * for Ed25519, which hashes by itself. */
static bool hash_for(const EVP_PKEY *key, enum signature_kind kind, const EVP_MD **ret_hash)
{
    bool edwards = EVP_PKEY_is_a(key, "ED25519"), by_key = kind == SIGNATURE_BY_KEY;
    *ret_hash = NULL;
    if (edwards) return by_key || kind == SIGNATURE_ED25519;
    *ret_hash = EVP_sha256();
    return is_rsa(key) &&
           (by_key || kind == SIGNATURE_RSA_SHA256 || kind == SIGNATURE_RSA_PSS_SHA256);
}

static bool holds(EVP_MD_CTX *ctx, EVP_PKEY *key, enum signature_kind kind, const EVP_MD *hash,
                  struct slice signature, struct slice message)
{
    EVP_PKEY_CTX *params = NULL;
    if (EVP_DigestVerifyInit(ctx, &params, hash, NULL, key) != 1) return false;
    if (kind == SIGNATURE_RSA_PSS_SHA256 &&
        (EVP_PKEY_CTX_set_rsa_padding(params, RSA_PKCS1_PSS_PADDING) <= 0 ||
         EVP_PKEY_CTX_set_rsa_pss_saltlen(params, RSA_PSS_SALTLEN_DIGEST) <= 0))
        return false;
    return EVP_DigestVerify(ctx, signature.p, signature.n,
                            message.p ? message.p : (const uint8_t *)"", message.n) == 1;
}

static enum st check_other(struct slice spki, enum signature_kind kind, struct slice signature,
                           struct slice message)
{
    const EVP_MD *hash = NULL;
    enum st st = ST_MALFORMED;
    EVP_PKEY *key = parse_key(spki);
    if (key && signature.n && hash_for(key, kind, &hash)) {
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        if (!ctx)
            st = ST_NOMEM;
        else if (holds(ctx, key, kind, hash, signature, message))
            st = ST_OK;
        EVP_MD_CTX_free(ctx);
    }
    EVP_PKEY_free(key);
    ERR_clear_error();
    return st;
}

/* ---- all of them ---- */

enum st signature_check(struct slice spki, enum signature_kind kind, struct slice signature,
                        struct slice message)
{
    struct ec_key *k = NULL;
    const char *why;
    enum st st = ec_spki(spki, &k, &why);
    if (st == ST_NOMEM) return st;
    if (st != ST_OK) return check_other(spki, kind, signature, message);
    st = holds_ec(k, kind, signature, message) ? ST_OK : ST_MALFORMED;
    ec_free(k);
    return st;
}
