/* SPDX-License-Identifier: Apache-2.0 */
/* x509.c - what one certificate says, and files of them. */
#include "x509_part.h"
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdarg.h>

#define FULCIO_OTHER_NAME "1.3.6.1.4.1.57264.1.7"

void openssl_begin(void)
{
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
    ERR_clear_error();
}

enum st x509_refuse(struct arena *arena, struct slice *ret_why, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    ERR_clear_error();
    *ret_why = arena_copy(arena, slice_str(text));
    return ret_why->p ? ST_MALFORMED : ST_NOMEM;
}

/* Bytes that the library made; it may have failed (n < 0). */
static struct slice take(unsigned char *made, int n, struct arena *arena)
{
    struct slice s = {0};
    if (made && n >= 0) s = arena_copy(arena, slice_of(made, (size_t)n));
    OPENSSL_free(made);
    return s;
}

struct slice x509_der(const X509 *x, struct arena *arena)
{
    unsigned char *made = NULL;
    int n = i2d_X509((X509 *)x, &made);
    return take(made, n, arena);
}

struct slice x509_spki(const X509 *x, struct arena *arena)
{
    unsigned char *made = NULL;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &made);
    return take(made, n, arena);
}

/* The library also reads looser encodings than DER; written again, those are other bytes. */
static bool is_canonical(const X509 *x, struct slice der)
{
    unsigned char *made = NULL;
    int n = i2d_X509((X509 *)x, &made);
    bool same = n >= 0 && slice_eq(slice_of(made, (size_t)n), der);
    OPENSSL_free(made);
    return same;
}

X509 *x509_parse(struct slice der)
{
    const unsigned char *p = der.p;
    openssl_begin();
    X509 *x = der.n && der.n < (1u << 20) ? d2i_X509(NULL, &p, (long)der.n) : NULL;
    if (x && is_canonical(x, der)) return x;
    X509_free(x);
    return NULL;
}

struct slice x509_name_text(const X509_NAME *name, struct arena *arena)
{
    char *text = NULL;
    struct slice s = {0};
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0) {
        long n = BIO_get_mem_data(bio, &text);
        s = n > 0 ? arena_copy(arena, slice_of(text, (size_t)n)) : S("(none)");
    }
    BIO_free(bio);
    return s;
}

bool x509_time(const ASN1_TIME *time, int64_t *ret)
{
    struct tm tm;
    if (!ASN1_TIME_to_tm(time, &tm)) return false;
    *ret = timegm(&tm);
    return true;
}

static struct slice string_of(const ASN1_STRING *s)
{
    return slice_of(ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

/* A name of a kind that may be an identity; p == NULL for all others. */
static struct slice name_text(const GENERAL_NAME *name, enum x509_name_kind *ret_kind)
{
    char oid[64] = "";
    switch (name->type) {
    case GEN_EMAIL: *ret_kind = X509_NAME_EMAIL; return string_of(name->d.rfc822Name);
    case GEN_URI: *ret_kind = X509_NAME_URI; return string_of(name->d.uniformResourceIdentifier);
    case GEN_DNS: *ret_kind = X509_NAME_DNS; return string_of(name->d.dNSName);
    case GEN_OTHERNAME:
        OBJ_obj2txt(oid, sizeof oid, name->d.otherName->type_id, 1);
        if (strcmp(oid, FULCIO_OTHER_NAME) != 0) break;
        if (name->d.otherName->value->type != V_ASN1_UTF8STRING) break;
        *ret_kind = X509_NAME_OTHER;
        return string_of(name->d.otherName->value->value.utf8string);
    default: break;
    }
    return (struct slice){0};
}

static bool copy_names(const GENERAL_NAMES *names, struct arena *arena, struct x509_facts *ret)
{
    int count = names ? sk_GENERAL_NAME_num(names) : 0;
    ret->names = ARENA_ARRAY(arena, struct x509_name, (size_t)count + 1);
    if (!ret->names) return false;
    for (int i = 0; i < count; i++) {
        struct x509_name *to = &ret->names[ret->name_count];
        struct slice text = name_text(sk_GENERAL_NAME_value(names, i), &to->kind);
        if (!text.p) continue;
        to->text = arena_copy(arena, text);
        if (!to->text.p) return false;
        ret->name_count++;
    }
    return true;
}

/* *critical of X509_get_ext_d2i(): -1 there is none, -2 there are several, >= 0 it is there. */
static enum st read_names(const X509 *x, struct arena *arena, struct x509_facts *ret,
                          struct slice *ret_why)
{
    int critical = -1;
    GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, &critical, NULL);
    if (!names && critical != -1)
        return x509_refuse(arena, ret_why,
                           "the subject's alternative names in the certificate cannot be read");
    enum st st = copy_names(names, arena, ret) ? ST_OK : ST_NOMEM;
    GENERAL_NAMES_free(names);
    return st;
}

static struct slice serial_text(const X509 *x, struct arena *arena)
{
    struct slice s = {0};
    BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    char *hex = n ? BN_bn2hex(n) : NULL;
    if (hex) s = arena_copy(arena, slice_str(hex));
    OPENSSL_free(hex);
    BN_free(n);
    return s;
}

static enum st read_facts(const X509 *x, struct arena *arena, struct x509_facts *ret,
                          struct slice *ret_why)
{
    ret->spki = x509_spki(x, arena);
    ret->subject = x509_name_text(X509_get_subject_name(x), arena);
    ret->issuer = x509_name_text(X509_get_issuer_name(x), arena);
    ret->serial = serial_text(x, arena);
    if (!ret->spki.p || !ret->subject.p || !ret->issuer.p || !ret->serial.p) return ST_NOMEM;
    if (!x509_time(X509_get0_notBefore(x), &ret->not_before) ||
        !x509_time(X509_get0_notAfter(x), &ret->not_after))
        return x509_refuse(arena, ret_why, "the certificate's validity is not a time");
    return read_names(x, arena, ret, ret_why);
}

enum st x509_open(struct slice der, struct arena *arena, struct x509 **ret, struct slice *ret_why)
{
    X509 *x = x509_parse(der);
    struct x509 *made = x ? ARENA_NEW(arena, struct x509) : NULL;
    if (!x) return x509_refuse(arena, ret_why, "this is not an X.509 certificate in DER");
    if (!made) {
        X509_free(x);
        return ST_NOMEM;
    }
    made->x = x;
    *ret = made;
    return ST_OK;
}

void x509_close(struct x509 *x)
{
    if (x) X509_free(x->x);
}

enum st x509_read(const struct x509 *x, struct arena *arena, struct x509_facts *ret,
                  struct slice *ret_why)
{
    struct x509_facts facts = {0};
    enum st st = read_facts(x->x, arena, &facts, ret_why);
    if (st == ST_OK) *ret = facts;
    return st;
}

enum st x509_facts_of(struct slice der, struct arena *arena, struct x509_facts *ret,
                      struct slice *ret_why)
{
    struct x509 *x = NULL;
    enum st st = x509_open(der, arena, &x, ret_why);
    if (x) st = x509_read(x, arena, ret, ret_why);
    x509_close(x);
    return st;
}

static enum st extension_value(const X509 *x, const char *oid, struct arena *arena,
                               struct slice *ret, struct slice *ret_why)
{
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    if (!object) return ST_NOMEM;
    int at = X509_get_ext_by_OBJ(x, object, -1);
    int second = at < 0 ? -1 : X509_get_ext_by_OBJ(x, object, at);
    ASN1_OBJECT_free(object);
    if (second >= 0)
        return x509_refuse(arena, ret_why, "the certificate has the extension %s twice", oid);
    *ret = (struct slice){0};
    if (at < 0) return ST_OK;
    *ret = arena_copy(arena, string_of(X509_EXTENSION_get_data(X509_get_ext(x, at))));
    return ret->p ? ST_OK : ST_NOMEM;
}

enum st x509_extensions(const struct x509 *x, const char *const *oids, size_t count,
                        struct arena *arena, struct slice *ret, struct slice *ret_why)
{
    enum st st = ST_OK;
    for (size_t i = 0; st == ST_OK && i < count; i++)
        st = extension_value(x->x, oids[i], arena, &ret[i], ret_why);
    return st;
}

bool x509_utf8(struct slice value, struct arena *arena, struct slice *ret)
{
    const unsigned char *p = value.p;
    unsigned char *made = NULL;
    bool ok = false;
    openssl_begin();
    if (value.n > (1u << 20)) return false;
    ASN1_UTF8STRING *s = d2i_ASN1_UTF8STRING(NULL, &p, (long)value.n);
    if (s) {
        int n = i2d_ASN1_UTF8STRING(s, &made);
        ok = n >= 0 && slice_eq(slice_of(made, (size_t)n), value);
        if (ok) *ret = arena_copy(arena, string_of(s));
    }
    OPENSSL_free(made);
    ASN1_UTF8STRING_free(s);
    ERR_clear_error();
    return ok && ret->p;
}

struct pem_kind {
    const char *label, *plain, *other_label;
};

static enum st add_item(struct slice der, struct arena *arena, struct x509_list *list,
                        struct slice *ret_why)
{
    if (list->count == X509_LIST_MAX)
        return x509_refuse(arena, ret_why, "the file holds more than %d", X509_LIST_MAX);
    list->items[list->count] = arena_copy(arena, der);
    return list->items[list->count++].p ? ST_OK : ST_NOMEM;
}

/* Blocks with other labels (keys, parameters) are passed over. */
static enum st read_blocks(BIO *bio, const struct pem_kind *kind, struct arena *arena,
                           struct x509_list *list, struct slice *ret_why)
{
    enum st st = ST_OK;
    while (st == ST_OK) {
        char *label = NULL, *header = NULL;
        unsigned char *bytes = NULL;
        long n = 0;
        if (!PEM_read_bio(bio, &label, &header, &bytes, &n)) break;
        if (strcmp(label, kind->label) == 0 || strcmp(label, kind->other_label) == 0)
            st = add_item(slice_of(bytes, (size_t)n), arena, list, ret_why);
        OPENSSL_free(label);
        OPENSSL_free(header);
        OPENSSL_free(bytes);
    }
    if (st != ST_OK) return st;
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return x509_refuse(arena, ret_why, "the PEM text is broken");
    return list->count ? ST_OK : x509_refuse(arena, ret_why, "there is no %s in it", kind->plain);
}

static enum st read_file(struct slice file, const struct pem_kind *kind, struct arena *arena,
                         struct x509_list *ret, struct slice *ret_why)
{
    struct x509_list list = {ARENA_ARRAY(arena, struct slice, X509_LIST_MAX), 0};
    enum st st = ST_NOMEM;
    openssl_begin();
    if (!list.items) return ST_NOMEM;
    if (file.n && file.p[0] == 0x30) {
        st = add_item(file, arena, &list, ret_why);
    } else if (file.n >= (64u << 20)) {
        st = x509_refuse(arena, ret_why, "the file is too large");
    } else {
        BIO *bio = BIO_new_mem_buf(file.n ? (const void *)file.p : "", (int)file.n);
        if (bio) st = read_blocks(bio, kind, arena, &list, ret_why);
        BIO_free(bio);
    }
    ERR_clear_error();
    if (st == ST_OK) *ret = list;
    return st;
}

enum st x509_certificates(struct slice file, struct arena *arena, struct x509_list *ret,
                          struct slice *ret_why)
{
    static const struct pem_kind kind = {"CERTIFICATE", "certificate", "X509 CERTIFICATE"};
    struct x509_list list = {0};
    enum st st = read_file(file, &kind, arena, &list, ret_why);
    for (size_t i = 0; st == ST_OK && i < list.count; i++) {
        X509 *x = x509_parse(list.items[i]);
        if (!x)
            st = x509_refuse(arena, ret_why, "certificate %zu of %zu cannot be read", i + 1,
                             list.count);
        X509_free(x);
    }
    if (st == ST_OK) *ret = list;
    return st;
}

enum st x509_crls(struct slice file, struct arena *arena, struct x509_list *ret,
                  struct slice *ret_why)
{
    static const struct pem_kind kind = {"X509 CRL", "list of revoked certificates (X509 CRL)",
                                         "CRL"};
    struct x509_list list = {0};
    enum st st = read_file(file, &kind, arena, &list, ret_why);
    for (size_t i = 0; st == ST_OK && i < list.count; i++) {
        const unsigned char *p = list.items[i].p;
        X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)list.items[i].n);
        if (!crl)
            st = x509_refuse(arena, ret_why, "list %zu of %zu cannot be read", i + 1, list.count);
        X509_CRL_free(crl);
    }
    if (st == ST_OK) *ret = list;
    return st;
}
