/* SPDX-License-Identifier: Apache-2.0 */
#include "read/code/commands.h"

uint32_t script_line(const struct script *s, uint32_t line)
{
    return s->lines ? s->lines[line - 1] : s->line + line - 1;
}

uint32_t script_column(const struct script *s, uint32_t line, uint32_t column)
{
    return line == 1 || s->lines ? s->column - 1 + column : column;
}

static enum st tell_one(struct reading *r, const struct script *s, size_t index, uint64_t offset)
{
    const struct shell_command *c = &s->shell->commands[index];
    size_t count = c->count - c->program;
    struct slice *words = ARENA_ARRAY(r->arena, struct slice, count + 1);
    if (!words) return ST_NOMEM;
    for (size_t i = 0; i < count; i++) words[i] = c->words[c->program + i].text;
    struct command command = {.script = s,
                              .index = index,
                              .words = words,
                              .count = count,
                              .text = c->text,
                              .piped = c->join == SHELL_PIPE,
                              .line = script_line(s, c->line),
                              .column = script_column(s, c->line, c->column)};
    tell(r, &(struct event){
                .kind = EV_COMMAND, .offset = offset, .line = command.line, .command = &command});
    return ST_OK;
}

enum st commands_tell_parsed(struct reading *r, const struct script *s, uint64_t offset)
{
    for (size_t i = 0; i < s->shell->count; i++) {
        struct arena_mark mark = arena_mark(r->arena);
        if (!budget_work(r->budget, 1 + s->shell->commands[i].count)) return ST_LIMIT;
        enum st st = tell_one(r, s, i, offset);
        arena_rewind(r->arena, mark);
        if (st != ST_OK) return st;
    }
    return ST_OK;
}

enum st commands_tell(struct reading *r, struct slice text, struct script *s, uint64_t offset)
{
    struct shell shell;
    struct arena_mark mark = arena_mark(r->arena);
    if (!budget_work(r->budget, 1 + text.n / 16)) return ST_LIMIT;
    enum st st = shell_parse(r->arena, text, &shell);
    if (st == ST_NOMEM) return st;
    if (st == ST_LIMIT)
        tell_unread(r, UNREAD_LIMIT, offset, text.n, "more than %u commands in one script",
                    SHELL_COMMAND_MAX);
    s->shell = &shell;
    st = commands_tell_parsed(r, s, offset);
    s->shell = NULL;
    arena_rewind(r->arena, mark);
    return st;
}
