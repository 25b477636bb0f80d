/* SPDX-License-Identifier: Apache-2.0 */
/* template_eval.c - the value of each node. Children stand before their parents, so one loop over
 * a statement's nodes is the whole evaluation. */
#include "base/num.h"
#include "detect/template/template_run.h"

static const struct jinja_node *node_at(const struct tmpl *t, uint32_t id)
{
    return &t->j->nodes[id];
}

static const struct value *child_value(const struct tmpl *t, uint32_t id, unsigned i)
{
    uint32_t child = jinja_child(t->j, id, i);
    return child ? t->val[child] : NULL;
}

static const struct value *unknown(struct tmpl *t, unsigned tags)
{
    return value_unknown(t->a, tags);
}

/* ---- conditions ---- */

static bool trigger_const(const struct value *v, bool who)
{
    if (v->kind == V_STR) return who ? v->str.n > 0 : words_natural(v->str);
    if (v->kind == V_INT) return who;
    for (uint32_t i = 0; i < v->count; i++)
        if (v->items[i]->kind != V_LIST && v->items[i]->kind != V_DICT &&
            trigger_const(v->items[i], who))
            return true;
    return false;
}

/* Is what somebody wrote, or who or when it is, compared with an ordinary word? */
static bool is_trigger(const struct value *x, const struct value *y)
{
    for (unsigned turn = 0; turn < 2; turn++) {
        unsigned tags = value_tags(x);
        for (const struct value *c = y; c && (tags & (TAG_TEXT | TAG_WHO)); c = c->alt)
            if (trigger_const(c, tags & TAG_WHO)) return true;
        const struct value *swap = x;
        x = y;
        y = swap;
    }
    return false;
}

static const struct value *as_trigger(struct tmpl *t, const struct value *v)
{
    return v ? value_tagged(t->a, v, TAG_TRIGGER) : NULL;
}

/* ---- leaves ---- */

static const struct value *number(struct tmpl *t, struct slice digits)
{
    int64_t n = 0;
    for (size_t i = 0; i < digits.n; i++) {
        uint8_t c = digits.p[i];
        if (c == '_') continue;
        if (c < '0' || c > '9') { /* 0x..: the value matters to nobody */
            uint64_t hex = 0;
            bool ok =
                digits.n > 2 && num_hex(slice_sub(digits, 2, digits.n), &hex) && hex < INT64_MAX;
            return ok ? value_int(t->a, (int64_t)hex, 0) : unknown(t, TAG_BUILT);
        }
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, c - '0', &n))
            return unknown(t, TAG_BUILT | TAG_HUGE);
    }
    return value_int(t->a, n, 0);
}

static const struct value *leaf(struct tmpl *t, uint32_t id)
{
    const struct jinja_node *n = node_at(t, id);
    switch (n->kind) {
    case JN_STRING: return value_str(t->a, n->text, 0);
    case JN_INT: return number(t, n->text);
    case JN_FLOAT: return unknown(t, 0);
    case JN_CONST:
        return slice_eq(n->text, S("none")) ? value_none(t->a)
                                            : value_bool(t->a, slice_eq(n->text, S("true")), 0);
    case JN_NAME: {
        const struct value *v = tmpl_get(t, n->text);
        return v ? v : unknown(t, access_name(t, id, n->text));
    }
    default: return t->hole ? t->hole : value_none(t->a);
    }
}

static const struct value *collection(struct tmpl *t, uint32_t id)
{
    const struct jinja_node *n = node_at(t, id);
    bool dict = n->kind == JN_DICT;
    uint32_t count = 0, room = 0;
    for (uint32_t c = n->first; c; c = node_at(t, c)->next) room += dict ? 2 : 1;
    const struct value **items = ARENA_ARRAY(t->a, const struct value *, room);
    for (uint32_t c = n->first; items && c; c = node_at(t, c)->next) {
        items[count++] = dict ? child_value(t, c, 0) : t->val[c];
        if (dict) items[count++] = child_value(t, c, 1);
    }
    if (!items) return NULL;
    return dict ? value_dict(t->a, items, count, 0) : value_list(t->a, items, count, 0);
}

/* ---- attributes and subscripts ---- */

/* The variable that holds attribute `name` of a namespace; the key lives in the caller's text. */
static struct slice space_key(const struct tmpl *t, uint32_t object, struct slice name,
                              char text[static 256])
{
    const struct jinja_node *n = node_at(t, object);
    if (n->kind != JN_NAME || n->text.n + name.n > 250) return slice_of(NULL, 0);
    int len = snprintf(text, 256, "%.*s.%.*s", SLICE_ARG(n->text), SLICE_ARG(name));
    return slice_of(text, len > 0 ? (size_t)len : 0);
}

static const struct value *attribute(struct tmpl *t, uint32_t id, uint32_t object,
                                     struct slice name)
{
    const struct value *obj = t->val[object];
    char text[256];
    struct slice key = space_key(t, object, name, text);
    const struct value *v = key.n ? tmpl_get(t, key) : NULL;
    unsigned tags = access_attribute(t, id, obj, name);
    if (v) return v;
    if (obj->kind == V_DICT) {
        const struct value *k = value_str(t->a, name, 0);
        v = k ? value_lookup(obj, k) : NULL;
        if (v) return v;
    }
    return unknown(t, tags);
}

static struct fold index_of(struct tmpl *t, uint32_t id)
{
    uint32_t index = jinja_child(t->j, id, 1);
    struct fold f = {.a = t->a, .in = {child_value(t, id, 0), t->val[index]}, .n = 2};
    if (node_at(t, index)->kind != JN_SLICE) return f;
    f.n = 1;
    for (uint32_t c = node_at(t, index)->first; c && f.n < 4; c = node_at(t, c)->next)
        f.in[f.n++] = t->val[c];
    return f;
}

/* Indexes and slices of what somebody wrote are still what somebody wrote. */
static unsigned item_tags(const struct value *obj, const struct value *key, unsigned tags)
{
    bool by_name = key->kind == V_STR;
    return by_name ? tags : tags | (obj->tags & (TAG_TEXT | TAG_WHO | TAG_MESSAGE));
}

static const struct value *subscript(struct tmpl *t, uint32_t id)
{
    struct fold f = index_of(t, id);
    uint32_t object = jinja_child(t->j, id, 0);
    if (node_at(t, jinja_child(t->j, id, 1))->kind == JN_SLICE) return fold_all(&f, fold_slice);
    const struct value *obj = f.in[0], *key = f.in[1];
    if (!obj || !key) return NULL;
    char text[256];
    struct slice space = key->kind == V_STR ? space_key(t, object, key->str, text) : S("");
    const struct value *v = space.n ? tmpl_get(t, space) : NULL;
    unsigned tags = access_key(t, id, obj, key, false);
    if (v) return v;
    v = fold_all(&f, fold_index);
    if (!v || value_is_const(v)) return v;
    if (obj->kind == V_UNKNOWN) return unknown(t, item_tags(obj, key, tags));
    return value_tagged(t->a, v, tags & TAG_WALKED);
}

/* ---- calls ---- */

static void take_args(struct tmpl *t, uint32_t id, struct fold *f)
{
    bool first = true;
    for (uint32_t c = node_at(t, id)->first; c && f->n < FOLD_MAX; c = node_at(t, c)->next) {
        const struct jinja_node *n = node_at(t, c);
        if (!first) {
            f->keyword[f->n] = n->kind == JN_KWARG ? n->text : slice_of(NULL, 0);
            f->in[f->n++] = t->val[c];
        }
        first = false;
    }
}

static const struct value *call_range(struct tmpl *t, const struct fold *f)
{
    int64_t n[3] = {0, 0, 1};
    bool known = f->n >= 2;
    for (unsigned i = 1; i < f->n && i < 4; i++) {
        known &= f->in[i]->kind == V_INT;
        n[f->n == 2 ? 1 : i - 1] = f->in[i]->num;
    }
    unsigned tags = 0;
    for (unsigned i = 1; i < f->n; i++) tags |= value_tags(f->in[i]);
    if (!known || n[2] == 0) return unknown(t, tags | TAG_DATA);
    uint64_t span = n[2] > 0 ? (uint64_t)n[1] - (uint64_t)n[0] : (uint64_t)n[0] - (uint64_t)n[1];
    bool empty = n[2] > 0 ? n[0] >= n[1] : n[0] <= n[1];
    uint64_t step = n[2] > 0 ? (uint64_t)n[2] : (uint64_t)-n[2];
    uint64_t count = empty ? 0 : (span - 1) / step + 1;
    if (count > 256) {
        struct value *v = ARENA_NEW(t->a, struct value);
        if (v)
            *v = (struct value){.tags = TAG_DATA,
                                .num = count > INT64_MAX ? INT64_MAX : (int64_t)count};
        return v;
    }
    const struct value **items = ARENA_ARRAY(t->a, const struct value *, (size_t)count);
    for (uint64_t i = 0; items && i < count; i++)
        if (!(items[i] = value_int(t->a, n[0] + (int64_t)i * n[2], 0))) return NULL;
    return items ? value_list(t->a, items, (uint32_t)count, 0) : NULL;
}

static const struct value *call_dict(struct tmpl *t, const struct fold *f)
{
    const struct value **items = ARENA_ARRAY(t->a, const struct value *, 2 * FOLD_MAX);
    uint32_t n = 0;
    for (unsigned i = 1; items && i < f->n; i++) {
        if (!f->keyword[i].n) return fold_unknown(f);
        if (!(items[n++] = value_str(t->a, f->keyword[i], 0))) return NULL;
        items[n++] = f->in[i];
    }
    return items ? value_dict(t->a, items, n, 0) : NULL;
}

static const struct value *call_macro(struct tmpl *t, uint32_t id, struct macro *m,
                                      const struct fold *f)
{
    for (unsigned i = 1; i < f->n; i++) {
        const struct value *joined = value_join(t->a, f->in[i], m->given[i - 1]);
        m->given[i - 1] = joined ? joined : m->given[i - 1];
    }
    bool conditional = false;
    const struct jinja_stmt *s = &t->j->stmts[t->stmt];
    for (uint32_t i = s->node_from; i < s->node_to; i++) {
        const struct jinja_node *n = node_at(t, i);
        conditional |=
            n->kind == JN_COND || (n->kind == JN_BINARY && (n->op == JO_AND || n->op == JO_OR));
    }
    uint32_t in = s->block;
    while (in != JINJA_NO_STMT && t->j->stmts[in].kind != JS_MACRO) {
        conditional |= t->j->stmts[in].kind == JS_IF || t->j->stmts[in].kind == JS_FOR;
        in = t->j->stmts[in].block;
    }
    if (in != JINJA_NO_STMT && !conditional && m->index < 64) {
        struct macro *caller = t->blocks[t->j->stmts[in].depth].macro;
        if (caller) caller->calls |= 1ull << m->index;
    }
    uint64_t cost;
    if (__builtin_mul_overflow(m->cost, t->factor, &cost) ||
        __builtin_add_overflow(t->cost, cost, &t->cost))
        t->cost = UINT64_MAX;
    (void)id;
    return m->result ? m->result : unknown(t, TAG_BUILT);
}

static const struct value *call_name(struct tmpl *t, uint32_t id, struct slice name, struct fold *f)
{
    struct macro *m = tmpl_macro(t, name);
    if (m) return call_macro(t, id, m, f);
    if (slice_eq(name, S("range"))) return call_range(t, f);
    if (slice_eq(name, S("dict"))) return call_dict(t, f);
    if (slice_eq(name, S("namespace"))) return unknown(t, TAG_SPACE);
    unsigned tags = slice_eq(name, S("lipsum")) || slice_eq(name, S("caller"))
                        ? TAG_ENGINE | TAG_BUILT
                        : TAG_DATA;
    if (slice_eq(name, S("strftime_now"))) tags |= TAG_WHO;
    const struct value *v = fold_unknown(f);
    return v ? unknown(t, (v->tags & ~(unsigned)TAG_ENGINE) | tags) : NULL;
}

static bool is_one_of(struct slice name, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(name, slice_str(words[i]))) return true;
    return false;
}

/* list.append(x) changes what the variable holds. */
static void mutate(struct tmpl *t, uint32_t object, struct slice method, const struct fold *f)
{
    static const char *const changing[] = {"append", "insert", "extend", "update"};
    const struct jinja_node *n = node_at(t, object);
    const struct value *obj = f->in[0];
    if (n->kind != JN_NAME || f->n < 2 || !is_one_of(method, changing, COUNT_OF(changing))) return;
    const struct value *item = f->in[f->n - 1];
    if (obj->kind != V_LIST || obj->count >= 64) {
        tmpl_set(t, n->text, value_tagged(t->a, obj, value_tags(item) | TAG_BUILT));
        return;
    }
    const struct value **items = ARENA_ARRAY(t->a, const struct value *, obj->count + 1);
    for (uint32_t i = 0; items && i < obj->count; i++) items[i] = obj->items[i];
    if (items) items[obj->count] = item;
    tmpl_set(t, n->text,
             tmpl_keep(t, items ? value_list(t->a, items, obj->count + 1, obj->tags) : NULL));
}

static void replaced_words(struct tmpl *t, uint32_t id, const struct fold *f)
{
    if (!slice_eq(f->name, S("replace")) || f->n < 3 || !(value_tags(f->in[0]) & TAG_TEXT)) return;
    const struct value *from = f->in[1], *to = f->in[2];
    if (from->kind != V_STR || to->kind != V_STR) return;
    bool words = words_natural(from->str) && words_natural(to->str);
    if (words || words_score(to->str) >= 2)
        tmpl_report(t, id, "model.template-conditional", SEV_HIGH,
                    "Replaces words in what was written before the model sees them");
}

static const struct value *call_method(struct tmpl *t, uint32_t callee, struct fold *f)
{
    static const char *const asks[] = {"startswith", "endswith", "find",  "rfind",
                                       "index",      "count",    "match", "search"};
    uint32_t object = jinja_child(t->j, callee, 0);
    f->name = node_at(t, callee)->text;
    f->in[0] = t->val[object];
    mutate(t, object, f->name, f);
    replaced_words(t, callee, f);
    const struct value *v = fold_all(f, fold_method);
    bool asked = f->n > 1 && is_one_of(f->name, asks, COUNT_OF(asks));
    if (v && value_tags(t->val[callee]) & TAG_WALKED) v = value_tagged(t->a, v, TAG_WALKED);
    return asked && is_trigger(f->in[0], f->in[1]) ? as_trigger(t, v) : v;
}

static const struct value *call(struct tmpl *t, uint32_t id)
{
    uint32_t callee = jinja_child(t->j, id, 0);
    const struct jinja_node *n = node_at(t, callee);
    struct fold f = {.a = t->a, .in = {t->val[callee]}, .n = 1};
    take_args(t, id, &f);
    access_call(t, id, callee);
    if (n->kind == JN_NAME) return call_name(t, id, n->text, &f);
    if (n->kind == JN_ATTR) return call_method(t, callee, &f);
    return fold_unknown(&f);
}

/* ---- filters and tests ---- */

static const struct value *filter_attr(struct tmpl *t, uint32_t id, const struct fold *f)
{
    unsigned tags = f->n > 1 ? access_key(t, id, f->in[0], f->in[1], true) : TAG_BUILT;
    return unknown(t, tags);
}

/* map(attribute=x), map('attr', x), selectattr(x), groupby(x), sort(attribute=x) ... */
static void filter_paths(struct tmpl *t, uint32_t id, const struct fold *f)
{
    static const char *const first[] = {"selectattr", "rejectattr", "groupby"};
    const struct value *path = fold_arg(f, FOLD_MAX, S("attribute"));
    if (path) access_path(t, id, path);
    if (f->n > 1 && is_one_of(f->name, first, COUNT_OF(first))) access_path(t, id, f->in[1]);
    if (f->n < 2 || f->keyword[1].n || !slice_eq(f->name, S("map"))) return;
    const struct value *inner = f->in[1];
    bool attr = inner->kind != V_STR;
    for (const struct value *v = inner; v; v = v->alt)
        attr |= v->kind == V_STR && slice_eq(v->str, S("attr"));
    if (attr && f->n > 2) access_path(t, id, f->in[2]);
    if (inner->kind != V_STR && f->n > 2)
        tmpl_report(t, id, "model.template-obfuscated", SEV_HIGH,
                    "Applies a filter whose name is computed, so what it reaches cannot be read");
}

/* map(attribute='content') is still what somebody wrote; selectattr('content', 'eq', 'word') and
 * its like compare it. */
static const struct value *picked(struct tmpl *t, const struct fold *f, const struct value *v)
{
    static const char *const picks[] = {"select", "reject", "selectattr", "rejectattr"};
    const struct value *path = fold_arg(f, FOLD_MAX, S("attribute"));
    bool by_field = f->n > 2 && slice_ends(f->name, S("attr"));
    if (by_field) path = f->in[1];
    bool text = path && path->kind == V_STR && words_text_field(path->str);
    bool who = path && path->kind == V_STR && words_who_field(path->str);
    struct value field = {.tags = (text ? TAG_TEXT : 0u) | (who ? TAG_WHO : 0u)};
    if (!is_one_of(f->name, picks, COUNT_OF(picks)))
        return text && slice_eq(f->name, S("map")) ? value_tagged(t->a, v, TAG_TEXT) : v;
    bool compares = f->n > 2 && is_trigger(by_field ? &field : f->in[0], f->in[f->n - 1]);
    return compares ? as_trigger(t, v) : v;
}

static const struct value *filter(struct tmpl *t, uint32_t id)
{
    const struct jinja_node *n = node_at(t, id);
    struct fold f = {.a = t->a, .in = {child_value(t, id, 0)}, .n = 1, .name = n->text};
    take_args(t, id, &f);
    filter_paths(t, id, &f);
    replaced_words(t, id, &f);
    if (slice_eq(n->text, S("attr"))) return filter_attr(t, id, &f);
    const struct value *v = fold_all(&f, fold_filter);
    return v ? picked(t, &f, v) : NULL;
}

static const struct value *test(struct tmpl *t, uint32_t id)
{
    const struct value *v = child_value(t, id, 0), *arg = child_value(t, id, 1);
    unsigned tags = v->tags & TAG_TRIGGER;
    if (arg && is_trigger(v, arg)) tags |= TAG_TRIGGER;
    return unknown(t, tags | TAG_DATA);
}

static const struct value *binary(struct tmpl *t, uint32_t id)
{
    const struct jinja_node *n = node_at(t, id);
    struct fold f = {.a = t->a,
                     .op = (enum jinja_op)n->op,
                     .in = {child_value(t, id, 0), child_value(t, id, 1)},
                     .n = 2};
    const struct value *v = fold_all(&f, fold_binary);
    bool compares = n->op >= JO_EQ && n->op <= JO_NOTIN;
    return compares && is_trigger(f.in[0], f.in[1]) ? as_trigger(t, v) : v;
}

static const struct value *cond(struct tmpl *t, uint32_t id)
{
    const struct value *then = child_value(t, id, 0), *test_ = child_value(t, id, 1),
                       *otherwise = child_value(t, id, 2);
    const struct value *v = otherwise ? value_join(t->a, then, otherwise) : then;
    return v && value_tags(test_) & TAG_TRIGGER ? as_trigger(t, v) : v;
}

static const struct value *unary(struct tmpl *t, uint32_t id)
{
    struct fold f = {
        .a = t->a, .op = (enum jinja_op)node_at(t, id)->op, .in = {child_value(t, id, 0)}, .n = 1};
    return fold_all(&f, fold_unary);
}

static const struct value *value_of(struct tmpl *t, uint32_t id)
{
    switch (node_at(t, id)->kind) {
    case JN_LIST:
    case JN_TUPLE:
    case JN_DICT: return collection(t, id);
    case JN_ATTR: return attribute(t, id, jinja_child(t->j, id, 0), node_at(t, id)->text);
    case JN_SUBSCRIPT: return subscript(t, id);
    case JN_CALL: return call(t, id);
    case JN_FILTER: return filter(t, id);
    case JN_TEST: return test(t, id);
    case JN_UNARY: return unary(t, id);
    case JN_BINARY: return binary(t, id);
    case JN_COND: return cond(t, id);
    case JN_PAIR:
    case JN_SLICE: return value_none(t->a);
    case JN_KWARG:
    case JN_STAR:
    case JN_DSTAR: return child_value(t, id, 0);
    default: return leaf(t, id);
    }
}

void tmpl_eval(struct tmpl *t, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to && t->st == ST_OK; i++) {
        if (t->steps == 0) {
            t->st = ST_LIMIT;
            return;
        }
        t->steps--;
        t->val[i] = tmpl_keep(t, value_of(t, i));
        if (t->val[i] && t->val[i]->tags & TAG_HUGE)
            tmpl_report(t, i, "model.template-loop", SEV_HIGH,
                        "Makes a text or number so big that rendering takes all memory");
    }
}
