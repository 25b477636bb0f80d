/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - the report for a terminal: what was looked at, findings worst first, what was not
 * looked at, and the gate in the last line, so that nobody has to look up an exit code. */
#include "report/table.h"
#include "base/ascii.h"
#include "report/writers.h"

#define TABLE_MEMORY (256u << 20)

static bool is_plain_argument(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool letter = ascii_alnum(c);
        if (!letter && slice_find_byte(S("_./-+,:=@%"), c) == SIZE_MAX) return false;
    }
    return s.n > 0 && s.p[0] != '-';
}

static void say_argument(struct buf *b, struct slice s)
{
    if (is_plain_argument(s)) {
        buf_add(b, s);
        return;
    }
    buf_byte(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\'')
            buf_str(b, "'\\''");
        else
            buf_byte(b, s.p[i]);
    }
    buf_byte(b, '\'');
}

/* As a shell would read it back. */
void table_say_target(struct buf *b, const struct result *r)
{
    for (size_t i = 0; i < r->target_count; i++) {
        if (i) buf_byte(b, ' ');
        say_argument(b, r->targets[i]);
    }
    if (!r->target_count) say_argument(b, r->target);
}

static void header(struct table *t)
{
    struct page *p = &t->page;
    page_item(p, 0, 0, INK_BOLD, S("merlon " MERLON_VERSION));
    buf_printf(&p->raw, "rules %.*s (%zu rules)", SLICE_ARG(t->r->rules), rule_count());
    page_item_raw(p, TABLE_INDENT, 3, INK_DIM);
    buf_str(&p->raw, "project: ");
    buf_add(&p->raw, t->r->target);
    page_item_raw(p, TABLE_INDENT, 3, INK_PLAIN);
    if (t->style->config) buf_str(&p->raw, "settings: ");
    buf_str(&p->raw, t->style->config ? t->style->config : "no merlon.toml, using defaults");
    page_item_raw(p, TABLE_INDENT, 3, INK_DIM);
    page_line(p);
}

static void scanned(struct table *t)
{
    struct page *p = &t->page;
    const struct result *r = t->r;
    page_flow(p, 0, INK_PLAIN, r->statistics.n ? S("read") : S("scanned"));
    page_to(p, TABLE_INDENT);
    say_many(&p->raw, r->files, "file");
    buf_str(&p->raw, ", ");
    say_size(&p->raw, r->bytes);
    buf_str(&p->raw, " in ");
    say_seconds(&p->raw, r->seconds);
    page_item_raw(p, TABLE_INDENT, 0, INK_PLAIN);
    const char *gap = "";
    for (unsigned k = 0; k < SUBJECT_KINDS; k++) {
        if (!r->by_kind[k]) continue;
        buf_str(&p->raw, gap);
        say_kind(&p->raw, r->by_kind[k], (enum subject_kind)k);
        gap = ", ";
    }
    page_item_raw(p, TABLE_INDENT, 3, INK_DIM);
    page_line(p);
}

static size_t open_findings(const struct result *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->finding_count; i++) n += r->findings[i].state == FINDING_OPEN;
    return n;
}

/* Nothing found: say over what, so that the word means something. */
static void clean(struct table *t)
{
    struct page *p = &t->page;
    const struct result *r = t->r;
    if (open_findings(r) || r->statistics.n) return;
    page_line(p);
    if (!r->files) {
        page_flow(p, 0, INK_PLAIN, S("nothing here to inspect: no file was found"));
        page_line(p);
        return;
    }
    const char *none = r->suppressed ? "no open findings" : "no findings";
    page_flow(p, 0, INK_GOOD, slice_str(r->baseline ? "nothing new" : none));
    buf_str(&p->raw, "in ");
    size_t covered = 0;
    const char *gap = "";
    for (unsigned k = 0; k < SUBJECT_KINDS; k++) {
        if (r->by_kind[k] <= r->not_covered[k] || k == SUBJECT_OTHER) continue;
        buf_str(&p->raw, gap);
        say_kind(&p->raw, r->by_kind[k] - r->not_covered[k], (enum subject_kind)k);
        gap = ", ";
        covered++;
    }
    if (!covered) say_many(&p->raw, r->files, "file");
    if (!r->not_inspected && !r->structure_only) buf_str(&p->raw, "; every byte was read");
    page_item_raw(p, 0, 1, INK_PLAIN);
    page_line(p);
}

static void say_lapse(struct buf *b, const struct result *r)
{
    int64_t days;
    size_t dated = lapsing(r, &days);
    if (!dated) return;
    buf_str(b, dated == r->suppressed && dated == 1 ? " (expires in " : " (the first expires in ");
    say_many(b, (uint64_t)(days < 0 ? 0 : days), "day");
    buf_byte(b, ')');
}

/* "new 1   fixed 2   unchanged 11   suppressed 1 (expires in 128 days)" */
static void changes(struct table *t)
{
    struct page *p = &t->page;
    const struct result *r = t->r;
    if (!r->baseline && !r->suppressed) return;
    page_line(p);
    if (r->baseline) {
        buf_str(&p->raw, "new ");
        say_count(&p->raw, open_findings(r));
        buf_str(&p->raw, "   fixed ");
        say_count(&p->raw, r->fixed);
        buf_str(&p->raw, "   unchanged ");
        say_count(&p->raw, r->known);
        page_item_raw(p, 0, 0, INK_PLAIN);
    }
    buf_str(&p->raw, "suppressed ");
    say_count(&p->raw, r->suppressed);
    say_lapse(&p->raw, r);
    page_item_raw(p, 0, 3, INK_PLAIN);
    if (r->suppressed && !t->style->show_suppressed)
        page_item(p, 0, 3, INK_DIM, S("(--show-suppressed lists who, why and until when)"));
    page_line(p);
}

static void verdict(struct table *t)
{
    struct page *p = &t->page;
    const struct result *r = t->r;
    if (!r->gate.enabled) {
        page_item(p, 0, 0, INK_BOLD, S("gate: off"));
        page_item(p, 0, 3, INK_DIM, S("(--fail-on none)"));
    } else if (r->gate.passed) {
        page_item(p, 0, 0, INK_GOOD,
                  r->baseline ? S("gate: passed on NEW findings") : S("gate: passed"));
        if (r->known)
            buf_printf(&p->raw, "(%zu older ones remain, see -o html)", r->known);
        else
            buf_printf(&p->raw, "nothing at or above %s", severity_name(r->gate.fail_on));
        page_item_raw(p, 0, 3, INK_PLAIN);
    } else {
        buf_str(&p->raw, "gate: FAILED, ");
        say_count(&p->raw, r->gate.at_or_above);
        buf_printf(&p->raw, " at or above %s", severity_name(r->gate.fail_on));
        page_item_raw(p, 0, 0, INK_BAD);
        page_item(p, 0, 3, INK_DIM, S("(change with --fail-on)"));
    }
}

/* Columns of the verdict's longest form. */
static unsigned verdict_width(const struct result *r)
{
    return !r->gate.passed ? 55 : r->baseline ? 80 : 44;
}

/* The gate is the last line: the hint stands behind it, or above it when there is no room. */
static void gate(struct table *t)
{
    struct page *p = &t->page;
    if (t->r->statistics.n && !t->style->html_file) {
        page_line(p);
        verdict(t);
        page_line(p);
        return;
    }
    buf_str(&p->raw, t->style->html_file ? "report: " : "report: merlon scan ");
    if (t->style->html_file)
        buf_str(&p->raw, t->style->html_file);
    else
        table_say_target(&p->raw, t->r);
    if (!t->style->html_file) buf_str(&p->raw, " -o html=report.html");
    bool fits = page_measure(p, buf_slice(&p->raw)) + verdict_width(t->r) + 5 <= p->width;
    page_line(p);
    if (fits) {
        struct slice hint = arena_copy(t->arena, buf_slice(&p->raw));
        buf_reset(&p->raw);
        verdict(t);
        page_item(p, 0, 5, INK_DIM, hint);
    } else {
        page_item_raw(p, 0, 0, INK_DIM);
        page_line(p);
        verdict(t);
    }
    page_line(p);
}

/* The mildest severity that is listed one by one: high, or what the gate asks for, or the worst
 * that there is when all is mild. */
static enum severity least_shown(const struct result *r, const struct report_style *style)
{
    if (style->all) return SEV_INFO;
    enum severity least = SEV_HIGH;
    if (r->gate.enabled && r->gate.fail_on < least) least = r->gate.fail_on;
    if (!r->by_severity[SEV_CRITICAL] && !r->by_severity[SEV_HIGH] && r->by_severity[SEV_MEDIUM] &&
        least > SEV_MEDIUM)
        least = SEV_MEDIUM;
    return least;
}

void report_table(struct buf *out, const struct result *r, const struct report_style *style)
{
    struct arena arena;
    arena_init(&arena, TABLE_MEMORY, 1u << 16);
    struct table t = {.r = r, .style = style, .arena = &arena, .least = least_shown(r, style)};
    page_init(&t.page, out, style);
    if (style->quiet) {
        table_findings(&t);
    } else {
        header(&t);
        scanned(&t);
        table_cards(&t);
        table_findings(&t);
        table_unshown(&t);
        table_statistics(&t);
        clean(&t);
        changes(&t);
        table_coverage(&t);
        gate(&t);
    }
    page_done(&t.page);
    arena_done(&arena);
}
