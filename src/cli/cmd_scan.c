/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_scan.c - settings -> selection -> scan -> what was accepted -> gate -> reports -> exit code.
 */
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/fixes.h"
#include "cli/installed.h"
#include "cli/last.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/recording.h"
#include "cli/select.h"
#include "cli/signatures.h"
#include "cli/waive.h"
#include "policy/policy.h"
#include "report/words.h"
#include "scan/scan.h"

#define RESULT_MAX ((size_t)4 << 30)

struct run {
    struct cli *cli;
    struct selection selection;
    struct outputs outputs;
    struct waive waive;
    struct signatures signatures;
    struct rulebook rules;
    struct progress progress;
    struct arena arena;
    struct result result;
    const char *own[OUTPUTS_MAX + 1]; /* its baseline and its reports */
    size_t own_count;
    bool stream; /* jsonl on standard output, as findings come */
};

/* ---- while it runs ---- */

static void stream(const struct finding *f)
{
    struct buf b;
    buf_init(&b, 1u << 22);
    report_finding_json(&b, f);
    if (b.n && b.p[b.n - 1] != '\n') buf_byte(&b, '\n');
    (void)cli_out(buf_slice(&b));
    buf_done(&b);
}

static void on_finding(void *ctx, const struct finding *f)
{
    struct run *run = ctx;
    progress_found(&run->progress, f);
    if (!run->stream) return;
    struct finding copy = *f;
    waive_one(&run->waive, &copy);
    if (copy.state == FINDING_OPEN) stream(&copy);
}

static void on_progress(void *ctx, const struct scan_progress *p)
{
    struct run *run = ctx;
    progress_draw(&run->progress, p);
}

/* ---- the pieces ---- */

/* Where a scan of some files may look at others. */
static const char *context(struct run *run)
{
    const struct selection *sel = &run->selection;
    if (sel->staged) return cli_cstr(run->cli, run->cli->project.root);
    return sel->only_set && sel->path_count == 1 ? cli_cstr(run->cli, sel->paths[0]) : NULL;
}

/* What stood in an earlier report is no news, and this run replaces it. */
static void find_own(struct run *run)
{
    run->own_count = 0;
    for (size_t i = 0; i < run->outputs.count; i++)
        if (run->outputs.list[i].file) run->own[run->own_count++] = run->outputs.list[i].file;
    if (run->waive.has_baseline) run->own[run->own_count++] = run->waive.baseline_file;
}

static struct scan_options options(struct run *run)
{
    struct cli *c = run->cli;
    const struct settings *s = &c->settings;
    const struct selection *sel = &run->selection;
    const char *cache = cache_folder(c);
    return (struct scan_options){
        .paths = sel->paths,
        .path_count = sel->path_count,
        /* staged files are the project's own, wherever they were unpacked */
        .project = sel->staged ? sel->paths[0] : c->project.root,
        .excludes = s->of[OPT_EXCLUDE].text,
        .exclude_count = s->of[OPT_EXCLUDE].count,
        .own = run->own,
        .own_count = run->own_count,
        .only = sel->only,
        .only_count = sel->only_set ? sel->only_count : 0,
        .only_set = sel->only_set,
        .context = context(run),
        .history_root = sel->history_root,
        .history_below = sel->history_below,
        .rules = &run->rules,
        .jobs = (unsigned)s->of[OPT_JOBS].number,
        .hash = !setting_on(s, OPT_NO_HASH),
        /* a cache must not hold values in full */
        .cache = !setting_on(s, OPT_NO_CACHE) && !sel->staged && !setting_on(s, OPT_REVEAL),
        .reveal = setting_on(s, OPT_REVEAL),
        .file_timeout_ns = s->of[OPT_TIMEOUT].number * 1000000000ull,
        .max_unpacked = s->of[OPT_MAX_UNPACKED].number,
        .cache_dir = cache,
        .digests = signatures_memory(&run->signatures),
        .on_progress = on_progress,
        .on_finding = on_finding,
        .ctx = run,
    };
}

static void set_gate(struct run *run)
{
    struct slice text = setting_text(&run->cli->settings, OPT_FAIL_ON);
    struct gate *g = &run->result.gate;
    if (slice_eq(text, S("none")))
        g->enabled = false;
    else if (text.n)
        (void)severity_parse(text, &g->fail_on);
}

static struct report_style style(struct run *run)
{
    struct cli *c = run->cli;
    const struct settings *s = &c->settings;
    return (struct report_style){
        .colour = cli_colour(c, 1),
        .width = cli_width(c),
        .all = setting_on(s, OPT_ALL) || setting_on(s, OPT_VERBOSE),
        .quiet = setting_on(s, OPT_QUIET) || run->selection.staged,
        .show_suppressed = setting_on(s, OPT_SHOW_SUPPRESSED),
        .why_skipped = setting_on(s, OPT_WHY_SKIPPED) || setting_on(s, OPT_VERBOSE),
        .reveal = setting_on(s, OPT_REVEAL),
        .config = c->config,
    };
}

static void note_selection(struct run *run)
{
    struct result *r = &run->result;
    const struct setting *since = &run->cli->settings.of[OPT_SINCE];
    if (!since->count) return;
    result_note(r, arena_printf(r->arena, "only files that differ from %.*s were looked at: %zu",
                                SLICE_ARG(since->text[0]), run->selection.only_count));
}

static void note_own(struct result *r)
{
    if (!r->own_files) return;
    bool one = r->own_files == 1;
    result_note(r, arena_printf(r->arena,
                                "%zu file%s not looked at: %s this run's own baseline or report%s",
                                r->own_files, one ? " was" : "s were", one ? "it is" : "they are",
                                one ? "" : "s"));
}

/* What an update changes is told in each result, and so is one that could not be used. */
static void note_rules(struct run *run)
{
    struct result *r = &run->result;
    const struct rulebook *rules = &run->rules;
    struct buf b;
    buf_init(&b, 4096);
    if (rules->updated) overlay_say(&b, &rules->overlay);
    if (b.n)
        result_note(r, arena_printf(r->arena, "rules: changed by update %u: %.*s",
                                    rules->bundle.sequence, SLICE_ARG(buf_slice(&b))));
    if (rules->fault)
        result_note(r, arena_printf(r->arena,
                                    "rules: the installed update was not used (%s), those of the "
                                    "program were",
                                    update_fault_text(rules->fault)));
    buf_done(&b);
}

/* Only where it matters: what is newer than the advisories is not known offline. */
static void warn_of_age(const struct run *run)
{
    char day[11];
    const struct settings *s = &run->cli->settings;
    if (!run->result.by_kind[SUBJECT_DEPENDENCIES] || setting_on(s, OPT_QUIET) ||
        setting_on(s, OPT_SILENT))
        return;
    int64_t age = advisories_age(&run->rules, day);
    if (age > ADVISORIES_OLD)
        cli_note(run->cli,
                 "advisories are of %s, %lld days old: merlon rules update FILE brings "
                 "newer ones",
                 day, (long long)age);
}

/* "merlon: staged 3 files, 0.08 s, 1 high   commit stopped" */
static void say_staged(struct run *run)
{
    const struct result *r = &run->result;
    struct buf b;
    buf_init(&b, 4096);
    buf_str(&b, "merlon: staged ");
    say_many(&b, run->selection.only_count, "file");
    buf_str(&b, ", ");
    say_seconds(&b, r->seconds);
    for (int s = SEV_CRITICAL; s >= SEV_INFO; s--)
        if (r->by_severity[s])
            buf_printf(&b, ", %zu %s", r->by_severity[s], severity_name((enum severity)s));
    if (r->gate.passed && r->gate.enabled)
        buf_printf(&b, ", nothing at or above %s", severity_name(r->gate.fail_on));
    if (!r->gate.passed) buf_str(&b, "   commit stopped");
    if (run->selection.staged_left_out)
        buf_printf(&b, "   (%zu links or submodules not looked at)",
                   run->selection.staged_left_out);
    buf_byte(&b, '\n');
    (void)cli_out(buf_slice(&b));
    buf_done(&b);
}

/* Was there anything that Merlon knows how to look at, or had to report? */
static bool recognised(const struct run *run)
{
    const struct result *r = &run->result;
    if (run->selection.only_set || run->selection.staged || r->finding_count || r->media)
        return true;
    for (size_t i = 0; i < r->subject_count; i++)
        if (r->subjects[i].kind != SUBJECT_OTHER) return true;
    return false;
}

static int verdict(struct run *run)
{
    if (!run->result.gate.passed) return EXIT_GATE_FAILED;
    if (recognised(run)) return EXIT_GATE_PASSED;
    if (!setting_on(&run->cli->settings, OPT_SILENT))
        cli_note(run->cli, "nothing recognised to scan in %.*s", SLICE_ARG(run->result.target));
    return EXIT_NOTHING;
}

/* ---- the run ---- */

static bool prepare(struct run *run)
{
    struct cli *c = run->cli;
    config_load(c);
    if (config_verdict(c) || !fixes_possible(c)) return false;
    installed_load(c, &run->rules);
    if (!setting_on(&c->settings, OPT_SILENT)) installed_warn(c, &run->rules);
    if (!outputs_read(c, &run->outputs) || !select_paths(c, &run->selection) ||
        !waive_load(c, &run->selection, &run->waive) ||
        !signatures_start(&run->signatures, c, &run->selection))
        return false;
    const struct report_format *out = outputs_stdout(&run->outputs);
    bool quiet = setting_on(&c->settings, OPT_QUIET) || setting_on(&c->settings, OPT_SILENT);
    const char *term = getenv("TERM");
    run->stream = out && strcmp(out->name, "jsonl") == 0 && waive_can_stream(&run->waive) &&
                  !setting_on(&c->settings, OPT_SILENT);
    run->outputs.streamed = run->stream;
    progress_start(&run->progress,
                   isatty(STDERR_FILENO) && !quiet && term && strcmp(term, "dumb") != 0);
    return true;
}

static bool scan(struct run *run)
{
    struct slice error = S("");
    find_own(run);
    struct scan_options o = options(run);
    struct result *r = &run->result;
    r->target = run->selection.target;
    if (run->selection.path_count > 1) {
        r->targets = run->selection.paths;
        r->target_count = run->selection.path_count;
    }
    enum st st = scan_run(&o, r, &error);
    progress_end(&run->progress);
    if (st == ST_OK) return signatures_check(&run->signatures, r);
    if (error.n)
        cli_fail(run->cli, "%.*s", SLICE_ARG(error));
    else
        cli_fail(run->cli, "the scan could not be done: %s", st_text(st));
    return false;
}

static int finish(struct run *run)
{
    struct result *r = &run->result;
    size_t before = r->finding_count;
    if (!waive_all(&run->waive, r)) return EXIT_CANNOT;
    for (size_t i = 0; run->stream && r->finding_count > before && i < r->finding_count; i++) {
        const struct finding *f = &r->findings[i];
        bool late = ignore_forbids(slice_str(f->rule->id));
        if (late && f->state == FINDING_OPEN) stream(f);
    }
    policy_gate(r);
    note_selection(run);
    note_own(r);
    note_rules(run);
    struct report_style look = style(run);
    bool ok = outputs_write(run->cli, &run->outputs, r, &look);
    warn_of_age(run);
    const struct report_format *out = outputs_stdout(&run->outputs);
    bool silent = setting_on(&run->cli->settings, OPT_SILENT);
    if (run->selection.staged && !silent && out && strcmp(out->name, "table") == 0) say_staged(run);
    bool whole = run->selection.inside && !run->selection.only_set && !run->selection.staged;
    const char *folder = whole ? select_folder(run->cli, &run->selection) : NULL;
    if (folder) last_keep(run->cli, r, folder);
    bool table = out && strcmp(out->name, "table") == 0;
    ok = ok && signatures_sign(&run->signatures, r->gate.passed, table && !silent);
    ok = record_scan(run->cli, r) && ok;
    return ok ? verdict(run) : EXIT_CANNOT;
}

/* What was accepted is not changed either. */
static bool fix(struct run *run)
{
    run->stream = false; /* what is mended is not to be told */
    if (!scan(run) || !waive_all(&run->waive, &run->result)) return false;
    return fixes_do(run->cli, &run->selection, &run->result);
}

/* The result once more, of the files as they are now. */
static bool start_again(struct run *run)
{
    waive_done(&run->waive);
    arena_reset(&run->arena);
    result_init(&run->result, &run->arena);
    return waive_load(run->cli, &run->selection, &run->waive);
}

static int look(struct run *run)
{
    bool stream = run->stream;
    set_gate(run);
    if (!fixes_wanted(run->cli)) return scan(run) ? finish(run) : EXIT_CANNOT;
    if (!fix(run)) return EXIT_CANNOT;
    if (setting_on(&run->cli->settings, OPT_DIFF)) {
        policy_gate(&run->result);
        return verdict(run);
    }
    if (!start_again(run)) return EXIT_CANNOT;
    run->stream = stream;
    set_gate(run);
    return scan(run) ? finish(run) : EXIT_CANNOT;
}

int cmd_scan(struct cli *c)
{
    struct run run = {.cli = c};
    arena_init(&run.arena, RESULT_MAX, 1u << 16);
    result_init(&run.result, &run.arena);
    int code = prepare(&run) ? look(&run) : EXIT_CANNOT;
    signatures_done(&run.signatures);
    waive_done(&run.waive);
    select_done(&run.selection);
    arena_done(&run.arena);
    return code;
}
