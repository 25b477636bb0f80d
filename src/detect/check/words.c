/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/check/words.h"

size_t words_find(const struct words *w, struct slice word)
{
    size_t from = 0, to = w->count;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        struct slice here =
            slice_of(w->text + w->starts[mid], (size_t)(w->starts[mid + 1] - w->starts[mid]));
        int order = slice_cmp(word, here);
        if (order == 0) return mid;
        if (order < 0)
            to = mid;
        else
            from = mid + 1;
    }
    return SIZE_MAX;
}
