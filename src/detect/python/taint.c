/* SPDX-License-Identifier: Apache-2.0 */
/* taint.c - the walk over the statements of a module that follows values from elsewhere. */
#include "detect/python/taint_part.h"

static const struct py_stmt *stmt_at(const struct taint_flow *t, uint32_t i)
{
    return &t->m->tree->stmts[i];
}

static const struct taint *at(const struct taint_flow *t, uint32_t node)
{
    return node ? t->of[node] : NULL;
}

/* ---- expressions of one statement ---- */

static void shade(struct taint_flow *t, struct slice name, const struct taint *v)
{
    struct taint_work *w = t->work;
    while (name.n && name.p[0] == '*') name = slice_sub(name, 1, name.n);
    if (w->shade_count < SHADOW_MAX && name.n)
        w->shades[w->shade_count++] = (struct shade){name, v};
}

static void shade_target(struct taint_flow *t, uint32_t target, const struct taint *v)
{
    const struct py_node *n = module_node(t->m, target);
    if (n->kind == PN_NAME) shade(t, n->text, v);
    if (n->kind != PN_TUPLE && n->kind != PN_LIST) return;
    for (uint32_t c = n->first; c; c = module_node(t->m, c)->next)
        if (module_node(t->m, c)->kind == PN_NAME) shade(t, module_node(t->m, c)->text, v);
}

static bool shades_of(struct taint_flow *t, const struct py_stmt *st)
{
    static const struct taint open_param = {.kinds = TAINT_OPEN};
    t->work->shade_count = 0;
    for (uint32_t n = st->node_from; n < st->node_to; n++) {
        const struct py_node *node = module_node(t->m, n);
        if (node->kind == PN_FOR) shade_target(t, node->first, at(t, module_child(t->m, n, 1)));
        if (node->kind != PN_LAMBDA) continue;
        for (uint32_t c = node->first; c; c = module_node(t->m, c)->next)
            if (module_node(t->m, c)->kind == PN_PARAM)
                shade(t, module_node(t->m, c)->text, &open_param);
    }
    return t->work->shade_count > 0;
}

static void eval_nodes(struct taint_flow *t, const struct py_stmt *st)
{
    for (uint32_t n = st->node_from; n < st->node_to && !t->work->nomem; n++)
        t->of[n] = expr_taint(t, n);
}

/* The element of a comprehension stands before its loop: what it loops over is found first. */
static void eval_stmt(struct taint_flow *t, const struct py_stmt *st)
{
    bool own = false;
    t->work->shade_count = 0;
    for (uint32_t n = st->node_from; n < st->node_to && !own; n++) {
        uint8_t kind = module_node(t->m, n)->kind;
        own = kind == PN_FOR || kind == PN_LAMBDA;
    }
    if (own) (void)shades_of(t, st);
    eval_nodes(t, st);
    for (unsigned i = 0; own && i < 2 && shades_of(t, st); i++) eval_nodes(t, st);
    t->work->shade_count = 0;
}

/* ---- branches ---- */

/* None of the conditions before this branch held. */
static void assume_none(struct taint_flow *t, uint32_t opener, uint32_t before)
{
    if (stmt_at(t, opener)->kind != PS_IF) return;
    for (uint32_t i = opener, n = 0; i < before && i != PYTHON_NO_STMT && n < 100; n++) {
        const struct py_stmt *st = stmt_at(t, i);
        if (st->kind == PS_IF || st->kind == PS_ELIF) guard_assume(t, st->expr[0], false);
        i = st->next;
    }
}

static struct frame *frame_of(struct taint_flow *t, uint32_t opener)
{
    struct taint_work *w = t->work;
    struct frame *f = w->frame_count ? &w->frames[w->frame_count - 1] : NULL;
    return f && f->stmt == opener ? f : NULL;
}

/* The body of a try is over: its changes stay, handlers are branches beside "nothing happened". */
static void begin_handlers(struct taint_flow *t, uint32_t try, uint8_t phase)
{
    struct frame *f = frame_of(t, try);
    if (!f) return;
    bool live = f->live;
    env_close(t, true);
    env_open(t, try);
    f = frame_of(t, try);
    if (!f) return;
    f->phase = phase;
    f->live = phase == 2 || live;
}

static void enter_branch(struct taint_flow *t, const struct py_stmt *st, uint32_t i)
{
    struct frame *f = frame_of(t, st->block);
    if (!f) return;
    if (st->kind == PS_EXCEPT && f->phase == 0) begin_handlers(t, st->block, 1);
    if (st->kind == PS_FINALLY) {
        begin_handlers(t, st->block, 2);
        return;
    }
    env_branch(t);
    assume_none(t, st->block, i);
}

/* Does the last branch catch all that is left? */
static bool has_else(const struct taint_flow *t, uint32_t opener)
{
    for (uint32_t i = opener, n = 0; i != PYTHON_NO_STMT && n < 1000; n++) {
        const struct py_stmt *st = stmt_at(t, i);
        if (st->kind == PS_ELSE) return true;
        if (st->kind == PS_CASE && st->expr[0]) {
            const struct py_node *p = module_node(t->m, st->expr[0]);
            if (p->kind == PN_NAME && !st->expr[1]) return true;
        }
        if (st->kind == PS_END) return false;
        i = st->next;
    }
    return false;
}

static void leave(struct taint_flow *t, uint32_t opener)
{
    enum py_stmt_kind kind = stmt_at(t, opener)->kind;
    if (!frame_of(t, opener)) return;
    bool loop = kind == PS_FOR || kind == PS_WHILE;
    if (loop || ((kind == PS_IF || kind == PS_MATCH) && !has_else(t, opener))) {
        env_branch(t); /* none of them was taken */
        assume_none(t, opener, PYTHON_NO_STMT - 1);
    }
    env_close(t, kind == PS_TRY && t->work->frames[t->work->frame_count - 1].phase != 1);
}

/* for i, x in enumerate(xs): i is a number, whatever xs is. */
static void number_first(struct taint_flow *t, const struct py_stmt *st)
{
    const struct py_node *target = module_node(t->m, st->expr[0]);
    const struct py_node *iter = module_node(t->m, st->expr[1]);
    if (target->kind != PN_TUPLE || iter->kind != PN_CALL) return;
    if (slice_eq(module_name(t->m, iter->first), S("enumerate")))
        expr_bind(t, target->first, NULL, 0);
}

static void open_block(struct taint_flow *t, const struct py_stmt *st, uint32_t i)
{
    switch (st->kind) {
    case PS_IF:
    case PS_WHILE:
        env_open(t, i);
        guard_assume(t, st->expr[0], true);
        break;
    case PS_FOR:
        env_open(t, i);
        expr_bind(t, st->expr[0], at(t, st->expr[1]), 0);
        number_first(t, st);
        break;
    case PS_TRY:
    case PS_MATCH: env_open(t, i); break;
    default: break;
    }
}

/* ---- statements ---- */

static bool ends_program(const struct taint_flow *t, uint32_t node)
{
    static const char *const known[] = {"sys.exit",
                                        "os._exit",
                                        "exit",
                                        "quit",
                                        "os.abort",
                                        "flask.abort",
                                        "aiohttp.web.abort",
                                        "?abort",
                                        "pytest.fail",
                                        "pytest.skip",
                                        "streamlit.stop",
                                        "abort"};
    const struct py_node *n = module_node(t->m, node);
    if (n->kind != PN_CALL) return false;
    struct slice full = module_name(t->m, n->first);
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (slice_eq(full, slice_str(known[i]))) return true;
    return slice_ends(full, S("ArgumentParser().error"));
}

static void do_expr(struct taint_flow *t, const struct py_stmt *st)
{
    uint32_t node = st->expr[0];
    if (!node) return;
    if (module_node(t->m, node)->kind == PN_AWAIT) node = module_node(t->m, node)->first;
    if (module_node(t->m, node)->kind != PN_CALL) return;
    if (ends_program(t, node))
        env_stop(t, false);
    else
        guard_call(t, node); /* check(x) raises if x is bad */
}

static void do_return(struct taint_flow *t, const struct py_stmt *st)
{
    struct taint_work *w = t->work;
    const struct taint *v = at(t, st->expr[0]);
    struct def_taint *def = &w->defs[w->scope];
    const struct taint *more = taint_join(t, def->returns, v);
    if (v && more != def->returns) {
        def->returns = more;
        w->changed = true;
    }
}

static void do_yields(struct taint_flow *t, const struct py_stmt *st)
{
    for (uint32_t n = st->node_from; n < st->node_to; n++)
        if (module_node(t->m, n)->kind == PN_YIELD) {
            struct py_stmt as = *st;
            as.expr[0] = module_node(t->m, n)->first;
            do_return(t, &as);
        }
}

static void do_pass(struct taint_flow *t, const struct py_stmt *st)
{
    struct slice text = slice_sub(t->m->code->text, st->offset, 8);
    if (slice_starts(text, S("break"))) env_stop(t, true);
    if (slice_starts(text, S("continue"))) env_stop(t, false);
}

/* fd, path = tempfile.mkstemp(): what is written to the one stands in the file of the other. */
static void bind_temp(struct taint_flow *t, const struct py_stmt *st)
{
    const struct py_node *target = module_node(t->m, st->expr[0]);
    const struct py_node *call = st->expr[1] ? module_node(t->m, st->expr[1]) : target;
    if (target->kind != PN_TUPLE || call->kind != PN_CALL) return;
    if (!slice_eq(module_name(t->m, call->first), S("tempfile.mkstemp"))) return;
    struct taint *v = taint_copy(t, NULL);
    uint32_t path = module_node(t->m, target->first)->next;
    if (!v || !path) return;
    v->root = expr_slot(t, path);
    expr_bind(t, target->first, v, 0);
}

static void do_stmt(struct taint_flow *t, const struct py_stmt *st)
{
    switch (st->kind) {
    case PS_EXPR: do_expr(t, st); break;
    case PS_ASSIGN:
    case PS_ANN:
        if (st->kind == PS_ASSIGN || st->expr[1])
            expr_bind(t, st->expr[0], at(t, st->expr[1]), st->expr[1]);
        bind_temp(t, st);
        break;
    case PS_AUG:
        expr_bind(t, st->expr[0], taint_join(t, at(t, st->expr[0]), at(t, st->expr[1])), 0);
        break;
    case PS_ITEM:
        if (st->expr[1]) expr_bind(t, st->expr[1], at(t, st->expr[0]), st->expr[0]);
        break;
    case PS_EXCEPT:
        if (st->text.n) env_set(t, env_slot(t, t->work->scope, st->text, true), NULL);
        break;
    case PS_ASSERT: guard_assume(t, st->expr[0], true); break;
    case PS_RETURN:
        do_return(t, st);
        env_stop(t, false);
        break;
    case PS_RAISE: env_stop(t, false); break;
    case PS_PASS: do_pass(t, st); break;
    default: break;
    }
    do_yields(t, st);
}

static bool is_branch(enum py_stmt_kind kind)
{
    return kind == PS_ELIF || kind == PS_ELSE || kind == PS_EXCEPT || kind == PS_FINALLY ||
           kind == PS_CASE;
}

static uint32_t walk_stmt(struct taint_flow *t, uint32_t i)
{
    const struct py_stmt *st = stmt_at(t, i);
    bool block = st->block < i;
    if (is_branch(st->kind) && block) enter_branch(t, st, i);
    eval_stmt(t, st);
    if (st->kind == PS_DEF) return t->m->end_of[i];
    if (st->kind == PS_ELIF) guard_assume(t, st->expr[0], true);
    if (st->kind == PS_END && block)
        leave(t, st->block);
    else
        open_block(t, st, i);
    do_stmt(t, st);
    return i + 1;
}

static void bind_params(struct taint_flow *t, uint32_t scope)
{
    struct def_taint *def = &t->work->defs[scope];
    def_sources(t, scope);
    uint32_t p = stmt_at(t, t->m->scopes[scope].stmt)->expr[0];
    for (uint32_t i = 0; i < def->count; i++, p = p ? module_node(t->m, p)->next : 0) {
        if (p && def_plain_param(t->m, p)) {
            env_set(t, env_slot(t, scope, def->names[i], true), NULL);
            continue;
        }
        struct taint *v = taint_copy(t, def->given[i]);
        if (!v) return;
        if (i < PARAM_MAX)
            v->params = (uint32_t)1 << i;
        else
            v->kinds |= TAINT_OPEN;
        env_set(t, env_slot(t, scope, def->names[i], true), v);
    }
}

static bool walk_body(struct taint_flow *t, uint32_t scope)
{
    const struct scope *s = &t->m->scopes[scope];
    struct taint_work *w = t->work;
    uint32_t from = scope ? s->stmt + 1 : 0;
    w->scope = scope;
    w->frame_count = w->log.count = w->ends.count = w->breaks.count = 0;
    if (scope) bind_params(t, scope);
    for (uint32_t i = from; i < s->end && !w->nomem;) {
        const struct py_stmt *st = stmt_at(t, i);
        if (t->m->budget && !budget_work(t->m->budget, 1 + st->node_to - st->node_from))
            return false;
        w->scope = t->m->scope_of[i];
        w->stmt = i;
        i = walk_stmt(t, i);
    }
    return true;
}

static bool walk_once(struct taint_flow *t)
{
    struct taint_work *w = t->work;
    w->changed = false;
    for (uint32_t i = 0; i < w->slot_count; i++) w->slots[i].cur = NULL;
    if (!walk_body(t, 0)) return false;
    for (uint32_t i = 1; i < t->m->scope_count && !w->nomem; i++)
        if (t->m->scopes[i].kind == SCOPE_DEF && !walk_body(t, i)) return false;
    return true;
}

/* ---- all of a module ---- */

static bool make_params(struct taint_flow *t, uint32_t scope)
{
    const struct module *m = t->m;
    struct def_taint *def = &t->work->defs[scope];
    if (m->scopes[scope].kind != SCOPE_DEF) return true;
    uint32_t first = stmt_at(t, m->scopes[scope].stmt)->expr[0], n = 0;
    for (uint32_t p = first; p; p = module_node(m, p)->next) n++;
    def->params = ARENA_ARRAY(m->arena, const struct taint *, n + 1);
    def->given = ARENA_ARRAY(m->arena, const struct taint *, n + 1);
    def->names = ARENA_ARRAY(m->arena, struct slice, n + 1);
    if (!def->params || !def->given || !def->names) return false;
    for (uint32_t p = first; p; p = module_node(m, p)->next) {
        struct slice name = module_node(m, p)->text;
        while (name.n && name.p[0] == '*') name = slice_sub(name, 1, name.n);
        def->names[def->count++] = name; /* the marks * and / keep their places, without names */
    }
    return true;
}

static bool make_room(struct taint_flow *t)
{
    const struct module *m = t->m;
    struct taint_work *w = t->work = ARENA_NEW(m->arena, struct taint_work);
    t->of = ARENA_ARRAY(m->arena, const struct taint *, m->tree->node_count + 1);
    if (!w || !t->of) return false;
    w->defs = ARENA_ARRAY(m->arena, struct def_taint, m->scope_count + 1);
    w->carried = ARENA_ARRAY(m->arena, struct carry *, m->tree->stmt_count + 1);
    if (!w->defs || !w->carried) return false;
    for (uint32_t i = 0; i < m->scope_count; i++) {
        map_init(&w->defs[i].slots, m->arena, 0);
        if (!make_params(t, i)) return false;
    }
    return true;
}

enum st taint_read(struct taint_flow *t, const struct module *m)
{
    *t = (struct taint_flow){.m = m};
    if (!make_room(t)) return ST_NOMEM;
    for (unsigned i = 0; i < PASSES_MAX; i++) {
        if (!walk_once(t)) return ST_LIMIT;
        if (t->work->nomem) return ST_NOMEM;
        if (!t->work->changed || (i && !t->sources)) break;
    }
    return ST_OK;
}
