/* SPDX-License-Identifier: Apache-2.0 */
/* command.c - commands: each is held against the rows for its program; downloads, pipes into a
 * shell and installations have functions. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/settings/conf.h"
#include "read/code/commands.h"

struct conf_place conf_word_place(const struct conf_command *c, size_t word)
{
    const struct script *s = c->c->script;
    if (word >= c->count) return (struct conf_place){c->c->line, c->c->column, c->c->line};
    const struct shell_word *w = &c->words[word];
    uint32_t line = script_line(s, w->line), column = script_column(s, w->line, w->column);
    return (struct conf_place){line, column, (uint64_t)line << 16 | (column & 0xffff)};
}

/* ---- options ---- */

/* Of one letter, in a bunch: -fsSLk. What stands behind a letter that takes a value is none. */
static bool in_bunch(struct slice word, uint8_t letter)
{
    if (word.n < 3 || word.p[0] != '-' || word.p[1] == '-') return false;
    for (size_t i = 1; i < word.n && i < 12; i++) {
        if (word.p[i] == letter) return true;
        if (!ascii_letter(word.p[i]) || strchr("oHdXuAbceFmTwxECfC", word.p[i])) return false;
    }
    return false;
}

/* Is words[i] this option? *ret: its value; p == NULL: none in the same word. */
static bool is_option(const struct conf_command *c, size_t i, struct slice name, struct slice *ret)
{
    struct slice w = c->words[i].text;
    *ret = (struct slice){0};
    if (slice_eq(w, name)) return true;
    if (slice_starts(w, name) && w.n > name.n && w.p[name.n] == '=') {
        *ret = slice_sub(w, name.n + 1, w.n);
        return true;
    }
    bool bunches = conf_fits(S("curl|tar|bsdtar"), c->program);
    return bunches && name.n == 2 && name.p[0] == '-' && in_bunch(w, name.p[1]);
}

size_t conf_option(const struct conf_command *c, const char *name)
{
    struct slice value;
    for (size_t i = 1; i < c->count; i++)
        if (is_option(c, i, slice_str(name), &value)) return i;
    return SIZE_MAX;
}

struct slice conf_option_value(const struct conf_command *c, const char *name, size_t *ret_word)
{
    struct slice value;
    for (size_t i = 1; i < c->count; i++) {
        if (!is_option(c, i, slice_str(name), &value)) continue;
        *ret_word = i;
        if (value.p) return value;
        if (i + 1 < c->count) return c->words[i + 1].text;
    }
    return (struct slice){0};
}

/* Some occurrence of one of the names has a value that fits. */
static bool option_fits(const struct conf_command *c, struct slice names, struct slice pattern,
                        size_t *ret_word)
{
    struct slice name, value, rest;
    bool only = slice_eq(pattern, S("\1"));
    for (size_t i = 1; i < c->count; i++)
        for (rest = names; slice_split(&rest, '|', &name);) {
            if (!is_option(c, i, name, &value)) continue;
            bool inside = value.p != NULL;
            if (!inside && i + 1 < c->count) value = c->words[i + 1].text;
            bool fits = only;
            if (!only && pattern.n) fits = conf_fits(pattern, value);
            if (!only && !pattern.n) fits = !value.n && (inside || i + 1 < c->count);
            if (!fits) continue;
            *ret_word = i;
            return true;
        }
    return false;
}

/* ---- conditions ---- */

static bool sub_fits(const struct conf_command *c, struct slice pattern)
{
    for (size_t i = 1; i < c->count && i < 5; i++)
        if (!slice_starts(c->words[i].text, S("-")) && conf_fits(pattern, c->words[i].text))
            return true;
    return false;
}

static bool word_fits(const struct conf_command *c, struct slice pattern, size_t *ret_word)
{
    for (size_t i = 1; i < c->count; i++)
        if (conf_fits(pattern, c->words[i].text)) {
            *ret_word = i;
            return true;
        }
    return false;
}

static bool env_fits(const struct conf_command *c, struct slice name, struct slice pattern)
{
    for (size_t i = 0; i < c->shell->program; i++) {
        struct slice w = c->shell->words[i].text;
        size_t equals = slice_find_byte(w, '=');
        if (!c->shell->words[i].assignment || equals == SIZE_MAX) continue;
        if (slice_eq(slice_sub(w, 0, equals), name) &&
            conf_fits(pattern, slice_sub(w, equals + 1, w.n)))
            return true;
    }
    return false;
}

static bool where_fits(const struct conf_command *c, struct slice letters)
{
    static const char of[] = {
        [WHERE_SHELL] = 's',    [WHERE_DOCKERFILE] = 'd', [WHERE_CI] = 'c', [WHERE_COMPOSE] = 'o',
        [WHERE_NOTEBOOK] = 'n', [WHERE_PYTHON] = 'p',     [WHERE_DOC] = 'm'};
    return slice_find_byte(letters, (uint8_t)of[c->c->script->where]) != SIZE_MAX;
}

static bool condition_fits(const struct conf_command *c, const struct conf_condition *t,
                           size_t *word)
{
    struct slice name = conf_text(t->name), value = conf_text(t->value);
    switch ((enum conf_condition_kind)t->kind) {
    case CONF_HAS: return option_fits(c, name, value, word) != t->negated;
    case CONF_SUB: return sub_fits(c, value) != t->negated;
    case CONF_WORD: return word_fits(c, value, word) != t->negated;
    case CONF_ENV: return env_fits(c, name, value) != t->negated;
    case CONF_ASK: return conf_command_test((enum conf_test)t->test, c) != t->negated;
    case CONF_WHERE: return where_fits(c, value) != t->negated;
    case CONF_LACKS: break;
    }
    return false;
}

static bool program_fits(struct slice programs, struct slice program)
{
    if (slice_eq(programs, S("*")))
        return !conf_fits(S("echo|printf|grep|sed|awk|cat|rg|egrep|[|test|[["), program);
    return conf_fits(programs, program);
}

static bool judge_row(const struct conf_command *c, const struct conf_command_row *row)
{
    size_t shown = SIZE_MAX;
    if (!program_fits(conf_text(row->programs), c->program)) return false;
    for (size_t i = 0; i < row->count; i++) {
        const struct conf_condition *t = &conf_conditions[row->from + i];
        size_t word = SIZE_MAX;
        if (!condition_fits(c, t, &word)) return false;
        if (t->shown && word != SIZE_MAX) shown = word;
    }
    const char *rule = arena_cstr(c->j->arena, conf_text(row->rule));
    if (!rule) {
        c->j->nomem = true;
        return false;
    }
    struct conf_place at = conf_word_place(c, shown == SIZE_MAX ? 0 : shown);
    conf_say(c->j, c->r, rule, row->severity, at, conf_text(row->message), c->c->text);
    return true;
}

/* A rule is told once for a command, by its first row that fits. */
static void judge_rows(const struct conf_command *c)
{
    struct slice told[8];
    size_t n = 0;
    for (size_t i = 0; i < conf_command_count; i++) {
        struct slice rule = conf_text(conf_command_rows[i].rule);
        bool again = false;
        for (size_t k = 0; k < n; k++) again = again || slice_eq(told[k], rule);
        if (!again && judge_row(c, &conf_command_rows[i]) && n < COUNT_OF(told)) told[n++] = rule;
    }
}

/* ---- environment ---- */

static void judge_assignments(const struct conf_command *c)
{
    bool exports = conf_fits(S("export|declare|readonly|setenv|set"), c->program);
    for (size_t i = 0; i < c->shell->count; i++) {
        const struct shell_word *w = &c->shell->words[i];
        size_t equals = slice_find_byte(w->text, '=');
        bool behind = i > c->shell->program;
        if (equals == SIZE_MAX || !equals || !(w->assignment || (exports && behind))) continue;
        struct conf_command at = *c;
        at.words = c->shell->words;
        at.count = c->shell->count;
        conf_env(c->j, c->r, slice_sub(w->text, 0, equals),
                 slice_sub(w->text, equals + 1, w->text.n), conf_word_place(&at, i));
    }
}

/* python -m x, python3 -u -m x: x is the program. */
static void find_program(struct conf_command *c)
{
    c->program = c->count ? shell_base(c->words[0].text) : S("");
    if (!conf_fits(S("python|python2|python3|python3.*|python.exe"), c->program)) return;
    for (size_t i = 1; i + 1 < c->count && slice_starts(c->words[i].text, S("-")); i++) {
        if (!slice_eq(c->words[i].text, S("-m"))) continue;
        c->words += i + 1;
        c->count -= i + 1;
        c->program = shell_base(c->words[0].text);
        return;
    }
}

void judge_command(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct command *command = ev->command;
    const struct shell_command *shell = &command->script->shell->commands[command->index];
    struct conf_command c = {.j = j, .r = r, .c = command, .shell = shell};
    c.words = shell->words + shell->program;
    c.count = shell->count - shell->program;
    find_program(&c);
    if (command->script->where == WHERE_DOC) {
        conf_pip(&c); /* names of packages; what people are told to type is theirs to judge */
        return;
    }
    judge_assignments(&c);
    if (!c.count) return;
    judge_rows(&c);
    conf_download(&c);
    conf_pip(&c);
    conf_pipe(&c);
}
