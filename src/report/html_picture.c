/* SPDX-License-Identifier: Apache-2.0 */
/* html_picture.c - the whole result at one look: how many of which severity, and at which of the
 * six stations of a model's life. Each station is a ring, cut into the severities found there; a
 * dashed ring says that nothing was judged there, which is not the same as clean. */
#include "base/st.h"
#include "report/html.h"

static void tile(struct html *h, enum severity s)
{
    struct buf *out = h->out;
    size_t n = h->r->by_severity[s];
    if (n)
        buf_printf(out, "<li><a class=\"%s\" href=\"#sev-%s\">", severity_name(s),
                   severity_name(s));
    else
        buf_printf(out, "<li><span class=\"nil %s\">", severity_name(s));
    buf_str(out, "<span class=\"n\">");
    say_count(out, n);
    buf_str(out, "</span>");
    html_mark(h, s);
    buf_str(out, n ? "</a></li>\n" : "</span></li>\n");
}

static size_t total(const size_t by_severity[SEV_COUNT])
{
    size_t n = 0;
    for (unsigned s = 0; s < SEV_COUNT; s++) n += by_severity[s];
    return n;
}

/* Shares of 1000, with at least 6 for what exists at all, so that one among thousands shows. */
static void bar(struct html *h)
{
    struct buf *out = h->out;
    const size_t *by = h->r->by_severity;
    size_t all = total(by), sum = 0, at = 0;
    size_t share[SEV_COUNT];
    if (!all) return;
    for (unsigned s = 0; s < SEV_COUNT; s++) {
        share[s] = by[s] ? by[s] * 1000 / all + 6 : 0;
        sum += share[s];
    }
    buf_printf(out,
               "<svg class=\"bar\" viewBox=\"0 0 %zu 10\" preserveAspectRatio=\"none\" "
               "role=\"img\" aria-label=\"Shares of the severities\">",
               sum);
    for (int s = SEV_CRITICAL; s >= SEV_INFO; s--) {
        if (!share[s]) continue;
        buf_printf(out, "<rect class=\"%s\" x=\"%zu\" width=\"%zu\" height=\"10\"/>",
                   severity_name((enum severity)s), at, share[s]);
        at += share[s];
    }
    buf_str(out, "</svg>\n");
}

static void tally(struct html *h)
{
    struct buf *out = h->out;
    const struct result *r = h->r;
    if (!r->baseline && !r->suppressed) return;
    buf_str(out, "<p class=\"tally\">");
    if (r->baseline)
        buf_printf(out, "Compared with the baseline: %zu new, %zu fixed, %zu unchanged. ",
                   total(r->by_severity) - r->known, r->fixed, r->known);
    if (r->suppressed) {
        say_count(out, r->suppressed);
        buf_str(out, " suppressed, <a href=\"#suppressed\">listed below</a>.");
    }
    buf_str(out, "</p>\n");
}

enum station { ST_DATA, ST_CODE, ST_DEPENDENCIES, ST_MODEL, ST_DEPLOYMENT, ST_RUNTIME, STATIONS };

static const struct {
    const char *id, *name, *icon; /* the icon: strokes in 24 x 24 */
} stations[STATIONS] = {
    {"data", "Data",
     "M4 6c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3zv12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 "
     "1.7 "
     "3.6 3 8 3s8-1.3 8-3"},
    {"code", "Code", "M8 6 2.5 12 8 18M16 6l5.5 6L16 18M13.5 4l-3 16"},
    {"dependencies", "Dependencies",
     "M9 3h6v5H9zM2.5 16h6v5h-6zM15.5 16h6v5h-6zM12 8v4M5.5 16v-4h13v4"},
    {"model", "Model",
     "M6.5 6.5a2 2 0 1 1-4 0 2 2 0 1 1 4 0zM6.5 17.5a2 2 0 1 1-4 0 2 2 0 1 1 4 0zM21.5 "
     "6.5a2 2 0 1 1-4 0 2 2 0 1 1 4 0zM21.5 17.5a2 2 0 1 1-4 0 2 2 0 1 1 4 0zM15 12a3 3 0 1 "
     "1-6 0 3 3 0 1 1 6 0zM6.2 7.6 9.4 10.4M6.2 16.4l3.2-2.8M17.8 7.6l-3.2 "
     "2.8M17.8 16.4l-3.2-2.8"},
    {"deployment", "Deployment", "M12 15V3.5M7.5 8 12 3.5 16.5 8M4 14v6.5h16V14"},
    {"runtime", "Runtime", "M2 12h4.5l2.5-7 5 14 2.5-7H22"},
};

struct station_state {
    size_t by[SEV_COUNT], seen, not_judged;
};

static void count_findings(const struct html *h, struct station_state to[STATIONS])
{
    for (size_t i = 0; i < h->r->finding_count; i++) {
        const struct finding *f = &h->r->findings[i];
        const struct control_class *c = class_find(slice_str(f->rule->class_id));
        if (!c || !finding_shown(f)) continue;
        for (unsigned s = 0; s < STATIONS; s++)
            if (slice_eq(slice_str(c->station), slice_str(stations[s].id))) to[s].by[f->severity]++;
    }
}

static void count_files(const struct html *h, struct station_state to[STATIONS])
{
    static const enum station of[SUBJECT_KINDS] = {
        [SUBJECT_MODEL] = ST_MODEL,         [SUBJECT_DATASET] = ST_DATA,
        [SUBJECT_NOTEBOOK] = ST_CODE,       [SUBJECT_CODE] = ST_CODE,
        [SUBJECT_CONFIG] = ST_MODEL,        [SUBJECT_ARCHIVE] = ST_MODEL,
        [SUBJECT_SETTINGS] = ST_DEPLOYMENT, [SUBJECT_DEPENDENCIES] = ST_DEPENDENCIES,
        [SUBJECT_OTHER] = STATIONS,
    };
    for (unsigned k = 0; k < SUBJECT_KINDS; k++) {
        if (of[k] == STATIONS) continue;
        to[of[k]].seen += h->r->by_kind[k];
        to[of[k]].not_judged += h->r->not_covered[k];
    }
}

#define RING 138.23 /* length of a circle of radius 22 */

/* Green is for what was judged as what it is. */
static bool is_clear(const struct station_state *st)
{
    return st->seen > st->not_judged;
}

static void ring(struct html *h, const struct station_state *st, unsigned station)
{
    struct buf *out = h->out;
    size_t all = total(st->by);
    double at = 0;
    buf_printf(out,
               "<svg class=\"ring\" viewBox=\"0 0 52 52\" aria-hidden=\"true\"><circle "
               "class=\"%s\" cx=\"26\" cy=\"26\" r=\"22\"/>",
               all            ? ""
               : is_clear(st) ? "clear"
                              : "dashed");
    for (int s = SEV_CRITICAL; s >= SEV_INFO; s--) {
        if (!st->by[s]) continue;
        double part = RING * (double)st->by[s] / (double)all;
        buf_printf(out,
                   "<circle class=\"part %s\" cx=\"26\" cy=\"26\" r=\"22\" "
                   "stroke-dasharray=\"%.2f %.2f\" stroke-dashoffset=\"%.2f\" "
                   "transform=\"rotate(-90 26 26)\"/>",
                   severity_name((enum severity)s), part, RING - part, -at);
        at += part;
    }
    buf_printf(out, "<path class=\"icon\" transform=\"translate(14 14)\" d=\"%s\"/></svg>",
               stations[station].icon);
}

static void station_words(struct html *h, const struct station_state *st)
{
    struct buf *out = h->out;
    for (int s = SEV_CRITICAL; s >= SEV_INFO; s--) {
        if (!st->by[s]) continue;
        buf_printf(out, "<span class=\"worst %s\">", severity_name((enum severity)s));
        say_count(out, st->by[s]);
        buf_printf(out, " %s</span>", severity_name((enum severity)s));
        size_t milder = total(st->by) - st->by[s];
        if (milder) {
            buf_str(out, "<span>and ");
            say_count(out, milder);
            buf_str(out, " milder</span>");
        }
        return;
    }
    if (is_clear(st)) {
        buf_str(out, "<span class=\"worst clear\">nothing found</span><span>");
        say_many(out, st->seen - st->not_judged, "file");
        buf_str(out, " judged</span>");
    } else if (st->seen) {
        buf_str(out, "<span>");
        say_many(out, st->seen, "file");
        buf_str(out, " counted,<br>not judged</span>");
    } else {
        buf_str(out, "<span>not part of this scan</span>");
    }
}

static void life(struct html *h)
{
    struct buf *out = h->out;
    struct station_state state[STATIONS] = {0};
    count_findings(h, state);
    count_files(h, state);
    buf_str(out,
            "<section aria-labelledby=\"life\"><h2 id=\"life\">Where in the life of a "
            "model</h2>\n<p class=\"lead\">Each ring is one station; its coloured parts are "
            "the findings there. A dotted ring was not judged.</p>\n<ol class=\"stations\">\n");
    for (unsigned s = 0; s < STATIONS; s++) {
        bool touched = total(state[s].by) || is_clear(&state[s]);
        buf_str(out, touched ? "<li>" : "<li class=\"untouched\">");
        ring(h, &state[s], s);
        buf_printf(out, "<div><b>%s</b>", stations[s].name);
        station_words(h, &state[s]);
        buf_str(out, "</div></li>\n");
    }
    buf_str(out, "</ol></section>\n");
}

void html_picture(struct html *h)
{
    buf_str(h->out, "<section aria-labelledby=\"overview\"><h2 id=\"overview\">At a glance</h2>\n"
                    "<ul class=\"tiles\">\n");
    for (int s = SEV_CRITICAL; s >= SEV_INFO; s--) tile(h, (enum severity)s);
    buf_str(h->out, "</ul>\n");
    bar(h);
    tally(h);
    buf_str(h->out, "</section>\n");
    life(h);
}
