/* SPDX-License-Identifier: Apache-2.0 */
/* html_rules.c - what the rules behind the findings mean, for readers who meet them first here. */
#include "base/st.h"
#include "report/html.h"

static bool has(const char *text)
{
    return text && *text;
}

static void paragraph(struct html *h, const char *text)
{
    if (!has(text)) return;
    buf_str(h->out, "<p>");
    html_text(h, slice_str(text));
    buf_str(h->out, "</p>\n");
}

static void steps(struct html *h, const char *attack)
{
    struct slice rest = slice_str(attack), step;
    if (!has(attack)) return;
    buf_str(h->out, "<p class=\"soft\">How it is used</p>\n<ol>\n");
    while (rest.p && slice_split(&rest, '\n', &step)) {
        if (!step.n) continue;
        buf_str(h->out, "<li>");
        html_text(h, step);
        buf_str(h->out, "</li>\n");
    }
    buf_str(h->out, "</ol>\n");
}

/* Examples keep their lines: only the ends are trimmed, and each line is escaped by itself. */
static void side(struct html *h, const char *class, const char *title, const char *code)
{
    struct slice rest = slice_trim(slice_str(code)), line;
    if (!rest.n) return;
    buf_printf(h->out, "<div><p>%s</p><pre class=\"%s\"><code>", title, class);
    for (const char *gap = ""; rest.p && slice_split(&rest, '\n', &line); gap = "\n") {
        buf_str(h->out, gap);
        html_text(h, line);
    }
    buf_str(h->out, "</code></pre></div>\n");
}

static void tags(struct html *h, const char *prefix, const char *list)
{
    struct slice rest = slice_str(list), item;
    while (rest.p && slice_split(&rest, ';', &item)) {
        if (!slice_trim(item).n) continue;
        buf_printf(h->out, "<span class=\"tag\">%s", prefix);
        html_text(h, slice_trim(item));
        buf_str(h->out, "</span>");
    }
}

static void maps_to(struct html *h, const struct rule *rule)
{
    const struct control_class *c = class_find(slice_str(rule->class_id));
    if (!c) return;
    buf_str(h->out, "<p>");
    tags(h, "", c->cwe);
    tags(h, "ATLAS ", c->atlas);
    tags(h, "OWASP LLM 2025 ", c->owasp_llm);
    tags(h, "OWASP ML 2023 ", c->owasp_ml);
    tags(h, "OWASP ", c->owasp_agentic);
    tags(h, "AISVS ", c->aisvs);
    tags(h, "NIST AI 100-2 ", c->nist_100_2);
    tags(h, "NIST AI RMF ", c->nist_rmf);
    tags(h, "EU AI Act ", c->eu_ai_act);
    tags(h, "ISO 42001 ", c->iso_42001);
    buf_str(h->out, "</p>\n");
}

static void references(struct html *h, const char *refs)
{
    struct slice rest = slice_str(refs), item;
    const char *gap = "<p class=\"soft\">References: ";
    while (rest.p && slice_split(&rest, ' ', &item)) {
        if (!item.n) continue;
        buf_str(h->out, gap);
        html_text(h, item);
        gap = ", ";
    }
    buf_str(h->out, "</p>\n");
}

static void rule_entry(struct html *h, const struct rule *rule)
{
    struct buf *out = h->out;
    buf_printf(out, "<div class=\"rule\" id=\"rule-%s\"><h3>", rule->id);
    html_text(h, slice_str(rule->title));
    buf_printf(out, "</h3>\n<p><code>%s</code></p>\n", rule->id);
    paragraph(h, rule->what);
    paragraph(h, rule->why);
    steps(h, rule->attack);
    if (has(rule->bad) || has(rule->good)) {
        buf_str(out, "<div class=\"sides\">\n");
        side(h, "bad", "Like this", rule->bad);
        side(h, "good", "Rather this", rule->good);
        buf_str(out, "</div>\n");
    }
    maps_to(h, rule);
    if (has(rule->refs)) {
        references(h, rule->refs);
    }
    buf_str(out, "</div>\n");
}

void html_rules(struct html *h)
{
    struct buf *out = h->out;
    if (!h->rules.count) return;
    buf_str(out,
            "<section aria-labelledby=\"rules\"><h2 id=\"rules\">What the rules mean</h2>\n"
            "<p class=\"lead\">Also at hand in a terminal: <code>merlon explain RULE</code>.</p>"
            "\n");
    for (size_t i = 0; i < h->rules.count; i++) rule_entry(h, h->rules.list[i]);
    buf_str(out, "</section>\n");
}
