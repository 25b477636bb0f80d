/* SPDX-License-Identifier: Apache-2.0 */
/* conf_taint.c - which expressions of a workflow give texts that outsiders write.
 * Whether somebody compares it or hands it on decides: a comparison gives true or false. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/settings/conf_github.h"

#define EXPRESSION_MAX 400u

static const char *const contexts[] = {
    "github.event.issue.title",
    "github.event.issue.body",
    "github.event.pull_request.title",
    "github.event.pull_request.body",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.label",
    "github.event.pull_request.head.repo.default_branch",
    "github.event.pull_request.head.repo.description",
    "github.event.comment.body",
    "github.event.review.body",
    "github.event.review_comment.body",
    "github.event.discussion.title",
    "github.event.discussion.body",
    "github.event.pages",
    "github.event.commits",
    "github.event.head_commit.message",
    "github.event.head_commit.author.email",
    "github.event.head_commit.author.name",
    "github.event.head_commit.committer.email",
    "github.event.head_commit.committer.name",
    "github.event.workflow_run.head_branch",
    "github.event.workflow_run.head_commit.message",
    "github.event.workflow_run.head_commit.author",
    "github.event.workflow_run.display_title",
    "github.event.workflow_run.head_repository.description",
    "github.head_ref",
    "tojson(github.event)",
    "tojson(github)",
    "tojson(github.event.issue",
    "tojson(github.event.pull_request",
    "tojson(github.event.comment",
};

bool gh_next_expression(struct slice text, size_t *at, size_t *ret_from, size_t *ret_to)
{
    size_t begin = slice_find(slice_sub(text, *at, text.n), S("${{"));
    if (begin == SIZE_MAX) return false;
    begin += *at + 3;
    size_t end = slice_find(slice_sub(text, begin, text.n), S("}}"));
    if (end == SIZE_MAX) return false;
    *ret_from = begin;
    *ret_to = begin + end;
    *at = begin + end + 2;
    return true;
}

/* In small letters, without blanks, ['x'] as .x */
static struct slice plain(struct slice s, uint8_t out[EXPRESSION_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < EXPRESSION_MAX; i++) {
        uint8_t c = s.p[i];
        bool quoted = i + 1 < s.n && (s.p[i + 1] == '\'' || s.p[i + 1] == '"');
        if (ascii_space(c)) continue;
        if (c == '[' && quoted) {
            out[n++] = '.';
            i++;
        } else if ((c == '\'' || c == '"') && i + 1 < s.n && s.p[i + 1] == ']') {
            i++;
        } else {
            out[n++] = ascii_to_lower(c);
        }
    }
    return slice_of(out, n);
}

/* It gives true, false or a digest, whatever the text is. */
static bool only_asks(struct slice s)
{
    bool joins = slice_has(s, S("&&")) || slice_has(s, S("||"));
    bool compares = slice_has(s, S("==")) || slice_has(s, S("!="));
    bool function = slice_starts(s, S("contains(")) || slice_starts(s, S("startswith(")) ||
                    slice_starts(s, S("endswith(")) || slice_starts(s, S("hashfiles(")) ||
                    slice_starts(s, S("!"));
    if (joins) return false;
    return compares || function;
}

/* a && b || c gives b or c: a comparison in front of && is no value. */
static bool value_has(struct slice s, struct slice context)
{
    struct slice rest = s;
    for (size_t at; (at = slice_find(rest, context)) != SIZE_MAX;) {
        struct slice behind = slice_sub(rest, at + context.n, rest.n);
        bool longer = behind.n && (ascii_alnum(behind.p[0]) || behind.p[0] == '_');
        bool compared = slice_starts(behind, S("==")) || slice_starts(behind, S("!="));
        size_t self = s.n - rest.n + at;
        bool asked = self >= 2 && (slice_ends(slice_sub(s, 0, self), S("==")) ||
                                   slice_ends(slice_sub(s, 0, self), S("contains(")) ||
                                   slice_ends(slice_sub(s, 0, self), S("startswith(")) ||
                                   slice_ends(slice_sub(s, 0, self), S("endswith(")));
        bool number = slice_starts(behind, S(".number")) || slice_starts(behind, S(".id"));
        if (!longer && !compared && !asked && !number) return true;
        rest = behind;
    }
    return false;
}

static bool direct(struct slice expression)
{
    uint8_t buffer[EXPRESSION_MAX];
    struct slice s = plain(expression, buffer);
    if (only_asks(s)) return false;
    for (size_t i = 0; i < COUNT_OF(contexts); i++)
        if (value_has(s, slice_str(contexts[i]))) return true;
    return false;
}

/* env.NAME: what the step, the job or the workflow says it is. */
static bool by_env(const struct gh *g, const struct gh_scope *scope, struct slice name)
{
    uint32_t maps[3] = {scope->step, scope->job, CONF_NONE};
    for (size_t i = 0; i < COUNT_OF(maps); i++) {
        if (i == 0 && scope->step == CONF_NONE) continue;
        uint32_t env = conf_child(g->d, maps[i], "env");
        if (env == CONF_NONE || conf_at(g->d, env)->kind != SET_MAP) continue;
        for (uint32_t k = env + 1; k < conf_at(g->d, env)->end; k = conf_at(g->d, k)->end) {
            size_t at = 0, from, to;
            if (!slice_eq_nocase(conf_at(g->d, k)->key, name)) continue;
            while (gh_next_expression(conf_value(g->d, k), &at, &from, &to))
                if (direct(slice_sub(conf_value(g->d, k), from, to - from))) return true;
            return false;
        }
    }
    return false;
}

bool gh_tainted(const struct gh *g, const struct gh_scope *scope, struct slice expression)
{
    struct slice s = slice_trim(expression);
    if (direct(s)) return true;
    return slice_starts(s, S("env.")) && by_env(g, scope, slice_sub(s, 4, s.n));
}
