/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"
#include "make_zip.h"

/* `levels` archives within one another, each stored in the next. */
static void nest(struct buf *b, unsigned levels)
{
    struct zip_part part = zip_stored("core.json", S("{\"deep\": true}"));
    buf_init(b, 1u << 20);
    zip_put(b, &part, 1, 0);
    for (unsigned i = 1; i < levels; i++) {
        struct buf outer;
        buf_init(&outer, 1u << 20);
        part = zip_stored("in.zip", buf_slice(b));
        zip_put(&outer, &part, 1, 0);
        buf_done(b);
        *b = outer;
    }
}

static void containers_nest(void **state)
{
    (void)state;
    struct told t;
    struct buf b;
    nest(&b, 5);
    assert_int_equal(told_run(&t, "x.zip", buf_slice(&b)), ST_OK);
    assert_told(&t, "!in.zip!in.zip!in.zip!in.zip!core.json FORMAT json");
    assert_quiet(&t);
    told_done(&t);
    buf_done(&b);
}

static void depth_has_an_end(void **state)
{
    (void)state;
    struct told t;
    struct buf b;
    nest(&b, 20);
    assert_int_equal(told_run(&t, "x.zip", buf_slice(&b)), ST_OK);
    assert_told(&t, "more than 12 containers deep");
    assert_int_equal(t.unread, 1);
    told_done(&t);
    buf_done(&b);
}

static void members_have_an_end(void **state)
{
    (void)state;
    struct told t;
    struct buf b;
    struct budget budget;
    struct zip_part parts[9];
    static const char *const names[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
    buf_init(&b, 1u << 16);
    for (size_t i = 0; i < 9; i++) parts[i] = zip_stored(names[i], S("text"));
    zip_put(&b, parts, 9, 0);
    budget_defaults(&budget);
    budget.members = 4;
    assert_int_equal(told_run_in(&t, "x.zip", buf_slice(&b), &budget, NULL, 1u << 20, 4096), ST_OK);
    assert_told(&t, "the budget of members is used up");
    told_done(&t);
    buf_done(&b);
}

static void names_make_promises(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct slice bytes;
        const char *line;
    } rows[] = {
        {"m.pkl", {NULL, 0}, " ANOMALY 6 m.pkl holds no bytes"},
        {"m.pkl", {(const uint8_t *)"\1\2\3\4", 4}, " UNREAD 1 .pkl promises"},
        {"m.pt", {(const uint8_t *)"hello", 5}, " UNREAD 1 .pt promises"},
        {"m.h5", {(const uint8_t *)"\x89HDF\r\n\x1a\n", 8}, " UNREAD 1 hdf5 is recognised"},
        {"m.gguf", {(const uint8_t *)"\x89HDF\r\n\x1a\n", 8}, " ANOMALY 5 .gguf, but"},
        {"old.pth", {(const uint8_t *)"import os\ncos\nsystem\n", 20}, " UNREAD 1 .pth promises"},
        {"x.rar", {(const uint8_t *)"Rar!\x1a\x07\1\0", 8}, " UNREAD 1 rar is recognised"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct told t;
        assert_int_equal(told_run(&t, rows[i].name, rows[i].bytes), ST_OK);
        assert_told(&t, rows[i].line);
        told_done(&t);
    }
}

static void neutral_names_promise_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {"notes", "x.dat", "weights.bin", "x.so"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct told t;
        assert_int_equal(told_run(&t, names[i], S("\1\2\3\4\5\6\7\xff\xfe")), ST_OK);
        assert_quiet(&t);
        told_done(&t);
    }
}

static void paths_for_python_are_no_model(void **state)
{
    (void)state;
    static const char *const texts[] = {"import os; var = 1\n", "# paths\n\n/usr/share/x\n./y\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct told t;
        assert_int_equal(told_run(&t, "site.pth", slice_str(texts[i])), ST_OK);
        assert_false(told_has(&t, "UNREAD"));
        told_done(&t);
    }
}

static void memory_is_given_back(void **state)
{
    (void)state;
    struct told t;
    struct budget budget;
    struct buf b;
    struct zip_part parts[64];
    struct buf big;
    buf_init(&b, 64u << 20);
    buf_init(&big, 1u << 20);
    for (size_t i = 0; i < 4000; i++) buf_str(&big, "0123456789");
    struct zip_part inner = zip_stored("text.txt", buf_slice(&big));
    struct buf mid;
    buf_init(&mid, 1u << 20);
    zip_put(&mid, &inner, 1, 0);
    for (size_t i = 0; i < 64; i++) parts[i] = zip_stored("same.zip", buf_slice(&mid));
    zip_put(&b, parts, 64, 0);
    budget_defaults(&budget);
    /* one index at a time fits, sixty-four do not */
    assert_int_equal(told_run_in(&t, "x.zip", buf_slice(&b), &budget, NULL, 160u << 10, 1024),
                     ST_OK);
    assert_int_equal(t.unread, 0);
    told_done(&t);
    buf_done(&b);
    buf_done(&mid);
    buf_done(&big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(containers_nest),
        cmocka_unit_test(depth_has_an_end),
        cmocka_unit_test(members_have_an_end),
        cmocka_unit_test(names_make_promises),
        cmocka_unit_test(neutral_names_promise_nothing),
        cmocka_unit_test(paths_for_python_are_no_model),
        cmocka_unit_test(memory_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
