/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verifying.h"
#include "cli/revocations.h"
#include "cli/verdicts.h"
#include <errno.h>
#include <unistd.h>

static bool read_files(struct verifying *v, enum opt signatures)
{
    struct cli *c = v->cli;
    const struct setting *given = &c->settings.of[signatures];
    v->count = given->count ? given->count : 1;
    v->files = ARENA_ARRAY(&c->arena, struct slice, v->count);
    v->bundle = ARENA_ARRAY(&c->arena, struct bundle, v->count);
    if (!v->files || !v->bundle) return cli_fail(c, "out of memory"), false;
    for (size_t i = 0; i < given->count; i++) v->files[i] = given->text[i];
    if (given->count) return true;
    v->files[0] = bundle_place(c, v->model);
    if (access(cli_cstr(c, v->files[0]), F_OK) == 0) return true;
    return cli_fail(c, "there is no signature at %.*s\n  --signature FILE names another place",
                    SLICE_ARG(v->files[0])),
           false;
}

static void read_options(struct verifying *v)
{
    const struct settings *s = &v->cli->settings;
    v->options = (struct verify_options){.path = cli_cstr(v->cli, v->model),
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

bool verifying_start(struct verifying *v, struct cli *c, enum opt signatures, struct slice model)
{
    *v = (struct verifying){.cli = c, .model = model};
    if (!read_files(v, signatures)) return false;
    read_options(v);
    return bundles_start(&v->bundles, c) && trusts_read(&v->trusts, c) &&
           revocations_read(c, &v->bundles, &v->trusts.trust.revoked);
}

void verifying_done(struct verifying *v)
{
    trusts_done(&v->trusts);
    bundles_done(&v->bundles);
}

enum st verifying_check(struct verifying *v)
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
    if (access(v->options.path, F_OK)) {
        cli_fail(c, "%s: %s", v->options.path, strerror(errno));
        return ST_IO;
    }
    if (!load(v, &v->verdict, &readable)) return ST_IO;
    if (!readable) return ST_OK;
    enum st st = verify_run(&q, &v->bundles.arena, &v->verdict, &why);
    if (st != ST_OK) cli_fail(c, "%s: %.*s", v->options.path, SLICE_ARG(why));
    return st;
}

int verifying_tell(struct verifying *v)
{
    if (!verdict_tell(v->cli, &v->verdict, v->model)) return EXIT_CANNOT;
    return v->verdict.verified ? EXIT_GATE_PASSED : EXIT_GATE_FAILED;
}
