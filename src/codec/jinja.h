/* SPDX-License-Identifier: Apache-2.0 */
/* jinja.h - a Jinja2 template as flat arrays of statements and expression nodes.
 * Why: a chat template is a program that comes with a model; it is judged from its structure, and
 * never by looking for words in its text.
 *
 *   statements   in source order; a block's opener, branches and end are linked by index, so that a
 *                walker needs a counter and no call stack
 *   nodes        children always stand before their parents, so that an expression is evaluated by
 *                one pass over [stmt.node_from, stmt.node_to)
 *
 * Reads: the language of Jinja2 3.1 with the do, loop control and generation extensions. Where
 * Jinja is stricter, more is accepted here: nothing may hide behind a difference.
 * Owns: nothing outside the arena; texts without escapes are slices of the template.
 * Threads: one owner.   Fails: bad templates are told in `errors`, and the parse goes on behind the
 * bad tag; ST_NOMEM and ST_LIMIT (too long or too deep) end it with what was read so far. */
#pragma once
#include "base/arena.h"
#include "base/st.h"

#define JINJA_TEXT_MAX  (2u << 20) /* bytes of one template */
#define JINJA_DEPTH_MAX 1000       /* nested brackets and operators, and nested blocks */
#define JINJA_ERROR_MAX 8

enum jinja_node_kind {
    JN_NONE, /* a part that is not there: x[:2], filter blocks */
    JN_NAME,
    JN_STRING, /* text: after escapes and joining of neighbours */
    JN_INT,    /* text: digits as written */
    JN_FLOAT,
    JN_CONST, /* text: "true", "false" or "none" */
    JN_LIST,
    JN_TUPLE,
    JN_DICT,      /* children: JN_PAIR */
    JN_PAIR,      /* key, value */
    JN_ATTR,      /* object; text: name */
    JN_SUBSCRIPT, /* object, index */
    JN_SLICE,     /* start, stop[, step], as an index */
    JN_CALL,      /* callee, arguments */
    JN_KWARG,     /* value; text: name */
    JN_STAR,      /* *value */
    JN_DSTAR,     /* **value */
    JN_FILTER,    /* value, arguments; text: name */
    JN_TEST,      /* value, arguments; text: name; op: JO_NOT when "is not" */
    JN_UNARY,     /* op: JO_NOT, JO_SUB, JO_ADD */
    JN_BINARY,    /* left, right; op */
    JN_COND,      /* value, condition[, otherwise] */
};

enum jinja_op {
    JO_NONE,
    JO_ADD,
    JO_SUB,
    JO_MUL,
    JO_DIV,
    JO_FLOORDIV,
    JO_MOD,
    JO_POW,
    JO_CONCAT,
    JO_EQ,
    JO_NE,
    JO_LT,
    JO_LE,
    JO_GT,
    JO_GE,
    JO_IN,
    JO_NOTIN,
    JO_AND,
    JO_OR,
    JO_NOT,
};

struct jinja_node {
    uint8_t kind, op;
    bool escaped;         /* a string that was written with \x, \u or \N escapes of plain letters */
    uint32_t first, next; /* first child, next sibling; 0 = none */
    uint32_t offset, line, column;
    struct slice text;
};

enum jinja_stmt_kind {
    JS_TEXT,       /* text, white space control applied */
    JS_OUTPUT,     /* expr[0] */
    JS_IF,         /* expr[0] */
    JS_ELIF,       /* expr[0] */
    JS_ELSE,       /* of if and for */
    JS_FOR,        /* target, iterable, condition; recursive: op */
    JS_SET,        /* target, value */
    JS_SETBLOCK,   /* target, with filters around it */
    JS_MACRO,      /* a call node: name and parameters */
    JS_CALL,       /* the call, parameters */
    JS_FILTER,     /* filters around JN_NONE */
    JS_BLOCK,      /* text: name */
    JS_WITH,       /* its assignments follow as JS_SET */
    JS_AUTOESCAPE, /* expr[0] */
    JS_GENERATION,
    JS_END, /* of any block */
    JS_INCLUDE,
    JS_IMPORT,
    JS_FROM,
    JS_EXTENDS, /* expr[0]: what is loaded */
    JS_DO,
    JS_BREAK,
    JS_CONTINUE,
    JS_COMMENT, /* text */
};

#define JINJA_NO_STMT UINT32_MAX

struct jinja_stmt {
    enum jinja_stmt_kind kind;
    bool recursive; /* of a for loop */
    uint32_t offset, line, column;
    uint32_t block; /* index of the enclosing opener; for branches and ends: of their own opener */
    uint32_t next;  /* openers and branches: the next branch or the end; JINJA_NO_STMT if missing */
    uint32_t last;  /* openers: the newest branch or the end */
    uint32_t depth; /* enclosing blocks */
    uint32_t expr[3];            /* nodes; 0 = none */
    uint32_t node_from, node_to; /* all nodes of this statement */
    struct slice text;
};

struct jinja_error {
    uint32_t offset, line, column;
    const char *what;
};

struct jinja {
    struct arena *arena;
    struct jinja_node *nodes; /* nodes[0] is not used */
    uint32_t node_count, node_room;
    struct jinja_stmt *stmts;
    uint32_t stmt_count, stmt_room;
    struct jinja_error errors[JINJA_ERROR_MAX];
    size_t error_count; /* may be more than JINJA_ERROR_MAX */
};

MUST_USE enum st jinja_parse(struct arena *arena, struct slice text, struct jinja *ret);

/* The i-th child of a node, or 0. */
uint32_t jinja_child(const struct jinja *j, uint32_t node, unsigned i);
