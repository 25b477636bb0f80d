/* SPDX-License-Identifier: Apache-2.0 */
/* shell_part.h - what the parts of the shell parser share; nobody else includes it.
 * shell_lex.c makes words and operators, shell_span.c finds the ends of what nests, shell_wrap.c
 * knows the programs that start others, shell.c makes commands.
 * Owns: nothing.   Threads: one owner.   Fails: `nomem` is sticky. */
#pragma once
#include "codec/shell.h"

enum shell_tok_kind {
    TOK_END,
    TOK_LINE, /* a line end */
    TOK_WORD,
    TOK_OP,       /* code: its characters, as OP2 packs them */
    TOK_REDIRECT, /* `redirect`; its target is the next word */
};

#define OP2(a, b) ((uint16_t)((unsigned char)(a) | (unsigned char)(b) << 8))

/* Text in a word that is a command of its own. */
struct shell_inner {
    size_t from, to; /* of the lexer's text */
    enum shell_via via;
    bool ticks;
};
#define INNER_MAX 32u /* per word */
#define DOC_MAX   8u  /* here-documents that wait for the line end */

struct shell_doc {
    struct slice end;
    uint32_t redirect; /* index of the redirect that gets the body */
};

struct shell_lex {
    struct slice s;
    size_t pos;
    uint32_t line, column; /* of s.p[line_start]: column is what stands in front of it */
    size_t line_start;
    uint8_t *out; /* resolved words; as long as s */
    size_t out_n;
    struct shell_inner inner[INNER_MAX]; /* of the last word */
    size_t inner_count;
    struct shell_doc docs[DOC_MAX];
    size_t doc_count;
};

struct shell_tok {
    enum shell_tok_kind kind;
    uint16_t code;
    char redirect;
    uint8_t fd;
    size_t from, to;
    struct shell_word word;
};

void shell_lex_next(struct shell_lex *l, struct shell_tok *ret);
/* The bodies of the here-documents that begin at pos; `take` gets each. */
void shell_lex_docs(struct shell_lex *l,
                    void (*take)(void *ctx, uint32_t redirect, struct slice body), void *ctx);

/* The end of what begins at `at` with $(, ${, `, ( or <(: behind its closing mark, or the end of
 * the text. Commands in it are noted in l->inner. */
size_t shell_span(struct shell_lex *l, size_t at);

/* The index of the program in words[from, count), behind wrappers. Marks assignments for env. */
size_t shell_program(struct shell_word *words, size_t count);
