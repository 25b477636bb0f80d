/* SPDX-License-Identifier: Apache-2.0 */
/* tlog.h - what a transparency log (Rekor v1 and v2) proves about a signature.
 *
 *     body ──hash──> leaf ──inclusion proof──> root == rootHash == checkpoint's root <── log's key
 *     {body, integratedTime, logID, logIndex} <── log's key (SET, Rekor v1)
 *
 * First the log's key, then the body is parsed, then compared with what the bundle holds.
 * Owns: nothing; results lie in the arena or in the bundle.   Threads: one owner.
 * Fails: ST_MALFORMED with a sentence; ST_NOMEM. */
#pragma once
#include "sign/bundle.h"
#include "sign/trust.h"

/* The trusted log that the entry names; NULL when there is none. Several may share an id, after a
 * change of URL: `skip` of them are passed over. */
const struct trust_log *tlog_of(const struct bundle_entry *e, const struct trust *trust,
                                size_t skip);

/* The entry is in the log's tree, and the log signed that tree. */
MUST_USE enum st tlog_included(const struct bundle_entry *e, const struct trust_log *log,
                               struct arena *arena, struct slice *ret_why);
/* The log signed the entry with its time: integrated_time is then proven. */
MUST_USE enum st tlog_promised(const struct bundle_entry *e, const struct trust_log *log,
                               struct slice *ret_why);

struct tlog_subject { /* what the body must be about */
    struct slice payload, pae, signature;
    struct slice leaf; /* the signer's certificate, DER */
};
/* The body is of the kind that the entry says, and about this signature, payload and certificate.
 * Kinds: dsse and hashedrekord, 0.0.1 and 0.0.2. */
MUST_USE enum st tlog_binds(const struct bundle_entry *e, const struct tlog_subject *subject,
                            struct arena *arena, struct slice *ret_why);
/* Rekor v2 promises no time. */
bool tlog_has_time(const struct bundle_entry *e);
