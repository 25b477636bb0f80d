/* SPDX-License-Identifier: Apache-2.0 */
/* jinja_expr.c - expressions, without recursion.
 *
 * Two stacks, as in Dijkstra's shunting yard: `operands` holds finished nodes, `slots` holds
 * operators that wait for their right side and brackets that wait for their end. Whether an operand
 * or an operator has to come next is one bit. A slot with prec 0 is a bracket: reducing stops
 * there.
 *
 *   a + b * c)      slots: ( + *    operands: a b c     ")" reduces * then +, then closes (
 *
 * Postfix parts (.name [index] (call) |filter "is test") apply to the newest operand at once. */
#include "codec/jinja_part.h"

enum slot_kind {
    SLOT_BASE,
    SLOT_PAREN,
    SLOT_LIST,
    SLOT_DICT,
    SLOT_INDEX,
    SLOT_CALL,
    SLOT_FILTER,
    SLOT_TEST,
    /* operators */
    SLOT_BINARY,
    SLOT_UNARY,
    SLOT_ARG,   /* name=, * and ** of arguments */
    SLOT_PAIR,  /* key: */
    SLOT_TEST1, /* a test whose only argument stands without brackets */
    SLOT_IF,
    SLOT_ELSE,
};

enum prec {
    PREC_NONE,
    PREC_ARG,
    PREC_COND,
    PREC_OR,
    PREC_AND,
    PREC_NOT,
    PREC_COMPARE,
    PREC_ADD,
    PREC_CONCAT,
    PREC_MUL,
    PREC_POW,
    PREC_SIGN,
    PREC_TEST1,
};

struct jinja_slot {
    uint8_t kind, op, prec;
    uint8_t node_kind; /* SLOT_ARG: what it becomes */
    bool comma, negated;
    uint32_t colons;
    uint32_t base; /* brackets: operands from here on are their content */
    uint32_t offset, line, column;
    struct slice text;
};

static void push_operand(struct jinja_parser *p, uint32_t node)
{
    if (p->operand_count == p->operand_room) {
        uint32_t room = p->operand_room ? p->operand_room * 2 : 64;
        uint32_t *bigger = ARENA_ARRAY(p->out->arena, uint32_t, room);
        if (!bigger) {
            p->st = ST_NOMEM;
            return;
        }
        if (p->operand_count) memcpy(bigger, p->operands, p->operand_count * sizeof *bigger);
        p->operands = bigger;
        p->operand_room = room;
    }
    p->operands[p->operand_count++] = node;
}

static struct jinja_slot *push_slot(struct jinja_parser *p, enum slot_kind kind, enum prec prec)
{
    if (p->slot_count == JINJA_DEPTH_MAX) {
        jinja_fail(p, "nested too deep");
        p->st = ST_LIMIT;
        return &p->slots[p->slot_count - 1];
    }
    struct jinja_slot *s = &p->slots[p->slot_count++];
    *s = (struct jinja_slot){.kind = (uint8_t)kind,
                             .prec = (uint8_t)prec,
                             .base = p->operand_count,
                             .offset = p->tok.offset,
                             .line = p->tok.line,
                             .column = p->tok.column};
    p->want_operand = true;
    p->open += prec == PREC_NONE;
    return s;
}

static struct jinja_slot *top(struct jinja_parser *p)
{
    return &p->slots[p->slot_count - 1];
}

/* Replace the newest `count` operands by one node that has them as children. */
static void wrap(struct jinja_parser *p, enum jinja_node_kind kind, const struct jinja_slot *from,
                 uint32_t count)
{
    uint32_t id = jinja_node_new(p, kind, from ? from->text : slice_of(NULL, 0));
    if (!id || count > p->operand_count) return;
    struct jinja_node *n = &p->out->nodes[id];
    /* without children there may be no operands at all, not even room for them */
    uint32_t *child = count ? &p->operands[p->operand_count - count] : NULL;
    if (from) {
        n->op = from->op;
        n->offset = from->offset;
        n->line = from->line;
        n->column = from->column;
    }
    for (uint32_t i = 0; i < count; i++)
        p->out->nodes[child[i]].next = i + 1 < count ? child[i + 1] : 0;
    n->first = count ? child[0] : 0;
    p->operand_count -= count;
    push_operand(p, id);
}

static void apply(struct jinja_parser *p, const struct jinja_slot *s)
{
    switch (s->kind) {
    case SLOT_BINARY: wrap(p, JN_BINARY, s, 2); break;
    case SLOT_UNARY: wrap(p, JN_UNARY, s, 1); break;
    case SLOT_ARG: wrap(p, (enum jinja_node_kind)s->node_kind, s, 1); break;
    case SLOT_PAIR: wrap(p, JN_PAIR, s, 2); break;
    case SLOT_TEST1: wrap(p, JN_TEST, s, 2); break;
    case SLOT_IF: wrap(p, JN_COND, s, 2); break;
    case SLOT_ELSE: wrap(p, JN_COND, s, 3); break;
    default: break;
    }
}

/* Finish every operator that binds at least as tight as prec. */
static void reduce(struct jinja_parser *p, enum prec prec)
{
    while (p->st == ST_OK && top(p)->prec >= prec && top(p)->prec) {
        struct jinja_slot s = *top(p);
        p->slot_count--;
        apply(p, &s);
    }
}

static void leaf(struct jinja_parser *p, enum jinja_node_kind kind, struct slice text)
{
    uint32_t id = jinja_node_new(p, kind, text);
    if (id) push_operand(p, id);
    p->want_operand = false;
}

/* ---- operands ---- */

static bool in_arguments(struct jinja_parser *p)
{
    uint8_t kind = top(p)->kind;
    return kind == SLOT_CALL || kind == SLOT_FILTER || kind == SLOT_TEST;
}

static struct slice constant(struct slice name)
{
    static const char *const words[][2] = {{"true", "true"},   {"True", "true"}, {"false", "false"},
                                           {"False", "false"}, {"none", "none"}, {"None", "none"}};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (slice_eq(name, slice_str(words[i][0]))) return slice_str(words[i][1]);
    return slice_of(NULL, 0);
}

static void name_operand(struct jinja_parser *p)
{
    struct slice name = p->tok.text, value = constant(name);
    if (slice_eq(name, S("not"))) {
        push_slot(p, SLOT_UNARY, PREC_NOT)->op = JO_NOT;
        jinja_next(p);
        return;
    }
    if (in_arguments(p) && p->ahead.kind == JT_OP && p->ahead.code == '=') {
        struct jinja_slot *s = push_slot(p, SLOT_ARG, PREC_ARG);
        s->text = name;
        s->node_kind = JN_KWARG;
        jinja_next(p);
    } else {
        leaf(p, value.p ? JN_CONST : JN_NAME, value.p ? value : name);
    }
    jinja_next(p);
}

/* Appends in place; the room doubles, so that many neighbours stay linear. */
static bool append(struct jinja_parser *p, struct slice *text, size_t *room, struct slice more)
{
    size_t total = text->n + more.n;
    uint8_t *bytes = NULL;
    if (total > *room) {
        *room = total * 2;
        bytes = arena_alloc(p->out->arena, *room, 1);
        if (!bytes) return false;
        if (text->n) memcpy(bytes, text->p, text->n);
        text->p = p->joined = bytes;
    }
    if (more.n) memcpy(p->joined + text->n, more.p, more.n);
    text->n = total;
    return true;
}

/* Neighbouring literals are one string. */
static void string_operand(struct jinja_parser *p)
{
    struct slice text = p->tok.text;
    bool escaped = p->tok.escaped;
    size_t room = 0;
    leaf(p, JN_STRING, text);
    if (p->st) return;
    uint32_t id = p->operands[p->operand_count - 1];
    for (jinja_next(p); p->tok.kind == JT_STRING; jinja_next(p)) {
        escaped |= p->tok.escaped;
        if (!append(p, &text, &room, p->tok.text)) {
            p->st = ST_NOMEM;
            return;
        }
    }
    p->out->nodes[id].text = text;
    p->out->nodes[id].escaped = escaped;
}

static void open_operand(struct jinja_parser *p, uint16_t code)
{
    push_slot(p, code == '(' ? SLOT_PAREN : code == '[' ? SLOT_LIST : SLOT_DICT, PREC_NONE);
    jinja_next(p);
}

static void close_bracket(struct jinja_parser *p);

static void sign_operand(struct jinja_parser *p, uint16_t code)
{
    if (code == '+' || code == '-') {
        push_slot(p, SLOT_UNARY, PREC_SIGN)->op = code == '-' ? JO_SUB : JO_ADD;
    } else if (in_arguments(p)) {
        push_slot(p, SLOT_ARG, PREC_ARG)->node_kind = code == '*' ? JN_STAR : JN_DSTAR;
    } else {
        jinja_fail(p, "an operator without its left side");
        return;
    }
    jinja_next(p);
}

static bool is_closer(uint16_t code)
{
    return code == ')' || code == ']' || code == '}';
}

static void op_operand(struct jinja_parser *p)
{
    uint16_t code = p->tok.code;
    const struct jinja_slot *s = top(p);
    bool fresh = p->operand_count == s->base;
    if (code == '(' || code == '[' || code == '{') {
        open_operand(p, code);
    } else if (code == '-' || code == '+' || code == '*' || code == JINJA_OP2('*', '*')) {
        sign_operand(p, code);
    } else if (s->kind == SLOT_INDEX && (code == ':' || (code == ']' && s->colons))) {
        leaf(p, JN_NONE, slice_of(NULL, 0)); /* x[:2]: a part that is not there */
    } else if (is_closer(code) && s->prec == PREC_NONE && (fresh || s->comma)) {
        close_bracket(p);
    } else {
        jinja_fail(p, "an expression is missing");
    }
}

static void operand(struct jinja_parser *p)
{
    switch (p->tok.kind) {
    case JT_NAME: name_operand(p); break;
    case JT_STRING: string_operand(p); break;
    case JT_INT:
    case JT_FLOAT:
        leaf(p, p->tok.kind == JT_INT ? JN_INT : JN_FLOAT, p->tok.text);
        jinja_next(p);
        break;
    case JT_OP: op_operand(p); break;
    default:
        if (top(p)->kind == SLOT_BASE && top(p)->comma)
            p->done = true; /* a trailing comma */
        else
            jinja_fail(p, "an expression is missing");
    }
}

/* ---- after an operand ---- */

static void attribute(struct jinja_parser *p)
{
    struct jinja_slot s = {.offset = p->tok.offset, .line = p->tok.line, .column = p->tok.column};
    jinja_next(p);
    s.text = p->tok.text;
    if (p->tok.kind == JT_NAME) {
        wrap(p, JN_ATTR, &s, 1);
    } else if (p->tok.kind == JT_INT) {
        leaf(p, JN_INT, s.text);
        s.text = slice_of(NULL, 0);
        wrap(p, JN_SUBSCRIPT, &s, 2);
    } else {
        jinja_fail(p, "a name has to follow the dot");
        return;
    }
    jinja_next(p);
}

/* name(.name)* of a filter or test */
static bool dotted(struct jinja_parser *p, struct slice *ret)
{
    if (p->tok.kind != JT_NAME) {
        jinja_fail(p, "a filter or test without a name");
        return false;
    }
    const uint32_t from = p->tok.offset;
    *ret = p->tok.text;
    jinja_next(p);
    while (jinja_at_op(p, '.') && p->ahead.kind == JT_NAME) {
        jinja_next(p);
        *ret = slice_sub(p->lex.s, from, p->tok.offset - from + p->tok.text.n);
        jinja_next(p);
    }
    return true;
}

static void filter(struct jinja_parser *p)
{
    struct jinja_slot s = {
        .kind = SLOT_FILTER, .offset = p->tok.offset, .line = p->tok.line, .column = p->tok.column};
    if (!dotted(p, &s.text)) return;
    if (jinja_at_op(p, '(')) {
        struct slice name = s.text;
        struct jinja_slot *open = push_slot(p, SLOT_FILTER, PREC_NONE);
        open->text = name;
        jinja_next(p);
    } else {
        wrap(p, JN_FILTER, &s, 1);
    }
}

/* May this token start the argument of a test that has no brackets? */
static bool starts_argument(const struct jinja_parser *p)
{
    static const char *const ends[] = {"else", "or", "and", "is", "if", "not", "in", "recursive"};
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (jinja_at_name(p, slice_str(ends[i]))) return false;
    return p->tok.kind == JT_NAME || p->tok.kind == JT_STRING || p->tok.kind == JT_INT ||
           p->tok.kind == JT_FLOAT || jinja_at_op(p, '[') || jinja_at_op(p, '{');
}

static void test(struct jinja_parser *p)
{
    struct jinja_slot s = {.offset = p->tok.offset, .line = p->tok.line, .column = p->tok.column};
    reduce(p, PREC_SIGN);
    jinja_next(p);
    s.op = jinja_at_name(p, S("not")) ? JO_NOT : JO_NONE;
    if (s.op) jinja_next(p);
    if (!dotted(p, &s.text)) return;
    bool brackets = jinja_at_op(p, '(');
    if (brackets || starts_argument(p)) {
        struct jinja_slot *open =
            push_slot(p, brackets ? SLOT_TEST : SLOT_TEST1, brackets ? PREC_NONE : PREC_TEST1);
        open->text = s.text;
        open->op = s.op;
        if (brackets) jinja_next(p);
    } else {
        wrap(p, JN_TEST, &s, 1);
    }
}

static void binary(struct jinja_parser *p, enum jinja_op op, enum prec prec)
{
    reduce(p, prec);
    if (p->st) return;
    push_slot(p, SLOT_BINARY, prec)->op = (uint8_t)op;
    jinja_next(p);
}

struct op_row {
    uint16_t code;
    uint8_t op, prec;
};

static const struct op_row op_rows[] = {
    {'+', JO_ADD, PREC_ADD},
    {'-', JO_SUB, PREC_ADD},
    {'~', JO_CONCAT, PREC_CONCAT},
    {'*', JO_MUL, PREC_MUL},
    {'/', JO_DIV, PREC_MUL},
    {'%', JO_MOD, PREC_MUL},
    {JINJA_OP2('/', '/'), JO_FLOORDIV, PREC_MUL},
    {JINJA_OP2('*', '*'), JO_POW, PREC_POW},
    {JINJA_OP2('=', '='), JO_EQ, PREC_COMPARE},
    {JINJA_OP2('!', '='), JO_NE, PREC_COMPARE},
    {'<', JO_LT, PREC_COMPARE},
    {'>', JO_GT, PREC_COMPARE},
    {JINJA_OP2('<', '='), JO_LE, PREC_COMPARE},
    {JINJA_OP2('>', '='), JO_GE, PREC_COMPARE},
};

/* One node out of what a bracket held; a tuple needs a comma or nothing. */
static void close_node(struct jinja_parser *p, const struct jinja_slot *s)
{
    uint32_t count = p->operand_count - s->base;
    switch (s->kind) {
    case SLOT_BASE:
    case SLOT_PAREN:
        if (count != 1 || s->comma) wrap(p, JN_TUPLE, s, count);
        break;
    case SLOT_LIST: wrap(p, JN_LIST, s, count); break;
    case SLOT_DICT: wrap(p, JN_DICT, s, count); break;
    case SLOT_INDEX:
        if (s->colons)
            wrap(p, JN_SLICE, s, count);
        else if (count != 1)
            wrap(p, JN_TUPLE, s, count);
        wrap(p, JN_SUBSCRIPT, s, 2);
        break;
    case SLOT_CALL: wrap(p, JN_CALL, s, count + 1); break;
    case SLOT_FILTER: wrap(p, JN_FILTER, s, count + 1); break;
    case SLOT_TEST: wrap(p, JN_TEST, s, count + 1); break;
    default: break;
    }
}

static void close_bracket(struct jinja_parser *p)
{
    reduce(p, PREC_ARG);
    if (p->st) return;
    struct jinja_slot s = *top(p);
    int want = s.kind == SLOT_LIST || s.kind == SLOT_INDEX ? ']' : s.kind == SLOT_DICT ? '}' : ')';
    if (s.kind == SLOT_BASE) {
        p->done = true; /* whoever asked for the expression will miss its end */
        return;
    }
    if (p->tok.code != want) {
        jinja_fail(p, "brackets do not match");
        return;
    }
    if (s.kind == SLOT_DICT)
        for (uint32_t i = s.base; i < p->operand_count; i++)
            if (p->out->nodes[p->operands[i]].kind != JN_PAIR) jinja_fail(p, "a key without value");
    p->slot_count--;
    p->open--;
    close_node(p, &s);
    p->want_operand = false;
    jinja_next(p);
}

static void comma(struct jinja_parser *p)
{
    reduce(p, PREC_ARG);
    if (p->st) return;
    struct jinja_slot *s = top(p);
    if (s->kind == SLOT_BASE && !(p->flags & JX_TUPLE)) {
        p->done = true;
        return;
    }
    s->comma = true;
    p->want_operand = true;
    jinja_next(p);
}

static void colon(struct jinja_parser *p)
{
    reduce(p, PREC_COND);
    if (p->st) return;
    struct jinja_slot *s = top(p);
    if (s->kind == SLOT_DICT) {
        push_slot(p, SLOT_PAIR, PREC_ARG);
    } else if (s->kind == SLOT_BASE) { /* {% if x: %} */
        p->done = true;
        return;
    } else if (s->kind == SLOT_INDEX && s->colons < 2) {
        s->colons++;
        p->want_operand = true;
    } else {
        jinja_fail(p, "a colon that has no meaning here");
        return;
    }
    jinja_next(p);
}

static void op_operator(struct jinja_parser *p)
{
    uint16_t code = p->tok.code;
    for (size_t i = 0; i < COUNT_OF(op_rows); i++)
        if (op_rows[i].code == code) {
            binary(p, (enum jinja_op)op_rows[i].op, (enum prec)op_rows[i].prec);
            return;
        }
    if (code == '.') {
        attribute(p);
    } else if (code == '[' || code == '(') {
        push_slot(p, code == '[' ? SLOT_INDEX : SLOT_CALL, PREC_NONE);
        jinja_next(p);
    } else if (code == '|') {
        reduce(p, PREC_SIGN);
        jinja_next(p);
        filter(p);
    } else if (code == ',') {
        comma(p);
    } else if (code == ':') {
        colon(p);
    } else if (is_closer(code)) {
        close_bracket(p);
    } else {
        p->done = true; /* "=" of an assignment, or nonsense */
    }
}

static void inline_if(struct jinja_parser *p)
{
    reduce(p, PREC_OR);
    if (p->st) return;
    if (top(p)->kind == SLOT_IF) apply(p, &p->slots[--p->slot_count]);
    push_slot(p, SLOT_IF, PREC_COND);
    jinja_next(p);
}

static void inline_else(struct jinja_parser *p)
{
    reduce(p, PREC_OR);
    if (p->st) return;
    if (top(p)->kind != SLOT_IF) {
        p->done = true;
        return;
    }
    top(p)->kind = SLOT_ELSE;
    p->want_operand = true;
    jinja_next(p);
}

static void name_operator(struct jinja_parser *p)
{
    bool base = p->open == 1;
    if (jinja_at_name(p, S("and")))
        binary(p, JO_AND, PREC_AND);
    else if (jinja_at_name(p, S("or")))
        binary(p, JO_OR, PREC_OR);
    else if (jinja_at_name(p, S("is")))
        test(p);
    else if (jinja_at_name(p, S("in")) && !(base && (p->flags & JX_NO_IN)))
        binary(p, JO_IN, PREC_COMPARE);
    else if (jinja_at_name(p, S("not")) && p->ahead.kind == JT_NAME &&
             slice_eq(p->ahead.text, S("in"))) {
        jinja_next(p);
        binary(p, JO_NOTIN, PREC_COMPARE);
    } else if (jinja_at_name(p, S("if")) && !(base && (p->flags & JX_NO_IF)))
        inline_if(p);
    else if (jinja_at_name(p, S("else")))
        inline_else(p);
    else
        p->done = true;
}

static void operator(struct jinja_parser *p)
{
    if (p->tok.kind == JT_OP)
        op_operator(p);
    else if (p->tok.kind == JT_NAME)
        name_operator(p);
    else
        p->done = true;
}

struct jinja_slot *jinja_slots(struct arena *a)
{
    return ARENA_ARRAY(a, struct jinja_slot, JINJA_DEPTH_MAX);
}

uint32_t jinja_expr(struct jinja_parser *p, unsigned flags)
{
    p->slot_count = p->operand_count = p->open = 0;
    p->done = false;
    p->flags = flags;
    push_slot(p, SLOT_BASE, PREC_NONE);
    if (flags & JX_FILTER) {
        leaf(p, JN_NONE, slice_of(NULL, 0));
        filter(p);
    }
    while (!p->done && !p->failed && p->st == ST_OK) {
        if (p->want_operand)
            operand(p);
        else
            operator(p);
    }
    if (p->failed || p->st) return 0;
    reduce(p, PREC_ARG);
    if (p->st == ST_OK && top(p)->kind != SLOT_BASE) jinja_fail(p, "a bracket is not closed");
    if (p->failed || p->st) return 0;
    struct jinja_slot s = *top(p);
    close_node(p, &s);
    return p->operand_count ? p->operands[0] : 0;
}
