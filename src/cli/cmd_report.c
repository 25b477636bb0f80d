/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_report.c - a JSON result in another format: scan once, report often. The file may come from
 * anywhere; its gate is shown as it was decided then, and does not become this command's exit. */
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/outputs.h"
#include "report/load.h"
#include <errno.h>

#define RESULT_FILE_MAX ((size_t)1 << 30)
#define RESULT_ARENA    ((size_t)4 << 30)

static struct report_style style(const struct cli *c)
{
    const struct settings *s = &c->settings;
    return (struct report_style){
        .colour = cli_colour(c, 1),
        .width = cli_width(c),
        .all = setting_on(s, OPT_ALL),
        .quiet = setting_on(s, OPT_QUIET),
        .show_suppressed = setting_on(s, OPT_SHOW_SUPPRESSED),
        .why_skipped = setting_on(s, OPT_WHY_SKIPPED),
    };
}

static int convert(struct cli *c, const char *path, struct slice text, const struct outputs *o)
{
    struct arena arena;
    struct result r;
    struct slice error = S("");
    struct report_style look = style(c);
    int code = EXIT_CANNOT;
    arena_init(&arena, RESULT_ARENA, 1u << 16);
    enum st st = report_load(&arena, text, &r, &error);
    if (st == ST_OK)
        code = outputs_write(c, o, &r, &look) ? 0 : EXIT_CANNOT;
    else
        cli_fail(c, "%s: %.*s", path, SLICE_ARG(error.n ? error : slice_str(st_text(st))));
    arena_done(&arena);
    return code;
}

int cmd_report(struct cli *c)
{
    const char *path = cli_cstr(c, c->args[0]);
    struct outputs o;
    struct buf text;
    if (!outputs_read(c, &o)) return EXIT_CANNOT;
    buf_init(&text, RESULT_FILE_MAX);
    int code = file_read(path, RESULT_FILE_MAX, &text)
                   ? convert(c, path, buf_slice(&text), &o)
                   : cli_fail(c, "%s: %s", path, strerror(errno));
    buf_done(&text);
    return code;
}
