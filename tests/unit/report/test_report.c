/* SPDX-License-Identifier: Apache-2.0 */
/* Every sample in every format, compared byte for byte with tests/golden/report/.
 * UPDATE_GOLDEN=1 rewrites the files: read the diff before committing it. */
#include "../../tools/sample.h"
#include "../test.h"
#include "base/host.h"
#include "base/st.h"
#include "base/utf8.h"
#include "finding/rules.h"
#include "report/report.h"

struct made {
    struct arena arena;
    struct result result;
    struct buf out;
};

static void make(struct made *m, enum sample which)
{
    arena_init(&m->arena, 256u << 20, 1u << 16);
    buf_init(&m->out, 256u << 20);
    sample_make(which, &m->arena, &m->result);
}

static void done(struct made *m)
{
    buf_done(&m->out);
    arena_done(&m->arena);
}

static void write_as(struct made *m, const char *format, const struct report_style *style)
{
    const struct report_format *f = report_find(slice_str(format));
    assert_non_null(f);
    f->write(&m->out, &m->result, style);
    assert_true(buf_ok(&m->out));
}

static void golden_path(struct buf *path, const char *name)
{
    const char *folder = getenv("GOLDEN");
    assert_non_null(folder);
    buf_init(path, 4096);
    buf_printf(path, "%s/report/%s", folder, name);
}

static void save(const char *path, struct slice text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
    assert_int_equal(fclose(f), 0);
}

static void load(const char *path, struct buf *text)
{
    char part[4096];
    FILE *f = fopen(path, "rb");
    if (!f) fail_msg("%s is missing: UPDATE_GOLDEN=1 makes it", path);
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) buf_add(text, slice_of(part, n));
    fclose(f);
}

/* Up to `from`, then what follows the next `to`; all of the text when there is no such part. */
static void cut_out(struct buf *b, const char *from, const char *to)
{
    struct slice text = buf_slice(b), rest;
    size_t at = slice_find(text, slice_str(from));
    if (at == SIZE_MAX) return;
    at += strlen(from);
    rest = slice_sub(text, at, text.n);
    size_t end = slice_find(rest, slice_str(to));
    assert_int_not_equal(end, SIZE_MAX);
    memmove(b->p + at, b->p + at + end, rest.n - end + 1);
    b->n -= end;
}

/* Every `from` becomes a `to` of at most its length. */
static void replace(struct buf *b, const char *from, const char *to)
{
    size_t old = strlen(from), new = strlen(to), kept = 0;
    assert_true(new <= old);
    for (size_t at = 0; at < b->n;) {
        bool hit = slice_starts(slice_sub(buf_slice(b), at, old), slice_str(from));
        if (hit)
            memcpy(b->p + kept, to, new);
        else
            b->p[kept] = b->p[at];
        kept += hit ? new : 1;
        at += hit ? old : 1;
    }
    b->n = kept;
}

/* The number and version of the real rules change, and the page's style is not a report's content.
 */
static void without_changing_parts(struct buf *text)
{
    if (text->n) replace(text, rules_version, "RULES");
    cut_out(text, "rules RULES (", " rules)");
    cut_out(text, "<style>", "</style>");
    cut_out(text, "<script>", "</script>");
    cut_out(text, "style-src ", "\">");
}

static void compare(const char *name, struct slice written)
{
    struct buf path, want, plain;
    buf_init(&plain, 1u << 24);
    buf_add(&plain, written);
    without_changing_parts(&plain);
    struct slice got = buf_slice(&plain);
    golden_path(&path, name);
    buf_init(&want, 1u << 24);
    if (getenv("UPDATE_GOLDEN")) save(buf_text(&path), got);
    load(buf_text(&path), &want);
    size_t same = 0;
    while (same < got.n && same < want.n && got.p[same] == want.p[same]) same++;
    if (same != got.n || same != want.n)
        fail_msg("%s differs at byte %zu: ...%.*s... (UPDATE_GOLDEN=1 rewrites it)", name, same,
                 SLICE_ARG(slice_sub(got, same > 40 ? same - 40 : 0, 120)));
    buf_done(&want);
    buf_done(&plain);
    buf_done(&path);
}

struct golden {
    const char *file;
    enum sample sample;
    const char *format;
    struct report_style style;
};

static const struct golden goldens[] = {
    {"rich-80.txt", SAMPLE_RICH, "table", {.width = 80}},
    {"rich-120.txt", SAMPLE_RICH, "table", {.width = 120}},
    {"rich-200-all.txt",
     SAMPLE_RICH,
     "table",
     {.width = 200, .all = true, .show_suppressed = true}},
    {"rich-why.txt", SAMPLE_RICH, "table", {.width = 100, .why_skipped = true}},
    {"rich-quiet.txt", SAMPLE_RICH, "table", {.width = 100, .quiet = true}},
    {"rich-colour.txt", SAMPLE_RICH, "table", {.width = 100, .colour = true}},
    {"clean.txt", SAMPLE_CLEAN, "table", {.width = 100}},
    {"empty.txt", SAMPLE_EMPTY, "table", {.width = 100}},
    {"hostile.txt", SAMPLE_HOSTILE, "table", {.width = 100, .all = true, .show_suppressed = true}},
    {"model.txt", SAMPLE_MODEL, "table", {.width = 100}},
    {"diff.txt", SAMPLE_DIFF, "table", {.width = 100}},
    {"huge.txt", SAMPLE_HUGE, "table", {.width = 100}},
    {"rich.json", SAMPLE_RICH, "json", {0}},
    {"diff.json", SAMPLE_DIFF, "json", {0}},
    {"hostile.json", SAMPLE_HOSTILE, "json", {0}},
    {"empty.json", SAMPLE_EMPTY, "json", {0}},
    {"rich.jsonl", SAMPLE_RICH, "jsonl", {0}},
    {"empty.jsonl", SAMPLE_EMPTY, "jsonl", {0}},
    {"rich.sarif", SAMPLE_RICH, "sarif", {0}},
    {"diff.sarif", SAMPLE_DIFF, "sarif", {0}},
    {"hostile.sarif", SAMPLE_HOSTILE, "sarif", {0}},
    {"empty.sarif", SAMPLE_EMPTY, "sarif", {0}},
    {"rich.junit", SAMPLE_RICH, "junit", {0}},
    {"hostile.junit", SAMPLE_HOSTILE, "junit", {0}},
    {"clean.junit", SAMPLE_CLEAN, "junit", {0}},
    {"rich.github", SAMPLE_RICH, "github", {0}},
    {"hostile.github", SAMPLE_HOSTILE, "github", {0}},
    {"clean.github", SAMPLE_CLEAN, "github", {0}},
    {"rich.gitlab.json", SAMPLE_RICH, "gitlab", {0}},
    {"hostile.gitlab.json", SAMPLE_HOSTILE, "gitlab", {0}},
    {"empty.gitlab.json", SAMPLE_EMPTY, "gitlab", {0}},
    {"rich.md", SAMPLE_RICH, "markdown", {0}},
    {"diff.md", SAMPLE_DIFF, "markdown", {0}},
    {"hostile.md", SAMPLE_HOSTILE, "markdown", {0}},
    {"clean.md", SAMPLE_CLEAN, "markdown", {0}},
    {"rich.html", SAMPLE_RICH, "html", {0}},
    {"diff.html", SAMPLE_DIFF, "html", {0}},
    {"hostile.html", SAMPLE_HOSTILE, "html", {0}},
    {"clean.html", SAMPLE_CLEAN, "html", {0}},
    {"empty.html", SAMPLE_EMPTY, "html", {0}},
    {"rich.csv", SAMPLE_RICH, "csv", {0}},
    {"hostile.csv", SAMPLE_HOSTILE, "csv", {0}},
};

static void goldens_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(goldens); i++) {
        struct made m;
        make(&m, goldens[i].sample);
        write_as(&m, goldens[i].format, &goldens[i].style);
        compare(goldens[i].file, buf_slice(&m.out));
        done(&m);
    }
}

/* Whatever the input, a report for a terminal is made of printable UTF-8, line ends and, with
 * colour, our own sequences. */
static void terminal_is_safe(void **state)
{
    (void)state;
    for (unsigned s = 0; s < SAMPLE_COUNT; s++) {
        struct made m;
        make(&m, (enum sample)s);
        write_as(&m, "table", &(struct report_style){.width = 80, .show_suppressed = true});
        struct slice text = buf_slice(&m.out);
        assert_true(utf8_valid(text));
        for (size_t i = 0; i < text.n; i++) assert_true(text.p[i] >= 0x20 || text.p[i] == '\n');
        assert_int_equal(slice_find(text, S("\u202e")), SIZE_MAX);
        done(&m);
    }
}

/* No line of any report on a terminal or in a log starts a command of GitHub Actions, except for
 * those that the github format means. */
static void logs_take_no_commands(void **state)
{
    (void)state;
    static const char *const formats[] = {"table", "markdown", "csv", "junit", "json"};
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        struct made m;
        make(&m, SAMPLE_HOSTILE);
        write_as(&m, formats[i], &(struct report_style){.width = 80, .all = true});
        struct slice rest = buf_slice(&m.out), line;
        while (slice_split(&rest, '\n', &line))
            assert_false(slice_starts(slice_trim(line), S("::")));
        done(&m);
    }
}

static size_t count_of(struct slice text, struct slice needle)
{
    size_t n = 0;
    for (size_t at; (at = slice_find(text, needle)) != SIZE_MAX; n++)
        text = slice_sub(text, at + needle.n, text.n);
    return n;
}

/* 10,000 findings: at most 5,000 results, the last says how many are missing, none is milder than
 * one that was left out. */
static void sarif_is_capped(void **state)
{
    (void)state;
    struct made m;
    make(&m, SAMPLE_HUGE);
    write_as(&m, "sarif", &(struct report_style){0});
    struct slice text = buf_slice(&m.out);
    assert_int_equal(count_of(text, S("\"ruleId\":")), 4999);
    assert_int_equal(count_of(text, S("5,001 more findings")), 2); /* result and notification */
    assert_int_equal(count_of(text, S(",\"level\":\"warning\"")), 0);
    assert_true(text.n < 10000000);
    done(&m);
}

static void github_is_capped(void **state)
{
    (void)state;
    struct made m;
    make(&m, SAMPLE_HUGE);
    write_as(&m, "github", &(struct report_style){0});
    assert_int_equal(count_of(buf_slice(&m.out), S("\n")), 52);
    assert_int_equal(count_of(buf_slice(&m.out), S("9950 more findings")), 1);
    done(&m);
}

static void markdown_fits_a_comment(void **state)
{
    (void)state;
    struct made m;
    make(&m, SAMPLE_HUGE);
    write_as(&m, "markdown", &(struct report_style){0});
    assert_true(m.out.n < 65536);
    done(&m);
}

/* The worst that names and texts can be: every character is escaped twice. */
static void hostile_markdown_fits_too(void **state)
{
    (void)state;
    static char text[4096];
    struct made m;
    make(&m, SAMPLE_HUGE);
    for (size_t i = 0; i < sizeof text; i += 4) memcpy(text + i, "[\xff@\x01", 4);
    for (size_t i = 0; i < m.result.finding_count; i++) {
        struct finding *f = &m.result.findings[i];
        f->path = f->evidence = f->fix = f->field = slice_of(text, sizeof text);
        f->message = slice_of(text, 300 + i % 1000);
        f->waived_reason = f->waived_by = f->waived_until = f->path;
        if (i > 12) f->state = FINDING_SUPPRESSED;
    }
    m.result.suppressed = 9987;
    write_as(&m, "markdown", &(struct report_style){0});
    assert_true(m.out.n < 65536);
    assert_int_equal(count_of(buf_slice(&m.out), S("<details>")),
                     count_of(buf_slice(&m.out), S("</details>")));
    done(&m);
}

/* A spreadsheet runs what begins with one of these, with or without spaces before it. */
static void csv_has_no_formulas(void **state)
{
    (void)state;
    struct made m;
    make(&m, SAMPLE_HOSTILE);
    write_as(&m, "csv", &(struct report_style){0});
    struct slice text = buf_slice(&m.out);
    for (size_t i = 0; i + 1 < text.n; i++)
        if (text.p[i] == ',' || text.p[i] == '\n')
            for (size_t k = 0; k < 4; k++) {
                uint8_t bad = (uint8_t) "=+-@"[k];
                uint8_t cell[] = {text.p[i], '"', bad};
                assert_false(text.p[i + 1] == bad && text.p[i] == '\n');
                assert_false(slice_eq(slice_sub(text, i, 3), slice_of(cell, 3)));
            }
    done(&m);
}

/* Nothing in the page loads, links or runs anything from outside or from the input. */
static void html_stands_alone(void **state)
{
    (void)state;
    static const char *const never[] = {"href=\"http", " src=\"", "url(", "@import", " style=\"",
                                        "<b>x|y",      "<img",    "\033", "\u202e",  "</script><b"};
    for (unsigned s = 0; s < SAMPLE_COUNT; s++) {
        struct made m;
        make(&m, (enum sample)s);
        write_as(&m, "html", &(struct report_style){0});
        struct slice text = buf_slice(&m.out);
        assert_true(utf8_valid(text));
        for (size_t i = 0; i < COUNT_OF(never); i++)
            if (slice_has(text, slice_str(never[i]))) fail_msg("%u holds %s", s, never[i]);
        assert_int_equal(count_of(text, S("<script>")), 1);
        assert_int_equal(count_of(text, S("</script>")), 1);
        assert_int_equal(count_of(text, S("<details")), count_of(text, S("</details>")));
        assert_int_equal(count_of(text, S("<section")), count_of(text, S("</section>")));
        done(&m);
    }
}

static void fingerprints_differ_on_gitlab(void **state)
{
    (void)state;
    struct made m;
    make(&m, SAMPLE_RICH);
    for (size_t i = 0; i < m.result.finding_count; i++)
        memcpy(m.result.findings[i].fingerprint, "same", 5);
    write_as(&m, "gitlab", &(struct report_style){0});
    struct slice text = buf_slice(&m.out);
    assert_int_equal(count_of(text, S("\"fingerprint\":\"same\"")), 1);
    assert_int_equal(count_of(text, S("\"fingerprint\":\"same-2\"")), 1);
    assert_int_equal(count_of(text, S("\"fingerprint\":\"same-15\"")), 1);
    done(&m);
}

static void lines_fit(void **state)
{
    (void)state;
    static const unsigned widths[] = {80, 97, 120, 200};
    for (size_t w = 0; w < COUNT_OF(widths); w++)
        for (unsigned s = 0; s < SAMPLE_COUNT; s++) {
            struct made m;
            make(&m, (enum sample)s);
            write_as(&m, "table",
                     &(struct report_style){
                         .width = widths[w], .all = s != SAMPLE_HUGE, .show_suppressed = true});
            struct slice rest = buf_slice(&m.out), line;
            while (slice_split(&rest, '\n', &line)) {
                if (utf8_width(line) > widths[w]) fail_msg("too wide: %.*s", SLICE_ARG(line));
                if (line.n) assert_int_not_equal(line.p[line.n - 1], ' ');
            }
            done(&m);
        }
}

static void gate_is_last(void **state)
{
    (void)state;
    for (unsigned s = 0; s < SAMPLE_COUNT; s++) {
        struct made m;
        make(&m, (enum sample)s);
        write_as(&m, "table", &(struct report_style){.width = 200});
        struct slice rest = buf_slice(&m.out), line, last = {NULL, 0};
        while (slice_split(&rest, '\n', &line))
            if (line.n) last = line;
        assert_true(
            slice_starts(last, m.result.gate.passed ? S("gate: passed") : S("gate: FAILED")));
        done(&m);
    }
}

/* A report that does not fit says so, wherever the memory ends; no half a report looks whole. */
static void full_buffers_are_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < report_count(); i++) {
        struct made m;
        make(&m, SAMPLE_HOSTILE);
        write_as(&m, report_at(i)->name, &(struct report_style){.width = 100});
        size_t need = m.out.n;
        for (size_t max = 0; max < need; max += max < 2000 ? 7 : 997) {
            struct buf out;
            buf_init(&out, max);
            report_at(i)->write(&out, &m.result, &(struct report_style){.width = 100});
            assert_true(out.bad);
            assert_true(out.n <= max);
            buf_done(&out);
        }
        done(&m);
    }
}

/* Member names of 64 KiB, sixteen deep, and a path of 4 KiB. */
static void long_names_are_cut(void **state)
{
    (void)state;
    static char name[65536];
    memset(name, 0x1b, sizeof name);
    for (size_t i = 0; i < report_count(); i++) {
        struct made m;
        make(&m, SAMPLE_RICH);
        struct finding *f = &m.result.findings[0];
        f->path = slice_of(name, 4096);
        f->field = f->message = f->fix = slice_of(name, sizeof name);
        f->inner_count = FINDING_INNER_MAX;
        for (size_t k = 0; k < FINDING_INNER_MAX; k++) f->inner[k] = slice_of(name, sizeof name);
        write_as(&m, report_at(i)->name, &(struct report_style){.width = 80, .all = true});
        done(&m);
    }
}

static void ten_thousand_are_fast(void **state)
{
    (void)state;
    for (size_t i = 0; i < report_count(); i++) {
        struct made m;
        make(&m, SAMPLE_HUGE);
        uint64_t from = host_now_ns();
        write_as(&m, report_at(i)->name, &(struct report_style){.width = 100});
        uint64_t took = host_now_ns() - from;
        if (took > 1000000000u) /* the aim is 100 ms; the margin is for loaded test machines */
            fail_msg("%s took %llu ms", report_at(i)->name, (unsigned long long)took / 1000000);
        done(&m);
    }
}

static void add_row(struct result *r, const char *path, const char *field, int64_t row)
{
    struct finding f = finding_of(rule_find(S("pii.email")));
    f.path = slice_str(path);
    f.field = slice_str(field);
    f.row = row;
    f.message = S("Holds e-mail addresses");
    f.evidence = S("j***@e***.org");
    assert_non_null(result_add_finding(r, &f));
}

/* Rows of one column of one file are one line; numbers in JSON paths do not tell columns apart. */
static void rows_share_a_place(void **state)
{
    (void)state;
    struct made m;
    struct report_style style = {.width = 120};
    arena_init(&m.arena, 256u << 20, 1u << 16);
    buf_init(&m.out, 1u << 20);
    result_init(&m.result, &m.arena);
    for (int64_t row = 3; row < 9815; row++) add_row(&m.result, "users.csv", "email", row);
    result_finish(&m.result);
    write_as(&m, "table", &style);
    struct slice text = buf_slice(&m.out);
    assert_true(slice_has(text, S("pii.email  users.csv  (field email, 9,812 rows, first row 3)")));
    add_row(&m.result, "chat.jsonl", "$.messages[0].content", 0);
    add_row(&m.result, "chat.jsonl", "$.messages[12].content", 7);
    add_row(&m.result, "chat.jsonl", "$.id", 7);
    result_finish(&m.result);
    buf_reset(&m.out);
    write_as(&m, "table", &style);
    text = buf_slice(&m.out);
    assert_true(slice_has(text, S("9,815 places in 2 files")));
    assert_true(slice_has(text, S("$.messages[0].content, 2 rows, first row 0")));
    assert_true(slice_has(text, S("row 7, field $.id")));
    done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goldens_match),
        cmocka_unit_test(terminal_is_safe),
        cmocka_unit_test(logs_take_no_commands),
        cmocka_unit_test(sarif_is_capped),
        cmocka_unit_test(github_is_capped),
        cmocka_unit_test(markdown_fits_a_comment),
        cmocka_unit_test(hostile_markdown_fits_too),
        cmocka_unit_test(csv_has_no_formulas),
        cmocka_unit_test(html_stands_alone),
        cmocka_unit_test(fingerprints_differ_on_gitlab),
        cmocka_unit_test(lines_fit),
        cmocka_unit_test(gate_is_last),
        cmocka_unit_test(full_buffers_are_noticed),
        cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(ten_thousand_are_fast),
        cmocka_unit_test(rows_share_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
