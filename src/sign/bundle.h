/* SPDX-License-Identifier: Apache-2.0 */
/* bundle.h - a Sigstore bundle with a DSSE envelope, read and written.
 *
 *     bundle ─┬─ verificationMaterial: whose signature it is, and what proves when it was made
 *             └─ dsseEnvelope ── payload: an in-toto statement ── predicate: the manifest
 *
 * What is read is only decoded: nothing of it is to be believed before a signature holds.
 * Source: sigstore protobuf-specs (bundle v0.1 - v0.3), DSSE 1.0, OMS 1.0.
 * Owns: nothing; results lie in the arena or in the input.   Threads: one owner.
 * Fails: ST_MALFORMED with a sentence, ST_NOMEM. */
#pragma once
#include "base/buf.h"
#include "codec/shape.h"

#define BUNDLE_MAX        (256u << 20) /* bytes: a million files */
#define BUNDLE_MEDIA_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"
#define BUNDLE_TOTO_TYPE  "application/vnd.in-toto+json"

enum material {                       /* exactly one is in a bundle */
                MATERIAL_KEY,         /* a public key that the verifier must have */
                MATERIAL_CHAIN,       /* certificates, the signer's first */
                MATERIAL_CERTIFICATE, /* the signer's alone: keyless */
};

struct bundle_proof { /* RFC 6962 inclusion in a log */
    struct shape_seen seen;
    uint64_t index, tree_size;
    struct slice root;        /* 32 bytes */
    struct shape_list hashes; /* struct slice, 32 bytes each */
    struct slice checkpoint;  /* a signed note */
};

struct bundle_entry { /* of a transparency log */
    struct shape_seen seen;
    uint64_t index; /* in all shards together */
    struct slice log_id;
    struct slice kind, version;
    int64_t integrated_time; /* seconds since 1970; 0: not said */
    struct slice promise;    /* signed entry timestamp; empty: none */
    bool has_proof;
    struct bundle_proof proof;
    struct slice body; /* canonicalized, as it was logged */
};

struct bundle {
    struct slice media_type;
    enum material material;
    struct slice key_hint, key_raw; /* MATERIAL_KEY; each may be empty */
    struct slice *certificates;     /* DER */
    size_t certificate_count;
    struct bundle_entry *entries;
    size_t entry_count;
    struct slice *timestamps; /* RFC 3161 responses, DER */
    size_t timestamp_count;
    struct slice payload_type, payload;
    struct slice *signatures; /* each as bytes: DER for ECDSA */
    size_t signature_count;
};

MUST_USE enum st bundle_read(struct slice json, struct arena *arena, struct bundle *ret,
                             struct slice *ret_why);
/* With one signature, without log entries and timestamps: what a key or a chain signs. */
void bundle_write(const struct bundle *b, struct buf *out);

/* The bytes that are signed: "DSSEv1" SP length SP type SP length SP payload. */
void bundle_pae(struct slice payload_type, struct slice payload, struct buf *out);
