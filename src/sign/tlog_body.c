/* SPDX-License-Identifier: Apache-2.0 */
/* tlog_body.c - the bodies of log entries: what was logged is what the bundle holds.
 * Source: Rekor's schemas for dsse 0.0.1 and hashedrekord 0.0.1; rekor-tiles for 0.0.2. */
#include "port/openssl/digest.h"
#include "sign/tlog.h"

static enum st wrong(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return ST_MALFORMED;
}

/* ---- the shapes, from the inside out; open, because the log has signed what is parsed here ----
 */

struct head {
    struct shape_seen seen;
    struct slice kind, version, spec; /* spec: JSON */
};
static const struct shape_field head_fields[] = {
    SHAPE_FIELD(struct head, kind, "kind", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct head, version, "apiVersion", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct head, spec, "spec", SHAPE_ANY, SHAPE_REQUIRED)};
static const struct shape head_shape = {head_fields, 3, sizeof(struct head), SHAPE_OPEN};

struct hash1 { /* 0.0.1 */
    struct shape_seen seen;
    struct slice algorithm, value;
};
static const struct shape_field hash1_fields[] = {
    SHAPE_FIELD(struct hash1, algorithm, "algorithm", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct hash1, value, "value", SHAPE_HEX, SHAPE_REQUIRED)};
static const struct shape hash1_shape = {hash1_fields, 2, sizeof(struct hash1), SHAPE_OPEN};

struct hash2 { /* 0.0.2 */
    struct shape_seen seen;
    struct slice algorithm, value;
};
static const struct shape_field hash2_fields[] = {
    SHAPE_FIELD(struct hash2, algorithm, "algorithm", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct hash2, value, "digest", SHAPE_BASE64, SHAPE_REQUIRED)};
static const struct shape hash2_shape = {hash2_fields, 2, sizeof(struct hash2), SHAPE_OPEN};

struct sig1 {
    struct shape_seen seen;
    struct slice signature, verifier; /* verifier: PEM */
};
static const struct shape_field sig1_fields[] = {
    SHAPE_FIELD(struct sig1, signature, "signature", SHAPE_BASE64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct sig1, verifier, "verifier", SHAPE_BASE64, SHAPE_REQUIRED)};
static const struct shape sig1_shape = {sig1_fields, 2, sizeof(struct sig1), SHAPE_OPEN};

struct dsse1 {
    struct shape_seen seen;
    struct hash1 payload;
    struct slice envelope;
    struct shape_list signatures;
};
static const struct shape_field dsse1_fields[] = {
    SHAPE_INNER(struct dsse1, payload, "payloadHash", SHAPE_OBJECT, SHAPE_REQUIRED, &hash1_shape),
    SHAPE_FIELD(struct dsse1, envelope, "envelopeHash", SHAPE_ANY, 0),
    SHAPE_INNER(struct dsse1, signatures, "signatures", SHAPE_LIST, SHAPE_REQUIRED, &sig1_shape)};
static const struct shape dsse1_shape = {dsse1_fields, 3, sizeof(struct dsse1), SHAPE_OPEN};

struct data1 {
    struct shape_seen seen;
    struct hash1 hash;
};
static const struct shape_field data1_fields[] = {
    SHAPE_INNER(struct data1, hash, "hash", SHAPE_OBJECT, SHAPE_REQUIRED, &hash1_shape)};
static const struct shape data1_shape = {data1_fields, 1, sizeof(struct data1), SHAPE_OPEN};

struct pem {
    struct shape_seen seen;
    struct slice content;
};
static const struct shape_field pem_fields[] = {
    SHAPE_FIELD(struct pem, content, "content", SHAPE_BASE64, SHAPE_REQUIRED)};
static const struct shape pem_shape = {pem_fields, 1, sizeof(struct pem), SHAPE_OPEN};

struct signed1 {
    struct shape_seen seen;
    struct slice content;
    struct pem key;
};
static const struct shape_field signed1_fields[] = {
    SHAPE_FIELD(struct signed1, content, "content", SHAPE_BASE64, SHAPE_REQUIRED),
    SHAPE_INNER(struct signed1, key, "publicKey", SHAPE_OBJECT, SHAPE_REQUIRED, &pem_shape)};
static const struct shape signed1_shape = {signed1_fields, 2, sizeof(struct signed1), SHAPE_OPEN};

struct hashed1 {
    struct shape_seen seen;
    struct data1 data;
    struct signed1 signature;
};
static const struct shape_field hashed1_fields[] = {
    SHAPE_INNER(struct hashed1, data, "data", SHAPE_OBJECT, SHAPE_REQUIRED, &data1_shape),
    SHAPE_INNER(struct hashed1, signature, "signature", SHAPE_OBJECT, SHAPE_REQUIRED,
                &signed1_shape)};
static const struct shape hashed1_shape = {hashed1_fields, 2, sizeof(struct hashed1), SHAPE_OPEN};

struct raw {
    struct shape_seen seen;
    struct slice bytes;
};
static const struct shape_field raw_fields[] = {
    SHAPE_FIELD(struct raw, bytes, "rawBytes", SHAPE_BASE64, SHAPE_REQUIRED)};
static const struct shape raw_shape = {raw_fields, 1, sizeof(struct raw), SHAPE_OPEN};

struct verifier {
    struct shape_seen seen;
    struct raw certificate;
    struct slice details;
};
static const struct shape_field verifier_fields[] = {
    SHAPE_INNER(struct verifier, certificate, "x509Certificate", SHAPE_OBJECT, SHAPE_REQUIRED,
                &raw_shape),
    SHAPE_FIELD(struct verifier, details, "keyDetails", SHAPE_TEXT, 0)};
static const struct shape verifier_shape = {verifier_fields, 2, sizeof(struct verifier),
                                            SHAPE_OPEN};

struct signed2 {
    struct shape_seen seen;
    struct slice content;
    struct verifier verifier;
};
static const struct shape_field signed2_fields[] = {
    SHAPE_FIELD(struct signed2, content, "content", SHAPE_BASE64, SHAPE_REQUIRED),
    SHAPE_INNER(struct signed2, verifier, "verifier", SHAPE_OBJECT, SHAPE_REQUIRED,
                &verifier_shape)};
static const struct shape signed2_shape = {signed2_fields, 2, sizeof(struct signed2), SHAPE_OPEN};

struct hashed2 {
    struct shape_seen seen;
    struct hash2 data;
    struct signed2 signature;
};
static const struct shape_field hashed2_fields[] = {
    SHAPE_INNER(struct hashed2, data, "data", SHAPE_OBJECT, SHAPE_REQUIRED, &hash2_shape),
    SHAPE_INNER(struct hashed2, signature, "signature", SHAPE_OBJECT, SHAPE_REQUIRED,
                &signed2_shape)};
static const struct shape hashed2_shape = {hashed2_fields, 2, sizeof(struct hashed2), SHAPE_OPEN};

struct dsse2 {
    struct shape_seen seen;
    struct hash2 payload;
    struct shape_list signatures;
};
static const struct shape_field dsse2_fields[] = {
    SHAPE_INNER(struct dsse2, payload, "payloadHash", SHAPE_OBJECT, SHAPE_REQUIRED, &hash2_shape),
    SHAPE_INNER(struct dsse2, signatures, "signatures", SHAPE_LIST, SHAPE_REQUIRED,
                &signed2_shape)};
static const struct shape dsse2_shape = {dsse2_fields, 2, sizeof(struct dsse2), SHAPE_OPEN};

struct inner2 { /* 0.0.2 puts its spec one level deeper */
    struct shape_seen seen;
    struct hashed2 hashed;
    struct dsse2 dsse;
};
static const struct shape_field inner2_hashed_fields[] = {SHAPE_INNER(
    struct inner2, hashed, "hashedRekordV002", SHAPE_OBJECT, SHAPE_REQUIRED, &hashed2_shape)};
static const struct shape inner2_hashed_shape = {inner2_hashed_fields, 1, sizeof(struct inner2),
                                                 SHAPE_OPEN};
static const struct shape_field inner2_dsse_fields[] = {
    SHAPE_INNER(struct inner2, dsse, "dsseV002", SHAPE_OBJECT, SHAPE_REQUIRED, &dsse2_shape)};
static const struct shape inner2_dsse_shape = {inner2_dsse_fields, 1, sizeof(struct inner2),
                                               SHAPE_OPEN};

/* ---- comparing ---- */

static enum st check_hash(struct slice algorithm, struct slice value, struct slice message,
                          struct slice *ret_why)
{
    static const struct {
        const char *v1, *v2;
        enum digest_kind kind;
    } rows[] = {{"sha256", "SHA2_256", DIGEST_SHA256},
                {"sha384", "SHA2_384", DIGEST_SHA384},
                {"sha512", "SHA2_512", DIGEST_SHA512}};
    struct digest d;
    uint8_t raw[DIGEST_MAX];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!slice_eq(algorithm, slice_str(rows[i].v1)) &&
            !slice_eq(algorithm, slice_str(rows[i].v2)))
            continue;
        digest_start_as(&d, rows[i].kind);
        digest_add(&d, message);
        digest_finish(&d, raw);
        if (slice_eq(value, slice_of(raw, digest_size(rows[i].kind)))) return ST_OK;
        return wrong("the log entry is about another content than this bundle's", ret_why);
    }
    return wrong("the log entry's hash is of an unknown kind", ret_why);
}

static enum st check_signature(struct slice logged, const struct tlog_subject *s,
                               struct slice *ret_why)
{
    if (slice_eq(logged, s->signature)) return ST_OK;
    return wrong("the log entry is about another signature than this bundle's", ret_why);
}

static enum st check_certificate(struct slice logged, const struct tlog_subject *s,
                                 struct slice *ret_why)
{
    if (slice_eq(logged, s->leaf)) return ST_OK;
    return wrong("the log entry is about another certificate than this bundle's", ret_why);
}

static enum st check_pem(struct slice pem, const struct tlog_subject *s, struct arena *arena,
                         struct slice *ret_why)
{
    struct x509_list list;
    enum st st = x509_certificates(pem, arena, &list, ret_why);
    if (st == ST_MALFORMED || (st == ST_OK && list.count != 1))
        return wrong("the log entry's verifier is not a certificate", ret_why);
    return st == ST_OK ? check_certificate(list.items[0], s, ret_why) : st;
}

static enum st binds_dsse1(struct slice spec, const struct tlog_subject *s, struct arena *arena,
                           struct slice *ret_why)
{
    struct dsse1 d;
    enum st st = shape_read(&dsse1_shape, spec, arena, &d, ret_why);
    if (st != ST_OK) return st;
    const struct sig1 *signature = d.signatures.items;
    if (d.signatures.count != 1)
        return wrong("the log entry has not exactly one signature", ret_why);
    st = check_hash(d.payload.algorithm, d.payload.value, s->payload, ret_why);
    if (st == ST_OK) st = check_signature(signature->signature, s, ret_why);
    return st == ST_OK ? check_pem(signature->verifier, s, arena, ret_why) : st;
}

static enum st binds_hashed1(struct slice spec, const struct tlog_subject *s, struct arena *arena,
                             struct slice *ret_why)
{
    struct hashed1 h;
    enum st st = shape_read(&hashed1_shape, spec, arena, &h, ret_why);
    if (st == ST_OK) st = check_hash(h.data.hash.algorithm, h.data.hash.value, s->pae, ret_why);
    if (st == ST_OK) st = check_signature(h.signature.content, s, ret_why);
    return st == ST_OK ? check_pem(h.signature.key.content, s, arena, ret_why) : st;
}

static enum st check_signed2(const struct signed2 *logged, const struct tlog_subject *s,
                             struct slice *ret_why)
{
    enum st st = check_signature(logged->content, s, ret_why);
    return st == ST_OK ? check_certificate(logged->verifier.certificate.bytes, s, ret_why) : st;
}

static enum st binds_dsse2(struct slice spec, const struct tlog_subject *s, struct arena *arena,
                           struct slice *ret_why)
{
    struct inner2 inner;
    enum st st = shape_read(&inner2_dsse_shape, spec, arena, &inner, ret_why);
    if (st != ST_OK) return st;
    const struct dsse2 *d = &inner.dsse;
    if (d->signatures.count != 1)
        return wrong("the log entry has not exactly one signature", ret_why);
    st = check_hash(d->payload.algorithm, d->payload.value, s->payload, ret_why);
    return st == ST_OK ? check_signed2(d->signatures.items, s, ret_why) : st;
}

static enum st binds_hashed2(struct slice spec, const struct tlog_subject *s, struct arena *arena,
                             struct slice *ret_why)
{
    struct inner2 inner;
    enum st st = shape_read(&inner2_hashed_shape, spec, arena, &inner, ret_why);
    if (st != ST_OK) return st;
    const struct hashed2 *h = &inner.hashed;
    st = check_hash(h->data.algorithm, h->data.value, s->pae, ret_why);
    return st == ST_OK ? check_signed2(&h->signature, s, ret_why) : st;
}

static const struct {
    const char *kind, *version;
    enum st (*binds)(struct slice, const struct tlog_subject *, struct arena *, struct slice *);
} kinds[] = {
    {"dsse", "0.0.1", binds_dsse1},
    {"dsse", "0.0.2", binds_dsse2},
    {"hashedrekord", "0.0.1", binds_hashed1},
    {"hashedrekord", "0.0.2", binds_hashed2},
};

enum st tlog_binds(const struct bundle_entry *e, const struct tlog_subject *subject,
                   struct arena *arena, struct slice *ret_why)
{
    struct head head;
    enum st st = shape_read(&head_shape, e->body, arena, &head, ret_why);
    if (st != ST_OK) return st;
    if (!slice_eq(head.kind, e->kind) || !slice_eq(head.version, e->version))
        return wrong("the log entry is of another kind than the bundle says", ret_why);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (slice_eq(head.kind, slice_str(kinds[i].kind)) &&
            slice_eq(head.version, slice_str(kinds[i].version)))
            return kinds[i].binds(head.spec, subject, arena, ret_why);
    *ret_why = arena_printf(arena, "log entries of the kind %.*s %.*s are unknown",
                            SLICE_ARG(head.kind), SLICE_ARG(head.version));
    return ret_why->p ? ST_MALFORMED : ST_NOMEM;
}
