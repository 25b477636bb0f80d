/* SPDX-License-Identifier: Apache-2.0 */
/* Asking somebody else after a bad answer, and following a name that moves. */
#include "guard/proxy/resolver.h"
#include "rig.h"

static struct rig rig;

#define TWO(route)                                           \
    RIG_ONE "[[upstream]]\nname = 'two'\n"                   \
            "url = 'http://127.0.0.1:%1'\nbreak_after = 9\n" \
            "[[route]]\nupstreams = ['one', 'two']\n" route "\n"
#define BUSY "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"
#define GOOD "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define POST "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"

/* Which upstream was asked; its answer. */
static int answered_by(const char *answer)
{
    for (int which = 0; which < 2; which++) {
        char piece[4096];
        int u = rig_accept(&rig, which);
        if (u < 0) continue;
        ssize_t n = recv(u, piece, sizeof piece, 0);
        assert_in_range(n, 30, sizeof piece - 1);
        piece[n] = 0;
        if (!strncmp(piece, "POST", 4)) assert_non_null(strstr(piece, "\r\n\r\nhello"));
        rig_say(&rig, u, answer);
        close(u);
        rig_run(&rig);
        return which;
    }
    return -1;
}

static void retried(const char *route, const char *request, const char *first, bool again)
{
    rig_start(&rig, route, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, request);
    assert_int_equal(answered_by(first), 0);
    if (again) {
        rig_expect(&rig, c, "");
        assert_int_equal(answered_by(GOOD), 1);
        rig_expect_status(&rig, c, "200", "ok", RIG_OPEN);
    } else {
        assert_int_equal(answered_by(GOOD), -1);
        rig_expect_status(&rig, c, "503", "busy", RIG_OPEN);
    }
    close(c);
    rig_stop(&rig);
}

static void test_again_elsewhere(void **state)
{
    (void)state;
    retried(TWO(""), RIG_GET, BUSY, false);
    retried(TWO("retry_on = ['502']"), RIG_GET, BUSY, false);
    retried(TWO("retry_on = ['502', '503']"), RIG_GET, BUSY, true);
    retried(TWO("retry_on = ['503']"), POST, BUSY, false); /* it may have been done */
    retried(TWO("retry_on = ['503', 'any-method']"), POST, BUSY, true);
    retried(TWO("retry_on = ['any-method']"), POST, BUSY, false);
    retried(TWO("retry_on = ['503']"), RIG_GET, "HTTP/1.1 503 \r\n\r\n", true);
}

/* What the last one says is the answer. */
static void test_nobody_else(void **state)
{
    (void)state;
    rig_start(&rig, TWO("retry_on = ['503']"), NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, RIG_GET);
    assert_int_equal(answered_by(BUSY), 0);
    assert_int_equal(answered_by(BUSY), 1);
    rig_expect_status(&rig, c, "503", "busy", RIG_OPEN);
    close(c);
    rig_stop(&rig);
}

/* Too large to be kept: it cannot be told again. */
static void test_too_large(void **state)
{
    static const char part[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    (void)state;
    rig_start(&rig, TWO("retry_on = ['503']") "[limits]\nreplay = 10\nhead = 1024\n", NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 6400\r\n\r\n");
    for (int i = 0; i < 100; i++) rig_say(&rig, c, part);
    assert_int_equal(answered_by(BUSY), 0);
    assert_int_equal(answered_by(GOOD), -1);
    rig_expect_status(&rig, c, "503", "busy", RIG_OPEN);
    close(c);
    rig_stop(&rig);
}

/* Answers that are passed over count as failures: the circuit opens. */
static void test_circuit(void **state)
{
    (void)state;
    rig_start(&rig, TWO("retry_on = ['503']"), NULL); /* one breaks after 5 */
    int c = rig_client(&rig), asked = 0;
    for (int i = 0; i < 20; i++) {
        rig_say(&rig, c, RIG_GET);
        int who = answered_by(i % 2 ? GOOD : BUSY);
        if (who == 0 && !(i % 2)) asked++;
        if (!(i % 2)) (void)answered_by(GOOD);
        struct buf heard;
        buf_init(&heard, 65536);
        assert_int_equal(rig_hear(&rig, c, &heard), RIG_OPEN);
        assert_true(slice_has(buf_slice(&heard), S("200 OK")) ||
                    slice_has(buf_slice(&heard), S("busy")));
        buf_done(&heard);
    }
    assert_in_range(asked, 1, 9);
    close(c);
    rig_stop(&rig);
}

static void test_words(void **state)
{
    struct arena arena;
    struct guard_config config;
    struct buf why;
    (void)state;
    arena_init(&arena, 1u << 20, 4096);
    buf_init(&why, 4096);
    assert_false(guard_config_read(S("[[listen]]\naddress = '127.0.0.1:0'\n[[upstream]]\n"
                                     "url = 'http://a'\n[[route]]\nretry_on = ['404']\n"),
                                   "g.toml", &arena, &config, &why));
    assert_string_equal(buf_text(&why),
                        "g.toml:5: retry_on has 429, 500, 502, 503, 504 and any-method, not "
                        "'404'\n");
    buf_done(&why);
    arena_done(&arena);
}

/* ---- names ---- */

static struct addresses at_port(int which)
{
    struct addresses at = {.count = 1};
    struct sockaddr_in *a = (struct sockaddr_in *)&at.of[0].at;
    a->sin_family = AF_INET;
    a->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a->sin_port = htons(rig.port[which]);
    at.of[0].n = sizeof *a;
    return at;
}

static int asked_of(int c)
{
    int who = -1;
    rig_say(&rig, c, RIG_GET);
    for (int which = 0; which < 2 && who < 0; which++) {
        int u = rig_accept(&rig, which);
        if (u < 0) continue;
        who = which;
        rig_say(&rig, u, GOOD); /* and stays open: it waits in the pool */
    }
    return who;
}

/* A connection that waits is used again while the name stays, and no longer. */
static void test_a_name_moves(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    struct upstream *u = &proxy_plan(rig.proxy)->upstreams[0];
    int c = rig_client(&rig);
    assert_int_equal(asked_of(c), 0);
    rig_expect_status(&rig, c, "200", "ok", RIG_OPEN);
    struct addresses here = at_port(0), both = here, there = at_port(1);
    both.of[both.count++] = there.of[0];
    upstream_moved(u, &here);
    assert_int_equal(u->state->moves, 1); /* the first was the start */
    upstream_moved(u, &both);
    assert_int_equal(u->state->moves, 2);
    assert_int_equal(asked_of(c), -1); /* over the connection that waits: still there */
    rig_stop(&rig);
    close(c);

    rig_start(&rig, RIG_ONE, NULL);
    u = &proxy_plan(rig.proxy)->upstreams[0];
    c = rig_client(&rig);
    assert_int_equal(asked_of(c), 0);
    rig_expect_status(&rig, c, "200", "ok", RIG_OPEN);
    there = at_port(1);
    upstream_moved(u, &there);
    assert_int_equal(asked_of(c), 1);
    rig_expect_status(&rig, c, "200", "ok", RIG_OPEN);
    rig_stop(&rig);
    close(c);
}

static _Atomic unsigned resolved;
static _Atomic int resolve_to; /* 0, 1: a port; 2: no answer */

static bool fake(struct slice host, uint16_t port, struct addresses *ret, struct buf *why)
{
    (void)why;
    assert_true(slice_eq(host, S("localhost.")));
    assert_int_equal(port, rig.port[0]);
    resolved++;
    if (resolve_to == 2) return false;
    *ret = at_port(resolve_to);
    return true;
}

static void resolved_again(void)
{
    const struct timespec moment = {0, 1000000};
    unsigned before = resolved;
    for (int i = 0; i < 20000 && resolved < before + 2; i++) (void)nanosleep(&moment, NULL);
    assert_in_range(resolved, before + 2, UINT32_MAX);
}

static void test_resolver(void **state)
{
    (void)state;
    rig_start(&rig, RIG_ONE, NULL);
    assert_null(resolver_start(proxy_plan(rig.proxy), fake)); /* a number is not asked for */
    struct plan *p = proxy_plan(rig.proxy);
    struct upstream *u = &p->upstreams[0];
    struct guard_upstream named = *u->config;
    const struct guard_upstream *before = u->config;
    named.url.host = S("localhost.");
    u->config = &named;
    u->named = true;
    p->config.timeouts.resolve = 5;
    resolve_to = 0;
    unsigned refs = p->refs;
    struct resolver *r = resolver_start(p, fake);
    assert_non_null(r);
    resolved_again();
    assert_int_equal(u->state->moves, 1);
    resolve_to = 1;
    resolved_again();
    resolved_again();
    assert_int_equal(u->state->moves, 2);
    struct address a;
    struct addresses there = at_port(1);
    assert_true(upstream_address(u, 0, &a));
    assert_memory_equal(&a.at, &there.of[0].at, a.n);
    assert_false(upstream_address(u, 1, &a));
    resolve_to = 2;
    resolved_again();
    assert_true(upstream_is_at(u, &a)); /* no answer: it stays */
    resolver_stop(r);
    while (p->refs > refs) (void)nanosleep(&(struct timespec){0, 1000000}, NULL);
    u->config = before;
    rig_stop(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_again_elsewhere), cmocka_unit_test(test_nobody_else),
        cmocka_unit_test(test_too_large),       cmocka_unit_test(test_circuit),
        cmocka_unit_test(test_words),           cmocka_unit_test(test_a_name_moves),
        cmocka_unit_test(test_resolver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
