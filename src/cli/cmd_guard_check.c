/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_guard_check.c - would it start, and which policy holds for whom? */
#include "cli/guard_setup.h"
#include "guard/proxy/plan.h"
#include "guard/judge/scope.h"
#include "report/page.h"

static const int columns[] = {0, 28, 44, 53, 62, 71, 81};

static void cell(struct page *p, unsigned column, enum ink ink, struct slice text)
{
    if (column) page_to(p, (unsigned)columns[column]);
    page_item(p, (unsigned)columns[column], column ? 1 : 0, ink, text);
}

static void head(struct page *p)
{
    static const char *const names[] = {"route",   "tenant",   "mode",  "stream",
                                        "unknown", "deadline", "policy"};
    for (unsigned i = 0; i < COUNT_OF(names); i++) cell(p, i, INK_DIM, slice_str(names[i]));
    page_line(p);
}

static void scope(struct page *p, const struct guard_policy *policy, const struct guard_scope *s,
                  struct slice route)
{
    cell(p, 0, INK_BOLD, route);
    cell(p, 1, INK_PLAIN, s->tenant.n ? s->tenant : S("any"));
    cell(p, 2, INK_PLAIN, s->enforce ? S("enforce") : S("observe"));
    cell(p, 3, INK_PLAIN, slice_str(hold_mode_name(s->stream)));
    cell(p, 4, INK_PLAIN, s->unknown_passes ? S("pass") : S("block"));
    if (s->deadline_us) buf_printf(&p->raw, "%llums", (unsigned long long)s->deadline_us / 1000);
    if (!s->deadline_us) buf_str(&p->raw, "none");
    page_to(p, (unsigned)columns[5]);
    page_item_raw(p, (unsigned)columns[5], 1, INK_PLAIN);
    if (s->line) buf_printf(&p->raw, "%.*s:%u", SLICE_ARG(policy->file), s->line);
    if (!s->line) buf_str(&p->raw, "built-in");
    page_to(p, (unsigned)columns[6]);
    page_item_raw(p, (unsigned)columns[6], 1, INK_DIM);
    page_line(p);
}

/* Of each route the scopes that can hold for it, down to the first that holds for every tenant. */
static void table(const struct cli *c, const struct guard_config *g, struct buf *out)
{
    struct report_style style = {.colour = cli_colour(c, 1), .width = cli_width(c)};
    struct page p;
    page_init(&p, out, &style);
    head(&p);
    for (size_t i = 0; i < g->route_count; i++)
        for (size_t k = 0; k < g->policy->count; k++) {
            const struct guard_scope *s = &g->policy->scopes[k];
            if (s->route.n && !slice_glob(s->route, g->routes[i].name)) continue;
            scope(&p, g->policy, s, g->routes[i].name);
            if (!s->tenant.n) break;
        }
    page_done(&p);
    buf_printf(out, "policy %s\n", g->policy->digest);
}

int cmd_guard_check(struct cli *c)
{
    struct guard_config config;
    struct buf why, out;
    if (!guard_setup(c, &c->arena, &config)) return EXIT_CANNOT;
    buf_init(&why, 1u << 16);
    buf_init(&out, 1u << 20);
    bool ok = plan_check(&config, &c->arena, &why);
    if (ok) buf_str(&out, "ok: it would start\n\n");
    if (ok) table(c, &config, &out);
    if (!ok) cli_fail(c, "%s", buf_text(&why));
    ok = ok && buf_ok(&out) && cli_out(buf_slice(&out));
    buf_done(&why);
    buf_done(&out);
    return ok ? EXIT_GATE_PASSED : EXIT_CANNOT;
}
