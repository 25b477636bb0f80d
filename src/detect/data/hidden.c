/* SPDX-License-Identifier: Apache-2.0 */
/* hidden.c - one pass over the parts of a text that are not ASCII; what is odd is collected per
 * line and judged at its end, because what is odd once is often honest. */
#include "base/ascii.h"
#include "detect/data/hidden_part.h"
#include "detect/view/chars.h"
#include "detect/view/bulk.h"

struct word {
    size_t from;
    unsigned latin, foreign; /* letters, if not all of them: none, one or more */
};

static bool is_word_byte(uint8_t c)
{
    return ascii_alnum(c) || c >= 0x80;
}

/* Lower-case Greek stands beside Latin letters in formulas; omicron and capitals do not. */
static bool is_formula_letter(uint32_t c)
{
    return c >= 0x3b1 && c <= 0x3ff && c != 0x3bf;
}

struct mixture {
    unsigned latin, exact, other, formula;
    char folded[24];
    size_t folded_n;
};

static void mix(struct mixture *m, uint32_t c)
{
    bool exact = false;
    unsigned char ascii = c < 0x80 ? (unsigned char)c : lookalike(c, &exact);
    if (char_latin(c))
        m->latin++;
    else if (ascii && exact && is_formula_letter(c))
        m->formula++;
    else if (ascii && exact)
        m->exact++;
    else if (char_alphabetic(c))
        m->other++;
    if (ascii && m->folded_n < sizeof m->folded) m->folded[m->folded_n++] = (char)ascii;
}

/* Letters of the bulk, up to another one. */
static size_t mix_easy(struct mixture *m, struct slice s, size_t at, size_t to)
{
    unsigned latin = 0, exact = 0, other = 0;
    size_t folded = m->folded_n;
    for (struct bulk b = {.n = BULK_BYTES}; b.n + 1 >= BULK_BYTES; at += b.n) {
        b = bulk_at(s, at, to);
        for (uint32_t all = bulk_starts(&b); all; all &= all - 1) {
            unsigned i = (unsigned)__builtin_ctz(all);
            struct bulk_char c = bulk_char(&b, s, at, i);
            latin += b.latin >> i & 1;
            unsigned is = c.two & ((unsigned)c.like - 1 < 0x7f);
            uint8_t ascii = (uint8_t)((c.like & 0x7f) | (c.first & (c.two - 1)));
            exact += is;
            other += c.two - is;
            if (folded == sizeof m->folded) continue;
            m->folded[folded] = (char)ascii;
            folded += ascii != 0;
        }
    }
    m->latin += latin;
    m->exact += exact;
    m->other += other;
    m->folded_n = folded;
    return at;
}

/* The letters of a word, and what it reads as. */
static struct mixture mixture_of(struct slice s, size_t from, size_t to)
{
    struct mixture m = {0};
    for (size_t at = from, n; at < to; at += n) {
        n = bulk_begins(s, at) ? mix_easy(&m, s, at, to) - at : 0;
        if (n) continue;
        uint32_t c = char_next(s, at, &n);
        if (unseen_kind(c) == UNSEEN_NO && !char_accent(c)) mix(&m, c);
    }
    return m;
}

static void say_word(struct hidden_scan *h, const struct mixture *m)
{
    if (h->says_n[1] + m->folded_n + 1 > 80) return;
    if (h->says_n[1]) hidden_say(h, 1, ' ');
    memcpy(h->says[1] + h->says_n[1], m->folded, m->folded_n); /* there is room for 80 */
    h->says_n[1] += m->folded_n;
}

static void word_end(struct hidden_scan *h, struct word *w, size_t to)
{
    if (w->foreign && w->latin) {
        struct mixture m = mixture_of(h->text, w->from, to);
        bool greek = m.formula >= 2 && m.latin >= 3;
        if (m.latin && !m.other && (m.exact || greek) && m.latin + m.exact + m.formula >= 3) {
            hidden_trace(h, HIDDEN_LOOKALIKE, w->from, to, 1);
            say_word(h, &m);
        } else if (m.latin && (m.exact || m.formula) && !m.other) {
            h->odd = true;
        }
    } else if (w->foreign > 1) {
        h->foreign++;
    }
    *w = (struct word){0};
}

static void bidi(struct hidden_scan *h, uint32_t c, size_t at, size_t n)
{
    if (c == 0x202c || c == 0x2069) {
        h->opener = 0;
        return;
    }
    h->opener = c;
    bool turns = c == 0x202e || c == 0x202b || c == 0x2067;
    if (c == 0x202e) h->overrides++;
    if (turns || h->strict) h->openers++;
    if (turns || h->strict || c == 0x202d)
        hidden_trace(h, HIDDEN_BIDI, at, at + n, c != 0x202d || h->strict);
}

static void trim_trace(struct hidden_trace *t)
{
    *t = (struct hidden_trace){0};
}

/* What of it is odd enough? Everything else of the line is forgotten. */
static void weigh(struct hidden_scan *h)
{
    struct hidden_trace *k = h->kinds;
    /* syllables of two letters are few among those of an honest text */
    bool dense = h->hyphens >= 3 && h->hyphens * 2 > h->all_hyphens;
    bool broken = h->spaces || h->joiners >= 3 || dense;
    if (!broken) trim_trace(&k[HIDDEN_ZERO_WIDTH]);
    if (!(h->overrides || (h->strict && h->openers) || (h->openers && !h->rtl)))
        trim_trace(&k[HIDDEN_BIDI]);
    if (k[HIDDEN_LOOKALIKE].count < 1 + h->foreign / 2) trim_trace(&k[HIDDEN_LOOKALIKE]);
}

static bool says_text(const char *p, size_t n)
{
    size_t good = 0;
    for (size_t i = 0; i < n; i++) good += p[i] >= ' ' && p[i] < 0x7f;
    return n >= 2 && good * 10 >= n * 9;
}

static enum severity weight(const struct hidden_scan *h, enum hidden_kind kind, bool says)
{
    switch (kind) {
    case HIDDEN_TAGS: return says || h->kinds[kind].count > 2 ? SEV_HIGH : SEV_LOW;
    case HIDDEN_SELECTORS: return says ? SEV_HIGH : h->kinds[kind].count > 1 ? SEV_MEDIUM : SEV_LOW;
    case HIDDEN_ZERO_WIDTH:
        return says ? SEV_HIGH : h->spaces + h->joiners + h->hyphens > 1 ? SEV_MEDIUM : SEV_LOW;
    case HIDDEN_BIDI: return h->strict ? SEV_HIGH : SEV_MEDIUM;
    default: return SEV_MEDIUM;
    }
}

static void line_end(struct hidden_scan *h)
{
    weigh(h);
    for (unsigned i = 0; i < HIDDEN_COUNT; i++) {
        const struct hidden_trace *t = &h->kinds[i];
        if (!t->count) continue;
        unsigned which = i > HIDDEN_SELECTORS;
        bool says = i != HIDDEN_BIDI && says_text(h->says[which], h->says_n[which]);
        struct hidden out = {
            .kind = (enum hidden_kind)i,
            .severity = weight(h, (enum hidden_kind)i, says),
            .from = t->from,
            .to = t->to,
            .count = t->count,
            .says = slice_of(h->says[which], says ? h->says_n[which] : 0),
        };
        h->emit(h->ctx, &out);
    }
    memset(h->kinds, 0, sizeof h->kinds);
    h->spaces = h->joiners = h->hyphens = h->all_hyphens = h->strays = h->foreign = 0;
    h->overrides = h->openers = 0;
    h->last_hyphen = 0;
    h->says_n[0] = h->says_n[1] = 0;
    h->rtl = false;
    h->opener = h->last = 0;
}

void hidden_begin(struct hidden_scan *h, struct slice text, bool strict, hidden_fn *emit, void *ctx)
{
    *h = (struct hidden_scan){.text = text, .strict = strict, .emit = emit, .ctx = ctx};
}

static void letter(struct hidden_scan *h, struct word *w, uint32_t c, size_t at)
{
    if (!w->latin && !w->foreign) w->from = at;
    if (char_latin(c))
        w->latin++;
    else
        w->foreign++;
    (void)h;
}

static void visible(struct hidden_scan *h, struct word *w, uint32_t c, size_t at)
{
    bool exact;
    if (char_accent(c)) return;
    if (char_alphabetic(c))
        letter(h, w, c, at);
    else if (!(c >= '0' && c <= '9'))
        word_end(h, w, at);
    if (c >= 0x80) {
        if (char_rtl(c)) h->rtl = true;
        /* full width, mathematical, circled, ... : a folded view reads them */
        bool styled = (c >= 0xff01 && c <= 0xff5e) || (c >= 0x1d400 && c <= 0x1d7ff) ||
                      (c >= 0x2460 && c <= 0x24ea) || (c >= 0x1f100 && c <= 0x1f1ff) ||
                      (c >= 0x1d00 && c <= 0x1d22 && lookalike(c, &exact));
        if (styled) h->odd = true;
    }
    h->last = c;
}

/* The bulk of honest text, cheaply: ASCII, Latin with accents, Cyrillic, ideographs, kana, Hangul;
 * and full width, which a hostile one may be full of. Gives its length, 0: look closely. */
static size_t easy(struct hidden_scan *h, struct word *w, size_t at, size_t to)
{
    const uint8_t *p = h->text.p + at;
    uint8_t c = p[0];
    if (c < 0x80) {
        if (c == '\n') return 0;
        if ((uint8_t)((c | 0x20) - 'a') < 26) {
            if (!w->latin && !w->foreign) w->from = at;
            w->latin++;
        } else if ((w->latin || w->foreign) && !ascii_digit(c)) {
            word_end(h, w, at);
        }
        h->last = c;
        return 1;
    }
    if (to - at >= 2 && c >= 0xd0 && c <= 0xd1 && (p[1] & 0xc0) == 0x80) { /* Cyrillic */
        if (!w->latin && !w->foreign) w->from = at;
        w->foreign++;
        h->last = 0x430;
        return 2;
    }
    if (to - at >= 2 && c >= 0xc3 && c <= 0xc8 && (p[1] & 0xc0) == 0x80) {
        if (!w->latin && !w->foreign) w->from = at;
        w->latin++;
        h->last = 0xe0;
        return 2;
    }
    if (to - at < 3) return 0;
    uint32_t code = (uint32_t)(c & 15) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
    bool whole = (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80;
    if (c == 0xef && whole && code >= 0xff01 && code <= 0xff5e) { /* full width, see visible() */
        if (w->latin || w->foreign) word_end(h, w, at);
        h->odd = true;
        h->last = code;
        return 3;
    }
    bool wide = (c == 0xe3 && p[1] < 0x84) || (c >= 0xe4 && c <= 0xec);
    if (wide && whole) {
        if (w->latin || w->foreign) word_end(h, w, at);
        h->last = 0x4e00;
        return 3;
    }
    return 0;
}

/* Letters of the bulk: behind them. */
static size_t easy_letters(struct hidden_scan *h, struct word *w, size_t at, size_t to)
{
    size_t from = at;
    for (struct bulk b = {.n = BULK_BYTES}; b.n + 1 >= BULK_BYTES; at += b.n) {
        b = bulk_at(h->text, at, to);
        uint32_t letters = b.latin | b.cyrillic;
        if (letters && !w->latin && !w->foreign) w->from = at + (unsigned)__builtin_ctz(letters);
        w->latin |= b.latin != 0;
        w->foreign += b.cyrillic ? 1 + ((b.cyrillic & (b.cyrillic - 1)) != 0) : 0u;
    }
    uint8_t last = at > from ? h->text.p[at - 1] : 0;
    if (last) h->last = last < 0x80 ? last : 0x430;
    return at;
}

static void scan(struct hidden_scan *h, size_t from, size_t to)
{
    struct word word = {0};
    struct hidden_run run;
    run.to = 0;
    for (size_t at = from, n; at < to; at += n) {
        n = run.to ? 0 : easy(h, &word, at, to);
        if (n && n < 3 && at + n < to && bulk_begins(h->text, at + n))
            n = easy_letters(h, &word, at + n, to) - at;
        if (n) continue;
        uint32_t c = char_next(h->text, at, &n);
        enum unseen kind = unseen_kind(c);
        if (kind == UNSEEN_BIDI) {
            bidi(h, c, at, n);
        } else if (kind == UNSEEN_MARK) {
            continue;
        } else if (kind != UNSEEN_NO) {
            hidden_run_add(h, &run, c, at, n);
            continue;
        } else {
            if (run.to) {
                run.behind = c;
                hidden_run_end(h, &run);
            }
            if (c == '\n') {
                word_end(h, &word, at);
                line_end(h);
            } else {
                visible(h, &word, c, at);
            }
        }
    }
    if (run.to) {
        run.behind = 0;
        hidden_run_end(h, &run);
    }
    word_end(h, &word, to);
}

void hidden_range(struct hidden_scan *h, size_t from, size_t to)
{
    struct slice s = h->text;
    if (to > s.n) to = s.n;
    if (from < h->done) from = h->done;
    /* to the words at both ends; a text without spaces is no reason to go on and on */
    for (unsigned i = 0; i < 64 && from > h->done && is_word_byte(s.p[from - 1]); i++) from--;
    for (unsigned i = 0; i < 64 && to < s.n && is_word_byte(s.p[to]); i++) to++;
    if (from >= to) return;
    if (from > h->done) {
        if (slice_find_byte(slice_sub(s, h->done, from - h->done), '\n') != SIZE_MAX) line_end(h);
        h->last = from ? s.p[from - 1] : 0;
    }
    scan(h, from, to);
    h->done = to;
}

void hidden_end(struct hidden_scan *h)
{
    line_end(h);
}

const char *hidden_rule(enum hidden_kind kind)
{
    static const char *const rules[] = {"data.hidden-tags", "data.hidden-selectors",
                                        "data.hidden-zero-width", "data.hidden-bidi",
                                        "data.hidden-lookalike"};
    return rules[kind];
}

const char *hidden_message(enum hidden_kind kind)
{
    static const char *const messages[] = {
        "Text in Unicode tag characters: people see nothing, a model reads it",
        "Bytes in variation selectors: people see nothing, a program or a model reads them",
        "Invisible characters inside of words or in long runs: filters miss what a model reads",
        "Characters that change the direction of writing: people read it in another order",
        "Latin words with letters of another script: they look alike and are not the same",
    };
    return messages[kind];
}
