/* SPDX-License-Identifier: Apache-2.0 */
/* text_python.c - what Python source inside a model does when it is imported or called.
 *
 * Not a parser: names, strings and comments are told apart, import statements say what a name
 * stands for, and every dotted name in front of "(" is looked up. "model.eval(" is not "eval(". */
#include "base/map.h"
#include "detect/text.h"

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

struct python {
    const struct text_in *in;
    struct slice s;
    size_t pos;
    struct arena arena;
    struct map alias; /* local name -> what was imported, as a C string's slice */
    bool nomem;
};

static int peek(const struct python *p, size_t ahead)
{
    return text_at(p->s, p->pos + ahead);
}

/* Behind a string that starts at pos, prefix letters already passed. */
static void skip_string(struct python *p)
{
    int quote = peek(p, 0);
    bool triple = peek(p, 1) == quote && peek(p, 2) == quote;
    p->pos += triple ? 3 : 1;
    while (p->pos < p->s.n) {
        int c = peek(p, 0);
        if (c == '\\') {
            p->pos += 2;
        } else if (c == quote && (!triple || (peek(p, 1) == quote && peek(p, 2) == quote))) {
            p->pos += triple ? 3 : 1;
            return;
        } else if (c == '\n' && !triple) {
            return;
        } else {
            p->pos++;
        }
    }
}

static void skip_comment(struct python *p)
{
    while (p->pos < p->s.n && peek(p, 0) != '\n') p->pos++;
}

static void skip_blanks(struct python *p)
{
    while (peek(p, 0) == ' ' || peek(p, 0) == '\t' || (peek(p, 0) == '\\' && peek(p, 1) == '\n'))
        p->pos += peek(p, 0) == '\\' ? 2 : 1;
}

/* name(.name)* with blanks allowed around the dots; the text without them, in the arena. */
static struct slice dotted(struct python *p)
{
    size_t from = p->pos, n = 0;
    while (text_is_word(peek(p, 0)) || peek(p, 0) >= 0x80) p->pos++;
    struct slice plain = slice_sub(p->s, from, p->pos - from);
    for (;;) {
        size_t back = p->pos;
        skip_blanks(p);
        if (peek(p, 0) != '.') {
            p->pos = back;
            break;
        }
        p->pos++;
        skip_blanks(p);
        if (!text_is_word(peek(p, 0))) break;
        while (text_is_word(peek(p, 0))) p->pos++;
        n = p->pos - from;
    }
    if (!n) return plain;
    uint8_t *out = arena_alloc(&p->arena, n, 1);
    size_t len = 0;
    for (size_t i = from; out && i < from + n; i++)
        if (text_is_word(p->s.p[i]) || p->s.p[i] == '.') out[len++] = p->s.p[i];
    p->nomem |= !out;
    return slice_of(out, len);
}

static void bind(struct python *p, struct slice local, struct slice what)
{
    struct slice *kept = ARENA_NEW(&p->arena, struct slice);
    if (!kept || !local.n) {
        p->nomem |= !kept;
        return;
    }
    *kept = what;
    if (!map_put(&p->alias, local, (union map_value){.ptr = kept}, NULL)) p->nomem = true;
}

static bool word_is(struct slice w, const char *text)
{
    return slice_eq(w, slice_str(text));
}

/* "as name" if it follows. */
static struct slice as_name(struct python *p, struct slice otherwise)
{
    skip_blanks(p);
    size_t back = p->pos;
    if (word_is(dotted(p), "as")) {
        skip_blanks(p);
        return dotted(p);
    }
    p->pos = back;
    return otherwise;
}

static void import_statement(struct python *p)
{
    do {
        skip_blanks(p);
        struct slice what = dotted(p);
        struct slice local = as_name(p, slice_of(NULL, 0));
        if (local.n) bind(p, local, what);
        skip_blanks(p);
    } while (peek(p, 0) == ',' && p->pos++ < p->s.n);
}

static void from_statement(struct python *p)
{
    skip_blanks(p);
    struct slice module = dotted(p);
    skip_blanks(p);
    if (!word_is(dotted(p), "import")) return;
    do {
        while (strchr(" \t\n\r(,", peek(p, 0) > 0 ? peek(p, 0) : 'x')) p->pos++;
        struct slice name = dotted(p);
        struct slice local = as_name(p, name);
        struct slice full =
            arena_printf(&p->arena, "%.*s.%.*s", SLICE_ARG(module), SLICE_ARG(name));
        p->nomem |= !full.p;
        if (name.n) bind(p, local, full);
        skip_blanks(p);
    } while (peek(p, 0) == ',' && !p->nomem);
}

/* The name with its first part replaced by what was imported under it. */
static struct slice resolve(struct python *p, struct slice name)
{
    union map_value v;
    size_t dot = slice_find_byte(name, '.');
    struct slice head = slice_sub(name, 0, dot), rest = slice_sub(name, head.n, name.n);
    if (!map_get(&p->alias, head, &v)) return name;
    const struct slice *what = v.ptr;
    struct slice full = arena_printf(&p->arena, "%.*s%.*s", SLICE_ARG(*what), SLICE_ARG(rest));
    p->nomem |= !full.p;
    return full;
}

static void judge_call_of(struct python *p, struct slice name, size_t at)
{
    struct slice full = resolve(p, name);
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct slice row = slice_str(calls[i].name);
        bool below = row.p[row.n - 1] == '.';
        if (below ? !slice_starts(full, row) : !slice_eq(full, row)) continue;
        size_t line = at;
        while (line > 0 && p->s.p[line - 1] != '\n' && at - line < 60) line--;
        struct slice shown = slice_sub(p->s, line, 120);
        text_report(p->in, "model.torch-package-code", calls[i].severity, at, calls[i].message,
                    slice_trim(slice_sub(shown, 0, slice_find_byte(shown, '\n'))));
        return;
    }
}

static void name_token(struct python *p)
{
    size_t at = p->pos;
    bool attribute = at > 0 && p->s.p[at - 1] == '.';
    struct slice name = dotted(p);
    if (p->pos == at) p->pos++;
    int c = peek(p, 0);
    if ((c == '"' || c == '\'') && name.n <= 2) return; /* r"", b"", f"" */
    if (word_is(name, "import")) {
        import_statement(p);
    } else if (word_is(name, "from")) {
        from_statement(p);
    } else if (!attribute) {
        size_t back = p->pos;
        skip_blanks(p);
        bool defines = at >= 4 && slice_eq(slice_sub(p->s, at - 4, 4), S("def "));
        if (peek(p, 0) == '(' && !defines) judge_call_of(p, name, at);
        p->pos = back;
    }
}

void text_python(const struct text_in *in)
{
    struct python p = {.in = in, .s = in->ev->text.text};
    size_t cap = in->judge->arena->cap;
    arena_init(&p.arena, cap < (16u << 20) ? cap : 16u << 20, in->judge->arena->chunk);
    map_init(&p.alias, &p.arena, 0);
    while (p.pos < p.s.n && !p.nomem) {
        int c = peek(&p, 0);
        if (c == '"' || c == '\'')
            skip_string(&p);
        else if (c == '#')
            skip_comment(&p);
        else if (text_is_word(c) || c >= 0x80)
            name_token(&p);
        else
            p.pos++;
    }
    if (p.nomem) {
        in->judge->not_inspected = true;
        text_report(in, "model.not-inspected", SEV_HIGH, 0,
                    "The source code is too long to be followed to its end", S(""));
    }
    arena_done(&p.arena);
}
