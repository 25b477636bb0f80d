/* SPDX-License-Identifier: Apache-2.0 */
/* taint_guard.c - what is known of values once a condition has been passed.
 *
 *    x in ALLOWED, x == "a"          x is one of what the code itself names
 *    ".." not in x                   no way out of a folder
 *    x.isdigit(), p.fullmatch(x)     of a shape that can do no harm
 *    is_allowed(x), validate(x)      by their names
 *
 * What a value was taken from is as good as the value: urlparse(url).hostname stands for url. */
#include "detect/python/taint_part.h"

#define NOTS_MAX   64
#define GUARD_TEXT 160

/* Each variable in an expression, and those that it was made from, is safe from now on. */
static void make_safe(struct taint_flow *t, uint32_t slot, uint16_t safe)
{
    struct taint_work *w = t->work;
    for (unsigned i = 0; i < 4 && slot; i++) {
        const struct taint *v = w->slots[slot].cur;
        if (!v || v->guard || w->slots[slot].scope != w->scope) return;
        uint32_t next = v->root;
        env_set(t, slot, taint_made_safe(t, v, safe));
        slot = next != slot ? next : 0;
    }
}

static bool is_one_of(struct slice text, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_eq(text, slice_str(known[i]))) return true;
    return false;
}

/* The expression that a test is about: behind .strip().lower(), urlparse(x).hostname, str(x). */
static uint32_t tested(const struct taint_flow *t, uint32_t node)
{
    static const char *const methods[] = {"strip",    "lower",  "upper",   "rstrip",   "lstrip",
                                          "casefold", "decode", "resolve", "absolute", "geturl"};
    static const char *const makers[] = {"urlparse", "urlsplit", "URL",  "str",       "Path",
                                         "PurePath", "unquote",  "text", "ip_address"};
    static const char *const parts[] = {"hostname", "netloc", "host",
                                        "value",    "domain", "registered_domain"};
    for (unsigned i = 0; i < 8; i++) {
        const struct py_node *n = module_node(t->m, node);
        const struct py_node *callee = module_node(t->m, n->kind == PN_CALL ? n->first : 0);
        if (n->kind == PN_ATTR && is_one_of(n->text, parts, COUNT_OF(parts)))
            node = n->first;
        else if (callee->kind == PN_ATTR && is_one_of(callee->text, methods, COUNT_OF(methods)))
            node = callee->first;
        else if (n->kind == PN_CALL && is_one_of(callee->text, makers, COUNT_OF(makers)))
            node = module_child(t->m, node, 1);
        else if (n->kind == PN_AWAIT || n->kind == PN_STAR || n->kind == PN_KWARG)
            node = n->first;
        else
            break;
    }
    return node;
}

/* The first word of a command, and what it was split from. */
static uint32_t first_word_of(const struct taint_flow *t, uint32_t node)
{
    const struct py_node *n = module_node(t->m, node);
    const struct value *index = module_value(t->m, module_child(t->m, node, 1));
    if (n->kind != PN_SUBSCRIPT || index->kind != VAL_NUMBER || index->number != 0) return 0;
    n = module_node(t->m, node = n->first);
    if (n->kind != PN_CALL) return node;
    const struct py_node *callee = module_node(t->m, n->first);
    if (!slice_eq(callee->text, S("split"))) return 0;
    uint32_t arg = module_child(t->m, node, 1);
    bool library = slice_eq(module_name(t->m, n->first), S("shlex.split"));
    return library ? arg : callee->kind == PN_ATTR ? callee->first : 0;
}

/* args["url"], request.url: this expression is safe, and nothing else of the object. */
static void mark(struct taint_flow *t, uint32_t node, uint16_t safe)
{
    struct taint *v = taint_copy(t, NULL);
    uint32_t slot = guard_slot(t, node, true);
    if (!v || !slot) return;
    v->guard = true;
    v->safe = safe;
    env_set(t, slot, v);
}

uint32_t guard_slot(struct taint_flow *t, uint32_t node, bool make)
{
    uint8_t key[GUARD_TEXT];
    struct slice text = module_source(t->m, node);
    if (!text.n || text.n + 1 > sizeof key) return 0;
    key[0] = '=';
    memcpy(key + 1, text.p, text.n);
    struct slice name = slice_of(key, text.n + 1);
    uint32_t slot = env_slot(t, t->work->scope, name, false);
    if (slot || !make) return slot;
    name = arena_copy(t->m->arena, name);
    return name.p ? env_slot(t, t->work->scope, name, true) : 0;
}

static void make_node_safe_once(struct taint_flow *t, uint32_t node, uint16_t safe)
{
    uint8_t kind = node ? module_node(t->m, node)->kind : PN_NONE;
    if (kind == PN_NAME) make_safe(t, expr_slot(t, node), safe);
    if (kind == PN_ATTR || kind == PN_SUBSCRIPT || kind == PN_CALL) mark(t, node, safe);
}

static void make_node_safe(struct taint_flow *t, uint32_t node, uint16_t safe)
{
    uint32_t word = node ? first_word_of(t, node) : 0;
    if (word) make_node_safe_once(t, word, SAFE_ARGV);
    if (node) make_node_safe_once(t, tested(t, node), safe);
}

/* All that a check is called with, and its object. */
static void make_all_safe(struct taint_flow *t, uint32_t call, uint16_t safe)
{
    uint32_t callee = module_node(t->m, call)->first;
    const struct py_node *n = module_node(t->m, callee);
    if (n->kind == PN_ATTR) make_node_safe(t, n->first, safe);
    for (uint32_t c = n->next; c; c = module_node(t->m, c)->next) make_node_safe(t, c, safe);
}

static bool is_bad(const struct taint *v)
{
    return v && ((v->kinds & TAINT_OTHER) || v->params || v->kinds);
}

/* A set that is not the other side's own. */
static bool is_list_of_ours(const struct taint_flow *t, uint32_t node)
{
    const struct taint *v = t->of[node];
    return !v || !(v->kinds & TAINT_OTHER);
}

/* ROOT in path.parents, os.path.commonpath([ROOT, path]) == ROOT: within a folder of ours. */
static void inside(struct taint_flow *t, uint32_t left, uint32_t right, bool in, bool equal)
{
    const struct py_node *r = module_node(t->m, right), *l = module_node(t->m, left);
    if (in && r->kind == PN_ATTR && slice_eq(r->text, S("parents")) && is_list_of_ours(t, left))
        make_node_safe(t, r->first, SAFE_PATH);
    if (!equal || l->kind != PN_CALL ||
        !slice_eq(module_name(t->m, l->first), S("os.path.commonpath")) ||
        !is_list_of_ours(t, right))
        return;
    uint32_t list = module_node(t->m, l->first)->next;
    for (uint32_t c = list ? module_node(t->m, list)->first : 0; c; c = module_node(t->m, c)->next)
        make_node_safe(t, c, SAFE_PATH);
}

static void compare(struct taint_flow *t, uint32_t node, bool truth)
{
    const struct py_node *n = module_node(t->m, node);
    uint32_t left = module_child(t->m, node, 0), right = module_child(t->m, node, 1);
    bool in = n->op == PO_IN || n->op == PO_NOTIN, equal = n->op == PO_EQ || n->op == PO_NE;
    bool holds = (n->op == PO_IN || n->op == PO_EQ) == truth;
    if ((!in && !equal) || !left || !right) return;
    if (in && module_node(t->m, left)->kind == PN_STRING) {
        struct slice text = module_node(t->m, left)->text;
        bool way = slice_has(text, S("..")) || slice_eq(text, S("/")) || slice_eq(text, S("\\"));
        if (!holds && way) make_node_safe(t, right, SAFE_PATH);
        return;
    }
    if (!holds) return;
    inside(t, left, right, in, equal);
    if (is_bad(t->of[left]) && is_list_of_ours(t, right) && (in || module_constant(t->m, right)))
        make_node_safe(t, left, SAFE_ALL);
    else if (equal && is_bad(t->of[right]) && module_constant(t->m, left))
        make_node_safe(t, right, SAFE_ALL);
}

/* url.startswith("https://api.example.com/"), path.startswith(str(BASE)) */
static void starts(struct taint_flow *t, uint32_t call)
{
    uint32_t head = module_child(t->m, call, 1);
    uint32_t object = module_node(t->m, module_node(t->m, call)->first)->first;
    const struct value *v = head ? module_value(t->m, head) : NULL;
    size_t at = v && v->kind == VAL_STRING ? slice_find(v->text, S("://")) : SIZE_MAX;
    if (at != SIZE_MAX && slice_find_byte(slice_sub(v->text, at + 3, v->text.n), '/') != SIZE_MAX)
        make_node_safe(t, object, SAFE_URL);
    else if (at == SIZE_MAX && head && !(t->of[head] && (t->of[head]->kinds & TAINT_OTHER)))
        make_node_safe(t, object, SAFE_PATH);
}

/* Does a pattern hold for the whole text? */
static bool is_whole(const struct taint_flow *t, uint32_t call)
{
    uint32_t arg = module_child(t->m, call, 1);
    const struct value *v = arg ? module_value(t->m, arg) : NULL;
    return v && v->kind == VAL_STRING &&
           (slice_ends(v->text, S("$")) || slice_ends(v->text, S("\\Z")));
}

/* isinstance(x, int): a number carries no attack; a str does. */
static bool is_text_type(const struct module *m, uint32_t call)
{
    uint32_t type = module_child(m, call, 2);
    struct slice text = type ? module_source(m, type) : slice_of(NULL, 0);
    return slice_has(text, S("str")) || slice_has(text, S("dict")) || slice_has(text, S("list")) ||
           slice_has(text, S("bytes"));
}

void guard_call(struct taint_flow *t, uint32_t node)
{
    uint32_t callee = module_node(t->m, node)->first;
    struct taint_names names;
    taint_names(t, callee, &names);
    const struct flow_row *row = taint_find(&names, EFFECT_GUARD);
    if (names.count && slice_eq(names.full[0], S("re.match")) && is_whole(t, node)) {
        make_all_safe(t, node, SAFE_ALL);
        return;
    }
    if (names.count && slice_eq(names.full[0], S("isinstance")) && is_text_type(t->m, node)) return;
    struct slice last = module_node(t->m, callee)->text;
    if (module_node(t->m, callee)->kind == PN_ATTR && slice_eq(last, S("startswith")))
        starts(t, node);
    else if (row)
        make_all_safe(t, node, row->bits);
}

static void assume_one(struct taint_flow *t, uint32_t node, bool truth)
{
    const struct py_node *n = module_node(t->m, node);
    if (n->kind == PN_AWAIT) {
        node = n->first;
        n = module_node(t->m, node);
    }
    if (n->kind == PN_COMPARE) compare(t, node, truth);
    /* what is no check by its name may be true or false and says nothing */
    if (n->kind == PN_CALL && truth) guard_call(t, node);
}

/* Through `not`, and through those of `and` and `or` that say something about both sides. */
void guard_assume(struct taint_flow *t, uint32_t condition, bool truth)
{
    uint32_t todo[NOTS_MAX];
    bool wanted[NOTS_MAX];
    unsigned count = 0;
    if (!condition) return;
    todo[count] = condition;
    wanted[count++] = truth;
    while (count) {
        uint32_t node = todo[--count];
        bool is = wanted[count];
        const struct py_node *n = module_node(t->m, node);
        bool both = n->kind == PN_BINARY && n->op == (is ? PO_AND : PO_OR);
        if (n->kind == PN_UNARY && n->op == PO_NOT) {
            todo[count] = n->first;
            wanted[count++] = !is;
        } else if (both && count + 2 <= NOTS_MAX) {
            todo[count] = module_child(t->m, node, 0);
            wanted[count++] = is;
            todo[count] = module_child(t->m, node, 1);
            wanted[count++] = is;
        } else {
            assume_one(t, node, is);
        }
    }
}
