/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/check/words.h"
#include "base/ascii.h"

static struct slice word_at(const struct words *w, size_t i)
{
    return slice_of(w->text + w->starts[i], (size_t)(w->starts[i + 1] - w->starts[i]));
}

size_t words_find(const struct words *w, struct slice word)
{
    size_t from = 0, to = w->count;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        struct slice here = word_at(w, mid);
        int order = slice_cmp(word, here);
        if (order == 0) return mid;
        if (order < 0)
            to = mid;
        else
            from = mid + 1;
    }
    return SIZE_MAX;
}

/* Letters of both cases are one, and so are some signs: what they begin is compared anyway. */
static unsigned pair_of(const uint8_t *p)
{
    return (p[0] & 31u) << 5 | (p[1] & 31u);
}

static bool begins_here(const struct words_inside *w, struct slice text, size_t at, size_t least)
{
    unsigned pair = pair_of(text.p + at), head = w->heads[pair];
    for (size_t i = head; i && i <= w->words->count; i++) {
        struct slice word = word_at(w->words, i - 1);
        if (pair_of(word.p) != pair) break;
        if (word.n < least && ascii_letter(word.p[0])) continue;
        if (slice_eq_nocase(slice_sub(text, at, word.n), word)) return true;
    }
    return false;
}

bool words_are_inside(const struct words_inside *w, struct slice text, size_t least)
{
    if (text.n < 2) return false;
    unsigned pair = text.p[0] & 31u;
    for (size_t at = 0; at + 2 < text.n; at++) { /* three characters at a time: few words go on */
        pair = (pair << 5 | (text.p[at + 1] & 31u)) & 1023;
        if (w->thirds[pair] >> (text.p[at + 2] & 31) & 1 && begins_here(w, text, at, least))
            return true;
    }
    return begins_here(w, text, text.n - 2, least);
}

bool words_begin(const struct words_inside *w, struct slice text)
{
    unsigned pair = text.n < 2 ? 0 : pair_of(text.p), head = text.n < 2 ? 0 : w->heads[pair];
    for (size_t i = head; i && i <= w->words->count; i++) {
        struct slice word = word_at(w->words, i - 1);
        if (pair_of(word.p) != pair) break;
        if (slice_starts(text, word)) return true;
    }
    return false;
}

bool words_have(const struct words_set *s, struct slice word)
{
    if (!word.n || word.n > 31) return false;
    uint32_t x = (uint32_t)ascii_to_lower(word.p[0]) |
                 (uint32_t)ascii_to_lower(word.p[word.n / 2]) << 8 |
                 (uint32_t)ascii_to_lower(word.p[word.n - 1]) << 16 | (uint32_t)word.n << 24;
    for (uint32_t at = x * 2654435761u >> 16 & s->mask; s->slots[at]; at = (at + 1) & s->mask)
        if (slice_eq_nocase(word, word_at(s->words, s->slots[at] - 1u))) return true;
    return false;
}
