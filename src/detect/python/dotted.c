/* SPDX-License-Identifier: Apache-2.0 */
/* dotted.c - interned dotted names, and the patterns of rules over them. */
#include "detect/python/dotted.h"
#include "detect/python/tables.h"

void dotted_init(struct dotted_names *d, struct arena *arena)
{
    *d = (struct dotted_names){.arena = arena};
    map_init(&d->map, arena, 0);
}

/* The canonical spelling of a full name, if another is known. */
static bool synonym(struct slice full, struct slice *ret)
{
    size_t lo = 0, hi = code_names_count;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = slice_cmp(full, code_text(code_names[mid].from));
        if (c == 0) {
            *ret = code_text(code_names[mid].to);
            return true;
        }
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return false;
}

struct slice dotted_habit(struct slice name)
{
    for (size_t i = 0; i < code_habits_count; i++)
        if (slice_eq(name, code_text(code_habits[i].from))) return code_text(code_habits[i].to);
    return slice_of(NULL, 0);
}

static const struct dotted *intern(struct dotted_names *d, const struct dotted *up,
                                   struct slice full, struct slice last)
{
    union map_value v;
    if (map_get(&d->map, full, &v)) return v.ptr;
    struct dotted *made = ARENA_NEW(d->arena, struct dotted);
    if (made) *made = (struct dotted){up, arena_copy(d->arena, full), arena_copy(d->arena, last)};
    if (!made || !made->full.p || !made->last.p ||
        !map_put(&d->map, made->full, (union map_value){.ptr = made}, NULL)) {
        d->nomem = true;
        return NULL;
    }
    return made;
}

/* up.full + joint + last */
static const struct dotted *step(struct dotted_names *d, const struct dotted *up,
                                 struct slice joint, struct slice last)
{
    uint8_t text[DOTTED_MAX];
    struct slice head = up ? up->full : slice_of(NULL, 0);
    if (head.n + joint.n + last.n > sizeof text) return NULL;
    if (head.n) memcpy(text, head.p, head.n);
    if (joint.n) memcpy(text + head.n, joint.p, joint.n);
    memcpy(text + head.n + joint.n, last.p, last.n);
    return intern(d, up, slice_of(text, head.n + joint.n + last.n), last);
}

/* A name of a table, step by step; it has no synonym of its own. */
static const struct dotted *known(struct dotted_names *d, struct slice text)
{
    const struct dotted *at = NULL;
    struct slice part;
    while (slice_split(&text, '.', &part)) at = step(d, at, at ? S(".") : S(""), part);
    return at;
}

static const struct dotted *canonical(struct dotted_names *d, const struct dotted *name)
{
    struct slice other;
    return name && synonym(name->full, &other) ? known(d, other) : name;
}

const struct dotted *dotted_mark(struct dotted_names *d, char mark, struct slice name)
{
    uint8_t text[DOTTED_MAX];
    if (name.n + 1 > sizeof text) return NULL;
    text[0] = (uint8_t)mark;
    if (name.n) memcpy(text + 1, name.p, name.n);
    return intern(d, NULL, slice_of(text, name.n + 1), slice_of(text, name.n + 1));
}

const struct dotted *dotted_attr(struct dotted_names *d, const struct dotted *up, struct slice name)
{
    if (!name.n) return up;
    if (up && slice_eq(up->full, S("builtins"))) up = NULL;
    return canonical(d, step(d, up, up ? S(".") : S(""), name));
}

const struct dotted *dotted_name(struct dotted_names *d, struct slice text)
{
    const struct dotted *at = NULL;
    struct slice part;
    if (text.n && text.p[0] == '.') { /* of this package: no library */
        size_t dots = 0;
        while (dots < text.n && text.p[dots] == '.') dots++;
        at = intern(d, NULL, S("."), S("."));
        text = slice_sub(text, dots, text.n);
        if (!text.n || !at) return at;
        (void)slice_split(&text, '.', &part);
        at = step(d, at, S(""), part);
    }
    while (text.p && slice_split(&text, '.', &part)) {
        const struct dotted *next = dotted_attr(d, at, part);
        if (!next) return NULL;
        at = next;
    }
    return at;
}

const struct dotted *dotted_call(struct dotted_names *d, const struct dotted *up)
{
    return up ? canonical(d, step(d, up, S(""), S("()"))) : NULL;
}

const struct dotted *dotted_item(struct dotted_names *d, const struct dotted *up)
{
    return up ? canonical(d, step(d, up, S(""), S("[]"))) : NULL;
}

/* Where to go on when what follows a star does not fit: one byte later. */
struct retry {
    bool set;
    size_t pattern, text;
};

static bool again(struct retry *r, struct slice full, bool dots, size_t *p, size_t *t)
{
    if (!r->set || r->text >= full.n || (!dots && full.p[r->text] == '.')) return false;
    *t = ++r->text;
    *p = r->pattern;
    return true;
}

bool dotted_match(struct slice pattern, struct slice full)
{
    /* the two that are asked most: anything, and anything that ends in these steps */
    if (pattern.n == 2 && pattern.p[0] == '*' && pattern.p[1] == '*') return true;
    if (pattern.n && pattern.p[0] != '*' && full.n && pattern.p[0] != full.p[0]) return false;
    if (pattern.n && full.n && pattern.p[pattern.n - 1] != '*' &&
        pattern.p[pattern.n - 1] != full.p[full.n - 1])
        return false;
    if (pattern.n > 3 && slice_starts(pattern, S("**."))) {
        struct slice rest = slice_sub(pattern, 3, pattern.n);
        if (slice_find_byte(rest, '*') == SIZE_MAX)
            return slice_ends(full, rest) &&
                   (full.n == rest.n || full.p[full.n - rest.n - 1] == '.');
    }
    struct retry one = {0}, many = {0};
    size_t p = 0, t = 0;
    for (;;) {
        if (p < pattern.n && pattern.p[p] == '*') {
            bool dots = p + 1 < pattern.n && pattern.p[p + 1] == '*';
            p += dots ? 2 : 1;
            /* "**." also stands for nothing; a table's pattern has few of them */
            if (dots && (t == 0 || full.p[t - 1] == '.') && p < pattern.n && pattern.p[p] == '.' &&
                dotted_match(slice_sub(pattern, p + 1, pattern.n), slice_sub(full, t, full.n)))
                return true;
            *(dots ? &many : &one) = (struct retry){true, p, t};
            if (dots) one.set = false;
        } else if (p < pattern.n && t < full.n && pattern.p[p] == full.p[t]) {
            p++;
            t++;
        } else if (p == pattern.n && t == full.n) {
            return true;
        } else if (!again(&one, full, false, &p, &t)) {
            one.set = false;
            if (!again(&many, full, true, &p, &t)) return false;
        }
    }
}
