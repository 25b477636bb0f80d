/* SPDX-License-Identifier: Apache-2.0 */
/* sse.c - cutting is a walk over the ends of lines; reading is a walk over lines.
 *
 * A comment with no field before it is an event of its own: servers send one (": ping") to keep a
 * connection open, and it must not wait for whatever follows. */
#include "codec/sse.h"

#define ONES  0x0101010101010101ull
#define HIGHS 0x8080808080808080ull
#define BOM   S("\xef\xbb\xbf")

void cutter_init(struct cutter *c, size_t max)
{
    *c = (struct cutter){.max = max};
}

static uint64_t has_byte(uint64_t word, uint8_t byte)
{
    uint64_t w = word ^ (ONES * byte);
    return (w - ONES) & ~w & HIGHS;
}

/* The first LF or CR at or behind `at`, or s.n. */
static size_t line_end(struct slice s, size_t at)
{
    for (; s.n - at >= 8; at += 8) {
        uint64_t w;
        memcpy(&w, s.p + at, sizeof w);
        if (has_byte(w, '\n') | has_byte(w, '\r')) break;
    }
    while (at < s.n && s.p[at] != '\n' && s.p[at] != '\r') at++;
    return at;
}

static enum cut limit(struct cutter *c)
{
    c->overgrown = true;
    return CUT_LIMIT;
}

/* The first n bytes are an event. */
static enum cut done(struct cutter *c, size_t n, size_t *ret_n)
{
    if (n > c->max) return limit(c);
    c->at = c->line = 0;
    c->fields = false;
    *ret_n = n;
    return CUT_DONE;
}

/* All of the window was looked at. */
static enum cut rest(struct cutter *c, struct slice window, bool ended, size_t *ret_n)
{
    if (window.n > c->max) return limit(c);
    return ended && window.n ? done(c, window.n, ret_n) : CUT_MORE;
}

/* Does the line that ends at `end` end an event? */
static bool ends_event(const struct cutter *c, struct slice window, size_t end)
{
    struct slice line = slice_sub(window, c->line, end - c->line);
    if (!c->begun && slice_starts(line, BOM)) line = slice_sub(line, BOM.n, line.n);
    return !line.n || (line.p[0] == ':' && !c->fields);
}

/* Bytes of the line end at `end` where an event ends with it; 0: one must still be waited for. */
static size_t end_length(struct cutter *c, struct slice window, size_t end, bool ended)
{
    bool last = end + 1 == window.n;
    if (slice_eq(slice_sub(window, end, 1), S("\n"))) return 1;
    if (c->bare_cr) {
        c->after_cr = true;
        return 1;
    }
    if (last) return ended;
    if (window.p[end + 1] == '\n') return 2;
    c->bare_cr = true;
    return 1;
}

/* An LF behind a CR belongs to the line before. */
static void finish_crlf(struct cutter *c, struct slice window)
{
    if (!c->after_cr) return;
    c->after_cr = false;
    if (window.p[c->at] == '\n')
        c->line = ++c->at;
    else
        c->bare_cr = true;
}

enum cut sse_cut(struct cutter *c, struct slice window, bool ended, size_t *ret_n)
{
    if (c->overgrown) return CUT_LIMIT;
    while (c->at < window.n) {
        finish_crlf(c, window);
        size_t end = c->at = line_end(window, c->at);
        if (end == window.n) break;
        bool ends = ends_event(c, window, end);
        size_t n = ends ? end_length(c, window, end, ended) : 1;
        if (!n) break;
        c->begun = true;
        if (ends) return done(c, end + n, ret_n);
        c->fields = true;
        c->after_cr = window.p[end] == '\r';
        c->line = c->at = end + 1;
    }
    return rest(c, window, ended, ret_n);
}

enum cut lines_cut(struct cutter *c, struct slice window, bool ended, size_t *ret_n)
{
    if (c->overgrown) return CUT_LIMIT;
    size_t end = slice_find_byte(slice_sub(window, c->at, window.n), '\n');
    if (end != SIZE_MAX) return done(c, c->at + end + 1, ret_n);
    c->at = window.n;
    return rest(c, window, ended, ret_n);
}

bool sse_next_line(struct slice event, size_t *at, struct sse_line *ret)
{
    if (!*at && slice_starts(event, BOM)) *at = BOM.n;
    while (*at < event.n) {
        size_t end = line_end(event, *at);
        struct slice line = slice_sub(event, *at, end - *at);
        *at = end + 1;
        if (!line.n) continue;
        size_t colon = slice_find_byte(line, ':');
        ret->name = slice_sub(line, 0, colon);
        ret->value =
            colon == SIZE_MAX ? slice_sub(line, line.n, 0) : slice_sub(line, colon + 1, line.n);
        if (slice_starts(ret->value, S(" "))) ret->value = slice_sub(ret->value, 1, line.n);
        return true;
    }
    return false;
}

/* Data lines are joined by LF. */
static bool join(struct slice event, size_t total, struct arena *arena, struct slice *ret)
{
    struct sse_line l;
    size_t at = 0, n = 0, lines = 0;
    uint8_t *out = arena_room(arena, total, 1);
    if (!out) return false;
    while (sse_next_line(event, &at, &l)) {
        if (!slice_eq(l.name, S("data"))) continue;
        if (lines++) out[n++] = '\n';
        if (l.value.n) memcpy(out + n, l.value.p, l.value.n);
        n += l.value.n;
    }
    *ret = slice_of(out, n);
    return true;
}

/* Does the event end in an empty line? */
static bool closed(struct slice e)
{
    bool lf = e.n && e.p[e.n - 1] == '\n';
    size_t n = e.n - lf;
    if (n && e.p[n - 1] == '\r')
        n--; /* CR, or CRLF */
    else if (!lf)
        return false;
    return !n || e.p[n - 1] == '\n' || e.p[n - 1] == '\r' || (n == BOM.n && slice_starts(e, BOM));
}

bool sse_read(struct slice event, struct arena *arena, struct sse_event *ret)
{
    struct sse_line l;
    size_t at = 0, total = 0;
    bool fields = false;
    *ret = (struct sse_event){.raw = event};
    while (sse_next_line(event, &at, &l)) {
        ret->lines++;
        fields |= l.name.n > 0;
        if (slice_eq(l.name, S("data"))) {
            ret->data = l.value;
            ret->data_lines++;
            total += l.value.n + 1;
        } else if (slice_eq(l.name, S("event"))) {
            ret->name = l.value;
        } else if (slice_eq(l.name, S("id")) && slice_find_byte(l.value, 0) == SIZE_MAX) {
            ret->id = l.value;
        }
    }
    ret->complete = !fields || closed(event);
    return ret->data_lines < 2 || join(event, total, arena, &ret->data);
}

size_t sse_raw_at(const struct sse_event *e, size_t at)
{
    struct sse_line l;
    size_t pos = 0, done = 0, where = e->raw.n;
    if (e->data_lines == 1 && slice_inside(e->raw, e->data, &where)) return where + at;
    while (sse_next_line(e->raw, &pos, &l)) {
        if (!slice_eq(l.name, S("data"))) continue;
        (void)slice_inside(e->raw, l.value, &where);
        if (at <= done + l.value.n) return where + (at - done);
        done += l.value.n + 1;
    }
    return where;
}

size_t sse_data_at(const struct sse_event *e, size_t at)
{
    struct sse_line l;
    size_t pos = 0, done = 0, where = 0;
    while (sse_next_line(e->raw, &pos, &l)) {
        if (!slice_eq(l.name, S("data"))) continue;
        (void)slice_inside(e->raw, l.value, &where);
        if (at >= where && at - where < l.value.n) return done + (at - where);
        done += l.value.n + 1;
    }
    return SIZE_MAX;
}
