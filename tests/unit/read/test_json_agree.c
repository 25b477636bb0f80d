/* SPDX-License-Identifier: Apache-2.0 */
/* test_json_agree.c - the two readers of JSON call the same texts JSON.
 * One pulls tokens (codec/json.h: configurations, headers of models), one runs over datasets at the
 * speed of memory (read/text/json_scan.h). Lines of the golden files, and made ones, good and
 * broken, stand one behind the other, so that each begins anywhere within a word of 64 bytes. */
#include "golden_file.h"
#include "base/utf8.h"
#include "codec/json.h"
#include "read/text/json_scan.h"

#define BATCH 200

/* ---- verdicts: '1' for each line that is JSON, '0' for each that is not ---- */

static bool say_good(void *ctx, size_t from, size_t to)
{
    assert_true(from < to);
    buf_byte(ctx, '1');
    return true;
}

static bool say_bad(void *ctx, size_t at, const char *why)
{
    (void)at;
    assert_non_null(why);
    buf_byte(ctx, '0');
    return true;
}

static void scan(struct slice text, bool lines, struct buf *verdicts)
{
    struct arena arena;
    struct budget budget;
    budget_defaults(&budget);
    arena_init(&arena, 1u << 20, 16u << 10);
    struct reading r = {.arena = &arena, .budget = &budget};
    struct source s = {.r = &r, .text = text};
    struct json_sink sink = {say_good, say_bad, NULL, verdicts};
    buf_init(verdicts, 1u << 20);
    assert_int_equal(json_scan(&s, lines, &sink, NULL), ST_OK);
    arena_done(&arena);
}

static bool is_json(struct slice line, const char **why)
{
    struct json j;
    enum json_token t;
    json_init(&j, line);
    while ((t = json_next(&j)) != JSON_END && t != JSON_BAD) continue;
    *why = j.error;
    return t == JSON_END;
}

static bool is_blank(struct slice line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] != ' ' && line.p[i] != '\t') return false;
    return true;
}

static void print_line(struct slice line, const char *what)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    esc_json(&b, line);
    print_error("%s: %s\n", what, buf_text(&b));
    buf_done(&b);
}

/* As documents, several values may follow each other: then the other reader has no opinion. */
static void agree_on_document(struct slice line, bool good, const char *why)
{
    struct buf verdicts;
    if (!good && strcmp(why, "bytes after the value") == 0) return;
    scan(line, false, &verdicts);
    bool fault = slice_find_byte(buf_slice(&verdicts), '0') != SIZE_MAX;
    if (fault == good) print_line(line, good ? "no document" : "a document");
    assert_true(fault != good);
    buf_done(&verdicts);
}

/* Gives how many lines are good and bad. */
static void agree(struct slice text, size_t count[2])
{
    struct buf verdicts;
    struct slice rest = text, line;
    size_t i = 0;
    scan(text, true, &verdicts);
    while (slice_split(&rest, '\n', &line)) {
        const char *why;
        if (is_blank(line)) continue;
        bool good = is_json(line, &why), said = i < verdicts.n && verdicts.p[i++] == '1';
        if (good != said) print_line(line, said ? "only the scan takes" : "only the scan refuses");
        assert_true(good == said);
        agree_on_document(line, good, why);
        count[good]++;
    }
    assert_int_equal(i, verdicts.n);
    buf_done(&verdicts);
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
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\"a\"",
        "\"k\":",
        "1",
        "-0.5",
        "1e+7",
        "0",
        "01",
        "-",
        "true",
        "false",
        "null",
        "nul",
        "NaN",
        "\\u0041",
        "\\u00",
        "\\n",
        "\\x",
        "\xff",
        "\xc3\xa9",
        "\xc3",
        "\xed\xa0\x80",
        " ",
        "\t",
        "\x01",
        "\x7f",
        "x",
        "{\"a\":",
        "[1,",
        "\"\\\\\"",
        "\xf0\x9f\x98\x80",
        "1.",
        ".5",
        "1E",
        "\f",
        "  {}",
        "[]",
    };
    for (uint64_t n = next_random(state) % 8 + 1; n > 0; n--)
        buf_str(b, pieces[next_random(state) % COUNT_OF(pieces)]);
}

/* A value; lists and objects hold a few others, down to `depth`. */
static void add_value(struct buf *b, uint64_t *state, unsigned depth)
{
    static const char *const plain[] = {
        "0",
        "-1.5e3",
        "12345678901234567890",
        "true",
        "false",
        "null",
        "\"\"",
        "\"text, \\\"\"",
        "\"\\\\\"",
        "\"\\ud83d\\ude00 \xc3\xa9\"",
        "\"a rather long text {with: [brackets], and so on}\"",
    };
    static const char *const gaps[] = {"", "", " ", "\t "};
    uint64_t r = next_random(state);
    bool object = r & 1;
    if (!depth || r % 3 == 0) {
        buf_str(b, plain[(r >> 8) % COUNT_OF(plain)]);
        return;
    }
    buf_byte(b, object ? '{' : '[');
    for (uint64_t i = 0, n = (r >> 16) % 4; i < n; i++) {
        buf_str(b, i ? "," : "");
        buf_str(b, gaps[next_random(state) % COUNT_OF(gaps)]);
        if (object) buf_printf(b, "\"k%llu\" :", (unsigned long long)i);
        add_value(b, state, depth - 1);
        buf_str(b, gaps[next_random(state) % COUNT_OF(gaps)]);
    }
    buf_byte(b, object ? '}' : ']');
}

/* One line in two has a byte that it had not, or has one less. CR is left out: alone, it ends a
 * line of JSON Lines, and is white space to the other reader. */
static void break_line(struct buf *b, size_t from, uint64_t *state)
{
    static const char bytes[] = "{}[]:,\"\\ \t0-eu\x01\x80\xc3.x";
    uint64_t r = next_random(state);
    if (r & 1 || b->n == from) return;
    b->p[from + (r >> 8) % (b->n - from)] = (uint8_t)bytes[(r >> 32) % (sizeof bytes - 1)];
}

static void made_lines(void **state)
{
    (void)state;
    uint64_t random = 0x9e3779b97f4a7c15u;
    size_t count[2] = {0, 0};
    for (unsigned round = 0; round < 150; round++) {
        struct buf b;
        buf_init(&b, 1u << 20);
        for (unsigned i = 0; i < BATCH; i++) {
            size_t from = b.n;
            if (i % 3)
                add_value(&b, &random, 4);
            else
                add_pieces(&b, &random);
            break_line(&b, from, &random);
            buf_byte(&b, '\n');
        }
        agree(buf_slice(&b), count);
        buf_done(&b);
    }
    assert_true(count[0] > 5000 && count[1] > 5000);
}

static void golden_lines(void **state)
{
    (void)state;
    static const char *const names[] = {
        "honest-list.json",    "honest-notebook.ipynb", "honest-records.jsonl",
        "malformed-cut.jsonl", "malformed-line.jsonl",  "malformed-list.json",
        "malformed-nan.jsonl", "malformed-utf8.jsonl",
    };
    size_t count[2] = {0, 0};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct buf b = golden_file("data-text", names[i]);
        agree(buf_slice(&b), count);
        buf_done(&b);
    }
    assert_true(count[0] > 5 && count[1] > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_lines),
        cmocka_unit_test(made_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
