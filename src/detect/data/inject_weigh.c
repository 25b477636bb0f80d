/* SPDX-License-Identifier: Apache-2.0 */
/* inject_weigh.c - phrases in a window, and what they weigh where they stand.
 *
 * An order stands at the start of a sentence, or behind words that lead to one ("please", "you
 * must", "AI:"). What stands in the middle ("he told it to ignore all previous instructions"), in
 * quotes, or among words about attacks is mostly told, not ordered. */
#include "base/ascii.h"
#include "detect/data/inject_part.h"

#define ENOUGH        10u
#define ENOUGH_HIDDEN 6u
#define LEAD          (W_MUST | W_YOU | W_NOTE | W_MODEL | W_NOW | W_THIS | W_MY | W_TO | W_ALL)

struct weighed {
    unsigned weight[INJECT_COUNT]; /* the best of each rule */
    unsigned second;               /* what further phrases of the same rules add */
    size_t from, to;               /* tokens */
    bool any, turn;
};

/* The token behind the last part; 0: the phrase does not stand here. */
static size_t match(const struct window *w, const struct inject_phrase *f, size_t at)
{
    size_t i = at;
    for (size_t part = 0; part < PHRASE_MAX && f->parts[part]; part++) {
        size_t end = part ? i + f->gap + 1 : i + 1;
        if (end > w->count) end = w->count;
        for (; i < end && !(w->tokens[i].classes & f->parts[part]); i++)
            if (part && f->gap < 8 && (w->tokens[i].flags & TOKEN_BARRIER)) return 0;
        if (i >= end) return 0;
        if (part && f->gap < 8 && (w->tokens[i].flags & TOKEN_BARRIER)) return 0;
        i++;
    }
    return i;
}

static bool is_order(const struct window *w, size_t at)
{
    for (size_t i = at;; i--) {
        if (w->tokens[i].flags & (TOKEN_START | TOKEN_BARRIER)) return true;
        if (!i || at - i > 4) return false;
        if (w->tokens[i - 1].flags & TOKEN_COLON) return true;
        if (!(w->tokens[i - 1].classes & LEAD)) return false;
    }
}

static bool is_denied(const struct window *w, size_t at)
{
    for (size_t i = at; i > 0 && at - i < 3; i--) {
        if (w->tokens[i].flags & TOKEN_BARRIER) return false;
        if (w->tokens[i - 1].classes & W_NOT) return true;
    }
    return false;
}

static bool has_mine(const struct window *w, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (w->tokens[i].classes & W_MY) return true;
    return false;
}

static bool goes_on(const struct window *w, size_t at)
{
    for (size_t i = at; i < w->count && i < at + 6; i++)
        if (w->tokens[i].classes & (W_INSTEAD | W_SAY | W_REVEAL | W_SEND | W_CALL)) return true;
    return false;
}

/* Manuals show chat formats in fenced blocks. */
static bool is_fenced(const struct window *w)
{
    return slice_has(slice_sub(w->text, w->from, w->to - w->from), S("```"));
}

/* A turn that opens is followed by a role or by text, not by the end of a quote or a placeholder.
 */
static bool opens_turn(const struct window *w, size_t at)
{
    size_t end = w->tokens[at].to;
    if (end >= w->text.n) return false;
    return !strchr("\"'`,)]}{\\|", w->text.p[end]) ||
           slice_starts(slice_sub(w->text, end, 2), S("\\n"));
}

static unsigned token_weight(const struct window *w, size_t at)
{
    bool told = w->tokens[at].flags & TOKEN_QUOTED;
    if (w->seasoned || told || !opens_turn(w, at)) return 0;
    if (is_fenced(w) || w->about > 1) return 4;
    return w->kind == INJECT_PROSE ? 5 : 10;
}

static bool holds(const struct window *w, size_t from, size_t to, uint64_t classes)
{
    uint64_t all = 0;
    for (size_t i = from; i < to; i++) all |= w->tokens[i].classes;
    return (all & classes) == classes;
}

/* Documents of software speak of ignoring this and that; the whole formula, or an order that goes
 * on, does not stand in them. */
static bool is_formula(const struct window *w, size_t from, size_t to)
{
    return holds(w, from, to, W_ALL | W_PREV | W_ORDER) || holds(w, from, to, W_YOUR | W_ORDER) ||
           goes_on(w, to);
}

static unsigned weight_here(const struct window *w, const struct inject_phrase *f, size_t at,
                            size_t end)
{
    unsigned weight = f->weight;
    uint64_t first = f->parts[0];
    bool verb = first & (W_IGNORE | W_REVEAL | W_SEND | W_CALL);
    bool quoted = w->tokens[at].flags & TOKEN_QUOTED, prose = w->kind == INJECT_PROSE;
    if (verb && is_denied(w, at)) return 0;
    if (w->kind == INJECT_HIDDEN) return weight;
    if (first == W_TURN) return token_weight(w, at);
    if (quoted) return w->about || prose ? 0 : weight / 2;
    if (f->rule == INJECT_OVERRIDE && has_mine(w, at, end)) weight /= 2;
    if (f->rule == INJECT_OVERRIDE && prose && !is_formula(w, at, end)) weight = weight * 7 / 10;
    if (!is_order(w, at)) {
        if (w->about || prose) return weight / 3;
        weight -= weight > 2 && !goes_on(w, end) ? 2 : 0;
    }
    return w->about > 2                          ? weight / 2
           : w->about > 1 || (prose && w->about) ? weight - weight / 4
                                                 : weight;
}

static void add(struct weighed *sum, const struct inject_phrase *f, unsigned weight, size_t at,
                size_t end)
{
    if (!weight) return;
    if (!sum->any || at < sum->from) sum->from = at;
    if (!sum->any || end > sum->to) sum->to = end;
    sum->any = true;
    unsigned *best = &sum->weight[f->rule];
    if (weight > *best) *best = weight;
}

/* "AI assistant:", "AI model," at the start of a sentence. */
static void addressed(const struct window *w, struct weighed *sum)
{
    static const struct inject_phrase address = {INJECT_STEER, 6, 0, 0, {W_MODEL}};
    for (size_t i = 0; i + 1 < w->count; i++) {
        const struct token *t = &w->tokens[i];
        bool pair = (t[0].classes & W_MODEL) && (t[1].classes & W_MODEL);
        if (pair && (t[1].flags & TOKEN_COLON) && !(t[1].flags & TOKEN_BARRIER) &&
            !(t[0].flags & TOKEN_QUOTED) && is_order(w, i))
            add(sum, &address, address.weight, i, i + 2);
    }
}

/* "SYSTEM: you ..." on a line of its own, not where the value begins. */
static void forged_turn(const struct window *w, struct weighed *sum)
{
    static const struct inject_phrase forged = {INJECT_ROLE, 5, 0, 0, {W_SYSTEM}};
    for (size_t i = 1; i + 1 < w->count; i++) {
        const struct token *t = &w->tokens[i];
        bool line = (t[0].flags & TOKEN_START) && (t[0].flags & TOKEN_COLON);
        if (line && (t[0].classes & W_SYSTEM) && (t[1].classes & (W_YOU | W_ACT | W_NOT | W_NEW)) &&
            !w->seasoned)
            add(sum, &forged, forged.weight, i, i + 2);
    }
}

/* Text that a page does not show. */
static bool is_markup(const struct window *w, size_t at)
{
    static const char *const styles[] = {
        "display:none",        "display: none", "visibility:hidden", "visibility: hidden",
        "font-size:0",         "font-size: 0",  "opacity:0",         "opacity: 0",
        "color:white",         "color: white",  "color:#fff",        "color: #fff",
        "aria-hidden=\"true\""};
    struct slice before = slice_sub(w->text, w->from, at - w->from);
    size_t open = slice_find(before, S("<!--")), last = SIZE_MAX;
    while (open != SIZE_MAX) {
        last = open;
        size_t more = slice_find(slice_sub(before, open + 4, before.n), S("<!--"));
        open = more == SIZE_MAX ? SIZE_MAX : open + 4 + more;
    }
    if (last != SIZE_MAX && !slice_has(slice_sub(before, last, before.n), S("-->"))) return true;
    size_t tag = slice_rfind_byte(before, '<');
    if (tag == SIZE_MAX) return false;
    struct slice style = slice_sub(before, tag, before.n);
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
        if (slice_has_nocase(style, slice_str(styles[i]))) return true;
    return false;
}

static bool is_filler(uint8_t c)
{
    return c == '{' || c == '<' || c == '[' || c == '$';
}

/* ![x](https://host/?q={conversation}): rendering it sends what was filled in. */
static unsigned link_weight(const struct window *w, size_t *ret_at)
{
    static const char *const words[] = {"conversation", "history", "chat", "prompt",  "secret",
                                        "password",     "user",    "data", "context", "summary",
                                        "message",      "token",   "key",  "base64",  "response"};
    struct slice s = slice_sub(w->text, w->from, w->to - w->from);
    size_t at = slice_find(s, S("](http"));
    if (at == SIZE_MAX) return 0;
    *ret_at = w->from + at;
    struct slice url = slice_sub(s, at + 2, s.n);
    size_t end = slice_find_byte(url, ')'), eq = slice_find_byte(url, '=');
    if (end == SIZE_MAX || eq == SIZE_MAX || eq + 1 >= end) return 0;
    struct slice value = slice_sub(url, eq + 1, end - eq - 1);
    if (!is_filler(value.p[0]) && !ascii_upper(value.p[0])) return 0;
    size_t open = slice_rfind_byte(slice_sub(s, 0, at), '[');
    bool image = open != SIZE_MAX && open > 0 && s.p[open - 1] == '!';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_has_nocase(value, slice_str(words[i]))) return image ? 10 : 7;
    return 0;
}

static size_t token_from(const struct window *w, size_t at)
{
    size_t i = 0;
    while (i + 1 < w->count && w->tokens[i].to < at) i++;
    return i;
}

static void links(const struct window *w, struct weighed *sum)
{
    static const struct inject_phrase link = {INJECT_EXFIL, 10, 0, 0, {W_PLACE}};
    size_t at = 0;
    unsigned weight = link_weight(w, &at);
    if (!weight || (w->kind == INJECT_PROSE && w->about)) return;
    size_t i = token_from(w, at);
    add(sum, &link, weight, i, i + 1);
}

bool inject_weigh(struct window *w, injection_fn *emit, void *ctx)
{
    struct weighed sum = {0};
    if (!w->count) return false;
    for (size_t at = 0; at < w->count; at++) {
        if (!w->tokens[at].classes) continue;
        for (size_t i = 0; i < inject_phrase_count; i++) {
            const struct inject_phrase *f = &inject_phrases[i];
            if (!(w->tokens[at].classes & f->parts[0])) {
                i += f->skip; /* those that begin alike */
                continue;
            }
            size_t end = match(w, f, at);
            if (!end) continue;
            unsigned weight = weight_here(w, f, at, end);
            add(&sum, f, weight, at, end);
            if (weight && f->parts[0] == W_TURN) sum.turn = true;
        }
    }
    addressed(w, &sum);
    forged_turn(w, &sum);
    links(w, &sum);
    if (!sum.any) return false;
    struct injection out = {.from = w->tokens[sum.from].at, .to = w->tokens[sum.to - 1].to};
    for (unsigned i = 0; i < INJECT_COUNT; i++) {
        out.score += sum.weight[i];
        if (sum.weight[i] > sum.weight[out.rule]) out.rule = (enum inject_rule)i;
    }
    out.markup = out.score >= 6 && is_markup(w, out.from);
    if (out.markup) out.score += 4;
    unsigned enough = w->kind == INJECT_HIDDEN ? ENOUGH_HIDDEN : ENOUGH;
    if (out.score < enough) return false;
    unsigned without = out.score - (sum.turn ? sum.weight[INJECT_ROLE] : 0);
    out.format = w->kind == INJECT_RECORDS && without < enough;
    out.severity = w->about && !out.markup && w->kind != INJECT_HIDDEN ? SEV_MEDIUM : SEV_HIGH;
    emit(ctx, &out);
    return true;
}
