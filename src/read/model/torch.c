/* SPDX-License-Identifier: Apache-2.0 */
/* torch.c - persistent ids become storages, rebuild calls become shapes. */
#include "read/model/torch_part.h"
#include "base/num.h"
#include "read/model/stray.h"

#define NAMED_MAX   20000u /* parameters whose names are looked for */
#define NAMED_DICTS 16u

struct storage_row {
    const char *name;
    enum dtype dtype;
    unsigned size;
};

static const struct storage_row types[] = {
    {"FloatStorage", DT_F32, 4},
    {"HalfStorage", DT_F16, 2},
    {"BFloat16Storage", DT_BF16, 2},
    {"DoubleStorage", DT_F64, 8},
    {"LongStorage", DT_I64, 8},
    {"IntStorage", DT_I32, 4},
    {"ShortStorage", DT_I16, 2},
    {"CharStorage", DT_I8, 1},
    {"ByteStorage", DT_U8, 1},
    {"BoolStorage", DT_BOOL, 1},
    {"UntypedStorage", DT_U8, 1},
    {"_UntypedStorage", DT_U8, 1},
    {"ComplexFloatStorage", DT_C64, 8},
    {"ComplexDoubleStorage", DT_C128, 16},
    {"QInt8Storage", DT_QUANTISED, 1},
    {"QUInt8Storage", DT_QUANTISED, 1},
    {"QInt32Storage", DT_QUANTISED, 4},
    {"QUInt4x2Storage", DT_QUANTISED, 1},
    {"QUInt2x4Storage", DT_QUANTISED, 1},
};

void torch_init(struct torch *t, struct reading *r)
{
    *t = (struct torch){.r = r};
    t->last = &t->first;
    map_init(&t->by_key, r->arena, 0);
}

struct torch_storage *torch_find(const struct torch *t, struct slice key)
{
    union map_value v = {.ptr = NULL};
    return map_get(&t->by_key, key, &v) ? (struct torch_storage *)(uintptr_t)v.ptr : NULL;
}

/* ---- persistent ids ---- */

static const struct storage_row *type_of(struct pickle_value v)
{
    const struct pickle_global *g = pickle_global(v);
    if (!g || !slice_starts(g->module, S("torch"))) return NULL;
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (slice_eq(g->name, slice_str(types[i].name))) return &types[i];
    return NULL;
}

/* torch.package counts its storages with numbers, the others with texts of digits. */
static bool key_of(struct torch *t, struct pickle_value v, struct slice *ret)
{
    int64_t n;
    if (pickle_text(v, ret)) return true;
    if (!pickle_int(v, &n) || n < 0) return false;
    *ret = arena_printf(t->r->arena, "%lld", (long long)n);
    t->nomem |= !ret->p;
    return ret->p != NULL;
}

/* ('storage', torch.FloatStorage, '0', 'cpu', 4) */
static bool storage_id(struct torch *t, struct pickle_value id)
{
    const struct storage_row *type = type_of(pickle_item(id, 1));
    struct slice key, place;
    int64_t elements;
    if (!type || !key_of(t, pickle_item(id, 2), &key)) return false;
    bool located =
        pickle_text(pickle_item(id, 3), &place) || pickle_kind(pickle_item(id, 3)) == PV_NONE;
    if (!located || !pickle_int(pickle_item(id, 4), &elements) || elements < 0) return false;
    union map_value v;
    if (map_get(&t->by_key, key, &v)) return true;
    struct torch_storage *s = ARENA_NEW(t->r->arena, struct torch_storage);
    struct slice kept = arena_copy(t->r->arena, key);
    if (!s || !kept.p || !map_put(&t->by_key, kept, (union map_value){.ptr = s}, NULL)) {
        t->nomem = true;
        return true;
    }
    *s = (struct torch_storage){
        .key = kept, .dtype = type->dtype, .size = type->size, .elements = (uint64_t)elements};
    *t->last = s;
    t->last = &s->next;
    return true;
}

/* ('module', class, 'file.py', 'class Net: ...'): the loader takes the class. */
static bool module_id(struct torch *t, struct pickle_value id, uint64_t at,
                      struct pickle_value *ret)
{
    struct slice file, source;
    struct pickle_value class = pickle_item(id, 1);
    if (pickle_kind(class) != PV_GLOBAL) return false;
    if (pickle_text(pickle_item(id, 2), &file) && pickle_text(pickle_item(id, 3), &source))
        tell_text(t->r, TEXT_CODE, file, source, at, 0);
    *ret = class;
    return true;
}

static bool on_persid(void *ctx, struct pickle_value id, uint64_t at, struct pickle_value *ret)
{
    struct torch *t = ctx;
    int64_t n;
    struct slice text;
    if (t->r->format == FMT_TORCH_TAR) { /* numbers of objects in the other members */
        if (pickle_int(id, &n) || pickle_text(id, &text)) return true;
        if (pickle_kind(id) == PV_TUPLE && pickle_kind(pickle_item(id, 0)) == PV_GLOBAL) {
            *ret = pickle_item(id, 0);
            return true;
        }
    }
    if (pickle_kind(id) != PV_TUPLE) return false;
    if (pickle_is_text(pickle_item(id, 0), "storage")) return storage_id(t, id);
    if (pickle_is_text(pickle_item(id, 0), "module")) return module_id(t, id, at, ret);
    return t->r->format == FMT_TORCH_PACKAGE &&
           pickle_is_text(pickle_item(id, 0), "reduce_package");
}

/* ---- tensors ---- */

/* The last element that a tensor touches, plus one; false when it overflows or is negative. */
static bool reach(struct pickle_value sizes, struct pickle_value strides, int64_t offset,
                  uint64_t *ret_end, uint64_t *ret_elements)
{
    uint64_t end = (uint64_t)offset, elements = 1;
    if (offset < 0 || pickle_count(sizes) != pickle_count(strides)) return false;
    for (uint64_t i = 0; i < pickle_kept(sizes); i++) {
        int64_t size, stride;
        uint64_t step;
        if (!pickle_int(pickle_item(sizes, i), &size) ||
            !pickle_int(pickle_item(strides, i), &stride))
            continue; /* computed: nothing can be said */
        if (size < 0 || stride < 0 || !num_mul(elements, (uint64_t)size, &elements)) return false;
        if (size == 0) continue;
        if (!num_mul((uint64_t)size - 1, (uint64_t)stride, &step) || !num_add(end, step, &end))
            return false;
    }
    *ret_end = elements ? end + 1 : 0;
    *ret_elements = elements;
    return true;
}

static void note_shape(struct torch_storage *s, struct pickle_value sizes, uint64_t elements)
{
    if (s->rank || elements != s->elements || pickle_kept(sizes) > TORCH_RANK_MAX) return;
    s->rank = (size_t)pickle_kept(sizes);
    for (size_t i = 0; i < s->rank; i++) {
        int64_t n = 0;
        (void)pickle_int(pickle_item(sizes, i), &n);
        s->shape[i] = (uint64_t)n;
    }
}

static struct torch_storage *storage_of(const struct torch *t, struct pickle_value v)
{
    struct slice key;
    struct pickle_value id = pickle_item(v, 0);
    if (pickle_kind(v) != PV_PERSID || !pickle_text(pickle_item(id, 2), &key)) return NULL;
    return torch_find(t, key);
}

static void on_call(void *ctx, const struct pickle_call *call, uint64_t at)
{
    struct torch *t = ctx;
    const struct pickle_global *g = call->global;
    int64_t offset;
    uint64_t end, elements;
    if (call->act != PICKLE_CALL || !g || !slice_eq(g->module, S("torch._utils"))) return;
    if (!slice_starts(g->name, S("_rebuild_tensor"))) return;
    struct torch_storage *s = storage_of(t, pickle_item(call->args, 0));
    struct pickle_value sizes = pickle_item(call->args, 2), strides = pickle_item(call->args, 3);
    t->tensors++;
    if (!s || !pickle_int(pickle_item(call->args, 1), &offset)) return;
    if (pickle_kind(sizes) != PV_TUPLE || pickle_kind(strides) != PV_TUPLE) return;
    bool typed = s->dtype != DT_U8 || s->size != 1; /* of an untyped storage bytes are counted */
    if (!reach(sizes, strides, offset, &end, &elements) || (typed && end > s->elements))
        tell_anomaly(t->r, ANOMALY_MALFORMED, at,
                     "a tensor reaches outside of storage %.*s, which has %llu elements",
                     SLICE_ARG(s->key), (unsigned long long)s->elements);
    else
        note_shape(s, sizes, elements);
}

/* ---- weights_only ---- */

static bool weights_only_allows(const struct pickle_global *g)
{
    static const char *const names[] = {
        "collections.OrderedDict",
        "collections.Counter",
        "torch.nn.parameter.Parameter",
        "torch.nn.parameter.Buffer",
        "torch.Size",
        "torch.Tensor",
        "torch.device",
        "torch.serialization._get_layout",
        "_codecs.encode",
        "__builtin__.bytearray",
        "builtins.bytearray",
        "__builtin__.set",
        "builtins.set",
        "__builtin__.complex",
        "torch._tensor._rebuild_from_type_v2",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct slice name = slice_str(names[i]);
        if (name.n == g->module.n + 1 + g->name.n && slice_starts(name, g->module) &&
            slice_ends(name, g->name))
            return true;
    }
    if (slice_eq(g->module, S("torch._utils"))) return slice_starts(g->name, S("_rebuild_"));
    if (slice_ends(g->name, S("Storage")))
        return slice_eq(g->module, S("torch")) || slice_eq(g->module, S("torch.storage")) ||
               slice_eq(g->module, S("torch.cuda"));
    /* dtypes, layouts and the like are lower-case constants of the module itself */
    return slice_eq(g->module, S("torch")) && g->name.n && g->name.p[0] >= 'a' &&
           g->uses == PICKLE_USED_ARG;
}

static void watch(void *ctx, const struct reading *r, const struct event *ev)
{
    struct torch *t = ctx;
    t->emit(t->emit_ctx, r, ev);
    if (ev->kind != EV_CALL || ev->call->act != PICKLE_IMPORT || t->refused[0]) return;
    const struct pickle_global *g = ev->call->global;
    if (g && !weights_only_allows(g))
        snprintf(t->refused, sizeof t->refused, "refused: needs %.*s.%.*s", SLICE_ARG(g->module),
                 SLICE_ARG(g->name));
}

/* ---- running ---- */

/* A parameter's name goes to its storage, through Parameter(tensor) as well. */
static void name_one(const struct torch *t, struct slice name, struct pickle_value v)
{
    struct pickle_value args = pickle_args(v);
    if (pickle_kind(pickle_item(args, 0)) == PV_OBJECT) args = pickle_args(pickle_item(args, 0));
    struct torch_storage *s = storage_of(t, pickle_item(args, 0));
    if (s && !s->name.p) s->name = name;
}

/* {'layer.weight': tensor}: the dictionary itself, and those in it ("state_dict": {...}). */
static void name_items(const struct torch *t, struct pickle_value result)
{
    struct pickle_value open[NAMED_DICTS] = {result};
    size_t dicts = 1;
    uint64_t seen = 0;
    for (size_t d = 0; d < dicts; d++) {
        struct pickle_value dict = open[d];
        uint64_t n = pickle_kind(dict) == PV_DICT ? pickle_kept(dict) : 0;
        for (uint64_t i = 0; i + 1 < n && seen < NAMED_MAX; i += 2, seen++) {
            struct slice name;
            struct pickle_value v = pickle_item(dict, i + 1);
            if (!pickle_text(pickle_item(dict, i), &name)) continue;
            if (pickle_kind(v) == PV_DICT && dicts < NAMED_DICTS) open[dicts++] = v;
            name_one(t, name, v);
        }
    }
}

enum st torch_pickle(struct torch *t, struct cursor *c, struct pickle_summary *ret)
{
    struct pickle_options opt = {.ctx = t, .on_persid = on_persid, .on_call = on_call};
    struct reading *r = t->r;
    t->emit = r->emit;
    t->emit_ctx = r->emit_ctx;
    if (t->emit) {
        r->emit = watch;
        r->emit_ctx = t;
    }
    enum st st = pickle_run(r, c, &opt, ret);
    r->emit = t->emit;
    r->emit_ctx = t->emit_ctx;
    if (ret->protocol > t->protocol) t->protocol = ret->protocol;
    if (st == ST_OK) name_items(t, ret->result);
    return t->nomem ? ST_NOMEM : st;
}

enum st torch_show(struct torch *t, const struct torch_storage *s, struct slice bytes,
                   uint64_t offset, bool big)
{
    char text[64];
    int n = snprintf(text, sizeof text, "storage %.*s", SLICE_ARG(slice_sub(s->key, 0, 40)));
    uint64_t flat[1] = {s->elements};
    struct tensor tensor = {.name = s->name.p ? s->name : slice_of(text, n > 0 ? (size_t)n : 0),
                            .dtype = big && s->size > 1 ? DT_UNKNOWN : s->dtype,
                            .shape = s->rank ? s->shape : flat,
                            .rank = s->rank ? s->rank : 1,
                            .bytes = bytes};
    const char *dtype = dtype_name(s->dtype);
    tell_tensor(t->r, &tensor, offset);
    if (dtype) tell_card(t->r, CARD_DTYPES, slice_str(dtype));
    if (s->size == 1 && stray_looks_foreign(bytes))
        return stray_push(t->r, tensor.name, offset, bytes.n);
    return ST_OK;
}

void torch_card(struct torch *t)
{
    uint64_t parameters = 0;
    for (const struct torch_storage *s = t->first; s; s = s->next)
        if (!num_add(parameters, s->elements, &parameters)) parameters = UINT64_MAX;
    char digit = (char)('0' + t->protocol % 10);
    tell_card(t->r, CARD_FRAMEWORK, S("PyTorch"));
    tell_card(t->r, CARD_PROTOCOL, slice_of(&digit, 1));
    tell_card_number(t->r, CARD_TENSORS, t->tensors);
    tell_card_number(t->r, CARD_PARAMETERS, parameters);
    tell_card(t->r, CARD_WEIGHTS_ONLY, t->refused[0] ? slice_str(t->refused) : S("safe"));
}
