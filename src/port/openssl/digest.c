/* SPDX-License-Identifier: Apache-2.0 */
#include "port/openssl/digest.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

static const EVP_MD *method(enum digest_kind kind)
{
    switch (kind) {
    case DIGEST_SHA512: return EVP_sha512();
    case DIGEST_SHA1: return EVP_sha1();
    case DIGEST_MD5: return EVP_md5();
    case DIGEST_SHA256: break;
    }
    return EVP_sha256();
}

size_t digest_size(enum digest_kind kind)
{
    return (size_t)EVP_MD_get_size(method(kind));
}

bool digest_start_as(struct digest *d, enum digest_kind kind)
{
    /* no openssl.cnf: what is configured there could load modules into this process */
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx && EVP_DigestInit_ex(ctx, method(kind), NULL) != 1) {
        EVP_MD_CTX_free(ctx);
        ctx = NULL;
    }
    d->ctx = ctx;
    return ctx != NULL;
}

bool digest_start(struct digest *d)
{
    return digest_start_as(d, DIGEST_SHA256);
}

bool digest_add(struct digest *d, struct slice s)
{
    return EVP_DigestUpdate(d->ctx, s.p, s.n) == 1;
}

bool digest_finish(struct digest *d, uint8_t ret[SHA256_BYTES])
{
    unsigned n = 0;
    bool ok = EVP_DigestFinal_ex(d->ctx, ret, &n) == 1 && n == SHA256_BYTES;
    digest_abort(d);
    return ok;
}

bool digest_finish_as(struct digest *d, enum digest_kind kind, uint8_t ret[DIGEST_MAX])
{
    unsigned n = 0;
    bool ok = EVP_DigestFinal_ex(d->ctx, ret, &n) == 1 && n == digest_size(kind);
    digest_abort(d);
    return ok;
}

void digest_abort(struct digest *d)
{
    EVP_MD_CTX_free(d->ctx);
    d->ctx = NULL;
}

void digest_hex(const uint8_t raw[SHA256_BYTES], char ret_hex[65])
{
    for (size_t i = 0; i < SHA256_BYTES; i++) snprintf(ret_hex + 2 * i, 3, "%02x", raw[i]);
}

bool digest_hmac(struct slice key, struct slice message, uint8_t ret[SHA256_BYTES])
{
    unsigned n = 0;
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    return HMAC(EVP_sha256(), key.p, (int)key.n, message.p, message.n, ret, &n) &&
           n == SHA256_BYTES;
}

bool digest_equal(const uint8_t a[SHA256_BYTES], const uint8_t b[SHA256_BYTES])
{
    return CRYPTO_memcmp(a, b, SHA256_BYTES) == 0;
}
