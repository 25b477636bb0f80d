/* SPDX-License-Identifier: Apache-2.0 */
/* Chains made by tests/makers/make_certificates.py: what holds, what does not, and why. */
#include "../read/golden_file.h"
#include "../test.h"
#include "port/openssl/signature.h"
#include "port/openssl/x509.h"

#define IN_2026 1767225600
#define IN_2024 1704067200
#define IN_2036 2082758400

static struct slice load(const char *name, struct arena *arena)
{
    struct buf file = golden_file("x509", name);
    struct slice bytes = arena_copy(arena, buf_slice(&file));
    buf_done(&file);
    return bytes;
}

/* "sub other" -> their DER; kind: certificates or lists of revoked ones */
static struct x509_list list_of(const char *names, bool crls, struct arena *arena)
{
    struct x509_list list = {ARENA_ARRAY(arena, struct slice, 8), 0}, one;
    struct slice rest = slice_str(names), name, why = {0};
    while (rest.p && rest.n && slice_split(&rest, ' ', &name)) {
        char file[64];
        (void)snprintf(file, sizeof file, "%.*s.pem", SLICE_ARG(name));
        assert_int_equal(
            (crls ? x509_crls : x509_certificates)(load(file, arena), arena, &one, &why), ST_OK);
        list.items[list.count++] = one.items[0];
    }
    return list;
}

static enum st chain(struct slice leaf, const struct x509_ask *ask, struct arena *arena,
                     struct x509_path *ret, struct slice *ret_why)
{
    struct x509 *x = NULL;
    enum st st = x509_open(leaf, arena, &x, ret_why);
    if (st == ST_OK) st = x509_chain(x, ask, arena, ret, ret_why);
    x509_close(x);
    return st;
}

struct row {
    const char *leaf, *anchors, *helpers, *crls;
    int64_t at;
    enum x509_usage usage;
    const char *why; /* NULL: it holds */
};

static const struct row rows[] = {
    {"both", "root", "sub", "", IN_2026, X509_FOR_KEYLESS, NULL},
    {"both", "root", "sub", "", IN_2026, X509_FOR_SIGNING, NULL},
    {"both", "root", "sub root", "", IN_2026, X509_FOR_SIGNING, NULL},
    {"both", "root sub", "", "", IN_2026, X509_FOR_SIGNING, NULL},
    {"both", "other root sub", "", "", IN_2026, X509_FOR_SIGNING, NULL},
    {"direct", "root", "", "", IN_2026, X509_FOR_SIGNING, NULL},
    {"usage-only", "root", "sub", "", IN_2026, X509_FOR_SIGNING, NULL},
    {"usage-only", "root", "sub", "", IN_2026, X509_FOR_KEYLESS,
     "lacks KeyUsage digitalSignature or"},
    {"code-only", "root", "sub", "", IN_2026, X509_FOR_SIGNING, NULL},
    {"code-only", "root", "sub", "", IN_2026, X509_FOR_KEYLESS, "lacks"},
    {"no-usage", "root", "sub", "", IN_2026, X509_FOR_SIGNING,
     "lacks KeyUsage digitalSignature (or"},
    {"wrong-usage", "root", "sub", "", IN_2026, X509_FOR_SIGNING, "lacks"},
    {"both", "root", "", "", IN_2026, X509_FOR_SIGNING,
     "\"CN=Sub,O=Merlon tests\" is neither trusted"},
    {"both", "other", "sub", "", IN_2026, X509_FOR_SIGNING,
     "\"CN=Root,O=Merlon tests\" is neither"},
    {"both", "other", "sub root", "", IN_2026, X509_FOR_SIGNING, "a root that is not trusted"},
    {"both", "sub", "", "", IN_2026, X509_FOR_SIGNING, "no chain leads to a trusted root"},
    {"both", "root", "sub other", "", IN_2026, X509_FOR_SIGNING,
     "certificate 3 of the bundle has no part"},
    {"both", "", "sub", "", IN_2026, X509_FOR_SIGNING, "no chain leads to a trusted root"},
    {"both", "root", "sub", "", IN_2024, X509_FOR_SIGNING, "valid only from 2025-01-01T00:00:00Z"},
    {"both", "root", "sub", "", IN_2036, X509_FOR_SIGNING, "valid only until 2035-01-01T00:00:00Z"},
    {"expired", "root", "sub", "", IN_2026, X509_FOR_SIGNING,
     "signer's certificate (CN=expired,O=Merlon tests) is valid only until 2025-03-01T00:00:00Z; "
     "it was "
     "to be valid at 2026-01-01T00:00:00Z"},
    {"expired", "root", "sub", "", 1738368000, X509_FOR_SIGNING, NULL},
    {"expired", "root", "sub", "", 1740787200, X509_FOR_SIGNING, NULL}, /* its last second */
    {"expired", "root", "sub", "", 1740787201, X509_FOR_SIGNING, "valid only until"},
    {"below-web", "root", "web", "", IN_2026, X509_FOR_SIGNING, "may not issue for code signing"},
    {"below-deep", "root", "deep sub", "", IN_2026, X509_FOR_SIGNING, "path length"},
    {"below-plain", "root", "plain", "", IN_2026, X509_FOR_SIGNING,
     "without being a certificate authority"},
    {"below-silent", "root", "silent", "", IN_2026, X509_FOR_SIGNING,
     "being a certificate authority"},
    {"below-silent-root", "silent-root", "", "", IN_2026, X509_FOR_SIGNING,
     "not a certificate authority"},
    {"below-twin", "root other", "twin", "", IN_2026, X509_FOR_SIGNING, NULL},
    {"below-twin", "root", "sub", "", IN_2026, X509_FOR_SIGNING, "is neither trusted nor in"},
    {"critical", "root", "sub", "", IN_2026, X509_FOR_SIGNING, "unhandled critical extension"},
    {"sha1", "root", "sub", "", IN_2026, X509_FOR_SIGNING, "too weak"},
    {"self", "root", "", "", IN_2026, X509_FOR_SIGNING, "a root that is not trusted"},
    {"self", "self", "", "", IN_2026, X509_FOR_SIGNING, "itself a root"},
    {"both", "root", "sub", "crl-sub", IN_2026, X509_FOR_SIGNING, NULL},
    {"both", "root", "sub", "crl-root crl-sub", IN_2026, X509_FOR_SIGNING, NULL},
    {"both", "root", "sub", "crl-both", IN_2026, X509_FOR_SIGNING,
     "\"CN=both,O=Merlon tests\" is revoked"},
    {"both", "root", "sub", "crl-sub crl-of-sub", IN_2026, X509_FOR_SIGNING,
     "\"CN=Sub,O=Merlon tests\" is revoked"},
    {"both", "root", "sub", "crl-root", IN_2026, X509_FOR_SIGNING, "none of the given lists"},
    {"both", "root", "sub", "crl-old", IN_2026, X509_FOR_SIGNING, "out of date"},
    {"both", "root", "sub", "crl-part", IN_2026, X509_FOR_SIGNING, "covers only a part"},
    {"below-mute", "root", "mute", "crl-mute", IN_2026, X509_FOR_SIGNING, "may not sign lists"},
    {"below-mute", "root", "mute", "", IN_2026, X509_FOR_SIGNING, NULL},
    {"broken", "root", "sub", "", IN_2026, X509_FOR_SIGNING, "no chain leads to a trusted root"},
    {"both", "root", "sub", "crl-forged", IN_2026, X509_FOR_SIGNING, "not signed by it"},
};

static void chains(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        struct arena arena;
        arena_init(&arena, 4u << 20, 4096);
        struct x509_ask ask = {list_of(row->anchors, false, &arena),
                               list_of(row->helpers, false, &arena),
                               list_of(row->crls, true, &arena),
                               row->at,
                               IN_2026,
                               row->usage};
        struct x509_path path = {0};
        struct slice why = {0};
        enum st st = chain(list_of(row->leaf, false, &arena).items[0], &ask, &arena, &path, &why);
        if ((st == ST_OK) != !row->why || (row->why && !slice_has(why, slice_str(row->why))))
            fail_msg("row %zu (%s): %.*s", i, row->leaf, SLICE_ARG(why));
        if (st == ST_OK)
            assert_true(
                path.certificates.count >= 2 &&
                slice_eq(path.certificates.items[0], list_of(row->leaf, false, &arena).items[0]));
        arena_done(&arena);
    }
}

static void facts(void **state)
{
    struct arena arena;
    struct x509_facts f;
    struct slice why = {0}, values[3], text = {0};
    struct x509 *x = NULL;
    (void)state;
    arena_init(&arena, 4u << 20, 4096);
    struct slice der = list_of("names", false, &arena).items[0];
    assert_int_equal(x509_facts_of(der, &arena, &f, &why), ST_OK);
    assert_slice(f.subject, "CN=names,O=Merlon tests");
    assert_slice(f.issuer, "CN=Sub,O=Merlon tests");
    assert_slice(f.serial, "AEB24056810D3D1F1E8AFEE61A0BC0");
    assert_int_equal(f.not_before, 1735689600);
    assert_int_equal(f.not_after, 2051222400);
    assert_int_equal(f.spki.n, 91); /* P-256 */
    assert_int_equal(f.name_count, 4);
    assert_int_equal(f.names[0].kind, X509_NAME_EMAIL);
    assert_slice(f.names[0].text, "who@example.com");
    assert_int_equal(f.names[1].kind, X509_NAME_URI);
    assert_slice(f.names[1].text, "https://example.com/a/b@refs/heads/main");
    assert_int_equal(f.names[2].kind, X509_NAME_DNS);
    assert_int_equal(f.names[3].kind, X509_NAME_OTHER);
    assert_slice(f.names[3].text, "who!example.com");
    static const char *const oids[] = {"1.3.6.1.4.1.57264.1.8", "1.3.6.1.4.1.57264.1.1",
                                       "1.3.6.1.4.1.57264.1.9"};
    assert_int_equal(x509_open(der, &arena, &x, &why), ST_OK);
    assert_int_equal(x509_extensions(x, oids, 3, &arena, values, &why), ST_OK);
    x509_close(x);
    assert_true(x509_utf8(values[0], &arena, &text));
    assert_slice(text, "https://issuer.example");
    assert_slice(values[1], "https://issuer.example");
    assert_false(x509_utf8(values[1], &arena, &text));
    assert_null(values[2].p);
    arena_done(&arena);
}

/* Whatever bit is flipped, and wherever it ends: either no certificate, or no chain. */
static void altered(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena, 4u << 20, 4096);
    struct slice der = list_of("both", false, &arena).items[0];
    struct x509_ask ask = {list_of("root", false, &arena),
                           list_of("sub", false, &arena),
                           {0},
                           IN_2026,
                           IN_2026,
                           X509_FOR_SIGNING};
    struct arena_mark mark = arena_mark(&arena);
    for (size_t bit = 0; bit < 8 * der.n; bit++) {
        uint8_t *copy = (uint8_t *)(uintptr_t)arena_copy(&arena, der).p;
        struct x509_path path;
        struct slice why = {0};
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(chain(slice_of(copy, der.n), &ask, &arena, &path, &why), ST_MALFORMED);
        assert_true(why.n);
        assert_int_equal(chain(slice_sub(der, 0, bit / 8), &ask, &arena, &path, &why),
                         ST_MALFORMED);
        arena_rewind(&arena, mark);
    }
    arena_done(&arena);
}

/* The same certificate with its length written in one byte more, which is BER and not DER. */
static void loose(void **state)
{
    struct arena arena;
    struct x509_facts f;
    struct slice why = {0};
    (void)state;
    arena_init(&arena, 4u << 20, 4096);
    struct slice der = list_of("both", false, &arena).items[0];
    assert_memory_equal(der.p, "\x30\x82", 2);
    uint8_t *bytes = arena_alloc(&arena, der.n + 1, 1);
    memcpy(bytes, "\x30\x83\0", 3);
    memcpy(bytes + 3, der.p + 2, der.n - 2);
    assert_int_equal(x509_facts_of(slice_of(bytes, der.n + 1), &arena, &f, &why), ST_MALFORMED);
    assert_slice(why, "this is not an X.509 certificate in DER");
    arena_done(&arena);
}

static void files(void **state)
{
    struct arena arena;
    struct x509_list list = {0};
    struct slice why = {0};
    (void)state;
    arena_init(&arena, 4u << 20, 4096);
    struct slice root = load("root.pem", &arena), sub = load("sub.pem", &arena);
    struct slice two = arena_printf(&arena, "words\n%.*s\n%.*s", SLICE_ARG(root), SLICE_ARG(sub));
    assert_int_equal(x509_certificates(two, &arena, &list, &why), ST_OK);
    assert_int_equal(list.count, 2);
    assert_int_equal(x509_certificates(list.items[1], &arena, &list, &why), ST_OK); /* DER */
    assert_int_equal(list.count, 1);
    assert_int_equal(x509_certificates(S(""), &arena, &list, &why), ST_MALFORMED);
    assert_slice(why, "there is no certificate in it");
    assert_int_equal(x509_certificates(load("crl-sub.pem", &arena), &arena, &list, &why),
                     ST_MALFORMED);
    assert_int_equal(x509_crls(root, &arena, &list, &why), ST_MALFORMED);
    assert_slice(why, "there is no list of revoked certificates (X509 CRL) in it");
    assert_int_equal(x509_certificates(slice_sub(two, 0, root.n + 60), &arena, &list, &why),
                     ST_MALFORMED);
    assert_slice(why, "the PEM text is broken");
    arena_done(&arena);
}

static void signatures(void **state)
{
    static const struct {
        const char *key, *sig;
        enum signature_kind kind;
        enum st st;
    } cases[] = {
        {"p256.spki", "p256.sig", SIGNATURE_BY_KEY, ST_OK},
        {"p256.spki", "p256.sig", SIGNATURE_ECDSA_SHA256, ST_OK},
        {"p256.spki", "p256.sig", SIGNATURE_ECDSA_SHA384, ST_MALFORMED},
        {"p256.spki", "p256.sig", SIGNATURE_ED25519, ST_MALFORMED},
        {"p384.spki", "p384.sig", SIGNATURE_BY_KEY, ST_OK},
        {"p384.spki", "p384-sha256.sig", SIGNATURE_ECDSA_SHA256, ST_OK},
        {"p384.spki", "p384-sha256.sig", SIGNATURE_BY_KEY, ST_MALFORMED},
        {"p521.spki", "p521.sig", SIGNATURE_BY_KEY, ST_OK},
        {"k1.spki", "k1.sig", SIGNATURE_BY_KEY, ST_MALFORMED},
        {"k1.spki", "k1.sig", SIGNATURE_ECDSA_SHA256, ST_MALFORMED},
        {"ed25519.spki", "ed25519.sig", SIGNATURE_BY_KEY, ST_OK},
        {"ed25519.spki", "ed25519.sig", SIGNATURE_ED25519, ST_OK},
        {"ed25519.spki", "ed25519.sig", SIGNATURE_ECDSA_SHA256, ST_MALFORMED},
        {"rsa.spki", "rsa.sig", SIGNATURE_BY_KEY, ST_OK},
        {"rsa.spki", "rsa.sig", SIGNATURE_RSA_SHA256, ST_OK},
        {"rsa.spki", "rsa.sig", SIGNATURE_RSA_PSS_SHA256, ST_MALFORMED},
        {"rsa.spki", "rsa-pss.sig", SIGNATURE_RSA_PSS_SHA256, ST_OK},
        {"rsa.spki", "rsa-pss.sig", SIGNATURE_BY_KEY, ST_MALFORMED},
        {"rsa1024.spki", "rsa1024.sig", SIGNATURE_BY_KEY, ST_MALFORMED},
        {"p256.spki", "p384.sig", SIGNATURE_BY_KEY, ST_MALFORMED},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena, 4u << 20, 4096);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice key = load(cases[i].key, &arena), sig = load(cases[i].sig, &arena);
        if (signature_check(key, cases[i].kind, sig, S("message")) != cases[i].st)
            fail_msg("case %zu", i);
        assert_int_equal(signature_check(key, cases[i].kind, sig, S("massage")), ST_MALFORMED);
        assert_int_equal(
            signature_check(key, cases[i].kind, slice_sub(sig, 0, sig.n - 1), S("message")),
            ST_MALFORMED);
        assert_int_equal(
            signature_check(slice_sub(key, 0, key.n - 1), cases[i].kind, sig, S("message")),
            ST_MALFORMED);
    }
    assert_int_equal(signature_check(S(""), SIGNATURE_BY_KEY, S("x"), S("")), ST_MALFORMED);
    arena_done(&arena);
}

/* Each allocation of the arena fails once: never a yes, never a crash. */
static void memory(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < 24576; cap += 64) {
        struct arena kept, small;
        struct x509_path path;
        struct x509_facts f;
        struct slice why = {0};
        arena_init(&kept, 4u << 20, 4096);
        arena_init(&small, cap, 0);
        struct x509_ask ask = {list_of("root", false, &kept),
                               list_of("sub", false, &kept),
                               list_of("crl-sub", true, &kept),
                               IN_2026,
                               IN_2026,
                               X509_FOR_SIGNING};
        struct slice leaf = list_of("names", false, &kept).items[0];
        enum st st = chain(leaf, &ask, &small, &path, &why);
        assert_true(st == ST_NOMEM || (st == ST_OK && path.certificates.count == 3));
        st = x509_facts_of(leaf, &small, &f, &why);
        assert_true(st == ST_NOMEM || (st == ST_OK && f.name_count == 4));
        arena_done(&small);
        arena_done(&kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains),     cmocka_unit_test(facts), cmocka_unit_test(altered),
        cmocka_unit_test(loose),      cmocka_unit_test(files), cmocka_unit_test(memory),
        cmocka_unit_test(signatures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
