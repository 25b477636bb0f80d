/* SPDX-License-Identifier: Apache-2.0 */
/* version.c - one version: parsing and order (PEP 440, "Version specifiers", and its appendix B).
 *
 *    v [N!] N(.N)* [{a|b|rc}N] [.postN | -N] [.devN] [+local]
 *
 * Words may be spelt in many ways (alpha, c, pre, preview; rev, r), separated by ., - or _ or
 * nothing, in any case; a number that is left out is 0. */
#include "detect/package/version.h"
#include "base/ascii.h"
#include "base/st.h"

struct scan {
    struct slice s;
    size_t at;
};

static uint8_t peek(const struct scan *c, size_t ahead)
{
    return c->at + ahead < c->s.n ? c->s.p[c->at + ahead] : 0;
}

static bool is_sep(uint8_t c)
{
    return c == '.' || c == '-' || c == '_';
}

/* Digits; a number too large for us is the largest. */
static bool number(struct scan *c, uint64_t *ret)
{
    uint64_t n = 0;
    size_t from = c->at;
    for (; ascii_digit(peek(c, 0)); c->at++) {
        uint64_t digit = (uint64_t)(peek(c, 0) - '0');
        n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
    }
    if (c->at > from) *ret = n;
    return c->at > from;
}

static bool word(struct scan *c, const char *w)
{
    size_t n = strlen(w);
    if (!slice_eq_nocase(slice_sub(c->s, c->at, n), slice_of(w, n))) return false;
    c->at += n;
    return true;
}

/* [sep] word [sep] [number]; the longest words stand first. */
static bool label(struct scan *c, const char *const *words, size_t count, size_t *ret_word,
                  uint64_t *ret)
{
    struct scan start = *c;
    if (is_sep(peek(c, 0))) c->at++;
    for (size_t i = 0; i < count; i++) {
        if (!word(c, words[i])) continue;
        size_t behind = c->at;
        if (is_sep(peek(c, 0))) c->at++;
        *ret = 0;
        if (!number(c, ret)) c->at = behind;
        *ret_word = i;
        return true;
    }
    *c = start;
    return false;
}

static void read_pre(struct scan *c, struct version *v)
{
    static const char *const words[] = {"alpha", "a", "beta", "b", "preview", "pre", "c", "rc"};
    static const char kinds[] = "aabbcccc";
    size_t which;
    if (label(c, words, COUNT_OF(words), &which, &v->pre_n)) v->pre = kinds[which];
}

static void read_post(struct scan *c, struct version *v)
{
    static const char *const words[] = {"post", "rev", "r"};
    size_t which, start = c->at;
    if (peek(c, 0) == '-') {
        c->at++;
        if (number(c, &v->post_n)) {
            v->post = true;
            return;
        }
        c->at = start;
    }
    if (label(c, words, COUNT_OF(words), &which, &v->post_n)) v->post = true;
}

static void read_dev(struct scan *c, struct version *v)
{
    static const char *const words[] = {"dev"};
    size_t which;
    if (label(c, words, COUNT_OF(words), &which, &v->dev_n)) v->dev = true;
}

static void read_local(struct scan *c, struct version *v)
{
    size_t from = c->at + 1, end = from;
    if (peek(c, 0) != '+') return;
    for (size_t i = from; i < c->s.n; i++) {
        bool sep = is_sep(c->s.p[i]);
        if (!ascii_alnum(c->s.p[i]) && !sep) break;
        if (sep && (i == from || is_sep(c->s.p[i - 1]))) break;
        if (!sep) end = i + 1;
    }
    if (end == from) return;
    v->local = slice_sub(c->s, from, end - from);
    c->at = end;
}

static bool read_release(struct scan *c, struct version *v)
{
    uint64_t n = 0;
    if (word(c, "v")) {
    }
    if (!number(c, &n)) return false;
    if (peek(c, 0) == '!' && ascii_digit(peek(c, 1))) {
        v->epoch = n;
        c->at++;
        (void)number(c, &n);
    }
    v->release[v->parts++] = n;
    while (peek(c, 0) == '.' && ascii_digit(peek(c, 1))) {
        c->at++;
        (void)number(c, &n);
        if (v->parts < VERSION_PARTS) v->release[v->parts++] = n;
    }
    return true;
}

static bool parse(struct slice text, struct version *ret, size_t *ret_end)
{
    struct scan c = {text, 0};
    struct version v = {.text = text};
    if (!read_release(&c, &v)) return false;
    read_pre(&c, &v);
    read_post(&c, &v);
    read_dev(&c, &v);
    read_local(&c, &v);
    *ret = v;
    *ret_end = c.at;
    return true;
}

bool version_parse(struct slice text, struct version *ret)
{
    struct version v;
    size_t end = 0;
    text = slice_trim(text);
    if (!parse(text, &v, &end) || end != text.n) return false;
    *ret = v;
    return true;
}

bool version_parse_loose(struct slice text, struct version *ret)
{
    size_t end = 0;
    text = slice_trim(text);
    while (text.n && !ascii_alnum(text.p[0])) text = slice_sub(text, 1, text.n);
    if (!parse(text, ret, &end)) return false;
    ret->text = slice_sub(text, 0, end);
    return true;
}

/* ---- order ---- */

static int cmp_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int cmp_release(const struct version *a, const struct version *b)
{
    for (size_t i = 0; i < VERSION_PARTS; i++) /* parts that are not there are 0 */
        if (a->release[i] != b->release[i]) return cmp_u64(a->release[i], b->release[i]);
    return 0;
}

/* Without anything but .dev it comes before all pre-releases, without all of them behind. */
static int pre_rank(const struct version *v)
{
    if (v->pre) return v->pre - 'a' + 1;
    return v->dev && !v->post ? 0 : 4;
}

static bool all_digits(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_digit(s.p[i])) return false;
    return s.n > 0;
}

static int cmp_local_part(struct slice a, struct slice b)
{
    bool da = all_digits(a), db = all_digits(b);
    if (da != db) return da ? 1 : -1;
    if (da) {
        while (a.n > 1 && a.p[0] == '0') a = slice_sub(a, 1, a.n);
        while (b.n > 1 && b.p[0] == '0') b = slice_sub(b, 1, b.n);
        return a.n != b.n ? cmp_u64(a.n, b.n) : slice_cmp(a, b);
    }
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        int d = ascii_to_lower(a.p[i]) - ascii_to_lower(b.p[i]);
        if (d) return d < 0 ? -1 : 1;
    }
    return cmp_u64(a.n, b.n);
}

static struct slice local_part(struct slice *rest)
{
    size_t n = 0;
    while (n < rest->n && !is_sep(rest->p[n])) n++;
    struct slice part = slice_sub(*rest, 0, n);
    *rest = slice_sub(*rest, n + 1, rest->n);
    return part;
}

static int cmp_local(struct slice a, struct slice b)
{
    while (a.n && b.n) {
        struct slice pa = local_part(&a), pb = local_part(&b);
        int d = cmp_local_part(pa, pb);
        if (d) return d;
    }
    return cmp_u64(a.n > 0, b.n > 0);
}

static int cmp_public(const struct version *a, const struct version *b)
{
    int d = cmp_u64(a->epoch, b->epoch);
    if (!d) d = cmp_release(a, b);
    if (!d) d = cmp_u64((uint64_t)pre_rank(a), (uint64_t)pre_rank(b));
    if (!d && a->pre) d = cmp_u64(a->pre_n, b->pre_n);
    if (!d) d = cmp_u64(a->post, b->post);
    if (!d && a->post) d = cmp_u64(a->post_n, b->post_n);
    if (!d) d = cmp_u64(!a->dev, !b->dev);
    if (!d && a->dev) d = cmp_u64(a->dev_n, b->dev_n);
    return d;
}

int version_cmp(const struct version *a, const struct version *b)
{
    int d = cmp_public(a, b);
    return d ? d : cmp_local(a->local, b->local);
}

bool version_is_pre(const struct version *v)
{
    return v->pre || v->dev;
}

/* ---- edges ---- */

static int cmp_edges(const struct version_edge *a, const struct version_edge *b)
{
    int d = cmp_public(&a->v, &b->v);
    if (!d) d = cmp_u64(a->side > 0, b->side > 0);
    if (!d && a->side <= 0) d = cmp_local(a->v.local, b->v.local);
    if (!d) d = (a->side > b->side) - (a->side < b->side);
    return d;
}

int version_edge_cmp(const struct version_edge *a, const struct version_edge *b)
{
    return cmp_edges(a, b);
}

bool version_in_span(const struct version *v, const struct version_span *s)
{
    struct version_edge before = {.v = *v, .side = -1};
    if (!s->low.none && cmp_edges(&before, &s->low) < 0) return false;
    return s->high.none || cmp_edges(&before, &s->high) < 0;
}

bool version_spans_meet(const struct version_span *a, const struct version_span *b)
{
    const struct version_edge *low = &a->low, *high = &a->high;
    if (low->none || (!b->low.none && cmp_edges(&b->low, low) > 0)) low = &b->low;
    if (high->none || (!b->high.none && cmp_edges(&b->high, high) < 0)) high = &b->high;
    return low->none || high->none || cmp_edges(low, high) < 0;
}
