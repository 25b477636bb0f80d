/* SPDX-License-Identifier: Apache-2.0 */
/* x509.h - certificates (RFC 5280) through OpenSSL: what one says, and whether a chain holds.
 * Why: every certificate that decides about trust is judged here by one rule: only the roots that
 * the caller names, never the machine's; each certificate in DER and nothing behind it.
 * Owns: a struct x509, until x509_close(); other results lie in the arena.   Threads: any; no
 * state. Fails: ST_MALFORMED with a sentence for people (it is no certificate, it is refused),
 * ST_NOMEM.
 */
#pragma once
#include "base/arena.h"
#include "base/st.h"

#define X509_LIST_MAX 256 /* certificates or lists of revoked ones in one file */

enum x509_usage {                   /* of the signer's certificate */
                  X509_FOR_SIGNING, /* KeyUsage digitalSignature; where there is no KeyUsage, EKU
                                       codeSigning */
                  X509_FOR_KEYLESS, /* both */
};

enum x509_name_kind { X509_NAME_EMAIL, X509_NAME_URI, X509_NAME_DNS, X509_NAME_OTHER };

struct x509_name { /* of the subject's alternatives */
    enum x509_name_kind kind;
    struct slice text;
};

struct x509_list {
    struct slice *items; /* DER */
    size_t count;
};

struct x509_path { /* the leaf first, the root last */
    struct x509_list certificates;
    struct slice issuer_spki; /* SubjectPublicKeyInfo of the second, who issued the leaf */
    int64_t from, until; /* when all of them are valid: the path holds at each of these seconds */
};

struct x509_facts {
    struct slice subject, issuer; /* "CN=signer,O=Example" (RFC 2253) */
    struct slice serial;          /* hexadecimal */
    struct slice spki;            /* SubjectPublicKeyInfo, DER */
    int64_t not_before, not_after;
    struct x509_name *names; /* e-mail, URI, DNS, and Fulcio's otherName 1.3.6.1.4.1.57264.1.7 */
    size_t name_count;
};

struct x509_ask {
    struct x509_list anchors; /* what the user trusts: the self-signed ones are roots, the others
                                 may help to build the chain */
    struct x509_list helpers; /* what came with the signature: never trusted */
    struct x509_list crls;    /* given by the user; empty: revocation is not asked */
    int64_t at;               /* when every certificate must be valid; seconds since 1970 */
    int64_t now;              /* when the lists of revoked certificates must be valid */
    enum x509_usage usage;
};

/* One certificate, for as many questions as there are: reading it costs as much as most of them. */
struct x509;
MUST_USE enum st x509_open(struct slice der, struct arena *arena, struct x509 **ret,
                           struct slice *ret_why);
void x509_close(struct x509 *x); /* NULL is fine */

MUST_USE enum st x509_read(const struct x509 *x, struct arena *arena, struct x509_facts *ret,
                           struct slice *ret_why);
MUST_USE enum st x509_facts_of(struct slice der, struct arena *arena, struct x509_facts *ret,
                               struct slice *ret_why);
/* The values of extensions, in the order of the OIDs; p == NULL where the certificate has none. Two
 * of one OID are refused. */
MUST_USE enum st x509_extensions(const struct x509 *x, const char *const *oids, size_t count,
                                 struct arena *arena, struct slice *ret, struct slice *ret_why);
/* The text inside a value that is a DER UTF8String and nothing else. */
bool x509_utf8(struct slice value, struct arena *arena, struct slice *ret);

/* A chain from the leaf to one of the roots in which everything is valid at `ask->at`. Every helper
 * must take part in it: what nobody checks would be what somebody slipped in. With CRLs there must
 * be one of the leaf's issuer; whoever is revoked is refused, whenever that was. */
MUST_USE enum st x509_chain(const struct x509 *leaf, const struct x509_ask *ask,
                            struct arena *arena, struct x509_path *ret_path, struct slice *ret_why);

/* The certificates, or the CRLs, of a file: any number in PEM, or one in DER. None is refused. */
MUST_USE enum st x509_certificates(struct slice file, struct arena *arena, struct x509_list *ret,
                                   struct slice *ret_why);
MUST_USE enum st x509_crls(struct slice file, struct arena *arena, struct x509_list *ret,
                           struct slice *ret_why);
