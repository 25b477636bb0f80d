/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 7512; tokens themselves are tested by journey/16_token. */
#include "../test.h"
#include "port/pkcs11/uri.h"

static void reads_the_parts(void **state)
{
    struct pkcs11_uri u;
    const char *why = "";
    (void)state;
    assert_true(pkcs11_uri_read(S("pkcs11:token=The%20Software;object=k;id=%00%ff;type=private?"
                                  "module-path=/a/b.so&pin-value=1%3b2"),
                                &u, &why));
    assert_string_equal(u.token.text, "The Software");
    assert_int_equal(u.id.n, 2);
    assert_memory_equal(u.id.text, "\0\xff", 2);
    assert_string_equal(u.module_path.text, "/a/b.so");
    assert_string_equal(u.pin_value.text, "1;2");
    assert_false(u.serial.given);
    assert_true(pkcs11_uri_read(S("pkcs11:object=only"), &u, &why));
}

static void refuses_what_it_does_not_know(void **state)
{
    static const char *const bad[] = {
        "",
        "file:x",
        "pkcs11:",
        "pkcs11:token",
        "pkcs11:token=%4",
        "pkcs11:token=%4g",
        "pkcs11:token=a;token=b",
        "pkcs11:colour=red",
        "pkcs11:pin-value=1", /* belongs behind the question mark */
        "pkcs11:object=a?object=b",
        "pkcs11:object=a;type=cert",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pkcs11_uri u;
        const char *why = NULL;
        if (pkcs11_uri_read(slice_str(bad[i]), &u, &why)) fail_msg("'%s' was read", bad[i]);
        assert_non_null(why);
    }
}

static void long_values_have_an_end(void **state)
{
    char text[2 * PKCS11_TEXT_MAX] = "pkcs11:token=";
    struct pkcs11_uri u;
    const char *why = "";
    (void)state;
    memset(text + 13, 'a', PKCS11_TEXT_MAX - 1);
    assert_true(pkcs11_uri_read(slice_str(text), &u, &why));
    text[13 + PKCS11_TEXT_MAX - 1] = 'a';
    assert_false(pkcs11_uri_read(slice_str(text), &u, &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_parts),
        cmocka_unit_test(refuses_what_it_does_not_know),
        cmocka_unit_test(long_values_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
