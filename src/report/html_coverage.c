/* SPDX-License-Identifier: Apache-2.0 */
/* html_coverage.c - what was not inspected, what was suppressed, and what the scan covered. */
#include "report/html.h"

#define ROWS_MAX 300

static const struct finding *unread_finding(const struct result *r, struct slice path)
{
    for (size_t i = 0; i < r->finding_count; i++)
        if (slice_eq(r->findings[i].path, path) && rule_is(r->findings[i].rule, ".not-inspected"))
            return &r->findings[i];
    return NULL;
}

static void unread_row(struct html *h, const struct subject *s)
{
    struct buf *out = h->out;
    const struct finding *f = unread_finding(h->r, s->path);
    buf_str(out, "<tr><td><code>");
    html_text(h, s->path);
    buf_str(out, "</code></td><td class=\"num\">");
    say_size(out, s->unread);
    buf_str(out, " of ");
    say_size(out, s->bytes);
    buf_str(out, "</td><td>");
    if (f) html_text(h, f->evidence.n ? f->evidence : finding_message(f));
    buf_str(out, "</td></tr>\n");
}

void html_not_inspected(struct html *h)
{
    struct buf *out = h->out;
    const struct result *r = h->r;
    size_t shown = 0;
    buf_str(out, "<section aria-labelledby=\"unread\"><h2 id=\"unread\">Not inspected</h2>\n");
    if (!r->not_inspected) {
        buf_printf(out, "<p class=\"lead\">%s</p></section>\n",
                   r->structure_only
                       ? "Only the structure of the files was read (--no-hash): weights were not."
                       : "Nothing was left out of the files that this version judges.");
        return;
    }
    buf_str(out, "<p class=\"lead\">Nothing is said about these bytes. Each is a finding too, so "
                 "that a gate can stop on them.</p>\n<table class=\"stack\"><thead><tr>"
                 "<th scope=\"col\">Path</th><th scope=\"col\" class=\"num\">Not read</th>"
                 "<th scope=\"col\">Reason</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < r->subject_count && shown < ROWS_MAX; i++) {
        if (!r->subjects[i].not_inspected) continue;
        unread_row(h, &r->subjects[i]);
        shown++;
    }
    buf_str(out, "</tbody></table>\n");
    if (shown < r->not_inspected) {
        buf_str(out, "<p class=\"soft\">");
        say_count(out, r->not_inspected - shown);
        buf_str(out, " more: -o json lists all.</p>\n");
    }
    buf_str(out, "</section>\n");
}

static void waived_row(struct html *h, const struct finding *f)
{
    struct buf *out = h->out;
    int64_t days;
    buf_str(out, "<tr><td>");
    html_mark(h, f->severity);
    buf_printf(out, "</td><td><code>%s</code><br><code>", f->rule->id);
    say_path(&h->scratch, f);
    html_flush(h);
    buf_str(out, "</code></td><td>");
    html_text(h, f->waived_reason);
    buf_str(out, "</td><td>");
    html_text(h, f->waived_by);
    buf_str(out, "</td><td>");
    html_text(h, f->waived_until);
    if (days_until(h->r, f->waived_until, &days) && days >= 0) {
        buf_str(out, "<br><span class=\"soft\">in ");
        say_many(out, (uint64_t)days, "day");
        buf_str(out, "</span>");
    }
    buf_str(out, "</td></tr>\n");
}

void html_suppressed(struct html *h)
{
    struct buf *out = h->out;
    size_t shown = 0;
    if (!h->r->suppressed) return;
    buf_str(out,
            "<section aria-labelledby=\"suppressed\"><h2 id=\"suppressed\">Suppressed</h2>\n"
            "<p class=\"lead\">Somebody decided that these may stay, and until when.</p>\n"
            "<table class=\"stack\"><thead><tr><th scope=\"col\">Severity</th>"
            "<th scope=\"col\">What</th><th scope=\"col\">Reason</th><th scope=\"col\">Who</th>"
            "<th scope=\"col\">Until</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < h->r->finding_count && shown < ROWS_MAX; i++) {
        if (finding_shown(&h->r->findings[i])) continue;
        waived_row(h, &h->r->findings[i]);
        shown++;
    }
    buf_str(out, "</tbody></table></section>\n");
}

static void kinds(struct html *h)
{
    struct buf *out = h->out;
    const struct result *r = h->r;
    buf_str(out,
            "<table class=\"stack\"><thead><tr><th scope=\"col\">Kind</th>"
            "<th scope=\"col\" class=\"num\">Files</th><th scope=\"col\">What this version does "
            "with them</th></tr></thead><tbody>\n");
    for (unsigned k = 0; k < SUBJECT_KINDS; k++) {
        if (!r->by_kind[k]) continue;
        buf_printf(out, "<tr><td>%s</td><td class=\"num\">",
                   subject_kind_name((enum subject_kind)k));
        say_count(out, r->by_kind[k]);
        buf_str(out, "</td><td>");
        if (r->not_covered[k]) {
            say_count(out, r->not_covered[k]);
            buf_str(out, " counted only; this version has no rules for them");
        } else {
            buf_str(out, "inspected");
        }
        buf_str(out, "</td></tr>\n");
    }
    buf_str(out, "</tbody></table>\n");
}

void html_coverage(struct html *h)
{
    struct buf *out = h->out;
    const struct result *r = h->r;
    buf_str(out,
            "<section aria-labelledby=\"coverage\"><h2 id=\"coverage\">What was looked at</h2>\n");
    if (r->subject_count) kinds(h);
    if (r->skipped_dirs) {
        buf_str(out, "<p>Left out: ");
        say_count(out, r->skipped_dirs);
        buf_printf(out, " folder%s of version control, environments or caches.</p>\n",
                   r->skipped_dirs == 1 ? "" : "s");
    }
    for (size_t i = 0; i < r->note_count; i++) {
        buf_str(out, "<p>Note: ");
        html_text(h, r->notes[i]);
        buf_str(out, "</p>\n");
    }
    if (!r->files) buf_str(out, "<p>No files.</p>\n");
    buf_str(out, "</section>\n");
}
