/* SPDX-License-Identifier: Apache-2.0 */
/* jinja_part.h - what the parts of the Jinja parser share; nobody else includes it.
 * jinja_lex.c makes tokens, jinja_string.c decodes literals, jinja_expr.c builds nodes, jinja.c
 * builds statements.
 * Owns: nothing.   Threads: one owner.   Fails: `st` and `error` are sticky; see below. */
#pragma once
#include "codec/jinja.h"

enum jinja_tok_kind {
    JT_END,
    JT_TEXT,
    JT_COMMENT,
    JT_PRINT, /* {{ */
    JT_TAG,   /* {% */
    JT_CLOSE, /* }} or %}, whichever belongs to the opener */
    JT_NAME,
    JT_STRING,
    JT_INT,
    JT_FLOAT,
    JT_OP,  /* code: its characters, as JINJA_OP2 packs them */
    JT_BAD, /* text: what is wrong, as a C string */
};

#define JINJA_OP2(a, b) ((uint16_t)((unsigned char)(a) | (unsigned char)(b) << 8))

struct jinja_tok {
    enum jinja_tok_kind kind;
    uint16_t code;
    bool escaped;
    uint32_t offset, line, column;
    struct slice text;
};

struct jinja_lex {
    struct arena *arena;
    struct slice s;
    size_t pos;
    uint32_t line;
    size_t line_start;
    enum { LEX_TEXT, LEX_PRINT, LEX_TAG } mode;
    unsigned brackets;
    bool strip_next, trim_newline; /* the last tag ended with -%}, or with a plain %} */
    bool nomem;
};

struct jinja_parser {
    struct jinja *out;
    struct jinja_lex lex;
    struct jinja_tok tok, ahead;
    struct jinja_slot *slots;  /* operators and open brackets; JINJA_DEPTH_MAX of them */
    uint32_t slot_count, open; /* open: brackets among them, the base included */
    uint32_t *operands;
    uint32_t operand_count, operand_room;
    uint8_t *joined; /* neighbouring string literals, while they are being joined */
    bool want_operand, done;
    bool failed; /* in this tag */
    unsigned flags;
    enum st st;
};

void jinja_lex_next(struct jinja_lex *l, struct jinja_tok *ret);
/* After an error: to the end of the tag, wherever that is. */
void jinja_lex_recover(struct jinja_lex *l);

/* The text of a literal without its quotes, escapes decoded; p == NULL when memory is out. */
struct slice jinja_unescape(struct arena *a, struct slice raw, bool *ret_escaped);

/* Parsing. */
void jinja_next(struct jinja_parser *p);
void jinja_fail(struct jinja_parser *p, const char *what);
bool jinja_at_op(const struct jinja_parser *p, uint16_t code);
bool jinja_at_name(const struct jinja_parser *p, struct slice name);
/* A new node at the current token; 0 when memory is out. */
uint32_t jinja_node_new(struct jinja_parser *p, enum jinja_node_kind kind, struct slice text);

enum {
    JX_TUPLE = 1,  /* a, b without brackets */
    JX_NO_IF = 2,  /* "if" ends it: for x in y if z */
    JX_NO_IN = 4,  /* "in" ends it: for targets */
    JX_FILTER = 8, /* starts with a filter's name: filter blocks */
};

/* Room for JINJA_DEPTH_MAX operators and brackets; NULL when memory is out. */
struct jinja_slot *jinja_slots(struct arena *a);
/* One expression up to a token that cannot continue it; 0 after a failure. */
uint32_t jinja_expr(struct jinja_parser *p, unsigned flags);
