/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_verify.c - whom to trust, which signatures, and the verdict. */
#include "base/host.h"
#include "base/utf8.h"
#include "cli/bundles.h"
#include "cli/config.h"
#include "cli/verdicts.h"
#include "cli/trusts.h"
#include <errno.h>

struct verifying {
    struct cli *cli;
    struct trusts trusts;
    struct bundles bundles;
    struct slice *files; /* of the signatures */
    struct bundle *bundle;
    size_t count;
    struct verify_options options;
    struct verdict verdict;
};

static bool read_files(struct verifying *v)
{
    struct cli *c = v->cli;
    const struct setting *given = &c->settings.of[OPT_SIGNATURE];
    v->count = given->count ? given->count : 1;
    v->files = ARENA_ARRAY(&c->arena, struct slice, v->count);
    v->bundle = ARENA_ARRAY(&c->arena, struct bundle, v->count);
    if (!v->files || !v->bundle) return cli_fail(c, "out of memory"), false;
    for (size_t i = 0; i < given->count; i++) v->files[i] = given->text[i];
    if (given->count) return true;
    v->files[0] = bundle_place(c, c->args[0]);
    if (access(cli_cstr(c, v->files[0]), F_OK) == 0) return true;
    return cli_fail(c, "there is no signature at %.*s\n  --signature FILE names another place",
                    SLICE_ARG(v->files[0])),
           false;
}

static void read_options(struct verifying *v)
{
    const struct settings *s = &v->cli->settings;
    v->options = (struct verify_options){.path = cli_cstr(v->cli, v->cli->args[0]),
                                         .own = v->files,
                                         .own_count = v->count,
                                         .ignored = s->of[OPT_IGNORE_PATHS].text,
                                         .ignored_count = s->of[OPT_IGNORE_PATHS].count,
                                         .links = setting_on(s, OPT_ALLOW_SYMLINKS),
                                         .unsigned_ok = setting_on(s, OPT_IGNORE_UNSIGNED),
                                         .threads = (unsigned)s->of[OPT_JOBS].number};
}

/* A bundle that cannot be read is a signature that does not hold. */
static bool load(struct verifying *v, struct verdict *ret_bad, bool *ret_readable)
{
    *ret_readable = true;
    for (size_t i = 0; i < v->count; i++) {
        struct slice why = S("");
        enum bundles_end end = bundles_load(&v->bundles, v->files[i], &v->bundle[i], &why);
        if (end == BUNDLES_TROUBLE) return false;
        if (end == BUNDLES_OK) continue;
        *ret_readable = false;
        *ret_bad = (struct verdict){.reason = arena_printf(&v->cli->arena, "%.*s: %.*s",
                                                           SLICE_ARG(v->files[i]), SLICE_ARG(why))};
        return true;
    }
    return true;
}

static int check(struct verifying *v)
{
    struct cli *c = v->cli;
    struct slice why = S("out of memory");
    bool readable = false;
    const struct verify_request q = {.bundles = v->bundle,
                                     .count = v->count,
                                     .names = v->files,
                                     .threshold = (size_t)c->settings.of[OPT_THRESHOLD].number,
                                     .trust = &v->trusts.trust,
                                     .options = &v->options};
    if (access(v->options.path, F_OK))
        return cli_fail(c, "%s: %s", v->options.path, strerror(errno));
    if (!load(v, &v->verdict, &readable)) return EXIT_CANNOT;
    if (readable && verify_run(&q, &v->bundles.arena, &v->verdict, &why) != ST_OK)
        return cli_fail(c, "%s: %.*s", v->options.path, SLICE_ARG(why));
    if (!verdict_tell(c, &v->verdict, c->args[0])) return EXIT_CANNOT;
    return v->verdict.verified ? EXIT_GATE_PASSED : EXIT_GATE_FAILED;
}

static int run(struct verifying *v)
{
    if (!read_files(v)) return EXIT_CANNOT;
    read_options(v);
    if (!bundles_start(&v->bundles, v->cli)) return EXIT_CANNOT;
    int code = trusts_read(&v->trusts, v->cli) ? check(v) : EXIT_CANNOT;
    trusts_done(&v->trusts);
    bundles_done(&v->bundles);
    return code;
}

int cmd_verify(struct cli *c)
{
    struct verifying v = {.cli = c};
    config_load(c);
    int code = config_verdict(c);
    return code ? code : run(&v);
}
