/* SPDX-License-Identifier: Apache-2.0 */
/* python_slot.h - the two stacks of the expression parser; python_slot.c, python_field.c,
 * python_operand.c and python_expr.c share them, and nobody else includes this.
 * Owns: nothing.   Threads: one owner.   Fails: as in python_part.h. */
#pragma once
#include "codec/python_part.h"

enum slot_kind {
    SLOT_BASE,
    SLOT_PAREN,
    SLOT_LIST,
    SLOT_BRACE,
    SLOT_INDEX,
    SLOT_CALL,
    SLOT_BACKQUOTE, /* of Python 2 */
    SLOT_PARAMS,    /* of lambda; those of def lie in SLOT_BASE with PX_PARAMS */
    SLOT_FOR,       /* one clause of a comprehension */
    SLOT_YIELD,
    SLOT_STRING, /* neighbouring literals with at least one f-string */
    SLOT_FIELD,
    /* operators */
    SLOT_BINARY,
    SLOT_COMPARE,
    SLOT_UNARY,
    SLOT_AWAIT,
    SLOT_WALRUS,
    SLOT_ARG,        /* name=, * and ** */
    SLOT_ANNOTATION, /* of a parameter */
    SLOT_PAIR,       /* key: */
    SLOT_AS,
    SLOT_LAMBDA,
    SLOT_IF,
    SLOT_ELSE,
};

enum prec {
    PREC_NONE,
    PREC_ARG,
    PREC_WALRUS,
    PREC_LAMBDA,
    PREC_COND,
    PREC_OR,
    PREC_AND,
    PREC_NOT,
    PREC_COMPARE,
    PREC_BITOR,
    PREC_BITXOR,
    PREC_BITAND,
    PREC_SHIFT,
    PREC_ADD,
    PREC_MUL,
    PREC_SIGN,
    PREC_POW,
    PREC_AWAIT,
};

struct py_slot {
    uint8_t kind, op, prec;
    uint8_t node_kind; /* SLOT_ARG: what it becomes */
    uint8_t phase;     /* SLOT_FOR: target, iterable, conditions; SLOT_STRING: within an f-string */
    bool comma, chained;
    uint32_t colons, item; /* SLOT_INDEX: of the newest item, and where its operands begin */
    uint32_t fors;         /* finished clauses of a comprehension */
    uint32_t base;         /* operands from here on are its content */
    uint32_t outer;        /* brackets: the next one outside */
    uint32_t offset, line, column;
    size_t room; /* of text, when it is a buffer of joined literals */
    struct slice text;
};

void py_push_operand(struct py_parser *p, uint32_t node);
struct py_slot *py_top(struct py_parser *p);
struct py_slot *py_bracket(struct py_parser *p); /* the innermost */
struct py_slot *py_push(struct py_parser *p, enum slot_kind kind, enum prec prec);
void py_pop(struct py_parser *p);
/* Replace the newest `count` operands by one node that has them as children. */
void py_wrap(struct py_parser *p, enum py_node_kind kind, const struct py_slot *from,
             uint32_t count);
uint32_t py_leaf(struct py_parser *p, enum py_node_kind kind, struct slice text);
void py_missing(struct py_parser *p); /* a PN_NONE */
bool py_is_dict(const struct py_parser *p, uint32_t operand);
/* Finish every operator that binds at least as tight as prec. */
void py_reduce(struct py_parser *p, enum prec prec);
/* Finish everything inside the innermost bracket that has a closing token. */
void py_settle(struct py_parser *p, bool keep_yield);
void py_close_yield(struct py_parser *p);
void py_close_clause(struct py_parser *p); /* of a comprehension */

/* At a literal; and within neighbouring ones. */
void py_string_operand(struct py_parser *p);
void py_string_part(struct py_parser *p);
void py_field_spec(struct py_parser *p);
void py_field_end(struct py_parser *p);

void py_operand(struct py_parser *p);
void py_close_bracket(struct py_parser *p);
void py_lambda_body(struct py_parser *p);
