/* SPDX-License-Identifier: Apache-2.0 */
/* cells.c - a notebook's cells, outputs and metadata (nbformat 3 and 4).
 *
 *   {"cells": [{"cell_type", "source", "outputs": [{"data": {MIME: text}}], "metadata"}],
 *    "metadata": {"kernelspec": {"language"}}}          3: "worksheets": [{"cells"}], "input"
 *
 * Keys come in any order, and the language behind the cells: the places of the values are kept and
 * read again once the whole is known. Faults of the JSON are notebook.c's business. */
#include "read/code/cells.h"
#include "base/num.h"
#include "read/code/commands.h"
#include "read/code/python_file.h"

#define OUTPUT_MAX ((size_t)4 << 20)
#define CELLS_MAX  100000u

struct cell { /* where the values of one cell begin; token JSON_END: it has none */
    struct json source, outputs;
    bool code, foreign, hidden;
    int64_t count, output_count;
};

struct cells {
    struct reading *r;
    struct cells_text text;
    struct notebook facts;
    struct notebook_cell *list;
    size_t list_room;
    uint32_t number; /* of the current cell */
    enum st st;
};

/* The next key of an object, with its value as the current token; false at the end. */
static bool next_key(struct json *j, struct json *ret_key)
{
    if (json_next(j) != JSON_KEY) return false;
    *ret_key = *j;
    return json_next(j) != JSON_BAD;
}

static bool is_key(const struct json *key, const char *name)
{
    return json_is(key, slice_str(name));
}

/* The next element of a list. */
static bool next_item(struct json *j)
{
    enum json_token t = json_next(j);
    return t != JSON_ARRAY_END && t != JSON_BAD && t != JSON_END;
}

static int64_t number(const struct json *j)
{
    uint64_t n;
    return j->token == JSON_NUMBER && json_u64(j, &n) && n < INT64_MAX ? (int64_t)n : -1;
}

static struct json here(struct json *j)
{
    (void)json_line(j); /* so that the copy needs not count from the beginning */
    return *j;
}

/* ---- the notebook's metadata ---- */

static void kernelspec(struct cells *c, struct json *j)
{
    struct json key;
    while (next_key(j, &key)) {
        if (is_key(&key, "language") && j->token == JSON_STRING)
            c->facts.language = json_text(j, c->r->arena);
        else if (is_key(&key, "name") && j->token == JSON_STRING)
            c->facts.kernel = json_text(j, c->r->arena);
        else if (is_key(&key, "argv") && j->token == JSON_ARRAY) {
            c->facts.argv = (uint32_t)json_line(&key);
            size_t from = j->start;
            if (json_skip(j)) c->facts.argv_text = slice_sub(j->in, from, j->at - from);
        }
        if (!json_skip(j)) return;
    }
}

static void metadata(struct cells *c, struct json *j)
{
    struct json key;
    while (next_key(j, &key)) {
        if (is_key(&key, "kernelspec") && j->token == JSON_OBJECT) {
            kernelspec(c, j);
            continue;
        }
        if (is_key(&key, "trusted") && j->token == JSON_TRUE)
            c->facts.trusted = (uint32_t)json_line(&key);
        if (is_key(&key, "language_info") && j->token == JSON_OBJECT) {
            struct json info;
            while (next_key(j, &info)) {
                if (is_key(&info, "name") && j->token == JSON_STRING && !c->facts.language.n)
                    c->facts.language = json_text(j, c->r->arena);
                if (!json_skip(j)) return;
            }
            continue;
        }
        if (!json_skip(j)) return;
    }
}

static bool starts_nocase(struct slice s, const char *word)
{
    return slice_eq_nocase(slice_sub(s, 0, strlen(word)), slice_str(word));
}

static bool is_python(const struct notebook *n)
{
    static const char *const words[] = {"python", "ipython", "sage", "pypy", "micropython"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (starts_nocase(n->language, words[i])) return true;
    return !n->language.n && (!n->kernel.n || slice_has_nocase(n->kernel, S("py")));
}

static bool is_shell(const struct notebook *n)
{
    return starts_nocase(n->language, "bash") || starts_nocase(n->kernel, "bash") ||
           slice_eq_nocase(n->language, S("sh"));
}

/* ---- one cell ---- */

static bool hides(const struct json *j)
{
    static const char *const tags[] = {"hide-input", "hide_input",  "remove-input", "remove_input",
                                       "hide-cell",  "remove-cell", "hide_cell",    "remove_cell"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (j->token == JSON_STRING && json_is(j, slice_str(tags[i]))) return true;
    return false;
}

/* {"tags": [...], "hide_input": true, "jupyter": {"source_hidden": true}} */
static void cell_metadata(struct cell *cell, struct json *j)
{
    struct json key;
    unsigned depth = j->depth;
    while (j->token != JSON_BAD && j->token != JSON_END) {
        if (j->token == JSON_KEY) {
            key = *j;
            json_next(j);
            bool hidden = is_key(&key, "source_hidden") || is_key(&key, "hide_input");
            if (hidden && j->token == JSON_TRUE) cell->hidden = true;
            if (is_key(&key, "languageId") && j->token == JSON_STRING)
                cell->foreign = !json_is(j, S("python"));
            continue;
        }
        cell->hidden |= hides(j);
        json_next(j);
        if (j->depth < depth) return;
    }
}

static bool is_active(const struct json *key)
{
    static const char *const names[] = {"text/html",
                                        "application/javascript",
                                        "text/javascript",
                                        "image/svg+xml",
                                        "html",
                                        "javascript",
                                        "svg"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_key(key, names[i])) return true;
    return false;
}

static void tell_output(struct cells *c, const struct json *key, struct json *value)
{
    struct arena_mark mark = arena_mark(c->r->arena);
    struct cells_text t = {.arena = c->r->arena};
    code_cells_add(&t, value, c->number);
    struct notebook_output out = {.cell = c->number,
                                  .mime = json_text(key, c->r->arena),
                                  .text = slice_sub(slice_of(t.text, t.n), 0, OUTPUT_MAX),
                                  .lines = t.lines};
    if (t.nomem) c->st = ST_NOMEM;
    if (t.n && !t.nomem)
        tell(c->r,
             &(struct event){
                 .kind = EV_OUTPUT, .offset = key->start, .line = t.lines[0], .output = &out});
    arena_rewind(c->r->arena, mark);
}

/* An output, or the "data" in one: the keys of both are told apart by their names alone. */
static void output_keys(struct cells *c, struct cell *cell, struct json *j)
{
    struct json key;
    unsigned depth = j->depth;
    while (c->st == ST_OK && json_next(j) != JSON_BAD && j->token != JSON_END) {
        if (j->depth < depth) return;
        if (j->token != JSON_KEY) continue;
        key = here(j);
        json_next(j);
        if (is_key(&key, "data") && j->token == JSON_OBJECT) continue;
        if (is_key(&key, "execution_count") || is_key(&key, "prompt_number"))
            cell->output_count = number(j);
        if (is_active(&key)) {
            struct json value = here(j);
            tell_output(c, &key, &value);
        }
        if (!json_skip(j)) return;
    }
}

static void outputs(struct cells *c, struct cell *cell)
{
    struct json *j = &cell->outputs;
    if (j->token != JSON_ARRAY) return;
    while (c->st == ST_OK && next_item(j)) {
        if (j->token == JSON_OBJECT)
            output_keys(c, cell, j);
        else if (!json_skip(j))
            return;
    }
}

static struct notebook_cell *add_cell(struct cells *c)
{
    size_t n = c->facts.count;
    if (n == c->list_room) {
        size_t room = n ? n * 2 : 64;
        struct notebook_cell *list = ARENA_ARRAY(c->r->arena, struct notebook_cell, room);
        if (!list) {
            c->st = ST_NOMEM;
            return NULL;
        }
        if (n) memcpy(list, c->list, n * sizeof *list);
        c->facts.cells = c->list = list;
        c->list_room = room;
    }
    c->facts.count++;
    return &c->list[n];
}

/* Its code goes to the others. */
static void code(struct cells *c, struct cell *cell)
{
    struct cells_text *t = &c->text;
    size_t from = t->n, first = t->line_count;
    struct notebook_cell *told = add_cell(c);
    if (!told) return;
    code_cells_add(t, &cell->source, c->number);
    *told = (struct notebook_cell){.number = c->number,
                                   .line = t->line_count > first ? t->lines[first] : 0,
                                   .until = t->line_count > first ? t->lines[t->line_count - 1] : 0,
                                   .count = cell->count,
                                   .output_count = cell->output_count,
                                   .hidden = cell->hidden};
    code_cells_end(t, from, c->number);
    if (t->nomem) c->st = ST_NOMEM;
}

static void one_cell(struct cells *c, struct json *j)
{
    struct json key;
    struct cell cell = {.count = -1, .output_count = -1};
    cell.source.token = cell.outputs.token = JSON_END;
    while (next_key(j, &key)) {
        if (is_key(&key, "cell_type"))
            cell.code = j->token == JSON_STRING && json_is(j, S("code"));
        else if (is_key(&key, "source") || is_key(&key, "input"))
            cell.source = here(j);
        else if (is_key(&key, "outputs"))
            cell.outputs = here(j);
        else if (is_key(&key, "execution_count") || is_key(&key, "prompt_number"))
            cell.count = number(j);
        else if (is_key(&key, "metadata")) {
            struct json inner = *j;
            if (j->token == JSON_OBJECT) cell_metadata(&cell, &inner);
        }
        if (!json_skip(j)) return;
    }
    if (!cell.code) return;
    outputs(c, &cell);
    if (c->st == ST_OK && !cell.foreign) code(c, &cell);
}

/* ---- all of them ---- */

static void cell_list(struct cells *c, struct json *j)
{
    while (c->st == ST_OK && next_item(j)) {
        if (!budget_work(c->r->budget, 1)) c->st = ST_LIMIT;
        c->number++;
        if (j->token == JSON_OBJECT && c->number <= CELLS_MAX)
            one_cell(c, j);
        else if (!json_skip(j))
            return;
    }
}

/* nbformat 3: [{"cells": [...]}] */
static void worksheets(struct cells *c, struct json *j)
{
    struct json key;
    while (c->st == ST_OK && next_item(j)) {
        bool sheet = j->token == JSON_OBJECT;
        if (!sheet && !json_skip(j)) return;
        while (sheet && next_key(j, &key)) {
            if (is_key(&key, "cells") && j->token == JSON_ARRAY)
                cell_list(c, j);
            else if (!json_skip(j))
                return;
            if (c->st != ST_OK) return;
        }
    }
}

static void find_metadata(struct cells *c, struct slice text)
{
    struct json j, key;
    json_init(&j, text);
    if (json_next(&j) != JSON_OBJECT) return;
    while (next_key(&j, &key)) {
        if (is_key(&key, "metadata") && j.token == JSON_OBJECT)
            metadata(c, &j);
        else if (!json_skip(&j))
            return;
    }
}

static void find_cells(struct cells *c, struct slice text)
{
    struct json j, key;
    json_init(&j, text);
    if (json_next(&j) != JSON_OBJECT) return;
    while (c->st == ST_OK && next_key(&j, &key)) {
        if (is_key(&key, "cells") && j.token == JSON_ARRAY)
            cell_list(c, &j);
        else if (is_key(&key, "worksheets") && j.token == JSON_ARRAY)
            worksheets(c, &j);
        else if (!json_skip(&j))
            return;
    }
}

/* ---- telling ---- */

/* The command in a magic; empty: none. *ret_lines: how many lines of the magic stand before it. */
static struct slice command_of(struct slice magic, uint32_t *ret_lines)
{
    static const char *const bodies[] = {"%%bash",        "%%sh",        "%%!",
                                         "%%script bash", "%%script sh", "%%shell",
                                         "%%system",      "%%sx",        "%%zsh"};
    static const char *const words[] = {"%pip", "%conda", "%mamba", "%micromamba", "%uv"};
    *ret_lines = 0;
    if (slice_starts(magic, S("!!"))) return slice_sub(magic, 2, magic.n);
    if (slice_starts(magic, S("!"))) return slice_sub(magic, 1, magic.n);
    if (slice_starts(magic, S("%sx ")) || slice_starts(magic, S("%system ")))
        return slice_sub(magic, slice_find_byte(magic, ' '), magic.n);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_starts(magic, slice_str(words[i]))) return slice_sub(magic, 1, magic.n);
    size_t nl = slice_find_byte(magic, '\n');
    struct slice head = slice_sub(magic, 0, nl);
    bool script = slice_starts(head, S("%%writefile")) && slice_ends(slice_trim(head), S(".sh"));
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        script |= slice_starts(head, slice_str(bodies[i]));
    if (!script || nl == SIZE_MAX) return S("");
    *ret_lines = 1;
    return slice_sub(magic, nl + 1, magic.n);
}

static enum st tell_command(struct reading *r, struct slice text, const uint32_t *lines)
{
    struct script script = {.where = WHERE_NOTEBOOK, .lines = lines, .line = lines[0], .column = 1};
    return text.n ? commands_tell(r, text, &script, 0) : ST_OK;
}

static enum st tell_commands(struct reading *r, const struct code_module *m,
                             const struct py_module *tree)
{
    enum st st = ST_OK;
    for (size_t i = 0; st == ST_OK && i < tree->stmt_count; i++) {
        const struct py_stmt *s = &tree->stmts[i];
        uint32_t skip;
        if (s->kind != PS_MAGIC) continue;
        struct slice text = command_of(s->text, &skip);
        if (text.n) st = tell_command(r, text, &m->lines[s->line - 1 + skip]);
    }
    return st;
}

static enum st tell_module(struct cells *c)
{
    struct cells_text *t = &c->text;
    struct code_module m = {
        .text = slice_of(t->text, t->n), .lines = t->lines, .cells = t->cells, .notebook = true};
    return module_tell(c->r, &m, tell_commands);
}

enum st code_cells_read(struct reading *r, struct slice text)
{
    struct arena_mark mark = arena_mark(r->arena);
    struct cells c = {.r = r, .text = {.arena = r->arena}};
    if (!budget_work(r->budget, 1 + text.n / 16)) return ST_LIMIT;
    find_metadata(&c, text);
    find_cells(&c, text);
    enum st st = c.st;
    if (st == ST_OK && c.text.cut)
        tell_unread(r, UNREAD_LIMIT, 0, text.n, "code of cells behind 32 MiB");
    if (st == ST_OK) {
        tell(r, &(struct event){.kind = EV_NOTEBOOK, .line = 1, .notebook = &c.facts});
        if (is_shell(&c.facts) && c.text.n)
            st = tell_command(r, slice_of(c.text.text, c.text.n), c.text.lines);
        else if (is_python(&c.facts) && c.text.n)
            st = tell_module(&c);
    }
    arena_rewind(r->arena, mark);
    return st;
}
