/* SPDX-License-Identifier: Apache-2.0 */
/* dockerfile.c - lines of a Dockerfile become instructions.
 *
 *    # escape=`               directives, before anything else
 *    RUN a \                  goes on behind the escape character
 *      # comment              left out, and so are empty lines
 *      && b
 *    RUN <<EOF                here-documents follow their instruction
 *    c
 *    EOF */
#include "read/code/dockerfile.h"
#include "base/ascii.h"
#include "read/code/dockerfile_part.h"
#include "read/text/source.h"
#include "read/text/text.h"

#define UNENDED_MAX 8u /* each was looked for up to the end of the file */

struct cutter {
    struct docker *d;
    size_t at;
    uint32_t line;
    unsigned unended;        /* here-documents that do not end */
    struct script_maker out; /* the instruction's text */
};

/* The next line without its end. */
static struct slice take_line(struct cutter *c, uint32_t *ret_line)
{
    struct slice rest = slice_sub(c->d->text, c->at, c->d->text.n);
    struct slice line = slice_sub(rest, 0, slice_find_byte(rest, '\n'));
    c->at += line.n + 1;
    *ret_line = c->line++;
    if (slice_ends(line, S("\r"))) line.n--;
    return line;
}

static bool is_comment(struct slice line)
{
    return slice_starts(slice_trim(line), S("#"));
}

static bool goes_on(const struct cutter *c, struct slice line)
{
    line = slice_trim(line);
    return line.n && line.p[line.n - 1] == c->d->escape;
}

static struct slice without_escape(struct slice line)
{
    size_t n = line.n;
    while (n && ascii_space(line.p[n - 1])) n--;
    return slice_sub(line, 0, n - 1);
}

/* The delimiter of a here-document in a line, from *at on; empty: there is none. As in BuildKit, a
 * whole word of the form [digits]<<[-]name, with or without quotes around the name. */
static struct slice doc_delimiter(struct slice text, size_t *at)
{
    while (*at < text.n) {
        size_t found = slice_find(slice_sub(text, *at, text.n), S("<<"));
        if (found == SIZE_MAX) return S("");
        size_t begin = *at + found, i = begin + 2;
        *at = i;
        while (begin && ascii_digit(text.p[begin - 1])) begin--;
        if (begin && !ascii_space(text.p[begin - 1])) continue;
        if (i < text.n && text.p[i] == '-') i++;
        uint8_t quote = i < text.n && (text.p[i] == '"' || text.p[i] == '\'') ? text.p[i++] : 0;
        size_t from = i;
        while (i < text.n && (ascii_alnum(text.p[i]) || text.p[i] == '_')) i++;
        struct slice name = slice_sub(text, from, i - from);
        if (quote && i < text.n && text.p[i] == quote) i++;
        bool ends = i >= text.n || ascii_space(text.p[i]) || text.p[i] == ';' || text.p[i] == '|';
        if (name.n && ends) return name;
    }
    return S("");
}

/* Does its last line come? If not, BuildKit refuses the file, and nothing is swallowed here. */
static bool doc_ends(struct cutter *c, struct slice end)
{
    struct slice rest = slice_sub(c->d->text, c->at, c->d->text.n), line;
    while (c->unended < UNENDED_MAX && slice_split(&rest, '\n', &line))
        if (slice_eq(slice_trim(line), end)) return true;
    c->unended++;
    return false;
}

static void take_docs(struct cutter *c, struct slice text)
{
    size_t at = 0;
    for (struct slice end; (end = doc_delimiter(text, &at)).n && doc_ends(c, end);) {
        while (c->at < c->d->text.n) {
            uint32_t number;
            struct slice line = take_line(c, &number);
            script_end_line(&c->out);
            script_text(&c->out, line, number);
            if (slice_eq(slice_trim(line), end)) break;
        }
    }
}

/* The lines that belong to the instruction whose first line has been taken. */
static void take_rest(struct cutter *c, struct slice first, uint32_t line)
{
    bool more = goes_on(c, first);
    script_text(&c->out, more ? without_escape(first) : first, line);
    while (more && c->at < c->d->text.n) {
        uint32_t number;
        struct slice next = take_line(c, &number);
        if (is_comment(next) || !slice_trim(next).n) continue;
        more = goes_on(c, next);
        script_text(&c->out, S("\\"), number);
        script_end_line(&c->out);
        script_text(&c->out, more ? without_escape(next) : next, number);
    }
}

static bool has_docs(struct slice keyword)
{
    return slice_eq_nocase(keyword, S("RUN")) || slice_eq_nocase(keyword, S("COPY")) ||
           slice_eq_nocase(keyword, S("ADD"));
}

static void step(struct cutter *c)
{
    uint32_t number;
    size_t from = c->at, n = 0;
    struct slice line = take_line(c, &number);
    struct slice body = slice_trim(line);
    if (!body.n || body.p[0] == '#') return;
    size_t indent = 0;
    (void)slice_inside(line, body, &indent);
    while (n < body.n && ascii_letter(body.p[n])) n++;
    struct docker_step s = {.keyword = slice_sub(body, 0, n), .keyword_at = from + indent};
    s.at = s.keyword_at + n;
    script_begin(&c->out, c->d->r->arena);
    take_rest(c, slice_sub(line, indent + n, line.n), number);
    if (has_docs(s.keyword)) take_docs(c, slice_of(c->out.text, c->out.n));
    if (c->out.nomem) {
        c->d->st = ST_NOMEM;
        return;
    }
    s.text = slice_of(c->out.text, c->out.n);
    s.lines = c->out.lines;
    s.line_count = c->out.line_count;
    if (c->out.cut)
        tell_unread(c->d->r, UNREAD_LIMIT, from, c->at - from, "an instruction of more than 2 MiB");
    docker_step(c->d, &s);
}

/* # escape=` */
static void directives(struct cutter *c)
{
    for (;;) {
        size_t at = c->at;
        uint32_t line = c->line, number;
        struct slice s = slice_trim(take_line(c, &number));
        size_t equals = slice_find_byte(s, '=');
        if (!slice_starts(s, S("#")) || equals == SIZE_MAX || c->at >= c->d->text.n) {
            c->at = at;
            c->line = line;
            return;
        }
        struct slice name = slice_trim(slice_sub(s, 1, equals - 1));
        struct slice value = slice_trim(slice_sub(s, equals + 1, s.n));
        if (slice_eq_nocase(name, S("escape")) && slice_eq(value, S("`"))) c->d->escape = '`';
    }
}

enum st dockerfile_read(struct reading *r)
{
    struct source s;
    struct docker *d = ARENA_NEW(r->arena, struct docker);
    tell_format(r, FMT_DOCKERFILE, NULL);
    enum st st = source_open(&s, r, SOURCE_TEXT);
    if (st != ST_OK || !d) return d ? st : ST_NOMEM;
    d->r = r;
    d->text = slice_sub(s.text, 0, SETTING_TEXT);
    d->escape = '\\';
    d->stage = -1;
    settings_begin(&d->m, r->arena, d->text);
    map_init(&d->args, r->arena, 0);
    map_init(&d->values, r->arena, 0);
    struct cutter c = {.d = d, .line = 1};
    directives(&c);
    while (c.at < d->text.n && d->st == ST_OK) {
        if (!budget_work(r->budget, 8)) return ST_LIMIT;
        step(&c);
        if (d->st == ST_OK && d->m.st == ST_NOMEM) d->st = ST_NOMEM;
    }
    if (d->st == ST_OK) docker_stage_end(d);
    if (d->st != ST_OK) return d->st;
    settings_tell(&d->m, r, DIALECT_DOCKERFILE);
    return lines_read(r);
}
