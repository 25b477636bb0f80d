/* SPDX-License-Identifier: Apache-2.0 */
/* keyless.h - Sigstore's keyless signatures, verified without a network.
 *
 *     who    leaf certificate ── chain ──> authority      identity and issuer are those asked for
 *            └ SCT ──────────────────────> CT log
 *     when   time stamps (RFC 3161) ─────> time authority ┐ at least one, and the chain holds
 *            integratedTime ── SET ──────> Rekor v1       ┘ at each of them
 *     seen   log entry ── proof, checkpoint ──> log       its body is about this signature
 *     what   signature of the leaf's key over the envelope
 *
 * Everything in the bundle that could prove something must prove it: one bad time stamp refuses the
 * bundle even when there is another, good one. What the user cannot check here is whether the
 * trusted root is still the current one.
 * Source: sigstore client specification, OMS 1.0.
 * Owns: nothing; results lie in the arena, the bundle and the trust.   Threads: one owner.
 * Fails: ST_MALFORMED with a sentence: it is not to be trusted; ST_NOMEM. */
#pragma once
#include "sign/bundle.h"
#include "sign/claims.h"
#include "sign/trust.h"

#define KEYLESS_TIMES_MAX 32

struct keyless_want {
    struct slice identity; /* e-mail address, URI of a workflow, ...; required */
    struct slice issuer;   /* "https://accounts.google.com"; required */
};

enum keyless_clock { KEYLESS_BY_LOG, KEYLESS_BY_TIMESTAMP };

struct keyless_time {
    enum keyless_clock clock;
    int64_t at;       /* seconds since 1970 */
    struct slice url; /* of the log or the authority */
};

struct keyless_signer {
    struct claims claims;
    struct x509_facts certificate;
    struct slice log_url;
    uint64_t log_index;
    struct keyless_time times[KEYLESS_TIMES_MAX + 1];
    size_t time_count;
    int64_t sct_at;
};

MUST_USE enum st keyless_verify(const struct bundle *b, const struct trust *trust,
                                const struct keyless_want *want, struct arena *arena,
                                struct keyless_signer *ret, struct slice *ret_why);
