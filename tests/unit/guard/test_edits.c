/* SPDX-License-Identifier: Apache-2.0 */
/* Edits of a whole body: a value that two parts tell of is replaced once, and JSON in a string is
 * still JSON. */
#include "stream_rig.h"
#include "guard/judge/edits.h"

#define AWS "AKIAYQFODESARIWXLIXQ"
#define ANSWER(args)                                                             \
    "{\"choices\":[{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"f\"," \
    "\"arguments\":\"" args "\"}}]}}]}"

static struct inspect_out found;
static struct decision d;

static void written_anew(const char *body, const char *want)
{
    struct arena a;
    struct buf out;
    struct surface_doc doc;
    struct surface_head head = {0};
    arena_init(&a, 1u << 20, 4096);
    buf_init(&out, 1u << 20);
    assert_int_equal(surface_answer(surface_named(S("chat")), slice_str(body), &head, &a, &doc),
                     SURFACE_OK);
    struct inspect_in in = {doc.parts, doc.part_count, true, NULL, 0};
    inspect_parts(inspect, &scope.checks, &in, &found);
    struct decision_in deciding = {.policy = &scope.policy,
                                   .parts = doc.parts,
                                   .matches = found.list,
                                   .count = found.count,
                                   .answer = true};
    decide(&deciding, &d);
    struct edits e = {.arena = &a};
    for (size_t i = 0; i < d.count; i++)
        edits_add(&e, d.edits[i].part, d.edits[i].from, d.edits[i].to, d.edits[i].with);
    edits_names(&e, names, doc.parts, doc.part_count);
    edits_settle(&e, doc.body, doc.parts, doc.part_count);
    assert_false(e.bad);
    assert_true(surface_rewrite(doc.body, e.list, e.count, &out));
    assert_string_equal(buf_text(&out), want);
    buf_done(&out);
    arena_done(&a);
}

static void arguments(void **state)
{
    (void)state;
    written_anew(ANSWER("{\\\"k\\\":\\\"" AWS "\\\"}"), ANSWER("{\\\"k\\\":\\\"[redacted]\\\"}"));
    /* told as a whole, and as a string with an escape in it */
    written_anew(ANSWER("{\\\"k\\\":\\\"" AWS "\\\\n\\\",\\\"a\\\":1}"),
                 ANSWER("{\\\"k\\\":\\\"[redacted]\\\\n\\\",\\\"a\\\":1}"));
    /* told as a string only */
    written_anew(ANSWER("{\\\"k\\\":\\\"\\\\u0041KIAYQFODESARIWXLIXQ\\\"}"),
                 ANSWER("{\\\"k\\\":\\\"[redacted]\\\"}"));
    /* numbers become strings */
    written_anew(ANSWER("{\\\"card number\\\":4929722653797141,\\\"b\\\":[]}"),
                 ANSWER("{\\\"card number\\\":\\\"[redacted]\\\",\\\"b\\\":[]}"));
    written_anew(
        ANSWER("{\\\"to\\\":\\\"[EMAIL_1]\\\",\\\"n\\\":\\\"\\\\t[NAME_1]\\\"}"),
        ANSWER("{\\\"to\\\":\\\"jane@corp.net\\\",\\\"n\\\":\\\"\\\\tJane \\\\\\\"J\\\\\\\" "
               "Doe\\\\\\\\\\\"}"));
}

/* ---- what of a piece of JSON may go ---- */

static void runs(const char *text, size_t from, size_t to, enum inner at, const char *want)
{
    char got[128];
    size_t n = 0;
    struct inner_run r;
    struct inner_scan s = {.text = slice_str(text), .at = from, .to = to};
    s.state = inner_walk(at, slice_sub(s.text, 0, from));
    while (inner_next_run(&s, &r) && n < sizeof got - 40)
        n += (size_t)snprintf(got + n, sizeof got - n, "%s%.*s", n ? "|" : "", (int)(r.to - r.from),
                              text + r.from);
    got[n] = 0;
    assert_string_equal(got, want);
}

static void pieces_of_json(void **state)
{
    (void)state;
#define ALL(text, at, want) runs(text, 0, strlen(text), at, want)
    ALL("{\"a\": \"b c\", \"d\":[1.5,true]}", INNER_OUT, "a|b c|d|1.5|true");
    ALL("x\", \"y", INNER_STRING, "x|y");
    ALL("a\\\"b\\\\\"", INNER_STRING, "a\\\"b\\\\");
    ALL("041x", INNER_HEX3, "x");
    ALL("\"y", INNER_ESCAPE, "y"); /* a quote that is a part of an escape */
    ALL("ab\\u00", INNER_STRING, "ab");
    runs("\"abcdef\"", 3, 5, INNER_OUT, "cd");
    runs("\"ab\\u0041c\"", 2, 5, INNER_OUT, "b\\u0041"); /* no escape is cut */
    runs("12345", 2, 4, INNER_OUT, "34");
}

/* What touches becomes one; what is there twice counts once. */
static void joined(void **state)
{
    (void)state;
    struct arena a;
    struct part p = {.coding = PART_PLAIN, .to = 10, .text = S("abcdefghij")}, q = p;
    struct buf out;
    arena_init(&a, 1u << 16, 4096);
    buf_init(&out, 1000);
    struct edits e = {.arena = &a};
    q.from = 10, q.to = 20;
    edits_add(&e, &q, 0, 2, S("z"));
    edits_add(&e, &p, 6, 8, S("x"));
    edits_add(&e, &p, 6, 8, S("x"));
    edits_add(&e, &p, 0, 3, S("y"));
    edits_add(&e, &p, 2, 4, S("y"));
    edits_settle(&e, S("abcdefghijabcdefghij"), NULL, 0);
    assert_true(surface_rewrite(S("abcdefghijabcdefghij"), e.list, e.count, &out));
    assert_string_equal(buf_text(&out), REDACTED "efxijzcdefghij");
    buf_done(&out);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(arguments),
                                       cmocka_unit_test(pieces_of_json), cmocka_unit_test(joined)};
    return cmocka_run_group_tests(tests, rig_begin, rig_end);
}
