/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong: clients and upstreams that are late, leave, lie or are not there. Each time the
 * other side hears of it in its own protocol, and the same words go to a person. */
#include "rig.h"

static struct rig rig;

#define OK_1 "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
#define POST "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
#define TWO                                                     \
    "[[listen]]\naddress = '127.0.0.1:0'\n"                     \
    "[[upstream]]\nname = 'one'\nurl = 'http://127.0.0.1:%0'\n" \
    "break_after = 2\nbreak_for = '10s'\n"                      \
    "[[upstream]]\nname = 'two'\nurl = 'http://127.0.0.1:%1'\n" \
    "break_after = 2\nbreak_for = '10s'\n"

static void drop(int fd)
{
    char piece[4096];
    while (recv(fd, piece, sizeof piece, 0) > 0) continue;
    close(fd);
}

static void nobody_listens(int which)
{
    close(rig.up[which]);
    rig.up[which] = -1;
}

/* ---- requests that are refused ---- */

static void refused(void **state)
{
    (void)state;
    rig_start(&rig, "[limits]\nhead = '1KiB'\nbody = '10'\n" RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c,
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n");
    rig_expect_status(&rig, c, "400", "length-and-coding", RIG_CLOSED);
    close(c);
    c = rig_client(&rig);
    char big[1200] = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    memset(big + strlen(big), 'x', sizeof big - 100);
    rig_say(&rig, c, big);
    rig_expect_status(&rig, c, "431", "head-too-large", RIG_CLOSED);
    close(c);
    c = rig_client(&rig);
    rig_say(&rig, c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
    rig_expect_status(&rig, c, "413", "body-too-large", RIG_CLOSED);
    close(c);
    assert_true(rig_accept(&rig, 0) < 0);
    c = rig_client(&rig);
    rig_say(&rig, c,
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n");
    rig_say(&rig, c, "6\r\nabcdef\r\n");
    rig_expect_status(&rig, c, "413", "body-too-large", RIG_CLOSED);
    close(c);
    c = rig_client(&rig);
    rig_say(&rig, c, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n");
    rig_expect_status(&rig, c, "400", "chunk-size", RIG_CLOSED);
    close(c);
    c = rig_client(&rig);
    rig_say(&rig, c,
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    rig_expect_status(&rig, c, "403", "upgrade-refused", RIG_CLOSED);
    close(c);
    rig_stop(&rig);
}

/* Behind a refusal nothing is read as a request, whatever it looks like. */
static void nothing_behind_a_refusal(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n" RIG_GET);
    rig_expect_status(&rig, c, "400", "length-repeated", RIG_CLOSED);
    rig_say(&rig, c, RIG_GET);
    assert_true(rig_accept(&rig, 0) < 0);
    close(c);
    rig_stop(&rig);
}

/* ---- clients ---- */

static void slow_heads(void **state)
{
    (void)state;
    rig_start(&rig, "[timeouts]\nhead = '10s'\nidle = '60s'\n" RIG_ONE, NULL);
    int silent = rig_client(&rig), slow = rig_client(&rig), dripping = rig_client(&rig);
    rig_say(&rig, slow, "GET / HT");
    for (int i = 0; i < 9; i++) {
        rig_say(&rig, dripping, "G");
        rig_wait(&rig, 900);
    }
    rig_expect(&rig, slow, "");
    rig_wait(&rig, 3000);
    rig_expect_status(&rig, slow, "408", "head-too-slow", RIG_CLOSED);
    rig_expect_status(&rig, dripping, "408", "head-too-slow", RIG_CLOSED); /* a byte now and then */
    rig_expect(&rig, silent, "");
    rig_wait(&rig, 60000);
    rig_expect_end(&rig, silent, "", RIG_CLOSED);
    close(silent);
    close(slow);
    close(dripping);
    rig_stop(&rig);
}

static void slow_bodies(void **state)
{
    (void)state;
    rig_start(&rig, "[timeouts]\nbody_rate = 10\n" RIG_ONE, NULL);
    int c = rig_client(&rig), fair = rig_client(&rig);
    rig_say(&rig, c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx");
    rig_say(&rig, fair, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx");
    for (int i = 0; i < 6; i++) {
        rig_wait(&rig, 1000);
        if (i < 5) rig_say(&rig, c, "x");
        rig_say(&rig, fair, "0123456789012345");
    }
    rig_expect_status(&rig, c, "408", "body-too-slow", RIG_CLOSED);
    rig_expect(&rig, fair, "");
    close(c);
    close(fair);
    rig_stop(&rig);
}

static void a_client_leaves(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, RIG_GET);
    int u = rig_accept(&rig, 0);
    rig_say(&rig, u, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    struct linger now = {1, 0};
    (void)setsockopt(c, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(c);
    rig_run(&rig);
    struct buf heard;
    buf_init(&heard, 1u << 16);
    assert_int_equal(rig_hear(&rig, u, &heard), RIG_CLOSED); /* the model need not go on */
    buf_done(&heard);
    close(u);
    rig_stop(&rig);
}

/* Thousands of requests whose answers it does not read: memory must not grow with them. */
static void a_client_that_only_asks(void **state)
{
    (void)state;
    static char asks[65536];
    static const char ask[] = "GET /merlon/metrics HTTP/1.1\r\nHost: a\r\n\r\n";
    size_t n = 0, sent = 0;
    for (; n + sizeof ask < sizeof asks; n += sizeof ask - 1) memcpy(asks + n, ask, sizeof ask - 1);
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    for (int idle = 0; idle < 20;) {
        ssize_t got = send(c, asks, n, MSG_NOSIGNAL);
        rig_run(&rig);
        idle = got > 0 ? 0 : idle + 1;
        if (got > 0) sent += (size_t)got;
        assert_true(sent < 32u << 20);
    }
    close(c);
    rig_stop(&rig);
}

static void half_closed(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, RIG_GET);
    int u = rig_accept(&rig, 0);
    (void)shutdown(c, SHUT_WR);
    rig_run(&rig);
    rig_say(&rig, u, OK_1);
    rig_expect_end(&rig, c,
                   "HTTP/1.1 200 OK\r\nx-merlon-request-id: ID\r\nContent-Length: 1\r\n\r\nx",
                   RIG_CLOSED);
    close(c);
    c = rig_client(&rig); /* in the middle of a request it is the end */
    rig_say(&rig, c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nx");
    (void)shutdown(c, SHUT_WR);
    rig_run(&rig);
    rig_expect_end(&rig, c, "", RIG_CLOSED);
    close(c);
    drop(u);
    rig_stop(&rig);
}

/* ---- upstreams that are not there ---- */

static void failover(void **state)
{
    (void)state;
    rig_start(&rig, TWO, NULL);
    nobody_listens(0);
    for (int i = 0; i < 3; i++) { /* a POST, too: not a byte was sent */
        int c = rig_client(&rig);
        rig_say(&rig, c, POST);
        int u = rig_accept(&rig, 1);
        assert_true(u >= 0);
        rig_say(&rig, u, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
        rig_expect_status(&rig, c, "200", "\r\n\r\nx", RIG_OPEN);
        close(c);
        drop(u);
        rig_run(&rig);
    }
    nobody_listens(1);
    int c = rig_client(&rig);
    rig_say(&rig, c, POST); /* its body was never asked for: the connection ends with it */
    rig_expect_status(&rig, c, "502", "upstream-connect", RIG_CLOSED);
    close(c);
    c = rig_client(&rig);
    rig_say(&rig, c, RIG_GET);
    rig_expect_status(&rig, c, "502", "connection refused", RIG_OPEN);
    rig_say(&rig, c, RIG_GET); /* both circuits are open now */
    rig_expect_status(&rig, c, "503", "one: circuit open, two: circuit open", RIG_OPEN);
    rig_say(&rig, c, "GET /merlon/ready HTTP/1.1\r\nHost: a\r\n\r\n");
    rig_expect_status(&rig, c, "503", "no-upstream", RIG_OPEN);
    rig.up[1] = rig_listen(&rig.port[1]);
    rig_wait(&rig, 10000);
    rig_say(&rig, c, RIG_GET); /* half open: asked again, and it works */
    int u = rig_accept(&rig, 1);
    assert_true(u >= 0);
    rig_say(&rig, u, OK_1);
    rig_expect_status(&rig, c, "200", "\r\n\r\nx", RIG_OPEN);
    close(c);
    drop(u);
    rig_stop(&rig);
}

/* A listener whose queue is full lets nobody in, and says nothing. */
static void connecting_takes_too_long(void **state)
{
    (void)state;
    int waiting[8];
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    rig_start(&rig, "[timeouts]\nconnect = '5s'\n" RIG_ONE, NULL);
    assert_int_equal(listen(rig.up[0], 0), 0);
    a.sin_port = htons(rig.port[0]);
    for (size_t i = 0; i < COUNT_OF(waiting); i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(waiting[i], (struct sockaddr *)&a, sizeof a);
    }
    int c = rig_client(&rig);
    rig_say(&rig, c, POST);
    rig_wait(&rig, 4900);
    rig_expect(&rig, c, "");
    rig_wait(&rig, 200);
    rig_expect_status(&rig, c, "504", "upstream-connect-timeout", RIG_CLOSED);
    close(c);
    for (size_t i = 0; i < COUNT_OF(waiting); i++) close(waiting[i]);
    rig_stop(&rig);
}

/* ---- upstreams that fail ---- */

static void no_answer_in_time(void **state)
{
    (void)state;
    rig_start(&rig, "[timeouts]\nanswer = '30s'\nstall = '20s'\n" TWO, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, POST);
    int u = rig_accept(&rig, 0);
    rig_wait(&rig, 29000);
    rig_expect(&rig, c, "");
    rig_wait(&rig, 2000);
    rig_expect_status(&rig, c, "504", "upstream-timeout", RIG_OPEN);
    drop(u);
    rig_say(&rig, c, RIG_GET);
    u = rig_accept(&rig, 1);
    rig_say(&rig, u, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    rig_wait(&rig, 19000);
    rig_say(&rig, u, "1\r\nb\r\n");
    rig_wait(&rig, 19000);
    struct buf heard;
    buf_init(&heard, 1u << 16);
    assert_int_equal(rig_hear(&rig, c, &heard), RIG_OPEN);
    rig_wait(&rig, 2000);
    assert_int_not_equal(rig_hear(&rig, c, &heard), RIG_OPEN);
    assert_true(slice_ends(buf_slice(&heard), S("1\r\nb\r\n"))); /* no last chunk */
    buf_done(&heard);
    close(c);
    drop(u);
    rig_stop(&rig);
}

/* A request is told again only where that does nothing twice. */
static void died_before_its_answer(void **state)
{
    (void)state;
    rig_start(&rig, TWO, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, POST);
    drop(rig_accept(&rig, 0));
    rig_run(&rig);
    rig_expect_status(&rig, c, "502", "it may have been processed", RIG_OPEN);
    assert_true(rig_accept(&rig, 1) < 0);
    rig_say(&rig, c, RIG_GET); /* "two" has its turn */
    drop(rig_accept(&rig, 1));
    rig_run(&rig);
    int u = rig_accept(&rig, 0);
    assert_true(u >= 0);
    rig_say(&rig, u, OK_1);
    rig_expect_status(&rig, c, "200", "\r\n\r\nx", RIG_OPEN);
    close(c);
    drop(u);
    rig_stop(&rig);
}

static void kept_connections_die(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, RIG_GET);
    int u = rig_accept(&rig, 0);
    rig_say(&rig, u, OK_1);
    rig_expect_status(&rig, c, "200", "x", RIG_OPEN);
    drop(u); /* while it waits: seen at once, the next request makes another */
    rig_run(&rig);
    rig_say(&rig, c, POST);
    u = rig_accept(&rig, 0);
    assert_true(u >= 0);
    rig_say(&rig, u, OK_1);
    rig_expect_status(&rig, c, "200", "x", RIG_OPEN);
    /* while we write: a GET goes over a new one, the upstream is not blamed */
    assert_int_equal(send(c, RIG_GET, sizeof RIG_GET - 1, 0), sizeof RIG_GET - 1);
    drop(u);
    rig_run(&rig);
    u = rig_accept(&rig, 0);
    assert_true(u >= 0);
    rig_say(&rig, u, OK_1);
    rig_expect_status(&rig, c, "200", "x", RIG_OPEN);
    close(c);
    drop(u);
    rig_stop(&rig);
}

static const struct {
    const char *answer;
    bool answered; /* something of it had gone to the client */
} deaths[] = {
    {"HTTP/1.1 200 OK\r\nContent-Le", false},
    {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", false},
    {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", false},
    {"HTTP/1.1 200 OK\r\nX: a\n\r\n", false},
    {"nonsense\r\n\r\n", false},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", true},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", true},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", true},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n", true},
};

static void died_within_its_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(deaths); i++) {
        rig_start(&rig, RIG_ONE, NULL);
        int c = rig_client(&rig);
        rig_say(&rig, c, POST);
        int u = rig_accept(&rig, 0);
        rig_say(&rig, u, deaths[i].answer);
        drop(u);
        rig_run(&rig);
        struct buf heard;
        buf_init(&heard, 1u << 16);
        enum rig_end end = rig_hear(&rig, c, &heard);
        if (deaths[i].answered) {
            assert_true(slice_starts(buf_slice(&heard), S("HTTP/1.1 200")));
            assert_int_not_equal(end, RIG_OPEN);
            assert_false(slice_ends(buf_slice(&heard), S("0\r\n\r\n")));
        } else {
            assert_true(slice_starts(buf_slice(&heard), S("HTTP/1.1 502 Bad Gateway\r\n")));
            assert_true(slice_has(buf_slice(&heard), S("upstream one (http://127.0.0.1:")));
        }
        buf_done(&heard);
        close(c);
        rig_stop(&rig);
    }
}

/* To an HTTP/1.0 client the end of the connection is the end of the answer: only a reset is not. */
static void cut_for_an_old_client(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, "GET / HTTP/1.0\r\n\r\n");
    int u = rig_accept(&rig, 0);
    rig_say(&rig, u, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    drop(u);
    rig_run(&rig);
    struct buf heard;
    buf_init(&heard, 1u << 16);
    assert_int_equal(rig_hear(&rig, c, &heard), RIG_RESET);
    buf_done(&heard);
    close(c);
    rig_stop(&rig);
}

/* What follows an answer that is complete belongs to nobody: the connection is not used again. */
static void bytes_behind_an_answer(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, RIG_GET);
    int u = rig_accept(&rig, 0);
    rig_say(&rig, u, OK_1 "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
    rig_expect_status(&rig, c, "200", "\r\n\r\nx", RIG_OPEN);
    rig_say(&rig, c, RIG_GET);
    int v = rig_accept(&rig, 0);
    assert_true(v >= 0);
    rig_say(&rig, v, OK_1);
    rig_expect_status(&rig, c, "200", "\r\n\r\nx", RIG_OPEN);
    rig_say(&rig, v, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"); /* also later */
    rig_say(&rig, c, RIG_GET);
    assert_true(rig_accept(&rig, 0) >= 0);
    rig_expect(&rig, c, "");
    close(c);
    drop(u);
    drop(v);
    rig_stop(&rig);
}

/* It answers before it has heard all: the answer passes, the connection ends. */
static void early_answers(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx");
    int u = rig_accept(&rig, 0);
    rig_say(&rig, u, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
    rig_expect_status(&rig, c, "413", "Connection: close\r\n\r\nno", RIG_CLOSED);
    close(c);
    drop(u);
    rig_stop(&rig);
}

/* ---- probes ---- */

/* Answers the probe that is waiting, if there is one. */
static bool probe_answered(int which, const char *answer)
{
    char piece[4096];
    int u = rig_accept(&rig, which);
    if (u < 0) return false;
    ssize_t n = recv(u, piece, sizeof piece, 0);
    assert_true(n > 14 && !memcmp(piece, "GET /b/health ", 14));
    rig_say(&rig, u, answer);
    drop(u);
    return true;
}

static void probes(void **state)
{
    (void)state;
    static const char good[] = "HTTP/1.1 200 OK\r\n\r\n", sick[] = "HTTP/1.1 503 Sick\r\n\r\n";
    rig_start(&rig,
              "[[listen]]\naddress = '127.0.0.1:0'\n[[upstream]]\nname = 'one'\n"
              "url = 'http://127.0.0.1:%0/b'\nhealth = '/health'\nhealth_every = '1s'\n"
              "health_timeout = '500ms'\nhealth_fall = 2\nhealth_rise = 2\n",
              NULL);
    int c = rig_client(&rig);
    rig_wait(&rig, 40); /* the first at once */
    assert_true(probe_answered(0, good));
    static const struct {
        const char *answer; /* NULL: none in time */
        const char *status;
    } rows[] = {{sick, "200"},
                {sick, "503"},
                {good, "503"},
                {good, "200"},
                {NULL, "200"},
                {NULL, "503"},
                {"nonsense\r\n\r\n", "503"},
                {good, "503"},
                {good, "200"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        rig_wait(&rig, 1040);
        if (rows[i].answer)
            assert_true(probe_answered(0, rows[i].answer));
        else
            rig_wait(&rig, 540);
        if (!rows[i].answer) drop(rig_accept(&rig, 0));
        rig_say(&rig, c, "GET /merlon/ready HTTP/1.1\r\nHost: a\r\n\r\n");
        if (rows[i].status[0] == '2')
            rig_expect_status(&rig, c, "200", "ready", RIG_OPEN);
        else
            rig_expect_status(&rig, c, "503", "no-upstream", RIG_OPEN);
    }
    close(c);
    rig_stop(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused),
        cmocka_unit_test(nothing_behind_a_refusal),
        cmocka_unit_test(slow_heads),
        cmocka_unit_test(slow_bodies),
        cmocka_unit_test(a_client_leaves),
        cmocka_unit_test(a_client_that_only_asks),
        cmocka_unit_test(half_closed),
        cmocka_unit_test(failover),
        cmocka_unit_test(connecting_takes_too_long),
        cmocka_unit_test(no_answer_in_time),
        cmocka_unit_test(died_before_its_answer),
        cmocka_unit_test(kept_connections_die),
        cmocka_unit_test(died_within_its_answer),
        cmocka_unit_test(cut_for_an_old_client),
        cmocka_unit_test(bytes_behind_an_answer),
        cmocka_unit_test(early_answers),
        cmocka_unit_test(probes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
