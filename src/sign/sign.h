/* SPDX-License-Identifier: Apache-2.0 */
/* sign.h - a model folder to a signed bundle.
 *
 *     folder --sign_manifest--> manifest --sign_bundle(signer)--> bundle as JSON
 *
 * What would be signed only seemingly is refused: links to folders, links that lead outside,
 * devices, names that no manifest can hold, a model without files.
 * Owns: nothing; results lie in the arena.   Threads: one owner.
 * Fails: ST_UNSUPPORTED and ST_IO with a sentence, ST_NOMEM. */
#pragma once
#include "port/openssl/ec.h"
#include "sign/bundle.h"
#include "sign/statement.h"
#include "sign/tree.h"

enum sign_form {
    SIGN_WIDELY,    /* the specification's, except that a model of one file is called "." */
    SIGN_SPEC,      /* the specification's: that file has its own name */
    SIGN_REFERENCE, /* the reference's order and names, also of shards */
};

struct sign_options {
    const char *path;
    struct slice own; /* the signature's file */
    const struct slice *ignored;
    size_t ignored_count;
    enum hash_kind hash;
    uint64_t shard_size; /* 0: whole files */
    bool links;          /* links to files are signed as files */
    enum sign_form form; /* releases up to 1.1 of the reference refuse a named single file */
    unsigned threads;
    const struct hash_memory *memory;
};

struct sign_result {
    struct manifest manifest;
    uint64_t files, bytes;
    uint64_t remembered;     /* files that were not read, because they had not changed */
    struct tree_note *notes; /* what is not covered: ignored, empty */
    size_t note_count;
};

MUST_USE enum st sign_manifest(const struct sign_options *o, struct arena *arena,
                               struct sign_result *ret, struct slice *ret_why);

/* Whoever can make a signature: a key in memory, a token. */
struct sign_signer {
    void *ctx;
    enum ec_curve curve;
    /* DER. ret_why: a sentence */
    enum st (*sign)(void *ctx, struct slice hash, uint8_t ret[EC_SIGNATURE_MAX], size_t *ret_n,
                    struct slice *ret_why);
    struct slice hint;                /* of the key; */
    const struct slice *certificates; /* or the signer's own first */
    size_t certificate_count;
};

/* A bundle over any in-toto statement. */
MUST_USE enum st sign_payload(struct slice payload, const struct sign_signer *s, struct buf *out,
                              struct slice *ret_why);
/* The bundle as JSON, behind what is in `out`. */
MUST_USE enum st sign_bundle(const struct manifest *m, enum sign_form form,
                             const struct sign_signer *s, struct buf *out, struct slice *ret_why);
