/* SPDX-License-Identifier: Apache-2.0 */
/* statement.h - a manifest as an in-toto statement, and back.
 *
 *     { "_type": "https://in-toto.io/Statement/v1",
 *       "subject": [{"name": "model", "digest": {"sha256": ROOT}}],
 *       "predicateType": "https://model_signing/signature/v1.0",
 *       "predicate": {"serialization": {how}, "resources": [{"name", "algorithm", "digest"} ...]} }
 *
 * Reads also what release 0.2 of the reference wrote (every file a subject, no "serialization").
 * Whatever would make the manifest mean two things is refused: names twice, paths that leave the
 * model, a root digest that is another's, an empty list, paths that ignore everything.
 * Call it on what a good signature covers, never before.
 * Source: OMS 1.0; in-toto attestation framework v1.
 * Owns: nothing; results lie in the arena or in the input.   Threads: one owner.
 * Fails: ST_MALFORMED with a sentence that names the field, ST_UNSUPPORTED: it is a statement about
 * something else, ST_NOMEM. */
#pragma once
#include "base/buf.h"
#include "sign/manifest.h"

#define STATEMENT_TYPE      "https://in-toto.io/Statement/v1"
#define STATEMENT_PREDICATE "https://model_signing/signature/v1.0"
#define STATEMENT_OLD       "https://model_signing/Digests/v0.1" /* release 0.2 */

struct statement {
    struct manifest manifest;
    bool old;
    struct slice root; /* the subject's digest as it was signed; empty when old */
};

MUST_USE enum st statement_read(struct slice json, struct arena *arena, struct statement *ret,
                                struct slice *ret_why);

/* `reference`: shards are called "sha256-sharded-1000", as its releases up to 1.1 expect. */
void statement_write(const struct manifest *m, bool reference, struct buf *out);
