/* SPDX-License-Identifier: Apache-2.0 */
/* table_findings.c - the findings of the terminal report, worst first.
 *
 *     CRITICAL  model.pickle-exec  models/ranker.pkl  (pickle, byte 41)
 *               Runs a shell command as soon as the file is loaded
 *               posix.system('echo hi')
 *               Fix: delete it or rebuild from a trusted run.   merlon explain model.pickle-exec
 */
#include "base/utf8.h"
#include "report/table.h"

#define BLOCKS_MAX   24 /* without --all: more than that nobody reads in a terminal */
#define PER_RULE_MAX 4
#define PLACES_MAX   4

static void say_plainly(struct buf *b, const struct finding *f)
{
    static const char *const words[SEV_COUNT] = {"INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"};
    buf_str(b, words[f->severity]);
}

static void part(struct buf *raw, struct slice text)
{
    buf_str(raw, raw->n > 1 ? ", " : "");
    buf_add(raw, text);
}

/* "(pickle, byte 41)". Inside a container the byte counts from the member's beginning, so the
 * format of the file around it would mislead there. */
static void spot(struct table *t, const struct finding *f, size_t rows)
{
    struct page *p = &t->page;
    const struct subject *s = subject_of(t->r, f->path);
    struct buf *raw = &p->raw, where;
    buf_init(&where, 1u << 16);
    if (rows > 1)
        say_rows(&where, f, rows);
    else
        say_spot(&where, f);
    buf_byte(raw, '(');
    if (s && !f->inner_count) buf_add(raw, cut_text(s->format, 100));
    if (where.n) part(raw, buf_slice(&where));
    if (f->state == FINDING_KNOWN) part(raw, S("in the baseline"));
    if (f->state == FINDING_SUPPRESSED) part(raw, S("suppressed"));
    buf_byte(raw, ')');
    if (where.bad) raw->bad = true;
    buf_done(&where);
    if (raw->n > 2)
        page_item_raw(p, TABLE_INDENT, 2, INK_DIM);
    else
        buf_reset(raw);
}

static void place(struct table *t, const struct place *at, unsigned gap, enum ink ink)
{
    const struct finding *f = &t->r->findings[at->member];
    say_path(&t->page.raw, f);
    page_item_raw(&t->page, TABLE_INDENT, gap, ink);
    spot(t, f, at->rows);
}

/* What was seen, cut to two lines: the whole of it is in the other reports. */
static void evidence(struct table *t, struct slice text, unsigned indent, unsigned gap)
{
    struct page *p = &t->page;
    if (!text.n) return;
    buf_reset(&p->text);
    esc_tty(&p->text, text);
    struct slice safe = buf_slice(&p->text);
    size_t fit = utf8_fit(safe, 2 * (size_t)(p->width - TABLE_INDENT) - 8);
    bool cut = fit < safe.n && !t->style->all;
    struct slice shown = arena_copy(t->arena, cut ? slice_sub(safe, 0, fit) : safe);
    if (cut) shown = arena_printf(t->arena, "%.*s \u2026", SLICE_ARG(shown));
    page_item(p, indent, gap, INK_DIM, shown);
}

static void places(struct table *t, const struct block *b)
{
    struct page *p = &t->page;
    size_t n = b->place_count, shown = t->style->all || n <= PLACES_MAX + 1 ? n : PLACES_MAX;
    for (size_t i = 0; i < shown; i++) {
        const struct finding *f = &t->r->findings[b->places[i].member];
        page_line(p);
        place(t, &b->places[i], 2, INK_BOLD);
        if (!b->same_evidence) evidence(t, f->evidence, TABLE_INDENT + 2, 2);
    }
    if (shown == n) return;
    page_line(p);
    buf_str(&p->raw, "+ ");
    say_count(&p->raw, n - shown);
    buf_str(&p->raw, " more places");
    page_item_raw(p, TABLE_INDENT, 0, INK_PLAIN);
    page_item(p, TABLE_INDENT, 3, INK_DIM, S("(--all lists them)"));
}

static void waiver(struct table *t, const struct finding *f)
{
    struct page *p = &t->page;
    if (f->state != FINDING_SUPPRESSED) return;
    page_line(p);
    buf_str(&p->raw, "Suppressed");
    if (f->waived_by.n) buf_str(&p->raw, " by ");
    buf_add(&p->raw, f->waived_by);
    if (f->waived_until.n) buf_str(&p->raw, " until ");
    buf_add(&p->raw, f->waived_until);
    buf_str(&p->raw, ": ");
    buf_add(&p->raw, f->waived_reason.n ? f->waived_reason : S("no reason given"));
    page_flow_raw(p, TABLE_INDENT, INK_PLAIN);
}

static void fix(struct table *t, const struct finding *f)
{
    struct page *p = &t->page;
    page_line(p);
    if (finding_fix(f).n) {
        buf_str(&p->raw, "Fix: ");
        buf_add(&p->raw, finding_fix(f));
        page_flow_raw(p, TABLE_INDENT, INK_PLAIN);
    }
    buf_printf(&p->raw, "merlon explain %s", f->rule->id);
    page_item_raw(p, TABLE_INDENT, 3, INK_DIM);
}

static void block(struct table *t, const struct block *b)
{
    struct page *p = &t->page;
    const struct finding *f = b->first;
    if (p->out->n) page_blank(p);
    say_plainly(&p->raw, f);
    page_flow_raw(p, 0, (enum ink)f->severity);
    page_to(p, TABLE_INDENT);
    page_item(p, TABLE_INDENT, 0, INK_PLAIN, slice_str(f->rule->id));
    if (b->place_count == 1) {
        place(t, b->places, 2, INK_BOLD);
    } else {
        say_count(&p->raw, b->count);
        buf_str(&p->raw, " places in ");
        say_many(&p->raw, b->files, "file");
        page_item_raw(p, TABLE_INDENT, 2, INK_BOLD);
    }
    page_line(p);
    page_flow(p, TABLE_INDENT, INK_PLAIN, finding_message(f));
    if ((b->same_evidence || b->place_count == 1) && f->evidence.n) {
        page_line(p);
        evidence(t, f->evidence, TABLE_INDENT, 0);
    }
    if (b->place_count > 1) places(t, b);
    waiver(t, f);
    fix(t, f);
}

static bool is_shown(const struct finding *f, const void *ctx)
{
    const struct table *t = ctx;
    if (f->state == FINDING_SUPPRESSED) return t->style->show_suppressed;
    if (f->state == FINDING_KNOWN && !t->style->all) return false;
    return f->severity >= t->least;
}

/* How many blocks of this rule and severity stand before the i-th, up to the cap. */
static bool too_many_alike(const struct blocks *all, size_t i)
{
    size_t alike = 0;
    for (size_t k = i; k-- > 0 && alike < PER_RULE_MAX;)
        alike += all->items[k].first->rule == all->items[i].first->rule &&
                 all->items[k].first->severity == all->items[i].first->severity;
    return alike >= PER_RULE_MAX;
}

void table_findings(struct table *t)
{
    struct blocks all;
    if (!blocks_make(t->arena, t->r, is_shown, t, &all)) {
        t->page.out->bad = true;
        return;
    }
    size_t shown = 0;
    for (size_t i = 0; i < all.count; i++) {
        const struct block *b = &all.items[i];
        if (t->style->all || (shown < BLOCKS_MAX && !too_many_alike(&all, i))) {
            block(t, b);
            shown++;
        } else {
            t->unshown[b->first->severity] += b->count;
        }
    }
    for (size_t i = 0; i < t->r->finding_count; i++) {
        const struct finding *f = &t->r->findings[i];
        t->unshown[f->severity] += f->state == FINDING_OPEN && f->severity < t->least;
    }
    if (shown) page_line(&t->page);
}

void table_unshown(struct table *t)
{
    struct buf *raw = &t->page.raw;
    for (int s = SEV_CRITICAL; s >= SEV_INFO; s--) {
        if (!t->unshown[s]) continue;
        buf_str(raw, raw->n ? ", " : "+ ");
        say_count(raw, t->unshown[s]);
        buf_printf(raw, " %s%s", (size_t)s >= (size_t)t->least ? "more " : "",
                   severity_name((enum severity)s));
    }
    if (!raw->n) return;
    page_line(&t->page);
    page_item_raw(&t->page, 0, 0, INK_PLAIN);
    page_item(&t->page, 0, 3, INK_DIM, S("(--all shows them)"));
    page_line(&t->page);
}
