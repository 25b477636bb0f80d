/* SPDX-License-Identifier: Apache-2.0 */
/* claims.h - who a Fulcio certificate says the signer is: identity, who vouches for it, and for
 * workflows which repository, commit and run.
 * Source: sigstore/fulcio docs/oid-info.md.
 * Owns: nothing; results lie in the arena.   Threads: one owner.
 * Fails: ST_MALFORMED with a sentence; ST_NOMEM. */
#pragma once
#include "port/openssl/x509.h"

#define CLAIMS_MAX 14

struct claim {
    const char *name; /* "source_repository_uri" */
    struct slice text;
};

struct claims {
    struct slice issuer;           /* of the identity: an OpenID Connect provider */
    const struct x509_name *names; /* e-mail, URI, otherName; DNS names are no identities */
    size_t name_count;
    struct claim list[CLAIMS_MAX];
    size_t count;
};

/* facts: of the same certificate */
MUST_USE enum st claims_read(const struct x509 *leaf, const struct x509_facts *facts,
                             struct arena *arena, struct claims *ret, struct slice *ret_why);
/* The certificate is of this identity, vouched for by this issuer: equal to the byte. */
MUST_USE enum st claims_match(const struct claims *c, struct slice identity, struct slice issuer,
                              struct arena *arena, struct slice *ret_why);
