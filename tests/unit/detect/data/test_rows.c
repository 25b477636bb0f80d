/* SPDX-License-Identifier: Apache-2.0 */
/* test_rows.c - hits in tables and texts: places, masks, circumstances, votes, repeats, caps. */
#include "table_fixture.h"

static const struct slice columns[] = {{(const uint8_t *)"id", 2}, {(const uint8_t *)"note", 4}};

static void one_key(void **state)
{
    (void)state;
    struct tables t;
    tables_open(&t, "a.csv", FMT_CSV);
    tables_begin(&t, columns, 2);
    tables_block(&t, BLOCK_RECORDS, "1,hello\n2,see K-abcd1234 there\n3,X-abcd1234\n", 0, columns,
                 2);
    tables_end(&t, 3, NULL);
    judge_finish(&t.judge);
    assert_int_equal(t.count, 1);
    assert_string_equal(t.rows[0].rule, "secret.huggingface");
    assert_int_equal(t.rows[0].severity, SEV_CRITICAL);
    assert_int_equal(t.rows[0].row, 1);
    assert_int_equal(t.rows[0].line, 2);
    assert_int_equal(t.rows[0].column, 7);
    assert_int_equal(t.rows[0].offset, 14);
    assert_string_equal(t.rows[0].field, "note");
    assert_string_equal(t.rows[0].evidence, "*-******34");
    assert_int_equal(t.spans[SPAN_FOUND], 1);
    assert_true(t.judge.has_rows);
    tables_close(&t);
}

static void masks(void **state)
{
    (void)state;
    static const struct {
        const char *value, *mask;
    } cases[] = {
        {"AKIAQ3EGRIB7XZL4UV5W", "AKIA**************5W"},
        {"DE89 3704 0044 0532 0130 00", "DE89 **** **** **** **** 00"},
        {"jane.doe@mail.example.org", "j***.***@m***.*******.org"},
        {"078-05-1120", "***-**-**20"},
        {"+49 30 901820", "+49 ** ****20"},
        {"Jo", "J*"},
        {"\xc3\xa9t\xc3\xa9", "***"},
        {"", ""},
        {"a\nb", "a *"},
        {"-----BEGIN RSA PRIVATE KEY-----\nMIIE", "-----BEGIN RSA PRIVATE KEY----- **"},
        {"ghp_a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwX9zAAAA", "ghp_a*******...(44 characters)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char mask[MASK_MAX];
        mask_value(slice_str(cases[i].value), mask);
        assert_string_equal(mask, cases[i].mask);
    }
}

/* `share` percent of the ids check, the others are one off. */
static void names_that_are_values_are_masked(void **state)
{
    (void)state;
    assert_true(mask_calls_for(S("anna.berg@firma.de")));
    assert_true(mask_calls_for(S("key AKIAQ7ZP3LMNB5RTUV2K here")));
    assert_true(mask_calls_for(S("4929123456781234")));
    assert_false(mask_calls_for(S("$.messages[12].content")));
    assert_false(mask_calls_for(S("feature_embedding_dim_128")));
    assert_false(mask_calls_for(S("internationalisation")));
    assert_false(mask_calls_for(S("price @ store")));
}

static void tell_ids(struct tables *t, const struct slice *cols, size_t named, unsigned rows,
                     unsigned share, bool constant)
{
    struct buf b;
    uint64_t filled[] = {rows, named > 1 ? rows : 1u << 30};
    buf_init(&b, 1u << 20);
    for (unsigned i = 0; i < rows; i++) {
        char id[10];
        make_id(id, constant ? 0 : i);
        if (i * share / 100 == (i + 1) * share / 100) id[8] = (char)('0' + (id[8] - '0' + 1) % 10);
        buf_printf(&b, "%u,%s\n", i, id);
    }
    tables_open(t, "a.csv", FMT_CSV);
    tables_begin(t, cols, named);
    tables_block(t, BLOCK_RECORDS, buf_text(&b), 0, cols, named);
    tables_end(t, rows, filled);
    judge_finish(&t->judge);
    buf_done(&b);
}

static void vote(const char *name, unsigned rows, unsigned share, bool constant, size_t expected)
{
    struct tables t;
    struct slice cols[] = {S("n"), slice_str(name)};
    tell_ids(&t, cols, 2, rows, share, constant);
    assert_int_equal(tables_count(&t, "pii.nl.bsn"), expected);
    assert_int_equal(tables_count(&t, "pii.us.passport"), 0);
    assert_int_equal(t.spans[SPAN_VOTE], expected ? 1 : 0);
    tables_close(&t);
}

/* Of cells behind the last column that has a name nobody counts how many are filled. */
static void cells_without_a_column_vote(void **state)
{
    (void)state;
    struct tables t;
    struct slice cols[] = {S("n")};
    tell_ids(&t, cols, 1, 40, 100, false);
    assert_int_equal(tables_count(&t, "pii.nl.bsn"), 40);
    tables_close(&t);
}

static void votes(void **state)
{
    (void)state;
    vote("account", 40, 100, false, 40);
    vote("account", 40, 90, false, 36);
    vote("account", 40, 50, false, 0);
    vote("account", 40, 10, false, 0);
    vote("account", 7, 100, false, 7);
    vote("account", 6, 100, false, 0);  /* chance does that */
    vote("account", 400, 100, true, 0); /* one value, 400 times */
    vote("customer_bsn", 2, 100, false, 2);
    vote("customer_bsn", 40, 60, false, 24);
    vote("customer_bsn", 40, 10, false, 0);
}

static void numbers_in_text_do_not_vote(void **state)
{
    (void)state;
    struct tables t;
    char id[10], text[4000] = "";
    size_t n = 0;
    tables_open(&t, "a.csv", FMT_CSV);
    for (unsigned i = 0; i < 40; i++) {
        make_id(id, i);
        n += (size_t)snprintf(text + n, sizeof text - n, "%u,order %s\n", i, id);
    }
    tables_begin(&t, columns, 2);
    tables_block(&t, BLOCK_RECORDS, text, 0, columns, 2);
    tables_end(&t, 40, NULL);
    judge_finish(&t.judge);
    assert_int_equal(t.count, 0);
    assert_int_equal(t.spans[SPAN_BARE], 0);
    tables_close(&t);
}

static void long_columns_are_bounded(void **state)
{
    (void)state;
    struct tables t;
    struct buf b;
    uint64_t total = 0;
    tables_open(&t, "a.csv", FMT_CSV);
    tables_begin(&t, columns, 1);
    buf_init(&b, 1u << 20);
    for (unsigned block = 0; block < 300; block++) {
        buf_reset(&b);
        for (unsigned i = 0; i < 100; i++, total++) {
            char id[10];
            make_id(id, (unsigned)total);
            buf_printf(&b, "%s\n", id);
        }
        tables_block(&t, BLOCK_RECORDS, buf_text(&b), total - 100, columns, 1);
    }
    tables_end(&t, total, NULL);
    judge_finish(&t.judge);
    assert_int_equal(tables_count(&t, "pii.nl.bsn"), 5001);
    const struct hit_row *last = &t.rows[t.count - 1];
    assert_string_equal(last->evidence, "25000 more");
    assert_int_equal(last->row, -1);
    buf_done(&b);
    tables_close(&t);
}

static enum severity weigh(const char *name, enum format f, enum block_kind kind, const char *text)
{
    struct tables t;
    tables_open(&t, name, f);
    tables_block(&t, kind, text, 0, NULL, 0);
    judge_finish(&t.judge);
    enum severity s = t.count ? t.rows[0].severity : SEV_COUNT;
    assert_true(t.count <= 1);
    tables_close(&t);
    return s;
}

static void circumstances(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum format format;
        enum block_kind kind;
        enum severity mail;
    } cases[] = {
        {"a.csv", FMT_CSV, BLOCK_RECORDS, SEV_MEDIUM},
        {"a.txt", FMT_TEXT, BLOCK_TEXT, SEV_LOW},
        {"a.py", FMT_PYTHON, BLOCK_TEXT, SEV_INFO},
        {"a.rs", FMT_TEXT, BLOCK_TEXT, SEV_INFO},
        {"README.md", FMT_MARKDOWN, BLOCK_TEXT, SEV_INFO},
        {"AUTHORS", FMT_TEXT, BLOCK_TEXT, SEV_INFO},
        {"gawk.1", FMT_TEXT, BLOCK_TEXT, SEV_INFO},
        {"package.json", FMT_JSON, BLOCK_TEXT, SEV_INFO},
        {"yarn.lock", FMT_TEXT, BLOCK_TEXT, SEV_COUNT},
        {"rows.json", FMT_JSON, BLOCK_RECORDS, SEV_MEDIUM},
        {"nb.ipynb", FMT_NOTEBOOK, BLOCK_TEXT, SEV_MEDIUM},
        {"manual.ps", FMT_TEXT, BLOCK_TEXT, SEV_COUNT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum severity mail = weigh(cases[i].name, cases[i].format, cases[i].kind, "jo@mail.eu");
        enum severity key = weigh(cases[i].name, cases[i].format, cases[i].kind, "K-abcd1234");
        if (mail != cases[i].mail) print_error("%s: %d\n", cases[i].name, (int)mail);
        assert_int_equal(mail, cases[i].mail);
        assert_int_equal(key, SEV_CRITICAL);
    }
}

static void repeats(void **state)
{
    (void)state;
    struct tables t;
    tables_open(&t, "a.csv", FMT_CSV);
    tables_begin(&t, columns, 2);
    tables_block(&t, BLOCK_RECORDS,
                 "1,the first of all the records\n2,the second of all the records\n"
                 "1,the first of all the records\r\n3,the third of all the records\n",
                 0, columns, 2);
    tables_block(&t, BLOCK_RECORDS, "2,the second of all the records", 4, columns, 2);
    tables_end(&t, 5, NULL);
    judge_finish(&t.judge);
    assert_int_equal(t.count, 1);
    assert_string_equal(t.rows[0].rule, "data.duplicates");
    assert_int_equal(t.rows[0].severity, SEV_LOW);
    assert_int_equal(t.rows[0].row, 2);
    assert_string_equal(t.rows[0].evidence, "2 of 5 records repeat an earlier one: row 2 repeats "
                                            "row 0, row 4 repeats row 1");
    tables_close(&t);
}

static void many_repeats(void **state)
{
    (void)state;
    struct duplicates d = {0};
    struct arena arena;
    arena_init(&arena, 64u << 20, 1u << 16);
    duplicates_begin(&d);
    static char text[1 << 16];
    static uint32_t ends[4096];
    for (uint64_t row = 0; row < 3000000; row += 4000) {
        struct block b = {.kind = BLOCK_RECORDS, .first_row = row, .ends = ends, .records = 4000};
        size_t at = 0;
        for (unsigned n = 0; n < 4000; n++) {
            unsigned long long id = (row + n) % 1500000;
            at += (size_t)snprintf(text + at, sizeof text - at, "%llu\n", id);
            ends[n] = (uint32_t)at;
        }
        b.text = slice_of(text, at);
        assert_true(duplicates_room(&d, &arena, &b));
        duplicates_block(&d, &b);
    }
    assert_true(d.level > 0);
    assert_true(arena.used < 22u << 20); /* 16 MiB, and the smaller tables before: a third of it */
    double share = (double)duplicates_count(&d) / 1500000.0;
    assert_true(share > 0.97 && share < 1.03);
    arena_done(&arena);
}

static void told_once(void **state)
{
    (void)state;
    struct tables t;
    tables_open(&t, "a.jsonl", FMT_JSONL);
    tables_block(&t, BLOCK_RECORDS, "K-abcd1234", 0, columns, 1);
    struct block_value v = {.text = S("K-abcd1234"),
                            .place = {.offset = 3, .line = 1, .column = 4, .field = S("id")}};
    tell(&t.r, &(struct event){.kind = EV_VALUE, .value = &v});
    judge_finish(&t.judge);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.kind, LOOK_VALUE);
    tables_close(&t);
}

/* More keys in one file than are told one by one, in texts with and without rows. What is only
 * counted goes another way when nobody asks for spans: the numbers must be the same. */
static void count_keys(const char *name, enum format f, enum block_kind kind, bool spans,
                       const char *more, size_t told)
{
    struct tables t;
    struct buf b;
    tables_open(&t, name, f);
    if (!spans) t.judge.on_span = NULL;
    buf_init(&b, 1u << 20);
    for (unsigned i = 0; i < 5300; i++) buf_printf(&b, "%u,K-%08u\n", i, i);
    for (unsigned part = 0; part < 2; part++)
        tables_block(&t, kind, buf_text(&b), part * 5300ull, columns, 2);
    judge_finish(&t.judge);
    assert_int_equal(tables_count(&t, "secret.huggingface"), told + 1);
    assert_string_equal(t.rows[t.count - 1].evidence, more);
    assert_int_equal(t.spans[SPAN_FOUND], spans ? 10600 : 0);
    buf_done(&b);
    tables_close(&t);
}

static void what_is_only_counted_is_counted(void **state)
{
    (void)state;
    for (unsigned spans = 0; spans < 2; spans++) {
        count_keys("a.log", FMT_TEXT, BLOCK_TEXT, spans, "10400 more", 200);
        count_keys("a.csv", FMT_CSV, BLOCK_RECORDS, spans, "5600 more", 5000);
    }
}

static void layers(void **state)
{
    (void)state;
    struct tables t;
    struct layer inner = {.name = S("in.csv"), .depth = 1};
    tables_open(&t, "a.zip", FMT_CSV);
    inner.parent = &t.layer;
    t.r.layer = &inner;
    tables_block(&t, BLOCK_RECORDS, "NOTE K-abcd1234", 0, columns, 2);
    judge_finish(&t.judge);
    assert_int_equal(t.count, 2);
    assert_string_equal(t.rows[0].inner, "in.csv");
    assert_string_equal(t.rows[0].evidence, "seen");
    assert_string_equal(t.rows[1].inner, "in.csv");
    tables_close(&t);
}

static void torn(void **state)
{
    (void)state;
    struct tables t;
    tables_open(&t, "a.csv", FMT_CSV);
    tables_block(&t, BLOCK_RECORDS, "jo@m,ail.eu,K-abcd,1234\n", 0, NULL, 0);
    judge_finish(&t.judge);
    assert_int_equal(t.count, 1); /* the key: a secret is worth the doubt */
    assert_string_equal(t.rows[0].rule, "secret.huggingface");
    tables_close(&t);
}

static void personal_values_leave_no_digest(void **state)
{
    (void)state;
    struct judge_data d = {0};
    struct judge j = {0};
    struct value a = {.detector = &id_detector, .text = S("123456789"), .field = S("x")};
    struct value b = {.detector = &id_detector, .text = S("987654389"), .field = S("x")};
    d.judge = &j;
    value_show(&d, &a);
    value_show(&d, &b);
    assert_true(a.anchor == b.anchor); /* equal masks */
    a.detector = b.detector = &key_detector;
    value_show(&d, &a);
    value_show(&d, &b);
    assert_true(a.anchor != b.anchor);
}

/* One note of a kind per row, and the worst of them. */
static void notes_of_a_row(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        size_t count;
    } rows[] = {{"1,WEAK NOTE\n", 2}, {"1,NOTE WEAK\n", 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct tables t;
        enum severity worst = SEV_INFO;
        tables_open(&t, "a.jsonl", FMT_JSONL);
        tables_block(&t, BLOCK_RECORDS, rows[i].row, 0, columns, 2);
        judge_finish(&t.judge);
        assert_int_equal(t.count, rows[i].count);
        for (size_t k = 0; k < t.count; k++)
            if (t.rows[k].severity > worst) worst = t.rows[k].severity;
        assert_int_equal(worst, SEV_HIGH);
        tables_close(&t);
    }
}

static size_t formulas(const char *csv)
{
    struct tables t;
    tables_open(&t, "a.csv", FMT_CSV);
    tables_begin(&t, columns, 2);
    tables_block(&t, BLOCK_RECORDS, csv, 0, columns, 2);
    tables_end(&t, 1, NULL);
    judge_finish(&t.judge);
    size_t n = tables_count(&t, "data.formula");
    tables_close(&t);
    return n;
}

/* Cells as they lie in a block; an apostrophe is the mend that the rule asks for. */
static void cells_of_blocks(void **state)
{
    (void)state;
    static const char *const bad[] = {"1,=HYPERLINK(A1)\n",
                                      "1,\"=HYPERLINK(A1)\"\n",
                                      "1,'=HYPERLINK(A1)'\n",
                                      "1, =HYPERLINK(A1)\n",
                                      "1,\"\t=HYPERLINK(A1)\"\n",
                                      "1,\t =HYPERLINK(A1)\n",
                                      "1,\xef\xbc\x9dHYPERLINK(A1)\n",
                                      "=HYPERLINK(A1),2\n"};
    static const char *const good[] = {"1,'=HYPERLINK(A1)\n", "1,\"'=HYPERLINK(A1)\"\n",
                                       "1,see =HYPERLINK(A1)\n", "1,'-2\n", "1, - 5\n"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (formulas(bad[i]) != 1) fail_msg("silent: %s", bad[i]);
    for (size_t i = 0; i < COUNT_OF(good); i++)
        if (formulas(good[i])) fail_msg("found: %s", good[i]);
}

static void nowhere(void *ctx, size_t at, struct block_place *ret)
{
    (void)ctx, (void)at, (void)ret;
}

/* Never clean about what was not looked at. */
static void not_looked_at(void **state)
{
    (void)state;
    struct tables t;
    tables_open(&t, "a.csv", FMT_CSV);
    tables_begin(&t, columns, 2);
    tables_block(&t, BLOCK_RECORDS, "a,DEEP\n", 0, columns, 2);
    tables_end(&t, 1, NULL);
    judge_finish(&t.judge);
    assert_int_equal(tables_count(&t, "data.not-inspected"), 1);
    assert_true(t.judge.not_inspected && !t.judge.nomem);
    tables_close(&t);

    tables_open(&t, "a.csv", FMT_CSV);
    tables_block(&t, BLOCK_RECORDS, "a,BIG\n", 0, columns, 2);
    assert_true(t.judge.nomem);
    tables_close(&t);

    tables_open(&t, "a.csv", FMT_CSV);
    char begin[256] = "a";
    struct block huge = {.kind = BLOCK_RECORDS,
                         .text = slice_of(begin, (size_t)UINT32_MAX + 1), /* nobody reads on */
                         .locate = nowhere};
    tell(&t.r, &(struct event){.kind = EV_BLOCK, .block = &huge});
    judge_finish(&t.judge);
    assert_int_equal(tables_count(&t, "data.not-inspected"), 1);
    tables_close(&t);

    tables_open(&t, "notes.md", FMT_MARKDOWN);
    tables_block(&t, BLOCK_TEXT, "DEEP", 0, NULL, 0);
    assert_int_equal(tables_count(&t, "file.not-inspected"), 1);
    tables_close(&t);

    tables_open(&t, "a.safetensors", FMT_SAFETENSORS);
    struct event text = {.kind = EV_TEXT, .text = {TEXT_METADATA, S("note"), S("DEEP")}};
    tell(&t.r, &text);
    assert_int_equal(tables_count(&t, "model.not-inspected"), 1);
    tables_close(&t);
}

static void names_are_no_secrets(void **state)
{
    (void)state;
    static const char *const names[] = {"poly1305_aes_digest", "iso7816_read_public_key",
                                        "constants.R_OK", "TKTokenKeychainCertificate"};
    static const char *const secrets[] = {"tGzv3JOkF0XG5Qx2TlKWIA", "hunter2_9x", "kjfch2345sdf",
                                          "f4556650ac31d35461610bac4ed81b1a"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(value_is_name(slice_str(names[i])));
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        assert_false(value_is_name(slice_str(secrets[i])));
}

static void memory_runs_out(void **state)
{
    (void)state;
    bool enough = false;
    for (size_t cap = 0; cap < 1u << 20 && !enough; cap += 64 + cap / 16) {
        struct tables t;
        tables_open_in(&t, "a.csv", FMT_CSV, cap, 0);
        if (!t.judge.nomem) {
            tables_begin(&t, columns, 2);
            tables_block(&t, BLOCK_RECORDS, "K-abcd1234,000000000\nK-abcd1235,000000000\n", 0,
                         columns, 2);
            tables_end(&t, 2, NULL);
            judge_finish(&t.judge);
        }
        enough = !t.judge.nomem;
        if (enough) assert_int_equal(t.count, 2);
        tables_close(&t);
    }
    assert_true(enough);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_are_values_are_masked),
        cmocka_unit_test(one_key),
        cmocka_unit_test(masks),
        cmocka_unit_test(votes),
        cmocka_unit_test(cells_without_a_column_vote),
        cmocka_unit_test(numbers_in_text_do_not_vote),
        cmocka_unit_test(long_columns_are_bounded),
        cmocka_unit_test(circumstances),
        cmocka_unit_test(repeats),
        cmocka_unit_test(many_repeats),
        cmocka_unit_test(told_once),
        cmocka_unit_test(what_is_only_counted_is_counted),
        cmocka_unit_test(layers),
        cmocka_unit_test(torn),
        cmocka_unit_test(personal_values_leave_no_digest),
        cmocka_unit_test(notes_of_a_row),
        cmocka_unit_test(cells_of_blocks),
        cmocka_unit_test(not_looked_at),
        cmocka_unit_test(names_are_no_secrets),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
