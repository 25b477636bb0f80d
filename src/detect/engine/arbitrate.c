/* SPDX-License-Identifier: Apache-2.0 */
/* arbitrate.c - see the header. The bits of a claim:
 *
 *    evidence_table   what its check says, and its being written in groups
 *    + context        12 for a word that names it, less with distance; 5 for one that hints at it
 *    - other          a nearer word of something else, or of another detector
 *    - neighbours     it lies in an URL
 *
 * TEN bits (one chance hit in a thousand) make a finding; less is a bare number. */
#include "detect/engine/arbitrate.h"
#include "base/ascii.h"
#include "detect/engine/detector.h"
#include "detect/engine/surroundings.h"

#define TEN   10
#define LEAST 2 /* fewer bits are not worth a column's attention */

/* The row of evidence, or SIZE_MAX for what is no personal value. Rows and detectors have one
 * order, and personal ones come first. */
static size_t row_of(const struct detector *d)
{
    size_t i = (size_t)(d - detector_at(0));
    return i < evidence_count ? i : SIZE_MAX;
}

static bool phone(const struct detector *d)
{
    return d->id[4] == 'p' && d->id[5] == 'h' && strncmp(d->id, "pii.phone", 9) == 0;
}

/* A decimal number: digits with one point among them, or behind a point that nothing stands before.
 * "Tel.030", and the point that ends a sentence, stand behind letters. */
static bool fraction(struct slice text, const struct claim *c)
{
    size_t points = 0, i = c->from;
    while (i < c->to && (ascii_digit(text.p[i]) || (text.p[i] == '.' && !points++))) i++;
    if (i < c->to) return false;
    if (points) return true;
    bool behind = c->from && text.p[c->from - 1] == '.';
    if (!behind) return false;
    return c->from == 1 || (!ascii_alnum(text.p[c->from - 2]) && text.p[c->from - 2] != '.');
}

/* "sp2_gdr.070227-2254": the last part of a name that has other joints than its point. */
static bool suffix(struct slice text, size_t from)
{
    if (from < 2 || text.p[from - 1] != '.' || !ascii_alnum(text.p[from - 2])) return false;
    size_t at = from - 1, low = from > 16 ? from - 16 : 0;
    while (at > low && ascii_letter(text.p[at - 1])) at--;
    return at > 0 && (text.p[at - 1] == '_' || ascii_digit(text.p[at - 1]));
}

/* Is the value a part of something longer: a decimal number, a UUID, an amount, Base64? */
static bool joined(struct slice text, const struct claim *c)
{
    size_t from = c->from, to = c->to;
    uint8_t first = text.p[from], last = text.p[to - 1];
    uint8_t before = from ? text.p[from - 1] : ' ', before2 = from > 1 ? text.p[from - 2] : ' ';
    uint8_t behind = to < text.n ? text.p[to] : ' ',
            behind2 = to + 1 < text.n ? text.p[to + 1] : ' ';
    if ((ascii_alnum(before) && ascii_alnum(first)) || (ascii_alnum(behind) && ascii_alnum(last)))
        return true;
    if (before == '_' || (behind == '_' && ascii_alnum(last))) return true;
    bool numeric = ascii_digit(first) || first == '+' || first == '(';
    if (!numeric) return (before == '+' || before == '/') && ascii_alnum(before2) && behind != '/';
    if ((before == '.' || before == '-') && ascii_digit(before2)) return true;
    if ((!phone(c->detector) && fraction(text, c)) || suffix(text, from)) return true;
    if (before == '-' && from > 2 && ascii_alnum(before2) && ascii_digit(text.p[from - 3]))
        return true;
    if ((behind == '.' || behind == '-') && ascii_digit(behind2) && ascii_digit(last)) return true;
    if (behind == '-' && ascii_alnum(behind2) && to + 2 < text.n && ascii_alnum(text.p[to + 2])) {
        size_t k = to + 1; /* -3a9f-: a UUID; but 123-abc is a number and a word */
        while (k < text.n && ascii_alnum(text.p[k]) && k < to + 14) k++;
        if (k < text.n && text.p[k] == '-') return true;
    }
    if (before == '+' && ascii_digit(first)) return true; /* part of a telephone number */
    return before == '$' || (before == '#' && from > 1 && before2 == '&');
}

/* Is it in an URL, behind the host? */
static bool in_url(struct slice text, size_t from)
{
    for (size_t at = from; at > 3 && from - at < 160; at--) {
        uint8_t c = text.p[at - 1];
        if (c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>') return false;
        if (c == ':' && text.p[at] == '/' && text.p[at + 1] == '/' && at + 1 < from) return true;
    }
    return false;
}

static int strength(unsigned cost, int full)
{
    int bits = full - (int)cost / 8;
    if (cost == 0) bits += 2;
    return bits > 0 ? bits : 0;
}

struct words {               /* what the words around say about one row */
    int own;                 /* bits for it */
    unsigned named, other;   /* cost of the nearest word that names it, or something else */
    bool labelled_otherwise; /* its label names another kind of value */
};

/* A label of another kind of value. "Customer", "patient" label a person, whom a number names too.
 */
static bool names_another(const struct phrase *p)
{
    return p->named && !phrase_names(p, row_of(detector_find(S("pii.person.name"))));
}

static struct words words_of(const struct surroundings *s, size_t row)
{
    struct words w = {.named = UINT16_MAX, .other = UINT16_MAX};
    unsigned foreign = UINT16_MAX, hint = UINT16_MAX;
    for (size_t i = 0; i < s->count; i++) {
        const struct phrase *p = s->cues[i].phrase;
        unsigned cost = s->cues[i].cost;
        bool named = phrase_names(p, row), hints = phrase_hints(p, row);
        if (named && cost < w.named) w.named = cost;
        if (hints && cost < hint) hint = cost;
        if (named || hints) continue;
        if (cost < foreign && names_another(p)) foreign = cost;
        if ((p->flags & PHRASE_OTHER) && cost < w.other) w.other = cost;
    }
    int named = w.named < 96 ? strength(w.named, 12) : 0,
        hinted = hint < 60 ? strength(hint, 4) : 0;
    w.own = named > hinted ? named : hinted;
    unsigned own = w.named < hint ? w.named : hint;
    w.labelled_otherwise = foreign < own && foreign <= 8;
    if (w.other <= 8 && w.other < own) w.own -= w.other ? 8 : 16;
    if (w.labelled_otherwise) w.own -= 4;
    if (w.own < -10) w.own = -10;
    return w;
}

static bool separated(struct slice value)
{
    for (size_t i = 1; i < value.n; i++) {
        uint8_t c = value.p[i];
        if (c < '0' && (c == ' ' || c == '-' || c == '.' || c == '/' || c == '(')) return true;
    }
    return false;
}

static int weigh(struct slice text, const struct claim *c, const struct words *w, size_t row)
{
    const struct evidence *e = &evidence_table[row];
    struct slice value = slice_sub(text, c->from, c->to - c->from);
    int bits = c->check == CHECK_FITS ? e->fits : e->good;
    if (e->grouped && separated(value)) bits += e->grouped;
    bits += w->own;
    bool numeric = ascii_digit(value.p[0]) && !phone(c->detector);
    if (numeric && bits < 18 && in_url(text, c->from)) bits -= 5;
    return bits < 0 ? 0 : bits > 60 ? 60 : bits;
}

/* Does a label name a kind of value that this is, but for a wrong check digit? */
static bool spoilt(const struct claim *claims, const struct words *words, size_t count,
                   const struct claim *but)
{
    for (size_t i = 0; i < count; i++)
        if (claims[i].check == CHECK_BAD && words[i].named <= 8 && but->from >= claims[i].from &&
            but->to <= claims[i].to)
            return true;
    return false;
}

static void settle(struct claim *c)
{
    bool sure = c->bits >= TEN;
    c->sureness = !sure ? HIT_BARE : c->check == CHECK_TEST ? HIT_WEAK : HIT_SURE;
    if (c->check == CHECK_TEST) c->severity = SEV_INFO;
    if (c->check == CHECK_LESS && c->severity > SEV_LOW) c->severity = SEV_LOW;
    if (c->check == CHECK_MORE) c->severity = SEV_CRITICAL;
}

static bool overlap(const struct claim *a, const struct claim *b)
{
    return a->from < b->to && b->from < a->to;
}

/* Best first; longer before shorter. */
static bool better(const struct claim *a, const struct claim *b)
{
    if (a->bits != b->bits) return a->bits > b->bits;
    return a->to - a->from > b->to - b->from;
}

static void insert_sorted(struct claim *claims, size_t n, struct claim c)
{
    size_t at = n;
    for (; at > 0 && better(&c, &claims[at - 1]); at--) claims[at] = claims[at - 1];
    claims[at] = c;
}

/* Of overlapping claims the best stays; others of the same characters too, as bare ones, unless the
 * best one stands much higher. */
static size_t choose(struct claim *claims, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct claim c = claims[i];
        bool stays = true;
        for (size_t k = 0; k < kept && stays; k++) {
            const struct claim *best = &claims[k];
            if (!overlap(best, &c)) continue;
            bool same = best->from == c.from && best->to == c.to;
            if (best->sureness == HIT_BARE)
                stays = same || c.bits + 3 >= best->bits;
            else
                stays = same && best->bits < c.bits + 6;
            if (stays && best->sureness != HIT_BARE) c.sureness = HIT_BARE;
        }
        if (stays) claims[kept++] = c;
    }
    return kept;
}

static void order_places(struct claim *claims, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct claim c = claims[i];
        size_t at = i;
        for (; at > 0 && claims[at - 1].from > c.from; at--) claims[at] = claims[at - 1];
        claims[at] = c;
    }
}

/* c->bits; false: it is nothing. */
static bool weigh_claim(struct slice text, struct claim *c, const struct words *w)
{
    size_t row = row_of(c->detector);
    if (c->check == CHECK_BAD || joined(text, c)) return false;
    int bits = row == SIZE_MAX ? TEN : weigh(text, c, w, row);
    c->bits = (uint8_t)(bits < LEAST ? 0 : bits);
    return bits >= LEAST;
}

size_t arbitrate_bare(struct slice text, struct claim *claim)
{
    static const struct words none = {.named = UINT16_MAX, .other = UINT16_MAX};
    if (claim->from >= claim->to || claim->to > text.n) return 0;
    if (!weigh_claim(text, claim, &none)) return 0;
    settle(claim);
    return 1;
}

size_t arbitrate(struct slice text, struct claim *claims, size_t count)
{
    if (count > ARBITRATE_CLAIMS) count = ARBITRATE_CLAIMS;
    struct words words[ARBITRATE_CLAIMS];
    struct surroundings around;
    size_t from = text.n, to = 0, n = 0;
    for (size_t i = 0; i < count; i++) {
        if (claims[i].from < from) from = claims[i].from;
        if (claims[i].to > to) to = claims[i].to;
    }
    if (from >= to || to > text.n) return 0;
    surroundings_of(text, from, to, &around);
    for (size_t i = 0; i < count; i++) {
        size_t row = row_of(claims[i].detector);
        words[i] = (struct words){.named = UINT16_MAX, .other = UINT16_MAX};
        if (row != SIZE_MAX) words[i] = words_of(&around, row);
    }
    struct claim kept[ARBITRATE_CLAIMS];
    for (size_t i = 0; i < count; i++) {
        struct claim c = claims[i];
        if (!weigh_claim(text, &c, &words[i])) continue;
        bool own = words[i].named <= 8;
        if (!own && c.bits < 16 && spoilt(claims, words, count, &c)) continue;
        settle(&c);
        insert_sorted(kept, n++, c);
    }
    n = choose(kept, n);
    order_places(kept, n);
    memcpy(claims, kept, n * sizeof kept[0]);
    return n;
}

unsigned context_speaks(struct slice words, const struct detector *d)
{
    struct folded f;
    size_t row = row_of(d);
    unsigned speaks = 0;
    fold_text(words, &f);
    for (size_t i = 0, next; i < f.count; i = next) {
        const struct phrase *p = phrase_at(&f, i, &next);
        if (!p) continue;
        if (row != SIZE_MAX && phrase_names(p, row)) return 2;
        if (row != SIZE_MAX && phrase_hints(p, row)) speaks = 1;
    }
    return speaks;
}

bool context_other(struct slice words)
{
    struct folded f;
    bool other = false;
    fold_text(words, &f);
    for (size_t i = 0, next; i < f.count; i = next) {
        const struct phrase *p = phrase_at(&f, i, &next);
        if (p && p->named) return false;
        other = other || (p && (p->flags & PHRASE_OTHER));
    }
    return other;
}
