/* SPDX-License-Identifier: Apache-2.0 */
/* The copying half of redact.h: spans given by hand, the bytes that come out. */
#include "../test.h"
#include "codec/json.h"
#include "scan/redact_part.h"
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

struct bench {
    struct redact_request request;
    struct redact_found found;
    struct redact_spans spans;
    uint8_t out[4096];
    size_t out_n;
    uint64_t keys_left;
};

static struct bench *bench_new(enum redact_mode mode, enum format format, const char *encoding)
{
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->request = (struct redact_request){.mode = mode, .write = true, .key = S("0123456789abcdef")};
    b->found.format = format;
    (void)snprintf(b->found.encoding, sizeof b->found.encoding, "%s", encoding);
    redact_spans_start(&b->spans, memfd_create("spans", 0));
    return b;
}

static void add(struct bench *b, enum span_kind kind, const char *rule, uint64_t from, uint64_t to,
                uint64_t column)
{
    struct span s = {
        .kind = kind, .rule = slice_str(rule), .from = from, .to = to, .column = column};
    redact_spans_add(&b->spans, &s);
}

/* Every occurrence of `what`, in units. */
static void mark(struct bench *b, struct slice in, struct slice what)
{
    for (size_t at = 0; at + what.n <= in.n; at++)
        if (slice_eq(slice_sub(in, at, what.n), what))
            add(b, SPAN_FOUND, "pii.email", at, at + what.n, 1);
}

static struct slice copy(struct bench *b, struct slice in, bool blank)
{
    int fd = memfd_create("copy", 0);
    assert_true(redact_spans_settle(&b->spans));
    struct redact_copy c = {.request = &b->request,
                            .found = &b->found,
                            .spans = &b->spans,
                            .in = in,
                            .fd = fd,
                            .blank = blank};
    assert_true(redact_copy_run(&c));
    ssize_t n = pread(fd, b->out, sizeof b->out, 0);
    assert_int_equal(n, c.written);
    b->out_n = (size_t)n;
    b->keys_left = c.keys_left;
    close(fd);
    return slice_of(b->out, b->out_n);
}

static void bench_free(struct bench *b)
{
    redact_spans_done(&b->spans);
    close(b->spans.fd);
    free(b);
}

static bool is_json(struct slice s)
{
    struct json j;
    json_init(&j, s);
    while (json_next(&j) != JSON_END && j.token != JSON_BAD) continue;
    return j.token == JSON_END;
}

/* ---- JSON ---- */

#define JSON "{\"a@b.cd\": \"to a@b.cd, \\\"a@b.cd\\\"\", \"n\": [41111, -41111e2, \"a@b.cd\"]}"

static void strings_keep_their_quotes_and_keys_stay(void **state)
{
    (void)state;
    struct bench *b = bench_new(REDACT_MASK, FMT_JSONL, "utf-8");
    mark(b, S(JSON), S("a@b.cd"));
    struct slice out = copy(b, S(JSON), true);
    assert_slice(out, "{\"a@b.cd\": \"to ***, \\\"***\\\"\", \"n\": [41111, -41111e2, \"***\"]}");
    assert_true(is_json(out));
    assert_int_equal(b->keys_left, 1);
    assert_int_equal(b->spans.values[0], 3);
    bench_free(b);
}

static void numbers_become_strings_or_null(void **state)
{
    (void)state;
    struct bench *b = bench_new(REDACT_MASK, FMT_JSON, "utf-8");
    mark(b, S(JSON), S("41111"));
    assert_slice(
        copy(b, S(JSON), true),
        "{\"a@b.cd\": \"to a@b.cd, \\\"a@b.cd\\\"\", \"n\": [\"***\", \"***\", \"a@b.cd\"]}");
    bench_free(b);
    b = bench_new(REDACT_DROP, FMT_JSON, "utf-8");
    mark(b, S(JSON), S("41111"));
    mark(b, S(JSON), S("a@b.cd"));
    struct slice out = copy(b, S(JSON), false);
    assert_slice(out, "{\"a@b.cd\": \"to , \\\"\\\"\", \"n\": [null, null, null]}");
    assert_true(is_json(out));
    bench_free(b);
}

static void a_broken_line_does_not_turn_the_next_around(void **state)
{
    (void)state;
    struct bench *b = bench_new(REDACT_MASK, FMT_JSONL, "utf-8");
    struct slice in = S("{\"x\": \"open\n{\"x\": 41111}\n");
    mark(b, in, S("41111"));
    assert_slice(copy(b, in, true), "{\"x\": \"open\n{\"x\": \"***\"}\n");
    bench_free(b);
}

static void escapes_are_read_for_tokens(void **state)
{
    (void)state;
    struct bench *b = bench_new(REDACT_TOKEN, FMT_JSON, "utf-8");
    struct slice in = S("[\"Ab@b.cd\", \"\\u0061b@\\u0062.cd\", \"zz@b.cd\"]");
    add(b, SPAN_FOUND, "pii.email", 2, 9, 0);
    add(b, SPAN_FOUND, "pii.email", 13, 13 + 17, 0);
    add(b, SPAN_FOUND, "pii.email", in.n - 9, in.n - 2, 0);
    struct slice out = copy(b, in, false), rest = out, one, two = S(""), three = S("");
    assert_true(slice_split(&rest, ',', &one) && slice_split(&rest, ',', &two) &&
                slice_split(&rest, ',', &three));
    assert_true(slice_starts(one, S("[\"<email:")));
    assert_true(slice_eq(slice_sub(one, 1, one.n), slice_sub(two, 1, two.n)));
    assert_false(slice_eq(slice_sub(two, 1, two.n), slice_sub(three, 1, two.n)));
    assert_true(is_json(out));
    bench_free(b);
}

/* ---- CSV and character sets ---- */

static void replacements_hold_nothing_of_the_table(void **state)
{
    (void)state;
    struct bench *b = bench_new(REDACT_MASK, FMT_CSV, "utf-8");
    struct slice in = S("n,x\n\"Doe, \"\"J\"\", jr\",1\n");
    add(b, SPAN_FOUND, "pii.email", 5, 19, 0);
    struct slice out = copy(b, in, false);
    assert_true(slice_starts(out, S("n,x\n\"")) && slice_ends(out, S("\",1\n")));
    struct slice inside = slice_sub(out, 5, out.n - 5 - 4);
    assert_int_equal(slice_find_byte(inside, '"'), SIZE_MAX);
    assert_int_equal(slice_find_byte(inside, ','), SIZE_MAX);
    assert_int_equal(slice_find_byte(inside, '\n'), SIZE_MAX);
    bench_free(b);
}

static void wide_characters_stay_wide(void **state)
{
    (void)state;
    static const uint8_t le[] = {0xff, 0xfe, 'a', 0, ',', 0, 0x3b, 0x04, '@', 0, 'b', 0, '\n', 0};
    static const uint8_t be[] = {0, '[', 0, '4', 0, '1', 0, ']'};
    static const uint8_t le_out[] = {0xff, 0xfe, 'a', 0, ',', 0, '*', 0, '*', 0, '*', 0, '\n', 0};
    static const uint8_t be_out[] = {0, '[', 0, '"', 0, '*', 0, '*', 0, '*', 0, '"', 0, ']'};
    struct bench *b = bench_new(REDACT_MASK, FMT_CSV, "utf-16le");
    add(b, SPAN_FOUND, "pii.email", 6, 12, 0);
    struct slice out = copy(b, slice_of(le, sizeof le), true);
    assert_int_equal(out.n, sizeof le_out);
    assert_memory_equal(out.p, le_out, sizeof le_out);
    bench_free(b);
    b = bench_new(REDACT_MASK, FMT_JSON, "utf-16be");
    add(b, SPAN_FOUND, "pii.card", 2, 6, 0);
    out = copy(b, slice_of(be, sizeof be), true);
    assert_int_equal(out.n, sizeof be_out);
    assert_memory_equal(out.p, be_out, sizeof be_out);
    bench_free(b);
}

/* ---- spans ---- */

static void bare_ones_need_their_vote(void **state)
{
    (void)state;
    struct bench *b = bench_new(REDACT_DROP, FMT_TEXT, "");
    add(b, SPAN_BARE, "pii.card", 0, 1, 7);
    add(b, SPAN_BARE, "pii.card", 2, 3, 8);
    add(b, SPAN_BARE, "pii.email", 4, 5, 7);
    add(b, SPAN_VOTE, "pii.card", 0, 0, 7);
    add(b, SPAN_VOTE, "pii.email", 0, 0, 9);
    assert_slice(copy(b, S("abcdef"), false), "bcdef");
    bench_free(b);
}

static void overlapping_ones_are_joined(void **state)
{
    (void)state;
    struct bench *b = bench_new(REDACT_MASK, FMT_TEXT, "");
    add(b, SPAN_FOUND, "pii.card", 3, 5, 0);
    add(b, SPAN_FOUND, "pii.email", 1, 4, 0);
    add(b, SPAN_FOUND, "pii.email", 1, 2, 0);
    add(b, SPAN_FOUND, "pii.email", 90, 99, 0);
    assert_slice(copy(b, S("abcdefg"), true), "a***fg");
    bench_free(b);
}

static void a_hundred_thousand_are_sorted(void **state)
{
    (void)state;
    struct bench *b = bench_new(REDACT_DROP, FMT_TEXT, "");
    size_t n = 200000;
    uint8_t *in = malloc(n);
    assert_non_null(in);
    memset(in, 'x', n);
    for (size_t i = n; i > 0; i -= 2) {
        in[i - 1] = 'y';
        add(b, SPAN_FOUND, "pii.email", i - 1, i, 0);
    }
    assert_true(redact_spans_settle(&b->spans));
    assert_int_equal(b->spans.count, n / 2);
    for (size_t i = 0; i < b->spans.count; i++) assert_int_equal(b->spans.list[i].from, 2 * i + 1);
    free(in);
    bench_free(b);
}

static void tokens_know_spellings_and_kinds(void **state)
{
    (void)state;
    struct redact_request q = {.mode = REDACT_TOKEN, .key = S("0123456789abcdef")};
    struct buf a, b, c, d;
    buf_init(&a, 256), buf_init(&b, 256), buf_init(&c, 256), buf_init(&d, 256);
    redact_replacement(&q, false, "pii.iban", S("DE89 3704 0044 0532 0130 00"), &a);
    redact_replacement(&q, false, "pii.iban", S("de89370400440532013000"), &b);
    redact_replacement(&q, false, "pii.card", S("de89370400440532013000"), &c);
    q.key = S("0123456789abcdeF");
    redact_replacement(&q, false, "pii.iban", S("de89370400440532013000"), &d);
    assert_string_equal(buf_text(&a), buf_text(&b));
    assert_int_equal(a.n, strlen("<iban:") + 12 + 1);
    assert_string_not_equal(buf_text(&a) + 6, buf_text(&c) + 6);
    assert_string_not_equal(buf_text(&a), buf_text(&d));
    buf_done(&a), buf_done(&b), buf_done(&c), buf_done(&d);
}

static void patterns_name_rules(void **state)
{
    (void)state;
    assert_true(redact_names(S("pii.*,secret.aws"), S("pii.email")));
    assert_true(redact_names(S("pii.*, secret.aws"), S("secret.aws.key")));
    assert_true(redact_names(S("pii"), S("pii.email")));
    assert_false(redact_names(S("pii.em"), S("pii.email")));
    assert_false(redact_names(S(""), S("pii.email")));
}

static void requests_survive(void **state)
{
    (void)state;
    struct redact_request q = {.mode = REDACT_DROP,
                               .write = true,
                               .timeout_ns = 7,
                               .name = S("n"),
                               .key = S("k"),
                               .only = S("o"),
                               .except = S("e")},
                          r;
    struct buf b;
    buf_init(&b, 4096);
    redact_encode(&b, &q);
    assert_true(redact_decode(buf_slice(&b), &r));
    assert_true(r.mode == REDACT_DROP && r.write && r.timeout_ns == 7);
    assert_slice(r.except, "e");
    for (size_t n = 0; n < b.n; n++) assert_false(redact_decode(slice_of(b.p, n), &r));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_keep_their_quotes_and_keys_stay),
        cmocka_unit_test(numbers_become_strings_or_null),
        cmocka_unit_test(a_broken_line_does_not_turn_the_next_around),
        cmocka_unit_test(escapes_are_read_for_tokens),
        cmocka_unit_test(replacements_hold_nothing_of_the_table),
        cmocka_unit_test(wide_characters_stay_wide),
        cmocka_unit_test(bare_ones_need_their_vote),
        cmocka_unit_test(overlapping_ones_are_joined),
        cmocka_unit_test(a_hundred_thousand_are_sorted),
        cmocka_unit_test(tokens_know_spellings_and_kinds),
        cmocka_unit_test(patterns_name_rules),
        cmocka_unit_test(requests_survive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
