/* SPDX-License-Identifier: Apache-2.0 */
/* python_operand.c - what may stand where an operand has to come. */
#include "codec/python_slot.h"

static bool at_params(struct py_parser *p)
{
    const struct py_slot *s = py_top(p);
    return s->kind == SLOT_PARAMS || (s->kind == SLOT_BASE && (p->flags & PX_PARAMS));
}

static bool is_op(const struct py_tok *t, uint32_t code)
{
    return t->kind == PT_OP && t->code == code;
}

static void push_arg(struct py_parser *p, enum py_node_kind kind, struct slice text)
{
    struct py_slot *s = py_push(p, SLOT_ARG, PREC_ARG);
    s->text = text;
    s->node_kind = (uint8_t)kind;
    python_next(p);
}

/* name, *name, **name, and the marks * and / */
static void param(struct py_parser *p)
{
    struct py_tok first = p->tok;
    if (p->tok.kind == PT_OP && p->ahead.kind == PT_NAME && !p->ahead.code) python_next(p);
    struct slice text = slice_sub(p->lex.s, first.offset, p->tok.end - first.offset);
    bool annotated = is_op(&p->ahead, ':') && py_top(p)->kind == SLOT_BASE;
    if (annotated || is_op(&p->ahead, '=')) {
        struct py_slot *s = py_push(p, annotated ? SLOT_ANNOTATION : SLOT_ARG, PREC_ARG);
        s->text = text;
        s->node_kind = PN_PARAM;
        s->offset = first.offset;
        s->column = first.column;
        python_next(p);
    } else {
        py_leaf(p, PN_PARAM, text);
    }
    python_next(p);
}

static void keyword_operand(struct py_parser *p)
{
    switch ((enum py_keyword)p->tok.code) {
    case PK_NOT: py_push(p, SLOT_UNARY, PREC_NOT)->op = PO_NOT; break;
    case PK_AWAIT: py_push(p, SLOT_AWAIT, PREC_AWAIT); break;
    case PK_LAMBDA: py_push(p, SLOT_PARAMS, PREC_NONE); break;
    case PK_YIELD:
        py_push(p, SLOT_YIELD, PREC_NONE);
        if (p->ahead.kind == PT_NAME && p->ahead.code == PK_FROM) python_next(p);
        break;
    case PK_CONST: py_leaf(p, PN_CONST, p->tok.text); break;
    default: python_fail(p, "a keyword within an expression"); return;
    }
    python_next(p);
}

static void name_operand(struct py_parser *p)
{
    if (p->tok.code) {
        keyword_operand(p);
    } else if (py_top(p)->kind == SLOT_CALL && is_op(&p->ahead, '=')) {
        push_arg(p, PN_KWARG, p->tok.text);
        python_next(p);
    } else {
        py_leaf(p, PN_NAME, p->tok.text);
        python_next(p);
    }
}

static bool is_closer(uint32_t code)
{
    return code == ')' || code == ']' || code == '}';
}

/* May what is open end here, although an operand could follow? */
static bool may_end(struct py_parser *p)
{
    const struct py_slot *s = py_top(p);
    if (s->kind == SLOT_YIELD || s->kind == SLOT_PARAMS) return true;
    return s->prec == PREC_NONE && (s->comma || p->operand_count == s->base);
}

static void open_bracket(struct py_parser *p)
{
    uint32_t code = p->tok.code;
    py_push(p,
            code == '('   ? SLOT_PAREN
            : code == '[' ? SLOT_LIST
            : code == '{' ? SLOT_BRACE
                          : SLOT_BACKQUOTE,
            PREC_NONE);
    python_next(p);
}

static void sign_operand(struct py_parser *p)
{
    uint32_t code = p->tok.code;
    if (code == '*')
        push_arg(p, PN_STAR, slice_of(NULL, 0));
    else if (code == PY_OP('*', '*', 0))
        push_arg(p, PN_DSTAR, slice_of(NULL, 0));
    else {
        py_push(p, SLOT_UNARY, PREC_SIGN)->op = code == '-'   ? PO_SUB
                                                : code == '+' ? PO_ADD
                                                              : PO_INVERT;
        python_next(p);
    }
}

static void op_operand(struct py_parser *p)
{
    uint32_t code = p->tok.code;
    const struct py_slot *s = py_top(p);
    if (code == '(' || code == '[' || code == '{') {
        open_bracket(p);
    } else if (code == '-' || code == '+' || code == '~' || code == '*' ||
               code == PY_OP('*', '*', 0)) {
        sign_operand(p);
    } else if (code == PY_OP('.', '.', '.')) {
        py_leaf(p, PN_CONST, p->tok.text.p ? p->tok.text : S("..."));
        python_next(p);
    } else if (s->kind == SLOT_INDEX && (code == ':' || s->colons) &&
               (code == ':' || code == ']' || code == ',')) {
        py_missing(p);
    } else if (s->kind == SLOT_PARAMS && code == ':') {
        py_lambda_body(p);
    } else if (is_closer(code) && may_end(p)) {
        py_close_bracket(p);
    } else if (code == '`' && s->kind != SLOT_BACKQUOTE) {
        open_bracket(p);
    } else if (may_end(p)) {
        p->want_operand = false;
        if (s->kind == SLOT_YIELD)
            py_close_yield(p);
        else
            p->done = true;
    } else {
        python_fail(p, "an expression is missing");
    }
}

static void params_operand(struct py_parser *p)
{
    uint32_t code = p->tok.kind == PT_OP ? p->tok.code : 0;
    if ((p->tok.kind == PT_NAME && !p->tok.code) || code == '*' || code == '/' ||
        code == PY_OP('*', '*', 0)) {
        param(p);
    } else if (code == ':' && py_top(p)->kind == SLOT_PARAMS) {
        py_lambda_body(p);
    } else if (code == '(') { /* Python 2: def f(a, (b, c)) */
        open_bracket(p);
    } else if (is_closer(code) || code == ':') {
        p->done = true;
    } else {
        python_fail(p, "a parameter is missing");
    }
}

void py_operand(struct py_parser *p)
{
    if (py_top(p)->kind == SLOT_STRING) {
        py_string_part(p);
        return;
    }
    if (at_params(p)) {
        params_operand(p);
        return;
    }
    switch (p->tok.kind) {
    case PT_NAME: {
        bool in = p->tok.code == PK_IN && py_top(p)->kind == SLOT_FOR; /* for x, in y */
        bool ends = p->tok.code == PK_FOR && py_top(p)->kind == SLOT_YIELD;
        if (in || ends || (p->tok.code == PK_IN && may_end(p) && py_top(p)->comma))
            p->want_operand = false;
        else
            name_operand(p);
        break;
    }
    case PT_STRING:
    case PT_FSTART: py_string_operand(p); break;
    case PT_INT:
    case PT_FLOAT:
        py_leaf(p, p->tok.kind == PT_INT ? PN_INT : PN_FLOAT, p->tok.text);
        python_next(p);
        break;
    case PT_OP: op_operand(p); break;
    case PT_FIELD_END:
    case PT_SPEC:
        if (may_end(p))
            p->want_operand = false;
        else
            python_fail(p, "an expression is missing");
        break;
    default:
        if (!may_end(p)) python_fail(p, "an expression is missing");
        if (py_top(p)->kind == SLOT_YIELD) py_close_yield(p);
        p->done = true; /* a trailing comma */
    }
}
