/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/rule_text.h"
#include "report/page.h"

static void table(struct cli *c, struct buf *out)
{
    struct report_style style = {.colour = cli_colour(c, 1), .width = cli_width(c)};
    struct page p;
    unsigned widest = 0;
    for (size_t i = 0; i < rule_count(); i++) {
        size_t n = strlen(rule_at(i)->id);
        widest = n > widest ? (unsigned)n : widest;
    }
    page_init(&p, out, &style);
    for (size_t i = 0; i < rule_count(); i++) {
        const struct rule *r = rule_at(i);
        page_item(&p, 0, 0, (enum ink)r->severity, slice_str(severity_name(r->severity)));
        page_to(&p, 10);
        page_item(&p, 10, 0, INK_BOLD, slice_str(r->id));
        page_to(&p, 12 + widest);
        page_flow(&p, 12 + widest, INK_PLAIN, slice_str(r->title));
        page_line(&p);
    }
    page_line(&p);
    buf_printf(&p.raw, "%zu rules, version %s.", rule_count(), rules_version);
    page_flow_raw(&p, 0, INK_DIM);
    page_item(&p, 0, 1, INK_DIM, S("merlon explain RULE says what each means."));
    page_line(&p);
    page_done(&p);
}

int cmd_rules(struct cli *c)
{
    struct buf b;
    buf_init(&b, 8u << 20);
    if (slice_eq(setting_text(&c->settings, OPT_FORMAT), S("json")))
        rules_json(&b);
    else if (setting_on(&c->settings, OPT_QUIET))
        for (size_t i = 0; i < rule_count(); i++) buf_printf(&b, "%s\n", rule_at(i)->id);
    else
        table(c, &b);
    bool ok = buf_ok(&b) && cli_out(buf_slice(&b));
    buf_done(&b);
    return ok ? 0 : EXIT_CANNOT;
}
