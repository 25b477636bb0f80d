/* SPDX-License-Identifier: Apache-2.0 */
/* specifier.c - sets of versions: ">=2.0,<3 || ==1.9.*".
 * One reader for all dialects: an operator, a version, a comma or blanks. They differ in what a
 * bare version, = and ~ mean, and in whether < reaches down to the pre-releases of its bound. */
#include "detect/package/version.h"
#include "base/ascii.h"

#define CLAUSES_MAX 16

enum op {
    OP_EQ,
    OP_PREFIX, /* ==1.2.* */
    OP_NE,
    OP_NOT_PREFIX,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_COMPATIBLE, /* ~=1.2 */
    OP_CARET,      /* ^1.2 */
    OP_TILDE,      /* ~1.2 */
    OP_SAME,       /* ===x */
    OP_ANY,        /* *, x, latest */
};

struct clause {
    enum op op;
    struct version v;
    struct slice text;
};

struct clauses {
    struct clause list[CLAUSES_MAX];
    size_t count;
    bool unknown;
};

static bool ends_token(uint8_t c)
{
    return c == ',' || c == ';' || c == ')' || ascii_space(c);
}

static bool is_op(uint8_t c)
{
    return c == '<' || c == '>' || c == '=' || c == '!' || c == '~' || c == '^';
}

static struct slice take(struct slice *s, size_t n)
{
    struct slice part = slice_sub(*s, 0, n);
    *s = slice_sub(*s, n, s->n);
    return part;
}

/* The next operator and version; false at the end. */
static bool token(struct slice *rest, struct slice *op, struct slice *text)
{
    size_t n = 0;
    while (rest->n && (ends_token(rest->p[0]) || rest->p[0] == '(')) (void)take(rest, 1);
    if (!rest->n) return false;
    while (n < rest->n && is_op(rest->p[n])) n++;
    *op = take(rest, n);
    while (rest->n && ascii_space(rest->p[0])) (void)take(rest, 1);
    for (n = 0;
         n < rest->n && !ends_token(rest->p[n]) && (!is_op(rest->p[n]) || rest->p[n] == '!');)
        n++;
    *text = take(rest, n);
    return op->n || text->n;
}

/* Does it end in .* or .x, and what stands before it? */
static bool cut_star(struct slice *text)
{
    bool star = false;
    for (;;) {
        uint8_t last = text->n ? text->p[text->n - 1] : 0;
        bool wild = last == '*' || last == 'x' || last == 'X';
        if (!wild || (text->n > 1 && text->p[text->n - 2] != '.')) return star;
        *text = slice_sub(*text, 0, text->n - (text->n > 1 ? 2 : 1));
        star = true;
    }
}

static enum op bare(struct slice text, const struct version *v, enum version_dialect how)
{
    (void)text;
    return how == VERSIONS_NPM && v->parts < 3 ? OP_PREFIX : OP_EQ;
}

static bool op_of(struct slice op, enum version_dialect how, const struct version *v, enum op *ret)
{
    static const struct {
        const char *text;
        enum op op;
    } ops[] = {{"==", OP_EQ},   {"!=", OP_NE},   {"<", OP_LT},          {"<=", OP_LE},
               {">", OP_GT},    {">=", OP_GE},   {"~=", OP_COMPATIBLE}, {"^", OP_CARET},
               {"~", OP_TILDE}, {"===", OP_SAME}};
    *ret = bare(op, v, how);
    if (!op.n) return true;
    if (slice_eq(op, S("="))) {
        *ret = how == VERSIONS_CONDA ? OP_PREFIX : *ret;
        return true;
    }
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (!slice_eq(op, slice_str(ops[i].text))) continue;
        *ret = ops[i].op;
        return true;
    }
    return false;
}

static bool read_clause(struct slice op, struct slice text, enum version_dialect how,
                        struct clause *ret)
{
    struct slice name = text;
    bool star = cut_star(&name), npm = how == VERSIONS_NPM;
    *ret = (struct clause){.text = text, .op = OP_ANY};
    if (star && !name.n) return true; /* ==* */
    if (slice_eq(text, S("latest")) || slice_eq(text, S("next"))) return npm;
    if (slice_eq(op, S("==="))) {
        ret->op = OP_SAME;
        (void)version_parse_loose(text, &ret->v);
        return text.n > 0;
    }
    if (!version_parse_loose(name, &ret->v)) return false;
    if (!op_of(op, how, &ret->v, &ret->op)) return false;
    if (star && ret->op == OP_EQ) ret->op = OP_PREFIX;
    if (star && ret->op == OP_NE) ret->op = OP_NOT_PREFIX;
    return true;
}

/* "1.2 - 2.3" of npm: the hyphen says that the one before is >= and the next <=. */
static void hyphens(struct clauses *c, bool *pending, bool hyphen)
{
    if (*pending && c->count) c->list[c->count - 1].op = OP_LE;
    *pending = hyphen;
    if (hyphen && c->count) c->list[c->count - 1].op = OP_GE;
}

static void read_clauses(struct slice set, enum version_dialect how, struct clauses *ret)
{
    struct slice op, text;
    bool pending = false;
    ret->count = 0;
    ret->unknown = false;
    while (token(&set, &op, &text)) {
        bool hyphen = how == VERSIONS_NPM && !op.n && slice_eq(text, S("-"));
        if (!hyphen && ret->count == CLAUSES_MAX) ret->unknown = true;
        if (!hyphen && ret->count < CLAUSES_MAX) {
            if (read_clause(op, text, how, &ret->list[ret->count]))
                ret->count++;
            else
                ret->unknown = true;
        }
        if (pending || hyphen) hyphens(ret, &pending, hyphen);
    }
}

bool version_next(struct slice *rest, struct slice *ret)
{
    if (!rest->p) return false;
    size_t bar = slice_find_byte(*rest, '|');
    *ret = slice_trim(slice_sub(*rest, 0, bar));
    if (bar == SIZE_MAX)
        *rest = (struct slice){NULL, 0};
    else
        *rest = slice_sub(*rest, bar + (bar + 1 < rest->n && rest->p[bar + 1] == '|' ? 2 : 1),
                          SIZE_MAX);
    return true;
}

/* ---- edges of one clause ---- */

static struct version_edge edge(const struct version *v, int8_t side)
{
    return (struct version_edge){.v = *v, .side = side};
}

/* Before everything whose release begins with the first n parts of v, the last of them one higher.
 */
static struct version_edge before_release(const struct version *v, size_t n, uint64_t up)
{
    struct version w = {.text = v->text, .epoch = v->epoch, .dev = true, .parts = (uint8_t)n};
    for (size_t i = 0; i < n && i < VERSION_PARTS; i++) w.release[i] = v->release[i];
    if (n && w.release[n - 1] <= UINT64_MAX - up) w.release[n - 1] += up;
    return edge(&w, -1);
}

static struct version_edge below(const struct version *v, enum version_dialect how)
{
    if (how == VERSIONS_OSV || version_is_pre(v) || v->post) return edge(v, -1);
    struct version_edge e = before_release(v, v->parts, 0);
    e.v.text = v->text;
    return e;
}

static struct version_edge above(const struct version *v, enum version_dialect how)
{
    struct version_edge e = edge(v, 1);
    if (how == VERSIONS_OSV || v->post || version_is_pre(v)) return e;
    e.v.post = true; /* >1.0 is not 1.0.post1 */
    e.v.post_n = UINT64_MAX;
    return e;
}

/* How many parts of the release a caret keeps: up to the first that is not 0. */
static size_t caret_parts(const struct version *v)
{
    for (size_t i = 0; i < v->parts; i++)
        if (v->release[i]) return i + 1;
    return v->parts;
}

static void narrow(struct version_span *s, const struct version_edge *low,
                   const struct version_edge *high)
{
    if (low && (s->low.none || version_edge_cmp(low, &s->low) > 0)) s->low = *low;
    if (high && (s->high.none || version_edge_cmp(high, &s->high) < 0)) s->high = *high;
}

static void apply(const struct clause *c, enum version_dialect how, struct version_span *s)
{
    struct version_edge low = edge(&c->v, -1), high = edge(&c->v, 1);
    size_t parts = c->v.parts;
    switch (c->op) {
    case OP_EQ:
    case OP_SAME:
        if (c->v.local.n) high.side = 0;
        narrow(s, &low, &high);
        break;
    case OP_PREFIX:
        low = before_release(&c->v, parts, 0);
        high = before_release(&c->v, parts, 1);
        narrow(s, &low, &high);
        break;
    case OP_LT:
        high = below(&c->v, how);
        narrow(s, NULL, &high);
        break;
    case OP_LE: narrow(s, NULL, &high); break;
    case OP_GT:
        low = above(&c->v, how);
        narrow(s, &low, NULL);
        break;
    case OP_GE: narrow(s, &low, NULL); break;
    case OP_COMPATIBLE:
        high = before_release(&c->v, parts > 1 ? parts - 1 : 1, 1);
        narrow(s, &low, &high);
        break;
    case OP_CARET:
        high = before_release(&c->v, caret_parts(&c->v), 1);
        narrow(s, &low, &high);
        break;
    case OP_TILDE:
        high = before_release(&c->v, parts > 2 ? 2 : parts, 1);
        narrow(s, &low, &high);
        break;
    case OP_NE:
    case OP_NOT_PREFIX:
    case OP_ANY: break;
    }
}

bool version_span(struct slice set, enum version_dialect how, struct version_span *ret)
{
    struct clauses c;
    read_clauses(set, how, &c);
    ret->low = (struct version_edge){.none = true};
    ret->high = (struct version_edge){.none = true};
    for (size_t i = 0; i < c.count; i++) apply(&c.list[i], how, ret);
    return !c.unknown;
}

bool version_exact(struct slice set, enum version_dialect how, struct version *ret)
{
    struct clauses c;
    read_clauses(set, how, &c);
    if (c.unknown || slice_find_byte(set, '|') != SIZE_MAX) return false;
    for (size_t i = 0; i < c.count; i++) {
        const struct clause *l = &c.list[i];
        /* =1.26.4 of conda leaves nothing but a fourth part open */
        bool conda = how == VERSIONS_CONDA && l->op == OP_PREFIX && l->v.parts >= 3 &&
                     !slice_ends(l->text, S("*"));
        if (l->op != OP_EQ && l->op != OP_SAME && !conda) continue;
        *ret = l->v;
        return l->v.parts > 0;
    }
    return false;
}

bool version_bounded(struct slice set, enum version_dialect how)
{
    struct clauses c;
    read_clauses(set, how, &c);
    for (size_t i = 0; i < c.count; i++)
        if (c.list[i].op != OP_ANY && c.list[i].op != OP_NE && c.list[i].op != OP_NOT_PREFIX)
            return true;
    return false;
}

/* ---- one version ---- */

static bool same_release(const struct version *a, const struct version *b)
{
    if (a->epoch != b->epoch) return false;
    for (size_t i = 0; i < VERSION_PARTS; i++)
        if (a->release[i] != b->release[i]) return false;
    return true;
}

static bool has_prefix(const struct version *v, const struct version *prefix, size_t parts)
{
    if (v->epoch != prefix->epoch) return false;
    for (size_t i = 0; i < parts; i++)
        if (v->release[i] != prefix->release[i]) return false;
    return true;
}

/* ==2.0a1.* names a pre-release's kind, too. */
static bool matches_prefix(const struct version *v, const struct version *prefix)
{
    if (!has_prefix(v, prefix, prefix->parts)) return false;
    if (!prefix->pre && !prefix->post) return true;
    for (size_t i = prefix->parts; i < VERSION_PARTS; i++)
        if (v->release[i]) return false;
    if (v->pre != prefix->pre || (v->pre && v->pre_n != prefix->pre_n)) return false;
    return !prefix->post || (v->post && v->post_n == prefix->post_n);
}

static bool equals(const struct version *v, const struct version *spec)
{
    struct version w = *v;
    if (!spec->local.n) w.local = (struct slice){NULL, 0};
    return version_cmp(&w, spec) == 0;
}

static bool less(const struct version *v, const struct version *spec, enum version_dialect how)
{
    if (version_cmp(v, spec) >= 0) return false;
    if (how == VERSIONS_OSV) return true;
    return version_is_pre(spec) || !version_is_pre(v) || !same_release(v, spec);
}

static bool greater(const struct version *v, const struct version *spec, enum version_dialect how)
{
    if (version_cmp(v, spec) <= 0) return false;
    if (how == VERSIONS_OSV) return v->local.n == 0 || !equals(v, spec);
    if (!spec->post && v->post && same_release(v, spec)) return false;
    return v->local.n == 0 || !same_release(v, spec);
}

static bool clause_holds(const struct clause *c, enum version_dialect how, const struct version *v)
{
    struct version public = *v;
    struct version_span s = {.low.none = true, .high.none = true};
    public.local = (struct slice){NULL, 0};
    switch (c->op) {
    case OP_EQ: return equals(v, &c->v);
    case OP_NE: return !equals(v, &c->v);
    case OP_PREFIX: return matches_prefix(v, &c->v);
    case OP_NOT_PREFIX: return !matches_prefix(v, &c->v);
    case OP_LT: return less(v, &c->v, how);
    case OP_LE: return version_cmp(&public, &c->v) <= 0;
    case OP_GT: return greater(v, &c->v, how);
    case OP_GE: return version_cmp(&public, &c->v) >= 0;
    case OP_COMPATIBLE:
        return c->v.parts > 1 && version_cmp(&public, &c->v) >= 0 &&
               has_prefix(v, &c->v, (size_t)c->v.parts - 1);
    case OP_SAME: return slice_eq_nocase(c->text, v->text);
    case OP_CARET:
    case OP_TILDE: apply(c, how, &s); return version_in_span(v, &s);
    case OP_ANY: return true;
    }
    return false;
}

static bool wants_pre(const struct clauses *c)
{
    for (size_t i = 0; i < c->count; i++) {
        enum op op = c->list[i].op;
        if (op != OP_NE && op != OP_NOT_PREFIX && op != OP_ANY && op != OP_LT && op != OP_GT &&
            version_is_pre(&c->list[i].v))
            return true;
    }
    return false;
}

static bool matches_all(struct slice set, enum version_dialect how, const struct version *v,
                        bool pre)
{
    struct clauses c;
    read_clauses(set, how, &c);
    if (c.unknown) return false;
    if (!pre && version_is_pre(v) && !wants_pre(&c)) return false;
    for (size_t i = 0; i < c.count; i++)
        if (!clause_holds(&c.list[i], how, v)) return false;
    return true;
}

bool version_matches(struct slice set, enum version_dialect how, const struct version *v, bool pre)
{
    struct slice one;
    while (version_next(&set, &one))
        if (matches_all(one, how, v, pre)) return true;
    return false;
}

bool version_admits(struct slice specifiers, struct slice below_set)
{
    struct slice one, other, rest;
    struct version v;
    struct version_span a, b;
    if (!specifiers.p) specifiers = S("");
    if (version_exact(specifiers, VERSIONS_PYPI, &v))
        return version_matches(below_set, VERSIONS_OSV, &v, true);
    while (version_next(&specifiers, &one)) {
        (void)version_span(one, VERSIONS_PYPI, &a);
        for (rest = below_set; version_next(&rest, &other);) {
            (void)version_span(other, VERSIONS_OSV, &b);
            if (version_spans_meet(&a, &b)) return true;
        }
    }
    return false;
}

bool version_reaches_top(struct slice ranges, const struct version_span *span)
{
    struct slice one;
    struct version_span s;
    while (version_next(&ranges, &one)) {
        (void)version_span(one, VERSIONS_OSV, &s);
        if (!version_spans_meet(&s, span)) continue;
        if (s.high.none) return true;
        if (!span->high.none && version_edge_cmp(&s.high, &span->high) >= 0) return true;
    }
    return false;
}

bool version_forces(struct slice specifiers, struct slice below_set)
{
    struct slice one;
    struct version v;
    struct version_span a;
    bool any = false;
    if (!specifiers.p) specifiers = S("");
    if (version_exact(specifiers, VERSIONS_PYPI, &v))
        return version_matches(below_set, VERSIONS_OSV, &v, true);
    while (version_next(&specifiers, &one)) {
        (void)version_span(one, VERSIONS_PYPI, &a);
        if (!version_reaches_top(below_set, &a)) return false;
        any = true;
    }
    return any;
}
