/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "box/box.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/installed.h"
#include "detect/package/advisories.h"
#include "finding/rules.h"
#include "port/curl/http.h"
#include "port/git/git.h"
#include "codec/jot.h"
#include "report/report.h"
#include <sys/utsname.h>

static void no_job(struct box_job *job, int fd, int spool_fd, struct slice request)
{
    (void)job, (void)fd, (void)spool_fd, (void)request;
}

/* Starts one worker to see what its walls are made of on this machine. */
static struct box_state sandbox(void)
{
    struct box_options o = {.workers = 1, .single = true, .memory = 64u << 20, .sandbox = true};
    struct box_state state = {0};
    struct box *box = NULL;
#ifdef MERLON_SANITIZED
    return state;
#endif
    if (box_start(&o, no_job, &box) != ST_OK) return state;
    state = box_state(box);
    box_stop(box);
    return state;
}

static const char *compiler(void)
{
#ifdef __clang__
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}

static const char *checks(void)
{
#ifdef MERLON_SANITIZED
    return "sanitizers on, sandbox off: a build for tests";
#else
    return "position independent, read-only relocations, stack protector";
#endif
}

static void say_sandbox(struct buf *b, const struct box_state *s)
{
    if (!s->seccomp && !s->landlock) {
        buf_str(b, "none: processes and limits only");
        return;
    }
    buf_str(b, s->seccomp ? "seccomp" : "no seccomp");
    if (s->landlock)
        buf_printf(b, ", landlock (ABI %d)", s->landlock_abi);
    else
        buf_str(b, ", no landlock in this kernel");
    buf_str(b, ", resource limits");
}

static void say_update(struct buf *b, const struct rulebook *book)
{
    char day[11], hex[65];
    if (!book->updated) return;
    day_of(book->bundle.made, day);
    key_hex(&book->key, hex);
    buf_printf(b, "update     sequence %u, made %s, key %.16s...\n", book->bundle.sequence, day,
               hex);
}

static void say_advisories(struct buf *b, const struct rulebook *book)
{
    struct advisories a;
    char day[11];
    int64_t age = advisories_age(book, day);
    if (!advisories_open(&a, book->advisories, NULL)) return;
    buf_printf(b, "advisories %s, %lld day%s old: %u vulnerabilities of %u packages\n", day,
               (long long)age, age == 1 ? "" : "s", a.vulnerabilities, a.packages);
}

static void more(struct buf *b, const struct rulebook *book)
{
    struct utsname u;
    struct box_state s = sandbox();
    buf_printf(b, "build      %s, C17, %s\n", compiler(), checks());
    say_update(b, book);
    say_advisories(b, book);
    buf_str(
        b,
        "libraries  libcrypto, libsodium, vectorscan, zlib, libdeflate, zstd, lz4, lzma, bzip2,\n"
        "           brotli, expat, libyaml, sqlite, utf8proc\n");
    buf_printf(b, "           libgit2 (only for --since, --staged and --git): %s\n",
               git_available() ? "found" : "not found, install libgit2-1.5");
    buf_printf(b, "           libcurl (only for data fetch): %s\n",
               http_available() ? "found" : "not found, install libcurl4");
    buf_str(b, "reports    ");
    for (size_t i = 0; i < report_count(); i++)
        buf_printf(b, "%s%s", i ? " " : "", report_at(i)->name);
    buf_str(b, "\nsandbox    ");
    say_sandbox(b, &s);
    if (uname(&u) == 0) buf_printf(b, "\nkernel     %s %s %s", u.sysname, u.release, u.machine);
    buf_str(b, "\nnetwork    data fetch only; no telemetry\n");
}

static void as_json(struct buf *b, const struct rulebook *book, bool verbose)
{
    struct jot j;
    jot_init(&j, b, 1);
    jot_open(&j, '{');
    jot_pair_str(&j, "name", "merlon");
    jot_pair_str(&j, "version", MERLON_VERSION);
    jot_pair(&j, "rules", book->version);
    jot_pair_num(&j, "rule_count", rule_count());
    if (verbose) {
        struct box_state s = sandbox();
        jot_pair_str(&j, "compiler", compiler());
        jot_pair_bool(&j, "seccomp", s.seccomp);
        jot_pair_bool(&j, "landlock", s.landlock);
        jot_pair_bool(&j, "git", git_available());
    }
    jot_close(&j, '}');
    buf_byte(b, '\n');
}

int cmd_version(struct cli *c)
{
    struct buf b;
    bool verbose = setting_on(&c->settings, OPT_VERBOSE);
    struct rulebook book;
    config_load(c);
    installed_load(c, &book);
    installed_warn(c, &book);
    buf_init(&b, 1u << 16);
    if (slice_eq(setting_text(&c->settings, OPT_FORMAT), S("json"))) {
        as_json(&b, &book, verbose);
    } else {
        buf_printf(&b, "merlon %s  rules %.*s (%zu rules)\n", MERLON_VERSION,
                   SLICE_ARG(book.version), rule_count());
        if (verbose) more(&b, &book);
    }
    bool ok = cli_out(buf_slice(&b));
    buf_done(&b);
    return ok ? 0 : EXIT_CANNOT;
}
