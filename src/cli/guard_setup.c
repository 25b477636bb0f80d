/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/guard_setup.h"
#include "base/fd.h"
#include "guard/config/policy_read.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define CONFIG_MAX (1u << 20)

static bool options_ok(const struct cli *c)
{
    bool file = setting_text(&c->settings, OPT_GUARD_CONFIG).n;
    bool listen = setting_text(&c->settings, OPT_LISTEN).n;
    bool upstream = setting_text(&c->settings, OPT_UPSTREAM).n;
    if (file && (listen || upstream))
        cli_fail(c, "--config FILE says where to listen and whom to ask; leave --listen and "
                    "--upstream out");
    else if (!file && (!listen || !upstream))
        cli_fail(c, "--listen ADDR:PORT and --upstream URL, or --config FILE");
    else
        return true;
    return false;
}

static bool read_file(const struct cli *c, const char *path, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fd_read(fd, CONFIG_MAX, out);
    if (!ok) cli_fail(c, "%s: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
    return ok;
}

/* ---- listeners, upstreams, routes ---- */

static bool read_config(const struct cli *c, struct arena *arena, struct guard_config *ret,
                        struct buf *why)
{
    struct slice file = setting_text(&c->settings, OPT_GUARD_CONFIG);
    const char *path = arena_cstr(arena, file);
    struct buf text;
    if (!file.n)
        return guard_config_short(setting_text(&c->settings, OPT_LISTEN),
                                  setting_text(&c->settings, OPT_UPSTREAM), arena, ret, why);
    buf_init(&text, CONFIG_MAX + 1);
    bool ok = path && read_file(c, path, &text) &&
              guard_config_read(buf_slice(&text), path, arena, ret, why);
    buf_done(&text);
    return ok;
}

/* ---- the policy ---- */

/* An option counts before the file. */
static struct slice mode_of(const struct cli *c, struct slice said)
{
    const struct setting *mode = &c->settings.of[OPT_GUARD_MODE];
    return mode->origin ? setting_text(&c->settings, OPT_GUARD_MODE) : said;
}

static void check_routes(const struct guard_config *g, struct arena *arena, struct buf *notes)
{
    struct slice *names = ARENA_ARRAY(arena, struct slice, g->route_count + 1);
    for (size_t i = 0; names && i < g->route_count; i++) names[i] = g->routes[i].name;
    if (!names) return;
    names[g->route_count] = S("/merlon/guard"); /* of litellm.h */
    policy_check_routes(g->policy, names, g->route_count + 1, notes);
}

static bool read_policy(const struct cli *c, struct arena *arena, struct guard_config *ret,
                        struct buf *why)
{
    struct slice file = setting_text(&c->settings, OPT_POLICY);
    struct buf notes;
    buf_init(&notes, 1u << 16);
    ret->mode = mode_of(c, ret->mode);
    struct policy_in in = {.enforce = slice_eq(ret->mode, S("enforce")), .notes = &notes};
    const char *path =
        arena_cstr(arena, file.n ? file : setting_text(&c->settings, OPT_GUARD_CONFIG));
    if (!path)
        buf_str(why, "out of memory");
    else if (file.n)
        ret->policy = policy_read_file(&in, path, arena, why);
    else
        ret->policy = policy_read(&in, path, ret->root, arena, why);
    if (ret->policy) check_routes(ret, arena, &notes);
    struct slice rest = buf_slice(&notes), line;
    while (slice_split(&rest, '\n', &line))
        if (line.n) cli_note(c, "%.*s", SLICE_ARG(line));
    buf_done(&notes);
    return ret->policy;
}

bool guard_setup(const struct cli *c, struct arena *arena, struct guard_config *ret)
{
    struct buf why;
    if (!options_ok(c)) return false;
    buf_init(&why, 1u << 16);
    bool ok = read_config(c, arena, ret, &why) && read_policy(c, arena, ret, &why);
    if (why.n) cli_fail(c, "%s", buf_text(&why));
    buf_done(&why);
    return ok;
}
