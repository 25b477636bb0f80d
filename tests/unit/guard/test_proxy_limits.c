/* SPDX-License-Identifier: Apache-2.0 */
/* What one client may take: connections and requests of its address; and what those hear who come
 * when there is no room. */
#include "guard/proxy/crowd.h"
#include "rig.h"
#include <pthread.h>

static struct rig rig;

#define LIMITS(text) RIG_ONE "[limits]\n" text "\n"
#define OK_ANSWER    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/* ---- the crowd ---- */

static struct address address_of(const char *text)
{
    struct address a;
    struct buf why;
    buf_init(&why, 1000);
    assert_true(address_parse(slice_str(text), &a, &why));
    buf_done(&why);
    return a;
}

static struct crowd_place *enter(struct crowd *c, const char *text, uint64_t most)
{
    struct address a = address_of(text);
    enum st why;
    struct crowd_place *p = crowd_enter(c, &a, most, &why);
    assert_int_equal(why, p ? ST_OK : ST_LIMIT);
    return p;
}

static void same_place(struct crowd *c, const char *a, const char *b, bool same)
{
    struct crowd_place *one = enter(c, a, 9), *two = enter(c, b, 9);
    assert_int_equal(one == two, same);
    crowd_leave(c, one);
    crowd_leave(c, two);
}

static void test_who_is_who(void **state)
{
    (void)state;
    struct crowd *c = crowd_new();
    same_place(c, "10.0.0.1:1", "10.0.0.1:2", true);
    same_place(c, "10.0.0.1:1", "10.0.0.2:1", false);
    same_place(c, "10.0.0.1:1", "[::ffff:10.0.0.1]:1", true);
    same_place(c, "[2001:db8:1:2::1]:1", "[2001:db8:1:2:ffff:1:2:3]:1", true);
    same_place(c, "[2001:db8:1:2::1]:1", "[2001:db8:1:3::1]:1", false);
    same_place(c, "0.0.0.0:1", "[::]:1", false);
    crowd_leave(c, NULL);
    crowd_free(c);
}

static void test_counts(void **state)
{
    (void)state;
    struct crowd *c = crowd_new();
    struct crowd_place *p = enter(c, "10.0.0.1:1", 2);
    assert_ptr_equal(enter(c, "10.0.0.1:2", 2), p);
    assert_null(enter(c, "10.0.0.1:3", 2));
    crowd_leave(c, enter(c, "10.0.0.9:3", 2));
    assert_true(crowd_ask(p, 1));
    assert_false(crowd_ask(p, 1));
    crowd_answered(p);
    assert_true(crowd_ask(p, 1));
    crowd_leave(c, p);
    assert_ptr_equal(enter(c, "10.0.0.1:4", 2), p);
    crowd_leave(c, p);
    crowd_leave(c, p);
    /* forgotten with its last connection */
    p = enter(c, "10.0.0.1:1", 1);
    assert_true(crowd_ask(p, 1));
    crowd_leave(c, p);
    crowd_free(c);
}

static void *come_and_go(void *arg)
{
    struct crowd *c = arg;
    char text[32];
    for (unsigned i = 0; i < 20000; i++) {
        (void)snprintf(text, sizeof text, "10.0.%u.%u:1", i % 3, i % 7);
        crowd_leave(c, enter(c, text, 1000));
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    struct crowd *c = crowd_new();
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) pthread_create(&threads[i], NULL, come_and_go, c);
    for (size_t i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    struct crowd_place *p = enter(c, "10.0.1.1:1", 1);
    assert_non_null(p); /* nobody of them is still counted */
    crowd_leave(c, p);
    crowd_free(c);
}

/* ---- the proxy ---- */

static int client_from(const char *source)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(inet_pton(AF_INET, source, &a.sin_addr), 1);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&rig.at.at, rig.at.n), 0);
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    rig_run(&rig);
    return fd;
}

static void serve(int fd)
{
    rig_say(&rig, fd, RIG_GET);
    int u = rig_accept(&rig, 0);
    rig_say(&rig, u, OK_ANSWER);
    rig_expect_status(&rig, fd, "200", "ok", RIG_OPEN);
    close(u);
    rig_run(&rig);
}

static void test_connections_of_one(void **state)
{
    (void)state;
    rig_start(&rig, LIMITS("per_client = 2"), NULL);
    int a = rig_client(&rig), b = rig_client(&rig), c = rig_client(&rig);
    rig_say(&rig, c, "GET /x HTTP/1.1\r\n");
    rig_expect(&rig, c, ""); /* an answer without a request might be thrown away */
    rig_say(&rig, c, "Host: a\r\n\r\n");
    rig_expect_status(&rig, c, "429", "\"client-connections\"", RIG_CLOSED);
    assert_int_equal(rig_accept(&rig, 0), -1);
    serve(a);
    serve(b);
    int other = client_from("127.0.0.2");
    serve(other);
    close(a);
    close(c);
    rig_run(&rig);
    int d = rig_client(&rig);
    serve(d);
    close(b);
    close(d);
    close(other);
    rig_stop(&rig);
}

static void test_full(void **state)
{
    (void)state;
    rig_start(&rig, LIMITS("connections = 1"), NULL); /* a loop may have one more than its share */
    int a = rig_client(&rig), b = rig_client(&rig), c = rig_client(&rig), d = rig_client(&rig);
    rig_say(&rig, c, RIG_GET);
    rig_expect_status(&rig, c, "503", "\"too-many-connections\"", RIG_CLOSED);
    rig_say(&rig, d, "GET /merlon/health HTTP/1.1\r\nHost: a\r\n\r\n");
    rig_expect_status(&rig, d, "200", "Connection: close", RIG_CLOSED);
    serve(a);
    close(a);
    close(c);
    close(d);
    rig_run(&rig);
    a = rig_client(&rig);
    serve(a);
    close(a);
    close(b);
    rig_stop(&rig);
}

/* Those who are turned away are not many, either, and do not stay. */
static void test_many_turned_away(void **state)
{
    (void)state;
    int fds[80], open = 0;
    char byte;
    rig_start(&rig, LIMITS("connections = 1"), NULL);
    for (size_t i = 0; i < COUNT_OF(fds); i++) fds[i] = rig_client(&rig);
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        open += recv(fds[i], &byte, 1, 0) < 0 && errno == EAGAIN;
    assert_int_equal(open, 2 + 64);
    rig_wait(&rig, 11000);
    rig_wait(&rig, 3000);
    open = 0;
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        open += recv(fds[i], &byte, 1, 0) < 0 && errno == EAGAIN;
    assert_int_equal(open, 2);
    int late = rig_client(&rig);
    rig_say(&rig, late, RIG_GET);
    rig_expect_status(&rig, late, "503", "\"too-many-connections\"", RIG_CLOSED);
    for (size_t i = 0; i < COUNT_OF(fds); i++) close(fds[i]);
    close(late);
    rig_stop(&rig);
}

static void test_requests_of_one(void **state)
{
    (void)state;
    rig_start(&rig, LIMITS("requests_per_client = 1"), NULL);
    int a = rig_client(&rig), b = rig_client(&rig), c = client_from("127.0.0.2");
    rig_say(&rig, a, RIG_GET);
    int u = rig_accept(&rig, 0);
    rig_say(&rig, b, RIG_GET);
    rig_expect_status(&rig, b, "429", "\"client-requests\"", RIG_OPEN);
    serve(c);
    rig_say(&rig, u, OK_ANSWER);
    rig_expect_status(&rig, a, "200", "ok", RIG_OPEN);
    close(u);
    rig_run(&rig);
    serve(b);
    /* who leaves before the answer is not counted for ever */
    rig_say(&rig, a, RIG_GET);
    u = rig_accept(&rig, 0);
    close(a);
    rig_run(&rig);
    close(u);
    rig_run(&rig);
    serve(b);
    close(b);
    close(c);
    rig_stop(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_who),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_connections_of_one),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_many_turned_away),
        cmocka_unit_test(test_requests_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
