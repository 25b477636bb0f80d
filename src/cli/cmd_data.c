/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd_data.h"
#include "base/host.h"
#include "cli/config.h"
#include "finding/rules.h"
#include "policy/policy.h"

#define RESULT_MAX ((size_t)4 << 30)
#define TEXT_MAX   (256u << 20)

bool data_loud(const struct data_run *d)
{
    const struct settings *s = &d->cli->settings;
    return !setting_on(s, OPT_QUIET) && !setting_on(s, OPT_SILENT);
}

static void set_gate(struct data_run *d)
{
    struct slice text = setting_text(&d->cli->settings, OPT_FAIL_ON);
    struct gate *g = &d->result.gate;
    if (slice_eq(text, S("none")))
        g->enabled = false;
    else if (text.n)
        (void)severity_parse(text, &g->fail_on);
}

bool data_start(struct data_run *d, struct cli *c, struct slice target)
{
    *d = (struct data_run){.cli = c, .started = host_now_ns()};
    arena_init(&d->arena, RESULT_MAX, 1u << 16);
    result_init(&d->result, &d->arena);
    buf_init(&d->statistics, TEXT_MAX);
    buf_init(&d->text, TEXT_MAX);
    jot_init(&d->jot, &d->statistics, 0);
    d->result.target = target;
    host_rfc3339(host_wall_s(), d->result.started);
    config_load(c);
    if (config_verdict(c) || !outputs_read(c, &d->outputs)) return false;
    set_gate(d);
    return true;
}

void data_done(struct data_run *d)
{
    buf_done(&d->statistics);
    buf_done(&d->text);
    arena_done(&d->arena);
}

struct finding *data_finding(struct data_run *d, const char *rule, struct slice path,
                             struct slice message, struct slice evidence)
{
    struct finding f = finding_of(rule_find(slice_str(rule)));
    f.path = path;
    f.message = message;
    f.evidence = evidence;
    finding_fingerprint(&f, 0);
    return result_add_finding(&d->result, &f);
}

int data_finish(struct data_run *d, int code)
{
    struct result *r = &d->result;
    const struct settings *s = &d->cli->settings;
    struct report_style look = {.colour = cli_colour(d->cli, 1),
                                .width = cli_width(d->cli),
                                .all = true,
                                .quiet = setting_on(s, OPT_QUIET)};
    result_finish(r);
    policy_gate(r);
    r->statistics = buf_slice(&d->statistics);
    r->seconds = host_seconds_since(d->started);
    d->outputs.table = buf_slice(&d->text);
    if (!buf_ok(&d->statistics) || !buf_ok(&d->text))
        return cli_fail(d->cli, "the report is too large");
    if (!outputs_write(d->cli, &d->outputs, r, &look)) return EXIT_CANNOT;
    return r->gate.passed ? code : EXIT_GATE_FAILED;
}
