/* SPDX-License-Identifier: Apache-2.0 */
/* python.c - logical lines, and the blocks that their indentation opens and closes.
 *
 * A block knows the indentation of its header and, from its first line on, that of its body. A line
 * further to the left closes it, or is one of its branches: "else" at the indentation of the
 * header. The blocks of "case" lie within that of "match": its branches stand where the first case
 * stands. A line that is indented for no reason is read as if it were not. */
#include "base/ascii.h"
#include "codec/python_part.h"

#define NO_STMT     PYTHON_NO_STMT
#define BODY_NEXT   (UINT32_MAX - 1) /* the next line tells */
#define BODY_INLINE UINT32_MAX       /* it ended with its line */

/* What a tree may take; longer modules are told up to there. */
#define TREE_MAX   ((size_t)128 << 20)
#define SOURCE_MAX ((size_t)256 << 20)

struct py_block {
    uint32_t opener, last; /* statements: the newest branch */
    uint32_t header, body; /* indentation */
};

/* ---- errors, memory ---- */

void python_note(struct py_parser *p, const char *what)
{
    struct py_module *m = p->out;
    if (m->error_count < PYTHON_ERROR_MAX)
        m->errors[m->error_count] = (struct py_error){p->tok.line, p->tok.column, what};
    m->error_count++;
}

void python_fail(struct py_parser *p, const char *what)
{
    if (p->failed) return;
    p->failed = true;
    python_note(p, what);
}

bool python_grow(struct py_parser *p, void **items, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room) return true;
    uint32_t bigger = *room ? *room + *room / 2 : 256;
    size_t tree = p->node_count * sizeof *p->nodes + p->stmt_count * sizeof *p->stmts;
    if (tree > TREE_MAX) {
        p->st = ST_LIMIT;
        return false;
    }
    void *more = arena_room(p->arena, bigger, size);
    if (!more) { /* a big tree is told as far as it goes */
        p->st = tree > TREE_MAX / 4 ? ST_LIMIT : ST_NOMEM;
        return false;
    }
    if (count) memcpy(more, *items, count * size);
    *items = more;
    *room = bigger;
    return true;
}

void python_next(struct py_parser *p)
{
    p->prev_end = p->tok.end;
    p->tok = p->ahead;
    python_lex_next(&p->lex, &p->ahead);
    if (p->tok.kind == PT_BAD) python_fail(p, (const char *)p->tok.text.p);
}

bool python_at_op(const struct py_parser *p, uint32_t code)
{
    return p->tok.kind == PT_OP && p->tok.code == code;
}

bool python_at(const struct py_parser *p, enum py_keyword k)
{
    return p->tok.kind == PT_NAME && p->tok.code == (uint32_t)k;
}

uint32_t python_node_new(struct py_parser *p, enum py_node_kind kind, struct slice text)
{
    void *items = p->nodes;
    if (!python_grow(p, &items, p->node_count, &p->node_room, sizeof *p->nodes)) return 0;
    p->nodes = items;
    p->nodes[p->node_count] = (struct py_node){.kind = (uint8_t)kind,
                                               .offset = p->tok.offset,
                                               .end = p->tok.end,
                                               .line = p->tok.line,
                                               .column = p->tok.column,
                                               .text = text};
    return p->node_count++;
}

struct py_stmt *python_add(struct py_parser *p, enum py_stmt_kind kind)
{
    void *items = p->stmts;
    if (!python_grow(p, &items, p->stmt_count, &p->stmt_room, sizeof *p->stmts)) return NULL;
    p->stmts = items;
    struct py_stmt *s = &p->stmts[p->stmt_count++];
    *s = (struct py_stmt){
        .kind = kind,
        .offset = p->start.offset,
        .end = p->start.end,
        .line = p->start.line,
        .column = p->start.column,
        .block = p->block_count ? p->blocks[p->block_count - 1].opener : NO_STMT,
        .next = NO_STMT,
        .depth = p->block_count,
        .node_from = p->node_count,
        .node_to = p->node_count,
    };
    return s;
}

void python_finish(struct py_parser *p)
{
    struct py_stmt *s = &p->stmts[p->stmt_count - 1];
    s->node_to = p->node_count;
    if (p->prev_end > s->offset) s->end = p->prev_end;
}

/* ---- blocks ---- */

static struct py_block *innermost(struct py_parser *p)
{
    return p->block_count ? &p->blocks[p->block_count - 1] : NULL;
}

/* The newest statement is a branch or the end of the innermost block. */
static void link_branch(struct py_parser *p)
{
    struct py_block *b = innermost(p);
    uint32_t at = p->stmt_count - 1;
    p->stmts[b->last].next = at;
    b->last = at;
    p->stmts[at].block = b->opener;
    p->stmts[at].depth = p->block_count - 1;
}

static void close_block(struct py_parser *p)
{
    p->start = p->tok;
    p->start.end = p->start.offset;
    if (!python_add(p, PS_END)) return;
    link_branch(p);
    p->block_count--;
}

static bool is_branch(enum py_stmt_kind kind)
{
    return kind == PS_ELIF || kind == PS_ELSE || kind == PS_EXCEPT || kind == PS_FINALLY ||
           kind == PS_CASE;
}

/* May a line that begins with this token be a branch of a block of this kind? */
static bool fits(enum py_stmt_kind kind, const struct py_tok *t)
{
    if (t->kind != PT_NAME) return false;
    switch (t->code) {
    case PK_ELIF: return kind == PS_IF;
    case PK_ELSE: return kind == PS_IF || kind == PS_FOR || kind == PS_WHILE || kind == PS_TRY;
    case PK_EXCEPT:
    case PK_FINALLY: return kind == PS_TRY;
    default: return kind == PS_MATCH && slice_eq(t->text, S("case"));
    }
}

void python_open(struct py_parser *p)
{
    struct py_block *b = innermost(p);
    struct py_stmt *s = &p->stmts[p->stmt_count - 1];
    python_finish(p);
    if (is_branch(s->kind) && p->is_branch) {
        link_branch(p);
    } else {
        if (is_branch(s->kind)) {
            python_note(p, "a branch without its block");
            s->kind = PS_IF;
        }
        if (p->block_count == PYTHON_DEPTH_MAX) {
            python_fail(p, "blocks nested too deep");
            if (!p->out->unread) p->out->unread = p->tok.offset;
            return;
        }
        b = &p->blocks[p->block_count++];
        *b = (struct py_block){p->stmt_count - 1, p->stmt_count - 1, p->line_indent, 0};
    }
    p->is_branch = false; /* else: if x: else: */
    p->opened = true;
    b->body = p->failed || p->tok.kind == PT_NEWLINE ? BODY_NEXT : BODY_INLINE;
}

/* Close what ends before the line of the current token. */
static void indentation(struct py_parser *p)
{
    uint32_t column = p->tok.indent;
    p->line_indent = column;
    p->is_branch = p->in_match = false;
    struct py_tok tok = p->tok;
    while (p->block_count && p->st == ST_OK) {
        struct py_block *b = innermost(p);
        enum py_stmt_kind kind = p->stmts[b->opener].kind;
        if (b->body == BODY_NEXT && column > b->header) {
            b->body = column;
            if (kind == PS_MATCH && b->last == b->opener) b->header = column;
        }
        p->is_branch = column == b->header && fits(kind, &tok);
        p->in_match = p->is_branch && kind == PS_MATCH;
        if (p->is_branch || (b->body < BODY_NEXT && column >= b->body)) return;
        close_block(p);
    }
}

/* ---- lines ---- */

static void recover(struct py_parser *p)
{
    p->failed = false;
    if (p->tok.kind != PT_NEWLINE) {
        python_lex_recover(&p->lex, &p->tok);
        python_lex_next(&p->lex, &p->ahead);
    } else {
        p->lex.brackets = p->lex.frame_count = 0;
    }
    python_next(p);
}

/* What a bad line left behind is kept: its nodes belong to the newest statement. */
static void keep_rest(struct py_parser *p, uint32_t before)
{
    if (p->stmt_count == before) return;
    struct py_stmt *s = &p->stmts[p->stmt_count - 1];
    if (s->kind != PS_ASSIGN) s->node_to = p->node_count;
}

static bool at_line_end(const struct py_parser *p)
{
    return p->tok.kind == PT_NEWLINE || p->tok.kind == PT_END;
}

/* Statements between semicolons, and what follows a colon on the same line. */
static void logical_line(struct py_parser *p)
{
    bool more = true;
    indentation(p);
    while (more && p->st == ST_OK && !at_line_end(p)) {
        uint32_t before = p->stmt_count;
        p->opened = false;
        python_statement(p);
        if (p->st != ST_OK) return;
        if (!p->failed && p->stmt_count == before) python_fail(p, "a statement is missing");
        more = !p->failed && (p->opened || python_at_op(p, ';'));
        if (more && !p->opened) python_next(p);
        if (p->failed) keep_rest(p, before);
    }
    if (!p->failed && !at_line_end(p) && !p->tok.first) python_fail(p, "the line should end here");
}

static void module(struct py_parser *p)
{
    python_lex_next(&p->lex, &p->ahead);
    python_next(p);
    while (p->st == ST_OK && p->tok.kind != PT_END) {
        if (p->tok.kind == PT_NEWLINE)
            python_next(p);
        else
            logical_line(p);
        if (p->failed && p->st == ST_OK) recover(p);
    }
    while (p->st == ST_OK && p->block_count) close_block(p);
}

/* Room for the nodes and statements that the source may become, so that the arrays seldom move. */
static void estimate(struct slice s, uint32_t *ret_nodes, uint32_t *ret_stmts)
{
    size_t nodes = 0, stmts = 0;
    bool word = false;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool now = ascii_alnum(c) || c == '_' || c >= 0x80;
        nodes += now ? !word : c > ' ' && !strchr(",)]};=#'\"\\", c);
        stmts += c == '\n' || c == ';';
        word = now;
    }
    size_t tree = nodes * sizeof(struct py_node) + stmts * sizeof(struct py_stmt);
    if (tree > TREE_MAX) { /* so that both end at the same place */
        nodes = nodes / 1024 * (TREE_MAX / (tree / 1024 + 1));
        stmts = stmts / 1024 * (TREE_MAX / (tree / 1024 + 1));
    }
    *ret_nodes = (uint32_t)nodes + 16;
    *ret_stmts = (uint32_t)stmts + 16;
}

static bool start(struct py_parser *p, struct slice source, struct arena *arena)
{
    estimate(source, &p->node_room, &p->stmt_room);
    p->arena = arena;
    p->slots = python_slots(arena);
    p->blocks = ARENA_ROOM(arena, struct py_block, PYTHON_DEPTH_MAX);
    p->nodes = ARENA_ROOM(arena, struct py_node, p->node_room);
    p->stmts = ARENA_ROOM(arena, struct py_stmt, p->stmt_room);
    if (!p->slots || !p->blocks || !p->nodes || !p->stmts) return false;
    p->nodes[p->node_count++] = (struct py_node){.kind = PN_NONE};
    p->lex.s = source;
    p->lex.arena = arena;
    p->lex.line = 1;
    p->lex.bol = p->lex.fresh = p->lex.cell = true;
    if (slice_starts(source, S("\xef\xbb\xbf"))) p->lex.pos = p->lex.line_start = 3;
    return true;
}

enum st python_parse_folded(struct slice source, bool magics, py_fold_fn *fold, struct arena *arena,
                            struct py_module *ret)
{
    bool cut = source.n > SOURCE_MAX;
    *ret = (struct py_module){0};
    struct py_parser p = {.out = ret, .lex = {.magics = magics, .fold = fold}};
    if (!start(&p, slice_sub(source, 0, SOURCE_MAX), arena)) return ST_NOMEM;
    module(&p);
    ret->nodes = p.nodes;
    ret->node_count = p.node_count;
    ret->stmts = p.stmts;
    ret->stmt_count = p.stmt_count;
    if (p.st == ST_LIMIT && !ret->unread) ret->unread = p.tok.offset;
    if (cut && !ret->unread) ret->unread = SOURCE_MAX;
    return p.st == ST_OK && ret->unread ? ST_LIMIT : p.st;
}

enum st python_parse(struct slice source, bool magics, struct arena *arena, struct py_module *ret)
{
    return python_parse_folded(source, magics, NULL, arena, ret);
}
