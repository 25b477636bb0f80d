/* SPDX-License-Identifier: Apache-2.0 */
/* digest.h - SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104) through OpenSSL 3.
 * Owns: a struct digest owns its context until digest_finish or digest_abort.
 * Threads: one owner each.   Fails: false, or a NULL context, when OpenSSL has no memory. */
#pragma once
#include "base/slice.h"

#define SHA256_BYTES 32

struct digest {
    void *ctx;
};

bool digest_start(struct digest *d);
bool digest_add(struct digest *d, struct slice s);
/* Frees the context whatever happens. */
bool digest_finish(struct digest *d, uint8_t ret[SHA256_BYTES]);
void digest_abort(struct digest *d);
void digest_hex(const uint8_t raw[SHA256_BYTES], char ret_hex[65]);

/* The others that lists of downloads use. Only SHA-2 holds against somebody who tries. */
enum digest_kind { DIGEST_SHA256, DIGEST_SHA512, DIGEST_SHA1, DIGEST_MD5 };
#define DIGEST_MAX 64
size_t digest_size(enum digest_kind kind);
bool digest_start_as(struct digest *d, enum digest_kind kind);
bool digest_finish_as(struct digest *d, enum digest_kind kind, uint8_t ret[DIGEST_MAX]);

bool digest_hmac(struct slice key, struct slice message, uint8_t ret[SHA256_BYTES]);
/* Equal without telling by time where they differ. */
bool digest_equal(const uint8_t a[SHA256_BYTES], const uint8_t b[SHA256_BYTES]);
