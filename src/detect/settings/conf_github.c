/* SPDX-License-Identifier: Apache-2.0 */
/* conf_github.c - workflows and actions of GitHub: which outsiders may start them, what of theirs
 * ends up in scripts, whose code they run and with which rights. */
#include "detect/settings/conf_github.h"
#include "base/ascii.h"
#include "base/st.h"

/* ---- the workflow ---- */

static const struct trigger {
    const char *name;
    unsigned bit;
} triggers[] = {
    {"pull_request", GH_FORK},
    {"pull_request_target", GH_FORK | GH_SECRETS},
    {"issue_comment", GH_FORK | GH_SECRETS},
    {"issues", GH_FORK | GH_SECRETS},
    {"discussion", GH_FORK | GH_SECRETS},
    {"discussion_comment", GH_FORK | GH_SECRETS},
    {"pull_request_review", GH_FORK},
    {"pull_request_review_comment", GH_FORK},
    {"workflow_run", GH_FORK | GH_SECRETS},
};

static unsigned trigger_of(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(triggers); i++)
        if (slice_eq(name, slice_str(triggers[i].name))) return triggers[i].bit;
    return 0;
}

static unsigned triggers_of(const struct conf_doc *d)
{
    uint32_t on = conf_child(d, CONF_NONE, "on");
    if (on == CONF_NONE) on = conf_child(d, CONF_NONE, "true");
    if (on == CONF_NONE) return 0;
    unsigned bits = trigger_of(conf_value(d, on));
    for (uint32_t i = on + 1; i < conf_at(d, on)->end; i = conf_at(d, i)->end)
        bits |= trigger_of(conf_at(d, i)->key.n ? conf_at(d, i)->key : conf_value(d, i));
    return bits;
}

static void say(const struct gh *g, const char *rule, int severity, struct conf_place at,
                const char *message, struct slice evidence)
{
    conf_say(g->d->j, g->d->r, rule, severity, at, slice_str(message), evidence);
}

struct slice gh_line(struct slice text, size_t at)
{
    size_t begin = slice_rfind_byte(slice_sub(text, 0, at), '\n');
    struct slice line = slice_sub(text, begin == SIZE_MAX ? 0 : begin + 1, text.n);
    return slice_sub(line, 0, slice_find_byte(line, '\n'));
}

/* ---- whose code: uses ---- */

static void judge_uses(const struct gh *g, uint32_t i)
{
    struct slice uses = conf_value(g->d, i);
    if (!uses.n || uses.p[0] == '.' || slice_has(uses, S("${{"))) return;
    if (slice_starts(uses, S("docker://"))) {
        if (slice_has(uses, S("@sha256:"))) return;
    } else {
        size_t at = slice_rfind_byte(uses, '@');
        if (slice_find_byte(uses, '/') == SIZE_MAX) return;
        if (at != SIZE_MAX && conf_is_commit(slice_sub(uses, at + 1, uses.n))) return;
    }
    bool own = slice_starts(uses, S("actions/")) || slice_starts(uses, S("github/"));
    say(g, "code.ci-unpinned-action", own ? SEV_LOW : CONF_RULE_SEVERITY,
        conf_place_of(conf_at(g->d, i)),
        own ? "The tag can be moved: GitHub's own action, but still not the code that you looked at"
            : "Whoever can push to the action's repository runs code in the job, with its token "
              "and secrets",
        uses);
}

/* ---- scripts ---- */

/* Texts of outsiders in a script, one finding for each line. */
static void judge_script(const struct gh *g, const struct gh_scope *scope, uint32_t i)
{
    const struct code_setting *x = conf_at(g->d, i);
    size_t at = 0, from, to, told = SIZE_MAX;
    while (gh_next_expression(x->value, &at, &from, &to)) {
        struct slice expression = slice_sub(x->value, from, to - from);
        struct slice line = gh_line(x->value, from);
        if (!gh_tainted(g, scope, expression) || line.p - x->value.p == (ptrdiff_t)told) continue;
        told = (size_t)(line.p - x->value.p);
        say(g, "code.ci-untrusted-input", CONF_RULE_SEVERITY, conf_place_in(g->d, i, from),
            "Anyone who can write this text runs commands in the job, with its token and secrets",
            line);
    }
}

/* ---- a stranger's code with the repository's secrets ---- */

static bool names_head(struct slice s)
{
    return slice_has(s, S("head.sha")) || slice_has(s, S("head.ref")) ||
           slice_has(s, S("head_ref")) || slice_has(s, S("refs/pull/")) ||
           slice_has(s, S("head_sha")) || slice_has(s, S("head_branch")) ||
           slice_has(s, S("merge_commit_sha")) || slice_has(s, S("head.repo.full_name"));
}

static bool is_guarded(struct slice condition)
{
    return slice_has(condition, S("author_association")) || slice_has(condition, S("label")) ||
           slice_has(condition, S("github.actor ==")) || slice_has(condition, S("user.login ==")) ||
           slice_has(condition, S("sender.login")) || slice_has(condition, S("[bot]"));
}

static bool own_repository_only(struct slice condition)
{
    return slice_has(condition, S("head.repo.full_name == github.repository")) ||
           slice_has(condition, S("head.repo.fork == false")) ||
           slice_has(condition, S("!github.event.pull_request.head.repo.fork")) ||
           slice_has(condition, S("head_repository.full_name == github.repository"));
}

/* Does a step behind this one run something? With `path`: something that names it. */
static bool runs_later(const struct gh *g, uint32_t steps, uint32_t step, struct slice path)
{
    for (uint32_t i = conf_at(g->d, step)->end; i < conf_at(g->d, steps)->end;
         i = conf_at(g->d, i)->end) {
        struct slice run = conf_value(g->d, conf_child(g->d, i, "run"));
        struct slice uses = conf_value(g->d, conf_child(g->d, i, "uses"));
        struct slice where = conf_value(g->d, conf_child(g->d, i, "working-directory"));
        bool named =
            !path.n || slice_has(run, path) || slice_has(where, path) || slice_has(uses, path);
        if ((run.n || slice_starts(uses, S("./"))) && named) return true;
    }
    return false;
}

static void judge_checkout(const struct gh *g, const struct gh_scope *scope, uint32_t steps,
                           uint32_t step)
{
    uint32_t with = conf_child(g->d, step, "with");
    struct slice uses = conf_value(g->d, conf_child(g->d, step, "uses"));
    if (!(g->triggers & GH_SECRETS) || with == CONF_NONE) return;
    if (!slice_starts(uses, S("actions/checkout"))) return;
    uint32_t ref = conf_child(g->d, with, "ref");
    if (ref == CONF_NONE || !names_head(conf_value(g->d, ref)))
        ref = conf_child(g->d, with, "repository");
    if (ref == CONF_NONE || !names_head(conf_value(g->d, ref))) return;
    struct slice path = conf_value(g->d, conf_child(g->d, with, "path"));
    struct slice mine = conf_value(g->d, conf_child(g->d, step, "if"));
    if (own_repository_only(scope->condition) || own_repository_only(mine)) return;
    if (!runs_later(g, steps, step, path)) return;
    bool guarded = is_guarded(scope->condition) || is_guarded(mine) ||
                   conf_child(g->d, scope->job, "environment") != CONF_NONE;
    say(g, "code.ci-pull-request-target", guarded ? SEV_MEDIUM : CONF_RULE_SEVERITY,
        conf_place_of(conf_at(g->d, ref)),
        guarded
            ? "Code of a pull request runs with the secrets of the repository once somebody let it"
            : "Anyone who opens a pull request runs code with the secrets of the repository",
        conf_value(g->d, ref));
}

/* gh pr checkout, git fetch origin pull/7/head */
static void judge_fetch(const struct gh *g, const struct gh_scope *scope, uint32_t run)
{
    struct slice text = conf_value(g->d, run);
    size_t at = slice_find(text, S("gh pr checkout"));
    if (at == SIZE_MAX && slice_has(text, S("/head"))) at = slice_find(text, S("pull/$"));
    if (!(g->triggers & GH_SECRETS) || at == SIZE_MAX) return;
    if (own_repository_only(scope->condition)) return;
    bool guarded =
        is_guarded(scope->condition) || conf_child(g->d, scope->job, "environment") != CONF_NONE;
    say(g, "code.ci-pull-request-target", guarded ? SEV_MEDIUM : SEV_HIGH,
        conf_place_in(g->d, run, at),
        "Code of a pull request lies in a job with the secrets of the repository",
        gh_line(text, at));
}

/* ---- agents ---- */

static bool is_agent_action(struct slice uses)
{
    return conf_fits(
        S("anthropics/claude*|google-github-actions/run-gemini*|google-gemini/*|"
          "openai/codex-action*|actions/ai-inference*|*/aider*|*/openhands*|*copilot*agent*|"
          "*/opencode*|*gpt*|*-llm-*|*/llm-*|*/ai-*|*/codex*"),
        uses);
}

static bool runs_agent(struct slice run)
{
    static const char *const names[] = {"claude ",   "codex ", "gemini ",       "aider ",
                                        "opencode ", "llm ",   "cursor-agent ", "goose run",
                                        "copilot ",  "sgpt ",  "amp "};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t at = slice_find(run, slice_str(names[i]));
        bool begins = at != SIZE_MAX && (!at || strchr(" \n\t|&;(/", run.p[at - 1]));
        if (begins) return true;
    }
    return false;
}

static bool may_write(const struct gh *g, const struct gh_scope *scope)
{
    uint32_t p = conf_child(g->d, scope->job, "permissions");
    if (p == CONF_NONE) p = conf_child(g->d, CONF_NONE, "permissions");
    if (p == CONF_NONE || conf_fits(S("write-all"), conf_value(g->d, p))) return true;
    for (uint32_t i = p + 1; i < conf_at(g->d, p)->end; i++)
        if (slice_eq(conf_value(g->d, i), S("write"))) return true;
    return false;
}

static void say_agent(const struct gh *g, struct conf_place at, struct slice evidence)
{
    say(g, "code.ci-agent-untrusted", CONF_RULE_SEVERITY, at,
        "Anyone who can write this text steers an agent that may write to the repository",
        evidence);
}

/* An expression with a text of outsiders in a value; SIZE_MAX: none. */
static size_t tainted_at(const struct gh *g, const struct gh_scope *scope, struct slice text)
{
    size_t at = 0, from, to;
    while (gh_next_expression(text, &at, &from, &to))
        if (gh_tainted(g, scope, slice_sub(text, from, to - from))) return from;
    return SIZE_MAX;
}

static void judge_agent(const struct gh *g, const struct gh_scope *scope, uint32_t step)
{
    struct slice uses = conf_value(g->d, conf_child(g->d, step, "uses"));
    uint32_t run = conf_child(g->d, step, "run"), with = conf_child(g->d, step, "with");
    struct slice mine = conf_value(g->d, conf_child(g->d, step, "if"));
    if (!may_write(g, scope) || is_guarded(scope->condition) || is_guarded(mine)) return;
    for (uint32_t i = with == CONF_NONE ? 0 : with + 1;
         with != CONF_NONE && is_agent_action(uses) && i < conf_at(g->d, with)->end; i++) {
        size_t at = tainted_at(g, scope, conf_value(g->d, i));
        bool everyone = slice_eq(conf_at(g->d, i)->key, S("allowed_non_write_users")) &&
                        slice_eq(conf_value(g->d, i), S("*"));
        if (at != SIZE_MAX)
            say_agent(g, conf_place_in(g->d, i, at), gh_line(conf_value(g->d, i), at));
        else if (everyone)
            say_agent(g, conf_place_of(conf_at(g->d, i)), S("allowed_non_write_users: *"));
    }
    struct slice text = conf_value(g->d, run);
    uint32_t env = conf_child(g->d, step, "env");
    if (!text.n || env == CONF_NONE || !runs_agent(text)) return;
    for (uint32_t i = env + 1; i < conf_at(g->d, env)->end; i++) {
        if (tainted_at(g, scope, conf_value(g->d, i)) == SIZE_MAX) continue;
        size_t at = slice_find(text, conf_at(g->d, i)->key);
        if (at != SIZE_MAX && at && (text.p[at - 1] == '$' || text.p[at - 1] == '{'))
            say_agent(g, conf_place_in(g->d, run, at), gh_line(text, at));
    }
}

/* ---- steps and jobs ---- */

static void judge_step(const struct gh *g, struct gh_scope *scope, uint32_t steps, uint32_t step)
{
    uint32_t run = conf_child(g->d, step, "run"), uses = conf_child(g->d, step, "uses");
    scope->step = step;
    if (uses != CONF_NONE) judge_uses(g, uses);
    if (run != CONF_NONE) judge_script(g, scope, run);
    uint32_t script = conf_find(g->d, step, "with.script");
    if (script != CONF_NONE && slice_starts(conf_value(g->d, uses), S("actions/github-script")))
        judge_script(g, scope, script);
    judge_checkout(g, scope, steps, step);
    if (run != CONF_NONE) judge_fetch(g, scope, run);
    judge_agent(g, scope, step);
}

static void judge_steps(const struct gh *g, uint32_t job)
{
    struct gh_scope scope = {.job = job, .step = CONF_NONE};
    uint32_t steps = conf_child(g->d, job, "steps"), uses = conf_child(g->d, job, "uses");
    scope.condition = conf_value(g->d, conf_child(g->d, job, "if"));
    if (uses != CONF_NONE) judge_uses(g, uses);
    if (steps == CONF_NONE) return;
    for (uint32_t i = steps + 1; i < conf_at(g->d, steps)->end; i = conf_at(g->d, i)->end)
        if (conf_at(g->d, i)->kind == SET_MAP) judge_step(g, &scope, steps, i);
}

static void judge_permissions(const struct gh *g, uint32_t map, bool workflow)
{
    uint32_t p = conf_child(g->d, map, "permissions");
    bool outside = (g->triggers & GH_FORK) != 0;
    if (p == CONF_NONE) return;
    if (conf_fits(S("write-all"), conf_value(g->d, p)))
        say(g, "code.ci-permissions", outside ? CONF_RULE_SEVERITY : SEV_LOW,
            conf_place_of(conf_at(g->d, p)),
            "Every step of these jobs may change everything in the repository",
            S("permissions: write-all"));
    for (uint32_t i = p + 1; workflow && outside && i < conf_at(g->d, p)->end; i++) {
        const struct code_setting *x = conf_at(g->d, i);
        if (!conf_fits(S("contents|id-token|packages|actions|deployments"), x->key)) continue;
        if (!slice_eq(x->value, S("write"))) continue;
        say(g, "code.ci-permissions", CONF_RULE_SEVERITY, conf_place_of(x),
            "All jobs of a workflow that outsiders can start have this right, not only the one "
            "that needs it",
            arena_printf(g->d->j->arena, "%.*s: write", SLICE_ARG(x->key)));
        return;
    }
}

/* ---- what leaves the pipeline ---- */

static bool publishes(struct slice run, size_t *ret)
{
    static const char *const words[] = {
        "huggingface-cli upload", "hf upload",   "push_to_hub(",      "mlflow.register_model",
        "mlflow models push",     "ollama push", "modelscope upload", "kaggle models"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if ((*ret = slice_find(run, slice_str(words[i]))) != SIZE_MAX) return true;
    bool bucket = slice_has(run, S("aws s3 ")) || slice_has(run, S("gsutil ")) ||
                  slice_has(run, S("gcloud storage "));
    bool model = slice_has(run, S(".safetensors")) || slice_has(run, S("model")) ||
                 slice_has(run, S(".onnx")) || slice_has(run, S(".gguf"));
    *ret = slice_find(run, slice_has(run, S("aws s3 ")) ? S("aws s3 ") : S("g"));
    bool upload = slice_has(run, S(" s3://")) || slice_has(run, S(" gs://"));
    return bucket && model && upload && *ret != SIZE_MAX &&
           (slice_has(run, S(" cp ")) || slice_has(run, S(" sync ")));
}

static void judge_publishing(const struct gh *g)
{
    static const char *const checks[] = {"merlon",   "cosign", "model_signing", "model-signing",
                                         "sigstore", "attest", "picklescan",    "modelscan",
                                         "gpg --",   "slsa"};
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        if (slice_has_nocase(g->d->s->text, slice_str(checks[i]))) return;
    for (uint32_t i = g->d->root; i < g->d->end; i++) {
        size_t at;
        if (!slice_eq(conf_at(g->d, i)->key, S("run")) || !publishes(conf_value(g->d, i), &at))
            continue;
        say(g, "code.ci-unverified-publish", CONF_RULE_SEVERITY, conf_place_in(g->d, i, at),
            "What leaves the pipeline carries your name, whoever made it: nothing here scans or "
            "signs it",
            gh_line(conf_value(g->d, i), at));
    }
}

void conf_github(const struct conf_doc *d)
{
    struct gh g = {.d = d, .triggers = triggers_of(d)};
    uint32_t jobs = conf_child(d, CONF_NONE, "jobs"), runs = conf_child(d, CONF_NONE, "runs");
    if (jobs != CONF_NONE) judge_permissions(&g, CONF_NONE, true);
    for (uint32_t i = jobs == CONF_NONE ? 0 : jobs + 1;
         jobs != CONF_NONE && i < conf_at(d, jobs)->end; i = conf_at(d, i)->end) {
        if (conf_at(d, i)->kind != SET_MAP) continue;
        judge_permissions(&g, i, false);
        judge_steps(&g, i);
    }
    if (runs != CONF_NONE && jobs == CONF_NONE) judge_steps(&g, runs);
    judge_publishing(&g);
}
