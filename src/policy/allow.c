/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/allow.h"

static struct slice word(struct slice *rest)
{
    size_t n = 0;
    *rest = slice_trim(*rest);
    while (n < rest->n && rest->p[n] > ' ') n++;
    struct slice w = slice_sub(*rest, 0, n);
    *rest = slice_trim(slice_sub(*rest, n, rest->n));
    return w;
}

/* Without what closes a comment or a JSON string behind the reason. */
static struct slice without_end(struct slice s)
{
    static const char *const ends[] = {"#}", "-#}", "-->", "*/", "\",", "\""};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (slice_ends(s, slice_str(ends[i])))
            s = slice_trim(slice_sub(s, 0, s.n - strlen(ends[i])));
    return s;
}

bool allow_parse(struct slice line, struct allow *ret)
{
    size_t at = slice_find(line, S("merlon:"));
    if (at == SIZE_MAX) return false;
    struct slice rest = slice_sub(line, at + 7, line.n);
    if (!slice_eq(word(&rest), S("allow"))) return false;
    struct slice rule = without_end(word(&rest));
    struct slice because = slice_starts(rest, S("because")) ? slice_sub(rest, 7, rest.n) : S("");
    if (!rule.n || (because.n && because.p[0] > ' ')) return false;
    *ret = (struct allow){.rule = rule, .reason = without_end(slice_trim(because))};
    return true;
}

bool allow_covers(struct slice pattern, struct slice id)
{
    if (slice_ends(pattern, S("*"))) return slice_starts(id, slice_sub(pattern, 0, pattern.n - 1));
    return slice_eq(pattern, id);
}
