/* SPDX-License-Identifier: Apache-2.0 */
/* licence_judge.c - licences of packages, as locks and installed packages say them, and of models
 * and datasets, as their cards do. Nothing is asked of an index: where no file says a licence, that
 * is all that is known. What is only used to develop or build binds nobody. */
#include "detect/package/licence.h"
#include "detect/package/package.h"
#include "detect/package/package_part.h"

static const struct {
    const char *rule; /* NULL: nothing to say */
    enum severity severity;
} verdicts[] = {
    [LICENCE_PERMISSIVE] = {NULL, SEV_INFO},
    [LICENCE_WEAK] = {NULL, SEV_INFO},
    [LICENCE_UNKNOWN] = {"dep.licence-unknown", SEV_INFO},
    [LICENCE_COPYLEFT] = {"dep.licence-copyleft", SEV_LOW},
    [LICENCE_USE] = {"dep.licence-restricted", SEV_LOW},
    [LICENCE_NON_COMMERCIAL] = {"dep.licence-restricted", SEV_MEDIUM},
    [LICENCE_SOURCE] = {"dep.licence-copyleft", SEV_MEDIUM},
    [LICENCE_NETWORK] = {"dep.licence-copyleft", SEV_MEDIUM},
    [LICENCE_NONE] = {"dep.licence-restricted", SEV_LOW},
};

/* A lock without any licences is of a kind that has none. */
static bool should_say_one(const struct package *p)
{
    if (p->source == PACKAGE_INSTALLED) return true;
    return p->source == PACKAGE_LOCK && p->file && 2 * p->file->licensed > p->file->count;
}

static void say(const struct asked *q, enum licence is, const struct licence_said *said)
{
    struct asked at = *q;
    struct package p = *q->p;
    struct slice name = slice_sub(said->name, 0, 80);
    if (p.licence_line) p.line = p.licence_line;
    p.column = p.licence_line == q->p->line ? p.column : 1;
    at.p = &p;
    at.shown = asked_text(q, "%.*s %.*s, licence %.*s", SLICE_ARG(slice_sub(p.name, 0, 100)),
                          SLICE_ARG(slice_sub(p.versions, 0, 40)),
                          SLICE_ARG(name.n ? name : S("not given")));
    struct slice message =
        is == LICENCE_UNKNOWN
            ? S("What may be done with this package is not known: its licence is missing, or no "
                "name that is known")
            : asked_text(q, "%.*s: %s", SLICE_ARG(name), said->note);
    asked_say(&at, verdicts[is].rule, verdicts[is].severity, message, S(""));
}

void licence_package(const struct asked *q)
{
    const struct package *p = q->p;
    struct licence_said said;
    if (p->dev || p->build || !p->versions.n) return;
    if (!p->licence.n && !should_say_one(p)) return;
    enum licence is = licence_of(p->licence, &said);
    if (verdicts[is].rule) say(q, is, &said);
}

void licence_card(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct licence_said said;
    if (ev->card.key != CARD_LICENCE || !ev->card.text.p) return;
    if (licence_of(ev->card.text, &said) <= LICENCE_UNKNOWN) return;
    struct finding f = judge_finding(j, r, "model.licence-restricted", ev->offset);
    if (ev->line) f.line = (int64_t)ev->line;
    f.message = arena_printf(j->arena, "The licence of this model or dataset limits its use: %s",
                             said.note);
    f.evidence = arena_printf(j->arena, "%.*s", SLICE_ARG(slice_sub(said.name, 0, 80)));
    if (!f.message.p || !f.evidence.p) j->nomem = true;
    judge_emit(j, &f);
}
