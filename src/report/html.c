/* SPDX-License-Identifier: Apache-2.0 */
/* html.c - one page that needs nothing else: no request leaves it, and its content security policy
 * allows only the style and the script that are in it, by their digests. The verdict comes first,
 * then the picture, the findings, the models, and what was not looked at. */
#include "report/html.h"
#include "base/utf8.h"
#include "report/html_assets.h"
#include "report/table.h"
#include "report/writers.h"

#define HTML_MEMORY (256u << 20)

void html_text(struct html *h, struct slice raw)
{
    struct buf safe = visible(raw);
    esc_xml(h->out, buf_slice(&safe));
    if (safe.bad) h->out->bad = true;
    buf_done(&safe);
}

void html_flush(struct html *h)
{
    html_text(h, buf_slice(&h->scratch));
    buf_reset(&h->scratch);
}

void html_shape(struct html *h, enum severity s)
{
    buf_printf(h->out, "<svg class=\"mark %s\" aria-hidden=\"true\"><use href=\"#m-%s\"/></svg>",
               severity_name(s), severity_name(s));
}

void html_mark(struct html *h, enum severity s)
{
    static const char *const words[SEV_COUNT] = {"Info", "Low", "Medium", "High", "Critical"};
    buf_printf(h->out, "<span class=\"sev %s\">", severity_name(s));
    html_shape(h, s);
    buf_printf(h->out, "%s</span>", words[s]);
}

static const char *verdict_class(const struct result *r)
{
    return !r->gate.enabled ? "off" : r->gate.passed ? "passed" : "failed";
}

static const char *verdict_text(const struct result *r)
{
    return !r->gate.enabled ? "No gate" : r->gate.passed ? "Gate passed" : "Gate failed";
}

static void head(struct html *h)
{
    struct buf *out = h->out;
    buf_str(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                 "base-uri 'none'; form-action 'none'; ");
    buf_printf(out, "style-src 'sha256-%s'; script-src 'sha256-%s'\">\n", html_css_sha256,
               html_js_sha256);
    buf_str(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    buf_printf(out, "%s: ", verdict_text(h->r));
    html_text(h, h->r->target);
    buf_str(out, " (merlon)</title>\n<style>");
    buf_add(out, slice_of(html_css, html_css_size));
    buf_str(out, "</style>\n</head>\n");
}

/* A shape for each severity, so that nothing depends on telling colours apart. */
static const char shapes[] =
    "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><symbol id=\"m-critical\" "
    "viewBox=\"0 0 12 12\">"
    "<path d=\"M3.6.5h4.8l3.1 3.1v4.8l-3.1 3.1H3.6L.5 8.4V3.6z\"/></symbol>"
    "<symbol id=\"m-high\" viewBox=\"0 0 12 12\"><path d=\"M6 .8 11.6 11H.4z\"/></symbol>"
    "<symbol id=\"m-medium\" viewBox=\"0 0 12 12\"><path d=\"M6 .4 11.6 6 6 11.6.4 6z\"/></symbol>"
    "<symbol id=\"m-low\" viewBox=\"0 0 12 12\"><path d=\"M1.2 1.2h9.6v9.6H1.2z\"/></symbol>"
    "<symbol id=\"m-info\" viewBox=\"0 0 12 12\"><circle cx=\"6\" cy=\"6\" r=\"5\"/></symbol>"
    "</svg>\n";

static void say_date(struct buf *b, struct slice rfc3339)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    if (rfc3339.n < 16) return;
    unsigned month = (unsigned)(rfc3339.p[5] - '0') * 10 + (unsigned)(rfc3339.p[6] - '0');
    unsigned day = (unsigned)(rfc3339.p[8] - '0') * 10 + (unsigned)(rfc3339.p[9] - '0');
    if (month < 1 || month > 12) return;
    buf_printf(b, "%u %s %.4s, %.5s UTC", day, months[month - 1], (const char *)rfc3339.p,
               (const char *)rfc3339.p + 11);
}

static void facts(struct html *h)
{
    struct buf *out = h->out;
    const struct result *r = h->r;
    buf_str(out, "<ul class=\"facts\">\n<li><code>");
    html_text(h, r->target);
    buf_str(out, "</code></li>\n<li>");
    say_many(out, r->files, "file");
    buf_str(out, ", ");
    say_size(out, r->bytes);
    buf_str(out, " in ");
    say_seconds(out, r->seconds);
    buf_str(out, "</li>\n<li>");
    say_date(out, slice_str(r->started));
    buf_str(out, "</li>\n</ul>\n");
}

static size_t milder(const struct result *r)
{
    size_t n = 0;
    for (unsigned s = 0; s < SEV_COUNT; s++) n += r->by_severity[s];
    return n - r->known - (r->gate.enabled ? r->gate.at_or_above : 0);
}

static void why(struct html *h)
{
    struct buf *out = h->out;
    const struct result *r = h->r;
    buf_str(out, "<p class=\"why\">");
    if (!r->gate.enabled) {
        buf_str(out, "This run was asked to report, not to decide.");
    } else if (r->gate.passed) {
        buf_printf(out, "Nothing %sat or above %s.", r->baseline ? "new " : "",
                   severity_name(r->gate.fail_on));
    } else {
        say_many(out, r->gate.at_or_above, r->baseline ? "new finding" : "finding");
        buf_printf(out, " at or above %s.", severity_name(r->gate.fail_on));
    }
    if (milder(r)) {
        buf_byte(out, ' ');
        say_many(out, milder(r), r->gate.enabled ? "milder finding" : "finding");
        buf_byte(out, '.');
    }
    if (r->not_inspected) {
        buf_byte(out, ' ');
        say_many(out, r->not_inspected, "file");
        buf_str(out, " could not be inspected to the end.");
    }
    buf_str(out, "</p>\n");
}

/* A gate in the wall: its grating is down when the gate failed, drawn up when it passed. */
static void emblem(struct html *h)
{
    buf_str(h->out,
            "<svg class=\"gate\" viewBox=\"0 0 200 170\" aria-hidden=\"true\">"
            "<path d=\"M14 172V60H4V16h14v10h6V16h14v10h6V16h14v44H48v112M186 172V60h10V16h-14"
            "v10h-6V16h-14v10h-6V16h-14v44h10v112M58 72V62h12v10h6V62h12v10h6V62h12v10h6V62h12"
            "v10h6V62h12v10M48 84h104M66 172v-40a34 34 0 0 1 68 0v40\"/>");
    if (h->r->gate.enabled && !h->r->gate.passed)
        buf_str(h->out, "<path d=\"M77 108v64M88.5 101v71M100 98v74M111.5 101v71M123 108v64M68 "
                        "122h64M66 138h68M66 154h68\"/>");
    else
        buf_str(h->out, "<path d=\"M77 108v12M88.5 101v19M100 98v22M111.5 101v19M123 108v12M70 "
                        "115h60\"/>");
    buf_str(h->out, "</svg>\n");
}

static void wall(struct html *h)
{
    struct buf *out = h->out;
    buf_printf(out, "<header class=\"wall %s\"><div class=\"face\"><div class=\"wrap\">\n",
               verdict_class(h->r));
    emblem(h);
    buf_str(out,
            "<p class=\"brand\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\">"
            "<path fill=\"currentColor\" d=\"M2 4h5v4h2.5V4h5v4H17V4h5v17H2zm7.5 17h5v-4.5a2.5 "
            "2.5 0 0 0-5 0z\" fill-rule=\"evenodd\"/></svg><b>merlon</b>");
    buf_printf(out, "<span>%s, rules %.*s</span></p>\n<h1>%s</h1>\n", MERLON_VERSION,
               SLICE_ARG(h->r->rules), verdict_text(h->r));
    why(h);
    facts(h);
    buf_str(out, "</div></div></header>\n");
}

static void reproduce(struct html *h)
{
    struct buf *out = h->out;
    const struct result *r = h->r;
    buf_str(out, "<section aria-labelledby=\"again\"><h2 id=\"again\">How to get this again</h2>\n"
                 "<p class=\"lead\">The same rules over the same bytes give the same findings. ");
    buf_printf(out, "This page was made by merlon %s with rules %.*s; it was not edited.</p>\n",
               MERLON_VERSION, SLICE_ARG(r->rules));
    buf_str(out, "<pre class=\"command\"><code>");
    buf_str(&h->scratch, "merlon scan ");
    table_say_target(&h->scratch, r);
    buf_printf(&h->scratch, " --fail-on %s%s -o html=report.html",
               r->gate.enabled ? severity_name(r->gate.fail_on) : "none",
               r->structure_only ? " --no-hash" : "");
    html_flush(h);
    buf_str(out, "</code></pre>\n</section>\n");
}

static void page(struct html *h)
{
    struct buf *out = h->out;
    head(h);
    buf_str(out, "<body>\n<a class=\"skip\" href=\"#findings\">Skip to the findings</a>\n");
    buf_str(out, shapes);
    wall(h);
    buf_str(out, "<main class=\"wrap\">\n");
    if (h->r->statistics.n)
        html_statistics(h);
    else
        html_picture(h);
    html_findings(h);
    if (!h->r->statistics.n || h->r->not_inspected) html_not_inspected(h);
    html_models(h);
    html_suppressed(h);
    html_rules(h);
    if (!h->r->statistics.n) {
        html_coverage(h);
        reproduce(h);
    }
    buf_str(out,
            "</main>\n<footer><div class=\"wrap\">Made by merlon on this machine. The page is "
            "complete in itself: it loads nothing and sends nothing.</div></footer>\n<script>");
    buf_add(out, slice_of(html_js, html_js_size));
    buf_str(out, "</script>\n</body>\n</html>\n");
}

void report_html(struct buf *out, const struct result *r, const struct report_style *style)
{
    (void)style;
    struct arena arena;
    struct html h = {.out = out, .r = r, .arena = &arena};
    arena_init(&arena, HTML_MEMORY, 1u << 16);
    buf_init(&h.scratch, 1u << 20);
    if (used_rules_gather(&h.rules, &arena, r))
        page(&h);
    else
        out->bad = true;
    if (h.scratch.bad) out->bad = true;
    buf_done(&h.scratch);
    arena_done(&arena);
}
