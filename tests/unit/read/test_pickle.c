/* SPDX-License-Identifier: Apache-2.0 */
/* What the machine makes of streams: the value that STOP returns, and what breaks them. */
#include "make_pickle.h"
#include "base/host.h"

struct want {
    struct slice bytes;
    const char *result; /* as pickle_print() shows it; NULL: the stream breaks */
};

#define OK(lit, result)                                   \
    {                                                     \
        {(const uint8_t *)(lit), sizeof(lit) - 1}, result \
    }
#define BAD(lit) OK(lit, NULL)

static enum st run_one(struct slice bytes, struct buf *out, struct pickle_summary *sum)
{
    struct arena arena;
    struct budget budget;
    struct layer layer = {.name = S("x"), .bytes = bytes};
    struct pickle_options opt = {0};
    budget_defaults(&budget);
    arena_init(&arena, 64u << 20, 64u << 10);
    struct reading r = {.arena = &arena, .budget = &budget, .layer = &layer};
    struct cursor c = cur_of(bytes);
    enum st st = pickle_run(&r, &c, &opt, sum);
    buf_init(out, 4096);
    if (st == ST_OK) pickle_print(out, sum->result, 1000);
    arena_done(&arena);
    return st;
}

static void check(const struct want *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buf out;
        struct pickle_summary sum;
        uint8_t *p = told_exact(rows[i].bytes);
        enum st st = run_one(slice_of(p, rows[i].bytes.n), &out, &sum);
        bool fits = rows[i].result ? st == ST_OK && strcmp(buf_text(&out), rows[i].result) == 0
                                   : st == ST_MALFORMED || st == ST_TRUNCATED;
        if (!fits) print_error("row %zu: status %d, %s\n", i, (int)st, buf_text(&out));
        assert_true(fits);
        buf_done(&out);
        free(p);
    }
}

static const struct want values[] = {
    OK("N.", "None"),
    OK("I01\n.", "True"),
    OK("I00\n.", "False"),
    OK("I1\n.", "1"),
    OK("\x88.", "True"),
    OK("\x89.", "False"),
    OK("I-42\n.", "-42"),
    OK("I0x1F\n.", "31"),
    OK("I017\n.", "15"),
    OK("I1_000\n.", "1000"),
    OK("I 7\n.", "7"),
    OK("I\f7\n.", "7"),
    OK("L0b101L\n.", "5"),
    OK("L10L\n.", "10"),
    OK("L10\n.", "10"),
    BAD("L017L\n."), /* int('017', 0) refuses what strtol takes */
    BAD("I1__0\n."),
    BAD("Ix\n."),
    BAD("I\n."),
    OK("L99999999999999999999L\n.", "about 9223372036854775807"),
    OK("K\xff.", "255"),
    OK("M\1\2.", "513"),
    OK("J\xff\xff\xff\xff.", "-1"),
    OK("\x8a\0.", "0"),
    OK("\x8a\1\x80.", "-128"),
    OK("\x8a\2\xff\0.", "255"),
    OK("\x8b\1\0\0\0\7.", "7"),
    BAD("\x8b\xff\xff\xff\xff\7."),
    OK("F1.5\n.", "1.5"),
    OK("F nan \n.", "0"),
    OK("F-inf\n.", "-1e+308"),
    BAD("F0x10\n."),
    BAD("Fabc\n."),
    OK("G?\xf8\0\0\0\0\0\0.", "1.5"),
    OK("S'a\\x41\\n\\101'\n.", "'aA\\nA'"),
    OK("S\"it's\"\n.", "'it's'"),
    BAD("Sabc\n."),
    BAD("S'abc\n."),
    BAD("S'\\x4'\n."),
    OK("Vab\\u0041\n.", "'abA'"),
    BAD("Vab\\u004\n."),
    OK("U\2ab.", "'ab'"),
    OK("T\2\0\0\0ab.", "'ab'"),
    BAD("T\xff\xff\xff\xff."),
    OK("X\2\0\0\0ab.", "'ab'"),
    BAD("X\2\0\0\0\xff\xff."),
    OK("X\3\0\0\0\xed\xa0\x80.", "'\\xed\\xa0\\x80'"), /* a lone surrogate passes */
    OK("\x8c\2ab.", "'ab'"),
    OK("\x8d\2\0\0\0\0\0\0\0ab.", "'ab'"),
    OK("B\2\0\0\0ab.", "b'ab'"),
    OK("C\2a\0.", "b'a\\x00'"),
    OK("\x8e\1\0\0\0\0\0\0\0a.", "b'a'"),
    OK("\x96\1\0\0\0\0\0\0\0a.", "b'a'"),
    BAD("\x8e\xff\xff\xff\xff\xff\xff\xff\x3f"
        "a."),
    BAD("\x8e\xff\xff\xff\xff\xff\xff\xff\xff"
        "a."),
    OK("\x97\x98.", "?"),
    BAD("\x98."),
};

static void constants(void **state)
{
    (void)state;
    check(values, COUNT_OF(values));
}

static const struct want containers[] = {
    OK(").", "()"),
    OK("(t.", "()"),
    OK("(K\1K\2t.", "(1, 2)"),
    OK("K\1\x85.", "(1,)"),
    OK("K\1K\2\x86.", "(1, 2)"),
    OK("K\1K\2K\3\x87.", "(1, 2, 3)"),
    BAD("K\1\x86."),
    BAD("(K\1(\x85."),
    OK("].", "[]"),
    OK("(K\1l.", "[1]"),
    OK("]K\1a.", "[1]"),
    OK("](K\1K\2e.", "[1, 2]"),
    OK("](e.", "[]"),
    BAD("(e."),
    BAD("K\1a."),
    BAD("K\1K\2a."),
    OK("}.", "{}"),
    OK("(K\1K\2d.", "{1: 2}"),
    BAD("(K\1d."),
    OK("}K\1K\2s.", "{1: 2}"),
    OK("}(K\1K\2K\3K\4u.", "{1: 2, 3: 4}"),
    BAD("}(K\1u."),
    BAD("}]K\1s."), /* a list has no hash */
    OK("\x8f.", "{}"),
    OK("\x8f(K\1K\2\x90.", "{1, 2}"),
    OK("(K\1\x91.", "{1}"),
    BAD("\x8f(]\x90."),
    OK("K\1"
       "2\x86.",
       "(1, 1)"),
    OK("K\1K\2"
       "0.",
       "1"),
    OK("K\1(0.", "1"), /* POP at a mark takes the mark */
    OK("K\1(K\2K\3"
       "1.",
       "1"), /* POP_MARK */
    BAD("0."),
    BAD("1."),
    BAD("2."),
    BAD("."),
    BAD("(."),
    BAD(""),
    BAD("K"),
    BAD("N"),
    BAD("\xff"),
};

static void stack_and_marks(void **state)
{
    (void)state;
    check(containers, COUNT_OF(containers));
}

static const struct want memos[] = {
    OK("K\1q\0"
       "0h\0.",
       "1"),
    OK("K\1p0\n0g0\n.", "1"),
    OK("K\1p 1_0 \n0g10\n.", "1"),
    OK("K\1p010\n0g10\n.", "1"), /* base 10 */
    OK("K\1r\xff\xff\xff\x7f"
       "0j\xff\xff\xff\x7f.",
       "1"),
    OK("K\1\x94K\2\x94h\0\x86.", "(2, 1)"),
    OK("K\1q\5K\2\x94"
       "00h\1.",
       "2"), /* MEMOIZE counts entries, not indexes */
    OK("K\1q\0K\2q\0"
       "00h\0.",
       "2"),
    OK("](K\1q\0"
       "0K\2e.",
       "[2]"),
    BAD("K\1p-1\n."),
    BAD("h\0."),
    BAD("K\1q\0h\1."),
    BAD("Kx"
        "q."),
    BAD("q\0."),
    OK("]q\0h\0a.", "[[[[[[[...]]]]]]]"),
};

static void memo_is_by_value(void **state)
{
    (void)state;
    check(memos, COUNT_OF(memos));
}

static const struct want calls[] = {
    OK(GLOBAL("a.b", "C") ".", "a.b.C"),
    BAD("c\nC\n."),
    BAD("ca\n\n."),
    OK(T("os") T("system") "\x93.", "os.system"),
    BAD("K\1" T("system") "\x93."),
    OK(GLOBAL("a", "f") "K\1\x85R.", "a.f(1,)"),
    OK("(K\1ia\nf\n.", "a.f(1,)"),
    OK("(" GLOBAL("a", "f") "K\1o.", "a.f(1,)"),
    BAD("(o."),
    OK(GLOBAL("a", "f") ")\x81.", "a.f()"),
    OK(GLOBAL("a", "f") ")}\x92.", "a.f()"),
    BAD("K\1)R."),
    BAD(")R."),
    OK("\x82\7.", "(extension 7)"),
    OK("\x83\7\0.", "(extension 7)"),
    OK("\x84\7\0\0\0.", "(extension 7)"),
    BAD("\x82\0."),
    BAD("\x84\xff\xff\xff\xff."),
    OK(GLOBAL("copyreg", "add_extension") T("os") T("system") "K\7\x87R0\x82\7.",
       "(extension 7)os.system"),
    OK("Pabc\n.", "persistent id 'abc'"),
    OK("K\1Q.", "persistent id 1"),
    BAD("Q."),
    OK(GLOBAL("a", "C") ")\x81}b.", "a.C()"),
    BAD("]}b."),
    BAD("}b."),
    /* folded */
    OK(GLOBAL("_codecs", "encode") T("bf") T("rot13") "\x86R.", "'os'"),
    OK(GLOBAL("builtins", "getattr") T("") T("join") "\x86R](" T("o") T("s") "e\x85R.", "'os'"),
    OK(GLOBAL("operator", "add") T("o") T("s") "\x86R.", "'os'"),
    OK(GLOBAL("builtins", "chr") "K\x6f\x85R.", "'o'"),
    OK(GLOBAL("builtins", "str.replace") "(" T("oXs") T("X") T("") "tR.", "'os'"),
    OK(GLOBAL("builtins", "bytes.fromhex") T("6f73") "\x85R.", "b'os'"),
    OK(GLOBAL("base64", "b64decode") T("b3M=") "\x85R.", "b'os'"),
    OK(GLOBAL("operator", "getitem") T("so")
           GLOBAL("builtins", "slice") "NNJ\xff\xff\xff\xff\x87R\x86R.",
       "'os'"),
    /* the stream itself */
    OK("\x80\4N.", "None"),
    OK("\x80\2\x80\4N.", "None"),
    BAD("\x80\6N."),
    OK("\x80\4\x95\2\0\0\0\0\0\0\0N..", "None"),
};

static void imports_and_calls(void **state)
{
    (void)state;
    check(calls, COUNT_OF(calls));
}

static void frames_that_lie_are_told_and_run(void **state)
{
    (void)state;
    static const struct slice rows[] = {
        {(const uint8_t *)"\x80\4\x95\x63\0\0\0\0\0\0\0N.", 13},
        {(const uint8_t *)"\x80\4\x95\2\0\0\0\0\0\0\0X\1\0\0\0a.", 18},
        {(const uint8_t *)"\x80\4\x95\x20\0\0\0\0\0\0\0\x95\1\0\0\0\0\0\0\0.....................N.",
         43},
    };
    for (size_t i = 0; i < 2; i++) {
        struct told t;
        assert_int_equal(told_run(&t, "x.pkl", rows[i]), ST_OK);
        assert_int_equal(t.anomalies, 1);
        told_done(&t);
    }
}

static void streams_and_what_follows(void **state)
{
    (void)state;
    struct told t;
    told_run(&t, "x.pkl", S("\x80\2N.\x80\2" GLOBAL("os", "getcwd") ")R."));
    assert_told(&t, "os.getcwd");
    assert_quiet(&t);
    told_done(&t);
    told_run(&t, "x.pkl", S("\x80\2N.garbage, not a stream"));
    assert_anomaly(&t, ANOMALY_PICKLE_TRAILING);
    told_done(&t);
    told_run(&t, "x.pkl", S("\x80\2" GLOBAL("a", "f") "B\x10\0\0\0\x80\2cos\ngetpid\n)R.\x85R."));
    assert_told(&t, "bytes@0x");
    assert_told(&t, "os.getpid");
    told_done(&t);
}

static void plausible(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "hello world\n",
        "class Foo:\n    pass\n",
        "cat\ndog\nhello\n",
        "a,b\n1,2\n",
        "[1, 2]",
        "{\"a\": 1}",
        "import os\nprint(1)\n",
        "I am\nhere\n",
        "(1, 2)\n",
        "Notes.\n",
        "c,d\n1,2\n",
        "0\n1\n2\n",
        "GIF89a",
        "NNNN",
        "PK\3\4",
        "Subject: x\n\ntext.\n",
        "true",
        "1.5\n2.5\n",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_false(pickle_plausible(slice_str(texts[i])));
    assert_true(pickle_plausible(S(GLOBAL("os", "system") "(" T("id") "tRxxxx")));
    assert_true(pickle_plausible(S("\x80\4" GLOBAL("os", "system") T("id") "\x85R\xff\xff")));
    assert_true(pickle_plausible(S("(lp0\nI1\naI2\na.")));
    assert_true(pickle_plausible(S("\x80\4\x95\0\0")));
    assert_true(pickle_promised(S("I42\n.")));
}

/* n times the same piece between two others. */
static uint8_t *repeat(const char *head, size_t head_n, const char *piece, size_t piece_n, size_t n,
                       const char *tail, size_t *ret)
{
    size_t tail_n = strlen(tail);
    uint8_t *p = malloc(head_n + piece_n * n + tail_n);
    assert_non_null(p);
    memcpy(p, head, head_n);
    for (size_t i = 0; i < n; i++) memcpy(p + head_n + i * piece_n, piece, piece_n);
    memcpy(p + head_n + piece_n * n, tail, tail_n);
    *ret = head_n + piece_n * n + tail_n;
    return p;
}

static void attacks_end_soon(void **state)
{
    (void)state;
    struct told t;
    size_t n;
    uint64_t start = host_now_ns();
    /* l = [l0, l0]; l = [l, l]; ... */
    uint8_t *p = repeat("\x80\2]q\0", 5, "0](h\0h\0eq\0", 10, 60, ".", &n);
    told_run(&t, "x.pkl", slice_of(p, n));
    assert_anomaly(&t, ANOMALY_PICKLE_EXPANSION);
    told_done(&t);
    free(p);
    p = repeat("\x80\2", 2, "]", 1, 20000, "", &n);
    free(p);
    p = repeat("\x80\2]", 3, "\x85", 1, 20000, ".", &n);
    told_run(&t, "x.pkl", slice_of(p, n));
    assert_anomaly(&t, ANOMALY_PICKLE_EXPANSION);
    told_done(&t);
    free(p);
    told_run(&t, "x.pkl", S("\x80\2Nr\xff\xff\xff\x7f."));
    assert_anomaly(&t, ANOMALY_PICKLE_EXPANSION);
    told_done(&t);
    told_run(&t, "x.pkl", S("\x80\4\x8e\xff\xff\xff\xff\xff\xff\xff\x3f."));
    assert_anomaly(&t, ANOMALY_TRUNCATED);
    told_done(&t);
    p = repeat("\x80\2L", 3, "9", 1, 100000, "L\n.", &n);
    told_run(&t, "x.pkl", slice_of(p, n));
    assert_true(t.anomalies > 0);
    told_done(&t);
    free(p);
    assert_true(host_now_ns() - start < 2000000000ull);
}

static void joblib_arrays(void **state)
{
    (void)state;
    static const char head[] =
        "\x80\3cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(X\5\0\0\0shapeK\2\x85"
        "X\5\0\0\0dtypecnumpy\ndtype\nX\2\0\0\0i4\x85RX\x1b\0\0\0"
        "numpy_array_alignment_bytesK\x10ub\2\xff\xff";
    struct told t;
    uint8_t bytes[512];
    size_t n = sizeof head - 1;
    memcpy(bytes, head, n);
    memcpy(bytes + n, "cos\ntR.", 8); /* eight bytes that are data, whatever they look like */
    memcpy(bytes + n + 8, "0cos\ngetpid\n)R.", 15);
    told_run(&t, "x.joblib", slice_of(bytes, n + 23));
    assert_told(&t, "FORMAT joblib");
    assert_told(&t, "os.getpid");
    assert_told(&t, "TENSOR array 1");
    assert_quiet(&t);
    told_done(&t);
    told_run(&t, "x.joblib", slice_of(bytes, n + 5));
    assert_anomaly(&t, ANOMALY_TRUNCATED);
    told_done(&t);
}

static const struct slice whole = {
    (const uint8_t *)"\x80\4\x95\x40\0\0\0\0\0\0\0\x8c\2os\x94\x8c\6system\x94\x93\x94\x8c\2id\x94"
                     "\x85\x94R\x94"
                     "}\x94(K\1G?\xf8\0\0\0\0\0\0\x8c\1k]\x94(K\1K\2K\3eu\x86\x94"
                     "\x8a\1\7\x86N\x86\x88\x86\x89\x86.",
    75};

static void sweeps(void **state)
{
    (void)state;
    struct slice all = slice_sub(whole, 0, whole.n);
    sweep_truncation("x.pkl", all);
    sweep_flips("x.pkl", all);
    sweep_memory("x.pkl", all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants),
        cmocka_unit_test(stack_and_marks),
        cmocka_unit_test(memo_is_by_value),
        cmocka_unit_test(imports_and_calls),
        cmocka_unit_test(frames_that_lie_are_told_and_run),
        cmocka_unit_test(streams_and_what_follows),
        cmocka_unit_test(plausible),
        cmocka_unit_test(attacks_end_soon),
        cmocka_unit_test(joblib_arrays),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
