/* SPDX-License-Identifier: Apache-2.0 */
/* setup_py.c - the dependencies that a setup.py hands to setup() (setuptools documentation,
 * "Keywords"), read from its tree: nothing is executed.
 *
 *    base = ["torch>=2", "numpy"]                      a name: all that is bound to it, as any
 *    base += ["enum34"]; base.append("x")              branch may be the one that is taken
 *    def more(): return ["scipy"]                      a def of the file: what it returns
 *    setup(install_requires=base + more(), extras_require={"ui": ["gradio"]}, **settings)
 *
 * What is computed in another way (read from a file, made by a comprehension) is not guessed; nor
 * is a text of which a part is not known. A node is opened once in a pass, and there is a pass per
 * keyword, so that the time is in proportion to the file whatever names stand for each other. */
#include "base/ascii.h"
#include "base/buf.h"
#include "base/map.h"
#include "read/code/packages.h"

enum role { ROLE_SETUP, ROLE_EXTRAS, ROLE_LIST };

static const struct keyword {
    const char *name;
    enum role role;
    bool build, dev, links;
} keywords[] = {
    {"install_requires", ROLE_LIST, false, false, false},
    {"extras_require", ROLE_EXTRAS, false, false, false},
    {"setup_requires", ROLE_LIST, true, false, false},
    {"tests_require", ROLE_LIST, false, true, false},
    {"dependency_links", ROLE_LIST, false, false, true},
};

#define TOLD   255u /* of a node, instead of the pass that opened it */
#define PART   64   /* of a text that is put together */
#define PARTS  256
#define TEXT   4096u
#define RETURN "()" /* behind the name of a def */

struct binding { /* of a name: a value, or one under a key */
    const struct binding *next;
    uint32_t key, value; /* nodes; key 0: all of it */
    uint32_t scope;      /* the def or class in which it is bound; PYTHON_NO_STMT: the module */
};

struct name {
    const struct binding *bindings; /* the newest first */
    unsigned pass;                  /* that opened it */
};

struct open { /* what is to be looked at */
    uint32_t node, scope;
    enum role role;
    bool words; /* a text whose words are meant: "a b".split() */
};

struct setup {
    struct packages *p;
    struct py_module tree;
    struct map names;
    uint32_t *scopes; /* per statement */
    uint8_t *seen;    /* per node: the pass, or TOLD */
    const struct keyword *keyword;
    unsigned pass;
    struct open *stack;
    size_t depth, room;
};

static const struct py_node *at(const struct setup *s, uint32_t node)
{
    return &s->tree.nodes[node];
}

static bool is_plain_name(const struct setup *s, uint32_t node, const char *text)
{
    return at(s, node)->kind == PN_NAME && slice_eq(at(s, node)->text, slice_str(text));
}

/* ---- what names are bound to ---- */

static struct name *name_of(struct setup *s, struct slice text)
{
    union map_value v;
    return map_get(&s->names, text, &v) ? (struct name *)v.ptr : NULL;
}

static void bind(struct setup *s, struct slice text, struct binding b)
{
    struct arena *a = s->p->r->arena;
    struct name *n = name_of(s, text);
    struct binding *more = ARENA_NEW(a, struct binding);
    if (more && !n && (n = ARENA_NEW(a, struct name)) &&
        !map_put(&s->names, text, (union map_value){.ptr = n}, NULL))
        n = NULL;
    if (!more || !n) {
        s->p->st = ST_NOMEM;
        return;
    }
    *more = b;
    more->next = n->bindings;
    n->bindings = more;
}

/* x = v, x["key"] = v */
static void bind_target(struct setup *s, uint32_t target, uint32_t value, uint32_t scope)
{
    const struct py_node *t = at(s, target);
    uint32_t key = 0;
    if (!target || !value) return;
    if (t->kind == PN_SUBSCRIPT) {
        key = at(s, t->first)->next;
        t = at(s, t->first);
    }
    if (t->kind == PN_NAME) bind(s, t->text, (struct binding){NULL, key, value, scope});
}

/* x.append(v), x.extend(v), x.insert(0, v), x.update(v) */
static void bind_method(struct setup *s, uint32_t call, uint32_t scope)
{
    static const char *const methods[] = {"append", "extend", "insert", "update"};
    const struct py_node *c = at(s, call), *f = at(s, c->first);
    if (c->kind != PN_CALL || f->kind != PN_ATTR || at(s, f->first)->kind != PN_NAME) return;
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        known |= slice_eq(f->text, slice_str(methods[i]));
    for (uint32_t a = f->next; known && a; a = at(s, a)->next)
        bind(s, at(s, f->first)->text, (struct binding){NULL, 0, a, scope});
}

static void bind_return(struct setup *s, const struct py_stmt *st, uint32_t def)
{
    if (def == PYTHON_NO_STMT || !st->expr[0]) return;
    struct slice name = s->tree.stmts[def].text;
    name = arena_printf(s->p->r->arena, "%.*s" RETURN, SLICE_ARG(name));
    if (!name.p) s->p->st = ST_NOMEM;
    if (name.p) bind(s, name, (struct binding){NULL, 0, st->expr[0], def});
}

static void bind_stmt(struct setup *s, uint32_t i)
{
    const struct py_stmt *st = &s->tree.stmts[i], *block = NULL;
    s->scopes[i] = PYTHON_NO_STMT;
    if (st->block != PYTHON_NO_STMT) {
        block = &s->tree.stmts[st->block];
        bool opens = block->kind == PS_DEF || block->kind == PS_CLASS;
        s->scopes[i] = opens ? st->block : s->scopes[st->block];
    }
    switch (st->kind) {
    case PS_ASSIGN:
    case PS_AUG:
    case PS_ANN: bind_target(s, st->expr[0], st->expr[1], s->scopes[i]); break;
    case PS_EXPR: bind_method(s, st->expr[0], s->scopes[i]); break;
    case PS_RETURN: bind_return(s, st, s->scopes[i]); break;
    default: break;
    }
}

static bool is_visible(const struct binding *b, uint32_t scope)
{
    return b->scope == scope || b->scope == PYTHON_NO_STMT;
}

/* ---- texts ---- */

enum text { TEXT_NONE, TEXT_PARTLY, TEXT_WHOLE };

/* The one value of a name, or 0. */
static uint32_t only_value(struct setup *s, struct slice text, uint32_t scope)
{
    const struct name *n = name_of(s, text);
    const struct binding *b = n ? n->bindings : NULL;
    return b && !b->next && !b->key && is_visible(b, scope) ? b->value : 0;
}

/* "a" + NAME, f"a{NAME}": is it a text, and which? */
static enum text text_of(struct setup *s, uint32_t node, uint32_t scope, struct buf *b)
{
    uint32_t stack[PART] = {node};
    size_t depth = 1;
    bool some = false, whole = true;
    for (unsigned parts = 0; depth && parts < PARTS; parts++) {
        uint32_t from = stack[--depth], children[PART];
        const struct py_node *n = at(s, from);
        size_t count = 0;
        some |= n->kind == PN_STRING || n->kind == PN_FSTRING;
        if (n->kind == PN_STRING) buf_add(b, n->text);
        if (n->kind == PN_FSTRING || (n->kind == PN_BINARY && n->op == PO_ADD))
            for (uint32_t c = n->first; c && count < PART; c = at(s, c)->next)
                children[count++] = c;
        else if (n->kind == PN_NAME && (from = only_value(s, n->text, scope)))
            children[count++] = from;
        else
            whole &= n->kind == PN_STRING;
        whole &= count < PART && depth + count <= PART;
        while (count && depth < PART) stack[depth++] = children[--count];
    }
    if (!some) return TEXT_NONE;
    return whole && !depth && buf_ok(b) ? TEXT_WHOLE : TEXT_PARTLY;
}

/* ---- packages ---- */

/* A page to look at, or a package: https://host/name.git#egg=name-1.0 */
static void add_link(struct setup *s, struct slice text, struct package one)
{
    bool package = slice_starts(text, S("git")) || slice_has(text, S("egg="));
    if (package && !packages_pep508(text, &one)) return;
    for (size_t i = 1; i + 1 < one.name.n; i++)
        if (one.name.p[i] == '-' && ascii_digit(one.name.p[i + 1]))
            one.name = slice_sub(one.name, 0, i);
    if (!package) {
        one.source = PACKAGE_INDEX;
        one.name = S("find-links");
        one.url = text;
    }
    packages_add(s->p, &one);
}

static void add_text(struct setup *s, struct slice text, struct package like)
{
    text = slice_trim(text);
    if (!text.n || text.p[0] == '#') return;
    like.build = s->keyword->build;
    like.dev = s->keyword->dev;
    if (s->keyword->links)
        add_link(s, text, like);
    else
        packages_add_text(s->p, text, like);
}

static uint32_t count_lines(struct slice s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == '\n';
    return n;
}

/* How many lines of the file lie before the first of a text over several: none, or those that a
 * backslash ends. Its line ends may be escapes on one line of the file, too. */
static bool spans_lines(const struct setup *s, const struct py_node *n, struct slice text,
                        uint32_t *ret_before)
{
    uint32_t in_text = count_lines(text);
    uint32_t in_file = count_lines(slice_sub(s->p->source.text, n->offset, n->end - n->offset));
    *ret_before = in_text ? in_file - in_text : 0;
    return in_text && in_file >= in_text;
}

/* A text may hold one a line. */
static void add_lines(struct setup *s, const struct py_node *n, struct slice text, bool words)
{
    struct package like = {.line = n->line, .column = n->column};
    struct slice rest = text, line, word;
    uint32_t before;
    bool spans = spans_lines(s, n, text, &before);
    if (spans) like.line += before;
    while (s->p->st == ST_OK && slice_split(&rest, '\n', &line)) {
        if (like.line != n->line) like.column = (uint32_t)(slice_trim(line).p - line.p) + 1;
        struct package one = like;
        while (words && slice_split(&line, ' ', &word)) add_text(s, word, one);
        if (!words) add_text(s, line, one);
        like.line += spans;
    }
}

static void add_node(struct setup *s, const struct open *o)
{
    struct buf b;
    const struct py_node *n = at(s, o->node);
    if (n->kind == PN_STRING) {
        s->seen[o->node] = TOLD;
        add_lines(s, n, n->text, o->words);
        return;
    }
    buf_init(&b, TEXT);
    if (text_of(s, o->node, o->scope, &b) == TEXT_WHOLE) {
        struct slice text = arena_copy(s->p->r->arena, buf_slice(&b));
        if (!text.p) s->p->st = ST_NOMEM;
        s->seen[o->node] = TOLD;
        add_lines(s, n, text, o->words);
    }
    buf_done(&b);
}

/* ---- opening ---- */

static void push(struct setup *s, struct open o)
{
    if (!o.node) return;
    if (s->depth == s->room) {
        size_t room = s->room ? 2 * s->room : 64;
        struct open *more = ARENA_ROOM(s->p->r->arena, struct open, room);
        if (!more) {
            s->p->st = ST_NOMEM;
            return;
        }
        if (s->depth) memcpy(more, s->stack, s->depth * sizeof *more);
        s->stack = more;
        s->room = room;
    }
    s->stack[s->depth++] = o;
}

/* Behind a key: of setup() the keyword of this pass, of extras all. */
static void push_key(struct setup *s, struct slice key, struct open o)
{
    if (o.role == ROLE_SETUP && !slice_eq(key, slice_str(s->keyword->name))) return;
    o.role = o.role == ROLE_SETUP ? s->keyword->role : ROLE_LIST;
    push(s, o);
}

static void push_name(struct setup *s, struct slice text, const struct open *o)
{
    struct name *n = name_of(s, text);
    if (!n || n->pass == s->pass) return;
    n->pass = s->pass;
    for (const struct binding *b = n->bindings; b; b = b->next) {
        struct open next = {b->value, b->scope, o->role, o->words};
        if (!is_visible(b, o->scope) && !slice_ends(text, S(RETURN))) continue;
        if (next.scope == PYTHON_NO_STMT) next.scope = o->scope;
        if (b->key && o->role != ROLE_LIST)
            push_key(s, at(s, b->key)->text, next);
        else if (!b->key)
            push(s, next);
    }
}

static void push_children(struct setup *s, uint32_t first, const struct open *o)
{
    size_t from = s->depth;
    for (uint32_t c = first; c; c = at(s, c)->next) {
        const struct py_node *n = at(s, c);
        struct open next = {c, o->scope, o->role, o->words};
        if (n->kind == PN_PAIR || n->kind == PN_KWARG) {
            next.node = n->kind == PN_KWARG ? n->first : at(s, n->first)->next;
            if (o->role != ROLE_LIST)
                push_key(s, n->kind == PN_KWARG ? n->text : at(s, n->first)->text, next);
        } else if (n->kind == PN_STAR || n->kind == PN_DSTAR) {
            next.node = n->first;
            push(s, next);
        } else if (o->role == ROLE_LIST || n->kind == PN_NAME || n->kind == PN_DICT) {
            push(s, next);
        }
    }
    for (size_t to = s->depth; from + 1 < to; from++) { /* the first is to be on top */
        struct open swap = s->stack[from];
        s->stack[from] = s->stack[--to];
        s->stack[to] = swap;
    }
}

static void open_call(struct setup *s, const struct py_node *call, const struct open *o)
{
    static const char *const makers[] = {"list", "tuple", "set", "sorted", "dict"};
    const struct py_node *f = at(s, call->first);
    if (f->kind == PN_ATTR) {
        static const char *const cuts[] = {"split", "splitlines", "strip"};
        for (size_t i = 0; i < COUNT_OF(cuts); i++)
            if (slice_eq(f->text, slice_str(cuts[i])))
                push(s, (struct open){f->first, o->scope, o->role, o->words || (!i && !f->next)});
        return;
    }
    for (size_t i = 0; i < COUNT_OF(makers); i++)
        if (is_plain_name(s, call->first, makers[i])) push_children(s, f->next, o);
    if (f->kind != PN_NAME) return;
    struct slice name = arena_printf(s->p->r->arena, "%.*s" RETURN, SLICE_ARG(f->text));
    if (!name.p) s->p->st = ST_NOMEM;
    push_name(s, name, o);
}

static void open_binary(struct setup *s, const struct py_node *n, const struct open *o)
{
    struct buf b;
    buf_init(&b, TEXT);
    bool text = n->op == PO_ADD && text_of(s, o->node, o->scope, &b) != TEXT_NONE;
    buf_done(&b);
    if (text)
        add_node(s, o);
    else if (n->op == PO_ADD || n->op == PO_OR)
        push_children(s, n->first, o);
}

static void open_node(struct setup *s, const struct open *o)
{
    const struct py_node *n = at(s, o->node);
    struct open other = *o;
    if (s->seen[o->node] == TOLD || s->seen[o->node] == s->pass) return;
    s->seen[o->node] = (uint8_t)s->pass;
    switch (n->kind) {
    case PN_STRING:
    case PN_FSTRING:
        if (o->role == ROLE_LIST) add_node(s, o);
        break;
    case PN_LIST:
    case PN_TUPLE:
    case PN_SET:
    case PN_DICT: push_children(s, n->first, o); break;
    case PN_NAME: push_name(s, n->text, o); break;
    case PN_BINARY: open_binary(s, n, o); break;
    case PN_CALL: open_call(s, n, o); break;
    case PN_COND: /* value, condition, otherwise */
        other.node = at(s, at(s, n->first)->next)->next;
        push(s, other);
        other.node = n->first;
        push(s, other);
        break;
    default: break;
    }
}

static void run(struct setup *s)
{
    while (s->depth && s->p->st == ST_OK) {
        struct open o = s->stack[--s->depth];
        if (!budget_work(s->p->r->budget, 1)) s->p->st = ST_LIMIT;
        open_node(s, &o);
    }
    s->depth = 0;
}

/* ---- the file ---- */

/* setup(...), setuptools.setup(...), distutils.core.setup(...) */
static bool is_setup(const struct setup *s, const struct py_node *n)
{
    const struct py_node *f = at(s, n->first);
    bool named = f->kind == PN_NAME || f->kind == PN_ATTR;
    return n->kind == PN_CALL && named && slice_eq(f->text, S("setup"));
}

static void read_calls(struct setup *s, uint32_t stmt)
{
    const struct py_stmt *st = &s->tree.stmts[stmt];
    for (uint32_t n = st->node_from; n < st->node_to && s->p->st == ST_OK; n++) {
        if (!is_setup(s, at(s, n))) continue;
        struct open call = {n, s->scopes[stmt], ROLE_SETUP, false};
        push_children(s, at(s, at(s, n)->first)->next, &call);
        run(s);
    }
}

static bool begin(struct setup *s)
{
    struct reading *r = s->p->r;
    if (!budget_work(r->budget, 1 + s->p->source.text.n / 16)) s->p->st = ST_LIMIT;
    if (s->p->st != ST_OK) return false;
    enum st st = python_parse(s->p->source.text, false, r->arena, &s->tree);
    if (st != ST_OK && st != ST_LIMIT) s->p->st = st; /* a limit was told with the module */
    map_init(&s->names, r->arena, 0);
    s->scopes = ARENA_ARRAY(r->arena, uint32_t, s->tree.stmt_count + 1);
    s->seen = ARENA_ARRAY(r->arena, uint8_t, s->tree.node_count + 1);
    if (!s->scopes || !s->seen) s->p->st = ST_NOMEM;
    return s->p->st == ST_OK;
}

void packages_setup_py(struct packages *p)
{
    struct setup s = {.p = p};
    p->file.library = true;
    if (!begin(&s)) return;
    for (uint32_t i = 0; i < s.tree.stmt_count && p->st == ST_OK; i++) bind_stmt(&s, i);
    for (size_t k = 0; k < COUNT_OF(keywords); k++) {
        s.keyword = &keywords[k];
        s.pass = (unsigned)k + 1;
        for (uint32_t i = 0; i < s.tree.stmt_count; i++) read_calls(&s, i);
    }
}
