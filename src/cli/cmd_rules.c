/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/installed.h"
#include "cli/rule_text.h"
#include "report/page.h"

static void line(struct page *p, enum ink ink)
{
    page_flow_raw(p, 0, ink);
    page_line(p);
}

/* By what this program goes, and how old it is. */
static void foot(struct page *p, const struct rulebook *book)
{
    char day[11];
    buf_printf(&p->raw, "%zu rules, version %.*s. merlon explain RULE says what each means.",
               rule_count(), SLICE_ARG(book->version));
    line(p, INK_DIM);
    if (book->updated) {
        day_of(book->bundle.made, day);
        buf_printf(&p->raw, "Update %u, made %s. ", book->bundle.sequence, day);
        overlay_say(&p->raw, &book->overlay);
        line(p, INK_DIM);
    }
    int64_t age = advisories_age(book, day);
    buf_printf(&p->raw, "Advisories of %s, %lld day%s old%s", day, (long long)age,
               age == 1 ? "" : "s",
               age > ADVISORIES_OLD ? ": merlon rules update FILE brings newer ones." : ".");
    line(p, INK_DIM);
}

static void table(struct cli *c, const struct rulebook *book, struct buf *out)
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
        const struct rule *r = overlay_rule(&book->overlay, rule_at(i));
        bool off = overlay_is_off(&book->overlay, rule_at(i));
        page_item(&p, 0, 0, off ? INK_DIM : (enum ink)r->severity,
                  slice_str(off ? "off" : severity_name(r->severity)));
        page_to(&p, 10);
        page_item(&p, 10, 0, INK_BOLD, slice_str(r->id));
        page_to(&p, 12 + widest);
        page_flow(&p, 12 + widest, INK_PLAIN, slice_str(r->title));
        page_line(&p);
    }
    page_line(&p);
    foot(&p, book);
    page_done(&p);
}

int cmd_rules(struct cli *c)
{
    struct buf b;
    struct rulebook book;
    config_load(c);
    installed_load(c, &book);
    installed_warn(c, &book);
    buf_init(&b, 8u << 20);
    if (slice_eq(setting_text(&c->settings, OPT_FORMAT), S("json")))
        rules_json(&b, &book);
    else if (setting_on(&c->settings, OPT_QUIET))
        for (size_t i = 0; i < rule_count(); i++) buf_printf(&b, "%s\n", rule_at(i)->id);
    else
        table(c, &book, &b);
    bool ok = buf_ok(&b) && cli_out(buf_slice(&b));
    buf_done(&b);
    return ok ? 0 : EXIT_CANNOT;
}
