/* SPDX-License-Identifier: Apache-2.0 */
/* notebook.c - outputs, metadata, and the order of execution. */
#include "detect/python/notebook.h"
#include "finding/rules.h"

#define HIDDEN_MAX 256u
#define TOLD_MAX   512u

struct judge_notebook {
    struct notebook_cell hidden[HIDDEN_MAX]; /* cells that are not shown, until one was told */
    size_t hidden_count;
    struct {
        int64_t line;
        bool secret;  /* else a command */
    } told[TOLD_MAX]; /* by rules that are not only about notebooks */
    size_t told_count;
    bool active; /* an output shows HTML or more */
    bool one_line;
    bool telling;
};

static struct judge_notebook *facts_of(struct judge *j)
{
    if (!j->notebook) j->notebook = ARENA_NEW(j->arena, struct judge_notebook);
    if (!j->notebook) j->nomem = true;
    return j->notebook;
}

static void send(struct judge *j, const struct reading *r, const char *rule, enum severity severity,
                 uint32_t line, struct slice message, struct slice evidence)
{
    struct finding f = judge_finding(j, r, rule, UINT64_MAX);
    f.severity = severity;
    f.line = line ? (int64_t)line : -1;
    f.message = message;
    f.evidence = evidence;
    if (!message.p || (evidence.n && !evidence.p)) j->nomem = true;
    judge_emit(j, &f);
}

/* ---- outputs ---- */

static uint32_t line_of(const struct notebook_output *o, size_t at)
{
    uint32_t line = 0;
    for (size_t i = 0; i < at; i++) line += o->text.p[i] == '\n';
    return o->lines[line];
}

static void output(struct judge *j, const struct reading *r, const struct notebook_output *o)
{
    struct judge_notebook *n = facts_of(j);
    size_t at;
    enum severity severity;
    const char *what = notebook_active(o->mime, o->text, &at, &severity);
    if (n) n->active |= what != NULL;
    if (!what) return;
    struct slice rest = slice_sub(o->text, at ? at - 1 : 0, 80);
    send(j, r, "notebook.active-output", severity, line_of(o, at),
         arena_printf(j->arena, "The saved output of cell %u %s", o->cell, what),
         arena_copy(j->arena, slice_trim(slice_sub(rest, 0, slice_find_byte(rest, '\n')))));
}

/* ---- the notebook as a whole ---- */

/* The first cell that was not run after the one above it. */
static void order(struct judge *j, const struct reading *r, const struct notebook *n)
{
    int64_t last = -1;
    for (size_t i = 0; i < n->count; i++) {
        const struct notebook_cell *c = &n->cells[i];
        bool other = c->count >= 0 && c->output_count >= 0 && c->count != c->output_count;
        bool fell = c->count >= 0 && last >= 0 && c->count <= last;
        if (other || fell) {
            send(j, r, "notebook.stale-execution", SEV_INFO, c->line,
                 S("Cells were not run from top to bottom: the outputs need not come from this "
                   "code"),
                 arena_printf(j->arena, "cell %u: [%lld] after [%lld]", c->number,
                              (long long)c->count, (long long)(other ? c->output_count : last)));
            return;
        }
        if (c->count >= 0) last = c->count;
    }
}

static void keep_hidden(struct judge *j, const struct notebook *n)
{
    struct judge_notebook *facts = facts_of(j);
    if (!facts) return;
    facts->one_line = n->count && n->cells[0].line == n->cells[n->count - 1].until;
    for (size_t i = 0; i < n->count && facts->hidden_count < HIDDEN_MAX; i++)
        if (n->cells[i].hidden && n->cells[i].line)
            facts->hidden[facts->hidden_count++] = n->cells[i];
}

static void notebook(struct judge *j, const struct reading *r, const struct notebook *n)
{
    order(j, r, n);
    keep_hidden(j, n);
    if (n->argv)
        send(j, r, "notebook.hidden-run", SEV_MEDIUM, n->argv,
             S("The metadata gives the kernel a command line of its own"),
             arena_copy(j->arena, slice_sub(n->argv_text, 0, 120)));
    if (n->trusted && j->notebook && j->notebook->active)
        send(j, r, "notebook.hidden-run", SEV_MEDIUM, n->trusted,
             S("The notebook calls itself trusted, and its outputs act"), S("\"trusted\": true"));
}

void judge_notebook(struct judge *j, const struct reading *r, const struct event *ev)
{
    if (ev->kind == EV_OUTPUT)
        output(j, r, ev->output);
    else
        notebook(j, r, ev->notebook);
}

/* ---- what is found in hidden cells ---- */

bool notebook_told(const struct judge *j, uint32_t line, bool secret)
{
    const struct judge_notebook *n = j->notebook;
    for (size_t i = 0; n && i < n->told_count; i++)
        if (n->told[i].line == line && n->told[i].secret == secret) return true;
    return false;
}

static void note(struct judge *j, const struct finding *f)
{
    struct slice id = slice_str(f->rule->id);
    bool secret = slice_starts(id, S("secret."));
    if (!secret && !slice_eq(id, S("code.remote-script")) && !slice_eq(id, S("dep.direct-url")))
        return;
    struct judge_notebook *n = facts_of(j);
    if (!n || n->told_count == TOLD_MAX) return;
    n->told[n->told_count].line = f->line;
    n->told[n->told_count++].secret = secret;
}

void notebook_finding(struct judge *j, const struct finding *f)
{
    if (j->format != FMT_NOTEBOOK) return;
    note(j, f);
    struct judge_notebook *n = j->notebook;
    if (!n || n->telling || n->one_line || f->line < 1 || f->severity < SEV_HIGH) return;
    if (!slice_starts(slice_str(f->rule->id), S("code.")) &&
        !slice_starts(slice_str(f->rule->id), S("notebook.download")))
        return;
    for (size_t i = 0; i < n->hidden_count; i++) {
        const struct notebook_cell *c = &n->hidden[i];
        if (f->line < c->line || f->line > c->until) continue;
        struct finding hidden = *f;
        hidden.rule = rule_find(S("notebook.hidden-run"));
        hidden.severity = hidden.rule->severity;
        hidden.message = arena_printf(j->arena, "Cell %u is hidden, and does what %s is about",
                                      c->number, f->rule->id);
        hidden.fix = S("");
        hidden.anchor = 0;
        hidden.edit = (struct finding_edit){0};
        if (!hidden.message.p) j->nomem = true;
        n->hidden[i] = n->hidden[--n->hidden_count]; /* once for each */
        n->telling = true;
        judge_emit(j, &hidden);
        n->telling = false;
        return;
    }
}
