/* SPDX-License-Identifier: Apache-2.0 */
/* numpy_header.c - the Python literal that describes an array.
 *
 *     dict   = { 'descr': type, 'fortran_order': bool, 'shape': (int, ...) }
 *     type   = 'string' | [ field, ... ]
 *     field  = ( name, type [, shape] )        name = 'string' | ('title', 'name')
 *
 * Types nest; the open lists are a small stack. */
#include "base/ascii.h"
#include "base/num.h"
#include "read/model/numpy_part.h"

#define NESTED_MAX 16u

enum token { T_END, T_BAD, T_STRING, T_INT, T_WORD, T_PUNCTUATION };

struct lexer {
    struct slice in;
    size_t at;
    enum token token;
    struct slice text; /* of a string: between its quotes */
    uint8_t mark;      /* of T_PUNCTUATION */
    const char *error;
};

static bool fail(struct lexer *l, const char *why)
{
    if (!l->error) l->error = why;
    return false;
}

static bool is_word(uint8_t c)
{
    return ascii_alnum(c) || c == '_';
}

/* Quotes without escapes inside; numpy writes backslashes only for odd field names. */
static enum token quoted(struct lexer *l, uint8_t quote)
{
    size_t from = l->at;
    for (; l->at < l->in.n && l->in.p[l->at] != quote; l->at++)
        if (l->in.p[l->at] == '\\') l->at++;
    if (l->at >= l->in.n) return T_BAD;
    l->text = slice_sub(l->in, from, l->at - from);
    l->at++;
    return T_STRING;
}

static enum token word(struct lexer *l)
{
    size_t from = l->at;
    while (l->at < l->in.n && is_word(l->in.p[l->at])) l->at++;
    l->text = slice_sub(l->in, from, l->at - from);
    if (l->text.p[0] > '9') return T_WORD;
    if (slice_ends(l->text, S("L"))) l->text.n--; /* Python 2 */
    return T_INT;
}

static enum token next(struct lexer *l)
{
    while (l->at < l->in.n && (l->in.p[l->at] == ' ' || l->in.p[l->at] == '\n')) l->at++;
    if (l->at >= l->in.n) return l->token = T_END;
    uint8_t c = l->in.p[l->at];
    if (is_word(c)) return l->token = word(l);
    l->at++;
    if (c == '\'' || c == '"') return l->token = quoted(l, c);
    l->mark = c;
    return l->token = strchr("()[]{},:", c) && c ? T_PUNCTUATION : T_BAD;
}

static bool is(const struct lexer *l, uint8_t mark)
{
    return l->token == T_PUNCTUATION && l->mark == mark;
}

/* Move on when the mark stands here. */
static bool take(struct lexer *l, uint8_t mark)
{
    if (!is(l, mark)) return false;
    next(l);
    return true;
}

/* An int or a tuple of them, from the current token on. */
static bool shape(struct lexer *l, uint64_t *dims, size_t room, size_t *ret_rank)
{
    size_t n = 0;
    bool tuple = take(l, '(');
    while (l->token == T_INT) {
        if (n == room || !num_u64(l->text, &dims[n++]))
            return fail(l, "a shape of too many or too large dimensions");
        next(l);
        if (!tuple || !take(l, ',')) break;
    }
    *ret_rank = n;
    if (tuple ? !take(l, ')') : n != 1) return fail(l, "shape is not a tuple of whole numbers");
    return true;
}

static bool product(const uint64_t *dims, size_t rank, uint64_t *ret)
{
    for (size_t i = 0; i < rank; i++)
        if (!num_mul(*ret, dims[i], ret)) return false;
    return true;
}

/* ---- types ---- */

struct kind {
    char letter;
    uint8_t unit;      /* bytes that the number counts */
    const char *sizes; /* the numbers that exist, as characters; NULL: any */
};

static const struct kind kinds[] = {
    {'b', 1, "\1"},
    {'?', 1, "\1"},
    {'i', 1, "\1\2\4\x08"},
    {'u', 1, "\1\2\4\x08"},
    {'f', 1, "\2\4\x08\x0c\x10"},
    {'c', 1, "\x08\x10\x18\x20"},
    {'m', 1, "\x08"},
    {'M', 1, "\x08"},
    {'S', 1, NULL},
    {'a', 1, NULL},
    {'V', 1, NULL},
    {'U', 4, NULL},
    {'O', 1, "\4\x08"},
    {'T', 1, "\x10"},
};

static enum dtype dtype_of(char kind, uint64_t size)
{
    static const struct {
        char kind;
        uint8_t size;
        enum dtype dtype;
    } rows[] = {
        {'b', 1, DT_BOOL}, {'?', 1, DT_BOOL}, {'i', 1, DT_I8},    {'i', 2, DT_I16},
        {'i', 4, DT_I32},  {'i', 8, DT_I64},  {'u', 1, DT_U8},    {'u', 2, DT_U16},
        {'u', 4, DT_U32},  {'u', 8, DT_U64},  {'f', 2, DT_F16},   {'f', 4, DT_F32},
        {'f', 8, DT_F64},  {'c', 8, DT_C64},  {'c', 16, DT_C128},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].kind == kind && rows[i].size == size) return rows[i].dtype;
    return DT_UNKNOWN;
}

/* "M8[ns]" without its unit. */
static struct slice without_unit(struct slice s)
{
    size_t bracket = slice_find_byte(s, '[');
    return bracket == SIZE_MAX ? s : slice_sub(s, 0, bracket);
}

/* '<f8' */
static bool simple_type(struct lexer *l, struct numpy_header *h, uint64_t *ret_size)
{
    struct slice s = l->text;
    bool big = slice_starts(s, S(">"));
    if (slice_eq(s, S("object"))) s = S("O");
    if (s.n && strchr("<>|=", s.p[0]) && s.p[0]) s = slice_sub(s, 1, s.n);
    const struct kind *k = NULL;
    for (size_t i = 0; i < COUNT_OF(kinds) && s.n; i++)
        if (s.p[0] == (uint8_t)kinds[i].letter) k = &kinds[i];
    if (!k) return fail(l, "a type that numpy does not have");
    struct slice digits = without_unit(slice_sub(s, 1, s.n));
    uint64_t size = k->letter == 'O' ? 8 : 1;
    if (digits.n && !num_u64(digits, &size)) return fail(l, "a type of no size");
    bool exists = !k->sizes || (size && size < 256 && strchr(k->sizes, (int)size));
    if (!exists || !num_mul(size, k->unit, ret_size) || *ret_size > INT32_MAX)
        return fail(l, "a type of a size that numpy does not have");
    h->objects |= k->letter == 'O';
    h->bytes = *ret_size == 1 || strchr("SaV", k->letter) != NULL;
    h->dtype = big && size > 1 ? DT_UNKNOWN : dtype_of(k->letter, size);
    next(l);
    return true;
}

struct open_list {
    uint64_t total; /* bytes of the fields so far */
};

/* From '(' to the type of a field. */
static bool field_begin(struct lexer *l)
{
    if (!take(l, '(')) return fail(l, "a record without fields");
    bool titled = take(l, '(');
    if (l->token != T_STRING) return fail(l, "a field without a name");
    next(l);
    if (titled) {
        if (!take(l, ',') || l->token != T_STRING) return fail(l, "a field without a name");
        next(l);
        if (!take(l, ')')) return fail(l, "a field without a name");
    }
    return take(l, ',') || fail(l, "a field without a type");
}

/* From behind the type of a field to the next '(' or ']'. */
static bool field_end(struct lexer *l, struct open_list *list, uint64_t size)
{
    uint64_t dims[NUMPY_RANK_MAX];
    size_t rank = 0;
    if (take(l, ',') && !is(l, ')') && !shape(l, dims, COUNT_OF(dims), &rank)) return false;
    if (!take(l, ')')) return fail(l, "a field that does not end");
    if (!product(dims, rank, &size) || !num_add(list->total, size, &list->total))
        return fail(l, "a record of a size that overflows");
    take(l, ',');
    return true;
}

/* Fields that end here, and the records that end with them; false in *ret_more: the type is whole.
 */
static bool close_fields(struct lexer *l, struct open_list *open, size_t *depth, uint64_t *size,
                         bool *ret_more)
{
    *ret_more = false;
    while (*depth) {
        if (!field_end(l, &open[*depth - 1], *size)) return false;
        if (!take(l, ']')) {
            *ret_more = true;
            return field_begin(l);
        }
        *size = open[--*depth].total;
    }
    return true;
}

static bool type(struct lexer *l, struct numpy_header *h)
{
    struct open_list open[NESTED_MAX];
    size_t depth = 0;
    bool more = true, record = is(l, '[');
    while (more) {
        if (l->token == T_STRING) {
            if (!simple_type(l, h, &h->itemsize)) return false;
            if (!close_fields(l, open, &depth, &h->itemsize, &more)) return false;
        } else if (depth < NESTED_MAX && take(l, '[')) {
            open[depth++] = (struct open_list){0};
            if (!field_begin(l)) return false;
        } else {
            return fail(l, "descr is not a type");
        }
    }
    if (record) h->dtype = DT_UNKNOWN;
    h->bytes &= !record;
    return true;
}

/* ---- the dictionary ---- */

enum key { KEY_DESCR = 1, KEY_ORDER = 2, KEY_SHAPE = 4, KEYS_ALL = 7 };

static bool order(struct lexer *l)
{
    bool truth = slice_eq(l->text, S("True")) || slice_eq(l->text, S("False"));
    if (l->token != T_WORD || !truth) return fail(l, "fortran_order is neither True nor False");
    next(l);
    return true;
}

static bool pair(struct lexer *l, struct numpy_header *h, unsigned *seen)
{
    if (l->token != T_STRING) return fail(l, "a key was expected");
    unsigned key = slice_eq(l->text, S("descr"))           ? KEY_DESCR
                   : slice_eq(l->text, S("fortran_order")) ? KEY_ORDER
                   : slice_eq(l->text, S("shape"))         ? KEY_SHAPE
                                                           : 0;
    if (!key) return fail(l, "a key that numpy does not have");
    if (*seen & key) fail(l, "a key that came before"); /* go on: objects may hide behind it */
    *seen |= key;
    next(l);
    if (!take(l, ':')) return fail(l, "a colon was expected");
    if (key == KEY_DESCR) return type(l, h);
    return key == KEY_ORDER ? order(l) : shape(l, h->shape, NUMPY_RANK_MAX, &h->rank);
}

bool numpy_header(struct slice literal, struct numpy_header *ret)
{
    struct lexer l = {.in = literal};
    unsigned seen = 0;
    *ret = (struct numpy_header){0};
    next(&l);
    bool ok = take(&l, '{') || fail(&l, "not a dictionary");
    while (ok && !is(&l, '}')) {
        ok = pair(&l, ret, &seen);
        if (ok && !take(&l, ',')) break;
    }
    if (ok && !take(&l, '}')) fail(&l, "the dictionary does not end");
    if (ok && l.token != T_END) fail(&l, "something follows the dictionary");
    if (ok && seen != KEYS_ALL) fail(&l, "descr, fortran_order or shape is missing");
    ret->error = l.error;
    return !l.error;
}
