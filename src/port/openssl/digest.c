/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - the calls that name their algorithm. OpenSSL 3 would rather have EVP used, but EVP
 * brings the whole library: 4 MB of code and 13,000 pointers to be set at each start, for four
 * digests. These bring the digests alone, fail never and need no memory; the code for the
 * processor's own SHA instructions is the same. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "port/openssl/digest.h"
#include "base/num.h"
#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <stdio.h>

union state {
    SHA256_CTX sha256;
    SHA512_CTX sha512;
    SHA_CTX sha1;
    MD5_CTX md5;
};

static union state *state_of(struct digest *d)
{
    _Static_assert(sizeof(union state) <= sizeof d->state, "room for the library's state");
    return (union state *)d->state;
}

size_t digest_size(enum digest_kind kind)
{
    switch (kind) {
    case DIGEST_SHA512: return SHA512_DIGEST_LENGTH;
    case DIGEST_SHA384: return SHA384_DIGEST_LENGTH;
    case DIGEST_SHA1: return SHA_DIGEST_LENGTH;
    case DIGEST_MD5: return MD5_DIGEST_LENGTH;
    case DIGEST_SHA256: break;
    }
    return SHA256_DIGEST_LENGTH;
}

void digest_start_as(struct digest *d, enum digest_kind kind)
{
    union state *s = state_of(d);
    d->kind = kind;
    switch (kind) {
    case DIGEST_SHA512: SHA512_Init(&s->sha512); return;
    case DIGEST_SHA384: SHA384_Init(&s->sha512); return;
    case DIGEST_SHA1: SHA1_Init(&s->sha1); return;
    case DIGEST_MD5: MD5_Init(&s->md5); return;
    case DIGEST_SHA256: break;
    }
    SHA256_Init(&s->sha256);
}

void digest_start(struct digest *d)
{
    digest_start_as(d, DIGEST_SHA256);
}

void digest_add(struct digest *d, struct slice bytes)
{
    union state *s = state_of(d);
    switch (d->kind) {
    case DIGEST_SHA384:
    case DIGEST_SHA512: SHA512_Update(&s->sha512, bytes.p, bytes.n); return;
    case DIGEST_SHA1: SHA1_Update(&s->sha1, bytes.p, bytes.n); return;
    case DIGEST_MD5: MD5_Update(&s->md5, bytes.p, bytes.n); return;
    case DIGEST_SHA256: break;
    }
    SHA256_Update(&s->sha256, bytes.p, bytes.n);
}

void digest_finish(struct digest *d, uint8_t *ret)
{
    union state *s = state_of(d);
    switch (d->kind) {
    case DIGEST_SHA384: SHA384_Final(ret, &s->sha512); return;
    case DIGEST_SHA512: SHA512_Final(ret, &s->sha512); return;
    case DIGEST_SHA1: SHA1_Final(ret, &s->sha1); return;
    case DIGEST_MD5: MD5_Final(ret, &s->md5); return;
    case DIGEST_SHA256: break;
    }
    SHA256_Final(ret, &s->sha256);
}

void digest_hex(const uint8_t raw[SHA256_BYTES], char ret_hex[65])
{
    for (size_t i = 0; i < SHA256_BYTES; i++) snprintf(ret_hex + 2 * i, 3, "%02x", raw[i]);
}

bool digest_equal(const uint8_t a[SHA256_BYTES], const uint8_t b[SHA256_BYTES])
{
    return CRYPTO_memcmp(a, b, SHA256_BYTES) == 0;
}

bool digest_of_hex(struct slice hex, uint8_t ret[SHA256_BYTES])
{
    return hex.n == (size_t)2 * SHA256_BYTES && num_bytes(hex, ret);
}
