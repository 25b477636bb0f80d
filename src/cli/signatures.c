/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/signatures.h"
#include "cli/signing.h"
#include "finding/rules.h"
#include "scan/seen.h"

#define TOLD_MAX 200u /* problems that are findings of their own */

bool signatures_start(struct signatures *s, struct cli *c, const struct selection *sel)
{
    const struct settings *v = &c->settings;
    *s = (struct signatures){
        .cli = c, .verify = v->of[OPT_VERIFY].count > 0, .sign = setting_text(v, OPT_SIGN).n > 0};
    if (!s->verify && !s->sign) {
        if (!v->of[OPT_TRUST_KEY].count) return true;
        return cli_fail(c, "--public-key goes with --verify BUNDLE"), false;
    }
    if (sel->path_count != 1 || sel->only_set || sel->staged || slice_eq(sel->paths[0], S("-")))
        return cli_fail(c, "--verify and --sign are about one whole folder or file: name one PATH, "
                           "without --since and --staged"),
               false;
    if (setting_on(v, OPT_NO_HASH))
        return cli_fail(c, "--verify and --sign need digests: leave out --no-hash"), false;
    s->seen = seen_new();
    if (!s->seen) return cli_fail(c, "out of memory"), false;
    if (!s->verify) return true;
    bool ok = verifying_start(&s->verifying, c, OPT_VERIFY, sel->paths[0]);
    s->verifying.options.memory = seen_memory(s->seen);
    return ok;
}

void signatures_done(struct signatures *s)
{
    if (s->verify && s->seen) verifying_done(&s->verifying);
    seen_free(s->seen);
    s->seen = NULL;
}

const struct hash_memory *signatures_memory(const struct signatures *s)
{
    return seen_memory(s->seen);
}

static bool add(struct result *r, struct slice path, struct slice message, struct slice evidence)
{
    struct finding f = finding_of(rule_find(S("model.signature-invalid")));
    f.path = arena_copy(r->arena, path);
    f.message = message;
    f.evidence = arena_copy(r->arena, evidence);
    if (!f.path.p || !f.message.p || !f.evidence.p) return false;
    finding_fingerprint(&f, 0);
    return result_add_finding(r, &f) != NULL;
}

static bool add_problems(struct result *r, const struct verdict *v)
{
    const struct verify_model *m = v->shown ? &v->shown->model : NULL;
    size_t n = m ? m->problem_count : 0;
    if (!n)
        return add(
            r, S(""),
            arena_printf(r->arena, "The signature does not hold: %.*s", SLICE_ARG(v->reason)),
            S(""));
    for (size_t i = 0; i < n && i < TOLD_MAX; i++) {
        const struct verify_problem *p = &m->problems[i];
        if (!add(r, p->path,
                 S("The signature does not speak for this: somebody changed the model "
                   "after it was signed"),
                 p->text))
            return false;
    }
    if (n <= TOLD_MAX) return true;
    return add(r, S(""), S("More files are not as they were signed than are listed one by one"),
               arena_printf(r->arena, "%zu more", n - TOLD_MAX));
}

static void note_verified(struct result *r, const struct verdict *v)
{
    const struct verify_model *m = &v->shown->model;
    unsigned long long files = m->files;
    result_note(r, arena_printf(r->arena, "signature: %.*s; %llu files as they were signed",
                                SLICE_ARG(v->shown->signer.name), files));
    if (m->gap_count)
        result_note(r, arena_printf(r->arena,
                                    "signature: it does not speak for %zu path%s (merlon verify "
                                    "lists them)",
                                    m->gap_count, m->gap_count == 1 ? "" : "s"));
}

bool signatures_check(struct signatures *s, struct result *r)
{
    if (!s->verify) return true;
    if (verifying_check(&s->verifying) != ST_OK) return false;
    const struct verdict *v = &s->verifying.verdict;
    if (v->verified)
        note_verified(r, v);
    else if (!add_problems(r, v))
        return cli_fail(s->cli, "out of memory"), false;
    result_finish(r);
    return true;
}

bool signatures_sign(struct signatures *s, bool passed, bool tell)
{
    struct cli *c = s->cli;
    if (!s->sign) return true;
    if (!passed) return cli_note(c, "not signed: the gate failed"), true;
    struct slice model = c->arg_count ? c->args[0] : S(".");
    return signing_run(c, OPT_SIGN, model, seen_memory(s->seen), tell) == EXIT_GATE_PASSED;
}
