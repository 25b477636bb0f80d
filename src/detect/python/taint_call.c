/* SPDX-License-Identifier: Apache-2.0 */
/* taint_call.c - what calls do with the values that go in.
 *
 * In this order: sources; what makes harmless; defs of this module, by their summaries; what passes
 * values through; methods of objects that are bad already. What is left gives values that are not
 * fixed, and nothing worse. */
#include "detect/python/taint_part.h"

static const struct taint open_result = {.kinds = TAINT_OPEN};

static uint32_t first_argument(const struct module *m, uint32_t call)
{
    uint32_t callee = module_node(m, call)->first;
    return callee ? module_node(m, callee)->next : 0;
}

static const struct taint *all_arguments(struct taint_flow *t, uint32_t call)
{
    const struct taint *out = NULL;
    for (uint32_t c = first_argument(t->m, call); c; c = module_node(t->m, c)->next)
        out = taint_join(t, out, t->of[c]);
    return out;
}

/* The object of a method call, or 0. */
static uint32_t object_of(const struct module *m, uint32_t call)
{
    const struct py_node *callee = module_node(m, module_node(m, call)->first);
    return callee->kind == PN_ATTR ? callee->first : 0;
}

static bool is_bad(const struct taint *v)
{
    return v && (v->kinds & TAINT_OTHER);
}

/* ---- files ---- */

/* A literal path is a variable of its own. */
static uint32_t literal_slot(struct taint_flow *t, uint32_t node, bool make)
{
    const struct value *v = module_value(t->m, node);
    if (v->kind != VAL_STRING || !v->exact || v->other || !v->text.n) return 0;
    struct slice key = arena_printf(t->m->arena, "\"%.*s", SLICE_ARG(v->text));
    if (make) t->work->files = true;
    return key.p ? env_slot(t, 0, key, make) : 0;
}

const struct taint *call_literal(struct taint_flow *t, uint32_t node)
{
    uint32_t slot = literal_slot(t, node, false);
    return slot ? env_read(t, slot, 0) : NULL;
}

static uint32_t path_slot(struct taint_flow *t, uint32_t node)
{
    uint32_t literal = literal_slot(t, node, true);
    if (literal) return literal;
    return t->of[node] && t->of[node]->root ? t->of[node]->root : expr_slot(t, node);
}

/* Something is written to the file that a value names, and to those that it was opened from. */
static void spill_file(struct taint_flow *t, uint32_t slot, const struct taint *v)
{
    struct taint_work *w = t->work;
    for (unsigned i = 0; i < 4 && slot && is_bad(v); i++) {
        const struct taint *cur = w->slots[slot].cur;
        struct taint *made = taint_copy(t, v);
        if (!made) return;
        *made = (struct taint){.file = v->kinds & TAINT_OTHER,
                               .root = cur ? cur->root : 0,
                               .line = v->line,
                               .what = v->what};
        uint32_t next = made->root;
        env_add(t, slot, made);
        slot = next != slot ? next : 0;
    }
}

/* What is read from a file is what was written to it. */
static const struct taint *opened(struct taint_flow *t, uint32_t path)
{
    uint32_t literal = path ? literal_slot(t, path, true) : 0;
    const struct taint *v = literal ? env_read(t, literal, 0) : path ? t->of[path] : NULL;
    struct taint *made = taint_copy(t, v);
    if (!made) return &open_result;
    made->kinds = made->file ? made->file : TAINT_OPEN;
    made->params = 0;
    made->safe = 0;
    made->root = path ? path_slot(t, path) : 0;
    return made;
}

static const struct taint *file_method(struct taint_flow *t, uint32_t call, struct slice method)
{
    uint32_t object = object_of(t->m, call), first = first_argument(t->m, call);
    const struct taint *of = t->of[object], *v = all_arguments(t, call);
    bool reads = slice_eq(method, S("read_text")) || slice_eq(method, S("read_bytes")) ||
                 slice_eq(method, S("open"));
    bool writes = slice_eq(method, S("write")) || slice_eq(method, S("writelines")) ||
                  slice_eq(method, S("write_text")) || slice_eq(method, S("write_bytes"));
    if (writes && is_bad(v)) spill_file(t, path_slot(t, object), v);
    if (slice_eq(method, S("save")) && is_bad(of) && first) spill_file(t, path_slot(t, first), of);
    if (reads && of && !(of->kinds & TAINT_UPLOAD)) return opened(t, object);
    return writes ? &open_result : NULL;
}

static const struct taint *file_call(struct taint_flow *t, uint32_t call, struct slice full)
{
    uint32_t first = first_argument(t->m, call);
    uint32_t second = first ? module_node(t->m, first)->next : 0;
    bool two = slice_eq(full, S("shutil.copyfileobj")) || slice_eq(full, S("json.dump")) ||
               slice_eq(full, S("shutil.copy")) || slice_eq(full, S("shutil.copyfile"));
    if (slice_eq(full, S("open")) || slice_eq(full, S("io.open")) ||
        slice_eq(full, S("gzip.open")) || slice_eq(full, S("aiofiles.open")) ||
        slice_eq(full, S("os.fdopen")))
        return first ? opened(t, first) : NULL;
    if (two && first && second) spill_file(t, path_slot(t, second), t->of[first]);
    return NULL;
}

/* ---- defs of this module ---- */

/* `out`: as other scopes see it. */
static void hand_over(struct taint_flow *t, uint32_t scope, uint32_t i, const struct taint *out)
{
    struct def_taint *def = &t->work->defs[scope];
    if (!out || i >= def->count) return;
    const struct taint *more = taint_join(t, def->params[i], out);
    if (more == def->params[i]) return;
    def->params[i] = more;
    t->work->changed = true;
}

void call_params(struct taint_flow *t, uint32_t scope, uint16_t kinds, uint32_t node)
{
    struct def_taint *def = &t->work->defs[scope];
    for (uint32_t i = 0; i < def->count; i++) {
        if (def->given[i] && (def->given[i]->kinds & kinds) == kinds) continue;
        if (i == 0 && (slice_eq(def->names[0], S("self")) || slice_eq(def->names[0], S("cls"))))
            continue;
        struct taint *v = taint_copy(t, taint_source(t, kinds, node));
        if (!v) return;
        v->what = def->names[i];
        v->line = t->m->tree->stmts[t->m->scopes[scope].stmt].line;
        def->given[i] = taint_join(t, def->given[i], v);
        t->work->changed = true;
    }
}

void call_offered(struct taint_flow *t, uint32_t dict)
{
    for (const struct value *v = module_value(t->m, dict); v; v = v->other) {
        if (v->kind != VAL_DICT) continue;
        for (const struct value_entry *e = v->entries; e; e = e->next)
            if (e->value && e->value->kind == VAL_DEF)
                call_params(t, e->value->scope, TAINT_TOOL, dict);
    }
}

static uint32_t param_named(const struct def_taint *def, struct slice name)
{
    for (uint32_t i = 0; i < def->count; i++)
        if (slice_eq(def->names[i], name)) return i;
    return UINT32_MAX;
}

/* Arguments from `c` on go to the parameters from `skip` on. Returns, per parameter, what came. */
static void give_arguments(struct taint_flow *t, uint32_t c, uint32_t scope, uint32_t skip,
                           const struct taint **came)
{
    const struct def_taint *def = &t->work->defs[scope];
    uint32_t at = skip;
    for (; c; c = module_node(t->m, c)->next) {
        const struct py_node *n = module_node(t->m, c);
        uint32_t from = at, to = at + 1;
        if (n->kind == PN_KWARG) {
            from = param_named(def, n->text);
            if (from == UINT32_MAX) continue;
            to = from + 1;
        } else if (n->kind == PN_STAR || n->kind == PN_DSTAR) {
            from = skip;
            to = t->m->budget && !budget_work(t->m->budget, def->count) ? skip : def->count;
        } else {
            at++;
        }
        const struct taint *out = taint_outside(t, t->work->scope, t->of[c]);
        for (uint32_t i = from; i < to && i < def->count; i++) {
            hand_over(t, scope, i, out);
            if (i < PARAM_MAX) came[i] = taint_join(t, came[i], t->of[c]);
        }
    }
}

static const struct taint *returned(struct taint_flow *t, uint32_t scope,
                                    const struct taint *const *came)
{
    const struct taint *r = t->work->defs[scope].returns, *out = NULL;
    if (!r) return NULL;
    if (r->kinds || r->file) {
        struct taint *own = taint_copy(t, r);
        if (!own) return r;
        own->params = 0;
        own->root = 0;
        out = own;
    }
    for (uint32_t i = 0; i < PARAM_MAX; i++)
        if (r->params >> i & 1) out = taint_join(t, out, taint_made_safe(t, came[i], r->safe));
    return out;
}

/* Methods are called on an object that is their first parameter. */
static uint32_t bound_params(const struct module *m, uint32_t call, uint32_t scope)
{
    uint32_t object = object_of(m, call);
    if (!object || m->scopes[m->scopes[scope].parent].kind != SCOPE_CLASS) return 0;
    for (const struct value *v = module_value(m, object); v; v = v->other)
        if (v->kind == VAL_CLASS) return 0;
    return 1;
}

static const struct taint *call_def(struct taint_flow *t, uint32_t first, uint32_t scope,
                                    uint32_t skip)
{
    const struct taint *came[PARAM_MAX] = {0};
    give_arguments(t, first, scope, skip, came);
    return returned(t, scope, came);
}

/* The constructor of a class of this module; fields of a class without one are its members. */
static void call_class(struct taint_flow *t, uint32_t call, uint32_t class)
{
    const struct module *m = t->m;
    const struct value *init = module_lookup((struct module *)(uintptr_t)m, class, S("__init__"));
    if (init && init->kind == VAL_DEF && m->scopes[init->scope].parent == class) {
        (void)call_def(t, first_argument(m, call), init->scope, 1);
        return;
    }
    for (uint32_t c = first_argument(m, call); c; c = module_node(m, c)->next)
        if (module_node(m, c)->kind == PN_KWARG)
            env_add(t, env_slot(t, class, module_node(m, c)->text, true), t->of[c]);
}

/* Defs that are given to a call: pool.submit(f, x), Interface(fn=f), Tool(func=f). */
static void hooks(struct taint_flow *t, uint32_t call, const struct taint_names *names)
{
    const struct flow_row *row = NULL;
    bool asked = false;
    for (uint32_t c = first_argument(t->m, call); c; c = module_node(t->m, c)->next) {
        const struct value *v = module_value(t->m, c);
        if (v->kind != VAL_DEF) continue;
        if (!asked) row = taint_find(names, SOURCE_HOOK);
        asked = true;
        if (row)
            call_params(t, v->scope, row->bits, c);
        else if (module_node(t->m, c)->kind != PN_KWARG)
            (void)call_def(t, module_node(t->m, c)->next, v->scope, 0);
    }
}

/* ---- methods ---- */

static bool fills(struct slice method)
{
    static const char *const known[] = {"append", "extend",    "add",        "update",
                                        "insert", "put",       "appendleft", "put_nowait",
                                        "push",   "setdefault"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (slice_eq(method, slice_str(known[i]))) return true;
    return false;
}

static const struct taint *method(struct taint_flow *t, uint32_t call)
{
    uint32_t object = object_of(t->m, call);
    struct slice name = module_node(t->m, module_node(t->m, call)->first)->text;
    const struct taint *of = t->of[object], *more = all_arguments(t, call);
    if (fills(name) && more) expr_spill(t, object, more);
    const struct taint *file = file_method(t, call, name);
    if (file) return file;
    if (slice_eq(name, S("get")) || slice_eq(name, S("pop"))) {
        const struct value *v = module_value(t->m, object);
        if (is_bad(more)) call_offered(t, object);
        if (v->kind == VAL_DICT && !is_bad(of)) return NULL; /* a table of this module */
    }
    bool texts = slice_eq(name, S("join")) || slice_eq(name, S("format")) ||
                 slice_eq(name, S("replace")) || slice_eq(name, S("format_map")) ||
                 slice_eq(name, S("substitute")) || slice_eq(name, S("safe_substitute")) ||
                 slice_eq(name, S("joinpath")) || slice_eq(name, S("with_name"));
    if (texts) return taint_join(t, of, more);
    return is_bad(of) || (of && (of->params || of->file)) ? of : NULL;
}

/* ---- sources ---- */

static bool is_model_url(struct slice url)
{
    static const char *const known[] = {"/chat/completions", "/v1/completions",
                                        "/api/generate",     "/api/chat",
                                        "/v1/messages",      "api.openai.com",
                                        "api.anthropic.com", "/v1/responses",
                                        ":generateContent",  "api-inference.huggingface.co"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (slice_has(url, slice_str(known[i]))) return true;
    return false;
}

static bool asks_model(const struct module *m, uint32_t call)
{
    for (uint32_t c = first_argument(m, call); c; c = module_node(m, c)->next)
        for (const struct value *v = module_value(m, c); v; v = v->other)
            if (v->kind == VAL_STRING && (is_model_url(v->text) || is_model_url(v->tail)))
                return true;
    return false;
}

static const struct taint *source(struct taint_flow *t, uint32_t call,
                                  const struct taint_names *names)
{
    const struct flow_row *row = taint_find(names, SOURCE_CALL);
    if (!row || !row->bits) return NULL;
    uint16_t kinds = row->bits;
    if ((kinds & TAINT_NET) && asks_model(t->m, call)) kinds = TAINT_MODEL;
    struct taint *made = taint_copy(t, taint_source(t, kinds, call));
    if (made) {
        made->line = module_callee_line(t->m, module_node(t->m, call)->first);
        made->what = module_source(t->m, module_node(t->m, call)->first);
    }
    /* urlretrieve(url, path) */
    uint32_t first = first_argument(t->m, call), path = first ? module_node(t->m, first)->next : 0;
    if (path && (kinds & TAINT_NET) && names->count && slice_ends(names->full[0], S("urlretrieve")))
        spill_file(t, path_slot(t, path), made);
    return made;
}

/* ---- all together ---- */

static const struct taint *through(struct taint_flow *t, uint32_t call, uint16_t safe)
{
    uint32_t object = object_of(t->m, call);
    const struct taint *all = all_arguments(t, call);
    if (object) all = taint_join(t, all, t->of[object]);
    return taint_made_safe(t, all, safe);
}

static const struct taint *own_code(struct taint_flow *t, uint32_t call, bool *ret_found)
{
    const struct taint *out = NULL;
    *ret_found = false;
    for (const struct value *v = module_value(t->m, module_node(t->m, call)->first); v;
         v = v->other) {
        if (v->kind == VAL_CLASS) call_class(t, call, v->scope);
        if (v->kind == VAL_DEF)
            out = taint_join(t, out,
                             call_def(t, first_argument(t->m, call), v->scope,
                                      bound_params(t->m, call, v->scope)));
        if (v->kind == VAL_DEF || v->kind == VAL_CLASS) *ret_found = true;
    }
    return out;
}

const struct taint *call_taint(struct taint_flow *t, uint32_t call)
{
    uint32_t callee = module_node(t->m, call)->first;
    struct taint_names names;
    taint_names(t, callee, &names);
    bool own;
    hooks(t, call, &names);
    const struct taint *out = own_code(t, call, &own);
    if (taint_find(&names, EFFECT_FIXED)) return NULL;
    const struct flow_row *row = taint_find(&names, EFFECT_SAFE);
    if (row) return through(t, call, row->bits);
    if (own) return out;
    out = source(t, call, &names);
    if (out) return out;
    if (module_constant(t->m, call)) return NULL;
    if (names.count) out = file_call(t, call, names.full[0]);
    if (out) return out;
    if (is_bad(t->of[module_node(t->m, call)->first]) && !object_of(t->m, call))
        return t->of[module_node(t->m, call)->first]; /* a lambda that gives such */
    if (object_of(t->m, call)) out = method(t, call);
    if (out) return out;
    if (taint_find(&names, EFFECT_PASS)) return through(t, call, 0);
    /* a method of a fixed text, or of a table of this module, gives nothing from elsewhere */
    uint32_t object = object_of(t->m, call);
    if (object && module_constant(t->m, object) && !all_arguments(t, call)) return NULL;
    return &open_result;
}
