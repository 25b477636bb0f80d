/* SPDX-License-Identifier: Apache-2.0 */
/* jinja_lex.c - tokens of a template.
 *
 *   text {{ print }} text {% tag %} text {# comment #} text {% raw %} text {% endraw %}
 *
 * Inside {{ and {% the closing delimiter counts only when no bracket is open, as in Jinja: the two
 * braces of {{ {'a': {}} }} are operators first. Every step moves forward, so lexing is linear. */
#include "base/cursor.h"
#include "codec/jinja_part.h"

static int at(const struct jinja_lex *l, size_t i)
{
    return i < l->s.n ? l->s.p[i] : -1;
}

static bool is_space(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static bool is_name(int c)
{
    return is_name_start(c) || is_digit(c);
}

static struct slice piece(const struct jinja_lex *l, size_t from, size_t to)
{
    return slice_sub(l->s, from, to - from);
}

/* Move to `to`, counting lines. */
static void move(struct jinja_lex *l, size_t to)
{
    struct slice rest = piece(l, l->pos, to);
    for (size_t nl; (nl = slice_find_byte(rest, '\n')) != SIZE_MAX;) {
        l->line++;
        rest = slice_sub(rest, nl + 1, rest.n);
        l->line_start = to - rest.n;
    }
    l->pos = to;
}

static struct jinja_tok token(const struct jinja_lex *l, enum jinja_tok_kind kind)
{
    return (struct jinja_tok){.kind = kind,
                              .offset = (uint32_t)l->pos,
                              .line = l->line,
                              .column = (uint32_t)(l->pos - l->line_start) + 1};
}

static struct jinja_tok bad(const struct jinja_lex *l, const char *what)
{
    struct jinja_tok t = token(l, JT_BAD);
    t.text = slice_str(what);
    return t;
}

static size_t skip_space(const struct jinja_lex *l, size_t i)
{
    while (is_space(at(l, i))) i++;
    return i;
}

/* The index of the next opener at or after i, or the end. */
static size_t find_opener(const struct jinja_lex *l, size_t i)
{
    while (i < l->s.n) {
        size_t brace = slice_find_byte(piece(l, i, l->s.n), '{');
        if (brace == SIZE_MAX) return l->s.n;
        i += brace;
        int next = at(l, i + 1);
        if (next == '{' || next == '%' || next == '#') return i;
        i++;
    }
    return l->s.n;
}

/* The end of {%[-+] word [-+]%} when that stands at i, else 0. *ret_dash: it ends with a dash. */
static size_t match_tag(const struct jinja_lex *l, size_t i, struct slice word, bool *ret_dash)
{
    i += 2;
    if (at(l, i) == '-' || at(l, i) == '+') i++;
    i = skip_space(l, i);
    if (!slice_eq(slice_sub(l->s, i, word.n), word)) return 0;
    i = skip_space(l, i + word.n);
    *ret_dash = at(l, i) == '-';
    if (at(l, i) == '-' || at(l, i) == '+') i++;
    return at(l, i) == '%' && at(l, i + 1) == '}' ? i + 2 : 0;
}

static struct slice strip_left(struct slice s)
{
    size_t i = 0;
    while (i < s.n && is_space(s.p[i])) i++;
    return slice_sub(s, i, s.n);
}

static struct slice strip_right(struct slice s)
{
    while (s.n && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

/* Text up to `to`, with what the tags on both sides ask for. */
static void text_token(struct jinja_lex *l, size_t to, struct jinja_tok *ret)
{
    *ret = token(l, JT_TEXT);
    ret->text = piece(l, l->pos, to);
    if (l->strip_next)
        ret->text = strip_left(ret->text);
    else if (l->trim_newline && slice_starts(ret->text, S("\n")))
        ret->text = slice_sub(ret->text, 1, ret->text.n);
    if (at(l, to) == '{' && at(l, to + 2) == '-') ret->text = strip_right(ret->text);
    l->strip_next = l->trim_newline = false;
    move(l, to);
}

/* {% raw %}...{% endraw %}: `body` is where the text starts. */
static void raw_token(struct jinja_lex *l, size_t body, bool dash, struct jinja_tok *ret)
{
    bool end_dash = false;
    size_t i = body, end = 0;
    while (i < l->s.n) {
        i = find_opener(l, i);
        if (at(l, i + 1) == '%' && (end = match_tag(l, i, S("endraw"), &end_dash)) != 0) break;
        i++;
    }
    if (!end) {
        *ret = bad(l, "a raw block does not end");
        move(l, l->s.n);
        return;
    }
    move(l, body);
    l->strip_next = dash;
    text_token(l, i, ret);
    move(l, end);
    l->strip_next = end_dash;
    l->trim_newline = true;
}

static void comment_token(struct jinja_lex *l, struct jinja_tok *ret)
{
    size_t end = slice_find(piece(l, l->pos + 2, l->s.n), S("#}"));
    if (end == SIZE_MAX) {
        *ret = bad(l, "a comment does not end");
        move(l, l->s.n);
        return;
    }
    *ret = token(l, JT_COMMENT);
    ret->text = piece(l, l->pos + 2, l->pos + 2 + end);
    move(l, l->pos + 2 + end + 2);
    l->strip_next = slice_ends(ret->text, S("-"));
    l->trim_newline = true;
}

static void opener_token(struct jinja_lex *l, struct jinja_tok *ret)
{
    bool print = at(l, l->pos + 1) == '{', dash = false;
    size_t raw = print ? 0 : match_tag(l, l->pos, S("raw"), &dash);
    if (raw) {
        raw_token(l, raw, dash, ret);
        return;
    }
    *ret = token(l, print ? JT_PRINT : JT_TAG);
    l->mode = print ? LEX_PRINT : LEX_TAG;
    l->brackets = 0;
    int sign = at(l, l->pos + 2);
    l->pos += sign == '-' || sign == '+' ? 3 : 2;
}

static void outside(struct jinja_lex *l, struct jinja_tok *ret)
{
    size_t opener = find_opener(l, l->pos);
    if (opener > l->pos)
        text_token(l, opener, ret);
    else if (l->pos >= l->s.n)
        *ret = token(l, JT_END);
    else if (at(l, l->pos + 1) == '#')
        comment_token(l, ret);
    else
        opener_token(l, ret);
}

static void string_token(struct jinja_lex *l, struct jinja_tok *ret)
{
    int quote = at(l, l->pos);
    size_t i = l->pos + 1;
    while (i < l->s.n && at(l, i) != quote) i += at(l, i) == '\\' ? 2 : 1;
    if (i >= l->s.n) {
        *ret = bad(l, "a string does not end");
        return;
    }
    *ret = token(l, JT_STRING);
    ret->text = jinja_unescape(l->arena, piece(l, l->pos + 1, i), &ret->escaped);
    if (!ret->text.p) l->nomem = true;
    move(l, i + 1);
}

/* 12, 1_000, 0xff, 1.5, 1e9; a dot counts only before a digit, so that 1.real stays an attribute */
static void number_token(struct jinja_lex *l, struct jinja_tok *ret)
{
    size_t i = l->pos;
    int mark = at(l, i + 1);
    bool radix = at(l, i) == '0' && mark > 0 && strchr("xXoObB", mark);
    *ret = token(l, JT_INT);
    while (is_digit(at(l, i)) || at(l, i) == '_' || (radix && is_name(at(l, i)))) i++;
    if (!radix && at(l, i) == '.' && is_digit(at(l, i + 1))) {
        ret->kind = JT_FLOAT;
        for (i++; is_digit(at(l, i)) || at(l, i) == '_';) i++;
    }
    size_t exp = i + 1 + (at(l, i + 1) == '-' || at(l, i + 1) == '+');
    if (!radix && (at(l, i) == 'e' || at(l, i) == 'E') && is_digit(at(l, exp))) {
        ret->kind = JT_FLOAT;
        for (i = exp; is_digit(at(l, i));) i++;
    }
    ret->text = piece(l, l->pos, i);
    l->pos = i;
}

/* The closing delimiter of the current tag at pos: its length, or 0. */
static size_t closer(const struct jinja_lex *l)
{
    int sign = at(l, l->pos), want = l->mode == LEX_PRINT ? '}' : '%';
    size_t n = sign == '-' || (sign == '+' && l->mode == LEX_TAG) ? 1 : 0;
    return at(l, l->pos + n) == want && at(l, l->pos + n + 1) == '}' ? n + 2 : 0;
}

static void close_token(struct jinja_lex *l, size_t n, struct jinja_tok *ret)
{
    *ret = token(l, JT_CLOSE);
    l->strip_next = at(l, l->pos) == '-';
    l->trim_newline = l->mode == LEX_TAG && at(l, l->pos) != '+';
    l->mode = LEX_TEXT;
    l->pos += n;
}

static void op_token(struct jinja_lex *l, struct jinja_tok *ret)
{
    static const char twos[][3] = {"**", "//", "==", "!=", "<=", ">="};
    int c = at(l, l->pos), next = at(l, l->pos + 1);
    *ret = token(l, JT_OP);
    ret->code = JINJA_OP2(c, 0);
    for (size_t i = 0; i < COUNT_OF(twos); i++)
        if (c == twos[i][0] && next == twos[i][1]) ret->code = JINJA_OP2(c, next);
    if (c <= 0 || !strchr("+-/*%~[](){}<>=.:|,;!", c) || ret->code == '!') {
        *ret = bad(l, "a character that has no meaning here");
        return;
    }
    l->brackets += c == '(' || c == '[' || c == '{';
    if (c == ')' || c == ']' || c == '}') l->brackets -= l->brackets > 0;
    l->pos += ret->code > 0xff ? 2 : 1;
}

static void inside(struct jinja_lex *l, struct jinja_tok *ret)
{
    move(l, skip_space(l, l->pos));
    int c = at(l, l->pos);
    size_t close = l->brackets ? 0 : closer(l);
    if (close) {
        close_token(l, close, ret);
    } else if (c < 0) {
        *ret = bad(l, "the template ends within a tag");
    } else if (is_name_start(c)) {
        *ret = token(l, JT_NAME);
        size_t i = l->pos;
        while (is_name(at(l, i))) i++;
        ret->text = piece(l, l->pos, i);
        l->pos = i;
    } else if (is_digit(c)) {
        number_token(l, ret);
    } else if (c == '"' || c == '\'') {
        string_token(l, ret);
    } else {
        op_token(l, ret);
    }
}

void jinja_lex_next(struct jinja_lex *l, struct jinja_tok *ret)
{
    if (l->mode == LEX_TEXT)
        outside(l, ret);
    else
        inside(l, ret);
}

void jinja_lex_recover(struct jinja_lex *l)
{
    if (l->mode == LEX_TEXT) return;
    size_t end = slice_find(piece(l, l->pos, l->s.n), l->mode == LEX_PRINT ? S("}}") : S("%}"));
    move(l, end == SIZE_MAX ? l->s.n : l->pos + end + 2);
    l->mode = LEX_TEXT;
    l->brackets = 0;
}
