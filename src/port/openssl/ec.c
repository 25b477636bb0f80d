/* SPDX-License-Identifier: Apache-2.0 */
/* ec.c - the calls that name their algorithm, as in digest.c: for one public key OpenSSL's general
 * ones ask every decoder of every provider first, ten times the work of reading it. The curves and
 * ECDSA below are the same code. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "port/openssl/ec.h"
#include "port/openssl/digest.h"
#include "x509_part.h"
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#define SPKI_MAX    (1u << 16)
#define WRITTEN_OUT "spells its curve out instead of naming it"

struct ec_key {
    EC_KEY *key;
    enum ec_curve curve;
};

static const struct {
    const char *name;
    int group;
    enum digest_kind hash;
} curves[] = {
    [EC_P256] = {"P-256", NID_X9_62_prime256v1, DIGEST_SHA256},
    [EC_P384] = {"P-384", NID_secp384r1, DIGEST_SHA384},
    [EC_P521] = {"P-521", NID_secp521r1, DIGEST_SHA512},
};

/* ---- reading ---- */

static enum st refuse(enum st st, const char *why, const char **ret_why)
{
    *ret_why = why;
    return st;
}

static enum st refuse_kind(int id, const char **ret_why)
{
    const char *why = "holds a key that is not on a NIST curve; P-256, P-384 and P-521 are";
    if (id == EVP_PKEY_RSA || id == EVP_PKEY_RSA_PSS)
        why = "holds an RSA key; model signatures take P-256, P-384 and P-521 only";
    if (id == EVP_PKEY_ED25519 || id == EVP_PKEY_ED448)
        why = "holds an Edwards key (Ed25519); model signatures take P-256, P-384 and P-521 only";
    return refuse(ST_UNSUPPORTED, why, ret_why);
}

/* A curve that is written out in numbers could have another generator (CVE-2020-0601). */
static enum st find_curve(const EC_KEY *k, enum ec_curve *ret, const char **ret_why)
{
    int group = EC_GROUP_get_curve_name(EC_KEY_get0_group(k));
    if (EC_KEY_decoded_from_explicit_params(k)) return refuse(ST_UNSUPPORTED, WRITTEN_OUT, ret_why);
    for (enum ec_curve c = EC_P256; c <= EC_P521; c++) {
        if (group != curves[c].group) continue;
        *ret = c;
        return ST_OK;
    }
    return refuse_kind(0, ret_why);
}

/* Takes the key. */
static enum st wrap(EC_KEY *key, struct ec_key **ret, const char **ret_why)
{
    enum ec_curve curve;
    enum st st = find_curve(key, &curve, ret_why);
    struct ec_key *k = st == ST_OK ? malloc(sizeof *k) : NULL;
    ERR_clear_error();
    if (!k) {
        EC_KEY_free(key);
        return st == ST_OK ? ST_NOMEM : st;
    }
    EC_KEY_set_conv_form(key, POINT_CONVERSION_UNCOMPRESSED); /* a hint is of the longer form */
    *k = (struct ec_key){key, curve};
    *ret = k;
    return ST_OK;
}

/* What is not on a curve is taken (NULL: it is no key at all). */
static enum st refuse_other(EVP_PKEY *p, const char *why, const char **ret_why)
{
    enum st st =
        p ? refuse_kind(EVP_PKEY_get_base_id(p), ret_why) : refuse(ST_MALFORMED, why, ret_why);
    EVP_PKEY_free(p);
    ERR_clear_error();
    return st;
}

/* Gives the password, never asks: OpenSSL would open the terminal by itself. */
static int give_password(char *out, int room, int writing, void *ctx)
{
    const struct slice *password = ctx;
    (void)writing;
    if (!password->n || password->n > (size_t)room) return -1;
    memcpy(out, password->p, password->n);
    return (int)password->n;
}

static BIO *open_text(struct slice pem)
{
    openssl_begin();
    return pem.n <= INT_MAX ? BIO_new_mem_buf(pem.p ? pem.p : (const uint8_t *)"", (int)pem.n)
                            : NULL;
}

bool ec_is_encrypted(struct slice pem)
{
    return slice_has(pem, S("-----BEGIN ENCRYPTED PRIVATE KEY-----")) ||
           slice_has(pem, S("Proc-Type: 4,ENCRYPTED"));
}

static const char *why_no_private(struct slice pem, struct slice password)
{
    if (ec_is_encrypted(pem))
        return password.n ? "could not be opened with this password" : "needs a password";
    if (slice_has(pem, S("-----BEGIN PUBLIC KEY-----")))
        return "holds a public key; signing needs the private one";
    if (slice_has(pem, S("OPENSSH PRIVATE KEY")))
        return "is in OpenSSH's format; convert it: ssh-keygen -p -m PEM -f FILE";
    return "holds no private key in PEM (PKCS#8 or SEC1)";
}

/* The general reader knows it, the key that is made of it does not. */
static bool is_written_out(const EVP_PKEY *p)
{
    int explicit = 0;
    return EVP_PKEY_get_int_param(p, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit) &&
           explicit;
}

enum st ec_private(struct slice pem, struct slice password, struct ec_key **ret,
                   const char **ret_why)
{
    BIO *in = open_text(pem);
    if (!in) return refuse(ST_NOMEM, "is too much for the memory", ret_why);
    EVP_PKEY *p = PEM_read_bio_PrivateKey(in, NULL, give_password, &password);
    BIO_free(in);
    bool written_out = p && is_written_out(p);
    EC_KEY *key = p && !written_out ? EVP_PKEY_get1_EC_KEY(p) : NULL;
    if (!key && !written_out) return refuse_other(p, why_no_private(pem, password), ret_why);
    EVP_PKEY_free(p);
    return key ? wrap(key, ret, ret_why) : refuse(ST_UNSUPPORTED, WRITTEN_OUT, ret_why);
}

static enum st read_spki(struct slice der, const char *why, struct ec_key **ret,
                         const char **ret_why)
{
    const unsigned char *at = der.p;
    EC_KEY *key = der.n && der.n <= SPKI_MAX ? d2i_EC_PUBKEY(NULL, &at, (long)der.n) : NULL;
    if (key && at == der.p + der.n) return wrap(key, ret, ret_why);
    EC_KEY_free(key);
    at = der.p;
    bool other = !key && der.n && der.n <= SPKI_MAX;
    return refuse_other(other ? d2i_PUBKEY(NULL, &at, (long)der.n) : NULL, why, ret_why);
}

static const char *why_no_public(struct slice pem)
{
    if (slice_has(pem, S("PRIVATE KEY-----"))) return "holds a private key, not the public one";
    if (slice_has(pem, S("BEGIN CERTIFICATE")))
        return "holds a certificate, not a public key; see --certificate-chain";
    return "holds no public key in PEM (-----BEGIN PUBLIC KEY-----)";
}

enum st ec_public(struct slice pem, struct ec_key **ret, const char **ret_why)
{
    unsigned char *der = NULL;
    long n = 0;
    BIO *in = open_text(pem);
    if (!in) return refuse(ST_NOMEM, "is too much for the memory", ret_why);
    if (!PEM_bytes_read_bio(&der, &n, NULL, PEM_STRING_PUBLIC, in, NULL, NULL)) n = 0;
    BIO_free(in);
    enum st st = read_spki(slice_of(der, (size_t)n), why_no_public(pem), ret, ret_why);
    OPENSSL_free(der);
    return st;
}

enum st ec_spki(struct slice der, struct ec_key **ret, const char **ret_why)
{
    openssl_begin();
    return read_spki(der, "holds no readable public key", ret, ret_why);
}

/* Only the lengths that keys have: up to 255. */
static size_t put_head(uint8_t *out, uint8_t tag, size_t n)
{
    size_t at = 0;
    out[at++] = tag;
    if (n > 127) out[at++] = 0x81;
    out[at++] = (uint8_t)n;
    return at;
}

/* The point inside of an OCTET STRING; some tokens leave the wrapping out. */
static struct slice unwrap(struct slice p)
{
    size_t head = p.n > 2 && p.p[0] == 4 && p.p[1] == 0x81 ? 3 : 2;
    bool wrapped = p.n > head && p.p[0] == 4 && p.p[head - 1] == p.n - head && p.p[head] == 4;
    return wrapped ? slice_sub(p, head, p.n) : p;
}

enum st ec_point(struct slice params, struct slice point, struct ec_key **ret, const char **ret_why)
{
    static const uint8_t ec_public_key[] = {6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1};
    uint8_t inner[256], der[256 + 3];
    size_t at = 0;
    point = unwrap(point);
    if (!params.n || params.n > 32 || point.n < 3 || point.n > 140)
        return refuse(ST_UNSUPPORTED, "holds no key on a NIST curve", ret_why);
    at += put_head(inner, 0x30, sizeof ec_public_key + params.n);
    memcpy(inner + at, ec_public_key, sizeof ec_public_key);
    memcpy(inner + at + sizeof ec_public_key, params.p, params.n);
    at += sizeof ec_public_key + params.n;
    at += put_head(inner + at, 3, point.n + 1);
    inner[at++] = 0;
    memcpy(inner + at, point.p, point.n);
    at += point.n;
    size_t head = put_head(der, 0x30, at);
    memcpy(der + head, inner, at);
    return ec_spki(slice_of(der, head + at), ret, ret_why);
}

void ec_free(struct ec_key *k)
{
    if (!k) return;
    EC_KEY_free(k->key);
    free(k);
}

/* ---- what a key is ---- */

enum ec_curve ec_curve(const struct ec_key *k)
{
    return k->curve;
}

const char *ec_curve_name(enum ec_curve c)
{
    return curves[c].name;
}

bool ec_pem(const struct ec_key *k, char ret[EC_PEM_MAX])
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;
    bool ok = out && PEM_write_bio_EC_PUBKEY(out, k->key) == 1;
    long n = ok ? BIO_get_mem_data(out, &text) : 0;
    ok = ok && n > 0 && n < EC_PEM_MAX;
    if (ok) {
        memcpy(ret, text, (size_t)n);
        ret[n] = 0;
    }
    BIO_free(out);
    return ok;
}

bool ec_hint(const struct ec_key *k, char ret[65])
{
    char pem[EC_PEM_MAX];
    uint8_t raw[SHA256_BYTES];
    struct digest d;
    if (!ec_pem(k, pem)) return false;
    digest_start(&d);
    digest_add(&d, slice_str(pem));
    digest_finish(&d, raw);
    digest_hex(raw, ret);
    return true;
}

bool ec_same(const struct ec_key *a, const struct ec_key *b)
{
    return a->curve == b->curve &&
           EC_POINT_cmp(EC_KEY_get0_group(a->key), EC_KEY_get0_public_key(a->key),
                        EC_KEY_get0_public_key(b->key), NULL) == 0;
}

/* ---- signatures ---- */

size_t ec_hash(enum ec_curve c, struct slice message, uint8_t ret[EC_HASH_MAX])
{
    struct digest d;
    digest_start_as(&d, curves[c].hash);
    digest_add(&d, message);
    digest_finish(&d, ret);
    return digest_size(curves[c].hash);
}

enum st ec_sign(const struct ec_key *k, struct slice hash, uint8_t ret[EC_SIGNATURE_MAX],
                size_t *ret_n)
{
    unsigned n = 0;
    bool ok = ECDSA_size(k->key) <= EC_SIGNATURE_MAX &&
              ECDSA_sign(0, hash.p, (int)hash.n, ret, &n, k->key) == 1;
    ERR_clear_error();
    if (!ok) return ST_UNSUPPORTED;
    *ret_n = n;
    return ST_OK;
}

bool ec_verify(const struct ec_key *k, struct slice hash, struct slice signature)
{
    bool ok = signature.n <= EC_SIGNATURE_MAX &&
              ECDSA_verify(0, hash.p, (int)hash.n, signature.p, (int)signature.n, k->key) == 1;
    ERR_clear_error();
    return ok;
}

enum st ec_der_of_raw(struct slice raw, uint8_t ret[EC_SIGNATURE_MAX], size_t *ret_n)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    size_t half = raw.n / 2;
    struct slice second = slice_sub(raw, half, half);
    if (!raw.n || raw.n % 2 || half > 66) {
        ECDSA_SIG_free(sig);
        return ST_MALFORMED;
    }
    BIGNUM *r = BN_bin2bn(raw.p, (int)half, NULL), *s = BN_bin2bn(second.p, (int)half, NULL);
    if (!sig || !r || !s || ECDSA_SIG_set0(sig, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(sig);
        return ST_NOMEM;
    }
    unsigned char *at = ret;
    int n = i2d_ECDSA_SIG(sig, NULL) <= EC_SIGNATURE_MAX ? i2d_ECDSA_SIG(sig, &at) : 0;
    ECDSA_SIG_free(sig);
    if (n <= 0) return ST_MALFORMED;
    *ret_n = (size_t)n;
    return ST_OK;
}
