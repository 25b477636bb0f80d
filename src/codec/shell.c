/* SPDX-License-Identifier: Apache-2.0 */
/* shell.c - from words to commands.
 *
 * A queue of texts instead of recursion: the text itself first, then what its commands hold, one
 * level after the other. Every text is read once, and a level is at most as long as the one above
 * it, so that the whole is linear. Words of if, while, for, case and functions fall away: what they
 * guard is looked at as if it ran. */
#include "codec/shell.h"
#include "codec/shell_part.h"

#define WORD_MAX 400000u

struct job {
    struct job *next;
    struct slice text;
    uint32_t line, column; /* of its first byte, columns from 0 */
    uint32_t parent;
    unsigned depth;
    enum shell_via via;
    bool told; /* substitutions in it were expanded, and told, one level up */
};

struct made { /* a command while the arrays still grow */
    struct shell_command c;
    size_t word, redirect; /* the first of each */
};

enum pattern { PATTERN_NONE, PATTERN_CASE /* between case and in */, PATTERN_ARM };

struct parser {
    struct arena *arena;
    struct job *first, *last;
    struct made *made;
    size_t made_n, made_room;
    struct shell_word *words;
    size_t word_n, word_room;
    struct shell_redirect *redirects;
    size_t redirect_n, redirect_room;
    enum st st;
    /* the text that is being read */
    const struct job *job;
    struct shell_lex lex;
    struct shell_tok tok;
    /* the command that is being collected */
    struct made now;
    size_t inner_from; /* of p->inner, what its words hold */
    struct shell_inner inner[4 * INNER_MAX];
    size_t inner_n;
    size_t from, to;
    bool open, drop, test; /* test: within [[ ]] */
    unsigned brackets;
    enum pattern pattern;
    enum shell_join join;
    uint32_t shell_doc; /* redirect whose body is a program for a shell */
    uint32_t doc_command;
};

/* Room for one more; false: memory is out. */
static bool grow(struct parser *p, void *array, size_t n, size_t *room, size_t size)
{
    void *old;
    memcpy(&old, array, sizeof old);
    if (n < *room) return true;
    size_t more = *room ? *room * 2 : 64;
    void *now = arena_room(p->arena, more, size);
    if (!now) {
        p->st = ST_NOMEM;
        return false;
    }
    if (n) memcpy(now, old, n * size);
    memcpy(array, &now, sizeof now);
    *room = more;
    return true;
}

static void queue(struct parser *p, struct job job)
{
    if (job.depth > SHELL_DEPTH_MAX || !slice_trim(job.text).n) return;
    struct job *j = ARENA_NEW(p->arena, struct job);
    if (!j) {
        p->st = ST_NOMEM;
        return;
    }
    *j = job;
    if (p->last)
        p->last->next = j;
    else
        p->first = j;
    p->last = j;
}

/* ---- what a command holds ---- */

/* The text of `...`, with \` as `. */
static struct slice without_ticks(struct parser *p, struct slice s)
{
    if (slice_find_byte(s, '\\') == SIZE_MAX) return s;
    uint8_t *out = ARENA_ROOM(p->arena, uint8_t, s.n);
    size_t n = 0;
    if (!out) {
        p->st = ST_NOMEM;
        return s;
    }
    for (size_t i = 0; i < s.n; i++) {
        bool escape = s.p[i] == '\\' && i + 1 < s.n && strchr("`\\$", s.p[i + 1]) && s.p[i + 1];
        if (escape) i++;
        out[n++] = s.p[i];
    }
    return slice_of(out, n);
}

/* The place of byte `at` of the text that is being read; `at` lies before the lexer. */
static void place(const struct parser *p, size_t at, uint32_t *ret_line, uint32_t *ret_column)
{
    const struct shell_lex *l = &p->lex;
    size_t start = l->line_start;
    *ret_line = l->line;
    if (at >= start) {
        *ret_column = l->column + (uint32_t)(at - start);
        return;
    }
    struct slice between = slice_sub(l->s, at, l->pos - at);
    for (size_t nl; (nl = slice_find_byte(between, '\n')) != SIZE_MAX;) {
        (*ret_line)--;
        between = slice_sub(between, nl + 1, between.n);
    }
    size_t begin = slice_rfind_byte(slice_sub(l->s, 0, at), '\n');
    *ret_column = (uint32_t)(begin == SIZE_MAX ? at : at - begin - 1);
    if (begin == SIZE_MAX) *ret_column += p->job->column;
}

static void queue_inner(struct parser *p, const struct shell_inner *in, uint32_t parent)
{
    struct slice text = slice_sub(p->lex.s, in->from, in->to - in->from);
    struct job job = {.text = in->ticks ? without_ticks(p, text) : text,
                      .parent = parent,
                      .depth = p->job->depth + 1,
                      .via = in->via};
    place(p, in->from, &job.line, &job.column);
    queue(p, job);
}

static void queue_word(struct parser *p, const struct shell_word *w, struct slice text,
                       uint32_t parent)
{
    queue(p, (struct job){.text = text,
                          .line = w->line,
                          .column = w->column - 1 + w->quoted,
                          .parent = parent,
                          .depth = p->job->depth + 1,
                          .via = SHELL_INNER,
                          .told = w->live});
}

/* -c, -lc, -ec: the next word is a program. */
static bool is_dash_c(struct slice s)
{
    return s.n > 1 && s.n < 8 && s.p[0] == '-' && s.p[1] != '-' && s.p[s.n - 1] == 'c';
}

/* sh -c "..." wherever it stands in the words (docker exec x sh -c), eval "...". */
static void queue_scripts(struct parser *p, const struct shell_command *c,
                          const struct shell_word *words, uint32_t self)
{
    for (size_t i = c->program; i < c->count; i++) {
        bool shell = shell_is_shell(shell_base(words[i].text));
        bool su = slice_eq(words[i].text, S("su")) && i == c->program;
        if (!shell && !su) continue;
        for (size_t k = i + 1; k + 1 < c->count && k < i + 8; k++)
            if (is_dash_c(words[k].text)) {
                while (k + 2 < c->count && slice_starts(words[k + 1].text, S("-"))) k++;
                queue_word(p, &words[k + 1], words[k + 1].text, self);
                return;
            }
    }
    if (c->count > c->program + 1 && slice_eq(words[c->program].text, S("eval"))) {
        const struct shell_word *first = &words[c->program + 1];
        const struct shell_word *last = &words[c->count - 1];
        size_t from = 0, to = 0;
        if (first == last || !slice_inside(p->lex.s, first->raw, &from) ||
            !slice_inside(p->lex.s, last->raw, &to))
            queue_word(p, first, first->text, self);
        else
            queue_word(p, first, slice_sub(p->lex.s, from, to + last->raw.n - from), self);
    }
}

/* A program for a shell that comes by a here-document: known when its command is, read later. */
static void note_doc(struct parser *p, const struct shell_command *c,
                     const struct shell_word *words, size_t redirect)
{
    bool shell = c->program < c->count && shell_is_shell(shell_base(words[c->program].text));
    bool script = c->program + 1 < c->count && words[c->program + 1].text.n &&
                  words[c->program + 1].text.p[0] != '-';
    for (size_t i = 0; shell && !script && i < c->redirect_count; i++)
        if (p->redirects[redirect + i].kind == 'h') {
            p->shell_doc = (uint32_t)(redirect + i);
            p->doc_command = (uint32_t)p->made_n - 1;
        }
}

/* ---- commands ---- */

static void begin(struct parser *p)
{
    p->now = (struct made){.word = p->word_n, .redirect = p->redirect_n};
    p->open = p->drop = p->test = false;
    p->inner_n = 0;
}

static void keep(struct parser *p)
{
    struct shell_command *c = &p->now.c;
    struct shell_word *words = p->words + p->now.word;
    if (p->made_n == SHELL_COMMAND_MAX) {
        p->st = ST_LIMIT;
        return;
    }
    if (!grow(p, &p->made, p->made_n, &p->made_room, sizeof *p->made)) return;
    c->program = shell_program(words, c->count);
    c->text = slice_sub(p->lex.s, p->from, p->to - p->from);
    c->parent = p->job->parent;
    c->via = p->job->via;
    c->join = p->join;
    p->made[p->made_n++] = p->now;
    uint32_t self = (uint32_t)p->made_n - 1;
    for (size_t i = 0; i < p->inner_n && !p->job->told; i++) queue_inner(p, &p->inner[i], self);
    queue_scripts(p, c, words, self);
    note_doc(p, c, words, p->now.redirect);
}

/* The command ends; what follows is joined to it like that. */
static void finish(struct parser *p, enum shell_join join)
{
    if (p->open && !p->drop) {
        keep(p);
        p->join = join;
    } else if (p->open || join != SHELL_NEXT || p->join == SHELL_FIRST) {
        /* for x in ...; do: nothing is written there that the next could read */
        p->join = p->join == SHELL_FIRST ? SHELL_FIRST : join;
    }
    if (p->drop) {
        for (size_t i = 0; i < p->inner_n; i++) queue_inner(p, &p->inner[i], SHELL_NONE);
        p->word_n = p->now.word;
        p->redirect_n = p->now.redirect;
    }
    begin(p);
}

static bool one_of(struct slice s, const char *const *list)
{
    for (; *list; list++)
        if (slice_eq(s, slice_str(*list))) return true;
    return false;
}

/* Words that only give structure, where a command may begin. */
static bool reserved(struct parser *p)
{
    static const char *const skipped[] = {"if",    "then",  "elif", "else", "fi", "do",     "done",
                                          "while", "until", "{",    "}",    "!",  "coproc", NULL};
    static const char *const dropped[] = {"for", "select", "function", NULL};
    struct slice raw = p->tok.word.raw;
    if (p->open) return false;
    if (one_of(raw, skipped)) return true;
    if (slice_eq(raw, S("esac"))) {
        p->pattern = PATTERN_NONE;
        return true;
    }
    if (slice_eq(raw, S("case"))) p->pattern = PATTERN_CASE;
    if (slice_eq(raw, S("[["))) p->test = true;
    if (p->pattern == PATTERN_CASE || one_of(raw, dropped)) p->drop = true;
    return false;
}

static void add_word(struct parser *p)
{
    if (reserved(p)) return;
    if (p->pattern == PATTERN_CASE && slice_eq(p->tok.word.raw, S("in"))) {
        finish(p, SHELL_NEXT);
        p->pattern = PATTERN_ARM;
        return;
    }
    if (p->drop && slice_eq(p->tok.word.raw, S("{"))) { /* function f { */
        finish(p, SHELL_NEXT);
        return;
    }
    if (p->test && slice_eq(p->tok.word.raw, S("]]"))) p->test = false;
    if (p->word_n == WORD_MAX) p->st = ST_LIMIT;
    if (p->st != ST_OK || !grow(p, &p->words, p->word_n, &p->word_room, sizeof *p->words)) return;
    if (!p->open) {
        p->open = true;
        p->from = p->tok.from;
        p->now.c.line = p->tok.word.line;
        p->now.c.column = p->tok.word.column;
    }
    p->to = p->tok.to;
    p->words[p->word_n++] = p->tok.word;
    p->now.c.count++;
    for (size_t i = 0; i < p->lex.inner_count && p->inner_n < COUNT_OF(p->inner); i++)
        p->inner[p->inner_n++] = p->lex.inner[i];
}

/* > file, << END: the target is the next word. */
static void add_redirect(struct parser *p)
{
    struct shell_redirect r = {.kind = p->tok.redirect, .fd = p->tok.fd};
    bool doc = r.kind == 'h' && p->tok.code == OP2('<', 0);
    size_t from = p->tok.from;
    shell_lex_next(&p->lex, &p->tok);
    if (p->tok.kind != TOK_WORD) return;
    if (!grow(p, &p->redirects, p->redirect_n, &p->redirect_room, sizeof r)) return;
    r.target = p->tok.word.text;
    if (!p->open) {
        p->open = true;
        p->from = from;
        p->now.c.line = p->tok.word.line;
        p->now.c.column = p->tok.word.column;
    }
    if (doc && p->lex.doc_count < DOC_MAX)
        p->lex.docs[p->lex.doc_count++] =
            (struct shell_doc){.end = r.target, .redirect = (uint32_t)p->redirect_n};
    p->to = p->tok.to;
    p->redirects[p->redirect_n++] = r;
    p->now.c.redirect_count++;
    for (size_t i = 0; i < p->lex.inner_count && p->inner_n < COUNT_OF(p->inner); i++)
        p->inner[p->inner_n++] = p->lex.inner[i];
}

static void take_doc(void *ctx, uint32_t redirect, struct slice body)
{
    struct parser *p = ctx;
    if (redirect >= p->redirect_n) return; /* of a command that was dropped */
    p->redirects[redirect].target = body;
    if (redirect != p->shell_doc) return;
    queue(p, (struct job){.text = body,
                          .line = p->lex.line,
                          .parent = p->doc_command,
                          .depth = p->job->depth + 1,
                          .via = SHELL_INNER});
    p->shell_doc = SHELL_NONE;
}

/* name() { : no command. A ) that nothing opened ends the pattern of an arm. */
static void bracket(struct parser *p, bool opens)
{
    if (opens && p->pattern == PATTERN_ARM) return;
    if (opens && p->open && p->now.c.count == 1) {
        p->drop = true;
        finish(p, SHELL_NEXT);
    }
    if (!opens && p->pattern == PATTERN_ARM && !p->brackets) {
        p->drop = true;
        finish(p, SHELL_NEXT);
        p->pattern = PATTERN_NONE;
        return;
    }
    if (opens) {
        p->brackets++;
        return;
    }
    if (p->brackets) p->brackets--;
    finish(p, SHELL_NEXT);
}

static void operator(struct parser *p)
{
    uint16_t code = p->tok.code;
    if (p->test) return; /* && || ( ) < > of a test */
    if (p->pattern == PATTERN_ARM && code != OP2(')', 0) && code != OP2('(', 0)) {
        p->drop = true; /* a|b) */
        finish(p, SHELL_NEXT);
        return;
    }
    switch (code) {
    case OP2('(', 0): bracket(p, true); break;
    case OP2(')', 0): bracket(p, false); break;
    case OP2('|', 0): finish(p, SHELL_PIPE); break;
    case OP2('&', '&'): finish(p, SHELL_AND); break;
    case OP2('|', '|'): finish(p, SHELL_OR); break;
    case OP2(';', ';'):
        finish(p, SHELL_NEXT);
        p->pattern = PATTERN_ARM;
        break;
    default: finish(p, SHELL_NEXT); break;
    }
}

/* A pipe, && and || go on over line ends. */
static void line_end(struct parser *p)
{
    bool goes_on = !p->open && p->join != SHELL_FIRST && p->join != SHELL_NEXT;
    bool pattern = p->pattern == PATTERN_CASE; /* case x \n in */
    if (!goes_on && !pattern) finish(p, SHELL_NEXT);
    shell_lex_docs(&p->lex, take_doc, p);
    p->test = false;
}

static void read_job(struct parser *p, const struct job *job)
{
    p->job = job;
    p->lex = (struct shell_lex){.s = job->text, .line = job->line, .column = job->column};
    p->lex.out = ARENA_ROOM(p->arena, uint8_t, job->text.n + 1);
    if (!p->lex.out) {
        p->st = ST_NOMEM;
        return;
    }
    p->join = SHELL_FIRST;
    p->pattern = PATTERN_NONE;
    p->brackets = 0;
    p->shell_doc = SHELL_NONE;
    begin(p);
    do {
        shell_lex_next(&p->lex, &p->tok);
        if (p->tok.kind == TOK_REDIRECT)
            add_redirect(p);
        else if (p->tok.kind == TOK_WORD)
            add_word(p);
        if (p->tok.kind == TOK_OP) operator(p);
        if (p->tok.kind == TOK_LINE) line_end(p);
    } while (p->tok.kind != TOK_END && p->st == ST_OK);
    if (p->st == ST_OK) finish(p, SHELL_NEXT);
}

static enum st give(struct parser *p, struct shell *ret)
{
    struct shell_command *out = ARENA_ARRAY(p->arena, struct shell_command, p->made_n + 1);
    if (!out) return ST_NOMEM;
    for (size_t i = 0; i < p->made_n; i++) {
        out[i] = p->made[i].c;
        out[i].words = p->words ? p->words + p->made[i].word : NULL;
        out[i].redirects = p->redirects ? p->redirects + p->made[i].redirect : NULL;
    }
    *ret = (struct shell){out, p->made_n};
    return p->st;
}

enum st shell_parse(struct arena *arena, struct slice text, struct shell *ret)
{
    struct parser *p = ARENA_NEW(arena, struct parser);
    *ret = (struct shell){0};
    if (!p) return ST_NOMEM;
    p->arena = arena;
    /* from the start: a command without words (a lone >) points there, too */
    if (!grow(p, &p->words, 0, &p->word_room, sizeof *p->words)) return ST_NOMEM;
    queue(p, (struct job){.text = text, .line = 1, .parent = SHELL_NONE, .via = SHELL_WRITTEN});
    for (const struct job *job = p->first; job && p->st == ST_OK; job = job->next) read_job(p, job);
    return p->st == ST_NOMEM ? ST_NOMEM : give(p, ret);
}
