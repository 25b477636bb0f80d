/* SPDX-License-Identifier: Apache-2.0 */
/* python_stmt.c - single statements, and the headers of compound ones. Which blocks they open and
 * close is python.c's. */
#include "codec/python_part.h"

static struct py_stmt *newest(struct py_parser *p)
{
    return &p->stmts[p->stmt_count - 1];
}

static bool skip(struct py_parser *p, enum py_keyword k)
{
    bool there = python_at(p, k);
    if (there) python_next(p);
    return there;
}

static bool skip_op(struct py_parser *p, uint32_t code)
{
    bool there = python_at_op(p, code);
    if (there) python_next(p);
    return there;
}

static void expect_op(struct py_parser *p, uint32_t code, const char *what)
{
    if (!p->failed && !skip_op(p, code)) python_fail(p, what);
}

/* Expressions may move the statements: never `newest(p)->expr[i] = python_expr(...)`. */
static void expr(struct py_parser *p, unsigned i, unsigned flags)
{
    uint32_t node = python_expr(p, flags, 0);
    newest(p)->expr[i] = node;
}

static bool at_end(const struct py_parser *p)
{
    return p->tok.kind == PT_NEWLINE || p->tok.kind == PT_END || python_at_op(p, ';');
}

static uint32_t name_node(struct py_parser *p)
{
    uint32_t id = python_node_new(p, PN_NAME, p->tok.text);
    python_next(p);
    return id;
}

/* ---- imports ---- */

/* a.b.c without the blanks that may stand around its dots. */
static struct slice compact(struct py_parser *p, struct slice s)
{
    size_t n = 0;
    bool clean = true;
    for (size_t i = 0; i < s.n; i++) clean &= s.p[i] > ' ' && s.p[i] != '\\';
    if (clean) return s;
    uint8_t *out = arena_room(p->arena, s.n, 1);
    if (!out) {
        p->st = ST_NOMEM;
        return slice_of(NULL, 0);
    }
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] > ' ' && s.p[i] != '\\') out[n++] = s.p[i];
    return slice_of(out, n);
}

static struct slice dotted(struct py_parser *p)
{
    uint32_t from = p->tok.offset, to = from;
    while (p->tok.kind == PT_NAME || python_at_op(p, '.') ||
           python_at_op(p, PY_OP('.', '.', '.'))) {
        if (p->tok.kind == PT_NAME && p->tok.code) break;
        bool name = p->tok.kind == PT_NAME;
        to = p->tok.end;
        python_next(p);
        if (name && !python_at_op(p, '.')) break;
    }
    if (to == from) python_fail(p, "a module's name is missing");
    return compact(p, slice_sub(p->lex.s, from, to - from));
}

static struct slice alias(struct py_parser *p)
{
    if (!skip(p, PK_AS)) return slice_of(NULL, 0);
    struct slice name = p->tok.text;
    if (p->tok.kind != PT_NAME) python_fail(p, "a name is missing");
    python_next(p);
    return name;
}

static void parse_import(struct py_parser *p)
{
    do {
        p->start = p->tok;
        if (!python_add(p, PS_IMPORT)) return;
        struct slice module = dotted(p), as = alias(p);
        newest(p)->text = module;
        newest(p)->as = as;
        python_finish(p);
    } while (!p->failed && skip_op(p, ','));
}

static void parse_from(struct py_parser *p)
{
    struct slice module = dotted(p);
    if (!skip(p, PK_IMPORT)) python_fail(p, "\"import\" is missing");
    bool bracket = !p->failed && skip_op(p, '(');
    while (!p->failed && p->st == ST_OK && (p->tok.kind == PT_NAME || python_at_op(p, '*'))) {
        p->start = p->tok;
        struct py_stmt *s = python_add(p, PS_FROM);
        if (!s) return;
        s->text = module;
        s->name = p->tok.kind == PT_NAME ? p->tok.text : S("*");
        python_next(p);
        struct slice as = alias(p);
        newest(p)->as = as;
        python_finish(p);
        if (!skip_op(p, ',')) break;
    }
    if (bracket) expect_op(p, ')', "a bracket is not closed");
}

/* ---- simple statements ---- */

static void parse_names(struct py_parser *p)
{
    do {
        p->start = p->tok;
        struct py_stmt *s = python_add(p, PS_GLOBAL);
        if (!s) return;
        s->text = p->tok.text;
        if (p->tok.kind != PT_NAME) python_fail(p, "a name is missing");
        if (!p->failed) python_next(p);
        python_finish(p);
    } while (!p->failed && skip_op(p, ','));
}

/* a = b = value: a statement for each target, the first has all nodes. */
static void parse_targets(struct py_parser *p, uint32_t target)
{
    uint32_t first = p->stmt_count - 1, node = target;
    newest(p)->kind = PS_ASSIGN;
    newest(p)->expr[0] = target;
    while (!p->failed && p->st == ST_OK && skip_op(p, '=')) {
        if (p->tok.kind == PT_MAGIC) { /* x = !command */
            newest(p)->kind = PS_MAGIC;
            newest(p)->text = p->tok.text;
            python_next(p);
            return;
        }
        node = python_expr(p, PX_TUPLE, 0);
        if (!python_at_op(p, '=')) break;
        p->stmts[first].node_to = p->node_count;
        if (!python_add(p, PS_ASSIGN)) return;
        newest(p)->expr[0] = node;
    }
    for (uint32_t i = first; i < p->stmt_count; i++) {
        p->stmts[i].expr[1] = node;
        p->stmts[i].node_to = i == first ? p->node_count : p->stmts[i].node_from;
        p->stmts[i].end = p->prev_end;
    }
}

static void parse_annotated(struct py_parser *p, uint32_t target)
{
    python_next(p);
    newest(p)->kind = PS_ANN;
    newest(p)->expr[0] = target;
    expr(p, 2, PX_TUPLE);
    if (!p->failed && skip_op(p, '=')) expr(p, 1, PX_TUPLE);
}

static enum py_op augmented(const struct py_parser *p)
{
    static const struct {
        uint32_t code;
        uint8_t op;
    } rows[] = {{PY_OP('+', '=', 0), PO_ADD},        {PY_OP('-', '=', 0), PO_SUB},
                {PY_OP('*', '=', 0), PO_MUL},        {PY_OP('/', '=', 0), PO_DIV},
                {PY_OP('%', '=', 0), PO_MOD},        {PY_OP('@', '=', 0), PO_MATMUL},
                {PY_OP('&', '=', 0), PO_BITAND},     {PY_OP('|', '=', 0), PO_BITOR},
                {PY_OP('^', '=', 0), PO_BITXOR},     {PY_OP('*', '*', '='), PO_POW},
                {PY_OP('/', '/', '='), PO_FLOORDIV}, {PY_OP('<', '<', '='), PO_LSHIFT},
                {PY_OP('>', '>', '='), PO_RSHIFT}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (python_at_op(p, rows[i].code)) return (enum py_op)rows[i].op;
    return PO_NONE;
}

/* match (x): looks like a call up to the colon that nothing follows. */
static bool is_match(const struct py_parser *p, uint32_t node)
{
    while (node && p->nodes[node].kind != PN_NAME) node = p->nodes[node].first;
    return node && python_at_op(p, ':') && p->ahead.kind == PT_NEWLINE &&
           slice_eq(p->nodes[node].text, S("match"));
}

static void end_match(struct py_parser *p, uint32_t node)
{
    uint32_t callee = p->nodes[node].first, arg = callee ? p->nodes[callee].next : 0;
    bool single = p->nodes[node].kind == PN_CALL && arg && !p->nodes[arg].next;
    newest(p)->kind = PS_MATCH;
    newest(p)->expr[0] = single ? arg : node;
    python_next(p);
    python_open(p);
}

static void parse_expr(struct py_parser *p)
{
    if (!python_add(p, PS_EXPR)) return;
    uint32_t node = python_expr(p, PX_TUPLE, 0);
    newest(p)->expr[0] = node;
    if (p->failed || !node) {
        python_finish(p);
        return;
    }
    enum py_op op = augmented(p);
    if (python_at_op(p, '=')) {
        parse_targets(p, node);
    } else if (is_match(p, node)) {
        end_match(p, node);
        return;
    } else if (python_at_op(p, ':')) {
        parse_annotated(p, node);
    } else if (op) {
        python_next(p);
        newest(p)->kind = PS_AUG;
        newest(p)->op = (uint8_t)op;
        expr(p, 1, PX_TUPLE);
    }
    if (newest(p)->kind != PS_ASSIGN) python_finish(p);
}

/* print x, exec code in names: calls, as in Python 3. */
static void parse_py2(struct py_parser *p)
{
    if (!python_add(p, PS_EXPR)) return;
    uint32_t callee = name_node(p), arg = python_expr(p, PX_TUPLE, 0);
    if (!callee || !arg || p->failed) {
        python_finish(p);
        return;
    }
    const struct py_node *n = &p->nodes[arg];
    bool in = n->kind == PN_COMPARE && n->op == PO_IN;
    p->nodes[callee].next = in ? n->first : arg;
    uint32_t call = python_node_new(p, PN_CALL, slice_of(NULL, 0));
    if (!call) return;
    struct py_node *c = &p->nodes[call];
    const struct py_node *from = &p->nodes[callee];
    c->first = callee;
    c->offset = from->offset;
    c->line = from->line;
    c->column = from->column;
    c->end = p->prev_end;
    newest(p)->expr[0] = call;
    python_finish(p);
}

static bool at_py2(const struct py_parser *p)
{
    if (!slice_eq(p->tok.text, S("print")) && !slice_eq(p->tok.text, S("exec"))) return false;
    switch (p->ahead.kind) {
    case PT_STRING:
    case PT_FSTART:
    case PT_INT:
    case PT_FLOAT: return true;
    case PT_NAME: return !p->ahead.code || p->ahead.code == PK_CONST || p->ahead.code == PK_LAMBDA;
    default: return false;
    }
}

/* [T: bound = default, *Ts] */
static void type_params(struct py_parser *p)
{
    if (p->failed || !skip_op(p, '[')) return;
    (void)python_expr(p, PX_PARAMS, 0);
    expect_op(p, ']', "a bracket is not closed");
}

/* type X[T] = value */
static void parse_type(struct py_parser *p)
{
    python_next(p);
    if (!python_add(p, PS_ASSIGN)) return;
    uint32_t target = name_node(p);
    newest(p)->expr[0] = target;
    type_params(p);
    expect_op(p, '=', "a type without value");
    if (!p->failed) expr(p, 1, 0);
    python_finish(p);
}

/* One or two expressions behind the keyword, with `between` in between. */
static void parse_words(struct py_parser *p, enum py_stmt_kind kind, unsigned flags,
                        enum py_keyword between)
{
    if (!python_add(p, kind)) return;
    if (!at_end(p)) {
        expr(p, 0, flags);
        bool more = !p->failed && (between ? skip(p, between) : skip_op(p, ','));
        if (more) expr(p, 1, flags);
    }
    python_finish(p);
}

static void parse_pass(struct py_parser *p)
{
    if (python_add(p, PS_PASS)) python_finish(p);
}

/* ---- headers ---- */

/* The colon, and the block behind it. */
static void header_end(struct py_parser *p)
{
    expect_op(p, ':', "a colon is missing");
    python_open(p);
}

static void parse_condition(struct py_parser *p, enum py_stmt_kind kind)
{
    if (!python_add(p, kind)) return;
    expr(p, 0, kind == PS_MATCH ? PX_TUPLE : 0);
    header_end(p);
}

static void parse_bare(struct py_parser *p, enum py_stmt_kind kind)
{
    if (python_add(p, kind)) header_end(p);
}

static void parse_for(struct py_parser *p)
{
    if (!python_add(p, PS_FOR)) return;
    expr(p, 0, PX_TUPLE | PX_NO_IN);
    if (!p->failed && !skip(p, PK_IN)) python_fail(p, "a loop without \"in\"");
    if (!p->failed) expr(p, 1, PX_TUPLE);
    header_end(p);
}

static void parse_except(struct py_parser *p)
{
    if (!python_add(p, PS_EXCEPT)) return;
    skip_op(p, '*');
    if (!python_at_op(p, ':')) expr(p, 0, PX_TUPLE);
    struct slice name = p->failed ? slice_of(NULL, 0) : alias(p);
    newest(p)->text = name;
    header_end(p);
}

static void parse_def(struct py_parser *p)
{
    if (!python_add(p, PS_DEF)) return;
    newest(p)->text = p->tok.text;
    if (p->tok.kind != PT_NAME) python_fail(p, "a function without a name");
    if (!p->failed) python_next(p);
    type_params(p);
    expect_op(p, '(', "parameters are missing");
    if (!p->failed) expr(p, 0, PX_PARAMS);
    expect_op(p, ')', "a bracket is not closed");
    if (!p->failed && skip_op(p, PY_OP('-', '>', 0))) expr(p, 2, 0);
    header_end(p);
}

static void parse_class(struct py_parser *p)
{
    if (!python_add(p, PS_CLASS)) return;
    newest(p)->text = p->tok.text;
    if (p->tok.kind != PT_NAME) python_fail(p, "a class without a name");
    struct py_tok name = p->tok;
    uint32_t node = p->failed ? 0 : name_node(p);
    type_params(p);
    if (p->failed || p->st != ST_OK) {
        header_end(p);
        return;
    }
    if (python_at_op(p, '(')) {
        node = python_expr(p, 0, node);
    } else {
        uint32_t call = python_node_new(p, PN_CALL, slice_of(NULL, 0));
        if (!call) return;
        struct py_node *c = &p->nodes[call];
        c->first = node;
        c->offset = name.offset;
        c->end = name.end;
        c->line = name.line;
        c->column = name.column;
        node = call;
    }
    newest(p)->expr[0] = node;
    header_end(p);
}

static void forget(struct py_node *n)
{
    n->kind = PN_NONE;
    n->first = n->next = 0;
}

/* What was parsed as one expression becomes one statement per item; the nodes of each are one run
 * after the other, because a root is the newest node of its tree. */
static void split_items(struct py_parser *p, uint32_t root, uint32_t from)
{
    bool tuple = p->nodes[root].kind == PN_TUPLE && p->nodes[root].first;
    for (uint32_t item = tuple ? p->nodes[root].first : root; item;) {
        struct py_stmt *s = python_add(p, PS_ITEM);
        if (!s) return;
        struct py_node *n = &p->nodes[item];
        uint32_t next = tuple ? n->next : 0;
        bool pair = n->kind == PN_PAIR;
        s->expr[0] = pair ? n->first : item;
        s->expr[1] = pair ? p->nodes[n->first].next : 0;
        s->offset = n->offset;
        s->line = n->line;
        s->column = n->column;
        s->end = n->end;
        s->node_from = from;
        s->node_to = from = item + 1;
        if (pair) forget(n);
        n->next = 0;
        item = next;
    }
    if (tuple) forget(&p->nodes[root]);
    p->stmts[p->stmt_count - 1].node_to = p->node_count;
}

static void parse_with(struct py_parser *p)
{
    if (!python_add(p, PS_WITH)) return;
    uint32_t from = p->node_count, root = python_expr(p, PX_TUPLE | PX_AS, 0);
    if (!root) {
        header_end(p);
        return;
    }
    expect_op(p, ':', "a colon is missing");
    python_open(p);
    p->stmts[p->stmt_count - 1].node_to = from;
    split_items(p, root, from);
}

static void parse_case(struct py_parser *p)
{
    if (!python_add(p, PS_CASE)) return;
    expr(p, 0, PX_TUPLE | PX_NO_IF | PX_AS);
    if (!p->failed && skip(p, PK_IF)) expr(p, 1, 0);
    header_end(p);
}

static void parse_decorator(struct py_parser *p)
{
    python_next(p);
    if (!python_add(p, PS_DECORATOR)) return;
    expr(p, 0, PX_TUPLE);
    python_finish(p);
}

/* match x: where x cannot continue an expression that begins with "match" */
static bool at_match(const struct py_parser *p)
{
    if (!slice_eq(p->tok.text, S("match"))) return false;
    switch (p->ahead.kind) {
    case PT_NAME:
        return !p->ahead.code || p->ahead.code == PK_CONST || p->ahead.code == PK_AWAIT ||
               p->ahead.code == PK_LAMBDA;
    case PT_STRING:
    case PT_FSTART:
    case PT_INT:
    case PT_FLOAT: return true;
    case PT_OP: return p->ahead.code == '{' || p->ahead.code == '~';
    default: return false;
    }
}

static void parse_name(struct py_parser *p)
{
    if (p->in_match && slice_eq(p->tok.text, S("case"))) {
        python_next(p);
        parse_case(p);
    } else if (at_match(p)) {
        python_next(p);
        parse_condition(p, PS_MATCH);
    } else if (slice_eq(p->tok.text, S("type")) && p->ahead.kind == PT_NAME && !p->ahead.code) {
        parse_type(p);
    } else if (at_py2(p)) {
        parse_py2(p);
    } else {
        parse_expr(p);
    }
}

static void parse_keyword(struct py_parser *p)
{
    enum py_keyword k = (enum py_keyword)p->tok.code;
    switch (k) {
    case PK_AWAIT:
    case PK_CONST:
    case PK_LAMBDA:
    case PK_NOT:
    case PK_YIELD: parse_expr(p); return;
    default: python_next(p);
    }
    switch (k) {
    case PK_IMPORT: parse_import(p); break;
    case PK_FROM: parse_from(p); break;
    case PK_RETURN: parse_words(p, PS_RETURN, PX_TUPLE, PK_FROM); break;
    case PK_RAISE: parse_words(p, PS_RAISE, PX_TUPLE, PK_FROM); break;
    case PK_ASSERT: parse_words(p, PS_ASSERT, 0, PK_NONE); break;
    case PK_DEL: parse_words(p, PS_DEL, PX_TUPLE, PK_FROM); break;
    case PK_GLOBAL:
    case PK_NONLOCAL: parse_names(p); break;
    case PK_PASS:
    case PK_BREAK:
    case PK_CONTINUE: parse_pass(p); break;
    case PK_IF: parse_condition(p, PS_IF); break;
    case PK_ELIF: parse_condition(p, PS_ELIF); break;
    case PK_WHILE: parse_condition(p, PS_WHILE); break;
    case PK_ELSE: parse_bare(p, PS_ELSE); break;
    case PK_TRY: parse_bare(p, PS_TRY); break;
    case PK_FINALLY: parse_bare(p, PS_FINALLY); break;
    case PK_FOR: parse_for(p); break;
    case PK_EXCEPT: parse_except(p); break;
    case PK_DEF: parse_def(p); break;
    case PK_CLASS: parse_class(p); break;
    case PK_WITH: parse_with(p); break;
    default: python_fail(p, "a keyword that begins no statement");
    }
}

void python_statement(struct py_parser *p)
{
    p->start = p->tok;
    if (p->tok.kind == PT_NAME && p->tok.code == PK_ASYNC) python_next(p);
    if (p->tok.kind == PT_MAGIC) {
        if (python_add(p, PS_MAGIC)) newest(p)->text = p->tok.text;
        python_next(p);
        if (p->st == ST_OK) python_finish(p);
    } else if (python_at_op(p, '@')) {
        parse_decorator(p);
    } else if (p->tok.kind == PT_NAME && p->tok.code) {
        parse_keyword(p);
    } else if (p->tok.kind == PT_NAME) {
        parse_name(p);
    } else {
        parse_expr(p);
    }
}
