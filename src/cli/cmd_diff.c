/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_diff.c - two versions, side by side. */
#include "cli/cli.h"
#include "cli/diff_show.h"
#include "cli/last.h"

#define TEXT_MAX ((size_t)1 << 30)

static bool show(struct cli *c, const struct diff_options *o, const struct diff_result *r)
{
    const struct settings *s = &c->settings;
    struct report_style style = {
        .colour = cli_colour(c, 1), .width = cli_width(c), .all = setting_on(s, OPT_ALL_CHANGES)};
    struct buf b;
    if (setting_on(s, OPT_SILENT)) return true;
    buf_init(&b, TEXT_MAX);
    if (slice_eq(setting_text(s, OPT_FORMAT), S("json")))
        diff_json(&b, o, r);
    else
        diff_table(&b, &style, o, r);
    bool ok = buf_ok(&b) && cli_out(buf_slice(&b));
    buf_done(&b);
    return ok;
}

int cmd_diff(struct cli *c)
{
    const struct settings *s = &c->settings;
    struct arena arena;
    struct diff_result r;
    struct slice error = S("");
    arena_init(&arena, (size_t)8 << 30, 1u << 20);
    struct diff_options o = {.old = cli_cstr(c, c->args[0]),
                             .new = cli_cstr(c, c->args[1]),
                             .excludes = s->of[OPT_EXCLUDE].text,
                             .exclude_count = s->of[OPT_EXCLUDE].count,
                             .timeout_ns = s->of[OPT_TIMEOUT].number * 1000000000ull,
                             .spool_dir = cache_folder(c),
                             .arena = &arena};
    enum st st = diff_run(&o, &r, &error);
    int code = r.count && setting_on(s, OPT_EXIT_CODE) ? 1 : 0;
    if (st != ST_OK)
        code = cli_fail(c, "%.*s", SLICE_ARG(error.n ? error : slice_str(st_text(st))));
    else if (!show(c, &o, &r))
        code = EXIT_CANNOT;
    arena_done(&arena);
    return code;
}
