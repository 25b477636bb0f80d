/* SPDX-License-Identifier: Apache-2.0 */
/* template_access.c - the steps that lead out of a template's own world: attributes and keys with
 * underscores, Python's frames and class trees, the engine's own objects, functions that run or
 * open things. One finding per walk: what is reached through a reported step carries TAG_WALKED. */
#include "detect/template/template_run.h"

#define INJECTION  "model.template-injection"
#define OBFUSCATED "model.template-obfuscated"

struct name_row {
    const char *name;
    unsigned tags;
};

/* Names that the template does not define itself. */
static const struct name_row names[] = {
    {"lipsum", TAG_ENGINE},
    {"cycler", TAG_ENGINE},
    {"joiner", TAG_ENGINE},
    {"namespace", TAG_ENGINE},
    {"range", TAG_ENGINE},
    {"dict", TAG_ENGINE},
    {"self", TAG_ENGINE},
    {"loop", TAG_ENGINE},
    {"super", TAG_ENGINE},
    {"request", TAG_ENGINE},
    {"config", TAG_ENGINE},
    {"url_for", TAG_ENGINE},
    {"get_flashed_messages", TAG_ENGINE},
    {"messages", TAG_DATA | TAG_MESSAGE},
    {"conversation", TAG_DATA | TAG_MESSAGE},
    {"conversations", TAG_DATA | TAG_MESSAGE},
    {"history", TAG_DATA | TAG_MESSAGE},
    {"message", TAG_DATA | TAG_MESSAGE},
    {"content", TAG_DATA | TAG_TEXT},
    {"prompt", TAG_DATA | TAG_TEXT},
    {"query", TAG_DATA | TAG_TEXT},
    {"question", TAG_DATA | TAG_TEXT},
    {"input", TAG_DATA | TAG_TEXT},
    {"user_input", TAG_DATA | TAG_TEXT},
    {"user_message", TAG_DATA | TAG_TEXT},
    {"user", TAG_DATA | TAG_WHO},
    {"username", TAG_DATA | TAG_WHO},
    {"user_name", TAG_DATA | TAG_WHO},
    {"user_id", TAG_DATA | TAG_WHO},
    {"user_email", TAG_DATA | TAG_WHO},
    {"email", TAG_DATA | TAG_WHO},
    {"tenant", TAG_DATA | TAG_WHO},
    {"tenant_id", TAG_DATA | TAG_WHO},
    {"customer", TAG_DATA | TAG_WHO},
    {"organization", TAG_DATA | TAG_WHO},
    {"hostname", TAG_DATA | TAG_WHO},
    {"ip_address", TAG_DATA | TAG_WHO},
    {"country", TAG_DATA | TAG_WHO},
    {"date_string", TAG_DATA | TAG_WHO},
    {"date", TAG_DATA | TAG_WHO},
    {"today", TAG_DATA | TAG_WHO},
    {"now", TAG_DATA | TAG_WHO},
    {"current_date", TAG_DATA | TAG_WHO},
    {"current_time", TAG_DATA | TAG_WHO},
    {"datetime", TAG_DATA | TAG_WHO},
    {"timestamp", TAG_DATA | TAG_WHO},
    {"month", TAG_DATA | TAG_WHO},
    {"year", TAG_DATA | TAG_WHO},
    {"weekday", TAG_DATA | TAG_WHO},
};

static unsigned name_tags(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_eq(name, slice_str(names[i].name))) return names[i].tags;
    return TAG_DATA;
}

unsigned access_name(struct tmpl *t, uint32_t node, struct slice name)
{
    if (slice_starts(name, S("__"))) {
        tmpl_report(t, node, INJECTION, SEV_CRITICAL,
                    "Names Python's internals, from where a template can run commands");
        return TAG_WALKED | TAG_ENGINE;
    }
    return name_tags(name);
}

static bool listed(struct slice name, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(name, slice_str(words[i]))) return true;
    return false;
}

/* Frames, code objects and globals that need no underscore. */
static bool is_internal(struct slice name)
{
    static const char *const words[] = {
        "gi_frame", "gi_code",   "gi_yieldfrom", "cr_frame",     "cr_code",   "cr_await",
        "ag_frame", "ag_code",   "f_globals",    "f_builtins",   "f_locals",  "f_back",
        "f_code",   "tb_frame",  "tb_next",      "func_globals", "func_code", "func_builtins",
        "co_code",  "co_consts", "co_names",     "im_func",      "im_self",   "im_class",
    };
    return listed(name, words, COUNT_OF(words));
}

static bool is_loop_field(struct slice name)
{
    static const char *const words[] = {
        "index",    "index0", "revindex", "revindex0", "first",   "last", "length",  "previtem",
        "nextitem", "depth",  "depth0",   "cycle",     "changed", "next", "current", "reset",
    };
    return listed(name, words, COUNT_OF(words));
}

enum step { STEP_FINE, STEP_PRIVATE, STEP_OUT };

static enum step step_of(struct slice name)
{
    name = slice_trim(name);
    if (slice_starts(name, S("__")) || is_internal(name)) return STEP_OUT;
    if (!slice_starts(name, S("_"))) return STEP_FINE;
    return slice_has(name, S("__")) ? STEP_OUT : STEP_PRIVATE;
}

/* Reports a step by a known name; true when something was wrong. */
static bool bad_step(struct tmpl *t, uint32_t node, const struct value *object, struct slice name)
{
    enum step step = step_of(name);
    if (step == STEP_OUT) {
        tmpl_report(t, node, INJECTION, SEV_CRITICAL,
                    "Walks to Python's internals, from where a template can run commands on the "
                    "server");
    } else if (step == STEP_PRIVATE) {
        bool data = object->tags & TAG_DATA;
        tmpl_report(t, node, INJECTION, data ? SEV_MEDIUM : SEV_HIGH,
                    "Reaches for a private attribute, which no chat template needs");
    }
    return step != STEP_FINE;
}

unsigned access_attribute(struct tmpl *t, uint32_t node, const struct value *object,
                          struct slice name)
{
    unsigned tags = value_tags(object);
    if (tags & TAG_WALKED) return TAG_WALKED | TAG_ENGINE;
    if (bad_step(t, node, object, name)) return TAG_WALKED | TAG_ENGINE;
    if (object->kind == V_UNKNOWN && tags & TAG_ENGINE && !(tags & TAG_DATA)) {
        if (is_loop_field(name)) return TAG_DATA;
        tmpl_report(t, node, INJECTION, SEV_HIGH,
                    "Reaches into an object of the template engine, the first step out of the "
                    "template");
        return TAG_WALKED | TAG_ENGINE;
    }
    if (object->kind != V_UNKNOWN && object->kind != V_DICT) return TAG_ENGINE; /* a method */
    unsigned ret = tags & (TAG_DATA | TAG_TRIGGER);
    if (words_text_field(name)) ret |= TAG_TEXT;
    if (tags & TAG_MESSAGE && words_who_field(name)) ret |= TAG_WHO;
    if (tags & TAG_SPACE) ret |= TAG_DATA;
    return ret;
}

static bool hides(const struct value *key)
{
    return key->kind == V_UNKNOWN && key->tags & (TAG_BUILT | TAG_UNDER | TAG_ENGINE | TAG_LOST);
}

unsigned access_key(struct tmpl *t, uint32_t node, const struct value *object,
                    const struct value *key, bool by_attr_filter)
{
    unsigned tags = 0;
    if (value_tags(object) & TAG_WALKED) return TAG_WALKED | TAG_ENGINE;
    bool engine =
        object->kind == V_UNKNOWN && object->tags & TAG_ENGINE && !(object->tags & TAG_DATA);
    for (const struct value *k = key; k; k = k->alt) {
        bool dynamic = k->kind == V_UNKNOWN && (by_attr_filter || engine || hides(k));
        if (k->kind == V_STR &&
            (object->kind != V_DICT || by_attr_filter || step_of(k->str) == STEP_OUT))
            tags |= access_attribute(t, node, object, k->str);
        else if (!dynamic)
            tags |= object->tags & ~(unsigned)(TAG_SPACE | TAG_TEXT | TAG_WHO | TAG_MESSAGE);
        /* a text that took too many forms may be any name, unless data is what is asked */
        if (k->kind == V_STR && k->tags & TAG_LOST && !(tags & TAG_WALKED))
            dynamic = by_attr_filter || !(object->tags & TAG_DATA);
        if (!dynamic) continue;
        tmpl_report(t, node, OBFUSCATED, SEV_HIGH,
                    "Looks up an attribute whose name is put together while rendering");
        tags |= TAG_WALKED;
    }
    return tags;
}

void access_path(struct tmpl *t, uint32_t node, const struct value *path)
{
    static const struct value item = {.kind = V_UNKNOWN, .tags = TAG_DATA};
    for (const struct value *p = path; p; p = p->alt) {
        struct slice rest = p->str, part;
        while (p->kind == V_STR && slice_split(&rest, '.', &part))
            if (bad_step(t, node, &item, part)) return;
        if (hides(p))
            tmpl_report(t, node, OBFUSCATED, SEV_HIGH,
                        "Looks up an attribute whose name is put together while rendering");
    }
}

/* ---- calls ---- */

static bool runs_things(struct slice name)
{
    static const char *const words[] = {
        "eval",        "exec",       "execfile", "compile",      "getattr",       "setattr",
        "globals",     "locals",     "vars",     "popen",        "Popen",         "system",
        "breakpoint",  "__import__", "spawn",    "check_output", "import_module", "getoutput",
        "load_module", "run_module", "run_path", "subclasses",   "mro",           "execve",
        "execvp",      "spawnl",     "fork",     "importlib",    "subprocess",    "os",
    };
    return listed(name, words, COUNT_OF(words));
}

/* Python's own functions, which a template can only call when somebody handed them out. */
static bool is_builtin(struct slice name)
{
    static const char *const words[] = {
        "input", "exit", "quit", "help",       "delattr", "dir",      "type",       "object",
        "id",    "iter", "next", "memoryview", "print",   "callable", "isinstance", "bytes",
    };
    return listed(name, words, COUNT_OF(words));
}

static bool opens_files(struct slice name)
{
    static const char *const words[] = {
        "open",         "read_file",       "include_file", "load_file", "urlopen",   "urlretrieve",
        "get_template", "select_template", "from_string",  "read_text", "read_bytes"};
    return listed(name, words, COUNT_OF(words));
}

/* '{0.__class__}'.format(x): the format language has attributes of its own. */
static void format_fields(struct tmpl *t, uint32_t node, const struct value *format)
{
    for (const struct value *v = format; v; v = v->alt) {
        struct slice rest = v->kind == V_STR ? v->str : S("");
        for (size_t open; (open = slice_find_byte(rest, '{')) != SIZE_MAX;) {
            rest = slice_sub(rest, open + 1, rest.n);
            size_t close = slice_find_byte(rest, '}');
            struct slice field = slice_sub(rest, 0, close);
            if (slice_has(field, S("._")) || slice_has(field, S("[_"))) {
                tmpl_report(t, node, INJECTION, SEV_CRITICAL,
                            "Walks to Python's internals inside a format string, where filters do "
                            "not look");
                return;
            }
        }
    }
}

static void call_of_name(struct tmpl *t, uint32_t node, struct slice name)
{
    if (tmpl_get(t, name) || tmpl_macro(t, name)) return;
    if (runs_things(name))
        tmpl_report(t, node, INJECTION, SEV_CRITICAL,
                    "Calls a function that runs code, if the renderer lets it");
    else if (is_builtin(name))
        tmpl_report(t, node, INJECTION, SEV_HIGH,
                    "Calls a function of Python, which no chat template needs");
    else if (opens_files(name))
        tmpl_report(t, node, "model.template-import", SEV_HIGH,
                    "Opens a file of the server, whose text then goes into the prompt");
    else if (name_tags(name) & TAG_ENGINE &&
             (slice_eq(name, S("self")) || slice_eq(name, S("url_for")) ||
              slice_eq(name, S("get_flashed_messages"))))
        tmpl_report(t, node, INJECTION, SEV_HIGH,
                    "Calls an object of a web framework, the usual way out of a template");
}

static void call_of_method(struct tmpl *t, uint32_t node, uint32_t callee)
{
    const struct value *object = t->val[jinja_child(t->j, callee, 0)];
    struct slice name = t->j->nodes[callee].text;
    if (slice_eq(name, S("format")) || slice_eq(name, S("format_map")))
        format_fields(t, node, object);
    if (value_tags(object) & TAG_WALKED) return;
    if (runs_things(name))
        tmpl_report(t, node, INJECTION, SEV_CRITICAL,
                    "Calls a method that runs code, if the object has it");
    else if (opens_files(name))
        tmpl_report(t, node, "model.template-import", SEV_HIGH,
                    "Opens a file of the server, whose text then goes into the prompt");
}

/* loop(x) over the same x again never ends. */
static void call_of_loop(struct tmpl *t, uint32_t node)
{
    uint32_t arg = jinja_child(t->j, node, 1), in = t->j->stmts[t->stmt].block;
    while (in != JINJA_NO_STMT && !(t->j->stmts[in].kind == JS_FOR && t->j->stmts[in].recursive))
        in = t->j->stmts[in].block;
    if (in == JINJA_NO_STMT || !arg) return;
    const struct jinja_node *x = &t->j->nodes[arg], *y = &t->j->nodes[t->j->stmts[in].expr[1]];
    bool literal = x->kind == JN_LIST || x->kind == JN_STRING || x->kind == JN_TUPLE;
    if (literal || (x->kind == JN_NAME && y->kind == JN_NAME && slice_eq(x->text, y->text)))
        tmpl_report(t, node, "model.template-loop", SEV_HIGH,
                    "Calls its own loop with the same items, so rendering never ends");
}

void access_call(struct tmpl *t, uint32_t node, uint32_t callee)
{
    const struct jinja_node *n = &t->j->nodes[callee];
    unsigned tags = value_tags(t->val[callee]);
    if (n->kind == JN_NAME && slice_eq(n->text, S("loop"))) call_of_loop(t, node);
    if (n->kind == JN_NAME)
        call_of_name(t, node, n->text);
    else if (n->kind == JN_ATTR)
        call_of_method(t, node, callee);
    else if (!(tags & TAG_WALKED) && n->kind != JN_NONE)
        tmpl_report(t, node, OBFUSCATED, SEV_HIGH,
                    "Calls something that it looked up under a computed name");
}
