/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - what names are bound to.
 *
 * A name has a chain of bindings, the newest first. Read at a statement, a binding that stands in a
 * branch which is still open there (or in none) hides all older ones; one in a closed branch is one
 * of several values; one in another branch of the same `if` is none. A scope that is looked into
 * from outside is seen at its end. */
#include "detect/python/module_part.h"

#define CHAIN_MAX 64 /* bindings that are looked at: a name with more of them is not followed */
#define BASES_MAX 8

static bool is_choice(enum py_stmt_kind kind)
{
    return kind == PS_IF || kind == PS_ELIF || kind == PS_ELSE || kind == PS_CASE;
}

/* Is the statement `at` in another branch of the `if` or `match` that `branch` belongs to? */
static bool excluded(const struct module *m, uint32_t branch, uint32_t at)
{
    const struct py_stmt *b = &m->tree->stmts[branch];
    if (!is_choice(b->kind)) return false;
    uint32_t opener = b->kind == PS_IF ? branch : b->block;
    if (opener >= m->tree->stmt_count) return false;
    enum py_stmt_kind of = m->tree->stmts[opener].kind;
    return (of == PS_IF || of == PS_MATCH) && at > branch && at < m->end_of[opener];
}

static bool is_open(const struct module *m, uint32_t scope, uint32_t branch, uint32_t at)
{
    if (branch == PYTHON_NO_STMT || branch == m->scopes[scope].stmt) return true;
    if (at == PYTHON_NO_STMT) return false;
    uint32_t next = m->tree->stmts[branch].next;
    return next == PYTHON_NO_STMT || at < next;
}

/* Both branches of an if with an else bound it: nothing older is left. */
struct choice {
    uint32_t opener;
};

static bool completes(const struct module *m, struct choice *c, uint32_t branch)
{
    const struct py_stmt *b = &m->tree->stmts[branch];
    if (b->kind == PS_ELSE) c->opener = b->block;
    return b->kind == PS_IF && c->opener == branch;
}

static const struct value *without_none(struct module *m, const struct value *v)
{
    const struct value *out = NULL;
    if (!v || !v->other) return v;
    for (const struct value *i = v; i; i = i->other) {
        if (i->kind == VAL_NONE && !i->fallback) continue;
        struct value *one = val_new(m, i->kind);
        if (!one) return v;
        *one = *i;
        one->other = NULL;
        out = out ? val_either(m, out, one) : one;
    }
    return out ? out : v;
}

/* What a chain of bindings says at a statement; PYTHON_NO_STMT: at the end of the scope. */
static const struct value *read_chain(struct module *m, uint32_t scope, const struct binding *b,
                                      uint32_t at)
{
    const struct value *v = NULL;
    struct choice choice = {PYTHON_NO_STMT};
    for (size_t i = 0; b && i < CHAIN_MAX; b = b->prev, i++) {
        bool open = is_open(m, scope, b->branch, at);
        if (!open && at != PYTHON_NO_STMT && excluded(m, b->branch, at)) continue;
        v = v ? val_either(m, v, b->value) : b->value;
        if (open || completes(m, &choice, b->branch)) break;
    }
    return at == PYTHON_NO_STMT ? without_none(m, v) : v;
}

static const struct value *read_scope(struct module *m, uint32_t scope, struct slice name,
                                      uint32_t at)
{
    union map_value v;
    const struct map *former = m->walk->former;
    if (map_get(&m->scopes[scope].names, name, &v)) return read_chain(m, scope, v.ptr, at);
    /* bound further down, or by a def that is walked later */
    if (former && map_get(&former[scope], name, &v))
        return read_chain(m, scope, v.ptr, PYTHON_NO_STMT);
    return NULL;
}

static const struct value *unbound(struct module *m, struct slice name)
{
    struct slice habit = dotted_habit(name);
    const struct value *v = val_of_name(m, dotted_name(&m->names, habit.n ? habit : name));
    if (slice_eq(name, S("__file__"))) return val_own(m, v);
    for (size_t i = 0; i < m->walk->star_count; i++)
        v = val_either(m, v, val_of_name(m, dotted_attr(&m->names, m->walk->stars[i], name)));
    return v;
}

const struct value *names_read(struct module *m, struct slice name)
{
    const struct module_walk *w = m->walk;
    for (size_t i = w->shadow_count; i > 0; i--)
        if (slice_eq(w->shadows[i - 1].name, name)) return w->shadows[i - 1].value;
    union map_value other;
    uint32_t scope = w->scope;
    if (map_get(&m->scopes[scope].outer, name, &other)) scope = (uint32_t)other.num;
    for (; scope != NO_SCOPE; scope = m->scopes[scope].parent) {
        if (m->scopes[scope].kind == SCOPE_CLASS && scope != w->scope) continue;
        uint32_t at = scope == w->scope ? w->stmt : PYTHON_NO_STMT;
        const struct value *v = read_scope(m, scope, name, at);
        if (v) return v;
    }
    return unbound(m, name);
}

const struct value *module_lookup(struct module *m, uint32_t scope, struct slice name)
{
    for (; scope != NO_SCOPE; scope = m->scopes[scope].parent) {
        const struct value *v = read_scope(m, scope, name, PYTHON_NO_STMT);
        if (v) return v;
    }
    return NULL;
}

static void bind_in(struct module *m, uint32_t scope, struct slice name, const struct value *v)
{
    struct binding *b = ARENA_NEW(m->arena, struct binding);
    union map_value old = {.ptr = NULL};
    struct map *names = &m->scopes[scope].names;
    if (!b) {
        m->nomem = true;
        return;
    }
    (void)map_get(names, name, &old);
    /* a binding from another scope's body: one of several */
    *b = (struct binding){old.ptr, v, m->walk->stmt, m->branch_of[m->walk->stmt]};
    if (!map_put(names, name, (union map_value){.ptr = b}, NULL)) m->nomem = true;
}

void names_bind(struct module *m, struct slice name, const struct value *v)
{
    union map_value other;
    uint32_t scope = m->walk->scope;
    if (!name.n || !v) return;
    if (map_get(&m->scopes[scope].outer, name, &other)) scope = (uint32_t)other.num;
    bind_in(m, scope, name, v);
}

void names_bind_member(struct module *m, uint32_t class, struct slice name, const struct value *v)
{
    if (v->kind == VAL_UNKNOWN && !v->name) return; /* says nothing */
    bind_in(m, class, name, v);
}

/* The class of this module among the bases of a class, or NO_SCOPE. */
static uint32_t local_base(const struct module *m, uint32_t class)
{
    for (const struct value *b = m->scopes[class].bases; b; b = b->other)
        if (b->kind == VAL_CLASS && b->scope != class) return b->scope;
    return NO_SCOPE;
}

static const struct value *member(struct module *m, uint32_t class, struct slice name)
{
    for (size_t i = 0; class != NO_SCOPE && i < BASES_MAX; class = local_base(m, class), i++) {
        const struct map *former = m->walk->former;
        union map_value v;
        /* the first pass has seen all methods */
        if (former && map_get(&former[class], name, &v))
            return read_chain(m, class, v.ptr, PYTHON_NO_STMT);
        const struct value *found = read_scope(m, class, name, PYTHON_NO_STMT);
        if (found) return found;
    }
    return NULL;
}

/* An unpickler of this module with a find_class() that refuses: what it loads is chosen. */
static bool restricts(struct module *m, const struct value *v, struct slice name)
{
    if (!slice_eq(name, S("load"))) return false;
    const struct value *f = member(m, v->scope, S("find_class"));
    if (!f || f->kind != VAL_DEF) return false;
    const struct scope *s = &m->scopes[f->scope];
    for (uint32_t i = s->stmt + 1; i < s->end && i < s->stmt + 100; i++) {
        enum py_stmt_kind kind = m->tree->stmts[i].kind;
        if (kind == PS_RAISE || kind == PS_IF) return true;
    }
    return false;
}

/* An attribute that the class's foreign bases have. */
static const struct value *inherited(struct module *m, const struct value *v, struct slice name)
{
    uint32_t class = v->scope;
    if (restricts(m, v, name)) return val_of_name(m, dotted_attr(&m->names, v->name, name));
    for (size_t i = 0; class != NO_SCOPE && i < BASES_MAX; class = local_base(m, class), i++)
        for (const struct value *b = m->scopes[class].bases; b; b = b->other) {
            if (!b->name || b->kind == VAL_CLASS) continue;
            const struct dotted *of =
                v->kind == VAL_OBJECT ? dotted_call(&m->names, b->name) : b->name;
            return val_of_name(m, dotted_attr(&m->names, of, name));
        }
    return val_of_name(m, dotted_attr(&m->names, v->name, name));
}

/* args.host, if the module has add_argument("--host", default=...) */
static const struct value *option(struct module *m, const struct value *v, struct slice name)
{
    union map_value found;
    struct slice of = v->name->full;
    if (!m->walk->options.used || !map_get(&m->walk->options, name, &found)) return NULL;
    bool parsed = slice_ends(of, S("parse_args()")) || slice_ends(of, S("parse_known_args()[]")) ||
                  slice_eq(of, S("?args")) || slice_eq(of, S("?opt")) || slice_eq(of, S("?opts")) ||
                  slice_eq(of, S("?options")) || slice_eq(of, S("?cli_args"));
    return parsed ? found.ptr : NULL;
}

static const struct value *attr_of(struct module *m, const struct value *v, struct slice name)
{
    if (v->kind == VAL_OBJECT || v->kind == VAL_CLASS) {
        const struct value *found = member(m, v->scope, name);
        if (!found) return inherited(m, v, name);
        if (found->kind == VAL_DEF && m->scopes[found->scope].property &&
            m->scopes[found->scope].returns)
            return m->scopes[found->scope].returns;
        return found;
    }
    if (v->kind == VAL_STRING && slice_eq(name, S("value"))) return v; /* of an enum */
    if (!v->name) return &val_unknown;
    const struct value *found = option(m, v, name);
    if (found) return found;
    struct slice full = v->name->full;
    /* torch.__dict__["load"] */
    if (slice_eq(name, S("__dict__"))) return val_of_name(m, v->name);
    if (slice_eq(full, S("__builtins__")) || slice_eq(full, S("builtins")))
        return val_of_name(m, dotted_name(&m->names, name));
    const struct value *out = val_of_name(m, dotted_attr(&m->names, v->name, name));
    return v->own ? val_own(m, out) : out;
}

const struct value *names_attr(struct module *m, const struct value *v, struct slice name)
{
    const struct value *out = NULL;
    for (; v; v = v->other) {
        const struct value *one = attr_of(m, v, name);
        out = out ? val_either(m, out, one) : one;
    }
    return out ? out : &val_unknown;
}
