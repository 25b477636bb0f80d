/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine/phrases.h"

static bool fits(const struct folded *f, size_t at, const struct phrase *p)
{
    if (f->n - at < p->length) return false;
    if (memcmp(f->text + at, phrases_text + p->at, p->length) != 0) return false;
    if (p->flags & PHRASE_OPEN) return true;
    return at + p->length == f->n || f->text[at + p->length] == ' ';
}

static const struct phrase_slot *slot_of(const struct folded *f, size_t at)
{
    uint8_t key[3] = {' ', ' ', ' '};
    for (size_t i = 0; i < 3 && at + i < f->n && f->text[at + i] != ' '; i++)
        key[i] = f->text[at + i];
    uint32_t h = ((uint32_t)key[0] << 16 | (uint32_t)key[1] << 8 | key[2]) * 2654435761u >> 20;
    for (;; h = (h + 1) % PHRASE_SLOTS) {
        const struct phrase_slot *slot = &phrases_slots[h];
        if (!slot->count) return NULL;
        if (!memcmp(slot->key, key, 3)) return slot;
    }
}

const struct phrase *phrase_at(const struct folded *f, size_t i, size_t *ret_next)
{
    size_t at = f->words[i].at;
    const struct phrase *best = NULL;
    const struct phrase_slot *slot = slot_of(f, at);
    for (size_t k = 0; slot && k < slot->count; k++) {
        const struct phrase *p = &phrases_table[slot->first + k];
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
