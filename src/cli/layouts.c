/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/layouts.h"
#include "base/host.h"
#include "base/utf8.h"
#include "cli/config.h"
#include "cli/installed.h"
#include "cli/last.h"
#include "cli/recording.h"
#include "codec/jot.h"
#include "finding/rules.h"
#include "report/words.h"
#include "scan/scan.h"

#define RESULT_MAX ((size_t)4 << 30)

struct recorded {
    struct cli *cli;
    struct slice path;
    struct arena arena;
    struct result result;
    struct rulebook rules;
    struct store_count all; /* of every store */
    bool verified;
    struct slice reason;
};

/* The faults of merlon.verify/1, by rule. */
static const struct {
    const char *rule, *fault;
} faults[] = {
    {"file.record-mismatch", "changed"},
    {"model.digest-mismatch", "changed"},
    {"file.record-missing", "missing"},
    {"file.record-unlisted", "unlisted"},
};

static const char *fault_of(const struct finding *f)
{
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        if (strcmp(f->rule->id, faults[i].rule) == 0) return faults[i].fault;
    return NULL;
}

/* A recorded file that is missing is named by the record's finding. */
static struct slice place_of(const struct finding *f)
{
    return f->field.n ? f->field : f->path;
}

static struct slice why_of(const struct finding *f)
{
    bool missing = strcmp(f->rule->id, "file.record-missing") == 0;
    return f->evidence.n && !missing ? f->evidence : f->message;
}

/* ---- the verdict ---- */

static bool run_scan(struct recorded *r)
{
    struct cli *c = r->cli;
    struct slice error = S("");
    const struct scan_options o = {.paths = &r->path,
                                   .path_count = 1,
                                   .project = c->project.root,
                                   .rules = &r->rules,
                                   .jobs = (unsigned)c->settings.of[OPT_JOBS].number,
                                   .hash = true,
                                   .records_only = true,
                                   .cache_dir = cache_folder(c)};
    enum st st = scan_run(&o, &r->result, &error);
    if (st == ST_OK) return true;
    cli_fail(c, "%.*s", SLICE_ARG(error.n ? error : slice_str(st_text(st))));
    return false;
}

static void add_up(struct recorded *r)
{
    struct store_count *all = &r->all;
    for (unsigned i = 0; i < CLAIM_STORES; i++) {
        const struct store_count *n = &r->result.stores[i];
        all->recorded += n->recorded;
        all->held += n->held;
        all->changed += n->changed;
        all->missing += n->missing;
        all->unlisted += n->unlisted;
        all->weak |= n->weak;
    }
}

static size_t count_faults(const struct result *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->finding_count; i++) n += fault_of(&r->findings[i]) != NULL;
    return n;
}

static void judge(struct recorded *r)
{
    const struct store_count *all = &r->all;
    add_up(r);
    r->verified = all->held && !count_faults(&r->result);
    r->reason = arena_printf(
        &r->arena,
        "%llu of %llu recorded files are verified against what their own store says%s; who wrote "
        "the store is not proved",
        (unsigned long long)all->held, (unsigned long long)all->recorded,
        all->weak ? ", some by MD5 or SHA-1, which do not protect against deliberate exchange"
                  : "");
}

/* ---- telling ---- */

static void tell_problems(struct jot *j, const struct result *r)
{
    jot_key_open(j, "problems", '[');
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct finding *f = &r->findings[i];
        if (!fault_of(f)) continue;
        jot_open(j, '{');
        jot_pair_str(j, "fault", fault_of(f));
        jot_pair(j, "path", place_of(f));
        jot_pair(j, "why", why_of(f));
        jot_close(j, '}');
    }
    jot_close(j, ']');
}

static void tell_json(const struct recorded *r, struct buf *b)
{
    struct jot j;
    jot_init(&j, b, 2);
    jot_open(&j, '{');
    jot_pair_str(&j, "schema", "merlon.verify/1");
    jot_pair(&j, "target", r->path);
    jot_pair_bool(&j, "verified", r->verified);
    jot_pair_str(&j, "method", "layout");
    jot_pair(&j, "reason", r->reason);
    jot_key(&j, "signer");
    jot_raw(&j, S("null"));
    jot_pair_num(&j, "covered", r->all.held);
    jot_key_open(&j, "not_covered", '[');
    for (size_t i = 0; i < r->result.gap_count; i++) {
        jot_open(&j, '{');
        jot_pair(&j, "path", r->result.gaps[i].path);
        jot_pair(&j, "why", r->result.gaps[i].why);
        jot_close(&j, '}');
    }
    jot_close(&j, ']');
    tell_problems(&j, &r->result);
    jot_close(&j, '}');
    buf_byte(b, '\n');
}

static void say_line(struct buf *b, const char *what, struct slice path, struct slice why)
{
    buf_printf(b, "%-12s ", what);
    esc_tty(b, path);
    buf_str(b, "   ");
    esc_tty(b, why);
    buf_byte(b, '\n');
}

static const char *word(const struct recorded *r)
{
    if (r->verified) return "as recorded";
    return count_faults(&r->result) ? "NOT AS RECORDED" : "NOT COMPARED";
}

static void tell_text(const struct recorded *r, struct buf *b)
{
    const struct cli *c = r->cli;
    bool colour = cli_colour(c, 1);
    if (setting_on(&c->settings, OPT_QUIET) && r->verified) return;
    buf_str(b, !colour ? "" : r->verified ? "\x1b[32m" : "\x1b[1;31m");
    buf_str(b, word(r));
    buf_str(b, colour ? "\x1b[0m   " : "   ");
    esc_tty(b, r->path);
    buf_str(b, ": ");
    esc_tty(b, r->reason);
    buf_byte(b, '\n');
    for (size_t i = 0; i < r->result.finding_count; i++) {
        const struct finding *f = &r->result.findings[i];
        if (fault_of(f)) say_line(b, fault_of(f), place_of(f), why_of(f));
    }
    for (size_t i = 0; i < r->result.gap_count; i++)
        say_line(b, "not covered", r->result.gaps[i].path, r->result.gaps[i].why);
}

static int tell(struct recorded *r)
{
    struct buf b;
    const struct settings *s = &r->cli->settings;
    if (!r->all.recorded && !count_faults(&r->result)) {
        if (!setting_on(s, OPT_SILENT))
            cli_note(r->cli, "no record of a store lies in %.*s", SLICE_ARG(r->path));
        return EXIT_NOTHING;
    }
    buf_init(&b, (size_t)1 << 30);
    if (slice_eq(setting_text(s, OPT_FORMAT), S("json")))
        tell_json(r, &b);
    else
        tell_text(r, &b);
    bool ok = setting_on(s, OPT_SILENT) || cli_out(buf_slice(&b));
    buf_done(&b);
    if (!ok) return EXIT_CANNOT;
    return r->verified ? EXIT_GATE_PASSED : EXIT_GATE_FAILED;
}

/* In the project's log, if it keeps one; the reason says that no signature was asked. */
static bool record(const struct recorded *r)
{
    struct event e;
    struct cli *c = r->cli;
    if (!recording_on(c)) return true;
    event_start(&e, EVENT_VERIFY, host_wall_ms());
    event_text(&e, EVENT_VERDICT, r->verified ? S("pass") : S("fail"));
    event_text(&e, EVENT_SEVERITY, r->verified ? S("") : S("high"));
    event_text(&e, EVENT_SUBJECT, record_place(c, r->path));
    event_text(&e, EVENT_RESULT, r->reason);
    event_number(&e, EVENT_FILES, r->all.held);
    event_number(&e, EVENT_MICROS, (uint64_t)(r->result.seconds * 1e6));
    event_text(&e, EVENT_VERSION, S(MERLON_VERSION));
    return record_event(c, &e);
}

/* What belongs to signatures has no meaning here. */
static bool alone(const struct cli *c)
{
    static const enum opt others[] = {OPT_SIGNATURE,    OPT_TRUST_KEY, OPT_CERTIFICATE_CHAIN,
                                      OPT_TRUSTED_ROOT, OPT_IDENTITY,  OPT_ISSUER};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (!c->settings.of[others[i]].count) continue;
        cli_fail(c, "--layout asks the records of a store, --%s a signature: one of them",
                 option_at(others[i])->name);
        return false;
    }
    return true;
}

int layouts_verify(struct cli *c, struct slice path)
{
    struct recorded r = {.cli = c, .path = path};
    int code = EXIT_CANNOT;
    if (!alone(c)) return code;
    arena_init(&r.arena, RESULT_MAX, 1u << 16);
    result_init(&r.result, &r.arena);
    installed_load(c, &r.rules);
    if (run_scan(&r)) {
        judge(&r);
        code = tell(&r);
        if (code != EXIT_NOTHING && !record(&r)) code = EXIT_CANNOT;
    }
    arena_done(&r.arena);
    return code;
}
