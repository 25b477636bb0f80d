/* SPDX-License-Identifier: Apache-2.0 */
/* python_lex.c - tokens of a module.
 *
 * Lines: \n, \r\n and \r end one; inside brackets a line end is a blank, and so it is behind a
 * backslash. A bracket that is never closed must not swallow the module: a line that begins with a
 * keyword which no expression may hold ends it (see python_word.c). NUL bytes are blanks; with
 * `magics` they end a cell and everything that is open in it.
 *
 * f-strings (PEP 701) are a stack of frames: text, field, format behind the field's colon.
 *
 *   f"a {x!r:>{n}} b"    FSTART FTEXT FIELD NAME SPEC FTEXT FIELD NAME FIELD_END FIELD_END FTEXT
 * FEND
 *
 * Every step moves forward; what a failed long string has passed over is passed over only once per
 * kind of quotes (`never`), so lexing is linear. */
#include "base/ascii.h"
#include "codec/python_part.h"

static int at(const struct py_lex *l, size_t i)
{
    return i < l->s.n ? l->s.p[i] : -1;
}

static bool is_name_start(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_name(int c)
{
    return is_name_start(c) || is_digit(c);
}

static struct slice piece(const struct py_lex *l, size_t from, size_t to)
{
    return slice_sub(l->s, from, to - from);
}

size_t python_line_end(const struct py_lex *l, size_t i)
{
    int c = at(l, i);
    if (c == '\r') return at(l, i + 1) == '\n' ? 2 : 1;
    return c == '\n';
}

/* Over the line end of n bytes at pos. */
static void over_line(struct py_lex *l, size_t n)
{
    l->pos += n;
    l->line++;
    l->line_start = l->pos;
    l->fresh = true;
}

/* To `to`, counting lines. */
static void move(struct py_lex *l, size_t to)
{
    while (l->pos < to) {
        size_t n = python_line_end(l, l->pos);
        if (n)
            over_line(l, n);
        else
            l->pos++;
    }
}

static void token(struct py_lex *l, enum py_tok_kind kind, struct py_tok *ret)
{
    *ret = (struct py_tok){.kind = (uint8_t)kind,
                           .first = l->bol,
                           .fresh = l->fresh,
                           .offset = (uint32_t)l->pos,
                           .line = l->line,
                           .column = (uint32_t)(l->pos - l->line_start) + 1,
                           .indent = l->indent};
    l->bol = l->fresh = l->assigned = l->cell = false;
}

/* The token ends at `to`. */
static void end(struct py_lex *l, size_t to, struct py_tok *t)
{
    move(l, to);
    l->fresh = false;
    t->end = (uint32_t)l->pos;
}

static void bad(struct py_lex *l, const char *what, struct py_tok *ret)
{
    token(l, PT_BAD, ret);
    ret->text = slice_str(what);
    end(l, l->pos + (l->pos < l->s.n), ret);
}

/* ---- names ---- */

static size_t name_end(const struct py_lex *l, size_t i)
{
    while (is_name(at(l, i))) i++;
    return i;
}

/* ---- numbers ---- */

static size_t digits(const struct py_lex *l, size_t i)
{
    while (is_digit(at(l, i)) || at(l, i) == '_') i++;
    return i;
}

static void number_token(struct py_lex *l, struct py_tok *ret)
{
    size_t i = l->pos;
    int mark = at(l, i + 1) | 0x20;
    token(l, PT_INT, ret);
    if (at(l, i) == '0' && (mark == 'x' || mark == 'o' || mark == 'b')) {
        for (i += 2; (at(l, i) >= 0 && ascii_is_hex((uint8_t)at(l, i))) || at(l, i) == '_';) i++;
    } else {
        i = digits(l, i);
        if (at(l, i) == '.') {
            ret->kind = PT_FLOAT;
            i = digits(l, i + 1);
        }
        size_t exp = i + 1 + (at(l, i + 1) == '-' || at(l, i + 1) == '+');
        if ((at(l, i) | 0x20) == 'e' && is_digit(at(l, exp))) {
            ret->kind = PT_FLOAT;
            i = digits(l, exp);
        }
        if ((at(l, i) | 0x20) == 'j') {
            ret->kind = PT_FLOAT;
            i++;
        }
    }
    if ((at(l, i) | 0x20) == 'l' && ret->kind == PT_INT) i++; /* Python 2 */
    ret->text = piece(l, l->pos, i);
    end(l, i, ret);
}

/* ---- strings ---- */

/* The flags of a prefix such as rb, or -1. */
static int prefix_flags(struct slice s)
{
    int flags = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i] | 0x20;
        if (c == 'r')
            flags |= PY_RAW;
        else if (c == 'b')
            flags |= PY_BYTES;
        else if (c == 'f' || c == 't')
            flags |= PY_FORMAT;
        else if (c != 'u')
            return -1;
    }
    return s.n > 2 ? -1 : flags;
}

static unsigned never_bit(int quote)
{
    return quote == '"' ? 1 : 2;
}

/* Is the closing quote at i? */
static bool closes(const struct py_lex *l, size_t i, int quote, unsigned flags)
{
    return at(l, i) == quote &&
           (!(flags & PY_TRIPLE) || (at(l, i + 1) == quote && at(l, i + 2) == quote));
}

static bool ends_cell(const struct py_lex *l, size_t i)
{
    return at(l, i) == 0 && l->magics;
}

/* The closing quote at or after i, or s.n; strings of one line end with it. */
static size_t find_quote(const struct py_lex *l, size_t i, int quote, unsigned flags)
{
    for (; i < l->s.n; i++) {
        uint8_t c = l->s.p[i];
        if (c == '\\') {
            size_t n = python_line_end(l, i + 1);
            i += n ? n : 1;
        } else if (c == quote) {
            if (closes(l, i, quote, flags)) return i;
        } else if (c <= '\r' &&
                   ((!(flags & PY_TRIPLE) && python_line_end(l, i)) || ends_cell(l, i))) {
            break;
        }
    }
    return l->s.n;
}

static void push_frame(struct py_lex *l, const struct py_frame *f)
{
    l->frames[l->frame_count++] = *f;
}

/* `body`: behind the opening quotes. */
static void string_body(struct py_lex *l, size_t body, int quote, unsigned flags,
                        struct py_tok *ret)
{
    bool triple = flags & PY_TRIPLE, lost = triple && (l->never & never_bit(quote));
    bool format = (flags & PY_FORMAT) && l->frame_count < PY_FRAME_MAX - 1;
    size_t to = lost ? l->s.n : find_quote(l, body, quote, flags);
    if (to == l->s.n && (triple || !format)) {
        if (triple && !l->magics) l->never |= never_bit(quote);
        bad(l, "a string does not end", ret);
        return;
    }
    if (format) {
        token(l, PT_FSTART, ret);
        ret->flags = (uint8_t)flags;
        end(l, body, ret);
        push_frame(l, &(struct py_frame){FRAME_TEXT, (uint8_t)quote, (uint8_t)flags, l->brackets});
        return;
    }
    token(l, PT_STRING, ret);
    ret->flags = (uint8_t)flags;
    ret->text = piece(l, body, to);
    end(l, to + (triple ? 3 : 1), ret);
}

/* `i`: the opening quote. */
static void string_token(struct py_lex *l, size_t i, unsigned flags, struct py_tok *ret)
{
    int quote = at(l, i);
    bool triple = at(l, i + 1) == quote && at(l, i + 2) == quote;
    string_body(l, i + (triple ? 3 : 1), quote, flags | (triple ? PY_TRIPLE : 0), ret);
}

static bool is_ascii(struct slice s)
{
    uint8_t all = 0;
    for (size_t i = 0; i < s.n; i++) all |= s.p[i];
    return all < 0x80;
}

static void name_token(struct py_lex *l, struct py_tok *ret)
{
    size_t to = name_end(l, l->pos);
    if (at(l, to) == '"' || at(l, to) == '\'') {
        int flags = prefix_flags(piece(l, l->pos, to));
        if (flags >= 0) {
            string_token(l, to, (unsigned)flags, ret);
            return;
        }
    }
    token(l, PT_NAME, ret);
    ret->text = piece(l, l->pos, to);
    ret->code = python_keyword(ret->text);
    if (l->fold && !is_ascii(ret->text)) ret->text = l->fold(l->arena, ret->text);
    l->pos = to;
    ret->end = (uint32_t)to;
}

/* ---- f-strings ---- */

static struct py_frame *frame(struct py_lex *l)
{
    return l->frame_count ? &l->frames[l->frame_count - 1] : NULL;
}

/* The string that the newest frame belongs to ends, or is given up. */
static void drop_string(struct py_lex *l)
{
    while (l->frame_count) {
        struct py_frame f = l->frames[--l->frame_count];
        l->brackets = f.brackets - (f.kind != FRAME_TEXT);
        if (f.kind == FRAME_TEXT) return;
    }
}

/* Where the plain text at pos ends. */
static size_t text_end(const struct py_lex *l, const struct py_frame *f)
{
    size_t i = l->pos;
    for (; i < l->s.n; i++) {
        int c = at(l, i), next = at(l, i + 1);
        if (c == '\\' && next == 'N' && at(l, i + 2) == '{' && !(f->flags & PY_RAW)) {
            size_t brace = slice_find_byte(piece(l, i, i + 100), '}');
            i += brace == SIZE_MAX ? 1 : brace;
        } else if (c == '\\' && next != '{' && next != '}') {
            size_t n = python_line_end(l, i + 1);
            i += n ? n : 1;
        } else if (f->kind == FRAME_TEXT && (c == '{' || c == '}') && next == c) {
            i++;
        } else if (c == '{' || (c == '}' && f->kind == FRAME_SPEC) ||
                   closes(l, i, f->quote, f->flags) || ends_cell(l, i) ||
                   (!(f->flags & PY_TRIPLE) && python_line_end(l, i))) {
            break;
        }
    }
    return i < l->s.n ? i : l->s.n;
}

static void field_token(struct py_lex *l, const struct py_frame *f, struct py_tok *ret)
{
    if (l->frame_count == PY_FRAME_MAX) {
        bad(l, "f-strings nested too deep", ret);
        return;
    }
    token(l, PT_FIELD, ret);
    end(l, l->pos + 1, ret);
    l->brackets++;
    push_frame(l, &(struct py_frame){FRAME_FIELD, f->quote, f->flags, l->brackets});
}

static void field_end(struct py_lex *l, struct py_tok *ret)
{
    token(l, PT_FIELD_END, ret);
    end(l, l->pos + 1, ret);
    l->brackets = frame(l)->brackets - 1;
    l->frame_count--;
}

static void text_token(struct py_lex *l, struct py_tok *ret)
{
    struct py_frame f = *frame(l);
    size_t to = text_end(l, &f);
    if (to > l->pos) {
        token(l, PT_FTEXT, ret);
        ret->flags = f.flags;
        ret->text = piece(l, l->pos, to);
        end(l, to, ret);
    } else if (at(l, to) == '{') {
        field_token(l, &f, ret);
    } else if (at(l, to) == '}') {
        field_end(l, ret);
    } else if (f.kind == FRAME_TEXT && closes(l, to, f.quote, f.flags)) {
        token(l, PT_FEND, ret);
        end(l, to + (f.flags & PY_TRIPLE ? 3 : 1), ret);
        drop_string(l);
    } else {
        drop_string(l);
        token(l, PT_BAD, ret); /* nothing is consumed: a line end has to be seen */
        ret->text = slice_str("a string does not end");
        ret->end = (uint32_t)l->pos;
    }
}

/* !r and = of a field are of no interest. The end of what can be skipped at pos. */
static size_t skip_conversion(const struct py_lex *l)
{
    size_t i = l->pos;
    if (at(l, i) == '!' && at(l, i + 1) != '=') return name_end(l, i + 1);
    if (at(l, i) != '=') return i;
    for (i++; at(l, i) == ' ';) i++;
    bool last = at(l, i) == '}' || at(l, i) == ':' || (at(l, i) == '!' && at(l, i + 1) != '=');
    return last ? i : l->pos;
}

/* What has a meaning of its own on the level of a field. */
static bool field_level(struct py_lex *l, struct py_tok *ret)
{
    struct py_frame *f = frame(l);
    if (!f || f->kind != FRAME_FIELD || l->brackets != f->brackets) return false;
    if (at(l, l->pos) == '}') {
        field_end(l, ret);
    } else if (at(l, l->pos) == ':') {
        f->kind = FRAME_SPEC;
        token(l, PT_SPEC, ret);
        end(l, l->pos + 1, ret);
    } else {
        return false;
    }
    return true;
}

/* ---- operators ---- */

static bool is_pair(int c, int next)
{
    switch (next) {
    case '=': return c > 0 && strchr("=!<>+-*/%&|^@:", c) != NULL;
    case '>': return c == '>' || c == '-' || c == '<';
    case '*':
    case '/':
    case '<': return c == next;
    default: return false;
    }
}

static void op_token(struct py_lex *l, struct py_tok *ret)
{
    int c = at(l, l->pos), next = at(l, l->pos + 1), third = at(l, l->pos + 2);
    size_t n = 1;
    if (c == '.' && next == '.' && third == '.')
        n = 3;
    else if (is_pair(c, next))
        n = third == '=' && (next == '*' || next == '/' || next == '<' || (c == '>' && next == c))
                ? 3
                : 2;
    if (n == 1 && (c <= 0 || !strchr("+-*/%@&|^~<>()[]{},:.;=`", c))) {
        bad(l, "a character that has no meaning here", ret);
        return;
    }
    token(l, PT_OP, ret);
    ret->code = PY_OP(c, n > 1 ? next : 0, n > 2 ? third : 0);
    const struct py_frame *f = frame(l);
    uint32_t least = f ? f->brackets : 0;
    if (n == 1 && (c == '(' || c == '[' || c == '{')) l->brackets++;
    if (n == 1 && (c == ')' || c == ']' || c == '}')) l->brackets -= l->brackets > least;
    l->assigned = n == 1 && c == '=' && !l->brackets;
    l->pos += n;
    ret->end = (uint32_t)l->pos;
}

/* ---- blanks ---- */

static void indent(struct py_lex *l, int c)
{
    if (!l->bol) return;
    if (c == '\t')
        l->indent = (l->indent / 8 + 1) * 8;
    else
        l->indent = c == '\f' ? 0 : l->indent + 1;
}

static size_t comment_end(const struct py_lex *l)
{
    size_t i = l->pos;
    while (i < l->s.n && !python_line_end(l, i) && !ends_cell(l, i)) i++;
    return i;
}

/* A line end: true when it ends a logical line, and stays to be told. */
static bool line_end(struct py_lex *l, size_t n)
{
    if (!l->brackets && !l->bol) return true;
    over_line(l, n);
    if (!l->brackets) l->indent = 0;
    if (!l->brackets || !python_begins_statement(slice_sub(l->s, l->pos, 64))) return false;
    l->brackets = l->frame_count = 0;
    return true;
}

static bool cell_end(struct py_lex *l)
{
    bool open = !l->bol;
    l->brackets = l->frame_count = 0;
    if (open) return true;
    l->pos++;
    l->cell = true;
    return false;
}

/* "?" asks for help at the end of a line of IPython. */
static bool is_help(const struct py_lex *l)
{
    return l->magics && at(l, l->pos) == '?';
}

/* To the next token; true when a logical line ends before it. */
static bool skip_blanks(struct py_lex *l)
{
    for (;;) {
        int c = at(l, l->pos);
        size_t n = python_line_end(l, l->pos);
        if (n) {
            if (line_end(l, n)) return true;
        } else if (ends_cell(l, l->pos)) {
            if (cell_end(l)) return true;
        } else if (c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == 0 || is_help(l)) {
            indent(l, c);
            l->pos++;
        } else if (c == '#') {
            l->pos = comment_end(l);
        } else if (c == '\\' && (n = python_line_end(l, l->pos + 1)) != 0) {
            l->pos++;
            over_line(l, n);
        } else {
            return c < 0 && !l->bol;
        }
    }
}

static void newline_token(struct py_lex *l, struct py_tok *ret)
{
    token(l, PT_NEWLINE, ret);
    if (!ret->fresh) { /* else the line end was passed already */
        size_t n = python_line_end(l, l->pos);
        if (n) over_line(l, n);
    }
    ret->end = (uint32_t)l->pos;
    l->bol = l->fresh = true;
    l->indent = 0;
}

static void magic_token(struct py_lex *l, struct py_tok *ret)
{
    size_t resume, to = python_magic(l, &resume), indent = l->indent;
    bool bol = l->bol;
    token(l, PT_MAGIC, ret);
    ret->text = piece(l, l->pos, to);
    end(l, resume, ret);
    l->bol = bol; /* what follows is a statement of its own, or nothing */
    l->indent = (uint32_t)indent;
}

static bool at_magic(const struct py_lex *l)
{
    int c = at(l, l->pos);
    return l->magics && (l->bol || l->assigned) && (c == '!' || c == '%');
}

void python_lex_next(struct py_lex *l, struct py_tok *ret)
{
    const struct py_frame *f = frame(l);
    if (f && f->kind != FRAME_FIELD) {
        text_token(l, ret);
        return;
    }
    if (skip_blanks(l)) {
        newline_token(l, ret);
        return;
    }
    f = frame(l);
    if (f && f->kind == FRAME_FIELD && l->brackets == f->brackets) {
        for (unsigned i = 0; i < 2; i++) {
            l->pos = skip_conversion(l);
            while (at(l, l->pos) == ' ') l->pos++;
        }
    }
    int c = at(l, l->pos);
    if (c < 0) {
        token(l, PT_END, ret);
        ret->end = (uint32_t)l->pos;
    } else if (at_magic(l)) {
        magic_token(l, ret);
    } else if (is_name_start(c)) {
        name_token(l, ret);
    } else if (is_digit(c) || (c == '.' && is_digit(at(l, l->pos + 1)))) {
        number_token(l, ret);
    } else if (c == '"' || c == '\'') {
        string_token(l, l->pos, 0, ret);
    } else if (!field_level(l, ret)) {
        op_token(l, ret);
    }
}

void python_lex_recover(struct py_lex *l, const struct py_tok *t)
{
    l->brackets = l->frame_count = 0;
    l->pos = t->offset;
    l->line = t->line;
    l->line_start = t->offset - (t->column - 1);
    if (t->fresh && !t->first) {
        l->pos = l->line_start;
    } else {
        if (t->kind != PT_BAD) move(l, t->end);
        while (l->pos < l->s.n && !python_line_end(l, l->pos) && !ends_cell(l, l->pos)) l->pos++;
    }
    l->bol = l->fresh = true;
    l->indent = 0;
}
