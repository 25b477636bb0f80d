/* SPDX-License-Identifier: Apache-2.0 */
/* inject.c - where to look: anchors.
 *
 * All anchors have at least six bytes. Every third place of the text is looked at: four bytes
 * there, hashed, in a table of 131072 bits. An anchor that begins anywhere has four whole bytes of
 * its first six at one of those places, so three of its 4-grams are in the table. Honest text
 * passes at several bytes a cycle. */
#include "base/ascii.h"
#include "detect/data/inject_part.h"
#include <stdlib.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static uint32_t gram_at(const uint8_t *p)
{
    uint32_t g;
    memcpy(&g, p, 4);
    return g;
}

static void add_anchor(struct inject *in, size_t anchor, size_t *count)
{
    const char *text = inject_anchors[anchor].text;
    uint16_t rare = inject_anchors[anchor].rare;
    for (uint16_t shift = rare; shift < rare + 3; shift++) {
        uint32_t gram = gram_at((const uint8_t *)text + shift) | 0x20202020u;
        uint32_t h = inject_gram_hash(gram);
        in->bloom[h / 8] |= (uint8_t)(1u << h % 8);
        uint16_t *head = &in->gram_heads[h & ((1u << GRAM_BITS) - 1)];
        in->grams[++*count] = (struct inject_gram){gram, (uint16_t)anchor, shift, *head};
        *head = (uint16_t)*count;
    }
}

static void add_word(struct inject *in, size_t i)
{
    const char *text = inject_words[i - 1].text;
    size_t n = strlen(text);
    if (text[n - 1] == '*') n--;
    uint16_t *head = &in->word_heads[inject_word_hash((const uint8_t *)text, n)];
    in->word_length[i] = (uint8_t)n;
    in->word_next[i] = *head;
    *head = (uint16_t)i;
}

struct inject *inject_new(void)
{
    struct inject *in = calloc(1, sizeof *in);
    if (!in) return NULL;
#if defined(__x86_64__)
    in->wide = __builtin_cpu_supports("avx2");
#endif
    in->grams = calloc(inject_anchor_count * 3 + 1, sizeof *in->grams);
    in->word_next = calloc(inject_word_count + 1, sizeof *in->word_next);
    in->word_length = calloc(inject_word_count + 1, 1);
    if (!in->grams || !in->word_next || !in->word_length) {
        inject_free(in);
        return NULL;
    }
    size_t grams = 0;
    for (size_t i = 0; i < inject_anchor_count; i++) add_anchor(in, i, &grams);
    for (size_t i = inject_word_count; i; i--) add_word(in, i);
    return in;
}

void inject_free(struct inject *in)
{
    if (!in) return;
    free(in->grams);
    free(in->word_next);
    free(in->word_length);
    free(in);
}

static bool fits(struct slice s, size_t at, const char *anchor)
{
    size_t i = 0;
    for (; anchor[i]; i++)
        if (at + i >= s.n || ascii_to_lower(s.p[at + i]) != (uint8_t)anchor[i]) return false;
    return i > 0;
}

/* A link is worth a look when its address has a place to be filled in. */
static bool link_is_odd(struct slice s, size_t at)
{
    size_t end = at + 300 < s.n ? at + 300 : s.n;
    for (size_t i = at + 2; i < end && s.p[i] != ')' && s.p[i] != '\n'; i++)
        if (s.p[i] == '{' || s.p[i] == '<' || s.p[i] == '[' || s.p[i] == '=') return true;
    return false;
}

static bool anchor_at(const struct inject *in, struct slice s, size_t at, uint32_t hash,
                      bool *ret_rotated)
{
    uint32_t gram = gram_at(&s.p[at]) | 0x20202020u;
    for (uint16_t i = in->gram_heads[hash & ((1u << GRAM_BITS) - 1)]; i; i = in->grams[i].next) {
        const struct inject_gram *g = &in->grams[i];
        if (g->gram != gram || at < g->shift ||
            !fits(s, at - g->shift, inject_anchors[g->anchor].text))
            continue;
        if (inject_anchors[g->anchor].text[0] == ']' && !link_is_odd(s, at - g->shift)) continue;
        *ret_rotated = g->anchor < INJECT_ROTATED;
        return true;
    }
    return false;
}

#if defined(__x86_64__)
/* To the next place whose gram is in the table, eight at a time; or to the last few bytes. */
__attribute__((target("avx2"))) static size_t skip_wide(const struct inject *in, struct slice s,
                                                        size_t at)
{
    const __m256i grams = _mm256_setr_epi8(0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 0, 1,
                                           2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12);
    const __m256i small = _mm256_set1_epi32(0x20202020);
    const __m256i factor = _mm256_set1_epi32((int)GRAM_FACTOR);
    for (; at + 32 <= s.n; at += 24) {
        __m128i low = _mm_loadu_si128((const void *)(s.p + at));
        __m128i high = _mm_loadu_si128((const void *)(s.p + at + 12));
        __m256i g = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), grams);
        __m256i h = _mm256_mullo_epi32(_mm256_or_si256(g, small), factor);
        h = _mm256_srli_epi32(h, GRAM_SHIFT);
        __m256i bits = _mm256_i32gather_epi32((const void *)in->bloom, _mm256_srli_epi32(h, 5), 4);
        /* the bit of each place becomes its sign; shifts take the lowest five bits of 31 - h */
        __m256i shift = _mm256_andnot_si256(h, _mm256_set1_epi32(31));
        unsigned found =
            (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_sllv_epi32(bits, shift)));
        if (found) return at + 3 * (size_t)__builtin_ctz(found);
    }
    return at;
}

static size_t skip(const struct inject *in, struct slice s, size_t at)
{
    return in->wide ? skip_wide(in, s, at) : at;
}
#else
static size_t skip(const struct inject *in, struct slice s, size_t at)
{
    (void)in, (void)s;
    return at;
}
#endif

/* The next anchor from `at`, or SIZE_MAX. */
static size_t next_anchor(const struct inject *in, struct slice s, size_t at, bool *ret_rotated)
{
    for (at = skip(in, s, at); at + 4 <= s.n; at = skip(in, s, at + 3)) {
        uint32_t h = inject_gram_hash(gram_at(&s.p[at]));
        if (!(in->bloom[h / 8] >> h % 8 & 1)) continue;
        if (anchor_at(in, s, at, h, ret_rotated)) return at;
    }
    return SIZE_MAX;
}

bool inject_is_format(struct slice value)
{
    static const char *const starts[] = {"<|",        "<s>",     "[inst",  "<bos>",
                                         "<start_of", "<<sys",   "###",    "<begin",
                                         "<extra_id", "[system", "system:"};
    size_t at = 0;
    while (at < value.n && at < 64 && (value.p[at] <= ' ' || value.p[at] == '"')) at++;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (fits(value, at, starts[i])) return true;
    return false;
}

/* Where a record of JSON ends, and the next begins on the same line: }, { */
static bool new_record(struct slice s, size_t at)
{
    if (s.p[at] != '}') return false;
    for (size_t i = at + 1; i < s.n && i < at + 5; i++) {
        if (s.p[i] == '{') return true;
        if (s.p[i] != ',' && s.p[i] != ' ') return false;
    }
    return false;
}

static void to_record(struct window *w, size_t at)
{
    struct slice s = w->text;
    size_t from = w->from, brace;
    while ((brace = slice_find_byte(slice_sub(s, from, at - from), '}')) != SIZE_MAX) {
        if (new_record(s, from + brace)) w->from = from + brace + 1;
        from += brace + 1;
    }
    for (from = at; (brace = slice_find_byte(slice_sub(s, from, w->to - from), '}')) != SIZE_MAX;
         from += brace + 1) {
        if (!new_record(s, from + brace)) continue;
        w->to = from + brace + 1;
        return;
    }
}

/* `seen`: the last window ended there; a little of it is enough to go on. */
static void window_bounds(struct window *w, size_t at, size_t seen)
{
    struct slice s = w->text;
    w->from = at > WINDOW_BEFORE ? at - WINDOW_BEFORE : 0;
    if (seen > OVERLAP && w->from < seen - OVERLAP) w->from = seen - OVERLAP;
    w->to = s.n - at > WINDOW_BEHIND ? at + WINDOW_BEHIND : s.n;
    if (w->kind != INJECT_RECORDS) return;
    size_t nl = slice_rfind_byte(slice_sub(s, w->from, at - w->from), '\n');
    if (nl != SIZE_MAX) w->from += nl + 1;
    nl = slice_find_byte(slice_sub(s, at, w->to - at), '\n');
    if (nl != SIZE_MAX) w->to = at + nl;
    to_record(w, at);
}

void inject_scan(const struct inject *in, struct slice text, enum inject_kind kind,
                 injection_fn *emit, void *ctx)
{
    struct window w;
    bool rotated = false;
    size_t seen = 0;
    for (size_t at = 0; (at = next_anchor(in, text, at, &rotated)) != SIZE_MAX;) {
        w.text = text;
        w.kind = kind;
        window_bounds(&w, at, seen);
        if (rotated) {
            struct injection found = {.from = w.from, .to = w.to, .rotated = true};
            emit(ctx, &found);
            at = w.to > at + 3 ? w.to : at + 3;
            continue;
        }
        w.seasoned = kind == INJECT_VALUE && inject_is_format(text);
        inject_tokens(in, &w);
        bool found = inject_weigh(&w, emit, ctx);
        /* what begins in the last part of this window is seen better in the next one */
        bool more = !found && w.to < text.n && w.to - at > 2 * OVERLAP;
        size_t next = more ? w.to - OVERLAP : w.to;
        seen = w.to;
        at = next > at + 3 ? next : at + 3;
    }
}

const char *inject_rule_id(enum inject_rule rule)
{
    static const char *const ids[] = {"inject.override", "inject.reveal", "inject.role",
                                      "inject.exfil",    "inject.tool",   "inject.conceal",
                                      "inject.steer",    "inject.persist"};
    return ids[rule];
}

const char *inject_message(const struct injection *found)
{
    static const char *const shown[] = {
        "Tells a model to set its instructions aside",
        "Tells a model to give its instructions or secrets away",
        "Poses as a turn of the system or gives a model another role",
        "Has a model send the conversation or secrets elsewhere",
        "Has a model use a tool behind its user's back",
        "Tells a model to keep something from its user",
        "Speaks to the model that reads this text, to steer what it says",
        "Wants to stay in a model's memory",
    };
    static const char *const unseen[] = {
        "Tells a model to set its instructions aside, in markup that people do not see",
        "Tells a model to give its instructions away, in markup that people do not see",
        "Poses as a turn of the system, in markup that people do not see",
        "Has a model send the conversation or secrets elsewhere, in markup that people do not see",
        "Has a model use a tool, in markup that people do not see",
        "Tells a model to keep something from its user, in markup that people do not see",
        "Speaks to the model that reads this text, in markup that people do not see",
        "Wants to stay in a model's memory, in markup that people do not see",
    };
    return found->markup ? unseen[found->rule] : shown[found->rule];
}
