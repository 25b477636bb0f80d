/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "scan/diff.h"

static struct arena arena;

static void put(struct buf *b, enum facet_kind kind, const char *name, const char *digest,
                uint64_t row)
{
    struct facet f = {.kind = kind, .row = row, .line = row + 1, .name = slice_str(name)};
    f.shown = slice_str(digest);
    memset(f.digest, 0, sizeof f.digest);
    memcpy(f.digest, digest, strlen(digest));
    facet_put(b, &f);
}

/* "Tname=digest ..." : kinds T(ensor), K(ey), I(mport), R(ecord) */
static void list(struct buf *b, const char *text)
{
    struct slice rest = slice_str(text), one;
    uint64_t row = 0;
    buf_init(b, 1u << 16);
    while (slice_split(&rest, ' ', &one)) {
        char name[40], digest[17];
        if (!one.n) continue;
        size_t eq = slice_find_byte(one, '=');
        enum facet_kind kind = one.p[0] == 'T'   ? FACET_TENSOR
                               : one.p[0] == 'K' ? FACET_KEY
                               : one.p[0] == 'I' ? FACET_IMPORT
                                                 : FACET_RECORD;
        snprintf(name, sizeof name, "%.*s", (int)eq - 1, (const char *)one.p + 1);
        snprintf(digest, sizeof digest, "%.*s", (int)(one.n - eq - 1),
                 (const char *)one.p + eq + 1);
        put(b, kind, name, digest, row++);
    }
}

static struct diff_file compare(const char *old, const char *new)
{
    struct diff_file f = {0};
    struct buf a, b;
    list(&a, old);
    list(&b, new);
    assert_true(diff_facets(&arena, buf_slice(&a), buf_slice(&b), &f));
    buf_done(&a);
    buf_done(&b);
    return f;
}

static void counts(const struct diff_file *f, enum facet_kind kind, unsigned added,
                   unsigned removed, unsigned changed, unsigned same)
{
    const struct diff_count *n = &f->of[kind];
    assert_int_equal(n->added, added);
    assert_int_equal(n->removed, removed);
    assert_int_equal(n->changed, changed);
    assert_int_equal(n->same, same);
}

static void named_ones_change(void **state)
{
    (void)state;
    struct diff_file f = compare("Ta=1 Tb=2 Tc=3 Ka=1", "Tc=3 Tb=9 Td=4 Ka=2");
    counts(&f, FACET_TENSOR, 1, 1, 1, 1);
    counts(&f, FACET_KEY, 0, 0, 1, 0);
    assert_int_equal(f.facet_count, 4);
    assert_true(slice_eq(f.facets[1].name, S("b")) && f.facets[1].change == DIFF_CHANGED);
    assert_true(slice_eq(f.facets[1].old, S("2")) && slice_eq(f.facets[1].new, S("9")));
    assert_false(f.reordered);
}

static void others_come_and_go(void **state)
{
    (void)state;
    struct diff_file f = compare("R=1 R=2 R=2 R=3", "R=1 R=2 R=3 R=3 R=4");
    counts(&f, FACET_RECORD, 2, 1, 0, 3);
    f = compare("I=os.system", "I=torch.x");
    counts(&f, FACET_IMPORT, 1, 1, 0, 0);
}

static void order_is_told(void **state)
{
    (void)state;
    assert_false(compare("R=1 R=2 R=3", "R=1 R=9 R=2 R=3").reordered);
    assert_true(compare("R=1 R=2 R=3", "R=2 R=1 R=3").reordered);
    assert_false(compare("R=1 R=1 R=2", "R=1 R=1 R=2").reordered);
    assert_false(compare("Ta=1 Tb=2", "Tb=2 Ta=1").reordered);
}

/* The fewest records that make up for another order. */
static void moves_are_counted(void **state)
{
    (void)state;
    assert_int_equal(compare("R=1 R=2 R=3 R=4 R=5", "R=5 R=1 R=2 R=3 R=4").moved, 1);
    assert_int_equal(compare("R=1 R=2 R=3 R=4 R=5", "R=2 R=3 R=4 R=5 R=1").moved, 1);
    assert_int_equal(compare("R=1 R=2 R=3 R=4", "R=4 R=3 R=2 R=1").moved, 3);
    assert_int_equal(compare("R=1 R=2 R=3 R=4", "R=3 R=4 R=1 R=2").moved, 2);
    assert_int_equal(compare("R=1 R=9 R=2", "R=1 R=2 R=8").moved, 0);
    assert_int_equal(compare("", "R=1").moved, 0);
}

static void long_types_are_kept(void **state)
{
    (void)state;
    struct buf b;
    char type[FACET_TYPE_MAX + 100];
    memset(type, 't', sizeof type);
    struct facet f = {
        .kind = FACET_COLUMN, .name = S("c"), .shown = slice_of((uint8_t *)type, sizeof type)};
    buf_init(&b, 1u << 16);
    facet_put(&b, &f);
    f.kind = FACET_KEY;
    facet_put(&b, &f);
    struct cursor c = cur_of(buf_slice(&b));
    assert_true(facet_next(&c, &f));
    assert_int_equal(f.shown.n, FACET_TYPE_MAX);
    assert_true(facet_next(&c, &f));
    assert_int_equal(f.shown.n, FACET_SHOWN_MAX);
    buf_done(&b);
}

static void nothing_is_something(void **state)
{
    (void)state;
    struct diff_file f = compare("", "");
    assert_int_equal(f.facet_count, 0);
    f = compare("", "R=1");
    counts(&f, FACET_RECORD, 1, 0, 0, 0);
}

/* A worker that was taken over may write anything. */
static void broken_lists_are_refused(void **state)
{
    (void)state;
    struct buf good;
    list(&good, "Ta=1 R=2");
    struct slice all = buf_slice(&good);
    struct cursor c = cur_of(all);
    struct facet first;
    assert_true(facet_next(&c, &first));
    for (size_t n = 1; n < all.n; n++) {
        struct diff_file f = {0};
        bool ok = diff_facets(&arena, slice_sub(all, 0, n), S(""), &f);
        assert_int_equal(ok, n == cur_pos(&c));
    }
    uint8_t *bytes = (uint8_t *)(uintptr_t)all.p;
    struct diff_file f = {0};
    bytes[0] = FACET_KINDS;
    assert_false(diff_facets(&arena, all, S(""), &f));
    buf_done(&good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_ones_change),
        cmocka_unit_test(others_come_and_go),
        cmocka_unit_test(order_is_told),
        cmocka_unit_test(moves_are_counted),
        cmocka_unit_test(long_types_are_kept),
        cmocka_unit_test(nothing_is_something),
        cmocka_unit_test(broken_lists_are_refused),
    };
    arena_init(&arena, 64u << 20, 4096);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
