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

bool words_are_inside(const struct words_inside *w, struct slice text, size_t least)
{
    for (size_t at = 0; at + 2 <= text.n; at++) {
        unsigned pair = pair_of(text.p + at), head = w->heads[pair];
        for (size_t i = head; i && i <= w->words->count; i++) {
            struct slice word = word_at(w->words, i - 1);
            if (pair_of(word.p) != pair) break;
            if (word.n < least && ascii_letter(word.p[0])) continue;
            if (slice_eq_nocase(slice_sub(text, at, word.n), word)) return true;
        }
    }
    return false;
}

bool word_is_one_of(struct slice word, const char *const *list, size_t n)
{
    if (!word.n) return false;
    uint8_t first = ascii_to_lower(word.p[0]); /* most of a list ends here */
    for (size_t i = 0; i < n; i++)
        if ((uint8_t)list[i][0] == first && slice_eq_nocase(word, slice_str(list[i]))) return true;
    return false;
}
