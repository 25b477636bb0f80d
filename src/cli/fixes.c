/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fixes.h"
#include "scan/fix.h"
#include <stdlib.h>

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

/* Where Hugging Face's library keeps what it fetched (huggingface_hub, "Environment variables"). */
static size_t hub_cache(struct arena *a, const char **ret)
{
    static const struct {
        const char *variable, *below;
    } rows[] = {{"HF_HUB_CACHE", ""},
                {"HUGGINGFACE_HUB_CACHE", ""},
                {"HF_HOME", "/hub"},
                {"XDG_CACHE_HOME", "/huggingface/hub"},
                {"HOME", "/.cache/huggingface/hub"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *value = getenv(rows[i].variable);
        if (!value || !*value) continue;
        struct slice path = arena_printf(a, "%s%s", value, rows[i].below);
        *ret = path.p ? arena_cstr(a, path) : NULL;
        return *ret ? 1 : 0;
    }
    return 0;
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
    if (f->unpinned)
        cli_note(c,
                 "%zu call%s to the hub stay%s without a commit: your Hugging Face cache has none, "
                 "or the "
                 "call is not a plain one",
                 f->unpinned, f->unpinned == 1 ? "" : "s", f->unpinned == 1 ? "s" : "");
    if (!f->files)
        cli_note(c, "nothing that can be fixed safely without you");
    else
        cli_note(c, "%s %zu place%s in %zu file%s", diff ? "would fix" : "fixed", f->places,
                 f->places == 1 ? "" : "s", f->files, f->files == 1 ? "" : "s");
}

bool fixes_do(struct cli *c, const struct selection *s, const struct result *r)
{
    const char *cache;
    struct fix f = {.arena = r->arena,
                    .caches = &cache,
                    .cache_count = hub_cache(r->arena, &cache),
                    .result = r,
                    .folder = select_folder(c, s),
                    .diff = setting_on(&c->settings, OPT_DIFF),
                    .on_diff = on_diff};
    enum st st = fix_run(&f);
    if (st != ST_OK) return cli_fail(c, "the fixes could not be made: %s", st_text(st)), false;
    say(c, &f);
    return true;
}
