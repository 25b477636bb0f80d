/* SPDX-License-Identifier: Apache-2.0 */
/* signature.c - checks of signatures through EVP. */
#include "port/openssl/signature.h"
#include "x509_part.h"
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

struct curve {
    const char *name;
    const EVP_MD *(*hash)(void);
    const char *plain;
};

static const struct curve curves[] = {
    {"prime256v1", EVP_sha256, "ECDSA P-256"},
    {"secp384r1", EVP_sha384, "ECDSA P-384"},
    {"secp521r1", EVP_sha512, "ECDSA P-521"},
};

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

/* NULL for other curves, and for one that brings its own parameters along. */
static const struct curve *curve_of(const EVP_PKEY *key)
{
    char name[32] = "";
    int is_explicit = 1;
    if (!EVP_PKEY_is_a(key, "EC") ||
        !EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                &is_explicit) ||
        is_explicit || !EVP_PKEY_get_group_name(key, name, sizeof name, NULL))
        return NULL;
    for (size_t i = 0; i < COUNT_OF(curves); i++)
        if (strcmp(name, curves[i].name) == 0) return &curves[i];
    return NULL;
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
    const struct curve *curve = curve_of(key);
    bool edwards = EVP_PKEY_is_a(key, "ED25519"), by_key = kind == SIGNATURE_BY_KEY;
    *ret_hash = NULL;
    switch (kind) {
    case SIGNATURE_BY_KEY:
    case SIGNATURE_ED25519:
        if (edwards) return true;
        if (!by_key) return false;
        *ret_hash = curve ? curve->hash() : EVP_sha256();
        return curve || is_rsa(key);
    case SIGNATURE_ECDSA_SHA256: *ret_hash = EVP_sha256(); return curve;
    case SIGNATURE_ECDSA_SHA384: *ret_hash = EVP_sha384(); return curve;
    case SIGNATURE_ECDSA_SHA512: *ret_hash = EVP_sha512(); return curve;
    case SIGNATURE_RSA_SHA256:
    case SIGNATURE_RSA_PSS_SHA256: *ret_hash = EVP_sha256(); return is_rsa(key);
    }
    return false;
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

enum st signature_check(struct slice spki, enum signature_kind kind, struct slice signature,
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

const char *signature_key_name(struct slice spki)
{
    const char *name = NULL;
    EVP_PKEY *key = parse_key(spki);
    const struct curve *curve = key ? curve_of(key) : NULL;
    if (curve)
        name = curve->plain;
    else if (key && EVP_PKEY_is_a(key, "ED25519"))
        name = "Ed25519";
    else if (key && is_rsa(key))
        name = "RSA";
    EVP_PKEY_free(key);
    ERR_clear_error();
    return name;
}
