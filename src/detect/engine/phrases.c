/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine/phrases.h"

static bool fits(const struct folded *f, size_t at, const struct phrase *p)
{
    if (f->n - at < p->length || memcmp(f->text + at, phrases_text + p->at, p->length))
        return false;
    if (p->flags & PHRASE_OPEN) return true;
    return at + p->length == f->n || f->text[at + p->length] == ' ';
}

const struct phrase *phrase_at(const struct folded *f, size_t i, size_t *ret_next)
{
    size_t at = f->words[i].at;
    const struct phrase *best = NULL;
    uint8_t first = f->text[at], second = at + 1 < f->n ? f->text[at + 1] : 0;
    for (size_t k = phrases_starts[first]; k < phrases_starts[first + 1]; k++) {
        const struct phrase *p = &phrases_table[k];
        if (p->second > second) break;
        if (p->second && p->second != second) continue;
        if ((!best || p->length > best->length) && fits(f, at, p)) best = p;
    }
    *ret_next = i + 1;
    if (best)
        while (*ret_next < f->count && f->words[*ret_next].at < at + best->length) (*ret_next)++;
    return best;
}

static bool in_pool(size_t at, size_t row)
{
    for (; phrases_pool[at] != 255; at++)
        if (phrases_pool[at] == row) return true;
    return false;
}

bool phrase_names(const struct phrase *p, size_t row)
{
    return in_pool(p->named, row);
}

bool phrase_hints(const struct phrase *p, size_t row)
{
    return in_pool(p->general, row);
}
