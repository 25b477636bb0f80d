/* SPDX-License-Identifier: Apache-2.0 */
/* verify_signer.c - the signature, before anything of the payload is read. */
#include "port/openssl/digest.h"
#include "sign/verify.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

PRINTF_LIKE(3, 4)
static enum st refuse(struct arena *a, struct slice *ret_why, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    *ret_why = arena_copy(a, slice_str(text));
    return ret_why->p ? ST_MALFORMED : ST_NOMEM;
}

/* ---- what was signed ---- */

/* The payload as Python shows bytes: what release 0.2 of the reference signed by mistake. */
static void python_bytes(struct slice s, struct buf *out)
{
    bool single = slice_find_byte(s, '\'') != SIZE_MAX, twice = slice_find_byte(s, '"') != SIZE_MAX;
    uint8_t quote = single && !twice ? '"' : '\'';
    buf_byte(out, 'b');
    buf_byte(out, quote);
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (c == '\\' || c == quote)
            buf_printf(out, "\\%c", c);
        else if (c == '\n' || c == '\r' || c == '\t')
            buf_printf(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        else if (c < 0x20 || c >= 0x7f)
            buf_printf(out, "\\x%02x", c);
        else
            buf_byte(out, c);
    }
    buf_byte(out, quote);
}

static void old_pae(const struct bundle *b, struct buf *out)
{
    buf_printf(out, "DSSEV1 %zu ", b->payload_type.n);
    buf_add(out, b->payload_type);
    buf_printf(out, " %zu ", b->payload.n);
    python_bytes(b->payload, out);
}

/* Does the payload of release 0.2 stand here? Only a hint: its signature is checked next. */
static bool looks_old(const struct bundle *b)
{
    return slice_has(b->payload, S(STATEMENT_OLD));
}

/* With certificates SHA-256 whatever the curve, as that release did; with keys that of the curve.
 */
static bool holds_old(const struct bundle *b, const struct ec_key *k)
{
    struct buf text;
    struct digest d;
    uint8_t raw[EC_HASH_MAX];
    size_t n = SHA256_BYTES;
    buf_init(&text, (size_t)BUNDLE_MAX * 4);
    old_pae(b, &text);
    if (b->material == MATERIAL_KEY) {
        n = ec_hash(ec_curve(k), buf_slice(&text), raw);
    } else {
        digest_start(&d);
        digest_add(&d, buf_slice(&text));
        digest_finish(&d, raw);
    }
    bool ok = buf_ok(&text) && ec_verify(k, slice_of(raw, n), b->signatures[0]);
    buf_done(&text);
    return ok;
}

static bool holds_now(const struct bundle *b, const struct ec_key *k)
{
    struct buf text;
    uint8_t hash[EC_HASH_MAX];
    buf_init(&text, (size_t)BUNDLE_MAX);
    bundle_pae(b->payload_type, b->payload, &text);
    size_t n = ec_hash(ec_curve(k), buf_slice(&text), hash);
    bool ok = buf_ok(&text) && ec_verify(k, slice_of(hash, n), b->signatures[0]);
    buf_done(&text);
    return ok;
}

static bool holds(const struct bundle *b, const struct ec_key *k)
{
    return holds_now(b, k) || (looks_old(b) && holds_old(b, k));
}

/* ---- by a key ---- */

static struct slice algorithm_of(const struct ec_key *k, struct arena *a)
{
    return arena_printf(a, "ECDSA %s", ec_curve_name(ec_curve(k)));
}

/* Bundles before release 1.1 hold the key's text itself. */
static bool names_key(const struct bundle *b, const struct ec_key *k)
{
    char pem[EC_PEM_MAX], hint[65];
    if (b->key_raw.n && (!ec_pem(k, pem) || !slice_eq(b->key_raw, slice_str(pem)))) return false;
    return !b->key_hint.n || (ec_hint(k, hint) && slice_eq(b->key_hint, slice_str(hint)));
}

static enum st tell_key(const struct bundle *b, const struct verify_key *k, struct arena *a,
                        struct signer *ret)
{
    char hint[65];
    if (!ec_hint(k->key, hint)) return ST_NOMEM;
    *ret = (struct signer){.method = SIGNER_KEY,
                           .id = arena_copy(a, slice_str(hint)),
                           .name = k->name,
                           .algorithm = algorithm_of(k->key, a)};
    if (b->key_raw.n) ret->note = "the bundle has the form that was used before release 1.1";
    return ret->id.p && ret->algorithm.p ? ST_OK : ST_NOMEM;
}

static enum st by_key(const struct bundle *b, const struct verify_trust *t, struct arena *a,
                      struct signer *ret, struct slice *ret_why)
{
    bool named = false;
    if (!t->key_count)
        return refuse(a, ret_why, "it is signed with a key; name the public one (--public-key)");
    for (size_t i = 0; i < t->key_count; i++) {
        if (!names_key(b, t->keys[i].key)) continue;
        named = true;
        if (holds(b, t->keys[i].key)) return tell_key(b, &t->keys[i], a, ret);
    }
    if (named) return refuse(a, ret_why, "the signature is not by this key over this payload");
    return refuse(a, ret_why, "it is signed with another key (its hint is %.*s)",
                  SLICE_ARG(b->key_hint));
}

/* ---- by a certificate ---- */

static bool is_named(const struct x509_facts *f, struct slice identity)
{
    if (slice_eq(f->subject, identity)) return true;
    for (size_t i = 0; i < f->name_count; i++)
        if (slice_eq(f->names[i].text, identity)) return true;
    return false;
}

static enum st check_identity(const struct verify_trust *t, const struct x509_facts *f,
                              struct arena *a, struct slice *ret_why)
{
    for (size_t i = 0; i < t->identity_count; i++)
        if (is_named(f, t->identities[i])) return ST_OK;
    if (!t->identity_count) return ST_OK;
    return refuse(a, ret_why, "the certificate is for '%.*s', not for '%.*s'",
                  SLICE_ARG(f->subject), SLICE_ARG(t->identities[0]));
}

/* x509_chain() asks that each takes part; the same one twice would do so twice. */
static enum st check_twins(const struct bundle *b, struct arena *a, struct slice *ret_why)
{
    for (size_t i = 0; i < b->certificate_count; i++)
        for (size_t k = 0; k < i; k++)
            if (slice_eq(b->certificates[i], b->certificates[k]))
                return refuse(a, ret_why, "certificates %zu and %zu of the bundle are the same",
                              k + 1, i + 1);
    return ST_OK;
}

static enum st check_chain(const struct bundle *b, const struct verify_trust *t,
                           const struct x509 *leaf, const struct x509_facts *f, struct arena *a,
                           int64_t *ret_at, struct slice *ret_why)
{
    struct x509_path path;
    int64_t at = t->at_kind == VERIFY_AT_NOW    ? t->now
                 : t->at_kind == VERIFY_AT_TIME ? t->at
                                                : f->not_before;
    const struct x509_ask ask = {.anchors = t->anchors,
                                 .helpers = {b->certificates + 1, b->certificate_count - 1},
                                 .crls = t->crls,
                                 .at = at,
                                 .now = t->now,
                                 .usage = X509_FOR_SIGNING};
    *ret_at = at;
    return x509_chain(leaf, &ask, a, &path, ret_why);
}

static enum st tell_certificate(const struct x509_facts *f, const struct ec_key *k, struct arena *a,
                                struct signer *ret)
{
    char hint[65];
    if (!ec_hint(k, hint)) return ST_NOMEM;
    ret->method = SIGNER_CERTIFICATE;
    ret->id = arena_copy(a, slice_str(hint));
    ret->name = f->name_count ? f->names[0].text : f->subject;
    ret->issuer = f->issuer;
    ret->algorithm = algorithm_of(k, a);
    return ret->id.p && ret->algorithm.p ? ST_OK : ST_NOMEM;
}

static enum st check_signature(const struct bundle *b, const struct x509_facts *f, struct arena *a,
                               struct signer *ret, struct slice *ret_why)
{
    struct ec_key *k = NULL;
    const char *why = "";
    enum st st = ec_spki(f->spki, &k, &why);
    if (st != ST_OK) return st == ST_NOMEM ? st : refuse(a, ret_why, "the certificate %s", why);
    st = holds(b, k) ? tell_certificate(f, k, a, ret)
                     : refuse(a, ret_why,
                              "the signature is not by this certificate's key over "
                              "this payload");
    ec_free(k);
    return st;
}

static enum st by_certificate(const struct bundle *b, const struct verify_trust *t, struct arena *a,
                              struct signer *ret, struct slice *ret_why)
{
    struct x509_facts f;
    struct x509 *leaf = NULL;
    struct signer s = {.note = NULL};
    if (!t->anchors.count)
        return refuse(a, ret_why,
                      "it is signed with a certificate; name the root (--certificate-chain)");
    if (b->certificate_count > X509_LIST_MAX)
        return refuse(a, ret_why, "%zu certificates in one bundle", b->certificate_count);
    enum st st = check_twins(b, a, ret_why);
    if (st == ST_OK) st = x509_open(b->certificates[0], a, &leaf, ret_why);
    if (st == ST_OK) st = x509_read(leaf, a, &f, ret_why);
    if (st == ST_OK) st = check_chain(b, t, leaf, &f, a, &s.at, ret_why);
    if (st == ST_OK) st = check_identity(t, &f, a, ret_why);
    if (st == ST_OK) st = check_signature(b, &f, a, &s, ret_why);
    x509_close(leaf);
    if (st == ST_OK) *ret = s;
    return st;
}

/* ---- keyless ---- */

static enum st tell_keyless(const struct keyless_signer *k, const struct verify_trust *t,
                            struct arena *a, struct signer *ret)
{
    struct ec_key *key = NULL;
    const char *why;
    *ret = (struct signer){.method = SIGNER_KEYLESS,
                           .name = t->want.identity,
                           .issuer = k->claims.issuer,
                           .at = k->times[0].at,
                           .keyless = k};
    ret->id = arena_printf(a, "%.*s %.*s", SLICE_ARG(ret->issuer), SLICE_ARG(ret->name));
    ret->algorithm = S("");
    if (ec_spki(k->certificate.spki, &key, &why) == ST_OK) ret->algorithm = algorithm_of(key, a);
    ec_free(key);
    return ret->id.p && ret->algorithm.p ? ST_OK : ST_NOMEM;
}

static enum st by_identity(const struct bundle *b, const struct verify_trust *t, struct arena *a,
                           struct signer *ret, struct slice *ret_why)
{
    struct keyless_signer *k = ARENA_NEW(a, struct keyless_signer);
    if (!t->root)
        return refuse(a, ret_why,
                      "it is signed without a key of its own (keyless); name a trusted root, "
                      "identity and issuer (--trusted-root, --identity, --issuer)");
    if (!k) return ST_NOMEM;
    enum st st = keyless_verify(b, t->root, &t->want, a, k, ret_why);
    return st == ST_OK ? tell_keyless(k, t, a, ret) : st;
}

/* ---- all of them ---- */

static enum st check_form(const struct bundle *b, const struct verify_trust *t, struct arena *a,
                          struct slice *ret_why)
{
    bool keyless = b->material == MATERIAL_CERTIFICATE || (t->root && !t->anchors.count);
    if (!keyless && !slice_eq(b->media_type, S(BUNDLE_MEDIA_TYPE)))
        return refuse(a, ret_why, "mediaType is '%.*s', not " BUNDLE_MEDIA_TYPE,
                      SLICE_ARG(b->media_type));
    if (!slice_eq(b->payload_type, S(BUNDLE_TOTO_TYPE)))
        return refuse(a, ret_why, "payloadType is '%.*s', not " BUNDLE_TOTO_TYPE,
                      SLICE_ARG(b->payload_type));
    if (b->signature_count != 1)
        return refuse(a, ret_why, "%zu signatures in one bundle; there must be one",
                      b->signature_count);
    return ST_OK;
}

enum st verify_signer(const struct bundle *b, const struct verify_trust *t, struct arena *arena,
                      struct signer *ret, struct slice *ret_why)
{
    enum st st = check_form(b, t, arena, ret_why);
    if (st != ST_OK) return st;
    switch (b->material) {
    case MATERIAL_KEY: return by_key(b, t, arena, ret, ret_why);
    case MATERIAL_CHAIN:
        if (t->root && !t->anchors.count) return by_identity(b, t, arena, ret, ret_why);
        return by_certificate(b, t, arena, ret, ret_why);
    case MATERIAL_CERTIFICATE: break;
    }
    return by_identity(b, t, arena, ret, ret_why);
}
