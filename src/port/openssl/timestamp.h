/* SPDX-License-Identifier: Apache-2.0 */
/* timestamp.h - RFC 3161: an authority says that these bytes were there at that time.
 * Why: keyless certificates live for ten minutes; what is older needs a proof of its time.
 * Strict: DER to the last byte, one signer, SHA-2 only, and nothing in the token that is neither
 * signed nor checked, but for the words of its status.
 * Owns: nothing; results lie in the arena.   Threads: any; no state.
 * Fails: ST_MALFORMED with a sentence; ST_NOMEM. */
#pragma once
#include "port/openssl/x509.h"

/* When the authority says that it was; to be believed after timestamp_check(). */
MUST_USE enum st timestamp_time(struct slice der, struct arena *arena, int64_t *ret_at,
                                struct slice *ret_why);
/* The token is about these bytes, and of this authority: chain as in a trusted root, its signing
 * certificate first (may be missing), a self-signed one last. All must be valid when it says. */
MUST_USE enum st timestamp_check(struct slice der, struct slice message,
                                 const struct x509_list *chain, struct arena *arena,
                                 struct slice *ret_why);
