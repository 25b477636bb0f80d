/* SPDX-License-Identifier: Apache-2.0 */
/* python_field.c - neighbouring literals are one string; f-strings have fields between their parts.
 * The run of literals is a bracket, and so is each field. */
#include "codec/python_slot.h"

/* Appends in place; the room doubles, so that many neighbours stay linear. */
static void append(struct py_parser *p, struct py_slot *s, uint32_t node, struct slice more)
{
    struct slice *text = &p->nodes[node].text;
    size_t total = text->n + more.n;
    uint8_t *bytes = (uint8_t *)(uintptr_t)s->text.p;
    if (total > s->room || text->p != s->text.p) {
        s->room = total * 2;
        bytes = arena_room(p->arena, s->room, 1);
        if (!bytes) {
            p->st = ST_NOMEM;
            return;
        }
        if (text->n) memcpy(bytes, text->p, text->n);
        s->text.p = bytes;
    }
    if (more.n) memcpy(bytes + text->n, more.p, more.n);
    *text = slice_of(bytes, total);
    p->nodes[node].end = p->tok.end;
}

static void string_text(struct py_parser *p)
{
    struct py_slot *s = py_top(p);
    struct slice text = python_unescape(p->arena, p->tok.text, p->tok.flags);
    uint32_t last = p->operand_count > s->base ? p->operands[p->operand_count - 1] : 0;
    if (!text.p)
        p->st = ST_NOMEM;
    else if (last && (p->nodes[last].kind == PN_STRING || p->nodes[last].kind == PN_BYTES) &&
             !s->comma)
        append(p, s, last, text);
    else
        py_leaf(p, p->tok.flags & PY_BYTES ? PN_BYTES : PN_STRING, text);
    s->comma = false; /* a field came last */
    p->want_operand = true;
    python_next(p);
}

static void close_string(struct py_parser *p)
{
    struct py_slot s = *py_top(p);
    uint32_t count = p->operand_count - s.base;
    py_pop(p);
    s.text = slice_of(NULL, 0);
    if (!count)
        py_leaf(p, PN_STRING, S(""));
    else if (s.fors)
        py_wrap(p, PN_FSTRING, &s, count);
    p->want_operand = false;
}

/* Within neighbouring literals. `fors` counts fields, `phase` says: inside the quotes. */
void py_string_part(struct py_parser *p)
{
    struct py_slot *s = py_top(p);
    uint8_t kind = p->tok.kind;
    if (kind == PT_FTEXT || (kind == PT_STRING && !s->phase)) {
        string_text(p);
    } else if (kind == PT_FSTART && !s->phase) {
        s->phase = 1;
        python_next(p);
    } else if (kind == PT_FEND) {
        s->phase = 0;
        python_next(p);
    } else if (kind == PT_FIELD) {
        s->fors++;
        s->comma = true;
        py_push(p, SLOT_FIELD, PREC_NONE);
        python_next(p);
    } else if (!s->phase) {
        close_string(p);
    } else {
        python_fail(p, "a string does not end");
    }
}

void py_string_operand(struct py_parser *p)
{
    bool joined = p->ahead.kind == PT_STRING || p->ahead.kind == PT_FSTART;
    if (p->tok.kind == PT_STRING && !joined) {
        struct slice text = python_unescape(p->arena, p->tok.text, p->tok.flags);
        if (!text.p) p->st = ST_NOMEM;
        py_leaf(p, p->tok.flags & PY_BYTES ? PN_BYTES : PN_STRING, text);
        python_next(p);
    } else {
        py_push(p, SLOT_STRING, PREC_NONE);
    }
}

/* The value of a field is there; its format may hold more fields. */
static void close_value(struct py_parser *p)
{
    struct py_slot s = *py_bracket(p);
    if (s.comma) py_wrap(p, PN_TUPLE, &s, p->operand_count - s.base);
    py_bracket(p)->comma = false;
}

void py_field_spec(struct py_parser *p)
{
    py_settle(p, false);
    if (p->st != ST_OK || py_top(p)->kind != SLOT_FIELD) {
        python_fail(p, "a stray colon");
        return;
    }
    close_value(p);
    python_next(p);
    while (p->tok.kind == PT_FTEXT) python_next(p);
    if (p->tok.kind == PT_FIELD) {
        py_push(p, SLOT_FIELD, PREC_NONE);
        python_next(p);
    }
}

void py_field_end(struct py_parser *p)
{
    py_settle(p, false);
    if (p->st != ST_OK) return;
    if (py_top(p)->kind != SLOT_FIELD) {
        python_fail(p, "brackets do not match");
        return;
    }
    close_value(p);
    py_pop(p);
    python_next(p);
    p->want_operand = py_top(p)->kind == SLOT_STRING;
    if (p->want_operand) return;
    while (p->tok.kind == PT_FTEXT) python_next(p); /* a format goes on */
    if (p->tok.kind == PT_FIELD) {
        py_push(p, SLOT_FIELD, PREC_NONE);
        python_next(p);
    }
}
