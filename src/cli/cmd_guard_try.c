/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_guard_try.c - what the guard would say to one text, by the policy that holds at first or
 * by a file, and which row of it decides. */
#include "base/fd.h"
#include "base/host.h"
#include "cli/cli.h"
#include "codec/jot.h"
#include "detect/data/mask.h"
#include "guard/config/policy_read.h"
#include "report/page.h"
#include <errno.h>
#include <unistd.h>

#define TEXT_MAX   (16u << 20)
#define SHOWN_MOST 60u

struct attempt {
    struct part part;
    struct inspect_out found;
    struct decision decision;
    struct decision_in how;
    const struct guard_policy *policy;
    double ms;
};

/* Secrets and personal values are masked. */
static struct slice shown(struct cli *c, const struct attempt *t, const struct guard_match *m)
{
    char mask[MASK_MAX];
    struct slice text = slice_sub(t->part.text, m->from, m->to - m->from);
    struct slice id = slice_str(m->rule->id);
    if (!slice_starts(id, S("secret.")) && !slice_starts(id, S("pii.")))
        return slice_sub(text, 0, SHOWN_MOST);
    mask_value(text, mask);
    return arena_copy(&c->arena, slice_str(mask));
}

/* "policy.toml:14", "built-in"; p == NULL: no row decides. */
static struct slice row_of(struct cli *c, const struct attempt *t, const struct guard_match *m)
{
    const struct policy_row *row = decide_row(&t->how, m);
    if (!row) return (struct slice){0};
    if (!row->line) return S("built-in");
    return arena_printf(&c->arena, "%.*s:%u", SLICE_ARG(t->policy->file), row->line);
}

static const char *words_of(enum guard_action a)
{
    static const char *const words[ACTIONS] = {"would ALLOW",  "would ALLOW (shadow)",
                                               "would FLAG",   "would ANONYMISE",
                                               "would REDACT", "would BLOCK"};
    return words[a];
}

static void skipped(const struct attempt *t, struct page *p)
{
    for (unsigned k = 0; k < CHECKS; k++)
        for (unsigned bit = 1; unscanned_name(bit); bit <<= 1) {
            if (!(t->found.unscanned[k] & bit)) continue;
            buf_printf(&p->raw, "not looked at: %s (%s)", guard_check_name(k), unscanned_name(bit));
            page_flow_raw(p, 2, INK_MEDIUM);
            page_line(p);
        }
}

static void table(struct cli *c, const struct attempt *t, struct buf *out)
{
    struct report_style style = {.colour = cli_colour(c, 1), .width = cli_width(c)};
    struct page p;
    page_init(&p, out, &style);
    bool bad = t->decision.action >= ACT_ANONYMISE;
    page_item(&p, 0, 0, bad ? INK_BAD : INK_GOOD, slice_str(words_of(t->decision.action)));
    if (t->decision.because)
        page_item(&p, 0, 2, INK_BOLD, slice_str(t->decision.because->rule->id));
    buf_printf(&p.raw, "looked at in %.3f ms", t->ms);
    page_item_raw(&p, 0, 3, INK_DIM);
    page_line(&p);
    for (size_t i = 0; i < t->found.count; i++) {
        const struct guard_match *m = &t->found.list[i];
        page_item(&p, 2, 2, (enum ink)m->severity, slice_str(severity_name(m->severity)));
        page_to(&p, 12);
        page_item(&p, 12, 0, INK_BOLD, slice_str(m->rule->id));
        page_item(&p, 12, 2, INK_PLAIN, slice_str(guard_action_name(t->decision.actions[i])));
        if (m->weak) page_item(&p, 12, 2, INK_DIM, S("an example"));
        if (!m->weak) page_item(&p, 12, 2, INK_DIM, row_of(c, t, m));
        if (m->via[0]) buf_printf(&p.raw, "in %s", m->via);
        if (m->via[0]) page_item_raw(&p, 12, 2, INK_DIM);
        page_line(&p);
        page_to(&p, 12);
        page_flow(&p, 12, INK_DIM, shown(c, t, m));
        page_line(&p);
    }
    skipped(t, &p);
    page_done(&p);
}

static void json(struct cli *c, const struct attempt *t, struct buf *out)
{
    struct jot j;
    jot_init(&j, out, 2);
    jot_open(&j, '{');
    jot_pair_str(&j, "schema", "merlon.try/1");
    jot_pair_str(&j, "verdict", guard_action_name(t->decision.action));
    jot_pair_str(&j, "policy", t->policy->digest);
    jot_pair_num(&j, "microseconds", (uint64_t)(t->ms * 1000));
    jot_key_open(&j, "matches", '[');
    for (size_t i = 0; i < t->found.count; i++) {
        const struct guard_match *m = &t->found.list[i];
        jot_open(&j, '{');
        jot_pair_str(&j, "rule", m->rule->id);
        jot_pair_str(&j, "severity", severity_name(m->severity));
        jot_pair_str(&j, "action", guard_action_name(t->decision.actions[i]));
        jot_pair_num(&j, "from", m->from);
        jot_pair_num(&j, "to", m->to);
        jot_pair_bool(&j, "example", m->weak);
        jot_key(&j, "row");
        jot_text_or_null(&j, row_of(c, t, m));
        jot_key(&j, "via");
        jot_text_or_null(&j, slice_str(m->via));
        jot_pair(&j, "evidence", shown(c, t, m));
        jot_close(&j, '}');
    }
    jot_close(&j, ']');
    jot_key_open(&j, "unscanned", '[');
    for (unsigned k = 0; k < CHECKS; k++)
        for (unsigned bit = 1; unscanned_name(bit); bit <<= 1)
            if (t->found.unscanned[k] & bit) jot_text(&j, slice_str(unscanned_name(bit)));
    jot_close(&j, ']');
    jot_close(&j, '}');
    buf_str(out, "\n");
}

static struct part part_of(struct slice role, struct slice text)
{
    struct part p = {.role = PART_USER, .channel = PART_TEXT, .text = text};
    for (unsigned r = 0; r < PART_ROLES; r++)
        if (slice_eq(role, slice_str(part_role_name((enum part_role)r))))
            p.role = (enum part_role)r;
    if (p.role == PART_TOOL) p.channel = PART_TOOL_RESULT;
    return p;
}

/* Once for the page faults of a program that has just begun, once for the clock. */
static bool look(struct attempt *t, const struct guard_scope *scope)
{
    struct inspect *i = inspect_new();
    struct inspect_in in = {.parts = &t->part, .count = 1, .answer = t->how.answer};
    if (!i) return false;
    inspect_parts(i, &scope->checks, &in, &t->found);
    uint64_t begun = host_now_ns();
    if (scope->deadline_us) in.deadline = begun + scope->deadline_us * 1000;
    inspect_parts(i, &scope->checks, &in, &t->found);
    t->how.matches = t->found.list;
    t->how.count = t->found.count;
    decide(&t->how, &t->decision);
    t->ms = (double)(host_now_ns() - begun) / 1e6;
    inspect_free(i);
    return true;
}

static bool read_policy(struct cli *c, struct attempt *t)
{
    struct slice file = setting_text(&c->settings, OPT_POLICY);
    struct buf why;
    const struct policy_in in = {.enforce = true};
    buf_init(&why, 1u << 16);
    t->policy = file.n ? policy_read_file(&in, cli_cstr(c, file), &c->arena, &why)
                       : guard_policy_usual(true);
    if (!t->policy) cli_fail(c, "%s", buf_text(&why));
    buf_done(&why);
    return t->policy;
}

static bool attempt(struct cli *c, struct attempt *t, struct slice text)
{
    if (!read_policy(c, t)) return false;
    struct slice route = setting_text(&c->settings, OPT_ROUTE);
    struct slice tenant = setting_text(&c->settings, OPT_TENANT);
    const struct guard_scope *scope = guard_policy_scope(t->policy, route, tenant);
    t->part = part_of(setting_text(&c->settings, OPT_ROLE), text);
    t->how = (struct decision_in){.policy = &scope->policy,
                                  .parts = &t->part,
                                  .unscanned = t->found.unscanned,
                                  .route = route,
                                  .tenant = tenant,
                                  .answer = t->part.role == PART_ASSISTANT};
    if (look(t, scope)) return true;
    cli_fail(c, "out of memory");
    return false;
}

int cmd_guard_try(struct cli *c)
{
    struct attempt *t = ARENA_NEW(&c->arena, struct attempt);
    struct buf text, out;
    int rc = EXIT_CANNOT;
    buf_init(&text, TEXT_MAX);
    buf_init(&out, 1u << 20);
    bool in = slice_eq(c->args[0], S("-"));
    if (in && !fd_read(STDIN_FILENO, TEXT_MAX, &text)) {
        (void)cli_fail(c, "standard input: %s", strerror(errno));
        goto done;
    }
    if (!t || !attempt(c, t, in ? buf_slice(&text) : c->args[0])) goto done;
    if (slice_eq(setting_text(&c->settings, OPT_FORMAT), S("json")))
        json(c, t, &out);
    else
        table(c, t, &out);
    if (buf_ok(&out) && cli_out(buf_slice(&out)))
        rc = t->decision.action == ACT_BLOCK ? EXIT_GATE_FAILED : EXIT_GATE_PASSED;
done:
    buf_done(&text);
    buf_done(&out);
    return rc;
}
