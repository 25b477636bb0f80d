/* SPDX-License-Identifier: Apache-2.0 */
/* template_run.c - statements. A counter walks the flat list; blocks[] holds what each open block
 * needs at its end. Only a loop over constants moves the counter back, and every evaluated node
 * costs a step, so that no template can keep the judge busy. */
#include "detect/template/template_run.h"

#define LOOP_LIMIT     10000000u /* repetitions of a loop that no chat needs */
#define COST_LIMIT     50000000u /* texts that one macro prints */
#define BYTES_A_STEP   64u
#define BUILT_TEXT_MAX 16384u /* of a computed text: its pieces were read before */

void tmpl_report(struct tmpl *t, uint32_t node, const char *rule, enum severity s,
                 const char *message)
{
    const struct jinja_stmt *at = &t->j->stmts[t->stmt];
    struct issue issue = {rule, s, message, at->offset, at->line, at->column};
    if (node) {
        const struct jinja_node *n = &t->j->nodes[node];
        issue.offset = n->offset;
        issue.line = n->line;
        issue.column = n->column;
    }
    t->report(t->report_ctx, &issue);
}

const struct value *tmpl_keep(struct tmpl *t, const struct value *v)
{
    static const struct value nothing = {.kind = V_UNKNOWN};
    if (v) return v;
    t->st = ST_NOMEM;
    return &nothing;
}

const struct value *tmpl_get(const struct tmpl *t, struct slice name)
{
    union map_value v;
    return map_get(&t->vars, name, &v) ? v.ptr : NULL;
}

static void put(struct tmpl *t, struct slice name, const struct value *v)
{
    struct slice key = arena_copy(t->a, name);
    if (!key.p || !map_put(&t->vars, key, (union map_value){.ptr = v}, NULL)) t->st = ST_NOMEM;
}

/* Inside a block the old value stays possible: the block may not run, or has its own scope. */
void tmpl_set(struct tmpl *t, struct slice name, const struct value *v)
{
    const struct value *old = tmpl_get(t, name);
    v = tmpl_keep(t, v);
    if (t->triggers) v = tmpl_keep(t, value_tagged(t->a, v, TAG_TRIGGER));
    if (old && t->j->stmts[t->stmt].depth) v = tmpl_keep(t, value_join(t->a, v, old));
    put(t, name, v);
}

struct macro *tmpl_macro(const struct tmpl *t, struct slice name)
{
    struct macro *m = t->macros;
    while (m && !slice_eq(m->name, name)) m = m->older;
    return m;
}

static const struct jinja_stmt *stmt(const struct tmpl *t)
{
    return &t->j->stmts[t->stmt];
}

static const struct jinja_node *node_at(const struct tmpl *t, uint32_t id)
{
    return &t->j->nodes[id];
}

static const struct value *value_at(struct tmpl *t, uint32_t node)
{
    const struct value *v = node ? t->val[node] : NULL;
    return v ? v : tmpl_keep(t, value_unknown(t->a, TAG_DATA));
}

/* ---- assignment ---- */

static void assign_one(struct tmpl *t, uint32_t target, const struct value *v)
{
    const struct jinja_node *n = node_at(t, target);
    const struct jinja_node *obj = n->first ? node_at(t, n->first) : n;
    if (n->kind == JN_NAME) {
        tmpl_set(t, n->text, v);
    } else if (n->kind == JN_ATTR && obj->kind == JN_NAME) {
        struct slice key =
            arena_printf(t->a, "%.*s.%.*s", SLICE_ARG(obj->text), SLICE_ARG(n->text));
        if (key.p)
            tmpl_set(t, key, v);
        else
            t->st = ST_NOMEM;
    } else if (n->kind == JN_FILTER) { /* {% set x | upper %} */
        uint32_t inner = target;
        while (node_at(t, inner)->kind == JN_FILTER) inner = node_at(t, inner)->first;
        if (node_at(t, inner)->kind == JN_NAME) tmpl_set(t, node_at(t, inner)->text, v);
    }
}

/* a, b = ...: one level, as deep as templates go. */
static void assign(struct tmpl *t, uint32_t target, const struct value *v)
{
    const struct jinja_node *n = node_at(t, target);
    if (n->kind != JN_TUPLE && n->kind != JN_LIST) {
        assign_one(t, target, v);
        return;
    }
    uint32_t i = 0;
    unsigned tags = value_tags(v) & (TAG_DATA | TAG_MESSAGE | TAG_TEXT | TAG_TRIGGER | TAG_WALKED);
    for (uint32_t c = n->first; c; c = node_at(t, c)->next, i++) {
        bool known = v->kind == V_LIST && i < v->count;
        assign_one(t, c, known ? v->items[i] : tmpl_keep(t, value_unknown(t->a, tags)));
    }
}

/* namespace(a=1): the attributes are variables. */
static void assign_space(struct tmpl *t, uint32_t target, uint32_t value)
{
    const struct jinja_node *n = node_at(t, target), *call = node_at(t, value);
    if (n->kind != JN_NAME || call->kind != JN_CALL) return;
    for (uint32_t c = call->first; c; c = node_at(t, c)->next) {
        if (node_at(t, c)->kind != JN_KWARG) continue;
        struct slice key =
            arena_printf(t->a, "%.*s.%.*s", SLICE_ARG(n->text), SLICE_ARG(node_at(t, c)->text));
        if (!key.p) t->st = ST_NOMEM;
        if (t->st == ST_OK) tmpl_set(t, key, value_at(t, c));
    }
}

static bool same_name(const struct tmpl *t, uint32_t a, uint32_t b)
{
    const struct jinja_node *x = node_at(t, a), *y = node_at(t, b);
    if (x->kind != y->kind || !slice_eq(x->text, y->text)) return false;
    if (x->kind == JN_NAME) return true;
    return x->kind == JN_ATTR && node_at(t, x->first)->kind == JN_NAME &&
           node_at(t, y->first)->kind == JN_NAME &&
           slice_eq(node_at(t, x->first)->text, node_at(t, y->first)->text);
}

static bool in_loop(const struct tmpl *t)
{
    uint32_t in = stmt(t)->block;
    while (in != JINJA_NO_STMT && t->j->stmts[in].kind != JS_FOR) in = t->j->stmts[in].block;
    return in != JINJA_NO_STMT;
}

/* x = x ~ x in a loop: each round doubles it. */
static void doubling(struct tmpl *t, uint32_t target, uint32_t value)
{
    const struct jinja_node *n = node_at(t, value);
    bool joins = n->kind == JN_BINARY && (n->op == JO_ADD || n->op == JO_CONCAT || n->op == JO_MUL);
    if (!joins || !in_loop(t)) return;
    uint32_t left = n->first, right = node_at(t, left)->next;
    bool number = t->val[left]->kind == V_INT && t->val[right]->kind == V_INT && n->op == JO_ADD;
    bool twice = same_name(t, target, left) && same_name(t, target, right);
    if (twice && !number)
        tmpl_report(t, value, "model.template-loop", SEV_HIGH,
                    "Doubles a text in every round of a loop, so that it soon fills all memory");
}

static void run_set(struct tmpl *t)
{
    const struct jinja_stmt *s = stmt(t);
    if (!s->expr[0] || !s->expr[1]) return;
    doubling(t, s->expr[0], s->expr[1]);
    assign(t, s->expr[0], value_at(t, s->expr[1]));
    if (value_at(t, s->expr[1])->tags & TAG_SPACE) assign_space(t, s->expr[0], s->expr[1]);
}

/* ---- captured text ---- */

static struct template_block *capturing(const struct tmpl *t)
{
    for (uint32_t d = stmt(t)->depth; d-- > 0;)
        if (t->blocks[d].captures) return &t->blocks[d];
    return NULL;
}

static void capture(struct tmpl *t, struct slice text, bool known, unsigned tags)
{
    struct template_block *b = capturing(t);
    if (!b) return;
    b->tags |= tags;
    if (!known || b->n + text.n > VALUE_STR_MAX) b->unknown = true;
    if (b->unknown) return;
    if (b->n + text.n > b->room) {
        size_t room = (b->n + text.n) * 2;
        uint8_t *bigger = arena_alloc(t->a, room, 1);
        if (!bigger) {
            t->st = ST_NOMEM;
            return;
        }
        if (b->n) memcpy(bigger, b->text, b->n);
        b->text = bigger;
        b->room = room;
    }
    if (text.n) memcpy(b->text + b->n, text.p, text.n);
    b->n += text.n;
}

static const struct value *captured(struct tmpl *t, const struct template_block *b)
{
    unsigned tags = b->tags & ~(unsigned)(TAG_TEXT | TAG_MESSAGE);
    if (b->unknown) return tmpl_keep(t, value_unknown(t->a, tags));
    return tmpl_keep(
        t, value_str(t->a, slice_of(b->text ? b->text : (const uint8_t *)"", b->n), tags));
}

/* ---- what is printed ---- */

/* Reading text costs steps too. */
static void spend(struct tmpl *t, uint64_t steps)
{
    if (steps <= t->steps)
        t->steps -= steps;
    else
        t->st = ST_LIMIT;
}

static void run_text(struct tmpl *t)
{
    struct slice text = stmt(t)->text;
    spend(t, text.n / BYTES_A_STEP);
    capture(t, text, true, 0);
    words_instruct(t, 0, text);
    if (t->triggers) words_conditional(t, 0, text);
}

static bool compares(const struct jinja_node *n)
{
    return n->kind == JN_TEST || (n->kind == JN_BINARY && n->op >= JO_EQ && n->op <= JO_NOTIN);
}

/* Literals of the current statement that depend on a trigger. */
static void conditional_literals(struct tmpl *t)
{
    const struct jinja_stmt *s = stmt(t);
    bool depends = t->triggers > 0, asks = s->kind == JS_IF || s->kind == JS_ELIF;
    for (uint32_t i = s->node_from; i < s->node_to && !depends && !asks; i++)
        depends = !compares(node_at(t, i)) && t->val[i] && t->val[i]->tags & TAG_TRIGGER;
    for (uint32_t i = s->node_from; i < s->node_to; i++) {
        const struct jinja_node *n = node_at(t, i);
        if (n->kind != JN_STRING) continue;
        spend(t, n->text.n / BYTES_A_STEP);
        if (depends) words_conditional(t, i, n->text);
        words_instruct(t, i, n->text);
        if (n->escaped)
            tmpl_report(t, i, "model.template-obfuscated", SEV_HIGH,
                        "Spells plain letters as escapes, which only hides them from readers");
    }
}

static void run_output(struct tmpl *t)
{
    const struct value *v = value_at(t, stmt(t)->expr[0]);
    struct slice text = {NULL, 0};
    bool known = value_text(t->a, v, &text);
    capture(t, text, known, value_tags(v));
    t->cost = t->cost > UINT64_MAX - t->factor ? UINT64_MAX : t->cost + t->factor;
    bool single = stmt(t)->expr[0] && node_at(t, stmt(t)->expr[0])->kind == JN_STRING;
    for (const struct value *p = v; p && !single; p = p->alt) {
        if (p->kind != V_STR) continue;
        struct slice head = slice_sub(p->str, 0, BUILT_TEXT_MAX);
        spend(t, head.n / BYTES_A_STEP);
        if (t->triggers || p->tags & TAG_TRIGGER) words_conditional(t, stmt(t)->expr[0], head);
        words_instruct(t, stmt(t)->expr[0], head);
    }
}

/* ---- blocks ---- */

static struct template_block *open_block(struct tmpl *t)
{
    struct template_block *b = &t->blocks[stmt(t)->depth];
    *b = (struct template_block){.factor = t->factor, .cost = t->cost};
    return b;
}

static void condition(struct tmpl *t, struct template_block *b)
{
    unsigned tags = value_tags(value_at(t, stmt(t)->expr[0]));
    if (!(tags & TAG_TRIGGER) || b->trigger) return;
    b->trigger = true;
    t->triggers++;
}

static void multiply(struct tmpl *t, uint64_t rounds)
{
    uint64_t product;
    if (__builtin_mul_overflow(t->factor, rounds ? rounds : 1, &product)) product = UINT64_MAX;
    t->factor = product;
    if (product > LOOP_LIMIT)
        tmpl_report(t, 0, "model.template-loop", SEV_HIGH,
                    "Loops so often that one request keeps the server busy");
}

/* The items of a loop that can be run, or NULL. */
static const struct value *items_of(struct tmpl *t, const struct value *v)
{
    struct fold f = {.a = t->a, .name = S("list"), .in = {v}, .n = 1};
    const struct value *list = v->kind == V_UNKNOWN ? v : tmpl_keep(t, fold_filter(&f));
    uint64_t body =
        t->j->stmts[stmt(t)->last].node_to - stmt(t)->node_from + stmt(t)->last - t->stmt;
    bool affordable = list->kind == V_LIST && list->count &&
                      (uint64_t)list->count * body < t->steps / 8 && !v->alt;
    return affordable ? list : NULL;
}

static const struct value *any_item(struct tmpl *t, const struct value *v)
{
    struct fold f = {.a = t->a, .in = {v, value_unknown(t->a, 0)}, .n = 2};
    unsigned keep =
        TAG_DATA | TAG_TEXT | TAG_MESSAGE | TAG_ENGINE | TAG_BUILT | TAG_WALKED | TAG_LOST;
    if (v->kind == V_UNKNOWN || !f.in[1])
        return tmpl_keep(t, value_unknown(t->a, value_tags(v) & keep));
    return tmpl_keep(t, fold_all(&f, fold_index));
}

/* The i-th name that a loop binds; empty behind the last. */
static struct slice loop_name(const struct tmpl *t, const struct jinja_stmt *s, unsigned i)
{
    uint32_t target = s->expr[0];
    const struct jinja_node *n = node_at(t, target);
    if (n->kind == JN_TUPLE || n->kind == JN_LIST)
        target = jinja_child(t->j, target, i);
    else if (i)
        target = 0;
    return target && node_at(t, target)->kind == JN_NAME ? node_at(t, target)->text : S("");
}

/* Within the loop its variables are the item and nothing else. */
static void bind_item(struct tmpl *t, const struct jinja_stmt *s, const struct value *item)
{
    unsigned tags = value_tags(item) & ~(unsigned)(TAG_LOST | TAG_HUGE);
    bool several = s->expr[0] && node_at(t, s->expr[0])->kind != JN_NAME;
    for (unsigned i = 0; s->expr[0] && i < 4; i++) {
        struct slice name = loop_name(t, s, i);
        bool known = several && item->kind == V_LIST && i < item->count;
        if (!name.n) break;
        put(t, name,
            !several ? item
            : known  ? item->items[i]
                     : tmpl_keep(t, value_unknown(t->a, tags)));
    }
}

static void save_outer(struct tmpl *t, const struct jinja_stmt *s, struct template_block *b)
{
    for (unsigned i = 0; s->expr[0] && i < COUNT_OF(b->outer); i++) {
        struct slice name = loop_name(t, s, i);
        b->outer[i] = name.n ? tmpl_get(t, name) : NULL;
    }
}

/* Behind the loop; the last item stays possible, in case a renderer scopes otherwise. */
static void restore_outer(struct tmpl *t, const struct jinja_stmt *s,
                          const struct template_block *b)
{
    for (unsigned i = 0; i < COUNT_OF(b->outer); i++) {
        struct slice name = s->expr[0] ? loop_name(t, s, i) : S("");
        const struct value *now = name.n ? tmpl_get(t, name) : NULL;
        if (now && b->outer[i]) put(t, name, tmpl_keep(t, value_join(t->a, b->outer[i], now)));
    }
}

static uint64_t rounds_of(const struct value *v)
{
    switch (v->kind) {
    case V_UNKNOWN: return (uint64_t)v->num;
    case V_STR: return v->str.n;
    case V_DICT: return v->count / 2;
    default: return v->count;
    }
}

static void run_for(struct tmpl *t)
{
    const struct jinja_stmt *s = stmt(t);
    struct template_block *b = open_block(t);
    const struct value *over = value_at(t, s->expr[1]), *list = items_of(t, over);
    uint64_t rounds = rounds_of(over);
    multiply(t, rounds);
    save_outer(t, s, b);
    b->list = list;
    bind_item(t, s, list ? list->items[0] : any_item(t, over));
    if (s->expr[2]) {
        tmpl_eval(t, s->node_from, s->node_to);
        unsigned tags = value_tags(value_at(t, s->expr[2]));
        b->trigger = tags & TAG_TRIGGER;
        t->triggers += b->trigger;
    }
}

static void run_macro(struct tmpl *t)
{
    const struct jinja_stmt *s = stmt(t);
    struct template_block *b = open_block(t);
    struct macro *m = tmpl_macro(t, s->text);
    b->captures = true;
    if (!m || m->stmt != t->stmt) {
        m = ARENA_NEW(t->a, struct macro);
        if (!m) {
            t->st = ST_NOMEM;
            return;
        }
        *m = (struct macro){
            .older = t->macros, .name = s->text, .stmt = t->stmt, .index = t->macro_count++};
        t->macros = m;
    }
    b->macro = m;
    t->factor = 1;
    t->cost = 1;
    uint32_t i = 0, param = s->expr[0] ? node_at(t, node_at(t, s->expr[0])->first)->next : 0;
    for (; param && i < FOLD_MAX; param = node_at(t, param)->next, i++) {
        const struct value *v = tmpl_keep(t, value_unknown(t->a, TAG_DATA));
        if (m->given[i]) v = tmpl_keep(t, value_join(t->a, m->given[i], v));
        if (node_at(t, param)->kind == JN_KWARG)
            v = tmpl_keep(t, value_join(t->a, v, value_at(t, param)));
        uint32_t here = t->stmt;
        t->stmt = s->last;
        tmpl_set(t, node_at(t, param)->text, v);
        t->stmt = here;
    }
}

static void end_macro(struct tmpl *t, struct template_block *b)
{
    struct macro *m = b->macro;
    if (!m) return;
    m->result = captured(t, b);
    m->cost = t->cost;
    if (m->cost > COST_LIMIT && m->cost != UINT64_MAX)
        tmpl_report(t, 0, "model.template-loop", SEV_HIGH,
                    "Macros that call each other so often that one request keeps the server busy");
    t->factor = b->factor;
    t->cost = b->cost;
}

/* The end of {% set %}, {% filter %}: what was captured goes through the filters. */
static void end_capture(struct tmpl *t, uint32_t opener, struct template_block *b)
{
    const struct jinja_stmt *s = &t->j->stmts[opener];
    const struct value *v = captured(t, b);
    uint32_t target = s->expr[0];
    if (!target) return;
    if (s->kind == JS_SETBLOCK) assign(t, target, v);
    if (node_at(t, target)->kind == JN_FILTER) {
        t->hole = v;
        tmpl_eval(t, s->node_from, s->node_to);
        t->hole = NULL;
        v = value_at(t, target);
        if (s->kind == JS_SETBLOCK) assign(t, target, v);
    }
    struct slice text = {NULL, 0};
    if (s->kind == JS_FILTER) capture(t, text, value_text(t->a, v, &text), value_tags(v));
    if (v->kind == V_STR) words_instruct(t, 0, slice_sub(v->str, 0, BUILT_TEXT_MAX));
}

static void run_end(struct tmpl *t)
{
    uint32_t opener = stmt(t)->block;
    const struct jinja_stmt *s = &t->j->stmts[opener];
    struct template_block *b = &t->blocks[s->depth];
    if (s->kind == JS_FOR && b->list && ++b->at < b->list->count) {
        bind_item(t, s, b->list->items[b->at]);
        t->stmt = opener; /* the counter goes on behind it */
        return;
    }
    if (b->trigger) t->triggers--;
    if (s->kind == JS_MACRO)
        end_macro(t, b);
    else if (s->kind == JS_SETBLOCK || s->kind == JS_FILTER)
        end_capture(t, opener, b);
    else if (s->kind == JS_FOR)
        restore_outer(t, s, b);
    if (s->kind == JS_FOR) t->factor = b->factor;
    b->captures = false;
    b->trigger = false;
}

/* A page template may extend another one beside it; a chat template has no reason to. */
static bool beside(const struct value *v)
{
    static const char *const suffixes[] = {".html",   ".htm", ".j2",  ".jinja",
                                           ".jinja2", ".txt", ".xml", ".md"};
    if (v->kind != V_STR || slice_starts(v->str, S("/")) || slice_has(v->str, S("..")) ||
        slice_has(v->str, S(":")))
        return false;
    for (size_t i = 0; i < COUNT_OF(suffixes); i++)
        if (slice_ends_nocase(v->str, slice_str(suffixes[i]))) return true;
    return false;
}

static void run_load(struct tmpl *t)
{
    const struct value *v = value_at(t, stmt(t)->expr[0]);
    tmpl_report(t, 0, "model.template-import", t->chat || !beside(v) ? SEV_HIGH : SEV_LOW,
                "Loads another file through the renderer, whose text or code then takes part");
}

static void run_statement(struct tmpl *t)
{
    const struct jinja_stmt *s = stmt(t);
    spend(t, 1);
    tmpl_eval(t, s->node_from, s->node_to);
    if (s->kind != JS_TEXT && s->kind != JS_COMMENT) conditional_literals(t);
    switch (s->kind) {
    case JS_TEXT: run_text(t); break;
    case JS_OUTPUT: run_output(t); break;
    case JS_IF: condition(t, open_block(t)); break;
    case JS_ELIF: condition(t, &t->blocks[s->depth]); break;
    case JS_FOR: run_for(t); break;
    case JS_SET: run_set(t); break;
    case JS_MACRO: run_macro(t); break;
    case JS_SETBLOCK:
    case JS_FILTER: open_block(t)->captures = true; break;
    case JS_CALL:
    case JS_BLOCK:
    case JS_WITH:
    case JS_AUTOESCAPE:
    case JS_GENERATION: open_block(t); break;
    case JS_INCLUDE:
    case JS_IMPORT:
    case JS_FROM:
    case JS_EXTENDS: run_load(t); break;
    default: break;
    }
}

static void run_once(struct tmpl *t)
{
    t->triggers = 0;
    t->factor = t->cost = 1;
    for (t->stmt = 0; t->stmt < t->j->stmt_count && t->st == ST_OK; t->stmt++) {
        if (stmt(t)->kind == JS_END)
            run_end(t);
        else
            run_statement(t);
    }
}

/* Macros that call each other whatever happens never end. */
static void endless_macros(struct tmpl *t)
{
    uint64_t reach[64] = {0};
    for (const struct macro *m = t->macros; m; m = m->older)
        if (m->index < 64) reach[m->index] = m->calls;
    for (unsigned k = 0; k < 64; k++)
        for (unsigned i = 0; i < 64; i++)
            if (reach[i] >> k & 1) reach[i] |= reach[k];
    for (const struct macro *m = t->macros; m; m = m->older) {
        if (m->index >= 64 || !(reach[m->index] >> m->index & 1)) continue;
        t->stmt = m->stmt;
        tmpl_report(t, 0, "model.template-loop", SEV_HIGH,
                    "Contains a macro that calls itself whatever happens, so rendering never ends");
    }
}

void tmpl_run(struct tmpl *t)
{
    uint32_t depth = 0;
    for (uint32_t i = 0; i < t->j->stmt_count; i++)
        if (t->j->stmts[i].depth > depth) depth = t->j->stmts[i].depth;
    t->blocks = ARENA_ARRAY(t->a, struct template_block, depth + 2);
    t->val = ARENA_ARRAY(t->a, const struct value *, t->j->node_count + 1);
    map_init(&t->vars, t->a, 0);
    if (!t->blocks || !t->val) {
        t->st = ST_NOMEM;
        return;
    }
    run_once(t);
    if (t->macros && t->st == ST_OK) run_once(t);
    if (t->macros && t->st == ST_OK) endless_macros(t);
}
