/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/bundle.h"
#include "codec/base64.h"
#include "codec/jot.h"

/* ---- the shapes, from the inside out ---- */

struct raw_bytes {
    struct shape_seen seen;
    struct slice bytes;
};
static const struct shape_field raw_fields[] = {
    SHAPE_FIELD(struct raw_bytes, bytes, "rawBytes", SHAPE_BASE64, SHAPE_REQUIRED)};
static const struct shape raw_shape = {raw_fields, 1, sizeof(struct raw_bytes), SHAPE_CLOSED};

struct public_key {
    struct shape_seen seen;
    struct slice hint, raw, details;
};
static const struct shape_field key_fields[] = {
    SHAPE_FIELD(struct public_key, hint, "hint", SHAPE_TEXT, 0),
    SHAPE_FIELD(struct public_key, raw, "rawBytes", SHAPE_BASE64, 0),
    SHAPE_FIELD(struct public_key, details, "keyDetails", SHAPE_TEXT, 0)};
static const struct shape key_shape = {key_fields, 3, sizeof(struct public_key), SHAPE_CLOSED};

struct chain {
    struct shape_seen seen;
    struct shape_list certificates;
};
static const struct shape_field chain_fields[] = {SHAPE_INNER(
    struct chain, certificates, "certificates", SHAPE_LIST, SHAPE_REQUIRED, &raw_shape)};
static const struct shape chain_shape = {chain_fields, 1, sizeof(struct chain), SHAPE_CLOSED};

struct log_id {
    struct shape_seen seen;
    struct slice id;
};
static const struct shape_field log_id_fields[] = {
    SHAPE_FIELD(struct log_id, id, "keyId", SHAPE_BASE64, SHAPE_REQUIRED)};
static const struct shape log_id_shape = {log_id_fields, 1, sizeof(struct log_id), SHAPE_CLOSED};

struct kind_version {
    struct shape_seen seen;
    struct slice kind, version;
};
static const struct shape_field kind_fields[] = {
    SHAPE_FIELD(struct kind_version, kind, "kind", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct kind_version, version, "version", SHAPE_TEXT, SHAPE_REQUIRED)};
static const struct shape kind_shape = {kind_fields, 2, sizeof(struct kind_version), SHAPE_CLOSED};

struct promise {
    struct shape_seen seen;
    struct slice time;
};
static const struct shape_field promise_fields[] = {
    SHAPE_FIELD(struct promise, time, "signedEntryTimestamp", SHAPE_BASE64, SHAPE_REQUIRED)};
static const struct shape promise_shape = {promise_fields, 1, sizeof(struct promise), SHAPE_CLOSED};

struct checkpoint {
    struct shape_seen seen;
    struct slice envelope;
};
static const struct shape_field checkpoint_fields[] = {
    SHAPE_FIELD(struct checkpoint, envelope, "envelope", SHAPE_TEXT, SHAPE_REQUIRED)};
static const struct shape checkpoint_shape = {checkpoint_fields, 1, sizeof(struct checkpoint),
                                              SHAPE_CLOSED};

struct proof {
    struct shape_seen seen;
    uint64_t index, tree_size;
    struct slice root;
    struct shape_list hashes;
    struct checkpoint checkpoint;
};
/* protobuf leaves out what is zero: the first entry of a log has no index */
static const struct shape_field proof_fields[] = {
    SHAPE_FIELD(struct proof, index, "logIndex", SHAPE_U64, 0),
    SHAPE_FIELD(struct proof, tree_size, "treeSize", SHAPE_U64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct proof, root, "rootHash", SHAPE_BASE64, SHAPE_REQUIRED),
    SHAPE_ITEMS(struct proof, hashes, "hashes", SHAPE_BASE64, 0),
    SHAPE_INNER(struct proof, checkpoint, "checkpoint", SHAPE_OBJECT, SHAPE_REQUIRED,
                &checkpoint_shape)};
static const struct shape proof_shape = {proof_fields, 5, sizeof(struct proof), SHAPE_CLOSED};

struct entry {
    struct shape_seen seen;
    uint64_t index, integrated_time;
    struct log_id log_id;
    struct kind_version kind;
    struct promise promise;
    struct proof proof;
    struct slice body;
};
enum { ENTRY_PROMISE = 4, ENTRY_PROOF = 5 };
static const struct shape_field entry_fields[] = {
    SHAPE_FIELD(struct entry, index, "logIndex", SHAPE_U64, 0),
    SHAPE_FIELD(struct entry, integrated_time, "integratedTime", SHAPE_U64, 0),
    SHAPE_INNER(struct entry, log_id, "logId", SHAPE_OBJECT, SHAPE_REQUIRED, &log_id_shape),
    SHAPE_INNER(struct entry, kind, "kindVersion", SHAPE_OBJECT, SHAPE_REQUIRED, &kind_shape),
    SHAPE_INNER(struct entry, promise, "inclusionPromise", SHAPE_OBJECT, 0, &promise_shape),
    SHAPE_INNER(struct entry, proof, "inclusionProof", SHAPE_OBJECT, 0, &proof_shape),
    SHAPE_FIELD(struct entry, body, "canonicalizedBody", SHAPE_BASE64, SHAPE_REQUIRED)};
static const struct shape entry_shape = {entry_fields, 7, sizeof(struct entry), SHAPE_CLOSED};

struct timestamp {
    struct shape_seen seen;
    struct slice der;
};
static const struct shape_field timestamp_fields[] = {
    SHAPE_FIELD(struct timestamp, der, "signedTimestamp", SHAPE_BASE64, SHAPE_REQUIRED)};
static const struct shape timestamp_shape = {timestamp_fields, 1, sizeof(struct timestamp),
                                             SHAPE_CLOSED};

struct times {
    struct shape_seen seen;
    struct shape_list tokens;
};
static const struct shape_field times_fields[] = {
    SHAPE_INNER(struct times, tokens, "rfc3161Timestamps", SHAPE_LIST, 0, &timestamp_shape)};
static const struct shape times_shape = {times_fields, 1, sizeof(struct times), SHAPE_CLOSED};

struct verification {
    struct shape_seen seen;
    struct public_key key;
    struct chain chain;
    struct raw_bytes certificate;
    struct shape_list entries;
    struct times times;
};
enum { HAS_KEY = 1, HAS_CHAIN = 2, HAS_CERTIFICATE = 4 }; /* the first three fields, as bits */
static const struct shape_field verification_fields[] = {
    SHAPE_INNER(struct verification, key, "publicKey", SHAPE_OBJECT, 0, &key_shape),
    SHAPE_INNER(struct verification, chain, "x509CertificateChain", SHAPE_OBJECT, 0, &chain_shape),
    SHAPE_INNER(struct verification, certificate, "certificate", SHAPE_OBJECT, 0, &raw_shape),
    SHAPE_INNER(struct verification, entries, "tlogEntries", SHAPE_LIST, 0, &entry_shape),
    SHAPE_INNER(struct verification, times, "timestampVerificationData", SHAPE_OBJECT, 0,
                &times_shape)};
static const struct shape verification_shape = {verification_fields, 5, sizeof(struct verification),
                                                SHAPE_CLOSED};

struct signature {
    struct shape_seen seen;
    struct slice sig, keyid;
};
static const struct shape_field signature_fields[] = {
    SHAPE_FIELD(struct signature, sig, "sig", SHAPE_BASE64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct signature, keyid, "keyid", SHAPE_TEXT, 0)};
static const struct shape signature_shape = {signature_fields, 2, sizeof(struct signature),
                                             SHAPE_CLOSED};

struct envelope {
    struct shape_seen seen;
    struct slice payload, payload_type;
    struct shape_list signatures;
};
static const struct shape_field envelope_fields[] = {
    SHAPE_FIELD(struct envelope, payload, "payload", SHAPE_BASE64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct envelope, payload_type, "payloadType", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_INNER(struct envelope, signatures, "signatures", SHAPE_LIST, SHAPE_REQUIRED,
                &signature_shape)};
static const struct shape envelope_shape = {envelope_fields, 3, sizeof(struct envelope),
                                            SHAPE_CLOSED};

struct document {
    struct shape_seen seen;
    struct slice media_type;
    struct verification verification;
    struct envelope envelope;
};
static const struct shape_field document_fields[] = {
    SHAPE_FIELD(struct document, media_type, "mediaType", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_INNER(struct document, verification, "verificationMaterial", SHAPE_OBJECT, SHAPE_REQUIRED,
                &verification_shape),
    SHAPE_INNER(struct document, envelope, "dsseEnvelope", SHAPE_OBJECT, SHAPE_REQUIRED,
                &envelope_shape)};
static const struct shape document_shape = {document_fields, 3, sizeof(struct document),
                                            SHAPE_CLOSED};

/* ---- from the document to what users of a bundle need ---- */

static enum st wrong(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return ST_MALFORMED;
}

static enum st take_material(const struct verification *v, struct arena *a, struct bundle *b,
                             struct slice *ret_why)
{
    unsigned there = v->seen.fields & (HAS_KEY | HAS_CHAIN | HAS_CERTIFICATE);
    size_t n = there == HAS_CHAIN ? v->chain.certificates.count : there == HAS_CERTIFICATE;
    const struct raw_bytes *raw =
        there == HAS_CHAIN ? v->chain.certificates.items : &v->certificate;
    if (!there || (there & (there - 1)))
        return wrong("verificationMaterial must hold exactly one of publicKey, "
                     "x509CertificateChain and certificate",
                     ret_why);
    if (there != HAS_KEY && !n) return wrong("verificationMaterial holds no certificate", ret_why);
    b->material = there == HAS_KEY     ? MATERIAL_KEY
                  : there == HAS_CHAIN ? MATERIAL_CHAIN
                                       : MATERIAL_CERTIFICATE;
    b->key_hint = v->key.hint;
    b->key_raw = v->key.raw;
    b->certificate_count = n;
    b->certificates = ARENA_ARRAY(a, struct slice, n ? n : 1);
    if (!b->certificates) return ST_NOMEM;
    for (size_t i = 0; i < n; i++) b->certificates[i] = raw[i].bytes;
    return ST_OK;
}

static struct bundle_entry entry_of(const struct entry *e)
{
    const struct proof *p = &e->proof;
    return (struct bundle_entry){
        .index = e->index,
        .log_id = e->log_id.id,
        .kind = e->kind.kind,
        .version = e->kind.version,
        .integrated_time = e->integrated_time > INT64_MAX ? INT64_MAX : (int64_t)e->integrated_time,
        .promise = e->promise.time,
        .has_proof = shape_has(&e->seen, ENTRY_PROOF),
        .proof = {.index = p->index,
                  .tree_size = p->tree_size,
                  .root = p->root,
                  .hashes = p->hashes,
                  .checkpoint = p->checkpoint.envelope},
        .body = e->body,
    };
}

static enum st take_proofs(const struct verification *v, struct arena *a, struct bundle *b)
{
    const struct entry *entries = v->entries.items;
    const struct timestamp *times = v->times.tokens.items;
    b->entry_count = v->entries.count;
    b->timestamp_count = v->times.tokens.count;
    b->entries = ARENA_ARRAY(a, struct bundle_entry, b->entry_count + 1);
    b->timestamps = ARENA_ARRAY(a, struct slice, b->timestamp_count + 1);
    if (!b->entries || !b->timestamps) return ST_NOMEM;
    for (size_t i = 0; i < b->entry_count; i++) b->entries[i] = entry_of(&entries[i]);
    for (size_t i = 0; i < b->timestamp_count; i++) b->timestamps[i] = times[i].der;
    return ST_OK;
}

static enum st take_envelope(const struct envelope *e, struct arena *a, struct bundle *b,
                             struct slice *ret_why)
{
    const struct signature *s = e->signatures.items;
    size_t n = e->signatures.count;
    if (!n) return wrong("dsseEnvelope.signatures is empty: nothing is signed", ret_why);
    b->payload = e->payload;
    b->payload_type = e->payload_type;
    b->signature_count = n;
    b->signatures = ARENA_ARRAY(a, struct slice, n);
    if (!b->signatures) return ST_NOMEM;
    for (size_t i = 0; i < n; i++) b->signatures[i] = s[i].sig;
    return ST_OK;
}

enum st bundle_read(struct slice json, struct arena *arena, struct bundle *ret,
                    struct slice *ret_why)
{
    struct document d;
    struct bundle b = {0};
    if (json.n > BUNDLE_MAX) return wrong("the bundle is larger than 256 MiB", ret_why);
    enum st st = shape_read(&document_shape, json, arena, &d, ret_why);
    b.media_type = d.media_type;
    if (st == ST_OK) st = take_material(&d.verification, arena, &b, ret_why);
    if (st == ST_OK) st = take_proofs(&d.verification, arena, &b);
    if (st == ST_OK) st = take_envelope(&d.envelope, arena, &b, ret_why);
    if (st == ST_OK) *ret = b;
    return st;
}

/* ---- writing ---- */

static void put_base64(struct jot *j, const char *key, struct slice bytes)
{
    jot_key(j, key);
    jot_base64(j, bytes);
}

static void write_material(struct jot *j, const struct bundle *b)
{
    jot_key_open(j, "verificationMaterial", '{');
    if (b->material == MATERIAL_KEY) {
        jot_key_open(j, "publicKey", '{');
        jot_pair(j, "hint", b->key_hint);
        jot_close(j, '}');
    } else {
        jot_key_open(j, "x509CertificateChain", '{');
        jot_key_open(j, "certificates", '[');
        for (size_t i = 0; i < b->certificate_count; i++) {
            jot_open(j, '{');
            put_base64(j, "rawBytes", b->certificates[i]);
            jot_close(j, '}');
        }
        jot_close(j, ']');
        jot_close(j, '}');
    }
    jot_key_open(j, "tlogEntries", '[');
    jot_close(j, ']');
    jot_close(j, '}');
}

void bundle_write(const struct bundle *b, struct buf *out)
{
    struct jot j;
    jot_init(&j, out, 0);
    jot_open(&j, '{');
    jot_pair_str(&j, "mediaType", BUNDLE_MEDIA_TYPE);
    write_material(&j, b);
    jot_key_open(&j, "dsseEnvelope", '{');
    put_base64(&j, "payload", b->payload);
    jot_pair(&j, "payloadType", b->payload_type);
    jot_key_open(&j, "signatures", '[');
    jot_open(&j, '{');
    put_base64(&j, "sig", b->signatures[0]);
    jot_pair_str(&j, "keyid", "");
    jot_close(&j, '}');
    jot_close(&j, ']');
    jot_close(&j, '}');
    jot_close(&j, '}');
}

void bundle_pae(struct slice payload_type, struct slice payload, struct buf *out)
{
    buf_printf(out, "DSSEv1 %zu ", payload_type.n);
    buf_add(out, payload_type);
    buf_printf(out, " %zu ", payload.n);
    buf_add(out, payload);
}
