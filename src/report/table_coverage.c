/* SPDX-License-Identifier: Apache-2.0 */
/* table_coverage.c - what was not looked at. Never left out: silence here would read as "clean". */
#include "base/map.h"
#include "base/st.h"
#include "report/table.h"
#include <stdlib.h>

#define REASONS_MAX   64 /* told apart */
#define REASONS_SHOWN 6
#define LISTED_MAX    200

struct reason {
    struct slice text;
    size_t count;
};

static bool tells_unread(const struct finding *f)
{
    return finding_shown(f) && rule_is(f->rule, ".not-inspected");
}

static struct slice reason_text(const struct finding *f)
{
    struct slice text = f->evidence.n ? f->evidence : finding_message(f);
    size_t colon = slice_find(text, S(": "));
    return colon == SIZE_MAX ? text : slice_sub(text, 0, colon);
}

/* Counts equal reasons; the list is short, what does not fit is "other". */
static size_t reasons(const struct result *r, struct reason *list, size_t room, size_t *ret_other)
{
    size_t n = 0;
    *ret_other = 0;
    for (size_t i = 0; i < r->finding_count; i++) {
        if (!tells_unread(&r->findings[i])) continue;
        struct slice text = reason_text(&r->findings[i]);
        size_t k = 0;
        while (k < n && !slice_eq(list[k].text, text)) k++;
        if (k < n)
            list[k].count++;
        else if (n < room)
            list[n++] = (struct reason){text, 1};
        else
            ++*ret_other;
    }
    return n;
}

/* "(2 encrypted zip, 1 unknown format)" */
static void say_reasons(struct buf *raw, const struct reason *list, size_t n, size_t other)
{
    for (size_t i = 0; i < n; i++) {
        buf_str(raw, i ? ", " : "(");
        say_count(raw, list[i].count);
        buf_byte(raw, ' ');
        buf_add(raw, list[i].text);
    }
    if (other) buf_str(raw, ", ");
    if (other) say_count(raw, other);
    buf_str(raw, other ? " other)" : ")");
}

static void reason_line(struct page *p, size_t count, struct slice text)
{
    struct buf digits;
    buf_init(&digits, 64);
    say_count(&digits, count);
    page_line(p);
    page_to(p, TABLE_INDENT - 1 > digits.n ? TABLE_INDENT - 1 - (unsigned)digits.n : 0);
    page_flow(p, p->column, INK_PLAIN, buf_slice(&digits));
    page_flow(p, TABLE_INDENT + 1, INK_PLAIN, text);
    buf_done(&digits);
}

static int most_first(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return slice_cmp(x->text, y->text);
}

static void hint(struct table *t)
{
    struct page *p = &t->page;
    buf_str(&p->raw, "merlon scan ");
    table_say_target(&p->raw, t->r);
    buf_str(&p->raw, " --why-skipped");
    page_item_raw(p, TABLE_INDENT, 3, INK_DIM);
}

/* In one line where that fits, else one line each. */
static void show_reasons(struct table *t)
{
    struct reason list[REASONS_MAX];
    size_t other, n = reasons(t->r, list, REASONS_MAX, &other);
    struct page *p = &t->page;
    qsort(list, n, sizeof *list, most_first);
    for (; n > REASONS_SHOWN; n--) other += list[n - 1].count;
    if (n) say_reasons(&p->raw, list, n, other);
    if (page_measure(p, buf_slice(&p->raw)) + p->column + 2 <= p->width) {
        page_item_raw(p, TABLE_INDENT, 2, INK_PLAIN);
        hint(t);
        return;
    }
    buf_reset(&p->raw);
    hint(t);
    for (size_t i = 0; i < n; i++) reason_line(p, list[i].count, list[i].text);
    if (other) reason_line(p, other, S("for other reasons"));
}

static void list_unread(struct table *t)
{
    struct page *p = &t->page;
    size_t shown = 0;
    for (size_t i = 0; i < t->r->finding_count && shown < LISTED_MAX; i++) {
        const struct finding *f = &t->r->findings[i];
        if (!tells_unread(f)) continue;
        shown++;
        page_line(p);
        say_path(&p->raw, f);
        page_item_raw(p, TABLE_INDENT, 0, INK_PLAIN);
        page_item(p, TABLE_INDENT, 2, INK_DIM, f->evidence.n ? f->evidence : finding_message(f));
    }
}

static void not_inspected(struct table *t)
{
    struct page *p = &t->page;
    const struct result *r = t->r;
    if (!r->not_inspected) return;
    page_line(p);
    buf_str(&p->raw, "not inspected: ");
    say_many(&p->raw, r->not_inspected, "file");
    if (r->not_inspected_bytes) {
        buf_str(&p->raw, ", ");
        say_size(&p->raw, r->not_inspected_bytes);
    }
    page_item_raw(p, 0, 0, INK_MEDIUM);
    if (t->style->why_skipped)
        list_unread(t);
    else
        show_reasons(t);
    page_line(p);
}

/* "not judged: 31 notebooks, 96 code files" */
static void not_judged(struct table *t)
{
    struct page *p = &t->page;
    const char *gap = "not judged: ";
    for (unsigned k = 0; k < SUBJECT_KINDS; k++) {
        if (!t->r->not_covered[k]) continue;
        buf_str(&p->raw, gap);
        say_kind(&p->raw, t->r->not_covered[k], (enum subject_kind)k);
        gap = ", ";
    }
    if (!p->raw.n) return;
    if (!t->r->not_inspected) page_line(p);
    page_item_raw(p, 0, 0, INK_PLAIN);
    page_item(p, TABLE_INDENT, 3, INK_DIM, S("(counted; this version has no rules for them)"));
    page_line(p);
}

static void skipped(struct table *t)
{
    struct page *p = &t->page;
    if (t->r->structure_only)
        page_flow(p, 0, INK_PLAIN,
                  S("structure only: weights were not read and files have no digest (--no-hash)"));
    if (t->r->structure_only) page_line(p);
    if (!t->r->skipped_dirs) return;
    buf_str(&p->raw, "left out: ");
    say_count(&p->raw, t->r->skipped_dirs);
    buf_printf(&p->raw, " folder%s of version control, environments or caches",
               t->r->skipped_dirs == 1 ? "" : "s");
    page_flow_raw(p, 0, INK_DIM);
    page_line(p);
}

void table_coverage(struct table *t)
{
    not_inspected(t);
    not_judged(t);
    skipped(t);
    for (size_t i = 0; i < t->r->note_count; i++) {
        page_flow(&t->page, 0, INK_DIM, S("note:"));
        page_to(&t->page, 6);
        page_flow(&t->page, 6, INK_DIM, t->r->notes[i]);
        page_line(&t->page);
    }
}
