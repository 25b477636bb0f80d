/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c - the command line: options and arguments in any order, as git and friends take them.
 *   --name VALUE   --name=VALUE   -n VALUE   -nVALUE   -abc   --
 */
#include "base/utf8.h"
#include "cli/cli.h"

struct parse {
    struct cli *cli;
    char **argv;
    int argc, at;
    bool only_args, help;
};

static bool bad_name(struct parse *p, struct slice shown, enum opt near)
{
    struct buf b;
    buf_init(&b, 4096);
    esc_tty(&b, slice_sub(shown, 0, 200));
    const char *hint = near < OPT_COUNT ? option_at(near)->name : NULL;
    cli_fail(p->cli, "unknown option %s%s%s%s\n  see: merlon %s --help", buf_text(&b),
             hint ? "; did you mean --" : "", hint ? hint : "", hint ? "?" : "",
             p->cli->command->name);
    buf_done(&b);
    return false;
}

static bool put(struct parse *p, enum opt o, struct slice text, const char *shown)
{
    struct buf why;
    buf_init(&why, 4096);
    bool ok = settings_put(&p->cli->settings, o, text, ORIGIN_OPTION, slice_str(shown), &why);
    if (!ok) cli_fail(p->cli, "%s %s", shown, buf_text(&why));
    buf_done(&why);
    return ok;
}

static const char *long_form(struct cli *c, enum opt o)
{
    struct slice s = arena_printf(&c->arena, "--%s", option_at(o)->name);
    return s.p ? (const char *)s.p : "option";
}

/* The next word as this option's value. */
static bool take_value(struct parse *p, enum opt o)
{
    const char *shown = long_form(p->cli, o);
    if (p->at >= p->argc)
        return cli_fail(p->cli, "%s needs a value: %s", shown, option_at(o)->value), false;
    return put(p, o, slice_str(p->argv[p->at++]), shown);
}

static bool turn_on(struct parse *p, enum opt o)
{
    if (o == OPT_HELP) return p->help = true;
    return put(p, o, S("true"), long_form(p->cli, o));
}

static bool long_option(struct parse *p, struct slice word)
{
    size_t eq = slice_find_byte(word, '=');
    struct slice name = eq == SIZE_MAX ? word : slice_sub(word, 0, eq);
    enum opt o = option_find(p->cli->command, name);
    if (o == OPT_COUNT) {
        struct slice shown = arena_printf(&p->cli->arena, "--%.*s", SLICE_ARG(name));
        return bad_name(p, shown, option_nearest(p->cli->command, name));
    }
    bool flag = option_at(o)->kind == OPT_KIND_FLAG;
    if (flag && eq != SIZE_MAX)
        return cli_fail(p->cli, "%s takes no value", long_form(p->cli, o)), false;
    if (flag) return turn_on(p, o);
    if (eq == SIZE_MAX) return take_value(p, o);
    return put(p, o, slice_sub(word, eq + 1, word.n), long_form(p->cli, o));
}

static bool letters(struct parse *p, struct slice word)
{
    for (size_t i = 0; i < word.n; i++) {
        enum opt o = option_letter(p->cli->command, (char)word.p[i]);
        if (o == OPT_COUNT) {
            struct slice shown = arena_printf(&p->cli->arena, "-%c", word.p[i]);
            return bad_name(p, shown, OPT_COUNT);
        }
        if (option_at(o)->kind != OPT_KIND_FLAG) {
            struct slice rest = slice_sub(word, i + 1, word.n);
            if (!rest.n) return take_value(p, o);
            if (rest.p[0] == '=') rest = slice_sub(rest, 1, rest.n);
            return put(p, o, rest, long_form(p->cli, o));
        }
        if (!turn_on(p, o)) return false;
    }
    return true;
}

static bool word(struct parse *p, struct slice w)
{
    if (p->only_args || !slice_starts(w, S("-")) || w.n == 1) {
        p->cli->args[p->cli->arg_count++] = w;
        return true;
    }
    if (slice_eq(w, S("--"))) return p->only_args = true;
    if (slice_starts(w, S("--"))) return long_option(p, slice_sub(w, 2, w.n));
    return letters(p, slice_sub(w, 1, w.n));
}

enum parse_end cli_parse(struct cli *c, int argc, char **argv)
{
    struct parse p = {.cli = c, .argv = argv, .argc = argc};
    c->args = ARENA_ARRAY(&c->arena, struct slice, (size_t)argc + 1);
    if (!c->args) return PARSE_BAD;
    while (p.at < argc && !p.help)
        if (!word(&p, slice_str(argv[p.at++]))) return PARSE_BAD;
    if (p.help) return PARSE_HELP;
    if (c->arg_count < c->command->least_args)
        cli_fail(c, "needs %s\n  see: merlon %s --help", c->command->args, c->command->name);
    else if (c->arg_count > c->command->most_args)
        cli_fail(c, "one argument too many: %.*s\n  see: merlon %s --help",
                 SLICE_ARG(c->args[c->command->most_args]), c->command->name);
    else
        return PARSE_RUN;
    return PARSE_BAD;
}
