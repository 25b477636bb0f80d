/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_ignore.c - .merlonignore.toml at the root of the project. */
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/last.h"
#include "cli/project.h"
#include "cli/waive.h"
#include "finding/rules.h"
#include "policy/allow.h"
#include "codec/jot.h"
#include "report/page.h"
#include <errno.h>
#include <pwd.h>

/* ---- add ---- */

static bool rule_known(struct slice pattern)
{
    for (size_t i = 0; i < rule_count(); i++)
        if (allow_covers(pattern, slice_str(rule_at(i)->id))) return true;
    return false;
}

static struct slice me(struct cli *c)
{
    const struct passwd *p = getpwuid(getuid());
    return p && p->pw_name ? arena_copy(&c->arena, slice_str(p->pw_name)) : S("");
}

static bool read_entry(struct cli *c, struct ignore_entry *e)
{
    const struct settings *s = &c->settings;
    *e = (struct ignore_entry){.rule = c->args[0],
                               .path = setting_text(s, OPT_PATH),
                               .fingerprint = setting_text(s, OPT_FINGERPRINT),
                               .reason = slice_trim(setting_text(s, OPT_REASON)),
                               .until = setting_text(s, OPT_UNTIL),
                               .by = setting_text(s, OPT_BY),
                               .until_day = INT64_MAX};
    if (!e->by.n) e->by = me(c);
    if (!rule_known(e->rule)) {
        const struct rule *near = rule_nearest(e->rule);
        cli_fail(c, "no rule '%.*s'%s%s%s\n  see: merlon rules", SLICE_ARG(e->rule),
                 near ? "; did you mean " : "", near ? near->id : "", near ? "?" : "");
    } else if (ignore_forbids(e->rule)) {
        cli_fail(c, "findings about suppressions cannot be suppressed");
    } else if (!e->reason.n) {
        cli_fail(c, "a reason is needed, for whoever reads this in a year: --reason \"why\"");
    } else if (e->until.n && !day_parse(e->until, &e->until_day)) {
        cli_fail(c, "--until takes a date like 2027-03-31, not '%.*s'", SLICE_ARG(e->until));
    } else if (e->until_day < today()) {
        cli_fail(c, "--until %.*s has passed already", SLICE_ARG(e->until));
    } else {
        return true;
    }
    return false;
}

struct tally {
    const struct ignore_list *list;
    size_t total, hidden;
};

static void on_last(void *ctx, const struct last_finding *f)
{
    struct tally *t = ctx;
    struct finding as = {.rule = rule_find(f->rule), .path = f->path};
    if (!as.rule) return;
    size_t n = f->fingerprint.n < 32 ? f->fingerprint.n : 32;
    memcpy(as.fingerprint, f->fingerprint.p, n);
    t->total++;
    t->hidden += ignore_match(t->list, &as, f->path) != NULL;
}

/* " (1 of 6 findings now suppressed)", as far as the last scan tells */
static void say_effect(struct cli *c, struct ignore_entry *e)
{
    struct ignore_list one = {.entries = e, .count = 1};
    struct tally t = {.list = &one};
    if (last_each(c, on_last, &t) && t.total)
        printf("added to .merlonignore.toml (%zu of %zu findings now suppressed)\n", t.hidden,
               t.total);
    else
        printf("added to .merlonignore.toml\n");
    if (!e->until.n) printf("it has no end date; --until DATE would have it looked at again\n");
}

int cmd_ignore_add(struct cli *c)
{
    struct ignore_entry e;
    struct ignore_list list;
    struct slice text;
    struct buf b;
    if (!read_entry(c, &e) || !ignore_load(c, &list, &text)) return EXIT_CANNOT;
    if (list.error)
        return cli_fail(c, ".merlonignore.toml:%zu:%zu: %s\n  fix: %s", list.error_line,
                        list.error_column, list.error, list.error_fix);
    buf_init(&b, 4u << 20);
    buf_add(&b, text);
    if (!text.n)
        buf_str(&b, "# Findings that were accepted, by whom, why and until when.\n"
                    "# merlon ignore list shows their state; a lapsed one is a finding itself.\n");
    else if (b.p[b.n - 1] != '\n')
        buf_byte(&b, '\n');
    buf_byte(&b, '\n');
    ignore_write(&b, &e);
    bool ok = buf_ok(&b) && file_write(ignore_path(c), buf_slice(&b));
    buf_done(&b);
    if (!ok) return cli_fail(c, "%s: %s", ignore_path(c), strerror(errno));
    say_effect(c, &e);
    return cli_out(S("")) ? 0 : EXIT_CANNOT;
}

/* ---- list ---- */

static void say_state(struct buf *b, const struct ignore_entry *e)
{
    if (e->state == IGNORE_INVALID)
        buf_printf(b, "not valid: %s", e->wrong);
    else if (e->state == IGNORE_LAPSED)
        buf_printf(b, "lapsed on %.*s", SLICE_ARG(e->until));
    else if (e->until.n)
        buf_printf(b, "until %.*s, %lld days", SLICE_ARG(e->until),
                   (long long)(e->until_day - today()));
    else
        buf_str(b, "for good");
}

static void list_row(struct page *p, const struct ignore_entry *e)
{
    static const enum ink inks[] = {INK_GOOD, INK_MEDIUM, INK_BAD};
    page_item(p, 0, 0, INK_BOLD, e->rule.n ? e->rule : S("(no rule)"));
    page_item(p, 4, 2, INK_PLAIN,
              e->path.n          ? e->path
              : e->fingerprint.n ? e->fingerprint
                                 : S("everywhere"));
    say_state(&p->raw, e);
    page_item_raw(p, 4, 2, inks[e->state]);
    page_line(p);
    page_to(p, 4);
    page_flow(p, 4, INK_PLAIN, e->reason.n ? e->reason : S("no reason given"));
    buf_str(&p->raw, e->by.n ? "by " : "nobody answers for it");
    buf_add(&p->raw, e->by);
    page_item_raw(p, 4, 2, INK_DIM);
    page_line(p);
}

static void list_json(struct buf *out, const struct ignore_list *l)
{
    static const char *const states[] = {"active", "lapsed", "invalid"};
    struct jot j;
    jot_init(&j, out, 1);
    jot_open(&j, '[');
    for (size_t i = 0; i < l->count; i++) {
        const struct ignore_entry *e = &l->entries[i];
        jot_open(&j, '{');
        jot_pair(&j, "rule", e->rule);
        jot_key(&j, "path");
        jot_text_or_null(&j, e->path);
        jot_key(&j, "fingerprint");
        jot_text_or_null(&j, e->fingerprint);
        jot_pair(&j, "reason", e->reason);
        jot_key(&j, "until");
        jot_text_or_null(&j, e->until);
        jot_pair(&j, "by", e->by);
        jot_pair_str(&j, "state", states[e->state]);
        jot_pair_num(&j, "line", e->line);
        jot_close(&j, '}');
    }
    jot_close(&j, ']');
    buf_byte(out, '\n');
}

int cmd_ignore_list(struct cli *c)
{
    struct report_style style = {.colour = cli_colour(c, 1), .width = cli_width(c)};
    struct ignore_list list;
    struct slice text;
    struct page p;
    struct buf b;
    if (!ignore_load(c, &list, &text)) return EXIT_CANNOT;
    if (list.error)
        return cli_fail(c, ".merlonignore.toml:%zu:%zu: %s\n  fix: %s", list.error_line,
                        list.error_column, list.error, list.error_fix);
    buf_init(&b, 4u << 20);
    page_init(&p, &b, &style);
    if (slice_eq(setting_text(&c->settings, OPT_FORMAT), S("json")))
        list_json(&b, &list);
    else if (!list.count)
        buf_str(&b, "nothing is ignored in this project\n");
    else
        for (size_t i = 0; i < list.count; i++) list_row(&p, &list.entries[i]);
    page_done(&p);
    bool ok = buf_ok(&b) && cli_out(buf_slice(&b));
    buf_done(&b);
    return ok ? 0 : EXIT_CANNOT;
}

/* ---- remove, prune ---- */

struct drop {
    struct slice rule, path, fingerprint;
    bool lapsed;
};

static bool drops(const void *ctx, const struct ignore_entry *e)
{
    const struct drop *d = ctx;
    if (d->lapsed) return e->state == IGNORE_LAPSED;
    return (!d->rule.n || slice_eq(d->rule, e->rule)) &&
           (!d->path.n || slice_eq(d->path, e->path)) &&
           (!d->fingerprint.n || slice_eq_nocase(d->fingerprint, e->fingerprint));
}

/* The file as it will be must still be one, with so many entries less. */
static bool still_sound(struct cli *c, struct slice text, size_t entries)
{
    struct ignore_list list;
    return ignore_parse(text, S(""), today(), &c->arena, &list) && !list.error &&
           list.count == entries;
}

static int drop_entries(struct cli *c, const struct drop *d)
{
    struct ignore_list list;
    struct slice text;
    struct buf b;
    size_t n = 0;
    if (!ignore_load(c, &list, &text)) return EXIT_CANNOT;
    if (list.error)
        return cli_fail(c, ".merlonignore.toml is broken: merlon ignore list says where");
    for (size_t i = 0; i < list.count; i++) n += drops(d, &list.entries[i]);
    if (!n && !d->lapsed) return cli_fail(c, "no such entry\n  see: merlon ignore list");
    buf_init(&b, 4u << 20);
    bool ok =
        ignore_without(text, &list, drops, d, &b) && still_sound(c, buf_slice(&b), list.count - n);
    if (!ok) {
        buf_done(&b);
        return cli_fail(
            c, "the file is written in a way that only a person should edit; nothing was changed");
    }
    ok = !n || file_write(ignore_path(c), buf_slice(&b));
    buf_done(&b);
    if (!ok) return cli_fail(c, "%s: %s", ignore_path(c), strerror(errno));
    printf("%zu %s removed, %zu left\n", n, n == 1 ? "entry" : "entries", list.count - n);
    return cli_out(S("")) ? 0 : EXIT_CANNOT;
}

int cmd_ignore_remove(struct cli *c)
{
    struct drop d = {.rule = c->arg_count ? c->args[0] : S(""),
                     .path = setting_text(&c->settings, OPT_PATH),
                     .fingerprint = setting_text(&c->settings, OPT_FINGERPRINT)};
    if (!d.rule.n && !d.path.n && !d.fingerprint.n)
        return cli_fail(c, "which one? name its rule, --path or --fingerprint");
    return drop_entries(c, &d);
}

int cmd_ignore_prune(struct cli *c)
{
    struct drop d = {.lapsed = true};
    return drop_entries(c, &d);
}
