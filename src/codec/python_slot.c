/* SPDX-License-Identifier: Apache-2.0 */
/* python_slot.c - operators and brackets that wait, and what they become; see python_expr.c. */
#include "codec/python_slot.h"

void py_push_operand(struct py_parser *p, uint32_t node)
{
    void *items = p->operands;
    if (!python_grow(p, &items, p->operand_count, &p->operand_room, sizeof *p->operands)) return;
    p->operands = items;
    p->operands[p->operand_count++] = node;
}

struct py_slot *py_top(struct py_parser *p)
{
    return &p->slots[p->slot_count - 1];
}

struct py_slot *py_bracket(struct py_parser *p)
{
    return &p->slots[p->bracket];
}

struct py_slot *py_push(struct py_parser *p, enum slot_kind kind, enum prec prec)
{
    if (p->slot_count == PYTHON_DEPTH_MAX) {
        python_fail(p, "nested too deep");
        if (!p->out->unread) p->out->unread = p->tok.offset;
        return py_top(p);
    }
    struct py_slot *s = &p->slots[p->slot_count++];
    *s = (struct py_slot){.kind = (uint8_t)kind,
                          .prec = (uint8_t)prec,
                          .base = p->operand_count,
                          .item = p->operand_count,
                          .outer = p->bracket,
                          .offset = p->tok.offset,
                          .line = p->tok.line,
                          .column = p->tok.column};
    if (prec == PREC_NONE) p->bracket = p->slot_count - 1;
    p->want_operand = true;
    return s;
}

void py_pop(struct py_parser *p)
{
    if (py_top(p)->prec == PREC_NONE) p->bracket = py_top(p)->outer;
    p->slot_count--;
}

/* What leads with its own token stands there; everything else where its first part stands. */
static void set_place(const struct py_parser *p, struct py_node *n, const struct py_slot *from)
{
    const struct py_node *child = n->first ? &p->nodes[n->first] : NULL;
    bool leads = !child || from->offset < child->offset;
    n->offset = leads ? from->offset : child->offset;
    n->line = leads ? from->line : child->line;
    n->column = leads ? from->column : child->column;
    n->end = p->prev_end > n->offset ? p->prev_end : n->offset;
}

/* Replace the newest `count` operands by one node that has them as children. */
void py_wrap(struct py_parser *p, enum py_node_kind kind, const struct py_slot *from,
             uint32_t count)
{
    uint32_t id = python_node_new(p, kind, from->text);
    if (!id || count > p->operand_count) return;
    struct py_node *n = &p->nodes[id];
    /* without children there may be no operands at all, not even room for them */
    const uint32_t *child = count ? &p->operands[p->operand_count - count] : NULL;
    n->op = from->op;
    for (uint32_t i = 0; i < count; i++) p->nodes[child[i]].next = i + 1 < count ? child[i + 1] : 0;
    n->first = count ? child[0] : 0;
    set_place(p, n, from);
    p->operand_count -= count;
    py_push_operand(p, id);
}

uint32_t py_leaf(struct py_parser *p, enum py_node_kind kind, struct slice text)
{
    uint32_t id = python_node_new(p, kind, text);
    if (id) py_push_operand(p, id);
    p->want_operand = false;
    return id;
}

void py_missing(struct py_parser *p)
{
    uint32_t id = py_leaf(p, PN_NONE, slice_of(NULL, 0));
    if (id) p->nodes[id].end = p->nodes[id].offset;
}

/* a < b < c: what is right of the first comparison stands in one of its own, without a left side.
 */
static void apply_compare(struct py_parser *p, struct py_slot *s)
{
    py_wrap(p, PN_COMPARE, s, 2);
    if (!s->chained) return;
    s->op = PO_AND;
    py_wrap(p, PN_BINARY, s, 2);
}

/* x: int; and x: int = 0, where a default followed */
static void apply_param(struct py_parser *p, struct py_slot *s)
{
    uint32_t count = p->operand_count - s->base;
    if (s->node_kind == PN_PARAM) s->op = s->kind == SLOT_ANNOTATION || count > 1 ? PO_IS : PO_NONE;
    py_wrap(p, (enum py_node_kind)s->node_kind, s, s->node_kind == PN_PARAM && count > 1 ? 2 : 1);
}

static void apply(struct py_parser *p, struct py_slot *s)
{
    switch (s->kind) {
    case SLOT_BINARY: py_wrap(p, PN_BINARY, s, 2); break;
    case SLOT_COMPARE: apply_compare(p, s); break;
    case SLOT_UNARY: py_wrap(p, PN_UNARY, s, 1); break;
    case SLOT_AWAIT: py_wrap(p, PN_AWAIT, s, 1); break;
    case SLOT_WALRUS: py_wrap(p, PN_WALRUS, s, 2); break;
    case SLOT_ARG:
    case SLOT_ANNOTATION: apply_param(p, s); break;
    case SLOT_PAIR:
    case SLOT_AS: py_wrap(p, PN_PAIR, s, 2); break;
    case SLOT_LAMBDA: py_wrap(p, PN_LAMBDA, s, p->operand_count - s->base); break;
    case SLOT_IF: py_wrap(p, PN_COND, s, 2); break;
    case SLOT_ELSE: py_wrap(p, PN_COND, s, 3); break;
    default: break;
    }
}

/* Finish every operator that binds at least as tight as prec. */
void py_reduce(struct py_parser *p, enum prec prec)
{
    while (p->st == ST_OK && py_top(p)->prec >= prec && py_top(p)->prec) {
        struct py_slot s = *py_top(p);
        p->slot_count--;
        apply(p, &s);
    }
}

/* ---- brackets without a closing token ---- */

void py_close_yield(struct py_parser *p)
{
    struct py_slot s = *py_top(p);
    py_pop(p);
    uint32_t count = p->operand_count - s.base;
    if (s.comma) py_wrap(p, PN_TUPLE, &s, count);
    py_wrap(p, PN_YIELD, &s, s.comma || count ? 1 : 0);
    p->want_operand = false;
}

void py_close_clause(struct py_parser *p)
{
    struct py_slot s = *py_top(p);
    py_pop(p);
    py_wrap(p, PN_FOR, &s, p->operand_count - s.base);
    py_bracket(p)->fors++;
}

bool py_is_dict(const struct py_parser *p, uint32_t operand)
{
    uint8_t kind = p->nodes[p->operands[operand]].kind;
    return kind == PN_PAIR || kind == PN_DSTAR;
}

static void close_comprehension(struct py_parser *p)
{
    struct py_slot *b = py_bracket(p), s = *b;
    uint32_t count = s.fors + 1;
    b->fors = 0;
    s.text = slice_of(NULL, 0);
    s.op = PO_GEN;
    if (s.kind == SLOT_LIST) s.op = PO_LIST;
    if (count > p->operand_count) return;
    if (s.kind == SLOT_BRACE) s.op = py_is_dict(p, p->operand_count - count) ? PO_DICT : PO_SET;
    if (s.kind == SLOT_CALL) s.offset = UINT32_MAX; /* stands at its element */
    py_wrap(p, PN_COMP, &s, count);
}

/* Finish everything inside the innermost bracket that has a closing token. */
void py_settle(struct py_parser *p, bool keep_yield)
{
    for (;;) {
        py_reduce(p, PREC_ARG);
        if (p->st != ST_OK) return;
        const struct py_slot *s = py_top(p);
        if (s->kind == SLOT_YIELD && !keep_yield) {
            py_close_yield(p);
        } else if (s->kind == SLOT_FOR && s->phase > 0) {
            py_close_clause(p);
            close_comprehension(p);
        } else {
            return;
        }
    }
}
