/* SPDX-License-Identifier: Apache-2.0 */
/* lines.c - prose, code, configuration, logs: text that is only lines. */
#include "read/text/blocks.h"
#include "read/text/text.h"

#define STEP ((size_t)64 << 10)

static const struct blocks_shape shape = {.kind = BLOCK_TEXT};

/* Behind the last line end of text[from, to), or `to` when there is none. */
static size_t line_border(struct slice text, size_t from, size_t to)
{
    size_t nl = slice_rfind_byte(slice_sub(text, from, to - from), '\n');
    return nl == SIZE_MAX ? to : from + nl + 1;
}

static enum st tell_lines(struct source *s)
{
    struct blocks b;
    blocks_init(&b, s, &shape, NULL);
    while (s->text.n - b.from > BLOCK_WANTED) {
        size_t to = b.from + BLOCK_WANTED;
        if (!blocks_cut(&b, line_border(s->text, to - STEP, to))) break;
    }
    return blocks_done(&b);
}

enum st lines_read(struct reading *r)
{
    struct source s;
    enum st st = source_open(&s, r, SOURCE_TEXT);
    if (st != ST_OK) return st;
    if (s.charset) source_tell(&s);
    return tell_lines(&s);
}

enum st script_read(struct reading *r)
{
    tell_format(r, r->format, NULL);
    return lines_read(r);
}
