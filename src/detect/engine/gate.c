/* SPDX-License-Identifier: Apache-2.0 */
/* gate.c - a cheap look around a literal: can there be anything at all?
 * Why: texts are full of the words that stand beside secrets, and hostile ones of nothing else.
 * What is asked here holds for every hit, so that a gate takes nothing away: what must follow a
 * prefix, whether a name has a value behind it that is long enough, whether a vendor's name is a
 * word and has a run near it that could be a key. Each byte is looked at once, however many
 * literals ask. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/engine/part.h"

#define NAME_AHEAD 32u
#define SPOKEN     160u /* of small words between a value and its name */

enum { C_NAME = 1, C_CLOSE = 2, C_STOP = 4, C_CAP = 8, C_SMALL = 16 };

static unsigned kinds_of(uint8_t c)
{
    unsigned k = 0;
    if (ascii_alnum(c) || c == '_' || c == '-') k |= C_NAME;
    if (ascii_upper(c) || ascii_digit(c)) k |= C_CAP;
    if (ascii_lower(c) || c == ' ') k |= C_SMALL;
    if (c && strchr("\\\"'`])", c)) k |= C_CLOSE;
    if (c && strchr(",;\"'`<>|)}]&", c)) k |= C_STOP;
    return k;
}

void gate_init(struct gate *g)
{
    *g = (struct gate){0};
    for (unsigned c = 0; c < 256; c++) g->kinds[c] = (uint8_t)kinds_of((uint8_t)c);
}

void gate_reset(struct gate *g)
{
    memset(g->quiet, 0, sizeof g->quiet);
    g->small_from = g->small_to = 0;
    g->part_from = g->part_to = g->user_from = g->user_to = 0;
}

/* ---- what follows a prefix ---- */

static inline bool follows(const struct literal *l, struct slice t, size_t at)
{
    for (unsigned k = 0; k < l->follow_count; k++) {
        const struct literal_follow *f = &literal_follows[l->follow + k];
        const uint32_t *bits = byte_sets[f->set].bits;
        size_t n = 0, least = t.n - at < f->low ? t.n - at : f->low;
        const uint8_t *p = t.p + at;
        while (n < least && bits[p[n] >> 5] >> (p[n] & 31) & 1) n++; /* most end here */
        if (n < f->low) return false;
        n += set_run(f->set, t, at + n, f->high - n);
        at += n;
    }
    return true;
}

bool gate_waits(const struct literal *l, struct slice t, size_t at)
{
    for (unsigned k = 0; k < l->follow_count; k++) {
        const struct literal_follow *f = &literal_follows[l->follow + k];
        size_t n = set_run(f->set, t, at, f->high);
        at += n;
        if (at == t.n) return true;
        if (n < f->low) return false;
    }
    return false;
}

#define JWT_PART 1000u /* as in secrets.tsv */

/* Does the run of base64url at t.p[at] end in a dot soon enough? */
static bool has_dot(struct gate *g, struct slice t, uint64_t base, size_t at)
{
    uint64_t from = base + at;
    if (from < g->part_from || from > g->part_to) g->part_from = g->part_to = from;
    size_t k = (size_t)(g->part_to - base);
    size_t most = t.n - at > JWT_PART + 1000u ? at + JWT_PART + 1000u : t.n;
    while (k < most && g->kinds[t.p[k]] & C_NAME) k++;
    g->part_to = base + k;
    return k < t.n && t.p[k] == '.';
}

/* curl and, in its line and not far away, -u or --user */
static bool has_user(struct gate *g, struct slice t, uint64_t base, size_t at)
{
    uint64_t from = base + at;
    if (from < g->user_from || from > g->user_to) g->user_from = g->user_to = from;
    size_t most = t.n - at > 204 ? at + 204 : t.n;
    for (size_t k = (size_t)(g->user_to - base); k + 1 < most; k++) {
        g->user_to = base + k;
        if (t.p[k] == '\n') return false;
        if (t.p[k] == '-' && (t.p[k + 1] == 'u' || t.p[k + 1] == '-')) return true;
    }
    return false;
}

/* ---- a vendor's name ---- */

/* Does a word begin in t at `i` though a letter stands before it? */
static bool humps(struct slice t, size_t i)
{
    if (!ascii_upper(t.p[i])) return false;
    return !ascii_upper(t.p[i - 1]) || (i + 1 < t.n && ascii_lower(t.p[i + 1]));
}

static bool is_word(struct slice t, size_t start, size_t end)
{
    if (start && ascii_letter(t.p[start - 1]) && ascii_letter(t.p[start]) && !humps(t, start))
        return false;
    if (end == t.n || end - start >= 6 || !ascii_letter(t.p[end]) || !ascii_letter(t.p[end - 1]))
        return true;
    if (humps(t, end)) return true;
    return (t.p[end] | 32) == 's' && (end + 1 == t.n || !ascii_letter(t.p[end + 1]));
}

/* The first run of `least` bytes of a kind in t.p[from, to), or SIZE_MAX. */
static size_t find_run(const struct gate *g, struct slice t, size_t from, size_t to, unsigned kind,
                       size_t least)
{
    while (from + least <= to) {
        size_t k = from + least;
        while (k > from && g->kinds[t.p[k - 1]] & kind) k--;
        if (k == from) return from;
        from = k;
    }
    return SIZE_MAX;
}

/* Is there a run near the word, as a key of this vendor is one? Stretches without one are known. */
static bool has_run_near(struct gate *g, unsigned which, struct slice t, uint64_t base,
                         size_t start, size_t end)
{
    struct quiet *q = &g->quiet[which];
    size_t least = which ? 8 : RUN_LEAST;
    uint64_t from = base + (start > WORD_BACK ? start - WORD_BACK : 0);
    uint64_t to = base + (t.n - end > WORD_AHEAD + least ? end + WORD_AHEAD + least : t.n);
    bool known = from >= q->from && from <= q->to;
    if (known && to <= q->to) return false;
    if (!known) q->from = q->to = from;
    uint64_t at = q->to > from + least - 1 ? q->to - (least - 1) : from;
    size_t low = (size_t)(at - base), high = (size_t)(to - base);
    size_t found = which ? find_run(g, t, low, high, C_CAP, least) : classes_find_run(t, low, high);
    q->to = found == SIZE_MAX ? to : base + found;
    if (q->to < q->from) q->to = q->from;
    return found != SIZE_MAX;
}

bool gate_keys_near(struct gate *g, struct slice t, uint64_t base, size_t from, size_t to)
{
    return has_run_near(g, 0, t, base, from, to);
}

/* ---- the name of something secret ---- */

static size_t skip_kind(const struct gate *g, struct slice t, size_t at, size_t most, unsigned kind)
{
    size_t to = t.n - at < most ? t.n : at + most;
    while (at < to && g->kinds[t.p[at]] & kind) at++;
    return at;
}

static size_t skip_blanks(struct slice t, size_t at)
{
    size_t to = t.n - at < 8 ? t.n : at + 8;
    while (at < to && (t.p[at] == ' ' || t.p[at] == '\t')) at++;
    return at;
}

/* Eight characters at least, of two kinds. */
static bool has_value(const struct gate *g, struct slice t, size_t at)
{
    unsigned classes = 0;
    if (at + 1 < t.n && is_quote(t.p[at + 1]) && strchr("frbFRBuU@$", t.p[at])) at++;
    while (at < t.n && t.p[at] == '\\') at++;
    uint8_t quote = at < t.n && is_quote(t.p[at]) ? t.p[at] : 0;
    for (unsigned n = 0; quote && n < 3 && at < t.n && is_quote(t.p[at]); n++) at++;
    for (size_t n = 0; at + n < t.n && n < 256; n++) {
        uint8_t c = t.p[at + n];
        if (c <= ' ' || (quote ? c == quote : (g->kinds[c] & C_STOP) != 0)) return false;
        classes |= ascii_lower(c) ? 1u : ascii_upper(c) ? 2u : ascii_digit(c) ? 4u : 8u;
        if (n >= 7 && classes & (classes - 1)) return true;
    }
    return false;
}

/* `v` as the key: is there a quote before the small words before the name? */
static bool has_quote_before(struct gate *g, struct slice t, uint64_t base, size_t at)
{
    uint64_t place = base + at;
    bool known = g->small_from <= place && g->small_to <= place && place - g->small_to < SPOKEN &&
                 g->small_to >= base;
    if (!known) {
        size_t from = at;
        while (from > 0 && at - from < SPOKEN && g->kinds[t.p[from - 1]] & C_SMALL) from--;
        g->small_from = base + from;
    } else {
        for (size_t i = (size_t)(g->small_to - base); i < at; i++)
            if (!(g->kinds[t.p[i]] & C_SMALL)) g->small_from = base + i + 1;
    }
    g->small_to = place;
    if (place - g->small_from >= SPOKEN || g->small_from <= base || place == g->small_from)
        return false;
    uint8_t c = t.p[g->small_from - base - 1];
    return c == '\\' || is_quote(c);
}

/* Where the value of the name t.p[from, end...) may begin (code_assign.c says which joints there
 * are), or SIZE_MAX. */
static size_t value_behind(const struct gate *g, struct slice t, size_t from, size_t end)
{
    size_t to = skip_kind(g, t, end, NAME_AHEAD, C_NAME);
    size_t closed = skip_kind(g, t, to, 5, C_CLOSE), at = skip_blanks(t, closed);
    if (at >= t.n) return SIZE_MAX;
    uint8_t c = t.p[at], next = at + 1 < t.n ? t.p[at + 1] : 0;
    if (c == '=' || c == ':' || c == '-') return at + 1 + (next == '=' || next == '>');
    if (c == '>' || c == '|' || c == ',') return at + 1;
    struct slice rest = slice_sub(t, at, 6);
    if (c == 'i' && (slice_starts(rest, S("is ")) || slice_starts(rest, S("is: "))))
        return at + 3 + (rest.p[2] == ':');
    if (c == 'w' && slice_starts(rest, S("was "))) return at + 4;
    if (c == 't' && slice_starts(rest, S("to "))) return at + 3;
    if (c == 'v' && slice_starts(rest, S("value="))) return at + 6;
    if (at == closed) return SIZE_MAX;
    bool option = t.p[from] == '-' && t.p[from + 1] == '-';
    return option || is_quote(c) || t.p[at - 1] == '\t' ? at : SIZE_MAX;
}

static size_t name_from(const struct gate *g, struct slice t, size_t end)
{
    size_t from = end;
    while (from > 0 && end - from < 48 &&
           (g->kinds[t.p[from - 1]] & C_NAME || t.p[from - 1] == '.'))
        from--;
    return from;
}

size_t gate_value(const struct gate *g, struct slice t, size_t end)
{
    size_t value = value_behind(g, t, name_from(g, t, end), end);
    if (value == SIZE_MAX) return SIZE_MAX;
    value = skip_blanks(t, value);
    for (size_t i = value; i < t.n; i++)
        if (t.p[i] <= ' ' || i - value > 256) return SIZE_MAX;
    return value;
}

static bool has_secret(struct gate *g, struct slice t, uint64_t base, size_t end)
{
    size_t from = name_from(g, t, end);
    size_t value = value_behind(g, t, from, end);
    if (value != SIZE_MAX && has_value(g, t, skip_blanks(t, value))) return true;
    return has_quote_before(g, t, base, from);
}

bool gate_passes(struct gate *g, const struct literal *l, struct slice t, uint64_t base,
                 size_t start)
{
    size_t end = start + l->size;
    switch ((enum literal_gate)l->gate) {
    case GATE_NONE: return follows(l, t, end);
    case GATE_KEY: return is_word(t, start, end) && has_run_near(g, 0, t, base, start, end);
    case GATE_CAPITALS: return is_word(t, start, end) && has_run_near(g, 1, t, base, start, end);
    case GATE_CURL: return has_user(g, t, base, end);
    case GATE_JWT: return follows(l, t, end) && has_dot(g, t, base, end);
    case GATE_EITHER: return follows(l, t, end) || has_secret(g, t, base, end);
    case GATE_SECRET: return has_secret(g, t, base, end);
    }
    return true;
}
