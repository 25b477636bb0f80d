/* SPDX-License-Identifier: Apache-2.0 */
/* What goes through: heads, bodies of every framing, streams, and that neither cuts nor small
 * buffers change a byte. What goes wrong: test_proxy_fail.c. */
#include "rig.h"

static struct rig rig;

static void a_request_and_its_answer(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c,
            "POST /v1/chat?x=1 HTTP/1.1\r\nHost: client.example\r\nX-Merlon-Verdict: allow\r\n"
            "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
            "Proxy-Authorization: x\r\nAuthorization: Bearer k\r\nContent-Length: 5\r\n\r\nhello");
    int u = rig_accept(&rig, 0);
    assert_true(u >= 0);
    char text[512];
    (void)snprintf(text, sizeof text,
                   "POST /v1/chat?x=1 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer "
                   "k\r\n" RIG_HEAD_END "Content-Length: 5\r\n\r\nhello",
                   rig.port[0]);
    rig_expect(&rig, u, text);
    rig_say(&rig, u,
            "HTTP/1.1 201 Very Well\r\nX-A: b\r\nX-Merlon-Verdict: allow\r\nConnection: X-B\r\n"
            "X-B: c\r\nContent-Length: 3\r\n\r\nyes");
    rig_expect(&rig, c,
               "HTTP/1.1 201 Very Well\r\nX-A: b\r\nx-merlon-request-id: ID\r\n"
               "Content-Length: 3\r\n\r\nyes");
    /* both connections carry another */
    rig_say(&rig, c, RIG_GET);
    assert_true(rig_accept(&rig, 0) < 0);
    (void)snprintf(text, sizeof text,
                   "GET /x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept: */*\r\n" RIG_HEAD_END
                   "\r\n",
                   rig.port[0]);
    rig_expect(&rig, u, text);
    rig_say(&rig, u, "HTTP/1.1 204 No Content\r\n\r\n");
    rig_expect(&rig, c, "HTTP/1.1 204 No Content\r\nx-merlon-request-id: ID\r\n\r\n");
    close(c);
    close(u);
    rig_stop(&rig);
}

/* What the upstream sends, what the client gets; `end` is what it sees then. */
static const struct {
    const char *request, *answer;
    bool closes; /* the upstream, behind its answer */
    const char *expected;
    enum rig_end end;
} framings[] = {
    {RIG_GET, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false,
     "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nContent-Length: 0\r\n\r\n", RIG_OPEN},
    {RIG_GET,
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwell\r\n0\r\nX-T: 1\r\n\r\n",
     false,
     "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nTransfer-Encoding: chunked\r\n\r\n"
     "4\r\nwell\r\n0\r\n\r\n",
     RIG_OPEN},
    {"GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\n\r\n",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwell\r\n0\r\nX-T: 1\r\n\r\n", false,
     "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nTransfer-Encoding: chunked\r\n\r\n"
     "4\r\nwell\r\n0\r\nX-T: 1\r\n\r\n",
     RIG_OPEN},
    {RIG_GET, "HTTP/1.1 200 OK\r\n\r\nuntil the end", true,
     "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nTransfer-Encoding: chunked\r\n\r\n"
     "d\r\nuntil the end\r\n0\r\n\r\n",
     RIG_OPEN},
    {RIG_GET, "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", true,
     "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nContent-Length: 2\r\n\r\nok", RIG_OPEN},
    {"GET / HTTP/1.0\r\n\r\n",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false,
     "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nConnection: close\r\n\r\nok", RIG_CLOSED},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false,
     "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nContent-Length: 2\r\n"
     "Connection: keep-alive\r\n\r\nok",
     RIG_OPEN},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false,
     "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nContent-Length: 2\r\nConnection: "
     "close\r\n\r\nok",
     RIG_CLOSED},
    {"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n", false,
     "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nContent-Length: 1234\r\n\r\n", RIG_OPEN},
    {RIG_GET, "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\nETag: x\r\n\r\n", false,
     "HTTP/1.1 304 Not Modified\r\nETag: x\r\nx-merlon-request-id: ID\r\nContent-Length: "
     "77\r\n\r\n",
     RIG_OPEN},
    {RIG_GET,
     "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
     false, "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nContent-Length: 1\r\n\r\nx", RIG_OPEN},
};

static void every_framing(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    for (size_t i = 0; i < COUNT_OF(framings); i++) {
        int c = rig_client(&rig);
        rig_say(&rig, c, framings[i].request);
        int u = rig_accept(&rig, 0);
        struct buf heard;
        buf_init(&heard, 1u << 16);
        (void)rig_hear(&rig, u, &heard); /* unread bytes would make its close a reset */
        buf_done(&heard);
        rig_say(&rig, u, framings[i].answer);
        if (framings[i].closes) close(u);
        rig_run(&rig);
        rig_expect_end(&rig, c, framings[i].expected, framings[i].end);
        close(c);
        if (!framings[i].closes) close(u);
        rig_run(&rig);
    }
    rig_stop(&rig);
}

static const char chunked_request[] =
    "POST /v1/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\nhello\r\n00b\r\n, world ...\r\n0\r\nX-Sum: 1\r\n\r\n";
static const char chunked_answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                     "Transfer-Encoding: chunked\r\n\r\n"
                                     "9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n";

/* The content of a chunked message behind its head; false when it has not ended. */
static bool content_of(struct buf *message, struct buf *out)
{
    struct http1_chunks chunks;
    size_t at = slice_find(buf_slice(message), S("\r\n\r\n"));
    struct slice rest = slice_sub(buf_slice(message), at + 4, message->n), piece;
    http1_chunks_init(&chunks, false);
    enum http1_step step;
    while ((step = http1_chunks_next(&chunks, &rest, &piece)) == HTTP1_DATA) buf_add(out, piece);
    return step == HTTP1_DONE && !rest.n;
}

static void send_cut(struct rig *r, int fd, const char *text, size_t cut)
{
    size_t n = strlen(text);
    if (cut) assert_int_equal(send(fd, text, cut, MSG_NOSIGNAL), cut);
    rig_run(r);
    if (cut < n) assert_int_equal(send(fd, text + cut, n - cut, MSG_NOSIGNAL), n - cut);
    rig_run(r);
}

static void one_cut(int c, int *u, size_t cut)
{
    struct buf heard, content;
    buf_init(&heard, 1u << 16);
    buf_init(&content, 1u << 16);
    send_cut(&rig, c, chunked_request, cut % sizeof chunked_request);
    if (*u < 0) *u = rig_accept(&rig, 0);
    assert_int_equal(rig_hear(&rig, *u, &heard), RIG_OPEN);
    assert_true(content_of(&heard, &content));
    assert_slice(buf_slice(&content), "hello, world ...");
    assert_true(slice_ends(buf_slice(&heard), S("0\r\nX-Sum: 1\r\n\r\n")));
    buf_reset(&heard);
    buf_reset(&content);
    send_cut(&rig, *u, chunked_answer, cut % sizeof chunked_answer);
    assert_int_equal(rig_hear(&rig, c, &heard), RIG_OPEN);
    assert_true(content_of(&heard, &content));
    assert_slice(buf_slice(&content), "data: 1\n\ndata: 2\n\n");
    buf_done(&heard);
    buf_done(&content);
}

/* Reading one, two, three bytes at a time, and all at once. */
static void cuts_change_nothing(void **state)
{
    (void)state;
    static const size_t pieces[] = {0, 1, 2, 3, 7};
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        rig.host.piece = pieces[i];
        rig_start(&rig, RIG_ONE, NULL);
        int c = rig_client(&rig), u = -1;
        for (size_t cut = 0; cut < sizeof chunked_request; cut += i ? 5 : 1) one_cut(c, &u, cut);
        close(c);
        close(u);
        rig_stop(&rig);
    }
    rig.host.piece = 0;
}

static void a_stream_passes_at_once(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, RIG_GET);
    int u = rig_accept(&rig, 0);
    rig_say(&rig, u, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    rig_expect(&rig, c,
               "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 100; i++) {
        rig_say(&rig, u, "9\r\ndata: x\n\n\r\n");
        rig_expect(&rig, c, "9\r\ndata: x\n\n\r\n");
    }
    rig_say(&rig, u, "5\r\nha");
    rig_expect(&rig, c, "2\r\nha\r\n");
    rig_say(&rig, u, "lf!\r\n0\r\n\r\n");
    rig_expect(&rig, c, "3\r\nlf!\r\n0\r\n\r\n");
    close(c);
    close(u);
    rig_stop(&rig);
}

static void pipelined(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, RIG_GET "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nb" RIG_GET);
    int u = rig_accept(&rig, 0);
    for (int i = 0; i < 3; i++) {
        struct buf heard;
        buf_init(&heard, 1u << 16);
        assert_int_equal(rig_hear(&rig, u, &heard), RIG_OPEN);
        assert_true(slice_starts(buf_slice(&heard), i == 1 ? S("POST /b ") : S("GET /x?y=1 ")));
        buf_done(&heard);
        rig_say(&rig, u, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
        rig_expect(&rig, c,
                   "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nContent-Length: 1\r\n\r\nx");
    }
    close(c);
    close(u);
    rig_stop(&rig);
}

static void expectations(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c,
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    int u = rig_accept(&rig, 0);
    rig_expect(&rig, c, "HTTP/1.1 100 Continue\r\n\r\n");
    struct buf heard;
    buf_init(&heard, 1u << 16);
    (void)rig_hear(&rig, u, &heard);
    assert_false(slice_has_nocase(buf_slice(&heard), S("expect")));
    rig_say(&rig, c, "ab");
    rig_expect(&rig, u, "ab");
    rig_say(&rig, u, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    rig_expect(&rig, c, "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nContent-Length: 0\r\n\r\n");
    buf_done(&heard);
    close(c);
    close(u);
    rig_stop(&rig);
}

static void routes(void **state)
{
    (void)state;
    rig_start(
        &rig,
        "[[listen]]\naddress = '127.0.0.1:0'\n"
        "[[upstream]]\nname = 'a'\nurl = 'http://127.0.0.1:%0/base/'\n"
        "[[upstream]]\nname = 'b'\nurl = 'http://127.0.0.1:%1'\n"
        "[[route]]\nhost = '*.example'\npath = '/v1'\nupstreams = ['b']\nsend_host = 'client'\n"
        "[[route]]\npath = '/v1/'\nupstreams = ['a']\n",
        NULL);
    static const struct {
        const char *host, *path, *line;
        int up;
    } rows[] = {
        {"x.example:80", "/v1", "GET /v1 HTTP/1.1\r\nHost: x.example:80\r\n", 1},
        {"X.EXAMPLE", "/v1/a?b", "GET /v1/a?b HTTP/1.1\r\nHost: X.EXAMPLE\r\n", 1},
        {"example", "/v1/a", "GET /base/v1/a HTTP/1.1\r\nHost: 127.0.0.1:", 0},
        {"x.example", "/v10", NULL, 0},
        {"other", "/v1", NULL, 0},
        {"x.example.evil", "/v1", NULL, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[256];
        struct buf heard;
        int c = rig_client(&rig);
        buf_init(&heard, 1u << 16);
        (void)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", rows[i].path,
                       rows[i].host);
        rig_say(&rig, c, text);
        if (rows[i].line) {
            int u = rig_accept(&rig, rows[i].up);
            assert_true(u >= 0);
            (void)rig_hear(&rig, u, &heard);
            assert_true(slice_starts(buf_slice(&heard), slice_str(rows[i].line)));
            close(u);
        } else
            rig_expect_status(&rig, c, "404", "no-route", RIG_OPEN);
        buf_done(&heard);
        close(c);
        rig_run(&rig);
    }
    rig_stop(&rig);
}

static void weights(void **state)
{
    (void)state;
    static const char text[] = "[[listen]]\naddress = '127.0.0.1:0'\n"
                               "[[upstream]]\nname = 'a'\nurl = 'http://127.0.0.1:%0'\n"
                               "[[upstream]]\nname = 'b'\nurl = 'http://127.0.0.1:%1'\n"
                               "[[upstream]]\nname = 'c'\nurl = 'http://127.0.0.1:%2'\n"
                               "[[route]]\nupstreams = ['a=3', 'b', 'c=0']\n";
    int counts[3] = {0};
    rig_start(&rig, text, NULL);
    for (int i = 0; i < 40; i++) {
        int c = rig_client(&rig);
        rig_say(&rig, c, RIG_GET);
        for (int k = 0; k < 3; k++) {
            int u = rig_accept(&rig, k);
            if (u < 0) continue;
            counts[k]++;
            rig_say(&rig, u, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            close(u);
        }
        close(c);
        rig_run(&rig);
    }
    assert_int_equal(counts[0], 30);
    assert_int_equal(counts[1], 10);
    assert_int_equal(counts[2], 0); /* the reserve */
    rig_stop(&rig);
}

static void own_paths(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, "GET /merlon/health HTTP/1.1\r\nHost: a\r\n\r\n");
    rig_expect_status(&rig, c, "200", "ok", RIG_OPEN);
    rig_say(&rig, c, "GET /merlon/ready HTTP/1.1\r\nHost: a\r\n\r\n");
    rig_expect_status(&rig, c, "200", "ready", RIG_OPEN);
    rig_say(&rig, c, "GET /merlon/metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    rig_expect_status(&rig, c, "200", "merlon_guard_requests_total 3", RIG_OPEN);
    rig_say(&rig, c, "HEAD /merlon/health HTTP/1.1\r\nHost: a\r\n\r\n");
    rig_expect(&rig, c,
               "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n"
               "x-merlon-request-id: ID\r\n\r\n");
    rig_say(&rig, c, "GET /merlon/../v1 HTTP/1.1\r\nHost: a\r\n\r\n");
    rig_expect_status(&rig, c, "400", "target-dots", RIG_CLOSED);
    assert_true(rig_accept(&rig, 0) < 0);
    close(c);
    rig_stop(&rig);
}

/* The client reads nothing: the upstream must not be able to push more than some buffers. */
static void back_pressure(void **state)
{
    (void)state;
    static char piece[65536];
    size_t pushed = 0;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, RIG_GET);
    int u = rig_accept(&rig, 0);
    rig_say(&rig, u, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    for (int idle = 0; idle < 50;) {
        ssize_t n = send(u, piece, sizeof piece, MSG_NOSIGNAL);
        rig_run(&rig);
        idle = n > 0 ? 0 : idle + 1;
        if (n > 0) pushed += (size_t)n;
        assert_true(pushed < 64u << 20);
    }
    struct buf heard;
    buf_init(&heard, 1u << 30);
    assert_int_equal(rig_hear(&rig, c, &heard), RIG_OPEN);
    assert_true(heard.n > pushed - (1u << 20)); /* and all of it goes on when it reads */
    buf_done(&heard);
    close(c);
    close(u);
    rig_run(&rig);
    rig_stop(&rig);
}

static void drained(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int idle = rig_client(&rig), c = rig_client(&rig);
    rig_say(&rig, c, RIG_GET);
    int u = rig_accept(&rig, 0);
    rig_say(&rig, u, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    proxy_ask_to_drain(rig.proxy);
    rig_run(&rig);
    rig_expect_end(&rig, idle, "", RIG_CLOSED);
    rig_say(&rig, u, "1\r\nb\r\n0\r\n\r\n");
    struct buf heard;
    buf_init(&heard, 1u << 16);
    assert_int_equal(rig_hear(&rig, c, &heard), RIG_CLOSED);
    assert_true(slice_ends(buf_slice(&heard), S("1\r\nb\r\n0\r\n\r\n")));
    buf_done(&heard);
    rig_run(&rig);
    assert_false(proxy_round(rig.proxy, 0)); /* nothing is left to do */
    close(c);
    close(u);
    close(idle);
    rig_stop(&rig);
}

static void reloaded(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, RIG_GET);
    int u = rig_accept(&rig, 0);
    rig_say(&rig, u, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    struct plan *next = rig_plan(&rig,
                                 "[[listen]]\naddress = '127.0.0.1:0'\n[[upstream]]\nname = 'two'\n"
                                 "url = 'http://127.0.0.1:%1'\n",
                                 proxy_plan(rig.proxy));
    proxy_reload(rig.proxy, next);
    int d = rig_client(&rig); /* the same socket takes connections */
    rig_say(&rig, d, RIG_GET);
    int v = rig_accept(&rig, 1);
    assert_true(v >= 0);
    rig_say(&rig, u, "1\r\nb\r\n0\r\n\r\n"); /* the stream of before goes on to its end */
    struct buf heard;
    buf_init(&heard, 1u << 16);
    assert_int_equal(rig_hear(&rig, c, &heard), RIG_OPEN);
    assert_true(slice_ends(buf_slice(&heard), S("1\r\nb\r\n0\r\n\r\n")));
    buf_done(&heard);
    rig_say(&rig, c, RIG_GET); /* and its client's next request goes to the new upstream */
    assert_true(rig_accept(&rig, 1) >= 0);
    close(c);
    close(d);
    close(u);
    close(v);
    rig_stop(&rig);
}

/* ---- the seam ---- */

struct loud {
    unsigned requests, answers;
};
static unsigned ended;

static enum exchange_step loud_begin(void *state, void *thread, const struct exchange_about *about)
{
    (void)state;
    (void)thread;
    assert_int_equal(about->id.n, 24);
    assert_true(slice_eq(about->address, S("127.0.0.1")));
    return slice_eq(about->head->path, S("/blocked")) ? EXCHANGE_REPLY : EXCHANGE_HOLD;
}

static void loud_asks(void *state, struct buf *fields)
{
    (void)state;
    buf_str(fields, "x-asked: loudly\r\n");
}

static void shout(struct slice in, struct buf *out)
{
    for (size_t i = 0; i < in.n; i++)
        buf_byte(out, in.p[i] >= 'a' && in.p[i] <= 'z' ? in.p[i] - 32 : in.p[i]);
}

static enum exchange_step loud_request(void *state, struct slice in, bool end, struct buf *out)
{
    struct loud *l = state;
    l->requests++;
    shout(in, out);
    if (end) buf_str(out, "!");
    return EXCHANGE_GO;
}

static enum exchange_step loud_head(void *state, const struct http1_head *h)
{
    (void)state;
    const struct http1_field *f = http1_field_named(h, S("x-hold"));
    if (f) return EXCHANGE_HOLD;
    return h->status == 500 ? EXCHANGE_REPLY : EXCHANGE_GO;
}

static void loud_fields(void *state, struct buf *fields)
{
    (void)state;
    buf_str(fields, "x-merlon-verdict: allow\r\n");
}

static void loud_trailer(void *state, struct buf *fields)
{
    (void)state;
    buf_str(fields, "x-merlon-verdict: redact\r\n");
}

static bool loud_drops(const void *state, bool answer, const struct http1_field *f)
{
    (void)state;
    return answer && slice_eq(f->name, S("x-hold"));
}

/* "hush" is kept, "go" lets go of it, "no" and "evil" end it. */
static enum exchange_step loud_answer(void *state, struct slice in, bool end, struct buf *out)
{
    struct loud *l = state;
    l->answers++;
    if (slice_has(in, S("evil"))) {
        buf_str(out, "[end]");
        return EXCHANGE_CUT;
    }
    if (slice_has(in, S("no"))) return EXCHANGE_REPLY;
    if (slice_has(in, S("hush"))) return EXCHANGE_GO;
    shout(in, out);
    if (end) buf_str(out, "?");
    return EXCHANGE_GO;
}

static void loud_reply(void *state, struct exchange_reply *ret)
{
    (void)state;
    *ret = (struct exchange_reply){403, "text/plain", S("no")};
}

static void loud_end(void *state, const struct exchange_end *how)
{
    (void)state;
    (void)how;
    ended++;
}

static const struct exchange_table loud = {.size = sizeof(struct loud),
                                           .begin = loud_begin,
                                           .request = loud_request,
                                           .request_fields = loud_asks,
                                           .answer_head = loud_head,
                                           .answer = loud_answer,
                                           .answer_fields = loud_fields,
                                           .trailer = loud_trailer,
                                           .drops = loud_drops,
                                           .reply = loud_reply,
                                           .end = loud_end};

static void a_table_changes_bytes(void **state)
{
    (void)state;
    char text[512];
    ended = 0;
    rig_start(&rig, RIG_ONE, &loud);
    int c = rig_client(&rig);
    rig_say(&rig, c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
    assert_true(rig_accept(&rig, 0) < 0); /* held until the end */
    rig_say(&rig, c, "llo");
    int u = rig_accept(&rig, 0);
    (void)snprintf(text, sizeof text,
                   "POST / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n" RIG_HEAD_END
                   "x-asked: loudly\r\nContent-Length: 6\r\n\r\nHELLO!",
                   rig.port[0]);
    rig_expect(&rig, u, text);
    rig_say(&rig, u, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab");
    rig_expect(&rig, c,
               "HTTP/1.1 200 OK\r\nx-merlon-verdict: allow\r\nx-merlon-request-id: ID\r\n"
               "Transfer-Encoding: chunked\r\n\r\n3\r\nAB?\r\n0\r\n\r\n");
    rig_say(&rig, c, "POST /blocked HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    rig_expect(&rig, c,
               "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
               "x-merlon-request-id: ID\r\nx-merlon-verdict: allow\r\n\r\nno");
    rig_say(&rig, c, RIG_GET);
    rig_say(&rig, u, "HTTP/1.1 500 Bad\r\nContent-Length: 0\r\n\r\n");
    rig_expect_status(&rig, c, "403", "no", RIG_OPEN);
    rig_say(&rig, c, RIG_GET);
    u = rig_accept(&rig, 0); /* that answer was not taken to its end */
    rig_say(&rig, u, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
    rig_say(&rig, u, "4\r\nevil\r\n");
    struct buf heard;
    buf_init(&heard, 1u << 16);
    assert_int_equal(rig_hear(&rig, c, &heard), RIG_OPEN);
    assert_true(slice_ends(buf_slice(&heard), S("2\r\nOK\r\n5\r\n[end]\r\n0\r\n\r\n")));
    buf_reset(&heard);
    (void)rig_hear(&rig, u, &heard);
    buf_reset(&heard);
    assert_int_equal(rig_hear(&rig, u, &heard), RIG_CLOSED); /* the upstream need not go on */
    buf_done(&heard);
    assert_int_equal(ended, 4);
    close(c);
    close(u);
    rig_stop(&rig);
}

#define HELD(type, rest)                     \
    "HTTP/1.1 200 OK\r\nContent-Type: " type \
    "\r\nx-merlon-verdict: allow\r\nx-merlon-request-id: ID\r\n" rest

static void ask_and_answer(int c, int *u, const char *answer)
{
    rig_say(&rig, c, "GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
    if (*u < 0) *u = rig_accept(&rig, 0);
    rig_say(&rig, *u, answer);
}

static void a_table_holds_an_answer(void **state)
{
    (void)state;
    int u = -1;
    rig_start(&rig, RIG_ONE, &loud);
    int c = rig_client(&rig);
    ask_and_answer(c, &u,
                   "HTTP/1.1 200 OK\r\nContent-Type: a\r\nx-hold: 1\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n4\r\nhush\r\n");
    rig_expect(&rig, c, ""); /* also the head waits */
    rig_say(&rig, u, "2\r\nhu\r\n0\r\n\r\n");
    rig_expect(&rig, c,
               HELD("a", "Transfer-Encoding: chunked\r\n\r\n3\r\nHU?\r\n0\r\n"
                         "x-merlon-verdict: redact\r\n\r\n"));
    ask_and_answer(
        c, &u, "HTTP/1.1 200 OK\r\nContent-Type: b\r\nx-hold: 1\r\nContent-Length: 4\r\n\r\nhush");
    rig_expect(&rig, c, HELD("b", "Content-Length: 1\r\n\r\n?"));
    ask_and_answer(
        c, &u, "HTTP/1.1 200 OK\r\nContent-Type: c\r\nx-hold: 1\r\nContent-Length: 4\r\n\r\nhu");
    rig_expect(&rig, c, HELD("c", "Transfer-Encoding: chunked\r\n\r\n2\r\nHU\r\n"));
    rig_say(&rig, u, "sh");
    rig_expect(&rig, c, "3\r\nSH?\r\n0\r\nx-merlon-verdict: redact\r\n\r\n");
    close(c);
    close(u);
    rig_stop(&rig);
}

static void a_held_answer_is_replaced(void **state)
{
    (void)state;
    int u = -1;
    rig_start(&rig, RIG_ONE, &loud);
    int c = rig_client(&rig);
    ask_and_answer(c, &u, "HTTP/1.1 200 OK\r\nx-hold: 1\r\nContent-Length: 6\r\n\r\nhush");
    rig_say(&rig, u, "no");
    rig_expect_status(&rig, c, "403", "no", RIG_OPEN);
    u = -1;
    ask_and_answer(c, &u, "HTTP/1.1 200 OK\r\nx-hold: 1\r\nContent-Length: 6\r\n\r\nhush");
    close(u); /* nothing of it was sent: it need not be cut */
    rig_run(&rig);
    u = rig_accept(&rig, 0);
    close(u);
    rig_expect_status(&rig, c, "502", "upstream-closed", RIG_OPEN);
    close(c);
    rig_stop(&rig);
}

/* Held whole, and larger than any buffer between. */
static void a_table_holds_much(void **state)
{
    (void)state;
    enum { MUCH = 9 << 20 };
    char *body = malloc(MUCH);
    struct buf heard;
    buf_init(&heard, 64u << 20);
    memset(body, 'a', MUCH);
    rig_start(&rig, RIG_ONE, &loud);
    int c = rig_client(&rig);
    char text[128];
    (void)snprintf(text, sizeof text, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n",
                   MUCH);
    rig_say(&rig, c, text);
    for (size_t at = 0; at < MUCH;) {
        ssize_t n = send(c, body + at, MUCH - at, MSG_NOSIGNAL);
        if (n > 0) at += (size_t)n;
        rig_run(&rig);
    }
    int u = -1;
    for (int i = 0; i < 2000 && u < 0; i++) {
        rig_run(&rig);
        u = rig_accept(&rig, 0);
    }
    assert_true(u >= 0);
    for (int i = 0; i < 2000 && heard.n < MUCH; i++) {
        assert_int_equal(rig_hear(&rig, u, &heard), RIG_OPEN);
        rig_run(&rig);
    }
    assert_true(slice_has(slice_sub(buf_slice(&heard), 0, 1000), S("Content-Length: 9437185\r\n")));
    assert_true(slice_ends(buf_slice(&heard), S("AAAA!")));
    free(body);
    buf_done(&heard);
    close(c);
    close(u);
    rig_stop(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_and_its_answer),
        cmocka_unit_test(every_framing),
        cmocka_unit_test(cuts_change_nothing),
        cmocka_unit_test(a_stream_passes_at_once),
        cmocka_unit_test(pipelined),
        cmocka_unit_test(expectations),
        cmocka_unit_test(routes),
        cmocka_unit_test(weights),
        cmocka_unit_test(own_paths),
        cmocka_unit_test(back_pressure),
        cmocka_unit_test(drained),
        cmocka_unit_test(reloaded),
        cmocka_unit_test(a_table_changes_bytes),
        cmocka_unit_test(a_table_holds_an_answer),
        cmocka_unit_test(a_held_answer_is_replaced),
        cmocka_unit_test(a_table_holds_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
