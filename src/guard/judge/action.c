/* SPDX-License-Identifier: Apache-2.0 */
/* action.c - see the header. */
#include "guard/judge/action.h"
#include "base/st.h"

static const char *const action_names[ACTIONS] = {"allow",     "shadow", "flag",
                                                  "anonymise", "redact", "block"};

const char *guard_action_name(enum guard_action a)
{
    return a < ACTIONS ? action_names[a] : "";
}

bool guard_action_find(struct slice name, enum guard_action *ret)
{
    for (size_t i = 0; i < ACTIONS; i++)
        if (slice_eq(name, slice_str(action_names[i]))) {
            *ret = (enum guard_action)i;
            return true;
        }
    return false;
}

/* ---- the policy that holds at first ---- */

#define ROW(pattern, ...)                                                      \
    {                                                                          \
        .rule = {(const uint8_t *)(pattern), sizeof(pattern) - 1}, __VA_ARGS__ \
    }

const struct policy_row policy_usual_rows[POLICY_USUAL_ROWS] = {
    ROW("guard.canary", .action = ACT_BLOCK),
    ROW("guard.deny-list", .action = ACT_BLOCK),
    ROW("leak.system-prompt", .sides = SIDE_ANSWER, .action = ACT_BLOCK),
    ROW("answer.schema", .action = ACT_BLOCK),
    ROW("secret.*", .roles = 1u << PART_SYSTEM, .action = ACT_FLAG),
    ROW("secret.*", .least = SEV_MEDIUM, .action = ACT_REDACT),
    ROW("secret.*", .action = ACT_FLAG),
    ROW("pii.*", .sides = SIDE_ANSWER, .least = SEV_MEDIUM, .action = ACT_REDACT),
    ROW("pii.*", .least = SEV_MEDIUM, .action = ACT_ANONYMISE),
    ROW("pii.*", .action = ACT_FLAG),
    ROW("inject.*", .least = SEV_HIGH, .action = ACT_BLOCK),
    ROW("inject.*", .action = ACT_FLAG),
    ROW("data.hidden*", .least = SEV_HIGH, .action = ACT_REDACT),
    ROW("exfil.markdown-image", .action = ACT_REDACT),
    ROW("link.scheme", .action = ACT_REDACT),
    ROW("*", .action = ACT_FLAG),
};

const struct policy policy_usual = {.rows = policy_usual_rows, .count = POLICY_USUAL_ROWS};

/* ---- one match ---- */

static bool fits(const struct policy_row *r, const struct decision_in *in,
                 const struct guard_match *m)
{
    const struct part *p = &in->parts[m->part];
    unsigned side = in->answer ? SIDE_ANSWER : SIDE_REQUEST;
    if (r->sides && !(r->sides & side)) return false;
    if (r->roles && !(r->roles >> p->role & 1)) return false;
    if (r->channels && !(r->channels >> p->channel & 1)) return false;
    if (m->severity < r->least) return false;
    if (r->route.n && !slice_glob(r->route, in->route)) return false;
    if (r->tenant.n && !slice_glob(r->tenant, in->tenant)) return false;
    return !r->rule.n || slice_glob(r->rule, slice_str(m->rule->id));
}

const struct policy_row *decide_row(const struct decision_in *in, const struct guard_match *m)
{
    if (m->weak && !in->policy->examples_count) return NULL;
    for (size_t i = 0; i < in->policy->count; i++)
        if (fits(&in->policy->rows[i], in, m)) return &in->policy->rows[i];
    return NULL;
}

enum guard_action decide_match(const struct decision_in *in, const struct guard_match *m)
{
    const struct policy_row *row = decide_row(in, m);
    return row ? row->action : ACT_ALLOW;
}

/* ---- edits ---- */

static struct slice replacement(const struct decision_in *in, const struct guard_match *m,
                                enum guard_action a, struct slice value)
{
    struct slice name = {0};
    if (a == ACT_ANONYMISE && in->names && !m->via[0])
        name = names_of(in->names, slice_str(m->rule->id), value);
    return name.p ? name : S("[redacted]");
}

static bool is_edit(enum guard_action a)
{
    return a == ACT_REDACT || a == ACT_ANONYMISE;
}

static void add_edit(const struct decision_in *in, const struct guard_match *m, enum guard_action a,
                     struct decision *ret)
{
    const struct part *p = &in->parts[m->part];
    struct part_edit *last = ret->count ? &ret->edits[ret->count - 1] : NULL;
    struct part_edit e = {p, m->from, m->to, {0}};
    if (last && last->part == p && last->to > m->from) {
        if (last->to < m->to) last->to = m->to;
        last->with = S("[redacted]");
        return;
    }
    if (ret->count == EDITS_MOST) {
        ret->action = ACT_BLOCK;
        return;
    }
    e.with = replacement(in, m, a, slice_sub(p->text, m->from, m->to - m->from));
    ret->edits[ret->count++] = e;
}

/* ---- all of them ---- */

bool policy_may_skip(const struct policy *p, enum guard_check check, unsigned unscanned)
{
    if (p->opaque_passes) unscanned &= ~(unsigned)UNSCANNED_OPAQUE;
    return !unscanned || p->open[check];
}

static void skipped(const struct decision_in *in, struct decision *ret)
{
    for (unsigned c = 0; in->unscanned && c < CHECKS; c++) {
        if (policy_may_skip(in->policy, (enum guard_check)c, in->unscanned[c])) continue;
        ret->action = ACT_BLOCK;
        ret->because = NULL;
        ret->skipped = (enum guard_check)c;
        return;
    }
}

void decide(const struct decision_in *in, struct decision *ret)
{
    ret->action = ACT_ALLOW;
    ret->because = NULL;
    ret->skipped = CHECKS;
    ret->count = 0;
    for (size_t i = 0; i < in->count && i < MATCHES_MOST; i++) {
        const struct guard_match *m = &in->matches[i];
        enum guard_action a = decide_match(in, m);
        ret->actions[i] = (uint8_t)a;
        bool stronger = a > ret->action ||
                        (ret->because && a == ret->action && m->severity > ret->because->severity);
        if (stronger) {
            ret->action = a;
            ret->because = m;
        }
        if (is_edit(a)) add_edit(in, m, a, ret);
    }
    if (ret->action != ACT_BLOCK) skipped(in, ret);
    if (ret->action == ACT_BLOCK) ret->count = 0;
}
