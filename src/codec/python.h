/* SPDX-License-Identifier: Apache-2.0 */
/* python.h - a Python module as flat arrays of statements and expression nodes.
 * Why: what code does with models and data is judged from calls, names and values, never from words
 * in its text. The shape is that of codec/jinja.h.
 *
 *   statements   in source order; a block's opener, branches and end are linked by index, so that a
 *                walker needs a counter and no call stack
 *   nodes        children always stand before their parents, so that an expression is evaluated by
 *                one pass over [stmt.node_from, stmt.node_to); the nodes of a part are one run that
 *                ends with its root
 *
 * Places: `offset` and `end` are the whole part; `line` and `column` of PN_ATTR are those of the
 * name behind the dot, of PN_CALL and PN_SUBSCRIPT those of what is called, of PN_KWARG those of
 * its name: in a chain over many lines that is where a reader looks.
 *
 * Annotations of parameters, type parameters, and what is left of a bad line stand among the nodes
 * of their statement and have no parent: a pass over all nodes sees the calls in them. After an
 * error any expr[] may be 0.
 *
 * Reads: Python 3.8 to 3.14 (The Python Language Reference, chapters 2, 6, 7, 8), and the print and
 * exec statements and backquotes of Python 2 as far as they do not hide what follows. Where Python
 * is stricter, more is accepted: nothing may hide behind a difference.
 * Owns: nothing outside the arena; texts without escapes are slices of the source.
 * Threads: one owner.   Fails: what is wrong is told in `errors`, and the parse goes on with the
 * next logical line; ST_NOMEM and ST_LIMIT (too long or too deep) end it with what was read so far.
 */
#pragma once
#include "base/arena.h"
#include "base/st.h"

#define PYTHON_DEPTH_MAX 1000 /* nested brackets and operators, and nested blocks */
#define PYTHON_ERROR_MAX 8

enum py_node_kind {
    PN_NONE, /* a part that is not there: x[:2], lambda without parameters */
    PN_NAME,
    PN_STRING,  /* text: after escapes and joining of neighbours; f"" without fields, too */
    PN_BYTES,   /* the same of b"..." */
    PN_FSTRING, /* children in order: PN_STRING for the plain parts, expressions for the others,
                   those within a format behind its value */
    PN_INT,     /* text: as written */
    PN_FLOAT,
    PN_CONST, /* text: "True", "False", "None" or "..." */
    PN_LIST,
    PN_TUPLE,
    PN_SET,
    PN_DICT,      /* children: PN_PAIR, PN_DSTAR */
    PN_PAIR,      /* key, value */
    PN_ATTR,      /* object; text: name */
    PN_SUBSCRIPT, /* object, index */
    PN_SLICE,     /* start, stop[, step], as an index */
    PN_CALL,      /* callee, then arguments: expressions, PN_KWARG, PN_STAR, PN_DSTAR */
    PN_KWARG,     /* value; text: name */
    PN_STAR,      /* *value */
    PN_DSTAR,     /* **value */
    PN_UNARY,     /* value; op */
    PN_BINARY,    /* left, right; op; arithmetic, and, or */
    PN_COMPARE,   /* left, right; op; a < b < c is (a < b) and (PN_NONE < c) */
    PN_COND,      /* value, condition, otherwise */
    PN_LAMBDA,    /* PN_PARAM ..., body */
    PN_PARAM,     /* [annotation], if op is PO_IS; [default]; text: name with its stars */
    PN_COMP,      /* element or PN_PAIR, then PN_FOR ...; op: PO_LIST, PO_SET, PO_DICT, PO_GEN */
    PN_FOR,       /* target, iterable, conditions ... */
    PN_AWAIT,
    PN_YIELD,  /* [value] */
    PN_WALRUS, /* name, value */
};

enum py_op {
    PO_NONE,
    PO_ADD,
    PO_SUB,
    PO_MUL,
    PO_MATMUL,
    PO_DIV,
    PO_FLOORDIV,
    PO_MOD,
    PO_POW,
    PO_LSHIFT,
    PO_RSHIFT,
    PO_BITAND,
    PO_BITOR,
    PO_BITXOR,
    PO_INVERT,
    PO_AND,
    PO_OR,
    PO_NOT,
    PO_EQ,
    PO_NE,
    PO_LT,
    PO_LE,
    PO_GT,
    PO_GE,
    PO_IN,
    PO_NOTIN,
    PO_IS,
    PO_ISNOT,
    PO_LIST,
    PO_SET,
    PO_DICT,
    PO_GEN,
};

struct py_node {
    uint8_t kind, op;
    uint32_t first, next; /* first child, next sibling; 0 = none */
    uint32_t offset, end; /* bytes of the source */
    uint32_t line, column;
    struct slice text;
};

enum py_stmt_kind {
    PS_EXPR,   /* expr[0] */
    PS_ASSIGN, /* expr[0]: the target, expr[1]: value; a = b = v is two of them with one value: all
                  nodes are the first one's */
    PS_AUG,    /* target, value; op */
    PS_ANN,    /* target, value or 0; the annotation is expr[2] */
    PS_IMPORT, /* text: "a.b.c", as: "x" or empty; one statement per name */
    PS_FROM,   /* text: module with its dots in front, name: what, as; one per name; "*" too */
    PS_DECORATOR, /* expr[0]; in front of its def or class */
    PS_DEF,       /* text: name; expr[0]: a chain of PN_PARAM; expr[2]: what it returns */
    PS_CLASS,     /* text: name; expr[0]: a PN_CALL of its bases and keywords, callee PN_NAME */
    PS_RETURN,
    PS_RAISE,  /* what, from */
    PS_ASSERT, /* condition, message */
    PS_DEL,
    PS_GLOBAL, /* text: name; one per name; nonlocal, too */
    PS_PASS,   /* pass, break, continue */
    PS_IF,     /* expr[0] */
    PS_ELIF,
    PS_ELSE, /* of if, for, while and try */
    PS_FOR,  /* target, iterable */
    PS_WHILE,
    PS_TRY,
    PS_EXCEPT, /* type; text: name */
    PS_FINALLY,
    PS_WITH,  /* opens one block; its items follow as PS_ITEM */
    PS_ITEM,  /* value, target or 0 */
    PS_MATCH, /* expr[0] */
    PS_CASE,  /* pattern as an expression, guard or 0 */
    PS_MAGIC, /* a line for IPython: text: from the ! or % on, a whole cell after %%bash; expr[0]:
                 the target of x = !command. %time and %%time: the statement behind it follows */
    PS_END,   /* of any block */
};

#define PYTHON_NO_STMT UINT32_MAX

struct py_stmt {
    enum py_stmt_kind kind;
    uint8_t op;
    uint32_t offset, end, line, column;
    uint32_t block; /* index of the enclosing opener; for branches and ends: of their own opener */
    uint32_t next; /* openers and branches: the next branch or the end; PYTHON_NO_STMT if missing */
    uint32_t depth;              /* enclosing blocks */
    uint32_t expr[3];            /* nodes; 0 = none */
    uint32_t node_from, node_to; /* all nodes of this statement */
    struct slice text, name, as;
};

struct py_error {
    uint32_t line, column;
    const char *what;
};

struct py_module {
    const struct py_stmt *stmts;
    size_t stmt_count;
    const struct py_node *nodes; /* nodes[0] is PN_NONE and no node */
    size_t node_count;
    struct py_error errors[PYTHON_ERROR_MAX];
    size_t error_count;
    uint32_t unread; /* ST_LIMIT: from where on, or where something was nested too deep */
};

/* `magics`: lines that begin with ! or % are IPython's, as in the cells of a notebook; a NUL byte
 * is the end of a cell. */
/* Another form of a name that is not ASCII, or the name itself: Python takes identifiers in NFKC.
 */
typedef struct slice py_fold_fn(struct arena *arena, struct slice name);
MUST_USE enum st python_parse_folded(struct slice source, bool magics, py_fold_fn *fold,
                                     struct arena *arena, struct py_module *ret);
MUST_USE enum st python_parse(struct slice source, bool magics, struct arena *arena,
                              struct py_module *ret);
