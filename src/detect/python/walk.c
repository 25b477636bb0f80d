/* SPDX-License-Identifier: Apache-2.0 */
/* walk.c - one walk over the statements of a module: scopes, bindings, values.
 *
 * The module's own statements and the bodies of classes come first, then the bodies of defs in the
 * order in which they were met: they see names of the module as they are at its end. All of it is
 * done twice: the second time, what methods store in `self` and what defs return is known. */
#include "detect/python/module_part.h"

static const struct py_stmt *stmt_at(const struct module *m, uint32_t i)
{
    return &m->tree->stmts[i];
}

/* ---- targets ---- */

static const struct value *item_of(struct module *m, const struct value *v, unsigned i)
{
    if (v->kind == VAL_LIST && v->node && v->exact) {
        uint32_t child = module_child(m, v->node, i);
        if (child && m->values[child]) return m->values[child];
    }
    return val_of_name(m, dotted_item(&m->names, v->name));
}

static void bind_attr(struct module *m, uint32_t target, const struct value *v)
{
    const struct py_node *n = module_node(m, target);
    for (const struct value *of = m->values[n->first]; of; of = of->other)
        if (of->kind == VAL_OBJECT || of->kind == VAL_CLASS)
            names_bind_member(m, of->scope, n->text, v);
}

/* d["key"] = v, for a name that is a dict */
static void bind_item(struct module *m, uint32_t target, const struct value *v, uint32_t node)
{
    const struct py_node *n = module_node(m, target), *of = module_node(m, n->first);
    const struct value *key = m->values[module_child(m, target, 1)];
    const struct value *dict = m->values[n->first];
    if (!key || !dict || dict->kind != VAL_DICT) return;
    const struct value *more = key->kind == VAL_STRING && key->exact
                                   ? val_with(m, dict, key->text, v, node)
                                   : val_merge(m, dict, &val_unknown);
    if (of->kind == PN_NAME) names_bind(m, of->text, more);
    if (of->kind == PN_ATTR) bind_attr(m, n->first, more);
}

static void bind_one(struct module *m, uint32_t target, const struct value *v, uint32_t node)
{
    const struct py_node *n = module_node(m, target);
    if (n->kind == PN_STAR) {
        n = module_node(m, n->first);
        v = &val_unknown;
    }
    if (n->kind == PN_NAME) names_bind(m, n->text, v);
    if (n->kind == PN_ATTR) bind_attr(m, target, v);
    if (n->kind == PN_SUBSCRIPT) bind_item(m, target, v, node);
}

/* Two levels of tuples; what is nested deeper is unknown. */
static void bind_target(struct module *m, uint32_t target, const struct value *v, uint32_t node)
{
    const struct py_node *n = module_node(m, target);
    if (n->kind != PN_TUPLE && n->kind != PN_LIST) {
        bind_one(m, target, v, node);
        return;
    }
    unsigned i = 0;
    for (uint32_t c = n->first; c; c = module_node(m, c)->next, i++) {
        const struct value *item = item_of(m, v, i);
        const struct py_node *child = module_node(m, c);
        bind_one(m, c, item, 0);
        if (child->kind != PN_TUPLE && child->kind != PN_LIST) continue;
        unsigned k = 0;
        for (uint32_t d = child->first; d; d = module_node(m, d)->next, k++)
            bind_one(m, d, item_of(m, item, k), 0);
    }
}

/* What a loop over it gives. */
static const struct value *each_of(struct module *m, const struct value *v)
{
    const struct value *out = NULL;
    if (v->kind != VAL_LIST || !v->exact || !v->node)
        return val_of_name(m, dotted_item(&m->names, v->name));
    unsigned n = 0;
    for (uint32_t c = module_node(m, v->node)->first; c; c = module_node(m, c)->next) {
        if (!m->values[c] || ++n > VALUES_MAX) break;
        out = out ? val_either(m, out, m->values[c]) : m->values[c];
    }
    return out ? out : &val_unknown;
}

/* ---- comprehensions and lambdas: names that live within one statement ---- */

static void shadow(struct module *m, uint32_t name, const struct value *v)
{
    struct module_walk *w = m->walk;
    const struct py_node *n = module_node(m, name);
    if (n->kind != PN_NAME || w->shadow_count == SHADOWS_MAX) return;
    w->shadows[w->shadow_count++] = (struct shadow){n->text, v};
}

static void shadow_target(struct module *m, uint32_t target, const struct value *v)
{
    const struct py_node *n = module_node(m, target);
    if (n->kind != PN_TUPLE) {
        shadow(m, target, v);
        return;
    }
    unsigned i = 0;
    for (uint32_t c = n->first; c; c = module_node(m, c)->next) shadow(m, c, item_of(m, v, i++));
}

static void shadow_param(struct module *m, uint32_t param)
{
    struct module_walk *w = m->walk;
    struct slice name = module_node(m, param)->text;
    while (name.n && name.p[0] == '*') name = slice_sub(name, 1, name.n);
    if (w->shadow_count == SHADOWS_MAX || !name.n) return;
    w->shadows[w->shadow_count++] =
        (struct shadow){name, val_of_name(m, dotted_mark(&m->names, '?', name))};
}

static bool shadows_of(struct module *m, const struct py_stmt *st)
{
    m->walk->shadow_count = 0;
    for (uint32_t n = st->node_from; n < st->node_to; n++) {
        const struct py_node *node = module_node(m, n);
        if (node->kind == PN_FOR) {
            const struct value *v = m->values[module_child(m, n, 1)];
            shadow_target(m, node->first, v ? each_of(m, v) : &val_unknown);
        }
        if (node->kind == PN_LAMBDA)
            for (uint32_t c = node->first; c; c = module_node(m, c)->next)
                if (module_node(m, c)->kind == PN_PARAM) shadow_param(m, c);
    }
    return m->walk->shadow_count > 0;
}

static void eval_nodes(struct module *m, const struct py_stmt *st)
{
    for (uint32_t n = st->node_from; n < st->node_to && !m->nomem; n++)
        m->values[n] = constants_eval(m, n);
}

static bool has_own_names(const struct module *m, const struct py_stmt *st)
{
    for (uint32_t n = st->node_from; n < st->node_to; n++) {
        uint8_t kind = module_node(m, n)->kind;
        if (kind == PN_FOR || kind == PN_LAMBDA) return true;
    }
    return false;
}

/* The element of a comprehension stands before its loop: what it loops over is found first. */
static void eval_stmt(struct module *m, const struct py_stmt *st)
{
    m->walk->shadow_count = 0;
    eval_nodes(m, st);
    if (has_own_names(m, st) && shadows_of(m, st)) eval_nodes(m, st);
    m->walk->shadow_count = 0;
}

/* ---- defs and classes ---- */

static uint32_t scope_new(struct module *m, enum scope_kind kind, uint32_t stmt,
                          uint32_t decorators)
{
    uint32_t *slot = &m->walk->scope_at[stmt];
    if (*slot != NO_SCOPE) return *slot;
    if (m->scope_count == m->scope_room) return NO_SCOPE; /* as many as defs and classes */
    struct scope *s = &m->scopes[m->scope_count];
    *s = (struct scope){.kind = kind,
                        .stmt = stmt,
                        .end = m->end_of[stmt],
                        .parent = m->walk->scope,
                        .decorators = decorators,
                        .name = stmt_at(m, stmt)->text};
    map_init(&s->names, m->arena, 0);
    map_init(&s->outer, m->arena, 0);
    return *slot = m->scope_count++;
}

static const struct value *local_thing(struct module *m, enum value_kind kind, uint32_t scope)
{
    struct value *v = val_new(m, kind);
    if (!v) return &val_unknown;
    v->scope = scope;
    v->name = dotted_mark(&m->names, ':', m->scopes[scope].name);
    return v;
}

static bool decorated(const struct module *m, uint32_t def, struct slice pattern)
{
    for (uint32_t i = 1; i <= m->scopes[def].decorators; i++)
        if (module_named(m, stmt_at(m, m->scopes[def].stmt - i)->expr[0], pattern)) return true;
    return false;
}

static void enter_def(struct module *m, uint32_t stmt, uint32_t decorators)
{
    uint32_t scope = scope_new(m, SCOPE_DEF, stmt, decorators);
    if (scope == NO_SCOPE) return;
    m->scopes[scope].property = decorators && (decorated(m, scope, S("property")) ||
                                               decorated(m, scope, S("**cached_property")));
    names_bind(m, stmt_at(m, stmt)->text, local_thing(m, VAL_DEF, scope));
    m->walk->queue[m->walk->queue_count++] = scope;
}

static void enter_class(struct module *m, uint32_t stmt)
{
    uint32_t scope = scope_new(m, SCOPE_CLASS, stmt, 0);
    if (scope == NO_SCOPE) return;
    const struct value *bases = NULL;
    uint32_t call = stmt_at(m, stmt)->expr[0];
    uint32_t c = call ? module_node(m, call)->first : 0;
    for (c = c ? module_node(m, c)->next : 0; c; c = module_node(m, c)->next) {
        if (module_node(m, c)->kind == PN_KWARG) continue;
        bases = bases ? val_either(m, bases, m->values[c]) : m->values[c];
    }
    m->scopes[scope].bases = bases;
    names_bind(m, stmt_at(m, stmt)->text, local_thing(m, VAL_CLASS, scope));
    m->walk->scope = scope;
}

/* Optional[X], Annotated[X, ...] and X | None are X; another thing in brackets says nothing. */
static uint32_t plain_annotation(const struct module *m, uint32_t annotation)
{
    for (unsigned i = 0; i < 8 && annotation; i++) {
        const struct py_node *n = module_node(m, annotation);
        if (n->kind == PN_BINARY && n->op == PO_BITOR) {
            annotation = n->first;
        } else if (n->kind == PN_SUBSCRIPT) {
            struct slice of = module_name(m, n->first);
            if (!slice_ends(of, S("Annotated")) && !slice_ends(of, S("Optional"))) return 0;
            annotation = module_child(m, annotation, 1);
            if (module_node(m, annotation)->kind == PN_TUPLE)
                annotation = module_node(m, annotation)->first;
        } else {
            return n->kind == PN_NONE ? 0 : annotation;
        }
    }
    return 0;
}

/* What an annotation says about a value: an instance of the class. */
static const struct value *annotated(struct module *m, uint32_t annotation)
{
    annotation = plain_annotation(m, annotation);
    const struct value *v = annotation ? m->values[annotation] : NULL;
    if (!v) return NULL;
    if (v->kind == VAL_CLASS) {
        struct value *made = val_new(m, VAL_OBJECT);
        if (!made) return NULL;
        made->scope = v->scope;
        made->name = dotted_call(&m->names, v->name);
        return made;
    }
    if (!v->name || slice_find_byte(v->name->full, '.') == SIZE_MAX) return NULL; /* str, int */
    return val_of_name(m, dotted_call(&m->names, v->name));
}

static void bind_params(struct module *m, uint32_t scope)
{
    const struct scope *s = &m->scopes[scope];
    bool method =
        m->scopes[s->parent].kind == SCOPE_CLASS && !decorated(m, scope, S("staticmethod"));
    for (uint32_t p = stmt_at(m, s->stmt)->expr[0]; p; p = module_node(m, p)->next) {
        struct slice name = module_node(m, p)->text;
        bool plain = name.n && name.p[0] != '*';
        while (name.n && name.p[0] == '*') name = slice_sub(name, 1, name.n);
        const struct dotted *mark = dotted_mark(&m->names, '?', name);
        const struct value *v = val_of_name(m, mark);
        bool noted = module_node(m, p)->op == PO_IS;
        uint32_t preset = module_child(m, p, noted);
        const struct value *hint = noted ? annotated(m, module_node(m, p)->first) : NULL;
        if (slice_starts(module_node(m, p)->text, S("**")))
            v = val_named_as(m, val_merge(m, v, &val_unknown), mark);
        else if (hint)
            v = hint;
        else if (plain && preset && m->values[preset] && module_node(m, preset)->kind != PN_NONE)
            v = val_fallback(m, m->values[preset], m->values[preset]->name ? NULL : mark);
        if (method && plain) {
            struct value *self = val_new(m, VAL_OBJECT);
            if (self) *self = (struct value){.kind = VAL_OBJECT, .scope = s->parent};
            if (self)
                self->name =
                    dotted_call(&m->names, dotted_mark(&m->names, ':', m->scopes[s->parent].name));
            v = self ? self : v;
            method = false;
        }
        names_bind(m, name, v);
    }
}

/* ---- statements ---- */

static void import_module(struct module *m, const struct py_stmt *st)
{
    const struct dotted *name = dotted_name(&m->names, st->text);
    if (st->as.n) {
        names_bind(m, st->as, val_of_name(m, name));
        return;
    }
    struct slice head = slice_sub(st->text, 0, slice_find_byte(st->text, '.'));
    names_bind(m, head, val_of_name(m, dotted_name(&m->names, head)));
}

static void import_from(struct module *m, const struct py_stmt *st)
{
    struct module_walk *w = m->walk;
    const struct dotted *from = dotted_name(&m->names, st->text);
    if (slice_eq(st->name, S("*"))) {
        if (!w->second && from && w->star_count < STARS_MAX && st->text.p[0] != '.')
            w->stars[w->star_count++] = from;
        return;
    }
    names_bind(m, st->as.n ? st->as : st->name,
               val_of_name(m, dotted_attr(&m->names, from, st->name)));
}

static void declare_outer(struct module *m, struct slice name)
{
    uint32_t scope = m->scopes[m->walk->scope].parent;
    union map_value v;
    for (; scope != NO_SCOPE && scope != 0; scope = m->scopes[scope].parent)
        if (m->scopes[scope].kind == SCOPE_DEF && map_get(&m->scopes[scope].names, name, &v)) break;
    if (scope == NO_SCOPE) return; /* global at the module's level says nothing */
    if (!map_put(&m->scopes[m->walk->scope].outer, name, (union map_value){.num = scope}, NULL))
        m->nomem = true;
}

static void bind_return(struct module *m, uint32_t expr)
{
    struct scope *s = &m->scopes[m->walk->scope];
    if (s->kind != SCOPE_DEF || !expr || !m->values[expr]) return;
    s->returns = s->returns ? val_either(m, s->returns, m->values[expr]) : m->values[expr];
}

static const struct value *value_at(const struct module *m, uint32_t node)
{
    return node && m->values[node] ? m->values[node] : &val_unknown;
}

static void bind_stmt(struct module *m, const struct py_stmt *st)
{
    const struct value *v;
    switch (st->kind) {
    case PS_ASSIGN: bind_target(m, st->expr[0], value_at(m, st->expr[1]), st->expr[1]); break;
    case PS_ANN:
        v = value_at(m, st->expr[1]);
        if (v->kind == VAL_UNKNOWN && !v->name) v = annotated(m, st->expr[2]);
        if (v) bind_target(m, st->expr[0], v, st->expr[1]);
        break;
    case PS_AUG:
        v = value_at(m, st->expr[0]);
        if (st->op == PO_ADD)
            v = val_concat(m, v, S(""), value_at(m, st->expr[1]));
        else if (st->op == PO_BITOR)
            v = val_merge(m, v, value_at(m, st->expr[1]));
        else
            v = &val_unknown;
        bind_target(m, st->expr[0], v, st->expr[1]);
        break;
    case PS_FOR: bind_target(m, st->expr[0], each_of(m, value_at(m, st->expr[1])), 0); break;
    case PS_ITEM:
        if (st->expr[1]) bind_target(m, st->expr[1], value_at(m, st->expr[0]), st->expr[0]);
        break;
    case PS_EXCEPT: names_bind(m, st->text, &val_unknown); break;
    case PS_IMPORT: import_module(m, st); break;
    case PS_FROM: import_from(m, st); break;
    case PS_GLOBAL: declare_outer(m, st->text); break;
    case PS_RETURN: bind_return(m, st->expr[0]); break;
    default: break;
    }
}

/* Does the body of this `if` never run? */
static bool never(const struct module *m, const struct py_stmt *st)
{
    if (st->kind != PS_IF || !st->expr[0]) return false;
    const struct value *v = value_at(m, st->expr[0]);
    if (v->kind == VAL_BOOL && v->exact && !v->fallback && !v->other) return !v->truth;
    return v->name && slice_ends(v->name->full, S("TYPE_CHECKING"));
}

/* One statement; returns the next one. */
static uint32_t walk_stmt(struct module *m, uint32_t i, uint32_t *decorators)
{
    const struct py_stmt *st = stmt_at(m, i);
    struct module_walk *w = m->walk;
    uint32_t around = m->branch_of[i];
    w->stmt = i;
    m->scope_of[i] = w->scope;
    eval_stmt(m, st);
    m->dead[i] = (around != PYTHON_NO_STMT && m->dead[around]) || never(m, st);
    uint32_t before = *decorators;
    *decorators = st->kind == PS_DECORATOR ? before + 1 : 0;
    if (st->kind == PS_DEF) {
        enter_def(m, i, before);
        return m->end_of[i];
    }
    if (st->kind == PS_CLASS)
        enter_class(m, i);
    else if (st->kind == PS_END && st->block < i && stmt_at(m, st->block)->kind == PS_CLASS &&
             w->scope == w->scope_at[st->block])
        w->scope = m->scopes[w->scope].parent;
    else
        bind_stmt(m, st);
    return i + 1;
}

static void walk_body(struct module *m, uint32_t scope, uint32_t from, uint32_t to)
{
    uint32_t decorators = 0;
    m->walk->scope = scope;
    for (uint32_t i = from; i < to && !m->nomem && !m->limit;) {
        const struct py_stmt *st = stmt_at(m, i);
        if (m->budget && !budget_work(m->budget, 1 + st->node_to - st->node_from)) m->limit = true;
        i = walk_stmt(m, i, &decorators);
    }
}

static void walk_all(struct module *m)
{
    struct module_walk *w = m->walk;
    w->queue_count = 0;
    walk_body(m, 0, 0, (uint32_t)m->tree->stmt_count);
    for (uint32_t k = 0; k < w->queue_count; k++) {
        uint32_t scope = w->queue[k];
        const struct scope *s = &m->scopes[scope];
        w->scope = scope;
        w->stmt = s->stmt;
        bind_params(m, scope);
        walk_body(m, scope, s->stmt + 1, s->end);
    }
}

/* ---- before the walk ---- */

static bool opens(enum py_stmt_kind kind)
{
    return kind == PS_DEF || kind == PS_CLASS || kind == PS_IF || kind == PS_FOR ||
           kind == PS_WHILE || kind == PS_TRY || kind == PS_MATCH;
}

/* `with` is no branch: its body always runs. */
static void find_branches(struct module *m)
{
    uint32_t n = (uint32_t)m->tree->stmt_count, around = PYTHON_NO_STMT;
    for (uint32_t i = 0; i < n; i++) m->end_of[i] = n;
    for (uint32_t i = 0; i < n; i++) {
        const struct py_stmt *st = stmt_at(m, i);
        bool own = st->kind == PS_ELIF || st->kind == PS_ELSE || st->kind == PS_EXCEPT ||
                   st->kind == PS_FINALLY || st->kind == PS_CASE;
        bool end = st->kind == PS_END && st->block < i;
        if (end) m->end_of[st->block] = i;
        if ((own || end) && st->block < i && stmt_at(m, st->block)->kind != PS_WITH)
            around = m->branch_of[st->block];
        m->branch_of[i] = around;
        if (own || opens(st->kind)) around = i;
    }
}

static bool make_room(struct module *m)
{
    size_t stmts = m->tree->stmt_count + 1, scopes = 1;
    for (size_t i = 0; i < m->tree->stmt_count; i++) {
        enum py_stmt_kind kind = m->tree->stmts[i].kind;
        scopes += kind == PS_DEF || kind == PS_CLASS;
    }
    m->values = ARENA_ARRAY(m->arena, const struct value *, m->tree->node_count + 1);
    m->scope_of = ARENA_ARRAY(m->arena, uint32_t, stmts);
    m->branch_of = ARENA_ARRAY(m->arena, uint32_t, stmts);
    m->end_of = ARENA_ARRAY(m->arena, uint32_t, stmts);
    m->dead = ARENA_ARRAY(m->arena, bool, stmts);
    m->scopes = ARENA_ARRAY(m->arena, struct scope, scopes);
    m->walk = ARENA_NEW(m->arena, struct module_walk);
    if (m->walk) {
        m->walk->scope_at = ARENA_ARRAY(m->arena, uint32_t, stmts);
        m->walk->queue = ARENA_ARRAY(m->arena, uint32_t, scopes);
    }
    m->scope_room = (uint32_t)scopes;
    return m->values && m->scope_of && m->branch_of && m->end_of && m->dead && m->scopes &&
           m->walk && m->walk->scope_at && m->walk->queue;
}

/* What the first pass bound is kept aside. */
static bool begin_second(struct module *m)
{
    m->walk->former = ARENA_ARRAY(m->arena, struct map, m->scope_count);
    if (!m->walk->former) return false;
    for (uint32_t i = 0; i < m->scope_count; i++) {
        m->walk->former[i] = m->scopes[i].names;
        map_init(&m->scopes[i].names, m->arena, 0);
    }
    m->walk->second = true;
    return true;
}

enum st walk_module(struct module *m)
{
    if (!make_room(m)) return ST_NOMEM;
    for (size_t i = 0; i < m->tree->stmt_count; i++) m->walk->scope_at[i] = NO_SCOPE;
    for (size_t i = 0; i < m->tree->node_count; i++) m->values[i] = NULL;
    map_init(&m->walk->options, m->arena, 0);
    m->scopes[0] = (struct scope){.kind = SCOPE_MODULE,
                                  .stmt = PYTHON_NO_STMT,
                                  .end = (uint32_t)m->tree->stmt_count,
                                  .parent = NO_SCOPE};
    map_init(&m->scopes[0].names, m->arena, 0);
    map_init(&m->scopes[0].outer, m->arena, 0);
    m->scope_count = 1;
    find_branches(m);
    walk_all(m);
    if (!m->nomem && !m->limit && begin_second(m)) walk_all(m);
    for (size_t i = 0; i < m->tree->node_count; i++)
        if (!m->values[i]) m->values[i] = &val_unknown;
    return m->nomem || m->names.nomem ? ST_NOMEM : m->limit ? ST_LIMIT : ST_OK;
}
