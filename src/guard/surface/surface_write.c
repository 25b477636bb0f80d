/* SPDX-License-Identifier: Apache-2.0 */
/* surface_write.c - replacing text where it is written, and nothing else. */
#include "guard/surface/surface_write.h"
#include "base/utf8.h"
#include "codec/base64.h"

/* Inside the strings of JSON; `twice`: of JSON that is a string itself. */
static void put_json(struct slice text, bool twice, struct buf *out)
{
    struct buf once;
    if (!twice) {
        esc_json(out, text);
        return;
    }
    buf_init(&once, SIZE_MAX / 2);
    esc_json(&once, text);
    esc_json(out, buf_slice(&once));
    out->bad |= once.bad;
    buf_done(&once);
}

/* Where there are no quotes, nothing may look like the end. */
static void put_plain(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        buf_byte(out, c < 0x20 || c == ',' || c == '"' ? '_' : c);
    }
}

static void put_quoted(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"') buf_byte(out, '"');
        buf_byte(out, text.p[i]);
    }
}

static void put_fixed(struct slice text, size_t n, struct buf *out)
{
    buf_add(out, slice_sub(text, 0, n));
    if (text.n < n) buf_fill(out, '*', n - text.n);
}

static void put(const struct part_edit *e, size_t raw, struct buf *out)
{
    switch (e->part->coding) {
    case PART_ESCAPED: put_json(e->with, e->part->flags & PART_JSON, out); break;
    case PART_TWICE: put_json(e->with, true, out); break;
    case PART_QUOTED: put_quoted(e->with, out); break;
    case PART_FIXED: put_fixed(e->with, raw, out); break;
    default: put_plain(e->with, out); break;
    }
}

/* %41 for whatever is not certainly harmless. */
static void put_percent(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            buf_byte(out, c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

/* A part that is written anew as a whole. */
static bool is_whole(const struct part *p)
{
    return p->coding == PART_BASE64 || p->coding == PART_PERCENT || p->coding == PART_NUMBER;
}

static void put_whole(const struct part *p, struct slice text, struct buf *out)
{
    if (p->coding == PART_BASE64) base64_write(text, out);
    if (p->coding == PART_PERCENT) put_percent(text, out);
    if (p->coding != PART_NUMBER) return;
    buf_byte(out, '"');
    esc_json(out, text);
    buf_byte(out, '"');
}

/* The edits of one part, all of them; how many. 0: they are not in order. */
static size_t whole(const struct part_edit *edits, size_t count, struct buf *out)
{
    const struct part *p = edits->part;
    struct buf text;
    size_t n = 0, at = 0;
    buf_init(&text, SIZE_MAX / 2);
    for (; n < count && edits[n].part == p; n++) {
        if (edits[n].from < at || edits[n].to < edits[n].from || edits[n].to > p->text.n) break;
        buf_add(&text, slice_sub(p->text, at, edits[n].from - at));
        buf_add(&text, edits[n].with);
        at = edits[n].to;
    }
    buf_add(&text, slice_sub(p->text, at, p->text.n));
    put_whole(p, buf_slice(&text), out);
    out->bad |= text.bad;
    buf_done(&text);
    return n < count && edits[n].part == p ? 0 : n;
}

bool surface_rewrite(struct slice body, const struct part_edit *edits, size_t count,
                     struct buf *out)
{
    size_t at = 0;
    struct part_place place = {0};
    for (size_t i = 0; i < count;) {
        const struct part_edit *e = &edits[i];
        size_t from = e->part->from, to = e->part->to, n = 1;
        if (e->to < e->from || e->to > e->part->text.n) return false;
        if (i && from != edits[i - 1].part->from) place = (struct part_place){0};
        if (!is_whole(e->part)) part_raw_next(body, e->part, &place, e->from, e->to, &from, &to);
        if (from < at || to > body.n) return false;
        buf_add(out, slice_sub(body, at, from - at));
        if (is_whole(e->part))
            n = whole(e, count - i, out);
        else
            put(e, to - from, out);
        if (!n) return false;
        at = to;
        i += n;
    }
    buf_add(out, slice_sub(body, at, body.n));
    return true;
}
