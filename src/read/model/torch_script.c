/* SPDX-License-Identifier: Apache-2.0 */
/* torch_script.c - the source that a TorchScript archive carries is compiled and run by the loader.
 * It can only call operators, so each dotted name in front of "(" is held against those that read
 * or write files, load libraries or call Python. Names in texts, comments, definitions and methods
 * of the model's own objects are left alone: "input" and "self.load(" are ordinary. */
#include "base/cursor.h"
#include "read/model/torch_part.h"

static bool name_char(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
}

static struct slice last_part(struct slice name)
{
    size_t dot = slice_rfind_byte(name, '.');
    return dot == SIZE_MAX ? name : slice_sub(name, dot + 1, name.n);
}

static bool one_of(struct slice name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(name, slice_str(list[i]))) return true;
    return false;
}

/* Operators that reach outside, by the last part of their name. */
static bool acts(struct slice name)
{
    static const char *const ops[] = {
        "save",
        "load",
        "from_file",
        "load_library",
        "import_module",
        "tofile",
        "fromfile",
        "read_file",
        "write_file",
        "write_jpeg",
        "write_png",
        "rpc_sync",
        "rpc_async",
        "rpc_remote",
        "PythonOp",
        "system",
        "popen",
        "exec",
        "eval",
        "open",

        "_save_parameters",
        "call_python",
        "CallPython",
        "python_call",
        "load_state_dict_from_url",
        "download_url_to_file",
        "hub_load",
        "memmap",
    };
    static const char *const roots[] = {
        "torch.", "ops.", "aten.", "prim.", "__torch__.torch.ops.", "torch.ops."};
    if (!one_of(last_part(name), ops, COUNT_OF(ops))) return false;
    for (size_t i = 0; i < COUNT_OF(roots); i++)
        if (slice_starts(name, slice_str(roots[i]))) return true;
    return false;
}

/* Python that TorchScript does not have: somebody expects another interpreter. */
static bool is_python(struct slice name)
{
    static const char *const calls[] = {"eval", "exec", "open", "compile", "__import__", "globals"};
    static const char *const modules[] = {"os.",     "sys.",      "subprocess.", "socket.",
                                          "ctypes.", "builtins.", "shutil.",     "importlib.",
                                          "pickle.", "urllib.",   "requests.",   "pty."};
    if (one_of(name, calls, COUNT_OF(calls))) return true;
    for (size_t i = 0; i < COUNT_OF(modules); i++)
        if (slice_starts(name, slice_str(modules[i]))) return true;
    return false;
}

static void skip_text(struct cursor *c, uint8_t quote)
{
    for (int ch; (ch = cur_peek(c, 0)) >= 0;) {
        cur_skip(c, ch == '\\' && cur_peek(c, 1) >= 0 ? 2 : 1);
        if (ch == quote || ch == '\n') return;
    }
}

static struct slice take_name(struct cursor *c)
{
    size_t n = 0;
    while (name_char(cur_peek(c, n))) n++;
    return cur_bytes(c, n);
}

static void tell_op(const struct reading *r, struct slice file, struct slice name, uint64_t at)
{
    tell_anomaly(r, ANOMALY_TORCHSCRIPT_OP, at, "%.*s calls %.*s", SLICE_ARG(file),
                 SLICE_ARG(name));
}

/* Behind "import": only the archive's own modules are there to be imported. */
static void check_import(const struct reading *r, struct slice file, struct cursor *c)
{
    uint64_t at = cur_pos(c);
    while (cur_peek(c, 0) == ' ') cur_skip(c, 1);
    struct slice module = take_name(c);
    if (module.n && !slice_starts(module, S("__torch__")))
        tell_anomaly(r, ANOMALY_TORCHSCRIPT_OP, at, "%.*s imports %.*s", SLICE_ARG(file),
                     SLICE_ARG(module));
}

void torch_script_code(const struct reading *r, struct slice file, struct slice code)
{
    struct cursor c = cur_of(code);
    struct slice before = {0};
    int last = 0; /* the character in front of a name */
    while (cur_left(&c) && budget_work(r->budget, 1)) {
        uint64_t at = cur_pos(&c);
        int ch = cur_peek(&c, 0);
        if (name_char(ch)) {
            struct slice name = take_name(&c);
            bool call = cur_peek(&c, 0) == '(' && last != ')' && !slice_eq(before, S("def"));
            if (slice_eq(name, S("import"))) check_import(r, file, &c);
            if (last == '^' || (call && (acts(name) || is_python(name))))
                tell_op(r, file, name, at);
            before = name;
            last = 'a';
            continue;
        }
        cur_skip(&c, 1);
        if (ch == '"' || ch == '\'') skip_text(&c, (uint8_t)ch);
        if (ch == '#') (void)cur_until(&c, '\n', cur_left(&c));
        if (ch != ' ') last = ch;
        if (ch == '\n') before = (struct slice){0};
    }
}
