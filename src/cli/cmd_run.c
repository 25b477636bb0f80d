/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_run.c - copy, verify the copy, and only then start what will load it. */
#include "base/utf8.h"
#include "cli/config.h"
#include "cli/verifying.h"
#include "report/words.h"
#include "sign/seal.h"
#include <errno.h>
#include <unistd.h>

/* models.merlon.sig speaks for models, any other signature for the folder that it lies in. */
static struct slice model_of(struct cli *c, struct slice bundle)
{
    struct slice given = setting_text(&c->settings, OPT_MODEL), end = S(".merlon.sig");
    if (given.n) return given;
    if (slice_ends(bundle, end) && bundle.n > end.n) return slice_sub(bundle, 0, bundle.n - end.n);
    size_t slash = slice_rfind_byte(bundle, '/');
    return slash == SIZE_MAX ? S(".") : slice_sub(bundle, 0, slash ? slash : 1);
}

/* Before anything is copied. */
static bool bundles_are_there(struct verifying *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (access(cli_cstr(v->cli, v->files[i]), R_OK))
            return cli_fail(v->cli, "%.*s: %s", SLICE_ARG(v->files[i]), strerror(errno)), false;
    return true;
}

static bool seal(struct verifying *v, struct seal_copied *ret)
{
    struct cli *c = v->cli;
    struct slice why = S("out of memory");
    const char *model = cli_cstr(c, v->model);
    bool links = setting_on(&c->settings, OPT_ALLOW_SYMLINKS);
    if (seal_enter(&c->arena, &why) && seal_copy(model, links, &c->arena, ret, &why) &&
        seal_lock(model, &c->arena, &why))
        return true;
    return cli_fail(c, "%.*s", SLICE_ARG(why)), false;
}

static void say_sealed(struct verifying *v, const struct seal_copied *copied)
{
    struct cli *c = v->cli;
    struct buf b;
    buf_init(&b, 4096);
    if (setting_on(&c->settings, OPT_QUIET)) return;
    say_many(&b, copied->files, "file");
    buf_str(&b, ", ");
    say_size(&b, copied->bytes);
    buf_str(&b, ": verified, and held in memory; starting ");
    esc_tty(&b, c->args[0]);
    cli_note(c, "%s", buf_text(&b));
    buf_done(&b);
}

/* Does not come back when it works. */
static int start(struct cli *c)
{
    char **argv = ARENA_ARRAY(&c->arena, char *, c->arg_count + 1);
    if (!argv) return cli_fail(c, "out of memory");
    for (size_t i = 0; i < c->arg_count; i++) argv[i] = (char *)(uintptr_t)cli_cstr(c, c->args[i]);
    execvp(argv[0], argv);
    return cli_fail(c, "%s: %s", argv[0], strerror(errno));
}

static int run(struct cli *c)
{
    struct verifying v;
    struct seal_copied copied;
    int code = EXIT_CANNOT;
    bool ready =
        verifying_start(&v, c, OPT_VERIFY, model_of(c, c->settings.of[OPT_VERIFY].text[0]));
    if (ready && bundles_are_there(&v) && seal(&v, &copied) && verifying_check(&v) == ST_OK)
        code = v.verdict.verified ? EXIT_GATE_PASSED : verifying_tell(&v);
    if (code == EXIT_GATE_PASSED) say_sealed(&v, &copied);
    verifying_done(&v);
    return code == EXIT_GATE_PASSED ? start(c) : code;
}

int cmd_run(struct cli *c)
{
    config_load(c);
    int code = config_verdict(c);
    if (code) return code;
    if (!c->settings.of[OPT_VERIFY].count)
        return cli_fail(c, "--verify BUNDLE says which signature the model must have");
    return run(c);
}
