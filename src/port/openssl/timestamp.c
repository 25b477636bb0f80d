/* SPDX-License-Identifier: Apache-2.0 */
/* timestamp.c - the library checks the signature over the token, its signing-certificate attribute
 * (RFC 5035) and the chain for its purpose; the rest of RFC 3161, 2.4.2 is here. */
#include "port/openssl/timestamp.h"
#include "x509_part.h"
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ts.h>

#define TOKEN_MAX     (64u << 10)
#define LEVEL_112_BIT 2

/* NULL unless it is one TimeStampResp in DER, to the last byte. */
static TS_RESP *parse(struct slice der)
{
    const unsigned char *p = der.p;
    unsigned char *made = NULL;
    openssl_begin();
    TS_RESP *resp = der.n && der.n <= TOKEN_MAX ? d2i_TS_RESP(NULL, &p, (long)der.n) : NULL;
    if (!resp) return NULL;
    int n = i2d_TS_RESP(resp, &made);
    bool same = n > 0 && slice_eq(slice_of(made, (size_t)n), der);
    OPENSSL_free(made);
    if (same) return resp;
    TS_RESP_free(resp);
    return NULL;
}

/* Both or NULL: the library reads no content without a token. */
static TS_TST_INFO *info_of(TS_RESP *resp)
{
    TS_STATUS_INFO *status = TS_RESP_get_status_info(resp);
    PKCS7 *token = TS_RESP_get_token(resp);
    if (ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status)) != TS_STATUS_GRANTED) return NULL;
    if (TS_STATUS_INFO_get0_failure_info(status)) return NULL;
    return token && PKCS7_type_is_signed(token) && !PKCS7_get_detached(token)
               ? TS_RESP_get_tst_info(resp)
               : NULL;
}

static enum st read_time(TS_RESP *resp, struct arena *arena, int64_t *ret_at, struct slice *ret_why)
{
    TS_TST_INFO *info = info_of(resp);
    if (!info) return x509_refuse(arena, ret_why, "the time stamp was not granted");
    if (!x509_time(TS_TST_INFO_get_time(info), ret_at))
        return x509_refuse(arena, ret_why, "the time stamp holds no time");
    return ST_OK;
}

enum st timestamp_time(struct slice der, struct arena *arena, int64_t *ret_at,
                       struct slice *ret_why)
{
    TS_RESP *resp = parse(der);
    if (!resp)
        return x509_refuse(arena, ret_why, "the time stamp is not an RFC 3161 response in DER");
    enum st st = read_time(resp, arena, ret_at, ret_why);
    TS_RESP_free(resp);
    ERR_clear_error();
    return st;
}

static bool is_strong(int hash)
{
    return hash == NID_sha256 || hash == NID_sha384 || hash == NID_sha512;
}

/* The algorithm's number, when it has no parameters but NULL; NID_undef otherwise. */
static int plain_algorithm(const X509_ALGOR *a)
{
    const ASN1_OBJECT *object;
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(&object, &type, NULL, a);
    return type == V_ASN1_UNDEF || type == V_ASN1_NULL ? OBJ_obj2nid(object) : NID_undef;
}

static bool is_about(TS_TST_INFO *info, struct slice message)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
    int nid = plain_algorithm(TS_MSG_IMPRINT_get_algo(imprint));
    const ASN1_OCTET_STRING *said = TS_MSG_IMPRINT_get_msg(imprint);
    if (!is_strong(nid) ||
        EVP_Digest(message.p, message.n, hash, &n, EVP_get_digestbynid(nid), NULL) != 1)
        return false;
    return slice_eq(slice_of(hash, n),
                    slice_of(ASN1_STRING_get0_data(said), (size_t)ASN1_STRING_length(said)));
}

/* The algorithm that the signer names for its signature; the library does not look at it. */
static bool fits(const X509_ALGOR *algorithm, int hash, const EVP_PKEY *key)
{
    int hash_in_it = NID_undef, key_in_it = NID_undef, nid = plain_algorithm(algorithm);
    if (nid == EVP_PKEY_get_base_id(key)) return true;
    return OBJ_find_sigid_algs(nid, &hash_in_it, &key_in_it) && hash_in_it == hash &&
           key_in_it == EVP_PKEY_get_base_id(key);
}

/* Byte for byte: the library finds a signer also when its issuer is written in other letters. */
static bool same_name(const X509_NAME *a, const X509_NAME *b)
{
    const unsigned char *p = NULL, *q = NULL;
    size_t pn = 0, qn = 0;
    return X509_NAME_get0_der(a, &p, &pn) && X509_NAME_get0_der(b, &q, &qn) &&
           slice_eq(slice_of(p, pn), slice_of(q, qn));
}

/* What the signature does not cover must say nothing new. */
static bool has_only_checked(const PKCS7_SIGNED *sign, X509 *signer)
{
    const PKCS7_SIGNER_INFO *info = sk_PKCS7_SIGNER_INFO_value(sign->signer_info, 0);
    int hash = plain_algorithm(info->digest_alg);
    return ASN1_INTEGER_get(sign->version) == 3 && ASN1_INTEGER_get(info->version) == 1 &&
           is_strong(hash) && sk_X509_ALGOR_num(sign->md_algs) == 1 &&
           plain_algorithm(sk_X509_ALGOR_value(sign->md_algs, 0)) == hash &&
           fits(info->digest_enc_alg, hash, X509_get0_pubkey(signer)) &&
           same_name(info->issuer_and_serial->issuer, X509_get_issuer_name(signer)) &&
           sk_X509_CRL_num(sign->crl) <= 0 && !info->unauth_attr;
}

struct authority {
    X509_STORE *roots;
    STACK_OF(X509) * others;
    X509 *first; /* of the chain: whose signature is expected, unless it is itself an issuer */
};

static void authority_free(struct authority *a)
{
    X509_STORE_free(a->roots);
    sk_X509_pop_free(a->others, X509_free);
}

static bool add(struct authority *a, X509 *x)
{
    if (X509_get_extension_flags(x) & EXFLAG_SS) {
        bool ok = X509_STORE_add_cert(a->roots, x);
        X509_free(x);
        return ok;
    }
    if (sk_X509_push(a->others, x) > 0) return true;
    X509_free(x);
    return false;
}

static bool authority_make(const struct x509_list *chain, int64_t at, struct authority *a)
{
    X509_VERIFY_PARAM *param = X509_VERIFY_PARAM_new();
    *a = (struct authority){X509_STORE_new(), sk_X509_new_null(), NULL};
    bool ok = param && a->roots && a->others;
    if (ok) {
        X509_VERIFY_PARAM_set_time(param, at);
        X509_VERIFY_PARAM_set_auth_level(param, LEVEL_112_BIT);
        ok = X509_STORE_set1_param(a->roots, param);
    }
    for (size_t i = 0; ok && i < chain->count; i++) {
        X509 *x = x509_parse(chain->items[i]);
        if (i == 0 && x && !X509_check_ca(x)) a->first = x;
        ok = x && add(a, x);
    }
    X509_VERIFY_PARAM_free(param);
    return ok;
}

/* Certificates in the token are not signed with it: each must be one of the authority. The
 * signer's own has been checked. */
static bool are_of(const struct authority *a, const X509 *signer, STACK_OF(X509) * extra)
{
    bool ok = true;
    for (int i = 0; ok && i < sk_X509_num(extra); i++) {
        X509 *x = sk_X509_value(extra, i);
        if (X509_cmp(x, signer) == 0) continue;
        X509_STORE_CTX *ctx = X509_STORE_CTX_new();
        STACK_OF(X509) *helpers = ctx ? X509_chain_up_ref(extra) : NULL;
        ok = helpers != NULL;
        for (int k = 0; ok && k < sk_X509_num(a->others); k++)
            ok = X509_add_cert(helpers, sk_X509_value(a->others, k), X509_ADD_FLAG_UP_REF);
        ok = ok && X509_STORE_CTX_init(ctx, a->roots, x, helpers) && X509_verify_cert(ctx) == 1;
        sk_X509_pop_free(helpers, X509_free);
        X509_STORE_CTX_free(ctx);
    }
    return ok;
}

static enum st check_signer(PKCS7 *token, const struct authority *a, struct arena *arena,
                            struct slice *ret_why)
{
    X509 *signer = NULL;
    enum st st = ST_OK;
    PKCS7_SIGNED *sign = token->d.sign;
    if (sk_PKCS7_SIGNER_INFO_num(sign->signer_info) != 1)
        return x509_refuse(arena, ret_why, "the time stamp has not exactly one signer");
    if (!TS_RESP_verify_signature(token, a->others, a->roots, &signer) || !signer)
        st = x509_refuse(arena, ret_why,
                         "the time stamp is not signed by the authority, or its "
                         "certificate was not valid then");
    else if (a->first && X509_cmp(a->first, signer) != 0)
        st = x509_refuse(arena, ret_why,
                         "the time stamp is signed by another certificate than the trusted root's");
    else if (!has_only_checked(sign, signer) || !are_of(a, signer, sign->cert))
        st = x509_refuse(arena, ret_why, "the time stamp holds something that nobody signed");
    X509_free(signer);
    return st;
}

static enum st check(TS_RESP *resp, struct slice message, const struct x509_list *chain,
                     struct arena *arena, struct slice *ret_why)
{
    int64_t at = 0;
    struct authority a = {0};
    TS_TST_INFO *info = info_of(resp);
    enum st st = read_time(resp, arena, &at, ret_why);
    if (st != ST_OK) return st;
    if (TS_TST_INFO_get_version(info) != 1 || !is_about(info, message))
        return x509_refuse(arena, ret_why,
                           "the time stamp is about something else than this signature");
    if (authority_make(chain, at, &a))
        st = check_signer(TS_RESP_get_token(resp), &a, arena, ret_why);
    else
        st = x509_refuse(arena, ret_why, "the time-stamping authority's chain cannot be used");
    authority_free(&a);
    return st;
}

enum st timestamp_check(struct slice der, struct slice message, const struct x509_list *chain,
                        struct arena *arena, struct slice *ret_why)
{
    TS_RESP *resp = parse(der);
    if (!resp)
        return x509_refuse(arena, ret_why, "the time stamp is not an RFC 3161 response in DER");
    enum st st = check(resp, message, chain, arena, ret_why);
    TS_RESP_free(resp);
    ERR_clear_error();
    return st;
}
