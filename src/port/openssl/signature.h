/* SPDX-License-Identifier: Apache-2.0 */
/* signature.h - is this the signature of that key over these bytes? Through OpenSSL; ECDSA as in
 * port/openssl/ec.h.
 * Why: one place that knows which keys are strong enough and which hash belongs to which.
 * Keys: ECDSA on P-256, P-384, P-521 by name; Ed25519; RSA of 2048 bits and more. No other.
 * Owns: nothing.   Threads: any; no state.
 * Fails: ST_MALFORMED (it is not, or the key is of another kind than asked), ST_NOMEM. */
#pragma once
#include "base/slice.h"
#include "base/st.h"

enum signature_kind {
    SIGNATURE_BY_KEY, /* ECDSA with the hash of the curve's strength, Ed25519, RSA with SHA-256 */
    SIGNATURE_ECDSA_SHA256,
    SIGNATURE_ECDSA_SHA384,
    SIGNATURE_ECDSA_SHA512,
    SIGNATURE_ED25519,
    SIGNATURE_RSA_SHA256, /* PKCS #1 v1.5 */
    SIGNATURE_RSA_PSS_SHA256,
};

/* spki: SubjectPublicKeyInfo, DER. ECDSA signatures are DER (r, s). */
MUST_USE enum st signature_check(struct slice spki, enum signature_kind kind,
                                 struct slice signature, struct slice message);
