/* SPDX-License-Identifier: Apache-2.0 */
/* digest.h - SHA-256 (FIPS 180-4) through OpenSSL 3, and the other digests that lists of downloads
 * use. Only SHA-2 holds against somebody who tries.
 * Owns: nothing; a struct digest may be left at any time.   Threads: one owner each.   Fails:
 * never. */
#pragma once
#include "base/slice.h"

#define SHA256_BYTES 32
#define DIGEST_MAX   64

enum digest_kind { DIGEST_SHA256, DIGEST_SHA512, DIGEST_SHA384, DIGEST_SHA1, DIGEST_MD5 };

struct digest {
    enum digest_kind kind;
    uint64_t state[27]; /* the library's, of the kind */
};

size_t digest_size(enum digest_kind kind);
void digest_start(struct digest *d); /* SHA-256 */
void digest_start_as(struct digest *d, enum digest_kind kind);
void digest_add(struct digest *d, struct slice s);
/* digest_size() bytes of ret are written. */
void digest_finish(struct digest *d, uint8_t *ret);
void digest_hex(const uint8_t raw[SHA256_BYTES], char ret_hex[65]);
/* The other way; false: these are not 64 lower-case digits. */
bool digest_of_hex(struct slice hex, uint8_t ret[SHA256_BYTES]);

/* Equal without telling by time where they differ. */
bool digest_equal(const uint8_t a[SHA256_BYTES], const uint8_t b[SHA256_BYTES]);
