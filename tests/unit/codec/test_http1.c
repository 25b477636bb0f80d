/* SPDX-License-Identifier: Apache-2.0 */
/* Heads, framing and chunks of well-formed messages: what each span is, and that cuts change
 * nothing. What must be refused: test_http1_smuggling.c. */
#include "../test.h"
#include "../../tools/http1_read.h"
#include <stdio.h>

static struct read_one one;

static struct http1_head *good(const char *text)
{
    read_init(&one);
    read_feed(&one, (const unsigned char *)text, strlen(text));
    if (one.fault) print_error("%s in: %s\n", http1_fault_id(one.fault), text);
    assert_int_equal(one.end, HTTP1_DONE);
    return &one.head;
}

static void request_spans(void **state)
{
    (void)state;
    struct http1_head *h =
        good("POST /v1/chat/completions?x=1&y=%20 HTTP/1.1\r\nHost: api.example:8443\r\n"
             "X-Odd:\t a value \t\r\nEmpty:\r\nContent-Type: application/json\r\n"
             "Content-Length: 0005\r\n\r\nhelloGET / HTTP/1.1\r\n");
    assert_slice(h->method, "POST");
    assert_slice(h->target, "/v1/chat/completions?x=1&y=%20");
    assert_slice(h->path, "/v1/chat/completions");
    assert_slice(h->query, "x=1&y=%20");
    assert_slice(h->host, "api.example:8443");
    assert_int_equal(h->field_count, 5);
    assert_slice(h->fields[1].name, "X-Odd");
    assert_slice(h->fields[1].value, "a value");
    assert_slice(h->fields[2].value, "");
    assert_int_equal(h->fields[3].known, HTTP1_CONTENT_TYPE);
    assert_true(h->fields[4].hop && !h->fields[3].hop);
    assert_int_equal(h->body, HTTP1_LENGTH);
    assert_int_equal(h->length, 5);
    assert_true(h->keep_alive && !h->expects && !h->takes_trailers && !h->upgrade.n);
    assert_int_equal(one.body_size, 5);
    assert_memory_equal(one.body, "hello", 5);
}

static void targets(void **state)
{
    (void)state;
    struct http1_head *h = good("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_slice(h->path, "*");
    h = good("GET http://a.example:80/x/...y/.z?q HTTP/1.1\r\nHost: A.example:80\r\n\r\n");
    assert_slice(h->target, "/x/...y/.z?q");
    assert_slice(h->host, "A.example:80");
    h = good("GET /models/org%2Fname;v=1/a..b/%2e%2e%2e HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");
    assert_slice(h->host, "[::1]:80");
    h = good("GET / HTTP/1.0\r\n\r\n");
    assert_slice(h->host, "");
}

static void connections(void **state)
{
    (void)state;
    struct http1_head *h = good(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: x-one , close\r\nX-One: 1\r\nX-Two: 2\r\n\r\n");
    assert_true(!h->keep_alive && h->fields[2].hop && !h->fields[3].hop);
    assert_true(good("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")->keep_alive);
    assert_false(good("GET / HTTP/1.0\r\n\r\n")->keep_alive);
    h = good("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, TE\r\nUpgrade: websocket\r\n"
             "TE: gzip, trailers\r\n\r\n");
    assert_slice(h->upgrade, "websocket");
    assert_true(h->takes_trailers);
    h = good("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n");
    assert_slice(h->upgrade, ""); /* Connection does not name it */
    h = good("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx");
    assert_true(h->expects);
    assert_false(good("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")->expects);
}

static const char chunked[] = "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: Chunked\r\n\r\n"
                              "5\r\nhello\r\n000A\r\n, world...\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n";

static void chunks(void **state)
{
    (void)state;
    struct http1_head *h = good(chunked);
    assert_int_equal(h->body, HTTP1_CHUNKED);
    assert_int_equal(one.body_size, 15);
    assert_memory_equal(one.body, "hello, world...", 15);
    assert_slice(http1_trailer(&one.chunks), "X-Sum: 1\r\nY:\r\n");
    assert_int_equal(one.size, sizeof chunked - 1);
}

/* Every pair of cuts. */
static void cuts_change_nothing(void **state)
{
    (void)state;
    static struct read_one r;
    size_t n = sizeof chunked - 1;
    for (size_t a = 0; a <= n; a++)
        for (size_t b = a; b <= n; b++) {
            read_init(&r);
            read_feed(&r, (const unsigned char *)chunked, a);
            read_feed(&r, (const unsigned char *)chunked, b);
            assert_int_equal(r.end == HTTP1_DONE, b == n);
            if (b < n) read_feed(&r, (const unsigned char *)chunked, n);
            assert_int_equal(r.end, HTTP1_DONE);
            assert_int_equal(r.body_size, 15);
            assert_memory_equal(r.body, "hello, world...", 15);
        }
}

static enum http1_fault answer(const char *text, bool to_head, struct http1_head *ret)
{
    struct http1_scan scan = {0};
    struct slice in = slice_str(text);
    if (http1_scan(&scan, in, &read_limits) != HTTP1_DONE) return scan.fault ? scan.fault : 999;
    return http1_answer(slice_sub(in, 0, scan.size), to_head, ret);
}

static void answers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool to_head;
        enum http1_body body;
        bool keep;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", false, HTTP1_LENGTH, true},
        {"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n", true, HTTP1_NO_BODY, true},
        {"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n", false, HTTP1_CHUNKED, true},
        {"HTTP/1.1 200 OK\r\n\r\n", false, HTTP1_UNTIL_CLOSE, false},
        {"HTTP/1.0 200 OK\r\n\r\n", false, HTTP1_UNTIL_CLOSE, false},
        {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n", false,
         HTTP1_LENGTH, true},
        {"HTTP/1.1 204 No Content\r\n\r\n", false, HTTP1_NO_BODY, true},
        {"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", false, HTTP1_NO_BODY, true},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", false, HTTP1_NO_BODY, true},
        {"HTTP/1.1 100 Continue\r\n\r\n", false, HTTP1_NO_BODY, true},
        {"HTTP/1.1 404 Gone \xe9t\xe9\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false,
         HTTP1_NO_BODY, false},
    };
    static struct http1_head h;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum http1_fault fault = answer(rows[i].text, rows[i].to_head, &h);
        if (fault) print_error("%s in: %s\n", http1_fault_id(fault), rows[i].text);
        assert_int_equal(fault, HTTP1_FINE);
        assert_int_equal(h.body, rows[i].body);
        assert_int_equal(h.keep_alive, rows[i].keep);
    }
}

static void answers_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum http1_fault fault;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
         HTTP1_LENGTH_REPEATED},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\n", HTTP1_LENGTH_REPEATED},
        {"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\n", HTTP1_LENGTH_BAD},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
         HTTP1_LENGTH_AND_CODING},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", HTTP1_CODING_BAD},
        {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP1_CODING_OLD},
        {"HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP1_BODY_FORBIDDEN},
        {"HTTP/1.1 204 No\r\nContent-Length: 4\r\n\r\n", HTTP1_BODY_FORBIDDEN},
        {"HTTP/1.1 100 C\r\nContent-Length: 4\r\n\r\n", HTTP1_BODY_FORBIDDEN},
        {"HTTP/1.1 99 OK\r\n\r\n", HTTP1_STATUS_LINE},
        {"HTTP/1.1 600 OK\r\n\r\n", HTTP1_STATUS_LINE},
        {"HTTP/1.1 2000\r\n\r\n", HTTP1_STATUS_LINE},
        {"HTTP/1.1  200 OK\r\n\r\n", HTTP1_STATUS_LINE},
        {"HTTP/2.0 200 OK\r\n\r\n", HTTP1_STATUS_LINE},
        {"ICY 200 OK okok\r\n\r\n", HTTP1_STATUS_LINE},
        {"HTTP/1.1 200 O\x01K\r\n\r\n", HTTP1_CONTROL},
        {"HTTP/1.1 200 OK\nX: y\r\n\r\n", HTTP1_BARE_LF},
        {"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", HTTP1_FOLDED},
        {"HTTP/1.1 200 OK\r\nX : a\r\n\r\n", HTTP1_FIELD_NAME},
        {"\r\nHTTP/1.1 200 OK\r\n\r\n", HTTP1_STATUS_LINE},
    };
    static struct http1_head h;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum http1_fault fault = answer(rows[i].text, false, &h);
        if (fault != rows[i].fault) print_error("%s in: %s\n", http1_fault_id(fault), rows[i].text);
        assert_int_equal(fault, rows[i].fault);
    }
}

/* Servers that send chunk extensions are within their rights; clients have no reason to. */
static void extensions(void **state)
{
    (void)state;
    static const char text[] = "3;a=1;b=\"x y\"\r\nabc\r\n0;last\r\n\r\n";
    struct http1_chunks c;
    struct slice in = slice_str(text), piece;
    http1_chunks_init(&c, true);
    assert_int_equal(http1_chunks_next(&c, &in, &piece), HTTP1_DATA);
    assert_slice(piece, "abc");
    assert_int_equal(http1_chunks_next(&c, &in, &piece), HTTP1_DONE);
    in = S("3;a\x01\r\nabc");
    http1_chunks_init(&c, true);
    assert_int_equal(http1_chunks_next(&c, &in, &piece), HTTP1_BAD);
    assert_int_equal(c.fault, HTTP1_CHUNK_EXTENSION);
    char many[600] = "1;";
    memset(many + 2, 'e', 400);
    in = slice_str(many);
    http1_chunks_init(&c, true);
    assert_int_equal(http1_chunks_next(&c, &in, &piece), HTTP1_BAD);
}

/* The table of names stands in the order of their length, or some would never be found. */
static void names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(model_known); i++)
        assert_int_not_equal(http1_name_of(slice_str(model_known[i])), HTTP1_OTHER);
    assert_int_equal(http1_name_of(S("HOST")), HTTP1_HOST);
    assert_int_equal(http1_name_of(S("x-host")), HTTP1_OTHER);
    for (enum http1_fault f = 0; f < HTTP1_FAULTS; f++) {
        assert_non_null(http1_fault_text(f));
        assert_true(http1_fault_status(f) >= 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_spans),
        cmocka_unit_test(targets),
        cmocka_unit_test(connections),
        cmocka_unit_test(chunks),
        cmocka_unit_test(cuts_change_nothing),
        cmocka_unit_test(answers),
        cmocka_unit_test(answers_refused),
        cmocka_unit_test(extensions),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
