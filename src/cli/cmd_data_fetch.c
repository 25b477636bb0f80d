/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_data_fetch.c - the list, the folder, and what became of each row. */
#include "base/host.h"
#include "base/utf8.h"
#include "cli/cmd_data.h"
#include "cli/files.h"
#include "report/words.h"
#include "scan/fetch.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define LIST_MAX  (1u << 30)
#define LOCK_NAME "merlon-fetch.lock"

struct fetching {
    struct data_run run;
    struct fetch_list list;
    struct fetch_result *results;
    size_t by_outcome[FETCH_OUTCOMES];
    uint64_t bytes, received;
    size_t weak; /* rows that name only MD5 or SHA-1 */
    struct slice dir;
    uint64_t drawn;
    bool terminal;
};

/* ---- while it runs ---- */

static void draw(void *ctx, const struct fetch_progress *p)
{
    struct fetching *f = ctx;
    uint64_t now = host_now_ns();
    struct buf b;
    if (!f->terminal || now - f->run.started < 300000000 || now - f->drawn < 100000000) return;
    f->drawn = now;
    buf_init(&b, 4096);
    buf_str(&b, "\r\x1b[Kfetching ");
    say_count(&b, p->done);
    buf_str(&b, " of ");
    say_count(&b, p->total);
    buf_str(&b, " files, ");
    say_size(&b, p->received);
    fputs(buf_text(&b), stderr);
    buf_done(&b);
}

static void wipe(const struct fetching *f)
{
    if (f->terminal && f->drawn) fputs("\r\x1b[K", stderr);
}

/* ---- the lock list: what came although the list named no hash ---- */

static const char *lock_path(struct fetching *f)
{
    return cli_cstr(f->run.cli, cli_join(f->run.cli, f->dir, S(LOCK_NAME)));
}

/* The folder may be somebody else's: what lies there under this name must be a file. */
static bool lock_is_odd(struct fetching *f)
{
    struct stat sb;
    return lstat(lock_path(f), &sb) == 0 && !S_ISREG(sb.st_mode);
}

static bool read_lock(struct fetching *f, struct fetch_list *ret)
{
    struct buf b;
    *ret = (struct fetch_list){0};
    if (lock_is_odd(f)) return errno = ELOOP, false;
    buf_init(&b, LIST_MAX);
    bool ok = file_read(lock_path(f), LIST_MAX, &b);
    ok = ok ? fetch_list_read(arena_copy(&f->run.arena, buf_slice(&b)), &f->run.arena, ret) == ST_OK
            : errno == ENOENT || errno == ENOTDIR;
    buf_done(&b);
    return ok;
}

/* What was seen the first time is what must come the next time. */
static void use_lock(struct fetching *f, const struct fetch_list *lock)
{
    for (size_t i = 0; i < f->list.count; i++) {
        struct fetch_row *row = &f->list.rows[i];
        for (size_t k = 0; !row->hash.n && k < lock->count; k++) {
            const struct fetch_row *seen = &lock->rows[k];
            if (seen->wrong || !slice_eq(seen->url, row->url) || !slice_eq(seen->name, row->name))
                continue;
            row->hash = seen->hash;
            row->kind = seen->kind;
        }
    }
}

static bool write_lock(struct fetching *f, const struct fetch_list *lock)
{
    struct buf b;
    if (!f->by_outcome[FETCH_UNVERIFIED]) return true;
    buf_init(&b, LIST_MAX);
    buf_str(&b, "# what was fetched without a hash in its list: URL SHA-256 NAME\n");
    for (size_t i = 0; i < lock->count; i++)
        if (!lock->rows[i].wrong && lock->rows[i].hash.n)
            buf_printf(&b, "%.*s %.*s %.*s\n", SLICE_ARG(lock->rows[i].url),
                       SLICE_ARG(lock->rows[i].hash), SLICE_ARG(lock->rows[i].name));
    for (size_t i = 0; i < f->list.count; i++)
        if (f->results[i].outcome == FETCH_UNVERIFIED)
            buf_printf(&b, "%.*s %s %.*s\n", SLICE_ARG(f->list.rows[i].url), f->results[i].sha256,
                       SLICE_ARG(f->list.rows[i].name));
    bool ok = buf_ok(&b) && file_replace(lock_path(f), buf_slice(&b));
    buf_done(&b);
    return ok;
}

/* ---- what became of it ---- */

static const char *rule_of(enum fetch_outcome o)
{
    if (o == FETCH_MISMATCH) return "data.fetch-mismatch";
    if (o == FETCH_UNHASHED) return "data.fetch-unhashed";
    return o == FETCH_REFUSED || o == FETCH_FAILED || o == FETCH_IO ? "data.fetch-failed" : NULL;
}

/* A URL as reports may show it: without what stands before an @ and behind a ?. */
static struct slice shown_url(struct fetching *f, struct slice url)
{
    size_t from = slice_find(url, S("://"));
    from = from == SIZE_MAX ? 0 : from + 3;
    size_t slash = slice_find_byte(slice_sub(url, from, url.n), '/');
    struct slice host = slice_sub(url, from, slash == SIZE_MAX ? url.n : slash);
    size_t at = slice_rfind_byte(host, '@');
    size_t question = slice_find_byte(url, '?');
    size_t skip = at == SIZE_MAX ? 0 : at + 1;
    struct slice rest = slice_sub(url, from + skip, url.n);
    if (question != SIZE_MAX && question > from + skip) rest.n = question - from - skip;
    return arena_printf(&f->run.arena, "%.*s%.*s%s", (int)from, (const char *)url.p,
                        SLICE_ARG(rest), question != SIZE_MAX ? "?..." : "");
}

static void add_subject(struct fetching *f, const struct fetch_row *row,
                        const struct fetch_result *r)
{
    struct subject s = {.path = row->name, .kind = SUBJECT_DATASET, .bytes = r->bytes};
    struct buf b;
    struct jot j;
    buf_init(&b, 65536);
    jot_init(&j, &b, 0);
    jot_open(&j, '{');
    jot_pair(&j, "url", shown_url(f, row->url));
    jot_pair_str(&j, "state", fetch_outcome_name(r->outcome));
    jot_close(&j, '}');
    s.detail = arena_copy(&f->run.arena, buf_slice(&b));
    memcpy(s.sha256, r->sha256, sizeof s.sha256);
    (void)result_add_subject(&f->run.result, &s);
    buf_done(&b);
}

static void add_finding(struct fetching *f, const struct fetch_row *row,
                        const struct fetch_result *r)
{
    const char *rule = rule_of(r->outcome);
    if (!rule) return;
    struct arena *a = &f->run.arena;
    struct slice path = row->wrong ? shown_url(f, row->url) : row->name;
    struct slice message = arena_printf(a, "Row %llu of the list: %.*s",
                                        (unsigned long long)row->line, SLICE_ARG(r->why));
    struct finding *made = data_finding(&f->run, rule, path, message, shown_url(f, row->url));
    if (made) made->row = row->line > 0 ? (int64_t)row->line - 1 : -1;
}

static void say_row(struct fetching *f, const struct fetch_row *row, const struct fetch_result *r)
{
    struct buf *b = &f->run.text;
    bool trouble = rule_of(r->outcome) != NULL;
    if (!trouble && !setting_on(&f->run.cli->settings, OPT_VERBOSE)) return;
    buf_printf(b, "%-11s ", fetch_outcome_name(r->outcome));
    esc_tty(b, row->wrong ? shown_url(f, row->url) : row->name);
    if (!trouble) buf_str(b, "  "), say_size(b, r->bytes);
    buf_byte(b, '\n');
    if (trouble) buf_str(b, "            "), esc_tty(b, r->why), buf_byte(b, '\n');
}

static void say_summary(struct fetching *f)
{
    struct buf *b = &f->run.text;
    const char *gap = ": ";
    if (!data_loud(&f->run)) return;
    say_many(b, f->list.count, "row");
    for (unsigned o = 0; o < FETCH_OUTCOMES; o++)
        if (f->by_outcome[o]) {
            buf_printf(b, "%s%zu %s", gap, f->by_outcome[o], fetch_outcome_name(o));
            gap = ", ";
        }
    buf_str(b, "; ");
    say_size(b, f->received);
    buf_str(b, " came in ");
    say_seconds(b, host_seconds_since(f->run.started));
    buf_byte(b, '\n');
    if (f->by_outcome[FETCH_UNVERIFIED])
        buf_printf(b, "the hashes that were seen are in %s; it can be the next list\n",
                   lock_path(f));
    if (f->weak)
        buf_printf(b,
                   "%zu of the rows name only MD5 or SHA-1: that finds accidents, not somebody who "
                   "means it\n",
                   f->weak);
}

static void tell_statistics(struct fetching *f)
{
    struct jot *j = &f->run.jot;
    jot_open(j, '{');
    jot_pair_num(j, "rows", f->list.count);
    for (unsigned o = FETCH_NEW; o < FETCH_OUTCOMES; o++)
        jot_pair_num(j, fetch_outcome_name(o), f->by_outcome[o]);
    jot_pair_num(j, "repeated", f->list.repeated);
    jot_pair_num(j, "weak_hashes", f->weak);
    jot_pair_num(j, "bytes", f->bytes);
    jot_pair_num(j, "received", f->received);
    jot_close(j, '}');
}

static int tell(struct fetching *f)
{
    for (size_t i = 0; i < f->list.count; i++) {
        const struct fetch_result *r = &f->results[i];
        const struct fetch_row *row = &f->list.rows[i];
        f->by_outcome[r->outcome]++;
        f->received += r->received;
        if (r->sha256[0] && !rule_of(r->outcome)) f->bytes += r->bytes;
        f->weak += row->hash.n && row->kind >= DIGEST_SHA1;
        if (!row->wrong && r->outcome != FETCH_UNHASHED) add_subject(f, row, r);
        add_finding(f, row, r);
        say_row(f, row, r);
    }
    f->run.result.files = f->list.count;
    f->run.result.bytes = f->bytes;
    say_summary(f);
    tell_statistics(f);
    size_t missing =
        f->by_outcome[FETCH_FAILED] + f->by_outcome[FETCH_REFUSED] + f->by_outcome[FETCH_IO];
    return missing ? EXIT_CANNOT : EXIT_GATE_PASSED;
}

/* ---- the run ---- */

static bool read_list(struct fetching *f, const char *path)
{
    struct buf b;
    buf_init(&b, LIST_MAX);
    bool ok = file_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path, LIST_MAX, &b);
    if (!ok) cli_fail(f->run.cli, "%s: %s", path, strerror(errno));
    struct slice text = ok ? arena_copy(&f->run.arena, buf_slice(&b)) : S("");
    buf_done(&b);
    if (ok && fetch_list_read(text, &f->run.arena, &f->list) != ST_OK)
        return cli_fail(f->run.cli, "out of memory"), false;
    return ok;
}

static uint64_t number(const struct cli *c, enum opt o, uint64_t fallback)
{
    uint64_t n = c->settings.of[o].number;
    return n ? n : fallback;
}

static enum st fetch(struct fetching *f)
{
    struct cli *c = f->run.cli;
    const struct settings *s = &c->settings;
    struct fetch_options o = {
        .dir = cli_cstr(c, f->dir),
        .jobs = (unsigned)number(c, OPT_DOWNLOADS, 4),
        .retries = (unsigned)number(c, OPT_RETRIES, 5),
        .silence_s = (unsigned)number(c, OPT_SILENCE, 60),
        .max_size = number(c, OPT_MAX_SIZE, 100ull << 30),
        .allow_unhashed = setting_on(s, OPT_ALLOW_UNHASHED),
        .allow_private = setting_on(s, OPT_ALLOW_PRIVATE),
        .force = setting_on(s, OPT_FORCE),
        .arena = &f->run.arena,
        .on_progress = draw,
        .ctx = f,
    };
    f->results = ARENA_ARRAY(&f->run.arena, struct fetch_result, f->list.count);
    return f->results ? fetch_run(&o, &f->list, f->results) : ST_NOMEM;
}

static int run(struct fetching *f)
{
    struct cli *c = f->run.cli;
    struct fetch_list lock = {0};
    if (!read_list(f, cli_cstr(c, c->args[0]))) return EXIT_CANNOT;
    if (!f->list.count) {
        cli_note(c, "%.*s lists nothing to fetch", SLICE_ARG(c->args[0]));
        return EXIT_NOTHING;
    }
    if (setting_on(&c->settings, OPT_ALLOW_UNHASHED)) {
        if (!read_lock(f, &lock)) return cli_fail(c, "%s: %s", lock_path(f), strerror(errno));
        use_lock(f, &lock);
    }
    f->terminal = isatty(STDERR_FILENO) && data_loud(&f->run);
    enum st st = fetch(f);
    wipe(f);
    if (st == ST_UNSUPPORTED)
        return cli_fail(c, "libcurl is not installed\n  apt-get install libcurl4");
    if (st == ST_IO) return cli_fail(c, "%.*s: %s", SLICE_ARG(f->dir), strerror(errno));
    if (st != ST_OK) return cli_fail(c, "%s", st_text(st));
    int code = tell(f);
    if (!write_lock(f, &lock)) return cli_fail(c, "%s: %s", lock_path(f), strerror(errno));
    return data_finish(&f->run, code);
}

int cmd_data_fetch(struct cli *c)
{
    struct fetching f = {.dir = c->args[1]};
    int code = data_start(&f.run, c, c->args[0]) ? run(&f) : EXIT_CANNOT;
    data_done(&f.run);
    return code;
}
