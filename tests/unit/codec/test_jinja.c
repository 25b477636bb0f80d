/* SPDX-License-Identifier: Apache-2.0 */
/* test_jinja.c - what a template becomes, and that hostile ones end. */
#include "../test.h"
#include "base/buf.h"
#include "codec/jinja.h"
#include <time.h>

static const char *const ops[] = {"",   "+", "-",  "*", "/",  "//", "%",     "**",  "~",  "==",
                                  "!=", "<", "<=", ">", ">=", "in", "notin", "and", "or", "not"};

/* (kind text children...); recursion is fine for what a test itself wrote */
static void dump(const struct jinja *j, uint32_t id, struct buf *out)
{
    static const char *const names[] = {
        "-",   "",      "",     "",   "",     "",      "list",   "tuple", "dict", "pair", "attr",
        "sub", "slice", "call", "kw", "star", "dstar", "filter", "test",  "",     "",     "cond"};
    const struct jinja_node *n = &j->nodes[id];
    if (n->kind == JN_STRING) {
        buf_printf(out, "'%.*s'", SLICE_ARG(n->text));
        return;
    }
    if (n->kind <= JN_CONST) {
        buf_str(out, n->kind == JN_NONE ? "-" : "");
        buf_add(out, n->text);
        return;
    }
    buf_printf(out, "(%s%s", names[n->kind], ops[n->op]);
    if (n->text.n) buf_printf(out, ":%.*s", SLICE_ARG(n->text));
    for (uint32_t c = n->first; c; c = j->nodes[c].next) {
        buf_byte(out, ' ');
        dump(j, c, out);
    }
    buf_byte(out, ')');
}

/* The first expression of the first statement. */
static void check(const char *template, const char *expected)
{
    struct arena a;
    struct jinja j;
    struct buf out;
    arena_init(&a, 1 << 20, 4096);
    buf_init(&out, 1 << 16);
    assert_int_equal(jinja_parse(&a, slice_str(template), &j), ST_OK);
    if (j.error_count) fail_msg("%s: %s at %u", template, j.errors[0].what, j.errors[0].offset);
    for (unsigned i = 0; i < 3; i++) {
        if (!j.stmts[0].expr[i]) continue;
        if (out.n) buf_byte(&out, ' ');
        dump(&j, j.stmts[0].expr[i], &out);
    }
    assert_string_equal(buf_text(&out), expected);
    buf_done(&out);
    arena_done(&a);
}

static void expressions(void **state)
{
    (void)state;
    check("{{ a + b * c }}", "(+ a (* b c))");
    check("{{ a ~ b + c ~ d }}", "(+ (~ a b) (~ c d))");
    check("{{ -a|abs }}", "(filter:abs (- a))");
    check("{{ a ** b ** c }}", "(** (** a b) c)");
    check("{{ not a in b and c }}", "(and (not (in a b)) c)");
    check("{{ a not in b or c }}", "(or (notin a b) c)");
    check("{{ a.b['c'](d, e=1, *f, **g).h }}",
          "(attr:h (call (sub (attr:b a) 'c') d (kw:e 1) (star f) (dstar g)))");
    check("{{ a if b else c if d else e }}", "(cond a b (cond c d e))");
    check("{{ a if b if c else d }}", "(cond (cond a b) c d)");
    check("{{ x|join(',')|upper }}", "(filter:upper (filter:join x ','))");
    check("{{ x is not none and y is divisibleby 3 }}",
          "(and (testnot:none x) (test:divisibleby y 3))");
    check("{{ x is sameas(true) }}", "(test:sameas x true)");
    check("{{ 'a' if x is string else 'b' }}", "(cond 'a' (test:string x) 'b')");
    check("{{ x[1:] }}{{ y }}", "(sub x (slice 1 -))");
    check("{{ x[::-1] }}", "(sub x (slice - - (- 1)))");
    check("{{ x[a, b] }}", "(sub x (tuple a b))");
    check("{{ {'a': {'b': 1}, 'c': 2,} }}", "(dict (pair 'a' (dict (pair 'b' 1))) (pair 'c' 2))");
    check("{{ {} }}", "(dict)");
    check("{{ (), (1,), (1), [] }}", "(tuple (tuple) (tuple 1) 1 (list))");
    check("{{ 'a' 'b' \"c\" }}", "'abc'");
    check("{{ x.0.y }}", "(attr:y (sub x 0))");
    check("{{ 1.5 + 2e3 + 0xff + 1_000 }}", "(+ (+ (+ 1.5 2e3) 0xff) 1_000)");
    check("{{ f(a if b else c, d|e) }}", "(call f (cond a b c) (filter:e d))");
    check("{{ x|a.b.c(1) }}", "(filter:a.b.c x 1)");
    check("{{ a == b == c }}", "(== (== a b) c)");
    check("{{ x[] }}", "(sub x (tuple))");
    check("{{ 0and 0b11 }}", "(and 0 0b11)");
}

static void escapes(void **state)
{
    (void)state;
    check("{{ '\\x5f\\u005f\\137\\N{LOW LINE}c' }}", "'____c'");
    check("{{ '\\n\\'\\\\\\q' }}", "'\n'\\q'");
    check("{{ '\\xzz\\u12' }}", "'xzzu12'");
    check("{{ '\\u00e9\\u20ac\\U0001F600' }}", "'\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80'");
    check("{{ '\\N{LATIN SMALL LETTER C}\\N{DIGIT SEVEN}\\N{SNOWMAN}' }}", "'c7\xef\xbf\xbd'");
}

static void statements(void **state)
{
    (void)state;
    check("{% for a, b in x.items() if a not in y recursive %}{% endfor %}",
          "(tuple a b) (call (attr:items x)) (notin a y)");
    check("{% for x in a if b %}{% else %}{% endfor %}", "x a b");
    check("{% for x in (a if b else c) %}{% endfor %}", "x (cond a b c)");
    check("{%- set ns.a = b, c -%}", "(attr:a ns) (tuple b c)");
    check("{% set x | upper %}y{% endset %}", "(filter:upper x)");
    check("{% macro f(a, b=1) %}{% endmacro %}", "(call f a (kw:b 1))");
    check("{% call(user, x) f(1) %}{% endcall %}", "(call f 1) (tuple user x)");
    check("{% filter upper|replace('a', 'b') %}{% endfilter %}",
          "(filter:replace (filter:upper -) 'a' 'b')");
    check("{% include ['a', 'b'] ignore missing with context %}", "(list 'a' 'b')");
    check("{% from 'x' import a as b, c with context %}", "'x'");
    check("{% import x as y %}", "x");
    check("{% if x: %}{% endif %}", "x");
    check("{% generation %}{% endgeneration %}{% do x.append(1) %}", "");
}

static void parse(struct arena *a, const char *text, struct jinja *j)
{
    arena_init(a, 1 << 20, 4096);
    assert_int_equal(jinja_parse(a, slice_str(text), j), ST_OK);
}

static void blocks_are_linked(void **state)
{
    (void)state;
    struct arena a;
    struct jinja j;
    parse(&a, "{% if a %}1{% elif b %}{% for x in y %}{{ x }}{% endfor %}{% else %}3{% endif %}z",
          &j);
    assert_int_equal(j.error_count, 0);
    assert_int_equal(j.stmt_count, 10);
    assert_int_equal(j.stmts[0].next, 2);
    assert_int_equal(j.stmts[2].next, 6);
    assert_int_equal(j.stmts[6].next, 8);
    assert_int_equal(j.stmts[8].kind, JS_END);
    assert_int_equal(j.stmts[8].next, JINJA_NO_STMT);
    assert_int_equal(j.stmts[3].next, 5);
    assert_int_equal(j.stmts[4].block, 3);
    assert_int_equal(j.stmts[4].depth, 2);
    assert_int_equal(j.stmts[9].block, JINJA_NO_STMT);
    assert_slice(j.stmts[9].text, "z");
    arena_done(&a);
}

static void white_space(void **state)
{
    (void)state;
    struct arena a;
    struct jinja j;
    parse(
        &a,
        "a \n{%- set x = 1 -%} \n b {{- x }} c{% do x %}\nd{# e #}{% raw -%} {{ f }} {%- endraw %}",
        &j);
    assert_int_equal(j.error_count, 0);
    assert_slice(j.stmts[0].text, "a");
    assert_slice(j.stmts[2].text, "b");
    assert_slice(j.stmts[4].text, " c");
    assert_slice(j.stmts[6].text, "d");
    assert_slice(j.stmts[7].text, " e ");
    assert_slice(j.stmts[8].text, "{{ f }}");
    arena_done(&a);
}

static void error_at(const char *text, uint32_t line, uint32_t column)
{
    struct arena a;
    struct jinja j;
    parse(&a, text, &j);
    if (!j.error_count) fail_msg("no error in %s", text);
    assert_int_equal(j.errors[0].line, line);
    assert_int_equal(j.errors[0].column, column);
    arena_done(&a);
}

static void errors_have_a_place(void **state)
{
    (void)state;
    error_at("{{ a b }}", 1, 6);
    error_at("x\n  {{ a + }}", 2, 10);
    error_at("{% if a %}\n{{ b }}", 2, 8);
    error_at("{% endif %}", 1, 4);
    error_at("{{ (a] }}", 1, 6);
    error_at("{{ 'a }}", 1, 4);
    error_at("{% raw %}{{ x }}", 1, 1);
    error_at("a{# b", 1, 2);
    error_at("{% frobnicate %}", 1, 4);
    error_at("{{ a ! b }}", 1, 6);
    error_at("{{ a", 1, 5);
    error_at("{{ f(a=1 }}", 1, 10);
    error_at("{{ {'a'} }}", 1, 8);
    error_at("{% for x y %}{% endfor %}", 1, 10);
    error_at("{{ }}", 1, 4);
}

static void goes_on_behind_an_error(void **state)
{
    (void)state;
    struct arena a;
    struct jinja j;
    parse(&a, "{{ a b }}{{ x.__class__ }}{% foo %}{{ y }}", &j);
    assert_int_equal(j.error_count, 2);
    const struct jinja_stmt *s = &j.stmts[1];
    assert_int_equal(s->kind, JS_OUTPUT);
    assert_slice(j.nodes[s->expr[0]].text, "__class__");
    arena_done(&a);
}

/* Long and nested templates: each ends within a fraction of a second. */
static void hostile(const char *unit, size_t count, const char *tail)
{
    struct arena a;
    struct jinja j;
    struct buf text;
    struct timespec from, to;
    arena_init(&a, 256 << 20, 1 << 16);
    buf_init(&text, 4 << 20);
    for (size_t i = 0; i < count; i++) buf_str(&text, unit);
    buf_str(&text, tail);
    clock_gettime(CLOCK_MONOTONIC, &from);
    enum st st = jinja_parse(&a, buf_slice(&text), &j);
    clock_gettime(CLOCK_MONOTONIC, &to);
    assert_true(st == ST_OK || st == ST_LIMIT);
    double s = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    if (s > 2) fail_msg("%s... took %f s", unit, s);
    buf_done(&text);
    arena_done(&a);
}

static void hostile_templates_end(void **state)
{
    (void)state;
    hostile("{{", 100000, "");
    hostile("{{ ((((((((((", 20000, "");
    hostile("{{ [", 50000, " }}");
    hostile("{% if a %}", 20000, "");
    hostile("{{ 'a' }}", 20000, "");
    hostile("{{ 'a", 40000, "");
    hostile("{# ", 60000, "");
    hostile("{% raw %}", 20000, "");
    hostile("{{ a }} {% endif %}", 10000, "");
    hostile("{%                    ", 10000, "");
    check("{{ a }}", "a");
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_str(&text, "{{ a");
    for (size_t i = 0; i < 20000; i++) buf_str(&text, i & 1 ? "+b" : "|c(d)");
    hostile(buf_text(&text), 1, " }}");
    buf_reset(&text);
    buf_str(&text, "{{ ");
    for (size_t i = 0; i < 40000; i++) buf_str(&text, "not ");
    hostile(buf_text(&text), 1, "a }}");
    buf_reset(&text);
    buf_str(&text, "{{ ");
    for (size_t i = 0; i < 40000; i++) buf_str(&text, "'ab' ");
    hostile(buf_text(&text), 1, "}}");
    buf_done(&text);
}

static void memory_runs_out(void **state)
{
    (void)state;
    struct slice text =
        S("{% for x in y|f(1) %}{{ 'a\\x41' 'b' ~ x[1:] if z else {1: 2} }}{% endfor %}");
    enum st st = ST_NOMEM;
    size_t cap = 0, failures = 0;
    for (; st != ST_OK && cap < (1 << 20); cap += 256) {
        struct arena a;
        struct jinja j;
        arena_init(&a, cap, 0);
        st = jinja_parse(&a, text, &j);
        failures += st == ST_NOMEM;
        arena_done(&a);
    }
    assert_int_equal(st, ST_OK);
    assert_true(failures > 4);
}

static void every_truncation(void **state)
{
    (void)state;
    struct slice text =
        S("{% for x in y if z %}{{ 'a' ~ x[1:]|f(k={'a': [1, (2, 3)]}) if z else -4 }}"
          "{% raw %}{{ a }}{% endraw %}{# c #}{% else %}{% set a %}b{% endset %}{% endfor %}");
    for (size_t n = 0; n < text.n; n++) {
        struct arena a;
        struct jinja j;
        arena_init(&a, 1 << 20, 4096);
        assert_int_equal(jinja_parse(&a, slice_sub(text, 0, n), &j), ST_OK);
        if (n > 2) assert_true(j.error_count > 0);
        arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions),
        cmocka_unit_test(escapes),
        cmocka_unit_test(statements),
        cmocka_unit_test(blocks_are_linked),
        cmocka_unit_test(white_space),
        cmocka_unit_test(errors_have_a_place),
        cmocka_unit_test(goes_on_behind_an_error),
        cmocka_unit_test(hostile_templates_end),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(every_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
