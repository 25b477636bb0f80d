/* SPDX-License-Identifier: Apache-2.0 */
/* template_filter.c - Jinja's filters and Python's string, list and dictionary methods on
 * constants: one row per name. A name that is not here gives an unknown. */
#include "base/ascii.h"
#include "base/buf.h"
#include "base/num.h"
#include "detect/template/template_fold.h"

static const struct value *subject(const struct fold *f)
{
    return f->in[0];
}

/* The subject as text; false when it is not known. */
static bool text_of(const struct fold *f, struct slice *ret)
{
    return value_text(f->a, subject(f), ret);
}

static const struct value *new_text(const struct fold *f, struct slice s)
{
    return s.p || !s.n ? value_str(f->a, s, subject(f)->tags) : NULL;
}

/* ---- text ---- */

static const struct value *change_case(const struct fold *f)
{
    struct slice s;
    if (!text_of(f, &s)) return fold_unknown(f);
    uint8_t *p = arena_alloc(f->a, s.n + 1, 1);
    char mode = slice_eq(f->name, S("lower")) || slice_eq(f->name, S("casefold")) ? 'l'
                : slice_eq(f->name, S("upper"))                                   ? 'u'
                : slice_eq(f->name, S("swapcase"))                                ? 's'
                : slice_eq(f->name, S("title"))                                   ? 't'
                                                                                  : 'c';
    bool start = true;
    for (size_t i = 0; p && i < s.n; i++) {
        uint8_t c = s.p[i];
        bool letter = ascii_lower(c) || ascii_upper(c);
        bool up = mode == 'u' || (mode == 's' && ascii_lower(c)) ||
                  ((mode == 't' || mode == 'c') && start);
        p[i] = !letter ? c : up ? (uint8_t)(c & 0xdf) : (uint8_t)(c | 0x20);
        start = mode == 't' ? !letter : false;
    }
    return p ? new_text(f, slice_of(p, s.n)) : NULL;
}

static bool in_set(struct slice set, uint8_t c)
{
    if (!set.p) return c == ' ' || (c >= '\t' && c <= '\r');
    return slice_find_byte(set, c) != SIZE_MAX;
}

static const struct value *strip(const struct fold *f)
{
    struct slice s, set = {NULL, 0};
    const struct value *chars = fold_arg(f, 0, S("chars"));
    if (!text_of(f, &s) || (chars && !value_text(f->a, chars, &set))) return fold_unknown(f);
    bool left = !slice_eq(f->name, S("rstrip")), right = !slice_eq(f->name, S("lstrip"));
    while (right && s.n && in_set(set, s.p[s.n - 1])) s.n--;
    size_t from = 0;
    while (left && from < s.n && in_set(set, s.p[from])) from++;
    return new_text(f, slice_sub(s, from, s.n));
}

static const struct value *replace(const struct fold *f)
{
    struct slice s, from, to;
    const struct value *x = fold_arg(f, 0, S("old")), *y = fold_arg(f, 1, S("new"));
    if (!x || !y || !text_of(f, &s) || !value_text(f->a, x, &from) || !value_text(f->a, y, &to) ||
        !from.n)
        return fold_unknown(f);
    struct buf out;
    buf_init(&out, VALUE_STR_MAX);
    for (size_t at; (at = slice_find(s, from)) != SIZE_MAX;) {
        buf_add(&out, slice_sub(s, 0, at));
        buf_add(&out, to);
        s = slice_sub(s, at + from.n, s.n);
    }
    buf_add(&out, s);
    const struct value *v = !buf_ok(&out)
                                ? value_unknown(f->a, subject(f)->tags | TAG_HUGE | TAG_BUILT)
                                : new_text(f, arena_copy(f->a, buf_slice(&out)));
    buf_done(&out);
    return v;
}

static const struct value *reversed(const struct fold *f)
{
    const struct value *none = value_none(f->a), *back = value_int(f->a, -1, 0);
    struct fold slice = *f;
    if (!none || !back) return NULL;
    slice.in[1] = slice.in[2] = none;
    slice.in[3] = back;
    slice.n = 4;
    return subject(f)->kind == V_STR || subject(f)->kind == V_LIST ? fold_slice(&slice)
                                                                   : fold_unknown(f);
}

static const struct value *to_text(const struct fold *f)
{
    struct slice s;
    if (text_of(f, &s)) return new_text(f, s);
    /* the text of an object that is not data: its letters are the engine's */
    const struct value *v = fold_unknown(f);
    if (!v) return NULL;
    return v->tags & TAG_DATA ? v : value_tagged(f->a, v, TAG_ENGINE | TAG_BUILT);
}

static const struct value *url_encode(const struct fold *f)
{
    struct slice s;
    struct buf out;
    if (!text_of(f, &s)) return fold_unknown(f);
    buf_init(&out, VALUE_STR_MAX);
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool plain = ascii_lower(c) || ascii_upper(c) || ascii_digit(c) || strchr("_.-~/", c);
        if (plain && c)
            buf_byte(&out, c);
        else
            buf_printf(&out, "%%%02X", c);
    }
    const struct value *v = buf_ok(&out) ? new_text(f, arena_copy(f->a, buf_slice(&out)))
                                         : value_unknown(f->a, TAG_HUGE | TAG_BUILT);
    buf_done(&out);
    return v;
}

/* center(n), ljust(n), zfill(n), indent(n): harmless unless n is absurd. */
static const struct value *pad(const struct fold *f)
{
    const struct value *width = fold_arg(f, 0, S("width"));
    struct slice s;
    if (width && width->kind == V_INT && width->num > 1000000)
        return value_unknown(f->a, subject(f)->tags | TAG_HUGE);
    if (text_of(f, &s) && width && width->kind == V_INT && width->num <= (int64_t)s.n)
        return new_text(f, s);
    return fold_unknown(f);
}

/* ---- lists ---- */

static const struct value *as_list(const struct fold *f)
{
    const struct value *v = subject(f);
    if (v->kind == V_STR) return value_chars(f->a, v);
    if (v->kind == V_LIST) return v;
    if (v->kind != V_DICT) return fold_unknown(f);
    const struct value **keys = ARENA_ARRAY(f->a, const struct value *, v->count / 2);
    for (uint32_t i = 0; keys && i < v->count / 2; i++) keys[i] = v->items[2 * i];
    return keys ? value_list(f->a, keys, v->count / 2, v->tags) : NULL;
}

static const struct value *values_of(const struct fold *f)
{
    const struct value *v = subject(f);
    if (v->kind != V_DICT) return fold_unknown(f);
    const struct value **values = ARENA_ARRAY(f->a, const struct value *, v->count / 2);
    for (uint32_t i = 0; values && i < v->count / 2; i++) values[i] = v->items[2 * i + 1];
    return values ? value_list(f->a, values, v->count / 2, v->tags) : NULL;
}

static const struct value *pairs_of(const struct fold *f)
{
    const struct value *v = subject(f);
    if (v->kind != V_DICT) return fold_unknown(f);
    uint32_t n = v->count / 2;
    const struct value **pairs = ARENA_ARRAY(f->a, const struct value *, n);
    for (uint32_t i = 0; pairs && i < n; i++)
        if (!(pairs[i] = value_list(f->a, &v->items[(size_t)2 * i], 2, v->tags))) return NULL;
    return pairs ? value_list(f->a, pairs, n, v->tags) : NULL;
}

static const struct value *end_item(const struct fold *f)
{
    const struct value *list = as_list(f);
    if (!list || list->kind != V_LIST) return list ? fold_unknown(f) : NULL;
    if (!list->count) return value_unknown(f->a, list->tags);
    bool first = slice_eq(f->name, S("first"));
    return value_tagged(f->a, list->items[first ? 0 : list->count - 1], list->tags);
}

/* Any of them, as far as anyone can tell. */
static const struct value *some_item(const struct fold *f)
{
    struct fold index = *f;
    index.in[0] = as_list(f);
    index.in[1] = value_unknown(f->a, 0);
    index.n = 2;
    return index.in[0] && index.in[1] ? fold_index(&index) : NULL;
}

static const struct value *join(const struct fold *f)
{
    bool method = slice_eq(f->name, S("join.")); /* sep.join(list) */
    const struct value *list_in = method ? fold_arg(f, 0, S("")) : subject(f);
    const struct value *sep_in = method ? subject(f) : fold_arg(f, 0, S("d"));
    struct slice sep = {NULL, 0};
    if (!list_in || (sep_in && !value_text(f->a, sep_in, &sep))) return fold_unknown(f);
    struct fold listing = {.a = f->a, .in = {list_in}, .n = 1};
    const struct value *list = as_list(&listing);
    if (!list || list->kind != V_LIST) return list ? fold_unknown(f) : NULL;
    return value_glue(f->a, list, sep);
}

static const struct value *length(const struct fold *f)
{
    const struct value *v = subject(f);
    if (v->kind == V_DICT) return value_int(f->a, v->count / 2, 0);
    if (v->kind == V_LIST) return value_int(f->a, v->count, 0);
    const struct value *chars = v->kind == V_STR ? value_chars(f->a, v) : NULL;
    return chars && chars->kind == V_LIST ? value_int(f->a, chars->count, 0)
                                          : value_unknown(f->a, v->tags & ~(unsigned)TAG_TEXT);
}

static const struct value *split(const struct fold *f)
{
    struct slice s, sep = S(" ");
    const struct value *by = fold_arg(f, 0, S("sep"));
    if (!text_of(f, &s) || (by && !value_text(f->a, by, &sep)) || !sep.n) return fold_unknown(f);
    const struct value **items = ARENA_ARRAY(f->a, const struct value *, s.n / sep.n + 1);
    uint32_t n = 0;
    if (!items) return NULL;
    for (bool more = true; more;) {
        size_t at = slice_find(s, sep);
        more = at != SIZE_MAX;
        struct slice part = slice_sub(s, 0, more ? at : s.n);
        if (!part.p) part = S("");
        if ((part.n || by) && !(items[n++] = value_str(f->a, part, subject(f)->tags))) return NULL;
        s = slice_sub(s, more ? at + sep.n : s.n, s.n);
    }
    return value_list(f->a, items, n, subject(f)->tags);
}

/* |map('upper'), |map('replace', 'a', 'b') */
static const struct value *map(const struct fold *f)
{
    const struct value *name = fold_arg(f, 0, S("")), *list = as_list(f);
    if (!list) return NULL;
    if (list->kind != V_LIST || !name || name->kind != V_STR) return fold_unknown(f);
    const struct value **items = ARENA_ARRAY(f->a, const struct value *, list->count);
    struct fold one = {.a = f->a, .name = name->str};
    for (unsigned i = 2; i < f->n; i++) {
        one.in[i - 1] = f->in[i];
        one.keyword[i - 1] = f->keyword[i];
    }
    one.n = f->n - 1;
    for (uint32_t i = 0; items && i < list->count; i++) {
        one.in[0] = list->items[i];
        if (slice_eq(one.name, S("map")) || !(items[i] = fold_filter(&one)))
            return slice_eq(one.name, S("map")) ? fold_unknown(f) : NULL;
    }
    return items ? value_list(f->a, items, list->count, list->tags) : NULL;
}

static int by_text(const void *a, const void *b)
{
    const struct value *x = *(const struct value *const *)a, *y = *(const struct value *const *)b;
    if (x->kind == V_STR && y->kind == V_STR) return slice_cmp(x->str, y->str);
    return (x->num > y->num) - (x->num < y->num);
}

static const struct value *sort(const struct fold *f)
{
    const struct value *list = as_list(f);
    if (!list) return NULL;
    if (list->kind != V_LIST || !value_is_const(list)) return fold_unknown(f);
    const struct value **items = ARENA_ARRAY(f->a, const struct value *, list->count);
    if (!items) return NULL;
    for (uint32_t i = 0; i < list->count; i++) items[i] = list->items[i];
    if (list->count) qsort(items, list->count, sizeof *items, by_text);
    const struct value *v = value_list(f->a, items, list->count, list->tags);
    const struct value *back = fold_arg(f, 0, S("reverse"));
    struct fold turn = {.a = f->a, .in = {v}, .n = 1};
    return v && back && back->num ? reversed(&turn) : v;
}

/* ---- the rest ---- */

static const struct value *same(const struct fold *f)
{
    return subject(f);
}

static const struct value *fallback(const struct fold *f)
{
    const struct value *other = fold_arg(f, 0, S("default_value"));
    if (!other) other = value_str(f->a, S(""), 0);
    if (!other) return NULL;
    return value_is_const(subject(f)) ? subject(f) : value_join(f->a, subject(f), other);
}

static const struct value *to_int(const struct fold *f)
{
    const struct value *v = subject(f);
    int64_t n;
    if (v->kind == V_INT || v->kind == V_BOOL) return value_int(f->a, v->num, v->tags);
    if (v->kind == V_STR && num_i64(slice_trim(v->str), &n)) return value_int(f->a, n, v->tags);
    return value_unknown(f->a, v->tags);
}

/* One % directive at s[at] (behind the %): its length, letter and whether it asks for too much. */
static size_t directive(struct slice s, size_t at, uint8_t *ret_letter, bool *ret_huge)
{
    size_t i = at;
    uint64_t width = 0;
    if (i < s.n && s.p[i] == '(')
        while (i < s.n && s.p[i++] != ')') {
        }
    for (; i < s.n && strchr("-+ #0123456789.*", s.p[i]) && s.p[i]; i++) {
        width = ascii_digit(s.p[i]) ? width * 10 + (uint64_t)(s.p[i] - '0') : 0;
        if (width > 1000000) {
            *ret_huge = true;
            width = 0;
        }
    }
    *ret_letter = i < s.n ? s.p[i] : 0;
    return i - at + 1;
}

static bool put_argument(const struct fold *f, const struct value *v, uint8_t letter,
                         struct buf *out)
{
    struct slice text;
    if (!v) return false;
    if (letter == 'c' && v->kind == V_INT && v->num >= 0 && v->num < 128) {
        buf_byte(out, (uint8_t)v->num);
        return true;
    }
    if (!value_text(f->a, v, &text)) return false;
    if ((letter == 'x' || letter == 'X' || letter == 'o') && v->kind == V_INT)
        buf_printf(out, letter == 'o' ? "%llo" : "%llx", (unsigned long long)v->num);
    else
        buf_add(out, text);
    return true;
}

/* '%s%c' | format(...) and '%s' % ... */
static const struct value *format(const struct fold *f)
{
    struct slice s;
    struct buf out;
    unsigned used = 0;
    bool known = text_of(f, &s), huge = false, chars = false;
    if (!known) return fold_unknown(f);
    buf_init(&out, VALUE_STR_MAX);
    for (size_t i = 0; i < s.n; i++) {
        uint8_t letter = 0;
        if (s.p[i] != '%') {
            buf_byte(&out, s.p[i]);
            continue;
        }
        i += directive(s, i + 1, &letter, &huge);
        chars |= letter == 'c';
        if (letter == '%')
            buf_byte(&out, '%');
        else
            known &= put_argument(f, used + 1 < f->n ? f->in[++used] : NULL, letter, &out);
    }
    const struct value *v = fold_unknown(f);
    if (v && known && buf_ok(&out))
        v = value_str(f->a, arena_copy(f->a, buf_slice(&out)), v->tags & ~(unsigned)TAG_BUILT);
    if (v && (huge || (chars && !known)))
        v = value_tagged(f->a, v, (huge ? TAG_HUGE : 0u) | (chars && !known ? TAG_BUILT : 0u));
    buf_done(&out);
    return v;
}

/* '{}{x}'.format(...): plain fields only; anything else stays unknown. */
static const struct value *format_braces(const struct fold *f)
{
    struct slice s;
    struct buf out;
    unsigned next = 0;
    bool known = text_of(f, &s), huge = false;
    if (!known) return fold_unknown(f);
    buf_init(&out, VALUE_STR_MAX);
    for (size_t i = 0; i < s.n && known; i++) {
        size_t end = s.p[i] == '{' ? slice_find_byte(slice_sub(s, i, s.n), '}') : SIZE_MAX;
        if (end == SIZE_MAX) {
            buf_byte(&out, s.p[i]);
            continue;
        }
        struct slice field = slice_sub(s, i + 1, end - 1), spec = field;
        uint64_t number = 0;
        size_t colon = slice_find_byte(field, ':');
        if (colon != SIZE_MAX) field = slice_sub(field, 0, colon);
        spec = colon == SIZE_MAX ? S("") : slice_sub(spec, colon + 1, spec.n);
        huge |= spec.n > 6;
        bool indexed = field.n && num_u64(field, &number) && number < FOLD_MAX;
        const struct value *v = !field.n  ? fold_arg(f, next++, S(""))
                                : indexed ? fold_arg(f, (unsigned)number, S(""))
                                          : fold_arg(f, FOLD_MAX, field);
        known = put_argument(f, v, spec.n ? spec.p[spec.n - 1] : 's', &out);
        i += end;
    }
    const struct value *v = fold_unknown(f);
    if (v && known && buf_ok(&out))
        v = value_str(f->a, arena_copy(f->a, buf_slice(&out)), v->tags & ~(unsigned)TAG_BUILT);
    if (v && huge) v = value_tagged(f->a, v, TAG_HUGE);
    buf_done(&out);
    return v;
}

static const struct value *get(const struct fold *f)
{
    const struct value *key = fold_arg(f, 0, S("")), *other = fold_arg(f, 1, S(""));
    struct fold index = {.a = f->a, .in = {subject(f), key}, .n = 2};
    if (!key) return fold_unknown(f);
    const struct value *v = subject(f)->kind == V_DICT ? fold_index(&index) : fold_unknown(f);
    return v && other ? value_join(f->a, v, other) : v;
}

/* A truth value or a number about a text: nothing of the text is in it, but it may be a trigger. */
static const struct value *about(const struct fold *f)
{
    const struct value *v = fold_unknown(f);
    return v ? value_unknown(f->a, v->tags & ~(unsigned)(TAG_BUILT | TAG_UNDER | TAG_ENGINE))
             : NULL;
}

struct row {
    const char *name;
    fold_fn *fn;
};

static const struct row filters[] = {
    {"lower", change_case}, {"upper", change_case},
    {"title", change_case}, {"capitalize", change_case},
    {"trim", strip},        {"replace", replace},
    {"reverse", reversed},  {"string", to_text},
    {"e", to_text},         {"escape", to_text},
    {"safe", same},         {"forceescape", to_text},
    {"striptags", to_text}, {"urlencode", url_encode},
    {"center", pad},        {"indent", pad},
    {"wordwrap", same},     {"truncate", same},
    {"list", as_list},      {"first", end_item},
    {"last", end_item},     {"random", some_item},
    {"min", some_item},     {"max", some_item},
    {"join", join},         {"length", length},
    {"count", length},      {"split", split},
    {"map", map},           {"select", as_list},
    {"reject", as_list},    {"unique", as_list},
    {"sort", sort},         {"items", pairs_of},
    {"dictsort", pairs_of}, {"default", fallback},
    {"d", fallback},        {"int", to_int},
    {"abs", same},          {"format", format},
    {"tojson", to_text},    {"wordcount", about},
};

static const struct row methods[] = {
    {"lower", change_case},
    {"upper", change_case},
    {"title", change_case},
    {"capitalize", change_case},
    {"swapcase", change_case},
    {"casefold", change_case},
    {"strip", strip},
    {"lstrip", strip},
    {"rstrip", strip},
    {"replace", replace},
    {"join", join},
    {"split", split},
    {"format", format_braces},
    {"center", pad},
    {"ljust", pad},
    {"rjust", pad},
    {"zfill", pad},
    {"keys", as_list},
    {"values", values_of},
    {"items", pairs_of},
    {"get", get},
    {"pop", some_item},
    {"copy", same},
    {"encode", same},
    {"decode", same},
    {"startswith", about},
    {"endswith", about},
    {"find", about},
    {"rfind", about},
    {"index", about},
    {"count", about},
    {"isdigit", about},
    {"isalpha", about},
};

static const struct value *by_name(const struct row *rows, size_t count, const struct fold *f)
{
    for (size_t i = 0; i < count; i++)
        if (slice_eq(f->name, slice_str(rows[i].name))) return rows[i].fn(f);
    return fold_unknown(f);
}

const struct value *fold_filter(const struct fold *f)
{
    return by_name(filters, COUNT_OF(filters), f);
}

const struct value *fold_method(const struct fold *f)
{
    struct fold renamed = *f;
    if (slice_eq(f->name, S("join"))) {
        renamed.name = S("join.");
        return join(&renamed);
    }
    return by_name(methods, COUNT_OF(methods), f);
}
