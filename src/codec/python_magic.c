/* SPDX-License-Identifier: Apache-2.0 */
/* python_magic.c - lines of IPython that are not Python.
 *
 *   !command            %magic arguments        one line, longer with a backslash at its end
 *   %time statement     %%time statement        the statement is Python
 *   %%bash              %%writefile notes.txt   up to the end of the cell, if its text is no Python
 *
 * A cell magic that nobody knows here stands mostly above Python (%%wandb, %%skip). */
#include "codec/python_part.h"

static bool listed(const char *const *words, size_t n, struct slice word)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq_nocase(word, slice_str(words[i]))) return true;
    return false;
}

/* Cells of other languages, and of text. */
static bool is_foreign(struct slice name, struct slice rest)
{
    static const char *const words[] = {
        "!",    "bash",     "sh",    "script",     "cmd",       "powershell", "system",  "sx",
        "html", "svg",      "latex", "markdown",   "js",        "javascript", "perl",    "ruby",
        "R",    "sql",      "bq",    "bigquery",   "configure", "cu",         "cython",  "julia",
        "cpp",  "file",     "shell", "kql",        "scala",     "dot",        "mermaid", "css",
        "C",    "sparksql", "java",  "javascript", "node",      "rust",       "ocaml",   "fortran"};
    if (slice_eq(name, S("writefile"))) return !slice_has(rest, S(".py"));
    return listed(words, sizeof words / sizeof *words, name);
}

/* Behind these a statement may stand. */
static bool is_carrier(struct slice name)
{
    static const char *const words[] = {"time",  "timeit",   "prun",         "memit",  "mprun",
                                        "lprun", "snakeviz", "pyinstrument", "scalene"};
    return listed(words, sizeof words / sizeof *words, name);
}

static bool is_end(const struct py_lex *l, size_t i)
{
    return i >= l->s.n || l->s.p[i] == 0 || python_line_end(l, i);
}

static size_t line_end(const struct py_lex *l, size_t i)
{
    while (!is_end(l, i)) {
        size_t n = l->s.p[i] == '\\' ? python_line_end(l, i + 1) : 0;
        i += 1 + n;
    }
    return i;
}

static size_t cell_end(const struct py_lex *l, size_t i)
{
    size_t n = slice_find_byte(slice_sub(l->s, i, l->s.n), 0);
    return n == SIZE_MAX ? l->s.n : i + n;
}

static size_t skip_blanks(const struct py_lex *l, size_t i)
{
    while (!is_end(l, i) && (l->s.p[i] == ' ' || l->s.p[i] == '\t')) i++;
    return i;
}

static size_t word_end(const struct py_lex *l, size_t i)
{
    while (!is_end(l, i) && l->s.p[i] != ' ' && l->s.p[i] != '\t') i++;
    return i;
}

/* Over -n 10 -r3 -o: some options have a value behind a blank. */
static size_t skip_options(const struct py_lex *l, size_t i)
{
    for (i = skip_blanks(l, i); !is_end(l, i) && l->s.p[i] == '-'; i = skip_blanks(l, i)) {
        size_t to = word_end(l, i);
        bool valued = to == i + 2 && strchr("nrsltTDpfm", l->s.p[i + 1]);
        i = valued ? word_end(l, skip_blanks(l, to)) : to;
    }
    return i;
}

size_t python_magic(const struct py_lex *l, size_t *ret_resume)
{
    size_t from = l->pos, to = line_end(l, from);
    bool bang = l->s.p[from] == '!';
    bool cell = l->cell && from + 1 < to && !bang && l->s.p[from + 1] == '%';
    size_t name_from = from + 1 + cell, name_to = word_end(l, name_from);
    struct slice name = slice_sub(l->s, name_from, name_to - name_from);
    *ret_resume = to;
    if (cell && is_foreign(name, slice_sub(l->s, name_to, to - name_to)))
        *ret_resume = to = cell_end(l, from);
    else if (!bang && is_carrier(name))
        *ret_resume = skip_options(l, name_to);
    return to;
}
