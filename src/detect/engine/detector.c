/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine/detector.h"
#include "base/ascii.h"
#include "detect/engine/arbitrate.h"
#include "detect/engine/part.h"

size_t detector_count(void)
{
    return detectors_count;
}

const struct detector *detector_at(size_t i)
{
    return i < detectors_count ? &detectors_table[i] : NULL;
}

const struct detector *detector_find(struct slice id)
{
    size_t low = 0, high = detectors_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = slice_cmp(id, slice_str(detectors_table[middle].id));
        if (order == 0) return &detectors_table[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* Of a row that is not in the table: its own words, whole, case of ASCII folded. */
static bool has_word(struct slice text, struct slice word)
{
    for (size_t at = 0; at + word.n <= text.n; at++) {
        bool begins = at == 0 || !ascii_alnum(text.p[at - 1]);
        bool ends = at + word.n == text.n || !ascii_alnum(text.p[at + word.n]);
        if (begins && ends && slice_eq_nocase(slice_sub(text, at, word.n), word)) return true;
    }
    return false;
}

bool detector_context(const struct detector *d, struct slice words)
{
    struct detector_set set = {0};
    if (d < detectors_table || d >= detectors_table + detectors_count) {
        for (const char *const *w = d->context; w && *w; w++)
            if (has_word(words, slice_str(*w))) return true;
        return false;
    }
    if (d->kind == DETECTOR_PII) return context_speaks(words, d) > 0;
    context_of(words, &set);
    return set_has(&set, (unsigned)(d - detectors_table));
}
