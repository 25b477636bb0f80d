/* SPDX-License-Identifier: Apache-2.0 */
#include "port/openssl/sct.h"
#include "port/openssl/digest.h"
#include "x509_part.h"
#include <openssl/ct.h>

static uint8_t *put_be(uint8_t *to, uint64_t value, unsigned bytes)
{
    while (bytes--) *to++ = (uint8_t)(value >> 8 * bytes);
    return to;
}

/* The TBSCertificate without the list of SCTs, as the log saw it. */
static struct slice precertificate(const X509 *leaf, struct arena *arena)
{
    unsigned char *made = NULL;
    struct slice tbs = {0};
    X509 *copy = X509_dup(leaf);
    int at = copy ? X509_get_ext_by_NID(copy, NID_ct_precert_scts, -1) : -1;
    if (at >= 0) {
        X509_EXTENSION_free(X509_delete_ext(copy, at));
        int n = i2d_re_X509_tbs(copy, &made);
        if (n > 0) tbs = arena_copy(arena, slice_of(made, (size_t)n));
    }
    OPENSSL_free(made);
    X509_free(copy);
    return tbs;
}

static void hash_of(struct slice bytes, uint8_t ret[SHA256_BYTES])
{
    struct digest d;
    digest_start(&d);
    digest_add(&d, bytes);
    digest_finish(&d, ret);
}

/* RFC 6962, 3.2: version, signature type, time, entry type, issuer, certificate, extensions. */
static struct slice signed_bytes(const SCT *s, const X509 *leaf, struct slice issuer,
                                 struct arena *arena)
{
    unsigned char *extensions = NULL;
    size_t extra = SCT_get0_extensions(s, &extensions);
    struct slice tbs = precertificate(leaf, arena);
    size_t n = 12 + SHA256_BYTES + 3 + tbs.n + 2 + extra;
    uint8_t *bytes = tbs.p ? arena_alloc(arena, n, 1) : NULL, *to = bytes;
    if (!bytes) return (struct slice){0};
    to = put_be(to, SCT_VERSION_V1, 1);
    to = put_be(to, 0, 1); /* certificate_timestamp */
    to = put_be(to, SCT_get_timestamp(s), 8);
    to = put_be(to, 1, 2); /* precert_entry */
    hash_of(issuer, to);
    to = put_be(to + SHA256_BYTES, tbs.n, 3);
    memcpy(to, tbs.p, tbs.n);
    to = put_be(to + tbs.n, extra, 2);
    if (extra) memcpy(to, extensions, extra);
    return slice_of(bytes, n);
}

static enum st take_sct(const SCT *s, const X509 *leaf, struct slice issuer, struct arena *arena,
                        struct sct *ret, struct slice *ret_why)
{
    unsigned char *id = NULL, *signature = NULL;
    if (SCT_get_version(s) != SCT_VERSION_V1)
        return x509_refuse(arena, ret_why, "the certificate's SCT is of an unknown version");
    size_t id_n = SCT_get0_log_id(s, &id), n = SCT_get0_signature(s, &signature);
    if (id_n != SHA256_BYTES || !n)
        return x509_refuse(arena, ret_why, "the certificate's SCT is incomplete");
    struct sct sct = {.log_id = arena_copy(arena, slice_of(id, id_n)),
                      .at = (int64_t)(SCT_get_timestamp(s) / 1000),
                      .signed_as = signed_bytes(s, leaf, issuer, arena),
                      .signature = arena_copy(arena, slice_of(signature, n))};
    if (!sct.log_id.p || !sct.signed_as.p || !sct.signature.p) return ST_NOMEM;
    *ret = sct;
    return ST_OK;
}

static enum st read_list(const X509 *leaf, struct slice issuer, struct arena *arena,
                         struct sct *ret, struct slice *ret_why)
{
    int critical = -1;
    STACK_OF(SCT) *list = X509_get_ext_d2i(leaf, NID_ct_precert_scts, &critical, NULL);
    enum st st;
    if (!list && critical == -1)
        st = x509_refuse(arena, ret_why,
                         "no transparency log has seen the certificate: it holds no SCT");
    else if (!list)
        st = x509_refuse(arena, ret_why, "the certificate's SCT cannot be read");
    else if (sk_SCT_num(list) != 1)
        st = x509_refuse(arena, ret_why, "the certificate holds %d SCTs instead of one",
                         sk_SCT_num(list));
    else
        st = take_sct(sk_SCT_value(list, 0), leaf, issuer, arena, ret, ret_why);
    SCT_LIST_free(list);
    return st;
}

enum st sct_read(const struct x509 *leaf, struct slice issuer_spki, struct arena *arena,
                 struct sct *ret, struct slice *ret_why)
{
    openssl_begin();
    return read_list(leaf->x, issuer_spki, arena, ret, ret_why);
}
