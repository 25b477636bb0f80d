/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_args.c - globals that are harmless with the right arguments only.
 * Each rule of rules/pickle-args.tsv is one function: it gives the reason why a call breaks the
 * rule, or NULL. What cannot be told breaks it. */
#include "base/num.h"
#include "base/st.h"
#include "detect/pickle/pickle_part.h"
#include "finding/globals_text.h"

#define SIZE_MOST  (1ll << 28)
#define SHAPE_MOST (1ull << 31)
#define WALK_DEPTH 8
#define MATH_MOST  5000

typedef const char *args_fn(const struct global_rule *rule, const struct pickle_call *call);

static struct pickle_value arg(const struct pickle_call *call, uint64_t i)
{
    return pickle_item(call->args, i);
}

/* ---- what is safe to hand over ---- */

static bool global_safe(struct pickle_global *g)
{
    if (!g || g->naming == PICKLE_NAME_HIDDEN || !g->module.n) return false;
    const struct global_rule *rule = pickle_rule(g);
    return rule && rule->use != GLOBAL_DANGEROUS;
}

static bool leaf_safe(struct pickle_value v)
{
    switch (pickle_kind(v)) {
    case PV_GLOBAL: return global_safe(pickle_global(v));
    case PV_OBJECT: return global_safe(pickle_global(pickle_callee(v)));
    case PV_UNKNOWN: return false;
    default: return true;
    }
}

struct level {
    struct pickle_value v;
    uint64_t next;
};

bool pickle_callables_safe(struct pickle_value v, struct pickle_value *ret_bad)
{
    struct level stack[WALK_DEPTH] = {{v, 0}};
    size_t depth = 1;
    struct pickle_value bad = v;
    bool safe = leaf_safe(v);
    while (safe && depth) {
        struct level *l = &stack[depth - 1];
        if (l->next >= pickle_kept(l->v)) {
            depth--;
            continue;
        }
        struct pickle_value item = pickle_item(l->v, l->next++);
        if (pickle_plain(item)) continue;
        safe = leaf_safe(item);
        bad = item;
        if (pickle_kept(item) && depth < WALK_DEPTH) stack[depth++] = (struct level){item, 0};
    }
    if (!safe && ret_bad) *ret_bad = bad;
    return safe;
}

/* ---- the rules ---- */

static const char *check_callable(const struct global_rule *rule, const struct pickle_call *call)
{
    (void)rule;
    return pickle_callables_safe(call->args, NULL) ? NULL : "with a callable that is not known";
}

/* First argument: something that may be called itself. */
static const char *check_call_first(const struct global_rule *rule, const struct pickle_call *call)
{
    (void)rule;
    struct pickle_global *g = pickle_global(arg(call, 0));
    const struct global_rule *first = g ? pickle_rule(g) : NULL;
    if (!global_safe(g) || !first || first->use == GLOBAL_REF)
        return "with a callable that is not known";
    return NULL;
}

static bool is_class_rule(const struct global_rule *rule)
{
    return rule && (rule->use == GLOBAL_CLASS || rule->use == GLOBAL_ARGS);
}

static const char *check_class_first(const struct global_rule *rule, const struct pickle_call *call)
{
    (void)rule;
    struct pickle_global *g = pickle_global(arg(call, 0));
    if (!g) return "with a class that cannot be told";
    /* an unknown class is told about as such, when its import is judged */
    bool unknown = !pickle_rule(g) && g->naming == PICKLE_NAME_CLEAR;
    if (!unknown && !is_class_rule(pickle_rule(g)))
        return "with something that is no harmless class";
    for (uint64_t i = 1; i < pickle_kept(call->args); i++) {
        struct pickle_global *other = pickle_global(arg(call, i));
        if (other && !is_class_rule(pickle_rule(other)))
            return "with a second class that is not known";
    }
    return NULL;
}

/* Constant text in clear that globals_text.c allows. */
static bool text_allowed(const struct global_rule *rule, struct pickle_value v)
{
    struct slice s;
    return pickle_text(v, &s) && !pickle_computed(v) && global_text_allowed(rule->args, s);
}

static const char *check_encoding(const struct global_rule *rule, const struct pickle_call *call)
{
    if (pickle_kind(arg(call, 0)) != PV_TEXT) return "on something that is no constant text";
    return text_allowed(rule, arg(call, 1)) ? NULL : "with an encoding that hides what it makes";
}

/* The row of "Class.method" for the arguments of getattr. */
static const struct global_rule *method_rule(struct pickle_value args)
{
    const struct pickle_global *g = pickle_global(pickle_item(args, 0));
    struct slice name;
    char path[200];
    if (!g || !pickle_text(pickle_item(args, 1), &name) || pickle_computed(pickle_item(args, 1)))
        return NULL;
    if (g->name.n + name.n + 2 > sizeof path) return NULL;
    int n = snprintf(path, sizeof path, "%.*s.%.*s", SLICE_ARG(g->name), SLICE_ARG(name));
    const struct global_rule *rule = global_find(g->module, slice_of(path, (size_t)n));
    return rule && rule->use != GLOBAL_DANGEROUS ? rule : NULL;
}

const struct global_rule *pickle_method_rule(struct pickle_value made)
{
    const struct pickle_global *g = pickle_global(pickle_callee(made));
    if (!g || !slice_eq(g->name, S("getattr"))) return NULL;
    return method_rule(pickle_args(made));
}

/* Python before 3.12 pickles a member of an enumeration as getattr(Class, 'NAME'): for a class of
 * the user's own that is no more than the dotted name Class.NAME. */
bool pickle_member_of_unknown(const struct pickle_call *call)
{
    struct pickle_global *g = pickle_global(arg(call, 0));
    struct slice name;
    if (!g || g->naming != PICKLE_NAME_CLEAR || pickle_rule(g) || pickle_count(call->args) != 2)
        return false;
    if (!pickle_text(arg(call, 1), &name) || pickle_computed(arg(call, 1))) return false;
    return name.n && name.p[0] != '_' && slice_find_byte(name, '.') == SIZE_MAX &&
           module_owner(g->module) != OWNER_STDLIB;
}

static const char *check_getattr(const struct global_rule *rule, const struct pickle_call *call)
{
    struct pickle_value of = arg(call, 0);
    if (method_rule(call->args)) return NULL;
    enum pickle_kind kind = pickle_kind(of);
    if (kind != PV_GLOBAL && kind != PV_OBJECT) return "on something that is no class of a model";
    if (!leaf_safe(of)) return "on something that is not known to be harmless";
    return text_allowed(rule, arg(call, 1)) ? NULL : "for a name that no model needs";
}

static const char *check_text(const struct global_rule *rule, const struct pickle_call *call)
{
    return text_allowed(rule, arg(call, 0)) ? NULL : "with a text that is not known to be harmless";
}

static const char *check_nested(const struct global_rule *rule, const struct pickle_call *call)
{
    (void)rule;
    return pickle_kind(arg(call, 0)) == PV_BYTES ? NULL : "on bytes that cannot be told";
}

static const char *check_new(const struct global_rule *rule, const struct pickle_call *call)
{
    (void)rule;
    if (call->act == PICKLE_NEW && pickle_kind(call->args) == PV_TUPLE &&
        pickle_count(call->args) == 0)
        return NULL;
    return "with arguments of its constructor";
}

static const char *check_operator(const struct global_rule *rule, const struct pickle_call *call)
{
    for (uint64_t i = 0; i < pickle_count(call->args); i++) {
        struct pickle_value v = arg(call, i);
        int64_t n;
        if (!pickle_int(v, &n) && !text_allowed(rule, v)) return "with a key that is no plain name";
    }
    return NULL;
}

/* What a partial holds is only called when the partial is: a function that honest files merely
 * refer to may lie in it. */
static const char *check_partial(const struct global_rule *rule, const struct pickle_call *call)
{
    if (pickle_count(call->args) == 0 && call->act == PICKLE_NEW) return NULL; /* BUILD follows */
    if (!global_safe(pickle_global(arg(call, 0)))) return "with a callable that is not known";
    return check_callable(rule, call);
}

static const char *check_resolve(const struct global_rule *rule, const struct pickle_call *call)
{
    struct slice module, name;
    (void)rule;
    if (!pickle_text(arg(call, 0), &module) || !pickle_text(arg(call, 1), &name))
        return "with names that cannot be told";
    const struct global_rule *g = global_find(module, name);
    return g && g->use != GLOBAL_DANGEROUS ? NULL : "for something that is not known";
}

static uint64_t shape_product(struct pickle_value v, uint64_t product)
{
    int64_t n;
    if (pickle_int(v, &n) && n > 1 && !num_mul(product, (uint64_t)n, &product)) return UINT64_MAX;
    for (uint64_t i = 0; i < pickle_kept(v); i++)
        if (pickle_int(pickle_item(v, i), &n) && n > 1 && !num_mul(product, (uint64_t)n, &product))
            return UINT64_MAX;
    return product;
}

static const char *check_shape(const struct global_rule *rule, const struct pickle_call *call)
{
    uint64_t product = 1;
    for (uint64_t i = 0; i < pickle_kept(call->args) && product <= SHAPE_MOST; i++)
        product = shape_product(arg(call, i), product);
    bool square = call->global && slice_eq(call->global->name, S("identity"));
    if (square && num_mul(product, product, &product) && product <= SHAPE_MOST)
        return check_callable(rule, call);
    if (square || product > SHAPE_MOST) return "for a huge array";
    return check_callable(rule, call);
}

static const char *check_single(const struct global_rule *rule, const struct pickle_call *call)
{
    (void)rule;
    if (pickle_count(call->args) == 1 && pickle_plain(call->args)) return NULL;
    return "to make a class, or of something that is no plain data";
}

/* Iterators without an end, or with one that nobody lives to see. */
static bool endless(struct pickle_value v)
{
    static const char *const names[] = {"count", "cycle", "repeat", "product"};
    const struct pickle_global *g = pickle_global(pickle_callee(v));
    for (size_t i = 0; g && i < COUNT_OF(names); i++)
        if (slice_eq(g->module, S("itertools")) && slice_eq(g->name, slice_str(names[i])))
            return true;
    return false;
}

const char *pickle_args_greedy(const struct pickle_call *call)
{
    const struct pickle_global *g = call->global;
    bool array = slice_starts(g->module, S("torch")) &&
                 (slice_ends(g->name, S("Tensor")) || slice_ends(g->name, S("Storage")));
    if (call->act != PICKLE_CALL || slice_eq(g->module, S("itertools"))) return NULL;
    for (uint64_t i = 0; i < pickle_kept(call->args); i++) {
        int64_t n;
        if (endless(arg(call, i))) return "of an iterator that may not end";
        if (array && pickle_int(arg(call, i), &n) && n > SIZE_MOST) return "with a huge size";
    }
    return NULL;
}

static const char *check_size(const struct global_rule *rule, const struct pickle_call *call)
{
    struct slice module = call->global ? call->global->module : S("");
    int64_t most = slice_eq(module, S("math")) ? MATH_MOST : SIZE_MOST, n;
    for (uint64_t i = 0; i < pickle_kept(call->args); i++) {
        struct pickle_value v = arg(call, i);
        bool number = pickle_kind(v) == PV_INT, fits = pickle_int(v, &n);
        if (number && (!fits || n > most || n < -most)) return "with a huge size";
        if (endless(v)) return "of an iterator that may not end";
    }
    return check_callable(rule, call);
}

static const char *check_nothing(const struct global_rule *rule, const struct pickle_call *call)
{
    (void)rule;
    (void)call;
    return NULL; /* BUILD is what counts */
}

static args_fn *const checks[] = {
    [GLOBAL_ARGS_CALLABLE] = check_callable,       [GLOBAL_ARGS_CALL_FIRST] = check_call_first,
    [GLOBAL_ARGS_CLASS_FIRST] = check_class_first, [GLOBAL_ARGS_DISTRIBUTION] = check_nothing,
    [GLOBAL_ARGS_ENCODING] = check_encoding,       [GLOBAL_ARGS_FORMULA] = check_nothing,
    [GLOBAL_ARGS_GETATTR] = check_getattr,         [GLOBAL_ARGS_LITERAL] = check_text,
    [GLOBAL_ARGS_NESTED] = check_nested,           [GLOBAL_ARGS_NEW] = check_new,
    [GLOBAL_ARGS_OPERATOR_KEY] = check_operator,   [GLOBAL_ARGS_PARTIAL] = check_partial,
    [GLOBAL_ARGS_RESOLVE] = check_resolve,         [GLOBAL_ARGS_SHAPE] = check_shape,
    [GLOBAL_ARGS_SINGLE] = check_single,           [GLOBAL_ARGS_SIZE] = check_size,
    [GLOBAL_ARGS_TYPE_NAME] = check_text,
};

const char *pickle_args_broken(const struct global_rule *rule, const struct reading *r,
                               const struct pickle_call *call)
{
    if (rule->args == GLOBAL_ARGS_TORCHSCRIPT)
        return r->format == FMT_TORCHSCRIPT ? NULL : "outside of a TorchScript archive";
    if (rule->args >= COUNT_OF(checks) || !checks[rule->args]) return "in a way that is not known";
    return checks[rule->args](rule, call);
}

/* The text of this key must be allowed, wherever it stands in the state. */
static const char *check_state_text(const struct global_rule *rule, struct pickle_value state,
                                    const char *key)
{
    struct pickle_value v;
    if (pickle_count(state) > pickle_kept(state)) return "with more state than can be looked at";
    if (!pickle_dict_get(state, key, &v) || pickle_kind(v) == PV_NONE) return NULL;
    return text_allowed(rule, v) ? NULL : "with a text in its state that is executed";
}

const char *pickle_state_broken(const struct global_rule *rule, const struct pickle_call *call)
{
    struct pickle_value state = call->args;
    if (pickle_kind(state) == PV_TUPLE && rule->args != GLOBAL_ARGS_PARTIAL)
        state = pickle_item(state, 0); /* (dict, slots) */
    switch (rule->args) {
    case GLOBAL_ARGS_DISTRIBUTION: return check_state_text(rule, state, "_parse_arg_template");
    case GLOBAL_ARGS_FORMULA: return check_state_text(rule, state, "formula");
    case GLOBAL_ARGS_PARTIAL: return check_partial(rule, call);
    case GLOBAL_ARGS_CALLABLE:
    case GLOBAL_ARGS_OPERATOR_KEY: return check_callable(rule, call);
    default: return NULL;
    }
}
