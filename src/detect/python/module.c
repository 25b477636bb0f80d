/* SPDX-License-Identifier: Apache-2.0 */
/* module.c - what judges ask of a module that was read: nodes, values, arguments of calls. */
#include "detect/python/module_part.h"

#define PARTIAL_MAX 4 /* functools.partial of a partial */

enum st module_read(struct module *m, struct arena *arena, struct budget *budget,
                    const struct code_module *code)
{
    *m = (struct module){.arena = arena, .budget = budget, .code = code, .tree = code->tree};
    dotted_init(&m->names, arena);
    return walk_module(m);
}

/* ---- nodes ---- */

uint32_t module_child(const struct module *m, uint32_t node, unsigned i)
{
    uint32_t c = module_node(m, node)->first;
    while (c && i--) c = module_node(m, c)->next;
    return c;
}

struct slice module_source(const struct module *m, uint32_t node)
{
    const struct py_node *n = module_node(m, node);
    return n->end > n->offset ? slice_sub(m->code->text, n->offset, n->end - n->offset)
                              : slice_of(NULL, 0);
}

uint32_t module_line(const struct module *m, uint32_t line)
{
    return m->code->lines && line ? m->code->lines[line - 1] : line;
}

uint32_t module_callee_line(const struct module *m, uint32_t callee)
{
    return module_node(m, callee)->line; /* of the name behind the dot */
}

/* ---- values ---- */

const struct value *module_value(const struct module *m, uint32_t node)
{
    const struct value *v = m->values[node];
    return v ? v : &val_unknown;
}

struct slice module_name(const struct module *m, uint32_t node)
{
    const struct value *v = node ? m->values[node] : NULL;
    return v && v->name ? v->name->full : slice_of(NULL, 0);
}

/* A class of this module answers to the names of its bases, too. */
static bool base_named(const struct module *m, const struct value *v, struct slice pattern)
{
    for (size_t i = 0; i < 8 && v && v->kind == VAL_CLASS; i++) {
        const struct value *local = NULL;
        for (const struct value *b = m->scopes[v->scope].bases; b; b = b->other) {
            if (b->name && dotted_match(pattern, b->name->full)) return true;
            if (b->kind == VAL_CLASS && b->scope != v->scope) local = b;
        }
        v = local;
    }
    return false;
}

bool value_named(const struct module *m, const struct value *v, struct slice pattern)
{
    for (; v; v = v->other) {
        if (v->name && dotted_match(pattern, v->name->full)) return true;
        if (v->kind == VAL_CLASS && base_named(m, v, pattern)) return true;
    }
    return false;
}

bool module_named(const struct module *m, uint32_t node, struct slice pattern)
{
    return node && value_named(m, m->values[node], pattern);
}

bool value_constant(const struct module *m, const struct value *v)
{
    for (; v; v = v->other) {
        if (v->kind == VAL_UNKNOWN || v->kind >= VAL_DEF || !v->exact || v->fallback) return false;
        if (v->kind != VAL_LIST || !v->node) continue;
        /* one level: a list of lists counts by its items' own exactness */
        for (uint32_t c = module_node(m, v->node)->first; c; c = module_node(m, c)->next) {
            const struct value *item = m->values[c];
            if (!item || !item->exact || item->fallback) return false;
        }
    }
    return true;
}

bool module_constant(const struct module *m, uint32_t node)
{
    return value_constant(m, module_value(m, node));
}

/* ---- arguments ---- */

static struct argument from_dict(const struct module *m, uint32_t at, struct slice keyword)
{
    struct argument a = {ARGUMENT_MISSING, 0, 0, NULL};
    for (const struct value *v = module_value(m, at); v; v = v->other) {
        const struct value_entry *e = value_entry(v, keyword);
        if (e) return (struct argument){ARGUMENT_GIVEN, e->node, at, e->value};
        if (v->kind != VAL_DICT || !v->exact) a.how = ARGUMENT_UNSURE;
    }
    return a;
}

static uint32_t arguments_of(const struct module *m, uint32_t call)
{
    uint32_t callee = module_node(m, call)->first;
    return callee ? module_node(m, callee)->next : 0;
}

static struct argument search(const struct module *m, uint32_t call, int position,
                              struct slice keyword)
{
    struct argument unsure = {ARGUMENT_MISSING, 0, 0, NULL};
    int at = 0;
    for (uint32_t c = arguments_of(m, call); c; c = module_node(m, c)->next) {
        const struct py_node *n = module_node(m, c);
        if (n->kind == PN_KWARG) {
            if (keyword.n && slice_eq(n->text, keyword))
                return (struct argument){ARGUMENT_GIVEN, n->first, c, module_value(m, n->first)};
        } else if (n->kind == PN_DSTAR) {
            struct argument a = from_dict(m, c, keyword);
            if (a.how == ARGUMENT_GIVEN) return a;
            if (a.how == ARGUMENT_UNSURE) unsure.how = ARGUMENT_UNSURE;
        } else if (n->kind == PN_STAR) {
            if (position >= at) unsure.how = ARGUMENT_UNSURE;
            at = INT16_MAX; /* what follows has no known position */
        } else if (at++ == position) {
            return (struct argument){ARGUMENT_GIVEN, c, c, module_value(m, c)};
        }
    }
    return unsure;
}

static int positional(const struct module *m, uint32_t call)
{
    int n = 0;
    for (uint32_t c = arguments_of(m, call); c; c = module_node(m, c)->next) {
        uint8_t kind = module_node(m, c)->kind;
        n += kind != PN_KWARG && kind != PN_DSTAR && kind != PN_STAR;
    }
    return n;
}

/* The call of functools.partial that made this callee, or 0. */
static uint32_t partial_of(const struct module *m, uint32_t callee)
{
    const struct value *v = callee ? module_value(m, callee) : &val_unknown;
    return v->kind != VAL_LIST && v->kind != VAL_DICT ? v->node : 0;
}

struct argument module_argument(const struct module *m, uint32_t call, unsigned skip, int position,
                                struct slice keyword)
{
    struct argument best = {ARGUMENT_MISSING, 0, 0, NULL};
    uint32_t partial = partial_of(m, module_node(m, call)->first);
    int own = position < 0 ? position : position + (int)skip;
    for (unsigned i = 0; i < PARTIAL_MAX; i++) {
        int bound = partial ? positional(m, partial) - 1 : 0; /* arguments it brings */
        if (position >= 0 && own >= 0 && bound > 0) own -= bound;
        struct argument a = search(m, call, own, keyword);
        if (a.how == ARGUMENT_GIVEN) return a;
        if (a.how == ARGUMENT_UNSURE) best = a;
        if (!partial) break;
        call = partial;
        own = position < 0 || position >= bound ? -1 : position + 1;
        partial = partial_of(m, module_child(m, call, 1));
    }
    return best;
}
