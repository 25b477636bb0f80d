/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles of the vectors are in tests/golden/oms; here is what they do not show. */
#include "../test.h"
#include "sign/bundle.h"

#define MEDIA "\"mediaType\":\"" BUNDLE_MEDIA_TYPE "\""
#define ENVELOPE                                                                                   \
    "\"dsseEnvelope\":{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQ==" \
    "\"}]}"
#define KEY "\"verificationMaterial\":{\"publicKey\":{\"hint\":\"h\"}}"

static struct arena arena;

static enum st parse(const char *json, struct bundle *b, struct slice *why)
{
    *why = S("");
    return bundle_read(slice_str(json), &arena, b, why);
}

static void bad(const char *json, const char *expect)
{
    struct bundle b;
    struct slice why;
    assert_int_equal(parse(json, &b, &why), ST_MALFORMED);
    if (slice_find(why, slice_str(expect)) == SIZE_MAX)
        fail_msg("%s: %.*s, not %s", json, SLICE_ARG(why), expect);
}

static void a_key(void **state)
{
    (void)state;
    struct bundle b;
    struct slice why;
    assert_int_equal(parse("{" MEDIA "," KEY "," ENVELOPE "}", &b, &why), ST_OK);
    assert_int_equal(b.material, MATERIAL_KEY);
    assert_true(slice_eq(b.key_hint, S("h")) && slice_eq(b.payload, S("{}")));
    assert_int_equal(b.signature_count, 1);
    assert_int_equal(b.signatures[0].p[0], 1);
}

static void material_is_one_of_three(void **state)
{
    (void)state;
    bad("{" MEDIA ",\"verificationMaterial\":{}," ENVELOPE "}", "exactly one");
    bad("{" MEDIA ",\"verificationMaterial\":{\"publicKey\":{},\"certificate\":{\"rawBytes\":\"AQ=="
        "\"}}," ENVELOPE "}",
        "exactly one");
    bad("{" MEDIA
        ",\"verificationMaterial\":{\"x509CertificateChain\":{\"certificates\":[]}}," ENVELOPE "}",
        "no certificate");
    bad("{" MEDIA ",\"verificationMaterial\":{\"publicKey\":{\"hinT\":\"h\"}}," ENVELOPE "}",
        "does not belong");
    bad("{" MEDIA "," KEY ",\"messageSignature\":{}}", "does not belong");
    bad("{" MEDIA "," KEY
        ",\"dsseEnvelope\":{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[]}}",
        "nothing is signed");
}

/* What is written is read as what it was. */
static void written_and_read(void **state)
{
    (void)state;
    struct slice chain[2] = {S("leaf"), S("middle")}, sig = S("\x30\x01");
    struct bundle b = {.material = MATERIAL_CHAIN,
                       .certificates = chain,
                       .certificate_count = 2,
                       .payload = S("{\"a\":1}"),
                       .payload_type = S(BUNDLE_TOTO_TYPE),
                       .signatures = &sig,
                       .signature_count = 1};
    struct bundle again;
    struct slice why;
    struct buf out;
    buf_init(&out, 1u << 16);
    bundle_write(&b, &out);
    if (parse(buf_text(&out), &again, &why) != ST_OK) fail_msg("%.*s", SLICE_ARG(why));
    assert_int_equal(again.certificate_count, 2);
    assert_true(slice_eq(again.certificates[1], chain[1]));
    assert_true(slice_eq(again.payload, b.payload) && slice_eq(again.signatures[0], sig));
    assert_true(slice_eq(again.payload_type, b.payload_type));
    b.material = MATERIAL_KEY;
    b.key_hint = S("00ff");
    buf_reset(&out);
    bundle_write(&b, &out);
    assert_int_equal(parse(buf_text(&out), &again, &why), ST_OK);
    assert_true(slice_eq(again.key_hint, b.key_hint));
    buf_done(&out);
}

static void what_is_signed(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    bundle_pae(S("http://example.com/HelloWorld"), S("hello world"), &out); /* DSSE's own example */
    assert_string_equal(buf_text(&out), "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key),
        cmocka_unit_test(material_is_one_of_three),
        cmocka_unit_test(written_and_read),
        cmocka_unit_test(what_is_signed),
    };
    arena_init(&arena, 1u << 20, 4096);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
