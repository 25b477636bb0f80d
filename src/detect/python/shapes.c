/* SPDX-License-Identifier: Apache-2.0 */
/* shapes.c - what shows itself in the shape of statements and not in one call: digests that are
 * made and decide nothing, agents that go round without a limit, and lines that run by themselves.
 */
#include "detect/python/rows_part.h"

#define BODY_MAX 400u

static const struct py_stmt *stmt_at(const struct module *m, uint32_t i)
{
    return &m->tree->stmts[i];
}

static void say(struct rows *r, struct finding *f, const char *message, struct slice shown)
{
    shown = slice_sub(shown, 0, slice_find_byte(shown, '\n'));
    f->message = slice_str(message);
    f->evidence = arena_copy(r->judge->arena, slice_sub(shown, 0, 80));
    if (!f->evidence.p) r->judge->nomem = true;
    judge_emit(r->judge, f);
}

static void tell_shape(struct rows *r, uint32_t stmt, const char *rule, const char *message)
{
    struct module *m = r->m;
    const struct py_stmt *st = stmt_at(m, stmt);
    struct finding f = rows_finding(r->judge, r->reading, m, rule, st->expr[0], st->line);
    say(r, &f, message, slice_sub(m->code->text, st->offset, st->end - st->offset));
}

/* ---- digests ---- */

static bool is_digest(const struct module *m, uint32_t node)
{
    return named_any(m, module_value(m, node), S("hashlib.**digest(),hmac.**digest(),:sha256()**"));
}

/* digest == other, or hmac.compare_digest(digest, other) */
static bool compares_digest(const struct module *m, uint32_t node)
{
    const struct py_node *n = module_node(m, node);
    if (n->kind == PN_CALL) {
        struct slice name = module_name(m, n->first);
        return slice_eq(name, S("hmac.compare_digest")) ||
               slice_eq(name, S("secrets.compare_digest"));
    }
    if (n->kind != PN_COMPARE || (n->op != PO_EQ && n->op != PO_NE)) return false;
    for (uint32_t c = n->first; c; c = module_node(m, c)->next)
        if (is_digest(m, c)) return true;
    return false;
}

static bool in_test(const struct rows *r, uint32_t stmt)
{
    const struct scope *s = &r->m->scopes[r->m->scope_of[stmt]];
    struct slice file = r->reading->layer->name;
    return slice_starts(s->name, S("test")) || slice_has(file, S("test_")) ||
           slice_has(file, S("_test"));
}

static bool only_talks(const struct module *m, const struct py_stmt *st)
{
    if (st->kind == PS_PASS) return slice_starts(st->text, S("pass")) || !st->text.n;
    if (st->kind != PS_EXPR || module_node(m, st->expr[0])->kind != PN_CALL) return false;
    uint32_t callee = module_node(m, st->expr[0])->first;
    struct slice name = module_source(m, callee);
    return slice_eq(name, S("print")) || slice_has(name, S("log")) || slice_has(name, S("warn"));
}

/* if digest != expected: print("mismatch") */
static bool is_idle_check(const struct module *m, uint32_t i)
{
    const struct py_stmt *st = stmt_at(m, i);
    uint32_t end = st->next;
    if (end == PYTHON_NO_STMT || end != m->end_of[i] || end > i + 6) return false;
    if (!compares_digest(m, st->expr[0]) || module_node(m, st->expr[0])->op != PO_NE) return false;
    for (uint32_t k = i + 1; k < end; k++)
        if (!only_talks(m, stmt_at(m, k))) return false;
    return end > i + 1;
}

/* digest = ...hexdigest() in a def that never looks at it again. */
static bool is_unread(const struct module *m, uint32_t i)
{
    const struct py_stmt *st = stmt_at(m, i);
    const struct scope *s = &m->scopes[m->scope_of[i]];
    const struct py_node *target = module_node(m, st->expr[0]);
    if (s->kind != SCOPE_DEF || target->kind != PN_NAME || !is_digest(m, st->expr[1])) return false;
    if (s->end > s->stmt + BODY_MAX) return false;
    for (uint32_t k = s->stmt + 1; k < s->end; k++)
        for (uint32_t n = stmt_at(m, k)->node_from; n < stmt_at(m, k)->node_to; n++)
            if (n != st->expr[0] && module_node(m, n)->kind == PN_NAME &&
                slice_eq(module_node(m, n)->text, target->text))
                return false;
    return true;
}

static void judge_digest(struct rows *r, uint32_t i)
{
    const struct module *m = r->m;
    const struct py_stmt *st = stmt_at(m, i);
    if (!st->expr[0] || in_test(r, i)) return;
    const char *rule = "code.digest-unchecked";
    if (st->kind == PS_ASSERT && compares_digest(m, st->expr[0]))
        tell_shape(r, i, rule, "The check is an assert: python -O leaves it out");
    else if (st->kind == PS_EXPR && compares_digest(m, st->expr[0]))
        tell_shape(r, i, rule, "The digests are compared and nothing depends on the answer");
    else if (st->kind == PS_IF && is_idle_check(m, i))
        tell_shape(r, i, rule, "A wrong digest is only mentioned; the file is used all the same");
    else if (st->kind == PS_ASSIGN && is_unread(m, i))
        tell_shape(r, i, rule, "A digest is computed and never compared");
}

/* ---- loops of agents ---- */

static bool is_bound_word(struct slice s)
{
    static const char *const words[] = {"max", "limit", "step", "turn", "iter", "round", "budget"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (slice_has_nocase(s, slice_str(words[i]))) return true;
    return false;
}

/* Something is counted or timed: a comparison with a number or a limit. */
static bool bounds(const struct module *m, uint32_t node)
{
    const struct py_node *n = module_node(m, node);
    if (n->kind != PN_COMPARE || n->op < PO_LT || n->op > PO_GE) return false;
    for (uint32_t c = n->first; c; c = module_node(m, c)->next) {
        const struct py_node *child = module_node(m, c);
        if (child->kind == PN_INT || module_value(m, c)->kind == VAL_NUMBER) return true;
        if ((child->kind == PN_NAME || child->kind == PN_ATTR) && is_bound_word(child->text))
            return true;
    }
    return false;
}

static void judge_loop(struct rows *r, uint32_t i)
{
    const struct module *m = r->m;
    const struct py_stmt *st = stmt_at(m, i);
    const struct value *v = module_value(m, st->expr[0]);
    bool always = (v->kind == VAL_BOOL && v->exact && v->truth && !v->other) ||
                  (v->kind == VAL_NUMBER && v->number != 0);
    bool tools = false;
    if (!always || m->end_of[i] > i + BODY_MAX) return;
    for (uint32_t k = i + 1; k < m->end_of[i]; k++)
        for (uint32_t n = stmt_at(m, k)->node_from; n < stmt_at(m, k)->node_to; n++) {
            const struct py_node *node = module_node(m, n);
            if (bounds(m, n)) return;
            tools = tools || (node->kind == PN_ATTR && slice_eq(node->text, S("tool_calls"))) ||
                    (node->kind == PN_ATTR && slice_eq(node->text, S("function_call"))) ||
                    (node->kind == PN_STRING && (slice_eq(node->text, S("tool_calls")) ||
                                                 slice_eq(node->text, S("tool_use"))));
        }
    if (tools)
        tell_shape(r, i, "code.agent-no-step-limit", "The model decides how often it goes round");
}

/* ---- lines of .pth files ---- */

static bool fits_one(struct slice patterns, struct slice name)
{
    struct slice part;
    while (slice_split(&patterns, ',', &part))
        if (dotted_match(part, name)) return true;
    return false;
}

/* What virtualenv, setuptools and coverage put beside the packages that they install. */
static bool is_of_a_tool(const struct module *m, uint32_t i)
{
    const struct py_stmt *st = stmt_at(m, i);
    bool import = st->kind == PS_IMPORT || st->kind == PS_FROM;
    if (import && !fits_one(S("os,_virtualenv,coverage,__editable__*"), st->text)) return false;
    for (uint32_t n = st->node_from; n < st->node_to; n++)
        if (module_node(m, n)->kind == PN_CALL &&
            !fits_one(S("os.environ.get,__import__,_distutils_hack.add_shim,"
                        "coverage.process_startup,__editable__*.install"),
                      module_name(m, module_node(m, n)->first)))
            return false;
    return true;
}

static void judge_startup(struct rows *r, uint32_t i)
{
    struct module *m = r->m;
    const struct py_stmt *st = stmt_at(m, i);
    if (i && stmt_at(m, i - 1)->line == st->line) return; /* told by the first of its line */
    bool tool = true;
    for (uint32_t k = i; tool && k < m->tree->stmt_count && stmt_at(m, k)->line == st->line; k++)
        tool = is_of_a_tool(m, k);
    uint32_t begin = st->offset + 1 - st->column;
    struct finding f = rows_finding(r->judge, r->reading, m, "code.startup-hook", 0, st->line);
    if (tool) f.severity = SEV_LOW;
    f.offset = begin;
    f.column = 1;
    say(r, &f, "Python runs this line by itself whenever it starts",
        slice_sub(m->code->text, begin, m->code->text.n));
}

void shapes_judge(struct rows *r, uint32_t stmt)
{
    if (r->m->code->startup) judge_startup(r, stmt);
    judge_digest(r, stmt);
    if (stmt_at(r->m, stmt)->kind == PS_WHILE) judge_loop(r, stmt);
}
