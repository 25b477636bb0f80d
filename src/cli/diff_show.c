/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/diff_show.h"
#include "codec/jot.h"
#include "report/page.h"
#include "report/words.h"

#define SHOWN  12u /* differences of one file, unless all are asked for */
#define INDENT 10u

static const char *const change_names[DIFF_CHANGES] = {
    [DIFF_ADDED] = "added",
    [DIFF_REMOVED] = "removed",
    [DIFF_RENAMED] = "renamed",
    [DIFF_CHANGED] = "changed",
};

static const struct {
    const char *one, *json;
} facet_names[FACET_KINDS] = {
    [FACET_TENSOR] = {"tensor", "tensor"}, [FACET_KEY] = {"key", "key"},
    [FACET_COLUMN] = {"column", "column"}, [FACET_ITEM] = {"list item", "item"},
    [FACET_IMPORT] = {"import", "import"}, [FACET_LINE] = {"template line", "template-line"},
    [FACET_RECORD] = {"record", "record"},
};

/* ---- for people ---- */

static void add_count(struct page *p, uint64_t n, const char *what)
{
    if (!n) return;
    if (p->raw.n) buf_str(&p->raw, ", ");
    say_count(&p->raw, n);
    buf_printf(&p->raw, " %s", what);
}

static void table_head(struct page *p, const struct diff_options *o, const struct diff_result *r)
{
    page_item(p, 0, 0, INK_BOLD, S("merlon diff"));
    buf_printf(&p->raw, "%s -> %s", o->old, o->new);
    page_item_raw(p, INDENT, 3, INK_PLAIN);
    page_line(p);
    page_item(p, 0, 0, INK_DIM, S("files"));
    page_to(p, INDENT);
    for (size_t i = 0; i < DIFF_CHANGES; i++) add_count(p, r->changes[i], change_names[i]);
    add_count(p, r->same, "the same");
    if (!p->raw.n) buf_str(&p->raw, "none on either side");
    page_flow_raw(p, INDENT, INK_PLAIN);
    page_line(p);
}

static void say_counts(struct page *p, const struct diff_file *f)
{
    for (unsigned k = 0; k < FACET_KINDS; k++) {
        const struct diff_count *n = &f->of[k];
        if (!n->added && !n->removed && !n->changed) continue;
        page_to(p, INDENT);
        add_count(p, n->changed, "changed");
        add_count(p, n->added, "added");
        add_count(p, n->removed, "removed");
        add_count(p, n->same, "the same");
        buf_printf(&p->raw, " (%ss)", facet_names[k].one);
        page_flow_raw(p, INDENT, INK_PLAIN);
        page_line(p);
    }
}

static void say_remark(struct page *p, struct slice text)
{
    page_to(p, INDENT);
    page_flow(p, INDENT, INK_DIM, text);
    page_line(p);
}

static void say_table(struct page *p, const struct diff_file *f, bool columns)
{
    struct buf b;
    buf_init(&b, 256);
    if (f->common && columns) {
        buf_str(&b, "rows are compared by the ");
        say_many(&b, f->common, "column");
        buf_str(&b, " that both have");
        say_remark(p, buf_slice(&b));
    }
    buf_reset(&b);
    if (f->moved) {
        say_many(&b, f->moved, "record");
        buf_str(&b, " moved: both have them, at other places");
        say_remark(p, buf_slice(&b));
    }
    buf_done(&b);
}

static void say_remarks(struct page *p, const struct diff_file *f)
{
    const struct diff_count *columns = &f->of[FACET_COLUMN];
    bool none = f->change == DIFF_CHANGED && !f->facet_count && !f->reordered && !f->partly;
    bool other = columns->added || columns->removed || columns->changed;
    bool order = f->common && !other;
    const struct {
        bool yes;
        const char *text;
    } remarks[] = {
        {order, "its columns stand in another order"},
        {f->by_column && f->facet_count, "compared column by column, not record by record"},
        {none && f->table && !order, "the same columns and rows, packed in another way"},
        {none && !f->table, "the bytes differ, and nothing that Merlon compares in this format"},
        {f->partly,
         "something in it is odd or could not be read (merlon scan says what): more may differ"},
    };
    say_table(p, f, other);
    for (size_t i = 0; i < COUNT_OF(remarks); i++)
        if (remarks[i].yes) say_remark(p, slice_str(remarks[i].text));
}

static void say_values(struct page *p, const struct diff_facet *f)
{
    bool same = slice_eq(f->old, f->new);
    if (f->change == DIFF_CHANGED && same) {
        if (f->new.n) page_item(p, INDENT + 2, 2, INK_PLAIN, f->new);
        page_item(p, INDENT + 2, 2, INK_DIM, S("other values"));
    } else if (f->change == DIFF_CHANGED) {
        page_item(p, INDENT + 2, 2, INK_PLAIN, f->old);
        page_item(p, INDENT + 2, 1, INK_DIM, S("->"));
        page_item(p, INDENT + 2, 1, INK_PLAIN, f->new);
    } else {
        struct slice value = f->change == DIFF_ADDED ? f->new : f->old;
        if (value.n) page_item(p, INDENT + 2, 2, INK_PLAIN, value);
    }
}

static void say_facet(struct page *p, const struct diff_facet *f)
{
    static const char *const sign[] = {
        [DIFF_ADDED] = "+", [DIFF_REMOVED] = "-", [DIFF_CHANGED] = "~"};
    static const enum ink inks[] = {
        [DIFF_ADDED] = INK_GOOD, [DIFF_REMOVED] = INK_BAD, [DIFF_CHANGED] = INK_MEDIUM};
    page_to(p, INDENT);
    page_item(p, INDENT, 0, inks[f->change], slice_str(sign[f->change]));
    if (f->kind == FACET_RECORD) {
        buf_printf(&p->raw, "row %llu", (unsigned long long)f->row);
        if (f->line) buf_printf(&p->raw, ", line %llu", (unsigned long long)f->line);
        page_item_raw(p, INDENT + 2, 1, INK_PLAIN);
    } else if (f->name.n) {
        page_item(p, INDENT + 2, 1, INK_BOLD, f->name);
    }
    say_values(p, f);
    page_line(p);
}

static uint64_t differences(const struct diff_file *f)
{
    uint64_t n = 0;
    for (unsigned k = 0; k < FACET_KINDS; k++)
        n += f->of[k].added + f->of[k].removed + f->of[k].changed;
    return n;
}

static void say_facets(struct page *p, const struct diff_file *f, bool all)
{
    size_t most = all || f->facet_count <= SHOWN ? f->facet_count : SHOWN - 1;
    for (size_t i = 0; i < most; i++) say_facet(p, &f->facets[i]);
    uint64_t more = differences(f) - most;
    if (!more) return;
    page_to(p, INDENT);
    buf_str(&p->raw, "and ");
    say_count(&p->raw, more);
    buf_printf(&p->raw, " more%s", all ? "" : " (--all lists them)");
    page_flow_raw(p, INDENT, INK_DIM);
    page_line(p);
}

static void say_file(struct page *p, const struct diff_file *f, bool all)
{
    static const enum ink inks[DIFF_CHANGES] = {[DIFF_ADDED] = INK_GOOD,
                                                [DIFF_REMOVED] = INK_BAD,
                                                [DIFF_RENAMED] = INK_PLAIN,
                                                [DIFF_CHANGED] = INK_MEDIUM};
    bool both = f->change == DIFF_CHANGED;
    page_line(p);
    page_item(p, 0, 0, inks[f->change], slice_str(change_names[f->change]));
    page_to(p, INDENT);
    if (f->old_path.n) {
        page_item(p, INDENT, 0, INK_PLAIN, f->old_path);
        page_item(p, INDENT, 1, INK_DIM, S("->"));
    }
    page_item(p, INDENT, f->old_path.n ? 1 : 0, INK_BOLD, f->path);
    if (f->format.n) buf_printf(&p->raw, "%.*s, ", SLICE_ARG(f->format));
    if (both && f->old_bytes != f->new_bytes)
        say_size(&p->raw, f->old_bytes), buf_str(&p->raw, " -> ");
    say_size(&p->raw, f->change == DIFF_REMOVED ? f->old_bytes : f->new_bytes);
    page_item_raw(p, INDENT, 2, INK_DIM);
    page_line(p);
    say_counts(p, f);
    say_remarks(p, f);
    if (f->facet_count) say_facets(p, f, all);
}

void diff_table(struct buf *out, const struct report_style *style, const struct diff_options *o,
                const struct diff_result *r)
{
    struct page p;
    page_init(&p, out, style);
    table_head(&p, o, r);
    for (size_t i = 0; i < r->count; i++) say_file(&p, &r->files[i], style->all);
    if (r->unread_count) page_line(&p);
    for (size_t i = 0; i < r->unread_count; i++) {
        page_item(&p, 0, 0, INK_MEDIUM, S("not read"));
        page_to(&p, INDENT);
        page_flow(&p, INDENT, INK_PLAIN, r->unread[i]);
        page_line(&p);
    }
    page_done(&p);
}

/* ---- for programs ---- */

static void json_facet(struct jot *j, const struct diff_facet *f)
{
    jot_open(j, '{');
    jot_pair_str(j, "what", facet_names[f->kind].json);
    jot_pair_str(j, "change", change_names[f->change]);
    jot_key(j, "name");
    jot_text_or_null(j, f->name);
    jot_key(j, "old");
    jot_text_or_null(j, f->old);
    jot_key(j, "new");
    jot_text_or_null(j, f->new);
    jot_key(j, "row");
    jot_num_or_null(j, f->kind == FACET_RECORD ? (int64_t)f->row : -1);
    jot_key(j, "line");
    jot_num_or_null(j, f->line ? (int64_t)f->line : -1);
    jot_close(j, '}');
}

static void json_counts(struct jot *j, const struct diff_file *f)
{
    jot_key_open(j, "counts", '{');
    for (unsigned k = 0; k < FACET_KINDS; k++) {
        const struct diff_count *n = &f->of[k];
        if (!n->added && !n->removed && !n->changed && !n->same) continue;
        jot_key_open(j, facet_names[k].json, '{');
        jot_pair_num(j, "added", n->added);
        jot_pair_num(j, "removed", n->removed);
        jot_pair_num(j, "changed", n->changed);
        jot_pair_num(j, "same", n->same);
        jot_close(j, '}');
    }
    jot_close(j, '}');
}

static void json_file(struct jot *j, const struct diff_file *f)
{
    jot_open(j, '{');
    jot_pair(j, "path", f->path);
    jot_key(j, "old_path");
    jot_text_or_null(j, f->old_path);
    jot_pair_str(j, "change", change_names[f->change]);
    jot_key(j, "format");
    jot_text_or_null(j, f->format);
    jot_key(j, "old_sha256");
    jot_text_or_null(j, slice_str(f->old_sha256));
    jot_key(j, "new_sha256");
    jot_text_or_null(j, slice_str(f->new_sha256));
    jot_pair_num(j, "old_bytes", f->old_bytes);
    jot_pair_num(j, "new_bytes", f->new_bytes);
    jot_pair_bool(j, "partly", f->partly);
    jot_pair_bool(j, "by_column", f->by_column);
    jot_pair_bool(j, "reordered", f->reordered);
    jot_pair_num(j, "moved", f->moved);
    jot_key(j, "common_columns");
    jot_num_or_null(j, f->common ? (int64_t)f->common : -1);
    json_counts(j, f);
    jot_key_open(j, "differences", '[');
    for (size_t i = 0; i < f->facet_count; i++) json_facet(j, &f->facets[i]);
    jot_close(j, ']');
    jot_close(j, '}');
}

void diff_json(struct buf *out, const struct diff_options *o, const struct diff_result *r)
{
    struct jot j;
    jot_init(&j, out, 3);
    jot_open(&j, '{');
    jot_pair_str(&j, "schema", "merlon.diff/1");
    jot_pair_str(&j, "old", o->old);
    jot_pair_str(&j, "new", o->new);
    jot_key_open(&j, "summary", '{');
    for (size_t i = 0; i < DIFF_CHANGES; i++) jot_pair_num(&j, change_names[i], r->changes[i]);
    jot_pair_num(&j, "same", r->same);
    jot_close(&j, '}');
    jot_key_open(&j, "files", '[');
    for (size_t i = 0; i < r->count; i++) json_file(&j, &r->files[i]);
    jot_close(&j, ']');
    jot_key_open(&j, "not_read", '[');
    for (size_t i = 0; i < r->unread_count; i++) jot_text(&j, r->unread[i]);
    jot_close(&j, ']');
    jot_close(&j, '}');
    buf_byte(out, '\n');
}
