/* SPDX-License-Identifier: Apache-2.0 */
/* rows_columns.c - names and types of a table, as they are signed: no two schemas have one text. */
#include "base/utf8.h"
#include "read/data/rows.h"
#include <stdarg.h>

struct rows_writer *rows_writer(struct reading *r, size_t most)
{
    struct rows_writer *w = ARENA_NEW(r->arena, struct rows_writer);
    if (!w) return NULL;
    w->r = r;
    w->room = most;
    w->list = ARENA_ARRAY(r->arena, struct row_column, most + 1);
    w->order = ARENA_ARRAY(r->arena, size_t, most + 1);
    return w->list && w->order ? w : NULL;
}

void rows_column(struct rows_writer *w, struct slice name)
{
    w->name = name;
    w->n = 0;
}

/* One byte too many says that it did not fit. */
static void add(struct rows_writer *w, struct slice s)
{
    if (s.n > ROWS_TYPE_MAX - w->n) w->lost = true;
    s = slice_sub(s, 0, ROWS_TYPE_MAX - w->n);
    if (s.n) memcpy(&w->text[w->n], s.p, s.n);
    w->n += s.n;
}

void rows_type(struct rows_writer *w, const char *fmt, ...)
{
    char text[96];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    add(w, slice_of((const uint8_t *)text, n > 0 ? (size_t)n : 0));
}

void rows_field(struct rows_writer *w, struct slice name)
{
    if (!utf8_valid(name)) w->lost = true;
    add(w, S("\""));
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"' || name.p[i] == '\\') add(w, S("\\"));
        add(w, slice_sub(name, i, 1));
    }
    add(w, S("\": "));
}

enum st rows_column_end(struct rows_writer *w)
{
    bool lost = w->lost || w->name.n > ROWS_NAME_MAX || !utf8_valid(w->name);
    if (lost)
        tell_unread(w->r, UNREAD_UNSUPPORTED, 0, 0,
                    "a column whose name or type is too long or no UTF-8");
    w->lost = lost;
    if (lost || w->count == w->room) return ST_OK;
    struct row_column *c = &w->list[w->count++];
    c->name = arena_copy(w->r->arena, w->name);
    c->type = arena_copy(w->r->arena, slice_of(w->text, w->n));
    return c->name.p && c->type.p ? ST_OK : ST_NOMEM;
}

/* In the order of the file, or that of who picked. */
static void pick(struct rows_writer *w)
{
    const struct reading *r = w->r;
    size_t n = r->pick ? r->pick_count : w->count;
    for (size_t i = 0; i < n; i++) {
        size_t k = r->pick ? r->pick[i] : i;
        if (k >= w->count || w->list[k].picked) continue;
        w->list[k].picked = true;
        w->order[w->picked++] = k;
    }
}

enum st rows_columns(struct rows_writer *w)
{
    struct row_columns all = {.list = w->list, .count = w->count};
    struct row_column *own = ARENA_ARRAY(w->r->arena, struct row_column, w->count + 1);
    if (!own) return ST_NOMEM;
    pick(w);
    for (size_t i = 0; i < w->picked; i++) own[i] = w->list[w->order[i]];
    rows_digest(own, w->picked, all.digest);
    if (!w->lost) tell(w->r, &(struct event){.kind = EV_COLUMNS, .columns = &all});
    return ST_OK;
}
