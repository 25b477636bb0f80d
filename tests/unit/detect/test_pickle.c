/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts over whole streams: techniques of attack, and their honest twins. */
#include "../read/make_pickle.h"

#define OS   GLOBAL("os", "system")
#define CALL "(" T("id") "tR"

static void gadgets_by_every_opcode(void **state)
{
    (void)state;
    assert_verdict(S(OS CALL "."), SEV_CRITICAL, "REDUCE: os.system('id',)");
    assert_verdict(S("(" T("id") "ios\nsystem\n."), SEV_CRITICAL, "INST");
    assert_verdict(S("(" OS T("id") "o."), SEV_CRITICAL, "OBJ");
    assert_verdict(S("\x80\2" GLOBAL("subprocess", "Popen") T("id") "\x85\x81."), SEV_CRITICAL,
                   "NEWOBJ");
    assert_verdict(S("\x80\4" T("posix") T("system") "\x93" T("id") "\x85R."), SEV_CRITICAL,
                   "model.pickle-exec");
    assert_verdict(
        S(GLOBAL("copyreg", "add_extension") T("os") T("system") "K\7\x87R0\x82\7" CALL "."),
        SEV_CRITICAL, "model.pickle-exec");
}

static void errors_take_nothing_back(void **state)
{
    (void)state;
    assert_verdict(S(OS CALL "\xff"), SEV_CRITICAL, "model.malformed");
    assert_verdict(S("\x80\4" OS CALL), SEV_CRITICAL, "model.pickle-exec");
    assert_verdict(S("I0x7\n0" OS CALL "."), SEV_CRITICAL, "model.pickle-obfuscated");
    assert_verdict(S("\x80\2N." OS CALL "."), SEV_CRITICAL, "model.pickle-exec");
}

static void names_that_hide(void **state)
{
    (void)state;
    assert_verdict(S("\x80\4" GLOBAL("_codecs", "encode") T("bf")
                         T("rot13") "\x86R" T("system") "\x93" CALL "."),
                   SEV_CRITICAL, "os.system");
    assert_verdict(S("\x80\4" GLOBAL("a.b", "f") ")R" T("system") "\x93" CALL "."), SEV_CRITICAL,
                   "a computed name");
    assert_verdict(S("\x80\4" T("numpy") T("os.system") "\x93" CALL "."), SEV_CRITICAL,
                   "numpy.os.system");
    assert_verdict(S(GLOBAL("builtins", "getattr") GLOBAL("os", "path") T("os") "\x86R."),
                   SEV_CRITICAL, "getattr");
    assert_verdict(S("\x82\7)R."), SEV_HIGH, "model.pickle-extension-code");
}

static void what_waits(void **state)
{
    (void)state;
    assert_verdict(S("\x80\2}" T("f") OS "s."), SEV_HIGH, "imports os.system");
    assert_verdict(S("\x80\2" GLOBAL("builtins", "list") GLOBAL("builtins", "map") OS
                     "](" T("id") "e\x86R\x85R."),
                   SEV_CRITICAL, "map");
    assert_verdict(S("\x80\2" GLOBAL("collections", "OrderedDict") ")R}" T("__setstate__") OS
                     "sb" T("id") "b."),
                   SEV_CRITICAL, "model.pickle-build-state");
    assert_verdict(S("\x80\2" GLOBAL("collections", "OrderedDict") "}" T("x") "K\1sb."), SEV_HIGH,
                   "model.pickle-build-state");
    assert_verdict(S("\x80\2" GLOBAL("sys", "path") T("/tmp") "a."), SEV_CRITICAL, "sys.path");
}

static void unknown_is_told(void **state)
{
    (void)state;
    assert_verdict(S("\x80\2" GLOBAL("vendor.tools", "restore") T("x") "\x85R."), SEV_HIGH,
                   "model.pickle-unknown-global");
    assert_verdict(S("\x80\2" GLOBAL("__main__", "Net") ")\x81}b."), SEV_MEDIUM,
                   "model.pickle-unknown-import");
    assert_verdict(S("\x80\2" GLOBAL("copy_reg", "_reconstructor") GLOBAL("__main__", "Net")
                         GLOBAL("builtins", "object") "N\x87R}b."),
                   SEV_MEDIUM, "model.pickle-unknown-import");
}

static void honest_twins(void **state)
{
    (void)state;
    assert_clean(S("\x80\4]\x94(K\1K\2e."));
    assert_clean(S(GLOBAL("collections", "OrderedDict") "(tR."));
    assert_clean(S("\x80\2" GLOBAL("_codecs", "encode") T("abc") T("latin1") "\x86R."));
    assert_clean(
        S("\x80\2" GLOBAL("collections", "defaultdict") GLOBAL("builtins", "int") "\x85R."));
    assert_clean(S("\x80\2" GLOBAL("functools", "partial") GLOBAL("builtins", "int") "\x85R."));
    assert_clean(S("\x80\2" GLOBAL("numpy", "dtype") T("f8") "K\0K\1\x87R(K\3" T(
        "<") "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb."));
    assert_clean(S("\x80\2" GLOBAL("datetime", "timedelta") "K\1K\2K\3\x87R."));
}

static void one_finding_for_many_calls(void **state)
{
    (void)state;
    struct judged d;
    judge_bytes(&d, "m.pkl", S("\x80\2](" OS CALL OS CALL OS CALL OS CALL "e."));
    assert_int_equal(d.count, 1);
    judged_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gadgets_by_every_opcode),
        cmocka_unit_test(errors_take_nothing_back),
        cmocka_unit_test(names_that_hide),
        cmocka_unit_test(what_waits),
        cmocka_unit_test(unknown_is_told),
        cmocka_unit_test(honest_twins),
        cmocka_unit_test(one_finding_for_many_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
