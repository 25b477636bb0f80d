/* SPDX-License-Identifier: Apache-2.0 */
/* test_python.c - what a module becomes, and that hostile ones end. */
#include "../test.h"
#include "base/buf.h"
#include "codec/python.h"
#include <time.h>

static const char *const ops[] = {"",   "+",     "-",  "*",     "@",    "/",   "//",   "%",
                                  "**", "<<",    ">>", "&",     "|",    "^",   "~",    "and",
                                  "or", "not",   "==", "!=",    "<",    "<=",  ">",    ">=",
                                  "in", "notin", "is", "isnot", "list", "set", "dict", "gen"};
static const char *const kinds[] = {
    "-",    "",     "",       "b",     "f",     "",     "",      "",      "list",  "tuple", "set",
    "dict", "pair", "attr",   "sub",   "slice", "call", "kw",    "star",  "dstar", "",      "",
    "",     "cond", "lambda", "param", "comp",  "for",  "await", "yield", ":="};

/* (kind text children...); recursion is fine for what a test itself wrote */
static void dump(const struct py_module *m, uint32_t id, struct buf *out)
{
    const struct py_node *n = &m->nodes[id];
    if (n->kind == PN_STRING || n->kind == PN_BYTES) {
        buf_printf(out, "%s'%.*s'", kinds[n->kind], SLICE_ARG(n->text));
        return;
    }
    if (n->kind == PN_NONE || n->kind == PN_NAME || (n->kind >= PN_INT && n->kind <= PN_CONST)) {
        buf_str(out, n->kind == PN_NONE ? "-" : "");
        buf_add(out, n->text);
        return;
    }
    buf_printf(out, "(%s%s", kinds[n->kind], ops[n->op]);
    if (n->text.n) buf_printf(out, ":%.*s", SLICE_ARG(n->text));
    for (uint32_t c = n->first; c; c = m->nodes[c].next) {
        buf_byte(out, ' ');
        dump(m, c, out);
    }
    buf_byte(out, ')');
}

struct parsed {
    struct arena arena;
    struct py_module m;
    struct buf out;
    enum st st;
};

static void parse(struct parsed *t, struct slice source, bool magics)
{
    arena_init(&t->arena, 8 << 20, 4096);
    buf_init(&t->out, 1 << 20);
    t->st = python_parse(source, magics, &t->arena, &t->m);
}

static void done(struct parsed *t)
{
    buf_done(&t->out);
    arena_done(&t->arena);
}

static void compare(struct parsed *t, const char *source, const char *expected)
{
    if (strcmp(buf_text(&t->out), expected) != 0)
        fail_msg("%s\n  is       %s\n  not      %s", source, buf_text(&t->out), expected);
}

/* The expressions of the first statement. */
static void check(const char *source, const char *expected)
{
    struct parsed t;
    parse(&t, slice_str(source), false);
    assert_int_equal(t.st, ST_OK);
    if (t.m.error_count) fail_msg("%s: %s", source, t.m.errors[0].what);
    for (unsigned i = 0; i < 3; i++) {
        uint32_t e = t.m.stmts[0].expr[i];
        for (; e; e = i == 0 && t.m.stmts[0].kind == PS_DEF ? t.m.nodes[e].next : 0) {
            if (t.out.n) buf_byte(&t.out, ' ');
            dump(&t.m, e, &t.out);
        }
    }
    compare(&t, source, expected);
    done(&t);
}

static void operators(void **state)
{
    (void)state;
    check("a + b * c", "(+ a (* b c))");
    check("a ** b ** -c", "(** a (** b (- c)))");
    check("-a ** b", "(- (** a b))");
    check("await a ** b", "(** (await a) b)");
    check("not a in b and c", "(and (not (in a b)) c)");
    check("a not in b or c is not d", "(or (notin a b) (isnot c d))");
    check("a < b <= c != d", "(and (and (< a b) (<= - c)) (!= - d))");
    check("(a < b) < c", "(< (< a b) c)");
    check("a | b ^ c & d << e + f", "(| a (^ b (& c (<< d (+ e f)))))");
    check("a if b else c if d else e", "(cond a b (cond c d e))");
    check("a if b else lambda: c, d", "(tuple (cond a b (lambda c)) d)");
    check("x @ ~y // z % w", "(% (// (@ x (~ y)) z) w)");
    check("(y := f(x)) + 1", "(+ (:= y (call f x)) 1)");
    check("a <> b", "(!= a b)");
}

static void postfix(void **state)
{
    (void)state;
    check("a.b['c'](d, e=1, *f, **g).h",
          "(attr:h (call (sub (attr:b a) 'c') d (kw:e 1) (star f) (dstar g)))");
    check("x[1:]", "(sub x (slice 1 -))");
    check("x[::-1]", "(sub x (slice - - (- 1)))");
    check("x[:, 1:2, ...]", "(sub x (tuple (slice - -) (slice 1 2) ...))");
    check("x[a,]", "(sub x (tuple a))");
    check("x[*a]", "(sub x (star a))");
    check("x[a:=1]", "(sub x (:= a 1))");
    check("f(a := 1, b)", "(call f (:= a 1) b)");
    check("f(x for x in y)", "(call f (compgen x (for x y)))");
    check("f((yield), g)", "(call f (yield) g)");
    check("f(\n  a,\n  # no\n  b=c,\n)", "(call f a (kw:b c))");
    check("1 .real + 1..real", "(+ (attr:real 1) (attr:real 1.))");
}

static void displays(void **state)
{
    (void)state;
    check("{}, {1}, {1: 2}, {**a, 'b': c}",
          "(tuple (dict) (set 1) (dict (pair 1 2)) (dict (dstar a) (pair 'b' c)))");
    check("(), (1,), (1), [], [1, *a]", "(tuple (tuple) (tuple 1) 1 (list) (list 1 (star a)))");
    check("[x for x, y in z if x if y for w in v]",
          "(complist x (for (tuple x y) z x y) (for w v))");
    check("{k: v for k, v in x.items()}",
          "(compdict (pair k v) (for (tuple k v) (call (attr:items x))))");
    check("{x async for x in y}", "(compset x (for x y))");
    check("[(x for x in y)]", "(list (compgen x (for x y)))");
    check("[a if b else c for d in e]", "(complist (cond a b c) (for d e))");
    check("[x for x, in y]", "(complist x (for (tuple x) y))");
    check("lambda a, *b, c=1, **d: (a, b)",
          "(lambda (param:a) (param:*b) (param:c 1) (param:**d) (tuple a b))");
    check("lambda a, /, *, b: 0", "(lambda (param:a) (param:/) (param:*) (param:b) 0)");
    check("lambda: (yield)", "(lambda (yield))");
    check("yield a, b", "(yield (tuple a b))");
    check("x = yield from y", "x (yield y)");
}

static void strings(void **state)
{
    (void)state;
    check("'a' \"b\" r'\\n' u'c'", "'ab\\nc'");
    check("'\\x41\\u0042\\101\\N{LATIN SMALL LETTER C}\\q\\\n'", "'ABAc\\q'");
    check("b'\\x41\\u0042' B\"c\"", "b'A\\u0042c'");
    check("'''a\r\nb'''", "'a\nb'");
    check("('a'\n 'b' % c)", "(% 'ab' c)");
    check("f'a{b}c'", "(f 'a' b 'c')");
    check("f'{{}}' 'x'", "'{}x'");
    check("f'' + ''", "(+ '' '')");
    check("f'{a!r:>{b}.{c}}' f'{d:%H:%M}z'", "(f a b c d 'z')");
    check("f'{a=}{b = !s}{c == d}'", "(f a b (== c d))");
    check("f'{x['a']}{f'{y}'}'", "(f (sub x 'a') (f y))");
    check("f'''{\n a # no\n}'''", "(f a)");
    check("f'{lambda_, 1}{(lambda: 2)}{ {1: 2}[1] }'",
          "(f (tuple lambda_ 1) (lambda 2) (sub (dict (pair 1 2)) 1))");
    check("rf'\\{a}' t'{b}'", "(f '\\' a b)");
    check("f'\\N{DASH}{a}\\'{b!a}'", "(f '\xef\xbf\xbd' a ''' b)");
    check("f'{'a'}b'", "(f 'a' 'b')");
    check("f'{a:{{}}}'", "(f a (dict))");
}

/* kind@line:depth of every statement */
static void check_lines(const char *source, bool magics, size_t errors, const char *expected)
{
    static const char *const names[] = {"expr", "=",      "op=",   "ann",    "import",  "from",
                                        "@",    "def",    "class", "return", "raise",   "assert",
                                        "del",  "global", "pass",  "if",     "elif",    "else",
                                        "for",  "while",  "try",   "except", "finally", "with",
                                        "item", "match",  "case",  "magic",  "end"};
    struct parsed t;
    parse(&t, slice_str(source), magics);
    assert_int_equal(t.st, ST_OK);
    for (size_t i = 0; i < t.m.stmt_count; i++) {
        const struct py_stmt *s = &t.m.stmts[i];
        if (i) buf_byte(&t.out, ' ');
        buf_printf(&t.out, "%s@%u", names[s->kind], s->line);
        if (s->depth) buf_printf(&t.out, "/%u", s->depth);
        if (s->text.n && s->kind != PS_MAGIC) buf_printf(&t.out, ":%.*s", SLICE_ARG(s->text));
        if (s->name.n) buf_printf(&t.out, ":%.*s", SLICE_ARG(s->name));
        if (s->as.n) buf_printf(&t.out, ":as:%.*s", SLICE_ARG(s->as));
    }
    compare(&t, source, expected);
    assert_int_equal(t.m.error_count, errors);
    done(&t);
}

static void statements(void **state)
{
    (void)state;
    check_lines(
        "import a.b as c, d\nfrom .. x import y\nfrom .m import (\n a as b,\n c,)\nfrom z import *",
        false, 0,
        "import@1:a.b:as:c import@1:d from@2:..x:y from@4:.m:a:as:b from@5:.m:c from@6:z:*");
    check_lines("a = b = c; d: int = 3; e += 1\n", false, 0, "=@1 =@1 ann@1 op=@1");
    check_lines(
        "if a: b\nelif c:\n  d\n  if e:\n    f\nelse: g\nh", false, 0,
        "if@1 expr@1/1 elif@2 expr@3/1 if@4/1 expr@5/2 end@6/1 else@6 expr@6/1 end@7 expr@7");
    check_lines("try:\n a\nexcept (A, B) as e:\n b\nexcept* C: c\nelse:\n d\nfinally:\n\te\n",
                false, 0,
                "try@1 expr@2/1 except@3:e expr@4/1 except@5 expr@5/1 else@6 expr@7/1 finally@8 "
                "expr@9/1 end@10");
    check_lines("@a.b(c)\nasync def f[T](x: g(1) = 2, *y) -> z:\n  return await x\nclass C[T](A, "
                "m=B): pass",
                false, 0, "@@1 def@2:f return@3/1 end@4 class@4:C pass@4/1 end@4");
    check_lines(
        "with a as b, c:\n d\nwith (e as f, g):\n h\nwith (i, j) as k: l\nasync with (m): n", false,
        0,
        "with@1 item@1/1 item@1/1 expr@2/1 end@3 with@3 item@3/1 item@3/1 expr@4/1 end@5 with@5 "
        "item@5/1 "
        "expr@5/1 end@6 with@6 item@6/1 expr@6/1 end@6");
    check_lines("match x:\n  case [1, *r] if r:\n    a\n  case {'k': v, **o} | None as w: b\n  "
                "case _:\n    c\nd",
                false, 0, "match@1 case@2 expr@3/1 case@4 expr@4/1 case@5 expr@6/1 end@7 expr@7");
    check_lines("match (x):\n case 1: pass\nmatch(y)\nmatch = 3\nmatch[z]: int = 4\ncase = "
                "type\ntype X[T] = int",
                false, 0, "match@1 case@2 pass@2/1 end@3 expr@3 =@4 ann@5 =@6 =@7");
    check_lines("global a, b\ndel c, d\nassert e, f\nraise G from h\nreturn\nbreak", false, 0,
                "global@1:a global@1:b del@2 assert@3 raise@4 return@5 pass@6");
    check_lines("for a, in b:\n\n  # no\n\n  c\nelse:\n  d\nwhile e: f", false, 0,
                "for@1 expr@5/1 else@6 expr@7/1 end@8 while@8 expr@8/1 end@8");
    check_lines("print 'a', b\nprint x % y\nexec code in ns\ntry:\n pass\nexcept E, e:\n raise E, "
                "'x'\nx = `y` + 0777L",
                false, 0, "expr@1 expr@2 expr@3 try@4 pass@5/1 except@6 raise@7/1 end@8 =@8");
    check_lines("if a:\r  b\rc \\\r\n + d\r\n\fe\n", false, 0, "if@1 expr@2/1 end@3 expr@3 expr@5");
}

static void parts(void **state)
{
    (void)state;
    check("print 'a' % b, c", "(call print (tuple (% 'a' b) c))");
    check("exec code in ns", "(call exec code ns)");
    check("def f(a: g(1) = 2, *b: h, c=3, /, **d) -> e: pass",
          "(paramis:a (call g 1) 2) (paramis:*b h) (param:c 3) (param:/) (param:**d) e");
    check("class C(A, m=B): pass", "(call C A (kw:m B))");
    check("class C: pass", "(call C)");
    check("x: int = 3", "x 3 int");
    check("for a, b in c, d: pass", "(tuple a b) (tuple c d)");
    check("*a, b = c", "(tuple (star a) b) c");
    check("\xef\xbb\xbfx = \xc3\xa4", "x \xc3\xa4");
    check("raise A from b", "A b");
    check("@a.b(c)\ndef d(): pass", "(call (attr:b a) c)");
}

/* What comes after a bad line is read. */
static void errors(void **state)
{
    (void)state;
    check_lines("a b c\nd", false, 1, "expr@1 expr@2");
    check_lines("x = (1,\nimport os\ny", false, 1, "=@1 import@2:os expr@3");
    check_lines("x = f(a,\n  b c\nd\ne", false, 1, "=@1 expr@3 expr@4");
    check_lines("x = '\nimport os", false, 1, "=@1 import@2:os");
    check_lines("x = '''\nimport os\n", false, 1, "=@1 import@2:os");
    check_lines("x = f'{a\nimport os\n", false, 1, "=@1 import@2:os");
    check_lines("else:\n  a\nb", false, 1, "if@1 expr@2/1 end@3 expr@3");
    check_lines("if a:\nb", false, 0, "if@1 end@2 expr@2");
    check_lines("def f(a b):\n  c\nd", false, 1, "def@1:f expr@2/1 end@3 expr@3");
    check_lines("f(a for in b)\nc", false, 1, "expr@1 expr@2");
    check_lines("  a\n    b\nc", false, 0, "expr@1 expr@2 expr@3");
    check_lines("{{ cookie.name }}\nimport {{ x }}\n{% if a %}\nimport os\n{% endif %}", false, 3,
                "expr@1 import@2 expr@3 import@4:os expr@5");
}

/* Cells end at NUL bytes, whatever is open there. */
static void magics(void **state)
{
    static const char cells[] =
        "!pip install x \\\n y\nimport os\n%time f(1)\n%load_ext a\n?b\nc?\nd = !ls\n\0\n"
        "%%bash\nx (y\n\0\nif e:\n  !f\ng = (1,\n\0\n%%time\nh('''\n\0\ni";
    static const struct {
        uint8_t kind;
        uint32_t line;
        const char *text;
    } want[] = {{PS_MAGIC, 1, "!pip install x \\\n y"},
                {PS_IMPORT, 3, "os"},
                {PS_MAGIC, 4, "%time f(1)"},
                {PS_EXPR, 4, ""},
                {PS_MAGIC, 5, "%load_ext a"},
                {PS_EXPR, 6, ""},
                {PS_EXPR, 7, ""},
                {PS_MAGIC, 8, "!ls"},
                {PS_MAGIC, 10, "%%bash\nx (y\n"},
                {PS_IF, 13, ""},
                {PS_MAGIC, 14, "!f"},
                {PS_END, 15, ""},
                {PS_ASSIGN, 15, ""},
                {PS_MAGIC, 17, "%%time"},
                {PS_EXPR, 18, ""},
                {PS_EXPR, 20, ""}};
    struct parsed t;
    (void)state;
    parse(&t, slice_of(cells, sizeof cells - 1), true);
    for (size_t i = 0; i < t.m.stmt_count && i < sizeof want / sizeof *want; i++) {
        assert_int_equal(t.m.stmts[i].kind, want[i].kind);
        assert_int_equal(t.m.stmts[i].line, want[i].line);
        assert_true(slice_eq(t.m.stmts[i].text, slice_str(want[i].text)));
    }
    assert_int_equal(t.m.stmt_count, sizeof want / sizeof *want);
    assert_int_equal(t.m.error_count, 2);
    done(&t);
}

/* ---- hostile input ---- */

static const char all_of_it[] =
    "import a.b as c\nfrom . import (d, e as f,)\n@g(h)\nasync def i[T](j: k = 1, *, l=2, **m) -> "
    "n:\n"
    "  '''doc'''\n  x = y = f'a{b!r:>{c}}' 'd\\n' if e else lambda f, *g: (yield h)\n"
    "  with o as p, (q) as r: s[1:2, ::3] += {**t, 'u': [v for w in x if y]}\n"
    "  match z:\n    case {'a': [1, *b]} | None if c: pass\n    case _: return\n"
    "try:\n  print 'x' % 1\nexcept (A, B) as e:\n  raise C from e\nelse: del d, e\nfinally:\n  "
    "global f\n"
    "%time g(1)\n!ls\n\0\n%%bash\nh\n\0\nwhile i < j < k: assert l, m; type n = o\n";

/* Whatever is cut off or changed: it ends, and places stay inside. */
static void check_tree(struct slice source, bool magics)
{
    struct parsed t;
    parse(&t, source, magics);
    assert_int_equal(t.st, ST_OK);
    for (uint32_t i = 1; i < t.m.node_count; i++) {
        const struct py_node *n = &t.m.nodes[i];
        assert_true(n->end <= source.n && n->offset <= source.n && n->first < i);
    }
    for (size_t i = 0; i < t.m.stmt_count; i++) {
        assert_true(t.m.stmts[i].node_to <= t.m.node_count);
        assert_true(t.m.stmts[i].next == PYTHON_NO_STMT || t.m.stmts[i].next < t.m.stmt_count);
    }
    done(&t);
}

static void truncations(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof all_of_it; n++) {
        /* in memory of exactly that size, so that reading on is seen */
        uint8_t *copy = malloc(n + 1);
        memcpy(copy, all_of_it, n);
        check_tree(slice_of(copy, n), false);
        check_tree(slice_of(copy, n), true);
        free(copy);
    }
}

static void flips(void **state)
{
    uint8_t copy[sizeof all_of_it - 1];
    uint64_t seed = 7;
    (void)state;
    for (unsigned round = 0; round < 3000; round++) {
        memcpy(copy, all_of_it, sizeof copy);
        for (unsigned i = 0; i < 1 + round % 4; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            copy[(seed >> 33) % sizeof copy] ^= (uint8_t)(1u << (seed >> 60) % 8);
        }
        check_tree(slice_of(copy, sizeof copy), round & 1);
    }
}

static void memory_ends(void **state)
{
    (void)state;
    bool whole = false;
    for (size_t cap = 64; !whole; cap += 64) {
        struct arena a;
        struct py_module m;
        arena_init(&a, cap, 0);
        enum st st = python_parse(slice_of(all_of_it, sizeof all_of_it - 1), true, &a, &m);
        assert_true(st == ST_OK || st == ST_NOMEM);
        whole = st == ST_OK;
        arena_done(&a);
    }
}

struct flood {
    const char *text; /* repeated to two megabytes */
    enum st st;
};

/* Each of these is quadratic, or deep, for a parser that is not careful. */
static void floods_end(void **state)
{
    static const struct flood floods[] = {
        {"a,", ST_OK},
        {"(", ST_LIMIT},
        {"[{", ST_LIMIT},
        {"-a", ST_OK},
        {"f'{x}'", ST_OK},
        {"'a'", ST_OK},
        {"match (\n", ST_LIMIT},
        {"\"\"\"\n", ST_OK},
        {"x = (\n", ST_OK},
        {"if a:", ST_LIMIT},
        {"f'{", ST_OK},
        {"lambda x:", ST_LIMIT},
        {"x = (\n)]\n", ST_OK},
        {"f'''{x:{y\n", ST_OK},
        {"a if b else ", ST_LIMIT},
        {"\\\n", ST_OK},
        {"# x\r", ST_OK},
        {"x[a:b,", ST_LIMIT},
        {"b for c in d ", ST_OK},
        {"a.b(", ST_LIMIT},
        {"not ", ST_LIMIT},
        {"except x:\n", ST_OK},
        {"with a as b:\n", ST_OK},
    };
    size_t n = 2u << 20;
    uint8_t *text = malloc(n);
    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
        struct arena a;
        struct py_module m;
        struct timespec from, to;
        size_t step = strlen(floods[i].text);
        for (size_t at = 0; at < n; at++) text[at] = (uint8_t)floods[i].text[at % step];
        arena_init(&a, 192u << 20, 64u << 10);
        clock_gettime(CLOCK_MONOTONIC, &from);
        enum st st = python_parse(slice_of(text, n), false, &a, &m);
        clock_gettime(CLOCK_MONOTONIC, &to);
        if (st != floods[i].st) fail_msg("%s: %d", floods[i].text, (int)st);
        assert_true(to.tv_sec - from.tv_sec < 10);
        arena_done(&a);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators), cmocka_unit_test(postfix),     cmocka_unit_test(displays),
        cmocka_unit_test(strings),   cmocka_unit_test(statements),  cmocka_unit_test(parts),
        cmocka_unit_test(errors),    cmocka_unit_test(magics),      cmocka_unit_test(truncations),
        cmocka_unit_test(flips),     cmocka_unit_test(memory_ends), cmocka_unit_test(floods_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
