/* SPDX-License-Identifier: Apache-2.0 */
/* shell_span.c - where $(...), ${...}, `...` and (...) end.
 *
 * A stack of closing marks. Quotes count, and so do comments and here-documents within commands:
 * an apostrophe in one of them is no quote. Every step moves forward. */
#include "codec/shell_part.h"
#include "base/ascii.h"

#define NEST_MAX 128u

struct span {
    struct shell_lex *l;
    struct slice s;
    size_t at;
    uint8_t closers[NEST_MAX];
    bool command[NEST_MAX]; /* its inside is a command of its own: $( <( ` */
    size_t starts[NEST_MAX];
    size_t depth;
    size_t commands; /* of the open marks, those whose inside is a command */
    struct slice doc;
};

static int peek(const struct span *n, size_t ahead)
{
    return n->at + ahead < n->s.n ? n->s.p[n->at + ahead] : -1;
}

/* False: too deep; then the span reaches to the end of the text. */
static bool push(struct span *n, uint8_t closer, size_t opener)
{
    if (n->depth == NEST_MAX) return false;
    n->closers[n->depth] = closer;
    n->starts[n->depth] = n->at + opener;
    n->command[n->depth] = closer == '`' || (closer == ')' && opener == 2);
    n->commands += n->command[n->depth];
    n->depth++;
    n->at += opener;
    return true;
}

static void note(struct span *n, size_t from, size_t to, bool ticks, enum shell_via via)
{
    if (n->l->inner_count == INNER_MAX) return;
    n->l->inner[n->l->inner_count++] =
        (struct shell_inner){.from = from, .to = to, .ticks = ticks, .via = via};
}

static void pop(struct span *n)
{
    size_t from = n->starts[--n->depth];
    n->commands -= n->command[n->depth];
    if (n->command[n->depth] && n->commands == 0) {
        bool ticks = n->closers[n->depth] == '`', process = !ticks && n->s.p[from - 2] != '$';
        bool sums = !ticks && n->s.p[from] == '(' && n->s.p[n->at - 1] == ')'; /* $((...)) */
        if (!sums) note(n, from, n->at, ticks, process ? SHELL_PROCESS : SHELL_SUBSTITUTED);
    }
    n->at++;
}

static void doc_begin(struct span *n)
{
    size_t i = n->at + 2;
    if (i < n->s.n && n->s.p[i] == '-') i++;
    while (i < n->s.n && (n->s.p[i] == ' ' || n->s.p[i] == '\'' || n->s.p[i] == '"')) i++;
    size_t from = i;
    while (i < n->s.n && (ascii_alnum(n->s.p[i]) || n->s.p[i] == '_')) i++;
    n->doc = slice_sub(n->s, from, i - from);
    n->at = i;
}

/* At a line end: behind the body, when one begins. */
static void doc_skip(struct span *n)
{
    while (n->at < n->s.n) {
        size_t from = n->at + 1;
        size_t len = slice_find_byte(slice_sub(n->s, from, n->s.n), '\n');
        struct slice line = slice_sub(n->s, from, len == SIZE_MAX ? n->s.n : len);
        n->at = from + line.n;
        if (slice_eq(slice_trim(line), n->doc)) break;
    }
    n->doc = slice_sub(n->doc, 0, 0);
}

static void skip_quoted(struct span *n)
{
    size_t end = slice_find_byte(slice_sub(n->s, n->at + 1, n->s.n), '\'');
    n->at += end == SIZE_MAX ? 1 : end + 2;
}

static void skip_line(struct span *n)
{
    size_t end = slice_find_byte(slice_sub(n->s, n->at, n->s.n), '\n');
    n->at = end == SIZE_MAX ? n->s.n : n->at + end;
}

/* $( ${ ` within anything but single quotes; false: none of them, or too deep (*ret_deep). */
static bool opens(struct span *n, bool *ret_deep)
{
    int c = peek(n, 0), next = peek(n, 1);
    bool ok = true;
    if (c == '$' && next == '(')
        ok = push(n, ')', 2);
    else if (c == '$' && next == '{')
        ok = push(n, '}', 2);
    else if (c == '`')
        ok = push(n, '`', 1);
    else
        return false;
    *ret_deep = !ok;
    return true;
}

static bool begins_word(const struct span *n)
{
    uint8_t before = n->at ? n->s.p[n->at - 1] : '\n';
    return ascii_space(before) || before == ';' || before == '(' || before == '&' || before == '|';
}

/* One step in a command or in ${...}. */
static bool step_plain(struct span *n, uint8_t closer)
{
    int c = peek(n, 0);
    if (c == '\'' && !(closer == '}' && n->commands == 0 && n->depth > 1)) {
        skip_quoted(n);
    } else if (c == '"') {
        return push(n, '"', 1);
    } else if (c == '(' && closer == ')') {
        return push(n, ')', 1);
    } else if (c == '{' && closer == '}') {
        return push(n, '}', 1);
    } else if ((c == '<' || c == '>') && peek(n, 1) == '(') {
        return push(n, ')', 2);
    } else if (c == '#' && closer == ')' && begins_word(n)) {
        skip_line(n);
    } else if (c == '<' && peek(n, 1) == '<' && peek(n, 2) != '<' && closer == ')') {
        doc_begin(n);
    } else if (c == '\n' && n->doc.n) {
        doc_skip(n);
    } else {
        n->at++;
    }
    return true;
}

static bool step(struct span *n)
{
    uint8_t closer = n->closers[n->depth - 1];
    int c = peek(n, 0);
    bool deep = false;
    if (c == '\\') {
        n->at += 2;
    } else if (c == closer) {
        pop(n);
    } else if (closer == '`') {
        n->at++; /* nothing nests between back quotes but what is escaped */
    } else if (opens(n, &deep)) {
        return !deep;
    } else if (closer == '"') {
        n->at++;
    } else {
        return step_plain(n, closer);
    }
    return true;
}

size_t shell_span(struct shell_lex *l, size_t at)
{
    struct span n = {.l = l, .s = l->s, .at = at};
    int c = peek(&n, 0);
    if (c == '`')
        (void)push(&n, '`', 1);
    else if (c == '(')
        (void)push(&n, ')', 1);
    else
        (void)push(&n, peek(&n, 1) == '{' ? '}' : ')', 2);
    while (n.depth && n.at < n.s.n)
        if (!step(&n)) n.at = n.s.n;
    /* what does not end is looked at as well */
    if (n.depth && n.command[0] && n.starts[0] < n.s.n)
        note(&n, n.starts[0], n.s.n, c == '`',
             c == '$' || c == '`' ? SHELL_SUBSTITUTED : SHELL_PROCESS);
    return n.at < n.s.n ? n.at : n.s.n;
}
