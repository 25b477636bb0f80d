/* SPDX-License-Identifier: Apache-2.0 */
/* template.c - from a TEXT_TEMPLATE event to findings. */
#include "detect/template/template.h"
#include "codec/jinja.h"
#include "detect/template/template_run.h"
#include "finding/rules.h"

#define TEMPLATE_HEAP  (64u << 20)
#define STEPS_PER_NODE 32u
#define STEPS_FLOOR    20000u
#define PER_RULE       5 /* findings of one rule in one template: more tell nothing new */
#define EVIDENCE_MAX   160

struct reporter {
    struct judge *judge;
    const struct reading *reading;
    const struct event *ev;
    struct slice text;
    struct {
        const char *rule;
        unsigned count;
    } seen[12];
    uint32_t last_line; /* one finding per rule and line */
    const char *last_rule;
};

/* The line of the template around an offset, shortened. */
static struct slice line_around(struct slice text, uint32_t offset)
{
    size_t from = offset < text.n ? offset : text.n, to = from;
    while (from > 0 && text.p[from - 1] != '\n' && offset - from < EVIDENCE_MAX / 2) from--;
    while (to < text.n && text.p[to] != '\n' && to - from < EVIDENCE_MAX) to++;
    return slice_trim(slice_sub(text, from, to - from));
}

static bool too_many(struct reporter *p, const char *rule)
{
    for (size_t i = 0; i < COUNT_OF(p->seen); i++) {
        if (!p->seen[i].rule) p->seen[i].rule = rule;
        if (strcmp(p->seen[i].rule, rule) == 0) return p->seen[i].count++ >= PER_RULE;
    }
    return true;
}

static void report(void *ctx, const struct issue *issue)
{
    struct reporter *p = ctx;
    if (p->last_rule && strcmp(p->last_rule, issue->rule) == 0 && p->last_line == issue->line)
        return;
    if (too_many(p, issue->rule)) return;
    p->last_rule = issue->rule;
    p->last_line = issue->line;
    struct judge *j = p->judge;
    struct finding f = judge_finding(j, p->reading, issue->rule, p->ev->offset + issue->offset);
    f.severity = issue->severity;
    f.message = slice_str(issue->message);
    f.field = arena_copy(j->arena, p->ev->text.name);
    f.evidence = arena_printf(j->arena, "template line %u: %.*s", issue->line,
                              SLICE_ARG(line_around(p->text, issue->offset)));
    if (p->ev->line) {
        f.line = (int64_t)(p->ev->line + issue->line - 1);
        f.column = issue->column;
    }
    if (!f.evidence.p) j->nomem = true;
    judge_emit(j, &f);
}

static void report_errors(struct reporter *p, const struct jinja *t)
{
    if (!t->error_count) return;
    struct issue issue = {.rule = "model.template-malformed",
                          .severity = SEV_HIGH,
                          .message = t->errors[0].what,
                          .offset = t->errors[0].offset,
                          .line = t->errors[0].line,
                          .column = t->errors[0].column};
    struct slice m = arena_printf(p->judge->arena,
                                  "Is not valid Jinja (%s), so what a renderer makes of it is open",
                                  t->errors[0].what);
    issue.message = m.p ? (const char *)m.p : issue.message;
    report(p, &issue);
}

static void not_followed(struct reporter *p, enum st st)
{
    struct finding f = judge_finding(p->judge, p->reading, "model.not-inspected", p->ev->offset);
    if (st == ST_NOMEM && p->judge->nomem) return;
    p->judge->not_inspected = true;
    f.field = arena_copy(p->judge->arena, p->ev->text.name);
    f.message = S("A chat template is too long or too deeply nested to be followed to its end");
    judge_emit(p->judge, &f);
}

/* A template for messages, not for a page. */
static bool is_chat(const struct reporter *p)
{
    if (p->reading->format != FMT_JINJA) return true;
    return slice_has(p->text, S("messages")) || slice_has(p->reading->layer->name, S("chat")) ||
           slice_has(p->text, S("role"));
}

void judge_template(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct arena arena;
    struct jinja parsed;
    size_t cap = j->arena->cap < TEMPLATE_HEAP ? j->arena->cap : TEMPLATE_HEAP;
    struct reporter reporter = {.judge = j, .reading = r, .ev = ev, .text = ev->text.text};
    arena_init(&arena, cap, j->arena->chunk);
    enum st st = jinja_parse(&arena, ev->text.text, &parsed);
    bool usable = st == ST_OK || st == ST_LIMIT;
    if (usable) {
        struct tmpl t = {.a = &arena,
                         .j = &parsed,
                         .report = report,
                         .report_ctx = &reporter,
                         .steps = (uint64_t)parsed.node_count * STEPS_PER_NODE + STEPS_FLOOR,
                         .chat = is_chat(&reporter)};
        report_errors(&reporter, &parsed);
        tmpl_run(&t);
        if (t.st) st = t.st;
    }
    if (st != ST_OK) not_followed(&reporter, st);
    arena_done(&arena);
}
