/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/keyless.h"
#include "port/openssl/digest.h"
#include "port/openssl/sct.h"
#include "port/openssl/timestamp.h"
#include "sign/tlog.h"

struct check {
    const struct bundle *bundle;
    const struct trust *trust;
    struct arena *arena;
    struct keyless_signer *signer;
    struct slice *why;
    const struct bundle_entry *entry;
    const struct trust_log *log;
    struct x509 *leaf;
    const struct trust_authority *authority; /* whose chain holds, */
    struct x509_path path;                   /* and that chain */
    struct slice pae;                        /* what is signed */
};

static enum st wrong(struct check *c, const char *why)
{
    *c->why = slice_str(why);
    return ST_MALFORMED;
}

/* ---- the bundle has what is needed, once ---- */

static bool known_media_type(struct slice s)
{
    return slice_eq(s, S(BUNDLE_MEDIA_TYPE)) ||
           slice_eq(s, S("application/vnd.dev.sigstore.bundle+json;version=0.1")) ||
           slice_eq(s, S("application/vnd.dev.sigstore.bundle+json;version=0.2")) ||
           slice_eq(s, S("application/vnd.dev.sigstore.bundle+json;version=0.3"));
}

static bool same_twice(const struct slice *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            if (slice_eq(items[i], items[k])) return true;
    return false;
}

static enum st check_form(struct check *c)
{
    const struct bundle *b = c->bundle;
    if (!known_media_type(b->media_type)) return wrong(c, "the bundle is of an unknown media type");
    if (b->material == MATERIAL_KEY || !b->certificate_count)
        return wrong(c, "the bundle is signed with a key, not by an identity");
    if (b->signature_count != 1) return wrong(c, "the bundle has not exactly one signature");
    if (b->entry_count != 1)
        return wrong(c, b->entry_count ? "the bundle holds several log entries"
                                       : "no transparency log has seen the signature: the bundle "
                                         "holds no log entry");
    if (b->timestamp_count > KEYLESS_TIMES_MAX)
        return wrong(c, "the bundle holds more than 32 time stamps");
    if (same_twice(b->timestamps, b->timestamp_count))
        return wrong(c, "the bundle holds the same time stamp twice");
    c->entry = b->entries;
    return ST_OK;
}

/* ---- seen: the entry is in a log that we trust, and about this bundle ---- */

static enum st check_seen(struct check *c)
{
    const struct bundle *b = c->bundle;
    struct tlog_subject subject = {b->payload, c->pae, b->signatures[0], b->certificates[0]};
    enum st st = wrong(c, "the log entry is of a log that is not trusted");
    for (size_t i = 0; st == ST_MALFORMED && (c->log = tlog_of(c->entry, c->trust, i)); i++) {
        st = tlog_included(c->entry, c->log, c->arena, c->why);
        if (st == ST_OK) break;
    }
    return st == ST_OK ? tlog_binds(c->entry, &subject, c->arena, c->why) : st;
}

/* ---- when ---- */

static void add_time(struct check *c, enum keyless_clock clock, int64_t at, struct slice url)
{
    c->signer->times[c->signer->time_count++] = (struct keyless_time){clock, at, url};
}

/* A time that nobody signed proves nothing; it must still not contradict the certificate. */
static enum st check_bare_time(struct check *c)
{
    int64_t at = c->entry->integrated_time;
    if (!at) return ST_OK;
    if (!tlog_has_time(c->entry))
        return wrong(c, "the log entry has a time that its log cannot prove");
    if (at < c->signer->certificate.not_before || at > c->signer->certificate.not_after)
        return wrong(c, "the log entry's unproven time lies outside the certificate's validity");
    return ST_OK;
}

static enum st check_log_time(struct check *c)
{
    if (!c->entry->promise.n) return check_bare_time(c);
    enum st st = tlog_promised(c->entry, c->log, c->why);
    if (st == ST_OK) add_time(c, KEYLESS_BY_LOG, c->entry->integrated_time, c->log->url);
    return st;
}

static enum st check_timestamp(struct check *c, struct slice token)
{
    int64_t at = 0;
    enum st st = timestamp_time(token, c->arena, &at, c->why);
    if (st != ST_OK) return st;
    st = wrong(c, "no time-stamping authority is trusted for the time of the time stamp");
    for (size_t i = 0; st == ST_MALFORMED && i < c->trust->timestamp_count; i++) {
        const struct trust_authority *a = &c->trust->timestamps[i];
        if (!trust_covers(&a->span, at)) continue;
        st = timestamp_check(token, c->bundle->signatures[0], &a->chain, c->arena, c->why);
        if (st == ST_OK) add_time(c, KEYLESS_BY_TIMESTAMP, at, a->url);
    }
    return st;
}

static enum st check_when(struct check *c)
{
    enum st st = check_log_time(c);
    for (size_t i = 0; st == ST_OK && i < c->bundle->timestamp_count; i++)
        st = check_timestamp(c, c->bundle->timestamps[i]);
    for (size_t i = 0; st == ST_OK && i < c->signer->time_count; i++)
        if (!trust_covers(&c->log->span, c->signer->times[i].at))
            st = wrong(c, "the log was not trusted at the time of the signature");
    if (st == ST_OK && !c->signer->time_count)
        st = wrong(c, "nothing proves when this was signed: there is neither a signed entry "
                      "timestamp (SET) nor an RFC 3161 time stamp");
    return st;
}

/* ---- who ---- */

static enum st try_authority(struct check *c, const struct trust_authority *a, int64_t at)
{
    const struct bundle *b = c->bundle;
    struct x509_ask ask = {.anchors = a->chain,
                           .helpers = {b->certificates + 1, b->certificate_count - 1},
                           .at = at,
                           .usage = X509_FOR_KEYLESS};
    enum st st = x509_chain(c->leaf, &ask, c->arena, &c->path, c->why);
    if (st == ST_OK) c->authority = a;
    return st;
}

/* Signatures hold at any time: at a second one, only what is valid then is looked at. */
static bool holds_also_at(const struct check *c, int64_t at)
{
    return c->authority && trust_covers(&c->authority->span, at) && at >= c->path.from &&
           at <= c->path.until;
}

/* Of several refusals the one of the leaf's own issuer tells most. */
static enum st check_chain(struct check *c, int64_t at)
{
    enum st st = wrong(c, "no certificate authority is trusted for the time of the signature");
    struct slice why = {0};
    if (holds_also_at(c, at)) return ST_OK;
    for (size_t i = 0; st == ST_MALFORMED && i < c->trust->authority_count; i++) {
        const struct trust_authority *a = &c->trust->authorities[i];
        if (!trust_covers(&a->span, at)) continue;
        st = try_authority(c, a, at);
        if (slice_eq(a->subject, c->signer->certificate.issuer)) why = *c->why;
    }
    if (st == ST_MALFORMED && why.n) *c->why = why;
    return st;
}

static bool is_id_of(struct slice id, struct slice spki)
{
    struct digest d;
    uint8_t raw[SHA256_BYTES];
    digest_start(&d);
    digest_add(&d, spki);
    digest_finish(&d, raw);
    return slice_eq(id, slice_of(raw, sizeof raw));
}

static enum st check_sct(struct check *c)
{
    struct sct sct;
    enum st st = sct_read(c->leaf, c->path.issuer_spki, c->arena, &sct, c->why);
    if (st != ST_OK) return st;
    c->signer->sct_at = sct.at;
    for (size_t i = 0; i < c->trust->ct_log_count; i++) {
        const struct trust_log *log = &c->trust->ct_logs[i];
        if (!slice_eq(log->id, sct.log_id) || !is_id_of(log->id, log->spki) ||
            !trust_covers(&log->span, sct.at))
            continue;
        st = signature_check(log->spki, log->kind, sct.signature, sct.signed_as);
        if (st != ST_MALFORMED) return st;
        return wrong(c, "the certificate transparency log did not sign this certificate (SCT)");
    }
    return wrong(c, "the certificate's SCT is of a transparency log that is not trusted");
}

static enum st check_who(struct check *c, const struct keyless_want *want)
{
    enum st st = ST_OK;
    for (size_t i = 0; st == ST_OK && i < c->signer->time_count; i++)
        st = check_chain(c, c->signer->times[i].at);
    if (st == ST_OK) st = check_sct(c);
    if (st == ST_OK)
        st = claims_read(c->leaf, &c->signer->certificate, c->arena, &c->signer->claims, c->why);
    if (st == ST_OK)
        st = claims_match(&c->signer->claims, want->identity, want->issuer, c->arena, c->why);
    return st;
}

/* ---- what ---- */

static enum st check_what(struct check *c)
{
    enum st st = signature_check(c->signer->certificate.spki, SIGNATURE_BY_KEY,
                                 c->bundle->signatures[0], c->pae);
    return st == ST_MALFORMED
               ? wrong(c, "the signature does not fit the content and the signer's certificate")
               : st;
}

/* What is cheap to refuse comes first, and nothing is parsed that its log has not signed. */
static enum st check_all(struct check *c, const struct keyless_want *want)
{
    enum st st = x509_open(c->bundle->certificates[0], c->arena, &c->leaf, c->why);
    if (st == ST_OK) st = x509_read(c->leaf, c->arena, &c->signer->certificate, c->why);
    if (st == ST_OK) st = check_seen(c);
    if (st == ST_OK) st = check_when(c);
    if (st == ST_OK) st = check_who(c, want);
    if (st == ST_OK) st = check_what(c);
    return st;
}

enum st keyless_verify(const struct bundle *b, const struct trust *trust,
                       const struct keyless_want *want, struct arena *arena,
                       struct keyless_signer *ret, struct slice *ret_why)
{
    struct keyless_signer signer = {0};
    struct buf pae;
    struct check c = {
        .bundle = b, .trust = trust, .arena = arena, .signer = &signer, .why = ret_why};
    enum st st = want->identity.n && want->issuer.n
                     ? check_form(&c)
                     : wrong(&c, "identity and issuer of the signer must be named");
    if (st != ST_OK) return st;
    buf_init(&pae, (size_t)BUNDLE_MAX + 4096);
    bundle_pae(b->payload_type, b->payload, &pae);
    c.pae = buf_slice(&pae);
    st = buf_ok(&pae) ? check_all(&c, want) : ST_NOMEM;
    x509_close(c.leaf);
    buf_done(&pae);
    if (st != ST_OK) return st;
    signer.log_url = c.log->url;
    signer.log_index = c.entry->index;
    *ret = signer;
    return ST_OK;
}
