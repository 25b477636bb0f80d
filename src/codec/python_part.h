/* SPDX-License-Identifier: Apache-2.0 */
/* python_part.h - what the parts of the Python parser share; nobody else includes it.
 * python_lex.c makes tokens (python_word.c, python_magic.c), python_string.c decodes literals,
 * python_expr.c builds nodes (python_slot.h), python_stmt.c statements, python.c blocks and lines.
 * Owns: nothing.   Threads: one owner.   Fails: `st` and `failed` are sticky; see below. */
#pragma once
#include "codec/python.h"

enum py_tok_kind {
    PT_END,
    PT_NEWLINE,
    PT_NAME, /* code: its keyword */
    PT_INT,
    PT_FLOAT,
    PT_STRING,    /* text: without prefix and quotes, as written */
    PT_FSTART,    /* f" and t" */
    PT_FTEXT,     /* text: a plain part of it, as written */
    PT_FEND,      /* the closing quote */
    PT_FIELD,     /* { in one */
    PT_FIELD_END, /* its } */
    PT_SPEC,      /* its : */
    PT_OP,        /* code: its characters, as PY_OP packs them */
    PT_MAGIC,     /* text: from the ! or % on */
    PT_BAD,       /* text: what is wrong, as a C string */
};

enum py_keyword {
    PK_NONE,
    PK_AND,
    PK_AS,
    PK_ASSERT,
    PK_ASYNC,
    PK_AWAIT,
    PK_BREAK,
    PK_CLASS,
    PK_CONTINUE,
    PK_DEF,
    PK_DEL,
    PK_ELIF,
    PK_ELSE,
    PK_EXCEPT,
    PK_FINALLY,
    PK_FOR,
    PK_FROM,
    PK_GLOBAL,
    PK_IF,
    PK_IMPORT,
    PK_IN,
    PK_IS,
    PK_LAMBDA,
    PK_NONLOCAL,
    PK_NOT,
    PK_OR,
    PK_PASS,
    PK_RAISE,
    PK_RETURN,
    PK_TRY,
    PK_WHILE,
    PK_WITH,
    PK_YIELD,
    PK_CONST, /* True False None */
};

#define PY_OP(a, b, c) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16)

enum { PY_RAW = 1, PY_BYTES = 2, PY_FORMAT = 4, PY_TRIPLE = 8 };

struct py_tok {
    uint8_t kind;
    uint8_t flags; /* of strings */
    bool first;    /* of its logical line; indent: its indentation */
    bool fresh;    /* of its physical line */
    uint32_t code;
    uint32_t offset, end, line, column, indent;
    struct slice text;
};

#define PY_FRAME_MAX 128

/* What the lexer is in: the text of an f-string, a field of one, the format behind its colon. */
struct py_frame {
    enum { FRAME_TEXT, FRAME_FIELD, FRAME_SPEC } kind;
    uint8_t quote, flags;
    uint32_t brackets; /* open ones, this field included */
};

struct py_lex {
    struct slice s;
    size_t pos, line_start;
    uint32_t line, indent, brackets;
    bool magics;
    py_fold_fn *fold; /* NULL: names stay as they are */
    struct arena *arena;
    bool bol;       /* no token since the logical line began */
    bool fresh;     /* no token since the physical line began */
    bool assigned;  /* the last token was "=" outside brackets */
    bool cell;      /* the line is the first of a cell */
    unsigned never; /* kinds of long quotes that do not end any more */
    unsigned frame_count;
    struct py_frame frames[PY_FRAME_MAX];
};

struct py_slot;
struct py_block;

struct py_parser {
    struct py_module *out;
    struct arena *arena;
    struct py_lex lex;
    struct py_tok tok, ahead, start; /* start: of the statement */
    uint32_t prev_end;               /* of the token before tok */
    struct py_node *nodes;
    struct py_stmt *stmts;
    uint32_t node_count, node_room, stmt_count, stmt_room;
    struct py_slot *slots;        /* operators and open brackets; PYTHON_DEPTH_MAX of them */
    uint32_t slot_count, bracket; /* the innermost bracket */
    uint32_t *operands;
    uint32_t operand_count, operand_room;
    struct py_block *blocks; /* open ones; PYTHON_DEPTH_MAX of them */
    uint32_t block_count, line_indent;
    unsigned flags;
    bool want_operand, done;
    bool is_branch, in_match; /* the line is one of the innermost block, or a case */
    bool opened;              /* the newest statement opened a block */
    bool failed;              /* in this logical line */
    enum st st;
};

/* ---- tokens ---- */

void python_lex_next(struct py_lex *l, struct py_tok *ret);
/* After an error at `t`: the next line, or that of t when it is the first token there. */
void python_lex_recover(struct py_lex *l, const struct py_tok *t);
enum py_keyword python_keyword(struct slice name);
/* Does the line begin with a word that no expression may hold? Then it begins a statement. */
bool python_begins_statement(struct slice line);
/* Length of the line end at i; 0: there is none. */
size_t python_line_end(const struct py_lex *l, size_t i);
/* The magic at pos: its end, and where the lexer goes on: code may follow on the same line. */
size_t python_magic(const struct py_lex *l, size_t *ret_resume);

/* The text of a literal; p == NULL when memory is out. */
struct slice python_unescape(struct arena *a, struct slice raw, unsigned flags);

/* ---- nodes ---- */

void python_next(struct py_parser *p);
void python_fail(struct py_parser *p, const char *what);
/* The same for what can be read all the same. */
void python_note(struct py_parser *p, const char *what);
bool python_at_op(const struct py_parser *p, uint32_t code);
bool python_at(const struct py_parser *p, enum py_keyword k);
/* Room for one more; false and `st` when memory or the limit is out. */
bool python_grow(struct py_parser *p, void **items, uint32_t count, uint32_t *room, size_t size);
/* A new node at the current token; 0 when memory is out. */
uint32_t python_node_new(struct py_parser *p, enum py_node_kind kind, struct slice text);

enum {
    PX_TUPLE = 1,  /* a, b without brackets */
    PX_NO_IN = 2,  /* "in" ends it: targets of for */
    PX_NO_IF = 4,  /* "if" ends it: patterns */
    PX_AS = 8,     /* value "as" target becomes a PN_PAIR: with, patterns */
    PX_PARAMS = 16 /* parameters of a function, or of a type: up to a bracket */
};

/* Room for PYTHON_DEPTH_MAX operators and brackets; NULL when memory is out. */
struct py_slot *python_slots(struct arena *a);
/* One expression up to a token that cannot continue it; 0 after a failure. `first`: its first
 * operand, already there, or 0. With PX_PARAMS: the first of a chain of PN_PARAM, or 0. */
uint32_t python_expr(struct py_parser *p, unsigned flags, uint32_t first);

/* ---- statements ---- */

struct py_stmt *python_add(struct py_parser *p, enum py_stmt_kind kind);
/* The newest statement ends here. */
void python_finish(struct py_parser *p);
/* The newest statement was an opener: what follows lies in it. */
void python_open(struct py_parser *p);
/* A statement, or the part of one up to its colon; the newest statement tells which. */
void python_statement(struct py_parser *p);
