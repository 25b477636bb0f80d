/* SPDX-License-Identifier: Apache-2.0 */
/* Four loops, eight clients and a reload every few milliseconds: nobody is turned away, no answer
 * is lost, nothing races (TSan looks at it in `make test-full`). */
#include "rig.h"
#include <pthread.h>
#include <stdatomic.h>

#define CLIENTS 8
#define ASKS    150

static struct rig rig;
static _Atomic bool over;
static _Atomic unsigned good;

/* Answers whatever comes, each connection until it ends. */
static void *serve_one(void *arg)
{
    char piece[4096];
    int fd = (int)(intptr_t)arg;
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    while (recv(fd, piece, sizeof piece, 0) > 0)
        if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) break;
    close(fd);
    return NULL;
}

static void *serve(void *arg)
{
    (void)arg;
    while (!over) {
        pthread_t t;
        struct pollfd p = {rig.up[0], POLLIN, 0};
        if (poll(&p, 1, 20) <= 0) continue;
        int fd = accept(rig.up[0], NULL, NULL);
        if (fd < 0 || pthread_create(&t, NULL, serve_one, (void *)(intptr_t)fd)) continue;
        pthread_detach(t);
    }
    return NULL;
}

static bool ask(int fd, bool last)
{
    char text[1024] = "";
    size_t n = 0;
    (void)snprintf(text, sizeof text, "GET /x HTTP/1.1\r\nHost: a\r\n%s\r\n",
                   last ? "Connection: close\r\n" : "");
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0) return false;
    while (n < sizeof text - 1 && !(n > 6 && !memcmp(text + n - 6, "\r\n\r\nok", 6))) {
        ssize_t got = recv(fd, text + n, sizeof text - 1 - n, 0);
        if (got <= 0) return false;
        n += (size_t)got;
        text[n] = 0;
    }
    return !strncmp(text, "HTTP/1.1 200 OK\r\n", 17);
}

static void *be_client(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < ASKS / 3; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&rig.at.at, rig.at.n) == 0)
            for (unsigned k = 0; k < 3; k++) good += ask(fd, k == 2);
        close(fd);
    }
    return NULL;
}

static struct plan *plan_of(struct plan *before)
{
    struct buf text, why;
    struct arena arena;
    struct guard_config config;
    buf_init(&text, 4096);
    buf_init(&why, 4096);
    arena_init(&arena, 16u << 20, 1u << 14);
    buf_printf(&text,
               "[[listen]]\naddress = '127.0.0.1:0'\n[[upstream]]\nname = 'one'\n"
               "url = 'http://127.0.0.1:%u'\nhealth = '/h'\nhealth_every = '20ms'\n",
               rig.port[0]);
    assert_true(guard_config_read(buf_slice(&text), "t", &arena, &config, &why));
    struct plan *p = plan_new(&config, arena, before, 4, &why);
    assert_non_null(p);
    buf_done(&text);
    buf_done(&why);
    return p;
}

static void many_at_once(void **state)
{
    (void)state;
    struct buf why;
    pthread_t server, clients[CLIENTS];
    buf_init(&why, 4096);
    rig.up[0] = rig_listen(&rig.port[0]);
    struct plan *plan = plan_of(NULL);
    rig.at = plan->listens[0].bound;
    struct proxy *p = proxy_new(plan, NULL, &net_machine, &why);
    assert_non_null(p);
    assert_true(proxy_start(p));
    pthread_create(&server, NULL, serve, NULL);
    for (size_t i = 0; i < CLIENTS; i++) pthread_create(&clients[i], NULL, be_client, NULL);
    const struct timespec moment = {0, 5000000};
    for (int i = 0; i < 30; i++) {
        proxy_reload(p, plan_of(proxy_plan(p)));
        (void)nanosleep(&moment, NULL);
    }
    for (size_t i = 0; i < CLIENTS; i++) pthread_join(clients[i], NULL);
    assert_int_equal(good, CLIENTS * ASKS);
    assert_true(proxy_drain(p));
    proxy_free(p);
    over = true;
    pthread_join(server, NULL);
    close(rig.up[0]);
    buf_done(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(many_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
