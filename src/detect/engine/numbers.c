/* SPDX-License-Identifier: Apache-2.0 */
/* numbers.c - runs of digits and capitals: which detectors claim them, and whether a word speaks of
 * one. Numbers that no word speaks of are only sampled: tables are full of them, and what a column
 * holds its votes tell. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/engine/arbitrate.h"
#include "detect/engine/part.h"

#define BARE_BYTES 4096u /* of text, for which there are */
/* Tries at numbers that no word speaks of, so that tables of numbers and hostile digits stay cheap:
 * plain digits, and forms with separators or letters. The beginning of a text is looked at closely,
 * behind it a column's vote lives on samples. */
#define CLOSELY     (64u << 10)
#define BARE_FIRST  64u
#define OTHER_FIRST 96u
#define BARE_TRIES  6u
#define TRIES       240u /* and patterns run, whether they fit or not */
#define OTHER_TRIES 12u

static bool is_lead(uint8_t c)
{
    return c == '+' || c == '(' || c == '-';
}

static bool is_joint(uint8_t c)
{
    return c == '.' || c == '-' || c == '/' || c == ':';
}

/* Does a cell of a table begin here? What it means its column's name says, not its neighbours. */
static bool is_cell(struct slice t, size_t at)
{
    if (at > 0 && (t.p[at - 1] == '"' || t.p[at - 1] == '\'')) at--;
    if (at == 0) return true;
    uint8_t c = t.p[at - 1];
    return c == ',' || c == ';' || c == '\t' || c == '|' || c == '\n';
}

struct shape_walk {
    struct search *s;
    const struct view *v;
    size_t at, run, claims; /* run: digits (capitals) that it begins with */
    bool run_alone;         /* nothing of a number behind them */
    bool no_phone;          /* nor a sign before them, as telephone numbers in one piece have */
    bool fitting;           /* one whose check does not fail */
    bool solid;             /* one that does not stand and fall with the words around it */
    size_t open;            /* see struct match */
    struct claim claim[ARBITRATE_CLAIMS];
};

/* Tries without a word that are left in this stretch of the text. */
static unsigned *tries_left(struct search *s, uint64_t at, bool plain)
{
    if (s->bare_window != at / BARE_BYTES) {
        s->bare_window = at / BARE_BYTES;
        s->bare_left = at < CLOSELY ? BARE_FIRST : BARE_TRIES;
        s->other_left = at < CLOSELY ? OTHER_FIRST : OTHER_TRIES;
        s->bare_tries = at < CLOSELY ? 16 * TRIES : TRIES;
        s->other_tries = s->bare_tries / 2;
    }
    return plain ? &s->bare_left : &s->other_left;
}

static bool is_armed(const struct search *s, unsigned d)
{
    return s->sink->armed && s->sink->armed[d / 64] >> (d % 64) & 1;
}

static enum shape_next next_of(uint8_t c, bool digits)
{
    if (digits ? ascii_upper(c) : ascii_digit(c)) return NEXT_ALNUM;
    switch (c) {
    case ' ': return NEXT_BLANK;
    case '-': return NEXT_DASH;
    case '.': return NEXT_DOT;
    case '/': return NEXT_SLASH;
    case '+':
    case '(': return NEXT_SIGN;
    default: return NEXT_OTHER;
    }
}

/* Groups of digits with more groups of digits before or behind them are a list of numbers. */
static bool in_series(struct slice t, size_t from, size_t to)
{
    bool before = from >= 2 && t.p[from - 1] == ' ' && ascii_digit(t.p[from - 2]);
    bool behind = to + 1 < t.n && t.p[to] == ' ' && ascii_digit(t.p[to + 1]);
    return (before || behind) && slice_find_byte(slice_sub(t, from, to - from), ' ') != SIZE_MAX;
}

/* Where the card number that begins with four digits at t.p[at] ends, as its pattern has it, or 0.
 * Of all forms with a separator (dates) this one is asked for wherever cards are expected. */
static size_t card_end(struct slice t, size_t at)
{
    size_t i = at + 4, end = 0;
    for (unsigned n = 1; n <= 15; n++) {
        if (i < t.n && (t.p[i] == ' ' || t.p[i] == '-')) i++;
        if (i >= t.n || !ascii_digit(t.p[i])) break;
        i++;
        bool bound = i == t.n || !(ascii_alnum(t.p[i]) || t.p[i] == '_');
        if (n >= 8 && bound) end = i;
    }
    return end;
}

static bool card_match(const struct shape_walk *w, struct match *ret)
{
    struct slice t = w->v->text;
    size_t end = 0;
    if (w->run_alone)
        end = w->run >= 12 && w->run <= 19 ? w->at + w->run : 0;
    else if (w->run >= 4)
        end = card_end(t, w->at);
    *ret = (struct match){w->at, end, w->at, end};
    return end && in_set(detector_rows[card_detector].first, t.p[w->at]);
}

/* A detector's claim to the characters at this place: also when its check fails, because a label
 * that names it then says that they are nothing else. */
static void claim_at(struct shape_walk *w, unsigned d)
{
    const struct detector_row *row = &detector_rows[d];
    struct slice t = w->v->text;
    struct match m = {0};
    size_t at = w->at;
    size_t lead = 0;
    bool fits = false;
    if (w->no_phone && d == phone_grouped_detector) return;
    if (row->flags & ROW_LEAD)
        while (lead < 2 && lead < at && is_lead(t.p[at - lead - 1])) lead++;
    if (d == card_detector)
        fits = card_match(w, &m);
    else
        for (size_t back = lead + 1;
             !fits && back-- > 0;) { /* with its + or ( first: it says more */
            if (!in_set(row->first, t.p[at - back])) continue;
            fits = pattern_match(row->program, t, at - back, &m);
            if (m.open < w->open) w->open = m.open;
        }
    if (!fits || w->claims == ARBITRATE_CLAIMS || in_series(t, m.from, m.to)) return;
    check_fn *check = w->s->checks[row->check];
    struct claim *c = &w->claim[w->claims++];
    *c = (struct claim){.detector = &detectors_table[d],
                        .from = (uint32_t)m.value_from,
                        .to = (uint32_t)m.value_to,
                        .check = CHECK_FITS,
                        .severity = detectors_table[d].severity};
    if (check) c->check = check(slice_sub(t, m.value_from, m.value_to - m.value_from));
    if (c->check == CHECK_BAD) return;
    w->fitting = true;
    bool grouped = m.value_to - m.value_from > w->run && !(row->flags & ROW_GATED);
    if (c->check == CHECK_GOOD || c->check == CHECK_TEST || is_armed(w->s, d) || grouped)
        w->solid = true;
}

/* Is it known that there is none as near to the claim as words are looked for? */
static bool has_no_letters(const struct search *s, const struct view *v, const struct claim *c)
{
    uint64_t from = c->from > ARBITRATE_BEFORE ? v->base + c->from - ARBITRATE_BEFORE : v->base;
    size_t left = v->text.n - c->to;
    uint64_t to = v->base + c->to + (left < ARBITRATE_BEHIND ? left : ARBITRATE_BEHIND);
    return s->bare_from <= from && to <= s->bare_to;
}

static void tell_claims(struct shape_walk *w)
{
    bool bare = w->claims == 1 && has_no_letters(w->s, w->v, &w->claim[0]);
    size_t n =
        bare ? arbitrate_bare(w->v->text, w->claim) : arbitrate(w->v->text, w->claim, w->claims);
    for (size_t i = 0; i < n; i++) {
        const struct claim *c = &w->claim[i];
        struct waiting h = {.hit = {.detector = c->detector,
                                    .from = w->v->base + c->from,
                                    .to = w->v->base + c->to,
                                    .sureness = c->sureness,
                                    .severity = c->severity}};
        h.score = find_score(&h, c->check == CHECK_GOOD) + c->bits * 8u;
        hits_add(&w->s->hits, &h);
    }
}

/* Without words and without more than one check digit these are bare numbers, whatever arbitration
 * would say: told as such, for the columns' vote. */
static void tell_bare(struct shape_walk *w)
{
    for (size_t i = 0; i < w->claims; i++) {
        const struct claim *c = &w->claim[i];
        if (c->check == CHECK_BAD || find_is_part(w->v->text, c->from, c->to)) continue;
        struct waiting h = {.hit = {.detector = c->detector,
                                    .from = w->v->base + c->from,
                                    .to = w->v->base + c->to,
                                    .sureness = HIT_BARE,
                                    .severity = c->severity}};
        hits_add(&w->s->hits, &h);
    }
}

#define LINE_MOST  200u /* lines up to here are looked up once for all their numbers */
#define LINE_REACH 120u /* longer ones once for so many bytes */

/* The first byte of t.p[at, to) that may be a letter or begin beyond ASCII, or `to`: eight at a
 * time, as most are digits and signs. */
static size_t letter_from(struct slice t, size_t at, size_t to)
{
    for (; at + 8 <= to; at += 8) {
        uint64_t eight;
        memcpy(&eight, t.p + at, 8);
        if (eight & 0xc0c0c0c0c0c0c0c0u) break;
    }
    while (at < to && t.p[at] < '@') at++;
    return at;
}

/* Are there no words around, only numbers? Each byte is looked at once. */
static bool is_wordless(struct search *s, const struct view *v, size_t from, size_t to)
{
    struct slice t = v->text;
    size_t low = from > LINE_MOST ? from - LINE_MOST : 0;
    size_t high = t.n - to > LINE_MOST ? to + LINE_MOST : t.n;
    uint64_t at = v->base + low;
    if (at < s->bare_from || at > s->bare_to) s->bare_from = s->bare_to = at;
    size_t i = (size_t)(s->bare_to - v->base);
    for (; (i = letter_from(t, i, high)) < high; i++) {
        if (!ascii_letter(t.p[i]) && t.p[i] < 0x80) continue;
        s->bare_to = v->base + i;
        return false;
    }
    if (v->base + high > s->bare_to) s->bare_to = v->base + high;
    return true;
}

/* What the key or the words around speak of. */
static const struct detector_set *line_near(struct search *s, const struct view *v, size_t from,
                                            size_t to)
{
    struct slice t = v->text, key;
    if (v->base + from < s->line_to && v->base + from >= s->line_from) return &s->line;
    s->line = (struct detector_set){0};
    s->line_to = 0;
    if (is_wordless(s, v, from, to)) return &s->line;
    if (key_speaks(t, from, &key, &s->line) || key.n) return &s->line;
    size_t low = from, high = to;
    while (low > 0 && from - low < LINE_MOST && t.p[low - 1] != '\n') low--;
    while (high < t.n && high - low < LINE_MOST && t.p[high] != '\n') high++;
    bool whole = (low == 0 || t.p[low - 1] == '\n') && high < t.n && t.p[high] == '\n';
    if (!whole && from - low > CONTEXT_BACK) low = from - CONTEXT_BACK;
    if (!whole && high - from > LINE_REACH + CONTEXT_AHEAD)
        high = from + LINE_REACH + CONTEXT_AHEAD;
    context_of(slice_sub(t, low, high - low), &s->line);
    s->line_from = whole ? v->base + low : v->base + from;
    s->line_to = whole ? v->base + high : v->base + from + LINE_REACH;
    return &s->line;
}

/* Is one of the claimants spoken of? */
static bool is_spoken_of(const struct shape_walk *w, const struct detector_set *near)
{
    for (size_t i = 0; i < w->claims; i++)
        if (set_has(near, (unsigned)(w->claim[i].detector - detectors_table))) return true;
    return false;
}

/* Behind the digits at t.p[at], or `to`: eight at a time, as most numbers are shorter and no two
 * loops over them alike. */
static size_t digits_from(struct slice t, size_t at, size_t to)
{
    for (; at + 8 <= to; at += 8) {
        uint64_t eight;
        memcpy(&eight, t.p + at, 8);
        eight ^=
            0x3030303030303030u; /* what is carried over to the next byte is behind the first */
        uint64_t others = (eight | (eight + 0x7676767676767676u)) & 0x8080808080808080u;
        if (others) return at + (size_t)__builtin_ctzll(others) / 8;
    }
    while (at < to && ascii_digit(t.p[at])) at++;
    return at;
}

/* 2024-05-06 */
static bool is_date(struct slice t, size_t at, size_t n)
{
    if (n != 4 || t.p[at] == '0' || at + 10 > t.n) return false;
    const uint8_t *p = t.p + at;
    return p[4] == '-' && ascii_digit(p[5]) && ascii_digit(p[6]) && p[7] == '-' &&
           ascii_digit(p[8]) && ascii_digit(p[9]) && (at + 10 == t.n || !ascii_digit(p[10]));
}

bool numbers_is_idle_date(struct slice t, size_t at)
{
    return is_date(t, at, 4) && is_cell(t, at);
}

bool numbers_want_dates(const uint64_t *armed)
{
    return armed && ((armed[dob_detector / 64] >> dob_detector % 64 & 1) ||
                     (armed[phone_grouped_detector / 64] >> phone_grouped_detector % 64 & 1));
}

/* A date is expected here, or is the beginning of a card's number. */
static bool is_date_wanted(const struct search *s, struct slice t, size_t at)
{
    return is_armed(s, dob_detector) || is_armed(s, phone_grouped_detector) || card_end(t, at);
}

/* 12.75, what tables are full of: no number of a person, but for a position or a telephone number.
 */
bool numbers_is_fraction(struct slice t, size_t at, size_t n)
{
    size_t from = at + n + 1, to = digits_from(t, from, t.n);
    if (to == from || to >= t.n || is_joint(t.p[to])) return false;
    if (at > 0 && t.p[at - 1] == '+') return false;
    if ((t.p[at] == '0' && n > 1) || (t.p[at] == '1' && n == 1 && to - from == 10)) return false;
    if (n > 2 || to - from < 4) return true;
    size_t k = to;
    while (k < t.n && k - to < 3 && t.p[k] <= ' ') k++;
    if (k == t.n || t.p[k] != ',') return true;
    k++;
    for (size_t m = 0; m < 3 && k < t.n && t.p[k] <= ' '; m++) k++;
    k += k < t.n && t.p[k] == '-';
    size_t second = digits_from(t, k, t.n);
    return second == k || second == t.n || t.p[second] != '.';
}

/* What is expected here by a column's name or vote? */
static bool expects(const uint64_t *armed, const struct detector_set *which)
{
    uint64_t both = 0;
    if (!armed) return false;
    for (size_t i = 0; i < DETECTORS_MAX / 64; i++) both |= armed[i] & which->bits[i];
    return both;
}

/* The same, remembered by the key of the shape while one text is looked at. */
static bool is_expected(struct search *s, unsigned key, const struct detector_set *which)
{
    if (!s->sink->armed) return false;
    if (!s->expected[key]) s->expected[key] = expects(s->sink->armed, which) ? 2 : 1;
    return s->expected[key] == 2;
}

static uint64_t bit_in(unsigned d, size_t word)
{
    return d / 64 == word ? 1ull << d % 64 : 0;
}

/* Are telephone numbers all that a run of this shape may be? */
static bool is_for_phones(const struct detector_set *which)
{
    uint64_t others = 0;
    for (size_t i = 0; i < DETECTORS_MAX / 64; i++)
        others |=
            which->bits[i] & ~(bit_in(phone_grouped_detector, i) | bit_in(phone_e164_detector, i));
    return !others;
}

#define RUN_MOST 40u

/* Of digits, or of capitals: how many, up to RUN_MOST. */
static size_t run_at(struct slice t, size_t at, bool digits)
{
    size_t to = t.n - at < RUN_MOST ? t.n : at + RUN_MOST, i = at + 1;
    if (digits) return digits_from(t, at, to) - at;
    while (i < to && ascii_upper(t.p[i])) i++;
    return i - at;
}

#define HEARD (LINE_REACH + CONTEXT_AHEAD) /* as line_near() and whole lines reach */

/* Of a text that goes on: claims that words behind the number could still make true. What such
 * words can say ends with the line; beyond ARBITRATE_BEHIND they only say whether arbitration is
 * asked at all. */
static void wait_for_words(struct shape_walk *w, unsigned from, unsigned to)
{
    const struct view *v = w->v;
    size_t end = w->at + w->run;
    w->claims = 0;
    w->fitting = false;
    w->open = SIZE_MAX;
    for (unsigned i = from; i < to; i++) claim_at(w, shape_lists[i]);
    if (w->open != SIZE_MAX) find_wait(w->s, v, w->open);
    if (!w->fitting) return;
    size_t first = v->text.n;
    for (size_t i = 0; i < w->claims; i++) {
        if (w->claim[i].from < first) first = w->claim[i].from;
        if (w->claim[i].to > end) end = w->claim[i].to;
    }
    if (!find_hears(w->s, v, end, LINE_MOST)) return;
    if (!find_hears(w->s, v, end, ARBITRATE_BEHIND)) {
        struct claim tried[ARBITRATE_CLAIMS];
        bool sure = false;
        memcpy(tried, w->claim, w->claims * sizeof tried[0]);
        size_t n = arbitrate(v->text, tried, w->claims);
        for (size_t i = 0; i < n; i++) sure |= tried[i].sureness != HIT_BARE;
        if (!sure || v->text.n - end >= HEARD) return;
    }
    find_wait(w->s, v, first);
}

/* `digits_end`: where the digits at the place end, as far as they were looked at. */
static void shape_at_place(struct shape_walk *w, size_t digits_end)
{
    struct slice t = w->v->text;
    struct search *s = w->s;
    bool digits = ascii_digit(t.p[w->at]);
    const uint8_t *p = t.p + w->at;
    bool known = digits && digits_end < t.n && !ascii_digit(t.p[digits_end]);
    size_t n = known ? digits_end - w->at : run_at(t, w->at, digits);
    if (n > RUN_MOST) n = RUN_MOST;
    enum shape_next next = next_of(n < t.n - w->at ? p[n] : 0, digits);
    unsigned key = SHAPE_INDEX(digits ? 0u : 1u, n > SHAPE_MAX ? SHAPE_MAX : (unsigned)n, next);
    unsigned from = shape_at[key], to = shape_at[key + 1];
    if (from == to) return;
    if (digits && next == NEXT_DOT && numbers_is_fraction(t, w->at, n)) return;
    w->run = n;
    w->run_alone = digits && next == NEXT_OTHER;
    w->no_phone = w->run_alone && p[0] != '0' && p[0] != '8' && !(w->at && is_lead(p[-1]));
    if (s->pending) wait_for_words(w, from, to);
    const struct detector_set *fit = &shape_sets[key];
    bool date = digits && next == NEXT_DASH && is_date(t, w->at, n);
    if (date && is_cell(t, w->at) && !is_date_wanted(s, t, w->at)) return;
    if (w->no_phone && to - from <= 2 && is_for_phones(fit)) return;
    bool armed = is_expected(s, key, fit),
         plain = digits && (next == NEXT_OTHER || next == NEXT_SIGN);
    unsigned *left = tries_left(s, w->v->base + w->at, plain);
    unsigned *tries = plain ? &s->bare_tries : &s->other_tries;
    bool spent = !*left || !*tries || date;
    /* then only what is expected has a claim, unless the words around speak of something */
    bool only =
        spent && (is_cell(t, w->at) || !sets_meet(line_near(s, w->v, w->at, w->at + n), fit));
    if (only && !armed) return;
    if (!spent) *tries -= *tries < to - from ? *tries : to - from;
    w->claims = 0;
    w->fitting = w->solid = false;
    for (unsigned i = from; i < to; i++)
        if (!only || is_armed(s, shape_lists[i])) claim_at(w, shape_lists[i]);
    if (!w->fitting) return;
    bool speaks = is_spoken_of(w, line_near(s, w->v, w->at, w->at + n));
    if (!speaks && spent && !armed) return;
    if (!speaks && *left) --*left;
    if (speaks || w->solid)
        tell_claims(w);
    else
        tell_bare(w);
}

static bool is_cap_or_digit(uint8_t c)
{
    return ascii_digit(c) || ascii_upper(c);
}

/* A fraction, a date's second part or the middle of a version is no beginning. What follows a comma
 * is the next cell of a table more often than a fraction. */
static bool begins_inside(struct slice t, size_t at)
{
    if (at == 0) return false;
    uint8_t c = t.p[at - 1];
    if (at >= 2 && (c == '.' || c == '-' || c == '/') && ascii_digit(t.p[at - 2])) return true;
    return (ascii_alnum(c) || c == '_') && !pattern_starts_word(t, at);
}

void find_numbers(struct search *s, const struct view *v, size_t from, size_t to)
{
    struct shape_walk w;
    if (!s->sink->armed && is_cell(v->text, from) && !*tries_left(s, v->base + from, true) &&
        !s->other_left)
        return;
    w.s = s;
    w.v = v;
    w.open = SIZE_MAX;
    if (to > v->text.n) to = v->text.n;
    for (size_t i = from, end; i < to; i = end) {
        const uint8_t *p = v->text.p;
        end = i + 1;
        if (!is_cap_or_digit(p[i])) continue;
        if (ascii_digit(p[i])) end = digits_from(v->text, i, to);
        size_t digits_end = end;
        while (end < to && is_cap_or_digit(p[end])) end++;
        if (i > 0 && is_cap_or_digit(p[i - 1])) continue;
        if (begins_inside(v->text, i)) continue;
        w.at = i;
        shape_at_place(&w, digits_end);
    }
}
