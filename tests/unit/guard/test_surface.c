/* SPDX-License-Identifier: Apache-2.0 */
/* What surfaces refuse, what they do not know, and places where readers of one protocol differ. */
#include "../test.h"
#include "guard/surface/surface.h"
#include "surface_show.h"

struct run {
    struct arena arena;
    struct surface_doc doc;
    struct buf out;
};

static enum surface_result request(struct run *r, const char *surface, struct slice body)
{
    struct surface_head head = {0};
    const struct surface *s = surface_named(slice_str(surface));
    assert_non_null(s);
    arena_init(&r->arena, 64u << 20, 1u << 16);
    buf_init(&r->out, 1u << 20);
    return surface_request(s, body, &head, &r->arena, &r->doc);
}

static void done(struct run *r)
{
    buf_done(&r->out);
    arena_done(&r->arena);
}

static void routes(void **state)
{
    static const struct {
        const char *method, *path, *surface;
    } rows[] = {
        {"POST", "/v1/chat/completions", "chat"},
        {"POST", "/chat/completions", "chat"},
        {"POST", "/openai/deployments/gpt/chat/completions", "chat"},
        {"POST", "/v1/completions", "completions"},
        {"POST", "/v1/responses", "responses"},
        {"GET", "/v1/responses/resp_1", "responses.stored"},
        {"POST", "/v1/embeddings", "embeddings"},
        {"GET", "/v1/models", "models"},
        {"HEAD", "/v1/models", "models"},
        {"POST", "/v1/messages", "messages"},
        {"POST", "/v1/messages/count_tokens", "messages.count"},
        {"POST", "/api/chat", "ollama.chat"},
        {"POST", "/api/embed", "ollama.embed"},
        {"POST", "/v2/models/a/infer", "oip"},
        {"POST", "/v2/models/a/versions/3/infer", "oip"},
        {"POST", "/v2/models/a/generate_stream", "oip.stream"},
        {"POST", "/v1/models/half:predict", "tfserving"},
        {"POST", "/v1/models/half/versions/2:classify", "tfserving"},
        {"POST", "/invocations", "mlflow"},
        {"POST", "/mcp", "mcp"},
        {"GET", "/mcp", "mcp.listen"},
        {"DELETE", "/mcp", "mcp.end"},
        {"PUT", "/v1/chat/completions", NULL},
        {"GET", "/v1/chat/completions", NULL},
        {"POST", "/v1/chat/completions/", NULL},
        {"POST", "/v1/xchat/completions", "completions"},
        {"POST", "/v1/xcompletions", NULL},
        {"POST", "/v1/threads/t/messages", NULL},
        {"POST", "/v1/audio/speech", NULL},
        {"POST", "/v1/models/half:explain", NULL},
        {"POST", "/v2/models/a/b/infer", NULL},
        {"POST", "", NULL},
        {"", "/v1/responses", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct surface *s = surface_find(slice_str(rows[i].method), slice_str(rows[i].path));
        if (!rows[i].surface && s) fail_msg("%s is %s", rows[i].path, s->name);
        if (!rows[i].surface) continue;
        if (!s) fail_msg("%s is nothing", rows[i].path);
        assert_string_equal(s->name, rows[i].surface);
    }
}

static void refused(void **state)
{
    static const char *const bodies[] = {
        "{\"messages\":[],\"messages\":[]}",
        "{\"messages\":[],\"Messages\":[]}",
        "{\"messages\":[],\"m\\u0065ssages\":[]}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\",\"role\":\"system\"}]}",
        "{\"messages\":[],\"x\":1,\"x\":2}",
        "{\"messages\":[],\"x\":1,\"\\u0078\":2}",
        "{\"messages\":[],\"tools\":[{\"a\":{\"b\":1,\"b\":2}}]}",
        "{\"messages\":[\"\xff\"]}",
        "{\"messages\":[\"\xed\xa0\x80\"]}",
        "{\"messages\":[]} x",
        "\xef\xbb\xbf{\"messages\":[]}",
        "{\"messages\":[],}",
        "{'messages':[]}",
        "{\"messages\":[NaN]}",
        "{\"messages\":[01]}",
        "{\"messages\":[\"a\nb\"]}",
        "m\0e\0s\0",
        "name=value",
        " ",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct run r;
        if (request(&r, "chat", slice_str(bodies[i])) != SURFACE_REFUSED) fail_msg("%s", bodies[i]);
        assert_non_null(r.doc.why);
        done(&r);
    }
}

static void many_keys(void **state)
{
    (void)state;
    for (unsigned twice = 0; twice < 2; twice++) {
        struct run r;
        struct buf b;
        buf_init(&b, 1u << 20);
        buf_str(&b, "{\"instances\":[{");
        for (unsigned i = 0; i < 300; i++) buf_printf(&b, "\"k%u\":%u,", i, i);
        buf_str(&b, twice ? "\"k7\":0}]}" : "\"z\":0}]}");
        assert_int_equal(request(&r, "tfserving", buf_slice(&b)),
                         twice ? SURFACE_REFUSED : SURFACE_OK);
        if (!twice) assert_int_equal(r.doc.part_count, 301);
        done(&r);
        buf_done(&b);
    }
}

static void deep(void **state)
{
    (void)state;
    for (unsigned depth = 100; depth <= 130; depth += 30) {
        struct run r;
        struct buf b;
        buf_init(&b, 1u << 20);
        buf_str(&b, "{\"messages\":");
        buf_fill(&b, '[', depth);
        buf_str(&b, "\"deep\"");
        buf_fill(&b, ']', depth);
        buf_str(&b, "}");
        assert_int_equal(request(&r, "chat", buf_slice(&b)),
                         depth > 127 ? SURFACE_REFUSED : SURFACE_OK);
        done(&r);
        buf_done(&b);
    }
}

static void unknown(void **state)
{
    static const struct {
        const char *surface, *body;
        size_t parts;
    } rows[] = {
        {"chat", "{\"prompt\":\"text\"}", 2},
        {"chat", "[\"text\"]", 1},
        {"chat", "\"text\"", 1},
        {"chat", "{}", 0},
        {"chat", "", 0},
        {"chat", "null", 0},
        {"responses", "{\"model\":\"m\"}", 1},
        {"messages", "{\"content\":\"x\"}", 2},
        {"mcp", "{\"id\":1,\"method\":\"x\"}", 1},
        {"mcp", "[{\"id\":\"a\"}]", 1},
        {"models", "{\"a\":\"b\"}", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run r;
        if (request(&r, rows[i].surface, slice_str(rows[i].body)) != SURFACE_UNKNOWN)
            fail_msg("%s", rows[i].body);
        assert_non_null(r.doc.why);
        if (r.doc.part_count != rows[i].parts) fail_msg("%s: %zu", rows[i].body, r.doc.part_count);
        done(&r);
    }
}

/* One body, and what is told of it. */
static void told(const char *surface, const char *body, const char *want)
{
    struct run r;
    enum surface_result result = request(&r, surface, slice_str(body));
    if (result != SURFACE_OK) fail_msg("%s: %s at %zu", body, r.doc.why, r.doc.where);
    show_doc(&r.out, &r.doc, &r.arena);
    assert_string_equal(buf_text(&r.out), want);
    done(&r);
}

static void who_speaks(void **state)
{
    (void)state;
    told("chat", "{\"messages\":[{\"content\":\"a\",\"role\":\"system\"}]}",
         "system text messages[0].content = \"a\"\n"
         "system other messages[0].role = \"system\"\n");
    told("chat", "{\"messages\":[{\"content\":\"a\"}]}", "user text messages[0].content = \"a\"\n");
    told("chat", "{\"messages\":[{\"content\":\"a\",\"role\":\"\\u0074ool\"}]}",
         "tool tool_result messages[0].content = \"a\"\n"
         "tool other messages[0].role = \"tool\"\n");
    told("chat", "{\"messages\":[{\"content\":\"a\",\"role\":\"root\"}]}",
         "user text messages[0].content = \"a\"\nuser other messages[0].role = \"root\"\n");
    told("ollama.chat",
         "{\"model\":\"m\",\"Messages\":[{\"Content\":\"a\",\"ROLE\":\"assistant\"}]}",
         "user other model = \"m\"\nassistant text Messages[0].Content = \"a\"\n"
         "assistant other Messages[0].ROLE = \"assistant\"\n-- model m\n");
    /* role: what is inside keeps its own */
    told("responses",
         "{\"input\":[{\"output\":\"a\",\"role\":\"user\"},{\"content\":[{\"text\":\"b\"}],"
         "\"role\":\"developer\"}]}",
         "tool tool_result input[0].output = \"a\"\nuser other input[0].role = \"user\"\n"
         "system text input[1].content[0].text = \"b\"\n"
         "system other input[1].role = \"developer\"\n");
}

static void strange_places(void **state)
{
    (void)state;
    told("chat", "{\"messages\":\"a\"}", "user other messages = \"a\"\n");
    told("chat", "{\"messages\":[\"a\",[\"b\"],{\"content\":{\"x\":[{\"y\":\"c\"}]}}]}",
         "user other messages[0] = \"a\"\nuser other messages[1][0] = \"b\"\n"
         "user other key messages[2].content.x = \"x\"\n"
         "user other key messages[2].content.x[0].y = \"y\"\n"
         "user other messages[2].content.x[0].y = \"c\"\n");
    told("chat", "{\"messages\":[],\"model\":{\"a\":\"b\"}}",
         "user other key model.a = \"a\"\nuser other model.a = \"b\"\n");
    told("chat", "{\"messages\":[],\"user\":123456789,\"seed\":-123456789.5,\"n\":12345678}",
         "user other number user = \"123456789\"\nuser other number seed = \"-123456789.5\"\n");
}

static void json_in_a_string(void **state)
{
    (void)state;
#define CALL(arguments) \
    "{\"messages\":[{\"tool_calls\":[{\"function\":{\"arguments\":\"" arguments "\"}}]}]}"
#define AT "messages[0].tool_calls[0].function.arguments = "
    told("chat", CALL("{\\\"a\\\":\\\"x\\\"}"),
         "assistant tool_call json " AT "\"{\\\"a\\\":\\\"x\\\"}\"\n");
    told("chat", CALL("{\\\"\\\\u0061b\\\":[\\\"x\\\",\\\"\\\\ud83d\\\\ude00\\\\n\\\"]}"),
         "assistant tool_call json " AT
         "\"{\\\"\\\\u0061b\\\":[\\\"x\\\",\\\"\\\\ud83d\\\\ude00\\\\n\\\"]}\"\n"
         "assistant tool_call twice key " AT "\"ab\"\n"
         "assistant tool_call twice " AT "\"\xf0\x9f\x98\x80\\n\"\n");
    told("chat", CALL("no JSON \\\\u0061"),
         "assistant tool_call json " AT "\"no JSON \\\\u0061\"\n");
}

static void bytes(void **state)
{
    (void)state;
#define URL(url) "{\"messages\":[{\"content\":[{\"image_url\":{\"url\":\"" url "\"}}]}]}"
    told("chat", URL("data:;base64,aGk="),
         "user data_uri base64 messages[0].content[0].image_url.url = \"hi\"\n");
    told("chat", URL("DATA:text/plain;charset=x;BASE64,aGk"),
         "user data_uri base64 messages[0].content[0].image_url.url = \"hi\"\n");
    told("chat", URL("data:text/plain,a%62%63 d"),
         "user data_uri percent messages[0].content[0].image_url.url = \"abc d\"\n");
    told("chat", URL("data:text\\/plain;base64,aGk\\u003d"),
         "user data_uri base64 messages[0].content[0].image_url.url = \"hi\"\n");
    told("chat", URL("data:image/png;base64,//79"),
         "user data_uri base64 opaque messages[0].content[0].image_url.url = \"\"\n");
    told("chat", URL("data:text/plain;base64,no base64!"),
         "user data_uri messages[0].content[0].image_url.url = \"no base64!\"\n");
    told("chat", URL("data:nothing"),
         "user document messages[0].content[0].image_url.url = \"data:nothing\"\n");
    told("chat", URL("http://a/?q=1"),
         "user document messages[0].content[0].image_url.url = \"http://a/?q=1\"\n");
    told("completions", "{\"prompt\":[1,2,3]}", "user text number opaque prompt[0] = \"\"\n");
    told(
        "embeddings", "{\"input\":[[1,2],[3],\"a\"]}",
        "user other number opaque input[0][0] = \"\"\nuser other number opaque input[1][0] = \"\"\n"
        "user input input[2] = \"a\"\n");
}

static void tables(void **state)
{
    static const struct {
        const char *csv;
        enum surface_result result;
        size_t parts;
    } rows[] = {
        {"a,b\n1,2\n", SURFACE_OK, 4},      {"a\r\n\r\nb", SURFACE_OK, 2},
        {"\"a\"\"b\",c", SURFACE_OK, 2},    {"\"a\nb\"\nc", SURFACE_OK, 2},
        {"\"a", SURFACE_REFUSED, 0},        {"\"a\"b,c", SURFACE_REFUSED, 0},
        {"a\"b,c", SURFACE_OK, 2},          {"\xff", SURFACE_REFUSED, 0},
        {"{\"inputs\":[]}", SURFACE_OK, 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run r;
        struct surface_head head = {.content_type = S("Text/CSV;charset=utf-8")};
        arena_init(&r.arena, 1u << 20, 4096);
        enum surface_result result = surface_request(
            surface_named(S("mlflow")), slice_str(rows[i].csv), &head, &r.arena, &r.doc);
        if (result != rows[i].result) fail_msg("%s: %d", rows[i].csv, (int)result);
        if (result == SURFACE_OK) assert_int_equal(r.doc.part_count, rows[i].parts);
        arena_done(&r.arena);
    }
}

static void tensors(void **state)
{
#define BYTES(size) \
    "{\"inputs\":[{\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":" size "}}]}"
    const struct {
        struct slice body;
        const char *length;
        enum surface_result result;
    } rows[] = {
        {S(BYTES("6") "\2\0\0\0hi"), "69", SURFACE_OK},
        {S(BYTES("6") "\2\0\0\0hi"), "68", SURFACE_REFUSED},
        {S(BYTES("6") "\2\0\0\0hi"), "99", SURFACE_REFUSED},
        {S(BYTES("6") "\2\0\0\0hi"), "-1", SURFACE_REFUSED},
        {S(BYTES("6") "\2\0\0\0hi"), "", SURFACE_REFUSED},
        {S(BYTES("7") "\2\0\0\0hi"), "69", SURFACE_REFUSED},
        {S(BYTES("6") "\2\0\0\0hi!"), "69", SURFACE_REFUSED},
        {S(BYTES("6") "\2\0\0\0h"), "69", SURFACE_REFUSED},
        {S(BYTES("6") "\3\0\0\0hi"), "69", SURFACE_REFUSED},
        {S(BYTES("6") "\1\0\0\0hi"), "69", SURFACE_REFUSED},
        {S(BYTES("6") "\377\377\377\377hi"), "69", SURFACE_REFUSED},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run r;
        struct surface_head head = {.json_length = slice_str(rows[i].length)};
        arena_init(&r.arena, 1u << 20, 4096);
        enum surface_result result =
            surface_request(surface_named(S("oip")), rows[i].body, &head, &r.arena, &r.doc);
        if (result != rows[i].result) fail_msg("row %zu: %d %s", i, (int)result, r.doc.why);
        if (result == SURFACE_OK) assert_slice(r.doc.parts[r.doc.part_count - 1].text, "hi");
        arena_done(&r.arena);
    }
}

/* One event. */
static void event(const char *surface, const char *event, enum surface_result result,
                  const char *want)
{
    struct run r;
    arena_init(&r.arena, 1u << 20, 4096);
    buf_init(&r.out, 1u << 20);
    enum surface_result got = surface_event(surface_named(slice_str(surface)), slice_str(event),
                                            FRAMING_SSE, &r.arena, &r.doc);
    if (got != result) fail_msg("%s: %d %s", event, (int)got, r.doc.why);
    show_doc(&r.out, &r.doc, &r.arena);
    assert_string_equal(buf_text(&r.out), want);
    done(&r);
}

static void events(void **state)
{
    (void)state;
    event("chat", "data: [DONE]\n\n", SURFACE_OK, "-- done\n-- ends all -.-.-\n");
    event("messages", "data: [DONE]\n\n", SURFACE_OK, "-- done\n-- ends all -.-.-\n");
    event("mcp", "data: [DONE]\n\n", SURFACE_REFUSED, "");
    event("chat", "data: [DONE] and more\n\n", SURFACE_REFUSED, "");
    event("chat", "data: secret\n\n", SURFACE_REFUSED, "");
    event("chat", "data: {\"x\":\"y\"}\n\n", SURFACE_UNKNOWN,
          "assistant other key x = \"x\"\nassistant other x = \"y\"\n");
    event("chat", "\n", SURFACE_OK, "");
    event("chat", ": keep-alive 4111\n", SURFACE_OK,
          "assistant other plain event = \"keep-alive 4111\"\n");
    event("chat", "id: 7\nevent: AKIA\ncolour: red\nS3: x\n\n", SURFACE_OK,
          "assistant other plain event = \"7\"\nassistant other plain event = \"AKIA\"\n"
          "assistant other plain event = \"S3: x\"\n");
    event("chat",
          "data: {\"choices\":\r\ndata: [{\"delta\":{\"content\":\r\ndata: \"a\\\"b\"}}]}\r\n\r\n",
          SURFACE_OK, "assistant text grows choices[0].delta.content = \"a\\\"b\"\n");
    event("embeddings", "data: {\"a\":\"b\"}\n\n", SURFACE_UNKNOWN,
          "assistant other key a = \"a\"\nassistant other a = \"b\"\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes),           cmocka_unit_test(refused),
        cmocka_unit_test(many_keys),        cmocka_unit_test(deep),
        cmocka_unit_test(unknown),          cmocka_unit_test(who_speaks),
        cmocka_unit_test(strange_places),   cmocka_unit_test(bytes),
        cmocka_unit_test(json_in_a_string), cmocka_unit_test(tables),
        cmocka_unit_test(tensors),          cmocka_unit_test(events)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
