/* SPDX-License-Identifier: Apache-2.0 */
/* shell_lex.c - words and operators of a shell. Every step moves forward, so lexing is linear. */
#include "codec/shell_part.h"
#include "base/ascii.h"

static int at(const struct shell_lex *l, size_t i)
{
    return i < l->s.n ? l->s.p[i] : -1;
}

/* The length of a line end at i, or 0. */
static size_t line_end(const struct shell_lex *l, size_t i)
{
    if (at(l, i) == '\n') return 1;
    return at(l, i) == '\r' && at(l, i + 1) == '\n' ? 2 : 0;
}

/* Move to `to`, counting lines. */
static void move(struct shell_lex *l, size_t to)
{
    struct slice rest = slice_sub(l->s, l->pos, to - l->pos);
    for (size_t nl; (nl = slice_find_byte(rest, '\n')) != SIZE_MAX;) {
        l->line++;
        l->column = 0;
        rest = slice_sub(rest, nl + 1, rest.n);
        l->line_start = to - rest.n;
    }
    l->pos = to;
}

/* Blanks, comments and lines that go on. */
static void skip_blank(struct shell_lex *l)
{
    size_t i = l->pos;
    for (;;) {
        int c = at(l, i);
        if (c == ' ' || c == '\t' || c == '\f' || c == '\v' || (c == '\r' && !line_end(l, i)))
            i++;
        else if (c == '\\' && line_end(l, i + 1))
            i += 1 + line_end(l, i + 1);
        else if (c == '#')
            while (i < l->s.n && at(l, i) != '\n') i++;
        else
            break;
    }
    move(l, i);
}

/* ---- words ---- */

static void put(struct shell_lex *l, uint8_t c)
{
    if (l->out_n < l->s.n) l->out[l->out_n++] = c;
}

static void put_range(struct shell_lex *l, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) put(l, l->s.p[i]);
}

/* $name ${...} $(...) `...`: as written. */
static size_t expansion(struct shell_lex *l, size_t i, struct shell_word *w)
{
    int next = at(l, i + 1);
    size_t to = i + 1;
    w->live = true;
    if (at(l, i) == '`' || next == '(') {
        to = shell_span(l, i);
    } else if (next == '{' && at(l, i + 2) == '{') { /* of GitHub, before any shell sees it */
        size_t end = slice_find(slice_sub(l->s, i, l->s.n), S("}}"));
        to = end == SIZE_MAX ? shell_span(l, i) : i + end + 2;
    } else if (next == '{') {
        to = shell_span(l, i);
    }
    put_range(l, i, to);
    return to;
}

static size_t double_quoted(struct shell_lex *l, size_t i, struct shell_word *w)
{
    for (;;) {
        int c = at(l, i), next = at(l, i + 1);
        if (c < 0) return i;
        if (c == '"') return i + 1;
        if (c == '\\' && line_end(l, i + 1)) {
            i += 1 + line_end(l, i + 1);
        } else if (c == '\\' && (next == '"' || next == '\\' || next == '$' || next == '`')) {
            put(l, (uint8_t)next);
            i += 2;
        } else if ((c == '$' && next >= 0) || c == '`') {
            i = expansion(l, i, w);
        } else {
            put(l, (uint8_t)c);
            i++;
        }
    }
}

static size_t single_quoted(struct shell_lex *l, size_t i)
{
    size_t end = slice_find_byte(slice_sub(l->s, i, l->s.n), '\'');
    if (end == SIZE_MAX) { /* an apostrophe */
        put(l, '\'');
        return i;
    }
    put_range(l, i, i + end);
    return i + end + 1;
}

/* One or two hexadecimal digits. */
static size_t hex_byte(struct shell_lex *l, size_t i)
{
    int high = at(l, i) < 0 ? -1 : ascii_hex((uint8_t)at(l, i));
    int low = high < 0 || at(l, i + 1) < 0 ? -1 : ascii_hex((uint8_t)at(l, i + 1));
    if (high < 0) return i;
    put(l, (uint8_t)(low < 0 ? high : high * 16 + low));
    return i + (low < 0 ? 1 : 2);
}

/* $'...' */
static size_t ansi_quoted(struct shell_lex *l, size_t i)
{
    static const char from[] = "abefnrtv", to[] = "\a\b\033\f\n\r\t\v";
    while (at(l, i) >= 0 && at(l, i) != '\'') {
        int c = at(l, i++);
        if (c == '\\' && at(l, i) >= 0) {
            c = at(l, i++);
            const char *escape = strchr(from, c);
            if (c == 'x') {
                i = hex_byte(l, i);
                continue;
            }
            if (escape) c = (uint8_t)to[escape - from];
        }
        put(l, (uint8_t)c);
    }
    return i + 1 < l->s.n ? i + 1 : l->s.n;
}

static bool ends_word(const struct shell_lex *l, size_t i)
{
    int c = at(l, i);
    return c < 0 || c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\v' || c == ';' ||
           c == '&' || c == '|' || c == '<' || c == '>' || c == '(' || c == ')' ||
           (c == '\r' && line_end(l, i));
}

/* a=(...), @(...), <(...): a bracket that is part of a word. */
static bool bracket_in_word(const struct shell_lex *l, size_t from, size_t i)
{
    int c = at(l, i), before = i > from ? at(l, i - 1) : -1;
    if (c == '(') return before >= 0 && strchr("=@?*+!", before) != NULL;
    return (c == '<' || c == '>') && at(l, i + 1) == '(' && (i == from || before == '=');
}

/* {{ ... }} of a template, on one line. */
static size_t braces(struct shell_lex *l, size_t i)
{
    if (at(l, i) != '{' || at(l, i + 1) != '{') return 0;
    struct slice rest = slice_sub(l->s, i, 300);
    size_t end = slice_find(rest, S("}}"));
    if (end == SIZE_MAX || end > slice_find_byte(rest, '\n')) return 0;
    return i + end + 2;
}

static size_t quoted(struct shell_lex *l, size_t i, struct shell_word *w)
{
    int c = at(l, i), next = at(l, i + 1);
    w->quoted = true;
    if (c == '\'') return single_quoted(l, i + 1);
    if (c == '"') return double_quoted(l, i + 1, w);
    if (c == '$' && next == '\'') return ansi_quoted(l, i + 2);
    if (c == '$') return double_quoted(l, i + 2, w);
    if (line_end(l, i + 1)) return i + 1 + line_end(l, i + 1);
    if (next >= 0) put(l, (uint8_t)next);
    return next < 0 ? i + 1 : i + 2;
}

static size_t word_step(struct shell_lex *l, size_t i, struct shell_word *w)
{
    int c = at(l, i), next = at(l, i + 1);
    size_t to = braces(l, i);
    if (to) {
        put_range(l, i, to);
        return to;
    }
    if (c == '\'' || c == '"' || c == '\\' || (c == '$' && (next == '\'' || next == '"')))
        return quoted(l, i, w);
    if ((c == '$' && next >= 0) || c == '`') return expansion(l, i, w);
    put(l, (uint8_t)c);
    return i + 1;
}

static void word(struct shell_lex *l, struct shell_tok *ret)
{
    size_t from = l->pos, i = from, out = l->out_n;
    struct shell_word *w = &ret->word;
    ret->kind = TOK_WORD;
    *w = (struct shell_word){.line = l->line,
                             .column = l->column + (uint32_t)(from - l->line_start) + 1};
    for (;;) {
        if (bracket_in_word(l, from, i)) {
            size_t to = shell_span(l, i);
            w->live |= at(l, i) != '(' || l->inner_count;
            put_range(l, i, to);
            i = to;
        } else if (ends_word(l, i)) {
            break;
        } else {
            i = word_step(l, i, w);
        }
    }
    w->raw = slice_sub(l->s, from, i - from);
    w->text = slice_of(l->out + out, l->out_n - out);
    if (slice_eq(w->raw, w->text)) {
        w->text = w->raw;
        l->out_n = out;
    }
    move(l, i);
}

/* ---- operators ---- */

/* A number in front of < or > belongs to it. */
static bool redirect(struct shell_lex *l, struct shell_tok *ret)
{
    size_t i = l->pos, digits = i;
    while (at(l, i) >= '0' && at(l, i) <= '9' && i - digits < 2) i++;
    if (at(l, i) == '&' && i == digits && at(l, i + 1) == '>') i++; /* &> */
    int c = at(l, i), next = at(l, i + 1), third = at(l, i + 2);
    if ((c != '<' && c != '>') || next == '(') return false;
    ret->kind = TOK_REDIRECT;
    ret->fd = (uint8_t)(i > digits && at(l, digits) != '&' ? at(l, digits) - '0' : c == '>');
    ret->redirect = (char)c;
    size_t n = 1;
    if (c == '<' && next == '<') {
        ret->redirect = 'h';
        ret->code = OP2('<', third == '<' ? '<' : 0);
        n = third == '<' || third == '-' ? 3 : 2;
    } else if (next == '&') {
        ret->redirect = '&';
        n = 2;
    } else if (next == '>' || next == '|') {
        ret->redirect = next == '>' ? 'a' : '>';
        n = 2;
    }
    move(l, i + n);
    return true;
}

static void operator(struct shell_lex *l, struct shell_tok *ret)
{
    int c = at(l, l->pos), next = at(l, l->pos + 1);
    bool two = (next == c && (c == '&' || c == '|' || c == ';')) || (c == '|' && next == '&');
    ret->kind = TOK_OP;
    ret->code = OP2(c, two && next == c ? c : 0);
    move(l, l->pos + (two ? 2 : 1));
}

void shell_lex_next(struct shell_lex *l, struct shell_tok *ret)
{
    *ret = (struct shell_tok){.kind = TOK_END};
    l->inner_count = 0;
    skip_blank(l);
    ret->from = l->pos;
    if (l->pos < l->s.n) {
        size_t end = line_end(l, l->pos);
        if (end) {
            ret->kind = TOK_LINE;
            move(l, l->pos + end);
        } else if (!redirect(l, ret)) {
            if (ends_word(l, l->pos) && !bracket_in_word(l, l->pos, l->pos))
                operator(l, ret);
            else
                word(l, ret);
        }
    }
    ret->to = l->pos;
}

void shell_lex_docs(struct shell_lex *l,
                    void (*take)(void *ctx, uint32_t redirect, struct slice body), void *ctx)
{
    for (size_t d = 0; d < l->doc_count; d++) {
        const struct shell_doc *doc = &l->docs[d];
        size_t from = l->pos, i = from, end = l->s.n;
        while (i < l->s.n) {
            struct slice line = slice_sub(l->s, i, l->s.n);
            line = slice_sub(line, 0, slice_find_byte(line, '\n'));
            end = i;
            i = i + line.n < l->s.n ? i + line.n + 1 : l->s.n;
            if (slice_eq(slice_trim(line), doc->end)) break;
            end = l->s.n;
        }
        take(ctx, doc->redirect, slice_sub(l->s, from, end - from));
        move(l, i);
    }
    l->doc_count = 0;
}
