/* SPDX-License-Identifier: Apache-2.0 */
/* TOML 1.0 as the specification's own examples have it, and every way to get it wrong. */
#include "../test.h"
#include "codec/toml.h"
#include <math.h>

struct fixture {
    struct arena arena;
    struct toml_error error;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    arena_init(&f->arena, 16u << 20, 4096);
    *state = f;
    return f ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_done(&f->arena);
    free(f);
    return 0;
}

static const struct toml_node *good(struct fixture *f, const char *text)
{
    const struct toml_node *root = toml_parse(slice_str(text), &f->arena, &f->error);
    if (!root)
        print_error("%zu:%zu %s in: %s\n", f->error.line, f->error.column, f->error.what, text);
    assert_non_null(root);
    return root;
}

static const struct toml_node *at(const struct toml_node *n, const char *a, const char *b)
{
    n = toml_get(n, slice_str(a));
    return b ? toml_get(n, slice_str(b)) : n;
}

static void strings(void **state)
{
    const struct toml_node *r =
        good(*state, "basic = \"a\\tb \\u00e9 \\\"q\\\" \\\\ \\U0001F600\"\n"
                     "literal = 'C:\\no \"escape\"'\n"
                     "many = \"\"\"\nRoses\\\n   are red\n\"two\" quotes\"\"\"\"\n"
                     "raw = '''\nkeep \\ all\n'''\n\"quoted key\" = 1\n");
    assert_slice(at(r, "basic", NULL)->text, "a\tb \xc3\xa9 \"q\" \\ \xf0\x9f\x98\x80");
    assert_slice(at(r, "literal", NULL)->text, "C:\\no \"escape\"");
    assert_slice(at(r, "many", NULL)->text, "Rosesare red\n\"two\" quotes\"");
    assert_slice(at(r, "raw", NULL)->text, "keep \\ all\n");
    assert_non_null(at(r, "quoted key", NULL));
}

static void numbers(void **state)
{
    const struct toml_node *r = good(
        *state, "a = +1_000\nb = -17\nc = 0xDEAD_beef\nd = 0o755\ne = 0b1101\nf = 3.14\n"
                "g = -2e-2\nh = 6.626e-34\ni = -inf\nj = nan\nk = true\nl = 9223372036854775807\n"
                "m = -9223372036854775808\nn = 1_0.5\n");
    assert_int_equal(at(r, "a", NULL)->number, 1000);
    assert_int_equal(at(r, "b", NULL)->number, -17);
    assert_int_equal(at(r, "c", NULL)->number, 0xdeadbeef);
    assert_int_equal(at(r, "d", NULL)->number, 0755);
    assert_int_equal(at(r, "e", NULL)->number, 13);
    assert_true(fabs(at(r, "f", NULL)->real - 3.14) < 1e-12);
    assert_true(fabs(at(r, "g", NULL)->real + 0.02) < 1e-12);
    assert_true(isinf(at(r, "i", NULL)->real) && at(r, "i", NULL)->real < 0);
    assert_true(isnan(at(r, "j", NULL)->real));
    assert_true(at(r, "k", NULL)->on);
    assert_true(at(r, "l", NULL)->number == INT64_MAX && at(r, "m", NULL)->number == INT64_MIN);
    assert_true(fabs(at(r, "n", NULL)->real - 10.5) < 1e-12);
}

static void dates(void **state)
{
    static const char *const all[] = {"1979-05-27T07:32:00Z",
                                      "1979-05-27T00:32:00.999999-07:00",
                                      "1979-05-27 07:32:00Z",
                                      "1979-05-27T07:32:00",
                                      "1979-05-27",
                                      "07:32:00",
                                      "2000-02-29"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "d = %s # a date\n", all[i]);
        const struct toml_node *n = at(good(*state, text), "d", NULL);
        assert_int_equal(n->kind, TOML_DATE);
        assert_true(slice_eq(n->text, slice_str(all[i])));
    }
}

static void tables(void **state)
{
    const struct toml_node *r = good(
        *state,
        "title = 'x'\na.b.c = 1\na.b.d = 2\n[x.y.z]\nk = 1\n[x]\nm = 2\n"
        "point = { x = 1, y.z = 2, e = {} }\n[[fruit]]\nname = 'apple'\n[fruit.color]\nred = 1\n"
        "[[fruit.kind]]\nn = 1\n[[fruit]]\nname = 'pear'\nlist = [ 1, # one\n  [2, 3],\n ]\n");
    assert_int_equal(at(at(r, "a", "b"), "d", NULL)->number, 2);
    assert_int_equal(at(at(r, "x", "y"), "z", "k")->number, 1);
    assert_int_equal(at(at(r, "x", "point"), "y", "z")->number, 2);
    const struct toml_node *fruit = at(r, "fruit", NULL);
    assert_int_equal(fruit->count, 2);
    assert_int_equal(at(fruit->first, "color", "red")->number, 1);
    assert_int_equal(at(fruit->first, "kind", NULL)->count, 1);
    assert_int_equal(at(fruit->last, "list", NULL)->last->count, 2);
    assert_int_equal(fruit->last->line, 15);
}

static void places_and_mistakes(void **state)
{
    static const struct {
        const char *text;
        size_t line, column;
    } rows[] = {
        {"a = \"x\nb = 1\n", 1, 7},
        {"a = 1\na = 2\n", 2, 1},
        {"ok = 1\nbad = hello\n", 2, 7},
        {"a = [1, 2\n", 2, 1},
        {"[a]\nb = 1\n[a]\nc = 1\n", 3, 3},
        {"= 1\n", 1, 1},
        {"a = 1 b = 2\n", 1, 7},
        {"\xc3\xa9 = 1\n", 1, 1},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_null(toml_parse(slice_str(rows[i].text), &f->arena, &f->error));
        assert_non_null(f->error.fix);
        assert_int_equal(f->error.line, rows[i].line);
        assert_int_equal(f->error.column, rows[i].column);
    }
}

static void refused(void **state)
{
    static const char *const all[] = {"a = 01\n",
                                      "a = 1__0\n",
                                      "a = _1\n",
                                      "a = 1_\n",
                                      "a = 0x\n",
                                      "a = +0x1\n",
                                      "a = .5\n",
                                      "a = 5.\n",
                                      "a = 1e\n",
                                      "a = 9223372036854775808\n",
                                      "a = 1979-13-01\n",
                                      "a = 2001-02-29\n",
                                      "a = 25:00:00\n",
                                      "a = \"\\q\"\n",
                                      "a = \"\\ud800\"\n",
                                      "a = \"\x01\"\n",
                                      "a = '''x\n",
                                      "a = {x = 1,}\n",
                                      "a = {x = 1\n}\n",
                                      "a = [1 2]\n",
                                      "a = [,]\n",
                                      "[a\n",
                                      "[a]]\n",
                                      "[[a]\n",
                                      "[]\n",
                                      "[a.]\n",
                                      "a. = 1\n",
                                      "a b = 1\n",
                                      "a = \n",
                                      "a\n",
                                      "[a.b]\n[a]\nb.c = 1\n",
                                      "a.b = 1\n[a]\n",
                                      "a = {b = 1}\na.c = 2\n",
                                      "a = [1]\n[[a]]\n",
                                      "[[a]]\n[a]\n",
                                      "a = {b = 1}\n[a.c]\n",
                                      "a = \xff\n",
                                      "a = 1 # \x01\n",
                                      "a = tru\n",
                                      "a = 1\r",
                                      "a = 1\rb = 2\n"};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (toml_parse(slice_str(all[i]), &f->arena, &f->error)) fail_msg("taken: %s", all[i]);
        assert_true(f->error.what && f->error.fix && f->error.line && f->error.column);
    }
}

static void depth_has_an_end(void **state)
{
    struct fixture *f = *state;
    char text[20000] = "a = ";
    memset(text + 4, '[', sizeof text - 5);
    assert_null(toml_parse(slice_of(text, sizeof text), &f->arena, &f->error));
}

static const char sample[] =
    "# all of it\nfail_on = \"high\"\nexclude = ['a/**', \"b\\u0041\"]\n[t.u]\nx = 1.5e3\n"
    "[[ignore]]\nrule = \"\"\"a\\\n b\"\"\"\nuntil = 2027-03-31\np = {a = 1, b.c = true}\n";

/* Cut or changed anywhere, and whatever memory is left: an answer or an error with a place. */
static void sweep(void **state)
{
    struct fixture *f = *state;
    char copy[sizeof sample];
    for (size_t n = 0; n < sizeof sample; n++)
        for (unsigned bit = 0; bit < 9; bit++) {
            memcpy(copy, sample, sizeof sample);
            if (bit < 8) copy[n] = (char)((unsigned char)copy[n] ^ (1u << bit));
            size_t length = bit < 8 ? sizeof sample - 1 : n;
            const struct toml_node *r = toml_parse(slice_of(copy, length), &f->arena, &f->error);
            assert_true(r || (f->error.what && f->error.line));
            arena_reset(&f->arena);
        }
}

static void memory_sweep(void **state)
{
    (void)state;
    bool done = false;
    for (size_t cap = 0; !done; cap += 64) {
        struct arena small;
        struct toml_error error;
        arena_init(&small, cap, 0);
        done = toml_parse(slice_str(sample), &small, &error) != NULL;
        assert_true(done || error.what);
        arena_done(&small);
        assert_true(cap < 1u << 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(strings, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(dates, setup, teardown),
        cmocka_unit_test_setup_teardown(tables, setup, teardown),
        cmocka_unit_test_setup_teardown(places_and_mistakes, setup, teardown),
        cmocka_unit_test_setup_teardown(refused, setup, teardown),
        cmocka_unit_test_setup_teardown(depth_has_an_end, setup, teardown),
        cmocka_unit_test_setup_teardown(sweep, setup, teardown),
        cmocka_unit_test(memory_sweep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
