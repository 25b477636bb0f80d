/* SPDX-License-Identifier: Apache-2.0 */
/* taint_def.c - parameters that come from outside: of routes, of tools that a model calls, of
 * methods that a framework calls, and those whose names say what they are.
 *
 * Annotations are read as text: `n: int` cannot carry an attack, `file: UploadFile` is an upload.
 */
#include "detect/python/taint_part.h"

#define FIELDS_MAX 256 /* statements of a class that are looked through for a field */

static const struct py_stmt *stmt_of(const struct module *m, uint32_t i)
{
    return &m->tree->stmts[i];
}

static struct slice annotation(const struct module *m, uint32_t param)
{
    const struct py_node *n = module_node(m, param);
    return n->op == PO_IS ? module_source(m, n->first) : slice_of(NULL, 0);
}

static struct slice preset_of(const struct module *m, uint32_t param)
{
    uint32_t preset = module_child(m, param, module_node(m, param)->op == PO_IS);
    return preset ? module_source(m, preset) : slice_of(NULL, 0);
}

static bool is_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool has_word(struct slice text, struct slice word)
{
    if (!text.p) return false;
    for (size_t at; (at = slice_find(text, word)) != SIZE_MAX;) {
        bool left = at == 0 || !is_word(text.p[at - 1]);
        bool right = at + word.n >= text.n || !is_word(text.p[at + word.n]);
        if (left && right) return true;
        text = slice_sub(text, at + word.n, text.n);
    }
    return false;
}

static bool has_any(struct slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has_word(text, slice_str(words[i]))) return true;
    return false;
}

/* Numbers, dates, and one of a fixed list: nothing that carries a text. */
static bool is_plain_type(const struct module *m, struct slice type)
{
    static const char *const plain[] = {"int",      "float", "bool", "Literal", "Enum",
                                        "datetime", "date",  "UUID", "Decimal", "PositiveInt"};
    static const char *const texts[] = {"str", "Any", "dict", "Dict", "list", "bytes", "List"};
    if (has_any(type, texts, COUNT_OF(texts))) return false;
    if (has_any(type, plain, COUNT_OF(plain))) return true;
    const struct value *v = module_lookup((struct module *)(uintptr_t)m, 0, type);
    if (!v || v->kind != VAL_CLASS) return false;
    for (const struct value *b = m->scopes[v->scope].bases; b; b = b->other) /* an Enum of ours */
        if (b->name &&
            (slice_ends(b->name->full, S("Enum")) || slice_ends(b->name->full, S("IntFlag"))))
            return true;
    return false;
}

bool def_plain_field(const struct module *m, uint32_t class, struct slice field)
{
    const struct scope *s = &m->scopes[class];
    if (s->kind != SCOPE_CLASS || s->end > m->tree->stmt_count) return false;
    uint32_t end = s->end - s->stmt > FIELDS_MAX ? s->stmt + FIELDS_MAX : s->end;
    for (uint32_t i = s->stmt + 1; i < end; i++) {
        const struct py_stmt *st = stmt_of(m, i);
        if (st->kind != PS_ANN || !slice_eq(module_node(m, st->expr[0])->text, field)) continue;
        return st->expr[2] && is_plain_type(m, module_source(m, st->expr[2]));
    }
    return false;
}

/* ---- decorators ---- */

static bool is_route_method(struct slice name)
{
    static const char *const known[] = {"route",        "get",
                                        "post",         "put",
                                        "delete",       "patch",
                                        "head",         "api_route",
                                        "websocket",    "websocket_route",
                                        "view",         "api",
                                        "web_endpoint", "fastapi_endpoint"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (slice_eq(name, slice_str(known[i]))) return true;
    return false;
}

/* @app.post("/predict") */
static bool is_route(const struct module *m, uint32_t decorator)
{
    const struct py_node *n = module_node(m, decorator);
    if (n->kind != PN_CALL) return false;
    const struct py_node *callee = module_node(m, n->first);
    if (callee->kind != PN_ATTR || !is_route_method(callee->text)) return false;
    if (slice_find(callee->text, S("endpoint")) != SIZE_MAX || slice_eq(callee->text, S("api")))
        return true;
    struct argument path = module_argument(m, decorator, 0, 0, S("path"));
    if (path.how == ARGUMENT_MISSING) path = module_argument(m, decorator, 0, -1, S("rule"));
    if (path.how != ARGUMENT_GIVEN || !path.value) return false;
    struct slice text = path.value->text;
    return path.value->kind == VAL_STRING && (!text.n || text.p[0] == '/' || text.p[0] == '<');
}

bool taint_is_route(const struct module *m, uint32_t scope)
{
    const struct scope *s = &m->scopes[scope];
    for (uint32_t i = 1; s->kind == SCOPE_DEF && i <= s->decorators && i <= s->stmt; i++) {
        uint32_t node = stmt_of(m, s->stmt - i)->expr[0];
        if (node && is_route(m, node)) return true;
    }
    return false;
}

static uint16_t decorated(struct taint_flow *t, uint32_t scope)
{
    const struct module *m = t->m;
    const struct scope *s = &m->scopes[scope];
    uint16_t kinds = 0;
    for (uint32_t i = 1; i <= s->decorators && i <= s->stmt; i++) {
        uint32_t node = stmt_of(m, s->stmt - i)->expr[0];
        if (!node) continue;
        if (is_route(m, node)) kinds |= TAINT_REQUEST;
        struct taint_names names;
        taint_names(t, node, &names);
        const struct flow_row *row = taint_find(&names, SOURCE_PARAMS);
        if (row) kinds |= row->bits;
    }
    return kinds;
}

/* _run of a BaseTool */
static uint16_t by_class(struct taint_flow *t, uint32_t scope)
{
    const struct module *m = t->m;
    const struct scope *s = &m->scopes[scope];
    const struct scope *class = &m->scopes[s->parent];
    if (class->kind != SCOPE_CLASS) return 0;
    for (const struct value *b = class->bases; b; b = b->other) {
        if (!b->name) continue;
        struct taint_names names = {.count = 1};
        names.full[0] = b->name->full;
        const struct flow_row *row = taint_method(&names, s->name);
        if (row) return row->bits;
    }
    return 0;
}

static uint16_t by_name(const struct scope *s)
{
    bool cloud = slice_eq(s->name, S("lambda_handler")) || slice_eq(s->name, S("cloud_function"));
    return cloud ? TAINT_REQUEST : 0;
}

/* ---- all of a def ---- */

bool def_plain_param(const struct module *m, uint32_t param)
{
    struct slice type = annotation(m, param);
    return type.n && is_plain_type(m, type);
}

static uint16_t param_kinds(const struct module *m, uint32_t param, uint16_t kinds)
{
    static const char *const uploads[] = {"UploadFile", "File", "UploadedFile"};
    static const char *const others[] = {"Depends",  "Security",  "BackgroundTasks",
                                         "Response", "Session",   "AsyncSession",
                                         "Context",  "RunContext"};
    struct slice type = annotation(m, param);
    struct slice by = preset_of(m, param);
    if (has_any(type, others, COUNT_OF(others)) || has_any(by, others, 2)) return 0;
    if (has_any(type, uploads, COUNT_OF(uploads)) || has_word(by, S("File")) ||
        has_word(by, S("UploadFile")))
        return TAINT_UPLOAD;
    return type.n && is_plain_type(m, type) ? 0 : kinds;
}

static void give(struct taint_flow *t, struct def_taint *def, uint32_t i, uint16_t kinds,
                 uint32_t param)
{
    if (!kinds || (def->given[i] && (def->given[i]->kinds & kinds) == kinds)) return;
    struct taint *v = taint_copy(t, taint_source(t, kinds, param));
    if (!v) return;
    v->what = def->names[i];
    def->given[i] = taint_join(t, def->given[i], v);
}

void def_sources(struct taint_flow *t, uint32_t scope)
{
    const struct module *m = t->m;
    const struct scope *s = &m->scopes[scope];
    struct def_taint *def = &t->work->defs[scope];
    uint16_t kinds = decorated(t, scope) | by_class(t, scope) | by_name(s);
    bool method = m->scopes[s->parent].kind == SCOPE_CLASS;
    uint32_t i = 0;
    for (uint32_t p = stmt_of(m, s->stmt)->expr[0]; p && i < def->count; i++) {
        struct taint_names names = {.count = 1};
        names.full[0] = def->names[i];
        const struct flow_row *row = taint_find(&names, SOURCE_PARAM);
        bool self = method && i == 0;
        uint16_t own = self ? 0 : param_kinds(m, p, (uint16_t)(kinds | (row ? row->bits : 0)));
        if (!(own & TAINT_UPLOAD) || (kinds & TAINT_REQUEST) || row) give(t, def, i, own, p);
        p = module_node(m, p)->next;
    }
}
