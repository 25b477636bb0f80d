/* SPDX-License-Identifier: Apache-2.0 */
/* inject_sieve.c - where the anchors are.
 *
 * All anchors have at least six bytes. Every third place of the text is looked at: four bytes
 * there, hashed, in a table of 131072 bits. An anchor that begins anywhere has four whole bytes of
 * its first six at one of those places, so three of its 4-grams are in the table.
 *
 *    text ─> places that pass the table, of a few KiB ─> eight bytes as the anchor's ─> all of it
 *
 * Ordinary words pass the table all the time ("lang", "syst"): their places are written down, and
 * those without the eight bytes left out again, without a branch that depends on the text. */
#include "base/ascii.h"
#include "detect/data/inject_part.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define SMALL 0x2020202020202020ull
#define EIGHT 8u /* around a gram are the eight bytes of its anchor */

static uint32_t gram_at(const uint8_t *p)
{
    uint32_t g;
    memcpy(&g, p, 4);
    return g;
}

static uint64_t eight_at(const uint8_t *p)
{
    uint64_t w;
    memcpy(&w, p, 8);
    return w | SMALL;
}

void inject_add_anchor(struct inject *in, size_t anchor, size_t *count)
{
    const char *text = inject_anchors[anchor].text;
    size_t n = strlen(text), some = n < 8 ? n : 8;
    uint16_t rare = inject_anchors[anchor].rare;
    for (uint16_t shift = rare; shift < rare + 3; shift++) {
        uint32_t gram = gram_at((const uint8_t *)text + shift) | (uint32_t)SMALL;
        uint32_t h = inject_gram_hash(gram);
        in->bloom[h / 8] |= (uint8_t)(1u << h % 8);
        uint16_t *head = &in->gram_heads[h & ((1u << GRAM_BITS) - 1)];
        struct inject_gram *g = &in->grams[++*count];
        *g = (struct inject_gram){
            .gram = gram, .anchor = (uint16_t)anchor, .shift = shift, .next = *head};
        if (shift > n - some) g->back = (uint8_t)(shift - (n - some));
        memcpy(&g->some, text + shift - g->back, some);
        g->mask = UINT64_MAX >> (64 - 8 * some);
        g->some = (g->some | SMALL) & g->mask;
        *head = (uint16_t)*count;
    }
}

bool inject_fits(struct slice s, size_t at, const char *anchor)
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

/* Might the anchor of this gram be around s.p[at]? */
static bool may_fit(const struct inject_gram *g, struct slice s, size_t at)
{
    if (at < g->shift) return false;
    if (s.n - (at - g->back) < 8) return true;
    return (eight_at(s.p + at - g->back) & g->mask) == g->some;
}

static bool anchor_at(const struct inject *in, struct slice s, size_t at, bool *ret_rotated)
{
    uint32_t hash = inject_gram_hash(gram_at(&s.p[at]));
    for (uint16_t i = in->gram_heads[hash & ((1u << GRAM_BITS) - 1)]; i; i = in->grams[i].next) {
        const struct inject_gram *g = &in->grams[i];
        const char *text = inject_anchors[g->anchor].text;
        if (!may_fit(g, s, at) || !inject_fits(s, at - g->shift, text)) continue;
        if (text[0] == ']' && !link_is_odd(s, at - g->shift)) continue;
        *ret_rotated = g->anchor < INJECT_ROTATED;
        return true;
    }
    return false;
}

/* ---- a stretch ---- */

static size_t sift_plain(struct inject_sieve *v, size_t at, size_t n)
{
    for (; at < v->to && v->text.n - at >= 4; at += 3) {
        uint32_t h = inject_gram_hash(gram_at(&v->text.p[at]));
        v->places[n] = (uint16_t)(at - v->from);
        n += v->in->bloom[h / 8] >> h % 8 & 1;
    }
    return n;
}

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2,bmi2,popcnt")))

/* Of eight places from `first`, those with a bit; gives their number. */
WIDE static inline unsigned put_places(uint16_t *places, size_t first, unsigned bits)
{
    const uint64_t steps = 0x15120f0c09060300; /* 3 bytes apart */
    uint64_t bytes = _pdep_u64(bits, 0x0101010101010101) * 0xff;
    __m128i found = _mm_cvtepu8_epi16(_mm_cvtsi64_si128((long long)_pext_u64(steps, bytes)));
    _mm_storeu_si128((void *)places, _mm_add_epi16(found, _mm_set1_epi16((short)first)));
    return (unsigned)_mm_popcnt_u32(bits);
}

/* Eight places at a time. */
WIDE static size_t sift_wide(struct inject_sieve *v)
{
    const __m256i grams = _mm256_setr_epi8(0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 0, 1,
                                           2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12);
    const __m256i small = _mm256_set1_epi32((int)SMALL);
    const __m256i factor = _mm256_set1_epi32((int)GRAM_FACTOR);
    struct slice s = v->text;
    size_t at = v->from, n = 0;
    for (; at < v->to && s.n - at >= 32; at += 24) {
        __m128i low = _mm_loadu_si128((const void *)(s.p + at));
        __m128i high = _mm_loadu_si128((const void *)(s.p + at + 12));
        __m256i g = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), grams);
        __m256i h = _mm256_mullo_epi32(_mm256_or_si256(g, small), factor);
        h = _mm256_srli_epi32(h, GRAM_SHIFT);
        __m256i bits =
            _mm256_i32gather_epi32((const void *)v->in->bloom, _mm256_srli_epi32(h, 5), 4);
        /* the bit of each place becomes its sign; shifts take the lowest five bits of 31 - h */
        __m256i shift = _mm256_andnot_si256(h, _mm256_set1_epi32(31));
        unsigned found =
            (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_sllv_epi32(bits, shift)));
        n += put_places(&v->places[n], at - v->from, found);
    }
    return sift_plain(v, at, n);
}
#endif

/* Could one of the anchors of this place's gram be here, by eight bytes of it? */
static bool is_likely(const struct inject *in, const uint8_t *p)
{
    uint32_t hash = inject_gram_hash(gram_at(p));
    uint16_t i = in->gram_heads[hash & ((1u << GRAM_BITS) - 1)];
    bool likely = false;
    do {
        const struct inject_gram *g = &in->grams[i];
        likely |= (eight_at(p - g->back) & g->mask) == g->some;
        i = g->next;
    } while (i);
    return likely;
}

/* Those at the borders of the text stay: eight bytes around them may not be there. */
static size_t keep_likely(struct inject_sieve *v, size_t n)
{
    const struct inject *in = v->in;
    size_t kept = 0, high = v->text.n > EIGHT ? v->text.n - EIGHT : 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = v->from + v->places[i];
        v->places[kept] = v->places[i];
        kept += at < EIGHT || at >= high || is_likely(in, v->text.p + at);
    }
    return kept;
}

static size_t sift(struct inject_sieve *v)
{
#if defined(__x86_64__)
    if (v->in->wide) return sift_wide(v);
#endif
    return sift_plain(v, v->from, 0);
}

/* The next stretch. */
static void look_on(struct inject_sieve *v)
{
    v->to = v->text.n - v->from > SIEVE_STEP ? v->from + SIEVE_STEP : v->text.n;
    v->next = 0;
    v->count = keep_likely(v, sift(v));
}

void inject_sieve_begin(struct inject_sieve *v, const struct inject *in, struct slice text,
                        const struct inject_anchors *known)
{
    v->in = in;
    v->text = text;
    v->known = known;
    v->known_next = 0;
    v->from = v->to = v->count = v->next = 0;
    if (known) v->from = v->to = known->upto;
}

static size_t next_known(struct inject_sieve *v, size_t at, bool *ret_rotated)
{
    const struct inject_anchors *k = v->known;
    while (v->known_next < k->count) {
        size_t place = k->places[v->known_next++];
        if (place >= at && anchor_at(v->in, v->text, place, ret_rotated)) return place;
    }
    return SIZE_MAX;
}

size_t inject_sieve_next(struct inject_sieve *v, size_t at, bool *ret_rotated)
{
    size_t known = v->known ? next_known(v, at, ret_rotated) : SIZE_MAX;
    if (known != SIZE_MAX) return known;
    for (;;) {
        for (; v->next < v->count; v->next++) {
            size_t place = v->from + v->places[v->next];
            if (place >= at && anchor_at(v->in, v->text, place, ret_rotated)) return place;
        }
        v->from = at > v->to ? at - at % 24 : v->to;
        if (v->from >= v->text.n) return SIZE_MAX;
        look_on(v);
    }
}

void inject_find(const struct inject *in, struct slice text, struct inject_anchors *ret)
{
    __attribute__((uninitialized)) struct inject_sieve sieve;
    bool rotated;
    size_t at = 0;
    ret->count = 0;
    inject_sieve_begin(&sieve, in, text, NULL);
    while ((at = inject_sieve_next(&sieve, at, &rotated)) != SIZE_MAX) {
        if (ret->count == INJECT_ANCHORS) break;
        ret->places[ret->count++] = at++;
    }
    ret->upto = at == SIZE_MAX ? text.n : at - at % 24;
}
