/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite files, as the library writes them (tests/makers/make_databases.py). */
#include "golden_file.h"
#include "told.h"

static void read_base(struct told *t, const char *name)
{
    struct buf b = golden_file("sqlite", name);
    assert_int_equal(told_run(t, name, buf_slice(&b)), ST_OK);
    buf_done(&b);
}

static void rows_are_told(void **state)
{
    (void)state;
    struct told t;
    read_base(&t, "honest-users.db");
    assert_quiet(&t);
    assert_told(&t, " TABLE users 4\n");
    assert_told(&t, "CELL 0 1 -1:-1 ");
    assert_told(&t, " users.name=user 0\n");
    assert_told(&t, "CELL 8 2 -1:-1 ");
    assert_told(&t, " users.mail=user8@mail.example\n");
    assert_told(&t, " TABLE_END 9 0\n");
    assert_told(&t, " CARD 15  9\n");
    told_done(&t);
}

/* A finding's offset leads to the value's own bytes. */
static void offsets_lead_to_the_bytes(void **state)
{
    (void)state;
    struct buf b = golden_file("sqlite", "honest-users.db");
    struct told t;
    char line[100];
    assert_int_equal(told_run(&t, "a.db", buf_slice(&b)), ST_OK);
    size_t at = slice_find(buf_slice(&b), S("user5@mail.example"));
    assert_true(at != SIZE_MAX);
    (void)snprintf(line, sizeof line, "CELL 5 2 -1:-1 %zu users.mail=user5@mail.example", at);
    assert_told(&t, line);
    told_done(&t);
    buf_done(&b);
}

static void kinds_of_values(void **state)
{
    (void)state;
    struct told t;
    read_base(&t, "honest-kinds.db");
    assert_quiet(&t);
    assert_told(&t, "k.r=-2.25");
    assert_told(&t, "k.b=bytes that are text");
    assert_told(&t, "k.n=1099511627776");
    assert_false(told_has(&t, "k.b=\1"));
    told_done(&t);
    read_base(&t, "honest-vectors.db");
    assert_quiet(&t);
    assert_told(&t, "embedding_metadata.string_value=The museum opens at nine.");
    told_done(&t);
}

/* Views and triggers are texts; the log is no secret place; deleted rows are still there. */
static void other_places_for_text(void **state)
{
    (void)state;
    struct told t;
    read_base(&t, "honest-views.db");
    assert_quiet(&t);
    assert_told(&t, "VALUE -1 view names=CREATE VIEW names");
    assert_told(&t, "VALUE -1 trigger t=");
    assert_false(told_has(&t, "TABLE names"));
    told_done(&t);
    read_base(&t, "honest-logged.db-wal");
    assert_quiet(&t);
    assert_told(&t, "log=user1@mail.example\n");
    told_done(&t);
    read_base(&t, "honest-logged.db");
    assert_quiet(&t);
    told_done(&t);
    read_base(&t, "honest-deleted.db");
    assert_quiet(&t);
    assert_told(&t, " TABLE_END 0 0\n");
    assert_told(&t, "deleted rows=ghost row that was deleted\n");
    told_done(&t);
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum anomaly what;
    } cases[] = {
        {"malicious-view.db", ANOMALY_ACTIVE_CONTENT}, {"malformed-cut.db", ANOMALY_TRUNCATED},
        {"malformed-behind.db", ANOMALY_TRAILING},     {"malformed-page.db", ANOMALY_MALFORMED},
        {"malformed-schema.db", ANOMALY_MALFORMED},
    };
    struct told t;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        read_base(&t, cases[i].name);
        assert_anomaly(&t, cases[i].what);
        told_done(&t);
    }
    read_base(&t, "malformed-encrypted.sqlite");
    assert_true(t.unread > 0);
    told_done(&t);
    read_base(&t, "malicious-pickle-in-cell.db");
    assert_told(&t, "!cache.v row 0 FORMAT pickle");
    told_done(&t);
    /* what could not be parsed is still looked at */
    read_base(&t, "malformed-schema.db");
    assert_told(&t, "pages=user5@mail.example\n");
    told_done(&t);
}

static void put_u32(struct buf *b, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8) buf_byte(b, (uint8_t)(v >> shift));
}

static void fill_page(struct buf *b, size_t from)
{
    buf_fill(b, 0, 512 - (b->n - from));
}

/* The leaf page of a table with one row of n values of three bytes. */
static void put_leaf(struct buf *b, unsigned n, const char *text)
{
    size_t from = b->n;
    unsigned payload = 1 + n + 3 * n;
    buf_add(b, S("\x0d\0\0\0\x01\0\x40\0\0\x40"));
    buf_fill(b, 0, 0x40 - 10);
    buf_byte(b, (uint8_t)(payload >> 7 | 0x80));
    buf_byte(b, payload & 0x7f);
    buf_byte(b, 1);
    buf_byte(b, (uint8_t)(n + 1));
    buf_fill(b, 13 + 2 * 3, n);
    for (unsigned i = 0; i + 1 < n; i++) buf_str(b, "abc");
    buf_str(b, text);
    fill_page(b, from);
}

/* A database without tables and with so many free pages, on lists of 100. */
static void free_base(struct buf *b, uint32_t pages)
{
    uint32_t trunks = (pages + 99) / 100, all = 1 + trunks + pages;
    buf_init(b, 512 * (size_t)all + 1000);
    buf_add(b, S("SQLite format 3\0\x02\0\x01\x01\0\x40\x20\x20\0\0\0\x01"));
    put_u32(b, all);
    put_u32(b, 2);
    put_u32(b, trunks + pages);
    buf_fill(b, 0, 56 - b->n);
    put_u32(b, 1);
    buf_fill(b, 0, 92 - b->n);
    put_u32(b, 1);
    put_u32(b, 3040001);
    buf_add(b, S("\x0d\0\0\0\0\x02\0\0"));
    fill_page(b, 0);
    for (uint32_t t = 0; t < trunks; t++) {
        size_t from = b->n;
        uint32_t first = t * 100, n = pages - first < 100 ? pages - first : 100;
        put_u32(b, t + 1 < trunks ? t + 3 : 0);
        put_u32(b, n);
        for (uint32_t i = 0; i < n; i++) put_u32(b, 2 + trunks + first + i);
        fill_page(b, from);
    }
    for (uint32_t i = 0; i + 1 < pages; i++) put_leaf(b, 1, "mid");
    put_leaf(b, 70, "end");
}

/* All of them, all of a row, and what lies behind the last page. */
static void every_free_page_is_looked_at(void **state)
{
    (void)state;
    struct buf b;
    struct told t;
    free_base(&b, 5000);
    assert_int_equal(told_run(&t, "a.db", buf_slice(&b)), ST_OK);
    assert_quiet(&t);
    assert_told(&t, "deleted rows=end\n");
    told_done(&t);
    buf_add(&b, S("\x80\x02"
                  "cposix\nsystem\n)\x85R."));
    assert_int_equal(told_run(&t, "a.db", buf_slice(&b)), ST_OK);
    assert_anomaly(&t, ANOMALY_TRAILING);
    assert_told(&t, "!(trailing bytes) FORMAT pickle");
    told_done(&t);
    buf_done(&b);
}

/* The purse is the scan's, also inside the library. */
static void the_budget_ends_it(void **state)
{
    (void)state;
    struct buf b = golden_file("sqlite", "honest-users.db");
    struct told t;
    struct budget budget;
    budget_defaults(&budget);
    budget.work = 20;
    assert_int_equal(told_run_in(&t, "a.db", buf_slice(&b), &budget, NULL, 64u << 20, 1u << 16),
                     ST_OK);
    assert_true(t.unread > 0);
    told_done(&t);
    buf_done(&b);
}

static void sweeps(void **state)
{
    (void)state;
    struct buf b = golden_file("sqlite", "honest-vectors.db");
    for (size_t n = 100; n < b.n; n += 7) {
        struct told t;
        uint8_t *p = told_exact(slice_sub(buf_slice(&b), 0, n));
        assert_int_equal(told_run(&t, "a.db", slice_of(p, n)), ST_OK);
        assert_true(t.anomalies + t.unread > 0);
        told_done(&t);
        free(p);
    }
    sweep_memory("a.db", buf_slice(&b));
    uint8_t *p = told_exact(buf_slice(&b));
    for (size_t at = 0; at < b.n; at++) {
        struct told t;
        p[at] ^= (uint8_t)(1u << at % 8);
        assert_int_equal(told_run(&t, "a.db", slice_of(p, b.n)), ST_OK);
        told_done(&t);
        p[at] ^= (uint8_t)(1u << at % 8);
    }
    free(p);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_told),         cmocka_unit_test(offsets_lead_to_the_bytes),
        cmocka_unit_test(kinds_of_values),       cmocka_unit_test(other_places_for_text),
        cmocka_unit_test(what_is_wrong_is_told), cmocka_unit_test(every_free_page_is_looked_at),
        cmocka_unit_test(the_budget_ends_it),    cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
