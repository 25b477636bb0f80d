/* SPDX-License-Identifier: Apache-2.0 */
/* facts.c - what rows ask about the place of a call: what happens before it in the same def, and
 * what kind of module it stands in. Looks back over BACK_MAX statements at most. */
#include "detect/python/rows_part.h"

#define BACK_MAX 400u

static const struct py_stmt *stmt_at(const struct module *m, uint32_t i)
{
    return &m->tree->stmts[i];
}

/* First statement of the def around a statement, or of the module. */
static uint32_t scope_from(const struct module *m, uint32_t stmt)
{
    const struct scope *s = &m->scopes[m->scope_of[stmt]];
    uint32_t from = s->kind == SCOPE_DEF ? s->stmt + 1 : 0;
    return stmt > BACK_MAX && from < stmt - BACK_MAX ? stmt - BACK_MAX : from;
}

static uint32_t scope_to(const struct module *m, uint32_t stmt)
{
    uint32_t to = m->scopes[m->scope_of[stmt]].end;
    return to > stmt + BACK_MAX ? stmt + BACK_MAX : to;
}

/* ---- digests and signatures ---- */

static bool is_digest_name(struct slice s)
{
    static const char *const words[] = {
        "sha256", "sha512", "digest", "checksum", "signature",   "sha384",    "sha1",   "md5",
        "blake",  "_hash",  "hash_",  "sha_",     "fingerprint", "integrity", "attest", "hmac"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (slice_has_nocase(s, slice_str(words[i]))) return true;
    return slice_eq_nocase(s, S("hash")) || slice_eq_nocase(s, S("sha")) || slice_eq(s, S("sig"));
}

/* verify(), is_verified(); unverified() is the contrary */
static bool is_verify_name(struct slice s)
{
    return slice_has_nocase(s, S("verif")) && !slice_has_nocase(s, S("unverif")) &&
           !slice_has_nocase(s, S("no_verif")) && !slice_has_nocase(s, S("skip"));
}

/* Does a condition compare a digest, or call what verifies? */
static bool tests_digest(const struct module *m, const struct py_stmt *st)
{
    bool compares = false, digest = false;
    for (uint32_t n = st->node_from; n < st->node_to; n++) {
        const struct py_node *node = module_node(m, n);
        compares = compares || (node->kind == PN_COMPARE && node->op != PO_IN &&
                                node->op != PO_IS && node->op != PO_ISNOT);
        if (node->kind == PN_CALL) {
            const struct py_node *callee = module_node(m, node->first);
            if (is_verify_name(callee->text) || slice_has(callee->text, S("compare_digest")) ||
                (slice_has_nocase(callee->text, S("check")) && is_digest_name(callee->text)))
                return true;
        }
        if (node->kind != PN_NAME && node->kind != PN_ATTR) continue;
        struct slice full = module_name(m, n);
        digest = digest || is_digest_name(node->text) || slice_starts(full, S("hashlib.")) ||
                 slice_ends(full, S("digest()"));
    }
    return compares && digest;
}

static bool ends_program(const struct module *m, const struct py_stmt *st)
{
    if (st->kind == PS_RAISE || st->kind == PS_RETURN) return true;
    if (st->kind != PS_EXPR || module_node(m, st->expr[0])->kind != PN_CALL) return false;
    struct slice name = module_name(m, module_node(m, st->expr[0])->first);
    return slice_ends(name, S("exit")) || slice_ends(name, S("abort")) ||
           slice_ends(name, S("_exit"));
}

/* Is the block left for good when the condition holds: raise, return, exit? In its else: too. */
static bool guards(const struct module *m, uint32_t i)
{
    uint32_t end = m->end_of[stmt_at(m, i)->kind == PS_IF ? i : stmt_at(m, i)->block];
    if (end > i + BACK_MAX) end = i + BACK_MAX;
    for (uint32_t k = i + 1; k < end; k++)
        if (ends_program(m, stmt_at(m, k))) return true;
    return false;
}

/* A def of this module that checks: it raises. */
static bool raises(const struct module *m, uint32_t scope)
{
    uint32_t end = m->scopes[scope].end;
    if (end > m->scopes[scope].stmt + BACK_MAX) end = m->scopes[scope].stmt + BACK_MAX;
    for (uint32_t i = m->scopes[scope].stmt + 1; i < end; i++) {
        const struct py_stmt *st = stmt_at(m, i);
        if (st->kind == PS_RAISE) return true;
        if (st->kind == PS_EXPR && ends_program(m, st)) return true;
    }
    return false;
}

/* verify_digest(path), key.verify(signature, data) */
static bool verifying_call(const struct module *m, uint32_t call)
{
    uint32_t callee = module_node(m, call)->first;
    const struct py_node *n = module_node(m, callee);
    if (n->kind != PN_NAME && n->kind != PN_ATTR) return false;
    bool verb = is_verify_name(n->text) || slice_has_nocase(n->text, S("check")) ||
                slice_has_nocase(n->text, S("valid")) || slice_has_nocase(n->text, S("ensure"));
    if (!verb) return false;
    const struct value *v = module_value(m, callee);
    if (v->kind == VAL_DEF) return raises(m, v->scope);
    return is_verify_name(n->text) || is_digest_name(n->text);
}

static bool verifies(const struct module *m, uint32_t i)
{
    const struct py_stmt *st = stmt_at(m, i);
    if (st->kind == PS_IF || st->kind == PS_ELIF) return tests_digest(m, st) && guards(m, i);
    if (st->kind != PS_EXPR && st->kind != PS_ASSIGN) return false;
    for (uint32_t n = st->node_from; n < st->node_to; n++)
        if (module_node(m, n)->kind == PN_CALL && verifying_call(m, n)) return true;
    return false;
}

/* In the same def: what other defs check says nothing, unless they are called. */
static bool verified_in(const struct rows *r, uint32_t stmt, uint32_t to)
{
    const struct module *m = r->m;
    for (uint32_t i = scope_from(m, stmt); i < to; i++) {
        if (m->scope_of[i] != m->scope_of[stmt]) continue;
        if (!r->checks[i]) r->checks[i] = verifies(m, i) ? 1 : -1;
        if (r->checks[i] > 0) return true;
    }
    return false;
}

/* ---- what the same def made ---- */

static struct slice opened_path(const struct module *m, const struct value *v)
{
    if (!v->call || !v->name || !slice_ends(v->name->full, S("open()"))) return slice_of(NULL, 0);
    const struct py_node *callee = module_node(m, module_node(m, v->call)->first);
    return callee->next ? module_source(m, callee->next) : slice_of(NULL, 0);
}

/* Are two arguments the same thing: one object, one path, one file that was opened twice? */
static bool same_thing(const struct module *m, uint32_t a, uint32_t b)
{
    const struct value *x = module_value(m, a), *y = module_value(m, b);
    struct slice p = opened_path(m, x), q = opened_path(m, y);
    if (p.n || q.n) return p.n && slice_eq(p, q);
    if (x->call && y->call) return x->call == y->call;
    uint8_t kind = module_node(m, a)->kind;
    if (kind == PN_NAME || kind == PN_ATTR)
        return slice_eq(module_source(m, a), module_source(m, b));
    return x->kind == VAL_STRING && y->kind == VAL_STRING && x->exact && y->exact &&
           slice_eq(x->text, y->text);
}

bool fact_writes(struct slice name)
{
    static const char *const names[] = {"pickle.dump",    "dill.dump",    "cloudpickle.dump",
                                        "joblib.dump",    "torch.save",   "marshal.dump",
                                        "numpy.save",     "numpy.savez",  "hickle.dump",
                                        "torch.jit.save", "skops.io.dump"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_eq(name, slice_str(names[i]))) return true;
    return slice_ends(name, S(".to_pickle")) || slice_ends(name, S(".save")) ||
           slice_ends(name, S(".save_pretrained")) || slice_ends(name, S(".save_model")) ||
           slice_ends(name, S(".save_to_disk"));
}

/* Is the call of a writer given what is loaded here? */
static bool wrote(const struct module *m, uint32_t call, uint32_t loaded)
{
    uint32_t c = module_node(m, module_node(m, call)->first)->next;
    for (; c; c = module_node(m, c)->next) {
        uint32_t value = module_node(m, c)->kind == PN_KWARG ? module_node(m, c)->first : c;
        if (same_thing(m, value, loaded)) return true;
    }
    return false;
}

/* The argument that is loaded: what the call is given, or what the reader was made with. */
static uint32_t loaded_of(const struct site *s)
{
    const struct module *m = s->rows->m;
    struct argument a = site_argument(s, 0, S(""));
    if (a.how == ARGUMENT_GIVEN) return a.node;
    /* pickle.Unpickler(f).load() */
    uint32_t callee = module_node(m, s->node)->first;
    const struct value *of = module_value(m, module_node(m, callee)->first);
    return of->call ? module_node(m, module_node(m, of->call)->first)->next : 0;
}

static bool round_trip(const struct site *s)
{
    const struct module *m = s->rows->m;
    uint32_t loaded = loaded_of(s);
    if (!loaded) return false;
    if (named_any(m, module_value(m, loaded), S("**.dumps(),jsonpickle.encode(),**.tobytes()")))
        return true;
    for (size_t i = 0; i < s->rows->writer_count; i++) {
        const struct writer *w = &s->rows->writers[i];
        bool before = w->stmt <= s->stmt && m->scope_of[w->stmt] == m->scope_of[s->stmt];
        if (before && wrote(m, w->call, loaded)) return true;
    }
    return false;
}

/* Anywhere in the module: something is saved to what is loaded here. */
static bool saved(const struct site *s)
{
    const struct module *m = s->rows->m;
    struct argument a = site_argument(s, 0, S(""));
    if (a.how != ARGUMENT_GIVEN || !a.node) return false;
    for (size_t i = 0; i < s->rows->writer_count; i++)
        if (wrote(m, s->rows->writers[i].call, a.node)) return true;
    return false;
}

/* ---- archives ---- */

/* for member in tar: if ...: raise */
static bool members_checked(const struct site *s)
{
    const struct module *m = s->rows->m;
    for (uint32_t i = scope_from(m, s->stmt); i <= s->stmt; i++) {
        const struct py_stmt *st = stmt_at(m, i);
        if (st->kind != PS_FOR || !st->expr[1]) continue;
        if (!named_any(m, module_value(m, st->expr[1]),
                       S("**.getmembers(),**.getnames(),**.infolist(),**.namelist(),tarfile.**,"
                         "zipfile.**")))
            continue;
        for (uint32_t k = i + 1; k < m->end_of[i] && k < i + BACK_MAX; k++)
            if (stmt_at(m, k)->kind == PS_RAISE ||
                (stmt_at(m, k)->kind == PS_IF && k + 1 < m->tree->stmt_count &&
                 (stmt_at(m, k + 1)->kind == PS_PASS || stmt_at(m, k + 1)->kind == PS_RETURN)))
                return true;
    }
    return false;
}

/* ---- digests that decide nothing ---- */

static const char weak[] = "hashlib.md5().**,hashlib.sha1().**,hashlib.new().**";

/* Is a weak digest compared with another one? What a cache compares is no check. */
static bool compares_weak(const struct module *m, uint32_t node)
{
    const struct py_node *n = module_node(m, node);
    bool compares =
        (n->kind == PN_COMPARE && (n->op == PO_EQ || n->op == PO_NE)) ||
        (n->kind == PN_CALL && slice_ends(module_name(m, n->first), S("compare_digest")));
    if (!compares) return false;
    struct slice text = module_source(m, node);
    if (slice_has_nocase(text, S("etag")) || slice_has_nocase(text, S("e_tag")) ||
        slice_has_nocase(text, S("cache")))
        return false;
    for (uint32_t c = n->first; c; c = module_node(m, c)->next)
        if (named_any(m, module_value(m, c), slice_str(weak))) return true;
    return false;
}

static bool compared_in(const struct module *m, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        for (uint32_t n = stmt_at(m, i)->node_from; n < stmt_at(m, i)->node_to; n++)
            if (compares_weak(m, n)) return true;
    return false;
}

/* The digest that this call begins: in the def itself, or anywhere if the def returns it. */
static bool compared(const struct site *s)
{
    const struct module *m = s->rows->m;
    const struct scope *scope = &m->scopes[m->scope_of[s->stmt]];
    if (scope->kind == SCOPE_DEF && slice_has_nocase(scope->name, S("verif"))) return true;
    if (compared_in(m, s->stmt, scope_to(m, s->stmt))) return true;
    if (scope->kind != SCOPE_DEF || !scope->returns) return false;
    uint32_t n = (uint32_t)m->tree->stmt_count;
    return named_any(m, scope->returns, slice_str(weak)) &&
           compared_in(m, 0, n < 4 * BACK_MAX ? n : 4 * BACK_MAX);
}

/* ---- the module ---- */

static bool imports(const struct rows *r, struct slice list)
{
    struct slice part;
    union map_value v;
    while (slice_split(&list, ',', &part))
        if (map_get(&r->roots, part, &v)) return true;
    return false;
}

static bool is_service(struct rows *r)
{
    if (r->service < 0)
        r->service = imports(
            r, S("flask,fastapi,starlette,django,tornado,sanic,gradio,streamlit,quart,bottle,"
                 "bentoml,litserve,aiohttp,falcon,ray.serve,chainlit,litestar,mcp,fastmcp"));
    return r->service != 0;
}

static bool speaks_of_auth(const struct module *m)
{
    static const char *const words[] = {
        "HTTPBearer",     "HTTPBasic",       "APIKeyHeader",
        "APIKeyQuery",    "OAuth2",          "login_required",
        "authenticate",   "HTTPTokenAuth",   "requires_auth",
        "verify_token",   "API_KEY_HEADER",  "get_current_user",
        "auth_required",  "require_auth",    "check_token",
        "verify_api_key", "AuthMiddleware",  "AuthenticationMiddleware",
        "BearerAuth",     "auth_dependency", "x_api_key"};
    for (size_t n = 1; n < m->tree->node_count; n++) {
        const struct py_node *node = &m->tree->nodes[n];
        if (node->kind == PN_KWARG &&
            (slice_eq(node->text, S("auth")) || slice_eq(node->text, S("token_verifier")) ||
             slice_eq(node->text, S("auth_server_provider"))))
            return true;
        if (node->kind == PN_PARAM && slice_eq(node->text, S("api_key"))) return true;
        if (node->kind != PN_NAME && node->kind != PN_ATTR && node->kind != PN_PARAM) continue;
        for (size_t i = 0; i < COUNT_OF(words); i++)
            if (slice_has(node->text, slice_str(words[i]))) return true;
    }
    return false;
}

static bool has_auth(struct rows *r)
{
    if (r->auth < 0) r->auth = speaks_of_auth(r->m);
    return r->auth != 0;
}

static bool has_name(const struct rows *r, struct slice list)
{
    struct slice part;
    union map_value v;
    while (slice_split(&list, ',', &part))
        if (map_get(&r->m->names.map, part, &v)) return true;
    return false;
}

static bool gives(const struct rows *r, struct slice list)
{
    struct slice part;
    union map_value v;
    while (slice_split(&list, ',', &part))
        if (map_get(&r->keywords, part, &v)) return true;
    return false;
}

/* os.environ["NAME"] = "VALUE" anywhere in the module. */
static bool sets_env(const struct rows *r, struct slice what)
{
    union map_value at;
    size_t equal = slice_find_byte(what, '=');
    if (!map_get(&r->env, slice_sub(what, 0, equal), &at)) return false;
    const struct value *v = module_value(r->m, (uint32_t)at.num);
    return v->kind == VAL_STRING && slice_eq(v->text, slice_sub(what, equal + 1, what.n));
}

static bool file_named(const struct rows *r, struct slice list)
{
    struct slice part, name = r->reading->layer->name;
    size_t slash = slice_rfind_byte(name, '/');
    if (slash != SIZE_MAX) name = slice_sub(name, slash + 1, name.n);
    while (slice_split(&list, ',', &part))
        if (slice_eq(name, part)) return true;
    return false;
}

static bool in_test(const struct site *s)
{
    const struct module *m = s->rows->m;
    struct slice name = s->rows->reading->layer->name;
    size_t slash = slice_rfind_byte(name, '/');
    if (slash != SIZE_MAX) name = slice_sub(name, slash + 1, name.n);
    return slice_starts(name, S("test_")) || slice_ends(name, S("_test.py")) ||
           slice_eq(name, S("conftest.py")) ||
           slice_starts(m->scopes[m->scope_of[s->stmt]].name, S("test_"));
}

/* Does __getitem__ of a class of datasets draw from numpy's one generator? */
static bool random_dataset(const struct module *m)
{
    for (uint32_t i = 0; i < m->scope_count; i++) {
        const struct scope *s = &m->scopes[i];
        if (s->kind != SCOPE_DEF || !slice_eq(s->name, S("__getitem__"))) continue;
        for (uint32_t k = s->stmt + 1; k < s->end && k < s->stmt + BACK_MAX; k++)
            for (uint32_t n = stmt_at(m, k)->node_from; n < stmt_at(m, k)->node_to; n++)
                if (slice_starts(module_name(m, n), S("numpy.random."))) return true;
    }
    return false;
}

/* ---- the def ---- */

static bool is_handler(const struct site *s)
{
    static const char *const routes[] = {".route", ".get",       ".post", ".put",
                                         ".patch", ".websocket", ".tool", ".api_route"};
    const struct module *m = s->rows->m;
    const struct scope *scope = &m->scopes[m->scope_of[s->stmt]];
    for (uint32_t i = 1; scope->kind == SCOPE_DEF && i <= scope->decorators; i++) {
        uint32_t expr = stmt_at(m, scope->stmt - i)->expr[0];
        if (module_node(m, expr)->kind == PN_CALL) expr = module_node(m, expr)->first;
        for (size_t k = 0; k < COUNT_OF(routes); k++)
            if (slice_ends(module_source(m, expr), slice_str(routes[k]))) return true;
    }
    return false;
}

/* `if` with the argument's own name in its condition, and a way out. */
static bool reviewed(const struct site *s)
{
    const struct module *m = s->rows->m;
    struct argument a = site_argument(s, s->row->shown, code_text(s->row->shown_keyword));
    if (a.how != ARGUMENT_GIVEN || !a.node || module_node(m, a.node)->kind != PN_NAME) return false;
    struct slice name = module_node(m, a.node)->text;
    for (uint32_t i = scope_from(m, s->stmt); i < s->stmt; i++) {
        const struct py_stmt *st = stmt_at(m, i);
        if (st->kind != PS_IF || !guards(m, i)) continue;
        for (uint32_t n = st->node_from; n < st->node_to; n++)
            if (module_node(m, n)->kind == PN_NAME && slice_eq(module_node(m, n)->text, name))
                return true;
    }
    return false;
}

/* Is one of these called further down in the same def? */
static bool before(const struct site *s, struct slice patterns)
{
    const struct module *m = s->rows->m;
    uint32_t to = scope_to(m, s->stmt);
    for (uint32_t i = s->stmt; i < to; i++)
        for (uint32_t n = stmt_at(m, i)->node_from; n < stmt_at(m, i)->node_to; n++)
            if (module_node(m, n)->kind == PN_CALL && n != s->node &&
                named_any(m, module_value(m, module_node(m, n)->first), patterns))
                return true;
    return false;
}

/* Does the statement replace this very function? */
static bool assigns(const struct site *s, struct slice name)
{
    const struct py_stmt *st = stmt_at(s->rows->m, s->stmt);
    return st->kind == PS_ASSIGN && module_node(s->rows->m, st->expr[0])->kind == PN_ATTR &&
           named_any(s->rows->m, module_value(s->rows->m, st->expr[0]), name);
}

/* [..., "install", name]: a name that is not known, or has no ==. */
static bool pip_unpinned(const struct site *s)
{
    const struct module *m = s->rows->m;
    struct argument a = site_argument(s, 0, S("args"));
    bool behind = false;
    if (a.how != ARGUMENT_GIVEN || a.value->kind != VAL_LIST || !a.value->node) return false;
    for (uint32_t c = module_node(m, a.value->node)->first; c; c = module_node(m, c)->next) {
        const struct value *v = module_value(m, c);
        bool known = v->kind == VAL_STRING && v->exact;
        if (behind && !known) return true;
        if (behind && v->text.n && v->text.p[0] == '-') {
            if (slice_has(v->text, S("index")) || slice_has(v->text, S("trusted"))) return true;
            if (slice_eq(v->text, S("-r")) || slice_eq(v->text, S("-e"))) return false;
        } else if (behind && !slice_has(v->text, S("=="))) {
            return !slice_starts(v->text, S(".")) && !slice_eq(v->text, S("pip"));
        }
        behind = behind || (known && slice_eq(v->text, S("install")));
    }
    return false;
}

bool fact_holds(struct site *s, const struct code_test *t)
{
    const struct module *m = s->rows->m;
    struct slice text = code_text(t->text);
    switch ((enum code_op)t->op) {
    case CODE_FACT_VERIFIED: return verified_in(s->rows, s->stmt, s->stmt);
    case CODE_FACT_CHECKED_LATER: return verified_in(s->rows, s->stmt, scope_to(m, s->stmt));
    case CODE_FACT_ROUND_TRIP: return round_trip(s);
    case CODE_FACT_IMPORTS: return imports(s->rows, text);
    case CODE_FACT_FILE_NAMED: return file_named(s->rows, text);
    case CODE_FACT_SERVICE: return is_service(s->rows);
    case CODE_FACT_AUTH: return has_auth(s->rows);
    case CODE_FACT_MEMBERS_CHECKED: return members_checked(s);
    case CODE_FACT_HAS: return has_name(s->rows, text);
    case CODE_FACT_GIVES: return gives(s->rows, text);
    case CODE_FACT_COMPARED: return compared(s);
    case CODE_FACT_HANDLER: return is_handler(s);
    case CODE_FACT_REVIEWED: return reviewed(s);
    case CODE_FACT_BEFORE: return before(s, text);
    case CODE_FACT_ENV: return sets_env(s->rows, text);
    case CODE_FACT_SAVED: return saved(s);
    case CODE_FACT_IN_TEST: return in_test(s);
    case CODE_FACT_ASSIGNS: return assigns(s, text);
    case CODE_FACT_SAVES: return s->rows->writer_count > 0;
    case CODE_FACT_DOWNLOADS:
        return has_name(s->rows, S("requests.get,urllib.request.urlretrieve,urllib.request.urlopen,"
                                   "wget.download,gdown.download,httpx.get,httpx.stream"));
    case CODE_FACT_RANDOM_DATASET: return random_dataset(m);
    case CODE_FACT_PIP_UNPINNED: return pip_unpinned(s);
    default: return false;
    }
}
