/* SPDX-License-Identifier: Apache-2.0 */
/* links.c - see the header. An address is found by its "://", "//" or scheme; what stands before it
 * says whether a client fetches it by itself. */
#include "guard/judge/links.h"
#include "base/ascii.h"
#include "base/st.h"
#include "detect/data/urllist.h"

#define CARRY_LEAST 16u /* characters of one value that can be data */
#define PATH_LEAST  32u /* of one part of a path */

/* ---- where an address is ---- */

static bool ends_url(uint8_t c)
{
    return c <= ' ' || (c && strchr("<>\"'`|\\^{}", c));
}

static bool is_scheme(uint8_t c)
{
    return ascii_alnum(c) || c == '+' || c == '-' || c == '.';
}

/* In brackets the address ends with them, in quotes with the quote, blanks included. */
static uint8_t closing(struct slice t, size_t from)
{
    uint8_t before = from ? t.p[from - 1] : 0;
    if (before == '"' || before == '\'') {
        bool attribute = from >= 2 && (t.p[from - 2] == '=' || t.p[from - 2] == '(');
        return attribute ? before : 0;
    }
    if (before == '<') return '>';
    return before == '(' ? ')' : 0;
}

static size_t url_end(struct slice t, size_t from, bool *ret_whole)
{
    uint8_t close = closing(t, from);
    size_t most = t.n - from > LINK_MOST ? from + LINK_MOST : t.n, at = from, depth = 0;
    for (; at < most; at++) {
        uint8_t c = t.p[at];
        if (close == '"' || close == '\'' || close == '>') {
            if (c == close || c == '\n') break;
            continue;
        }
        if (close == ')' && c == '(') depth++;
        if (close == ')' && c == ')' && !depth--) break;
        if (ends_url(c)) break;
    }
    *ret_whole = at < t.n;
    while (!close && at > from && strchr(".,;:!?)]*_", t.p[at - 1]) && at < t.n) at--;
    return at;
}

/* ---- what stands before it ---- */

static size_t skip_back(struct slice t, size_t at, const char *which)
{
    while (at && t.p[at - 1] && strchr(which, t.p[at - 1])) at--;
    return at;
}

/* "![alt](": from the bracket back to the one that opened it. */
static bool is_markdown_image(struct slice t, size_t at)
{
    at = skip_back(t, at, "< \t");
    if (at < 2 || t.p[at - 1] != '(' || t.p[at - 2] != ']') return false;
    size_t depth = 1, low = at > LINK_BACK ? at - LINK_BACK : 0;
    for (size_t i = at - 2; i > low; i--) {
        depth += t.p[i - 1] == ']';
        depth -= t.p[i - 1] == '[';
        if (!depth) return i >= 2 && t.p[i - 2] == '!';
    }
    return false;
}

/* "[id]: " at the beginning of a line. Which image uses it may stand anywhere. */
static bool is_reference(struct slice t, size_t at)
{
    at = skip_back(t, at, "< \t");
    if (at < 3 || t.p[at - 1] != ':' || t.p[at - 2] != ']') return false;
    size_t low = at > LINK_BACK ? at - LINK_BACK : 0;
    for (size_t i = at - 2; i > low && t.p[i - 1] != '\n'; i--)
        if (t.p[i - 1] == '[') return i == 1 || t.p[skip_back(t, i - 1, " >\t-*") - 1] == '\n';
    return false;
}

static bool is_tag(struct slice tag)
{
    static const char *const fetching[] = {"<img",   "<iframe", "<video",  "<audio", "<source",
                                           "<embed", "<object", "<script", "<link",  "<input",
                                           "<image", "<body",   "<svg",    "<use",   "<track"};
    for (size_t i = 0; i < COUNT_OF(fetching); i++) {
        struct slice name = slice_str(fetching[i]);
        if (slice_eq_nocase(slice_sub(tag, 0, name.n), name)) return true;
    }
    return false;
}

/* <img ... src=", style="...url( */
static bool is_fetched_by_tag(struct slice t, size_t at)
{
    size_t end = skip_back(t, at, "\"' \t"), low = at > LINK_BACK ? at - LINK_BACK : 0;
    if (end >= 4 && slice_eq_nocase(slice_sub(t, end - 4, 4), S("url("))) return true;
    if (!end || t.p[end - 1] != '=') return false;
    for (size_t i = end; i > low; i--) {
        if (t.p[i - 1] == '>') return false;
        if (t.p[i - 1] == '<') return is_tag(slice_sub(t, i - 1, 12));
    }
    return false;
}

/* ---- what it says ---- */

struct url {
    struct slice whole, scheme, authority, host, rest; /* rest: from the path on */
};

static struct url take_apart(struct slice s)
{
    struct url u = {.whole = s};
    size_t colon = slice_find_byte(s, ':'), at = 0;
    size_t slash = slice_find_byte(s, '/');
    if (colon != SIZE_MAX && colon < slash) {
        u.scheme = slice_sub(s, 0, colon);
        at = colon + 1;
    }
    while (at < s.n && (s.p[at] == '/' || s.p[at] == '\\')) at++;
    size_t end = at;
    while (end < s.n && !strchr("/?#\\", s.p[end])) end++;
    u.authority = slice_sub(s, at, end - at);
    size_t sign = slice_rfind_byte(u.authority, '@');
    u.host = sign == SIZE_MAX ? u.authority : slice_sub(u.authority, sign + 1, s.n);
    if (!slice_starts(u.host, S("["))) {
        size_t port = slice_find_byte(u.host, ':');
        u.host = slice_sub(u.host, 0, port);
    }
    u.rest = slice_sub(s, end, s.n);
    return u;
}

static bool is_allowed(const struct link_policy *p, struct slice host)
{
    for (size_t i = 0; p && i < p->count; i++) {
        struct slice known = p->hosts[i];
        if (!slice_ends_nocase(host, known)) continue;
        if (host.n == known.n || host.p[host.n - known.n - 1] == '.') return true;
    }
    return false;
}

/* Has the query or fragment a value that is more than a number or a switch, or the path a part that
 * is longer than names are? */
static bool carries(struct slice rest, size_t least)
{
    bool query = false;
    size_t n = 0, letters = 0;
    for (size_t i = 0; i <= rest.n; i++) {
        uint8_t c = i < rest.n ? rest.p[i] : '&';
        bool stop =
            strchr(query ? "/?&#=;" : "/?&#=;-_.", c) != NULL; /* names of pages have joints */
        if (!stop) {
            n++;
            letters += !ascii_digit(c);
            continue;
        }
        if (letters && n >= (query ? least : PATH_LEAST) && c != '=') return true;
        if (c == '?' || c == '#') query = true;
        n = letters = 0;
    }
    return false;
}

static bool is_bad_scheme(struct slice scheme)
{
    static const char *const bad[] = {"javascript", "vbscript", "data",    "file",
                                      "blob",       "jar",      "ms-msdt", "search-ms"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (slice_eq_nocase(scheme, slice_str(bad[i]))) return true;
    return false;
}

static enum link_fault judge(const struct link_policy *p, const struct url *u, bool fetched)
{
    bool image = fetched && slice_eq_nocase(u->scheme, S("data")) &&
                 slice_eq_nocase(slice_sub(u->whole, 5, 6), S("image/"));
    if (is_bad_scheme(u->scheme)) return image ? LINK_FINE : LINK_SCHEME;
    if (!u->host.n || is_allowed(p, u->host)) return LINK_FINE;
    if (u->authority.n != u->host.n && slice_find_byte(u->authority, '@') != SIZE_MAX)
        return LINK_LOOKS;
    if (fetched) return carries(u->rest, 1) ? LINK_IMAGE : LINK_FETCH;
    if (carries(u->rest, CARRY_LEAST * 2)) return LINK_CARRY;
    switch (url_fault(u->whole)) {
    case URL_LOOKS:
    case URL_PUNY: return LINK_LOOKS;
    case URL_FINE: return LINK_FINE;
    default: return LINK_HOST;
    }
}

/* ---- the text ---- */

/* An address that begins in a place where only an address can stand: "](//host", "src='//host",
 * "](javascript:". */
static bool is_slot(struct slice t, size_t at)
{
    size_t end = skip_back(t, at, "\"'<");
    if (end >= 2 && t.p[end - 1] == '(' && t.p[end - 2] == ']') return true;
    if (end >= 5 && t.p[end - 1] == '=')
        return slice_eq_nocase(slice_sub(t, end - 4, 3), S("src")) ||
               slice_eq_nocase(slice_sub(t, end - 5, 4), S("href"));
    return end >= 4 && slice_eq_nocase(slice_sub(t, end - 4, 4), S("url("));
}

static bool is_url_here(struct slice t, size_t at, size_t *ret_from)
{
    uint8_t c = t.p[at];
    if (c != ':' && c != '/' && c != '\\') return false;
    size_t from = at;
    while (from && at - from < 24 && is_scheme(t.p[from - 1])) from--;
    while (from < at && !ascii_letter(t.p[from])) from++;
    struct slice scheme = slice_sub(t, from, at - from);
    *ret_from = c == ':' ? from : at;
    if (c != ':')
        return is_slot(t, at) && slice_has(S("// /\\ \\\\"), slice_sub(t, at, 2)) && at + 1 < t.n &&
               t.p[at + 1] != ' ';
    if (scheme.n < 2) return false;
    return slice_eq(slice_sub(t, at + 1, 2), S("//")) ||
           (is_bad_scheme(scheme) && is_slot(t, from));
}

size_t links_scan(const struct link_policy *policy, struct slice t, size_t at, bool whole,
                  link_fn *found, void *ctx)
{
    while (at < t.n) {
        size_t from;
        if (!is_url_here(t, at, &from)) {
            at++;
            continue;
        }
        bool ended;
        size_t to = url_end(t, from, &ended);
        if (!ended && !whole && to - from < LINK_MOST) return from;
        bool fetched =
            is_markdown_image(t, from) || is_reference(t, from) || is_fetched_by_tag(t, from);
        struct url u = take_apart(slice_sub(t, from, to - from));
        enum link_fault fault = judge(policy, &u, fetched);
        struct link_found f = {fault, from, to};
        if (fault != LINK_FINE) found(ctx, &f);
        at = to > at ? to : at + 1;
    }
    /* "http:" and "](/" may become one */
    size_t open = t.n;
    for (size_t n = 0; !whole && open && n < 24; n++, open--)
        if (!is_scheme(t.p[open - 1]) && !strchr(":/\\", t.p[open - 1])) break;
    return open;
}
