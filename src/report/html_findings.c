/* SPDX-License-Identifier: Apache-2.0 */
/* html_findings.c - the findings as entries that open and close without any script. Equal ones
 * share an entry; the filter above is there only when scripts run. */
#include "report/blocks.h"
#include "report/html.h"

#define ENTRIES_MAX 120 /* of a severity */
#define PLACES_MAX  60
#define PLACES_SEEN 6
#define OPEN_MAX    3 /* entries that stand open at first */

static bool is_listed(const struct finding *f, const void *ctx)
{
    (void)ctx;
    return finding_shown(f);
}

static enum subject_kind kind_of(const struct html *h, const struct finding *f)
{
    const struct subject *s = subject_of(h->r, f->path);
    return s ? s->kind : SUBJECT_OTHER;
}

static void place(struct html *h, const struct place *at)
{
    struct buf *out = h->out;
    const struct finding *f = &h->r->findings[at->member];
    const struct subject *s = subject_of(h->r, f->path);
    buf_str(out, "<code>");
    say_path(&h->scratch, f);
    html_flush(h);
    buf_str(out, "</code>");
    if (at->rows > 1)
        say_rows(&h->scratch, f, at->rows);
    else
        say_spot(&h->scratch, f);
    bool spot = h->scratch.n > 0, format = s && s->format.n && !f->inner_count;
    if (!spot && !format) return;
    buf_str(out, " <span>");
    if (format) html_text(h, s->format);
    if (format && spot) buf_str(out, ", ");
    html_flush(h);
    buf_str(out, "</span>");
}

static void place_list(struct html *h, const struct block *b, size_t from, size_t to)
{
    struct buf *out = h->out;
    buf_str(out, "<ul class=\"places\">\n");
    for (size_t i = from; i < to; i++) {
        const struct finding *f = &h->r->findings[b->places[i].member];
        buf_str(out, "<li>");
        place(h, &b->places[i]);
        if (f->evidence.n && !b->same_evidence) {
            buf_str(out, " <code class=\"seen\">");
            html_text(h, f->evidence);
            buf_str(out, "</code>");
        }
        buf_str(out, "</li>\n");
    }
    buf_str(out, "</ul>\n");
}

/* The first few in sight, the others folded. */
static void places(struct html *h, const struct block *b)
{
    struct buf *out = h->out;
    size_t n = b->place_count, listed = n > PLACES_MAX ? PLACES_MAX : n;
    size_t seen = listed > PLACES_SEEN + 2 ? PLACES_SEEN : listed;
    place_list(h, b, 0, seen);
    if (seen < listed) {
        buf_str(out, "<details class=\"fold\"><summary>");
        say_many(out, n - seen, "more place");
        buf_str(out, "</summary>\n");
        place_list(h, b, seen, listed);
        buf_str(out, "</details>\n");
    }
    if (listed == n) return;
    buf_str(out, "<p class=\"soft\">");
    say_count(out, n - listed);
    buf_str(out, " of them are not on this page: -o json lists all.</p>\n");
}

static void pair(struct html *h, const char *name, struct slice text)
{
    if (!text.n) return;
    buf_printf(h->out, "<dt>%s</dt><dd>", name);
    html_text(h, text);
    buf_str(h->out, "</dd>\n");
}

static void body(struct html *h, const struct block *b)
{
    struct buf *out = h->out;
    const struct finding *f = b->first;
    buf_printf(out, "<div class=\"body %s\">\n", severity_name(f->severity));
    if ((b->same_evidence || b->place_count == 1) && f->evidence.n) {
        buf_str(out, "<pre class=\"seen\"><code>");
        html_text(h, f->evidence);
        buf_str(out, "</code></pre>\n");
    }
    if (b->place_count > 1) places(h, b);
    buf_str(out, "<dl class=\"say-more\">\n");
    pair(h, "Fix", finding_fix(f));
    if (f->message.n) pair(h, "Why", slice_str(f->rule->why));
    buf_printf(out, "<dt>Rule</dt><dd><a href=\"#rule-%s\"><code>%s</code></a></dd>\n", f->rule->id,
               f->rule->id);
    if (b->count == 1)
        buf_printf(out, "<dt>Fingerprint</dt><dd><code class=\"soft\">%s</code></dd>\n",
                   f->fingerprint);
    buf_str(out, "</dl></div>\n");
}

static void entry(struct html *h, const struct block *b, size_t i)
{
    struct buf *out = h->out;
    const struct finding *f = b->first;
    bool first = i == 0 || b[-1].first->severity != f->severity;
    buf_str(out, "<details class=\"finding\"");
    if (first) buf_printf(out, " id=\"sev-%s\"", severity_name(f->severity));
    buf_printf(out, " data-severity=\"%s\" data-kind=\"%s\" data-rule=\"%s\"%s>\n<summary>",
               severity_name(f->severity), subject_kind_name(kind_of(h, f)), f->rule->id,
               i < OPEN_MAX && f->severity >= SEV_HIGH ? " open" : "");
    html_mark(h, f->severity);
    buf_str(out, "<span class=\"say\">");
    html_text(h, finding_message(f));
    if (f->state == FINDING_KNOWN) buf_str(out, " <span class=\"tag\">in the baseline</span>");
    buf_str(out, "</span><span class=\"where\">");
    if (b->place_count == 1) {
        place(h, b->places);
    } else {
        say_count(out, b->count);
        buf_str(out, " places in ");
        say_many(out, b->files, "file");
    }
    buf_str(out, "</span></summary>\n");
    body(h, b);
    buf_str(out, "</details>\n");
}

static void severity_boxes(struct html *h)
{
    struct buf *out = h->out;
    buf_str(out, "<fieldset><legend>Severity</legend>");
    for (int s = SEV_CRITICAL; s >= SEV_INFO; s--) {
        if (!h->r->by_severity[s]) continue;
        buf_printf(out, "<label><input type=\"checkbox\" value=\"%s\" checked>%s</label>",
                   severity_name((enum severity)s), severity_name((enum severity)s));
    }
    buf_str(out, "</fieldset>\n");
}

static void kind_choice(struct html *h)
{
    struct buf *out = h->out;
    bool seen[SUBJECT_KINDS] = {false};
    for (size_t i = 0; i < h->r->finding_count; i++) seen[kind_of(h, &h->r->findings[i])] = true;
    buf_str(out, "<label><span class=\"label\">Kind of file</span><select name=\"kind\">"
                 "<option value=\"\">all</option>");
    for (unsigned k = 0; k < SUBJECT_KINDS; k++)
        if (seen[k])
            buf_printf(out, "<option>%s</option>", subject_kind_name((enum subject_kind)k));
    buf_str(out, "</select></label>\n");
}

static void filter(struct html *h)
{
    struct buf *out = h->out;
    buf_str(out,
            "<form class=\"filter\" id=\"filter\" aria-label=\"Filter the findings\" hidden>\n");
    severity_boxes(h);
    kind_choice(h);
    buf_str(out, "<label><span class=\"label\">Rule</span><select name=\"rule\">"
                 "<option value=\"\">all</option>");
    for (size_t i = 0; i < h->rules.count; i++)
        buf_printf(out, "<option>%s</option>", h->rules.list[i]->id);
    buf_str(out, "</select></label>\n<label class=\"text\"><span class=\"label\">Text</span>"
                 "<input type=\"search\" name=\"text\" autocomplete=\"off\"></label>\n"
                 "<div><button type=\"button\" id=\"open-all\">Open all</button> "
                 "<button type=\"button\" id=\"close-all\">Close all</button> "
                 "<button type=\"reset\">Reset</button></div>\n"
                 "<output aria-live=\"polite\"></output></form>\n");
}

static void left_out(struct html *h, size_t n, enum severity s)
{
    if (!n) return;
    buf_str(h->out, "<p class=\"more\">");
    say_count(h->out, n);
    buf_printf(h->out,
               " more %s findings are left out to keep this page quick: -o json lists all."
               "</p>\n",
               severity_name(s));
}

/* So many of each severity: a flood of one must not hide the next. */
static void entries(struct html *h, const struct blocks *all)
{
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct block *b = &all->items[i];
        if (i && b[-1].first->severity != b->first->severity) {
            left_out(h, left, b[-1].first->severity);
            shown = left = 0;
        }
        if (shown++ < ENTRIES_MAX)
            entry(h, b, i);
        else
            left += b->count;
    }
    if (all->count) left_out(h, left, all->items[all->count - 1].first->severity);
}

void html_findings(struct html *h)
{
    struct buf *out = h->out;
    struct blocks all;
    if (!blocks_make(h->arena, h->r, is_listed, NULL, &all)) {
        out->bad = true;
        return;
    }
    buf_str(out, "<section aria-labelledby=\"findings\"><h2 id=\"findings\">Findings</h2>\n");
    if (!all.count) {
        buf_str(out, h->r->statistics.n ? "<p class=\"lead\">None; " NO_SCAN ".</p>\n"
                     : h->r->files
                         ? "<p class=\"lead\">None. What was looked at, and what was not, "
                           "stands below.</p>\n"
                         : "<p class=\"lead\">None: no file was found to look at.</p>\n");
    } else {
        buf_str(out, "<p class=\"lead\">Worst first. Each says what an attacker gains, what was "
                     "seen, and what to do.</p>\n");
        if (all.count > 4) filter(h);
        entries(h, &all);
    }
    buf_str(out, "</section>\n");
}
