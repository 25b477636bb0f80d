/* SPDX-License-Identifier: Apache-2.0 */
/* taint_serve.c - defs that answer requests with a model: who may ask, and how much is told. */
#include "detect/python/taint_judge_part.h"

static bool is_one(const struct module *m, uint32_t node, const char *const *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (module_named(m, node, slice_str(patterns[i]))) return true;
    return false;
}

/* A call that asks a model for its judgement. */
static bool asks_model(const struct module *m, uint32_t node)
{
    static const char *const known[] = {"**.predict", "**.predict_proba", "**.generate",
                                        "transformers.pipeline()"};
    const struct py_node *n = module_node(m, node);
    return n->kind == PN_CALL && is_one(m, n->first, known, COUNT_OF(known));
}

/* All scores as they are: predict_proba(x), its list, its first row. */
static bool is_scores(const struct module *m, uint32_t node)
{
    static const char *const known[] = {"**.predict_proba()",    "**.predict_proba().tolist()",
                                        "**.predict_proba()[]",  "**.predict_proba()[].tolist()",
                                        "**.softmax().tolist()", "**.logits.tolist()"};
    return is_one(m, node, known, COUNT_OF(known));
}

static bool speaks_of_callers(struct slice text)
{
    static const char *const words[] = {"depends",    "security", "api_key", "apikey",
                                        "api-key",    "login",    "limiter", "ratelimit",
                                        "rate_limit", "auth",     "jwt",     "bearer"};
    for (size_t i = 0; text.n && text.n < 200 && i < COUNT_OF(words); i++)
        if (slice_has_nocase(text, slice_str(words[i]))) return true;
    return false;
}

/* Does the module know of logins, keys or limits at all? Its comments do not count. */
static bool knows_callers(const struct module *m)
{
    for (size_t i = 1; i < m->tree->node_count; i++)
        if (speaks_of_callers(m->tree->nodes[i].text)) return true;
    for (size_t i = 0; i < m->tree->stmt_count; i++)
        if (speaks_of_callers(m->tree->stmts[i].text) || speaks_of_callers(m->tree->stmts[i].name))
            return true;
    return false;
}

static void returned(struct taint_site *s, const struct py_stmt *st)
{
    static const char *const less[] = {"round",  "max",     "**.argmax",
                                       "**.max", "**.topk", "numpy.round"};
    uint32_t scores = 0;
    for (uint32_t n = st->node_from; n < st->node_to; n++) {
        const struct py_node *node = module_node(s->m, n);
        if (node->kind == PN_CALL && is_one(s->m, node->first, less, COUNT_OF(less))) return;
        if (is_scores(s->m, n)) scores = n;
    }
    if (scores)
        taint_say(s, "code.raw-scores", scores, module_node(s->m, scores)->line,
                  "All scores of the model are answered as they are");
}

/* return f"<p>{answer}</p>" is a page, unescaped. */
static void page(struct taint_site *s, const struct py_stmt *st)
{
    const struct value *v = st->expr[0] ? module_value(s->m, st->expr[0]) : NULL;
    if (v && v->kind == VAL_STRING && slice_starts(slice_trim(v->text), S("<")))
        (void)taint_tell(s, SINK_HTML, 0, st->expr[0], st->expr[0]);
}

void serve_judge(struct taint_site *s, uint32_t scope)
{
    const struct module *m = s->m;
    const struct scope *d = &m->scopes[scope];
    if (d->kind != SCOPE_DEF || !taint_is_route(m, scope)) return;
    bool asks = false;
    for (uint32_t i = d->stmt + 1; i < d->end && i < m->tree->stmt_count; i++) {
        const struct py_stmt *st = &m->tree->stmts[i];
        for (uint32_t n = st->node_from; n < st->node_to; n++) asks = asks || asks_model(m, n);
        if (st->kind != PS_RETURN) continue;
        s->scope = scope;
        returned(s, st);
        page(s, st);
    }
    if (!asks) return;
    if (s->callers < 0) s->callers = knows_callers(m);
    if (s->callers) return;
    const struct py_stmt *def = &m->tree->stmts[d->stmt];
    uint32_t node =
        def->node_from < def->node_to ? def->node_from : m->tree->stmts[d->stmt - 1].expr[0];
    taint_say(s, "code.endpoint-no-auth", node, def->line,
              "Whoever reaches this route may ask the model, as often as they like");
}
