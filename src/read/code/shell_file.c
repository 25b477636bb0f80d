/* SPDX-License-Identifier: Apache-2.0 */
#include "read/code/shell_file.h"
#include "read/code/scripts.h"
#include "read/code/settings_make.h"
#include "read/text/source.h"
#include "read/text/text.h"

#define SHELL_TEXT ((size_t)4 << 20)

struct lines {
    struct slice text;
    size_t at;
    uint32_t number; /* of the line that was taken */
};

static bool next_line(struct lines *l, struct slice *ret)
{
    if (l->at >= l->text.n) return false;
    struct slice rest = slice_sub(l->text, l->at, l->text.n);
    *ret = slice_sub(rest, 0, slice_find_byte(rest, '\n'));
    l->at += ret->n + 1;
    l->number++;
    if (slice_ends(*ret, S("\r"))) ret->n--;
    return true;
}

/* ---- Makefiles ---- */

/* One line of a recipe: @, - and + are make's, $$ is the shell's $. */
static void recipe_line(struct script_maker *out, struct slice line, uint32_t number, bool first)
{
    while (first && line.n && strchr("@-+ \t", line.p[0])) line = slice_sub(line, 1, line.n);
    for (size_t at; (at = slice_find(line, S("$$"))) != SIZE_MAX;) {
        script_text(out, slice_sub(line, 0, at + 1), number);
        line = slice_sub(line, at + 2, line.n);
    }
    script_text(out, line, number);
    script_end_line(out);
}

static enum st makefile(struct reading *r, struct slice text)
{
    struct script_maker out;
    struct lines l = {.text = text};
    struct slice line;
    bool goes_on = false;
    script_begin(&out, r->arena);
    while (next_line(&l, &line)) {
        if (!budget_work(r->budget, 1)) return ST_LIMIT;
        bool recipe = slice_starts(line, S("\t"));
        if (recipe || goes_on)
            recipe_line(&out, slice_sub(line, recipe, line.n), l.number, !goes_on);
        goes_on = (recipe || goes_on) && slice_ends(line, S("\\"));
    }
    return script_tell(&out, r, WHERE_SHELL, 0);
}

/* ---- Markdown ---- */

static bool shell_fence(struct slice info)
{
    static const char *const names[] = {"bash",          "sh",       "shell",     "console", "zsh",
                                        "shell-session", "terminal", "sh-session"};
    info = slice_trim(info);
    size_t end = 0;
    while (end < info.n && info.p[end] > ' ' && info.p[end] != '{') end++;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_eq_nocase(slice_sub(info, 0, end), slice_str(names[i]))) return true;
    return false;
}

/* What is typed: behind a prompt, where there are prompts. */
static struct slice typed(struct slice line)
{
    struct slice s = slice_trim(line);
    if (slice_starts(s, S("$ ")) || slice_starts(s, S("> "))) return slice_sub(s, 2, s.n);
    return line;
}

enum st markdown_scripts(struct reading *r, struct slice text)
{
    struct lines l = {.text = text};
    struct script_maker out;
    struct slice line, fence = S("");
    bool shell = false;
    enum st st = ST_OK;
    while (st == ST_OK && next_line(&l, &line)) {
        if (!budget_work(r->budget, 1)) return ST_LIMIT;
        struct slice s = slice_trim(line);
        bool mark = slice_starts(s, S("```")) || slice_starts(s, S("~~~"));
        if (!fence.n && mark) {
            fence = slice_sub(s, 0, 3);
            shell = shell_fence(slice_sub(s, 3, s.n));
            if (shell) script_begin(&out, r->arena);
        } else if (fence.n && slice_starts(s, fence)) {
            if (shell) st = script_tell(&out, r, WHERE_DOC, 0);
            fence = S("");
            shell = false;
        } else if (shell) {
            script_text(&out, typed(line), l.number);
            script_end_line(&out);
        }
    }
    return st == ST_OK && shell ? script_tell(&out, r, WHERE_DOC, 0) : st;
}

/* ---- scripts ---- */

static bool is_makefile(struct slice name)
{
    return slice_starts(name, S("Makefile")) || slice_eq(name, S("makefile")) ||
           slice_eq(name, S("GNUmakefile")) || slice_ends(name, S(".mk"));
}

enum st shell_read(struct reading *r)
{
    struct source s;
    tell_format(r, FMT_SHELL, NULL);
    enum st st = source_open(&s, r, SOURCE_TEXT);
    if (st != ST_OK) return st;
    struct slice text = slice_sub(s.text, 0, SHELL_TEXT);
    if (s.text.n > SHELL_TEXT)
        tell_unread(r, UNREAD_LIMIT, SHELL_TEXT, s.text.n - SHELL_TEXT,
                    "commands behind the first 4 MiB of a script");
    struct script script = {.where = WHERE_SHELL, .line = 1, .column = 1};
    st = is_makefile(settings_name(r)) ? makefile(r, text) : commands_tell(r, text, &script, 0);
    return st == ST_OK ? lines_read(r) : st;
}
