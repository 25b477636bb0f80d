/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that a pickle brings to be executed: honest ones pass, each trick of an attacker does not.
 */
#include "finding/globals_text.h"
#include "../test.h"

static void all(enum global_args rule, bool want, const char *const *texts)
{
    for (; *texts; texts++)
        if (global_text_allowed(rule, slice_str(*texts)) != want)
            fail_msg("%s: %s", want ? "refused" : "allowed", *texts);
}

#define PASS(rule, ...) all(rule, true, (const char *const[]){__VA_ARGS__, NULL})
#define FAIL(rule, ...) all(rule, false, (const char *const[]){__VA_ARGS__, NULL})

static void encodings(void **state)
{
    (void)state;
    PASS(GLOBAL_ARGS_ENCODING, "latin1", "latin-1", "UTF-8", "utf8", "ascii");
    FAIL(GLOBAL_ARGS_ENCODING, "", "rot13", "rot_13", "hex", "zlib", "base64", "utf-7", "utf-16",
         "unicode_escape", "raw_unicode_escape", "idna", "latin1 ", "mbcs");
}

static void attribute_names(void **state)
{
    (void)state;
    PASS(GLOBAL_ARGS_GETATTR, "relu", "coef_", "MALE", "f2", "_entropy");
    FAIL(GLOBAL_ARGS_GETATTR, "", "_popen", "__private", "__class__", "a.b", "system.x", "eval",
         "popen", "from_file", "load", "f(x)", "a b", "1a", "os");
    PASS(GLOBAL_ARGS_OPERATOR_KEY, "name");
    FAIL(GLOBAL_ARGS_OPERATOR_KEY, "_private", "__globals__", "a.__class__", "os.system");
}

static void types(void **state)
{
    (void)state;
    PASS(GLOBAL_ARGS_TYPE_NAME, "int", "slice", "NoneType", "range");
    FAIL(GLOBAL_ARGS_TYPE_NAME, "", "CodeType", "FunctionType", "LambdaType", "MethodType",
         "ModuleType", "BuiltinFunctionType", "FileType", "CellType", "int ");
}

static void literals(void **state)
{
    (void)state;
    PASS(GLOBAL_ARGS_LITERAL, "range(0, 3)", "range(-5, 10, 2)", "slice(None, 1, 2)", "xrange(3)");
    FAIL(GLOBAL_ARGS_LITERAL, "", "range", "os.system('id')", "range(0, 3) or exit()", "range(x)",
         "range(0)(1)", "__import__('os')", "range(0, 3);1", "(lambda: 0)()", "[].x(1)", "()",
         "range('a')x");
}

#define TEMPLATE(args, values)                                                                   \
    "\ndef _parse_args(self, " args " loc=0, scale=1):\n    return (" values "), loc, scale\n\n" \
    "def _parse_args_rvs(self, " args " loc=0, scale=1, size=None):\n"                           \
    "    return self._argcheck_rvs(" values " loc, scale, size=size)\n\n"                        \
    "def _parse_args_stats(self, " args " loc=0, scale=1, moments='mv'):\n"                      \
    "    return (" values "), loc, scale, moments\n"

static void distribution_templates(void **state)
{
    (void)state;
    PASS(GLOBAL_ARGS_DISTRIBUTION, TEMPLATE("", ""), TEMPLATE("a, ", "a, "),
         TEMPLATE("dfn, dfd, ", "dfn, dfd, "), "");
    FAIL(GLOBAL_ARGS_DISTRIBUTION, "import os", "__import__('os').system('id')", "x = 1",
         "def _parse_args(self, a=exit()):\n    return a",
         "def _parse_args(self, a=os.system('id')):\n    return a",
         "def _parse_args(self):\n    return (os.system)('id')",
         "def _parse_args(self):\n    return eval('1')",
         "def _parse_args(self):\n    return self.x(1)", "def _parse_args(self): exit()",
         "def _parse_args(self):\n    return 1; exit()", "def _parse_args(self):\n\texit()",
         "def _parse_args_evil(self):\n    return 1", "def other(self):\n    return 1",
         "def _parse_args(self, a=f'{exit()}'):\n    return a",
         "def _parse_args(self):\n    return [x for x in y]",
         "@exit\ndef _parse_args(self):\n    return 1",
         "def _parse_args(self):\n    return a[exit ()]", "    return exit ()",
         "def _parse_args(self):\n    return self.__class__",
         "def _parse_args(self, a='\n'):\n    return a", TEMPLATE("a, ", "a, ") "exit()",
         "def _parse_args(self):\n    return lambda a: a");
}

static void formulas(void **state)
{
    (void)state;
    PASS(GLOBAL_ARGS_FORMULA, "y ~ a + b", "y ~ np.log(x) + C(k) * z - 1",
         "price ~ I(a**2) + Q(\"my col\")", "y ~ C(k, Treatment(reference='b')) + bs(x, df=4)",
         "Lottery ~ Literacy + np.log(Pop1831)", "h\xc3\xb6he ~ gr\xc3\xb6\xc3\x9f\x65",
         "y ~ (a + b) : c");
    FAIL(GLOBAL_ARGS_FORMULA, "y ~ __import__('os').system('id')", "y ~ eval('1')",
         "y ~ os.system('id')", "y ~ open('/etc/passwd')", "y ~ np.load('x')", "y ~ (lambda: 0)()",
         "y ~ I(x).y()", "y ~ x.__class__", "y ~ Q('a')('b')", "y ~ [q for q in z]",
         "y ~ np.log (x).f(1)", "y ~ exec ('1')", "y ~ f'{exit()}'", "y ~ a; b", "y ~ a{1}",
         "y ~ 'a\\'", "y ~ \"a", "y ~ a[0](1)", "y ~ a\nb()");
}

static void other_rules_and_giant_texts_never_pass(void **state)
{
    (void)state;
    static char giant[30000];
    memset(giant, 'a', sizeof giant);
    assert_false(global_text_allowed(GLOBAL_ARGS_FORMULA, slice_of(giant, sizeof giant)));
    assert_false(global_text_allowed(GLOBAL_ARGS_DISTRIBUTION, slice_of(giant, sizeof giant)));
    assert_false(global_text_allowed(GLOBAL_ARGS_NONE, S("a")));
    assert_false(global_text_allowed(GLOBAL_ARGS_PARTIAL, S("a")));
    assert_false(global_text_allowed(GLOBAL_ARGS_FORMULA, S("y ~ a\0b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings),
        cmocka_unit_test(attribute_names),
        cmocka_unit_test(types),
        cmocka_unit_test(literals),
        cmocka_unit_test(distribution_templates),
        cmocka_unit_test(formulas),
        cmocka_unit_test(other_rules_and_giant_texts_never_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
