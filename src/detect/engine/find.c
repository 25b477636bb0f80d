/* SPDX-License-Identifier: Apache-2.0 */
/* find.c - from a candidate to a hit: pattern, check, doubts, context. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/engine/arbitrate.h"
#include "detect/engine/part.h"

void find_reset(struct search *s)
{
    hits_reset(&s->hits);
    gate_reset(&s->gate);
    memset(s->word_done, 0, sizeof s->word_done);
    s->bare_window = UINT64_MAX;
    s->colon_done = s->assign_done = s->phrase_done = s->pem_done = 0;
    s->bare_left = s->other_left = 0;
    s->line_from = s->line_to = 0;
    s->bare_from = s->bare_to = 0;
    s->line = (struct detector_set){0};
    memset(s->expected, 0, sizeof s->expected);
    struct class_state *c = &s->classes;
    *c = (struct class_state){.events = c->events,
                              .skip_dates = !numbers_want_dates(s->sink->armed),
                              .on_mark = s->sink->on_mark,
                              .mark_ctx = s->sink->ctx};
}

void find_wait(struct search *s, const struct view *v, size_t from)
{
    struct pending *p = s->pending;
    if (!p || v->base + v->text.n != p->end) return;
    if (v->base + from < p->open) p->open = v->base + from;
    if (p->trigger < p->redo) p->redo = p->trigger;
}

bool find_hears(const struct search *s, const struct view *v, size_t to, size_t reach)
{
    if (!s->pending || v->text.n - to >= reach) return false;
    return slice_find_byte(slice_sub(v->text, to, reach), '\n') == SIZE_MAX;
}

/* ---- a match ---- */

static bool is_joint(uint8_t c)
{
    return c == '.' || c == '-' || c == '/' || c == ':';
}

/* Is the match only a part of a longer number, date, version or fraction? */
bool find_is_part(struct slice t, size_t from, size_t to)
{
    if (from >= 2 && is_joint(t.p[from - 1]) && ascii_digit(t.p[from - 2])) return true;
    if (from >= 1 && ascii_digit(t.p[from - 1])) return true;
    /* six of the octets of a fingerprint are no address */
    bool octet = from >= 3 && t.p[from - 1] == ':' && ascii_is_hex(t.p[from - 2]) &&
                 ascii_is_hex(t.p[from - 3]);
    if (octet && (from == 3 || !ascii_alnum(t.p[from - 4]))) return true;
    if (to + 1 < t.n && t.p[to] == ':' && ascii_is_hex(t.p[to + 1])) return true;
    return to + 1 < t.n && is_joint(t.p[to]) && ascii_digit(t.p[to + 1]);
}

/* The part of a value behind its prefix: what should look random. */
static struct slice body_of(struct slice v)
{
    size_t from = 0;
    for (size_t i = 0; i < v.n && i < 16 && i + 12 < v.n; i++)
        if (v.p[i] == '_' || v.p[i] == '-' || v.p[i] == '.') from = i + 1;
    return slice_sub(v, from, v.n - from);
}

static bool is_doubtful(const struct detector_row *row, struct slice v, bool generic)
{
    if (!(row->flags & ROW_SECRET) || (row->flags & ROW_SOLID)) return false;
    if (!generic && doubt_placeholder(v)) return true;
    struct slice body = body_of(v);
    bool known = generic && body.n == v.n;
    if (!known && doubt_repetitive(body)) return true;
    size_t upper = 0;
    for (size_t i = 0; i < body.n; i++) {
        if (ascii_digit(body.p[i])) return false;
        upper += ascii_upper(body.p[i]);
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

unsigned find_score(const struct waiting *w, bool good)
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

/* Between two signs that only Base64 has among letters and digits: a piece of something encoded,
 * which begins like a token by chance. */
static bool is_inside_base64(const struct view *v, const struct match *m)
{
    uint8_t before = m->from ? v->text.p[m->from - 1] : 0;
    uint8_t behind = m->to < v->text.n ? v->text.p[m->to] : 0;
    return (before == '+' || before == '/') && (behind == '+' || behind == '/') &&
           m->to - m->from >= 40;
}

void find_consider(struct search *s, const struct view *v, unsigned d, const struct match *m,
                   unsigned how)
{
    const struct detector_row *row = &detector_rows[d];
    struct slice value = slice_sub(v->text, m->value_from, m->value_to - m->value_from);
    if ((how & FOUND_EDGES) && find_is_part(v->text, m->from, m->to)) return;
    if ((row->flags & ROW_SECRET) && is_inside_base64(v, m)) return;
    struct hit h = {.detector = &detectors_table[d],
                    .from = v->base + m->value_from,
                    .to = v->base + m->value_to,
                    .sureness = HIT_SURE,
                    .severity = detectors_table[d].severity};
    bool good;
    if (!apply_check(s, d, value, &h, &good)) return;
    if (is_doubtful(row, value, how & FOUND_GENERIC)) return; /* behind what says no sooner */
    if ((row->flags & (ROW_SECRET | ROW_NEEDS_WORD)) && find_hears(s, v, m->to, CONTEXT_AHEAD))
        find_wait(s, v, m->value_from);
    bool worded = how & FOUND_WORDED;
    bool known = (how & FOUND_PREFIX) && (row->flags & ROW_BOTH);
    bool needs = (row->flags & ROW_NEEDS_WORD) && !known;
    if (!worded && (row->flags & ROW_CONTEXT) && (needs || row->flags & ROW_SECRET)) {
        /* around the match: "Pwd=" may be a part of it, and is no key that speaks of another */
        struct detector_set near = {0};
        context_near(v->text, m->from, m->to, &near);
        worded = set_has(&near, d);
    }
    if ((row->flags & ROW_SECRET) && needs && doubt_key(key_before(v->text, m->value_from))) return;
    if (needs && !worded && !good && h.sureness == HIT_SURE) h.sureness = HIT_BARE;
    struct waiting w = {
        .hit = h, .generic = how & FOUND_GENERIC, .worded = worded, .prefixed = how & FOUND_PREFIX};
    w.score = find_score(&w, good);
    hits_add(&s->hits, &w);
}

static bool try_at(struct search *s, const struct view *v, unsigned d, size_t at, unsigned how)
{
    struct match m;
    const struct detector_row *row = &detector_rows[d];
    if (at >= v->text.n || !in_set(row->first, v->text.p[at])) return false;
    bool matched = pattern_match(row->program, v->text, at, &m);
    if (m.open != SIZE_MAX) find_wait(s, v, m.open);
    if (!matched) return false;
    find_consider(s, v, d, &m, how);
    return true;
}

bool find_try(struct search *s, const struct view *v, unsigned d, size_t at, unsigned how)
{
    return try_at(s, v, d, at, how);
}

/* ---- tokens, addresses ---- */

static void find_tokens(struct search *s, const struct view *v, size_t from)
{
    struct slice t = v->text;
    size_t end = from;
    end += set_run(token_set, t, from, 600);
    if (end == t.n) find_wait(s, v, from);
    for (size_t i = from; i + TOKEN_LEAST <= end + 8 && i < end; i++) {
        bool begins = i == from || !ascii_alnum(t.p[i - 1]);
        if (!begins || !ascii_alnum(t.p[i])) continue;
        size_t n = set_run(alnum_set, t, i, end - i);
        for (size_t k = 0; k < token_count; k++)
            if (n >= token_widths[k][0] && n <= token_widths[k][1])
                try_at(s, v, token_list[k], i, 0);
        i += n;
    }
}

/* A label, a dot and two letters: what no address is without. */
static bool has_host(struct slice t, size_t at)
{
    size_t to = t.n - at < 255 ? t.n : at + 255, k = at;
    for (; k < to && (ascii_alnum(t.p[k]) || t.p[k] == '-' || t.p[k] == '.'); k++)
        if (t.p[k] == '.' && k > at && k + 2 < t.n && ascii_letter(t.p[k + 1]) &&
            ascii_letter(t.p[k + 2]))
            return true;
    return false;
}

/* Words with capitals, of which one but the first may be "Street" or its like? */
static bool has_street(struct slice t, size_t at, bool *ret_cut)
{
    for (unsigned words = 0; words < 5 && at < t.n && ascii_upper(t.p[at]); words++) {
        if (words && strchr("SARLDBCWP", t.p[at])) return true;
        size_t from = at++;
        while (at < t.n && at - from < 22 &&
               (ascii_letter(t.p[at]) || t.p[at] == '.' || t.p[at] == '\''))
            at++;
        *ret_cut = at + 1 >= t.n;
        if (at == t.n || t.p[at] > ' ') return false;
        at++;
    }
    return false;
}

/* The number of a house before a capital. */
static void find_street(struct search *s, const struct view *v, size_t at)
{
    struct slice t = v->text;
    bool cut = false;
    if (at < 2 || t.p[at - 1] != ' ') return;
    size_t from = at - 1;
    if (ascii_letter(t.p[from - 1])) from--;
    size_t end = from;
    while (from > 0 && end - from < 7 && ascii_digit(t.p[from - 1])) from--;
    if (at + 1 >= t.n) find_wait(s, v, from);
    if (at + 1 >= t.n) return;
    if (!ascii_letter(t.p[at + 1]) && t.p[at + 1] != '.' && t.p[at + 1] != '\'') return;
    bool street = has_street(t, at, &cut);
    if (cut) find_wait(s, v, from);
    if (!street) return;
    if (from < end) try_at(s, v, street_detector, from, 0);
}

static void find_colons(struct search *s, const struct view *v, size_t at)
{
    struct slice t = v->text;
    if (v->base + at < s->colon_done) return;
    size_t from = at, to = at;
    while (from > 0 && at - from < 40 && (ascii_is_hex(t.p[from - 1]) || t.p[from - 1] == ':'))
        from--;
    while (to < t.n && to - at < 44 && (ascii_is_hex(t.p[to]) || t.p[to] == ':' || t.p[to] == '.'))
        to++;
    s->colon_done = v->base + to;
    if (!pattern_starts_word(t, from)) { /* mac:3c:22:...: the end of a key */
        while (from < to && t.p[from] != ':') from++;
        from++;
    }
    if (to < from + 8) return;
    for (size_t k = 0; k < colon_count; k++)
        if (pattern_starts_word(t, from)) try_at(s, v, colon_list[k], from, FOUND_EDGES);
}

void find_class(struct search *s, const struct view *v, const struct class_event *ev)
{
    size_t from = (size_t)(ev->from - v->base);
    hits_flush(&s->hits, ev->from > BACK ? ev->from - BACK : 0);
    switch (ev->kind) {
    case CLASS_SHAPE: find_numbers(s, v, from, from + (size_t)(ev->to - ev->from)); break;
    case CLASS_TOKEN: find_tokens(s, v, from); break;
    case CLASS_AT:
        if (has_host(v->text, from + 1)) find_email(s, v, from);
        break;
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
        if (try_at(s, v, use->what, at, FOUND_PREFIX)) return;
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
    if (end + 24 > t.n) find_wait(s, v, t.n);
    context_of(slice_sub(t, low, end + 24 - low), &near);
    if (!set_has(&near, d)) return;
    size_t from = start, to = line_end_after(t, end);
    if (to == t.n) find_wait(s, v, t.n);
    while (from > 0 && start - from < WORD_BACK && t.p[from - 1] != '\n') from--;
    if (v->base + from < s->word_done[d]) from = (size_t)(s->word_done[d] - v->base);
    for (size_t i = from; i < to; i++) {
        bool begins = i == 0 || !ascii_alnum(t.p[i - 1]) || pattern_starts_word(t, i);
        if (!begins || !ascii_alnum(t.p[i]) || (i >= start && i < end)) continue;
        try_at(s, v, d, i, FOUND_WORDED);
    }
    s->word_done[d] = v->base + to;
}

bool find_is_pem(const struct literal_hit *hit)
{
    const struct literal_use *use = &literal_uses[literals_table[hit->id].first_use];
    return use->how == BY_CODE && use->what == CODE_PEM;
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
