/* SPDX-License-Identifier: Apache-2.0 */
/* find.c - from a candidate to a hit: pattern, check, doubts, context. */
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

void find_reset(struct search *s)
{
    s->hits.count = 0;
    memset(s->word_done, 0, sizeof s->word_done);
    s->bare_window = UINT64_MAX;
    s->colon_done = s->assign_done = 0;
    s->bare_left = s->other_left = 0;
    s->line_from = s->line_to = 0;
    s->line = (struct detector_set){0};
    struct class_state *c = &s->classes;
    *c = (struct class_state){
        .events = c->events, .on_mark = s->sink->on_mark, .mark_ctx = s->sink->ctx};
}

/* ---- a match ---- */

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

/* Is the match only a part of a longer number, date, version or fraction? */
static bool is_part_of_more(struct slice t, size_t from, size_t to)
{
    if (from >= 2 && is_joint(t.p[from - 1]) && is_digit(t.p[from - 2])) return true;
    if (from >= 1 && is_digit(t.p[from - 1])) return true;
    /* six of the octets of a fingerprint are no address */
    bool octet = from >= 3 && t.p[from - 1] == ':' && is_hexdigit(t.p[from - 2]) &&
                 is_hexdigit(t.p[from - 3]);
    if (octet && (from == 3 || !is_alnum(t.p[from - 4]))) return true;
    if (to + 1 < t.n && t.p[to] == ':' && is_hexdigit(t.p[to + 1])) return true;
    return to + 1 < t.n && is_joint(t.p[to]) && is_digit(t.p[to + 1]);
}

/* The part of a value behind its prefix: what should look random. */
static struct slice body_of(struct slice v)
{
    size_t from = 0;
    for (size_t i = 0; i < v.n && i < 16 && i + 12 < v.n; i++)
        if (v.p[i] == '_' || v.p[i] == '-' || v.p[i] == '.') from = i + 1;
    return slice_sub(v, from, v.n - from);
}

static bool is_doubtful(const struct detector_row *row, struct slice v)
{
    if (!(row->flags & ROW_SECRET) || (row->flags & ROW_SOLID)) return false;
    if (doubt_placeholder(v)) return true;
    struct slice body = body_of(v);
    if (doubt_repetitive(body)) return true;
    size_t upper = 0;
    for (size_t i = 0; i < body.n; i++) {
        if (is_digit(body.p[i])) return false;
        upper += is_upper(body.p[i]);
    }
    /* capitals alone are base 32, of which chance makes something to be said often enough */
    return body.n < 64 && upper < body.n && doubt_words(body);
}

/* The check decides how sure a hit can be. False: it is none. */
static bool apply_check(struct search *s, unsigned d, struct slice v, struct hit *h, bool *good)
{
    const char *name = check_names[detector_rows[d].check];
    check_fn *check = s->checks[detector_rows[d].check];
    *good = false;
    if (!check) return true;
    switch (check(v)) {
    case CHECK_BAD:
        /* a token of the right form in the right place: worth a look, but never issued */
        if (strcmp(name, "crc62") != 0) return false;
        h->sureness = HIT_WEAK;
        return true;
    case CHECK_FITS: return true;
    case CHECK_GOOD: *good = true; return true;
    case CHECK_TEST: h->sureness = HIT_WEAK; return true;
    case CHECK_LESS: h->severity = SEV_LOW; return true;
    case CHECK_MORE: h->severity = SEV_CRITICAL; return true;
    }
    return true;
}

static unsigned score_of(const struct waiting *w, bool good)
{
    static const unsigned secret[] = {[HIT_SURE] = 9000, [HIT_WEAK] = 8000, [HIT_BARE] = 1000};
    static const unsigned personal[] = {[HIT_SURE] = 6000, [HIT_WEAK] = 5000, [HIT_BARE] = 500};
    bool is_secret = w->hit.detector->kind == DETECTOR_SECRET;
    unsigned score = is_secret ? secret[w->hit.sureness] : personal[w->hit.sureness];
    if (w->generic) score = 7000;
    uint64_t n = w->hit.to - w->hit.from;
    score += (w->worded ? 400u : 0) + (good ? 200u : 0) + (n < 100 ? (unsigned)n : 100);
    return w->prefixed ? score + 500 : score;
}

void find_consider(struct search *s, const struct view *v, unsigned d, const struct match *m,
                   unsigned how, const struct detector_set *near)
{
    const struct detector_row *row = &detector_rows[d];
    struct slice value = slice_sub(v->text, m->value_from, m->value_to - m->value_from);
    if ((how & FOUND_EDGES) && is_part_of_more(v->text, m->from, m->to)) return;
    if (is_doubtful(row, value)) return;
    struct hit h = {.detector = &detectors_table[d],
                    .from = v->base + m->value_from,
                    .to = v->base + m->value_to,
                    .sureness = HIT_SURE,
                    .severity = detectors_table[d].severity};
    bool good;
    if (!apply_check(s, d, value, &h, &good)) return;
    struct detector_set own = {0};
    bool worded = how & FOUND_WORDED;
    if (!worded && detectors_table[d].context[0]) {
        if (!near) context_near(v->text, m->value_from, m->value_to, &own);
        worded = set_has(near ? near : &own, d);
    }
    bool needs = row->flags & ROW_NEEDS_WORD;
    if ((row->flags & ROW_SECRET) && needs && doubt_key(key_before(v->text, m->value_from))) return;
    if (needs && !worded && !good && h.sureness == HIT_SURE) h.sureness = HIT_BARE;
    struct waiting w = {
        .hit = h, .generic = how & FOUND_GENERIC, .worded = worded, .prefixed = how & FOUND_PREFIX};
    w.score = score_of(&w, good);
    hits_add(&s->hits, &w);
}

static bool try_at(struct search *s, const struct view *v, unsigned d, size_t at, unsigned how,
                   const struct detector_set *near)
{
    struct match m;
    const struct detector_row *row = &detector_rows[d];
    if (at >= v->text.n || !in_set(row->first, v->text.p[at])) return false;
    if (!pattern_match(row->program, v->text, at, &m)) return false;
    find_consider(s, v, d, &m, how, near);
    return true;
}

/* ---- numbers ---- */

struct shape_walk {
    struct search *s;
    const struct view *v;
    size_t at, run, claims; /* run: digits (capitals) that it begins with */
    bool run_alone;         /* nothing of a number behind them */
    bool no_phone;          /* nor a sign before them, as telephone numbers in one piece have */
    bool fitting;           /* one whose check does not fail */
    bool solid;             /* one that does not stand and fall with the words around it */
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
    if (digits ? is_upper(c) : is_digit(c)) return NEXT_ALNUM;
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
    bool before = from >= 2 && t.p[from - 1] == ' ' && is_digit(t.p[from - 2]);
    bool behind = to + 1 < t.n && t.p[to] == ' ' && is_digit(t.p[to + 1]);
    return (before || behind) && slice_find_byte(slice_sub(t, from, to - from), ' ') != SIZE_MAX;
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
    if (d == card_detector && w->run_alone) { /* what most tables of long numbers are asked for */
        fits = w->run >= 12 && w->run <= 19 && in_set(row->first, t.p[at]);
        m = (struct match){at, at + w->run, at, at + w->run};
    } else
        for (size_t back = lead + 1; !fits && back-- > 0;) /* with its + or ( first: it says more */
            fits =
                in_set(row->first, t.p[at - back]) && pattern_match(row->program, t, at - back, &m);
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

static void tell_claims(struct shape_walk *w)
{
    size_t n = arbitrate(w->v->text, w->claim, w->claims);
    for (size_t i = 0; i < n; i++) {
        const struct claim *c = &w->claim[i];
        struct waiting h = {.hit = {.detector = c->detector,
                                    .from = w->v->base + c->from,
                                    .to = w->v->base + c->to,
                                    .sureness = c->sureness,
                                    .severity = c->severity}};
        h.score = score_of(&h, c->check == CHECK_GOOD) + c->bits * 8u;
        hits_add(&w->s->hits, &h);
    }
}

/* Without words and without more than one check digit these are bare numbers, whatever arbitration
 * would say: told as such, for the columns' vote. */
static void tell_bare(struct shape_walk *w)
{
    for (size_t i = 0; i < w->claims; i++) {
        const struct claim *c = &w->claim[i];
        if (c->check == CHECK_BAD || is_part_of_more(w->v->text, c->from, c->to)) continue;
        struct waiting h = {.hit = {.detector = c->detector,
                                    .from = w->v->base + c->from,
                                    .to = w->v->base + c->to,
                                    .sureness = HIT_BARE,
                                    .severity = c->severity}};
        hits_add(&w->s->hits, &h);
    }
}

#define LINE_MOST 200u /* lines up to here are looked up once for all their numbers */

/* What the key or the words around speak of. */
static const struct detector_set *line_near(struct search *s, const struct view *v, size_t from,
                                            size_t to)
{
    struct slice t = v->text, key;
    if (v->base + from < s->line_to && v->base + from >= s->line_from) return &s->line;
    s->line = (struct detector_set){0};
    s->line_to = 0;
    if (key_speaks(t, from, &key, &s->line) || key.n) return &s->line;
    size_t low = from, high = to;
    while (low > 0 && from - low < LINE_MOST && t.p[low - 1] != '\n') low--;
    while (high < t.n && high - low < LINE_MOST && t.p[high] != '\n') high++;
    bool whole = (low == 0 || t.p[low - 1] == '\n') && high < t.n && t.p[high] == '\n';
    if (!whole && from - low > CONTEXT_BACK) low = from - CONTEXT_BACK;
    if (!whole && high - to > CONTEXT_AHEAD) high = to + CONTEXT_AHEAD;
    context_of(slice_sub(t, low, high - low), &s->line);
    s->line_from = v->base + low;
    s->line_to = whole ? v->base + high : 0;
    return &s->line;
}

/* Is one of the claimants spoken of? */
static bool is_spoken_of(const struct shape_walk *w, const struct detector_set *near)
{
    for (size_t i = 0; i < w->claims; i++)
        if (set_has(near, (unsigned)(w->claim[i].detector - detectors_table))) return true;
    return false;
}

static size_t digits_from(struct slice t, size_t at)
{
    while (at < t.n && is_digit(t.p[at])) at++;
    return at;
}

/* 2024-05-06 */
static bool is_date(struct slice t, size_t at, size_t n)
{
    if (n != 4 || t.p[at] == '0' || at + 10 > t.n) return false;
    const uint8_t *p = t.p + at;
    return p[4] == '-' && is_digit(p[5]) && is_digit(p[6]) && p[7] == '-' && is_digit(p[8]) &&
           is_digit(p[9]) && (at + 10 == t.n || !is_digit(p[10]));
}

/* 12.75, what tables are full of: no number of a person, but for a position or a telephone number.
 */
static bool is_fraction(struct slice t, size_t at, size_t n)
{
    size_t from = at + n + 1, to = digits_from(t, from);
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
    size_t second = digits_from(t, k);
    return second == k || second == t.n || t.p[second] != '.';
}

/* What is expected here by a column's name or vote? */
static bool expects(const struct search *s, const struct detector_set *which)
{
    uint64_t both = 0;
    for (size_t i = 0; s->sink->armed && i < (detectors_count + 63) / 64; i++)
        both |= s->sink->armed[i] & which->bits[i];
    return both;
}

static bool is_for_phones(const struct detector_set *which)
{
    uint64_t others = 0;
    for (unsigned i = 0; i < DETECTORS_MAX / 64; i++) {
        uint64_t bits = which->bits[i];
        if (i == phone_grouped_detector / 64) bits &= ~(1ull << phone_grouped_detector % 64);
        if (i == phone_e164_detector / 64) bits &= ~(1ull << phone_e164_detector % 64);
        others |= bits;
    }
    return !others;
}

static void shape_at_place(struct shape_walk *w)
{
    struct slice t = w->v->text;
    struct search *s = w->s;
    bool digits = is_digit(t.p[w->at]);
    size_t n = 1, most = t.n - w->at < 40 ? t.n - w->at : 40;
    const uint8_t *p = t.p + w->at;
    while (n < most && (digits ? is_digit(p[n]) : is_upper(p[n]))) n++;
    enum shape_next next = next_of(n < t.n - w->at ? p[n] : 0, digits);
    unsigned key = SHAPE_INDEX(digits ? 0u : 1u, n > SHAPE_MAX ? SHAPE_MAX : (unsigned)n, next);
    unsigned from = shape_at[key], to = shape_at[key + 1];
    if (from == to) return;
    if (digits && next == NEXT_DOT && is_fraction(t, w->at, n)) return;
    const struct detector_set *fit = &s->shapes[key];
    w->run_alone = digits && next == NEXT_OTHER;
    w->no_phone = w->run_alone && p[0] != '0' && p[0] != '8' && !(w->at && is_lead(p[-1]));
    if (w->no_phone && is_for_phones(fit)) return;
    bool armed = expects(s, fit), plain = digits && (next == NEXT_OTHER || next == NEXT_SIGN);
    unsigned *left = tries_left(s, w->v->base + w->at, plain);
    unsigned *tries = plain ? &s->bare_tries : &s->other_tries;
    bool spent = !*left || !*tries || (next == NEXT_DASH && digits && is_date(t, w->at, n));
    if (spent && !armed) {
        if (is_cell(t, w->at)) return;
        if (!sets_meet(line_near(s, w->v, w->at, w->at + n), fit)) return;
    }
    if (!spent) *tries -= *tries < to - from ? *tries : to - from;
    w->claims = 0;
    w->run = n;
    w->fitting = w->solid = false;
    for (unsigned i = from; i < to; i++) claim_at(w, shape_lists[i]);
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
    return is_digit(c) || is_upper(c);
}

/* A fraction, a date's second part or the middle of a version is no beginning. What follows a comma
 * is the next cell of a table more often than a fraction. */
static bool begins_inside(struct slice t, size_t at)
{
    if (at == 0) return false;
    uint8_t c = t.p[at - 1];
    if (at >= 2 && (c == '.' || c == '-' || c == '/') && is_digit(t.p[at - 2])) return true;
    return !pattern_starts_word(t, at);
}

static void find_shapes(struct search *s, const struct view *v, size_t from, size_t to)
{
    struct shape_walk w;
    if (!s->sink->armed && is_cell(v->text, from) && !*tries_left(s, v->base + from, true) &&
        !s->other_left)
        return;
    w.s = s;
    w.v = v;
    if (to > v->text.n) to = v->text.n;
    for (size_t i = from, end; i < to; i = end) {
        const uint8_t *p = v->text.p;
        end = i + 1;
        if (!is_cap_or_digit(p[i])) continue;
        while (end < to && is_cap_or_digit(p[end])) end++;
        if (i > 0 && is_cap_or_digit(p[i - 1])) continue;
        if (begins_inside(v->text, i)) continue;
        w.at = i;
        shape_at_place(&w);
    }
}

/* ---- tokens, addresses ---- */

static bool is_token_char(uint8_t c)
{
    return is_alnum(c) || c == '_' || c == '-' || c == '+' || c == '/';
}

static void find_tokens(struct search *s, const struct view *v, size_t from)
{
    struct slice t = v->text;
    size_t end = from;
    while (end < t.n && end - from < 600 && is_token_char(t.p[end])) end++;
    for (size_t i = from; i + TOKEN_LEAST <= end + 8 && i < end; i++) {
        bool begins = i == from || !is_alnum(t.p[i - 1]);
        if (!begins || !is_alnum(t.p[i])) continue;
        size_t n = 1;
        while (i + n < end && is_alnum(t.p[i + n])) n++;
        for (size_t k = 0; k < token_count; k++)
            if (n >= token_widths[k][0] && n <= token_widths[k][1])
                try_at(s, v, token_list[k], i, 0, NULL);
        i += n;
    }
}

/* A label, a dot and two letters: what no address is without. */
static bool has_host(struct slice t, size_t at)
{
    size_t to = t.n - at < 255 ? t.n : at + 255, k = at;
    for (; k < to && (is_alnum(t.p[k]) || t.p[k] == '-' || t.p[k] == '.'); k++)
        if (t.p[k] == '.' && k > at && k + 2 < t.n && is_letter(t.p[k + 1]) &&
            is_letter(t.p[k + 2]))
            return true;
    return false;
}

static void find_email(struct search *s, const struct view *v, size_t at)
{
    size_t from = at;
    if (!has_host(v->text, at + 1)) return;
    while (from > 0 && at - from < 65 &&
           (is_alnum(v->text.p[from - 1]) || strchr("._%+-", v->text.p[from - 1])) &&
           v->text.p[from - 1])
        from--;
    while (from < at && !is_alnum(v->text.p[from])) from++;
    if (!pattern_starts_word(v->text, from)) from = at;
    /* \nname@host: the n belongs to the escape */
    if (from > 0 && v->text.p[from - 1] == '\\' && from + 1 < at && strchr("nrt", v->text.p[from]))
        from++;
    if (from < at && at - from <= 64) try_at(s, v, email_detector, from, 0, NULL);
}

/* The number of a house before a capital. */
static void find_street(struct search *s, const struct view *v, size_t at)
{
    struct slice t = v->text;
    if (at < 2 || t.p[at - 1] != ' ' || at + 1 >= t.n) return;
    if (!is_letter(t.p[at + 1]) && t.p[at + 1] != '.' && t.p[at + 1] != '\'') return;
    size_t from = at - 1;
    if (is_letter(t.p[from - 1])) from--;
    size_t end = from;
    while (from > 0 && end - from < 7 && is_digit(t.p[from - 1])) from--;
    if (from < end) try_at(s, v, street_detector, from, 0, NULL);
}

static void find_colons(struct search *s, const struct view *v, size_t at)
{
    struct slice t = v->text;
    if (v->base + at < s->colon_done) return;
    size_t from = at, to = at;
    while (from > 0 && at - from < 40 && (is_hexdigit(t.p[from - 1]) || t.p[from - 1] == ':'))
        from--;
    while (to < t.n && to - at < 44 && (is_hexdigit(t.p[to]) || t.p[to] == ':' || t.p[to] == '.'))
        to++;
    s->colon_done = v->base + to;
    if (!pattern_starts_word(t, from)) { /* mac:3c:22:...: the end of a key */
        while (from < to && t.p[from] != ':') from++;
        from++;
    }
    if (to < from + 8) return;
    for (size_t k = 0; k < colon_count; k++)
        if (pattern_starts_word(t, from)) try_at(s, v, colon_list[k], from, FOUND_EDGES, NULL);
}

void find_class(struct search *s, const struct view *v, const struct class_event *ev)
{
    size_t from = (size_t)(ev->from - v->base);
    hits_flush(&s->hits, ev->from > BACK ? ev->from - BACK : 0);
    switch (ev->kind) {
    case CLASS_SHAPE: find_shapes(s, v, from, from + (size_t)(ev->to - ev->from)); break;
    case CLASS_TOKEN: find_tokens(s, v, from); break;
    case CLASS_AT: find_email(s, v, from); break;
    case CLASS_COLON: find_colons(s, v, from); break;
    case CLASS_HOUSE: find_street(s, v, from); break;
    }
}

/* ---- literals ---- */

static void by_pattern(struct search *s, const struct view *v, const struct literal_use *use,
                       size_t start)
{
    size_t low = start > use->high ? start - use->high : 0;
    if (start < use->low) return;
    for (size_t at = low; at + use->low <= start; at++)
        if (try_at(s, v, use->what, at, FOUND_PREFIX, NULL)) return;
}

/* Where the words of a key end and its value may begin: a heading such as "wandb:" reaches over
 * line ends. */
static size_t line_end_after(struct slice t, size_t end)
{
    size_t to = end, lines = 0;
    while (to < t.n && to - end < WORD_AHEAD) {
        if (t.p[to] == '\n' && (lines++ || to - end > 24)) {
            if (lines != 2 && lines != 3) break;
            if (lines == 3) break;
        }
        to++;
    }
    return to;
}

static void by_word(struct search *s, const struct view *v, unsigned d, size_t start, size_t end)
{
    struct slice t = v->text;
    struct detector_set near = {0};
    size_t low = start > 24 ? start - 24 : 0;
    context_of(slice_sub(t, low, end + 24 - low), &near);
    if (!set_has(&near, d)) return;
    size_t from = start, to = line_end_after(t, end);
    while (from > 0 && start - from < WORD_BACK && t.p[from - 1] != '\n') from--;
    if (v->base + from < s->word_done[d]) from = (size_t)(s->word_done[d] - v->base);
    for (size_t i = from; i < to; i++) {
        bool begins = i == 0 || !is_alnum(t.p[i - 1]) || pattern_starts_word(t, i);
        if (!begins || !is_alnum(t.p[i]) || (i >= start && i < end)) continue;
        try_at(s, v, d, i, FOUND_WORDED, NULL);
    }
    s->word_done[d] = v->base + to;
}

void find_literal(struct search *s, const struct view *v, const struct literal_hit *hit)
{
    const struct literal *l = &literals_table[hit->id];
    size_t end = (size_t)(hit->end - v->base), start = end - l->size;
    hits_flush(&s->hits, hit->end > BACK ? hit->end - BACK : 0);
    for (unsigned i = 0; i < l->uses; i++) {
        const struct literal_use *use = &literal_uses[l->first_use + i];
        switch ((enum literal_how)use->how) {
        case BY_PATTERN: by_pattern(s, v, use, start); break;
        case BY_WORD: by_word(s, v, use->what, start, end); break;
        case BY_CODE: code_run(s, v, use->what, end); break;
        }
    }
}
