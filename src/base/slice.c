/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slice.h"
#include "base/ascii.h"

bool slice_inside(struct slice whole, struct slice part, size_t *ret)
{
    uintptr_t base = (uintptr_t)whole.p, at = (uintptr_t)part.p;
    if (!part.p || at < base || at - base > whole.n || part.n > whole.n - (at - base)) return false;
    if (ret) *ret = at - base;
    return true;
}

bool slice_eq(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || (a.p && b.p && memcmp(a.p, b.p, a.n) == 0));
}

bool slice_eq_nocase(struct slice a, struct slice b)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n && a.p && b.p; i++)
        if (ascii_to_lower(a.p[i]) != ascii_to_lower(b.p[i])) return false;
    return true;
}

int slice_cmp(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n && a.p && b.p ? memcmp(a.p, b.p, n) : 0;
    if (order) return order;
    return (a.n > b.n) - (a.n < b.n);
}

bool slice_starts(struct slice s, struct slice prefix)
{
    return s.n >= prefix.n && slice_eq(slice_sub(s, 0, prefix.n), prefix);
}

bool slice_ends(struct slice s, struct slice suffix)
{
    return s.n >= suffix.n && slice_eq(slice_sub(s, s.n - suffix.n, suffix.n), suffix);
}

bool slice_ends_nocase(struct slice s, struct slice suffix)
{
    return s.n >= suffix.n && slice_eq_nocase(slice_sub(s, s.n - suffix.n, suffix.n), suffix);
}

size_t slice_find(struct slice s, struct slice needle)
{
    if (needle.n == 0) return 0;
    const uint8_t *hit = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

size_t slice_find_byte(struct slice s, uint8_t byte)
{
    const uint8_t *hit = s.n ? memchr(s.p, byte, s.n) : NULL;
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

size_t slice_rfind_byte(struct slice s, uint8_t byte)
{
    const uint8_t *hit = s.n ? memrchr(s.p, byte, s.n) : NULL;
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

bool slice_has(struct slice s, struct slice needle)
{
    return slice_find(s, needle) != SIZE_MAX;
}

bool slice_has_nocase(struct slice s, struct slice needle)
{
    if (!needle.n) return true;
    uint8_t first = ascii_to_lower(needle.p[0]);
    for (size_t i = 0; i + needle.n <= s.n; i++)
        if (ascii_to_lower(s.p[i]) == first && slice_eq_nocase(slice_sub(s, i, needle.n), needle))
            return true;
    return false;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice slice_trim(struct slice s)
{
    while (s.n && is_space(s.p[0])) s = slice_sub(s, 1, s.n);
    while (s.n && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

bool slice_split(struct slice *rest, uint8_t sep, struct slice *ret_part)
{
    if (!rest->p) return false;
    size_t at = slice_find_byte(*rest, sep);
    if (at == SIZE_MAX) {
        *ret_part = *rest;
        *rest = (struct slice){NULL, 0};
        return true;
    }
    *ret_part = slice_sub(*rest, 0, at);
    *rest = slice_sub(*rest, at + 1, rest->n);
    return true;
}

/* Greedy match with one remembered star of each kind: the last ** may always take one more byte,
 * the last * as long as it does not cross a slash. */
bool slice_glob(struct slice pat, struct slice text)
{
    size_t p = 0, t = 0;
    size_t star = SIZE_MAX, star_t = 0, deep = SIZE_MAX, deep_t = 0;
    for (;;) {
        if (p < pat.n && pat.p[p] == '*') {
            bool is_deep = p + 1 < pat.n && pat.p[p + 1] == '*';
            p += is_deep ? 2 : 1;
            /* two stars and a slash also stand for no folder at all */
            if (is_deep && p < pat.n && pat.p[p] == '/' && (t == 0 || text.p[t - 1] == '/')) p++;
            if (is_deep)
                deep = p, deep_t = t, star = SIZE_MAX;
            else
                star = p, star_t = t;
            continue;
        }
        if (t == text.n && p == pat.n) return true;
        if (t < text.n && p < pat.n &&
            (pat.p[p] == text.p[t] || (pat.p[p] == '?' && text.p[t] != '/'))) {
            p++, t++;
        } else if (star != SIZE_MAX && star_t < text.n && text.p[star_t] != '/') {
            t = ++star_t, p = star;
        } else if (deep != SIZE_MAX && deep_t < text.n) {
            t = ++deep_t, p = deep, star = SIZE_MAX;
        } else {
            return false;
        }
    }
}
