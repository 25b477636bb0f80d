/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine/surroundings.h"
#include "base/ascii.h"
#include "detect/engine/arbitrate.h"

enum {
    FAR = 100,        /* a field's or record's end: what lies beyond speaks of something else */
    NUMBER = 40,      /* another value stands between */
    SENTENCE = 30,    /* a full stop */
    LINE = 12,        /* the line above, when the value begins its own */
    FIELD = 12,       /* ; | tab, or a comma without a blank */
    ASSIGNED = 16,    /* an = or : that is not the value's own */
    BEHIND_MOST = 30, /* farther words behind speak of what comes next */
    BEHIND = 14,      /* words behind the value */
};

/* What the characters between two words, or between the last word and the value, say. */
static unsigned gap_cost(struct slice gap, bool last)
{
    if (gap.n == 0 || (gap.n == 1 && gap.p[0] == ' ')) return 0;
    bool comma = false, tight = false, quoted = false, assigned = false, field = false;
    bool line = false, opened = false, closed = false, stop = false;
    for (size_t i = 0; i < gap.n; i++) {
        switch (gap.p[i]) {
        case ',':
            comma = true;
            tight = i + 1 == gap.n || gap.p[i + 1] != ' ';
            break;
        case '"': quoted = quoted || comma; break;
        case '=':
        case ':': assigned = true; break;
        case ';':
        case '|':
        case '\t': field = true; break;
        case '\n': line = true; break;
        case '{': opened = true; break;
        case '}': closed = true; break;
        case '!':
        case '?': stop = true; break;
        default: break;
        }
    }
    if (closed || (opened && !assigned)) return FAR;
    unsigned cost = quoted ? (last ? FIELD : FAR) : tight ? FIELD : comma ? 2 : 0;
    cost += field ? FIELD : 0;
    cost += line ? LINE : 0;
    cost += !last && assigned ? ASSIGNED : 0;
    return stop ? cost + SENTENCE : cost;
}

/* Without letters there are no words that speak: phrases begin with one (gen_evidence.py). */
static bool has_letters(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'A' && (ascii_letter(s.p[i]) || s.p[i] >= 0x80)) return true;
    return false;
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

/* Are the words before this gap a label of what follows? */
static bool labels(struct slice gap)
{
    for (size_t i = 0; i < gap.n; i++)
        if (gap.p[i] == ':' || gap.p[i] == '=') return true;
    return false;
}

static void look_behind(struct slice s, struct surroundings *ret)
{
    struct folded f;
    fold_text(s, &f);
    unsigned cost = BEHIND;
    if (f.count) cost += gap_cost(slice_sub(s, 0, f.words[0].from_source), true);
    for (size_t i = 0, next; i < f.count && cost < BEHIND_MOST; i = next) {
        const struct phrase *p = phrase_at(&f, i, &next);
        struct slice gap = gap_behind(s, &f, next - 1);
        bool label = labels(gap);
        bool cut = next == f.count && s.n == ARBITRATE_BEHIND;
        if (!label && !cut) add(ret, p, cost);
        if (!p || !(p->flags & PHRASE_FILLER))
            for (size_t k = i; k < next; k++) cost += 3 * word_cost(&f.words[k]);
        cost += gap_cost(gap, false) + stop_cost(gap, &f.words[next - 1]);
    }
}

void surroundings_of(struct slice text, size_t from, size_t to, struct surroundings *ret)
{
    ret->count = 0;
    size_t low = window_from(text, from);
    struct slice before = slice_sub(text, low, from - low);
    if (has_letters(before)) look_before(before, ret);
    struct slice behind = slice_sub(text, to, ARBITRATE_BEHIND);
    size_t end = slice_find_byte(behind, '\n');
    behind = slice_sub(behind, 0, end);
    if (has_letters(behind)) look_behind(behind, ret);
}
