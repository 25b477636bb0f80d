/* SPDX-License-Identifier: Apache-2.0 */
/* text_python.c - what Python source inside a model does when it is imported or called.
 *
 * Every call is looked up by what its name stands for (detect/python/module.h): aliases, rebinding
 * and getattr() change nothing, and "model.eval(" is not "eval(". */
#include "detect/python/module.h"
#include "detect/text.h"

#define SOURCE_ARENA_MAX (64u << 20)

struct call_row {
    const char *name; /* with a dot at the end: everything below it */
    enum severity severity;
    const char *message;
};

#define RUNS  "Runs commands of the system when the model's code is used"
#define CODE  "Runs code that is put together while it runs"
#define NETS  "Opens network connections from the model's code"
#define LOAD  "Loads pickles from the model's code, which run code of their own"
#define FILES "Changes or removes files from the model's code"

static const struct call_row calls[] = {
    {"os.system", SEV_CRITICAL, RUNS},
    {"os.popen", SEV_CRITICAL, RUNS},
    {"os.execl", SEV_CRITICAL, RUNS},
    {"os.execle", SEV_CRITICAL, RUNS},
    {"os.execlp", SEV_CRITICAL, RUNS},
    {"os.execv", SEV_CRITICAL, RUNS},
    {"os.execve", SEV_CRITICAL, RUNS},
    {"os.execvp", SEV_CRITICAL, RUNS},
    {"os.execvpe", SEV_CRITICAL, RUNS},
    {"os.spawnl", SEV_CRITICAL, RUNS},
    {"os.spawnv", SEV_CRITICAL, RUNS},
    {"os.spawnvp", SEV_CRITICAL, RUNS},
    {"os.posix_spawn", SEV_CRITICAL, RUNS},
    {"os.startfile", SEV_CRITICAL, RUNS},
    {"posix.", SEV_CRITICAL, RUNS},
    {"subprocess.", SEV_CRITICAL, RUNS},
    {"pty.", SEV_CRITICAL, RUNS},
    {"commands.", SEV_CRITICAL, RUNS},
    {"platform.popen", SEV_CRITICAL, RUNS},
    {"ctypes.", SEV_HIGH, "Calls native libraries from the model's code"},
    {"exec", SEV_CRITICAL, CODE},
    {"eval", SEV_HIGH, CODE},
    {"compile", SEV_HIGH, CODE},
    {"__import__", SEV_HIGH, CODE},
    {"builtins.", SEV_HIGH, CODE},
    {"importlib.import_module", SEV_HIGH, CODE},
    {"importlib.util.spec_from_file_location", SEV_HIGH, CODE},
    {"runpy.", SEV_CRITICAL, CODE},
    {"code.", SEV_HIGH, CODE},
    {"types.FunctionType", SEV_CRITICAL, CODE},
    {"types.CodeType", SEV_CRITICAL, CODE},
    {"marshal.loads", SEV_CRITICAL, CODE},
    {"marshal.load", SEV_CRITICAL, CODE},
    {"pickle.loads", SEV_HIGH, LOAD},
    {"pickle.load", SEV_HIGH, LOAD},
    {"pickle.Unpickler", SEV_HIGH, LOAD},
    {"_pickle.loads", SEV_HIGH, LOAD},
    {"dill.loads", SEV_HIGH, LOAD},
    {"dill.load", SEV_HIGH, LOAD},
    {"cloudpickle.loads", SEV_HIGH, LOAD},
    {"joblib.load", SEV_HIGH, LOAD},
    {"torch.load", SEV_MEDIUM, LOAD},
    {"torch.hub.load", SEV_HIGH, "Fetches code from the network and runs it"},
    {"torch.utils.cpp_extension.", SEV_HIGH, "Builds native code while it runs"},
    {"socket.", SEV_CRITICAL, NETS},
    {"requests.", SEV_HIGH, NETS},
    {"httpx.", SEV_HIGH, NETS},
    {"urllib.request.", SEV_HIGH, NETS},
    {"urllib3.", SEV_HIGH, NETS},
    {"http.client.", SEV_HIGH, NETS},
    {"ftplib.", SEV_HIGH, NETS},
    {"smtplib.", SEV_HIGH, NETS},
    {"telnetlib.", SEV_HIGH, NETS},
    {"paramiko.", SEV_HIGH, NETS},
    {"shutil.rmtree", SEV_HIGH, FILES},
    {"os.remove", SEV_HIGH, FILES},
    {"os.unlink", SEV_HIGH, FILES},
    {"os.chmod", SEV_HIGH, FILES},
    {"os.setuid", SEV_CRITICAL, RUNS},
    {"os.kill", SEV_HIGH, "Ends other processes from the model's code"},
    {"os.fork", SEV_HIGH, "Starts processes from the model's code"},
    {"multiprocessing.Process", SEV_MEDIUM, "Starts processes from the model's code"},
    {"webbrowser.", SEV_HIGH, NETS},
    {"atexit.register", SEV_MEDIUM, "Leaves code to be run when the program ends"},
};

static const struct call_row *row_of(struct slice full)
{
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct slice row = slice_str(calls[i].name);
        bool below = row.p[row.n - 1] == '.';
        if (below ? slice_starts(full, row) : slice_eq(full, row)) return &calls[i];
    }
    return NULL;
}

/* The line that a call begins in. */
static struct slice line_at(struct slice s, size_t at)
{
    size_t line = at;
    while (line > 0 && s.p[line - 1] != '\n' && at - line < 60) line--;
    struct slice shown = slice_sub(s, line, 120);
    return slice_trim(slice_sub(shown, 0, slice_find_byte(shown, '\n')));
}

static void judge_callee(const struct text_in *in, const struct module *m, uint32_t callee)
{
    size_t at = module_node(m, callee)->offset;
    for (const struct value *v = module_value(m, callee); v; v = v->other) {
        const struct call_row *row = v->name ? row_of(v->name->full) : NULL;
        if (!row) continue;
        text_report(in, "model.torch-package-code", row->severity, at, row->message,
                    line_at(in->ev->text.text, at));
        return;
    }
}

static enum st judge_source(const struct text_in *in, struct arena *arena)
{
    struct py_module tree;
    struct module m;
    struct code_module code = {.tree = &tree, .text = in->ev->text.text};
    enum st st = python_parse(code.text, false, arena, &tree);
    if (st == ST_NOMEM) return st;
    if (tree.unread) st = ST_LIMIT;
    enum st read = module_read(&m, arena, in->reading->budget, &code);
    if (read == ST_NOMEM) return read;
    for (uint32_t n = 1; n < tree.node_count; n++)
        if (module_node(&m, n)->kind == PN_CALL && module_node(&m, n)->first)
            judge_callee(in, &m, module_node(&m, n)->first);
    return read == ST_OK ? st : read;
}

void text_python(const struct text_in *in)
{
    struct arena arena;
    size_t cap = in->judge->arena->cap;
    arena_init(&arena, cap < SOURCE_ARENA_MAX ? cap : SOURCE_ARENA_MAX, in->judge->arena->chunk);
    if (judge_source(in, &arena) != ST_OK) {
        in->judge->not_inspected = true;
        text_report(in, "model.not-inspected", SEV_HIGH, 0,
                    "The source code is too long to be followed to its end", S(""));
    }
    arena_done(&arena);
}
