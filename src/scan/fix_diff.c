/* SPDX-License-Identifier: Apache-2.0 */
/* fix_diff.c - a unified diff (POSIX diff -u) from edits: no lines are compared, because it is
 * known what changes. */
#include "scan/fix.h"

#define CONTEXT 3u

struct lines { /* of the old text */
    struct slice text;
    const uint32_t *starts; /* count + 1 of them; the last is text.n */
    size_t count;
};

struct change { /* old lines [from, to), and the edits that touch them */
    size_t from, to, edit_from, edit_to;
};

void fix_render(struct slice old, struct fix_edits edits, size_t from, size_t to, struct buf *out)
{
    for (size_t i = 0; i < edits.count; i++) {
        const struct finding_edit *e = &edits.list[i];
        if (e->from < from) continue;
        if (e->to > to) break;
        buf_add(out, slice_sub(old, from, (size_t)e->from - from));
        buf_add(out, e->text);
        from = (size_t)e->to;
    }
    buf_add(out, slice_sub(old, from, to - from));
}

static bool lines_of(struct slice text, struct arena *a, struct lines *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) n += text.p[i] == '\n';
    uint32_t *starts = ARENA_ROOM(a, uint32_t, n + 2);
    if (!starts) return false;
    size_t count = 0;
    for (size_t at = 0; at < text.n; count++) {
        size_t nl = slice_find_byte(slice_sub(text, at, text.n), '\n');
        starts[count] = (uint32_t)at;
        at = nl == SIZE_MAX ? text.n : at + nl + 1;
    }
    starts[count] = (uint32_t)text.n;
    *ret = (struct lines){text, starts, count};
    return true;
}

/* The line that holds a byte. */
static size_t line_at(const struct lines *l, uint64_t at)
{
    size_t low = 0, high = l->count;
    while (low + 1 < high) {
        size_t mid = (low + high) / 2;
        if (l->starts[mid] <= at)
            low = mid;
        else
            high = mid;
    }
    return low;
}

/* Edits that share a line are one change. */
static struct change next_change(const struct lines *l, struct fix_edits edits, size_t i)
{
    struct change c = {.from = line_at(l, edits.list[i].from), .edit_from = i};
    for (; i < edits.count; i++) {
        size_t from = line_at(l, edits.list[i].from);
        if (i > c.edit_from && from >= c.to) break;
        c.to = line_at(l, edits.list[i].to) + 1;
    }
    c.edit_to = i;
    return c;
}

static void put_lines(struct buf *out, char mark, struct slice text)
{
    while (text.n) {
        size_t nl = slice_find_byte(text, '\n');
        size_t n = nl == SIZE_MAX ? text.n : nl + 1;
        buf_byte(out, (uint8_t)mark);
        buf_add(out, slice_sub(text, 0, n));
        if (nl == SIZE_MAX) buf_str(out, "\n\\ No newline at end of file\n");
        text = slice_sub(text, n, text.n);
    }
}

static struct slice old_lines(const struct lines *l, size_t from, size_t to)
{
    return slice_sub(l->text, l->starts[from], l->starts[to] - l->starts[from]);
}

struct hunk {
    const struct lines *lines;
    struct fix_edits edits;
    struct buf body;
    size_t from, to; /* old lines */
    size_t added;    /* new lines in it */
    int64_t moved;   /* how many lines earlier hunks added */
};

static size_t count_lines(struct slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == '\n';
    return n + (s.n && s.p[s.n - 1] != '\n');
}

static void put_same(struct hunk *h, size_t to)
{
    put_lines(&h->body, ' ', old_lines(h->lines, h->to, to));
    h->added += to - h->to;
    h->to = to;
}

static void put_change(struct hunk *h, const struct change *c)
{
    struct buf now;
    struct fix_edits edits = {h->edits.list + c->edit_from, c->edit_to - c->edit_from};
    buf_init(&now, 2 * FIX_FILE_MAX);
    fix_render(h->lines->text, edits, h->lines->starts[c->from], h->lines->starts[c->to], &now);
    put_same(h, c->from);
    put_lines(&h->body, '-', old_lines(h->lines, c->from, c->to));
    put_lines(&h->body, '+', buf_slice(&now));
    h->added += count_lines(buf_slice(&now));
    h->to = c->to;
    buf_done(&now);
}

static void end_hunk(struct hunk *h, struct buf *out)
{
    size_t rest = h->lines->count - h->to;
    put_same(h, h->to + (rest < CONTEXT ? rest : CONTEXT));
    size_t was = h->to - h->from;
    int64_t now_at = (int64_t)h->from + h->moved + (h->added > 0);
    buf_printf(out, "@@ -%zu,%zu +%lld,%zu @@\n", h->from + (was > 0), was, (long long)now_at,
               h->added);
    buf_add(out, buf_slice(&h->body));
    h->moved += (int64_t)h->added - (int64_t)was;
    buf_reset(&h->body);
}

static void begin_hunk(struct hunk *h, size_t line)
{
    h->from = h->to = line < CONTEXT ? 0 : line - CONTEXT;
    h->added = 0;
}

bool fix_diff(struct slice path, struct slice old, struct fix_edits edits, struct arena *scratch,
              struct buf *out)
{
    struct lines lines;
    if (!lines_of(old, scratch, &lines)) return false;
    struct hunk h = {.lines = &lines, .edits = edits};
    buf_init(&h.body, 4 * FIX_FILE_MAX);
    buf_printf(out, "--- a/%.*s\n+++ b/%.*s\n", SLICE_ARG(path), SLICE_ARG(path));
    for (size_t i = 0; i < edits.count;) {
        struct change c = next_change(&lines, edits, i);
        if (i && c.from > h.to + 2 * (size_t)CONTEXT) end_hunk(&h, out);
        if (!i || h.body.n == 0) begin_hunk(&h, c.from);
        put_change(&h, &c);
        i = c.edit_to;
    }
    if (edits.count) end_hunk(&h, out);
    bool ok = buf_ok(&h.body) && buf_ok(out);
    buf_done(&h.body);
    return ok;
}
