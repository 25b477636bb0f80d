/* SPDX-License-Identifier: Apache-2.0 */
#include "read/code/settings_make.h"

void settings_begin(struct settings_maker *m, struct arena *arena, struct slice text)
{
    *m = (struct settings_maker){.arena = arena, .text = text, .line = 1};
}

/* Back to an earlier byte, as far as that is. */
static void go_back(struct settings_maker *m, size_t at)
{
    struct slice between = slice_sub(m->text, at, m->at - at);
    for (size_t nl; (nl = slice_find_byte(between, '\n')) != SIZE_MAX;) {
        m->line--;
        between = slice_sub(between, nl + 1, between.n);
    }
    size_t before = slice_rfind_byte(slice_sub(m->text, 0, at), '\n');
    m->line_start = before == SIZE_MAX ? 0 : before + 1;
    m->at = at;
}

void settings_place(struct settings_maker *m, size_t at, uint32_t *ret_line, uint32_t *ret_column)
{
    if (at > m->text.n) at = m->text.n;
    if (at < m->line_start) go_back(m, at);
    if (at > m->at) {
        struct slice rest = slice_sub(m->text, m->at, at - m->at);
        for (size_t nl; (nl = slice_find_byte(rest, '\n')) != SIZE_MAX;) {
            m->line++;
            rest = slice_sub(rest, nl + 1, rest.n);
            m->line_start = at - rest.n;
        }
        m->at = at;
    }
    *ret_line = m->line;
    *ret_column = (uint32_t)(at - m->line_start) + 1;
}

static bool room(struct settings_maker *m)
{
    if (m->st != ST_OK) return false;
    if (m->count < m->room) return true;
    if (m->count >= SETTING_MAX) {
        m->st = ST_LIMIT;
        return false;
    }
    size_t more = m->room ? m->room * 2 : 64;
    struct code_setting *list = ARENA_ROOM(m->arena, struct code_setting, more);
    if (!list) {
        m->st = ST_NOMEM;
        return false;
    }
    if (m->count) memcpy(list, m->list, m->count * sizeof *list);
    m->list = list;
    m->room = more;
    return true;
}

static uint32_t append(struct settings_maker *m, const struct code_setting *s)
{
    if (!room(m)) return SETTING_NONE;
    uint32_t self = (uint32_t)m->count++;
    m->list[self] = *s;
    m->list[self].end = self + 1;
    m->list[self].children = 0;
    if (s->parent != SETTING_NONE) m->list[self].index = m->list[s->parent].children++;
    return self;
}

uint32_t settings_add(struct settings_maker *m, uint32_t parent, enum setting_kind kind,
                      struct setting_key key, struct slice value, size_t at, size_t length)
{
    struct code_setting s = {.kind = kind,
                             .parent = parent,
                             .key = key.text,
                             .value = value,
                             .offset = (uint32_t)at,
                             .length = (uint32_t)length};
    settings_place(m, key.at, &s.key_line, &s.key_column);
    settings_place(m, at, &s.line, &s.column);
    return append(m, &s);
}

void settings_close(struct settings_maker *m, uint32_t index)
{
    if (index < m->count) m->list[index].end = (uint32_t)m->count;
}

void settings_copy(struct settings_maker *m, uint32_t parent, struct setting_key key, uint32_t of)
{
    uint32_t end = m->list[of].end, first = (uint32_t)m->count;
    for (uint32_t i = of; i < end; i++) {
        struct code_setting s = m->list[i];
        s.parent = i == of ? parent : s.parent - of + first;
        if (i == of) {
            s.key = key.text;
            if (key.text.p) settings_place(m, key.at, &s.key_line, &s.key_column);
        }
        if (append(m, &s) == SETTING_NONE) return;
    }
    for (uint32_t i = of; i < end; i++) m->list[i - of + first].end = m->list[i].end - of + first;
}

uint32_t settings_child(const struct code_setting *list, uint32_t map, struct slice key)
{
    uint32_t found = SETTING_NONE;
    for (uint32_t i = map + 1; i < list[map].end; i = list[i].end)
        if (slice_eq(list[i].key, key)) found = i;
    return found;
}

void settings_tell(struct settings_maker *m, const struct reading *r, enum dialect dialect)
{
    if (m->st == ST_LIMIT)
        tell_unread(r, UNREAD_LIMIT, 0, m->text.n, "more than %u settings", SETTING_MAX);
    for (size_t i = m->count; i-- > 0;) { /* what was cut off in the middle */
        uint32_t parent = m->list[i].parent;
        if (parent != SETTING_NONE && m->list[parent].end < m->list[i].end)
            m->list[parent].end = m->list[i].end;
    }
    struct code_settings s = {dialect, settings_name(r), m->text, m->list, m->count};
    if (m->count) tell(r, &(struct event){.kind = EV_SETTINGS, .line = 1, .settings = &s});
}

struct slice settings_name(const struct reading *r)
{
    struct slice name = r->layer->name;
    size_t slash = slice_rfind_byte(name, '/');
    return slash == SIZE_MAX ? name : slice_sub(name, slash + 1, name.n);
}
