/* SPDX-License-Identifier: Apache-2.0 */
/* html_files.c - a card for each model: what it is, and whether something was found in it. */
#include "report/card.h"
#include "report/html.h"

#define CARDS_MAX 120
#define ROWS_MAX  300
#define WIDE_FROM 48 /* longer values stand below their label */

struct verdicts {       /* per subject */
    signed char *worst; /* a severity, or -1 */
};

static bool judge(struct html *h, struct verdicts *ret)
{
    size_t n = h->r->subject_count;
    ret->worst = ARENA_ARRAY(h->arena, signed char, n ? n : 1);
    if (!ret->worst) return false;
    for (size_t i = 0; i < n; i++) ret->worst[i] = -1;
    for (size_t i = 0; i < h->r->finding_count; i++) {
        const struct finding *f = &h->r->findings[i];
        const struct subject *s = subject_of(h->r, f->path);
        if (!s || !finding_shown(f)) continue;
        signed char *worst = &ret->worst[s - h->r->subjects];
        if (*worst < (signed char)f->severity) *worst = (signed char)f->severity;
    }
    return true;
}

static void badge(struct html *h, const struct subject *s, signed char worst)
{
    if (worst >= 0)
        html_mark(h, (enum severity)worst);
    else if (s->not_inspected)
        buf_str(h->out, "<span class=\"sev medium\">not inspected</span>");
    else if (h->r->statistics.n)
        buf_str(h->out, "<span class=\"sev\">not judged</span>");
    else
        buf_str(h->out, "<span class=\"sev clear\">no findings</span>");
}

static void lines(struct html *h, struct slice detail)
{
    struct card_lines card;
    card_read(h->arena, detail, &card);
    if (!card.count) return;
    buf_str(h->out, "<dl>\n");
    for (size_t i = 0; i < card.count; i++) {
        const struct card_line *line = &card.items[i];
        const char *wide = line->value.n > WIDE_FROM ? " class=\"wide\"" : "";
        buf_printf(h->out, "<dt%s>", wide);
        html_text(h, cut_text(line->label, 60));
        buf_printf(h->out, "</dt><dd%s>", wide);
        card_say(&h->scratch, line);
        struct slice value = arena_copy(h->arena, cut_text(buf_slice(&h->scratch), 400));
        buf_reset(&h->scratch);
        html_text(h, value);
        buf_str(h->out, line->value.n > 400 ? " \u2026</dd>\n" : "</dd>\n");
    }
    buf_str(h->out, "</dl>\n");
}

static void card(struct html *h, const struct subject *s, signed char worst)
{
    struct buf *out = h->out;
    buf_str(out, "<li class=\"card\"><h3>");
    html_text(h, s->path);
    buf_str(out, "</h3>\n<p class=\"kind\"><span>");
    html_text(h, s->format.n ? s->format : S("unknown format"));
    buf_str(out, ", ");
    say_size(out, s->bytes);
    buf_str(out, "</span>");
    badge(h, s, worst);
    buf_str(out, "</p>\n");
    lines(h, s->detail);
    if (s->sha256[0]) buf_printf(out, "<p class=\"digest\">sha256 %s</p>\n", s->sha256);
    buf_str(out, "</li>\n");
}

static void row(struct html *h, const struct subject *s, signed char worst)
{
    struct buf *out = h->out;
    buf_str(out, "<tr><td><code>");
    html_text(h, s->path);
    buf_printf(out, "</code></td><td>%s</td><td>", subject_kind_name(s->kind));
    html_text(h, s->format);
    buf_str(out, "</td><td class=\"num\">");
    say_size(out, s->bytes);
    buf_str(out, "</td><td>");
    badge(h, s, worst);
    buf_str(out, "</td></tr>\n");
}

static void left_out(struct html *h, size_t n, const char *what)
{
    if (!n) return;
    buf_str(h->out, "<p class=\"soft\">");
    say_many(h->out, n, what);
    buf_str(h->out, " more: -o json lists all.</p>\n");
}

static bool is_card(const struct subject *s)
{
    return s->kind == SUBJECT_MODEL;
}

/* Models with findings first, then the others: the cap must not hide what matters. */
static size_t cards(struct html *h, const struct verdicts *v, bool with_findings, size_t room)
{
    size_t shown = 0;
    for (size_t i = 0; i < h->r->subject_count && shown < room; i++) {
        const struct subject *s = &h->r->subjects[i];
        if (!is_card(s) || (v->worst[i] >= 0) != with_findings) continue;
        card(h, s, v->worst[i]);
        shown++;
    }
    return shown;
}

static void models(struct html *h, const struct verdicts *v)
{
    size_t n = h->r->by_kind[SUBJECT_MODEL];
    if (!n) return;
    buf_str(h->out, "<section aria-labelledby=\"models\"><h2 id=\"models\">Models</h2>\n"
                    "<p class=\"lead\">What each file says about itself, and the digest that names "
                    "it.</p>\n<ul class=\"cards\">\n");
    size_t shown = cards(h, v, true, CARDS_MAX);
    shown += cards(h, v, false, CARDS_MAX - shown);
    buf_str(h->out, "</ul>\n");
    left_out(h, n > shown ? n - shown : 0, "model");
    buf_str(h->out, "</section>\n");
}

static void others(struct html *h, const struct verdicts *v)
{
    struct buf *out = h->out;
    size_t n = h->r->subject_count - h->r->by_kind[SUBJECT_MODEL], shown = 0;
    if (!h->r->subject_count || !n) return;
    buf_str(out, "<section aria-labelledby=\"others\"><h2 id=\"others\">Other files</h2>\n"
                 "<details class=\"fold\"><summary>");
    say_many(out, n, "file");
    buf_str(out, "</summary>\n<table class=\"stack\"><thead><tr><th scope=\"col\">Path</th>"
                 "<th scope=\"col\">Kind</th><th scope=\"col\">Format</th>"
                 "<th scope=\"col\" class=\"num\">Size</th><th scope=\"col\">Verdict</th></tr>"
                 "</thead><tbody>\n");
    for (size_t i = 0; i < h->r->subject_count && shown < ROWS_MAX; i++) {
        if (is_card(&h->r->subjects[i])) continue;
        row(h, &h->r->subjects[i], v->worst[i]);
        shown++;
    }
    buf_str(out, "</tbody></table>\n");
    left_out(h, n - shown, "file");
    buf_str(out, "</details></section>\n");
}

void html_models(struct html *h)
{
    struct verdicts v;
    if (!judge(h, &v)) {
        h->out->bad = true;
        return;
    }
    models(h, &v);
    others(h, &v);
}

void html_statistics(struct html *h)
{
    buf_str(h->out,
            "<section aria-labelledby=\"counted\"><h2 id=\"counted\">What was counted</h2>\n"
            "<div class=\"card counted\">\n");
    lines(h, h->r->statistics);
    buf_str(h->out, "</div></section>\n");
}
