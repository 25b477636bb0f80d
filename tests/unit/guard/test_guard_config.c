/* SPDX-License-Identifier: Apache-2.0 */
/* guard.toml: what it may say, and that each mistake is told with its line and what to do. */
#include "../test.h"
#include "base/st.h"
#include "guard/config/config.h"

#define BASE \
    "[[listen]]\naddress = '127.0.0.1:1'\n[[upstream]]\nname = 'a'\nurl = 'http://a:80/b/'\n"

struct fixture {
    struct arena arena;
    struct guard_config config;
    struct buf why;
};

static bool try_text(struct fixture *f, const char *text)
{
    buf_reset(&f->why);
    return guard_config_read(slice_str(text), "g.toml", &f->arena, &f->config, &f->why);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f) return -1;
    arena_init(&f->arena, 64u << 20, 4096);
    buf_init(&f->why, 1u << 16);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_done(&f->arena);
    buf_done(&f->why);
    free(f);
    return 0;
}

static void everything(void **state)
{
    struct fixture *f = *state;
    assert_true(try_text(
        f, "mode = 'observe'\nown = 'any'\nthreads = 3\n[limits]\nhead = '16KiB'\nbody = 1000\n"
           "[log]\npath = '/l'\naudit_full = 'continue'\nkeep_size = '1GiB'\nstderr = 'json'\n"
           "[timeouts]\nhead = '250ms'\nanswer = '2m'\nbody_rate = 9\n"
           "[[listen]]\naddress = '[::1]:8443'\ncertificate = 'c'\nkey = 'k'\nclient_ca = 'ca'\n"
           "client_certificate = 'optional'\nmore = ['c2', 'k2']\n"
           "[[upstream]]\nname = 'x'\nurl = 'https://api.example/v1/'\nca = 'system'\n"
           "health = '/h'\nhealth_every = '1s'\nbreak_after = 2\n"
           "[[upstream]]\nurl = 'http://[::1]:99'\n"
           "[[route]]\nhost = '*.b'\npath = '/v1'\nupstreams = ['x=3', '[::1]:99']\nbody = '1MiB'\n"
           "send_host = 'client'\nupgrade = 'ignore'\n"));
    const struct guard_config *c = &f->config;
    assert_int_equal(c->threads, 3);
    assert_int_equal(c->limits.head, 16384);
    assert_int_equal(c->limits.body, 1000);
    assert_int_equal(c->limits.target, 8192);
    assert_int_equal(c->timeouts.head, 250);
    assert_slice(c->log.path, "/l");
    assert_slice(c->log.full, "continue");
    assert_slice(c->log.lines, "json");
    assert_int_equal(c->log.keep_size, 1u << 30);
    assert_int_equal(c->log.keep_days, 0);
    assert_int_equal(c->timeouts.answer, 120000);
    assert_int_equal(c->timeouts.connect, 5000);
    assert_int_equal(c->listens[0].more_count, 2);
    assert_true(c->upstreams[0].url.tls);
    assert_int_equal(c->upstreams[0].url.port, 443);
    assert_slice(c->upstreams[0].url.base, "/v1");
    assert_slice(c->upstreams[1].url.host, "::1");
    assert_int_equal(c->routes[0].member_count, 2);
    assert_int_equal(c->routes[0].members[0].weight, 3);
    assert_int_equal(c->routes[0].body, 1u << 20);
    assert_true(c->routes[0].keep_host);
    assert_int_equal(c->routes[0].upgrade, GUARD_UPGRADE_IGNORE);
}

static void what_is_not_said(void **state)
{
    struct fixture *f = *state;
    assert_true(try_text(f, BASE));
    assert_int_equal(f->config.route_count, 1);
    assert_slice(f->config.routes[0].path, "/");
    assert_int_equal(f->config.routes[0].body, 64u << 20);
    assert_int_equal(f->config.routes[0].member_count, 1);
    assert_slice(f->config.upstreams[0].url.base, "/b");
    assert_true(
        guard_config_short(S("127.0.0.1:0"), S("https://x"), &f->arena, &f->config, &f->why));
    assert_slice(f->config.upstreams[0].ca, "system");
}

static void mistakes(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "no listener: add [[listen]]"},
        {"", "no upstream: add [[upstream]]"},
        {"nonsense", "g.toml:1:"},
        {BASE "lisen = 1\n", "g.toml:6: lisen is not known here; what is: name, url"},
        {"moed = 'x'\n" BASE, "g.toml:1: moed is not known here; did you mean mode?"},
        {"mode = 'off'\n" BASE, "g.toml:1: mode is one of observe|enforce"},
        {"threads = 'x'\n" BASE, "g.toml:1: threads is a number"},
        {"threads = 1000\n" BASE, "g.toml:1: threads must lie between 0 and 64"},
        {"[limits]\nhead = '5 parsecs'\n" BASE, "g.toml:2: head is a size"},
        {"[limits]\nhead = '1'\n" BASE, "g.toml:2: head must lie between 1024"},
        {"[timeouts]\nhead = 5\n" BASE, "g.toml:2: head is a time: head = \"30s\""},
        {"[timeouts]\nhead = '5 days'\n" BASE, "g.toml:2: head is a time"},
        {"[timeouts]\nhead = '99999999999999999999h'\n" BASE, "g.toml:2: head is a time"},
        {"timeouts = 1\n" BASE, "must be a table"},
        {"[listen]\naddress = 'x'\n", "g.toml:1: listen stands in double brackets"},
        {"[[listen]]\naddress = 'x'\n", "g.toml:1: address 'x' is no address"},
        {"[[listen]]\naddress = 'x:1'\n", "is no address"},
        {"[[listen]]\naddress = '127.0.0.1:99999'\n", "is no address"},
        {"[[listen]]\naddress = 5\n", "g.toml:2: address is a text"},
        {"[[listen]]\n", "g.toml:1: a listener needs an address"},
        {"[[listen]]\naddress = '127.0.0.1:1'\nkey = 'k'\n", "certificate and key come in pairs"},
        {"[[listen]]\naddress = '127.0.0.1:1'\nclient_ca = 'k'\n",
         "there is no TLS, so no client_ca"},
        {"[[listen]]\naddress = '127.0.0.1:1'\nclient_certificate = 'required'\n",
         "needs client_ca"},
        {"[[upstream]]\nname = 'x'\n", "g.toml:1: an upstream needs a url"},
        {"[[upstream]]\nurl = 'http://u:p@h'\n", "is no URL of a server"},
        {"[[upstream]]\nurl = 'http://h/?q'\n", "is no URL of a server"},
        {"[[upstream]]\nurl = 'http://h/a/../b'\n", "is no URL of a server"},
        {"[[upstream]]\nurl = 'http://h:0'\n", "is no URL of a server"},
        {"[[upstream]]\nurl = 'https://h'\n", "g.toml:1: https needs to know whom to trust"},
        {"[[upstream]]\nurl = 'http://h'\nca = 'x'\n", "are for https://"},
        {"[[upstream]]\nurl = 'https://h'\nca = 'x'\nkey = 'x'\n",
         "certificate and key come together"},
        {"[[upstream]]\nurl = 'http://h'\nhealth = 'x'\n", "health is a path"},
        {"[[upstream]]\nname = 'a=b'\nurl = 'http://h'\n", "a name is 1 to 64"},
        {BASE "[[upstream]]\nname = 'a'\nurl = 'http://h'\n",
         "g.toml:6: two upstreams are named 'a'"},
        {BASE "[[route]]\nupstreams = ['b']\n", "g.toml:6: 'b' is no upstream"},
        {BASE "[[route]]\nupstreams = ['a=x']\n", "'a=x' is no upstream"},
        {BASE "[[route]]\nupstreams = []\n", "g.toml:7: upstreams is a list of 1 to 16 texts"},
        {BASE "[[route]]\npath = 'v1'\n", "path begins with a slash"},
        {BASE "[[route]]\nhost = 'a.*'\n", "host is a name, or *.name"},
        {BASE "[[route]]\nupgrade = 'maybe'\n", "g.toml:7: upgrade is one of refuse|ignore"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool ok = try_text(f, rows[i].text);
        if (ok || !slice_has(buf_slice(&f->why), slice_str(rows[i].says)))
            print_error("'%s' in: %s\nof: %s\n", rows[i].says, buf_text(&f->why), rows[i].text);
        assert_false(ok);
        assert_true(slice_has(buf_slice(&f->why), slice_str(rows[i].says)));
    }
}

/* Every beginning of a good file, and every byte of it changed: no crash, and never silence. */
static void damaged(void **state)
{
    static const char good[] =
        BASE "[[route]]\npath = '/v1'\nupstreams = ['a=2']\n[limits]\nbody = '1k'\n";
    char text[sizeof good];
    struct fixture *f = *state;
    for (size_t n = 0; n < sizeof good - 1; n++) {
        memcpy(text, good, sizeof good);
        text[n] = 0;
        if (!try_text(f, text)) assert_true(f->why.n);
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(text, good, sizeof good);
            text[n] = (char)(text[n] ^ 1 << bit);
            if (!try_text(f, text)) assert_true(f->why.n);
        }
        arena_reset(&f->arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_said, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
