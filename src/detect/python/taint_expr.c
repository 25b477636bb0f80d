/* SPDX-License-Identifier: Apache-2.0 */
/* taint_expr.c - the taint of each kind of expression, and what assignments do with it. */
#include "detect/python/taint_part.h"

static const struct taint open_value = {.kinds = TAINT_OPEN};

static const struct taint *child(const struct taint_flow *t, uint32_t node, unsigned i)
{
    uint32_t c = module_child(t->m, node, i);
    return c ? t->of[c] : NULL;
}

static const struct taint *children(struct taint_flow *t, uint32_t node)
{
    const struct taint *out = NULL;
    for (uint32_t c = module_node(t->m, node)->first; c; c = module_node(t->m, c)->next)
        out = taint_join(t, out, t->of[c]);
    return out;
}

uint32_t expr_root(const struct module *m, uint32_t node)
{
    while (node) {
        const struct py_node *n = module_node(m, node);
        if (n->kind == PN_NAME) return node;
        if (n->kind != PN_ATTR && n->kind != PN_SUBSCRIPT) return 0;
        node = n->first;
    }
    return 0;
}

uint32_t expr_class(const struct module *m, uint32_t object)
{
    for (const struct value *v = module_value(m, object); v; v = v->other)
        if (v->kind == VAL_OBJECT) return v->scope;
    return NO_SCOPE;
}

/* The variable, or member of a class, that an expression reaches into; 0: none that is known. */
uint32_t expr_slot(struct taint_flow *t, uint32_t node)
{
    uint32_t root = expr_root(t->m, node), scope = 0;
    if (!root) return 0;
    for (; node != root; node = module_node(t->m, node)->first) {
        const struct py_node *n = module_node(t->m, node);
        uint32_t class = n->kind == PN_ATTR ? expr_class(t->m, n->first) : NO_SCOPE;
        if (class != NO_SCOPE) return env_slot(t, class, n->text, true);
    }
    return env_find(t, module_node(t->m, root)->text, &scope);
}

/* ---- names and attributes ---- */

static const struct taint *by_table(struct taint_flow *t, uint32_t node)
{
    struct taint_names names;
    taint_names(t, node, &names);
    const struct flow_row *row = taint_find(&names, SOURCE_VALUE);
    return row ? taint_source(t, row->bits, node) : NULL;
}

static const struct taint *name(struct taint_flow *t, uint32_t node)
{
    struct taint_work *w = t->work;
    struct slice text = module_node(t->m, node)->text;
    for (unsigned i = w->shade_count; i > 0; i--)
        if (slice_eq(w->shades[i - 1].name, text)) return w->shades[i - 1].taint;
    uint32_t scope = 0, slot = env_find(t, text, &scope);
    if (!slot) return by_table(t, node); /* imported, built in, or from elsewhere */
    const struct taint *v = env_read(t, slot, scope);
    if (v && v->kinds == TAINT_OPEN && !v->params && module_constant(t->m, node)) return NULL;
    if (!v || v->root == slot || scope != w->scope) return v;
    struct slot *s = &w->slots[slot];
    if (s->read_of != v) {
        struct taint *made = taint_copy(t, v);
        if (!made) return v;
        made->root = slot;
        s->read_of = v;
        s->read = made;
    }
    return s->read;
}

/* What a thing tells about itself is not what was put into it. */
static bool is_harmless(struct slice attr)
{
    static const char *const known[] = {
        "usage",
        "id",
        "status_code",
        "ok",
        "created",
        "method",
        "elapsed",
        "reason",
        "is_json",
        "content_length",
        "shape",
        "dtype",
        "size",
        "ndim",
        "port",
        "remote_addr",
        "client",
        "stop_reason",
        "finish_reason",
        "role",
        "index",
        "app",
        "state",
        "user",
        "session",
        "endpoint",
        "total_tokens",
        "prompt_tokens",
        "completion_tokens",
        "returncode",
        "pid",
        "lineno",
        "__class__",
        "__dict__",
        "scheme",
        "start_time",
        "logger",
        "config",
        "scope",
        "stop",
        "device",
    };
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (slice_eq(attr, slice_str(known[i]))) return true;
    return false;
}

/* Numbers, whatever they are told of. */
static bool is_number(struct slice attr)
{
    static const char *const known[] = {"total_tokens", "prompt_tokens", "completion_tokens",
                                        "input_tokens", "output_tokens", "status_code",
                                        "returncode",   "pid",           "lineno",
                                        "ndim",         "shape"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (slice_eq(attr, slice_str(known[i]))) return true;
    return false;
}

static const struct taint *upload_name(struct taint_flow *t, const struct taint *v)
{
    struct taint *made = taint_copy(t, v);
    if (made) made->kinds = (uint16_t)((v->kinds & ~TAINT_UPLOAD) | TAINT_REQUEST);
    return made;
}

/* A member of an object of this module's class; what nothing here sets comes from elsewhere. */
static const struct taint *member(struct taint_flow *t, uint32_t node)
{
    const struct py_node *n = module_node(t->m, node);
    uint32_t class = expr_class(t->m, n->first);
    if (class == NO_SCOPE) return NULL;
    uint32_t slot = env_slot(t, class, n->text, false);
    if (slot) return env_read(t, slot, class);
    const struct value *v = module_value(t->m, node);
    bool ours = v->kind == VAL_DEF || v->kind == VAL_CLASS || v->kind == VAL_OBJECT;
    return ours || def_plain_field(t->m, class, n->text) ? NULL : &open_value;
}

static bool is_library(struct slice full)
{
    return full.n && full.p[0] != '?' && full.p[0] != ':' && full.p[0] != '.' &&
           slice_find_byte(full, '(') == SIZE_MAX;
}

static const struct taint *attribute(struct taint_flow *t, uint32_t node)
{
    const struct py_node *n = module_node(t->m, node);
    const struct taint *of = t->of[n->first];
    bool tainted = of && (of->kinds & TAINT_OTHER);
    if ((tainted && is_harmless(n->text)) || is_number(n->text)) return NULL;
    uint32_t class = of ? expr_class(t->m, n->first) : NO_SCOPE;
    if (class != NO_SCOPE && def_plain_field(t->m, class, n->text)) return NULL;
    const struct taint *source = by_table(t, node);
    if (source && !(tainted && of->kinds == source->kinds)) return source;
    if (tainted && (of->kinds & TAINT_UPLOAD) && slice_eq(n->text, S("filename")))
        return upload_name(t, of);
    const struct taint *own = member(t, node);
    if (own || of) return taint_join(t, own, of);
    if (module_constant(t->m, node)) return NULL;
    struct slice full = module_name(t->m, node);
    return expr_class(t->m, n->first) != NO_SCOPE || is_library(full) ? NULL : &open_value;
}

/* The answer of a model that was asked over plain HTTP is told by the keys that lead to it. */
static bool is_answer_key(struct slice key)
{
    return slice_eq(key, S("choices")) || slice_eq(key, S("generated_text")) ||
           slice_eq(key, S("completion")) || slice_eq(key, S("candidates"));
}

static const struct taint *item(struct taint_flow *t, uint32_t node)
{
    const struct taint *of = child(t, node, 0), *table = by_table(t, node);
    const struct py_node *key = module_node(t->m, module_child(t->m, node, 1));
    const struct taint *which = child(t, node, 1);
    if (table) return table;
    if (which && (which->kinds & (TAINT_MODEL | TAINT_TOOL)))
        call_offered(t, module_node(t->m, node)->first);
    if (of && (of->kinds & TAINT_NET) && key->kind == PN_STRING && is_answer_key(key->text))
        return taint_source(t, TAINT_MODEL, node);
    if (of || module_constant(t->m, node)) return of;
    /* a table of this module, whatever the key: what stands in it was chosen here */
    const struct value *v = module_value(t->m, module_node(t->m, node)->first);
    if (v->kind == VAL_DICT || v->kind == VAL_LIST) return NULL;
    return &open_value;
}

/* ---- texts ---- */

/* Does what begins like this already say which server it goes to? */
static bool names_host(struct slice head)
{
    size_t at = slice_find(head, S("://"));
    return at != SIZE_MAX && slice_find_byte(slice_sub(head, at + 3, head.n), '/') != SIZE_MAX;
}

static bool only_scheme(struct slice head)
{
    return slice_eq(head, S("http://")) || slice_eq(head, S("https://")) || !head.n;
}

/* A text whose beginning is not the attacker's cannot lead to another server. */
static const struct taint *text_of(struct taint_flow *t, uint32_t node, const struct taint *all)
{
    if (!all || !(all->kinds & TAINT_OTHER)) return all;
    const struct value *v = module_value(t->m, node);
    if (v->kind == VAL_STRING && names_host(v->text)) return taint_made_safe(t, all, SAFE_URL);
    uint32_t c = module_node(t->m, node)->first;
    for (; c; c = module_node(t->m, c)->next) {
        const struct py_node *n = module_node(t->m, c);
        if (t->of[c] && (t->of[c]->kinds & TAINT_OTHER)) return all;
        if (n->kind != PN_STRING || !only_scheme(n->text)) break;
    }
    return c ? taint_made_safe(t, all, SAFE_URL) : all;
}

static const struct taint *binary(struct taint_flow *t, uint32_t node)
{
    uint8_t op = module_node(t->m, node)->op;
    const struct taint *all = children(t, node);
    if (op == PO_ADD || op == PO_MOD) return text_of(t, node, all);
    if (op == PO_AND || op == PO_OR || op == PO_DIV || op == PO_BITOR) return all;
    return op == PO_MUL ? all : NULL;
}

/* x if x in ALLOWED else y */
static const struct taint *conditional(struct taint_flow *t, uint32_t node)
{
    uint32_t value = module_child(t->m, node, 0), test = module_child(t->m, node, 1);
    uint32_t other = module_child(t->m, node, 2);
    const struct py_node *c = module_node(t->m, test);
    bool in = c->kind == PN_COMPARE && (c->op == PO_IN || c->op == PO_EQ);
    bool out = c->kind == PN_COMPARE && (c->op == PO_NOTIN || c->op == PO_NE);
    uint32_t guarded = in ? value : out ? other : 0;
    struct slice tested = module_source(t->m, module_node(t->m, test)->first);
    const struct taint *a = t->of[value], *b = t->of[other];
    if (guarded && slice_eq(tested, module_source(t->m, guarded))) return in ? b : a;
    return taint_join(t, a, b);
}

/* ---- all kinds ---- */

/* What was found out about this very expression. */
static const struct taint *checked(struct taint_flow *t, uint32_t node, const struct taint *v)
{
    if (!v || !(v->kinds | v->params | v->file)) return v;
    uint32_t slot = guard_slot(t, node, false);
    const struct taint *known = slot ? t->work->slots[slot].cur : NULL;
    return known ? taint_made_safe(t, v, known->safe) : v;
}

const struct taint *expr_taint(struct taint_flow *t, uint32_t node)
{
    switch ((enum py_node_kind)module_node(t->m, node)->kind) {
    case PN_NAME: {
        const struct taint *v = name(t, node);
        return v || !t->work->files ? v : call_literal(t, node);
    }
    case PN_STRING: return t->work->files ? call_literal(t, node) : NULL;
    case PN_LAMBDA: {
        uint32_t body = 0;
        for (uint32_t c = module_node(t->m, node)->first; c; c = module_node(t->m, c)->next)
            body = c;
        return body && t->of[body] && (t->of[body]->kinds & TAINT_OTHER) ? t->of[body] : NULL;
    }
    case PN_ATTR: return checked(t, node, attribute(t, node));
    case PN_SUBSCRIPT: return checked(t, node, item(t, node));
    case PN_CALL: return checked(t, node, call_taint(t, node));
    case PN_FSTRING: return text_of(t, node, children(t, node));
    case PN_BINARY: return binary(t, node);
    case PN_COND: return conditional(t, node);
    case PN_LIST:
    case PN_TUPLE:
    case PN_SET:
    case PN_DICT:
    case PN_SLICE: return children(t, node);
    case PN_PAIR: return child(t, node, 1);
    case PN_KWARG:
    case PN_STAR:
    case PN_DSTAR:
    case PN_AWAIT:
    case PN_COMP: return child(t, node, 0);
    case PN_WALRUS: {
        uint32_t target = module_child(t->m, node, 0);
        expr_bind(t, target, child(t, node, 1), module_child(t->m, node, 1));
        return child(t, node, 1);
    }
    default: return NULL;
    }
}

/* ---- assignments ---- */

static void bind_name(struct taint_flow *t, struct slice text, const struct taint *v)
{
    union map_value other;
    struct taint_work *w = t->work;
    uint32_t scope = w->scope;
    bool outer = map_get(&t->m->scopes[scope].outer, text, &other);
    if (outer) scope = (uint32_t)other.num;
    uint32_t slot = env_slot(t, scope, text, true);
    if (outer)
        env_add(t, slot, v);
    else
        env_set(t, slot, v);
}

/* Something bad is put into an object: the variable at its root, or a member of a class here. */
void expr_spill(struct taint_flow *t, uint32_t object, const struct taint *v)
{
    uint32_t slot = expr_slot(t, object);
    if (slot && v) env_add(t, slot, v);
}

static bool is_tuple(const struct module *m, uint32_t node)
{
    uint8_t kind = module_node(m, node)->kind;
    return kind == PN_TUPLE || kind == PN_LIST;
}

static unsigned count_children(const struct module *m, uint32_t node)
{
    unsigned n = 0;
    for (uint32_t c = module_node(m, node)->first; c; c = module_node(m, c)->next) n++;
    return n;
}

static void bind_plain(struct taint_flow *t, uint32_t target, const struct taint *v)
{
    const struct py_node *n = module_node(t->m, target);
    if (n->kind == PN_STAR) n = module_node(t->m, n->first);
    if (n->kind == PN_NAME)
        bind_name(t, n->text, v);
    else if (n->kind == PN_ATTR || n->kind == PN_SUBSCRIPT)
        expr_spill(t, target, v);
}

/* Two levels of tuples; what is nested deeper gets the taint of all. */
void expr_bind(struct taint_flow *t, uint32_t target, const struct taint *v, uint32_t value)
{
    const struct module *m = t->m;
    if (!is_tuple(m, target)) {
        bind_plain(t, target, v);
        return;
    }
    bool pairs =
        value && is_tuple(m, value) && count_children(m, value) == count_children(m, target);
    unsigned i = 0;
    for (uint32_t c = module_node(m, target)->first; c; c = module_node(m, c)->next, i++) {
        const struct taint *part = pairs ? t->of[module_child(m, value, i)] : v;
        if (!is_tuple(m, c)) {
            bind_plain(t, c, part);
            continue;
        }
        for (uint32_t d = module_node(m, c)->first; d; d = module_node(m, d)->next)
            bind_plain(t, d, part);
    }
}
