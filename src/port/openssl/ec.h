/* SPDX-License-Identifier: Apache-2.0 */
/* ec.h - keys on the NIST curves and ECDSA (FIPS 186-5) through OpenSSL 3.
 * Why: OpenSSF Model Signing knows three curves and nothing else; the hash follows the curve.
 *
 *     P-256 SHA-256    P-384 SHA-384    P-521 SHA-512
 *
 * Everything else (RSA, Ed25519, secp256k1, curves given by their numbers) is refused with a
 * sentence. OpenSSL's configuration file is not read.
 * Owns: a struct ec_key, until ec_free().   Threads: one owner each.
 * Fails: ST_UNSUPPORTED, ST_MALFORMED, ST_NOMEM; *ret_why is a constant sentence that begins with
 * a verb: "holds an RSA key; ...". */
#pragma once
#include "base/slice.h"
#include "base/st.h"

#define EC_SIGNATURE_MAX 144 /* bytes of DER, P-521 */
#define EC_HASH_MAX      64
#define EC_PEM_MAX       400 /* of a public key */
#define EC_PASSWORD_MAX  1024

enum ec_curve { EC_P256, EC_P384, EC_P521 };

struct ec_key;

/* Is it a private key that needs a password? */
bool ec_is_encrypted(struct slice pem);
/* PKCS#8 or SEC1. The password is not looked at when the key is plain. */
MUST_USE enum st ec_private(struct slice pem, struct slice password, struct ec_key **ret,
                            const char **ret_why);
MUST_USE enum st ec_public(struct slice pem, struct ec_key **ret, const char **ret_why);
/* A DER SubjectPublicKeyInfo, as certificates and logs hold it. */
MUST_USE enum st ec_spki(struct slice der, struct ec_key **ret, const char **ret_why);
/* A point and its curve as tokens tell them: an OCTET STRING (or the point alone) and an OID. */
MUST_USE enum st ec_point(struct slice params, struct slice point, struct ec_key **ret,
                          const char **ret_why);
void ec_free(struct ec_key *k); /* NULL is fine */

enum ec_curve ec_curve(const struct ec_key *k);
const char *ec_curve_name(enum ec_curve c);
/* The public half as OpenSSL writes it: "-----BEGIN PUBLIC KEY-----\n" ...; false: no memory. */
bool ec_pem(const struct ec_key *k, char ret[EC_PEM_MAX]);
/* Lower-case SHA-256 of that text: how a bundle names its key. */
bool ec_hint(const struct ec_key *k, char ret[65]);
/* The same public key? */
bool ec_same(const struct ec_key *a, const struct ec_key *b);

/* Hash of the curve; its length. */
size_t ec_hash(enum ec_curve c, struct slice message, uint8_t ret[EC_HASH_MAX]);
/* DER; *ret_n its length. `hash` is ec_hash() of the message. */
MUST_USE enum st ec_sign(const struct ec_key *k, struct slice hash, uint8_t ret[EC_SIGNATURE_MAX],
                         size_t *ret_n);
/* Only DER as the standard wants it; a signature with another encoding of r and s is none. */
bool ec_verify(const struct ec_key *k, struct slice hash, struct slice signature);
/* r and s side by side, as tokens give them, to DER. */
MUST_USE enum st ec_der_of_raw(struct slice raw, uint8_t ret[EC_SIGNATURE_MAX], size_t *ret_n);
