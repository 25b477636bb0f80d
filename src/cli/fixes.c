/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fixes.h"
#include "scan/fix.h"

static const struct {
    enum opt option;
    const char *why;
} excluded[] = {
    {OPT_STAGED, "it changes files of the work tree, not of the index"},
    {OPT_GIT, "history cannot be changed"},
    {OPT_NO_HASH, "a file is only changed if its digest is still that of the scan"},
};

bool fixes_wanted(const struct cli *c)
{
    return setting_on(&c->settings, OPT_FIX) || setting_on(&c->settings, OPT_DIFF);
}

bool fixes_possible(const struct cli *c)
{
    if (!fixes_wanted(c)) return true;
    for (size_t i = 0; i < sizeof excluded / sizeof *excluded; i++)
        if (setting_on(&c->settings, excluded[i].option))
            return cli_fail(c, "--fix does not go with --%s: %s",
                            option_at(excluded[i].option)->name, excluded[i].why),
                   false;
    if (setting_on(&c->settings, OPT_DIFF) && c->settings.of[OPT_OUTPUT].origin == ORIGIN_OPTION)
        return cli_fail(c, "--diff shows a diff and writes no report: leave out -o"), false;
    return true;
}

static void on_diff(void *ctx, struct slice unified)
{
    (void)ctx;
    (void)cli_out(unified);
}

static void say(const struct cli *c, const struct fix *f)
{
    bool diff = setting_on(&c->settings, OPT_DIFF);
    if (setting_on(&c->settings, OPT_SILENT)) return;
    for (size_t i = 0; i < f->refused_count; i++)
        cli_note(c, "not fixed: %.*s", SLICE_ARG(f->refused[i]));
    if (f->refused_more) cli_note(c, "not fixed: %zu more files", f->refused_more);
    if (!f->files)
        cli_note(c, "nothing that can be fixed safely without you");
    else
        cli_note(c, "%s %zu place%s in %zu file%s", diff ? "would fix" : "fixed", f->places,
                 f->places == 1 ? "" : "s", f->files, f->files == 1 ? "" : "s");
}

bool fixes_do(struct cli *c, const struct selection *s, const struct result *r)
{
    struct fix f = {.arena = r->arena,
                    .result = r,
                    .folder = select_folder(c, s),
                    .diff = setting_on(&c->settings, OPT_DIFF),
                    .on_diff = on_diff};
    enum st st = fix_run(&f);
    if (st != ST_OK) return cli_fail(c, "the fixes could not be made: %s", st_text(st)), false;
    say(c, &f);
    return true;
}
