/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - walks the calls, assignments, classes and attributes of a module, finds the rows that
 * are about them, and tells what holds. A row is found by the last step of the name; among the rows
 * of one rule, the first that holds is told. */
#include "detect/python/rows_part.h"
#include "detect/data/look.h"
#include "detect/engine/detector.h"

#define SHOWN_MAX 60 /* bytes of an argument in the evidence */

/* ---- arguments of a site ---- */

struct argument site_argument(const struct site *s, int position, struct slice keyword)
{
    if (s->on != CODE_CALL) {
        struct argument none = {ARGUMENT_MISSING, 0, 0, NULL};
        return position == 0 ? s->value : none;
    }
    struct argument a = module_argument(s->rows->m, s->node, s->skip, position, keyword);
    if (a.how == ARGUMENT_MISSING && s->partial) a.how = ARGUMENT_UNSURE;
    return a;
}

/* ---- telling ---- */

struct finding rows_finding(struct judge *j, const struct reading *r, struct module *m,
                            const char *rule, uint32_t node, uint32_t line)
{
    const struct py_node *n = module_node(m, node);
    struct finding f = judge_finding(j, r, rule, n->offset);
    f.line = module_line(m, line ? line : n->line);
    if (!line || line == n->line) f.column = n->column;
    if (m->code->lines) f.offset = -1; /* of the text of the cells, not of the file */
    return f;
}

/* One line, short; what stands in front of an @ in an address is nobody's business. */
static struct slice shown(struct slice s)
{
    size_t nl = slice_find_byte(s, '\n');
    s = slice_sub(s, 0, nl);
    size_t scheme = slice_find(s, S("://"));
    if (scheme != SIZE_MAX && slice_find_byte(s, '@') != SIZE_MAX) s = slice_sub(s, 0, scheme + 3);
    size_t n = s.n < SHOWN_MAX ? s.n : SHOWN_MAX;
    while (n < s.n && n > 0 && (s.p[n] & 0xc0) == 0x80) n--; /* whole characters */
    return slice_sub(s, 0, n);
}

/* Without its quote, whose other half is not shown. */
static struct slice masked(struct slice s)
{
    while (s.n && (s.p[0] == '"' || s.p[0] == '\'')) s = slice_sub(s, 1, s.n);
    return slice_sub(s, 0, s.n > 12 ? 4 : 1);
}

static struct slice evidence_of(const struct site *s, struct argument a, bool secret)
{
    const struct module *m = s->rows->m;
    struct arena *arena = s->rows->judge->arena;
    struct slice name = s->name->full;
    if (name.n && (name.p[0] == '?' || name.p[0] == ':')) name = slice_sub(name, 1, name.n);
    struct slice text = a.node ? shown(module_source(m, a.node)) : slice_of(NULL, 0);
    struct slice key = a.at && module_node(m, a.at)->kind == PN_KWARG ? module_node(m, a.at)->text
                                                                      : slice_of(NULL, 0);
    if (secret) text = masked(text);
    if (s->on == CODE_CALL && !text.n && !key.n && module_child(m, s->node, 1))
        return arena_printf(arena, "%.*s(...)", SLICE_ARG(name));
    if (s->on == CODE_CALL)
        return arena_printf(arena, "%.*s(%s%.*s%s%.*s%s)", SLICE_ARG(name), key.n ? "..., " : "",
                            SLICE_ARG(key), key.n ? "=" : "", SLICE_ARG(text), secret ? "***" : "");
    if (s->on == CODE_ASSIGN || s->on == CODE_PAIR)
        return arena_printf(arena, "%.*s = %.*s%s", SLICE_ARG(name), SLICE_ARG(text),
                            secret ? "***" : "");
    return arena_printf(arena, "%.*s", SLICE_ARG(name));
}

static bool has_secret_test(const struct code_row *row)
{
    for (unsigned i = 0; i < row->tests_count; i++)
        if (code_tests[row->tests + i].op == CODE_OP_SECRET) return true;
    return false;
}

/* The path that is loaded, as far as it is known; of one made from __file__, what stands behind. */
static struct slice loaded_path(const struct value *v)
{
    struct slice path = v->kind != VAL_STRING ? S("")
                        : v->exact            ? v->text
                        : v->own              ? v->tail
                                              : S("");
    while (!v->exact && slice_starts(path, S("/"))) path = slice_sub(path, 1, path.n);
    return path;
}

static void set_condition(const struct site *s, struct finding *f)
{
    const struct code_row *row = s->row;
    f->when.kind = row->condition;
    f->when.name = code_text(row->package);
    f->when.versions = code_text(row->versions);
    if (row->loads < -1) return;
    struct argument a = site_argument(s, row->loads, code_text(row->loads_keyword));
    struct slice path = a.how == ARGUMENT_GIVEN && a.value ? loaded_path(a.value) : S("");
    if (slice_has(path, S("://")) || path.n > 1000) return;
    f->when.loads = arena_copy(s->rows->judge->arena, path);
}

/* What a dict or a partial made elsewhere brings is shown where it is used. */
static bool is_here(const struct site *s, uint32_t node)
{
    const struct py_stmt *st = &s->rows->m->tree->stmts[s->stmt];
    return node >= st->node_from && node < st->node_to;
}

static uint32_t line_of(const struct site *s, struct argument a)
{
    const struct module *m = s->rows->m;
    if (a.at && is_here(s, a.at)) return module_node(m, a.at)->line;
    if (s->on == CODE_CALL) return module_callee_line(m, module_node(m, s->node)->first);
    return module_node(m, s->node)->line;
}

static void on_hit(void *ctx, const struct look_hit *hit)
{
    bool *seen = ctx;
    if (hit->via || hit->hit->sureness == HIT_WEAK) return;
    /* what only looks like a secret is told as what it is used for */
    if (!slice_starts(slice_str(hit->hit->detector->id), S("secret.generic."))) *seen = true;
}

/* The search for secrets tells it anyway. */
static bool is_known_secret(const struct site *s)
{
    bool seen = false;
    struct look *look = s->rows->judge->look;
    struct slice text = module_source(s->rows->m, s->node);
    if (s->on == CODE_ASSIGN) {
        const struct py_stmt *st = &s->rows->m->tree->stmts[s->stmt];
        text = slice_sub(s->rows->m->code->text, st->offset, st->end - st->offset);
    }
    struct look_sink sink = {.on_hit = on_hit, .ctx = &seen};
    if (look && look_text(look, text, LOOK_CODE, &sink) == ST_NOMEM) s->rows->judge->nomem = true;
    return seen;
}

static void tell_row(struct site *s)
{
    const struct code_row *row = s->row;
    struct judge *j = s->rows->judge;
    struct argument a = {ARGUMENT_MISSING, 0, 0, NULL};
    char id[80];
    struct slice rule = code_text(row->rule);
    if (row->shown >= -1) a = site_argument(s, row->shown, code_text(row->shown_keyword));
    if (rule.n >= sizeof id || (has_secret_test(row) && is_known_secret(s))) return;
    memcpy(id, rule.p, rule.n);
    id[rule.n] = 0;
    uint32_t place = a.at && is_here(s, a.at) ? a.at : s->node;
    struct finding f = rows_finding(j, s->rows->reading, s->rows->m, id, place, line_of(s, a));
    f.severity = (enum severity)row->severity;
    f.message = code_text(row->message);
    f.evidence = evidence_of(s, a, has_secret_test(row));
    set_condition(s, &f);
    mend(s, &f);
    if (!f.evidence.p) j->nomem = true;
    judge_emit(j, &f);
}

/* ---- matching ---- */

static bool told(const struct site *s, struct slice rule)
{
    for (size_t i = 0; i < s->rule_count; i++)
        if (slice_eq(s->rules[i], rule)) return true;
    return false;
}

/* Rules that say of every call what was told of this one with its source. */
static bool is_said(const struct site *s, struct slice rule)
{
    static const char *const rules[] = {
        "code.pickle-load",       "code.pickle-like-load", "code.joblib-load",
        "code.marshal-load",      "code.pandas-pickle",    "code.keras-legacy-load",
        "code.adapter-untrusted", "code.model-uri-open",   "code.chat-template-unsafe"};
    if (!s->rows->told || !(s->rows->told[s->node / 8] >> (s->node % 8) & 1)) return false;
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (slice_eq(rule, slice_str(rules[i]))) return true;
    return false;
}

static void try_row(struct site *s, unsigned index)
{
    const struct code_row *row = &code_rows[index];
    struct slice rule = code_text(row->rule);
    if (row->on != s->on || told(s, rule) || is_said(s, rule)) return;
    if (!dotted_match(code_text(row->what), s->name->full)) return;
    s->row = row;
    for (unsigned i = 0; i < row->tests_count; i++)
        if (!test_holds(s, &code_tests[row->tests + i])) return;
    if (s->rule_count < RULES_PER_SITE) s->rules[s->rule_count++] = rule;
    if (row->severity != CODE_SILENT) tell_row(s);
}

static const struct code_last *rows_of(struct slice last)
{
    size_t lo = 0, hi = code_lasts_count;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = slice_cmp(last, code_text(code_lasts[mid].last));
        if (c == 0) return &code_lasts[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

/* Rows for this name and rows for any, in the order of the file. */
static void try_rows(struct site *s, struct slice last)
{
    const struct code_last *g = rows_of(last);
    size_t i = 0, k = 0, n = g ? g->count : 0;
    while (i < n || k < code_any_count) {
        bool own = i < n && (k == code_any_count || code_order[g->from + i] < code_any[k]);
        try_row(s, own ? code_order[g->from + i++] : code_any[k++]);
    }
}

static void try_name(struct site *s, const struct dotted *name)
{
    if (!name) return;
    s->name = name;
    try_rows(s, name->last);
}

/* ---- calls ---- */

/* Functions that call what they are given: what stands behind it are its arguments. */
static int calls_argument(struct slice name)
{
    static const struct {
        const char *name;
        int position;
    } rows[] = {{"map", 0},
                {"filter", 0},
                {"functools.partial", 0},
                {"asyncio.to_thread", 0},
                {".submit", 0},
                {".map", 0},
                {".imap", 0},
                {".apply_async", 0},
                {".apply", 0},
                {".run_in_executor", 1},
                {".run_sync", 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice row = slice_str(rows[i].name);
        if (row.p[0] == '.' ? slice_ends(name, row) : slice_eq(name, row)) return rows[i].position;
    }
    return -1;
}

static void try_indirect(struct rows *r, uint32_t stmt, uint32_t call, struct slice callee)
{
    int position = calls_argument(callee);
    if (position < 0) return;
    struct argument f = module_argument(r->m, call, 0, position, S("func"));
    if (f.how != ARGUMENT_GIVEN || !f.value->name || !f.node) return;
    if (slice_ends(f.value->name->full, S("()")) || f.value->kind != VAL_UNKNOWN) return;
    struct site s = {.rows = r,
                     .on = CODE_CALL,
                     .stmt = stmt,
                     .node = call,
                     .skip = (unsigned)position + 1,
                     .partial = true};
    try_name(&s, f.value->name);
}

static void judge_dicts(struct rows *r, uint32_t stmt, uint32_t call)
{
    const struct module *m = r->m;
    uint32_t c = module_node(m, module_node(m, call)->first)->next;
    for (; c; c = module_node(m, c)->next) {
        if (module_node(m, c)->kind == PN_DSTAR) continue;
        const struct value *v = module_value(m, c);
        const struct value_entry *e = v->kind == VAL_DICT ? v->entries : NULL;
        for (unsigned i = 0; e && i < 64; e = e->next, i++) {
            struct site s = {.rows = r, .on = CODE_PAIR, .stmt = stmt, .node = call};
            struct dotted key = {NULL, e->key, e->key};
            s.value = (struct argument){ARGUMENT_GIVEN, e->node, e->node ? e->node : c, e->value};
            if (e->key.n) try_name(&s, &key);
        }
    }
}

static void judge_call_node(struct rows *r, uint32_t stmt, uint32_t call)
{
    const struct module *m = r->m;
    uint32_t callee = module_node(m, call)->first;
    struct site s = {.rows = r, .on = CODE_CALL, .stmt = stmt, .node = call};
    if (!callee) return;
    for (const struct value *v = module_value(m, callee); v; v = v->other)
        if (v->name) try_name(&s, v->name);
    try_indirect(r, stmt, call, module_name(m, callee));
    judge_dicts(r, stmt, call);
}

/* ---- assignments ---- */

static void judge_target(struct rows *r, uint32_t stmt, uint32_t target, const struct value *of,
                         struct slice key, struct argument value)
{
    struct site s = {.rows = r, .on = CODE_ASSIGN, .stmt = stmt, .node = target, .value = value};
    char text[DOTTED_MAX];
    if (!of || !of->name) return;
    struct dotted name = *of->name;
    if (key.n) { /* os.environ[KEY] */
        struct slice full = of->name->full;
        if (full.n + key.n + 2 > sizeof text) return;
        memcpy(text, full.p, full.n);
        text[full.n] = '[';
        memcpy(text + full.n + 1, key.p, key.n);
        text[full.n + 1 + key.n] = ']';
        name.full = slice_of(text, full.n + key.n + 2);
        name.last = slice_sub(name.full, full.n, name.full.n);
    }
    try_name(&s, &name);
}

static void judge_assign(struct rows *r, uint32_t stmt, uint32_t target, uint32_t value)
{
    const struct module *m = r->m;
    const struct py_node *n = module_node(m, target);
    struct argument a = {ARGUMENT_GIVEN, value, value, module_value(m, value)};
    a.at = target; /* the place that is shown */
    if (n->kind == PN_ATTR) {
        /* what the attribute was before is of no interest: its own name is */
        for (const struct value *of = module_value(m, n->first); of; of = of->other) {
            struct value v = {.name = of->name};
            struct dotted_names *names = &r->m->names;
            v.name = of->name ? dotted_attr(names, of->name, n->text) : NULL;
            judge_target(r, stmt, target, &v, slice_of(NULL, 0), a);
        }
    } else if (n->kind == PN_SUBSCRIPT) {
        const struct value *key = module_value(m, module_child(m, target, 1));
        if (key->kind == VAL_STRING && key->exact)
            judge_target(r, stmt, target, module_value(m, n->first), key->text, a);
    } else if (n->kind == PN_NAME) {
        struct value v = {.name = dotted_name(&r->m->names, n->text)};
        judge_target(r, stmt, target, &v, slice_of(NULL, 0), a);
        const struct scope *scope = &m->scopes[m->scope_of[stmt]];
        if (scope->kind != SCOPE_CLASS || !scope->name.n) return;
        const struct dotted *class = dotted_mark(&r->m->names, ':', scope->name);
        v.name = class ? dotted_attr(&r->m->names, class, n->text) : NULL;
        judge_target(r, stmt, target, &v, slice_of(NULL, 0), a);
    }
}

/* os.environ.setdefault("X", "1"), os.putenv("X", "1"), os.environ.update(X="1") */
static void judge_environ(struct rows *r, uint32_t stmt, uint32_t call)
{
    const struct module *m = r->m;
    struct slice name = module_name(m, module_node(m, call)->first);
    struct value env = {.name = dotted_name(&r->m->names, S("os.environ"))};
    if (slice_eq(name, S("os.environ.setdefault")) || slice_eq(name, S("os.putenv")) ||
        slice_ends(name, S("monkeypatch.setenv"))) {
        struct argument key = module_argument(m, call, 0, 0, S("key"));
        struct argument value = module_argument(m, call, 0, 1, S("value"));
        if (key.how == ARGUMENT_GIVEN && value.how == ARGUMENT_GIVEN &&
            key.value->kind == VAL_STRING)
            judge_target(r, stmt, call, &env, key.value->text, value);
    } else if (slice_eq(name, S("os.environ.update"))) {
        uint32_t c = module_node(m, module_node(m, call)->first)->next;
        for (; c; c = module_node(m, c)->next) {
            const struct py_node *n = module_node(m, c);
            const struct value *v = module_value(m, c);
            struct argument a = {ARGUMENT_GIVEN, n->first, c, v};
            if (n->kind == PN_KWARG) judge_target(r, stmt, call, &env, n->text, a);
            const struct value_entry *e = v->kind == VAL_DICT ? v->entries : NULL;
            for (unsigned i = 0; e && i < 64; e = e->next, i++) {
                a = (struct argument){ARGUMENT_GIVEN, e->node, e->node, e->value};
                judge_target(r, stmt, call, &env, e->key, a);
            }
        }
    }
}

/* ---- classes, imports, attributes ---- */

static void judge_class(struct rows *r, uint32_t stmt)
{
    const struct module *m = r->m;
    uint32_t call = m->tree->stmts[stmt].expr[0];
    uint32_t c = call ? module_node(m, call)->first : 0;
    for (c = c ? module_node(m, c)->next : 0; c; c = module_node(m, c)->next) {
        struct site s = {.rows = r, .on = CODE_BASE, .stmt = stmt, .node = c};
        if (module_node(m, c)->kind != PN_KWARG) try_name(&s, module_value(m, c)->name);
    }
}

static void judge_nodes(struct rows *r, uint32_t stmt)
{
    const struct py_stmt *st = &r->m->tree->stmts[stmt];
    for (uint32_t n = st->node_from; n < st->node_to; n++) {
        uint8_t kind = module_node(r->m, n)->kind;
        if (kind == PN_CALL) {
            judge_call_node(r, stmt, n);
            judge_environ(r, stmt, n);
            launch_judge(r, n);
        } else if (kind == PN_ATTR) {
            struct site s = {.rows = r, .on = CODE_NAME, .stmt = stmt, .node = n};
            try_name(&s, module_value(r->m, n)->name);
        }
    }
}

static void judge_stmt(struct rows *r, uint32_t stmt)
{
    const struct py_stmt *st = &r->m->tree->stmts[stmt];
    judge_nodes(r, stmt);
    shapes_judge(r, stmt);
    if ((st->kind == PS_ASSIGN || st->kind == PS_ANN) && st->expr[1])
        judge_assign(r, stmt, st->expr[0], st->expr[1]);
    if (st->kind == PS_CLASS) judge_class(r, stmt);
}

/* ---- the module as a whole ---- */

static bool note(struct map *map, struct slice key)
{
    return map_put(map, key, (union map_value){.num = 1}, NULL);
}

static bool is_env_name(struct slice s)
{
    size_t n = 0;
    while (n < s.n && ((s.p[n] >= 'A' && s.p[n] <= 'Z') || s.p[n] == '_')) n++;
    return n == s.n && n >= 6 && n < 64;
}

static bool survey_stmt(struct rows *r, uint32_t stmt)
{
    const struct module *m = r->m;
    const struct py_stmt *st = &m->tree->stmts[stmt];
    if (st->kind == PS_IMPORT || st->kind == PS_FROM) {
        struct slice root = slice_sub(st->text, 0, slice_find_byte(st->text, '.'));
        if (root.n && (!note(&r->roots, root) || !note(&r->roots, st->text))) return false;
    }
    for (uint32_t n = st->node_from; n < st->node_to; n++) {
        const struct py_node *node = module_node(m, n);
        if (node->kind == PN_KWARG && !note(&r->keywords, node->text)) return false;
        if (node->kind == PN_CALL && r->writer_count < WRITERS_MAX &&
            fact_writes(module_name(m, node->first)))
            r->writers[r->writer_count++] = (struct writer){stmt, n};
        if (node->kind != PN_STRING || !is_env_name(node->text)) continue;
        union map_value at = {.num = node->next ? node->next : st->expr[1]};
        if (!map_put(&r->env, node->text, at, NULL)) return false;
    }
    return true;
}

static bool survey(struct rows *r)
{
    const struct module *m = r->m;
    map_init(&r->roots, m->arena, 0);
    map_init(&r->keywords, m->arena, 0);
    map_init(&r->env, m->arena, 0);
    r->checks = ARENA_ARRAY(m->arena, int8_t, m->tree->stmt_count + 1);
    if (!r->checks) return false;
    for (uint32_t i = 0; i < m->tree->stmt_count; i++)
        if (!survey_stmt(r, i)) return false;
    return true;
}

void rows_judge(struct judge *j, const struct reading *reading, struct module *m,
                const uint8_t *told)
{
    struct rows r = {
        .judge = j, .reading = reading, .m = m, .told = told, .auth = -1, .service = -1};
    if (!survey(&r)) {
        j->nomem = true;
        return;
    }
    for (uint32_t i = 0; i < m->tree->stmt_count; i++) {
        const struct py_stmt *st = &m->tree->stmts[i];
        if (m->dead[i]) continue;
        if (m->budget && !budget_work(m->budget, 1 + 4 * (st->node_to - st->node_from))) break;
        judge_stmt(&r, i);
    }
    if (m->names.nomem) j->nomem = true;
}
