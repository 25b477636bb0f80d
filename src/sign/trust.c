/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/trust.h"
#include "base/num.h"
#include "codec/shape.h"

/* ---- the shapes, from the inside out ---- */

struct span_text {
    struct shape_seen seen;
    struct slice start, end;
};
static const struct shape_field span_fields[] = {
    SHAPE_FIELD(struct span_text, start, "start", SHAPE_TEXT, 0),
    SHAPE_FIELD(struct span_text, end, "end", SHAPE_TEXT, 0)};
static const struct shape span_shape = {span_fields, 2, sizeof(struct span_text), SHAPE_OPEN};

struct key {
    struct shape_seen seen;
    struct slice raw, details;
    struct span_text span;
};
static const struct shape_field key_fields[] = {
    SHAPE_FIELD(struct key, raw, "rawBytes", SHAPE_BASE64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct key, details, "keyDetails", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_INNER(struct key, span, "validFor", SHAPE_OBJECT, 0, &span_shape)};
static const struct shape key_shape = {key_fields, 3, sizeof(struct key), SHAPE_OPEN};

struct id {
    struct shape_seen seen;
    struct slice id;
};
static const struct shape_field id_fields[] = {
    SHAPE_FIELD(struct id, id, "keyId", SHAPE_BASE64, SHAPE_REQUIRED)};
static const struct shape id_shape = {id_fields, 1, sizeof(struct id), SHAPE_OPEN};

struct log {
    struct shape_seen seen;
    struct slice url, hash;
    struct key key;
    struct id id, checkpoint_id;
};
static const struct shape_field log_fields[] = {
    SHAPE_FIELD(struct log, url, "baseUrl", SHAPE_TEXT, 0),
    SHAPE_FIELD(struct log, hash, "hashAlgorithm", SHAPE_TEXT, 0),
    SHAPE_INNER(struct log, key, "publicKey", SHAPE_OBJECT, SHAPE_REQUIRED, &key_shape),
    SHAPE_INNER(struct log, id, "logId", SHAPE_OBJECT, SHAPE_REQUIRED, &id_shape),
    SHAPE_INNER(struct log, checkpoint_id, "checkpointKeyId", SHAPE_OBJECT, 0, &id_shape)};
static const struct shape log_shape = {log_fields, 5, sizeof(struct log), SHAPE_OPEN};

struct raw {
    struct shape_seen seen;
    struct slice bytes;
};
static const struct shape_field raw_fields[] = {
    SHAPE_FIELD(struct raw, bytes, "rawBytes", SHAPE_BASE64, SHAPE_REQUIRED)};
static const struct shape raw_shape = {raw_fields, 1, sizeof(struct raw), SHAPE_OPEN};

struct chain {
    struct shape_seen seen;
    struct shape_list certificates;
};
static const struct shape_field chain_fields[] = {SHAPE_INNER(
    struct chain, certificates, "certificates", SHAPE_LIST, SHAPE_REQUIRED, &raw_shape)};
static const struct shape chain_shape = {chain_fields, 1, sizeof(struct chain), SHAPE_OPEN};

struct authority {
    struct shape_seen seen;
    struct slice url;
    struct chain chain;
    struct span_text span;
};
static const struct shape_field authority_fields[] = {
    SHAPE_FIELD(struct authority, url, "uri", SHAPE_TEXT, 0),
    SHAPE_INNER(struct authority, chain, "certChain", SHAPE_OBJECT, SHAPE_REQUIRED, &chain_shape),
    SHAPE_INNER(struct authority, span, "validFor", SHAPE_OBJECT, 0, &span_shape)};
static const struct shape authority_shape = {authority_fields, 3, sizeof(struct authority),
                                             SHAPE_OPEN};

struct root {
    struct shape_seen seen;
    struct slice media_type;
    struct shape_list logs, authorities, ct_logs, timestamps;
};
static const struct shape_field root_fields[] = {
    SHAPE_FIELD(struct root, media_type, "mediaType", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_INNER(struct root, logs, "tlogs", SHAPE_LIST, 0, &log_shape),
    SHAPE_INNER(struct root, authorities, "certificateAuthorities", SHAPE_LIST, 0,
                &authority_shape),
    SHAPE_INNER(struct root, ct_logs, "ctlogs", SHAPE_LIST, 0, &log_shape),
    SHAPE_INNER(struct root, timestamps, "timestampAuthorities", SHAPE_LIST, 0, &authority_shape)};
static const struct shape root_shape = {root_fields, 5, sizeof(struct root), SHAPE_OPEN};

/* ---- from the document to what users of it need ---- */

static enum st wrong(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return ST_MALFORMED;
}

static bool number(struct slice text, size_t at, size_t digits, int *ret)
{
    uint64_t n;
    struct slice s = slice_sub(text, at, digits);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    if (s.n != digits || !num_u64(s, &n)) return false;
    *ret = (int)n;
    return true;
}

/* "Z", "+02:00"; *ret_seconds is what has to be taken off. */
static bool zone(struct slice s, int64_t *ret_seconds)
{
    int hours, minutes;
    *ret_seconds = 0;
    if (slice_eq(s, S("Z")) || slice_eq(s, S("z"))) return true;
    if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':') return false;
    if (!number(s, 1, 2, &hours) || !number(s, 4, 2, &minutes)) return false;
    *ret_seconds = (hours * 60 + minutes) * 60 * (s.p[0] == '+' ? 1 : -1);
    return true;
}

bool trust_time(struct slice text, int64_t *ret)
{
    struct tm t = {0};
    int64_t offset;
    size_t end = 19;
    if (!number(text, 0, 4, &t.tm_year) || !number(text, 5, 2, &t.tm_mon) ||
        !number(text, 8, 2, &t.tm_mday) || !number(text, 11, 2, &t.tm_hour) ||
        !number(text, 14, 2, &t.tm_min) || !number(text, 17, 2, &t.tm_sec))
        return false;
    if (text.p[4] != '-' || text.p[7] != '-' || (text.p[10] != 'T' && text.p[10] != 't') ||
        text.p[13] != ':' || text.p[16] != ':')
        return false;
    if (t.tm_mon < 1 || t.tm_mon > 12 || t.tm_mday < 1 || t.tm_mday > 31 || t.tm_hour > 23 ||
        t.tm_min > 59 || t.tm_sec > 60)
        return false;
    if (text.n > end && text.p[end] == '.')
        for (end++; end < text.n && text.p[end] >= '0' && text.p[end] <= '9';) end++;
    if (!zone(slice_sub(text, end, text.n), &offset)) return false;
    t.tm_year -= 1900;
    t.tm_mon -= 1;
    *ret = timegm(&t) - offset;
    return true;
}

static enum st take_span(const struct span_text *text, struct trust_span *ret,
                         struct slice *ret_why)
{
    *ret = (struct trust_span){INT64_MIN, INT64_MAX};
    if ((text->start.n && !trust_time(text->start, &ret->start)) ||
        (text->end.n && !trust_time(text->end, &ret->end)))
        return wrong("validFor holds something that is not a time", ret_why);
    return ST_OK;
}

/* The names of protobuf-specs' enum PublicKeyDetails; others are of no use here. */
static bool kind_of(struct slice details, enum signature_kind *ret)
{
    static const struct {
        const char *name;
        enum signature_kind kind;
    } rows[] = {
        {"PKIX_ECDSA_P256_SHA_256", SIGNATURE_ECDSA_SHA256},
        {"PKIX_ECDSA_P384_SHA_384", SIGNATURE_ECDSA_SHA384},
        {"PKIX_ECDSA_P521_SHA_512", SIGNATURE_ECDSA_SHA512},
        {"PKIX_ECDSA_P384_SHA_256", SIGNATURE_ECDSA_SHA256},
        {"PKIX_ECDSA_P521_SHA_256", SIGNATURE_ECDSA_SHA256},
        {"PKIX_ED25519", SIGNATURE_ED25519},
        {"PKIX_RSA_PKCS1V15_2048_SHA256", SIGNATURE_RSA_SHA256},
        {"PKIX_RSA_PKCS1V15_3072_SHA256", SIGNATURE_RSA_SHA256},
        {"PKIX_RSA_PKCS1V15_4096_SHA256", SIGNATURE_RSA_SHA256},
        {"PKIX_RSA_PSS_2048_SHA256", SIGNATURE_RSA_PSS_SHA256},
        {"PKIX_RSA_PSS_3072_SHA256", SIGNATURE_RSA_PSS_SHA256},
        {"PKIX_RSA_PSS_4096_SHA256", SIGNATURE_RSA_PSS_SHA256},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (slice_eq(details, slice_str(rows[i].name))) {
            *ret = rows[i].kind;
            return true;
        }
    return false;
}

static enum st take_log(const struct log *from, struct trust_log *to, bool *ret_known,
                        struct slice *ret_why)
{
    *ret_known = kind_of(from->key.details, &to->kind) &&
                 (!from->hash.n || slice_eq(from->hash, S("SHA2_256")));
    to->url = from->url;
    to->id = from->id.id;
    to->checkpoint_id = from->checkpoint_id.id.n ? from->checkpoint_id.id : from->id.id;
    to->spki = from->key.raw;
    if (to->id.n < 4 || to->checkpoint_id.n < 4)
        return wrong("the id of a log is too short", ret_why);
    return take_span(&from->key.span, &to->span, ret_why);
}

static enum st take_logs(const struct shape_list *list, struct arena *arena, struct trust *t,
                         struct trust_log **ret, size_t *ret_count, struct slice *ret_why)
{
    const struct log *from = list->items;
    struct trust_log *logs = ARENA_ARRAY(arena, struct trust_log, list->count + 1);
    enum st st = logs ? ST_OK : ST_NOMEM;
    size_t count = 0;
    for (size_t i = 0; st == ST_OK && i < list->count; i++) {
        bool known = false;
        st = take_log(&from[i], &logs[count], &known, ret_why);
        count += known;
        t->left_out += !known;
    }
    *ret = logs;
    *ret_count = count;
    return st;
}

static enum st take_authority(const struct authority *from, struct arena *arena,
                              struct trust_authority *to, struct slice *ret_why)
{
    const struct raw *raw = from->chain.certificates.items;
    struct x509_facts facts;
    to->url = from->url;
    to->chain.count = from->chain.certificates.count;
    to->chain.items = ARENA_ARRAY(arena, struct slice, to->chain.count + 1);
    if (!to->chain.items) return ST_NOMEM;
    if (!to->chain.count) return wrong("an authority has no certificate", ret_why);
    for (size_t i = 0; i < to->chain.count; i++) {
        to->chain.items[i] = raw[i].bytes;
        enum st st = x509_facts_of(raw[i].bytes, arena, &facts, ret_why);
        if (st != ST_OK) return st;
        if (i == 0) to->subject = facts.subject;
    }
    return take_span(&from->span, &to->span, ret_why);
}

static enum st take_authorities(const struct shape_list *list, struct arena *arena,
                                struct trust_authority **ret, size_t *ret_count,
                                struct slice *ret_why)
{
    const struct authority *from = list->items;
    struct trust_authority *to = ARENA_ARRAY(arena, struct trust_authority, list->count + 1);
    enum st st = to ? ST_OK : ST_NOMEM;
    for (size_t i = 0; st == ST_OK && i < list->count; i++)
        st = take_authority(&from[i], arena, &to[i], ret_why);
    *ret = to;
    *ret_count = list->count;
    return st;
}

static bool is_media_type(struct slice s)
{
    return slice_starts(s, S("application/vnd.dev.sigstore.trustedroot+json;version=0.")) ||
           (slice_starts(s, S("application/vnd.dev.sigstore.trustedroot.v0.")) &&
            slice_ends(s, S("+json")));
}

enum st trust_read(struct slice json, struct arena *arena, struct trust *ret, struct slice *ret_why)
{
    struct root root;
    struct trust t = {0};
    if (json.n > TRUST_MAX) return wrong("the trusted root is larger than 16 MiB", ret_why);
    enum st st = shape_read(&root_shape, json, arena, &root, ret_why);
    if (st == ST_OK && !is_media_type(root.media_type))
        st = wrong("mediaType is not that of a Sigstore trusted root", ret_why);
    if (st == ST_OK) st = take_logs(&root.logs, arena, &t, &t.logs, &t.log_count, ret_why);
    if (st == ST_OK) st = take_logs(&root.ct_logs, arena, &t, &t.ct_logs, &t.ct_log_count, ret_why);
    if (st == ST_OK)
        st =
            take_authorities(&root.authorities, arena, &t.authorities, &t.authority_count, ret_why);
    if (st == ST_OK)
        st = take_authorities(&root.timestamps, arena, &t.timestamps, &t.timestamp_count, ret_why);
    if (st == ST_OK) *ret = t;
    return st;
}
