/* SPDX-License-Identifier: Apache-2.0 */
/* charset_guess.c - which character set, when no mark says so.
 *
 * The right set is the one in which the text is cheapest to write down: every high character costs
 * the logarithm of one over its share among the letters of the best language of that set; what does
 * not look like writing (symbols inside words, capitals behind small letters, two scripts in one
 * word) costs extra, and bytes that the set does not have cost most. */
#include "codec/charset_part.h"

#define SAMPLE_HIGH    300u /* bytes from 0x80 that are looked at */
#define COST_BAD       30u  /* bits */
#define COST_CONTROL   24u
#define COST_SYMBOL    11u
#define COST_BOX       12u
#define COST_IDEOGRAPH 12u /* one of the 3000 that are common */
#define COST_HALF      8u  /* half-width katakana */
#define COST_PUNCT     6u
#define COST_RARE      22u /* a character of the rarer half of a two-byte set */

/* ---- characters ---- */

enum sort { SORT_CONTROL, SORT_PUNCT, SORT_SYMBOL, SORT_BOX, SORT_LOWER, SORT_UPPER, SORT_OTHER };

static bool in(uint32_t c, uint32_t from, uint32_t to)
{
    return c >= from && c <= to;
}

/* Small and capital letters of the alphabets of single-byte sets. */
static enum sort sort_of_letter(uint32_t c)
{
    if (in(c, 0xdf, 0xff)) return SORT_LOWER;
    if (in(c, 0xc0, 0xde)) return SORT_UPPER;
    if (in(c, 0x100, 0x137) || in(c, 0x14a, 0x177) || in(c, 0x218, 0x21b))
        return c & 1 ? SORT_LOWER : SORT_UPPER;
    if (in(c, 0x139, 0x148) || in(c, 0x179, 0x17e)) return c & 1 ? SORT_UPPER : SORT_LOWER;
    if (in(c, 0x391, 0x3ab) || in(c, 0x386, 0x38f)) return SORT_UPPER;
    if (in(c, 0x3ac, 0x3ce) || c == 0x390) return SORT_LOWER;
    if (in(c, 0x400, 0x42f) || c == 0x490) return SORT_UPPER;
    if (in(c, 0x430, 0x45f) || c == 0x491) return SORT_LOWER;
    return SORT_OTHER;
}

static bool is_punct(uint32_t c)
{
    switch (c) {
    case 0xa0:
    case 0xa1:
    case 0xa3:
    case 0xa7:
    case 0xa9:
    case 0xab:
    case 0xad:
    case 0xae:
    case 0xb0:
    case 0xb7:
    case 0xbb:
    case 0xbf:
    case 0x2013:
    case 0x2014:
    case 0x2018:
    case 0x2019:
    case 0x201a:
    case 0x201c:
    case 0x201d:
    case 0x201e:
    case 0x2022:
    case 0x2026:
    case 0x2039:
    case 0x203a:
    case 0x20ac:
    case 0x2116:
    case 0x2122: return true;
    default: return false;
    }
}

static enum sort sort_of(uint32_t c)
{
    if (in(c, 0x80, 0x9f)) return SORT_CONTROL;
    if (is_punct(c)) return SORT_PUNCT;
    if (in(c, 0x2500, 0x25ff)) return SORT_BOX;
    if (c == 0xd7 || c == 0xf7 || c < 0xc0 || in(c, 0x2000, 0x2bff) || in(c, 0x2c6, 0x2dd))
        return c == 0xaa || c == 0xba || c == 0xb5 ? SORT_OTHER : SORT_SYMBOL;
    return sort_of_letter(c);
}

/* 0: no letter; 1: Latin; 2: ideographs and what stands between them; else one per script. */
static unsigned script_of(uint32_t c, enum sort sort)
{
    if (c < 0x80) return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    if (sort < SORT_LOWER) return 0;
    if (c < 0x250 || in(c, 0x1e00, 0x1eff)) return 1;
    if (c >= 0x2e80) return 2;
    return 3 + (c >> 8);
}

/* 0: not listed. */
static unsigned letter_bits(const struct charset_letters *l, uint32_t code)
{
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (l->code[middle] == code) return l->bits[middle] + 1u;
        if (l->code[middle] < code)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* ---- the cost of a sample in one set and language ---- */

struct letter {
    uint32_t code;
    size_t n; /* bytes; 0: there is none */
    enum sort sort;
    unsigned script;
};

static struct letter letter_at(const struct charset *c, struct slice s, size_t at)
{
    struct letter ret = {.sort = SORT_OTHER};
    ret.n = charset_next(c, s, at, &ret.code);
    if (ret.code >= 0x80) ret.sort = sort_of(ret.code);
    ret.script = script_of(ret.code, ret.sort);
    return ret;
}

/* What does not follow each other in writing. */
static unsigned shape_cost(const struct letter *before, const struct letter *own,
                           const struct letter *after)
{
    unsigned cost = 0;
    uint32_t c = own->code;
    bool small = before->sort == SORT_LOWER || in(before->code, 'a', 'z');
    if (own->script) {
        if (before->script && before->script != own->script) cost += 7;
        if (after->code < 0x80 && after->script && after->script != own->script) cost += 7;
        if (small && own->sort == SORT_UPPER) cost += 6;
        /* accented letters of Latin scripts stand between plain ones */
        if (own->script == 1 && before->code >= 0x80 && before->script == 1) cost += 4;
    } else if (before->script && after->script && c != 0x2019 && c != 0xb7 && c != 0xad) {
        cost += 8; /* a symbol inside a word */
    }
    return cost;
}

/* In the sets of East Asia the common characters have the lower rows. */
static bool is_common(const struct charset *c, struct slice s, size_t at)
{
    uint8_t lead = s.p[at], trail = at + 1 < s.n ? s.p[at + 1] : 0;
    switch (c->kind) {
    case CHARSET_GB18030: return in(lead, 0xb0, 0xd7) && trail >= 0xa1;
    case CHARSET_BIG5: return in(lead, 0xa4, 0xc6);
    case CHARSET_EUC_KR: return in(lead, 0xb0, 0xc8) && trail >= 0xa1;
    case CHARSET_EUC_JP: return in(lead, 0xa4, 0xa5) || in(lead, 0xb0, 0xcf);
    case CHARSET_SHIFT_JIS: return in(lead, 0x82, 0x83) || in(lead, 0x88, 0x97);
    default: return true;
    }
}

#define LANGUAGES_MOST 16u

struct verdict {
    unsigned cost, high, bad, odd;
};

/* What a character costs in every language alike; false: ask the language. */
static bool common_cost(const struct charset *c, uint32_t code, enum sort sort, unsigned *ret)
{
    if (c->kind != CHARSET_SINGLE) {
        bool punct = in(code, 0x3000, 0x303f) || in(code, 0xff01, 0xff5e);
        *ret = punct ? COST_PUNCT : in(code, 0xff61, 0xff9f) ? COST_HALF : 0;
        return *ret != 0;
    }
    static const uint8_t costs[] = {[SORT_CONTROL] = COST_CONTROL,
                                    [SORT_PUNCT] = COST_PUNCT,
                                    [SORT_SYMBOL] = COST_SYMBOL,
                                    [SORT_BOX] = COST_BOX};
    *ret = sort <= SORT_BOX ? costs[sort] : 0;
    return sort <= SORT_BOX;
}

/* A letter in each language: sums[i] grows. */
static void letter_costs(const struct charset *c, struct slice s, size_t at, uint32_t code,
                         unsigned *sums)
{
    if (c->kind == CHARSET_SINGLE) {
        const uint8_t *costs = &c->costs[(s.p[at] & 0x7f) * c->language_count];
        for (size_t i = 0; i < c->language_count; i++) sums[i] += costs[i];
        return;
    }
    unsigned unlisted = is_common(c, s, at) ? COST_IDEOGRAPH : COST_RARE;
    for (size_t i = 0; i < c->language_count; i++) {
        unsigned bits = letter_bits(c->languages[i], code);
        sums[i] += bits ? bits : unlisted;
    }
}

static unsigned least_sum(const struct charset *c, const unsigned *sums)
{
    unsigned least = ~0u;
    for (size_t i = 0; i < c->language_count; i++)
        if (sums[i] < least) least = sums[i];
    return least;
}

/* ASCII costs nothing and is the same in every legacy set: on to the last byte of it. */
static size_t skip_ascii(struct slice s, size_t at)
{
    uint64_t w;
    for (; s.n - at > 8; at += 8) {
        memcpy(&w, &s.p[at + 1], 8);
        if (w & 0x8080808080808080ull) break;
    }
    while (at + 1 < s.n && s.p[at + 1] < 0x80) at++;
    return at;
}

/* What the high character at[0..own->n) costs beside its letter's share, which goes into sums. */
static void weigh_high(const struct charset *c, struct slice s, size_t at,
                       const struct letter *around, struct verdict *v, unsigned *sums)
{
    const struct letter *own = &around[1];
    unsigned cost = COST_BAD;
    v->high++;
    if (own->code == CHARSET_BAD) {
        v->bad++;
    } else {
        unsigned shape = shape_cost(&around[0], own, &around[2]);
        if (shape > 4 || own->sort == SORT_CONTROL) v->odd++;
        if (!common_cost(c, own->code, own->sort, &cost)) letter_costs(c, s, at, own->code, sums);
        cost += shape;
    }
    v->cost += cost;
}

/* The cost in the best language. No more is looked at once it is above `most`. */
static struct verdict weigh(const struct charset *c, struct slice s, unsigned most)
{
    struct verdict v = {.cost = c->prior};
    struct letter around[3] = {{.sort = SORT_CONTROL}, letter_at(c, s, 0)}; /* before, own, after */
    unsigned sums[LANGUAGES_MOST] = {0}, letters = 0;
    for (size_t at = 0; at < s.n && v.cost + letters < most;) {
        if (s.p[at] < 0x80) {
            at = skip_ascii(s, at);
            around[1] = letter_at(c, s, at);
        }
        around[2] = letter_at(c, s, at + around[1].n);
        if (around[1].code >= 0x80) {
            weigh_high(c, s, at, around, &v, sums);
            if (v.high % 16 == 0) letters = least_sum(c, sums);
        }
        at += around[1].n;
        around[0] = around[1];
        around[1] = around[2];
    }
    if (v.cost + letters < most) letters = least_sum(c, sums);
    v.cost = v.cost + letters < most ? v.cost + letters : ~0u;
    return v;
}

/* The same bytes for every set, whatever it makes of them. */
static struct slice enough(struct slice s)
{
    size_t high = 0, n = 0;
    for (; n < s.n && (high < SAMPLE_HIGH || (high & 1)); n++) high += s.p[n] >= 0x80;
    return slice_sub(s, 0, n);
}

const struct charset *charset_guess(struct slice sample, bool *ret_sure)
{
    const struct charset *best = NULL;
    struct verdict least = {.cost = ~0u};
    *ret_sure = false;
    sample = enough(sample);
    for (size_t i = 0; i < charset_legacy_count; i++) {
        struct verdict v = weigh(&charset_legacy[i], sample, least.cost);
        if (v.bad * 20 > v.high || v.cost >= least.cost) continue;
        least = v;
        best = &charset_legacy[i];
    }
    if (best)
        *ret_sure = !least.bad && least.odd * 8 <= least.high &&
                    least.cost <= least.high * 13 + best->prior;
    return best;
}

/* ---- UTF-16 and UTF-32 without a mark ---- */

/* Text and nothing else, mostly of one script. */
static bool is_writing(const struct charset *c, struct slice head, unsigned unit)
{
    size_t chars = 0, ascii = 0, ideographs = 0, space = 0, most = 0;
    uint16_t rows[256] = {0};
    for (size_t at = 0; head.n - at >= 2u * unit;) {
        uint32_t code = CHARSET_BAD;
        at += charset_next(c, head, at, &code);
        bool blank = code == ' ' || code == '\n' || code == '\r' || code == '\t';
        if (code == CHARSET_BAD || (code < 0x20 && !blank) || in(code, 0x7f, 0x9f)) return false;
        if (in(code, 0xe000, 0xf8ff) || in(code, 0xfff0, 0xffff)) return false;
        chars++;
        space += blank;
        ascii += code < 0x80;
        if (in(code, 0x2e80, 0x9fff) || in(code, 0xac00, 0xd7a3) || in(code, 0xff00, 0xffef))
            ideographs++;
        else if (code < 0x10000 && code >= 0x80 && ++rows[code >> 8] > most)
            most = rows[code >> 8];
    }
    if (chars < 4 || !ascii || (!space && ascii < chars)) return false;
    size_t known = ascii + most > ascii + ideographs ? ascii + most : ascii + ideographs;
    return known * 10 >= chars * 9 && ascii * 20 >= chars;
}

bool charset_writes(const struct charset *c, struct slice head)
{
    size_t chars = 0, faults = 0;
    for (size_t at = 0; head.n - at >= 4;) {
        uint32_t code = CHARSET_BAD;
        at += charset_next(c, head, at, &code);
        chars++;
        faults += code == CHARSET_BAD || (code < 0x20 && !in(code, '\t', '\r') && code != 0x1b);
    }
    return faults * 50 <= chars;
}

const struct charset *charset_wide(struct slice head)
{
    static const unsigned units[] = {4, 4, 2, 2};
    static const enum charset_kind kinds[] = {CHARSET_UTF_32LE, CHARSET_UTF_32BE, CHARSET_UTF_16LE,
                                              CHARSET_UTF_16BE};
    if (slice_find_byte(head, 0) == SIZE_MAX) return NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        static const char *const names[] = {"utf-32le", "utf-32be", "utf-16le", "utf-16be"};
        const struct charset *c = charset_find(slice_str(names[i]));
        if (c && c->kind == kinds[i] && is_writing(c, head, units[i])) return c;
    }
    return NULL;
}
