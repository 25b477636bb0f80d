/* SPDX-License-Identifier: Apache-2.0 */
/* x509_chain.c - does a chain lead from a certificate to a root of the user?
 * The library builds the path and checks signatures, times, path lengths, name constraints and
 * unknown critical extensions (RFC 5280, 6). Ours on top: the usage of the leaf, that every issuer
 * says it is one (not by age or habit), nothing in between that restricts itself to other purposes,
 * revocation from the user's files, and no helper without a part. */
#include "x509_part.h"
#include <inttypes.h>
#include <openssl/err.h>

#define LEVEL_112_BIT 2 /* of the library: RSA >= 2048, no SHA-1 */

static bool issued_itself(X509 *x)
{
    return X509_get_extension_flags(x) & EXFLAG_SS;
}

static const char *position(int depth)
{
    return depth == 0 ? "the signer's certificate" : "a certificate above the signer's";
}

static enum st say_time(X509 *x, int depth, int64_t at, struct arena *arena, struct slice *ret_why)
{
    int64_t from = 0, to = 0;
    struct slice subject = x509_name_text(X509_get_subject_name(x), arena);
    x509_time(X509_get0_notBefore(x), &from);
    x509_time(X509_get0_notAfter(x), &to);
    bool early = at < from;
    time_t edge = early ? from : to, asked = at;
    struct tm tm = {0}, asked_tm = {0};
    char edge_text[32] = "?", asked_text[32] = "?";
    if (gmtime_r(&edge, &tm)) strftime(edge_text, sizeof edge_text, "%FT%TZ", &tm);
    if (gmtime_r(&asked, &asked_tm)) strftime(asked_text, sizeof asked_text, "%FT%TZ", &asked_tm);
    return x509_refuse(arena, ret_why, "%s (%.*s) is %s %s; it was to be valid at %s",
                       position(depth), SLICE_ARG(subject),
                       early ? "valid only from" : "valid only until", edge_text, asked_text);
}

static enum st say_error(X509_STORE_CTX *ctx, int64_t at, struct arena *arena,
                         struct slice *ret_why)
{
    int error = X509_STORE_CTX_get_error(ctx), depth = X509_STORE_CTX_get_error_depth(ctx);
    X509 *x = X509_STORE_CTX_get_current_cert(ctx);
    struct slice issuer = x ? x509_name_text(X509_get_issuer_name(x), arena) : S("its issuer");
    switch (error) {
    case X509_V_ERR_OUT_OF_MEM: return ST_NOMEM;
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_CERT_HAS_EXPIRED:
        if (x) return say_time(x, depth, at, arena, ret_why);
        break;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return x509_refuse(arena, ret_why,
                           "no chain leads to a trusted root: the certificate of the issuer "
                           "\"%.*s\" is neither trusted nor in the bundle",
                           SLICE_ARG(issuer));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return x509_refuse(arena, ret_why, "the chain ends in a root that is not trusted: \"%.*s\"",
                           SLICE_ARG(issuer));
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        return x509_refuse(arena, ret_why, "%s was not signed by \"%.*s\"", position(depth),
                           SLICE_ARG(issuer));
    case X509_V_ERR_INVALID_CA:
        return x509_refuse(arena, ret_why,
                           "a certificate in the chain issued another without "
                           "being a certificate authority");
    default: break;
    }
    return x509_refuse(arena, ret_why, "%s is refused: %s", position(depth),
                       X509_verify_cert_error_string(error));
}

static bool usage_allows(X509 *leaf, enum x509_usage usage)
{
    uint32_t flags = X509_get_extension_flags(leaf);
    bool has_usage = flags & EXFLAG_KUSAGE;
    bool signs = has_usage && (X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE);
    bool code = (flags & EXFLAG_XKUSAGE) && (X509_get_extended_key_usage(leaf) & XKU_CODE_SIGN);
    return usage == X509_FOR_KEYLESS ? signs && code : has_usage ? signs : code;
}

static enum st check_usage(X509 *leaf, enum x509_usage usage, struct arena *arena,
                           struct slice *ret_why)
{
    if (usage_allows(leaf, usage)) return ST_OK;
    return x509_refuse(arena, ret_why,
                       "the signer's certificate is not meant for this: it lacks %s",
                       usage == X509_FOR_KEYLESS
                           ? "KeyUsage digitalSignature or ExtendedKeyUsage codeSigning"
                           : "KeyUsage digitalSignature (or, without KeyUsage, codeSigning)");
}

/* Whom the root may issue for is the user's decision. */
static enum st check_issuers(const STACK_OF(X509) * path, struct arena *arena,
                             struct slice *ret_why)
{
    for (int i = 1; i < sk_X509_num(path); i++) {
        X509 *x = sk_X509_value(path, i);
        struct slice subject = x509_name_text(X509_get_subject_name(x), arena);
        if (X509_check_ca(x) != 1)
            return x509_refuse(arena, ret_why, "\"%.*s\" is not a certificate authority",
                               SLICE_ARG(subject));
        if (i + 1 < sk_X509_num(path) && (X509_get_extension_flags(x) & EXFLAG_XKUSAGE) &&
            !(X509_get_extended_key_usage(x) & (XKU_CODE_SIGN | XKU_ANYEKU)))
            return x509_refuse(arena, ret_why, "\"%.*s\" may not issue for code signing",
                               SLICE_ARG(subject));
    }
    return ST_OK;
}

static enum st check_helpers(const struct x509_list *helpers, const struct x509_list *path,
                             struct arena *arena, struct slice *ret_why)
{
    for (size_t i = 0; i < helpers->count; i++) {
        bool used = false;
        for (size_t k = 1; k < path->count; k++)
            used = used || slice_eq(helpers->items[i], path->items[k]);
        if (!used)
            return x509_refuse(arena, ret_why,
                               "certificate %zu of the bundle has no part in the chain", i + 2);
    }
    return ST_OK;
}

static bool has_critical(const X509_CRL *crl)
{
    for (int i = 0; i < X509_CRL_get_ext_count(crl); i++)
        if (X509_EXTENSION_get_critical(X509_CRL_get_ext(crl, i))) return true;
    return false;
}

/* Lists that cover only part of what an issuer issued (critical extensions) are refused. */
static enum st check_crl(X509_CRL *crl, X509 *x, X509 *issuer, int64_t now, struct arena *arena,
                         struct slice *ret_why)
{
    int64_t from = 0, to = 0;
    X509_REVOKED *entry = NULL;
    struct slice name = x509_name_text(X509_get_issuer_name(x), arena);
    if (X509_CRL_verify(crl, X509_get0_pubkey(issuer)) != 1)
        return x509_refuse(arena, ret_why,
                           "the list of revoked certificates of \"%.*s\" is not signed by it",
                           SLICE_ARG(name));
    if (!(X509_get_key_usage(issuer) & KU_CRL_SIGN))
        return x509_refuse(arena, ret_why, "\"%.*s\" may not sign lists of revoked certificates",
                           SLICE_ARG(name));
    if (has_critical(crl))
        return x509_refuse(arena, ret_why,
                           "the list of revoked certificates of \"%.*s\" covers only a part",
                           SLICE_ARG(name));
    const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);
    if (!x509_time(X509_CRL_get0_lastUpdate(crl), &from) || !next || !x509_time(next, &to) ||
        now < from || now > to)
        return x509_refuse(arena, ret_why,
                           "the list of revoked certificates of \"%.*s\" is out of date",
                           SLICE_ARG(name));
    if (X509_CRL_get0_by_cert(crl, &entry, x) == 0) return ST_OK;
    name = x509_name_text(X509_get_subject_name(x), arena);
    return x509_refuse(arena, ret_why, "the certificate \"%.*s\" is revoked", SLICE_ARG(name));
}

static enum st check_against(const struct x509_ask *ask, X509 *x, X509 *issuer, bool *ret_covered,
                             struct arena *arena, struct slice *ret_why)
{
    enum st st = ST_OK;
    for (size_t i = 0; st == ST_OK && i < ask->crls.count; i++) {
        const unsigned char *p = ask->crls.items[i].p;
        X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)ask->crls.items[i].n);
        if (!crl)
            st = x509_refuse(arena, ret_why, "a list of revoked certificates cannot be read");
        else if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(x)) == 0) {
            *ret_covered = true;
            st = check_crl(crl, x, issuer, ask->now, arena, ret_why);
        }
        X509_CRL_free(crl);
    }
    return st;
}

static enum st check_revocation(const STACK_OF(X509) * path, const struct x509_ask *ask,
                                struct arena *arena, struct slice *ret_why)
{
    enum st st = ST_OK;
    for (int i = 0; ask->crls.count && st == ST_OK && i + 1 < sk_X509_num(path); i++) {
        bool covered = false;
        st = check_against(ask, sk_X509_value(path, i), sk_X509_value(path, i + 1), &covered, arena,
                           ret_why);
        if (st == ST_OK && i == 0 && !covered)
            st = x509_refuse(arena, ret_why,
                             "none of the given lists of revoked certificates is "
                             "that of the signer's issuer");
    }
    return st;
}

/* Of two at least. */
static bool copy_path(const STACK_OF(X509) * path, struct arena *arena, struct x509_path *ret)
{
    size_t count = (size_t)sk_X509_num(path);
    struct slice *items = ARENA_ARRAY(arena, struct slice, count + 1);
    *ret = (struct x509_path){.certificates = {items, 0}, .from = INT64_MIN, .until = INT64_MAX};
    ret->issuer_spki = x509_spki(sk_X509_value(path, 1), arena);
    for (size_t i = 0; items && i < count; i++) {
        int64_t from, until;
        const X509 *x = sk_X509_value(path, (int)i);
        items[i] = x509_der(x, arena);
        if (!items[i].p || !x509_time(X509_get0_notBefore(x), &from) ||
            !x509_time(X509_get0_notAfter(x), &until))
            return false;
        if (from > ret->from) ret->from = from;
        if (until < ret->until) ret->until = until;
        ret->certificates.count++;
    }
    return items && ret->issuer_spki.p;
}

static enum st judge_path(const STACK_OF(X509) * path, const struct x509_ask *ask,
                          struct arena *arena, struct x509_path *ret_path, struct slice *ret_why)
{
    enum st st = check_usage(sk_X509_value(path, 0), ask->usage, arena, ret_why);
    if (st == ST_OK && sk_X509_num(path) < 2)
        st = x509_refuse(arena, ret_why, "the signer's certificate is itself a root");
    if (st == ST_OK) st = check_issuers(path, arena, ret_why);
    if (st == ST_OK && !copy_path(path, arena, ret_path)) st = ST_NOMEM;
    if (st == ST_OK) st = check_helpers(&ask->helpers, &ret_path->certificates, arena, ret_why);
    if (st == ST_OK) st = check_revocation(path, ask, arena, ret_why);
    return st;
}

/* Roots go to the store, all others to the stack, which takes the reference. */
static enum st sort_in(const struct x509_list *list, X509_STORE *roots, STACK_OF(X509) * others,
                       struct arena *arena, struct slice *ret_why)
{
    for (size_t i = 0; i < list->count; i++) {
        X509 *x = x509_parse(list->items[i]);
        if (!x)
            return x509_refuse(arena, ret_why, "a certificate (%zu of %zu) cannot be read", i + 1,
                               list->count);
        bool root = roots && issued_itself(x);
        bool ok = root ? X509_STORE_add_cert(roots, x) : sk_X509_push(others, x) > 0;
        if (root || !ok) X509_free(x);
        if (!ok) return ST_NOMEM;
    }
    return ST_OK;
}

/* notAfter still belongs to the validity (RFC 5280, 4.1.2.5); the library leaves it out. */
static int allow_last_second(int ok, X509_STORE_CTX *ctx)
{
    int64_t until;
    const X509 *x = X509_STORE_CTX_get_current_cert(ctx);
    if (ok || X509_STORE_CTX_get_error(ctx) != X509_V_ERR_CERT_HAS_EXPIRED || !x ||
        !x509_time(X509_get0_notAfter(x), &until) ||
        until != X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(ctx)))
        return ok;
    X509_STORE_CTX_set_error(ctx, X509_V_OK);
    return 1;
}

static enum st build_path(X509 *leaf, X509_STORE *roots, STACK_OF(X509) * others,
                          const struct x509_ask *ask, struct arena *arena,
                          struct x509_path *ret_path, struct slice *ret_why)
{
    enum st st = ST_NOMEM;
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (ctx && X509_STORE_CTX_init(ctx, roots, leaf, others)) {
        X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
        X509_VERIFY_PARAM_set_time(param, ask->at);
        X509_VERIFY_PARAM_set_auth_level(param, LEVEL_112_BIT);
        X509_STORE_CTX_set_verify_cb(ctx, allow_last_second);
        if (X509_verify_cert(ctx) == 1)
            st = judge_path(X509_STORE_CTX_get0_chain(ctx), ask, arena, ret_path, ret_why);
        else
            st = say_error(ctx, ask->at, arena, ret_why);
    }
    X509_STORE_CTX_free(ctx);
    return st;
}

enum st x509_chain(const struct x509 *leaf, const struct x509_ask *ask, struct arena *arena,
                   struct x509_path *ret_path, struct slice *ret_why)
{
    enum st st = ST_NOMEM;
    openssl_begin();
    X509_STORE *roots = X509_STORE_new();
    STACK_OF(X509) *others = sk_X509_new_null();
    if (roots && others) st = sort_in(&ask->anchors, roots, others, arena, ret_why);
    if (st == ST_OK) st = sort_in(&ask->helpers, NULL, others, arena, ret_why);
    if (st == ST_OK) st = build_path(leaf->x, roots, others, ask, arena, ret_path, ret_why);
    sk_X509_pop_free(others, X509_free);
    X509_STORE_free(roots);
    ERR_clear_error();
    return st;
}
