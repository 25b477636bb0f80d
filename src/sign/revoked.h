/* SPDX-License-Identifier: Apache-2.0 */
/* revoked.h - keys, certificates and models that count no more, whatever is signed by or as them.
 * Why: a key that was lost signs well for ever; somebody above it must be able to say so where no
 * network is. The list is a file that a root key signs like any model (merlon sign LIST --key).
 * Format: doc/format-revocation.md.
 * Owns: nothing; results lie in the arena or the input.   Threads: pure functions.
 * Fails: ST_MALFORMED with a sentence; ST_NOMEM. Read it only once its signature holds. */
#pragma once
#include "codec/shape.h"
#include "sign/bundle.h"

struct revoked_item {
    struct shape_seen seen;
    struct slice sha256; /* 32 bytes */
    struct slice reason; /* may be empty */
};

struct revoked {
    const struct revoked_item *keys;         /* SHA-256 of the public key's PEM: a bundle's hint */
    const struct revoked_item *certificates; /* of the DER */
    const struct revoked_item *models;       /* root digests of manifests */
    size_t key_count, certificate_count, model_count;
};

MUST_USE enum st revoked_read(struct slice json, struct arena *arena, struct revoked *ret,
                              struct slice *ret_why);
/* The item that takes back this signer; NULL: none does. key_hint: 64 digits. */
const struct revoked_item *revoked_signer(const struct revoked *r, const struct bundle *b,
                                          struct slice key_hint);
const struct revoked_item *revoked_model(const struct revoked *r, const uint8_t root[32]);
