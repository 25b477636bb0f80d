/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h - is this model what those signers signed?
 * Order of trust: first the signature, with keys or roots that the user named; then its payload is
 * parsed; then files are hashed. Nothing of a bundle is believed before that.
 *
 *     bundle --verify_signer--> signer --statement_read--> manifest --verify_files--> problems
 *
 * Owns: nothing; results lie in the arena.   Threads: one owner.
 * Fails: what is wrong with the signature or the model is an answer, not a failure; ST_NOMEM,
 * ST_IO (the model cannot be read, with a sentence). */
#pragma once
#include "port/openssl/ec.h"
#include "port/openssl/x509.h"
#include "sign/bundle.h"
#include "sign/keyless.h"
#include "sign/revoked.h"
#include "sign/signer.h"
#include "sign/statement.h"
#include "sign/tree.h"

/* ---- whom the user trusts ---- */

struct verify_key {
    struct ec_key *key;
    struct slice name; /* its file */
};

enum verify_at {
    VERIFY_AT_NOW,
    VERIFY_AT_TIME,  /* a time that the user states */
    VERIFY_AT_START, /* the first second of the signer's certificate, as the reference does */
};

struct verify_trust {
    const struct verify_key *keys;
    size_t key_count;
    struct x509_list anchors, crls;
    const struct slice *identities; /* names or subjects; one of them must be in the certificate */
    size_t identity_count;
    enum verify_at at_kind;
    int64_t at, now;
    const struct revoked *revoked; /* what counts no more; NULL: no list */
    const struct trust *root;      /* for keyless signatures; NULL: none */
    struct keyless_want want;      /* with it: whose signature is expected */
};

/* ST_OK: one of those keys, or a certificate below one of those roots, made this signature, and it
 * covers bundle->payload. ST_MALFORMED: *ret_why says why not. */
MUST_USE enum st verify_signer(const struct bundle *b, const struct verify_trust *t,
                               struct arena *arena, struct signer *ret, struct slice *ret_why);

/* ---- the model ---- */

enum verify_fault {
    VERIFY_CHANGED,
    VERIFY_MISSING,
    VERIFY_UNSIGNED, /* it is there and the signature does not know it */
    VERIFY_UNREADABLE,
    VERIFY_REFUSED, /* a link, a device: nothing that a model may hold */
};

struct verify_problem {
    enum verify_fault fault;
    struct slice path;
    struct slice text; /* a clause: "its content is not what was signed" */
};

struct verify_gap { /* what no signature speaks for */
    struct slice path;
    struct slice text;
};

struct verify_options {
    const char *path;
    const struct slice *own; /* the signatures' own files */
    size_t own_count;
    const struct slice *ignored; /* by the user, beside the signer's list */
    size_t ignored_count;
    bool links; /* links to files are followed also if the signer did not say so */
    bool unsigned_ok;
    unsigned threads;
    const struct hash_memory *memory;
};

struct verify_model {
    uint64_t files, bytes;           /* that match */
    uint64_t remembered;             /* of them not read, because they had not changed */
    struct verify_problem *problems; /* sorted by path */
    size_t problem_count;
    struct verify_gap *gaps;
    size_t gap_count;
};

MUST_USE enum st verify_model(const struct manifest *m, const struct verify_options *o,
                              struct arena *arena, struct verify_model *ret, struct slice *ret_why);

/* ---- all of it, for one or several bundles over the same model ---- */

struct verify_one {
    bool holds;
    struct signer signer; /* of a good signature */
    bool has_signer;
    struct slice reason;
    struct statement statement;
    bool has_statement;
    struct verify_model model;
};

struct verdict {
    bool verified;
    struct slice reason; /* a sentence without its full stop */
    struct verify_one *each;
    size_t count;
    size_t signers;                 /* different ones whose signature holds */
    const struct verify_one *shown; /* whose model, problems and gaps are told */
};

struct verify_request {
    const struct bundle *bundles;
    size_t count;
    const struct slice *names; /* of the bundles: their files */
    size_t threshold;          /* different signers that must agree; 0: every bundle's */
    const struct verify_trust *trust;
    const struct verify_options *options;
};

MUST_USE enum st verify_run(const struct verify_request *q, struct arena *arena,
                            struct verdict *ret, struct slice *ret_why);
