/* SPDX-License-Identifier: Apache-2.0 */
/* constants.c - the value of an expression; those of its parts are known already. */
#include "detect/python/module_part.h"
#include "base/ascii.h"
#include "base/num.h"

static const struct value *child(const struct module *m, uint32_t node, unsigned i)
{
    uint32_t c = module_child(m, node, i);
    return c && m->values[c] ? m->values[c] : &val_unknown;
}

static bool known_text(const struct value *v)
{
    return (v->kind == VAL_STRING || v->kind == VAL_BYTES) && v->exact && !v->other;
}

/* 0o777 */
static const struct value *octal(struct module *m, struct slice digits)
{
    uint64_t u = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '7' || i > 16) return &val_unknown;
        u = u * 8 + digits.p[i] - '0';
    }
    return val_number(m, (double)u);
}

/* 1_000, 0xff, 1e-3; imaginary and very long ones are unknown. */
static const struct value *number(struct module *m, struct slice text)
{
    char plain[64];
    size_t n = 0;
    for (size_t i = 0; i < text.n && n < sizeof plain - 1; i++)
        if (text.p[i] != '_') plain[n++] = (char)text.p[i];
    struct slice s = slice_of(plain, n);
    uint64_t u;
    double d;
    if (n > 2 && plain[0] == '0' && (plain[1] | 0x20) == 'x') {
        if (num_hex(slice_sub(s, 2, n), &u)) return val_number(m, (double)u);
    } else if (n > 2 && plain[0] == '0' && (plain[1] | 0x20) == 'o') {
        return octal(m, slice_sub(s, 2, n));
    } else if (num_u64(s, &u)) {
        return val_number(m, (double)u);
    } else if (num_f64(s, &d)) {
        return val_number(m, d);
    } else if (n && plain[0] == '.' && n < sizeof plain - 2) { /* .5 */
        memmove(plain + 1, plain, n);
        plain[0] = '0';
        if (num_f64(slice_of(plain, n + 1), &d)) return val_number(m, d);
    } else if (n && plain[n - 1] == '.') { /* 1. */
        if (num_f64(slice_sub(s, 0, n - 1), &d)) return val_number(m, d);
    }
    return &val_unknown;
}

static const struct value *word(struct slice text)
{
    if (slice_eq(text, S("True"))) return &val_true;
    if (slice_eq(text, S("False"))) return &val_false;
    return slice_eq(text, S("None")) ? &val_none : &val_unknown;
}

/* What a shell takes as one word, or as a number. */
static bool is_quoted(struct slice name)
{
    static const char *const safe[] = {"shlex.quote()",  "shlex.join()", "pipes.quote()",
                                       "sys.executable", "os.getpid()",  "len()",
                                       "int()",          "__file__"};
    for (size_t i = 0; i < COUNT_OF(safe); i++)
        if (slice_eq(name, slice_str(safe[i]))) return true;
    return false;
}

/* Text of a value as str() gives it: of strings only. */
static const struct value *as_text(struct module *m, const struct value *v)
{
    if (v->kind == VAL_STRING && !v->other) return v;
    if (v->kind == VAL_NUMBER && v->exact && !v->other && v->number >= 0 && v->number < 1e15 &&
        v->number == (double)(uint64_t)v->number) {
        struct slice t = arena_printf(m->arena, "%llu", (unsigned long long)v->number);
        if (t.p) return val_text(m, VAL_STRING, t);
        m->nomem = true;
    }
    /* a text of which nothing is known but where it comes from */
    struct value *out = val_new(m, VAL_STRING);
    if (!out) return &val_unknown;
    out->name = v->name;
    out->own = v->own;
    out->quoted = v->quoted || (v->name && is_quoted(v->name->full));
    return out;
}

static const struct value *fstring(struct module *m, uint32_t node)
{
    const struct value *out = val_text(m, VAL_STRING, S(""));
    for (uint32_t c = module_node(m, node)->first; c; c = module_node(m, c)->next)
        if (m->values[c]) out = val_concat(m, out, S(""), as_text(m, m->values[c]));
    return out;
}

static const struct value *list(struct module *m, uint32_t node)
{
    struct value *v = val_new(m, VAL_LIST);
    if (!v) return &val_unknown;
    v->node = node;
    v->exact = true;
    for (uint32_t c = module_node(m, node)->first; c; c = module_node(m, c)->next)
        if (module_node(m, c)->kind == PN_STAR) v->exact = false;
    return v;
}

static const struct value *dict(struct module *m, uint32_t node)
{
    struct value *empty = val_new(m, VAL_DICT);
    if (!empty) return &val_unknown;
    empty->exact = true;
    const struct value *out = empty;
    unsigned n = 0;
    for (uint32_t c = module_node(m, node)->first; c && !m->nomem; c = module_node(m, c)->next) {
        if (++n > ENTRIES_MAX) {
            out = val_merge(m, out, &val_unknown);
            break;
        }
        uint32_t value = module_child(m, c, 1);
        const struct value *key = child(m, c, 0);
        if (module_node(m, c)->kind == PN_DSTAR)
            out = val_merge(m, out, key);
        else if (known_text(key))
            out = val_with(m, out, key->text, m->values[value] ? m->values[value] : &val_unknown,
                           value);
        else if (key->kind != VAL_NUMBER)
            out = val_merge(m, out, &val_unknown);
    }
    return out;
}

/* ---- attributes and items ---- */

/* torch.__dict__["load"], globals()["load"], vars(torch)["load"], sys.modules["torch"] */
static const struct value *by_key(struct module *m, uint32_t node, struct slice key)
{
    uint32_t of = module_node(m, node)->first;
    const struct value *v = m->values[of];
    const struct py_node *n = module_node(m, of);
    if (!v || !v->name) return NULL;
    struct slice full = v->name->full;
    if (slice_eq(full, S("sys.modules"))) return val_of_name(m, dotted_name(&m->names, key));
    if (slice_eq(full, S("globals()")) || slice_eq(full, S("locals()"))) return names_read(m, key);
    if (slice_eq(full, S("__builtins__"))) return names_attr(m, v, key);
    if (n->kind == PN_ATTR && slice_eq(n->text, S("__dict__"))) return names_attr(m, v, key);
    if (n->kind == PN_CALL && slice_eq(module_name(m, n->first), S("vars")))
        return names_attr(m, child(m, of, 1), key);
    return NULL;
}

static const struct value *at_index(const struct module *m, const struct value *v, double index)
{
    if (v->kind != VAL_LIST || !v->exact || !v->node || index < 0 || index > 64) return NULL;
    uint32_t c = module_child(m, v->node, (unsigned)index);
    return c ? m->values[c] : NULL;
}

/* LOADERS[kind]: any of them. */
static const struct value *any_entry(struct module *m, const struct value *dict)
{
    const struct value *out = NULL;
    const struct value_entry *e = dict->entries;
    for (unsigned i = 0; e && i < VALUES_MAX; e = e->next, i++)
        out = out ? val_either(m, out, e->value) : e->value;
    return out;
}

static const struct value *item_of(struct module *m, uint32_t node, const struct value *v,
                                   const struct value *index)
{
    const struct value *found = NULL;
    if (known_text(index)) {
        const struct value_entry *e = value_entry(v, index->text);
        found = e ? e->value : by_key(m, node, index->text);
    } else if (index->kind == VAL_NUMBER && index->exact) {
        found = at_index(m, v, index->number);
    } else if (v->kind == VAL_DICT && v->exact) {
        found = any_entry(m, v);
    }
    return found ? found : val_of_name(m, dotted_item(&m->names, v->name));
}

static const struct value *subscript(struct module *m, uint32_t node)
{
    const struct value *out = NULL, *index = child(m, node, 1);
    for (const struct value *v = child(m, node, 0); v; v = v->other) {
        const struct value *one = item_of(m, node, v, index);
        out = out ? val_either(m, out, one) : one;
    }
    return out ? out : &val_unknown;
}

/* ---- operators ---- */

static bool is_path(const struct value *v)
{
    return v->name && slice_starts(v->name->full, S("pathlib.Path"));
}

/* "%s/%s.pt" % x: what stands before the first and behind the last mark. */
static const struct value *percent(struct module *m, const struct value *format,
                                   const struct value *args)
{
    size_t first = slice_find_byte(format->text, '%'), last = slice_rfind_byte(format->tail, '%');
    if (first == SIZE_MAX || last == SIZE_MAX) return format;
    const struct value *head = val_text(m, VAL_STRING, slice_sub(format->text, 0, first));
    const struct value *end =
        val_text(m, VAL_STRING, slice_sub(format->tail, last + 2, format->tail.n));
    bool one = format->exact && first == last && first + 1 < format->text.n &&
               (format->text.p[first + 1] == 's' || format->text.p[first + 1] == 'd');
    const struct value *middle = one ? args : &val_unknown;
    if (one && args->kind == VAL_LIST && args->exact && args->node)
        middle = child(m, args->node, 0);
    middle = val_concat(m, head, S(""), as_text(m, middle));
    return val_concat(m, middle, S(""), end);
}

static const struct value *arithmetic(struct module *m, uint8_t op, double a, double b)
{
    switch (op) {
    case PO_ADD: return val_number(m, a + b);
    case PO_SUB: return val_number(m, a - b);
    case PO_MUL: return val_number(m, a * b);
    case PO_DIV: return b != 0 ? val_number(m, a / b) : &val_unknown;
    case PO_POW:
        if (b >= 0 && b <= 64) {
            double out = 1;
            for (unsigned i = 0; i < (unsigned)b; i++) out *= a;
            return val_number(m, out);
        }
        return &val_unknown;
    case PO_LSHIFT:
        if (b >= 0 && b <= 62) return val_number(m, a * (double)((uint64_t)1 << (unsigned)b));
        return &val_unknown;
    default: return &val_unknown;
    }
}

static const struct value *either_side(struct module *m, uint8_t op, const struct value *a,
                                       const struct value *b)
{
    bool known = a->exact && !a->other && !a->fallback;
    bool falsy = a->kind == VAL_NONE || (a->kind == VAL_BOOL && !a->truth) ||
                 (a->kind == VAL_STRING && !a->text.n) || (a->kind == VAL_NUMBER && a->number == 0);
    if (known && falsy) return op == PO_OR ? b : a;
    if (known && (a->kind == VAL_STRING || a->kind == VAL_BOOL || a->kind == VAL_NUMBER))
        return op == PO_OR ? a : b;
    /* x or "default" */
    if (op == PO_OR && b->exact) return val_either(m, a, val_fallback(m, b, NULL));
    return val_either(m, a, b);
}

static const struct value *binary(struct module *m, uint32_t node)
{
    const struct value *a = child(m, node, 0), *b = child(m, node, 1);
    uint8_t op = module_node(m, node)->op;
    if (op == PO_OR || op == PO_AND) return either_side(m, op, a, b);
    if (op == PO_DIV && (is_path(a) || is_path(b))) {
        const struct value *v = val_concat(m, as_text(m, a), S("/"), as_text(m, b));
        return val_named_as(m, v,
                            dotted_call(&m->names, dotted_name(&m->names, S("pathlib.Path"))));
    }
    bool text = a->kind == VAL_STRING || a->kind == VAL_BYTES;
    if (op == PO_ADD && (text || b->kind == VAL_STRING || b->kind == VAL_BYTES))
        return val_concat(m, text ? a : as_text(m, a), S(""),
                          b->kind == VAL_BYTES ? b : as_text(m, b));
    if (op == PO_MOD && a->kind == VAL_STRING) return percent(m, a, b);
    if (op == PO_BITOR && (a->kind == VAL_DICT || b->kind == VAL_DICT)) return val_merge(m, a, b);
    if (a->kind == VAL_NUMBER && b->kind == VAL_NUMBER && a->exact && b->exact)
        return arithmetic(m, op, a->number, b->number);
    return &val_unknown;
}

static const struct value *unary(struct module *m, uint32_t node)
{
    const struct value *v = child(m, node, 0);
    uint8_t op = module_node(m, node)->op;
    if (op == PO_NOT && v->kind == VAL_BOOL && v->exact && !v->other && !v->fallback)
        return v->truth ? &val_false : &val_true;
    if (op == PO_SUB && v->kind == VAL_NUMBER && !v->other) return val_number(m, -v->number);
    return &val_unknown;
}

static const struct value *conditional(struct module *m, uint32_t node)
{
    const struct value *test = child(m, node, 1);
    const struct value *a = child(m, node, 0), *b = child(m, node, 2);
    if (test->kind == VAL_BOOL && test->exact && !test->other && !test->fallback)
        return test->truth ? a : b;
    return val_either(m, a, b);
}

static const struct value *walrus(struct module *m, uint32_t node)
{
    const struct py_node *name = module_node(m, module_node(m, node)->first);
    const struct value *v = child(m, node, 1);
    if (name->kind == PN_NAME) names_bind(m, name->text, v);
    return v;
}

const struct value *constants_eval(struct module *m, uint32_t node)
{
    const struct py_node *n = module_node(m, node);
    switch ((enum py_node_kind)n->kind) {
    case PN_NAME: return names_read(m, n->text);
    case PN_STRING: return val_text(m, VAL_STRING, n->text);
    case PN_BYTES: return val_text(m, VAL_BYTES, n->text);
    case PN_FSTRING: return fstring(m, node);
    case PN_INT:
    case PN_FLOAT: return number(m, n->text);
    case PN_CONST: return word(n->text);
    case PN_LIST:
    case PN_TUPLE:
    case PN_SET: return list(m, node);
    case PN_DICT: return dict(m, node);
    case PN_ATTR: return names_attr(m, child(m, node, 0), n->text);
    case PN_SUBSCRIPT: return subscript(m, node);
    case PN_CALL: return calls_eval(m, node);
    case PN_KWARG:
    case PN_STAR:
    case PN_DSTAR:
    case PN_AWAIT: return child(m, node, 0);
    case PN_UNARY: return unary(m, node);
    case PN_BINARY: return binary(m, node);
    case PN_COND: return conditional(m, node);
    case PN_WALRUS: return walrus(m, node);
    default: return &val_unknown;
    }
}
