/* SPDX-License-Identifier: Apache-2.0 */
/* page.c - the sixteen colours of the user's own palette only: they are chosen to be readable
 * there, on dark and on light ground. */
#include "report/page.h"
#include "base/utf8.h"
#include "report/words.h"

#define SCRATCH_MAX    (1u << 20)
#define TEXT_MAX_SHOWN (1u << 16) /* escaping makes it up to eight times as long */

static const char *const inks[INK_COUNT] = {
    [INK_INFO] = "2",           [INK_LOW] = "36",   [INK_MEDIUM] = "33", [INK_HIGH] = "1;31",
    [INK_CRITICAL] = "1;97;41", [INK_PLAIN] = "",   [INK_DIM] = "2",     [INK_BOLD] = "1",
    [INK_GOOD] = "1;32",        [INK_BAD] = "1;31",
};

void page_init(struct page *p, struct buf *out, const struct report_style *style)
{
    unsigned width = style->width ? style->width : 100;
    *p = (struct page){.out = out,
                       .width = width < 40    ? 40
                                : width > 200 ? 200
                                              : width,
                       .colour = style->colour};
    buf_init(&p->raw, SCRATCH_MAX);
    buf_init(&p->safe, SCRATCH_MAX);
    buf_init(&p->text, SCRATCH_MAX);
}

void page_done(struct page *p)
{
    if (p->raw.bad || p->safe.bad || p->text.bad) p->out->bad = true;
    buf_done(&p->raw);
    buf_done(&p->safe);
    buf_done(&p->text);
}

void page_line(struct page *p)
{
    buf_byte(p->out, '\n');
    p->column = 0;
}

void page_blank(struct page *p)
{
    if (p->column) page_line(p);
    page_line(p);
}

void page_to(struct page *p, unsigned column)
{
    if (column <= p->column) return;
    buf_fill(p->out, ' ', column - p->column);
    p->column = column;
}

static void ink_on(struct page *p, enum ink ink)
{
    if (p->colour && *inks[ink]) buf_printf(p->out, "\033[%sm", inks[ink]);
}

static void ink_off(struct page *p, enum ink ink)
{
    if (p->colour && *inks[ink]) buf_str(p->out, "\033[0m");
}

/* A log of GitHub Actions takes a line that begins with "::", or holds "##[", for a command: words
 * that look like one lose their first sign. */
static void disarm(struct page *p, struct slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        struct slice rest = slice_sub(text, i, 3);
        bool starts = i == 0 || text.p[i - 1] == ' ';
        if ((starts && slice_starts(rest, S("::"))) || slice_eq(rest, S("##[")))
            buf_printf(&p->text, "\\x%02x", text.p[i]);
        else
            buf_byte(&p->text, text.p[i]);
    }
}

/* Escapes into p->text. A slice of p->raw is fine as input: the buffers differ. */
static struct slice escaped(struct page *p, struct slice text)
{
    buf_reset(&p->text);
    buf_reset(&p->safe);
    esc_tty(&p->safe, cut_text(text, TEXT_MAX_SHOWN));
    disarm(p, buf_slice(&p->safe));
    return buf_slice(&p->text);
}

unsigned page_measure(struct page *p, struct slice text)
{
    size_t n = utf8_width(escaped(p, text));
    return n > 100000 ? 100000 : (unsigned)n;
}

/* Writes a run that fits; colour never spans a line end, so that pagers keep it right. */
static void put(struct page *p, enum ink ink, struct slice run)
{
    ink_on(p, ink);
    buf_add(p->out, run);
    ink_off(p, ink);
    p->column += (unsigned)utf8_width(run);
}

/* Bytes of the most words that fit into `columns`; 0 when the first does not. */
static size_t words_that_fit(struct slice text, size_t columns)
{
    size_t fit = utf8_fit(text, columns);
    if (fit == text.n || text.p[fit] == ' ') return fit;
    size_t space = slice_rfind_byte(slice_sub(text, 0, fit), ' ');
    return space == SIZE_MAX ? 0 : space;
}

/* A word longer than the line is cut, but not so that the next line begins with "::". */
static size_t break_word(struct slice text, size_t room)
{
    size_t n = utf8_fit(text, room < 2 ? 2 : room);
    return n > 1 && slice_starts(slice_sub(text, n, 2), S("::")) ? n - 1 : n;
}

static void flow(struct page *p, unsigned indent, enum ink ink, struct slice text)
{
    while (text.n) {
        if (p->column < indent) page_to(p, indent);
        bool fresh = p->column <= indent;
        size_t room = p->width > p->column ? p->width - p->column : 0;
        size_t n = words_that_fit(text, room);
        if (!n && fresh) n = break_word(text, room);
        struct slice run = slice_sub(text, 0, n);
        while (run.n && run.p[run.n - 1] == ' ') run.n--;
        if (run.n) put(p, ink, run);
        text = slice_sub(text, n, text.n);
        while (text.n && text.p[0] == ' ') text = slice_sub(text, 1, text.n);
        if (text.n) page_line(p);
    }
}

void page_flow(struct page *p, unsigned indent, enum ink ink, struct slice text)
{
    flow(p, indent, ink, escaped(p, text));
}

void page_item(struct page *p, unsigned indent, unsigned gap, enum ink ink, struct slice text)
{
    struct slice safe = escaped(p, text);
    if (!safe.n) return;
    if (p->column > indent) {
        if (p->column + gap + utf8_width(safe) <= p->width)
            page_to(p, p->column + gap);
        else
            page_line(p);
    }
    flow(p, indent, ink, safe);
}

void page_flow_raw(struct page *p, unsigned indent, enum ink ink)
{
    page_flow(p, indent, ink, buf_slice(&p->raw));
    buf_reset(&p->raw);
}

void page_item_raw(struct page *p, unsigned indent, unsigned gap, enum ink ink)
{
    page_item(p, indent, gap, ink, buf_slice(&p->raw));
    buf_reset(&p->raw);
}
