/* SPDX-License-Identifier: Apache-2.0 */
/* taint_judge.c - each call of a module against the table of sinks. */
#include "detect/python/taint_judge_part.h"
#include "detect/python/rows.h"
#include "finding/rules.h"

#define WHAT_MAX 60

static const char *source_words(uint16_t kinds)
{
    if (kinds & TAINT_TOOL) return "An argument that a model chose for a tool";
    if (kinds & TAINT_MODEL) return "The answer of a language model";
    if (kinds & TAINT_UPLOAD) return "An uploaded file";
    if (kinds & TAINT_REQUEST) return "A value of a request";
    if (kinds & TAINT_ARCHIVE) return "A name in an archive";
    if (kinds & TAINT_NET) return "What was read from the network";
    if (kinds & TAINT_DOCS) return "Retrieved documents";
    if (kinds & TAINT_ASKED) return "What a user asks";
    return "Input of a user";
}

/* The message of a verdict with its source and line in the place of the percent sign. */
static struct slice message_of(struct taint_site *s, const struct verdict_row *row,
                               const struct taint *v)
{
    struct slice text = flow_text(row->message), rest;
    size_t mark = slice_find_byte(text, '%');
    struct slice out;
    if (mark == SIZE_MAX || !v->line) {
        out = arena_copy(s->judge->arena, text);
        if (out.p && mark == SIZE_MAX) return out;
    }
    struct slice what = v->what;
    size_t line_end = slice_find_byte(what, '\n');
    what = slice_trim(slice_sub(what, 0, line_end < WHAT_MAX ? line_end : WHAT_MAX));
    rest = slice_sub(text, mark + 1, text.n);
    const char *words = source_words(v->kinds & row->kinds);
    if (mark)
        out = arena_printf(s->judge->arena, "%.*s%c%s (%.*s, line %u)%.*s",
                           SLICE_ARG(slice_sub(text, 0, mark)), words[0] | 0x20, words + 1,
                           SLICE_ARG(what), module_line(s->m, v->line), SLICE_ARG(rest));
    else
        out = arena_printf(s->judge->arena, "%s (%.*s, line %u)%.*s", words, SLICE_ARG(what),
                           module_line(s->m, v->line), SLICE_ARG(rest));
    return out;
}

static struct slice capital(struct taint_site *s, struct slice text)
{
    struct slice out = arena_copy(s->judge->arena, text);
    if (out.p && out.n && out.p[0] >= 'a' && out.p[0] <= 'z')
        ((uint8_t *)(uintptr_t)out.p)[0] = (uint8_t)(out.p[0] - 32);
    return out;
}

static void tell_row(struct taint_site *s, const struct verdict_row *row, const struct taint *v,
                     uint32_t shown)
{
    const struct py_node *n = module_node(s->m, shown);
    const struct rule *rule = rule_find(flow_text(row->rule));
    if (!rule) return;
    struct finding f = rows_finding(s->judge, s->reading, s->m, rule->id, shown, n->line);
    f.severity = (enum severity)row->severity;
    f.message = capital(s, message_of(s, row, v));
    struct slice source = module_source(s->m, shown);
    source = slice_trim(slice_sub(source, 0, slice_find_byte(source, '\n')));
    f.evidence = arena_copy(s->judge->arena, slice_sub(source, 0, 120));
    if (!f.message.p || !f.evidence.p) {
        s->judge->nomem = true;
        return;
    }
    judge_emit(s->judge, &f);
}

static void note(struct taint_site *s, uint32_t call, uint16_t kinds)
{
    if (s->told && call && (kinds & TAINT_OTHER_KINDS))
        s->told[call / 8] |= (uint8_t)(1u << (call % 8));
}

/* The same name of a file is told once in a def: where it is used first. */
static bool told_path(struct taint_site *s, const struct taint *v)
{
    for (size_t i = 0; i < COUNT_OF(s->paths); i++)
        if (s->paths[i].line == v->line && s->paths[i].scope == s->scope) return true;
    s->paths[s->path_count++ % COUNT_OF(s->paths)] = (struct told_path){v->line, s->scope};
    return false;
}

bool taint_tell(struct taint_site *s, enum sink sink, uint32_t call, uint32_t node, uint32_t shown)
{
    const struct taint *v = node ? taint_at(s->flow, node) : NULL;
    if (!v) return false;
    struct taint worst = taint_worst(s->flow, s->scope, v);
    worst.kinds = when_kinds(s, sink, &worst, node);
    for (size_t i = 0; worst.kinds && i < verdict_count; i++) {
        const struct verdict_row *row = &verdict_rows[i];
        if (row->sink != sink || !(row->kinds & worst.kinds)) continue;
        if (sink != SINK_PATH || !told_path(s, &worst)) tell_row(s, row, &worst, shown);
        note(s, call, worst.kinds & row->kinds);
        return true;
    }
    return false;
}

/* By its name: what goes to a model or comes from one. */
static bool is_prompt_name(const struct module *m, uint32_t node)
{
    static const char *const known[] = {"prompt",       "messages",      "completion",
                                        "full_prompt",  "system_prompt", "conversation",
                                        "chat_history", "user_message",  "user_input"};
    const struct py_node *n = module_node(m, node);
    for (size_t i = 0; n->kind == PN_NAME && i < COUNT_OF(known); i++)
        if (slice_eq(n->text, slice_str(known[i]))) return true;
    return false;
}

static bool tell_prompt(struct taint_site *s, uint32_t node)
{
    const struct py_node *n = module_node(s->m, node);
    struct taint v = {.kinds = TAINT_ASKED, .line = n->line, .what = n->text};
    for (size_t i = 0; i < verdict_count; i++) {
        if (verdict_rows[i].sink != SINK_LOG) continue;
        tell_row(s, &verdict_rows[i], &v, node);
        return true;
    }
    return false;
}

/* Any argument: the first that is bad. */
static bool tell_any(struct taint_site *s, enum sink sink, uint32_t call)
{
    uint32_t c = module_node(s->m, module_node(s->m, call)->first)->next;
    for (; c; c = module_node(s->m, c)->next) {
        if (taint_tell(s, sink, call, c, c)) return true;
        if (sink == SINK_LOG && is_prompt_name(s->m, c)) return tell_prompt(s, c);
    }
    return false;
}

/* A list of words that was made further up: the call is what does the harm. */
static uint32_t shown_for(const struct taint_site *s, uint32_t call, uint32_t node)
{
    const struct py_stmt *st = &s->m->tree->stmts[s->stmt];
    if (node >= st->node_from && node < st->node_to) return node;
    uint32_t first = module_child(s->m, call, 1);
    return first ? first : call;
}

static void look_at_call(struct taint_site *s, uint32_t call)
{
    uint32_t callee = module_node(s->m, call)->first, at = 0;
    struct taint_names names;
    taint_names(s->flow, callee, &names);
    const struct sink_row *row;
    uint32_t done = 0; /* sinks that were told */
    while ((row = taint_sink(&names, &at))) {
        if (done >> row->sink & 1) continue;
        bool told;
        uint32_t node = when_argument(s, call, row);
        if (row->position == SINK_ANY)
            told = node && tell_any(s, row->sink, call);
        else
            told = node && taint_tell(s, row->sink, call, node, shown_for(s, call, node));
        if (told) done |= (uint32_t)1 << row->sink;
        /* what a shell is told of says all that is to say about the list of words */
        if (told && row->sink == SINK_SHELL) done |= (uint32_t)1 << SINK_ARGV;
        if (told && row->sink == SINK_CODE) done |= (uint32_t)1 << SINK_RUN_CODE;
    }
}

/* What a thread, a pool or a queue is to call with it: submit(os.system, x), Thread(target=exec,
 * args=(x,)), map(eval, xs). */
static uint32_t handed_to(const struct taint_site *s, uint32_t call, uint32_t function)
{
    const struct py_node *n = module_node(s->m, function);
    if (n->kind != PN_KWARG)
        return n->next && module_node(s->m, n->next)->kind != PN_KWARG ? n->next : 0;
    struct argument args = module_argument(s->m, call, 0, -1, S("args"));
    return args.node ? module_node(s->m, args.node)->first : 0;
}

static void look_at_hooks(struct taint_site *s, uint32_t call)
{
    uint32_t c = module_node(s->m, module_node(s->m, call)->first)->next;
    for (; c; c = module_node(s->m, c)->next) {
        const struct py_node *n = module_node(s->m, c);
        uint32_t function = n->kind == PN_KWARG ? n->first : c, at = 0;
        uint8_t kind = module_node(s->m, function)->kind;
        if (kind != PN_NAME && kind != PN_ATTR) continue;
        struct slice full = module_name(s->m, function);
        struct taint_names names = {.count = full.n && full.p[0] != '?'};
        names.full[0] = full;
        const struct sink_row *row = taint_sink(&names, &at);
        bool plain = row && row->when == WHEN_ANYWAY && row->position == 0;
        if (!plain || (row->sink != SINK_CODE && row->sink != SINK_SHELL)) continue;
        uint32_t node = handed_to(s, call, c);
        if (node) (void)taint_tell(s, (enum sink)row->sink, call, node, node);
    }
}

static void judge_stmt(struct taint_site *s, uint32_t i)
{
    const struct py_stmt *st = &s->m->tree->stmts[i];
    s->stmt = i;
    s->scope = s->m->scope_of[i];
    if (s->m->dead[i]) return;
    for (uint32_t n = st->node_from; n < st->node_to && !s->judge->nomem; n++) {
        if (module_node(s->m, n)->kind == PN_CALL) {
            look_at_call(s, n);
            look_at_hooks(s, n);
        }
        prompt_judge(s, n);
    }
}

void taint_say(struct taint_site *s, const char *rule, uint32_t node, uint32_t line,
               const char *message)
{
    struct finding f = rows_finding(s->judge, s->reading, s->m, rule, node, line);
    struct slice source = module_source(s->m, node);
    source = slice_trim(slice_sub(source, 0, slice_find_byte(source, '\n')));
    f.message = slice_str(message);
    f.evidence = arena_copy(s->judge->arena, slice_sub(source, 0, 120));
    if (!f.evidence.p) s->judge->nomem = true;
    judge_emit(s->judge, &f);
}

enum st taint_judge(struct judge *j, const struct reading *r, struct module *m,
                    const uint8_t **ret_told)
{
    struct taint_flow flow;
    enum st st = taint_read(&flow, m);
    if (st == ST_NOMEM || !flow.of) return ST_NOMEM;
    struct taint_site s = {.judge = j, .reading = r, .m = m, .flow = &flow, .callers = -1};
    s.told = ARENA_ARRAY(m->arena, uint8_t, m->tree->node_count / 8 + 1);
    for (uint32_t i = 0; i < m->tree->stmt_count; i++) judge_stmt(&s, i);
    for (uint32_t i = 1; i < m->scope_count; i++) serve_judge(&s, i);
    *ret_told = s.told;
    return st;
}
