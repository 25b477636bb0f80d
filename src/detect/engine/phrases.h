/* SPDX-License-Identifier: Apache-2.0 */
/* phrases.h - the words that speak of personal values, and how rare chance hits are.
 * Owns: constant tables made by tools/gen_evidence.py from rules/evidence.tsv.
 * Threads: constants. */
#pragma once
#include "detect/engine/fold.h"

enum { PHRASE_OPEN = 1, PHRASE_OTHER = 2, PHRASE_FILLER = 4 };

struct phrase {
    uint16_t at; /* in phrases_text */
    uint8_t length, flags;
    uint16_t named, general; /* in phrases_pool: rows of evidence_table, up to 255 */
};

/* In the order of the detectors of personal data. */
struct evidence {
    const char *id;
    uint8_t fits, good, grouped; /* bits */
};

extern const uint8_t phrases_text[];
extern const struct phrase phrases_table[]; /* sorted by their bytes */
/* By their first three bytes, or fewer and blanks when the first word is shorter: the first phrase
 * of each such key; open addressing, count 0: empty. */
#define PHRASE_SLOTS 4096u
struct phrase_slot {
    uint8_t key[3], count;
    uint16_t first;
};
extern const struct phrase_slot phrases_slots[PHRASE_SLOTS];
extern const uint8_t phrases_pool[];
extern const uint16_t fold_letters[]; /* U+00C0..U+045F, U+1E00..U+1EFF; 0: no letter */
extern const struct evidence evidence_table[];
extern const size_t evidence_count;

/* The longest phrase that begins with word `i`; NULL: none. *ret_next is the word behind it. */
const struct phrase *phrase_at(const struct folded *f, size_t i, size_t *ret_next);
bool phrase_names(const struct phrase *p, size_t row);
bool phrase_hints(const struct phrase *p, size_t row);
