/* SPDX-License-Identifier: Apache-2.0 */
/* Edits land where the text is written and nowhere else; refusals and closing events say what their
 * protocols say. (Real clients read them in tests/peers/surface.mjs.) */
#include "../test.h"
#include <stdio.h>
#include "codec/json.h"
#include "codec/sse.h"
#include "guard/surface/surface_write.h"

struct run {
    struct arena arena;
    struct surface_doc doc;
    struct buf out;
};

static void read_request(struct run *r, const char *surface, struct slice body,
                         const struct surface_head *head)
{
    arena_init(&r->arena, 1u << 20, 4096);
    buf_init(&r->out, 1u << 20);
    assert_int_equal(
        surface_request(surface_named(slice_str(surface)), body, head, &r->arena, &r->doc),
        SURFACE_OK);
}

static void done(struct run *r)
{
    buf_done(&r->out);
    arena_done(&r->arena);
}

/* The first part with this text in it. */
static const struct part *part_with(const struct run *r, struct slice text, size_t *at)
{
    for (size_t i = 0; i < r->doc.part_count; i++) {
        *at = slice_find(r->doc.parts[i].text, text);
        if (*at != SIZE_MAX) return &r->doc.parts[i];
    }
    fail_msg("no part says %.*s", SLICE_ARG(text));
    return NULL;
}

static void replaced(const char *surface, const struct surface_head *head, const char *body,
                     const char *what, const char *with, const char *want)
{
    struct run r;
    size_t at;
    read_request(&r, surface, slice_str(body), head);
    const struct part *p = part_with(&r, slice_str(what), &at);
    struct part_edit edit = {p, at, at + strlen(what), slice_str(with)};
    assert_true(surface_rewrite(r.doc.body, &edit, 1, &r.out));
    assert_string_equal(buf_text(&r.out), want);
    done(&r);
}

static void edits(void **state)
{
    struct surface_head none = {0}, csv = {.content_type = S("text/csv")};
    (void)state;
#define CHAT(text)                "{ \"messages\" : [ {\"content\":\"" text "\"}] }"
#define EDIT(in, what, with, out) replaced("chat", &none, CHAT(in), what, with, CHAT(out))
    EDIT("my IBAN is DE89", "DE89", "[iban]", "my IBAN is [iban]");
    EDIT("DE89", "DE89", "", "");
    EDIT("a\\tDE89\\u00e9", "DE89", "\"\\\n", "a\\t\\\"\\\\\\n\\u00e9");
    EDIT("D\\u0045\\u00389!", "DE89", "x", "x!");
    EDIT("\\ud83d\\ude00 \\/ DE\\/89", "DE/89", "x", "\\ud83d\\ude00 \\/ x");
    EDIT("\\\"DE89\\\"", "DE89", "x", "\\\"x\\\"");
    replaced("chat", &none, "{\"messages\":[],\"user\":4111111111111111}", "11111111", "[card]",
             "{\"messages\":[],\"user\":\"4[card]1111111\"}");
    replaced("chat", &none, "{\"messages\":[],\"metadata\":{\"ada@example.com\":1}}",
             "ada@example.com", "x", "{\"messages\":[],\"metadata\":{\"x\":1}}");
    replaced("messages", &none,
             "{\"messages\":[{\"content\":[{\"source\":{\"type\":\"base64\",\"data\":\"bXkgREU4OQ=="
             "\"}}]}]}",
             "DE89", "[iban]",
             "{\"messages\":[{\"content\":[{\"source\":{\"type\":\"base64\",\"data\":"
             "\"bXkgW2liYW5d\"}}]}]}");
    replaced("responses", &none,
             "{\"input\":[{\"content\":[{\"image_url\":\"data:,my%20DE89\"}]}]}", "DE89", "a/\"b\"",
             "{\"input\":[{\"content\":[{\"image_url\":\"data:,my%20a%2F%22b%22\"}]}]}");
    /* JSON in a string is escaped twice */
    replaced("chat", &none,
             "{\"messages\":[{\"tool_calls\":[{\"function\":{\"arguments\":\"{\\\"a\\\":"
             "\\\"DE89\\\"}\"}}]}]}",
             "DE89", "\"",
             "{\"messages\":[{\"tool_calls\":[{\"function\":{\"arguments\":\"{\\\"a\\\":"
             "\\\"\\\\\\\"\\\"}\"}}]}]}");
#define CALL(inner)                                                                        \
    "{\"messages\":[{\"tool_calls\":[{\"function\":{\"arguments\":\"{\\\"a\\\":\\\"" inner \
    "\\\"}\"}}]}]}"
    replaced("chat", &none, CALL("my D\\\\u00458\\u00359 ok"), "DE859", "\"",
             CALL("my \\\\\\\" ok"));
    replaced("chat", &none, CALL("\\\\ud83d\\\\ude00DE89\\\\n"), "DE89", "x",
             CALL("\\\\ud83d\\\\ude00x\\\\n"));
    replaced("mlflow", &csv, "a,\"b \"\"DE89\"\"\",DE89\n", "DE89", "\"x\"",
             "a,\"b \"\"\"\"x\"\"\"\"\",DE89\n");
    replaced("mlflow", &csv, "a,b DE89\n", "DE89", "x\",\n", "a,b x___\n");
}

static void several(void **state)
{
    struct run r;
    struct surface_head none = {0};
    (void)state;
    read_request(
        &r, "chat",
        S("{\"messages\":[{\"content\":\"one \\\"two\\\" three\"},{\"content\":\"four\"}]}"),
        &none);
    const struct part *a = &r.doc.parts[0], *b = &r.doc.parts[1];
    struct part_edit edit[] = {
        {a, 0, 3, S("1")}, {a, 5, 8, S("2")}, {a, 10, 15, S("3")}, {b, 0, 4, S("4")}};
    assert_true(surface_rewrite(r.doc.body, edit, 4, &r.out));
    assert_string_equal(buf_text(&r.out),
                        "{\"messages\":[{\"content\":\"1 \\\"2\\\" 3\"},{\"content\":\"4\"}]}");
    /* out of order, over each other, beyond the end */
    struct part_edit wrong[][2] = {{{b, 0, 1, S("")}, {a, 0, 1, S("")}},
                                   {{a, 0, 4, S("")}, {a, 3, 5, S("")}},
                                   {{a, 0, 1, S("")}, {a, 9, 99, S("")}},
                                   {{a, 2, 1, S("")}, {a, 9, 9, S("")}}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        buf_reset(&r.out);
        assert_false(surface_rewrite(r.doc.body, wrong[i], 2, &r.out));
    }
    done(&r);
}

static void half_a_character(void **state)
{
    struct run r;
    struct surface_head none = {0};
    (void)state;
    read_request(&r, "chat", S("{\"messages\":[{\"content\":\"a\\ud83d\\ude00b\"}]}"), &none);
    struct part_edit edit = {&r.doc.parts[0], 3, 4, S("x")};
    assert_true(surface_rewrite(r.doc.body, &edit, 1, &r.out));
    assert_string_equal(buf_text(&r.out), "{\"messages\":[{\"content\":\"axb\"}]}");
    done(&r);
}

static void tensors(void **state)
{
#define HEAD "{\"inputs\":[{\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":11}}]}"
    static const char body[] = HEAD "\7\0\0\0my DE89";
    static const char *const with[] = {"x", "[iban]"}, *const want[] = {"x***", "[iba"};
    char length[8];
    struct surface_head head = {0};
    (void)state;
    (void)snprintf(length, sizeof length, "%zu", sizeof HEAD - 1);
    head.json_length = slice_str(length);
    for (size_t i = 0; i < 2; i++) {
        struct run r;
        size_t at;
        read_request(&r, "oip", slice_of(body, sizeof body - 1), &head);
        const struct part *p = part_with(&r, S("DE89"), &at);
        struct part_edit edit = {p, at, at + 4, slice_str(with[i])};
        assert_true(surface_rewrite(r.doc.body, &edit, 1, &r.out));
        assert_int_equal(r.out.n, sizeof body - 1);
        assert_memory_equal(r.out.p + r.out.n - 4, want[i], 4);
        done(&r);
    }
}

/* --- refusals --- */

static const struct surface_verdict verdict = {{(const uint8_t *)"pii.iban", 8},
                                               {(const uint8_t *)"Blocked: \"IBAN\".", 16}};

static void refusal(const char *surface, const char *body, unsigned status, const char *want)
{
    struct run r;
    struct surface_head none = {0};
    const struct surface *s = surface ? surface_named(slice_str(surface)) : NULL;
    if (s) read_request(&r, surface, slice_str(body), &none);
    if (!s) arena_init(&r.arena, 1024, 0), buf_init(&r.out, 4096);
    assert_int_equal(surface_block(s, s ? &r.doc : NULL, &verdict, &r.out), status);
    assert_string_equal(buf_text(&r.out), want);
    done(&r);
}

static void refusals(void **state)
{
    (void)state;
#define OPENAI                            \
    "{\"error\":{\"message\":\"Blocked: " \
    "\\\"IBAN\\\".\",\"type\":\"merlon_blocked\",\"code\":\"pii.iban\"}}"
#define PLAIN "{\"error\":\"Blocked: \\\"IBAN\\\".\",\"code\":\"pii.iban\"}"
#define RPC(id)                                                          \
    "{\"jsonrpc\":\"2.0\"," id                                           \
    "\"error\":{\"code\":-32010,\"message\":\"Blocked: \\\"IBAN\\\".\"," \
    "\"data\":{\"type\":\"merlon_blocked\",\"code\":\"pii.iban\"}}}"
    refusal(NULL, "", 403, OPENAI);
    refusal("chat", "{\"messages\":[]}", 403, OPENAI);
    refusal("responses", "{\"input\":\"a\"}", 403, OPENAI);
    refusal("messages", "{\"messages\":[]}", 403,
            "{\"type\":\"error\",\"error\":{\"type\":\"merlon_blocked\",\"message\":\"Blocked: "
            "\\\"IBAN\\\".\",\"code\":\"pii.iban\"}}");
    refusal("ollama.chat", "{\"model\":\"m\"}", 403, PLAIN);
    refusal("oip", "{\"inputs\":[]}", 403, PLAIN);
    refusal("mlflow", "{\"inputs\":[]}", 403,
            "{\"error_code\":\"PERMISSION_DENIED\",\"message\":\"Blocked: \\\"IBAN\\\".\",\"code\":"
            "\"pii.iban\"}");
    refusal("mcp", "{\"jsonrpc\":\"2.0\",\"id\":\"a\\\"\",\"method\":\"m\"}", 200,
            RPC("\"id\":\"a\\\"\","));
    refusal("mcp", "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\"}", 200, RPC("\"id\":7,"));
    refusal("mcp", "{\"jsonrpc\":\"2.0\",\"method\":\"m\"}", 403, RPC(""));
    refusal("mcp", "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}", 403, RPC(""));
    refusal(
        "mcp",
        "[{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\"},{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":"
        "\"m\"}]",
        200, "[" RPC("\"id\":7,") "," RPC("\"id\":8,") "]");
}

/* --- the end of a stream --- */

static void closed(const char *surface, enum surface_framing framing, const char *sent,
                   const char *want)
{
    struct arena arena;
    struct cutter c;
    struct surface_stream st = {0};
    struct buf out;
    const struct surface *s = surface_named(slice_str(surface));
    struct slice rest = slice_str(sent);
    size_t n;
    arena_init(&arena, 1u << 20, 4096);
    buf_init(&out, 1u << 20);
    cutter_init(&c, 1u << 20);
    while ((framing == FRAMING_SSE ? sse_cut(&c, rest, true, &n) : lines_cut(&c, rest, true, &n)) ==
           CUT_DONE) {
        struct surface_doc doc;
        assert_int_equal(surface_event(s, slice_sub(rest, 0, n), framing, &arena, &doc),
                         SURFACE_OK);
        surface_stream_sent(&st, &doc);
        rest = slice_sub(rest, n, rest.n);
    }
    surface_close(s, &st, framing, NULL, &verdict, &out);
    assert_string_equal(buf_text(&out), want);
    buf_done(&out);
    arena_done(&arena);
}

#define MERLON "\"merlon\":{\"blocked\":\"pii.iban\",\"message\":\"Blocked: \\\"IBAN\\\".\"}"

static void closing_chat(void **state)
{
    (void)state;
#define CHUNK(id, created, model, choices)                                               \
    "data: {\"id\":\"" id "\",\"object\":\"chat.completion.chunk\",\"created\":" created \
    ",\"model\":\"" model "\",\"choices\":[" choices "]," MERLON "}\n\ndata: [DONE]\n\n"
#define CHOICE(n) \
    "{\"index\":" n ",\"delta\":{},\"logprobs\":null,\"finish_reason\":\"content_filter\"}"
    closed("chat", FRAMING_SSE, "", CHUNK("merlon", "0", "", CHOICE("0")));
    closed("chat", FRAMING_SSE,
           "data: "
           "{\"id\":\"c\\\"1\",\"created\":17,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
           "{\"content\":\"a\"}},{\"index\":2,\"delta\":{\"content\":\"a\"}}]}\n\n"
           "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
           CHUNK("c\\\"1", "17", "m", CHOICE("2")));
    closed(
        "completions", FRAMING_SSE, "",
        "data: "
        "{\"id\":\"merlon\",\"object\":\"text_completion\",\"created\":0,\"model\":\"\","
        "\"choices\":[{"
        "\"index\":0,\"text\":\"\",\"logprobs\":null,\"finish_reason\":\"content_filter\"}]," MERLON
        "}\n\ndata: [DONE]\n\n");
}

static void closing_messages(void **state)
{
    (void)state;
#define BLOCK_STOP \
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":1}\n\n"
#define DELTA                                                                 \
    "event: message_delta\ndata: "                                            \
    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\","     \
    "\"stop_sequence\":null},\"usage\":{\"output_tokens\":0}," MERLON "}\n\n" \
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
#define START "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"content\":[]}}\n\n"
#define BLOCK "data: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{}}\n\n"
#define STOP  "data: {\"type\":\"content_block_stop\",\"index\":1}\n\n"
    closed("messages", FRAMING_SSE, START, DELTA);
    closed("messages", FRAMING_SSE, START BLOCK, BLOCK_STOP DELTA);
    closed("messages", FRAMING_SSE, START BLOCK STOP, DELTA);
}

static void closing_others(void **state)
{
    (void)state;
    closed("ollama.chat", FRAMING_LINES,
           "{\"model\":\"m\",\"created_at\":\"2026\",\"message\":{\"content\":\"a\"},\"done\":"
           "false}\n",
           "{\"model\":\"m\",\"created_at\":\"2026\",\"message\":{\"role\":\"assistant\","
           "\"content\":\"\"},"
           "\"done\":true,\"done_reason\":\"content_filter\"," MERLON "}\n");
    closed(
        "ollama.generate", FRAMING_LINES, "",
        "{\"model\":\"\",\"created_at\":\"1970-01-01T00:00:00Z\",\"response\":\"\",\"done\":true,"
        "\"done_reason\":\"content_filter\"," MERLON "}\n");
    closed("oip.stream", FRAMING_SSE, "", "data: " PLAIN "\n\n");
    closed("mcp", FRAMING_SSE, "", "event: message\ndata: " RPC("") "\n\n");
}

static void closing_responses(void **state)
{
    struct buf out;
    struct surface_stream st = {0};
    (void)state;
    buf_init(&out, 1u << 16);
    surface_close(surface_named(S("responses")), &st, FRAMING_SSE, NULL, &verdict, &out);
    assert_true(slice_starts(buf_slice(&out), S("event: response.created\n")));
    assert_true(slice_has(buf_slice(&out), S("\"sequence_number\":1,")));
    buf_reset(&out);
    st = (struct surface_stream){.id = "resp_1", .begun = true, .sequence = 41};
    surface_close(surface_named(S("responses")), &st, FRAMING_SSE, NULL, &verdict, &out);
    assert_true(slice_starts(
        buf_slice(&out), S("event: response.incomplete\ndata: {\"type\":\"response.incomplete\","
                           "\"sequence_number\":42,\"response\":{\"id\":\"resp_1\",")));
    assert_true(
        slice_has(buf_slice(&out), S("\"status\":\"incomplete\",\"model\":\"\",\"error\":null,"
                                     "\"incomplete_details\":{\"reason\":\"content_filter\"}")));
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(edits),
                                       cmocka_unit_test(several),
                                       cmocka_unit_test(half_a_character),
                                       cmocka_unit_test(tensors),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(closing_chat),
                                       cmocka_unit_test(closing_messages),
                                       cmocka_unit_test(closing_others),
                                       cmocka_unit_test(closing_responses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
