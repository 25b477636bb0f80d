/* SPDX-License-Identifier: Apache-2.0 */
/* calls.c - what a call gives: a library's function, a class, a def of the module, or one of the
 * few that make names and constants. */
#include "detect/python/module_part.h"
#include "codec/base64.h"

typedef const struct value *call_fn(struct module *m, uint32_t call, const struct value *callee);

/* The n-th argument by position, or by keyword; never NULL. */
static const struct value *given(const struct module *m, uint32_t call, int position,
                                 struct slice keyword)
{
    struct argument a = module_argument(m, call, 0, position, keyword);
    return a.value && a.how == ARGUMENT_GIVEN ? a.value : &val_unknown;
}

static bool known_text(const struct value *v)
{
    return (v->kind == VAL_STRING || v->kind == VAL_BYTES) && v->exact && !v->other;
}

/* What a function gives that is not known better. */
static const struct value *result(struct module *m, uint32_t call, const struct value *callee)
{
    struct value *v = val_new(m, VAL_UNKNOWN);
    if (!v) return &val_unknown;
    v->name = dotted_call(&m->names, callee->name);
    v->call = call;
    uint32_t c = module_node(m, call)->first;
    for (c = c ? module_node(m, c)->next : 0; c; c = module_node(m, c)->next)
        if (m->values[c] && m->values[c]->own) v->own = true;
    v->own = v->own || callee->own;
    return v;
}

/* ---- names out of texts ---- */

static const struct value *call_import(struct module *m, uint32_t call, const struct value *callee)
{
    const struct value *v = given(m, call, 0, S("name"));
    if (!known_text(v)) return result(m, call, callee);
    return val_of_name(m, dotted_name(&m->names, v->text));
}

static const struct value *call_dunder_import(struct module *m, uint32_t call,
                                              const struct value *callee)
{
    const struct value *v = given(m, call, 0, S("name"));
    const struct value *list = given(m, call, 3, S("fromlist"));
    if (!known_text(v)) return result(m, call, callee);
    struct slice name = v->text;
    if (list->kind != VAL_LIST || !list->node || !module_node(m, list->node)->first)
        name = slice_sub(name, 0, slice_find_byte(name, '.'));
    return val_of_name(m, dotted_name(&m->names, name));
}

static const struct value *call_getattr(struct module *m, uint32_t call, const struct value *callee)
{
    const struct value *of = given(m, call, 0, S("")), *name = given(m, call, 1, S(""));
    if (!known_text(name)) return result(m, call, callee);
    return names_attr(m, of, name->text);
}

static const struct value *call_partial(struct module *m, uint32_t call, const struct value *callee)
{
    const struct value *f = given(m, call, 0, S("func"));
    if (!f->name) return result(m, call, callee);
    struct value *v = val_new(m, f->kind);
    if (!v) return &val_unknown;
    *v = *f;
    v->node = call;
    v->other = NULL;
    return v;
}

static const struct value *call_super(struct module *m, uint32_t call, const struct value *callee)
{
    uint32_t scope = m->walk->scope;
    while (scope != NO_SCOPE && m->scopes[scope].kind != SCOPE_CLASS)
        scope = m->scopes[scope].parent;
    const struct value *base = scope != NO_SCOPE ? m->scopes[scope].bases : NULL;
    if (!base || !base->name) return result(m, call, callee);
    if (base->kind != VAL_CLASS) return result(m, call, base);
    struct value *v = val_new(m, VAL_OBJECT);
    if (!v) return &val_unknown;
    v->scope = base->scope;
    v->name = dotted_call(&m->names, base->name);
    return v;
}

/* ---- values that go through ---- */

static const struct value *call_same(struct module *m, uint32_t call, const struct value *callee)
{
    const struct value *v = given(m, call, 0, S(""));
    return v == &val_unknown ? result(m, call, callee) : v;
}

/* int(x) of something unknown is a number, whatever x is. */
static const struct value *call_number(struct module *m, uint32_t call, const struct value *callee)
{
    const struct value *v = given(m, call, 0, S(""));
    if (slice_eq(callee->name->full, S("bool")) && v->exact && v->kind == VAL_NUMBER)
        return v->number != 0 ? &val_true : &val_false;
    return v->exact && (v->kind == VAL_NUMBER || v->kind == VAL_BOOL) ? v : result(m, call, callee);
}

static const struct value *call_cast(struct module *m, uint32_t call, const struct value *callee)
{
    (void)callee;
    return given(m, call, 1, S("val"));
}

/* Path(a, b), os.path.join(a, b) */
static const struct value *call_join(struct module *m, uint32_t call, const struct value *callee)
{
    const struct value *out = NULL;
    uint32_t c = module_node(m, module_node(m, call)->first)->next;
    for (; c; c = module_node(m, c)->next) {
        const struct value *v = m->values[c] ? m->values[c] : &val_unknown;
        if (module_node(m, c)->kind == PN_KWARG) continue;
        out = out ? val_concat(m, out, S("/"), v)
                  : val_concat(m, v, S(""), val_text(m, VAL_STRING, S("")));
    }
    return out ? val_named_as(m, out, dotted_call(&m->names, callee->name))
               : result(m, call, callee);
}

static const struct value *call_dict(struct module *m, uint32_t call, const struct value *callee)
{
    (void)callee;
    struct value *empty = val_new(m, VAL_DICT);
    if (!empty) return &val_unknown;
    empty->exact = true;
    const struct value *out = empty;
    uint32_t c = module_node(m, module_node(m, call)->first)->next;
    for (unsigned n = 0; c && n < ENTRIES_MAX && !m->nomem; c = module_node(m, c)->next, n++) {
        const struct py_node *arg = module_node(m, c);
        const struct value *v = m->values[c] ? m->values[c] : &val_unknown;
        out = arg->kind == PN_KWARG ? val_with(m, out, arg->text, v, arg->first)
                                    : val_merge(m, out, v);
    }
    return out;
}

/* An environment variable: what stands there if it is not set. */
static const struct value *call_env(struct module *m, uint32_t call, const struct value *callee)
{
    struct argument a = module_argument(m, call, 0, 1, S("default"));
    if (a.how != ARGUMENT_GIVEN) return result(m, call, callee);
    return val_fallback(m, a.value, dotted_call(&m->names, callee->name));
}

/* --top-k is args.top_k */
static void add_option(struct module *m, struct slice flag, const struct value *v)
{
    size_t n = flag.n - 2;
    uint8_t *key = ARENA_ROOM(m->arena, uint8_t, n + 1);
    if (!key) {
        m->nomem = true;
        return;
    }
    for (size_t i = 0; i < n; i++) key[i] = flag.p[i + 2] == '-' ? '_' : flag.p[i + 2];
    if (!map_put(&m->walk->options, slice_of(key, n), (union map_value){.ptr = v}, NULL))
        m->nomem = true;
}

/* parser.add_argument("--host", default="0.0.0.0") */
static const struct value *call_option(struct module *m, uint32_t call, const struct value *callee)
{
    const struct value *v = NULL, *action = given(m, call, -1, S("action"));
    struct argument preset = module_argument(m, call, 0, -1, S("default"));
    if (preset.how == ARGUMENT_GIVEN)
        v = val_fallback(m, preset.value, NULL);
    else if (known_text(action) && slice_eq(action->text, S("store_true")))
        v = val_fallback(m, &val_false, NULL);
    else if (known_text(action) && slice_eq(action->text, S("store_false")))
        v = val_fallback(m, &val_true, NULL);
    uint32_t c = module_node(m, module_node(m, call)->first)->next;
    for (; v && c; c = module_node(m, c)->next) {
        const struct value *name = m->values[c];
        if (module_node(m, c)->kind == PN_KWARG || !name || !known_text(name)) continue;
        if (slice_starts(name->text, S("--"))) add_option(m, name->text, v);
    }
    return result(m, call, callee);
}

static const struct value *call_item(struct module *m, uint32_t call, const struct value *callee)
{
    const struct value *v = given(m, call, 0, S(""));
    return v->name ? val_of_name(m, dotted_item(&m->names, v->name)) : result(m, call, callee);
}

static const struct value *call_b64(struct module *m, uint32_t call, const struct value *callee)
{
    const struct value *v = given(m, call, 0, S("s"));
    if (!known_text(v) || v->text.n > TEXT_MAX) return result(m, call, callee);
    struct slice out;
    if (!base64_decode(v->text, m->arena, &out)) return result(m, call, callee);
    return val_text(m, VAL_BYTES, out);
}

struct special {
    const char *name;
    call_fn *fn;
};

static const struct special specials[] = {
    {"importlib.import_module", call_import},
    {"__import__", call_dunder_import},
    {"importlib.__import__", call_dunder_import},
    {"getattr", call_getattr},
    {"functools.partial", call_partial},
    {"super", call_super},
    {"str", call_same},
    {"os.fspath", call_same},
    {"os.fsdecode", call_same},
    {"list", call_same},
    {"tuple", call_same},
    {"set", call_same},
    {"frozenset", call_same},
    {"sorted", call_same},
    {"bool", call_number},
    {"int", call_number},
    {"float", call_number},
    {"bytes", call_same},
    {"bytearray", call_same},
    {"memoryview", call_same},
    {"io.BytesIO", call_same},
    {"io.StringIO", call_same},
    {"staticmethod", call_same},
    {"copy.copy", call_same},
    {"copy.deepcopy", call_same},
    {"os.path.abspath", call_same},
    {"os.path.realpath", call_same},
    {"os.path.normpath", call_same},
    {"os.path.expandvars", call_same},
    {"asyncio.run", call_same},
    {"typing.cast", call_cast},
    {"os.path.join", call_join},
    {"os.path.expanduser", call_join},
    {"pathlib.Path", call_join},
    {"pathlib.PurePath", call_join},
    {"pathlib.PosixPath", call_join},
    {"dict", call_dict},
    {"os.getenv", call_env},
    {"os.environ.get", call_env},
    {"os.environ.setdefault", call_env},
    {"next", call_item},
    {"base64.b64decode", call_b64},
};

/* ---- methods of texts, dicts and paths ---- */

static const struct value *text_method(struct module *m, uint32_t call, const struct value *of,
                                       struct slice method)
{
    static const char *const keep[] = {"strip", "lstrip",   "rstrip",  "lower",
                                       "upper", "encode",   "decode",  "expandtabs",
                                       "title", "casefold", "as_posix"};
    for (size_t i = 0; i < COUNT_OF(keep); i++)
        if (slice_eq(method, slice_str(keep[i]))) return of;
    if (slice_eq(method, S("join"))) {
        const struct value *list = given(m, call, 0, S(""));
        if (list->kind != VAL_LIST || !list->exact || !list->node || !of->exact) return NULL;
        const struct value *out = NULL;
        unsigned n = 0;
        for (uint32_t c = module_node(m, list->node)->first; c && n < 64; n++) {
            const struct value *v = m->values[c] ? m->values[c] : &val_unknown;
            out = out ? val_concat(m, out, of->text, v) : v;
            c = module_node(m, c)->next;
        }
        return out;
    }
    if (!slice_eq(method, S("format"))) return NULL;
    /* what stands before the first and behind the last field; all of it if there is just one */
    size_t open = slice_find_byte(of->text, '{'), close = slice_rfind_byte(of->tail, '}');
    if (open == SIZE_MAX || close == SIZE_MAX) return of;
    bool one = of->exact && close == open + 1;
    const struct value *middle = one ? given(m, call, 0, S("")) : &val_unknown;
    const struct value *head = val_text(m, VAL_STRING, slice_sub(of->text, 0, open));
    const struct value *end = val_text(m, VAL_STRING, slice_sub(of->tail, close + 1, of->tail.n));
    return val_concat(m, val_concat(m, head, S(""), middle), S(""), end);
}

/* d.update(...), d.setdefault(k, v): the name is bound anew. d.get(k), d.pop(k), d.copy() */
static const struct value *dict_method(struct module *m, uint32_t call, const struct value *of,
                                       struct slice method, uint32_t object)
{
    const struct value *more = NULL, *key = given(m, call, 0, S(""));
    if (slice_eq(method, S("copy"))) return of;
    if (slice_eq(method, S("get")) || slice_eq(method, S("pop"))) {
        const struct value_entry *e = known_text(key) ? value_entry(of, key->text) : NULL;
        if (e) return e->value;
        return of->exact ? given(m, call, 1, S("")) : &val_unknown;
    }
    if (slice_eq(method, S("update")))
        more = val_merge(m, of, call_dict(m, call, NULL));
    else if (slice_eq(method, S("setdefault")) && known_text(key) && !value_entry(of, key->text))
        more = val_with(m, of, key->text, given(m, call, 1, S("")),
                        module_argument(m, call, 0, 1, S("")).node);
    if (more && module_node(m, object)->kind == PN_NAME)
        names_bind(m, module_node(m, object)->text, more);
    return more ? &val_none : NULL;
}

static const struct value *method_of(struct module *m, uint32_t call)
{
    uint32_t callee = module_node(m, call)->first;
    const struct py_node *n = module_node(m, callee);
    if (n->kind != PN_ATTR || !n->first || !m->values[n->first]) return NULL;
    const struct value *of = m->values[n->first];
    if (of->kind == VAL_DICT) return dict_method(m, call, of, n->text, n->first);
    if (of->kind == VAL_STRING || of->kind == VAL_BYTES) return text_method(m, call, of, n->text);
    return NULL;
}

static const struct value *call_one(struct module *m, uint32_t call, const struct value *callee)
{
    if (callee->kind == VAL_CLASS) {
        struct value *v = val_new(m, VAL_OBJECT);
        if (!v) return &val_unknown;
        v->scope = callee->scope;
        v->name = dotted_call(&m->names, callee->name);
        return v;
    }
    if (callee->kind == VAL_DEF) {
        const struct value *returns = m->scopes[callee->scope].returns;
        return returns ? returns : result(m, call, callee);
    }
    if (!callee->name) return &val_unknown;
    struct slice full = callee->name->full;
    for (size_t i = 0; i < COUNT_OF(specials); i++)
        if (slice_eq(full, slice_str(specials[i].name))) return specials[i].fn(m, call, callee);
    if (slice_ends(full, S(".add_argument"))) return call_option(m, call, callee);
    return result(m, call, callee);
}

const struct value *calls_eval(struct module *m, uint32_t node)
{
    uint32_t callee = module_node(m, node)->first;
    const struct value *v = callee ? m->values[callee] : NULL, *out = method_of(m, node);
    if (out) return out;
    for (; v; v = v->other) {
        const struct value *one = call_one(m, node, v);
        out = out ? val_either(m, out, one) : one;
    }
    return out ? out : &val_unknown;
}
