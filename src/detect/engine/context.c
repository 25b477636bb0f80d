/* SPDX-License-Identifier: Apache-2.0 */
/* context.c - what the words around a value speak of.
 * A text is cut into words at everything that is no letter or digit and where case changes as in
 * customerSsn or SSNumber. Each run of one to four words is looked up (FNV-1a, words joined by one
 * blank), with a plural s and trailing digits off; long words also by their beginning, for endings
 * and compounds (паспорта, Steuernummer); of scripts without blanks every character begins a word.
 */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/check/words.h"
#include "detect/engine/part.h"

#define TEXT_MOST   256u
#define PHRASE_MOST 4u
#define KEY_MOST    64u

/* Lower case of ASCII, and of Latin-1, Greek and Cyrillic in pairs of bytes of the same length. */
static void fold_pair(uint8_t *p)
{
    uint8_t a = p[0], b = p[1];
    if (a == 0xC3 && b >= 0x80 && b <= 0x9E && b != 0x97) p[1] = b + 0x20;
    if (a == 0xD0 && b >= 0x90 && b <= 0x9F) p[1] = b + 0x20;
    if (a == 0xD0 && b >= 0xA0 && b <= 0xAF) p[0] = 0xD1, p[1] = b - 0x20;
    if (a == 0xD0 && b >= 0x80 && b <= 0x8F) p[0] = 0xD1, p[1] = b + 0x10;
    if (a == 0xCE && b >= 0x91 && b <= 0x9F) p[1] = b + 0x20;
    if (a == 0xCE && b >= 0xA0 && b <= 0xA9) p[0] = 0xCF, p[1] = b - 0x20;
}

static bool starts_part(uint8_t c)
{
    return ascii_letter(c) || c >= 0x80;
}

static bool is_part(uint8_t c)
{
    return ascii_alnum(c) || c >= 0x80;
}

/* Does a word begin here though the one before has not ended? */
static bool case_break(struct slice s, size_t i)
{
    if (!ascii_upper(s.p[i])) return false;
    if (ascii_lower(s.p[i - 1]) || ascii_digit(s.p[i - 1])) return true;
    return ascii_upper(s.p[i - 1]) && i + 1 < s.n && ascii_lower(s.p[i + 1]);
}

#define FNV_START 2166136261u
static uint32_t fnv(uint32_t h, uint8_t c)
{
    return (h ^ c) * 16777619u;
}

static void note(const struct context_word *c, struct detector_set *ret)
{
    for (unsigned i = 0; i < c->count; i++) {
        uint16_t d = context_lists[c->first + i];
        ret->bits[d / 64] |= 1ull << (d % 64);
    }
}

static void probe(uint32_t h, const uint8_t *phrase, size_t n, struct detector_set *ret)
{
    if (!(context_bloom[h % CONTEXT_BLOOM / 64] >> (h % 64) & 1)) return;
    for (unsigned at = h % CONTEXT_SLOTS; context_words[at].size; at = (at + 1) % CONTEXT_SLOTS) {
        const struct context_word *c = &context_words[at];
        if (c->size == n && memcmp(context_text(c), phrase, n) == 0) {
            note(c, ret);
            return;
        }
    }
}

/* A beginning counts when it is long enough to be no accident. */
static bool is_stem(const uint8_t *p, size_t n)
{
    if (p[0] < 0x80) return n >= 6;
    return p[0] >= 0xE0 ? n >= 6 : n >= 10;
}

/* The words so far, folded, with single blanks: a phrase of up to four words is a piece of it. */
struct phrases {
    uint8_t text[2 * TEXT_MOST];
    size_t end;
    size_t start[PHRASE_MOST]; /* of the phrases that the next word makes longer */
    uint32_t hash[PHRASE_MOST];
    size_t count;
};

static size_t word_end(struct slice s, size_t from)
{
    size_t i = from + 1;
    while (i < s.n && is_part(s.p[i]) && !case_break(s, i)) i++;
    return i;
}

static size_t fold_word(struct slice w, uint8_t *out)
{
    bool pairs = false;
    for (size_t i = 0; i < w.n; i++) {
        out[i] = ascii_to_lower(w.p[i]);
        pairs = pairs || w.p[i] >= 0x80;
    }
    for (size_t i = 0; pairs && i + 1 < w.n; i++)
        if (out[i] >= 0xC3 && out[i] <= 0xD0) fold_pair(out + i++);
    return w.n;
}

/* One word of its own: whole, without a plural s or digits at its end, and by its beginnings. */
static uint32_t probe_word(const uint8_t *w, size_t n, struct detector_set *ret)
{
    uint32_t h = FNV_START;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = w[i];
        bool boundary = c < 0x80 || c >= 0xC0; /* a character begins here */
        bool plural = i + 1 == n && c == 's' && i >= 2;
        bool digits = ascii_digit(c) && i > 0 && !ascii_digit(w[i - 1]);
        if (boundary && i > 0 && (plural || digits || is_stem(w, i))) probe(h, w, i, ret);
        h = fnv(h, c);
    }
    probe(h, w, n, ret);
    return h;
}

static void next_word(struct phrases *p, size_t n, bool joined, struct detector_set *ret)
{
    const uint8_t *w = p->text + p->end;
    if (!joined) p->count = 0;
    if (p->count == PHRASE_MOST) {
        memmove(p->start, p->start + 1, sizeof p->start[0] * (PHRASE_MOST - 1));
        memmove(p->hash, p->hash + 1, sizeof p->hash[0] * (PHRASE_MOST - 1));
        p->count--;
    }
    for (size_t k = 0; k < p->count; k++) {
        uint32_t h = fnv(p->hash[k], ' ');
        for (size_t i = 0; i < n; i++) h = fnv(h, w[i]);
        p->hash[k] = h;
        probe(h, p->text + p->start[k], p->end + n - p->start[k], ret);
    }
    p->start[p->count] = p->end;
    p->hash[p->count++] = probe_word(w, n, ret);
    /* scripts without blanks: every character may begin a word */
    for (size_t i = 3; i + 6 <= n && w[0] >= 0xE0; i++)
        if (w[i] >= 0xE0) (void)probe_word(w + i, n - i, ret);
    p->text[p->end + n] = ' ';
    p->end += n + 1;
}

void context_of(struct slice s, struct detector_set *ret)
{
    struct phrases p;
    p.count = p.end = 0;
    if (s.n > TEXT_MOST) s.n = TEXT_MOST;
    for (size_t i = 0, end = 0; i < s.n;) {
        if (!starts_part(s.p[i])) {
            i++;
            continue;
        }
        size_t to = word_end(s, i);
        size_t n = fold_word(slice_sub(s, i, to - i), p.text + p.end);
        next_word(&p, n, end && i - end <= 3, ret);
        end = i = to;
    }
}

/* ---- keys ---- */

static size_t back_over(struct slice t, size_t at, const char *which)
{
    while (at > 0 && t.p[at - 1] && strchr(which, t.p[at - 1])) at--;
    return at;
}

/* The words before a sign, as in "my social security number: 123": up to a stop or 48 bytes. */
static struct slice spoken_key(struct slice t, size_t end)
{
    size_t from = end;
    while (from > 0 && end - from < 48 && !strchr(".,;:{}()[]<>|=\"'\n", t.p[from - 1])) from--;
    return slice_sub(t, from, end - from);
}

struct slice key_before(struct slice t, size_t from)
{
    size_t at = back_over(t, from, "\"'`\\");
    at = back_over(t, at, " \t");
    size_t sign = at;
    at = back_over(t, at, "=:>");
    if (at == sign) return (struct slice){0};
    at = back_over(t, at, " \t");
    size_t quoted = back_over(t, at, "\"'`\\])");
    if (quoted == at) return spoken_key(t, at);
    size_t k = quoted;
    while (k > 0 && quoted - k < KEY_MOST && !strchr("\"'`\n{}[]", t.p[k - 1])) k--;
    return slice_sub(t, k, quoted - k);
}

/* Names of keys that say nothing, so that what stands around them may speak. */
static bool says_nothing(struct slice key)
{
    return key.n == 0 || words_have(&words_set_key_plain, key);
}

bool key_speaks(struct slice t, size_t from, struct slice *ret, struct detector_set *set)
{
    struct slice key = key_before(t, from);
    *ret = (struct slice){0};
    if (!key.n) return false;
    context_of(key, set);
    if (!is_empty(set)) return true;
    size_t behind = (size_t)(key.p - t.p) + key.n;
    bool quoted = behind < t.n && (t.p[behind] == '"' || t.p[behind] == '\'');
    if (quoted && !says_nothing(slice_trim(key))) *ret = key;
    return false;
}

void context_near(struct slice t, size_t from, size_t to, struct detector_set *ret)
{
    struct slice key = key_before(t, from);
    bool quoted = from > 0 && (t.p[from - 1] == '"' || t.p[from - 1] == '\'');
    if (key.n) {
        context_of(key, ret);
        if (!is_empty(ret)) return;
        if (quoted && !says_nothing(slice_trim(key))) return;
    }
    size_t low = from, high = to;
    while (low > 0 && from - low < CONTEXT_BACK && t.p[low - 1] != '\n') low--;
    while (high < t.n && high - to < CONTEXT_AHEAD && t.p[high] != '\n') high++;
    context_of(slice_sub(t, low, from - low), ret);
    context_of(slice_sub(t, to, high - to), ret);
}
