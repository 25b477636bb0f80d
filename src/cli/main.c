/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - find the command, parse its options, run it. The result is the exit code. */
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/signals.h"

#define MEMORY_MAX ((size_t)1 << 32)

static int show_help(struct cli *c, struct slice group)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    if (c->command)
        help_command(&b, c->command, cli_colour(c, 1));
    else if (group.n)
        help_group(&b, group, cli_colour(c, 1));
    else
        help_overview(&b, cli_colour(c, 1));
    bool ok = cli_out(buf_slice(&b));
    buf_done(&b);
    return ok ? 0 : EXIT_CANNOT;
}

static bool is_help(struct slice s)
{
    return slice_eq(s, S("--help")) || slice_eq(s, S("-h"));
}

/* "config what? show, check" */
static int which_of_group(const struct cli *c, struct slice group)
{
    struct buf b;
    buf_init(&b, 1 << 12);
    for (size_t i = 0; i < command_count(); i++) {
        struct slice name = slice_str(command_at(i)->name);
        bool in = slice_starts(name, group) && name.n > group.n && name.p[group.n] == ' ';
        if (in)
            buf_printf(&b, "%s%.*s", b.n ? ", " : "",
                       SLICE_ARG(slice_sub(name, group.n + 1, name.n)));
    }
    int code = cli_fail(c, "%.*s what? %.*s\n  see: merlon help %.*s", SLICE_ARG(group),
                        SLICE_ARG(buf_slice(&b)), SLICE_ARG(group));
    buf_done(&b);
    return code;
}

static int unknown(struct cli *c, struct slice first, struct slice second)
{
    bool group = command_is_group(first);
    struct slice word = group ? second : first;
    const char *near = command_nearest(group ? first : S(""), word);
    if (group && !word.n) return which_of_group(c, first);
    if (!group) second = S("");
    return cli_fail(c, "unknown command '%.*s%s%.*s'%s%s%s\n  see: merlon help", SLICE_ARG(first),
                    group ? " " : "", SLICE_ARG(second), near ? "; did you mean " : "",
                    near ? near : "", near ? "?" : "");
}

static int run(struct cli *c, int argc, char **argv)
{
    struct slice first = slice_str(argc > 1 ? argv[1] : "");
    struct slice second = slice_str(argc > 2 ? argv[2] : "");
    size_t used = 0;
    if (!first.n || is_help(first)) return show_help(c, S(""));
    if (slice_eq(first, S("--version")) || slice_eq(first, S("-V"))) first = S("version");
    c->command = command_find(first, second, &used);
    bool word = second.n && second.p[0] != '-';
    if (used == 1 && word && !c->command->most_args && command_is_group(first)) c->command = NULL;
    if (!c->command && command_is_group(first) && is_help(second)) return show_help(c, first);
    if (!c->command) return unknown(c, first, second);
    switch (cli_parse(c, argc - 1 - (int)used, argv + 1 + used)) {
    case PARSE_RUN: return c->command->run(c);
    case PARSE_HELP: return show_help(c, S(""));
    case PARSE_BAD: break;
    }
    return EXIT_CANNOT;
}

int main(int argc, char **argv)
{
    struct cli c = {0};
    signals_init();
    arena_init(&c.arena, MEMORY_MAX, 1u << 16);
    buf_init(&c.trouble, 1u << 16);
    settings_init(&c.settings, &c.arena);
    int code = run(&c, argc, argv);
    buf_done(&c.trouble);
    arena_done(&c.arena);
    return code;
}
