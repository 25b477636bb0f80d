/* SPDX-License-Identifier: Apache-2.0 */
/* completion.c - scripts that let a shell finish words, from the option table.
 * Words that may change (rules) are asked from the program when they are wanted. */
#include "cli/help.h"
#include "report/report.h"

static void formats(struct buf *out)
{
    for (size_t i = 0; i < report_count(); i++)
        buf_printf(out, "%s%s", i ? " " : "", report_at(i)->name);
}

static void words_of_choices(struct buf *out, const char *choices)
{
    for (; *choices; choices++) buf_byte(out, (uint8_t)(*choices == '|' ? ' ' : *choices));
}

static void first_words(struct buf *out)
{
    struct slice last = S("");
    for (size_t i = 0; i < command_count(); i++) {
        struct slice rest = slice_str(command_at(i)->name), first;
        (void)slice_split(&rest, ' ', &first);
        if (!slice_eq(first, last)) buf_printf(out, "%s%.*s", last.n ? " " : "", SLICE_ARG(first));
        last = first;
    }
}

static void second_words(struct buf *out, struct slice group)
{
    const char *gap = "";
    for (size_t i = 0; i < command_count(); i++) {
        struct slice rest = slice_str(command_at(i)->name), first;
        (void)slice_split(&rest, ' ', &first);
        if (!rest.p || !slice_eq(first, group)) continue;
        buf_printf(out, "%s%.*s", gap, SLICE_ARG(rest));
        gap = " ";
    }
}

static void each_group(struct buf *out, void (*row)(struct buf *, struct slice))
{
    struct slice last = S("");
    for (size_t i = 0; i < command_count(); i++) {
        struct slice rest = slice_str(command_at(i)->name), first;
        (void)slice_split(&rest, ' ', &first);
        if (!rest.p) continue;
        if (!slice_eq(first, last)) row(out, first);
        last = first;
    }
}

/* "rules" alone, beside "rules update"; NULL: such a word is nothing by itself. */
static const struct command *plain_of(struct slice group)
{
    size_t used;
    return command_find(group, S(""), &used);
}

/* Is it told with its group? */
static bool is_plain_group(const struct command *c)
{
    return command_is_group(slice_str(c->name));
}

static void group_word(struct buf *out, struct slice group)
{
    if (out->n && out->p[out->n - 1] != ' ') buf_byte(out, '|');
    buf_add(out, group);
}

static void option_words(struct buf *out, const struct command *c)
{
    for (const enum opt *o = c->options; *o != OPT_COUNT; o++)
        buf_printf(out, "--%s ", option_at(*o)->name);
    buf_str(out, "--help");
}

/* ---- bash ---- */

static void bash_values(struct buf *out)
{
    for (enum opt o = 0; o < OPT_COUNT; o++) {
        const struct option *row = option_at(o);
        if (!row->value || (o == OPT_FORMAT)) continue;
        buf_printf(out, "        --%s%s%c) ", row->name, row->letter ? "|-" : "",
                   row->letter ? row->letter : ' ');
        if (row->choices) {
            buf_str(out, "words='");
            words_of_choices(out, row->choices);
            buf_str(out, "'");
        } else if (row->words == WORDS_FORMATS) {
            buf_str(out, "words='");
            formats(out);
            buf_str(out, "'");
        } else if (row->words == WORDS_FOLDERS) {
            buf_str(out, "COMPREPLY=($(compgen -d -- \"$cur\")); return");
        } else {
            buf_str(out, "COMPREPLY=($(compgen -f -- \"$cur\")); return");
        }
        buf_str(out, " ;;\n");
    }
}

static void bash_group(struct buf *out, struct slice group)
{
    buf_printf(out, "        %.*s) words='", SLICE_ARG(group));
    second_words(out, group);
    buf_byte(out, ' ');
    if (plain_of(group)) option_words(out, plain_of(group));
    buf_str(out, "' ;;\n");
}

static void bash_commands(struct buf *out)
{
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *c = command_at(i);
        if (is_plain_group(c)) continue;
        buf_printf(out, "        '%s') words='", c->name);
        option_words(out, c);
        buf_str(out, "'");
        if (c->words == WORDS_RULES)
            buf_str(out, "; [[ $cur == -* ]] || words=$(merlon rules -q 2>/dev/null)");
        if (c->words == WORDS_FILES)
            buf_str(out,
                    "; [[ $cur == -* ]] || { COMPREPLY=($(compgen -f -- \"$cur\")); return; }");
        if (c->run == NULL) continue;
        buf_str(out, " ;;\n");
    }
}

static void bash(struct buf *out)
{
    buf_str(out,
            "# bash completion for merlon; made by: merlon completion bash\n"
            "_merlon() {\n"
            "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words= cmd=\n"
            "    COMPREPLY=()\n"
            "    cmd=${COMP_WORDS[1]}\n"
            "    case $cmd in\n");
    buf_str(out, "        ");
    each_group(out, group_word);
    buf_str(out, ") [ \"$COMP_CWORD\" -gt 2 ] && [[ ${COMP_WORDS[2]} != -* ]] && "
                 "cmd=\"$cmd ${COMP_WORDS[2]}\" ;;\n"
                 "    esac\n"
                 "    if [ \"$COMP_CWORD\" -gt 1 ]; then case $prev in\n");
    bash_values(out);
    buf_str(out, "    esac; fi\n    if [ -z \"$words\" ]; then case $cmd in\n");
    each_group(out, bash_group);
    bash_commands(out);
    buf_str(out, "        completion) words='bash zsh fish' ;;\n");
    buf_str(out, "    esac; fi\n    [ \"$COMP_CWORD\" -eq 1 ] && words='");
    first_words(out);
    buf_str(out, "'\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
                 "complete -F _merlon merlon\n");
}

/* ---- zsh ---- */

/* Inside single quotes and an _arguments description. */
static void zsh_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'') {
            buf_str(out, "'\\''");
            continue;
        }
        if (strchr("[]:\\", *text)) buf_byte(out, '\\');
        buf_byte(out, (uint8_t)*text);
    }
}

static void zsh_option(struct buf *out, enum opt o)
{
    const struct option *row = option_at(o);
    buf_printf(out, " \\\n            '%s--%s%s[", row->kind == OPT_KIND_LIST ? "*" : "", row->name,
               row->value ? "=" : "");
    zsh_text(out, row->help);
    buf_byte(out, ']');
    if (row->value) {
        buf_byte(out, ':');
        zsh_text(out, row->value);
        buf_byte(out, ':');
        if (row->choices || row->words == WORDS_FORMATS) {
            buf_byte(out, '(');
            if (row->choices)
                words_of_choices(out, row->choices);
            else
                formats(out);
            buf_byte(out, ')');
        } else if (row->words == WORDS_FILES) {
            buf_str(out, "_files");
        } else if (row->words == WORDS_FOLDERS) {
            buf_str(out, "_files -/");
        }
    }
    buf_byte(out, '\'');
}

static void zsh_arguments(struct buf *out, const struct command *c)
{
    buf_str(out, "_arguments");
    for (const enum opt *o = c->options; *o != OPT_COUNT; o++) zsh_option(out, *o);
    buf_str(out, " \\\n            '--help[this text]'");
}

static void zsh_group(struct buf *out, struct slice group)
{
    const struct command *plain = plain_of(group);
    buf_printf(out, "        '%.*s') compadd ", SLICE_ARG(group));
    second_words(out, group);
    if (plain) buf_str(out, "; ");
    if (plain) zsh_arguments(out, plain);
    buf_str(out, " ;;\n");
}

static void zsh(struct buf *out)
{
    buf_str(out, "#compdef merlon\n# made by: merlon completion zsh\n_merlon() {\n"
                 "    local cmd=$words[2]\n"
                 "    if (( CURRENT == 2 )); then compadd ");
    first_words(out);
    buf_str(out, "; return; fi\n    case $cmd in\n        ");
    each_group(out, group_word);
    buf_str(out, ") (( CURRENT > 3 )) && [[ $words[3] != -* ]] && cmd=\"$cmd $words[3]\" ;;\n"
                 "    esac\n    case $cmd in\n");
    each_group(out, zsh_group);
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *c = command_at(i);
        if (is_plain_group(c)) continue;
        buf_printf(out, "        '%s') ", c->name);
        zsh_arguments(out, c);
        if (c->words == WORDS_FILES) buf_str(out, " '*:path:_files'");
        if (c->words == WORDS_RULES)
            buf_str(out, " '*:rule:(${(f)\"$(merlon rules -q 2>/dev/null)\"})'");
        if (slice_eq(slice_str(c->name), S("completion")))
            buf_str(out, " '*:shell:(bash zsh fish)'");
        buf_str(out, " ;;\n");
    }
    buf_str(out,
            "    esac\n}\nif [ \"$funcstack[1]\" = _merlon ]; then _merlon \"$@\"; else compdef "
            "_merlon merlon; fi\n");
}

/* ---- fish ---- */

static void fish_text(struct buf *out, const char *text)
{
    buf_byte(out, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\') buf_byte(out, '\\');
        buf_byte(out, (uint8_t)*text);
    }
    buf_byte(out, '\'');
}

static void fish_when(struct buf *out, const struct command *c)
{
    struct slice rest = slice_str(c->name), first;
    (void)slice_split(&rest, ' ', &first);
    buf_printf(out, "complete -c merlon -n '__fish_seen_subcommand_from %.*s", SLICE_ARG(first));
    if (rest.p) buf_printf(out, "; and __fish_seen_subcommand_from %.*s", SLICE_ARG(rest));
    buf_str(out, "'");
}

static void fish_option(struct buf *out, const struct command *c, enum opt o)
{
    const struct option *row = option_at(o);
    fish_when(out, c);
    buf_printf(out, " -l %s", row->name);
    if (row->letter) buf_printf(out, " -s %c", row->letter);
    if (row->value && row->words == WORDS_FILES)
        buf_str(out, " -r");
    else if (row->value)
        buf_str(out, " -x");
    if (row->choices || row->words == WORDS_FORMATS) {
        buf_str(out, " -a '");
        if (row->choices)
            words_of_choices(out, row->choices);
        else
            formats(out);
        buf_byte(out, '\'');
    }
    buf_str(out, " -d ");
    fish_text(out, row->help);
    buf_byte(out, '\n');
}

static void fish_group(struct buf *out, struct slice group)
{
    buf_printf(out, "complete -c merlon -f -n '__fish_seen_subcommand_from %.*s' -a '",
               SLICE_ARG(group));
    second_words(out, group);
    buf_str(out, "'\n");
}

static void fish(struct buf *out)
{
    buf_str(out, "# fish completion for merlon; made by: merlon completion fish\n"
                 "complete -c merlon -f -n __fish_use_subcommand -a '");
    first_words(out);
    buf_str(out, "'\n");
    each_group(out, fish_group);
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *c = command_at(i);
        for (const enum opt *o = c->options; *o != OPT_COUNT; o++) fish_option(out, c, *o);
        if (c->words == WORDS_RULES) {
            fish_when(out, c);
            buf_str(out, " -f -a '(merlon rules -q 2>/dev/null)'\n");
        }
    }
    buf_str(
        out,
        "complete -c merlon -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n");
}

bool completion_script(struct buf *out, struct slice shell)
{
    if (slice_eq(shell, S("bash")))
        bash(out);
    else if (slice_eq(shell, S("zsh")))
        zsh(out);
    else if (slice_eq(shell, S("fish")))
        fish(out);
    else
        return false;
    return true;
}
