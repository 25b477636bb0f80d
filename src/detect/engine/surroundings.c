/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine/surroundings.h"
#include "detect/engine/arbitrate.h"

enum {
    FAR = 100,     /* a field's or record's end: what lies beyond speaks of something else */
    NUMBER = 40,   /* another value stands between */
    SENTENCE = 30, /* a full stop */
    LINE = 12,     /* the line above, when the value begins its own */
    FIELD = 12,    /* ; | tab, or a comma without a blank */
    ASSIGNED = 16, /* an = or : that is not the value's own */
    BEHIND = 14,   /* words behind the value */
};

static bool has(struct slice s, uint8_t c)
{
    return slice_find_byte(s, c) != SIZE_MAX;
}

/* What the characters between two words, or between the last word and the value, say. */
static unsigned gap_cost(struct slice gap, bool last)
{
    unsigned cost = 0;
    size_t comma = slice_find_byte(gap, ',');
    bool quoted = comma != SIZE_MAX && has(slice_sub(gap, comma, gap.n), '"');
    bool assigned = has(gap, '=') || has(gap, ':');
    if (has(gap, '}') || (has(gap, '{') && !assigned)) return FAR;
    if (quoted)
        cost += last ? FIELD : FAR;
    else if (comma != SIZE_MAX && comma + 1 < gap.n && gap.p[comma + 1] != ' ')
        cost += FIELD;
    else if (comma != SIZE_MAX && comma + 1 == gap.n)
        cost += FIELD;
    else if (comma != SIZE_MAX)
        cost += 2;
    if (has(gap, ';') || has(gap, '|') || has(gap, '\t')) cost += FIELD;
    if (has(gap, '\n')) cost += LINE;
    if (!last && assigned) cost += ASSIGNED;
    return cost;
}

/* From where to look: not before the line's beginning, but from the line above when nothing stands
 * before the value in its own. A word that is cut is left out. */
static size_t window_from(struct slice text, size_t from)
{
    size_t low = from > ARBITRATE_BEFORE ? from - ARBITRATE_BEFORE : 0;
    bool empty = true, above = false;
    for (size_t at = from; at > low; at--) {
        uint8_t c = text.p[at - 1];
        if (c == '\n') {
            if (!empty || above) return at;
            above = true;
        } else if (c != ' ' && c != '\t' && c != '\r' && c != '"' && c != '-' && c != '*') {
            if (!above) empty = false;
        }
    }
    for (size_t at = low; low && at < low + 24 && at < from; at++)
        if (text.p[at] < '0' || (text.p[at] > '9' && text.p[at] < 'A')) return at;
    return low;
}

static unsigned word_cost(const struct word *w)
{
    unsigned size = (unsigned)(w->to - w->at);
    if (w->kind == WORD_WIDE) return 2;
    if (w->kind == WORD_DIGITS && size > 4) return NUMBER;
    return size + 1;
}

static void add(struct surroundings *s, const struct phrase *p, unsigned cost)
{
    size_t at = s->count;
    if (!p || (!p->named && !p->general && !(p->flags & PHRASE_OTHER)) || cost >= FAR) return;
    if (at == CUES) {
        at = 0;
        for (size_t i = 1; i < CUES; i++)
            if (s->cues[i].cost > s->cues[at].cost) at = i;
        if (s->cues[at].cost <= cost) return;
    } else {
        s->count++;
    }
    s->cues[at] = (struct cue){p, (uint16_t)cost};
}

/* A full stop ends a sentence unless the word before it is an abbreviation ("tel.", "no."). */
static unsigned stop_cost(struct slice gap, const struct word *w)
{
    bool stop = gap.n && gap.p[0] == '.' && (gap.n == 1 || gap.p[1] == ' ' || gap.p[1] == '\n');
    unsigned letters = (unsigned)(w->to_source - w->from_source);
    return stop && letters > 4 && gap.n > 1 ? SENTENCE : 0;
}

static struct slice gap_behind(struct slice s, const struct folded *f, size_t i)
{
    size_t from = f->words[i].to_source, to = i + 1 < f->count ? f->words[i + 1].from_source : s.n;
    return slice_sub(s, from, to - from);
}

static void look_before(struct slice s, struct surroundings *ret)
{
    struct folded f;
    const struct phrase *found[FOLD_WORDS] = {0};
    uint8_t covers[FOLD_WORDS] = {0};
    fold_text(s, &f);
    for (size_t i = 0, next; i < f.count; i = next) {
        found[i] = phrase_at(&f, i, &next);
        covers[i] = (uint8_t)(next - i);
    }
    unsigned cost = 0, ends[FOLD_WORDS];
    for (size_t i = f.count; i-- > 0 && cost < FAR;) {
        struct slice gap = gap_behind(s, &f, i);
        cost += gap_cost(gap, i + 1 == f.count) + stop_cost(gap, &f.words[i]);
        ends[i] = cost;
        const struct phrase *p = found[i];
        if (!covers[i]) continue; /* the middle of a phrase: counted with its beginning */
        size_t last = i + covers[i] - 1u;
        add(ret, p, ends[last]);
        if (p && (p->flags & PHRASE_FILLER)) continue;
        for (size_t k = i; k <= last; k++) cost += word_cost(&f.words[k]);
    }
}

static void look_behind(struct slice s, struct surroundings *ret)
{
    struct folded f;
    fold_text(s, &f);
    unsigned cost = BEHIND;
    if (f.count) cost += gap_cost(slice_sub(s, 0, f.words[0].from_source), true);
    for (size_t i = 0, next; i < f.count && cost < FAR; i = next) {
        const struct phrase *p = phrase_at(&f, i, &next);
        struct slice gap = gap_behind(s, &f, next - 1);
        bool label = has(gap, ':') || has(gap, '='); /* of what follows */
        bool cut = next == f.count && s.n == ARBITRATE_BEHIND;
        if (!label && !cut) add(ret, p, cost);
        if (!p || !(p->flags & PHRASE_FILLER))
            for (size_t k = i; k < next; k++) cost += word_cost(&f.words[k]);
        cost += gap_cost(gap, false) + stop_cost(gap, &f.words[next - 1]);
    }
}

void surroundings_of(struct slice text, size_t from, size_t to, struct surroundings *ret)
{
    ret->count = 0;
    size_t low = window_from(text, from);
    look_before(slice_sub(text, low, from - low), ret);
    struct slice behind = slice_sub(text, to, ARBITRATE_BEHIND);
    size_t end = slice_find_byte(behind, '\n');
    look_behind(slice_sub(behind, 0, end == SIZE_MAX ? behind.n : end), ret);
}
