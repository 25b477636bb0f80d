/* SPDX-License-Identifier: Apache-2.0 */
#include "read/code/scripts.h"

void script_begin(struct script_maker *m, struct arena *arena)
{
    *m = (struct script_maker){.arena = arena, .column = 1};
}

static bool text_room(struct script_maker *m, size_t more)
{
    if (m->nomem || m->cut) return false;
    if (m->n + more <= m->room) return true;
    if (m->n + more > SCRIPT_TEXT) {
        m->cut = true;
        return false;
    }
    size_t room = m->room ? m->room : 512;
    while (room < m->n + more) room *= 2;
    uint8_t *text = ARENA_ROOM(m->arena, uint8_t, room);
    if (!text) {
        m->nomem = true;
        return false;
    }
    if (m->n) memcpy(text, m->text, m->n);
    m->text = text;
    m->room = room;
    return true;
}

static bool line_room(struct script_maker *m)
{
    if (m->nomem || m->cut) return false;
    if (m->line_count < m->line_room) return true;
    size_t room = m->line_room ? m->line_room * 2 : 64;
    uint32_t *lines = ARENA_ROOM(m->arena, uint32_t, room);
    if (!lines) {
        m->nomem = true;
        return false;
    }
    if (m->line_count) memcpy(lines, m->lines, m->line_count * sizeof *lines);
    m->lines = lines;
    m->line_room = room;
    return true;
}

static void put(struct script_maker *m, struct slice s)
{
    if (!s.n || !text_room(m, s.n)) return;
    memcpy(m->text + m->n, s.p, s.n);
    m->n += s.n;
}

static void line_number(struct script_maker *m, uint32_t line)
{
    if (m->open || !line_room(m)) return;
    m->lines[m->line_count++] = line;
    m->open = true;
}

void script_end_line(struct script_maker *m)
{
    if (!m->open) return;
    put(m, S("\n"));
    m->open = false;
}

void script_join(struct script_maker *m)
{
    if (!m->n) return;
    if (m->text[m->n - 1] == '\n') {
        m->n--;
        m->open = true;
    }
    put(m, S(" \\"));
    script_end_line(m);
}

void script_text(struct script_maker *m, struct slice text, uint32_t line)
{
    for (size_t nl; (nl = slice_find_byte(text, '\n')) != SIZE_MAX;) {
        line_number(m, line++);
        put(m, slice_sub(text, 0, nl));
        script_end_line(m);
        text = slice_sub(text, nl + 1, text.n);
    }
    line_number(m, line);
    put(m, text);
}

void script_word(struct script_maker *m, struct slice word, uint32_t line)
{
    script_join(m);
    line_number(m, line);
    put(m, S("'"));
    for (size_t quote; (quote = slice_find_byte(word, '\'')) != SIZE_MAX;) {
        size_t lines = 0;
        struct slice part = slice_sub(word, 0, quote);
        for (size_t i = 0; i < part.n; i++) lines += part.p[i] == '\n';
        script_text(m, part, line);
        line += (uint32_t)lines;
        put(m, S("'\\''"));
        word = slice_sub(word, quote + 1, word.n);
    }
    script_text(m, word, line);
    put(m, S("'"));
}

static size_t indent_of(struct slice line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] == ' ') n++;
    return n;
}

/* The next line without its end; *rest moves on. */
static struct slice next_line(struct slice *rest)
{
    size_t nl = slice_find_byte(*rest, '\n');
    struct slice line = slice_sub(*rest, 0, nl);
    *rest = nl == SIZE_MAX ? S("") : slice_sub(*rest, nl + 1, rest->n);
    if (slice_ends(line, S("\r"))) line.n--;
    return line;
}

void script_block(struct script_maker *m, struct slice raw, uint32_t line, bool folded)
{
    size_t indent = SIZE_MAX;
    while (raw.n) {
        struct slice text = next_line(&raw);
        bool blank = slice_trim(text).n == 0;
        if (!blank && indent == SIZE_MAX) indent = indent_of(text);
        if (!blank && m->column == 1 && !m->n) m->column = (uint32_t)indent + 1;
        size_t own = indent_of(text);
        line_number(m, line++);
        put(m, slice_sub(text, own < indent ? own : indent, text.n));
        struct slice after = raw;
        struct slice next = next_line(&after);
        bool joins = folded && !blank && own == indent && slice_trim(next).n &&
                     indent_of(next) == indent && !slice_ends(text, S("\\"));
        if (joins) put(m, S(" \\"));
        script_end_line(m);
    }
}

enum st script_tell(struct script_maker *m, struct reading *r, enum command_where where,
                    uint64_t offset)
{
    if (m->open) script_end_line(m);
    if (m->nomem) return ST_NOMEM;
    if (!m->n) return ST_OK;
    if (!line_room(m)) return m->nomem ? ST_NOMEM : ST_OK;
    m->lines[m->line_count] = m->line_count ? m->lines[m->line_count - 1] : 1;
    struct script s = {.where = where, .lines = m->lines, .line = 1, .column = m->column};
    if (m->cut) tell_unread(r, UNREAD_LIMIT, offset, m->n, "a script of more than 2 MiB");
    return commands_tell(r, slice_of(m->text, m->n), &s, offset);
}
