/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_guard.c - the gateway: its start, and the signals that it obeys. */
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/guard_log.h"
#include "cli/guard_setup.h"
#include "guard/proxy/privileges.h"
#include "guard/proxy/proxy.h"
#include "guard/screen/screen.h"
#include "net/conn.h"
#include <errno.h>
#include <unistd.h>

/* 0: one loop per processor. */
static unsigned threads_of(struct cli *c, const struct guard_config *g)
{
    uint64_t n = c->settings.of[OPT_LOOPS].origin ? c->settings.of[OPT_LOOPS].number : g->threads;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (!n) n = processors > 0 ? (uint64_t)processors : 1;
    return (unsigned)(n < GUARD_THREADS_MAX ? n : GUARD_THREADS_MAX);
}

static struct plan *make_plan(struct cli *c, struct plan *before)
{
    struct arena arena;
    struct guard_config config;
    struct buf why;
    struct plan *plan = NULL;
    arena_init(&arena, 64u << 20, 1u << 16);
    if (!guard_setup(c, &arena, &config)) {
        arena_done(&arena);
        return NULL;
    }
    buf_init(&why, 1u << 16);
    plan =
        plan_new(&config, arena, before, before ? before->threads : threads_of(c, &config), &why);
    if (!plan) cli_fail(c, "%s", buf_text(&why));
    buf_done(&why);
    return plan;
}

/* ---- saying ---- */

static void say_policy(const struct guard_policy *p, struct buf *b)
{
    size_t enforced = 0;
    for (size_t i = 0; i < p->count; i++) enforced += p->scopes[i].enforce;
    buf_str(b, "   mode ");
    buf_str(b, !enforced              ? "observe (nothing is blocked)"
               : enforced == p->count ? "enforce"
                                      : "enforce for some routes, else observe");
    buf_str(b, "   policy: ");
    if (p->file.n)
        esc_tty(b, p->file);
    else
        buf_str(b, "built-in default");
    buf_byte(b, '\n');
}

/* guard  127.0.0.1:8443 -> http://127.0.0.1:8000   mode observe (...) */
static void say_started(const struct plan *p, const struct guard_log *log)
{
    struct buf b;
    const struct guard_config *g = &p->config;
    buf_init(&b, 1u << 16);
    for (size_t i = 0; i < g->listen_count; i++) {
        buf_str(&b, "guard  ");
        address_say(&p->listens[i].bound, &b);
        buf_str(&b, p->listens[i].tls ? " (TLS) -> " : " -> ");
        for (size_t j = 0; j < g->upstream_count; j++) {
            buf_str(&b, j ? ", " : "");
            esc_tty(&b, g->upstreams[j].url_text);
        }
        say_policy(p->policy, &b);
    }
    guard_log_say(log, &b);
    (void)cli_out(buf_slice(&b));
    buf_done(&b);
}

/* ---- running ---- */

static void reload(struct cli *c, struct proxy *p)
{
    if (!setting_text(&c->settings, OPT_GUARD_CONFIG).n) {
        cli_note(c, "started without a file: there is nothing to read again");
        return;
    }
    struct plan *plan = make_plan(c, proxy_plan(p));
    if (!plan) {
        cli_note(c, "not reloaded; what was in use stays in use");
        return;
    }
    proxy_reload(p, plan);
    cli_note(c, "reloaded");
}

static int drain(const struct cli *c, struct proxy *p)
{
    cli_note(c, "draining: answers may end, new connections are not taken");
    if (!proxy_drain(p)) cli_note(c, "time is up: what was still open was cut");
    return EXIT_GATE_PASSED;
}

static void wait_for(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, set, NULL); /* threads inherit it */
}

/* The loops, started; NULL: it was said. */
static struct proxy *start(const struct cli *c, struct plan *plan, const struct guard_log *log,
                           const struct exchange_table *table)
{
    struct buf why;
    buf_init(&why, 4096);
    struct proxy *p = proxy_new(plan, table, &net_machine, &why);
    if (p) proxy_record(p, log->recorder);
    if (p && !proxy_start(p)) buf_printf(&why, "threads: %s", strerror(errno));
    bool ok = p && !why.n;
    if (!ok) cli_fail(c, "%s", buf_text(&why));
    if (!ok) proxy_free(p);
    buf_done(&why);
    return ok ? p : NULL;
}

/* Silent where all of them stand. */
static void say_walls(const struct cli *c, struct walls w)
{
    if (!w.landlock)
        cli_note(
            c, "this kernel has no Landlock: the gateway could write every file that its user can");
#ifndef MERLON_SANITIZED
    if (!w.seccomp) cli_note(c, "this kernel takes no seccomp filter: no system call is refused");
#endif
}

static int serve(struct cli *c, struct plan *plan, struct guard_log *log)
{
    sigset_t set;
    int number;
    wait_for(&set);
    privileges_files();
    privileges_drop();
    say_walls(c, privileges_wall(log->folder));
    if (!guard_log_start(&plan->config, log)) return plan_unref(plan), EXIT_CANNOT;
    struct screen screen = {.policy = guard_policy_usual(false), .recorder = log->recorder};
    struct exchange_table table = screen_table(&screen);
    struct proxy *p = start(c, plan, log, &table);
    if (!p) return EXIT_CANNOT;
    say_started(proxy_plan(p), log);
    while ((number = sigwaitinfo(&set, NULL)) == SIGHUP || number < 0)
        if (number > 0) reload(c, p);
    int code = drain(c, p);
    proxy_free(p);
    return code;
}

int cmd_guard(struct cli *c)
{
    struct guard_log log = {0};
    struct plan *plan = make_plan(c, NULL);
    if (!plan) return EXIT_CANNOT;
    if (!guard_log_find(c, &plan->config, &log)) return plan_unref(plan), EXIT_CANNOT;
    int code = serve(c, plan, &log);
    return guard_log_stop(&log) ? code : EXIT_CANNOT;
}
