/* SPDX-License-Identifier: Apache-2.0 */
/* trust.h - trusted_root.json: whom a verifier of keyless signatures trusts, and when.
 *
 *     certificateAuthorities ── issue the signer's certificate, for ten minutes
 *     ctlogs ────────────────── say that they saw the certificate (SCT)
 *     tlogs ─────────────────── say that they saw the signature (Rekor)
 *     timestampAuthorities ──── say when (RFC 3161)
 *
 * The file comes from the user. Logs whose hash or key is of a kind that we do not know are left
 * out and named: what they signed is then signed by nobody.
 * Source: sigstore protobuf-specs, trustedroot v0.1 and v0.2.
 * Owns: nothing; results lie in the arena.   Threads: one owner.
 * Fails: ST_MALFORMED with a sentence; ST_NOMEM. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "port/openssl/signature.h"
#include "port/openssl/x509.h"

#define TRUST_MAX (16u << 20) /* bytes */

struct trust_span {     /* both ends belong to it */
    int64_t start, end; /* seconds since 1970; INT64_MIN and INT64_MAX: open */
};

struct trust_log {
    struct slice url;
    struct slice id;            /* log id */
    struct slice checkpoint_id; /* its first 4 bytes name the key in checkpoints */
    struct slice spki;
    enum signature_kind kind;
    struct trust_span span;
};

struct trust_authority {
    struct slice url;
    struct slice subject;   /* of the chain's first: who issues */
    struct x509_list chain; /* DER, the root last */
    struct trust_span span;
};

struct trust {
    struct trust_log *logs, *ct_logs;
    struct trust_authority *authorities, *timestamps;
    size_t log_count, ct_log_count, authority_count, timestamp_count;
    size_t left_out; /* logs of an unknown kind */
};

MUST_USE enum st trust_read(struct slice json, struct arena *arena, struct trust *ret,
                            struct slice *ret_why);
static inline bool trust_covers(const struct trust_span *span, int64_t at)
{
    return at >= span->start && at <= span->end;
}
/* "2022-12-31T23:59:59.999Z" (RFC 3339); the fraction is cut off. */
bool trust_time(struct slice text, int64_t *ret);
