/* SPDX-License-Identifier: Apache-2.0 */
/* joblib.c - arrays between opcodes (joblib/numpy_pickle.py, 0.10 to 1.5).
 *
 *     ... opcodes: NumpyArrayWrapper, BUILD {shape, dtype, order, numpy_array_alignment_bytes, ...}
 *     [ n | n bytes of padding ]     only when the state has the alignment
 *     [ product of shape x size of dtype bytes ], or for objects: a pickle with a STOP of its own
 *     opcodes go on
 *
 * Before 0.10 arrays lay in files beside the pickle, named by NDArrayWrapper. */
#include "read/model/joblib.h"
#include "base/num.h"

struct dtype_info {
    enum dtype type;
    uint64_t size;
    bool objects;
};

struct array {
    struct dtype_info dtype;
    uint64_t shape[32], rank, bytes;
};

static enum dtype dtype_of(char kind, uint64_t size)
{
    static const struct {
        char kind;
        uint64_t size;
        enum dtype type;
    } rows[] = {
        {'b', 1, DT_BOOL}, {'i', 1, DT_I8},  {'i', 2, DT_I16}, {'i', 4, DT_I32},   {'i', 8, DT_I64},
        {'u', 1, DT_U8},   {'u', 2, DT_U16}, {'u', 4, DT_U32}, {'u', 8, DT_U64},   {'f', 2, DT_F16},
        {'f', 4, DT_F32},  {'f', 8, DT_F64}, {'c', 8, DT_C64}, {'c', 16, DT_C128},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].kind == kind && rows[i].size == size) return rows[i].type;
    return DT_UNKNOWN;
}

/* "f8", "<i4", "U10", "O8", "V16" */
static bool parse_code(struct slice s, struct dtype_info *ret)
{
    if (s.n && strchr("<>|=", s.p[0] ? s.p[0] : '!')) s = slice_sub(s, 1, s.n);
    if (!s.n) return false;
    char kind = (char)s.p[0];
    struct slice digits = slice_sub(s, 1, s.n);
    uint64_t n = 1;
    bool numbered = num_u64(digits, &n);
    if (kind == '?') kind = 'b';
    if (kind == 'O') {
        ret->objects = true;
        return true;
    }
    if ((!numbered && digits.n) || n > UINT32_MAX || !strchr("biufcmMSaUV", kind)) return false;
    if (!numbered && kind != 'b') return false;
    ret->size = kind == 'U' ? n * 4 : n;
    ret->type = dtype_of(kind, ret->size);
    return true;
}

/* numpy.dtype('f8', False, True), then BUILD (3, '<', subdtype, names, fields, size, align, flags)
 */
static bool parse_dtype(struct pickle_value v, struct dtype_info *ret)
{
    struct slice code;
    int64_t flags;
    struct pickle_value state = pickle_state(v);
    *ret = (struct dtype_info){0};
    if (pickle_kind(v) != PV_OBJECT || !pickle_text(pickle_item(pickle_args(v), 0), &code))
        return false;
    if (!parse_code(code, ret)) return false;
    if (pickle_is_text(pickle_item(state, 1), ">")) ret->type = DT_UNKNOWN;
    if (pickle_int(pickle_item(state, 7), &flags) && flags & 1) ret->objects = true;
    return true;
}

static bool parse_array(struct pickle_value state, struct array *ret)
{
    struct pickle_value shape, dtype;
    *ret = (struct array){0};
    if (!pickle_dict_get(state, "shape", &shape) || !pickle_dict_get(state, "dtype", &dtype))
        return false;
    if (pickle_kind(shape) != PV_TUPLE || !parse_dtype(dtype, &ret->dtype)) return false;
    ret->bytes = ret->dtype.size;
    ret->rank = pickle_count(shape);
    if (ret->rank > COUNT_OF(ret->shape)) return false;
    for (uint64_t i = 0; i < ret->rank; i++) {
        int64_t n;
        if (!pickle_int(pickle_item(shape, i), &n) || n < 0) return false;
        ret->shape[i] = (uint64_t)n;
        if (!num_mul(ret->bytes, ret->shape[i], &ret->bytes)) return false;
    }
    return true;
}

static enum st broken(struct reading *r, uint64_t at, const char *why)
{
    tell_anomaly(r, ANOMALY_MALFORMED, at, "array of joblib: %s", why);
    return ST_MALFORMED;
}

static void tell_array(struct reading *r, const struct joblib *j, const struct array *a,
                       struct slice bytes, uint64_t at)
{
    char name[40];
    int n = snprintf(name, sizeof name, "array %llu", (unsigned long long)j->arrays);
    struct tensor t = {.name = slice_of(name, (size_t)n),
                       .dtype = a->dtype.type,
                       .shape = a->shape,
                       .rank = (size_t)a->rank,
                       .bytes = bytes};
    tell_tensor(r, &t, at);
    layer_release(r->layer, at, bytes.n);
}

static enum st skip_array(struct joblib *j, struct reading *r, struct cursor *c,
                          struct pickle_value state)
{
    struct array a;
    struct pickle_value align;
    uint64_t at = cur_pos(c);
    if (!parse_array(state, &a)) return broken(r, at, "its shape or type cannot be told");
    j->arrays++;
    if (a.dtype.objects) {
        struct pickle_options opt = {.nested = true};
        struct pickle_summary sum;
        return pickle_run(r, c, &opt, &sum);
    }
    if (pickle_dict_get(state, "numpy_array_alignment_bytes", &align) &&
        pickle_kind(align) == PV_INT)
        cur_skip(c, cur_u8(c));
    at = cur_pos(c);
    struct slice bytes = cur_bytes(c, a.bytes);
    if (!cur_ok(c)) {
        tell_anomaly(r, ANOMALY_TRUNCATED, at, "array of joblib: %llu bytes, fewer are left",
                     (unsigned long long)a.bytes);
        return ST_TRUNCATED;
    }
    tell_array(r, j, &a, bytes, at);
    return ST_OK;
}

/* joblib before 0.10 kept arrays in files beside the pickle, named without a folder. */
static void tell_sibling(struct reading *r, struct pickle_value state, uint64_t at)
{
    struct pickle_value v;
    struct slice file;
    if (!pickle_dict_get(state, "filename", &v) || !pickle_text(v, &file)) return;
    if (slice_find_byte(file, '/') != SIZE_MAX || slice_find_byte(file, '\\') != SIZE_MAX)
        tell_anomaly(r, ANOMALY_SHARD_PATH, at, "an array in %.*s", SLICE_ARG(file));
    tell_ref(r, S("NDArrayWrapper"), file, false, 0);
}

enum st joblib_built(void *ctx, struct reading *r, struct cursor *c,
                     const struct pickle_call *built)
{
    struct joblib *j = ctx;
    const struct pickle_global *g = built->global;
    if (!g || !built->instance || !slice_ends(g->module, S("numpy_pickle"))) {
        bool compat = g && built->instance && slice_ends(g->module, S("numpy_pickle_compat"));
        if (compat) tell_sibling(r, built->args, cur_pos(c));
        return ST_OK;
    }
    if (slice_eq(g->name, S("NumpyArrayWrapper"))) {
        j->seen = true;
        return skip_array(j, r, c, built->args);
    }
    if (slice_ends(g->name, S("NDArrayWrapper"))) tell_sibling(r, built->args, cur_pos(c));
    return ST_OK;
}
