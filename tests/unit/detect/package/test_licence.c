/* SPDX-License-Identifier: Apache-2.0 */
/* Names of licences and expressions over them: what they ask for. */
#include "../../test.h"
#include "base/st.h"
#include "detect/package/licence.h"

static const struct {
    const char *text;
    enum licence is;
} rows[] = {
    {"MIT", LICENCE_PERMISSIVE},
    {"mit license", LICENCE_PERMISSIVE},
    {"Apache Software License", LICENCE_PERMISSIVE},
    {"BSD 3-Clause", LICENCE_PERMISSIVE},
    {"BSL-1.0", LICENCE_PERMISSIVE},
    {"BUSL-1.1", LICENCE_SOURCE},
    {"GPL-3.0-or-later", LICENCE_COPYLEFT},
    {"GPL-2.0+", LICENCE_COPYLEFT},
    {"LGPL-2.1-only", LICENCE_WEAK},
    {"GNU Lesser General Public License v3 or later (LGPLv3+)", LICENCE_WEAK},
    {"GNU General Public License v3 (GPLv3)", LICENCE_COPYLEFT},
    {"GNU Affero General Public License v3", LICENCE_NETWORK},
    {"AGPL-3.0-only", LICENCE_NETWORK},
    {"SSPL-1.0", LICENCE_SOURCE},
    {"UNLICENSED", LICENCE_NONE},
    {"Unlicense", LICENCE_PERMISSIVE},
    {"cc-by-nc-sa-4.0", LICENCE_NON_COMMERCIAL},
    {"cc-by-4.0", LICENCE_PERMISSIVE},
    {"creativeml-openrail-m", LICENCE_USE},
    {"openrail++", LICENCE_USE},
    {"llama3.1", LICENCE_USE},
    {"", LICENCE_UNKNOWN},
    {"Foo Public Works 7", LICENCE_UNKNOWN},
    {"SEE LICENSE IN LICENSE.txt", LICENCE_UNKNOWN},
    /* expressions */
    {"MIT OR GPL-3.0-only", LICENCE_PERMISSIVE},
    {"(MIT AND GPL-3.0-only)", LICENCE_COPYLEFT},
    {"GPL-3.0-only OR MIT AND AGPL-3.0-only", LICENCE_COPYLEFT},
    {"(GPL-3.0-only OR MIT) AND AGPL-3.0-only", LICENCE_NETWORK},
    {"MIT/Apache-2.0", LICENCE_PERMISSIVE},
    {"GPL-2.0-only WITH Classpath-exception-2.0", LICENCE_WEAK},
    {"GPL-2.0-only WITH Nothing-1.0", LICENCE_COPYLEFT},
    {"Apache-2.0 WITH LLVM-exception", LICENCE_PERMISSIVE},
    {"MIT AND LicenseRef-Ours", LICENCE_UNKNOWN},
    {"MIT or LicenseRef-Ours", LICENCE_PERMISSIVE},
    {"(AGPL-3.0-only OR LicenseRef-Commercial)", LICENCE_NETWORK},
    {"LLVM-exception", LICENCE_UNKNOWN},
    /* no expressions, and no crash */
    {"MIT OR", LICENCE_UNKNOWN},
    {"OR MIT", LICENCE_UNKNOWN},
    {"(((MIT)", LICENCE_UNKNOWN},
    {"MIT)", LICENCE_UNKNOWN},
    {"()", LICENCE_UNKNOWN},
    {"MIT GPL-3.0", LICENCE_UNKNOWN},
    /* names for one licence, or a choice */
    {"GPL\nMIT License", LICENCE_PERMISSIVE},
    {"Copyright (c) 2014 somebody\nGNU General Public License (GPL)", LICENCE_COPYLEFT},
};

static void classes(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct licence_said said;
        enum licence is = licence_of(slice_str(rows[i].text), &said);
        bool asks = is > LICENCE_UNKNOWN;
        if (is == rows[i].is && asks == (said.note[0] != 0)) continue;
        print_error("%s is %d (%s), not %d\n", rows[i].text, (int)is, said.note, (int)rows[i].is);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* Every beginning and every flipped bit of an expression ends, and so does a deep one. */
static void hostile(void **state)
{
    (void)state;
    struct licence_said said;
    char text[] = "((GPL-2.0+ WITH Classpath-exception-2.0) OR MIT/Zlib) AND (BSD OR (A AND B))";
    for (size_t n = 0; n < sizeof text; n++) {
        (void)licence_of(slice_of(text, n), &said);
        for (unsigned bit = 0; bit < 8; bit++) {
            text[n] = (char)(text[n] ^ 1 << bit);
            (void)licence_of(slice_of(text, sizeof text - 1), &said);
            text[n] = (char)(text[n] ^ 1 << bit);
        }
    }
    char deep[390];
    memset(deep, '(', sizeof deep);
    assert_int_equal(licence_of(slice_of(deep, sizeof deep), &said), LICENCE_UNKNOWN);
    for (size_t i = 0; i + 5 < sizeof deep; i += 5) memcpy(deep + i, "A OR ", 5);
    assert_int_equal(licence_of(slice_of(deep, sizeof deep), &said), LICENCE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(classes), cmocka_unit_test(hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
