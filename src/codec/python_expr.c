/* SPDX-License-Identifier: Apache-2.0 */
/* python_expr.c - expressions, without recursion.
 *
 * Two stacks, as in Dijkstra's shunting yard: `operands` holds finished nodes, `slots` holds
 * operators that wait for their right side and brackets that wait for their end. Whether an operand
 * or an operator has to come next is one bit. A slot with prec 0 is a bracket: reducing stops
 * there.
 *
 *   a + b * c)      slots: ( + *    operands: a b c     ")" reduces * then +, then closes (
 *
 * Postfix parts (.name [index] (call)) apply to the newest operand at once. Parameters, the clauses
 * of a comprehension, yield, and strings with their fields are brackets, too: those that have no
 * closing token end where nothing can continue them (settle). */
#include "codec/python_slot.h"

/* The name behind the dot is the place that a reader looks for in a chain over many lines. */
static void attribute(struct py_parser *p)
{
    struct py_slot s = {.offset = UINT32_MAX};
    python_next(p);
    if (p->tok.kind != PT_NAME) {
        python_fail(p, "a name has to follow the dot");
        return;
    }
    s.text = p->tok.text;
    uint32_t line = p->tok.line, column = p->tok.column;
    python_next(p);
    py_wrap(p, PN_ATTR, &s, 1);
    if (p->st != ST_OK) return;
    struct py_node *n = &p->nodes[p->operands[p->operand_count - 1]];
    n->line = line;
    n->column = column;
}

struct op_row {
    uint32_t code;
    uint8_t op, prec;
};

static const struct op_row op_rows[] = {
    {'+', PO_ADD, PREC_ADD},
    {'-', PO_SUB, PREC_ADD},
    {'*', PO_MUL, PREC_MUL},
    {'/', PO_DIV, PREC_MUL},
    {'%', PO_MOD, PREC_MUL},
    {'@', PO_MATMUL, PREC_MUL},
    {PY_OP('/', '/', 0), PO_FLOORDIV, PREC_MUL},
    {PY_OP('*', '*', 0), PO_POW, PREC_POW},
    {'|', PO_BITOR, PREC_BITOR},
    {'^', PO_BITXOR, PREC_BITXOR},
    {'&', PO_BITAND, PREC_BITAND},
    {PY_OP('<', '<', 0), PO_LSHIFT, PREC_SHIFT},
    {PY_OP('>', '>', 0), PO_RSHIFT, PREC_SHIFT},
    {PY_OP('=', '=', 0), PO_EQ, PREC_COMPARE},
    {PY_OP('!', '=', 0), PO_NE, PREC_COMPARE},
    {PY_OP('<', '>', 0), PO_NE, PREC_COMPARE},
    {'<', PO_LT, PREC_COMPARE},
    {'>', PO_GT, PREC_COMPARE},
    {PY_OP('<', '=', 0), PO_LE, PREC_COMPARE},
    {PY_OP('>', '=', 0), PO_GE, PREC_COMPARE},
};

static void compare(struct py_parser *p, enum py_op op)
{
    py_reduce(p, PREC_BITOR);
    if (p->st != ST_OK) return;
    bool chained = py_top(p)->kind == SLOT_COMPARE;
    py_reduce(p, PREC_COMPARE);
    if (chained) py_missing(p);
    struct py_slot *s = py_push(p, SLOT_COMPARE, PREC_COMPARE);
    s->op = (uint8_t)op;
    s->chained = chained;
    python_next(p);
}

static void binary(struct py_parser *p, enum py_op op, enum prec prec)
{
    if (prec == PREC_COMPARE) {
        compare(p, op);
        return;
    }
    py_reduce(p, prec == PREC_POW ? PREC_AWAIT : prec);
    if (p->st != ST_OK) return;
    py_push(p, SLOT_BINARY, prec)->op = (uint8_t)op;
    python_next(p);
}

/* One item of an index is complete. */
static void close_item(struct py_parser *p, struct py_slot *s)
{
    if (s->colons) {
        struct py_slot from = *s;
        from.offset = UINT32_MAX;
        py_wrap(p, PN_SLICE, &from, p->operand_count - s->item);
    }
    s->colons = 0;
    s->item = p->operand_count;
}

/* One node out of what a bracket held; a tuple needs a comma or nothing. A comprehension is there
 * already. */
static void close_node(struct py_parser *p, const struct py_slot *s)
{
    uint32_t count = p->operand_count - s->base;
    uint8_t only = count == 1 ? p->nodes[p->operands[s->base]].kind : PN_NONE;
    bool comp = only == PN_COMP && p->nodes[p->operands[s->base]].offset == s->offset;
    switch (s->kind) {
    case SLOT_BASE:
    case SLOT_PAREN:
    case SLOT_BACKQUOTE:
        if (count != 1 || s->comma) py_wrap(p, PN_TUPLE, s, count);
        break;
    case SLOT_LIST:
        if (!comp) py_wrap(p, PN_LIST, s, count);
        break;
    case SLOT_BRACE:
        if (!comp) py_wrap(p, !count || py_is_dict(p, s->base) ? PN_DICT : PN_SET, s, count);
        break;
    case SLOT_INDEX:
        if (count != 1 || s->comma) py_wrap(p, PN_TUPLE, s, count);
        py_wrap(p, PN_SUBSCRIPT, s, 2);
        break;
    case SLOT_CALL: py_wrap(p, PN_CALL, s, count + 1); break;
    default: break;
    }
}

static int closer_of(uint8_t kind)
{
    switch (kind) {
    case SLOT_LIST:
    case SLOT_INDEX: return ']';
    case SLOT_BRACE: return '}';
    case SLOT_BACKQUOTE: return '`';
    default: return ')';
    }
}

void py_close_bracket(struct py_parser *p)
{
    py_settle(p, false);
    if (p->st != ST_OK) return;
    struct py_slot *s = py_top(p);
    if (s->kind == SLOT_BASE) {
        p->done = true; /* whoever asked for the expression will miss its end */
        return;
    }
    if ((int)p->tok.code != closer_of(s->kind) || s->kind >= SLOT_PARAMS) {
        python_fail(p, "brackets do not match");
        return;
    }
    if (s->kind == SLOT_INDEX) close_item(p, s);
    struct py_slot closed = *s;
    py_pop(p);
    python_next(p);
    close_node(p, &closed);
    p->want_operand = false;
}

static void comma(struct py_parser *p)
{
    py_settle(p, true);
    if (p->st != ST_OK) return;
    struct py_slot *s = py_top(p);
    if (s->kind == SLOT_BASE && !(p->flags & (PX_TUPLE | PX_PARAMS))) {
        p->done = true;
        return;
    }
    if (s->kind == SLOT_INDEX) close_item(p, s);
    s->comma = true;
    p->want_operand = true;
    python_next(p);
}

/* lambda a, b: the parameters are operands, and the body becomes the last one. */
void py_lambda_body(struct py_parser *p)
{
    struct py_slot s = *py_top(p);
    py_pop(p);
    struct py_slot *body = py_push(p, SLOT_LAMBDA, PREC_LAMBDA);
    body->base = s.base;
    body->offset = s.offset;
    body->line = s.line;
    body->column = s.column;
    python_next(p);
}

static void colon(struct py_parser *p)
{
    py_settle(p, false);
    if (p->st != ST_OK) return;
    struct py_slot *s = py_top(p);
    if (s->kind == SLOT_BRACE) {
        py_push(p, SLOT_PAIR, PREC_ARG);
    } else if (s->kind == SLOT_PARAMS) {
        py_lambda_body(p);
        return;
    } else if (s->kind == SLOT_BASE) { /* if x: */
        p->done = true;
        return;
    } else if (s->kind == SLOT_INDEX && s->colons < 2) {
        s->colons++;
        p->want_operand = true;
    } else {
        python_fail(p, "a colon that has no meaning here");
        return;
    }
    python_next(p);
}

/* a := b; and "=" behind an annotated parameter */
static void assign_operator(struct py_parser *p)
{
    if (p->tok.code == PY_OP(':', '=', 0)) {
        py_reduce(p, PREC_LAMBDA);
        if (p->st != ST_OK) return;
        py_push(p, SLOT_WALRUS, PREC_WALRUS);
        python_next(p);
        return;
    }
    py_reduce(p, PREC_WALRUS);
    if (p->st != ST_OK) return;
    if (py_top(p)->kind != SLOT_ANNOTATION) {
        p->done = true;
        return;
    }
    struct py_slot *s = py_top(p);
    s->kind = SLOT_ARG; /* the annotation is its first operand, the default the second */
    p->want_operand = true;
    python_next(p);
}

static void op_operator(struct py_parser *p)
{
    uint32_t code = p->tok.code;
    switch (code) {
    case '.': attribute(p); return;
    case '(':
    case '[':
        py_push(p, code == '[' ? SLOT_INDEX : SLOT_CALL, PREC_NONE);
        python_next(p);
        return;
    case ',': comma(p); return;
    case ':': colon(p); return;
    case ')':
    case ']':
    case '}':
    case '`': py_close_bracket(p); return;
    case '=':
    case PY_OP(':', '=', 0): assign_operator(p); return;
    default: break;
    }
    for (size_t i = 0; i < sizeof op_rows / sizeof *op_rows; i++)
        if (op_rows[i].code == code) {
            binary(p, (enum py_op)op_rows[i].op, (enum prec)op_rows[i].prec);
            return;
        }
    p->done = true;
}

static void inline_if(struct py_parser *p)
{
    if (py_bracket(p)->kind == SLOT_FOR && py_bracket(p)->phase > 0) { /* of a comprehension */
        py_reduce(p, PREC_ARG);
        py_bracket(p)->phase = 2;
        p->want_operand = true;
        python_next(p);
        return;
    }
    py_reduce(p, PREC_OR);
    if (p->st != ST_OK) return;
    py_push(p, SLOT_IF, PREC_COND);
    python_next(p);
}

static void inline_else(struct py_parser *p)
{
    while (p->st == ST_OK && py_top(p)->prec && py_top(p)->kind != SLOT_IF)
        py_reduce(p, (enum prec)py_top(p)->prec);
    if (p->st != ST_OK) return;
    if (py_top(p)->kind != SLOT_IF) {
        p->done = true;
        return;
    }
    py_top(p)->kind = SLOT_ELSE;
    p->want_operand = true;
    python_next(p);
}

static void for_clause(struct py_parser *p)
{
    py_reduce(p, PREC_ARG);
    if (p->st != ST_OK) return;
    if (py_top(p)->kind == SLOT_YIELD) py_close_yield(p);
    if (py_top(p)->kind == SLOT_FOR) py_close_clause(p);
    uint8_t kind = py_top(p)->kind;
    if (kind == SLOT_BASE || kind >= SLOT_PARAMS) {
        p->done = kind == SLOT_BASE;
        if (!p->done) python_fail(p, "a loop within an expression");
        return;
    }
    py_push(p, SLOT_FOR, PREC_NONE);
    python_next(p);
}

/* "in" as the end of the targets of a for. */
static bool for_in(struct py_parser *p)
{
    struct py_slot *b = py_bracket(p);
    if (b->kind == SLOT_BASE && (p->flags & PX_NO_IN)) {
        p->done = true;
        return true;
    }
    if (b->kind != SLOT_FOR || b->phase) return false;
    py_reduce(p, PREC_ARG);
    if (p->st != ST_OK) return true;
    struct py_slot s = *b;
    if (p->operand_count == s.base) {
        python_fail(p, "a loop without a target");
        return true;
    }
    s.offset = UINT32_MAX;
    if (p->operand_count - s.base != 1 || s.comma)
        py_wrap(p, PN_TUPLE, &s, p->operand_count - s.base);
    b->comma = false;
    b->phase = 1;
    p->want_operand = true;
    python_next(p);
    return true;
}

static bool ahead_is(const struct py_parser *p, enum py_keyword k)
{
    return p->ahead.kind == PT_NAME && p->ahead.code == (uint32_t)k;
}

static void name_operator(struct py_parser *p)
{
    bool base = py_bracket(p)->kind == SLOT_BASE, negated = false;
    switch ((enum py_keyword)p->tok.code) {
    case PK_AND: binary(p, PO_AND, PREC_AND); return;
    case PK_OR: binary(p, PO_OR, PREC_OR); return;
    case PK_IN:
        if (!for_in(p)) compare(p, PO_IN);
        return;
    case PK_NOT:
        if (!ahead_is(p, PK_IN)) break;
        python_next(p);
        compare(p, PO_NOTIN);
        return;
    case PK_IS:
        negated = ahead_is(p, PK_NOT);
        if (negated) python_next(p);
        compare(p, negated ? PO_ISNOT : PO_IS);
        return;
    case PK_IF:
        if (base && (p->flags & PX_NO_IF)) break;
        inline_if(p);
        return;
    case PK_ELSE: inline_else(p); return;
    case PK_ASYNC:
        if (!ahead_is(p, PK_FOR)) break;
        python_next(p);
        for_clause(p);
        return;
    case PK_FOR: for_clause(p); return;
    case PK_AS:
        if (!(p->flags & PX_AS)) break;
        py_reduce(p, PREC_WALRUS);
        py_push(p, SLOT_AS, PREC_ARG);
        python_next(p);
        return;
    default: break;
    }
    p->done = true;
}

static void operator(struct py_parser *p)
{
    switch (p->tok.kind) {
    case PT_OP: op_operator(p); break;
    case PT_NAME: name_operator(p); break;
    case PT_SPEC: py_field_spec(p); break;
    case PT_FIELD_END: py_field_end(p); break;
    default: p->done = true;
    }
}

struct py_slot *python_slots(struct arena *a)
{
    return ARENA_ROOM(a, struct py_slot, PYTHON_DEPTH_MAX);
}

/* The operands as a chain, without a node around them. */
static uint32_t chain(struct py_parser *p)
{
    for (uint32_t i = 1; i < p->operand_count; i++)
        p->nodes[p->operands[i - 1]].next = p->operands[i];
    return p->operand_count ? p->operands[0] : 0;
}

uint32_t python_expr(struct py_parser *p, unsigned flags, uint32_t first)
{
    p->slot_count = p->operand_count = p->bracket = 0;
    p->done = false;
    p->flags = flags;
    py_push(p, SLOT_BASE, PREC_NONE);
    if (first) {
        py_push_operand(p, first);
        p->want_operand = false;
    }
    while (!p->done && !p->failed && p->st == ST_OK) {
        if (p->want_operand)
            py_operand(p);
        else
            operator(p);
    }
    if (p->failed || p->st != ST_OK) return 0;
    py_settle(p, false);
    if (p->st == ST_OK && py_top(p)->kind != SLOT_BASE) python_fail(p, "a bracket is not closed");
    if (p->failed || p->st != ST_OK) return 0;
    if (flags & PX_PARAMS) return chain(p);
    struct py_slot s = *py_top(p);
    if (!p->operand_count && !s.comma) python_fail(p, "an expression is missing");
    s.offset = p->operand_count ? UINT32_MAX : s.offset;
    close_node(p, &s);
    return p->operand_count && p->st == ST_OK ? p->operands[0] : 0;
}
