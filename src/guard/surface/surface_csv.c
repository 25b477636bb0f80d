/* SPDX-License-Identifier: Apache-2.0 */
/* surface_csv.c - a table as text/csv (RFC 4180): every field is a part, the header's, too. */
#include "guard/surface/surface_body.h"
#include "base/utf8.h"
#include "guard/surface/surface_walk.h"

/* A quote inside quotes is written twice. */
static struct slice unquoted(struct slice raw, struct arena *arena)
{
    size_t n = 0;
    if (slice_find_byte(raw, '"') == SIZE_MAX) return raw;
    uint8_t *out = arena_room(arena, raw.n, 1);
    if (!out) return (struct slice){0};
    for (size_t at = 0; at < raw.n; at++) {
        out[n++] = raw.p[at];
        at += raw.p[at] == '"';
    }
    return slice_of(out, n);
}

/* The closing quote, from behind the opening one; SIZE_MAX when it does not come. */
static size_t closing_quote(struct slice body, size_t at)
{
    for (; at < body.n; at++) {
        if (body.p[at] != '"') continue;
        if (at + 1 == body.n || body.p[at + 1] != '"') return at;
        at++;
    }
    return SIZE_MAX;
}

static bool ends_field(uint8_t c)
{
    return c == ',' || c == '\n' || c == '\r';
}

/* The field at *at, which is moved to what ends it. False: not CSV. */
static bool field(struct slice body, size_t *at, struct part *ret)
{
    bool quoted = *at < body.n && body.p[*at] == '"';
    size_t from = *at + quoted, to = from;
    if (quoted) {
        to = closing_quote(body, from);
        if (to == SIZE_MAX) return false;
    } else {
        while (to < body.n && !ends_field(body.p[to])) to++;
    }
    *at = to + quoted;
    ret->coding = quoted ? PART_QUOTED : PART_PLAIN;
    ret->from = from;
    ret->to = to;
    return *at == body.n || ends_field(body.p[*at]);
}

enum surface_result csv_parts(struct slice body, enum part_role role, struct arena *arena,
                              struct surface_doc *doc)
{
    size_t room = 0;
    doc->why = "not UTF-8";
    if (!utf8_valid(body)) return SURFACE_REFUSED;
    doc->why = "a field with a quote in a wrong place";
    for (size_t at = 0; at < body.n; at++) {
        struct part p = {.role = role,
                         .channel = PART_INPUT,
                         .flow = {PART_FLOW_NONE, PART_FLOW_NONE, PART_FLOW_NONE}};
        doc->where = at;
        if (!field(body, &at, &p)) return SURFACE_REFUSED;
        if (p.from == p.to) continue;
        void *list = doc->parts;
        struct part *place = walk_more(arena, &list, doc->part_count, &room, sizeof p);
        doc->parts = list;
        p.text = slice_sub(body, p.from, p.to - p.from);
        if (p.coding == PART_QUOTED) p.text = unquoted(p.text, arena);
        if (!place || !p.text.p) return SURFACE_NOMEM;
        *place = p;
        doc->part_count++;
    }
    doc->why = NULL;
    return SURFACE_OK;
}

struct slice csv_path(struct slice body, size_t from, struct arena *arena)
{
    unsigned long row = 0, column = 0;
    for (size_t at = 0; at < body.n; at++) {
        struct part p;
        if (!field(body, &at, &p) || p.from >= from) break;
        bool line = at < body.n && body.p[at] != ',';
        if (line && body.p[at] == '\r' && at + 1 < body.n && body.p[at + 1] == '\n') at++;
        row += line;
        column = line ? 0 : column + 1;
    }
    return arena_printf(arena, "row %lu, column %lu", row, column);
}
