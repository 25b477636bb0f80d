/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_call.c - opcodes that import, call and build: the ones that make a pickle a program.
 *
 * A call is told at once, with what it is called with; an import when the stream has ended, because
 * only then it is known what was done with it. Equal imports are one row of a table. A stream may
 * make millions of objects of one class: when OBJECTS_EXACT of them were made with plain arguments,
 * further ones are one shared value. */
#include "base/utf8.h"
#include "read/model/pickle_opcodes.h"

#define OBJECTS_EXACT 20000u

/* ---- telling ---- */

static void tell_call(struct machine *m, const struct pickle_call *call)
{
    m->sum->calls = true;
    if (m->opt->on_call) m->opt->on_call(m->opt->ctx, call, m->at);
    tell(m->r, &(struct event){.kind = EV_CALL, .offset = m->at, .call = call});
}

/* The more special ones last: a torch model also imports numpy. */
static const char *const frameworks[] = {
    "numpy",
    "scipy",
    "pandas",
    "joblib",
    "sklearn",
    "tensorflow",
    "keras",
    "jax",
    "torch",
    "gensim",
    "spacy",
    "statsmodels",
    "xgboost",
    "lightgbm",
    "catboost",
    "onnx",
    "transformers",
    "sentence_transformers",
    "ultralytics",
    "diffusers",
    "fastai",
    "flair",
    "stable_baselines3",
};

static size_t framework_rank(struct slice module)
{
    struct slice package = slice_sub(module, 0, slice_find_byte(module, '.'));
    for (size_t i = COUNT_OF(frameworks); i > 0; i--)
        if (slice_eq(package, slice_str(frameworks[i - 1]))) return i;
    return 0;
}

#define CARD_IMPORTS_MAX 60u

/* For the model card. */
static void tell_cards(struct machine *m)
{
    size_t best = 0, told = 0;
    for (const struct imported *i = m->first; i; i = i->next) {
        const struct pickle_global *g = &i->global;
        size_t rank = framework_rank(g->module);
        char name[200];
        if (rank > best) best = rank;
        if (++told > CARD_IMPORTS_MAX || g->module.n + g->name.n + 2 > sizeof name) continue;
        int n = snprintf(name, sizeof name, "%.*s.%.*s", SLICE_ARG(g->module), SLICE_ARG(g->name));
        tell_card(m->r, CARD_IMPORTS, slice_of(name, (size_t)n));
    }
    if (best) m->sum->framework = frameworks[best - 1];
}

void vm_tell_imports(struct machine *m)
{
    tell_cards(m);
    for (struct imported *i = m->first; i; i = i->next) {
        struct pickle_call call = {.act = PICKLE_IMPORT,
                                   .opcode = i->global.opcode,
                                   .index = i->global.index,
                                   .callee = i->value,
                                   .global = &i->global};
        tell(m->r, &(struct event){.kind = EV_CALL, .offset = i->global.offset, .call = &call});
    }
}

void vm_note_use(struct pickle_value v, enum pickle_use use)
{
    struct pickle_global *g = pickle_global(v);
    if (g) g->uses |= (unsigned)use;
    if (!pv_impure(v)) return;
    for (uint64_t i = 0; i < pickle_kept(v); i++) {
        g = pickle_global(pickle_item(v, i));
        if (g) g->uses |= (unsigned)use;
    }
}

/* ---- imports ---- */

#define KEY_MAX 300

/* naming, module, 0, name: in `room` when it fits. p == NULL: memory is out. */
static struct slice import_key(struct machine *m, uint8_t room[KEY_MAX], struct slice module,
                               struct slice name, unsigned naming)
{
    size_t n = module.n + name.n + 2;
    uint8_t *p = n <= KEY_MAX ? room : arena_alloc(m->heap.arena, n, 1);
    if (!p) return (struct slice){0};
    p[0] = (uint8_t)naming;
    if (module.n) memcpy(&p[1], module.p, module.n);
    p[1 + module.n] = 0;
    if (name.n) memcpy(&p[2 + module.n], name.p, name.n);
    return slice_of(p, n);
}

static struct imported *import_add(struct machine *m, struct slice key, struct slice module,
                                   struct slice name)
{
    struct imported *i = ARENA_NEW(m->heap.arena, struct imported);
    struct slice own = arena_copy(m->heap.arena, key);
    if (!i || !own.p) return NULL;
    i->value = pv_new(&m->heap, TAG_GLOBAL);
    struct pickle_node *n = pv_node(i->value);
    if (!n || !map_put(&m->imports, own, (union map_value){.ptr = i}, NULL)) return NULL;
    n->global = &i->global;
    i->global = (struct pickle_global){.module = module,
                                       .name = name,
                                       .opcode = m->op->name,
                                       .offset = m->at,
                                       .index = m->sum->opcodes,
                                       .protocol = m->protocol};
    *m->last = i;
    m->last = &i->next;
    m->sum->globals++;
    return i;
}

/* The global of this name; 0 bits: memory is out. */
static struct pickle_value import(struct machine *m, struct slice module, struct slice name,
                                  enum pickle_naming naming, uint32_t code)
{
    uint8_t room[KEY_MAX];
    union map_value found;
    struct slice key = import_key(m, room, module, name, (unsigned)naming + 8u * (code & 15));
    if (!key.p) return (struct pickle_value){0};
    struct imported *i = NULL;
    if (map_get(&m->imports, key, &found)) {
        i = (struct imported *)(uintptr_t)found.ptr;
    } else {
        i = import_add(m, key, module, name);
        if (!i) return (struct pickle_value){0};
        i->global.naming = naming;
        i->global.extension = code;
    }
    i->global.count++;
    return i->value;
}

static enum st check_name(struct machine *m, struct slice module, struct slice name)
{
    if (!module.n || !name.n) return vm_broke(m, "an empty name");
    if (!utf8_valid(module) || !utf8_valid(name)) return vm_broke(m, "the name is not UTF-8");
    return ST_OK;
}

OPCODE(global)
{
    enum st st = check_name(m, a->s, a->t);
    return st == ST_OK ? vm_push(m, import(m, a->s, a->t, PICKLE_NAME_CLEAR, 0)) : st;
}

static bool made_by_call(struct pickle_value v)
{
    enum pickle_kind k = pickle_kind(v);
    return k == PV_OBJECT || k == PV_UNKNOWN || k == PV_PERSID;
}

static void tell_computed(struct machine *m, struct slice module, struct slice name)
{
    tell_anomaly(m->r, ANOMALY_PICKLE_COMPUTED_NAME, m->at, "opcode %llu: %s %.*s.%.*s",
                 (unsigned long long)m->sum->opcodes, m->op->name, SLICE_ARG(module),
                 SLICE_ARG(name));
}

OPCODE(stack_global)
{
    (void)a;
    struct pickle_value module, name;
    struct slice s = {0}, t = {0};
    enum st st = vm_pop(m, &name);
    if (st == ST_OK) st = vm_pop(m, &module);
    if (st != ST_OK) return st;
    bool clear = pickle_text(module, &s) && pickle_text(name, &t);
    if (!clear) {
        if (!made_by_call(module) && pickle_kind(module) != PV_TEXT)
            return vm_broke(m, "the module's name is no text");
        if (!made_by_call(name) && pickle_kind(name) != PV_TEXT)
            return vm_broke(m, "the name is no text");
        tell_computed(m, s.p ? s : S("?"), S("?"));
        return vm_push(m, import(m, S(""), S(""), PICKLE_NAME_HIDDEN, 0));
    }
    st = check_name(m, s, t);
    if (st != ST_OK) return st;
    bool computed = pickle_computed(module) || pickle_computed(name);
    if (computed) tell_computed(m, s, t);
    return vm_push(m, import(m, s, t, computed ? PICKLE_NAME_COMPUTED : PICKLE_NAME_CLEAR, 0));
}

OPCODE(ext)
{
    int64_t code = m->op->operand == ARG_U4 ? (int32_t)(uint32_t)a->n : (int64_t)a->n;
    struct slice module = {0}, name = {0};
    if (code <= 0) return vm_broke(m, "extension code %lld", (long long)code);
    for (const struct extension *x = m->session->extensions; x && !module.n; x = x->next)
        if (x->code == code && pickle_text(x->module, &module)) (void)pickle_text(x->name, &name);
    tell_anomaly(m->r, ANOMALY_PICKLE_EXTENSION, m->at, "%s %lld: %.*s.%.*s", m->op->name,
                 (long long)code, SLICE_ARG(module.n ? module : S("?")),
                 SLICE_ARG(name.n ? name : S("?")));
    return vm_push(m, import(m, module, name, PICKLE_NAME_CODE, (uint32_t)code));
}

/* copyreg.add_extension(module, name, code) makes a code mean a global from now on. */
static enum st add_extension(struct machine *m, int64_t code, struct pickle_value module,
                             struct pickle_value name)
{
    struct extension *x = ARENA_NEW(m->r->arena, struct extension);
    if (!x) return ST_NOMEM;
    *x = (struct extension){m->session->extensions, code, module, name};
    m->session->extensions = x;
    return ST_OK;
}

static enum st note_extension(struct machine *m, struct pickle_value args)
{
    int64_t code;
    if (!pickle_int(pickle_item(args, 2), &code)) return ST_OK;
    return add_extension(m, code, pickle_item(args, 0), pickle_item(args, 1));
}

/* ---- calls ---- */

static bool is_global(const struct pickle_global *g, const char *module, const char *name)
{
    return g && slice_eq(g->name, slice_str(name)) && slice_eq(g->module, slice_str(module));
}

static bool is_copyreg(const struct pickle_global *g, const char *name)
{
    return is_global(g, "copyreg", name) || is_global(g, "copy_reg", name);
}

/* Functions of copyreg that stand for an opcode. */
static enum st note_copyreg(struct machine *m, const struct pickle_global *g,
                            struct pickle_value args)
{
    if (is_copyreg(g, "add_extension")) return note_extension(m, args);
    if (is_copyreg(g, "_reconstructor") || is_copyreg(g, "__newobj__") ||
        is_copyreg(g, "__newobj_ex__")) {
        struct pickle_global *cls = pickle_global(pickle_item(args, 0));
        if (cls) cls->uses |= PICKLE_USED_NEW;
    }
    return ST_OK;
}

/* An object that callee(*args) made; 0 bits: memory is out. */
static struct pickle_value make_object(struct machine *m, struct pickle_value callee,
                                       struct pickle_value args)
{
    struct pickle_global *g = pickle_global(callee);
    if (!g || !pickle_plain(args)) return pv_object(&m->heap, callee, args);
    struct imported *i = (struct imported *)g; /* its first member */
    if (i->objects++ < OBJECTS_EXACT) return pv_object(&m->heap, callee, args);
    if (!i->instance.bits) i->instance = pv_object(&m->heap, callee, VALUE_UNKNOWN);
    return i->instance;
}

/* What cannot be called at all. */
static bool not_callable(struct pickle_value v)
{
    enum pickle_kind k = pickle_kind(v);
    return k != PV_UNKNOWN && k != PV_GLOBAL && k != PV_OBJECT && k != PV_PERSID;
}

/* The unpickler in C wants a tuple, the one in Python takes whatever can be walked. */
static void check_args(struct machine *m, struct pickle_value args)
{
    if (pickle_kind(args) != PV_TUPLE && !made_by_call(args))
        tell_anomaly(m->r, ANOMALY_MALFORMED, m->at, "opcode %llu, %s: the arguments are no tuple",
                     (unsigned long long)m->sum->opcodes, m->op->name);
}

/* dill._dill._load_type('slice') is builtins.slice, and 'CodeType' is types.CodeType. */
static struct pickle_value load_type(struct machine *m, const struct pickle_global *g,
                                     struct pickle_value args)
{
    struct slice name;
    bool dill = is_global(g, "dill._dill", "_load_type") || is_global(g, "dill.dill", "_load_type");
    if (!dill || !pickle_text(pickle_item(args, 0), &name)) return (struct pickle_value){0};
    struct slice module = slice_ends(name, S("Type")) ? S("types") : S("builtins");
    return import(m, module, name, PICKLE_NAME_CLEAR, 0);
}

static enum st call_value(struct machine *m, enum pickle_act act, struct pickle_value callee,
                          struct pickle_value args, struct pickle_value kwargs)
{
    struct pickle_global *g = pickle_global(callee);
    if (not_callable(callee)) return vm_broke(m, "what is called is no callable");
    check_args(m, args);
    if (g) g->uses |= act == PICKLE_NEW ? PICKLE_USED_NEW : PICKLE_USED_CALL;
    vm_note_use(args, PICKLE_USED_ARG);
    enum st st = note_copyreg(m, g, args);
    if (st != ST_OK) return st;
    tell_call(m, &(struct pickle_call){.act = act,
                                       .opcode = m->op->name,
                                       .index = m->sum->opcodes,
                                       .callee = callee,
                                       .global = g,
                                       .args = args,
                                       .kwargs = kwargs});
    st = vm_look_inside(m, args);
    if (st != ST_OK) return st;
    struct pickle_value v = load_type(m, g, args);
    if (!v.bits && act == PICKLE_CALL) v = vm_fold(m, callee, args);
    return vm_push(m, v.bits ? v : make_object(m, callee, args));
}

OPCODE(reduce)
{
    (void)a;
    struct pickle_value args, callee;
    enum st st = vm_pop(m, &args);
    if (st == ST_OK) st = vm_pop(m, &callee);
    return st == ST_OK ? call_value(m, PICKLE_CALL, callee, args, VALUE_UNKNOWN) : st;
}

OPCODE(newobj)
{
    (void)a;
    struct pickle_value args, callee;
    enum st st = vm_pop(m, &args);
    if (st == ST_OK) st = vm_pop(m, &callee);
    return st == ST_OK ? call_value(m, PICKLE_NEW, callee, args, VALUE_UNKNOWN) : st;
}

OPCODE(newobj_ex)
{
    (void)a;
    struct pickle_value kwargs, args, callee;
    enum st st = vm_pop(m, &kwargs);
    if (st == ST_OK) st = vm_pop(m, &args);
    if (st == ST_OK) st = vm_pop(m, &callee);
    if (st != ST_OK) return st;
    vm_note_use(kwargs, PICKLE_USED_ARG);
    st = vm_look_inside(m, kwargs);
    return st == ST_OK ? call_value(m, PICKLE_NEW, callee, args, kwargs) : st;
}

/* INST and OBJ: a class without arguments is only made, everything else is called. */
static enum st instantiate(struct machine *m, struct pickle_value callee, struct pickle_value args)
{
    return call_value(m, pickle_count(args) ? PICKLE_CALL : PICKLE_NEW, callee, args,
                      VALUE_UNKNOWN);
}

OPCODE(inst)
{
    uint64_t from;
    enum st st = check_name(m, a->s, a->t);
    if (st == ST_OK) st = vm_pop_mark(m, &from);
    if (st != ST_OK) return st;
    struct pickle_value callee = import(m, a->s, a->t, PICKLE_NAME_CLEAR, 0),
                        args = pv_new(&m->heap, TAG_TUPLE);
    if (!callee.bits) return ST_NOMEM;
    st = vm_move(m, from, args);
    return st == ST_OK ? instantiate(m, callee, args) : st;
}

OPCODE(obj)
{
    (void)a;
    uint64_t from;
    enum st st = vm_pop_mark(m, &from);
    if (st != ST_OK) return st;
    if (m->depth == from) return vm_broke(m, "there is no class above the mark");
    struct pickle_value callee = vm_at(m, from), args = pv_new(&m->heap, TAG_TUPLE);
    st = vm_move(m, from + 1, args);
    m->depth = from;
    return st == ST_OK ? instantiate(m, callee, args) : st;
}

/* copyreg._inverted_registry[code] = (module, name) does what add_extension does. */
static enum st note_registry(struct machine *m, const struct pickle_global *g,
                             struct pickle_value items)
{
    int64_t code;
    if (!is_copyreg(g, "_inverted_registry")) return ST_OK;
    if (pickle_kind(items) == PV_TUPLE) items = pickle_item(items, 0);
    for (uint64_t i = 0; i + 1 < pickle_kept(items); i += 2) {
        struct pickle_value pair = pickle_item(items, i + 1);
        if (!pickle_int(pickle_item(items, i), &code)) continue;
        enum st st = add_extension(m, code, pickle_item(pair, 0), pickle_item(pair, 1));
        if (st != ST_OK) return st;
    }
    return ST_OK;
}

enum st vm_tell_fill(struct machine *m, struct pickle_value target, struct pickle_value items)
{
    struct pickle_global *g = pickle_global(target), *cls = pickle_global(pickle_callee(target));
    if (g) g->uses |= PICKLE_USED_TARGET;
    tell_call(m, &(struct pickle_call){.act = PICKLE_FILL,
                                       .opcode = m->op->name,
                                       .index = m->sum->opcodes,
                                       .callee = target,
                                       .global = g ? g : cls,
                                       .args = items,
                                       .instance = !g && cls});
    return note_registry(m, g, items);
}

/* ---- persistent ids ---- */

static enum st persistent(struct machine *m, struct pickle_value id)
{
    struct pickle_value v = pv_object(&m->heap, VALUE_UNKNOWN, id);
    struct pickle_node *n = pv_node(v);
    if (!n) return ST_NOMEM;
    n->flags |= NODE_PERSID;
    if (!m->opt->on_persid || !m->opt->on_persid(m->opt->ctx, id, m->at, &v)) {
        struct buf text;
        buf_init(&text, 300);
        pickle_print(&text, id, 200);
        tell_anomaly(m->r, ANOMALY_PICKLE_PERSISTENT_ID, m->at, "%s", buf_text(&text));
        buf_done(&text);
    }
    return vm_push(m, v);
}

OPCODE(persid)
{
    struct pickle_value id = pv_text(&m->heap, a->s);
    return id.bits ? persistent(m, id) : ST_NOMEM;
}

OPCODE(binpersid)
{
    (void)a;
    struct pickle_value id;
    enum st st = vm_pop(m, &id);
    return st == ST_OK ? persistent(m, id) : st;
}

/* ---- state ---- */

/* Values of our own kinds have neither __setstate__ nor __dict__. */
static bool takes_state(struct pickle_value v)
{
    return !not_callable(v);
}

static void keep_state(struct pickle_value target, struct pickle_value state)
{
    struct pickle_node *n = pv_tag(target) == TAG_OBJECT ? pv_node(target) : NULL;
    struct pickle_global *g = pickle_global(pickle_callee(target));
    bool shared = g && ((struct imported *)g)->instance.bits == target.bits;
    if (n && !shared) pv_set_state(target, state);
}

OPCODE(build)
{
    (void)a;
    struct pickle_value state, target;
    enum st st = vm_pop(m, &state);
    if (st == ST_OK) st = vm_top(m, &target);
    if (st != ST_OK) return st;
    if (!takes_state(target)) return vm_broke(m, "what is built takes no state");
    struct pickle_global *g = pickle_global(target), *cls = pickle_global(pickle_callee(target));
    if (g) g->uses |= PICKLE_USED_TARGET;
    vm_note_use(state, PICKLE_USED_KEPT);
    keep_state(target, state);
    struct pickle_call call = {.act = PICKLE_BUILD,
                               .opcode = m->op->name,
                               .index = m->sum->opcodes,
                               .callee = target,
                               .global = g ? g : cls,
                               .args = state,
                               .instance = !g && cls};
    tell_call(m, &call);
    st = vm_look_inside(m, state);
    if (st == ST_OK && g) st = note_registry(m, g, state);
    if (st == ST_OK && m->opt->on_built) st = m->opt->on_built(m->opt->ctx, m->r, m->c, &call);
    return st;
}
