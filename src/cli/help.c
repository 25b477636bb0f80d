/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - every help text fits one screen (24 to 40 lines) and ends with an example. */
#include "cli/help.h"

#define HELP_COLUMN 24

static void bold(struct buf *out, const char *text, bool colour)
{
    buf_printf(out, "%s%s%s", colour ? "\x1b[1m" : "", text, colour ? "\x1b[0m" : "");
}

static void pad(struct buf *out, size_t from, size_t column)
{
    size_t used = out->n - from;
    buf_fill(out, ' ', used + 2 > column ? 2 : column - used);
}

static void option_row(struct buf *out, enum opt o)
{
    const struct option *row = option_at(o);
    size_t from = out->n;
    if (row->letter)
        buf_printf(out, "  -%c, ", row->letter);
    else
        buf_str(out, "      ");
    buf_printf(out, "--%s", row->name);
    if (row->value) buf_printf(out, " %s", row->value);
    pad(out, from, HELP_COLUMN + 6);
    buf_str(out, row->help);
    if (row->fallback && row->kind != OPT_KIND_FLAG) buf_printf(out, " [%s]", row->fallback);
    buf_byte(out, '\n');
}

static void examples(struct buf *out, const struct command *c, bool colour)
{
    if (!c->examples[0].line) return;
    buf_byte(out, '\n');
    bold(out, "Examples", colour);
    buf_byte(out, '\n');
    for (size_t i = 0; i < 4 && c->examples[i].line; i++) {
        size_t from = out->n;
        const struct example *e = &c->examples[i];
        bool wide = strlen(e->line) > 48;
        buf_printf(out, "  %s", e->line);
        if (wide)
            buf_str(out, "\n      ");
        else
            pad(out, from, 46);
        buf_printf(out, "# %s\n", e->says);
    }
}

void help_command(struct buf *out, const struct command *c, bool colour)
{
    bool some = c->options && c->options[0] != OPT_COUNT;
    struct buf head;
    buf_init(&head, 256);
    buf_printf(&head, "merlon %s", c->name);
    bold(out, buf_text(&head), colour);
    buf_printf(out, " - %s\n\n", c->summary);
    buf_printf(out, "usage: merlon %s%s%s%s\n", c->name, some ? " [OPTION...]" : "",
               *c->args ? " " : "", c->args);
    buf_str(out, c->more);
    buf_byte(out, '\n');
    bold(out, "Options", colour);
    buf_byte(out, '\n');
    for (const enum opt *o = c->options; some && *o != OPT_COUNT; o++) option_row(out, *o);
    option_row(out, OPT_HELP);
    examples(out, c, colour);
    buf_done(&head);
}

static void command_rows(struct buf *out, struct slice group)
{
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *c = command_at(i);
        if (group.n && !slice_starts(slice_str(c->name), group)) continue;
        size_t from = out->n;
        buf_printf(out, "  %s", c->name);
        pad(out, from, 18);
        buf_printf(out, "%s\n", c->summary);
    }
}

void help_group(struct buf *out, struct slice group, bool colour)
{
    struct buf head;
    buf_init(&head, 256);
    buf_printf(&head, "merlon %.*s", SLICE_ARG(group));
    bold(out, buf_text(&head), colour);
    buf_str(out, " - one of:\n\n");
    command_rows(out, group);
    buf_printf(out, "\nmerlon help %.*s COMMAND says more about each.\n", SLICE_ARG(group));
    buf_done(&head);
}

void help_overview(struct buf *out, bool colour)
{
    bold(out, "merlon " MERLON_VERSION, colour);
    buf_str(out, " - looks into models and datasets before your code loads them\n\n"
                 "usage: merlon COMMAND [OPTION...] [ARGUMENT...]\n\n");
    bold(out, "Commands", colour);
    buf_byte(out, '\n');
    command_rows(out, S(""));
    buf_byte(out, '\n');
    bold(out, "Start here", colour);
    buf_str(out, "\n  merlon scan .       what is in this folder\n"
                 "  merlon tour         learn the rest in five minutes\n\n"
                 "merlon COMMAND --help says more. Only data fetch opens network connections.\n"
                 "Exit codes: 0 below the gate, 1 gate failed, 2 could not do it, 3 nothing "
                 "recognised.\n");
}
