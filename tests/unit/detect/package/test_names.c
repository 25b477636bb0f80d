/* SPDX-License-Identifier: Apache-2.0 */
/* Names that look like others, and the table of advisories that is compiled in. */
#include "../../test.h"
#include "base/st.h"
#include "detect/package/advisories.h"
#include "detect/package/names.h"

struct fixture {
    struct arena arena;
    struct advisories known;
};

static void begin(struct fixture *x)
{
    arena_init(&x->arena, (size_t)16 << 20, 1u << 16);
    assert_true(advisories_open(&x->known, (struct slice){NULL, 0}, &x->arena));
}

static void end(struct fixture *x)
{
    assert_false(x->known.nomem);
    arena_done(&x->arena);
}

static const struct {
    const char *name;
    enum likeness want;
    const char *popular;
} cases[] = {
    /* what fingers make of it */
    {"reqeusts", LIKE_TYPO, "requests"},
    {"tensorfow", LIKE_TYPO, "tensorflow"},
    {"numppy", LIKE_TYPO, "numpy"},
    {"pnadas", LIKE_TYPO, "pandas"},
    {"transfromesr", LIKE_TYPO, "transformers"},
    {"trnsfromers", LIKE_TYPO, "transformers"},
    {"huggingfase-hub", LIKE_TYPO, "huggingface-hub"},
    /* what eyes make of it */
    {"scikit-leam", LIKE_SHAPE, "scikit-learn"},
    {"0penai", LIKE_SHAPE, "openai"},
    {"t\xd0\xberch", LIKE_LETTERS, "torch"},
    {"lang-chain", LIKE_SEPARATOR, "langchain"},
    {"python-pandas", LIKE_SWAP, "pandas"},
    {"learn-scikit", LIKE_SWAP, "scikit-learn"},
    /* themselves, their families, other words */
    {"numpy", LIKE_NONE, ""},
    {"torch2", LIKE_NONE, ""},
    {"biopandas", LIKE_NONE, ""},
    {"fastplotlib", LIKE_NONE, ""},
    {"findtools", LIKE_NONE, ""},
    {"pinggraph", LIKE_NONE, ""},
    {"conference", LIKE_NONE, ""},
    {"panda", LIKE_NONE, ""},
    {"six", LIKE_NONE, ""},
    {"a", LIKE_NONE, ""},
    {"", LIKE_NONE, ""},
    {"sentence-transformers", LIKE_NONE, ""},
    {"langchain-exa", LIKE_NONE, ""},
};

static void likeness(void **state)
{
    (void)state;
    struct fixture x;
    size_t wrong = 0;
    begin(&x);
    struct slice list = advisories_names(&x.known);
    assert_true(list.n > 1000);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice popular = S("");
        enum likeness l = names_like(list, slice_str(cases[i].name), &popular);
        bool right = l == cases[i].want && slice_eq(popular, slice_str(cases[i].popular));
        if (!right) print_error("%s: %d %.*s\n", cases[i].name, (int)l, SLICE_ARG(popular));
        wrong += !right;
    }
    assert_int_equal(wrong, 0);
    end(&x);
}

static void long_names(void **state)
{
    (void)state;
    struct fixture x;
    char name[5000];
    struct slice popular;
    begin(&x);
    struct slice list = advisories_names(&x.known);
    for (size_t n = 0; n < sizeof name; n = n < 80 ? n + 1 : n * 2) {
        memset(name, 'o', sizeof name);
        assert_int_equal(names_like(list, slice_of(name, n), &popular), LIKE_NONE);
        memset(name, '\xd0', sizeof name);
        assert_int_equal(names_like(list, slice_of(name, n), &popular), LIKE_NONE);
    }
    end(&x);
}

static void normal(void **state)
{
    (void)state;
    struct fixture x;
    begin(&x);
    assert_slice(names_normal(&x.arena, S("Foo__bar-.Baz")), "foo-bar-baz");
    assert_slice(names_normal(&x.arena, S("")), "");
    end(&x);
}

/* Every package of the table is found, with lines that make sense; the flag that spares unpacking
 * says what the lines say. */
static void every_package(void **state)
{
    (void)state;
    struct fixture x;
    size_t count = 0, harmful = 0;
    begin(&x);
    for (size_t i = 0; i < x.known.packages; i++) {
        const uint8_t *row = x.known.rows.p + i * 16;
        uint32_t at = row[0] | (uint32_t)row[1] << 8 | (uint32_t)row[2] << 16;
        struct slice name = slice_sub(x.known.pool, at, row[4]), all, some;
        struct advisory a;
        assert_true(advisories_find(&x.known, name, &all));
        struct slice rest = all;
        bool first = true, bad = false;
        while (advisory_next(&rest, &a)) {
            assert_true(first || bad || !a.malicious); /* these stand first */
            bad = a.malicious;
            if (first) harmful += bad;
            if (first) assert_true(advisories_find_harmful(&x.known, name, &some) == bad);
            assert_true(a.ranges.n > 0);
            first = false;
            count++;
        }
    }
    assert_int_equal(count, x.known.vulnerabilities);
    assert_true(harmful > 10);
    assert_false(advisories_find(&x.known, S("no-such-package"), &(struct slice){0}));
    end(&x);
}

/* Memory that runs out is told, and asking again with more memory answers. */
static void memory(void **state)
{
    (void)state;
    size_t refused = 0;
    bool found = false;
    for (size_t cap = 0; cap < (size_t)1 << 20 && !found; cap += 97) {
        struct arena arena;
        struct advisories a;
        struct slice all;
        arena_init(&arena, cap, 0);
        assert_true(advisories_open(&a, (struct slice){NULL, 0}, &arena));
        found = advisories_find(&a, S("torch"), &all);
        assert_true(found != a.nomem);
        refused += !found;
        size_t used = arena.used;
        if (!found) (void)advisories_find(&a, S("torch"), &all);
        assert_int_equal(arena.used, used); /* what failed holds nothing */
        arena_done(&arena);
    }
    assert_true(found && refused > 10);
}

/* Images that are cut or changed are refused, or answer within their bounds. */
static void damaged(void **state)
{
    (void)state;
    struct slice whole = slice_of(advisories_image, advisories_image_size), all;
    size_t head = 32 + 40;
    uint8_t *copy = malloc(whole.n);
    assert_non_null(copy);
    for (size_t n = 0; n < whole.n; n += n < head ? 1 : 9973) {
        struct arena arena;
        struct advisories a;
        struct advisory one;
        memcpy(copy, whole.p, whole.n);
        if (n < head) copy[n] ^= 0x41;
        arena_init(&arena, (size_t)16 << 20, 1u << 16);
        if (advisories_open(&a, slice_of(copy, n < head ? whole.n : n), &arena)) {
            if (advisories_find(&a, S("torch"), &all))
                while (advisory_next(&all, &one)) assert_true(one.ranges.n <= whole.n * 10);
            (void)advisories_names(&a);
        }
        arena_done(&arena);
    }
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likeness),      cmocka_unit_test(long_names), cmocka_unit_test(normal),
        cmocka_unit_test(every_package), cmocka_unit_test(memory),     cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
