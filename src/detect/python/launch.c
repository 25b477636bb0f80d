/* SPDX-License-Identifier: Apache-2.0 */
/* launch.c - commands that a Python module starts, to the judge of commands: os.system("..."),
 * subprocess.run([...]). What is not known of them stands there as $VALUE. */
#include "base/buf.h"
#include "detect/python/rows_part.h"

#define COMMAND_MAX 4096u

/* In single quotes, so that a shell's parser takes it as one word. */
static void add_word(struct buf *b, struct slice word)
{
    size_t quote;
    buf_byte(b, '\'');
    while ((quote = slice_find_byte(word, '\'')) != SIZE_MAX) {
        buf_add(b, slice_sub(word, 0, quote));
        buf_str(b, "'\\''");
        word = slice_sub(word, quote + 1, word.n);
    }
    buf_add(b, word);
    buf_str(b, "' ");
}

static void add_list(const struct module *m, const struct value *list, struct buf *b)
{
    for (uint32_t c = module_node(m, list->node)->first; c; c = module_node(m, c)->next) {
        const struct value *v = module_value(m, c);
        if (v->kind == VAL_STRING && v->exact)
            add_word(b, v->text);
        else if (v->kind == VAL_STRING)
            buf_printf(b, "%.*s$VALUE%.*s ", SLICE_ARG(v->text), SLICE_ARG(v->tail));
        else if (named_any(m, v, S("sys.executable")))
            buf_str(b, "python ");
        else
            buf_str(b, "$VALUE ");
    }
}

static void tell_commands(struct rows *r, const struct shell *shell, uint32_t node)
{
    const struct py_node *n = module_node(r->m, node);
    struct script script = {.where = WHERE_PYTHON,
                            .shell = shell,
                            .line = module_line(r->m, n->line),
                            .column = n->column};
    for (size_t i = 0; i < shell->count; i++) {
        const struct shell_command *c = &shell->commands[i];
        size_t count = c->count - c->program;
        struct slice *words = ARENA_ARRAY(r->m->arena, struct slice, count + 1);
        if (!words) {
            r->judge->nomem = true;
            return;
        }
        for (size_t k = 0; k < count; k++) words[k] = c->words[c->program + k].text;
        struct command command = {.script = &script,
                                  .index = i,
                                  .words = words,
                                  .count = count,
                                  .text = c->text,
                                  .piped = c->join == SHELL_PIPE,
                                  .line = script.line,
                                  .column = script.column};
        struct event ev = {
            .kind = EV_COMMAND, .offset = n->offset, .line = command.line, .command = &command};
        judge_command(r->judge, r->reading, &ev);
    }
}

static bool starts_programs(struct slice name)
{
    static const char *const names[] = {"os.system",
                                        "os.popen",
                                        "subprocess.run",
                                        "subprocess.call",
                                        "subprocess.Popen",
                                        "subprocess.check_call",
                                        "subprocess.check_output",
                                        "subprocess.getoutput",
                                        "subprocess.getstatusoutput",
                                        "asyncio.create_subprocess_shell",
                                        "get_ipython().system"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_eq(name, slice_str(names[i]))) return true;
    return false;
}

void launch_judge(struct rows *r, uint32_t call)
{
    const struct module *m = r->m;
    if (!starts_programs(module_name(m, module_node(m, call)->first))) return;
    struct argument a = module_argument(m, call, 0, 0, S("args"));
    if (a.how != ARGUMENT_GIVEN || !a.node) return;
    struct buf b;
    struct shell shell;
    buf_init(&b, COMMAND_MAX);
    if (a.value->kind == VAL_STRING && a.value->exact)
        buf_add(&b, a.value->text);
    else if (a.value->kind == VAL_STRING)
        buf_printf(&b, "%.*s$VALUE%.*s", SLICE_ARG(a.value->text), SLICE_ARG(a.value->tail));
    else if (a.value->kind == VAL_LIST && a.value->node)
        add_list(m, a.value, &b);
    if (b.n && buf_ok(&b)) {
        enum st st = shell_parse(m->arena, buf_slice(&b), &shell);
        if (st == ST_NOMEM)
            r->judge->nomem = true;
        else
            tell_commands(r, &shell, a.node);
    }
    buf_done(&b);
}
