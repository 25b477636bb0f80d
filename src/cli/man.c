/* SPDX-License-Identifier: Apache-2.0 */
/* man.c - manual pages in mdoc-free roff (man(7)), one per command, from the option table. */
#include "cli/help.h"

/* Text with what roff would take as its own made plain. */
static void roff(struct buf *out, const char *text)
{
    for (bool start = true; *text; text++) {
        if (start && (*text == '.' || *text == '\'')) buf_str(out, "\\&");
        if (*text == '\\')
            buf_str(out, "\\e");
        else if (*text == '-')
            buf_str(out, "\\-");
        else
            buf_byte(out, (uint8_t)*text);
        start = *text == '\n';
    }
}

static void title(struct buf *out, const char *name)
{
    buf_str(out, ".TH MERLON");
    if (*name) buf_byte(out, '\\'), buf_byte(out, '-');
    for (; *name; name++) {
        char ch = *name == ' ' ? '-' : *name;
        if (ch == '-') buf_byte(out, '\\');
        buf_byte(out, (uint8_t)(ch >= 'a' && ch <= 'z' ? ch - 'a' + 'A' : ch));
    }
    buf_str(out, " 1 \"2026-11-25\" \"merlon " MERLON_VERSION "\" \"User Commands\"\n");
}

static void page_name(struct buf *out, const char *name)
{
    buf_str(out, "merlon\\-");
    for (; *name; name++) {
        if (*name == ' ')
            buf_str(out, "\\-");
        else
            buf_byte(out, (uint8_t)*name);
    }
}

static void man_option(struct buf *out, enum opt o)
{
    const struct option *row = option_at(o);
    buf_str(out, ".TP\n\\fB");
    if (row->letter) buf_printf(out, "\\-%c\\fR, \\fB", row->letter);
    buf_str(out, "\\-\\-");
    roff(out, row->name);
    buf_str(out, "\\fR");
    if (row->value) buf_printf(out, " \\fI%s\\fR", row->value);
    buf_byte(out, '\n');
    roff(out, row->help);
    buf_str(out, ".\n");
    if (row->choices) {
        buf_str(out, "One of ");
        for (const char *p = row->choices; *p; p++) {
            if (*p == '|')
                buf_str(out, ", ");
            else
                buf_byte(out, (uint8_t)*p);
        }
        buf_str(out, ".\n");
    }
    if (row->fallback && row->kind != OPT_KIND_FLAG) {
        buf_str(out, "Default: ");
        roff(out, row->fallback);
        buf_str(out, ".\n");
    }
    if (!row->key) return;
    buf_printf(out, "In merlon.toml: \\fB%s\\fR; in the environment: \\fB", row->key);
    option_env(o, out);
    buf_str(out, "\\fR.\n");
}

static void man_examples(struct buf *out, const struct command *c)
{
    if (!c->examples[0].line) return;
    buf_str(out, ".SH EXAMPLES\n");
    for (size_t i = 0; i < 4 && c->examples[i].line; i++) {
        buf_str(out, ".TP\n");
        buf_str(out, c->examples[i].says);
        buf_str(out, "\n.nf\n");
        roff(out, c->examples[i].line);
        buf_str(out, "\n.fi\n");
    }
}

static void exit_codes(struct buf *out)
{
    buf_str(out, ".SH EXIT STATUS\n"
                 ".TP\n0\nnothing at or above the gate\n"
                 ".TP\n1\nthe gate failed\n"
                 ".TP\n2\ncould not do what was asked: usage, configuration, input or output\n"
                 ".TP\n3\nnothing recognised to work on\n");
}

static void man_command(struct buf *out, const struct command *c)
{
    title(out, c->name);
    buf_str(out, ".SH NAME\n");
    page_name(out, c->name);
    buf_str(out, " \\- ");
    roff(out, c->summary);
    buf_printf(out, "\n.SH SYNOPSIS\n\\fBmerlon %s\\fR", c->name);
    if (c->options[0] != OPT_COUNT) buf_str(out, " [\\fIOPTION\\fR...]");
    if (*c->args) buf_printf(out, " %s", c->args);
    buf_byte(out, '\n');
    if (*c->more) {
        buf_str(out, ".SH DESCRIPTION\n");
        roff(out, c->more);
    }
    buf_str(out, ".SH OPTIONS\n");
    for (const enum opt *o = c->options; *o != OPT_COUNT; o++) man_option(out, *o);
    man_option(out, OPT_HELP);
    if (!strstr(c->more, "Exit:")) exit_codes(out);
    man_examples(out, c);
    buf_str(out, ".SH SEE ALSO\n\\fBmerlon\\fR(1)\n");
}

static void man_overview(struct buf *out)
{
    title(out, "");
    buf_str(out,
            ".SH NAME\nmerlon \\- looks into models and datasets before your code "
            "loads them\n.SH SYNOPSIS\n\\fBmerlon\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] "
            "[\\fIARGUMENT\\fR...]\n.SH DESCRIPTION\nMerlon reads models, datasets, archives and "
            "texts without running them, reports what they would do and what could "
            "not be looked at, and decides by a gate. Only merlon data fetch opens network "
            "connections.\n"
            ".SH COMMANDS\n");
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *c = command_at(i);
        buf_str(out, ".TP\n\\fB");
        page_name(out, c->name);
        buf_str(out, "\\fR(1)\n");
        roff(out, c->summary);
        buf_byte(out, '\n');
    }
    buf_str(out, ".SH FILES\n.TP\n\\fImerlon.toml\\fR\nsettings of the project; see "
                 "\\fBmerlon\\-config\\-show\\fR(1)\n.TP\n\\fI.merlonignore.toml\\fR\nfindings "
                 "that were accepted; see \\fBmerlon\\-ignore\\-add\\fR(1)\n.TP\n"
                 "\\fI$XDG_CACHE_HOME/merlon\\fR\nwhat unchanged files were found to be\n"
                 ".SH ENVIRONMENT\n\\fBNO_COLOR\\fR, \\fBFORCE_COLOR\\fR, \\fBTERM\\fR and "
                 "\\fBCOLUMNS\\fR are honoured; \\fBMERLON_\\fR variables stand for settings.\n");
    exit_codes(out);
}

void man_page(struct buf *out, const struct command *c)
{
    if (c)
        man_command(out, c);
    else
        man_overview(out);
}
