/* SPDX-License-Identifier: Apache-2.0 */
/* test_csv_agree.c - the scan of tables by words and the walk cell by cell see the same table.
 * The scan (csv_scan.c) says where records end and how many fields they have, the walk (csv_cell.c)
 * is asked for places: were they of different minds, findings would carry wrong cells. */
#include "../test.h"
#include "base/buf.h"
#include "read/text/csv.h"

#define ROUNDS 3000

/* ---- what each sees: "from-to fields last" for each record ---- */

static bool see_record(void *ctx, const struct csv_record *r)
{
    buf_printf(ctx, "%zu-%zu %llu%s\n", r->from, r->to, (unsigned long long)r->fields,
               r->last_empty ? " empty" : "");
    return true;
}

static void see_empty(void *ctx, uint64_t column)
{
    (void)ctx;
    (void)column;
}

static bool see_passed(void *ctx, size_t upto, size_t record, size_t escaped, bool quoted)
{
    (void)ctx;
    (void)record;
    (void)escaped;
    (void)quoted;
    return upto > 0;
}

static void scan(struct slice text, const struct csv_dialect *d, struct buf *seen)
{
    struct arena arena;
    struct budget budget;
    budget_defaults(&budget);
    arena_init(&arena, 1u << 20, 16u << 10);
    struct reading r = {.arena = &arena, .budget = &budget};
    struct source s = {.r = &r, .text = text};
    struct csv_sink sink = {see_record, see_empty, see_passed, seen};
    assert_int_equal(csv_scan(&s, d, &sink), ST_OK);
    arena_done(&arena);
}

static size_t line_end(struct slice s, size_t at)
{
    if (at < s.n && s.p[at] == '\r')
        at++;
    else if (at < s.n && s.p[at] == '\n')
        return at + 1;
    if (at < s.n && s.p[at] == '\n') at++;
    return at;
}

static void walk(struct slice text, const struct csv_dialect *d, struct buf *seen)
{
    for (size_t at = 0; at < text.n;) {
        struct csv_record r = {.from = at, .fields = 1};
        struct csv_cell c = csv_cell_at(d, text, at, text.n);
        for (; c.end < text.n && text.p[c.end] == d->separator; r.fields++)
            c = csv_cell_at(d, text, c.end + 1, text.n);
        at = r.to = line_end(text, c.end);
        /* what stands behind a closing quote is text, too */
        r.last_empty = c.from == c.to && !c.open && c.end == c.to + c.quoted;
        bool blank = r.fields == 1 && c.end == r.from;
        if (!blank) (void)see_record(seen, &r);
    }
}

/* ---- texts ---- */

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void add_pieces(struct buf *b, uint64_t *state)
{
    static const char *const pieces[] = {
        ",",  ",",    "\n",       "\r\n",      "\r",
        "\"", "\"\"", "\"a\"",    "x",         "word, word",
        "\\", "\\\"", "5\" pipe", "\"a,\nb\"", "a rather long cell without anything in it",
        " "};
    for (uint64_t n = next_random(state) % 40 + 1; n > 0; n--)
        buf_str(b, pieces[next_random(state) % COUNT_OF(pieces)]);
    buf_byte(b, '\n');
}

static void made_tables(void **state)
{
    (void)state;
    uint64_t random = 0x9e3779b97f4a7c15u;
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct csv_dialect d = {.separator = ',', .quote = '"', .backslash = i & 1};
        struct buf text, scanned, walked;
        buf_init(&text, 1u << 16);
        buf_init(&scanned, 1u << 16);
        buf_init(&walked, 1u << 16);
        add_pieces(&text, &random);
        scan(buf_slice(&text), &d, &scanned);
        walk(buf_slice(&text), &d, &walked);
        if (strcmp(buf_text(&scanned), buf_text(&walked)) != 0)
            print_error("%u: of\n%s\nscanned\n%swalked\n%s", i, buf_text(&text), buf_text(&scanned),
                        buf_text(&walked));
        assert_string_equal(buf_text(&scanned), buf_text(&walked));
        buf_done(&text);
        buf_done(&scanned);
        buf_done(&walked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(made_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
