/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_explain.c - one rule on one screen: what, attack, where it was seen, fix, controls. */
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/explain_request.h"
#include "cli/installed.h"
#include "cli/last.h"
#include "cli/rule_text.h"
#include "report/page.h"

#define COLUMN   9
#define SEEN_MAX 5

static void section(struct page *p, const char *name, struct slice text)
{
    if (!text.n) return;
    page_item(p, 0, 0, INK_BOLD, slice_str(name));
    page_to(p, COLUMN);
    page_flow(p, COLUMN, INK_PLAIN, text);
    page_line(p);
}

static void attack(struct page *p, const struct rule *r)
{
    struct slice rest = slice_str(r->attack), step;
    unsigned n = 0;
    if (rest.n) page_item(p, 0, 0, INK_BOLD, S("Attack"));
    while (rest.n && slice_split(&rest, '\n', &step)) {
        /* steps may come with their number */
        bool numbered =
            step.n > 2 && step.p[0] == '1' + n && (step.p[1] == ' ' || step.p[1] == '.');
        if (numbered) step = slice_trim(slice_sub(step, 2, step.n));
        page_to(p, COLUMN);
        buf_printf(&p->raw, "%u", ++n);
        page_item_raw(p, COLUMN, 0, INK_DIM);
        page_to(p, COLUMN + 2);
        page_flow(p, COLUMN + 2, INK_PLAIN, step);
        page_line(p);
    }
}

struct seen {
    struct cli *cli;
    struct slice rule, places[SEEN_MAX];
    size_t total;
};

static void on_last(void *ctx, const struct last_finding *f)
{
    struct seen *s = ctx;
    if (!slice_eq(f->rule, s->rule)) return;
    if (s->total < SEEN_MAX) s->places[s->total] = last_text(s->cli, f);
    s->total++;
}

static void seen(struct cli *c, struct page *p, const struct rule *r)
{
    struct seen s = {.cli = c, .rule = slice_str(r->id)};
    (void)last_each(c, on_last, &s);
    size_t n = s.total < SEEN_MAX ? s.total : SEEN_MAX;
    for (size_t i = 0; i < n; i++) {
        if (i == 0) page_item(p, 0, 0, INK_BOLD, S("Seen in"));
        page_to(p, COLUMN);
        page_flow(p, COLUMN, INK_PLAIN, s.places[i]);
        if (i + 1 == n && s.total > n) {
            buf_printf(&p->raw, "and %zu more", s.total - n);
            page_item_raw(p, COLUMN, 2, INK_DIM);
        }
        if (i + 1 == n) page_item(p, COLUMN, 2, INK_DIM, S("(last scan)"));
        page_line(p);
    }
}

static void example(struct page *p, const char *name, enum ink ink, const char *text)
{
    struct slice rest = slice_trim(slice_str(text)), line;
    page_line(p);
    page_item(p, 0, 0, ink, slice_str(name));
    page_line(p);
    while (rest.n && slice_split(&rest, '\n', &line)) {
        page_to(p, 2);
        page_item(p, 2, 0, INK_PLAIN, line);
        page_line(p);
    }
}

static void head(struct page *p, const struct rule *r, bool off)
{
    page_item(p, 0, 0, INK_BOLD, slice_str(r->id));
    page_item(p, 0, 2, (enum ink)r->severity, slice_str(severity_name(r->severity)));
    page_item(p, 0, 2, INK_BOLD, slice_str(r->title));
    if (off) page_item(p, 0, 2, INK_DIM, S("(off by the installed update)"));
    page_line(p);
}

static void explain(struct cli *c, struct page *p, const struct rulebook *book,
                    const struct rule *base)
{
    const struct rule *r = overlay_rule(&book->overlay, base);
    bool examples = setting_on(&c->settings, OPT_SHOW_EXAMPLES);
    struct buf maps;
    buf_init(&maps, 1u << 16);
    class_maps(&maps, class_find(slice_str(r->class_id)));
    head(p, r, overlay_is_off(&book->overlay, base));
    section(p, "What", slice_str(r->what));
    attack(p, r);
    section(p, "Why", slice_str(r->why));
    if (!setting_on(&c->settings, OPT_ALL_RULES)) seen(c, p, r);
    section(p, "Fix", slice_str(r->fix));
    section(p, "Maps to", buf_slice(&maps));
    section(p, "See", slice_str(r->refs));
    if (examples) {
        example(p, "Found", INK_BAD, r->bad);
        example(p, "Clean", INK_GOOD, r->good);
    } else {
        page_item(p, 0, 0, INK_DIM, S("Test vectors:"));
        buf_printf(&p->raw, "merlon explain %s --examples", r->id);
        page_item_raw(p, 0, 1, INK_DIM);
        page_line(p);
    }
    buf_done(&maps);
}

static void explain_class(struct page *p, const struct control_class *k)
{
    struct buf maps;
    buf_init(&maps, 1u << 16);
    class_maps(&maps, k);
    page_item(p, 0, 0, INK_BOLD, slice_str(k->id));
    page_item(p, 0, 2, INK_DIM, S("a class of findings"));
    page_line(p);
    section(p, "Maps to", buf_slice(&maps));
    page_item(p, 0, 0, INK_BOLD, S("Rules"));
    for (size_t i = 0; i < rule_count(); i++) {
        const struct rule *r = rule_at(i);
        if (!slice_eq(slice_str(r->class_id), slice_str(k->id))) continue;
        page_to(p, COLUMN);
        page_item(p, COLUMN, 0, (enum ink)r->severity, slice_str(r->id));
        page_item(p, COLUMN, 2, INK_PLAIN, slice_str(r->title));
        page_line(p);
    }
    page_line(p);
    buf_done(&maps);
}

/* "pickle-exec" for "model.pickle-exec", when only one rule ends so. */
static const struct rule *by_short_form(struct slice id)
{
    const struct rule *found = NULL;
    for (size_t i = 0; i < rule_count(); i++) {
        struct slice full = slice_str(rule_at(i)->id);
        bool ends = full.n > id.n && slice_ends(full, id) && full.p[full.n - id.n - 1] == '.';
        if (ends && found) return NULL;
        if (ends) found = rule_at(i);
    }
    return found;
}

static int unknown(struct cli *c, struct slice id)
{
    const struct rule *near = rule_nearest(id);
    return cli_fail(c, "no rule '%.*s'%s%s%s\n  see: merlon rules", SLICE_ARG(id),
                    near ? "; did you mean " : "", near ? near->id : "", near ? "?" : "");
}

static void all(struct cli *c, struct page *p, const struct rulebook *book)
{
    for (size_t i = 0; i < rule_count(); i++) {
        if (i) page_line(p);
        explain(c, p, book, rule_at(i));
    }
}

static void one_json(struct buf *out, const struct rulebook *book, const struct rule *r)
{
    struct jot j;
    jot_init(&j, out, 1);
    rule_json(&j, book, r);
    buf_byte(out, '\n');
}

int cmd_explain(struct cli *c)
{
    struct report_style style = {.colour = cli_colour(c, 1), .width = cli_width(c)};
    bool json = slice_eq(setting_text(&c->settings, OPT_FORMAT), S("json"));
    bool every = setting_on(&c->settings, OPT_ALL_RULES);
    struct slice id = c->arg_count ? c->args[0] : S("");
    const struct rule *r = id.n ? rule_find(id) : NULL;
    const struct control_class *k = id.n && !r ? class_find(id) : NULL;
    struct page p;
    struct buf b;
    struct rulebook book;
    if (setting_text(&c->settings, OPT_REQUEST).n) return explain_request(c);
    if (!id.n && !every)
        return cli_fail(c, "which rule? merlon rules lists them, --all explains all");
    if (!r && id.n) r = by_short_form(id);
    if (id.n && !r && !k) return unknown(c, id);
    config_load(c);
    installed_load(c, &book);
    buf_init(&b, 16u << 20);
    page_init(&p, &b, &style);
    if (!id.n && json)
        rules_json(&b, &book);
    else if (!id.n)
        all(c, &p, &book);
    else if (r && json)
        one_json(&b, &book, r);
    else if (r)
        explain(c, &p, &book, r);
    else
        explain_class(&p, k);
    page_done(&p);
    bool ok = buf_ok(&b) && cli_out(buf_slice(&b));
    buf_done(&b);
    return ok ? 0 : EXIT_CANNOT;
}
