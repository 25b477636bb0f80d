/* SPDX-License-Identifier: Apache-2.0 */
/* signer.h - who signed, as far as a verifier could establish it.
 * Owns: nothing.   Threads: a value. */
#pragma once
#include "base/slice.h"
#include <stddef.h>

struct keyless_signer;

enum signer_method { SIGNER_KEY, SIGNER_CERTIFICATE, SIGNER_KEYLESS };

struct signer {
    enum signer_method method;
    struct slice id;     /* two signers are one when these are equal */
    struct slice name;   /* for people: the key's file, the certificate's subject, the identity */
    struct slice issuer; /* of the certificate; of a keyless identity, who vouched for it */
    struct slice algorithm;               /* "ECDSA P-256" */
    int64_t at;                           /* when its certificate was checked for; 0: it has none */
    const char *note;                     /* what a careful reader should know; NULL: nothing */
    const struct keyless_signer *keyless; /* all that was proven; NULL: it is not keyless */
};
