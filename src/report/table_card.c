/* SPDX-License-Identifier: Apache-2.0 */
/* table_card.c - what a model is, when only few were scanned:
 *
 *     model     llama.safetensors   safetensors, 5.0 GB
 *               architecture LlamaForCausalLM   parameters 1.2 billion   tensors 291   dtypes BF16
 *               sha256 9f2c...
 */
#include "report/card.h"
#include "report/table.h"

#define MODELS_MAX   3
#define SUBJECTS_MAX 12 /* with their configurations */
#define VALUE_MAX    160

/* Long lists end after an item. */
static struct slice shorten(struct table *t, struct slice value)
{
    if (value.n <= VALUE_MAX) return value;
    struct slice cut = cut_text(value, VALUE_MAX);
    size_t comma = slice_rfind_byte(cut, ',');
    if (comma != SIZE_MAX) cut.n = comma;
    return arena_printf(t->arena, "%.*s \u2026", SLICE_ARG(cut));
}

/* "label value", kept together where that fits, else the value is wrapped beside its label. */
static void item(struct table *t, struct slice label, struct slice value)
{
    struct page *p = &t->page;
    value = shorten(t, value);
    unsigned beside = page_measure(p, label) + 1;
    unsigned need = 3 + beside + page_measure(p, value);
    if (p->column > TABLE_INDENT && p->column + need > p->width) page_line(p);
    page_item(p, TABLE_INDENT, 3, INK_DIM, label);
    page_to(p, p->column + 1);
    page_flow(p, p->column + need > p->width ? TABLE_INDENT + beside : p->column, INK_PLAIN, value);
}

static void lines(struct table *t, struct slice detail)
{
    struct page *p = &t->page;
    struct card_lines lines;
    card_read(t->arena, detail, &lines);
    for (size_t i = 0; i < lines.count; i++) {
        card_say(&p->raw, &lines.items[i]);
        struct slice value = arena_copy(t->arena, buf_slice(&p->raw));
        buf_reset(&p->raw);
        item(t, lines.items[i].label, value);
    }
    if (p->column) page_line(p);
}

static void card(struct table *t, const struct subject *s)
{
    struct page *p = &t->page;
    page_line(p);
    page_flow(p, 0, INK_PLAIN, S("model"));
    page_to(p, TABLE_INDENT);
    page_item(p, TABLE_INDENT, 0, INK_BOLD, s->path);
    buf_add(&p->raw, s->format.n ? s->format : S("unknown format"));
    buf_str(&p->raw, ", ");
    say_size(&p->raw, s->bytes);
    page_item_raw(p, TABLE_INDENT, 3, INK_PLAIN);
    page_line(p);
    lines(t, s->detail);
    if (s->sha256[0] && t->r->subject_count == 1) {
        item(t, S("sha256"), slice_str(s->sha256));
        page_line(p);
    }
}

void table_cards(struct table *t)
{
    const struct result *r = t->r;
    if (!r->by_kind[SUBJECT_MODEL] || r->by_kind[SUBJECT_MODEL] > MODELS_MAX) return;
    if (r->subject_count > SUBJECTS_MAX) return;
    for (size_t i = 0; i < r->subject_count; i++)
        if (r->subjects[i].kind == SUBJECT_MODEL) card(t, &r->subjects[i]);
}

void table_statistics(struct table *t)
{
    struct page *p = &t->page;
    if (!t->r->statistics.n) return;
    page_line(p);
    page_flow(p, 0, INK_PLAIN, S("counted"));
    page_to(p, TABLE_INDENT);
    lines(t, t->r->statistics);
    page_flow(p, TABLE_INDENT, INK_DIM, S(NO_SCAN));
    page_line(p);
}
