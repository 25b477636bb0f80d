/* SPDX-License-Identifier: Apache-2.0 */
/* sct.h - the promise of a certificate transparency log inside a certificate (RFC 6962, 3.2, 3.3).
 * Why: who steals an issuer's key cannot use it without a log seeing the certificate.
 * Owns: nothing; results lie in the arena.   Threads: any; no state.
 * Fails: ST_MALFORMED with a sentence; ST_NOMEM. */
#pragma once
#include "port/openssl/x509.h"

struct sct {
    struct slice log_id;    /* 32 bytes */
    int64_t at;             /* seconds since 1970 */
    struct slice signed_as; /* what the log signed: the certificate without its promises */
    struct slice signature;
};

/* The one SCT that is embedded in the certificate; none and two are refused. issuer_spki: public
 * key of who issued it, as in x509_path. Nothing is checked: that is signature_check() with the
 * log's key, and by whom it is trusted. */
MUST_USE enum st sct_read(const struct x509 *leaf, struct slice issuer_spki, struct arena *arena,
                          struct sct *ret, struct slice *ret_why);
