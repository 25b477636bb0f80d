/* SPDX-License-Identifier: Apache-2.0 */
/* cells_text.c - the strings of a cell as lines that know where they stand. */
#include "read/code/cells.h"

static bool text_room(struct cells_text *t, size_t more)
{
    if (t->nomem || t->cut) return false;
    if (t->n + more <= t->room) return true;
    if (t->n + more > CELLS_TEXT) {
        t->cut = true;
        return false;
    }
    size_t room = t->room ? t->room : 4096;
    while (room < t->n + more) room *= 2;
    uint8_t *text = ARENA_ROOM(t->arena, uint8_t, room);
    if (!text) {
        t->nomem = true;
        return false;
    }
    if (t->n) memcpy(text, t->text, t->n);
    t->text = text;
    t->room = room;
    return true;
}

static bool line_room(struct cells_text *t)
{
    if (t->nomem || t->cut) return false;
    if (t->line_count < t->line_room) return true;
    size_t room = t->line_room ? t->line_room * 2 : 256;
    uint32_t *lines = ARENA_ROOM(t->arena, uint32_t, room);
    uint32_t *cells = ARENA_ROOM(t->arena, uint32_t, room);
    if (!lines || !cells) {
        t->nomem = true;
        return false;
    }
    if (t->line_count) memcpy(lines, t->lines, t->line_count * sizeof *lines);
    if (t->line_count) memcpy(cells, t->cells, t->line_count * sizeof *cells);
    t->lines = lines;
    t->cells = cells;
    t->line_room = room;
    return true;
}

static void put(struct cells_text *t, struct slice s)
{
    if (!s.n || !text_room(t, s.n)) return;
    memcpy(t->text + t->n, s.p, s.n);
    for (size_t i = 0; i < s.n; i++)
        if (!t->text[t->n + i]) t->text[t->n + i] = ' '; /* ends cells, see below */
    t->n += s.n;
}

/* A line end of Python's: \r alone is one, too, and \r\n is one. */
static size_t line_length(struct slice s, size_t *ret_end)
{
    size_t i = 0;
    *ret_end = 0;
    if (!s.p) return 0;
    while (i < s.n && s.p[i] != '\n' && s.p[i] != '\r') i++;
    *ret_end = i >= s.n ? 0 : i + 1 < s.n && s.p[i] == '\r' && s.p[i + 1] == '\n' ? 2 : 1;
    return i;
}

static void begin_line(struct cells_text *t, uint32_t line, uint32_t cell)
{
    if (t->open || !line_room(t)) return;
    t->lines[t->line_count] = line;
    t->cells[t->line_count++] = cell;
    t->open = true;
}

static void end_line(struct cells_text *t)
{
    if (t->open && text_room(t, 1)) t->text[t->n++] = '\n';
    t->open = false;
}

static void add_string(struct cells_text *t, struct slice s, uint32_t line, uint32_t cell)
{
    while (s.n) {
        size_t end, n = line_length(s, &end);
        begin_line(t, line, cell);
        put(t, slice_sub(s, 0, n));
        if (end) end_line(t);
        s = slice_sub(s, n + end, s.n);
    }
}

void code_cells_add(struct cells_text *t, struct json *value, uint32_t cell)
{
    bool list = value->token == JSON_ARRAY;
    unsigned depth = value->depth;
    if (list) json_next(value);
    while (value->token != JSON_END && value->token != JSON_BAD && !t->nomem) {
        if (list && value->depth < depth) return;
        if (value->token == JSON_STRING) {
            uint32_t line = (uint32_t)json_line(value);
            struct slice s = json_text(value, t->arena);
            if (!s.p && s.n == 0 && value->escaped) t->nomem = true;
            add_string(t, s, line, cell);
        } else if (!json_skip(value)) {
            return;
        }
        if (!list) return;
        json_next(value);
    }
}

/* ---- what IPython takes away ---- */

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* The indentation of the first line that has text. */
static struct slice indentation(struct slice text)
{
    struct slice line;
    while (slice_split(&text, '\n', &line)) {
        size_t n = 0;
        while (n < line.n && is_blank(line.p[n])) n++;
        if (n < line.n) return slice_sub(line, 0, n);
    }
    return S("");
}

/* Of a cell whose first line is indented, and of one that shows a prompt. */
static size_t lead(struct slice line, struct slice indent, bool prompt)
{
    size_t n = indent.n && slice_starts(line, indent) ? indent.n : 0;
    struct slice rest = slice_sub(line, n, line.n);
    bool mark = slice_starts(rest, S(">>> ")) || slice_starts(rest, S("... "));
    return prompt && mark ? n + 4 : n;
}

void code_cells_end(struct cells_text *t, size_t from, uint32_t cell)
{
    struct slice text = slice_sub(slice_of(t->text, t->n), from, t->n), line, rest = text;
    struct slice indent = indentation(text);
    size_t at = slice_find(slice_sub(text, 0, 256), S(">>> "));
    bool prompt = at != SIZE_MAX && slice_trim(slice_sub(text, 0, at)).n == 0;
    if (indent.n || prompt) {
        size_t to = from;
        while (slice_split(&rest, '\n', &line)) {
            size_t skip = lead(line, indent, prompt);
            struct slice kept = slice_sub(line, skip, line.n);
            if (kept.n) memmove(t->text + to, kept.p, kept.n);
            to += kept.n;
            if (rest.p) t->text[to++] = '\n';
        }
        t->n = to;
    }
    uint32_t last = t->line_count ? t->lines[t->line_count - 1] : 1;
    end_line(t);
    begin_line(t, last, cell);
    if (text_room(t, 1)) t->text[t->n++] = 0;
    end_line(t);
}
