/* SPDX-License-Identifier: Apache-2.0 */
/* template_fold.c - operators, subscripts and slices; template_filter.c has filters and methods. */
#include "detect/template/template_fold.h"
#include "base/buf.h"

const struct value *fold_unknown(const struct fold *f)
{
    unsigned tags = 0;
    bool all_const = true;
    for (unsigned i = 0; i < f->n; i++) {
        const struct value *v = f->in[i];
        tags |= v->tags;
        for (uint32_t k = 0; k < v->count; k++) tags |= v->items[k]->tags;
        if (v->kind == V_STR && text_has_under(v->str)) tags |= TAG_UNDER;
        all_const &= v->kind != V_UNKNOWN;
    }
    return value_unknown(f->a, all_const ? tags | TAG_BUILT : tags);
}

const struct value *fold_arg(const struct fold *f, unsigned i, struct slice keyword)
{
    unsigned seen = 0;
    for (unsigned k = 1; k < f->n; k++) {
        if (f->keyword[k].n ? slice_eq(f->keyword[k], keyword) : seen == i) return f->in[k];
        seen += f->keyword[k].n == 0;
    }
    return NULL;
}

static const struct value *joined(const struct fold *f, fold_fn *fn, const struct value *so_far)
{
    const struct value *v = fn(f);
    return v && so_far ? value_join(f->a, so_far, v) : NULL;
}

static const struct value *nth_alt(const struct value *v, unsigned n)
{
    while (n-- && v->alt) v = v->alt;
    return v;
}

/* Not the whole product: the heads, each input varied alone, and all varied in step. */
const struct value *fold_all(const struct fold *f, fold_fn *fn)
{
    const struct value *result = fn(f);
    unsigned longest = 0;
    for (unsigned i = 0; i < f->n; i++) {
        struct fold one = *f;
        unsigned length = 0;
        for (const struct value *alt = f->in[i]->alt; alt && result; alt = alt->alt, length++) {
            one.in[i] = alt;
            result = joined(&one, fn, result);
        }
        if (length > longest) longest = length;
    }
    for (unsigned step = 1; f->n > 1 && step <= longest && result; step++) {
        struct fold all = *f;
        for (unsigned i = 0; i < f->n; i++) all.in[i] = nth_alt(f->in[i], step);
        result = joined(&all, fn, result);
    }
    return result;
}

/* ---- operators ---- */

static const struct value *concat(const struct fold *f)
{
    struct slice left, right;
    unsigned tags = f->in[0]->tags | f->in[1]->tags;
    if (!value_text(f->a, f->in[0], &left) || !value_text(f->a, f->in[1], &right))
        return fold_unknown(f);
    if (left.n + right.n > VALUE_STR_MAX) return value_unknown(f->a, tags | TAG_HUGE | TAG_BUILT);
    uint8_t *p = arena_alloc(f->a, left.n + right.n + 1, 1);
    if (!p) return NULL;
    if (left.n) memcpy(p, left.p, left.n);
    if (right.n) memcpy(p + left.n, right.p, right.n);
    return value_str(f->a, slice_of(p, left.n + right.n), tags);
}

static const struct value *repeat(const struct fold *f, const struct value *what, int64_t times)
{
    uint64_t size = what->kind == V_STR ? what->str.n : what->count;
    uint64_t n = times > 0 ? (uint64_t)times : 0, total;
    if (__builtin_mul_overflow(size, n, &total) || total > VALUE_STR_MAX ||
        (what->kind == V_LIST && total > VALUE_LIST_MAX))
        return value_unknown(f->a, what->tags | TAG_HUGE | TAG_BUILT);
    if (what->kind == V_STR) {
        uint8_t *p = arena_alloc(f->a, (size_t)total + 1, 1);
        for (uint64_t i = 0; p && size && i < n; i++) memcpy(p + i * size, what->str.p, size);
        return p ? value_str(f->a, slice_of(p, (size_t)total), what->tags) : NULL;
    }
    const struct value **items = ARENA_ARRAY(f->a, const struct value *, (size_t)total);
    for (uint64_t i = 0; items && i < total; i++) items[i] = what->items[i % size];
    return items ? value_list(f->a, items, (uint32_t)total, what->tags) : NULL;
}

static const struct value *append_lists(const struct fold *f)
{
    const struct value *x = f->in[0], *y = f->in[1];
    uint32_t n = x->count + y->count;
    const struct value **items = ARENA_ARRAY(f->a, const struct value *, n);
    if (!items) return NULL;
    for (uint32_t i = 0; i < n; i++) items[i] = i < x->count ? x->items[i] : y->items[i - x->count];
    return value_list(f->a, items, n, x->tags | y->tags);
}

static bool power(int64_t base, int64_t exp, int64_t *ret)
{
    int64_t r = 1;
    if (exp < 0) return false;
    if (base == 0 || base == 1) exp = exp > 0;
    for (; exp > 0; exp--)
        if (__builtin_mul_overflow(r, base, &r)) return false;
    *ret = r;
    return true;
}

static int64_t floor_div(int64_t x, int64_t y)
{
    int64_t q = x / y;
    return (x % y && (x < 0) != (y < 0)) ? q - 1 : q;
}

/* False: does not fit, or is not whole. *ret_huge: the result has more digits than is sane. */
static bool arithmetic(enum jinja_op op, int64_t x, int64_t y, int64_t *ret, bool *ret_huge)
{
    bool divides = y != 0 && !(x == INT64_MIN && y == -1);
    switch (op) {
    case JO_ADD: return !__builtin_add_overflow(x, y, ret);
    case JO_SUB: return !__builtin_sub_overflow(x, y, ret);
    case JO_MUL: *ret_huge = __builtin_mul_overflow(x, y, ret); return !*ret_huge;
    case JO_FLOORDIV:
        if (divides) *ret = floor_div(x, y);
        return divides;
    case JO_DIV:
        if (divides && x % y == 0) *ret = x / y;
        return divides && x % y == 0;
    case JO_MOD:
        if (divides) *ret = x - floor_div(x, y) * y;
        return divides;
    case JO_POW:
        if (power(x, y, ret)) return true;
        *ret_huge = y > 0;
        return false;
    default: return false;
    }
}

static const struct value *numbers(const struct fold *f)
{
    const struct value *x = f->in[0], *y = f->in[1];
    int64_t n = 0;
    bool huge = false;
    if (arithmetic(f->op, x->num, y->num, &n, &huge)) return value_int(f->a, n, x->tags | y->tags);
    const struct value *v = fold_unknown(f);
    return v && huge ? value_tagged(f->a, v, TAG_HUGE) : v;
}

static bool is_number(const struct value *v)
{
    return v->kind == V_INT || v->kind == V_BOOL;
}

/* A whole number above which a count has no business in a chat template. */
#define BIG_COUNT 1000000

static bool grows(const struct fold *f)
{
    for (unsigned i = 0; i < 2; i++)
        if (f->in[i]->kind == V_INT && f->in[i]->num >= BIG_COUNT) return f->op == JO_MUL;
    return false;
}

static const struct value *string_format(const struct fold *f)
{
    struct fold format = *f;
    format.name = S("format");
    if (f->in[1]->kind == V_LIST) { /* 'a%sb' % (x, y) */
        format.n = 1;
        for (uint32_t i = 0; i < f->in[1]->count && format.n < FOLD_MAX; i++)
            format.in[format.n++] = f->in[1]->items[i];
    }
    return fold_filter(&format);
}

static bool contains(const struct value *needle, const struct value *hay, bool *ret)
{
    if (!value_is_const(needle) || !value_is_const(hay)) return false;
    if (hay->kind == V_STR && needle->kind == V_STR) {
        *ret = slice_has(hay->str, needle->str);
        return true;
    }
    if (hay->kind != V_LIST && hay->kind != V_DICT) return false;
    *ret = false;
    for (uint32_t i = 0; i < hay->count; i += hay->kind == V_DICT ? 2 : 1) {
        const struct value *k = hay->items[i];
        if (k->kind == needle->kind &&
            (k->kind == V_STR ? slice_eq(k->str, needle->str) : k->num == needle->num))
            *ret = true;
    }
    return true;
}

static const struct value *compare(const struct fold *f)
{
    const struct value *x = f->in[0], *y = f->in[1];
    bool has;
    if ((f->op == JO_IN || f->op == JO_NOTIN) && contains(x, y, &has))
        return value_bool(f->a, has == (f->op == JO_IN), 0);
    if ((f->op == JO_EQ || f->op == JO_NE) && x->kind == V_STR && y->kind == V_STR)
        return value_bool(f->a, slice_eq(x->str, y->str) == (f->op == JO_EQ), 0);
    const struct value *v = fold_unknown(f);
    /* a truth value carries no text */
    return v ? value_unknown(f->a, v->tags & ~(unsigned)(TAG_BUILT | TAG_UNDER | TAG_HUGE)) : NULL;
}

const struct value *fold_binary(const struct fold *f)
{
    const struct value *x = f->in[0], *y = f->in[1];
    if (f->op >= JO_EQ && f->op <= JO_NOTIN) return compare(f);
    if (f->op == JO_AND || f->op == JO_OR) return value_join(f->a, x, y);
    if (f->op == JO_CONCAT || (f->op == JO_ADD && x->kind == V_STR && y->kind == V_STR))
        return concat(f);
    if (f->op == JO_ADD && x->kind == V_LIST && y->kind == V_LIST) return append_lists(f);
    if (f->op == JO_MUL && (x->kind == V_STR || x->kind == V_LIST) && is_number(y))
        return repeat(f, x, y->num);
    if (f->op == JO_MUL && (y->kind == V_STR || y->kind == V_LIST) && is_number(x))
        return repeat(f, y, x->num);
    if (f->op == JO_MOD && x->kind == V_STR) return string_format(f);
    if (is_number(x) && is_number(y)) return numbers(f);
    const struct value *v = fold_unknown(f);
    return v && grows(f) ? value_tagged(f->a, v, TAG_HUGE) : v;
}

const struct value *fold_unary(const struct fold *f)
{
    const struct value *v = f->in[0];
    if (f->op != JO_NOT && is_number(v) && v->num != INT64_MIN)
        return value_int(f->a, f->op == JO_SUB ? -v->num : v->num, v->tags);
    return value_unknown(f->a, v->tags);
}

/* ---- subscripts ---- */

/* Any of the items: what a key that is not known may find. */
static const struct value *any_item(const struct fold *f, uint32_t first, uint32_t step)
{
    const struct value *obj = f->in[0], *all = NULL;
    for (uint32_t i = first; i < obj->count; i += step) {
        const struct value *item = obj->items[i];
        all = all ? value_join(f->a, all, item) : item;
        if (!all) return NULL;
        if (all->tags & TAG_LOST) break;
    }
    return all ? value_tagged(f->a, all, f->in[1]->tags & TAG_TRIGGER) : fold_unknown(f);
}

const struct value *fold_index(const struct fold *f)
{
    const struct value *obj = f->in[0], *key = f->in[1];
    if (obj->kind == V_DICT) {
        const struct value *found = key->kind == V_UNKNOWN ? NULL : value_lookup(obj, key);
        if (found) return value_tagged(f->a, found, obj->tags);
        return key->kind == V_UNKNOWN ? any_item(f, 1, 2) : value_unknown(f->a, obj->tags);
    }
    if (obj->kind == V_STR && key->kind == V_INT) {
        struct fold chars = *f;
        chars.in[0] = value_chars(f->a, obj);
        if (!chars.in[0]) return NULL;
        return chars.in[0]->kind == V_LIST ? fold_index(&chars) : fold_unknown(f);
    }
    if (obj->kind == V_LIST && key->kind == V_INT) {
        int64_t i = key->num < 0 ? key->num + (int64_t)obj->count : key->num;
        if (i < 0 || i >= (int64_t)obj->count) return value_unknown(f->a, obj->tags);
        return value_tagged(f->a, obj->items[i], obj->tags);
    }
    if (obj->kind == V_LIST && key->kind == V_UNKNOWN) return any_item(f, 0, 1);
    return fold_unknown(f);
}

struct range {
    int64_t start, stop, step;
};

/* Python's slice.indices(): false when a bound is not known. */
static bool bounds(const struct fold *f, int64_t n, struct range *ret)
{
    int64_t given[3] = {0, 0, 0};
    bool has[3] = {false, false, false};
    for (unsigned i = 0; i < 3 && i + 1 < f->n; i++) {
        const struct value *v = f->in[i + 1];
        if (v->kind == V_NONE) continue;
        if (v->kind != V_INT) return false;
        has[i] = true;
        given[i] = v->num;
    }
    int64_t step = has[2] ? given[2] : 1;
    if (step == 0) return false;
    if (step > n + 1) step = n + 1;
    if (step < -n - 1) step = -n - 1;
    int64_t low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
    int64_t at[2] = {step > 0 ? low : high, step > 0 ? high : low};
    for (unsigned i = 0; i < 2; i++) {
        if (!has[i]) continue;
        int64_t v = given[i] < 0 ? given[i] + n : given[i];
        at[i] = v < low ? low : v > high ? high : v;
    }
    *ret = (struct range){at[0], at[1], step};
    return true;
}

static int64_t range_count(struct range r)
{
    int64_t span = r.step > 0 ? r.stop - r.start : r.start - r.stop;
    int64_t step = r.step > 0 ? r.step : -r.step;
    return span > 0 ? (span + step - 1) / step : 0;
}

const struct value *fold_slice(const struct fold *f)
{
    const struct value *obj = f->in[0];
    const struct value *list = obj->kind == V_STR ? value_chars(f->a, obj) : obj;
    struct range r;
    if (!list) return NULL;
    if (list->kind != V_LIST || !bounds(f, list->count, &r)) return fold_unknown(f);
    int64_t count = range_count(r), at = r.start;
    const struct value **items = ARENA_ARRAY(f->a, const struct value *, (size_t)count);
    for (int64_t i = 0; items && i < count; i++, at += r.step) items[i] = list->items[at];
    if (!items) return NULL;
    const struct value *v = value_list(f->a, items, (uint32_t)count, obj->tags);
    return v && obj->kind == V_STR ? value_glue(f->a, v, slice_of(NULL, 0)) : v;
}
