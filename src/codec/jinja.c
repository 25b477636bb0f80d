/* SPDX-License-Identifier: Apache-2.0 */
/* jinja.c - statements. The open blocks are a chain through the statements themselves: each
 * statement knows its enclosing opener, so closing a block needs no stack. A tag that cannot be
 * read is reported and skipped; what comes after it is read as if it were not there. */
#include "codec/jinja.h"
#include "codec/jinja_part.h"

#define NO_STMT JINJA_NO_STMT

void jinja_next(struct jinja_parser *p)
{
    p->tok = p->ahead;
    jinja_lex_next(&p->lex, &p->ahead);
    if (p->lex.nomem) p->st = ST_NOMEM;
    /* "!" is only half of "!="; anything that the lexer does not know is an error where it stands
     */
    if (p->tok.kind == JT_BAD) jinja_fail(p, (const char *)p->tok.text.p);
}

void jinja_fail(struct jinja_parser *p, const char *what)
{
    struct jinja *j = p->out;
    if (p->failed) return;
    p->failed = true;
    if (j->error_count < JINJA_ERROR_MAX)
        j->errors[j->error_count] =
            (struct jinja_error){p->tok.offset, p->tok.line, p->tok.column, what};
    j->error_count++;
}

bool jinja_at_op(const struct jinja_parser *p, uint16_t code)
{
    return p->tok.kind == JT_OP && p->tok.code == code;
}

bool jinja_at_name(const struct jinja_parser *p, struct slice name)
{
    return p->tok.kind == JT_NAME && slice_eq(p->tok.text, name);
}

/* Room for one more item of an array that lives in the arena. */
static bool grow(struct jinja *j, void **items, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room) return true;
    uint32_t bigger = *room ? *room * 2 : 128;
    void *p = arena_alloc(j->arena, bigger, size);
    if (!p) return false;
    if (count) memcpy(p, *items, count * size);
    *items = p;
    *room = bigger;
    return true;
}

uint32_t jinja_node_new(struct jinja_parser *p, enum jinja_node_kind kind, struct slice text)
{
    struct jinja *j = p->out;
    void *items = j->nodes;
    if (!grow(j, &items, j->node_count, &j->node_room, sizeof *j->nodes)) {
        p->st = ST_NOMEM;
        return 0;
    }
    j->nodes = items;
    j->nodes[j->node_count] = (struct jinja_node){.kind = (uint8_t)kind,
                                                  .offset = p->tok.offset,
                                                  .line = p->tok.line,
                                                  .column = p->tok.column,
                                                  .text = text};
    return j->node_count++;
}

/* ---- statements and blocks ---- */

struct builder {
    struct jinja_parser p;
    uint32_t open;  /* the innermost opener, or NO_STMT */
    uint32_t depth; /* how many are open */
};

static struct jinja_stmt *add(struct builder *b, enum jinja_stmt_kind kind,
                              const struct jinja_tok *t)
{
    struct jinja *j = b->p.out;
    void *items = j->stmts;
    if (!grow(j, &items, j->stmt_count, &j->stmt_room, sizeof *j->stmts)) {
        b->p.st = ST_NOMEM;
        return NULL;
    }
    j->stmts = items;
    j->stmts[j->stmt_count] = (struct jinja_stmt){.kind = kind,
                                                  .offset = t->offset,
                                                  .line = t->line,
                                                  .column = t->column,
                                                  .block = b->open,
                                                  .next = NO_STMT,
                                                  .depth = b->depth,
                                                  .node_from = j->node_count,
                                                  .node_to = j->node_count};
    return &j->stmts[j->stmt_count++];
}

static struct jinja_stmt *newest(struct builder *b)
{
    return &b->p.out->stmts[b->p.out->stmt_count - 1];
}

/* The statement was an opener: what follows lies inside it. */
static void open_block(struct builder *b)
{
    if (b->depth == JINJA_DEPTH_MAX) {
        jinja_fail(&b->p, "blocks nested too deep");
        b->p.st = ST_LIMIT;
        return;
    }
    b->open = b->p.out->stmt_count - 1;
    b->depth++;
}

/* Link the newest statement behind the last branch of the open block. */
static void link_branch(struct builder *b)
{
    struct jinja_stmt *stmts = b->p.out->stmts, *s = newest(b);
    uint32_t at = b->p.out->stmt_count - 1;
    stmts[stmts[b->open].last].next = at;
    stmts[b->open].last = at;
    s->block = b->open;
    s->depth = b->depth - 1;
}

static void close_block(struct builder *b)
{
    const struct jinja_stmt *opener = &b->p.out->stmts[b->open];
    link_branch(b);
    b->open = opener->block;
    b->depth--;
}

static uint32_t expr(struct builder *b, unsigned flags)
{
    return jinja_expr(&b->p, flags);
}

static bool skip_name(struct builder *b, struct slice name)
{
    bool there = jinja_at_name(&b->p, name);
    if (there) jinja_next(&b->p);
    return there;
}

static bool skip_op(struct builder *b, uint16_t code)
{
    bool there = jinja_at_op(&b->p, code);
    if (there) jinja_next(&b->p);
    return there;
}

/* Words that change how something is loaded, not what: "ignore missing", "with context". */
static void skip_words(struct builder *b)
{
    while (b->p.tok.kind == JT_NAME || jinja_at_op(&b->p, ',')) jinja_next(&b->p);
}

static void parse_one(struct builder *b)
{
    newest(b)->expr[0] = expr(b, JX_TUPLE);
}

static void parse_for(struct builder *b)
{
    struct jinja_stmt *s = newest(b);
    s->expr[0] = expr(b, JX_TUPLE | JX_NO_IN);
    if (!skip_name(b, S("in"))) jinja_fail(&b->p, "a loop without \"in\"");
    if (!b->p.failed) s->expr[1] = expr(b, JX_TUPLE | JX_NO_IF);
    if (skip_name(b, S("if"))) s->expr[2] = expr(b, 0);
    s->recursive = skip_name(b, S("recursive"));
}

static void parse_set(struct builder *b)
{
    struct jinja_stmt *s = newest(b);
    s->expr[0] = expr(b, JX_TUPLE);
    if (skip_op(b, '='))
        s->expr[1] = expr(b, JX_TUPLE);
    else
        s->kind = JS_SETBLOCK;
}

static void parse_macro(struct builder *b)
{
    struct jinja_stmt *s = newest(b);
    s->expr[0] = expr(b, 0);
    if (!s->expr[0] || b->p.failed) return;
    const struct jinja_node *n = &b->p.out->nodes[s->expr[0]];
    if (n->kind == JN_CALL)
        s->text = b->p.out->nodes[n->first].text;
    else
        jinja_fail(&b->p, "a macro without parameters");
}

static void parse_call(struct builder *b)
{
    struct jinja_stmt *s = newest(b);
    if (jinja_at_op(&b->p, '(')) {
        jinja_next(&b->p);
        if (!jinja_at_op(&b->p, ')')) s->expr[1] = expr(b, JX_TUPLE);
        if (!skip_op(b, ')')) jinja_fail(&b->p, "a bracket is not closed");
    }
    if (!b->p.failed) s->expr[0] = expr(b, 0);
}

static void parse_filter(struct builder *b)
{
    newest(b)->expr[0] = expr(b, JX_FILTER);
}

static void parse_block(struct builder *b)
{
    newest(b)->text = b->p.tok.text;
    if (b->p.tok.kind != JT_NAME) jinja_fail(&b->p, "a block without a name");
    skip_words(b);
}

/* {% with a = 1, b = 2 %}: the assignments become statements inside the block. */
static void parse_with(struct builder *b)
{
    open_block(b);
    while (!b->p.failed && !b->p.st && b->p.tok.kind == JT_NAME) {
        if (!add(b, JS_SET, &b->p.tok)) return;
        uint32_t target = expr(b, 0);
        newest(b)->expr[0] = target;
        if (!skip_op(b, '=')) jinja_fail(&b->p, "an assignment without \"=\"");
        if (b->p.failed) return;
        uint32_t value = expr(b, 0);
        newest(b)->expr[1] = value;
        newest(b)->node_to = b->p.out->node_count;
        if (!skip_op(b, ',')) return;
    }
}

static void parse_load(struct builder *b)
{
    newest(b)->expr[0] = expr(b, 0);
    skip_words(b);
}

static void parse_nothing(struct builder *b)
{
    (void)b;
}

struct tag {
    const char *word;
    const char *end; /* NULL: not a block */
    enum jinja_stmt_kind kind;
    void (*parse)(struct builder *b);
};

static const struct tag tags[] = {
    {"if", "endif", JS_IF, parse_one},
    {"for", "endfor", JS_FOR, parse_for},
    {"set", "endset", JS_SET, parse_set},
    {"macro", "endmacro", JS_MACRO, parse_macro},
    {"call", "endcall", JS_CALL, parse_call},
    {"filter", "endfilter", JS_FILTER, parse_filter},
    {"block", "endblock", JS_BLOCK, parse_block},
    {"with", "endwith", JS_WITH, parse_with},
    {"autoescape", "endautoescape", JS_AUTOESCAPE, parse_one},
    {"generation", "endgeneration", JS_GENERATION, parse_nothing},
    {"include", NULL, JS_INCLUDE, parse_load},
    {"import", NULL, JS_IMPORT, parse_load},
    {"from", NULL, JS_FROM, parse_load},
    {"extends", NULL, JS_EXTENDS, parse_load},
    {"do", NULL, JS_DO, parse_one},
    {"break", NULL, JS_BREAK, parse_nothing},
    {"continue", NULL, JS_CONTINUE, parse_nothing},
};

static bool opens(const struct jinja_stmt *s, const struct tag *t)
{
    return t->end && s->kind != JS_SET;
}

static void opener_tag(struct builder *b, const struct tag *t)
{
    uint32_t at = b->p.out->stmt_count;
    if (!add(b, t->kind, &b->p.tok)) return;
    newest(b)->last = at;
    jinja_next(&b->p);
    t->parse(b);
    if (b->p.st) return;
    struct jinja_stmt *s = &b->p.out->stmts[at];
    s->node_to = b->p.out->node_count;
    if (opens(s, t) && b->open != at && t->kind != JS_WITH) open_block(b);
}

static enum jinja_stmt_kind open_kind(const struct builder *b)
{
    return b->open == NO_STMT ? JS_TEXT : b->p.out->stmts[b->open].kind;
}

static void branch_tag(struct builder *b, enum jinja_stmt_kind kind)
{
    enum jinja_stmt_kind in = open_kind(b);
    if (in != JS_IF && !(in == JS_FOR && kind == JS_ELSE)) {
        jinja_fail(&b->p, "a branch outside of its block");
        return;
    }
    if (!add(b, kind, &b->p.tok)) return;
    link_branch(b);
    jinja_next(&b->p);
    if (kind == JS_ELIF) parse_one(b);
    newest(b)->node_to = b->p.out->node_count;
}

static const char *end_of(enum jinja_stmt_kind kind)
{
    if (kind == JS_SETBLOCK) kind = JS_SET;
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (tags[i].kind == kind) return tags[i].end;
    return NULL;
}

static void end_tag(struct builder *b)
{
    const char *want = end_of(open_kind(b));
    if (!want || !jinja_at_name(&b->p, slice_str(want))) {
        jinja_fail(&b->p, slice_starts(b->p.tok.text, S("end"))
                              ? "the end of a block that is not open here"
                              : "an unknown tag");
        return;
    }
    if (!add(b, JS_END, &b->p.tok)) return;
    close_block(b);
    jinja_next(&b->p);
    if (b->p.tok.kind == JT_NAME) jinja_next(&b->p); /* {% endblock name %} */
}

static void tag(struct builder *b)
{
    if (b->p.tok.kind != JT_NAME) {
        jinja_fail(&b->p, "a tag without a name");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (jinja_at_name(&b->p, slice_str(tags[i].word))) {
            opener_tag(b, &tags[i]);
            return;
        }
    if (jinja_at_name(&b->p, S("elif")))
        branch_tag(b, JS_ELIF);
    else if (jinja_at_name(&b->p, S("else")))
        branch_tag(b, JS_ELSE);
    else
        end_tag(b);
}

/* Behind the end of the tag, whatever is left of it. */
static void finish_tag(struct builder *b)
{
    struct jinja_parser *p = &b->p;
    if (!p->failed && p->ahead.kind == JT_CLOSE) (void)skip_op(b, ':'); /* {% if x: %} is allowed */
    if (!p->failed && !p->st && p->tok.kind != JT_CLOSE) jinja_fail(p, "the tag does not end here");
    if (p->failed && p->tok.kind != JT_CLOSE) {
        if (p->ahead.kind != JT_CLOSE) {
            jinja_lex_recover(&p->lex);
            p->ahead.kind = JT_CLOSE;
        }
        jinja_next(p);
    }
    p->failed = false;
    jinja_next(p);
}

static void print(struct builder *b)
{
    if (!add(b, JS_OUTPUT, &b->p.tok)) return;
    parse_one(b);
    newest(b)->node_to = b->p.out->node_count;
}

static void plain(struct builder *b, enum jinja_stmt_kind kind)
{
    struct jinja_stmt *s = add(b, kind, &b->p.tok);
    if (s) s->text = b->p.tok.text;
    jinja_next(&b->p);
}

static void statement(struct builder *b)
{
    enum jinja_tok_kind kind = b->p.tok.kind;
    if (kind == JT_TEXT || kind == JT_COMMENT) {
        plain(b, kind == JT_TEXT ? JS_TEXT : JS_COMMENT);
    } else if (kind == JT_PRINT || kind == JT_TAG) {
        jinja_next(&b->p);
        if (kind == JT_PRINT)
            print(b);
        else
            tag(b);
        finish_tag(b);
    } else { /* JT_BAD, already told: it consumed the rest */
        b->p.failed = false;
        jinja_next(&b->p);
    }
}

static bool start(struct builder *b, struct arena *arena, struct slice text, struct jinja *ret)
{
    *ret = (struct jinja){.arena = arena};
    b->p.out = ret;
    b->p.lex = (struct jinja_lex){.arena = arena, .s = text, .line = 1};
    b->p.slots = jinja_slots(arena);
    if (!b->p.slots || jinja_node_new(&b->p, JN_NONE, slice_of(NULL, 0)) || b->p.st) return false;
    jinja_next(&b->p);
    jinja_next(&b->p);
    return true;
}

enum st jinja_parse(struct arena *arena, struct slice text, struct jinja *ret)
{
    struct builder b = {.open = NO_STMT};
    bool cut = text.n > JINJA_TEXT_MAX;
    if (!start(&b, arena, slice_sub(text, 0, JINJA_TEXT_MAX), ret)) return ST_NOMEM;
    while (b.p.st == ST_OK && b.p.tok.kind != JT_END) statement(&b);
    b.p.failed = false;
    if (b.p.st == ST_OK && b.open != NO_STMT) jinja_fail(&b.p, "a block is not closed");
    return b.p.st == ST_OK && cut ? ST_LIMIT : b.p.st;
}

uint32_t jinja_child(const struct jinja *j, uint32_t node, unsigned i)
{
    uint32_t child = j->nodes[node].first;
    while (child && i--) child = j->nodes[child].next;
    return child;
}
