/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/help.h"

static int print(struct buf *b)
{
    bool ok = cli_out(buf_slice(b));
    buf_done(b);
    return ok ? 0 : EXIT_CANNOT;
}

int cmd_help(struct cli *c)
{
    struct buf b;
    bool man = setting_on(&c->settings, OPT_MAN), colour = cli_colour(c, 1);
    struct slice first = c->arg_count ? c->args[0] : S("");
    struct slice second = c->arg_count > 1 ? c->args[1] : S("");
    size_t used = 0;
    const struct command *about = first.n ? command_find(first, second, &used) : NULL;
    buf_init(&b, 1u << 20);
    if (!first.n || (man && slice_eq(first, S("merlon")))) {
        if (man)
            man_page(&b, NULL);
        else
            help_overview(&b, colour);
    } else if (about && man) {
        man_page(&b, about);
    } else if (about) {
        help_command(&b, about, colour);
    } else if (command_is_group(first) && !second.n) {
        help_group(&b, first, colour);
    } else {
        const char *near = command_is_group(first) ? command_nearest(first, second)
                                                   : command_nearest(S(""), first);
        buf_done(&b);
        return cli_fail(c, "no such command%s%s%s", near ? "; did you mean " : "", near ? near : "",
                        near ? "?" : "");
    }
    return print(&b);
}

int cmd_completion(struct cli *c)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    if (completion_script(&b, c->args[0])) return print(&b);
    buf_done(&b);
    return cli_fail(c, "completion is there for bash, zsh and fish, not for '%.*s'",
                    SLICE_ARG(c->args[0]));
}
